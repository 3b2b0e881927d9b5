/*
 * Hex and base64 (RFC 4648, section 10 for the vectors).
 */
#include "t.h"

#include "base/base.h"

TEST(hex_comes_back_in_either_case)
{
    UNUSED_STATE;
    char text[9];
    uint8_t bytes[4];
    size_t size;

    hex_print("\x00\x7F\xAB\xFF", 4, text);
    eq_string(text, "007fabff");
    succeeds(hex_read(text_of("007FabFf"), bytes, &size, err));
    eq_int(size, 4);
    assert_memory_equal(bytes, "\x00\x7F\xAB\xFF", 4);
    succeeds(hex_read(text_of(""), bytes, &size, err));
    eq_int(size, 0);
}

TEST(hex_that_is_none_is_refused)
{
    UNUSED_STATE;
    uint8_t bytes[4];
    size_t size = 77;
    phx_error error = {0};

    fails_with(PHX_INVALID, "odd", hex_read(text_of("abc"), bytes, &size, err));
    eq_int(hex_read(text_of("abcg"), bytes, &size, &error), PHX_INVALID);
    eq_int(error.offset, 3);
    eq_int(hex_read(text_span("a\0", 2), bytes, &size, &error), PHX_INVALID);
    eq_int(size, 77);
}

TEST(base64_is_that_of_the_rfc)
{
    UNUSED_STATE;
    static const char *const coded[] = {
        "", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"};
    for (size_t i = 0; i <= 6; i++) {
        char text[9];
        uint8_t bytes[6];
        size_t size;
        base64_print("foobar", i, text);
        eq_string(text, coded[i]);
        eq_int(base64_size(i), strlen(coded[i]));
        succeeds(base64_read(text_of(coded[i]), bytes, &size, err));
        eq_int(size, i);
        assert_memory_equal(bytes, "foobar", i);
    }
}

TEST(base64_uses_the_standard_alphabet)
{
    UNUSED_STATE;
    char text[5];

    base64_print("\xFB\xFF\xBF", 3, text);
    eq_string(text, "+/+/");
}

TEST(base64_that_is_none_is_refused)
{
    UNUSED_STATE;
    static const char *const bad[] = {
        "Z",    "Zg",   "Zg=",      "Zg=A",    "=Zg=",
        "====", "Zm9-", "Zm9v\nZm", "Zg==Zg=="};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        uint8_t bytes[8];
        size_t size;
        phx_error error;
        eq_int(base64_read(text_of(bad[i]), bytes, &size, &error), PHX_INVALID);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hex_comes_back_in_either_case),
        cmocka_unit_test(hex_that_is_none_is_refused),
        cmocka_unit_test(base64_is_that_of_the_rfc),
        cmocka_unit_test(base64_uses_the_standard_alphabet),
        cmocka_unit_test(base64_that_is_none_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

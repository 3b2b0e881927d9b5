/*
 * Checking and walking UTF-8: every code point there is, and every sequence
 * of two bytes.
 */
#include "t.h"

#include "base/base.h"

TEST(every_code_point_comes_back)
{
    UNUSED_STATE;
    for (uint32_t code_point = 0; code_point <= 0x10FFFF; code_point++) {
        uint8_t bytes[4];
        if (code_point >= 0xD800 && code_point <= 0xDFFF)
            continue;
        size_t size = utf8_put(bytes, code_point);
        const uint8_t *at = bytes;
        if (utf8_check(bytes, size) != size ||
            utf8_next(&at, bytes + size) != code_point || at != bytes + size)
            wrong("U+%04X does not come back", code_point);
    }
}

TEST(surrogates_are_refused)
{
    UNUSED_STATE;
    eq_int(utf8_check("\xED\x9F\xBF", 3), 3);
    eq_int(utf8_check("\xED\xA0\x80", 3), 0);
    eq_int(utf8_check("\xED\xBF\xBF", 3), 0);
    eq_int(utf8_check("\xEE\x80\x80", 3), 3);
}

TEST(overlong_forms_are_refused)
{
    UNUSED_STATE;
    eq_int(utf8_check("\xC0\x80", 2), 0);
    eq_int(utf8_check("\xC1\xBF", 2), 0);
    eq_int(utf8_check("\xE0\x9F\xBF", 3), 0);
    eq_int(utf8_check("\xF0\x8F\xBF\xBF", 4), 0);
}

TEST(nothing_lies_past_the_last_code_point)
{
    UNUSED_STATE;
    eq_int(utf8_check("\xF4\x8F\xBF\xBF", 4), 4);
    eq_int(utf8_check("\xF4\x90\x80\x80", 4), 0);
    eq_int(utf8_check("\xF5\x80\x80\x80", 4), 0);
    eq_int(utf8_check("\xFF", 1), 0);
}

TEST(of_two_bytes_only_80_to_7FF_are_right)
{
    UNUSED_STATE;
    for (unsigned i = 0; i < 65536; i++) {
        uint8_t bytes[2] = {(uint8_t)(i >> 8), (uint8_t)i};
        bool ascii = bytes[0] < 0x80;
        bool pair =
            bytes[0] >= 0xC2 && bytes[0] <= 0xDF && (bytes[1] & 0xC0) == 0x80;
        size_t right = ascii ? (bytes[1] < 0x80 ? 2 : 1) : (pair ? 2 : 0);
        if (utf8_check(bytes, 2) != right)
            wrong("%02x %02x: not %zu", bytes[0], bytes[1], right);
    }
}

TEST(the_offset_is_of_the_first_bad_byte)
{
    UNUSED_STATE;
    static const char text[] = "0123456789abcdef\xC3\xA9xyz\xFF";

    eq_int(utf8_check(text, sizeof text - 1), 21);
    eq_int(utf8_check(text, 17), 16); /* cut within the pair */
    eq_int(utf8_check(text, 21), 21);
    eq_int(utf8_check("", 0), 0);
}

TEST(walking_bad_text_stays_within_it)
{
    UNUSED_STATE;
    const uint8_t cut[] = {0xF0, 0x9F};
    const uint8_t *at = cut;

    while (at < cut + sizeof cut)
        utf8_next(&at, cut + sizeof cut);
    ok(at == cut + sizeof cut);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_point_comes_back),
        cmocka_unit_test(surrogates_are_refused),
        cmocka_unit_test(overlong_forms_are_refused),
        cmocka_unit_test(nothing_lies_past_the_last_code_point),
        cmocka_unit_test(of_two_bytes_only_80_to_7FF_are_right),
        cmocka_unit_test(the_offset_is_of_the_first_bad_byte),
        cmocka_unit_test(walking_bad_text_stays_within_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Bytes lent: absent, empty and the rest.
 */
#include "t.h"

#include "base/base.h"

TEST(absent_is_not_empty)
{
    UNUSED_STATE;
    assert_null(text_of(NULL).data);
    ok(!text_equal(text_of(NULL), text_of("")));
    ok(text_equal(text_of(NULL), text_of(NULL)));
    ok(!text_is(text_of(NULL), ""));
    ok(text_is(text_of(""), ""));
}

TEST(texts_are_compared_to_their_last_byte)
{
    UNUSED_STATE;
    ok(text_equal(text_span("a\0b", 3), text_span("a\0b", 3)));
    ok(!text_equal(text_span("a\0b", 3), text_span("a\0c", 3)));
    ok(!text_is(text_span("ab", 2), "abc"));
    ok(!text_is(text_span("a\0", 2), "a"));
}

TEST(beginnings_and_ends_are_found)
{
    UNUSED_STATE;
    ok(text_starts(text_of("llm.name"), "llm."));
    ok(!text_starts(text_of("ll"), "llm"));
    ok(text_starts(text_of(""), ""));
    ok(text_ends(text_of("my_metadata"), "metadata"));
    ok(!text_ends(text_of("data"), "metadata"));
    ok(text_ends(text_of(NULL), ""));
}

TEST(order_is_that_of_bytes)
{
    UNUSED_STATE;
    static const char *const ordered[] = {NULL, "",  "A",       "a",
                                          "ab", "b", "\xC3\xA9"};
    for (int i = 0; i < 7; i++) {
        for (int j = 0; j < 7; j++) {
            int order = text_compare(text_of(ordered[i]), text_of(ordered[j]));
            eq_int((order > 0) - (order < 0), (i > j) - (i < j));
        }
    }
}

TEST(blanks_are_trimmed_at_both_ends)
{
    UNUSED_STATE;
    eq_text(text_trim(text_of(" \t a b\r\n")), "a b");
    eq_text(text_trim(text_of("a")), "a");
    eq_int(text_trim(text_of(" \v\f ")).size, 0);
    eq_int(text_trim(text_of("")).size, 0);
    assert_null(text_trim(text_of(NULL)).data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(absent_is_not_empty),
        cmocka_unit_test(texts_are_compared_to_their_last_byte),
        cmocka_unit_test(beginnings_and_ends_are_found),
        cmocka_unit_test(order_is_that_of_bytes),
        cmocka_unit_test(blanks_are_trimmed_at_both_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

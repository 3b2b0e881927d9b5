/*
 * What RFC 8785 says of keys and of its sample numbers, and where the exact
 * form is another.
 */
#include "t.h"

#include "json/json.h"

static void eq_canonical(const char *text, bool exact, const char *expected)
{
    struct arena arena;
    struct value value;
    struct buf out;

    arena_init(&arena, SIZE_MAX);
    buf_init(&out, 4096);
    succeeds(json_read(&arena, text_of(text), 0, &value, err));
    json_write_canonical(&out, &arena, &value, exact);
    succeeds(buf_status(&out, "the text", err));
    eq_text(text_span(out.data, out.size), expected);
    buf_clear(&out);
    arena_clear(&arena);
}

TEST(keys_are_in_order_of_utf16)
{
    UNUSED_STATE;
    eq_canonical("{\"\xE2\x82\xAC\": 1, \"\\r\": 2, \"\xEF\xAC\xB3\": 3,"
                 " \"1\": 4, \"\xF0\x9F\x98\x80\": 5, \"\xC2\x80\": 6,"
                 " \"\xC3\xB6\": 7, \"10\": [true, null, {}]}",
                 false,
                 "{\"\\r\":2,\"1\":4,\"10\":[true,null,{}],\"\xC2\x80\":6,"
                 "\"\xC3\xB6\":7,\"\xE2\x82\xAC\":1,\"\xF0\x9F\x98\x80\":5,"
                 "\"\xEF\xAC\xB3\":3}");
}

TEST(numbers_are_those_of_ecmascript)
{
    static const char *const pairs[][2] = {
        {"0", "0"},
        {"-0.0", "0"},
        {"1.0", "1"},
        {"-1.5", "-1.5"},
        {"100", "100"},
        {"0.001", "0.001"},
        {"0.000001", "0.000001"},
        {"1e-7", "1e-7"},
        {"1.5e-7", "1.5e-7"},
        {"-3e-7", "-3e-7"},
        {"123456.789", "123456.789"},
        {"1e20", "100000000000000000000"},
        {"1e21", "1e+21"},
        {"1.2345e21", "1.2345e+21"},
        {"333333333.33333329", "333333333.3333333"},
        {"1E30", "1e+30"},
        {"4.50", "4.5"},
        {"5e-324", "5e-324"},
        {"1.7976931348623157e308", "1.7976931348623157e+308"},
        {"9007199254740993", "9007199254740992"},
        {"295147905179352830000", "295147905179352830000"},
        {"1e400", "null"},
    };

    UNUSED_STATE;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        eq_canonical(pairs[i][0], false, pairs[i][1]);
}

TEST(exact_numbers_keep_their_digits)
{
    UNUSED_STATE;
    eq_canonical("[9007199254740993, 1.0, 1, 295147905179352830001]", true,
                 "[9007199254740993,1.0,1,295147905179352830001]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_in_order_of_utf16),
        cmocka_unit_test(numbers_are_those_of_ecmascript),
        cmocka_unit_test(exact_numbers_keep_their_digits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

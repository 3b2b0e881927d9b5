/*
 * What int() of Python takes and refuses.
 */
#include "t.h"

#include <math.h>

#include "base/base.h"
#include "attr/attr.h"
#include "attr/inside.h"
#include "unit/attr/sample.h"

static struct arena arena;

/* expected NULL: no integer. */
static void eq_number(struct value value, const char *expected)
{
    struct value number;
    bool found;

    succeeds(attr_int(&arena, &value, &number, &found, err));
    eq_int(found, expected != NULL);
    if (expected)
        eq_json(&number, expected);
}

static void eq_text_number(const char *text, const char *expected)
{
    eq_number(value_text(text_of(text)), expected);
}

TEST(texts_are_read_as_python_reads_them)
{
    UNUSED_STATE;
    eq_text_number(" 1_000\n", "1000");
    eq_text_number("+7", "7");
    eq_text_number("-0", "0");
    eq_text_number("007", "7");
    eq_text_number("\xC2\xA0\xD9\xA3\xEF\xBC\x91", "31");
    eq_text_number("9223372036854775807", "9223372036854775807");
    eq_text_number("-9223372036854775808", "-9223372036854775808");
    eq_text_number("-0009223372036854775809", "-9223372036854775809");
    eq_text_number("18446744073709551616", "18446744073709551616");
}

TEST(texts_python_refuses_are_no_numbers)
{
    UNUSED_STATE;
    static const char *const texts[] = {"",   " ",   "5.0", "1__0", "_1",
                                        "1_", "- 1", "+",   "0x1",  "\xC2\xB2"};

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        eq_text_number(texts[i], NULL);
}

TEST(a_text_of_too_many_digits_is_no_number)
{
    UNUSED_STATE;
    char digits[4302];

    memset(digits, '1', sizeof digits);
    digits[4301] = 0;
    eq_text_number(digits, NULL);
    digits[4300] = 0;
    eq_text_number(digits, digits);
}

TEST(reals_are_cut_off_and_bools_count)
{
    UNUSED_STATE;
    eq_number(value_real(5.9), "5");
    eq_number(value_real(-5.9), "-5");
    eq_number(value_real(9223372036854774784.0), "9223372036854774784");
    eq_number(value_real(-9223372036854775808.0), "-9223372036854775808");
    eq_number(value_real(1e19), "10000000000000000000");
    eq_number(value_real((double)NAN), NULL);
    eq_number(value_real((double)-INFINITY), NULL);
    eq_number(value_bool(true), "1");
    eq_number(value_null(), NULL);
}

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, SIZE_MAX);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_clear(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_read_as_python_reads_them),
        cmocka_unit_test(texts_python_refuses_are_no_numbers),
        cmocka_unit_test(a_text_of_too_many_digits_is_no_number),
        cmocka_unit_test(reals_are_cut_off_and_bools_count),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}

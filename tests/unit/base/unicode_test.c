/*
 * Blanks and digits, counted against the character database.
 */
#include "t.h"

#include "base/base.h"

TEST(unicode_14_has_660_decimal_digits)
{
    UNUSED_STATE;
    int count = 0;
    int sum = 0;

    for (uint32_t i = 0; i <= 0x10FFFF; i++) {
        int digit = utf8_digit(i);
        count += digit >= 0;
        sum += digit >= 0 ? digit : 0;
    }
    eq_int(count, 660);
    eq_int(sum, 66 * 45);
}

TEST(digits_of_any_script_have_their_value)
{
    UNUSED_STATE;
    eq_int(utf8_digit('0'), 0);
    eq_int(utf8_digit('9'), 9);
    eq_int(utf8_digit('/'), -1);
    eq_int(utf8_digit(':'), -1);
    eq_int(utf8_digit(0x0663), 3);  /* Arabic-Indic three */
    eq_int(utf8_digit(0xFF17), 7);  /* fullwidth seven */
    eq_int(utf8_digit(0x1D7FF), 9); /* monospace nine */
    eq_int(utf8_digit(0x1FBF9), 9); /* segmented nine */
    eq_int(utf8_digit(0x00B2), -1); /* superscript two is no decimal */
    eq_int(utf8_digit(0x10FFFF), -1);
    eq_int(utf8_digit(0), -1);
}

TEST(python_strips_29_characters)
{
    UNUSED_STATE;
    int count = 0;

    for (uint32_t i = 0; i <= 0x10FFFF; i++)
        count += utf8_is_space(i);
    eq_int(count, 29);
    ok(utf8_is_space('\n'));
    ok(utf8_is_space(0x1F));
    ok(utf8_is_space(0x3000));
    ok(!utf8_is_space(0x200B)); /* zero width space */
    ok(!utf8_is_space(0xFEFF));
    ok(!utf8_is_space(0x180E));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unicode_14_has_660_decimal_digits),
        cmocka_unit_test(digits_of_any_script_have_their_value),
        cmocka_unit_test(python_strips_29_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

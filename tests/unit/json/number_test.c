/*
 * Numbers: nothing is lost on the way in, nothing added on the way out.
 */
#include "t.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>

#include "base/base.h"
#include "json/json.h"

static struct value read_number(const char *string)
{
    struct arena arena;
    struct value value = {0};

    arena_init(&arena, 1 << 20);
    succeeds(json_read(&arena, text_of(string), 0, &value, err));
    arena_clear(&arena); /* a number holds none of it */
    return value;
}

static void is_int(const char *string, int64_t expected)
{
    struct value value = read_number(string);

    eq_int(value.kind, JSON_INT);
    eq_int(value.integer, expected);
}

static void is_real(const char *string, double expected)
{
    struct value value = read_number(string);

    if (value.kind != JSON_REAL ||
        memcmp(&value.real, &expected, sizeof expected) != 0)
        wrong("%s is %.17g, not %.17g", string, value.real, expected);
}

static void is_kept(const char *string)
{
    struct value value = read_number(string);

    eq_int(value.kind, JSON_NUMBER);
    eq_text(value.text, string);
}

TEST(integers_of_64_bits_are_integers)
{
    UNUSED_STATE;
    is_int("0", 0);
    is_int("-1", -1);
    is_int("9223372036854775807", INT64_MAX);
    is_int("-9223372036854775808", INT64_MIN);
}

TEST(other_integers_are_kept_as_text)
{
    UNUSED_STATE;
    is_kept("-0");
    is_kept("9223372036854775808");
    is_kept("-9223372036854775809");
    is_kept("18446744073709551615");
    is_kept("99999999999999999999");
    is_kept("123456789012345678901234567890123456789012345678901234567890");
}

TEST(a_fraction_or_an_exponent_makes_a_real)
{
    UNUSED_STATE;
    is_real("0.0", 0.0);
    is_real("-0.0", -0.0);
    is_real("-0e5", -0.0);
    is_real("0e999999999999", 0.0);
    is_real("1.0", 1.0);
    is_real("1e2", 100.0);
    is_real("1E+2", 100.0);
    is_real("123e-2", 1.23);
    is_real("0.1", 0.1);
    is_real("9007199254740993.0", 9007199254740992.0);
    is_real("0.1234567890123456789", 0.1234567890123456789);
    is_real("1234567890123456789.5", 1234567890123456789.5);
    is_real("0.000000000000000000000000001", 1e-27);
    is_real("9999999999999999999e27", 9999999999999999999e27);
}

TEST(what_no_double_holds_is_kept_as_text)
{
    UNUSED_STATE;
    is_kept("1e400");
    is_kept("-1e400");
    is_kept("1.7976931348623159e308");
    is_kept("1e99999999999999999999999999");
    is_real("1.7976931348623157e308", 1.7976931348623157e308);
}

TEST(the_smallest_become_zero)
{
    UNUSED_STATE;
    is_real("5e-324", 5e-324);
    is_real("2.4703282292062327e-324", 0.0);
    is_real("2.4703282292062328e-324", 5e-324);
    is_real("-1e-400", -0.0);
    is_real("1e-99999999999999999999999999", 0.0);
    is_real("2.2250738585072011e-308", 2.2250738585072011e-308);
}

/* 1 + 2^-53 lies half way between two doubles: one digit far behind says
 * which it is. */
TEST(ties_are_decided_by_the_last_digit)
{
    UNUSED_STATE;
    static const char tie[] =
        "1.00000000000000011102230246251565404236316680908203125";
    char text[2000];
    size_t size = sizeof tie - 1;

    is_real(tie, 1.0);
    memcpy(text, tie, size);
    memset(text + size, '0', 1500);
    text[size + 1500] = '\0';
    is_real(text, 1.0);
    text[size + 1499] = '1';
    is_real(text, 1.0000000000000002);
}

TEST(zeros_in_the_thousands_do_not_matter)
{
    UNUSED_STATE;
    char text[6000] = "0.";

    memset(text + 2, '0', 5000);
    snprintf(text + 5002, sizeof text - 5002, "125e5001");
    is_real(text, 1.25);
    text[0] = '1';
    memset(text + 1, '0', 5000);
    snprintf(text + 5001, sizeof text - 5001, "e-5000");
    is_real(text, 1.0);
}

static void prints(double value, const char *expected)
{
    struct buf buf;

    buf_init(&buf, 100);
    json_write_real(&buf, value);
    eq_text(text_span(buf.data, buf.size), expected);
    buf_clear(&buf);
}

TEST(reals_are_printed_as_python_does)
{
    UNUSED_STATE;
    prints(0.0, "0.0");
    prints(-0.0, "-0.0");
    prints(3.0, "3.0");
    prints(-1.5, "-1.5");
    prints(0.1, "0.1");
    prints(0.1 + 0.2, "0.30000000000000004");
    prints(100.0, "100.0");
    prints(1e15, "1000000000000000.0");
    prints(1e16, "1e+16");
    prints(9999999999999998.0, "9999999999999998.0");
    prints(123456789012345680.0, "1.2345678901234568e+17");
    prints(1e22, "1e+22");
    prints(1e100, "1e+100");
    prints(0.0001, "0.0001");
    prints(0.00001, "1e-05");
    prints(0.000012345, "1.2345e-05");
    prints(1e-300, "1e-300");
    prints(5e-324, "5e-324");
    prints(1.7976931348623157e308, "1.7976931348623157e+308");
    prints(2.2250738585072014e-308, "2.2250738585072014e-308");
    prints(9007199254740993.0, "9007199254740992.0");
    prints((double)0.1f, "0.10000000149011612");
}

/* Below a power of two the doubles lie closer together than above it. */
TEST(powers_of_two_take_the_shorter_text_above)
{
    UNUSED_STATE;
    prints(0x1p-44, "5.684341886080802e-14");
    prints(0x1p-24, "5.960464477539063e-08");
    prints(0x1p89, "6.189700196426902e+26");
    prints(0x1p-1021, "4.450147717014403e-308");
}

TEST(what_is_not_finite_is_null)
{
    UNUSED_STATE;
    prints((double)NAN, "null");
    prints((double)INFINITY, "null");
    prints((double)-INFINITY, "null");
}

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static void comes_back(double value)
{
    struct buf buf;
    struct value back = {0};
    struct arena arena;

    if (!isfinite(value))
        return;
    buf_init(&buf, 100);
    arena_init(&arena, 1000);
    json_write_real(&buf, value);
    succeeds(json_read(&arena, text_span(buf.data, buf.size), 0, &back, err));
    if (back.kind != JSON_REAL || memcmp(&back.real, &value, sizeof value) != 0)
        wrong("%.17g becomes %.17g", value, back.real);
    buf_clear(&buf);
    arena_clear(&arena);
}

TEST(every_double_comes_back)
{
    UNUSED_STATE;
    uint64_t state = 88172645463325252u;

    for (int i = 0; i < 20000; i++) {
        uint64_t bits = next_random(&state);
        double any, near_one;
        memcpy(&any, &bits, sizeof any);
        comes_back(any);
        bits = (bits & 0x800FFFFFFFFFFFFFu) | (1000 + bits % 70) << 52;
        memcpy(&near_one, &bits, sizeof near_one);
        comes_back(near_one);
    }
    for (uint64_t exponent = 0; exponent < 2047; exponent++) {
        for (int64_t step = -1; step <= 1; step++) {
            uint64_t bits = (exponent << 52) + (uint64_t)step;
            double edge;
            memcpy(&edge, &bits, sizeof edge);
            comes_back(edge);
        }
    }
}

TEST(integers_are_printed_to_their_limits)
{
    UNUSED_STATE;
    struct buf buf;
    struct json_writer writer;

    buf_init(&buf, 200);
    json_begin(&writer, &buf);
    json_open_array(&writer);
    json_int(&writer, 0);
    json_int(&writer, INT64_MAX);
    json_int(&writer, INT64_MIN);
    json_uint(&writer, UINT64_MAX);
    json_close_array(&writer);
    eq_text(text_span(buf.data, buf.size),
            "[0,9223372036854775807,-9223372036854775808,"
            "18446744073709551615]");
    buf_clear(&buf);
}

/* Skipped in silence where the system has no such locale. */
TEST(a_locale_with_commas_changes_nothing)
{
    UNUSED_STATE;
    static const char *const names[] = {"de_DE.UTF-8", "de_DE.utf8", "de_DE"};
    const char *set = NULL;

    for (size_t i = 0; i < 3 && set == NULL; i++)
        set = setlocale(LC_NUMERIC, names[i]);
    is_real("1.2345678901234567890123e-5", 1.2345678901234567890123e-5);
    is_real("1.5e300", 1.5e300);
    prints(1.5e300, "1.5e+300");
    prints(1.2345e-20, "1.2345e-20");
    setlocale(LC_NUMERIC, "C");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_of_64_bits_are_integers),
        cmocka_unit_test(other_integers_are_kept_as_text),
        cmocka_unit_test(a_fraction_or_an_exponent_makes_a_real),
        cmocka_unit_test(what_no_double_holds_is_kept_as_text),
        cmocka_unit_test(the_smallest_become_zero),
        cmocka_unit_test(ties_are_decided_by_the_last_digit),
        cmocka_unit_test(zeros_in_the_thousands_do_not_matter),
        cmocka_unit_test(reals_are_printed_as_python_does),
        cmocka_unit_test(powers_of_two_take_the_shorter_text_above),
        cmocka_unit_test(what_is_not_finite_is_null),
        cmocka_unit_test(every_double_comes_back),
        cmocka_unit_test(integers_are_printed_to_their_limits),
        cmocka_unit_test(a_locale_with_commas_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * number.c - numbers of conditions and attributes: int64 where they are whole
 * and fit, doubles else. Literals are Python's, 1_000, 0x3E8, 1e3. Comparing
 * the two is exact, as SQLite's is: 2^53 + 1 equals itself and no double.
 */
#include "base/base.h"
#include "query/inside.h"

#include <math.h>

enum { LONGEST = 400 }; /* characters of a number */

/* 2^63, the first double past int64. */
static const double past_int64 = 9223372036854775808.0;

/* Digits from *at on are moved to out; how many. */
static size_t move_digits(const char **at, const char *end, char **out)
{
    const char *start = *at;

    while (*at < end && **at >= '0' && **at <= '9')
        *(*out)++ = *(*at)++;
    return (size_t)(*at - start);
}

/* The number as JSON writes it: digits on both sides of a point, no zeros in
 * front. The size, or 0 if the text is no number. */
static size_t as_json(phx_text text, char *out)
{
    const char *at = text.data;
    const char *end = at + text.size;
    char *start = out;

    if (at < end && (*at == '+' || *at == '-')) {
        if (*at++ == '-')
            *out++ = '-';
    }
    const char *whole = at;
    while (end - at > 1 && *at == '0' && at[1] >= '0' && at[1] <= '9')
        at++;
    size_t digits = move_digits(&at, end, &out);
    if (digits == 0)
        *out++ = '0';
    if (at < end && *at == '.') {
        at++;
        *out++ = '.';
        size_t behind = move_digits(&at, end, &out);
        if (behind == 0)
            *out++ = '0';
        digits += behind;
    }
    if (digits == 0 || whole == end)
        return 0;
    if (at < end && (*at | 0x20) == 'e') {
        *out++ = 'e';
        if (++at < end && (*at == '+' || *at == '-'))
            *out++ = *at++;
        if (move_digits(&at, end, &out) == 0)
            return 0;
    }
    return at == end ? (size_t)(out - start) : 0;
}

bool number_from_text(phx_text text, struct value *out)
{
    char digits[LONGEST + 8];
    struct arena none; /* a number takes no memory */
    struct value value;

    if (text.size == 0 || text.size > LONGEST)
        return false;
    size_t size = as_json(text, digits);
    arena_init(&none, 0);
    if (size == 0 ||
        json_read(&none, text_span(digits, size), 0, &value, NULL) < 0)
        return false;
    if (value.kind == JSON_NUMBER && memchr(digits, 'e', size) == NULL) {
        /* A whole number past int64, or -0. */
        memcpy(digits + size, "e0", 2);
        if (json_read(&none, text_span(digits, size + 2), 0, &value, NULL) < 0)
            return false;
    }
    if (value.kind == JSON_NUMBER)
        return false;
    *out = value;
    return true;
}

/* --- literals ------------------------------------------------------------- */

static bool is_digit_of(char c, int base)
{
    int digit = hex_digit(c);

    return digit >= 0 && digit < base;
}

/* The digits without their underscores, each of which stands between two
 * digits. False if one does not. */
static bool drop_underscores(phx_text source, int base, char out[LONGEST],
                             size_t *size)
{
    *size = 0;
    for (size_t i = 0; i < source.size; i++) {
        char c = source.data[i];
        if (c != '_') {
            out[(*size)++] = c;
            continue;
        }
        if (i == 0 || i + 1 == source.size ||
            !is_digit_of(source.data[i - 1], base) ||
            !is_digit_of(source.data[i + 1], base))
            return false;
    }
    return true;
}

/* Exact up to int64, then as near as a double goes from digit to digit. */
static bool read_base(phx_text digits, int base, struct value *out)
{
    int64_t whole = 0;
    double real = 0;
    bool fits = true;

    for (size_t i = 0; i < digits.size; i++) {
        int digit = hex_digit(digits.data[i]);
        if (digit < 0 || digit >= base)
            return false;
        fits = fits && !__builtin_mul_overflow(whole, base, &whole) &&
               !__builtin_add_overflow(whole, digit, &whole);
        real = real * base + digit;
    }
    *out = fits ? value_int(whole) : value_real(real);
    return digits.size > 0 && isfinite(real);
}

/* 8, 16 or 2 for 0o, 0x, 0b; 10 for none. */
static int base_of(phx_text source)
{
    if (source.size < 2 || source.data[0] != '0')
        return 10;
    switch (source.data[1] | 0x20) {
    case 'x':
        return 16;
    case 'o':
        return 8;
    case 'b':
        return 2;
    default:
        return 10;
    }
}

/* 007 is no number of Python's, 00 and 00.5 are. */
static bool has_idle_zero(phx_text digits)
{
    size_t zeros = 0;

    while (zeros < digits.size && digits.data[zeros] == '0')
        zeros++;
    if (zeros == 0 || zeros == digits.size)
        return false;
    for (size_t i = zeros; i < digits.size; i++) {
        if (!is_digit_of(digits.data[i], 10))
            return false;
    }
    return true;
}

phx_status literal_number(struct lexer *lexer, phx_text source,
                          struct value *out)
{
    int64_t offset = source.data - lexer->text.data;
    size_t behind = 2;
    int base = base_of(source);
    char digits[LONGEST];
    size_t size;
    bool holds;

    if (source.size > LONGEST)
        return fail(lexer->err, PHX_INVALID, offset,
                    "number has %zu characters, limit is %d", source.size,
                    LONGEST);
    if (base != 10) {
        /* 0x_1f: behind the base an underscore may come first. */
        behind += source.size > 3 && source.data[2] == '_';
        phx_text rest = text_span(source.data + behind, source.size - behind);
        holds = drop_underscores(rest, base, digits, &size) &&
                read_base(text_span(digits, size), base, out);
    } else {
        holds = drop_underscores(source, base, digits, &size) &&
                !has_idle_zero(text_span(digits, size)) &&
                number_from_text(text_span(digits, size), out);
    }
    return holds ? PHX_OK
                 : fail(lexer->err, PHX_INVALID, offset,
                        "'%s' is no number, or none that a double can hold",
                        fragment_of(source).text);
}

/* --- arithmetic ----------------------------------------------------------- */

double number_real(const struct value *number)
{
    return number->kind == JSON_INT ? (double)number->integer : number->real;
}

static int compare_int_real(int64_t whole, double real)
{
    if (real >= past_int64)
        return -1;
    if (real < -past_int64)
        return 1;
    int64_t below = (int64_t)real;
    if (whole != below)
        return whole < below ? -1 : 1;
    double rest = real - (double)below;
    return (rest < 0) - (rest > 0);
}

int number_compare(const struct value *a, const struct value *b)
{
    if (a->kind == JSON_INT && b->kind == JSON_INT)
        return (a->integer > b->integer) - (a->integer < b->integer);
    if (a->kind == JSON_INT)
        return compare_int_real(a->integer, b->real);
    if (b->kind == JSON_INT)
        return -compare_int_real(b->integer, a->real);
    return (a->real > b->real) - (a->real < b->real);
}

static struct value real_or_null(double real)
{
    return isnan(real) ? value_null() : value_real(real);
}

/* The whole part, at the bounds of int64 where it is past them. */
static int64_t whole_of(const struct value *number)
{
    if (number->kind == JSON_INT)
        return number->integer;
    if (number->real >= past_int64)
        return INT64_MAX;
    return number->real < -past_int64 ? INT64_MIN : (int64_t)number->real;
}

static struct value remainder_of(const struct value *a, const struct value *b)
{
    int64_t divisor = whole_of(b);

    if (divisor == 0)
        return value_null();
    int64_t rest = divisor == -1 ? 0 : whole_of(a) % divisor;
    return a->kind == JSON_INT && b->kind == JSON_INT
               ? value_int(rest)
               : value_real((double)rest);
}

/* What fits int64 stays whole. */
static bool compute_whole(int op, int64_t a, int64_t b, int64_t *out)
{
    switch (op) {
    case QUERY_ADD:
        return !__builtin_add_overflow(a, b, out);
    case QUERY_SUBTRACT:
        return !__builtin_sub_overflow(a, b, out);
    default:
        return !__builtin_mul_overflow(a, b, out);
    }
}

struct value number_compute(int op, const struct value *a,
                            const struct value *b)
{
    double left = number_real(a);
    double right = number_real(b);
    int64_t whole;

    if (op == QUERY_REMAINDER)
        return remainder_of(a, b);
    if (op == QUERY_DIVIDE)
        return right == 0 ? value_null() : real_or_null(left / right);
    if (a->kind == JSON_INT && b->kind == JSON_INT &&
        compute_whole(op, a->integer, b->integer, &whole))
        return value_int(whole);
    return real_or_null(op == QUERY_ADD        ? left + right
                        : op == QUERY_SUBTRACT ? left - right
                                               : left * right);
}

struct value number_negate(const struct value *number)
{
    int64_t whole;

    if (number->kind == JSON_INT &&
        !__builtin_sub_overflow((int64_t)0, number->integer, &whole))
        return value_int(whole);
    return value_real(-number_real(number));
}

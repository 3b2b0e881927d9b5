/*
 * number.c - int() of Python, which token counts go through: " 1_000 " is
 * 1000, 5.9 is 5, true is 1, "5.0" is no number. Integers have any size.
 */
#include "base/base.h"
#include "attr/attr.h"

#include <math.h>
#include <stdio.h>

#include "attr/inside.h"

/* Python refuses to read more; it keeps hostile texts cheap, too. */
enum { DIGITS_LIMIT = 4300, REAL_DIGITS = 320 };

/* Digits without leading zeros -> the number. */
static void set_integer(struct value *out, bool negative, const char *digits,
                        size_t count, phx_text whole)
{
    int64_t number = 0;
    bool fits = true;

    for (size_t i = 0; i < count && fits; i++) {
        int digit = digits[i] - '0';
        fits = !__builtin_mul_overflow(number, 10, &number) &&
               !__builtin_sub_overflow(number, digit, &number);
    }
    if (fits && !negative)
        fits = !__builtin_sub_overflow((int64_t)0, number, &number);
    if (fits) {
        *out = value_int(number);
    } else {
        *out = value_text(whole);
        out->kind = JSON_NUMBER;
    }
}

/* ASCII digits of a text: sign first, underscores left out. How many, or
 * DIGITS_LIMIT + 1 for what is no integer; written is NULL to count only. */
static size_t copy_digits(phx_text text, bool *negative, char *written)
{
    const uint8_t *at = (const uint8_t *)text.data;
    const uint8_t *end = at + text.size;
    size_t count = 0;
    bool after_digit = false;

    *negative = at < end && *at == '-';
    if (at < end && (*at == '-' || *at == '+'))
        at++;
    while (at < end) {
        uint32_t code_point = utf8_next(&at, end);
        int digit = utf8_digit(code_point);
        if (digit < 0 && (code_point != '_' || !after_digit || at == end))
            return DIGITS_LIMIT + 1;
        after_digit = digit >= 0;
        if (digit < 0)
            continue;
        if (count == DIGITS_LIMIT)
            return DIGITS_LIMIT + 1;
        if (written != NULL)
            written[count] = (char)('0' + digit);
        count++;
    }
    return count > 0 ? count : DIGITS_LIMIT + 1;
}

static phx_status read_text(struct arena *arena, phx_text text,
                            struct value *out, bool *found, phx_error *err)
{
    bool negative;
    size_t count = copy_digits(text, &negative, NULL);

    *found = count <= DIGITS_LIMIT;
    if (!*found)
        return PHX_OK;
    char *digits = arena_new(arena, count + 1);
    if (digits == NULL)
        return arena_status(arena, count + 1, err);
    digits[0] = '-';
    copy_digits(text, &negative, digits + 1);
    char *first = digits + 1;
    while (count > 1 && *first == '0') {
        first++;
        count--;
    }
    phx_text whole = text_span(first, count);
    if (negative) {
        first[-1] = '-';
        whole = text_span(first - 1, count + 1);
    }
    set_integer(out, negative, first, count, whole);
    return PHX_OK;
}

static phx_status read_real(struct arena *arena, double real, struct value *out,
                            bool *found, phx_error *err)
{
    *found = isfinite(real);
    if (!*found)
        return PHX_OK;
    if (real > -9.2e18 && real < 9.2e18) {
        *out = value_int((int64_t)real);
        return PHX_OK;
    }
    char digits[REAL_DIGITS];
    int size = snprintf(digits, sizeof digits, "%.0f", real);
    char *copy = arena_copy(arena, digits, (size_t)size);
    if (copy == NULL)
        return arena_status(arena, (size_t)size, err);
    bool negative = copy[0] == '-';
    set_integer(out, negative, copy + negative, (size_t)size - negative,
                text_span(copy, (size_t)size));
    return PHX_OK;
}

phx_status attr_int(struct arena *arena, const struct value *value,
                    struct value *out, bool *found, phx_error *err)
{
    *found = false;
    switch (value->kind) {
    case JSON_INT:
    case JSON_BOOL:
        *found = true;
        *out = value_int(value->integer);
        return PHX_OK;
    case JSON_REAL:
        return read_real(arena, value->real, out, found, err);
    case JSON_NUMBER:
        return read_text(arena, value->text, out, found, err);
    case JSON_TEXT:
        return read_text(arena, attr_trim(value->text), out, found, err);
    default:
        return PHX_OK;
    }
}

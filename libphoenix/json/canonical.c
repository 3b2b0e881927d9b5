/*
 * canonical.c - values as the one text that all equal ones have. RFC 8785 takes
 * numbers for doubles, so that 9007199254740992 and ...993 are written alike;
 * the exact form tells them apart, and 1 from 1.0.
 */
#include "base/base.h"

#include <math.h>
#include <stdlib.h>

#include "json/inside.h"

/* What numbers and keys of a document need. */
struct canonical {
    struct buf *out;
    struct arena *arena; /* of sorted members */
    bool exact;
};

/* Digits of a finite double above 0, the shortest that read back as it, and
 * where the point stands: before the first one for 0. */
static int split_real(double value, char digits[REAL_SIZE], int *point)
{
    char text[REAL_SIZE];
    int count = 0, zeros = 0;
    bool past = false;

    number_print_real(value, text);
    *point = 0;
    for (const char *at = text; *at != '\0'; at++) {
        if (*at == 'e') {
            *point += atoi(at + 1);
            break;
        }
        if (*at == '.') {
            past = true;
            continue;
        }
        *point += !past;
        if (count == 0 && *at == '0')
            *point -= 1;
        else if (*at == '0')
            zeros++;
        else {
            for (; zeros > 0; zeros--)
                digits[count++] = '0';
            digits[count++] = *at;
        }
    }
    return count;
}

/* Number::toString of ECMA-262. */
static void write_double(struct buf *out, double value)
{
    char digits[REAL_SIZE];
    int point, count;

    if (!isfinite(value)) {
        buf_add_string(out, "null");
        return;
    }
    if (value == 0) {
        buf_add_byte(out, '0');
        return;
    }
    if (value < 0)
        buf_add_byte(out, '-');
    count = split_real(fabs(value), digits, &point);
    if (point > 21 || point < -5) {
        buf_add(out, digits, 1);
        if (count > 1)
            buf_add_byte(out, '.');
        buf_add(out, digits + 1, (size_t)count - 1);
        buf_add_format(out, "e%+d", point - 1);
        return;
    }
    if (point <= 0)
        buf_add_string(out, "0.");
    for (int i = point; i < 0; i++)
        buf_add_byte(out, '0');
    for (int i = 0; i < count || i < point; i++) {
        if (i == point && i > 0)
            buf_add_byte(out, '.');
        buf_add_byte(out, i < count ? (uint8_t)digits[i] : '0');
    }
}

/* Of the numbers past int64 and double integers may have a double next to them.
 */
static double wide_number(phx_text text)
{
    char digits[400];

    if (text.size >= sizeof digits)
        return (double)INFINITY;
    memcpy(digits, text.data, text.size);
    digits[text.size] = '\0';
    return strpbrk(digits, ".eE") == NULL ? strtod(digits, NULL)
                                          : (double)INFINITY;
}

static void write_number(const struct canonical *to, const struct value *value)
{
    if (to->exact)
        json_write_value(to->out, value, 0);
    else if (value->kind == JSON_INT)
        write_double(to->out, (double)value->integer);
    else if (value->kind == JSON_REAL)
        write_double(to->out, value->real);
    else
        write_double(to->out, wide_number(value->text));
}

/* In UTF-16 the code points past U+FFFF begin with 0xd800 to 0xdbff, below
 * U+E000; in UTF-8 they come last. */
static int compare_keys(const void *a, const void *b)
{
    const struct member *const *left = a, *const *right = b;
    phx_text x = (*left)->key, y = (*right)->key;
    size_t shorter = x.size < y.size ? x.size : y.size;

    for (size_t i = 0; i < shorter; i++) {
        uint8_t one = (uint8_t)x.data[i], other = (uint8_t)y.data[i];
        if (one == other)
            continue;
        if ((one >= 0xf0) != (other >= 0xf0) && one >= 0xee && other >= 0xee)
            return one >= 0xf0 ? -1 : 1;
        return one < other ? -1 : 1;
    }
    return x.size < y.size ? -1 : x.size > y.size;
}

static void write_value(const struct canonical *to, const struct value *value);

static void write_object(const struct canonical *to, const struct value *object)
{
    size_t size = size_mul(object->count, sizeof(struct member *));
    const struct member **members = arena_new(to->arena, size);

    if (members == NULL) {
        to->out->status = PHX_NO_MEMORY;
        return;
    }
    for (uint32_t i = 0; i < object->count; i++)
        members[i] = &object->members[i];
    if (object->count > 1)
        qsort(members, object->count, sizeof *members, compare_keys);
    buf_add_byte(to->out, '{');
    for (uint32_t i = 0; i < object->count; i++) {
        if (i > 0)
            buf_add_byte(to->out, ',');
        json_write_text(to->out, members[i]->key, 0);
        buf_add_byte(to->out, ':');
        write_value(to, &members[i]->value);
    }
    buf_add_byte(to->out, '}');
}

/* As deep as a document may be. */
static void write_value(const struct canonical *to, const struct value *value)
{
    switch (value->kind) {
    case JSON_OBJECT:
        write_object(to, value);
        break;
    case JSON_ARRAY:
        buf_add_byte(to->out, '[');
        for (uint32_t i = 0; i < value->count; i++) {
            if (i > 0)
                buf_add_byte(to->out, ',');
            write_value(to, &value->items[i]);
        }
        buf_add_byte(to->out, ']');
        break;
    case JSON_INT:
    case JSON_REAL:
    case JSON_NUMBER:
        write_number(to, value);
        break;
    default:
        json_write_value(to->out, value, 0);
    }
}

void json_write_canonical(struct buf *out, struct arena *arena,
                          const struct value *value, bool exact)
{
    const struct canonical to = {out, arena, exact};

    write_value(&to, value);
}

/*
 * id.c - global ids. Decoding is as forgiving as Python's binascii: characters
 * outside the alphabet are passed over, padding ends the text only where it
 * may, and only then does what is left have to be whole.
 */
#include "base/base.h"
#include "server/rest/inside.h"

enum { LONGEST = 512 }; /* of an encoded id; longer ones are no ids of ours */

void id_print(const char *type, phx_id row, char out[ID_SIZE])
{
    char text[56];

    snprintf(text, sizeof text, "%.32s:%lld", type, (long long)row);
    base64_print(text, strlen(text), out);
}

static int sextet(unsigned char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* False if a sextet is left over or the text is not ASCII. */
static bool decode(phx_text text, uint8_t *out, size_t *size)
{
    unsigned quad = 0, pads = 0;
    uint32_t bits = 0;

    *size = 0;
    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)text.data[i];
        int value = sextet(c);

        if (c >= 0x80)
            return false;
        if (c == '=') {
            if (quad >= 2 && quad + ++pads >= 4)
                return true;
            continue;
        }
        if (value < 0)
            continue;
        pads = 0;
        bits = (bits << 6 | (uint32_t)value) & 0xFFFFFF;
        if (quad > 0)
            out[(*size)++] = (uint8_t)(bits >> (6 - 2 * quad));
        quad = (quad + 1) % 4;
    }
    return quad == 0;
}

bool id_split(struct arena *arena, phx_text text, phx_text *type, phx_text *row)
{
    uint8_t *bytes;
    const uint8_t *colon;
    size_t size;

    if (text.size == 0 || text.size > LONGEST ||
        (bytes = arena_new(arena, text.size)) == NULL ||
        !decode(text, bytes, &size) || utf8_check(bytes, size) != size ||
        (colon = memchr(bytes, ':', size)) == NULL)
        return false;
    *type = text_span(bytes, (size_t)(colon - bytes));
    *row = text_span(colon + 1, size - type->size - 1);
    return true;
}

phx_text text_strip(phx_text text)
{
    const uint8_t *at = (const uint8_t *)text.data;
    const uint8_t *end = at + text.size;
    const uint8_t *first = NULL, *last = NULL;

    while (at < end) {
        const uint8_t *start = at;

        if (utf8_is_space(utf8_next(&at, end)))
            continue;
        if (first == NULL)
            first = start;
        last = at;
    }
    return first ? text_span(first, (size_t)(last - first)) : text_of("");
}

bool id_read_integer(phx_text text, int64_t *out)
{
    phx_text number = text_strip(text);
    const uint8_t *at = (const uint8_t *)number.data;
    const uint8_t *end = at + number.size;
    bool negative = false, digit_before = false;
    int64_t value = 0;

    if (at < end && (*at == '-' || *at == '+'))
        negative = *at++ == '-';
    while (at < end) {
        uint32_t c = utf8_next(&at, end);
        int digit = utf8_digit(c);

        if (digit < 0 && !(c == '_' && digit_before && at < end))
            return false;
        digit_before = digit >= 0;
        if (!digit_before)
            continue;
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, digit, &value))
            value = INT64_MAX;
    }
    *out = negative ? -value : value;
    return digit_before;
}

bool id_read(struct arena *arena, phx_text text, const char *type, phx_id *out)
{
    phx_text given, row;

    return id_split(arena, text, &given, &row) &&
           (type == NULL || text_is(given, type)) && id_read_integer(row, out);
}

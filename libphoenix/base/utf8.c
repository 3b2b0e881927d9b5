/*
 * utf8.c - checking and walking UTF-8 (RFC 3629: no surrogates, no overlong
 * forms, nothing past U+10FFFF).
 */
#include "base/base.h"

/* Size of the sequence at bytes, or 0 if it is none. */
static size_t sequence(const uint8_t *bytes, size_t left)
{
    uint8_t lead = bytes[0];
    size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;

    if (size == 1)
        return 1;
    if (lead < 0xC2 || lead > 0xF4 || left < size)
        return 0;
    for (size_t i = 1; i < size; i++) {
        if ((bytes[i] & 0xC0) != 0x80)
            return 0;
    }
    if ((lead == 0xE0 && bytes[1] < 0xA0) ||
        (lead == 0xED && bytes[1] > 0x9F) ||
        (lead == 0xF0 && bytes[1] < 0x90) || (lead == 0xF4 && bytes[1] > 0x8F))
        return 0;
    return size;
}

size_t utf8_check(const void *bytes, size_t size)
{
    const uint8_t *text = bytes;
    size_t at = 0;

    while (at < size) {
        uint64_t eight;
        while (size - at >= sizeof eight) {
            memcpy(&eight, text + at, sizeof eight);
            if (eight & 0x8080808080808080u)
                break;
            at += sizeof eight;
        }
        if (at == size)
            break;
        size_t step = sequence(text + at, size - at);
        if (step == 0)
            return at;
        at += step;
    }
    return size;
}

uint32_t utf8_next(const uint8_t **at, const uint8_t *end)
{
    const uint8_t *bytes = *at;
    size_t size = sequence(bytes, (size_t)(end - bytes));
    uint32_t code_point = bytes[0];

    if (size == 0)
        size = 1;
    if (size > 1)
        code_point &= 0xFFu >> (size + 1);
    for (size_t i = 1; i < size; i++)
        code_point = code_point << 6 | (bytes[i] & 0x3Fu);
    *at += size;
    return code_point;
}

size_t utf8_put(uint8_t out[4], uint32_t code_point)
{
    static const uint8_t leads[] = {0, 0, 0xC0, 0xE0, 0xF0};
    size_t size = code_point < 0x80      ? 1
                  : code_point < 0x800   ? 2
                  : code_point < 0x10000 ? 3
                                         : 4;

    if (size == 1) {
        out[0] = (uint8_t)code_point;
        return 1;
    }
    for (size_t i = size - 1; i > 0; i--) {
        out[i] = (uint8_t)(0x80 | (code_point & 0x3F));
        code_point >>= 6;
    }
    out[0] = (uint8_t)(leads[size] | code_point);
    return size;
}

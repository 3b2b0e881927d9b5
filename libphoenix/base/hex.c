/*
 * hex.c - bytes as hex and base64 text (RFC 4648).
 */
#include "base/base.h"

int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

void hex_print(const void *bytes, size_t size, char *out)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *in = bytes;

    for (size_t i = 0; i < size; i++) {
        out[2 * i] = digits[in[i] >> 4];
        out[2 * i + 1] = digits[in[i] & 15];
    }
    out[2 * size] = '\0';
}

phx_status hex_read(phx_text text, uint8_t *out, size_t *out_size,
                    phx_error *err)
{
    if (text.size % 2 != 0)
        return fail(err, PHX_INVALID, (int64_t)text.size,
                    "hex text has an odd number of digits");
    for (size_t i = 0; i < text.size; i++) {
        if (hex_digit(text.data[i]) < 0)
            return fail(err, PHX_INVALID, (int64_t)i,
                        "hex text has a character that is no digit");
    }
    for (size_t i = 0; i < text.size / 2; i++) {
        out[i] = (uint8_t)(hex_digit(text.data[2 * i]) << 4 |
                           hex_digit(text.data[2 * i + 1]));
    }
    *out_size = text.size / 2;
    return PHX_OK;
}

static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

size_t base64_size(size_t size)
{
    return (size + 2) / 3 * 4;
}

void base64_print(const void *bytes, size_t size, char *out)
{
    const uint8_t *in = bytes;

    for (size_t i = 0; i < size; i += 3) {
        uint32_t three = (uint32_t)in[i] << 16;
        if (i + 1 < size)
            three |= (uint32_t)in[i + 1] << 8;
        if (i + 2 < size)
            three |= in[i + 2];
        *out++ = base64_digits[three >> 18];
        *out++ = base64_digits[three >> 12 & 63];
        *out++ = i + 1 < size ? base64_digits[three >> 6 & 63] : '=';
        *out++ = i + 2 < size ? base64_digits[three & 63] : '=';
    }
    *out = '\0';
}

static int base64_digit(char c)
{
    const char *at = c ? strchr(base64_digits, c) : NULL;

    return at ? (int)(at - base64_digits) : -1;
}

phx_status base64_read(phx_text text, uint8_t *out, size_t *out_size,
                       phx_error *err)
{
    size_t padding = text_ends(text, "==") ? 2 : text_ends(text, "=") ? 1 : 0;
    size_t written = 0;

    if (text.size % 4 != 0)
        return fail(err, PHX_INVALID, (int64_t)text.size,
                    "base64 text is not padded to four characters");
    for (size_t i = 0; i < text.size - padding; i++) {
        if (base64_digit(text.data[i]) < 0)
            return fail(err, PHX_INVALID, (int64_t)i,
                        "base64 text has a character of no meaning");
    }
    for (size_t i = 0; i < text.size; i += 4) {
        uint32_t three = 0;
        size_t have = i + 4 == text.size ? 4 - padding : 4;
        for (size_t j = 0; j < 4; j++) {
            int digit = j < have ? base64_digit(text.data[i + j]) : 0;
            three = three << 6 | (uint32_t)digit;
        }
        for (size_t j = 0; j + 1 < have; j++)
            out[written++] = (uint8_t)(three >> (16 - 8 * j));
    }
    *out_size = written;
    return PHX_OK;
}

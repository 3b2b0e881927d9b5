/*
 * quote.c - a text as Python's repr() and ascii() write it.
 */
#include "base/base.h"

#include "prompt/inside.h"

/* Code points that repr() escapes, though no control characters of ASCII:
 * blanks but the space, what cannot be seen, and what has no character. */
static bool is_hidden(uint32_t c)
{
    static const uint32_t ranges[][2] = {
        {0x7F, 0xA0},     {0xAD, 0xAD},       {0x600, 0x605},
        {0x61C, 0x61C},   {0x6DD, 0x6DD},     {0x70F, 0x70F},
        {0x1680, 0x1680}, {0x180E, 0x180E},   {0x2000, 0x200F},
        {0x2028, 0x202F}, {0x205F, 0x206F},   {0x3000, 0x3000},
        {0xD800, 0xF8FF}, {0xFEFF, 0xFEFF},   {0xFFF0, 0xFFFB},
        {0xFFFE, 0xFFFF}, {0xE0000, 0xE00FF}, {0xE01F0, 0x10FFFF},
    };

    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        if (c >= ranges[i][0] && c <= ranges[i][1])
            return true;
    }
    return false;
}

static void add_escaped(struct buf *out, uint32_t c)
{
    if (c == '\n' || c == '\r' || c == '\t')
        buf_add_format(out, "\\%c", c == '\n' ? 'n' : c == '\r' ? 'r' : 't');
    else if (c < 0x100)
        buf_add_format(out, "\\x%02x", c);
    else if (c < 0x10000)
        buf_add_format(out, "\\u%04x", c);
    else
        buf_add_format(out, "\\U%08x", c);
}

void print_quoted(struct buf *out, phx_text text, bool ascii)
{
    const uint8_t *at = (const uint8_t *)text.data, *end = at + text.size;
    bool is_double = text.size > 0 && memchr(at, '\'', text.size) != NULL &&
                     memchr(at, '"', text.size) == NULL;
    uint8_t quote = is_double ? '"' : '\'';

    buf_add_byte(out, quote);
    while (at < end) {
        const uint8_t *begin = at;
        uint32_t c = utf8_next(&at, end);

        if (c < 0x20 || is_hidden(c) || (ascii && c > 0x7F))
            add_escaped(out, c);
        else if (c == quote || c == '\\')
            buf_add_format(out, "\\%c", (char)c);
        else
            buf_add(out, begin, (size_t)(at - begin));
    }
    buf_add_byte(out, quote);
}

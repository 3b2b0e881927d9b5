/*
 * told.h: values as JSON, by who makes columns and by who reads them.
 */
#ifndef COLUMNS_TOLD_H
#define COLUMNS_TOLD_H

#include "base/base.h"

#include <math.h>

static void told_text(struct buf *json, phx_text text)
{
    buf_add_byte(json, '"');
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        if (c == '"' || c == '\\' || (unsigned char)c < ' ')
            buf_add_format(json, "\\u%04x", (unsigned)c);
        else
            buf_add_byte(json, (uint8_t)c);
    }
    buf_add_byte(json, '"');
}

static void told_hex(struct buf *json, phx_text text)
{
    buf_add_byte(json, '"');
    for (size_t i = 0; i < text.size; i++)
        buf_add_format(json, "%02x", (unsigned)(uint8_t)text.data[i]);
    buf_add_byte(json, '"');
}

static void told_real(struct buf *json, double value)
{
    char text[40];

    snprintf(text, sizeof text, "%.17g", value);
    if (isnan(value))
        buf_add_string(json, "NaN");
    else if (isinf(value))
        buf_add_string(json, value < 0 ? "-Infinity" : "Infinity");
    else
        buf_add_format(json, "%s%s", text, strpbrk(text, ".e") ? "" : ".0");
}

#endif

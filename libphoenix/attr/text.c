/*
 * text.c - values as text and back, by the rules of Python: str.strip(),
 * str(), json.dumps() and json.loads().
 */
#include "base/base.h"
#include "attr/attr.h"

#include <math.h>

#include "attr/inside.h"

static size_t last_character(phx_text text)
{
    size_t at = text.size - 1;

    while (at > 0 && ((uint8_t)text.data[at] & 0xC0) == 0x80)
        at--;
    return at;
}

static bool is_space_at(phx_text text, size_t at, size_t *size)
{
    const uint8_t *next = (const uint8_t *)text.data + at;
    const uint8_t *start = next;
    uint32_t code_point =
        utf8_next(&next, (const uint8_t *)text.data + text.size);

    *size = (size_t)(next - start);
    return utf8_is_space(code_point);
}

phx_text attr_trim(phx_text text)
{
    size_t size;

    while (text.size > 0 && is_space_at(text, 0, &size)) {
        text.data += size;
        text.size -= size;
    }
    while (text.size > 0) {
        size_t at = last_character(text);
        if (!is_space_at(text, at, &size))
            break;
        text.size = at;
    }
    return text;
}

/* Moves what a buf holds, in one piece, to an arena. */
static phx_status buf_to_arena(struct arena *arena, const struct buf *buf,
                               phx_text *out, phx_error *err)
{
    phx_status status = buf_status(buf, "JSON text", err);

    if (status < 0)
        return status;
    char *copy = arena_copy(arena, buf->data, buf->size);
    if (copy == NULL)
        return arena_status(arena, buf->size, err);
    *out = text_span(copy, buf->size);
    return PHX_OK;
}

phx_status attr_json(struct arena *arena, const struct value *value, int flags,
                     phx_text *out, phx_error *err)
{
    struct buf buf;
    phx_status status;

    buf_init(&buf, ATTR_TEXT_LIMIT);
    json_write_value(&buf, value, flags);
    status = buf_to_arena(arena, &buf, out, err);
    buf_clear(&buf);
    return status;
}

phx_status attr_print(struct arena *arena, const struct value *value,
                      phx_text *out, phx_error *err)
{
    switch (value->kind) {
    case JSON_TEXT:
    case JSON_NUMBER:
        *out = value->text;
        return PHX_OK;
    case JSON_NULL:
        *out = text_of("None");
        return PHX_OK;
    case JSON_BOOL:
        *out = text_of(value->integer ? "True" : "False");
        return PHX_OK;
    case JSON_REAL:
        if (!isfinite(value->real)) {
            *out = text_of(isnan(value->real) ? "nan"
                           : value->real < 0  ? "-inf"
                                              : "inf");
            return PHX_OK;
        }
        return attr_json(arena, value, 0, out, err);
    default:
        return attr_json(arena, value,
                         JSON_SPACED | JSON_ASCII | JSON_NONFINITE, out, err);
    }
}

/* Numbers with a point or an exponent that no double holds are infinite to
 * Python; integers of any size are exact. */
static void settle_numbers(struct value *value)
{
    if (value->kind == JSON_ARRAY) {
        for (uint32_t i = 0; i < value->count; i++)
            settle_numbers(&value->items[i]);
    } else if (value->kind == JSON_OBJECT) {
        for (uint32_t i = 0; i < value->count; i++)
            settle_numbers(&value->members[i].value);
    } else if (value->kind == JSON_NUMBER) {
        for (size_t i = 0; i < value->text.size; i++) {
            if (strchr(".eE", value->text.data[i]) == NULL)
                continue;
            double sign = value->text.data[0] == '-' ? -1.0 : 1.0;
            *value = value_real(sign * (double)INFINITY);
            return;
        }
    }
}

phx_status attr_parse(struct arena *arena, phx_text text, struct value *out,
                      bool *found, phx_error *err)
{
    phx_status status = json_read(arena, text, JSON_LENIENT, out, NULL);

    *found = status == PHX_OK;
    if (status == PHX_NO_MEMORY)
        return fail_memory(err, text.size);
    if (*found)
        settle_numbers(out);
    return PHX_OK;
}

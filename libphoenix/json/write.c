/*
 * write.c - values as JSON text, whole or as a stream.
 */
#include "base/base.h"
#include "json/inside.h"

#include <math.h>

/* --- texts ---------------------------------------------------------------- */

/* The letter of a short escape (\n), or 0. */
static char short_escape(uint8_t c)
{
    switch (c) {
    case '"':
    case '\\':
        return (char)c;
    case '\b':
        return 'b';
    case '\f':
        return 'f';
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    case '\t':
        return 't';
    default:
        return 0;
    }
}

static uint8_t *put_unit(uint8_t *out, uint32_t unit)
{
    static const char digits[] = "0123456789abcdef";

    *out++ = '\\';
    *out++ = 'u';
    for (int shift = 12; shift >= 0; shift -= 4)
        *out++ = (uint8_t)digits[unit >> shift & 15];
    return out;
}

enum { LONGEST_ESCAPE = 12 };

/* \n or \uXXXX; two of the latter, a surrogate pair, past U+FFFF. */
static uint8_t *put_escape(uint8_t *out, uint32_t code_point)
{
    char letter = code_point < 0x80 ? short_escape((uint8_t)code_point) : 0;

    if (letter != 0) {
        *out++ = '\\';
        *out++ = (uint8_t)letter;
        return out;
    }
    if (code_point < 0x10000)
        return put_unit(out, code_point);
    out = put_unit(out, 0xD800 + ((code_point - 0x10000) >> 10));
    return put_unit(out, 0xDC00 + ((code_point - 0x10000) & 0x3FF));
}

/* Sixteen bytes at once, all copied, also where the last of them are not to be:
 * what comes next goes over them. */
typedef uint8_t lanes __attribute__((vector_size(16)));

/* Copies up to the first byte that cannot stand in a quoted text as it is;
 * returns it, or end. */
static const uint8_t *copy_plain(uint8_t *out, const uint8_t *at,
                                 const uint8_t *end)
{
    for (; end - at >= (ptrdiff_t)sizeof(lanes);
         at += sizeof(lanes), out += sizeof(lanes)) {
        lanes some;
        uint64_t halves[2];
        memcpy(&some, at, sizeof some);
        memcpy(out, &some, sizeof some);
        some = (lanes)((some < 0x20) | (some == '"') | (some == '\\'));
        memcpy(halves, &some, sizeof halves);
        if ((halves[0] | halves[1]) != 0)
            return plain_end(at, at + sizeof(lanes));
    }
    const uint8_t *plain = plain_end(at, end);
    while (at < plain)
        *out++ = *at++;
    return plain;
}

/* Copies up to the first byte that Python's ensure_ascii escapes; returns it,
 * or end. */
static const uint8_t *copy_ascii(uint8_t *out, const uint8_t *at,
                                 const uint8_t *end)
{
    while (at < end && *at >= ' ' && *at <= '~' && *at != '"' && *at != '\\')
        *out++ = *at++;
    return at;
}

/* Bytes of a text to `out`, from at on, until the end or where an escape might
 * not fit any more. There is room for what is left of the text and `spare` more
 * bytes. Returns where out ends. */
static uint8_t *put_text(uint8_t *out, const uint8_t **at, const uint8_t *end,
                         size_t spare, int flags)
{
    for (;;) {
        const uint8_t *from = *at;
        *at = flags & JSON_ASCII ? copy_ascii(out, from, end)
                                 : copy_plain(out, from, end);
        out += *at - from;
        if (*at == end || spare < LONGEST_ESCAPE)
            return out;
        from = *at;
        uint8_t *past = put_escape(out, utf8_next(at, end));
        spare -= (size_t)(past - out) - (size_t)(*at - from);
        out = past;
    }
}

void json_write_text(struct buf *out, phx_text text, int flags)
{
    const uint8_t *at = (const uint8_t *)text.data;
    const uint8_t *end = text.size > 0 ? at + text.size : at;
    uint8_t escape[LONGEST_ESCAPE], *room;

    buf_add_byte(out, '"');
    while ((room = buf_room(out, (size_t)(end - at) + 1)) != NULL) {
        size_t spare = out->capacity - out->size - (size_t)(end - at);
        buf_used(out,
                 (size_t)(put_text(room, &at, end, spare - 1, flags) - room));
        if (at == end)
            break;
        uint8_t *past = put_escape(escape, utf8_next(&at, end));
        buf_add(out, escape, (size_t)(past - escape));
    }
    buf_add_byte(out, '"');
}

/* --- numbers -------------------------------------------------------------- */

static void write_magnitude(struct buf *out, bool negative, uint64_t magnitude)
{
    uint8_t *room = buf_room(out, INT_SIZE);

    if (room != NULL)
        buf_used(out, number_print_int(negative, magnitude, (char *)room));
}

void json_write_int(struct buf *out, int64_t value)
{
    uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

    write_magnitude(out, value < 0, magnitude);
}

void json_write_real(struct buf *out, double value)
{
    uint8_t *room;

    if (!isfinite(value))
        buf_add_string(out, "null");
    else if ((room = buf_room(out, REAL_SIZE)) != NULL)
        buf_used(out, number_print_real(value, (char *)room));
}

static void write_real(struct buf *out, double value, int flags)
{
    if (isfinite(value) || !(flags & JSON_NONFINITE))
        json_write_real(out, value);
    else if (value > 0)
        buf_add_string(out, "Infinity");
    else if (value < 0)
        buf_add_string(out, "-Infinity");
    else
        buf_add_string(out, "NaN");
}

/* --- values --------------------------------------------------------------- */

static void write_bytes(struct buf *out, phx_text bytes)
{
    size_t size = base64_size(bytes.size);
    uint8_t *room;

    buf_add_byte(out, '"');
    if ((room = buf_room(out, size_add(size, 1))) != NULL) {
        base64_print(bytes.data, bytes.size, (char *)room);
        buf_used(out, size);
    }
    buf_add_byte(out, '"');
}

static void write_value(struct buf *out, const struct value *value, int flags,
                        int depth);

static void write_comma(struct buf *out, uint32_t index, int flags)
{
    if (index > 0)
        buf_add(out, ", ", flags & JSON_SPACED ? 2 : 1);
}

static void write_items(struct buf *out, const struct value *array, int flags,
                        int depth)
{
    buf_add_byte(out, '[');
    for (uint32_t i = 0; i < array->count; i++) {
        write_comma(out, i, flags);
        write_value(out, &array->items[i], flags, depth);
    }
    buf_add_byte(out, ']');
}

static void write_members(struct buf *out, const struct value *object,
                          int flags, int depth)
{
    buf_add_byte(out, '{');
    for (uint32_t i = 0; i < object->count; i++) {
        const struct member *member = &object->members[i];
        write_comma(out, i, flags);
        json_write_text(out, member->key, flags);
        buf_add(out, ": ", flags & JSON_SPACED ? 2 : 1);
        write_value(out, &member->value, flags, depth);
    }
    buf_add_byte(out, '}');
}

/* depth: of the brackets around the value. What could not be read again is
 * not written. */
static void write_nested(struct buf *out, const struct value *value, int flags,
                         int depth)
{
    if (out->status < 0)
        return;
    if (depth == JSON_DEPTH_DEEP)
        out->status = PHX_TOO_BIG;
    else if (value->kind == JSON_ARRAY)
        write_items(out, value, flags, depth + 1);
    else
        write_members(out, value, flags, depth + 1);
}

static void write_value(struct buf *out, const struct value *value, int flags,
                        int depth)
{
    switch (value->kind) {
    case JSON_BOOL:
        buf_add_string(out, value->integer ? "true" : "false");
        break;
    case JSON_INT:
        json_write_int(out, value->integer);
        break;
    case JSON_REAL:
        write_real(out, value->real, flags);
        break;
    case JSON_NUMBER:
        if (flags & JSON_QUOTED)
            json_write_text(out, value->text, flags);
        else
            buf_add_text(out, value->text);
        break;
    case JSON_TEXT:
        json_write_text(out, value->text, flags);
        break;
    case JSON_BYTES:
        write_bytes(out, value->text);
        break;
    case JSON_ARRAY:
    case JSON_OBJECT:
        write_nested(out, value, flags, depth);
        break;
    default:
        buf_add_string(out, "null");
    }
}

void json_write_value(struct buf *out, const struct value *value, int flags)
{
    write_value(out, value, flags, 0);
}

/* --- the streaming writer ------------------------------------------------- */

/* Before a value or a key: the comma that the one before it left to us. */
static void begin_piece(struct json_writer *writer)
{
    if (writer->pending_comma)
        buf_add_byte(writer->out, ',');
    writer->pending_comma = true;
}

static void open_bracket(struct json_writer *writer, uint8_t bracket)
{
    begin_piece(writer);
    buf_add_byte(writer->out, bracket);
    writer->pending_comma = false;
}

static void close_bracket(struct json_writer *writer, uint8_t bracket)
{
    buf_add_byte(writer->out, bracket);
    writer->pending_comma = true;
}

void json_begin(struct json_writer *writer, struct buf *out)
{
    *writer = (struct json_writer){.out = out};
}

void json_open_object(struct json_writer *writer)
{
    open_bracket(writer, '{');
}

void json_close_object(struct json_writer *writer)
{
    close_bracket(writer, '}');
}

void json_open_array(struct json_writer *writer)
{
    open_bracket(writer, '[');
}

void json_close_array(struct json_writer *writer)
{
    close_bracket(writer, ']');
}

void json_key(struct json_writer *writer, const char *key)
{
    json_key_text(writer, text_of(key));
}

void json_key_text(struct json_writer *writer, phx_text key)
{
    begin_piece(writer);
    json_write_text(writer->out, key, 0);
    buf_add_byte(writer->out, ':');
    writer->pending_comma = false;
}

void json_null(struct json_writer *writer)
{
    begin_piece(writer);
    buf_add_string(writer->out, "null");
}

void json_bool(struct json_writer *writer, bool value)
{
    begin_piece(writer);
    buf_add_string(writer->out, value ? "true" : "false");
}

void json_int(struct json_writer *writer, int64_t value)
{
    begin_piece(writer);
    json_write_int(writer->out, value);
}

void json_uint(struct json_writer *writer, uint64_t value)
{
    begin_piece(writer);
    write_magnitude(writer->out, false, value);
}

void json_real(struct json_writer *writer, double value)
{
    begin_piece(writer);
    json_write_real(writer->out, value);
}

void json_string(struct json_writer *writer, const char *value)
{
    json_text(writer, text_of(value));
}

void json_text(struct json_writer *writer, phx_text value)
{
    begin_piece(writer);
    if (value.data == NULL)
        buf_add_string(writer->out, "null");
    else
        json_write_text(writer->out, value, 0);
}

void json_any(struct json_writer *writer, const struct value *value)
{
    begin_piece(writer);
    json_write_value(writer->out, value, 0);
}

void json_raw(struct json_writer *writer, phx_text json)
{
    begin_piece(writer);
    buf_add_text(writer->out, json);
}

void json_hex(struct json_writer *writer, phx_text bytes)
{
    char hex[65];

    json_raw(writer, text_of("\""));
    for (size_t i = 0; i < bytes.size; i += 32) {
        size_t size = bytes.size - i < 32 ? bytes.size - i : 32;
        hex_print(bytes.data + i, size, hex);
        buf_add(writer->out, hex, 2 * size);
    }
    buf_add_byte(writer->out, '"');
}

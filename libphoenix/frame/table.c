/*
 * table.c - a frame as the JSON that pandas reads a table from:
 *
 *     {"schema": {"fields": [{"name", "type"} ...], "primaryKey": [name ...],
 *                 "pandas_version"},
 *      "data": [{name: cell ...} ...]}
 *
 * Names have the number of their column in front, as two may be equal; the
 * client takes it off again.
 */
#include "base/base.h"
#include "frame/inside.h"

#include <stdio.h>

/* --- the schema ----------------------------------------------------------------------- */

static phx_status settle_key(struct frame *frame, struct frame_column *column,
                             uint32_t number, struct buf *key, phx_error *err)
{
    char digits[16];
    int size = snprintf(digits, sizeof digits, "%u_", (unsigned)number);
    size_t whole = size_add((size_t)size, column->shown.size);
    char *plain = arena_new(&frame->scratch, whole);

    if (plain == NULL)
        return arena_status(&frame->scratch, whole, err);
    memcpy(plain, digits, (size_t)size);
    if (column->shown.size > 0)
        memcpy(plain + size, column->shown.data, column->shown.size);
    buf_reset(key);
    json_write_text(key, text_span(plain, whole), 0);
    phx_status status = buf_status(key, "a column's name", err);
    if (status < 0)
        return status;
    char *copy = arena_copy(&frame->arena, key->data, key->size);
    if (copy == NULL)
        return arena_status(&frame->arena, key->size, err);
    column->key = text_span(copy, key->size);
    return PHX_OK;
}

/* Columns that are not shown get no key. */
static phx_status settle_keys(struct frame *frame, phx_error *err)
{
    phx_status status = PHX_OK;
    uint32_t number = 0;
    struct buf key;

    buf_init(&key, SIZE_MAX);
    for (uint32_t i = 0; status >= 0 && i < frame->count; i++) {
        if (column_is_shown(frame, &frame->columns[i]))
            status = settle_key(frame, &frame->columns[i], number++, &key, err);
    }
    buf_clear(&key);
    return status;
}

static const char *const types[] = {
    [FRAME_ANY] = "\"string\"",
    [FRAME_BOOL] = "\"boolean\"",
    [FRAME_INT] = "\"integer\"",
    [FRAME_REAL] = "\"number\"",
    [FRAME_TIME] = "\"datetime\",\"tz\":\"UTC\"",
};

static void write_field(const struct frame *frame,
                        const struct frame_column *column, struct buf *out)
{
    buf_add_string(out, "{\"name\":");
    buf_add_text(out, column->key);
    buf_add_string(out, ",\"type\":");
    buf_add_string(out, types[column_type(frame, column)]);
    buf_add_byte(out, '}');
}

static phx_status begin(struct frame *frame, struct buf *out, phx_error *err)
{
    phx_status status = settle_keys(frame, err);
    const char *comma = "";

    if (status < 0)
        return status;
    buf_add_string(out, "{\"schema\":{\"fields\":[");
    for (uint32_t i = 0; i < frame->count; i++) {
        if (frame->columns[i].key.data == NULL)
            continue;
        buf_add_string(out, comma);
        write_field(frame, &frame->columns[i], out);
        comma = ",";
    }
    buf_add_string(out, "],\"primaryKey\":[");
    for (uint32_t i = 0; i < frame->count && frame->columns[i].is_index; i++) {
        buf_add_string(out, i > 0 ? "," : "");
        buf_add_text(out, frame->columns[i].key);
    }
    buf_add_string(out, "],\"pandas_version\":\"1.4.0\"},\"data\":[");
    return buf_status(out, "a table", err);
}

static phx_status end(struct frame *frame, struct buf *out, phx_error *err)
{
    (void)frame;
    buf_add_string(out, "]}");
    return buf_status(out, "a table", err);
}

/* --- rows ----------------------------------------------------------------------------- */

/* "2024-01-02T03:04:05.678901000Z" */
static void write_time(struct buf *out, int64_t us)
{
    enum { SECONDS = 19 }; /* characters up to them */
    char text[40];

    time_print((uint64_t)us * 1000, text);
    buf_add_byte(out, '"');
    buf_add(out, text, SECONDS);
    buf_add_format(out, ".%06u000Z\"", (unsigned)(us % 1000000));
}

static phx_status put(struct frame *frame, struct buf *out, phx_error *err)
{
    char separator = '{';

    if (frame->rows_written++ > 0)
        buf_add_byte(out, ',');
    for (uint32_t i = 0; i < frame->count; i++) {
        const struct value *cell = &frame->cells[i];
        if (frame->columns[i].key.data == NULL)
            continue;
        buf_add_byte(out, (uint8_t)separator);
        buf_add_text(out, frame->columns[i].key);
        buf_add_byte(out, ':');
        if (cell->kind == CELL_TIME)
            write_time(out, cell->integer);
        else
            json_write_value(out, cell, JSON_QUOTED);
        separator = ',';
    }
    buf_add_byte(out, '}');
    return buf_status(out, "a table", err);
}

const struct frame_form frame_table = {NULL, NULL, begin, put, end, NULL};

/*
 * seen_ipc.h: the rows of an Arrow IPC stream.
 */
#ifndef COLUMNS_SEEN_IPC_H
#define COLUMNS_SEEN_IPC_H

#include "columns/seen.h"

/* --- FlatBuffers ----------------------------------------------------------------- */

/* A place in a flat buffer. */
struct flat {
    phx_text bytes;
    size_t at;
};

static uint64_t flat_number(struct flat flat, size_t at, size_t width)
{
    uint64_t value = 0;

    need(at % width == 0 && at + width <= flat.bytes.size);
    memcpy(&value, flat.bytes.data + at, width);
    return value;
}

/* Where a slot of the table is; 0 if it is absent. */
static size_t flat_at(struct flat table, uint32_t slot)
{
    int32_t back = (int32_t)flat_number(table, table.at, 4);
    size_t vtable = table.at - (size_t)back;
    size_t size = flat_number(table, vtable, 2);

    need(back > 0 && vtable % 2 == 0 && vtable + size <= table.bytes.size);
    need(table.at + flat_number(table, vtable + 2, 2) <= table.bytes.size);
    if (4 + 2 * (size_t)slot >= size)
        return 0;
    size_t place = flat_number(table, vtable + 4 + 2 * (size_t)slot, 2);
    return place ? table.at + place : 0;
}

static uint64_t flat_value(struct flat table, uint32_t slot, size_t width)
{
    size_t at = flat_at(table, slot);

    return at ? flat_number(table, at, width) : 0;
}

static struct flat flat_follow(struct flat flat, size_t at)
{
    return (struct flat){flat.bytes, at + flat_number(flat, at, 4)};
}

static struct flat flat_member(struct flat table, uint32_t slot)
{
    need(flat_at(table, slot) != 0);
    return flat_follow(table, flat_at(table, slot));
}

/* Of `width` bytes each; the first is behind the count. */
static size_t flat_count(struct flat vector, size_t width)
{
    size_t count = flat_number(vector, vector.at, 4);

    need(count <= vector.bytes.size / width &&
         vector.at + 4 + count * width <= vector.bytes.size);
    return count;
}

static phx_text flat_text(struct flat string)
{
    size_t size = flat_count(string, 1);

    need(flat_number(string, string.at + 4 + size, 1) == 0);
    return text_span(string.bytes.data + string.at + 4, size);
}

/* --- schema ------------------------------------------------------------------------ */

static enum seen_type ipc_type(uint64_t type, struct flat table)
{
    switch (type) {
    case 2:
        need(flat_value(table, 0, 4) == 64 && flat_value(table, 1, 1) == 1);
        return SEEN_INT;
    case 3:
        need(flat_value(table, 0, 2) == 2);
        return SEEN_REAL;
    case 4:
        return SEEN_BYTES;
    case 5:
        return SEEN_TEXT;
    case 6:
        return SEEN_BOOL;
    case 10:
        need(flat_value(table, 0, 2) == 2 || flat_value(table, 0, 2) == 3);
        need(text_is(flat_text(flat_member(table, 1)), "UTC"));
        return SEEN_TIME;
    case 12:
        return SEEN_LIST;
    default:
        need(type == 13);
        return SEEN_STRUCT;
    }
}

static struct seen *ipc_fields(struct arena *arena, struct flat vector,
                               size_t *count)
{
    *count = flat_count(vector, 4);
    struct seen *fields = arena_new(arena, *count * sizeof *fields);

    for (size_t i = 0; i < *count; i++) {
        struct flat field = flat_follow(vector, vector.at + 4 + 4 * i);
        struct seen *out = &fields[i];
        *out = (struct seen){.name = flat_text(flat_member(field, 0))};
        need(flat_value(field, 1, 1) == 1);
        out->type = ipc_type(flat_value(field, 2, 1), flat_member(field, 3));
        if (flat_at(field, 4) != 0) {
            struct flat encoding = flat_member(field, 4);
            need(flat_value(flat_member(encoding, 1), 0, 4) == 32);
            out->dictionary = arena_new(arena, sizeof *out);
            *out->dictionary = *out;
            out->type = SEEN_WORD;
            out->dictionary_id = (int64_t)flat_value(encoding, 0, 8);
        }
        out->children =
            ipc_fields(arena, flat_member(field, 5), &out->child_count);
    }
    return fields;
}

/* --- batches ----------------------------------------------------------------------- */

struct ipc_batch {
    struct flat nodes, buffers;
    size_t node, buffer;
    phx_text body;
};

static phx_text ipc_buffer(struct ipc_batch *batch)
{
    size_t at = batch->buffers.at + 4 + 16 * batch->buffer++;
    uint64_t offset = flat_number(batch->buffers, at, 8);
    uint64_t size = flat_number(batch->buffers, at + 8, 8);

    need(batch->buffer <= flat_count(batch->buffers, 16));
    need(offset % 8 == 0 && size <= batch->body.size &&
         offset <= batch->body.size - size);
    return text_span(batch->body.data + offset, size);
}

static void ipc_columns(struct ipc_batch *batch, struct seen *columns,
                        size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct seen *column = &columns[i];
        size_t at = batch->nodes.at + 4 + 16 * batch->node++;
        need(batch->node <= flat_count(batch->nodes, 16));
        column->rows = (int64_t)flat_number(batch->nodes, at, 8);
        column->nulls = (int64_t)flat_number(batch->nodes, at + 8, 8);
        column->valid = ipc_buffer(batch);
        if (column->type == SEEN_LIST || column->type == SEEN_TEXT ||
            column->type == SEEN_BYTES)
            column->offsets = ipc_buffer(batch);
        if (column->type != SEEN_LIST && column->type != SEEN_STRUCT)
            column->values = ipc_buffer(batch);
        ipc_columns(batch, column->children, column->child_count);
    }
}

static int64_t ipc_read_batch(struct flat table, phx_text body,
                              struct seen *columns, size_t count)
{
    struct ipc_batch batch = {.nodes = flat_member(table, 1),
                              .buffers = flat_member(table, 2),
                              .body = body};

    ipc_columns(&batch, columns, count);
    need(batch.node == flat_count(batch.nodes, 16));
    need(batch.buffer == flat_count(batch.buffers, 16));
    return (int64_t)flat_value(table, 0, 8);
}

static struct seen *ipc_find(struct seen *columns, size_t count, int64_t id)
{
    struct seen *found = NULL;

    for (size_t i = 0; i < count && found == NULL; i++) {
        if (columns[i].type == SEEN_WORD && columns[i].dictionary_id == id)
            return columns[i].dictionary;
        found = ipc_find(columns[i].children, columns[i].child_count, id);
    }
    return found;
}

/* The stream's rows, and how many batches of them. */
static size_t ipc_rows(struct arena *arena, const struct buf *stream,
                       struct buf *json)
{
    struct seen *columns = NULL;
    struct reader in;
    size_t count = 0, batches = 0;

    reader_init(&in, stream->data, stream->size);
    for (;;) {
        need(((size_t)(in.at - stream->data)) % 8 == 0);
        need(reader_u32(&in) == UINT32_MAX);
        size_t size = reader_u32(&in);
        if (size == 0)
            break;
        const uint8_t *bytes = reader_bytes(&in, size);
        need(bytes != NULL && size % 8 == 0);
        struct flat message = {text_span(bytes, size), 0};
        message = flat_follow(message, 0);
        need(flat_value(message, 0, 2) == 4);
        struct flat header = flat_member(message, 2);
        size_t body_size = flat_value(message, 3, 8);
        phx_text body = text_span(reader_bytes(&in, body_size), body_size);
        need(body.data != NULL && body_size % 8 == 0);
        switch (flat_value(message, 1, 1)) {
        case 1:
            need(columns == NULL);
            columns = ipc_fields(arena, flat_member(header, 1), &count);
            break;
        case 2: {
            struct seen *words =
                ipc_find(columns, count, (int64_t)flat_value(header, 0, 8));
            need(words != NULL);
            ipc_read_batch(flat_member(header, 1), body, words, 1);
            break;
        }
        default:
            need(flat_value(message, 1, 1) == 3 && columns != NULL);
            seen_rows(json, columns, count,
                      ipc_read_batch(header, body, columns, count));
            batches++;
        }
    }
    need(reader_left(&in) == 0 && !in.failed);
    return batches;
}

#endif

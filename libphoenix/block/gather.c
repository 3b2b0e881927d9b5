/*
 * gather.c - spans -> cells: each leaf of a span's tree, and each part of it
 * that is seldom there, becomes a cell of a column.
 */
#include "base/base.h"

#include "block/block.h"
#include "block/write.h"

enum {
    CELLS = 1 << 20,     /* of a block: what its frames can hold */
    CELLS_KEPT = 2 << 20 /* memory for as many is kept between blocks */
};

static void free_cells(struct block_writer *writer)
{
    for (uint32_t i = 0; i < writer->columns_made; i++)
        memory_free(writer->columns[i].cells);
    writer->columns_made = 0;
    writer->cell_capacity = 0;
}

void gather_clear(struct block_writer *writer)
{
    free_cells(writer);
    memory_free(writer->columns);
    buf_clear(&writer->packed);
    arena_clear(&writer->small);
}

phx_status gather_begin(struct block_writer *writer, phx_error *err)
{
    writer->block++;
    writer->column_count = 0;
    writer->cell_count = 0;
    writer->last_resource.owner = writer->last_scope.owner = NULL;
    memset(writer->reserved, 0, sizeof writer->reserved);
    arena_reset(&writer->small);
    if (writer->packed.capacity > BLOCK_TEXTS)
        buf_clear(&writer->packed);
    if (writer->cell_capacity > CELLS_KEPT)
        free_cells(writer);
    if (shape_is_full(&writer->shape))
        shape_reset(&writer->shape);
    return text_area_reset(&writer->texts, err);
}

/* --- columns ------------------------------------------------------------------- */

static phx_status add_column(struct block_writer *writer, phx_text path,
                             uint32_t *out, phx_error *err)
{
    struct column *columns =
        memory_grow(writer->columns, &writer->column_capacity,
                    writer->column_count, sizeof *columns, err);

    if (!columns)
        return PHX_NO_MEMORY;
    writer->columns = columns;
    struct column *column = &columns[writer->column_count];
    if (writer->column_count == writer->columns_made) {
        *column = (struct column){0};
        writer->columns_made++;
    }
    column->path = path;
    column->count = 0;
    *out = writer->column_count++;
    return PHX_OK;
}

/* A new cell at the end of a column, for this row. */
static phx_status add_cell(struct block_writer *writer, uint32_t number,
                           struct cell **out, phx_error *err)
{
    struct column *column = &writer->columns[number];

    if (column->count == column->capacity) {
        struct cell *cells = memory_grow(column->cells, &column->capacity,
                                         column->count, sizeof *cells, err);
        if (!cells)
            return PHX_NO_MEMORY;
        writer->cell_capacity += column->capacity - column->count;
        column->cells = cells;
    }
    /* Keys of an object are distinct; of two that are not, the last wins. */
    if (column->count > 0 &&
        column->cells[column->count - 1].row == writer->rows)
        column->count--;
    *out = &column->cells[column->count++];
    (*out)->row = (uint16_t)writer->rows;
    writer->cell_count++;
    return PHX_OK;
}

/* --- cells ------------------------------------------------------------------------ */

/* `lasting` texts live until the block is written. */
static phx_status set_string(struct block_writer *writer, struct cell *cell,
                             phx_text text, uint8_t type, bool lasting,
                             phx_error *err)
{
    if (text.size >= LONG_TEXT) {
        uint32_t number;
        phx_status status = text_area_put(&writer->texts, &writer->compressor,
                                          text, &number, err);
        cell->type = type + CELL_LONG;
        cell->integer = number;
        return status;
    }
    cell->type = type;
    cell->size = (uint32_t)text.size;
    cell->data = text.data;
    if (lasting)
        return PHX_OK;
    cell->data = arena_copy(&writer->small, text.data, text.size);
    return cell->data ? PHX_OK : arena_status(&writer->small, text.size, err);
}

static phx_status set_packed(struct block_writer *writer, struct cell *cell,
                             phx_error *err)
{
    if (writer->packed.status < 0)
        return buf_status(&writer->packed, "a packed attribute", err);
    return set_string(writer, cell,
                      text_span(writer->packed.data, writer->packed.size),
                      CELL_PACKED, false, err);
}

static phx_status set_value(struct block_writer *writer, struct cell *cell,
                            const struct value *value, phx_error *err)
{
    switch (value->kind) {
    case JSON_NULL:
        cell->type = CELL_NULL;
        return PHX_OK;
    case JSON_BOOL:
        cell->type = value->integer ? CELL_TRUE : CELL_FALSE;
        return PHX_OK;
    case JSON_INT:
        cell->type = CELL_INT;
        cell->integer = value->integer;
        return PHX_OK;
    case JSON_REAL:
        cell->type = CELL_REAL;
        cell->real = value->real;
        return PHX_OK;
    case JSON_TEXT:
        return set_string(writer, cell, value->text, CELL_TEXT, true, err);
    case JSON_BYTES:
        return set_string(writer, cell, value->text, CELL_BYTES, true, err);
    case JSON_NUMBER:
        return set_string(writer, cell, value->text, CELL_NUMBER, true, err);
    default:
        buf_reset(&writer->packed);
        pack_value(&writer->packed, value);
        return set_packed(writer, cell, err);
    }
}

/* --- a span's attributes ----------------------------------------------------------- */

/* False if the leaves would not fit beside those of the rows before. */
static bool fits(const struct block_writer *writer)
{
    const struct shape *shape = &writer->shape;
    uint32_t columns = writer->column_count;

    if (writer->cell_count + shape->leaf_count > CELLS || shape_is_full(shape))
        return false;
    if (columns + shape->leaf_count <= BLOCK_COLUMNS)
        return true;
    for (uint32_t i = 0; i < shape->leaf_count; i++)
        columns += shape->leaves[i].node->block != writer->block;
    return columns <= BLOCK_COLUMNS;
}

static phx_status add_leaves(struct block_writer *writer, phx_error *err)
{
    const struct shape *shape = &writer->shape;
    struct cell *cell;
    phx_status status;

    for (uint32_t i = 0; i < shape->leaf_count; i++) {
        struct node *node = shape->leaves[i].node;
        if (node->block != writer->block) {
            status = add_column(writer, node->path, &node->column, err);
            if (status < 0)
                return status;
            node->block = writer->block;
        }
        if ((status = add_cell(writer, node->column, &cell, err)) < 0 ||
            (status = set_value(writer, cell, shape->leaves[i].value, err)) < 0)
            return status;
    }
    return PHX_OK;
}

/* --- a span's reserved parts ---------------------------------------------------------- */

static phx_status add_reserved(struct block_writer *writer,
                               enum reserved reserved, struct cell **cell,
                               phx_error *err)
{
    phx_status status;

    if (writer->reserved[reserved] == 0) {
        uint32_t number;
        status = add_column(writer, reserved_key(reserved), &number, err);
        if (status < 0)
            return status;
        writer->reserved[reserved] = number + 1;
    }
    return add_cell(writer, writer->reserved[reserved] - 1, cell, err);
}

static phx_status add_int(struct block_writer *writer, enum reserved reserved,
                          int64_t value, int64_t usual, phx_error *err)
{
    struct cell *cell;
    phx_status status;

    if (value == usual)
        return PHX_OK;
    if ((status = add_reserved(writer, reserved, &cell, err)) < 0)
        return status;
    cell->type = CELL_INT;
    cell->integer = value;
    return PHX_OK;
}

static phx_status add_text(struct block_writer *writer, enum reserved reserved,
                           phx_text text, phx_error *err)
{
    struct cell *cell;
    phx_status status;

    if (text.size == 0)
        return PHX_OK;
    if ((status = add_reserved(writer, reserved, &cell, err)) < 0)
        return status;
    return set_string(writer, cell, text, CELL_TEXT, true, err);
}

/* What is in writer->packed. */
static phx_status add_packed(struct block_writer *writer,
                             enum reserved reserved, phx_error *err)
{
    struct cell *cell;
    phx_status status;

    if ((status = add_reserved(writer, reserved, &cell, err)) < 0)
        return status;
    return set_packed(writer, cell, err);
}

static phx_status add_rest(struct block_writer *writer, phx_error *err)
{
    const struct shape *shape = &writer->shape;
    size_t size = size_mul(shape->rest_count, sizeof(struct member));
    struct value rest = {.kind = JSON_OBJECT, .count = shape->rest_count};

    if (shape->rest_count == 0)
        return PHX_OK;
    if ((rest.members = memory_new(size)) == NULL)
        return fail_memory(err, size);
    for (uint32_t i = 0; i < rest.count; i++)
        rest.members[i] = *shape->rest[i];
    buf_reset(&writer->packed);
    pack_value(&writer->packed, &rest);
    memory_free(rest.members);
    return add_packed(writer, RESERVED_REST, err);
}

/* The same resource and scope come with many spans in a row: then the cell of
 * the last is used again, unpacked. */
static phx_status add_shared(struct block_writer *writer,
                             enum reserved reserved, const void *owner,
                             struct last_cell *last, phx_error *err)
{
    struct cell *cell;
    phx_status status;

    if (!owner)
        return PHX_OK;
    if ((status = add_reserved(writer, reserved, &cell, err)) < 0)
        return status;
    if (owner != last->owner) {
        buf_reset(&writer->packed);
        if (reserved == RESERVED_RESOURCE)
            pack_resource(&writer->packed, owner);
        else
            pack_scope(&writer->packed, owner);
        last->owner = NULL;
        if ((status = set_packed(writer, &last->cell, err)) < 0)
            return status;
        last->owner = owner;
    }
    last->cell.row = cell->row;
    *cell = last->cell;
    return PHX_OK;
}

static phx_status add_lists(struct block_writer *writer,
                            const struct span *span, phx_error *err)
{
    phx_status status;

    if (span->raw.count > 0) {
        buf_reset(&writer->packed);
        pack_attributes(&writer->packed, &span->raw);
        if ((status = add_packed(writer, RESERVED_RAW, err)) < 0)
            return status;
    }
    if (span->event_count > 0) {
        buf_reset(&writer->packed);
        pack_events(&writer->packed, span);
        if ((status = add_packed(writer, RESERVED_EVENTS, err)) < 0)
            return status;
    }
    if (span->link_count > 0) {
        buf_reset(&writer->packed);
        pack_links(&writer->packed, span);
        if ((status = add_packed(writer, RESERVED_LINKS, err)) < 0)
            return status;
    }
    return PHX_OK;
}

phx_status gather_span(struct block_writer *writer, const struct span *span,
                       phx_error *err)
{
    phx_status status;

    if (writer->rows > 0 &&
        writer->texts.bytes.size + writer->kept >= BLOCK_TEXTS)
        return PHX_DONE;
    if ((status = shape_split(&writer->shape, &span->tree, err)) < 0)
        return status;
    if (writer->rows > 0 && !fits(writer))
        return PHX_DONE;
    if ((status = add_leaves(writer, err)) < 0 ||
        (status = add_rest(writer, err)) < 0 ||
        (status = add_lists(writer, span, err)) < 0 ||
        (status = add_shared(writer, RESERVED_RESOURCE, span->resource,
                             &writer->last_resource, err)) < 0 ||
        (status = add_shared(writer, RESERVED_SCOPE, span->scope,
                             &writer->last_scope, err)) < 0 ||
        (status = add_text(writer, RESERVED_TRACE_STATE, span->trace_state,
                           err)) < 0 ||
        (status = add_text(writer, RESERVED_STATUS_MESSAGE,
                           span->status_message, err)) < 0 ||
        (status = add_int(writer, RESERVED_FLAGS, span->flags, 0, err)) < 0 ||
        (status = add_int(writer, RESERVED_OTLP_KIND, span->otlp_kind,
                          USUAL_OTLP_KIND, err)) < 0 ||
        (status = add_int(writer, RESERVED_OTLP_STATUS, span->otlp_status,
                          span->status, err)) < 0 ||
        (status = add_int(writer, RESERVED_DROPPED_ATTRIBUTES,
                          span->attributes.dropped, 0, err)) < 0 ||
        (status = add_int(writer, RESERVED_DROPPED_EVENTS, span->dropped_events,
                          0, err)) < 0)
        return status;
    return add_int(writer, RESERVED_DROPPED_LINKS, span->dropped_links, 0, err);
}

/*
 * columns.c - the columns of a frame: those that the query names, in its
 * order, then those that rows bring, in the order in which they come.
 *
 *     index . position . selected . joined . parts of elements . found in rows
 */
#include "base/base.h"
#include "frame/inside.h"

static phx_text renamed(const struct frame *frame, phx_text name)
{
    const struct value *renames = frame->query->renames;

    for (uint32_t i = 0; renames != NULL && i < renames->count; i++) {
        const struct member *member = &renames->members[i];
        if (member->value.kind == JSON_TEXT && text_equal(member->key, name))
            return member->value.text;
    }
    return name;
}

static phx_status add(struct frame *frame, struct frame_column column,
                      phx_error *err)
{
    if (frame->count == FRAME_COLUMNS)
        return fail(err, PHX_TOO_BIG, -1,
                    "the spans have over %d columns; select some of them",
                    FRAME_COLUMNS);
    struct frame_column *columns =
        memory_grow(frame->columns, &frame->column_room, frame->count,
                    sizeof *columns, err);
    if (columns == NULL)
        return PHX_NO_MEMORY;
    frame->columns = columns;
    struct value *cells = memory_grow(frame->cells, &frame->cell_room,
                                      frame->count, sizeof *cells, err);
    if (cells == NULL)
        return PHX_NO_MEMORY;
    frame->cells = cells;
    if (column.shown.data == NULL)
        column.shown =
            column.is_index ? column.name : renamed(frame, column.name);
    cells[frame->count] = value_null();
    columns[frame->count++] = column;
    return PHX_OK;
}

static bool is_selected(const struct frame *frame, phx_text name)
{
    for (uint32_t i = 0; i < frame->query->field_count; i++) {
        if (text_equal(frame->query->fields[i].name, name))
            return true;
    }
    return false;
}

static phx_status add_parts(struct frame *frame, const struct frame_list *list,
                            phx_error *err)
{
    phx_status status = PHX_OK;

    for (uint32_t i = 0; status >= 0 && i < list->part_count; i++)
        status = add(frame,
                     (struct frame_column){.name = list->parts[i].name,
                                           .may_vanish = true},
                     err);
    return status;
}

phx_status columns_make(struct frame *frame, phx_error *err)
{
    const struct frame_query *query = frame->query;
    const struct frame_list *concat = &query->concat;
    phx_status status;

    status =
        add(frame,
            (struct frame_column){.name = query->index.name, .is_index = true},
            err);
    if (status >= 0 && query->explode.name.data != NULL)
        status = add(
            frame,
            (struct frame_column){.name = query->position, .is_index = true},
            err);
    for (uint32_t i = 0; status >= 0 && i < query->field_count; i++)
        status = add(frame,
                     (struct frame_column){.name = query->fields[i].name}, err);
    frame->first_joined = frame->count;
    if (status >= 0 && concat->name.data != NULL && concat->part_count == 0)
        status =
            add(frame,
                (struct frame_column){.name = concat->name, .may_vanish = true},
                err);
    if (status < 0 || (status = add_parts(frame, concat, err)) < 0)
        return status;
    frame->first_part = frame->count;
    status = add_parts(frame, &query->explode, err);
    frame->first_found = frame->count;
    return status;
}

/* A column that a row has brought. */
static phx_status add_found(struct frame *frame, phx_text name, phx_error *err)
{
    static const char prefix[] = "attributes.";
    size_t before = frame->query->whole ? sizeof prefix - 1 : 0;
    char *text = arena_new(&frame->arena, size_add(before, name.size));
    struct frame_column column = {.filled = 0};

    if (text == NULL)
        return arena_status(&frame->arena, name.size, err);
    column.name = text_span(text + before, name.size);
    memcpy(text, prefix, before);
    if (name.size > 0)
        memcpy(text + before, name.data, name.size);
    if (before > 0)
        column.shown = text_span(text, before + name.size);
    return add(frame, column, err);
}

phx_status column_find(struct frame *frame, phx_text name, uint32_t *out,
                       phx_error *err)
{
    uint64_t hash = hash_bytes(name.data, name.size, 0);
    phx_status status;
    bool fresh = false;
    uint32_t *slot;

    *out = UINT32_MAX;
    if (!frame->query->whole && is_selected(frame, name))
        return PHX_OK;
    /* Two names of one hash: the second has the next hash. */
    for (;; hash++) {
        if ((slot = map_slot(&frame->names, hash, &fresh)) == NULL)
            return fail_memory(err, sizeof *slot);
        if (fresh)
            *slot = UINT32_MAX;
        if (*slot == UINT32_MAX || text_equal(frame->columns[*slot].name, name))
            break;
    }
    if (*slot == UINT32_MAX && !frame->written) {
        if ((status = add_found(frame, name, err)) < 0)
            return status;
        *slot = frame->count - 1;
    }
    *out = *slot;
    return PHX_OK;
}

/* --- what is known of them --------------------------------------------------------- */

bool column_is_shown(const struct frame *frame,
                     const struct frame_column *column)
{
    return !column->may_vanish || column->filled > 0 || frame->rows == 0;
}

enum frame_type column_type(const struct frame *frame,
                            const struct frame_column *column)
{
    const uint32_t integer = 1u << JSON_INT, real = 1u << JSON_REAL;
    bool is_full = column->filled == frame->rows;

    if (column->filled == 0)
        return FRAME_ANY;
    if (column->shape.kinds == 1u << CELL_TIME)
        return FRAME_TIME;
    if (column->shape.kinds == 1u << JSON_BOOL && is_full)
        return FRAME_BOOL;
    if (column->shape.kinds == integer && is_full)
        return FRAME_INT;
    return (column->shape.kinds & ~(integer | real)) == 0 ? FRAME_REAL
                                                          : FRAME_ANY;
}

/*
 * project.c - the rows of one span. Most spans have one; one whose list is
 * exploded has a row for each element that is an object, or none.
 */
#include "base/base.h"
#include "frame/inside.h"

#include "attr/attr.h"

#include <math.h>

static void empty_cells(struct frame *frame, uint32_t from)
{
    for (uint32_t i = from; i < frame->count; i++)
        frame->cells[i] = value_null();
}

static void fill_fields(struct frame *frame, const struct query_span *span)
{
    const struct frame_query *query = frame->query;
    struct value *cell = frame->cells;

    *cell++ = cell_of(frame, &query->index.column, span);
    cell += query->explode.name.data != NULL;
    for (uint32_t i = 0; i < query->field_count; i++) {
        const struct query_column *column = &query->fields[i].column;
        *cell++ = column->field == NULL && column->path == NULL
                      ? cell_of_events(frame, span->span)
                      : cell_of(frame, column, span);
    }
}

static phx_status put_found(struct frame *frame, phx_text name,
                            const struct value *value, phx_error *err)
{
    uint32_t column;
    phx_status status = column_find(frame, name, &column, err);

    if (status >= 0 && column != UINT32_MAX &&
        (value->kind != JSON_REAL || isfinite(value->real)))
        frame->cells[column] = *value;
    return status;
}

/* --- attributes -------------------------------------------------------------------- */

/* "llm.model_name" is a column; of "app.region.zone" it is "app". */
static phx_status fill_attributes(struct frame *frame, const struct value *tree,
                                  phx_error *err)
{
    struct value whole;
    phx_status status = attr_tabulate(&frame->scratch, tree, &whole, err);

    for (uint32_t i = 0; status >= 0 && i < whole.count; i++)
        status = put_found(frame, whole.members[i].key, &whole.members[i].value,
                           err);
    return status;
}

/* --- lists -------------------------------------------------------------------------- */

static phx_status fill_joined(struct frame *frame, const struct value *list,
                              phx_error *err)
{
    const struct frame_list *concat = &frame->query->concat;
    struct value *cell = &frame->cells[frame->first_joined];
    phx_status status = PHX_OK;

    if (concat->part_count == 0)
        return cell_joined(frame, list, NULL, cell, err);
    for (uint32_t i = 0; status >= 0 && i < concat->part_count; i++)
        status = cell_joined(frame, list, &concat->parts[i], &cell[i], err);
    return status;
}

/* Without parts, each member that is no object is a column. */
static phx_status fill_element(struct frame *frame, const struct value *element,
                               uint32_t position, phx_error *err)
{
    const struct frame_list *explode = &frame->query->explode;
    struct attributes flat = {0};
    phx_status status = PHX_OK;

    empty_cells(frame, frame->first_part);
    frame->cells[1] = value_int(position);
    for (uint32_t i = 0; i < explode->part_count; i++)
        frame->cells[frame->first_part + i] =
            cell_of_part(element, &explode->parts[i]);
    if (explode->part_count == 0)
        status = attr_flatten(&frame->scratch, element, NULL, 0, &flat, err);
    for (uint32_t i = 0; status >= 0 && i < flat.count; i++)
        status =
            put_found(frame, flat.members[i].key, &flat.members[i].value, err);
    return status;
}

static phx_status take_elements(struct frame *frame, const struct value *list,
                                row_taker take, void *ctx, bool *taken,
                                phx_error *err)
{
    phx_status status = PHX_OK;

    for (uint32_t i = 0; status >= 0 && i < list->count; i++) {
        if (list->items[i].kind != JSON_OBJECT)
            continue;
        if ((status = fill_element(frame, &list->items[i], i, err)) >= 0)
            status = take(frame, ctx, err);
        *taken = true;
    }
    return status;
}

phx_status frame_project(struct frame *frame, const struct query_span *span,
                         row_taker take, void *ctx, phx_error *err)
{
    const struct frame_query *query = frame->query;
    bool explodes = query->explode.name.data != NULL, taken = false;
    bool joins = query->concat.name.data != NULL;
    struct value list = value_null(), joined = value_null();
    phx_status status = PHX_OK;

    arena_reset(&frame->scratch);
    frame->failed = false;
    if (explodes)
        list = query_column_value(&query->explode.column, span);
    if (joins)
        joined = query_column_value(&query->concat.column, span);
    if ((explodes || joins) && list.kind != JSON_ARRAY &&
        joined.kind != JSON_ARRAY)
        return PHX_OK;
    empty_cells(frame, 0);
    fill_fields(frame, span);
    if (query->whole)
        status = fill_attributes(frame, &span->span->tree, err);
    if (status >= 0 && joined.kind == JSON_ARRAY)
        status = fill_joined(frame, &joined, err);
    if (status >= 0 && list.kind == JSON_ARRAY)
        status = take_elements(frame, &list, take, ctx, &taken, err);
    if (status >= 0 && frame->failed)
        status = fail_memory(err, 0);
    if (status < 0 || taken || (explodes && joined.kind != JSON_ARRAY))
        return status;
    return take(frame, ctx, err);
}

/*
 * span_json.c - columns of a row of spans that are put together: attributes,
 * events and costs, as JSON.
 */
#include "base/base.h"

#include "store/price.h"
#include "store/span_table.h"

#include <math.h>

static phx_status read_whole(const struct span_row *row, struct span *out,
                             phx_error *err)
{
    struct arena *scratch = &row->snapshot->scratch;

    arena_reset(scratch);
    return block_read_spans(row->hit->opened->stored.block, scratch,
                            &row->hit->row, 1, BLOCK_LENT, out, err);
}

phx_status result_attributes(sqlite3_context *context,
                             const struct span_row *row, phx_error *err)
{
    struct span span;
    phx_status status = read_whole(row, &span, err);

    return status < 0 ? status : result_value(context, &span.tree, err);
}

phx_status result_events(sqlite3_context *context, const struct span_row *row,
                         phx_error *err)
{
    const struct hit *hit = row->hit;
    struct buf json;
    struct span span;
    bool any;
    phx_status status =
        block_has_events(hit->opened->stored.block, hit->row, &any, err);

    if (status >= 0 && !any)
        sqlite3_result_text(context, "[]", 2, SQLITE_STATIC);
    if (status < 0 || !any || (status = read_whole(row, &span, err)) < 0)
        return status;
    buf_init(&json, SIZE_MAX);
    span_write_events(&span, time_print_sql, &json);
    return result_json(context, &json, err);
}

static void write_costs(const struct cost *cost, struct buf *out)
{
    struct json_writer json;

    json_begin(&json, out);
    json_open_array(&json);
    for (size_t i = 0; i < cost->count; i++) {
        const struct cost_row *row = &cost->rows[i];
        json_open_object(&json);
        json_key(&json, "token_type");
        json_text(&json, row->token_type);
        json_key(&json, "part");
        json_string(&json, row->is_prompt ? "prompt" : "completion");
        json_key(&json, "tokens");
        json_int(&json, row->tokens);
        json_key(&json, "cost");
        json_real(&json, row->cost);
        json_close_object(&json);
    }
    json_close_array(&json);
}

phx_status result_cost(sqlite3_context *context, const struct span_row *row,
                       bool by_type, phx_error *err)
{
    struct snapshot *snapshot = row->snapshot;
    struct cost cost = {0};
    struct buf json;

    arena_reset(&snapshot->scratch);
    phx_status status = cost_of_row(snapshot, row->hit->opened, row->hit->row,
                                    &snapshot->scratch, &cost, err);
    if (status < 0 || cost.count == 0)
        return status;
    if (!by_type) {
        if (!isnan(cost.total.cost))
            sqlite3_result_double(context, cost.total.cost);
        return PHX_OK;
    }
    buf_init(&json, SIZE_MAX);
    write_costs(&cost, &json);
    return result_json(context, &json, err);
}

/*
 * cost_detail.c - rows of cost details: dollars of a span by token type, in
 * the order of traces and spans.
 */
#include "base/base.h"

#include "store/annotation.h"

#include <math.h>

uint32_t cost_detail_sum(const struct cost_detail *row)
{
    bool has_cost = !isnan(row->cost);
    const uint64_t values[] = {
        (uint64_t)row->trace,
        (uint64_t)row->span,
        row->is_prompt,
        hash_bytes(row->token_type.data, row->token_type.size, 16),
        (uint64_t)row->tokens,
        has_cost,
        has_cost ? real_sum(row->cost) : 0,
    };

    return checksum32(values, sizeof values);
}

static void bind_key(struct statement *statement, const struct cost_detail *row)
{
    sql_bind_int(statement, 1, row->trace);
    sql_bind_int(statement, 2, row->span);
    sql_bind_int(statement, 3, row->is_prompt);
    sql_bind_text(statement, 4, row->token_type);
}

phx_status cost_detail_next(struct connection *connection,
                            const struct cost_detail *after,
                            struct statement **out, phx_error *err)
{
    *out = sql(connection, SQL_COST_NEXT);
    bind_key(*out, after);
    return sql_next(*out, err);
}

void cost_detail_read(struct statement *statement, struct cost_detail *out,
                      int64_t *sum)
{
    int64_t is_prompt = sql_int(statement, 2);

    *out = (struct cost_detail){
        .trace = sql_int(statement, 0),
        .span = sql_int(statement, 1),
        .is_prompt = is_prompt != 0,
        .token_type = sql_text(statement, 3),
        .tokens = sql_int(statement, 4),
        .cost = sql_has(statement, 5) ? sql_real(statement, 5) : (double)NAN,
    };
    *sum = is_prompt == out->is_prompt ? sql_int(statement, 6) : -1;
}

phx_status cost_detail_write(struct connection *connection,
                             struct counter *counter,
                             const struct cost_detail *row, phx_error *err)
{
    struct statement *insert, *old = sql(connection, SQL_DELETE_COST);
    phx_status status;

    bind_key(old, row);
    if ((status = sql_delete(old, &counter->cost_details, err)) < 0)
        return status;
    insert = sql(connection, SQL_INSERT_COST);
    bind_key(insert, row);
    sql_bind_int(insert, 5, row->tokens);
    if (isnan(row->cost))
        sql_bind_text(insert, 6, (phx_text){NULL, 0});
    else
        sql_bind_real(insert, 6, row->cost);
    sql_bind_int(insert, 7, (int64_t)cost_detail_sum(row));
    counter->cost_details++;
    return sql_run(insert, err);
}

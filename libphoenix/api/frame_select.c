/*
 * frame_select.c - which spans a frame has: their numbers. The latest starts
 * count where there are too many. A frame of whole spans has the latest first,
 * others are in order of number, as the spans were stored.
 */
#include "base/base.h"

#include "api/inside.h"

#include <stdlib.h>

static int compare_numbers(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

void numbers_sort(struct numbers *numbers)
{
    if (numbers->count > 0)
        qsort(numbers->items, numbers->count, sizeof *numbers->items,
              compare_numbers);
}

static phx_status keep(struct numbers *out, int64_t number, phx_error *err)
{
    int64_t *items =
        memory_grow(out->items, &out->capacity, out->count, sizeof number, err);

    if (items == NULL)
        return PHX_NO_MEMORY;
    out->items = items;
    items[out->count++] = number;
    return PHX_OK;
}

static phx_status read_numbers(struct store *store,
                               const struct store_query *query,
                               struct numbers *out, phx_error *err)
{
    const struct value *row;
    struct store_rows *rows;
    phx_status status = store_rows_open(store, query, &rows, err);

    if (status < 0)
        return status;
    while ((status = store_rows_next(rows, &row, err)) == PHX_OK &&
           (status = keep(out, row[0].integer, err)) == PHX_OK)
        ;
    store_rows_close(rows);
    return status < 0 ? status : PHX_OK;
}

phx_status frame_select(struct store *store, const phx_frame_query *wanted,
                        const struct frame_query *query, struct numbers *out,
                        phx_error *err)
{
    static const uint8_t roots[] = {[PHX_EVERY_SPAN] = QUERY_ALL_SPANS,
                                    [PHX_ROOTS] = QUERY_ORPHAN_AWARE,
                                    [PHX_STRICT_ROOTS] = QUERY_STRICT};
    const struct query_scope scope = {.project = wanted->project,
                                      .start_time = wanted->start_time,
                                      .end_time = wanted->end_time,
                                      .roots = roots[wanted->roots],
                                      .order = QUERY_BY_START,
                                      .limit = wanted->limit > 0 ? wanted->limit
                                                                 : 0};
    struct store_query sql;
    struct arena arena;
    phx_status status;

    if (wanted->limit == 0)
        return PHX_OK;
    arena_init(&arena, SIZE_MAX);
    status = query_sql(&query->condition, &scope, &arena, &sql, err);
    if (status >= 0)
        status = read_numbers(store, &sql, out, err);
    if (status >= 0 && !query->whole)
        numbers_sort(out);
    arena_clear(&arena);
    return status;
}

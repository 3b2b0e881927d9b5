/*
 * frame_select.c - which spans a frame has: their numbers. The latest starts
 * count where there are too many. A frame of whole spans has the latest first,
 * others are in order of number, as the spans were stored.
 *
 * Project, times and roots are SQL's part; the condition is evaluated over the
 * spans themselves, some at a time.
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

/* Times past what SQL's integers hold. */
static int64_t clamp(uint64_t ns)
{
    return ns > INT64_MAX ? INT64_MAX : (int64_t)ns;
}

static phx_status read_numbers(struct store *store,
                               const phx_frame_query *wanted, int64_t limit,
                               struct numbers *out, phx_error *err)
{
    static const char *const roots[] = {
        [PHX_EVERY_SPAN] = "",
        [PHX_ROOTS] =
            " AND (root = 1 OR NOT EXISTS (SELECT 1 FROM stored_span AS p"
            " WHERE p.span_id = s.parent_id))",
        [PHX_STRICT_ROOTS] = " AND root = 1",
    };
    const struct value values[] = {
        value_int(wanted->project), value_int(clamp(wanted->start_time)),
        value_int(wanted->end_time > 0 ? clamp(wanted->end_time) : INT64_MAX),
        value_int(limit)};
    const struct value *row;
    struct store_rows *rows;
    phx_status status;
    char sql[512];

    snprintf(sql, sizeof sql,
             "SELECT no FROM stored_span AS s WHERE %s AND start >= ?2 AND"
             " start %s ?3%s ORDER BY start DESC, no DESC LIMIT ?4",
             wanted->project > 0 ? "project = ?1" : "?1 = 0",
             wanted->end_time > 0 ? "<" : "<=", roots[wanted->roots]);
    const struct store_query query = {.sql = text_of(sql),
                                      .values = values,
                                      .count = sizeof values / sizeof *values};
    if ((status = store_rows_open(store, &query, &rows, err)) < 0)
        return status;
    while ((status = store_rows_next(rows, &row, err)) == PHX_OK &&
           (status = keep(out, row->integer, err)) == PHX_OK)
        ;
    store_rows_close(rows);
    return status < 0 ? status : PHX_OK;
}

/* Those of the rows for which the condition holds, while there are too few. */
static phx_status match_rows(const struct frame_rows *rows,
                             const struct query *condition, int64_t limit,
                             struct numbers *out, phx_error *err)
{
    phx_status status = PHX_OK;

    for (size_t i = 0; i < rows->page.count && status >= 0; i++) {
        bool matches;
        if (limit >= 0 && out->count == (size_t)limit)
            break;
        status = query_matches(condition, &rows->rows[i], &matches, err);
        if (status >= 0 && matches)
            out->items[out->count++] = rows->page.spans[i].number;
    }
    return status;
}

static phx_status match(struct store *store, const phx_frame_query *wanted,
                        const struct frame_query *query, struct numbers *out,
                        phx_error *err)
{
    size_t all = out->count;
    phx_status status = PHX_OK;
    struct frame_rows rows;

    frame_rows_init(&rows, store, wanted->project, query);
    out->count = 0;
    for (size_t at = 0; status >= 0 && at < all; at += rows.taken) {
        if (wanted->limit >= 0 && out->count == (size_t)wanted->limit)
            break;
        status = frame_rows_read(&rows, out->items + at, all - at, err);
        if (status >= 0)
            status =
                match_rows(&rows, &query->condition, wanted->limit, out, err);
    }
    frame_rows_clear(&rows);
    return status;
}

phx_status frame_select(struct store *store, const phx_frame_query *wanted,
                        const struct frame_query *query, struct numbers *out,
                        phx_error *err)
{
    bool has_condition = query->condition.condition != NULL;
    phx_status status = read_numbers(
        store, wanted, has_condition ? -1 : wanted->limit, out, err);

    if (status >= 0 && has_condition)
        status = match(store, wanted, query, out, err);
    if (status >= 0 && !query->whole)
        numbers_sort(out);
    return status;
}

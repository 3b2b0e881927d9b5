/*
 * rows.c - rows that are kept while others are read: copies in the request's
 * arena, and many rows by the one they are part of, such as the traces of all
 * the sessions of a page, which are read together.
 */
#include "base/base.h"
#include "server/rest/inside.h"

bool keep_text(struct arena *arena, phx_text *text)
{
    if (text->data == NULL)
        return true;
    text->data = arena_copy(arena, text->data, text->size);
    return text->data != NULL;
}

static phx_status keep_trace(struct arena *arena, const phx_trace *trace,
                             struct trace_rows *out, phx_error *err)
{
    struct trace_row *rows =
        arena_grow(arena, out->rows, &out->capacity, out->count, sizeof *rows);
    struct trace_row row = {
        .part = {trace->session, trace->start_time, trace->id},
        .project = trace->project,
        .end_time = trace->end_time,
        .prompt_tokens = trace->prompt_tokens,
        .completion_tokens = trace->completion_tokens,
        .trace_id = trace->trace_id};

    if (rows == NULL || !keep_text(arena, &row.trace_id))
        return arena_status(arena, sizeof row, err);
    out->rows = rows;
    out->rows[out->count++] = row;
    return PHX_OK;
}

phx_status read_traces(struct request *request, const phx_trace_query *query,
                       struct trace_rows *out, phx_error *err)
{
    phx_cursor *cursor = NULL;
    const phx_trace *trace;
    phx_status status = phx_store_find_traces(request_service(request)->store,
                                              query, &cursor, err);

    while (status == PHX_OK &&
           (status = phx_cursor_next_trace(cursor, &trace, err)) == PHX_OK)
        status = keep_trace(request_arena(request), trace, out, err);
    phx_cursor_close(cursor);
    return status;
}

static int compare(const void *a, const void *b)
{
    const struct part *x = a, *y = b;

    if (x->whole != y->whole)
        return x->whole < y->whole ? -1 : 1;
    if (x->start_time != y->start_time)
        return x->start_time < y->start_time ? -1 : 1;
    return x->id < y->id ? -1 : x->id > y->id;
}

void parts_sort(void *rows, size_t count, size_t size)
{
    if (count > 0)
        qsort(rows, count, size, compare);
}

static const struct part *part_at(const void *rows, size_t size, size_t i)
{
    const void *row = (const char *)rows + i * size;

    return row;
}

const void *parts_of(const void *rows, size_t count, size_t size, phx_id whole,
                     size_t *found)
{
    size_t low = 0, high = count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (part_at(rows, size, middle)->whole < whole)
            low = middle + 1;
        else
            high = middle;
    }
    for (high = low; high < count; high++) {
        if (part_at(rows, size, high)->whole != whole)
            break;
    }
    *found = high - low;
    return *found > 0 ? part_at(rows, size, low) : NULL;
}

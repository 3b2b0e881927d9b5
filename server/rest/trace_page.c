/*
 * trace_page.c - pages of traces by start time or latency, each trace once.
 *
 * The reference's cursor is the next row's global id and filters on numbers
 * alone, so it skips or repeats rows whenever the order is not that of the
 * numbers. Two forms of cursor are read here:
 *
 *     Trace:12                  as the reference's
 *     TracePlace:12:17723592..  a place: the row and its start or latency, ns
 *
 * A plain one is given out after a first page if every row of that page has a
 * number on the near side of the next row's; read back, it is such a place
 * if the rows before it still look like that, else it filters on numbers, as
 * for a client that made it itself.
 */
#include "base/base.h"
#include "server/rest/trace_page.h"

enum {
    PROBE = 2000, /* rows looked at to tell what a plain cursor means */
    SLACK = 64,   /* rows before the place, at first */
    SLACK_GROWTH = 16
};

/* Rows from here on are of the page: the order's key, then the number. */
struct spot {
    phx_id id; /* 0 for the start */
    uint64_t key;
};

static uint64_t key_of(const struct trace_page *page, uint64_t start,
                       uint64_t end)
{
    if (page->query.sort == PHX_BY_START)
        return start;
    return end > start ? end - start : 0;
}

static bool descends(const struct trace_page *page)
{
    return page->query.order == PHX_NEWEST_FIRST;
}

/* Whether number a comes before number b in the order's direction. */
static bool is_before(const struct trace_page *page, phx_id a, phx_id b)
{
    return descends(page) ? a > b : a < b;
}

static bool has_come(const struct trace_page *page, const struct spot *spot,
                     const phx_trace *trace)
{
    uint64_t key = key_of(page, trace->start_time, trace->end_time);

    if (spot->id == 0)
        return true;
    if (key != spot->key)
        return (key < spot->key) == descends(page);
    return trace->id == spot->id || is_before(page, spot->id, trace->id);
}

/* Finds the place of a plain cursor among the first rows: OK and a spot, or
 * DONE if it does not look like one of ours. */
static phx_status find_spot(struct request *request,
                            const struct trace_page *page, phx_id id,
                            struct spot *out, phx_error *err)
{
    const struct service *service = request_service(request);
    phx_trace_query query = page->query;
    phx_cursor *cursor = NULL;
    const phx_trace *trace;
    bool in_order = true;
    phx_status status;
    int64_t before = 0;

    query.limit = PROBE;
    status = phx_store_find_traces(service->store, &query, &cursor, err);
    for (; status == PHX_OK; before++) {
        status = phx_cursor_next_trace(cursor, &trace, err);
        if (status != PHX_OK || trace->id == id)
            break;
        in_order = in_order && is_before(page, trace->id, id);
    }
    if (status == PHX_OK && (before == 0 || !in_order))
        status = PHX_DONE;
    if (status == PHX_OK)
        *out = (struct spot){
            .id = id, .key = key_of(page, trace->start_time, trace->end_time)};
    phx_cursor_close(cursor);
    return status;
}

static bool read_place(struct request *request, phx_text cursor,
                       struct spot *out)
{
    phx_text type, row, id;
    const char *colon;
    int64_t key;

    if (!id_split(request_arena(request), cursor, &type, &row) ||
        !text_is(type, "TracePlace") ||
        (colon = memchr(row.data, ':', row.size)) == NULL)
        return false;
    id = text_span(row.data, (size_t)(colon - row.data));
    row = text_span(colon + 1, row.size - id.size - 1);
    if (!id_read_integer(id, &out->id) || !id_read_integer(row, &key) ||
        out->id <= 0 || key < 0)
        return false;
    out->key = (uint64_t)key;
    return true;
}

/* Where the page begins. *given is set if the cursor was a place. */
static bool read_cursor(struct request *request, struct trace_page *page,
                        struct spot *spot, bool *given)
{
    phx_error err = {0};
    phx_status status;
    phx_id id;

    *spot = (struct spot){0};
    *given = page->cursor.size > 0;
    if (page->cursor.size == 0 || read_place(request, page->cursor, spot))
        return true;
    if (!find_cursor(request, &id))
        return false;
    status = find_spot(request, page, id, spot, &err);
    if (status < 0)
        answer_failure(request, status, &err);
    else if (status == PHX_DONE)
        page->query.from = id;
    return status >= 0;
}

static phx_status add_row(struct request *request, struct trace_page *page,
                          const phx_trace *trace, phx_error *err)
{
    struct arena *arena = request_arena(request);
    void *id = arena_copy(arena, trace->trace_id.data, trace->trace_id.size);

    if (id == NULL)
        return arena_status(arena, trace->trace_id.size, err);
    page->rows[page->count++] =
        (struct trace_row){.id = trace->id,
                           .project = trace->project,
                           .start_time = trace->start_time,
                           .end_time = trace->end_time,
                           .prompt_tokens = trace->prompt_tokens,
                           .completion_tokens = trace->completion_tokens,
                           .trace_id = text_span(id, trace->trace_id.size)};
    return PHX_OK;
}

/* One try with a limit that may prove too small: then DONE. */
static phx_status read_rows(struct request *request, struct trace_page *page,
                            const struct spot *spot, int64_t limit,
                            phx_error *err)
{
    const struct service *service = request_service(request);
    phx_trace_query query = page->query;
    phx_cursor *cursor = NULL;
    const phx_trace *trace;
    phx_status status;
    int64_t seen = 0;

    query.limit = limit;
    if (spot->id != 0 && query.sort == PHX_BY_START) {
        if (!descends(page) && query.start_time < spot->key)
            query.start_time = spot->key;
        if (descends(page) &&
            (query.end_time == 0 || query.end_time > spot->key + 1))
            query.end_time = spot->key + 1;
    }
    page->count = 0;
    status = phx_store_find_traces(service->store, &query, &cursor, err);
    while (status == PHX_OK && (int64_t)page->count <= page->query.limit) {
        status = phx_cursor_next_trace(cursor, &trace, err);
        if (status != PHX_OK)
            break;
        seen++;
        if (has_come(page, spot, trace))
            status = add_row(request, page, trace, err);
    }
    phx_cursor_close(cursor);
    return status == PHX_DONE && seen < limit ? PHX_OK : status;
}

/* The last row becomes the next cursor, if it is one too many. */
static void settle_next(struct trace_page *page, bool after_cursor)
{
    const struct trace_row *next = &page->rows[page->query.limit];
    bool plain = !after_cursor;
    char text[64];

    page->next[0] = '\0';
    if ((int64_t)page->count <= page->query.limit)
        return;
    page->count--;
    for (size_t i = 0; i < page->count; i++)
        plain = plain && is_before(page, page->rows[i].id, next->id);
    if (plain) {
        id_print("Trace", next->id, page->next);
        return;
    }
    snprintf(
        text, sizeof text, "TracePlace:%lld:%llu", (long long)next->id,
        (unsigned long long)key_of(page, next->start_time, next->end_time));
    base64_print(text, strlen(text), page->next);
}

bool trace_page_read(struct request *request, struct trace_page *page)
{
    int64_t limit = page->query.limit;
    size_t size = size_mul((size_t)limit + 1, sizeof *page->rows);
    phx_error err = {0};
    phx_status status;
    struct spot spot;
    bool after_cursor;

    if (!read_cursor(request, page, &spot, &after_cursor))
        return false;
    page->rows = arena_new(request_arena(request), size);
    if (page->rows == NULL) {
        answer_later(request, "no memory");
        return false;
    }
    int64_t slack = spot.id != 0 ? SLACK : 0;
    while ((status = read_rows(request, page, &spot, limit + 1 + slack,
                               &err)) == PHX_DONE &&
           (int64_t)page->count <= limit && spot.id != 0)
        slack *= SLACK_GROWTH;
    if (status < 0) {
        answer_failure(request, status, &err);
        return false;
    }
    settle_next(page, after_cursor);
    return true;
}

/*
 * trace_page.c - pages of traces by start time or latency, each trace once.
 *
 * The reference's cursor is the next row's global id and filters on numbers
 * alone, so it skips or repeats rows whenever the order is not that of the
 * numbers. Two forms of cursor are read here:
 *
 *     Trace:12               as the reference's
 *     TracePlace:0c000000..  a place: the row's number, start and end, in hex
 *
 * A plain one is given out after a first page if every row of that page has a
 * number on the near side of the next row's; read back, it is such a place
 * if the rows before it still look like that, else it filters on numbers, as
 * for a client that made it itself.
 */
#include "base/base.h"
#include "server/rest/inside.h"

static void begin_with(phx_trace_query *query, const struct trace_row *row)
{
    query->place = row->part.id;
    query->place_start = row->part.start_time;
    query->place_end = row->end_time;
}

static void print_place(const struct trace_row *row, char out[TRACE_CURSOR])
{
    const uint64_t place[] = {(uint64_t)row->part.id, row->part.start_time,
                              row->end_time};
    char text[TRACE_CURSOR] = "TracePlace:";
    size_t used = strlen(text);

    hex_print(place, sizeof place, text + used);
    base64_print(text, used + 2 * sizeof place, out);
}

static bool read_place(struct request *request, phx_text cursor,
                       phx_trace_query *query)
{
    uint64_t place[3];
    phx_text type, hex;
    size_t size;

    if (!id_split(request_arena(request), cursor, &type, &hex) ||
        !text_is(type, "TracePlace") || hex.size != 2 * sizeof place ||
        hex_read(hex, (uint8_t *)place, &size, NULL) < 0 || place[0] == 0)
        return false;
    query->place = (phx_id)place[0];
    query->place_start = place[1];
    query->place_end = place[2];
    return true;
}

/* A plain cursor is a place if its row has rows before it, none of which has
 * a number beyond its own: it is not the first of all, but the first from its
 * number on. */
static phx_status read_number(struct request *request, phx_id id,
                              phx_trace_query *query, phx_error *err)
{
    struct trace_rows all = {0}, rest = {0};
    phx_trace_query first = *query;
    phx_status status;

    first.limit = 1;
    if ((status = read_traces(request, &first, &all, err)) < 0)
        return status;
    first.from = id;
    if ((status = read_traces(request, &first, &rest, err)) < 0)
        return status;
    if (all.count > 0 && all.rows[0].part.id != id && rest.count > 0 &&
        rest.rows[0].part.id == id)
        begin_with(query, &rest.rows[0]);
    else
        query->from = id;
    return PHX_OK;
}

/* The row after the page is the next cursor. */
static void print_next(const struct trace_page *page, bool is_first,
                       const struct trace_row *next, char out[TRACE_CURSOR])
{
    bool down = page->query.order == PHX_NEWEST_FIRST, plain = is_first;

    for (size_t i = 0; i < page->traces.count; i++)
        plain = plain && (page->traces.rows[i].part.id > next->part.id) == down;
    if (plain)
        id_print("Trace", next->part.id, out);
    else
        print_place(next, out);
}

bool trace_page_read(struct request *request, struct trace_page *page)
{
    phx_text cursor = request_query(request, "cursor");
    phx_trace_query query = page->query;
    struct trace_rows *traces = &page->traces;
    phx_error err = {0};
    phx_status status = PHX_OK;
    phx_id id;

    if (cursor.size > 0 && !read_place(request, cursor, &query)) {
        if (!find_cursor(request, &id))
            return false;
        status = read_number(request, id, &query, &err);
    }
    query.limit++;
    if (status >= 0)
        status = read_traces(request, &query, traces, &err);
    if (status < 0) {
        answer_failure(request, status, &err);
        return false;
    }
    page->next[0] = '\0';
    if ((int64_t)traces->count == query.limit) {
        traces->count--;
        print_next(page, cursor.size == 0, &traces->rows[traces->count],
                   page->next);
    }
    return true;
}

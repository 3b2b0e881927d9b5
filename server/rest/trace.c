/*
 * trace.c - GET .../traces, with their spans if wanted.
 */
#include "base/base.h"
#include "server/rest/inside.h"

enum { DEFAULT_LIMIT = 100, MOST_LIMIT = 1000 };

/* A span of one of the page's traces, in little. */
struct span_row {
    struct part part; /* of a trace */
    uint64_t end_time;
    int32_t status;
    phx_text span_id;
    phx_text parent_id;
    phx_text name;
    phx_text kind;
    phx_match match; /* of a search */
};

struct span_rows {
    struct span_row *rows; /* in the arena */
    size_t count, capacity;
};

static phx_status keep_span(struct arena *arena, const phx_span *span,
                            struct span_rows *out, phx_error *err)
{
    struct span_row *rows =
        arena_grow(arena, out->rows, &out->capacity, out->count, sizeof *rows);
    struct span_row row = {.part = {span->trace, span->start_time, span->id},
                           .end_time = span->end_time,
                           .status = span->status,
                           .span_id = span->span_id,
                           .parent_id = span->parent_id,
                           .name = span->name,
                           .kind = span->kind};

    if (span->match != NULL)
        row.match = *span->match;

    if (rows == NULL || !keep_text(arena, &row.span_id) ||
        !keep_text(arena, &row.parent_id) || !keep_text(arena, &row.name) ||
        !keep_text(arena, &row.kind) || !keep_text(arena, &row.match.path) ||
        !keep_text(arena, &row.match.snippet))
        return arena_status(arena, sizeof row, err);
    out->rows = rows;
    out->rows[out->count++] = row;
    return PHX_OK;
}

/* The spans of all the traces in one query: all, or those of a search. */
static phx_status read_spans(struct request *request,
                             const struct trace_rows *traces, phx_text search,
                             struct span_rows *out, phx_error *err)
{
    const struct service *service = request_service(request);
    struct arena *arena = request_arena(request);
    phx_span_query query = PHX_SPAN_QUERY_INIT;
    phx_text *ids = arena_new(arena, size_mul(traces->count, sizeof *ids));
    phx_cursor *cursor = NULL;
    const phx_span *span;
    phx_status status;

    if (ids == NULL)
        return arena_status(arena, traces->count * sizeof *ids, err);
    for (size_t i = 0; i < traces->count; i++)
        ids[i] = traces->rows[i].trace_id;
    query.trace_ids = ids;
    query.trace_id_count = traces->count;
    query.attributes = PHX_ATTRIBUTES_NONE;
    query.search = search;
    query.stop = list_stop((phx_text){NULL, 0}, search);
    query.stop_ctx = request;
    status = phx_store_find_spans(service->store, &query, &cursor, err);
    while (status == PHX_OK &&
           (status = phx_cursor_next_span(cursor, &span, err)) == PHX_OK)
        status = keep_span(arena, span, out, err);
    phx_cursor_close(cursor);
    parts_sort(out->rows, out->count, sizeof *out->rows);
    return status;
}

static void write_span(struct json_writer *json, const struct span_row *span)
{
    json_open_object(json);
    write_id(json, "id", "Span", span->part.id);
    write_text(json, "span_id", span->span_id);
    write_text(json, "parent_id", span->parent_id);
    write_text(json, "name", span->name);
    write_text(json, "span_kind", span->kind);
    json_key(json, "status_code");
    json_string(json, status_code_name(span->status));
    write_times(json, span->part.start_time, span->end_time);
    json_close_object(json);
}

/* The spans of a trace, earliest first. */
static void write_spans(struct json_writer *json, const struct span_rows *spans,
                        phx_id trace)
{
    size_t count;
    const struct span_row *rows =
        parts_of(spans->rows, spans->count, sizeof *rows, trace, &count);

    json_open_array(json);
    for (size_t i = 0; i < count; i++)
        write_span(json, &rows[i]);
    json_close_array(json);
}

static void write_trace(struct json_writer *json, const struct trace_row *trace)
{
    write_id(json, "id", "Trace", trace->part.id);
    write_text(json, "trace_id", trace->trace_id);
    write_id(json, "project_id", "Project", trace->project);
    write_times(json, trace->part.start_time, trace->end_time);
    write_tokens(json, trace->prompt_tokens, trace->completion_tokens);
}

/* Where the words of a search are in the first of a trace's spans with them. */
static void write_found(struct json_writer *json, const struct span_rows *found,
                        phx_id trace)
{
    size_t count;
    const struct span_row *row =
        parts_of(found->rows, found->count, sizeof *row, trace, &count);

    if (row != NULL)
        write_match(json, row->span_id, &row->match);
}

static void answer_page(struct request *request, const struct trace_page *page,
                        bool with_spans)
{
    const struct trace_rows *traces = &page->traces;
    struct span_rows spans = {0}, found = {0};
    struct json_writer json;
    phx_error err = {0};
    phx_status status = PHX_OK;

    if (with_spans && traces->count > 0)
        status = read_spans(request, traces, (phx_text){NULL, 0}, &spans, &err);
    if (status >= 0 && page->query.search.data != NULL && traces->count > 0)
        status = read_spans(request, traces, page->query.search, &found, &err);
    if (status < 0) {
        answer_failure(request, status, &err);
        return;
    }
    list_begin(request, &json);
    for (size_t i = 0; i < traces->count; i++) {
        json_open_object(&json);
        write_trace(&json, &traces->rows[i]);
        json_key(&json, "spans");
        if (with_spans)
            write_spans(&json, &spans, traces->rows[i].part.id);
        else
            json_null(&json);
        write_found(&json, &found, traces->rows[i].part.id);
        json_close_object(&json);
    }
    list_end(request, &json, page->next);
}

/* session_identifier, repeated: ids, or names of sessions of the project.
 * Those that are not there match nothing. */
static bool read_sessions(struct request *request, phx_trace_query *query,
                          bool *nothing)
{
    size_t count, found = 0;
    phx_text *texts = query_texts(request, "session_identifier", &count);
    phx_id *ids =
        arena_new(request_arena(request), size_mul(count + 1, sizeof *ids));
    phx_error err = {0};

    for (size_t i = 0; ids != NULL && texts != NULL && i < count; i++) {
        phx_status status =
            find_id(request, PHX_SESSION, texts[i], &ids[found], &err);

        if (status < 0 && status != PHX_NOT_FOUND) {
            answer_failure(request, status, &err);
            return false;
        }
        found += status == PHX_OK;
    }
    query->sessions = ids;
    query->session_count = found;
    *nothing |= count > 0 && found == 0;
    return true;
}

void trace_list(struct request *request)
{
    static const char *const sorts[2] = {"start_time", "latency_ms"};
    static const char *const orders[2] = {"asc", "desc"};
    struct trace_page page = {.query = PHX_TRACE_QUERY_INIT};
    phx_trace_query *query = &page.query;
    bool with_spans, nothing = false;
    struct check check;
    int sort, order;

    check_begin(&check, request);
    check_time(&check, "start_time", &query->start_time);
    if (check_time(&check, "end_time", &query->end_time))
        nothing = query->end_time == 0;
    sort = check_choice(&check, "sort", sorts, 2, 0);
    order = check_choice(&check, "order", orders, 2, 1);
    query->limit = check_limit(&check, DEFAULT_LIMIT, MOST_LIMIT);
    with_spans = check_bool(&check, "include_spans", false);
    query->filter = check_filter(&check, PHX_FILTER_TRACES);
    query->search = check_search(&check);
    query->stop = list_stop(query->filter, query->search);
    query->stop_ctx = request;
    if (!check_end(&check) ||
        !find_project(request, request_param(request, 0), &query->project) ||
        !read_sessions(request, query, &nothing))
        return;
    query->sort = sort == 0 ? PHX_BY_START : PHX_BY_LATENCY;
    query->order = order == 0 ? PHX_OLDEST_FIRST : PHX_NEWEST_FIRST;
    if (!search_begin(request, query->search))
        return;
    if (nothing || trace_page_read(request, &page))
        answer_page(request, &page, with_spans);
    search_end(query->search);
}

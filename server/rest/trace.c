/*
 * trace.c - GET .../traces, with their spans if wanted, and DELETE of one.
 */
#include "base/base.h"
#include "server/rest/trace_page.h"

enum { DEFAULT_LIMIT = 100, MOST_LIMIT = 1000 };

/* A span of one of the page's traces, in little. */
struct span_row {
    struct span_row *next; /* of the same trace */
    phx_id id;
    uint64_t start_time;
    uint64_t end_time;
    int32_t status;
    phx_text span_id;
    phx_text parent_id;
    phx_text name;
    phx_text kind;
};

/* What a page's spans are collected into: by row of the page. */
struct span_lists {
    struct span_row **first;
    size_t *counts;
};

static phx_text copy_text(struct arena *arena, phx_text text)
{
    if (text.data == NULL)
        return text;
    return text_span(arena_copy(arena, text.data, text.size), text.size);
}

static size_t index_of(const struct trace_page *page, phx_id trace)
{
    size_t i = 0;

    while (i < page->count && page->rows[i].id != trace)
        i++;
    return i;
}

static phx_status add_span(struct arena *arena, const struct trace_page *page,
                           struct span_lists *lists, const phx_span *span,
                           phx_error *err)
{
    size_t i = index_of(page, span->trace);
    struct span_row *row = arena_new(arena, sizeof *row);

    if (row == NULL)
        return arena_status(arena, sizeof *row, err);
    if (i == page->count)
        return PHX_OK;
    *row = (struct span_row){.next = lists->first[i],
                             .id = span->id,
                             .start_time = span->start_time,
                             .end_time = span->end_time,
                             .status = span->status,
                             .span_id = copy_text(arena, span->span_id),
                             .parent_id = copy_text(arena, span->parent_id),
                             .name = copy_text(arena, span->name),
                             .kind = copy_text(arena, span->kind)};
    if (row->name.data == NULL || row->kind.data == NULL ||
        row->span_id.data == NULL ||
        (row->parent_id.data == NULL && span->parent_id.data != NULL))
        return arena_status(arena, span->name.size, err);
    lists->first[i] = row;
    lists->counts[i]++;
    return PHX_OK;
}

static phx_status read_spans(struct request *request,
                             const struct trace_page *page,
                             struct span_lists *lists, phx_error *err)
{
    const struct service *service = request_service(request);
    struct arena *arena = request_arena(request);
    phx_span_query query = PHX_SPAN_QUERY_INIT;
    size_t size = size_mul(page->count, sizeof(phx_text));
    phx_text *ids = arena_new(arena, size);
    phx_cursor *cursor = NULL;
    const phx_span *span;
    phx_status status;

    lists->first = arena_new(arena, size);
    lists->counts = arena_new(arena, size);
    if (ids == NULL || lists->first == NULL || lists->counts == NULL)
        return arena_status(arena, size, err);
    memset(lists->first, 0, size);
    memset(lists->counts, 0, size);
    for (size_t i = 0; i < page->count; i++)
        ids[i] = page->rows[i].trace_id;
    query.trace_ids = ids;
    query.trace_id_count = page->count;
    query.attributes = PHX_ATTRIBUTES_NONE;
    status = phx_store_find_spans(service->store, &query, &cursor, err);
    while (status == PHX_OK &&
           (status = phx_cursor_next_span(cursor, &span, err)) == PHX_OK)
        status = add_span(arena, page, lists, span, err);
    phx_cursor_close(cursor);
    return status;
}

static int by_start(const void *a, const void *b)
{
    const struct span_row *x = *(const struct span_row *const *)a;
    const struct span_row *y = *(const struct span_row *const *)b;

    if (x->start_time != y->start_time)
        return x->start_time < y->start_time ? -1 : 1;
    return x->id < y->id ? -1 : x->id > y->id;
}

static void write_span(struct json_writer *json, const struct span_row *span)
{
    json_open_object(json);
    json_key(json, "id");
    id_write(json, "Span", span->id);
    json_key(json, "span_id");
    json_text(json, span->span_id);
    json_key(json, "parent_id");
    json_text(json, span->parent_id);
    json_key(json, "name");
    json_text(json, span->name);
    json_key(json, "span_kind");
    json_text(json, span->kind);
    json_key(json, "status_code");
    json_string(json, status_code_name(span->status));
    json_key(json, "start_time");
    write_time(json, span->start_time);
    json_key(json, "end_time");
    write_time(json, span->end_time);
    json_close_object(json);
}

/* The spans of the i-th trace, earliest first. */
static void write_spans(struct request *request, struct json_writer *json,
                        const struct span_lists *lists, size_t i)
{
    size_t count = lists->counts[i];
    const struct span_row **rows =
        arena_new(request_arena(request), size_mul(count + 1, sizeof *rows));
    size_t filled = 0;

    if (rows == NULL) {
        json->out->status = PHX_NO_MEMORY;
        return;
    }
    for (const struct span_row *at = lists->first[i]; at != NULL; at = at->next)
        rows[filled++] = at;
    qsort(rows, count, sizeof *rows, by_start);
    json_open_array(json);
    for (size_t j = 0; j < count; j++)
        write_span(json, rows[j]);
    json_close_array(json);
}

static void write_trace(struct json_writer *json, const struct trace_row *trace)
{
    json_key(json, "id");
    id_write(json, "Trace", trace->id);
    json_key(json, "trace_id");
    json_text(json, trace->trace_id);
    json_key(json, "project_id");
    id_write(json, "Project", trace->project);
    json_key(json, "start_time");
    write_time(json, trace->start_time);
    json_key(json, "end_time");
    write_time(json, trace->end_time);
    json_key(json, "token_count_prompt");
    json_int(json, trace->prompt_tokens);
    json_key(json, "token_count_completion");
    json_int(json, trace->completion_tokens);
    json_key(json, "token_count_total");
    json_int(json, trace->prompt_tokens + trace->completion_tokens);
}

static void answer_page(struct request *request, const struct trace_page *page,
                        bool with_spans)
{
    struct span_lists lists = {NULL, NULL};
    struct json_writer json;
    phx_error err = {0};
    phx_status status = PHX_OK;

    if (with_spans && page->count > 0)
        status = read_spans(request, page, &lists, &err);
    if (status < 0) {
        answer_failure(request, status, &err);
        return;
    }
    json_begin(&json, answer_buf(request));
    json_open_object(&json);
    json_key(&json, "data");
    json_open_array(&json);
    for (size_t i = 0; i < page->count; i++) {
        json_open_object(&json);
        write_trace(&json, &page->rows[i]);
        json_key(&json, "spans");
        if (with_spans)
            write_spans(request, &json, &lists, i);
        else
            json_null(&json);
        json_close_object(&json);
    }
    json_close_array(&json);
    json_key(&json, "next_cursor");
    json_string(&json, page->next[0] != '\0' ? page->next : NULL);
    json_close_object(&json);
    answer_json(request, 200);
}

/* session_identifier, repeated: ids, or names of sessions of the project.
 * Those that are not there match nothing. */
static bool read_sessions(struct request *request, phx_trace_query *query,
                          bool *nothing)
{
    const struct service *service = request_service(request);
    size_t count, found = 0;
    phx_text *texts = query_texts(request, "session_identifier", &count);
    phx_id *ids =
        arena_new(request_arena(request), size_mul(count + 1, sizeof *ids));
    phx_error err = {0};

    for (size_t i = 0; ids != NULL && texts != NULL && i < count; i++) {
        phx_status status = PHX_OK;

        if (!id_read(request_arena(request), texts[i], "ProjectSession",
                     &ids[found]))
            status = phx_store_find(service->store, PHX_SESSION, texts[i].data,
                                    texts[i].size, &ids[found], &err);
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
    sort = check_choice(&check, "sort", sorts, 0);
    order = check_choice(&check, "order", orders, 1);
    query->limit = check_limit(&check, DEFAULT_LIMIT, MOST_LIMIT);
    with_spans = check_bool(&check, "include_spans", false);
    if (!check_end(&check) ||
        !find_project(request, request_param(request, 0), &query->project) ||
        !read_sessions(request, query, &nothing))
        return;
    query->sort = sort == 0 ? PHX_BY_START : PHX_BY_LATENCY;
    query->order = order == 0 ? PHX_OLDEST_FIRST : PHX_NEWEST_FIRST;
    page.cursor = request_query(request, "cursor");
    if (nothing || trace_page_read(request, &page))
        answer_page(request, &page, with_spans);
}

void trace_delete(struct request *request)
{
    const struct service *service = request_service(request);
    phx_error err = {0};
    phx_status status;
    phx_id trace;

    if (!find_row(request, PHX_TRACE, request_param(request, 0), &trace))
        return;
    status = phx_store_delete(service->store, PHX_TRACE, trace, &err);
    if (status < 0)
        answer_failure(request, status, &err);
    else
        answer_empty(request, 204);
}

/*
 * session.c - sessions with their traces, earliest first, and the tokens of
 * the LLM spans in them.
 */
#include "base/base.h"
#include "server/rest/inside.h"

enum {
    DEFAULT_LIMIT = 100,
    LONGEST_PAGE = 10000 /* a longer one ends here, with a cursor */
};

struct session_row {
    phx_id id;
    phx_id project;
    uint64_t start_time;
    uint64_t end_time;
    phx_text session_id;
};

struct session_page {
    struct session_row *rows; /* in the arena */
    size_t count, capacity;
    struct trace_rows traces; /* of all of them */
    char next[ID_SIZE];       /* "" if there is no more */
};

static phx_status keep_session(struct arena *arena, const phx_session *session,
                               struct session_page *out, phx_error *err)
{
    struct session_row *rows =
        arena_grow(arena, out->rows, &out->capacity, out->count, sizeof *rows);
    struct session_row row = {.id = session->id,
                              .project = session->project,
                              .start_time = session->start_time,
                              .end_time = session->end_time,
                              .session_id = session->session_id};

    if (rows == NULL || !keep_text(arena, &row.session_id))
        return arena_status(arena, sizeof row, err);
    out->rows = rows;
    out->rows[out->count++] = row;
    return PHX_OK;
}

/* The traces of all the sessions in one query. */
static phx_status read_parts(struct request *request, struct session_page *page,
                             phx_error *err)
{
    struct arena *arena = request_arena(request);
    struct trace_rows *traces = &page->traces;
    phx_trace_query query = PHX_TRACE_QUERY_INIT;
    phx_id *ids = arena_new(arena, size_mul(page->count, sizeof *ids));
    phx_status status;

    if (ids == NULL)
        return arena_status(arena, page->count * sizeof *ids, err);
    for (size_t i = 0; i < page->count; i++)
        ids[i] = page->rows[i].id;
    query.sessions = ids;
    query.session_count = page->count;
    query.sort = PHX_BY_START; /* by number, all traces might be walked */
    status = read_traces(request, &query, traces, err);
    parts_sort(traces->rows, traces->count, sizeof *traces->rows);
    return status;
}

/* Sessions up to the query's limit, with their traces. */
static phx_status read_page(struct request *request,
                            const phx_session_query *query,
                            struct session_page *out, phx_error *err)
{
    const struct service *service = request_service(request);
    phx_session_query wanted = *query;
    phx_cursor *cursor = NULL;
    const phx_session *session;
    phx_status status;

    wanted.limit++;
    status = phx_store_find_sessions(service->store, &wanted, &cursor, err);
    while (status == PHX_OK && (status = phx_cursor_next_session(
                                    cursor, &session, err)) == PHX_OK) {
        if (out->count == (size_t)query->limit) {
            id_print("ProjectSession", session->id, out->next);
            break;
        }
        status = keep_session(request_arena(request), session, out, err);
    }
    phx_cursor_close(cursor);
    if (status >= 0 && out->count > 0)
        status = read_parts(request, out, err);
    return status;
}

static void write_session(struct json_writer *json,
                          const struct session_row *session,
                          const struct trace_rows *traces)
{
    int64_t prompt = 0, completion = 0;
    size_t count;
    const struct trace_row *rows = parts_of(traces->rows, traces->count,
                                            sizeof *rows, session->id, &count);

    json_open_object(json);
    write_id(json, "id", "ProjectSession", session->id);
    write_text(json, "session_id", session->session_id);
    write_id(json, "project_id", "Project", session->project);
    write_times(json, session->start_time, session->end_time);
    json_key(json, "traces");
    json_open_array(json);
    for (size_t i = 0; i < count; i++) {
        prompt = sum_tokens(prompt, rows[i].prompt_tokens);
        completion = sum_tokens(completion, rows[i].completion_tokens);
        json_open_object(json);
        write_id(json, "id", "Trace", rows[i].part.id);
        write_text(json, "trace_id", rows[i].trace_id);
        write_times(json, rows[i].part.start_time, rows[i].end_time);
        json_close_object(json);
    }
    json_close_array(json);
    write_tokens(json, prompt, completion);
    json_close_object(json);
}

static void answer_list(struct request *request, phx_session_query *query)
{
    bool before = query->from < 0;
    struct session_page page = {0};
    struct json_writer json;
    phx_error err = {0};
    phx_status status = PHX_OK;

    /* A cursor before the first number leaves all, or none if descending. */
    query->from = before ? 0 : query->from;
    if (!before || query->order == PHX_OLDEST_FIRST)
        status = read_page(request, query, &page, &err);
    if (status < 0) {
        answer_failure(request, status, &err);
        return;
    }
    list_begin(request, &json);
    for (size_t i = 0; i < page.count; i++)
        write_session(&json, &page.rows[i], &page.traces);
    list_end(request, &json, page.next);
}

void session_list(struct request *request)
{
    static const char *const orders[2] = {"asc", "desc"};
    phx_session_query query = PHX_SESSION_QUERY_INIT;
    struct check check;
    int order;

    check_begin(&check, request);
    query.limit = check_limit(&check, DEFAULT_LIMIT, INT64_MAX);
    order = check_choice(&check, "order", orders, 2, 0);
    query.filter = check_filter(&check, PHX_FILTER_SESSIONS);
    query.stop = list_stop(query.filter, (phx_text){NULL, 0});
    query.stop_ctx = request;
    if (!check_end(&check) ||
        !find_project(request, request_param(request, 0), &query.project) ||
        !find_cursor(request, &query.from))
        return;
    if (query.limit > LONGEST_PAGE)
        query.limit = LONGEST_PAGE;
    query.order = order == 0 ? PHX_OLDEST_FIRST : PHX_NEWEST_FIRST;
    answer_list(request, &query);
}

void session_get(struct request *request)
{
    phx_session_query query = PHX_SESSION_QUERY_INIT;
    struct session_page page = {0};
    struct json_writer json;
    phx_error err = {0};
    phx_status status;

    if (!find_row(request, PHX_SESSION, request_param(request, 0),
                  &query.session))
        return;
    query.limit = 1;
    status = read_page(request, &query, &page, &err);
    if (status < 0) {
        answer_failure(request, status, &err);
    } else if (page.count == 0) {
        answer_text(request, 404, "Session not found");
    } else {
        data_begin(request, &json);
        write_session(&json, &page.rows[0], &page.traces);
        data_end(request, &json);
    }
}

/* The checked list of identifiers, or NULL if an answer has been given. */
static const struct value *read_identifiers(struct request *request,
                                            const struct value *body)
{
    static const struct place in_body = {NULL, "body", 0};
    struct place list = {&in_body, "session_identifiers", 0};
    const struct value *texts;
    struct check check;
    size_t ids = 0;

    check_begin(&check, request);
    texts = check_list(&check, &in_body, body, "session_identifiers", true);
    for (uint32_t i = 0; texts != NULL && i < texts->count; i++) {
        struct place place = {&list, NULL, i};

        check_text(&check, &place, &texts->items[i]);
    }
    if (!check_end(&check) || texts == NULL)
        return NULL;
    for (uint32_t i = 0; i < texts->count; i++) {
        phx_id id;

        ids += id_read(request_arena(request), texts->items[i].text,
                       "ProjectSession", &id);
    }
    if (texts->count > 0 && (ids == 0 || ids == texts->count))
        return texts;
    answer_text(request, 422,
                texts->count == 0
                    ? "session_identifiers must not be empty"
                    : "session_identifiers must all be of the same type: "
                      "ids, or names");
    return NULL;
}

void session_delete_many(struct request *request)
{
    const struct service *service = request_service(request);
    const struct value *texts;
    struct value body;
    phx_error err = {0};

    if (!check_body(request, &body) ||
        (texts = read_identifiers(request, &body)) == NULL)
        return;
    for (uint32_t i = 0; i < texts->count; i++) {
        phx_id id;
        phx_status status =
            find_id(request, PHX_SESSION, texts->items[i].text, &id, &err);

        if (status == PHX_OK)
            status = phx_store_delete(service->store, PHX_SESSION, id, &err);
        if (status < 0 && status != PHX_NOT_FOUND) {
            answer_failure(request, status, &err);
            return;
        }
    }
    answer_empty(request, 204);
}

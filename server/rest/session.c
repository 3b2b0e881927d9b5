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

/* A trace of one of them, as it came: earliest first. */
struct trace_row {
    struct trace_row *next; /* of the same session */
    phx_id id;
    uint64_t start_time;
    uint64_t end_time;
    int64_t prompt_tokens;
    int64_t completion_tokens;
    phx_text trace_id;
};

struct sessions {
    struct session_row *rows; /* in the arena */
    struct trace_row **first; /* [count] lists */
    struct trace_row **last;
    size_t count;
    size_t capacity;
};

static phx_status add_session(struct arena *arena, struct sessions *sessions,
                              const phx_session *session, phx_error *err)
{
    struct session_row *row;

    if (sessions->count == sessions->capacity) {
        size_t capacity = sessions->capacity ? sessions->capacity * 2 : 16;
        size_t size = size_mul(capacity, sizeof *row);
        struct session_row *rows = arena_new(arena, size);

        if (rows == NULL)
            return arena_status(arena, size, err);
        if (sessions->count > 0)
            memcpy(rows, sessions->rows, sessions->count * sizeof *row);
        sessions->rows = rows;
        sessions->capacity = capacity;
    }
    row = &sessions->rows[sessions->count];
    *row = (struct session_row){
        .id = session->id,
        .project = session->project,
        .start_time = session->start_time,
        .end_time = session->end_time,
        .session_id = text_span(arena_copy(arena, session->session_id.data,
                                           session->session_id.size),
                                session->session_id.size)};
    if (row->session_id.data == NULL)
        return arena_status(arena, session->session_id.size, err);
    sessions->count++;
    return PHX_OK;
}

/* Reads up to limit sessions; *next is the one after them, or 0. */
static phx_status read_sessions(struct request *request, phx_id project,
                                phx_id only, phx_id from, int32_t order,
                                int64_t limit, struct sessions *out,
                                phx_id *next, phx_error *err)
{
    const struct service *service = request_service(request);
    phx_cursor *cursor = NULL;
    const phx_session *session;
    phx_status status;

    status = phx_store_find_sessions(service->store, project, only, from, order,
                                     limit + 1, &cursor, err);
    while (status == PHX_OK) {
        status = phx_cursor_next_session(cursor, &session, err);
        if (status != PHX_OK)
            break;
        if (out->count == (size_t)limit) {
            *next = session->id;
            break;
        }
        status = add_session(request_arena(request), out, session, err);
    }
    phx_cursor_close(cursor);
    return status;
}

/* Rows are in order of their numbers, up or down. */
static size_t index_of(const struct sessions *sessions, phx_id id)
{
    const struct session_row *rows = sessions->rows;
    bool up = rows[0].id < rows[sessions->count - 1].id;
    size_t low = 0, high = sessions->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (rows[middle].id == id)
            return middle;
        if ((rows[middle].id < id) == up)
            low = middle + 1;
        else
            high = middle;
    }
    return sessions->count;
}

static phx_status add_trace(struct arena *arena, struct sessions *sessions,
                            const phx_trace *trace, phx_error *err)
{
    size_t i = index_of(sessions, trace->session);
    struct trace_row *row = arena_new(arena, sizeof *row);
    void *id = arena_copy(arena, trace->trace_id.data, trace->trace_id.size);

    if (row == NULL || id == NULL)
        return arena_status(arena, sizeof *row, err);
    if (i == sessions->count)
        return PHX_OK;
    *row = (struct trace_row){.id = trace->id,
                              .start_time = trace->start_time,
                              .end_time = trace->end_time,
                              .prompt_tokens = trace->prompt_tokens,
                              .completion_tokens = trace->completion_tokens,
                              .trace_id = text_span(id, trace->trace_id.size)};
    if (sessions->last[i] != NULL)
        sessions->last[i]->next = row;
    else
        sessions->first[i] = row;
    sessions->last[i] = row;
    return PHX_OK;
}

/* The traces of all the sessions in one query. */
static phx_status read_traces(struct request *request,
                              struct sessions *sessions, phx_error *err)
{
    const struct service *service = request_service(request);
    struct arena *arena = request_arena(request);
    phx_trace_query query = PHX_TRACE_QUERY_INIT;
    size_t size = size_mul(sessions->count, sizeof(void *));
    phx_id *ids = arena_new(arena, size_mul(sessions->count, sizeof *ids));
    phx_cursor *cursor = NULL;
    const phx_trace *trace;
    phx_status status;

    sessions->first = arena_new(arena, size);
    sessions->last = arena_new(arena, size);
    if (ids == NULL || sessions->first == NULL || sessions->last == NULL)
        return arena_status(arena, size, err);
    memset(sessions->first, 0, size);
    memset(sessions->last, 0, size);
    for (size_t i = 0; i < sessions->count; i++)
        ids[i] = sessions->rows[i].id;
    query.sessions = ids;
    query.session_count = sessions->count;
    query.sort = PHX_BY_START;
    query.order = PHX_OLDEST_FIRST;
    status = phx_store_find_traces(service->store, &query, &cursor, err);
    while (status == PHX_OK &&
           (status = phx_cursor_next_trace(cursor, &trace, err)) == PHX_OK)
        status = add_trace(arena, sessions, trace, err);
    phx_cursor_close(cursor);
    return status;
}

static void write_session(struct json_writer *json,
                          const struct session_row *session,
                          const struct trace_row *traces)
{
    int64_t prompt = 0, completion = 0;

    json_open_object(json);
    json_key(json, "id");
    id_write(json, "ProjectSession", session->id);
    json_key(json, "session_id");
    json_text(json, session->session_id);
    json_key(json, "project_id");
    id_write(json, "Project", session->project);
    json_key(json, "start_time");
    write_time(json, session->start_time);
    json_key(json, "end_time");
    write_time(json, session->end_time);
    json_key(json, "traces");
    json_open_array(json);
    for (const struct trace_row *at = traces; at != NULL; at = at->next) {
        prompt += at->prompt_tokens;
        completion += at->completion_tokens;
        json_open_object(json);
        json_key(json, "id");
        id_write(json, "Trace", at->id);
        json_key(json, "trace_id");
        json_text(json, at->trace_id);
        json_key(json, "start_time");
        write_time(json, at->start_time);
        json_key(json, "end_time");
        write_time(json, at->end_time);
        json_close_object(json);
    }
    json_close_array(json);
    json_key(json, "token_count_prompt");
    json_int(json, prompt);
    json_key(json, "token_count_completion");
    json_int(json, completion);
    json_key(json, "token_count_total");
    json_int(json, prompt + completion);
    json_close_object(json);
}

static void answer_list(struct request *request, phx_id project, phx_id from,
                        int32_t order, int64_t limit)
{
    struct sessions sessions = {0};
    struct json_writer json;
    phx_error err = {0};
    phx_status status = PHX_OK;
    phx_id next = 0;

    /* A cursor before the first number leaves all, or none if descending. */
    if (from >= 0 || order == PHX_OLDEST_FIRST)
        status = read_sessions(request, project, 0, from > 0 ? from : 0, order,
                               limit, &sessions, &next, &err);
    if (status >= 0 && sessions.count > 0)
        status = read_traces(request, &sessions, &err);
    if (status < 0) {
        answer_failure(request, status, &err);
        return;
    }
    json_begin(&json, answer_buf(request));
    json_open_object(&json);
    json_key(&json, "data");
    json_open_array(&json);
    for (size_t i = 0; i < sessions.count; i++)
        write_session(&json, &sessions.rows[i], sessions.first[i]);
    json_close_array(&json);
    json_key(&json, "next_cursor");
    if (next > 0)
        id_write(&json, "ProjectSession", next);
    else
        json_null(&json);
    json_close_object(&json);
    answer_json(request, 200);
}

void session_list(struct request *request)
{
    static const char *const orders[2] = {"asc", "desc"};
    struct check check;
    phx_id project, from;
    int64_t limit;
    int order;

    check_begin(&check, request);
    limit = check_limit(&check, DEFAULT_LIMIT, INT64_MAX);
    order = check_choice(&check, "order", orders, 0);
    if (!check_end(&check) ||
        !find_project(request, request_param(request, 0), &project) ||
        !find_cursor(request, &from))
        return;
    if (limit > LONGEST_PAGE)
        limit = LONGEST_PAGE;
    answer_list(request, project, from,
                order == 0 ? PHX_OLDEST_FIRST : PHX_NEWEST_FIRST, limit);
}

void session_get(struct request *request)
{
    struct sessions sessions = {0};
    struct json_writer json;
    phx_error err = {0};
    phx_status status;
    phx_id id, next = 0;

    if (!find_row(request, PHX_SESSION, request_param(request, 0), &id))
        return;
    status = read_sessions(request, 0, id, 0, PHX_OLDEST_FIRST, 1, &sessions,
                           &next, &err);
    if (status >= 0 && sessions.count > 0)
        status = read_traces(request, &sessions, &err);
    if (status < 0) {
        answer_failure(request, status, &err);
        return;
    }
    if (sessions.count == 0) {
        answer_text(request, 404, "Session not found");
        return;
    }
    json_begin(&json, answer_buf(request));
    json_open_object(&json);
    json_key(&json, "data");
    write_session(&json, &sessions.rows[0], sessions.first[0]);
    json_close_object(&json);
    answer_json(request, 200);
}

void session_delete(struct request *request)
{
    const struct service *service = request_service(request);
    phx_error err = {0};
    phx_status status;
    phx_id id;

    if (!find_row(request, PHX_SESSION, request_param(request, 0), &id))
        return;
    status = phx_store_delete(service->store, PHX_SESSION, id, &err);
    if (status < 0)
        answer_failure(request, status, &err);
    else
        answer_empty(request, 204);
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
        phx_text text = texts->items[i].text;
        phx_status status = PHX_OK;
        phx_id id;

        if (!id_read(request_arena(request), text, "ProjectSession", &id))
            status = phx_store_find(service->store, PHX_SESSION, text.data,
                                    text.size, &id, &err);
        if (status == PHX_OK && id > 0)
            status = phx_store_delete(service->store, PHX_SESSION, id, &err);
        if (status < 0 && status != PHX_NOT_FOUND) {
            answer_failure(request, status, &err);
            return;
        }
    }
    answer_empty(request, 204);
}

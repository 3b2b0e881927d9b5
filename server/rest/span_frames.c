/*
 * span_frames.c - POST /v1/spans: dataframe queries of Phoenix's client. Each
 * query is answered by an Arrow stream, one after the other; or by one part of
 * multipart/mixed, the JSON of a table. Both are made as they are sent.
 */
#include "base/base.h"
#include "server/rest/inside.h"

#include <stdatomic.h>

enum {
    DEFAULT_LIMIT = 1000,
    MOST_QUERIES = 32,
    MOST_ANSWERS = 16, /* at once: each holds some spans in memory */
    TOKEN_BYTES = 16
};

static atomic_int answers;

struct frames {
    phx_frame *frames[MOST_QUERIES];
    size_t count, at;
    bool arrow;
    bool open; /* a part is */
    char token[2 * TOKEN_BYTES + 1];
};

static const struct place in_body = {NULL, "body", 0};

/* --- the request ------------------------------------------------------------ */

static void check_dict(struct check *check, const struct place *parent,
                       const struct value *query, const char *key)
{
    const struct value *value = value_member(query, key);
    struct place place = {parent, key, 0};

    if (value != NULL && value->kind != JSON_NULL && value->kind != JSON_OBJECT)
        check_problem(check, &place, "dict_type",
                      "Input should be a valid dictionary", value);
}

static const struct value *check_queries(struct check *check,
                                         const struct value *body)
{
    static const char *const keys[] = {"select", "filter", "explode",
                                       "concat", "rename", "index"};
    const struct value *queries =
        check_list(check, &in_body, body, "queries", true);
    const struct place list = {&in_body, "queries", 0};
    struct value name = value_text(text_of("SpanQuery"));

    for (uint32_t i = 0; queries != NULL && i < queries->count; i++) {
        const struct value *query = &queries->items[i];
        const struct place place = {&list, NULL, i};
        if (query->kind != JSON_OBJECT) {
            check_problem_with(check, &place, "model_type",
                               "Input should be a valid dictionary or "
                               "instance of SpanQuery",
                               query, "class_name", &name);
            continue;
        }
        for (size_t j = 0; j < sizeof keys / sizeof *keys; j++)
            check_dict(check, &place, query, keys[j]);
    }
    return queries;
}

/* True if a time is given. */
static bool check_bound(struct check *check, const struct value *body,
                        const char *key, uint64_t *out)
{
    const struct value *value = value_member(body, key);
    struct place place = {&in_body, key, 0};

    if (value == NULL || value->kind == JSON_NULL)
        return false;
    check_time_member(check, &place, value, out, NULL);
    return true;
}

static void check_scope(struct check *check, const struct value *body,
                        phx_frame_query *out)
{
    const struct value *limit = value_member(body, "limit");
    const struct value *roots = value_member(body, "root_spans_only");
    const struct value *orphans =
        value_member(body, "orphan_span_as_root_span");
    bool only_roots = false, with_orphans = true;

    check_bound(check, body, "start_time", &out->start_time);
    out->limit = DEFAULT_LIMIT;
    if (limit != NULL)
        check_int_member(check, &(struct place){&in_body, "limit", 0}, limit,
                         &out->limit);
    if (out->limit < 0)
        out->limit = -1;
    if ((check_bound(check, body, "end_time", &out->end_time) ||
         check_bound(check, body, "stop_time", &out->end_time)) &&
        out->end_time == 0)
        out->limit = 0;
    if (roots != NULL && roots->kind != JSON_NULL)
        check_bool_member(check,
                          &(struct place){&in_body, "root_spans_only", 0},
                          roots, &only_roots);
    if (orphans != NULL)
        check_bool_member(
            check, &(struct place){&in_body, "orphan_span_as_root_span", 0},
            orphans, &with_orphans);
    out->roots = !only_roots    ? PHX_EVERY_SPAN
                 : with_orphans ? PHX_ROOTS
                                : PHX_STRICT_ROOTS;
}

static phx_text project_name(const struct request *request,
                             const struct value *body)
{
    const struct value *given = value_member(body, "project_name");
    const phx_text names[] = {
        request_query(request, "project_name"),
        request_query(request, "project-name"),
        request_header(request, "project-name"),
        given && given->kind == JSON_TEXT ? given->text : (phx_text){NULL, 0}};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (names[i].size > 0)
            return names[i];
    }
    return text_of("default");
}

/* The queries, or NULL if an answer has been given. A project that is not
 * known has no spans. */
static const struct value *
read_request(struct request *request, struct value *body, phx_frame_query *out)
{
    const struct value *queries, *given;
    phx_error err = {0};
    struct check check;

    if (!check_body(request, body))
        return NULL;
    check_begin(&check, request);
    queries = check_queries(&check, body);
    check_scope(&check, body, out);
    given = value_member(body, "project_name");
    if (given != NULL && given->kind != JSON_NULL)
        check_text(&check, &(struct place){&in_body, "project_name", 0}, given);
    if (!check_end(&check))
        return NULL;
    if (queries->count == 0 || queries->count > MOST_QUERIES) {
        if (queries->count == 0)
            answer_text(request, 404, "Not Found");
        else
            answer_text(request, 422, "%u queries, limit is %d",
                        (unsigned)queries->count, MOST_QUERIES);
        return NULL;
    }
    phx_text name = project_name(request, body);
    phx_status status =
        phx_store_find(request_service(request)->store, PHX_PROJECT, name.data,
                       name.size, &out->project, &err);
    if (status == PHX_NOT_FOUND) {
        out->limit = 0;
    } else if (status < 0) {
        answer_failure(request, status, &err);
        return NULL;
    }
    return queries;
}

/* --- the answer -------------------------------------------------------------- */

static void end_frames(void *ctx)
{
    struct frames *frames = ctx;

    for (size_t i = 0; i < frames->count; i++)
        phx_frame_close(frames->frames[i]);
    memory_free(frames);
    atomic_fetch_sub(&answers, 1);
}

static void begin_part(struct frames *frames, struct buf *out)
{
    if (!frames->arrow && !frames->open)
        buf_add_format(out, "--%s\r\nContent-Type: application/json\r\n\r\n",
                       frames->token);
    frames->open = true;
}

static void end_part(struct frames *frames, struct buf *out)
{
    frames->open = false;
    frames->at++;
    if (frames->arrow)
        return;
    buf_add_string(out, "\r\n");
    if (frames->at == frames->count)
        buf_add_format(out, "--%s--\r\n", frames->token);
}

/* One piece of a frame, with what stands around frames; DONE after the last
 * of them. */
static phx_status next_piece(void *ctx, struct buf *out, phx_error *err)
{
    struct frames *frames = ctx;
    phx_buf piece = PHX_BUF_INIT;
    phx_status status = phx_frame_next(frames->frames[frames->at], &piece, err);

    if (status == PHX_OK) {
        begin_part(frames, out);
        buf_add(out, piece.data, piece.size);
    } else if (status == PHX_DONE) {
        end_part(frames, out);
        if (frames->at < frames->count)
            status = PHX_OK;
    }
    phx_buf_free(&piece);
    return status;
}

static phx_status open_frame(struct request *request, const struct value *query,
                             phx_frame_query *wanted, phx_frame **out,
                             phx_error *err)
{
    struct buf text;
    phx_status status;

    buf_init(&text, HTTP_BODY_LIMIT);
    json_write_value(&text, query, 0);
    status = buf_status(&text, "a query", err);
    if (status >= 0) {
        wanted->json = text_span(text.data, text.size);
        status = phx_store_open_frame(request_service(request)->store, wanted,
                                      out, err);
    }
    buf_clear(&text);
    return status;
}

/* All queries are read, and the first piece is made, before the answer begins:
 * a failure has a status of its own. */
static phx_status begin_frames(struct request *request,
                               const struct value *queries,
                               phx_frame_query *wanted, struct frames *frames,
                               phx_error *err)
{
    uint8_t token[TOKEN_BYTES];
    phx_status status = random_bytes(token, sizeof token, err);

    hex_print(token, sizeof token, frames->token);
    for (uint32_t i = 0; i < queries->count && status >= 0; i++) {
        status = open_frame(request, &queries->items[i], wanted,
                            &frames->frames[i], err);
        frames->count += status >= 0;
    }
    return status < 0 ? status : next_piece(frames, answer_buf(request), err);
}

static void answer_frames(struct request *request, struct frames *frames)
{
    static const char type[] = "multipart/mixed; boundary=";
    size_t size = sizeof type + sizeof frames->token;
    char *whole = arena_new(request_arena(request), size);
    struct answer_source source = {next_piece, end_frames, frames};

    if (frames->arrow) {
        answer_stream(request, "application/x-pandas-arrow", &source);
        return;
    }
    if (whole == NULL) {
        end_frames(frames);
        answer_later(request, "no memory for the answer");
        return;
    }
    snprintf(whole, size, "%s%s", type, frames->token);
    answer_stream(request, whole, &source);
}

void span_frames(struct request *request)
{
    phx_frame_query wanted = PHX_FRAME_QUERY_INIT;
    const struct value *queries;
    struct frames *frames;
    struct value body;
    phx_error err = {0};
    phx_status status;

    if ((queries = read_request(request, &body, &wanted)) == NULL)
        return;
    frames = memory_new(sizeof *frames);
    if (atomic_fetch_add(&answers, 1) >= MOST_ANSWERS || frames == NULL) {
        atomic_fetch_sub(&answers, 1);
        memory_free(frames);
        answer_later(request, "too many dataframes are being read");
        return;
    }
    /* The reference, too, compares the whole of it. */
    *frames =
        (struct frames){.arrow = !text_is(request_header(request, "accept"),
                                          "application/json")};
    wanted.format = frames->arrow ? PHX_FRAME_ARROW : PHX_FRAME_JSON;
    status = begin_frames(request, queries, &wanted, frames, &err);
    if (status >= 0) {
        answer_frames(request, frames);
        return;
    }
    end_frames(frames);
    if (status == PHX_INVALID || status == PHX_TOO_BIG)
        answer_text(request, 422, "Invalid query: %s", err.message);
    else
        answer_failure(request, status, &err);
}

/*
 * span_create.c - POST .../spans: spans as JSON. The body's form is checked
 * here, member by member, since clients parse what is told of it; then the
 * library decodes and stores it. One known span id refuses the whole body.
 */
#include "base/base.h"
#include "server/rest/inside.h"

static void check_context(struct check *check, const struct place *place,
                          const struct value *span)
{
    const struct value *context =
        check_member(check, place, span, "context", true);
    struct place here = {place, "context", 0};

    if (context == NULL || !check_model(check, &here, context))
        return;
    check_text_member(check, &here, context, "trace_id", true);
    check_text_member(check, &here, context, "span_id", true);
}

static void check_moment(struct check *check, const struct place *place,
                         const struct value *object, const char *key,
                         bool *naive)
{
    const struct value *time = check_member(check, place, object, key, true);
    struct place here = {place, key, 0};
    uint64_t ns;

    if (time != NULL)
        check_time_member(check, &here, time, &ns, naive);
}

static void check_events(struct check *check, const struct place *place,
                         const struct value *span, bool *naive)
{
    const struct value *events =
        check_list(check, place, span, "events", false);
    struct place list = {place, "events", 0};

    for (uint32_t i = 0; events != NULL && i < events->count; i++) {
        const struct value *event = &events->items[i];
        struct place here = {&list, NULL, i};
        struct place attributes = {&here, "attributes", 0};

        if (!check_model(check, &here, event))
            continue;
        check_text_member(check, &here, event, "name", true);
        check_moment(check, &here, event, "timestamp", naive);
        check_object(check, &attributes, value_member(event, "attributes"));
    }
}

/* In the order in which the reference declares the members. */
static void check_span(struct check *check, const struct place *place,
                       const struct value *span)
{
    struct place parent = {place, "parent_id", 0};
    struct place attributes = {place, "attributes", 0};
    struct value none = {.kind = JSON_OBJECT};
    const struct value *parent_id;
    size_t before = check->count;
    bool naive = false;

    if (!check_model(check, place, span))
        return;
    check_text_member(check, place, span, "id", false);
    check_text_member(check, place, span, "name", true);
    check_context(check, place, span);
    check_text_member(check, place, span, "span_kind", true);
    parent_id = value_member(span, "parent_id");
    if (parent_id != NULL && parent_id->kind != JSON_NULL)
        check_text(check, &parent, parent_id);
    check_moment(check, place, span, "start_time", &naive);
    check_moment(check, place, span, "end_time", &naive);
    check_text_member(check, place, span, "status_code", true);
    check_text_member(check, place, span, "status_message", false);
    check_object(check, &attributes, value_member(span, "attributes"));
    check_events(check, place, span, &naive);
    if (naive && check->count == before)
        check_problem_with(check, place, "value_error",
                           "Value error, times must have a time zone", span,
                           "error", &none);
}

/* The list of spans, or NULL if an answer has been given. */
static const struct value *check_spans(struct request *request,
                                       const struct value *body)
{
    static const struct place in_body = {NULL, "body", 0};
    struct place list = {&in_body, "data", 0};
    struct check check;
    const struct value *data;

    check_begin(&check, request);
    data = check_list(&check, &in_body, body, "data", true);
    for (uint32_t i = 0; data != NULL && i < data->count; i++) {
        struct place place = {&list, NULL, i};

        check_span(&check, &place, &data->items[i]);
    }
    return check_end(&check) ? data : NULL;
}

/* The project's name: the identifier is one, or the id of one that is. */
static const char *project_name(struct request *request, phx_text identifier)
{
    const struct service *service = request_service(request);
    const phx_project *project = NULL;
    phx_cursor *cursor = NULL;
    const char *name = NULL;
    phx_error err = {0};
    phx_status status;
    phx_id id;

    if (!id_read(request_arena(request), identifier, "Project", &id))
        return text_string(request, identifier);
    if (!find_project(request, identifier, &id))
        return NULL;
    if ((status = phx_store_find_projects(service->store, id, 0, NULL, 1,
                                          &cursor, &err)) == PHX_OK &&
        (status = phx_cursor_next_project(cursor, &project, &err)) == PHX_OK)
        name = text_string(request, project->name);
    else if (status < 0)
        answer_failure(request, status, &err);
    else
        answer_text(request, 404, "Project not found");
    phx_cursor_close(cursor);
    return name;
}

/* How many spans of a refused body are to blame, and which. */
struct refusal {
    int64_t duplicates;
    int64_t invalid;
    const char *reason;
    struct buf spans; /* the duplicates, as a JSON array's inside */
};

static void add_duplicate(struct refusal *refusal, const struct value *context)
{
    const char *const keys[] = {"span_id", "trace_id"};

    if (refusal->duplicates++ > 0)
        buf_add_string(&refusal->spans, ", ");
    for (size_t i = 0; i < 2; i++) {
        buf_add_string(&refusal->spans, i == 0 ? "{\"" : ", \"");
        buf_add_string(&refusal->spans, keys[i]);
        buf_add_string(&refusal->spans, "\": ");
        json_write_value(&refusal->spans, value_member(context, keys[i]),
                         JSON_ASCII);
    }
    buf_add_byte(&refusal->spans, '}');
}

static phx_status find_duplicates(struct request *request,
                                  const struct value *spans,
                                  struct refusal *refusal, phx_error *err)
{
    const struct service *service = request_service(request);

    for (uint32_t i = 0; i < spans->count; i++) {
        const struct value *context = value_member(&spans->items[i], "context");
        phx_text id = value_member(context, "span_id")->text;
        phx_status status;
        phx_id known;

        status = phx_store_find(service->store, PHX_SPAN, id.data, id.size,
                                &known, err);
        if (status == PHX_OK)
            add_duplicate(refusal, context);
        else if (status != PHX_NOT_FOUND)
            return status;
    }
    return PHX_OK;
}

/* JSON in a text/plain body, spaced as Python writes it. */
static void answer_refusal(struct request *request,
                           const struct refusal *refusal, uint32_t received)
{
    struct buf *out = answer_buf(request);

    buf_add_string(out, "{\"error\": ");
    json_write_text(out,
                    text_of(refusal->invalid > 0
                                ? refusal->reason
                                : "Request contains duplicate spans"),
                    JSON_ASCII);
    buf_add_format(out,
                   ", \"total_received\": %u, \"total_queued\": 0, "
                   "\"total_duplicates\": %lld, \"total_invalid\": %lld, "
                   "\"duplicate_spans\": [",
                   received, (long long)refusal->duplicates,
                   (long long)refusal->invalid);
    buf_add(out, refusal->spans.data, refusal->spans.size);
    buf_add_string(out, "], \"invalid_spans\": []}");
    answer_body(request, 400, "text/plain; charset=utf-8");
}

static void answer_created(struct request *request, uint32_t count)
{
    struct json_writer json;

    json_begin(&json, answer_buf(request));
    json_open_object(&json);
    json_key(&json, "total_received");
    json_uint(&json, count);
    json_key(&json, "total_queued");
    json_uint(&json, count);
    json_close_object(&json);
    answer_json(request, 202);
}

/* Decodes and stores; the spans have been checked. */
static void store_spans(struct request *request, const char *project,
                        const struct value *spans)
{
    const struct service *service = request_service(request);
    phx_text body = request_body(request);
    struct refusal refusal = {0};
    phx_ingest_report report;
    phx_batch *batch = NULL;
    phx_error err = {0};
    phx_status status;

    buf_init(&refusal.spans, SIZE_MAX);
    if ((status = find_duplicates(request, spans, &refusal, &err)) == PHX_OK)
        status = phx_batch_decode(PHX_SPAN_JSON, body.data, body.size, project,
                                  &batch, &err);
    if (status == PHX_OK)
        refusal.invalid = (int64_t)phx_batch_rejected(batch, &refusal.reason);
    if (status == PHX_OK && refusal.duplicates + refusal.invalid > 0) {
        answer_refusal(request, &refusal, spans->count);
        goto done;
    }
    if (status == PHX_OK && phx_batch_size(batch) > 0)
        status = writer_put(service->writer, &batch, &report, &err);
    if (status < 0)
        answer_failure(request, status, &err);
    else
        answer_created(request, spans->count);
done:
    buf_clear(&refusal.spans);
    phx_batch_free(batch);
}

void span_create(struct request *request)
{
    const struct value *spans;
    const char *project;
    struct value body;

    if (!check_body(request, &body) ||
        (spans = check_spans(request, &body)) == NULL ||
        (project = project_name(request, request_param(request, 0))) == NULL)
        return;
    store_spans(request, project, spans);
}

/*
 * otlp.c - POST /v1/traces, /v1/logs and /v1/metrics: OTLP over HTTP. The
 * answer waits for the commit:
 *
 *     decode -> writer_submit ... commit ... tell -> request_resume
 */
#include "base/base.h"
#include "server/metrics.h"
#include "server/rest/inside.h"

static const char protobuf_type[] = "application/x-protobuf";
static const char json_type[] = "application/json";

/* What the answer needs once the batch is the writer's; in the arena. */
struct ingest {
    struct request *request;
    int32_t format;
    bool is_json;
    const char *reason; /* why something was left out, or "" */
};

static void answer(const struct ingest *ingest, int64_t rejected)
{
    struct request *request = ingest->request;
    phx_buf bytes = PHX_BUF_INIT;
    phx_error err = {0};
    phx_status status;

    status = phx_otlp_answer(ingest->format, (uint64_t)rejected, ingest->reason,
                             &bytes, &err);
    if (status < 0) {
        answer_failure(request, status, &err);
    } else {
        buf_add(answer_buf(request), bytes.data, bytes.size);
        answer_body(request, 200, ingest->is_json ? json_type : protobuf_type);
    }
    phx_buf_free(&bytes);
}

/* On the writer's thread. */
static void tell(void *ctx, phx_status status, const phx_ingest_report *report,
                 const phx_error *err)
{
    struct ingest *ingest = ctx;

    if (status < 0)
        answer_failure(ingest->request, status, err);
    else
        answer(ingest, report->rejected);
    request_resume(ingest->request);
}

static bool read_type(struct request *request, bool *is_json)
{
    phx_text type = request_header(request, "Content-Type");

    *is_json = request_is_type(request, json_type);
    if (*is_json || request_is_type(request, protobuf_type))
        return true;
    answer_text(request, 415, "Unsupported content type: %s",
                type.data ? type.data : "");
    return false;
}

/* A header is Latin-1 where it is not UTF-8. */
static const char *from_latin1(struct request *request, phx_text text)
{
    uint8_t *out = arena_new(request_arena(request), text.size * 2 + 1);
    size_t size = 0;

    if (out == NULL)
        return NULL;
    for (size_t i = 0; i < text.size; i++)
        size += utf8_put(out + size, (unsigned char)text.data[i]);
    out[size] = '\0';
    return (const char *)out;
}

/* NULL leaves the project to the spans; an empty header is a name, too. */
static const char *read_project(struct request *request)
{
    phx_text name = request_header(request, "x-project-name");

    if (name.data == NULL || utf8_check(name.data, name.size) == name.size)
        return name.data;
    return from_latin1(request, name);
}

/* The batch becomes the writer's, or stays and an answer has been given. */
static void submit(struct request *request, bool is_json, phx_batch **batch)
{
    struct ingest *ingest = arena_new(request_arena(request), sizeof *ingest);
    const char *reason = "";
    size_t rejected = phx_batch_rejected(*batch, &reason);
    phx_error err = {0};
    phx_status status;

    if (ingest != NULL)
        reason = arena_copy(request_arena(request), reason, strlen(reason) + 1);
    if (ingest == NULL || reason == NULL) {
        answer_later(request, "no memory");
        return;
    }
    *ingest =
        (struct ingest){request, phx_batch_format(*batch), is_json, reason};
    if (phx_batch_size(*batch) == 0) {
        metrics_batch(*batch, NULL);
        answer(ingest, (int64_t)rejected);
        return;
    }
    status = writer_submit(request_service(request)->writer, batch, tell,
                           ingest, &err);
    if (status < 0)
        answer_failure(request, status, &err);
}

static void ingest(struct request *request, int32_t protobuf, int32_t json)
{
    phx_text body = request_body(request);
    phx_batch *batch = NULL;
    phx_error err = {0};
    phx_status status;
    bool is_json;
    bool taken = false;

    if (read_type(request, &is_json)) {
        status =
            phx_batch_decode(is_json ? json : protobuf, body.data, body.size,
                             read_project(request), &batch, &err);
        if (status < 0) {
            answer_failure(request, status, &err);
        } else {
            request_drop_body(request);
            submit(request, is_json, &batch);
            taken = batch == NULL;
        }
    }
    if (taken)
        return; /* the request may be gone already */
    phx_batch_free(batch);
    request_resume(request);
}

void otlp_traces(struct request *request)
{
    ingest(request, PHX_OTLP_PROTOBUF, PHX_OTLP_JSON);
}

void otlp_logs(struct request *request)
{
    ingest(request, PHX_LOGS_PROTOBUF, PHX_LOGS_JSON);
}

void otlp_metrics(struct request *request)
{
    ingest(request, PHX_METRICS_PROTOBUF, PHX_METRICS_JSON);
}

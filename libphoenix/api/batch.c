/*
 * batch.c - the way of a request into the store, in one place:
 *
 *     bytes -> wire_read_* -> attr_interpret -> phx_batch -> store_put
 *
 * Log records go the same way, but for the attr_interpret: what they mean is
 * their span's.
 */
#include "base/base.h"

#include "api/inside.h"

/* Of one batch. Requests as programs send them need four times their size;
 * two bytes of hostile ones can cost a hundred. */
enum { BATCH_MEMORY = 512 << 20 };

/* What each format is on the wire; REST's and ATIF are no requests. */
static const struct {
    enum wire_signal signal;
    bool json;
} formats[] = {
    [PHX_OTLP_PROTOBUF] = {WIRE_SPANS, false},
    [PHX_OTLP_JSON] = {WIRE_SPANS, true},
    [PHX_SPAN_JSON] = {WIRE_SPANS, true},
    [PHX_LOGS_PROTOBUF] = {WIRE_LOGS, false},
    [PHX_LOGS_JSON] = {WIRE_LOGS, true},
    [PHX_METRICS_PROTOBUF] = {WIRE_METRICS, false},
    [PHX_METRICS_JSON] = {WIRE_METRICS, true},
    [PHX_ATIF] = {WIRE_SPANS, true},
};

/* Its spans are taken as they are said to be. */
static bool is_told(int32_t format)
{
    return format == PHX_SPAN_JSON || format == PHX_ATIF;
}

static bool is_format(int32_t format)
{
    return format >= 0 && (size_t)format < sizeof formats / sizeof *formats;
}

static phx_status read_request(struct phx_batch *batch, const void *bytes,
                               size_t size, phx_error *err)
{
    enum wire_signal signal = formats[batch->format].signal;
    struct arena *arena = &batch->arena;
    struct wire_request request = {0};
    phx_status status;

    if (batch->format == PHX_SPAN_JSON)
        status =
            span_json_read(arena, text_span(bytes, size), &request.spans, err);
    else if (batch->format == PHX_ATIF)
        status = atif_read(arena, text_span(bytes, size), &request.spans, err);
    else if (formats[batch->format].json)
        status = wire_read_json(arena, signal, bytes, size, &request, err);
    else
        status = wire_read_protobuf(arena, signal, bytes, size, &request, err);
    if (status < 0)
        return status;
    batch->put.spans = request.spans;
    batch->put.logs = request.logs;
    batch->rejected = request.rejected;
    memcpy(batch->reason, request.reason, sizeof batch->reason);
    return PHX_OK;
}

static phx_status interpret(struct phx_batch *batch, phx_text project,
                            phx_error *err)
{
    struct span_list *spans = &batch->put.spans;
    phx_status status;

    for (size_t i = 0; i < spans->count; i++) {
        struct span *span = &spans->spans[i];
        span->project_name = project;
        status = is_told(batch->format)
                     ? attr_adopt(&batch->arena, span, err)
                     : attr_interpret(&batch->arena, span, err);
        if (status < 0)
            return status;
    }
    return PHX_OK;
}

phx_status phx_batch_decode(int32_t format, const void *bytes, size_t size,
                            const char *project, phx_batch **out,
                            phx_error *err)
{
    struct phx_batch *batch;
    phx_text name = text_of(project);
    phx_status status;

    if ((bytes == NULL && size > 0) || out == NULL)
        return fail_argument(err);
    if (!is_format(format))
        return fail(err, PHX_MISUSE, -1, "%d is no format", format);
    if (size > REQUEST_SIZE)
        return fail(err, PHX_TOO_BIG, -1, "the request is over %d bytes",
                    REQUEST_SIZE);
    if (utf8_check(name.data, name.size) != name.size)
        return fail(err, PHX_INVALID, -1, "the project's name is not UTF-8");
    if ((batch = memory_new(sizeof *batch)) == NULL)
        return fail_memory(err, sizeof *batch);
    *batch = (struct phx_batch){.format = format};
    arena_init(&batch->arena, BATCH_MEMORY);
    if (project != NULL) {
        name.data = arena_copy(&batch->arena, project, name.size);
        if (name.data == NULL) {
            status = arena_status(&batch->arena, name.size, err);
            goto done;
        }
    }
    if ((status = read_request(batch, bytes ? bytes : "", size, err)) < 0)
        goto done;
    status = interpret(batch, name, err);
done:
    if (status < 0)
        phx_batch_free(batch);
    else
        *out = batch;
    return status;
}

size_t phx_batch_size(const phx_batch *batch)
{
    return batch == NULL ? 0 : batch->put.spans.count + batch->put.logs.count;
}

int32_t phx_batch_format(const phx_batch *batch)
{
    return batch == NULL ? -1 : batch->format;
}

size_t phx_batch_memory(const phx_batch *batch)
{
    return batch == NULL ? 0 : sizeof *batch + batch->arena.total;
}

size_t phx_batch_rejected(const phx_batch *batch, const char **reason)
{
    if (reason != NULL)
        *reason = batch == NULL ? "" : batch->reason;
    return batch == NULL ? 0 : (size_t)batch->rejected;
}

const phx_span *phx_batch_span(phx_batch *batch, size_t index)
{
    if (batch == NULL || index >= batch->put.spans.count)
        return NULL;
    const struct span *span = &batch->put.spans.spans[index];
    if ((batch->lent == NULL && lent_span_new(&batch->lent, NULL) < 0) ||
        lent_span_fill(batch->lent, span, span->project_name,
                       PHX_ATTRIBUTES_NESTED, NULL) < 0)
        return NULL;
    return &batch->lent->row;
}

void phx_batch_free(phx_batch *batch)
{
    if (batch == NULL)
        return;
    lent_span_free(batch->lent);
    arena_clear(&batch->arena);
    memory_free(batch);
}

phx_status phx_otlp_answer(int32_t format, uint64_t rejected,
                           const char *reason, phx_buf *out, phx_error *err)
{
    struct buf text;

    if (out == NULL || !is_format(format) || is_told(format))
        return fail_argument(err);
    buf_init(&text, 1 << 20);
    if (formats[format].json)
        wire_write_answer_json(&text, formats[format].signal, rejected,
                               reason ? reason : "");
    else
        wire_write_answer_protobuf(&text, rejected, reason ? reason : "");
    return give_buf(&text, "the answer", out, err);
}

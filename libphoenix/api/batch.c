/*
 * batch.c - the way of a request into the store, in one place:
 *
 *     bytes -> wire_read_* -> attr_interpret -> phx_batch -> store_put
 */
#include "base/base.h"

#include "api/inside.h"

/* Of one batch. Requests as programs send them need four times their size;
 * two bytes of hostile ones can cost a hundred. */
enum { BATCH_MEMORY = 512 << 20 };

static phx_status read_request(struct phx_batch *batch, int32_t format,
                               const void *bytes, size_t size, phx_error *err)
{
    struct wire_request request = {0};
    phx_status status;

    switch (format) {
    case PHX_OTLP_PROTOBUF:
        status = wire_read_protobuf(&batch->arena, WIRE_SPANS, bytes, size,
                                    &request, err);
        break;
    case PHX_OTLP_JSON:
        status = wire_read_json(&batch->arena, WIRE_SPANS, bytes, size,
                                &request, err);
        break;
    case PHX_SPAN_JSON:
        status = span_json_read(&batch->arena, text_span(bytes, size),
                                &request.spans, err);
        break;
    default:
        return fail(err, PHX_MISUSE, -1, "%d is no format", format);
    }
    if (status < 0)
        return status;
    batch->put.spans = request.spans;
    batch->rejected = request.rejected;
    memcpy(batch->reason, request.reason, sizeof batch->reason);
    return PHX_OK;
}

static phx_status interpret(struct phx_batch *batch, int32_t format,
                            phx_text project, phx_error *err)
{
    struct span_list *spans = &batch->put.spans;
    phx_status status;

    for (size_t i = 0; i < spans->count; i++) {
        struct span *span = &spans->spans[i];
        span->project_name = project;
        status = format == PHX_SPAN_JSON
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
    if (size > REQUEST_SIZE)
        return fail(err, PHX_TOO_BIG, -1, "the request is over %d bytes",
                    REQUEST_SIZE);
    if (utf8_check(name.data, name.size) != name.size)
        return fail(err, PHX_INVALID, -1, "the project's name is not UTF-8");
    if ((batch = memory_new(sizeof *batch)) == NULL)
        return fail_memory(err, sizeof *batch);
    *batch = (struct phx_batch){0};
    arena_init(&batch->arena, BATCH_MEMORY);
    if (project != NULL) {
        name.data = arena_copy(&batch->arena, project, name.size);
        if (name.data == NULL) {
            status = arena_status(&batch->arena, name.size, err);
            goto done;
        }
    }
    if ((status = read_request(batch, format, bytes ? bytes : "", size, err)) <
        0)
        goto done;
    status = interpret(batch, format, name, err);
done:
    if (status < 0)
        phx_batch_free(batch);
    else
        *out = batch;
    return status;
}

size_t phx_batch_size(const phx_batch *batch)
{
    return batch == NULL ? 0 : batch->put.spans.count;
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

    if (out == NULL || (format != PHX_OTLP_PROTOBUF && format != PHX_OTLP_JSON))
        return fail_argument(err);
    buf_init(&text, 1 << 20);
    if (format == PHX_OTLP_PROTOBUF)
        wire_write_answer_protobuf(&text, rejected, reason ? reason : "");
    else
        wire_write_answer_json(&text, WIRE_SPANS, rejected,
                               reason ? reason : "");
    return give_buf(&text, "the answer", out, err);
}

/*
 * stream.c - batches as an ArrowArrayStream. Statuses leave as errno codes, and
 * their stories by get_last_error.
 */
#include "base/base.h"

#include "arrow/arrow.h"
#include "arrow/inside.h"

#include <errno.h>

struct stream {
    struct column_source source;
    struct column_batch *batch;
    phx_error error;
};

static int code_of(phx_status status)
{
    switch (status) {
    case PHX_NO_MEMORY:
        return ENOMEM;
    case PHX_INVALID:
        return EINVAL;
    case PHX_TOO_BIG:
        return EOVERFLOW;
    case PHX_INTERRUPTED:
        return ECANCELED;
    default:
        return EIO;
    }
}

static int get_schema(struct ArrowArrayStream *self, struct ArrowSchema *out)
{
    struct stream *stream = self->private_data;
    phx_status status =
        arrow_export_schema(stream->source.schema, out, &stream->error);

    return status < 0 ? code_of(status) : 0;
}

/* An array that is released already is the end. */
static int get_next(struct ArrowArrayStream *self, struct ArrowArray *out)
{
    struct stream *stream = self->private_data;
    phx_status status;

    column_batch_reset(stream->batch);
    status =
        stream->source.fill(stream->source.ctx, stream->batch, &stream->error);
    if (status == PHX_OK)
        status = arrow_export_batch(stream->batch, out, &stream->error);
    else if (status == PHX_DONE)
        *out = (struct ArrowArray){0};
    return status < 0 ? code_of(status) : 0;
}

static const char *get_last_error(struct ArrowArrayStream *self)
{
    const struct stream *stream = self->private_data;

    return stream->error.message;
}

static void release(struct ArrowArrayStream *self)
{
    struct stream *stream = self->private_data;

    column_batch_free(stream->batch);
    stream->source.free(stream->source.ctx);
    memory_free(stream);
    self->release = NULL;
}

phx_status arrow_stream_open(const struct column_source *source,
                             struct ArrowArrayStream *out, phx_error *err)
{
    struct stream *stream = memory_new(sizeof *stream);
    phx_status status;

    if (stream == NULL)
        return fail_memory(err, sizeof *stream);
    *stream = (struct stream){.source = *source};
    if ((status = column_batch_new(source->schema, &stream->batch, err)) < 0) {
        memory_free(stream);
        return status;
    }
    *out = (struct ArrowArrayStream){.get_schema = get_schema,
                                     .get_next = get_next,
                                     .get_last_error = get_last_error,
                                     .release = release,
                                     .private_data = stream};
    return PHX_OK;
}

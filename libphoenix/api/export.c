/*
 * export.c - spans as columns: a stream of Arrow arrays, or the bytes of a
 * file, a batch at a time.
 */
#include "base/base.h"

#include "api/inside.h"
#include "arrow/arrow.h"

/* What a batch holds: of Parquet it is a row group, which is to be large; of
 * the other formats it is held twice, as columns and as bytes. */
enum { GROUP_BYTES = 8 << 20, PIECE_BYTES = 2 << 20 };

struct phx_export {
    struct column_source source;
    struct column_batch *batch;
    struct arrow_writer *writer;
    struct buf bytes; /* written, not given yet */
    bool is_over;
};

phx_status phx_store_export_arrow(phx_store *store, const phx_span_query *query,
                                  const phx_attribute_column *columns,
                                  size_t count, struct ArrowArrayStream *out,
                                  phx_error *err)
{
    struct column_source source;
    phx_status status;

    if (store == NULL || out == NULL)
        return fail_argument(err);
    if ((status =
             span_source_open(store, query, columns, count, &source, err)) < 0)
        return status;
    if ((status = arrow_stream_open(&source, out, err)) < 0)
        source.free(source.ctx);
    return status;
}

static phx_status take(void *ctx, const void *bytes, size_t size,
                       phx_error *err)
{
    buf_add(ctx, bytes, size);
    return buf_status(ctx, "a piece of an export", err);
}

phx_status phx_export_open(phx_store *store, const phx_span_query *query,
                           const phx_attribute_column *columns, size_t count,
                           int32_t format, phx_export **out, phx_error *err)
{
    static const enum arrow_format formats[] = {
        [PHX_ARROW_STREAM] = ARROW_IPC,
        [PHX_PARQUET] = ARROW_PARQUET,
        [PHX_JSON_LINES] = ARROW_JSON_LINES,
        [PHX_CSV] = ARROW_CSV,
    };
    struct column_source source;
    phx_status status;

    if (store == NULL || out == NULL || format < PHX_ARROW_STREAM ||
        format > PHX_CSV)
        return fail_argument(err);
    if ((status =
             span_source_open(store, query, columns, count, &source, err)) < 0)
        return status;
    phx_export *file = memory_new(sizeof *file);
    if (file == NULL) {
        source.free(source.ctx);
        return fail_memory(err, sizeof *file);
    }
    *file = (phx_export){.source = source};
    buf_init(&file->bytes, SIZE_MAX);
    struct arrow_sink sink = {take, &file->bytes};
    if ((status = column_batch_new(source.schema, &file->batch, err)) < 0 ||
        (status = arrow_writer_new(formats[format], source.schema, &sink,
                                   &file->writer, err)) < 0) {
        phx_export_close(file);
        return status;
    }
    column_batch_limit(file->batch,
                       format == PHX_PARQUET ? GROUP_BYTES : PIECE_BYTES);
    *out = file;
    return PHX_OK;
}

phx_status phx_export_next(phx_export *file, phx_buf *out, phx_error *err)
{
    phx_status status;

    if (file == NULL || out == NULL)
        return fail_argument(err);
    if (file->is_over)
        return PHX_DONE;
    column_batch_reset(file->batch);
    status = file->source.fill(file->source.ctx, file->batch, err);
    if (status == PHX_OK)
        status = arrow_writer_put(file->writer, file->batch, err);
    else if (status == PHX_DONE)
        status = arrow_writer_end(file->writer, err);
    if (status < 0)
        return status;
    file->is_over = column_batch_rows(file->batch) == 0;
    return give_buf(&file->bytes, "a piece of an export", out, err);
}

void phx_export_close(phx_export *file)
{
    if (file == NULL)
        return;
    arrow_writer_free(file->writer);
    column_batch_free(file->batch);
    buf_clear(&file->bytes);
    file->source.free(file->source.ctx);
    memory_free(file);
}

/*
 * writer.c - batches to bytes in one of the formats: a table has a row for
 * each.
 */
#include "base/base.h"

#include "arrow/arrow.h"
#include "arrow/inside.h"

#include <assert.h>

static const struct {
    phx_status (*begin)(struct arrow_writer *, phx_error *);
    phx_status (*put)(struct arrow_writer *, const struct column_batch *,
                      phx_error *);
    phx_status (*end)(struct arrow_writer *, phx_error *);
} formats[ARROW_FORMATS] = {
    [ARROW_IPC] = {ipc_begin, ipc_put, ipc_end},
    [ARROW_PARQUET] = {parquet_begin, parquet_put, parquet_end},
    [ARROW_JSON_LINES] = {lines_begin, lines_put, lines_end},
    [ARROW_CSV] = {csv_begin, csv_put, lines_end},
};

phx_status writer_write(struct arrow_writer *writer, const void *bytes,
                        size_t size, phx_error *err)
{
    if (size == 0)
        return PHX_OK;
    writer->offset += size;
    return writer->sink.write(writer->sink.ctx, bytes, size, err);
}

phx_status arrow_writer_new(enum arrow_format format,
                            const struct column_schema *schema,
                            const struct arrow_sink *sink,
                            struct arrow_writer **out, phx_error *err)
{
    phx_status status = schema_check(schema, err);

    if (status < 0)
        return status;
    struct arrow_writer *writer = memory_new(sizeof *writer);
    if (writer == NULL)
        return fail_memory(err, sizeof *writer);
    *writer = (struct arrow_writer){
        .schema = schema, .sink = *sink, .format = format};
    buf_init(&writer->metadata, INT32_MAX);
    if ((status = formats[format].begin(writer, err)) < 0) {
        arrow_writer_free(writer);
        return status;
    }
    *out = writer;
    return PHX_OK;
}

void arrow_writer_free(struct arrow_writer *writer)
{
    if (writer == NULL)
        return;
    parquet_free(writer->parquet);
    buf_clear(&writer->metadata);
    memory_free(writer);
}

phx_status arrow_writer_put(struct arrow_writer *writer,
                            const struct column_batch *batch, phx_error *err)
{
    phx_status status = column_batch_status(batch, err);

    assert(batch->schema == writer->schema);
    return status < 0 ? status
                      : formats[writer->format].put(writer, batch, err);
}

phx_status arrow_writer_end(struct arrow_writer *writer, phx_error *err)
{
    return formats[writer->format].end(writer, err);
}

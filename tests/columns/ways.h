/*
 * ways.h: made-up columns through each way out, and what readers see of them.
 */
#ifndef COLUMNS_WAYS_H
#define COLUMNS_WAYS_H

#include "columns/made.h"
#include "columns/seen_c.h"
#include "columns/seen_ipc.h"
#include "columns/seen_parquet.h"

#include <errno.h>

enum way { WAY_IPC, WAY_PARQUET, WAY_STREAM, WAYS };

/* The rows as they were made. */
static void way_rows_made(const uint8_t *bytes, size_t size, struct buf *json)
{
    struct column_batch *batch = NULL;
    struct made made;

    made_begin(&made, bytes, size);
    need(column_batch_new(&made.schema, &batch, NULL) == PHX_OK);
    while (!made_is_over(&made)) {
        column_batch_reset(batch);
        made_batch(&made, batch);
    }
    buf_add(json, made.json.data, made.json.size);
    column_batch_free(batch);
    made_end(&made);
}

static phx_status way_add(void *ctx, const void *bytes, size_t size,
                          phx_error *err)
{
    int64_t fail_at = memory_faults.fail_at;

    (void)err;
    memory_faults.fail_at = 0;
    buf_add(ctx, bytes, size);
    memory_faults.fail_at = fail_at;
    return PHX_OK;
}

static phx_status way_write(struct made *made, enum arrow_format format,
                            struct buf *file)
{
    struct arrow_sink sink = {way_add, file};
    struct arrow_writer *writer = NULL;
    struct column_batch *batch = NULL;
    phx_status status;

    if ((status = column_batch_new(&made->schema, &batch, NULL)) == PHX_OK)
        status = arrow_writer_new(format, &made->schema, &sink, &writer, NULL);
    while (status == PHX_OK && !made_is_over(made)) {
        column_batch_reset(batch);
        made_batch(made, batch);
        status = arrow_writer_put(writer, batch, NULL);
    }
    if (status == PHX_OK)
        status = arrow_writer_end(writer, NULL);
    arrow_writer_free(writer);
    column_batch_free(batch);
    return status;
}

static phx_status way_fill(void *ctx, struct column_batch *batch,
                           phx_error *err)
{
    (void)err;
    if (made_is_over(ctx))
        return PHX_DONE;
    made_batch(ctx, batch);
    return PHX_OK;
}

static void way_end(void *ctx)
{
    made_end(ctx);
}

static phx_status way_stream(struct made *made, struct arena *arena,
                             struct buf *json)
{
    struct column_source source = {&made->schema, way_fill, way_end, made};
    struct ArrowArrayStream stream;
    int64_t fail_at = memory_faults.fail_at;
    phx_status status = arrow_stream_open(&source, &stream, NULL);

    memory_faults.fail_at = 0;
    if (status < 0) {
        made_end(made);
        return status;
    }
    int code = c_rows(arena, &stream, json, fail_at);
    need(code == 0 || code == ENOMEM);
    need(code == 0 || stream.get_last_error(&stream)[0] != '\0');
    stream.release(&stream);
    need(stream.release == NULL);
    return code == 0 ? PHX_OK : PHX_NO_MEMORY;
}

/* The rows as a reader sees them; the fail_at-th allocation of the writer
 * fails, 0 for none. */
static phx_status way_rows_seen(enum way way, const uint8_t *bytes, size_t size,
                                int64_t fail_at, struct buf *json)
{
    struct arena arena;
    struct buf file;
    struct made made;
    phx_status status;

    arena_init(&arena, SIZE_MAX);
    buf_init(&file, SIZE_MAX);
    made_begin(&made, bytes, size);
    made.json.status = PHX_TOO_BIG;
    memory_faults.seen = 0;
    memory_faults.fail_at = fail_at;
    if (way == WAY_STREAM) {
        status = way_stream(&made, &arena, json);
    } else {
        status =
            way_write(&made, way == WAY_IPC ? ARROW_IPC : ARROW_PARQUET, &file);
        memory_faults.fail_at = 0;
        made_end(&made);
    }
    if (status == PHX_OK && way == WAY_IPC)
        ipc_rows(&arena, &file, json);
    if (status == PHX_OK && way == WAY_PARQUET)
        parquet_rows(&arena, &file, json);
    buf_clear(&file);
    arena_clear(&arena);
    return status;
}

#endif

/*
 * made.c - made-up columns for readers in other languages: a shared library
 * that writes them to files and lends them as a stream.
 */
#include "columns/made.h"

#define EXPORT __attribute__((visibility("default")))

EXPORT int columns_write(const uint8_t *bytes, size_t size, int format,
                         const char *path);
EXPORT int columns_json(const uint8_t *bytes, size_t size, const char *path);
EXPORT int columns_stream(const uint8_t *bytes, size_t size,
                          struct ArrowArrayStream *out);
EXPORT int columns_alive(void);

static int streams; /* that are not released yet */

static phx_status write_file(void *ctx, const void *bytes, size_t size,
                             phx_error *err)
{
    if (fwrite(bytes, 1, size, ctx) != size)
        return fail(err, PHX_IO, -1, "cannot write");
    return PHX_OK;
}

int columns_write(const uint8_t *bytes, size_t size, int format,
                  const char *path)
{
    FILE *file = fopen(path, "wb");
    struct arrow_sink sink = {write_file, file};
    struct arrow_writer *writer = NULL;
    struct column_batch *batch = NULL;
    phx_error err = {0};
    struct made made;
    phx_status status;

    if (file == NULL)
        return -1;
    made_begin(&made, bytes, size);
    if ((status = column_batch_new(&made.schema, &batch, &err)) < 0 ||
        (status = arrow_writer_new((enum arrow_format)format, &made.schema,
                                   &sink, &writer, &err)) < 0)
        goto done;
    while (status == PHX_OK && !made_is_over(&made)) {
        column_batch_reset(batch);
        made_batch(&made, batch);
        status = arrow_writer_put(writer, batch, &err);
    }
    if (status == PHX_OK)
        status = arrow_writer_end(writer, &err);
done:
    if (status < 0)
        fprintf(stderr, "%s\n", err.message);
    arrow_writer_free(writer);
    column_batch_free(batch);
    made_end(&made);
    return fclose(file) == 0 ? status : -1;
}

int columns_json(const uint8_t *bytes, size_t size, const char *path)
{
    FILE *file = fopen(path, "wb");
    struct column_batch *batch = NULL;
    struct made made;

    if (file == NULL)
        return -1;
    made_begin(&made, bytes, size);
    int status = column_batch_new(&made.schema, &batch, NULL);
    while (status == PHX_OK && !made_is_over(&made)) {
        column_batch_reset(batch);
        made_batch(&made, batch);
    }
    if (made.json.size > 0)
        status = write_file(file, made.json.data, made.json.size, NULL);
    column_batch_free(batch);
    made_end(&made);
    return fclose(file) == 0 ? status : -1;
}

struct lent {
    struct made made;
    uint8_t bytes[];
};

static phx_status fill(void *ctx, struct column_batch *batch, phx_error *err)
{
    struct lent *lent = ctx;

    (void)err;
    if (made_is_over(&lent->made))
        return PHX_DONE;
    made_batch(&lent->made, batch);
    return PHX_OK;
}

static void end(void *ctx)
{
    struct lent *lent = ctx;

    made_end(&lent->made);
    memory_free(lent);
    streams--;
}

int columns_stream(const uint8_t *bytes, size_t size,
                   struct ArrowArrayStream *out)
{
    struct lent *lent = memory_new(sizeof *lent + size);

    if (lent == NULL)
        return -1;
    memcpy(lent->bytes, bytes, size);
    made_begin(&lent->made, lent->bytes, size);
    struct column_source source = {&lent->made.schema, fill, end, lent};
    streams++;
    return arrow_stream_open(&source, out, NULL);
}

int columns_alive(void)
{
    return streams;
}

/*
 * inside.h - what the files of the arrow room share.
 */
#ifndef ARROW_INSIDE_H
#define ARROW_INSIDE_H

#include "arrow/arrow.h"

/* All three formats keep numbers as this machine does. */
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "little-endian");

/* --- batch.c ------------------------------------------------------------------ */

/* As Arrow lays it out: the bufs are the array's buffers. */
struct column {
    const struct column_field *field;
    struct column *children;
    struct column *dictionary; /* of words: a column of texts */
    struct map places;         /* of words: hash -> index into it */
    size_t *bytes;             /* of the batch */
    size_t rows, nulls;
    struct buf valid;   /* a bit a row; empty while there is no null */
    struct buf offsets; /* int32 [rows + 1], of texts, bytes and lists */
    struct buf values;  /* bits, eight bytes, int32 indexes, or bytes */
};

struct column_batch {
    const struct column_schema *schema;
    struct arena arena; /* the columns */
    struct column *columns;
    size_t rows, bytes;
    size_t limit; /* of bytes */
};

/* [n] bytes of the offsets; the value of a column with offsets. */
int32_t column_offset(const struct column *column, size_t index);
phx_text column_text(const struct column *column, size_t index);
bool column_has_offsets(const struct column *column);
bool column_has_values(const struct column *column);
bool column_is_valid(const struct column *column, size_t index);

/* --- writer.c ------------------------------------------------------------------- */

struct parquet;

struct arrow_writer {
    const struct column_schema *schema;
    struct arrow_sink sink;
    uint64_t offset;     /* bytes written */
    struct buf metadata; /* of one message; lines */
    struct parquet *parquet;
    enum arrow_format format;
};

phx_status writer_write(struct arrow_writer *writer, const void *bytes,
                        size_t size, phx_error *err);

/* Of each format: ipc.c, parquet.c, lines.c. */
phx_status ipc_begin(struct arrow_writer *writer, phx_error *err);
phx_status ipc_put(struct arrow_writer *writer,
                   const struct column_batch *batch, phx_error *err);
phx_status ipc_end(struct arrow_writer *writer, phx_error *err);
phx_status parquet_begin(struct arrow_writer *writer, phx_error *err);
phx_status parquet_put(struct arrow_writer *writer,
                       const struct column_batch *batch, phx_error *err);
phx_status parquet_end(struct arrow_writer *writer, phx_error *err);
void parquet_free(struct parquet *parquet);
phx_status lines_begin(struct arrow_writer *writer, phx_error *err);
phx_status lines_put(struct arrow_writer *writer,
                     const struct column_batch *batch, phx_error *err);
phx_status lines_end(struct arrow_writer *writer, phx_error *err);
phx_status csv_begin(struct arrow_writer *writer, phx_error *err);
phx_status csv_put(struct arrow_writer *writer,
                   const struct column_batch *batch, phx_error *err);

/* --- schema.c ---------------------------------------------------------------------- */

phx_status schema_check(const struct column_schema *schema, phx_error *err);

/* Columns in all, and how many of them are words. */
uint32_t schema_columns(const struct column_schema *schema, uint32_t *words);

/* The schema's message, as a stream begins with it. */
void ipc_add_schema(struct buf *out, const struct column_schema *schema);

/* A message is begun in an empty buf and ended with its size and padding;
 * *header is the place that points to what it carries. */
void ipc_begin_message(struct buf *out, uint8_t type, uint64_t body_size,
                       size_t *header);
void ipc_end_message(struct buf *out);

#endif

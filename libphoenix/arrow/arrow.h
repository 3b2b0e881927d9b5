/*
 * arrow: columns out, over the Arrow C data interface, and as an Arrow IPC
 * stream, Parquet, JSON lines or CSV. Pure: knows no spans and no database.
 *
 *     rows --> a batch of columns, bounded --> a writer, or a C stream
 */
#ifndef ARROW_ARROW_H
#define ARROW_ARROW_H

#include "base/base.h"
#include "json/json.h"

enum {
    BATCH_ROWS = SHRUNK(65536, 50), /* then a batch is full */
    BATCH_BYTES = 16 << 20,         /* the same; one row may pass */
    COLUMN_DEPTH = 8,               /* lists and structs in each other */
    COLUMN_COUNT = 4096             /* columns of a schema, children too */
};

/* --- schema ----------------------------------------------------------------- */

enum column_type {
    ARROW_BOOL,
    ARROW_INT,     /* 64 bits, signed */
    ARROW_REAL,    /* a double */
    ARROW_TEXT,    /* UTF-8 */
    ARROW_WORD,    /* UTF-8 that repeats: an index into a dictionary */
    ARROW_BYTES,   /* of any kind */
    ARROW_TIME_US, /* since 1970-01-01 UTC */
    ARROW_TIME_NS,
    ARROW_LIST,   /* of its one child */
    ARROW_STRUCT, /* of one child or more */
    ARROW_TYPES
};

/* Any value of any column may be null. */
struct column_field {
    phx_text name; /* of a list's child "item", by custom */
    enum column_type type;
    bool is_json; /* of a text: JSON lines take it as it is */
    uint32_t child_count;
    const struct column_field *children;
};

struct column_note {
    phx_text key, value;
};

/* A schema and all in it lives until its batches, writers and streams end. */
struct column_schema {
    const struct column_field *fields;
    uint32_t count;
    uint32_t note_count;
    const struct column_note *notes; /* metadata for readers: "pandas", ... */
};

/* --- batch.c: columns, filled row by row ------------------------------------- */

/* Errors: INVALID (the schema), TOO_BIG (it is deeper or has more columns than
 * the bounds above). */
struct column_batch;
phx_status column_batch_new(const struct column_schema *schema,
                            struct column_batch **out, phx_error *err);
void column_batch_free(struct column_batch *batch);
void column_batch_reset(struct column_batch *batch); /* no rows again */

/* Bytes from which on a batch is full, if not BATCH_BYTES. */
void column_batch_limit(struct column_batch *batch, size_t bytes);
size_t column_batch_rows(const struct column_batch *batch);

struct column;
struct column *column_batch_at(struct column_batch *batch, uint32_t index);
struct column *column_child(struct column *column, uint32_t index);

/* One value more. What goes wrong is remembered for column_batch_status. */
void column_add_null(struct column *column);
void column_add_bool(struct column *column, bool value);
void column_add_int(struct column *column, int64_t value); /* times, too */
void column_add_real(struct column *column, double value);
void column_add_text(struct column *column, phx_text value); /* absent: null;
                                                      words and bytes, too */

/* To texts: a text as it is, any other value as its JSON. */
void column_add_as_text(struct column *column, const struct value *value);

/* The values that its child got since the last list. */
void column_add_list(struct column *column);

/* What its children got; one that got nothing gets a null. */
void column_add_struct(struct column *column);

/* A column that got nothing gets a null. True if the batch is full. */
bool column_batch_end_row(struct column_batch *batch);

/* OK, or why a value could not be added: NO_MEMORY, or TOO_BIG (one row's
 * texts, or a list, pass 2 GiB). */
phx_status column_batch_status(const struct column_batch *batch,
                               phx_error *err);

/* --- writer.c: batches -> bytes ------------------------------------------------ */

enum arrow_format {
    ARROW_IPC,
    ARROW_PARQUET,
    ARROW_JSON_LINES,
    ARROW_CSV,
    ARROW_FORMATS
};

/* Takes the bytes in their order. A failure of its own ends the writing. */
struct arrow_sink {
    phx_status (*write)(void *ctx, const void *bytes, size_t size,
                        phx_error *err);
    void *ctx;
};

/* Errors of all three: those of the sink, of the schema, and TOO_BIG (a page
 * or a footer over 2 GiB). After a failure a writer may only be freed. */
struct arrow_writer;
phx_status arrow_writer_new(enum arrow_format format,
                            const struct column_schema *schema,
                            const struct arrow_sink *sink,
                            struct arrow_writer **out, phx_error *err);
void arrow_writer_free(struct arrow_writer *writer);

/* The batch, of the same schema, stays as it is. Of Parquet, a row group. */
phx_status arrow_writer_put(struct arrow_writer *writer,
                            const struct column_batch *batch, phx_error *err);
phx_status arrow_writer_end(struct arrow_writer *writer, phx_error *err);

/* --- export.c, stream.c: the Arrow C data interface ------------------------------ */

/* Where the batches of a stream come from. */
struct column_source {
    const struct column_schema *schema;
    /* OK and rows in the empty batch, or DONE. */
    phx_status (*fill)(void *ctx, struct column_batch *batch, phx_error *err);
    void (*free)(void *ctx); /* the schema, too */
    void *ctx;
};

/* The source is the stream's from then on, unless this fails. */
phx_status arrow_stream_open(const struct column_source *source,
                             struct ArrowArrayStream *out, phx_error *err);

phx_status arrow_export_schema(const struct column_schema *schema,
                               struct ArrowSchema *out, phx_error *err);

/* The batch's values become the array's: the batch is empty after that. */
phx_status arrow_export_batch(struct column_batch *batch,
                              struct ArrowArray *out, phx_error *err);

#endif

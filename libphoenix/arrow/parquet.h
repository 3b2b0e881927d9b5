/*
 * parquet.h - what the files of the Parquet writer share.
 */
#ifndef ARROW_PARQUET_H
#define ARROW_PARQUET_H

#include "arrow/inside.h"
#include "arrow/thrift.h"

#define ZSTD_STATIC_LINKING_ONLY
#include <zstd.h>

/* A column of the file: one that has values, however deep in the schema. */
struct parquet_leaf {
    const struct column_field *field;
    uint32_t depth;              /* steps of the path */
    uint32_t path[COLUMN_DEPTH]; /* indexes from the schema down */
    uint32_t definition;         /* the most of a level */
    uint32_t repetition;
};

/* --- rle.c --------------------------------------------------------------------- */

/* values [count] of `width` bits each, up to 32. */
void rle_add(struct buf *out, const uint32_t *values, size_t count,
             uint32_t width);

/* --- chunk.c ------------------------------------------------------------------- */

/* What the footer tells of a chunk. */
struct chunk_facts {
    uint64_t first_page, data_page; /* offsets in the file */
    uint64_t size, packed_size;     /* of all pages with their headers */
    uint64_t values, nulls;
    int64_t least, most; /* of integers and times */
    bool has_bounds;
};

struct chunk_writer {
    ZSTD_CCtx *zstd;
    const struct parquet_leaf *leaf;
    bool is_word;
    uint32_t index_width;
    struct buf definitions, repetitions, indexes; /* of a page, uint32 each */
    struct buf values;
    size_t value_count;
    struct buf page, packed, header;
    struct chunk_facts facts; /* of the last chunk */
};

phx_status chunk_writer_init(struct chunk_writer *chunk, phx_error *err);
void chunk_writer_clear(struct chunk_writer *chunk);
phx_status chunk_write(struct chunk_writer *chunk, struct arrow_writer *writer,
                       const struct parquet_leaf *leaf,
                       const struct column_batch *batch, phx_error *err);

#endif

/*
 * write.h - what the files that write a block share. The way of a span, from
 * writer.c:
 *
 *     shape.c   its tree -> leaves, and the rest
 *     gather.c  leaves and rest -> cells of columns; texts.c: the long texts
 *     ids.c     the tables by row
 *     encode.c  all of it -> bytes; columns.c: one column
 */
#ifndef BLOCK_WRITE_H
#define BLOCK_WRITE_H

#include "block/inside.h"

/* --- shape.c ---------------------------------------------------------- */

/* A place in the trees of spans. They repeat their shapes, so the nodes are
 * kept from block to block, and each remembers which came after it. */
struct node {
    phx_text key; /* of a member */
    phx_text path;
    const struct node *parent;
    struct node *member;    /* the member seen first in the last such object */
    struct node *after;     /* the member that last followed this one */
    struct node *item;      /* element 0 */
    struct node *next_item; /* the element after this one */
    uint64_t block;         /* the last block it had a column in ... */
    uint32_t column;        /* ... and which */
    uint32_t level;
};

struct leaf {
    struct node *node;
    const struct value *value; /* packed if it is an array or object */
};

struct shape {
    struct arena arena;
    struct table table;
    struct node **nodes;
    uint32_t count;
    size_t capacity;
    uint32_t fresh; /* nodes made for this span */
    uint64_t seed;
    struct node root;
    struct buf path;
    struct leaf leaves[BLOCK_LEAVES];
    uint32_t leaf_count;
    const struct member **rest; /* members of the tree that are no leaves */
    uint32_t rest_count;
    size_t rest_capacity;
    phx_status status; /* NO_MEMORY, once it happened */
};

void shape_init(struct shape *shape, uint64_t seed);
void shape_clear(struct shape *shape);
bool shape_is_full(const struct shape *shape); /* a block had better end */
void shape_reset(struct shape *shape);

/* Splits a tree into leaves and a rest. */
phx_status shape_split(struct shape *shape, const struct value *tree,
                       phx_error *err);

/* --- texts.c ----------------------------------------------------------- */

struct compressor {
    ZSTD_CCtx *zstd;
    struct buf *out; /* of the image being made */
};

phx_status compressor_init(struct compressor *compressor, phx_error *err);
void compressor_clear(struct compressor *compressor);

/* Appends compressed bytes to the image; *out is how many. */
phx_status compress_bytes(struct compressor *compressor, const void *bytes,
                          size_t size, size_t *out, phx_error *err);

struct made_frame {
    struct block_frame frame;
    uint32_t raw;
};

struct frame_list {
    struct made_frame *frames;
    uint32_t count;
    size_t capacity;
};

phx_status make_frame(struct compressor *compressor, struct frame_list *list,
                      const void *bytes, size_t size, phx_error *err);

struct text_place {
    uint32_t offset, size;
};

/* The long texts of the block being made. */
struct text_area {
    struct buf bytes;
    struct text_place *places;
    uint32_t count;
    size_t capacity;
    struct table table;
    size_t frame_start; /* of the frame that is filling */
    struct frame_list frames;
    uint64_t seed;
};

void text_area_init(struct text_area *area, uint64_t seed);
void text_area_clear(struct text_area *area);
phx_status text_area_reset(struct text_area *area, phx_error *err);
phx_status text_area_put(struct text_area *area, struct compressor *compressor,
                         phx_text text, uint32_t *number, phx_error *err);
phx_status text_area_end(struct text_area *area, struct compressor *compressor,
                         phx_error *err);

/* --- columns.c ----------------------------------------------------------- */

struct cell {
    union {
        int64_t integer; /* also the number of a long text */
        double real;
        const char *data;
    };
    uint32_t size; /* of data */
    uint16_t row;
    uint8_t type; /* enum cell_type */
};

struct column {
    phx_text path;
    struct cell *cells;
    uint32_t count;
    size_t capacity;
};

struct row_list {
    size_t offset; /* in the frame */
    uint32_t count;
};

enum { ROW_LISTS = 8 };

/* Turns columns into bytes, those of the frame being filled. */
struct column_maker {
    struct buf frame;
    struct table table;
    uint64_t seed;
    int64_t *ints; /* room for every row */
    uint32_t *picks;
    phx_text *strings;
    size_t capacity;
    struct row_list lists[ROW_LISTS]; /* newest at next_list - 1 */
    uint32_t next_list;
};

void column_maker_init(struct column_maker *maker, uint64_t seed);
void column_maker_clear(struct column_maker *maker);
phx_status column_maker_reset(struct column_maker *maker, size_t rows,
                              phx_error *err);
void column_maker_begin_frame(struct column_maker *maker);

void put_ints(struct buf *out, const int64_t *values, uint32_t count);
phx_status put_strings(struct column_maker *maker, const phx_text *strings,
                       uint32_t count, bool repeat, phx_error *err);
phx_status put_column(struct column_maker *maker, const struct column *column,
                      uint32_t rows, phx_error *err);

/* --- writer.c, gather.c, ids.c --------------------------------------------- */

/* The cell of the span before, if it had the same resource or scope. */
struct last_cell {
    const void *owner;
    struct cell cell;
};

struct block_writer {
    struct shape shape;
    struct text_area texts;
    struct compressor compressor;
    struct column_maker maker;
    struct frame_list frames; /* of columns */
    struct buf places;        /* the directory's second half */
    struct buf directory;
    bool begins_frame; /* the next column does */

    uint64_t block;         /* counts blocks */
    struct column *columns; /* [column_count] in use, the rest keep cells */
    uint32_t column_count, columns_made;
    size_t column_capacity;
    uint32_t reserved[RESERVED_COUNT]; /* which column, plus one */
    size_t cell_capacity;              /* of all columns */
    size_t cell_count;
    struct arena small; /* short packed values of this block */
    struct buf packed;
    struct last_cell last_resource, last_scope;

    uint32_t rows, traces, outside;
    size_t row_capacity;
    size_t kept; /* bytes of names and ids */
    int64_t *fixed[COLUMN_NAME];
    phx_text *texts_by_row;
    uint32_t *trace_rows;   /* [traces] the first row of each */
    uint32_t *outside_rows; /* [outside] a row that has this parent */
    struct table ids;
};

/* The tables by row, for so many. */
phx_status writer_new_rows(struct block_writer *writer, size_t rows,
                           phx_error *err);

/* ids.c: fills COLUMN_TRACE and COLUMN_PARENT, and the rows of traces and of
 * outside parents. */
phx_status number_traces(struct block_writer *writer,
                         const struct span *const *spans, phx_error *err);
phx_status number_parents(struct block_writer *writer,
                          const struct span *const *spans, phx_error *err);

/* Adds the attributes of a span and its reserved parts as row `rows`. DONE if
 * the block had better end before it. */
phx_status gather_begin(struct block_writer *writer, phx_error *err);
phx_status gather_span(struct block_writer *writer, const struct span *span,
                       phx_error *err);
void gather_clear(struct block_writer *writer);

#endif

/*
 * read.h - what the files that read a block share. The way back to a span:
 *
 *     decode.c   the directory, and frames as they are asked for
 *     fixed.c    the columns every row has; attributes.c: the others
 *     rows.c     the cells of a row; parts.c: resource, scope, events, links
 *     tree.c     leaves -> the tree that they were; json.c: or its JSON
 *
 * and to rows without their trees: match.c, and lookup.c where a path may lie
 * inside a packed value; search.c by the words of their texts, which searched.c
 * knows.
 */
#ifndef BLOCK_READ_H
#define BLOCK_READ_H

#include "block/inside.h"

/* --- decode.c --------------------------------------------------------- */

struct block_texts {
    struct block_ints ids; /* used if distinct > 0 */
    struct block_ints sizes;
    uint32_t count;
    uint32_t distinct;       /* 0: no dictionary */
    const uint32_t *offsets; /* [sizes.count], or NULL if all have one size */
    const uint8_t *bytes;
    size_t size; /* of bytes */
};

struct place {
    uint32_t frame, offset, size;
};

struct attribute;

struct directory_column {
    struct place place;
    phx_text path;
    struct attribute *opened; /* NULL until its first use */
    struct segment *segments; /* the same */
    uint32_t depth;           /* count of segments */
};

struct frame {
    uint8_t *bytes; /* NULL until its first use */
    uint32_t raw;
};

struct block_reader {
    ZSTD_DCtx *zstd;
};

struct block {
    struct block_reader *reader;
    block_fetch fetch;
    void *ctx;
    struct arena arena; /* everything but the frames' bytes */
    uint8_t *directory;
    uint32_t rows, traces, outside, texts;
    uint32_t column_count, column_frames, frame_count;
    struct frame *frames; /* [frame_count], number 1 first */
    struct place fixed[COLUMN_STORED];
    struct directory_column *columns;      /* [column_count] by path_compare */
    uint32_t reserved_begin, reserved_end; /* which of them are */
    struct block_texts *fixed_texts[COLUMN_FIXED];
    const uint32_t *text_offsets; /* [texts] among all, NULL until needed */
    struct block_ints text_sizes;
    uint32_t *text_starts; /* [text frames + 1] where each begins */
    uint8_t *shared; /* [column_count] leading segments equal to those of the
                        column before; NULL until needed */
};

phx_status fail_block(phx_error *err, const char *what);

/* Decompresses a frame into the arena, or into memory of its own. */
enum { SLACK = 8 }; /* bytes after a frame that may be read */
phx_status block_expand(struct block *block, uint32_t number,
                        struct arena *arena, uint8_t **out, phx_error *err);

/* The bytes of a frame, decoded at its first use. */
phx_status block_frame_bytes(struct block *block, uint32_t number,
                             const uint8_t **out, phx_error *err);

/* count pieces of memory that live as long as the block. */
phx_status block_new(struct block *block, size_t count, size_t size, void **out,
                     phx_error *err);

/* --- fixed.c ------------------------------------------------------------- */

/* Ints and strings at the front of a reader whose bytes lie in a frame. */
phx_status take_ints(struct reader *in, uint32_t count, struct block_ints *out,
                     phx_error *err);
phx_status take_texts(struct block *block, struct reader *in, uint32_t count,
                      struct block_texts *out, phx_error *err);

/* block_int without the door's call. */
static inline int64_t int_at(const struct block_ints *ints, uint32_t index)
{
    uint64_t value = 0;

    if (ints->width > 0) {
        memcpy(&value, ints->bytes + (size_t)index * ints->width, 8);
        if (ints->width < 8)
            value &= ((uint64_t)1 << ints->width * 8) - 1;
    }
    return (int64_t)((uint64_t)ints->base + value);
}

static inline phx_text text_at(const struct block_texts *texts, uint32_t index)
{
    if (texts->distinct > 0)
        index = (uint32_t)int_at(&texts->ids, index);
    size_t size = (size_t)int_at(&texts->sizes, index);
    size_t offset = texts->offsets ? texts->offsets[index] : index * size;
    return text_span(texts->bytes + offset, size);
}

/* Where a long text lies: its frame's number and its bytes there. Errors:
 * CORRUPT for a number that is none. */
struct text_spot {
    uint32_t frame, offset, size;
};
phx_status block_find_text(struct block *block, int64_t number,
                           struct text_spot *out, phx_error *err);

/* --- attributes.c ------------------------------------------------------- */

struct attribute {
    uint32_t count;
    uint8_t type;          /* enum cell_type */
    const uint8_t *rows;   /* u16 each, ascending; NULL if every row has it */
    const uint8_t *types;  /* if mixed */
    const uint16_t *ranks; /* if mixed: which of its family a cell is */
    struct block_ints ints;
    const uint8_t *reals;
    struct block_texts texts;
    struct block_ints longs;
};

static inline uint32_t row_at(const struct attribute *attribute, uint32_t cell)
{
    uint16_t row;

    if (!attribute->rows)
        return cell;
    memcpy(&row, attribute->rows + (size_t)cell * 2, 2);
    return row;
}

static inline uint8_t type_at(const struct attribute *attribute, uint32_t cell)
{
    return attribute->types ? attribute->types[cell] : attribute->type;
}

static inline uint32_t rank_at(const struct attribute *attribute, uint32_t cell)
{
    return attribute->ranks ? attribute->ranks[cell] : cell;
}

phx_status block_attribute(struct block *block, uint32_t column,
                           struct attribute **out, phx_error *err);

/* The first cell from `from` on whose row is `row` or after it. */
uint32_t attribute_seek(const struct attribute *attribute, uint32_t from,
                        uint32_t row);
/* The cell of a row, or the count if it has none. */
uint32_t attribute_find(const struct attribute *attribute, uint32_t row);

/* The first column whose path is not before this one. */
uint32_t block_lower_bound(const struct block *block, phx_text path);
/* The column of this path, or column_count. */
uint32_t block_find_column(const struct block *block, phx_text path);

/* Where the texts of values come to live: they stay in the block, or are
 * copied one by one, or whole frames and dictionaries move to the arena. */
struct lender {
    struct block *block;
    struct arena *arena;
    enum { LEND_BLOCK, LEND_COPY, LEND_FRAMES } how;
    const uint8_t **frames;  /* LEND_FRAMES: [frame_count] in the arena, */
    const uint8_t **strings; /* [column_count + COLUMN_FIXED] strings of each */
};

/* A string of a column; *lent is the column's entry of lender->strings. */
phx_status lend_string(struct lender *lender, const struct block_texts *texts,
                       uint32_t index, const uint8_t **lent, phx_text *out,
                       phx_error *err);

/* The bytes of a string cell. */
phx_status cell_bytes(struct lender *lender, uint32_t column,
                      const struct attribute *attribute, uint32_t cell,
                      phx_text *out, phx_error *err);
phx_status cell_value(struct lender *lender, uint32_t column,
                      const struct attribute *attribute, uint32_t cell,
                      struct value *out, phx_error *err);

/* --- lookup.c --------------------------------------------------------------- */

/* A column in which a row may have an ancestor of what is asked for. */
struct ancestor {
    uint32_t column;
    uint32_t steps; /* that lead to it */
};

struct block_path {
    struct block *block;
    uint32_t leaf;       /* column, or column_count */
    uint32_t below, end; /* columns of descendants */
    struct block_step *steps;
    uint32_t step_count;
    struct ancestor *ancestors; /* the nearest first */
    uint32_t ancestor_count;
};

/* --- searched.c ----------------------------------------------------------- */

/* Whether a search looks at a text of this path; or, for a packed value, at
 * one that is at its path or below. */
bool path_is_searched(phx_text path);
bool path_leads_to_searched(phx_text path);

/* The texts inside a packed value that a search looks at, until one ends it. */
typedef bool (*searched_text)(void *ctx, phx_text path, phx_text text);
phx_status walk_searched(phx_text path, const struct value *value,
                         searched_text found, void *ctx, phx_error *err);

/* --- tree.c --------------------------------------------------------------- */

struct tree_level {
    uint32_t start; /* its children among the pending ones */
    bool array;
};

/* Puts leaves, in the order of their columns, together to a tree. */
struct tree {
    struct arena *arena;
    uint32_t base; /* leading segments all leaves have and the tree has not */
    struct member *pending;
    uint32_t count;
    size_t capacity;
    const struct segment *path; /* of the last leaf; NULL before the first */
    uint32_t depth;
    struct tree_level levels[BLOCK_LEVELS + 2];
};

/* Segments of all columns, and how many each shares with the one before. */
phx_status block_share_segments(struct block *block, phx_error *err);

/* How many segments two columns share. */
uint32_t block_shared_segments(const struct block *block, uint32_t first,
                               uint32_t last);

void tree_init(struct tree *tree, struct arena *arena, uint32_t base);
void tree_clear(struct tree *tree);

/* common: leading segments this leaf shares with the one before. */
phx_status tree_add(struct tree *tree, const struct segment *path,
                    uint32_t depth, uint32_t common, const struct value *value,
                    phx_error *err);

/* The whole, an object if there was no leaf; then the next tree may begin. */
phx_status tree_end(struct tree *tree, struct value *out, phx_error *err);

/* --- rows.c and parts.c -------------------------------------------------- */

enum { NO_ROW = INT32_MAX };

/* A resource or scope read last, and which string it was packed in. */
struct last_part {
    uint64_t string;
    const void *part;
};

struct rows_reader {
    struct block *block;
    struct lender lender;
    struct tree tree;
    bool bare;
    const struct block_choice *choice; /* NULL for all */
    struct tree_json *json;            /* NULL for trees */
    uint32_t row;    /* the last one read; NO_ROW before the first */
    uint32_t *next;  /* [column_count] row of the next cell */
    uint32_t *cells; /* [column_count] the next cell */
    struct attribute **attributes; /* NULL for those left out */
    uint8_t *reserved;             /* [column_count] which; or RESERVED_COUNT */
    struct segment **segments; /* [column_count] paths whose keys outlive the
                                  block; NULL until needed */
    struct last_part last_resource, last_scope;
    struct block_ints ints[COLUMN_FIXED];
    const struct block_texts *texts[COLUMN_FIXED];
};

/* The first column of attributes from `from` on that the row has a cell of, or
 * column_count; and that cell, which the cursor then has passed. */
uint32_t find_leaf(struct rows_reader *reader, uint32_t from, uint32_t row);
uint32_t take_cell(struct rows_reader *reader, uint32_t column);

/* Reads the reserved cell of a column into the span; what is left of its tree
 * into rest. */
phx_status read_reserved(struct rows_reader *reader, uint32_t column,
                         uint32_t cell, struct span *span, struct value *rest,
                         phx_error *err);

/* Adds members that were no columns. */
phx_status add_tree_rest(struct arena *arena, struct value *tree,
                         const struct value *rest, phx_error *err);

/* --- json.c ---------------------------------------------------------------- */

phx_status tree_json_new(struct tree_json **out, phx_error *err);
void tree_json_free(struct tree_json *json);

/* Texts of a span, in the reader's arena: of the leaves of its row; or of the
 * tree that was made; and of the events. */
phx_status tree_json_leaves(struct rows_reader *reader, uint32_t row,
                            struct span *span, phx_error *err);
phx_status tree_json_tree(struct rows_reader *reader, struct span *span,
                          phx_error *err);
phx_status tree_json_events(struct rows_reader *reader, struct span *span,
                            phx_error *err);

#endif

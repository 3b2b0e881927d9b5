/*
 * What the files of this room share: the format, paths, a small hash table,
 * and the two halves, writing and reading.
 *
 *     frame 0     u8 version, u32 raw size, zstd{ directory }
 *     frame 1..   zstd{ columns }, about 32 kB raw, then zstd{ texts }, 1 MB
 *
 *     directory   u32 rows, traces, outside parents, texts, attribute columns,
 *                 column frames, frames; u32 raw size[frames];
 *                 a place for each fixed column; (place, varint key size, key)
 *                 for each attribute column, in order of keys
 *     place       varint size << 1 | 1 if the column begins the next frame
 *     ints        u8 width 0-8, i64 base, width * n bytes
 *     strings     u32 k; ints ids if k; ints sizes; bytes of the k distinct
 *                 strings, or with k = 0 of the n as they come
 *     attribute   u16 n, u8 type; if n < rows: u32 where in the frame stand
 *                 the n row numbers, u16 each (columns share them); u8
 *                 types[n] if the type is CELL_MIXED; then what there is of:
 *                 ints, f64[], strings, ints of long texts' numbers
 *     long texts  64 bytes and more, in order of rows, numbered, each distinct
 *                 one once; the last fixed column has their sizes. None spans
 *                 two frames.
 */
#ifndef BLOCK_INSIDE_H
#define BLOCK_INSIDE_H

#include "base/base.h"

#include "block/block.h"
#include "model/model.h"

#define ZSTD_STATIC_LINKING_ONLY
#include <zstd.h>

enum {
    BLOCK_VERSION = 1,
    LONG_TEXT = 64,
    COLUMN_FRAME = SHRUNK(32 << 10, 1 << 10),
    TEXT_FRAME = SHRUNK(1 << 20, 8 << 10),
    PATH_LIMIT = 1000,       /* bytes of a column's key */
    FRAME_LIMIT = 256 << 20, /* no value of a 64 MiB request packs to more */
    BLOCK_LIMIT = 512 << 20, /* of all frames */
    DIRECTORY_LIMIT = 8 << 20,
    COLUMN_TEXT_SIZES = COLUMN_FIXED, /* ints by number of long text */
    COLUMN_STORED
};

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "columns are little-endian and used in place");

/* --- bytes: the same, an absent text as an empty one ---------------------------- */

static inline uint64_t load64(const char *bytes)
{
    uint64_t value;

    memcpy(&value, bytes, sizeof value);
    return value;
}

static inline uint32_t load32(const char *bytes)
{
    uint32_t value;

    memcpy(&value, bytes, sizeof value);
    return value;
}

/* Without a call for keys and ids, which are short. */
static inline bool same_text(phx_text a, phx_text b)
{
    size_t size = a.size;

    if (size != b.size)
        return false;
    if (size > 16)
        return memcmp(a.data, b.data, size) == 0;
    if (size >= 8)
        return load64(a.data) == load64(b.data) &&
               load64(a.data + size - 8) == load64(b.data + size - 8);
    if (size >= 4)
        return load32(a.data) == load32(b.data) &&
               load32(a.data + size - 4) == load32(b.data + size - 4);
    for (size_t i = 0; i < size; i++)
        if (a.data[i] != b.data[i])
            return false;
    return true;
}

/* What an attribute cell holds. Stored in files: numbers never change. */
enum cell_type {
    CELL_NULL = 0,
    CELL_FALSE,
    CELL_TRUE,
    CELL_INT,
    CELL_REAL,
    CELL_TEXT, /* from here on a string of less than LONG_TEXT bytes ... */
    CELL_BYTES,
    CELL_NUMBER,
    CELL_PACKED,    /* pack_value */
    CELL_LONG = 16, /* ... or with this added the number of a long text */
    CELL_LONG_TEXT = CELL_LONG + CELL_TEXT,
    CELL_LONG_BYTES,
    CELL_LONG_NUMBER,
    CELL_LONG_PACKED,
    CELL_MIXED = 255
};

/* Parts of a span kept as attributes, under keys no path can begin with. */
enum reserved {
    RESERVED_REST, /* members of the tree that could not be columns */
    RESERVED_RAW,
    RESERVED_EVENTS,
    RESERVED_LINKS,
    RESERVED_RESOURCE,
    RESERVED_SCOPE,
    RESERVED_TRACE_STATE,
    RESERVED_STATUS_MESSAGE,
    RESERVED_FLAGS,
    RESERVED_OTLP_KIND,
    RESERVED_OTLP_STATUS,
    RESERVED_DROPPED_ATTRIBUTES,
    RESERVED_DROPPED_EVENTS,
    RESERVED_DROPPED_LINKS,
    RESERVED_COUNT
};

/* The OTLP kind of a span that has none stored: INTERNAL, by far the most. */
enum { USUAL_OTLP_KIND = 1 };

/* --- paths.c ----------------------------------------------------------------- */

phx_text reserved_key(enum reserved reserved);
bool path_is_reserved(phx_text path);

/* A step down a tree: a member, or an element if index >= 0. */
struct segment {
    phx_text key;
    int64_t index;
};

/* A segment more: '.', '[' and '\' of a key are escaped with '\'. */
void path_add_member(struct buf *path, phx_text key, bool first);
void path_add_item(struct buf *path, uint64_t index);

/* Depth first: a node comes before its descendants, and these side by side;
 * members by the bytes of their keys, elements by index. */
int path_compare(phx_text a, phx_text b);

/* True if path is a descendant of prefix. */
bool path_is_below(phx_text path, phx_text prefix);

/* Errors: CORRUPT. */
phx_status path_read(struct arena *arena, phx_text path, struct segment **out,
                     uint32_t *depth, phx_error *err);

/* --- zone.c -------------------------------------------------------------------- */

/* Widens a zone, cleared before its first span. */
void zone_add(struct block_zone *zone, const struct span *span);
bool zone_equal(const struct block_zone *a, const struct block_zone *b);

/* --- table.c: open addressing whose owner compares the keys ------------------- */

struct slot {
    uint32_t hash;
    uint32_t number; /* the owner's, plus one; 0 for a free slot */
};

struct table {
    struct slot *slots;
    size_t capacity; /* slots allocated */
    uint32_t mask;
    uint32_t count;
};

void table_clear(struct table *table);

/* Empty, with room for count keys before it grows. False: no memory. */
bool table_reset(struct table *table, size_t count);

/* Fills a free slot with a number. Invalidates slots. False: no memory. */
bool table_put(struct table *table, struct slot *slot, uint32_t hash,
               uint32_t number);

/* The slots a hash may be in, up to the first free one. */
static inline struct slot *table_first(const struct table *table, uint32_t hash)
{
    return &table->slots[hash & table->mask];
}

static inline struct slot *table_next(const struct table *table,
                                      const struct slot *slot)
{
    return &table->slots[(uint32_t)(slot - table->slots + 1) & table->mask];
}

/* --- writing: shape.c ---------------------------------------------------------- */

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

/* --- writing: texts.c ----------------------------------------------------------- */

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

/* --- writing: columns.c ----------------------------------------------------------- */

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

/* --- writing: writer.c, gather.c, ids.c --------------------------------------------- */

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

/* --- reading: decode.c --------------------------------------------------------- */

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

/* --- reading: fixed.c ------------------------------------------------------------- */

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

/* --- reading: attributes.c ------------------------------------------------------- */

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

/* --- reading: lookup.c --------------------------------------------------------------- */

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

/* --- reading: tree.c --------------------------------------------------------------- */

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

void tree_init(struct tree *tree, struct arena *arena, uint32_t base);
void tree_clear(struct tree *tree);

/* common: leading segments this leaf shares with the one before. */
phx_status tree_add(struct tree *tree, const struct segment *path,
                    uint32_t depth, uint32_t common, const struct value *value,
                    phx_error *err);

/* The whole, an object if there was no leaf; then the next tree may begin. */
phx_status tree_end(struct tree *tree, struct value *out, phx_error *err);

/* --- reading: rows.c and parts.c -------------------------------------------------- */

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

/* Reads the reserved cell of a column into the span; what is left of its tree
 * into rest. */
phx_status read_reserved(struct rows_reader *reader, uint32_t column,
                         uint32_t cell, struct span *span, struct value *rest,
                         phx_error *err);

/* Adds members that were no columns. */
phx_status add_tree_rest(struct arena *arena, struct value *tree,
                         const struct value *rest, phx_error *err);

#endif

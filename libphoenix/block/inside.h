/*
 * inside.h - what the files of this room share: the format, paths, a small hash
 * table, and the two halves, writing and reading.
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

#endif

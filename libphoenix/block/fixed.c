/*
 * fixed.c - ints and strings as they stand in a frame, and the columns made of
 * them that every row, trace or long text has.
 */
#include "base/base.h"

#include "block/block.h"
#include "block/read.h"

/* --- ints ------------------------------------------------------------------------- */

int64_t block_int(const struct block_ints *ints, uint32_t index)
{
    return int_at(ints, index);
}

phx_status take_ints(struct reader *in, uint32_t count, struct block_ints *out,
                     phx_error *err)
{
    out->count = count;
    out->width = reader_u8(in);
    out->base = (int64_t)reader_u64(in);
    if (in->failed || out->width > 8)
        return fail_block(err, "ints that are none");
    out->bytes = reader_bytes(in, (size_t)count * out->width);
    if (in->failed)
        return fail_block(err, "ints cut short");
    return PHX_OK;
}

/* True if every value is in [0, limit). */
static bool ints_are_below(const struct block_ints *ints, uint64_t limit)
{
    uint64_t base = (uint64_t)ints->base, most = 0;

    if (ints->count == 0)
        return true;
    if (base >= limit)
        return false;
    if (ints->width == 0 ||
        (ints->width < 8 && limit - base > (uint64_t)1 << ints->width * 8))
        return true;
    for (uint32_t i = 0; i < ints->count; i++) {
        uint64_t value = (uint64_t)int_at(ints, i) - base;
        most = value > most ? value : most;
    }
    return most < limit - base;
}

static phx_status open_place(struct block *block, const struct place *place,
                             struct reader *in, phx_error *err)
{
    const uint8_t *bytes;
    phx_status status = block_frame_bytes(block, place->frame, &bytes, err);

    if (status == PHX_OK)
        reader_init(in, bytes + place->offset, place->size);
    return status;
}

static uint32_t fixed_count(const struct block *block, int column)
{
    switch (column) {
    case COLUMN_TRACE_NUMBER:
    case COLUMN_TRACE_SESSION:
    case COLUMN_TRACE_ID:
        return block->traces;
    case COLUMN_OUTSIDE_PARENT:
        return block->outside;
    case COLUMN_TEXT_SIZES:
        return block->texts;
    default:
        return block->rows;
    }
}

/* What the values of a fixed column are below; 0 for any. */
static uint64_t fixed_limit(const struct block *block, int column)
{
    switch (column) {
    case COLUMN_KIND:
        return KIND_COUNT;
    case COLUMN_STATUS:
        return STATUS_COUNT;
    case COLUMN_TRACE:
        return block->traces;
    case COLUMN_PARENT:
        return (uint64_t)block->rows + block->outside + 1;
    case COLUMN_TEXT_SIZES:
        return (uint64_t)FRAME_LIMIT + 1;
    default:
        return 0;
    }
}

static phx_status read_fixed_ints(struct block *block, int column,
                                  struct block_ints *out, phx_error *err)
{
    uint64_t limit = fixed_limit(block, column);
    struct reader in;
    phx_status status;

    if ((status = open_place(block, &block->fixed[column], &in, err)) < 0 ||
        (status = take_ints(&in, fixed_count(block, column), out, err)) < 0)
        return status;
    if (limit > 0 && !ints_are_below(out, limit))
        return fail_block(err, "a number out of range");
    return PHX_OK;
}

phx_status block_read_ints(struct block *block, enum block_column column,
                           struct block_ints *out, phx_error *err)
{
    return read_fixed_ints(block, (int)column, out, err);
}

/* --- texts ---------------------------------------------------------------------------- */

/* Where each string begins, as 32-bit sums; checks that they fit. */
static phx_status sum_sizes(struct arena *arena, const struct block_ints *sizes,
                            uint64_t room, const uint32_t **offsets,
                            uint64_t *total, phx_error *err)
{
    uint32_t *sums = arena_new(arena, (size_t)sizes->count * sizeof *sums);
    uint64_t sum = 0;

    if (!sums)
        return arena_status(arena, (size_t)sizes->count * sizeof *sums, err);
    for (uint32_t i = 0; i < sizes->count; i++) {
        uint64_t size = (uint64_t)int_at(sizes, i);
        sums[i] = (uint32_t)sum;
        if (size > room - sum)
            return fail_block(err, "strings cut short");
        sum += size;
    }
    *offsets = sums;
    *total = sum;
    return PHX_OK;
}

phx_status take_texts(struct block *block, struct reader *in, uint32_t count,
                      struct block_texts *out, phx_error *err)
{
    phx_status status;
    uint64_t total;

    *out = (struct block_texts){.count = count};
    out->distinct = reader_u32(in);
    if (in->failed || out->distinct > count)
        return fail_block(err, "a dictionary that is none");
    if (out->distinct > 0) {
        if ((status = take_ints(in, count, &out->ids, err)) < 0)
            return status;
        if (!ints_are_below(&out->ids, out->distinct))
            return fail_block(err, "a string not in its dictionary");
    }
    uint32_t kept = out->distinct > 0 ? out->distinct : count;
    if ((status = take_ints(in, kept, &out->sizes, err)) < 0)
        return status;
    if (out->sizes.width == 0) {
        uint64_t size = kept > 0 ? (uint64_t)out->sizes.base : 0;
        if (size > reader_left(in) || size * kept > reader_left(in))
            return fail_block(err, "strings cut short");
        total = size * kept;
    } else if ((status = sum_sizes(&block->arena, &out->sizes, reader_left(in),
                                   &out->offsets, &total, err)) < 0) {
        return status;
    }
    out->size = (size_t)total;
    out->bytes = reader_bytes(in, out->size);
    return PHX_OK;
}

phx_text block_text(const struct block_texts *texts, uint32_t index)
{
    return text_at(texts, index);
}

uint32_t block_texts_count(const struct block_texts *texts)
{
    return texts->count;
}

phx_status block_read_texts(struct block *block, enum block_column column,
                            const struct block_texts **out, phx_error *err)
{
    struct block_texts *texts = block->fixed_texts[column];
    struct reader in;
    phx_status status;
    void *piece;

    if (!texts) {
        if ((status = block_new(block, 1, sizeof *texts, &piece, err)) < 0 ||
            (status = open_place(block, &block->fixed[column], &in, err)) < 0)
            return status;
        texts = piece;
        if ((status = take_texts(block, &in, fixed_count(block, (int)column),
                                 texts, err)) < 0)
            return status;
        block->fixed_texts[column] = texts;
    }
    *out = texts;
    return PHX_OK;
}

static uint32_t find_eight(const struct block_texts *texts, const char *wanted,
                           uint32_t from)
{
    const uint8_t *at = texts->bytes + (size_t)from * 8;
    uint64_t id, other;

    memcpy(&id, wanted, 8);
    for (; from < texts->count; from++, at += 8) {
        memcpy(&other, at, 8);
        if (other == id)
            break;
    }
    return from;
}

uint32_t block_texts_find(const struct block_texts *texts, phx_text wanted,
                          uint32_t from)
{
    if (texts->distinct == 0 && texts->sizes.width == 0) {
        if (texts->count == 0 || (uint64_t)texts->sizes.base != wanted.size)
            return texts->count;
        if (wanted.size == 8)
            return find_eight(texts, wanted.data, from);
    }
    for (; from < texts->count; from++) {
        if (same_text(text_at(texts, from), wanted))
            break;
    }
    return from;
}

/* --- long texts -------------------------------------------------------------------------- */

/* Where every long text and every frame of them begins. */
static phx_status open_texts(struct block *block, phx_error *err)
{
    uint32_t frames = block->frame_count - block->column_frames;
    struct block_ints sizes;
    const uint32_t *offsets;
    uint64_t total = 0;
    phx_status status;
    void *starts;

    if ((status = block_new(block, (size_t)frames + 1, sizeof(uint32_t),
                            &starts, err)) < 0 ||
        (status = read_fixed_ints(block, COLUMN_TEXT_SIZES, &sizes, err)) < 0)
        return status;
    block->text_starts = starts;
    for (uint32_t i = 0; i < frames; i++) {
        block->text_starts[i] = (uint32_t)total;
        total += block->frames[block->column_frames + i].raw;
    }
    block->text_starts[frames] = (uint32_t)total;
    if ((status = sum_sizes(&block->arena, &sizes, total, &offsets, &total,
                            err)) < 0)
        return status;
    block->text_sizes = sizes;
    block->text_offsets = offsets;
    return PHX_OK;
}

phx_status block_find_text(struct block *block, int64_t number,
                           struct text_spot *out, phx_error *err)
{
    phx_status status;

    if (!block->text_offsets && (status = open_texts(block, err)) < 0)
        return status;
    if (number < 0 || number >= block->texts)
        return fail_block(err, "a reference to no text");
    uint32_t offset = block->text_offsets[number];
    uint32_t size = (uint32_t)int_at(&block->text_sizes, (uint32_t)number);
    uint32_t low = 0, high = block->frame_count - block->column_frames;
    while (high - low > 1) {
        uint32_t middle = (low + high) / 2;
        if (block->text_starts[middle] <= offset)
            low = middle;
        else
            high = middle;
    }
    if (high == 0 || size > block->text_starts[low + 1] - offset)
        return fail_block(err, "a text outside its frame");
    *out = (struct text_spot){block->column_frames + low + 1,
                              offset - block->text_starts[low], size};
    return PHX_OK;
}

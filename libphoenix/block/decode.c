/*
 * Opening a block: its directory, its frames, and the columns every row has.
 * All that is read is checked here or where it is used: any bytes give CORRUPT
 * or a block whose accesses stay in bounds.
 */
#include "base/base.h"

#include "block/block.h"
#include "block/inside.h"

enum { HEADER = 5, DECODED_LIMIT = 1 << 30 };

phx_status fail_block(phx_error *err, const char *what)
{
    return fail(err, PHX_CORRUPT, -1, "block has %s", what);
}

/* --- life --------------------------------------------------------------------- */

static void *zstd_new(void *ctx, size_t size)
{
    (void)ctx;
    return memory_new(size);
}

static void zstd_free(void *ctx, void *memory)
{
    (void)ctx;
    memory_free(memory);
}

phx_status block_reader_new(struct block_reader **out, phx_error *err)
{
    ZSTD_customMem memory = {zstd_new, zstd_free, NULL};
    struct block_reader *reader = memory_new(sizeof *reader);

    if (!reader)
        return fail_memory(err, sizeof *reader);
    reader->zstd = ZSTD_createDCtx_advanced(memory);
    if (!reader->zstd) {
        memory_free(reader);
        return fail(err, PHX_NO_MEMORY, -1, "no memory for decompression");
    }
    *out = reader;
    return PHX_OK;
}

void block_reader_free(struct block_reader *reader)
{
    if (!reader)
        return;
    ZSTD_freeDCtx(reader->zstd);
    memory_free(reader);
}

void block_close(struct block *block)
{
    if (!block)
        return;
    for (uint32_t i = 0; block->frames && i < block->frame_count; i++)
        memory_free(block->frames[i].bytes);
    memory_free(block->directory);
    arena_clear(&block->arena);
    memory_free(block);
}

uint32_t block_rows(const struct block *block)
{
    return block->rows;
}

size_t block_memory(const struct block *block)
{
    return sizeof *block + block->arena.total + block->frame_memory;
}

/* --- frames --------------------------------------------------------------------- */

static phx_status expand(struct block *block, phx_text body, uint8_t *out,
                         size_t raw, phx_error *err)
{
    size_t made = ZSTD_decompressDCtx(block->reader->zstd, out, raw, body.data,
                                      body.size);

    if (made != raw)
        return fail_block(err, "a damaged frame");
    memset(out + raw, 0, SLACK);
    return PHX_OK;
}

phx_status block_expand(struct block *block, uint32_t number, uint8_t *out,
                        phx_error *err)
{
    phx_text body = {NULL, 0};
    phx_status status = block->fetch(block->ctx, number, &body, err);

    if (status < 0)
        return status;
    return expand(block, body, out, block->frames[number - 1].raw, err);
}

phx_status block_frame_bytes(struct block *block, uint32_t number,
                             const uint8_t **out, phx_error *err)
{
    struct frame *frame = &block->frames[number - 1];

    if (!frame->bytes) {
        size_t size = (size_t)frame->raw + SLACK;
        uint8_t *bytes = memory_new(size);
        if (!bytes)
            return fail_memory(err, size);
        phx_status status = block_expand(block, number, bytes, err);
        if (status < 0) {
            memory_free(bytes);
            return status;
        }
        frame->bytes = bytes;
        block->frame_memory += size;
    }
    *out = frame->bytes;
    return PHX_OK;
}

/* --- the directory ---------------------------------------------------------------- */

static phx_status new_piece(struct block *block, size_t count, size_t size,
                            void **out, phx_error *err)
{
    size_t bytes = size_mul(count, size);

    *out = arena_new(&block->arena, bytes);
    return *out ? PHX_OK : arena_status(&block->arena, bytes, err);
}

static phx_status expand_directory(struct block *block, struct reader *out,
                                   phx_error *err)
{
    phx_text body = {NULL, 0};
    struct reader header;
    phx_status status = block->fetch(block->ctx, 0, &body, err);

    if (status < 0)
        return status;
    reader_init(&header, body.data, body.size);
    uint8_t version = reader_u8(&header);
    uint32_t raw = reader_u32(&header);
    if (header.failed || raw > DIRECTORY_LIMIT)
        return fail_block(err, "a damaged directory");
    if (version != BLOCK_VERSION)
        return fail(err, PHX_UNSUPPORTED, -1,
                    "block has version %u, this library knows %d", version,
                    BLOCK_VERSION);
    block->directory = memory_new((size_t)raw + SLACK);
    if (!block->directory)
        return fail_memory(err, raw);
    block->frame_memory += (size_t)raw + SLACK;
    body = text_span(body.data + HEADER, body.size - HEADER);
    if ((status = expand(block, body, block->directory, raw, err)) < 0)
        return status;
    reader_init(out, block->directory, raw);
    return PHX_OK;
}

static phx_status read_counts(struct block *block, struct reader *in,
                              phx_error *err)
{
    block->rows = reader_u32(in);
    block->traces = reader_u32(in);
    block->outside = reader_u32(in);
    block->texts = reader_u32(in);
    block->column_count = reader_u32(in);
    block->column_frames = reader_u32(in);
    block->frame_count = reader_u32(in);
    if (in->failed || block->rows == 0 || block->rows > BLOCK_ROWS ||
        block->traces == 0 || block->traces > block->rows ||
        block->outside > block->rows ||
        block->column_count > BLOCK_COLUMNS + RESERVED_COUNT ||
        block->frame_count >= BLOCK_FRAMES || block->column_frames == 0 ||
        block->column_frames > block->frame_count ||
        block->texts > BLOCK_LIMIT / LONG_TEXT)
        return fail_block(err, "counts that cannot be");
    return PHX_OK;
}

static phx_status read_frames(struct block *block, struct reader *in,
                              phx_error *err)
{
    phx_status status;
    uint64_t total = 0;
    void *frames;

    if ((status = new_piece(block, block->frame_count, sizeof(struct frame),
                            &frames, err)) < 0)
        return status;
    memset(frames, 0, block->frame_count * sizeof(struct frame));
    block->frames = frames;
    for (uint32_t i = 0; i < block->frame_count; i++) {
        block->frames[i].raw = reader_u32(in);
        total += block->frames[i].raw;
        if (in->failed || block->frames[i].raw > FRAME_LIMIT)
            return fail_block(err, "a frame too large");
    }
    if (total > BLOCK_LIMIT)
        return fail_block(err, "frames too large");
    return PHX_OK;
}

/* Columns stand one after the other in their frames; `last` is the one before,
 * and becomes this one. */
static phx_status read_place(struct block *block, struct reader *in,
                             struct place *last, phx_error *err)
{
    uint64_t place = reader_varint(in);

    last->offset += last->size;
    if (place & 1) {
        last->frame++;
        last->offset = 0;
    }
    if (in->failed || last->frame == 0 || last->frame > block->column_frames ||
        place >> 1 > block->frames[last->frame - 1].raw - last->offset)
        return fail_block(err, "a column outside its frame");
    last->size = (uint32_t)(place >> 1);
    return PHX_OK;
}

static phx_status read_columns(struct block *block, struct reader *in,
                               phx_error *err)
{
    struct place last = {0};
    phx_status status;
    void *columns;

    for (int i = 0; i < COLUMN_STORED; i++) {
        if ((status = read_place(block, in, &last, err)) < 0)
            return status;
        block->fixed[i] = last;
    }
    if ((status = new_piece(block, block->column_count,
                            sizeof(struct directory_column), &columns, err)) <
        0)
        return status;
    block->columns = columns;
    for (uint32_t i = 0; i < block->column_count; i++) {
        struct directory_column *column = &block->columns[i];
        *column = (struct directory_column){0};
        if ((status = read_place(block, in, &last, err)) < 0)
            return status;
        column->place = last;
        uint64_t size = reader_varint(in);
        if (in->failed || size > PATH_LIMIT || size > reader_left(in))
            return fail_block(err, "a column key too long");
        column->path = text_span(reader_bytes(in, size), size);
        if (i > 0 && path_compare(column[-1].path, column->path) >= 0)
            return fail_block(err, "columns out of order");
    }
    return PHX_OK;
}

static void find_reserved(struct block *block)
{
    uint32_t i = 0;

    while (i < block->column_count && !path_is_reserved(block->columns[i].path))
        i++;
    block->reserved_begin = i;
    while (i < block->column_count && path_is_reserved(block->columns[i].path))
        i++;
    block->reserved_end = i;
}

phx_status block_open(struct block_reader *reader, block_fetch fetch, void *ctx,
                      struct block **out, phx_error *err)
{
    struct block *block = memory_new(sizeof *block);
    struct reader in;
    phx_status status;

    if (!block)
        return fail_memory(err, sizeof *block);
    *block = (struct block){.reader = reader, .fetch = fetch, .ctx = ctx};
    arena_init(&block->arena, DECODED_LIMIT);
    if ((status = expand_directory(block, &in, err)) < 0 ||
        (status = read_counts(block, &in, err)) < 0 ||
        (status = read_frames(block, &in, err)) < 0 ||
        (status = read_columns(block, &in, err)) < 0)
        goto done;
    find_reserved(block);
    *out = block;
    block = NULL;
    status = PHX_OK;
done:
    block_close(block);
    return status;
}

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

bool ints_are_below(const struct block_ints *ints, uint64_t limit)
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
        if ((status = new_piece(block, 1, sizeof *texts, &piece, err)) < 0 ||
            (status = open_place(block, &block->fixed[column], &in, err)) < 0)
            return status;
        texts = piece;
        if ((status = take_texts(block, &in,
                                 fixed_count(block, (int)column), texts, err)) <
            0)
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

    if ((status = new_piece(block, (size_t)frames + 1, sizeof(uint32_t),
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

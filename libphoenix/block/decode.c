/*
 * decode.c - opening a block: its directory, its frames, and the columns every
 * row has. All that is read is checked here or where it is used: any bytes give
 * CORRUPT or a block whose accesses stay in bounds.
 */
#include "base/base.h"

#include "block/block.h"
#include "block/read.h"

enum { HEADER = 5, DECODED_LIMIT = 1 << 30 };

phx_status fail_block(phx_error *err, const char *what)
{
    return fail(err, PHX_CORRUPT, -1, "block has %s", what);
}

/* --- life --------------------------------------------------------------------- */

phx_status block_reader_new(struct block_reader **out, phx_error *err)
{
    ZSTD_customMem memory = {memory_new_for, memory_free_for, NULL};
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

size_t block_size(const struct block *block)
{
    size_t size = 0;

    for (uint32_t i = 0; i < block->frame_count; i++)
        size += block->frames[i].raw;
    return size;
}

size_t block_memory(const struct block *block)
{
    size_t size = block->arena.total;

    for (uint32_t i = 0; i < block->frame_count; i++)
        size += block->frames[i].bytes ? block->frames[i].raw : 0;
    return size;
}

void block_move(struct block *block, struct block_reader *reader)
{
    block->reader = reader;
}

/* --- frames --------------------------------------------------------------------- */

/* zstd tells the size of what a frame holds before it is decoded: nothing is
 * allocated for a size that is not so. */
static phx_status check_size(phx_text body, size_t raw, phx_error *err)
{
    if (ZSTD_getFrameContentSize(body.data, body.size) != raw)
        return fail_block(err, "a frame of another size");
    return PHX_OK;
}

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

phx_status block_expand(struct block *block, uint32_t number,
                        struct arena *arena, uint8_t **out, phx_error *err)
{
    size_t raw = block->frames[number - 1].raw, size = raw + SLACK;
    phx_text body = {NULL, 0};
    uint8_t *bytes;
    phx_status status;

    if ((status = block->fetch(block->ctx, number, &body, err)) < 0 ||
        (status = check_size(body, raw, err)) < 0)
        return status;
    bytes = arena ? arena_new(arena, size) : memory_new(size);
    if (!bytes)
        return arena ? arena_status(arena, size, err) : fail_memory(err, size);
    if ((status = expand(block, body, bytes, raw, err)) < 0) {
        if (!arena)
            memory_free(bytes);
        return status;
    }
    *out = bytes;
    return PHX_OK;
}

phx_status block_frame_bytes(struct block *block, uint32_t number,
                             const uint8_t **out, phx_error *err)
{
    struct frame *frame = &block->frames[number - 1];
    phx_status status;

    if (!frame->bytes) {
        status = block_expand(block, number, NULL, &frame->bytes, err);
        if (status < 0)
            return status;
    }
    *out = frame->bytes;
    return PHX_OK;
}

/* --- the directory ---------------------------------------------------------------- */

phx_status block_new(struct block *block, size_t count, size_t size, void **out,
                     phx_error *err)
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
    body = text_span(body.data + HEADER, body.size - HEADER);
    if ((status = check_size(body, raw, err)) < 0)
        return status;
    block->directory = memory_new((size_t)raw + SLACK);
    if (!block->directory)
        return fail_memory(err, raw);
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

    if ((status = block_new(block, block->frame_count, sizeof(struct frame),
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
    if ((status = block_new(block, block->column_count,
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

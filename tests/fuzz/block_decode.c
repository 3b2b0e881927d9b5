/*
 * Frames of a block, whatever is in them.
 *
 *     (u16 size, bytes)s     frames before compression, the directory first
 *
 * They are compressed here, so that changes get past zstd's checksums. Any
 * bytes are refused or make a block whose every access is in bounds: all rows
 * are read in each way, to JSON as to the trees it is written of, every column
 * is a path that is looked up and filtered by, and the rows with a word are
 * those in which it is found one by one.
 */
#include <stdint.h>
#include <stdlib.h>
#include <zstd.h>

#include "base/base.h"

#include "block/block.h"
#include "block/read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FRAMES = 32, ROWS = 64 };

struct frames {
    struct buf bodies[FRAMES];
    uint32_t count;
};

static phx_status fetch(void *ctx, uint32_t number, phx_text *out,
                        phx_error *err)
{
    struct frames *frames = ctx;

    if (number >= frames->count)
        return fail(err, PHX_CORRUPT, -1, "no frame %u", number);
    *out = text_span(frames->bodies[number].data, frames->bodies[number].size);
    return PHX_OK;
}

static void add_frame(struct frames *frames, phx_text raw)
{
    struct buf *body = &frames->bodies[frames->count];
    size_t bound = ZSTD_compressBound(raw.size);

    buf_init(body, 1 << 20);
    if (frames->count++ == 0) {
        buf_add_byte(body, 1);
        buf_add_u32(body, (uint32_t)raw.size);
    }
    uint8_t *room = buf_room(body, bound);
    if (!room)
        abort();
    buf_used(body, ZSTD_compress(room, bound, raw.data, raw.size, 1));
}

/* What can be read as trees can be read as JSON, and is what is written of
 * them. */
static void read_json(struct block *block, struct arena *arena,
                      const uint32_t *rows, uint32_t count,
                      const struct span *spans)
{
    struct span *read = arena_new(arena, ROWS * sizeof *read);
    phx_status status =
        block_read_spans(block, arena, rows, count, BLOCK_JSON, read, NULL);
    struct buf json;

    if (status == PHX_CORRUPT)
        abort();
    buf_init(&json, SIZE_MAX);
    for (uint32_t i = 0; i < count && status == PHX_OK; i++) {
        buf_reset(&json);
        json_write_value(&json, &spans[i].tree, 0);
        if (!text_equal(read[i].tree_json, text_span(json.data, json.size)))
            abort();
        buf_reset(&json);
        span_write_events(&spans[i], time_print, &json);
        if (!text_equal(read[i].events_json, text_span(json.data, json.size)))
            abort();
    }
    buf_clear(&json);
}

static void read_rows(struct block *block, struct arena *arena)
{
    uint32_t rows[ROWS];
    struct span *spans = arena_new(arena, ROWS * sizeof *spans);
    uint32_t count = block_rows(block) < ROWS ? block_rows(block) : ROWS;

    for (uint32_t i = 0; i < count; i++)
        rows[i] = block_rows(block) - 1 - i;
    for (int parts = 1; parts < 8; parts++)
        (void)block_read_spans(block, arena, rows, count, parts, spans, NULL);
    (void)block_read_spans(block, arena, rows, 1, 0, spans, NULL);
    if (block_read_spans(block, arena, rows, count, 0, spans, NULL) == PHX_OK)
        read_json(block, arena, rows, count, spans);
}

static void read_paths(struct block *block, struct arena *arena)
{
    for (uint32_t i = 0; i < block->column_count; i++) {
        struct block_step steps[BLOCK_LEVELS];
        struct segment *segments;
        uint32_t depth;
        struct block_path *path;
        if (path_read(arena, block->columns[i].path, &segments, &depth, NULL) <
            0)
            continue;
        for (uint32_t j = 0; j < depth; j++)
            steps[j] = (struct block_step){segments[j].key, segments[j].index};
        for (uint32_t count = 1; count <= depth; count++) {
            struct value value, wants[] = {value_int(1), value_real(0.5),
                                           value_text(text_of("x"))};
            uint8_t bits[BLOCK_ROWS / 8 + 1];
            bool found;
            if (block_path_open(block, arena, steps, count, &path, NULL) < 0)
                continue;
            (void)block_path_value(path, arena, 0, &value, &found, NULL);
            for (int j = 0; j < 3; j++) {
                memset(bits, 255, sizeof bits);
                (void)block_path_filter(path, &wants[j], UINT32_MAX, bits,
                                        NULL);
            }
        }
    }
}

static void search_rows(struct block *block, struct arena *arena)
{
    static uint8_t keep[BLOCK_ROWS];
    struct block_found found;
    struct needle word;

    memset(keep, 1, sizeof keep);
    if (needle_init(&word, arena, text_of("e"), NULL) < 0 ||
        block_search(block, &word, 1, arena, keep, NULL) < 0)
        return;
    for (uint32_t i = 0; i < block_rows(block) && i < ROWS; i++) {
        if (block_search_row(block, &word, arena, i, &found, NULL) >= 0 &&
            keep[i] != (found.word.data != NULL))
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct frames frames;
    struct block_reader *reader;
    struct block_zone zone = {0};
    struct block *block;
    struct arena arena;
    struct reader in;

    frames.count = 0;
    reader_init(&in, data, size);
    while (frames.count < FRAMES && reader_left(&in) > 2) {
        size_t wanted = reader_u16(&in), left = reader_left(&in);
        size_t taken = wanted < left ? wanted : left;
        add_frame(&frames, text_span(reader_bytes(&in, taken), taken));
    }
    arena_init(&arena, 64 << 20);
    if (block_reader_new(&reader, NULL) < 0)
        abort();
    if (block_open(reader, fetch, &frames, &block, NULL) == PHX_OK) {
        read_rows(block, &arena);
        read_paths(block, &arena);
        search_rows(block, &arena);
        (void)block_verify(block, &zone, NULL);
        block_close(block);
    }
    block_reader_free(reader);
    arena_clear(&arena);
    for (uint32_t i = 0; i < frames.count; i++)
        buf_clear(&frames.bodies[i]);
    return 0;
}

/*
 * verify.c - checks a block against itself and its zone: what the readers check
 * on the way to what they need, here for all of it.
 */
#include "base/base.h"

#include "block/block.h"
#include "block/read.h"

enum { ROWS_AT_ONCE = 64, ROWS_LIMIT = 1 << 30 };

static phx_status check_frames(struct block *block, phx_error *err)
{
    const uint8_t *bytes;
    phx_status status;

    for (uint32_t i = 1; i <= block->frame_count; i++)
        if ((status = block_frame_bytes(block, i, &bytes, err)) < 0)
            return status;
    return PHX_OK;
}

static phx_status check_texts(struct block *block, phx_error *err)
{
    struct text_spot spot;
    phx_status status;

    for (uint32_t i = 0; i < block->texts; i++)
        if ((status = block_find_text(block, i, &spot, err)) < 0)
            return status;
    return PHX_OK;
}

/* Reads every span whole, and adds up their zone. */
static phx_status check_rows(struct block *block, struct arena *arena,
                             struct block_zone *zone, phx_error *err)
{
    phx_status status;

    for (uint32_t first = 0; first < block->rows; first += ROWS_AT_ONCE) {
        uint32_t left = block->rows - first;
        uint32_t count = left < ROWS_AT_ONCE ? left : ROWS_AT_ONCE;
        struct span *spans = arena_new(arena, count * sizeof *spans);
        uint32_t rows[ROWS_AT_ONCE];
        if (!spans)
            return arena_status(arena, count * sizeof *spans, err);
        for (uint32_t i = 0; i < count; i++)
            rows[i] = first + i;
        if ((status = block_read_spans(block, arena, rows, count, BLOCK_LENT,
                                       spans, err)) < 0)
            return status;
        for (uint32_t i = 0; i < count; i++)
            zone_add(zone, &spans[i]);
        arena_reset(arena);
    }
    return PHX_OK;
}

phx_status block_verify(struct block *block, const struct block_zone *zone,
                        phx_error *err)
{
    struct block_zone found = {0};
    struct arena arena;
    phx_status status;

    arena_init(&arena, ROWS_LIMIT);
    if ((status = check_frames(block, err)) < 0 ||
        (status = check_texts(block, err)) < 0 ||
        (status = check_rows(block, &arena, &found, err)) < 0)
        goto done;
    if (!zone_equal(&found, zone))
        status = fail_block(err, "another zone than its row says");
done:
    arena_clear(&arena);
    return status;
}

/*
 * texts.c - the long texts of a block, and compression.
 *
 * A text is appended in order of rows, so that one conversation is one
 * neighbourhood, and only once in a block however often it occurs: agents
 * repeat their history in every call. Frames are compressed as they fill,
 * while their bytes are still in the cache.
 */
#include "base/base.h"

#include "block/block.h"
#include "block/write.h"

#include <zstd_errors.h>

/* Level 1 with a window of a whole frame and more hash entries than it has for
 * one: 15 % smaller where sessions interleave, and faster than smaller frames.
 */
enum { LEVEL = 1, WINDOW_LOG = 20, HASH_LOG = 15 };

enum { AREA_LIMIT = BLOCK_TEXTS + FRAME_LIMIT };

enum { FIRST_TEXTS = SHRUNK(4096, 1) };

/* --- compression ------------------------------------------------------------ */

phx_status compressor_init(struct compressor *compressor, phx_error *err)
{
    ZSTD_customMem memory = {memory_new_for, memory_free_for, NULL};

    compressor->out = NULL;
    compressor->zstd = ZSTD_createCCtx_advanced(memory);
    if (!compressor->zstd)
        return fail(err, PHX_NO_MEMORY, -1, "no memory for compression");
    ZSTD_CCtx_setParameter(compressor->zstd, ZSTD_c_compressionLevel, LEVEL);
    ZSTD_CCtx_setParameter(compressor->zstd, ZSTD_c_windowLog, WINDOW_LOG);
    ZSTD_CCtx_setParameter(compressor->zstd, ZSTD_c_hashLog, HASH_LOG);
    ZSTD_CCtx_setParameter(compressor->zstd, ZSTD_c_checksumFlag, 1);
    return PHX_OK;
}

void compressor_clear(struct compressor *compressor)
{
    ZSTD_freeCCtx(compressor->zstd);
    compressor->zstd = NULL;
}

phx_status compress_bytes(struct compressor *compressor, const void *bytes,
                          size_t size, size_t *out, phx_error *err)
{
    size_t bound = ZSTD_compressBound(size);

    if (size > FRAME_LIMIT)
        return fail(err, PHX_TOO_BIG, -1,
                    "a part of a block is %zu bytes, limit is %d", size,
                    FRAME_LIMIT);
    uint8_t *room = buf_room(compressor->out, bound);
    if (!room)
        return buf_status(compressor->out, "a block", err);
    *out = ZSTD_compress2(compressor->zstd, room, bound, bytes, size);
    if (ZSTD_getErrorCode(*out) == ZSTD_error_memory_allocation)
        return fail(err, PHX_NO_MEMORY, -1, "no memory for compression");
    if (ZSTD_isError(*out))
        return fail(err, PHX_INTERNAL, -1, "cannot compress: %s",
                    ZSTD_getErrorName(*out));
    buf_used(compressor->out, *out);
    return PHX_OK;
}

phx_status make_frame(struct compressor *compressor, struct frame_list *list,
                      const void *bytes, size_t size, phx_error *err)
{
    size_t offset = compressor->out->size, made;
    phx_status status;

    struct made_frame *frames = memory_grow(list->frames, &list->capacity,
                                            list->count, sizeof *frames, err);
    if (!frames)
        return PHX_NO_MEMORY;
    list->frames = frames;
    if ((status = compress_bytes(compressor, bytes, size, &made, err)) < 0)
        return status;
    list->frames[list->count++] =
        (struct made_frame){{offset, made}, (uint32_t)size};
    return PHX_OK;
}

/* --- long texts --------------------------------------------------------------- */

void text_area_init(struct text_area *area, uint64_t seed)
{
    *area = (struct text_area){.seed = seed};
    buf_init(&area->bytes, AREA_LIMIT);
}

void text_area_clear(struct text_area *area)
{
    buf_clear(&area->bytes);
    memory_free(area->places);
    memory_free(area->frames.frames);
    table_clear(&area->table);
    text_area_init(area, area->seed);
}

phx_status text_area_reset(struct text_area *area, phx_error *err)
{
    size_t expected = area->count; /* blocks are alike */

    if (area->bytes.capacity > 4 * (size_t)BLOCK_TEXTS)
        buf_clear(&area->bytes);
    buf_reset(&area->bytes);
    area->count = area->frames.count = 0;
    area->frame_start = 0;
    if (!table_reset(&area->table,
                     expected < FIRST_TEXTS ? FIRST_TEXTS : expected))
        return fail(err, PHX_NO_MEMORY, -1, "no memory for texts");
    return PHX_OK;
}

/* Compresses the frame that is filling, and begins the next. */
static phx_status end_frame(struct text_area *area,
                            struct compressor *compressor, phx_error *err)
{
    phx_status status = make_frame(compressor, &area->frames,
                                   area->bytes.data + area->frame_start,
                                   area->bytes.size - area->frame_start, err);

    area->frame_start = area->bytes.size;
    return status;
}

static bool has_text(const struct text_area *area, uint32_t number,
                     phx_text text)
{
    const struct text_place *place = &area->places[number];

    return place->size == text.size &&
           memcmp(area->bytes.data + place->offset, text.data, text.size) == 0;
}

/* Appends a text that is not there yet; its number is area->count - 1. */
static phx_status add_text(struct text_area *area,
                           struct compressor *compressor, phx_text text,
                           phx_error *err)
{
    size_t filled = area->bytes.size - area->frame_start;
    phx_status status;

    if (filled > 0 && filled + text.size > TEXT_FRAME &&
        (status = end_frame(area, compressor, err)) < 0)
        return status;
    struct text_place *places = memory_grow(area->places, &area->capacity,
                                            area->count, sizeof *places, err);
    if (!places)
        return PHX_NO_MEMORY;
    area->places = places;
    uint32_t offset = (uint32_t)area->bytes.size;
    buf_add_text(&area->bytes, text);
    if (area->bytes.status < 0)
        return buf_status(&area->bytes, "a block's texts", err);
    area->places[area->count++] =
        (struct text_place){offset, (uint32_t)text.size};
    return PHX_OK;
}

phx_status text_area_put(struct text_area *area, struct compressor *compressor,
                         phx_text text, uint32_t *number, phx_error *err)
{
    uint32_t hash = (uint32_t)hash_bytes(text.data, text.size, area->seed);
    struct slot *slot = table_first(&area->table, hash);
    phx_status status;

    for (; slot->number != 0; slot = table_next(&area->table, slot)) {
        if (slot->hash == hash && has_text(area, slot->number - 1, text)) {
            *number = slot->number - 1;
            return PHX_OK;
        }
    }
    if ((status = add_text(area, compressor, text, err)) < 0)
        return status;
    *number = area->count - 1;
    if (!table_put(&area->table, slot, hash, *number))
        return fail(err, PHX_NO_MEMORY, -1, "no memory for texts");
    return PHX_OK;
}

phx_status text_area_end(struct text_area *area, struct compressor *compressor,
                         phx_error *err)
{
    if (area->bytes.size == area->frame_start)
        return PHX_OK;
    return end_frame(area, compressor, err);
}

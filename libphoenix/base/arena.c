/*
 * arena.c - pieces of memory that end together. Chunks double up to 1 MiB; a
 * larger piece gets a chunk of its own. -DARENA_PLAIN makes every piece a
 * chunk, so that sanitizers see its edges.
 */
#include "base/base.h"

struct arena_chunk {
    struct arena_chunk *next;
    size_t size; /* bytes after this header */
};

#ifdef TEST_BUILD
enum { FIRST_CHUNK = 64 };
#else
enum { FIRST_CHUNK = 8 << 10 };
#endif
enum { LARGEST_CHUNK = 1 << 20, ALIGNMENT = 8 };

_Static_assert(sizeof(struct arena_chunk) % ALIGNMENT == 0, "pieces align");

void arena_init(struct arena *arena, size_t limit)
{
    *arena = (struct arena){.limit = limit};
}

/* A chunk for at least size bytes becomes the newest. */
static bool add_chunk(struct arena *arena, size_t size)
{
    size_t wanted = arena->chunk ? arena->chunk->size * 2 : FIRST_CHUNK;

    if (wanted > LARGEST_CHUNK)
        wanted = LARGEST_CHUNK;
#ifdef ARENA_PLAIN
    wanted = size;
#endif
    arena->over = size_add(arena->total, size) > arena->limit;
    if (arena->over)
        return false;
    if (wanted < size || size_add(arena->total, wanted) > arena->limit)
        wanted = size;
    struct arena_chunk *chunk = memory_new(size_add(sizeof *chunk, wanted));
    if (chunk == NULL)
        return false;
    chunk->next = arena->chunk;
    chunk->size = wanted;
    arena->chunk = chunk;
    arena->used = 0;
    arena->total += wanted;
    return true;
}

void *arena_new(struct arena *arena, size_t size)
{
    if (size > SIZE_MAX - ALIGNMENT)
        return NULL;
    size = size == 0 ? ALIGNMENT : (size + ALIGNMENT - 1) & ~(size_t)7;
    if (arena->chunk == NULL || arena->chunk->size - arena->used < size) {
        if (!add_chunk(arena, size))
            return NULL;
    }
    uint8_t *piece = (uint8_t *)(arena->chunk + 1) + arena->used;
    arena->used += size;
#ifdef ARENA_PLAIN
    arena->used = arena->chunk->size;
#endif
    return piece;
}

void *arena_copy(struct arena *arena, const void *bytes, size_t size)
{
    void *piece = arena_new(arena, size);

    if (piece != NULL && size > 0)
        memcpy(piece, bytes, size);
    return piece;
}

phx_status arena_keep(struct arena *arena, phx_text *text, phx_error *err)
{
    char *copy;

    if (text->data == NULL)
        return PHX_OK;
    if ((copy = arena_new(arena, size_add(text->size, 1))) == NULL)
        return arena_status(arena, text->size, err);
    if (text->size > 0)
        memcpy(copy, text->data, text->size);
    copy[text->size] = '\0';
    text->data = copy;
    return PHX_OK;
}

void *arena_grow(struct arena *arena, void *items, size_t *capacity,
                 size_t count, size_t item)
{
    if (count < *capacity)
        return items;
    size_t grown = size_grown(*capacity);
    void *larger = arena_new(arena, size_mul(grown, item));
    if (larger == NULL)
        return NULL;
    if (count > 0)
        memcpy(larger, items, count * item);
    *capacity = grown;
    return larger;
}

phx_status arena_status(const struct arena *arena, size_t size, phx_error *err)
{
    if (arena->over || size_add(arena->total, size) > arena->limit)
        return fail(err, PHX_TOO_BIG, -1, "needs over %zu bytes of memory",
                    arena->limit);
    return fail_memory(err, size);
}

static void free_chunks(struct arena_chunk *chunk)
{
    while (chunk != NULL) {
        struct arena_chunk *next = chunk->next;
        memory_free(chunk);
        chunk = next;
    }
}

void arena_reset(struct arena *arena)
{
    if (arena->chunk == NULL)
        return;
    free_chunks(arena->chunk->next);
    arena->chunk->next = NULL;
    arena->total = arena->chunk->size;
    arena->used = 0;
    arena->over = false;
    if (arena->chunk->size > LARGEST_CHUNK)
        arena_clear(arena);
}

void arena_clear(struct arena *arena)
{
    free_chunks(arena->chunk);
    arena_init(arena, arena->limit);
}

/*
 * snippet.c - where a span has a word, and what stands around it there.
 */
#include "base/base.h"

#include "store/find.h"

enum { AROUND = 64 }; /* bytes on each side */

static bool continues(uint8_t byte)
{
    return (byte & 0xC0) == 0x80;
}

/* The bytes before `at` that a snippet has, whole characters. */
static size_t size_before(const uint8_t *begin, const uint8_t *at)
{
    size_t size = (size_t)(at - begin);

    if (size <= AROUND)
        return size;
    size = AROUND;
    while (size > 0 && continues(at[-(ptrdiff_t)size]))
        size--;
    return size;
}

static size_t size_behind(const uint8_t *at, const uint8_t *end)
{
    size_t size = (size_t)(end - at);

    if (size <= AROUND)
        return size;
    size = AROUND;
    while (size > 0 && continues(at[size]))
        size--;
    return size;
}

static phx_status copy_match(const struct block_found *found,
                             struct arena *arena, phx_match *out,
                             phx_error *err)
{
    const uint8_t *text = (const uint8_t *)found->text.data;
    const uint8_t *word = (const uint8_t *)found->word.data;
    size_t size = found->word.size, before = size_before(text, word);
    size_t behind = size_behind(word + size, text + found->text.size);
    phx_status status;

    *out =
        (phx_match){.path = found->path,
                    .offset = (size_t)(word - text),
                    .size = size,
                    .snippet = text_span(word - before, before + size + behind),
                    .mark = before};
    if ((status = arena_keep(arena, &out->path, err)) < 0)
        return status;
    return arena_keep(arena, &out->snippet, err);
}

phx_status snippet_read(struct block *block, const struct needle *word,
                        uint32_t row, struct arena *arena, phx_match *out,
                        phx_error *err)
{
    struct block_found found;
    struct arena scratch;
    phx_status status;

    *out = (phx_match){.path = {NULL, 0}};
    arena_init(&scratch, SIZE_MAX);
    status = block_search_row(block, word, &scratch, row, &found, err);
    if (status >= 0 && found.word.data != NULL)
        status = copy_match(&found, arena, out, err);
    arena_clear(&scratch);
    return status;
}

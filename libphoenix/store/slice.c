/*
 * slice.c - spans that are written again, in newer blocks. They are taken in
 * slices, so that a commit of many large spans does not hold all of them.
 */
#include "base/base.h"

#include "store/commit.h"

enum { SLICE_BYTES = SHRUNK(16 << 20, 16 << 10) };

void slice_begin(struct slice *slice, struct commit *commit)
{
    *slice = (struct slice){.commit = commit};
    arena_init(&slice->arena, SIZE_MAX);
}

phx_status slice_read(struct slice *slice, const struct stored_block *stored,
                      const uint32_t *rows, size_t count, struct span **out,
                      phx_error *err)
{
    size_t size = size_mul(count, sizeof **out);

    if ((*out = arena_new(&slice->arena, size)) == NULL)
        return fail_memory(err, size);
    return block_read_spans(stored->block, &slice->arena, rows, count,
                            BLOCK_WHOLE, *out, err);
}

phx_status slice_add(struct slice *slice, struct span *span, phx_error *err)
{
    struct span **spans =
        arena_grow(&slice->arena, slice->spans, &slice->capacity, slice->count,
                   sizeof *spans);

    if (spans == NULL)
        return fail_memory(err, sizeof *spans);
    slice->spans = spans;
    slice->spans[slice->count++] = span;
    return PHX_OK;
}

static phx_status write_slice(struct slice *slice, phx_error *err)
{
    phx_status status = PHX_OK;

    if (slice->count > 0)
        status =
            commit_write_spans(slice->commit, slice->spans, slice->count, err);
    slice->spans = NULL;
    slice->count = slice->capacity = 0;
    arena_reset(&slice->arena);
    return status;
}

phx_status slice_bound(struct slice *slice, phx_error *err)
{
    return slice->arena.total > SLICE_BYTES ? write_slice(slice, err) : PHX_OK;
}

phx_status slice_end(struct slice *slice, phx_status status, phx_error *err)
{
    if (status >= 0)
        status = write_slice(slice, err);
    arena_clear(&slice->arena);
    return status;
}

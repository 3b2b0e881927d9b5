/*
 * tree.c - leaves -> trees. Leaves come in the order of their columns, so that
 * the descendants of a node come together: each leaf closes the containers it
 * is not in and opens those that are new.
 *
 *     levels    0      1       2
 *     path     llm . input [ 0 ] . role
 *     pending  children of all open containers, the innermost last
 */
#include "base/base.h"

#include "block/block.h"
#include "block/read.h"

static bool same_segment(const struct segment *a, const struct segment *b)
{
    return a->index == b->index && same_text(a->key, b->key);
}

phx_status block_share_segments(struct block *block, phx_error *err)
{
    uint8_t *shared;
    phx_status status;

    if (block->shared)
        return PHX_OK;
    shared = arena_new(&block->arena, block->column_count);
    if (!shared)
        return arena_status(&block->arena, block->column_count, err);
    const struct directory_column *last = NULL;
    for (uint32_t i = 0; i < block->column_count; i++) {
        struct directory_column *column = &block->columns[i];
        uint8_t count = 0;
        if (path_is_reserved(column->path)) {
            shared[i] = BLOCK_LEVELS;
            continue;
        }
        if (!column->segments &&
            (status = path_read(&block->arena, column->path, &column->segments,
                                &column->depth, err)) < 0)
            return status;
        while (last && count < last->depth && count < column->depth &&
               same_segment(&last->segments[count], &column->segments[count]))
            count++;
        shared[i] = count;
        last = column;
    }
    block->shared = shared;
    return PHX_OK;
}

uint32_t block_shared_segments(const struct block *block, uint32_t first,
                               uint32_t last)
{
    uint32_t common = BLOCK_LEVELS;

    for (uint32_t i = first + 1; i <= last; i++)
        if (block->shared[i] < common)
            common = block->shared[i];
    return common;
}

void tree_init(struct tree *tree, struct arena *arena, uint32_t base)
{
    tree->arena = arena;
    tree->base = base;
    tree->pending = NULL;
    tree->count = 0;
    tree->capacity = 0;
    tree->path = NULL;
    tree->depth = 0;
}

void tree_clear(struct tree *tree)
{
    memory_free(tree->pending);
    tree->pending = NULL;
    tree->count = 0;
    tree->capacity = 0;
}

static void open_level(struct tree *tree, uint32_t level,
                       const struct segment *segment)
{
    tree->levels[level] = (struct tree_level){tree->count, segment->index >= 0};
}

/* Adds a child to the container of a level, under its segment there. */
static phx_status add_child(struct tree *tree, uint32_t level,
                            const struct segment *segment,
                            const struct value *value, phx_error *err)
{
    const struct tree_level *container = &tree->levels[level];

    if (container->array != (segment->index >= 0))
        return fail_block(err, "an attribute that is object and array");
    if (container->array && segment->index != tree->count - container->start)
        return fail_block(err, "an array without one of its elements");
    struct member *pending = memory_grow(tree->pending, &tree->capacity,
                                         tree->count, sizeof *pending, err);
    if (!pending)
        return PHX_NO_MEMORY;
    tree->pending = pending;
    pending[tree->count++] = (struct member){segment->key, *value};
    return PHX_OK;
}

/* The container of the innermost level, whose children are all there. */
static phx_status make_container(struct tree *tree, uint32_t level,
                                 struct value *out, phx_error *err)
{
    const struct tree_level *container = &tree->levels[level];
    const struct member *children = tree->pending + container->start;
    uint32_t count = tree->count - container->start;
    size_t size = count * (container->array ? sizeof(struct value)
                                            : sizeof(struct member));
    void *memory = arena_new(tree->arena, size);

    if (!memory)
        return arena_status(tree->arena, size, err);
    *out = (struct value){.kind = container->array ? JSON_ARRAY : JSON_OBJECT,
                          .count = count};
    if (container->array) {
        out->items = memory;
        for (uint32_t i = 0; i < count; i++)
            out->items[i] = children[i].value;
    } else {
        out->members = memory;
        memcpy(memory, children, size);
    }
    tree->count = container->start;
    return PHX_OK;
}

/* Closes the containers below a level. */
static phx_status close_to(struct tree *tree, uint32_t level, phx_error *err)
{
    struct value value;
    phx_status status;

    for (uint32_t i = tree->depth - 1; i > level; i--) {
        if ((status = make_container(tree, i, &value, err)) < 0 ||
            (status = add_child(tree, i - 1, &tree->path[i - 1], &value, err)) <
                0)
            return status;
    }
    return PHX_OK;
}

phx_status tree_add(struct tree *tree, const struct segment *path,
                    uint32_t depth, uint32_t common, const struct value *value,
                    phx_error *err)
{
    uint32_t level = tree->base;
    phx_status status;

    if (tree->path) {
        if (common >= tree->depth)
            return fail_block(err, "an attribute that is value and container");
        level = common;
        if ((status = close_to(tree, level, err)) < 0)
            return status;
    } else {
        open_level(tree, level, &path[level]);
    }
    while (level + 1 < depth) {
        level++;
        open_level(tree, level, &path[level]);
    }
    tree->path = path;
    tree->depth = depth;
    return add_child(tree, level, &path[level], value, err);
}

phx_status tree_end(struct tree *tree, struct value *out, phx_error *err)
{
    phx_status status;

    *out = (struct value){.kind = JSON_OBJECT};
    if (!tree->path)
        return PHX_OK;
    if ((status = close_to(tree, tree->base, err)) < 0)
        return status;
    tree->path = NULL;
    return make_container(tree, tree->base, out, err);
}

/*
 * lookup.c - one attribute by its path, and rows by its value.
 *
 * What a path names in a row is the leaf of that path; or, if the row has
 * leaves below it, those put together; or something inside a packed value that
 * stands at an ancestor. A row has one of these at most.
 */
#include "base/base.h"

#include "block/block.h"
#include "block/read.h"

/* --- opening --------------------------------------------------------------------- */

static phx_status copy_steps(struct block_path *path, struct arena *arena,
                             const struct block_step *steps, phx_error *err)
{
    for (uint32_t i = 0; i < path->step_count; i++) {
        path->steps[i] = steps[i];
        if (!steps[i].key.data)
            continue;
        const void *key =
            arena_copy(arena, steps[i].key.data, steps[i].key.size);
        if (!key)
            return arena_status(arena, steps[i].key.size, err);
        path->steps[i].key = text_span(key, steps[i].key.size);
    }
    return PHX_OK;
}

static void add_ancestor(struct block_path *path, uint32_t column,
                         uint32_t steps)
{
    if (column < path->block->column_count)
        path->ancestors[path->ancestor_count++] =
            (struct ancestor){column, steps};
}

/* Finds the columns of the path and of its ancestors. A step that no column
 * can have ends it: what is further down can only be in a packed ancestor. */
static void find_columns(struct block_path *path, struct buf *text)
{
    const struct block *block = path->block;

    add_ancestor(path, block_find_column(block, reserved_key(RESERVED_REST)),
                 0);
    path->leaf = path->below = path->end = block->column_count;
    for (uint32_t i = 0; i < path->step_count; i++) {
        const struct block_step *step = &path->steps[i];
        if (step->key.data ? step->key.size > PATH_LIMIT
                           : i == 0 || step->index < 0)
            return;
        if (step->key.data)
            path_add_member(text, step->key, i == 0);
        else
            path_add_item(text, (uint64_t)step->index);
        if (text->status < 0 || text->size > PATH_LIMIT || i >= BLOCK_LEVELS)
            return;
        phx_text key = text_span(text->data, text->size);
        uint32_t column = block_find_column(block, key);
        if (i + 1 < path->step_count) {
            add_ancestor(path, column, i + 1);
            continue;
        }
        path->leaf = column;
        path->below = path->end = block_lower_bound(block, key);
        if (column < block->column_count)
            path->end = ++path->below;
        while (path->end < block->column_count &&
               path_is_below(block->columns[path->end].path, key))
            path->end++;
    }
}

static void reverse(struct ancestor *ancestors, uint32_t count)
{
    for (uint32_t i = 0; i < count / 2; i++) {
        struct ancestor other = ancestors[i];
        ancestors[i] = ancestors[count - 1 - i];
        ancestors[count - 1 - i] = other;
    }
}

phx_status block_path_open(struct block *block, struct arena *arena,
                           const struct block_step *steps, size_t count,
                           struct block_path **out, phx_error *err)
{
    size_t size =
        size_add(sizeof(struct block_path),
                 size_mul(count, sizeof *steps + sizeof(struct ancestor)));
    struct block_path *path;
    struct buf text;
    phx_status status;

    if (count == 0 || count > UINT32_MAX)
        return fail(err, PHX_INVALID, -1, "path has %zu steps", count);
    if ((path = arena_new(arena, size)) == NULL)
        return arena_status(arena, size, err);
    *path = (struct block_path){.block = block, .step_count = (uint32_t)count};
    path->steps = (struct block_step *)(path + 1);
    path->ancestors = (struct ancestor *)(path->steps + count);
    if ((status = copy_steps(path, arena, steps, err)) < 0)
        return status;
    buf_init(&text, 4 * PATH_LIMIT);
    find_columns(path, &text);
    if (text.status == PHX_NO_MEMORY)
        status = buf_status(&text, "a path", err);
    buf_clear(&text);
    if (status < 0)
        return status;
    reverse(path->ancestors, path->ancestor_count);
    if (path->below < path->end &&
        (status = block_share_segments(block, err)) < 0)
        return status;
    *out = path;
    return PHX_OK;
}

/* --- one row ------------------------------------------------------------------------ */

static phx_status read_leaf(struct block_path *path, struct arena *arena,
                            uint32_t column, uint32_t row, struct value *out,
                            bool *found, phx_error *err)
{
    struct lender lender = {.block = path->block, .arena = arena};
    struct attribute *attribute;
    phx_status status;

    *found = false;
    if (column == path->block->column_count)
        return PHX_OK;
    if ((status = block_attribute(path->block, column, &attribute, err)) < 0)
        return status;
    uint32_t cell = attribute_find(attribute, row);
    if (cell == attribute->count)
        return PHX_OK;
    *found = true;
    return cell_value(&lender, column, attribute, cell, out, err);
}

static phx_status read_below(struct block_path *path, struct arena *arena,
                             uint32_t row, struct value *out, bool *found,
                             phx_error *err)
{
    const struct block *block = path->block;
    uint32_t common = BLOCK_LEVELS;
    struct value value;
    struct tree tree;
    phx_status status = PHX_OK;

    *found = false;
    tree_init(&tree, arena, path->step_count);
    for (uint32_t i = path->below; i < path->end; i++) {
        bool here;
        if (path_is_reserved(block->columns[i].path))
            continue;
        if (block->shared[i] < common)
            common = block->shared[i];
        if ((status = read_leaf(path, arena, i, row, &value, &here, err)) < 0)
            goto done;
        if (!here)
            continue;
        *found = true;
        if ((status = tree_add(&tree, block->columns[i].segments,
                               block->columns[i].depth, common, &value, err)) <
            0)
            goto done;
        common = BLOCK_LEVELS;
    }
    if (*found)
        status = tree_end(&tree, out, err);
done:
    tree_clear(&tree);
    return status;
}

/* Goes on inside a value. */
static bool follow(const struct block_path *path, uint32_t step,
                   struct value *value)
{
    for (; step < path->step_count; step++) {
        const struct block_step *next = &path->steps[step];
        uint32_t i = 0;
        if (!next->key.data) {
            if (value->kind != JSON_ARRAY || next->index < 0 ||
                next->index >= value->count)
                return false;
            *value = value->items[next->index];
            continue;
        }
        if (value->kind != JSON_OBJECT)
            return false;
        while (i < value->count &&
               !text_equal(value->members[i].key, next->key))
            i++;
        if (i == value->count)
            return false;
        *value = value->members[i].value;
    }
    return true;
}

static phx_status read_ancestors(struct block_path *path, struct arena *arena,
                                 uint32_t row, struct value *out, bool *found,
                                 phx_error *err)
{
    *found = false;
    for (uint32_t i = 0; i < path->ancestor_count && !*found; i++) {
        const struct ancestor *ancestor = &path->ancestors[i];
        struct attribute *attribute;
        phx_status status =
            block_attribute(path->block, ancestor->column, &attribute, err);
        if (status < 0)
            return status;
        uint32_t cell = attribute_find(attribute, row);
        if (cell == attribute->count ||
            (type_at(attribute, cell) & ~CELL_LONG) != CELL_PACKED)
            continue;
        struct lender lender = {.block = path->block, .arena = arena};
        if ((status = cell_value(&lender, ancestor->column, attribute, cell,
                                 out, err)) < 0)
            return status;
        *found = follow(path, ancestor->steps, out);
    }
    return PHX_OK;
}

phx_status block_path_value(struct block_path *path, struct arena *arena,
                            uint32_t row, struct value *out, bool *found,
                            phx_error *err)
{
    phx_status status;

    if ((status = read_leaf(path, arena, path->leaf, row, out, found, err)) <
            0 ||
        *found)
        return status;
    if ((status = read_below(path, arena, row, out, found, err)) < 0 || *found)
        return status;
    status = read_ancestors(path, arena, row, out, found, err);
    if (status == PHX_OK && !*found)
        *out = value_null();
    return status;
}

phx_status block_path_kind(struct block_path *path, struct arena *arena,
                           uint32_t row, uint8_t *out, bool *found,
                           phx_error *err)
{
    static const uint8_t kinds[] = {
        [CELL_NULL] = JSON_NULL,   [CELL_FALSE] = JSON_BOOL,
        [CELL_TRUE] = JSON_BOOL,   [CELL_INT] = JSON_INT,
        [CELL_REAL] = JSON_REAL,   [CELL_TEXT] = JSON_TEXT,
        [CELL_BYTES] = JSON_BYTES, [CELL_NUMBER] = JSON_NUMBER};
    struct attribute *attribute;
    struct value value;
    phx_status status;

    if (path->leaf < path->block->column_count) {
        if ((status =
                 block_attribute(path->block, path->leaf, &attribute, err)) < 0)
            return status;
        uint32_t cell = attribute_find(attribute, row);
        uint8_t type = cell == attribute->count
                           ? CELL_PACKED
                           : type_at(attribute, cell) & (uint8_t)~CELL_LONG;
        if (type != CELL_PACKED) {
            *out = kinds[type];
            *found = true;
            return PHX_OK;
        }
    }
    status = block_path_value(path, arena, row, &value, found, err);
    *out = value.kind;
    return status;
}

phx_status block_read_status_message(struct block *block, struct arena *arena,
                                     uint32_t row, phx_text *out,
                                     phx_error *err)
{
    phx_text key = reserved_key(RESERVED_STATUS_MESSAGE);
    struct block_path path = {.block = block};
    struct value value;
    bool found;
    phx_status status = read_leaf(&path, arena, block_find_column(block, key),
                                  row, &value, &found, err);

    *out = status >= 0 && found && value.kind == JSON_TEXT ? value.text
                                                           : text_span("", 0);
    return status;
}

phx_status block_has_events(struct block *block, uint32_t row, bool *out,
                            phx_error *err)
{
    uint32_t column = block_find_column(block, reserved_key(RESERVED_EVENTS));
    struct attribute *events;
    phx_status status;

    *out = false;
    if (column == block->column_count)
        return PHX_OK;
    if ((status = block_attribute(block, column, &events, err)) < 0)
        return status;
    *out = attribute_find(events, row) < events->count;
    return PHX_OK;
}

/* --- paths there are --------------------------------------------------------- */

uint32_t block_path_count(const struct block *block)
{
    return block->column_count - (block->reserved_end - block->reserved_begin);
}

phx_text block_path_text(const struct block *block, uint32_t index)
{
    if (index >= block->reserved_begin)
        index += block->reserved_end - block->reserved_begin;
    return block->columns[index].path;
}

phx_status block_path_read(struct arena *arena, phx_text path,
                           const struct block_step **out, size_t *count,
                           phx_error *err)
{
    struct segment *segments;
    uint32_t depth;
    phx_status status = path_read(arena, path, &segments, &depth, err);

    if (status < 0)
        return status;
    struct block_step *steps = arena_new(arena, size_mul(depth, sizeof *steps));
    if (steps == NULL)
        return arena_status(arena, depth * sizeof *steps, err);
    for (uint32_t i = 0; i < depth; i++) {
        bool is_key = segments[i].index < 0;
        steps[i] = (struct block_step){.key = is_key ? segments[i].key
                                                     : (phx_text){NULL, 0},
                                       .index = segments[i].index};
    }
    *out = steps;
    *count = depth;
    return PHX_OK;
}

/*
 * shape.c - splits the attribute tree of a span into leaves, each at a node
 * that knows its path. Nodes are kept from span to span and block to block:
 * where a span repeats the shape of one before, every step finds its node in
 * the pointer that was followed last, and a key is compared once and not
 * hashed.
 *
 *     member --> the first member of the last object seen here
 *     after  --> the member that last came after this one
 *     item, next_item --> elements 0, 1, 2 ...
 *
 * A container that does not fit (too deep, too many leaves, keys too long) is
 * one leaf. What input can make of this is bounded: shape_is_full tells when
 * to end the block and forget the nodes.
 */
#include "base/base.h"

#include "block/block.h"
#include "block/write.h"

enum {
    NODES_KEPT = 64 << 10,
    NODES_OF_SPAN = 4 * BLOCK_LEAVES, /* new ones */
    NODE_MEMORY = 16 << 20,
    SHAPE_MEMORY = 256 << 20,
    FETCHED = 16
};

void shape_init(struct shape *shape, uint64_t seed)
{
    arena_init(&shape->arena, SHAPE_MEMORY);
    shape->table = (struct table){0};
    shape->nodes = NULL;
    shape->count = 0;
    shape->capacity = 0;
    shape->seed = seed;
    shape->root = (struct node){0};
    buf_init(&shape->path, 4 * PATH_LIMIT);
    shape->rest = NULL;
    shape->rest_count = 0;
    shape->rest_capacity = 0;
}

void shape_clear(struct shape *shape)
{
    arena_clear(&shape->arena);
    table_clear(&shape->table);
    memory_free(shape->nodes);
    memory_free(shape->rest);
    buf_clear(&shape->path);
    shape_init(shape, shape->seed);
}

bool shape_is_full(const struct shape *shape)
{
    return shape->count > NODES_KEPT || shape->arena.total > NODE_MEMORY;
}

void shape_reset(struct shape *shape)
{
    arena_reset(&shape->arena);
    table_clear(&shape->table);
    shape->count = 0;
    shape->root = (struct node){0};
}

/* --- nodes ------------------------------------------------------------------- */

static bool no_memory(struct shape *shape)
{
    shape->status = PHX_NO_MEMORY;
    return false;
}

/* A node whose path is in shape->path, or NULL if it may not be. */
static struct node *new_node(struct shape *shape, const struct node *parent,
                             phx_text key)
{
    if (shape->path.status < 0) {
        no_memory(shape);
        return NULL;
    }
    if (shape->path.size > PATH_LIMIT || shape->fresh == NODES_OF_SPAN)
        return NULL;
    size_t size = shape->path.size;
    struct node *node =
        arena_new(&shape->arena, sizeof *node + size + key.size);
    if (!node) {
        no_memory(shape);
        return NULL;
    }
    char *bytes = (char *)(node + 1);
    if (size > 0)
        memcpy(bytes, shape->path.data, size);
    if (key.size > 0)
        memcpy(bytes + size, key.data, key.size);
    *node = (struct node){.key = text_span(bytes + size, key.size),
                          .path = text_span(bytes, size),
                          .parent = parent,
                          .level = parent->level + 1};
    shape->fresh++;
    return node;
}

static void begin_path(struct shape *shape, const struct node *parent)
{
    buf_reset(&shape->path);
    buf_add_text(&shape->path, parent->path);
}

static struct node *add_member(struct shape *shape, const struct node *parent,
                               phx_text key, struct slot *slot, uint32_t hash)
{
    if (parent->path.size + key.size > PATH_LIMIT)
        return NULL;
    struct node **nodes = memory_grow(shape->nodes, &shape->capacity,
                                      shape->count, sizeof *nodes, NULL);
    if (!nodes) {
        no_memory(shape);
        return NULL;
    }
    shape->nodes = nodes;
    begin_path(shape, parent);
    path_add_member(&shape->path, key, parent == &shape->root);
    struct node *node = new_node(shape, parent, key);
    if (!node)
        return NULL;
    if (!table_put(&shape->table, slot, hash, shape->count)) {
        no_memory(shape);
        return NULL;
    }
    shape->nodes[shape->count++] = node;
    return node;
}

/* The node of a member, or NULL if there can be none. */
static struct node *find_member(struct shape *shape, const struct node *parent,
                                phx_text key)
{
    uint64_t from = shape->seed ^ (uint64_t)(uintptr_t)parent;
    uint32_t hash = (uint32_t)hash_bytes(key.data, key.size, from);

    if (shape->table.slots == NULL && !table_reset(&shape->table, 0)) {
        no_memory(shape);
        return NULL;
    }
    struct slot *slot = table_first(&shape->table, hash);
    for (; slot->number != 0; slot = table_next(&shape->table, slot)) {
        struct node *node = shape->nodes[slot->number - 1];
        if (slot->hash == hash && node->parent == parent &&
            same_text(node->key, key))
            return node;
    }
    return add_member(shape, parent, key, slot, hash);
}

static struct node *add_item(struct shape *shape, const struct node *parent,
                             uint32_t index)
{
    begin_path(shape, parent);
    path_add_item(&shape->path, index);
    return new_node(shape, parent, (phx_text){NULL, 0});
}

/* --- walking ----------------------------------------------------------------- */

static bool walk_value(struct shape *shape, struct node *node,
                       const struct value *value);

static bool add_leaf(struct shape *shape, struct node *node,
                     const struct value *value)
{
    if (shape->leaf_count == BLOCK_LEAVES)
        return false;
    shape->leaves[shape->leaf_count++] = (struct leaf){node, value};
    return true;
}

/* By the time they are encoded trees have left the cache, and a walk would
 * wait for every node: so children are asked for before they are needed.
 * (Always inline: gcc drops calls of functions that only prefetch.) */
__attribute__((always_inline)) static inline void
fetch_members(const struct value *object)
{
    uint32_t count = object->count < FETCHED ? object->count : FETCHED;

    for (uint32_t i = 0; i < count; i++) {
        __builtin_prefetch(object->members[i].key.data);
        __builtin_prefetch(object->members[i].value.members);
    }
}

__attribute__((always_inline)) static inline void
fetch_items(const struct value *array)
{
    uint32_t count = array->count < FETCHED ? array->count : FETCHED;

    for (uint32_t i = 0; i < count; i++)
        __builtin_prefetch(array->items[i].members);
}

static bool walk_members(struct shape *shape, struct node *node,
                         const struct value *object)
{
    struct node **guess = &node->member;

    fetch_members(object);
    for (uint32_t i = 0; i < object->count; i++) {
        const struct member *member = &object->members[i];
        struct node *child = *guess;
        if (!child || !same_text(child->key, member->key)) {
            child = find_member(shape, node, member->key);
            if (!child)
                return false;
            *guess = child;
        }
        guess = &child->after;
        if (!walk_value(shape, child, &member->value))
            return false;
    }
    return true;
}

static bool walk_items(struct shape *shape, struct node *node,
                       const struct value *array)
{
    struct node **next = &node->item;

    fetch_items(array);
    for (uint32_t i = 0; i < array->count; i++) {
        if (!*next && !(*next = add_item(shape, node, i)))
            return false;
        if (!walk_value(shape, *next, &array->items[i]))
            return false;
        next = &(*next)->next_item;
    }
    return true;
}

/* Arrays of nothing but objects are split; all others are one leaf. */
static bool is_split(const struct value *value)
{
    if (value->kind == JSON_OBJECT)
        return value->count > 0;
    if (value->kind != JSON_ARRAY)
        return false;
    for (uint32_t i = 0; i < value->count; i++)
        if (value->items[i].kind != JSON_OBJECT)
            return false;
    return value->count > 0;
}

/* False if it does not fit, or without memory. Recurses BLOCK_LEVELS deep. */
static bool walk_value(struct shape *shape, struct node *node,
                       const struct value *value)
{
    uint32_t mark = shape->leaf_count;

    if (node->level < BLOCK_LEVELS && is_split(value)) {
        if (value->kind == JSON_OBJECT ? walk_members(shape, node, value)
                                       : walk_items(shape, node, value))
            return true;
        if (shape->status < 0)
            return false;
        shape->leaf_count = mark;
    }
    return add_leaf(shape, node, value);
}

static bool add_rest(struct shape *shape, const struct member *member)
{
    const struct member **rest =
        memory_grow(shape->rest, &shape->rest_capacity, shape->rest_count,
                    sizeof *rest, NULL);

    if (!rest)
        return no_memory(shape);
    shape->rest = rest;
    shape->rest[shape->rest_count++] = member;
    return true;
}

/* A member of the root itself cannot be packed at its parent: it goes to the
 * rest. */
static bool walk_root(struct shape *shape, const struct value *tree)
{
    struct node **guess = &shape->root.member;

    fetch_members(tree);

    for (uint32_t i = 0; i < tree->count; i++) {
        const struct member *member = &tree->members[i];
        struct node *child = *guess;
        if (!child || !same_text(child->key, member->key)) {
            child = find_member(shape, &shape->root, member->key);
            if (child)
                *guess = child;
        }
        if (child && walk_value(shape, child, &member->value)) {
            guess = &child->after;
            continue;
        }
        if (shape->status < 0 || !add_rest(shape, member))
            return false;
    }
    return true;
}

phx_status shape_split(struct shape *shape, const struct value *tree,
                       phx_error *err)
{
    shape->leaf_count = shape->rest_count = shape->fresh = 0;
    shape->status = PHX_OK;
    if (tree->kind == JSON_OBJECT && !walk_root(shape, tree))
        return fail(err, PHX_NO_MEMORY, -1, "no memory for attribute paths");
    return PHX_OK;
}

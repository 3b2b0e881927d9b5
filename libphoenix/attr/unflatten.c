/*
 * unflatten.c - a trie of keys -> nested objects and arrays.
 *
 * A node is emitted under a name, which is its own, or, where its parent is
 * taken by a value or by an array, the parent's name, the separator and its
 * own, beside the parent:
 *
 *     a = 1, a.b = 2       {"a": 1, "a.b": 2}
 *     a.0.x = 1, a.n = 2   {"a": [{"x": 1}], "a.n": 2}
 *
 * Under no name (the root, the elements of arrays, empty segments in an
 * object) children are emitted as members, numbers too.
 */
#include "base/base.h"
#include "attr/attr.h"

#include "attr/inside.h"

/* Members of objects not yet complete; each ends as the top of the stack. A
 * node makes one member at most, so that the stack has a fixed size. */
struct builder {
    struct trie *trie;
    struct member *stack;
    size_t top;
    phx_error *err;
};

static void push(struct builder *builder, phx_text name, struct value value)
{
    builder->stack[builder->top++] =
        (struct member){.key = name, .value = value};
}

/* Makes an object of the members from base on. */
static phx_status pop_object(struct builder *builder, size_t base,
                             struct value *out)
{
    struct member *members = builder->stack + base;
    uint32_t count = (uint32_t)(builder->top - base);
    phx_status status;

    builder->top = base;
    if (builder->trie->may_clash &&
        (status = keys_unique(builder->trie->scratch, members, &count,
                              builder->err)) < 0)
        return status;
    *out = (struct value){.kind = JSON_OBJECT, .count = count};
    out->members = NULL;
    if (count == 0)
        return PHX_OK;
    size_t size = count * sizeof *members;
    out->members = arena_copy(builder->trie->arena, members, size);
    if (out->members == NULL)
        return arena_status(builder->trie->arena, size, builder->err);
    return PHX_OK;
}

/* parent, separator and own name; the own name under no name. */
static phx_status join(struct builder *builder, phx_text parent, phx_text name,
                       phx_text *out)
{
    phx_text separator = builder->trie->separator;
    size_t size = parent.size + separator.size + name.size;

    *out = name;
    if (parent.size == 0)
        return PHX_OK;
    char *joined = arena_new(builder->trie->arena, size);
    if (joined == NULL)
        return arena_status(builder->trie->arena, size, builder->err);
    memcpy(joined, parent.data, parent.size);
    memcpy(joined + parent.size, separator.data, separator.size);
    if (name.size > 0)
        memcpy(joined + parent.size + separator.size, name.data, name.size);
    *out = text_span(joined, size);
    return PHX_OK;
}

/* --- indexes in the order of their numbers ------------------------------- */

static bool is_less(const struct node *a, const struct node *b)
{
    if (a->name.size != b->name.size)
        return a->name.size < b->name.size;
    return memcmp(a->name.data, b->name.data, a->name.size) < 0;
}

static struct node *merge(struct node *a, struct node *b)
{
    struct node *merged = NULL;
    struct node **end = &merged;

    while (a != NULL && b != NULL) {
        struct node **less = is_less(b, a) ? &b : &a;
        *end = *less;
        end = &(*less)->next;
        *less = *end;
    }
    *end = a != NULL ? a : b;
    return merged;
}

/* runs[i] is NULL or a sorted list of 2^i nodes. */
static struct node *sort(struct node *list)
{
    struct node *runs[32] = {NULL};
    struct node *sorted = NULL;

    while (list != NULL) {
        struct node *run = list;
        size_t i = 0;
        list = list->next;
        run->next = NULL;
        for (; runs[i] != NULL; i++) {
            run = merge(runs[i], run);
            runs[i] = NULL;
        }
        runs[i] = run;
    }
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++)
        sorted = merge(runs[i], sorted);
    return sorted;
}

/* Takes a node's indexes, in order, and leaves it the branches. */
static struct node *take_indexes(struct node *node)
{
    struct node *indexes = NULL;
    struct node **index_end = &indexes;
    struct node **branch_end = &node->first;
    bool sorted = true;
    const struct node *before = NULL;

    for (struct node *child = node->first; child; child = child->next) {
        if (!child->is_index) {
            *branch_end = child;
            branch_end = &child->next;
            continue;
        }
        sorted = sorted && (before == NULL || is_less(before, child));
        before = child;
        *index_end = child;
        index_end = &child->next;
    }
    *index_end = NULL;
    *branch_end = NULL;
    return sorted ? indexes : sort(indexes);
}

/* --- nodes --------------------------------------------------------------- */

static phx_status emit(struct builder *builder, struct node *node,
                       phx_text name);

static phx_status emit_children(struct builder *builder, struct node *node,
                                phx_text name)
{
    for (struct node *child = node->first; child; child = child->next) {
        phx_text joined;
        phx_status status = join(builder, name, child->name, &joined);
        if (status < 0 || (status = emit(builder, child, joined)) < 0)
            return status;
    }
    return PHX_OK;
}

static phx_status emit_object(struct builder *builder, struct node *node,
                              struct value *out)
{
    size_t base = builder->top;
    phx_status status = emit_children(builder, node, text_of(""));

    return status < 0 ? status : pop_object(builder, base, out);
}

static phx_status emit_array(struct builder *builder, struct node *node,
                             phx_text name)
{
    size_t size = node->index_count * sizeof(struct value);
    struct value *items = arena_new(builder->trie->arena, size);
    uint32_t count = 0;
    phx_status status;

    if (items == NULL)
        return arena_status(builder->trie->arena, size, builder->err);
    for (struct node *index = take_indexes(node); index; index = index->next) {
        index->is_element = true;
        index->rank = count;
        if ((status = emit_object(builder, index, &items[count++])) < 0)
            return status;
    }
    struct value array = {.kind = JSON_ARRAY, .count = count};
    array.items = items;
    push(builder, name, array);
    return emit_children(builder, node, name);
}

/* Recursion is bounded: a trie is at most JSON_DEPTH deep. */
static phx_status emit(struct builder *builder, struct node *node,
                       phx_text name)
{
    struct value object;
    phx_status status;

    node->is_hidden = name.size == 0;
    if (node->value != NULL) {
        push(builder, name, *node->value);
        return emit_children(builder, node, name);
    }
    if (name.size == 0)
        return emit_children(builder, node, name);
    if (node->index_count > 0)
        return emit_array(builder, node, name);
    if ((status = emit_object(builder, node, &object)) < 0)
        return status;
    push(builder, name, object);
    return PHX_OK;
}

phx_status trie_emit(struct trie *trie, struct value *out, phx_error *err)
{
    struct builder builder = {.trie = trie, .err = err};
    size_t size = size_mul(trie->node_count, sizeof *builder.stack);

    builder.stack = arena_new(trie->scratch, size);
    if (builder.stack == NULL)
        return arena_status(trie->scratch, size, err);
    return emit_object(&builder, &trie->root, out);
}

phx_status attr_unflatten(struct arena *arena, const struct member *flat,
                          size_t count, const struct attr_options *options,
                          struct value *out, phx_error *err)
{
    struct arena scratch;
    struct trie trie;
    phx_status status = PHX_OK;

    arena_init(&scratch, arena->limit);
    trie_init(&trie, arena, &scratch, options);
    for (size_t i = 0; i < count; i++) {
        const struct value *value = &flat[i].value;
        if (value->kind == JSON_NULL)
            continue;
        if (trie_add(&trie, flat[i].key, value, attr_levels(value)) == NULL) {
            status = arena_status(&scratch, sizeof(struct node), err);
            goto done;
        }
    }
    status = trie_emit(&trie, out, err);
done:
    arena_clear(&scratch);
    return status;
}

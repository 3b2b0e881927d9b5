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

struct indexed {
    uint64_t number; /* UINT64_MAX for one of more than 19 digits */
    struct node *node;
};

static uint64_t number_of(phx_text digits)
{
    uint64_t number = 0;

    if (digits.size > 19)
        return UINT64_MAX;
    for (size_t i = 0; i < digits.size; i++)
        number = number * 10 + (uint64_t)(digits.data[i] - '0');
    return number;
}

static bool is_less(const struct indexed *a, const struct indexed *b)
{
    phx_text x = a->node->name;
    phx_text y = b->node->name;

    if (a->number != b->number || a->number != UINT64_MAX)
        return a->number < b->number;
    return x.size != y.size ? x.size < y.size
                            : memcmp(x.data, y.data, x.size) < 0;
}

/* Merges two runs that lie side by side. */
static void merge(const struct indexed *from, size_t middle, size_t end,
                  struct indexed *to)
{
    size_t a = 0;
    size_t b = middle;

    for (size_t i = 0; i < end; i++) {
        if (b == end || (a < middle && !is_less(&from[b], &from[a])))
            to[i] = from[a++];
        else
            to[i] = from[b++];
    }
}

/* The sorted indexes: in items or in spare. */
static struct indexed *sort(struct indexed *items, struct indexed *spare,
                            size_t count)
{
    for (size_t run = 1; run < count; run *= 2) {
        for (size_t at = 0; at < count; at += 2 * run) {
            size_t left = count - at;
            merge(items + at, run < left ? run : left,
                  2 * run < left ? 2 * run : left, spare + at);
        }
        struct indexed *sorted = spare;
        spare = items;
        items = sorted;
    }
    return items;
}

/* Takes a node's indexes, in order, and leaves it the branches. NULL without
 * memory. */
static struct indexed *take_indexes(struct arena *scratch, struct node *node)
{
    size_t size = size_mul(node->index_count, sizeof(struct indexed));
    struct indexed *items = arena_new(scratch, size);
    struct node **branch_end = &node->first;
    bool sorted = true;
    size_t count = 0;

    if (items == NULL)
        return NULL;
    for (struct node *child = node->first; child; child = child->next) {
        if (!child->is_index) {
            *branch_end = child;
            branch_end = &child->next;
            continue;
        }
        items[count].number = number_of(child->name);
        items[count].node = child;
        sorted =
            sorted && (count == 0 || is_less(&items[count - 1], &items[count]));
        count++;
    }
    *branch_end = NULL;
    if (sorted)
        return items;
    struct indexed *spare = arena_new(scratch, size);
    return spare != NULL ? sort(items, spare, count) : NULL;
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
    struct trie *trie = builder->trie;
    struct value array = {.kind = JSON_ARRAY, .count = node->index_count};
    size_t size = size_mul(array.count, sizeof *array.items);
    struct indexed *indexes = take_indexes(trie->scratch, node);
    phx_status status;

    if (indexes == NULL)
        return arena_status(trie->scratch, size, builder->err);
    array.items = arena_new(trie->arena, size);
    if (array.items == NULL)
        return arena_status(trie->arena, size, builder->err);
    for (uint32_t i = 0; i < array.count; i++) {
        struct node *element = indexes[i].node;
        element->is_element = true;
        element->rank = i;
        if ((status = emit_object(builder, element, &array.items[i])) < 0)
            return status;
    }
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

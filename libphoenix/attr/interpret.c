/*
 * interpret.c - a span's flat attributes -> its tree and what follows from it,
 * in the order of the reference:
 *
 *     gen_ai synthesis, token numbers, JSON texts, tree, kind, input
 *
 * Of equal keys the last wins before anything else happens: a null that comes
 * last deletes the attribute. Repeated keys and nulls are rare, so the tree is
 * built as if there were none, and built again without them if there were.
 */
#include "base/base.h"
#include "attr/attr.h"

#include <stdio.h>

#include "attr/inside.h"

/* A JSON text whose tree would not be written back as the same bytes. */
struct raw {
    struct raw *next;
    const struct member *member;
    const struct node *node; /* NULL if it was null, and is not in the tree */
    const struct value *value;
};

struct reading {
    struct arena *arena;
    struct arena scratch;
    struct trie trie;
    struct raw *raw; /* newest first */
    uint32_t raw_count;
    bool has_null;
    phx_error *err;
};

/* --- would the JSON text come back? -------------------------------------- */

/* A store gives members back in the order of their paths, in which . [ and \
 * are escaped. True if that is the order they have, whatever surrounds them. */
static bool is_ordered(const struct value *value, int depth)
{
    const struct value *inner = NULL;

    if (value->kind != JSON_ARRAY && value->kind != JSON_OBJECT)
        return true;
    if (depth > JSON_DEPTH)
        return false;
    for (uint32_t i = 0; i < value->count; i++) {
        if (value->kind == JSON_ARRAY) {
            inner = &value->items[i];
        } else {
            phx_text key = value->members[i].key;
            phx_text before = i > 0 ? value->members[i - 1].key : key;
            inner = &value->members[i].value;
            for (size_t j = 0; j < key.size; j++) {
                if (key.data[j] == '.' || key.data[j] == '[' ||
                    key.data[j] == '\\')
                    return false;
            }
            if (i > 0 && (text_compare(before, key) >= 0 ||
                          (key.size > before.size &&
                           memcmp(key.data, before.data, before.size) == 0)))
                return false;
        }
        if (!is_ordered(inner, depth + 1))
            return false;
    }
    return true;
}

static phx_status check_rewritten(struct reading *reading, phx_text text,
                                  const struct value *value, bool *same)
{
    struct buf buf;
    phx_status status;

    *same = value->kind == JSON_OBJECT && is_ordered(value, 0);
    if (!*same)
        return PHX_OK;
    buf_init(&buf, ATTR_TEXT_LIMIT);
    json_write_value(&buf, value, JSON_SPACED | JSON_ASCII | JSON_NONFINITE);
    status = buf_status(&buf, "JSON text", reading->err);
    *same = buf.size == text.size &&
            (text.size == 0 || memcmp(buf.data, text.data, text.size) == 0);
    buf_clear(&buf);
    return status;
}

/* --- one attribute ------------------------------------------------------- */

static phx_status no_room(const struct arena *arena, struct reading *reading)
{
    return arena_status(arena, sizeof(struct node), reading->err);
}

static phx_status add(struct reading *reading, phx_text key,
                      const struct value *value, struct node **out)
{
    struct node *node =
        trie_add(&reading->trie, key, value, attr_levels(value));

    if (out != NULL)
        *out = node;
    return node != NULL ? PHX_OK : no_room(&reading->scratch, reading);
}

static phx_status keep_raw(struct reading *reading, const struct member *member,
                           const struct node *node, const struct value *value)
{
    struct raw *raw = arena_new(&reading->scratch, sizeof *raw);

    if (raw == NULL)
        return no_room(&reading->scratch, reading);
    *raw = (struct raw){
        .next = reading->raw, .member = member, .node = node, .value = value};
    reading->raw = raw;
    reading->raw_count++;
    return PHX_OK;
}

static phx_status add_json_text(struct reading *reading,
                                const struct member *member)
{
    struct value *value = arena_new(reading->arena, sizeof *value);
    phx_text text = member->value.text;
    struct node *node;
    bool found;
    bool same;
    phx_status status;

    if (value == NULL)
        return no_room(reading->arena, reading);
    if ((status =
             attr_parse(reading->arena, text, value, &found, reading->err)) < 0)
        return status;
    if (found && value->kind == JSON_NULL) {
        reading->has_null = true;
        return keep_raw(reading, member, NULL, NULL);
    }
    if (!found || !attr_fits(member->key, value))
        return add(reading, member->key, &member->value, NULL);
    if ((status = check_rewritten(reading, text, value, &same)) < 0 ||
        (status = add(reading, member->key, value, &node)) < 0)
        return status;
    return same ? PHX_OK : keep_raw(reading, member, node, value);
}

static phx_status add_token_count(struct reading *reading,
                                  const struct member *member)
{
    struct value *number = arena_new(reading->arena, sizeof *number);
    bool found;
    phx_status status;

    if (number == NULL)
        return no_room(reading->arena, reading);
    if ((status = attr_int(reading->arena, &member->value, number, &found,
                           reading->err)) < 0)
        return status;
    return add(reading, member->key, found ? number : &member->value, NULL);
}

static phx_status add_attribute(struct reading *reading,
                                const struct member *member)
{
    switch (member->value.kind) {
    case JSON_NULL:
        reading->has_null = true;
        return PHX_OK;
    case JSON_TEXT:
        if (attr_is_json_text(member->key))
            return add_json_text(reading, member);
        break;
    case JSON_INT:
        return add(reading, member->key, &member->value, NULL);
    default:
        break;
    }
    if (attr_is_token_count(member->key))
        return add_token_count(reading, member);
    return add(reading, member->key, &member->value, NULL);
}

static phx_status add_all(struct reading *reading,
                          const struct attributes *flat)
{
    phx_status status = PHX_OK;

    trie_init(&reading->trie, reading->arena, &reading->scratch, NULL);
    reading->raw = NULL;
    reading->raw_count = 0;
    reading->has_null = false;
    for (uint32_t i = 0; i < flat->count && status == PHX_OK; i++)
        status = add_attribute(reading, &flat->members[i]);
    return status;
}

/* --- raw texts, by the key that the tree gives them ---------------------- */

static void add_segment(struct buf *key, const struct node *node, bool is_last)
{
    char digits[16];

    if (node->is_hidden && !is_last && !node->is_element)
        return;
    if (key->size > 0)
        buf_add_byte(key, '.');
    if (node->is_element) {
        snprintf(digits, sizeof digits, "%u", (unsigned)node->rank);
        buf_add_string(key, digits);
    } else {
        buf_add_text(key, node->name);
    }
}

/* The key that flattening the tree gives a node: gaps of arrays are closed,
 * segments are trimmed. */
static phx_status settled_key(struct reading *reading, const struct node *node,
                              phx_text *out)
{
    const struct node *path[JSON_DEPTH];
    size_t depth = 0;
    struct buf key;
    phx_status status;

    for (; node->parent != NULL; node = node->parent)
        path[depth++] = node;
    buf_init(&key, ATTR_KEY_LIMIT);
    while (depth > 0) {
        depth--;
        add_segment(&key, path[depth], depth == 0);
    }
    status = buf_status(&key, "attribute key", reading->err);
    if (status == PHX_OK) {
        char *copy = arena_copy(reading->arena, key.data, key.size);
        *out = text_span(copy, key.size);
        if (copy == NULL)
            status = no_room(reading->arena, reading);
    }
    buf_clear(&key);
    return status;
}

static phx_status set_raw(struct reading *reading, struct attributes *out)
{
    size_t size = size_mul(reading->raw_count, sizeof *out->members);
    uint32_t first = reading->raw_count;
    phx_status status;

    *out = (struct attributes){0};
    if (reading->raw_count == 0)
        return PHX_OK;
    struct member *members = arena_new(reading->arena, size);
    if (members == NULL)
        return no_room(reading->arena, reading);
    for (const struct raw *raw = reading->raw; raw; raw = raw->next) {
        if (raw->node != NULL && raw->node->value != raw->value)
            continue;
        struct member *member = &members[--first];
        *member = *raw->member;
        if (raw->node != NULL &&
            (status = settled_key(reading, raw->node, &member->key)) < 0)
            return status;
    }
    out->members = members + first;
    out->count = reading->raw_count - first;
    return PHX_OK;
}

static phx_status read_tree(struct arena *arena, struct attributes *flat,
                            struct span *span, phx_error *err)
{
    struct reading reading = {.arena = arena, .err = err};
    phx_status status;

    arena_init(&reading.scratch, arena->limit);
    if ((status = add_all(&reading, flat)) < 0)
        goto done;
    if (reading.trie.repeated || reading.has_null) {
        struct member *members =
            arena_copy(arena, flat->members, flat->count * sizeof *members);
        if (members == NULL) {
            status = no_room(arena, &reading);
            goto done;
        }
        flat->members = members;
        if ((status = keys_unique(&reading.scratch, members, &flat->count,
                                  err)) < 0 ||
            (status = add_all(&reading, flat)) < 0)
            goto done;
    }
    if ((status = trie_emit(&reading.trie, &span->tree, err)) < 0)
        goto done;
    status = set_raw(&reading, &span->raw);
done:
    arena_clear(&reading.scratch);
    return status;
}

phx_status attr_interpret(struct arena *arena, struct span *span,
                          phx_error *err)
{
    struct attributes flat = span->attributes;
    phx_status status;

    if ((status = attr_add_genai(arena, &flat, err)) < 0 ||
        (status = read_tree(arena, &flat, span, err)) < 0 ||
        (status = attr_settle_input(arena, &span->tree, err)) < 0)
        return status;
    for (uint32_t i = 0; i < span->event_count; i++) {
        if ((status = attr_settle_event(arena, &span->events[i], err)) < 0)
            return status;
    }
    attr_set_kind(span);
    return attr_derive(arena, span, err);
}

phx_status attr_adopt(struct arena *arena, struct span *span, phx_error *err)
{
    phx_status status;

    span->raw = (struct attributes){0};
    if ((status = attr_unflatten(arena, span->attributes.members,
                                 span->attributes.count, NULL, &span->tree,
                                 err)) < 0)
        return status;
    return attr_derive(arena, span, err);
}

/*
 * A JSON object as flat attributes: unflattening, flattening and what a span
 * makes of them never crash; a span written from its tree and read again has
 * the same tree, and so has its flattening, once flattening lost its losses.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/base.h"
#include "attr/attr.h"
#include "json/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "%s\n", what);
        abort();
    }
}

static void print(const char *what, const struct value *value)
{
    struct buf buf;

    buf_init(&buf, SIZE_MAX / 2);
    json_write_value(&buf, value, JSON_NONFINITE);
    fprintf(stderr, "%s %.*s\n", what, (int)buf.size,
            buf.data ? (const char *)buf.data : "");
    buf_clear(&buf);
}

static void must_equal(const struct value *a, const struct value *b,
                       const char *what)
{
    if (!value_equal(a, b)) {
        print("first", a);
        print("again", b);
        must(false, what);
    }
}

/* OTLP has no numbers past 64 bits. */
static bool has_number(const struct value *value)
{
    bool found = value->kind == JSON_NUMBER;

    for (uint32_t i = 0;
         !found && value->kind == JSON_ARRAY && i < value->count; i++)
        found = has_number(&value->items[i]);
    for (uint32_t i = 0;
         !found && value->kind == JSON_OBJECT && i < value->count; i++)
        found = has_number(&value->members[i].value);
    return found;
}

static void flatten_again(struct arena *arena, const struct value *tree,
                          int flags, struct value *out)
{
    struct attributes flat;

    must(attr_flatten(arena, tree, NULL, flags, &flat, NULL) == PHX_OK,
         "flatten");
    must(attr_unflatten(arena, flat.members, flat.count, NULL, out, NULL) ==
             PHX_OK,
         "unflatten");
}

/* Odd spellings of keys that mean something, as " llm.token_count.prompt",
 * mean it only once they were written again. */
static bool may_change(const struct value *tree)
{
    return value_member(tree, "gen_ai") || value_at(tree, "llm.token_count") ||
           has_number(tree);
}

static void interpret_again(struct arena *arena, const struct value *object)
{
    struct span span = {.attributes = {.count = object->count}};
    struct span again;

    span.attributes.members = object->members;
    must(attr_interpret(arena, &span, NULL) == PHX_OK, "interpret");
    for (int i = 0; i < 2; i++) {
        again = span;
        must(attr_restore(arena, &again, NULL) == PHX_OK, "restore");
        must(attr_interpret(arena, &again, NULL) == PHX_OK, "interpret again");
        if (i > 0 || !may_change(&span.tree)) {
            must_equal(&span.tree, &again.tree, "restored tree differs");
            must(text_equal(span.session_name, again.session_name), "session");
            must(span.kind == again.kind, "kind");
            must(span.prompt_tokens == again.prompt_tokens, "tokens");
        }
        span = again;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct value object;
    struct value tree;
    struct value lossy;
    struct value again;

    arena_init(&arena, SIZE_MAX);
    if (json_read(&arena, text_span(data, size), JSON_LENIENT, &object, NULL) ==
            PHX_OK &&
        object.kind == JSON_OBJECT) {
        must(attr_unflatten(&arena, object.members, object.count, NULL, &tree,
                            NULL) == PHX_OK,
             "unflatten");
        flatten_again(&arena, &tree, ATTR_RECURSE, &lossy);
        flatten_again(&arena, &lossy, ATTR_RECURSE, &again);
        flatten_again(&arena, &tree, ATTR_RECURSE | ATTR_JSON_TEXTS, &again);
        interpret_again(&arena, &object);
    }
    arena_clear(&arena);
    return 0;
}

/*
 * vectors.h: reads the files of tests/vectors, and the wrapped values in them.
 *
 *     {"$double": "NaN"}  {"$int": "dec"}  {"$bytes": "base64"}
 *     {"$str": "base64 of UTF-8"}  {"$obj": [[key, value], ...]}
 */
#ifndef VECTORS_H
#define VECTORS_H

#include <math.h>
#include <stdlib.h>

#include "base/base.h"
#include "json/json.h"

static inline phx_text vectors_file(struct arena *arena, const char *path)
{
    FILE *file = fopen(path, "rb");
    struct buf buf;
    char piece[4096];
    size_t size;
    phx_text text;

    if (file == NULL)
        fprintf(stderr, "no file %s; run from the top of the tree\n", path);
    ok(file != NULL);
    buf_init(&buf, SIZE_MAX / 2);
    while ((size = fread(piece, 1, sizeof piece, file)) > 0)
        buf_add(&buf, piece, size);
    fclose(file);
    text = text_span(arena_copy(arena, buf.data, buf.size), buf.size);
    ok(text.data != NULL);
    buf_clear(&buf);
    return text;
}

static inline struct value vectors_read(struct arena *arena, const char *path)
{
    struct value whole;
    const struct value *list;

    succeeds(json_read(arena, vectors_file(arena, path), 0, &whole, err));
    list = value_member(&whole, "vectors");
    return list ? *list : whole;
}

static inline phx_text vectors_base64(struct arena *arena, phx_text text)
{
    uint8_t *bytes = arena_new(arena, text.size / 4 * 3);
    size_t size = 0;

    ok(bytes != NULL);
    succeeds(base64_read(text, bytes, &size, err));
    return text_span(bytes, size);
}

static inline double vectors_double(phx_text text)
{
    char digits[64];

    ok(text.size < sizeof digits);
    memcpy(digits, text.data, text.size);
    digits[text.size] = 0;
    return strtod(digits, NULL);
}

static inline struct value vectors_decode(struct arena *arena,
                                          const struct value *value);

/* Pairs, as an object whose keys may repeat. */
static inline struct value vectors_pairs(struct arena *arena,
                                         const struct value *pairs)
{
    struct value object = {.kind = JSON_OBJECT, .count = pairs->count};

    object.members = arena_new(arena, pairs->count * sizeof *object.members);
    for (uint32_t i = 0; i < pairs->count; i++) {
        const struct value *pair = &pairs->items[i];
        object.members[i].key = vectors_decode(arena, &pair->items[0]).text;
        object.members[i].value = vectors_decode(arena, &pair->items[1]);
    }
    return object;
}

static inline bool vectors_unwrap(struct arena *arena,
                                  const struct member *only, struct value *out)
{
    if (text_is(only->key, "$double")) {
        *out = value_real(vectors_double(only->value.text));
    } else if (text_is(only->key, "$int")) {
        succeeds(json_read(arena, only->value.text, 0, out, err));
    } else if (text_is(only->key, "$bytes")) {
        *out = value_text(vectors_base64(arena, only->value.text));
        out->kind = JSON_BYTES;
    } else if (text_is(only->key, "$str")) {
        *out = value_text(vectors_base64(arena, only->value.text));
    } else if (text_is(only->key, "$obj")) {
        *out = vectors_pairs(arena, &only->value);
    } else {
        return false;
    }
    return true;
}

static inline struct value vectors_decode(struct arena *arena,
                                          const struct value *value)
{
    struct value copy = *value;

    if (value->kind == JSON_OBJECT &&
        !(value->count == 1 && vectors_unwrap(arena, value->members, &copy))) {
        copy.members = arena_new(arena, value->count * sizeof *copy.members);
        for (uint32_t i = 0; i < value->count; i++) {
            copy.members[i].key = value->members[i].key;
            copy.members[i].value =
                vectors_decode(arena, &value->members[i].value);
        }
    }
    if (value->kind == JSON_ARRAY) {
        copy.items = arena_new(arena, value->count * sizeof *copy.items);
        for (uint32_t i = 0; i < value->count; i++)
            copy.items[i] = vectors_decode(arena, &value->items[i]);
    }
    return copy;
}

/* The decoded member of a vector; null if it has none. */
static inline struct value
vectors_member(struct arena *arena, const struct value *vector, const char *key)
{
    const struct value *value = value_member(vector, key);

    return value ? vectors_decode(arena, value) : value_null();
}

static inline bool vectors_same(phx_text name, const char *what,
                                const struct value *actual,
                                const struct value *expected)
{
    struct buf buf;

    if (value_equal(actual, expected))
        return true;
    buf_init(&buf, SIZE_MAX / 2);
    buf_add_text(&buf, name);
    buf_add_format(&buf, ": %s\n  is     ", what);
    json_write_value(&buf, actual, JSON_NONFINITE);
    buf_add_string(&buf, "\n  should ");
    json_write_value(&buf, expected, JSON_NONFINITE);
    buf_add_byte(&buf, '\n');
    fwrite(buf.data, 1, buf.size, stderr);
    buf_clear(&buf);
    return false;
}

#endif

/*
 * convert.c - attributes found by their path, and taken for a type.
 */
#include "base/base.h"
#include "query/inside.h"

static const struct value *find_key(const struct value *object, phx_text key)
{
    if (object->kind != JSON_OBJECT)
        return NULL;
    for (uint32_t i = 0; i < object->count; i++) {
        if (text_equal(object->members[i].key, key))
            return &object->members[i].value;
    }
    return NULL;
}

/* Whether a key is the keys of some steps with dots between them. */
static bool is_joined(phx_text key, const struct query_step *steps,
                      uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        phx_text part = steps[i].key;
        bool last = i + 1 == count;
        if (key.size < part.size || memcmp(key.data, part.data, part.size) != 0)
            return false;
        key = text_span(key.data + part.size, key.size - part.size);
        if (last || key.size == 0 || *key.data != '.')
            return last && key.size == 0;
        key = text_span(key.data + 1, key.size - 1);
    }
    return false;
}

static const struct value *find_joined(const struct value *object,
                                       const struct query_step *steps,
                                       uint32_t count)
{
    if (object->kind != JSON_OBJECT)
        return NULL;
    for (uint32_t i = 0; i < object->count; i++) {
        if (is_joined(object->members[i].key, steps, count))
            return &object->members[i].value;
    }
    return NULL;
}

/* The value at the end of a path whose last `joined` keys are one. */
static const struct value *follow(const struct value *value,
                                  const struct query_path *path,
                                  uint32_t joined)
{
    for (uint32_t i = 0; value != NULL && i < path->count; i++) {
        const struct query_step *step = &path->steps[i];
        if (i + joined == path->count && joined > 1)
            return find_joined(value, step, joined);
        if (step->key.data != NULL)
            value = find_key(value, step->key);
        else if (value->kind == JSON_ARRAY && step->index < value->count)
            value = &value->items[step->index];
        else
            value = NULL;
    }
    return value;
}

static bool is_missing(const struct value *value)
{
    return value == NULL || value_is_missing(value);
}

uint32_t path_ways(const struct query_path *path, bool is_wire_key)
{
    uint32_t tail = 0; /* keys at the end */

    while (is_wire_key && tail < path->count &&
           path->steps[path->count - tail - 1].key.data != NULL)
        tail++;
    return tail > 0 ? tail : 1;
}

struct value path_find(const struct query_path *path, const struct value *tree,
                       bool is_wire_key)
{
    const struct value *value = follow(tree, path, 1);
    uint32_t ways = path_ways(path, is_wire_key);

    for (uint32_t joined = 2; is_missing(value) && joined <= ways; joined++)
        value = follow(tree, path, joined);
    return is_missing(value) ? value_null() : *value;
}

bool value_is_number(const struct value *value)
{
    return value->kind == JSON_INT || value->kind == JSON_REAL;
}

struct value value_to_number(struct value value)
{
    struct value number = value_null();

    if (value_is_number(&value))
        return value;
    if (value.kind == JSON_TEXT || value.kind == JSON_NUMBER)
        number_from_text(value.text, &number);
    return number;
}

struct value value_to_boolean(struct value value)
{
    struct value zero = value_int(0), one = value_int(1);

    if (value.kind == JSON_BOOL)
        return value;
    if (value_is_text(&value, "true") ||
        (value_is_number(&value) && number_compare(&value, &one) == 0))
        return value_bool(true);
    if (value_is_text(&value, "false") ||
        (value_is_number(&value) && number_compare(&value, &zero) == 0))
        return value_bool(false);
    return value_null();
}

static phx_status print(struct arena *arena, const struct value *value,
                        struct value *out, phx_error *err)
{
    size_t quote = value->kind == JSON_BYTES; /* base64 goes without them */
    struct buf buf;

    buf_init(&buf, arena->limit);
    json_write_value(&buf, value, 0);
    phx_status status = buf_status(&buf, "attribute as text", err);
    if (status >= 0) {
        size_t size = buf.size - 2 * quote;
        char *copy = arena_copy(arena, buf.data + quote, size);
        *out = value_text(text_span(copy, size));
        if (copy == NULL)
            status = arena_status(arena, size, err);
    }
    buf_clear(&buf);
    return status;
}

phx_status value_to_text(struct arena *arena, struct value value,
                         struct value *out, phx_error *err)
{
    switch (value.kind) {
    case JSON_TEXT:
    case JSON_NULL:
        *out = value;
        return PHX_OK;
    case JSON_BOOL:
        *out = value_text(text_of(value.integer ? "1" : "0"));
        return PHX_OK;
    case JSON_NUMBER:
        *out = value_text(value.text);
        return PHX_OK;
    default:
        return print(arena, &value, out, err);
    }
}

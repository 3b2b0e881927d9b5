/*
 * flatten.c - nested objects -> dotted keys, as the reference flattens them:
 * nulls and empty objects vanish, an array that holds an object loses what is
 * none. restore.c has the way that loses nothing.
 */
#include "base/base.h"
#include "attr/attr.h"

#include <stdio.h>

#include "attr/inside.h"

void flattener_init(struct flattener *flattener, struct arena *arena,
                    phx_text separator)
{
    *flattener = (struct flattener){.arena = arena, .separator = separator};
    buf_init(&flattener->path, ATTR_KEY_LIMIT);
}

void flattener_clear(struct flattener *flattener)
{
    buf_clear(&flattener->path);
}

size_t flattener_enter(struct flattener *flattener, phx_text segment)
{
    size_t mark = flattener->path.size;

    if (mark > 0)
        buf_add_text(&flattener->path, flattener->separator);
    buf_add_text(&flattener->path, segment);
    return mark;
}

size_t flattener_enter_index(struct flattener *flattener, uint32_t index)
{
    char digits[16];
    int size = snprintf(digits, sizeof digits, "%u", (unsigned)index);

    return flattener_enter(flattener, text_span(digits, (size_t)size));
}

void flattener_leave(struct flattener *flattener, size_t mark)
{
    flattener->path.size = mark;
}

phx_text flattener_path(const struct flattener *flattener)
{
    return text_span(flattener->path.data, flattener->path.size);
}

phx_status flattener_add(struct flattener *flattener, const struct value *value,
                         phx_error *err)
{
    phx_status status = buf_status(&flattener->path, "attribute key", err);

    if (status < 0)
        return status;
    struct member *members =
        arena_grow(flattener->arena, flattener->members, &flattener->capacity,
                   flattener->count, sizeof *members);
    if (members == NULL)
        return arena_status(flattener->arena, sizeof *members, err);
    flattener->members = members;
    phx_text path = flattener_path(flattener);
    char *key = arena_copy(flattener->arena, path.data, path.size);
    if (key == NULL)
        return arena_status(flattener->arena, path.size, err);
    flattener->members[flattener->count++] =
        (struct member){.key = text_span(key, path.size), .value = *value};
    return PHX_OK;
}

/* --- the reference's way ------------------------------------------------- */

static bool holds_object(const struct value *array)
{
    for (uint32_t i = 0; i < array->count; i++) {
        if (array->items[i].kind == JSON_OBJECT)
            return true;
    }
    return false;
}

static phx_status flatten(struct flattener *flattener,
                          const struct value *value, int flags, int depth,
                          phx_error *err);

static phx_status flatten_members(struct flattener *flattener,
                                  const struct value *object, int flags,
                                  int depth, phx_error *err)
{
    for (uint32_t i = 0; i < object->count; i++) {
        const struct member *member = &object->members[i];
        size_t mark = flattener_enter(flattener, member->key);
        phx_status status =
            flatten(flattener, &member->value, flags, depth, err);
        if (status < 0)
            return status;
        flattener_leave(flattener, mark);
    }
    return PHX_OK;
}

static phx_status flatten_elements(struct flattener *flattener,
                                   const struct value *array, int flags,
                                   int depth, phx_error *err)
{
    for (uint32_t i = 0; i < array->count; i++) {
        if (array->items[i].kind != JSON_OBJECT)
            continue;
        size_t mark = flattener_enter_index(flattener, i);
        phx_status status =
            flatten_members(flattener, &array->items[i], flags, depth, err);
        if (status < 0)
            return status;
        flattener_leave(flattener, mark);
    }
    return PHX_OK;
}

/* The value of the path. What is nested over JSON_DEPTH stays as it is. */
static phx_status flatten(struct flattener *flattener,
                          const struct value *value, int flags, int depth,
                          phx_error *err)
{
    struct value text = value_text(text_of(""));
    phx_status status;

    if (value->kind == JSON_NULL)
        return PHX_OK;
    if (depth == JSON_DEPTH)
        return flattener_add(flattener, value, err);
    if (value->kind == JSON_OBJECT && (flags & ATTR_JSON_TEXTS) &&
        attr_is_json_text(flattener_path(flattener))) {
        if ((status = attr_json(flattener->arena, value,
                                JSON_SPACED | JSON_ASCII | JSON_NONFINITE,
                                &text.text, err)) < 0)
            return status;
        return flattener_add(flattener, &text, err);
    }
    if (value->kind == JSON_OBJECT)
        return flatten_members(flattener, value, flags, depth + 1, err);
    if (value->kind == JSON_ARRAY && (flags & ATTR_RECURSE) &&
        holds_object(value))
        return flatten_elements(flattener, value, flags, depth + 1, err);
    return flattener_add(flattener, value, err);
}

phx_status attr_flatten(struct arena *arena, const struct value *tree,
                        const struct attr_options *options, int flags,
                        struct attributes *out, phx_error *err)
{
    struct flattener flattener;
    phx_status status;

    flattener_init(&flattener, arena,
                   options != NULL && options->separator.size > 0
                       ? options->separator
                       : text_of("."));
    status = tree->kind == JSON_OBJECT
                 ? flatten_members(&flattener, tree, flags, 1, err)
                 : PHX_OK;
    if (status == PHX_OK)
        *out = (struct attributes){.members = flattener.members,
                                   .count = (uint32_t)flattener.count};
    flattener_clear(&flattener);
    return status;
}

/*
 * value.c - what is asked of a value: whether it counts as true, holds bytes,
 * how deep it is nested.
 */
#include "base/base.h"
#include "attr/attr.h"

#include <math.h>

#include "attr/inside.h"

bool attr_is_truthy(const struct value *value)
{
    switch (value->kind) {
    case JSON_NULL:
        return false;
    case JSON_BOOL:
    case JSON_INT:
        return value->integer != 0;
    case JSON_REAL:
        return isnan(value->real) || value->real < 0 || value->real > 0;
    case JSON_NUMBER:
        return true;
    case JSON_ARRAY:
    case JSON_OBJECT:
        return value->count > 0;
    default:
        return value->text.size > 0;
    }
}

static bool has_bytes(const struct value *value, int depth)
{
    if (value->kind == JSON_BYTES)
        return true;
    if ((value->kind != JSON_ARRAY && value->kind != JSON_OBJECT) ||
        depth > JSON_DEPTH)
        return false;
    for (uint32_t i = 0; i < value->count; i++) {
        const struct value *inner = value->kind == JSON_ARRAY
                                        ? &value->items[i]
                                        : &value->members[i].value;
        if (has_bytes(inner, depth + 1))
            return true;
    }
    return false;
}

bool attr_has_bytes(const struct value *value)
{
    return has_bytes(value, 0);
}

static uint32_t levels(const struct value *value, uint32_t depth)
{
    uint32_t deepest = depth;

    if ((value->kind != JSON_ARRAY && value->kind != JSON_OBJECT) ||
        depth > JSON_DEPTH)
        return depth;
    for (uint32_t i = 0; i < value->count; i++) {
        const struct value *inner = value->kind == JSON_ARRAY
                                        ? &value->items[i]
                                        : &value->members[i].value;
        uint32_t below = levels(inner, depth + 1);
        if (below > deepest)
            deepest = below;
    }
    return deepest > depth ? deepest : depth + 1;
}

uint32_t attr_levels(const struct value *value)
{
    return levels(value, 0);
}

bool attr_fits(phx_text key, const struct value *value)
{
    uint32_t depth = attr_levels(value) + 1;

    for (size_t i = 0; i < key.size && depth <= JSON_DEPTH; i++)
        depth += key.data[i] == '.';
    return depth <= JSON_DEPTH;
}

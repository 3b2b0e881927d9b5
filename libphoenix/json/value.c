/*
 * value.c - making, finding and comparing values.
 */
#include "base/base.h"
#include "json/inside.h"

#include <math.h>
#include <stdlib.h>

struct value value_null(void)
{
    return (struct value){.kind = JSON_NULL};
}

struct value value_bool(bool value)
{
    return (struct value){.kind = JSON_BOOL, .integer = value};
}

struct value value_int(int64_t value)
{
    return (struct value){.kind = JSON_INT, .integer = value};
}

struct value value_real(double value)
{
    return (struct value){.kind = JSON_REAL, .real = value};
}

struct value value_text(phx_text value)
{
    return (struct value){.kind = JSON_TEXT, .text = value};
}

/* --- finding -------------------------------------------------------------- */

static struct value *find_member(const struct value *object, phx_text key)
{
    if (object == NULL || object->kind != JSON_OBJECT)
        return NULL;
    for (uint32_t i = 0; i < object->count; i++) {
        if (text_equal(object->members[i].key, key))
            return &object->members[i].value;
    }
    return NULL;
}

struct value *value_member(const struct value *object, const char *key)
{
    return find_member(object, text_of(key));
}

struct value *value_at(const struct value *object, const char *path)
{
    for (;;) {
        size_t size = strcspn(path, ".");
        struct value *found = find_member(object, text_span(path, size));
        if (found == NULL || path[size] == '\0')
            return found;
        object = found;
        path += size + 1;
    }
}

bool value_is_missing(const struct value *value)
{
    return value->kind == JSON_NULL ||
           (value->kind == JSON_REAL && !isfinite(value->real));
}

bool value_is_text(const struct value *value, const char *string)
{
    return value != NULL && value->kind == JSON_TEXT &&
           text_is(value->text, string);
}

/* --- comparing ------------------------------------------------------------ */

/* By their bits, so that 0.0 is not -0.0, but all NaNs are one. */
static bool same_real(double a, double b)
{
    bool a_is_nan = a != a;
    bool b_is_nan = b != b;

    if (a_is_nan || b_is_nan)
        return a_is_nan && b_is_nan;
    return memcmp(&a, &b, sizeof a) == 0;
}

static bool same_value(const struct value *a, const struct value *b, int depth);

/* Members from `from` on, each looked for among those of b. */
static bool same_by_search(const struct value *a, const struct value *b,
                           uint32_t from, int depth)
{
    for (uint32_t i = from; i < a->count; i++) {
        const struct value *other = find_member(b, a->members[i].key);
        if (other == NULL || !same_value(&a->members[i].value, other, depth))
            return false;
    }
    return true;
}

static int by_key(const void *a, const void *b)
{
    const struct member *const *left = a;
    const struct member *const *right = b;

    return text_compare((*left)->key, (*right)->key);
}

static void sort_members(const struct value *object, uint32_t from,
                         const struct member **out)
{
    for (uint32_t i = from; i < object->count; i++)
        out[i - from] = &object->members[i];
    qsort(out, object->count - from, sizeof *out, by_key);
}

/* The same for objects so large that a search for each would not end. */
static bool same_by_sorting(const struct value *a, const struct value *b,
                            uint32_t from, int depth)
{
    size_t count = a->count - from;
    const struct member **sorted =
        memory_new(size_mul(2 * count, sizeof *sorted));
    size_t i = 0;

    if (sorted == NULL)
        return same_by_search(a, b, from, depth);
    sort_members(a, from, sorted);
    sort_members(b, from, sorted + count);
    while (i < count && text_equal(sorted[i]->key, sorted[count + i]->key) &&
           same_value(&sorted[i]->value, &sorted[count + i]->value, depth))
        i++;
    memory_free(sorted);
    return i == count;
}

static bool same_members(const struct value *a, const struct value *b,
                         int depth)
{
    const uint32_t few = 16;
    uint32_t i = 0;

    for (; i < a->count; i++) { /* in most cases the order is the same */
        if (!text_equal(a->members[i].key, b->members[i].key))
            break;
        if (!same_value(&a->members[i].value, &b->members[i].value, depth))
            return false;
    }
    return a->count - i <= few ? same_by_search(a, b, i, depth)
                               : same_by_sorting(a, b, i, depth);
}

static bool same_value(const struct value *a, const struct value *b, int depth)
{
    if (a->kind != b->kind || depth > JSON_DEPTH_DEEP)
        return false;
    switch (a->kind) {
    case JSON_BOOL:
    case JSON_INT:
        return a->integer == b->integer;
    case JSON_REAL:
        return same_real(a->real, b->real);
    case JSON_NUMBER:
    case JSON_TEXT:
    case JSON_BYTES:
        return text_equal(a->text, b->text);
    case JSON_ARRAY:
        if (a->count != b->count)
            return false;
        for (uint32_t i = 0; i < a->count; i++) {
            if (!same_value(&a->items[i], &b->items[i], depth + 1))
                return false;
        }
        return true;
    case JSON_OBJECT:
        return a->count == b->count && same_members(a, b, depth + 1);
    default:
        return true; /* null */
    }
}

bool value_equal(const struct value *a, const struct value *b)
{
    return same_value(a, b, 0);
}

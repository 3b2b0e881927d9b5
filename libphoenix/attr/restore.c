/*
 * restore.c - a span's tree -> flat attributes that attr_interpret turns into
 * the same tree.
 *
 * An object becomes keys where keys can express it, and else stays a value:
 *
 *     {"a": {"b": 1}}                 a.b = 1
 *     {"a": {"b": null}}              a = {"b": null}
 *     {"a": {"1": {"b": 1}}}          a.1 = {"b": 1}     a.1.b were an array
 *     {"a": {"x": 1}, "a.b": 2}       a = {"x": 1}, a.b = 2
 *
 * A key with a separator in it, "a.b", is what unflattening makes beside an
 * "a" that is a value or an array; it is expressed only there.
 */
#include "base/base.h"
#include "attr/attr.h"

#include "attr/inside.h"

/* Longer paths are not spread: every leaf would repeat them. */
enum { SPREAD_LIMIT = 1024 };

struct restorer {
    struct flattener flat;
    struct arena scratch;
    const struct attributes *raw;
    struct keys raw_keys;
    phx_error *err;
};

/* --- which objects can be keys ------------------------------------------- */

/* Where the last segment of a name begins; 0 if it has only one. */
static size_t last_segment(phx_text name)
{
    size_t at = name.size;

    while (at > 0 && name.data[at - 1] != '.')
        at--;
    return at;
}

/* Such a name is never spread, but the root may have it: one separator more
 * keeps the empty segment. */
static bool ends_empty(phx_text name)
{
    return last_segment(name) == name.size;
}

static enum segment last_kind(phx_text name)
{
    size_t at = last_segment(name);

    return segment_kind(text_span(name.data + at, name.size - at));
}

static bool is_container(const struct value *value)
{
    return value->kind == JSON_OBJECT || value->kind == JSON_ARRAY;
}

/* What becomes of the members of an object. */
struct plan {
    bool spreads; /* every member can have a key of its own */
    bool *whole;  /* [count] members that must stay values; NULL for none */
};

/* Finds what the dotted members stand beside, and keeps that whole. */
static phx_status plan_dotted(struct restorer *restorer,
                              const struct value *object, struct plan *plan)
{
    struct keys keys;
    phx_status status = keys_init(&keys, &restorer->scratch, object->members,
                                  object->count, restorer->err);

    if (status < 0)
        return status;
    plan->whole = arena_new(&restorer->scratch, object->count);
    if (plan->whole == NULL)
        return arena_status(&restorer->scratch, object->count, restorer->err);
    memset(plan->whole, 0, object->count);
    for (uint32_t i = 0; i < object->count; i++)
        keys_put(&keys, i);
    for (uint32_t i = 0; i < object->count; i++) {
        phx_text name = object->members[i].key;
        size_t at = last_segment(name);
        if (at == 0)
            continue;
        const struct member *beside =
            keys_find(&keys, text_span(name.data, at - 1));
        if (beside == NULL)
            plan->spreads = false;
        else if (beside->value.kind == JSON_OBJECT ||
                 last_kind(name) == SEGMENT_NUMBER)
            plan->whole[beside - object->members] = true;
    }
    return PHX_OK;
}

static phx_status plan_object(struct restorer *restorer,
                              const struct value *object, struct plan *plan)
{
    bool is_dotted = false;

    *plan = (struct plan){.spreads = object->count > 0};
    for (uint32_t i = 0; i < object->count; i++) {
        const struct member *member = &object->members[i];
        if (member->value.kind == JSON_NULL ||
            last_kind(member->key) == SEGMENT_UNSTABLE)
            plan->spreads = false;
        is_dotted = is_dotted || last_segment(member->key) > 0;
    }
    return is_dotted ? plan_dotted(restorer, object, plan) : PHX_OK;
}

/* An array is spread if all its elements are objects that are. */
static phx_status can_spread(struct restorer *restorer,
                             const struct value *value, bool *out)
{
    struct plan plan;
    phx_status status;

    *out = false;
    if (restorer->flat.path.size > SPREAD_LIMIT)
        return PHX_OK;
    if (value->kind == JSON_OBJECT) {
        status = plan_object(restorer, value, &plan);
        *out = plan.spreads;
        return status;
    }
    for (uint32_t i = 0; i < value->count; i++) {
        if (value->items[i].kind != JSON_OBJECT)
            return PHX_OK;
        if ((status = plan_object(restorer, &value->items[i], &plan)) < 0 ||
            !plan.spreads)
            return status;
    }
    *out = value->count > 0;
    return PHX_OK;
}

/* --- JSON texts ---------------------------------------------------------- */

/* The text the path was sent with, if it is what the value was read from. */
static phx_status find_raw(struct restorer *restorer, phx_text path,
                           const struct value *value, struct value *out,
                           bool *found)
{
    const struct member *raw = keys_find(&restorer->raw_keys, path);
    struct value parsed;
    phx_status status;

    *found = false;
    if (raw == NULL || raw->value.kind != JSON_TEXT)
        return PHX_OK;
    if ((status = attr_parse(&restorer->scratch, raw->value.text, &parsed,
                             found, restorer->err)) < 0)
        return status;
    *found = *found && value_equal(&parsed, value);
    *out = raw->value;
    return PHX_OK;
}

/* The text that reads as a value at a key of JSON texts; *found is false
 * where the value itself does. */
static phx_status text_of_json(struct restorer *restorer,
                               const struct value *value, struct value *out,
                               bool *found)
{
    phx_text path = flattener_path(&restorer->flat);
    struct value parsed;
    phx_status status = find_raw(restorer, path, value, out, found);

    if (status < 0 || *found)
        return status;
    if (value->kind == JSON_TEXT) {
        if ((status = attr_parse(&restorer->scratch, value->text, &parsed,
                                 found, restorer->err)) < 0)
            return status;
    } else {
        *found = value->kind == JSON_NUMBER ||
                 (value->kind == JSON_OBJECT && attr_fits(path, value) &&
                  !attr_has_bytes(value));
    }
    if (!*found)
        return PHX_OK;
    *out = value_text(text_of(""));
    return attr_json(restorer->flat.arena, value,
                     JSON_SPACED | JSON_ASCII | JSON_NONFINITE, &out->text,
                     restorer->err);
}

/* --- walking ------------------------------------------------------------- */

static phx_status restore_members(struct restorer *restorer,
                                  const struct value *object, int depth);

static phx_status restore_elements(struct restorer *restorer,
                                   const struct value *array, int depth)
{
    for (uint32_t i = 0; i < array->count; i++) {
        size_t mark = flattener_enter_index(&restorer->flat, i);
        phx_status status = restore_members(restorer, &array->items[i], depth);
        if (status < 0)
            return status;
        flattener_leave(&restorer->flat, mark);
    }
    return PHX_OK;
}

/* The value of the path. */
static phx_status restore(struct restorer *restorer, const struct value *value,
                          bool whole, int depth)
{
    struct value text;
    bool is_text = false;
    bool spreads = false;
    phx_status status;

    if (attr_is_json_text(flattener_path(&restorer->flat)) &&
        (status = text_of_json(restorer, value, &text, &is_text)) < 0)
        return status;
    if (is_text)
        return flattener_add(&restorer->flat, &text, restorer->err);
    if (is_container(value) && !whole && depth < JSON_DEPTH &&
        (status = can_spread(restorer, value, &spreads)) < 0)
        return status;
    if (!spreads)
        return flattener_add(&restorer->flat, value, restorer->err);
    if (value->kind == JSON_ARRAY)
        return restore_elements(restorer, value, depth + 1);
    return restore_members(restorer, value, depth + 1);
}

static phx_status restore_members(struct restorer *restorer,
                                  const struct value *object, int depth)
{
    struct plan plan;
    phx_status status = plan_object(restorer, object, &plan);

    for (uint32_t i = 0; i < object->count && status == PHX_OK; i++) {
        const struct member *member = &object->members[i];
        bool whole = last_kind(member->key) != SEGMENT_NAME ||
                     (plan.whole != NULL && plan.whole[i]);
        size_t mark = flattener_enter(&restorer->flat, member->key);
        if (member->key.size > 0 && ends_empty(member->key))
            flattener_enter(&restorer->flat, text_of(""));
        status = restore(restorer, &member->value, whole, depth);
        flattener_leave(&restorer->flat, mark);
    }
    return status;
}

/* Finds the raw texts by key. Those that were null are not in the tree: they
 * come first, so that what the tree has under their keys comes last. */
static phx_status read_raw(struct restorer *restorer)
{
    const struct attributes *raw = restorer->raw;
    phx_status status = keys_init(&restorer->raw_keys, &restorer->scratch,
                                  raw->members, raw->count, restorer->err);

    for (uint32_t i = 0; i < raw->count && status == PHX_OK; i++) {
        const struct member *member = &raw->members[i];
        if (!text_is(attr_trim(member->value.text), "null")) {
            keys_put(&restorer->raw_keys, i);
            continue;
        }
        size_t mark = flattener_enter(&restorer->flat, member->key);
        status = flattener_add(&restorer->flat, &member->value, restorer->err);
        flattener_leave(&restorer->flat, mark);
    }
    return status;
}

phx_status attr_restore(struct arena *arena, struct span *span, phx_error *err)
{
    struct restorer restorer = {.raw = &span->raw, .err = err};
    phx_status status;

    flattener_init(&restorer.flat, arena, text_of("."));
    arena_init(&restorer.scratch, arena->limit);
    if ((status = read_raw(&restorer)) < 0 ||
        (status = restore_members(&restorer, &span->tree, 1)) < 0)
        goto done;
    span->attributes.members = restorer.flat.members;
    span->attributes.count = (uint32_t)restorer.flat.count;
    status = PHX_OK;
done:
    arena_clear(&restorer.scratch);
    flattener_clear(&restorer.flat);
    return status;
}

/*
 * shape.c - what the values of a column have in common: their kinds, and those
 * of the values in lists and objects. A column whose values are alike gets a
 * type with names and types inside; others are texts.
 */
#include "base/base.h"
#include "frame/inside.h"

static phx_status note(struct shapes *all, struct shape *shape,
                       const struct value *value, int depth, phx_error *err);

/* Objects of one kind have their members in one order, mostly. */
static struct shape_member *find_member(struct shape *shape, uint32_t likely,
                                        phx_text name)
{
    if (likely < shape->member_count &&
        text_equal(shape->members[likely].name, name))
        return &shape->members[likely];
    for (uint32_t i = 0; i < shape->member_count; i++)
        if (text_equal(shape->members[i].name, name))
            return &shape->members[i];
    return NULL;
}

static phx_status add_member(struct shapes *all, struct shape *shape,
                             phx_text name, struct shape_member **out,
                             phx_error *err)
{
    struct arena *arena = all->arena;
    struct shape_member *members =
        arena_grow(arena, shape->members, &shape->member_room,
                   shape->member_count, sizeof *members);
    char *copy = arena_copy(arena, name.data, name.size);

    if (members == NULL || copy == NULL)
        return arena_status(arena, name.size, err);
    shape->members = members;
    *out = &members[shape->member_count++];
    all->count++;
    **out = (struct shape_member){.name = text_span(copy, name.size)};
    return PHX_OK;
}

static phx_status note_members(struct shapes *all, struct shape *shape,
                               const struct value *object, int depth,
                               phx_error *err)
{
    phx_status status = PHX_OK;

    for (uint32_t i = 0; i < object->count && status >= 0; i++) {
        phx_text name = object->members[i].key;
        struct shape_member *member = find_member(shape, i, name);
        if (member == NULL) {
            shape->is_wild |=
                all->count >= SHAPES ||
                (name.size > 0 && memchr(name.data, 0, name.size));
            if (shape->is_wild)
                return PHX_OK;
            status = add_member(all, shape, name, &member, err);
        }
        if (status >= 0)
            status = note(all, &member->shape, &object->members[i].value,
                          depth + 1, err);
    }
    return status;
}

static phx_status note_items(struct shapes *all, struct shape *shape,
                             const struct value *list, int depth,
                             phx_error *err)
{
    phx_status status = PHX_OK;

    if (shape->item == NULL) {
        shape->item = arena_new(all->arena, sizeof *shape->item);
        if (shape->item == NULL)
            return arena_status(all->arena, sizeof *shape->item, err);
        *shape->item = (struct shape){0};
        all->count++;
    }
    for (uint32_t i = 0; i < list->count && status >= 0; i++)
        status = note(all, shape->item, &list->items[i], depth + 1, err);
    return status;
}

static phx_status note(struct shapes *all, struct shape *shape,
                       const struct value *value, int depth, phx_error *err)
{
    if (value->kind == JSON_NULL)
        return PHX_OK;
    shape->kinds |= 1u << value->kind;
    if (value->kind < JSON_ARRAY || value->kind > JSON_OBJECT)
        return PHX_OK;
    shape->is_wild |= depth == SHAPE_DEPTH;
    if (shape->is_wild)
        return PHX_OK;
    return value->kind == JSON_ARRAY
               ? note_items(all, shape, value, depth, err)
               : note_members(all, shape, value, depth, err);
}

phx_status shape_note(struct shapes *all, struct shape *shape,
                      const struct value *value, phx_error *err)
{
    return note(all, shape, value, 0, err);
}

const struct value *shape_member_of(const struct shape *shape, uint32_t i,
                                    const struct value *object)
{
    phx_text name = shape->members[i].name;

    if (i < object->count && text_equal(object->members[i].key, name))
        return &object->members[i].value;
    for (uint32_t j = 0; j < object->count; j++)
        if (text_equal(object->members[j].key, name))
            return &object->members[j].value;
    return NULL;
}

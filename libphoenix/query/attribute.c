/*
 * attribute.c - attributes, as the paths they are read by.
 *
 *     span      each text in brackets is one key, whatever it holds; a bare
 *               name is split at its dots
 *     trace     every key is split at its dots, as keys on the wire are
 *     session   the same
 */
#include "base/base.h"
#include "query/inside.h"

/* Steps being collected. */
struct steps {
    struct query_step *items;
    size_t room;
    uint32_t count;
    uint32_t before; /* of them, those that no bracket holds */
    uint32_t offset; /* of the path */
};

static phx_status add_step(struct checker *checker, struct steps *steps,
                           struct query_step step)
{
    if (steps->count == QUERY_STEPS)
        return fail(checker->err, PHX_INVALID, steps->offset,
                    "attribute has over %d keys", QUERY_STEPS);
    struct query_step *items =
        arena_grow(checker->arena, steps->items, &steps->room, steps->count,
                   sizeof *steps->items);

    if (items == NULL)
        return arena_status(checker->arena, sizeof *items, checker->err);
    steps->items = items;
    steps->items[steps->count++] = step;
    return PHX_OK;
}

/* A key; for traces and sessions each part between dots is one, and empty
 * parts are none. */
static phx_status add_key(struct checker *checker, struct steps *steps,
                          phx_text key)
{
    phx_status status = PHX_OK;

    if (!checker_is_strict(checker))
        return add_step(checker, steps, (struct query_step){.key = key});
    for (size_t from = 0, at = 0; status >= 0 && at <= key.size; at++) {
        if (at < key.size && key.data[at] != '.')
            continue;
        phx_text part = text_span(key.data + from, at - from);
        if (part.size > 0)
            status = add_step(checker, steps, (struct query_step){.key = part});
        from = at + 1;
    }
    return status;
}

/* A text, or the number of an array's item. */
static phx_status add_literal(struct checker *checker, struct steps *steps,
                              const struct syntax *literal)
{
    const struct value *value = &literal->value;
    bool constant = literal->kind == SYNTAX_CONSTANT;

    if (constant && value->kind == JSON_TEXT)
        return add_key(checker, steps, value->text);
    if (constant && value->kind == JSON_INT && value->integer <= UINT32_MAX &&
        steps->count > steps->before) {
        struct query_step step = {.index = (uint32_t)value->integer};
        return add_step(checker, steps, step);
    }
    return fail(checker->err, PHX_INVALID, literal->offset,
                steps->count > steps->before
                    ? "an attribute's key is a text or the number of an "
                      "array's item"
                    : "an attribute's first key is a text");
}

/* What stands in brackets: one key or a list of them. */
static phx_status add_index(struct checker *checker, struct steps *steps,
                            const struct syntax *inside)
{
    bool list = inside->kind == SYNTAX_LIST && inside->op == TOKEN_OPEN_LIST &&
                inside->count > 0;
    phx_status status = PHX_OK;

    if (!list)
        return add_literal(checker, steps, inside);
    for (uint32_t i = 0; status >= 0 && i < inside->count; i++)
        status = add_literal(checker, steps, inside->parts[i]);
    return status;
}

static bool same_path(const struct query_path *path, const struct steps *steps)
{
    if (path->count != steps->count)
        return false;
    for (uint32_t i = 0; i < path->count; i++) {
        if (path->steps[i].index != steps->items[i].index ||
            !text_equal(path->steps[i].key, steps->items[i].key))
            return false;
    }
    return true;
}

/* The path among those of the query. */
static phx_status keep_path(struct checker *checker, const struct steps *steps,
                            uint32_t offset, const struct query_path **out)
{
    struct arena *arena = checker->arena;
    uint32_t count = checker->query->path_count;
    struct query_path path = {.steps = steps->items, .count = steps->count};

    for (uint32_t i = 0; i < count; i++) {
        if (same_path(checker->paths[i], steps)) {
            *out = checker->paths[i];
            return PHX_OK;
        }
    }
    if (count == QUERY_PATHS)
        return fail(checker->err, PHX_INVALID, offset,
                    "condition has over %d different attributes", QUERY_PATHS);
    const struct query_path **paths = arena_grow(
        arena, checker->paths, &checker->path_room, count, sizeof *paths);
    struct query_path *copy = arena_copy(arena, &path, sizeof path);
    if (paths == NULL || copy == NULL)
        return arena_status(arena, sizeof path, checker->err);
    checker->paths = paths;
    paths[count] = *out = copy;
    checker->query->path_count++;
    return PHX_OK;
}

static phx_status make_attribute(struct checker *checker,
                                 const struct steps *steps, uint32_t offset,
                                 struct query_node **out)
{
    struct query_node node = {
        .op = QUERY_ATTRIBUTE, .type = QUERY_UNKNOWN, .offset = offset};
    phx_status status;

    if (steps->count == steps->before)
        return fail(checker->err, PHX_INVALID, offset,
                    "an attribute's key is empty");
    if ((status = keep_path(checker, steps, offset, &node.path)) < 0)
        return status;
    return node_new(checker, node, NULL, 0, out);
}

phx_status check_subscripts(struct checker *checker, const struct syntax *path,
                            struct query_node **out)
{
    struct steps steps = {.offset = path->offset};
    phx_text base = path_name(path, 0);
    phx_status status = PHX_OK;

    if (text_is(base, "metadata"))
        status = add_key(checker, &steps, base);
    steps.before = steps.count;
    for (uint32_t i = 1; status >= 0 && i < path->count; i++) {
        const struct syntax *step = path->parts[i];
        status = step->kind == SYNTAX_INDEX
                     ? add_index(checker, &steps, step->parts[0])
                     : fail(checker->err, PHX_INVALID, step->offset,
                            "keys of an attribute stand in brackets, each in "
                            "its own");
    }
    return status < 0 ? status
                      : make_attribute(checker, &steps, path->offset, out);
}

phx_status check_dotted(struct checker *checker, const struct syntax *path,
                        struct query_node **out)
{
    struct steps steps = {.offset = path->offset};
    phx_status status = PHX_OK;

    for (uint32_t i = 0; status >= 0 && i < path->count; i++)
        status = add_key(checker, &steps, path_name(path, i));
    return status < 0 ? status
                      : make_attribute(checker, &steps, path->offset, out);
}

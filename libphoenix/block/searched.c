/*
 * searched.c - the texts of a span that a search looks at: its name and status
 * message, which columns of their own hold, and of its attributes
 *
 *     input.value, output.value, and what is below them
 *     llm.input_messages, llm.output_messages: below them what ends in one of
 *     `parts`, so that ids and roles are not found
 *
 * An attribute may also stand inside a packed value, at any of its ancestors.
 */
#include "base/base.h"

#include "block/block.h"
#include "block/read.h"

enum { WALK_DEPTH = 256, WALK_PATH = 1 << 16 };

static const char *const roots[] = {
    "input.value", "output.value", "llm.input_messages", "llm.output_messages"};
enum { ROOTS = sizeof roots / sizeof *roots, WHOLE_ROOTS = 2 };

static const char *const parts[] = {"content", "text", "name", "arguments",
                                    "arguments_json"};

/* A list of texts is as good as one. */
static phx_text without_indexes(phx_text path)
{
    while (path.size > 0 && path.data[path.size - 1] == ']') {
        while (path.size > 0 && path.data[path.size - 1] != '[')
            path.size--;
        path.size -= path.size > 0;
    }
    return path;
}

static bool is_part(phx_text path)
{
    path = without_indexes(path);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (text_ends(path, parts[i]))
            return true;
    }
    return false;
}

bool path_is_searched(phx_text path)
{
    for (size_t i = 0; i < ROOTS; i++) {
        phx_text root = text_of(roots[i]);
        if (text_equal(path, root) || path_is_below(path, root))
            return i < WHOLE_ROOTS || is_part(path);
    }
    return false;
}

bool path_leads_to_searched(phx_text path)
{
    if (text_equal(path, reserved_key(RESERVED_REST)))
        return true;
    for (size_t i = 0; i < ROOTS; i++) {
        phx_text root = text_of(roots[i]);
        if (text_equal(path, root) || path_is_below(path, root) ||
            path_is_below(root, path))
            return true;
    }
    return false;
}

/* --- packed values ------------------------------------------------------------- */

struct walk {
    struct buf path;
    searched_text found;
    void *ctx;
};

/* True if the walk is to end. */
static bool walk_value(struct walk *walk, const struct value *value, int depth)
{
    size_t size = walk->path.size;
    bool done = false;

    if (depth == WALK_DEPTH)
        return false;
    if (value->kind == JSON_TEXT) {
        phx_text path = text_span(walk->path.data, size);
        return path_is_searched(path) &&
               walk->found(walk->ctx, path, value->text);
    }
    if (value->kind != JSON_ARRAY && value->kind != JSON_OBJECT)
        return false;
    for (uint32_t i = 0; i < value->count && !done; i++) {
        const struct value *child;
        if (value->kind == JSON_OBJECT) {
            path_add_member(&walk->path, value->members[i].key, size == 0);
            child = &value->members[i].value;
        } else {
            path_add_item(&walk->path, i);
            child = &value->items[i];
        }
        done = walk->path.status < 0 || walk_value(walk, child, depth + 1);
        if (walk->path.status >= 0)
            walk->path.size = size;
    }
    return done;
}

phx_status walk_searched(phx_text path, const struct value *value,
                         searched_text found, void *ctx, phx_error *err)
{
    struct walk walk = {.found = found, .ctx = ctx};
    phx_status status = PHX_OK;

    buf_init(&walk.path, WALK_PATH);
    if (!path_is_reserved(path))
        buf_add_text(&walk.path, path);
    walk_value(&walk, value, 0);
    if (walk.path.status == PHX_NO_MEMORY)
        status = buf_status(&walk.path, "a path", err);
    buf_clear(&walk.path);
    return status;
}

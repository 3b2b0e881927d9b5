/*
 * diff.c - how two versions of a prompt differ: field by field, tools by their
 * names, and message by message, the texts of these line by line. What stays is
 * the longest that is in the same order in both.
 */
#include "base/base.h"

#include "prompt/inside.h"

enum {
    MOST_CELLS = 1 << 22, /* of two lists that are held against each other */
    MOST_LINES = 1 << 20, /* of a text */
    NONE = -1
};

/* Two lists, and whether items of them are equal. */
struct lists {
    const struct value *before, *after;
    size_t before_count, after_count;
};

/* Items that are the same, or one of either list. */
struct step {
    int64_t before, after; /* or NONE */
};

struct steps {
    struct step *items; /* in the arena */
    size_t count;
};

struct diff {
    struct arena *arena;
    struct json_writer json;
};

/* --- lists ----------------------------------------------------------------------- */

static bool same(const struct lists *lists, size_t before, size_t after)
{
    return value_equal(&lists->before[before], &lists->after[after]);
}

/* How much of the ends the lists have in common, from each place on. */
struct table {
    uint32_t *cells;
    size_t first, rows, columns; /* behind what both begin with */
};

static phx_status fill_table(struct arena *arena, const struct lists *lists,
                             struct table *table, phx_error *err)
{
    size_t rows = table->rows, columns = table->columns, width = columns + 1;
    size_t size = size_mul(size_mul(rows + 1, width), sizeof *table->cells);
    uint32_t *cells = table->cells = arena_new(arena, size);

    if (cells == NULL)
        return arena_status(arena, size, err);
    memset(cells, 0, size);
    for (size_t i = rows; i-- > 0;) {
        for (size_t j = columns; j-- > 0;) {
            uint32_t below = cells[(i + 1) * width + j];
            uint32_t right = cells[i * width + j + 1];

            cells[i * width + j] =
                same(lists, table->first + i, table->first + j)
                    ? cells[(i + 1) * width + j + 1] + 1
                : below > right ? below
                                : right;
        }
    }
    return PHX_OK;
}

static void walk_table(const struct lists *lists, const struct table *table,
                       struct steps *out)
{
    size_t i = 0, j = 0, width = table->columns + 1;

    while (i < table->rows || j < table->columns) {
        struct step step = {(int64_t)(table->first + i),
                            (int64_t)(table->first + j)};

        if (table->cells != NULL && i < table->rows && j < table->columns &&
            same(lists, table->first + i, table->first + j)) {
            i++;
            j++;
        } else if (i < table->rows &&
                   (j == table->columns || table->cells == NULL ||
                    table->cells[(i + 1) * width + j] >=
                        table->cells[i * width + j + 1])) {
            step.after = NONE;
            i++;
        } else {
            step.before = NONE;
            j++;
        }
        out->items[out->count++] = step;
    }
}

/* Lists that are too long for a table are told as other lists. */
static phx_status compare(struct arena *arena, const struct lists *lists,
                          struct steps *out, phx_error *err)
{
    size_t most = lists->before_count + lists->after_count, ends = 0;
    size_t size = size_mul(most + 1, sizeof *out->items);
    struct table table = {.rows = lists->before_count,
                          .columns = lists->after_count};
    phx_status status;

    *out = (struct steps){.items = arena_new(arena, size)};
    if (out->items == NULL)
        return arena_status(arena, size, err);
    while (table.rows > 0 && table.columns > 0 &&
           same(lists, table.first, table.first)) {
        int64_t at = (int64_t)table.first++;
        out->items[out->count++] = (struct step){at, at};
        table.rows--;
        table.columns--;
    }
    while (table.rows > 0 && table.columns > 0 &&
           same(lists, lists->before_count - ends - 1,
                lists->after_count - ends - 1)) {
        ends++;
        table.rows--;
        table.columns--;
    }
    if (size_mul(table.rows, table.columns) <= MOST_CELLS &&
        (status = fill_table(arena, lists, &table, err)) < 0)
        return status;
    walk_table(lists, &table, out);
    for (size_t i = ends; i > 0; i--)
        out->items[out->count++] =
            (struct step){(int64_t)(lists->before_count - i),
                          (int64_t)(lists->after_count - i)};
    return PHX_OK;
}

static const char *change_of(const struct step *step)
{
    return step->before == NONE  ? "added"
           : step->after == NONE ? "removed"
                                 : "same";
}

/* --- fields ---------------------------------------------------------------------- */

/* Where in the version: keys from the last to the first. */
struct place {
    const struct place *parent;
    phx_text key;
};

static void add_place(struct json_writer *json, const struct place *place)
{
    if (place->parent != NULL)
        add_place(json, place->parent);
    json_text(json, place->key);
}

/* The sides that there are. */
static void add_sides(struct json_writer *json, const struct value *before,
                      const struct value *after)
{
    if (before != NULL) {
        json_key(json, "before");
        json_any(json, before);
    }
    if (after != NULL) {
        json_key(json, "after");
        json_any(json, after);
    }
}

static phx_text tool_name(const struct value *tool)
{
    static const char *const paths[] = {"function.name", "raw.name",
                                        "raw.function.name"};

    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        const struct value *name = value_at(tool, paths[i]);

        if (name != NULL && name->kind == JSON_TEXT)
            return name->text;
    }
    return (phx_text){NULL, 0};
}

/* A list of tools as an object of them; false if names do not tell all apart.
 */
static phx_status name_tools(struct arena *arena, const struct value *list,
                             struct value *out, phx_error *err)
{
    size_t size = size_mul(list->count, sizeof *out->members);
    struct member *members = arena_new(arena, size);

    if (members == NULL)
        return arena_status(arena, size, err);
    *out = (struct value){.kind = JSON_OBJECT, .members = members};
    for (uint32_t i = 0; i < list->count; i++) {
        phx_text name = tool_name(&list->items[i]);

        if (name.data == NULL || member_of(out, name) != NULL)
            return PHX_DONE;
        members[out->count++] = (struct member){name, list->items[i]};
    }
    return PHX_OK;
}

static bool is_at(const struct place *place, const char *parent,
                  const char *key)
{
    return place != NULL && place->parent != NULL &&
           place->parent->parent == NULL &&
           text_is(place->parent->key, parent) && text_is(place->key, key);
}

static phx_status diff_values(struct diff *diff, const struct place *place,
                              const struct value *before,
                              const struct value *after, phx_error *err);

static phx_status diff_members(struct diff *diff, const struct place *place,
                               const struct value *before,
                               const struct value *after, phx_error *err)
{
    phx_status status = PHX_OK;

    for (uint32_t i = 0; i < before->count && status >= 0; i++) {
        struct place here = {place, before->members[i].key};

        status = diff_values(diff, &here, &before->members[i].value,
                             member_of(after, here.key), err);
    }
    for (uint32_t i = 0; i < after->count && status >= 0; i++) {
        struct place here = {place, after->members[i].key};

        if (member_of(before, here.key) == NULL)
            status =
                diff_values(diff, &here, NULL, &after->members[i].value, err);
    }
    return status;
}

static phx_status diff_tools(struct diff *diff, const struct place *place,
                             const struct value *before,
                             const struct value *after, phx_error *err)
{
    struct value named_before, named_after;
    phx_status status = name_tools(diff->arena, before, &named_before, err);

    if (status == PHX_OK)
        status = name_tools(diff->arena, after, &named_after, err);
    return status != PHX_OK
               ? status
               : diff_members(diff, place, &named_before, &named_after, err);
}

static phx_status diff_values(struct diff *diff, const struct place *place,
                              const struct value *before,
                              const struct value *after, phx_error *err)
{
    bool both = before != NULL && after != NULL;
    phx_status status = PHX_DONE;

    if (is_at(place, "template", "messages") ||
        (both && value_equal(before, after)))
        return PHX_OK;
    if (both && before->kind == JSON_OBJECT && after->kind == JSON_OBJECT)
        return diff_members(diff, place, before, after, err);
    if (both && is_at(place, "tools", "tools") && before->kind == JSON_ARRAY &&
        after->kind == JSON_ARRAY)
        status = diff_tools(diff, place, before, after, err);
    if (status != PHX_DONE)
        return status;
    json_open_object(&diff->json);
    json_key(&diff->json, "path");
    json_open_array(&diff->json);
    if (place != NULL)
        add_place(&diff->json, place);
    json_close_array(&diff->json);
    add_sides(&diff->json, before, after);
    json_close_object(&diff->json);
    return PHX_OK;
}

/* --- messages -------------------------------------------------------------------- */

/* The lines of a text, each with what ends it. */
static phx_status split_lines(struct arena *arena, phx_text text,
                              const struct value **out, size_t *count,
                              phx_error *err)
{
    struct value *lines = NULL;
    size_t capacity = 0, used = 0;
    const char *at = text.data, *end = text.data + text.size;

    while (at < end) {
        const char *stop =
            used + 1 < MOST_LINES ? memchr(at, '\n', (size_t)(end - at)) : NULL;
        struct value *larger =
            arena_grow(arena, lines, &capacity, used, sizeof *lines);

        if (larger == NULL)
            return arena_status(arena, sizeof *lines, err);
        lines = larger;
        stop = stop ? stop + 1 : end;
        lines[used++] = value_text(text_span(at, (size_t)(stop - at)));
        at = stop;
    }
    *out = lines;
    *count = used;
    return PHX_OK;
}

static phx_status diff_lines(struct diff *diff, phx_text before, phx_text after,
                             phx_error *err)
{
    struct lists lists;
    struct steps steps;
    phx_status status;

    if ((status = split_lines(diff->arena, before, &lists.before,
                              &lists.before_count, err)) < 0 ||
        (status = split_lines(diff->arena, after, &lists.after,
                              &lists.after_count, err)) < 0 ||
        (status = compare(diff->arena, &lists, &steps, err)) < 0)
        return status;
    json_key(&diff->json, "lines");
    json_open_array(&diff->json);
    for (size_t i = 0; i < steps.count; i++) {
        const struct step *step = &steps.items[i];

        json_open_object(&diff->json);
        json_key(&diff->json, "change");
        json_string(&diff->json, change_of(step));
        json_key(&diff->json, "text");
        json_text(&diff->json, step->before == NONE
                                   ? lists.after[step->after].text
                                   : lists.before[step->before].text);
        json_close_object(&diff->json);
    }
    json_close_array(&diff->json);
    return PHX_OK;
}

static phx_status add_changed(struct diff *diff, const struct value *before,
                              const struct value *after, phx_error *err)
{
    const struct value *old = value_member(before, "content");
    const struct value *new = value_member(after, "content");

    if (old->kind == JSON_TEXT && new->kind == JSON_TEXT)
        return diff_lines(diff, old->text, new->text, err);
    json_key(&diff->json, "content");
    json_open_object(&diff->json);
    add_sides(&diff->json, old, new);
    json_close_object(&diff->json);
    return PHX_OK;
}

static phx_status add_step(struct diff *diff, const struct lists *lists,
                           const struct step *step, bool changed,
                           phx_error *err)
{
    struct json_writer *json = &diff->json;
    phx_status status = PHX_OK;

    json_open_object(json);
    json_key(json, "change");
    json_string(json, changed ? "changed" : change_of(step));
    if (step->before != NONE) {
        json_key(json, "before");
        json_int(json, step->before);
    }
    if (step->after != NONE) {
        json_key(json, "after");
        json_int(json, step->after);
    }
    if (changed) {
        status = add_changed(diff, &lists->before[step->before],
                             &lists->after[step->after], err);
    } else if (step->before == NONE || step->after == NONE) {
        json_key(json, "message");
        json_any(json, step->before == NONE ? &lists->after[step->after]
                                            : &lists->before[step->before]);
    }
    json_close_object(json);
    return status;
}

/* The roles of messages from one on, up to another. */
static phx_status roles_of(struct diff *diff, const struct value *messages,
                           int64_t from, int64_t upto, const struct value **out,
                           size_t *count, phx_error *err)
{
    size_t size = size_mul((size_t)(upto - from), sizeof **out);
    struct value *roles = arena_new(diff->arena, size);

    if (roles == NULL)
        return arena_status(diff->arena, size, err);
    *out = roles;
    *count = (size_t)(upto - from);
    for (int64_t i = from; i < upto; i++)
        *roles++ = *value_member(&messages[i], "role");
    return PHX_OK;
}

/* What went and what came between two messages that stay: what came in the
 * place of another of its role is that one, changed. */
static phx_status add_gap(struct diff *diff, const struct lists *lists,
                          struct step from, struct step upto, phx_error *err)
{
    struct lists roles;
    struct steps steps;
    phx_status status;

    if ((status = roles_of(diff, lists->before, from.before, upto.before,
                           &roles.before, &roles.before_count, err)) < 0 ||
        (status = roles_of(diff, lists->after, from.after, upto.after,
                           &roles.after, &roles.after_count, err)) < 0)
        return status;
    status = compare(diff->arena, &roles, &steps, err);
    for (size_t i = 0; status >= 0 && i < steps.count; i++) {
        struct step step = steps.items[i];
        bool changed = step.before != NONE && step.after != NONE;

        if (step.before != NONE)
            step.before += from.before;
        if (step.after != NONE)
            step.after += from.after;
        status = add_step(diff, lists, &step, changed, err);
    }
    return status;
}

static struct lists lists_of(const struct value *before,
                             const struct value *after)
{
    struct lists lists = {.before_count = 0};

    if (before != NULL) {
        lists.before = before->items;
        lists.before_count = before->count;
    }
    if (after != NULL) {
        lists.after = after->items;
        lists.after_count = after->count;
    }
    return lists;
}

static phx_status diff_messages(struct diff *diff, const struct value *before,
                                const struct value *after, phx_error *err)
{
    struct lists lists = lists_of(before, after);
    struct step from = {0, 0}, end;
    struct steps steps;
    phx_status status = compare(diff->arena, &lists, &steps, err);

    end =
        (struct step){(int64_t)lists.before_count, (int64_t)lists.after_count};
    for (size_t i = 0; status >= 0 && i < steps.count; i++) {
        const struct step *step = &steps.items[i];

        if (step->before == NONE || step->after == NONE)
            continue;
        if ((status = add_gap(diff, &lists, from, *step, err)) >= 0)
            status = add_step(diff, &lists, step, false, err);
        from = (struct step){step->before + 1, step->after + 1};
    }
    return status < 0 ? status : add_gap(diff, &lists, from, end, err);
}

phx_status prompt_diff(struct arena *arena, const struct value *before,
                       const struct value *after, struct buf *out,
                       phx_error *err)
{
    struct diff diff = {.arena = arena};
    phx_status status;

    json_begin(&diff.json, out);
    json_open_object(&diff.json);
    json_key(&diff.json, "fields");
    json_open_array(&diff.json);
    if ((status = diff_values(&diff, NULL, before, after, err)) < 0)
        return status;
    json_close_array(&diff.json);
    json_key(&diff.json, "messages");
    json_open_array(&diff.json);
    if ((status = diff_messages(&diff, value_at(before, "template.messages"),
                                value_at(after, "template.messages"), err)) < 0)
        return status;
    json_close_array(&diff.json);
    json_close_object(&diff.json);
    return buf_status(out, "a diff", err);
}

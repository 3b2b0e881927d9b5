/*
 * read.c - a query from its JSON. Each member is read by a function that knows
 * where it stands, so that a refusal can say so: "explode.kwargs.text: ...".
 */
#include "base/base.h"
#include "frame/inside.h"

struct reading {
    struct arena *arena;
    struct frame_query *query;
    phx_error *err;
};

/* Where a member stands, for messages. */
struct spot {
    const char *outer; /* "select" */
    const char *inner; /* "kwargs", or NULL */
    phx_text name;     /* a name that the user chose, or absent */
};

static phx_status refuse(const struct reading *reading, struct spot spot,
                         const char *reason)
{
    size_t size = spot.name.size < 64 ? spot.name.size : 64;

    return fail(reading->err, PHX_INVALID, -1, "%s%s%s%s%.*s: %s", spot.outer,
                spot.inner ? "." : "", spot.inner ? spot.inner : "",
                spot.name.data ? "." : "", (int)size,
                spot.name.data ? spot.name.data : "", reason);
}

/* What a compiler has said of a text at this spot. */
static phx_status pass_on(const struct reading *reading, struct spot spot,
                          phx_status status)
{
    phx_error inner;

    if (status != PHX_INVALID || reading->err == NULL)
        return status;
    inner = *reading->err;
    refuse(reading, spot, inner.message);
    reading->err->offset = inner.offset;
    return status;
}

/* --- pieces --------------------------------------------------------------------- */

/* A member of the query that is an object; NULL in *out if it is missing. */
static phx_status read_object(const struct reading *reading,
                              const struct value *from, struct spot spot,
                              const struct value **out)
{
    const struct value *value =
        value_member(from, spot.inner ? spot.inner : spot.outer);

    *out = NULL;
    if (value == NULL || value->kind == JSON_NULL)
        return PHX_OK;
    if (value->kind != JSON_OBJECT)
        return refuse(reading, spot, "an object is needed");
    if (value->count > FRAME_NAMES)
        return fail(reading->err, PHX_TOO_BIG, -1,
                    "%s has %u members, limit is %d", spot.outer,
                    (unsigned)value->count, FRAME_NAMES);
    *out = value;
    return PHX_OK;
}

/* {"key": path}. *out is absent for none, unless one is needed. */
static phx_status read_key(const struct reading *reading,
                           const struct value *from, struct spot spot,
                           bool needed, phx_text *out)
{
    const struct value *key = value_member(from, "key");

    *out = (phx_text){NULL, 0};
    if (from->kind != JSON_OBJECT)
        return refuse(reading, spot, "an object with a key is needed");
    if (key != NULL && key->kind != JSON_TEXT && key->kind != JSON_NULL)
        return refuse(reading, spot, "the key is not a text");
    if (key != NULL && key->kind == JSON_TEXT && key->text.size > 0)
        *out = key->text;
    else if (needed)
        return refuse(reading, spot, "the key is missing");
    return PHX_OK;
}

static phx_status compile(const struct reading *reading, struct spot spot,
                          phx_text path, struct query_column *out)
{
    phx_status status =
        query_column_compile(reading->arena, path, out, reading->err);

    if (status < 0)
        return pass_on(reading, spot, status);
    if (out->field != NULL)
        reading->query->fields_read |= UINT64_C(1) << out->field->id;
    return PHX_OK;
}

/* Ids are shown by their long names. */
static phx_text name_of(phx_text label)
{
    if (text_is(label, "span_id"))
        return text_of("context.span_id");
    if (text_is(label, "trace_id"))
        return text_of("context.trace_id");
    return label;
}

static void *new_array(const struct reading *reading, size_t count, size_t size,
                       phx_status *status)
{
    void *array = arena_new(reading->arena, size_mul(count, size));

    *status = array != NULL ? PHX_OK
                            : arena_status(reading->arena,
                                           size_mul(count, size), reading->err);
    return array;
}

/* --- select, index --------------------------------------------------------------- */

/* Of two labels with one name the first counts; the index is no column. */
static bool has_field(const struct frame_field *fields, uint32_t count,
                      phx_text name)
{
    for (uint32_t i = 0; i < count; i++) {
        if (text_equal(fields[i].name, name))
            return true;
    }
    return false;
}

static phx_status read_select(const struct reading *reading,
                              const struct value *from)
{
    struct frame_query *query = reading->query;
    const struct value *select;
    phx_status status =
        read_object(reading, from, (struct spot){.outer = "select"}, &select);

    if (status < 0 || select == NULL || select->count == 0)
        return status;
    struct frame_field *fields =
        new_array(reading, select->count, sizeof *fields, &status);
    for (uint32_t i = 0; status >= 0 && i < select->count; i++) {
        const struct member *member = &select->members[i];
        struct spot spot = {.outer = "select", .name = member->key};
        struct frame_field field = {.name = name_of(member->key)};
        phx_text path;
        if ((status = read_key(reading, &member->value, spot, true, &path)) <
                0 ||
            (status = compile(reading, spot, path, &field.column)) < 0)
            return status;
        if (!has_field(fields, query->field_count, field.name) &&
            !text_equal(query->index.name, member->key))
            fields[query->field_count++] = field;
    }
    query->fields = fields;
    return status;
}

/* The index is that of the query, else that of what is exploded, else the
 * span's id. */
static phx_status read_index(const struct reading *reading,
                             const struct value *from)
{
    struct frame_field *index = &reading->query->index;
    struct spot spot = {.outer = "index"};
    const struct value *given, *explode;
    phx_text path = {NULL, 0};
    phx_status status;

    if ((status = read_object(reading, from, spot, &given)) < 0 ||
        (given != NULL &&
         (status = read_key(reading, given, spot, false, &path)) < 0))
        return status;
    explode = value_member(from, "explode");
    if (path.data == NULL && explode != NULL) {
        const struct value *key = value_member(explode, "primary_index_key");
        spot = (struct spot){.outer = "explode", .inner = "primary_index_key"};
        if (key != NULL && key->kind == JSON_TEXT && key->text.size > 0)
            path = key->text;
        else if (key != NULL && key->kind != JSON_NULL)
            return refuse(reading, spot, "a path is needed");
    }
    if (path.data == NULL)
        path = text_of("context.span_id");
    index->name = name_of(path);
    return compile(reading, spot, path, &index->column);
}

/* --- explode, concat -------------------------------------------------------------- */

/* "document.content" -> its keys. */
static phx_status read_part(const struct reading *reading, struct spot spot,
                            const struct member *member, struct frame_part *out)
{
    phx_text path = member->value.text;
    phx_status status;
    uint32_t count = 1;

    if (member->value.kind != JSON_TEXT || path.size == 0)
        return refuse(reading, spot, "a path is needed");
    for (size_t i = 0; i < path.size; i++)
        count += path.data[i] == '.';
    phx_text *keys = new_array(reading, count, sizeof *keys, &status);
    if (status < 0)
        return status;
    *out = (struct frame_part){.name = name_of(member->key), .keys = keys};
    for (size_t from = 0, at = 0; at <= path.size; at++) {
        if (at < path.size && path.data[at] != '.')
            continue;
        keys[out->key_count++] = text_span(path.data + from, at - from);
        from = at + 1;
    }
    return PHX_OK;
}

static phx_status read_parts(const struct reading *reading,
                             const struct value *from, const char *outer,
                             struct frame_list *out)
{
    struct spot spot = {.outer = outer, .inner = "kwargs"};
    const struct value *kwargs;
    phx_status status = read_object(reading, from, spot, &kwargs);

    if (status < 0 || kwargs == NULL || kwargs->count == 0)
        return status;
    struct frame_part *parts =
        new_array(reading, kwargs->count, sizeof *parts, &status);
    for (uint32_t i = 0; status >= 0 && i < kwargs->count; i++) {
        spot.name = kwargs->members[i].key;
        status = read_part(reading, spot, &kwargs->members[i], &parts[i]);
    }
    out->parts = parts;
    out->part_count = kwargs->count;
    return status;
}

/* One without a key is none. */
static phx_status read_list(const struct reading *reading,
                            const struct value *from, const char *outer,
                            struct frame_list *out, const struct value **given)
{
    struct spot spot = {.outer = outer};
    phx_status status;

    if ((status = read_object(reading, from, spot, given)) < 0 ||
        *given == NULL ||
        (status = read_key(reading, *given, spot, false, &out->name)) < 0 ||
        out->name.data == NULL ||
        (status = compile(reading, spot, out->name, &out->column)) < 0)
        return status;
    return read_parts(reading, *given, outer, out);
}

static phx_status read_concat(const struct reading *reading,
                              const struct value *from)
{
    struct frame_query *query = reading->query;
    const struct value *given, *separator;
    phx_status status =
        read_list(reading, from, "concat", &query->concat, &given);

    query->separator = text_of("\n\n");
    if (status < 0 || query->concat.name.data == NULL)
        return status;
    separator = value_member(given, "separator");
    if (separator == NULL || separator->kind == JSON_NULL)
        return PHX_OK;
    if (separator->kind != JSON_TEXT)
        return refuse(reading,
                      (struct spot){.outer = "concat", .inner = "separator"},
                      "a text is needed");
    if (separator->text.size > 0)
        query->separator = separator->text;
    return PHX_OK;
}

static phx_status read_explode(const struct reading *reading,
                               const struct value *from)
{
    struct frame_query *query = reading->query;
    const struct value *given;

    phx_status status =
        read_list(reading, from, "explode", &query->explode, &given);
    query->position =
        text_of(text_is(query->explode.name, "retrieval.documents")
                    ? "document_position"
                    : "position");
    return status;
}

/* --- filter, rename ---------------------------------------------------------------- */

static phx_status read_filter(const struct reading *reading,
                              const struct value *from)
{
    struct frame_query *query = reading->query;
    struct spot spot = {.outer = "filter"};
    phx_text text = {"", 0};
    const struct value *filter, *condition;
    phx_status status = read_object(reading, from, spot, &filter);

    if (status < 0)
        return status;
    spot.inner = "condition";
    condition = filter ? value_member(filter, "condition") : NULL;
    if (condition != NULL && condition->kind == JSON_TEXT)
        text = condition->text;
    else if (condition != NULL && condition->kind != JSON_NULL)
        return refuse(reading, spot, "a text is needed");
    status = query_compile(reading->arena, QUERY_SPAN, text, &query->condition,
                           reading->err);
    return status < 0 ? pass_on(reading, spot, status) : PHX_OK;
}

/* A name that is no text renames nothing. */
static phx_status read_renames(const struct reading *reading,
                               const struct value *from)
{
    return read_object(reading, from, (struct spot){.outer = "rename"},
                       &reading->query->renames);
}

/* --- all of it ---------------------------------------------------------------------- */

/* What a span shows when nothing is selected; its attributes follow. */
static phx_status select_whole(const struct reading *reading)
{
    static const char *const names[] = {
        "name",
        "span_kind",
        "parent_id",
        "start_time",
        "end_time",
        "status_code",
        "status_message",
        "events",
        "context.span_id",
        "context.trace_id",
    };
    enum { COUNT = sizeof names / sizeof *names };
    struct frame_query *query = reading->query;
    phx_status status;
    struct frame_field *fields =
        new_array(reading, COUNT, sizeof *fields, &status);

    for (uint32_t i = 0; status >= 0 && i < COUNT; i++) {
        fields[i] = (struct frame_field){.name = text_of(names[i])};
        if (!text_is(fields[i].name, "events"))
            status = compile(reading, (struct spot){.outer = "select"},
                             fields[i].name, &fields[i].column);
    }
    if (status < 0)
        return status;
    query->index = fields[COUNT - 2];
    query->renames = NULL;
    query->fields = fields;
    query->field_count = COUNT;
    query->whole = true;
    return status;
}

phx_status frame_query_read(struct arena *arena, phx_text json,
                            struct frame_query *out, phx_error *err)
{
    struct frame_query query = {.whole = false};
    const struct reading reading = {arena, &query, err};
    struct value whole;
    phx_status status;

    if (json.size > FRAME_QUERY_SIZE)
        return fail(err, PHX_TOO_BIG, -1, "query is %zu bytes, limit is %d",
                    json.size, FRAME_QUERY_SIZE);
    if ((status = json_read(arena, json, 0, &whole, err)) < 0)
        return status;
    if (whole.kind != JSON_OBJECT)
        return fail(err, PHX_INVALID, 0, "a query is an object");
    if ((status = read_index(&reading, &whole)) < 0 ||
        (status = read_select(&reading, &whole)) < 0 ||
        (status = read_filter(&reading, &whole)) < 0 ||
        (status = read_explode(&reading, &whole)) < 0 ||
        (status = read_concat(&reading, &whole)) < 0 ||
        (status = read_renames(&reading, &whole)) < 0)
        return status;
    if (query.field_count == 0 && query.explode.name.data == NULL &&
        query.concat.name.data == NULL && (status = select_whole(&reading)) < 0)
        return status;
    *out = query;
    return PHX_OK;
}

/*
 * columns.c - spans as rows of columns: those that every span has are rows of a
 * table, those of chosen attributes come after them.
 */
#include "base/base.h"

#include "api/inside.h"
#include "arrow/arrow.h"

#include <assert.h>

enum {
    MOST_COLUMNS = 4000,
    SESSIONS = SHRUNK(4096, 2) /* whose names are at hand */
};

struct chosen {
    const char *path;
    int32_t type;
};

struct row {
    const phx_span *span;
    phx_text session; /* that of its trace; absent if none */
};

struct span_source {
    struct arena arena;
    struct column_schema schema;
    phx_cursor *cursor;
    struct chosen *chosen;
    uint32_t chosen_count;
    uint32_t fixed_count; /* columns before them */

    struct map session_places; /* by number: index of its name */
    struct arena session_arena;
    phx_text sessions[SESSIONS];
};

/* --- columns that every span has ---------------------------------------------- */

static void add_time(struct column *column, uint64_t ns)
{
    if (ns > INT64_MAX)
        column_add_null(column);
    else
        column_add_int(column, (int64_t)ns);
}

static void add_tokens(struct column *column, int64_t count)
{
    if (count < 0)
        column_add_null(column);
    else
        column_add_int(column, count);
}

static void add_span_id(struct column *column, const struct row *row)
{
    column_add_text(column, row->span->span_id);
}

static void add_trace_id(struct column *column, const struct row *row)
{
    column_add_text(column, row->span->trace_id);
}

static void add_parent_id(struct column *column, const struct row *row)
{
    column_add_text(column, row->span->parent_id);
}

static void add_project(struct column *column, const struct row *row)
{
    column_add_text(column, row->span->project);
}

static void add_session_id(struct column *column, const struct row *row)
{
    column_add_text(column, row->session);
}

static void add_name(struct column *column, const struct row *row)
{
    column_add_text(column, row->span->name);
}

static void add_kind(struct column *column, const struct row *row)
{
    column_add_text(column, row->span->kind);
}

static void add_status(struct column *column, const struct row *row)
{
    column_add_text(column, text_of(span_status_name(row->span->status)));
}

static void add_status_message(struct column *column, const struct row *row)
{
    column_add_text(column, row->span->status_message);
}

static void add_start_time(struct column *column, const struct row *row)
{
    add_time(column, row->span->start_time);
}

static void add_end_time(struct column *column, const struct row *row)
{
    add_time(column, row->span->end_time);
}

static void add_latency(struct column *column, const struct row *row)
{
    column_add_real(
        column,
        (double)(int64_t)(row->span->end_time - row->span->start_time) / 1e6);
}

static void add_prompt_tokens(struct column *column, const struct row *row)
{
    add_tokens(column, row->span->prompt_tokens);
}

static void add_completion_tokens(struct column *column, const struct row *row)
{
    add_tokens(column, row->span->completion_tokens);
}

static void add_attributes(struct column *column, const struct row *row)
{
    column_add_text(column, row->span->attributes);
}

static void add_events(struct column *column, const struct row *row)
{
    column_add_text(column, row->span->events);
}

static const struct {
    const char *name;
    enum column_type type;
    bool is_json; /* not there with PHX_ATTRIBUTES_NONE */
    void (*add)(struct column *column, const struct row *row);
} fixed[] = {
    {"span_id", ARROW_TEXT, false, add_span_id},
    {"trace_id", ARROW_TEXT, false, add_trace_id},
    {"parent_id", ARROW_TEXT, false, add_parent_id},
    {"project", ARROW_WORD, false, add_project},
    {"session_id", ARROW_WORD, false, add_session_id},
    {"name", ARROW_WORD, false, add_name},
    {"span_kind", ARROW_WORD, false, add_kind},
    {"status_code", ARROW_WORD, false, add_status},
    {"status_message", ARROW_TEXT, false, add_status_message},
    {"start_time", ARROW_TIME_NS, false, add_start_time},
    {"end_time", ARROW_TIME_NS, false, add_end_time},
    {"latency_ms", ARROW_REAL, false, add_latency},
    {"prompt_tokens", ARROW_INT, false, add_prompt_tokens},
    {"completion_tokens", ARROW_INT, false, add_completion_tokens},
    {"attributes", ARROW_TEXT, true, add_attributes},
    {"events", ARROW_TEXT, true, add_events},
};
enum { FIXED = sizeof fixed / sizeof *fixed };

/* --- chosen attributes ----------------------------------------------------------- */

static void add_chosen(struct column *column, const struct chosen *chosen,
                       const struct value *tree)
{
    const struct value *value = value_at(tree, chosen->path);

    if (value == NULL || value->kind == JSON_NULL)
        column_add_null(column);
    else if (chosen->type == PHX_COLUMN_TEXT)
        column_add_as_text(column, value);
    else if (chosen->type == PHX_COLUMN_INT && value->kind == JSON_INT)
        column_add_int(column, value->integer);
    else if (chosen->type == PHX_COLUMN_REAL && value->kind == JSON_INT)
        column_add_real(column, (double)value->integer);
    else if (chosen->type == PHX_COLUMN_REAL && value->kind == JSON_REAL)
        column_add_real(column, value->real);
    else if (chosen->type == PHX_COLUMN_BOOL && value->kind == JSON_BOOL)
        column_add_bool(column, value->integer != 0);
    else
        column_add_null(column);
}

/* --- rows -------------------------------------------------------------------------- */

/* Sessions take turns, and each has many spans. */
static phx_status name_session(struct span_source *source, phx_id session,
                               phx_text *out, phx_error *err)
{
    uint64_t key = (uint64_t)session * 0x9E3779B97F4A7C15u; /* one to one */
    const uint32_t *known = map_find(&source->session_places, key);
    phx_status status;
    bool fresh;

    *out = text_of(NULL);
    if (session == 0)
        return PHX_OK;
    if (known != NULL) {
        *out = source->sessions[*known];
        return PHX_OK;
    }
    if (source->session_places.count == SESSIONS) {
        map_reset(&source->session_places);
        arena_reset(&source->session_arena);
    }
    if ((status = store_name_session(source->cursor->store, session,
                                     &source->session_arena, out, err)) < 0)
        return status;
    uint32_t *place = map_slot(&source->session_places, key, &fresh);
    if (place == NULL)
        return fail_memory(err, SESSIONS);
    *place = source->session_places.count - 1;
    source->sessions[*place] = *out;
    return PHX_OK;
}

/* DONE at the end. */
static phx_status add_row(struct span_source *source,
                          struct column_batch *batch, bool *full,
                          phx_error *err)
{
    phx_cursor *cursor = source->cursor;
    struct row row;
    phx_status status;

    if ((status = phx_cursor_next_span(cursor, &row.span, err)) != PHX_OK ||
        (status = name_session(source, row.span->session, &row.session, err)) <
            0)
        return status;
    const struct value *tree = &cursor->page.spans[cursor->at - 1].tree;
    for (uint32_t i = 0; i < source->fixed_count; i++)
        fixed[i].add(column_batch_at(batch, i), &row);
    for (uint32_t i = 0; i < source->chosen_count; i++)
        add_chosen(column_batch_at(batch, source->fixed_count + i),
                   &source->chosen[i], tree);
    *full = column_batch_end_row(batch);
    return PHX_OK;
}

static phx_status fill(void *ctx, struct column_batch *batch, phx_error *err)
{
    phx_status status = PHX_OK;
    bool full = false;

    while (status == PHX_OK && !full)
        status = add_row(ctx, batch, &full, err);
    return status == PHX_DONE && column_batch_rows(batch) > 0 ? PHX_OK : status;
}

static void end(void *ctx)
{
    struct span_source *source = ctx;

    phx_cursor_close(source->cursor);
    map_clear(&source->session_places);
    arena_clear(&source->session_arena);
    arena_clear(&source->arena);
    memory_free(source);
}

/* --- opening ----------------------------------------------------------------------- */

static phx_status add_fields(struct span_source *source, bool bare,
                             const phx_attribute_column *columns, size_t count,
                             phx_error *err)
{
    static const enum column_type types[] = {
        [PHX_COLUMN_TEXT] = ARROW_TEXT,
        [PHX_COLUMN_INT] = ARROW_INT,
        [PHX_COLUMN_REAL] = ARROW_REAL,
        [PHX_COLUMN_BOOL] = ARROW_BOOL,
    };
    static const char prefix[] = "attributes.";
    struct arena *arena = &source->arena;
    size_t size = size_mul(FIXED + count, sizeof(struct column_field));
    struct column_field *fields = arena_new(arena, size);

    source->chosen = arena_new(arena, size_mul(count, sizeof *source->chosen));
    if (fields == NULL || source->chosen == NULL)
        return arena_status(arena, size, err);
    source->schema.fields = fields;
    for (int i = 0; i < FIXED; i++)
        if (!bare || !fixed[i].is_json)
            fields[source->schema.count++] = (struct column_field){
                .name = text_of(fixed[i].name),
                .type = fixed[i].type,
                .is_json = fixed[i].is_json,
            };
    source->fixed_count = source->schema.count;
    for (size_t i = 0; i < count; i++) {
        size_t path = strlen(columns[i].path) + 1;
        char *name = arena_new(arena, sizeof prefix - 1 + path);
        if (name == NULL)
            return arena_status(arena, path, err);
        memcpy(name, prefix, sizeof prefix - 1);
        memcpy(name + sizeof prefix - 1, columns[i].path, path);
        fields[source->schema.count++] = (struct column_field){
            .name = text_of(name), .type = types[columns[i].type]};
        source->chosen[source->chosen_count++] =
            (struct chosen){name + sizeof prefix - 1, columns[i].type};
    }
    return PHX_OK;
}

static bool columns_are_right(const phx_attribute_column *columns, size_t count)
{
    for (size_t i = 0; columns != NULL && i < count; i++)
        if (columns[i].path == NULL || columns[i].type < PHX_COLUMN_TEXT ||
            columns[i].type > PHX_COLUMN_BOOL || columns[i].flags != 0)
            return false;
    return columns != NULL || count == 0;
}

phx_status span_source_open(phx_store *store, const phx_span_query *query,
                            const phx_attribute_column *columns, size_t count,
                            struct column_source *out, phx_error *err)
{
    struct span_source *source;
    phx_cursor *cursor;
    phx_status status;

    if (!columns_are_right(columns, count))
        return fail_argument(err);
    if (count > MOST_COLUMNS)
        return fail(err, PHX_TOO_BIG, -1, "%zu columns, limit is %d", count,
                    MOST_COLUMNS);
    if ((status = phx_store_find_spans(store, query, &cursor, err)) < 0)
        return status;
    if ((source = memory_new(sizeof *source)) == NULL) {
        phx_cursor_close(cursor);
        return fail_memory(err, sizeof *source);
    }
    *source = (struct span_source){.cursor = cursor};
    arena_init(&source->arena, SIZE_MAX);
    arena_init(&source->session_arena, SIZE_MAX);
    map_init(&source->session_places);
    status =
        add_fields(source, cursor->shown == SPANS_BARE, columns, count, err);
    if (count > 0)
        cursor->shown = SPANS_WHOLE;
    if (status < 0) {
        end(source);
        return status;
    }
    *out = (struct column_source){&source->schema, fill, end, source};
    return PHX_OK;
}

/*
 * cursor.c - spans one by one. They are read ahead in pages, each of one
 * snapshot that ends before the first of its rows is lent: a slow caller holds
 * up nobody.
 */
#include "base/base.h"

#include "api/atif.h"
#include "api/inside.h"

enum { PAGE_ROWS = SHRUNK(1000, 7), ONE_SIZE = 1 << 30 };

phx_status cursor_new(phx_store *store, enum cursor_kind kind, phx_cursor **out,
                      phx_error *err)
{
    phx_cursor *cursor = memory_new(sizeof *cursor);

    if (cursor == NULL)
        return fail_memory(err, sizeof *cursor);
    *cursor = (phx_cursor){.kind = kind, .left = -1};
    arena_init(&cursor->arena, SIZE_MAX);
    project_name_init(&cursor->project);
    arena_init(&cursor->rows_arena, SIZE_MAX);
    span_page_init(&cursor->page);
    if (store != NULL)
        store_retain(cursor->store = store->store);
    *out = cursor;
    return PHX_OK;
}

void phx_cursor_close(phx_cursor *cursor)
{
    if (cursor == NULL)
        return;
    lent_span_free(cursor->lent);
    span_page_clear(&cursor->page);
    arena_clear(&cursor->arena);
    project_name_clear(&cursor->project);
    arena_clear(&cursor->rows_arena);
    store_release(cursor->store);
    memory_free(cursor);
}

/* --- spans -------------------------------------------------------------------------- */

phx_status phx_store_find_spans(phx_store *store, const phx_span_query *query,
                                phx_cursor **out, phx_error *err)
{
    static const enum span_parts shown[] = {
        [PHX_ATTRIBUTES_NESTED] = SPANS_AS_JSON,
        [PHX_ATTRIBUTES_FLAT] = SPANS_WHOLE,
        [PHX_ATTRIBUTES_NONE] = SPANS_BARE,
    };
    phx_span_query wanted = PHX_SPAN_QUERY_INIT;
    phx_cursor *cursor;
    phx_status status;

    if (store == NULL || out == NULL ||
        !take_options(&wanted, sizeof wanted, query) || wanted.order < 0 ||
        wanted.order > PHX_OLDEST_FIRST || wanted.attributes < 0 ||
        wanted.attributes > PHX_ATTRIBUTES_NONE ||
        (wanted.flags & ~PHX_SPAN_TOTALS) != 0 ||
        (wanted.trace_ids == NULL && wanted.trace_id_count != 0) ||
        (wanted.span_ids == NULL && wanted.span_id_count != 0) ||
        (wanted.parent_ids == NULL && wanted.parent_id_count != 0) ||
        (wanted.names == NULL && wanted.name_count != 0) ||
        (wanted.tests == NULL && wanted.test_count != 0))
        return fail_argument(err);
    if ((status = cursor_new(store, CURSOR_SPANS, &cursor, err)) < 0)
        return status;
    if ((status = lent_span_new(&cursor->lent, err)) < 0 ||
        (status = span_query_copy(&cursor->arena, &wanted, &cursor->filter,
                                  err)) < 0) {
        phx_cursor_close(cursor);
        return status;
    }
    cursor->ascending = wanted.order == PHX_OLDEST_FIRST;
    cursor->attributes = wanted.attributes;
    cursor->shown = shown[wanted.attributes];
    cursor->totalled = (wanted.flags & PHX_SPAN_TOTALS) != 0;
    cursor->next = wanted.from;
    cursor->left = wanted.limit > 0 ? wanted.limit : -1;
    *out = cursor;
    return PHX_OK;
}

/* The next span of the page, or of the next page; DONE at the end. A page that
 * was read for something else is read again from here on. */
static phx_status next_span(phx_cursor *cursor, enum span_parts parts,
                            struct span **out, phx_error *err)
{
    phx_status status;

    if (cursor->left == 0)
        return PHX_DONE;
    if (cursor->at < cursor->page.count && parts != cursor->parts) {
        cursor->next = cursor->page.spans[cursor->at].number;
        cursor->at = cursor->page.count;
    }
    if (cursor->at == cursor->page.count) {
        if (cursor->started && cursor->next == 0)
            return PHX_DONE;
        size_t rows = cursor->left > 0 && cursor->left < PAGE_ROWS
                          ? (size_t)cursor->left
                          : PAGE_ROWS;
        if ((status = store_read_spans(cursor->store, &cursor->filter,
                                       cursor->next, cursor->ascending, parts,
                                       rows, &cursor->page, err)) < 0) {
            cursor->at = 0;
            return status;
        }
        if (cursor->totalled &&
            (status = totals_read(cursor->store, &cursor->page, true,
                                  &cursor->totals, err)) < 0) {
            span_page_clear(&cursor->page);
            cursor->at = 0;
            return status;
        }
        cursor->started = true;
        cursor->parts = parts;
        cursor->next = cursor->page.next;
        cursor->at = 0;
        if (cursor->page.count == 0)
            return PHX_DONE;
    }
    *out = &cursor->page.spans[cursor->at++];
    if (cursor->left > 0)
        cursor->left--;
    return PHX_OK;
}

/* The last `count` spans of the page were not lent after all. */
static void give_spans_back(phx_cursor *cursor, size_t count)
{
    cursor->at -= count;
    if (cursor->left >= 0)
        cursor->left += (int64_t)count;
}

/* --- names of projects ---------------------------------------------------------- */

void project_name_init(struct project_name *name)
{
    *name = (struct project_name){0};
    arena_init(&name->arena, SIZE_MAX);
}

void project_name_clear(struct project_name *name)
{
    arena_clear(&name->arena);
}

phx_status project_name_read(struct project_name *name, struct store *store,
                             int64_t project, phx_error *err)
{
    phx_project *row;
    phx_status status;
    size_t count;

    if (project == name->project)
        return PHX_OK;
    arena_reset(&name->arena);
    name->project = 0;
    if ((status = store_read_projects(store, project, 0, (phx_text){NULL, 0}, 1,
                                      &name->arena, &row, &count, err)) < 0)
        return status;
    name->name = count > 0 ? row->name : (phx_text){NULL, 0};
    name->project = project;
    return PHX_OK;
}

static phx_status name_project(phx_cursor *cursor, int64_t project,
                               phx_error *err)
{
    return project_name_read(&cursor->project, cursor->store, project, err);
}

/* --- lending spans -------------------------------------------------------------- */

static void fill_totals(phx_span *row, const struct span_total *total)
{
    row->cumulative_prompt_tokens = total->prompt;
    row->cumulative_completion_tokens = total->completion;
    row->cumulative_cost = total->cost;
}

phx_status phx_cursor_next_span(phx_cursor *cursor, const phx_span **out,
                                phx_error *err)
{
    struct span *span;
    phx_status status;

    if (cursor == NULL || out == NULL || cursor->kind != CURSOR_SPANS)
        return fail_argument(err);
    if ((status = next_span(cursor, cursor->shown, &span, err)) != PHX_OK) {
        if (status == PHX_DONE)
            *out = NULL;
        return status;
    }
    if ((status = name_project(cursor, span->project, err)) < 0 ||
        (status = lent_span_fill(cursor->lent, span, cursor->project.name,
                                 cursor->attributes, err)) < 0) {
        give_spans_back(cursor, 1);
        return status;
    }
    if (cursor->totalled)
        fill_totals(&cursor->lent->row, &cursor->totals[cursor->at - 1]);
    if (cursor->page.matches != NULL)
        cursor->lent->row.match = &cursor->page.matches[cursor->at - 1];
    *out = &cursor->lent->row;
    return PHX_OK;
}

#define PROJECT_KEY "openinference.project.name"

/* A resource that names the project: the span's own, if it does. */
static phx_status name_in_resource(struct arena *arena, phx_text project,
                                   const struct resource *from,
                                   const struct resource **out, phx_error *err)
{
    uint32_t count = from ? from->attributes.count : 0;

    for (uint32_t i = 0; i < count; i++) {
        const struct member *member = &from->attributes.members[i];
        if (text_is(member->key, PROJECT_KEY) &&
            member->value.kind == JSON_TEXT && member->value.text.size > 0) {
            if (text_equal(member->value.text, project)) {
                *out = from;
                return PHX_OK;
            }
            break; /* the first one counts, so ours goes before it */
        }
    }
    struct resource *named = arena_new(arena, sizeof *named);
    size_t size = size_mul((size_t)count + 1, sizeof(struct member));
    struct member *members = arena_new(arena, size);
    if (named == NULL || members == NULL)
        return arena_status(arena, size, err);
    *named = from ? *from : (struct resource){.schema_url = text_of("")};
    members[0] = (struct member){text_of(PROJECT_KEY), value_text(project)};
    if (count > 0)
        memcpy(members + 1, from->attributes.members, count * sizeof *members);
    named->attributes.members = members;
    named->attributes.count = count + 1;
    *out = named;
    return PHX_OK;
}

/* The wire part again. Neighbours that shared a resource share it still. */
static phx_status restore_span(phx_cursor *cursor, struct arena *arena,
                               const struct span *from,
                               const struct resource **last_from,
                               const struct resource **last_to,
                               struct span *out, phx_error *err)
{
    phx_status status;
    int64_t project = cursor->project.project;

    *out = *from;
    if ((status = name_project(cursor, from->project, err)) < 0)
        return status;
    if (project != cursor->project.project || *last_to == NULL ||
        *last_from != from->resource) {
        char *name = arena_copy(arena, cursor->project.name.data,
                                cursor->project.name.size);
        if (name == NULL)
            return arena_status(arena, cursor->project.name.size, err);
        status =
            name_in_resource(arena, text_span(name, cursor->project.name.size),
                             from->resource, last_to, err);
        if (status < 0)
            return status;
        *last_from = from->resource;
    }
    out->resource = *last_to;
    return attr_restore(arena, out, err);
}

/* Those that roots among the spans came as, a line each. */
static void write_trajectories(struct buf *out, const struct span *const *spans,
                               size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct attributes *given = &spans[i]->attributes;
        for (uint32_t j = 0; j < given->count; j++) {
            if (text_equal(given->members[j].key, text_of(ATIF_ATTRIBUTE)) &&
                given->members[j].value.kind == JSON_TEXT) {
                buf_add_text(out, given->members[j].value.text);
                buf_add_byte(out, '\n');
            }
        }
    }
}

/* Up to `count` spans of one page: the next page would clear this one's texts.
 * *found is how many, also of a request that grew too big. */
static phx_status next_request(phx_cursor *cursor, int32_t format, size_t count,
                               size_t *found, phx_buf *out, phx_error *err)
{
    const enum span_parts parts =
        cursor->shown == SPANS_BARE ? SPANS_BARE : SPANS_WHOLE;
    struct arena arena;
    struct buf text;
    phx_status status;

    *found = 0;
    arena_init(&arena, SIZE_MAX);
    buf_init(&text, count > 1 ? REQUEST_SIZE : ONE_SIZE);
    const struct span **spans =
        arena_new(&arena, size_mul(count, sizeof *spans));
    const struct resource *last_from = NULL, *last_to = NULL;
    size_t taken = 0;
    struct span *span = NULL;
    status = spans ? PHX_OK : fail_memory(err, count * sizeof *spans);
    while (status == PHX_OK && *found < count &&
           (*found == 0 || cursor->at < cursor->page.count) &&
           (status = next_span(cursor, parts, &span, err)) == PHX_OK) {
        struct span *restored = arena_new(&arena, sizeof *restored);
        taken++;
        if (restored == NULL)
            status = fail_memory(err, sizeof *restored);
        else if ((status = restore_span(cursor, &arena, span, &last_from,
                                        &last_to, restored, err)) >= 0)
            spans[(*found)++] = restored;
    }
    if (status >= 0 && *found > 0) {
        if (format == PHX_ATIF)
            write_trajectories(&text, spans, *found);
        else if (format == PHX_OTLP_PROTOBUF)
            wire_write_protobuf(&text, spans, *found);
        else
            wire_write_json(&text, spans, *found);
        status = give_buf(&text, "the request", out, err);
    } else if (status >= 0) {
        status = PHX_DONE;
    }
    if (status < 0)
        give_spans_back(cursor, taken);
    buf_clear(&text);
    arena_clear(&arena);
    return status;
}

phx_status phx_cursor_next_otlp(phx_cursor *cursor, int32_t format,
                                size_t count, phx_buf *out, phx_error *err)
{
    phx_status status;
    size_t found;

    if (cursor == NULL || out == NULL || count == 0 ||
        cursor->kind != CURSOR_SPANS ||
        (format != PHX_OTLP_PROTOBUF && format != PHX_OTLP_JSON &&
         format != PHX_ATIF))
        return fail_argument(err);
    if (count > PAGE_ROWS)
        count = PAGE_ROWS;
    while ((status = next_request(cursor, format, count, &found, out, err)) ==
               PHX_TOO_BIG &&
           found > 1)
        count = found / 2;
    return status;
}

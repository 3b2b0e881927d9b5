/*
 * archive.c - traces of one store in another: as a file of their own, and back.
 *
 *     spans a page at a time -> what they derive from their tree -> store_put
 *     -> descriptions of projects -> annotations whose targets came along
 *
 * Numbers are the other store's own; what has the same ids is there once.
 */
#include "base/base.h"

#include "api/inside.h"

enum {
    PAGE_ROWS = SHRUNK(2048, 7),
    TRACES_AT_ONCE = SHRUNK(256, 3),
    COMPACT_MS = 100
};

struct copy {
    struct store *from, *to;
    struct store *called;      /* the one that may be interrupted */
    unsigned interrupts;       /* of it, at first */
    struct span_filter filter; /* of the spans that are copied */
    struct project_name project;
    phx_ingest_report report;
};

static phx_status check_interrupt(const struct copy *copy, phx_error *err)
{
    return store_check_interrupt(copy->called, copy->interrupts, err);
}

/* --- spans ------------------------------------------------------------------------ */

static phx_status put_page(struct copy *copy, struct span_page *page,
                           phx_error *err)
{
    struct store_batch batch = {
        .spans = {page->spans, page->count, page->count}};
    struct store_batch *batches[] = {&batch};
    phx_status status;

    for (size_t i = 0; i < page->count; i++) {
        struct span *span = &page->spans[i];
        if ((status = project_name_read(&copy->project, copy->from,
                                        span->project, err)) < 0)
            return status;
        span->project_name = copy->project.name;
        if (copy->project.name.data != NULL &&
            (status = arena_keep(&page->arena, &span->project_name, err)) < 0)
            return status;
        if ((status = attr_derive(&page->arena, span, err)) < 0)
            return status;
    }
    if ((status = store_put(copy->to, batches, 1, err)) < 0)
        return status;
    copy->report.accepted += batch.report.accepted;
    copy->report.duplicate += batch.report.duplicate;
    return PHX_OK;
}

/* Oldest first: numbers come in the same order. */
static phx_status copy_spans(struct copy *copy, phx_error *err)
{
    struct span_page page;
    int64_t from = 0;
    phx_status status;

    span_page_init(&page);
    do {
        if ((status = check_interrupt(copy, err)) < 0)
            break;
        status = store_read_spans(copy->from, &copy->filter, from, true,
                                  SPANS_WHOLE, PAGE_ROWS, &page, err);
        if (status >= 0 && page.count > 0)
            status = put_page(copy, &page, err);
        from = page.next;
    } while (status >= 0 && from != 0);
    span_page_clear(&page);
    return status;
}

/* --- the traces of chosen spans ------------------------------------------------- */

struct traces {
    struct arena arena;
    struct map known; /* numbers */
    phx_text *ids;    /* raw, each once, in the order of their first span */
    size_t count, capacity;
};

static phx_status add_trace(struct traces *traces, const phx_span *span,
                            phx_error *err)
{
    size_t size = span->trace_id.size;
    bool fresh;

    if (map_slot(&traces->known, (uint64_t)span->trace, &fresh) == NULL)
        return fail_memory(err, 0);
    if (!fresh)
        return PHX_OK;
    phx_text *ids = arena_grow(&traces->arena, traces->ids, &traces->capacity,
                               traces->count, sizeof *ids);
    uint8_t *id = arena_new(&traces->arena, size / 2 + 1);
    if (ids == NULL || id == NULL ||
        hex_read(span->trace_id, id, &size, err) < 0)
        return fail_memory(err, size);
    traces->ids = ids;
    ids[traces->count++] = text_span(id, size);
    return PHX_OK;
}

static phx_status find_traces(phx_store *store, const phx_span_query *query,
                              struct traces *traces, phx_error *err)
{
    phx_span_query wanted = PHX_SPAN_QUERY_INIT;
    phx_cursor *cursor = NULL;
    const phx_span *span;
    phx_status status;

    if (!take_options(&wanted, sizeof wanted, query))
        return fail_argument(err);
    wanted.order = PHX_OLDEST_FIRST;
    wanted.attributes = PHX_ATTRIBUTES_NONE;
    status = phx_store_find_spans(store, &wanted, &cursor, err);
    while (status >= 0 &&
           (status = phx_cursor_next_span(cursor, &span, err)) == PHX_OK)
        status = add_trace(traces, span, err);
    phx_cursor_close(cursor);
    return status < 0 ? status : PHX_OK;
}

static phx_status copy_traces(struct copy *copy, const struct traces *traces,
                              phx_error *err)
{
    phx_status status = PHX_OK;

    for (size_t i = 0; i < traces->count && status >= 0; i += TRACES_AT_ONCE) {
        size_t left = traces->count - i;
        copy->filter.trace_ids = traces->ids + i;
        copy->filter.trace_id_count =
            left < TRACES_AT_ONCE ? left : TRACES_AT_ONCE;
        status = copy_spans(copy, err);
    }
    return status;
}

/* --- what belongs to them ------------------------------------------------------- */

static phx_status describe(struct copy *copy, const phx_project *project,
                           phx_error *err)
{
    struct arena arena;
    phx_project *there;
    int64_t number;
    size_t count;
    phx_status status;

    if (project->description.data == NULL)
        return PHX_OK;
    status = store_find(copy->to, PHX_PROJECT, project->name, &number, err);
    if (status < 0)
        return status == PHX_NOT_FOUND ? PHX_OK : status;
    arena_init(&arena, SIZE_MAX);
    status = store_read_projects(copy->to, number, 0, (phx_text){NULL, 0}, 1,
                                 &arena, &there, &count, err);
    if (status >= 0 && count > 0 && there->description.data == NULL)
        status =
            store_update_project(copy->to, number, project->description, err);
    arena_clear(&arena);
    return status;
}

static phx_status copy_descriptions(struct copy *copy, phx_error *err)
{
    struct arena arena;
    phx_project *rows;
    size_t count = 0;
    phx_status status;

    arena_init(&arena, SIZE_MAX);
    status = store_read_projects(copy->from, 0, 0, (phx_text){NULL, 0}, 0,
                                 &arena, &rows, &count, err);
    for (size_t i = 0; i < count && status >= 0; i++)
        status = describe(copy, &rows[i], err);
    arena_clear(&arena);
    return status;
}

/* Its target's number in the other store; NOT_FOUND if that did not come. */
static phx_status find_target(struct store *to, struct arena *arena,
                              const phx_annotation *row, int64_t *out,
                              phx_error *err)
{
    static const int32_t kinds[] = {[PHX_SPAN_ANNOTATION] = PHX_SPAN,
                                    [PHX_TRACE_ANNOTATION] = PHX_TRACE,
                                    [PHX_SESSION_ANNOTATION] = PHX_SESSION,
                                    [PHX_DOCUMENT_ANNOTATION] = PHX_SPAN};
    phx_text id = row->target_id;
    size_t size = id.size;

    if (row->kind != PHX_SESSION_ANNOTATION) {
        uint8_t *bytes = arena_new(arena, size / 2 + 1);
        if (bytes == NULL)
            return arena_status(arena, size / 2, err);
        if (hex_read(id, bytes, &size, NULL) < 0)
            return PHX_NOT_FOUND;
        id = text_span(bytes, size);
    }
    return store_find(to, kinds[row->kind], id, out, err);
}

static phx_annotation_item item_of(const phx_annotation *row, int64_t target)
{
    return (phx_annotation_item){
        .target = target,
        .target_id = text_of(""),
        .name = row->name,
        .identifier = row->identifier,
        .label = row->label,
        .explanation = row->explanation,
        .metadata = row->metadata,
        .author = row->author,
        .score = row->score,
        .has_score = row->has_score,
        .kind = row->kind,
        .position = row->position < 0 ? 0 : row->position,
        .annotator = row->annotator,
        .source = row->source,
    };
}

/* Rows come newest first, and go in as they once did. */
static phx_status copy_rows(struct copy *copy, struct arena *arena,
                            const phx_annotation *rows, size_t count,
                            phx_error *err)
{
    size_t size = size_mul(count, sizeof(phx_annotation_item) +
                                      sizeof(struct annotation_times));
    phx_annotation_item *items = arena_new(arena, size);
    size_t found = 0;

    if (items == NULL)
        return arena_status(arena, size, err);
    struct annotation_times *times = (void *)(items + count);
    for (size_t i = count; i-- > 0;) {
        int64_t target;
        phx_status status =
            find_target(copy->to, arena, &rows[i], &target, err);
        if (status == PHX_NOT_FOUND)
            continue;
        if (status < 0)
            return status;
        times[found] =
            (struct annotation_times){rows[i].created_at, rows[i].updated_at};
        items[found++] = item_of(&rows[i], target);
    }
    return store_annotate(copy->to, items, times, found, NULL, err);
}

/* Where pages begin, newest first: what is said meanwhile shifts none. */
static phx_status find_pages(struct copy *copy, phx_annotation_query *query,
                             struct arena *pages, int64_t **out, size_t *count,
                             phx_error *err)
{
    size_t capacity = 0, found;
    struct arena arena;
    phx_annotation *rows;
    phx_status status;

    arena_init(&arena, SIZE_MAX);
    do {
        arena_reset(&arena);
        status = store_read_annotations(copy->from, query, PAGE_ROWS, &arena,
                                        &rows, &found, &query->from, err);
        if (status < 0 || found == 0)
            break;
        int64_t *items =
            arena_grow(pages, *out, &capacity, *count, sizeof *items);
        if (items == NULL) {
            status = fail_memory(err, sizeof *items);
            break;
        }
        *out = items;
        items[(*count)++] = rows[0].id;
    } while (query->from != 0);
    arena_clear(&arena);
    return status;
}

static phx_status copy_page(struct copy *copy, phx_annotation_query *query,
                            phx_error *err)
{
    struct arena arena;
    phx_annotation *rows;
    size_t count;
    int64_t next;

    arena_init(&arena, SIZE_MAX);
    phx_status status = store_read_annotations(
        copy->from, query, PAGE_ROWS, &arena, &rows, &count, &next, err);
    if (status >= 0)
        status = copy_rows(copy, &arena, rows, count, err);
    arena_clear(&arena);
    return status;
}

static phx_status copy_annotations(struct copy *copy, int32_t kind,
                                   phx_error *err)
{
    phx_annotation_query query = PHX_ANNOTATION_QUERY_INIT;
    struct arena arena;
    int64_t *pages = NULL;
    size_t count = 0;

    query.kind = kind;
    arena_init(&arena, SIZE_MAX);
    phx_status status = find_pages(copy, &query, &arena, &pages, &count, err);
    for (size_t i = count; i-- > 0 && status >= 0;) {
        query.from = pages[i];
        if ((status = check_interrupt(copy, err)) >= 0)
            status = copy_page(copy, &query, err);
    }
    arena_clear(&arena);
    return status;
}

/* traces NULL for all. */
static phx_status copy_store(struct copy *copy, const struct traces *traces,
                             phx_error *err)
{
    phx_status status;

    project_name_init(&copy->project);
    status = traces ? copy_traces(copy, traces, err) : copy_spans(copy, err);
    if (status >= 0)
        status = copy_descriptions(copy, err);
    for (int32_t kind = 0; kind < ANNOTATION_KINDS && status >= 0; kind++)
        status = copy_annotations(copy, kind, err);
    project_name_clear(&copy->project);
    return status;
}

/* Into lasting order, all of it. */
static phx_status compact(struct copy *copy, phx_error *err)
{
    phx_status status;

    do {
        if ((status = check_interrupt(copy, err)) >= 0)
            status = store_compact(copy->to, COMPACT_MS, err);
    } while (status == PHX_OK);
    return status;
}

/* --- the calls ------------------------------------------------------------------ */

phx_status phx_store_save(phx_store *store, const phx_span_query *query,
                          const char *path, phx_error *err)
{
    struct traces traces = {0};
    struct copy copy;
    phx_status status = PHX_OK;

    if (store == NULL || path == NULL)
        return fail_argument(err);
    copy = (struct copy){.from = store->store,
                         .called = store->store,
                         .interrupts = store_interrupts(store->store)};
    arena_init(&traces.arena, SIZE_MAX);
    map_init(&traces.known);
    if (query != NULL)
        status = find_traces(store, query, &traces, err);
    if (status >= 0 && (status = store_archive_begin(store->store, path,
                                                     &copy.to, err)) >= 0) {
        if ((status = copy_store(&copy, query ? &traces : NULL, err)) >= 0)
            status = compact(&copy, err);
        status = store_archive_end(copy.to, path, status, err);
    }
    map_clear(&traces.known);
    arena_clear(&traces.arena);
    return status;
}

phx_status phx_store_merge(phx_store *store, const char *path,
                           phx_ingest_report *out, phx_error *err)
{
    struct store_options options = {.read_only = true};
    struct copy copy = {0};
    phx_status status;

    if (store == NULL || path == NULL)
        return fail_argument(err);
    copy.to = copy.called = store->store;
    copy.interrupts = store_interrupts(store->store);
    options.functions = query_functions(&options.function_count);
    if ((status = store_open(path, &options, &copy.from, err)) < 0)
        return status;
    if ((status = store_verify(copy.from, NULL, NULL, err)) >= 0)
        status = copy_store(&copy, NULL, err);
    store_release(copy.from);
    if (status >= 0 && out != NULL)
        *out = copy.report;
    return status;
}

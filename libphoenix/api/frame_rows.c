/*
 * frame_rows.c - the spans of some numbers with as much of them as the columns
 * of a frame show.
 */
#include "base/base.h"

#include "api/inside.h"

enum { ROWS_BYTES = SHRUNK(24 << 20, 8 << 10) }; /* held at once, about */

void frame_rows_init(struct frame_rows *rows, struct store *store,
                     int64_t project, const struct frame_query *query)
{
    *rows = (struct frame_rows){
        .store = store, .project = project, .query = query, .most = FRAME_ROWS};
    span_page_init(&rows->page);
}

void frame_rows_clear(struct frame_rows *rows)
{
    span_page_clear(&rows->page);
    rows->rows = NULL;
}

/* --- tokens ---------------------------------------------------------------------- */

static phx_status fill_sums(struct frame_rows *rows, phx_error *err)
{
    struct span_page *page = &rows->page;
    struct span_total *totals;
    phx_status status = totals_read(rows->store, page, false, &totals, err);

    for (size_t i = 0; status >= 0 && i < page->count; i++) {
        rows->rows[i].cumulative_prompt = totals[i].prompt;
        rows->rows[i].cumulative_completion = totals[i].completion;
    }
    return status;
}

/* --- rows ------------------------------------------------------------------------ */

/* The keys of a path up to an index: what is chosen of a list is all of it. */
static phx_status pack_keys(const struct query_path *path, struct arena *arena,
                            phx_text *out, phx_error *err)
{
    size_t size = size_mul(path->count, sizeof(struct value));
    struct value keys = {.kind = JSON_ARRAY, .items = arena_new(arena, size)};
    struct buf packed;

    if (keys.items == NULL)
        return arena_status(arena, size, err);
    while (keys.count < path->count && path->steps[keys.count].key.data) {
        keys.items[keys.count] = value_text(path->steps[keys.count].key);
        keys.count++;
    }
    buf_init(&packed, SIZE_MAX);
    pack_value(&packed, &keys);
    phx_status status = buf_status(&packed, "an attribute's path", err);
    *out = text_span(packed.data, packed.size);
    if (status >= 0)
        status = arena_keep(arena, out, err);
    buf_clear(&packed);
    return status;
}

phx_status frame_rows_choose(const struct frame_query *query,
                             struct arena *arena,
                             const struct span_choice **out, phx_error *err)
{
    const struct query_path *more[] = {query->index.column.path,
                                       query->explode.column.path,
                                       query->concat.column.path};
    enum { MORE = sizeof more / sizeof *more };
    struct span_choice *choice = arena_new(arena, sizeof *choice);
    phx_text *paths = arena_new(
        arena, size_mul((size_t)query->field_count + MORE, sizeof *paths));
    phx_status status = PHX_OK;

    *out = query->whole ? NULL : choice;
    if (choice == NULL || paths == NULL)
        return arena_status(arena, sizeof *choice, err);
    *choice = (struct span_choice){.paths = paths};
    for (uint32_t i = 0; i < query->field_count + MORE && status >= 0; i++) {
        bool is_field = i < query->field_count;
        const struct query_column *column =
            is_field ? &query->fields[i].column : NULL;
        const struct query_path *path =
            is_field ? column->path : more[i - query->field_count];
        choice->events |= is_field && !column->field && !path;
        if (path != NULL)
            status = pack_keys(path, arena, &paths[choice->path_count++], err);
    }
    return status;
}

phx_status frame_rows_read(struct frame_rows *rows, const int64_t *numbers,
                           size_t count, phx_error *err)
{
    const uint64_t sums = UINT64_C(1) << FIELD_CUMULATIVE_PROMPT |
                          UINT64_C(1) << FIELD_CUMULATIVE_COMPLETION |
                          UINT64_C(1) << FIELD_CUMULATIVE_TOTAL;
    struct span_page *page = &rows->page;
    size_t asked = count < rows->most ? count : rows->most;
    phx_status status;

    if ((status = store_read_numbered(rows->store, rows->project, numbers,
                                      asked, rows->choice, ROWS_BYTES, page,
                                      &rows->taken, err)) < 0)
        return status;
    if (rows->taken < asked)
        rows->most = rows->taken;
    rows->rows =
        arena_new(&page->arena, size_mul(page->count, sizeof *rows->rows));
    if (rows->rows == NULL)
        return arena_status(&page->arena, sizeof *rows->rows, err);
    for (size_t i = 0; i < page->count; i++)
        rows->rows[i] = (struct query_span){.span = &page->spans[i]};
    return rows->query->fields_read & sums ? fill_sums(rows, err) : PHX_OK;
}

/*
 * expectation.c - the spans of a store as trees, read once, and which of them a
 * condition chooses: asked of the store, and marked.
 */
#include "base/base.h"

#include "api/inside.h"

enum { PAGE_ROWS = SHRUNK(1000, 7) };

phx_status each_span(struct store *store,
                     const struct store_condition *condition, bool bare,
                     phx_status (*each)(void *ctx, const struct span *span,
                                        phx_error *err),
                     void *ctx, phx_error *err)
{
    struct span_filter filter = {0};
    struct span_page page;
    int64_t from = 0;
    phx_status status;

    if (condition != NULL)
        filter.condition = *condition;
    span_page_init(&page);
    do {
        status = store_read_spans(store, &filter, from, true, bare, PAGE_ROWS,
                                  &page, err);
        for (size_t i = 0; i < page.count && status >= 0; i++)
            status = each(ctx, &page.spans[i], err);
        from = page.next;
    } while (status >= 0 && from != 0);
    span_page_clear(&page);
    return status < 0 ? status : PHX_OK;
}

static phx_status add_span(void *ctx, const struct span *span, phx_error *err)
{
    return forest_add(ctx, span, err);
}

phx_status expectation_begin(struct expectation *expectation, phx_store *store,
                             phx_error *err)
{
    phx_status status;

    expectation->store = store->store;
    expectation->notes = NULL;
    arena_init(&expectation->arena, SIZE_MAX);
    buf_init(&expectation->report, SIZE_MAX);
    forest_init(&expectation->forest, &expectation->arena);
    if ((status = each_span(store->store, NULL, true, add_span,
                            &expectation->forest, err)) < 0)
        return status;
    return forest_link(&expectation->forest, err);
}

phx_status expectation_end(struct expectation *expectation, phx_status status,
                           phx_buf *report, phx_error *err)
{
    if (status == PHX_UNMET && report != NULL) {
        phx_status given =
            give_buf(&expectation->report, "the report", report, err);
        status = given < 0 ? given : status;
    }
    buf_clear(&expectation->report);
    arena_clear(&expectation->arena);
    return status;
}

/* --- conditions -------------------------------------------------------------------- */

static phx_status count_span(void *ctx, const struct span *span, phx_error *err)
{
    (void)span;
    (void)err;
    ++*(int64_t *)ctx;
    return PHX_OK;
}

/* Whether no span has the attribute. */
static phx_status is_nowhere(struct expectation *expectation,
                             const struct query_path *path, bool *out,
                             phx_error *err)
{
    struct store_condition condition;
    struct buf text;
    int64_t count = 0;

    buf_init(&text, SIZE_MAX);
    query_print_path(path, &text);
    buf_add_string(&text, " is not None");
    phx_status status = buf_status(&text, "a condition", err);
    if (status >= 0)
        status =
            condition_read(&expectation->arena, PHX_FILTER_SPANS,
                           text_span(text.data, text.size), &condition, err);
    buf_clear(&text);
    if (status >= 0)
        status = each_span(expectation->store, &condition, true, count_span,
                           &count, err);
    *out = count == 0;
    return status;
}

phx_status expectation_condition(struct expectation *expectation, phx_text text,
                                 struct store_condition *out, phx_error *err)
{
    struct query_slip slip;
    struct query query;
    size_t index = 0;
    phx_status status = condition_compile(&expectation->arena, PHX_FILTER_SPANS,
                                          text, &query, out, err);

    if (status < 0 || (status = query_check_words(&query, err)) < 0)
        return status;
    while (query_slip_next(&query, &index, &slip)) {
        bool nowhere;
        if ((status = is_nowhere(expectation, slip.path, &nowhere, err)) < 0)
            return status;
        phx_text name = slip.path->steps[0].key;
        if (nowhere)
            return fail(err, PHX_INVALID, -1,
                        "no span has an attribute '%.*s'%s",
                        name.size < 100 ? (int)name.size : 100, name.data,
                        slip.suggestion);
    }
    return PHX_OK;
}

/* --- marks ------------------------------------------------------------------------- */

static phx_status mark_span(void *ctx, const struct span *span, phx_error *err)
{
    struct marks *marks = ctx;
    uint32_t index = forest_find(marks->forest, span->number);

    (void)err;
    if (index != EXPECT_NONE) {
        marks->holds[index] = 1;
        marks->count++;
    }
    return PHX_OK;
}

phx_status expectation_unmarked(struct expectation *expectation,
                                struct marks *out, phx_error *err)
{
    size_t size = expectation->forest.count;

    *out = (struct marks){.forest = &expectation->forest,
                          .holds = arena_new(&expectation->arena, size)};
    if (out->holds == NULL)
        return arena_status(&expectation->arena, size, err);
    memset(out->holds, 0, size);
    return PHX_OK;
}

phx_status expectation_mark(struct expectation *expectation, phx_text text,
                            int64_t offset, struct marks *out, phx_error *err)
{
    struct store_condition condition;
    phx_status status = expectation_unmarked(expectation, out, err);

    if (status < 0)
        return status;
    status = expectation_condition(expectation, text, &condition, err);
    if (status == PHX_INVALID && err != NULL && err->offset >= 0)
        err->offset += offset;
    return status < 0 ? status
                      : each_span(expectation->store, &condition, true,
                                  mark_span, out, err);
}

phx_status expectation_note(struct expectation *expectation, phx_error *err)
{
    size_t size = expectation->forest.count * sizeof *expectation->notes;

    expectation->notes = arena_new(&expectation->arena, size);
    if (expectation->notes == NULL)
        return arena_status(&expectation->arena, size, err);
    for (size_t i = 0; i < expectation->forest.count; i++)
        expectation->notes[i] = text_of(NULL);
    return PHX_OK;
}

void expectation_tell_filter(struct expectation *expectation, phx_text filter)
{
    if (filter.size > 0)
        buf_add_string(&expectation->report, ": ");
    buf_add_text(&expectation->report, filter);
    buf_add_byte(&expectation->report, '\n');
}

phx_status expectation_print(struct expectation *expectation,
                             const struct marks *marks, char sign,
                             phx_error *err)
{
    size_t size = expectation->forest.count;
    char *signs = arena_new(&expectation->arena, size);

    if (signs == NULL)
        return arena_status(&expectation->arena, size, err);
    for (size_t i = 0; i < size; i++)
        signs[i] = marks != NULL && marks->holds[i] ? sign : '\0';
    phx_status status =
        expect_print(&expectation->forest, signs, expectation->notes,
                     &expectation->report, err);
    return status < 0 ? status : PHX_UNMET;
}

/*
 * expect.c - expectations of the spans of a store: they are read once, as
 * trees; what a condition chooses is asked of the store, and marked.
 */
#include "base/base.h"

#include "api/inside.h"
#include "expect/expect.h"

enum { PAGE_ROWS = SHRUNK(1000, 7) };

struct expectation {
    struct store *store;
    struct arena arena;
    struct forest forest;
    struct buf report;
};

/* Calls `each` for the spans that a condition chooses, by number. */
static phx_status read_spans(
    struct store *store, const struct store_condition *condition,
    phx_status (*each)(void *ctx, const struct span *span, phx_error *err),
    void *ctx, phx_error *err)
{
    struct span_filter filter = {.condition = *condition};
    struct span_page page;
    int64_t from = 0;
    phx_status status;

    span_page_init(&page);
    do {
        status = store_read_spans(store, &filter, from, true, true, PAGE_ROWS,
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

static phx_status begin(struct expectation *expectation, phx_store *store,
                        phx_error *err)
{
    static const struct store_condition all = {0};
    phx_status status;

    expectation->store = store->store;
    arena_init(&expectation->arena, SIZE_MAX);
    buf_init(&expectation->report, SIZE_MAX);
    forest_init(&expectation->forest, &expectation->arena);
    if ((status = read_spans(store->store, &all, add_span, &expectation->forest,
                             err)) < 0)
        return status;
    return forest_link(&expectation->forest, err);
}

/* OK or UNMET, and then the report. */
static phx_status end(struct expectation *expectation, phx_status status,
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

/* --- marks ------------------------------------------------------------------------- */

struct marks {
    const struct forest *forest;
    uint8_t *holds;
    int64_t count;
};

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

/* Which spans a condition chooses; it begins at `offset` of what was given. */
static phx_status mark(struct expectation *expectation, phx_text text,
                       int64_t offset, struct marks *out, phx_error *err)
{
    struct store_condition condition;
    size_t size = expectation->forest.count;
    phx_status status;

    *out = (struct marks){.forest = &expectation->forest,
                          .holds = arena_new(&expectation->arena, size)};
    if (out->holds == NULL)
        return arena_status(&expectation->arena, size, err);
    memset(out->holds, 0, size);
    status = condition_read(&expectation->arena, PHX_FILTER_SPANS, text,
                            &condition, err);
    if (status == PHX_INVALID && err != NULL && err->offset >= 0)
        err->offset += offset;
    return status < 0 ? status
                      : read_spans(expectation->store, &condition, mark_span,
                                   out, err);
}

/* Signs of the report, `sign` before each span that is marked. */
static phx_status print_marked(struct expectation *expectation,
                               const struct marks *marks, char sign,
                               phx_error *err)
{
    size_t size = expectation->forest.count;
    char *signs = arena_new(&expectation->arena, size);

    if (signs == NULL)
        return arena_status(&expectation->arena, size, err);
    for (size_t i = 0; i < size; i++)
        signs[i] = marks->holds[i] ? sign : '\0';
    phx_status status =
        expect_print(&expectation->forest, signs, &expectation->report, err);
    return status < 0 ? status : PHX_UNMET;
}

/* --- the calls ------------------------------------------------------------------------ */

static void tell_count(struct buf *report, phx_text filter, int64_t found,
                       int64_t least, int64_t most)
{
    buf_add_format(report, "%lld spans are chosen by '", (long long)found);
    buf_add_text(report, filter);
    buf_add_format(report, "', not %lld", (long long)least);
    if (most < 0)
        buf_add_string(report, " or more:\n");
    else if (most > least)
        buf_add_format(report, " to %lld:\n", (long long)most);
    else
        buf_add_string(report, ":\n");
}

phx_status phx_expect_count(phx_store *store, const char *filter, size_t size,
                            int64_t least, int64_t most, phx_buf *report,
                            phx_error *err)
{
    struct expectation expectation;
    struct marks marks;
    phx_text text = text_span(filter, size);

    if (store == NULL || (filter == NULL && size != 0) || least < 0 ||
        (most >= 0 && most < least) || most < -1)
        return fail_argument(err);
    phx_status status = begin(&expectation, store, err);
    if (status >= 0)
        status = mark(&expectation, text, 0, &marks, err);
    if (status >= 0 &&
        (marks.count < least || (most >= 0 && marks.count > most))) {
        tell_count(&expectation.report, text_trim(text), marks.count, least,
                   most);
        status = print_marked(&expectation, &marks, '*', err);
    }
    return end(&expectation, status, report, err);
}

static phx_status mark_pattern(struct expectation *expectation,
                               struct pattern *pattern, phx_error *err)
{
    struct marks marks;
    phx_status status = PHX_OK;

    for (size_t i = 0; i < pattern->condition_count && status >= 0; i++) {
        struct pattern_condition *condition = &pattern->conditions[i];
        status =
            mark(expectation, condition->text, condition->offset, &marks, err);
        condition->holds = marks.holds;
    }
    return status;
}

phx_status phx_expect_tree(phx_store *store, const char *pattern, size_t size,
                           int32_t flags, phx_buf *report, phx_error *err)
{
    struct expectation expectation;
    struct pattern lines;
    bool met = true;

    if (store == NULL || (pattern == NULL && size != 0) ||
        (flags & ~PHX_TREE_ANY_ORDER) != 0)
        return fail_argument(err);
    phx_status status = begin(&expectation, store, err);
    buf_add_string(&expectation.report,
                   "the spans are not those of the pattern:\n");
    if (status >= 0 &&
        (status = pattern_read(&expectation.arena,
                               text_span(pattern ? pattern : "", size), &lines,
                               err)) >= 0 &&
        (status = mark_pattern(&expectation, &lines, err)) >= 0)
        status = expect_tree(&expectation.forest, &lines,
                             (flags & PHX_TREE_ANY_ORDER) != 0, &met,
                             &expectation.report, err);
    if (status >= 0 && !met)
        status = PHX_UNMET;
    return end(&expectation, status, report, err);
}

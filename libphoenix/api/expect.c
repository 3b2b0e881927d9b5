/*
 * expect.c - the expectations of phoenix.h. What they share is expectation.c,
 * what trees are like is the room of expectations.
 */
#include "base/base.h"

#include "api/inside.h"

#include <math.h>

/* "2 spans chosen, expected at least 3: span_kind == 'LLM'" */
static void tell_count(struct buf *report, phx_text filter, int64_t found,
                       int64_t least, int64_t most)
{
    buf_add_format(report, "%lld span%s%s, expected ", (long long)found,
                   found == 1 ? "" : "s", filter.size > 0 ? " chosen" : "");
    if (most < 0)
        buf_add_format(report, "at least %lld", (long long)least);
    else if (least == most)
        buf_add_format(report, "%lld", (long long)least);
    else if (least == 0)
        buf_add_format(report, "at most %lld", (long long)most);
    else
        buf_add_format(report, "%lld to %lld", (long long)least,
                       (long long)most);
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
    phx_status status = expectation_begin(&expectation, store, err);
    if (status >= 0)
        status = expectation_mark(&expectation, text, 0, &marks, err);
    if (status >= 0 &&
        (marks.count < least || (most >= 0 && marks.count > most))) {
        tell_count(&expectation.report, text_trim(text), marks.count, least,
                   most);
        expectation_tell_filter(&expectation, text_trim(text));
        status = expectation_print(&expectation, &marks, '*', err);
    }
    return expectation_end(&expectation, status, report, err);
}

static phx_status mark_pattern(struct expectation *expectation,
                               struct pattern *pattern, phx_error *err)
{
    struct marks marks;
    phx_status status = PHX_OK;

    for (size_t i = 0; i < pattern->condition_count && status >= 0; i++) {
        struct pattern_condition *condition = &pattern->conditions[i];
        status = expectation_mark(expectation, condition->text,
                                  condition->offset, &marks, err);
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
    phx_status status = expectation_begin(&expectation, store, err);
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
    return expectation_end(&expectation, status, report, err);
}

/* --- order --------------------------------------------------------------------- */

/* For each condition the first span it chooses behind that of the one before;
 * *met is how many have one. */
static void follow(const struct forest *forest, const struct marks *marks,
                   size_t count, struct marks *found, size_t *met)
{
    size_t at = 0;

    for (*met = 0; *met < count; ++*met) {
        while (at < forest->count && !marks[*met].holds[forest->sequence[at]])
            at++;
        if (at == forest->count)
            return;
        found->holds[forest->sequence[at++]] = 1;
    }
}

phx_status phx_expect_order(phx_store *store, const phx_text *filters,
                            size_t count, phx_buf *report, phx_error *err)
{
    struct expectation expectation;
    struct arena *arena = &expectation.arena;
    size_t met = 0;

    if (store == NULL || (filters == NULL && count != 0))
        return fail_argument(err);
    if (count > EXPECT_FILTERS)
        return fail(err, PHX_TOO_BIG, -1, "%zu conditions, limit is %d", count,
                    EXPECT_FILTERS);
    phx_status status = expectation_begin(&expectation, store, err);
    /* One more, for those that were found. */
    struct marks *marks = arena_new(arena, (count + 1) * sizeof *marks);
    if (status >= 0 && marks == NULL)
        status = arena_status(arena, count * sizeof *marks, err);
    for (size_t i = 0; i < count && status >= 0; i++) {
        status = expectation_mark(&expectation, filters[i], 0, &marks[i], err);
        if (status == PHX_INVALID && err != NULL)
            err->offset = (int64_t)i;
    }
    if (status >= 0)
        status = expectation_unmarked(&expectation, &marks[count], err);
    if (status >= 0) {
        follow(&expectation.forest, marks, count, &marks[count], &met);
        if (met < count) {
            buf_add_format(&expectation.report,
                           "no span chosen after %zu that are", met);
            expectation_tell_filter(&expectation, text_trim(filters[met]));
            status = expectation_print(&expectation, &marks[count], '*', err);
        }
    }
    return expectation_end(&expectation, status, report, err);
}

/* --- below ---------------------------------------------------------------------- */

/* Of the chosen spans, those that have no such parent. A span is below one if
 * its parent is one, or is below one: parents come first. */
static phx_status find_strays(struct expectation *expectation,
                              const struct marks *chosen,
                              const struct marks *parents, bool directly,
                              struct marks *strays, phx_error *err)
{
    const struct forest *forest = &expectation->forest;
    struct marks below;
    phx_status status;

    if ((status = expectation_unmarked(expectation, &below, err)) < 0 ||
        (status = expectation_unmarked(expectation, strays, err)) < 0)
        return status;
    for (size_t i = 0; i < forest->count; i++) {
        uint32_t span = forest->order[i];
        uint32_t parent = forest->spans[span].parent;
        below.holds[span] =
            parent != EXPECT_NONE &&
            (parents->holds[parent] || (!directly && below.holds[parent]));
        strays->holds[span] = chosen->holds[span] && !below.holds[span];
        strays->count += strays->holds[span];
    }
    return PHX_OK;
}

phx_status phx_expect_below(phx_store *store, const char *filter, size_t size,
                            const char *parent, size_t parent_size,
                            int32_t flags, phx_buf *report, phx_error *err)
{
    struct expectation expectation;
    struct marks chosen, parents, strays;
    phx_text texts[] = {text_span(filter, size),
                        text_span(parent, parent_size)};

    if (store == NULL || (filter == NULL && size != 0) ||
        (parent == NULL && parent_size != 0) ||
        (flags & ~PHX_BELOW_DIRECTLY) != 0)
        return fail_argument(err);
    phx_status status = expectation_begin(&expectation, store, err);
    if (status >= 0 &&
        (status = expectation_mark(&expectation, texts[0], 0, &chosen, err)) >=
            0 &&
        (status = expectation_mark(&expectation, texts[1], 0, &parents, err)) >=
            0)
        status = find_strays(&expectation, &chosen, &parents,
                             (flags & PHX_BELOW_DIRECTLY) != 0, &strays, err);
    if (status >= 0 && (chosen.count == 0 || strays.count > 0)) {
        buf_add_format(&expectation.report,
                       "%lld of %lld spans chosen are not %sbelow one of ",
                       (long long)strays.count, (long long)chosen.count,
                       flags & PHX_BELOW_DIRECTLY ? "directly " : "");
        buf_add_text(&expectation.report, text_trim(texts[1]));
        expectation_tell_filter(&expectation, text_trim(texts[0]));
        status = expectation_print(&expectation, &strays, '!', err);
    }
    return expectation_end(&expectation, status, report, err);
}

/* --- budgets --------------------------------------------------------------------- */

/* Adds a line for each bound that is passed; whether there is one. */
static bool compare_budget(const phx_budget *most, const phx_rollup *sums,
                           struct buf *report)
{
    const struct {
        const char *what;
        double found, most;
    } bounds[] = {
        {"spans", (double)sums->spans, (double)most->spans},
        {"LLM calls", (double)sums->kinds[KIND_LLM], (double)most->llm_calls},
        {"tokens", (double)(sums->prompt_tokens + sums->completion_tokens),
         (double)most->tokens},
        {"USD", isnan(sums->total_cost) ? 0 : sums->total_cost, most->cost},
        {"ms of a trace", (double)sums->max_latency / 1e6, most->latency},
    };
    bool passed = false;

    for (size_t i = 0; i < sizeof bounds / sizeof *bounds; i++) {
        if (bounds[i].most < 0 || bounds[i].found <= bounds[i].most)
            continue;
        buf_add_format(report, "%.15g %s, expected at most %.15g\n",
                       bounds[i].found, bounds[i].what, bounds[i].most);
        passed = true;
    }
    return passed;
}

phx_status phx_expect_budget(phx_store *store, const phx_budget *most,
                             phx_buf *report, phx_error *err)
{
    phx_budget wanted = PHX_BUDGET_INIT;
    phx_rollup_query query = PHX_ROLLUP_QUERY_INIT;
    struct expectation expectation;
    phx_rollup *sums;
    size_t count;

    if (store == NULL || !take_options(&wanted, sizeof wanted, most) ||
        isnan(wanted.cost) || isnan(wanted.latency))
        return fail_argument(err);
    phx_status status = expectation_begin(&expectation, store, err);
    query.of = PHX_TRACE;
    query.costs = wanted.cost >= 0;
    if (status >= 0)
        status = store_roll_up(store->store, &query, &expectation.arena, &sums,
                               &count, err);
    if (status >= 0 && count > 0 &&
        compare_budget(&wanted, sums, &expectation.report))
        status = expectation_print(&expectation, NULL, ' ', err);
    return expectation_end(&expectation, status, report, err);
}

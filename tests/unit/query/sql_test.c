/*
 * Conditions as SQL: nothing of a user stands in the text, whatever compiles
 * runs, lists go on where they ended, and few blocks are opened.
 */
#include "t.h"

#include "base/base.h"
#include "query/query.h"
#include "unit/query/world_store.h"

static struct world world;
static struct world_store stored;

/* How many rows a condition chooses; -1 if it is refused, which is told. */
static int64_t chosen(enum query_grain grain, phx_text text, phx_error *story)
{
    struct query_scope scope = {0};
    struct arena arena;
    struct query query;
    struct world_answer answer = {0};

    arena_init(&arena, SIZE_MAX);
    phx_status status = query_compile(&arena, grain, text, &query, story);
    if (status >= 0)
        succeeds(world_ask(&stored, &query, &scope, &answer, err));
    arena_clear(&arena);
    return status < 0 ? -1 : (int64_t)answer.count;
}

/* --- depth -------------------------------------------------------------------- */

/* All that stands in front of a level, at the bottom, and behind a level. */
static const struct {
    int grain;
    const char *front, *open, *middle, *close, *back;
} nests[] = {
    {QUERY_SPAN, "", "not ", "a is None", "", ""},
    {QUERY_SPAN, "", "(a is None and ", "a is None", ")", ""},
    {QUERY_SPAN, "", "(", "a is None", " and a is None)", ""},
    {QUERY_SPAN, "", "not (a is None or ", "a == 'x'", ")", ""},
    {QUERY_SPAN, "", "(1 < 2) == (", "1 < 2", ")", ""},
    {QUERY_SPAN, "", "True == (", "cumulative_token_count.total < 2", ")", ""},
    {QUERY_SPAN, "", "(annotations['q'] or ", "parent_span is None", ")", ""},
    {QUERY_SPAN, "1 + ", "(1 + ", "annotations['q'].score", ")", " > 0"},
    {QUERY_SPAN, "0 < ", "1 / (", "float(a)", ")", ""},
    {QUERY_SPAN, "'a' in ", "name + (", "str(a)", ")", ""},
    {QUERY_SPAN, "", "'a' + (", "name", ")", " in name"},
    {QUERY_SPAN, "", "('a' in name) == (", "'a' in name", ")", ""},
    {QUERY_TRACE, "", "1 > 2 or (",
     "any(any(a.score is None for a in s.annotations) for s in spans)", ")",
     ""},
    {QUERY_TRACE, "any(", "1 > 2 or (",
     "sum(a.score for a in s.annotations if a.name == 'q') > 1", ")",
     " for s in spans)"},
    {QUERY_TRACE, "any(any(", "1 > 2 or (", "s.parent_span is None", ")",
     " for s in t.children) for t in spans)"},
    {QUERY_TRACE, "sum(", "1 + (",
     "max(s.cumulative_llm_token_count_total for s in t.children)", ")",
     " for t in spans) > 1"},
    {QUERY_TRACE, "", "1 > 2 or (",
     "trace_annotations['q'].label == attributes['a.b.c']", ")", ""},
    {QUERY_SESSION, "", "1 > 2 or (",
     "session_annotations['q'].label == first_input", ")", ""},
    {QUERY_SESSION, "", "1 > 2 or (", "'a' in any_input", ")", ""},
    {QUERY_SESSION, "", "1 > 2 or (",
     "any(any(s.latency_ms > 1 for s in t.spans if s.name == 'x') for t in "
     "traces if t.latency_ms > 1)",
     ")", ""},
};

/* A front, n levels, and a back. */
static phx_text nested(struct buf *buf, size_t nest, int n)
{
    buf_reset(buf);
    buf_add_string(buf, nests[nest].front);
    for (int i = 0; i < n; i++)
        buf_add_string(buf, nests[nest].open);
    buf_add_string(buf, nests[nest].middle);
    for (int i = 0; i < n; i++)
        buf_add_string(buf, nests[nest].close);
    buf_add_string(buf, nests[nest].back);
    return text_span(buf->data, buf->size);
}

TEST(what_is_nested_as_deep_as_may_be_runs)
{
    UNUSED_STATE;
    struct buf buf;
    phx_error story;

    buf_init(&buf, 1 << 20);
    for (size_t i = 0; i < sizeof nests / sizeof *nests; i++) {
        enum query_grain grain = (enum query_grain)nests[i].grain;
        int n = 0;
        while (chosen(grain, nested(&buf, i, n), &story) >= 0)
            n++;
        if (n < 4 || !strstr(story.message, "nested over"))
            wrong("'%s': %d, %s", nests[i].open, n, story.message);
    }
    buf_clear(&buf);
}

TEST(what_is_as_long_as_may_be_runs)
{
    UNUSED_STATE;
    static const struct {
        const char *open, *item, *close;
        int count;
    } lists[] = {
        {"name == 'x' or True", " and True", "", 7000},
        {"a in ['0'", ", 'x'", "]", 12000},
        {"1 > 2", " < 3", "", 5000},
        {"'a'", " + 'a'", " == name", 50},
        {"a == 'x'", " or a == 'y'", "", 3000},
    };
    struct buf buf;
    phx_error story;

    buf_init(&buf, 1 << 20);
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        buf_reset(&buf);
        buf_add_string(&buf, lists[i].open);
        for (int j = 0; j < lists[i].count; j++)
            buf_add_string(&buf, lists[i].item);
        buf_add_string(&buf, lists[i].close);
        if (chosen(QUERY_SPAN, text_span(buf.data, buf.size), &story) < 0)
            wrong("'%s': %s", lists[i].open, story.message);
    }
    buf_clear(&buf);
}

/* Long lists in one another, as many as a text has room for. */
TEST(what_is_long_and_deep_runs)
{
    UNUSED_STATE;
    struct buf buf;
    phx_error story;

    buf_init(&buf, 1 << 20);
    for (int level = 0; level < 9; level++) {
        for (int i = 0; i < 800; i++)
            buf_add_string(&buf, level % 2 ? "False or " : "True and ");
        buf_add_byte(&buf, '(');
    }
    buf_add_string(&buf, "a is None)))))))))");
    ok(buf.size <= QUERY_TEXT_SIZE);
    if (chosen(QUERY_SPAN, text_span(buf.data, buf.size), &story) < 0)
        wrong("%s", story.message);
    buf_clear(&buf);
}

/* --- what stands in the text ------------------------------------------------------- */

static const struct {
    int grain;
    const char *text;
} marked[] = {
    {QUERY_SPAN, "MARK == 'MARK' and attributes['MARK']['MARK'] == 424242"},
    {QUERY_SPAN,
     "name in ['MARK', \"MARK'; --\"] or 'MARK' in metadata['MARK']"},
    {QUERY_SPAN, "span_kind == 'MARK' or status_code != 'MARK'"},
    {QUERY_SPAN, "annotations['MARK'].label == 'MARK' and evals[\"MARK'\"]"},
    {QUERY_SPAN, "trace_annotations['MARK'].score > 424242.42"},
    {QUERY_SPAN, "str(MARK.MARK) + 'MARK' == name or float(MARK) / 424242 > 1"},
    {QUERY_SPAN, "latency_ms > 424242 and start_time > '4242-04-24T00:00:00Z'"},
    {QUERY_TRACE, "any(MARK.name == 'MARK' for MARK in spans)"},
    {QUERY_TRACE, "any(any(MARK.label == 'MARK' for MARK in x.annotations) "
                  "for x in spans if x.parent_span.name == 'MARK')"},
    {QUERY_TRACE, "attributes['MARK.MARK'] == 'MARK' and num_spans > 424242"},
    {QUERY_SESSION, "'MARK' in any_input or 'MARK' not in last_output"},
    {QUERY_SESSION, "session_annotations['MARK'].label in ('MARK', 'x')"},
};

TEST(nothing_of_a_user_stands_in_the_text)
{
    UNUSED_STATE;
    const struct query_place place = {424242, 424242};
    const struct query_scope scope = {.project = 424242,
                                      .start_time = 424242,
                                      .end_time = 424242424242,
                                      .order = QUERY_BY_START,
                                      .after = &place,
                                      .limit = 424242};
    struct store_query statement;
    struct query query;
    struct arena arena;

    arena_init(&arena, SIZE_MAX);
    for (size_t i = 0; i < sizeof marked / sizeof *marked; i++) {
        enum query_grain grain = (enum query_grain)marked[i].grain;
        succeeds(
            query_compile(&arena, grain, text_of(marked[i].text), &query, err));
        succeeds(query_sql(&query, &scope, &arena, &statement, err));
        char *text = arena_new(&arena, statement.sql.size + 1);
        memcpy(text, statement.sql.data, statement.sql.size);
        text[statement.sql.size] = '\0';
        if (strstr(text, "MARK") || strstr(text, "4242") ||
            strpbrk(text, "';\\") || strstr(text, "--"))
            wrong("%s: %s", marked[i].text, text);
    }
    arena_clear(&arena);
}

/* --- pages -------------------------------------------------------------------------- */

static void compile(struct arena *arena, int grain, const char *text,
                    struct query *out)
{
    succeeds(
        query_compile(arena, (enum query_grain)grain, text_of(text), out, err));
}

/* All of it at once, and in pages that go on behind one another. */
static void check_pages(const struct query *query, struct query_scope scope)
{
    struct world_answer all, page;
    struct query_place place;
    size_t at = 0;

    succeeds(world_ask(&stored, query, &scope, &all, err));
    scope.limit = 3;
    do {
        succeeds(world_ask(&stored, query, &scope, &page, err));
        for (size_t i = 0; i < page.count; i++, at++)
            eq_int(page.numbers[i], at < all.count ? all.numbers[at] : -1);
        place = page.last;
        scope.after = &place;
    } while (page.count > 0);
    eq_int(at, all.count);
}

TEST(pages_go_on_where_they_ended)
{
    UNUSED_STATE;
    static const char *const conditions[QUERY_GRAINS] = {
        "latency_ms >= 0", "num_spans > 1", "num_traces > 0"};
    struct arena arena;
    struct query query;

    arena_init(&arena, SIZE_MAX);
    for (int grain = 0; grain < QUERY_GRAINS; grain++) {
        compile(&arena, grain, conditions[grain], &query);
        for (int i = 0; i < 4; i++)
            check_pages(&query, (struct query_scope){.order = i & 1,
                                                     .ascending = i & 2});
        compile(&arena, grain, "", &query);
        check_pages(&query, (struct query_scope){.order = QUERY_BY_START});
    }
    arena_clear(&arena);
}

/* --- what is opened ------------------------------------------------------------------ */

/* A block holds one span. So many rows come of so many blocks that are opened,
 * newest first; the plan has these terms (span_plan.c). */
static const struct {
    const char *text;
    int64_t limit;
    size_t rows, blocks;
    const char *plan;
} prunes[] = {
    {"", 5, 5, 5, "INDEX 5:"},
    {"span_kind == 'LLM'", 3, 3, 3, "INDEX 5:i="},
    {"span_kind in ['TOOL', 'AGENT']", 0, 11, 11, "INDEX 5:ii"},
    {"status_code == 'ERROR'", 1, 1, 9, "INDEX 5:j="},
    {"start_time >= '2026-03-01T10:00:55Z'", 0, 16, 16, "INDEX 5:l]"},
    {"start_time < '2026-03-01T10:00:05Z' and name != 'x'", 0, 4, 4,
     "INDEX 5:l["},
    {"latency_ms > 60000", 0, 1, 1, "INDEX 5:n]"},
    {"llm.model_name == 'gpt-4o'", 1, 1, 3, "INDEX 5:rt"},
    {"llm.model_name in ('gpt-4o', 'o1') and span_kind == 'LLM'", 1, 1, 3,
     "INDEX 5:i=rt"},
    {"parent_id is None", 2, 2, 12, "INDEX 5:e0"},
    {"trace_id == 'a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3'", 0, 5, 40, "INDEX 5:c="},
    {"span_id in ['00000000c0de0003']", 0, 1, 40, "INDEX 5:d="},
};

/* What SQLite tells of its plan. */
static void find_plan(struct store_query statement, char *out, size_t size)
{
    char text[4096] = "EXPLAIN QUERY PLAN ";
    struct store_rows *rows;
    const struct value *row;
    size_t used = strlen(text);

    ok(used + statement.sql.size < sizeof text);
    memcpy(text + used, statement.sql.data, statement.sql.size);
    statement.sql = text_span(text, used + statement.sql.size);
    succeeds(store_rows_open(stored.store, &statement, &rows, err));
    *out = '\0';
    while (store_rows_next(rows, &row, NULL) == PHX_OK) {
        used = strlen(out);
        snprintf(out + used, size - used, "%.*s; ", (int)row[3].text.size,
                 row[3].text.data);
    }
    store_rows_close(rows);
}

TEST(blocks_that_cannot_match_are_not_opened)
{
    UNUSED_STATE;
    struct store_query statement;
    struct world_answer answer;
    struct arena arena;
    struct query query;
    char plan[1024];

    arena_init(&arena, SIZE_MAX);
    for (size_t i = 0; i < sizeof prunes / sizeof *prunes; i++) {
        struct query_scope scope = {.order = QUERY_BY_START,
                                    .limit = prunes[i].limit};
        compile(&arena, QUERY_SPAN, prunes[i].text, &query);
        succeeds(query_sql(&query, &scope, &arena, &statement, err));
        find_plan(statement, plan, sizeof plan);
        succeeds(world_ask(&stored, &query, &scope, &answer, err));
        if (answer.count != prunes[i].rows ||
            answer.blocks != prunes[i].blocks ||
            !strstr(plan, prunes[i].plan) || strstr(plan, "TEMP B-TREE"))
            wrong("%s: %zu rows of %zu blocks, %s", prunes[i].text,
                  answer.count, answer.blocks, plan);
    }
    arena_clear(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_nested_as_deep_as_may_be_runs),
        cmocka_unit_test(what_is_as_long_as_may_be_runs),
        cmocka_unit_test(what_is_long_and_deep_runs),
        cmocka_unit_test(nothing_of_a_user_stands_in_the_text),
        cmocka_unit_test(pages_go_on_where_they_ended),
        cmocka_unit_test(blocks_that_cannot_match_are_not_opened),
    };

    world_open(&world);
    world_store_make(&stored, &world, 1);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    world_store_remove(&stored);
    arena_clear(&world.arena);
    return failed;
}

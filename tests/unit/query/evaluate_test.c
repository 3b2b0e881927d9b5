/*
 * The meaning of conditions beyond the vectors: missing values, attributes of
 * every kind, exact numbers, wire keys, loops over nothing, sums, memory.
 */
#include "t.h"

#include <math.h>

#include "base/base.h"
#include "query/inside.h"
#include "query/query.h"
#include "unit/arena.h"

static bool matches(enum query_grain grain, const void *row, const char *text)
{
    struct query query;
    bool out = false;

    succeeds(query_compile(&arena, grain, text_of(text), &query, err));
    succeeds(query_matches(&query, row, &out, err));
    return out;
}

/* A span with these attributes and one annotation, alone in its trace. */
struct alone {
    struct span span;
    struct query_span row;
    struct query_trace trace;
    struct query_session session;
};

static const struct query_annotation notes[] = {
    {{"q", 1}, {"good", 4}, {NULL, 0}, 0.5},
    {{"q", 1}, {"bad", 3}, {NULL, 0}, (double)NAN},
    {{"r", 1}, {NULL, 0}, {NULL, 0}, 2},
};

static void make_alone(struct alone *alone, const char *tree)
{
    *alone = (struct alone){.span = {.trace_id = text_of("\x01\xAB"),
                                     .span_id = text_of("\x02"),
                                     .parent_id = text_of(""),
                                     .name = text_of("Name"),
                                     .start_time = 1772359200000500000,
                                     .end_time = 1772359200002400000,
                                     .prompt_tokens = -1,
                                     .completion_tokens = -1}};
    succeeds(
        json_read(&arena, text_of(tree), JSON_LENIENT, &alone->span.tree, err));
    alone->row = (struct query_span){.span = &alone->span,
                                     .trace = &alone->trace,
                                     .annotations = notes,
                                     .annotation_count = 3};
    alone->trace = (struct query_trace){
        .id = alone->span.trace_id, .spans = &alone->row, .span_count = 1};
    alone->session = (struct query_session){
        .id = text_of("s"), .traces = &alone->trace, .trace_count = 1};
}

static bool holds(const char *tree, const char *text)
{
    struct alone alone;

    make_alone(&alone, tree);
    return matches(QUERY_SPAN, &alone.row, text);
}

TEST(what_is_missing_decides_nothing)
{
    UNUSED_STATE;
    static const char *const unknown[] = {
        "a == 1",
        "a != 1",
        "a < 1",
        "a in [1]",
        "a not in [1]",
        "'x' in a",
        "'x' not in a",
        "a == b",
        "a + 1 == 1",
        "-a == 1",
        "a == True",
        "a is not True",
        "a < None",
        "name < a",
        "a in name",
        "1 / 0 == 1",
        "1 % 0 == 0",
        "a + 'x' == 'x'",
        "b is None and a == 1",
    };

    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) {
        char negated[64];
        snprintf(negated, sizeof negated, "not (%s)", unknown[i]);
        ok(!holds("{\"a\":null}", unknown[i]));
        ok(!holds("{}", negated));
    }
    ok(holds("{}", "a == 1 or True"));
    ok(!holds("{}", "not (a == 1 and True)"));
    ok(holds("{}", "not (a == 1 and False)"));
    ok(holds("{}", "a is None and not (a in [])"));
    ok(holds("{\"a\":NaN}", "a is None"));
}

TEST(attributes_are_what_they_meet)
{
    UNUSED_STATE;
    static const char tree[] =
        "{\"t\":true,\"f\":\"false\",\"i\":3,\"r\":3.5,\"s\":\"+3.50\","
        "\"l\":[1,{\"k\":\"v\"}],\"z\":0,\"big\":123456789012345678901}";
    static const char *const true_here[] = {
        "t == True",
        "f is False",
        "z == False",
        "t == '1'",
        "f == 'false'",
        "i == '3'",
        "r == '3.5'",
        "s == 3.5",
        "s == '+3.50'",
        "l == '[1,{\"k\":\"v\"}]'",
        "'\"K\"' in l",
        "attributes['l'][1]['k'] == 'v'",
        "attributes['l'][2] is None",
        "attributes['i'][0] is None",
        "attributes[['l', 0]] == 1",
        "i + r == 6.5",
        "i + r == '33.5'",
        "i + 'x' == '3x'",
        "big > 1e20",
        "big == '123456789012345678901'",
        "i in [1, 3]",
        "i in ['3']",
        "r <= s and r >= s",
        "str(i) + '' == '3'",
        "int(r) == 3.5",
        "float(i) in [3]",
    };
    static const char *const not_here[] = {
        "t == 1", "i == True", "l == 1", "r == '3.50'", "t == 'true'",
    };

    for (size_t i = 0; i < sizeof true_here / sizeof *true_here; i++) {
        if (!holds(tree, true_here[i]))
            wrong("%s", true_here[i]);
    }
    for (size_t i = 0; i < sizeof not_here / sizeof *not_here; i++) {
        if (holds(tree, not_here[i]))
            wrong("%s", not_here[i]);
    }
}

TEST(bytes_are_base64_texts)
{
    UNUSED_STATE;
    struct alone alone;

    make_alone(&alone, "{\"a\":\"\"}");
    alone.span.tree.members[0].value = value_text(text_of("\xFF\xFE"));
    alone.span.tree.members[0].value.kind = JSON_BYTES;
    ok(matches(QUERY_SPAN, &alone.row, "a == '//4='"));
}

TEST(numbers_are_exact)
{
    UNUSED_STATE;
    ok(holds("{\"a\":9007199254740993}", "a == 9007199254740993"));
    ok(!holds("{\"a\":9007199254740993}", "a == 9007199254740992"));
    ok(holds("{\"a\":9007199254740993}", "a > 9007199254740992.0"));
    ok(holds("{\"a\":9223372036854775807}", "a < 9223372036854775808"));
    ok(holds("{\"a\":-9223372036854775808}", "a == -9223372036854775808"));
    ok(holds("{\"a\":9223372036854775807}", "a + 1 > 9.2e18"));
    ok(holds("{\"a\":-7}", "a % 3 == -1 and a / 2 == -3.5"));
    ok(holds("{\"a\":5.5}", "a % 2 == 1"));
    ok(holds("{\"a\":1}", "a % -1 == 0 and -a == -1 and a - 2 == -1"));
    ok(holds("{}", "1e308 * 10 > 1e308"));
    ok(!holds("{}", "1e308 * 10 - 1e308 * 10 == 0"));
}

TEST(columns_are_printed_as_clients_see_them)
{
    UNUSED_STATE;
    ok(holds("{}", "trace_id == '01ab' and span_id == '02'"));
    ok(holds("{}", "parent_id is None and parent_span is None"));
    ok(holds("{}", "start_time == '2026-03-01T10:00:00.0005Z'"));
    ok(holds("{}", "start_time in ['2026-03-01T11:00:00.000500+01:00']"));
    ok(holds("{}", "latency_ms == 1")); /* 0.5 is 1, 2.4 is 2 */
    ok(holds("{}", "status_code == 'unset' and 'NAM' in name"));
}

TEST(a_name_is_one_annotation_at_a_time)
{
    UNUSED_STATE;
    ok(holds("{}", "evals['q'].score == 0.5 and evals['q'].label == 'good'"));
    ok(!holds("{}", "evals['q'].score == 0.5 and evals['q'].label == 'bad'"));
    ok(holds("{}", "evals['q'].score is None and evals['q'].label == 'bad'"));
    ok(holds("{}", "evals['q'].label == 'bad' and evals['r'].score == 2"));
    ok(holds("{}", "not evals['s'] and evals['s'].score is None"));
    ok(holds("{}", "evals['q'] == True and evals['q'] is not None"));
    ok(!holds("{}", "trace_annotations['q']"));
}

TEST(wire_keys_find_every_shape)
{
    UNUSED_STATE;
    static const char *const trees[] = {
        "{\"a\":{\"b\":{\"c\":1}}}",
        "{\"a\":{\"b.c\":1,\"b\":{\"c\":null}}}",
        "{\"a.b.c\":1}",
        "{\"a.b.c\":2,\"a\":{\"b.c\":1}}",
    };

    for (size_t i = 0; i < sizeof trees / sizeof *trees; i++) {
        struct alone alone;
        make_alone(&alone, trees[i]);
        ok(matches(QUERY_TRACE, &alone.trace, "attributes['a.b.c'] == 1"));
        ok(matches(QUERY_SESSION, &alone.session,
                   "attributes['a']['b.c'] == 1"));
        ok(!matches(QUERY_TRACE, &alone.trace, "attributes['a.b'] == 1"));
    }
    ok(holds(trees[2], "attributes['a.b.c'] == 1 and a.b.c is None"));
}

TEST(loops_over_nothing)
{
    UNUSED_STATE;
    struct alone alone;

    make_alone(&alone, "{}");
    alone.row.annotation_count = 0;
    ok(matches(QUERY_TRACE, &alone.trace,
               "not any(a.score > 0 for a in span_annotations) and "
               "all(a.score > 0 for a in span_annotations) and "
               "sum(a.score for a in span_annotations) == 0 and "
               "max(a.score for a in span_annotations) is None and "
               "len([a for a in span_annotations]) == 0"));
    alone.trace.span_count = 0;
    ok(matches(QUERY_TRACE, &alone.trace,
               "input is None and user.id is None and total_cost == 0"));
    ok(matches(QUERY_SESSION, &alone.session,
               "first_input is None and 'x' not in any_input"));
}

TEST(loops_reduce)
{
    UNUSED_STATE;
    struct alone alone;

    make_alone(&alone, "{\"input\":{\"value\":\"Hi\"}}");
    ok(matches(QUERY_TRACE, &alone.trace,
               "sum(a.score for a in span_annotations) == 2.5 and "
               "max(a.score for a in span_annotations) == 2 and "
               "min(a.score for a in span_annotations if a.name == 'q') == 0.5 "
               "and not all(a.score > 0 for a in span_annotations) and "
               "any(len([a for a in s.annotations]) == 3 for s in spans)"));
    ok(matches(QUERY_TRACE, &alone.trace,
               "all(len([c for c in s.siblings]) == 0 for s in spans) and "
               "any(any(t.name == s.name for t in spans) for s in spans)"));
    ok(matches(QUERY_SESSION, &alone.session,
               "'HI' in any_input and first_input == 'Hi' and "
               "any(len([s for s in t.spans]) == 1 for t in traces)"));
}

TEST(sums_keep_what_rounding_loses)
{
    UNUSED_STATE;
    struct total total = {0};

    total_add(&total, 1);
    total_add(&total, 1e100);
    total_add(&total, 1);
    total_add(&total, -1e100);
    ok(total_get(&total) == 2);
    total_add(&total, (double)INFINITY);
    ok(isinf(total_get(&total)));
}

TEST(memory_that_is_wanting_is_told)
{
    UNUSED_STATE;
    struct alone alone;
    struct query query;
    bool out = false;
    phx_error story;
    phx_status status = PHX_NO_MEMORY;

    make_alone(&alone, "{\"l\":[1],\"t\":\"abc\"}");
    succeeds(query_compile(&arena, QUERY_SPAN,
                           text_of("l == '[1]' and span_id == '02' and 'B' in "
                                   "t and t + name == 'abcName'"),
                           &query, err));
    for (int64_t at = 1; status == PHX_NO_MEMORY; at++) {
        int64_t before = memory_faults.balance;
        memory_faults.seen = 0;
        memory_faults.fail_at = at;
        status = query_matches(&query, &alone.row, &out, &story);
        memory_faults.fail_at = 0;
        eq_int(memory_faults.balance, before);
        ok(out == (status == PHX_OK));
    }
    eq_int(status, PHX_OK);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, open_arena, close_arena)
    const struct CMUnitTest tests[] = {
        T(what_is_missing_decides_nothing),
        T(attributes_are_what_they_meet),
        T(bytes_are_base64_texts),
        T(numbers_are_exact),
        T(columns_are_printed_as_clients_see_them),
        T(a_name_is_one_annotation_at_a_time),
        T(wire_keys_find_every_shape),
        T(loops_over_nothing),
        T(loops_reduce),
        T(sums_keep_what_rounding_loses),
        T(memory_that_is_wanting_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

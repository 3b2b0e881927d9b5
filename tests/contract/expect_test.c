/*
 * expect_test.c - what a test says of spans: counts and trees, and the report
 * that says how they differ.
 */
#include "t.h"

#include "contract/stored.h"

struct captured {
    struct place place;
    phx_buf report;
};

static void capture(struct captured *captured)
{
    *captured = (struct captured){.report = PHX_BUF_INIT};
    place_make(&captured->place);
    succeeds(open_url("sqlite::memory:", 0, &captured->place.store, err));
}

static void release(struct captured *captured)
{
    phx_buf_free(&captured->report);
    place_remove(&captured->place);
}

/* span, parent, name, kind; each starts after the one before it. */
static void add(struct captured *captured, const char *span, const char *parent,
                const char *name, const char *kind)
{
    static uint64_t start;

    start++;
    send(&captured->place, &(struct sent){.trace = "01",
                                          .span = span,
                                          .parent = parent,
                                          .name = name,
                                          .kind = kind,
                                          .start = start,
                                          .end = start + 1000,
                                          .tokens = 3});
}

/* agent (plan, search x2 (fetch), answer) */
static void add_agent(struct captured *captured)
{
    add(captured, "a0", NULL, "agent", "AGENT");
    add(captured, "a1", "a0", "plan", "LLM");
    add(captured, "a2", "a0", "search", "TOOL");
    add(captured, "a3", "a2", "fetch", "CHAIN");
    add(captured, "a4", "a0", "search", "TOOL");
    add(captured, "a5", "a4", "fetch", "CHAIN");
    add(captured, "a6", "a0", "give answer", "LLM");
}

static phx_status count(struct captured *captured, const char *filter,
                        int64_t least, int64_t most, phx_error *err)
{
    return phx_expect_count(captured->place.store, filter,
                            filter ? strlen(filter) : 0, least, most,
                            &captured->report, err);
}

static phx_status tree(struct captured *captured, const char *pattern,
                       int32_t flags, phx_error *err)
{
    return phx_expect_tree(captured->place.store, pattern,
                           pattern ? strlen(pattern) : 0, flags,
                           &captured->report, err);
}

static void met(struct captured *captured, const char *pattern, int32_t flags)
{
    phx_error why = {0};
    phx_status status = tree(captured, pattern, flags, &why);

    if (status != PHX_OK)
        wrong("'%s': %d %s\n%s", pattern, (int)status, why.message,
              captured->report.data ? captured->report.data : "");
}

static void unmet(struct captured *captured, const char *pattern, int32_t flags)
{
    phx_error why = {0};
    phx_status status = tree(captured, pattern, flags, &why);

    if (status != PHX_UNMET)
        wrong("'%s': %d %s", pattern, (int)status, why.message);
}

/* The report without its first line. */
static void eq_report(const struct captured *captured, const char *expected)
{
    const char *end = strchr(captured->report.data, '\n');

    assert_non_null(end);
    if (strcmp(end + 1, expected) != 0)
        wrong("the report is\n%s", captured->report.data);
}

/* --- counts ------------------------------------------------------------------- */

TEST(spans_are_counted)
{
    struct captured captured;

    UNUSED_STATE;
    capture(&captured);
    eq_int(count(&captured, NULL, 0, 0, NULL), PHX_OK);
    eq_int(count(&captured, NULL, 1, 1, NULL), PHX_UNMET);
    eq_string(captured.report.data, "0 spans, expected 1\n");
    add_agent(&captured);
    eq_int(count(&captured, "", 7, 7, NULL), PHX_OK);
    eq_int(count(&captured, "span_kind == 'LLM'", 2, 2, NULL), PHX_OK);
    eq_int(count(&captured, "span_kind == 'LLM'", 1, -1, NULL), PHX_OK);
    eq_int(count(&captured, "span_kind == 'RETRIEVER'", 0, 0, NULL), PHX_OK);
    eq_int(count(&captured, "span_kind == 'LLM'", 3, -1, NULL), PHX_UNMET);
    ok(strstr(captured.report.data,
              "2 spans chosen, expected at least 3: span_kind == 'LLM'\n"));
    eq_report(&captured, "  agent  AGENT\n"
                         "*   plan  LLM\n"
                         "    search  TOOL\n"
                         "      fetch  CHAIN\n"
                         "    search  TOOL\n"
                         "      fetch  CHAIN\n"
                         "*   give answer  LLM\n");
    eq_int(count(&captured, "span_kind == 'LLM'", 0, 1, NULL), PHX_UNMET);
    ok(strstr(captured.report.data, "expected at most 1: "));
    eq_int(phx_expect_count(captured.place.store, NULL, 0, 1, -1, NULL, NULL),
           PHX_OK);
    eq_int(phx_expect_count(captured.place.store, NULL, 0, 9, 9, NULL, NULL),
           PHX_UNMET);
    fails_with(PHX_INVALID, "", count(&captured, "span_kind ==", 0, 0, err));
    release(&captured);
}

/* --- trees -------------------------------------------------------------------- */

TEST(a_pattern_says_what_trees_there_are)
{
    static const char *const good[] = {
        "agent\n  plan\n  search*2\n    fetch\n  \"give answer\"\n",
        "\n    AGENT\n        llm\n        tool+\n            chain\n"
        "        llm\n    ",
        "agent\r\n  plan\r\n  ...\r\n",
        "agent\n  ...\n  llm",
        "agent\n  llm\n  tool\n    ...\n  tool\n    fetch?\n  llm",
        "...",
        "agent\n  ...\n...",
        "retriever*\nagent [name == 'agent']\n  ...\nretriever?",
        "agent*1\n  llm\n  tool*\n    chain*\n  llm+",
        "agent\n  llm [llm.token_count.prompt > 2]\n  tool*2\n    chain\n"
        "  llm [attributes['n'] == 1]",
        "agent\n  retriever*0\n  ...",
    };
    static const char *const bad[] = {
        "",
        "agent",
        "agent\n  plan\n  search*3\n    fetch\n  \"give answer\"",
        "agent\n  plan\n  search*2\n  \"give answer\"",
        "agent\n  \"LLM\"\n  ...",
        "agent\n  llm*0\n  ...\n  retriever",
        "agent\n  tool*2\n    chain\n  llm*2",
        "agent\n  llm [llm.token_count.prompt > 3]\n  ...",
        "agent\n  ...\nagent",
        "agent\n  plan\n  ...\n    ",
    };
    struct captured captured;

    UNUSED_STATE;
    capture(&captured);
    met(&captured, "", 0);
    met(&captured, "  \n\n", 0);
    unmet(&captured, "agent", 0);
    eq_report(&captured, "- agent\n");
    add_agent(&captured);
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        met(&captured, good[i], 0);
    for (size_t i = 0; i + 1 < sizeof bad / sizeof *bad; i++)
        unmet(&captured, bad[i], 0);
    met(&captured, bad[9], 0);
    release(&captured);
}

TEST(any_order_is_any_order)
{
    struct captured captured;

    UNUSED_STATE;
    capture(&captured);
    add_agent(&captured);
    met(&captured, "agent\n  tool*2\n    chain\n  llm*2", PHX_TREE_ANY_ORDER);
    met(&captured, "agent\n  tool\n    ...\n  \"give answer\"\n  ...\n",
        PHX_TREE_ANY_ORDER);
    /* llm could take either, but then nothing is left for the name. */
    met(&captured, "agent\n  llm\n  plan\n  tool+\n    fetch\n",
        PHX_TREE_ANY_ORDER);
    met(&captured,
        "agent\n  plan\n  llm\n  tool?\n    fetch\n  tool\n    fetch\n",
        PHX_TREE_ANY_ORDER);
    unmet(&captured, "agent\n  plan\n  plan\n  tool*2\n    fetch\n",
          PHX_TREE_ANY_ORDER);
    eq_report(&captured, "  agent  AGENT\n"
                         "    plan  LLM\n"
                         "    search  TOOL\n"
                         "      fetch  CHAIN\n"
                         "    search  TOOL\n"
                         "      fetch  CHAIN\n"
                         "+   give answer  LLM\n"
                         "-   plan\n");
    release(&captured);
}

TEST(a_report_says_what_differs_and_where)
{
    struct captured captured;

    UNUSED_STATE;
    capture(&captured);
    add_agent(&captured);
    unmet(&captured,
          "agent\n  llm [latency_ms > 5]\n  retriever\n  tool*2\n    chain\n"
          "      llm\n",
          0);
    eq_report(&captured, "  agent  AGENT\n"
                         "!   plan  LLM  (expected: llm [latency_ms > 5])\n"
                         "-   retriever\n"
                         "    search  TOOL\n"
                         "      fetch  CHAIN\n"
                         "-       llm\n"
                         "    search  TOOL\n"
                         "      fetch  CHAIN\n"
                         "-       llm\n"
                         "+   give answer  LLM\n");
    unmet(&captured, "chain", 0);
    eq_report(&captured, "+ agent  AGENT\n"
                         "+   plan  LLM\n"
                         "+   search  TOOL\n"
                         "+     fetch  CHAIN\n"
                         "+   search  TOOL\n"
                         "+     fetch  CHAIN\n"
                         "+   give answer  LLM\n"
                         "- chain\n");
    release(&captured);
}

/* Rings, spans of other traces, odd and long names. */
TEST(odd_spans_are_trees_too)
{
    static char name[300];
    struct captured captured;

    UNUSED_STATE;
    capture(&captured);
    memset(name, 'n', sizeof name - 1);
    add(&captured, "b1", "b2", "one", NULL);
    add(&captured, "b2", "b3", "two", NULL);
    add(&captured, "b3", "b1", "three", NULL);
    add(&captured, "b4", "b4", "self", NULL);
    add(&captured, "b5", "ff", name, NULL);
    send(&captured.place, &(struct sent){.trace = "02",
                                         .span = "b6",
                                         .parent = "b5",
                                         .name = "a\\nb",
                                         .status = 2,
                                         .start = 1 << 20});
    met(&captured, "three\n  two\n    one\nself\nunknown\nunknown", 0);
    unmet(&captured, "", 0);
    ok(strstr(captured.report.data, "nnn...  UNKNOWN\n"));
    ok(strstr(captured.report.data, "+ a b  UNKNOWN  ERROR\n"));
    release(&captured);
}

/* --- order, below, budgets ------------------------------------------------------ */

static phx_status order(struct captured *captured, const char *const *filters,
                        size_t count, phx_error *err)
{
    phx_text texts[8];

    for (size_t i = 0; i < count; i++)
        texts[i] = (phx_text){filters[i], strlen(filters[i])};
    return phx_expect_order(captured->place.store, texts, count,
                            &captured->report, err);
}

TEST(spans_come_one_after_the_other)
{
    static const char *const good[] = {
        "span_kind == 'AGENT'", "span_kind == 'LLM'", "name == 'search'",
        "name == 'search'", "span_kind == 'LLM'"};
    static const char *const bad[] = {"name == 'give answer'",
                                      "name == 'search'"};
    static const char *const wrong_one[] = {"", "name =="};
    static phx_text many[1001];
    struct captured captured;
    phx_error why;

    UNUSED_STATE;
    capture(&captured);
    eq_int(order(&captured, NULL, 0, NULL), PHX_OK);
    add_agent(&captured);
    eq_int(order(&captured, good, 5, NULL), PHX_OK);
    eq_int(order(&captured, bad, 2, NULL), PHX_UNMET);
    ok(strstr(captured.report.data,
              "no span chosen after 1 that are: name == 'search'\n"));
    ok(strstr(captured.report.data, "\n*   give answer  LLM\n"));
    eq_int(order(&captured, wrong_one, 2, &why), PHX_INVALID);
    eq_int(why.offset, 1);
    fails_with(PHX_TOO_BIG, "limit is 1000",
               phx_expect_order(captured.place.store, many, 1001, NULL, err));
    release(&captured);
}

static phx_status below(struct captured *captured, const char *filter,
                        const char *parent, int32_t flags, phx_error *err)
{
    return phx_expect_below(captured->place.store, filter, strlen(filter),
                            parent, strlen(parent), flags, &captured->report,
                            err);
}

TEST(spans_are_below_others)
{
    struct captured captured;

    UNUSED_STATE;
    capture(&captured);
    add_agent(&captured);
    eq_int(below(&captured, "name == 'fetch'", "span_kind == 'TOOL'",
                 PHX_BELOW_DIRECTLY, NULL),
           PHX_OK);
    eq_int(below(&captured, "name == 'fetch'", "span_kind == 'AGENT'", 0, NULL),
           PHX_OK);
    eq_int(below(&captured, "name == 'fetch'", "span_kind == 'AGENT'",
                 PHX_BELOW_DIRECTLY, NULL),
           PHX_UNMET);
    ok(strstr(captured.report.data,
              "2 of 2 spans chosen are not directly below one of"));
    ok(strstr(captured.report.data, "\n!     fetch  CHAIN\n"));
    eq_int(below(&captured, "name == 'none'", "", 0, NULL), PHX_UNMET);
    eq_int(below(&captured, "span_kind == 'AGENT'", "", 0, NULL), PHX_UNMET);
    fails_with(PHX_INVALID, "", below(&captured, "", "name ==", 0, err));
    release(&captured);
}

TEST(a_budget_is_kept_or_not)
{
    phx_budget budget = PHX_BUDGET_INIT;
    struct captured captured;

    UNUSED_STATE;
    capture(&captured);
    eq_int(phx_expect_budget(captured.place.store, NULL, NULL, NULL), PHX_OK);
    add_agent(&captured);
    send(&captured.place, &(struct sent){.trace = "02",
                                         .span = "c1",
                                         .kind = "LLM",
                                         .name = "priced",
                                         .start = 1,
                                         .end = 5000001,
                                         .tokens = 1000000,
                                         .key = "llm.model_name",
                                         .value = "{\"stringValue\":"
                                                  "\"gpt-4o\"}"});
    budget = (phx_budget){sizeof budget, 8, 3, 1000006, 5, 5};
    eq_int(phx_expect_budget(captured.place.store, &budget, NULL, NULL),
           PHX_OK);
    budget = (phx_budget){sizeof budget, 7, 2, 1000005, 4.9, 4.5};
    eq_int(phx_expect_budget(captured.place.store, &budget, &captured.report,
                             NULL),
           PHX_UNMET);
    ok(strstr(captured.report.data, "8 spans, expected at most 7\n"
                                    "3 LLM calls, expected at most 2\n"
                                    "1000006 tokens, expected at most 1000005\n"
                                    "5 USD, expected at most 4.9\n"
                                    "5 ms of a trace, expected at most 4.5\n"
                                    "  priced  LLM\n"));
    release(&captured);
}

/* --- values ------------------------------------------------------------------- */

static phx_status every(struct captured *captured, const char *filter,
                        const char *condition, phx_error *err)
{
    return phx_expect_every(captured->place.store, filter, strlen(filter),
                            condition, strlen(condition), &captured->report,
                            err);
}

TEST(chosen_spans_meet_a_condition)
{
    struct captured captured;

    UNUSED_STATE;
    capture(&captured);
    add_agent(&captured);
    eq_int(every(&captured, "span_kind == 'TOOL'", "name == 'search'", NULL),
           PHX_OK);
    eq_int(every(&captured, "", "latency_ms < 5", NULL), PHX_OK);
    eq_int(every(&captured, "span_kind == 'LLM'", "name == 'plan'", NULL),
           PHX_UNMET);
    ok(strstr(captured.report.data, "1 of 2 spans chosen are not as expected: "
                                    "span_kind == 'LLM'\n"));
    ok(strstr(captured.report.data,
              "\n!   give answer  LLM  (expected: name == 'plan')\n"));
    eq_int(every(&captured, "name == 'none'", "", NULL), PHX_UNMET);
    ok(strstr(captured.report.data, "no span chosen: name == 'none'\n"));
    fails_with(PHX_INVALID, "", every(&captured, "", "name ==", err));
    release(&captured);
}

static phx_status attributes(struct captured *captured, const char *expected,
                             phx_error *err)
{
    static const char filter[] = "span_kind == 'TOOL'";

    return phx_expect_attributes(captured->place.store, filter,
                                 sizeof filter - 1, expected, strlen(expected),
                                 &captured->report, err);
}

static void send_tool(struct captured *captured, const char *span,
                      const char *key, const char *value)
{
    send(&captured->place, &(struct sent){.trace = "01",
                                          .span = span,
                                          .name = "tool",
                                          .kind = "TOOL",
                                          .start = 1,
                                          .end = 2,
                                          .tokens = 3,
                                          .key = key,
                                          .value = value});
}

TEST(chosen_spans_have_attributes)
{
    static const char list[] = "{\"arrayValue\":{\"values\":[{\"stringValue\":"
                               "\"a\"},{\"intValue\":\"2\"}]}}";
    static const char *const met[] = {
        "{}",
        "{\"my-app.tags\": [\"a\", 2]}",
        "{\"my-app\": {\"tags\": [\"a\", 2]}}",
        "{\"llm.token_count.prompt\": 3.0, \"llm.tools\": null}",
    };
    struct captured captured;

    UNUSED_STATE;
    capture(&captured);
    send_tool(&captured, "b1", "my-app.tags", list);
    for (size_t i = 0; i < sizeof met / sizeof *met; i++)
        eq_int(attributes(&captured, met[i], NULL), PHX_OK);
    eq_int(attributes(&captured,
                      "{\"llm.token_count.prompt\": 4, \"my-app.tags\": null, "
                      "\"llm.model_name\": \"m1\"}",
                      NULL),
           PHX_UNMET);
    eq_string(captured.report.data,
              "1 of 1 spans chosen are not as expected: span_kind == 'TOOL'\n"
              "! tool  TOOL  (llm.token_count.prompt is 3, expected 4; "
              "llm.model_name is not there, expected \"m1\"; my-app.tags is "
              "[\"a\", 2], expected none)\n");
    eq_int(attributes(&captured, "{\"my-app\": null}", NULL), PHX_UNMET);
    send_tool(&captured, "b2", "big", "{\"intValue\":\"9007199254740993\"}");
    eq_int(attributes(&captured, "{\"big\": 9007199254740992.0}", NULL),
           PHX_UNMET);
    ok(strstr(captured.report.data, "big is 9007199254740993, expected "));
    fails_with(PHX_INVALID, "no JSON object", attributes(&captured, "[]", err));
    fails_with(PHX_INVALID, "", attributes(&captured, "{", err));
    release(&captured);
}

/* A condition that chooses nothing may be what is expected, a slip is not. */
TEST(a_slip_in_a_condition_is_told)
{
    static const struct {
        const char *filter, *part;
    } slips[] = {
        {"span_kind == 'ERORR'", "no span_kind 'ERORR'"},
        {"status_code in ('OK', 'Eror')", "no status_code 'EROR'"},
        {"not ('LMM' != span_kind)", "no span_kind 'LMM'"},
        {"status_cod == 'ERROR'", "'status_cod'; did you mean 'status_code'"},
        {"latency < 10", "did you mean 'latency_ms'"},
    };
    struct captured captured;

    UNUSED_STATE;
    capture(&captured);
    add_agent(&captured);
    for (size_t i = 0; i < sizeof slips / sizeof *slips; i++)
        fails_with(PHX_INVALID, slips[i].part,
                   count(&captured, slips[i].filter, 0, 0, err));
    fails_with(PHX_INVALID, "latency_ms",
               tree(&captured, "agent [latency < 10]\n  ...", 0, err));
    eq_int(count(&captured, "my_flag == 1", 0, 0, NULL), PHX_OK);
    eq_int(count(&captured, "span_kind == 'llm'", 2, 2, NULL), PHX_OK);
    send_tool(&captured, "b1", "latency", "{\"intValue\":\"2\"}");
    eq_int(count(&captured, "latency < 10", 1, 1, NULL), PHX_OK);
    release(&captured);
}

TEST(a_pattern_is_checked)
{
    static const struct {
        const char *pattern, *part;
        int offset;
    } refused[] = {
        {"agent\n    llm\n  tool", "as deep as none", 14},
        {"  agent\nllm", "as deep as none", 8},
        {"agent\n\tllm", "tab", 6},
        {"\"agent", "second quote", 0},
        {"*2", "begins with", 0},
        {"[a]", "begins with", 0},
        {"agent*1001", "over 1000 times", 5},
        {"agent*2x", "no part of a line", 7},
        {"agent llm", "no part of a line", 6},
        {"...*", "no number of times", 3},
        {"... [a == 1]", "no condition", 4},
        {"...\n  llm", "below '...'", 4},
        {"agent [a == 1", "']'", 6},
        {"a\nagent [name ==]", "", 16},
        {"a\xff", "UTF-8", 1},
    };
    static char many[65538];
    struct captured captured;
    phx_error why;

    UNUSED_STATE;
    capture(&captured);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        phx_status status = tree(&captured, refused[i].pattern, 0, &why);
        if (status != PHX_INVALID || why.offset != refused[i].offset ||
            !strstr(why.message, refused[i].part))
            wrong("'%s': %d at %d: %s", refused[i].pattern, (int)status,
                  (int)why.offset, why.message);
    }
    ok(captured.report.data == NULL);
    memset(many, ' ', sizeof many - 1);
    fails_with(PHX_INVALID, "65536 bytes", tree(&captured, many, 0, err));
    for (size_t i = 0; i < 2002; i++)
        many[i] = i % 2 ? '\n' : 'a';
    many[2002] = '\0';
    fails_with(PHX_INVALID, "1000 lines", tree(&captured, many, 0, err));
    for (size_t i = 0; i < 11; i++)
        strcpy(many + 7 * i, "a*1000\n");
    fails_with(PHX_INVALID, "10000 spans", tree(&captured, many, 0, err));
    release(&captured);
}

/* What would take a backtracking matcher for ever ends, or is told to take too
 * long. */
TEST(hostile_patterns_end)
{
    enum { SPANS = 3000, LINES = 999 };
    static char pattern[8 * 1000];
    struct request request = {0};
    struct captured captured;
    char id[16];

    UNUSED_STATE;
    capture(&captured);
    request_add(&request, &(struct sent){"01", "aa", .name = "root"});
    for (int i = 0; i < SPANS; i++) {
        snprintf(id, sizeof id, "%08x", i);
        request_add(&request,
                    &(struct sent){"01", id, "aa", .name = "a", .start = 1});
    }
    succeeds(request_ingest(&request, captured.place.store, NULL, NULL, err));
    strcpy(pattern, "root\n");
    for (int i = 0; i < LINES; i++)
        strcat(pattern, i + 1 < LINES ? " a*\n" : " b\n");
    for (int32_t flags = 0; flags <= PHX_TREE_ANY_ORDER; flags++) {
        eq_int(tree(&captured, pattern, flags, NULL), PHX_UNMET);
        ok(strstr(captured.report.data, "more"));
    }
    strcpy(pattern, "root\n");
    for (int i = 0; i < 10; i++)
        strcat(pattern, " a*900\n");
    strcat(pattern, " a*990\n b*2");
    fails_with(PHX_TOO_BIG, "steps",
               tree(&captured, pattern, PHX_TREE_ANY_ORDER, err));
    release(&captured);
}

TEST(misuse_is_told)
{
    phx_budget small = {.size = 1};
    struct captured captured;
    phx_store *store;

    UNUSED_STATE;
    capture(&captured);
    store = captured.place.store;
    const phx_status statuses[] = {
        phx_expect_count(NULL, NULL, 0, 0, 0, NULL, NULL),
        phx_expect_count(store, NULL, 1, 0, 0, NULL, NULL),
        phx_expect_count(store, NULL, 0, -1, 0, NULL, NULL),
        phx_expect_count(store, NULL, 0, 2, 1, NULL, NULL),
        phx_expect_count(store, NULL, 0, 0, -2, NULL, NULL),
        phx_expect_tree(NULL, NULL, 0, 0, NULL, NULL),
        phx_expect_tree(store, NULL, 1, 0, NULL, NULL),
        phx_expect_tree(store, NULL, 0, 2, NULL, NULL),
        phx_expect_order(NULL, NULL, 0, NULL, NULL),
        phx_expect_order(store, NULL, 1, NULL, NULL),
        phx_expect_below(NULL, NULL, 0, NULL, 0, 0, NULL, NULL),
        phx_expect_below(store, NULL, 1, NULL, 0, 0, NULL, NULL),
        phx_expect_below(store, NULL, 0, NULL, 1, 0, NULL, NULL),
        phx_expect_below(store, NULL, 0, NULL, 0, 2, NULL, NULL),
        phx_expect_every(NULL, NULL, 0, NULL, 0, NULL, NULL),
        phx_expect_every(store, NULL, 1, NULL, 0, NULL, NULL),
        phx_expect_every(store, NULL, 0, NULL, 1, NULL, NULL),
        phx_expect_attributes(NULL, NULL, 0, "{}", 2, NULL, NULL),
        phx_expect_attributes(store, NULL, 1, "{}", 2, NULL, NULL),
        phx_expect_attributes(store, NULL, 0, NULL, 0, NULL, NULL),
        phx_expect_budget(NULL, NULL, NULL, NULL),
        phx_expect_budget(store, &small, NULL, NULL),
    };
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        if (statuses[i] != PHX_MISUSE)
            wrong("call %zu returned %d", i, (int)statuses[i]);
    }
    release(&captured);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(spans_are_counted),
        cmocka_unit_test(a_pattern_says_what_trees_there_are),
        cmocka_unit_test(any_order_is_any_order),
        cmocka_unit_test(a_report_says_what_differs_and_where),
        cmocka_unit_test(odd_spans_are_trees_too),
        cmocka_unit_test(spans_come_one_after_the_other),
        cmocka_unit_test(spans_are_below_others),
        cmocka_unit_test(a_budget_is_kept_or_not),
        cmocka_unit_test(chosen_spans_meet_a_condition),
        cmocka_unit_test(chosen_spans_have_attributes),
        cmocka_unit_test(a_slip_in_a_condition_is_told),
        cmocka_unit_test(a_pattern_is_checked),
        cmocka_unit_test(hostile_patterns_end),
        cmocka_unit_test(misuse_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

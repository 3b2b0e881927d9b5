/*
 * lint_test.c - each rule finds what breaks it, and nothing in a span that is
 * as it should be; the rules are those of the documentation.
 */
#include "t.h"

#include "contract/stored.h"

#define T(key, text)                                                           \
    "{\"key\":\"" key "\",\"value\":{\"stringValue\":\"" text "\"}}"
#define I(key, number)                                                         \
    "{\"key\":\"" key "\",\"value\":{\"intValue\":\"" number "\"}}"
#define KIND(kind) T("openinference.span.kind", kind)
#define TIMES "\"startTimeUnixNano\":\"1\",\"endTimeUnixNano\":\"2\""
#define MODEL T("llm.model_name", "m")

static const struct {
    const char *rule, *path, *fields, *attributes;
} cases[] = {
    {NULL, NULL, TIMES,
     KIND("LLM") "," MODEL "," I("llm.token_count.prompt", "1") "," I(
         "llm.token_count.completion", "2") "," I("llm.token_count.total",
                                                  "3")},
    {NULL, NULL, TIMES ",\"status\":{\"code\":2,\"message\":\"why\"}",
     KIND("tool") "," T("tool.name", "t") "," T("metadata", "{}") "," T(
         "input.mime_type", "application/json") "," T("input.value", "[1]")},
    {NULL, NULL, TIMES,
     KIND("LLM") "," MODEL "," T("llm.input_messages.1.message.role",
                                 "user") "," T("llm.input_messages.0.message."
                                               "role",
                                               "system")},
    {"kind-missing", "openinference.span.kind", TIMES, T("a", "b")},
    {"kind-unknown", "openinference.span.kind", TIMES, KIND("CHAT")},
    {"kind-unknown", "openinference.span.kind", TIMES,
     I("openinference.span.kind", "1")},
    {"attribute-required", "llm.model_name", TIMES, KIND("LLM")},
    {"attribute-required", "retrieval.documents", TIMES, KIND("RETRIEVER")},
    {"attribute-misplaced", "llm.token_count", TIMES,
     KIND("CHAIN") "," I("llm.token_count.prompt", "1")},
    {"attribute-misplaced", "retrieval.documents", TIMES,
     KIND("CHAIN") "," T("retrieval.documents.0.document.id", "1")},
    {"attribute-misplaced", "embedding.embeddings", TIMES,
     KIND("LLM") "," MODEL "," T("embedding.embeddings.0.embedding.text", "t")},
    {"attribute-misplaced", "reranker.output_documents", TIMES,
     KIND("TOOL") "," T("tool.name", "t") "," T("reranker.output_documents.0."
                                                "document.id",
                                                "1")},
    {"gen-ai-required", "gen_ai.operation.name", TIMES,
     KIND("CHAIN") "," T("gen_ai.system", "s")},
    {"gen-ai-required", "gen_ai.provider.name", TIMES,
     KIND("CHAIN") "," T("gen_ai.operation.name", "invoke_agent")},
    {"time-missing", "", "\"startTimeUnixNano\":\"1\"", KIND("CHAIN")},
    {"time-missing", "", "\"endTimeUnixNano\":\"1\"", KIND("CHAIN")},
    {"time-order", "", "\"startTimeUnixNano\":\"2\",\"endTimeUnixNano\":\"1\"",
     KIND("CHAIN")},
    {"parent-missing", "", TIMES ",\"parentSpanId\":\"ff\"", KIND("CHAIN")},
    {"exception-status", "", TIMES ",\"events\":[{\"name\":\"exception\"}]",
     KIND("CHAIN")},
    {"error-untold", "", TIMES ",\"status\":{\"code\":2}", KIND("CHAIN")},
    {"index-gap", "llm.input_messages", TIMES,
     KIND("LLM") "," MODEL "," T("llm.input_messages.1.message.role", "user")},
    {"index-gap", "retrieval.documents", TIMES,
     KIND("RETRIEVER") "," T("retrieval.documents.99999999999.document.id",
                             "1")},
    {"message-role", "llm.output_messages[1].message.role", TIMES,
     KIND("LLM") "," MODEL "," T("llm.output_messages.0.message.role",
                                 "user") "," T("llm.output_messages.1.message."
                                               "content",
                                               "hi")},
    {"token-number", "llm.token_count.prompt", TIMES,
     KIND("LLM") "," MODEL "," I("llm.token_count.prompt", "-1")},
    {"token-number", "llm.token_count.total", TIMES,
     KIND("LLM") "," MODEL "," T("llm.token_count.total", "many")},
    {"token-sum", "llm.token_count.total", TIMES,
     KIND("LLM") "," MODEL "," I("llm.token_count.prompt", "1") "," I(
         "llm.token_count.completion", "2") "," I("llm.token_count.total",
                                                  "4")},
    {"mime-json", "output.value", TIMES,
     KIND("CHAIN") "," T("output.mime_type",
                         "application/json") "," T("output.value", "{'a': 1}")},
    {"json-text", "metadata", TIMES, KIND("CHAIN") "," T("metadata", "{a}")},
    {"json-text",
     "llm.output_messages[0].message.tool_calls[0].tool_call."
     "function.arguments",
     TIMES,
     KIND("LLM") "," MODEL "," T("llm.output_messages.0.message.role",
                                 "assistant") "," T("llm.output_messages.0."
                                                    "message.tool_calls.0.tool_"
                                                    "call.function.arguments",
                                                    "{")},
};
enum { CASES = sizeof cases / sizeof *cases };

static phx_batch *decode(const char *fields, const char *attributes)
{
    struct request request = {0};
    phx_batch *batch = NULL;

    request_print(&request,
                  "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{"
                  "\"traceId\":\"01\",\"spanId\":\"a1\",\"name\":\"n\",%s,"
                  "\"attributes\":[%s]}]}]}]}",
                  fields, attributes);
    succeeds(phx_batch_decode(PHX_OTLP_JSON, request.text, request.size, NULL,
                              &batch, err));
    free(request.text);
    return batch;
}

/* The only finding, or none. */
static void check(phx_cursor *cursor, size_t index, int stored)
{
    const phx_finding *finding;
    phx_error why = {0};
    phx_status status = phx_cursor_next_finding(cursor, &finding, &why);
    const char *rule = cases[index].rule;

    if (status < 0)
        wrong("case %zu: %s", index, why.message);
    if (stored && rule && strcmp(rule, "index-gap") == 0)
        rule = NULL;
    if ((finding == NULL) != (rule == NULL) ||
        (finding && (strcmp(finding->rule->id, rule) != 0 ||
                     strcmp(finding->path.data ? finding->path.data : "",
                            cases[index].path) != 0)))
        wrong("case %zu: %s at %s: %s", index,
              finding ? finding->rule->id : "nothing",
              finding && finding->path.data ? finding->path.data : "",
              finding ? finding->message.data : "");
    if (finding) {
        eq_text(finding->span_id, "a1");
        eq_text(finding->trace_id, "01");
        eq_text(finding->name, "n");
        eq_int(finding->span, stored);
        ok(finding->message.size > 0);
        eq_int(phx_cursor_next_finding(cursor, &finding, NULL), PHX_DONE);
    }
    ok(finding == NULL);
    phx_cursor_close(cursor);
}

TEST(each_rule_finds_what_breaks_it)
{
    UNUSED_STATE;
    for (size_t i = 0; i < CASES; i++) {
        phx_batch *batch = decode(cases[i].fields, cases[i].attributes);
        phx_cursor *cursor = NULL;
        phx_store *store;
        succeeds(phx_store_open("sqlite::memory:", NULL, &store, err));
        succeeds(phx_batch_lint(batch, store, &cursor, err));
        check(cursor, i, 0);
        succeeds(phx_store_put(store, &batch, 1, NULL, err));
        succeeds(phx_store_lint(store, &cursor, err));
        check(cursor, i, 1);
        phx_batch_free(batch);
        phx_store_close(store);
    }
}

TEST(texts_are_large_past_a_bound)
{
    enum { LARGE = 1 << 20 };
    char *text = malloc(LARGE + 128);

    UNUSED_STATE;
    assert_non_null(text);
    for (int over = 0; over < 2; over++) {
        char *at = stpcpy(text, KIND("CHAIN") ",{\"key\":\"a.b\",\"value\":"
                                              "{\"stringValue\":\"");
        memset(at, 'x', LARGE + (size_t)over);
        strcpy(at + LARGE + over, "\"}}");
        phx_batch *batch = decode(TIMES, text);
        phx_cursor *cursor = NULL;
        const phx_finding *finding;
        succeeds(phx_batch_lint(batch, NULL, &cursor, err));
        succeeds(phx_cursor_next_finding(cursor, &finding, err));
        ok((finding != NULL) == over);
        if (finding != NULL) {
            eq_string(finding->rule->id, "text-large");
            eq_text(finding->path, "a");
        }
        phx_cursor_close(cursor);
        phx_batch_free(batch);
    }
    free(text);
}

/* Parents in a batch are looked for in the store; a span has 100 findings at
 * most; pages follow one another. */
TEST(findings_are_bounded_and_paged)
{
    struct request request = {0};
    char id[16];
    struct place place;
    phx_cursor *cursor;
    const phx_finding *finding;
    int count = 0;

    UNUSED_STATE;
    place_make(&place);
    place_open(&place, 0);
    for (int i = 0; i < 30; i++) {
        snprintf(id, sizeof id, "%04x", i);
        request_add(&request, &(struct sent){"01", id, .kind = "CHAIN",
                                             .start = 2, .end = i % 15 ? 3 : 1,
                                             .parent = i ? "0000" : "dd"});
    }
    succeeds(request_ingest(&request, place.store, NULL, NULL, err));
    succeeds(phx_store_lint(place.store, &cursor, err));
    place_close(&place);
    while (phx_cursor_next_finding(cursor, &finding, NULL) == PHX_OK)
        count++;
    eq_int(count, 3);
    phx_cursor_close(cursor);
    for (int i = 0; i < 150; i++)
        request_print(&request,
                      "%s{\"key\":\"llm.input_messages.%d.message.content\","
                      "\"value\":{\"stringValue\":\"c\"}}",
                      i ? "," : KIND("LLM") "," MODEL ",", i);
    phx_batch *batch = decode(TIMES, request.text);
    succeeds(phx_batch_lint(batch, NULL, &cursor, err));
    for (count = 0; phx_cursor_next_finding(cursor, &finding, NULL) == PHX_OK;
         count++)
        eq_string(finding->rule->id, "message-role");
    eq_int(count, 100);
    phx_cursor_close(cursor);
    phx_batch_free(batch);
    free(request.text);
    place_remove(&place);
}

/* A row of docs/testing.md each, and a case above. */
TEST(the_rules_are_those_of_the_docs)
{
    static const char *const severities[] = {"info", "warning", "error"};
    static char page[65536];
    FILE *file = fopen("docs/testing.md", "r");
    const phx_lint_rule *rule;
    char row[512];
    size_t count = 0;

    UNUSED_STATE;
    assert_non_null(file);
    page[fread(page, 1, sizeof page - 1, file)] = '\0';
    fclose(file);
    for (; (rule = phx_lint_rule_at(count)) != NULL; count++) {
        int is_tested = strcmp(rule->id, "text-large") == 0;
        snprintf(row, sizeof row, "\n| `%s` | %s | %s |\n", rule->id,
                 severities[rule->severity], rule->reason);
        if (!strstr(page, row))
            wrong("docs/testing.md has no row %s", row);
        for (size_t i = 0; i < CASES; i++)
            is_tested |= cases[i].rule && !strcmp(cases[i].rule, rule->id);
        if (!is_tested)
            wrong("nothing breaks %s", rule->id);
    }
    ok(count > 10);
    for (const char *at = page; (at = strstr(at, "\n| `")); at++)
        count -= strstr(at, "` | info |") == strchr(at + 4, '`') ||
                 strstr(at, "` | warning |") == strchr(at + 4, '`') ||
                 strstr(at, "` | error |") == strchr(at + 4, '`');
    eq_int(count, 0);
}

TEST(misuse_is_told)
{
    const phx_finding *finding;
    const phx_span *span;
    phx_cursor *cursor;
    phx_store *store;

    UNUSED_STATE;
    succeeds(phx_store_open("sqlite::memory:", NULL, &store, err));
    succeeds(phx_store_lint(store, &cursor, err));
    eq_int(phx_store_lint(NULL, &cursor, NULL), PHX_MISUSE);
    eq_int(phx_store_lint(store, NULL, NULL), PHX_MISUSE);
    eq_int(phx_batch_lint(NULL, store, &cursor, NULL), PHX_MISUSE);
    eq_int(phx_cursor_next_finding(NULL, &finding, NULL), PHX_MISUSE);
    eq_int(phx_cursor_next_finding(cursor, NULL, NULL), PHX_MISUSE);
    eq_int(phx_cursor_next_span(cursor, &span, NULL), PHX_MISUSE);
    eq_int(phx_cursor_next_finding(cursor, &finding, NULL), PHX_DONE);
    eq_int(phx_cursor_next_finding(cursor, &finding, NULL), PHX_DONE);
    phx_cursor_close(cursor);
    phx_store_close(store);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_rule_finds_what_breaks_it),
        cmocka_unit_test(texts_are_large_past_a_bound),
        cmocka_unit_test(findings_are_bounded_and_paged),
        cmocka_unit_test(the_rules_are_those_of_the_docs),
        cmocka_unit_test(misuse_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * golden_test.c - spans as text that is kept: the same for each run, with what
 * is masked left open, and what differs told below the spans it is of.
 */
#include "t.h"

#include "contract/stored.h"

static const char SPANS[] =
    "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":["
    "{\"traceId\":\"%s1\",\"spanId\":\"%s1\",\"name\":\"agent\","
    "\"startTimeUnixNano\":\"%d\",\"endTimeUnixNano\":\"9\",\"attributes\":["
    "{\"key\":\"openinference.span.kind\",\"value\":{\"stringValue\":"
    "\"AGENT\"}},"
    "{\"key\":\"input.value\",\"value\":{\"stringValue\":\"hi\\nthere\"}},"
    "{\"key\":\"metadata\",\"value\":{\"stringValue\":"
    "\"{\\\"run\\\": \\\"%s\\\"}\"}},"
    "{\"key\":\"odd: key\",\"value\":{\"intValue\":\"%d\"}},"
    "{\"key\":\"llm.input_messages.0.message.role\",\"value\":"
    "{\"stringValue\":\"user\"}}]},"
    "{\"traceId\":\"%s1\",\"spanId\":\"%s2\",\"parentSpanId\":\"%s1\","
    "\"name\":\"a \\\"tool\\\"\",\"startTimeUnixNano\":\"7\","
    "\"endTimeUnixNano\":\"8\",\"status\":{\"code\":2,\"message\":\"broke\"},"
    "\"events\":[{\"name\":\"exception\",\"attributes\":[{\"key\":"
    "\"exception.type\",\"value\":{\"stringValue\":\"Oops\"}},{\"key\":"
    "\"exception.message\",\"value\":{\"stringValue\":\"\"}}]}]}]}]}]}";

static const char GOLDEN[] = "\"agent\" AGENT\n"
                             "  input.value: \"hi\\nthere\"\n"
                             "  llm.input_messages.0.message.role: \"user\"\n"
                             "  metadata.run: *\n"
                             "  \"odd: key\": 1\n"
                             "  \"a \\\"tool\\\"\" UNKNOWN ERROR\n"
                             "    status message: \"broke\"\n"
                             "    event \"exception\"\n"
                             "      exception.message: \"\"\n"
                             "      exception.type: \"Oops\"\n";

/* One run of a program, with ids and times of its own. */
static phx_store *store_of(const char *id, int odd)
{
    phx_store *store;
    char text[4096];

    snprintf(text, sizeof text, SPANS, id, id, id[0], id, odd, id, id, id);
    succeeds(phx_store_open("sqlite::memory:", NULL, &store, err));
    succeeds(phx_store_ingest(store, NULL, PHX_OTLP_JSON, text, strlen(text),
                              NULL, err));
    return store;
}

static phx_status compare(phx_store *store, const char *text, phx_buf *report,
                          phx_error *err)
{
    return phx_golden_compare(store, text, strlen(text), report, err);
}

TEST(runs_are_written_alike)
{
    static const char *const ids[] = {"a", "b"};
    const phx_text masked[] = {{"nothing", 7}, {"meta*", 5}};
    phx_golden_options options = PHX_GOLDEN_OPTIONS_INIT;
    phx_buf out = PHX_BUF_INIT;

    UNUSED_STATE;
    options.masked = masked;
    options.masked_count = 2;
    for (int i = 0; i < 2; i++) {
        phx_store *store = store_of(ids[i], 1);
        succeeds(phx_golden_write(store, &options, &out, err));
        eq_string(out.data, GOLDEN);
        eq_int(compare(store, GOLDEN, NULL, NULL), PHX_OK);
        succeeds(phx_golden_write(store, NULL, &out, err));
        ok(strstr(out.data,
                  i ? "  metadata.run: \"b\"\n" : "  metadata.run: \"a\"\n"));
        eq_int(compare(store, out.data, NULL, NULL), PHX_OK);
        phx_store_close(store);
    }
    phx_buf_free(&out);
}

TEST(what_differs_is_told_below_its_span)
{
    phx_buf report = PHX_BUF_INIT;
    phx_store *store = store_of("c", 2);

    UNUSED_STATE;
    eq_int(compare(store, GOLDEN, &report, NULL), PHX_UNMET);
    eq_string(report.data, "the spans are not those of the golden text:\n"
                           "  \"agent\" AGENT\n"
                           "-   \"odd: key\": 1\n"
                           "+   \"odd: key\": 2\n");
    eq_int(compare(store,
                   "# kept\r\n\r\n\"agent\" AGENT\r\n"
                   "  input.value: *\n  \"odd: key\": *\n  \"lost\" TOOL\n"
                   "  \"a \\\"tool\\\"\" UNKNOWN ERROR\n"
                   "    event \"exception\"\n"
                   "      exception.type: \"Other\"\n",
                   &report, NULL),
           PHX_UNMET);
    eq_string(report.data, "the spans are not those of the golden text:\n"
                           "  \"agent\" AGENT\n"
                           "+   llm.input_messages.0.message.role: \"user\"\n"
                           "+   metadata.run: \"c\"\n"
                           "-   \"lost\" TOOL\n"
                           "    \"a \\\"tool\\\"\" UNKNOWN ERROR\n"
                           "+     status message: \"broke\"\n"
                           "      event \"exception\"\n"
                           "-       exception.type: \"Other\"\n"
                           "+       exception.message: \"\"\n"
                           "+       exception.type: \"Oops\"\n");
    eq_int(compare(store, "", NULL, NULL), PHX_UNMET);
    phx_store_close(store);
    succeeds(phx_store_open("sqlite::memory:", NULL, &store, err));
    eq_int(compare(store, "\n# nothing\n", &report, NULL), PHX_OK);
    eq_int(phx_golden_compare(store, NULL, 0, NULL, NULL), PHX_OK);
    phx_store_close(store);
    phx_buf_free(&report);
}

/* Past the size of the table all lines between the first and the last that
 * differ are told. */
TEST(long_texts_are_compared)
{
    struct request request = {0};
    struct place place;
    phx_buf text = PHX_BUF_INIT, report = PHX_BUF_INIT;
    char id[16], name[700];

    UNUSED_STATE;
    place_make(&place);
    place_open(&place, 0);
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    for (int i = 0; i < 2500; i++) {
        snprintf(id, sizeof id, "%04x", i);
        request_add(&request,
                    &(struct sent){"01", id, .name = name, .start = 1});
    }
    succeeds(request_ingest(&request, place.store, NULL, NULL, err));
    succeeds(phx_golden_write(place.store, NULL, &text, err));
    for (char *at = text.data; (at = strstr(at, "\n  n: ")); at += 6)
        at[5] = '7';
    eq_int(phx_golden_compare(place.store, text.data, text.size, &report, NULL),
           PHX_UNMET);
    ok(strstr(report.data, "nnn...\n"));
    ok(strstr(report.data, " lines more\n"));
    phx_buf_free(&text);
    phx_buf_free(&report);
    place_remove(&place);
}

/* Of lines that differ late, what differs is shown, in whole characters. */
TEST(long_lines_show_what_differs)
{
    enum { LONG = 2000 };
    phx_buf text = PHX_BUF_INIT, report = PHX_BUF_INIT;
    char value[LONG + 32];
    phx_store *store;
    phx_tracer *tracer;
    phx_live_span *span;

    UNUSED_STATE;
    for (int i = 0; i < LONG; i += 2)
        memcpy(value + i, "\xC3\xA9", 2);
    memcpy(value + LONG, " and then", 10);
    succeeds(phx_store_open("sqlite::memory:", NULL, &store, err));
    succeeds(phx_tracer_open(store, NULL, &tracer, err));
    succeeds(phx_span_start(tracer, "s", NULL, &span, err));
    succeeds(phx_span_set_text(span, "k", value, strlen(value), err));
    succeeds(phx_span_end(span, 0, err));
    succeeds(phx_golden_write(store, NULL, &text, err));
    eq_int(phx_golden_compare(store, text.data, text.size, NULL, NULL), PHX_OK);
    text.data[text.size - 3] = 'm';
    eq_int(phx_golden_compare(store, text.data, text.size, &report, NULL),
           PHX_UNMET);
    ok(strstr(report.data, "\n-   ...\xC3\xA9"));
    ok(strstr(report.data, " and them\"\n+   ...\xC3\xA9"));
    ok(strstr(report.data, " and then\"\n"));
    /* Early: what comes behind is left out. */
    memcpy(strstr(text.data, "\xC3\xA9"), "XX", 2);
    eq_int(phx_golden_compare(store, text.data, text.size, &report, NULL),
           PHX_UNMET);
    ok(strstr(report.data, "\xC3\xA9...\n"));
    phx_tracer_close(tracer);
    phx_store_close(store);
    phx_buf_free(&text);
    phx_buf_free(&report);
}

TEST(a_byte_order_mark_is_no_line)
{
    phx_store *store = store_of("a", 1);
    char text[sizeof GOLDEN + 3];

    UNUSED_STATE;
    snprintf(text, sizeof text, "\xEF\xBB\xBF%s", GOLDEN);
    eq_int(compare(store, text, NULL, NULL), PHX_OK);
    phx_store_close(store);
}

TEST(sizes_are_bounded)
{
    enum { MOST = 16 << 20 };
    phx_store *store = store_of("d", 1);
    char *text = calloc(1, MOST + 1);
    phx_buf out = PHX_BUF_INIT;
    phx_tracer *tracer;
    phx_live_span *span;

    UNUSED_STATE;
    assert_non_null(text);
    memset(text, 'x', MOST);
    fails_with(PHX_TOO_BIG, "golden text",
               phx_golden_compare(store, text, MOST + 1, NULL, err));
    succeeds(phx_tracer_open(store, NULL, &tracer, err));
    succeeds(phx_span_start(tracer, "s", NULL, &span, err));
    succeeds(phx_span_set_text(span, "k", text, MOST, err));
    succeeds(phx_span_end(span, 0, err));
    phx_tracer_close(tracer);
    fails_with(PHX_TOO_BIG, "golden text",
               phx_golden_write(store, NULL, &out, err));
    fails_with(PHX_TOO_BIG, "golden text",
               phx_golden_compare(store, "", 0, NULL, err));
    free(text);
    phx_store_close(store);
}

TEST(misuse_is_told)
{
    phx_golden_options options = PHX_GOLDEN_OPTIONS_INIT, small = {.size = 1};
    phx_store *store = store_of("e", 1);
    phx_buf out = PHX_BUF_INIT;

    UNUSED_STATE;
    options.masked_count = 1;
    eq_int(phx_golden_write(NULL, NULL, &out, NULL), PHX_MISUSE);
    eq_int(phx_golden_write(store, NULL, NULL, NULL), PHX_MISUSE);
    eq_int(phx_golden_write(store, &options, &out, NULL), PHX_MISUSE);
    eq_int(phx_golden_write(store, &small, &out, NULL), PHX_MISUSE);
    eq_int(phx_golden_compare(NULL, "", 0, NULL, NULL), PHX_MISUSE);
    eq_int(phx_golden_compare(store, NULL, 1, NULL, NULL), PHX_MISUSE);
    phx_store_close(store);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_are_written_alike),
        cmocka_unit_test(what_differs_is_told_below_its_span),
        cmocka_unit_test(long_texts_are_compared),
        cmocka_unit_test(long_lines_show_what_differs),
        cmocka_unit_test(a_byte_order_mark_is_no_line),
        cmocka_unit_test(sizes_are_bounded),
        cmocka_unit_test(misuse_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

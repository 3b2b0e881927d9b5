/*
 * store_find_test.c - what comes out: spans in order of number by every filter
 * of phx_span_query, before and after compaction; cursors while spans arrive;
 * OTLP again; and what the spans of traces and sessions add up to.
 */
#include "t.h"

#include "contract/logged.h"
#include "contract/stored.h"

static void set_up(struct place *place)
{
    place_make(place);
    place_open(place, PHX_OPEN_NO_COMPACT);
}

/* --- filters ------------------------------------------------------------------- */

/* Two projects, three traces; some spans compacted, some not, if `part` is
 * over 0: that many come after the compaction. */
static void fill(struct place *place, int part)
{
    static const struct {
        const char *project;
        struct sent sent;
    } rows[] = {
        {"p", {"01", "a1", NULL, "root", "s1", "CHAIN", 1000, 9000, 1}},
        {"p",
         {"01", "a2", "a1", "call", NULL, "LLM", 2000, 3000, 2, 7, "metadata",
          "{\"stringValue\":\"{\\\"tier\\\":\\\"gold\\\"}\"}"}},
        {"p", {"01", "a3", "a2", "tool", NULL, "TOOL", 2500, 2600}},
        {"q", {"02", "b1", NULL, "root", "s2", "AGENT", 500, 600}},
        {"q",
         {"02", "b2", "b1", "call", NULL, "LLM", 5000, 6000, 1, 3, "score",
          "{\"doubleValue\":2.0}"}},
        {"p",
         {"03", "c1", "ee", "lost", "s1", "llm", 7000, 8000, 0, 0, "score",
          "{\"intValue\":\"2\"}"}},
        {"p",
         {"03", "c2", "c1", "odd", NULL, "strange", 1500, 1400, 2, 0, "flag",
          "{\"boolValue\":true}"}},
    };
    enum { COUNT = sizeof rows / sizeof *rows };

    for (int i = 0; i < COUNT; i++) {
        if (i == COUNT - part)
            compact_all(place->store);
        ok(send_to(place->store, rows[i].project, &rows[i].sent));
    }
    if (part == 0)
        compact_all(place->store);
}

#define HEX(name, ...) static const phx_text name[] = {__VA_ARGS__}
#define ID(text)                                                               \
    {                                                                          \
        text, sizeof text - 1                                                  \
    }

static void check_filters(phx_store *store)
{
    phx_span_query q = PHX_SPAN_QUERY_INIT;
    phx_id p = number_of(store, PHX_PROJECT, "p");

    eq_spans(store, NULL, "c2 c1 b2 b1 a3 a2 a1 ");
    eq_spans(store, &q, "c2 c1 b2 b1 a3 a2 a1 ");
    q.order = PHX_OLDEST_FIRST;
    eq_spans(store, &q, "a1 a2 a3 b1 b2 c1 c2 ");
    q.from = 4;
    eq_spans(store, &q, "b1 b2 c1 c2 ");
    q.limit = 2;
    eq_spans(store, &q, "b1 b2 ");
    q.from = 100;
    eq_spans(store, &q, "");
    q.order = PHX_NEWEST_FIRST;
    eq_spans(store, &q, "c2 c1 ");
    q.from = 3;
    eq_spans(store, &q, "a3 a2 ");

    q = (phx_span_query)PHX_SPAN_QUERY_INIT;
    q.project = p;
    eq_spans(store, &q, "c2 c1 a3 a2 a1 ");
    q.project = 99;
    eq_spans(store, &q, "");
    q.project = p + 64; /* the same bit of the zone */
    eq_spans(store, &q, "");

    q = (phx_span_query)PHX_SPAN_QUERY_INIT;
    q.start_time = 1500;
    eq_spans(store, &q, "c2 c1 b2 a3 a2 ");
    q.end_time = 5000;
    eq_spans(store, &q, "c2 a3 a2 ");
    q.start_time = 0;
    eq_spans(store, &q, "c2 b1 a3 a2 a1 ");
    q.start_time = UINT64_MAX;
    q.end_time = 0;
    eq_spans(store, &q, "");

    q = (phx_span_query)PHX_SPAN_QUERY_INIT;
    for (int32_t i = 0; phx_kind_name(i); i++) {
        if (strcmp(phx_kind_name(i), "LLM") == 0 ||
            strcmp(phx_kind_name(i), "TOOL") == 0)
            q.kinds |= 1u << i;
    }
    eq_spans(store, &q, "c1 b2 a3 a2 ");
    q.statuses = 1u << PHX_SPAN_ERROR;
    eq_spans(store, &q, "a2 ");
    q.kinds = 0;
    eq_spans(store, &q, "c2 a2 ");
    q.statuses |= 1u << PHX_SPAN_OK;
    eq_spans(store, &q, "c2 b2 a2 a1 ");

    q = (phx_span_query)PHX_SPAN_QUERY_INIT;
    q.roots_only = 1;
    eq_spans(store, &q, "b1 a1 ");
    HEX(parents, ID("a1"), ID("EE"), ID("zz"));
    q.parent_ids = parents;
    q.parent_id_count = 3;
    eq_spans(store, &q, ""); /* no root has a parent */
    q.roots_only = 0;
    eq_spans(store, &q, "c1 a2 ");
}

static void check_ids(phx_store *store)
{
    phx_span_query q = PHX_SPAN_QUERY_INIT;

    HEX(traces, ID("03"), ID("02"), ID("02"), ID("ff"));
    q.trace_ids = traces;
    q.trace_id_count = 4;
    eq_spans(store, &q, "c2 c1 b2 b1 ");
    q.order = PHX_OLDEST_FIRST;
    eq_spans(store, &q, "b1 b2 c1 c2 ");
    HEX(spans, ID("C2"), ID("a1"), ID("b1"), ID("123"));
    q.span_ids = spans;
    q.span_id_count = 4;
    eq_spans(store, &q, "b1 c2 ");
    q.project = 1;
    eq_spans(store, &q, "");
    q.project = 0;
    q.trace_id_count = 0;
    eq_spans(store, &q, "a1 b1 c2 ");
    q.limit = 1;
    eq_spans(store, &q, "a1 ");
    q.from = 2;
    eq_spans(store, &q, "b1 ");
    HEX(nothing, ID("zz"), ID(""));
    q = (phx_span_query)PHX_SPAN_QUERY_INIT;
    q.span_ids = nothing;
    q.span_id_count = 2;
    eq_spans(store, &q, "");

    q = (phx_span_query)PHX_SPAN_QUERY_INIT;
    HEX(names, ID("call"), ID("odd"), ID("Root"));
    q.names = names;
    q.name_count = 3;
    eq_spans(store, &q, "c2 b2 a2 ");
}

static void check_test(phx_store *store, const char *path, const char *json,
                       const char *expected)
{
    phx_span_query q = PHX_SPAN_QUERY_INIT;
    phx_attribute_test test = {path, {json, strlen(json)}};

    q.tests = &test;
    q.test_count = 1;
    eq_spans(store, &q, expected);
}

static void check_tests(phx_store *store)
{
    phx_span_query q = PHX_SPAN_QUERY_INIT;

    check_test(store, "metadata.tier", "\"gold\"", "a2 ");
    check_test(store, "metadata.tier", "\"Gold\"", "");
    check_test(store, "metadata", "\"gold\"", "");
    check_test(store, "score", "2", "c1 b2 ");
    check_test(store, "score", "2.0", "b2 ");
    check_test(store, "score", "\"2\"", "");
    check_test(store, "flag", "true", "c2 ");
    check_test(store, "flag", "false", "");
    check_test(store, "flag", "1", "");
    check_test(store, "llm.token_count.prompt", "7", "a2 ");
    check_test(store, "no.such.path", "7", "");
    const phx_attribute_test both[] = {{"score", {"2", 1}}, {"n", {"1", 1}}};
    q.tests = both;
    q.test_count = 2;
    eq_spans(store, &q, "c1 b2 ");
}

TEST(every_filter_finds_its_spans)
{
    struct place place;

    UNUSED_STATE;
    for (int part = 0; part <= 7; part++) {
        set_up(&place);
        fill(&place, part);
        check_filters(place.store);
        check_ids(place.store);
        check_tests(place.store);
        place_reopen(&place, PHX_OPEN_READ_ONLY);
        check_filters(place.store);
        check_ids(place.store);
        check_tests(place.store);
        place_remove(&place);
    }
}

TEST(a_store_in_memory_finds_the_same)
{
    struct place place = {0};

    UNUSED_STATE;
    for (int part = 0; part <= 7; part += 3) {
        succeeds(open_url("sqlite::memory:", 0, &place.store, err));
        fill(&place, part);
        check_filters(place.store);
        check_ids(place.store);
        check_tests(place.store);
        verify_clean(place.store);
        place_close(&place);
    }
}

TEST(queries_are_checked)
{
    phx_span_query q = PHX_SPAN_QUERY_INIT;
    phx_trace_query t = PHX_TRACE_QUERY_INIT;
    phx_attribute_test tests[] = {{"a", {"1", 1}}, {"b", {"[1]", 3}}};
    phx_cursor *cursor = NULL;
    const phx_trace *trace;
    struct place place;

    UNUSED_STATE;
    set_up(&place);
    phx_store *store = place.store;
    q.tests = tests;
    q.test_count = 2;
    fails_with(PHX_INVALID, "attribute",
               phx_store_find_spans(store, &q, &cursor, err));
    phx_error why;
    eq_int(phx_store_find_spans(store, &q, &cursor, &why), PHX_INVALID);
    eq_int(why.offset, 1);
    tests[1].json = (phx_text){"{", 1};
    fails_with(PHX_INVALID, "attribute",
               phx_store_find_spans(store, &q, &cursor, err));
    q.test_count = 0;
    q.order = 2;
    fails_with(PHX_MISUSE, "", phx_store_find_spans(store, &q, &cursor, err));
    q.order = 0;
    q.attributes = 3;
    fails_with(PHX_MISUSE, "", phx_store_find_spans(store, &q, &cursor, err));
    q.attributes = 0;
    q.names = NULL;
    q.name_count = 1;
    fails_with(PHX_MISUSE, "", phx_store_find_spans(store, &q, &cursor, err));
    t.sort = 3;
    fails_with(PHX_MISUSE, "", phx_store_find_traces(store, &t, &cursor, err));
    t.sort = 0;
    t.session_count = 1;
    fails_with(PHX_MISUSE, "", phx_store_find_traces(store, &t, &cursor, err));
    t.session_count = 0;
    t.place = 1;
    fails_with(PHX_INVALID, "place",
               phx_store_find_traces(store, &t, &cursor, err));
    phx_id id = 0;
    fails_with(PHX_MISUSE, "", phx_store_find(store, 5, "x", 1, &id, err));
    fails_with(PHX_NOT_FOUND, "no span 'xyz'",
               phx_store_find(store, PHX_SPAN, "xyz", 3, &id, err));
    fails_with(PHX_NOT_FOUND, "no trace ''",
               phx_store_find(store, PHX_TRACE, NULL, 0, &id, err));
    fails_with(PHX_NOT_FOUND, "no session 'x'",
               phx_store_find(store, PHX_SESSION, "x", 1, &id, err));
    fails_with(PHX_NOT_FOUND, "no project 'x'",
               phx_store_find(store, PHX_PROJECT, "x", 1, &id, err));
    succeeds(phx_store_find_spans(store, NULL, &cursor, err));
    fails_with(PHX_MISUSE, "", phx_cursor_next_trace(cursor, &trace, err));
    phx_cursor_close(cursor);
    phx_cursor_close(NULL);
    place_remove(&place);
}

/* --- cursors ---------------------------------------------------------------------- */

static void send_number(struct place *place, int i)
{
    char trace[8], span[8];

    snprintf(trace, sizeof trace, "%04x", i % 5);
    snprintf(span, sizeof span, "%04x", i);
    ok(send(place, &(struct sent){trace, span, .start = (uint64_t)i}));
}

/* Oldest first, with three spans arriving for each that is read until 300:
 * all come, once, in order; and compaction in between. */
TEST(an_ascending_cursor_meets_what_arrives)
{
    phx_span_query q = PHX_SPAN_QUERY_INIT;
    const phx_span *span;
    phx_cursor *cursor;
    struct place place;
    int sent = 1, seen = 0;

    UNUSED_STATE;
    set_up(&place);
    q.order = PHX_OLDEST_FIRST;
    send_number(&place, 0);
    succeeds(phx_store_find_spans(place.store, &q, &cursor, err));
    while (sent < 8)
        send_number(&place, sent++);
    while (phx_cursor_next_span(cursor, &span, NULL) == PHX_OK) {
        eq_int(span->id, ++seen);
        for (int i = 0; i < 3 && sent < 300; i++)
            send_number(&place, sent++);
        if (seen % 40 == 0)
            compact_all(place.store);
    }
    eq_int(seen, 300);
    phx_cursor_close(cursor);
    place_remove(&place);
}

TEST(a_descending_cursor_never_meets_what_arrives)
{
    const phx_span *span;
    phx_cursor *cursor;
    struct place place;
    int sent = 0, left;

    UNUSED_STATE;
    set_up(&place);
    while (sent < 60)
        send_number(&place, sent++);
    left = sent;
    succeeds(phx_store_find_spans(place.store, NULL, &cursor, err));
    while (phx_cursor_next_span(cursor, &span, NULL) == PHX_OK) {
        eq_int(span->id, left--);
        send_number(&place, sent++);
        if (left % 11 == 0)
            compact_all(place.store);
    }
    eq_int(left, 0);
    phx_cursor_close(cursor);
    place_remove(&place);
}

TEST(a_cursor_skips_what_is_deleted_before_its_page)
{
    const phx_span *span;
    phx_cursor *cursor;
    struct place place;

    UNUSED_STATE;
    set_up(&place);
    for (int i = 0; i < 30; i++)
        send_number(&place, i);
    succeeds(phx_store_find_spans(place.store, NULL, &cursor, err));
    succeeds(phx_cursor_next_span(cursor, &span, err));
    delete_one(place.store, PHX_TRACE, 1); /* spans 1, 6, 11, ... */
    int seen = 0;
    while (phx_cursor_next_span(cursor, &span, NULL) == PHX_OK) {
        seen++;
        if (span->id <= 20)
            ok(span->id % 5 != 1);
    }
    ok(seen >= 23 && seen <= 25);
    phx_cursor_close(cursor);
    place_remove(&place);
}

/* The block is one that the page before was read from. */
TEST(a_cursor_meets_a_span_once_that_is_written_again)
{
    phx_span_query q = PHX_SPAN_QUERY_INIT;
    const phx_span *span;
    phx_cursor *cursor;
    struct place place;
    int seen = 0;

    UNUSED_STATE;
    set_up(&place);
    for (int i = 0; i < 30; i++)
        send_number(&place, i);
    compact_all(place.store);
    q.order = PHX_OLDEST_FIRST;
    succeeds(phx_store_find_spans(place.store, &q, &cursor, err));
    while (phx_cursor_next_span(cursor, &span, NULL) == PHX_OK) {
        eq_int(span->id, ++seen);
        ok((strstr(span->events.data, "late") != NULL) == (seen == 20));
        if (seen == 10)
            send_log(&place, &(struct logged){"0004", "0013", "late", 5});
    }
    eq_int(seen, 30);
    phx_cursor_close(cursor);
    place_remove(&place);
}

/* Values too large for one page of memory: each span comes all the same, also
 * where neighbours are in different blocks. */
TEST(pages_of_large_spans_lose_nothing)
{
    static char value[6000];
    const phx_span *span;
    phx_cursor *cursor;
    struct place place;

    UNUSED_STATE;
    set_up(&place);
    memset(value, 'v', sizeof value - 1);
    snprintf(value + 5900, 90, "\"}");
    memcpy(value, "{\"stringValue\":\"", 16);
    for (int i = 0; i < 20; i++) {
        char id[8];
        snprintf(id, sizeof id, "%02x", i);
        value[100] = (char)('a' + i); /* or they would be stored once */
        send_to(place.store, i % 2 ? "p" : NULL,
                &(struct sent){i % 2 ? "01" : "02", id, .key = "big",
                               .value = value});
    }
    for (int pass = 0; pass < 2; pass++) {
        int left = 20;
        succeeds(phx_store_find_spans(place.store, NULL, &cursor, err));
        while (phx_cursor_next_span(cursor, &span, NULL) == PHX_OK) {
            eq_int(span->id, left--);
            ok(span->attributes.size > 5800);
        }
        eq_int(left, 0);
        phx_cursor_close(cursor);
        compact_all(place.store);
    }
    place_remove(&place);
}

TEST(attributes_come_as_asked_for)
{
    phx_span_query q = PHX_SPAN_QUERY_INIT;
    const phx_span *span;
    phx_cursor *cursor;
    struct place place;
    static const char *const expected[] = {"{\"a\":{\"b\":1},\"n\":1}",
                                           "{\"a.b\":1,\"n\":1}", "{}"};

    UNUSED_STATE;
    set_up(&place);
    send(&place, &(struct sent){"01", "01", .key = "a.b",
                                .value = "{\"intValue\":\"1\"}"});
    for (q.attributes = 0; q.attributes < 3; q.attributes++) {
        succeeds(phx_store_find_spans(place.store, &q, &cursor, err));
        succeeds(phx_cursor_next_span(cursor, &span, err));
        char packed[64] = "";
        for (size_t i = 0, to = 0; i < span->attributes.size; i++) {
            if (span->attributes.data[i] != ' ')
                packed[to++] = span->attributes.data[i];
        }
        eq_string(packed, expected[q.attributes]);
        eq_text(span->events, "[]");
        phx_cursor_close(cursor);
    }
    place_remove(&place);
}

TEST(links_come_with_their_spans)
{
    static const char request[] =
        "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"name\":\"a\","
        "\"traceId\":\"01\",\"spanId\":\"02\",\"links\":[{\"traceId\":\"0A\","
        "\"spanId\":\"0b\",\"traceState\":\"x=1\",\"attributes\":[{\"key\":"
        "\"why\",\"value\":{\"stringValue\":\"retry\"}}]}]}]}]}]}";
    phx_span_query q = PHX_SPAN_QUERY_INIT;
    phx_ingest_report report;
    const phx_span *span;
    phx_cursor *cursor;
    struct place place;

    UNUSED_STATE;
    set_up(&place);
    succeeds(phx_store_ingest(place.store, NULL, PHX_OTLP_JSON, request,
                              sizeof request - 1, &report, err));
    for (q.attributes = 0; q.attributes < 3; q.attributes++) {
        succeeds(phx_store_find_spans(place.store, &q, &cursor, err));
        succeeds(phx_cursor_next_span(cursor, &span, err));
        eq_text(
            span->links,
            q.attributes == PHX_ATTRIBUTES_NONE
                ? "[]"
                : "[{\"trace_id\":\"0a\",\"span_id\":\"0b\",\"trace_state\":"
                  "\"x=1\",\"attributes\":{\"why\":\"retry\"}}]");
        phx_cursor_close(cursor);
    }
    place_remove(&place);
}

/* --- OTLP again --------------------------------------------------------------------- */

static void copy_spans(phx_store *from, phx_store *to, int32_t format)
{
    phx_span_query q = PHX_SPAN_QUERY_INIT;
    phx_buf out = PHX_BUF_INIT;
    phx_ingest_report report;
    phx_error why = {0};
    phx_cursor *cursor;
    phx_status status;

    q.order = PHX_OLDEST_FIRST;
    succeeds(phx_store_find_spans(from, &q, &cursor, err));
    while ((status = phx_cursor_next_otlp(cursor, format, 3, &out, &why)) ==
           PHX_OK) {
        succeeds(phx_store_ingest(to, NULL, format, out.data, out.size, &report,
                                  err));
        eq_int(report.duplicate, 0);
        eq_int(report.rejected, 0);
        ok(report.accepted >= 1 && report.accepted <= 3);
    }
    eq_int(status, PHX_DONE);
    phx_cursor_close(cursor);
    phx_buf_free(&out);
}

TEST(rows_and_requests_may_take_turns)
{
    phx_span_query q = PHX_SPAN_QUERY_INIT;
    phx_buf out = PHX_BUF_INIT;
    phx_ingest_report report;
    const phx_span *span;
    phx_cursor *cursor, *expected;
    struct place place;
    phx_store *copy;

    UNUSED_STATE;
    set_up(&place);
    fill(&place, 3);
    succeeds(open_url("sqlite::memory:", 0, &copy, err));
    succeeds(phx_store_find_spans(place.store, &q, &cursor, err));
    succeeds(phx_store_find_spans(place.store, &q, &expected, err));
    phx_id id = 0;
    while (phx_cursor_next_span(expected, &span, NULL) == PHX_OK) {
        id = span->id;
        if (id % 3 == 0) {
            succeeds(phx_cursor_next_otlp(cursor, PHX_OTLP_JSON, 1, &out, err));
            succeeds(phx_store_ingest(copy, NULL, PHX_OTLP_JSON, out.data,
                                      out.size, &report, err));
            eq_int(report.accepted, 1);
        } else {
            succeeds(phx_cursor_next_span(cursor, &span, err));
            eq_int(span->id, id);
        }
    }
    eq_int(id, 1);
    eq_int(phx_cursor_next_span(cursor, &span, NULL), PHX_DONE);
    phx_cursor_close(expected);
    phx_cursor_close(cursor);
    phx_buf_free(&out);
    phx_store_close(copy);
    place_remove(&place);
}

TEST(another_store_takes_the_spans_in)
{
    static const int32_t formats[] = {PHX_OTLP_PROTOBUF, PHX_OTLP_JSON};
    struct place place;
    phx_store *copy;

    UNUSED_STATE;
    for (int i = 0; i < 2; i++) {
        set_up(&place);
        fill(&place, 3);
        succeeds(open_url("sqlite::memory:", 0, &copy, err));
        copy_spans(place.store, copy, formats[i]);
        check_filters(copy);
        check_ids(copy);
        check_tests(copy);
        verify_clean(copy);
        phx_store_close(copy);
        place_remove(&place);
    }
}

/* --- traces and sessions --------------------------------------------------------------- */

static void check_traces(phx_store *store)
{
    phx_trace_query q = PHX_TRACE_QUERY_INIT;
    phx_id p = number_of(store, PHX_PROJECT, "p");
    phx_id sessions[] = {number_of(store, PHX_SESSION, "s2"), 77};

    eq_traces(store, NULL, "03 02 01 ");
    q.order = PHX_OLDEST_FIRST;
    eq_traces(store, &q, "01 02 03 ");
    q.from = 2;
    eq_traces(store, &q, "02 03 ");
    q.limit = 1;
    eq_traces(store, &q, "02 ");
    q = (phx_trace_query)PHX_TRACE_QUERY_INIT;
    q.project = p;
    eq_traces(store, &q, "03 01 ");
    q.trace = 3;
    eq_traces(store, &q, "03 ");
    q.project = 99;
    eq_traces(store, &q, "");
    q = (phx_trace_query)PHX_TRACE_QUERY_INIT;
    q.sort = PHX_BY_START; /* 01: 1000, 02: 500, 03: 1500 */
    eq_traces(store, &q, "03 01 02 ");
    q.start_time = 1000;
    eq_traces(store, &q, "03 01 ");
    q.end_time = 1500;
    eq_traces(store, &q, "01 ");
    q.start_time = 0;
    q.order = PHX_OLDEST_FIRST;
    eq_traces(store, &q, "02 01 ");
    q = (phx_trace_query)PHX_TRACE_QUERY_INIT;
    q.sort = PHX_BY_LATENCY; /* 8000, 5500, 6500 */
    eq_traces(store, &q, "01 03 02 ");
    q.sessions = sessions;
    q.session_count = 2;
    eq_traces(store, &q, "02 ");
}

static void check_totals(phx_store *store)
{
    static const phx_trace expected[] = {{.id = 1,
                                          .start_time = 1000,
                                          .end_time = 9000,
                                          .spans = 3,
                                          .errors = 1,
                                          .prompt_tokens = 7},
                                         {.id = 2,
                                          .start_time = 500,
                                          .end_time = 6000,
                                          .spans = 2,
                                          .prompt_tokens = 3},
                                         {.id = 3,
                                          .start_time = 1500,
                                          .end_time = 8000,
                                          .spans = 2,
                                          .errors = 1}};
    phx_trace_query q = PHX_TRACE_QUERY_INIT;
    const phx_trace *trace;
    phx_cursor *cursor;

    q.order = PHX_OLDEST_FIRST;
    succeeds(phx_store_find_traces(store, &q, &cursor, err));
    for (int i = 0; i < 3; i++) {
        succeeds(phx_cursor_next_trace(cursor, &trace, err));
        eq_int(trace->id, expected[i].id);
        eq_int(trace->start_time, expected[i].start_time);
        eq_int(trace->end_time, expected[i].end_time);
        eq_int(trace->spans, expected[i].spans);
        eq_int(trace->errors, expected[i].errors);
        eq_int(trace->prompt_tokens, expected[i].prompt_tokens);
        eq_int(trace->completion_tokens, 0);
    }
    eq_int(phx_cursor_next_trace(cursor, &trace, NULL), PHX_DONE);
    assert_null(trace);
    phx_cursor_close(cursor);
}

static void check_session(phx_store *store, const char *name, uint64_t start,
                          uint64_t end, int traces)
{
    const phx_session *session;
    phx_cursor *cursor;

    phx_session_query query = PHX_SESSION_QUERY_INIT;
    query.session = number_of(store, PHX_SESSION, name);
    succeeds(phx_store_find_sessions(store, &query, &cursor, err));
    succeeds(phx_cursor_next_session(cursor, &session, err));
    assert_non_null(session);
    eq_text(session->session_id, name);
    eq_int(session->start_time, start);
    eq_int(session->end_time, end);
    eq_int(session->traces, traces);
    eq_int(phx_cursor_next_session(cursor, &session, NULL), PHX_DONE);
    phx_cursor_close(cursor);
}

TEST(traces_and_sessions_add_up)
{
    struct place place;

    UNUSED_STATE;
    for (int part = 0; part <= 7; part++) {
        set_up(&place);
        fill(&place, part);
        check_traces(place.store);
        check_totals(place.store);
        check_session(place.store, "s1", 1000, 9000, 2);
        check_session(place.store, "s2", 500, 6000, 1);
        place_reopen(&place, PHX_OPEN_READ_ONLY);
        check_traces(place.store);
        check_totals(place.store);
        place_remove(&place);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_filter_finds_its_spans),
        cmocka_unit_test(a_store_in_memory_finds_the_same),
        cmocka_unit_test(queries_are_checked),
        cmocka_unit_test(an_ascending_cursor_meets_what_arrives),
        cmocka_unit_test(a_descending_cursor_never_meets_what_arrives),
        cmocka_unit_test(a_cursor_skips_what_is_deleted_before_its_page),
        cmocka_unit_test(a_cursor_meets_a_span_once_that_is_written_again),
        cmocka_unit_test(pages_of_large_spans_lose_nothing),
        cmocka_unit_test(attributes_come_as_asked_for),
        cmocka_unit_test(links_come_with_their_spans),
        cmocka_unit_test(rows_and_requests_may_take_turns),
        cmocka_unit_test(another_store_takes_the_spans_in),
        cmocka_unit_test(traces_and_sessions_add_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

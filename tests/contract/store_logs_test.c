/*
 * store_logs_test.c - log records and their spans: whichever comes first, as
 * often as it comes, the span is the same afterwards.
 */
#include "contract/asked.h"
#include "contract/logged.h"

#include "query/query.h"

static const struct logged the_question = {
    "0a", "a1", "gen_ai.user.message", 10, CONTENT("why?"), NULL};
static const struct logged the_answer = {
    "0a",
    "a1",
    "gen_ai.choice",
    20,
    "{\"kvlistValue\":{\"values\":[{\"key\":\"finish_reason\",\"value\":"
    "{\"stringValue\":\"stop\"}},{\"key\":\"message\",\"value\":" CONTENT(
        "because") "}]}}",
    NULL};
static const struct sent the_span = {.trace = "0a",
                                     .span = "a1",
                                     .name = "chat",
                                     .session = "s",
                                     .start = 5,
                                     .end = 30};

#define MESSAGES                                                               \
    "{\"input_messages\":[{\"message\":{\"content\":\"why?\","                 \
    "\"role\":\"user\"}}],\"output_messages\":[{\"message\":"                  \
    "{\"content\":\"because\",\"finish_reason\":\"stop\","                     \
    "\"role\":\"assistant\"}}]}"

/* --- what is seen --------------------------------------------------------------- */

/* The first value of the first row, or "none". */
static void ask(phx_store *store, const char *text, char *out, size_t size)
{
    struct asked asked = {0};
    const struct value *values;
    phx_error why = {0};

    ask_text(&asked, text);
    struct store_rows *rows = open_rows(store, &asked);
    phx_status status = store_rows_next(rows, &values, &why);
    if (status < 0)
        wrong("%s: %s", text, why.message);
    if (status == PHX_DONE)
        snprintf(out, size, "none");
    else if (values[0].kind == JSON_TEXT)
        snprintf(out, size, "%.*s", (int)values[0].text.size,
                 values[0].text.data);
    else
        snprintf(out, size, "%" PRId64, values[0].integer);
    store_rows_close(rows);
}

#define eq_asked(store, text, expected)                                        \
    do {                                                                       \
        char t_out[2048];                                                      \
        ask(store, text, t_out, sizeof t_out);                                 \
        eq_string(t_out, expected);                                            \
    } while (0)

/* How many a condition chooses, of its grain. */
static int count_chosen(phx_store *store, enum query_grain grain,
                        const char *text)
{
    const struct query_scope scope = {.order = QUERY_BY_NUMBER};
    const struct value *row;
    struct store_rows *rows = NULL;
    struct store_query statement;
    struct query query;
    struct arena arena;
    int count = 0;

    arena_init(&arena, SIZE_MAX);
    succeeds(query_compile(&arena, grain, text_of(text), &query, err));
    succeeds(query_sql(&query, &scope, &arena, &statement, err));
    succeeds(store_rows_open(store->store, &statement, &rows, err));
    while (store_rows_next(rows, &row, NULL) == PHX_OK)
        count++;
    store_rows_close(rows);
    arena_clear(&arena);
    return count;
}

/* A table with the answer of the spans that have the question. */
static void check_frame(phx_store *store)
{
    static const char text[] =
        "{\"select\":{\"a\":{\"key\":\"llm.output_messages\"}},\"filter\":"
        "{\"condition\":\"attributes['llm']['input_messages'][0]['message']"
        "['content'] == 'why?'\"}}";
    phx_frame_query query = PHX_FRAME_QUERY_INIT;
    phx_buf piece = PHX_BUF_INIT;
    phx_frame *frame;

    query.json = text_of(text);
    succeeds(phx_store_open_frame(store, &query, &frame, err));
    succeeds(phx_frame_next(frame, &piece, err));
    if (strstr(piece.data, "because") == NULL)
        wrong("no answer in %s", piece.data);
    phx_buf_free(&piece);
    phx_frame_close(frame);
}

/* Conditions see what records say, of young blocks as of lasting ones. */
static void check_conditions(phx_store *store)
{
    static const char span[] =
        "'WHY' in attributes['llm']['input_messages'][0]['message']['content']"
        " and attributes['llm']['output_messages'][0]['message']['content']"
        " == 'because'";
    static const char trace[] =
        "'why?' in attributes['llm.input_messages']"
        " and 'because' in attributes['llm.output_messages']";

    eq_int(count_chosen(store, QUERY_SPAN, span), 1);
    eq_int(count_chosen(store, QUERY_SPAN,
                        "attributes['llm']['input_messages'][0] is None"),
           0);
    eq_int(count_chosen(store, QUERY_TRACE, trace), 1);
    eq_int(count_chosen(store, QUERY_TRACE, "num_spans != 1"), 0);
    eq_int(count_chosen(store, QUERY_SESSION, trace), 1);
    check_frame(store);
}

static void check_joined(struct place *place)
{
    phx_store *store = place->store;

    eq_asked(store, "SELECT attr_json(ref, 'llm') FROM stored_span", MESSAGES);
    eq_asked(store,
             "SELECT count(*) FROM stored_span WHERE attr(ref, 'llm',"
             " 'input_messages', 0, 'message', 'content') = 'why?'",
             "1");
    eq_asked(store, "SELECT max(no) || ' ' || count(*) FROM stored_span",
             "1 1");
    eq_int(stats_of(store).spans, 1);
    check_conditions(store);
    verify_clean(store);
}

/* --- either order ---------------------------------------------------------------- */

static void in_order(const char *order, bool compact, bool reopen)
{
    struct place place;

    place_make(&place);
    place_open(&place, PHX_OPEN_NO_COMPACT);
    for (const char *step = order; *step != '\0'; step++) {
        if (*step == 's')
            send(&place, &the_span);
        else
            send_log(&place, *step == 'q' ? &the_question : &the_answer);
        if (compact)
            compact_all(place.store);
        if (reopen)
            place_reopen(&place, PHX_OPEN_NO_COMPACT);
        verify_clean(place.store);
    }
    check_joined(&place);
    eq_int(count_rows(&place, "log"), 0);
    compact_all(place.store);
    eq_int(count_rows(&place, "outgrown"), 0);
    check_joined(&place);
    place_remove(&place);
}

TEST(every_order_of_arrival_gives_the_same_span)
{
    static const char *const orders[] = {"qas", "aqs", "sqa",     "saq",
                                         "qsa", "asq", "qqsqaqas"};

    UNUSED_STATE;
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        in_order(orders[i], false, false);
        in_order(orders[i], true, false);
        in_order(orders[i], false, true);
        in_order(orders[i], true, true);
    }
}

TEST(a_span_and_its_records_may_share_a_commit)
{
    phx_batch *batches[3] = {NULL, NULL, NULL};
    phx_ingest_report reports[3];
    struct request request = {0};
    char text[4096];
    struct place place;

    UNUSED_STATE;
    place_make(&place);
    place_open(&place, PHX_OPEN_NO_COMPACT);
    log_text(&the_answer, text, sizeof text);
    succeeds(phx_batch_decode(PHX_LOGS_JSON, text, strlen(text), NULL,
                              &batches[0], err));
    log_text(&the_question, text, sizeof text);
    succeeds(phx_batch_decode(PHX_LOGS_JSON, text, strlen(text), NULL,
                              &batches[1], err));
    eq_int(phx_batch_size(batches[1]), 1);
    eq_int(phx_batch_format(batches[1]), PHX_LOGS_JSON);
    request_add(&request, &the_span);
    request_end(&request);
    succeeds(phx_batch_decode(PHX_OTLP_JSON, request.text, request.size, NULL,
                              &batches[2], err));
    free(request.text);
    succeeds(phx_store_put(place.store, batches, 3, reports, err));
    for (int i = 0; i < 3; i++) {
        eq_int(reports[i].accepted, 1);
        phx_batch_free(batches[i]);
    }
    check_joined(&place);
    eq_int(stats_of(place.store).blocks, 1);
    place_remove(&place);
}

TEST(a_store_in_memory_joins_as_well)
{
    struct place place = {.url = "sqlite::memory:"};

    UNUSED_STATE;
    place_open(&place, PHX_OPEN_NO_COMPACT);
    ok(send_log(&place, &the_question));
    ok(send(&place, &the_span));
    ok(send_log(&place, &the_answer));
    check_joined(&place);
    compact_all(place.store);
    check_joined(&place);
    place_close(&place);
}

/* --- what a record becomes ----------------------------------------------------- */

static void eq_events(struct place *place, const char *expected)
{
    phx_cursor *cursor;
    const phx_span *span;

    succeeds(phx_store_find_spans(place->store, NULL, &cursor, err));
    succeeds(phx_cursor_next_span(cursor, &span, err));
    assert_non_null(span);
    eq_string(span->events.data, expected);
    phx_cursor_close(cursor);
}

TEST(a_record_is_an_event_with_all_it_says)
{
    struct place place;

    UNUSED_STATE;
    place_make(&place);
    place_open(&place, PHX_OPEN_NO_COMPACT);
    send(&place, &the_span);
    ok(send_log(&place,
                &(struct logged){"0a", "a1", NULL, 2000, NULL,
                                 "{\"key\":\"exception.type\",\"value\":"
                                 "{\"stringValue\":\"E\"}}"}));
    ok(send_log(&place, &(struct logged){"0a", "a1", NULL, 1000,
                                         "{\"stringValue\":\"hi\"}", NULL}));
    eq_events(&place,
              "[{\"name\":\"log\",\"timestamp\":"
              "\"1970-01-01T00:00:00.000001+00:00\",\"attributes\":{"
              "\"log.record.observed_time_unix_nano\":0,"
              "\"log.record.severity_number\":9,\"log.record.body\":\"hi\","
              "\"log.record.scope.name\":\"sender\"}},"
              "{\"name\":\"exception\",\"timestamp\":"
              "\"1970-01-01T00:00:00.000002+00:00\",\"attributes\":{"
              "\"exception.type\":\"E\","
              "\"log.record.observed_time_unix_nano\":0,"
              "\"log.record.severity_number\":9,"
              "\"log.record.scope.name\":\"sender\","
              "\"exception.message\":\"\"}}]");
    place_remove(&place);
}

TEST(messages_of_the_span_itself_win)
{
    static const struct sent own = {.trace = "0a",
                                    .span = "a1",
                                    .key =
                                        "llm.input_messages.0.message.content",
                                    .value = "{\"stringValue\":\"mine\"}"};
    struct place place;

    UNUSED_STATE;
    place_make(&place);
    place_open(&place, PHX_OPEN_NO_COMPACT);
    ok(send_log(&place, &the_question));
    send(&place, &own);
    ok(send_log(&place, &the_answer));
    ok(!send_log(&place, &the_question));
    eq_asked(place.store,
             "SELECT attr(ref, 'llm', 'input_messages', 0, 'message',"
             " 'content') || ' ' || attr(ref, 'llm', 'output_messages', 0,"
             " 'message', 'content') FROM stored_span",
             "mine because");
    place_remove(&place);
}

/* --- records without a span ------------------------------------------------------ */

TEST(records_that_name_no_span_are_kept)
{
    static const struct logged rows[] = {
        {NULL, NULL, NULL, 5, "{\"stringValue\":\"a\"}", NULL},
        {NULL, NULL, NULL, 5, "{\"stringValue\":\"b\"}", NULL},
        {"00", "00", NULL, 6, NULL, NULL},
        {"0a", NULL, NULL, 6, NULL, NULL},
        {NULL, "a1", NULL, 6, NULL, NULL},
    };
    struct place place;

    UNUSED_STATE;
    place_make(&place);
    place_open(&place, PHX_OPEN_NO_COMPACT);
    for (int again = 0; again < 2; again++) {
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
            eq_int(send_log(&place, &rows[i]), !again);
    }
    send(&place, &the_span);
    eq_events(&place, "[]");
    eq_int(count_rows(&place, "log"), 5);
    place_reopen(&place, 0);
    eq_int(count_rows(&place, "log"), 5);
    verify_clean(place.store);
    place_remove(&place);
}

TEST(a_record_of_another_trace_waits_on)
{
    struct place place;

    UNUSED_STATE;
    place_make(&place);
    place_open(&place, PHX_OPEN_NO_COMPACT);
    ok(send_log(&place, &(struct logged){"0b", "a1", NULL, 1, NULL, NULL}));
    send(&place, &the_span);
    ok(send_log(&place, &(struct logged){"0c", "a1", NULL, 1, NULL, NULL}));
    eq_events(&place, "[]");
    eq_int(count_rows(&place, "log"), 2);
    verify_clean(place.store);
    place_remove(&place);
}

/* --- deletes ------------------------------------------------------------------------- */

TEST(what_waits_for_a_trace_goes_with_it)
{
    struct place place;

    UNUSED_STATE;
    place_make(&place);
    place_open(&place, PHX_OPEN_NO_COMPACT);
    send(&place, &the_span);
    ok(send_log(&place, &(struct logged){"0a", "a2", NULL, 1, NULL, NULL}));
    ok(send_log(&place, &(struct logged){"0b", "a2", NULL, 1, NULL, NULL}));
    delete_one(place.store, PHX_TRACE, trace_of(&place, "0a"));
    eq_int(count_rows(&place, "log"), 1);
    send_to(place.store, "p", &(struct sent){.trace = "0b", .span = "b1"});
    delete_one(place.store, PHX_PROJECT,
               number_of(place.store, PHX_PROJECT, "p"));
    compact_all(place.store);
    eq_int(count_rows(&place, "log"), 0);
    verify_clean(place.store);
    place_remove(&place);
}

TEST(a_grown_span_is_deleted_as_any_other)
{
    struct place place;

    UNUSED_STATE;
    place_make(&place);
    place_open(&place, PHX_OPEN_NO_COMPACT);
    send(&place, &the_span);
    send(&place, &(struct sent){.trace = "0a", .span = "a2"});
    ok(send_log(&place, &the_question));
    delete_one(place.store, PHX_SPAN, span_of(&place, "a1"));
    eq_spans(place.store, NULL, "a2 ");
    verify_clean(place.store);
    ok(send_log(&place, &the_answer)); /* as of a span that never came */
    compact_all(place.store);
    verify_clean(place.store);
    eq_int(stats_of(place.store).deleted, 0);
    ok(send(&place, &the_span));
    eq_asked(place.store,
             "SELECT attr(ref, 'llm', 'output_messages', 0, 'message',"
             " 'content') FROM stored_span WHERE no = 3",
             "because");
    place_remove(&place);
}

/* --- many ------------------------------------------------------------------------------ */

enum { MANY = 60 };

/* Spans of several traces, each with a record, in an order that the round
 * decides; compaction goes on between. */
static void send_many(struct place *place, int round)
{
    for (int i = 0; i < 2 * MANY; i++) {
        char trace[8], span[8];
        int at = (i * 7 + round * 13) % (2 * MANY), number = at / 2;
        snprintf(trace, sizeof trace, "%02x", number / 8 + 1);
        snprintf(span, sizeof span, "%04x", number + 1);
        if ((at + round) % 2)
            send(place, &(struct sent){.trace = trace, .span = span});
        else
            send_log(place, &(struct logged){trace, span, "gen_ai.user.message",
                                             10, CONTENT("x"), NULL});
        if (i % 31 == 30)
            compact_all(place->store);
    }
}

/* Page after page, each of some rows. */
static void check_numbers(phx_store *store, int32_t order)
{
    phx_span_query query = PHX_SPAN_QUERY_INIT;
    const phx_span *span;
    phx_cursor *cursor;
    int count = 0;

    query.order = order;
    succeeds(phx_store_find_spans(store, &query, &cursor, err));
    while (phx_cursor_next_span(cursor, &span, NULL) == PHX_OK) {
        count++;
        eq_int(span->id, order == PHX_OLDEST_FIRST ? count : MANY + 1 - count);
        ok(strstr(span->events.data, "gen_ai.user.message") != NULL);
    }
    phx_cursor_close(cursor);
    eq_int(count, MANY);
}

TEST(many_spans_grow_and_stay_one_each)
{
    UNUSED_STATE;
    for (int round = 0; round < 4; round++) {
        struct place place;
        place_make(&place);
        place_open(&place, round % 2 ? 0 : PHX_OPEN_NO_COMPACT);
        send_many(&place, round);
        verify_clean(place.store);
        eq_int(stats_of(place.store).spans, MANY);
        eq_asked(place.store,
                 "SELECT count(*) FROM stored_span WHERE attr(ref, 'llm',"
                 " 'input_messages', 0, 'message', 'content') = 'x'",
                 "60");
        eq_int(count_rows(&place, "log"), 0);
        check_numbers(place.store, PHX_OLDEST_FIRST);
        check_numbers(place.store, PHX_NEWEST_FIRST);
        compact_all(place.store);
        verify_clean(place.store);
        check_numbers(place.store, PHX_NEWEST_FIRST);
        eq_int(stats_of(place.store).spans, MANY);
        place_remove(&place);
    }
}

TEST(a_record_that_comes_again_changes_nothing)
{
    struct place place;
    struct logged question = {"0a", "a2",         "gen_ai.user.message",
                              10,   CONTENT("x"), NULL};

    UNUSED_STATE;
    place_make(&place);
    place_open(&place, PHX_OPEN_NO_COMPACT);
    send(&place, &(struct sent){.trace = "0a", .span = "a1"});
    send(&place, &(struct sent){.trace = "0a", .span = "a2"});
    ok(send_log(&place, &question));
    compact_all(place.store); /* both spans in one block */
    ok(send_log(&place, &the_question));
    ok(!send_log(&place, &question)); /* a1 is outgrown there, a2 is not */
    ok(!send_log(&place, &the_question));
    eq_spans(place.store, NULL, "a2 a1 ");
    verify_clean(place.store);
    place_remove(&place);
}

TEST(totals_of_a_trace_count_a_grown_span_once)
{
    phx_trace_query query = PHX_TRACE_QUERY_INIT;
    const phx_trace *trace;
    phx_cursor *cursor;
    struct place place;

    UNUSED_STATE;
    place_make(&place);
    place_open(&place, PHX_OPEN_NO_COMPACT);
    send(&place, &(struct sent){.trace = "0a",
                                .span = "a1",
                                .kind = "LLM",
                                .status = PHX_SPAN_ERROR,
                                .tokens = 7});
    ok(send_log(&place, &the_question));
    ok(send_log(&place, &the_answer));
    succeeds(phx_store_find_traces(place.store, &query, &cursor, err));
    succeeds(phx_cursor_next_trace(cursor, &trace, err));
    eq_int(trace->spans, 1);
    eq_int(trace->errors, 1);
    eq_int(trace->prompt_tokens, 7);
    phx_cursor_close(cursor);
    place_remove(&place);
}

/* --- damage and copies ----------------------------------------------------------------- */

TEST(verify_sees_damage_to_what_waits_and_what_is_outgrown)
{
    static const struct {
        const char *sql, *story;
    } cases[] = {
        {"UPDATE log SET body = zeroblob(9)", "damaged"},
        {"UPDATE log SET span = span + 1", "damaged"},
        {"UPDATE outgrown SET rows = x'03'", "outgrown rows"},
        {"UPDATE outgrown SET block = 99", "of no block"},
        {"DELETE FROM outgrown", "twice"},
        {"DELETE FROM log", "the counters say 1"},
    };

    UNUSED_STATE;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct place place;
        place_make(&place);
        place_open(&place, PHX_OPEN_NO_COMPACT);
        send(&place, &the_span);
        ok(send_log(&place, &the_question));
        ok(send_log(&place, &(struct logged){"0b", "b1", NULL, 1, NULL, NULL}));
        verify_clean(place.store);
        change_rows(&place, cases[i].sql);
        fails_with(PHX_CORRUPT, cases[i].story,
                   phx_store_verify(place.store, NULL, NULL, err));
        place_remove(&place);
    }
}

TEST(a_backup_has_what_waits)
{
    struct place place;

    UNUSED_STATE;
    place_make(&place);
    place_open(&place, PHX_OPEN_NO_COMPACT);
    ok(send_log(&place, &the_question));
    succeeds(phx_store_backup(place.store, place.copy, err));
    place_close(&place);
    snprintf(place.url, sizeof place.url, "sqlite:%s", place.copy);
    place_open(&place, PHX_OPEN_NO_COMPACT);
    ok(!send_log(&place, &the_question));
    send(&place, &the_span);
    ok(send_log(&place, &the_answer));
    check_joined(&place);
    place_remove(&place);
}

/* --- bad input -------------------------------------------------------------------------- */

static phx_status decode_text(int32_t format, const char *text, phx_error *err)
{
    phx_batch *batch;
    phx_status status =
        phx_batch_decode(format, text, strlen(text), NULL, &batch, err);

    if (status >= 0)
        phx_batch_free(batch);
    return status;
}

TEST(records_that_are_none_are_refused)
{
    UNUSED_STATE;
    fails_with(PHX_INVALID, "resourceLogs",
               decode_text(PHX_LOGS_JSON, "{\"resourceLogs\":1}", err));
    fails_with(PHX_INVALID, "traceId",
               decode_text(PHX_LOGS_JSON,
                           "{\"resourceLogs\":[{\"scopeLogs\":[{"
                           "\"logRecords\":[{\"traceId\":\"xy\"}]}]}]}",
                           err));
    fails_with(PHX_INVALID, "cut short",
               decode_text(PHX_LOGS_PROTOBUF, "\x0a\x7f", err));
    fails_with(PHX_MISUSE, "format", decode_text(PHX_ATIF + 1, "", err));
}

TEST(data_points_of_metrics_are_counted_as_left_out)
{
    static const char text[] =
        "{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":["
        "{\"name\":\"a\",\"sum\":{\"dataPoints\":[{},{}]}},"
        "{\"name\":\"b\",\"histogram\":{\"dataPoints\":[{}]}}]}]}]}";
    static const char bytes[] = "\x0a\x0b\x12\x09\x12\x07\x2a\x05"
                                "\x0a\x00\x0a\x01\x78";
    const char *reason;
    phx_batch *batch;

    UNUSED_STATE;
    succeeds(phx_batch_decode(PHX_METRICS_JSON, text, strlen(text), NULL,
                              &batch, err));
    eq_int(phx_batch_size(batch), 0);
    eq_int(phx_batch_rejected(batch, &reason), 3);
    ok(strstr(reason, "metrics") != NULL);
    phx_batch_free(batch);
    succeeds(phx_batch_decode(PHX_METRICS_PROTOBUF, bytes, sizeof bytes - 1,
                              NULL, &batch, err));
    eq_int(phx_batch_rejected(batch, NULL), 2);
    phx_batch_free(batch);
}

TEST(each_signal_has_its_answer)
{
    static const struct {
        int32_t format;
        const char *expected;
    } cases[] = {
        {PHX_OTLP_JSON, "{\"partialSuccess\":{\"rejectedSpans\":\"2\","
                        "\"errorMessage\":\"no\"}}"},
        {PHX_LOGS_JSON, "{\"partialSuccess\":{\"rejectedLogRecords\":\"2\","
                        "\"errorMessage\":\"no\"}}"},
        {PHX_METRICS_JSON, "{\"partialSuccess\":{\"rejectedDataPoints\":\"2\","
                           "\"errorMessage\":\"no\"}}"},
        {PHX_LOGS_PROTOBUF, "\x0a\x06\x08\x02\x12\x02no"},
    };
    phx_buf buf = PHX_BUF_INIT;

    UNUSED_STATE;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        succeeds(phx_otlp_answer(cases[i].format, 2, "no", &buf, err));
        eq_string(buf.data, cases[i].expected);
    }
    phx_buf_free(&buf);
    fails_with(PHX_MISUSE, "",
               phx_otlp_answer(PHX_SPAN_JSON, 0, NULL, &buf, err));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_order_of_arrival_gives_the_same_span),
        cmocka_unit_test(a_span_and_its_records_may_share_a_commit),
        cmocka_unit_test(a_store_in_memory_joins_as_well),
        cmocka_unit_test(a_record_is_an_event_with_all_it_says),
        cmocka_unit_test(messages_of_the_span_itself_win),
        cmocka_unit_test(records_that_name_no_span_are_kept),
        cmocka_unit_test(a_record_of_another_trace_waits_on),
        cmocka_unit_test(what_waits_for_a_trace_goes_with_it),
        cmocka_unit_test(a_grown_span_is_deleted_as_any_other),
        cmocka_unit_test(many_spans_grow_and_stay_one_each),
        cmocka_unit_test(a_record_that_comes_again_changes_nothing),
        cmocka_unit_test(totals_of_a_trace_count_a_grown_span_once),
        cmocka_unit_test(verify_sees_damage_to_what_waits_and_what_is_outgrown),
        cmocka_unit_test(a_backup_has_what_waits),
        cmocka_unit_test(records_that_are_none_are_refused),
        cmocka_unit_test(data_points_of_metrics_are_counted_as_left_out),
        cmocka_unit_test(each_signal_has_its_answer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

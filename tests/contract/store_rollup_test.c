/*
 * store_rollup_test.c - sums over spans and traces against sums of the rows
 * themselves: in every window and bin, young and compacted, after deletes.
 */
#include "t.h"

#include "contract/stored.h"

#include <math.h>
#include <stdbool.h>

#define HOUR (UINT64_C(3600) * 1000000000)
#define T0 (UINT64_C(1760000000) * 1000000000) /* 2025-10-09T08:53:20Z */

static const double QUANTILES[] = {0, 0.5, 0.9, 0.99, 1};
enum { QUANTILE_COUNT = sizeof QUANTILES / sizeof *QUANTILES, SPANS = 600 };

/* Traces of 1 to 9 spans over three days, two projects, some in sessions. */
static void fill(struct place *place)
{
    static const char *const kinds[] = {"LLM", "TOOL", "CHAIN", "odd"};
    char trace[12], span[12];
    uint64_t random = 1;

    place_make(place);
    place_open(place, PHX_OPEN_NO_COMPACT);
    for (int i = 0, t = 0, left = 0; i < SPANS; i++, left--) {
        if (left == 0)
            left = 1 + ++t % 9;
        random = random * 6364136223846793005u + 1442695040888963407u;
        uint64_t start = T0 + (uint64_t)t * HOUR / 3 + (random >> 40) * 1000;
        int64_t latency = (int64_t)(random >> 30 & 0xFFFFFF) - 0x10000;
        snprintf(trace, sizeof trace, "%04x", (unsigned)t);
        snprintf(span, sizeof span, "%04x", (unsigned)i);
        send_to(place->store, t % 4 == 0 ? "p" : "q",
                &(struct sent){trace, span, .kind = kinds[i % 4],
                               .session = t % 3 == 0 ? "s" : NULL,
                               .start = start, .end = start + (uint64_t)latency,
                               .status = (int)(random >> 20 & 7) / 3,
                               .tokens = (int64_t)(random >> 50)});
        if (i == SPANS / 2)
            compact_all(place->store);
    }
    delete_one(place->store, PHX_TRACE, trace_of(place, "0007"));
    delete_one(place->store, PHX_SPAN, span_of(place, "0010"));
}

/* --- the same from rows ------------------------------------------------------ */

struct expected {
    phx_rollup sum;
    int64_t statuses[3], kinds[16];
    double latencies[SPANS];
    size_t count;
};

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double quantile(const struct expected *e, double at)
{
    double place = at * (double)(e->count - 1);
    size_t low = (size_t)place;
    size_t high = low + 1 < e->count ? low + 1 : low;

    return e->latencies[low] +
           (e->latencies[high] - e->latencies[low]) * (place - (double)low);
}

static int kind_index(phx_text kind)
{
    int i = 0;

    while (phx_kind_name(i) != NULL &&
           (strlen(phx_kind_name(i)) != kind.size ||
            memcmp(kind.data, phx_kind_name(i), kind.size) != 0))
        i++;
    return i;
}

static void add_span(struct expected *e, const phx_span *span)
{
    e->sum.spans++;
    e->statuses[span->status]++;
    e->kinds[kind_index(span->kind)]++;
    if (span->prompt_tokens > 0)
        e->sum.prompt_tokens += span->prompt_tokens;
}

static bool in_window(const phx_rollup_query *q, const phx_rollup *bin,
                      uint64_t at)
{
    return at >= q->start_time && (q->end_time == 0 || at < q->end_time) &&
           at >= bin->start_time && at < bin->end_time;
}

/* The spans of a trace that count in this bin. */
static void add_trace(phx_store *store, const phx_rollup_query *q,
                      const phx_rollup *bin, const phx_trace *trace,
                      struct expected *e)
{
    phx_span_query query = PHX_SPAN_QUERY_INIT;
    const phx_span *span;
    phx_cursor *cursor;
    bool any = false, error = false;

    query.trace_ids = &trace->trace_id;
    query.trace_id_count = 1;
    query.kinds = q->kinds;
    succeeds(phx_store_find_spans(store, &query, &cursor, err));
    while (phx_cursor_next_span(cursor, &span, NULL) == PHX_OK) {
        if (!in_window(q, bin,
                       q->of == PHX_TRACE ? trace->start_time
                                          : span->start_time))
            continue;
        any = true;
        error |= span->status == PHX_SPAN_ERROR;
        add_span(e, span);
        if (q->of == PHX_SPAN)
            e->latencies[e->count++] =
                (double)(int64_t)(span->end_time - span->start_time);
    }
    phx_cursor_close(cursor);
    if (any && q->of == PHX_TRACE)
        e->latencies[e->count++] =
            (double)(int64_t)(trace->end_time - trace->start_time);
    e->sum.traces += any;
    e->sum.error_traces += error;
}

static void expect_bin(phx_store *store, const phx_rollup_query *q,
                       const phx_rollup *bin)
{
    static struct expected e;
    phx_trace_query query = PHX_TRACE_QUERY_INIT;
    const phx_trace *trace;
    phx_cursor *cursor;

    e = (struct expected){0};
    query.project = q->project;
    query.trace = q->trace;
    query.sessions = &q->session;
    query.session_count = q->session != 0;
    succeeds(phx_store_find_traces(store, &query, &cursor, err));
    while (phx_cursor_next_trace(cursor, &trace, NULL) == PHX_OK)
        add_trace(store, q, bin, trace, &e);
    phx_cursor_close(cursor);
    eq_int(bin->spans, e.sum.spans);
    eq_int(bin->traces, e.sum.traces);
    eq_int(bin->error_spans, e.statuses[PHX_SPAN_ERROR]);
    eq_int(bin->error_traces, e.sum.error_traces);
    eq_int(bin->prompt_tokens, e.sum.prompt_tokens);
    for (int i = 0; i < 3; i++)
        eq_int(bin->statuses[i], e.statuses[i]);
    for (int i = 0; phx_kind_name(i) != NULL; i++)
        eq_int(bin->kinds[i], e.kinds[i]);
    qsort(e.latencies, e.count, sizeof *e.latencies, by_value);
    for (size_t i = 0; i < q->quantile_count; i++) {
        if (e.count == 0)
            ok(isnan(bin->latencies[i]));
        else
            ok(fabs(bin->latencies[i] - quantile(&e, q->quantiles[i])) < 1);
    }
    if (e.count > 0 && e.latencies[e.count - 1] > 0)
        eq_int(bin->max_latency, (int64_t)e.latencies[e.count - 1]);
}

/* Every bin is as its rows say, and the bins follow one another. */
static size_t expect_bins(phx_store *store, const phx_rollup_query *q)
{
    const phx_rollup *row;
    phx_cursor *cursor;
    uint64_t last = 0;
    size_t count = 0;

    succeeds(phx_store_roll_up(store, q, &cursor, err));
    while (phx_cursor_next_rollup(cursor, &row, NULL) == PHX_OK) {
        ok(count == 0 || row->start_time == last);
        last = row->end_time;
        expect_bin(store, q, row);
        count++;
    }
    phx_cursor_close(cursor);
    return count;
}

TEST(sums_are_those_of_the_rows)
{
    struct place place;

    UNUSED_STATE;
    fill(&place);
    phx_id p = number_of(place.store, PHX_PROJECT, "p");
    phx_id s = number_of(place.store, PHX_SESSION, "s");
    phx_id t = trace_of(&place, "0008");
    for (int i = 0; i < 128; i++) {
        phx_rollup_query q = PHX_ROLLUP_QUERY_INIT;
        q.of = i & 1 ? PHX_TRACE : PHX_SPAN;
        q.bin = i & 2 ? PHX_BIN_DAY : PHX_BIN_NONE;
        q.start_time = i & 2 || i & 4 ? T0 + 5 * HOUR : 0;
        q.end_time = i & 2 || i & 8 ? T0 + 31 * HOUR + 17 : 0;
        q.project = i & 16 ? p : 0;
        q.session = i & 32 ? s : 0;
        q.trace = (i & 96) == 64 ? t : 0;
        q.kinds = (i & 97) == 96 ? 1u << 3 : 0;
        q.utc_offset = -330;
        q.quantiles = QUANTILES;
        q.quantile_count = QUANTILE_COUNT;
        eq_int(expect_bins(place.store, &q), i & 2 ? 2 : 1);
    }
    compact_all(place.store);
    phx_rollup_query all = PHX_ROLLUP_QUERY_INIT;
    all.bin = PHX_BIN_HOUR;
    all.start_time = T0;
    all.end_time = T0 + 50 * HOUR;
    eq_int(expect_bins(place.store, &all), 51);
    place_remove(&place);
}

TEST(a_window_without_spans_has_its_bins)
{
    phx_rollup_query q = PHX_ROLLUP_QUERY_INIT;
    struct place place;

    UNUSED_STATE;
    place_make(&place);
    place_open(&place, 0);
    q.quantiles = QUANTILES;
    q.quantile_count = QUANTILE_COUNT;
    eq_int(expect_bins(place.store, &q), 1);
    q.bin = PHX_BIN_MINUTE;
    q.start_time = T0 + 1;
    q.end_time = T0 + HOUR;
    eq_int(expect_bins(place.store, &q), 61);
    q.end_time = q.start_time - 1; /* the bin of the start all the same */
    eq_int(expect_bins(place.store, &q), 1);
    place_remove(&place);
}

static void misused(phx_store *store, const phx_rollup_query *query)
{
    phx_cursor *cursor;

    fails_with(PHX_MISUSE, "", phx_store_roll_up(store, query, &cursor, err));
}

TEST(what_cannot_be_summed_up_is_refused)
{
    phx_rollup_query q = PHX_ROLLUP_QUERY_INIT;
    double bad = 1.5;
    struct place place;
    phx_cursor *cursor;

    UNUSED_STATE;
    place_make(&place);
    place_open(&place, 0);
    q.bin = PHX_BIN_HOUR;
    fails_with(PHX_INVALID, "bins need a start time",
               phx_store_roll_up(place.store, &q, &cursor, err));
    q.bin = PHX_BIN_MINUTE;
    q.start_time = 1;
    fails_with(PHX_TOO_BIG, "bins",
               phx_store_roll_up(place.store, &q, &cursor, err));
    q = (phx_rollup_query)PHX_ROLLUP_QUERY_INIT;
    q.of = PHX_SESSION;
    misused(place.store, &q);
    q.of = PHX_TRACE;
    q.kinds = 1;
    misused(place.store, &q);
    q.kinds = 0;
    q.bin = PHX_BIN_YEAR + 1;
    misused(place.store, &q);
    q.bin = 0;
    q.utc_offset = 1441;
    misused(place.store, &q);
    q.utc_offset = 0;
    q.quantiles = &bad;
    q.quantile_count = 1;
    misused(place.store, &q);
    place_remove(&place);
}

/* --- texts and exceptions -------------------------------------------------------- */

/* A span whose input or output is its name, and an exception among its events
 * for each letter of `types`. */
static void speak(struct place *place, const char *trace, const char *span,
                  const char *parent, int start, int error, const char *types)
{
    struct request request = {.count = 1};
    phx_ingest_report report;

    request_print(&request,
                  "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{"
                  "\"traceId\":\"%s\",\"spanId\":\"%s\",\"parentSpanId\":"
                  "\"%s\",\"name\":\"x\",\"startTimeUnixNano\":\"%d\","
                  "\"endTimeUnixNano\":\"%d\",\"status\":{\"code\":%d},"
                  "\"attributes\":[{\"key\":\"input.value\",\"value\":{"
                  "\"stringValue\":\"in %s\"}},{\"key\":\"output.value\","
                  "\"value\":{\"intValue\":\"%d\"}}],\"events\":[",
                  trace, span, parent, start, start + 5, error ? 2 : 1, span,
                  start);
    for (; *types != '\0'; types++)
        request_print(&request,
                      "{\"name\":\"%s\",\"attributes\":[{\"key\":"
                      "\"exception.type\",\"value\":{\"stringValue\":"
                      "\"%c\"}}]}%s",
                      *types == '-' ? "log" : "exception", *types,
                      types[1] ? "," : "");
    request_print(&request, "]}");
    succeeds(request_ingest(&request, place->store, NULL, &report, err));
    eq_int(report.accepted, 1);
}

/* "first input|last output|type=count ..." of one row. */
static void eq_said(phx_store *store, phx_rollup_query query,
                    const char *expected)
{
    const phx_rollup *row;
    phx_cursor *cursor;
    char said[256];

    query.flags = PHX_ROLLUP_TEXTS | PHX_ROLLUP_EXCEPTIONS;
    succeeds(phx_store_roll_up(store, &query, &cursor, err));
    succeeds(phx_cursor_next_rollup(cursor, &row, err));
    int used = snprintf(said, sizeof said, "%.*s|%.*s|",
                        (int)row->first_input.size, row->first_input.data,
                        (int)row->last_output.size, row->last_output.data);
    int64_t failed = 0;
    for (size_t i = 0; i < row->exception_count; i++) {
        const phx_exception *exception = &row->exceptions[i];
        used += snprintf(said + used, sizeof said - (size_t)used, "%.*s=%d ",
                         (int)exception->type.size, exception->type.data,
                         (int)exception->spans);
        failed += exception->spans;
    }
    eq_string(said, expected);
    eq_int(failed, row->error_spans);
    phx_cursor_close(cursor);
}

TEST(what_roots_say_and_why_spans_fail)
{
    phx_rollup_query query = PHX_ROLLUP_QUERY_INIT;
    const phx_rollup *row;
    phx_cursor *cursor;
    struct place place;

    UNUSED_STATE;
    place_make(&place);
    place_open(&place, PHX_OPEN_NO_COMPACT);
    speak(&place, "01", "02", "01", 10, 1, "A");
    speak(&place, "01", "03", "", 30, 1, "AB-");
    speak(&place, "01", "01", "", 20, 1, "");
    speak(&place, "01", "04", "", 20, 0, "A");
    speak(&place, "02", "05", "ee", 5, 1, "B");
    for (int round = 0; round < 2; round++) {
        query.of = PHX_SPAN;
        query.trace = 0;
        eq_said(place.store, query, "in 01|30|=1 A=1 B=2 ");
        query.trace = trace_of(&place, "02");
        eq_said(place.store, query, "||B=1 ");
        query.of = PHX_TRACE;
        query.trace = trace_of(&place, "01");
        eq_said(place.store, query, "in 01|30|=1 A=1 B=1 ");
        succeeds(phx_store_roll_up(place.store, &query, &cursor, err));
        succeeds(phx_cursor_next_rollup(cursor, &row, err));
        ok(row->first_input.data == NULL && row->exception_count == 0);
        phx_cursor_close(cursor);
        compact_all(place.store);
    }
    query.trace = 0;
    speak(&place, "03", "06", "", 50, 1, "C");
    speak(&place, "03", "07", "", 50, 1, "D"); /* one type too many for tests */
    query.of = PHX_SPAN;
    eq_said(place.store, query, "in 01|50|=1 A=1 B=2 C=1 other=1 ");
    place_remove(&place);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_are_those_of_the_rows),
        cmocka_unit_test(a_window_without_spans_has_its_bins),
        cmocka_unit_test(what_cannot_be_summed_up_is_refused),
        cmocka_unit_test(what_roots_say_and_why_spans_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

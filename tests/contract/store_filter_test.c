/*
 * store_filter_test.c - lists with a condition: of what a list has without it
 * they have those that the condition holds for, whatever else is asked for,
 * page by page, before and after compaction.
 */
#include "t.h"

#include "contract/stored.h"

#include <stdbool.h>

enum { SPANS = 48, A_TRACE = 4, TRACES = SPANS / A_TRACE, LISTED = 4096 };

static phx_text text_of(const char *text)
{
    return (phx_text){text, strlen(text)};
}

/* Span i stands in trace i / 4, whose first span is its root; a session has
 * three traces, a commit five spans. */
static struct sent span_at(int i, char text[6][24])
{
    static const char *const kinds[] = {"CHAIN", "LLM", "TOOL"};
    int trace = i / A_TRACE;

    snprintf(text[0], 24, "%02x", trace + 1);
    snprintf(text[1], 24, "%04x", i);
    snprintf(text[2], 24, "%04x", trace * A_TRACE);
    snprintf(text[3], 24, "name %d", i % 5);
    snprintf(text[4], 24, "s%d", trace / 3);
    snprintf(text[5], 24, "{\"stringValue\":\"m%d\"}", i % 3);
    return (struct sent){.trace = text[0],
                         .span = text[1],
                         .parent = i % A_TRACE ? text[2] : NULL,
                         .name = text[3],
                         .session = text[4],
                         .kind = kinds[i % 3],
                         .start = 1000000000u * (uint64_t)((i * 7) % 31 + 1),
                         .end = 1000000000u * (uint64_t)((i * 7) % 31 + 1) +
                                1000000u * (uint64_t)i,
                         .status = i % 4 == 1 ? PHX_SPAN_ERROR : PHX_SPAN_OK,
                         .tokens = i % 3 == 1 ? i : 0,
                         .key = "llm.model_name",
                         .value = text[5]};
}

static void fill(struct place *place)
{
    struct request request = {0};
    phx_ingest_report report;
    char text[6][24];

    place_make(place);
    place_open(place, PHX_OPEN_NO_COMPACT);
    for (int i = 0; i < SPANS; i++) {
        struct sent sent = span_at(i, text);
        request_add(&request, &sent);
        if (i % 5 == 4 || i == SPANS - 1)
            succeeds(request_ingest(&request, place->store,
                                    i / 20 % 2 ? "q" : "p", &report, err));
        if (i == 34)
            compact_all(place->store);
    }
    for (int i = 0; i < SPANS; i += 6) {
        phx_annotation_item item = {
            .name = text_of("quality"), .score = i / 6, .has_score = 1};
        item.target_id = text_of(span_at(i, text).span);
        succeeds(phx_store_annotate(place->store, &item, 1, NULL, err));
    }
    delete_one(place->store, PHX_SPAN, span_of(place, "0007"));
    delete_one(place->store, PHX_TRACE, trace_of(place, "05"));
}

/* --- spans ------------------------------------------------------------------- */

static bool is_llm(int i)
{
    return i % 3 == 1;
}

static bool is_slow(int i)
{
    return i > 20;
}

static bool is_error(int i)
{
    return i % 4 == 1;
}

static bool is_m2(int i)
{
    return i % 3 == 2;
}

static bool is_m0_or_named(int i)
{
    return i % 3 == 0 || i % 5 == 3;
}

static bool is_child(int i)
{
    return i % A_TRACE != 0;
}

static bool is_good(int i)
{
    return i % 6 == 0 && i / 6 > 3;
}

static bool is_any(int i)
{
    return i >= 0;
}

static bool is_none(int i)
{
    return i < 0;
}

static const struct {
    const char *filter;
    bool (*holds)(int i);
} conditions[] = {
    {"span_kind == 'llm'", is_llm},
    {"latency_ms > 20", is_slow},
    {"status_code == 'ERROR'", is_error},
    {"llm.model_name == 'm2'", is_m2},
    {"'2' in llm.model_name", is_m2},
    {"llm.model_name == 'm0' or name == 'name 3'", is_m0_or_named},
    {"parent_id is not None", is_child},
    {"annotations['quality'].score > 3", is_good},
    {"span_id == '0009' or name is not None", is_any},
    {"  ", is_any},
    {"trace_id == 'ffff' and name in ['name 1', 'x']", is_none},
};
enum { CONDITIONS = sizeof conditions / sizeof *conditions };

/* What else is asked for. */
static void vary(struct place *place, int how, phx_span_query *query)
{
    static const phx_text traces[] = {{"01", 2}, {"0a", 2}, {"zz", 2}};
    static const phx_text spans[] = {{"0001", 4}, {"0029", 4}, {"0012", 4}};
    static const phx_text parents[] = {{"0004", 4}, {"0024", 4}};
    static const phx_text names[] = {{"name 3", 6}, {"name 1", 6}};
    static const phx_attribute_test tests[] = {
        {"llm.model_name", {"\"m1\"", 4}}};

    *query = (phx_span_query)PHX_SPAN_QUERY_INIT;
    query->order = how & 1 ? PHX_OLDEST_FIRST : PHX_NEWEST_FIRST;
    switch (how / 2) {
    case 0:
        query->project = number_of(place->store, PHX_PROJECT, "q");
        break;
    case 1:
        query->from = span_of(place, "0015");
        query->statuses = 1u << PHX_SPAN_OK;
        break;
    case 2:
        query->start_time = 5000000000;
        query->end_time = 25000000000;
        break;
    case 3:
        query->kinds = 1u << 1 | 1u << 3;
        query->roots_only = 1;
        break;
    case 4:
        query->trace_ids = traces;
        query->trace_id_count = 3;
        break;
    case 5:
        query->span_ids = spans;
        query->span_id_count = 3;
        break;
    case 6:
        query->parent_ids = parents;
        query->parent_id_count = 2;
        break;
    case 7:
        query->names = names;
        query->name_count = 2;
        break;
    case 8:
        query->tests = tests;
        query->test_count = 1;
        break;
    default:
        query->limit = 5;
    }
}

enum { WAYS = 20 };

/* Of a list of ids in hex, each with a space behind it, up to `most` (0: all)
 * of those that the condition holds for; `first` is the number of its first. */
static void keep_ids(const char *all, size_t size, int first,
                     bool (*holds)(int), int64_t most, char *out)
{
    int64_t count = 0;

    for (; *all != '\0'; all += size) {
        if (!holds((int)strtol(all, NULL, 16) - first) ||
            (most > 0 && count == most))
            continue;
        memcpy(out, all, size);
        out += size;
        count++;
    }
    *out = '\0';
}

/* The list again in pages of two, each from the row after the last. */
static void spans_in_pages(phx_store *store, phx_span_query query,
                           const char *expected)
{
    char list[LISTED] = "";

    query.limit = 3;
    do {
        const phx_span *span;
        phx_cursor *cursor;
        phx_id next = 0;
        succeeds(phx_store_find_spans(store, &query, &cursor, err));
        for (int i = 0; phx_cursor_next_span(cursor, &span, NULL) == PHX_OK;
             i++) {
            if (i == 2)
                next = span->id;
            else
                strcat(strcat(list, span->span_id.data), " ");
        }
        phx_cursor_close(cursor);
        query.from = next;
        assert_true(strlen(list) <= strlen(expected));
    } while (query.from != 0);
    eq_string(list, expected);
}

static void check_spans(struct place *place, int how, size_t c)
{
    char all[LISTED], expected[LISTED];
    phx_span_query query;

    vary(place, how, &query);
    int64_t limit = query.limit;
    query.limit = 0;
    list_spans(place->store, &query, all, sizeof all);
    keep_ids(all, 5, 0, conditions[c].holds, limit, expected);
    query.limit = limit;
    query.filter = text_of(conditions[c].filter);
    eq_spans(place->store, &query, expected);
    if (limit == 0)
        spans_in_pages(place->store, query, expected);
}

TEST(a_condition_narrows_every_list_of_spans)
{
    struct place place;

    UNUSED_STATE;
    fill(&place);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < WAYS * CONDITIONS; i++)
            check_spans(&place, i / CONDITIONS, (size_t)(i % CONDITIONS));
        compact_all(place.store);
    }
    place_remove(&place);
}

/* --- traces and sessions --------------------------------------------------------- */

static bool has_late_error(int i)
{
    return i != 1 && i != 4 && i < TRACES;
}

static bool is_odd(int i)
{
    return i % 2 == 1;
}

static bool is_short(int i)
{
    return i == 1;
}

/* Of a trace by its index, from the id that is one more. */
static const struct {
    const char *filter;
    bool (*holds)(int trace);
} of_traces[] = {
    {"num_spans == 3", is_short},
    {"trace_id in ['02', '04', '06', '08', '0a', '0c']", is_odd},
    {"any(s.status_code == 'ERROR' and s.latency_ms > 5 for s in spans)"
     " or trace_id == '01'",
     has_late_error},
    {"error_count >= 0", is_any},
    {"total_cost > 0", is_none},
};
enum { OF_TRACES = sizeof of_traces / sizeof *of_traces };

static void traces_in_pages(phx_store *store, phx_trace_query query,
                            const char *expected)
{
    char list[LISTED] = "";

    query.limit = 3;
    do {
        const phx_trace *trace;
        phx_cursor *cursor;
        succeeds(phx_store_find_traces(store, &query, &cursor, err));
        query.place = query.from = 0;
        for (int i = 0; phx_cursor_next_trace(cursor, &trace, NULL) == PHX_OK;
             i++) {
            if (i < 2) {
                strcat(strcat(list, trace->trace_id.data), " ");
            } else if (query.sort == PHX_BY_NUMBER) {
                query.from = trace->id;
            } else {
                query.place = trace->id;
                query.place_start = trace->start_time;
                query.place_end = trace->end_time;
            }
        }
        phx_cursor_close(cursor);
        assert_true(strlen(list) <= strlen(expected));
    } while (query.place != 0 || query.from != 0);
    eq_string(list, expected);
}

TEST(a_condition_narrows_every_list_of_traces)
{
    struct place place;

    UNUSED_STATE;
    fill(&place);
    phx_id sessions[] = {number_of(place.store, PHX_SESSION, "s0"),
                         number_of(place.store, PHX_SESSION, "s3")};
    for (int i = 0; i < 6 * 3 * OF_TRACES; i++) {
        char all[LISTED], expected[LISTED];
        phx_trace_query query = PHX_TRACE_QUERY_INIT;
        int c = i % OF_TRACES, how = i / OF_TRACES;
        query.sort = how % 3;
        query.order = how / 3 % 2;
        if (how / 6 == 1) {
            query.project = number_of(place.store, PHX_PROJECT, "p");
            query.start_time = 2000000000;
        } else if (how / 6 == 2) {
            query.sessions = sessions;
            query.session_count = 2;
        }
        list_traces(place.store, &query, all, sizeof all);
        keep_ids(all, 3, 1, of_traces[c].holds, 0, expected);
        query.filter = text_of(of_traces[c].filter);
        eq_traces(place.store, &query, expected);
        traces_in_pages(place.store, query, expected);
    }
    place_remove(&place);
}

TEST(a_condition_narrows_lists_of_sessions)
{
    static const struct {
        const char *filter;
        phx_id from;
        int32_t order;
        int64_t limit;
        const char *expected;
    } cases[] = {
        {"num_traces == 3", 0, PHX_OLDEST_FIRST, 0, "s0 s2 s3 "},
        {"num_traces == 3", 0, PHX_NEWEST_FIRST, 2, "s3 s2 "},
        {"num_traces == 3", 3, PHX_NEWEST_FIRST, 0, "s2 s0 "},
        {"session_id in ['s1', 's3']", 2, PHX_OLDEST_FIRST, 0, "s1 s3 "},
        {"len([t for t in traces]) < 3", 0, PHX_OLDEST_FIRST, 0, "s1 "},
        {"", 0, PHX_OLDEST_FIRST, 3, "s0 s1 s2 "},
    };
    const phx_session *session;
    phx_cursor *cursor;
    struct place place;

    UNUSED_STATE;
    fill(&place);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char list[64] = "";
        phx_session_query query = PHX_SESSION_QUERY_INIT;
        query.from = cases[i].from;
        query.order = cases[i].order;
        query.limit = cases[i].limit;
        query.filter = text_of(cases[i].filter);
        succeeds(phx_store_find_sessions(place.store, &query, &cursor, err));
        while (phx_cursor_next_session(cursor, &session, NULL) == PHX_OK)
            strcat(strcat(list, session->session_id.data), " ");
        eq_string(list, cases[i].expected);
        phx_cursor_close(cursor);
    }
    place_remove(&place);
}

/* --- what is refused ---------------------------------------------------------------- */

TEST(a_condition_that_does_not_compile_tells_its_place)
{
    phx_span_query spans = PHX_SPAN_QUERY_INIT;
    phx_trace_query traces = PHX_TRACE_QUERY_INIT;
    phx_session_query sessions = PHX_SESSION_QUERY_INIT;
    phx_cursor *cursor;
    struct place place;

    UNUSED_STATE;
    fill(&place);
    spans.filter = text_of("annotations['q'].scor > 1");
    fails_with(PHX_INVALID, "'score'",
               phx_store_find_spans(place.store, &spans, &cursor, err));
    spans.filter = text_of("name == '\xFF'");
    fails_with(PHX_INVALID, "not UTF-8",
               phx_store_find_spans(place.store, &spans, &cursor, err));
    traces.filter = text_of("num_spam > 1");
    fails_with(PHX_INVALID, "'num_spans'",
               phx_store_find_traces(place.store, &traces, &cursor, err));
    sessions.filter = (phx_text){"num_traces > 1\0", 15};
    fails_with(PHX_INVALID, "NUL",
               phx_store_find_sessions(place.store, &sessions, &cursor, err));
    sessions.filter = (phx_text){NULL, 1};
    fails_with(PHX_MISUSE, "",
               phx_store_find_sessions(place.store, &sessions, &cursor, err));
    place_remove(&place);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_condition_narrows_every_list_of_spans),
        cmocka_unit_test(a_condition_narrows_every_list_of_traces),
        cmocka_unit_test(a_condition_narrows_lists_of_sessions),
        cmocka_unit_test(a_condition_that_does_not_compile_tells_its_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

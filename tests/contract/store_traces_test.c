/*
 * store_traces_test.c - traces in order of start and latency, their pages from
 * place to place; sessions in order of number; sums that would overflow.
 */
#include "t.h"

#include "contract/stored.h"

static void set_up(struct place *place)
{
    place_make(place);
    place_open(place, PHX_OPEN_NO_COMPACT);
}

TEST(latencies_sort_to_the_nanosecond)
{
    phx_trace_query q = PHX_TRACE_QUERY_INIT;
    struct place place;

    UNUSED_STATE;
    set_up(&place);
    send(&place, &(struct sent){"04", "01", .start = 5999, .end = 10000});
    send(&place, &(struct sent){"05", "02", .start = 5000, .end = 9500});
    send(&place, &(struct sent){"00", "03", .start = 5000, .end = 1});
    send(&place, &(struct sent){"99", "04", .start = 0, .end = UINT64_MAX});
    q.sort = PHX_BY_LATENCY;
    eq_traces(place.store, &q, "99 05 04 00 ");
    q.order = PHX_OLDEST_FIRST;
    eq_traces(place.store, &q, "00 04 05 99 ");
    place_remove(&place);
}

static void begin_with(phx_trace_query *query, const phx_trace *trace)
{
    query->place = trace->id;
    query->place_start = trace->start_time;
    query->place_end = trace->end_time;
}

/* The list again in pages, each from the place of the row after the last. */
static void same_in_pages(phx_store *store, phx_trace_query query,
                          int64_t limit, const char *expected)
{
    const phx_trace *trace;
    phx_cursor *cursor;
    char list[512] = "";

    query.limit = limit + 1;
    do {
        succeeds(phx_store_find_traces(store, &query, &cursor, err));
        query.place = 0;
        for (int64_t i = 0;
             phx_cursor_next_trace(cursor, &trace, NULL) == PHX_OK; i++) {
            if (i == limit)
                begin_with(&query, trace);
            else
                strcat(strcat(list, trace->trace_id.data), " ");
        }
        phx_cursor_close(cursor);
        assert_true(strlen(list) <= strlen(expected));
    } while (query.place != 0);
    eq_string(list, expected);
}

/* Starts and latencies jump about, many are equal, some traces end before
 * they start, two are deleted. */
static void fill_out_of_order(struct place *place)
{
    char id[8];

    set_up(place);
    send_to(place->store, "p", &(struct sent){"99", "99", .end = UINT64_MAX});
    for (uint64_t i = 0; i < 24; i++) {
        uint64_t start = 1000 + i * 7 % 5 * 999 + i % 3;
        snprintf(id, sizeof id, "%02x", (unsigned)i);
        send_to(place->store, i % 2 ? "p" : "q",
                &(struct sent){id, id, .start = start,
                               .end = start + i * 11 % 4 * 500 - 700});
    }
    delete_one(place->store, PHX_TRACE, trace_of(place, "05"));
    delete_one(place->store, PHX_TRACE, trace_of(place, "10"));
}

TEST(pages_from_place_to_place_have_each_trace_once)
{
    phx_trace_query q = PHX_TRACE_QUERY_INIT;
    struct place place;
    char all[512];

    UNUSED_STATE;
    fill_out_of_order(&place);
    phx_id p = number_of(place.store, PHX_PROJECT, "p");
    for (int i = 0; i < 32; i++) {
        q.sort = i & 1 ? PHX_BY_START : PHX_BY_LATENCY;
        q.order = i & 2 ? PHX_NEWEST_FIRST : PHX_OLDEST_FIRST;
        q.project = i & 4 ? p : 0;
        q.from = i & 8 ? 12 : 0;
        q.start_time = i & 16 ? 1001 : 0;
        q.end_time = i & 16 ? 3999 : 0;
        list_traces(place.store, &q, all, sizeof all);
        ok(strlen(all) >= 3 * 2);
        for (int64_t limit = 1; limit <= 5; limit++)
            same_in_pages(place.store, q, limit, all);
    }
    place_remove(&place);
}

TEST(a_place_outlives_its_trace)
{
    phx_trace_query q = PHX_TRACE_QUERY_INIT;
    const phx_trace *trace;
    struct place place;
    phx_cursor *cursor;
    char all[512];

    UNUSED_STATE;
    for (int i = 0; i < 4; i++) {
        fill_out_of_order(&place);
        q = (phx_trace_query)PHX_TRACE_QUERY_INIT;
        q.sort = i & 1 ? PHX_BY_START : PHX_BY_LATENCY;
        q.order = i & 2 ? PHX_NEWEST_FIRST : PHX_OLDEST_FIRST;
        list_traces(place.store, &q, all, sizeof all);
        succeeds(phx_store_find_traces(place.store, &q, &cursor, err));
        for (int j = 0; j < 9; j++)
            succeeds(phx_cursor_next_trace(cursor, &trace, err));
        begin_with(&q, trace);
        phx_cursor_close(cursor);
        eq_traces(place.store, &q, all + 3 * 8);
        delete_one(place.store, PHX_TRACE, q.place);
        eq_traces(place.store, &q, all + 3 * 9);
        q.size = offsetof(phx_trace_query, place); /* of an older program */
        q.limit = 2;
        all[3 * 2] = '\0';
        eq_traces(place.store, &q, all);
        place_remove(&place);
    }
}

TEST(sessions_are_listed_by_number)
{
    const phx_session *session;
    phx_cursor *cursor;
    struct place place;

    UNUSED_STATE;
    set_up(&place);
    for (int i = 1; i <= 5; i++) {
        char id[8];
        snprintf(id, sizeof id, "%02x", i);
        send_to(place.store, i % 2 ? "p" : "q",
                &(struct sent){id, id, .session = id});
    }
    phx_id p = number_of(place.store, PHX_PROJECT, "p");
    static const struct {
        int of_p;
        phx_id from;
        int32_t order;
        int64_t limit;
        const char *expected;
    } cases[] = {{0, 0, PHX_NEWEST_FIRST, 0, "05 04 03 02 01 "},
                 {0, 0, PHX_OLDEST_FIRST, 0, "01 02 03 04 05 "},
                 {1, 0, PHX_OLDEST_FIRST, 0, "01 03 05 "},
                 {1, 4, PHX_NEWEST_FIRST, 0, "03 01 "},
                 {0, 2, PHX_OLDEST_FIRST, 2, "02 03 "}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char list[64] = "";
        phx_session_query query = PHX_SESSION_QUERY_INIT;
        query.project = cases[i].of_p ? p : 0;
        query.from = cases[i].from;
        query.order = cases[i].order;
        query.limit = cases[i].limit;
        succeeds(phx_store_find_sessions(place.store, &query, &cursor, err));
        while (phx_cursor_next_session(cursor, &session, NULL) == PHX_OK) {
            strcat(list, session->session_id.data);
            strcat(list, " ");
        }
        eq_string(list, cases[i].expected);
        phx_cursor_close(cursor);
    }
    place_remove(&place);
}

TEST(hostile_token_counts_do_not_overflow)
{
    phx_trace_query q = PHX_TRACE_QUERY_INIT;
    const phx_trace *trace;
    phx_cursor *cursor;
    struct place place;

    UNUSED_STATE;
    set_up(&place);
    for (int i = 0; i < 3; i++) {
        char id[8];
        snprintf(id, sizeof id, "%02x", i);
        send(&place,
             &(struct sent){"01", id, .kind = "LLM", .tokens = INT64_MAX - i});
    }
    send(&place, &(struct sent){"02", "05", .kind = "LLM", .tokens = -5});
    compact_all(place.store);
    succeeds(phx_store_find_traces(place.store, &q, &cursor, err));
    while (phx_cursor_next_trace(cursor, &trace, NULL) == PHX_OK)
        ok(trace->prompt_tokens >= 0);
    phx_cursor_close(cursor);
    verify_clean(place.store);
    place_remove(&place);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(latencies_sort_to_the_nanosecond),
        cmocka_unit_test(pages_from_place_to_place_have_each_trace_once),
        cmocka_unit_test(a_place_outlives_its_trace),
        cmocka_unit_test(sessions_are_listed_by_number),
        cmocka_unit_test(hostile_token_counts_do_not_overflow),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * store_delete_test.c - deletes: gone at once for every later call, swept
 * later; the same ids come again as new ones, before and after the sweep; and
 * nothing else goes with them.
 */
#include "t.h"

#include "contract/stored.h"

static void set_up(struct place *place)
{
    place_make(place);
    place_open(place, PHX_OPEN_NO_COMPACT);
}

static void has_session(phx_store *store, const char *name, uint64_t start,
                        uint64_t end, int traces)
{
    const phx_session *session = NULL;
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
    phx_cursor_close(cursor);
}

/* What only a compaction with nothing left to sweep leaves. */
static void is_swept(phx_store *store, int spans)
{
    compact_all(store);
    verify_clean(store);
    phx_store_stats stats = stats_of(store);
    eq_int(stats.deleted, 0);
    eq_int(stats.spans, spans);
}

/* --- spans ------------------------------------------------------------------- */

TEST(a_deleted_span_is_gone_at_once)
{
    struct place place;

    UNUSED_STATE;
    for (int compacted = 0; compacted < 2; compacted++) {
        set_up(&place);
        send(&place, &(struct sent){"01", "a1"});
        send(&place, &(struct sent){"01", "a2"});
        send(&place, &(struct sent){"01", "a3"});
        if (compacted)
            compact_all(place.store);
        delete_one(place.store, PHX_SPAN, 2);
        eq_spans(place.store, NULL, "a3 a1 ");
        eq_int(span_of(&place, "a2"), 0);
        fails_with(PHX_NOT_FOUND, "span 2",
                   phx_store_delete(place.store, PHX_SPAN, 2, err));
        verify_clean(place.store);
        place_reopen(&place, PHX_OPEN_NO_COMPACT);
        eq_spans(place.store, NULL, "a3 a1 ");
        is_swept(place.store, 2);
        fails_with(PHX_NOT_FOUND, "span 2",
                   phx_store_delete(place.store, PHX_SPAN, 2, err));
        eq_spans(place.store, NULL, "a3 a1 ");
        place_remove(&place);
    }
}

TEST(a_trace_without_spans_is_gone)
{
    struct place place;

    UNUSED_STATE;
    set_up(&place);
    send(&place,
         &(struct sent){"01", "a1", .session = "s", .start = 5, .end = 9});
    send(&place, &(struct sent){"01", "a2", .start = 7, .end = 12});
    send(&place, &(struct sent){"02", "b1"});
    delete_one(place.store, PHX_SPAN, 1);
    eq_int(trace_of(&place, "01"), 1);
    delete_one(place.store, PHX_SPAN, 2);
    eq_int(trace_of(&place, "01"), 0);
    has_session(place.store, "s", 5, 12, 0);
    fails_with(PHX_NOT_FOUND, "trace 1",
               phx_store_delete(place.store, PHX_TRACE, 1, err));
    verify_clean(place.store);
    is_swept(place.store, 1);
    has_session(place.store, "s", 5, 12, 0);
    place_remove(&place);
}

static void has_trace(phx_store *store, uint64_t start, uint64_t end, int spans)
{
    phx_trace_query query = PHX_TRACE_QUERY_INIT;
    phx_rollup_query all = PHX_ROLLUP_QUERY_INIT;
    const phx_trace *trace = NULL;
    const phx_rollup *rollup = NULL;
    phx_cursor *cursor;

    succeeds(phx_store_find_traces(store, &query, &cursor, err));
    succeeds(phx_cursor_next_trace(cursor, &trace, err));
    assert_non_null(trace);
    eq_int(trace->start_time, start);
    eq_int(trace->end_time, end);
    eq_int(trace->spans, spans);
    phx_cursor_close(cursor);
    all.of = PHX_TRACE;
    succeeds(phx_store_roll_up(store, &all, &cursor, err));
    succeeds(phx_cursor_next_rollup(cursor, &rollup, err));
    assert_non_null(rollup);
    eq_int(rollup->max_latency, end - start);
    eq_int(rollup->spans, spans);
    phx_cursor_close(cursor);
}

TEST(a_trace_keeps_its_times_when_a_span_goes)
{
    struct place place;

    UNUSED_STATE;
    set_up(&place);
    send(&place, &(struct sent){"01", "a1", .start = 1500, .end = 2001});
    send(&place, &(struct sent){"01", "a2", .start = 900, .end = 1000});
    send(&place, &(struct sent){"01", "a3", .start = 5000, .end = 70001});
    delete_one(place.store, PHX_SPAN, 2);
    has_trace(place.store, 900, 70001, 2);
    delete_one(place.store, PHX_SPAN, 3);
    has_trace(place.store, 900, 70001, 1);
    is_swept(place.store, 1);
    place_reopen(&place, PHX_OPEN_NO_COMPACT);
    has_trace(place.store, 900, 70001, 1);
    send(&place, &(struct sent){"01", "a4", .start = 800, .end = 1000});
    has_trace(place.store, 800, 70001, 2);
    place_remove(&place);
}

/* The trace's first life is still in blocks when its second goes on. */
TEST(an_emptied_trace_comes_again_as_one)
{
    struct place place;

    UNUSED_STATE;
    set_up(&place);
    send(&place, &(struct sent){"01", "a1"});
    delete_one(place.store, PHX_SPAN, 1);
    ok(send(&place, &(struct sent){"01", "a2"}));
    eq_int(trace_of(&place, "01"), 2);
    place_reopen(&place, PHX_OPEN_NO_COMPACT); /* nothing is remembered */
    for (int i = 0; i < 12; i++) {
        char id[8];
        snprintf(id, sizeof id, "%02x", i);
        send(&place, &(struct sent){id[1] == '1' ? "fe" : id, id});
    }
    ok(send(&place, &(struct sent){"01", "a3"}));
    eq_int(trace_of(&place, "01"), 2);
    is_swept(place.store, 14);
    eq_int(trace_of(&place, "01"), 2);
    ok(send(&place, &(struct sent){"01", "a1"}));
    eq_int(trace_of(&place, "01"), 2);
    verify_clean(place.store);
    place_remove(&place);
}

/* --- traces -------------------------------------------------------------------- */

TEST(a_trace_comes_again_before_and_after_the_sweep)
{
    struct place place;

    UNUSED_STATE;
    set_up(&place);
    send(&place, &(struct sent){"01", "a1", .name = "first"});
    send(&place, &(struct sent){"01", "a2"});
    delete_one(place.store, PHX_TRACE, 1);
    eq_spans(place.store, NULL, "");
    ok(send(&place, &(struct sent){"01", "a1", .name = "second"}));
    eq_int(trace_of(&place, "01"), 2);
    eq_int(span_of(&place, "a1"), 3);
    eq_int(span_of(&place, "a2"), 0);
    ok(!send(&place, &(struct sent){"01", "a1", .name = "third"}));
    verify_clean(place.store);
    compact_all(place.store); /* both generations in one pass */
    eq_int(trace_of(&place, "01"), 2);
    eq_spans(place.store, NULL, "a1 ");
    verify_clean(place.store);
    delete_one(place.store, PHX_TRACE, 2);
    is_swept(place.store, 0);
    ok(send(&place, &(struct sent){"01", "a1"}));
    eq_int(trace_of(&place, "01"), 3);
    eq_int(span_of(&place, "a1"), 4);
    is_swept(place.store, 1);
    place_remove(&place);
}

TEST(a_large_trace_is_swept_in_slices)
{
    struct place place;
    char id[8], other[8];

    UNUSED_STATE;
    set_up(&place);
    for (int i = 0; i < 120; i++) { /* its rows end up in many blocks */
        snprintf(id, sizeof id, "%04x", i);
        snprintf(other, sizeof other, "%02x", i % 3 + 2);
        send(&place, &(struct sent){i % 2 ? "01" : other, id});
        if (i % 30 == 29)
            compact_all(place.store);
    }
    phx_id trace = trace_of(&place, "01");
    delete_one(place.store, PHX_TRACE, trace);
    phx_error why = {0};
    while (phx_store_compact(place.store, 0, &why) == PHX_OK)
        verify_clean(place.store);
    is_swept(place.store, 60);
    place_remove(&place);
}

/* --- sessions -------------------------------------------------------------------- */

TEST(a_session_goes_with_its_traces)
{
    struct place place;

    UNUSED_STATE;
    set_up(&place);
    send(&place, &(struct sent){"01", "a1", .session = "s"});
    send(&place, &(struct sent){"02", "a2", .session = "s"});
    send(&place, &(struct sent){"03", "a3", .session = "t"});
    compact_all(place.store);
    send(&place, &(struct sent){"02", "a4"});
    delete_one(place.store, PHX_SESSION, 1);
    eq_int(number_of(place.store, PHX_SESSION, "s"), 0);
    eq_spans(place.store, NULL, "a3 ");
    fails_with(PHX_NOT_FOUND, "session 1",
               phx_store_delete(place.store, PHX_SESSION, 1, err));
    verify_clean(place.store);
    ok(send(&place, &(struct sent){"02", "a2", .session = "s"}));
    eq_int(number_of(place.store, PHX_SESSION, "s"), 3);
    eq_int(trace_of(&place, "02"), 4);
    verify_clean(place.store);
    is_swept(place.store, 2);
    place_remove(&place);
}

TEST(a_session_keeps_its_window_when_a_trace_goes)
{
    struct place place;

    UNUSED_STATE;
    set_up(&place);
    send(&place, &(struct sent){"01", "a1", .session = "s", .start = 1500,
                                .end = 2001});
    send(&place,
         &(struct sent){"02", "a2", .session = "s", .start = 900, .end = 1000});
    send(&place, &(struct sent){"03", "a3", .session = "s", .start = 5000,
                                .end = 70001});
    has_session(place.store, "s", 900, 70001, 3);
    delete_one(place.store, PHX_TRACE, 2);
    has_session(place.store, "s", 900, 70001, 2);
    delete_one(place.store, PHX_TRACE, 3);
    has_session(place.store, "s", 900, 70001, 1);
    is_swept(place.store, 1);
    place_reopen(&place, PHX_OPEN_NO_COMPACT);
    delete_one(place.store, PHX_TRACE, 1);
    has_session(place.store, "s", 900, 70001, 0);
    send(&place,
         &(struct sent){"04", "a4", .session = "s", .start = 800, .end = 1000});
    has_session(place.store, "s", 800, 70001, 1);
    is_swept(place.store, 1);
    has_session(place.store, "s", 800, 70001, 1);
    place_remove(&place);
}

/* --- projects ---------------------------------------------------------------------- */

static void fill_projects(struct place *place)
{
    char trace[8], span[8];

    for (int i = 0; i < 24; i++) {
        snprintf(trace, sizeof trace, "%02x", i / 2);
        snprintf(span, sizeof span, "%02x", i);
        send_to(place->store, i / 2 % 2 ? "p" : "q",
                &(struct sent){trace, span, .session = i / 2 % 2 ? "sp" : "sq",
                               .start = 1000, .end = 2000});
    }
}

TEST(a_project_goes_with_all_that_is_its)
{
    struct place place;

    UNUSED_STATE;
    for (int compacted = 0; compacted < 2; compacted++) {
        set_up(&place);
        fill_projects(&place);
        if (compacted)
            compact_all(place.store);
        phx_id p = number_of(place.store, PHX_PROJECT, "p");
        delete_one(place.store, PHX_PROJECT, p);
        eq_spans(place.store, NULL, "15 14 11 10 0d 0c 09 08 05 04 01 00 ");
        eq_int(number_of(place.store, PHX_PROJECT, "p"), 0);
        eq_int(number_of(place.store, PHX_SESSION, "sp"), 0);
        eq_int(trace_of(&place, "01"), 0);
        eq_int(span_of(&place, "02"), 0);
        fails_with(PHX_NOT_FOUND, "project",
                   phx_store_delete(place.store, PHX_PROJECT, p, err));
        fails_with(PHX_NOT_FOUND, "trace 2",
                   phx_store_delete(place.store, PHX_TRACE, 2, err));
        fails_with(PHX_NOT_FOUND, "span 3",
                   phx_store_delete(place.store, PHX_SPAN, 3, err));
        verify_clean(place.store);
        is_swept(place.store, 12);
        eq_int(stats_of(place.store).traces, 6);
        eq_int(stats_of(place.store).sessions, 1);
        place_remove(&place);
    }
}

/* The ids of a deleted project are new ones, whatever the writer remembers. */
TEST(a_project_comes_again_before_and_after_the_sweep)
{
    struct place place;

    UNUSED_STATE;
    for (int how = 0; how < 4; how++) { /* bit 0: reopened, bit 1: swept */
        set_up(&place);
        fill_projects(&place);
        delete_one(place.store, PHX_PROJECT,
                   number_of(place.store, PHX_PROJECT, "p"));
        if (how & 2)
            compact_all(place.store);
        if (how & 1)
            place_reopen(&place, PHX_OPEN_NO_COMPACT);
        ok(send_to(place.store, "p", &(struct sent){"0b", "17"}));
        ok(send_to(place.store, "p", &(struct sent){"01", "02"}));
        ok(send_to(place.store, "p", &(struct sent){"01", "99"}));
        eq_int(number_of(place.store, PHX_PROJECT, "p"), 4);
        eq_int(trace_of(&place, "0b"), 13);
        eq_int(trace_of(&place, "01"), 14);
        eq_int(span_of(&place, "17"), 25);
        verify_clean(place.store);
        is_swept(place.store, 15);
        eq_int(trace_of(&place, "01"), 14);
        place_remove(&place);
    }
}

TEST(the_default_project_stays)
{
    struct place place;

    UNUSED_STATE;
    set_up(&place);
    fails_with(PHX_CONFLICT, "default",
               phx_store_delete(place.store, PHX_PROJECT, 1, err));
    fails_with(PHX_NOT_FOUND, "project 9",
               phx_store_delete(place.store, PHX_PROJECT, 9, err));
    fails_with(PHX_NOT_FOUND, "",
               phx_store_delete(place.store, PHX_TRACE, -1, err));
    fails_with(PHX_NOT_FOUND, "",
               phx_store_delete(place.store, PHX_SPAN, 0, err));
    fails_with(PHX_MISUSE, "", phx_store_delete(place.store, 9, 1, err));
    place_remove(&place);
}

/* A session of one project with a trace of another, which may go first. */
TEST(a_session_across_projects)
{
    struct place place;

    UNUSED_STATE;
    for (int order = 0; order < 4; order++) {
        set_up(&place);
        send_to(place.store, "p",
                &(struct sent){"01", "a1", .session = "s", .start = 100,
                               .end = 200});
        send_to(place.store, "q",
                &(struct sent){"02", "a2", .session = "s", .start = 50,
                               .end = 900});
        has_session(place.store, "s", 50, 900, 2);
        if (order % 2 == 0) { /* the trace's project, then the session */
            delete_one(place.store, PHX_PROJECT, 3);
            has_session(place.store, "s", 50, 900, 1);
            if (order == 2) {
                is_swept(place.store, 1);
                has_session(place.store, "s", 50, 900, 1);
            }
            verify_clean(place.store);
            delete_one(place.store, PHX_SESSION, 1);
            eq_spans(place.store, NULL, "");
        } else { /* the session's project: the trace leaves it */
            delete_one(place.store, PHX_PROJECT, 2);
            eq_spans(place.store, NULL, "a2 ");
            eq_int(number_of(place.store, PHX_SESSION, "s"), 0);
            verify_clean(place.store);
            if (order == 3)
                is_swept(place.store, 1);
            send_to(place.store, "q",
                    &(struct sent){"02", "a3", .session = "s"});
            eq_int(number_of(place.store, PHX_SESSION, "s"), 2);
        }
        verify_clean(place.store);
        is_swept(place.store, order % 2 ? 2 : 0);
        place_remove(&place);
    }
}

TEST(numbers_are_never_given_twice)
{
    struct place place;
    phx_id last_span = 0, last_trace = 0, last_session = 0, last_project = 1;

    UNUSED_STATE;
    set_up(&place);
    for (int i = 0; i < 6; i++) {
        send_to(place.store, "p", &(struct sent){"01", "01", .session = "s"});
        ok(span_of(&place, "01") > last_span);
        ok(trace_of(&place, "01") > last_trace);
        ok(number_of(place.store, PHX_SESSION, "s") > last_session);
        ok(number_of(place.store, PHX_PROJECT, "p") > last_project);
        last_span = span_of(&place, "01");
        last_trace = trace_of(&place, "01");
        last_session = number_of(place.store, PHX_SESSION, "s");
        last_project = number_of(place.store, PHX_PROJECT, "p");
        delete_one(place.store, PHX_PROJECT, last_project);
        if (i % 2)
            compact_all(place.store);
        if (i % 3 == 0)
            place_reopen(&place, PHX_OPEN_NO_COMPACT);
    }
    is_swept(place.store, 0);
    place_remove(&place);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_deleted_span_is_gone_at_once),
        cmocka_unit_test(a_trace_without_spans_is_gone),
        cmocka_unit_test(a_trace_keeps_its_times_when_a_span_goes),
        cmocka_unit_test(an_emptied_trace_comes_again_as_one),
        cmocka_unit_test(a_trace_comes_again_before_and_after_the_sweep),
        cmocka_unit_test(a_large_trace_is_swept_in_slices),
        cmocka_unit_test(a_session_goes_with_its_traces),
        cmocka_unit_test(a_session_keeps_its_window_when_a_trace_goes),
        cmocka_unit_test(a_project_goes_with_all_that_is_its),
        cmocka_unit_test(a_project_comes_again_before_and_after_the_sweep),
        cmocka_unit_test(the_default_project_stays),
        cmocka_unit_test(a_session_across_projects),
        cmocka_unit_test(numbers_are_never_given_twice),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

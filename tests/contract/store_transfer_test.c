/*
 * store_transfer_test.c - traces that move to another project: with their
 * spans, what is said of them and what comes for them later; all or none.
 */
#include "contract/annotated.h"
#include "contract/logged.h"

static phx_status move(struct place *place, const char *trace,
                       const char *project, int64_t *out, phx_error *err)
{
    const phx_id id = trace_of(place, trace);

    return phx_store_transfer(place->store, &id, 1, project_of(place, project),
                              out, err);
}

/* The spans of a project, newest first. */
static void has_spans(struct place *place, const char *project,
                      const char *expected)
{
    phx_span_query query = PHX_SPAN_QUERY_INIT;

    query.project = project_of(place, project);
    eq_spans(place->store, &query, expected);
}

static void has_traces(struct place *place, const char *project,
                       const char *expected)
{
    phx_trace_query query = PHX_TRACE_QUERY_INIT;

    query.project = project_of(place, project);
    eq_traces(place->store, &query, expected);
}

static void is_clean(struct place *place, int spans)
{
    verify_clean(place->store);
    eq_int(stats_of(place->store).spans, spans);
}

TEST(a_trace_moves_with_its_spans)
{
    struct place place;
    int64_t moved = 0;

    UNUSED_STATE;
    for (int compacted = 0; compacted < 2; compacted++) {
        set_up(&place);
        if (compacted)
            compact_all(place.store);
        succeeds(move(&place, "a1", "q", &moved, err));
        eq_int(moved, 1);
        has_spans(&place, "p", "04 ");
        has_spans(&place, "q", "03 02 01 ");
        has_traces(&place, "p", "a3 ");
        has_traces(&place, "q", "a2 a1 ");
        is_clean(&place, 4);
        place_reopen(&place, PHX_OPEN_NO_COMPACT);
        has_spans(&place, "q", "03 02 01 ");
        compact_all(place.store);
        is_clean(&place, 4);
        has_spans(&place, "p", "04 ");
        has_spans(&place, "q", "03 02 01 ");
        eq_int(span_of(&place, "02"), 2);
        place_remove(&place);
    }
}

TEST(later_spans_follow_their_trace)
{
    struct place place;
    int64_t moved;

    UNUSED_STATE;
    set_up(&place);
    succeeds(move(&place, "a1", "q", &moved, err));
    eq_int(send_to(place.store, "p", &(struct sent){"a1", "05"}), 1);
    eq_int(send_to(place.store, "p", &(struct sent){"a1", "01"}), 0);
    has_spans(&place, "q", "05 03 02 01 ");
    place_reopen(&place, PHX_OPEN_NO_COMPACT);
    eq_int(send_to(place.store, "p", &(struct sent){"a1", "06"}), 1);
    has_spans(&place, "q", "06 05 03 02 01 ");
    ok(send_log(&place, &(struct logged){"a1", "02", "late", 7}));
    has_spans(&place, "q", "06 05 03 02 01 ");
    is_clean(&place, 6);
    place_remove(&place);
}

TEST(what_is_said_of_a_trace_moves_with_it)
{
    phx_annotation_query spans = query_of(SPAN), sessions = query_of(SESSION);
    struct place place;
    int64_t moved;

    UNUSED_STATE;
    set_up(&place);
    say(place.store, SPAN, "01", "tone", "warm");
    say(place.store, SPAN, "02", "tone", "cold");
    say(place.store, SPAN, "04", "tone", "stays");
    say(place.store, TRACE, "a1", "worth", "much");
    say(place.store, SESSION, "s1", "csat", "5");
    succeeds(move(&place, "a1", "q", &moved, err));
    spans.project = project_of(&place, "q");
    eq_annotations(place.store, &spans, "2:02:tone=cold 1:01:tone=warm ");
    spans.kind = TRACE;
    eq_annotations(place.store, &spans, "1:a1:worth=much ");
    sessions.project = project_of(&place, "p");
    eq_annotations(place.store, &sessions, "1:s1:csat=5 ");
    is_clean(&place, 4);
    delete_one(place.store, PHX_PROJECT, project_of(&place, "p"));
    compact_all(place.store);
    is_clean(&place, 3);
    has_spans(&place, "q", "03 02 01 ");
    place_remove(&place);
}

TEST(what_cannot_move_leaves_all_in_place)
{
    struct place place;
    int64_t moved = 7;

    UNUSED_STATE;
    set_up(&place);
    const phx_id mixed[] = {trace_of(&place, "a1"), trace_of(&place, "a2")};
    const phx_id lost[] = {mixed[0], 99};
    const phx_id project = project_of(&place, "default");
    fails_with(PHX_INVALID, "more than one project",
               phx_store_transfer(place.store, mixed, 2, project, &moved, err));
    fails_with(PHX_NOT_FOUND, "no trace 99",
               phx_store_transfer(place.store, lost, 2, project, &moved, err));
    fails_with(PHX_NOT_FOUND, "no project 99",
               phx_store_transfer(place.store, mixed, 1, 99, &moved, err));
    fails_with(PHX_MISUSE, "argument",
               phx_store_transfer(place.store, mixed, 0, 1, &moved, err));
    eq_int(moved, 7);
    has_spans(&place, "p", "04 02 01 ");
    delete_one(place.store, PHX_PROJECT, project_of(&place, "q"));
    fails_with(
        PHX_NOT_FOUND, "no trace",
        phx_store_transfer(place.store, &mixed[1], 1, project, &moved, err));
    compact_all(place.store);
    is_clean(&place, 3);
    place_remove(&place);
}

TEST(a_damaged_annotation_is_not_written_anew)
{
    struct place place;
    int64_t moved = 7;

    UNUSED_STATE;
    set_up(&place);
    say(place.store, SPAN, "01", "tone", "warm");
    change_rows(&place, "UPDATE annotation SET label = 'cold'");
    fails_with(PHX_CORRUPT, "annotation", move(&place, "a1", "q", &moved, err));
    eq_int(moved, 7);
    has_spans(&place, "p", "04 02 01 ");
    place_remove(&place);
}

TEST(one_that_is_there_or_named_twice_counts_once)
{
    struct place place;
    int64_t moved = 0;

    UNUSED_STATE;
    set_up(&place);
    const phx_id both[] = {trace_of(&place, "a3"), trace_of(&place, "a1"),
                           trace_of(&place, "a3")};
    succeeds(phx_store_transfer(place.store, both, 3, project_of(&place, "p"),
                                &moved, err));
    eq_int(moved, 2);
    has_spans(&place, "p", "04 02 01 ");
    succeeds(phx_store_transfer(place.store, both, 3, project_of(&place, "q"),
                                &moved, err));
    eq_int(moved, 2);
    has_spans(&place, "q", "04 03 02 01 ");
    is_clean(&place, 4);
    place_remove(&place);
}

/* More than a slice, over many blocks; there and back. */
TEST(a_large_trace_moves_in_slices)
{
    enum { SPANS = 200 };
    struct place place;
    int64_t moved;
    char id[8];

    UNUSED_STATE;
    set_up(&place);
    for (int i = 0; i < SPANS; i++) {
        snprintf(id, sizeof id, "c%03x", i);
        send_to(place.store, "p", &(struct sent){"c1", id, .start = 7});
        if (i == SPANS / 2)
            compact_all(place.store);
    }
    delete_one(place.store, PHX_SPAN, span_of(&place, "c007"));
    succeeds(move(&place, "c1", "q", &moved, err));
    has_spans(&place, "p", "04 02 01 ");
    is_clean(&place, SPANS + 4 - 1 + 1); /* the deleted one is still there */
    succeeds(move(&place, "c1", "p", &moved, err));
    has_spans(&place, "q", "03 ");
    compact_all(place.store);
    is_clean(&place, SPANS + 4 - 1);
    eq_int(span_of(&place, "c007"), 0);
    place_remove(&place);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_trace_moves_with_its_spans),
        cmocka_unit_test(later_spans_follow_their_trace),
        cmocka_unit_test(what_is_said_of_a_trace_moves_with_it),
        cmocka_unit_test(what_cannot_move_leaves_all_in_place),
        cmocka_unit_test(a_damaged_annotation_is_not_written_anew),
        cmocka_unit_test(one_that_is_there_or_named_twice_counts_once),
        cmocka_unit_test(a_large_trace_moves_in_slices),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

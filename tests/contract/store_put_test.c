/*
 * store_put_test.c - what goes in: the first of equal ids wins, whatever was
 * compacted or reopened meanwhile; numbers are given once and stay; odd ids,
 * times and parents are kept as they came.
 */
#include "t.h"

#include "contract/stored.h"

static void set_up(struct place *place)
{
    place_make(place);
    place_open(place, PHX_OPEN_NO_COMPACT);
}

/* The span with an id, of which exactly one must be there; copied by `look`. */
static void with_span(phx_store *store, const char *id,
                      void (*look)(const phx_span *span, const void *ctx),
                      const void *ctx)
{
    phx_span_query query = PHX_SPAN_QUERY_INIT;
    phx_text wanted = {id, strlen(id)};
    const phx_span *span = NULL;
    phx_cursor *cursor;

    query.span_ids = &wanted;
    query.span_id_count = 1;
    succeeds(phx_store_find_spans(store, &query, &cursor, err));
    succeeds(phx_cursor_next_span(cursor, &span, err));
    assert_non_null(span);
    look(span, ctx);
    eq_int(phx_cursor_next_span(cursor, &span, NULL), PHX_DONE);
    phx_cursor_close(cursor);
}

static void has_name(const phx_span *span, const void *name)
{
    eq_text(span->name, (const char *)name);
}

/* --- duplicates --------------------------------------------------------------- */

TEST(the_first_of_equal_ids_wins)
{
    struct place place;

    UNUSED_STATE;
    set_up(&place);
    ok(send(&place, &(struct sent){.trace = "01", .span = "aa", .name = "a"}));
    ok(!send(&place, &(struct sent){.trace = "01", .span = "aa", .name = "b"}));
    ok(!send(&place, &(struct sent){.trace = "02", .span = "aa", .name = "c"}));
    eq_int(trace_of(&place, "02"), 0);
    compact_all(place.store);
    ok(!send(&place, &(struct sent){.trace = "01", .span = "aa", .name = "d"}));
    place_reopen(&place, PHX_OPEN_NO_COMPACT);
    ok(!send(&place, &(struct sent){.trace = "01", .span = "aa", .name = "e"}));
    place_reopen(&place, 0);
    compact_all(place.store);
    ok(!send(&place, &(struct sent){.trace = "01", .span = "aa", .name = "f"}));
    with_span(place.store, "aa", has_name, "a");
    eq_spans(place.store, NULL, "aa ");
    verify_clean(place.store);
    place_remove(&place);
}

TEST(the_first_wins_within_a_commit)
{
    struct request first = {0}, second = {0};
    phx_batch *batches[2];
    phx_ingest_report reports[2];
    struct place place;

    UNUSED_STATE;
    set_up(&place);
    request_add(&first, &(struct sent){"01", "aa", .name = "a"});
    request_add(&first, &(struct sent){"01", "aa", .name = "b"});
    request_add(&first, &(struct sent){"01", "bb", .name = "c"});
    request_add(&second, &(struct sent){"02", "aa", .name = "d"});
    request_add(&second, &(struct sent){"02", "cc", .name = "e"});
    request_end(&first);
    request_end(&second);
    succeeds(phx_batch_decode(PHX_OTLP_JSON, first.text, first.size, NULL,
                              &batches[0], err));
    succeeds(phx_batch_decode(PHX_OTLP_JSON, second.text, second.size, "p",
                              &batches[1], err));
    succeeds(phx_store_put(place.store, batches, 2, reports, err));
    eq_int(reports[0].accepted, 2);
    eq_int(reports[0].duplicate, 1);
    eq_int(reports[1].accepted, 1);
    eq_int(reports[1].duplicate, 1);
    phx_batch_free(batches[0]);
    phx_batch_free(batches[1]);
    free(first.text);
    free(second.text);
    with_span(place.store, "aa", has_name, "a");
    eq_spans(place.store, NULL, "cc bb aa ");
    verify_clean(place.store);
    place_remove(&place);
}

TEST(nothing_to_put_is_no_failure)
{
    struct request request = {0};
    phx_ingest_report report = {9, 9, 9};
    struct place place;

    UNUSED_STATE;
    set_up(&place);
    succeeds(phx_store_put(place.store, NULL, 0, NULL, err));
    succeeds(request_ingest(&request, place.store, NULL, &report, err));
    eq_int(report.accepted, 0);
    eq_int(report.duplicate, 0);
    eq_int(report.rejected, 0);
    succeeds(phx_store_ingest(place.store, NULL, PHX_OTLP_PROTOBUF, NULL, 0,
                              NULL, err));
    eq_int(stats_of(place.store).blocks, 0);
    place_remove(&place);
}

TEST(what_is_malformed_changes_nothing)
{
    phx_ingest_report report;
    phx_batch *none = NULL;
    struct place place;

    UNUSED_STATE;
    set_up(&place);
    fails_with(PHX_INVALID, "",
               phx_store_ingest(place.store, NULL, PHX_OTLP_JSON, "{", 1,
                                &report, err));
    fails_with(PHX_INVALID, "",
               phx_store_ingest(place.store, NULL, PHX_OTLP_PROTOBUF, "\xff", 1,
                                &report, err));
    fails_with(PHX_INVALID, "UTF-8",
               phx_store_ingest(place.store, "\xff", PHX_OTLP_PROTOBUF, "", 0,
                                &report, err));
    fails_with(PHX_TOO_BIG, "67108864",
               phx_store_ingest(place.store, NULL, PHX_OTLP_JSON, "",
                                ((size_t)64 << 20) + 1, &report, err));
    fails_with(
        PHX_MISUSE, "format",
        phx_store_ingest(place.store, NULL, PHX_ATIF + 1, "", 0, &report, err));
    fails_with(PHX_MISUSE, "NULL",
               phx_store_put(place.store, &none, 1, NULL, err));
    fails_with(PHX_MISUSE, "NULL",
               phx_store_put(place.store, NULL, 1, NULL, err));
    eq_int(stats_of(place.store).spans, 0);
    eq_int(stats_of(place.store).projects, 1);
    place_remove(&place);
}

TEST(spans_without_ids_are_counted_as_rejected)
{
    struct request request = {0};
    phx_ingest_report report;
    struct place place;

    UNUSED_STATE;
    set_up(&place);
    request_add(&request, &(struct sent){"", "aa"});
    request_add(&request, &(struct sent){"01", ""});
    request_add(&request, &(struct sent){"01", "bb"});
    succeeds(request_ingest(&request, place.store, NULL, &report, err));
    eq_int(report.accepted, 1);
    eq_int(report.rejected, 2);
    eq_spans(place.store, NULL, "bb ");
    place_remove(&place);
}

/* --- numbers ------------------------------------------------------------------- */

TEST(numbers_follow_the_order_of_storage_and_stay)
{
    struct place place;

    UNUSED_STATE;
    set_up(&place);
    for (int pass = 0; pass < 3; pass++) {
        if (pass == 0) {
            send_to(place.store, "p",
                    &(struct sent){"0b", "02", .session = "y", .start = 9});
            send_to(place.store, "p",
                    &(struct sent){"0a", "01", .session = "x", .start = 5});
            send_to(place.store, "q", &(struct sent){"0b", "03", .start = 1});
        } else if (pass == 1) {
            compact_all(place.store);
        } else {
            place_reopen(&place, 0);
        }
        eq_int(span_of(&place, "02"), 1);
        eq_int(span_of(&place, "01"), 2);
        eq_int(span_of(&place, "03"), 3);
        eq_int(trace_of(&place, "0b"), 1);
        eq_int(trace_of(&place, "0a"), 2);
        eq_int(number_of(place.store, PHX_SESSION, "y"), 1);
        eq_int(number_of(place.store, PHX_SESSION, "x"), 2);
        eq_int(number_of(place.store, PHX_PROJECT, "default"), 1);
        eq_int(number_of(place.store, PHX_PROJECT, "p"), 2);
        eq_int(number_of(place.store, PHX_PROJECT, "q"), 0);
    }
    eq_int(span_of(&place, "0A"), 0);
    eq_int(trace_of(&place, "0A"), 2); /* either case */
    verify_clean(place.store);
    place_remove(&place);
}

static void is_placed(const phx_span *span, const void *wanted)
{
    const phx_span *expected = wanted;

    eq_int(span->trace, expected->trace);
    eq_int(span->session, expected->session);
    eq_int(span->project_id, expected->project_id);
    eq_text(span->project, expected->project.data);
}

TEST(a_trace_stays_in_its_first_project_and_session)
{
    struct place place;
    phx_span expected = {
        .trace = 1, .session = 1, .project_id = 2, .project = {"p", 1}};

    UNUSED_STATE;
    set_up(&place);
    send_to(place.store, "p", &(struct sent){"01", "01", .session = "x"});
    send_to(place.store, "q", &(struct sent){"01", "02", .session = "y"});
    with_span(place.store, "02", is_placed, &expected);
    compact_all(place.store);
    with_span(place.store, "02", is_placed, &expected);
    eq_int(number_of(place.store, PHX_SESSION, "y"), 0);
    verify_clean(place.store);
    place_remove(&place);
}

TEST(a_session_named_late_is_that_of_all_its_spans)
{
    struct place place;
    phx_span expected = {
        .trace = 1, .project_id = 1, .project = {"default", 7}};

    UNUSED_STATE;
    set_up(&place);
    send(&place, &(struct sent){"01", "01"});
    with_span(place.store, "01", is_placed, &expected);
    compact_all(place.store);
    send(&place, &(struct sent){"01", "02", .session = "late"});
    expected.session = 1;
    with_span(place.store, "01", is_placed, &expected);
    with_span(place.store, "02", is_placed, &expected);
    compact_all(place.store);
    with_span(place.store, "01", is_placed, &expected);
    place_reopen(&place, 0);
    with_span(place.store, "01", is_placed, &expected);
    verify_clean(place.store);
    place_remove(&place);
}

/* A trace is found again though many came since, in memory and on disk. */
TEST(a_trace_of_long_ago_goes_on)
{
    struct place place;
    char id[16];

    UNUSED_STATE;
    set_up(&place);
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 30; i++) {
            char trace[8];
            snprintf(trace, sizeof trace, "%02x", i);
            snprintf(id, sizeof id, "%02x%02x", round, i);
            send(&place, &(struct sent){trace, id});
            eq_int(trace_of(&place, trace), i + 1);
        }
        if (round == 1)
            compact_all(place.store);
        place_reopen(&place, PHX_OPEN_NO_COMPACT);
    }
    eq_int(stats_of(place.store).traces, 30);
    verify_clean(place.store);
    place_remove(&place);
}

/* --- odd spans ------------------------------------------------------------------- */

#define LONG_ID                                                                \
    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"         \
    "2021222324252627"

TEST(ids_of_any_length_are_kept)
{
    static const char *const ids[] = {"00",
                                      "0000",
                                      "ff",
                                      LONG_ID,
                                      "0000000000000000",
                                      "00000000000000000000000000000000"};
    enum { COUNT = sizeof ids / sizeof *ids };
    struct place place;

    UNUSED_STATE;
    set_up(&place);
    for (int i = 0; i < COUNT; i++)
        ok(send(&place, &(struct sent){ids[i], ids[COUNT - 1 - i], ids[i]}));
    for (int pass = 0; pass < 3; pass++) {
        for (int i = 0; i < COUNT; i++) {
            eq_int(trace_of(&place, ids[i]), i + 1);
            eq_int(span_of(&place, ids[COUNT - 1 - i]), i + 1);
            ok(!send(&place, &(struct sent){ids[0], ids[i]}));
        }
        if (pass == 0)
            compact_all(place.store);
        else
            place_reopen(&place, 0);
    }
    ok(send(&place, &(struct sent){LONG_ID, "ab"}));
    eq_int(trace_of(&place, LONG_ID), 4);
    verify_clean(place.store);
    place_remove(&place);
}

static void has_times(const phx_span *span, const void *wanted)
{
    const uint64_t *times = wanted;

    assert_true(span->start_time == times[0] && span->end_time == times[1]);
}

TEST(times_are_kept_to_the_nanosecond)
{
    static const uint64_t times[][2] = {
        {0, 0},
        {0, UINT64_MAX},
        {UINT64_MAX, UINT64_MAX},
        {UINT64_MAX, 0},
        {1772359200123456789u, 1772359200123456788u},
        {(uint64_t)INT64_MAX + 1, (uint64_t)INT64_MAX}};
    enum { COUNT = sizeof times / sizeof *times };
    struct place place;
    char id[8];

    UNUSED_STATE;
    set_up(&place);
    for (int i = 0; i < COUNT; i++) {
        snprintf(id, sizeof id, "%02x", i);
        send(&place, &(struct sent){.trace = id,
                                    .span = id,
                                    .start = times[i][0],
                                    .end = times[i][1]});
    }
    for (int pass = 0; pass < 2; pass++) {
        for (int i = 0; i < COUNT; i++) {
            snprintf(id, sizeof id, "%02x", i);
            with_span(place.store, id, has_times, times[i]);
        }
        compact_all(place.store);
    }
    verify_clean(place.store);
    place_remove(&place);
}

static void has_parent(const phx_span *span, const void *parent)
{
    eq_text(span->parent_id, (const char *)parent);
}

TEST(self_parents_and_cycles_are_kept)
{
    struct place place;

    UNUSED_STATE;
    set_up(&place);
    send(&place, &(struct sent){"01", "01", .parent = "01"});
    send(&place, &(struct sent){"01", "02", .parent = "03"});
    send(&place, &(struct sent){"01", "03", .parent = "02"});
    send(&place, &(struct sent){"01", "04", .parent = "ee"});
    for (int pass = 0; pass < 2; pass++) {
        with_span(place.store, "01", has_parent, "01");
        with_span(place.store, "02", has_parent, "03");
        with_span(place.store, "03", has_parent, "02");
        with_span(place.store, "04", has_parent, "ee");
        verify_clean(place.store);
        compact_all(place.store);
    }
    place_remove(&place);
}

/* Few rows, but all that a block may hold: compaction comes to an end, and the
 * next one finds nothing to do. */
TEST(blocks_full_of_text_are_left_alone)
{
    enum { SPANS = 16, SIZE = 1600000 };
    struct place place;
    char id[8];

    UNUSED_STATE;
    set_up(&place);
    char *value = malloc(SIZE + 32);
    assert_non_null(value);
    int begin = sprintf(value, "{\"stringValue\":\"");
    memset(value + begin, 'v', SIZE);
    sprintf(value + begin + SIZE, "\"}");
    for (int i = 0; i < SPANS; i++) {
        snprintf(id, sizeof id, "%02x", i);
        value[begin] = (char)('a' + i); /* or they would be stored once */
        send(&place, &(struct sent){"01", id, .key = "text", .value = value});
    }
    free(value);
    for (int i = 0; i < 100; i++) {
        phx_error why;
        if (phx_store_compact(place.store, 1, &why) == PHX_DONE)
            break;
        ok(i < 99);
    }
    ok(stats_of(place.store).blocks >= 3);
    eq_int(phx_store_compact(place.store, 1, NULL), PHX_DONE);
    eq_int(stats_of(place.store).spans, SPANS);
    verify_clean(place.store);
    place_remove(&place);
}

/* --- projects --------------------------------------------------------------------- */

static void has_project(phx_store *store, phx_id id, const char *name,
                        const char *description)
{
    const phx_project *project;
    phx_cursor *cursor;

    succeeds(phx_store_find_projects(store, id, 0, NULL, 0, &cursor, err));
    succeeds(phx_cursor_next_project(cursor, &project, err));
    assert_non_null(project);
    eq_int(project->id, id);
    eq_text(project->name, name);
    if (description)
        eq_text(project->description, description);
    else
        assert_null(project->description.data);
    ok(project->updated_at >= project->created_at);
    eq_int(phx_cursor_next_project(cursor, &project, NULL), PHX_DONE);
    phx_cursor_close(cursor);
}

TEST(projects_are_made_and_described)
{
    struct place place;
    phx_id id = 0;

    UNUSED_STATE;
    set_up(&place);
    has_project(place.store, 1, "default", "Default project");
    succeeds(phx_project_create(place.store, "p", NULL, &id, err));
    eq_int(id, 2);
    has_project(place.store, 2, "p", NULL);
    succeeds(phx_project_update(place.store, 2, "of p", err));
    has_project(place.store, 2, "p", "of p");
    succeeds(phx_project_update(place.store, 2, NULL, err));
    has_project(place.store, 2, "p", "of p");
    succeeds(phx_project_update(place.store, 2, "", err));
    has_project(place.store, 2, "p", "");
    fails_with(PHX_CONFLICT, "'p' exists",
               phx_project_create(place.store, "p", NULL, &id, err));
    fails_with(PHX_INVALID, "empty",
               phx_project_create(place.store, "", NULL, &id, err));
    fails_with(PHX_INVALID, "UTF-8",
               phx_project_create(place.store, "\xff", NULL, &id, err));
    fails_with(PHX_INVALID, "UTF-8",
               phx_project_create(place.store, "x", "\xff", &id, err));
    fails_with(PHX_NOT_FOUND, "7",
               phx_project_update(place.store, 7, "x", err));
    eq_int(id, 2);
    send_to(place.store, "p", &(struct sent){"01", "01"});
    succeeds(phx_project_create(place.store, "r", "of r", &id, err));
    eq_int(id, 3);
    place_reopen(&place, 0);
    has_project(place.store, 3, "r", "of r");
    verify_clean(place.store);
    place_remove(&place);
}

/* Names, newest first, each with a space behind it. */
static void list_projects(phx_store *store, phx_id from, const char *part,
                          int64_t limit, const char *expected)
{
    const phx_project *project;
    phx_cursor *cursor;
    char list[256] = "";

    succeeds(
        phx_store_find_projects(store, 0, from, part, limit, &cursor, err));
    while (phx_cursor_next_project(cursor, &project, NULL) == PHX_OK) {
        strcat(list, project->name.data);
        strcat(list, " ");
    }
    phx_cursor_close(cursor);
    eq_string(list, expected);
}

TEST(projects_are_listed_newest_first)
{
    struct place place;
    phx_id id;

    UNUSED_STATE;
    set_up(&place);
    succeeds(phx_project_create(place.store, "Alpha", NULL, &id, err));
    succeeds(phx_project_create(place.store, "beta", NULL, &id, err));
    succeeds(phx_project_create(place.store, "alphabet", NULL, &id, err));
    list_projects(place.store, 0, NULL, 0, "alphabet beta Alpha default ");
    list_projects(place.store, 3, NULL, 2, "beta Alpha ");
    list_projects(place.store, 0, "ALPHA", 0, "alphabet Alpha ");
    list_projects(place.store, 0, "ALPHA", 1, "alphabet ");
    list_projects(place.store, 0, "", 0, "alphabet beta Alpha default ");
    list_projects(place.store, 0, "%", 0, "");
    place_remove(&place);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_of_equal_ids_wins),
        cmocka_unit_test(the_first_wins_within_a_commit),
        cmocka_unit_test(nothing_to_put_is_no_failure),
        cmocka_unit_test(what_is_malformed_changes_nothing),
        cmocka_unit_test(spans_without_ids_are_counted_as_rejected),
        cmocka_unit_test(numbers_follow_the_order_of_storage_and_stay),
        cmocka_unit_test(a_trace_stays_in_its_first_project_and_session),
        cmocka_unit_test(a_session_named_late_is_that_of_all_its_spans),
        cmocka_unit_test(a_trace_of_long_ago_goes_on),
        cmocka_unit_test(ids_of_any_length_are_kept),
        cmocka_unit_test(times_are_kept_to_the_nanosecond),
        cmocka_unit_test(self_parents_and_cycles_are_kept),
        cmocka_unit_test(blocks_full_of_text_are_left_alone),
        cmocka_unit_test(projects_are_made_and_described),
        cmocka_unit_test(projects_are_listed_newest_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

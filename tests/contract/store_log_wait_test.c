/*
 * store_log_wait_test.c - log records that wait: how long they do, what they
 * go with, and those that are held back from a stored span.
 */
#include "contract/asked.h"
#include "contract/logged.h"

#define DAY UINT64_C(86400000000000)
#define HOUR UINT64_C(3600000000000)
#define MONDAY (UINT64_C(20003) * DAY) /* 2024-10-07 */
#define FAR (UINT64_C(50000) * DAY)    /* 2106-11-24 */

static const phx_retention_rule one_day = {.limits = PHX_MAX_DAYS,
                                           .max_days = 1};

static void set_up(struct place *place)
{
    place_make(place);
    place_open(place, PHX_OPEN_NO_COMPACT);
}

static int waiting(struct place *place)
{
    return count_rows(place, "log");
}

static int held(struct place *place)
{
    return count_rows(place, "log WHERE held");
}

static void is_whole(phx_store *store, int spans)
{
    verify_clean(store);
    compact_all(store);
    verify_clean(store);
    eq_int(stats_of(store).spans, spans);
    eq_int(stats_of(store).deleted, 0);
}

static int record(struct place *place, const char *trace, const char *span,
                  uint64_t time)
{
    return send_log(place, &(struct logged){trace, span, "gen_ai.user.message",
                                            time, CONTENT("why?"), NULL});
}

/* A value of OTLP/JSON, a text, in the whole of `out`. */
static void fill_text(char *out, size_t size)
{
    int used = snprintf(out, size, "{\"stringValue\":\"");

    memset(out + used, 'x', size - (size_t)used - 3);
    memcpy(out + size - 3, "\"}", 3);
}

/* --- with traces ------------------------------------------------------------- */

/* Trace 01 has a span of MONDAY, 02 one of five hours later; records wait for
 * another span of each, and of a trace that there is not. */
static void fill(struct place *place, bool compacted)
{
    set_up(place);
    send(place, &(struct sent){"01", "a1", .start = MONDAY});
    if (compacted)
        compact_all(place->store);
    send(place, &(struct sent){"02", "a2", .start = MONDAY + 5 * HOUR});
    ok(record(place, "01", "b1", 1));
    ok(record(place, "02", "b2", 1));
    ok(record(place, "03", "b3", 1));
}

TEST(retention_of_a_trace_takes_what_waits_for_it)
{
    struct place place;
    int64_t removed;

    UNUSED_STATE;
    for (int compacted = 0; compacted < 2; compacted++) {
        fill(&place, compacted);
        removed = 0;
        eq_int(phx_store_retain(place.store, 0, &one_day, MONDAY + DAY + HOUR,
                                0, &removed, NULL),
               PHX_DONE);
        eq_int(removed, 1);
        eq_int(waiting(&place), 2);
        is_whole(place.store, 1);
        place_remove(&place);
    }
}

TEST(a_bound_on_the_disk_takes_what_waits_for_its_traces)
{
    struct place place;

    UNUSED_STATE;
    fill(&place, true);
    eq_int(phx_store_shrink(place.store, 1, 0, NULL, NULL), PHX_DONE);
    eq_spans(place.store, NULL, "a2 "); /* it is young */
    eq_int(waiting(&place), 2);
    is_whole(place.store, 1);
    eq_int(phx_store_shrink(place.store, 1, 0, NULL, NULL), PHX_DONE);
    eq_spans(place.store, NULL, "");
    eq_int(waiting(&place), 0);
    is_whole(place.store, 0);
    place_remove(&place);
}

/* --- grown spans and whole blocks -------------------------------------------- */

/* A trace's rows are of two blocks where one of its spans has grown. */
TEST(a_block_that_goes_whole_takes_its_grown_spans)
{
    struct place place;

    UNUSED_STATE;
    for (int again = 0; again < 2; again++) {
        set_up(&place);
        send(&place, &(struct sent){"01", "a1", .start = MONDAY});
        send(&place, &(struct sent){"01", "a2", .start = MONDAY});
        compact_all(place.store);
        ok(record(&place, "01", "a1", 1));
        eq_int(phx_store_retain(place.store, 0, &one_day, MONDAY + 2 * DAY, 0,
                                NULL, NULL),
               PHX_DONE);
        eq_spans(place.store, NULL, "");
        eq_int(number_of(place.store, PHX_SPAN, "a1"), 0);
        if (again)
            ok(send(&place, &(struct sent){"01", "a1", .start = MONDAY}));
        is_whole(place.store, again);
        place_remove(&place);
    }
}

/* The grown span's block goes, and its trace with it; the row that it has
 * outgrown stays in a block of later spans. */
TEST(a_row_that_is_outgrown_may_outlive_its_trace)
{
    enum { OTHERS = 12 };
    char trace[8], span[8];
    struct place place;

    UNUSED_STATE;
    set_up(&place);
    send(&place, &(struct sent){"01", "a1", .start = MONDAY});
    for (int i = 0; i < OTHERS; i++) {
        snprintf(trace, sizeof trace, "f%x", i);
        snprintf(span, sizeof span, "b%x", i);
        send(&place, &(struct sent){trace, span, .parent = "a1",
                                    .start = MONDAY + 5 * HOUR});
    }
    compact_all(place.store);
    phx_id number = span_of(&place, "a1");
    ok(record(&place, "01", "a1", 1));
    compact_all(place.store);
    eq_int(stats_of(place.store).blocks, 2);
    eq_string(answer(place.store,
                     "SELECT DISTINCT parent_no(ref, 0) FROM stored_span"
                     " WHERE name <> 'step' OR parent_id IS NOT NULL"),
              "1");
    eq_int(phx_store_retain(place.store, 0, &one_day, MONDAY + DAY + HOUR, 0,
                            NULL, NULL),
           PHX_DONE);
    eq_int(stats_of(place.store).blocks, 1);
    eq_int(stats_of(place.store).deleted, 0);
    eq_int(stats_of(place.store).spans, OTHERS);
    verify_clean(place.store);
    eq_int(span_of(&place, "a1"), 0);
    eq_string(answer(place.store, "SELECT count(parent_no(ref, 0)), count(*)"
                                  " FROM stored_span"),
              "0|12");
    fails_with(PHX_NOT_FOUND, "no span",
               phx_store_delete(place.store, PHX_SPAN, number, err));
    phx_annotation_item item = {.kind = PHX_SPAN_ANNOTATION,
                                .target = number,
                                .name = {"n", 1},
                                .label = {"l", 1}};
    fails_with(PHX_NOT_FOUND, "",
               phx_store_annotate(place.store, &item, 1, NULL, err));
    ok(send(&place, &(struct sent){"01", "a1", .start = MONDAY + 9 * HOUR}));
    delete_one(place.store, PHX_TRACE, trace_of(&place, "f0"));
    is_whole(place.store, OTHERS); /* the block is rewritten */
    place_remove(&place);
}

/* --- by themselves ------------------------------------------------------------ */

static void keep_for_a_day(phx_store *store, const char *cron)
{
    succeeds(phx_policy_update(store, 0, NULL, cron, &one_day, err));
}

static int64_t after(double days)
{
    return (int64_t)(time_now() + (uint64_t)(days * (double)DAY));
}

/* What is counted is the time since they came. */
TEST(records_without_a_span_go_by_age)
{
    static const phx_retention_rule one_trace = {.limits = PHX_MAX_COUNT,
                                                 .max_count = 1};
    struct place place;

    UNUSED_STATE;
    set_up(&place);
    for (int i = 0; i < 5; i++)
        ok(record(&place, i % 2 ? NULL : "01", i % 2 ? NULL : "a1",
                  (uint64_t)i + 1));
    phx_store *store = place.store;
    eq_int(phx_store_retain(store, 0, &one_trace, (uint64_t)after(9), 0, NULL,
                            NULL),
           PHX_DONE);
    eq_int(phx_store_retain(store, 0, &one_day, (uint64_t)after(0.9), 0, NULL,
                            NULL),
           PHX_DONE);
    eq_int(
        phx_store_retain(store, 1, &one_day, (uint64_t)after(9), 0, NULL, NULL),
        PHX_DONE);
    eq_int(waiting(&place), 5);
    eq_int(phx_store_retain(store, 0, &one_day, (uint64_t)after(1.1), 0, NULL,
                            NULL),
           PHX_DONE);
    eq_int(waiting(&place), 0);
    is_whole(store, 0);
    ok(record(&place, "01", "a1", 1));
    place_remove(&place);
}

TEST(the_default_policy_is_that_of_records_without_a_span)
{
    struct place place;
    phx_id other;

    UNUSED_STATE;
    set_up(&place);
    for (int i = 0; i < 5; i++)
        ok(record(&place, "01", "a1", (uint64_t)i + 1));
    succeeds(phx_policy_create(place.store, "other", "0 * * * *", &one_day,
                               &other, err));
    eq_int(phx_store_retain_due(place.store, (uint64_t)after(9), 0, NULL, NULL),
           PHX_DONE);
    eq_int(waiting(&place), 5); /* it keeps all */
    keep_for_a_day(place.store, "0 * * * *");
    eq_int(phx_store_retain_due(place.store, (uint64_t)after(9), 0, NULL, NULL),
           PHX_DONE);
    eq_int(waiting(&place), 0);
    verify_clean(place.store);
    place_remove(&place);
}

/* Of records and blocks the older ones go first. */
static int64_t bytes_used(phx_store *store)
{
    phx_store_stats stats = stats_of(store);

    return stats.bytes - stats.free_bytes - stats.log_bytes;
}

TEST(a_bound_on_the_disk_takes_the_oldest_records_too)
{
    char body[3000];
    struct place place;

    UNUSED_STATE;
    fill_text(body, sizeof body);
    set_up(&place);
    send(&place, &(struct sent){"01", "a1", .start = FAR});
    compact_all(place.store);
    int64_t without = bytes_used(place.store);
    for (int i = 0; i < 100; i++)
        ok(send_log(&place, &(struct logged){NULL, NULL, NULL, (uint64_t)i + 1,
                                             body, NULL}));
    int64_t most = (without + bytes_used(place.store)) / 2;
    eq_int(phx_store_shrink(place.store, most, 0, NULL, NULL), PHX_DONE);
    eq_spans(place.store, NULL, "a1 ");
    ok(waiting(&place) > 10 && waiting(&place) < 190);
    eq_int(phx_store_shrink(place.store, 1, 0, NULL, NULL), PHX_DONE);
    eq_int(waiting(&place), 0);
    eq_spans(place.store, NULL, "");
    is_whole(place.store, 0);
    place_remove(&place);
}

/* --- those that are held ------------------------------------------------------ */

enum { RECORDS = 12 };

/* A span of a third of what a store unpacks for growing at once. */
static void send_large(struct place *place)
{
    static char value[350000];

    fill_text(value, sizeof value);
    send(place, &(struct sent){"01", "a1", .key = "text", .value = value});
}

static int count_events(phx_store *store)
{
    const phx_span *span;
    phx_cursor *cursor;
    int count = 0;

    succeeds(phx_store_find_spans(store, NULL, &cursor, err));
    succeeds(phx_cursor_next_span(cursor, &span, err));
    assert_non_null(span);
    for (const char *at = span->events.data;
         (at = strstr(at, "gen_ai.user.message")) != NULL; at++)
        count++;
    phx_cursor_close(cursor);
    return count;
}

static void hold_some(struct place *place)
{
    set_up(place);
    send_large(place);
    for (int i = 0; i < RECORDS; i++)
        ok(record(place, "01", "a1", (uint64_t)i + 1));
    ok(held(place) > RECORDS / 2 && held(place) < RECORDS);
    eq_int(waiting(place), held(place));
    eq_int(count_events(place->store), RECORDS - held(place));
    verify_clean(place->store);
}

TEST(a_span_that_grew_often_holds_records_until_compaction)
{
    struct place place;

    UNUSED_STATE;
    hold_some(&place);
    ok(!record(&place, "01", "a1", RECORDS)); /* known as it waits */
    compact_all(place.store);
    eq_int(waiting(&place), 0);
    eq_int(count_events(place.store), RECORDS);
    is_whole(place.store, 1);
    place_remove(&place);
}

TEST(held_records_join_with_the_next_once_there_is_credit)
{
    struct place place;

    UNUSED_STATE;
    hold_some(&place);
    place_reopen(&place, PHX_OPEN_NO_COMPACT);
    eq_int(waiting(&place), held(&place));
    ok(record(&place, "01", "a1", 99));
    eq_int(waiting(&place), 0);
    eq_int(count_events(place.store), RECORDS + 1);
    verify_clean(place.store);
    place_remove(&place);
}

TEST(held_records_go_with_their_trace)
{
    struct place place;

    UNUSED_STATE;
    hold_some(&place);
    delete_one(place.store, PHX_TRACE, trace_of(&place, "01"));
    eq_int(waiting(&place), 0);
    is_whole(place.store, 0);
    place_remove(&place);
}

TEST(held_records_of_a_deleted_span_wait_for_it)
{
    struct place place;

    UNUSED_STATE;
    hold_some(&place);
    send(&place, &(struct sent){"01", "a2"});
    delete_one(place.store, PHX_SPAN, span_of(&place, "a1"));
    ok(held(&place) > 0);
    int count = waiting(&place);
    compact_all(place.store);
    eq_int(held(&place), 0);
    eq_int(waiting(&place), count);
    ok(send(&place, &(struct sent){"01", "a1"}));
    eq_int(waiting(&place), 0);
    eq_int(count_events(place.store), count);
    is_whole(place.store, 2);
    place_remove(&place);
}

/* Without a call for it, the put after a compaction does. */
TEST(a_store_that_compacts_by_itself_joins_what_is_held)
{
    struct place place;
    char id[8];

    UNUSED_STATE;
    hold_some(&place);
    place_reopen(&place, PHX_OPEN_NO_COMPACT);
    send_large(&place); /* known */
    ok(held(&place) > 0);
    place_reopen(&place, 0);
    for (int i = 0; i < 40; i++) {
        snprintf(id, sizeof id, "e1%02x", i);
        send(&place, &(struct sent){id, id});
    }
    eq_int(waiting(&place), 0);
    verify_clean(place.store);
    place_remove(&place);
}

/* --- the list ------------------------------------------------------------------ */

TEST(records_that_wait_are_listed)
{
    struct place place;
    const phx_log *log;
    phx_cursor *cursor;
    uint64_t now = time_now();

    UNUSED_STATE;
    set_up(&place);
    send(&place, &(struct sent){"01", "a1"});
    ok(record(&place, "01", "a1", 1)); /* is an event now */
    ok(record(&place, "01", "b1", 1));
    ok(record(&place, "03", "b3", 1));
    ok(send_log(&place, &(struct logged){NULL, NULL, NULL, 2000,
                                         "{\"stringValue\":\"hi\"}", NULL}));
    succeeds(phx_store_find_logs(place.store, 0, 2, &cursor, err));
    succeeds(phx_cursor_next_log(cursor, &log, err));
    eq_int(log->id, 3);
    ok(log->received_at >= now / 1000 * 1000 && log->received_at <= time_now());
    eq_text(log->trace_id, "");
    eq_text(log->span_id, "");
    eq_int(log->held, 0);
    eq_text(log->event, "{\"name\":\"log\",\"timestamp\":"
                        "\"1970-01-01T00:00:00.000002+00:00\",\"attributes\":{"
                        "\"log.record.observed_time_unix_nano\":0,"
                        "\"log.record.severity_number\":9,"
                        "\"log.record.body\":\"hi\","
                        "\"log.record.scope.name\":\"sender\"}}");
    succeeds(phx_cursor_next_log(cursor, &log, err));
    eq_int(log->id, 2);
    eq_text(log->trace_id, "03");
    eq_text(log->span_id, "b3");
    eq_int(phx_cursor_next_log(cursor, &log, NULL), PHX_DONE);
    ok(log == NULL);
    phx_cursor_close(cursor);
    succeeds(phx_store_find_logs(place.store, 1, 0, &cursor, err));
    succeeds(phx_cursor_next_log(cursor, &log, err));
    eq_text(log->span_id, "b1");
    eq_int(phx_cursor_next_log(cursor, &log, NULL), PHX_DONE);
    fails_with(PHX_MISUSE, "", phx_cursor_next_span(cursor, NULL, err));
    phx_cursor_close(cursor);
    fails_with(PHX_MISUSE, "",
               phx_store_find_logs(place.store, -1, 0, &cursor, err));
    place_remove(&place);
}

TEST(a_record_that_is_held_is_listed_as_such)
{
    struct place place;
    const phx_log *log;
    phx_cursor *cursor;
    int count = 0;

    UNUSED_STATE;
    hold_some(&place);
    succeeds(phx_store_find_logs(place.store, 0, 0, &cursor, err));
    while (phx_cursor_next_log(cursor, &log, NULL) == PHX_OK)
        count += log->held;
    phx_cursor_close(cursor);
    eq_int(count, held(&place));
    place_remove(&place);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(retention_of_a_trace_takes_what_waits_for_it),
        cmocka_unit_test(a_bound_on_the_disk_takes_what_waits_for_its_traces),
        cmocka_unit_test(a_block_that_goes_whole_takes_its_grown_spans),
        cmocka_unit_test(a_row_that_is_outgrown_may_outlive_its_trace),
        cmocka_unit_test(records_without_a_span_go_by_age),
        cmocka_unit_test(the_default_policy_is_that_of_records_without_a_span),
        cmocka_unit_test(a_bound_on_the_disk_takes_the_oldest_records_too),
        cmocka_unit_test(a_span_that_grew_often_holds_records_until_compaction),
        cmocka_unit_test(held_records_join_with_the_next_once_there_is_credit),
        cmocka_unit_test(held_records_go_with_their_trace),
        cmocka_unit_test(held_records_of_a_deleted_span_wait_for_it),
        cmocka_unit_test(a_store_that_compacts_by_itself_joins_what_is_held),
        cmocka_unit_test(records_that_wait_are_listed),
        cmocka_unit_test(a_record_that_is_held_is_listed_as_such),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

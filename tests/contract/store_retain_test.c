/*
 * store_retain_test.c - retention: which traces are due, that nothing else
 * goes, policies and their hours, and a bound on what a store uses.
 */
#include "t.h"

#include "contract/stored.h"

#define DAY UINT64_C(86400000000000)
#define HOUR UINT64_C(3600000000000)
#define MONDAY (UINT64_C(20003) * DAY) /* 2024-10-07 */

static const phx_retention_rule one_day = {.limits = PHX_MAX_DAYS,
                                           .max_days = 1};
static const phx_retention_rule two_traces = {.limits = PHX_MAX_COUNT,
                                              .max_count = 2};

static void set_up(struct place *place)
{
    place_make(place);
    place_open(place, PHX_OPEN_NO_COMPACT);
}

static int64_t retain(phx_store *store, phx_id project,
                      const phx_retention_rule *rule, uint64_t now)
{
    int64_t removed = 0;

    eq_int(phx_store_retain(store, project, rule, now, 0, &removed, NULL),
           PHX_DONE);
    verify_clean(store);
    return removed;
}

static void is_swept(phx_store *store, int spans)
{
    compact_all(store);
    verify_clean(store);
    eq_int(stats_of(store).deleted, 0);
    eq_int(stats_of(store).spans, spans);
}

/* Traces 00, 01, ... of one span each, an hour apart from MONDAY on. */
static void fill(phx_store *store, const char *project, int from, int to)
{
    char trace[8], span[8];

    for (int i = from; i < to; i++) {
        snprintf(trace, sizeof trace, "%02x", i);
        snprintf(span, sizeof span, "a%03x", i);
        ok(send_to(store, project,
                   &(struct sent){trace, span,
                                  .start = MONDAY + (uint64_t)i * HOUR,
                                  .end = MONDAY + (uint64_t)i * HOUR + 1}));
    }
}

/* The same with some kB each that do not compress. */
static void fill_large(phx_store *store, const char *project, int from, int to)
{
    static char value[4096] = "{\"stringValue\":\"";
    size_t begin = strlen(value);
    unsigned chance = 1;
    char id[8];

    for (int i = from; i < to; i++) {
        for (size_t j = begin; j < sizeof value - 3; j++)
            value[j] = (char)('?' + rand_r(&chance) % 28); /* to Z */
        memcpy(value + sizeof value - 3, "\"}", 3);
        snprintf(id, sizeof id, "%02x", i);
        ok(send_to(store, project,
                   &(struct sent){id, id, .key = "text", .value = value,
                                  .start = MONDAY + (uint64_t)i * HOUR}));
    }
}

/* --- rules ------------------------------------------------------------------- */

TEST(traces_older_than_the_limit_go)
{
    struct place place;

    UNUSED_STATE;
    for (int compacted = 0; compacted < 2; compacted++) {
        set_up(&place);
        fill(place.store, NULL, 0, 4);
        if (compacted)
            compact_all(place.store);
        eq_int(retain(place.store, 0, &one_day, MONDAY + DAY), 0);
        eq_int(retain(place.store, 0, &one_day, MONDAY + DAY + 2 * HOUR), 2);
        eq_spans(place.store, NULL, "a003 a002 ");
        eq_int(retain(place.store, 0, &one_day, MONDAY + DAY + 2 * HOUR), 0);
        place_reopen(&place, PHX_OPEN_NO_COMPACT);
        eq_spans(place.store, NULL, "a003 a002 ");
        is_swept(place.store, 2);
        place_remove(&place);
    }
}

/* What counts is where a trace begins, not its last span. */
TEST(a_trace_goes_whole_by_its_start)
{
    struct place place;

    UNUSED_STATE;
    set_up(&place);
    send(&place, &(struct sent){"01", "a1", .start = MONDAY + HOUR});
    send(&place, &(struct sent){"02", "a2", .start = MONDAY + 5 * HOUR});
    compact_all(place.store);
    send(&place, &(struct sent){"01", "a3", .start = MONDAY + 9 * HOUR});
    eq_int(retain(place.store, 0, &one_day, MONDAY + DAY + 2 * HOUR), 1);
    eq_spans(place.store, NULL, "a2 ");
    ok(send(&place, &(struct sent){"01", "a1", .start = MONDAY + 30 * HOUR}));
    verify_clean(place.store);
    is_swept(place.store, 2);
    place_remove(&place);
}

TEST(the_newest_traces_of_each_project_stay)
{
    struct place place;

    UNUSED_STATE;
    set_up(&place);
    fill(place.store, "p", 0, 4);
    fill(place.store, "q", 4, 9);
    fill(place.store, "r", 9, 10);
    eq_int(retain(place.store, 2, &two_traces, 0), 2);
    eq_spans(place.store, NULL, "a009 a008 a007 a006 a005 a004 a003 a002 ");
    eq_int(retain(place.store, 0, &two_traces, 0), 3);
    eq_spans(place.store, NULL, "a009 a008 a007 a003 a002 ");
    is_swept(place.store, 5);
    place_remove(&place);
}

TEST(of_traces_of_one_time_the_later_numbers_stay)
{
    struct place place;

    UNUSED_STATE;
    set_up(&place);
    send(&place, &(struct sent){"01", "a1", .start = MONDAY});
    send(&place, &(struct sent){"02", "a2", .start = MONDAY});
    send(&place, &(struct sent){"03", "a3", .start = MONDAY});
    eq_int(retain(place.store, 0, &two_traces, 0), 1);
    eq_spans(place.store, NULL, "a3 a2 ");
    place_remove(&place);
}

TEST(either_limit_is_enough_and_zero_is_none)
{
    struct place place;
    phx_retention_rule both = {3, 1, 5}, none = {3, 0, 0};

    UNUSED_STATE;
    set_up(&place);
    fill(place.store, NULL, 0, 8);
    eq_int(retain(place.store, 0, &none, UINT64_MAX), 0);
    eq_int(retain(place.store, 0, &both, MONDAY + DAY), 3);
    eq_int(retain(place.store, 0, &both, MONDAY + DAY + 5 * HOUR), 2);
    eq_spans(place.store, NULL, "a007 a006 a005 ");
    both.limits = PHX_MAX_COUNT; /* the other is not the rule's */
    eq_int(retain(place.store, 0, &both, UINT64_MAX), 0);
    place_remove(&place);
}

TEST(whole_blocks_go_without_a_trace)
{
    struct place place;

    UNUSED_STATE;
    set_up(&place);
    fill(place.store, NULL, 0, 48); /* two days */
    compact_all(place.store);
    int64_t blocks = stats_of(place.store).blocks;
    eq_int(retain(place.store, 0, &one_day, MONDAY + 2 * DAY), 24);
    ok(stats_of(place.store).blocks < blocks);
    eq_int(stats_of(place.store).spans, 24);
    eq_int(stats_of(place.store).deleted, 0);
    ok(send_to(place.store, NULL, &(struct sent){"00", "a000"}));
    eq_int(trace_of(&place, "00"), 49);
    verify_clean(place.store);
    place_remove(&place);
}

/* The budget is over after a slice; calling again goes on. */
TEST(what_a_budget_leaves_is_for_the_next_call)
{
    struct place place;
    int64_t removed = 0, all = 0;
    phx_status status;
    int calls = 0;

    UNUSED_STATE;
    set_up(&place);
    fill(place.store, NULL, 0, 200);
    do {
        status = phx_store_retain(place.store, 0, &one_day, MONDAY + 20 * DAY,
                                  1, &removed, NULL);
        all += removed;
        calls++;
    } while (status == PHX_OK);
    eq_int(status, PHX_DONE);
    eq_int(all, 200);
    is_swept(place.store, 0);
    place_remove(&place);
}

/* More than are looked up one by one: a walk over the blocks. */
TEST(many_deleted_traces_are_swept_by_a_walk)
{
    struct place place;

    UNUSED_STATE;
    set_up(&place);
    fill(place.store, "p", 0, 60);
    compact_all(place.store);
    fill(place.store, "p", 60, 70);
    for (int i = 0; i < 60; i += 3)
        delete_one(place.store, PHX_TRACE, i + 1);
    phx_error why = {0};
    delete_one(place.store, PHX_SPAN, 62);
    ok(phx_store_compact(place.store, 1, &why) >= 0);
    delete_one(place.store, PHX_TRACE, 3); /* of a walk yet to come */
    ok(send_to(place.store, "p", &(struct sent){"00", "a000"}));
    while (phx_store_compact(place.store, 1, &why) == PHX_OK)
        verify_clean(place.store);
    is_swept(place.store, 49);
    place_remove(&place);
}

TEST(wrong_rules_are_refused)
{
    static const struct {
        phx_retention_rule rule;
        const char *why;
    } rows[] = {
        {{0, 1, 1}, "no limit 0"},       {{4, 1, 1}, "no limit 4"},
        {{1, -1, 0}, "max_days"},        {{1, 0.0 / 0.0, 0}, "max_days"},
        {{3, 1.0 / 0.0, 0}, "max_days"}, {{2, 0, -1}, "max_count"},
    };
    struct place place;
    int64_t removed = 7;
    phx_id id;

    UNUSED_STATE;
    set_up(&place);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const phx_retention_rule *rule = &rows[i].rule;
        fails_with(PHX_INVALID, rows[i].why,
                   phx_store_retain(place.store, 0, rule, 0, 0, &removed, err));
        fails_with(
            PHX_INVALID, rows[i].why,
            phx_policy_create(place.store, "n", "0 0 * * *", rule, &id, err));
        fails_with(PHX_INVALID, rows[i].why,
                   phx_policy_update(place.store, 0, NULL, NULL, rule, err));
    }
    eq_int(removed, 0);
    fails_with(PHX_NOT_FOUND, "project 9",
               phx_store_retain(place.store, 9, &one_day, 0, 0, NULL, err));
    fails_with(PHX_INVALID, "-1",
               phx_store_shrink(place.store, -1, 0, NULL, err));
    place_reopen(&place, PHX_OPEN_READ_ONLY);
    fails_with(PHX_MISUSE, "reading only",
               phx_store_retain(place.store, 0, &one_day, 0, 0, NULL, err));
    fails_with(PHX_MISUSE, "reading only",
               phx_store_retain_due(place.store, 0, 0, NULL, err));
    fails_with(PHX_MISUSE, "reading only",
               phx_store_shrink(place.store, 0, 0, NULL, err));
    place_remove(&place);
}

/* --- policies ---------------------------------------------------------------- */

static void has_policy(phx_store *store, phx_id id, const char *name,
                       const char *cron, const phx_retention_rule *rule,
                       int projects)
{
    const phx_retention_policy *policy;
    phx_cursor *cursor;

    succeeds(phx_store_find_policies(store, id, &cursor, err));
    succeeds(phx_cursor_next_policy(cursor, &policy, err));
    assert_non_null(policy);
    eq_int(policy->id, id);
    eq_text(policy->name, name);
    eq_text(policy->cron, cron);
    eq_int(policy->rule.limits, rule->limits);
    ok(policy->rule.max_days == rule->max_days);
    eq_int(policy->rule.max_count, rule->max_count);
    eq_int(policy->projects, projects);
    eq_int(phx_cursor_next_policy(cursor, &policy, NULL), PHX_DONE);
    phx_cursor_close(cursor);
}

static int count_policies(phx_store *store)
{
    const phx_retention_policy *policy;
    phx_cursor *cursor;
    int count = 0;

    succeeds(phx_store_find_policies(store, -1, &cursor, err));
    while (phx_cursor_next_policy(cursor, &policy, NULL) == PHX_OK)
        count++;
    phx_cursor_close(cursor);
    return count;
}

static phx_id make_policy(phx_store *store, const char *name, const char *cron,
                          const phx_retention_rule *rule)
{
    phx_id id = 0;

    succeeds(phx_policy_create(store, name, cron, rule, &id, err));
    return id;
}

TEST(every_store_has_the_default_policy)
{
    const phx_retention_rule forever = {PHX_MAX_DAYS, 0, 0},
                             week = {PHX_MAX_DAYS, 7, 0};
    phx_store_options options = PHX_STORE_OPTIONS_INIT;
    struct place place;

    UNUSED_STATE;
    set_up(&place);
    has_policy(place.store, 0, "Default", "0 0 * * 0", &forever, 1);
    place_remove(&place);
    place_make(&place);
    options.retention_days = 7;
    succeeds(phx_store_open(place.url, &options, &place.store, err));
    has_policy(place.store, 0, "Default", "0 0 * * 0", &week, 1);
    place_close(&place);
    options.retention_days = 9; /* too late */
    succeeds(phx_store_open(place.url, &options, &place.store, err));
    has_policy(place.store, 0, "Default", "0 0 * * 0", &week, 1);
    options.retention_days = -1;
    fails_with(PHX_MISUSE, "",
               phx_store_open(place.url, &options, &place.store, err));
    place_remove(&place);
}

TEST(policies_are_made_changed_and_deleted)
{
    struct place place;

    UNUSED_STATE;
    set_up(&place);
    fill(place.store, "p", 0, 1);
    phx_id id = make_policy(place.store, "short", "0 */6 * * 1-5", &one_day);
    has_policy(place.store, id, "short", "0 */6 * * 1-5", &one_day, 0);
    succeeds(phx_project_set_policy(place.store, 2, id, err));
    has_policy(place.store, id, "short", "0 */6 * * 1-5", &one_day, 1);
    succeeds(phx_policy_update(place.store, id, NULL, NULL, &two_traces, err));
    succeeds(phx_policy_update(place.store, id, "few", NULL, NULL, err));
    succeeds(phx_policy_update(place.store, id, NULL, "0 1 * * *", NULL, err));
    succeeds(phx_policy_update(place.store, 0, NULL, NULL, &one_day, err));
    verify_clean(place.store);
    place_reopen(&place, 0);
    has_policy(place.store, id, "few", "0 1 * * *", &two_traces, 1);
    succeeds(phx_policy_delete(place.store, id, err));
    verify_clean(place.store);
    has_policy(place.store, 0, "Default", "0 0 * * 0", &one_day, 2);
    eq_int(count_policies(place.store), 1);
    ok(make_policy(place.store, "short", "0 0 * * *", &one_day) > id);
    place_remove(&place);
}

TEST(what_is_wrong_with_a_policy_is_told)
{
    struct place place;
    phx_error why = {0};
    phx_id id;

    UNUSED_STATE;
    set_up(&place);
    phx_store *store = place.store;
    fails_with(PHX_INVALID, "from 0 to 23",
               phx_policy_create(store, "n", "0 24 * * *", &one_day, &id, err));
    eq_int(phx_policy_update(store, 0, NULL, "0 1 * * 7", NULL, &why),
           PHX_INVALID);
    eq_int(why.offset, 8);
    fails_with(PHX_INVALID, "empty",
               phx_policy_create(store, "", "0 0 * * *", &one_day, &id, err));
    fails_with(PHX_INVALID, "UTF-8",
               phx_policy_update(store, 0, "\xff", NULL, NULL, err));
    fails_with(PHX_NOT_FOUND, "retention policy 5",
               phx_policy_update(store, 5, "n", NULL, NULL, err));
    fails_with(PHX_NOT_FOUND, "retention policy 5",
               phx_policy_delete(store, 5, err));
    fails_with(PHX_CONFLICT, "default", phx_policy_delete(store, 0, err));
    fails_with(PHX_NOT_FOUND, "retention policy 5",
               phx_project_set_policy(store, 1, 5, err));
    fails_with(PHX_NOT_FOUND, "project 5",
               phx_project_set_policy(store, 5, 0, err));
    eq_int(count_policies(store), 1);
    place_remove(&place);
}

static int64_t retain_due(phx_store *store, uint64_t now)
{
    int64_t removed = 0;

    eq_int(phx_store_retain_due(store, now, 0, &removed, NULL), PHX_DONE);
    verify_clean(store);
    return removed;
}

TEST(a_policy_runs_in_its_hours_for_its_projects)
{
    struct place place;
    uint64_t sunday = MONDAY + 6 * DAY;

    UNUSED_STATE;
    set_up(&place);
    fill(place.store, "p", 0, 4);
    fill(place.store, "q", 4, 8);
    phx_id id = make_policy(place.store, "short", "0 3 * * 1-5", &one_day);
    succeeds(phx_project_set_policy(place.store, 2, id, err));
    succeeds(phx_policy_update(place.store, 0, NULL, NULL, &two_traces, err));
    eq_int(retain_due(place.store, MONDAY + DAY + 2 * HOUR), 0);
    eq_int(retain_due(place.store, MONDAY + DAY + 3 * HOUR + 59 * HOUR / 60),
           4);
    eq_spans(place.store, NULL, "a007 a006 a005 a004 ");
    eq_int(retain_due(place.store, sunday + 3 * HOUR), 0);
    eq_int(retain_due(place.store, sunday), 2);
    eq_spans(place.store, NULL, "a007 a006 ");
    is_swept(place.store, 2);
    place_remove(&place);
}

TEST(sessions_without_traces_go_an_hour_later)
{
    struct place place;
    char session[8], trace[8];

    UNUSED_STATE;
    set_up(&place);
    for (int i = 0; i < 7; i++) { /* more than one slice of them */
        snprintf(session, sizeof session, "s%d", i);
        snprintf(trace, sizeof trace, "%02x", i);
        send(&place, &(struct sent){trace, trace, .session = session,
                                    .start = MONDAY, .end = MONDAY + HOUR});
    }
    for (int i = 1; i < 7; i++)
        delete_one(place.store, PHX_TRACE, i + 1);
    retain_due(place.store, MONDAY + 2 * HOUR);
    eq_int(stats_of(place.store).sessions, 7);
    retain_due(place.store, MONDAY + 2 * HOUR + 1000);
    eq_int(stats_of(place.store).sessions, 1);
    eq_int(number_of(place.store, PHX_SESSION, "s0"), 1);
    eq_int(number_of(place.store, PHX_SESSION, "s6"), 0);
    place_remove(&place);
}

/* --- the disk ------------------------------------------------------------------ */

TEST(the_oldest_blocks_go_until_a_store_is_small)
{
    struct place place;
    int64_t removed = 0;

    UNUSED_STATE;
    set_up(&place);
    fill_large(place.store, "p", 0, 100);
    fill_large(place.store, "q", 100, 200);
    compact_all(place.store);
    phx_store_stats before = stats_of(place.store);
    int64_t used = before.bytes - before.log_bytes - before.free_bytes;
    eq_int(phx_store_shrink(place.store, used, 0, &removed, NULL), PHX_DONE);
    eq_int(removed, 0);
    eq_int(phx_store_shrink(place.store, used * 3 / 4, 0, &removed, NULL),
           PHX_DONE);
    ok(removed > 0);
    verify_clean(place.store);
    phx_store_stats after = stats_of(place.store);
    ok(after.bytes - after.log_bytes - after.free_bytes <= used * 3 / 4);
    eq_int(after.traces, before.traces - removed);
    eq_int(number_of(place.store, PHX_TRACE, "00"), 0);
    ok(number_of(place.store, PHX_TRACE, "c7") > 0);
    compact_all(place.store); /* pages go back to the file system */
    after = stats_of(place.store);
    eq_int(after.free_bytes, 0);
    ok(after.bytes < before.bytes);
    /* What is young stays, whatever is asked for. */
    ok(send_to(place.store, "p", &(struct sent){"fe", "fe", .start = 1}));
    eq_int(phx_store_shrink(place.store, 0, 0, &removed, NULL), PHX_DONE);
    eq_spans(place.store, NULL, "fe ");
    is_swept(place.store, 1);
    place_remove(&place);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(traces_older_than_the_limit_go),
        cmocka_unit_test(a_trace_goes_whole_by_its_start),
        cmocka_unit_test(the_newest_traces_of_each_project_stay),
        cmocka_unit_test(of_traces_of_one_time_the_later_numbers_stay),
        cmocka_unit_test(either_limit_is_enough_and_zero_is_none),
        cmocka_unit_test(whole_blocks_go_without_a_trace),
        cmocka_unit_test(what_a_budget_leaves_is_for_the_next_call),
        cmocka_unit_test(many_deleted_traces_are_swept_by_a_walk),
        cmocka_unit_test(wrong_rules_are_refused),
        cmocka_unit_test(every_store_has_the_default_policy),
        cmocka_unit_test(policies_are_made_changed_and_deleted),
        cmocka_unit_test(what_is_wrong_with_a_policy_is_told),
        cmocka_unit_test(a_policy_runs_in_its_hours_for_its_projects),
        cmocka_unit_test(sessions_without_traces_go_an_hour_later),
        cmocka_unit_test(the_oldest_blocks_go_until_a_store_is_small),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* When policies run, what the disk's bound does; over a store that does as it
 * is told. */
#include "t.h"

#include "../../../server/keeper.c"

#define MIB (INT64_C(1) << 20)
#define START (UINT64_C(1000) * HOUR_NS + 7)

static struct {
    int64_t bytes, free_bytes; /* of the file */
    int runs, shrinks, compactions, wakes, warnings;
    int64_t shrunk_to;
    uint64_t ran_at;
    int slices; /* that a call takes to be done */
    bool blocked, stuck;
    phx_status status;
    phx_annotate_report annotations;
    uint64_t given_up;
    int64_t metrics[METRIC_COUNT];
} fake;

static phx_status slice(int64_t *removed)
{
    *removed = 3;
    return fake.status < 0     ? fake.status
           : fake.slices-- > 0 ? PHX_OK
                               : PHX_DONE;
}

phx_status phx_store_retain_due(phx_store *store, uint64_t now, uint32_t budget,
                                int64_t *removed, phx_error *err)
{
    (void)store;
    ok(budget > 0);
    fake.runs++;
    fake.ran_at = now;
    phx_status status = slice(removed);
    return status < 0 ? fail(err, status, -1, "it failed") : status;
}

phx_status phx_store_shrink(phx_store *store, int64_t bytes, uint32_t budget,
                            int64_t *removed, phx_error *err)
{
    (void)store;
    (void)err;
    ok(budget > 0);
    fake.shrinks++;
    fake.shrunk_to = bytes;
    if (!fake.stuck)
        fake.free_bytes = fake.bytes - bytes;
    return slice(removed);
}

phx_status phx_store_compact(phx_store *store, uint32_t budget, phx_error *err)
{
    (void)store;
    (void)err;
    ok(budget > 0);
    fake.compactions++;
    fake.bytes -= fake.free_bytes;
    fake.free_bytes = 0;
    return PHX_DONE;
}

phx_status phx_store_stat(phx_store *store, phx_store_stats *out,
                          phx_error *err)
{
    (void)store;
    (void)err;
    *out =
        (phx_store_stats){.bytes = fake.bytes, .free_bytes = fake.free_bytes};
    return PHX_OK;
}

phx_status phx_store_annotate_waiting(phx_store *store, uint64_t before,
                                      phx_annotate_report *out, phx_error *err)
{
    (void)store;
    *out = fake.annotations;
    fake.given_up = before;
    return fake.status < 0 ? fail(err, fake.status, -1, "it failed") : PHX_OK;
}

const char *phx_status_name(phx_status status)
{
    (void)status;
    return "";
}

void writer_wake(struct writer *writer)
{
    (void)writer;
    fake.wakes++;
}

void writer_block(struct writer *writer, bool blocked)
{
    (void)writer;
    fake.blocked = blocked;
}

void log_event(enum log_level level, const char *message, ...)
{
    (void)message;
    fake.warnings += level == LOG_WARN;
}

void metrics_add(enum metric metric, int64_t value)
{
    fake.metrics[metric] += value;
}

void metrics_set(enum metric metric, int64_t value)
{
    fake.metrics[metric] = value;
}

static void set_up(struct keeper *keeper, const struct config *config)
{
    memset(&fake, 0, sizeof fake);
    keeper_init(keeper, config, NULL, NULL, START);
}

TEST(policies_run_once_in_each_new_hour)
{
    struct config config = {0};
    struct keeper keeper;

    UNUSED_STATE;
    set_up(&keeper, &config);
    take_turn(&keeper, START);
    take_turn(&keeper, START + HOUR_NS - 8);
    eq_int(fake.runs, 0);
    fake.slices = 2;
    take_turn(&keeper, START + HOUR_NS - 7);
    eq_int(fake.runs, 3);
    ok(fake.ran_at == 1001 * HOUR_NS);
    eq_int(fake.wakes, 1);
    eq_int(fake.metrics[METRIC_DELETED_BY_POLICY], 9);
    eq_int(fake.metrics[METRIC_RETENTION_LAST], 1001 * 3600);
    take_turn(&keeper, START + HOUR_NS);
    take_turn(&keeper, START); /* the clock went back */
    eq_int(fake.runs, 3);
    take_turn(&keeper, START + 5 * HOUR_NS); /* those between are lost */
    eq_int(fake.runs, 4);
}

TEST(a_failure_is_told_once)
{
    struct config config = {0};
    struct keeper keeper;

    UNUSED_STATE;
    set_up(&keeper, &config);
    fake.status = PHX_IO;
    take_turn(&keeper, START + HOUR_NS);
    take_turn(&keeper, START + 2 * HOUR_NS);
    eq_int(fake.warnings, 1);
    fake.status = PHX_OK;
    take_turn(&keeper, START + 3 * HOUR_NS);
    fake.status = PHX_IO;
    take_turn(&keeper, START + 4 * HOUR_NS);
    eq_int(fake.warnings, 2);
}

/* Of 1 GiB, 64 MiB are the log's; then a part of 32 MiB to each mark. */
TEST(the_oldest_go_above_the_high_mark_down_to_the_low_one)
{
    struct config config = {.max_disk = 1024 * MIB};
    struct keeper keeper;

    UNUSED_STATE;
    set_up(&keeper, &config);
    fake.bytes = 928 * MIB;
    take_turn(&keeper, START);
    eq_int(fake.shrinks, 0);
    fake.bytes = 929 * MIB;
    fake.slices = 1;
    take_turn(&keeper, START);
    eq_int(fake.shrinks, 2);
    eq_int(fake.shrunk_to, 896 * MIB);
    eq_int(fake.metrics[METRIC_DELETED_FOR_DISK], 6);
    eq_int(fake.wakes, 1);
    eq_int(fake.compactions, 1); /* the file was above it, too */
    take_turn(&keeper, START);
    eq_int(fake.shrinks, 2);
    eq_int(fake.compactions, 1);
    eq_int(fake.warnings, 0);
}

/* What is free is for what comes in, unless the file is too large. */
TEST(free_pages_are_kept_below_the_high_mark)
{
    struct config config = {.max_disk = 1024 * MIB};
    struct keeper keeper;

    UNUSED_STATE;
    set_up(&keeper, &config);
    fake.bytes = 920 * MIB;
    fake.free_bytes = 800 * MIB;
    take_turn(&keeper, START);
    eq_int(fake.compactions, 0);
    fake.bytes = 940 * MIB;
    take_turn(&keeper, START);
    eq_int(fake.compactions, 1);
    eq_int(fake.shrinks, 0);
}

TEST(a_bound_that_does_not_hold_is_told_once)
{
    struct config config = {.max_disk = 256 * MIB};
    struct keeper keeper;

    UNUSED_STATE;
    set_up(&keeper, &config);
    fake.bytes = 300 * MIB;
    fake.stuck = true;
    take_turn(&keeper, START);
    take_turn(&keeper, START);
    eq_int(fake.warnings, 1);
    eq_int(fake.shrinks, 2);
}

TEST(taking_in_stops_strictly_above_the_threshold)
{
    struct config config = {.capacity_gib = 0.5, .blocking_percent = 50};
    struct keeper keeper;

    UNUSED_STATE;
    set_up(&keeper, &config);
    fake.bytes = 300 * MIB;
    fake.free_bytes = 44 * MIB;
    take_turn(&keeper, START);
    ok(!fake.blocked);
    fake.free_bytes--;
    take_turn(&keeper, START);
    ok(fake.blocked);
    eq_int(fake.metrics[METRIC_BLOCKED], 1);
    ok(fake.wakes > 0); /* what clients delete is swept all the same */
    take_turn(&keeper, START);
    eq_int(fake.warnings, 1);
    fake.free_bytes++;
    take_turn(&keeper, START);
    ok(!fake.blocked);
    eq_int(fake.metrics[METRIC_BLOCKED], 0);
    eq_int(fake.shrinks, 0);
}

TEST(a_threshold_without_a_capacity_is_none)
{
    struct config config = {.blocking_percent = 50};
    struct keeper keeper;

    UNUSED_STATE;
    set_up(&keeper, &config);
    fake.bytes = INT64_MAX;
    take_turn(&keeper, START);
    ok(!fake.blocked);
}

TEST(annotations_wait_for_ten_minutes)
{
    struct config config = {0};
    struct keeper keeper;

    UNUSED_STATE;
    set_up(&keeper, &config);
    fake.annotations = (phx_annotate_report){5, 6, 0};
    take_turn(&keeper, START);
    ok(fake.given_up == START - 600 * SECOND_NS);
    eq_int(fake.warnings, 0);
    fake.annotations = (phx_annotate_report){1, 3, 2};
    take_turn(&keeper, START + HOUR_NS / 2);
    eq_int(fake.metrics[METRIC_ANNOTATIONS_JOINED], 6);
    eq_int(fake.metrics[METRIC_ANNOTATIONS_DROPPED], 2);
    eq_int(fake.metrics[METRIC_ANNOTATIONS_WAITING], 3);
    eq_int(fake.warnings, 1);
    fake.status = PHX_IO;
    take_turn(&keeper, START + HOUR_NS - 8);
    eq_int(fake.warnings, 3);
    eq_int(fake.metrics[METRIC_ANNOTATIONS_WAITING], 3);
}

TEST(the_thread_ends_when_asked)
{
    struct config config = {.max_disk = 256 * MIB};
    struct keeper *keeper = NULL;

    UNUSED_STATE;
    memset(&fake, 0, sizeof fake);
    succeeds(keeper_start(&config, NULL, NULL, &keeper, err));
    keeper_stop(keeper);
    keeper_stop(NULL);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(policies_run_once_in_each_new_hour),
        cmocka_unit_test(a_failure_is_told_once),
        cmocka_unit_test(the_oldest_go_above_the_high_mark_down_to_the_low_one),
        cmocka_unit_test(free_pages_are_kept_below_the_high_mark),
        cmocka_unit_test(a_bound_that_does_not_hold_is_told_once),
        cmocka_unit_test(taking_in_stops_strictly_above_the_threshold),
        cmocka_unit_test(a_threshold_without_a_capacity_is_none),
        cmocka_unit_test(annotations_wait_for_ten_minutes),
        cmocka_unit_test(the_thread_ends_when_asked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

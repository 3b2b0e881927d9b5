/*
 * memory_test.c - every call of phoenix.h that takes memory, with the first,
 * second, ... allocation failing, once and for good. Each run must end in
 * NO_MEMORY or in success; then nothing may be lost or leaked, the store must
 * pass verify, and the same call must succeed.
 *
 * A call with many allocations is tried at some MOST_RUNS of them, evenly
 * spread; with SWEEP_ALL in the environment at each, with SWEEP_FEW, where each
 * run takes long, at a few. Then once more with SQLite's own allocations among
 * them, at fewer places.
 */
#include "t.h"

#include <malloc.h>
#include <stdlib.h>
#include <unistd.h>

#include <sqlite3.h>

#include "fault/bodies_prompted.h"
#include "fault/bodies_tried.h"
#include "fault/said.h"

enum { MOST_RUNS = 200, FEW_RUNS = 10 };

/* --- SQLite's memory ------------------------------------------------------- */

static bool sqlite_fails;

static void *sqlite_new(int size)
{
    struct memory_faults before = memory_faults;

    if (!sqlite_fails)
        memory_faults.fail_at = 0;
    void *memory = memory_new((size_t)size);
    if (!sqlite_fails) {
        memory_faults.fail_at = before.fail_at;
        memory_faults.seen = before.seen;
    }
    return memory;
}

static int sqlite_size(void *memory)
{
    return memory ? (int)malloc_usable_size(memory) : 0;
}

static void *sqlite_resize(void *old, int size)
{
    void *memory = sqlite_new(size);
    int kept = sqlite_size(old);

    if (memory) {
        memcpy(memory, old, (size_t)(kept < size ? kept : size));
        memory_free(old);
    }
    return memory;
}

static int sqlite_round(int size)
{
    return (size + 7) & ~7;
}

static int sqlite_begin(void *ctx)
{
    (void)ctx;
    return SQLITE_OK;
}

static void sqlite_end(void *ctx)
{
    (void)ctx;
}

static void use_our_memory(void)
{
    static const sqlite3_mem_methods methods = {
        .xMalloc = sqlite_new,
        .xFree = memory_free,
        .xRealloc = sqlite_resize,
        .xSize = sqlite_size,
        .xRoundup = sqlite_round,
        .xInit = sqlite_begin,
        .xShutdown = sqlite_end,
    };

    assert_int_equal(sqlite3_config(SQLITE_CONFIG_MALLOC, &methods), SQLITE_OK);
    /* Or small pieces would come from a pool that never fails. */
    assert_int_equal(sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0), SQLITE_OK);
    assert_int_equal(sqlite3_initialize(), SQLITE_OK);
}

static void load_all(void)
{
    first.size = load(FIRST, first.bytes, sizeof first.bytes);
    second.size = load(SECOND, second.bytes, sizeof second.bytes);
    as_json.size = load(AS_JSON, as_json.bytes, sizeof as_json.bytes);
}

static bool in_memory; /* the store */

static void scene_open(struct scene *scene)
{
    phx_ingest_report report;

    snprintf(scene->folder, sizeof scene->folder, "%s/phoenix-XXXXXX",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    assert_non_null(mkdtemp(scene->folder));
    snprintf(scene->path, sizeof scene->path, "%s/store", scene->folder);
    snprintf(scene->copy, sizeof scene->copy, "%s/copy", scene->folder);
    snprintf(scene->url, sizeof scene->url, "sqlite:%s",
             in_memory ? ":memory:" : scene->path);
    succeeds(phx_store_open(scene->url, NULL, &scene->store, err));
    succeeds(phx_store_ingest(scene->store, NULL, PHX_OTLP_PROTOBUF,
                              first.bytes, first.size, &report, err));
}

static void remove_file(const char *path, const char *end)
{
    char name[128];

    snprintf(name, sizeof name, "%s%s", path, end);
    unlink(name);
}

static void scene_close(struct scene *scene)
{
    static const char *const ends[] = {"",      "-wal",     "-shm",
                                       "-lock", "-journal", ".lock"};

    phx_store_close(scene->store);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        remove_file(scene->path, ends[i]);
        remove_file(scene->copy, ends[i]);
    }
    rmdir(scene->folder);
}

static void faults_set(int64_t fail_at, bool for_good)
{
    memory_faults.seen = 0;
    memory_faults.fail_at = fail_at;
    memory_faults.for_good = for_good;
}

/* One run; how many allocations the body asked for. */
static int64_t run(body call, int64_t fail_at, bool for_good)
{
    int64_t before = memory_faults.balance;
    phx_error why = {0};
    struct scene scene;
    phx_status status;
    int64_t seen;

    scene_open(&scene);
    faults_set(fail_at, for_good);
    status = call(&scene, &why);
    seen = memory_faults.seen;
    faults_set(0, false);
    if (status < 0) {
        if (status != PHX_NO_MEMORY || why.status != status) {
            wrong("allocation %d%s: %s: %s", (int)fail_at,
                  for_good ? " and all after it" : "", phx_status_name(status),
                  why.message);
        }
        succeeds(phx_store_verify(scene.store, NULL, NULL, err));
        remove_file(scene.copy, "");
        succeeds(call(&scene, err));
    }
    succeeds(phx_store_verify(scene.store, NULL, NULL, err));
    scene_close(&scene);
    if (memory_faults.balance != before) {
        wrong("allocation %d: %d blocks leaked", (int)fail_at,
              (int)(memory_faults.balance - before));
    }
    return seen;
}

static void sweep_some(body call, int64_t count, int64_t most)
{
    int64_t step = 1 + count / most;

    for (int64_t at = 1; at <= count; at += step)
        run(call, at, false);
    for (int64_t at = 1; at <= count; at += step * 4)
        run(call, at, true);
}

static void sweep(body call)
{
    bool each = getenv("SWEEP_ALL") != NULL;
    int64_t some = getenv("SWEEP_FEW") ? FEW_RUNS : MOST_RUNS;
    int64_t ours = run(call, 0, false);

    sweep_some(call, ours, each ? INT64_MAX : some);
    sqlite_fails = true;
    int64_t all = run(call, 0, false);
    if (all > ours)
        sweep_some(call, all, each ? MOST_RUNS * 2 : some / 2);
    sqlite_fails = false;
}

/* --- tests ---------------------------------------------------------------- */

#define SWEEP(name)                                                            \
    TEST(name##_survives_want_of_memory)                                       \
    {                                                                          \
        UNUSED_STATE;                                                          \
        sweep(name);                                                           \
    }

SWEEP(decode_protobuf)
SWEEP(decode_json)
SWEEP(unflatten)
SWEEP(open_again)
SWEEP(ingest)
SWEEP(trace_spans)
SWEEP(expect_spans)
SWEEP(lint_spans)
SWEEP(keep_golden)
SWEEP(ingest_logs)
SWEEP(ingest_waited_for)
SWEEP(hold_logs)
SWEEP(walk_spans)
SWEEP(search_texts)
SWEEP(select_spans)
SWEEP(read_frames)
SWEEP(filter_traces)
SWEEP(ask_named)
SWEEP(ask_foreign)
SWEEP(walk_lists)
SWEEP(walk_filtered)
SWEEP(roll_up)
SWEEP(change_prices)
SWEEP(write_otlp)
SWEEP(write_columns)
SWEEP(stream_columns)
SWEEP(compact)
SWEEP(verify)
SWEEP(backup)
SWEEP(save)
SWEEP(merge)
SWEEP(delete_trace)
SWEEP(create_project)
SWEEP(annotate)
SWEEP(annotate_later)
SWEEP(change_configs)
SWEEP(walk_annotations)
SWEEP(delete_annotations)
SWEEP(put_examples)
SWEEP(walk_examples)
SWEEP(walk_splits)
SWEEP(change_prompts)
SWEEP(walk_prompts)
SWEEP(fill_prompts)
SWEEP(put_runs)
SWEEP(walk_runs)
SWEEP(walk_words)
SWEEP(retain)
SWEEP(change_policies)

/* It has one connection for everything, which all calls must leave whole. */
TEST(a_store_in_memory_survives_want_of_memory)
{
    static const body calls[] = {
        ingest,       trace_spans,      ingest_logs,   ingest_waited_for,
        hold_logs,    walk_lists,       walk_spans,    select_spans,
        read_frames,  compact,          verify,        delete_trace,
        retain,       walk_annotations, walk_examples, walk_splits,
        walk_prompts, walk_runs};

    UNUSED_STATE;
    in_memory = true;
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        sweep(calls[i]);
    in_memory = false;
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(decode_protobuf_survives_want_of_memory),
        cmocka_unit_test(decode_json_survives_want_of_memory),
        cmocka_unit_test(unflatten_survives_want_of_memory),
        cmocka_unit_test(open_again_survives_want_of_memory),
        cmocka_unit_test(ingest_survives_want_of_memory),
        cmocka_unit_test(trace_spans_survives_want_of_memory),
        cmocka_unit_test(expect_spans_survives_want_of_memory),
        cmocka_unit_test(lint_spans_survives_want_of_memory),
        cmocka_unit_test(keep_golden_survives_want_of_memory),
        cmocka_unit_test(ingest_logs_survives_want_of_memory),
        cmocka_unit_test(ingest_waited_for_survives_want_of_memory),
        cmocka_unit_test(hold_logs_survives_want_of_memory),
        cmocka_unit_test(walk_spans_survives_want_of_memory),
        cmocka_unit_test(search_texts_survives_want_of_memory),
        cmocka_unit_test(select_spans_survives_want_of_memory),
        cmocka_unit_test(read_frames_survives_want_of_memory),
        cmocka_unit_test(filter_traces_survives_want_of_memory),
        cmocka_unit_test(ask_named_survives_want_of_memory),
        cmocka_unit_test(ask_foreign_survives_want_of_memory),
        cmocka_unit_test(walk_lists_survives_want_of_memory),
        cmocka_unit_test(walk_filtered_survives_want_of_memory),
        cmocka_unit_test(roll_up_survives_want_of_memory),
        cmocka_unit_test(change_prices_survives_want_of_memory),
        cmocka_unit_test(write_otlp_survives_want_of_memory),
        cmocka_unit_test(write_columns_survives_want_of_memory),
        cmocka_unit_test(stream_columns_survives_want_of_memory),
        cmocka_unit_test(compact_survives_want_of_memory),
        cmocka_unit_test(verify_survives_want_of_memory),
        cmocka_unit_test(backup_survives_want_of_memory),
        cmocka_unit_test(save_survives_want_of_memory),
        cmocka_unit_test(merge_survives_want_of_memory),
        cmocka_unit_test(delete_trace_survives_want_of_memory),
        cmocka_unit_test(create_project_survives_want_of_memory),
        cmocka_unit_test(annotate_survives_want_of_memory),
        cmocka_unit_test(annotate_later_survives_want_of_memory),
        cmocka_unit_test(change_configs_survives_want_of_memory),
        cmocka_unit_test(walk_annotations_survives_want_of_memory),
        cmocka_unit_test(delete_annotations_survives_want_of_memory),
        cmocka_unit_test(put_examples_survives_want_of_memory),
        cmocka_unit_test(walk_examples_survives_want_of_memory),
        cmocka_unit_test(walk_splits_survives_want_of_memory),
        cmocka_unit_test(change_prompts_survives_want_of_memory),
        cmocka_unit_test(walk_prompts_survives_want_of_memory),
        cmocka_unit_test(fill_prompts_survives_want_of_memory),
        cmocka_unit_test(put_runs_survives_want_of_memory),
        cmocka_unit_test(walk_runs_survives_want_of_memory),
        cmocka_unit_test(walk_words_survives_want_of_memory),
        cmocka_unit_test(retain_survives_want_of_memory),
        cmocka_unit_test(change_policies_survives_want_of_memory),
        cmocka_unit_test(a_store_in_memory_survives_want_of_memory),
    };

    load_all();
    use_our_memory();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * call_test.c - every call on a store while the disk fails at its n-th
 * operation, is full, or is damaged, while another program holds the file, and
 * while the call is interrupted. A call may return what phoenix.h names under
 * "Errors:" and nothing else, each of them at least once; then what was
 * acknowledged is there, the store is whole, and the same call succeeds.
 *
 * Some MOST_RUNS operations of many, all with SWEEP_ALL in the environment, a
 * few with SWEEP_FEW.
 */
#include "t.h"

#include <sqlite3.h>

#include "fault/calls_prompted.h"
#include "fault/calls_tried.h"

enum { MOST_RUNS = 12, FEW_RUNS = 3 };

/* A close leaves one file, whatever went wrong before. */
static void end(const char *what)
{
    char log[128];

    place_close(&scene.place);
    snprintf(log, sizeof log, "%s-wal", scene.place.path);
    if (access(log, F_OK) == 0)
        wrong("the log is still there after %s", what);
}

static void begin(void)
{
    FILE *file = fopen(scene.place.path, "wb");

    assert_int_equal(fwrite(scene.bytes, 1, scene.size, file), scene.size);
    fclose(file);
    unlink(scene.place.copy);
    succeeds(open_scene(err));
}

/* --- what they may return ------------------------------------------------------------ */

#define BIT(status) (1u << -(status))
#define IO BIT(PHX_IO)
#define BUSY BIT(PHX_BUSY)
#define CUT BIT(PHX_INTERRUPTED)
#define BAD BIT(PHX_CORRUPT)

struct call {
    const char *name;
    phx_status (*run)(phx_error *err);
    unsigned errors; /* all that may come */
    unsigned seen;
};

static struct call calls[] = {
    {"phx_store_open", call_open, IO | BUSY | BAD},
    {"phx_store_ingest", call_ingest, IO | BUSY | CUT | BAD},
    {"... log records", call_ingest_logs, IO | BUSY | CUT | BAD},
    {"phx_store_put", call_put, IO | BUSY | CUT | BAD},
    {"phx_span_end", call_end, IO | BUSY | CUT | BAD},
    {"phx_tracer_flush", call_flush, IO | BUSY | CUT | BAD},
    {"phx_expect_count", call_expect_count, IO | CUT | BAD},
    {"phx_expect_tree", call_expect_tree, IO | CUT | BAD},
    {"phx_expect_order", call_expect_order, IO | CUT | BAD},
    {"phx_expect_below", call_expect_below, IO | CUT | BAD},
    {"phx_expect_every", call_expect_every, IO | CUT | BAD},
    {"phx_expect_attributes", call_expect_attributes, IO | CUT | BAD},
    {"phx_expect_budget", call_expect_budget, IO | CUT | BAD},
    {"phx_cursor_next_finding", call_lint, IO | CUT | BAD},
    {"phx_batch_lint", call_lint_batch, IO | CUT | BAD},
    {"phx_golden_write", call_golden, IO | CUT | BAD},
    {"phx_golden_compare", call_golden_compare, IO | CUT | BAD},
    {"phx_store_compact", call_compact, IO | BUSY | CUT | BAD},
    {"phx_store_verify", call_verify, IO | CUT | BAD},
    {"phx_store_backup", call_backup, IO | BUSY | CUT | BAD},
    {"phx_store_save", call_save, IO | CUT | BAD},
    {"phx_store_merge", call_merge, IO | BUSY | CUT | BAD},
    {"phx_store_stat", call_stat, IO | CUT | BAD},
    {"phx_project_create", call_create, IO | BUSY | CUT | BAD},
    {"phx_project_update", call_update, IO | BUSY | CUT | BAD},
    {"phx_store_find", call_find, IO | CUT | BAD},
    {"phx_store_delete", call_delete, IO | BUSY | CUT | BAD},
    {"... a project", call_delete_project, IO | BUSY | CUT | BAD},
    {"phx_store_transfer", call_transfer, IO | BUSY | CUT | BAD},
    {"phx_cursor_next_span", call_spans, IO | CUT | BAD},
    {"... by id", call_spans_by_id, IO | CUT | BAD},
    {"phx_cursor_next_otlp", call_otlp, IO | CUT | BAD},
    {"phx_cursor_next_json", call_pages, IO | CUT | BAD},
    {"phx_store_find_traces", call_traces, IO | CUT | BAD},
    {"phx_store_roll_up", call_roll_up, IO | CUT | BAD},
    {"phx_price_put", call_put_price, IO | BUSY | CUT | BAD},
    {"phx_prices_apply", call_apply_prices, IO | BUSY | CUT | BAD},
    {"phx_prices_read", call_read_prices, IO | CUT | BAD},
    {"phx_store_sql", call_sql, IO | CUT | BAD},
    {"phx_store_find_sessions", call_sessions, IO | CUT | BAD},
    {"phx_store_find_projects", call_projects, IO | CUT | BAD},
    {"phx_store_annotate", call_annotate, IO | BUSY | CUT | BAD},
    {"phx_store_annotate_later", call_annotate_later, IO | BUSY | CUT | BAD},
    {"phx_store_annotate_waiting", call_annotate_waiting,
     IO | BUSY | CUT | BAD},
    {"phx_cursor_next_annotation", call_annotations, IO | CUT | BAD},
    {"phx_filter_vocabulary", call_vocabulary, IO | CUT | BAD},
    {"phx_store_annotation_names", call_names, IO | CUT | BAD},
    {"phx_store_delete_annotations", call_delete_annotations,
     IO | BUSY | CUT | BAD},
    {"phx_dataset_put", call_put_examples, IO | BUSY | CUT | BAD},
    {"phx_dataset_revert", call_revert, IO | BUSY | CUT | BAD},
    {"phx_dataset_delete", call_delete_dataset, IO | BUSY | CUT | BAD},
    {"phx_store_find_datasets", call_datasets, IO | CUT | BAD},
    {"phx_store_find_versions", call_versions, IO | CUT | BAD},
    {"phx_store_find_examples", call_find_examples, IO | CUT | BAD},
    {"phx_cursor_next_example", call_examples, IO | CUT | BAD},
    {"phx_store_find_changes", call_find_changes, IO | CUT | BAD},
    {"phx_cursor_next_change", call_changes, IO | CUT | BAD},
    {"phx_split_create", call_split, IO | BUSY | CUT | BAD},
    {"phx_split_update", call_change_split, IO | BUSY | CUT | BAD},
    {"phx_split_delete", call_delete_split, IO | BUSY | CUT | BAD},
    {"phx_store_find_splits", call_splits, IO | CUT | BAD},
    {"phx_store_find_split_examples", call_split_examples, IO | CUT | BAD},
    {"phx_label_create", call_label, IO | BUSY | CUT | BAD},
    {"phx_label_update", call_change_label, IO | BUSY | CUT | BAD},
    {"phx_label_delete", call_delete_label, IO | BUSY | CUT | BAD},
    {"phx_dataset_set_labels", call_set_labels, IO | BUSY | CUT | BAD},
    {"phx_dataset_set_label", call_set_label, IO | BUSY | CUT | BAD},
    {"phx_store_find_labels", call_labels, IO | CUT | BAD},
    {"phx_prompt_put", call_put_prompt, IO | BUSY | CUT | BAD},
    {"phx_prompt_update", call_update_prompt, IO | BUSY | CUT | BAD},
    {"phx_prompt_delete", call_delete_prompt, IO | BUSY | CUT | BAD},
    {"phx_prompt_set_tag", call_set_prompt_tag, IO | BUSY | CUT | BAD},
    {"phx_prompt_delete_tag", call_delete_prompt_tag, IO | BUSY | CUT | BAD},
    {"phx_store_find_prompts", call_prompts, IO | CUT | BAD},
    {"phx_store_find_prompt_versions", call_prompt_versions, IO | CUT | BAD},
    {"phx_store_find_prompt_tags", call_prompt_tags, IO | CUT | BAD},
    {"phx_experiment_create", call_create_experiment, IO | BUSY | CUT | BAD},
    {"phx_experiment_update", call_update_experiment, IO | BUSY | CUT | BAD},
    {"phx_experiment_delete", call_delete_experiment, IO | BUSY | CUT | BAD},
    {"phx_experiment_put_runs", call_put_runs, IO | BUSY | CUT | BAD},
    {"phx_store_put_evaluations", call_put_evaluations, IO | BUSY | CUT | BAD},
    {"phx_experiment_set_tag", call_set_tag, IO | BUSY | CUT | BAD},
    {"phx_experiment_delete_tag", call_delete_tag, IO | BUSY | CUT | BAD},
    {"phx_store_find_experiments", call_experiments, IO | CUT | BAD},
    {"phx_cursor_next_run", call_runs, IO | CUT | BAD},
    {"phx_store_find_incomplete_runs", call_find_left, IO | CUT | BAD},
    {"phx_cursor_next_incomplete_run", call_left, IO | CUT | BAD},
    {"phx_store_find_tags", call_tags, IO | CUT | BAD},
    {"phx_store_retain", call_retain, IO | BUSY | CUT | BAD},
    {"phx_store_retain_due", call_retain_due, IO | BUSY | CUT | BAD},
    {"phx_store_shrink", call_shrink, IO | BUSY | CUT | BAD},
    {"phx_policy_create", call_create_policy, IO | BUSY | CUT | BAD},
    {"phx_policy_update", call_update_policy, IO | BUSY | CUT | BAD},
    {"phx_policy_delete", call_delete_policy, IO | BUSY | CUT | BAD},
    {"phx_project_set_policy", call_set_policy, IO | BUSY | CUT | BAD},
    {"phx_store_find_policies", call_policies, IO | CUT | BAD},
    {"phx_config_create", call_create_config, IO | BUSY | CUT | BAD},
    {"phx_config_update", call_update_config, IO | BUSY | CUT | BAD},
    {"phx_config_delete", call_delete_config, IO | BUSY | CUT | BAD},
    {"phx_project_set_configs", call_set_configs, IO | BUSY | CUT | BAD},
    {"phx_project_set_config", call_set_config, IO | BUSY | CUT | BAD},
    {"phx_store_find_configs", call_configs, IO | CUT | BAD},
    {"phx_cursor_next_log", call_logs, IO | CUT | BAD},
};
enum { CALLS = sizeof calls / sizeof *calls };

/* Notes the status of a run that met a fault; it must be one of `allowed`. */
static void note(struct call *call, phx_status status, const phx_error *why,
                 unsigned allowed, const char *fault, int64_t at)
{
    if (status >= 0)
        return;
    /* SQLite's own check takes a failing read for damage, sometimes. */
    if (call->run == call_verify && strstr(why->message, "ptrmap"))
        return;
    if (!(BIT(status) & allowed & call->errors) || why->status != status ||
        why->message[0] == '\0')
        wrong("%s, %s %lld: %s: %s", call->name, fault, (long long)at,
              phx_status_name(status), why->message);
    call->seen |= BIT(status);
}

static void first_spans_are_there(const char *name, const char *fault,
                                  int64_t at)
{
    char id[8];

    for (int i = 0; i < STAYING; i++) {
        snprintf(id, sizeof id, "%04x", i);
        if (span_of(&scene.place, id) != i + 1)
            wrong("%s, %s %lld: span %s is lost", name, fault, (long long)at,
                  id);
    }
}

/* The disk is well again: so is the store, without being opened anew. */
static void resumes(struct call *call, const char *fault, int64_t at)
{
    phx_error why = {0};
    phx_status status = PHX_OK;

    memset(&disk_faults, 0, sizeof disk_faults);
    if (!scene.place.store)
        status = open_scene(&why);
    if (status >= 0)
        status = call->run(&why);
    if (status >= 0)
        status = phx_store_verify(scene.place.store, NULL, NULL, &why);
    if (status < 0)
        wrong("%s after %s %lld: %s: %s", call->name, fault, (long long)at,
              phx_status_name(status), why.message);
    first_spans_are_there(call->name, fault, at);
}

/* One run with disk_faults as given; operations seen. */
static int64_t run(struct call *call, const struct disk_faults *faults,
                   unsigned allowed, const char *name)
{
    int64_t at = faults->fail_at + faults->call_at;
    phx_error why = {0};

    begin();
    disk_faults = *faults;
    phx_status status = call->run(&why);
    int64_t seen = disk_faults.seen;
    note(call, status, &why, allowed, name, at);
    resumes(call, name, at);
    end(call->name);
    return seen;
}

static void sweep(struct call *call, struct disk_faults faults,
                  unsigned allowed, const char *name)
{
    int64_t is_call = faults.call != NULL;
    int64_t count = run(
        call, &(struct disk_faults){.operations = faults.operations}, 0, name);
    int64_t some = getenv("SWEEP_FEW") ? FEW_RUNS : MOST_RUNS;
    bool all = getenv("SWEEP_ALL") || count < 2 * some;
    int64_t step = all ? 1 : 1 + count / some;

    for (int64_t at = 1; at <= count; at += step) {
        faults.fail_at = is_call ? 0 : at;
        faults.call_at = is_call ? at : 0;
        run(call, &faults, allowed, name);
        if (!is_call) {
            faults.for_good = true;
            run(call, &faults, allowed, name);
            faults.for_good = false;
        }
    }
}

static void sweep_all(struct disk_faults faults, unsigned allowed,
                      const char *name)
{
    for (int i = 0; i < CALLS; i++)
        sweep(&calls[i], faults, allowed, name);
}

TEST(a_failing_disk_is_told_and_survived)
{
    static const struct {
        unsigned operations;
        int code;
        const char *name;
    } kinds[] = {
        {DISK_READ, SQLITE_IOERR_READ, "read"},
        {DISK_WRITE, SQLITE_IOERR_WRITE, "write"},
        {DISK_WRITE | DISK_TRUNCATE, SQLITE_FULL, "full disk"},
        {DISK_SYNC, SQLITE_IOERR_FSYNC, "sync"},
        {DISK_OPEN, SQLITE_CANTOPEN, "open"},
    };

    UNUSED_STATE;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        sweep_all((struct disk_faults){.operations = kinds[i].operations,
                                       .code = kinds[i].code},
                  IO, kinds[i].name);
}

TEST(a_want_of_memory_in_the_disk_is_told)
{
    UNUSED_STATE;
    for (int i = 0; i < CALLS; i++) {
        struct call call = calls[i];
        call.errors = BIT(PHX_NO_MEMORY);
        sweep(&call,
              (struct disk_faults){.operations = DISK_READ | DISK_WRITE,
                                   .code = SQLITE_IOERR_NOMEM},
              BIT(PHX_NO_MEMORY), "memory");
    }
}

static void interrupt(void *ctx)
{
    (void)ctx;
    phx_store_interrupt(scene.place.store);
}

TEST(an_interrupted_call_changes_nothing)
{
    UNUSED_STATE;
    phx_store_interrupt(NULL);
    for (int i = 1; i < CALLS; i++) /* there is no store yet to interrupt */
        sweep(&calls[i],
              (struct disk_faults){.operations =
                                       DISK_READ | DISK_WRITE | DISK_LOCK,
                                   .call = interrupt},
              CUT, "interrupt");
}

/* Another program writes to the file, which it should not. */
TEST(a_file_that_is_held_is_told)
{
    UNUSED_STATE;
    for (int i = 0; i < CALLS; i++) {
        struct call *call = &calls[i];
        phx_error why = {0};
        sqlite3 *db;
        begin();
        assert_int_equal(sqlite3_open(scene.place.path, &db), SQLITE_OK);
        assert_int_equal(
            sqlite3_exec(db, "BEGIN IMMEDIATE; UPDATE project SET name = name",
                         NULL, NULL, NULL),
            SQLITE_OK);
        note(call, call->run(&why), &why, BUSY, "held", 0);
        sqlite3_close(db);
        resumes(call, "held", 0);
        end(call->name);
    }
}

/* Unless it is there and held by the backup. */
static void hold_copy(void *ctx)
{
    sqlite3 **holder = ctx;

    if (access(scene.place.copy, F_OK) < 0)
        return;
    assert_int_equal(sqlite3_open(scene.place.copy, holder), SQLITE_OK);
    sqlite3_exec(*holder, "BEGIN EXCLUSIVE", NULL, NULL, NULL);
}

/* One of the files that a backup opens is the copy. */
TEST(a_copy_that_is_held_is_told)
{
    struct call *call = calls;

    UNUSED_STATE;
    while (call->run != call_backup)
        call++;
    for (int i = 1; i <= 4; i++) {
        phx_error why = {0};
        sqlite3 *holder = NULL;
        begin();
        disk_faults = (struct disk_faults){.operations = DISK_OPEN,
                                           .call_at = i,
                                           .call = hold_copy,
                                           .ctx = &holder};
        note(call, call->run(&why), &why, BUSY, "held copy", i);
        sqlite3_close(holder);
        resumes(call, "held copy", i);
        end(call->name);
    }
}

/* A second writer is BUSY, too. */
TEST(a_store_that_is_written_is_told)
{
    phx_store *first;
    phx_error why = {0};

    UNUSED_STATE;
    begin();
    first = scene.place.store;
    note(&calls[0], open_scene(&why), &why, BUSY, "writer", 0);
    phx_store_close(first);
    scene.place.store = NULL;
}

/* A table's first page begins with zeros. Who has it in memory looks again only
 * once the file was changed in its sight. */
static void lose_page(sqlite3 *db, const char *table)
{
    static const char zeros[16];
    sqlite3_stmt *statement;
    FILE *file = fopen(scene.place.path, "r+b");

    assert_int_equal(
        sqlite3_prepare_v2(db,
                           "SELECT (rootpage - 1) * page_size FROM"
                           " sqlite_schema, pragma_page_size WHERE name = ?1",
                           -1, &statement, NULL),
        SQLITE_OK);
    sqlite3_bind_text(statement, 1, table, -1, SQLITE_STATIC);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    assert_int_equal(fseek(file, sqlite3_column_int64(statement, 0), SEEK_SET),
                     0);
    sqlite3_finalize(statement);
    assert_int_equal(fwrite(zeros, 1, sizeof zeros, file), sizeof zeros);
    fclose(file);
    assert_int_equal(
        sqlite3_exec(db, "UPDATE counter SET sum = sum", NULL, NULL, NULL),
        SQLITE_OK);
}

static void tell_damage(const char *sql, const char *table)
{
    for (int i = 0; i < CALLS; i++) {
        phx_error why = {0};
        sqlite3 *db;
        begin();
        assert_int_equal(sqlite3_open(scene.place.path, &db), SQLITE_OK);
        if (table != NULL)
            lose_page(db, table);
        else if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
            wrong("%s: %s", sql, sqlite3_errmsg(db));
        sqlite3_close(db);
        note(&calls[i], calls[i].run(&why), &why, BAD,
             table != NULL ? table : sql, 0);
        place_close(&scene.place);
    }
}

TEST(damage_is_told)
{
    static const char *const damages[] = {
        "UPDATE frame SET body = zeroblob(length(body))",
        "DELETE FROM frame",
        "UPDATE run SET body = zeroblob(length(body))",
        "DELETE FROM run_head",
        "DELETE FROM trace",
        "UPDATE counter SET sum = sum + 1",
        "DELETE FROM counter",
        "UPDATE price_version SET models = '[]'",
    };
    static const char *const tables[] = {
        "project",        "policy",     "annotation",      "waiting",
        "config",         "dataset",    "dataset_version", "revision",
        "split",          "member",     "label",           "labelled",
        "example_span",   "experiment", "experiment_run",  "evaluation",
        "experiment_tag", "prompt",     "prompt_version",  "prompt_tag"};

    UNUSED_STATE;
    for (size_t i = 0; i < sizeof damages / sizeof *damages; i++)
        tell_damage(damages[i], NULL);
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        tell_damage(NULL, tables[i]);
}

TEST(every_status_that_is_promised_has_come)
{
    static const phx_status statuses[] = {PHX_IO, PHX_BUSY, PHX_INTERRUPTED,
                                          PHX_CORRUPT};

    UNUSED_STATE;
    if (getenv("SWEEP_FEW") != NULL)
        skip(); /* a few faults need not meet all */
    for (int i = 0; i < CALLS; i++) {
        for (int j = 0; j < 4; j++) {
            unsigned bit = BIT(statuses[j]);
            if ((calls[i].errors & bit) && !(calls[i].seen & bit))
                wrong("%s never returned %s", calls[i].name,
                      phx_status_name(statuses[j]));
        }
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_failing_disk_is_told_and_survived),
        cmocka_unit_test(a_want_of_memory_in_the_disk_is_told),
        cmocka_unit_test(an_interrupted_call_changes_nothing),
        cmocka_unit_test(a_file_that_is_held_is_told),
        cmocka_unit_test(a_copy_that_is_held_is_told),
        cmocka_unit_test(a_store_that_is_written_is_told),
        cmocka_unit_test(damage_is_told),
        cmocka_unit_test(every_status_that_is_promised_has_come),
    };

    disk_register();
    return cmocka_run_group_tests(tests, make_scene, remove_scene);
}

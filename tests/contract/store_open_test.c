/*
 * store_open_test.c - opening, closing and sharing a store: which files are
 * taken, which are refused and left as they were, who may write, and what is
 * there after a reopen. And the calls about a store as a whole: backup, stat.
 */
#include "t.h"

#include "contract/stored.h"

#include <signal.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/wait.h>

/* --- files ------------------------------------------------------------------ */

static void write_file(const char *path, const void *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    fclose(file);
}

static size_t read_file(const char *path, char *bytes, size_t most)
{
    FILE *file = fopen(path, "rb");

    assert_non_null(file);
    size_t size = fread(bytes, 1, most, file);
    fclose(file);
    return size;
}

static void run_sql(const char *path, const char *text)
{
    sqlite3 *db;

    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    if (sqlite3_exec(db, text, NULL, NULL, NULL) != SQLITE_OK)
        wrong("%s: %s", text, sqlite3_errmsg(db));
    sqlite3_close(db);
}

/* Opening it fails and leaves every byte as it is. */
static void is_refused(struct place *place, uint32_t flags, phx_status expected,
                       const char *part)
{
    static char before[1 << 20], after[1 << 20];
    size_t size = read_file(place->path, before, sizeof before);
    phx_store *store = NULL;

    fails_with(expected, part, open_url(place->url, flags, &store, err));
    assert_null(store);
    eq_int(read_file(place->path, after, sizeof after), size);
    assert_memory_equal(before, after, size);
}

TEST(text_is_no_store_and_stays)
{
    struct place place;
    char text[9000];

    UNUSED_STATE;
    place_make(&place);
    memset(text, 'x', sizeof text);
    write_file(place.path, text, sizeof text);
    is_refused(&place, 0, PHX_CORRUPT, "not a database");
    is_refused(&place, PHX_OPEN_READ_ONLY, PHX_CORRUPT, "not a database");
    write_file(place.path, "hello", 5);
    is_refused(&place, 0, PHX_CORRUPT, "not a database");
    place_remove(&place);
}

TEST(a_database_of_others_is_no_store_and_stays)
{
    struct place place;

    UNUSED_STATE;
    place_make(&place);
    run_sql(place.path, "CREATE TABLE mine (x); INSERT INTO mine VALUES (1)");
    is_refused(&place, 0, PHX_CORRUPT, "no store of libphoenix");
    is_refused(&place, PHX_OPEN_READ_ONLY, PHX_CORRUPT,
               "no store of libphoenix");
    run_sql(place.path,
            "PRAGMA journal_mode = WAL; INSERT INTO mine VALUES (2)");
    is_refused(&place, 0, PHX_CORRUPT, "no store of libphoenix");
    place_remove(&place);
}

TEST(a_newer_store_is_refused_and_stays)
{
    struct place place;
    char sql[64];

    UNUSED_STATE;
    place_make(&place);
    place_open(&place, 0);
    send(&place, &(struct sent){.trace = "01", .span = "01"});
    place_close(&place);
    snprintf(sql, sizeof sql, "PRAGMA user_version = %d", 1000);
    run_sql(place.path, sql);
    is_refused(&place, 0, PHX_UNSUPPORTED, "format 1000");
    is_refused(&place, PHX_OPEN_READ_ONLY, PHX_UNSUPPORTED, "format 1000");
    place_remove(&place);
}

/* The newer one's program was killed: its last commits are in the log. */
TEST(a_newer_store_keeps_its_log)
{
    static char before[1 << 20], after[1 << 20];
    struct place place;
    char log[128];

    UNUSED_STATE;
    place_make(&place);
    place_open(&place, 0);
    place_close(&place);
    if (fork() == 0) {
        sqlite3 *db;
        if (sqlite3_open(place.path, &db) != SQLITE_OK ||
            sqlite3_exec(db, "PRAGMA user_version = 1000", NULL, NULL, NULL) !=
                SQLITE_OK)
            _exit(1);
        _exit(0); /* without closing */
    }
    int result = 0;
    wait(&result);
    eq_int(result, 0);
    snprintf(log, sizeof log, "%s-wal", place.path);
    size_t size = read_file(log, before, sizeof before);
    ok(size > 0);
    is_refused(&place, 0, PHX_UNSUPPORTED, "format 1000");
    eq_int(read_file(log, after, sizeof after), size);
    assert_memory_equal(before, after, size);
    place_remove(&place);
}

/* The room that a burst took is given back, not kept for the next one. */
TEST(a_store_at_rest_has_a_small_log)
{
    struct place place;
    struct stat of;
    char log[128], id[8];

    UNUSED_STATE;
    place_make(&place);
    place_open(&place, PHX_OPEN_NO_COMPACT);
    for (int i = 1; i <= 40; i++) {
        snprintf(id, sizeof id, "%02x", (unsigned)i);
        ok(send(&place, &(struct sent){.trace = id, .span = id}));
    }
    snprintf(log, sizeof log, "%s-wal", place.path);
    eq_int(stat(log, &of), 0);
    ok(of.st_size > 1 << 16);
    compact_all(place.store);
    eq_int(stat(log, &of), 0);
    ok(of.st_size <= 1 << 16);
    ok(send(&place, &(struct sent){.trace = "ee", .span = "ee"}));
    verify_clean(place.store);
    place_remove(&place);
}

TEST(an_empty_file_becomes_a_store)
{
    struct place place;

    UNUSED_STATE;
    place_make(&place);
    write_file(place.path, "", 0);
    place_open(&place, 0);
    ok(send(&place, &(struct sent){.trace = "01", .span = "01"}));
    verify_clean(place.store);
    place_remove(&place);
}

TEST(a_new_store_has_small_pages_and_gives_them_back)
{
    struct place place;
    sqlite3_stmt *read;
    sqlite3 *db;

    UNUSED_STATE;
    place_make(&place);
    place_open(&place, 0);
    place_close(&place);
    assert_int_equal(sqlite3_open(place.path, &db), SQLITE_OK);
    static const struct {
        const char *pragma;
        const char *value;
    } expected[] = {{"PRAGMA page_size", "4096"},
                    {"PRAGMA auto_vacuum", "2"},
                    {"PRAGMA journal_mode", "wal"}};
    for (int i = 0; i < 3; i++) {
        sqlite3_prepare_v2(db, expected[i].pragma, -1, &read, NULL);
        eq_int(sqlite3_step(read), SQLITE_ROW);
        eq_string((const char *)sqlite3_column_text(read, 0),
                  expected[i].value);
        sqlite3_finalize(read);
    }
    sqlite3_close(db);
    place_remove(&place);
}

/* --- URLs -------------------------------------------------------------------- */

TEST(urls_name_a_path_or_memory)
{
    phx_store *store = NULL;
    struct place place;
    char url[160];

    UNUSED_STATE;
    place_make(&place);
    snprintf(url, sizeof url, "sqlite:///%s", place.path);
    succeeds(open_url(url, 0, &store, err));
    phx_store_close(store);
    eq_int(access(place.path, F_OK), 0);
    succeeds(open_url("sqlite::memory:", 0, &store, err));
    phx_store_close(store);
    succeeds(open_url("sqlite:///:memory:", 0, &store, err));
    phx_store_close(store);
    place_remove(&place);
}

TEST(other_urls_are_refused)
{
    static const char *const urls[] = {
        "", "/tmp/x", "sqlite:", "sqlite:///", "sqlite://host/x", "mysql:x"};
    phx_store *store = NULL;

    UNUSED_STATE;
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++)
        fails_with(PHX_INVALID, "URL", open_url(urls[i], 0, &store, err));
    fails_with(PHX_UNSUPPORTED, "URL",
               open_url("postgresql://host/x", 0, &store, err));
    fails_with(PHX_MISUSE, "", open_url(NULL, 0, &store, err));
    fails_with(PHX_MISUSE, "", open_url("sqlite::memory:", 0, NULL, err));
    fails_with(PHX_IO, "", open_url("sqlite:/nowhere/at/all", 0, &store, err));
    assert_null(store);
}

TEST(a_folder_is_no_store)
{
    struct place place;

    UNUSED_STATE;
    place_make(&place);
    eq_int(mkdir(place.path, 0700), 0);
    fails_with(PHX_IO, "", open_url(place.url, 0, &place.store, err));
    fails_with(PHX_IO, "",
               open_url(place.url, PHX_OPEN_READ_ONLY, &place.store, err));
    rmdir(place.path);
    place_remove(&place);
}

/* --- who writes --------------------------------------------------------------- */

/* The end of a child, by a signal as in a crash: nothing is closed, and nobody
 * looks for leaks. */
static void die(bool well)
{
    kill(getpid(), well ? SIGKILL : SIGTERM);
    _exit(1);
}

static bool died_well(pid_t child)
{
    int result = 0;

    return waitpid(child, &result, 0) == child && WIFSIGNALED(result) &&
           WTERMSIG(result) == SIGKILL;
}

TEST(a_second_writer_is_told_the_first_ones_process)
{
    phx_store *second = NULL;
    struct place place;
    char process[32];

    UNUSED_STATE;
    place_make(&place);
    place_open(&place, 0);
    snprintf(process, sizeof process, "process %ld ", (long)getpid());
    fails_with(PHX_BUSY, process, open_url(place.url, 0, &second, err));
    pid_t child = fork();
    if (child == 0) {
        phx_error why = {0};
        phx_status status = open_url(place.url, 0, &second, &why);
        die(status == PHX_BUSY && strstr(why.message, process) != NULL);
    }
    ok(died_well(child));
    place_reopen(&place, 0); /* once it is closed, anybody may */
    place_remove(&place);
}

TEST(a_closed_store_is_free_while_a_child_has_its_files)
{
    struct place place;

    UNUSED_STATE;
    place_make(&place);
    place_open(&place, 0);
    pid_t child = fork();
    if (child == 0) {
        for (;;)
            pause();
    }
    place_reopen(&place, 0);
    kill(child, SIGKILL);
    ok(died_well(child));
    place_remove(&place);
}

TEST(a_second_writer_by_a_symbolic_link_is_refused)
{
    phx_store *second = NULL;
    struct place place;
    char link[128], url[160];

    UNUSED_STATE;
    place_make(&place);
    snprintf(link, sizeof link, "%s/link", place.folder);
    snprintf(url, sizeof url, "sqlite:%s", link);
    assert_int_equal(symlink(place.path, link), 0); /* to nothing yet */
    place_open(&place, 0);
    fails_with(PHX_BUSY, "", open_url(url, 0, &second, err));
    place_close(&place);
    succeeds(open_url(url, 0, &place.store, err));
    fails_with(PHX_BUSY, "", open_url(place.url, 0, &second, err));
    unlink(link);
    place_remove(&place);
}

TEST(an_unknown_vfs_is_invalid)
{
    phx_store_options options = PHX_STORE_OPTIONS_INIT;
    phx_store *store = NULL;
    struct place place;

    UNUSED_STATE;
    place_make(&place);
    options.sqlite_vfs = "no such one";
    fails_with(PHX_INVALID, "no such one",
               phx_store_open(place.url, &options, &store, err));
    place_remove(&place);
}

TEST(a_dead_writer_holds_nothing)
{
    struct place place;

    UNUSED_STATE;
    place_make(&place);
    pid_t child = fork();
    if (child == 0) {
        place_open(&place, 0);
        send(&place, &(struct sent){.trace = "01", .span = "01"});
        die(true);
    }
    ok(died_well(child));
    place_open(&place, 0);
    ok(span_of(&place, "01") > 0);
    verify_clean(place.store);
    place_remove(&place);
}

TEST(readers_see_what_another_writer_commits)
{
    phx_store *reader = NULL;
    struct place place;

    UNUSED_STATE;
    place_make(&place);
    place_open(&place, 0);
    succeeds(open_url(place.url, PHX_OPEN_READ_ONLY, &reader, err));
    eq_int(number_of(reader, PHX_SPAN, "01"), 0);
    send(&place, &(struct sent){.trace = "01", .span = "01"});
    eq_int(number_of(reader, PHX_SPAN, "01"), 1);
    eq_spans(reader, NULL, "01 ");
    compact_all(place.store);
    eq_int(number_of(reader, PHX_SPAN, "01"), 1);
    send(&place, &(struct sent){.trace = "01", .span = "02"});
    eq_spans(reader, NULL, "02 01 ");
    verify_clean(reader);
    phx_store_close(reader);
    place_remove(&place);
}

TEST(a_read_only_store_is_not_written)
{
    phx_ingest_report report;
    struct place place;
    phx_id id;

    UNUSED_STATE;
    place_make(&place);
    fails_with(PHX_NOT_FOUND, "no store",
               open_url(place.url, PHX_OPEN_READ_ONLY, &place.store, err));
    place_open(&place, 0);
    send(&place, &(struct sent){.trace = "01", .span = "01"});
    place_reopen(&place, PHX_OPEN_READ_ONLY);
    fails_with(PHX_MISUSE, "reading only",
               phx_store_ingest(place.store, NULL, PHX_OTLP_JSON, "{}", 2,
                                &report, err));
    fails_with(PHX_MISUSE, "reading only",
               phx_store_compact(place.store, 10, err));
    fails_with(PHX_MISUSE, "reading only",
               phx_store_delete(place.store, PHX_SPAN, 1, err));
    fails_with(PHX_MISUSE, "reading only",
               phx_project_create(place.store, "x", NULL, &id, err));
    fails_with(PHX_MISUSE, "reading only",
               phx_project_update(place.store, 1, "x", err));
    eq_spans(place.store, NULL, "01 ");
    verify_clean(place.store);
    succeeds(phx_store_backup(place.store, place.copy, err));
    eq_int(stats_of(place.store).spans, 1);
    place_remove(&place);
}

TEST(a_read_only_store_needs_its_tables)
{
    struct place place;

    UNUSED_STATE;
    place_make(&place);
    write_file(place.path, "", 0);
    fails_with(PHX_UNSUPPORTED, "format 0",
               open_url(place.url, PHX_OPEN_READ_ONLY, &place.store, err));
    place_remove(&place);
}

TEST(a_store_lives_until_its_last_cursor_dies)
{
    const phx_span *span;
    phx_cursor *cursor;
    struct place place;

    UNUSED_STATE;
    place_make(&place);
    place_open(&place, 0);
    for (int i = 0; i < 20; i++) {
        char id[8];
        snprintf(id, sizeof id, "%02x", i);
        send(&place, &(struct sent){.trace = "01", .span = id});
    }
    succeeds(phx_store_find_spans(place.store, NULL, &cursor, err));
    place_close(&place);
    for (int i = 19; i >= 0; i--) {
        succeeds(phx_cursor_next_span(cursor, &span, err));
        eq_int(span->id, i + 1);
    }
    eq_int(phx_cursor_next_span(cursor, &span, NULL), PHX_DONE);
    assert_null(span);
    fails_with(PHX_BUSY, "", open_url(place.url, 0, &place.store, err));
    phx_cursor_close(cursor);
    place_open(&place, 0);
    place_remove(&place);
}

/* --- the whole ----------------------------------------------------------------- */

TEST(a_backup_is_a_store_of_one_instant)
{
    phx_store *copy;
    struct place place;
    char url[128];

    UNUSED_STATE;
    place_make(&place);
    place_open(&place, 0);
    for (int i = 0; i < 50; i++) {
        char id[8];
        snprintf(id, sizeof id, "%02x", i);
        send(&place, &(struct sent){.trace = id, .span = id, .session = id});
    }
    succeeds(phx_store_backup(place.store, place.copy, err));
    fails_with(PHX_CONFLICT, "copy",
               phx_store_backup(place.store, place.copy, err));
    fails_with(PHX_IO, "nowhere",
               phx_store_backup(place.store, "/nowhere/copy", err));
    send(&place, &(struct sent){.trace = "ff", .span = "ff"});
    snprintf(url, sizeof url, "sqlite:%s", place.copy);
    succeeds(open_url(url, 0, &copy, err));
    verify_clean(copy);
    eq_int(stats_of(copy).spans, 50);
    eq_int(number_of(copy, PHX_SPAN, "ff"), 0);
    ok(!send_to(copy, NULL, &(struct sent){.trace = "05", .span = "05"}));
    ok(send_to(copy, NULL, &(struct sent){.trace = "05", .span = "fe"}));
    phx_store_close(copy);
    place_remove(&place);
}

TEST(a_store_in_memory_can_be_backed_up)
{
    struct place place;
    phx_store *store, *copy;
    char url[128];

    UNUSED_STATE;
    place_make(&place);
    succeeds(open_url("sqlite::memory:", 0, &store, err));
    send_to(store, "p", &(struct sent){.trace = "01", .span = "01"});
    verify_clean(store);
    succeeds(phx_store_backup(store, place.copy, err));
    phx_store_close(store);
    snprintf(url, sizeof url, "sqlite:%s", place.copy);
    succeeds(open_url(url, 0, &copy, err));
    verify_clean(copy);
    ok(!send_to(copy, NULL, &(struct sent){.trace = "01", .span = "01"}));
    phx_store_close(copy);
    place_remove(&place);
}

TEST(figures_of_a_store)
{
    struct place place;
    phx_store_stats stats;

    UNUSED_STATE;
    place_make(&place);
    place_open(&place, PHX_OPEN_NO_COMPACT);
    stats = stats_of(place.store);
    eq_int(stats.spans, 0);
    eq_int(stats.projects, 1);
    eq_int(stats.blocks, 0);
    ok(stats.bytes > 4096);
    send(&place, &(struct sent){.trace = "01", .span = "01", .session = "s"});
    send_to(place.store, "p", &(struct sent){.trace = "02", .span = "02"});
    send_to(place.store, "p", &(struct sent){.trace = "02", .span = "03"});
    stats = stats_of(place.store);
    eq_int(stats.spans, 3);
    eq_int(stats.traces, 2);
    eq_int(stats.sessions, 1);
    eq_int(stats.projects, 2);
    eq_int(stats.blocks, 3);
    eq_int(stats.young_blocks, 3);
    compact_all(place.store);
    stats = stats_of(place.store);
    eq_int(stats.blocks, 2);
    eq_int(stats.young_blocks, 0);
    delete_one(place.store, PHX_SPAN, 2);
    stats = stats_of(place.store);
    eq_int(stats.spans, 3);
    eq_int(stats.deleted, 1);
    compact_all(place.store);
    stats = stats_of(place.store);
    eq_int(stats.spans, 2);
    eq_int(stats.deleted, 0);
    eq_int(stats.free_bytes, 0);
    place_remove(&place);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_no_store_and_stays),
        cmocka_unit_test(a_database_of_others_is_no_store_and_stays),
        cmocka_unit_test(a_newer_store_is_refused_and_stays),
        cmocka_unit_test(a_newer_store_keeps_its_log),
        cmocka_unit_test(a_store_at_rest_has_a_small_log),
        cmocka_unit_test(an_empty_file_becomes_a_store),
        cmocka_unit_test(a_new_store_has_small_pages_and_gives_them_back),
        cmocka_unit_test(urls_name_a_path_or_memory),
        cmocka_unit_test(other_urls_are_refused),
        cmocka_unit_test(a_folder_is_no_store),
        cmocka_unit_test(a_second_writer_is_told_the_first_ones_process),
        cmocka_unit_test(a_closed_store_is_free_while_a_child_has_its_files),
        cmocka_unit_test(a_second_writer_by_a_symbolic_link_is_refused),
        cmocka_unit_test(an_unknown_vfs_is_invalid),
        cmocka_unit_test(a_dead_writer_holds_nothing),
        cmocka_unit_test(readers_see_what_another_writer_commits),
        cmocka_unit_test(a_read_only_store_is_not_written),
        cmocka_unit_test(a_read_only_store_needs_its_tables),
        cmocka_unit_test(a_store_lives_until_its_last_cursor_dies),
        cmocka_unit_test(a_backup_is_a_store_of_one_instant),
        cmocka_unit_test(a_store_in_memory_can_be_backed_up),
        cmocka_unit_test(figures_of_a_store),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

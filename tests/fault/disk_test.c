/*
 * disk_test.c - a store on a disk that fails. Whatever write, sync, read or
 * truncation fails, what was acknowledged stays, the call that failed says IO,
 * and the same store serves again when the disk does. And on a disk that
 * loses power: what was acknowledged is there after it.
 */
#include "t.h"

#include <stdlib.h>
#include <unistd.h>

#include <sqlite3.h>

#include "api/inside.h"

#include "fault/disk.h"

enum { MOST_RUNS = 60, CUTS = 150, MOST_CUTS = 3000 };
enum { SPANS = 5, MOST = 200, TRACES = 7 };

struct place {
    char folder[64];
    char path[96];
    char url[128];
    phx_store *store;
};

static void place_make(struct place *place)
{
    snprintf(place->folder, sizeof place->folder, "%s/phoenix-XXXXXX",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    assert_non_null(mkdtemp(place->folder));
    snprintf(place->path, sizeof place->path, "%s/store", place->folder);
    snprintf(place->url, sizeof place->url, "sqlite:%s", place->path);
}

static phx_status place_open(struct place *place, phx_error *err)
{
    phx_store_options options = PHX_STORE_OPTIONS_INIT;

    options.sqlite_vfs = DISK_NAME;
    return phx_store_open(place->url, &options, &place->store, err);
}

static void place_remove(struct place *place)
{
    static const char *const ends[] = {"", "-wal", "-shm", "-lock"};
    char name[128];

    phx_store_close(place->store);
    place->store = NULL;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        snprintf(name, sizeof name, "%s%s", place->path, ends[i]);
        unlink(name);
    }
    rmdir(place->folder);
}

/* A second after that of the request before. */
static uint64_t start_of(int number)
{
    return (UINT64_C(1772359200) + (uint64_t)number) * 1000000000;
}

/* One request of SPANS spans, whose ids follow from its number. */
static phx_status ingest(phx_store *store, int number, phx_error *err)
{
    phx_ingest_report report;
    phx_status status;
    char body[8192];
    int size = snprintf(body, sizeof body,
                        "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[");

    for (int i = 0; i < SPANS; i++) {
        size += snprintf(
            body + size, sizeof body - (size_t)size,
            "%s{\"traceId\":\"%032x\",\"spanId\":\"%016x\",\"name\":\"step\","
            "\"startTimeUnixNano\":\"%llu\",\"attributes\":["
            "{\"key\":\"input.value\",\"value\":{\"stringValue\":"
            "\"the tide turns %d times\"}}]}",
            i ? "," : "", (unsigned)number % TRACES + 1,
            (unsigned)(number * SPANS + i + 1),
            (unsigned long long)start_of(number), number);
    }
    size += snprintf(body + size, sizeof body - (size_t)size, "]}]}]}");
    status = phx_store_ingest(store, NULL, PHX_OTLP_JSON, body, (size_t)size,
                              &report, err);
    if (status == PHX_OK)
        eq_int(report.accepted + report.duplicate, SPANS);
    return status;
}

static void all_are_there(phx_store *store, int requests)
{
    char id[17];
    phx_id found;

    succeeds(phx_store_verify(store, NULL, NULL, err));
    for (int i = 0; i < requests * SPANS; i++) {
        snprintf(id, sizeof id, "%016x", (unsigned)i + 1);
        succeeds(phx_store_find(store, PHX_SPAN, id, 16, &found, err));
    }
}

static void faults_end(void)
{
    memset(&disk_faults, 0, sizeof disk_faults);
}

/* --- faults --------------------------------------------------------------- */

/* Four requests with one fault among them; operations seen. */
static int64_t run(unsigned operations, int code, int64_t at, bool for_good)
{
    phx_error why = {0};
    struct place place;
    phx_status status;
    int64_t seen;

    place_make(&place);
    succeeds(place_open(&place, err));
    succeeds(ingest(place.store, 0, err));
    disk_faults = (struct disk_faults){.operations = operations,
                                       .code = code,
                                       .fail_at = at,
                                       .for_good = for_good};
    for (int i = 1; i <= 4; i++) {
        status = ingest(place.store, i, &why);
        if (status < 0 && status != PHX_IO)
            wrong("operation %d: %s: %s", (int)at, phx_status_name(status),
                  why.message);
    }
    seen = disk_faults.seen;
    faults_end();
    for (int i = 1; i <= 4; i++)
        succeeds(ingest(place.store, i, err));
    all_are_there(place.store, 5);
    phx_store_close(place.store);
    succeeds(place_open(&place, err));
    all_are_there(place.store, 5);
    place_remove(&place);
    return seen;
}

static void sweep(unsigned operations, int code)
{
    int64_t count = run(operations, code, 0, false);
    int64_t step = getenv("SWEEP_ALL") ? 1 : 1 + count / MOST_RUNS;

    ok(count > 0);
    for (int64_t at = 1; at <= count; at += step) {
        run(operations, code, at, false);
        run(operations, code, at, true);
    }
}

TEST(a_failing_write_is_survived)
{
    UNUSED_STATE;
    sweep(DISK_WRITE, SQLITE_IOERR_WRITE);
}

TEST(a_full_disk_is_survived)
{
    UNUSED_STATE;
    sweep(DISK_WRITE | DISK_TRUNCATE, SQLITE_FULL);
}

TEST(a_failing_sync_is_survived)
{
    UNUSED_STATE;
    sweep(DISK_SYNC, SQLITE_IOERR_FSYNC);
}

static phx_status select_spans(struct place *place, phx_error *err)
{
    const struct store_query query = {
        .sql = text_of("SELECT a.session, attr(b.ref, 'n') FROM stored_span a"
                       " JOIN stored_span b ON b.span_id = a.span_id"
                       " ORDER BY b.latency")};
    const struct value *row;
    struct store_rows *rows = NULL;
    phx_status status =
        store_rows_open(place->store->store, &query, &rows, err);

    while (status == PHX_OK)
        status = store_rows_next(rows, &row, err);
    store_rows_close(rows);
    return status;
}

/* Opens a store and walks its spans, twice, with one fault; operations seen. */
static int64_t run_reader(struct place *place, int64_t at)
{
    phx_cursor *cursor = NULL;
    const phx_span *span;
    phx_error why = {0};
    phx_status status;
    int64_t seen;

    disk_faults = (struct disk_faults){
        .operations = DISK_READ, .code = SQLITE_IOERR_READ, .fail_at = at};
    if ((status = place_open(place, &why)) == PHX_OK)
        status = phx_store_find_spans(place->store, NULL, &cursor, &why);
    while (status == PHX_OK)
        status = phx_cursor_next_span(cursor, &span, &why);
    if (status >= 0)
        status = select_spans(place, &why);
    seen = disk_faults.seen;
    faults_end();
    if (status < 0 && status != PHX_IO)
        wrong("read %d: %s: %s", (int)at, phx_status_name(status), why.message);
    phx_cursor_close(cursor);
    if (place->store)
        all_are_there(place->store, 20);
    phx_store_close(place->store);
    place->store = NULL;
    return seen;
}

TEST(a_failing_read_is_survived)
{
    struct place place;
    int64_t count;

    UNUSED_STATE;
    place_make(&place);
    succeeds(place_open(&place, err));
    for (int i = 0; i < 20; i++)
        succeeds(ingest(place.store, i, err));
    phx_store_close(place.store);
    place.store = NULL;
    count = run_reader(&place, 0);
    ok(count > 10);
    for (int64_t at = 1; at <= count; at++)
        run_reader(&place, at);
    place_remove(&place);
}

TEST(opening_survives_a_failing_disk)
{
    struct place place;

    UNUSED_STATE;
    place_make(&place);
    succeeds(place_open(&place, err));
    succeeds(ingest(place.store, 0, err));
    phx_store_close(place.store);
    for (int64_t at = 1; at < 200; at++) {
        phx_error why = {0};

        disk_faults = (struct disk_faults){
            .operations = DISK_WRITE | DISK_READ | DISK_OPEN | DISK_SYNC,
            .code = SQLITE_IOERR,
            .fail_at = at};
        place.store = NULL;
        phx_status status = place_open(&place, &why);
        bool is_over = disk_faults.seen < at;
        faults_end();
        if (status < 0 && status != PHX_IO)
            wrong("operation %d: %s: %s", (int)at, phx_status_name(status),
                  why.message);
        phx_store_close(place.store);
        if (is_over)
            break;
    }
    succeeds(place_open(&place, err));
    all_are_there(place.store, 1);
    place_remove(&place);
}

/* --- power cuts ----------------------------------------------------------- */

/* What is known of the spans when the power fails: acknowledged as stored, as
 * deleted, or asked for without an answer. */
enum fate { UNKNOWN, STORED, DELETED };

struct history {
    enum fate fates[MOST * SPANS];
    int first[TRACES]; /* request of each; its trace does not start earlier */
    unsigned chance;
};

static phx_status delete_span(phx_store *store, int span, phx_error *err)
{
    char id[17];
    phx_id number = 0;

    snprintf(id, sizeof id, "%016x", (unsigned)span + 1);
    phx_status status = phx_store_find(store, PHX_SPAN, id, 16, &number, err);
    return status < 0 ? status : phx_store_delete(store, PHX_SPAN, number, err);
}

/* What is asked for may be gone from now on; the rest must not be. */
static phx_status retain(struct place *place, struct history *history, int from,
                         phx_error *err)
{
    const phx_retention_rule rule = {PHX_MAX_DAYS, 1, 0};

    for (int i = 0; i < MOST * SPANS; i++) {
        if (history->fates[i] == STORED &&
            history->first[i / SPANS % TRACES] < from)
            history->fates[i] = UNKNOWN;
    }
    for (int i = 0; i < TRACES; i++) {
        if (history->first[i] < from)
            history->first[i] = from;
    }
    return phx_store_retain(place->store, 0, &rule,
                            start_of(from) + UINT64_C(86400) * 1000000000, 0,
                            NULL, err);
}

/* Requests, deletes, retention and compactions until the power fails. */
static void run_until_cut(struct place *place, struct history *history)
{
    phx_error why = {0};

    for (int i = 0; i < MOST; i++) {
        int span = rand_r(&history->chance) % (i * SPANS + 1);
        if (rand_r(&history->chance) % 3 == 0 &&
            history->fates[span] == STORED) {
            history->fates[span] = UNKNOWN;
            if (delete_span(place->store, span, &why) < 0)
                return;
            history->fates[span] = DELETED;
        }
        if (ingest(place->store, i, &why) < 0)
            return;
        for (int j = 0; j < SPANS; j++)
            history->fates[i * SPANS + j] = STORED;
        if (rand_r(&history->chance) % 16 == 0 &&
            retain(place, history, rand_r(&history->chance) % (i + 1), &why) <
                0)
            return;
        if (rand_r(&history->chance) % 8 == 0 &&
            phx_store_compact(place->store, 1000, &why) < 0)
            return;
    }
}

static void check_history(phx_store *store, const struct history *history)
{
    char id[17];
    phx_id found;

    succeeds(phx_store_verify(store, NULL, NULL, err));
    for (int i = 0; i < MOST * SPANS; i++) {
        if (history->fates[i] == UNKNOWN)
            continue;
        snprintf(id, sizeof id, "%016x", (unsigned)i + 1);
        phx_status status =
            phx_store_find(store, PHX_SPAN, id, 16, &found, NULL);
        if (status != (history->fates[i] == STORED ? PHX_OK : PHX_NOT_FOUND))
            wrong("span %d: %s", i, phx_status_name(status));
    }
}

static void cut_once(unsigned seed)
{
    struct history history = {.chance = seed};
    phx_error why = {0};
    struct place place;

    place_make(&place);
    disk_faults = (struct disk_faults){.remember = true};
    succeeds(place_open(&place, err));
    disk_faults = (struct disk_faults){
        .remember = true,
        .operations = DISK_WRITE | DISK_SYNC | DISK_TRUNCATE,
        .cut_at = 1 + rand_r(&history.chance) % 700};
    run_until_cut(&place, &history);
    disk_cut();
    phx_store_close(place.store);
    disk_restore(seed);
    disk_faults = (struct disk_faults){.remember = true};
    succeeds(place_open(&place, err));
    check_history(place.store, &history);
    if (ingest(place.store, MOST - 1, &why) < 0)
        wrong("seed %u: %s", seed, why.message);
    succeeds(phx_store_compact(place.store, 1000, err));
    check_history(place.store, &history);
    place_remove(&place);
    disk_forget();
    faults_end();
}

TEST(a_power_cut_loses_nothing_that_was_acknowledged)
{
    unsigned cuts = getenv("SWEEP_ALL") ? MOST_CUTS : CUTS;

    UNUSED_STATE;
    for (unsigned seed = 1; seed <= cuts; seed++)
        cut_once(seed);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_failing_write_is_survived),
        cmocka_unit_test(a_full_disk_is_survived),
        cmocka_unit_test(a_failing_sync_is_survived),
        cmocka_unit_test(a_failing_read_is_survived),
        cmocka_unit_test(opening_survives_a_failing_disk),
        cmocka_unit_test(a_power_cut_loses_nothing_that_was_acknowledged),
    };

    disk_register();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * store_threads_test.c - many threads on one store: some ingest spans and their
 * log records, one reads, one annotates, one deletes, one compacts. What was
 * acknowledged and not deleted is there at the end, a reader never sees a span
 * twice or half a request, and the store is whole. Small; for TSan above all.
 */
#include "t.h"

#include "contract/annotated.h"
#include "contract/logged.h"

#include "api/inside.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

enum { REQUESTS = 120, SPANS = 3, WRITERS = 2 };

static struct {
    struct place place;
    atomic_int writing; /* writers that are not done */
    atomic_int acknowledged[WRITERS];
    atomic_int failures;
} shared;

/* Threads tell of a failure; the test fails when they have ended. */
static void expect(int is_right, const char *what, const phx_error *why)
{
    if (is_right)
        return;
    fprintf(stderr, "%s: %s\n", what, why ? why->message : "");
    atomic_fetch_add(&shared.failures, 1);
}

static const char *name_id(char out[16], int kind, int writer, int number)
{
    snprintf(out, 16, "%02x%02x%04x", (unsigned)kind, (unsigned)writer,
             (unsigned)number);
    return out;
}

/* Every third request is a trace that the deleter may delete; all but the
 * last of the others share a few traces. */
static void *write_spans(void *ctx)
{
    int writer = *(int *)ctx;

    for (int i = 0; i < REQUESTS; i++) {
        struct request request = {0};
        phx_ingest_report report = {0};
        phx_error why = {0};
        char trace[16], span[16];
        name_id(trace, i % 3 == 0 ? 0xdd : 0xaa, writer,
                i % 3 == 0 ? i : i % 7);
        for (int j = 0; j < SPANS; j++)
            request_add(
                &request,
                &(struct sent){trace, name_id(span, 1, writer, i * SPANS + j),
                               .session = "shared", .start = (uint64_t)i});
        phx_status status = request_ingest(&request, shared.place.store,
                                           i % 2 ? "p" : NULL, &report, &why);
        expect(status == PHX_OK && report.accepted == SPANS, "ingest", &why);
        atomic_store(&shared.acknowledged[writer], i + 1);
    }
    atomic_fetch_sub(&shared.writing, 1);
    return NULL;
}

static void send_record(int writer, int number)
{
    struct logged logged = {.event = "said", .time = 1};
    char trace[16], span[16], text[1024];
    phx_error why = {0};
    int i = number / SPANS;

    logged.trace = name_id(trace, i % 3 == 0 ? 0xdd : 0xaa, writer,
                           i % 3 == 0 ? i : i % 7);
    logged.span = name_id(span, 1, writer, number);
    log_text(&logged, text, sizeof text);
    expect(phx_store_ingest(shared.place.store, NULL, PHX_LOGS_JSON, text,
                            strlen(text), NULL, &why) == PHX_OK,
           "log", &why);
}

/* One for each span of a writer, some before it and some after it, and most
 * of them twice. */
static void *write_logs(void *ctx)
{
    int writer = *(int *)ctx % WRITERS;

    for (int i = 0; i < REQUESTS * SPANS; i++) {
        send_record(writer, i);
        if (i >= 40)
            send_record(writer, i - 40);
    }
    return NULL;
}

static void *read_spans(void *ctx)
{
    phx_span_query query = PHX_SPAN_QUERY_INIT;

    (void)ctx;
    query.order = PHX_OLDEST_FIRST;
    while (atomic_load(&shared.writing) > 0) {
        phx_error why = {0};
        phx_cursor *cursor = NULL;
        const phx_span *span;
        phx_status status =
            phx_store_find_spans(shared.place.store, &query, &cursor, &why);
        phx_id last = 0;
        while (status == PHX_OK &&
               (status = phx_cursor_next_span(cursor, &span, &why)) == PHX_OK) {
            expect(span->id > last, "order", NULL);
            last = span->id;
        }
        expect(status == PHX_DONE, "read", &why);
        phx_cursor_close(cursor);
    }
    return NULL;
}

/* In one snapshot every span is found by its id and its trace, wherever the
 * postings are by now. */
static void *select_spans(void *ctx)
{
    const struct store_query query = {
        .sql = text_of("SELECT count(*) FROM stored_span a LEFT JOIN"
                       " stored_span b ON b.span_id = a.span_id AND b.trace ="
                       " a.trace WHERE b.no IS NOT a.no")};

    (void)ctx;
    while (atomic_load(&shared.writing) > 0) {
        phx_error why = {0};
        struct store_rows *rows = NULL;
        const struct value *row;
        phx_status status =
            store_rows_open(shared.place.store->store, &query, &rows, &why);
        if (status >= 0)
            status = store_rows_next(rows, &row, &why);
        expect(status == PHX_OK && row[0].integer == 0, "select", &why);
        store_rows_close(rows);
    }
    return NULL;
}

/* What a writer has been told is stored is found at once. */
static void *look_up(void *ctx)
{
    (void)ctx;
    while (atomic_load(&shared.writing) > 0) {
        sched_yield();
        for (int writer = 0; writer < WRITERS; writer++) {
            int done = atomic_load(&shared.acknowledged[writer]);
            int request = done - 1 - (done - 1) % 3 + 1; /* not deleted */
            char id[16];
            phx_error why = {0};
            phx_id found;
            if (request >= done || done == 0)
                continue;
            name_id(id, 1, writer, request * SPANS + 2);
            expect(phx_store_find(shared.place.store, PHX_SPAN, id, strlen(id),
                                  &found, &why) == PHX_OK,
                   "find", &why);
        }
    }
    return NULL;
}

/* Spans that are being deleted, and ones that stay: what is written at all is
 * of a span that is there. */
static void *annotate_spans(void *ctx)
{
    (void)ctx;
    while (atomic_load(&shared.writing) > 0) {
        sched_yield();
        for (int writer = 0; writer < WRITERS; writer++) {
            int done = atomic_load(&shared.acknowledged[writer]);
            char id[16];
            phx_error why = {0};
            if (done == 0)
                continue;
            name_id(id, 1, writer, (done - 1) * SPANS);
            phx_annotation_item item =
                item_of(PHX_SPAN_ANNOTATION, id, "tone", "good");
            phx_status status =
                phx_store_annotate(shared.place.store, &item, 1, NULL, &why);
            expect(status == PHX_OK ||
                       (status == PHX_NOT_FOUND && (done - 1) % 3 == 0),
                   "annotate", &why);
        }
    }
    return NULL;
}

static void *delete_traces(void *ctx)
{
    int at[WRITERS] = {0};

    (void)ctx;
    while (atomic_load(&shared.writing) > 0) {
        sched_yield();
        for (int writer = 0; writer < WRITERS; writer++) {
            phx_error why = {0};
            char id[16];
            phx_id trace;
            if (at[writer] >= atomic_load(&shared.acknowledged[writer]))
                continue;
            name_id(id, 0xdd, writer, at[writer]);
            at[writer] += 3;
            phx_status status = phx_store_find(shared.place.store, PHX_TRACE,
                                               id, strlen(id), &trace, &why);
            expect(status == PHX_OK, "find trace", &why);
            if (status == PHX_OK)
                expect(phx_store_delete(shared.place.store, PHX_TRACE, trace,
                                        &why) == PHX_OK,
                       "delete", &why);
        }
    }
    return NULL;
}

static void *compact(void *ctx)
{
    (void)ctx;
    while (atomic_load(&shared.writing) > 0) {
        phx_error why = {0};
        phx_store_stats stats;
        expect(phx_store_compact(shared.place.store, 20, &why) >= 0, "compact",
               &why);
        expect(phx_store_stat(shared.place.store, &stats, &why) == PHX_OK,
               "stat", &why);
    }
    return NULL;
}

/* Each span that was not deleted has its record, once. */
static void check_joined(void)
{
    phx_cursor *cursor;
    const phx_span *span;
    int count = 0;

    succeeds(phx_store_find_spans(shared.place.store, NULL, &cursor, err));
    while (phx_cursor_next_span(cursor, &span, NULL) == PHX_OK) {
        const char *found = strstr(span->events.data, "said");
        if (found == NULL || strstr(found + 1, "said") != NULL)
            wrong("span %s: events %s", span->span_id.data, span->events.data);
        count++;
    }
    phx_cursor_close(cursor);
    ok(count >= WRITERS * (REQUESTS - REQUESTS / 3) * SPANS);
}

static void check_kept(void)
{
    char id[16];

    for (int writer = 0; writer < WRITERS; writer++) {
        for (int i = 0; i < REQUESTS; i++) {
            for (int j = 0; i % 3 != 0 && j < SPANS; j++) {
                name_id(id, 1, writer, i * SPANS + j);
                if (span_of(&shared.place, id) == 0)
                    wrong("span %s is lost", id);
            }
        }
    }
}

static void run(const char *url)
{
    static void *(*const works[])(void *) = {
        write_spans,   write_spans, read_spans,     look_up,    select_spans,
        delete_traces, compact,     annotate_spans, write_logs, write_logs};
    enum { THREADS = sizeof works / sizeof *works };
    pthread_t threads[THREADS];
    int numbers[THREADS];

    for (int i = 0; i < THREADS; i++)
        numbers[i] = i;
    memset(&shared, 0, sizeof shared);
    place_make(&shared.place);
    if (url)
        snprintf(shared.place.url, sizeof shared.place.url, "%s", url);
    place_open(&shared.place, PHX_OPEN_NO_COMPACT);
    atomic_store(&shared.writing, WRITERS);
    for (int i = 0; i < THREADS; i++)
        eq_int(pthread_create(&threads[i], NULL, works[i], &numbers[i]), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    eq_int(atomic_load(&shared.failures), 0);
    check_kept();
    check_joined();
    verify_clean(shared.place.store);
    compact_all(shared.place.store);
    verify_clean(shared.place.store);
    check_kept();
    check_joined();
    place_remove(&shared.place);
}

TEST(threads_share_a_store)
{
    UNUSED_STATE;
    run(NULL);
}

TEST(threads_share_a_store_in_memory)
{
    UNUSED_STATE;
    run("sqlite::memory:");
}

/* Requests that wait together share a commit. */
static void *send_one(void *ctx)
{
    phx_ingest_report report = {0};
    struct request request = {0};
    phx_error why = {0};
    char id[16];

    name_id(id, 2, 0, *(int *)ctx);
    request_add(&request, &(struct sent){"01", id});
    request_add(&request, &(struct sent){"01", "ff"}); /* one of them wins */
    phx_status status =
        request_ingest(&request, shared.place.store, NULL, &report, &why);
    expect(status == PHX_OK && report.accepted + report.duplicate == 2,
           "ingest", &why);
    atomic_fetch_add(&shared.acknowledged[0], (int)report.accepted);
    return NULL;
}

TEST(equal_ids_of_many_threads_are_one_span)
{
    enum { THREADS = 12 };
    pthread_t threads[THREADS];
    int numbers[THREADS];

    UNUSED_STATE;
    memset(&shared, 0, sizeof shared);
    place_make(&shared.place);
    place_open(&shared.place, 0);
    for (int i = 0; i < THREADS; i++) {
        numbers[i] = i;
        eq_int(pthread_create(&threads[i], NULL, send_one, &numbers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    eq_int(atomic_load(&shared.failures), 0);
    eq_int(atomic_load(&shared.acknowledged[0]), THREADS + 1);
    eq_int(stats_of(shared.place.store).spans, THREADS + 1);
    verify_clean(shared.place.store);
    place_remove(&shared.place);
}

/* The copy has the spans up to a number, and all of them. */
static void check_copy(void)
{
    char url[128];
    phx_store *copy;

    snprintf(url, sizeof url, "sqlite:%s", shared.place.copy);
    succeeds(open_url(url, 0, &copy, err));
    verify_clean(copy);
    phx_store_stats stats = stats_of(copy);
    const phx_span *span = NULL;
    phx_cursor *cursor;
    succeeds(phx_store_find_spans(copy, NULL, &cursor, err));
    if (stats.spans > 0) {
        succeeds(phx_cursor_next_span(cursor, &span, err));
        eq_int(span->id, stats.spans);
    }
    phx_cursor_close(cursor);
    phx_store_close(copy);
    unlink(shared.place.copy);
}

TEST(a_backup_of_a_busy_store_is_whole)
{
    pthread_t threads[2];
    int numbers[2] = {0, 1};
    int copies = 0;

    UNUSED_STATE;
    memset(&shared, 0, sizeof shared);
    place_make(&shared.place);
    place_open(&shared.place, 0);
    atomic_store(&shared.writing, 2);
    for (int i = 0; i < 2; i++)
        eq_int(pthread_create(&threads[i], NULL, write_spans, &numbers[i]), 0);
    for (; atomic_load(&shared.writing) > 0 && copies < 20; copies++) {
        succeeds(phx_store_backup(shared.place.store, shared.place.copy, err));
        check_copy();
    }
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    eq_int(atomic_load(&shared.failures), 0);
    ok(copies > 0);
    place_remove(&shared.place);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_share_a_store),
        cmocka_unit_test(threads_share_a_store_in_memory),
        cmocka_unit_test(equal_ids_of_many_threads_are_one_span),
        cmocka_unit_test(a_backup_of_a_busy_store_is_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

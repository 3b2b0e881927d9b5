/*
 * retain.c - what retention takes, and what it does to commits meanwhile.
 *
 *     retain STORE PART      prints one line of JSON
 *
 * The oldest traces, PART of 100 of all spans, are deleted, a slice a call,
 * while one thread stores a span every few ms. Then the store is compacted
 * until nothing is left to do. Commits before it began are shown beside those
 * during it.
 */
#include "timed.h"

#include <pthread.h>
#include <stdatomic.h>

enum { MOST = 100000, EVERY_MS = 5, BEFORE_MS = 3000, SLICE_MS = 1 };

#define DAY_NS UINT64_C(86400000000000)

struct times {
    double ms[MOST];
    size_t count;
};

static phx_store *store;
static atomic_int phase; /* 0 before, 1 deleting, 2 compacting, 3 the end */
static struct times commits[3], slices;

static void sleep_ms(long ms)
{
    nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

static void note(struct times *times, double began)
{
    if (times->count < MOST)
        times->ms[times->count++] = now_ms(CLOCK_MONOTONIC) - began;
}

static void store_span(uint64_t number)
{
    char body[512];
    phx_error err = {0};
    int size = snprintf(
        body, sizeof body,
        "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"traceId\":"
        "\"%032llx\",\"spanId\":\"%016llx\",\"name\":\"step\"}]}]}]}",
        (unsigned long long)number, (unsigned long long)number);

    check(phx_store_ingest(store, "meanwhile", PHX_OTLP_JSON, body,
                           (size_t)size, NULL, &err),
          &err);
}

static void *store_spans(void *ctx)
{
    uint64_t number = (uint64_t)time(NULL) << 24;
    int at;

    (void)ctx;
    while ((at = atomic_load(&phase)) < 3) {
        double began = now_ms(CLOCK_MONOTONIC);
        store_span(++number);
        note(&commits[at], began);
        sleep_ms(EVERY_MS);
    }
    return NULL;
}

/* A day after the last trace that is to go started, in ns; those that are
 * stored meanwhile have no time. */
static uint64_t end_of(double part)
{
    static const char sql[] =
        "SELECT max(start) FROM (SELECT unixepoch(start_time) AS start,"
        " sum(span_count) OVER (ORDER BY start_time) AS spans"
        " FROM traces WHERE start_time > '1971')"
        " WHERE spans <= ? * (SELECT sum(span_count) FROM traces)";
    const phx_value share = {.type = PHX_REAL, .real = part / 100};
    const phx_value *row;
    phx_rows *rows = NULL;
    phx_error err = {0};

    check(
        phx_store_sql(store, sql, sizeof sql - 1, &share, 1, NULL, &rows, &err),
        &err);
    check(phx_rows_next(rows, &row, &err), &err);
    uint64_t second = (uint64_t)row[0].integer + 1;
    phx_rows_close(rows);
    return second * UINT64_C(1000000000) + DAY_NS;
}

static int64_t delete_before(uint64_t now)
{
    const phx_retention_rule rule = {PHX_MAX_DAYS, 1, 0};
    int64_t all = 0, removed = 0;
    phx_error err = {0};
    phx_status status;

    do {
        double began = now_ms(CLOCK_MONOTONIC);
        status =
            phx_store_retain(store, 0, &rule, now, SLICE_MS, &removed, &err);
        check(status, &err);
        note(&slices, began);
        all += removed;
    } while (status == PHX_OK);
    return all;
}

static void compact(void)
{
    phx_error err = {0};
    phx_status status;

    do {
        status = phx_store_compact(store, 50, &err);
        check(status, &err);
    } while (status == PHX_OK);
}

static void print_times(const char *name, struct times *times)
{
    size_t count = times->count;

    qsort(times->ms, count, sizeof *times->ms, by_value);
    printf(",\"%s\":{\"count\":%zu,\"p50\":%.2f,\"p99\":%.2f,\"worst\":%.2f}",
           name, count, count ? times->ms[count / 2] : 0,
           count ? times->ms[count * 99 / 100] : 0,
           count ? times->ms[count - 1] : 0);
}

static phx_store_stats stats(void)
{
    phx_store_stats out;
    phx_error err = {0};

    check(phx_store_stat(store, &out, &err), &err);
    return out;
}

int main(int argc, char **argv)
{
    phx_store_options options = PHX_STORE_OPTIONS_INIT;
    phx_error err = {0};
    pthread_t thread;
    char url[4200];

    if (argc != 3) {
        fprintf(stderr, "usage: retain STORE PART\n");
        return 2;
    }
    snprintf(url, sizeof url, "sqlite:%s", argv[1]);
    options.flags = PHX_OPEN_NO_COMPACT;
    check(phx_store_open(url, &options, &store, &err), &err);
    store_span((uint64_t)time(NULL) << 32); /* loads what writing needs */
    compact();
    phx_store_stats before = stats();
    uint64_t end = end_of(strtod(argv[2], NULL));
    pthread_create(&thread, NULL, store_spans, NULL);
    sleep_ms(BEFORE_MS);
    atomic_store(&phase, 1);
    double began = now_ms(CLOCK_MONOTONIC);
    int64_t traces = delete_before(end);
    double deleted = now_ms(CLOCK_MONOTONIC);
    atomic_store(&phase, 2);
    compact();
    double compacted = now_ms(CLOCK_MONOTONIC);
    atomic_store(&phase, 3);
    pthread_join(thread, NULL);
    phx_store_stats after = stats();
    printf("{\"spans\":%lld,\"traces\":%lld,\"seconds\":%.3f,"
           "\"compact_s\":%.3f,\"bytes_before\":%lld,\"bytes_after\":%lld",
           (long long)(before.spans - after.spans), (long long)traces,
           (deleted - began) / 1e3, (compacted - deleted) / 1e3,
           (long long)before.bytes, (long long)after.bytes);
    print_times("slice_ms", &slices);
    print_times("before_ms", &commits[0]);
    print_times("deleting_ms", &commits[1]);
    print_times("compacting_ms", &commits[2]);
    printf("}\n");
    phx_store_close(store);
    return 0;
}

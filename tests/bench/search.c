/*
 * search.c - what the first page of a search takes.
 *
 *     search STORE WORD      prints one line of JSON
 *
 * The newest 100 spans of all projects that have the word; and, if there are
 * fewer, all of them again in ranges of numbers that one or two threads share.
 */
#include "timed.h"

#include <pthread.h>
#include <string.h>

enum { RUNS = 7, PAGE = 100, THREADS = 2 };

static phx_store *store;
static phx_text word;

/* How many spans a query finds; the number of the last. */
static int64_t count_spans(const phx_span_query *query, phx_id *last)
{
    phx_cursor *cursor = NULL;
    const phx_span *span;
    phx_error err = {0};
    phx_status status;
    int64_t count = 0;

    check(phx_store_find_spans(store, query, &cursor, &err), &err);
    while ((status = phx_cursor_next_span(cursor, &span, &err)) == PHX_OK) {
        count++;
        *last = span->id;
    }
    check(status, &err);
    phx_cursor_close(cursor);
    return count;
}

static phx_span_query query_of(void)
{
    phx_span_query query = PHX_SPAN_QUERY_INIT;

    query.attributes = PHX_ATTRIBUTES_NONE;
    query.search = word;
    return query;
}

struct share {
    phx_id from, until;
    int64_t count;
};

static void *search_share(void *ctx)
{
    phx_span_query query = query_of();
    struct share *share = ctx;
    phx_id last;

    query.from = share->from;
    query.until = share->until;
    share->count = count_spans(&query, &last);
    return NULL;
}

/* All spans with the word; the number of the newest span is `newest`. */
static int64_t search_all(phx_id newest, int threads)
{
    struct share shares[THREADS];
    pthread_t ids[THREADS];
    int64_t count = 0;

    for (int i = 0; i < threads; i++) {
        shares[i].until = newest * i / threads + 1;
        shares[i].from = newest * (i + 1) / threads;
        pthread_create(&ids[i], NULL, search_share, &shares[i]);
    }
    for (int i = 0; i < threads; i++) {
        pthread_join(ids[i], NULL);
        count += shares[i].count;
    }
    return count;
}

static double median(double *values)
{
    qsort(values, RUNS, sizeof *values, by_value);
    return values[RUNS / 2];
}

int main(int argc, char **argv)
{
    phx_store_options options = PHX_STORE_OPTIONS_INIT;
    phx_span_query query = PHX_SPAN_QUERY_INIT;
    double page[RUNS], cpu[RUNS], all[THREADS][RUNS] = {{0}};
    phx_error err = {0};
    phx_id newest = 0, last = 0;
    int64_t first = 0, count = 0;
    char url[4200];

    if (argc != 3) {
        fprintf(stderr, "usage: search STORE WORD\n");
        return 2;
    }
    snprintf(url, sizeof url, "sqlite:%s", argv[1]);
    options.flags = PHX_OPEN_READ_ONLY;
    check(phx_store_open(url, &options, &store, &err), &err);
    query.limit = 1;
    count_spans(&query, &newest);
    word = (phx_text){argv[2], strlen(argv[2])};
    query = query_of();
    query.limit = PAGE;
    for (int i = 0; i < RUNS; i++) {
        double began = now_ms(CLOCK_MONOTONIC);
        double busy = now_ms(CLOCK_PROCESS_CPUTIME_ID);
        first = count_spans(&query, &last);
        page[i] = now_ms(CLOCK_MONOTONIC) - began;
        cpu[i] = now_ms(CLOCK_PROCESS_CPUTIME_ID) - busy;
    }
    for (int i = 0; i < RUNS * THREADS && first < PAGE; i++) {
        double began = now_ms(CLOCK_MONOTONIC);
        count = search_all(newest, i % THREADS + 1);
        all[i % THREADS][i / THREADS] = now_ms(CLOCK_MONOTONIC) - began;
    }
    printf("{\"first\":%lld,\"page_ms\":%.2f,\"cpu_ms\":%.2f,\"spans\":%lld,"
           "\"all_ms\":[%.1f,%.1f]}\n",
           (long long)first, median(page), median(cpu), (long long)count,
           median(all[0]), median(all[1]));
    phx_store_close(store);
    return 0;
}

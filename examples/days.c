/*
 * days.c - what each day of a store was like: spans, errors, tokens, and how
 * long traces took.
 *
 *     cc days.c $(pkg-config --cflags --libs libphoenix)
 *     ./a.out sqlite:traces.db 1760000000 1760604800
 */
#include <phoenix.h>

#include <stdio.h>
#include <stdlib.h>

static void print_day(const phx_rollup *day)
{
    printf("%10llu s  %8lld spans  %6lld errors  %10lld tokens",
           (unsigned long long)(day->start_time / 1000000000),
           (long long)day->spans, (long long)day->error_spans,
           (long long)(day->prompt_tokens + day->completion_tokens));
    if (day->traces > 0)
        printf("  %6lld traces: %.0f ms, one in ten over %.0f ms",
               (long long)day->traces, day->latencies[0] / 1e6,
               day->latencies[1] / 1e6);
    printf("\n");
}

int main(int argc, char **argv)
{
    static const double quantiles[] = {0.5, 0.9};
    phx_rollup_query query = PHX_ROLLUP_QUERY_INIT;
    const phx_rollup *day;
    phx_cursor *days;
    phx_store *store;
    phx_error err;

    if (argc != 4) {
        fprintf(stderr, "usage: %s STORE FROM TO (in s since 1970)\n", argv[0]);
        return 2;
    }
    query.of = PHX_TRACE;
    query.bin = PHX_BIN_DAY;
    query.start_time = strtoull(argv[2], NULL, 10) * 1000000000;
    query.end_time = strtoull(argv[3], NULL, 10) * 1000000000;
    query.quantiles = quantiles;
    query.quantile_count = 2;
    if (phx_store_open(argv[1], NULL, &store, &err) < 0 ||
        phx_store_roll_up(store, &query, &days, &err) < 0) {
        fprintf(stderr, "%s\n", err.message);
        return 1;
    }
    while (phx_cursor_next_rollup(days, &day, &err) == PHX_OK)
        print_day(day);
    phx_cursor_close(days);
    phx_store_close(store);
    return 0;
}

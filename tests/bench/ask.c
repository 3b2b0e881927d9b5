/*
 * ask.c - what a statement of SQL takes, or a roll-up of all spans.
 *
 *     ask STORE TIMES STATEMENT      prints one line of JSON
 *     ask STORE TIMES .rollup        by month, with three exact quantiles
 *
 * It is run once before, so that what it reads lies in memory; then each of its
 * runs gives one time and the CPU of this process for it.
 */
#include "timed.h"

#include <string.h>

enum { MOST = 1000 };

static long roll_up(phx_store *store)
{
    static const double quantiles[] = {0.5, 0.9, 0.99};
    phx_rollup_query query = PHX_ROLLUP_QUERY_INIT;
    const phx_rollup *row;
    phx_cursor *cursor = NULL;
    phx_error err = {0};
    phx_status status;
    long count = 0;

    query.bin = PHX_BIN_MONTH;
    query.start_time = 1;
    query.quantiles = quantiles;
    query.quantile_count = 3;
    check(phx_store_roll_up(store, &query, &cursor, &err), &err);
    while ((status = phx_cursor_next_rollup(cursor, &row, &err)) == PHX_OK)
        count++;
    check(status, &err);
    phx_cursor_close(cursor);
    return count;
}

static long select_rows(phx_store *store, const char *sql)
{
    const phx_value *row;
    phx_rows *rows = NULL;
    phx_error err = {0};
    phx_status status;
    long count = 0;

    check(phx_store_sql(store, sql, strlen(sql), NULL, 0, NULL, &rows, &err),
          &err);
    while ((status = phx_rows_next(rows, &row, &err)) == PHX_OK)
        count++;
    check(status, &err);
    phx_rows_close(rows);
    return count;
}

/* How many rows there are. */
static long run(phx_store *store, const char *what)
{
    return strcmp(what, ".rollup") == 0 ? roll_up(store)
                                        : select_rows(store, what);
}

static void print_all(const char *name, const double *values, int count)
{
    printf(",\"%s\":[", name);
    for (int i = 0; i < count; i++)
        printf("%s%.3f", i > 0 ? "," : "", values[i]);
    putchar(']');
}

int main(int argc, char **argv)
{
    static double wall[MOST], cpu[MOST];
    phx_store_options options = PHX_STORE_OPTIONS_INIT;
    phx_store *store = NULL;
    phx_error err = {0};
    char url[4200];
    int times = argc == 4 ? atoi(argv[2]) : 0;

    if (times < 1 || times > MOST) {
        fprintf(stderr, "usage: ask STORE TIMES STATEMENT | .rollup\n");
        return 2;
    }
    snprintf(url, sizeof url, "sqlite:%s", argv[1]);
    options.flags = PHX_OPEN_READ_ONLY;
    check(phx_store_open(url, &options, &store, &err), &err);
    long rows = run(store, argv[3]);
    for (int i = 0; i < times; i++) {
        double began = now_ms(CLOCK_MONOTONIC);
        double used = now_ms(CLOCK_PROCESS_CPUTIME_ID);
        (void)run(store, argv[3]);
        wall[i] = now_ms(CLOCK_MONOTONIC) - began;
        cpu[i] = now_ms(CLOCK_PROCESS_CPUTIME_ID) - used;
    }
    printf("{\"rows\":%ld", rows);
    print_all("ms", wall, times);
    print_all("cpu_ms", cpu, times);
    printf("}\n");
    phx_store_close(store);
    return 0;
}

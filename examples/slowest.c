/*
 * The slowest spans of a kind, by SQL: slowest URL KIND COUNT
 */
#include <phoenix.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char sql[] =
    "SELECT name, status_code, attr(ref, 'llm', 'model_name')"
    " FROM spans WHERE span_kind = ?1"
    " ORDER BY latency_ms DESC LIMIT ?2";

static int print_rows(phx_rows *rows, phx_error *err)
{
    const phx_value *row;
    phx_status status;

    while ((status = phx_rows_next(rows, &row, err)) == PHX_OK)
        printf("%s %s %s\n", row[0].text.data, row[1].text.data,
               row[2].type == PHX_TEXT ? row[2].text.data : "-");
    return status == PHX_DONE;
}

int main(int argc, char **argv)
{
    phx_store_options options = PHX_STORE_OPTIONS_INIT;
    phx_sql_options bounds = PHX_SQL_OPTIONS_INIT;
    phx_store *store = NULL;
    phx_rows *rows = NULL;
    phx_error err;

    if (argc != 4) {
        fprintf(stderr, "usage: slowest URL KIND COUNT\n");
        return 2;
    }
    const phx_value values[] = {
        {.type = PHX_TEXT, .text = {argv[2], strlen(argv[2])}},
        {.type = PHX_INTEGER, .integer = atoll(argv[3])},
    };
    options.flags = PHX_OPEN_READ_ONLY; /* a server may have it open */
    bounds.timeout = 10000;
    int done = phx_store_open(argv[1], &options, &store, &err) == PHX_OK &&
               phx_store_sql(store, sql, strlen(sql), values, 2, &bounds, &rows,
                             &err) == PHX_OK &&
               print_rows(rows, &err);
    if (!done)
        fprintf(stderr, "slowest: %s\n", err.message);
    phx_rows_close(rows);
    phx_store_close(store);
    return !done;
}

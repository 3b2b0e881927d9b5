/*
 * Statements of SQL over a few spans.
 *
 *     byte 0       bit 0: a whole statement, or a condition on spans
 *                  bits 1-7: the allocation that fails, 0 for none
 *     the rest     its text
 *
 * A statement ends, and leaves the store as it was. A condition finds the same
 * spans in the table as in a copy of its rows, where none is taken over.
 */
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "base/base.h"
#include "api/inside.h"

enum { LOOKS = 40, MEMORY = 8 << 20, LONGEST = 8000, MOST_ROWS = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool condition, const char *fact)
{
    if (!condition) {
        fprintf(stderr, "does not hold: %s\n", fact);
        abort();
    }
}

/* --- the store ------------------------------------------------------------------- */

static const char body[] =
    "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"traceId\":\"%02x\","
    "\"spanId\":\"%02x\",\"parentSpanId\":\"%s\",\"name\":\"%s\","
    "\"startTimeUnixNano\":\"%llu\",\"endTimeUnixNano\":\"%llu\","
    "\"status\":{\"code\":%d},\"attributes\":[{\"key\":"
    "\"openinference.span.kind\",\"value\":{\"stringValue\":\"%s\"}},{\"key\":"
    "\"a.b\",\"value\":{\"intValue\":\"%d\"}},{\"key\":\"session.id\","
    "\"value\":"
    "{\"stringValue\":\"s%d\"}}]}]}]}]}";

static phx_store *make_store(void)
{
    static const char *const projects[] = {NULL, "p", "q"};
    phx_store *store = NULL;
    char text[2000];

    check(phx_store_open("sqlite::memory:", NULL, &store, NULL) == PHX_OK,
          "a store in memory opens");
    for (int i = 0; i < 12; i++) {
        unsigned long long start =
            1700000000000000000u + (unsigned long long)i * 86400000000000u;
        int length =
            snprintf(text, sizeof text, body, (unsigned)(i / 2), (unsigned)i,
                     i % 2 ? "00" : "", i % 3 ? "odd" : "Even", start,
                     start + (unsigned long long)i * 1000000, i % 3,
                     i % 2 ? "LLM" : "TOOL", i, i / 4);
        check(phx_store_ingest(store, projects[i % 3], PHX_OTLP_JSON, text,
                               (size_t)length, NULL, NULL) == PHX_OK,
              "spans are taken in");
    }
    return store;
}

/* --- statements --------------------------------------------------------------------- */

static int32_t is_enough(void *ctx)
{
    return --*(int *)ctx < 0;
}

/* The first column of the rows, or a failure. */
static phx_status ask(phx_store *store, const char *sql, int64_t ids[MOST_ROWS],
                      size_t *count)
{
    int looks = LOOKS;
    const struct store_query query = {.sql = text_of(sql),
                                      .memory = MEMORY,
                                      .stop = is_enough,
                                      .stop_ctx = &looks};
    struct store_rows *rows = NULL;
    const struct value *row;
    phx_error err = {0};
    phx_status status = store_rows_open(store->store, &query, &rows, &err);

    *count = 0;
    while (status == PHX_OK && *count < MOST_ROWS &&
           (status = store_rows_next(rows, &row, &err)) == PHX_OK)
        ids[(*count)++] = row[0].kind == JSON_INT ? row[0].integer : -1;
    store_rows_close(rows);
    check(status >= 0 || (err.status == status && err.message[0] != '\0'),
          "a failure is told");
    check(status >= 0 || status == PHX_INVALID || status == PHX_INTERRUPTED ||
              status == PHX_TOO_BIG || status == PHX_NO_MEMORY,
          "what fails is the statement");
    return status;
}

static bool holds(const char *text, const char *word)
{
    size_t size = strlen(word);

    for (; *text != '\0'; text++) {
        if (strncasecmp(text, word, size) == 0)
            return true;
    }
    return false;
}

/* What a copy does not have, or gives differently the second time. */
static bool is_comparable(const char *text)
{
    static const char *const words[] = {"rando", "now",   "current", "ref",
                                        "_ns",   "rowid", "oid",     "limit"};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (holds(text, words[i]))
            return false;
    }
    return true;
}

static void compare(phx_store *store, const char *condition)
{
    static char sql[LONGEST + 200];
    int64_t one[MOST_ROWS], other[MOST_ROWS];
    size_t count, again;

    snprintf(sql, sizeof sql, "SELECT id FROM spans WHERE (%s) ORDER BY id",
             condition);
    if (ask(store, sql, one, &count) < 0 || !is_comparable(condition))
        return;
    snprintf(sql, sizeof sql,
             "WITH spans_ AS MATERIALIZED (SELECT * FROM spans) SELECT id FROM"
             " spans_ AS spans WHERE (%s) ORDER BY id",
             condition);
    if (ask(store, sql, other, &again) < 0)
        return;
    check(count == again && memcmp(one, other, count * sizeof *one) == 0,
          "a condition means the same");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static phx_store *store;
    static char text[LONGEST + 1];
    int64_t ids[MOST_ROWS];
    size_t count;

    if (store == NULL)
        store = make_store();
    if (size < 1 || size > LONGEST)
        return 0;
    memcpy(text, data + 1, size - 1);
    text[size - 1] = '\0';
    memory_faults.seen = 0;
    memory_faults.fail_at = data[0] >> 1;
    if ((data[0] & 1) != 0)
        (void)ask(store, text, ids, &count);
    else
        compare(store, text);
    memory_faults.fail_at = 0;
    check(ask(store, "SELECT count(*) FROM spans", ids, &count) == PHX_DONE &&
              ids[0] == 12,
          "the store is as it was");
    return 0;
}

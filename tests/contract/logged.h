/*
 * logged.h - log records for a store, in a line.
 */
#ifndef CONTRACT_LOGGED_H
#define CONTRACT_LOGGED_H

#include "contract/stored.h"

#include <sqlite3.h>

/* A record as a test thinks of it: what is NULL or 0 is left out. */
struct logged {
    const char *trace, *span, *event;
    uint64_t time;
    const char *body;       /* an AnyValue */
    const char *attributes; /* inside of the array */
};

static inline void log_text(const struct logged *logged, char *out, size_t size)
{
    int used = snprintf(
        out, size,
        "{\"resourceLogs\":[{\"scopeLogs\":[{\"scope\":{\"name\":\"sender\"},"
        "\"logRecords\":[{\"traceId\":\"%s\",\"spanId\":\"%s\","
        "\"eventName\":\"%s\",\"timeUnixNano\":\"%" PRIu64 "\","
        "\"severityNumber\":9,\"body\":%s,\"attributes\":[%s]}]}]}]}",
        logged->trace ? logged->trace : "", logged->span ? logged->span : "",
        logged->event ? logged->event : "", logged->time,
        logged->body ? logged->body : "null",
        logged->attributes ? logged->attributes : "");

    assert_true((size_t)used < size);
}

/* In a commit of its own; whether it was new. */
static inline int send_log(struct place *place, const struct logged *logged)
{
    char text[4096];
    phx_ingest_report report = {0};

    log_text(logged, text, sizeof text);
    succeeds(phx_store_ingest(place->store, NULL, PHX_LOGS_JSON, text,
                              strlen(text), &report, err));
    assert_int_equal(report.accepted + report.duplicate, 1);
    return report.accepted == 1;
}

/* Rows of the store's own tables, as they are on disk. */
static inline int count_rows(struct place *place, const char *table)
{
    char text[64];
    sqlite3 *db;
    sqlite3_stmt *read;

    assert_int_equal(sqlite3_open(place->path, &db), SQLITE_OK);
    snprintf(text, sizeof text, "SELECT count(*) FROM %s", table);
    assert_int_equal(sqlite3_prepare_v2(db, text, -1, &read, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(read), SQLITE_ROW);
    int count = sqlite3_column_int(read, 0);
    sqlite3_finalize(read);
    sqlite3_close(db);
    return count;
}

/* Changes them behind the store's back, and opens it again. */
static inline void change_rows(struct place *place, const char *text)
{
    sqlite3 *db;

    place_close(place);
    assert_int_equal(sqlite3_open(place->path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    place_open(place, PHX_OPEN_NO_COMPACT);
}

#define CONTENT(text)                                                          \
    "{\"kvlistValue\":{\"values\":[{\"key\":\"content\",\"value\":"            \
    "{\"stringValue\":\"" text "\"}}]}}"

#endif

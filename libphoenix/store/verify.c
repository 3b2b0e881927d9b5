/*
 * verify.c - checks every invariant of a store in one snapshot, and says what
 * is wrong.
 *
 *     file      SQLite's own integrity check
 *     counters  their checksum; above every number in use; counts of rows
 *     blocks    row checksum, frames, everything block_verify knows, zone
 *     spans     number and id once; trace, project and session exist
 *     traces    as many living rows as n says, the window covers them
 *     postings  those of a lasting block are its ids, no more and no fewer
 *     rows      checksums of projects, sessions, annotations, costs, prices and
 *               retention policies
 *     datasets  checksums; what lives is what the newest version says
 *     prompts   checksums; each has the versions and tags that it says
 *     experiments checksums; as many rows of each kind as are counted
 */
#include "base/base.h"

#include "store/price.h"
#include "store/verify.h"

#include <stdlib.h>

enum { FAULTS = 100 };

phx_status verify_fault(struct verify *verify, const char *format, ...)
{
    char message[400];
    va_list values;

    va_start(values, format);
    vsnprintf(message, sizeof message, format, values);
    va_end(values);
    if (verify->faults++ == 0)
        fail(&verify->first, PHX_CORRUPT, -1, "%s", message);
    if (verify->found != NULL)
        verify->found(verify->ctx, message);
    return verify->found == NULL || verify->faults >= FAULTS ? PHX_CORRUPT
                                                             : PHX_OK;
}

phx_status verify_failure(struct verify *verify, phx_status status,
                          const char *what, int64_t id, const phx_error *why,
                          phx_error *err)
{
    if (status == PHX_CORRUPT || status == PHX_TOO_BIG)
        return id == 0 ? verify_fault(verify, "%s: %s", what, why->message)
                       : verify_fault(verify, "%s %lld: %s", what,
                                      (long long)id, why->message);
    if (status < 0 && err != NULL)
        *err = *why;
    return status;
}

/* Each row is found anew by its id: a damaged tree may lead in a circle. */
phx_status verify_each(struct verify *verify, enum sql after, verify_row check,
                       int64_t last, int64_t *rows, phx_error *err)
{
    struct statement *next;
    phx_status status;

    *rows = 0;
    while ((status = sql_find(verify->connection, after, last, &next, err)) ==
           PHX_OK) {
        last = sql_int(next, 0);
        status = check(verify, next, err);
        sql_end(next);
        if (status < 0)
            break;
        ++*rows;
    }
    return status < 0 ? status : PHX_OK;
}

/* --- the file ------------------------------------------------------------------ */

/* Among the damage SQLite tells of pages that it could not read. */
static int page_code(const char *line)
{
    static const char words[] = "unable to get the page. error code=";
    const char *found = strstr(line, words);

    return found ? (int)strtol(found + sizeof words - 1, NULL, 10)
                 : SQLITE_CORRUPT;
}

/* Of a page of a long row it does not tell why it could not be read: whoever
 * reads the row will. */
static bool tells_no_code(const char *line)
{
    return strstr(line, "failed to get page") != NULL;
}

static phx_status check_file(struct verify *verify, phx_error *err)
{
    sqlite3_stmt *check = NULL;
    phx_status status = PHX_OK;
    int code = sqlite3_prepare_v2(
        verify->connection->db, "PRAGMA integrity_check(20)", -1, &check, NULL);

    while (code == SQLITE_OK && status >= 0 &&
           sqlite3_step(check) == SQLITE_ROW) {
        const char *line = (const char *)sqlite3_column_text(check, 0);
        if (line == NULL || strcmp(line, "ok") == 0)
            continue;
        if (tells_no_code(line)) {
            verify->unread = true;
            continue;
        }
        int page = page_code(line);
        status = page == SQLITE_CORRUPT ? verify_fault(verify, "file: %s", line)
                                        : connection_fail(NULL, page, err);
    }
    if (code == SQLITE_OK)
        code = sqlite3_finalize(check);
    if (status < 0 || code == SQLITE_OK)
        return status;
    phx_error why;
    status = connection_fail(verify->connection, code, &why);
    return verify_failure(verify, status, "file", 0, &why, err);
}

static phx_status check_schema(struct verify *verify, phx_error *err)
{
    phx_error why = {0};
    phx_status status = schema_verify(verify->connection, &why);

    return verify_failure(verify, status, "file", 0, &why, err);
}

/* Rows that belong to a block that is not there. */
static phx_status check_orphans(struct verify *verify, enum sql orphans,
                                const char *what, phx_error *err)
{
    struct statement *orphan = sql(verify->connection, orphans);
    phx_status status;

    while ((status = sql_next(orphan, err)) == PHX_OK) {
        status = verify_fault(verify, "%s %lld is of no block", what,
                              (long long)sql_int(orphan, 0));
        if (status < 0)
            break;
    }
    sql_end(orphan);
    return status < 0 ? status : PHX_OK;
}

/* What is deleted is what the counters say, of numbers that were given. */
static phx_status check_gone(struct verify *verify)
{
    int64_t sum = 0;
    phx_status status = PHX_OK;

    for (size_t i = 0; i < verify->gone.count && status >= 0; i++) {
        const struct gone_row *row = &verify->gone.rows[i];
        int64_t next = row->kind == PHX_PROJECT ? verify->counter.project
                       : row->kind == PHX_TRACE ? verify->counter.trace
                       : row->kind == PHX_SPAN  ? verify->counter.span
                                                : 0;
        sum ^= gone_row_sum(row);
        if (row->id <= 0 || row->id >= next)
            status = verify_fault(verify,
                                  "deleted row %lld of kind %lld is of no known"
                                  " number",
                                  (long long)row->id, (long long)row->kind);
    }
    if (status >= 0 && sum != verify->counter.gone)
        status =
            verify_fault(verify, "a row of what is deleted is lost or damaged");
    return status;
}

/* --- rows --------------------------------------------------------------------------- */

phx_status verify_exists(struct verify *verify, enum sql id, int64_t value,
                         bool *out, phx_error *err)
{
    struct statement *read;
    phx_status status = sql_find(verify->connection, id, value, &read, err);

    sql_end(read);
    *out = status == PHX_OK;
    return status < 0 ? status : PHX_OK;
}

static phx_status check_trace(struct verify *verify, struct statement *read,
                              phx_error *err)
{
    struct trace_row row;
    phx_text id = sql_text(read, 1);
    bool project, session = true;
    phx_status status;

    trace_row_read(read, &row);
    uint64_t id_hash = verify_id_hash(id);
    if (row.sum != (int64_t)trace_row_sum(&row))
        return verify_fault(verify, "trace %lld: its row is damaged",
                            (long long)row.id);
    const uint32_t *index =
        map_find(&verify->trace_index, verify_trace_key(row.id));
    if (index != NULL && verify->traces[*index].id_hash != id_hash)
        return verify_fault(verify, "trace %lld: its row is another trace's",
                            (long long)row.id);
    if (gone_has(&verify->gone, PHX_PROJECT, row.project))
        return PHX_OK;
    if ((status = verify_exists(verify, SQL_PROJECT_BY_ID, row.project,
                                &project, err)) < 0 ||
        (row.session != 0 &&
         (status = verify_exists(verify, SQL_SESSION_BY_ID, row.session,
                                 &session, err)) < 0))
        return status;
    if (!project || !session)
        return verify_fault(verify, "trace %lld: its %s is lost",
                            (long long)row.id, project ? "session" : "project");
    if (index == NULL)
        return verify_fault(verify, "trace %lld: no block has its spans",
                            (long long)row.id);
    struct trace_sum *sum = &verify->traces[*index];
    sum->number = 0; /* found */
    if (sum->spans != row.spans)
        return verify_fault(verify, "trace %lld: %lld spans, its row says %lld",
                            (long long)row.id, (long long)sum->spans,
                            (long long)row.spans);
    if (sum->start < row.start || sum->end > row.end)
        return verify_fault(verify, "trace %lld: a span is outside its window",
                            (long long)row.id);
    if (sum->project != row.project)
        return verify_fault(verify, "trace %lld: its row has another project",
                            (long long)row.id);
    return PHX_OK;
}

static phx_status check_session(struct verify *verify, struct statement *read,
                                phx_error *err)
{
    struct session_row row;

    (void)err;
    session_read(read, &row);
    return row.sum == (int64_t)session_sum(&row) &&
                   row.id < verify->counter.session
               ? PHX_OK
               : verify_fault(verify, "session %lld: its row is damaged",
                              (long long)row.id);
}

static phx_status check_project(struct verify *verify, struct statement *read,
                                phx_error *err)
{
    phx_project row;
    bool policy;
    phx_status status;

    project_read(read, &row);
    if ((int64_t)project_sum(&row) != sql_int(read, 5) ||
        row.id >= verify->counter.project)
        return verify_fault(verify, "project %lld: its row is damaged",
                            (long long)row.id);
    if ((status = verify_exists(verify, SQL_POLICY_BY_ID, row.policy, &policy,
                                err)) < 0)
        return status;
    return policy ? PHX_OK
                  : verify_fault(verify,
                                 "project %lld: its retention policy is lost",
                                 (long long)row.id);
}

static phx_status check_policy(struct verify *verify, struct statement *read,
                               phx_error *err)
{
    phx_retention_policy row;

    (void)err;
    policy_read(read, &row);
    return (int64_t)policy_sum(&row) == sql_int(read, 6)
               ? PHX_OK
               : verify_fault(verify,
                              "retention policy %lld: its row is damaged",
                              (long long)row.id);
}

static phx_status check_prices(struct verify *verify, struct statement *read,
                               phx_error *err)
{
    struct price_version version;
    phx_error why = {0};
    int64_t sum = 0;
    phx_status status = price_version_read(read, &version, &sum, &why);

    verify->prices ^= sum;
    return verify_failure(verify, status, "prices", 0, &why, err);
}

static phx_status check_log(struct verify *verify, struct statement *read,
                            phx_error *err)
{
    struct log_record record;
    struct arena arena;
    phx_error why = {0};

    arena_init(&arena, SIZE_MAX);
    phx_status status =
        log_row_read(read, &arena, verify->store->secret, &record, &why);
    arena_clear(&arena);
    if (status < 0)
        return verify_failure(verify, status, "log record", sql_int(read, 0),
                              &why, err);
    return sql_int(read, 0) < verify->counter.log
               ? PHX_OK
               : verify_fault(verify, "log record %lld: above its counter",
                              (long long)sql_int(read, 0));
}

phx_status verify_count(struct verify *verify, const char *nouns, int64_t rows,
                        int64_t counted)
{
    return rows == counted
               ? PHX_OK
               : verify_fault(verify, "%lld %s, the counters say %lld",
                              (long long)rows, nouns, (long long)counted);
}

/* Traces of blocks whose rows were not met. */
static phx_status check_lost(struct verify *verify)
{
    phx_status status = PHX_OK;

    for (size_t i = 0; i < verify->trace_count && status >= 0; i++) {
        int64_t number = verify->traces[i].number;
        if (number != 0)
            status = verify_fault(verify, "trace %lld: its row is lost",
                                  (long long)number);
    }
    return status;
}

static phx_status check_tables(struct verify *verify, phx_error *err)
{
    const struct counter *counter = &verify->counter;
    int64_t rows;
    phx_status status;

    if ((status = verify_each(verify, SQL_TRACES_ALL, check_trace, 0, &rows,
                              err)) < 0 ||
        (status = check_lost(verify)) < 0 ||
        (status = verify_count(verify, "traces", rows, counter->traces)) < 0 ||
        (status = verify_each(verify, SQL_SESSIONS_ALL, check_session, 0, &rows,
                              err)) < 0 ||
        (status = verify_count(verify, "sessions", rows, counter->sessions)) <
            0 ||
        (status = verify_each(verify, SQL_PROJECTS_ALL, check_project, 0, &rows,
                              err)) < 0 ||
        (status = verify_count(verify, "projects", rows, counter->projects)) <
            0 ||
        (status = verify_each(verify, SQL_PRICES_ALL, check_prices, 0, &rows,
                              err)) < 0 ||
        (verify->prices != counter->prices &&
         (status = verify_fault(verify, "a version of the prices is lost")) <
             0) ||
        /* The first is number 0. */
        (status = verify_each(verify, SQL_POLICIES_ALL, check_policy, -1, &rows,
                              err)) < 0)
        return status;
    if ((status = verify_each(verify, SQL_LOGS_ALL, check_log, 0, &rows, err)) <
            0 ||
        (status = verify_count(verify, "log records", rows, counter->logs)) < 0)
        return status;
    if ((status = verify_datasets(verify, err)) < 0 ||
        (status = verify_prompts(verify, err)) < 0 ||
        (status = verify_experiments(verify, err)) < 0)
        return status;
    return verify_said(verify, err);
}

static phx_status check_all(struct verify *verify, phx_error *err)
{
    const struct run_list *runs;
    phx_error why = {0};
    phx_status status;

    if ((status = check_file(verify, err)) < 0 ||
        (status = check_schema(verify, err)) < 0 ||
        (status = gone_read(verify->connection, &verify->gone, err)) < 0 ||
        (status = check_gone(verify)) < 0 ||
        (status = check_orphans(verify, SQL_FRAME_ORPHAN, "frame", err)) < 0 ||
        (status = check_orphans(verify, SQL_OUTGROWN_ORPHAN,
                                "set of outgrown rows", err)) < 0)
        return status;
    status = run_list_read(verify->connection, &verify->counter, &runs, &why);
    if (status < 0)
        return verify_failure(verify, status, "runs", 0, &why, err);
    if ((status = verify_runs(verify, runs, err)) < 0 ||
        (status = verify_blocks(verify, err)) < 0)
        return status;
    if ((status = check_tables(verify, err)) < 0 || !verify->unread)
        return status;
    verify->unread = false; /* all rows were: the want may be over */
    if ((status = check_file(verify, err)) < 0 || !verify->unread)
        return status;
    return fail(err, PHX_IO, -1, "store: a page could not be read");
}

phx_status store_verify(struct store *store, phx_verify_fn found, void *ctx,
                        phx_error *err)
{
    struct verify verify = {.store = store,
                            .found = found,
                            .ctx = ctx,
                            .interrupts = store_interrupts(store)};
    phx_error why = {0};
    phx_status status =
        store_reader_take(store, &verify.connection, &verify.counter, &why);

    if (status < 0) {
        if (status == PHX_CORRUPT && found != NULL)
            found(ctx, why.message);
        if (err != NULL)
            *err = why;
        return status;
    }
    status = check_all(&verify, err);
    store_reader_give(store, verify.connection);
    gone_clear(&verify.gone);
    map_clear(&verify.trace_index);
    memory_free(verify.traces);
    map_clear(&verify.span_ids);
    map_clear(&verify.span_numbers);
    map_clear(&verify.posting_index);
    memory_free(verify.postings);
    if (verify.faults == 0)
        return status;
    if (err != NULL)
        *err = verify.first;
    return PHX_CORRUPT;
}

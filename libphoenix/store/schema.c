/*
 * schema.c - the tables, as numbered migrations: forward only, each in one
 * transaction. user_version is the last one that ran; application_id tells a
 * store of ours from any other SQLite file.
 */
#include "base/base.h"

#include "store/inside.h"

enum { APPLICATION_ID = 0x50485831 /* "PHX1" */ };

/* Times are us since 1970, `_rest` the ns beyond. A trace's n counts its living
 * spans; a session's window is that of its deleted traces, and NULL without. */
static const char *const migrations[] = {
    /* 1 */
    "CREATE TABLE counter ("
    " id INTEGER PRIMARY KEY CHECK (id = 1), block INT, run INT, span INT,"
    " trace INT, session INT, project INT, runs INT, traces INT,"
    " sessions INT, projects INT, secret BLOB, sum INT);"
    "CREATE TABLE block ("
    " id INTEGER PRIMARY KEY, level INT, project INT, day INT, n INT,"
    " min_t INT, max_t INT, min_no INT, max_no INT, max_latency INT,"
    " max_tokens INT, kinds INT, projects INT, sum INT);"
    "CREATE INDEX block_time ON block (project, max_t);"
    "CREATE INDEX block_no ON block (project, max_no);"
    "CREATE INDEX block_new ON block (id) WHERE level < 2;"
    "CREATE TABLE frame (id INTEGER PRIMARY KEY, body BLOB);"
    "CREATE TABLE run (id INTEGER PRIMARY KEY, body BLOB);"
    "CREATE TABLE run_head ("
    " id INTEGER PRIMARY KEY, level INT, n INT, first BLOB);"
    "CREATE TABLE trace ("
    " id INTEGER PRIMARY KEY, trace_id BLOB, project INT, session INT,"
    " start INT, start_rest INT, end INT, end_rest INT, n INT);"
    "CREATE INDEX trace_start ON trace (project, start);"
    "CREATE INDEX trace_session ON trace (session, start)"
    " WHERE session IS NOT NULL;"
    "CREATE TABLE session ("
    " id INTEGER PRIMARY KEY, name TEXT UNIQUE, project INT, start INT,"
    " start_rest INT, end INT, end_rest INT, sum INT);"
    "CREATE TABLE gone (kind INT, id INT, hash INT,"
    " PRIMARY KEY (kind, id)) WITHOUT ROWID;"
    "CREATE TABLE project ("
    " id INTEGER PRIMARY KEY, name TEXT UNIQUE, description TEXT,"
    " created INT, updated INT, sum INT);",
};
enum { NEWEST = sizeof migrations / sizeof *migrations };

static phx_status pragma_int(struct connection *connection, const char *text,
                             int64_t *out, phx_error *err)
{
    sqlite3_stmt *handle = NULL;
    int code = sqlite3_prepare_v2(connection->db, text, -1, &handle, NULL);
    phx_status status = PHX_OK;

    if (code == SQLITE_OK)
        code = sqlite3_step(handle);
    if (code == SQLITE_ROW)
        *out = sqlite3_column_int64(handle, 0);
    else if (code == SQLITE_NOTADB)
        status = fail_os(err, PHX_CORRUPT, code, "the file is no store");
    else
        status = connection_fail(connection, code, err);
    sqlite3_finalize(handle);
    return status;
}

static phx_status seed(struct connection *connection, phx_error *err)
{
    phx_status status;
    struct counter counter;

    if ((status = counter_create(connection, err)) < 0 ||
        (status = counter_read(connection, &counter, err)) < 0)
        return status;
    phx_project project = {
        .id = counter.project++,
        .created_at = time_now(),
        .name = text_of("default"),
        .description = text_of("Default project"),
    };
    project.updated_at = project.created_at;
    counter.projects++;
    if ((status = project_insert(connection, &project, err)) < 0)
        return status;
    return counter_write(connection, &counter, err);
}

static phx_status migrate(struct connection *connection, int64_t from,
                          phx_error *err)
{
    char text[96];
    phx_status status;

    if ((status = sql_begin(connection, true, err)) < 0)
        return status;
    for (int64_t i = from; i < NEWEST && status >= 0; i++) {
        status = connection_execute(connection, migrations[i], err);
        if (status >= 0 && i == 0)
            status = seed(connection, err);
    }
    snprintf(text, sizeof text,
             "PRAGMA application_id = %d; PRAGMA user_version = %d",
             APPLICATION_ID, NEWEST);
    if (status < 0 ||
        (status = connection_execute(connection, text, err)) < 0 ||
        (status = sql_commit(connection, err)) < 0)
        sql_rollback(connection);
    return status;
}

phx_status schema_prepare(struct connection *connection, bool read_only,
                          bool no_migrate, phx_error *err)
{
    int64_t version = 0, application = 0, tables = 0;
    phx_status status;

    if ((status = pragma_int(connection, "PRAGMA user_version", &version,
                             err)) < 0 ||
        (status = pragma_int(connection, "PRAGMA application_id", &application,
                             err)) < 0 ||
        (status = pragma_int(connection,
                             "SELECT count(*) FROM sqlite_schema", &tables,
                             err)) < 0)
        return status;
    if (application != APPLICATION_ID && (tables > 0 || version != 0))
        return fail(err, PHX_CORRUPT, -1,
                    "the file is a database, but no store of libphoenix");
    if (version > NEWEST)
        return fail(err, PHX_UNSUPPORTED, -1,
                    "the store has format %lld, this build knows up to %d",
                    (long long)version, NEWEST);
    if (version == NEWEST)
        return PHX_OK;
    if (read_only || (no_migrate && version > 0))
        return fail(err, PHX_UNSUPPORTED, -1,
                    "the store has format %lld and is to be brought to %d",
                    (long long)version, NEWEST);
    return migrate(connection, version, err);
}

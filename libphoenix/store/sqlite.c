/*
 * sqlite.c - connections to SQLite, their statements, and what its codes mean
 * to a caller. The journal is a write-ahead log, synced at every commit: what
 * was acknowledged survives a power cut.
 */
#include "base/base.h"

#include "store/price.h"

#include <errno.h>
#include <limits.h>

static const char *const texts[] = {
#define X(id, text) text,
    STATEMENTS(X)
#undef X
};

static phx_status status_of(int code)
{
    if (code == SQLITE_IOERR_NOMEM)
        return PHX_NO_MEMORY;
    switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return PHX_BUSY;
    case SQLITE_NOMEM:
        return PHX_NO_MEMORY;
    case SQLITE_INTERRUPT:
        return PHX_INTERRUPTED;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_ERROR: /* the statements are right, so the schema is not */
        return PHX_CORRUPT;
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_PROTOCOL:
        return PHX_IO;
    case SQLITE_TOOBIG:
        return PHX_TOO_BIG;
    default:
        return PHX_INTERNAL;
    }
}

phx_status connection_fail(struct connection *connection, int code,
                           phx_error *err)
{
    const char *why = connection != NULL && connection->db != NULL
                          ? sqlite3_errmsg(connection->db)
                          : sqlite3_errstr(code);

    return fail_os(err, status_of(code), code, "store: %s", why);
}

phx_status connection_execute(struct connection *connection, const char *text,
                              phx_error *err)
{
    int code = sqlite3_exec(connection->db, text, NULL, NULL, NULL);

    return code == SQLITE_OK ? PHX_OK : connection_fail(connection, code, err);
}

struct statement *sql(struct connection *connection, enum sql id)
{
    struct statement *statement = &connection->statements[id];

    statement->connection = connection;
    statement->code = SQLITE_OK;
    if (statement->handle == NULL)
        statement->code = sqlite3_prepare_v3(connection->db, texts[id], -1,
                                             SQLITE_PREPARE_PERSISTENT,
                                             &statement->handle, NULL);
    else
        sqlite3_reset(statement->handle);
    if (statement->code == SQLITE_ERROR) /* the tables are not ours */
        statement->code = SQLITE_CORRUPT;
    return statement;
}

static bool is_among(const char *name, const char *const *names)
{
    while (*names != NULL && sqlite3_stricmp(name, *names) != 0)
        names++;
    return *names != NULL;
}

/* While a host's statement is prepared, all but reading is refused, and of
 * reading the secret of the hash, with which ids could be aimed at one slot,
 * and functions that take code or pointers. */
static int authorize(void *ctx, int action, const char *first,
                     const char *second, const char *database,
                     const char *trigger)
{
    static const char *const tables[] = {"counter", "sqlite_dbpage", NULL};
    static const char *const functions[] = {"load_extension", "fts3_tokenizer",
                                            NULL};
    const struct connection *connection = ctx;

    (void)database;
    (void)trigger;
    if (!connection->guarded)
        return SQLITE_OK;
    switch (action) {
    case SQLITE_SELECT:
    case SQLITE_RECURSIVE:
        return SQLITE_OK;
    case SQLITE_READ:
        return is_among(first, tables) ? SQLITE_DENY : SQLITE_OK;
    case SQLITE_FUNCTION:
        return is_among(second, functions) ? SQLITE_DENY : SQLITE_OK;
    default:
        return SQLITE_DENY;
    }
}

/* Settings expire statements, and one that is prepared anew needs memory: a
 * rollback must not, so it is made ready here. */
static phx_status configure(struct connection *connection, bool owned,
                            const char *pragmas, phx_error *err)
{
    phx_status status;

    sqlite3_db_config(connection->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, !owned,
                      NULL);
    if ((status = connection_execute(connection, pragmas, err)) < 0 ||
        (status = sql_begin(connection, false, err)) < 0)
        return status;
    return sql_run(sql(connection, SQL_ROLLBACK), err);
}

bool connection_in_memory(const struct connection *connection)
{
    const char *file = sqlite3_db_filename(connection->db, "main");

    return file == NULL || *file == '\0';
}

phx_status connection_own(struct connection *connection, phx_error *err)
{
    if (connection_in_memory(connection))
        return PHX_OK;
    return configure(
        connection, true,
        "PRAGMA page_size = 4096; PRAGMA auto_vacuum = INCREMENTAL;"
        "PRAGMA journal_mode = WAL; PRAGMA journal_size_limit = 67108864",
        err);
}

phx_status connection_relax(struct connection *connection, phx_error *err)
{
    return configure(connection, false, "PRAGMA synchronous = NORMAL", err);
}

phx_status connection_sort_outside(struct connection *connection,
                                   phx_error *err)
{
    return configure(connection, false, "PRAGMA temp_store = FILE", err);
}

static phx_status open_database(struct connection *connection, const char *path,
                                const char *vfs, bool read_only, phx_error *err)
{
    int flags = SQLITE_OPEN_NOMUTEX |
                (read_only ? SQLITE_OPEN_READONLY
                           : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    const char *name = path ? path : ":memory:";
    struct buf uri;
    phx_status status = PHX_OK;

    buf_init(&uri, SIZE_MAX);
    if (read_only && path != NULL && vfs == NULL)
        status = resting_uri(path, &uri, err);
    if (uri.size > 0) {
        name = (const char *)uri.data;
        flags |= SQLITE_OPEN_URI;
    }
    int code = status < 0 ? SQLITE_OK
                          : sqlite3_open_v2(name, &connection->db, flags, vfs);
    buf_clear(&uri);
    if (code == SQLITE_OK)
        return status;
    return read_only && sqlite3_system_errno(connection->db) == ENOENT
               ? fail(err, PHX_NOT_FOUND, -1, "no store '%.200s'", path)
               : connection_fail(connection, code, err);
}

phx_status connection_open(const char *path, const char *vfs, bool read_only,
                           uint32_t busy_timeout, struct connection **out,
                           phx_error *err)
{
    struct connection *connection = memory_new(sizeof *connection);
    phx_status status;

    if (connection == NULL)
        return fail_memory(err, sizeof *connection);
    *connection = (struct connection){.runs_version = -1};
    arena_init(&connection->runs.arena, SIZE_MAX);
    if ((status = open_database(connection, path, vfs, read_only, err)) < 0)
        goto done;
    sqlite3_extended_result_codes(connection->db, 1);
    sqlite3_set_authorizer(connection->db, authorize, connection);
    sqlite3_busy_timeout(connection->db,
                         busy_timeout < INT_MAX ? (int)busy_timeout : INT_MAX);
    if ((status = block_reader_new(&connection->reader, err)) < 0)
        goto done;
    /* Nothing here writes to the file: it may not be a store. */
    status =
        configure(connection, false,
                  "PRAGMA cache_size = -8192; PRAGMA temp_store = MEMORY;"
                  "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;"
                  "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0",
                  err);
done:
    if (status < 0)
        connection_close(connection);
    else
        *out = connection;
    return status;
}

void connection_forget(struct connection *connection)
{
    for (int i = 0; i < SQL_COUNT; i++) {
        sqlite3_finalize(connection->statements[i].handle);
        connection->statements[i].handle = NULL;
    }
    arena_clear(&connection->runs.arena);
    connection->runs = (struct run_list){0};
    arena_init(&connection->runs.arena, SIZE_MAX);
    connection->runs_version = -1;
}

void connection_close(struct connection *connection)
{
    if (connection == NULL)
        return;
    price_book_free(connection->prices);
    /* An interrupt that found nothing to stop would stop the checkpoint of
     * closing: running any statement clears it. */
    if (connection->statements[SQL_ROLLBACK].handle != NULL)
        (void)sql_run(sql(connection, SQL_ROLLBACK), NULL);
    connection_forget(connection);
    gone_clear(&connection->gone);
    block_reader_free(connection->reader);
    sqlite3_close(connection->db);
    memory_free(connection);
}

static void remember(struct statement *statement, int code)
{
    if (statement->code == SQLITE_OK)
        statement->code = code;
}

void sql_bind_int(struct statement *statement, int at, int64_t value)
{
    if (statement->code == SQLITE_OK)
        remember(statement, sqlite3_bind_int64(statement->handle, at, value));
}

void sql_bind_real(struct statement *statement, int at, double value)
{
    if (statement->code == SQLITE_OK)
        remember(statement, sqlite3_bind_double(statement->handle, at, value));
}

void sql_bind_text(struct statement *statement, int at, phx_text value)
{
    if (statement->code != SQLITE_OK)
        return;
    remember(statement,
             value.data == NULL
                 ? sqlite3_bind_null(statement->handle, at)
                 : sqlite3_bind_text64(statement->handle, at, value.data,
                                       value.size, SQLITE_STATIC, SQLITE_UTF8));
}

void sql_bind_blob(struct statement *statement, int at, const void *bytes,
                   size_t size)
{
    if (statement->code == SQLITE_OK)
        remember(statement,
                 sqlite3_bind_blob64(statement->handle, at, size ? bytes : "",
                                     size, SQLITE_STATIC));
}

void sql_bind_value(struct statement *statement, int at,
                    const struct value *value)
{
    switch (value->kind) {
    case JSON_BOOL:
    case JSON_INT:
        sql_bind_int(statement, at, value->integer);
        break;
    case JSON_REAL:
        sql_bind_real(statement, at, value->real);
        break;
    case JSON_TEXT:
    case JSON_NUMBER:
        sql_bind_text(statement, at, value->text);
        break;
    case JSON_BYTES:
        sql_bind_blob(statement, at, value->text.data, value->text.size);
        break;
    default: /* not bound is NULL */
        break;
    }
}

phx_status sql_next(struct statement *statement, phx_error *err)
{
    int code = statement->code;

    if (code == SQLITE_OK)
        code = sqlite3_step(statement->handle);
    if (code == SQLITE_ROW)
        return PHX_OK;
    if (code == SQLITE_DONE) {
        sqlite3_reset(statement->handle);
        return PHX_DONE;
    }
    phx_status status = connection_fail(statement->connection, code, err);
    sqlite3_reset(statement->handle);
    return status;
}

phx_status sql_run(struct statement *statement, phx_error *err)
{
    phx_status status = sql_next(statement, err);

    if (status == PHX_OK)
        sqlite3_reset(statement->handle);
    return status < 0 ? status : PHX_OK;
}

void sql_end(struct statement *statement)
{
    sqlite3_reset(statement->handle);
}

phx_status sql_find(struct connection *connection, enum sql id, int64_t value,
                    struct statement **out, phx_error *err)
{
    *out = sql(connection, id);
    sql_bind_int(*out, 1, value);
    return sql_next(*out, err);
}

phx_status sql_run_with(struct connection *connection, enum sql id,
                        int64_t value, phx_error *err)
{
    struct statement *statement;
    phx_status status = sql_find(connection, id, value, &statement, err);

    if (status == PHX_OK)
        sql_end(statement);
    return status < 0 ? status : PHX_OK;
}

phx_status sql_delete(struct statement *statement, int64_t *rows,
                      phx_error *err)
{
    phx_status status = sql_run(statement, err);

    if (status >= 0)
        *rows -= sqlite3_changes(statement->connection->db);
    return status;
}

bool sql_has(struct statement *statement, int column)
{
    return sqlite3_column_type(statement->handle, column) != SQLITE_NULL;
}

double sql_real(struct statement *statement, int column)
{
    return sqlite3_column_double(statement->handle, column);
}

int64_t sql_int(struct statement *statement, int column)
{
    return sqlite3_column_int64(statement->handle, column);
}

phx_text sql_text(struct statement *statement, int column)
{
    const void *bytes = sqlite3_column_blob(statement->handle, column);
    int size = sqlite3_column_bytes(statement->handle, column);

    if (sqlite3_column_type(statement->handle, column) == SQLITE_NULL)
        return (phx_text){NULL, 0};
    return text_span(size > 0 ? bytes : "", (size_t)size);
}

phx_status sql_begin(struct connection *connection, bool write, phx_error *err)
{
    sql_rollback(connection); /* one that failed */
    return sql_run(sql(connection, write ? SQL_BEGIN_WRITE : SQL_BEGIN_READ),
                   err);
}

phx_status sql_commit(struct connection *connection, phx_error *err)
{
    return sql_run(sql(connection, SQL_COMMIT), err);
}

void sql_rollback(struct connection *connection)
{
    if (!sqlite3_get_autocommit(connection->db))
        (void)sql_run(sql(connection, SQL_ROLLBACK), NULL);
}

/*
 * rows.c - a statement of SQL on a snapshot, and its rows. What a statement
 * does wrong is its author's affair; only what the store finds wrong itself
 * is damage.
 */
#include "base/base.h"

#include "store/span_table.h"

#include <limits.h>

struct store_rows {
    struct snapshot snapshot;
    struct statement statement;
    size_t columns;
    struct value *values; /* of the row, [columns] */
    int most_length;      /* of a text, as it was before; 0: unchanged */
};

/* The story of a failure: that of a method of the table, or SQLite's own. */
static phx_status fail_rows(struct snapshot *snapshot, int code, phx_error *err)
{
    struct connection *connection = snapshot->connection;

    if (snapshot->failed.status < 0) {
        if (err != NULL)
            *err = snapshot->failed;
        return snapshot->failed.status;
    }
    switch (code & 0xFF) {
    case SQLITE_AUTH:
        return fail(err, PHX_INVALID, -1,
                    "sql: %.300s: a statement can only read",
                    sqlite3_errmsg(connection->db));
    case SQLITE_ERROR:
    case SQLITE_RANGE:
    case SQLITE_MISMATCH:
        return fail(err, PHX_INVALID, sqlite3_error_offset(connection->db),
                    "sql: %.300s", sqlite3_errmsg(connection->db));
    case SQLITE_TOOBIG:
        return fail(err, PHX_TOO_BIG, -1, "sql: %.300s",
                    sqlite3_errmsg(connection->db));
    default:
        return connection_fail(connection, code, err);
    }
}

/* One text can take memory between two looks, so it is bounded as well. */
static void bound_memory(struct store_rows *rows, size_t memory)
{
    sqlite3 *db = rows->snapshot.connection->db;

    if (memory == 0)
        return;
    if (memory > INT_MAX)
        memory = INT_MAX;
    rows->snapshot.most_memory = sqlite3_memory_used() + (int64_t)memory;
    rows->most_length = sqlite3_limit(db, SQLITE_LIMIT_LENGTH, (int)memory);
}

/* SQLite finds no statement in blanks, semicolons and comments. It stops at a
 * NUL, behind which there could be anything. */
static int find_another(sqlite3 *db, const char *from, const char *end,
                        bool *out)
{
    sqlite3_stmt *other = NULL;
    int code = SQLITE_OK;

    if (from < end)
        code = sqlite3_prepare_v2(db, from, (int)(end - from), &other, &from);
    *out = other != NULL || from != end ||
           (code != SQLITE_OK && code != SQLITE_NOMEM);
    sqlite3_finalize(other);
    return *out ? SQLITE_OK : code;
}

phx_status rows_prepare(struct snapshot *snapshot, phx_text sql,
                        struct statement *out, phx_error *err)
{
    struct connection *connection = snapshot->connection;
    const char *text = sql.size > 0 ? sql.data : "", *rest = NULL;
    bool another = false;

    *out = (struct statement){.connection = connection};
    if (sql.size > INT_MAX)
        return fail(err, PHX_TOO_BIG, -1, "sql has %zu bytes", sql.size);
    connection->guarded = true;
    int code = sqlite3_prepare_v2(connection->db, text, (int)sql.size,
                                  &out->handle, &rest);
    if (code == SQLITE_OK)
        code = find_another(connection->db, rest, text + sql.size, &another);
    connection->guarded = false;
    if (code != SQLITE_OK)
        return fail_rows(snapshot, code, err);
    if (out->handle == NULL || another || !sqlite3_stmt_readonly(out->handle))
        return fail(err, PHX_INVALID, 0,
                    "sql: wanted is one statement that reads");
    return PHX_OK;
}

void rows_bind(struct statement *statement,
               const struct store_condition *condition)
{
    for (size_t i = 0; i < condition->count; i++)
        sql_bind_value(statement, CONDITION_VALUE + (int)i,
                       &condition->values[i]);
}

static phx_status bind_all(struct statement *statement,
                           const struct store_query *query, phx_error *err)
{
    int wanted = sqlite3_bind_parameter_count(statement->handle);

    if ((size_t)wanted != query->count)
        return fail(err, PHX_INVALID, -1, "sql takes %d values, %zu are given",
                    wanted, query->count);
    for (int i = 0; i < wanted; i++)
        sql_bind_value(statement, i + 1, &query->values[i]);
    return PHX_OK;
}

static phx_status start(struct store_rows *rows,
                        const struct store_query *query, phx_error *err)
{
    struct snapshot *snapshot = &rows->snapshot;
    struct statement *statement = &rows->statement;
    phx_status status;

    snapshot->stop = query->stop;
    snapshot->stop_ctx = query->stop_ctx;
    bound_memory(rows, query->memory);
    if ((status = rows_prepare(snapshot, query->sql, statement, err)) < 0 ||
        (status = bind_all(statement, query, err)) < 0)
        return status;
    rows->columns = (size_t)sqlite3_column_count(statement->handle);
    rows->values = memory_new(size_mul(rows->columns, sizeof *rows->values));
    return rows->values != NULL
               ? PHX_OK
               : fail_memory(err, rows->columns * sizeof *rows->values);
}

phx_status store_rows_open(struct store *store, const struct store_query *query,
                           struct store_rows **out, phx_error *err)
{
    struct store_rows *rows = memory_new(sizeof *rows);
    phx_status status;

    if (rows == NULL)
        return fail_memory(err, sizeof *rows);
    *rows = (struct store_rows){0};
    if ((status = snapshot_take(store, &rows->snapshot, err)) < 0) {
        memory_free(rows);
        return status;
    }
    if ((status = start(rows, query, err)) < 0)
        store_rows_close(rows);
    else
        *out = rows;
    return status;
}

size_t store_rows_columns(const struct store_rows *rows)
{
    return rows->columns;
}

phx_text store_rows_name(const struct store_rows *rows, size_t column)
{
    return text_of(sqlite3_column_name(rows->statement.handle, (int)column));
}

size_t store_rows_blocks(const struct store_rows *rows)
{
    return rows->snapshot.opened_count;
}

static phx_status read_value(struct statement *statement, int column,
                             struct value *out, phx_error *err)
{
    int type = sqlite3_column_type(statement->handle, column);

    switch (type) {
    case SQLITE_INTEGER:
        *out = value_int(sql_int(statement, column));
        return PHX_OK;
    case SQLITE_FLOAT:
        *out = value_real(sqlite3_column_double(statement->handle, column));
        return PHX_OK;
    case SQLITE_TEXT:
    case SQLITE_BLOB:
        if (type == SQLITE_TEXT) /* puts a NUL behind it */
            (void)sqlite3_column_text(statement->handle, column);
        *out = value_text(sql_text(statement, column));
        out->kind = type == SQLITE_TEXT ? JSON_TEXT : JSON_BYTES;
        return sqlite3_errcode(statement->connection->db) == SQLITE_NOMEM
                   ? fail_memory(err, 0)
                   : PHX_OK;
    default:
        *out = value_null();
        return PHX_OK;
    }
}

phx_status rows_next(struct snapshot *snapshot, struct statement *statement,
                     phx_error *err)
{
    int code = statement->code;

    if (code == SQLITE_OK)
        code = sqlite3_step(statement->handle);
    if (code == SQLITE_DONE)
        return PHX_DONE;
    return code == SQLITE_ROW ? PHX_OK : fail_rows(snapshot, code, err);
}

phx_status store_rows_next(struct store_rows *rows, const struct value **out,
                           phx_error *err)
{
    struct statement *statement = &rows->statement;
    phx_status status = rows_next(&rows->snapshot, statement, err);

    if (status != PHX_OK)
        return status;
    for (size_t i = 0; i < rows->columns && status >= 0; i++)
        status = read_value(statement, (int)i, &rows->values[i], err);
    *out = rows->values;
    return status;
}

void store_rows_close(struct store_rows *rows)
{
    if (rows == NULL)
        return;
    sqlite3 *db = rows->snapshot.connection->db;
    sqlite3_finalize(rows->statement.handle);
    if (rows->most_length > 0)
        sqlite3_limit(db, SQLITE_LIMIT_LENGTH, rows->most_length);
    snapshot_give(&rows->snapshot);
    memory_free(rows->values);
    memory_free(rows);
}

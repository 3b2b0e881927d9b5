/*
 * span_table.c - spans as the virtual table `stored_span`, read-only and there
 * on every connection that reads. A cursor is a search; a row's columns come
 * from its open block.
 */
#include "base/base.h"

#include "store/span_table.h"

static const char columns_sql[] =
    "CREATE TABLE stored_span (no INTEGER, trace INTEGER, trace_id TEXT,"
    " span_id TEXT, parent_id TEXT, project INTEGER, session INTEGER,"
    " name TEXT, kind INTEGER, status INTEGER, status_message TEXT,"
    " start INTEGER, \"end\" INTEGER, latency INTEGER, prompt_tokens INTEGER,"
    " completion_tokens INTEGER, root INTEGER, ref INTEGER HIDDEN,"
    " among HIDDEN)";

struct span_table {
    sqlite3_vtab base;
    struct connection *connection;
};

struct span_cursor {
    sqlite3_vtab_cursor base;
    struct span_plan plan;
    struct find find;
    struct span_row row;
};

int snapshot_fail(struct snapshot *snapshot, phx_status status,
                  const phx_error *err)
{
    snapshot->failed = *err;
    snapshot->failed.status = status;
    switch (status) {
    case PHX_NO_MEMORY:
        return SQLITE_NOMEM;
    case PHX_INTERRUPTED:
        return SQLITE_INTERRUPT;
    default:
        return SQLITE_ERROR;
    }
}

int table_declare(sqlite3 *db, struct connection *connection,
                  const char *columns)
{
    bool guarded = connection->guarded;

    connection->guarded = false; /* or to declare were to create a table */
    int code = sqlite3_declare_vtab(db, columns);
    connection->guarded = guarded;
    return code == SQLITE_OK ? sqlite3_vtab_config(db, SQLITE_VTAB_INNOCUOUS)
                             : code;
}

/* --- the table ----------------------------------------------------------------- */

static int table_connect(sqlite3 *db, void *ctx, int count,
                         const char *const *words, sqlite3_vtab **out,
                         char **message)
{
    struct connection *connection = ctx;
    struct span_table *table = memory_new(sizeof *table);

    (void)count;
    (void)words;
    (void)message;
    if (table == NULL)
        return SQLITE_NOMEM;
    *table = (struct span_table){.connection = connection};
    int code = table_declare(db, connection, columns_sql);
    if (code == SQLITE_OK)
        *out = &table->base;
    else
        memory_free(table);
    return code;
}

static int table_disconnect(sqlite3_vtab *base)
{
    memory_free(base);
    return SQLITE_OK;
}

static struct snapshot *snapshot_of(sqlite3_vtab *base)
{
    return ((struct span_table *)base)->connection->snapshot;
}

static int table_best_index(sqlite3_vtab *base, sqlite3_index_info *info)
{
    return span_plan_choose(snapshot_of(base), info);
}

static int table_find_function(sqlite3_vtab *base, int count, const char *name,
                               sql_function *function, void **ctx)
{
    if (count != 2 || sqlite3_stricmp(name, "attr_is") != 0)
        return 0;
    *function = attribute_sql_is();
    *ctx = ((struct span_table *)base)->connection;
    return PASSES_TEST;
}

/* --- cursors ---------------------------------------------------------------------- */

static int cursor_open(sqlite3_vtab *base, sqlite3_vtab_cursor **out)
{
    struct span_cursor *cursor = memory_new(sizeof *cursor);

    if (cursor == NULL)
        return SQLITE_NOMEM;
    *cursor = (struct span_cursor){.row.snapshot = snapshot_of(base)};
    arena_init(&cursor->plan.arena, SIZE_MAX);
    *out = &cursor->base;
    return SQLITE_OK;
}

static struct span_cursor *cursor_of(sqlite3_vtab_cursor *base)
{
    return (struct span_cursor *)base;
}

static int cursor_close(sqlite3_vtab_cursor *base)
{
    struct span_cursor *cursor = cursor_of(base);

    find_clear(&cursor->find);
    arena_clear(&cursor->plan.arena);
    memory_free(cursor);
    return SQLITE_OK;
}

static int cursor_next(sqlite3_vtab_cursor *base)
{
    struct span_cursor *cursor = cursor_of(base);
    phx_error err; /* filled by a failure: clearing costs every row */
    phx_status status = find_next(&cursor->find, &cursor->row.hit, &err);

    if (status != PHX_OK)
        cursor->row.hit = NULL;
    return status < 0 ? snapshot_fail(cursor->row.snapshot, status, &err)
                      : SQLITE_OK;
}

static int cursor_filter(sqlite3_vtab_cursor *base, int order,
                         const char *terms, int count, sqlite3_value **values)
{
    struct span_cursor *cursor = cursor_of(base);
    struct span_plan *plan = &cursor->plan;
    phx_error err = {0};
    phx_status status;

    (void)count;
    cursor->row.hit = NULL;
    find_clear(&cursor->find);
    if ((status = span_plan_fill(plan, cursor->row.snapshot, order, terms,
                                 values, &err)) < 0 ||
        (status = find_start(&cursor->find, cursor->row.snapshot, &plan->search,
                             plan->order, plan->down, &err)) < 0)
        return snapshot_fail(cursor->row.snapshot, status, &err);
    return cursor_next(base);
}

static int cursor_eof(sqlite3_vtab_cursor *base)
{
    return cursor_of(base)->row.hit == NULL;
}

static int cursor_rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *out)
{
    *out = hit_ref(cursor_of(base)->row.hit);
    return SQLITE_OK;
}

static int cursor_column(sqlite3_vtab_cursor *base, sqlite3_context *context,
                         int column)
{
    struct span_cursor *cursor = cursor_of(base);
    phx_error err; /* the same */
    phx_status status = span_column_result(context, &cursor->row,
                                           (enum span_column)column, &err);

    return status < 0 ? snapshot_fail(cursor->row.snapshot, status, &err)
                      : SQLITE_OK;
}

phx_status span_table_register(struct connection *connection,
                               const struct store_options *options,
                               phx_error *err)
{
    /* Without xCreate the table is there by its module's name alone. */
    static const sqlite3_module module = {
        .iVersion = 1,
        .xConnect = table_connect,
        .xBestIndex = table_best_index,
        .xDisconnect = table_disconnect,
        .xOpen = cursor_open,
        .xClose = cursor_close,
        .xFilter = cursor_filter,
        .xNext = cursor_next,
        .xEof = cursor_eof,
        .xColumn = cursor_column,
        .xRowid = cursor_rowid,
        .xFindFunction = table_find_function,
    };

    int code = sqlite3_create_module(connection->db, "stored_span", &module,
                                     connection);

    if (code == SQLITE_OK)
        code = attribute_sql_register(connection);
    if (code == SQLITE_OK)
        code = parent_sql_register(connection);
    if (code == SQLITE_OK)
        code = cost_sql_register(connection);
    return code == SQLITE_OK ? function_sql_register(connection, options, err)
                             : connection_fail(connection, code, err);
}

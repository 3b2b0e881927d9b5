/*
 * cost_sql.c - what a span cost, by type of token, as the virtual table
 * `span_cost` of SQL. Nothing of it is stored: a search for the rows of a ref
 * computes them, by the prices of the span's number.
 */
#include "base/base.h"

#include "store/price.h"
#include "store/span_table.h"

#include <math.h>

static const char columns_sql[] =
    "CREATE TABLE span_cost (token_type TEXT, is_prompt INTEGER,"
    " tokens INTEGER, cost REAL, ref INTEGER HIDDEN)";

enum { TOKEN_TYPE, IS_PROMPT, TOKENS, COST, REF };

/* A look at one span, in units of span_plan.c. */
enum { LOOK_COST = 5, LOOK_ROWS = 3 };

struct cost_table {
    sqlite3_vtab base;
    struct connection *connection;
};

struct cost_cursor {
    sqlite3_vtab_cursor base;
    struct snapshot *snapshot;
    struct arena arena; /* of the cost */
    struct cost cost;
    size_t at;
    int64_t ref;
};

/* --- the table ----------------------------------------------------------------- */

static int table_connect(sqlite3 *db, void *ctx, int count,
                         const char *const *words, sqlite3_vtab **out,
                         char **message)
{
    struct connection *connection = ctx;
    phx_error err = {0};
    phx_status status;

    (void)count;
    (void)words;
    if ((status = foreign_check(connection, &err)) < 0) {
        *message = sqlite3_mprintf("%s", err.message);
        return snapshot_fail(NULL, status, &err);
    }
    struct cost_table *table = memory_new(sizeof *table);
    if (table == NULL)
        return SQLITE_NOMEM;
    *table = (struct cost_table){.connection = connection};
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

/* Of all spans at once there are no rows: the ref must be known. */
static int table_best_index(sqlite3_vtab *base, sqlite3_index_info *info)
{
    (void)base;
    for (int i = 0; i < info->nConstraint; i++) {
        if (info->aConstraint[i].iColumn != REF ||
            info->aConstraint[i].op != SQLITE_INDEX_CONSTRAINT_EQ ||
            !info->aConstraint[i].usable)
            continue;
        info->aConstraintUsage[i].argvIndex = 1;
        info->estimatedCost = LOOK_COST;
        info->estimatedRows = LOOK_ROWS;
        return SQLITE_OK;
    }
    return SQLITE_CONSTRAINT;
}

/* --- cursors ---------------------------------------------------------------------- */

static int cursor_open(sqlite3_vtab *base, sqlite3_vtab_cursor **out)
{
    struct connection *connection = ((struct cost_table *)base)->connection;
    struct cost_cursor *cursor = memory_new(sizeof *cursor);
    struct snapshot *snapshot;
    phx_error err = {0};
    phx_status status;

    if (cursor == NULL)
        return SQLITE_NOMEM;
    if ((status = snapshot_join(connection, &snapshot, &err)) < 0) {
        memory_free(cursor);
        return snapshot_fail(connection->snapshot, status, &err);
    }
    *cursor = (struct cost_cursor){.snapshot = snapshot};
    arena_init(&cursor->arena, SIZE_MAX);
    *out = &cursor->base;
    return SQLITE_OK;
}

static int cursor_close(sqlite3_vtab_cursor *base)
{
    struct cost_cursor *cursor = (struct cost_cursor *)base;

    arena_clear(&cursor->arena);
    snapshot_leave(((struct cost_table *)base->pVtab)->connection);
    memory_free(cursor);
    return SQLITE_OK;
}

static int cursor_filter(sqlite3_vtab_cursor *base, int plan, const char *name,
                         int count, sqlite3_value **values)
{
    struct cost_cursor *cursor = (struct cost_cursor *)base;
    struct snapshot *snapshot = cursor->snapshot;
    struct opened *opened;
    uint32_t row;
    phx_error err = {0};

    (void)plan;
    (void)name;
    (void)count;
    arena_reset(&cursor->arena);
    cursor->cost.count = 0;
    cursor->at = 0;
    phx_status status = ref_open(snapshot, values[0], &opened, &row, &err);
    if (status == PHX_OK) {
        cursor->ref = sqlite3_value_int64(values[0]);
        status = cost_of_row(snapshot, opened, row, &cursor->arena,
                             &cursor->cost, &err);
        snapshot_close(snapshot, opened);
    }
    if (status >= 0)
        return SQLITE_OK;
    cursor->cost.count = 0;
    return snapshot_fail(snapshot, status, &err);
}

static int cursor_next(sqlite3_vtab_cursor *base)
{
    ((struct cost_cursor *)base)->at++;
    return SQLITE_OK;
}

static int cursor_eof(sqlite3_vtab_cursor *base)
{
    const struct cost_cursor *cursor = (struct cost_cursor *)base;

    return cursor->at >= cursor->cost.count;
}

static int cursor_rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *out)
{
    *out = (sqlite3_int64)((struct cost_cursor *)base)->at;
    return SQLITE_OK;
}

static int cursor_column(sqlite3_vtab_cursor *base, sqlite3_context *context,
                         int column)
{
    const struct cost_cursor *cursor = (struct cost_cursor *)base;
    const struct cost_row *row = &cursor->cost.rows[cursor->at];

    if (column == TOKEN_TYPE)
        sqlite3_result_text64(
            context, row->token_type.size > 0 ? row->token_type.data : "",
            row->token_type.size, SQLITE_TRANSIENT, SQLITE_UTF8);
    else if (column == IS_PROMPT)
        sqlite3_result_int(context, row->is_prompt);
    else if (column == TOKENS)
        sqlite3_result_int64(context, row->tokens);
    else if (column == REF)
        sqlite3_result_int64(context, cursor->ref);
    else if (!isnan(row->cost))
        sqlite3_result_double(context, row->cost);
    return SQLITE_OK;
}

int cost_sql_register(struct connection *connection)
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
    };

    return sqlite3_create_module(connection->db, "span_cost", &module,
                                 connection);
}

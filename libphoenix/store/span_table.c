/*
 * span_table.c - spans as virtual tables, read-only and there on every
 * connection that reads. A cursor is a search; a row's columns come from its
 * open block.
 */
#include "base/base.h"

#include "store/span_table.h"

/* Columns are declared in the order of their numbers. A row of span_attributes
 * is told from others by its span and key: SQLite's rowid is of a span. */
static const uint8_t stored_columns[] = {
    SPAN_NO,        SPAN_TRACE,   SPAN_TRACE_ID,       SPAN_SPAN_ID,
    SPAN_PARENT_ID, SPAN_PROJECT, SPAN_SESSION,        SPAN_NAME,
    SPAN_KIND,      SPAN_STATUS,  SPAN_STATUS_MESSAGE, SPAN_START,
    SPAN_END,       SPAN_LATENCY, SPAN_PROMPT_TOKENS,  SPAN_COMPLETION_TOKENS,
    SPAN_ROOT,      SPAN_REF,     SPAN_AMONG};

#define NAMED_COLUMNS                                                          \
    SPAN_NO, SPAN_SPAN_ID, SPAN_TRACE_ID, SPAN_PARENT_ID, SPAN_PROJECT_NAME,   \
        SPAN_SESSION_NAME, SPAN_NAME, SPAN_KIND_NAME, SPAN_STATUS_NAME,        \
        SPAN_STATUS_MESSAGE, SPAN_START_TEXT, SPAN_END_TEXT, SPAN_LATENCY_MS,  \
        SPAN_PROMPT_TOKENS, SPAN_COMPLETION_TOKENS, SPAN_COST
#define NAMED_SQL                                                              \
    "id INTEGER, span_id TEXT, trace_id TEXT, parent_id TEXT, project TEXT,"   \
    " session_id TEXT, name TEXT, span_kind TEXT, status_code TEXT,"           \
    " status_message TEXT, start_time TEXT, end_time TEXT, latency_ms REAL,"   \
    " prompt_tokens INTEGER, completion_tokens INTEGER, cost REAL"

static const uint8_t named_columns[] = {
    NAMED_COLUMNS, SPAN_ATTRIBUTES, SPAN_EVENTS, SPAN_COSTS,
    SPAN_START,    SPAN_END,        SPAN_REF};
static const uint8_t leaf_columns[] = {NAMED_COLUMNS, SPAN_VALUE, SPAN_TYPE,
                                       SPAN_KEY,      SPAN_START, SPAN_END,
                                       SPAN_REF};

static const struct span_shape shapes[] = {
    {.name = "stored_span",
     .columns = stored_columns,
     .sql =
         "CREATE TABLE stored_span (no INTEGER, trace INTEGER, trace_id TEXT,"
         " span_id TEXT, parent_id TEXT, project INTEGER, session INTEGER,"
         " name TEXT, kind INTEGER, status INTEGER, status_message TEXT,"
         " start INTEGER, \"end\" INTEGER, latency INTEGER,"
         " prompt_tokens INTEGER, completion_tokens INTEGER, root INTEGER,"
         " ref INTEGER HIDDEN, among HIDDEN)"},
    {.name = "spans",
     .columns = named_columns,
     .sql = "CREATE TABLE spans (" NAMED_SQL
            ", attributes TEXT, events TEXT, costs TEXT HIDDEN,"
            " start_ns INTEGER HIDDEN, end_ns INTEGER HIDDEN,"
            " ref INTEGER HIDDEN)"},
    {.name = "span_attributes",
     .columns = leaf_columns,
     .leaves = true,
     .sql = "CREATE TABLE span_attributes (" NAMED_SQL
            ", value, type TEXT, key TEXT HIDDEN, start_ns INTEGER HIDDEN,"
            " end_ns INTEGER HIDDEN, ref INTEGER HIDDEN,"
            " PRIMARY KEY (ref, key)) WITHOUT ROWID"},
};
enum { SHAPES = sizeof shapes / sizeof *shapes };

struct span_table {
    sqlite3_vtab base;
    struct connection *connection;
    const struct span_shape *shape;
};

struct span_cursor {
    sqlite3_vtab_cursor base;
    const struct span_shape *shape;
    struct span_plan plan;
    struct find find;
    struct span_row row;
};

int snapshot_fail(struct snapshot *snapshot, phx_status status,
                  const phx_error *err)
{
    if (snapshot != NULL) {
        snapshot->failed = *err;
        snapshot->failed.status = status;
    }
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

/* words[0] is the module's name. */
static int table_connect(sqlite3 *db, void *ctx, int count,
                         const char *const *words, sqlite3_vtab **out,
                         char **message)
{
    struct connection *connection = ctx;
    const struct span_shape *shape = shapes;
    phx_error err = {0};
    phx_status status;

    (void)count;
    if ((status = foreign_check(connection, &err)) < 0) {
        *message = sqlite3_mprintf("%s", err.message);
        return snapshot_fail(NULL, status, &err);
    }
    while (strcmp(shape->name, words[0]) != 0)
        shape++;
    struct span_table *table = memory_new(sizeof *table);
    if (table == NULL)
        return SQLITE_NOMEM;
    *table = (struct span_table){.connection = connection, .shape = shape};
    int code = table_declare(db, connection, shape->sql);
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

static int table_best_index(sqlite3_vtab *base, sqlite3_index_info *info)
{
    const struct span_table *table = (const struct span_table *)base;

    return span_plan_choose(table->shape, snapshot_rows(table->connection),
                            info);
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

static int table_fail(sqlite3_vtab *base, phx_status status,
                      const phx_error *err)
{
    sqlite3_free(base->zErrMsg);
    base->zErrMsg = sqlite3_mprintf("%s", err->message);
    return snapshot_fail(((struct span_table *)base)->connection->snapshot,
                         status, err);
}

static int cursor_open(sqlite3_vtab *base, sqlite3_vtab_cursor **out)
{
    const struct span_table *table = (const struct span_table *)base;
    struct span_cursor *cursor = memory_new(sizeof *cursor);
    struct snapshot *snapshot;
    phx_error err = {0};
    phx_status status;

    if (cursor == NULL)
        return SQLITE_NOMEM;
    if ((status = snapshot_join(table->connection, &snapshot, &err)) < 0) {
        memory_free(cursor);
        return table_fail(base, status, &err);
    }
    *cursor = (struct span_cursor){
        .shape = table->shape,
        .row = {.snapshot = snapshot, .plan = &cursor->plan}};
    arena_init(&cursor->plan.arena, SIZE_MAX);
    arena_init(&cursor->row.leaves.arena, SIZE_MAX);
    buf_init(&cursor->row.project_name, SIZE_MAX);
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
    arena_clear(&cursor->row.leaves.arena);
    buf_clear(&cursor->row.project_name);
    snapshot_leave(((struct span_table *)base->pVtab)->connection);
    memory_free(cursor);
    return SQLITE_OK;
}

/* The next span; of span_attributes, one that has an attribute. */
static phx_status next_row(struct span_cursor *cursor, phx_error *err)
{
    struct span_row *row = &cursor->row;
    phx_status status = PHX_DONE;

    if (!cursor->shape->leaves)
        return find_next(&cursor->find, &row->hit, err);
    if (row->hit != NULL)
        status = leaves_next(row);
    while (status == PHX_DONE &&
           (status = find_next(&cursor->find, &row->hit, err)) == PHX_OK &&
           (status = leaves_first(row, err)) == PHX_DONE)
        ;
    return status;
}

static int cursor_next(sqlite3_vtab_cursor *base)
{
    struct span_cursor *cursor = cursor_of(base);
    phx_error err; /* filled by a failure: clearing costs every row */
    phx_status status = next_row(cursor, &err);

    if (status != PHX_OK)
        cursor->row.hit = NULL;
    return status < 0 ? table_fail(base->pVtab, status, &err) : SQLITE_OK;
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
        return table_fail(base->pVtab, status, &err);
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
    phx_status status = span_column_result(
        context, &cursor->row, (enum span_column)cursor->shape->columns[column],
        &err);

    return status < 0 ? table_fail(base->pVtab, status, &err) : SQLITE_OK;
}

static const sqlite3_module module = {
    .iVersion = 1, /* without xCreate a table is there by its module's name */
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

phx_status span_table_register(struct connection *connection,
                               const struct store_options *options,
                               phx_error *err)
{
    int code = SQLITE_OK;

    for (int i = 0; i < SHAPES && code == SQLITE_OK; i++)
        code = sqlite3_create_module_v2(connection->db, shapes[i].name, &module,
                                        connection, foreign_hold(connection));
    if (code == SQLITE_OK)
        code = attribute_sql_register(connection);
    if (code == SQLITE_OK)
        code = parent_sql_register(connection);
    if (code == SQLITE_OK)
        code = cost_sql_register(connection);
    if (code != SQLITE_OK)
        return connection_fail(connection, code, err);
    phx_status status = function_sql_register(connection, options, err);
    return status < 0 ? status : views_create(connection, err);
}

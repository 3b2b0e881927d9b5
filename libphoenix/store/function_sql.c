/*
 * function_sql.c - the functions that a store is opened with, as functions of
 * SQL: of values, of an attribute of a row, or of all rows of a group.
 */
#include "base/base.h"

#include "store/span_table.h"

/* What SQLite gives back to a call: the function and whose it is. */
struct bound {
    const struct store_function *function;
    struct connection *connection;
};

static void call_with(sqlite3_context *context, const struct value *values)
{
    const struct bound *bound = sqlite3_user_data(context);
    struct snapshot *snapshot = bound->connection->snapshot;
    struct value out = value_null();
    phx_error err = {0};
    phx_status status =
        bound->function->call(&snapshot->scratch, values, &out, &err);

    if (status < 0 || (status = result_value(context, &out, &err)) < 0)
        result_failure(context, snapshot, status, &err);
}

static void of_values(sqlite3_context *context, int count,
                      sqlite3_value **arguments)
{
    const struct bound *bound = sqlite3_user_data(context);
    struct snapshot *snapshot = bound->connection->snapshot;
    struct value values[STORE_ARGUMENTS];
    phx_error err = {0};
    phx_status status = PHX_OK;

    for (int i = 0; i < count && status >= 0; i++)
        status = argument_read(arguments[i], &values[i], &err);
    if (status < 0) {
        result_failure(context, snapshot, status, &err);
        return;
    }
    arena_reset(&snapshot->scratch);
    call_with(context, values);
}

/* --- of an attribute ----------------------------------------------------------- */

/* Of a text that only its kind is asked of, the bytes are not read. */
static phx_status read_attribute(const struct bound *bound,
                                 struct opened *opened, uint32_t row,
                                 phx_text packed, struct value *out,
                                 phx_error *err)
{
    struct arena *scratch = &bound->connection->snapshot->scratch;
    struct block_path *path;
    bool found = false;
    phx_status status = attribute_open(opened, packed, &path, err);

    *out = value_null();
    arena_reset(scratch);
    if (status < 0)
        return status;
    if (bound->function->kind == STORE_OF_KIND) {
        status = block_path_kind(path, scratch, row, &out->kind, &found, err);
        if (status < 0 || !found || out->kind != JSON_REAL)
            return status;
    }
    return block_path_value(path, scratch, row, out, &found, err);
}

static phx_status find_attribute(const struct bound *bound,
                                 struct opened *opened, uint32_t row, int count,
                                 sqlite3_value **paths, struct value *out,
                                 phx_error *err)
{
    phx_status status = PHX_OK;

    *out = value_null();
    for (int i = 0; i < count && status >= 0 && value_is_missing(out); i++) {
        if (sqlite3_value_type(paths[i]) != SQLITE_BLOB)
            return fail(err, PHX_INVALID, -1, "%s takes paths that are packed",
                        bound->function->name);
        phx_text packed = text_span(sqlite3_value_blob(paths[i]),
                                    (size_t)sqlite3_value_bytes(paths[i]));
        status = read_attribute(bound, opened, row, packed, out, err);
    }
    if (status >= 0 && value_is_missing(out))
        *out = value_null();
    return status;
}

static void of_attribute(sqlite3_context *context, int count,
                         sqlite3_value **arguments)
{
    const struct bound *bound = sqlite3_user_data(context);
    struct snapshot *snapshot = bound->connection->snapshot;
    struct value value = value_null();
    struct opened *opened;
    phx_error err = {0};
    uint32_t row;
    phx_status status =
        count > 0 ? ref_open(snapshot, arguments[0], &opened, &row, &err)
                  : fail(&err, PHX_INVALID, -1, "%s takes a ref and paths",
                         bound->function->name);

    if (status == PHX_OK) {
        status = find_attribute(bound, opened, row, count - 1, arguments + 1,
                                &value, &err);
        if (status >= 0)
            call_with(context, &value);
        snapshot_close(snapshot, opened);
    } else if (status == PHX_DONE) {
        arena_reset(&snapshot->scratch);
        call_with(context, &value);
    }
    if (status < 0)
        result_failure(context, snapshot, status, &err);
}

/* --- of rows --------------------------------------------------------------------- */

static void add_row(sqlite3_context *context, int count,
                    sqlite3_value **arguments)
{
    const struct bound *bound = sqlite3_user_data(context);
    void *state =
        sqlite3_aggregate_context(context, (int)bound->function->state_size);
    struct value value;
    phx_error err = {0};
    phx_status status;

    (void)count;
    if (state == NULL)
        status = fail_memory(&err, bound->function->state_size);
    else
        status = argument_read(arguments[0], &value, &err);
    if (status < 0)
        result_failure(context, bound->connection->snapshot, status, &err);
    else
        bound->function->add(state, &value);
}

static void end_rows(sqlite3_context *context)
{
    const struct bound *bound = sqlite3_user_data(context);
    void *state =
        sqlite3_aggregate_context(context, (int)bound->function->state_size);
    phx_error err = {0};
    phx_status status;

    if (state == NULL) {
        status = fail_memory(&err, bound->function->state_size);
    } else {
        struct value out = bound->function->get(state);
        status = result_value(context, &out, &err);
    }
    if (status < 0)
        result_failure(context, bound->connection->snapshot, status, &err);
}

/* --- all --------------------------------------------------------------------------- */

static int add_function(struct connection *connection,
                        const struct store_function *function)
{
    int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
    bool rows = function->kind == STORE_OF_ROWS;
    bool values = function->kind == STORE_OF_VALUES;
    int count = rows ? 1 : values ? function->count : -1;
    struct bound *bound = memory_new(sizeof *bound);

    if (bound == NULL)
        return SQLITE_NOMEM;
    *bound = (struct bound){function, connection};
    /* The destructor is called if this fails, too. */
    return sqlite3_create_function_v2(
        connection->db, function->name, count, flags, bound,
        rows     ? NULL
        : values ? of_values
                 : of_attribute,
        rows ? add_row : NULL, rows ? end_rows : NULL, memory_free);
}

phx_status function_sql_register(struct connection *connection,
                                 const struct store_options *options,
                                 phx_error *err)
{
    int code = SQLITE_OK;

    for (size_t i = 0; i < options->function_count && code == SQLITE_OK; i++)
        code = add_function(connection, &options->functions[i]);
    return code == SQLITE_OK ? PHX_OK : connection_fail(connection, code, err);
}

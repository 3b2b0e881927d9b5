/*
 * sql.c - statements of SQL and their rows. Text and values are copied, so that
 * rows depend on nothing of the caller's but what is to stop them.
 */
#include "base/base.h"

#include "api/inside.h"

struct phx_rows {
    struct store *store;
    struct store_rows *rows;
    struct store_query query;
    phx_sql_options options;
    uint64_t deadline; /* of time_monotonic; 0 for none */
    bool is_late;
    bool is_over;    /* the last row came; SQLite would begin again */
    phx_value *lent; /* [columns] */
    struct arena arena;
};

static int32_t is_stopped(void *ctx)
{
    phx_rows *rows = ctx;
    const phx_sql_options *options = &rows->options;

    rows->is_late = rows->deadline != 0 && time_monotonic() > rows->deadline;
    return rows->is_late ||
           (options->stop != NULL && options->stop(options->stop_ctx));
}

/* A failure's story, if it is the time that has run out. */
static phx_status tell(const phx_rows *rows, phx_status status, phx_error *err)
{
    return status == PHX_INTERRUPTED && rows->is_late
               ? fail(err, status, -1, "sql: the statement ran for over %u ms",
                      (unsigned)rows->options.timeout)
               : status;
}

static phx_status copy_text(struct arena *arena, phx_text from, phx_text *out,
                            phx_error *err)
{
    const char *copy =
        arena_copy(arena, from.size > 0 ? from.data : "", from.size);

    *out = text_span(copy, from.size);
    return copy != NULL ? PHX_OK : arena_status(arena, from.size, err);
}

static phx_status copy_value(struct arena *arena, const phx_value *from,
                             struct value *out, phx_error *err)
{
    phx_text text;
    phx_status status = PHX_OK;

    switch (from->type) {
    case PHX_NULL:
        *out = value_null();
        break;
    case PHX_INTEGER:
        *out = value_int(from->integer);
        break;
    case PHX_REAL:
        *out = value_real(from->real);
        break;
    case PHX_TEXT:
    case PHX_BYTES:
        if ((from->text.data == NULL && from->text.size > 0))
            return fail_argument(err);
        status = copy_text(arena, from->text, &text, err);
        *out = value_text(text);
        out->kind = from->type == PHX_TEXT ? JSON_TEXT : JSON_BYTES;
        break;
    default:
        return fail_argument(err);
    }
    return status;
}

static phx_status copy_query(phx_rows *rows, phx_text sql,
                             const phx_value *values, size_t count,
                             phx_error *err)
{
    size_t size = size_mul(size_add(count, 1), sizeof(struct value));
    struct value *copies = arena_new(&rows->arena, size);
    phx_status status;

    if (copies == NULL)
        return arena_status(&rows->arena, size, err);
    rows->query = (struct store_query){.values = copies,
                                       .count = count,
                                       .memory = rows->options.memory,
                                       .stop = is_stopped,
                                       .stop_ctx = rows};
    status = copy_text(&rows->arena, sql, &rows->query.sql, err);
    for (size_t i = 0; i < count && status >= 0; i++)
        status = copy_value(&rows->arena, &values[i], &copies[i], err);
    return status;
}

static phx_status start(phx_rows *rows, phx_error *err)
{
    uint32_t timeout = rows->options.timeout;
    phx_status status;

    if (timeout > 0)
        rows->deadline = time_monotonic() + timeout * UINT64_C(1000000);
    if ((status =
             store_rows_open(rows->store, &rows->query, &rows->rows, err)) < 0)
        return tell(rows, status, err);
    size_t size = size_mul(store_rows_columns(rows->rows), sizeof *rows->lent);
    rows->lent = arena_new(&rows->arena, size);
    return rows->lent != NULL ? PHX_OK : arena_status(&rows->arena, size, err);
}

phx_status phx_store_sql(phx_store *store, const char *sql, size_t size,
                         const phx_value *values, size_t count,
                         const phx_sql_options *options, phx_rows **out,
                         phx_error *err)
{
    phx_sql_options wanted = PHX_SQL_OPTIONS_INIT;
    phx_status status;

    if (store == NULL || out == NULL || (sql == NULL && size != 0) ||
        (values == NULL && count != 0) ||
        !take_options(&wanted, sizeof wanted, options))
        return fail_argument(err);
    size_t valid = size > 0 ? utf8_check(sql, size) : 0;
    if (valid != size)
        return fail(err, PHX_INVALID, (int64_t)valid, "sql is not UTF-8");
    phx_rows *rows = memory_new(sizeof *rows);
    if (rows == NULL)
        return fail_memory(err, sizeof *rows);
    *rows = (phx_rows){.store = store->store, .options = wanted};
    arena_init(&rows->arena, SIZE_MAX);
    store_retain(rows->store);
    if ((status = copy_query(rows, text_span(sql, size), values, count, err)) <
            0 ||
        (status = start(rows, err)) < 0)
        phx_rows_close(rows);
    else
        *out = rows;
    return status;
}

size_t phx_rows_columns(const phx_rows *rows)
{
    return rows != NULL ? store_rows_columns(rows->rows) : 0;
}

const char *phx_rows_name(const phx_rows *rows, size_t column)
{
    return column < phx_rows_columns(rows)
               ? store_rows_name(rows->rows, column).data
               : NULL;
}

/* SQLite lets bytes of any kind be a text. */
static bool is_utf8(const struct value *value)
{
    return value->kind == JSON_TEXT &&
           utf8_check(value->text.data, value->text.size) == value->text.size;
}

static phx_value lend(const struct value *value)
{
    switch (value->kind) {
    case JSON_INT:
        return (phx_value){.type = PHX_INTEGER, .integer = value->integer};
    case JSON_REAL:
        return (phx_value){.type = PHX_REAL, .real = value->real};
    case JSON_TEXT:
    case JSON_BYTES:
        return (phx_value){.type = is_utf8(value) ? PHX_TEXT : PHX_BYTES,
                           .text = value->text};
    default:
        return (phx_value){.type = PHX_NULL};
    }
}

phx_status phx_rows_next(phx_rows *rows, const phx_value **out, phx_error *err)
{
    const struct value *values;
    phx_status status;

    if (rows == NULL || out == NULL)
        return fail_argument(err);
    status =
        rows->is_over ? PHX_DONE : store_rows_next(rows->rows, &values, err);
    if (status == PHX_DONE) {
        rows->is_over = true;
        *out = NULL;
    }
    if (status != PHX_OK)
        return tell(rows, status, err);
    for (size_t i = 0; i < store_rows_columns(rows->rows); i++)
        rows->lent[i] = lend(&values[i]);
    *out = rows->lent;
    return PHX_OK;
}

void phx_rows_close(phx_rows *rows)
{
    if (rows == NULL)
        return;
    store_rows_close(rows->rows);
    arena_clear(&rows->arena);
    store_release(rows->store);
    memory_free(rows);
}

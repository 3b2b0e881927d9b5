/*
 * attribute_sql.c - the functions of SQL that read attributes of a row of
 * `stored_span` by its ref. Each takes a path as its steps, keys and indexes,
 * or as one blob that holds them packed.
 *
 *     attr(ref, step ...)        the value: NULL, INTEGER, REAL, TEXT; bytes as
 *                                BLOB, arrays and objects as JSON
 *     attr_kind(ref, step ...)   which it is of the kinds of JSON and bytes;
 *                                NULL if the row has none
 *     attr_json(ref, step ...)   the value as JSON
 *     attr_is(ref, test)         whether the value is equal to one of a test's
 *     attr_test(value, step ...) such a test, of one value
 *
 * A boolean is 1 or 0, a number that neither int64 nor double can hold a REAL
 * near it: attr_kind tells them from others, attr_json has them exactly. NaN
 * is NULL in SQL, and like infinities null in JSON.
 */
#include "base/base.h"

#include "store/span_table.h"

#include <math.h>
#include <stdlib.h>

enum { MOST_STEPS = 100 };

void result_failure(sqlite3_context *context, struct snapshot *snapshot,
                    phx_status status, const phx_error *err)
{
    int code = snapshot_fail(snapshot, status, err);

    sqlite3_result_error(context, err->message, -1);
    sqlite3_result_error_code(context, code);
}

static void fail_function(sqlite3_context *context, phx_status status,
                          const phx_error *err)
{
    const struct connection *connection = sqlite3_user_data(context);

    result_failure(context, connection->snapshot, status, err);
}

/* --- arguments ---------------------------------------------------------------------- */

phx_status argument_read(sqlite3_value *value, struct value *out,
                         phx_error *err)
{
    int type = sqlite3_value_type(value);
    const void *bytes;

    switch (type) {
    case SQLITE_INTEGER:
        *out = value_int(sqlite3_value_int64(value));
        return PHX_OK;
    case SQLITE_FLOAT:
        *out = value_real(sqlite3_value_double(value));
        return PHX_OK;
    case SQLITE_NULL:
        *out = value_null();
        return PHX_OK;
    default:
        bytes = type == SQLITE_TEXT ? sqlite3_value_text(value)
                                    : sqlite3_value_blob(value);
        *out = value_text(
            text_span(bytes ? bytes : "", (size_t)sqlite3_value_bytes(value)));
        out->kind = type == SQLITE_TEXT ? JSON_TEXT : JSON_BYTES;
        return bytes == NULL && type == SQLITE_TEXT ? fail_memory(err, 0)
                                                    : PHX_OK;
    }
}

static phx_status read_step(sqlite3_value *value, struct value *out,
                            phx_error *err)
{
    phx_status status = argument_read(value, out, err);

    if (status < 0 || out->kind == JSON_INT || out->kind == JSON_TEXT)
        return status;
    return fail(err, PHX_INVALID, -1,
                "a step of an attribute's path is a text or an integer");
}

static phx_status read_steps(int count, sqlite3_value **values,
                             struct value out[MOST_STEPS], phx_error *err)
{
    phx_status status = PHX_OK;

    if (count < 1 || count > MOST_STEPS)
        return fail(err, PHX_INVALID, -1,
                    "an attribute's path has %d steps, wanted are 1 to %d",
                    count < 0 ? 0 : count, MOST_STEPS);
    for (int i = 0; i < count && status >= 0; i++)
        status = read_step(values[i], &out[i], err);
    return status;
}

/* What SQLite keeps beside arguments that are constant, from row to row. */
struct constant {
    size_t size;
    uint8_t packed[];
};

static const struct constant *constant_path(sqlite3_context *context, int count)
{
    const struct constant *path = sqlite3_get_auxdata(context, 1);

    for (int i = 2; i <= count && path != NULL; i++) {
        if (sqlite3_get_auxdata(context, i) == NULL)
            path = NULL;
    }
    return path;
}

/* Without memory for it the next row's is packed again. The other arguments
 * only show that they are constants. */
static void keep_path(sqlite3_context *context, int count, phx_text packed)
{
    struct constant *path = memory_new(sizeof *path + packed.size);

    if (path == NULL)
        return;
    path->size = packed.size;
    memcpy(path->packed, packed.data, packed.size);
    for (int i = 2; i <= count; i++)
        sqlite3_set_auxdata(context, i, path, NULL);
    sqlite3_set_auxdata(context, 1, path, memory_free);
}

/* The path that the arguments behind the first are, packed; good until the
 * next one. */
static phx_status read_path(sqlite3_context *context, struct snapshot *snapshot,
                            int count, sqlite3_value **values, phx_text *out,
                            phx_error *err)
{
    const struct constant *known = constant_path(context, count);
    struct value steps[MOST_STEPS];
    struct value path = {
        .kind = JSON_ARRAY, .count = (uint32_t)count, .items = steps};
    phx_status status;

    if (known != NULL) {
        *out = text_span(known->packed, known->size);
        return PHX_OK;
    }
    if (count == 1 && sqlite3_value_type(values[1]) == SQLITE_BLOB) {
        *out = text_span(sqlite3_value_blob(values[1]),
                         (size_t)sqlite3_value_bytes(values[1]));
        return PHX_OK;
    }
    if ((status = read_steps(count, values + 1, steps, err)) < 0)
        return status;
    buf_reset(&snapshot->key);
    pack_value(&snapshot->key, &path);
    *out = text_span(snapshot->key.data, snapshot->key.size);
    if ((status = buf_status(&snapshot->key, "an attribute's path", err)) >= 0)
        keep_path(context, count, *out);
    return status;
}

static phx_status fail_ref(phx_error *err)
{
    return fail(err, PHX_INVALID, -1, "no row of stored_span has this ref");
}

phx_status ref_open(struct snapshot *snapshot, sqlite3_value *value,
                    struct opened **out, uint32_t *row, phx_error *err)
{
    int64_t ref = sqlite3_value_int64(value), block = ref_block(ref);
    const struct opened *opened = snapshot->opened;
    struct block_row stored;
    phx_status status = PHX_OK;

    if (sqlite3_value_type(value) == SQLITE_NULL)
        return PHX_DONE;
    while (opened != NULL && opened->stored.id != block)
        opened = opened->next;
    if (opened == NULL)
        status = block_row_find(snapshot->connection, block, &stored, err);
    if (status == PHX_DONE || sqlite3_value_type(value) != SQLITE_INTEGER)
        return fail_ref(err);
    if (status < 0 || (status = snapshot_open(snapshot, block, out, err)) < 0)
        return status;
    *row = ref_row(ref);
    if (*row < block_rows((*out)->stored.block))
        return PHX_OK;
    snapshot_close(snapshot, *out);
    return fail_ref(err);
}

/* --- values ------------------------------------------------------------------------- */

/* Subtype 'J' is what SQLite's own JSON functions look for. */
phx_status result_json(sqlite3_context *context, struct buf *json,
                       phx_error *err)
{
    phx_status status = buf_status(json, "an attribute", err);

    if (status < 0) {
        buf_clear(json);
        return status;
    }
    sqlite3_result_text64(context, (const char *)json->data, json->size,
                          memory_free, SQLITE_UTF8);
    sqlite3_result_subtype(context, 'J');
    return PHX_OK;
}

static phx_status result_value_json(sqlite3_context *context,
                                    const struct value *value, phx_error *err)
{
    struct buf json;

    buf_init(&json, SIZE_MAX);
    json_write_value(&json, value, 0);
    return result_json(context, &json, err);
}

/* A whole number past int64, or any past double. */
static double nearest(phx_text number)
{
    char digits[400];
    size_t size = number.size < sizeof digits ? number.size : sizeof digits - 1;

    memcpy(digits, number.data, size);
    digits[size] = '\0';
    if (strpbrk(digits, ".eE") != NULL)
        return *digits == '-' ? -HUGE_VAL : HUGE_VAL;
    return strtod(digits, NULL);
}

phx_status result_value(sqlite3_context *context, const struct value *value,
                        phx_error *err)
{
    switch (value->kind) {
    case JSON_BOOL:
    case JSON_INT:
        sqlite3_result_int64(context, value->integer);
        return PHX_OK;
    case JSON_REAL:
        sqlite3_result_double(context, value->real);
        return PHX_OK;
    case JSON_NUMBER:
        sqlite3_result_double(context, nearest(value->text));
        return PHX_OK;
    case JSON_TEXT:
        sqlite3_result_text64(context, value->text.size ? value->text.data : "",
                              value->text.size, SQLITE_TRANSIENT, SQLITE_UTF8);
        return PHX_OK;
    case JSON_BYTES:
        sqlite3_result_blob64(context, value->text.size ? value->text.data : "",
                              value->text.size, SQLITE_TRANSIENT);
        return PHX_OK;
    case JSON_ARRAY:
    case JSON_OBJECT:
        return result_value_json(context, value, err);
    default:
        return PHX_OK;
    }
}

void attribute_result_kind(sqlite3_context *context, uint8_t kind)
{
    static const char *const names[] = {"null",  "boolean", "integer",
                                        "real",  "number",  "text",
                                        "bytes", "array",   "object"};

    sqlite3_result_text(context, names[kind], -1, SQLITE_STATIC);
}

static phx_status result_kind(sqlite3_context *context, struct block_path *path,
                              struct arena *arena, uint32_t row, phx_error *err)
{
    uint8_t kind;
    bool found;
    phx_status status = block_path_kind(path, arena, row, &kind, &found, err);

    if (status >= 0 && found)
        attribute_result_kind(context, kind);
    return status;
}

/* --- functions ---------------------------------------------------------------------- */

enum answer { ANSWER_VALUE, ANSWER_KIND, ANSWER_JSON };

static phx_status answer(sqlite3_context *context, struct snapshot *snapshot,
                         enum answer how, struct opened *opened, uint32_t row,
                         phx_text packed, phx_error *err)
{
    struct arena *scratch = &snapshot->scratch;
    struct block_path *path;
    struct value value;
    bool found;
    phx_status status = attribute_open(opened, packed, &path, err);

    arena_reset(scratch);
    if (status < 0)
        return status;
    if (how == ANSWER_KIND)
        return result_kind(context, path, scratch, row, err);
    status = block_path_value(path, scratch, row, &value, &found, err);
    if (status < 0 || !found)
        return status;
    return how == ANSWER_JSON ? result_value_json(context, &value, err)
                              : result_value(context, &value, err);
}

void function_of_row(sqlite3_context *context, int count,
                     sqlite3_value **values, int how, row_function *of)
{
    struct connection *connection = sqlite3_user_data(context);
    struct snapshot *snapshot;
    phx_error err = {0};
    phx_status status = snapshot_join(connection, &snapshot, &err);

    if (status >= 0) {
        status = of(context, snapshot, count, values, how, &err);
        snapshot_leave(connection);
    }
    if (status < 0)
        fail_function(context, status, &err);
}

static phx_status attr_of(sqlite3_context *context, struct snapshot *snapshot,
                          int count, sqlite3_value **values, int how,
                          phx_error *err)
{
    struct opened *opened;
    phx_text packed;
    uint32_t row;
    phx_status status;

    if ((status = read_path(context, snapshot, count - 1, values, &packed,
                            err)) < 0 ||
        (status = ref_open(snapshot, values[0], &opened, &row, err)) != PHX_OK)
        return status;
    status =
        answer(context, snapshot, (enum answer)how, opened, row, packed, err);
    snapshot_close(snapshot, opened);
    return status;
}

static void attr_value(sqlite3_context *context, int count,
                       sqlite3_value **values)
{
    function_of_row(context, count, values, ANSWER_VALUE, attr_of);
}

static void attr_kind(sqlite3_context *context, int count,
                      sqlite3_value **values)
{
    function_of_row(context, count, values, ANSWER_KIND, attr_of);
}

static void attr_json(sqlite3_context *context, int count,
                      sqlite3_value **values)
{
    function_of_row(context, count, values, ANSWER_JSON, attr_of);
}

static phx_status is_of(sqlite3_context *context, struct snapshot *snapshot,
                        int count, sqlite3_value **values, int how,
                        phx_error *err)
{
    struct opened *opened;
    const uint8_t *rows;
    uint32_t row;
    phx_status status;

    (void)count;
    (void)how;
    if (sqlite3_value_type(values[1]) != SQLITE_BLOB)
        return fail(err, PHX_INVALID, -1,
                    "attr_is takes a test that attr_test has made");
    phx_text test = text_of_value(values[1]);
    if ((status = ref_open(snapshot, values[0], &opened, &row, err)) != PHX_OK)
        return status;
    if ((status = attribute_rows(opened, test, &rows, err)) >= 0)
        sqlite3_result_int(context, row_is_set(rows, row));
    snapshot_close(snapshot, opened);
    return status;
}

static void attr_is(sqlite3_context *context, int count, sqlite3_value **values)
{
    function_of_row(context, count, values, 0, is_of);
}

struct value attribute_real(double real)
{
    bool fits = real >= -9223372036854775808.0 && real < 9223372036854775808.0;

    return fits && (double)(int64_t)real == real ? value_int((int64_t)real)
                                                 : value_real(real);
}

static phx_status read_tested(sqlite3_value *value, struct value *out,
                              phx_error *err)
{
    phx_status status = argument_read(value, out, err);

    if (status >= 0 && out->kind == JSON_REAL)
        *out = attribute_real(out->real);
    return status;
}

static phx_status pack_test(int count, sqlite3_value **values,
                            struct buf *packed, phx_error *err)
{
    struct value steps[MOST_STEPS];
    struct value parts[] = {
        {.kind = JSON_ARRAY, .count = (uint32_t)count - 1, .items = steps},
        value_null()};
    const struct value test = {.kind = JSON_ARRAY, .count = 2, .items = parts};
    phx_status status;

    if ((status = read_steps(count - 1, values + 1, steps, err)) < 0 ||
        (status = read_tested(values[0], &parts[1], err)) < 0)
        return status;
    pack_value(packed, &test);
    return buf_status(packed, "an attribute test", err);
}

static void attr_test(sqlite3_context *context, int count,
                      sqlite3_value **values)
{
    struct buf packed;
    phx_error err = {0};

    buf_init(&packed, SIZE_MAX);
    phx_status status = pack_test(count, values, &packed, &err);
    if (status < 0)
        fail_function(context, status, &err);
    else
        sqlite3_result_blob64(context, packed.data, packed.size,
                              SQLITE_TRANSIENT);
    buf_clear(&packed);
}

sql_function attribute_sql_is(void)
{
    return attr_is;
}

int attribute_sql_register(struct connection *connection)
{
    static const struct {
        const char *name;
        int count;
        sql_function function;
    } functions[] = {
        {"attr", -1, attr_value},     {"attr_kind", -1, attr_kind},
        {"attr_json", -1, attr_json}, {"attr_is", 2, attr_is},
        {"attr_test", -1, attr_test},
    };
    int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
    int code = SQLITE_OK;

    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        if (code == SQLITE_OK)
            code = sqlite3_create_function_v2(
                connection->db, functions[i].name, functions[i].count, flags,
                connection, functions[i].function, NULL, NULL,
                foreign_hold(connection));
    }
    return code;
}

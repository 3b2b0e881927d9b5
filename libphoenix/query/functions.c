/*
 * functions.c - what SQL cannot say as the evaluator means it, as functions of
 * SQL: thin coats around the evaluator's own.
 */
#include "base/base.h"
#include "query/sql.h"

/* --- of an attribute ----------------------------------------------------------- */

static phx_status to_text(struct arena *arena, const struct value *values,
                          struct value *out, phx_error *err)
{
    return value_to_text(arena, values[0], out, err);
}

static phx_status to_number(struct arena *arena, const struct value *values,
                            struct value *out, phx_error *err)
{
    (void)arena;
    (void)err;
    *out = value_to_number(values[0]);
    return PHX_OK;
}

static phx_status to_boolean(struct arena *arena, const struct value *values,
                             struct value *out, phx_error *err)
{
    (void)arena;
    (void)err;
    *out = value_to_boolean(values[0]);
    return PHX_OK;
}

static phx_status is_there(struct arena *arena, const struct value *values,
                           struct value *out, phx_error *err)
{
    (void)arena;
    (void)err;
    *out = value_bool(values[0].kind != JSON_NULL);
    return PHX_OK;
}

/* --- of columns ------------------------------------------------------------------ */

static bool is_below(const struct value *value, int64_t count)
{
    return value->kind == JSON_INT && value->integer >= 0 &&
           value->integer < count;
}

static phx_status kind_name(struct arena *arena, const struct value *values,
                            struct value *out, phx_error *err)
{
    (void)arena;
    (void)err;
    if (is_below(&values[0], KIND_COUNT))
        *out = value_text(text_of(span_kind_name((int)values[0].integer)));
    return PHX_OK;
}

static phx_status status_name(struct arena *arena, const struct value *values,
                              struct value *out, phx_error *err)
{
    (void)arena;
    (void)err;
    if (is_below(&values[0], STATUS_COUNT))
        *out = value_text(text_of(span_status_name((int)values[0].integer)));
    return PHX_OK;
}

/* Nanoseconds past int64 are a real, as near as microseconds are told. */
static bool is_time(const struct value *value, uint64_t *ns)
{
    bool late = value->kind == JSON_REAL && value->real >= 0;

    if (value->kind == JSON_INT)
        *ns = (uint64_t)value->integer;
    else if (late)
        *ns = value->real < 18446744073709551616.0 ? (uint64_t)value->real
                                                   : UINT64_MAX;
    return value->kind == JSON_INT || late;
}

static phx_status microseconds(struct arena *arena, const struct value *values,
                               struct value *out, phx_error *err)
{
    uint64_t ns;

    (void)arena;
    (void)err;
    if (is_time(&values[0], &ns))
        *out = value_int(time_microseconds(ns));
    return PHX_OK;
}

static phx_status latency(struct arena *arena, const struct value *values,
                          struct value *out, phx_error *err)
{
    uint64_t start, end;

    (void)arena;
    (void)err;
    if (is_time(&values[0], &start) && is_time(&values[1], &end))
        *out = value_int(latency_ms(start, end));
    return PHX_OK;
}

static phx_status contains(struct arena *arena, const struct value *values,
                           struct value *out, phx_error *err)
{
    struct needle needle;
    phx_status status;

    if (values[0].kind != JSON_TEXT || values[1].kind != JSON_TEXT)
        return PHX_OK;
    if ((status = needle_init(&needle, arena, values[0].text, err)) >= 0)
        *out = value_bool(needle_find(&needle, values[1].text, NULL));
    return status;
}

/* --- of rows ----------------------------------------------------------------------- */

static void sum_add(void *state, const struct value *value)
{
    reduction_add(state, QUERY_SUM, value);
}

static struct value sum_get(const void *state)
{
    return reduction_get(state, QUERY_SUM);
}

/* Dollars are a real, of nothing, too. */
static struct value cost_get(const void *state)
{
    const struct reduction *reduction = state;

    return value_real(total_get(&reduction->total));
}

/* Tokens stop at the largest number. */
static void tokens_add(void *state, const struct value *value)
{
    int64_t *sum = state;

    if (value->kind == JSON_INT &&
        __builtin_add_overflow(*sum, value->integer, sum))
        *sum = INT64_MAX;
}

static struct value tokens_get(const void *state)
{
    return value_int(*(const int64_t *)state);
}

/* clang-format off */
static const struct store_function functions[] = {
    {.name = "filter_text", .kind = STORE_OF_ATTRIBUTE, .call = to_text},
    {.name = "filter_number", .kind = STORE_OF_ATTRIBUTE, .call = to_number},
    {.name = "filter_boolean", .kind = STORE_OF_ATTRIBUTE, .call = to_boolean},
    {.name = "filter_there", .kind = STORE_OF_KIND, .call = is_there},
    {.name = "filter_kind", .count = 1, .call = kind_name},
    {.name = "filter_status", .count = 1, .call = status_name},
    {.name = "filter_time", .count = 1, .call = microseconds},
    {.name = "filter_latency", .count = 2, .call = latency},
    {.name = "filter_contains", .count = 2, .call = contains},
    {.name = "filter_sum", .kind = STORE_OF_ROWS, .add = sum_add,
     .get = sum_get, .state_size = sizeof(struct reduction)},
    {.name = "filter_cost", .kind = STORE_OF_ROWS, .add = sum_add,
     .get = cost_get, .state_size = sizeof(struct reduction)},
    {.name = "filter_tokens", .kind = STORE_OF_ROWS, .add = tokens_add,
     .get = tokens_get, .state_size = sizeof(int64_t)},
};
/* clang-format on */

const struct store_function *query_functions(size_t *count)
{
    *count = sizeof functions / sizeof *functions;
    return functions;
}

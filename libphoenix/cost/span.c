/*
 * span.c - what the tokens of one span cost.
 *
 *     llm.token_count.prompt              1000
 *     llm.token_count.prompt_details
 *         .cache_read                      600   a row: 600 cache_read
 *                                                and 400 input, the rest
 *
 * and completion likewise, with output as its rest. A detail "input" (or
 * "output") is taken for the rest, whatever the count says.
 */
#include "base/base.h"
#include "cost/cost.h"
#include "json/json.h"

#include <math.h>

#include "cost/inside.h"

static const int64_t MOST_TOKENS = INT64_C(1) << 53; /* a double counts to it */

static bool read_number(const struct value *value, double *out)
{
    if (value == NULL)
        return false;
    if (value->kind == JSON_INT || value->kind == JSON_BOOL)
        *out = (double)value->integer;
    else if (value->kind == JSON_REAL)
        *out = value->real;
    else
        return false;
    return isfinite(*out);
}

static bool read_tokens(const struct value *value, int64_t *out)
{
    double number;

    *out = 0;
    if (!read_number(value, &number))
        return false;
    if (number > 0)
        *out = number < (double)MOST_TOKENS ? (int64_t)number : MOST_TOKENS;
    return true;
}

static int64_t add_tokens(int64_t a, int64_t b)
{
    return a + b < MOST_TOKENS ? a + b : MOST_TOKENS;
}

/* --- rates ---------------------------------------------------------------- */

static const struct price_rate *find_rate(const struct price_model *model,
                                          phx_text token_type, bool is_prompt)
{
    for (size_t i = 0; i < model->rate_count; i++) {
        if (model->rates[i].is_prompt == is_prompt &&
            text_equal(model->rates[i].token_type, token_type))
            return &model->rates[i];
    }
    return NULL;
}

static phx_text rest_of(bool is_prompt)
{
    return text_of(is_prompt ? "input" : "output");
}

/* NaN if the model has none, neither for the type nor for what it is of. */
static double rate_of(const struct price_model *model, phx_text token_type,
                      bool is_prompt, const struct value *attributes)
{
    const struct price_rate *rate = NULL;
    double number;

    if (model != NULL)
        rate = find_rate(model, token_type, is_prompt);
    if (model != NULL && rate == NULL)
        rate = find_rate(model, rest_of(is_prompt), is_prompt);
    if (rate == NULL)
        return (double)NAN;
    if (rate->threshold_key != NULL &&
        read_number(value_at(attributes, rate->threshold_key), &number) &&
        number > rate->threshold)
        return rate->rate_above;
    return rate->rate;
}

/* --- rows ----------------------------------------------------------------- */

/* What the rows of a span are made from. */
struct pricing {
    const struct price_model *model;
    const struct value *attributes;
    struct cost *out;
};

static void add_row(const struct pricing *pricing, phx_text token_type,
                    bool is_prompt, int64_t tokens)
{
    double rate =
        rate_of(pricing->model, token_type, is_prompt, pricing->attributes);
    double cost = (double)tokens * rate;

    pricing->out->rows[pricing->out->count++] = (struct cost_row){
        .token_type = token_type,
        .is_prompt = is_prompt,
        .tokens = tokens,
        .cost = cost,
        .cost_per_token = tokens > 0 ? cost / (double)tokens : (double)NAN,
    };
}

static void add_rows(const struct pricing *pricing, const struct value *details,
                     bool is_prompt, int64_t count)
{
    phx_text rest = rest_of(is_prompt);
    bool has_rest = false;
    int64_t told = 0, tokens;

    for (uint32_t i = 0; details != NULL && i < details->count; i++) {
        const struct member *detail = &details->members[i];
        if (!read_tokens(&detail->value, &tokens))
            continue;
        has_rest = has_rest || text_equal(detail->key, rest);
        told = add_tokens(told, tokens);
        add_row(pricing, detail->key, is_prompt, tokens);
    }
    if (!has_rest && count > told)
        add_row(pricing, rest, is_prompt, count - told);
}

/* --- sums ----------------------------------------------------------------- */

static void add_up(const struct cost *cost, bool prompt, bool completion,
                   struct cost_part *out)
{
    struct cost_sum sum = {{0}};

    out->tokens = 0;
    for (size_t i = 0; i < cost->count; i++) {
        const struct cost_row *row = &cost->rows[i];
        if (row->is_prompt ? !prompt : !completion)
            continue;
        out->tokens = add_tokens(out->tokens, row->tokens);
        cost_sum_add(&sum, row->cost);
    }
    out->cost = cost_sum_get(&sum);
    if (out->cost == 0)
        out->cost = (double)NAN;
}

static const struct value *details_of(const struct value *counts,
                                      const char *key)
{
    const struct value *details = value_member(counts, key);

    return details != NULL && details->kind == JSON_OBJECT ? details : NULL;
}

/* A total above the two counts is spread: they may be absent. */
static void read_counts(const struct value *counts, int64_t *prompt,
                        int64_t *completion)
{
    int64_t total;

    read_tokens(value_member(counts, "prompt"), prompt);
    read_tokens(value_member(counts, "completion"), completion);
    read_tokens(value_member(counts, "total"), &total);
    if (total <= *prompt + *completion)
        return;
    if (*prompt == 0)
        *prompt = total - *completion;
    else
        *completion = total - *prompt;
}

phx_status cost_of_span(struct arena *arena, const struct price_model *model,
                        const struct value *attributes, struct cost *out,
                        phx_error *err)
{
    const struct value *counts = value_at(attributes, "llm.token_count");
    const struct value *prompts = details_of(counts, "prompt_details");
    const struct value *completions = details_of(counts, "completion_details");
    struct pricing pricing = {model, attributes, out};
    int64_t prompt, completion;
    size_t most = 2;

    most += prompts != NULL ? prompts->count : 0;
    most += completions != NULL ? completions->count : 0;
    *out = (struct cost){.rows = arena_new(arena, most * sizeof *out->rows)};
    if (out->rows == NULL)
        return arena_status(arena, most * sizeof *out->rows, err);
    read_counts(counts, &prompt, &completion);
    add_rows(&pricing, prompts, true, prompt);
    add_rows(&pricing, completions, false, completion);
    add_up(out, true, false, &out->prompt);
    add_up(out, false, true, &out->completion);
    add_up(out, true, true, &out->total);
    return PHX_OK;
}

/*
 * expense.c - costs of many spans by type of token. Sums are exact, so that the
 * order in which spans come is no matter.
 */
#include "base/base.h"

#include "store/rollup.h"

#include <math.h>

enum { TYPES = SHRUNK(256, 4) }; /* a host may name any; the rest are "other" */

struct type_sum {
    phx_cost row;
    struct cost_sum sum;
    bool priced;
};

static struct type_sum *find_type(const struct cost_types *types, phx_text name,
                                  bool is_prompt)
{
    for (size_t i = 0; i < types->count; i++) {
        struct type_sum *found = &types->types[i];
        if ((found->row.is_prompt != 0) == is_prompt &&
            text_equal(found->row.token_type, name))
            return found;
    }
    return NULL;
}

/* The type's sum, perhaps made by this call. */
static phx_status type_of(struct cost_types *types, struct arena *arena,
                          const struct cost_row *row, struct type_sum **out,
                          phx_error *err)
{
    phx_text name = types->count < TYPES ? row->token_type : text_of("other");

    if ((*out = find_type(types, row->token_type, row->is_prompt)) != NULL ||
        (*out = find_type(types, name, row->is_prompt)) != NULL)
        return PHX_OK;
    struct type_sum *grown = arena_grow(arena, types->types, &types->capacity,
                                        types->count, sizeof *grown);
    char *copy = arena_new(arena, size_add(name.size, 1));
    if (grown == NULL || copy == NULL)
        return arena_status(arena, size_add(name.size, sizeof *grown), err);
    if (name.size > 0)
        memcpy(copy, name.data, name.size);
    copy[name.size] = '\0';
    types->types = grown;
    *out = &grown[types->count++];
    **out = (struct type_sum){.row = {.token_type = text_span(copy, name.size),
                                      .is_prompt = row->is_prompt}};
    return PHX_OK;
}

phx_status cost_types_add(struct cost_types *types, struct arena *arena,
                          const struct cost *cost, phx_error *err)
{
    struct type_sum *type;
    phx_status status;

    for (size_t i = 0; i < cost->count; i++) {
        const struct cost_row *row = &cost->rows[i];
        if ((status = type_of(types, arena, row, &type, err)) < 0)
            return status;
        if (__builtin_add_overflow(type->row.tokens, row->tokens,
                                   &type->row.tokens))
            type->row.tokens = INT64_MAX;
        cost_sum_add(&type->sum, row->cost);
        type->priced |= !isnan(row->cost);
    }
    return PHX_OK;
}

static double dollars(const struct cost_sum *sum, bool priced)
{
    return priced ? cost_sum_get(sum) : (double)NAN;
}

phx_status cost_types_give(const struct cost_types *types, struct arena *arena,
                           phx_rollup *row, phx_error *err)
{
    size_t size = size_mul(types->count, sizeof(phx_cost));
    phx_cost *costs = arena_new(arena, size);
    struct cost_sum sums[2] = {{{0}}};
    bool priced[2] = {false};

    if (costs == NULL)
        return arena_status(arena, size, err);
    for (size_t i = 0; i < types->count; i++) {
        const struct type_sum *type = &types->types[i];
        int part = type->row.is_prompt ? 0 : 1;
        costs[i] = type->row;
        costs[i].cost = dollars(&type->sum, type->priced);
        cost_sum_merge(&sums[part], &type->sum);
        priced[part] |= type->priced;
    }
    row->costs = costs;
    row->cost_count = types->count;
    row->prompt_cost = dollars(&sums[0], priced[0]);
    row->completion_cost = dollars(&sums[1], priced[1]);
    cost_sum_merge(&sums[0], &sums[1]);
    row->total_cost = dollars(&sums[0], priced[0] || priced[1]);
    return PHX_OK;
}

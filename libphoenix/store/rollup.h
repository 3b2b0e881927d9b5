/*
 * rollup.h - sums over spans and traces, read from columns.
 *
 *     rollup.c     blocks -> sums of each bin
 *     quantile.c   exact quantiles
 *     expense.c    costs by type of token
 */
#ifndef STORE_ROLLUP_H
#define STORE_ROLLUP_H

#include "store/price.h"

/* Latencies as values that are in order without their signs. */
static inline uint64_t latency_key(int64_t ns)
{
    return (uint64_t)ns ^ (UINT64_C(1) << 63);
}

static inline double latency_of(uint64_t key)
{
    return (double)(int64_t)(key ^ (UINT64_C(1) << 63));
}

/* --- quantile.c ------------------------------------------------------------ */

/* at: 0 to 1. The values change places. NaN of none. */
double quantile_of(uint64_t *values, size_t count, double at);

/* --- expense.c ------------------------------------------------------------- */

struct type_sum;

/* What tokens of each type cost; in an arena. */
struct cost_types {
    struct type_sum *types;
    size_t count, capacity;
};

phx_status cost_types_add(struct cost_types *types, struct arena *arena,
                          const struct cost *cost, phx_error *err);
/* Fills the costs of a row. */
phx_status cost_types_give(const struct cost_types *types, struct arena *arena,
                           phx_rollup *row, phx_error *err);

#endif

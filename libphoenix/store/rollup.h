/*
 * rollup.h - sums over spans and traces, read from columns.
 *
 *     rollup.c        blocks -> sums of each bin
 *     rollup_bins.c   the bins
 *     rollup_said.c   texts of roots, types of exceptions
 *     quantile.c      exact quantiles
 *     expense.c       costs by type of token
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

/* --- rollup_bins.c --------------------------------------------------------- */

enum { BINS = SHRUNK(20000, 100), BIN_BITS = 15 };
_Static_assert(BINS <= 1 << BIN_BITS, "a key holds a bin's number");

struct bins {
    phx_rollup *rows; /* in the arena */
    size_t count, capacity;
    size_t last; /* found before */
};

phx_status bins_make(struct bins *bins, const phx_rollup_query *query,
                     struct arena *arena, phx_error *err);
/* The bin of an instant of the window; mostly that of the one before. */
size_t bins_find(struct bins *bins, uint64_t at);

/* --- rollup_said.c --------------------------------------------------------- */

struct said_root {
    int64_t block; /* 0: none */
    uint32_t row;
    uint64_t start;
    int64_t number;
};

/* Of a bin; all zeros at first. */
struct said {
    struct said_root first, last;
    phx_exception *exceptions; /* in the arena of the rows */
    size_t exception_count, exception_capacity;
};

void said_add_root(struct said *said, const struct opened *opened, uint32_t row,
                   uint64_t start, int64_t number);
/* A span with the status ERROR. */
phx_status said_add_error(struct said *said, struct arena *arena,
                          struct opened *opened, uint32_t row,
                          struct arena *scratch, phx_error *err);
phx_status said_give(const struct said *said, struct snapshot *snapshot,
                     struct arena *arena, phx_rollup *row, phx_error *err);

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

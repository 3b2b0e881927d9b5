/*
 * rollup.h - sums over spans and traces, read from columns.
 *
 *     rollup.c     blocks -> sums of each bin
 *     quantile.c   exact quantiles
 */
#ifndef STORE_ROLLUP_H
#define STORE_ROLLUP_H

#include "store/find.h"

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

#endif

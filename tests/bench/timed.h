/*
 * timed.h: what programs share that time calls on a store of theirs.
 */
#ifndef BENCH_TIMED_H
#define BENCH_TIMED_H

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "phoenix.h"

static inline double now_ms(clockid_t clock)
{
    struct timespec time;

    clock_gettime(clock, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

/* A call must succeed; it ends the program if it does not. */
static inline void check(phx_status status, const phx_error *err)
{
    if (status >= 0)
        return;
    fprintf(stderr, "%s\n", err->message);
    exit(2);
}

/* For qsort. */
static inline int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

#endif

/*
 * faults.h - what tests see of base/alloc.c, and may break.
 */
#ifndef BASE_FAULTS_H
#define BASE_FAULTS_H

#include <stdbool.h>
#include <stdint.h>

/* Test builds only: counts allocations, fails the chosen ones. */
struct memory_faults {
    int64_t fail_at; /* the n-th from now on fails; 0 for none */
    bool for_good;   /* and all after it */
    int64_t seen;    /* allocations since the last reset */
    int64_t balance; /* blocks alive */
};
extern struct memory_faults memory_faults;

#endif

/*
 * freed.h: how a test, or a group of them, ends that took memory.
 */
#ifndef FREED_H
#define FREED_H

#include "base/base.h"

/* For cmocka: fails unless all memory is given back. */
static inline int all_freed(void **state)
{
    (void)state;
    return memory_faults.balance == 0 ? 0 : -1;
}

#endif

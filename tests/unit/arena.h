/*
 * arena.h: the arena that a test, or a group of them, works in.
 */
#ifndef ARENA_H
#define ARENA_H

#include "unit/freed.h"

static struct arena arena;

static inline int open_arena(void **state)
{
    (void)state;
    arena_init(&arena, (size_t)1 << 30);
    return 0;
}

static inline int close_arena(void **state)
{
    arena_clear(&arena);
    return all_freed(state);
}

#endif

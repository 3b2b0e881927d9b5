/*
 * alloc.c - the one file that calls malloc. In test builds any allocation can
 * be made to fail, freed memory is filled and blocks are counted, so that
 * tests see leaks, uses after free and every failure path.
 */
#define BASE_ALLOC_C
#include "base/base.h"

#ifdef TEST_BUILD

struct memory_faults memory_faults;

static bool refused(void)
{
    int64_t seen = __atomic_add_fetch(&memory_faults.seen, 1, __ATOMIC_RELAXED);
    int64_t at = memory_faults.fail_at;

    return at > 0 && (seen == at || (memory_faults.for_good && seen > at));
}

static void count(int64_t change)
{
    __atomic_add_fetch(&memory_faults.balance, change, __ATOMIC_RELAXED);
}

void *memory_new(size_t size)
{
    void *memory;

    if (size == 0 || size > PTRDIFF_MAX || refused() ||
        (memory = malloc(size)) == NULL)
        return NULL;
    memset(memory, 0xA5, size);
    count(1);
    return memory;
}

void *memory_resize(void *old, size_t size)
{
    void *memory = memory_new(size);

    if (memory == NULL || old == NULL)
        return memory;
    size_t kept = malloc_usable_size(old);
    memcpy(memory, old, kept < size ? kept : size);
    memory_free(old);
    return memory;
}

void memory_free(void *memory)
{
    if (memory == NULL)
        return;
    memset(memory, 0x5A, malloc_usable_size(memory));
    count(-1);
    free(memory);
}

#else

void *memory_new(size_t size)
{
    return size == 0 || size > PTRDIFF_MAX ? NULL : malloc(size);
}

void *memory_resize(void *old, size_t size)
{
    return size == 0 || size > PTRDIFF_MAX ? NULL : realloc(old, size);
}

void memory_free(void *memory)
{
    free(memory);
}

#endif

void *memory_grow(void *items, size_t *capacity, size_t count, size_t item,
                  phx_error *err)
{
    if (count < *capacity)
        return items;
    size_t grown = size_grown(*capacity), size = size_mul(grown, item);
    items = memory_resize(items, size);
    if (items != NULL)
        *capacity = grown;
    else
        fail_memory(err, size);
    return items;
}

void *memory_new_for(void *ctx, size_t size)
{
    (void)ctx;
    return memory_new(size);
}

void memory_free_for(void *ctx, void *memory)
{
    (void)ctx;
    memory_free(memory);
}

void memory_keep(void)
{
#ifdef __GLIBC__
    mallopt(M_MMAP_THRESHOLD, 32 << 20);
    mallopt(M_TRIM_THRESHOLD, 32 << 20);
    mallopt(M_ARENA_MAX, 1);
#endif
}

size_t size_add(size_t a, size_t b)
{
    size_t sum;

    return __builtin_add_overflow(a, b, &sum) ? SIZE_MAX : sum;
}

size_t size_mul(size_t a, size_t b)
{
    size_t product;

    return __builtin_mul_overflow(a, b, &product) ? SIZE_MAX : product;
}

size_t size_grown(size_t capacity)
{
    return capacity == 0 ? SHRUNK(16, 1) : size_mul(capacity, 2);
}

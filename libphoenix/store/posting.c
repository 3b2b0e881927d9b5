/*
 * posting.c - from the hash of an id to the blocks that may hold it. The
 * postings of young blocks live here, in a memtable; compaction writes those
 * of lasting blocks as runs. A posting is a hint: the block's own column
 * decides, so that stale ones and collisions do no harm.
 */
#include "base/base.h"

#include "store/inside.h"

#include <stdlib.h>

uint64_t posting_hash(uint64_t secret, enum posting_kind kind, phx_text id)
{
    return hash_bytes(id.data, id.size,
                      secret + (uint64_t)kind * 0x9E3779B97F4A7C15u);
}

phx_status posting_add(struct posting_list *list, uint64_t hash, uint32_t block,
                       phx_error *err)
{
    struct posting *items = memory_grow(list->items, &list->capacity,
                                        list->count, sizeof *items, err);

    if (items == NULL)
        return PHX_NO_MEMORY;
    list->items = items;
    list->items[list->count++] = (struct posting){hash, block};
    return PHX_OK;
}

static int by_hash(const void *a, const void *b)
{
    const struct posting *x = a, *y = b;

    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    return (x->block > y->block) - (x->block < y->block);
}

void posting_sort(struct posting_list *list)
{
    if (list->count > 0)
        qsort(list->items, list->count, sizeof *list->items, by_hash);
}

void posting_clear(struct posting_list *list)
{
    memory_free(list->items);
    *list = (struct posting_list){0};
}

phx_status block_set_add(struct block_set *set, int64_t block, phx_error *err)
{
    for (size_t i = 0; i < set->count; i++) {
        if (set->ids[i] == block)
            return PHX_OK;
    }
    int64_t *ids =
        memory_grow(set->ids, &set->capacity, set->count, sizeof *ids, err);
    if (ids == NULL)
        return PHX_NO_MEMORY;
    set->ids = ids;
    set->ids[set->count++] = block;
    return PHX_OK;
}

void block_set_clear(struct block_set *set)
{
    memory_free(set->ids);
    *set = (struct block_set){0};
}

/* --- memtable: postings in order of arrival, and an open-addressed index ------ */

struct memtable {
    struct posting_list list;
    uint32_t *slots; /* index + 1 into list; 0 is free */
    size_t mask;
};

enum { FIRST_SLOTS = SHRUNK(4096, 4) };

static void index_one(struct memtable *table, size_t i)
{
    size_t slot = (size_t)table->list.items[i].hash & table->mask;

    while (table->slots[slot] != 0)
        slot = (slot + 1) & table->mask;
    table->slots[slot] = (uint32_t)(i + 1);
}

static void index_all(struct memtable *table)
{
    memset(table->slots, 0, (table->mask + 1) * sizeof *table->slots);
    for (size_t i = 0; i < table->list.count; i++)
        index_one(table, i);
}

/* An index of that many slots, to be filled. The old stays if it fails. */
static phx_status set_slots(struct memtable *table, size_t slots,
                            phx_error *err)
{
    size_t size = size_mul(slots, sizeof *table->slots);
    uint32_t *fresh = memory_new(size);

    if (fresh == NULL)
        return fail_memory(err, size);
    memory_free(table->slots);
    table->slots = fresh;
    table->mask = slots - 1;
    return PHX_OK;
}

phx_status memtable_new(struct memtable **out, phx_error *err)
{
    struct memtable *table = memory_new(sizeof *table);
    phx_status status;

    if (table == NULL)
        return fail_memory(err, sizeof *table);
    *table = (struct memtable){0};
    if ((status = set_slots(table, FIRST_SLOTS, err)) < 0) {
        memory_free(table);
        return status;
    }
    index_all(table);
    *out = table;
    return PHX_OK;
}

void memtable_free(struct memtable *table)
{
    if (table == NULL)
        return;
    posting_clear(&table->list);
    memory_free(table->slots);
    memory_free(table);
}

size_t memtable_count(const struct memtable *table)
{
    return table->list.count;
}

phx_status memtable_add(struct memtable *table, uint64_t hash, uint32_t block,
                        phx_error *err)
{
    phx_status status;

    if (table->list.count * 2 >= table->mask) {
        if ((status = set_slots(table, (table->mask + 1) * 2, err)) < 0)
            return status;
        index_all(table);
    }
    if ((status = posting_add(&table->list, hash, block, err)) < 0)
        return status;
    index_one(table, table->list.count - 1);
    return PHX_OK;
}

void memtable_cut(struct memtable *table, size_t count)
{
    if (count >= table->list.count)
        return;
    table->list.count = count;
    index_all(table);
}

phx_status memtable_forget(struct memtable *table, uint32_t upto,
                           phx_error *err)
{
    size_t kept = 0, slots = FIRST_SLOTS;
    phx_status status;

    for (size_t i = 0; i < table->list.count; i++) {
        if (table->list.items[i].block > upto)
            kept++;
    }
    while (slots <= kept * 2)
        slots *= 2;
    if ((status = set_slots(table, slots, err)) < 0)
        return status;
    kept = 0;
    for (size_t i = 0; i < table->list.count; i++) {
        if (table->list.items[i].block > upto)
            table->list.items[kept++] = table->list.items[i];
    }
    table->list.count = kept;
    index_all(table);
    return PHX_OK;
}

phx_status memtable_find(const struct memtable *table, uint64_t hash,
                         struct block_set *out, phx_error *err)
{
    size_t slot = (size_t)hash & table->mask;

    for (; table->slots[slot] != 0; slot = (slot + 1) & table->mask) {
        const struct posting *posting =
            &table->list.items[table->slots[slot] - 1];
        if (posting->hash == hash) {
            phx_status status = block_set_add(out, posting->block, err);
            if (status < 0)
                return status;
        }
    }
    return PHX_OK;
}

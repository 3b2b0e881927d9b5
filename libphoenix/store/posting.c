/*
 * posting.c - from the hash of an id to the blocks that may hold it. The
 * postings of young blocks live here, in a memtable; compaction writes those
 * of lasting blocks as runs. A posting is a hint: the block's own column
 * decides, so that stale ones and collisions do no harm.
 */
#include "base/base.h"

#include "store/inside.h"

uint64_t posting_hash(uint64_t secret, enum posting_kind kind, phx_text id)
{
    return hash_bytes(id.data, id.size,
                      secret + (uint64_t)kind * 0x9E3779B97F4A7C15u);
}

/* Room for one more item in an array that doubles. */
static phx_status make_room(void **items, size_t *capacity, size_t count,
                            size_t size, phx_error *err)
{
    if (count < *capacity)
        return PHX_OK;
    size_t wanted = *capacity ? *capacity * 2 : 16;
    void *larger = memory_resize(*items, size_mul(wanted, size));
    if (larger == NULL)
        return fail_memory(err, size_mul(wanted, size));
    *items = larger;
    *capacity = wanted;
    return PHX_OK;
}

phx_status posting_add(struct posting_list *list, uint64_t hash, uint32_t block,
                       phx_error *err)
{
    void *items = list->items;
    phx_status status = make_room(&items, &list->capacity, list->count,
                                  sizeof *list->items, err);

    list->items = items;
    if (status >= 0)
        list->items[list->count++] = (struct posting){hash, block};
    return status;
}

void posting_clear(struct posting_list *list)
{
    memory_free(list->items);
    *list = (struct posting_list){0};
}

phx_status block_set_add(struct block_set *set, uint32_t block, phx_error *err)
{
    for (size_t i = 0; i < set->count; i++) {
        if (set->ids[i] == block)
            return PHX_OK;
    }
    void *ids = set->ids;
    phx_status status =
        make_room(&ids, &set->capacity, set->count, sizeof *set->ids, err);
    set->ids = ids;
    if (status >= 0)
        set->ids[set->count++] = block;
    return status;
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

static phx_status index_all(struct memtable *table, size_t slots,
                            phx_error *err)
{
    uint32_t *fresh = memory_new(size_mul(slots, sizeof *fresh));

    if (fresh == NULL)
        return fail_memory(err, size_mul(slots, sizeof *fresh));
    memset(fresh, 0, slots * sizeof *fresh);
    memory_free(table->slots);
    table->slots = fresh;
    table->mask = slots - 1;
    for (size_t i = 0; i < table->list.count; i++)
        index_one(table, i);
    return PHX_OK;
}

phx_status memtable_new(struct memtable **out, phx_error *err)
{
    struct memtable *table = memory_new(sizeof *table);
    phx_status status;

    if (table == NULL)
        return fail_memory(err, sizeof *table);
    *table = (struct memtable){0};
    if ((status = index_all(table, FIRST_SLOTS, err)) < 0)
        memory_free(table);
    else
        *out = table;
    return status;
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

    if (table->list.count * 2 >= table->mask &&
        (status = index_all(table, (table->mask + 1) * 2, err)) < 0)
        return status;
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
    memset(table->slots, 0, (table->mask + 1) * sizeof *table->slots);
    for (size_t i = 0; i < count; i++)
        index_one(table, i);
}

phx_status memtable_forget(struct memtable *table, uint32_t upto,
                           phx_error *err)
{
    size_t kept = 0, slots = FIRST_SLOTS;

    for (size_t i = 0; i < table->list.count; i++) {
        if (table->list.items[i].block > upto)
            kept++;
    }
    while (slots <= kept * 2)
        slots *= 2;
    /* The new index first: if it cannot be had, nothing has changed. */
    uint32_t *fresh = memory_new(size_mul(slots, sizeof *fresh));
    if (fresh == NULL)
        return fail_memory(err, size_mul(slots, sizeof *fresh));
    memory_free(table->slots);
    table->slots = fresh;
    table->mask = slots - 1;
    memset(fresh, 0, slots * sizeof *fresh);
    kept = 0;
    for (size_t i = 0; i < table->list.count; i++) {
        if (table->list.items[i].block > upto) {
            table->list.items[kept] = table->list.items[i];
            index_one(table, kept++);
        }
    }
    table->list.count = kept;
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

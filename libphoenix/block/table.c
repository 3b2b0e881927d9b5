/*
 * table.c - an open-addressing table from 32-bit hashes to numbers. The keys
 * are its owner's, who compares them: equal hashes cost time and nothing else.
 */
#include "base/base.h"

#include "block/block.h"
#include "block/inside.h"

enum { SMALLEST = SHRUNK(64, 2) };

void table_clear(struct table *table)
{
    memory_free(table->slots);
    *table = (struct table){0};
}

bool table_reset(struct table *table, size_t count)
{
    size_t wanted = SMALLEST;

    while (wanted < size_mul(count, 2))
        wanted *= 2;
    if (table->capacity < wanted) {
        table_clear(table);
        table->slots = memory_new(size_mul(wanted, sizeof(struct slot)));
        if (!table->slots)
            return false;
        table->capacity = wanted;
    }
    table->mask = (uint32_t)wanted - 1;
    table->count = 0;
    memset(table->slots, 0, wanted * sizeof(struct slot));
    return true;
}

static struct slot *find_free(struct table *table, uint32_t hash)
{
    struct slot *slot = table_first(table, hash);

    while (slot->number != 0)
        slot = table_next(table, slot);
    return slot;
}

/* Twice the slots, and every number where its hash now leads. */
static bool grow(struct table *table)
{
    struct table larger = {0};

    if (!table_reset(&larger, (size_t)table->mask + 1))
        return false;
    for (size_t i = 0; i <= table->mask; i++)
        if (table->slots[i].number != 0)
            *find_free(&larger, table->slots[i].hash) = table->slots[i];
    larger.count = table->count;
    memory_free(table->slots);
    *table = larger;
    return true;
}

bool table_put(struct table *table, struct slot *slot, uint32_t hash,
               uint32_t number)
{
    if ((table->count + 1) * (size_t)2 > (size_t)table->mask + 1) {
        if (!grow(table))
            return false;
        slot = find_free(table, hash);
    }
    *slot = (struct slot){hash, number + 1};
    table->count++;
    return true;
}

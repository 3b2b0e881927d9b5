/*
 * map.c - 64-bit hash -> 32-bit value by open addressing. Its keys are hashes
 * alone: who must tell two keys of one hash apart compares them himself.
 */
#include "base/base.h"

#ifdef TEST_BUILD
enum { FIRST_SLOTS = 2 };
#else
enum { FIRST_SLOTS = 64 };
#endif

void map_init(struct map *map)
{
    *map = (struct map){0};
}

void map_clear(struct map *map)
{
    memory_free(map->hashes);
    memory_free(map->values);
    map_init(map);
}

void map_reset(struct map *map)
{
    if (map->hashes != NULL && map->count > 0)
        memset(map->hashes, 0, ((size_t)map->mask + 1) * sizeof *map->hashes);
    map->count = 0;
}

/* The slot that has the hash, or the free one where it belongs. */
static uint32_t slot_of(const struct map *map, uint64_t hash)
{
    uint32_t slot = (uint32_t)(hash ^ hash >> 32) & map->mask;

    while (map->hashes[slot] != 0 && map->hashes[slot] != hash)
        slot = (slot + 1) & map->mask;
    return slot;
}

static bool grow(struct map *map)
{
    size_t slots = map->hashes ? ((size_t)map->mask + 1) * 2 : FIRST_SLOTS;
    struct map larger = {.mask = (uint32_t)(slots - 1), .count = map->count};

    if (slots > UINT32_MAX)
        return false;
    larger.hashes = memory_new(slots * sizeof *larger.hashes);
    larger.values = memory_new(slots * sizeof *larger.values);
    if (larger.hashes == NULL || larger.values == NULL) {
        map_clear(&larger);
        return false;
    }
    memset(larger.hashes, 0, slots * sizeof *larger.hashes);
    for (uint32_t i = 0; map->hashes != NULL && i <= map->mask; i++) {
        if (map->hashes[i] != 0) {
            uint32_t slot = slot_of(&larger, map->hashes[i]);
            larger.hashes[slot] = map->hashes[i];
            larger.values[slot] = map->values[i];
        }
    }
    memory_free(map->hashes);
    memory_free(map->values);
    *map = larger;
    return true;
}

uint32_t *map_slot(struct map *map, uint64_t hash, bool *fresh)
{
    if (hash == 0)
        hash = 1;
    if ((map->hashes == NULL || map->count >= map->mask / 2 + 1) && !grow(map))
        return NULL;
    uint32_t slot = slot_of(map, hash);
    *fresh = map->hashes[slot] == 0;
    if (*fresh) {
        map->hashes[slot] = hash;
        map->count++;
    }
    return &map->values[slot];
}

const uint32_t *map_find(const struct map *map, uint64_t hash)
{
    if (hash == 0)
        hash = 1;
    if (map->hashes == NULL)
        return NULL;
    uint32_t slot = slot_of(map, hash);
    return map->hashes[slot] == hash ? &map->values[slot] : NULL;
}

/*
 * keys.c - finds members by key, by open addressing in an arena. The hash is
 * seeded with an address, so that a sender cannot prepare keys that collide.
 */
#include "base/base.h"
#include "attr/attr.h"

#include "attr/inside.h"

phx_status keys_init(struct keys *keys, struct arena *arena,
                     const struct member *members, size_t count, phx_error *err)
{
    size_t slots = 4;

    if (count > UINT32_MAX / 4)
        return fail(err, PHX_TOO_BIG, -1, "%zu keys are too many", count);
    while (slots < count * 2)
        slots *= 2;
    size_t size = size_mul(slots, sizeof *keys->slots);
    keys->slots = arena_new(arena, size);
    if (keys->slots == NULL)
        return arena_status(arena, size, err);
    memset(keys->slots, 0, size);
    keys->mask = (uint32_t)(slots - 1);
    keys->members = members;
    return PHX_OK;
}

/* The slot that has the key, or the free one where it belongs. */
static uint32_t *slot_of(const struct keys *keys, phx_text key)
{
    uint64_t seed = (uint64_t)(uintptr_t)keys->slots;
    uint64_t hash = hash_bytes(key.data, key.size, seed);
    uint32_t slot = (uint32_t)hash & keys->mask;

    while (keys->slots[slot] != 0) {
        phx_text other = keys->members[keys->slots[slot] - 1].key;
        if (other.size == key.size &&
            memcmp(other.data, key.data, key.size) == 0)
            break;
        slot = (slot + 1) & keys->mask;
    }
    return &keys->slots[slot];
}

uint32_t keys_put(struct keys *keys, uint32_t index)
{
    uint32_t *slot = slot_of(keys, keys->members[index].key);

    if (*slot == 0)
        *slot = index + 1;
    return *slot - 1;
}

const struct member *keys_find(const struct keys *keys, phx_text key)
{
    uint32_t slot = *slot_of(keys, key);

    return slot > 0 ? &keys->members[slot - 1] : NULL;
}

phx_status keys_unique(struct arena *scratch, struct member *members,
                       uint32_t *count, phx_error *err)
{
    struct keys keys;
    uint32_t kept = 0;
    phx_status status = keys_init(&keys, scratch, members, *count, err);

    if (status < 0)
        return status;
    for (uint32_t i = 0; i < *count; i++) {
        members[kept] = members[i];
        uint32_t place = keys_put(&keys, kept);
        if (place == kept)
            kept++;
        else
            members[place].value = members[kept].value;
    }
    *count = kept;
    return PHX_OK;
}

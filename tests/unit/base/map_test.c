/*
 * 64-bit hash -> 32-bit value.
 */
#include "t.h"

#include "unit/freed.h"

static uint64_t key(uint64_t i)
{
    return i * 0x9E3779B97F4A7C15u + 12345;
}

TEST(thousands_of_keys_are_found_again)
{
    UNUSED_STATE;
    struct map map;
    bool fresh;

    map_init(&map);
    assert_null(map_find(&map, 1));
    for (uint32_t i = 0; i < 5000; i++) {
        uint32_t *slot = map_slot(&map, key(i), &fresh);
        assert_non_null(slot);
        ok(fresh);
        *slot = i;
    }
    eq_int(map.count, 5000);
    for (uint32_t i = 0; i < 5000; i++) {
        eq_int(*map_find(&map, key(i)), i);
        eq_int(*map_slot(&map, key(i), &fresh), i);
        ok(!fresh);
    }
    assert_null(map_find(&map, key(5000)));
    map_clear(&map);
}

TEST(hashes_that_share_a_slot_stay_apart)
{
    UNUSED_STATE;
    struct map map;
    bool fresh;

    map_init(&map);
    for (uint32_t i = 1; i <= 100; i++)
        *map_slot(&map, (uint64_t)i << 52 | 7, &fresh) = i;
    for (uint32_t i = 1; i <= 100; i++)
        eq_int(*map_find(&map, (uint64_t)i << 52 | 7), i);
    map_clear(&map);
}

TEST(zero_is_a_hash_like_others)
{
    UNUSED_STATE;
    struct map map;
    bool fresh;

    map_init(&map);
    *map_slot(&map, 0, &fresh) = 9;
    ok(fresh);
    eq_int(*map_find(&map, 0), 9);
    map_clear(&map);
}

TEST(a_reset_forgets)
{
    UNUSED_STATE;
    struct map map;
    bool fresh;

    map_init(&map);
    *map_slot(&map, 5, &fresh) = 1;
    map_reset(&map);
    assert_null(map_find(&map, 5));
    *map_slot(&map, 5, &fresh) = 2;
    ok(fresh);
    map_clear(&map);
    map_reset(&map);
    map_clear(&map);
}

TEST(without_memory_the_map_stays_good)
{
    UNUSED_STATE;
    struct map map;
    bool fresh;
    uint32_t added = 0;

    map_init(&map);
    for (uint64_t i = 0; i < 300; i++) {
        memory_faults.fail_at = memory_faults.seen + 1 + (int64_t)(i % 2);
        uint32_t *slot = map_slot(&map, key(i), &fresh);
        memory_faults.fail_at = 0;
        if (slot == NULL)
            slot = map_slot(&map, key(i), &fresh);
        assert_non_null(slot);
        ok(fresh);
        *slot = (uint32_t)i;
        added++;
    }
    eq_int(map.count, added);
    for (uint64_t i = 0; i < 300; i++)
        eq_int(*map_find(&map, key(i)), i);
    map_clear(&map);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(thousands_of_keys_are_found_again),
        cmocka_unit_test(hashes_that_share_a_slot_stay_apart),
        cmocka_unit_test(zero_is_a_hash_like_others),
        cmocka_unit_test(a_reset_forgets),
        cmocka_unit_test(without_memory_the_map_stays_good),
    };
    return cmocka_run_group_tests(tests, NULL, all_freed);
}

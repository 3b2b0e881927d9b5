/*
 * Hashes are stored on disk, so their values may never change.
 */
#include "t.h"

#include "base/base.h"

TEST(hashes_are_xxh3)
{
    UNUSED_STATE;
    ok(hash_bytes("", 0, 0) == 0x2D06800538D394C2u);
    ok(checksum32("", 0) == 0x38D394C2u);
    ok(hash_bytes("abc", 3, 0) == 0x78AF5F94892F3950u);
}

TEST(seeds_change_them)
{
    UNUSED_STATE;
    ok(hash_bytes("abc", 3, 1) != hash_bytes("abc", 3, 0));
    ok(hash_bytes("abc", 3, 1) == hash_bytes("abc", 3, 1));
}

TEST(random_bytes_differ)
{
    UNUSED_STATE;
    uint8_t a[32], b[32];

    succeeds(random_bytes(a, sizeof a, err));
    succeeds(random_bytes(b, sizeof b, err));
    assert_memory_not_equal(a, b, sizeof a);
    succeeds(random_bytes(NULL, 0, err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes_are_xxh3),
        cmocka_unit_test(seeds_change_them),
        cmocka_unit_test(random_bytes_differ),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* posting_test.c - hashes of ids, sets of blocks, and the memtable. */
#include "t.h"

#include "store/posting.c"

static bool has(const struct memtable *table, uint64_t hash, uint32_t block)
{
    struct block_set found = {0};
    bool is_there = false;

    succeeds(memtable_find(table, hash, &found, err));
    for (size_t i = 0; i < found.count; i++)
        is_there = is_there || found.ids[i] == block;
    block_set_clear(&found);
    return is_there;
}

TEST(a_hash_depends_on_id_kind_and_secret)
{
    phx_text id = text_of("id");
    uint64_t hash = posting_hash(1, POSTING_SPAN, id);

    UNUSED_STATE;
    ok(posting_hash(1, POSTING_SPAN, id) == hash);
    ok(posting_hash(1, POSTING_TRACE, id) != hash);
    ok(posting_hash(2, POSTING_SPAN, id) != hash);
    ok(posting_hash(1, POSTING_SPAN, text_of("ie")) != hash);
    ok(posting_hash(1, POSTING_SPAN, text_span("id", 3)) != hash);
}

TEST(a_set_has_each_block_once)
{
    struct block_set set = {0};

    UNUSED_STATE;
    for (uint32_t i = 0; i < 100; i++)
        succeeds(block_set_add(&set, i % 20, err));
    eq_int(set.count, 20);
    for (uint32_t i = 0; i < 20; i++)
        eq_int(set.ids[i], i);
    block_set_clear(&set);
    eq_int(set.count, 0);
}

TEST(a_memtable_finds_every_block_of_a_hash)
{
    struct memtable *table = NULL;
    struct block_set found = {0};

    UNUSED_STATE;
    succeeds(memtable_new(&table, err));
    for (uint32_t i = 0; i < 1000; i++) /* many share their low bits */
        succeeds(memtable_add(table, (uint64_t)(i % 100) << 40, i, err));
    eq_int(memtable_count(table), 1000);
    for (uint32_t i = 0; i < 1000; i++)
        ok(has(table, (uint64_t)(i % 100) << 40, i));
    succeeds(memtable_find(table, (uint64_t)7 << 40, &found, err));
    eq_int(found.count, 10);
    block_set_clear(&found);
    succeeds(memtable_find(table, 3, &found, err));
    eq_int(found.count, 0);
    memtable_free(table);
    memtable_free(NULL);
}

TEST(a_memtable_is_cut_to_what_it_was)
{
    struct memtable *table = NULL;

    UNUSED_STATE;
    succeeds(memtable_new(&table, err));
    for (uint32_t i = 0; i < 50; i++)
        succeeds(memtable_add(table, i % 10, i, err));
    memtable_cut(table, 60); /* nothing */
    memtable_cut(table, 25);
    eq_int(memtable_count(table), 25);
    for (uint32_t i = 0; i < 50; i++)
        eq_int(has(table, i % 10, i), i < 25);
    memtable_cut(table, 0);
    ok(!has(table, 0, 0));
    succeeds(memtable_add(table, 0, 7, err));
    ok(has(table, 0, 7));
    memtable_free(table);
}

TEST(a_memtable_forgets_old_blocks)
{
    struct memtable *table = NULL;

    UNUSED_STATE;
    succeeds(memtable_new(&table, err));
    for (uint32_t i = 1; i <= 300; i++)
        succeeds(memtable_add(table, i % 30, i, err));
    succeeds(memtable_forget(table, 200, err));
    eq_int(memtable_count(table), 100);
    for (uint32_t i = 1; i <= 300; i++)
        eq_int(has(table, i % 30, i), i > 200);
    for (uint32_t i = 301; i <= 400; i++)
        succeeds(memtable_add(table, i % 30, i, err));
    for (uint32_t i = 1; i <= 400; i++)
        eq_int(has(table, i % 30, i), i > 200);
    succeeds(memtable_forget(table, UINT32_MAX, err));
    eq_int(memtable_count(table), 0);
    memtable_free(table);
}

TEST(a_memtable_without_memory_is_as_before)
{
    struct memtable *table = NULL;

    UNUSED_STATE;
    succeeds(memtable_new(&table, err));
    for (uint32_t i = 0; i < 200; i++) {
        memory_faults.seen = 0;
        memory_faults.fail_at = 1;
        phx_status status = memtable_add(table, i, i, NULL);
        memory_faults.fail_at = 0;
        if (status < 0) {
            eq_int(status, PHX_NO_MEMORY);
            eq_int(memtable_count(table), i);
            ok(!has(table, i, i));
            succeeds(memtable_add(table, i, i, err));
        }
    }
    memory_faults.seen = 0;
    memory_faults.fail_at = 1;
    fails_with(PHX_NO_MEMORY, "", memtable_forget(table, 100, err));
    memory_faults.fail_at = 0;
    for (uint32_t i = 0; i < 200; i++)
        ok(has(table, i, i));
    memtable_free(table);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hash_depends_on_id_kind_and_secret),
        cmocka_unit_test(a_set_has_each_block_once),
        cmocka_unit_test(a_memtable_finds_every_block_of_a_hash),
        cmocka_unit_test(a_memtable_is_cut_to_what_it_was),
        cmocka_unit_test(a_memtable_forgets_old_blocks),
        cmocka_unit_test(a_memtable_without_memory_is_as_before),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

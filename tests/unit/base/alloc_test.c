/*
 * Memory on demand, and the faults that tests ask of it.
 */
#include "t.h"

#include "base/base.h"

static void faults_reset(void)
{
    int64_t balance = memory_faults.balance;

    memory_faults = (struct memory_faults){.balance = balance};
}

TEST(no_bytes_are_no_memory)
{
    UNUSED_STATE;
    assert_null(memory_new(0));
    assert_null(memory_resize(NULL, 0));
    memory_free(NULL);
}

TEST(sizes_that_overflow_cannot_be_had)
{
    UNUSED_STATE;
    eq_int(size_add(2, 3), 5);
    ok(size_add(SIZE_MAX, 1) == SIZE_MAX);
    ok(size_add(SIZE_MAX, 0) == SIZE_MAX);
    eq_int(size_mul(2, 3), 6);
    ok(size_mul(SIZE_MAX / 2, 3) == SIZE_MAX);
    eq_int(size_mul(0, SIZE_MAX), 0);
}

TEST(an_array_doubles_when_it_is_full)
{
    UNUSED_STATE;
    size_t capacity = 0, moves = 0;
    int *items = NULL;

    for (int i = 0; i < 100; i++) {
        size_t before = capacity;
        items = memory_grow(items, &capacity, (size_t)i, sizeof *items, NULL);
        assert_non_null(items);
        moves += capacity != before;
        items[i] = i;
    }
    eq_int(capacity, 128);
    eq_int(moves, 8); /* 1, 2, 4 ... in tests */
    for (int i = 0; i < 100; i++)
        eq_int(items[i], i);
    memory_free(items);
}

TEST(an_array_that_cannot_grow_stays)
{
    UNUSED_STATE;
    phx_error err = {0};
    size_t capacity = 0;
    int *items = memory_grow(NULL, &capacity, 0, sizeof *items, &err);

    items[0] = 7;
    memory_faults.seen = 0;
    memory_faults.fail_at = 1;
    assert_null(memory_grow(items, &capacity, 1, sizeof *items, &err));
    faults_reset();
    eq_int(err.status, PHX_NO_MEMORY);
    eq_int(capacity, 1);
    eq_int(items[0], 7);
    capacity = SIZE_MAX / 2;
    assert_null(memory_grow(items, &capacity, capacity, 8, &err));
    eq_int(capacity, SIZE_MAX / 2);
    memory_free(items);
}

TEST(resizing_keeps_the_bytes)
{
    UNUSED_STATE;
    char *memory = memory_new(4);
    memcpy(memory, "abcd", 4);
    memory = memory_resize(memory, 400);
    assert_memory_equal(memory, "abcd", 4);
    memory = memory_resize(memory, 2);
    assert_memory_equal(memory, "ab", 2);
    memory_free(memory);
}

TEST(the_chosen_allocation_fails)
{
    UNUSED_STATE;
    faults_reset();
    memory_faults.fail_at = 2;
    void *first = memory_new(1);
    assert_non_null(first);
    assert_null(memory_resize(first, 2));
    void *third = memory_new(1);
    assert_non_null(third);
    memory_free(first);
    memory_free(third);
    eq_int(memory_faults.seen, 3);
    faults_reset();
}

TEST(faults_for_good_do_not_end)
{
    UNUSED_STATE;
    faults_reset();
    memory_faults.fail_at = 1;
    memory_faults.for_good = true;
    assert_null(memory_new(1));
    assert_null(memory_new(1));
    faults_reset();
}

TEST(blocks_alive_are_counted)
{
    UNUSED_STATE;
    int64_t before = memory_faults.balance;
    void *memory = memory_new(1);
    eq_int(memory_faults.balance, before + 1);
    memory = memory_resize(memory, 100);
    eq_int(memory_faults.balance, before + 1);
    memory_free(memory);
    eq_int(memory_faults.balance, before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_bytes_are_no_memory),
        cmocka_unit_test(sizes_that_overflow_cannot_be_had),
        cmocka_unit_test(an_array_doubles_when_it_is_full),
        cmocka_unit_test(an_array_that_cannot_grow_stays),
        cmocka_unit_test(resizing_keeps_the_bytes),
        cmocka_unit_test(the_chosen_allocation_fails),
        cmocka_unit_test(faults_for_good_do_not_end),
        cmocka_unit_test(blocks_alive_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

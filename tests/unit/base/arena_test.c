/*
 * Pieces with a common end.
 */
#include "t.h"

#include "unit/freed.h"

TEST(pieces_are_aligned_and_apart)
{
    UNUSED_STATE;
    struct arena arena;
    uint8_t *pieces[100];

    arena_init(&arena, 1 << 20);
    for (size_t i = 0; i < 100; i++) {
        pieces[i] = arena_new(&arena, i);
        assert_non_null(pieces[i]);
        eq_int((uintptr_t)pieces[i] % 8, 0);
        memset(pieces[i], (int)i, i);
    }
    for (size_t i = 0; i < 100; i++) {
        for (size_t j = 0; j < i; j++)
            eq_int(pieces[i][j], i);
    }
    arena_clear(&arena);
}

TEST(a_copy_holds_the_bytes)
{
    UNUSED_STATE;
    struct arena arena;

    arena_init(&arena, 1 << 20);
    assert_memory_equal(arena_copy(&arena, "hello", 5), "hello", 5);
    assert_non_null(arena_copy(&arena, NULL, 0));
    arena_clear(&arena);
}

TEST(the_limit_is_told_from_want_of_memory)
{
    UNUSED_STATE;
    struct arena arena;

    arena_init(&arena, 1000);
    assert_null(arena_new(&arena, 1001));
    fails_with(PHX_TOO_BIG, "1000 bytes", arena_status(&arena, 1001, err));
    fails_with(PHX_TOO_BIG, "1000 bytes", arena_status(&arena, 1, err));
    assert_non_null(arena_new(&arena, 900));
    assert_null(arena_new(&arena, SIZE_MAX));
    memory_faults.fail_at = memory_faults.seen + 1;
    arena_clear(&arena);
    assert_null(arena_new(&arena, 10));
    fails_with(PHX_NO_MEMORY, "10 bytes", arena_status(&arena, 10, err));
    memory_faults.fail_at = 0;
    arena_clear(&arena);
}

TEST(a_reset_keeps_one_chunk)
{
    UNUSED_STATE;
    struct arena arena;

    arena_init(&arena, 1 << 20);
    for (int i = 0; i < 1000; i++)
        assert_non_null(arena_new(&arena, 64));
    arena_reset(&arena);
    int64_t seen = memory_faults.seen;
    assert_non_null(arena_new(&arena, 64));
    eq_int(memory_faults.seen, seen);
    arena_clear(&arena);
    arena_reset(&arena);
    arena_clear(&arena);
}

TEST(an_array_grows_within_its_arena)
{
    UNUSED_STATE;
    struct arena arena;
    size_t capacity = 0;
    int *items = NULL;

    arena_init(&arena, 1 << 10);
    for (int i = 0; i < 32; i++) {
        items = arena_grow(&arena, items, &capacity, (size_t)i, sizeof *items);
        assert_non_null(items);
        items[i] = i;
    }
    eq_int(items[0], 0);
    eq_int(items[31], 31);
    capacity = 1 << 10;
    assert_null(arena_grow(&arena, items, &capacity, capacity, sizeof *items));
    eq_int(arena_status(&arena, sizeof *items, NULL), PHX_TOO_BIG);
    eq_int(capacity, 1 << 10);
    arena_clear(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_are_aligned_and_apart),
        cmocka_unit_test(a_copy_holds_the_bytes),
        cmocka_unit_test(the_limit_is_told_from_want_of_memory),
        cmocka_unit_test(a_reset_keeps_one_chunk),
        cmocka_unit_test(an_array_grows_within_its_arena),
    };
    return cmocka_run_group_tests(tests, NULL, all_freed);
}

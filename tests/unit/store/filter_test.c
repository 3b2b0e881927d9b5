/* filter_test.c - the filter never forgets, is seldom wrong, and grows. */
#include "t.h"

#include "store/filter.c"

static uint64_t key(uint64_t i)
{
    return hash_bytes(&i, sizeof i, 42);
}

TEST(what_was_added_may_be_there)
{
    struct filter *filter = NULL;

    UNUSED_STATE;
    succeeds(filter_new(10, &filter, err));
    for (uint64_t i = 0; i < 5000; i++) {
        succeeds(filter_add(filter, key(i), err));
        ok(filter_maybe(filter, key(i)));
    }
    for (uint64_t i = 0; i < 5000; i++)
        ok(filter_maybe(filter, key(i)));
    ok(filter->count > 2); /* it has grown on the way */
    filter_free(filter);
}

TEST(what_was_not_added_is_seldom_taken_for_there)
{
    struct filter *filter = NULL;
    int wrong_answers = 0;

    UNUSED_STATE;
    succeeds(filter_new(20000, &filter, err));
    for (uint64_t i = 0; i < 20000; i++)
        succeeds(filter_add(filter, key(i), err));
    eq_int(filter->count, 1);
    for (uint64_t i = 20000; i < 120000; i++)
        wrong_answers += filter_maybe(filter, key(i));
    assert_in_range(wrong_answers, 0, 400); /* 0.4 % */
    filter_free(filter);
}

TEST(an_empty_filter_has_nothing)
{
    static const uint64_t edges[] = {0, 1, UINT64_MAX, UINT64_MAX << 32};
    struct filter *filter = NULL;

    UNUSED_STATE;
    succeeds(filter_new(0, &filter, err));
    for (int i = 0; i < 4; i++)
        ok(!filter_maybe(filter, edges[i]));
    for (int i = 0; i < 4; i++)
        succeeds(filter_add(filter, edges[i], err));
    for (int i = 0; i < 4; i++)
        ok(filter_maybe(filter, edges[i]));
    filter_free(filter);
}

TEST(a_filter_that_cannot_grow_keeps_what_it_has)
{
    struct filter *filter = NULL;
    uint64_t added = 0;

    UNUSED_STATE;
    succeeds(filter_new(10, &filter, err));
    memory_faults.seen = 0;
    memory_faults.fail_at = 1;
    while (filter_add(filter, key(added), NULL) == PHX_OK)
        added++;
    memory_faults.fail_at = 0;
    ok(added >= FEWEST_KEYS);
    for (uint64_t i = 0; i < added; i++)
        ok(filter_maybe(filter, key(i)));
    succeeds(filter_add(filter, key(added), err));
    ok(filter_maybe(filter, key(added)));
    filter_free(filter);
    filter_free(NULL);
}

TEST(a_filter_needs_memory)
{
    struct filter *filter = NULL;

    UNUSED_STATE;
    for (int64_t at = 1; at <= 2; at++) {
        int64_t before = memory_faults.balance;
        memory_faults.seen = 0;
        memory_faults.fail_at = at;
        fails_with(PHX_NO_MEMORY, "", filter_new(10, &filter, err));
        memory_faults.fail_at = 0;
        eq_int(memory_faults.balance, before);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_added_may_be_there),
        cmocka_unit_test(what_was_not_added_is_seldom_taken_for_there),
        cmocka_unit_test(an_empty_filter_has_nothing),
        cmocka_unit_test(a_filter_that_cannot_grow_keeps_what_it_has),
        cmocka_unit_test(a_filter_needs_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

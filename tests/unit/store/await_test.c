/*
 * await_test.c - an annotation whose target goes between its being looked up
 * and the writer's turn waits, as one that never had a target.
 */
#include "t.h"

#include "store/await.c"

#include "unit/store/filled.h"

TEST(what_is_deleted_in_between_has_it_wait)
{
    struct store *store = open_filled();
    struct waiter waiter = {.item = item_of(PHX_SPAN_ANNOTATION, 1)};
    phx_annotate_report report = {0};
    struct arena arena;

    UNUSED_STATE;
    arena_init(&arena, SIZE_MAX);
    succeeds(find_fates(store, &arena, &waiter, 1, err));
    eq_int(waiter.fate, FATE_FOUND);
    succeeds(store_delete(store, PHX_SPAN, 1, err));
    succeeds(write_fates(store, &waiter, 1, 0, &report, err));
    eq_int(report.written, 0);
    eq_int(report.waiting, 1);
    succeeds(store_verify(store, NULL, NULL, err));
    succeeds(store_annotate_waiting(store, UINT64_MAX, &report, err));
    eq_int(report.dropped, 1);
    arena_clear(&arena);
    store_release(store);
}

/* A span that is deleted and swept has left nothing that tells of it. */
TEST(after_a_sweep_targets_are_looked_up_again)
{
    struct store *store = open_filled();
    struct waiter waiter = {.item = item_of(PHX_SPAN_ANNOTATION, 1)};
    unsigned forgotten = atomic_load(&store->forgotten);
    phx_annotate_report report = {0};
    struct arena arena;

    UNUSED_STATE;
    arena_init(&arena, SIZE_MAX);
    succeeds(find_fates(store, &arena, &waiter, 1, err));
    succeeds(store_delete(store, PHX_SPAN, 1, err));
    while (store_compact(store, 100, NULL) == PHX_OK)
        ;
    eq_int(write_fates(store, &waiter, 1, forgotten, &report, NULL), PHX_DONE);
    eq_int(store->counter.annotations, 0);
    succeeds(settle(store, &arena, &waiter, 1, &report, err));
    eq_int(report.waiting, 1);
    arena_clear(&arena);
    store_release(store);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_deleted_in_between_has_it_wait),
        cmocka_unit_test(after_a_sweep_targets_are_looked_up_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

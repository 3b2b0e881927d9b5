/*
 * annotate_test.c - targets are looked up before the writer's turn: what goes
 * in between is noticed.
 */
#include "t.h"

#include "store/annotate.c"

#include "unit/store/filled.h"

static int64_t count_annotations(struct store *store)
{
    return store->counter.annotations;
}

/* Looks up, deletes, then writes. */
static void check_between(int32_t kind, int64_t number, int32_t deleted,
                          int64_t deleted_number)
{
    struct store *store = open_filled();
    phx_annotation_item item = item_of(kind, number);
    struct target target;
    struct arena arena;
    phx_id id;

    arena_init(&arena, SIZE_MAX);
    succeeds(find_targets(store, &item, 1, &arena, &target, err));
    eq_int(target.number, number);
    succeeds(store_delete(store, deleted, deleted_number, err));
    fails_with(PHX_NOT_FOUND, "no ",
               write_items(store, &item, NULL, 1, 0, &target, &id, err));
    eq_int(count_annotations(store), 0);
    succeeds(store_verify(store, NULL, NULL, err));
    arena_clear(&arena);
    store_release(store);
}

TEST(what_is_deleted_in_between_is_no_target)
{
    UNUSED_STATE;
    check_between(PHX_SPAN_ANNOTATION, 1, PHX_SPAN, 1);
    check_between(PHX_SPAN_ANNOTATION, 1, PHX_TRACE, 1);
    check_between(PHX_SPAN_ANNOTATION, 1, PHX_SESSION, 1);
    check_between(PHX_SPAN_ANNOTATION, 1, PHX_PROJECT, 2);
    check_between(PHX_SPAN_ANNOTATION, 3, PHX_SPAN, 3);
    check_between(PHX_TRACE_ANNOTATION, 1, PHX_TRACE, 1);
    check_between(PHX_TRACE_ANNOTATION, 1, PHX_PROJECT, 2);
    check_between(PHX_SESSION_ANNOTATION, 1, PHX_SESSION, 1);
    check_between(PHX_SESSION_ANNOTATION, 1, PHX_PROJECT, 2);
}

/* A span that is deleted and swept has left nothing that tells of it. */
TEST(after_a_sweep_targets_are_looked_up_again)
{
    struct store *store = open_filled();
    phx_annotation_item item = item_of(PHX_SPAN_ANNOTATION, 1);
    unsigned forgotten = atomic_load(&store->forgotten);
    struct target target;
    struct arena arena;
    phx_id id = 0;

    UNUSED_STATE;
    arena_init(&arena, SIZE_MAX);
    succeeds(find_targets(store, &item, 1, &arena, &target, err));
    succeeds(store_delete(store, PHX_SPAN, 1, err));
    while (store_compact(store, 100, NULL) == PHX_OK)
        ;
    eq_int(store->gone.count, 0);
    eq_int(write_items(store, &item, NULL, 1, forgotten, &target, &id, NULL),
           PHX_DONE);
    eq_int(count_annotations(store), 0);
    fails_with(PHX_NOT_FOUND, "no span 1",
               store_annotate(store, &item, NULL, 1, &id, err));
    item = item_of(PHX_SPAN_ANNOTATION, 2);
    succeeds(store_annotate(store, &item, NULL, 1, &id, err));
    eq_int(id, 1);
    succeeds(store_verify(store, NULL, NULL, err));
    arena_clear(&arena);
    store_release(store);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_deleted_in_between_is_no_target),
        cmocka_unit_test(after_a_sweep_targets_are_looked_up_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

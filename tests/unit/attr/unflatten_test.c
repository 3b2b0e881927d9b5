/*
 * Keys in odd orders and shapes, deep ones, many, and too little memory.
 */
#include "t.h"

#include <stdlib.h>

#include "base/base.h"
#include "attr/attr.h"
#include "attr/inside.h"
#include "unit/attr/sample.h"

static struct arena arena;

static void eq_tree(const char *flat, const char *tree)
{
    struct attributes list = sample_list(&arena, flat);
    struct value out;

    succeeds(attr_unflatten(&arena, list.members, list.count, NULL, &out, err));
    eq_json(&out, tree);
}

TEST(members_come_in_the_order_of_their_first_key)
{
    UNUSED_STATE;
    eq_tree("[[\"b.y\",1],[\"a\",2],[\"b.x\",3],[\"c.0.z\",4],[\"b.y\",5]]",
            "{\"b\":{\"y\":5,\"x\":3},\"a\":2,\"c\":[{\"z\":4}]}");
}

TEST(keys_may_go_back_and_forth)
{
    UNUSED_STATE;
    eq_tree("[[\"a.b.c\",1],[\"a.b.d\",2],[\"a.bb.c\",3],[\"a.b.c.e\",4],"
            "[\"a.b\",5],[\"a.b.0.x\",6]]",
            "{\"a\":{\"b\":5,\"b.c\":1,\"b.c.e\":4,\"b.d\":2,"
            "\"b.0\":{\"x\":6},\"bb\":{\"c\":3}}}");
}

TEST(a_number_that_ends_a_key_is_no_longer_an_index)
{
    UNUSED_STATE;
    eq_tree("[[\"a.5.x\",1],[\"a.5.\",2],[\"a.6.x\",3]]",
            "{\"a\":[{\"x\":3}],\"a.5\":2,\"a.5.x\":1}");
}

TEST(a_trailing_separator_may_be_followed)
{
    UNUSED_STATE;
    eq_tree("[[\"a.b.\",1],[\"a.b.c\",2]]", "{\"a\":{\"b\":1,\"b.c\":2}}");
    eq_tree("[[\"a.b.c\",1],[\"a.b.\",2]]", "{\"a\":{\"b\":2,\"b.c\":1}}");
}

TEST(indexes_are_ordered_by_number_whatever_their_size)
{
    UNUSED_STATE;
    eq_tree("[[\"a.10.v\",10],[\"a.9.v\",9],[\"a.0099.v\",99],"
            "[\"a.100000000000000000000.v\",3],[\"a.0.v\",0],"
            "[\"a.99999999999999999999.v\",2],[\"a.00.w\",1]]",
            "{\"a\":[{\"v\":0,\"w\":1},{\"v\":9},{\"v\":10},{\"v\":99},"
            "{\"v\":2},{\"v\":3}]}");
}

TEST(keys_may_hold_nul)
{
    UNUSED_STATE;
    eq_tree("[[\"a\\u0000.b\\u0000c\",1],[\"a.b\",2]]",
            "{\"a\\u0000\":{\"b\\u0000c\":1},\"a\":{\"b\":2}}");
}

TEST(names_that_collapse_keep_the_last_value)
{
    UNUSED_STATE;
    eq_tree("[[\"a..b\",1],[\"a.b\",2],[\"a.c\",3]]",
            "{\"a\":{\"b\":2,\"c\":3}}");
    eq_tree("[[\"a\",1],[\"a..b\",2],[\"a..\",3]]",
            "{\"a\":1,\"a.\":3,\"a..b\":2}");
}

/* key: count segments "s" joined by dots */
static phx_text long_key(size_t count)
{
    char *key = arena_new(&arena, count * 2);

    ok(key != NULL);
    for (size_t i = 0; i < count; i++) {
        key[i * 2] = 's';
        key[i * 2 + 1] = '.';
    }
    return text_span(key, count * 2 - 1);
}

TEST(a_key_nests_255_levels_and_stays_dotted_beyond)
{
    UNUSED_STATE;
    struct member flat[2] = {{.key = long_key(100000), .value = value_int(1)},
                             {.key = long_key(99999), .value = value_int(2)}};
    struct value tree;
    const struct value *at = &tree;

    succeeds(attr_unflatten(&arena, flat, 2, NULL, &tree, err));
    eq_int(attr_levels(&tree), 255);
    for (int i = 0; i < 254; i++) {
        eq_int(at->count, 1);
        at = &at->members[0].value;
    }
    eq_int(at->count, 2);
    eq_int(at->members[0].key.size, (100000 - 254) * 2 - 1);
    eq_int(at->members[0].value.integer, 1);
    eq_int(at->members[1].value.integer, 2);
}

TEST(a_deep_value_leaves_its_key_fewer_levels)
{
    UNUSED_STATE;
    struct value deep[254];
    struct member flat = {.key = text_of("a.b.c")};
    struct value tree;

    for (size_t i = 0; i < 254; i++) {
        deep[i] = (struct value){.kind = JSON_ARRAY, .count = i > 0};
        deep[i].items = i > 0 ? &deep[i - 1] : NULL;
    }
    flat.value = deep[251];
    succeeds(attr_unflatten(&arena, &flat, 1, NULL, &tree, err));
    eq_int(attr_levels(&tree), 255);
    flat.value = deep[252];
    succeeds(attr_unflatten(&arena, &flat, 1, NULL, &tree, err));
    eq_int(attr_levels(&tree), 255);
    eq_text(tree.members[0].value.members[0].key, "b.c");
    flat.value = deep[253];
    succeeds(attr_unflatten(&arena, &flat, 1, NULL, &tree, err));
    eq_text(tree.members[0].key, "a.b.c");
}

TEST(many_keys_under_one_parent_are_found)
{
    UNUSED_STATE;
    enum { MANY = 200000 };
    struct member *flat = arena_new(&arena, 2 * MANY * sizeof *flat);
    struct value tree;

    ok(flat != NULL);
    for (size_t i = 0; i < 2 * MANY; i++) {
        char *key = arena_new(&arena, 24);
        size_t number = (i % MANY) * 7919 % MANY;
        int size = i % 2 ? snprintf(key, 24, "p.%zu.x", number)
                         : snprintf(key, 24, "q.k%zu", number);
        flat[i].key = text_span(key, (size_t)size);
        flat[i].value = value_int((int64_t)i);
    }
    succeeds(attr_unflatten(&arena, flat, 2 * MANY, NULL, &tree, err));
    eq_int(tree.count, 2);
    eq_int(tree.members[0].value.count + tree.members[1].value.count, MANY);
}

TEST(running_out_of_memory_is_said)
{
    UNUSED_STATE;
    struct attributes list =
        sample_list(&arena, "[[\"a.\\u0663.x\",1],[\"a.1.x\",2],[\"k\",1],"
                            "[\"k.b\",2],[\"c\",3],[\"d\",4],[\"a..b\",5]]");
    struct value tree;
    phx_error err;

    for (int64_t at = 1;; at++) {
        struct arena small;
        int64_t before = memory_faults.balance;
        arena_init(&small, SIZE_MAX);
        memory_faults.seen = 0;
        memory_faults.fail_at = at;
        phx_status status =
            attr_unflatten(&small, list.members, list.count, NULL, &tree, &err);
        memory_faults.fail_at = 0;
        if (status == PHX_OK)
            eq_int(tree.count, 6);
        else
            eq_int(status, PHX_NO_MEMORY);
        arena_clear(&small);
        eq_int(memory_faults.balance, before);
        if (memory_faults.seen < at)
            break;
    }
}

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, SIZE_MAX);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_clear(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_come_in_the_order_of_their_first_key),
        cmocka_unit_test(keys_may_go_back_and_forth),
        cmocka_unit_test(a_number_that_ends_a_key_is_no_longer_an_index),
        cmocka_unit_test(a_trailing_separator_may_be_followed),
        cmocka_unit_test(indexes_are_ordered_by_number_whatever_their_size),
        cmocka_unit_test(keys_may_hold_nul),
        cmocka_unit_test(names_that_collapse_keep_the_last_value),
        cmocka_unit_test(a_key_nests_255_levels_and_stays_dotted_beyond),
        cmocka_unit_test(a_deep_value_leaves_its_key_fewer_levels),
        cmocka_unit_test(many_keys_under_one_parent_are_found),
        cmocka_unit_test(running_out_of_memory_is_said),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}

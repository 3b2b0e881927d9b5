/* names_test.c - attributes as columns: by the walk along the names, and as
 * flattening and unflattening have it. */
#include "t.h"

#include <stdlib.h>

#include "base/base.h"

#include "../../../libphoenix/attr/names.c"
#include "unit/attr/sample.h"

static struct arena arena;

static void eq_table(const char *tree, const char *table)
{
    struct value from = sample(&arena, tree), to;
    struct value wanted = sample(&arena, table);

    succeeds(attr_tabulate(&arena, &from, &to, err));
    if (!value_equal(&to, &wanted)) {
        struct buf text;
        buf_init(&text, SIZE_MAX);
        json_write_value(&text, &to, 0);
        wrong("%s: %.*s, not %s", tree, (int)text.size, (char *)text.data,
              table);
    }
}

TEST(names_are_sorted_and_have_a_dot)
{
    UNUSED_STATE;
    for (size_t i = 0; i < NAMES; i++) {
        ok(memchr(names[i].data, '.', names[i].size) != NULL);
        ok(i == 0 || text_compare(names[i - 1], names[i]) < 0);
    }
}

TEST(a_name_is_a_column_and_the_rest_stays_nested)
{
    UNUSED_STATE;
    eq_table("{\"llm\":{\"model_name\":\"m\",\"x\":{\"y\":1},\"z\":2}}",
             "{\"llm.model_name\":\"m\",\"llm\":{\"x\":{\"y\":1},\"z\":2}}");
    eq_table("{\"llm\":{\"token_count\":{\"prompt\":1,\"prompt_details\":"
             "{\"cache_read\":2,\"other\":3},\"foo\":4}}}",
             "{\"llm.token_count.prompt\":1,"
             "\"llm.token_count.prompt_details.cache_read\":2,"
             "\"llm.token_count.prompt_details\":{\"other\":3},"
             "\"llm\":{\"token_count\":{\"foo\":4}}}");
    eq_table("{\"metadata\":{\"a\":{\"b\":1}},\"plain\":true}",
             "{\"metadata\":{\"a\":{\"b\":1}},\"plain\":true}");
    eq_table("{\"document\":{\"metadata\":{\"page\":1},\"page\":2}}",
             "{\"document.metadata\":{\"page\":1},\"document\":{\"page\":2}}");
}

TEST(names_count_inside_of_what_is_nested)
{
    UNUSED_STATE;
    eq_table("{\"custom\":{\"message\":{\"role\":\"u\",\"x\":1}}}",
             "{\"custom\":{\"message.role\":\"u\",\"message\":{\"x\":1}}}");
    eq_table("{\"llm\":{\"message\":{\"role\":\"u\"}}}",
             "{\"llm\":{\"message.role\":\"u\"}}");
    eq_table("{\"retrieval\":{\"documents\":[{\"document\":{\"id\":1,"
             "\"metadata\":{\"p\":1}}},{\"note\":2}]}}",
             "{\"retrieval.documents\":[{\"document.id\":1,"
             "\"document.metadata\":{\"p\":1}},{\"note\":2}]}");
}

TEST(nothing_is_shown_of_what_is_empty)
{
    UNUSED_STATE;
    eq_table("{\"a\":null,\"b\":{},\"c\":{\"d\":{\"e\":null}},\"llm\":{},"
             "\"f\":[{},{\"g\":null}],\"h\":[],\"i\":[1,{\"j\":2},null]}",
             "{\"h\":[],\"i\":[{\"j\":2}]}");
}

TEST(keys_with_dots_are_cut_at_them)
{
    UNUSED_STATE;
    eq_table("{\"llm.model_name\":\"m\",\"a.b\":{\"c\":1}}",
             "{\"llm.model_name\":\"m\",\"a\":{\"b\":{\"c\":1}}}");
    eq_table("{\"tags\":{\"0\":{\"x\":1},\"1\":{\"x\":2}}}",
             "{\"tags\":[{\"x\":1},{\"x\":2}]}");
}

/* --- both ways mean the same --------------------------------------------------- */

static unsigned chance = 1;

static unsigned dice(unsigned sides)
{
    chance = chance * 1103515245 + 12345;
    return (chance >> 16) % sides;
}

static struct value random_value(int depth)
{
    static const char *const keys[] = {
        "llm",      "model_name", "message",     "role",   "document",
        "metadata", "content",    "token_count", "prompt", "prompt_details",
        "x",        "tool",       "name"};
    struct value value = {.kind = JSON_OBJECT};

    switch (depth > 5 ? dice(3) : dice(9)) {
    case 0:
        return value_null();
    case 1:
        return value_int(dice(9));
    case 2:
        return value_text(text_of("t"));
    case 3:
        value = (struct value){.kind = JSON_ARRAY, .count = dice(3)};
        value.items = arena_new(&arena, 3 * sizeof *value.items);
        for (uint32_t i = 0; i < value.count; i++)
            value.items[i] = random_value(depth + 1);
        return value;
    default:
        break;
    }
    value.members = arena_new(&arena, 5 * sizeof *value.members);
    for (uint32_t i = 0, key = dice(4); i < 5 && key < 13; key += 1 + dice(5)) {
        value.members[i].key = text_of(keys[key]);
        value.members[i].value = random_value(depth + 1);
        value.count = ++i;
    }
    return value;
}

TEST(the_walk_means_flattening_and_unflattening)
{
    static const struct attr_options options = {
        .separator = {".", 1}, .excluded = names, .excluded_count = NAMES};

    UNUSED_STATE;
    for (int i = 0; i < 3000; i++) {
        struct value tree, walked, wanted;
        struct attributes flat;
        arena_reset(&arena);
        tree = random_value(0);
        if (tree.kind != JSON_OBJECT)
            continue;
        succeeds(attr_tabulate(&arena, &tree, &walked, err));
        succeeds(attr_flatten(&arena, &tree, NULL, ATTR_RECURSE, &flat, err));
        succeeds(attr_unflatten(&arena, flat.members, flat.count, &options,
                                &wanted, err));
        if (!value_equal(&walked, &wanted)) {
            struct buf text;
            buf_init(&text, SIZE_MAX);
            json_write_value(&text, &tree, 0);
            buf_add_string(&text, " walked ");
            json_write_value(&text, &walked, 0);
            buf_add_string(&text, " wanted ");
            json_write_value(&text, &wanted, 0);
            wrong("%d: %.*s", i, (int)text.size, (char *)text.data);
        }
    }
}

TEST(no_memory_is_told)
{
    struct value tree =
        sample(&arena, "{\"llm\":{\"model_name\":1,\"x\":[{\"y\":1}]},"
                       "\"z\":{\"a\":{\"b\":1}}}");
    struct value table;
    phx_status status = PHX_NO_MEMORY;

    UNUSED_STATE;
    for (int64_t i = 1; status == PHX_NO_MEMORY; i++) {
        struct arena fresh;
        arena_init(&fresh, SIZE_MAX);
        memory_faults.fail_at = i;
        memory_faults.seen = 0;
        status = attr_tabulate(&fresh, &tree, &table, NULL);
        memory_faults.fail_at = 0;
        arena_clear(&fresh);
    }
    eq_int(status, PHX_OK);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_sorted_and_have_a_dot),
        cmocka_unit_test(a_name_is_a_column_and_the_rest_stays_nested),
        cmocka_unit_test(names_count_inside_of_what_is_nested),
        cmocka_unit_test(nothing_is_shown_of_what_is_empty),
        cmocka_unit_test(keys_with_dots_are_cut_at_them),
        cmocka_unit_test(the_walk_means_flattening_and_unflattening),
        cmocka_unit_test(no_memory_is_told),
    };
    arena_init(&arena, SIZE_MAX);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_clear(&arena);
    return failed;
}

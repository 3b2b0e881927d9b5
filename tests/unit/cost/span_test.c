/*
 * What the tokens of a span cost, beyond the vectors: attributes of any
 * shape, and thresholds on any of them.
 */
#include "t.h"

#include <math.h>

#include "unit/cost/prices.h"

static struct arena arena;
static struct price_list list;

static int open_list(void **state)
{
    (void)state;
    arena_init(&arena, SIZE_MAX);
    prices_open(
        &list,
        "[{\"id\":1,\"name\":\"m\",\"name_pattern\":\"m\",\"prices\":["
        "{\"token_type\":\"input\",\"is_prompt\":true,\"rate\":1,"
        "\"threshold\":{\"key\":\"my.load\",\"threshold\":10,\"new_rate\":3}},"
        "{\"token_type\":\"output\",\"is_prompt\":false,\"rate\":2}]}]");
    return 0;
}

static int close_list(void **state)
{
    (void)state;
    price_list_clear(&list);
    arena_clear(&arena);
    return 0;
}

static struct cost cost_of(const char *json)
{
    struct value tree;
    struct cost cost;

    succeeds(json_read(&arena, text_of(json), JSON_LENIENT, &tree, err));
    succeeds(
        cost_of_span(&arena, price_list_find(&list, 1), &tree, &cost, err));
    return cost;
}

TEST(attributes_of_another_shape_count_nothing)
{
    UNUSED_STATE;
    static const char *const trees[] = {
        "{}",
        "[]",
        "7",
        "{\"llm\":7}",
        "{\"llm\":{\"token_count\":[1,2]}}",
        "{\"llm\":{\"token_count\":{\"prompt\":\"5\"}}}",
        "{\"llm\":{\"token_count\":{\"prompt\":[5],\"total\":{}}}}",
        "{\"llm\":{\"token_count\":{\"prompt_details\":5}}}",
        "{\"llm\":{\"token_count\":{\"prompt_details\":[5]}}}",
        "{\"llm\":{\"token_count\":{\"prompt_details\":{\"a\":{\"b\":5}}}}}",
        "{\"llm\":{\"token_count\":{\"prompt\":NaN,\"total\":-Infinity}}}",
        "{\"llm\":{\"token_count\":{\"prompt\":1e999}}}",
    };

    for (size_t i = 0; i < sizeof trees / sizeof *trees; i++) {
        struct cost cost = cost_of(trees[i]);
        eq_int(cost.count, 0);
        eq_int(cost.total.tokens, 0);
        ok(isnan(cost.total.cost));
    }
}

TEST(counts_without_end_are_cut)
{
    UNUSED_STATE;
    const int64_t most = INT64_C(1) << 53;
    struct cost cost =
        cost_of("{\"llm\":{\"token_count\":{\"prompt\":9223372036854775807,"
                "\"completion\":1e300,\"total\":9223372036854775807,"
                "\"prompt_details\":{\"a\":1e18,\"b\":1e18,\"c\":1e18}}}}");

    eq_int(cost.count, 4);
    eq_int(cost.prompt.tokens, most);
    eq_int(cost.completion.tokens, most);
    eq_int(cost.total.tokens, most);
    ok(cost.total.cost == 5 * (double)most);
}

TEST(a_total_goes_to_the_prompt_only_if_it_has_none)
{
    UNUSED_STATE;
    struct cost cost =
        cost_of("{\"llm\":{\"token_count\":{\"completion\":5,\"total\":30}}}");

    eq_int(cost.prompt.tokens, 25);
    eq_int(cost.completion.tokens, 5);
    cost = cost_of("{\"llm\":{\"token_count\":{\"prompt\":5,\"total\":30}}}");
    eq_int(cost.prompt.tokens, 5);
    eq_int(cost.completion.tokens, 25);
}

TEST(a_threshold_is_on_any_number)
{
    UNUSED_STATE;
    static const struct {
        const char *load;
        double cost;
    } cases[] = {{"10", 1},   {"10.001", 3}, {"11", 3},
                 {"true", 1}, {"-1", 1},     {"\"11\"", 1},
                 {"null", 1}, {"NaN", 1},    {"[11]", 1}};
    char json[120];

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        snprintf(json, sizeof json,
                 "{\"my\":{\"load\":%s},\"llm\":{\"token_count\":"
                 "{\"prompt_details\":{\"audio\":1}}}}",
                 cases[i].load);
        ok(cost_of(json).prompt.cost == cases[i].cost);
    }
}

TEST(without_memory_there_is_no_cost)
{
    UNUSED_STATE;
    struct value none = {.kind = JSON_OBJECT};
    struct arena empty;
    struct cost cost;

    arena_init(&empty, SIZE_MAX);
    memory_faults.seen = 0;
    memory_faults.fail_at = 1;
    fails_with(PHX_NO_MEMORY, "no memory",
               cost_of_span(&empty, NULL, &none, &cost, err));
    memory_faults.fail_at = 0;
    arena_clear(&empty);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(attributes_of_another_shape_count_nothing),
        cmocka_unit_test(counts_without_end_are_cut),
        cmocka_unit_test(a_total_goes_to_the_prompt_only_if_it_has_none),
        cmocka_unit_test(a_threshold_is_on_any_number),
        cmocka_unit_test(without_memory_there_is_no_cost),
    };

    return cmocka_run_group_tests(tests, open_list, close_list);
}

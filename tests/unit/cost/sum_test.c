/*
 * Sums of dollars: exact, and the same in every order.
 */
#include "t.h"

#include <math.h>
#include <stdlib.h>

#include "base/base.h"
#include "cost/cost.h"

enum { COUNT = 1000, ROUNDS = 50 };

static uint64_t state;

static uint64_t draw(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

/* From a hundredth of a trillionth to trillions, all bits in use. */
static double draw_cost(void)
{
    double digits = (double)(draw() >> 11) / 0x1p53;

    return ldexp(digits, (int)(draw() % 88) - 46);
}

static void shuffle(double *costs, size_t count)
{
    for (size_t i = count; i > 1; i--) {
        size_t other = draw() % i;
        double kept = costs[i - 1];
        costs[i - 1] = costs[other];
        costs[other] = kept;
    }
}

TEST(order_does_not_matter)
{
    UNUSED_STATE;
    static double costs[COUNT];
    struct cost_sum first = {{0}};

    state = 88172645463325252u;
    for (size_t i = 0; i < COUNT; i++) {
        costs[i] = draw_cost();
        cost_sum_add(&first, costs[i]);
    }
    for (int round = 0; round < ROUNDS; round++) {
        struct cost_sum parts[7] = {{{0}}}, sum = {{0}};
        shuffle(costs, COUNT);
        for (size_t i = 0; i < COUNT; i++)
            cost_sum_add(&parts[draw() % 7], costs[i]);
        for (int i = 0; i < 7; i++)
            cost_sum_merge(&sum, &parts[i]);
        assert_memory_equal(&sum, &first, sizeof sum);
        ok(cost_sum_get(&sum) == cost_sum_get(&first));
    }
}

/* Costs of 2^-60 to 2^3 dollars, in whole units of 2^-112, fit 128 bits. */
TEST(it_is_the_exact_sum_rounded_once)
{
    UNUSED_STATE;
    __extension__ typedef unsigned __int128 wide;

    state = 2463534242u;
    for (int round = 0; round < ROUNDS; round++) {
        struct cost_sum sum = {{0}};
        wide exact = 0;
        for (int i = 0; i < COUNT; i++) {
            int shift = (int)(draw() % 62);
            uint64_t digits = draw() >> 11 | UINT64_C(1) << 52;
            exact += (wide)digits << shift;
            cost_sum_add(&sum, ldexp((double)digits, shift - 112));
        }
        ok(cost_sum_get(&sum) == ldexp((double)exact, -112));
    }
}

TEST(what_doubles_lose_is_kept)
{
    UNUSED_STATE;
    struct cost_sum sum = {{0}};

    cost_sum_add(&sum, 1e15);
    for (int i = 0; i < 1000000; i++)
        cost_sum_add(&sum, 0x1p-20);
    ok(cost_sum_get(&sum) == 1e15 + 1000000 * 0x1p-20);
    sum = (struct cost_sum){{0}};
    for (int i = 0; i < 10; i++)
        cost_sum_add(&sum, 0.1);
    ok(cost_sum_get(&sum) == 1.0);
}

TEST(halves_are_rounded_to_even)
{
    UNUSED_STATE;
    struct cost_sum sum = {{0}};

    cost_sum_add(&sum, 1);
    cost_sum_add(&sum, 0x1p-53);
    ok(cost_sum_get(&sum) == 1.0);
    cost_sum_add(&sum, 0x1p-128);
    ok(cost_sum_get(&sum) == 1.0 + 0x1p-52);
    cost_sum_add(&sum, 0x1p63);
    ok(cost_sum_get(&sum) == 0x1p63);
    cost_sum_add(&sum, 0x1p64);
    ok(cost_sum_get(&sum) == 0x1.8p64);
}

TEST(the_ends_of_the_range_are_summed)
{
    UNUSED_STATE;
    const double most = nextafter(COST_SUM_LIMIT, 0);
    struct cost_sum sum = {{0}};

    ok(cost_sum_get(&sum) == 0);
    cost_sum_add(&sum, 0);
    cost_sum_add(&sum, (double)NAN);
    cost_sum_add(&sum, 0x1p-1074);
    cost_sum_add(&sum, 0x1.fffp-129);
    ok(cost_sum_get(&sum) == 0);
    cost_sum_add(&sum, 0x1.8p-128);
    ok(cost_sum_get(&sum) == 0x1p-128);
    sum = (struct cost_sum){{0}};
    for (int i = 0; i < 1024; i++)
        cost_sum_add(&sum, most);
    ok(cost_sum_get(&sum) == 1024 * most);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_does_not_matter),
        cmocka_unit_test(it_is_the_exact_sum_rounded_once),
        cmocka_unit_test(what_doubles_lose_is_kept),
        cmocka_unit_test(halves_are_rounded_to_even),
        cmocka_unit_test(the_ends_of_the_range_are_summed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

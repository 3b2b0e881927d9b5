/*
 * Levels and indexes, packed.
 */
#include "t.h"

#include "arrow/parquet.h"

static void packs_as(const uint32_t *values, size_t count, uint32_t width,
                     const char *hex)
{
    struct buf out;
    char text[200];

    buf_init(&out, 90);
    rle_add(&out, values, count, width);
    eq_int(out.status, PHX_OK);
    hex_print(out.data, out.size, text);
    eq_string(text, hex);
    buf_clear(&out);
}

TEST(the_example_of_the_specification)
{
    UNUSED_STATE;
    const uint32_t values[] = {0, 1, 2, 3, 4, 5, 6, 7};

    packs_as(values, 8, 3, "0388c6fa");
}

TEST(eight_equal_numbers_are_a_run)
{
    UNUSED_STATE;
    uint32_t values[300];

    for (size_t i = 0; i < 300; i++)
        values[i] = 1;
    packs_as(values, 7, 1, "037f");
    packs_as(values, 8, 1, "1001");
    packs_as(values, 300, 1, "d80401");
    packs_as(values, 300, 9, "d8040100");
}

TEST(runs_begin_where_a_group_does)
{
    UNUSED_STATE;
    uint32_t values[20] = {0, 1}; /* 0 1 0 0 0 0 0 0, then twelve 0 */

    packs_as(values, 20, 1, "03021800");
    values[19] = 1; /* eleven, and a 1 */
    packs_as(values, 20, 1, "030216000301");
    values[12] = 1; /* no run anywhere */
    packs_as(values, 20, 1, "07021008");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_example_of_the_specification),
        cmocka_unit_test(eight_equal_numbers_are_a_run),
        cmocka_unit_test(runs_begin_where_a_group_does),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

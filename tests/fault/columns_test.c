/*
 * columns_test.c - made-up columns through each way out with the first, second,
 * ... allocation failing. Each run ends in NO_MEMORY or in rows that are right,
 * and leaves nothing behind.
 */
#include "t.h"

#include "columns/ways.h"

/* One column of each type, a list and a struct of two, then some rows. */
static const uint8_t COLUMNS[] = {
    2 * 9,        ARROW_BOOL,  ARROW_INT,     ARROW_REAL, ARROW_TEXT,
    ARROW_WORD,   ARROW_BYTES, ARROW_TIME_NS, ARROW_LIST, ARROW_WORD,
    ARROW_STRUCT, 1,           ARROW_TEXT,    ARROW_WORD, ARROW_TIME_US,
};

enum { SIZE = 1200 };

static void fill_input(uint8_t input[SIZE])
{
    uint64_t seed = 1;

    for (size_t i = 0; i < SIZE; i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        input[i] = (uint8_t)(seed >> 56);
    }
    memcpy(input, COLUMNS, sizeof COLUMNS);
}

static void sweep(enum way way)
{
    uint8_t input[SIZE];
    struct buf made, seen;
    int64_t failed = 0, allocations;

    fill_input(input);
    buf_init(&made, SIZE_MAX);
    buf_init(&seen, SIZE_MAX);
    way_rows_made(input, SIZE, &made);
    eq_int(way_rows_seen(way, input, SIZE, 0, &seen), PHX_OK);
    allocations = memory_faults.seen;
    for (int64_t i = 1; i <= allocations; i++) {
        buf_clear(&seen);
        int64_t balance = memory_faults.balance;
        phx_status status = way_rows_seen(way, input, SIZE, i, &seen);
        failed += status == PHX_NO_MEMORY;
        if (status != PHX_NO_MEMORY) {
            eq_int(status, PHX_OK);
            eq_int(seen.size, made.size);
            eq_int(memcmp(seen.data, made.data, made.size), 0);
        }
        buf_clear(&seen);
        eq_int(memory_faults.balance, balance);
    }
    assert_in_range(failed, 60, allocations);
    buf_clear(&made);
    buf_clear(&seen);
}

TEST(an_ipc_stream_without_memory)
{
    UNUSED_STATE;
    sweep(WAY_IPC);
}

TEST(a_parquet_file_without_memory)
{
    UNUSED_STATE;
    sweep(WAY_PARQUET);
}

TEST(a_c_stream_without_memory)
{
    UNUSED_STATE;
    sweep(WAY_STREAM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_ipc_stream_without_memory),
        cmocka_unit_test(a_parquet_file_without_memory),
        cmocka_unit_test(a_c_stream_without_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

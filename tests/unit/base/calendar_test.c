/*
 * Bins of a calendar against the C library's gmtime and timegm.
 */
#include "t.h"

#include <time.h>

#include "base/base.h"

#define NS UINT64_C(1000000000)

/* The first second of the bin that holds a local second, by struct tm. */
static int64_t begin_of(int64_t second, enum time_bin bin, int n)
{
    time_t at = second;
    struct tm tm;

    gmtime_r(&at, &tm);
    tm.tm_sec = 0;
    if (bin > BIN_MINUTE)
        tm.tm_min = 0;
    if (bin > BIN_HOUR)
        tm.tm_hour = 0;
    if (bin == BIN_WEEK)
        tm.tm_mday -= (tm.tm_wday + 6) % 7;
    if (bin > BIN_WEEK)
        tm.tm_mday = 1;
    if (bin == BIN_YEAR)
        tm.tm_mon = 0;
    tm.tm_min += bin == BIN_MINUTE ? n : 0;
    tm.tm_hour += bin == BIN_HOUR ? n : 0;
    tm.tm_mday += bin == BIN_DAY ? n : bin == BIN_WEEK ? 7 * n : 0;
    tm.tm_mon += bin == BIN_MONTH ? n : 0;
    tm.tm_year += bin == BIN_YEAR ? n : 0;
    return timegm(&tm);
}

static uint64_t to_ns(int64_t second)
{
    if (second < 0)
        return 0;
    return (uint64_t)second > UINT64_MAX / NS ? UINT64_MAX
                                              : (uint64_t)second * NS;
}

static void same_bin(uint64_t ns, enum time_bin bin, int offset)
{
    int64_t local = (int64_t)(ns / NS) + offset;

    eq_int(time_bin_begin(ns, bin, offset),
           to_ns(begin_of(local, bin, 0) - offset));
    eq_int(time_bin_end(ns, bin, offset),
           to_ns(begin_of(local, bin, 1) - offset));
}

TEST(bins_are_those_of_the_calendar)
{
    static const int offsets[] = {0, 3600, -19800, 86400, -86400, 20700};
    uint64_t random = 7;

    UNUSED_STATE;
    for (int i = 0; i < 20000; i++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        uint64_t ns = i % 100 == 0 ? (uint64_t)i * 3600 * NS / 100 : random;
        for (int bin = BIN_MINUTE; bin < BIN_COUNT; bin++)
            same_bin(ns, (enum time_bin)bin, offsets[i % 6]);
    }
    same_bin(0, BIN_YEAR, -1);
    same_bin(UINT64_MAX, BIN_YEAR, 0);
}

TEST(one_bin_is_all_of_time)
{
    UNUSED_STATE;
    eq_int(time_bin_begin(5, BIN_NONE, 0), 0);
    eq_int(time_bin_end(5, BIN_NONE, 0), UINT64_MAX);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(bins_are_those_of_the_calendar),
        cmocka_unit_test(one_bin_is_all_of_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

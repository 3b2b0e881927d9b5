/*
 * calendar.c - the minute, hour, day, week, month or year of an instant, in the
 * calendar of a fixed distance from UTC.
 */
#include "base/base.h"

enum { DAY = 86400 /* seconds */ };

/* The local second at which the n-th bin from the one of `at` begins. */
static int64_t bin_second(int64_t at, enum time_bin bin, int n)
{
    static const int seconds[] = {
        [BIN_MINUTE] = 60, [BIN_HOUR] = 3600, [BIN_DAY] = DAY};
    int64_t days = (at < 0 ? at - DAY + 1 : at) / DAY;
    int year, month, day;

    if (bin == BIN_WEEK) { /* 1970 began on a Thursday */
        int64_t weeks = (days + 3 < 0 ? days + 3 - 6 : days + 3) / 7;
        return ((weeks + n) * 7 - 3) * DAY;
    }
    if (bin <= BIN_DAY) {
        int64_t size = seconds[bin];
        return ((at < 0 ? at - size + 1 : at) / size + n) * size;
    }
    if (days < 0) { /* the last of 1969, where an offset is negative */
        year = 1969;
        month = 12;
    } else {
        time_date(days, &year, &month, &day);
    }
    if (bin == BIN_YEAR)
        return time_days(year + n, 1, 1) * DAY;
    month += n;
    return time_days(month > 12 ? year + 1 : year, month > 12 ? 1 : month, 1) *
           DAY;
}

static uint64_t bin_edge(uint64_t ns, enum time_bin bin, int offset, int n)
{
    int64_t at = (int64_t)(ns / 1000000000) + offset;
    int64_t second = bin_second(at, bin, n) - offset;

    if (second <= 0)
        return 0;
    return (uint64_t)second > UINT64_MAX / 1000000000
               ? UINT64_MAX
               : (uint64_t)second * 1000000000;
}

uint64_t time_bin_begin(uint64_t ns, enum time_bin bin, int offset)
{
    return bin == BIN_NONE ? 0 : bin_edge(ns, bin, offset, 0);
}

uint64_t time_bin_end(uint64_t ns, enum time_bin bin, int offset)
{
    return bin == BIN_NONE ? UINT64_MAX : bin_edge(ns, bin, offset, 1);
}

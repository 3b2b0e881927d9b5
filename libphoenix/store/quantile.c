/*
 * quantile.c - exact quantiles of latencies in any order, by radix selection:
 * values are counted by their next bits, those of the bin that holds the wanted
 * one are moved to the front, and so on among them. Linear in their number,
 * whatever they are, and without memory.
 */
#include "base/base.h"

#include "store/rollup.h"

#include <math.h>

enum { DIGIT_BITS = 11, DIGITS = 1 << DIGIT_BITS };

static uint64_t digit_of(uint64_t value, int shift)
{
    return value >> shift & (DIGITS - 1);
}

/* The n-th smallest, from 0; n < count. */
static uint64_t select_value(uint64_t *values, size_t count, size_t n)
{
    size_t counts[DIGITS];

    for (int shift = 64 - 64 % DIGIT_BITS; shift >= 0; shift -= DIGIT_BITS) {
        memset(counts, 0, sizeof counts);
        for (size_t i = 0; i < count; i++)
            counts[digit_of(values[i], shift)]++;
        uint64_t digit = 0;
        for (; n >= counts[digit]; digit++)
            n -= counts[digit];
        if (counts[digit] == count)
            continue;
        for (size_t i = 0, kept = 0; kept < counts[digit]; i++) {
            if (digit_of(values[i], shift) == digit) {
                uint64_t value = values[i];
                values[i] = values[kept];
                values[kept++] = value;
            }
        }
        count = counts[digit];
    }
    return values[0];
}

double quantile_of(uint64_t *values, size_t count, double at)
{
    if (count == 0)
        return (double)NAN;
    double place = at * (double)(count - 1);
    size_t below = (size_t)place;
    double low = latency_of(select_value(values, count, below));
    double part = place - (double)below;
    if (part <= 0 || below + 1 >= count)
        return low;
    double high = latency_of(select_value(values, count, below + 1));
    return low + (high - low) * part;
}

/*
 * sum.c - sums of dollars that do not depend on their order.
 *
 *     words   3        2        1        0
 *           |--------|--------|--------|--------|
 *                whole dollars . 2^-1 .. 2^-128
 *
 * A sum is one whole number of 2^-128 dollars. A double of 2^-75 dollars or
 * more has 53 bits, the lowest of which is no lower than 2^-127: it goes in
 * as it is. Of a smaller one what is below 2^-128 is cut, always the same. So
 * what goes in does not depend on what went before, whole numbers add up the
 * same in every order, and only reading the sum rounds, once. Costs are below
 * 2^80, thus 2^48 of them fit.
 */
#include "base/base.h"
#include "cost/cost.h"

#include <assert.h>
#include <math.h>

#include "cost/inside.h"

enum { WORDS = 4, WORD = 64, BELOW_POINT = 128, MANTISSA = 53 };

static void add_words(struct cost_sum *sum, const uint64_t words[WORDS])
{
    bool carry = false;

    for (int i = 0; i < WORDS; i++) {
        bool over =
            __builtin_add_overflow(sum->words[i], words[i], &sum->words[i]);
        carry = __builtin_add_overflow(sum->words[i], (uint64_t)carry,
                                       &sum->words[i]) ||
                over;
    }
    assert(!carry);
}

void cost_sum_add(struct cost_sum *sum, double cost)
{
    uint64_t words[WORDS] = {0};
    int exponent;

    if (isnan(cost))
        return;
    assert(cost >= 0 && cost < COST_SUM_LIMIT);
    uint64_t mantissa = (uint64_t)ldexp(frexp(cost, &exponent), MANTISSA);
    int shift = exponent - MANTISSA + BELOW_POINT;
    if (shift <= -MANTISSA)
        return;
    if (shift < 0) {
        mantissa >>= -shift;
        shift = 0;
    }
    int word = shift / WORD, bit = shift % WORD;
    words[word] = mantissa << bit;
    if (bit > 0)
        words[word + 1] = mantissa >> (WORD - bit);
    add_words(sum, words);
}

void cost_sum_merge(struct cost_sum *sum, const struct cost_sum *other)
{
    add_words(sum, other->words);
}

/* The highest 64 bits as an integer, the lowest of which is set if any below
 * them is, so that rounding them to 53 rounds the whole number. */
double cost_sum_get(const struct cost_sum *sum)
{
    int word = WORDS - 1;
    uint64_t low = 0;

    while (word > 0 && sum->words[word] == 0)
        word--;
    uint64_t high = sum->words[word];
    if (high == 0)
        return 0;
    int gap = __builtin_clzll(high);
    for (int i = 0; i < word; i++)
        low = sum->words[i] | (low != 0);
    if (gap > 0) {
        high = high << gap | low >> (WORD - gap);
        low <<= gap;
    }
    return ldexp((double)(high | (low != 0)), word * WORD - gap - BELOW_POINT);
}

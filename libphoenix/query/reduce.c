/*
 * reduce.c - many values as one: exact while they are whole, and sums of reals
 * that do not depend on their order by more than the last bit.
 */
#include "base/base.h"
#include "query/inside.h"

#include <math.h>

/* A sum of doubles with what rounding lost of it (Neumaier). */
void total_add(struct total *total, double value)
{
    double sum = total->sum + value;

    if (fabs(total->sum) >= fabs(value))
        total->lost += (total->sum - sum) + value;
    else
        total->lost += (value - sum) + total->sum;
    total->sum = sum;
}

double total_get(const struct total *total)
{
    return isfinite(total->lost) ? total->sum + total->lost : total->sum;
}

void reduction_add(struct reduction *reduction, int op,
                   const struct value *value)
{
    bool is_true = value->kind == JSON_BOOL && value->integer;
    int sign = op == QUERY_MIN ? -1 : 1;

    if (op == QUERY_ANY || op == QUERY_ALL)
        reduction->decided = is_true == (op == QUERY_ANY);
    if (!value_is_number(value))
        return;
    total_add(&reduction->total, number_real(value));
    if (value->kind == JSON_REAL ||
        __builtin_add_overflow(reduction->whole, value->integer,
                               &reduction->whole))
        reduction->is_real = true;
    if (reduction->best.kind == JSON_NULL ||
        number_compare(value, &reduction->best) * sign > 0)
        reduction->best = *value;
}

struct value reduction_get(const struct reduction *reduction, int op)
{
    switch (op) {
    case QUERY_ANY:
        return value_bool(reduction->decided);
    case QUERY_ALL:
        return value_bool(!reduction->decided);
    case QUERY_SUM:
        return reduction->is_real ? value_real(total_get(&reduction->total))
                                  : value_int(reduction->whole);
    case QUERY_LEN:
        return value_int(reduction->count);
    default:
        return reduction->best;
    }
}

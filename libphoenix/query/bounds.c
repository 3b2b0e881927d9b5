/*
 * bounds.c - what a condition says without being evaluated: which spans are
 * left over at most, which blocks can hold them, which columns are read.
 *
 * Both the root scope and the bounds follow and, or and not as sets do. What
 * is negated turns `and` into `or`; a leaf that says nothing leaves all.
 */
#include "base/base.h"
#include "query/inside.h"

/* Microseconds shown are rounded through a double, which moves an instant of
 * the year 2554 by less than this. */
enum { ROUNDING_NS = 10000 };

static const struct query_bounds everything = {
    .start_to = UINT64_MAX, .kinds = UINT32_MAX, .statuses = UINT32_MAX};

/* --- roots ---------------------------------------------------------------- */

static int roots_of(const struct query_node *node, bool negated)
{
    bool is_and = node->op == QUERY_AND;
    int roots;

    if (node->op == QUERY_NOT)
        return roots_of(node->args[0], !negated);
    if (is_and || node->op == QUERY_OR) {
        bool narrows = is_and != negated;
        roots = roots_of(node->args[0], negated);
        for (uint32_t i = 1; i < node->count; i++) {
            int other = roots_of(node->args[i], negated);
            if (narrows ? other > roots : other < roots)
                roots = other;
        }
        return roots;
    }
    if (node->op != QUERY_IS_NULL || negated ||
        node->args[0]->op != QUERY_FIELD)
        return QUERY_ALL_SPANS;
    switch (node->args[0]->field->id) {
    case FIELD_PARENT_ID:
        return QUERY_STRICT;
    case FIELD_PARENT_SPAN:
        return QUERY_ORPHAN_AWARE;
    default:
        return QUERY_ALL_SPANS;
    }
}

/* --- bounds --------------------------------------------------------------- */

static struct query_bounds both(struct query_bounds a, struct query_bounds b)
{
    if (b.start_from > a.start_from)
        a.start_from = b.start_from;
    if (b.start_to < a.start_to)
        a.start_to = b.start_to;
    if (b.latency_from > a.latency_from)
        a.latency_from = b.latency_from;
    a.kinds &= b.kinds;
    a.statuses &= b.statuses;
    return a;
}

static struct query_bounds either(struct query_bounds a, struct query_bounds b)
{
    if (b.start_from < a.start_from)
        a.start_from = b.start_from;
    if (b.start_to > a.start_to)
        a.start_to = b.start_to;
    if (b.latency_from < a.latency_from)
        a.latency_from = b.latency_from;
    a.kinds |= b.kinds;
    a.statuses |= b.statuses;
    return a;
}

/* The operator that is true where this one is false. */
static int opposite(int op)
{
    static const uint8_t opposites[QUERY_OPS] = {
        [QUERY_EQUAL] = QUERY_UNEQUAL,      [QUERY_UNEQUAL] = QUERY_EQUAL,
        [QUERY_LESS] = QUERY_GREATER_EQUAL, [QUERY_LESS_EQUAL] = QUERY_GREATER,
        [QUERY_GREATER] = QUERY_LESS_EQUAL, [QUERY_GREATER_EQUAL] = QUERY_LESS,
    };

    return opposites[op];
}

/* The operator with its sides exchanged. */
static int mirrored(int op)
{
    static const uint8_t mirrors[QUERY_OPS] = {
        [QUERY_EQUAL] = QUERY_EQUAL,  [QUERY_UNEQUAL] = QUERY_UNEQUAL,
        [QUERY_LESS] = QUERY_GREATER, [QUERY_LESS_EQUAL] = QUERY_GREATER_EQUAL,
        [QUERY_GREATER] = QUERY_LESS, [QUERY_GREATER_EQUAL] = QUERY_LESS_EQUAL,
    };

    return mirrors[op];
}

/* Values of an enum that are, or are not, the one of this number; -1 is
 * none of them. */
static uint32_t set_of(int op, int number)
{
    uint32_t set = number < 0 ? 0 : (uint32_t)1 << number;

    if (op == QUERY_EQUAL)
        return set;
    return op == QUERY_UNEQUAL ? ~set : UINT32_MAX;
}

static void bound_start(struct query_bounds *bounds, int op, int64_t us)
{
    uint64_t ns = (uint64_t)us * 1000;
    bool from =
        op == QUERY_EQUAL || op == QUERY_GREATER || op == QUERY_GREATER_EQUAL;
    bool to = op == QUERY_EQUAL || op == QUERY_LESS || op == QUERY_LESS_EQUAL;

    if (from)
        bounds->start_from = ns < ROUNDING_NS ? 0 : ns - ROUNDING_NS;
    if (to && ns < UINT64_MAX - ROUNDING_NS)
        bounds->start_to = ns + ROUNDING_NS;
}

/* Rounding of both ends to milliseconds moves a latency by one at most, that
 * to microseconds by less. */
static void bound_latency(struct query_bounds *bounds, int op,
                          const struct value *ms)
{
    double least = (number_real(ms) - 2) * 1e6;

    if ((op == QUERY_EQUAL || op == QUERY_GREATER ||
         op == QUERY_GREATER_EQUAL) &&
        least > 0)
        bounds->latency_from = least < 9e18 ? (int64_t)least : INT64_MAX;
}

/* A column of the row compared with a constant. */
static struct query_bounds bounds_of_pair(int op,
                                          const struct query_node *field,
                                          const struct query_node *constant)
{
    struct query_bounds bounds = everything;
    const struct value *value = &constant->constant;

    if (field->op != QUERY_FIELD || field->level > 0 ||
        constant->op != QUERY_CONSTANT || constant->type != field->type)
        return bounds;
    if (field->field->id == FIELD_SPAN_KIND)
        bounds.kinds = set_of(op, span_kind_read(value->text, true));
    else if (field->field->id == FIELD_STATUS_CODE)
        bounds.statuses = set_of(op, span_status_read(value->text, true));
    else if (field->field->id == FIELD_START_TIME)
        bound_start(&bounds, op, value->integer);
    else if (field->field->id == FIELD_LATENCY)
        bound_latency(&bounds, op, value);
    return bounds;
}

static struct query_bounds bounds_of_list(const struct query_node *list,
                                          bool negated)
{
    int op = negated ? QUERY_UNEQUAL : QUERY_EQUAL;
    struct query_bounds bounds = everything;

    for (uint32_t i = 1; i < list->count; i++) {
        struct query_bounds item =
            bounds_of_pair(op, list->args[0], list->args[i]);
        if (i == 1)
            bounds = item;
        else
            bounds = negated ? both(bounds, item) : either(bounds, item);
    }
    return bounds;
}

static struct query_bounds bounds_of(const struct query_node *node,
                                     bool negated)
{
    bool is_and = node->op == QUERY_AND;

    if (node->op == QUERY_NOT)
        return bounds_of(node->args[0], !negated);
    if (node->op == QUERY_IN)
        return bounds_of_list(node, negated);
    if (node->op >= QUERY_EQUAL && node->op <= QUERY_GREATER_EQUAL) {
        int op = negated ? opposite(node->op) : node->op;
        return both(bounds_of_pair(op, node->args[0], node->args[1]),
                    bounds_of_pair(mirrored(op), node->args[1], node->args[0]));
    }
    if (!is_and && node->op != QUERY_OR)
        return everything;
    struct query_bounds bounds = bounds_of(node->args[0], negated);
    for (uint32_t i = 1; i < node->count; i++) {
        struct query_bounds other = bounds_of(node->args[i], negated);
        bounds =
            is_and != negated ? both(bounds, other) : either(bounds, other);
    }
    return bounds;
}

/* --- fields --------------------------------------------------------------- */

static uint64_t fields_of(const struct query_node *node)
{
    uint64_t fields = 0;

    if (node->op == QUERY_FIELD)
        fields = (uint64_t)1 << node->field->id;
    for (uint32_t i = 0; i < node->count; i++)
        fields |= fields_of(node->args[i]);
    return fields;
}

void query_derive(struct query *query)
{
    query->bounds = everything;
    if (query->condition == NULL)
        return;
    query->fields = fields_of(query->condition);
    query->bounds = bounds_of(query->condition, false);
    if (query->grain == QUERY_SPAN)
        query->roots = (uint8_t)roots_of(query->condition, false);
}

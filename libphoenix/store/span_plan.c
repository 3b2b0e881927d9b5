/*
 * span_plan.c - what a search takes over of a statement's WHERE and ORDER BY.
 *
 * A plan is a text of two letters for each term: its column, counted from 'a',
 * and its operator. SQLite tests every term once more, so a term whose value
 * is not of its column's type (3.7 for a project) is left to SQLite alone; but
 * what rows are among it cannot test.
 */
#include "base/base.h"

#include "store/span_table.h"

/* What is left of the rows, by the terms of a column. */
enum narrowing { NARROW_NOT, NARROW_ROWS, NARROW_BLOCKS, NARROW_ONE };

static const struct {
    uint8_t column;
    const char *operators;
    uint8_t narrows;
} terms[] = {
    {SPAN_NO, "=i", NARROW_ONE},
    {SPAN_NO, "<[>]", NARROW_BLOCKS},
    {SPAN_TRACE, "=i", NARROW_ONE},
    {SPAN_TRACE_ID, "=i", NARROW_ONE},
    {SPAN_SPAN_ID, "=i", NARROW_ONE},
    {SPAN_PARENT_ID, "=i0", NARROW_ROWS},
    {SPAN_NAME, "=i", NARROW_ROWS},
    {SPAN_PROJECT, "=", NARROW_BLOCKS},
    {SPAN_KIND, "=i", NARROW_ROWS},
    {SPAN_STATUS, "=i", NARROW_ROWS},
    {SPAN_START, "=<[>]", NARROW_BLOCKS},
    {SPAN_LATENCY, "=>]", NARROW_ROWS},
    {SPAN_ROOT, "=", NARROW_ROWS},
    {SPAN_REF, "t", NARROW_ROWS},
    {SPAN_AMONG, "=", NARROW_BLOCKS},

    {SPAN_PROJECT_NAME, "=", NARROW_BLOCKS},
    {SPAN_SESSION_NAME, "=", NARROW_ONE},
    {SPAN_KIND_NAME, "=i", NARROW_ROWS},
    {SPAN_STATUS_NAME, "=i", NARROW_ROWS},
    {SPAN_START_TEXT, "=<[>]", NARROW_BLOCKS},
    {SPAN_LATENCY_MS, "=>]", NARROW_ROWS},
    {SPAN_KEY, "=", NARROW_ROWS},
    {SPAN_VALUE, "=", NARROW_ROWS},
};

static char operator_of(sqlite3_index_info *info, int i)
{
    switch (info->aConstraint[i].op) {
    case SQLITE_INDEX_CONSTRAINT_EQ:
        return sqlite3_vtab_in(info, i, -1) ? TERM_AMONG : TERM_EQUAL;
    case SQLITE_INDEX_CONSTRAINT_LT:
        return TERM_LESS;
    case SQLITE_INDEX_CONSTRAINT_LE:
        return TERM_LESS_EQUAL;
    case SQLITE_INDEX_CONSTRAINT_GT:
        return TERM_GREATER;
    case SQLITE_INDEX_CONSTRAINT_GE:
        return TERM_GREATER_EQUAL;
    case SQLITE_INDEX_CONSTRAINT_ISNULL:
        return TERM_NULL;
    case PASSES_TEST:
        return TERM_TEST;
    default:
        return '\0';
    }
}

/* Whether its values are compared by a collation, of which BINARY is meant. */
static bool is_text(int column)
{
    return column == SPAN_TRACE_ID || column == SPAN_SPAN_ID ||
           column == SPAN_PARENT_ID || column == SPAN_NAME ||
           column >= SPAN_PROJECT_NAME;
}

/* How far a constraint narrows the search, and by which operator. A list that
 * is not taken whole comes item by item, a search for each. */
static enum narrowing narrows(sqlite3_index_info *info, int i, int column,
                              char *letter)
{
    if (!info->aConstraint[i].usable ||
        (*letter = operator_of(info, i)) == '\0' ||
        (is_text(column) && strcmp(sqlite3_vtab_collation(info, i), "BINARY")))
        return NARROW_NOT;
    for (size_t t = 0; t < sizeof terms / sizeof *terms; t++) {
        if (terms[t].column != column)
            continue;
        if (strchr(terms[t].operators, *letter))
            return terms[t].narrows;
        if (*letter == TERM_AMONG && strchr(terms[t].operators, TERM_EQUAL)) {
            *letter = TERM_EQUAL;
            return terms[t].narrows;
        }
    }
    return NARROW_NOT;
}

/* By number, or by start and then perhaps number. Starts of one text are not
 * in order of their numbers. */
static int order_of(const struct span_shape *shape,
                    const sqlite3_index_info *info)
{
    int count = info->nOrderBy, down, first;

    if (count == 0 || count > 2)
        return FIND_ANY;
    first = shape_column(shape, info->aOrderBy[0].iColumn);
    down = info->aOrderBy[0].desc;
    if (count == 2 &&
        (first != SPAN_START ||
         shape_column(shape, info->aOrderBy[1].iColumn) != SPAN_NO ||
         info->aOrderBy[1].desc != down))
        return FIND_ANY;
    if (first == SPAN_NO)
        return FIND_BY_NUMBER << 1 | down;
    return first == SPAN_START || first == SPAN_START_TEXT
               ? FIND_BY_START << 1 | down
               : FIND_ANY;
}

/* A key that other tables of a join give must be known first: what rows there
 * are depends on whether one is asked for. */
static bool key_is_unusable(const struct span_shape *shape,
                            const sqlite3_index_info *info)
{
    for (int i = 0; i < info->nConstraint; i++) {
        if (!info->aConstraint[i].usable &&
            info->aConstraint[i].op == SQLITE_INDEX_CONSTRAINT_EQ &&
            shape_column(shape, info->aConstraint[i].iColumn) == SPAN_KEY)
            return true;
    }
    return false;
}

/* In us: 0.3 for a row that is looked at, and a look-up is as 300 of them. */
static void set_cost(sqlite3_index_info *info, double stored,
                     const size_t counts[NARROW_ONE + 1])
{
    double looked_at = stored > 1 ? stored : 1, kept;

    if (counts[NARROW_ONE] > 0)
        looked_at = 300;
    else
        for (size_t i = 0; i < counts[NARROW_BLOCKS]; i++)
            looked_at /= 4;
    kept = counts[NARROW_ONE] > 0 ? 10 : looked_at;
    for (size_t i = 0; i < counts[NARROW_ROWS]; i++)
        kept /= 4;
    info->estimatedCost = looked_at * 0.3;
    info->estimatedRows = kept < 1 ? 1 : (sqlite3_int64)kept;
}

int span_plan_choose(const struct span_shape *shape, double stored,
                     sqlite3_index_info *info)
{
    size_t counts[NARROW_ONE + 1] = {0};

    if (key_is_unusable(shape, info))
        return SQLITE_CONSTRAINT;
    char *plan = sqlite3_malloc64(2 * (sqlite3_uint64)info->nConstraint + 1);
    int count = 0;

    if (plan == NULL)
        return SQLITE_NOMEM;
    for (int i = 0; i < info->nConstraint; i++) {
        int column = shape_column(shape, info->aConstraint[i].iColumn);
        char letter;
        enum narrowing how = narrows(info, i, column, &letter);
        if (how == NARROW_NOT)
            continue;
        if (letter == TERM_AMONG)
            (void)sqlite3_vtab_in(info, i, 1);
        counts[how]++;
        plan[2 * count] = (char)('a' + column);
        plan[2 * count + 1] = letter;
        info->aConstraintUsage[i].argvIndex = ++count;
        info->aConstraintUsage[i].omit = column == SPAN_AMONG;
    }
    plan[2 * count] = '\0';
    info->idxStr = plan;
    info->needToFreeIdxStr = 1;
    info->idxNum = order_of(shape, info);
    info->orderByConsumed = info->idxNum != FIND_ANY;
    set_cost(info, stored, counts);
    return SQLITE_OK;
}

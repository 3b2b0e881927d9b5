/*
 * evaluate.c - the meaning of a checked tree for decoded spans, in the logic
 * of SQL: a value may be missing (null here), and what is calculated from or
 * compared with a missing value is missing, too. It is there to test query_sql
 * against: see query_matches.
 */
#include "base/base.h"
#include "query/inside.h"

static struct value argument(struct evaluation *evaluation,
                             const struct query_node *node, uint32_t i)
{
    return node_evaluate(evaluation, node->args[i]);
}

static void note_failure(struct evaluation *evaluation, phx_status status)
{
    if (evaluation->status >= 0 && status < 0)
        evaluation->status = status;
}

static struct value no_memory(struct evaluation *evaluation, size_t size)
{
    note_failure(evaluation,
                 arena_status(&evaluation->arena, size, evaluation->err));
    return value_null();
}

static bool is_true(const struct value *value)
{
    return value->kind == JSON_BOOL && value->integer;
}

static bool is_false(const struct value *value)
{
    return value->kind == JSON_BOOL && !value->integer;
}

/* --- attributes ----------------------------------------------------------- */

static struct value eval_attribute(struct evaluation *evaluation,
                                   const struct query_node *node)
{
    enum query_grain grain = (enum query_grain)evaluation->query->grain;
    const struct value *tree = row_attributes(grain, evaluation->row);

    return tree == NULL ? value_null()
                        : path_find(node->path, tree, grain != QUERY_SPAN);
}

static struct value to_text(struct evaluation *evaluation, struct value value)
{
    struct value text = value_null();

    note_failure(evaluation, value_to_text(&evaluation->arena, value, &text,
                                           evaluation->err));
    return text;
}

static struct value eval_to_text(struct evaluation *evaluation,
                                 const struct query_node *node)
{
    return to_text(evaluation, argument(evaluation, node, 0));
}

static struct value eval_to_number(struct evaluation *evaluation,
                                   const struct query_node *node)
{
    return value_to_number(argument(evaluation, node, 0));
}

static struct value eval_to_boolean(struct evaluation *evaluation,
                                    const struct query_node *node)
{
    return value_to_boolean(argument(evaluation, node, 0));
}

/* --- leaves --------------------------------------------------------------- */

static struct value eval_constant(struct evaluation *evaluation,
                                  const struct query_node *node)
{
    (void)evaluation;
    return node->constant;
}

static struct value hex_text(struct evaluation *evaluation, phx_text id)
{
    size_t size = size_add(size_mul(id.size, 2), 1);
    char *hex = arena_new(&evaluation->arena, size);

    if (hex == NULL)
        return no_memory(evaluation, size);
    hex_print(id.data, id.size, hex);
    return value_text(text_span(hex, size - 1));
}

static struct value eval_field(struct evaluation *evaluation,
                               const struct query_node *node)
{
    enum query_owner owner = (enum query_owner)evaluation->query->grain;
    const void *row = evaluation->row;

    if (node->level > 0) {
        owner = (enum query_owner)node->loop->element;
        row = evaluation->elements[node->level - 1];
    }
    if (node->of_parent && (row = span_parent(row)) == NULL)
        return value_null();
    struct value value = row_field(owner, row, node->field->id);
    if (value.kind == JSON_BYTES && node->field->id <= FIELD_PARENT_ID)
        return hex_text(evaluation, value.text);
    return node->type == QUERY_TEXT ? to_text(evaluation, value) : value;
}

static struct value eval_note(struct evaluation *evaluation,
                              const struct query_node *node)
{
    const struct query_annotation *chosen = evaluation->chosen[node->note];

    if (node->field == NULL)
        return value_bool(chosen != NULL);
    return chosen == NULL
               ? value_null()
               : row_field(QUERY_NOTE_MEMBER, chosen, node->field->id);
}

/* --- operators ------------------------------------------------------------ */

static struct value eval_negate(struct evaluation *evaluation,
                                const struct query_node *node)
{
    struct value value = argument(evaluation, node, 0);

    return value_is_number(&value) ? number_negate(&value) : value_null();
}

static struct value eval_arithmetic(struct evaluation *evaluation,
                                    const struct query_node *node)
{
    struct value left = argument(evaluation, node, 0);
    struct value right = argument(evaluation, node, 1);

    return value_is_number(&left) && value_is_number(&right)
               ? number_compute(node->op, &left, &right)
               : value_null();
}

static struct value eval_concat(struct evaluation *evaluation,
                                const struct query_node *node)
{
    struct value left = argument(evaluation, node, 0);
    struct value right = argument(evaluation, node, 1);

    if (left.kind != JSON_TEXT || right.kind != JSON_TEXT)
        return value_null();
    size_t size = size_add(left.text.size, right.text.size);
    char *joined = arena_new(&evaluation->arena, size);
    if (joined == NULL)
        return no_memory(evaluation, size);
    if (left.text.size > 0)
        memcpy(joined, left.text.data, left.text.size);
    if (right.text.size > 0)
        memcpy(joined + left.text.size, right.text.data, right.text.size);
    return value_text(text_span(joined, size));
}

static bool compare(const struct value *left, const struct value *right,
                    int *order)
{
    if (value_is_number(left) && value_is_number(right))
        *order = number_compare(left, right);
    else if (left->kind == JSON_TEXT && right->kind == JSON_TEXT)
        *order = text_compare(left->text, right->text);
    else if (left->kind == JSON_BOOL && right->kind == JSON_BOOL)
        *order = (int)(left->integer - right->integer);
    else
        return false;
    return true;
}

static struct value eval_compare(struct evaluation *evaluation,
                                 const struct query_node *node)
{
    struct value left = argument(evaluation, node, 0);
    struct value right = argument(evaluation, node, 1);
    int order;

    if (!compare(&left, &right, &order))
        return value_null();
    switch (node->op) {
    case QUERY_EQUAL:
        return value_bool(order == 0);
    case QUERY_UNEQUAL:
        return value_bool(order != 0);
    case QUERY_LESS:
        return value_bool(order < 0);
    case QUERY_LESS_EQUAL:
        return value_bool(order <= 0);
    case QUERY_GREATER:
        return value_bool(order > 0);
    default:
        return value_bool(order >= 0);
    }
}

static struct value eval_is_null(struct evaluation *evaluation,
                                 const struct query_node *node)
{
    struct value value = argument(evaluation, node, 0);

    return value_bool(value.kind == JSON_NULL);
}

static struct value eval_in(struct evaluation *evaluation,
                            const struct query_node *node)
{
    struct value value = argument(evaluation, node, 0);
    int order;

    if (value.kind == JSON_NULL && node->count > 1)
        return value_null();
    for (uint32_t i = 1; i < node->count; i++) {
        struct value item = argument(evaluation, node, i);
        if (compare(&value, &item, &order) && order == 0)
            return value_bool(true);
    }
    return value_bool(false);
}

/* Whether any root of a session shows the text. */
static struct value contained_in_any(struct evaluation *evaluation,
                                     const struct needle *needle, int field)
{
    struct walk roots = walk_rows(QUERY_SESSION, evaluation->row, NULL);
    bool found = true;

    while (found) {
        struct value text =
            to_text(evaluation, row_next_root_text(&roots, field, &found));
        if (text.kind == JSON_TEXT && needle_find(needle, text.text, NULL))
            return value_bool(true);
    }
    return value_bool(false);
}

static struct value eval_contains(struct evaluation *evaluation,
                                  const struct query_node *node)
{
    struct value sought = argument(evaluation, node, 0);
    struct needle needle;
    struct value text = value_null();

    if (sought.kind != JSON_TEXT)
        return value_null();
    note_failure(evaluation, needle_init(&needle, &evaluation->arena,
                                         sought.text, evaluation->err));
    if (evaluation->status < 0)
        return value_null();
    if (node->args[1]->type == QUERY_TEXTS)
        return contained_in_any(evaluation, &needle, node->args[1]->field->id);
    text = argument(evaluation, node, 1);
    return text.kind == JSON_TEXT
               ? value_bool(needle_find(&needle, text.text, NULL))
               : value_null();
}

static struct value eval_not(struct evaluation *evaluation,
                             const struct query_node *node)
{
    struct value value = argument(evaluation, node, 0);

    return value.kind == JSON_BOOL ? value_bool(!value.integer) : value_null();
}

/* One false decides `and`, one true decides `or`; else a missing one. */
static struct value eval_many(struct evaluation *evaluation,
                              const struct query_node *node)
{
    bool is_and = node->op == QUERY_AND;
    bool missing = false;

    for (uint32_t i = 0; i < node->count; i++) {
        struct value value = argument(evaluation, node, i);
        if (is_and ? is_false(&value) : is_true(&value))
            return value;
        missing = missing || value.kind == JSON_NULL;
    }
    return missing ? value_null() : value_bool(is_and);
}

/* --- loops ---------------------------------------------------------------- */

static struct value eval_loop(struct evaluation *evaluation,
                              const struct query_node *node)
{
    const struct query_loop *loop = node->loop;
    uint32_t filter = node->op == QUERY_LEN ? 0 : 1;
    const void **element = &evaluation->elements[loop->level - 1];
    struct reduction reduction = {.best = value_null()};
    struct walk walk;

    walk_start(&walk, loop, (enum query_grain)evaluation->query->grain,
               evaluation->row, evaluation->elements[0]);
    while (!reduction.decided && evaluation->status >= 0 &&
           (*element = walk_next(&walk)) != NULL) {
        struct value value = value_bool(true);
        if (node->count > filter)
            value = argument(evaluation, node, filter);
        if (!is_true(&value))
            continue;
        reduction.count++;
        if (filter > 0)
            value = argument(evaluation, node, 0);
        reduction_add(&reduction, node->op, &value);
    }
    return reduction_get(&reduction, node->op);
}

static struct value (*const evaluators[QUERY_OPS])(
    struct evaluation *, const struct query_node *) = {
    [QUERY_CONSTANT] = eval_constant,
    [QUERY_FIELD] = eval_field,
    [QUERY_ATTRIBUTE] = eval_attribute,
    [QUERY_NOTE] = eval_note,
    [QUERY_TO_NUMBER] = eval_to_number,
    [QUERY_TO_TEXT] = eval_to_text,
    [QUERY_TO_BOOLEAN] = eval_to_boolean,
    [QUERY_NEGATE] = eval_negate,
    [QUERY_NOT] = eval_not,
    [QUERY_IS_NULL] = eval_is_null,
    [QUERY_ADD] = eval_arithmetic,
    [QUERY_SUBTRACT] = eval_arithmetic,
    [QUERY_MULTIPLY] = eval_arithmetic,
    [QUERY_DIVIDE] = eval_arithmetic,
    [QUERY_REMAINDER] = eval_arithmetic,
    [QUERY_CONCAT] = eval_concat,
    [QUERY_EQUAL] = eval_compare,
    [QUERY_UNEQUAL] = eval_compare,
    [QUERY_LESS] = eval_compare,
    [QUERY_LESS_EQUAL] = eval_compare,
    [QUERY_GREATER] = eval_compare,
    [QUERY_GREATER_EQUAL] = eval_compare,
    [QUERY_CONTAINS] = eval_contains,
    [QUERY_IN] = eval_in,
    [QUERY_AND] = eval_many,
    [QUERY_OR] = eval_many,
    [QUERY_ANY] = eval_loop,
    [QUERY_ALL] = eval_loop,
    [QUERY_SUM] = eval_loop,
    [QUERY_MAX] = eval_loop,
    [QUERY_MIN] = eval_loop,
    [QUERY_LEN] = eval_loop,
};

struct value node_evaluate(struct evaluation *evaluation,
                           const struct query_node *node)
{
    return evaluators[node->op](evaluation, node);
}

/*
 * check.c - syntax to a checked tree: what an operator takes and gives. Names
 * and calls are resolve.c's.
 *
 * Two rules run through it. An attribute is taken for what it meets: compared
 * with a number it is a number, with text it is text; the conversion becomes
 * a node. And what SQL calls NULL comes from missing values only: None stands
 * in no arithmetic and no list.
 */
#include "base/base.h"
#include "query/inside.h"

/* --- nodes ---------------------------------------------------------------- */

/* How many of the 100 things that SQLite's parser can remember stand between
 * an operator and an operand: a bracket before the first one, and before others
 * also what is on their left; before those of a loop a statement. */
static int steps_down(int op, uint32_t count, uint32_t i)
{
    int listed = count > OPERAND_GROUP ? 3 : 0;

    if (op >= QUERY_ANY)
        return 14;
    if (op == QUERY_CONTAINS)
        return i == 0 ? 3 : 5;
    if (op == QUERY_NOT || op == QUERY_NEGATE)
        return 2;
    return i == 0 && op != QUERY_DIVIDE ? 1 + listed : 3 + listed;
}

phx_status node_new(struct checker *checker, struct query_node like,
                    struct query_node *const *args, uint32_t count,
                    struct query_node **out)
{
    size_t size = count * sizeof *args;

    like.height = 1;
    like.count = count;
    for (uint32_t i = 0; i < count; i++) {
        int height = args[i]->height + steps_down(like.op, count, i);
        if (height > QUERY_DEPTH)
            return fail(checker->err, PHX_INVALID, like.offset,
                        "condition is nested over %d levels", QUERY_DEPTH);
        if (height > like.height)
            like.height = (uint8_t)height;
    }
    if (count > 0 &&
        (like.args = arena_copy(checker->arena, args, size)) == NULL)
        return arena_status(checker->arena, size, checker->err);
    *out = arena_copy(checker->arena, &like, sizeof like);
    return *out != NULL
               ? PHX_OK
               : arena_status(checker->arena, sizeof like, checker->err);
}

phx_status node_over(struct checker *checker, int op, int type,
                     struct query_node *first, struct query_node *second,
                     uint32_t offset, struct query_node **out)
{
    struct query_node *args[] = {first, second};
    struct query_node like = {
        .op = (uint8_t)op, .type = (uint8_t)type, .offset = offset};

    return node_new(checker, like, args, second != NULL ? 2 : 1, out);
}

phx_status node_not(struct checker *checker, struct query_node *node,
                    struct query_node **out)
{
    return node_over(checker, QUERY_NOT, QUERY_BOOLEAN, node, NULL,
                     node->offset, out);
}

bool node_is_constant(const struct query_node *node, enum query_type type)
{
    return node->op == QUERY_CONSTANT && node->type == type;
}

bool checker_is_strict(const struct checker *checker)
{
    return checker->query->grain != QUERY_SPAN;
}

const char *type_name(int type)
{
    static const char *const names[] = {
        [QUERY_BOOLEAN] = "boolean",     [QUERY_NUMBER] = "number",
        [QUERY_TEXT] = "text",           [QUERY_TIME] = "time",
        [QUERY_NULL] = "None",           [QUERY_UNKNOWN] = "attribute",
        [QUERY_TEXTS] = "several texts", [QUERY_THING] = "span"};

    return names[type];
}

/* --- attributes for what they meet ---------------------------------------- */

/* Two attributes added are text or a number, as what they meet. */
static phx_status coerce_sum(struct checker *checker, struct query_node *sum,
                             int type, struct query_node **out)
{
    struct query_node *left, *right;
    phx_status status;

    if (type == QUERY_BOOLEAN)
        return fail(checker->err, PHX_INVALID, sum->offset,
                    "a sum is no boolean");
    if ((status = check_coerce(checker, sum->args[0], type, &left)) < 0 ||
        (status = check_coerce(checker, sum->args[1], type, &right)) < 0)
        return status;
    return node_over(checker, type == QUERY_TEXT ? QUERY_CONCAT : QUERY_ADD,
                     type, left, right, sum->offset, out);
}

phx_status check_coerce(struct checker *checker, struct query_node *node,
                        int type, struct query_node **out)
{
    static const uint8_t conversions[] = {
        [QUERY_BOOLEAN] = QUERY_TO_BOOLEAN,
        [QUERY_NUMBER] = QUERY_TO_NUMBER,
        [QUERY_TEXT] = QUERY_TO_TEXT,
    };

    *out = node;
    if (node->type != QUERY_UNKNOWN)
        return PHX_OK;
    if (node->op == QUERY_ADD)
        return coerce_sum(checker, node, type, out);
    return node_over(checker, conversions[type], type, node, NULL, node->offset,
                     out);
}

/* --- constants and arithmetic --------------------------------------------- */

phx_status check_constant(struct checker *checker, const struct syntax *syntax,
                          struct query_node **out)
{
    struct query_node node = {.op = QUERY_CONSTANT,
                              .type = QUERY_NUMBER,
                              .offset = syntax->offset,
                              .constant = syntax->value};

    if (syntax->value.kind == JSON_TEXT)
        node.type = QUERY_TEXT;
    else if (syntax->value.kind == JSON_BOOL)
        node.type = QUERY_BOOLEAN;
    else if (syntax->value.kind == JSON_NULL)
        node.type = QUERY_NULL;
    return node_new(checker, node, NULL, 0, out);
}

static phx_status refuse_operand(struct checker *checker,
                                 const struct query_node *node, int token)
{
    static const char *const marks[] = {
        [TOKEN_PLUS] = "+",   [TOKEN_MINUS] = "-",     [TOKEN_TIMES] = "*",
        [TOKEN_DIVIDE] = "/", [TOKEN_REMAINDER] = "%",
    };

    if (node->type == QUERY_UNKNOWN)
        return fail(checker->err, PHX_INVALID, node->offset,
                    "an attribute needs float() or str() around it to be "
                    "calculated with");
    return fail(checker->err, PHX_INVALID, node->offset,
                "cannot calculate with %s: '%s'", type_name(node->type),
                marks[token]);
}

static bool is_operand(const struct checker *checker,
                       const struct query_node *node, int type)
{
    return node->type == type ||
           (node->type == QUERY_UNKNOWN && !checker_is_strict(checker));
}

static phx_status check_binary(struct checker *checker,
                               const struct syntax *syntax,
                               struct query_node **out)
{
    static const uint8_t ops[] = {
        [TOKEN_PLUS] = QUERY_ADD,
        [TOKEN_MINUS] = QUERY_SUBTRACT,
        [TOKEN_TIMES] = QUERY_MULTIPLY,
        [TOKEN_DIVIDE] = QUERY_DIVIDE,
        [TOKEN_REMAINDER] = QUERY_REMAINDER,
    };
    int op = ops[syntax->op];
    int type = QUERY_NUMBER;
    struct query_node *left, *right;
    phx_status status;

    if ((status = check_expression(checker, syntax->parts[0], &left)) < 0 ||
        (status = check_expression(checker, syntax->parts[1], &right)) < 0)
        return status;
    if (op == QUERY_ADD &&
        (left->type == QUERY_TEXT || right->type == QUERY_TEXT)) {
        op = QUERY_CONCAT;
        type = QUERY_TEXT;
    }
    if (!is_operand(checker, left, type))
        return refuse_operand(checker, left, syntax->op);
    if (!is_operand(checker, right, type))
        return refuse_operand(checker, right, syntax->op);
    bool open = op == QUERY_ADD && left->type == QUERY_UNKNOWN &&
                right->type == QUERY_UNKNOWN;
    if (open)
        return node_over(checker, op, QUERY_UNKNOWN, left, right,
                         syntax->offset, out);
    if ((status = check_coerce(checker, left, type, &left)) < 0 ||
        (status = check_coerce(checker, right, type, &right)) < 0)
        return status;
    return node_over(checker, op, type, left, right, syntax->offset, out);
}

static phx_status check_sign(struct checker *checker,
                             const struct syntax *syntax,
                             struct query_node **out)
{
    struct query_node *operand;
    phx_status status = check_expression(checker, syntax->parts[0], &operand);

    if (status < 0)
        return status;
    if (!is_operand(checker, operand, QUERY_NUMBER))
        return refuse_operand(checker, operand, syntax->op);
    *out = operand;
    if (syntax->op == TOKEN_PLUS)
        return PHX_OK;
    if ((status = check_coerce(checker, operand, QUERY_NUMBER, &operand)) < 0)
        return status;
    return node_over(checker, QUERY_NEGATE, QUERY_NUMBER, operand, NULL,
                     syntax->offset, out);
}

/* --- and, or, not --------------------------------------------------------- */

phx_status check_boolean(struct checker *checker, const struct syntax *syntax,
                         const char *what, struct query_node **out)
{
    phx_status status = check_expression(checker, syntax, out);

    if (status < 0 || (*out)->type == QUERY_BOOLEAN)
        return status;
    return fail(checker->err, PHX_INVALID, (*out)->offset,
                "%s needs a comparison, found %s", what,
                type_name((*out)->type));
}

static phx_status check_many(struct checker *checker,
                             const struct syntax *syntax,
                             struct query_node **out)
{
    bool both = syntax->op == TOKEN_AND;
    size_t size = syntax->count * sizeof *out;
    struct query_node like = {.op = both ? QUERY_AND : QUERY_OR,
                              .type = QUERY_BOOLEAN,
                              .offset = syntax->offset};
    struct query_node **args = arena_new(checker->arena, size);
    phx_status status;

    if (args == NULL)
        return arena_status(checker->arena, size, checker->err);
    for (uint32_t i = 0; i < syntax->count; i++) {
        if ((status = check_boolean(checker, syntax->parts[i],
                                    both ? "'and'" : "'or'", &args[i])) < 0)
            return status;
    }
    return node_new(checker, like, args, syntax->count, out);
}

static phx_status check_unary(struct checker *checker,
                              const struct syntax *syntax,
                              struct query_node **out)
{
    struct query_node *operand;
    phx_status status;

    if (syntax->op != TOKEN_NOT)
        return check_sign(checker, syntax, out);
    if ((status = check_boolean(checker, syntax->parts[0], "'not'", &operand)) <
        0)
        return status;
    return node_over(checker, QUERY_NOT, QUERY_BOOLEAN, operand, NULL,
                     syntax->offset, out);
}

phx_status check_expression(struct checker *checker,
                            const struct syntax *syntax,
                            struct query_node **out)
{
    switch (syntax->kind) {
    case SYNTAX_CONSTANT:
        return check_constant(checker, syntax, out);
    case SYNTAX_PATH:
        return check_path(checker, syntax, out);
    case SYNTAX_CALL:
        return check_call(checker, syntax, out);
    case SYNTAX_UNARY:
        return check_unary(checker, syntax, out);
    case SYNTAX_BINARY:
        return check_binary(checker, syntax, out);
    case SYNTAX_COMPARE:
        return check_compare(checker, syntax, out);
    case SYNTAX_MANY:
        return check_many(checker, syntax, out);
    case SYNTAX_LOOP:
        return fail(checker->err, PHX_INVALID, syntax->offset,
                    "a loop stands in any(), all(), sum(), max(), min() or "
                    "len([]) only");
    default:
        return fail(checker->err, PHX_INVALID, syntax->offset,
                    "a list stands right of 'in' only");
    }
}

static phx_status check_condition(struct checker *checker,
                                  const struct syntax *syntax)
{
    struct query_node *condition;
    phx_status status =
        check_boolean(checker, syntax, "a condition", &condition);

    if (status < 0)
        return status;
    if (condition->op == QUERY_CONSTANT)
        return fail(checker->err, PHX_INVALID, condition->offset,
                    "a condition needs a comparison, found a constant");
    checker->query->condition = condition;
    return PHX_OK;
}

phx_status query_compile(struct arena *arena, enum query_grain grain,
                         phx_text text, struct query *out, phx_error *err)
{
    struct query query = {.grain = (uint8_t)grain};
    struct checker checker = {.arena = arena, .query = &query, .err = err};
    struct syntax *syntax;
    phx_status status = syntax_read(arena, text, &syntax, err);

    if (status < 0 ||
        (syntax != NULL && (status = check_condition(&checker, syntax)) < 0))
        return status;
    query.paths = checker.paths;
    query.notes = checker.notes;
    query_derive(&query);
    *out = query;
    return PHX_OK;
}

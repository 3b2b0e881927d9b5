/*
 * compare.c - comparisons: what may be compared with what, and as which type.
 *
 *     a < b <= c      the conjunction of neighbours
 *     x is None       IS_NULL, as ==; the only test a missing value passes
 *     x in [..]       IN, of literals of one type
 *     'x' in text     CONTAINS
 */
#include "base/base.h"
#include "query/inside.h"

/* --- literals for what they are compared with ----------------------------- */

/* A text literal that is compared with a time. */
static phx_status read_time(struct checker *checker,
                            const struct query_node *text,
                            struct query_node **out)
{
    struct query_node node = *text;
    phx_text written = text->constant.text;
    uint64_t ns = 0;
    phx_error story;

    /* A count of seconds, which time_read knows too, is no time here. */
    bool dated = written.size > 4 && written.data[4] == '-';
    for (int i = 0; dated && i < 4; i++)
        dated = written.data[i] >= '0' && written.data[i] <= '9';
    phx_status status =
        dated ? time_read(written, TIME_NAIVE_REFUSED, &ns, &story)
              : PHX_INVALID;
    if (status < 0 && status != PHX_TOO_BIG)
        return fail(checker->err, PHX_INVALID, text->offset,
                    "'%s' is no time with an offset, such as "
                    "'2026-03-01T10:00:00+00:00'",
                    fragment_of(written).text);
    node.type = QUERY_TIME;
    node.written = written;
    node.constant = value_int((int64_t)(ns / 1000));
    return node_new(checker, node, NULL, 0, out);
}

/* What a text literal is for the field it is compared with. */
static phx_status fit_literal(struct checker *checker,
                              const struct query_node *other,
                              struct query_node *node, struct query_node **out)
{
    struct query_node like = *node;

    *out = node;
    if (!node_is_constant(node, QUERY_TEXT))
        return PHX_OK;
    if (other->type == QUERY_TIME)
        return read_time(checker, node, out);
    if (other->op != QUERY_FIELD || !other->field->upper)
        return PHX_OK;
    size_t size = node->constant.text.size;
    char *upper = arena_copy(checker->arena, node->constant.text.data, size);
    if (upper == NULL)
        return arena_status(checker->arena, size, checker->err);
    for (size_t i = 0; i < size; i++) {
        if (upper[i] >= 'a' && upper[i] <= 'z')
            upper[i] = (char)(upper[i] - 'a' + 'A');
    }
    like.constant.text.data = upper;
    return node_new(checker, like, NULL, 0, out);
}

/* --- comparisons ---------------------------------------------------------- */

static phx_status refuse_pair(struct checker *checker, uint32_t offset,
                              const struct query_node *left,
                              const struct query_node *right)
{
    return fail(checker->err, PHX_INVALID, offset, "cannot compare %s with %s",
                type_name(left->type), type_name(right->type));
}

static bool is_ordering(int op)
{
    return op >= QUERY_LESS && op <= QUERY_GREATER_EQUAL;
}

/* The type both sides are compared as: of the side that has one. Two
 * attributes are numbers to an ordering, else texts. */
static int common_type(int op, const struct query_node *left,
                       const struct query_node *right)
{
    int type = left->type;

    if (type == QUERY_UNKNOWN || type == QUERY_NULL)
        type = right->type;
    if (type == QUERY_UNKNOWN || type == QUERY_NULL)
        type = is_ordering(op) ? QUERY_NUMBER : QUERY_TEXT;
    return type;
}

static bool fits(const struct query_node *node, int type)
{
    if (node->type == QUERY_UNKNOWN)
        return type == QUERY_BOOLEAN || type == QUERY_NUMBER ||
               type == QUERY_TEXT;
    return node->type == type || node->type == QUERY_NULL;
}

static phx_status check_pair(struct checker *checker, int op, uint32_t offset,
                             struct query_node *left, struct query_node *right,
                             struct query_node **out)
{
    phx_status status;

    if ((status = fit_literal(checker, left, right, &right)) < 0 ||
        (status = fit_literal(checker, right, left, &left)) < 0)
        return status;
    int type = common_type(op, left, right);
    if (type > QUERY_TIME || !fits(left, type) || !fits(right, type))
        return refuse_pair(checker, offset, left, right);
    bool unordered = type == QUERY_BOOLEAN ||
                     (type == QUERY_TEXT && checker_is_strict(checker));
    if (is_ordering(op) && unordered)
        return fail(checker->err, PHX_INVALID, offset, "%s has no order%s",
                    type_name(type),
                    type == QUERY_TEXT ? " for traces and sessions" : "");
    if ((status = check_coerce(checker, left, type, &left)) < 0 ||
        (status = check_coerce(checker, right, type, &right)) < 0)
        return status;
    return node_over(checker, op, QUERY_BOOLEAN, left, right, offset, out);
}

/* A value that is tested against None. An annotation's name stands for
 * whether there is one, which is never missing; an attribute that is declared
 * a number is there even if it holds another thing. */
static phx_status check_null(struct checker *checker, struct query_node *node,
                             uint32_t offset, struct query_node **out)
{
    phx_status status;

    if (node->op == QUERY_NOTE && node->field == NULL)
        return node_not(checker, node, out);
    if (node->type == QUERY_TEXTS)
        return fail(checker->err, PHX_INVALID, node->offset,
                    "'%s' stands right of 'in' only", node->field->name);
    if (node->op == QUERY_TO_NUMBER && node->field != NULL)
        node = node->args[0];
    if (node->op == QUERY_ADD &&
        (status = check_coerce(checker, node, QUERY_TEXT, &node)) < 0)
        return status;
    return node_over(checker, QUERY_IS_NULL, QUERY_BOOLEAN, node, NULL, offset,
                     out);
}

/* ==, !=, is, is not. */
static phx_status check_equality(struct checker *checker, int token,
                                 uint32_t offset, struct query_node *left,
                                 struct query_node *right,
                                 struct query_node **out)
{
    bool is = token == TOKEN_IS || token == TOKEN_IS_NOT;
    bool negated = token == TOKEN_UNEQUAL || token == TOKEN_IS_NOT;
    bool none = node_is_constant(left, QUERY_NULL) ||
                node_is_constant(right, QUERY_NULL);
    bool truth =
        !checker_is_strict(checker) && (node_is_constant(left, QUERY_BOOLEAN) ||
                                        node_is_constant(right, QUERY_BOOLEAN));
    phx_status status;

    if (is && !none && !truth)
        return fail(checker->err, PHX_INVALID, offset,
                    checker_is_strict(checker)
                        ? "'is' tests for None only; use '=='"
                        : "'is' tests for None, True and False only; "
                          "use '=='");
    if (!none)
        return check_pair(checker, negated ? QUERY_UNEQUAL : QUERY_EQUAL,
                          offset, left, right, out);
    struct query_node *tested =
        node_is_constant(right, QUERY_NULL) ? left : right;
    if ((status = check_null(checker, tested, offset, out)) < 0 || !negated)
        return status;
    return node_not(checker, *out, out);
}

/* An item of a list: a literal, a number's sign before it. */
static phx_status check_item(struct checker *checker,
                             const struct syntax *syntax,
                             struct query_node **out)
{
    bool signed_number = syntax->kind == SYNTAX_UNARY &&
                         syntax->op != TOKEN_NOT &&
                         syntax->parts[0]->kind == SYNTAX_CONSTANT;
    const struct syntax *literal = signed_number ? syntax->parts[0] : syntax;
    phx_status status;

    if (literal->kind != SYNTAX_CONSTANT || literal->value.kind == JSON_NULL)
        return fail(checker->err, PHX_INVALID, syntax->offset,
                    "a list holds texts, numbers or booleans as they are");
    if ((status = check_constant(checker, literal, out)) < 0 || !signed_number)
        return status;
    if ((*out)->type != QUERY_NUMBER)
        return fail(checker->err, PHX_INVALID, syntax->offset,
                    "a sign stands before numbers only");
    if (syntax->op == TOKEN_MINUS)
        (*out)->constant = number_negate(&literal->value);
    return PHX_OK;
}

static phx_status check_items(struct checker *checker,
                              const struct syntax *list,
                              struct query_node *left, struct query_node **args)
{
    int type = left->type;
    phx_status status;

    for (uint32_t i = 0; i < list->count; i++) {
        struct query_node **item = &args[i + 1];
        if ((status = check_item(checker, list->parts[i], item)) < 0)
            return status;
        if (i > 0 && (*item)->type != args[1]->type &&
            args[1]->type != QUERY_TIME)
            return fail(checker->err, PHX_INVALID, (*item)->offset,
                        "a list holds values of one type");
        if ((status = fit_literal(checker, left, *item, item)) < 0)
            return status;
        type = (*item)->type;
        bool lists = type != QUERY_BOOLEAN || !checker_is_strict(checker);
        if (!fits(left, type) || !lists)
            return refuse_pair(checker, (*item)->offset, left, *item);
    }
    args[0] = left;
    if (left->type != QUERY_UNKNOWN)
        return PHX_OK;
    return check_coerce(checker, left, list->count > 0 ? type : QUERY_TEXT,
                        &args[0]);
}

static phx_status check_list(struct checker *checker, const struct syntax *tail,
                             struct query_node *left, struct query_node **out)
{
    const struct syntax *list = tail->parts[0];
    size_t size = (list->count + 1) * sizeof *out;
    struct query_node like = {
        .op = QUERY_IN, .type = QUERY_BOOLEAN, .offset = tail->offset};
    struct query_node **args;
    phx_status status;

    if (left->op == QUERY_CONSTANT || left->type > QUERY_UNKNOWN)
        return fail(checker->err, PHX_INVALID, left->offset,
                    "a field or an attribute stands left of a list");
    if ((args = arena_new(checker->arena, size)) == NULL)
        return arena_status(checker->arena, size, checker->err);
    if ((status = check_items(checker, list, left, args)) < 0)
        return status;
    return node_new(checker, like, args, list->count + 1, out);
}

/* Text in text. */
static phx_status check_contains(struct checker *checker, uint32_t offset,
                                 struct query_node *needle,
                                 struct query_node *text,
                                 struct query_node **out)
{
    bool texts = text->type == QUERY_TEXTS;
    phx_status status;

    if (text->op == QUERY_CONSTANT ||
        (text->type != QUERY_TEXT && text->type != QUERY_UNKNOWN && !texts))
        return fail(checker->err, PHX_INVALID, text->offset,
                    "a list, a text field or an attribute stands right of "
                    "'in'");
    if (checker_is_strict(checker) && needle->op != QUERY_CONSTANT)
        return fail(checker->err, PHX_INVALID, needle->offset,
                    "what is looked for in a text stands there as it is");
    if (needle->type != QUERY_TEXT && needle->type != QUERY_UNKNOWN)
        return fail(checker->err, PHX_INVALID, needle->offset,
                    "cannot look for %s in text", type_name(needle->type));
    if ((status = check_coerce(checker, needle, QUERY_TEXT, &needle)) < 0 ||
        (status = check_coerce(checker, text, QUERY_TEXT, &text)) < 0)
        return status;
    return node_over(checker, QUERY_CONTAINS, QUERY_BOOLEAN, needle, text,
                     offset, out);
}

/* One comparison of a chain; *right is what the next one has on its left,
 * NULL for a list. */
static phx_status check_tail(struct checker *checker, const struct syntax *tail,
                             struct query_node *left, struct query_node **right,
                             struct query_node **out)
{
    static const uint8_t orderings[] = {
        [TOKEN_LESS] = QUERY_LESS,
        [TOKEN_LESS_EQUAL] = QUERY_LESS_EQUAL,
        [TOKEN_GREATER] = QUERY_GREATER,
        [TOKEN_GREATER_EQUAL] = QUERY_GREATER_EQUAL,
    };
    bool in = tail->op == TOKEN_IN || tail->op == TOKEN_NOT_IN;
    bool list = in && tail->parts[0]->kind == SYNTAX_LIST;
    phx_status status;

    *right = NULL;
    if (!list &&
        (status = check_expression(checker, tail->parts[0], right)) < 0)
        return status;
    if (in) {
        status = list
                     ? check_list(checker, tail, left, out)
                     : check_contains(checker, tail->offset, left, *right, out);
        if (status >= 0 && tail->op == TOKEN_NOT_IN)
            status = node_not(checker, *out, out);
        return status;
    }
    if (tail->op >= TOKEN_LESS)
        return check_pair(checker, orderings[tail->op], tail->offset, left,
                          *right, out);
    return check_equality(checker, tail->op, tail->offset, left, *right, out);
}

/* A chain is the conjunction of its neighbours. What stands in its middle
 * stands in the tree twice, so it holds no comparisons itself: chains in the
 * middle of chains would double with every level. */
phx_status check_compare(struct checker *checker, const struct syntax *compare,
                         struct query_node **out)
{
    uint32_t count = compare->count - 1;
    size_t size = count * sizeof *out;
    struct query_node like = {
        .op = QUERY_AND, .type = QUERY_BOOLEAN, .offset = compare->offset};
    struct query_node *left, *right;
    struct query_node **args = arena_new(checker->arena, size);
    phx_status status;

    if (args == NULL)
        return arena_status(checker->arena, size, checker->err);
    if ((status = check_expression(checker, compare->parts[0], &left)) < 0)
        return status;
    for (uint32_t i = 0; i < count; i++) {
        const struct syntax *tail = compare->parts[i + 1];
        if (left == NULL || (i > 0 && left->type == QUERY_BOOLEAN &&
                             left->op != QUERY_CONSTANT))
            return fail(checker->err, PHX_INVALID, tail->offset,
                        "%s cannot stand in the middle of a chain; use 'and'",
                        left == NULL ? "a list" : "a boolean");
        if ((status = check_tail(checker, tail, left, &right, &args[i])) < 0)
            return status;
        left = right;
    }
    *out = args[0];
    return count == 1 ? PHX_OK : node_new(checker, like, args, count, out);
}

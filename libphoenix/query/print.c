/*
 * print.c - a checked tree as text again, in canonical form: attributes in
 * brackets, conversions written out, no bracket more than needed. The text
 * compiles to the same tree.
 */
#include "base/base.h"
#include "query/inside.h"

/* How strongly what is printed binds, as the parser knows it. */
enum { OR = 1, AND, NOT, COMPARE, SUM, TERM, SIGN, ATOM };

struct printer {
    const struct query *query;
    struct buf *out;
};

static const struct {
    const char *mark;
    uint8_t strength;
} operators[QUERY_OPS] = {
    [QUERY_CONSTANT] = {"", ATOM},
    [QUERY_FIELD] = {"", ATOM},
    [QUERY_ATTRIBUTE] = {"", ATOM},
    [QUERY_NOTE] = {"", ATOM},
    [QUERY_TO_NUMBER] = {"", ATOM},
    [QUERY_TO_TEXT] = {"", ATOM},
    [QUERY_TO_BOOLEAN] = {"", ATOM},
    [QUERY_NEGATE] = {"-", SIGN},
    [QUERY_NOT] = {"not ", NOT},
    [QUERY_IS_NULL] = {" is None", COMPARE},
    [QUERY_ADD] = {" + ", SUM},
    [QUERY_SUBTRACT] = {" - ", SUM},
    [QUERY_MULTIPLY] = {" * ", TERM},
    [QUERY_DIVIDE] = {" / ", TERM},
    [QUERY_REMAINDER] = {" % ", TERM},
    [QUERY_CONCAT] = {" + ", SUM},
    [QUERY_EQUAL] = {" == ", COMPARE},
    [QUERY_UNEQUAL] = {" != ", COMPARE},
    [QUERY_LESS] = {" < ", COMPARE},
    [QUERY_LESS_EQUAL] = {" <= ", COMPARE},
    [QUERY_GREATER] = {" > ", COMPARE},
    [QUERY_GREATER_EQUAL] = {" >= ", COMPARE},
    [QUERY_CONTAINS] = {" in ", COMPARE},
    [QUERY_IN] = {" in ", COMPARE},
    [QUERY_AND] = {" and ", AND},
    [QUERY_OR] = {" or ", OR},
    [QUERY_ANY] = {"", ATOM},
    [QUERY_ALL] = {"", ATOM},
    [QUERY_SUM] = {"", ATOM},
    [QUERY_MAX] = {"", ATOM},
    [QUERY_MIN] = {"", ATOM},
    [QUERY_LEN] = {"", ATOM},
};

static void print(struct printer *printer, const struct query_node *node,
                  int strength);

static void print_text(struct buf *out, phx_text text)
{
    buf_add_byte(out, '\'');
    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)text.data[i];
        if (c < ' ' || c == 0x7F)
            buf_add_format(out, "\\x%02x", c);
        else if (c == '\'' || c == '\\')
            buf_add_format(out, "\\%c", c);
        else
            buf_add_byte(out, c);
    }
    buf_add_byte(out, '\'');
}

static void print_constant(struct buf *out, const struct query_node *node)
{
    const struct value *value = &node->constant;

    if (node->type == QUERY_TIME)
        print_text(out, node->written);
    else if (value->kind == JSON_TEXT)
        print_text(out, value->text);
    else if (value->kind == JSON_BOOL)
        buf_add_string(out, value->integer ? "True" : "False");
    else if (value->kind == JSON_INT)
        json_write_int(out, value->integer);
    else if (value->kind == JSON_REAL)
        json_write_real(out, value->real);
    else
        buf_add_string(out, "None");
}

static const char *row_name(const struct query *query,
                            const struct query_node *node)
{
    return field_name((enum query_owner)query->grain, node->field->id);
}

/* variable.field; the variable is found in the loops that are open. */
static void print_field(struct printer *printer, const struct query_node *node)
{
    if (node->level == 0) {
        buf_add_string(printer->out, row_name(printer->query, node));
        return;
    }
    buf_add_text(printer->out, node->loop->name);
    buf_add_string(printer->out, node->of_parent ? ".parent_span." : ".");
    buf_add_string(printer->out, node->field->name);
}

void query_print_path(const struct query_path *path, struct buf *out)
{
    buf_add_string(out, "attributes");
    for (uint32_t i = 0; i < path->count; i++) {
        const struct query_step *step = &path->steps[i];
        buf_add_byte(out, '[');
        if (step->key.data != NULL)
            print_text(out, step->key);
        else
            buf_add_format(out, "%u", (unsigned)step->index);
        buf_add_byte(out, ']');
    }
}

void query_print_note(const struct query_note *note, struct buf *out)
{
    static const char *const accessors[] = {
        [QUERY_SPAN_ROW] = "annotations",
        [QUERY_TRACE_ROW] = "trace_annotations",
        [QUERY_SESSION_ROW] = "session_annotations"};

    buf_add_format(out, "%s[", accessors[note->owner]);
    print_text(out, note->name);
    buf_add_byte(out, ']');
}

static void print_note(struct printer *printer, const struct query_node *node)
{
    query_print_note(&printer->query->notes[node->note], printer->out);
    if (node->field != NULL)
        buf_add_format(printer->out, ".%s", node->field->name);
}

static void print_list(struct printer *printer, const struct query_node *node,
                       const char *mark)
{
    print(printer, node->args[0], COMPARE + 1);
    buf_add_string(printer->out, mark);
    buf_add_byte(printer->out, '[');
    for (uint32_t i = 1; i < node->count; i++) {
        if (i > 1)
            buf_add_string(printer->out, ", ");
        print_constant(printer->out, node->args[i]);
    }
    buf_add_byte(printer->out, ']');
}

static void print_loop(struct printer *printer, const struct query_node *node)
{
    const struct query_loop *loop = node->loop;
    struct buf *out = printer->out;
    bool counts = node->op == QUERY_LEN;
    uint32_t condition = counts ? 0 : 1;

    buf_add_format(out, "%s(%s", function_name(node->op), counts ? "[" : "");
    if (counts)
        buf_add_text(out, loop->name);
    else
        print(printer, node->args[0], OR);
    buf_add_string(out, " for ");
    buf_add_text(out, loop->name);
    buf_add_string(out, " in ");
    buf_add_text(out, loop->outer);
    buf_add_format(out, "%s%s", loop->outer.size > 0 ? "." : "",
                   source_of((enum query_iterable)loop->iterable)->name);
    if (node->count > condition) {
        buf_add_string(out, " if ");
        print(printer, node->args[condition], OR);
    }
    buf_add_string(out, counts ? "])" : ")");
}

/* Left and right of an operator; `many` have more between them. */
static void print_operands(struct printer *printer,
                           const struct query_node *node)
{
    int strength = operators[node->op].strength;

    /* Sums and terms are read from the left; all others need brackets. */
    print(printer, node->args[0],
          strength == SUM || strength == TERM ? strength : strength + 1);
    for (uint32_t i = 1; i < node->count; i++) {
        buf_add_string(printer->out, operators[node->op].mark);
        print(printer, node->args[i], strength + 1);
    }
}

/* x not in y, x is not None. */
static bool print_negated(struct printer *printer,
                          const struct query_node *node)
{
    const struct query_node *inner = node->args[0];

    if (node->op != QUERY_NOT)
        return false;
    if (inner->op == QUERY_IN) {
        print_list(printer, inner, " not in ");
        return true;
    }
    if (inner->op != QUERY_CONTAINS && inner->op != QUERY_IS_NULL)
        return false;
    print(printer, inner->args[0], COMPARE + 1);
    buf_add_string(printer->out,
                   inner->op == QUERY_IS_NULL ? " is not None" : " not in ");
    if (inner->op == QUERY_CONTAINS)
        print(printer, inner->args[1], COMPARE + 1);
    return true;
}

static void print_operator(struct printer *printer,
                           const struct query_node *node)
{
    const char *mark = operators[node->op].mark;

    switch (node->op) {
    case QUERY_NOT:
        buf_add_string(printer->out, mark);
        print(printer, node->args[0], NOT);
        break;
    case QUERY_NEGATE:
        buf_add_string(printer->out, mark);
        print(printer, node->args[0], SIGN);
        break;
    case QUERY_IS_NULL:
        print(printer, node->args[0], COMPARE + 1);
        buf_add_string(printer->out, mark);
        break;
    case QUERY_IN:
        print_list(printer, node, mark);
        break;
    default:
        print_operands(printer, node);
        break;
    }
}

static void print_atom(struct printer *printer, const struct query_node *node)
{
    switch (node->op) {
    case QUERY_CONSTANT:
        print_constant(printer->out, node);
        break;
    case QUERY_FIELD:
        print_field(printer, node);
        break;
    case QUERY_ATTRIBUTE:
        query_print_path(node->path, printer->out);
        break;
    case QUERY_NOTE:
        print_note(printer, node);
        break;
    case QUERY_TO_BOOLEAN:
        print(printer, node->args[0], ATOM);
        break;
    case QUERY_TO_NUMBER:
    case QUERY_TO_TEXT:
        buf_add_format(printer->out, "%s(", function_name(node->op));
        print(printer, node->args[0], OR);
        buf_add_byte(printer->out, ')');
        break;
    default:
        print_loop(printer, node);
        break;
    }
}

/* strength: the least that needs no brackets here. */
static void print(struct printer *printer, const struct query_node *node,
                  int strength)
{
    const struct query_node *inner =
        node->op == QUERY_NOT ? node->args[0] : node;
    bool joined = inner->op == QUERY_IN || inner->op == QUERY_CONTAINS ||
                  inner->op == QUERY_IS_NULL;
    int own = joined ? COMPARE : operators[node->op].strength;

    if (own < strength)
        buf_add_byte(printer->out, '(');
    if (own == ATOM)
        print_atom(printer, node);
    else if (!print_negated(printer, node))
        print_operator(printer, node);
    if (own < strength)
        buf_add_byte(printer->out, ')');
}

void query_print(const struct query *query, struct buf *out)
{
    struct printer printer = {.query = query, .out = out};

    if (query->condition != NULL)
        print(&printer, query->condition, OR);
}

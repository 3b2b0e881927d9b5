/*
 * sql_node.c - a condition as SQL, node by node. SQL has the same logic of
 * three values; each node stands in brackets of its own.
 */
#include "base/base.h"
#include "query/sql.h"

/* What stands before, between and behind the operands. */
static const struct {
    const char *open, *between, *close;
} operators[QUERY_OPS] = {
    [QUERY_NEGATE] = {"(- ", "", ")"},
    [QUERY_NOT] = {"(NOT ", "", ")"},
    [QUERY_IS_NULL] = {"(", "", " IS NULL)"},
    [QUERY_ADD] = {"(", " + ", ")"},
    [QUERY_SUBTRACT] = {"(", " - ", ")"},
    [QUERY_MULTIPLY] = {"(", " * ", ")"},
    [QUERY_DIVIDE] = {"(CAST(", " AS REAL) / ", ")"},
    [QUERY_REMAINDER] = {"(", " % ", ")"},
    [QUERY_CONCAT] = {"(", " || ", ")"},
    [QUERY_EQUAL] = {"(", " = ", ")"},
    [QUERY_UNEQUAL] = {"(", " <> ", ")"},
    [QUERY_LESS] = {"(", " < ", ")"},
    [QUERY_LESS_EQUAL] = {"(", " <= ", ")"},
    [QUERY_GREATER] = {"(", " > ", ")"},
    [QUERY_GREATER_EQUAL] = {"(", " >= ", ")"},
    [QUERY_CONTAINS] = {"filter_contains(", ", ", ")"},
    [QUERY_AND] = {"(", " AND ", ")"},
    [QUERY_OR] = {"(", " OR ", ")"},
};

static const char *const conversions[QUERY_OPS] = {
    [QUERY_TO_NUMBER] = "filter_number(",
    [QUERY_TO_TEXT] = "filter_text(",
    [QUERY_TO_BOOLEAN] = "filter_boolean(",
};

/* An attribute as `function` takes it. */
static void add_attribute(struct sql *sql, const char *function,
                          const struct query_node *attribute)
{
    sql_add(sql, function);
    sql_add_ref(sql);
    sql_add_paths(sql, attribute->path);
    sql_add(sql, ")");
}

static void add_note(struct sql *sql, const struct query_node *node)
{
    char alias[16];

    snprintf(alias, sizeof alias, "n%u", node->note);
    if (node->field == NULL)
        sql_add_as(sql, "(@.id IS NOT NULL)", (struct alias){.row = alias});
    else
        sql_add_note_field(sql, node->field->id, alias);
}

/* SQLite's trees are as deep as a list of operands is long, so that a long
 * list is a list of lists. */
static void add_group(struct sql *sql, const struct query_node *node,
                      uint32_t from, uint32_t to, bool asked)
{
    bool passes = asked && (node->op == QUERY_AND || node->op == QUERY_OR);

    sql_add(sql, operators[node->op].open);
    for (uint32_t i = from; i < to; i++) {
        if (i > from)
            sql_add(sql, operators[node->op].between);
        sql_add_node(sql, node->args[i], passes);
    }
    sql_add(sql, operators[node->op].close);
}

static void add_operator(struct sql *sql, const struct query_node *node,
                         bool asked)
{
    uint32_t size = 2;

    while (size * size < node->count)
        size++;
    if (node->count <= OPERAND_GROUP) {
        add_group(sql, node, 0, node->count, asked);
        return;
    }
    for (uint32_t i = 0; i < node->count; i += size) {
        uint32_t end = node->count - i < size ? node->count : i + size;
        sql_add(sql, i == 0 ? "(" : operators[node->op].between);
        add_group(sql, node, i, end, asked);
    }
    sql_add(sql, ")");
}

static void add_in(struct sql *sql, const struct query_node *node)
{
    sql_add(sql, "(");
    sql_add_node(sql, node->args[0], false);
    sql_add(sql, " IN (");
    for (uint32_t i = 1; i < node->count; i++) {
        if (i > 1)
            sql_add(sql, ", ");
        sql_add_node(sql, node->args[i], false);
    }
    sql_add(sql, "))");
}

/* Whether any root of a session shows a text. */
static void add_in_any(struct sql *sql, const struct query_node *node)
{
    sql_add(sql, "EXISTS (SELECT 1");
    sql_add_session_roots(sql);
    sql_add(sql, " AND ");
    add_group(sql, node, 0, 2, false);
    sql_add(sql, ")");
}

/* --- loops ----------------------------------------------------------------------- */

/* The elements that a loop's conditions leave over. */
static void add_elements(struct sql *sql, const struct query_node *node)
{
    uint32_t filter = node->op == QUERY_LEN ? 0 : 1;

    sql_add_elements(sql, node->loop);
    if (node->count <= filter)
        return;
    sql_add(sql, " AND ");
    sql_add_node(sql, node->args[filter], false);
}

/* The body is a column of a table within: an aggregate whose operands all
 * stand outside would be one of the rows outside. */
static void add_loop(struct sql *sql, const struct query_node *node)
{
    static const struct {
        const char *open, *close;
    } loops[QUERY_OPS] = {
        [QUERY_SUM] = {"(SELECT filter_sum(v) FROM (SELECT ", "))"},
        [QUERY_MAX] = {"(SELECT max(v) FROM (SELECT ", "))"},
        [QUERY_MIN] = {"(SELECT min(v) FROM (SELECT ", "))"},
        [QUERY_LEN] = {"(SELECT count(*) ", ")"},
        [QUERY_ANY] = {"EXISTS (SELECT 1", ")"},
        [QUERY_ALL] = {"NOT EXISTS (SELECT 1", " IS NOT TRUE)"},
    };
    bool reduces = node->op >= QUERY_SUM && node->op <= QUERY_MIN;

    sql_add(sql, loops[node->op].open);
    if (reduces) {
        sql_add_node(sql, node->args[0], false);
        sql_add(sql, " AS v");
    }
    add_elements(sql, node);
    if (!reduces && node->op != QUERY_LEN) {
        sql_add(sql, " AND ");
        sql_add_node(sql, node->args[0], false);
    }
    sql_add(sql, loops[node->op].close);
}

/* --- all -------------------------------------------------------------------------- */

/* A test that lets through more is one term more. */
static bool add_tested(struct sql *sql, const struct query_node *node)
{
    size_t before = sql->text.size;

    sql_add(sql, "(");
    switch (sql_add_test(sql, node)) {
    case TEST_SAME:
        sql_add(sql, ")");
        return true;
    case TEST_WIDER:
        sql_add(sql, " AND ");
        sql_add_node(sql, node, false);
        sql_add(sql, ")");
        return true;
    default:
        sql->text.size = before;
        return false;
    }
}

void sql_add_node(struct sql *sql, const struct query_node *node, bool asked)
{
    if (asked && add_tested(sql, node))
        return;
    switch (node->op) {
    case QUERY_CONSTANT:
        sql_add_value(sql, node->constant);
        break;
    case QUERY_FIELD:
        sql_add_field(sql, node);
        break;
    case QUERY_NOTE:
        add_note(sql, node);
        break;
    case QUERY_TO_NUMBER:
    case QUERY_TO_TEXT:
    case QUERY_TO_BOOLEAN:
        add_attribute(sql, conversions[node->op], node->args[0]);
        break;
    case QUERY_IN:
        add_in(sql, node);
        break;
    case QUERY_ANY:
    case QUERY_ALL:
    case QUERY_SUM:
    case QUERY_MAX:
    case QUERY_MIN:
    case QUERY_LEN:
        add_loop(sql, node);
        break;
    default:
        if (node->op == QUERY_IS_NULL && node->args[0]->op == QUERY_ATTRIBUTE) {
            add_attribute(sql, "(NOT filter_there(", node->args[0]);
            sql_add(sql, ")");
        } else if (node->op == QUERY_CONTAINS &&
                   node->args[1]->type == QUERY_TEXTS) {
            add_in_any(sql, node);
        } else {
            add_operator(sql, node, asked);
        }
    }
}

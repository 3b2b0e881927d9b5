/*
 * column.c - one column of a table of spans: a field or an attribute by the
 * path that conditions name it by. An attribute keeps its own type.
 */
#include "base/base.h"
#include "query/inside.h"

static phx_status refuse(phx_text text, phx_error *err)
{
    return fail(err, PHX_INVALID, 0,
                "'%s' is neither a field nor the path of an attribute",
                fragment_of(text).text);
}

phx_status query_column_compile(struct arena *arena, phx_text text,
                                struct query_column *out, phx_error *err)
{
    struct query query = {.grain = QUERY_SPAN};
    struct checker checker = {.arena = arena, .query = &query, .err = err};
    struct query_node *node;
    struct syntax *syntax;
    phx_status status = syntax_read(arena, text, &syntax, err);

    if (status < 0)
        return status;
    if (syntax == NULL || syntax->kind != SYNTAX_PATH)
        return refuse(text, err);
    if ((status = check_path(&checker, syntax, &node)) < 0)
        return status;
    if (node->op == QUERY_TO_NUMBER)
        node = node->args[0];
    if ((node->op != QUERY_FIELD && node->op != QUERY_ATTRIBUTE) ||
        node->type == QUERY_THING)
        return refuse(text, err);
    *out = (struct query_column){
        .field = node->op == QUERY_FIELD ? node->field : NULL,
        .path = node->op == QUERY_FIELD ? NULL : node->path};
    return PHX_OK;
}

struct value query_column_value(const struct query_column *column,
                                const struct query_span *span)
{
    return column->field != NULL
               ? row_field(QUERY_SPAN_ROW, span, column->field->id)
               : path_find(column->path, &span->span->tree, false);
}

/*
 * loop.c - calls: casts, and the functions that reduce the elements of a loop
 * to one value.
 */
#include "base/base.h"
#include "query/inside.h"

static phx_status check_cast(struct checker *checker,
                             const struct query_function *function,
                             const struct syntax *argument,
                             struct query_node **out)
{
    struct query_node *node;
    phx_status status = check_expression(checker, argument, &node);

    if (status < 0)
        return status;
    bool attribute = node->type == QUERY_UNKNOWN;
    bool number = node_is_constant(node, QUERY_TEXT) &&
                  function->type == QUERY_NUMBER &&
                  !checker_is_strict(checker) &&
                  number_from_text(node->constant.text, &node->constant);
    if (number)
        node->type = QUERY_NUMBER;
    bool same = node->type == function->type && !checker_is_strict(checker);
    if (!attribute && !same)
        return fail(checker->err, PHX_INVALID, node->offset,
                    "%s() cannot take this %s%s", function->name,
                    type_name(node->type),
                    checker_is_strict(checker) ? ", attributes only" : "");
    return check_coerce(checker, node, function->type, out);
}

/* What a loop runs over. */
static phx_status find_source(struct checker *checker,
                              const struct syntax *path,
                              struct query_loop *loop)
{
    enum query_owner owner = (enum query_owner)checker->query->grain;
    const struct query_source *source = NULL;
    struct suggestion like = {0};
    bool plain = path->kind == SYNTAX_PATH && !path_has_index(path);
    int level = plain ? checker_find_variable(checker, path_name(path, 0)) : 0;

    if (level > 0 && path->count == 2) {
        owner = (enum query_owner)checker->loops[level - 1]->element;
        source = source_find(owner, path_name(path, 1));
        loop->outer = path_name(path, 0);
    } else if (plain && path->count == 1) {
        source = source_find(owner, path_name(path, 0));
        /* A loop over the spans of a trace may run over them again. */
        if (source != NULL && checker->loop_count > 0 &&
            (owner != QUERY_TRACE_ROW || source->iterable != ITERABLE_SPANS ||
             checker->loops[0]->iterable != ITERABLE_SPANS))
            source = NULL;
    }
    if (!plain)
        return fail(checker->err, PHX_INVALID, path->offset,
                    "a loop runs over a name, not over a value");
    if (source == NULL) {
        suggestion_try_sources(&like, owner, path_name(path, path->count - 1));
        return fail(checker->err, PHX_INVALID, path->offset,
                    "a loop cannot run over '%s' here%s",
                    path_dotted(path, 0).text, like.text);
    }
    loop->iterable = source->iterable;
    loop->element = source->element;
    return PHX_OK;
}

/* The conditions of a loop as one, or NULL. */
static phx_status check_filters(struct checker *checker,
                                const struct syntax *loop,
                                struct query_node **out)
{
    uint32_t count = loop->count - 2;
    size_t size = count * sizeof *out;
    struct query_node like = {
        .op = QUERY_AND, .type = QUERY_BOOLEAN, .offset = loop->offset};
    phx_status status;

    *out = NULL;
    if (count == 0)
        return PHX_OK;
    struct query_node **args = arena_new(checker->arena, size);
    if (args == NULL)
        return arena_status(checker->arena, size, checker->err);
    for (uint32_t i = 0; i < count; i++) {
        if ((status = check_boolean(checker, loop->parts[i + 2], "'if'",
                                    &args[i])) < 0)
            return status;
    }
    *out = args[0];
    return count == 1 ? PHX_OK : node_new(checker, like, args, count, out);
}

/* What is reduced: of len the variable itself, of others an expression. */
static phx_status check_body(struct checker *checker,
                             const struct query_function *function,
                             const struct syntax *loop, struct query_node **out)
{
    const struct syntax *body = loop->parts[0];
    bool times = (function->op == QUERY_MAX || function->op == QUERY_MIN) &&
                 checker->query->grain == QUERY_TRACE;
    phx_status status;

    *out = NULL;
    if (function->op == QUERY_LEN) {
        if (body->kind == SYNTAX_PATH && body->count == 1 &&
            text_equal(path_name(body, 0), loop->value.text))
            return PHX_OK;
        return fail(checker->err, PHX_INVALID, body->offset,
                    "len() counts the elements themselves: "
                    "len([x for x in ...])");
    }
    if (function->type == QUERY_BOOLEAN)
        return check_boolean(checker, body, function->name, out);
    if ((status = check_expression(checker, body, out)) < 0)
        return status;
    if ((*out)->type == QUERY_NUMBER || (times && (*out)->type == QUERY_TIME))
        return PHX_OK;
    return fail(checker->err, PHX_INVALID, (*out)->offset,
                "%s() needs a number%s, found %s", function->name,
                times ? " or a time" : "", type_name((*out)->type));
}

static phx_status check_reduction(struct checker *checker,
                                  const struct query_function *function,
                                  const struct syntax *syntax,
                                  struct query_node **out)
{
    struct query_node node = {
        .op = function->op, .type = function->type, .offset = syntax->offset};
    struct query_loop loop = {.name = syntax->value.text,
                              .level = (uint8_t)(checker->loop_count + 1)};
    struct query_node *args[2];
    phx_status status;

    if (checker->loop_count == QUERY_LOOPS)
        return fail(checker->err, PHX_INVALID, syntax->offset,
                    "loops are nested over %d levels", QUERY_LOOPS);
    if ((status = find_source(checker, syntax->parts[1], &loop)) < 0)
        return status;
    if ((node.loop = arena_copy(checker->arena, &loop, sizeof loop)) == NULL)
        return arena_status(checker->arena, sizeof loop, checker->err);
    checker->loops[checker->loop_count++] = node.loop;
    if ((status = check_body(checker, function, syntax, &args[0])) < 0 ||
        (status = check_filters(checker, syntax, &args[1])) < 0)
        return status;
    checker->loop_count--;
    if (args[0] != NULL && node.type == QUERY_NUMBER)
        node.type = args[0]->type;
    if (args[0] == NULL)
        args[0] = args[1];
    bool body = node.op != QUERY_LEN, filter = args[1] != NULL;
    return node_new(checker, node, args, (uint32_t)(body + filter), out);
}

phx_status check_call(struct checker *checker, const struct syntax *call,
                      struct query_node **out)
{
    enum query_grain grain = (enum query_grain)checker->query->grain;
    const struct syntax *path = call->parts[0];
    const struct syntax *argument = call->parts[1];
    struct fragment name = path_dotted(path, 0);
    const struct query_function *function =
        path_has_index(path) ? NULL : function_find(grain, text_of(name.text));
    struct suggestion like = {0};

    if (function == NULL) {
        suggestion_try_functions(&like, grain, text_of(name.text));
        return fail(checker->err, PHX_INVALID, call->offset,
                    "there is no function '%s' here%s", name.text, like.text);
    }
    bool cast = function->op <= QUERY_TO_TEXT;
    int bracket = cast                        ? 0
                  : function->op == QUERY_LEN ? TOKEN_OPEN_LIST
                                              : TOKEN_OPEN;
    if (cast && argument->kind != SYNTAX_LIST && argument->kind != SYNTAX_LOOP)
        return check_cast(checker, function, argument, out);
    if (!cast && argument->kind == SYNTAX_LOOP && argument->op == bracket)
        return check_reduction(checker, function, argument, out);
    return fail(checker->err, PHX_INVALID, argument->offset,
                cast                         ? "%s() takes one value"
                : bracket == TOKEN_OPEN_LIST ? "%s([x for x in ...]) takes a "
                                               "list that is a loop"
                                             : "%s(... for x in ...) takes a "
                                               "loop",
                function->name);
}

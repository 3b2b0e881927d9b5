/*
 * operand.c - what operators stand between: literals, paths, calls, and all
 * that is in brackets.
 */
#include "base/base.h"
#include "query/inside.h"

static phx_status parse_name(struct parser *parser, struct syntax **out)
{
    struct syntax name = {.kind = SYNTAX_NAME,
                          .offset = parser->token.offset,
                          .value = value_text(parser->token.source)};
    phx_status status = parser_take(parser, TOKEN_NAME, "a name");

    return status < 0 ? status : parser_make(parser, name, NULL, out);
}

static phx_status parse_index(struct parser *parser, struct syntax **out)
{
    struct syntax index = {.kind = SYNTAX_INDEX,
                           .offset = parser->token.offset};
    struct syntax *inside;
    phx_status status;

    if ((status = parser_enter(parser)) < 0 ||
        (status = parser_advance(parser)) < 0 ||
        (status = parser_level(parser, BIND_OR, &inside)) < 0 ||
        (status = parser_take(parser, TOKEN_CLOSE_LIST, "']'")) < 0)
        return status;
    parser->depth--;
    return parser_make_over(parser, index, inside, NULL, out);
}

/* "for NAME in iterable", then conditions; body is what stands before. */
static phx_status parse_loop(struct parser *parser, struct syntax *body,
                             int bracket, struct syntax **out)
{
    struct syntax loop = {.kind = SYNTAX_LOOP,
                          .op = (uint8_t)bracket,
                          .offset = parser->token.offset};
    struct parts parts = {0};
    struct syntax *name, *part;
    phx_status status;

    if ((status = parser_advance(parser)) < 0 ||
        (status = parse_name(parser, &name)) < 0 ||
        (status = parser_take(parser, TOKEN_IN, "'in'")) < 0 ||
        (status = parser_level(parser, BIND_OR, &part)) < 0 ||
        (status = parser_add(parser, &parts, body)) < 0 ||
        (status = parser_add(parser, &parts, part)) < 0)
        return status;
    loop.value = name->value;
    while (parser_at(parser, TOKEN_IF)) {
        if ((status = parser_advance(parser)) < 0 ||
            (status = parser_level(parser, BIND_OR, &part)) < 0 ||
            (status = parser_add(parser, &parts, part)) < 0)
            return status;
    }
    if (parser_at(parser, TOKEN_FOR))
        return fail(parser->lexer.err, PHX_INVALID, parser->token.offset,
                    "a loop has one 'for'");
    return parser_make(parser, loop, &parts, out);
}

/* What stands in ( ) or [ ]: a loop, items, or one expression. */
static phx_status parse_bracket(struct parser *parser, struct syntax **out)
{
    struct syntax list = {.kind = SYNTAX_LIST,
                          .op = parser->token.kind,
                          .offset = parser->token.offset};
    bool square = list.op == TOKEN_OPEN_LIST;
    int closing = square ? TOKEN_CLOSE_LIST : TOKEN_CLOSE;
    struct parts items = {0};
    struct syntax *item = NULL;
    bool comma = false;
    phx_status status;

    if ((status = parser_enter(parser)) < 0 ||
        (status = parser_advance(parser)) < 0)
        return status;
    while (!parser_at(parser, closing)) {
        if ((status = parser_level(parser, BIND_OR, &item)) < 0)
            return status;
        bool loops = parser_at(parser, TOKEN_FOR) && items.count == 0;
        if (loops && (status = parse_loop(parser, item, list.op, out)) < 0)
            return status;
        if (loops) {
            parser->depth--;
            return parser_take(parser, closing, square ? "']'" : "')'");
        }
        if ((status = parser_add(parser, &items, item)) < 0)
            return status;
        if (!parser_at(parser, TOKEN_COMMA))
            break;
        comma = true;
        if ((status = parser_advance(parser)) < 0)
            return status;
    }
    if ((status = parser_take(parser, closing, square ? "']'" : "')'")) < 0)
        return status;
    parser->depth--;
    if (!square && items.count == 1 && !comma) {
        *out = item;
        return PHX_OK;
    }
    return parser_make(parser, list, &items, out);
}

/* path ( argument ). What is in the brackets is read as a bracket is: one
 * argument, a loop, or several of them as a list. */
static phx_status parse_call(struct parser *parser, struct syntax *path,
                             struct syntax **out)
{
    struct syntax call = {.kind = SYNTAX_CALL, .offset = path->offset};
    struct syntax *argument;
    phx_status status = parse_bracket(parser, &argument);

    if (status < 0)
        return status;
    return parser_make_over(parser, call, path, argument, out);
}

static phx_status parse_path(struct parser *parser, struct syntax **out)
{
    struct syntax path = {.kind = SYNTAX_PATH, .offset = parser->token.offset};
    struct parts steps = {0};
    struct syntax *step;
    phx_status status;

    if ((status = parse_name(parser, &step)) < 0 ||
        (status = parser_add(parser, &steps, step)) < 0)
        return status;
    while (parser_at(parser, TOKEN_DOT) || parser_at(parser, TOKEN_OPEN_LIST)) {
        bool member = parser_at(parser, TOKEN_DOT);
        if (member && (status = parser_advance(parser)) < 0)
            return status;
        status =
            member ? parse_name(parser, &step) : parse_index(parser, &step);
        if (status < 0 || (status = parser_add(parser, &steps, step)) < 0)
            return status;
    }
    if ((status = parser_make(parser, path, &steps, &step)) < 0)
        return status;
    *out = step;
    return parser_at(parser, TOKEN_OPEN) ? parse_call(parser, step, out)
                                         : PHX_OK;
}

static phx_status parse_constant(struct parser *parser, struct syntax **out)
{
    const struct token *token = &parser->token;
    struct syntax constant = {.kind = SYNTAX_CONSTANT,
                              .offset = token->offset,
                              .value = token->value};
    phx_status status;

    if (token->kind == TOKEN_NONE)
        constant.value = value_null();
    else if (token->kind == TOKEN_TRUE || token->kind == TOKEN_FALSE)
        constant.value = value_bool(token->kind == TOKEN_TRUE);
    if ((status = parser_advance(parser)) < 0)
        return status;
    return parser_make(parser, constant, NULL, out);
}

/* not, - or + before an operand. */
static phx_status parse_prefix(struct parser *parser, int level,
                               struct syntax **out)
{
    struct syntax prefix = {.kind = SYNTAX_UNARY,
                            .op = parser->token.kind,
                            .offset = parser->token.offset};
    bool negates = prefix.op == TOKEN_NOT;
    struct syntax *operand;
    phx_status status;

    if (negates && level > BIND_NOT)
        return fail(parser->lexer.err, PHX_INVALID, prefix.offset,
                    "'not' behind an operator stands in brackets");
    if ((status = parser_enter(parser)) < 0 ||
        (status = parser_advance(parser)) < 0 ||
        (status = parser_level(parser, negates ? BIND_NOT : BIND_UNARY,
                               &operand)) < 0)
        return status;
    parser->depth--;
    return parser_make_over(parser, prefix, operand, NULL, out);
}

phx_status parser_operand(struct parser *parser, int level, struct syntax **out)
{
    phx_status status;

    switch (parser->token.kind) {
    case TOKEN_NOT:
    case TOKEN_MINUS:
    case TOKEN_PLUS:
        return parse_prefix(parser, level, out);
    case TOKEN_NAME:
        return parse_path(parser, out);
    case TOKEN_NUMBER:
    case TOKEN_TEXT:
    case TOKEN_TRUE:
    case TOKEN_FALSE:
    case TOKEN_NONE:
        status = parse_constant(parser, out);
        break;
    case TOKEN_OPEN:
    case TOKEN_OPEN_LIST:
        status = parse_bracket(parser, out);
        break;
    default:
        return parser_take(parser, TOKEN_NAME, "a name or a value");
    }
    if (status >= 0 &&
        (parser_at(parser, TOKEN_DOT) || parser_at(parser, TOKEN_OPEN) ||
         parser_at(parser, TOKEN_OPEN_LIST)))
        return fail(parser->lexer.err, PHX_INVALID, parser->token.offset,
                    "only a name has members");
    return status;
}

/*
 * parse.c - tokens as a tree of syntax. Nothing is known here of names and
 * types.
 *
 *     or          one or more `and`      and    one or more `not`
 *     not         "not" not | compare    compare  sum (operator sum)*
 *     sum, term   + -, then * / %        unary  ("-" | "+") unary | atom
 *     atom        literal | ( or ) | list | path | path ( argument )
 *     path        name ("." name | "[" or "]")*
 *
 * Operators are read by how strongly they bind, so that a level of brackets
 * costs a few frames of the stack, and open brackets are counted.
 */
#include "base/base.h"
#include "query/inside.h"

static const uint8_t strengths[] = {
    [TOKEN_OR] = BIND_OR,           [TOKEN_AND] = BIND_AND,
    [TOKEN_NOT] = BIND_COMPARE, /* not in */
    [TOKEN_IN] = BIND_COMPARE,      [TOKEN_IS] = BIND_COMPARE,
    [TOKEN_EQUAL] = BIND_COMPARE,   [TOKEN_UNEQUAL] = BIND_COMPARE,
    [TOKEN_LESS] = BIND_COMPARE,    [TOKEN_LESS_EQUAL] = BIND_COMPARE,
    [TOKEN_GREATER] = BIND_COMPARE, [TOKEN_GREATER_EQUAL] = BIND_COMPARE,
    [TOKEN_PLUS] = BIND_SUM,        [TOKEN_MINUS] = BIND_SUM,
    [TOKEN_TIMES] = BIND_TERM,      [TOKEN_DIVIDE] = BIND_TERM,
    [TOKEN_REMAINDER] = BIND_TERM,
};

phx_status parser_advance(struct parser *parser)
{
    return lexer_next(&parser->lexer, &parser->token);
}

bool parser_at(const struct parser *parser, int kind)
{
    return parser->token.kind == kind;
}

/* Moves past a token that must be there. */
phx_status parser_take(struct parser *parser, int kind, const char *expected)
{
    const struct token *token = &parser->token;

    if (parser_at(parser, kind))
        return parser_advance(parser);
    if (parser_at(parser, TOKEN_END))
        return fail(parser->lexer.err, PHX_INVALID, token->offset,
                    "expected %s at the end", expected);
    return fail(parser->lexer.err, PHX_INVALID, token->offset,
                "expected %s, found '%s'", expected,
                fragment_of(token->source).text);
}

static phx_status too_deep(const struct parser *parser, uint32_t offset)
{
    return fail(parser->lexer.err, PHX_INVALID, offset,
                "condition is nested over %d levels", QUERY_SYNTAX_DEPTH);
}

phx_status parser_enter(struct parser *parser)
{
    if (parser->depth == QUERY_SYNTAX_DEPTH)
        return too_deep(parser, parser->token.offset);
    parser->depth++;
    return PHX_OK;
}

phx_status parser_add(struct parser *parser, struct parts *parts,
                      struct syntax *part)
{
    struct arena *arena = parser->lexer.arena;
    struct syntax **items = arena_grow(arena, parts->items, &parts->room,
                                       parts->count, sizeof(struct syntax *));

    if (items == NULL)
        return arena_status(arena, sizeof *items, parser->lexer.err);
    parts->items = items;
    parts->items[parts->count++] = part;
    return PHX_OK;
}

phx_status parser_make(struct parser *parser, struct syntax like,
                       const struct parts *parts, struct syntax **out)
{
    struct arena *arena = parser->lexer.arena;

    if (parser->count++ == QUERY_PARTS)
        return fail(parser->lexer.err, PHX_INVALID, like.offset,
                    "condition has over %d names, values and operators",
                    QUERY_PARTS);
    like.height = 1;
    if (parts != NULL) {
        like.parts = parts->items;
        like.count = parts->count;
    }
    for (uint32_t i = 0; i < like.count; i++) {
        if (like.parts[i]->height >= QUERY_SYNTAX_DEPTH)
            return too_deep(parser, like.offset);
        if (like.parts[i]->height >= like.height)
            like.height = (uint8_t)(like.parts[i]->height + 1);
    }
    if ((*out = arena_copy(arena, &like, sizeof like)) == NULL)
        return arena_status(arena, sizeof like, parser->lexer.err);
    return PHX_OK;
}

/* The same with one part, or two. */
phx_status parser_make_over(struct parser *parser, struct syntax like,
                            struct syntax *first, struct syntax *second,
                            struct syntax **out)
{
    struct parts parts = {0};
    phx_status status = parser_add(parser, &parts, first);

    if (status >= 0 && second != NULL)
        status = parser_add(parser, &parts, second);
    return status < 0 ? status : parser_make(parser, like, &parts, out);
}

/* --- operators ------------------------------------------------------------ */

/* The operator of a comparison, which may be two words. */
static phx_status take_comparison(struct parser *parser, struct syntax *tail)
{
    phx_status status;

    *tail = (struct syntax){.kind = SYNTAX_TAIL,
                            .op = parser->token.kind,
                            .offset = parser->token.offset};
    if ((status = parser_advance(parser)) < 0)
        return status;
    if (tail->op == TOKEN_NOT) {
        tail->op = TOKEN_NOT_IN;
        return parser_take(parser, TOKEN_IN, "'in'");
    }
    if (tail->op == TOKEN_IS && parser_at(parser, TOKEN_NOT)) {
        tail->op = TOKEN_IS_NOT;
        return parser_advance(parser);
    }
    return PHX_OK;
}

static phx_status parse_compare(struct parser *parser, struct syntax *left,
                                struct syntax **out)
{
    struct syntax compare = {.kind = SYNTAX_COMPARE, .offset = left->offset};
    struct parts parts = {0};
    struct syntax tail, *right;
    phx_status status = parser_add(parser, &parts, left);

    while (status >= 0 && strengths[parser->token.kind] == BIND_COMPARE) {
        if ((status = take_comparison(parser, &tail)) < 0 ||
            (status = parser_level(parser, BIND_SUM, &right)) < 0 ||
            (status = parser_make_over(parser, tail, right, NULL, &right)) < 0)
            return status;
        status = parser_add(parser, &parts, right);
    }
    return status < 0 ? status : parser_make(parser, compare, &parts, out);
}

/* and, or: all operands of one kind are one node. */
static phx_status parse_many(struct parser *parser, struct syntax *left,
                             struct syntax **out)
{
    struct syntax many = {
        .kind = SYNTAX_MANY, .op = parser->token.kind, .offset = left->offset};
    struct parts parts = {0};
    struct syntax *right;
    phx_status status = parser_add(parser, &parts, left);

    while (status >= 0 && parser_at(parser, many.op)) {
        if ((status = parser_advance(parser)) < 0 ||
            (status = parser_level(parser, strengths[many.op] + 1, &right)) < 0)
            return status;
        status = parser_add(parser, &parts, right);
    }
    return status < 0 ? status : parser_make(parser, many, &parts, out);
}

static phx_status parse_binary(struct parser *parser, struct syntax *left,
                               struct syntax **out)
{
    struct syntax binary = {.kind = SYNTAX_BINARY,
                            .op = parser->token.kind,
                            .offset = parser->token.offset};
    struct syntax *right;
    phx_status status;

    if ((status = parser_advance(parser)) < 0 ||
        (status = parser_level(parser, strengths[binary.op] + 1, &right)) < 0)
        return status;
    return parser_make_over(parser, binary, left, right, out);
}

/* An operand and all that follows it and binds at least so strongly. */
phx_status parser_level(struct parser *parser, int level, struct syntax **out)
{
    struct syntax *left;
    phx_status status = parser_operand(parser, level, &left);

    while (status >= 0) {
        int kind = parser->token.kind;
        int strength = strengths[kind];
        if (strength == 0 || strength < level)
            break;
        if (strength <= BIND_AND)
            status = parse_many(parser, left, &left);
        else if (strength == BIND_COMPARE)
            status = parse_compare(parser, left, &left);
        else
            status = parse_binary(parser, left, &left);
    }
    if (status >= 0)
        *out = left;
    return status;
}

phx_status syntax_read(struct arena *arena, phx_text text, struct syntax **out,
                       phx_error *err)
{
    struct parser parser = {0};
    phx_status status = lexer_init(&parser.lexer, arena, text, err);

    *out = NULL;
    if (status < 0 || parser.lexer.end == 0)
        return status;
    if ((status = parser_advance(&parser)) < 0 ||
        (status = parser_level(&parser, BIND_OR, out)) < 0)
        return status;
    return parser_take(&parser, TOKEN_END, "an operator or the end");
}

/*
 * pattern.c - what a forest should be like, a line a span:
 *
 *     agent                       a name, or a kind in any case
 *       "search the web"?         a name alone; one at most
 *       llm*2 [latency_ms < 10]   exactly two in a row, with a condition
 *         tool+                   one or more
 *       ...                       any others
 *
 * Deeper lines are below the line before them. x* is any number.
 */
#include "base/base.h"
#include "expect/expect.h"

struct parser {
    struct arena *arena;
    struct pattern *pattern;
    phx_text text;
    size_t at;
    uint32_t above[PATTERN_LINES + 1]; /* lines that are open, by depth */
    size_t indents[PATTERN_LINES + 1];
    uint32_t open;
    phx_error *err;
};

static phx_status wrong(const struct parser *parser, size_t at,
                        const char *what)
{
    return fail(parser->err, PHX_INVALID, (int64_t)at, "%s", what);
}

static int peek(const struct parser *parser)
{
    return parser->at < parser->text.size
               ? (unsigned char)parser->text.data[parser->at]
               : '\n';
}

static bool is_blank(int c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static void skip_blanks(struct parser *parser)
{
    while (is_blank(peek(parser)))
        parser->at++;
}

/* --- one line ------------------------------------------------------------------ */

/* Between quotes, in which nothing is escaped. */
static phx_status read_quoted(struct parser *parser, struct pattern_line *line)
{
    size_t from = ++parser->at;

    while (peek(parser) != '"' && peek(parser) != '\n')
        parser->at++;
    if (peek(parser) != '"')
        return wrong(parser, from - 1, "the name has no second quote");
    line->word = text_span(parser->text.data + from, parser->at++ - from);
    return PHX_OK;
}

static phx_status read_word(struct parser *parser, struct pattern_line *line)
{
    size_t from = parser->at;
    int c;

    if (peek(parser) == '"')
        return read_quoted(parser, line);
    while ((c = peek(parser)) != '\n' && !is_blank(c) && c != '[' && c != '"' &&
           c != '*' && c != '+' && c != '?')
        parser->at++;
    phx_text word = text_span(parser->text.data + from, parser->at - from);
    if (word.size == 0)
        return wrong(parser, from,
                     "a line begins with a name, a kind or '...'");
    if (text_is(word, "..."))
        return PHX_OK;
    line->word = word;
    line->kind = span_kind_read(word, true);
    return PHX_OK;
}

static phx_status read_times(struct parser *parser, struct pattern_line *line)
{
    size_t from = parser->at;
    uint32_t times = 0;

    switch (peek(parser)) {
    case '?':
        line->least = 0;
        break;
    case '+':
        line->most = EXPECT_NONE;
        break;
    case '*':
        line->least = 0;
        line->most = EXPECT_NONE;
        break;
    default:
        return PHX_OK;
    }
    if (line->word.data == NULL)
        return wrong(parser, from, "'...' has no number of times");
    if (parser->text.data[parser->at++] != '*' || peek(parser) < '0' ||
        peek(parser) > '9')
        return PHX_OK;
    for (; peek(parser) >= '0' && peek(parser) <= '9'; parser->at++) {
        times = times * 10 + (uint32_t)(peek(parser) - '0');
        if (times > PATTERN_TIMES)
            return fail(parser->err, PHX_INVALID, (int64_t)from,
                        "over %d times", PATTERN_TIMES);
    }
    line->least = line->most = times;
    return PHX_OK;
}

/* From one bracket to the last one of the line: a condition may hold some. */
static phx_status read_condition(struct parser *parser,
                                 struct pattern_line *line)
{
    struct pattern *pattern = parser->pattern;
    size_t from = parser->at + 1, to = from;

    if (peek(parser) != '[')
        return PHX_OK;
    if (line->word.data == NULL)
        return wrong(parser, parser->at, "'...' has no condition");
    while (to < parser->text.size && parser->text.data[to] != '\n')
        to++;
    while (to > from && is_blank((unsigned char)parser->text.data[to - 1]))
        to--;
    if (to == from || parser->text.data[to - 1] != ']')
        return wrong(parser, parser->at, "the condition has no ']' at its end");
    struct pattern_condition *conditions = arena_grow(
        parser->arena, pattern->conditions, &pattern->condition_capacity,
        pattern->condition_count, sizeof *conditions);
    if (conditions == NULL)
        return arena_status(parser->arena, sizeof *conditions, parser->err);
    pattern->conditions = conditions;
    line->condition = (uint32_t)pattern->condition_count++;
    conditions[line->condition] = (struct pattern_condition){
        text_span(parser->text.data + from, to - 1 - from), (int64_t)from,
        NULL};
    parser->at = to;
    return PHX_OK;
}

/* --- all of them --------------------------------------------------------------- */

/* Closes the lines that are as deep as the next one, or deeper. */
static phx_status place_line(struct parser *parser, size_t begin, size_t indent,
                             struct pattern_line *line)
{
    uint32_t open = parser->open;

    while (open > 0 && parser->indents[open] >= indent)
        open--;
    if (open < parser->open && parser->indents[open + 1] != indent)
        return wrong(parser, begin,
                     "the line is as deep as none of those above it");
    line->parent = parser->above[open];
    line->depth = open + 1;
    if (parser->pattern->lines[line->parent].word.data == NULL && open > 0)
        return wrong(parser, begin, "nothing stands below '...'");
    parser->open = open + 1;
    parser->above[parser->open] = (uint32_t)parser->pattern->count;
    parser->indents[parser->open] = indent;
    return PHX_OK;
}

static phx_status add_line(struct parser *parser,
                           const struct pattern_line *line)
{
    struct pattern *pattern = parser->pattern;
    struct pattern_line *lines =
        arena_grow(parser->arena, pattern->lines, &pattern->capacity,
                   pattern->count, sizeof *lines);
    if (lines == NULL)
        return arena_status(parser->arena, sizeof *lines, parser->err);
    pattern->lines = lines;
    lines[pattern->count++] = *line;
    return PHX_OK;
}

static phx_status read_line(struct parser *parser)
{
    struct pattern_line line = {
        .kind = -1, .condition = EXPECT_NONE, .least = 1, .most = 1};
    size_t begin = parser->at;
    phx_status status;

    skip_blanks(parser);
    if (peek(parser) == '\n')
        return PHX_OK;
    if (memchr(parser->text.data + begin, '\t', parser->at - begin) != NULL)
        return wrong(parser, begin, "a line is indented by a tab");
    size_t from = parser->at;
    if (parser->pattern->count > PATTERN_LINES)
        return fail(parser->err, PHX_INVALID, (int64_t)from, "over %d lines",
                    PATTERN_LINES);
    if ((status = place_line(parser, begin, from - begin, &line)) < 0 ||
        (status = read_word(parser, &line)) < 0 ||
        (status = read_times(parser, &line)) < 0)
        return status;
    skip_blanks(parser);
    if ((status = read_condition(parser, &line)) < 0)
        return status;
    line.text = text_span(parser->text.data + from, parser->at - from);
    skip_blanks(parser);
    if (peek(parser) != '\n')
        return wrong(parser, parser->at, "this is no part of a line");
    line.text = text_trim(line.text);
    if (line.word.data == NULL) {
        line.least = 0;
        line.most = EXPECT_NONE;
    }
    return add_line(parser, &line);
}

/* --- atoms --------------------------------------------------------------------- */

static uint32_t atoms_of(const struct pattern_line *line)
{
    return line->most == EXPECT_NONE ? line->least + 1 : line->most;
}

static phx_status make_atoms(struct parser *parser)
{
    struct pattern *pattern = parser->pattern;
    uint32_t total = 0;

    for (size_t i = 1; i < pattern->count; i++) {
        total += atoms_of(&pattern->lines[i]);
        pattern->lines[pattern->lines[i].parent].atom_count +=
            atoms_of(&pattern->lines[i]);
    }
    if (total > PATTERN_ATOMS)
        return fail(parser->err, PHX_INVALID, 0,
                    "the pattern is of over %d spans", PATTERN_ATOMS);
    struct pattern_atom *atoms =
        arena_new(parser->arena, size_mul(total, sizeof *atoms));
    if (atoms == NULL)
        return arena_status(parser->arena, sizeof *atoms, parser->err);
    uint32_t used = 0;
    for (size_t i = 0; i < pattern->count; i++) {
        struct pattern_line *line = &pattern->lines[i];
        line->atoms = atoms + used;
        for (size_t j = i + 1; j < pattern->count; j++) {
            const struct pattern_line *below = &pattern->lines[j];
            if (below->parent != i)
                continue;
            for (uint32_t k = 0; k < atoms_of(below); k++)
                atoms[used++] = (struct pattern_atom){
                    (uint32_t)j, k < below->least,
                    below->most == EXPECT_NONE && k == below->least};
        }
    }
    return PHX_OK;
}

static phx_status list_depths(struct parser *parser)
{
    struct pattern *pattern = parser->pattern;
    size_t size = size_mul(pattern->count + 2, sizeof(uint32_t));
    uint32_t *by_depth = arena_new(parser->arena, size);
    uint32_t *first = arena_new(parser->arena, size);
    uint32_t used = 0, before = 0;

    if (by_depth == NULL || first == NULL)
        return arena_status(parser->arena, size, parser->err);
    for (uint32_t depth = 0; used < pattern->count; depth++) {
        first[depth] = used;
        for (size_t i = 0; i < pattern->count; i++) {
            struct pattern_line *line = &pattern->lines[i];
            if (line->depth != depth)
                continue;
            line->place = used - first[depth];
            by_depth[used++] = (uint32_t)i;
            before = depth;
        }
    }
    first[before + 1] = used;
    pattern->depth = before;
    pattern->by_depth = by_depth;
    pattern->first = first;
    return PHX_OK;
}

phx_status pattern_read(struct arena *arena, phx_text text, struct pattern *out,
                        phx_error *err)
{
    struct pattern pattern = {0};
    struct parser *parser;
    phx_status status;

    if (text.size > PATTERN_SIZE)
        return fail(err, PHX_INVALID, PATTERN_SIZE,
                    "the pattern is over %d bytes", PATTERN_SIZE);
    size_t bad = utf8_check(text.data, text.size);
    if (bad != text.size || memchr(text.data, '\0', text.size) != NULL)
        return fail(err, PHX_INVALID, (int64_t)bad,
                    "the pattern is not UTF-8 without NULs");
    if ((parser = arena_new(arena, sizeof *parser)) == NULL)
        return arena_status(arena, sizeof *parser, err);
    *parser = (struct parser){
        .arena = arena, .pattern = &pattern, .text = text, .err = err};
    status = add_line(parser, &(struct pattern_line){0});
    for (; status >= 0 && parser->at < text.size; parser->at++)
        status = read_line(parser);
    if (status < 0 || (status = make_atoms(parser)) < 0 ||
        (status = list_depths(parser)) < 0)
        return status;
    *out = pattern;
    return PHX_OK;
}

/*
 * mustache.c - Mustache as pystache reads it, which is what Phoenix fills
 * templates with: dotted names, sections, comments, other delimiters; nothing
 * is escaped, there are no partials, and a name outside of sections must be
 * among the variables.
 *
 *     Hi {{#people}}{{name}}, {{/people}}
 *        ─────┬──── ────┬───  ─────┬────
 *     text | SECTION  | VALUE text |          nodes in order; a section has the
 *            upto ──────────────────────▶     number of the node behind its
 * last
 */
#include "base/base.h"

#include "prompt/inside.h"

enum {
    MOST_DEPTH = 100,     /* sections within sections */
    MOST_STEPS = 1 << 22, /* nodes that are looked at, again and again */
};

enum node_kind { NODE_TEXT, NODE_VALUE, NODE_SECTION, NODE_INVERTED };

struct node {
    enum node_kind kind;
    phx_text text; /* or the key */
    size_t upto;
};

struct parser {
    struct arena *arena;
    const uint8_t *start, *end;
    phx_text opening, closing; /* the delimiters */
    const uint8_t *line_end;   /* of the line looked at last; or NULL */
    const uint8_t *scanned;    /* no brace before it closes a raw name */
    struct node *nodes;
    size_t count, capacity;
    size_t open[MOST_DEPTH]; /* sections, the innermost last */
    size_t depth;
};

struct tag {
    uint8_t kind; /* '=', '&', '#', '^', '/', '!', '>' or 0 */
    phx_text key;
    const uint8_t *begin, *end; /* begin is that of the blanks before it */
    bool has_blanks;
};

/* --- tags ---------------------------------------------------------------------- */

/* Behind the blanks that stand there. */
static const uint8_t *skip_blanks(const uint8_t *at, const uint8_t *end)
{
    while (at < end) {
        const uint8_t *next = at;

        if (!utf8_is_space(utf8_next(&next, end)))
            break;
        at = next;
    }
    return at;
}

static const uint8_t *step_back(const uint8_t *begin, const uint8_t *at)
{
    do
        at--;
    while (at > begin && (*at & 0xC0) == 0x80);
    return at;
}

/* The first of the blanks before, at `begin` or behind it. */
static const uint8_t *before_blanks(const uint8_t *begin, const uint8_t *at)
{
    while (at > begin) {
        const uint8_t *last = step_back(begin, at), *next = last;

        if (!utf8_is_space(utf8_next(&next, at)))
            break;
        at = last;
    }
    return at;
}

static const uint8_t *find(const uint8_t *at, const uint8_t *end, phx_text text)
{
    while (at < end && (size_t)(end - at) >= text.size) {
        at = memchr(at, text.data[0], (size_t)(end - at) - text.size + 1);
        if (at == NULL || memcmp(at, text.data, text.size) == 0)
            return at;
        at++;
    }
    return NULL;
}

static bool stands_at(const uint8_t *at, const uint8_t *end, phx_text text)
{
    return (size_t)(end - at) >= text.size &&
           memcmp(at, text.data, text.size) == 0;
}

/* A key of at least one character from `at` on, whatever that is. */
static bool take_key(const struct parser *parser, const uint8_t *at,
                     struct tag *out)
{
    const uint8_t *next = at;

    if (at >= parser->end)
        return false;
    utf8_next(&next, parser->end);
    const uint8_t *close = find(next, parser->end, parser->closing);
    if (close == NULL)
        return false;
    const uint8_t *stop = before_blanks(next, close);
    out->key = text_span(at, (size_t)(stop - at));
    out->end = close + parser->closing.size;
    return true;
}

/* The blanks before a key are no part of it, but for the last one where there
 * is nothing else. */
static bool find_key(const struct parser *parser, const uint8_t *at,
                     struct tag *out)
{
    const uint8_t *key = skip_blanks(at, parser->end);

    return take_key(parser, key, out) ||
           (key > at && take_key(parser, step_back(at, key), out));
}

/* A name on one line, up to a brace or sign before the closing delimiter. Where
 * none has been found before is not looked again. */
static bool find_name(struct parser *parser, const uint8_t *at, char closer,
                      struct tag *out)
{
    const uint8_t *name = skip_blanks(at, parser->end), *next = name;

    if (name >= parser->end)
        return false;
    utf8_next(&next, parser->end);
    if (parser->line_end == NULL || parser->line_end < name) {
        parser->line_end = memchr(name, '\n', (size_t)(parser->end - name));
        if (parser->line_end == NULL)
            parser->line_end = parser->end;
    }
    const uint8_t *from =
        closer == '}' && parser->scanned > next ? parser->scanned : next;
    for (; from < parser->end; from++) {
        from = memchr(from, closer, (size_t)(parser->end - from));
        if (from == NULL)
            break;
        const uint8_t *close = skip_blanks(from + 1, parser->end);
        if (stands_at(close, parser->end, parser->closing)) {
            const uint8_t *stop = before_blanks(next, from);
            if (closer == '}')
                parser->scanned = from;
            out->key = text_span(name, (size_t)(stop - name));
            out->end = close + parser->closing.size;
            return stop <= parser->line_end;
        }
    }
    if (closer == '}')
        parser->scanned = parser->end;
    return false;
}

/* What stands behind the opening delimiter and its blanks. */
static bool read_tag(struct parser *parser, const uint8_t *at, struct tag *out)
{
    uint8_t first = at < parser->end ? *at : 0;

    out->kind = '=';
    if (first == '=' && find_name(parser, at + 1, '=', out))
        return true;
    out->kind = '&';
    if (first == '{' && find_name(parser, at + 1, '}', out))
        return true;
    out->kind = first;
    if (first != 0 && strchr("!>&/#^", first) != NULL &&
        find_key(parser, at + 1, out))
        return true;
    out->kind = 0;
    return find_key(parser, at, out);
}

static bool find_tag(struct parser *parser, const uint8_t *from,
                     struct tag *out)
{
    const uint8_t *open = from;

    for (; (open = find(open, parser->end, parser->opening)) != NULL; open++) {
        const uint8_t *at = open + parser->opening.size;
        const uint8_t *tag = skip_blanks(at, parser->end);

        if (find(at, parser->end, parser->closing) == NULL)
            return false;
        if (read_tag(parser, tag, out) ||
            (tag > at && read_tag(parser, step_back(at, tag), out)))
            break;
    }
    if (open == NULL)
        return false;
    for (out->begin = open; out->begin > from; out->begin--) {
        if (out->begin[-1] != ' ' && out->begin[-1] != '\t')
            break;
    }
    out->has_blanks = out->begin < open;
    return true;
}

/* --- nodes ----------------------------------------------------------------------- */

static phx_status add_node(struct parser *parser, enum node_kind kind,
                           phx_text text, phx_error *err)
{
    struct node *larger =
        arena_grow(parser->arena, parser->nodes, &parser->capacity,
                   parser->count, sizeof *larger);

    if (larger == NULL)
        return arena_status(parser->arena, sizeof *larger, err);
    parser->nodes = larger;
    larger[parser->count] = (struct node){kind, text, parser->count + 1};
    parser->count++;
    return PHX_OK;
}

static bool is_line_end(uint8_t byte)
{
    return byte == '\r' || byte == '\n';
}

/* A tag that prints nothing takes its line with it, if it is alone there. Else
 * the blanks before it are text. */
static void take_line(const struct parser *parser, struct tag *tag)
{
    bool alone = tag->kind != 0 && tag->kind != '&' &&
                 (tag->begin == parser->start || is_line_end(tag->begin[-1])) &&
                 (tag->end == parser->end || is_line_end(*tag->end));

    if (alone) {
        if (tag->end < parser->end && *tag->end == '\r')
            tag->end++;
        if (tag->end < parser->end && *tag->end == '\n')
            tag->end++;
    } else if (tag->has_blanks) {
        while (*tag->begin == ' ' || *tag->begin == '\t')
            tag->begin++;
    }
}

static phx_status refuse(const struct parser *parser, const struct tag *tag,
                         const char *what, phx_error *err)
{
    return fail(err, PHX_INVALID, tag->begin - parser->start, "%s '%.*s'", what,
                tag->key.size < 64 ? (int)tag->key.size : 64, tag->key.data);
}

static phx_status change_delimiters(struct parser *parser,
                                    const struct tag *tag, phx_error *err)
{
    const uint8_t *at = (const uint8_t *)tag->key.data;
    const uint8_t *end = at + tag->key.size;
    phx_text words[2] = {{NULL, 0}, {NULL, 0}};

    for (int i = 0; i < 2 && at < end; i++) {
        const uint8_t *word = at = skip_blanks(at, end), *next = at;

        while (next < end && !utf8_is_space(utf8_next(&next, end)))
            at = next;
        words[i] = text_span(word, (size_t)(at - word));
    }
    if (words[0].size == 0 || words[1].size == 0)
        return refuse(parser, tag, "two delimiters are wanted, not", err);
    parser->opening = words[0];
    parser->closing = words[1];
    parser->scanned = parser->start;
    return PHX_OK;
}

static phx_status open_section(struct parser *parser, const struct tag *tag,
                               phx_error *err)
{
    if (parser->depth == MOST_DEPTH)
        return fail(err, PHX_TOO_BIG, tag->begin - parser->start,
                    "sections are nested over %d deep", MOST_DEPTH);
    parser->open[parser->depth++] = parser->count;
    return add_node(parser, tag->kind == '#' ? NODE_SECTION : NODE_INVERTED,
                    tag->key, err);
}

static phx_status close_section(struct parser *parser, const struct tag *tag,
                                phx_error *err)
{
    struct node *node = parser->depth > 0
                            ? &parser->nodes[parser->open[parser->depth - 1]]
                            : NULL;

    if (node == NULL || !text_equal(node->text, tag->key))
        return refuse(parser, tag, "no section to close is named", err);
    node->upto = parser->count;
    parser->depth--;
    return PHX_OK;
}

static phx_status add_tag(struct parser *parser, const struct tag *tag,
                          phx_error *err)
{
    switch (tag->kind) {
    case '#':
    case '^':
        return open_section(parser, tag, err);
    case '/':
        return close_section(parser, tag, err);
    case '=':
        return change_delimiters(parser, tag, err);
    case '!':
    case '>':
        return PHX_OK;
    default:
        return add_node(parser, NODE_VALUE, tag->key, err);
    }
}

static phx_status parse(struct parser *parser, phx_text template,
                        phx_error *err)
{
    const uint8_t *at =
        (const uint8_t *)(template.size > 0 ? template.data : "");
    struct tag tag;
    phx_status status;

    parser->start = parser->scanned = at;
    parser->end = at + template.size;
    parser->opening = text_of("{{");
    parser->closing = text_of("}}");
    while (find_tag(parser, at, &tag)) {
        take_line(parser, &tag);
        if (tag.begin > at &&
            (status = add_node(parser, NODE_TEXT,
                               text_span(at, (size_t)(tag.begin - at)), err)) <
                0)
            return status;
        if ((status = add_tag(parser, &tag, err)) < 0)
            return status;
        at = tag.end;
    }
    if (parser->depth > 0) {
        phx_text key = parser->nodes[parser->open[parser->depth - 1]].text;
        return fail(err, PHX_INVALID, -1, "the section '%.*s' is not closed",
                    key.size < 64 ? (int)key.size : 64, key.data);
    }
    return at < parser->end
               ? add_node(parser, NODE_TEXT,
                          text_span(at, (size_t)(parser->end - at)), err)
               : PHX_OK;
}

/* --- values ------------------------------------------------------------------------ */

struct renderer {
    const struct node *nodes;
    const struct value *stack[MOST_DEPTH + 1];
    size_t depth;
    size_t steps;
    struct buf *out;
};

/* The part of a dotted name before its first point; *rest is absent without
 * one. */
static phx_text first_part(phx_text name, phx_text *rest)
{
    const char *point =
        name.size > 0 ? memchr(name.data, '.', name.size) : NULL;

    *rest = (phx_text){NULL, 0};
    if (point == NULL)
        return name;
    size_t size = (size_t)(point - name.data);
    *rest = text_span(point + 1, name.size - size - 1);
    return text_span(name.data, size);
}

/* The innermost value that has the first part decides. NULL if a part is
 * missing. */
static const struct value *resolve(const struct renderer *renderer,
                                   phx_text name)
{
    const struct value *value = NULL;
    phx_text rest, part = first_part(name, &rest);

    if (text_is(name, "."))
        return renderer->stack[renderer->depth - 1];
    for (size_t i = renderer->depth; i-- > 0 && value == NULL;)
        value = member_of(renderer->stack[i], part);
    while (value != NULL && rest.data != NULL) {
        part = first_part(rest, &rest);
        value = member_of(value, part);
    }
    return value;
}

static bool is_true(const struct value *value)
{
    if (value == NULL)
        return false;
    switch ((enum json_kind)value->kind) {
    case JSON_NULL:
        return false;
    case JSON_BOOL:
    case JSON_INT:
        return value->integer != 0;
    case JSON_REAL:
        return value->real < 0 || value->real > 0 || value->real != value->real;
    case JSON_NUMBER:
        return true;
    case JSON_TEXT:
    case JSON_BYTES:
        return value->text.size > 0;
    default:
        return value->count > 0;
    }
}

static phx_status render_nodes(struct renderer *renderer, size_t from,
                               size_t upto, phx_error *err);

static phx_status render_section(struct renderer *renderer, size_t at,
                                 phx_error *err)
{
    const struct node *node = &renderer->nodes[at];
    const struct value *value = resolve(renderer, node->text);
    bool is_list = value != NULL && value->kind == JSON_ARRAY;
    uint32_t count = !is_true(value) ? 0 : is_list ? value->count : 1;
    phx_status status = PHX_OK;

    for (uint32_t i = 0; i < count && status >= 0; i++) {
        renderer->stack[renderer->depth++] = is_list ? &value->items[i] : value;
        status = render_nodes(renderer, at + 1, node->upto, err);
        renderer->depth--;
    }
    return status;
}

static phx_status render_nodes(struct renderer *renderer, size_t from,
                               size_t upto, phx_error *err)
{
    phx_status status = PHX_OK;

    for (size_t i = from; i < upto && status >= 0;) {
        const struct node *node = &renderer->nodes[i];
        const struct value *value;

        if (++renderer->steps > MOST_STEPS)
            return fail(err, PHX_TOO_BIG, -1,
                        "the template takes over %d steps", MOST_STEPS);
        if (node->kind == NODE_TEXT) {
            buf_add_text(renderer->out, node->text);
        } else if (node->kind == NODE_VALUE) {
            if ((value = resolve(renderer, node->text)) != NULL)
                print_value(renderer->out, value);
        } else if (node->kind == NODE_SECTION) {
            status = render_section(renderer, i, err);
        } else if (!is_true(resolve(renderer, node->text))) {
            status = render_nodes(renderer, i + 1, node->upto, err);
        }
        i = node->kind >= NODE_SECTION ? node->upto : i + 1;
    }
    return status < 0 || renderer->out->status < 0 ? status : PHX_OK;
}

/* What a node outside of sections asks for. */
static phx_text asked_for(const struct node *node)
{
    phx_text rest;

    return text_is(node->text, ".") ? node->text
                                    : first_part(node->text, &rest);
}

static phx_status check_variables(const struct parser *parser,
                                  const struct value *variables, phx_error *err)
{
    for (size_t i = 0; i < parser->count;) {
        const struct node *node = &parser->nodes[i];
        phx_text name = asked_for(node);

        if (node->kind != NODE_TEXT && member_of(variables, name) == NULL)
            return fail(err, PHX_INVALID, -1, "the variable '%.*s' is missing",
                        name.size < 64 ? (int)name.size : 64, name.data);
        i = node->kind >= NODE_SECTION ? node->upto : i + 1;
    }
    return PHX_OK;
}

phx_status mustache_render(struct arena *arena, phx_text template,
                           const struct value *variables, struct buf *out,
                           phx_error *err)
{
    struct parser parser = {.arena = arena};
    phx_status status = parse(&parser, template, err);

    if (status < 0 || (status = check_variables(&parser, variables, err)) < 0)
        return status;
    struct renderer renderer = {
        .nodes = parser.nodes, .stack = {variables}, .depth = 1, .out = out};
    return render_nodes(&renderer, 0, parser.count, err);
}

phx_status mustache_variables(struct arena *arena, phx_text template,
                              struct prompt_names *out, phx_error *err)
{
    struct parser parser = {.arena = arena};
    phx_status status = parse(&parser, template, err);

    for (size_t i = 0; i < parser.count && status >= 0;) {
        const struct node *node = &parser.nodes[i];

        if (node->kind != NODE_TEXT)
            status = names_add(arena, out, asked_for(node), err);
        i = node->kind >= NODE_SECTION ? node->upto : i + 1;
    }
    return status;
}

/*
 * f_string.c - templates as Python's str.format() takes them: {name},
 * {name.member[0]!r:>10}, {{ for a brace. Values are JSON: a point leads to a
 * member of an object, and one whose name begins with an underscore is refused,
 * as Phoenix does it.
 */
#include "base/base.h"

#include "prompt/inside.h"

enum { MOST_DEPTH = 2 /* fields within specifications */ };

/* Text, and the field behind it if there is one. */
struct piece {
    phx_text text;
    bool has_field;
    phx_text name, spec;
    uint32_t conversion; /* 0 for none */
};

struct reader_of {
    const char *start, *at, *end;
};

static phx_status refuse(const struct reader_of *reader, const char *what,
                         phx_error *err)
{
    return fail(err, PHX_INVALID, reader->at - reader->start, "%s", what);
}

/* The specification, up to the brace that closes the field. */
static phx_status read_spec(struct reader_of *reader, struct piece *out,
                            phx_error *err)
{
    const char *begin = reader->at;
    size_t open = 1;

    for (; reader->at < reader->end; reader->at++) {
        open += *reader->at == '{';
        open -= *reader->at == '}';
        if (open == 0) {
            out->spec = text_span(begin, (size_t)(reader->at++ - begin));
            return PHX_OK;
        }
    }
    return refuse(reader, "a field's specification is not closed", err);
}

static phx_status read_conversion(struct reader_of *reader, struct piece *out,
                                  phx_error *err)
{
    const uint8_t *at = (const uint8_t *)reader->at;
    const uint8_t *end = (const uint8_t *)reader->end;

    if (at >= end)
        return refuse(reader, "a conversion is missing", err);
    out->conversion = utf8_next(&at, end);
    reader->at = (const char *)at;
    if (at >= end)
        return refuse(reader, "a field is not closed", err);
    char next = *reader->at++;
    if (next == '}')
        return PHX_OK;
    return next == ':'
               ? read_spec(reader, out, err)
               : refuse(reader, "':' is wanted behind a conversion", err);
}

static phx_status read_field(struct reader_of *reader, struct piece *out,
                             phx_error *err)
{
    const char *begin = reader->at;
    char c = 0;

    while (reader->at < reader->end) {
        c = *reader->at++;
        if (c == '{')
            return refuse(reader, "'{' in a field's name", err);
        while (c == '[' && reader->at < reader->end && *reader->at != ']')
            reader->at++;
        if (c == '}' || c == ':' || c == '!')
            break;
    }
    if (c != '}' && c != ':' && c != '!')
        return refuse(reader, "a field is not closed", err);
    out->has_field = true;
    out->name = text_span(begin, (size_t)(reader->at - 1 - begin));
    if (c == '!')
        return read_conversion(reader, out, err);
    return c == ':' ? read_spec(reader, out, err) : PHX_OK;
}

/* DONE at the end. */
static phx_status read_piece(struct reader_of *reader, struct piece *out,
                             phx_error *err)
{
    const char *begin = reader->at, *at = begin;

    *out = (struct piece){.spec = {"", 0}};
    if (at == reader->end)
        return PHX_DONE;
    while (at < reader->end && *at != '{' && *at != '}')
        at++;
    out->text = text_span(begin, (size_t)(at - begin));
    reader->at = at;
    if (at == reader->end)
        return PHX_OK;
    bool doubled = at + 1 < reader->end && at[1] == *at;
    if (!doubled && (*at == '}' || at + 1 == reader->end))
        return refuse(reader, "a single brace", err);
    reader->at = at + 1;
    if (!doubled)
        return read_field(reader, out, err);
    out->text.size++;
    reader->at++;
    return PHX_OK;
}

/* --- values -------------------------------------------------------------------- */

static phx_status refuse_name(phx_text name, const char *what, phx_error *err)
{
    return fail(err, PHX_INVALID, -1, "the field '%.*s' %s",
                name.size < 64 ? (int)name.size : 64, name.data, what);
}

static bool is_index(phx_text key, uint64_t *out)
{
    *out = 0;
    for (size_t i = 0; i < key.size; i++) {
        if (key.data[i] < '0' || key.data[i] > '9' || i > 17)
            return false;
        *out = *out * 10 + (uint64_t)(key.data[i] - '0');
    }
    return true;
}

/* The character of a text at a place, as a value; false if it ends before. */
static bool character_at(phx_text text, uint64_t index, struct value *out)
{
    const uint8_t *at = (const uint8_t *)text.data, *end = at + text.size;

    while (at < end) {
        const uint8_t *begin = at;

        utf8_next(&at, end);
        if (index-- == 0) {
            *out = value_text(text_span(begin, (size_t)(at - begin)));
            return true;
        }
    }
    return false;
}

/* What stands in brackets; false if there is none. */
static bool take_item(struct value *value, phx_text key)
{
    const struct value *found = NULL;
    uint64_t index;

    if (!is_index(key, &index))
        found = member_of(value, key);
    else if (value->kind == JSON_TEXT)
        return character_at(value->text, index, value);
    else if (value->kind == JSON_ARRAY && index < value->count)
        found = &value->items[index];
    if (found != NULL)
        *value = *found;
    return found != NULL;
}

static size_t part_size(const char *at, const char *end)
{
    const char *begin = at;

    while (at < end && *at != '.' && *at != '[')
        at++;
    return (size_t)(at - begin);
}

/* Follows what stands behind the first part of a name. */
static phx_status follow(phx_text name, const char *at, struct value *value,
                         phx_error *err)
{
    const char *end = name.data + name.size;

    while (at < end) {
        bool is_member = *at++ == '.';
        const char *close = is_member ? at + part_size(at, end)
                                      : memchr(at, ']', (size_t)(end - at));
        const struct value *found;

        if (close == NULL)
            return refuse_name(name, "has a bracket that is not closed", err);
        phx_text part = text_span(at, (size_t)(close - at));
        if (is_member && at == end)
            return PHX_OK; /* a point at the end means nothing */
        if (part.size == 0)
            return refuse_name(name, "has an empty part", err);
        if (is_member && part.data[0] == '_')
            return refuse_name(name, "has a part with an underscore", err);
        if (is_member && (found = member_of(value, part)) == NULL)
            return refuse_name(name, "leads to nothing", err);
        if (is_member)
            *value = *found;
        else if (!take_item(value, part))
            return refuse_name(name, "leads to nothing", err);
        at = is_member ? close : close + 1;
        if (at < end && *at != '.' && *at != '[')
            return refuse_name(name, "goes on behind a bracket", err);
    }
    return PHX_OK;
}

static phx_status resolve(const struct value *variables, phx_text name,
                          struct value *out, phx_error *err)
{
    phx_text first =
        text_span(name.data, part_size(name.data, name.data + name.size));
    const struct value *found = member_of(variables, first);
    uint64_t index;

    if (first.size == 0 || is_index(first, &index))
        return refuse_name(name, "has no name, and fields have no numbers",
                           err);
    if (found == NULL)
        return refuse_name(name, "is not among the variables", err);
    *out = *found;
    return follow(name, name.data + first.size, out, err);
}

/* --- fields ---------------------------------------------------------------------- */

struct filling {
    struct arena *arena;
    const struct value *variables;
    struct buf *out;
};

/* The value as a text, by a conversion. */
static phx_status convert(struct filling *filling, uint32_t conversion,
                          struct value *value, phx_error *err)
{
    struct buf text;
    phx_status status;

    if (conversion != 'r' && conversion != 's' && conversion != 'a')
        return fail(err, PHX_INVALID, -1,
                    "there are no conversions but r, s"
                    " and a");
    buf_init(&text, PROMPT_RENDERED);
    if (value->kind == JSON_TEXT && conversion != 's')
        print_quoted(&text, value->text, conversion == 'a');
    else
        print_value(&text, value);
    if ((status = buf_status(&text, "a converted value", err)) >= 0) {
        *value = value_text(written(&text));
        status = arena_keep(filling->arena, &value->text, err);
    }
    buf_clear(&text);
    return status;
}

static phx_status fill(struct filling *filling, phx_text template, int depth,
                       phx_error *err);

/* A specification may hold fields of its own. */
static phx_status fill_spec(struct filling *filling, phx_text *spec, int depth,
                            phx_error *err)
{
    struct filling inner = *filling;
    struct buf text;
    phx_status status;

    if (spec->size == 0 || memchr(spec->data, '{', spec->size) == NULL)
        return PHX_OK;
    if (depth == MOST_DEPTH)
        return fail(err, PHX_INVALID, -1, "fields are nested over %d deep",
                    MOST_DEPTH);
    buf_init(&text, PROMPT_TEXT);
    inner.out = &text;
    if ((status = fill(&inner, *spec, depth + 1, err)) >= 0 &&
        (status = buf_status(&text, "a specification", err)) >= 0) {
        *spec = written(&text);
        status = arena_keep(filling->arena, spec, err);
    }
    buf_clear(&text);
    return status;
}

static phx_status fill_field(struct filling *filling, struct piece *piece,
                             int depth, phx_error *err)
{
    struct value value;
    phx_status status = resolve(filling->variables, piece->name, &value, err);

    if (status < 0 ||
        (status = fill_spec(filling, &piece->spec, depth, err)) < 0)
        return status;
    if (piece->conversion != 0 &&
        (status = convert(filling, piece->conversion, &value, err)) < 0)
        return status;
    return format_value(&value, piece->spec, filling->out, err);
}

static phx_status fill(struct filling *filling, phx_text template, int depth,
                       phx_error *err)
{
    const char *start = template.size > 0 ? template.data : "";
    struct reader_of reader = {start, start, start + template.size};
    struct piece piece;
    phx_status status;

    while ((status = read_piece(&reader, &piece, err)) == PHX_OK) {
        buf_add_text(filling->out, piece.text);
        if (piece.has_field &&
            (status = fill_field(filling, &piece, depth, err)) < 0)
            return status;
    }
    return status < 0 ? status : PHX_OK;
}

phx_status f_string_render(struct arena *arena, phx_text template,
                           const struct value *variables, struct buf *out,
                           phx_error *err)
{
    struct filling filling = {arena, variables, out};

    return fill(&filling, template, 0, err);
}

phx_status f_string_variables(struct arena *arena, phx_text template,
                              struct prompt_names *out, phx_error *err)
{
    const char *start = template.size > 0 ? template.data : "";
    struct reader_of reader = {start, start, start + template.size};
    struct piece piece;
    phx_status status;

    while ((status = read_piece(&reader, &piece, err)) == PHX_OK) {
        if (piece.has_field && piece.name.size > 0 &&
            (status = names_add(arena, out, piece.name, err)) < 0)
            return status;
    }
    return status < 0 ? status : PHX_OK;
}

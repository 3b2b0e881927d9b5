/*
 * read.c - JSON text (RFC 8259) into values of an arena.
 *
 * Items of an open array and members of an open object wait on one stack,
 * `open`, since their count is not yet known. When the bracket closes, they
 * move to the arena in one piece:
 *
 *     [1, [2, 3       open: |1|2|3|        arena:
 *     [1, [2, 3]      open: |1|a|          arena: |2|3|
 *
 * Reports are those of Python's json but for the capital, and stand at the
 * same place: clients of the HTTP interface see both.
 */
#include "base/base.h"
#include "json/inside.h"

#include <math.h>

struct parser {
    const uint8_t *start;
    const uint8_t *at;
    const uint8_t *end;
    struct arena *arena;
    struct buf open;
    struct map keys; /* of the object that closes: hash -> index */
    uint64_t seed;   /* of those hashes; 0 until chosen */
    int flags;
    phx_error *err;
};

static phx_status refuse(const struct parser *parser, const uint8_t *at,
                         const char *reason)
{
    return fail(parser->err, PHX_INVALID, at - parser->start, "%s", reason);
}

static void skip_blanks(struct parser *parser)
{
    const uint8_t *at = parser->at;

    while (at < parser->end &&
           (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t'))
        at++;
    parser->at = at;
}

static bool take(struct parser *parser, char c)
{
    if (parser->at == parser->end || *parser->at != (uint8_t)c)
        return false;
    parser->at++;
    return true;
}

static bool take_word(struct parser *parser, const char *word)
{
    size_t size = strlen(word);

    if ((size_t)(parser->end - parser->at) < size ||
        memcmp(parser->at, word, size) != 0)
        return false;
    parser->at += size;
    return true;
}

/* --- texts ---------------------------------------------------------------- */

/* Four hex digits, or -1. */
static int32_t hex4(const uint8_t *at, const uint8_t *end)
{
    int32_t value = 0;

    if (end - at < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        uint8_t c = at[i];
        uint8_t lower = c | 0x20;
        if (c >= '0' && c <= '9')
            value = value * 16 + (c - '0');
        else if (lower >= 'a' && lower <= 'f')
            value = value * 16 + (lower - 'a' + 10);
        else
            return -1;
    }
    return value;
}

/* The code point of a \uXXXX at *at, which may be the first of a pair. Half a
 * pair alone becomes U+FFFD. */
static uint32_t take_code_point(const uint8_t **at, const uint8_t *end)
{
    uint32_t first = (uint32_t)hex4(*at + 2, end);

    *at += 6;
    if (first < 0xD800 || first > 0xDFFF)
        return first;
    if (first < 0xDC00 && end - *at >= 6 && (*at)[0] == '\\' &&
        (*at)[1] == 'u') {
        uint32_t second = (uint32_t)hex4(*at + 2, end);
        if (second >= 0xDC00 && second <= 0xDFFF) {
            *at += 6;
            return 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
        }
    }
    return 0xFFFD;
}

/* What stands for the character after a backslash, or 0. */
static uint8_t unescaped(uint8_t c)
{
    switch (c) {
    case '"':
    case '\\':
    case '/':
        return c;
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    default:
        return 0;
    }
}

/* Finds the quote that ends the text from parser->at on, where its escapes
 * are sound. */
static phx_status find_quote(struct parser *parser, const uint8_t **out)
{
    const uint8_t *end = parser->end;
    const uint8_t *at = plain_end(parser->at, end);

    while (at < end && *at != '"') {
        if (*at != '\\')
            return refuse(parser, at, "invalid control character at");
        if (at + 1 == end)
            break;
        if (at[1] == 'u' && hex4(at + 2, end) < 0)
            return refuse(parser, at + 1, "invalid \\uXXXX escape");
        if (at[1] != 'u' && unescaped(at[1]) == 0)
            return refuse(parser, at, "invalid \\escape");
        at = plain_end(at + (at[1] == 'u' ? 6 : 2), end);
    }
    if (at == end || *at != '"')
        return refuse(parser, parser->at - 1,
                      "unterminated string starting at");
    *out = at;
    return PHX_OK;
}

/* Copies text with its escapes undone, which never makes it longer. */
static size_t unescape(const uint8_t *at, const uint8_t *end, uint8_t *out)
{
    uint8_t *next = out;

    while (at < end) {
        const uint8_t *plain = plain_end(at, end);
        memcpy(next, at, (size_t)(plain - at));
        next += plain - at;
        at = plain;
        if (at == end)
            break;
        if (at[1] == 'u') {
            next += utf8_put(next, take_code_point(&at, end));
        } else {
            *next++ = unescaped(at[1]);
            at += 2;
        }
    }
    return (size_t)(next - out);
}

/* The text behind an opening quote. */
static phx_status read_text(struct parser *parser, phx_text *out)
{
    const uint8_t *from = parser->at;
    const uint8_t *quote = plain_end(from, parser->end);
    phx_status status;

    if (quote < parser->end && *quote == '"') {
        *out = text_span(from, (size_t)(quote - from));
        parser->at = quote + 1;
        return PHX_OK;
    }
    if ((status = find_quote(parser, &quote)) < 0)
        return status;
    size_t size = (size_t)(quote - from);
    uint8_t *bytes = arena_new(parser->arena, size);
    if (bytes == NULL)
        return arena_status(parser->arena, size, parser->err);
    *out = text_span(bytes, unescape(from, quote, bytes));
    parser->at = quote + 1;
    return PHX_OK;
}

/* --- objects of distinct keys --------------------------------------------- */

enum { FEW_KEYS = 16 }; /* compared one with another */

static uint32_t find_key_among_few(const struct member *members, uint32_t count,
                                   phx_text key)
{
    uint32_t i = 0;

    while (i < count && !text_equal(members[i].key, key))
        i++;
    return i;
}

/* The same through parser->keys, which gets the key if it is new. Two keys of
 * one hash are told apart by hashing again with the next seed. */
static phx_status find_key_among_many(struct parser *parser,
                                      const struct member *members,
                                      uint32_t count, phx_text key,
                                      uint32_t *out)
{
    for (uint64_t seed = parser->seed;; seed++) {
        bool fresh;
        uint32_t *index = map_slot(
            &parser->keys, hash_bytes(key.data, key.size, seed), &fresh);
        if (index == NULL)
            return fail_memory(parser->err, size_mul(count, sizeof *index));
        if (fresh)
            *index = count;
        if (fresh || text_equal(members[*index].key, key)) {
            *out = *index;
            return PHX_OK;
        }
    }
}

/* The seed is nobody's to guess, so that no input can be made of keys that
 * collide. The table is kept from one object to the next, but not after a
 * large one: to empty it costs as much as it is long. */
static phx_status prepare_keys(struct parser *parser)
{
    const uint32_t small = 1024;
    phx_status status = PHX_OK;

    if (parser->keys.mask < small)
        map_reset(&parser->keys);
    else
        map_clear(&parser->keys);
    if (parser->seed == 0)
        status = random_bytes(&parser->seed, sizeof parser->seed, parser->err);
    return status;
}

/* Of equal keys keeps the last value at the first's place. */
static phx_status drop_repeated(struct parser *parser, struct member *members,
                                uint32_t *count)
{
    bool few = *count <= FEW_KEYS;
    uint32_t kept = 0;
    phx_status status;

    if (!few && (status = prepare_keys(parser)) < 0)
        return status;
    for (uint32_t i = 0; i < *count; i++) {
        uint32_t place = 0;
        if (few)
            place = find_key_among_few(members, kept, members[i].key);
        else if ((status = find_key_among_many(parser, members, kept,
                                               members[i].key, &place)) < 0)
            return status;
        if (place < kept)
            members[place].value = members[i].value;
        else
            members[kept++] = members[i];
    }
    *count = kept;
    return PHX_OK;
}

/* --- values --------------------------------------------------------------- */

static phx_status read_value(struct parser *parser, int depth,
                             struct value *out);

static phx_status push(struct parser *parser, const void *piece, size_t size)
{
    buf_add(&parser->open, piece, size);
    return parser->open.status < 0
               ? buf_status(&parser->open, "JSON document", parser->err)
               : PHX_OK;
}

/* Moves what lies on the stack above bottom, items of so many bytes, to the
 * arena. */
static phx_status close_open(struct parser *parser, size_t bottom, size_t item,
                             void **items, uint32_t *count)
{
    size_t size = parser->open.size - bottom;

    if (size / item > UINT32_MAX)
        return fail(parser->err, PHX_TOO_BIG, parser->at - parser->start,
                    "array or object has over %u items", UINT32_MAX);
    *items = NULL;
    *count = (uint32_t)(size / item);
    if (size > 0) {
        *items = arena_copy(parser->arena, parser->open.data + bottom, size);
        if (*items == NULL)
            return arena_status(parser->arena, size, parser->err);
    }
    parser->open.size = bottom;
    return PHX_OK;
}

/* The array behind an opening bracket. */
static phx_status read_array(struct parser *parser, int depth,
                             struct value *out)
{
    size_t bottom = parser->open.size;
    void *items;
    phx_status status;

    skip_blanks(parser);
    if (!take(parser, ']')) {
        do {
            struct value item;
            skip_blanks(parser);
            if ((status = read_value(parser, depth, &item)) < 0 ||
                (status = push(parser, &item, sizeof item)) < 0)
                return status;
            skip_blanks(parser);
        } while (take(parser, ','));
        if (!take(parser, ']'))
            return refuse(parser, parser->at, "expecting ',' delimiter");
    }
    *out = (struct value){.kind = JSON_ARRAY};
    status =
        close_open(parser, bottom, sizeof *out->items, &items, &out->count);
    out->items = items;
    return status;
}

/* The key of a member and its colon. */
static phx_status read_key(struct parser *parser, phx_text *out)
{
    phx_status status;

    skip_blanks(parser);
    if (!take(parser, '"'))
        return refuse(parser, parser->at,
                      "expecting property name enclosed in double quotes");
    if ((status = read_text(parser, out)) < 0)
        return status;
    skip_blanks(parser);
    if (!take(parser, ':'))
        return refuse(parser, parser->at, "expecting ':' delimiter");
    skip_blanks(parser);
    return PHX_OK;
}

static phx_status read_member(struct parser *parser, int depth,
                              struct member *out)
{
    phx_status status = read_key(parser, &out->key);

    if (status < 0 || (status = read_value(parser, depth, &out->value)) < 0)
        return status;
    skip_blanks(parser);
    return PHX_OK;
}

/* The object behind an opening brace. */
static phx_status read_object(struct parser *parser, int depth,
                              struct value *out)
{
    size_t bottom = parser->open.size;
    void *members;
    phx_status status;

    skip_blanks(parser);
    if (!take(parser, '}')) {
        do {
            struct member member;
            if ((status = read_member(parser, depth, &member)) < 0 ||
                (status = push(parser, &member, sizeof member)) < 0)
                return status;
        } while (take(parser, ','));
        if (!take(parser, '}'))
            return refuse(parser, parser->at, "expecting ',' delimiter");
    }
    *out = (struct value){.kind = JSON_OBJECT};
    status =
        close_open(parser, bottom, sizeof *out->members, &members, &out->count);
    out->members = members;
    if (status >= 0 && out->count > 1)
        status = drop_repeated(parser, out->members, &out->count);
    return status;
}

/* What begins with neither bracket, brace nor quote. */
static phx_status read_plain(struct parser *parser, struct value *out)
{
    bool lenient = parser->flags & JSON_LENIENT;
    const uint8_t *start = parser->at;

    if (take_word(parser, "null"))
        *out = value_null();
    else if (take_word(parser, "true"))
        *out = value_bool(true);
    else if (take_word(parser, "false"))
        *out = value_bool(false);
    else if (lenient && take_word(parser, "NaN"))
        *out = value_real((double)NAN);
    else if (lenient && take_word(parser, "Infinity"))
        *out = value_real((double)INFINITY);
    else if (lenient && take_word(parser, "-Infinity"))
        *out = value_real((double)-INFINITY);
    else if (!number_read(&parser->at, parser->end, out))
        return refuse(parser, parser->at, "expecting value");
    else if (out->kind == JSON_REAL && (parser->flags & JSON_DIGITS))
        *out = (struct value){
            .kind = JSON_NUMBER,
            .text = text_span(start, (size_t)(parser->at - start))};
    return PHX_OK;
}

/* Reads past an array or object behind its opening bracket, however deep it
 * is: what closes each level stands on the stack. */
static phx_status skip_nested(struct parser *parser, char closing)
{
    size_t bottom = parser->open.size;
    phx_status status = push(parser, &closing, 1);
    bool is_first = true; /* of its array or object */
    struct value scalar;
    phx_text key;

    while (status >= 0 && parser->open.size > bottom) {
        closing = (char)parser->open.data[parser->open.size - 1];
        skip_blanks(parser);
        if (take(parser, closing)) {
            parser->open.size--;
            is_first = false;
            continue;
        }
        if (!is_first && !take(parser, ','))
            return refuse(parser, parser->at, "expecting ',' delimiter");
        if (closing == '}' && (status = read_key(parser, &key)) < 0)
            return status;
        skip_blanks(parser);
        is_first = take(parser, '[') || take(parser, '{');
        if (is_first)
            status = push(parser, parser->at[-1] == '[' ? "]" : "}", 1);
        else
            status = read_value(parser, 0, &scalar);
    }
    return status;
}

/* depth: of the brackets that are open around the value. */
static phx_status read_value(struct parser *parser, int depth,
                             struct value *out)
{
    const uint8_t *at = parser->at;
    phx_status status;

    if (take(parser, '"')) {
        phx_text text = {0};
        if ((status = read_text(parser, &text)) == PHX_OK)
            *out = value_text(text);
        return status;
    }
    bool is_array = take(parser, '[');
    if (!is_array && !take(parser, '{'))
        return read_plain(parser, out);
    if (depth == JSON_DEPTH_DEEP) {
        *out = value_null();
        return skip_nested(parser, is_array ? ']' : '}');
    }
    if (depth == JSON_DEPTH && !(parser->flags & JSON_DEEP))
        return fail(parser->err, PHX_TOO_BIG, at - parser->start,
                    "JSON is nested over %d levels", JSON_DEPTH);
    return is_array ? read_array(parser, depth + 1, out)
                    : read_object(parser, depth + 1, out);
}

phx_status json_read(struct arena *arena, phx_text text, int flags,
                     struct value *out, phx_error *err)
{
    const char *bytes = text.size > 0 ? text.data : "";
    struct parser parser = {.arena = arena, .flags = flags, .err = err};
    struct value value;
    phx_status status;

    parser.start = parser.at = (const uint8_t *)bytes;
    parser.end = parser.start + text.size;
    buf_init(&parser.open, arena->limit / 2); /* its copies have the rest */
    map_init(&parser.keys);
    size_t valid = utf8_check(bytes, text.size);
    if (valid < text.size) {
        status = refuse(&parser, parser.start + valid, "text is not UTF-8");
        goto done;
    }
    skip_blanks(&parser);
    if ((status = read_value(&parser, 0, &value)) < 0)
        goto done;
    skip_blanks(&parser);
    if (parser.at < parser.end) {
        status = refuse(&parser, parser.at, "extra data");
        goto done;
    }
    *out = value;
done:
    map_clear(&parser.keys);
    buf_clear(&parser.open);
    return status;
}

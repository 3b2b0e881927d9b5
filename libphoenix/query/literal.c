/*
 * literal.c - text literals of Python, as it reads them: prefixes r and u,
 * three quotes, escapes, neighbours that are one text.
 */
#include "base/base.h"
#include "query/inside.h"

enum { LAST_CODE_POINT = 0x10FFFF };

struct escape {
    char letter;
    char meaning;
};

static const struct escape escapes[] = {
    {'\\', '\\'}, {'\'', '\''}, {'"', '"'},  {'a', '\a'}, {'b', '\b'},
    {'f', '\f'},  {'n', '\n'},  {'r', '\r'}, {'t', '\t'}, {'v', '\v'},
};

/* Unicode's names of what is printed in ASCII and is no letter, from U+0020. */
static const char *const names_from_space[] = {
    "SPACE",
    "EXCLAMATION MARK",
    "QUOTATION MARK",
    "NUMBER SIGN",
    "DOLLAR SIGN",
    "PERCENT SIGN",
    "AMPERSAND",
    "APOSTROPHE",
    "LEFT PARENTHESIS",
    "RIGHT PARENTHESIS",
    "ASTERISK",
    "PLUS SIGN",
    "COMMA",
    "HYPHEN-MINUS",
    "FULL STOP",
    "SOLIDUS",
    "DIGIT ZERO",
    "DIGIT ONE",
    "DIGIT TWO",
    "DIGIT THREE",
    "DIGIT FOUR",
    "DIGIT FIVE",
    "DIGIT SIX",
    "DIGIT SEVEN",
    "DIGIT EIGHT",
    "DIGIT NINE",
    "COLON",
    "SEMICOLON",
    "LESS-THAN SIGN",
    "EQUALS SIGN",
    "GREATER-THAN SIGN",
    "QUESTION MARK",
    "COMMERCIAL AT",
};
static const char *const names_from_bracket[] = {
    "LEFT SQUARE BRACKET", "REVERSE SOLIDUS", "RIGHT SQUARE BRACKET",
    "CIRCUMFLEX ACCENT",   "LOW LINE",        "GRAVE ACCENT",
};
static const char *const names_from_brace[] = {
    "LEFT CURLY BRACKET",
    "VERTICAL LINE",
    "RIGHT CURLY BRACKET",
    "TILDE",
};

/* A literal being read: behind its opening quote, to the end of the text. */
struct literal {
    struct lexer *lexer;
    const char *at;
    const char *end;
    char quote;
    bool is_raw;
    bool is_triple;
    size_t size; /* of lexer->decoded that is filled */
};

static char upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static bool is_name(phx_text text, const char *name)
{
    if (text.size != strlen(name))
        return false;
    for (size_t i = 0; i < text.size; i++) {
        if (upper(text.data[i]) != name[i])
            return false;
    }
    return true;
}

/* The code point, or -1 if the name is not known here. */
static int named_code_point(phx_text name)
{
    static const struct {
        const char *const *names;
        int first, count;
    } runs[] = {
        {names_from_space, ' ', '@' - ' ' + 1},
        {names_from_bracket, '[', '`' - '[' + 1},
        {names_from_brace, '{', '~' - '{' + 1},
    };
    char letter[] = "LATIN CAPITAL LETTER A";

    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
        for (int j = 0; j < runs[i].count; j++) {
            if (is_name(name, runs[i].names[j]))
                return runs[i].first + j;
        }
    }
    if (name.size == 0)
        return -1;
    char last = upper(name.data[name.size - 1]);
    letter[sizeof letter - 2] = last;
    if (last >= 'A' && last <= 'Z' && is_name(name, letter))
        return last;
    char small[] = "LATIN SMALL LETTER A";
    small[sizeof small - 2] = last;
    if (last >= 'A' && last <= 'Z' && is_name(name, small))
        return last - 'A' + 'a';
    return -1;
}

static phx_status refuse(const struct literal *literal, const char *at,
                         const char *sentence)
{
    const struct lexer *lexer = literal->lexer;

    return fail(lexer->err, PHX_INVALID, at - lexer->text.data, "%s", sentence);
}

static void put(struct literal *literal, const char *bytes, size_t size)
{
    memcpy(literal->lexer->decoded + literal->size, bytes, size);
    literal->size += size;
}

static phx_status put_code_point(struct literal *literal, const char *escape,
                                 int64_t code_point)
{
    uint8_t bytes[4];

    if (code_point < 0 || code_point > LAST_CODE_POINT)
        return refuse(literal, escape, "escape is no Unicode character");
    if (code_point >= 0xD800 && code_point < 0xE000)
        return refuse(literal, escape, "escape is half a surrogate pair");
    size_t size = utf8_put(bytes, (uint32_t)code_point);
    put(literal, (const char *)bytes, size);
    return PHX_OK;
}

/* Exactly `count` hexadecimal digits. */
static phx_status read_hex(struct literal *literal, const char *escape,
                           int count)
{
    int64_t code_point = 0;

    for (int i = 0; i < count; i++, literal->at++) {
        int digit = literal->at < literal->end ? hex_digit(*literal->at) : -1;
        if (digit < 0)
            return refuse(literal, escape,
                          "escape needs 2 digits behind \\x, 4 behind \\u, "
                          "8 behind \\U");
        code_point = code_point << 4 | digit;
    }
    return put_code_point(literal, escape, code_point);
}

static phx_status read_octal(struct literal *literal, const char *escape)
{
    int code_point = 0;

    for (literal->at = escape + 1;
         literal->at < literal->end && literal->at < escape + 4 &&
         *literal->at >= '0' && *literal->at <= '7';
         literal->at++)
        code_point = code_point * 8 + (*literal->at - '0');
    return put_code_point(literal, escape, code_point);
}

static phx_status read_named(struct literal *literal, const char *escape)
{
    static const char sentence[] =
        "\\N{...} knows the names of ASCII characters only; use \\u and \\U";
    size_t left = (size_t)(literal->end - literal->at);
    const char *close = left > 0 ? memchr(literal->at, '}', left) : NULL;

    if (close == NULL || *literal->at != '{')
        return refuse(literal, escape, sentence);
    phx_text name =
        text_span(literal->at + 1, (size_t)(close - literal->at) - 1);
    int code_point = named_code_point(name);
    if (code_point < 0)
        return refuse(literal, escape, sentence);
    literal->at = close + 1;
    return put_code_point(literal, escape, code_point);
}

/* The escape whose letter is at literal->at; unknown ones stay as they are. */
static phx_status read_escape(struct literal *literal)
{
    const char *escape = literal->at - 1;
    char letter = *literal->at++;

    if (letter >= '0' && letter <= '7')
        return read_octal(literal, escape);
    switch (letter) {
    case 'x':
        return read_hex(literal, escape, 2);
    case 'u':
        return read_hex(literal, escape, 4);
    case 'U':
        return read_hex(literal, escape, 8);
    case 'N':
        return read_named(literal, escape);
    case '\r':
        literal->at += literal->at < literal->end && *literal->at == '\n';
        return PHX_OK;
    case '\n':
        return PHX_OK;
    default:
        break;
    }
    for (size_t i = 0; i < sizeof escapes / sizeof *escapes; i++) {
        if (letter == escapes[i].letter) {
            put(literal, &escapes[i].meaning, 1);
            return PHX_OK;
        }
    }
    put(literal, escape, 2);
    return PHX_OK;
}

/* A line break is "\n" in a text, however it is written. */
static phx_status read_break(struct literal *literal, const char *opening)
{
    if (!literal->is_triple)
        return refuse(literal, opening, "text literal is not closed");
    literal->at += literal->at[0] == '\r' && literal->at + 1 < literal->end &&
                   literal->at[1] == '\n';
    literal->at++;
    put(literal, "\n", 1);
    return PHX_OK;
}

static bool closes(const struct literal *literal)
{
    const char *at = literal->at;

    return at[0] == literal->quote &&
           (!literal->is_triple ||
            (literal->end - at >= 3 && at[1] == at[0] && at[2] == at[0]));
}

static phx_status read_body(struct literal *literal, const char *opening)
{
    phx_status status = PHX_OK;

    while (status >= 0 && literal->at < literal->end) {
        char c = *literal->at;
        if (closes(literal)) {
            literal->at += literal->is_triple ? 3 : 1;
            return PHX_OK;
        }
        if (c == '\n' || c == '\r') {
            status = read_break(literal, opening);
            continue;
        }
        bool escapes_next = c == '\\' && literal->end - literal->at > 1;
        literal->at++;
        if (escapes_next && literal->is_raw) {
            /* A backslash keeps a quote from closing and stays. */
            put(literal, "\\", 1);
            c = *literal->at;
            if (c == '\n' || c == '\r')
                continue;
            literal->at++;
            put(literal, &c, 1);
        } else if (escapes_next) {
            status = read_escape(literal);
        } else {
            put(literal, &c, 1);
        }
    }
    return status < 0 ? status
                      : refuse(literal, opening, "text literal is not closed");
}

/* The letters before the quote; NULL where no literal begins. */
static const char *find_quote(const char *at, const char *end)
{
    for (int i = 0; i < 3 && at < end; i++, at++) {
        if (*at == '"' || *at == '\'')
            return at;
        if (strchr("rRbBuUfF", *at) == NULL)
            return NULL;
    }
    return NULL;
}

/* One literal, whose quote is found, onto what is decoded. */
static phx_status read_one(struct literal *literal, const char *quote)
{
    struct lexer *lexer = literal->lexer;
    const char *prefix = literal->at;
    phx_status status;

    for (const char *at = prefix; at < quote; at++) {
        if (strchr("bBfF", *at) != NULL)
            return refuse(literal, prefix,
                          "bytes and formatted text are not supported");
    }
    if (quote - prefix > 1)
        return refuse(literal, prefix, "text literal has an unknown prefix");
    literal->is_raw = quote > prefix && (*prefix | 0x20) == 'r';
    literal->quote = *quote;
    literal->is_triple =
        literal->end - quote >= 3 && quote[1] == *quote && quote[2] == *quote;
    literal->at = quote + (literal->is_triple ? 3 : 1);
    status = read_body(literal, quote);
    lexer->at = (size_t)(literal->at - lexer->text.data);
    return status;
}

phx_status literal_text(struct lexer *lexer, bool *found, struct value *out)
{
    struct literal literal = {.lexer = lexer,
                              .end = lexer->text.data + lexer->end};
    const char *quote;
    phx_status status;

    literal.at = lexer->text.data + lexer->at;
    quote = find_quote(literal.at, literal.end);
    *found = quote != NULL;
    if (!*found)
        return PHX_OK;
    if (lexer->decoded == NULL &&
        (lexer->decoded = arena_new(lexer->arena, lexer->text.size)) == NULL)
        return arena_status(lexer->arena, lexer->text.size, lexer->err);
    while (quote != NULL) {
        if ((status = read_one(&literal, quote)) < 0)
            return status;
        size_t behind = lexer->at;
        lexer_skip(lexer);
        literal.at = lexer->text.data + lexer->at;
        quote = find_quote(literal.at, literal.end);
        if (quote == NULL)
            lexer->at = behind;
    }
    char *text = arena_copy(lexer->arena, lexer->decoded, literal.size);
    if (text == NULL)
        return arena_status(lexer->arena, literal.size, lexer->err);
    *out = value_text(text_span(text, literal.size));
    return PHX_OK;
}

/*
 * lex.c - a condition as tokens, one at a time. What Python has and the
 * language has not (lambda, **, :=) is refused here, with its place.
 *
 * A line break stands inside brackets, or where nothing but blanks and
 * comments is before or behind it.
 */
#include "base/base.h"
#include "query/inside.h"

struct word {
    const char *text;
    uint8_t kind;
};

static const struct word words[] = {
    {"and", TOKEN_AND},   {"or", TOKEN_OR}, {"not", TOKEN_NOT},
    {"in", TOKEN_IN},     {"is", TOKEN_IS}, {"True", TOKEN_TRUE},
    {"for", TOKEN_FOR},   {"if", TOKEN_IF}, {"False", TOKEN_FALSE},
    {"None", TOKEN_NONE},
};

/* Of two that begin alike the longer stands first. */
static const struct word marks[] = {
    {"==", TOKEN_EQUAL},      {"!=", TOKEN_UNEQUAL},
    {"<=", TOKEN_LESS_EQUAL}, {">=", TOKEN_GREATER_EQUAL},
    {"<", TOKEN_LESS},        {">", TOKEN_GREATER},
    {"+", TOKEN_PLUS},        {"-", TOKEN_MINUS},
    {"*", TOKEN_TIMES},       {"/", TOKEN_DIVIDE},
    {"%", TOKEN_REMAINDER},   {"(", TOKEN_OPEN},
    {")", TOKEN_CLOSE},       {"[", TOKEN_OPEN_LIST},
    {"]", TOKEN_CLOSE_LIST},  {",", TOKEN_COMMA},
    {".", TOKEN_DOT},
};

/* Words of Python that are no names. */
static const char *const reserved[] = {
    "as",     "assert", "async",  "await",    "break",  "class",   "continue",
    "def",    "del",    "elif",   "else",     "except", "finally", "from",
    "global", "import", "lambda", "nonlocal", "pass",   "raise",   "return",
    "try",    "while",  "with",   "yield",
};

static const struct {
    const char *mark;
    const char *advice;
} foreign[] = {
    {"**", "there are no powers"},
    {"//", "use '/'"},
    {"<<", "there are no bit operators"},
    {">>", "there are no bit operators"},
    {"&&", "use 'and'"},
    {"||", "use 'or'"},
    {"&", "use 'and'"},
    {"|", "use 'or'"},
    {"=", "use '=='"},
    {"!", "use 'not'"},
    {"{", "lists stand in '[' and ']'"},
};

/* Letters outside ASCII are told from marks and from other forms of letters
 * (full-width, mathematical) by these blocks. */
static const struct {
    uint32_t first, last;
} no_letters[] = {
    {0x80, 0xBF},        {0xD7, 0xD7},       {0xF7, 0xF7},
    {0x2000, 0x2BFF},    {0x2E00, 0x2E7F},   {0x3000, 0x3004},
    {0x3008, 0x3030},    {0x3200, 0x33FF},   {0xE000, 0xFFFF},
    {0x1D000, 0x1DFFF},  {0x1F000, 0x1FAFF}, {0x2F800, 0x2FA1F},
    {0xE0000, 0x10FFFF},
};

struct fragment fragment_of(phx_text text)
{
    struct fragment out;
    const size_t most = sizeof out.text - sizeof "...";
    bool cut = text.size > most;
    size_t size = cut ? utf8_check(text.data, most) : text.size;

    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)text.data[i];
        out.text[i] = c < ' ' || c == 0x7F ? ' ' : text.data[i];
    }
    memcpy(out.text + size, cut ? "..." : "", cut ? sizeof "..." : 1);
    return out;
}

static bool is_letter(uint32_t code_point)
{
    if (code_point < 0x80)
        return (code_point | 0x20) - 'a' < 26 || code_point == '_';
    for (size_t i = 0; i < sizeof no_letters / sizeof *no_letters; i++) {
        if (code_point >= no_letters[i].first &&
            code_point <= no_letters[i].last)
            return false;
    }
    return true;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool stands(const struct lexer *lexer, const char *mark)
{
    return text_starts(
        text_span(lexer->text.data + lexer->at, lexer->end - lexer->at), mark);
}

/* The size of a line break at lexer->at, or 0. */
static size_t line_break(const struct lexer *lexer)
{
    return stands(lexer, "\r\n") ? 2
                                 : stands(lexer, "\n") || stands(lexer, "\r");
}

static void skip_comment(struct lexer *lexer)
{
    while (lexer->at < lexer->end && line_break(lexer) == 0)
        lexer->at++;
}

/* One blank, comment, break that a backslash hides, or break in brackets. */
static bool skip_one(struct lexer *lexer)
{
    size_t from = lexer->at;

    if (stands(lexer, " ") || stands(lexer, "\t") || stands(lexer, "\f"))
        lexer->at++;
    else if (stands(lexer, "#"))
        skip_comment(lexer);
    else if (lexer->brackets > 0)
        lexer->at += line_break(lexer);
    else if (stands(lexer, "\\\n") || stands(lexer, "\\\r"))
        lexer->at += stands(lexer, "\\\r\n") ? 3 : 2;
    return lexer->at > from;
}

void lexer_skip(struct lexer *lexer)
{
    while (skip_one(lexer)) {
    }
}

/* At both ends of the text line breaks are blanks, too. */
static void skip_lines(struct lexer *lexer)
{
    lexer->brackets++;
    lexer_skip(lexer);
    lexer->brackets--;
}

static phx_status refuse_mark(const struct lexer *lexer)
{
    const uint8_t *at = (const uint8_t *)lexer->text.data + lexer->at;
    const uint8_t *from = at;
    const uint8_t *end = (const uint8_t *)lexer->text.data + lexer->end;

    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++) {
        if (stands(lexer, foreign[i].mark))
            return fail(lexer->err, PHX_INVALID, (int64_t)lexer->at,
                        "'%s' is not supported; %s", foreign[i].mark,
                        foreign[i].advice);
    }
    utf8_next(&at, end);
    return fail(lexer->err, PHX_INVALID, (int64_t)lexer->at,
                "unexpected character '%s'",
                fragment_of(text_span(from, (size_t)(at - from))).text);
}

static phx_status lex_mark(struct lexer *lexer, struct token *out)
{
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++) {
        const char *mark = foreign[i].mark;
        if (mark[1] != '\0' && stands(lexer, mark))
            return refuse_mark(lexer);
    }
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        if (!stands(lexer, marks[i].text))
            continue;
        out->kind = marks[i].kind;
        lexer->at += strlen(marks[i].text);
        lexer->brackets +=
            out->kind == TOKEN_OPEN || out->kind == TOKEN_OPEN_LIST;
        lexer->brackets -=
            lexer->brackets > 0 &&
            (out->kind == TOKEN_CLOSE || out->kind == TOKEN_CLOSE_LIST);
        return PHX_OK;
    }
    return refuse_mark(lexer);
}

static phx_status lex_name(struct lexer *lexer, struct token *out)
{
    const uint8_t *start = (const uint8_t *)lexer->text.data + lexer->at;
    const uint8_t *end = (const uint8_t *)lexer->text.data + lexer->end;
    const uint8_t *at = start;

    for (const uint8_t *next = start; next < end; at = next) {
        bool digit = is_digit((char)*next);
        if (!is_letter(utf8_next(&next, end)) && !digit)
            break;
    }
    phx_text name = text_span(start, (size_t)(at - start));
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++) {
        if (text_is(name, reserved[i]))
            return fail(lexer->err, PHX_INVALID, out->offset,
                        "'%s' is a reserved word", reserved[i]);
    }
    out->kind = TOKEN_NAME;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (text_is(name, words[i].text))
            out->kind = words[i].kind;
    }
    lexer->at += name.size;
    return PHX_OK;
}

/* Up to what can be no part of a number: 1_0.5e-3, 0x3E8, and 1.x as well,
 * so that the whole of it is refused. */
static phx_status lex_number(struct lexer *lexer, struct token *out)
{
    const char *start = lexer->text.data + lexer->at;
    const char *end = lexer->text.data + lexer->end;
    const char *at = start;
    bool is_decimal = !(end - at > 1 && at[0] == '0' && (at[1] | 0x20) == 'x');

    for (; at < end; at++) {
        bool sign = is_decimal && at > start && (at[-1] | 0x20) == 'e' &&
                    (*at == '+' || *at == '-');
        bool letter = (unsigned char)*at < 0x80 && is_letter((uint32_t)*at);
        if (!is_digit(*at) && !letter && *at != '.' && !sign)
            break;
    }
    phx_text source = text_span(start, (size_t)(at - start));
    phx_status status = literal_number(lexer, source, &out->value);
    out->kind = TOKEN_NUMBER;
    lexer->at += source.size;
    return status;
}

static phx_status lex_one(struct lexer *lexer, struct token *out)
{
    const uint8_t *at = (const uint8_t *)lexer->text.data + lexer->at;
    const uint8_t *end = (const uint8_t *)lexer->text.data + lexer->end;
    bool found;
    phx_status status = literal_text(lexer, &found, &out->value);

    if (status < 0 || found) {
        out->kind = TOKEN_TEXT;
        return status;
    }
    char next = end - at > 1 ? (char)at[1] : '\0';
    if (is_digit((char)*at) || (*at == '.' && is_digit(next)))
        return lex_number(lexer, out);
    return is_letter(utf8_next(&at, end)) ? lex_name(lexer, out)
                                          : lex_mark(lexer, out);
}

phx_status lexer_next(struct lexer *lexer, struct token *out)
{
    phx_status status = PHX_OK;

    lexer_skip(lexer);
    size_t from = lexer->at;
    if (lexer->brackets == 0 && line_break(lexer) > 0) {
        skip_lines(lexer);
        if (lexer->at < lexer->end)
            return fail(lexer->err, PHX_INVALID, (int64_t)from,
                        "a line break stands inside brackets only");
    }
    from = lexer->at;
    *out = (struct token){.kind = TOKEN_END, .offset = (uint32_t)from};
    if (lexer->at < lexer->end)
        status = lex_one(lexer, out);
    out->source = text_span(lexer->text.data + from, lexer->at - from);
    return status;
}

/* Unicode blanks at both ends do not count. */
static void trim(struct lexer *lexer)
{
    const uint8_t *start = (const uint8_t *)lexer->text.data;
    const uint8_t *end = start + lexer->text.size;

    for (const uint8_t *at = start; at < end;) {
        size_t from = (size_t)(at - start);
        bool blank = utf8_is_space(utf8_next(&at, end));
        if (!blank)
            lexer->end = (size_t)(at - start);
        if (!blank && lexer->at == lexer->text.size)
            lexer->at = from;
    }
}

phx_status lexer_init(struct lexer *lexer, struct arena *arena, phx_text text,
                      phx_error *err)
{
    if (text.size == 0)
        text.data = "";
    *lexer = (struct lexer){
        .arena = arena, .err = err, .text = text, .at = text.size};
    if (text.size > QUERY_TEXT_SIZE)
        return fail(err, PHX_INVALID, QUERY_TEXT_SIZE,
                    "condition is %zu bytes, limit is %d", text.size,
                    QUERY_TEXT_SIZE);
    size_t valid = utf8_check(text.data, text.size);
    if (valid < text.size)
        return fail(err, PHX_INVALID, (int64_t)valid, "condition is not UTF-8");
    const char *zero = memchr(text.data, '\0', text.size);
    if (zero != NULL)
        return fail(err, PHX_INVALID, zero - text.data,
                    "condition contains a NUL");
    trim(lexer);
    if (lexer->end == 0)
        lexer->at = 0;
    skip_lines(lexer);
    return PHX_OK;
}

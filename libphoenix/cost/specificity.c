/*
 * specificity.c - how much a pattern asks of a name.
 *
 *     anchored at both ends    10000      \d \w \s            400
 *     anchored at one           5000      \D \W \S            250
 *     a character               1000      . ?           -200 -100
 *     an escaped one             950      + *                -150
 *     [class] [^class]      500  300      {n} {n,m}     -50  -100
 *     ( ) ^ $                      0      |                  -300
 *
 * and 2 for each character of its length. Read simply, not as the compiler
 * of patterns does: what opens with "(?" at the front is passed over up to its
 * ")", a class ends at its first "]", and "\$" at the end is an anchor.
 */
#include "base/base.h"
#include "cost/cost.h"

#include "cost/inside.h"

enum { ANCHOR = 5000, EACH_CHARACTER = 2 };

static int64_t score_escaped(char c)
{
    switch (c) {
    case 'd':
    case 'w':
    case 's':
        return 400;
    case 'D':
    case 'W':
    case 'S':
        return 250;
    default:
        return 950;
    }
}

static bool is_continuation(char c)
{
    return ((uint8_t)c & 0xC0) == 0x80;
}

static int64_t score_character(char c)
{
    switch (c) {
    case '(':
    case ')':
    case '^':
    case '$':
        return 0;
    case '.':
        return -200;
    case '?':
        return -100;
    case '+':
    case '*':
        return -150;
    case '|':
        return -300;
    default:
        return is_continuation(c) ? 0 : 1000;
    }
}

/* Bytes of the class at the front, brackets included; 0 if it has no end. */
static size_t class_size(phx_text text)
{
    size_t at = text.size > 1 && text.data[1] == '^' ? 2 : 1;

    for (; at < text.size; at++) {
        if (text.data[at] == ']')
            return at + 1;
        at += text.data[at] == '\\';
    }
    return 0;
}

static size_t count_digits(phx_text text, size_t at)
{
    size_t first = at;

    while (at < text.size && text.data[at] >= '0' && text.data[at] <= '9')
        at++;
    return at - first;
}

/* Bytes of the {n}, {n,} or {n,m} at the front; 0 if there is none. */
static size_t repeat_size(phx_text text, bool *is_range)
{
    size_t at = 1 + count_digits(text, 1);

    *is_range = at > 1 && at < text.size && text.data[at] == ',';
    if (*is_range)
        at += 1 + count_digits(text, at + 1);
    return at > 1 && at < text.size && text.data[at] == '}' ? at + 1 : 0;
}

/* The score of what is at the front, of *size bytes. */
static int64_t score_front(phx_text text, size_t *size)
{
    char c = text.data[0];
    bool is_range;

    *size = 2;
    if (c == '\\' && text.size > 1)
        return score_escaped(text.data[1]);
    if (c == '[' && (*size = class_size(text)) > 0)
        return text.data[1] == '^' ? 300 : 500;
    if (c == '{' && (*size = repeat_size(text, &is_range)) > 0)
        return is_range ? -100 : -50;
    *size = 1;
    return score_character(c);
}

static phx_text skip_flags(phx_text text)
{
    while (text_starts(text, "(?")) {
        const char *end = memchr(text.data, ')', text.size);
        if (end == NULL)
            break;
        size_t size = (size_t)(end + 1 - text.data);
        text = text_span(text.data + size, text.size - size);
    }
    return text;
}

int64_t price_specificity(phx_text pattern)
{
    phx_text rest = skip_flags(pattern);
    int64_t score = 0;
    size_t size;

    for (size_t i = 0; i < pattern.size; i++)
        score += is_continuation(pattern.data[i]) ? 0 : EACH_CHARACTER;
    if (text_starts(rest, "^"))
        score += ANCHOR;
    if (text_ends(rest, "$")) {
        score += ANCHOR;
        rest.size--;
    }
    for (; rest.size > 0; rest = text_span(rest.data + size, rest.size - size))
        score += score_front(rest, &size);
    return score > 1 ? score : 1;
}

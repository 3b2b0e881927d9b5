/*
 * words.c - the text of a search as the words that must occur:
 *
 *     refund "late delivery" order_id
 *
 * Blanks end a word. A quote where a word could begin begins a phrase, which
 * ends at the next quote, or with the text; in it \" is a quote.
 */
#include "base/base.h"
#include "block/block.h"
#include "query/inside.h"
#include "store/store.h"

_Static_assert((int)QUERY_WORDS <= (int)BLOCK_WORDS,
               "a block is asked for all words");

struct word_list {
    struct arena *arena;
    struct needle *words;
    size_t count;
    phx_error *err;
};

static phx_status add_word(struct word_list *list, phx_text word)
{
    if (word.size == 0)
        return PHX_OK;
    if (list->count == QUERY_WORDS)
        return fail(list->err, PHX_TOO_BIG, -1, "search has over %d words",
                    QUERY_WORDS);
    return needle_init(&list->words[list->count++], list->arena, word,
                       list->err);
}

/* Moves *at behind a phrase, whose first byte it is; the phrase is put at
 * out. */
static phx_text take_phrase(const char **at, const char *end, char *out)
{
    const char *begin = out;

    while (*at < end && **at != '"') {
        if (**at == '\\' && *at + 1 < end && (*at)[1] == '"')
            (*at)++;
        *out++ = *(*at)++;
    }
    *at += *at < end;
    return text_span(begin, (size_t)(out - begin));
}

/* Moves *at behind a word and the blank after it. */
static phx_text take_word(const char **at, const char *end)
{
    const uint8_t *next = (const uint8_t *)*at;
    const char *begin = *at;

    while (*at < end && !utf8_is_space(utf8_next(&next, (const uint8_t *)end)))
        *at = (const char *)next;
    phx_text word = text_span(begin, (size_t)(*at - begin));
    *at = (const char *)next;
    return word;
}

static phx_status check(phx_text text, phx_error *err)
{
    size_t valid;

    if (text.size > QUERY_SEARCH_SIZE)
        return fail(err, PHX_TOO_BIG, -1, "search is %zu bytes, limit is %d",
                    text.size, QUERY_SEARCH_SIZE);
    if ((valid = utf8_check(text.data, text.size)) < text.size)
        return fail(err, PHX_INVALID, (int64_t)valid, "search is not UTF-8");
    const char *nul = text.size ? memchr(text.data, '\0', text.size) : NULL;
    if (nul != NULL)
        return fail(err, PHX_INVALID, nul - text.data, "search contains a NUL");
    return PHX_OK;
}

phx_status query_words(struct arena *arena, phx_text text,
                       struct span_words *out, phx_error *err)
{
    struct word_list list = {.arena = arena, .err = err};
    const char *at = text.data, *end = at + text.size;
    phx_status status = check(text, err);

    if (status < 0)
        return status;
    size_t size = QUERY_WORDS * sizeof *list.words;
    char *phrases = arena_new(arena, text.size);
    list.words = arena_new(arena, size);
    if (list.words == NULL || phrases == NULL)
        return arena_status(arena, size, err);
    while (at < end && status >= 0) {
        if (*at == '"') {
            at++;
            status = add_word(&list, take_phrase(&at, end, phrases));
        } else {
            status = add_word(&list, take_word(&at, end));
        }
    }
    if (status < 0)
        return status;
    if (list.count == 0)
        return fail(err, PHX_INVALID, 0, "search has no word");
    *out = (struct span_words){list.words, list.count};
    return PHX_OK;
}

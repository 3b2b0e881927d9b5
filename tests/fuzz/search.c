/*
 * Searches, and texts that they are looked for in.
 *
 *     byte 0       the allocation that fails, 0 for none
 *     byte 1       bytes of the search
 *     the rest     the search, then a text
 *
 * A search that is refused is refused with a place in it; one that is not has
 * the words that blanks and quotes make of it. Where a word is in the text is
 * where it is found letter by letter. Bytes that are no UTF-8 are told of a
 * search, and do no harm in a text.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/base.h"
#include "query/query.h"
#include "store/store.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool condition, const char *fact)
{
    if (!condition) {
        fprintf(stderr, "does not hold: %s\n", fact);
        abort();
    }
}

/* Whether the text begins with the needle; the bytes that are it. */
static bool begins(const uint8_t *at, const uint8_t *end, phx_text needle,
                   size_t *size)
{
    const uint8_t *wanted = (const uint8_t *)needle.data;
    const uint8_t *last = wanted + needle.size, *begin = at;

    while (wanted < last) {
        if (at == end || utf8_lower(utf8_next(&at, end)) !=
                             utf8_lower(utf8_next(&wanted, last)))
            return false;
    }
    *size = (size_t)(at - begin);
    return true;
}

static phx_text find_simply(phx_text text, phx_text needle)
{
    const uint8_t *at = (const uint8_t *)text.data, *end = at + text.size;
    size_t size;

    while (at < end && !begins(at, end, needle, &size))
        utf8_next(&at, end);
    return at < end ? text_span(at, size) : (phx_text){NULL, 0};
}

static void look(const struct needle *needle, phx_text text, bool valid)
{
    phx_text found = {NULL, 0};
    bool here = needle_find(needle, text, &found);

    if (valid) {
        phx_text expected =
            find_simply(text, text_span(needle->bytes, needle->size));
        check(here == (expected.data != NULL) && found.data == expected.data &&
                  found.size == expected.size,
              "a word is where it is found letter by letter");
    } else if (here) {
        check(found.data >= text.data &&
                  found.data + found.size <= text.data + text.size,
              "what is found lies in the text");
    }
}

/* The words in one, each with a NUL behind it, as blanks and quotes part
 * them. */
static size_t split(phx_text search, char *out)
{
    const uint8_t *at = (const uint8_t *)search.data, *end = at + search.size;
    bool quoted = false, begun = false;
    size_t size = 0;

    while (at < end) {
        const uint8_t *letter = at;
        uint32_t code = utf8_next(&at, end);
        bool escaped =
            quoted && code == '\\' && at < end && *at == '"' && (at++, true);
        bool ends = quoted ? code == '"' && !escaped : utf8_is_space(code);
        if (!quoted && !begun && code == '"') {
            quoted = true;
        } else if (ends) {
            if (begun)
                out[size++] = '\0';
            begun = quoted = false;
        } else {
            begun = true;
            const uint8_t *from = escaped ? letter + 1 : letter;
            memcpy(out + size, from, (size_t)(at - from));
            size += (size_t)(at - from);
        }
    }
    if (begun)
        out[size++] = '\0';
    return size;
}

static void check_words(const struct span_words *words, phx_text search)
{
    static char parts[512];
    size_t size = split(search, parts), at = 0;

    for (size_t i = 0; i < words->count; i++) {
        phx_text word = text_of(parts + at);
        check(at < size, "no word is made up");
        size_t lower = 0;
        check(begins((const uint8_t *)word.data,
                     (const uint8_t *)word.data + word.size,
                     text_span(words->items[i].bytes, words->items[i].size),
                     &lower) &&
                  lower == word.size,
              "words are what stands between blanks and quotes");
        at += word.size + 1;
    }
    check(at == size, "no word is lost");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span_words words;
    struct arena arena;
    phx_error err = {0};

    if (size < 2 || data[1] > size - 2)
        return 0;
    int64_t before = memory_faults.balance;
    phx_text search = text_span(data + 2, data[1]);
    phx_text text = text_span(data + 2 + data[1], size - 2 - data[1]);
    bool valid = utf8_check(text.data, text.size) == text.size;
    arena_init(&arena, SIZE_MAX);
    memory_faults.seen = 0;
    memory_faults.fail_at = data[0];
    phx_status status = query_words(&arena, search, &words, &err);
    bool met = data[0] > 0 && memory_faults.seen >= data[0];
    memory_faults.fail_at = 0;
    check(met == (status == PHX_NO_MEMORY), "a failed allocation is told");
    if (status == PHX_OK) {
        check_words(&words, search);
        for (size_t i = 0; i < words.count; i++)
            look(&words.items[i], text, valid);
    } else if (status != PHX_NO_MEMORY) {
        check(status == PHX_INVALID || status == PHX_TOO_BIG,
              "what is refused is the search");
        check(err.offset >= -1 && err.offset <= (int64_t)search.size,
              "the offset lies in it");
    }
    arena_clear(&arena);
    check(memory_faults.balance == before, "all memory is given back");
    return 0;
}

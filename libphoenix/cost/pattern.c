/*
 * pattern.c - regular expressions of model names, by PCRE2.
 *
 * Patterns come from users and names from senders, so both are bounded: the
 * length and nesting of a pattern, the length of a name, and the steps and
 * the memory of a match from each of its places. Texts are UTF-8, classes
 * Unicode's, as in Python.
 */
#include "base/base.h"
#include "cost/cost.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "cost/inside.h"

enum {
    PATTERN_SIZE = 1024,
    NESTING = 50,     /* parentheses */
    STEPS = 2000,     /* from one place of a name; a sane pattern needs 100 */
    MEMORY_KIB = 1024 /* of one match */
};

struct pattern_rules {
    pcre2_general_context *memory;
    pcre2_compile_context *compiling;
    pcre2_match_context *matching;
};

static void *give(PCRE2_SIZE size, void *ctx)
{
    return memory_new_for(ctx, size);
}

static void take_back(void *memory, void *ctx)
{
    memory_free_for(ctx, memory);
}

struct pattern_rules *pattern_rules_new(void)
{
    struct pattern_rules *rules = memory_new(sizeof *rules);

    if (rules == NULL)
        return NULL;
    *rules = (struct pattern_rules){NULL, NULL, NULL};
    rules->memory = pcre2_general_context_create(give, take_back, NULL);
    if (rules->memory != NULL) {
        rules->compiling = pcre2_compile_context_create(rules->memory);
        rules->matching = pcre2_match_context_create(rules->memory);
    }
    if (rules->compiling == NULL || rules->matching == NULL) {
        pattern_rules_free(rules);
        return NULL;
    }
    pcre2_set_parens_nest_limit(rules->compiling, NESTING);
    pcre2_set_match_limit(rules->matching, STEPS);
    pcre2_set_heap_limit(rules->matching, MEMORY_KIB);
    return rules;
}

void pattern_rules_free(struct pattern_rules *rules)
{
    if (rules == NULL)
        return;
    pcre2_match_context_free(rules->matching);
    pcre2_compile_context_free(rules->compiling);
    pcre2_general_context_free(rules->memory);
    memory_free(rules);
}

phx_status pattern_new(const struct pattern_rules *rules, phx_text text,
                       struct pattern **out, phx_error *err)
{
    const uint32_t options = PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C;
    PCRE2_UCHAR reason[128];
    PCRE2_SIZE at;
    int code;

    if (text.size > PATTERN_SIZE)
        return fail(err, PHX_INVALID, -1, "pattern is %zu bytes, limit is %d",
                    text.size, PATTERN_SIZE);
    pcre2_code *compiled =
        pcre2_compile((PCRE2_SPTR)(text.size > 0 ? text.data : ""), text.size,
                      options, &code, &at, rules->compiling);
    if (compiled != NULL) {
        *out = (struct pattern *)compiled;
        return PHX_OK;
    }
    if (code == PCRE2_ERROR_HEAP_FAILED || code == PCRE2_ERROR_NOMEMORY)
        return fail(err, PHX_NO_MEMORY, -1, "no memory for a pattern");
    pcre2_get_error_message(code, reason, sizeof reason);
    return fail(err, PHX_INVALID, -1, "pattern is wrong at byte %zu: %s", at,
                (const char *)reason);
}

void pattern_free(struct pattern *pattern)
{
    pcre2_code_free((pcre2_code *)pattern);
}

struct pattern_room *pattern_room_new(const struct pattern_rules *rules)
{
    return (struct pattern_room *)pcre2_match_data_create(1, rules->memory);
}

void pattern_room_free(struct pattern_room *room)
{
    pcre2_match_data_free((pcre2_match_data *)room);
}

phx_status pattern_search(const struct pattern_rules *rules,
                          const struct pattern *pattern,
                          struct pattern_room *room, phx_text subject,
                          bool *found, phx_error *err)
{
    const char *text = subject.size > 0 ? subject.data : "";
    int count =
        pcre2_match((const pcre2_code *)pattern, (PCRE2_SPTR)text, subject.size,
                    0, 0, (pcre2_match_data *)room, rules->matching);

    if (count == PCRE2_ERROR_NOMEMORY)
        return fail(err, PHX_NO_MEMORY, -1, "no memory for a match");
    *found = count >= 0;
    return PHX_OK;
}

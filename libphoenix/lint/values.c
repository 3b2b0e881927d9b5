/*
 * values.c - rules of a span's attributes: lists, tokens, JSON in texts, sizes.
 */
#include "base/base.h"
#include "lint/lint.h"

#include <stdio.h>

#include "lint/inside.h"

enum { INDEX_MOST = 1 << 30 };

/* --- lists ---------------------------------------------------------------------- */

/* The number behind a prefix and before a dot; false if there is none. */
static bool index_of(phx_text key, phx_text prefix, size_t *out)
{
    size_t at = prefix.size;

    *out = 0;
    if (key.size <= at || memcmp(key.data, prefix.data, at) != 0)
        return false;
    for (; at < key.size && key.data[at] >= '0' && key.data[at] <= '9'; at++)
        *out =
            *out > INDEX_MOST ? *out : *out * 10 + (size_t)(key.data[at] - '0');
    return at > prefix.size && at < key.size && key.data[at] == '.';
}

static void check_list(struct lint *lint, const char *path)
{
    const struct attributes *flat = &lint->span->attributes;
    size_t index, end = 0, first = 0;
    char prefix[64];
    bool *seen = arena_new(lint->arena, flat->count);

    if (seen == NULL) {
        lint->failed = true;
        return;
    }
    memset(seen, 0, flat->count);
    snprintf(prefix, sizeof prefix, "%s.", path);
    for (uint32_t i = 0; i < flat->count; i++) {
        if (!index_of(flat->members[i].key, text_of(prefix), &index))
            continue;
        end = index >= end ? index + 1 : end;
        if (index < flat->count)
            seen[index] = true;
    }
    while (first < flat->count && seen[first])
        first++;
    if (first < end)
        lint_add(lint, path, "there is no %s.%zu, but one behind it", path,
                 first);
}

/* Spans that were stored are numbered without gaps. */
void check_gaps(struct lint *lint)
{
    static const char *const lists[] = {
        "llm.input_messages", "llm.output_messages", "llm.tools",
        "retrieval.documents", "embedding.embeddings"};

    if (lint->span->attributes.members == NULL)
        return;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        check_list(lint, lists[i]);
}

void check_roles(struct lint *lint)
{
    static const char *const lists[] = {"llm.input_messages",
                                        "llm.output_messages"};
    char path[64];

    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        const struct value *list = lint_at(lint, lists[i]);
        uint32_t count =
            list != NULL && list->kind == JSON_ARRAY ? list->count : 0;
        for (uint32_t j = 0; j < count; j++) {
            if (value_at(&list->items[j], "message.role") != NULL)
                continue;
            snprintf(path, sizeof path, "%s[%u].message.role", lists[i], j);
            lint_add(lint, path, "the message has no role");
        }
    }
}

/* --- tokens ---------------------------------------------------------------------- */

static bool tokens_of(const struct lint *lint, const char *path, int64_t *out)
{
    const struct value *value = lint_at(lint, path);

    if (value == NULL || value->kind != JSON_INT)
        return false;
    *out = value->integer;
    return true;
}

void check_token_number(struct lint *lint)
{
    static const char *const paths[] = {"llm.token_count.prompt",
                                        "llm.token_count.completion",
                                        "llm.token_count.total"};
    int64_t tokens;

    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        if (lint_at(lint, paths[i]) != NULL &&
            (!tokens_of(lint, paths[i], &tokens) || tokens < 0))
            lint_add(lint, paths[i], "the count is no whole number");
    }
}

void check_token_sum(struct lint *lint)
{
    int64_t prompt, completion, total, sum;

    if (tokens_of(lint, "llm.token_count.prompt", &prompt) &&
        tokens_of(lint, "llm.token_count.completion", &completion) &&
        tokens_of(lint, "llm.token_count.total", &total) &&
        (__builtin_add_overflow(prompt, completion, &sum) || sum != total))
        lint_add(lint, "llm.token_count.total", "%lld and %lld are not %lld",
                 (long long)prompt, (long long)completion, (long long)total);
}

/* --- JSON in texts --------------------------------------------------------------- */

/* Without memory it is JSON, and the want is remembered. */
static bool is_json(struct lint *lint, phx_text text)
{
    struct arena scratch;
    struct value value;

    arena_init(&scratch, SIZE_MAX);
    phx_status status = json_read(&scratch, text, JSON_LENIENT, &value, NULL);
    arena_clear(&scratch);
    lint->failed |= status == PHX_NO_MEMORY;
    return status != PHX_INVALID;
}

void check_mime(struct lint *lint)
{
    static const char *const types[] = {"input.mime_type", "output.mime_type"};
    static const char *const values[] = {"input.value", "output.value"};

    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        const struct value *type = lint_at(lint, types[i]);
        const struct value *value = lint_at(lint, values[i]);
        if (type != NULL && value_is_text(type, "application/json") &&
            value != NULL && value->kind == JSON_TEXT &&
            !is_json(lint, value->text))
            lint_add(lint, values[i], "the value is no JSON");
    }
}

static void check_text(struct lint *lint, const char *path,
                       const struct value *value)
{
    if (value != NULL && value->kind == JSON_TEXT &&
        !is_json(lint, value->text))
        lint_add(lint, path, "the text is no JSON");
}

static void check_arguments(struct lint *lint, uint32_t number,
                            const struct value *message)
{
    static const char arguments[] = "tool_call.function.arguments";
    const struct value *calls = value_at(message, "message.tool_calls");
    char path[128];

    for (uint32_t i = 0;
         calls != NULL && calls->kind == JSON_ARRAY && i < calls->count; i++) {
        snprintf(path, sizeof path,
                 "llm.output_messages[%u].message.tool_calls[%u].%s", number, i,
                 arguments);
        check_text(lint, path, value_at(&calls->items[i], arguments));
    }
}

void check_json(struct lint *lint)
{
    static const char *const paths[] = {"metadata", "tool.parameters",
                                        "llm.invocation_parameters",
                                        "llm.prompt_template.variables"};
    const struct value *list = lint_at(lint, "llm.output_messages");

    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        check_text(lint, paths[i], lint_at(lint, paths[i]));
    for (uint32_t i = 0;
         list != NULL && list->kind == JSON_ARRAY && i < list->count; i++)
        check_arguments(lint, i, &list->items[i]);
}

/* --- sizes ------------------------------------------------------------------------ */

/* The largest text below a value, which is nested JSON_DEPTH deep at most. */
static size_t largest_text(const struct value *value, int depth)
{
    size_t largest = 0;

    if (value->kind == JSON_TEXT || value->kind == JSON_BYTES)
        return value->text.size;
    if (depth > JSON_DEPTH ||
        (value->kind != JSON_ARRAY && value->kind != JSON_OBJECT))
        return 0;
    for (uint32_t i = 0; i < value->count; i++) {
        size_t size =
            largest_text(value->kind == JSON_ARRAY ? &value->items[i]
                                                   : &value->members[i].value,
                         depth + 1);
        largest = size > largest ? size : largest;
    }
    return largest;
}

void check_size(struct lint *lint)
{
    const struct value *tree = &lint->span->tree;
    char path[64];

    for (uint32_t i = 0; tree->kind == JSON_OBJECT && i < tree->count; i++) {
        size_t size = largest_text(&tree->members[i].value, 1);
        if (size <= LINT_TEXT)
            continue;
        snprintf(path, sizeof path, "%.*s",
                 tree->members[i].key.size < 63 ? (int)tree->members[i].key.size
                                                : 63,
                 tree->members[i].key.data);
        lint_add(lint, path, "a text below has %zu bytes", size);
    }
}

/*
 * rules.c - the rules by which spans are looked at, a row each, and the walk
 * over them.
 */
#include "base/base.h"
#include "lint/lint.h"

#include <stdio.h>

#include "lint/inside.h"

static const struct {
    phx_lint_rule shown;
    void (*check)(struct lint *lint);
} rules[] = {
    {{"kind-missing", PHX_LINT_WARNING,
      "a span without openinference.span.kind is shown as UNKNOWN"},
     check_kind_missing},
    {{"kind-unknown", PHX_LINT_ERROR,
      "a kind that OpenInference does not name is read as UNKNOWN"},
     check_kind_unknown},
    {{"attribute-required", PHX_LINT_WARNING,
      "what a span of its kind is looked up by is missing"},
     check_required},
    {{"attribute-misplaced", PHX_LINT_WARNING,
      "tokens, vectors and documents are of spans of their kind alone"},
     check_forbidden},
    {{"gen-ai-required", PHX_LINT_WARNING,
      "gen_ai attributes are read by their operation and provider"},
     check_genai},
    {{"time-missing", PHX_LINT_ERROR,
      "a span without a start or an end is of 1970"},
     check_time_missing},
    {{"time-order", PHX_LINT_ERROR, "a span does not end before it starts"},
     check_time_order},
    {{"parent-missing", PHX_LINT_WARNING,
      "a span whose parent is not there is shown as a root"},
     check_orphan},
    {{"exception-status", PHX_LINT_WARNING,
      "a span with an exception is counted as failed by its status alone"},
     check_exception},
    {{"error-untold", PHX_LINT_INFO,
      "a failed span says why, by a message or an exception"},
     check_error_untold},
    {{"index-gap", PHX_LINT_ERROR,
      "lists are numbered from 0 without gaps: those behind a gap move up"},
     check_gaps},
    {{"message-role", PHX_LINT_WARNING, "a message is of somebody"},
     check_roles},
    {{"token-number", PHX_LINT_ERROR,
      "token counts are whole numbers, 0 or more"},
     check_token_number},
    {{"token-sum", PHX_LINT_WARNING,
      "tokens in total are those of the prompt and the completion"},
     check_token_sum},
    {{"mime-json", PHX_LINT_ERROR,
      "a value that is called application/json is JSON"},
     check_mime},
    {{"json-text", PHX_LINT_ERROR,
      "metadata, parameters and arguments are JSON as text"},
     check_json},
    {{"text-large", PHX_LINT_WARNING,
      "texts over 1 MiB make every list that shows them slow"},
     check_size},
};
enum { RULES = sizeof rules / sizeof *rules };

const phx_lint_rule *lint_rule_at(size_t index)
{
    return index < RULES ? &rules[index].shown : NULL;
}

const struct value *lint_at(const struct lint *lint, const char *path)
{
    return value_at(&lint->span->tree, path);
}

/* A copy, or the absent text of NULL. */
static phx_text keep(struct lint *lint, const char *string)
{
    phx_text text = text_of(string);

    lint->failed |= arena_keep(lint->arena, &text, NULL) < 0;
    return text;
}

void lint_add(struct lint *lint, const char *path, const char *format, ...)
{
    struct lint_findings *found = lint->found;
    char message[256];
    va_list values;

    if (lint->failed || found->count >= lint->most)
        return;
    struct lint_finding *items =
        arena_grow(lint->arena, found->items, &found->capacity, found->count,
                   sizeof *items);
    if (items == NULL) {
        lint->failed = true;
        return;
    }
    found->items = items;
    va_start(values, format);
    vsnprintf(message, sizeof message, format, values);
    va_end(values);
    items[found->count++] = (struct lint_finding){
        lint->rule, lint->span, keep(lint, path), keep(lint, message)};
}

phx_status lint_span(struct arena *arena, const struct span *span,
                     bool is_orphan, struct lint_findings *out, phx_error *err)
{
    struct lint lint = {.arena = arena,
                        .span = span,
                        .is_orphan = is_orphan,
                        .found = out,
                        .most = out->count + LINT_FINDINGS};

    for (int i = 0; i < RULES; i++) {
        lint.rule = &rules[i].shown;
        rules[i].check(&lint);
    }
    return lint.failed ? arena_status(arena, sizeof(struct lint_finding), err)
                       : PHX_OK;
}

/*
 * checks.c - rules of a span as a whole: its kind, what it must have, its
 * times, its place in the trace, how it ended.
 */
#include "base/base.h"
#include "lint/lint.h"

#include "lint/inside.h"

static const char kind_key[] = "openinference.span.kind";

void check_kind_missing(struct lint *lint)
{
    if (lint_at(lint, kind_key) == NULL && lint_at(lint, "gen_ai") == NULL)
        lint_add(lint, kind_key, "the span has no kind");
}

void check_kind_unknown(struct lint *lint)
{
    const struct value *kind = lint_at(lint, kind_key);

    if (kind == NULL)
        return;
    if (kind->kind != JSON_TEXT)
        lint_add(lint, kind_key, "the kind is no text");
    else if (span_kind_read(kind->text, true) < 0)
        lint_add(lint, kind_key, "'%.*s' is no kind of span",
                 kind->text.size < 64 ? (int)kind->text.size : 64,
                 kind->text.data);
}

void check_required(struct lint *lint)
{
    static const struct {
        enum span_kind kind;
        const char *path;
    } required[] = {
        {KIND_LLM, "llm.model_name"},
        {KIND_EMBEDDING, "embedding.model_name"},
        {KIND_RETRIEVER, "retrieval.documents"},
        {KIND_RERANKER, "reranker.output_documents"},
        {KIND_TOOL, "tool.name"},
    };

    for (size_t i = 0; i < sizeof required / sizeof *required; i++) {
        if (required[i].kind == lint->span->kind &&
            lint_at(lint, required[i].path) == NULL)
            lint_add(lint, required[i].path, "the %s span has no %s",
                     span_kind_name(lint->span->kind), required[i].path);
    }
}

void check_forbidden(struct lint *lint)
{
    static const struct {
        const char *path;
        enum span_kind kind;
    } forbidden[] = {
        {"llm.token_count", KIND_LLM},
        {"embedding.embeddings", KIND_EMBEDDING},
        {"retrieval.documents", KIND_RETRIEVER},
        {"reranker.output_documents", KIND_RERANKER},
    };

    for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++) {
        if (forbidden[i].kind != lint->span->kind &&
            lint_at(lint, forbidden[i].path) != NULL)
            lint_add(lint, forbidden[i].path, "%s in a span of kind %s",
                     forbidden[i].path, span_kind_name(lint->span->kind));
    }
}

/* Older instrumentations call the provider a system. */
void check_genai(struct lint *lint)
{
    if (lint_at(lint, "gen_ai") == NULL)
        return;
    if (lint_at(lint, "gen_ai.operation.name") == NULL)
        lint_add(lint, "gen_ai.operation.name",
                 "gen_ai attributes without their operation");
    if (lint_at(lint, "gen_ai.provider.name") == NULL &&
        lint_at(lint, "gen_ai.system") == NULL)
        lint_add(lint, "gen_ai.provider.name",
                 "gen_ai attributes without their provider");
}

void check_time_missing(struct lint *lint)
{
    if (lint->span->start_time == 0)
        lint_add(lint, NULL, "the span has no start");
    if (lint->span->end_time == 0)
        lint_add(lint, NULL, "the span has no end");
}

void check_time_order(struct lint *lint)
{
    uint64_t start = lint->span->start_time, end = lint->span->end_time;

    if (end != 0 && end < start)
        lint_add(lint, NULL, "the span ends %llu ns before it starts",
                 (unsigned long long)(start - end));
}

void check_orphan(struct lint *lint)
{
    if (lint->is_orphan)
        lint_add(lint, NULL, "the span's parent is not there");
}

static bool has_exception(const struct span *span)
{
    for (uint32_t i = 0; i < span->event_count; i++) {
        if (text_is(span->events[i].name, "exception"))
            return true;
    }
    return false;
}

void check_exception(struct lint *lint)
{
    if (has_exception(lint->span) && lint->span->status != STATUS_ERROR)
        lint_add(lint, NULL, "the span has an exception, and the status %s",
                 span_status_name(lint->span->status));
}

void check_error_untold(struct lint *lint)
{
    if (lint->span->status == STATUS_ERROR &&
        lint->span->status_message.size == 0 && !has_exception(lint->span))
        lint_add(lint, NULL, "the span failed, and nothing says why");
}

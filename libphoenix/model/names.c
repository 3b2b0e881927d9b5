/*
 * names.c - the names of span kinds and statuses.
 */
#include "base/base.h"
#include "model/model.h"

static const char *const kinds[KIND_COUNT] = {
    [KIND_UNKNOWN] = "UNKNOWN",     [KIND_TOOL] = "TOOL",
    [KIND_CHAIN] = "CHAIN",         [KIND_LLM] = "LLM",
    [KIND_PROMPT] = "PROMPT",       [KIND_RETRIEVER] = "RETRIEVER",
    [KIND_EMBEDDING] = "EMBEDDING", [KIND_AGENT] = "AGENT",
    [KIND_RERANKER] = "RERANKER",   [KIND_EVALUATOR] = "EVALUATOR",
    [KIND_GUARDRAIL] = "GUARDRAIL"};

static const char *const statuses[STATUS_COUNT] = {
    [STATUS_UNSET] = "UNSET", [STATUS_OK] = "OK", [STATUS_ERROR] = "ERROR"};

/* Whether a text is an upper-case name, but for its case. */
static bool is_name(phx_text text, const char *name)
{
    if (text.size != strlen(name))
        return false;
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        if (c >= 'a' && c <= 'z')
            c = (char)(c - 'a' + 'A');
        if (c != name[i])
            return false;
    }
    return true;
}

static int find_name(const char *const *names, int count, phx_text name)
{
    for (int i = 0; i < count; i++) {
        if (is_name(name, names[i]))
            return i;
    }
    return -1;
}

const char *span_kind_name(int kind)
{
    return kinds[kind > 0 && kind < KIND_COUNT ? kind : KIND_UNKNOWN];
}

const char *span_status_name(int status)
{
    return statuses[status > 0 && status < STATUS_COUNT ? status
                                                        : STATUS_UNSET];
}

int span_kind_read(phx_text name, bool strict)
{
    int kind = find_name(kinds, KIND_COUNT, name);

    return kind < 0 && !strict ? KIND_UNKNOWN : kind;
}

int span_status_read(phx_text name, bool strict)
{
    int status = find_name(statuses, STATUS_COUNT, name);

    return status < 0 && !strict ? STATUS_UNSET : status;
}

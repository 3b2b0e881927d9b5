/*
 * lint: is a span as OpenInference and the conventions of gen_ai say?
 *
 * Pure: whether a span's parent is there is told by the caller. What shows on
 * the wire alone, gaps in the numbers of messages, is seen of spans that have
 * their flat attributes.
 */
#ifndef LINT_LINT_H
#define LINT_LINT_H

#include "base/base.h"
#include "model/model.h"

enum { LINT_TEXT = 1 << 20, LINT_FINDINGS = 100 /* of a span */ };

struct lint_finding {
    const struct phx_lint_rule *rule;
    const struct span *span;
    phx_text path; /* of the attribute; absent if it is of the span */
    phx_text message;
};

struct lint_findings {
    struct lint_finding *items;
    size_t count, capacity;
};

/* NULL past the last. */
const struct phx_lint_rule *lint_rule_at(size_t index);

/* Adds what is to be said of a span, in order of the rules; texts are in the
 * arena. */
phx_status lint_span(struct arena *arena, const struct span *span,
                     bool is_orphan, struct lint_findings *out, phx_error *err);

#endif

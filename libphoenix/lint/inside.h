/*
 * inside.h - what the files of the lint room share.
 */
#ifndef LINT_INSIDE_H
#define LINT_INSIDE_H

#include "lint/lint.h"

/* A span that is looked at. Findings are added; a failure is remembered. */
struct lint {
    struct arena *arena;
    const struct span *span;
    bool is_orphan;
    const struct phx_lint_rule *rule; /* the one that is checked */
    struct lint_findings *found;
    size_t most; /* of found->count */
    bool failed; /* there was no memory */
};

void lint_add(struct lint *lint, const char *path, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The value at a path of the span's tree, or NULL. */
const struct value *lint_at(const struct lint *lint, const char *path);

/* --- checks.c, values.c: the functions of the rules, in their order ------------ */

void check_kind_missing(struct lint *lint);
void check_kind_unknown(struct lint *lint);
void check_required(struct lint *lint);
void check_forbidden(struct lint *lint);
void check_genai(struct lint *lint);
void check_time_missing(struct lint *lint);
void check_time_order(struct lint *lint);
void check_orphan(struct lint *lint);
void check_exception(struct lint *lint);
void check_error_untold(struct lint *lint);
void check_gaps(struct lint *lint);
void check_roles(struct lint *lint);
void check_token_number(struct lint *lint);
void check_token_sum(struct lint *lint);
void check_mime(struct lint *lint);
void check_json(struct lint *lint);
void check_size(struct lint *lint);

#endif

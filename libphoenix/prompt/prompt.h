/*
 * prompt: templates filled with variables, the form of a prompt's version, and
 * how two versions differ.
 *
 * Pure: texts in, texts out. What is wrong with a version is told in the words
 * of Phoenix, whose clients show them.
 */
#ifndef PROMPT_PROMPT_H
#define PROMPT_PROMPT_H

#include "base/base.h"
#include "json/json.h"

enum {
    PROMPT_TEXT = 16 << 20,     /* bytes of a version, or of a template */
    PROMPT_RENDERED = 64 << 20, /* bytes that a template may become */
    PROMPT_PROBLEMS = 100,      /* that are told of a version */
    PROMPT_PLACE = 24           /* levels of one, at most */
};

/* --- render.c -------------------------------------------------------------- */

/* Adds the template, filled; format is PHX_MUSTACHE ..., variables an object.
 * What is made on the way is in the arena.
 * Errors: INVALID (the template, or what it asks of the variables; offset is
 * its byte, where one is at fault), TOO_BIG. */
phx_status prompt_render(struct arena *arena, int32_t format, phx_text template,
                         const struct value *variables, struct buf *out,
                         phx_error *err);

/* The names that a template asks for, each once, in order. */
struct prompt_names {
    phx_text *items; /* in the arena, or of the template */
    size_t count, capacity;
};
phx_status prompt_variables(struct arena *arena, int32_t format,
                            phx_text template, struct prompt_names *out,
                            phx_error *err);

/* The messages of a version, filled, as a JSON array. */
phx_status prompt_fill(struct arena *arena, const struct value *version,
                       const struct value *variables, struct buf *out,
                       phx_error *err);

/* --- version.c ------------------------------------------------------------- */

/* Checks a version and adds it in one form: members in order, numbers given as
 * texts as numbers, parameters of what speaks OpenAI's language as OpenAI's.
 * What is wrong goes to `problems`, each {"type", "loc", "msg", "input",
 * "ctx"?} behind a comma but the first.
 * Errors: INVALID (the first problem), NO_MEMORY, TOO_BIG. */
phx_status prompt_check(const struct value *version, struct buf *out,
                        struct buf *problems, phx_error *err);

/* Lower-case letters and digits, `-` and `_` within. */
bool prompt_is_name(phx_text name);

/* --- diff.c ---------------------------------------------------------------- */

/* Adds {"fields": [...], "messages": [...]}; docs/prompts.md says of what. */
phx_status prompt_diff(struct arena *arena, const struct value *before,
                       const struct value *after, struct buf *out,
                       phx_error *err);

#endif

/*
 * inside.h - what the files of the expect room share.
 */
#ifndef EXPECT_INSIDE_H
#define EXPECT_INSIDE_H

#include "expect/expect.h"

/* --- align.c: the children of a span against the lines below a line ---------- */

struct matcher {
    const struct forest *forest;
    const struct pattern *pattern;
    bool any_order;
    uint8_t **fits; /* [spans] by place of the lines of the span's depth: the
                       span and all below it are as the line says */
    uint64_t steps;
    struct arena *arena;  /* of fits */
    struct arena scratch; /* of one alignment */
};

/* What each child is taken for, and what is missing. */
struct alignment {
    uint32_t *atom_of; /* [children] index of the line's atoms; EXPECT_NONE: the
                          child is not expected */
    uint8_t *missing;  /* [atoms] */
    uint32_t cost;     /* 0 if all is as it should be */
};

/* Whether the span is called what the line says. */
bool match_word(const struct matcher *matcher, const struct pattern_line *line,
                uint32_t span);
bool match_condition(const struct matcher *matcher,
                     const struct pattern_line *line, uint32_t span);

/* Errors: TOO_BIG past MATCH_STEPS in all. */
enum { MATCH_STEPS = 1 << 26 };
phx_status match_spend(struct matcher *matcher, uint64_t steps, phx_error *err);
/* The cheapest alignment, good until the next one. Errors: TOO_BIG. */
phx_status align(struct matcher *matcher, const struct pattern_line *line,
                 uint32_t span, struct alignment *out, phx_error *err);

/* --- report.c ---------------------------------------------------------------- */

/* Differences, each where it is. Signs: "+" is not expected, "-" is missing,
 * "!" does not meet its condition. */
phx_status report_tree(struct matcher *matcher, struct buf *out,
                       phx_error *err);

#endif

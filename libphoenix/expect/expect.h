/*
 * expect: what the spans of a program should be like, and how they differ.
 *
 *     spans -> forest      pattern text -> pattern      both -> report
 *
 * Pure: which spans a condition chooses is told by the caller. Nothing here
 * recurses, and every match ends after a bounded number of steps.
 */
#ifndef EXPECT_EXPECT_H
#define EXPECT_EXPECT_H

#include "base/base.h"
#include "model/model.h"

#define EXPECT_NONE UINT32_MAX /* no such index */

/* --- forest.c ---------------------------------------------------------------- */

enum { FOREST_SPANS = 100000 };

struct forest_span {
    int64_t number, trace;
    uint64_t start, end; /* ns */
    phx_text span_id, parent_id, name;
    uint8_t kind, status;
    uint32_t parent; /* index; EXPECT_NONE for a root */
    uint32_t depth;  /* of a root 1 */
    uint32_t first;  /* its children are forest.children[first ..] */
    uint32_t child_count;
};

/* Spans by number, and below each its children in order of start. A span whose
 * parent is not there, or is below it, is a root. */
struct forest {
    struct arena *arena;
    struct forest_span *spans; /* and behind the last one, above all roots */
    size_t count, capacity;
    uint32_t *children; /* [count] */
    uint32_t *order;    /* [count] parents before children */
    uint32_t *sequence; /* [count] by start, then number */
};
void forest_init(struct forest *forest, struct arena *arena);

/* Copies what is needed of a span, whose number is larger than that of the last
 * one. Errors: TOO_BIG (FOREST_SPANS). */
phx_status forest_add(struct forest *forest, const struct span *span,
                      phx_error *err);

/* Once, after the last span. */
phx_status forest_link(struct forest *forest, phx_error *err);

/* The span of a number, or EXPECT_NONE. */
uint32_t forest_find(const struct forest *forest, int64_t number);

/* --- pattern.c --------------------------------------------------------------- */

enum {
    PATTERN_SIZE = 64 << 10,
    PATTERN_LINES = 1000,
    PATTERN_TIMES = 1000, /* of x*N */
    PATTERN_ATOMS = 10000
};

/* A line of a pattern; the first is above all lines. */
struct pattern_line {
    phx_text text;      /* as it stands, without blanks around it */
    phx_text word;      /* absent for "..." */
    int kind;           /* enum span_kind that the word is, too; -1 for none */
    uint32_t condition; /* or EXPECT_NONE */
    uint32_t least, most; /* how many in a row; EXPECT_NONE for any number */
    uint32_t parent, depth;
    uint32_t place;                   /* among the lines of its depth */
    const struct pattern_atom *atoms; /* what is below it, in order */
    uint32_t atom_count;
};

/* A line once more for each span that it takes. */
struct pattern_atom {
    uint32_t line;
    bool required; /* exactly one, */
    bool many;     /* or any number, or one at most */
};

struct pattern_condition {
    phx_text text;
    int64_t offset;       /* in the pattern */
    const uint8_t *holds; /* [spans of the forest], by the caller */
};

struct pattern {
    struct pattern_line *lines;
    size_t count, capacity;
    struct pattern_condition *conditions;
    size_t condition_count, condition_capacity;
    uint32_t depth;           /* of the deepest line */
    const uint32_t *by_depth; /* [count] lines, */
    const uint32_t *first;    /* [depth + 2] and where those of a depth begin */
};

/* The text must outlive the pattern, which lies in the arena. Errors: INVALID
 * (offset is the byte at fault). */
phx_status pattern_read(struct arena *arena, phx_text text, struct pattern *out,
                        phx_error *err);

/* --- match.c ----------------------------------------------------------------- */

enum { EXPECT_REPORT_SIZE = 1 << 20, EXPECT_REPORT_LINES = 2000 };

/* Whether the forest is what the pattern says; if not, how it differs is added
 * to the report. Errors: TOO_BIG (too many steps). */
phx_status expect_tree(const struct forest *forest,
                       const struct pattern *pattern, bool any_order, bool *met,
                       struct buf *report, phx_error *err);

/* --- golden.c, diff.c ----------------------------------------------------------- */

enum { GOLDEN_SIZE = 16 << 20 };

/* The forest as text: of each span a line, then those of its body, then its
 * children, all indented by their depth. bodies [spans] */
phx_status golden_print(const struct forest *forest, const phx_text *bodies,
                        struct buf *out, phx_error *err);

/* Compares lines of a text that was kept with those of one of now. A kept line
 * that ends in ": *" is as any with the same begin; blank lines, and lines that
 * begin with #, do not count. What differs is added to the report, each line
 * below those that it is indented under. */
phx_status golden_compare(struct arena *arena, phx_text kept, phx_text now,
                          bool *met, struct buf *report, phx_error *err);

/* --- report.c ---------------------------------------------------------------- */

/* The forest, a line a span, with a sign before each [count], 0 for a blank,
 * and behind it a note [count], which may be absent; or NULL for none at all.
 */
phx_status expect_print(const struct forest *forest, const char *signs,
                        const phx_text *notes, struct buf *report,
                        phx_error *err);

#endif

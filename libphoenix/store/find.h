/*
 * find.h - a search for spans in one snapshot: candidate.c chooses the blocks,
 * match.c the rows of a block, find.c puts both together to a page.
 */
#ifndef STORE_FIND_H
#define STORE_FIND_H

#include "store/inside.h"

/* A block that may have rows, and the place of the first that it can have. */
struct candidate {
    int64_t block, place;
};

struct find {
    struct store *store;
    struct connection *connection;
    struct counter counter;
    struct gone gone;
    const struct span_filter *filter;
    int64_t turn; /* 0 for the oldest first, -1 for the newest */
    int64_t from; /* the first place that may come */
    struct arena scratch;
    unsigned interrupts;

    /* Blocks that ids lead to, in the page's order; or the rows of SQL. */
    struct block_set hinted;
    bool hints_complete;
    struct candidate *candidates;
    size_t candidate_count, candidate_capacity, candidate_at;
    struct statement *rows;

    struct source **sources; /* open blocks */
    size_t source_count, source_capacity;
};

/* The place of a number in the page's order, whose places go up; and the
 * number of a place. */
static inline int64_t find_place(const struct find *find, int64_t number)
{
    return number ^ find->turn;
}

/* --- candidate.c ---------------------------------------------------------- */

/* Hints are asked for before the snapshot is taken. */
phx_status candidates_hint(struct find *find, phx_error *err);
phx_status candidates_start(struct find *find, phx_error *err);
/* The next block in the page's order, or DONE. */
phx_status candidates_next(struct find *find, struct candidate *out,
                           phx_error *err);
void candidates_clear(struct find *find);

/* --- match.c -------------------------------------------------------------- */

/* keep [rows] of the block: set where all that is asked for holds, else 0. */
phx_status match_rows(struct find *find, struct block *block, uint8_t *keep,
                      phx_error *err);

#endif

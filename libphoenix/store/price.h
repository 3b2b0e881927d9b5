/*
 * price.h - what spans cost.
 *
 *     prices.c         versions of the price list, as rows
 *     price_models.c   models of users in it
 *     cost.c           the cost of a span of a block, by the version of its
 *                      number
 *
 * Nothing is stored of a cost: a version is for the spans from a number on, and
 * stays, so that what a span cost when it came in can be told at any time.
 */
#ifndef STORE_PRICE_H
#define STORE_PRICE_H

#include "cost/cost.h"
#include "store/find.h"

/* --- prices.c ---------------------------------------------------------------- */

struct price_version {
    int64_t id;
    int64_t span;    /* the first number it is for */
    int64_t created; /* us */
    int64_t built_in;
    phx_text models; /* JSON, lent by the statement */
};

/* Reads a row of a statement over price_version and checks it; *sum is that of
 * the row. Errors: CORRUPT. */
phx_status price_version_read(struct statement *statement,
                              struct price_version *out, int64_t *sum,
                              phx_error *err);

/* The newest version has the built-in prices of this library: if not, one is
 * made, for the spans to come. */
phx_status prices_prepare(struct store *store, phx_error *err);

/* The newest version and its models, in an arena. */
struct price_change {
    struct store *store;
    struct counter counter;
    struct arena arena;
    struct price_version newest; /* id 0: there is none */
    int64_t newest_sum;
    struct value models; /* an array */
};

/* A transaction with the write lock, which price_change_end gives back: where
 * `status` or the commit is a failure, nothing has changed. */
phx_status price_change_begin(struct store *store, struct price_change *change,
                              phx_error *err);
phx_status price_change_end(struct price_change *change, phx_status status,
                            phx_error *err);
/* The changed models become the newest version, for spans from a number on. */
phx_status price_change_write(struct price_change *change, int64_t span,
                              int64_t built_in, phx_error *err);

/* --- cost.c ------------------------------------------------------------------- */

void price_book_free(struct price_book *book);

/* The cost of a row, in the arena; no rows if it is no LLM span, or names no
 * model. Errors: CORRUPT. */
phx_status cost_of_row(struct snapshot *snapshot, struct opened *opened,
                       uint32_t row, struct arena *arena, struct cost *out,
                       phx_error *err);

#endif

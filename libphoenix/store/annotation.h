/*
 * annotation.h - what is said of spans, traces and sessions after they came.
 *
 *     annotation.c       rows of annotations
 *     target.c           what an item is of, in a reader's snapshot
 *     annotate.c         many rows in one commit
 *     annotation_find.c  rows that a query asks for, read or deleted
 *
 * They go with what they are of: remove.c.
 */
#ifndef STORE_ANNOTATION_H
#define STORE_ANNOTATION_H

#include "store/find.h"

/* --- annotation.c ----------------------------------------------------------- */

int64_t annotation_row_id(int32_t kind, int64_t number);
uint32_t annotation_sum(const phx_annotation *row);
/* The texts are the statement's, the target's id is raw. *sum is the row's, or
 * -1 where a value is none that was written. */
void annotation_read(struct statement *statement, phx_annotation *out,
                     int64_t *sum);
phx_status annotation_write(struct connection *connection,
                            const phx_annotation *row, phx_error *err);
/* The number and the time of creation of the row with this key, and when it
 * was changed last; DONE if there is none. */
phx_status annotation_find(struct connection *connection, phx_annotation *row,
                           uint64_t *updated_at, phx_error *err);

/* --- target.c --------------------------------------------------------------- */

/* What an annotation is of. */
struct target {
    int32_t kind;       /* PHX_SPAN_ANNOTATION ... */
    int64_t number;     /* of the span, trace or session */
    int64_t trace;      /* 0 of a session */
    int64_t project;    /* as of target_check */
    phx_text id;        /* raw, or a session's name; in the arena */
    uint32_t documents; /* of a span, if the kind is PHX_DOCUMENT_ANNOTATION */
};

/* By number or, if that is 0, by raw id. Errors: NOT_FOUND. */
phx_status target_find(struct snapshot *snapshot, struct arena *arena,
                       int32_t kind, int64_t number, phx_text id,
                       struct target *out, phx_error *err);

/* The writer, in a transaction: whether it is still there, but for a span that
 * was deleted and has been swept since. Errors: NOT_FOUND. */
phx_status target_check(struct store *store, struct target *target,
                        phx_error *err);

#endif

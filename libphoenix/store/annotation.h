/*
 * annotation.h - what is said of spans, traces and sessions after they came.
 *
 *     annotation.c       rows of annotations
 *     target.c           what an item is of, in a reader's snapshot
 *     annotate.c         many rows in one commit
 *     await.c            rows that wait for what they are of
 *     annotation_find.c  rows that a query asks for, read or deleted
 *
 * They go with what they are of: remove.c.
 */
#ifndef STORE_ANNOTATION_H
#define STORE_ANNOTATION_H

#include "store/find.h"

/* --- annotation.c ----------------------------------------------------------- */

int64_t annotation_row_id(int32_t kind, int64_t number);
/* What goes into the checksum of a row for a value of it. */
uint64_t real_sum(double value);
uint64_t text_sum(phx_text text, uint64_t seed);
uint32_t annotation_sum(const phx_annotation *row);
/* The texts are the statement's, the target's id is raw. *sum is the row's, or
 * -1 where a value is none that was written. */
void annotation_read(struct statement *statement, phx_annotation *out,
                     int64_t *sum);
/* SQL_PUT_ANNOTATION, or into the table of those that wait. */
phx_status annotation_put(struct connection *connection, enum sql id,
                          const phx_annotation *row, phx_error *err);
/* Its texts become copies, but for the target's id. */
phx_status annotation_keep(struct arena *arena, phx_annotation *row,
                           phx_error *err);
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

/* --- annotate.c ------------------------------------------------------------- */

/* Whether the target has the document that the item is of, if it is of one. */
bool target_takes(const struct target *target, const phx_annotation_item *item);
/* All of a row but its number and what it is of. */
void annotation_of_item(const phx_annotation_item *item,
                        const struct annotation_times *times,
                        phx_annotation *out);
/* Begins a change; DONE if it was not, because targets that were looked up
 * since `forgotten` was read are to be looked up again. */
phx_status annotate_begin(struct store *store, struct counter *counter,
                          unsigned forgotten, phx_error *err);
/* Errors: NOT_FOUND (the target went). */
phx_status annotate_item(struct store *store, struct counter *counter,
                         const phx_annotation_item *item, struct target *target,
                         const struct annotation_times *times, phx_id *id,
                         phx_error *err);

#endif

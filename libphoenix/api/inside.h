/*
 * inside.h - what the files of the api room share.
 */
#ifndef API_INSIDE_H
#define API_INSIDE_H

#include "attr/attr.h"
#include "json/json.h"
#include "model/model.h"
#include "store/store.h"
#include "wire/wire.h"

/* MISUSE: an argument breaks a rule of phoenix.h. */
phx_status fail_argument(phx_error *err);

/* The bytes become the caller's, with a NUL behind them. */
phx_status give_buf(struct buf *from, const char *what, phx_buf *out,
                    phx_error *err);

enum { REQUEST_SIZE = 64 << 20 };

/* --- batch.c, span_json.c ------------------------------------------------- */

struct phx_batch {
    struct arena arena;
    struct store_batch put;
    uint64_t rejected;
    char reason[160];
    struct lent_span *lent; /* made by phx_batch_span */
};

/* {"data": [span ...]} -> spans, their attributes still flat. */
phx_status span_json_read(struct arena *arena, phx_text json,
                          struct span_list *out, phx_error *err);

/* --- span_query.c ------------------------------------------------------------- */

/* Errors: INVALID (a test's JSON; offset indexes tests). */
phx_status span_query_copy(struct arena *arena, const phx_span_query *query,
                           struct span_filter *out, phx_error *err);

/* --- row.c: a span as the caller sees it ------------------------------------ */

struct lent_span {
    phx_span row;
    struct arena arena;
    struct buf attributes, events, kind;
};

phx_status lent_span_new(struct lent_span **out, phx_error *err);
void lent_span_free(struct lent_span *lent);

/* attributes is PHX_ATTRIBUTES_...; the texts are the lent span's or those of
 * the span, which must outlive the row. project may be absent. */
phx_status lent_span_fill(struct lent_span *lent, const struct span *span,
                          phx_text project, int32_t attributes, phx_error *err);

/* --- store.c ------------------------------------------------------------------ */

struct phx_store {
    struct store *store;
};

/* A caller's struct that begins with its `size`, onto the defaults in *out;
 * NULL leaves them. False if it is too small to have a size. */
bool take_options(void *out, size_t size, const void *given);

/* --- cursor.c ------------------------------------------------------------ */

enum cursor_kind {
    CURSOR_SPANS,
    CURSOR_TRACES,
    CURSOR_SESSIONS,
    CURSOR_PROJECTS,
    CURSOR_ROLLUPS,
    CURSOR_COSTS
};

struct phx_cursor {
    enum cursor_kind kind;
    struct store *store;
    struct arena arena; /* the query, or the rows of a list */
    const void *rows;
    size_t count, at;

    /* spans */
    struct span_filter filter;
    struct span_page page;
    struct lent_span *lent;
    int64_t next; /* 0 with `started`: the end */
    int64_t left; /* rows still wanted; -1 for all */
    bool started;
    bool ascending;
    int32_t attributes;
    int64_t project; /* whose name is project_name */
    struct arena project_arena;
    phx_text project_name;
};

/* Holds the store; phx_cursor_close gives it back. */
phx_status cursor_new(phx_store *store, enum cursor_kind kind, phx_cursor **out,
                      phx_error *err);

#endif

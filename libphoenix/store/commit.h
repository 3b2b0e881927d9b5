/*
 * commit.h - a commit in the making: commit.c collects and writes its spans,
 * resolve.c numbers them, join.c, hold.c and grow.c bring log records to them;
 * slice.c writes stored ones again, transfer.c in another project.
 */
#ifndef STORE_COMMIT_H
#define STORE_COMMIT_H

#include "store/inside.h"

/* A trace this commit adds to. */
struct commit_trace {
    struct trace_row row;
    phx_text trace_id;
    uint64_t hash;
    bool fresh;
};

/* A project or session that spans of this commit name. */
struct commit_name {
    phx_text name;
    int64_t id;
    int64_t project; /* of a session */
    bool fresh;
};

struct name_list {
    struct map map; /* hash of the name -> index */
    struct commit_name *items;
    size_t count, capacity;
    enum sql find;        /* the number of a known name */
    int64_t *next, *rows; /* of the commit's counter */
};

/* A log record of this commit. */
struct arrival {
    const struct log_record *record;
    phx_ingest_report *report; /* of its batch */
    struct arrival *next;
};

/* A span that has some, or for which some have waited. */
struct join {
    struct log_key key;
    phx_text trace_id, span_id;
    const struct span *span; /* in this commit; or NULL */
    int64_t block;           /* where it is stored; 0 if it is not */
    uint32_t row;
    bool held; /* records of it are */
    struct arrival *first, *last;
};

struct commit {
    struct store *store;
    struct arena arena;
    struct counter counter; /* as it will be */
    struct span **spans;    /* new ones */
    size_t count;
    const struct span **seen; /* every span looked at, known or new */
    size_t seen_count;
    struct map ids;   /* span hash -> index into seen */
    struct map by_id; /* trace hash -> index into traces */
    struct commit_trace *traces;
    size_t trace_count, trace_capacity;
    struct name_list projects, sessions;
    struct stored_block repeated; /* where the last known span was found */
    struct map by_span;           /* span -> index into joins */
    struct join *joins;
    size_t join_count, join_capacity;
    struct arrival *loose; /* log records without a span */
    int64_t credit;        /* bytes of blocks for spans that are to grow */
    size_t memtable_before;
    uint64_t blocks, rows; /* written */
    bool outgrew;          /* rows of blocks, by others */
};

/* DONE if no span is stored under the id; else its block is commit->repeated.
 */
phx_status commit_find_stored(struct commit *commit, phx_text id, uint64_t hash,
                              struct location *out, phx_error *err);

/* Sorts spans and writes them in blocks, inside the commit's transaction. */
phx_status commit_write_spans(struct commit *commit, struct span **spans,
                              size_t count, phx_error *err);

/* Gives a new span its numbers, and widens its trace. */
phx_status resolve_span(struct commit *commit, struct span *span,
                        phx_error *err);

/* Around one that writes of itself, inside store_put_begin: the end undoes, or
 * keeps, what memory learnt. requests may be NULL. */
phx_status commit_begin(struct commit *commit, struct store *store,
                        const struct put_request *requests, phx_error *err);
void commit_end(struct commit *commit, phx_status status);

/* --- slice.c ------------------------------------------------------------------ */

/* Spans that are to be written again, and the arena they are in. */
struct slice {
    struct commit *commit;
    struct arena arena;
    struct span **spans;
    size_t count, capacity;
};
void slice_begin(struct slice *slice, struct commit *commit);
/* Spans of one block, read whole: what a block holds is bounded. */
phx_status slice_read(struct slice *slice, const struct stored_block *stored,
                      const uint32_t *rows, size_t count, struct span **out,
                      phx_error *err);
/* The span is in the slice's arena. */
phx_status slice_add(struct slice *slice, struct span *span, phx_error *err);
/* Writes what there is if it is much; nothing of the arena is good then. */
phx_status slice_bound(struct slice *slice, phx_error *err);
/* Writes the rest, unless `status` is a failure. */
phx_status slice_end(struct slice *slice, phx_status status, phx_error *err);

/* --- join.c, hold.c, grow.c -------------------------------------------------- */

/* A new span for which log records may wait. */
phx_status join_span(struct commit *commit, const struct span *span,
                     uint64_t hash, phx_error *err);
/* A record, once all spans of the commit are there. */
phx_status join_record(struct commit *commit, const struct log_record *record,
                       phx_ingest_report *report, phx_error *err);
/* The join of a span, made and looked for if there was none. */
phx_status join_of(struct commit *commit, const struct join *wanted,
                   struct join **out, phx_error *err);
/* Instead of records that come, some that are held. DONE if none is. */
phx_status join_held(struct commit *commit, phx_error *err);
/* What the store has for spans that grow, now and after the commit. */
void credit_take(struct commit *commit);
void credit_give(const struct commit *commit);
/* Takes the spans that grow out of those that are written as they are. */
void join_set_apart(struct commit *commit);
/* Inside the commit's transaction. */
phx_status join_write(struct commit *commit, phx_error *err);

#endif

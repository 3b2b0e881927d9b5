/*
 * store: blocks and rows on disk; the only room that speaks to a database.
 *
 * Ingest only appends: a commit writes one block (or a few), the rows of new
 * traces, sessions and projects, one update a known trace, and the counters.
 * Compaction, on its own connection, rewrites young blocks in lasting order.
 * docs/architecture.md has the tables; docs/decisions/ says why.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/base.h"
#include "model/model.h"

struct store;

struct store_options {
    bool read_only;
    bool no_migrate;
    bool no_compact;
    uint32_t busy_timeout; /* ms */
    const char *vfs;       /* NULL for SQLite's own */
};

/* path NULL for a store in memory. Errors: as phx_store_open. */
phx_status store_open(const char *path, const struct store_options *options,
                      struct store **out, phx_error *err);
void store_retain(struct store *store);
void store_release(struct store *store); /* the last one closes */
void store_interrupt(struct store *store);

/* --- writing ---------------------------------------------------------------- */

struct store_batch {
    struct span_list spans;   /* interpreted; numbers are filled in */
    phx_ingest_report report; /* accepted and duplicate are filled in */
};

/* All or nothing; calls that wait together share a commit. Compacts a little
 * afterwards unless opened with no_compact. */
phx_status store_put(struct store *store, struct store_batch *const *batches,
                     size_t count, phx_error *err);

phx_status store_create_project(struct store *store, phx_text name,
                                phx_text description, int64_t *out,
                                phx_error *err);
phx_status store_update_project(struct store *store, int64_t project,
                                phx_text description, phx_error *err);

/* kind is PHX_PROJECT ... */
phx_status store_delete(struct store *store, int32_t kind, int64_t id,
                        phx_error *err);

/* --- background ------------------------------------------------------------- */

/* DONE when nothing is left to do. */
phx_status store_compact(struct store *store, uint32_t budget_ms,
                         phx_error *err);
phx_status store_verify(struct store *store, phx_verify_fn found, void *ctx,
                        phx_error *err);
phx_status store_backup(struct store *store, const char *path, phx_error *err);
phx_status store_stat(struct store *store, phx_store_stats *out,
                      phx_error *err);

/* --- reading ---------------------------------------------------------------- */

/* name: of a project or session; or the raw id of a trace or span. */
phx_status store_find(struct store *store, int32_t kind, phx_text name,
                      int64_t *out, phx_error *err);

struct attribute_test {
    const phx_text *keys; /* member names down to the value */
    size_t key_count;
    struct value value; /* text, number or boolean */
};

/* All that is given must hold; of the values of one list, any. */
struct span_filter {
    int64_t project;               /* 0 for all */
    uint64_t start_time, end_time; /* ns; end 0 for no bound */
    uint32_t kinds, statuses;      /* bits; 0 for all */
    bool roots_only;
    const phx_text *trace_ids; /* raw */
    size_t trace_id_count;
    const phx_text *span_ids;
    size_t span_id_count;
    const phx_text *parent_ids;
    size_t parent_id_count;
    const phx_text *names;
    size_t name_count;
    const struct attribute_test *tests;
    size_t test_count;
};

/* Spans of one snapshot, in order of number. */
struct span_page {
    struct arena arena;
    struct span *spans;
    size_t count;
    int64_t next; /* number to go on from; 0 when there are no more */
};
void span_page_init(struct span_page *page);
void span_page_clear(struct span_page *page);

/*
 * from        the first number that may come; 0 for the very first
 * ascending   oldest first
 * bare        without attributes, events, links, scope and resource
 * limit       rows at most; fewer come where they are large
 */
phx_status store_read_spans(struct store *store,
                            const struct span_filter *filter, int64_t from,
                            bool ascending, bool bare, size_t limit,
                            struct span_page *out, phx_error *err);

/* Rows in an arena, each array [count]. */
phx_status store_read_projects(struct store *store, int64_t only, int64_t from,
                               phx_text name_contains, int64_t limit,
                               struct arena *arena, phx_project **out,
                               size_t *count, phx_error *err);
phx_status store_read_traces(struct store *store, const phx_trace_query *query,
                             struct arena *arena, phx_trace **out,
                             size_t *count, phx_error *err);
phx_status store_read_sessions(struct store *store, int64_t project,
                               int64_t only, int64_t from, bool ascending,
                               int64_t limit, struct arena *arena,
                               phx_session **out, size_t *count,
                               phx_error *err);

#endif

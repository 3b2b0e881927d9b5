/*
 * inside.h - what the files of the store room share.
 *
 * The files of the room, as data meets them:
 *
 *     a store opens     store.c lock.c sqlite.c resting.c format.c schema.c
 *                       counter.c
 *     spans come        commit.c load.c filter.c trace_cache.c resolve.c
 *                       project.c session.c posting.c blocks.c
 *     log records come  log.c join.c grow.c slice.c outgrown.c hold.c
 *     traces move       transfer.c
 *     prices change     prices.c price_models.c
 *     people judge      target.c annotate.c annotation.c await.c config.c
 *     examples change   dataset.c edition.c dataset_put.c dataset_find.c
 *                       dataset_diff.c dataset_revert.c example_span.c
 *                       split.c label.c
 *     prompts change    prompt.c prompt_put.c prompt_find.c
 *     programs are tried experiment.c experiment_make.c experiment_put.c
 *                       experiment_find.c
 *     blocks lie well   background.c compact.c merge.c run.c sweep.c
 *     data goes         remove.c gone.c retain.c policy.c cron.c expire.c
 *                       expire_log.c
 *     a reader finds    snapshot.c lookup.c number.c candidate.c match.c
 *                       attribute.c find.c page.c numbered.c trace_rows.c
 *     lists are made    traces.c trace_search.c snippet.c sessions.c
 *                       annotation_find.c vocabulary.c
 *     sums are made     rollup.c rollup_bins.c rollup_said.c quantile.c cost.c
 *                       expense.c
 *     SQL asks          rows.c views.c span_table.c span_plan.c span_terms.c
 *                       span_items.c span_column.c span_json.c span_leaf.c
 *                       attribute_sql.c parent_sql.c cost_sql.c function_sql.c
 *                       foreign.c
 *     a store is kept   verify.c verify_blocks.c verify_said.c
 *                       verify_datasets.c verify_prompts.c
 *                       verify_experiments.c backup.c archive.c
 *
 * Its connections:
 *
 *     writer      the connection of commits and deletes, under write_lock
 *     background  the connection of compaction; its transaction, too, is
 *                 under write_lock
 *     readers     a pool of connections, each one snapshot at a time
 *
 * Locks in order: compact_lock, write_lock, memory_lock, pool_lock;
 * put_lock is held with none of them. compact_lock is held for a compaction,
 * write_lock for a commit, the others shortly. A store in memory has one
 * connection for everything, and reads are under write_lock.
 */
#ifndef STORE_INSIDE_H
#define STORE_INSIDE_H

#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>

#include "store/store.h"

#include "block/block.h"
#include "store/posting.h"
#include "store/sql.h"

/* What is deleted and still in blocks; gone.c, below. */
struct gone_row {
    int64_t kind;
    int64_t id;
    uint64_t hash; /* of the posting that leads to it; 0 for a project */
};

struct gone {
    struct gone_row *rows; /* sorted by kind and id */
    size_t count, capacity;
};

/* --- sqlite.c: connections and statements --------------------------------- */

/* Binding remembers its failure; sql_next and sql_run tell it. */
struct statement {
    sqlite3_stmt *handle;
    struct connection *connection; /* whose it is */
    int code;                      /* SQLite's, of the first failure */
};

struct connection {
    sqlite3 *db;
    struct statement statements[SQL_COUNT];
    struct block_reader *reader; /* what decoding blocks needs */
    /* Run heads of the last snapshot, good while `runs` is the counter's. */
    struct run_list runs;
    int64_t runs_version;
    struct run_part part;      /* the last one read */
    struct gone gone;          /* of the snapshot read last, and what the */
    int64_t gone_version;      /* counters said of it */
    struct snapshot *snapshot; /* the one it has now, of find.h */
    struct price_book *prices; /* of cost.c; NULL until it is needed */
    struct connection *next;   /* in the pool */
    bool busy;
    bool guarded;            /* what is prepared now may only read */
    struct foreign *foreign; /* of somebody else's connection; or NULL */
};

phx_status connection_open(const char *path, const char *vfs, bool read_only,
                           uint32_t busy_timeout, struct connection **out,
                           phx_error *err);
/* The file is, or is to be, a store: from now on it may be written to. A new
 * one gets its page size and incremental vacuum, which cannot be changed once
 * it has tables. */
phx_status connection_own(struct connection *connection, phx_error *err);
bool connection_in_memory(const struct connection *connection);

/* Commits of this connection are whole but not yet durable: the next commit of
 * another, or the next checkpoint, makes them so. */
phx_status connection_relax(struct connection *connection, phx_error *err);

/* What its statements sort is kept in a temporary file past the cache's size:
 * in memory it has no bound, and takes half as long again. */
phx_status connection_sort_outside(struct connection *connection,
                                   phx_error *err);
void connection_close(struct connection *connection);
/* Its statements, and what was read with them. */
void connection_forget(struct connection *connection);
phx_status connection_fail(struct connection *connection, int code,
                           phx_error *err);
phx_status connection_execute(struct connection *connection, const char *text,
                              phx_error *err);

struct statement *sql(struct connection *connection, enum sql id);
void sql_bind_int(struct statement *statement, int at, int64_t value);
void sql_bind_real(struct statement *statement, int at, double value);
void sql_bind_text(struct statement *statement, int at, phx_text value);
void sql_bind_blob(struct statement *statement, int at, const void *bytes,
                   size_t size);
/* A scalar; anything else is NULL. */
void sql_bind_value(struct statement *statement, int at,
                    const struct value *value);

/* OK with a row, or DONE, or a failure. */
phx_status sql_next(struct statement *statement, phx_error *err);
/* Runs to the end, wanting no row. */
phx_status sql_run(struct statement *statement, phx_error *err);
void sql_end(struct statement *statement);
/* As sql_next, of a statement with the one parameter. */
phx_status sql_find(struct connection *connection, enum sql id, int64_t value,
                    struct statement **out, phx_error *err);
/* As sql_run, of the same. */
phx_status sql_run_with(struct connection *connection, enum sql id,
                        int64_t value, phx_error *err);
/* As sql_run, of a DELETE; its rows are taken off. */
phx_status sql_delete(struct statement *statement, int64_t *rows,
                      phx_error *err);
bool sql_has(struct statement *statement, int column); /* is not NULL */
int64_t sql_int(struct statement *statement, int column);
double sql_real(struct statement *statement, int column);
phx_text sql_text(struct statement *statement, int column); /* blobs, too */

phx_status sql_begin(struct connection *connection, bool write, phx_error *err);
phx_status sql_commit(struct connection *connection, phx_error *err);
void sql_rollback(struct connection *connection); /* nothing if none is open */

/* --- resting.c ------------------------------------------------------------ */

/* The URI of a store that nobody writes, in a folder that this process cannot
 * write to; of any other store nothing is added. */
phx_status resting_uri(const char *path, struct buf *out, phx_error *err);

/* --- format.c ------------------------------------------------------------- */

/* Makes or migrates the tables. Errors: CORRUPT (no store), UNSUPPORTED. */
phx_status schema_prepare(struct connection *connection,
                          const struct store_options *options, phx_error *err);
/* Whether the tables are those of a new store. Errors: CORRUPT. */
phx_status schema_verify(struct connection *connection, phx_error *err);

/* --- lock.c --------------------------------------------------------------- */

/* One writing process a store: an operating-system lock beside the file.
 * Errors: BUSY, INVALID (path, VFS), IO. */
phx_status lock_take(const char *path, const char *vfs, int *out,
                     phx_error *err);
void lock_release(int lock);

/* --- archive.c ------------------------------------------------------------ */

/* Makes room for the files of an archive, whose lock the caller has. Errors:
 * CONFLICT (what is called so was not begun as one). */
phx_status archive_claim(const char *name, phx_error *err);

/* --- counter.c: the numbers that clients see, and what else one row holds - */

struct counter {
    int64_t block, run, span, trace, session, project; /* the next ones */
    int64_t runs; /* checksum of the run heads: changes with their set */
    int64_t gone; /* and of the gone rows */
    int64_t traces, sessions, projects; /* rows of these tables */
    uint64_t secret;                    /* of the hash */
    /* Since format 2. */
    int64_t annotation[ANNOTATION_KINDS]; /* the next ones */
    int64_t annotations;                  /* rows of this table */
    int64_t dropped; /* 0: rows of a table that format 5 has no more */
    /* Since format 3. */
    int64_t prices; /* checksum of the price versions: changes with them */
    /* Since format 6. */
    int64_t log;  /* the next one */
    int64_t logs; /* rows of this table */
    /* Since format 7. */
    int64_t waiting; /* rows of this table */
    int64_t config;  /* the next one */
    int64_t configs; /* rows of this table */
    /* Since format 9. */
    int64_t parts; /* rows of example_span, split, member, label, labelled */
    int64_t experiments, experiment_tags; /* rows of these tables */
};

phx_status counter_read(struct connection *connection, struct counter *out,
                        phx_error *err);
phx_status counter_write(struct connection *connection,
                         const struct counter *counter, phx_error *err);
phx_status counter_create(struct connection *connection, phx_error *err);
/* The checksum of counters that were those of a store of this format. */
phx_status counter_migrate(struct connection *connection, int64_t format,
                           phx_error *err);

/* --- trace_cache.c: rows of traces, and those written to lately ----------- */

struct trace_row {
    int64_t id;
    int64_t project, session;
    uint64_t start, end; /* ns */
    int64_t spans;
    int64_t sum;           /* as read */
    uint8_t trace_id_size; /* 0 if the id is longer than this holds */
    uint8_t trace_id[32];
};

/* What is found is good until the next call that finds or adds. */
struct trace_cache;
phx_status trace_cache_new(struct trace_cache **out, phx_error *err);
void trace_cache_free(struct trace_cache *cache);
void trace_cache_empty(struct trace_cache *cache);
struct trace_row *trace_cache_find(struct trace_cache *cache, uint64_t hash,
                                   phx_text trace_id);
phx_status trace_cache_add(struct trace_cache *cache, uint64_t hash,
                           const struct trace_row *row, phx_error *err);
/* The row of a trace's number is no longer there. */
void trace_cache_forget(struct trace_cache *cache, uint64_t hash,
                        int64_t trace);

/* Times in tables are us, and the ns beyond. */
uint64_t ns_of(int64_t us, int64_t rest);
/* Whether they are what this time is written as. */
bool ns_fits(uint64_t ns, int64_t us, int64_t rest);
void trace_row_read(struct statement *statement, struct trace_row *out);
uint32_t trace_row_sum(const struct trace_row *row);
/* DONE if there is none. */
phx_status trace_row_find(struct connection *connection, int64_t trace,
                          struct trace_row *out, phx_error *err);
/* CORRUPT if there is none. */
phx_status trace_row_get(struct connection *connection, int64_t trace,
                         struct trace_row *out, phx_error *err);
phx_status trace_row_write(struct connection *connection,
                           const struct trace_row *row, phx_text trace_id,
                           bool fresh, phx_error *err);

/* --- traces.c: lists of traces -------------------------------------------- */

/* The rows that a query asks for but for its limit, and that a condition
 * (NULL: none) holds for, each as trace_row_read takes it; the handle is the
 * caller's to finalize. */
phx_status trace_rows_start(struct connection *connection,
                            const phx_trace_query *query,
                            const struct store_condition *condition,
                            struct statement *out, phx_error *err);

/* --- gone.c: what is deleted and still in blocks -------------------------- */

phx_status gone_add(struct gone *gone, int64_t kind, int64_t id, uint64_t hash,
                    phx_error *err);
int64_t gone_row_sum(const struct gone_row *row);
/* Rows of the table, inside the caller's transaction. */
phx_status gone_hide(struct connection *connection, struct counter *counter,
                     const struct gone_row *row, phx_error *err);
phx_status gone_forget(struct connection *connection, struct counter *counter,
                       const struct gone_row *row, phx_error *err);
phx_status gone_read(struct connection *connection, struct gone *out,
                     phx_error *err);
/* What is gone in the connection's snapshot, whose counters these are. Good
 * until its next snapshot. */
phx_status gone_of(struct connection *connection, const struct counter *counter,
                   const struct gone **out, phx_error *err);
/* Both together, as a new set; sorts what is added. */
phx_status gone_join(const struct gone *gone, struct gone *added,
                     struct gone *out, phx_error *err);
/* Without these rows, in order; they need not be there. */
void gone_drop(struct gone *gone, const struct gone_row *rows, size_t count);
void gone_clear(struct gone *gone);
bool gone_has(const struct gone *gone, int32_t kind, int64_t id);

/* --- store.c -------------------------------------------------------------- */

/* Blocks after `next` and before `end` may have something of the rows. */
struct sweep_walk {
    struct gone rows;
    int64_t next, end;
};

struct put_request;
struct snapshot;

struct store {
    char *path; /* NULL in memory */
    char *vfs;  /* NULL for the default */
    struct store_options options;
    atomic_int references;
    atomic_uint interrupts;
    unsigned write_interrupts; /* as the write lock was taken */
    int lock;                  /* file descriptor, -1 if none */

    pthread_mutex_t put_lock; /* the queue of puts */
    pthread_cond_t put_done;
    struct put_request *put_first, *put_last;
    bool put_busy;

    pthread_mutex_t write_turn; /* of who is next: see lock_in_turn */
    pthread_mutex_t write_lock;
    struct connection *writer;
    bool writer_reads;      /* of a store in memory: it has what readers need */
    struct counter counter; /* as on disk */
    uint64_t secret;        /* the counter's, which never changes */
    struct block_writer *encoder;
    struct block_image *image;
    struct trace_cache *traces;
    struct filter *filter; /* NULL until the first write */
    int64_t grow_credit;   /* of hold.c, and when it was counted last: */
    uint64_t grow_time;    /* monotonic ns */
    struct gone gone;      /* as on disk */

    pthread_mutex_t memory_lock;
    struct memtable *memtable; /* NULL if read-only */
    int64_t memtable_from;     /* it has all young blocks after this one */

    pthread_mutex_t compact_turn;
    pthread_mutex_t compact_lock;  /* one compaction at a time */
    struct connection *background; /* the writer in memory */
    struct block_writer *compact_encoder;
    bool orphans_removed;     /* of merges that a crash cut off */
    struct sweep_walk walk;   /* the sweep of many, if one is under way */
    atomic_llong young_spans; /* in level-0 blocks */
    atomic_llong young_blocks;
    atomic_llong log_pages;      /* of the WAL */
    atomic_bool sweep_wanted;    /* something is gone */
    atomic_uint forgotten;       /* times that something is no longer gone */
    atomic_bool outgrown_wanted; /* lasting blocks may have outgrown rows */
    atomic_bool held_wanted;     /* it is time for held log records */
    atomic_bool small_wanted;    /* a project and day may have small blocks */
    atomic_bool merge_wanted;    /* a level may have RUN_FAN runs */

    pthread_mutex_t pool_lock;
    struct connection *pool; /* readers: idle ones first in line */
};

/* A connection with a snapshot, and the counters in it. */
phx_status store_reader_take(struct store *store, struct connection **out,
                             struct counter *counter, phx_error *err);
void store_reader_give(struct store *store, struct connection *connection);

/* Takes the lock after whoever waits for it already: one that gives it and
 * takes it again at once, as work in slices does, would else be first. */
void lock_in_turn(pthread_mutex_t *turn, pthread_mutex_t *lock);

/* Every writing call begins with this: MISUSE if read-only; else takes the
 * write lock. One that puts spans begins with the second, which loads what they
 * are held against: of a large store that takes half a second. */
phx_status store_write_begin(struct store *store, phx_error *err);
phx_status store_put_begin(struct store *store, phx_error *err);
void store_write_end(struct store *store);

/* The same with a transaction of the writer or the background, whose counters
 * begin as the store's. After the commit they are the store's; where `status`
 * or the commit is a failure, nothing has changed. The write lock stays held
 * till store_write_end. */
phx_status store_change_begin(struct store *store,
                              struct connection *connection,
                              struct counter *counter, phx_error *err);
phx_status store_change_end(struct store *store, struct connection *connection,
                            phx_status status, const struct counter *counter,
                            phx_error *err);

/* load.c: the filter, the memtable and the cache of traces. */
phx_status load_for_putting(struct store *store, phx_error *err);

/* --- blocks.c: blocks as rows --------------------------------------------- */

/* A full block ends where the next span would pass a limit of the codec: it
 * is never small, however few its rows are. */
enum { LEVEL_YOUNG = 0, LEVEL_LASTING = 2, LEVEL_FULL = 3 };

struct block_row {
    int64_t id;
    int level;
    int64_t day; /* -1: mixed */
    struct block_zone zone;
    int64_t sum;
};

enum { FRAME_BITS = 12 };

phx_status block_write(struct connection *connection, int64_t id, int level,
                       int64_t day, const struct block_image *image,
                       phx_error *err);
phx_status block_remove(struct connection *connection, int64_t id,
                        phx_error *err);
void block_row_read(struct statement *statement, struct block_row *out);
uint32_t block_row_sum(const struct block_row *row);
/* DONE if there is no such block. */
phx_status block_row_find(struct connection *connection, int64_t id,
                          struct block_row *out, phx_error *err);
/* A block of a connection's snapshot, which must outlive it. */
struct stored_block {
    struct block *block;           /* NULL when closed */
    struct connection *connection; /* NULL between two */
    int64_t id;
    uint8_t *outgrown; /* a bit a row; NULL if none is */
};
phx_status stored_block_open(struct connection *connection, int64_t id,
                             struct stored_block *out, phx_error *err);
void stored_block_close(struct stored_block *stored);
/* A block of an id never changes, but for the rows that are outgrown: it is
 * put aside, and taken up in a later snapshot that has it. */
void stored_block_leave(struct stored_block *stored);
phx_status stored_block_join(struct stored_block *stored,
                             struct connection *connection, phx_error *err);

/* --- outgrown.c: rows written again in a newer block ----------------------- */

static inline bool row_is_set(const uint8_t *rows, uint32_t row)
{
    return rows[row / 8] >> (row % 8) & 1;
}

/* Such a row is to be passed over. */
static inline bool row_is_outgrown(const struct stored_block *stored,
                                   uint32_t row)
{
    return stored->outgrown != NULL && row_is_set(stored->outgrown, row);
}

/* The bits of a block of so many rows, to be freed; NULL if it has none. */
phx_status outgrown_read(struct connection *connection, int64_t block,
                         uint32_t rows, uint8_t **out, phx_error *err);
/* Some more rows are, inside the caller's transaction. */
phx_status outgrown_add(struct connection *connection, int64_t block,
                        uint32_t rows, const uint32_t *grown, size_t count,
                        phx_error *err);

/* --- log.c: log records that wait for their spans -------------------------- */

/* Hashes of the ids of trace and span; or 0 and the time. */
struct log_key {
    uint64_t trace, span;
};
bool log_has_span(const struct log_record *record);
struct log_key log_key_of(uint64_t secret, const struct log_record *record);

/* Rows of the table, inside the caller's transaction. DONE if the record is
 * there already. held: its span is stored. */
phx_status log_add(struct connection *connection, struct counter *counter,
                   const struct log_record *record, bool held, phx_error *err);
/* The record is held no longer. */
phx_status log_release(struct connection *connection, int64_t id,
                       phx_error *err);
phx_status log_remove(struct connection *connection, struct counter *counter,
                      int64_t id, phx_error *err);
/* All that wait for spans of a trace, by the hash of its id. */
phx_status log_remove_trace(struct connection *connection,
                            struct counter *counter, uint64_t trace,
                            phx_error *err);
/* Whether records wait for the key's span: DONE if none does. */
phx_status log_waits(struct connection *connection, struct log_key key,
                     phx_error *err);
/* Ids of those that do, in order of arrival; or of those that are held. */
phx_status log_find(struct connection *connection, struct arena *arena,
                    struct log_key key, bool held, int64_t **out, size_t *count,
                    phx_error *err);
phx_status log_find_held(struct connection *connection, struct arena *arena,
                         size_t most, int64_t **out, size_t *count,
                         phx_error *err);
phx_status log_get(struct connection *connection, struct arena *arena,
                   uint64_t secret, int64_t id, struct log_record *out,
                   phx_error *err);
/* The record of a row. Errors: CORRUPT if it is not as it was written. */
phx_status log_row_read(struct statement *row, struct arena *arena,
                        uint64_t secret, struct log_record *out,
                        phx_error *err);

/* --- lookup.c: an id in the blocks ---------------------------------------- */

/* Where a span or trace id lives. */
struct location {
    int64_t block;
    uint32_t row;   /* of the span; of the trace's first span */
    int64_t number; /* of the span or trace */
    int64_t trace;  /* its trace's number */
};

/* The blocks up to this one that are in no run. */
phx_status lookup_young(struct connection *connection, int64_t upto,
                        struct block_set *out, phx_error *err);
/* The blocks that may hold the id, all of the connection's snapshot among
 * them: by the runs there, by the memtable, and every young block of the
 * snapshot that the memtable does not have, or has forgotten since. */
phx_status lookup_blocks(struct store *store, struct connection *connection,
                         const struct counter *counter, uint64_t hash,
                         struct block_set *out, phx_error *err);
/* DONE if the block has no living row of the id. */
phx_status lookup_in_block(const struct stored_block *stored,
                           const struct gone *gone, enum posting_kind kind,
                           phx_text id, struct location *out, phx_error *err);
/* DONE if no living row has the id. */
phx_status lookup_in_blocks(struct connection *connection,
                            const struct gone *gone, enum posting_kind kind,
                            phx_text id, const struct block_set *blocks,
                            struct location *out, phx_error *err);

/* The same for the writer, from what it holds in memory on. */
phx_status lookup_written(struct store *store, enum posting_kind kind,
                          phx_text id, uint64_t hash, struct location *out,
                          phx_error *err);
/* The number of a project or session: what the statement gives for a name.
 * DONE if there is none. */
phx_status lookup_name(struct connection *connection, enum sql id,
                       phx_text name, int64_t *out, phx_error *err);

/* --- config.c: annotation configs ------------------------------------------ */

/* Of a row of SQL_CONFIG_AFTER; CORRUPT if it is damaged. */
phx_status config_check(struct statement *row, phx_error *err);

/* --- remove.c ----------------------------------------------------------------- */

/* Deletes that are one transaction, of the writer or the background. */
struct removal {
    struct store *store;
    struct connection *connection;
    struct counter counter; /* as it will be */
    struct gone added;      /* what is hidden by it */
    int64_t session;        /* of the traces removed last; 0 if none */
    uint64_t start, end;    /* and their window, ns */
};
/* The write lock is held from a removal_begin that succeeds, past removal_end,
 * till store_write_end. Where `status` or the commit is a failure, nothing has
 * changed. */
phx_status removal_begin(struct removal *removal, struct store *store,
                         struct connection *connection, phx_error *err);
phx_status removal_hide(struct removal *removal, int32_t kind, int64_t id,
                        uint64_t hash, phx_error *err);
/* A trace's row goes, with the log records that wait for its spans; hash is
 * that of its id. The rows of one session's traces best together. */
phx_status removal_trace(struct removal *removal, const struct trace_row *row,
                         uint64_t hash, phx_error *err);
/* A project, its sessions and, with the sweep, its traces. Errors: NOT_FOUND,
 * CONFLICT (the default one). */
phx_status removal_project(struct removal *removal, int64_t project,
                           phx_error *err);
phx_status removal_end(struct removal *removal, phx_status status,
                       phx_error *err);

/* --- compact.c, merge.c, sweep.c, background.c ----------------------------- */

enum {
    YOUNG_SPANS = SHRUNK(32768, 24), /* what makes compaction wanted */
    YOUNG_BLOCKS = SHRUNK(256, 6),
    SMALL_ROWS = SHRUNK(2048, 8), /* a lasting block below is small; of a */
    SMALL_BLOCKS = SHRUNK(8, 3),  /* project and day, so many become one */
    GOOD_ROWS = SHRUNK(4096, 16), /* a lasting block has, if it can */
    REWRITE_BYTES = SHRUNK(128 << 20, 64 << 10), /* decoded together */
    LOG_PAGES = SHRUNK(8192, 40) /* 32 MiB: time to copy the log */
};

/* One group of blocks rewritten in lasting order, without the rows that are
 * gone; `forgotten` are the gone rows that no other block has. */
struct rewrite {
    struct block_set blocks;
    bool some;  /* the first will do, where all are over REWRITE_BYTES */
    bool young; /* young blocks up to the last of them are all among them */
    const struct gone *forgotten;
};
phx_status compact_blocks(struct store *store, const struct rewrite *rewrite,
                          phx_error *err);

/* OK if some work was done, DONE if there was none. */
phx_status merge_runs(struct store *store, phx_error *err);
phx_status sweep_gone(struct store *store, phx_error *err);
phx_status store_join_held(struct store *store, phx_error *err); /* commit.c */

/* Around reads of the background connection outside a transaction: the store in
 * memory has one connection, which is read under the write lock. */
void background_lock(struct store *store);
void background_unlock(struct store *store);

/* A little compaction after a put; where the host does that, the log is copied
 * if it has grown beyond measure. */
void store_keep_up(struct store *store);
/* Copies the log into the file if it has more pages. DONE if that is done. */
phx_status copy_log(struct store *store, long long above, phx_error *err);

/* --- expire.c: what is due goes, slice by slice --------------------------- */

/* When a call that works in slices is to end. */
struct slice_limits {
    uint64_t end; /* monotonic ns */
    unsigned interrupts;
};
/* Between them no compaction goes on, which removes blocks. Errors: MISUSE. */
phx_status slices_begin(struct store *store, uint32_t budget_ms,
                        struct slice_limits *out, phx_error *err);
void slices_end(struct store *store);
/* After a slice: whether there is time for one more. Errors: INTERRUPTED. */
phx_status slice_go_on(struct store *store, const struct slice_limits *limits,
                       bool *more, phx_error *err);
/* A snapshot of the background connection. */
phx_status slice_read_begin(struct store *store, phx_error *err);
void slice_read_end(struct store *store);

/* The traces of one project that a rule no longer keeps. OK if time ran out,
 * DONE if none is left; adds to *removed. */
phx_status expire_project(struct store *store, int64_t project,
                          const phx_retention_rule *rule, uint64_t now,
                          const struct slice_limits *limits, int64_t *removed,
                          phx_error *err);

/* The time, in us, that the rule's days begin at; 0 if it has none. */
int64_t rule_start(const phx_retention_rule *rule, uint64_t now);

/* --- expire_log.c: the same of log records that wait ----------------------- */

/* Whether some came before a time, in us; and some of these go. */
phx_status log_is_due(struct connection *connection, int64_t before, bool *out,
                      phx_error *err);
phx_status expire_logs_slice(struct store *store, int64_t before,
                             phx_error *err);
/* Those older than the rule's days; as expire_project. */
phx_status expire_logs(struct store *store, const phx_retention_rule *rule,
                       uint64_t now, const struct slice_limits *limits,
                       phx_error *err);

/* --- cron.c --------------------------------------------------------------- */

struct cron {
    uint32_t hours, weekdays; /* a bit for each */
};
/* Errors: INVALID, with the offset. */
phx_status cron_read(phx_text text, struct cron *out, phx_error *err);
bool cron_has(const struct cron *cron, uint64_t time); /* ns, UTC */

/* --- policy.c: rows of retention policies --------------------------------- */

/* The default policy. */
phx_status policy_seed(struct connection *connection, int64_t max_days,
                       phx_error *err);
void policy_read(struct statement *statement, phx_retention_policy *out);
uint32_t policy_sum(const phx_retention_policy *policy);

/* --- project.c: rows of projects ------------------------------------------ */

phx_status project_insert(struct connection *connection,
                          const phx_project *project, phx_error *err);
void project_read(struct statement *statement, phx_project *out);
uint32_t project_sum(const phx_project *project);
/* The writer: whether it is there. Errors: NOT_FOUND. */
phx_status project_check(struct store *store, int64_t project, phx_error *err);

/* --- session.c: rows of sessions ------------------------------------------ */

struct session_row {
    int64_t id, project;
    uint64_t start, end; /* of its deleted traces, if it has any */
    phx_text name;
    int64_t sum;
    bool has_window;
};
phx_status session_insert(struct connection *connection, int64_t id,
                          phx_text name, int64_t project, phx_error *err);
void session_read(struct statement *statement, struct session_row *out);
uint32_t session_sum(const struct session_row *row);
/* A trace is deleted: its session's window is as wide as ever. */
phx_status session_widen(struct connection *connection, int64_t session,
                         uint64_t start, uint64_t end, phx_error *err);

#endif

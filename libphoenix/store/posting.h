/*
 * posting.h - from the hash of an id to the blocks that may hold it: the
 * filter, the memtable and the runs. A posting is a hint: the block's own
 * column decides, so that stale ones and collisions do no harm.
 */
#ifndef STORE_POSTING_H
#define STORE_POSTING_H

#include "base/base.h"

struct connection;
struct counter;

/* --- filter.c: "never seen", from memory ---------------------------------- */

struct filter;
phx_status filter_new(uint64_t keys, struct filter **out, phx_error *err);
void filter_free(struct filter *filter);
phx_status filter_add(struct filter *filter, uint64_t hash, phx_error *err);
void filter_prefetch(const struct filter *filter, uint64_t hash);
bool filter_maybe(const struct filter *filter, uint64_t hash);

/* --- posting.c: hash -> blocks -------------------------------------------- */

enum posting_kind { POSTING_SPAN = 1, POSTING_TRACE = 2 };

struct posting {
    uint64_t hash;
    uint32_t block;
};

struct posting_list {
    struct posting *items;
    size_t count, capacity;
};

/* Ids of blocks, distinct, in order of coming. */
struct block_set {
    int64_t *ids;
    size_t count, capacity;
};

uint64_t posting_hash(uint64_t secret, enum posting_kind kind, phx_text id);
phx_status posting_add(struct posting_list *list, uint64_t hash, uint32_t block,
                       phx_error *err);
void posting_sort(struct posting_list *list); /* as a run has them */
void posting_clear(struct posting_list *list);
phx_status block_set_add(struct block_set *set, int64_t block, phx_error *err);
void block_set_clear(struct block_set *set);

/* The postings of blocks that are in no run yet. */
struct memtable;
phx_status memtable_new(struct memtable **out, phx_error *err);
void memtable_free(struct memtable *table);
size_t memtable_count(const struct memtable *table);
phx_status memtable_add(struct memtable *table, uint64_t hash, uint32_t block,
                        phx_error *err);
void memtable_cut(struct memtable *table, size_t count); /* back to count */
phx_status memtable_forget(struct memtable *table, uint32_t upto,
                           phx_error *err); /* blocks <= upto */
phx_status memtable_find(const struct memtable *table, uint64_t hash,
                         struct block_set *out, phx_error *err);

/* --- run.c: sorted postings on disk --------------------------------------- */

enum {
    RUN_PART_BITS = 24,                  /* of a part's id, below the run's */
    RUN_PART_MOST = 336,                 /* postings that fit a page */
    RUN_PART = SHRUNK(RUN_PART_MOST, 4), /* and that we put there */
    RUN_FAN = SHRUNK(8, 3)
};

struct run {
    int64_t id;
    int64_t count;   /* postings */
    int64_t sum;     /* of the head */
    uint32_t *first; /* top 32 bits of the first hash of each part */
    uint32_t parts;
    uint8_t level;
};

struct run_list {
    struct arena arena; /* of all that it holds */
    struct run *runs;
    size_t count, capacity;
    int64_t sum; /* of the heads, as struct counter has it */
};

struct run_part {
    struct posting postings[RUN_PART_MOST];
    size_t count;
};

/* The runs of the connection's snapshot, from its cache where it is right. */
phx_status run_list_read(struct connection *connection,
                         const struct counter *counter,
                         const struct run_list **out, phx_error *err);
phx_status run_find(struct connection *connection, const struct run_list *list,
                    uint64_t hash, struct block_set *out, phx_error *err);
/* Writes sorted postings as a new run, inside the caller's transaction. */
phx_status run_write(struct connection *connection, struct counter *counter,
                     const struct posting_list *postings, phx_error *err);

/* The same posting by posting, in order, for merges: the parts may go in over
 * several transactions, the head comes with run_finish. */
struct run_writer {
    struct run_part part;
    uint8_t bytes[RUN_PART * 12 + 4]; /* of the part */
    struct buf first;
    int64_t id;
    int64_t count;
    uint32_t parts;
    uint8_t level;
};
void run_open(struct run_writer *writer, int64_t id, uint8_t level);
phx_status run_put(struct connection *connection, struct run_writer *writer,
                   const struct posting *posting, phx_error *err);
/* *sum is the new head's, or 0 if the run is empty and has none. */
phx_status run_finish(struct connection *connection, struct run_writer *writer,
                      int64_t *sum, phx_error *err);
void run_clear(struct run_writer *writer);
/* One part of a run, checked. */
phx_status run_read_part(struct connection *connection, int64_t run,
                         uint32_t part, struct run_part *out, phx_error *err);

#endif

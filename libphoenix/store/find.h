/*
 * find.h - a search for spans in one snapshot.
 *
 *     snapshot.c     a reader's snapshot and the blocks that are open in it
 *     foreign.c      the same on a connection that is not ours
 *     rows.c         a statement of SQL on a snapshot
 *     candidate.c    chooses the blocks
 *     match.c        chooses the rows of a block; attribute.c: by attribute,
 *                    trace_rows.c: by trace
 *     find.c         brings both together, row by row
 *     snippet.c      where a row has a word; trace_search.c: traces by words
 *
 * page.c reads whole spans of it; span_table.c shows it to SQL, where several
 * searches of one snapshot go on at once.
 */
#ifndef STORE_FIND_H
#define STORE_FIND_H

#include "store/inside.h"

/* --- snapshot.c ------------------------------------------------------------ */

/* A block that is open for some users, or for those to come. */
struct opened {
    struct stored_block stored;
    struct arena arena; /* of what attribute.c knows of the block */
    struct attribute *attributes;
    struct block_ints ints[COLUMN_FIXED];
    uint32_t ints_read; /* a bit for each of them that is there */
    bool ordered;       /* its rows are, by trace; once looked at */
    bool order_looked_at;
    struct opened *next;
    size_t users;
};

struct snapshot {
    struct store *store;
    struct connection *connection;
    struct counter counter;
    const struct gone *gone;
    unsigned interrupts;
    phx_stop_fn stop; /* NULL, or asked before a block is opened */
    void *stop_ctx;
    struct opened *opened; /* used last first */
    size_t opened_count;   /* blocks opened so far */
    struct opened **kept;  /* the reader's, which another snapshot had open, or
                              NULL: opened again by id alone, since this one
                              need not have them */
    struct buf key;        /* of an attribute that is being looked for */
    struct arena scratch;  /* of its value */
    phx_error failed;      /* what a method of the table told SQLite by code */
    int64_t most_memory;   /* of all that SQLite may have taken; 0: no bound */
};

phx_status snapshot_take(struct store *store, struct snapshot *out,
                         phx_error *err);
/* Nothing may use its blocks any more. */
void snapshot_give(struct snapshot *snapshot);
/* The two without a reader: what they begin and end with. */
void snapshot_init(struct snapshot *out, struct store *store);
void snapshot_clear(struct snapshot *snapshot);
/* INTERRUPTED if the store's calls are to end, or this one. */
phx_status snapshot_check(struct snapshot *snapshot, phx_error *err);
/* The block, for one user more. */
phx_status snapshot_open(struct snapshot *snapshot, int64_t block,
                         struct opened **out, phx_error *err);
void snapshot_close(struct snapshot *snapshot, struct opened *opened);
/* The open blocks, which nothing uses any more, go to those that are kept; of
 * them the last that were used stay. */
void snapshot_keep(struct snapshot *snapshot);
void opened_clear(struct opened **first);
/* A column of ints of an open block, read at its first use. */
phx_status opened_ints(struct opened *opened, enum block_column column,
                       const struct block_ints **out, phx_error *err);

/* --- rows.c ------------------------------------------------------------------ */

/* A statement that calls functions of the table's, or may fail as a host's
 * does; the handle is the caller's to finalize, after a failure, too. */
phx_status rows_prepare(struct snapshot *snapshot, phx_text sql,
                        struct statement *out, phx_error *err);
/* A condition's values, behind the statement's own. */
void rows_bind(struct statement *statement,
               const struct store_condition *condition);
/* DONE after the last. */
phx_status rows_next(struct snapshot *snapshot, struct statement *statement,
                     phx_error *err);

/* --- foreign.c --------------------------------------------------------------- */

/* The snapshot that a statement of SQL uses: the connection's own; on a foreign
 * one its first user takes it, and the last one gives it back. */
phx_status snapshot_join(struct connection *connection, struct snapshot **out,
                         phx_error *err);
void snapshot_leave(struct connection *connection);
double snapshot_rows(const struct connection *connection); /* about */

/* Whether a foreign connection has a store. Errors: CORRUPT, UNSUPPORTED. */
phx_status foreign_check(struct connection *connection, phx_error *err);

/* What SQLite is to call when it lets go of something that holds the
 * connection; NULL for our own. */
void (*foreign_hold(struct connection *connection))(void *connection);

/* --- attribute.c: attributes of open blocks --------------------------------- */

/* The path, or the rows that pass a test, both packed as store.h says; lent by
 * the block. Errors: INVALID (it is not). */
phx_status attribute_open(struct opened *opened, phx_text packed,
                          struct block_path **out, phx_error *err);
phx_status attribute_rows(struct opened *opened, phx_text packed,
                          const uint8_t **rows, phx_error *err);

/* --- find.c ----------------------------------------------------------------- */

/* What is searched for: the filter but for its tests and its
 * condition, and more that a statement of SQL can ask. */
struct search {
    struct span_filter filter;
    int64_t min_number, max_number;
    const int64_t *numbers; /* ascending; all if number_count is 0 */
    size_t number_count;
    uint64_t min_latency;  /* ns; 0 for all */
    const phx_text *tests; /* packed */
    size_t test_count;
    bool nothing;       /* no row can match */
    int64_t only_trace; /* its number, if one is asked for by number, and */
    int64_t only_spans; /* how many it has; else 0 */
};

/* The first of the numbers, by index, that is not below this one. */
static inline size_t search_number_from(const struct search *search,
                                        int64_t number)
{
    size_t low = 0, high = search->number_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (search->numbers[middle] < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

enum find_order { FIND_ANY = 0, FIND_BY_NUMBER, FIND_BY_START };

/* A row that matches; places go up in the search's order. */
struct hit {
    uint64_t place;
    int64_t number;
    struct opened *opened;
    uint32_t row;
};

/* A block that may have rows, and the place none of them is before. */
struct candidate {
    int64_t block;
    uint64_t place;
};

struct find {
    struct snapshot *snapshot;
    const struct search *search;
    enum find_order order;
    uint64_t turn; /* 0 where small keys come first, all ones for large */
    struct arena scratch;

    /* Blocks that ids lead to, in order; or the rows of SQL. */
    struct candidate *candidates;
    size_t candidate_count, candidate_capacity, candidate_at;
    struct statement rows;
    struct candidate next;
    phx_status more; /* OK: next is one; DONE: there is none */

    /* Of the open blocks: a heap, or a stack if any order will do. Each is a
     * user of its block. */
    struct hit *hits;
    size_t hit_count, hit_capacity;
    bool given; /* the first of them has been */
};

/* Starts as SQL has and orders them: those past int64 are reals. */
static inline uint64_t start_key(uint64_t start)
{
    double real = (double)start;

    if (start <= INT64_MAX)
        return start;
    return real < 18446744073709551616.0 ? (uint64_t)real : UINT64_MAX;
}

/* *search must outlive the find. find_clear after a failure, too. */
phx_status find_start(struct find *find, struct snapshot *snapshot,
                      const struct search *search, enum find_order order,
                      bool down, phx_error *err);
/* The next row, or DONE. It and its block are good until the next call. */
phx_status find_next(struct find *find, const struct hit **out, phx_error *err);
/* Instead of rows, whole blocks: the next that may have some, or DONE. keep
 * [rows] is 1 for those that match, good until the next call; the block is the
 * caller's to close. */
phx_status find_next_block(struct find *find, struct opened **out,
                           const uint8_t **keep, phx_error *err);
void find_clear(struct find *find);

/* --- snippet.c ------------------------------------------------------------- */

/* Where a row of a block has a word that it has. Texts in the arena. */
phx_status snippet_read(struct block *block, const struct needle *word,
                        uint32_t row, struct arena *arena, phx_match *out,
                        phx_error *err);

/* --- trace_search.c -------------------------------------------------------- */

/* Which traces have a span with all words. Blocks are looked at as they are
 * needed, those with the latest spans first. */
struct trace_search {
    struct search search;
    struct find find;
    struct map found; /* numbers of traces */
};
/* trace_search_clear after a failure, too; *search may not move meanwhile. */
phx_status trace_search_start(struct trace_search *search,
                              struct snapshot *snapshot,
                              const phx_trace_query *query,
                              const struct span_words *words, phx_error *err);
phx_status trace_search_has(struct trace_search *search,
                            const struct trace_row *trace, bool *out,
                            phx_error *err);
void trace_search_clear(struct trace_search *search);

/* --- candidate.c ----------------------------------------------------------- */

phx_status candidates_start(struct find *find, phx_error *err);
/* The next block in order, or DONE. */
phx_status candidates_next(struct find *find, struct candidate *out,
                           phx_error *err);
void candidates_clear(struct find *find);

/* --- trace_rows.c ------------------------------------------------------------ */

/* The rows from the first to the last of some traces, by their index in the
 * block; all rows where those of a trace do not stand together, none where
 * first is behind last. */
phx_status trace_rows_range(struct opened *opened, uint32_t first,
                            uint32_t last, uint32_t *from, uint32_t *to,
                            phx_error *err);
/* A block that is open and has all spans of a trace, which are so many; DONE
 * if none is known to. */
phx_status trace_rows_find(struct snapshot *snapshot, int64_t trace,
                           int64_t spans, int64_t *block, phx_error *err);

/* --- match.c --------------------------------------------------------------- */

/* Rows of an open block: keep [rows] becomes 1 where all that is asked for
 * holds, else 0; those from `from` to `to` have all that are 1. */
struct match {
    struct opened *opened;
    struct arena *scratch;
    uint8_t *keep;
    uint32_t from, to; /* all rows at first */
};
phx_status match_rows(const struct find *find, struct match *match,
                      phx_error *err);

#endif

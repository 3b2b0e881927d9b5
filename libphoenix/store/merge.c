/*
 * merge.c - eight runs of a level become one of the next, without the postings
 * whose block is gone. Parts go in slice by slice, so that commits get their
 * turn: a slice is gathered without the lock and written under it. The last
 * one's transaction exchanges the heads. Parts that a crash leaves
 * without a head are removed when the store is next written.
 */
#include "base/base.h"

#include "store/inside.h"

enum { SLICE = SHRUNK(512, 1) * RUN_PART };

struct source {
    struct run_part part;
    const struct run *run;
    size_t at;     /* in the part */
    uint32_t next; /* part to read */
};

struct merge {
    struct store *store;
    struct connection *connection;
    struct source *sources; /* [RUN_FAN] */
    struct posting *slice;  /* [SLICE] */
    size_t gathered;        /* in the slice */
    struct run_writer *writer;
    struct map alive; /* block -> 1 or 2: alive or not */
};

static phx_status is_alive(struct merge *merge, uint32_t block, bool *out,
                           phx_error *err)
{
    struct block_row row;
    bool fresh;
    uint32_t *known = map_slot(&merge->alive, block, &fresh);

    if (known == NULL)
        return fail_memory(err, sizeof *known);
    if (fresh) {
        phx_status status = block_row_find(merge->connection, block, &row, err);
        if (status < 0) {
            map_reset(&merge->alive);
            return status;
        }
        *known = status == PHX_OK ? 1 : 2;
    }
    *out = *known == 1;
    return PHX_OK;
}

/* The source's next posting is at hand, or it is empty. */
static phx_status refill(struct merge *merge, struct source *source,
                         phx_error *err)
{
    if (source->at < source->part.count || source->next == source->run->parts)
        return PHX_OK;
    source->at = 0;
    return run_read_part(merge->connection, source->run->id, source->next++,
                         &source->part, err);
}

static struct source *smallest(struct merge *merge)
{
    struct source *best = NULL;

    for (int i = 0; i < RUN_FAN; i++) {
        struct source *source = &merge->sources[i];
        if (source->at < source->part.count &&
            (best == NULL || source->part.postings[source->at].hash <
                                 best->part.postings[best->at].hash))
            best = source;
    }
    return best;
}

/* The next slice; DONE when it is the last. Reading needs no lock: only
 * compaction removes blocks and runs. */
static phx_status gather_slice(struct merge *merge, phx_error *err)
{
    phx_status status;

    merge->gathered = 0;
    while (merge->gathered < SLICE) {
        struct source *source = smallest(merge);
        bool alive = false;
        if (source == NULL)
            return PHX_DONE;
        const struct posting *posting = &source->part.postings[source->at];
        if ((status = is_alive(merge, posting->block, &alive, err)) < 0)
            return status;
        if (alive)
            merge->slice[merge->gathered++] = *posting;
        source->at++;
        if ((status = refill(merge, source, err)) < 0)
            return status;
    }
    return PHX_OK;
}

static phx_status change_begin(struct merge *merge, struct counter *counter,
                               phx_error *err)
{
    return store_change_begin(merge->store, merge->connection, counter, err);
}

static phx_status change_end(struct merge *merge, phx_status status,
                             const struct counter *counter, phx_error *err)
{
    status =
        store_change_end(merge->store, merge->connection, status, counter, err);
    store_write_end(merge->store);
    return status;
}

static phx_status write_slice(struct merge *merge, phx_error *err)
{
    phx_status status = PHX_OK;

    for (size_t i = 0; i < merge->gathered && status >= 0; i++)
        status =
            run_put(merge->connection, merge->writer, &merge->slice[i], err);
    return status;
}

/* The merged run is there for readers, and what it was merged from is not. */
static phx_status exchange_heads(struct merge *merge, struct counter *counter,
                                 phx_error *err)
{
    int64_t sum = 0;
    phx_status status = run_finish(merge->connection, merge->writer, &sum, err);

    counter->runs ^= sum;
    for (int i = 0; i < RUN_FAN && status >= 0; i++) {
        const struct run *run = merge->sources[i].run;
        counter->runs ^= run->sum;
        status =
            sql_run_with(merge->connection, SQL_DELETE_RUN_HEAD, run->id, err);
    }
    return status;
}

static phx_status write_merged(struct merge *merge, phx_error *err)
{
    struct counter counter;
    phx_status status;
    bool first = true, last;

    do {
        if ((status = gather_slice(merge, err)) < 0)
            return status;
        last = status == PHX_DONE;
        if ((status = change_begin(merge, &counter, err)) < 0)
            return status;
        if (first)
            run_open(merge->writer, counter.run++,
                     merge->sources[0].run->level + 1);
        first = false;
        status = write_slice(merge, err);
        if (last && status >= 0)
            status = exchange_heads(merge, &counter, err);
        status = change_end(merge, status, &counter, err);
        if (status >= 0) /* or a large merge would be in it whole */
            (void)copy_log(merge->store, LOG_PAGES, NULL);
    } while (status >= 0 && !last);
    return status;
}

static phx_status remove_parts(struct merge *merge, int64_t run, phx_error *err)
{
    int64_t end = (run + 1) << RUN_PART_BITS;
    struct statement *next;
    phx_status status;

    while ((status = sql_find(merge->connection, SQL_RUN_NEXT,
                              run << RUN_PART_BITS, &next, err)) == PHX_OK) {
        int64_t first = sql_int(next, 0);
        sql_end(next);
        if (first >= end)
            break;
        struct counter counter;
        if ((status = change_begin(merge, &counter, err)) < 0)
            return status;
        struct statement *remove = sql(merge->connection, SQL_DELETE_RUN_PARTS);
        sql_bind_int(remove, 1, first);
        int64_t upto = first + SHRUNK(256, 2);
        sql_bind_int(remove, 2, upto < end ? upto : end);
        status = change_end(merge, sql_run(remove, err), &counter, err);
        if (status < 0)
            return status;
    }
    return status < 0 ? status : PHX_OK;
}

static phx_status merge_level(struct merge *merge, const struct run_list *runs,
                              int level, phx_error *err)
{
    int64_t old[RUN_FAN];
    int found = 0;
    phx_status status;

    for (size_t i = 0; i < runs->count && found < RUN_FAN; i++) {
        if (runs->runs[i].level == level) {
            struct source *source = &merge->sources[found];
            source->run = &runs->runs[i];
            source->at = source->part.count = 0;
            source->next = 0;
            old[found++] = runs->runs[i].id;
            if ((status = refill(merge, source, err)) < 0)
                return status;
        }
    }
    if (found < RUN_FAN)
        return PHX_DONE;
    if ((status = write_merged(merge, err)) < 0)
        return status;
    for (int i = 0; i < RUN_FAN && status >= 0; i++)
        status = remove_parts(merge, old[i], err);
    return status;
}

/* Parts without a head, of a merge that a crash cut off. */
static phx_status remove_orphans(struct merge *merge,
                                 const struct run_list *runs, phx_error *err)
{
    struct statement *next;
    int64_t from = 0;
    phx_status status;

    while ((status = sql_find(merge->connection, SQL_RUN_NEXT, from, &next,
                              err)) == PHX_OK) {
        bool known = false;
        int64_t run = sql_int(next, 0) >> RUN_PART_BITS;
        sql_end(next);
        for (size_t i = 0; i < runs->count && !known; i++)
            known = runs->runs[i].id == run;
        if (!known && (status = remove_parts(merge, run, err)) < 0)
            return status;
        from = (run + 1) << RUN_PART_BITS;
    }
    return status < 0 ? status : PHX_OK;
}

static phx_status merge_one(struct merge *merge, phx_error *err)
{
    const struct run_list *runs;
    struct counter counter;
    phx_status status;

    if ((status = counter_read(merge->connection, &counter, err)) < 0 ||
        (status = run_list_read(merge->connection, &counter, &runs, err)) < 0)
        return status;
    if (!merge->store->orphans_removed) {
        if ((status = remove_orphans(merge, runs, err)) < 0)
            return status;
        merge->store->orphans_removed = true;
    }
    for (int level = 0; level < 16; level++) {
        if ((status = merge_level(merge, runs, level, err)) != PHX_DONE)
            return status;
    }
    return PHX_DONE;
}

phx_status merge_runs(struct store *store, phx_error *err)
{
    struct merge merge = {.store = store, .connection = store->background};
    phx_status status;

    /* A store in memory is not long enough for this to matter. */
    if (store->path == NULL || !atomic_exchange(&store->merge_wanted, false))
        return PHX_DONE;
    merge.sources = memory_new(RUN_FAN * sizeof *merge.sources);
    merge.slice = memory_new(SLICE * sizeof *merge.slice);
    merge.writer = memory_new(sizeof *merge.writer);
    if (merge.sources == NULL || merge.slice == NULL || merge.writer == NULL) {
        status = fail_memory(err, SLICE * sizeof *merge.slice);
    } else {
        run_open(merge.writer, 0, 0);
        status = merge_one(&merge, err);
        run_clear(merge.writer);
    }
    if (status != PHX_DONE) /* more to do, or to be done again */
        atomic_store(&store->merge_wanted, true);
    if (status < 0) /* the parts written so far */
        store->orphans_removed = false;
    map_clear(&merge.alive);
    memory_free(merge.sources);
    memory_free(merge.slice);
    memory_free(merge.writer);
    return status;
}

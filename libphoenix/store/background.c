/*
 * background.c - what keeps a store in shape while it is written: young blocks
 * into lasting ones, small ones together, runs merged, deleted and outgrown
 * rows swept, held log records joined, the log copied into the file, free pages
 * given back. One thread at a time.
 */
#include "base/base.h"

#include "store/inside.h"

#include <limits.h>

enum {
    LOG_PAGES_FULL = SHRUNK(65536, 80), /* a put does it, if nobody does */
    LOG_REST = SHRUNK(512, 4),          /* pages that commits may wait for */
    LOG_BYTES = SHRUNK(64 << 20, 64 << 10), /* kept of the log at rest */
    VACUUM_NS = 10 * 1000000
};

void background_lock(struct store *store)
{
    if (store->path == NULL)
        pthread_mutex_lock(&store->write_lock);
}

void background_unlock(struct store *store)
{
    if (store->path == NULL)
        pthread_mutex_unlock(&store->write_lock);
}

static phx_status compact_young(struct store *store, bool all, phx_error *err)
{
    struct rewrite rewrite = {.some = true, .young = true};
    int64_t spans = 0;
    phx_status status;

    if (atomic_load(&store->young_blocks) == 0 ||
        (!all && atomic_load(&store->young_spans) < YOUNG_SPANS &&
         atomic_load(&store->young_blocks) < YOUNG_BLOCKS))
        return PHX_DONE;
    background_lock(store);
    struct statement *young = sql(store->background, SQL_BLOCKS_YOUNG);
    sql_bind_int(young, 1, INT64_MAX);
    while ((status = sql_next(young, err)) == PHX_OK) {
        int64_t rows = sql_int(young, 1);
        if (rewrite.blocks.count > 0 && (spans + rows > 2 * YOUNG_SPANS ||
                                         rewrite.blocks.count >= YOUNG_BLOCKS))
            break;
        status = block_set_add(&rewrite.blocks, sql_int(young, 0), err);
        spans += rows;
        if (status < 0 || spans >= YOUNG_SPANS)
            break;
    }
    sql_end(young);
    background_unlock(store);
    if (status >= 0)
        status = rewrite.blocks.count > 0 ? compact_blocks(store, &rewrite, err)
                                          : PHX_DONE;
    if (status == PHX_OK)
        atomic_store(&store->held_wanted, true);
    block_set_clear(&rewrite.blocks);
    return status;
}

static phx_status compact_small(struct store *store, phx_error *err)
{
    struct rewrite rewrite = {.some = true};
    struct block_set *blocks = &rewrite.blocks;
    int64_t project = -1, day = -1;
    phx_status status;

    if (!atomic_exchange(&store->small_wanted, false))
        return PHX_DONE;
    background_lock(store);
    struct statement *small = sql(store->background, SQL_BLOCKS_SMALL);
    sql_bind_int(small, 1, SMALL_ROWS);
    while ((status = sql_next(small, err)) == PHX_OK) {
        if (sql_int(small, 2) != project || sql_int(small, 3) != day) {
            if (blocks->count >= SMALL_BLOCKS)
                break;
            project = sql_int(small, 2);
            day = sql_int(small, 3);
            blocks->count = 0;
        }
        if (blocks->count >= YOUNG_BLOCKS ||
            (status = block_set_add(blocks, sql_int(small, 0), err)) < 0)
            break;
    }
    sql_end(small);
    background_unlock(store);
    if (status >= 0)
        status = blocks->count >= SMALL_BLOCKS
                     ? compact_blocks(store, &rewrite, err)
                     : PHX_DONE;
    block_set_clear(blocks);
    return status;
}

/* Lasting blocks a quarter of whose rows are outgrown. */
static phx_status compact_outgrown(struct store *store, phx_error *err)
{
    struct rewrite rewrite = {0};
    phx_status status;

    if (!atomic_exchange(&store->outgrown_wanted, false))
        return PHX_DONE;
    background_lock(store);
    struct statement *many = sql(store->background, SQL_OUTGROWN_MANY);
    sql_bind_int(many, 1, SMALL_BLOCKS);
    while ((status = sql_next(many, err)) == PHX_OK) {
        status = block_set_add(&rewrite.blocks, sql_int(many, 0), err);
        if (status < 0)
            break;
    }
    sql_end(many);
    background_unlock(store);
    if (status >= 0 && rewrite.blocks.count > 0) {
        atomic_store(&store->outgrown_wanted, true);
        status = compact_blocks(store, &rewrite, err);
    }
    block_set_clear(&rewrite.blocks);
    return status;
}

/* Held log records, once a compaction of young blocks; or all. */
static phx_status join_records(struct store *store, bool all, phx_error *err)
{
    if (!atomic_load(&store->held_wanted) && !all)
        return PHX_DONE;
    phx_status status = store_join_held(store, err);
    if (status == PHX_DONE)
        atomic_store(&store->held_wanted, false);
    return status;
}

/* Copies as much of the log as its readers allow; of how much, and how far. An
 * interrupt that found nothing to stop stops the first copying, once. */
static int copy_pages(struct store *store, int *pages, int *copied)
{
    sqlite3 *db = store->background->db;
    int code, tries = 0;

    do
        code = sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_PASSIVE,
                                         pages, copied);
    while (code == SQLITE_INTERRUPT && ++tries < 2);
    return code == SQLITE_BUSY ? SQLITE_OK : code;
}

/* SQLite leaves it to the copying that gets to the end of the log. */
static int sync_pages(struct store *store)
{
    sqlite3_file *file = NULL;
    int code = sqlite3_file_control(store->background->db, NULL,
                                    SQLITE_FCNTL_FILE_POINTER, &file);

    return code == SQLITE_OK ? file->pMethods->xSync(file, SQLITE_SYNC_NORMAL)
                             : code;
}

/* Most of the log gets to the disk while commits go on; only what they add
 * meanwhile is copied in their way, and then the log begins anew. */
phx_status copy_log(struct store *store, long long above, phx_error *err)
{
    long long left = atomic_load(&store->log_pages), before;
    int code, pages = 0, copied = 0;

    if (store->path == NULL || left <= above)
        return PHX_DONE;
    do {
        before = left;
        if ((code = copy_pages(store, &pages, &copied)) == SQLITE_OK)
            code = sync_pages(store);
        left = atomic_load(&store->log_pages) - copied;
    } while (code == SQLITE_OK && left > LOG_REST && left < before / 2);
    if (code == SQLITE_OK) {
        pthread_mutex_lock(&store->write_lock);
        code = copy_pages(store, &pages, &copied);
        /* What a reader still needs is copied the next time. */
        atomic_store(&store->log_pages, pages - copied);
        pthread_mutex_unlock(&store->write_lock);
    }
    return code == SQLITE_OK ? PHX_DONE : connection_fail(NULL, code, err);
}

static sqlite3_int64 log_size(struct store *store)
{
    sqlite3_file *file = NULL;
    sqlite3_int64 size = 0;

    if (sqlite3_file_control(store->background->db, NULL,
                             SQLITE_FCNTL_JOURNAL_POINTER,
                             &file) != SQLITE_OK ||
        file == NULL || file->pMethods == NULL ||
        file->pMethods->xFileSize(file, &size) != SQLITE_OK)
        return 0;
    return size;
}

/* A log that a burst has made large is emptied when the store is at rest. A
 * reader that needs it is not waited for: there will be another rest. */
static phx_status empty_log(struct store *store, phx_error *err)
{
    sqlite3 *db = store->background->db;
    int code, timeout = (int)store->options.busy_timeout;
    phx_status status;

    if (store->path == NULL || log_size(store) <= LOG_BYTES)
        return PHX_DONE;
    if ((status = copy_log(store, 0, err)) < 0 ||
        (status = store_write_begin(store, err)) < 0)
        return status;
    sqlite3_busy_timeout(db, 0);
    code = sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL,
                                     NULL);
    sqlite3_busy_timeout(db, timeout < 0 ? INT_MAX : timeout);
    if (code == SQLITE_OK)
        atomic_store(&store->log_pages, 0);
    store_write_end(store);
    return code == SQLITE_OK || code == SQLITE_BUSY || code == SQLITE_INTERRUPT
               ? PHX_DONE
               : connection_fail(NULL, code, err);
}

/* Some ms of giving free pages back: of all, or where they are over a quarter
 * of the file, which is the most that is kept for what comes in. */
static phx_status give_back_pages(struct store *store, bool all, phx_error *err)
{
    struct statement *pages;
    phx_status status;

    if (store->path == NULL)
        return PHX_DONE;
    if ((status = store_write_begin(store, err)) < 0)
        return status;
    pages = sql(store->background, SQL_FREE_PAGES);
    int64_t free_pages = 0;
    if ((status = sql_next(pages, err)) == PHX_OK) {
        free_pages = sql_int(pages, 0);
        if (!all && free_pages <= sql_int(pages, 1) / 4)
            free_pages = 0;
        sql_end(pages);
    }
    if (status == PHX_OK && free_pages > 0) {
        struct statement *vacuum = sql(store->background, SQL_VACUUM);
        uint64_t end = time_monotonic() + VACUUM_NS;
        while ((status = sql_next(vacuum, err)) == PHX_OK &&
               time_monotonic() < end)
            ; /* a page */
        sql_end(vacuum);
    }
    store_write_end(store);
    return status < 0 ? status : free_pages > 0 ? PHX_OK : PHX_DONE;
}

/* One piece of work, the most pressing first. */
static phx_status work(struct store *store, bool all, phx_error *err)
{
    phx_status status;

    if (store->path != NULL)
        sql_rollback(store->background); /* one that failed */
    if ((status = copy_log(store, LOG_PAGES, err)) != PHX_DONE ||
        (status = merge_runs(store, err)) != PHX_DONE ||
        (status = compact_young(store, false, err)) != PHX_DONE ||
        (status = sweep_gone(store, err)) != PHX_DONE ||
        (status = compact_outgrown(store, err)) != PHX_DONE ||
        (status = compact_small(store, err)) != PHX_DONE ||
        (status = join_records(store, all, err)) != PHX_DONE ||
        (all && (status = compact_young(store, true, err)) != PHX_DONE))
        return status;
    if ((status = give_back_pages(store, all, err)) == PHX_DONE && all)
        status = empty_log(store, err);
    return status;
}

phx_status store_compact(struct store *store, uint32_t budget_ms,
                         phx_error *err)
{
    uint64_t end = time_monotonic() + (uint64_t)budget_ms * 1000000;
    unsigned interrupts = store_interrupts(store);
    phx_status status;

    if (store->options.read_only)
        return fail(err, PHX_MISUSE, -1, "the store is open for reading only");
    do {
        lock_in_turn(&store->compact_turn, &store->compact_lock);
        status = work(store, budget_ms > 0, err);
        pthread_mutex_unlock(&store->compact_lock);
    } while (status == PHX_OK &&
             (status = store_check_interrupt(store, interrupts, err)) >= 0 &&
             (budget_ms == 0 || time_monotonic() < end));
    return status;
}

static void bound_log(struct store *store)
{
    if (atomic_load(&store->log_pages) <= LOG_PAGES_FULL ||
        pthread_mutex_trylock(&store->compact_lock) != 0)
        return;
    (void)copy_log(store, LOG_PAGES_FULL, NULL);
    pthread_mutex_unlock(&store->compact_lock);
}

void store_keep_up(struct store *store)
{
    if (store->options.no_compact) {
        bound_log(store);
        return;
    }
    if (atomic_load(&store->young_spans) < YOUNG_SPANS &&
        atomic_load(&store->young_blocks) < YOUNG_BLOCKS &&
        atomic_load(&store->log_pages) <= LOG_PAGES &&
        !atomic_load(&store->sweep_wanted) && !atomic_load(&store->held_wanted))
        return;
    if (pthread_mutex_trylock(&store->compact_lock) != 0)
        return;
    /* The put has succeeded; what fails here is tried again. */
    (void)work(store, false, NULL);
    pthread_mutex_unlock(&store->compact_lock);
}

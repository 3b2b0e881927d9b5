/*
 * store.c - opening and closing, the pool of readers, the turns of writers,
 * and the figures of the whole.
 */
#include "base/base.h"

#include "store/price.h"
#include "store/span_table.h"

static phx_status copy_string(const char *string, char **out, phx_error *err)
{
    size_t size = string ? strlen(string) + 1 : 0;

    *out = NULL;
    if (string == NULL)
        return PHX_OK;
    if ((*out = memory_new(size)) == NULL)
        return fail_memory(err, size);
    memcpy(*out, string, size);
    return PHX_OK;
}

static int log_grew(void *ctx, sqlite3 *db, const char *name, int pages)
{
    struct store *store = ctx;

    (void)db;
    (void)name;
    atomic_store(&store->log_pages, pages);
    return SQLITE_OK;
}

static phx_status connect(struct store *store, struct connection **out,
                          phx_error *err)
{
    return connection_open(store->path, store->vfs, store->options.read_only,
                           store->options.busy_timeout, out, err);
}

static phx_status open_writer(struct store *store, phx_error *err)
{
    phx_status status;

    if ((status = schema_prepare(store->writer, &store->options, err)) < 0 ||
        (status = counter_read(store->writer, &store->counter, err)) < 0)
        return status;
    store->secret = store->counter.secret;
    if (store->options.read_only)
        return PHX_OK;
    sqlite3_wal_hook(store->writer->db, log_grew, store);
    store->background = store->writer;
    if (store->path != NULL) {
        if ((status = connect(store, &store->background, err)) < 0) {
            store->background = NULL;
            return status;
        }
        /* It rewrites what is durable: either form may survive a power cut. */
        if ((status = connection_relax(store->background, err)) < 0)
            return status;
        sqlite3_wal_hook(store->background->db, log_grew, store);
    }
    atomic_store(&store->merge_wanted, true);
    atomic_store(&store->small_wanted, true);
    atomic_store(&store->outgrown_wanted, true);
    atomic_store(&store->held_wanted, true);
    return memtable_new(&store->memtable, err);
}

static phx_status count_young(struct store *store, phx_error *err)
{
    struct statement *young = sql(store->writer, SQL_BLOCKS_YOUNG);
    phx_status status;

    sql_bind_int(young, 1, INT64_MAX);
    while ((status = sql_next(young, err)) == PHX_OK) {
        atomic_fetch_add(&store->young_blocks, 1);
        atomic_fetch_add(&store->young_spans, sql_int(young, 1));
    }
    return status < 0 ? status : PHX_OK;
}

phx_status store_open(const char *path, const struct store_options *options,
                      struct store **out, phx_error *err)
{
    struct store *store = memory_new(sizeof *store);
    phx_status status;

    if (store == NULL)
        return fail_memory(err, sizeof *store);
    *store = (struct store){
        .options = *options, .lock = -1, .memtable_from = INT64_MAX};
    atomic_init(&store->references, 1);
    pthread_mutex_init(&store->put_lock, NULL);
    pthread_cond_init(&store->put_done, NULL);
    pthread_mutex_init(&store->write_turn, NULL);
    pthread_mutex_init(&store->write_lock, NULL);
    pthread_mutex_init(&store->memory_lock, NULL);
    pthread_mutex_init(&store->compact_turn, NULL);
    pthread_mutex_init(&store->compact_lock, NULL);
    pthread_mutex_init(&store->pool_lock, NULL);
    if ((status = copy_string(path, &store->path, err)) < 0 ||
        (status = copy_string(options->vfs, &store->vfs, err)) < 0)
        goto done;
    if (path != NULL && !options->read_only &&
        (status = lock_take(path, store->vfs, &store->lock, err)) < 0)
        goto done;
    if (path != NULL && options->anew &&
        (status = archive_claim(path, err)) < 0)
        goto done;
    if ((status = connect(store, &store->writer, err)) < 0 ||
        (status = open_writer(store, err)) < 0 ||
        (!options->read_only && (status = prices_prepare(store, err)) < 0) ||
        (status = count_young(store, err)) < 0 ||
        (status = gone_read(store->writer, &store->gone, err)) < 0)
        goto done;
    atomic_store(&store->sweep_wanted, store->gone.count > 0);
done:
    if (status < 0)
        store_release(store);
    else
        *out = store;
    return status;
}

void store_retain(struct store *store)
{
    atomic_fetch_add(&store->references, 1);
}

void store_release(struct store *store)
{
    if (store == NULL || atomic_fetch_sub(&store->references, 1) > 1)
        return;
    while (store->pool != NULL) {
        struct connection *next = store->pool->next;
        connection_close(store->pool);
        store->pool = next;
    }
    if (store->background != store->writer)
        connection_close(store->background);
    connection_close(store->writer);
    block_writer_free(store->encoder);
    block_writer_free(store->compact_encoder);
    if (store->image != NULL)
        block_image_clear(store->image);
    memory_free(store->image);
    trace_cache_free(store->traces);
    filter_free(store->filter);
    memtable_free(store->memtable);
    gone_clear(&store->gone);
    gone_clear(&store->walk.rows);
    lock_release(store->lock);
    pthread_mutex_destroy(&store->put_lock);
    pthread_cond_destroy(&store->put_done);
    pthread_mutex_destroy(&store->write_turn);
    pthread_mutex_destroy(&store->write_lock);
    pthread_mutex_destroy(&store->memory_lock);
    pthread_mutex_destroy(&store->compact_turn);
    pthread_mutex_destroy(&store->compact_lock);
    pthread_mutex_destroy(&store->pool_lock);
    memory_free(store->path);
    memory_free(store->vfs);
    memory_free(store);
}

/* --- interrupts ------------------------------------------------------------------ */

void store_interrupt(struct store *store)
{
    atomic_fetch_add(&store->interrupts, 1);
    pthread_mutex_lock(&store->pool_lock);
    for (struct connection *c = store->pool; c != NULL; c = c->next)
        sqlite3_interrupt(c->db);
    pthread_mutex_unlock(&store->pool_lock);
    sqlite3_interrupt(store->writer->db);
    if (store->background != NULL)
        sqlite3_interrupt(store->background->db);
}

unsigned store_interrupts(struct store *store)
{
    return atomic_load(&store->interrupts);
}

phx_status store_check_interrupt(struct store *store, unsigned since,
                                 phx_error *err)
{
    if (atomic_load(&store->interrupts) == since)
        return PHX_OK;
    return fail(err, PHX_INTERRUPTED, -1, "the call was interrupted");
}

/* --- readers ---------------------------------------------------------------------- */

static struct connection *take_idle(struct store *store)
{
    struct connection *found;

    pthread_mutex_lock(&store->pool_lock);
    for (found = store->pool; found != NULL; found = found->next) {
        if (!found->busy)
            break;
    }
    if (found != NULL)
        found->busy = true;
    pthread_mutex_unlock(&store->pool_lock);
    return found;
}

static phx_status add_reader(struct store *store, struct connection **out,
                             phx_error *err)
{
    phx_status status = connect(store, out, err);

    if (status < 0)
        return status;
    if ((status = connection_sort_outside(*out, err)) < 0 ||
        (status = span_table_register(*out, &store->options, err)) < 0) {
        connection_close(*out);
        return status;
    }
    (*out)->busy = true;
    pthread_mutex_lock(&store->pool_lock);
    (*out)->next = store->pool;
    store->pool = *out;
    pthread_mutex_unlock(&store->pool_lock);
    return PHX_OK;
}

/* A store in memory is read by its writer. What readers need would be a fifth
 * of the time that opening takes, so it waits for the first of them. */
static phx_status lend_writer(struct store *store, struct connection **out,
                              phx_error *err)
{
    phx_status status = PHX_OK;

    lock_in_turn(&store->write_turn, &store->write_lock);
    sql_rollback(store->writer);
    if (!store->writer_reads &&
        (status = span_table_register(store->writer, &store->options, err)) < 0)
        pthread_mutex_unlock(&store->write_lock);
    else
        store->writer_reads = true;
    *out = store->writer;
    return status;
}

phx_status store_reader_take(struct store *store, struct connection **out,
                             struct counter *counter, phx_error *err)
{
    struct connection *connection = NULL;
    phx_status status = PHX_OK;

    if (store->path == NULL)
        status = lend_writer(store, &connection, err);
    else if ((connection = take_idle(store)) == NULL)
        status = add_reader(store, &connection, err);
    if (status < 0)
        return status;
    if ((store->path != NULL &&
         (status = sql_begin(connection, false, err)) < 0) ||
        (status = counter_read(connection, counter, err)) < 0)
        store_reader_give(store, connection);
    else
        *out = connection;
    return status;
}

void store_reader_give(struct store *store, struct connection *connection)
{
    if (store->path == NULL) {
        pthread_mutex_unlock(&store->write_lock);
        return;
    }
    sql_rollback(connection);
    pthread_mutex_lock(&store->pool_lock);
    connection->busy = false;
    pthread_mutex_unlock(&store->pool_lock);
}

/* --- writing ------------------------------------------------------------- */

/* A rollback can fail for want of memory. Nothing may be read or written
 * before it has been made good; the compactor's, too, unless it is at work. */
static void roll_back_leftovers(struct store *store)
{
    sql_rollback(store->writer);
    if (pthread_mutex_trylock(&store->compact_lock) != 0)
        return;
    sql_rollback(store->background);
    pthread_mutex_unlock(&store->compact_lock);
}

void lock_in_turn(pthread_mutex_t *turn, pthread_mutex_t *lock)
{
    pthread_mutex_lock(turn);
    pthread_mutex_lock(lock);
    pthread_mutex_unlock(turn);
}

phx_status store_write_begin(struct store *store, phx_error *err)
{
    if (store->options.read_only)
        return fail(err, PHX_MISUSE, -1, "the store is open for reading only");
    lock_in_turn(&store->write_turn, &store->write_lock);
    store->write_interrupts = store_interrupts(store);
    roll_back_leftovers(store);
    return PHX_OK;
}

phx_status store_put_begin(struct store *store, phx_error *err)
{
    phx_status status = store_write_begin(store, err);

    if (status >= 0 && store->filter == NULL &&
        (status = load_for_putting(store, err)) < 0)
        store_write_end(store);
    return status;
}

void store_write_end(struct store *store)
{
    pthread_mutex_unlock(&store->write_lock);
}

phx_status store_change_begin(struct store *store,
                              struct connection *connection,
                              struct counter *counter, phx_error *err)
{
    phx_status status = store_write_begin(store, err);

    if (status < 0)
        return status;
    *counter = store->counter;
    if ((status = sql_begin(connection, true, err)) < 0)
        store_write_end(store);
    return status;
}

phx_status store_change_end(struct store *store, struct connection *connection,
                            phx_status status, const struct counter *counter,
                            phx_error *err)
{
    if (status >= 0)
        status = store_check_interrupt(store, store->write_interrupts, err);
    if (status < 0 || (status = counter_write(connection, counter, err)) < 0 ||
        (status = sql_commit(connection, err)) < 0)
        sql_rollback(connection);
    else
        store->counter = *counter;
    return status;
}

/* --- figures ----------------------------------------------------------------- */

phx_status store_stat(struct store *store, phx_store_stats *out, phx_error *err)
{
    phx_store_stats stats = {0};
    struct connection *connection;
    struct counter counter;
    phx_status status = store_reader_take(store, &connection, &counter, err);

    if (status < 0)
        return status;
    struct statement *read = sql(connection, SQL_STAT);
    if ((status = sql_next(read, err)) == PHX_OK) {
        stats.spans = sql_int(read, 0);
        stats.blocks = sql_int(read, 1);
        stats.young_blocks = sql_int(read, 2);
        stats.deleted = sql_int(read, 3);
        int64_t page_size = sql_int(read, 4);
        stats.log_bytes = page_size * atomic_load(&store->log_pages);
        stats.bytes = page_size * sql_int(read, 5) + stats.log_bytes;
        stats.free_bytes = page_size * sql_int(read, 6);
        sql_end(read);
    }
    store_reader_give(store, connection);
    if (status < 0)
        return status;
    stats.traces = counter.traces;
    stats.sessions = counter.sessions;
    stats.projects = counter.projects;
    *out = stats;
    return PHX_OK;
}

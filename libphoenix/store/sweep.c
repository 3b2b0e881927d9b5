/*
 * sweep.c - what is gone leaves the blocks: those that still have rows of it
 * are rewritten, a few at a time, and then the `gone` row is forgotten. The
 * traces of a gone project lose their rows first.
 */
#include "base/base.h"

#include "store/inside.h"

enum { SWEEP_BLOCKS = SHRUNK(64, 3), SWEEP_TRACES = SHRUNK(2000, 2) };

/* Whether a block still has rows of what is gone. */
static phx_status block_has(struct connection *connection, int64_t id,
                            const struct gone_row *gone, bool *out,
                            phx_error *err)
{
    struct stored_block stored;
    struct block_row row;
    struct block_ints numbers;
    phx_status status;

    *out = false;
    status = block_row_find(connection, id, &row, err);
    if (status != PHX_OK)
        return status < 0 ? status : PHX_OK;
    if ((status = stored_block_open(connection, id, &stored, err)) < 0)
        return status;
    status = block_read_ints(stored.block,
                             gone->kind == PHX_SPAN ? COLUMN_NUMBER
                                                    : COLUMN_TRACE_NUMBER,
                             &numbers, err);
    for (uint32_t i = 0; status >= 0 && i < numbers.count && !*out; i++)
        *out = block_int(&numbers, i) == gone->id;
    stored_block_close(&stored);
    return status;
}

static phx_status blocks_of_id(struct store *store, const struct gone_row *gone,
                               struct block_set *out, phx_error *err)
{
    struct block_set candidates = {0};
    struct counter counter;
    phx_status status;
    bool has;

    if ((status = counter_read(store->background, &counter, err)) >= 0)
        status = lookup_blocks(store, store->background, &counter, gone->hash,
                               &candidates, err);
    for (size_t i = 0; i < candidates.count && status >= 0; i++) {
        status =
            block_has(store->background, candidates.ids[i], gone, &has, err);
        if (status >= 0 && has)
            status = block_set_add(out, candidates.ids[i], err);
    }
    block_set_clear(&candidates);
    return status;
}

static phx_status blocks_of_project(struct store *store, int64_t project,
                                    struct block_set *out, phx_error *err)
{
    struct statement *blocks = sql(store->background, SQL_BLOCKS_OF_PROJECT);
    phx_status status;

    sql_bind_int(blocks, 1, project);
    while ((status = sql_next(blocks, err)) == PHX_OK) {
        if (out->count > SWEEP_BLOCKS ||
            (status = block_set_add(out, sql_int(blocks, 0), err)) < 0)
            break;
    }
    sql_end(blocks);
    return status < 0 ? status : PHX_OK;
}

/* OK if there was a trace; its session may be another project's. */
static phx_status remove_trace_of(struct connection *connection,
                                  struct counter *counter, int64_t project,
                                  phx_error *err)
{
    struct statement *read;
    struct trace_row row;
    phx_status status =
        sql_find(connection, SQL_TRACE_OF_PROJECT, project, &read, err);

    if (status != PHX_OK)
        return status;
    trace_row_read(read, &row);
    sql_end(read);
    return trace_row_remove(connection, counter, &row, err);
}

/* A slice of a gone project's trace rows; OK if there may be more. */
static phx_status sweep_traces(struct store *store, int64_t project,
                               phx_error *err)
{
    struct connection *connection = store->background;
    struct counter counter;
    phx_status status = store_change_begin(store, connection, &counter, err);
    int swept = 0;

    if (status < 0)
        return status;
    while (swept < SWEEP_TRACES &&
           (status = remove_trace_of(connection, &counter, project, err)) ==
               PHX_OK)
        swept++;
    status = store_change_end(store, connection, status, &counter, err);
    store_write_end(store);
    return status < 0 ? status : swept > 0 ? PHX_OK : PHX_DONE;
}

/* Which blocks to rewrite next, and which gone rows have no other. A project
 * is forgotten only when neither blocks nor traces have it. */
static phx_status plan(struct store *store, const struct gone *gone,
                       struct block_set *blocks, struct gone *forgotten,
                       phx_error *err)
{
    phx_status status = PHX_OK;

    for (size_t i = 0; i < gone->count && status >= 0; i++) {
        const struct gone_row *row = &gone->rows[i];
        struct block_set mine = {0};
        bool project = row->kind == PHX_PROJECT;
        status = project ? blocks_of_project(store, row->id, &mine, err)
                         : blocks_of_id(store, row, &mine, err);
        bool fits = blocks->count + mine.count <= SWEEP_BLOCKS;
        for (size_t j = 0;
             j < mine.count && status >= 0 && blocks->count < SWEEP_BLOCKS; j++)
            status = block_set_add(blocks, mine.ids[j], err);
        if (status >= 0 && fits && (!project || mine.count == 0))
            status = gone_add(forgotten, row->kind, row->id, row->hash, err);
        block_set_clear(&mine);
        if (!fits)
            break;
    }
    return status;
}

static phx_status sweep(struct store *store, const struct gone *gone,
                        phx_error *err)
{
    struct gone forgotten = {0};
    struct rewrite rewrite = {.forgotten = &forgotten};
    phx_status status = PHX_DONE;

    for (size_t i = 0; i < gone->count && status == PHX_DONE; i++) {
        if (gone->rows[i].kind == PHX_PROJECT)
            status = sweep_traces(store, gone->rows[i].id, err);
    }
    if (status != PHX_DONE)
        return status;
    if (store->path == NULL)
        pthread_mutex_lock(&store->write_lock);
    status = plan(store, gone, &rewrite.blocks, &forgotten, err);
    if (store->path == NULL)
        pthread_mutex_unlock(&store->write_lock);
    if (status >= 0)
        status = compact_blocks(store, &rewrite, err);
    block_set_clear(&rewrite.blocks);
    gone_clear(&forgotten);
    return status;
}

phx_status sweep_gone(struct store *store, phx_error *err)
{
    struct gone gone = {0};
    phx_status status;

    if (!atomic_load(&store->sweep_wanted))
        return PHX_DONE;
    if ((status = store_write_begin(store, err)) < 0)
        return status;
    status = gone_read(store->writer, &gone, err);
    /* Under the lock: a delete after it asks again. */
    if (status >= 0 && gone.count == 0)
        atomic_store(&store->sweep_wanted, false);
    store_write_end(store);
    if (status >= 0)
        status = gone.count == 0 ? PHX_DONE : sweep(store, &gone, err);
    gone_clear(&gone);
    return status;
}

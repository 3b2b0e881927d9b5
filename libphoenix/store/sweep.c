/*
 * sweep.c - what is gone leaves the blocks: those that still have rows of it
 * are rewritten, a few at a time, and then the `gone` row is forgotten. The
 * traces of a gone project lose their rows first.
 *
 *     a few      postings lead from each to its blocks
 *     many       a walk over all blocks there are when it begins; what is
 *                written meanwhile has nothing of them
 */
#include "base/base.h"

#include "store/inside.h"

enum {
    SWEEP_FEW = SHRUNK(64, 3),
    SWEEP_BLOCKS = SHRUNK(8, 3),    /* rewritten at once */
    SWEEP_TRACES = SHRUNK(2000, 2), /* rows in one transaction */
    SWEEP_ROWS = SHRUNK(2000, 2),
    WALK_BLOCKS = SHRUNK(512, 2) /* looked at in one piece of work */
};

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
static phx_status remove_trace_of(struct removal *removal, int64_t project,
                                  phx_error *err)
{
    struct statement *read;
    struct trace_row row;
    phx_status status = sql_find(removal->connection, SQL_TRACE_OF_PROJECT,
                                 project, &read, err);

    if (status != PHX_OK)
        return status;
    trace_row_read(read, &row);
    uint64_t hash =
        posting_hash(removal->counter.secret, POSTING_TRACE, sql_text(read, 1));
    sql_end(read);
    return removal_trace(removal, &row, hash, err);
}

/* A slice of a gone project's trace rows; OK if there may be more. */
static phx_status sweep_traces(struct store *store, int64_t project,
                               phx_error *err)
{
    struct removal removal;
    phx_status status = removal_begin(&removal, store, store->background, err);
    int swept = 0;

    if (status < 0)
        return status;
    while (swept < SWEEP_TRACES &&
           (status = remove_trace_of(&removal, project, err)) == PHX_OK)
        swept++;
    status = removal_end(&removal, status, err);
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

    for (size_t i = 0; i < gone->count && i < SWEEP_FEW && status >= 0; i++) {
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

static phx_status sweep_few(struct store *store, const struct gone *gone,
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
    background_lock(store);
    status = plan(store, gone, &rewrite.blocks, &forgotten, err);
    background_unlock(store);
    if (status >= 0)
        status = compact_blocks(store, &rewrite, err);
    block_set_clear(&rewrite.blocks);
    gone_clear(&forgotten);
    return status;
}

/* --- many at once -------------------------------------------------------------- */

static phx_status has_any(struct block *block, enum block_column column,
                          const struct gone *gone, int32_t kind, bool *out,
                          phx_error *err)
{
    struct block_ints ids;
    phx_status status = block_read_ints(block, column, &ids, err);

    for (uint32_t i = 0; status >= 0 && i < ids.count && !*out; i++)
        *out = gone_has(gone, kind, block_int(&ids, i));
    return status;
}

/* Looks at one block; it joins the others if it has something of the walk. */
static phx_status look_at(struct store *store, int64_t id,
                          struct block_set *found, phx_error *err)
{
    const struct gone *gone = &store->walk.rows;
    struct stored_block stored;
    bool has = false;
    phx_status status = stored_block_open(store->background, id, &stored, err);

    if (status < 0)
        return status;
    status =
        has_any(stored.block, COLUMN_TRACE_NUMBER, gone, PHX_TRACE, &has, err);
    if (status >= 0 && !has && gone->rows[gone->count - 1].kind == PHX_SPAN)
        status =
            has_any(stored.block, COLUMN_NUMBER, gone, PHX_SPAN, &has, err);
    stored_block_close(&stored);
    return status >= 0 && has ? block_set_add(found, id, err) : status;
}

/* The next few blocks that have something of it; *next is where to go on. */
static phx_status look_on(struct store *store, struct block_set *found,
                          int64_t *next, phx_error *err)
{
    struct statement *read;
    phx_status status = PHX_OK;

    for (int i = 0; i < WALK_BLOCKS && found->count < SWEEP_BLOCKS; i++) {
        status = sql_find(store->background, SQL_BLOCKS_ALL, *next, &read, err);
        if (status < 0)
            return status;
        int64_t id = status == PHX_OK ? sql_int(read, 0) : store->walk.end;
        sql_end(read);
        *next = id < store->walk.end ? id : store->walk.end;
        if (id >= store->walk.end)
            return PHX_OK;
        if ((status = look_at(store, id, found, err)) < 0)
            return status;
    }
    return status;
}

/* No block has them any more: the last of the rows go, a slice of them. */
static phx_status forget(struct store *store, phx_error *err)
{
    struct gone *rows = &store->walk.rows;
    size_t count = rows->count < SWEEP_ROWS ? rows->count : SWEEP_ROWS;
    const struct gone_row *last = rows->rows + rows->count - count;
    struct counter counter;
    phx_status status =
        store_change_begin(store, store->background, &counter, err);

    if (status < 0)
        return status;
    for (size_t i = 0; i < count && status >= 0; i++)
        status = gone_forget(store->background, &counter, &last[i], err);
    status = store_change_end(store, store->background, status, &counter, err);
    if (status >= 0)
        gone_drop(&store->gone, last, count);
    store_write_end(store);
    if (status < 0)
        return status;
    rows->count -= count;
    if (rows->count == 0)
        gone_clear(rows);
    return PHX_OK;
}

static phx_status walk_on(struct store *store, phx_error *err)
{
    struct sweep_walk *walk = &store->walk;
    struct rewrite rewrite = {0};
    int64_t next = walk->next;
    phx_status status;

    if (next >= walk->end)
        return forget(store, err);
    background_lock(store);
    status = look_on(store, &rewrite.blocks, &next, err);
    background_unlock(store);
    if (status >= 0 && rewrite.blocks.count > 0)
        status = compact_blocks(store, &rewrite, err);
    block_set_clear(&rewrite.blocks);
    if (status >= 0)
        walk->next = next;
    return status < 0 ? status : PHX_OK;
}

/* What there is to sweep now, and the number of the next block. */
static phx_status copy_gone(struct store *store, struct gone *out, int64_t *end,
                            phx_error *err)
{
    struct gone none = {0};
    phx_status status = store_write_begin(store, err);

    if (status < 0)
        return status;
    *end = store->counter.block;
    if (store->gone.count > 0)
        status = gone_join(&store->gone, &none, out, err);
    else /* under the lock: a delete after it asks again */
        atomic_store(&store->sweep_wanted, false);
    store_write_end(store);
    return status;
}

phx_status sweep_gone(struct store *store, phx_error *err)
{
    struct gone gone = {0};
    int64_t end = 0;
    phx_status status;

    if (!atomic_load(&store->sweep_wanted))
        return PHX_DONE;
    if (store->walk.rows.count > 0)
        return walk_on(store, err);
    if ((status = copy_gone(store, &gone, &end, err)) < 0 || gone.count == 0)
        return status < 0 ? status : PHX_DONE;
    if (gone.count > SWEEP_FEW && gone.rows[0].kind != PHX_PROJECT) {
        store->walk = (struct sweep_walk){.rows = gone, .end = end};
        return walk_on(store, err);
    }
    status = sweep_few(store, &gone, err);
    gone_clear(&gone);
    return status;
}

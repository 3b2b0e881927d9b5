/*
 * remove.c - deletes. A delete is one small transaction: its rows go, and a
 * row in `gone` hides what is still in blocks from readers and from ingest.
 * The sweep rewrites those blocks later, a few at a time, and forgets it.
 */
#include "base/base.h"

#include "store/inside.h"

enum {
    SWEEP_BLOCKS = SHRUNK(64, 3),
    SWEEP_TRACES = SHRUNK(2000, 2),
    DEFAULT_PROJECT = 1
};

struct removal {
    struct store *store;
    struct connection *connection;
    struct counter counter; /* as it will be */
};

static phx_status run_with(struct connection *connection, enum sql id,
                           int64_t value, phx_error *err)
{
    struct statement *statement = sql(connection, id);

    sql_bind_int(statement, 1, value);
    return sql_run(statement, err);
}

static phx_status hide(struct removal *removal, int32_t kind, int64_t id,
                       uint64_t hash, phx_error *err)
{
    struct gone_row row = {kind, id, hash};

    return gone_hide(removal->connection, &removal->counter, &row, err);
}

static phx_status remove_trace_row(struct removal *removal,
                                   const struct trace_row *row, phx_error *err)
{
    phx_status status = PHX_OK;

    if (row->session != 0)
        status = session_widen(removal->connection, row->session, row->start,
                               row->end, err);
    removal->counter.traces--;
    return status < 0
               ? status
               : run_with(removal->connection, SQL_DELETE_TRACE, row->id, err);
}

static phx_status leave_session(struct removal *removal, struct trace_row *row,
                                phx_error *err)
{
    row->session = 0;
    return trace_row_write(removal->connection, row, (phx_text){NULL, 0}, false,
                           err);
}

static phx_status remove_trace(struct removal *removal, int64_t trace,
                               phx_error *err)
{
    struct statement *read = sql(removal->connection, SQL_TRACE_BY_ID);
    phx_status status;

    sql_bind_int(read, 1, trace);
    if ((status = sql_next(read, err)) < 0)
        return status;
    if (status == PHX_DONE)
        return fail(err, PHX_NOT_FOUND, -1, "no trace %lld", (long long)trace);
    if (gone_has(&removal->store->gone, PHX_PROJECT, sql_int(read, 2))) {
        sql_end(read);
        return fail(err, PHX_NOT_FOUND, -1, "no trace %lld", (long long)trace);
    }
    uint64_t hash =
        posting_hash(removal->store->secret, POSTING_TRACE, sql_text(read, 1));
    struct trace_row row;
    trace_row_read(read, &row);
    sql_end(read);
    if ((status = hide(removal, PHX_TRACE, trace, hash, err)) < 0)
        return status;
    return remove_trace_row(removal, &row, err);
}

static phx_status remove_session(struct removal *removal, int64_t session,
                                 phx_error *err)
{
    struct statement *found = sql(removal->connection, SQL_SESSION_BY_ID);
    phx_status status;

    sql_bind_int(found, 1, session);
    if ((status = sql_next(found, err)) < 0)
        return status;
    sql_end(found);
    if (status == PHX_DONE)
        return fail(err, PHX_NOT_FOUND, -1, "no session %lld",
                    (long long)session);
    for (;;) {
        struct statement *traces =
            sql(removal->connection, SQL_TRACES_OF_SESSION);
        sql_bind_int(traces, 1, session);
        if ((status = sql_next(traces, err)) != PHX_OK)
            break;
        struct trace_row row;
        trace_row_read(traces, &row);
        sql_end(traces);
        status = gone_has(&removal->store->gone, PHX_PROJECT, row.project)
                     ? leave_session(removal, &row, err)
                     : remove_trace(removal, row.id, err);
        if (status < 0)
            break;
    }
    if (status < 0)
        return status;
    removal->counter.sessions--;
    return run_with(removal->connection, SQL_DELETE_SESSION, session, err);
}

/* Traces of other projects leave the sessions of one that goes. */
static phx_status leave_sessions(struct removal *removal, int64_t project,
                                 phx_error *err)
{
    struct statement *traces =
        sql(removal->connection, SQL_TRACES_LEAVING_SESSIONS);
    phx_status status;

    sql_bind_int(traces, 1, project);
    while ((status = sql_next(traces, err)) == PHX_OK) {
        struct trace_row row;
        trace_row_read(traces, &row);
        if ((status = leave_session(removal, &row, err)) < 0)
            break;
    }
    sql_end(traces);
    return status < 0 ? status : PHX_OK;
}

/* The rows of its traces, which may be many, go with the sweep. */
static phx_status remove_project(struct removal *removal, int64_t project,
                                 phx_error *err)
{
    struct connection *connection = removal->connection;
    struct statement *found = sql(connection, SQL_PROJECT_BY_ID);
    phx_status status;

    sql_bind_int(found, 1, project);
    if ((status = sql_next(found, err)) < 0)
        return status;
    sql_end(found);
    if (status == PHX_DONE)
        return fail(err, PHX_NOT_FOUND, -1, "no project %lld",
                    (long long)project);
    if (project == DEFAULT_PROJECT)
        return fail(err, PHX_CONFLICT, -1,
                    "the project 'default' cannot be deleted");
    if ((status = hide(removal, PHX_PROJECT, project, 0, err)) < 0 ||
        (status = leave_sessions(removal, project, err)) < 0 ||
        (status = run_with(connection, SQL_DELETE_SESSIONS_OF_PROJECT, project,
                           err)) < 0)
        return status;
    removal->counter.sessions -= sqlite3_changes(connection->db);
    removal->counter.projects--;
    return run_with(connection, SQL_DELETE_PROJECT, project, err);
}

/* The row of a span number in one block, if it is there. */
static phx_status find_number(struct block *block, int64_t number,
                              uint32_t *row, phx_error *err)
{
    struct block_ints numbers;
    phx_status status = block_read_ints(block, COLUMN_NUMBER, &numbers, err);

    if (status < 0)
        return status;
    for (uint32_t i = 0; i < block_rows(block); i++) {
        if (block_int(&numbers, i) == number) {
            *row = i;
            return PHX_OK;
        }
    }
    return PHX_DONE;
}

/* A span's trace and the hash of its id. */
static phx_status describe_row(struct block *block, uint32_t row,
                               uint64_t secret, int64_t *trace, uint64_t *hash,
                               phx_error *err)
{
    struct block_ints traces, trace_numbers;
    const struct block_texts *ids;
    phx_status status;

    if ((status = block_read_ints(block, COLUMN_TRACE, &traces, err)) < 0 ||
        (status = block_read_ints(block, COLUMN_TRACE_NUMBER, &trace_numbers,
                                  err)) < 0 ||
        (status = block_read_texts(block, COLUMN_SPAN_ID, &ids, err)) < 0)
        return status;
    *trace = block_int(&trace_numbers, (uint32_t)block_int(&traces, row));
    *hash = posting_hash(secret, POSTING_SPAN, block_text(ids, row));
    return PHX_OK;
}

static phx_status find_span(struct removal *removal, int64_t number,
                            int64_t *trace, uint64_t *hash, phx_error *err)
{
    struct statement *blocks = sql(removal->connection, SQL_BLOCKS_OF_NUMBER);
    phx_status status, found = PHX_DONE;

    sql_bind_int(blocks, 1, number);
    while (found == PHX_DONE && (status = sql_next(blocks, err)) == PHX_OK) {
        struct stored_block stored;
        uint32_t row;
        found = stored_block_open(removal->connection, sql_int(blocks, 0),
                                  &stored, err);
        if (found < 0)
            break;
        found = find_number(stored.block, number, &row, err);
        if (found == PHX_OK)
            found = describe_row(stored.block, row, removal->store->secret,
                                 trace, hash, err);
        stored_block_close(&stored);
    }
    sql_end(blocks);
    return found != PHX_DONE ? found : status;
}

static phx_status remove_span(struct removal *removal, int64_t number,
                              phx_error *err)
{
    const struct gone *gone = &removal->store->gone;
    struct trace_row row = {0};
    int64_t trace = 0;
    uint64_t hash = 0;
    phx_status status = find_span(removal, number, &trace, &hash, err);

    if (status < 0)
        return status;
    if (status == PHX_OK && !gone_has(gone, PHX_SPAN, number) &&
        !gone_has(gone, PHX_TRACE, trace))
        status = trace_row_find(removal->connection, trace, &row, err);
    else
        status = PHX_DONE;
    if (status < 0)
        return status;
    if (status == PHX_DONE || gone_has(gone, PHX_PROJECT, row.project))
        return fail(err, PHX_NOT_FOUND, -1, "no span %lld", (long long)number);
    if (row.spans == 1)
        return remove_trace(removal, trace, err);
    if ((status = hide(removal, PHX_SPAN, number, hash, err)) < 0)
        return status;
    row.spans--;
    return trace_row_write(removal->connection, &row, (phx_text){NULL, 0},
                           false, err);
}

static phx_status remove_one(struct removal *removal, int32_t kind, int64_t id,
                             phx_error *err)
{
    switch (kind) {
    case PHX_PROJECT:
        return remove_project(removal, id, err);
    case PHX_TRACE:
        return remove_trace(removal, id, err);
    case PHX_SESSION:
        return remove_session(removal, id, err);
    case PHX_SPAN:
        return remove_span(removal, id, err);
    default:
        return fail(err, PHX_MISUSE, -1, "%d is no kind to delete", kind);
    }
}

phx_status store_delete(struct store *store, int32_t kind, int64_t id,
                        phx_error *err)
{
    phx_status status = store_write_begin(store, err);

    if (status < 0)
        return status;
    struct removal removal = {
        .store = store, .connection = store->writer, .counter = store->counter};
    struct gone gone = {0};
    if ((status = sql_begin(store->writer, true, err)) < 0 ||
        (status = remove_one(&removal, kind, id, err)) < 0 ||
        (status = counter_write(store->writer, &removal.counter, err)) < 0 ||
        (status = gone_read(store->writer, &gone, err)) < 0 ||
        (status = sql_commit(store->writer, err)) < 0) {
        sql_rollback(store->writer);
        gone_clear(&gone);
    } else {
        store->counter = removal.counter;
        gone_clear(&store->gone);
        store->gone = gone;
        /* Cached rows may be of what went, or of traces that left a session. */
        trace_cache_empty(store->traces);
        atomic_store(&store->sweep_wanted, true);
    }
    store_write_end(store);
    return status;
}

/* --- the sweep ------------------------------------------------------------------ */

/* Whether a block still has rows of what is gone. */
static phx_status block_has(struct connection *connection, uint32_t id,
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
    bool complete, has;

    if ((status = counter_read(store->background, &counter, err)) >= 0 &&
        (status =
             lookup_hints(store, gone->hash, &candidates, &complete, err)) >= 0)
        status = lookup_blocks(store->background, &counter, gone->hash,
                               complete, &candidates, err);
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
            (status = block_set_add(out, (uint32_t)sql_int(blocks, 0), err)) <
                0)
            break;
    }
    sql_end(blocks);
    return status < 0 ? status : PHX_OK;
}

/* OK if there was a trace; its session may be another project's. */
static phx_status remove_trace_of(struct removal *removal, int64_t project,
                                  phx_error *err)
{
    struct statement *read = sql(removal->connection, SQL_TRACE_OF_PROJECT);
    struct trace_row row;
    phx_status status;

    sql_bind_int(read, 1, project);
    if ((status = sql_next(read, err)) != PHX_OK)
        return status;
    trace_row_read(read, &row);
    sql_end(read);
    return remove_trace_row(removal, &row, err);
}

/* A slice of a gone project's trace rows; OK if there may be more. */
static phx_status sweep_traces(struct store *store, int64_t project,
                               phx_error *err)
{
    phx_status status = store_write_begin(store, err);
    int swept = 0;

    if (status < 0)
        return status;
    struct removal removal = {.store = store,
                              .connection = store->background,
                              .counter = store->counter};
    if ((status = sql_begin(removal.connection, true, err)) >= 0) {
        while (swept < SWEEP_TRACES &&
               (status = remove_trace_of(&removal, project, err)) == PHX_OK)
            swept++;
    }
    if (status < 0 ||
        (status = counter_write(removal.connection, &removal.counter, err)) <
            0 ||
        (status = sql_commit(removal.connection, err)) < 0)
        sql_rollback(removal.connection);
    else
        store->counter = removal.counter;
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
    struct block_set blocks = {0};
    struct gone forgotten = {0};
    phx_status status = PHX_DONE;

    for (size_t i = 0; i < gone->count && status == PHX_DONE; i++) {
        if (gone->rows[i].kind == PHX_PROJECT)
            status = sweep_traces(store, gone->rows[i].id, err);
    }
    if (status != PHX_DONE)
        return status;
    if (store->path == NULL)
        pthread_mutex_lock(&store->write_lock);
    status = plan(store, gone, &blocks, &forgotten, err);
    if (store->path == NULL)
        pthread_mutex_unlock(&store->write_lock);
    if (status >= 0) {
        struct rewrite rewrite = {.count = blocks.count,
                                  .forgotten = &forgotten};
        size_t size = size_mul(blocks.count + 1, sizeof *rewrite.blocks);
        rewrite.blocks = memory_new(size);
        if (rewrite.blocks == NULL)
            status = fail_memory(err, size);
        for (size_t i = 0; i < blocks.count && status >= 0; i++)
            rewrite.blocks[i] = blocks.ids[i];
        if (status >= 0)
            status = compact_blocks(store, &rewrite, err);
        memory_free(rewrite.blocks);
    }
    block_set_clear(&blocks);
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
    store_write_end(store);
    if (status >= 0 && gone.count == 0) {
        atomic_store(&store->sweep_wanted, false);
        status = PHX_DONE;
    } else if (status >= 0) {
        status = sweep(store, &gone, err);
    }
    gone_clear(&gone);
    return status;
}

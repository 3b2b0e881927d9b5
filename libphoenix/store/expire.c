/*
 * expire.c - traces that are due go, oldest first, in slices: each is read
 * without a lock and removed in one short transaction between commits.
 *
 *     whole blocks   a lasting block all of whose spans started before the
 *                    limit goes with the rows of its traces; nothing is
 *                    rewritten. A trace with spans elsewhere is hidden there.
 *     the rest       shares its blocks with what is kept: hidden, as by any
 *                    delete, until the sweep has rewritten them
 */
#include "base/base.h"

#include "store/inside.h"

#include <math.h>

#define DAY_US 86400e6

/* Some 10 ms; a block may be one more than is asked for, of 4,096 traces. */
enum { SLICE_TRACES = SHRUNK(500, 1), SLICE_BLOCKS = SHRUNK(8, 3) };

/* A trace that goes, and how many rows of it a block that goes has. */
struct due {
    int64_t trace;
    int64_t rows;
    uint64_t hash;
};

struct slice {
    struct store *store;
    int64_t blocks[SLICE_BLOCKS]; /* that go whole */
    size_t block_count;
    struct due *due;
    size_t count, capacity;
};

/* What is before it is due: by start, in us, and by number. */
struct cut {
    int64_t start, trace;
};

static phx_status add_due(struct slice *slice, int64_t trace, phx_text id,
                          phx_error *err)
{
    struct due *due = memory_grow(slice->due, &slice->capacity, slice->count,
                                  sizeof *due, err);

    if (due == NULL)
        return PHX_NO_MEMORY;
    slice->due = due;
    slice->due[slice->count++] = (struct due){
        .trace = trace,
        .hash = posting_hash(slice->store->secret, POSTING_TRACE, id)};
    return PHX_OK;
}

/* --- reading --------------------------------------------------------------- */

phx_status slice_read_begin(struct store *store, phx_error *err)
{
    phx_status status = PHX_OK;

    background_lock(store);
    if (store->path != NULL)
        status = sql_begin(store->background, false, err);
    if (status < 0)
        background_unlock(store);
    return status;
}

void slice_read_end(struct store *store)
{
    if (store->path != NULL)
        sql_rollback(store->background);
    background_unlock(store);
}

/* Rows that are outgrown have their span elsewhere. */
static phx_status count_rows(struct slice *slice,
                             const struct stored_block *stored, phx_error *err)
{
    struct block *block = stored->block;
    struct block_ints traces, numbers;
    const struct block_texts *ids;
    size_t first = slice->count;
    phx_status status;

    if ((status = block_read_ints(block, COLUMN_TRACE, &traces, err)) < 0 ||
        (status = block_read_ints(block, COLUMN_TRACE_NUMBER, &numbers, err)) <
            0 ||
        (status = block_read_texts(block, COLUMN_TRACE_ID, &ids, err)) < 0)
        return status;
    for (uint32_t i = 0; i < numbers.count && status >= 0; i++)
        status =
            add_due(slice, block_int(&numbers, i), block_text(ids, i), err);
    for (uint32_t i = 0; i < block_rows(block) && status >= 0; i++)
        slice->due[first + (size_t)block_int(&traces, i)].rows +=
            !row_is_outgrown(stored, i);
    return status;
}

static phx_status read_block(struct slice *slice, int64_t id, phx_error *err)
{
    struct stored_block stored;
    phx_status status =
        stored_block_open(slice->store->background, id, &stored, err);

    if (status < 0)
        return status;
    status = count_rows(slice, &stored, err);
    stored_block_close(&stored);
    slice->blocks[slice->block_count++] = id;
    return status;
}

/* The traces of the first blocks that the statement finds; DONE if it finds
 * none. */
static phx_status read_blocks(struct slice *slice, struct statement *find,
                              phx_error *err)
{
    int64_t ids[SLICE_BLOCKS];
    int found = 0;
    phx_status status = PHX_OK;

    while (found < SLICE_BLOCKS && (status = sql_next(find, err)) == PHX_OK)
        ids[found++] = sql_int(find, 0);
    sql_end(find);
    if (status < 0 || found == 0)
        return status;
    status = PHX_OK;
    for (int i = 0; i < found && status >= 0 && slice->count < SLICE_TRACES;
         i++)
        status = read_block(slice, ids[i], err);
    return status;
}

/* The oldest traces before the cut, wherever they are; DONE if none is. */
static phx_status read_traces(struct slice *slice, int64_t project,
                              const struct cut *cut, phx_error *err)
{
    struct statement *read = sql(slice->store->background, SQL_TRACES_BEFORE);
    phx_status status;

    sql_bind_int(read, 1, project);
    sql_bind_int(read, 2, cut->start);
    sql_bind_int(read, 3, cut->trace);
    sql_bind_int(read, 4, SLICE_TRACES);
    while ((status = sql_next(read, err)) == PHX_OK) {
        status = add_due(slice, sql_int(read, 0), sql_text(read, 1), err);
        if (status < 0)
            break;
    }
    sql_end(read);
    return status < 0 || slice->count == 0 ? status : PHX_OK;
}

static phx_status read_slice(struct slice *slice, int64_t project,
                             const struct cut *cut, phx_error *err)
{
    struct statement *block = sql(slice->store->background, SQL_BLOCKS_BEFORE);
    phx_status status;

    sql_bind_int(block, 1, project);
    sql_bind_int(block, 2, cut->start);
    status = read_blocks(slice, block, err);
    return status != PHX_DONE ? status : read_traces(slice, project, cut, err);
}

/* --- removing -------------------------------------------------------------- */

/* Deleted spans are rows, too, that no trace counts. */
static bool has_gone_spans(const struct gone *gone)
{
    return gone->count > 0 && gone->rows[gone->count - 1].kind == PHX_SPAN;
}

/* Counts what is removed: another delete may have been first. A trace is
 * hidden unless all its rows are known to go with the block. */
static phx_status remove_due(struct removal *removal, const struct due *due,
                             int64_t *removed, phx_error *err)
{
    struct trace_row row;
    phx_status status =
        trace_row_find(removal->connection, due->trace, &row, err);

    if (status != PHX_OK)
        return status < 0 ? status : PHX_OK;
    if ((due->rows != row.spans || has_gone_spans(&removal->store->gone)) &&
        (status =
             removal_hide(removal, PHX_TRACE, due->trace, due->hash, err)) < 0)
        return status;
    ++*removed;
    return removal_trace(removal, &row, due->hash, err);
}

static phx_status remove_slice(const struct slice *slice, int64_t *removed,
                               phx_error *err)
{
    struct store *store = slice->store;
    struct removal removal;
    int64_t count = 0;
    phx_status status = removal_begin(&removal, store, store->background, err);

    if (status < 0)
        return status;
    for (size_t i = 0; i < slice->count && status >= 0; i++)
        status = remove_due(&removal, &slice->due[i], &count, err);
    for (size_t i = 0; i < slice->block_count && status >= 0; i++)
        status = block_remove(store->background, slice->blocks[i], err);
    status = removal_end(&removal, status, err);
    for (size_t i = 0; i < slice->count && status >= 0; i++)
        trace_cache_forget(store->traces, slice->due[i].hash,
                           slice->due[i].trace);
    store_write_end(store);
    if (status >= 0)
        *removed += count;
    return status;
}

/* --- slices ---------------------------------------------------------------- */

phx_status slices_begin(struct store *store, uint32_t budget_ms,
                        struct slice_limits *out, phx_error *err)
{
    if (store->options.read_only)
        return fail(err, PHX_MISUSE, -1, "the store is open for reading only");
    lock_in_turn(&store->compact_turn, &store->compact_lock);
    *out = (struct slice_limits){.end = budget_ms == 0
                                            ? UINT64_MAX
                                            : time_monotonic() +
                                                  (uint64_t)budget_ms * 1000000,
                                 .interrupts = store_interrupts(store)};
    return PHX_OK;
}

void slices_end(struct store *store)
{
    pthread_mutex_unlock(&store->compact_lock);
}

phx_status slice_go_on(struct store *store, const struct slice_limits *limits,
                       bool *more, phx_error *err)
{
    phx_status status = copy_log(store, LOG_PAGES, err);

    *more = time_monotonic() < limits->end;
    return status < 0 ? status
                      : store_check_interrupt(store, limits->interrupts, err);
}

int64_t rule_start(const phx_retention_rule *rule, uint64_t now)
{
    double age = rule->max_days * DAY_US;

    return (rule->limits & PHX_MAX_DAYS) != 0 && rule->max_days > 0 &&
                   age < (double)(now / 1000)
               ? (int64_t)(now / 1000) - llround(age)
               : 0;
}

/* Moves the cut to the later of what the limits of the rule say. */
static phx_status find_cut(struct store *store, int64_t project,
                           const phx_retention_rule *rule, uint64_t now,
                           struct cut *cut, phx_error *err)
{
    struct connection *connection = store->background;
    phx_status status;

    cut->start = rule_start(rule, now);
    if ((rule->limits & PHX_MAX_COUNT) == 0 || rule->max_count <= 0)
        return PHX_OK;
    struct statement *nth = sql(connection, SQL_TRACE_NTH);
    sql_bind_int(nth, 1, project);
    sql_bind_int(nth, 2, rule->max_count - 1);
    if ((status = sql_next(nth, err)) != PHX_OK)
        return status < 0 ? status : PHX_OK;
    if (sql_int(nth, 0) >= cut->start)
        *cut = (struct cut){sql_int(nth, 0), sql_int(nth, 1)};
    sql_end(nth);
    return PHX_OK;
}

/* One slice: OK if it removed something, DONE if nothing was due. */
static phx_status expire_slice(struct store *store, int64_t project,
                               const struct cut *cut, int64_t *removed,
                               phx_error *err)
{
    struct slice slice = {.store = store};
    phx_status status;

    if ((status = slice_read_begin(store, err)) >= 0) {
        status = read_slice(&slice, project, cut, err);
        slice_read_end(store);
    }
    if (status == PHX_OK)
        status = remove_slice(&slice, removed, err);
    memory_free(slice.due);
    return status;
}

phx_status expire_project(struct store *store, int64_t project,
                          const phx_retention_rule *rule, uint64_t now,
                          const struct slice_limits *limits, int64_t *removed,
                          phx_error *err)
{
    struct cut cut = {0, 0}; /* nothing is before it */
    bool more = true;
    phx_status status;

    if ((status = slice_read_begin(store, err)) >= 0) {
        status = find_cut(store, project, rule, now, &cut, err);
        slice_read_end(store);
    }
    while (status == PHX_OK && more) {
        status = expire_slice(store, project, &cut, removed, err);
        if (status == PHX_OK)
            status = slice_go_on(store, limits, &more, err);
    }
    return status;
}

/* --- the disk -------------------------------------------------------------- */

/* What the file has pages for that are not free. */
static phx_status bytes_used(struct connection *connection, int64_t *out,
                             phx_error *err)
{
    struct statement *pages = sql(connection, SQL_FREE_PAGES);
    phx_status status = sql_next(pages, err);

    if (status == PHX_OK)
        *out = (sql_int(pages, 1) - sql_int(pages, 0)) * sql_int(pages, 2);
    sql_end(pages);
    return status < 0 ? status : PHX_OK;
}

/* The blocks whose newest spans are the oldest, of whatever project; or, in
 * *before, the time that log records are to go before. DONE if the store is
 * small enough. */
static phx_status read_oldest(struct slice *slice, int64_t bytes,
                              int64_t *before, phx_error *err)
{
    struct connection *connection = slice->store->background;
    struct statement *first = sql(connection, SQL_BLOCKS_FIRST);
    int64_t used = 0;
    bool due = false;
    phx_status status = bytes_used(connection, &used, err);

    if (status < 0 || used <= bytes)
        return status < 0 ? status : PHX_DONE;
    if ((status = sql_next(first, err)) != PHX_OK)
        return status;
    *before = sql_int(first, 0);
    sql_end(first);
    if ((status = log_is_due(connection, *before, &due, err)) < 0 || due)
        return status;
    *before = 0;
    return read_blocks(slice, sql(connection, SQL_BLOCKS_OLDEST), err);
}

static phx_status shrink_slice(struct store *store, int64_t bytes,
                               int64_t *removed, phx_error *err)
{
    struct slice slice = {.store = store};
    int64_t before = 0;
    phx_status status = slice_read_begin(store, err);

    if (status < 0)
        return status;
    status = read_oldest(&slice, bytes, &before, err);
    slice_read_end(store);
    if (status == PHX_OK)
        status = before != 0 ? expire_logs_slice(store, before, err)
                             : remove_slice(&slice, removed, err);
    memory_free(slice.due);
    return status;
}

phx_status store_shrink(struct store *store, int64_t bytes, uint32_t budget_ms,
                        int64_t *removed, phx_error *err)
{
    struct slice_limits limits;
    bool more = true;
    phx_status status = slices_begin(store, budget_ms, &limits, err);

    if (status < 0)
        return status;
    while (status == PHX_OK && more) {
        status = shrink_slice(store, bytes, removed, err);
        if (status == PHX_OK)
            status = slice_go_on(store, &limits, &more, err);
    }
    slices_end(store);
    return status;
}

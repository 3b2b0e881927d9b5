/*
 * grow.c - spans with their log records, written. What a record is to its span,
 * attr_join knows.
 */
#include "base/base.h"

#include "store/commit.h"

#include "attr/attr.h"

#include <stdlib.h>

enum {
    WAITING_BYTES = 4 * JOIN_BYTES /* of memory, for records of one span */
};

/* --- records that wait ------------------------------------------------------------- */

static phx_status keep_waiting(struct commit *commit,
                               const struct arrival *arrival, bool held,
                               phx_error *err)
{
    struct store *store = commit->store;
    phx_status status =
        log_add(store->writer, &commit->counter, arrival->record, held, err);

    if (status >= 0)
        *(status == PHX_OK ? &arrival->report->accepted
                           : &arrival->report->duplicate) += 1;
    return status;
}

static phx_status keep_all_waiting(struct commit *commit,
                                   const struct arrival *arrivals, bool held,
                                   phx_error *err)
{
    phx_status status = PHX_OK;

    for (; arrivals != NULL && status >= 0; arrivals = arrivals->next)
        status = keep_waiting(commit, arrivals, held, err);
    return status;
}

/* No span is there: those that were held wait for it like the others. */
static phx_status wait_on(struct commit *commit, const struct join *join,
                          phx_error *err)
{
    struct store *store = commit->store;
    int64_t *rows;
    size_t count = 0;
    phx_status status = keep_all_waiting(commit, join->first, false, err);

    if (status >= 0 && join->held)
        status = log_find(store->writer, &commit->arena, join->key, true, &rows,
                          &count, err);
    for (size_t i = 0; i < count && status >= 0; i++)
        status = log_release(store->writer, rows[i], err);
    return status < 0 ? status : filter_add(store->filter, join->key.span, err);
}

/* --- one span ------------------------------------------------------------------------ */

/* Records for a span, those that waited first. */
struct records {
    struct log_record *items;
    int64_t *rows; /* of those that waited */
    size_t waited, count, capacity;
};

static struct log_record *records_add(struct arena *arena,
                                      struct records *records)
{
    struct log_record *items =
        arena_grow(arena, records->items, &records->capacity, records->count,
                   sizeof *items);

    if (items == NULL)
        return NULL;
    records->items = items;
    return &items[records->count++];
}

/* For a new span all that wait; for a stored one what is held. */
static phx_status add_waiting(struct slice *slice, const struct join *join,
                              struct records *out, phx_error *err)
{
    struct store *store = slice->commit->store;
    struct arena *arena = &slice->arena;
    size_t before = arena->total, found;
    phx_status status = log_find(store->writer, arena, join->key,
                                 join->span == NULL, &out->rows, &found, err);

    if (status < 0)
        return status;
    found = found < JOIN_EVENTS ? found : JOIN_EVENTS;
    while (out->count < found && arena->total - before < WAITING_BYTES) {
        struct log_record *record = records_add(arena, out);
        if (record == NULL)
            return fail_memory(err, sizeof *record);
        if ((status = log_get(store->writer, arena, store->secret,
                              out->rows[out->count - 1], record, err)) < 0)
            return status;
    }
    out->waited = out->count;
    return PHX_OK;
}

static phx_status collect(struct slice *slice, const struct join *join,
                          struct records *out, phx_error *err)
{
    phx_status status;

    *out = (struct records){0};
    if ((status = add_waiting(slice, join, out, err)) < 0)
        return status;
    for (const struct arrival *a = join->first; a != NULL; a = a->next) {
        struct log_record *record = records_add(&slice->arena, out);
        if (record == NULL)
            return fail_memory(err, sizeof *record);
        *record = *a->record;
    }
    return PHX_OK;
}

/* What became of the records: rows go, reports are told. */
static phx_status settle(struct commit *commit, const struct join *join,
                         const struct records *records, const uint8_t *fates,
                         phx_error *err)
{
    struct connection *writer = commit->store->writer;
    const struct arrival *arrival = join->first;
    phx_status status = PHX_OK;

    for (size_t i = 0; i < records->waited && status >= 0; i++) {
        int64_t row = records->rows[i];
        status = fates[i] != JOIN_NO_ROOM
                     ? log_remove(writer, &commit->counter, row, err)
                 : join->span == NULL ? log_release(writer, row, err)
                                      : PHX_OK;
    }
    for (size_t i = records->waited; i < records->count && status >= 0; i++) {
        if (fates[i] == JOIN_ADDED)
            arrival->report->accepted++;
        else if (fates[i] == JOIN_KNOWN)
            arrival->report->duplicate++;
        else
            status = keep_waiting(commit, arrival, false, err);
        arrival = arrival->next;
    }
    return status;
}

/* Grows a span, in the slice's arena; *grown if there was something new. */
static phx_status grow(struct slice *slice, const struct join *join,
                       struct span *span, bool *grown, phx_error *err)
{
    uint32_t events = span->event_count;
    struct records records;
    phx_status status = collect(slice, join, &records, err);

    if (status < 0)
        return status;
    uint8_t *fates = arena_new(&slice->arena, records.count);
    if (fates == NULL)
        return fail_memory(err, records.count);
    if ((status = attr_join(&slice->arena, span, records.items, records.count,
                            fates, err)) < 0)
        return status;
    *grown = span->event_count > events;
    return settle(slice->commit, join, &records, fates, err);
}

/* --- spans that grow ------------------------------------------------------------------ */

static phx_status grow_new(struct slice *slice, const struct join *join,
                           phx_error *err)
{
    struct span *span =
        arena_copy(&slice->arena, join->span, sizeof *join->span);
    phx_status status;
    bool grown;

    if (span == NULL)
        return fail_memory(err, sizeof *span);
    if ((status = grow(slice, join, span, &grown, err)) < 0)
        return status;
    return slice_add(slice, span, err);
}

/* Joins of one block. Those rows are outgrown whose spans have grown. */
static phx_status grow_stored(struct slice *slice, const struct join *joins,
                              size_t count, phx_error *err)
{
    struct connection *writer = slice->commit->store->writer;
    size_t size = size_mul(count, sizeof(uint32_t)), found = 0;
    uint32_t *rows = arena_new(&slice->arena, size), all_rows = 0;
    struct stored_block stored;
    struct span *spans = NULL;
    phx_status status;

    if (rows == NULL)
        return fail_memory(err, size);
    for (size_t i = 0; i < count; i++)
        rows[i] = joins[i].row;
    if ((status = stored_block_open(writer, joins[0].block, &stored, err)) < 0)
        return status;
    all_rows = block_rows(stored.block);
    slice->commit->credit -= (int64_t)block_size(stored.block);
    status = slice_read(slice, &stored, rows, count, &spans, err);
    stored_block_close(&stored);
    if (status < 0)
        return status;
    for (size_t i = 0; i < count; i++) {
        bool grown;
        if ((status = grow(slice, &joins[i], &spans[i], &grown, err)) < 0)
            return status;
        if (!grown)
            continue;
        rows[found++] = joins[i].row;
        if ((status = slice_add(slice, &spans[i], err)) < 0)
            return status;
    }
    return outgrown_add(writer, joins[0].block, all_rows, rows, found, err);
}

/* Those that are in the table are held there already. */
static phx_status hold(struct commit *commit, const struct join *joins,
                       size_t count, phx_error *err)
{
    phx_status status = PHX_OK;

    for (size_t i = 0; i < count && status >= 0; i++)
        status = keep_all_waiting(commit, joins[i].first, true, err);
    return status;
}

/* --- the whole ----------------------------------------------------------------------- */

static int join_order(const void *a, const void *b)
{
    const struct join *x = a, *y = b;

    if (x->block != y->block)
        return x->block < y->block ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

/* The next joins that go together: those of one block, or a single one. */
static size_t join_group(const struct join *joins, size_t count)
{
    size_t group = 1;

    while (group < count && joins[0].block != 0 &&
           joins[group].block == joins[0].block)
        group++;
    return group;
}

phx_status join_write(struct commit *commit, phx_error *err)
{
    struct join *joins = commit->joins;
    struct slice slice;
    size_t group;
    phx_status status = keep_all_waiting(commit, commit->loose, false, err);

    slice_begin(&slice, commit);
    if (commit->join_count > 0)
        qsort(joins, commit->join_count, sizeof *joins, join_order);
    for (size_t i = 0; i < commit->join_count && status >= 0; i += group) {
        group = join_group(&joins[i], commit->join_count - i);
        if (joins[i].span != NULL)
            status = grow_new(&slice, &joins[i], err);
        else if (joins[i].block == 0)
            status = wait_on(commit, &joins[i], err);
        else if (commit->credit > 0)
            status = grow_stored(&slice, &joins[i], group, err);
        else
            status = hold(commit, &joins[i], group, err);
        if (status >= 0)
            status = slice_bound(&slice, err);
    }
    return slice_end(&slice, status, err);
}

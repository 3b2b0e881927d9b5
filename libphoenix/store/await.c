/*
 * await.c - annotations whose targets have not come: rows like those of
 * annotations, in a table of their own, till their target is there or they are
 * given up. Times in them are those when they came, so that what was written
 * meanwhile is not undone.
 */
#include "base/base.h"

#include "store/annotation.h"

enum {
    MOST_WAITING = SHRUNK(1000000, 8),
    PAGE_ROWS = SHRUNK(1000, 2) /* that one commit takes in */
};

enum fate { FATE_UNKNOWN = 0, FATE_FOUND, FATE_MISSING, FATE_REFUSED };

/* An item, and the row that it waits in; 0 if it has just come. */
struct waiter {
    phx_annotation_item item;
    struct annotation_times times;
    int64_t row;
    struct target target;
    enum fate fate;
    bool given_up; /* if its target is missing still */
};

/* --- what becomes of them ----------------------------------------------------- */

static phx_status find_fate(struct snapshot *snapshot, struct arena *arena,
                            struct waiter *waiter, phx_error *err)
{
    const phx_annotation_item *item = &waiter->item;
    phx_status status = target_find(snapshot, arena, item->kind, item->target,
                                    item->target_id, &waiter->target, err);

    if (status < 0 && status != PHX_NOT_FOUND)
        return status;
    waiter->fate = status == PHX_NOT_FOUND               ? FATE_MISSING
                   : target_takes(&waiter->target, item) ? FATE_FOUND
                                                         : FATE_REFUSED;
    return PHX_OK;
}

static phx_status find_fates(struct store *store, struct arena *arena,
                             struct waiter *waiters, size_t count,
                             phx_error *err)
{
    struct snapshot snapshot;
    phx_status status = snapshot_take(store, &snapshot, err);

    if (status < 0)
        return status;
    for (size_t i = 0; i < count && status >= 0; i++) {
        if ((status = snapshot_check(&snapshot, err)) >= 0)
            status = find_fate(&snapshot, arena, &waiters[i], err);
    }
    snapshot_give(&snapshot);
    return status;
}

/* A number past the others'; BUSY if too many wait. */
static phx_status next_number(struct connection *connection,
                              const struct counter *counter, int64_t *out,
                              phx_error *err)
{
    struct statement *last = sql(connection, SQL_WAITING_LAST);
    phx_status status;

    if (counter->waiting >= MOST_WAITING)
        return fail(err, PHX_BUSY, -1,
                    "%lld annotations wait for their targets, the limit is %d",
                    (long long)counter->waiting, MOST_WAITING);
    if ((status = sql_next(last, err)) == PHX_OK) {
        *out = sql_int(last, 0) / ANNOTATION_KINDS + 1;
        sql_end(last);
    }
    return status;
}

static phx_status insert(struct connection *connection, struct counter *counter,
                         const struct waiter *waiter, phx_error *err)
{
    const phx_annotation_item *item = &waiter->item;
    phx_annotation row;
    int64_t number = 0;
    phx_status status = next_number(connection, counter, &number, err);

    if (status < 0)
        return status;
    annotation_of_item(item, &waiter->times, &row);
    row.id = number;
    row.target = item->target;
    row.target_id = item->target_id;
    counter->waiting++;
    return annotation_put(connection, SQL_PUT_WAITING, &row, err);
}

static phx_status remove_row(struct connection *connection,
                             struct counter *counter, int64_t row,
                             phx_error *err)
{
    struct statement *remove = sql(connection, SQL_DELETE_WAITING);

    sql_bind_int(remove, 1, row);
    return sql_delete(remove, &counter->waiting, err);
}

/* The item is written if its target is there still. */
static phx_status write_found(struct store *store, struct counter *counter,
                              struct waiter *waiter, phx_error *err)
{
    phx_id id;
    phx_status status =
        annotate_item(store, counter, &waiter->item, &waiter->target,
                      &waiter->times, &id, err);

    if (status != PHX_NOT_FOUND)
        return status;
    waiter->fate = FATE_MISSING;
    return PHX_OK;
}

static phx_status write_fate(struct store *store, struct counter *counter,
                             struct waiter *waiter, phx_annotate_report *report,
                             phx_error *err)
{
    phx_status status = PHX_OK;

    if (waiter->fate == FATE_FOUND &&
        (status = write_found(store, counter, waiter, err)) < 0)
        return status;
    bool waits = waiter->fate == FATE_MISSING && !waiter->given_up;
    if (waiter->row == 0 && waits)
        status = insert(store->writer, counter, waiter, err);
    else if (waiter->row != 0 && !waits)
        status = remove_row(store->writer, counter, waiter->row, err);
    *(waiter->fate == FATE_FOUND ? &report->written
      : waits                    ? &report->waiting
                                 : &report->dropped) += 1;
    return status;
}

/* DONE if the targets are to be looked up again. */
static phx_status write_fates(struct store *store, struct waiter *waiters,
                              size_t count, unsigned forgotten,
                              phx_annotate_report *report, phx_error *err)
{
    struct counter counter;
    phx_status status = annotate_begin(store, &counter, forgotten, err);

    if (status != PHX_OK)
        return status;
    for (size_t i = 0; i < count && status >= 0; i++)
        status = write_fate(store, &counter, &waiters[i], report, err);
    status = store_change_end(store, store->writer, status, &counter, err);
    store_write_end(store);
    return status;
}

/* Whether rows are to be changed. */
static bool any_change(const struct waiter *waiters, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (waiters[i].row == 0 || waiters[i].fate != FATE_MISSING ||
            waiters[i].given_up)
            return true;
    }
    return false;
}

/* The report is added to if all goes well. */
static phx_status settle(struct store *store, struct arena *arena,
                         struct waiter *waiters, size_t count,
                         phx_annotate_report *report, phx_error *err)
{
    phx_annotate_report found;
    phx_status status;

    do {
        unsigned forgotten = atomic_load(&store->forgotten);
        found = (phx_annotate_report){0};
        if ((status = find_fates(store, arena, waiters, count, err)) < 0)
            break;
        if (any_change(waiters, count))
            status = write_fates(store, waiters, count, forgotten, &found, err);
        else
            found.waiting = (int64_t)count;
    } while (status == PHX_DONE);
    if (status >= 0) {
        report->written += found.written;
        report->waiting += found.waiting;
        report->dropped += found.dropped;
    }
    return status;
}

phx_status store_annotate_later(struct store *store,
                                const phx_annotation_item *items, size_t count,
                                phx_annotate_report *out, phx_error *err)
{
    size_t size = size_mul(count, sizeof(struct waiter));
    uint64_t us = time_now() / 1000 * 1000;
    phx_annotate_report report = {0};
    struct arena arena;
    phx_status status;

    arena_init(&arena, SIZE_MAX);
    struct waiter *waiters = arena_new(&arena, size);
    for (size_t i = 0; waiters != NULL && i < count; i++)
        waiters[i] = (struct waiter){.item = items[i], .times = {us, us}};
    status = waiters == NULL ? arena_status(&arena, size, err)
             : count > 0 ? settle(store, &arena, waiters, count, &report, err)
                         : PHX_OK;
    arena_clear(&arena);
    if (status >= 0 && out != NULL)
        *out = report;
    return status;
}

/* --- those that wait ----------------------------------------------------------- */

static phx_status read_waiter(struct statement *read, struct arena *arena,
                              uint64_t before, struct waiter *out,
                              phx_error *err)
{
    phx_annotation row;
    int64_t sum;
    phx_status status;

    annotation_read(read, &row, &sum);
    if (sum != (int64_t)annotation_sum(&row))
        return fail(err, PHX_CORRUPT, -1, "waiting annotation %lld is damaged",
                    (long long)sql_int(read, 0));
    if ((status = arena_keep(arena, &row.target_id, err)) < 0 ||
        (status = annotation_keep(arena, &row, err)) < 0)
        return status;
    *out = (struct waiter){
        .item = {.target = row.target,
                 .target_id = row.target_id,
                 .name = row.name,
                 .identifier = row.identifier,
                 .label = row.label,
                 .explanation = row.explanation,
                 .metadata = row.metadata,
                 .author = row.author,
                 .score = row.score,
                 .has_score = row.has_score,
                 .kind = row.kind,
                 .position = row.position < 0 ? 0 : row.position,
                 .annotator = row.annotator,
                 .source = row.source},
        .times = {row.created_at, row.updated_at},
        .row = sql_int(read, 0),
        .given_up = row.created_at < before,
    };
    return PHX_OK;
}

/* Up to a page of those after a row. */
static phx_status read_page(struct store *store, int64_t after, uint64_t before,
                            struct arena *arena, struct waiter *out,
                            size_t *count, phx_error *err)
{
    struct connection *connection;
    struct counter counter;
    phx_status status = store_reader_take(store, &connection, &counter, err);

    if (status < 0)
        return status;
    struct statement *read = sql(connection, SQL_WAITING_ALL);
    sql_bind_int(read, 1, after);
    *count = 0;
    while (*count < PAGE_ROWS && (status = sql_next(read, err)) == PHX_OK) {
        if ((status = read_waiter(read, arena, before, &out[*count], err)) < 0)
            break;
        ++*count;
    }
    sql_end(read);
    store_reader_give(store, connection);
    return status < 0 ? status : PHX_OK;
}

phx_status store_annotate_waiting(struct store *store, uint64_t before,
                                  phx_annotate_report *out, phx_error *err)
{
    phx_annotate_report report = {0};
    struct arena arena;
    size_t count = 0, size = PAGE_ROWS * sizeof(struct waiter);
    int64_t after = 0;
    phx_status status;

    arena_init(&arena, SIZE_MAX);
    do {
        arena_reset(&arena);
        struct waiter *waiters = arena_new(&arena, size);
        if (waiters == NULL) {
            status = arena_status(&arena, size, err);
            break;
        }
        if ((status = read_page(store, after, before, &arena, waiters, &count,
                                err)) >= 0 &&
            count > 0) {
            after = waiters[count - 1].row;
            status = settle(store, &arena, waiters, count, &report, err);
        }
    } while (status >= 0 && count == PAGE_ROWS);
    arena_clear(&arena);
    if (out != NULL)
        *out = report;
    return status;
}

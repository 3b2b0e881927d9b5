/*
 * remove.c - deletes. A delete is one small transaction: its rows go, and a
 * row in `gone` hides what is still in blocks from readers and from ingest,
 * until the sweep has rewritten them.
 */
#include "base/base.h"

#include "store/inside.h"

enum { DEFAULT_PROJECT = 1 };

phx_status removal_begin(struct removal *removal, struct store *store,
                         struct connection *connection, phx_error *err)
{
    *removal = (struct removal){.store = store, .connection = connection};
    return store_change_begin(store, connection, &removal->counter, err);
}

phx_status removal_hide(struct removal *removal, int32_t kind, int64_t id,
                        uint64_t hash, phx_error *err)
{
    struct gone_row row = {kind, id, hash};
    phx_status status =
        gone_hide(removal->connection, &removal->counter, &row, err);

    return status < 0 ? status : gone_add(&removal->added, kind, id, hash, err);
}

/* Lends the row of a number that there must be. */
static phx_status need_row(struct removal *removal, enum sql id,
                           const char *noun, int64_t number,
                           struct statement **out, phx_error *err)
{
    phx_status status = sql_find(removal->connection, id, number, out, err);

    return status == PHX_DONE ? fail(err, PHX_NOT_FOUND, -1, "no %s %lld", noun,
                                     (long long)number)
                              : status;
}

/* What is said of a trace and its spans, or of one span of it; and examples are
 * from none of them. */
static phx_status remove_said(struct connection *connection,
                              struct counter *counter, int64_t trace,
                              int64_t span, phx_error *err)
{
    struct statement *annotations = sql(connection, SQL_DELETE_ANNOTATIONS);
    struct statement *links = sql(connection, SQL_DELETE_SPAN_OF_EXAMPLES);
    phx_status status;

    sql_bind_int(links, 1, trace);
    sql_bind_int(links, 2, span);
    if ((status = sql_delete(links, &counter->parts, err)) < 0)
        return status;
    sql_bind_int(annotations, 1, trace);
    sql_bind_int(annotations, 2, span);
    return sql_delete(annotations, &counter->annotations, err);
}

/* The window that the session had with its traces stays. */
static phx_status widen_session(struct removal *removal, phx_error *err)
{
    int64_t session = removal->session;

    removal->session = 0;
    return session == 0 ? PHX_OK
                        : session_widen(removal->connection, session,
                                        removal->start, removal->end, err);
}

phx_status removal_trace(struct removal *removal, const struct trace_row *row,
                         uint64_t hash, phx_error *err)
{
    struct connection *connection = removal->connection;
    struct counter *counter = &removal->counter;
    phx_status status;

    if (row->session != removal->session) {
        if ((status = widen_session(removal, err)) < 0)
            return status;
        removal->session = row->session;
        removal->start = row->start;
        removal->end = row->end;
    }
    if (row->start < removal->start)
        removal->start = row->start;
    if (row->end > removal->end)
        removal->end = row->end;
    if ((status = remove_said(connection, counter, row->id, 0, err)) < 0 ||
        (status = log_remove_trace(connection, counter, hash, err)) < 0)
        return status;
    counter->traces--;
    return sql_run_with(connection, SQL_DELETE_TRACE, row->id, err);
}

phx_status removal_end(struct removal *removal, phx_status status,
                       phx_error *err)
{
    struct store *store = removal->store;
    struct gone joined = {0};

    if (status >= 0)
        status = widen_session(removal, err);
    if (status >= 0 && removal->added.count > 0)
        status = gone_join(&store->gone, &removal->added, &joined, err);
    status = store_change_end(store, removal->connection, status,
                              &removal->counter, err);
    if (status < 0) {
        gone_clear(&joined);
    } else if (removal->added.count > 0) {
        gone_clear(&store->gone);
        store->gone = joined;
        atomic_store(&store->sweep_wanted, true);
    }
    gone_clear(&removal->added);
    return status;
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
    struct statement *read;
    phx_status status =
        need_row(removal, SQL_TRACE_BY_ID, "trace", trace, &read, err);

    if (status < 0)
        return status;
    if (gone_has(&removal->store->gone, PHX_PROJECT, sql_int(read, 2))) {
        sql_end(read);
        return fail(err, PHX_NOT_FOUND, -1, "no trace %lld", (long long)trace);
    }
    uint64_t hash =
        posting_hash(removal->store->secret, POSTING_TRACE, sql_text(read, 1));
    struct trace_row row;
    trace_row_read(read, &row);
    sql_end(read);
    if ((status = removal_hide(removal, PHX_TRACE, trace, hash, err)) < 0)
        return status;
    return removal_trace(removal, &row, hash, err);
}

static phx_status remove_session(struct removal *removal, int64_t session,
                                 phx_error *err)
{
    struct connection *connection = removal->connection;
    struct statement *found, *traces;
    phx_status status =
        need_row(removal, SQL_SESSION_BY_ID, "session", session, &found, err);

    if (status < 0)
        return status;
    sql_end(found);
    while ((status = sql_find(connection, SQL_TRACES_OF_SESSION, session,
                              &traces, err)) == PHX_OK) {
        struct trace_row row;
        trace_row_read(traces, &row);
        sql_end(traces);
        status = gone_has(&removal->store->gone, PHX_PROJECT, row.project)
                     ? leave_session(removal, &row, err)
                     : remove_trace(removal, row.id, err);
        if (status < 0)
            break;
    }
    struct statement *said = sql(connection, SQL_DELETE_SESSION_ANNOTATIONS);
    sql_bind_int(said, 1, session);
    if (status < 0 ||
        (status = sql_delete(said, &removal->counter.annotations, err)) < 0)
        return status;
    removal->counter.sessions--;
    return sql_run_with(connection, SQL_DELETE_SESSION, session, err);
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
phx_status removal_project(struct removal *removal, int64_t project,
                           phx_error *err)
{
    struct connection *connection = removal->connection;
    struct statement *found;
    phx_status status =
        need_row(removal, SQL_PROJECT_BY_ID, "project", project, &found, err);

    if (status < 0)
        return status;
    sql_end(found);
    if (project == DEFAULT_PROJECT)
        return fail(err, PHX_CONFLICT, -1,
                    "the project 'default' cannot be deleted");
    struct statement *said = sql(connection, SQL_DELETE_SESSIONS_ANNOTATIONS);
    struct statement *sessions =
        sql(connection, SQL_DELETE_SESSIONS_OF_PROJECT);
    sql_bind_int(said, 1, project);
    sql_bind_int(sessions, 1, project);
    if ((status = removal_hide(removal, PHX_PROJECT, project, 0, err)) < 0 ||
        (status = leave_sessions(removal, project, err)) < 0 ||
        (status = sql_delete(said, &removal->counter.annotations, err)) < 0 ||
        (status = sql_delete(sessions, &removal->counter.sessions, err)) < 0)
        return status;
    removal->counter.projects--;
    return sql_run_with(connection, SQL_DELETE_PROJECT, project, err);
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
    if ((status = removal_hide(removal, PHX_SPAN, number, hash, err)) < 0 ||
        (status = remove_said(removal->connection, &removal->counter, trace,
                              number, err)) < 0)
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
        return removal_project(removal, id, err);
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
    struct removal removal;
    phx_status status = removal_begin(&removal, store, store->writer, err);

    if (status < 0)
        return status;
    status = removal_end(&removal, remove_one(&removal, kind, id, err), err);
    /* Cached rows may be of what went, or of traces that left a session. */
    if (status >= 0)
        trace_cache_empty(store->traces);
    store_write_end(store);
    return status;
}

/*
 * expire_log.c - log records that wait for a span, or name none, go as traces
 * do, in slices. They are of no project, and their age is since they came: a
 * span that is late still finds them.
 */
#include "base/base.h"

#include "store/inside.h"

enum { SLICE_LOGS = SHRUNK(1000, 2) };

/* Of the rows that came first some may be from a time when the clock was
 * ahead: so more than one is looked at. */
phx_status log_is_due(struct connection *connection, int64_t before, bool *out,
                      phx_error *err)
{
    struct statement *due = sql(connection, SQL_LOGS_DUE);
    phx_status status;

    sql_bind_int(due, 1, before);
    sql_bind_int(due, 2, SLICE_LOGS);
    if ((status = sql_next(due, err)) >= 0)
        *out = status == PHX_OK;
    sql_end(due);
    return status < 0 ? status : PHX_OK;
}

phx_status expire_logs_slice(struct store *store, int64_t before,
                             phx_error *err)
{
    struct connection *connection = store->background;
    struct statement *remove = sql(connection, SQL_DELETE_LOGS_BEFORE);
    struct counter counter;
    phx_status status = store_change_begin(store, connection, &counter, err);

    if (status < 0)
        return status;
    sql_bind_int(remove, 1, before);
    sql_bind_int(remove, 2, SLICE_LOGS);
    status = sql_delete(remove, &counter.logs, err);
    status = store_change_end(store, connection, status, &counter, err);
    store_write_end(store);
    return status;
}

/* OK if some went, DONE if none is due. */
static phx_status expire_slice(struct store *store, int64_t before,
                               phx_error *err)
{
    bool due = false;
    phx_status status = slice_read_begin(store, err);

    if (status < 0)
        return status;
    status = log_is_due(store->background, before, &due, err);
    slice_read_end(store);
    if (status < 0 || !due)
        return status < 0 ? status : PHX_DONE;
    return expire_logs_slice(store, before, err);
}

phx_status expire_logs(struct store *store, const phx_retention_rule *rule,
                       uint64_t now, const struct slice_limits *limits,
                       phx_error *err)
{
    int64_t before = rule_start(rule, now);
    bool more = true;
    phx_status status = PHX_OK;

    while (status == PHX_OK && more) {
        if ((status = expire_slice(store, before, err)) == PHX_OK)
            status = slice_go_on(store, limits, &more, err);
    }
    return status;
}

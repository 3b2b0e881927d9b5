/*
 * sessions.c - lists of sessions, and the name of one. Their windows are those
 * of the rows of their traces, and of the traces they had and lost.
 */
#include "base/base.h"

#include "store/find.h"

static phx_status session_add(const struct snapshot *snapshot,
                              struct arena *arena, struct statement *read,
                              phx_session *out, phx_error *err)
{
    struct statement *window = sql(snapshot->connection, SQL_SESSION_WINDOW);
    struct session_row row;
    phx_status status;

    session_read(read, &row);
    if ((status = arena_keep(arena, &row.name, err)) < 0)
        return status;
    *out = (phx_session){.id = row.id,
                         .project = row.project,
                         .start_time = row.has_window ? row.start : UINT64_MAX,
                         .end_time = row.has_window ? row.end : 0,
                         .session_id = row.name};
    bool has_window = row.has_window;
    sql_bind_int(window, 1, out->id);
    while ((status = sql_next(window, err)) == PHX_OK) {
        has_window = true;
        uint64_t start = ns_of(sql_int(window, 0), sql_int(window, 1));
        uint64_t end = ns_of(sql_int(window, 2), sql_int(window, 3));
        out->traces +=
            !gone_has(snapshot->gone, PHX_PROJECT, sql_int(window, 4));
        if (start < out->start_time)
            out->start_time = start;
        if (end > out->end_time)
            out->end_time = end;
    }
    if (!has_window)
        out->start_time = 0;
    return status < 0 ? status : PHX_OK;
}

static phx_status sessions_start(struct snapshot *snapshot,
                                 const phx_session_query *query,
                                 const struct store_condition *condition,
                                 struct statement *out, phx_error *err)
{
    bool down = query->order == PHX_NEWEST_FIRST;
    struct buf text;
    phx_status status;

    buf_init(&text, SIZE_MAX);
    buf_add_string(&text, SESSION_ROW " r WHERE (?1 = 0 OR project = ?1)");
    if (query->session != 0)
        buf_add_string(&text, " AND id = ?2");
    if (query->from != 0)
        buf_add_format(&text, " AND id %s ?3", down ? "<=" : ">=");
    buf_add_text(&text, condition->sql);
    buf_add_string(&text, down ? " ORDER BY id DESC" : " ORDER BY id");
    if ((status = buf_status(&text, "a list of sessions", err)) >= 0)
        status =
            rows_prepare(snapshot, text_span(text.data, text.size), out, err);
    buf_clear(&text);
    if (status < 0)
        return status;
    sql_bind_int(out, 1, query->project);
    if (query->session != 0)
        sql_bind_int(out, 2, query->session);
    if (query->from != 0)
        sql_bind_int(out, 3, query->from);
    rows_bind(out, condition);
    return PHX_OK;
}

struct session_list {
    struct arena *arena;
    phx_session *rows;
    size_t count, capacity;
};

static phx_status read_sessions(struct snapshot *snapshot,
                                const phx_session_query *query,
                                const struct store_condition *condition,
                                struct session_list *out, phx_error *err)
{
    struct statement read = {0};
    phx_status status = sessions_start(snapshot, query, condition, &read, err);

    while (status >= 0 &&
           (query->limit == 0 || (int64_t)out->count < query->limit) &&
           (status = rows_next(snapshot, &read, err)) == PHX_OK) {
        phx_session *rows = arena_grow(out->arena, out->rows, &out->capacity,
                                       out->count, sizeof *rows);
        if (rows == NULL) {
            status = arena_status(out->arena, sizeof *rows, err);
            break;
        }
        out->rows = rows;
        status =
            session_add(snapshot, out->arena, &read, &rows[out->count], err);
        out->count += status >= 0;
    }
    sqlite3_finalize(read.handle);
    return status < 0 ? status : PHX_OK;
}

phx_status store_read_sessions(struct store *store,
                               const phx_session_query *query,
                               const struct store_condition *condition,
                               struct arena *arena, phx_session **out,
                               size_t *count, phx_error *err)
{
    struct session_list list = {.arena = arena};
    struct snapshot snapshot;
    phx_status status = snapshot_take(store, &snapshot, err);

    if (status < 0)
        return status;
    snapshot.stop = query->stop;
    snapshot.stop_ctx = query->stop_ctx;
    status = read_sessions(&snapshot, query, condition, &list, err);
    snapshot_give(&snapshot);
    if (status < 0)
        return status;
    *out = list.rows;
    *count = list.count;
    return PHX_OK;
}

phx_status store_name_session(struct store *store, int64_t session,
                              struct arena *arena, phx_text *out,
                              phx_error *err)
{
    struct connection *connection;
    struct counter counter;
    struct statement *read;
    phx_status status = store_reader_take(store, &connection, &counter, err);

    *out = text_of(NULL);
    if (status < 0)
        return status;
    status = sql_find(connection, SQL_SESSION_BY_ID, session, &read, err);
    if (status == PHX_OK) {
        struct session_row row;
        session_read(read, &row);
        status = arena_keep(arena, &row.name, err);
        *out = row.name;
        sql_end(read);
    }
    store_reader_give(store, connection);
    return status < 0 ? status : PHX_OK;
}

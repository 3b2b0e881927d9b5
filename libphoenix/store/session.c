/*
 * session.c - rows of sessions. What a session spans is told by the rows of its
 * traces; its own window is that of the traces it had and lost.
 */
#include "base/base.h"

#include "store/inside.h"

void session_read(struct statement *statement, struct session_row *out)
{
    *out = (struct session_row){
        .id = sql_int(statement, 0),
        .name = sql_text(statement, 1),
        .project = sql_int(statement, 2),
        .has_window = sql_text(statement, 3).data != NULL,
        .start = ns_of(sql_int(statement, 3), sql_int(statement, 4)),
        .end = ns_of(sql_int(statement, 5), sql_int(statement, 6)),
        .sum = sql_int(statement, 7),
    };
    if (!ns_fits(out->start, sql_int(statement, 3), sql_int(statement, 4)) ||
        !ns_fits(out->end, sql_int(statement, 5), sql_int(statement, 6)) ||
        (!out->has_window && (out->start != 0 || out->end != 0)))
        out->sum = -1;
}

uint32_t session_sum(const struct session_row *row)
{
    const uint64_t values[] = {
        (uint64_t)row->id,
        hash_bytes(row->name.data, row->name.size, 3),
        (uint64_t)row->project,
        row->has_window ? row->start : 1,
        row->has_window ? row->end : 0,
    };

    return checksum32(values, sizeof values);
}

phx_status session_insert(struct connection *connection, int64_t id,
                          phx_text name, int64_t project, phx_error *err)
{
    struct session_row row = {.id = id, .name = name, .project = project};
    struct statement *insert = sql(connection, SQL_INSERT_SESSION);

    sql_bind_int(insert, 1, id);
    sql_bind_text(insert, 2, name);
    sql_bind_int(insert, 3, project);
    sql_bind_int(insert, 4, (int64_t)session_sum(&row));
    return sql_run(insert, err);
}

phx_status session_widen(struct connection *connection, int64_t session,
                         uint64_t start, uint64_t end, phx_error *err)
{
    struct statement *read;
    struct session_row row;
    phx_status status =
        sql_find(connection, SQL_SESSION_BY_ID, session, &read, err);

    if (status != PHX_OK)
        return status < 0 ? status : PHX_OK;
    session_read(read, &row);
    if (!row.has_window || start < row.start)
        row.start = start;
    if (!row.has_window || end > row.end)
        row.end = end;
    row.has_window = true;
    uint32_t sum = session_sum(&row);
    sql_end(read);
    struct statement *widen = sql(connection, SQL_WIDEN_SESSION);
    sql_bind_int(widen, 1, session);
    sql_bind_int(widen, 2, (int64_t)(row.start / 1000));
    sql_bind_int(widen, 3, (int64_t)(row.start % 1000));
    sql_bind_int(widen, 4, (int64_t)(row.end / 1000));
    sql_bind_int(widen, 5, (int64_t)(row.end % 1000));
    sql_bind_int(widen, 6, (int64_t)sum);
    return sql_run(widen, err);
}

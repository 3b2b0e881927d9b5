/*
 * project.c - rows of projects and sessions. Each carries a checksum, because
 * nothing else in the store says what a description was.
 */
#include "base/base.h"

#include "store/inside.h"

uint32_t project_sum(const phx_project *project)
{
    const uint64_t values[] = {
        (uint64_t)project->id,
        project->created_at,
        project->updated_at,
        hash_bytes(project->name.data, project->name.size, 1),
        project->description.data == NULL
            ? 0
            : hash_bytes(project->description.data, project->description.size,
                         2),
    };

    return checksum32(values, sizeof values);
}

phx_status project_insert(struct connection *connection,
                          const phx_project *project, phx_error *err)
{
    struct statement *insert = sql(connection, SQL_INSERT_PROJECT);

    sql_bind_int(insert, 1, project->id);
    sql_bind_text(insert, 2, project->name);
    sql_bind_text(insert, 3, project->description);
    sql_bind_int(insert, 4, (int64_t)project->created_at);
    sql_bind_int(insert, 5, (int64_t)project->updated_at);
    sql_bind_int(insert, 6, (int64_t)project_sum(project));
    return sql_run(insert, err);
}

void project_read(struct statement *statement, phx_project *out)
{
    *out = (phx_project){
        .id = sql_int(statement, 0),
        .name = sql_text(statement, 1),
        .description = sql_text(statement, 2),
        .created_at = (uint64_t)sql_int(statement, 3),
        .updated_at = (uint64_t)sql_int(statement, 4),
    };
}

static phx_status find_by_name(struct connection *connection, enum sql id,
                               phx_text name, int64_t *out, phx_error *err)
{
    struct statement *find = sql(connection, id);
    phx_status status;

    sql_bind_text(find, 1, name);
    if ((status = sql_next(find, err)) == PHX_OK) {
        *out = sql_int(find, 0);
        sql_end(find);
    }
    return status;
}

phx_status project_find(struct connection *connection, phx_text name,
                        int64_t *out, phx_error *err)
{
    return find_by_name(connection, SQL_PROJECT_BY_NAME, name, out, err);
}

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
    struct statement *read = sql(connection, SQL_SESSION_BY_ID);
    struct session_row row;
    phx_status status;

    sql_bind_int(read, 1, session);
    if ((status = sql_next(read, err)) != PHX_OK)
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

phx_status session_find(struct connection *connection, phx_text name,
                        int64_t *out, phx_error *err)
{
    return find_by_name(connection, SQL_SESSION_BY_NAME, name, out, err);
}

/*
 * project.c - projects: their rows, and what a host does with them. A row has
 * a checksum, because nothing else in the store says what a description was.
 */
#include "base/base.h"

#include "store/inside.h"

uint32_t project_sum(const phx_project *project)
{
    const uint64_t values[6] = {
        (uint64_t)project->id,
        project->created_at,
        project->updated_at,
        hash_bytes(project->name.data, project->name.size, 1),
        project->description.data == NULL
            ? 0
            : hash_bytes(project->description.data, project->description.size,
                         2),
        (uint64_t)project->policy,
    };

    /* Rows were summed before there were policies. */
    return checksum32(values, (project->policy != 0 ? 6 : 5) * sizeof *values);
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
        .policy = sql_int(statement, 6),
        .experiment = sql_int(statement, 7),
    };
}

phx_status project_check(struct store *store, int64_t project, phx_error *err)
{
    struct statement *read;
    phx_status status =
        sql_find(store->writer, SQL_PROJECT_BY_ID, project, &read, err);

    sql_end(read);
    if (status == PHX_DONE ||
        (status == PHX_OK && gone_has(&store->gone, PHX_PROJECT, project)))
        return fail(err, PHX_NOT_FOUND, -1, "no project %lld",
                    (long long)project);
    return status;
}

/* --- projects of a store -------------------------------------------------- */

/* Case-insensitive for ASCII; the bytes of other letters must be equal. */
static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool contains(phx_text text, phx_text part)
{
    for (size_t i = 0; i + part.size <= text.size; i++) {
        size_t j = 0;
        while (j < part.size && lower(text.data[i + j]) == lower(part.data[j]))
            j++;
        if (j == part.size)
            return true;
    }
    return false;
}

phx_status store_read_projects(struct store *store, int64_t only, int64_t from,
                               phx_text name_contains, int64_t limit,
                               struct arena *arena, phx_project **out,
                               size_t *count, phx_error *err)
{
    phx_project *rows = NULL;
    size_t used = 0, capacity = 0;
    struct connection *connection;
    struct counter counter;
    phx_status status = store_reader_take(store, &connection, &counter, err);

    if (status < 0)
        return status;
    struct statement *read = sql(connection, SQL_PROJECTS_DOWN);
    sql_bind_int(read, 1, only != 0 ? only : from != 0 ? from : INT64_MAX);
    while ((limit == 0 || (int64_t)used < limit) &&
           (status = sql_next(read, err)) == PHX_OK) {
        phx_project project;
        project_read(read, &project);
        if (only != 0 && project.id != only)
            break;
        if (name_contains.data != NULL &&
            !contains(project.name, name_contains))
            continue;
        if ((status = arena_keep(arena, &project.name, err)) < 0 ||
            (status = arena_keep(arena, &project.description, err)) < 0)
            break;
        phx_project *larger =
            arena_grow(arena, rows, &capacity, used, sizeof *rows);
        if (larger == NULL) {
            status = arena_status(arena, sizeof *rows, err);
            break;
        }
        rows = larger;
        rows[used++] = project;
    }
    sql_end(read);
    store_reader_give(store, connection);
    if (status < 0)
        return status;
    *out = rows;
    *count = used;
    return PHX_OK;
}

phx_status store_create_project(struct store *store, phx_text name,
                                phx_text description, int64_t *out,
                                phx_error *err)
{
    phx_project project = {.name = name, .description = description};
    struct connection *writer = store->writer;
    struct counter counter;
    int64_t known;
    phx_status status = store_change_begin(store, writer, &counter, err);

    if (status < 0)
        return status;
    project.id = counter.project++;
    counter.projects++;
    project.created_at = project.updated_at = time_now();
    status = lookup_name(writer, SQL_PROJECT_BY_NAME, name, &known, err);
    if (status == PHX_OK)
        status = fail(err, PHX_CONFLICT, -1, "project '%.*s' exists",
                      name.size < 64 ? (int)name.size : 64, name.data);
    else if (status == PHX_DONE)
        status = project_insert(writer, &project, err);
    if ((status = store_change_end(store, writer, status, &counter, err)) >= 0)
        *out = project.id;
    store_write_end(store);
    return status;
}

static phx_status update_project(struct connection *connection, int64_t project,
                                 phx_text description, phx_error *err)
{
    struct statement *read;
    phx_project row;
    phx_status status =
        sql_find(connection, SQL_PROJECT_BY_ID, project, &read, err);

    if (status < 0)
        return status;
    if (status == PHX_DONE)
        return fail(err, PHX_NOT_FOUND, -1, "no project %lld",
                    (long long)project);
    project_read(read, &row);
    if (description.data != NULL)
        row.description = description;
    row.updated_at = time_now();
    uint32_t sum = project_sum(&row);
    sql_end(read);
    struct statement *update = sql(connection, SQL_UPDATE_PROJECT);
    sql_bind_int(update, 1, project);
    sql_bind_text(update, 2, description);
    sql_bind_int(update, 3, (int64_t)row.updated_at);
    sql_bind_int(update, 4, (int64_t)sum);
    return sql_run(update, err);
}

phx_status store_update_project(struct store *store, int64_t project,
                                phx_text description, phx_error *err)
{
    struct counter counter;
    phx_status status = store_change_begin(store, store->writer, &counter, err);

    if (status < 0)
        return status;
    status = update_project(store->writer, project, description, err);
    status = store_change_end(store, store->writer, status, &counter, err);
    store_write_end(store);
    return status;
}

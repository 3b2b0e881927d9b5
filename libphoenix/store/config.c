/*
 * config.c - annotation configs: what annotations of a name should be like, and
 * which projects ask for them. A row lists its projects as a JSON array of
 * numbers; those of projects that are gone stay in it, and mean nothing,
 * because a number is never given twice.
 */
#include "base/base.h"

#include "store/annotation.h"

#include "json/json.h"

/* --- rows ------------------------------------------------------------------- */

static int64_t config_sum(const phx_annotation_config *config,
                          phx_text projects)
{
    const uint64_t values[] = {
        (uint64_t)config->id,
        (uint64_t)config->type,
        (uint64_t)config->direction,
        (uint64_t)config->bounds,
        real_sum(config->lower_bound),
        real_sum(config->upper_bound),
        real_sum(config->threshold),
        text_sum(config->name, 16),
        text_sum(config->description, 17),
        text_sum(config->choices, 18),
        text_sum(projects, 19),
    };

    return (int64_t)checksum32(values, sizeof values);
}

/* The texts are the statement's. False if the row is damaged. */
static bool read_row(struct statement *read, phx_annotation_config *out,
                     phx_text *projects)
{
    *out = (phx_annotation_config){
        .id = sql_int(read, 0),
        .type = (int32_t)sql_int(read, 2),
        .direction = (int32_t)sql_int(read, 3),
        .bounds = (int32_t)sql_int(read, 4),
        .lower_bound = sql_real(read, 5),
        .upper_bound = sql_real(read, 6),
        .threshold = sql_real(read, 7),
        .name = sql_text(read, 1),
        .description = sql_text(read, 9),
        .choices = sql_text(read, 10),
    };
    *projects = sql_text(read, 11);
    return config_sum(out, *projects) == sql_int(read, 8) &&
           out->type == sql_int(read, 2) &&
           out->direction == sql_int(read, 3) &&
           out->bounds == sql_int(read, 4);
}

phx_status config_check(struct statement *read, phx_error *err)
{
    phx_annotation_config row;
    phx_text projects;

    return read_row(read, &row, &projects)
               ? PHX_OK
               : fail(err, PHX_CORRUPT, -1, "annotation config %lld is damaged",
                      (long long)sql_int(read, 0));
}

static phx_status put_row(struct connection *connection,
                          const phx_annotation_config *config,
                          phx_text projects, phx_error *err)
{
    struct statement *put = sql(connection, SQL_PUT_CONFIG);

    sql_bind_int(put, 1, config->id);
    sql_bind_text(put, 2, config->name);
    sql_bind_int(put, 3, config->type);
    sql_bind_int(put, 4, config->direction);
    sql_bind_int(put, 5, config->bounds);
    sql_bind_real(put, 6, config->lower_bound);
    sql_bind_real(put, 7, config->upper_bound);
    sql_bind_real(put, 8, config->threshold);
    sql_bind_int(put, 9, config_sum(config, projects));
    sql_bind_text(put, 10, config->description);
    sql_bind_text(put, 11, config->choices);
    sql_bind_text(put, 12, projects);
    return sql_run(put, err);
}

static phx_status keep_row(struct arena *arena, phx_annotation_config *row,
                           phx_error *err)
{
    phx_status status;

    if ((status = arena_keep(arena, &row->name, err)) < 0 ||
        (status = arena_keep(arena, &row->description, err)) < 0)
        return status;
    return arena_keep(arena, &row->choices, err);
}

/* A row that there must be, in the arena. */
static phx_status get_row(struct connection *connection, int64_t id,
                          struct arena *arena, phx_annotation_config *out,
                          phx_text *projects, phx_error *err)
{
    struct statement *read;
    phx_status status = sql_find(connection, SQL_CONFIG_BY_ID, id, &read, err);

    if (status == PHX_DONE)
        return fail(err, PHX_NOT_FOUND, -1, "no annotation config %lld",
                    (long long)id);
    if (status < 0 || (status = config_check(read, err)) < 0) {
        sql_end(read);
        return status;
    }
    read_row(read, out, projects);
    if ((status = keep_row(arena, out, err)) >= 0)
        status = arena_keep(arena, projects, err);
    sql_end(read);
    return status;
}

/* CONFLICT if another config has the name. */
static phx_status check_name(struct connection *connection, phx_text name,
                             int64_t id, phx_error *err)
{
    int64_t known = 0;
    phx_status status =
        lookup_name(connection, SQL_CONFIG_BY_NAME, name, &known, err);

    if (status == PHX_OK && known != id)
        return fail(err, PHX_CONFLICT, -1, "annotation config '%.*s' exists",
                    name.size < 64 ? (int)name.size : 64, name.data);
    return status < 0 ? status : PHX_OK;
}

/* --- changes ---------------------------------------------------------------- */

static phx_status change_end(struct store *store, phx_status status,
                             const struct counter *counter, phx_error *err)
{
    status = store_change_end(store, store->writer, status, counter, err);
    store_write_end(store);
    return status;
}

phx_status store_create_config(struct store *store,
                               const phx_annotation_config *config,
                               int64_t *out, phx_error *err)
{
    phx_annotation_config row = *config;
    struct counter counter;
    phx_status status = store_change_begin(store, store->writer, &counter, err);

    if (status < 0)
        return status;
    row.id = counter.config++;
    counter.configs++;
    if ((status = check_name(store->writer, row.name, 0, err)) >= 0)
        status = put_row(store->writer, &row, text_of("[]"), err);
    if ((status = change_end(store, status, &counter, err)) >= 0)
        *out = row.id;
    return status;
}

phx_status store_update_config(struct store *store,
                               const phx_annotation_config *config,
                               phx_error *err)
{
    phx_annotation_config old;
    struct counter counter;
    struct arena arena;
    phx_text projects;
    phx_status status = store_change_begin(store, store->writer, &counter, err);

    if (status < 0)
        return status;
    arena_init(&arena, SIZE_MAX);
    if ((status = get_row(store->writer, config->id, &arena, &old, &projects,
                          err)) >= 0 &&
        (status = check_name(store->writer, config->name, config->id, err)) >=
            0)
        status = put_row(store->writer, config, projects, err);
    arena_clear(&arena);
    return change_end(store, status, &counter, err);
}

phx_status store_delete_config(struct store *store, int64_t id, phx_error *err)
{
    struct counter counter;
    phx_status status = store_change_begin(store, store->writer, &counter, err);

    if (status < 0)
        return status;
    int64_t before = counter.configs;
    struct statement *remove = sql(store->writer, SQL_DELETE_CONFIG);
    sql_bind_int(remove, 1, id);
    if ((status = sql_delete(remove, &counter.configs, err)) >= 0 &&
        counter.configs == before)
        status = fail(err, PHX_NOT_FOUND, -1, "no annotation config %lld",
                      (long long)id);
    return change_end(store, status, &counter, err);
}

/* --- projects ----------------------------------------------------------------- */

/* The list with the project in it, or not; DONE if that is how it is. */
static phx_status change_list(struct arena *arena, int64_t project,
                              bool assigned, phx_text *projects, phx_error *err)
{
    struct value list;
    struct buf out;
    bool found = false;
    uint32_t count = 0;
    phx_status status = json_read(arena, *projects, 0, &list, err);

    if (status < 0 || list.kind != JSON_ARRAY)
        return status == PHX_NO_MEMORY
                   ? status
                   : fail(err, PHX_CORRUPT, -1,
                          "an annotation config's projects are no list");
    buf_init(&out, SIZE_MAX);
    for (uint32_t i = 0; i < list.count; i++) {
        bool same = list.items[i].integer == project;
        found |= same;
        if (!same)
            buf_add_format(&out, "%c%lld", count++ == 0 ? '[' : ',',
                           (long long)list.items[i].integer);
    }
    if (assigned)
        buf_add_format(&out, "%c%lld", count++ == 0 ? '[' : ',',
                       (long long)project);
    buf_add_string(&out, count == 0 ? "[]" : "]");
    if ((status = buf_status(&out, "a list of projects", err)) >= 0) {
        *projects = text_span(out.data, out.size);
        status = arena_keep(arena, projects, err);
    }
    buf_clear(&out);
    return status >= 0 && found == assigned ? PHX_DONE : status;
}

static phx_status assign(struct store *store, int64_t project, int64_t id,
                         bool assigned, phx_error *err)
{
    phx_annotation_config row;
    struct arena arena;
    phx_text projects;
    phx_status status;

    arena_init(&arena, SIZE_MAX);
    if ((status = get_row(store->writer, id, &arena, &row, &projects, err)) >=
            0 &&
        (status = change_list(&arena, project, assigned, &projects, err)) ==
            PHX_OK)
        status = put_row(store->writer, &row, projects, err);
    arena_clear(&arena);
    return status < 0 ? status : PHX_OK;
}

static bool has_id(const phx_id *ids, size_t count, int64_t id)
{
    for (size_t i = 0; i < count; i++) {
        if (ids[i] == id)
            return true;
    }
    return false;
}

/* Takes from the project those that are not among the ids. */
static phx_status leave_others(struct store *store, int64_t project,
                               const phx_id *ids, size_t count, phx_error *err)
{
    struct statement *next;
    int64_t id = 0;
    phx_status status;

    while ((status = sql_find(store->writer, SQL_CONFIG_AFTER, id, &next,
                              err)) == PHX_OK) {
        id = sql_int(next, 0);
        sql_end(next);
        if (!has_id(ids, count, id) &&
            (status = assign(store, project, id, false, err)) < 0)
            break;
    }
    return status < 0 ? status : PHX_OK;
}

phx_status store_assign_configs(struct store *store, int64_t project,
                                const phx_id *ids, size_t count,
                                enum assignment how, phx_error *err)
{
    struct counter counter;
    phx_status status = store_change_begin(store, store->writer, &counter, err);

    if (status < 0)
        return status;
    status = project_check(store, project, err);
    for (size_t i = 0; i < count && status >= 0; i++) {
        status = assign(store, project, ids[i], how != CONFIGS_LEAVE, err);
        if (status == PHX_NOT_FOUND && err != NULL)
            err->offset = (int64_t)i;
    }
    if (status >= 0 && how == CONFIGS_ARE)
        status = leave_others(store, project, ids, count, err);
    return change_end(store, status, &counter, err);
}

/* --- reading ------------------------------------------------------------------ */

static phx_status add_row(struct arena *arena, struct statement *read,
                          phx_annotation_config **rows, size_t *count,
                          size_t *capacity, phx_error *err)
{
    phx_annotation_config *larger =
        arena_grow(arena, *rows, capacity, *count, sizeof *larger);
    phx_text projects;
    phx_status status;

    if (larger == NULL)
        return arena_status(arena, sizeof *larger, err);
    *rows = larger;
    if ((status = config_check(read, err)) < 0)
        return status;
    read_row(read, &larger[*count], &projects);
    return keep_row(arena, &larger[(*count)++], err);
}

phx_status store_read_configs(struct store *store,
                              const phx_config_query *query,
                              struct arena *arena, phx_annotation_config **out,
                              size_t *count, phx_error *err)
{
    phx_annotation_config *rows = NULL;
    size_t used = 0, capacity = 0;
    struct connection *connection;
    struct counter counter;
    phx_status status = store_reader_take(store, &connection, &counter, err);

    if (status < 0)
        return status;
    struct statement *read = sql(connection, SQL_CONFIGS);
    sql_bind_int(read, 1, query->from > 0 ? query->from : INT64_MAX);
    sql_bind_int(read, 2, query->only);
    sql_bind_text(read, 3, query->name);
    sql_bind_int(read, 4, query->project);
    sql_bind_int(read, 5, query->limit > 0 ? query->limit : -1);
    while ((status = sql_next(read, err)) == PHX_OK) {
        if ((status = add_row(arena, read, &rows, &used, &capacity, err)) < 0)
            break;
    }
    sql_end(read);
    store_reader_give(store, connection);
    if (status < 0)
        return status;
    *out = rows;
    *count = used;
    return PHX_OK;
}

/*
 * rows.c - lists of projects, traces and sessions: rows of small tables, less
 * what is gone; and the numbers that names and ids stand for.
 */
#include "base/base.h"

#include "store/inside.h"

/* Rows of any kind in an arena array that doubles. */
struct rows {
    struct arena *arena;
    void *items;
    size_t size; /* of one */
    size_t count, capacity;
};

static phx_status rows_add(struct rows *rows, const void *item, phx_error *err)
{
    if (rows->count == rows->capacity) {
        size_t capacity = rows->capacity ? rows->capacity * 2 : 16;
        void *items = arena_new(rows->arena, size_mul(capacity, rows->size));
        if (items == NULL)
            return arena_status(rows->arena, capacity * rows->size, err);
        if (rows->count > 0)
            memcpy(items, rows->items, rows->count * rows->size);
        rows->items = items;
        rows->capacity = capacity;
    }
    memcpy((char *)rows->items + rows->count * rows->size, item, rows->size);
    rows->count++;
    return PHX_OK;
}

/* A copy that ends in a NUL; an absent text stays absent. */
static phx_status keep_text(struct arena *arena, phx_text *text, phx_error *err)
{
    char *copy;

    if (text->data == NULL)
        return PHX_OK;
    if ((copy = arena_new(arena, size_add(text->size, 1))) == NULL)
        return arena_status(arena, text->size, err);
    if (text->size > 0)
        memcpy(copy, text->data, text->size);
    copy[text->size] = '\0';
    text->data = copy;
    return PHX_OK;
}

/* --- projects ---------------------------------------------------------------------- */

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
    struct rows rows = {.arena = arena, .size = sizeof(phx_project)};
    struct connection *connection;
    struct counter counter;
    phx_status status = store_reader_take(store, &connection, &counter, err);

    if (status < 0)
        return status;
    struct statement *read = sql(connection, SQL_PROJECTS_DOWN);
    sql_bind_int(read, 1, only != 0 ? only : from != 0 ? from : INT64_MAX);
    while ((limit == 0 || (int64_t)rows.count < limit) &&
           (status = sql_next(read, err)) == PHX_OK) {
        phx_project project;
        project_read(read, &project);
        if (only != 0 && project.id != only)
            break;
        if (name_contains.data != NULL &&
            !contains(project.name, name_contains))
            continue;
        if ((status = keep_text(arena, &project.name, err)) < 0 ||
            (status = keep_text(arena, &project.description, err)) < 0 ||
            (status = rows_add(&rows, &project, err)) < 0)
            break;
    }
    sql_end(read);
    store_reader_give(store, connection);
    if (status < 0)
        return status;
    *out = rows.items;
    *count = rows.count;
    return PHX_OK;
}

phx_status store_create_project(struct store *store, phx_text name,
                                phx_text description, int64_t *out,
                                phx_error *err)
{
    phx_project project = {.name = name, .description = description};
    phx_status status = store_write_begin(store, err);
    int64_t known;

    if (status < 0)
        return status;
    struct counter counter = store->counter;
    project.id = counter.project++;
    counter.projects++;
    project.created_at = project.updated_at = time_now();
    if ((status = sql_begin(store->writer, true, err)) >= 0 &&
        (status = project_find(store->writer, name, &known, err)) >= 0) {
        if (status == PHX_OK)
            status = fail(err, PHX_CONFLICT, -1, "project '%.*s' exists",
                          name.size < 64 ? (int)name.size : 64, name.data);
        else if ((status = project_insert(store->writer, &project, err)) >= 0 &&
                 (status = counter_write(store->writer, &counter, err)) >= 0)
            status = sql_commit(store->writer, err);
    }
    if (status < 0) {
        sql_rollback(store->writer);
    } else {
        store->counter = counter;
        *out = project.id;
    }
    store_write_end(store);
    return status;
}

static phx_status update_project(struct connection *connection, int64_t project,
                                 phx_text description, phx_error *err)
{
    struct statement *read = sql(connection, SQL_PROJECT_BY_ID);
    phx_project row;
    phx_status status;

    sql_bind_int(read, 1, project);
    if ((status = sql_next(read, err)) < 0)
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
    phx_status status = store_write_begin(store, err);

    if (status < 0)
        return status;
    if ((status = sql_begin(store->writer, true, err)) < 0 ||
        (status = update_project(store->writer, project, description, err)) <
            0 ||
        (status = sql_commit(store->writer, err)) < 0)
        sql_rollback(store->writer);
    store_write_end(store);
    return status;
}

/* --- numbers of names and ids ------------------------------------------------------- */

static phx_status find_id(struct store *store, enum posting_kind kind,
                          phx_text id, int64_t *out, phx_error *err)
{
    uint64_t hash = posting_hash(store->secret, kind, id);
    struct location location = {0};
    struct block_set blocks = {0};
    struct gone gone = {0};
    struct connection *connection;
    struct counter counter;
    phx_status status;
    bool complete;

    if ((status = lookup_hints(store, hash, &blocks, &complete, err)) >= 0 &&
        (status = store_reader_take(store, &connection, &counter, err)) >= 0) {
        if ((status = gone_read(connection, &gone, err)) >= 0 &&
            (status = lookup_blocks(connection, &counter, hash, complete,
                                    &blocks, err)) >= 0)
            status = lookup_in_blocks(connection, &gone, kind, id, &blocks,
                                      &location, err);
        store_reader_give(store, connection);
    }
    block_set_clear(&blocks);
    gone_clear(&gone);
    if (status == PHX_OK)
        *out = location.number;
    return status;
}

static phx_status find_name(struct store *store, int32_t kind, phx_text name,
                            int64_t *out, phx_error *err)
{
    struct connection *connection;
    struct counter counter;
    phx_status status = store_reader_take(store, &connection, &counter, err);

    if (status < 0)
        return status;
    status = kind == PHX_PROJECT ? project_find(connection, name, out, err)
                                 : session_find(connection, name, out, err);
    store_reader_give(store, connection);
    return status;
}

phx_status store_find(struct store *store, int32_t kind, phx_text name,
                      int64_t *out, phx_error *err)
{
    static const char *const nouns[] = {"", "project", "trace", "session",
                                        "span"};
    int64_t found = 0;
    phx_status status =
        kind == PHX_TRACE  ? find_id(store, POSTING_TRACE, name, &found, err)
        : kind == PHX_SPAN ? find_id(store, POSTING_SPAN, name, &found, err)
                           : find_name(store, kind, name, &found, err);

    if (status == PHX_OK)
        *out = found;
    return status == PHX_DONE
               ? fail(err, PHX_NOT_FOUND, -1, "no such %s", nouns[kind])
               : status;
}

phx_status store_stat(struct store *store, phx_store_stats *out, phx_error *err)
{
    static const enum sql pragmas[] = {SQL_PAGE_COUNT, SQL_PAGE_SIZE,
                                       SQL_FREE_PAGES};
    int64_t values[3] = {0};
    phx_store_stats stats = {0};
    struct connection *connection;
    struct counter counter;
    phx_status status = store_reader_take(store, &connection, &counter, err);

    if (status < 0)
        return status;
    struct statement *read = sql(connection, SQL_STAT);
    if ((status = sql_next(read, err)) == PHX_OK) {
        stats.spans = sql_int(read, 0);
        stats.blocks = sql_int(read, 1);
        stats.young_blocks = sql_int(read, 2);
        stats.deleted = sql_int(read, 3);
        sql_end(read);
    }
    for (int i = 0; i < 3 && status >= 0; i++) {
        struct statement *pragma = sql(connection, pragmas[i]);
        if ((status = sql_next(pragma, err)) == PHX_OK) {
            values[i] = sql_int(pragma, 0);
            sql_end(pragma);
        }
    }
    store_reader_give(store, connection);
    if (status < 0)
        return status;
    stats.traces = counter.traces;
    stats.sessions = counter.sessions;
    stats.projects = counter.projects;
    stats.bytes =
        values[0] * values[1] + atomic_load(&store->log_pages) * values[1];
    stats.free_bytes = values[2] * values[1];
    *out = stats;
    return PHX_OK;
}

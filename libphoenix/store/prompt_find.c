/*
 * prompt_find.c - prompts, their versions and tags, newest first.
 */
#include "base/base.h"

#include "store/prompt.h"

enum { PAGE_BYTES = SHRUNK(4 << 20, 600) };

/* Rows of one kind, in an arena. */
struct list {
    struct arena *arena;
    void *rows;
    size_t count, capacity;
};

static void *list_add(struct list *list, size_t size, phx_error *err)
{
    void *larger =
        arena_grow(list->arena, list->rows, &list->capacity, list->count, size);

    if (larger == NULL) {
        arena_status(list->arena, size, err);
        return NULL;
    }
    list->rows = larger;
    return (char *)larger + list->count++ * size;
}

static phx_status take_prompt(struct list *list, struct statement *read,
                              phx_error *err)
{
    phx_prompt *out = list_add(list, sizeof *out, err);
    struct prompt_row row;
    phx_status status;

    if (out == NULL)
        return PHX_NO_MEMORY;
    if ((status = prompt_read(read, &row, err)) < 0)
        return status;
    *out = row.prompt;
    return prompt_keep(list->arena, out, err);
}

phx_status store_read_prompts(struct store *store, int64_t only, int64_t from,
                              phx_text name, int64_t limit, struct arena *arena,
                              phx_prompt **out, size_t *count, phx_error *err)
{
    struct list list = {.arena = arena};
    struct connection *connection;
    struct counter counter;
    phx_status status = store_reader_take(store, &connection, &counter, err);

    if (status < 0)
        return status;
    bool by_name = only == 0 && name.data != NULL;
    struct statement *read = sql(connection, only != 0 ? SQL_PROMPT_BY_ID
                                             : by_name ? SQL_PROMPT_BY_NAME
                                                       : SQL_PROMPTS_DOWN);
    if (by_name)
        sql_bind_text(read, 1, name);
    else
        sql_bind_int(read, 1, only != 0 ? only : from != 0 ? from : INT64_MAX);
    while (status >= 0 && (limit <= 0 || (int64_t)list.count < limit) &&
           (status = sql_next(read, err)) == PHX_OK)
        status = take_prompt(&list, read, err);
    sql_end(read);
    store_reader_give(store, connection);
    if (status < 0)
        return status;
    *out = list.rows;
    *count = list.count;
    return PHX_OK;
}

/* --- versions --------------------------------------------------------------------- */

static phx_status take_version(struct list *list, struct statement *read,
                               phx_error *err)
{
    phx_prompt_version *row = list_add(list, sizeof *row, err);
    phx_status status;

    if (row == NULL)
        return PHX_NO_MEMORY;
    if ((status = prompt_version_read(read, row, err)) < 0)
        return status;
    return arena_keep(list->arena, &row->body, err);
}

static struct statement *ask_versions(struct connection *connection,
                                      const phx_prompt_version_query *query)
{
    struct statement *read;

    if (query->only != 0) {
        read = sql(connection, SQL_PROMPT_VERSION_BY_ID);
        sql_bind_int(read, 1, query->only);
        return read;
    }
    read = sql(connection, query->tag.data != NULL ? SQL_PROMPT_VERSION_BY_TAG
                                                   : SQL_PROMPT_VERSIONS_DOWN);
    sql_bind_int(read, 1, query->prompt);
    if (query->tag.data != NULL)
        sql_bind_text(read, 2, query->tag);
    else
        sql_bind_int(read, 2, query->from != 0 ? query->from : INT64_MAX);
    return read;
}

phx_status store_read_prompt_versions(struct store *store,
                                      phx_prompt_version_query *query,
                                      struct arena *arena,
                                      phx_prompt_version **out, size_t *count,
                                      phx_error *err)
{
    struct list list = {.arena = arena};
    struct connection *connection;
    struct counter counter;
    int64_t next = 0;
    phx_status status = store_reader_take(store, &connection, &counter, err);

    if (status < 0)
        return status;
    struct statement *read = ask_versions(connection, query);
    while (status >= 0 &&
           (query->limit <= 0 || (int64_t)list.count < query->limit) &&
           (status = sql_next(read, err)) == PHX_OK) {
        next = sql_int(read, 0) - 1;
        if ((status = take_version(&list, read, err)) == PHX_OK &&
            arena->total > PAGE_BYTES)
            break;
    }
    sql_end(read);
    store_reader_give(store, connection);
    if (status < 0)
        return status;
    query->from =
        status == PHX_OK && query->only == 0 && query->tag.data == NULL ? next
                                                                        : 0;
    *out = list.rows;
    *count = list.count;
    return PHX_OK;
}

/* --- tags ------------------------------------------------------------------------ */

static phx_status take_tag(struct list *list, struct statement *read,
                           phx_error *err)
{
    phx_prompt_tag *row = list_add(list, sizeof *row, err);
    phx_status status;

    if (row == NULL)
        return PHX_NO_MEMORY;
    if ((status = prompt_tag_read(read, row, err)) < 0)
        return status;
    return prompt_tag_keep(list->arena, row, err);
}

phx_status store_read_prompt_tags(struct store *store, int64_t prompt,
                                  int64_t version, int64_t from, int64_t limit,
                                  struct arena *arena, phx_prompt_tag **out,
                                  size_t *count, phx_error *err)
{
    struct list list = {.arena = arena};
    struct connection *connection;
    struct counter counter;
    phx_status status = store_reader_take(store, &connection, &counter, err);

    if (status < 0)
        return status;
    struct statement *read = sql(connection, SQL_PROMPT_TAGS_DOWN);
    sql_bind_int(read, 1, prompt);
    sql_bind_int(read, 2, version);
    sql_bind_int(read, 3, from != 0 ? from : INT64_MAX);
    while (status >= 0 && (limit <= 0 || (int64_t)list.count < limit) &&
           (status = sql_next(read, err)) == PHX_OK)
        status = take_tag(&list, read, err);
    sql_end(read);
    store_reader_give(store, connection);
    if (status < 0)
        return status;
    *out = list.rows;
    *count = list.count;
    return PHX_OK;
}

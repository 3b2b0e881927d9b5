/*
 * dataset_find.c - datasets, their versions, and the examples of a version, in
 * pages. What a version has never changes, so that pages need no common
 * snapshot.
 */
#include "base/base.h"

#include "store/dataset.h"

enum { PAGE_BYTES = SHRUNK(1 << 20, 300) };

void *list_add(struct list *list, size_t size, phx_error *err)
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

phx_status list_take(struct list *list, struct statement *read, int64_t limit,
                     take_row take, phx_error *err)
{
    phx_status status = PHX_OK;

    while (status >= 0 && (limit <= 0 || (int64_t)list->count < limit) &&
           (status = sql_next(read, err)) == PHX_OK)
        status = take(list, read, err);
    sql_end(read);
    return status < 0 ? status : PHX_OK;
}

/* --- datasets -------------------------------------------------------------- */

static phx_status take_dataset(struct list *list, struct statement *read,
                               phx_error *err)
{
    phx_dataset *row = list_add(list, sizeof *row, err);
    phx_status status;
    int64_t sum;

    if (row == NULL)
        return PHX_NO_MEMORY;
    dataset_read(read, row, &sum);
    if (sum != (int64_t)dataset_sum(row))
        return fail(err, PHX_CORRUPT, -1, "dataset %lld is damaged",
                    (long long)row->id);
    if ((status = arena_keep(list->arena, &row->name, err)) < 0 ||
        (status = arena_keep(list->arena, &row->description, err)) < 0)
        return status;
    return arena_keep(list->arena, &row->metadata, err);
}

phx_status store_read_datasets(struct store *store, int64_t only, int64_t from,
                               phx_text name, int64_t limit,
                               struct arena *arena, phx_dataset **out,
                               size_t *count, phx_error *err)
{
    struct list list = {.arena = arena};
    struct connection *connection;
    struct counter counter;
    phx_status status = store_reader_take(store, &connection, &counter, err);

    if (status < 0)
        return status;
    struct statement *read =
        sql(connection, only != 0           ? SQL_DATASET_BY_ID
                        : name.data != NULL ? SQL_DATASET_BY_NAME
                                            : SQL_DATASETS_DOWN);
    if (only == 0 && name.data != NULL)
        sql_bind_text(read, 1, name);
    else
        sql_bind_int(read, 1, only != 0 ? only : from != 0 ? from : INT64_MAX);
    status = list_take(&list, read, limit, take_dataset, err);
    store_reader_give(store, connection);
    if (status < 0)
        return status;
    *out = list.rows;
    *count = list.count;
    return PHX_OK;
}

/* --- versions -------------------------------------------------------------- */

/* Bytes in hex, in the arena; the absent text without memory. */
static phx_text print_hex(struct arena *arena, const void *bytes, size_t size)
{
    char *text = arena_new(arena, 2 * size + 1);

    if (text == NULL)
        return (phx_text){NULL, 0};
    hex_print(bytes, size, text);
    return text_span(text, 2 * size);
}

static phx_status check_version(const struct version_row *version,
                                phx_error *err)
{
    return version->sum == (int64_t)version_sum(version)
               ? PHX_OK
               : fail(err, PHX_CORRUPT, -1, "version %lld is damaged",
                      (long long)version->id);
}

static phx_status take_version(struct list *list, struct statement *read,
                               phx_error *err)
{
    phx_dataset_version *row = list_add(list, sizeof *row, err);
    uint8_t state[MULTISET_SIZE], hash[SHA256_SIZE];
    struct version_row version;
    phx_status status;

    if (row == NULL)
        return PHX_NO_MEMORY;
    version_read(read, &version);
    if ((status = check_version(&version, err)) < 0)
        return status;
    multiset_write(&version.state, state);
    sha256(state, sizeof state, hash);
    *row = (phx_dataset_version){
        .id = version.id,
        .dataset = version.dataset,
        .created_at = ns_of(version.created, 0),
        .examples = version.examples,
        .hash = print_hex(list->arena, hash, sizeof hash),
    };
    return row->hash.data ? PHX_OK : fail_memory(err, 2 * sizeof hash);
}

phx_status store_read_versions(struct store *store, int64_t dataset,
                               int64_t from, int64_t limit, struct arena *arena,
                               phx_dataset_version **out, size_t *count,
                               phx_error *err)
{
    struct list list = {.arena = arena};
    struct connection *connection;
    struct counter counter;
    phx_status status = store_reader_take(store, &connection, &counter, err);

    if (status < 0)
        return status;
    struct statement *read = sql(connection, SQL_VERSIONS_DOWN);
    sql_bind_int(read, 1, dataset);
    sql_bind_int(read, 2, from != 0 ? from : INT64_MAX);
    status = list_take(&list, read, limit, take_version, err);
    store_reader_give(store, connection);
    if (status < 0)
        return status;
    *out = list.rows;
    *count = list.count;
    return PHX_OK;
}

/* --- examples -------------------------------------------------------------- */

phx_status examples_find(struct connection *connection,
                         struct store_examples *examples, phx_error *err)
{
    struct statement *read;
    struct version_row row = {.dataset = 0};
    phx_dataset dataset = {.id = 0};
    phx_status status =
        sql_find(connection, SQL_DATASET_BY_ID, examples->dataset, &read, err);
    int64_t sum;

    if (status == PHX_OK)
        dataset_read(read, &dataset, &sum);
    sql_end(read);
    if (status == PHX_DONE)
        return fail(err, PHX_NOT_FOUND, -1, "no dataset %lld",
                    (long long)examples->dataset);
    if (status < 0)
        return status;
    if (examples->version == 0)
        examples->version = dataset.version;
    status =
        sql_find(connection, SQL_VERSION_BY_ID, examples->version, &read, err);
    if (status == PHX_OK)
        version_read(read, &row);
    sql_end(read);
    if (status == PHX_OK && (status = check_version(&row, err)) < 0)
        return status;
    examples->last = row.last;
    examples->count = row.examples;
    return status < 0 || row.dataset == examples->dataset
               ? status
               : fail(err, PHX_NOT_FOUND, -1,
                      "dataset %lld has no version %lld",
                      (long long)examples->dataset,
                      (long long)examples->version);
}

phx_status store_find_examples(struct store *store, int64_t dataset,
                               int64_t version, struct store_examples *out,
                               phx_error *err)
{
    struct store_examples found = {.dataset = dataset, .version = version};
    struct connection *connection;
    struct counter counter;
    phx_status status = store_reader_take(store, &connection, &counter, err);

    if (status < 0)
        return status;
    status = examples_find(connection, &found, err);
    store_reader_give(store, connection);
    if (status == PHX_OK)
        *out = found;
    return status;
}

/* The span that it is from, if there is one. */
static phx_status take_span(struct list *list, struct statement *read,
                            phx_example *row, phx_error *err)
{
    phx_text span_id = sql_text(read, 10);

    if (!sql_has(read, 9) ||
        gone_has(list->gone, PHX_PROJECT, sql_int(read, 13)))
        return PHX_OK;
    row->span = sql_int(read, 9);
    if (sql_int(read, 11) != (int64_t)example_span_sum(row->id,
                                                       sql_int(read, 12),
                                                       row->span, span_id))
        return fail(err, PHX_CORRUPT, -1, "the span of example %lld is damaged",
                    (long long)row->id);
    row->span_id = print_hex(list->arena, span_id.data, span_id.size);
    return row->span_id.data ? PHX_OK : fail_memory(err, 2 * span_id.size);
}

phx_status example_take(struct list *list, struct statement *read,
                        phx_error *err)
{
    phx_example *row = list_add(list, sizeof *row, err);
    phx_text hash = sql_text(read, 4), strict = sql_text(read, 5);
    phx_status status;

    if (row == NULL)
        return PHX_NO_MEMORY;
    *row = (phx_example){
        .id = sql_int(read, 0),
        .version = sql_int(read, 1),
        .updated_at = ns_of(sql_int(read, 2), 0),
        .external_id = sql_text(read, 3),
        .input = sql_text(read, 6),
        .output = sql_text(read, 7),
        .metadata = sql_text(read, 8),
        .splits = sql_text(read, 14),
        .hash = print_hex(list->arena, hash.data, hash.size),
        .strict_hash = print_hex(list->arena, strict.data, strict.size),
    };
    if (!sql_has(read, 2) || row->input.data == NULL)
        return fail(err, PHX_CORRUPT, -1,
                    "what example %lld was at version %lld is lost",
                    (long long)row->id, (long long)row->version);
    if (row->hash.data == NULL || row->strict_hash.data == NULL)
        return fail_memory(err, 2 * SHA256_SIZE);
    if ((status = take_span(list, read, row, err)) < 0 ||
        (status = arena_keep(list->arena, &row->external_id, err)) < 0 ||
        (status = arena_keep(list->arena, &row->input, err)) < 0 ||
        (status = arena_keep(list->arena, &row->output, err)) < 0 ||
        (status = arena_keep(list->arena, &row->splits, err)) < 0)
        return status;
    return arena_keep(list->arena, &row->metadata, err);
}

/* One row more than is wanted tells where the next page begins. */
static phx_status take_page(struct list *list, struct statement *read,
                            size_t limit, int64_t *next, phx_error *err)
{
    phx_status status;

    while ((status = sql_next(read, err)) == PHX_OK) {
        if (list->count == limit ||
            (list->count > 0 && list->arena->total > PAGE_BYTES)) {
            *next = sql_int(read, 0);
            break;
        }
        if ((status = example_take(list, read, err)) < 0)
            break;
    }
    sql_end(read);
    return status < 0 ? status : PHX_OK;
}

phx_status store_read_examples(struct store *store,
                               struct store_examples *examples, size_t limit,
                               struct arena *arena, phx_example **out,
                               size_t *count, phx_error *err)
{
    struct list list = {.arena = arena};
    struct connection *connection;
    struct counter counter;
    int64_t next = 0;
    phx_status status = store_reader_take(store, &connection, &counter, err);

    if (status < 0)
        return status;
    bool some = examples->splits.data != NULL;
    struct statement *read =
        sql(connection, some ? SQL_EXAMPLES_IN_SPLITS : SQL_EXAMPLES);
    sql_bind_int(read, 1, examples->dataset);
    sql_bind_int(read, 2, examples->from);
    sql_bind_int(read, 3, examples->last);
    sql_bind_int(read, 4, examples->version);
    if (some) {
        sql_bind_text(read, 5, examples->splits);
        sql_bind_int(read, 6,
                     examples->then ? examples->version : INT64_MAX - 1);
    }
    if ((status = gone_of(connection, &counter, &list.gone, err)) >= 0)
        status = take_page(&list, read, limit, &next, err);
    store_reader_give(store, connection);
    if (status < 0)
        return status;
    examples->from = next;
    *out = list.rows;
    *count = list.count;
    return PHX_OK;
}

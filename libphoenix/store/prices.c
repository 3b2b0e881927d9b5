/*
 * prices.c - versions of the price list. The newest is for the spans to come;
 * a change makes a new one, and older ones go on pricing the spans that came
 * under them, until a host asks for the newest to be applied to those too.
 */
#include "base/base.h"

#include "store/price.h"

static int64_t version_sum(const struct price_version *version)
{
    const uint64_t values[] = {
        (uint64_t)version->id,
        (uint64_t)version->span,
        (uint64_t)version->created,
        (uint64_t)version->built_in,
        hash_bytes(version->models.data, version->models.size, 7),
    };

    return (int64_t)hash_bytes(values, sizeof values, 8);
}

phx_status price_version_read(struct statement *statement,
                              struct price_version *out, int64_t *sum,
                              phx_error *err)
{
    *out = (struct price_version){.id = sql_int(statement, 0),
                                  .span = sql_int(statement, 1),
                                  .created = sql_int(statement, 2),
                                  .built_in = sql_int(statement, 3),
                                  .models = sql_text(statement, 4)};
    *sum = version_sum(out);
    return *sum == sql_int(statement, 5)
               ? PHX_OK
               : fail(err, PHX_CORRUPT, -1, "price version %lld is damaged",
                      (long long)out->id);
}

/* --- changing ------------------------------------------------------------------- */

static phx_status read_newest(struct price_change *change, phx_error *err)
{
    struct statement *read = sql(change->store->writer, SQL_PRICE_NEWEST);
    phx_status status = sql_next(read, err);

    change->models = (struct value){.kind = JSON_ARRAY};
    if (status != PHX_OK)
        return status;
    status =
        price_version_read(read, &change->newest, &change->newest_sum, err);
    phx_text models = change->newest.models;
    const char *copy = arena_copy(&change->arena, models.data, models.size);
    if (status >= 0 && copy == NULL)
        status = arena_status(&change->arena, models.size, err);
    sql_end(read);
    if (status < 0)
        return status;
    change->newest.models = text_span(copy, models.size);
    return json_read(&change->arena, change->newest.models, 0, &change->models,
                     err);
}

phx_status price_change_begin(struct store *store, struct price_change *change,
                              phx_error *err)
{
    phx_status status;

    *change = (struct price_change){.store = store};
    arena_init(&change->arena, SIZE_MAX);
    if ((status = store_change_begin(store, store->writer, &change->counter,
                                     err)) < 0)
        return status;
    if ((status = read_newest(change, err)) < 0) {
        sql_rollback(store->writer);
        store_write_end(store);
        arena_clear(&change->arena);
    }
    return status < 0 ? status : PHX_OK;
}

phx_status price_change_end(struct price_change *change, phx_status status,
                            phx_error *err)
{
    status = store_change_end(change->store, change->store->writer, status,
                              &change->counter, err);
    store_write_end(change->store);
    arena_clear(&change->arena);
    return status;
}

static phx_status insert_version(struct connection *connection,
                                 struct counter *counter,
                                 const struct price_version *version,
                                 phx_error *err)
{
    struct statement *insert = sql(connection, SQL_INSERT_PRICE_VERSION);
    int64_t sum = version_sum(version);

    counter->prices ^= sum;
    sql_bind_int(insert, 1, version->id);
    sql_bind_int(insert, 2, version->span);
    sql_bind_int(insert, 3, version->created);
    sql_bind_int(insert, 4, version->built_in);
    sql_bind_text(insert, 5, version->models);
    sql_bind_int(insert, 6, sum);
    return sql_run(insert, err);
}

/* Versions for no span but those from this number on make room. */
static phx_status remove_versions(struct price_change *change, int64_t from,
                                  phx_error *err)
{
    struct connection *writer = change->store->writer;
    struct statement *read = sql(writer, SQL_PRICE_VERSIONS);
    struct price_version version;
    int64_t sum;
    phx_status status;

    while ((status = sql_next(read, err)) == PHX_OK) {
        if ((status = price_version_read(read, &version, &sum, err)) < 0)
            break;
        if (version.span < from)
            continue;
        change->counter.prices ^= sum;
        if ((status = sql_run_with(writer, SQL_DELETE_PRICE_VERSION, version.id,
                                   err)) < 0)
            break;
    }
    sql_end(read);
    return status < 0 ? status : PHX_OK;
}

/* A list as JSON becomes the newest version. */
static phx_status write_version(struct price_change *change, phx_text models,
                                int64_t span, int64_t built_in, phx_error *err)
{
    const struct price_version version = {.id = change->newest.id + 1,
                                          .span = span,
                                          .created =
                                              (int64_t)(time_now() / 1000),
                                          .built_in = built_in,
                                          .models = models};
    phx_status status = remove_versions(change, span, err);

    return status < 0 ? status
                      : insert_version(change->store->writer, &change->counter,
                                       &version, err);
}

phx_status price_change_write(struct price_change *change, int64_t span,
                              int64_t built_in, phx_error *err)
{
    struct buf text;
    phx_status status;

    buf_init(&text, SIZE_MAX);
    json_write_value(&text, &change->models, 0);
    if ((status = buf_status(&text, "a price list", err)) >= 0)
        status = write_version(change, text_span(text.data, text.size), span,
                               built_in, err);
    buf_clear(&text);
    return status;
}

/* --- the built-in list --------------------------------------------------------- */

static phx_status write_built_in(struct buf *out, phx_error *err)
{
    struct json_writer json;

    json_begin(&json, out);
    json_open_array(&json);
    for (size_t i = 0; i < built_in_count(); i++)
        built_in_write(i, &json);
    json_close_array(&json);
    return buf_status(out, "the built-in prices", err);
}

/* Users' models of the newest version, then the built-in ones of today. */
static phx_status exchange_built_in(struct price_change *change, phx_text text,
                                    phx_error *err)
{
    struct value today;
    phx_status status = json_read(&change->arena, text, 0, &today, err);
    size_t size =
        size_mul(size_add(change->models.count, today.count), sizeof today);
    struct value *items;
    uint32_t count = 0;

    if (status < 0)
        return status;
    if ((items = arena_new(&change->arena, size)) == NULL)
        return arena_status(&change->arena, size, err);
    for (uint32_t i = 0; i < change->models.count; i++) {
        const struct value *id = value_member(&change->models.items[i], "id");
        if (id != NULL && id->integer < BUILT_IN_ID)
            items[count++] = change->models.items[i];
    }
    if (today.count > 0)
        memcpy(items + count, today.items, today.count * sizeof *items);
    change->models = (struct value){
        .kind = JSON_ARRAY, .count = count + today.count, .items = items};
    return PHX_OK;
}

static phx_status renew(struct store *store, phx_text text, int64_t hash,
                        phx_error *err)
{
    struct price_change change = {.store = store, .counter = store->counter};
    phx_status status = sql_begin(store->writer, true, err);

    if (status < 0)
        return status;
    arena_init(&change.arena, SIZE_MAX);
    status = read_newest(&change, err);
    /* A store that had no prices takes today's for all its spans. */
    if (status >= 0 && change.newest.id == 0)
        status = write_version(&change, text, 1, hash, err);
    else if (status >= 0 &&
             (status = exchange_built_in(&change, text, err)) >= 0)
        status = price_change_write(&change, change.counter.span, hash, err);
    status =
        store_change_end(store, store->writer, status, &change.counter, err);
    arena_clear(&change.arena);
    return status;
}

/* While the store is opened: nobody else has it, and nothing that writing
 * spans needs is loaded for it. */
phx_status prices_prepare(struct store *store, phx_error *err)
{
    struct statement *read = sql(store->writer, SQL_PRICE_NEWEST);
    struct price_version newest = {0};
    struct buf text;
    int64_t sum;
    phx_status status;

    buf_init(&text, SIZE_MAX);
    if ((status = write_built_in(&text, err)) < 0)
        goto done;
    int64_t hash = (int64_t)hash_bytes(text.data, text.size, 9);
    if ((status = sql_next(read, err)) == PHX_OK) {
        status = price_version_read(read, &newest, &sum, err);
        sql_end(read);
    }
    if (status >= 0 && (newest.id == 0 || newest.built_in != hash))
        status = renew(store, text_span(text.data, text.size), hash, err);
done:
    buf_clear(&text);
    return status < 0 ? status : PHX_OK;
}

/* --- the door --------------------------------------------------------------------- */

phx_status store_read_prices(struct store *store, struct buf *out,
                             phx_error *err)
{
    struct snapshot snapshot;
    struct price_version newest;
    int64_t sum;
    phx_status status = snapshot_take(store, &snapshot, err);

    if (status < 0)
        return status;
    struct statement *read = sql(snapshot.connection, SQL_PRICE_NEWEST);
    if ((status = sql_next(read, err)) == PHX_OK) {
        status = price_version_read(read, &newest, &sum, err);
        if (status >= 0)
            buf_add(out, newest.models.data, newest.models.size);
        sql_end(read);
    } else if (status == PHX_DONE) {
        buf_add_string(out, "[]"); /* read-only, and from before prices */
    }
    if (status >= 0)
        status = snapshot_check(&snapshot, err);
    snapshot_give(&snapshot);
    return status < 0 ? status : buf_status(out, "the prices", err);
}

phx_status store_apply_prices(struct store *store, int64_t from, phx_error *err)
{
    struct price_change change;
    phx_status status = price_change_begin(store, &change, err);

    if (status < 0)
        return status;
    if (from < change.newest.span)
        status = price_change_write(&change, from > 0 ? from : 1,
                                    change.newest.built_in, err);
    return price_change_end(&change, status, err);
}

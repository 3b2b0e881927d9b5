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

/* The newest version and its models, in an arena. */
struct price_change {
    struct store *store;
    struct counter counter;
    struct arena arena;
    struct price_version newest; /* id 0: there is none */
    int64_t newest_sum;
    struct value models; /* an array */
};

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

/* In a transaction with the write lock, until change_end. */
static phx_status change_begin(struct store *store, struct price_change *change,
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

static phx_status change_end(struct price_change *change, phx_status status,
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

/* The changed models become the newest version, for spans from a number on. */
static phx_status write_version(struct price_change *change, int64_t span,
                                int64_t built_in, phx_error *err)
{
    struct buf text;
    phx_status status;

    buf_init(&text, SIZE_MAX);
    json_write_value(&text, &change->models, 0);
    struct price_version version = {.id = change->newest.id + 1,
                                    .span = span,
                                    .created = (int64_t)(time_now() / 1000),
                                    .built_in = built_in,
                                    .models = text_span(text.data, text.size)};
    if ((status = buf_status(&text, "a price list", err)) >= 0 &&
        (status = remove_versions(change, span, err)) >= 0)
        status = insert_version(change->store->writer, &change->counter,
                                &version, err);
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
    int64_t from = change.newest.id == 0 ? 1 : change.counter.span;
    if (status >= 0 && (status = exchange_built_in(&change, text, err)) >= 0)
        status = write_version(&change, from, hash, err);
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
    snapshot_give(&snapshot);
    return status < 0 ? status : buf_status(out, "the prices", err);
}

/* The user's model with this id, or NULL. */
static struct value *find_model(const struct price_change *change, int64_t id)
{
    for (uint32_t i = 0; i < change->models.count && id < BUILT_IN_ID; i++) {
        struct value *found = value_member(&change->models.items[i], "id");
        if (found != NULL && found->integer == id)
            return &change->models.items[i];
    }
    return NULL;
}

static int64_t next_id(const struct price_change *change)
{
    int64_t next = 1;

    for (uint32_t i = 0; i < change->models.count; i++) {
        const struct value *id = value_member(&change->models.items[i], "id");
        if (id->integer < BUILT_IN_ID && id->integer >= next)
            next = id->integer + 1;
    }
    return next;
}

/* A model of the user's at the front, with room for it. */
static phx_status add_model(struct price_change *change, struct value **out,
                            phx_error *err)
{
    uint32_t count = change->models.count;
    size_t size = size_mul((size_t)count + 1, sizeof(struct value));
    struct value *items = arena_new(&change->arena, size);

    if (items == NULL)
        return arena_status(&change->arena, size, err);
    if (count > 0)
        memcpy(items + 1, change->models.items, count * sizeof *items);
    change->models.items = items;
    change->models.count = count + 1;
    *out = items;
    return PHX_OK;
}

/* A copy of the model with its id. */
static phx_status with_id(struct price_change *change,
                          const struct value *model, int64_t id,
                          struct value *out, phx_error *err)
{
    size_t size = size_mul((size_t)model->count + 1, sizeof(struct member));
    struct member *members = arena_new(&change->arena, size);

    if (members == NULL)
        return arena_status(&change->arena, size, err);
    members[0] = (struct member){text_of("id"), value_int(id)};
    if (model->count > 0)
        memcpy(members + 1, model->members, model->count * sizeof *members);
    *out = (struct value){
        .kind = JSON_OBJECT, .count = model->count + 1, .members = members};
    return PHX_OK;
}

/* What is wrong with a model is told by compiling it, on its own. */
static phx_status check_model(const struct price_change *change,
                              struct value *model, phx_error *err)
{
    const struct value one = {.kind = JSON_ARRAY, .count = 1, .items = model};
    struct price_list list;
    struct buf text;
    phx_status status = price_list_init(&list, err);

    if (status < 0)
        return status;
    buf_init(&text, SIZE_MAX);
    json_write_value(&text, &one, 0);
    if ((status = buf_status(&text, "a model", err)) >= 0)
        status = price_list_read(&list, text_span(text.data, text.size), err);
    buf_clear(&text);
    price_list_clear(&list);
    if (status >= 0 && change->models.count > PRICE_MODELS)
        status =
            fail(err, PHX_TOO_BIG, -1, "the list has %d models", PRICE_MODELS);
    return status;
}

phx_status store_put_price(struct store *store, const struct value *model,
                           int64_t *id, phx_error *err)
{
    struct price_change change;
    struct value *place = NULL;
    phx_status status = change_begin(store, &change, err);

    if (status < 0)
        return status;
    int64_t number = *id > 0 ? *id : next_id(&change);
    if (*id > 0 && (place = find_model(&change, *id)) == NULL)
        status = fail(err, PHX_NOT_FOUND, -1, "no model %lld of a user",
                      (long long)*id);
    else if (*id == 0)
        status = add_model(&change, &place, err);
    if (status >= 0 &&
        (status = with_id(&change, model, number, place, err)) >= 0 &&
        (status = check_model(&change, place, err)) >= 0)
        status = write_version(&change, change.counter.span,
                               change.newest.built_in, err);
    status = change_end(&change, status, err);
    if (status >= 0)
        *id = number;
    return status;
}

phx_status store_delete_price(struct store *store, int64_t id, phx_error *err)
{
    struct price_change change;
    phx_status status = change_begin(store, &change, err);

    if (status < 0)
        return status;
    struct value *place = find_model(&change, id);
    if (place == NULL) {
        status = fail(err, PHX_NOT_FOUND, -1, "no model %lld of a user",
                      (long long)id);
    } else {
        size_t after =
            (size_t)(change.models.items + change.models.count - (place + 1));
        memmove(place, place + 1, after * sizeof *place);
        change.models.count--;
        status = write_version(&change, change.counter.span,
                               change.newest.built_in, err);
    }
    return change_end(&change, status, err);
}

phx_status store_apply_prices(struct store *store, int64_t from, phx_error *err)
{
    struct price_change change;
    phx_status status = change_begin(store, &change, err);

    if (status < 0)
        return status;
    if (from < change.newest.span)
        status = write_version(&change, from > 0 ? from : 1,
                               change.newest.built_in, err);
    return change_end(&change, status, err);
}

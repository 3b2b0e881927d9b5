/*
 * dataset_put.c - a new version of a dataset. Each item is held against the
 * examples that lived before: one that is equal stays as it is, one of the same
 * number or external id and other content gets a revision, and where the items
 * are all that there is to be, what they have not named ends. The costs are
 * those of the items and the changes, not of the dataset.
 */
#include "base/base.h"

#include "store/experiment.h"

enum { ENDING = SHRUNK(256, 2) }; /* revisions read at once */

/* Items of one hash are the examples of that hash one after the other. */
struct equals {
    uint8_t hash[EXAMPLE_HASH_SIZE];
    int64_t last; /* the example that the last of them is */
};

enum { BY_HASH = 1, BY_NAME = 2 };

/* Which example an item is, for its splits; told: it counts as changed. */
struct placed {
    int64_t example;
    bool told;
};

struct upload {
    struct edition made;
    struct map named;  /* example -> BY_HASH or BY_NAME */
    struct map hashes; /* hash -> index into equals */
    struct equals *equals;
    size_t count, capacity;
    struct target *spans;  /* that the items are from; or NULL */
    struct placed *placed; /* [items]; or NULL if none has splits */
    int64_t moved; /* examples that changed in nothing but their splits */
};

/* --- which example an item is ------------------------------------------------- */

/* The example of an external id; DONE if there never was one. */
static phx_status find_external(struct upload *upload, phx_text external_id,
                                int64_t *out, phx_error *err)
{
    struct statement *read = sql(upload->made.writer, SQL_EXAMPLE_BY_EXTERNAL);
    phx_status status;

    sql_bind_int(read, 1, upload->made.dataset.id);
    sql_bind_text(read, 2, external_id);
    if ((status = sql_next(read, err)) == PHX_OK)
        *out = sql_int(read, 0);
    sql_end(read);
    return status;
}

/* Notes that an item is this example. */
static phx_status name_example(struct upload *upload, int64_t example,
                               uint32_t how, phx_error *err)
{
    bool fresh;
    uint32_t *slot = map_slot(&upload->named, (uint64_t)example, &fresh);

    if (slot == NULL)
        return fail_memory(err, sizeof *slot);
    if (!fresh && *slot == BY_NAME && how == BY_NAME)
        return fail(err, PHX_INVALID, -1, "example %lld is given twice",
                    (long long)example);
    if (fresh || how == BY_NAME)
        *slot = how;
    return PHX_OK;
}

static phx_status find_equals(struct upload *upload, const uint8_t *hash,
                              struct equals **out, phx_error *err)
{
    uint64_t key =
        hash_bytes(hash, EXAMPLE_HASH_SIZE, upload->made.store->secret);
    bool fresh;
    uint32_t *slot = map_slot(&upload->hashes, key | 1, &fresh);

    if (slot == NULL)
        return fail_memory(err, sizeof *slot);
    if (fresh) {
        struct equals *larger =
            arena_grow(&upload->made.arena, upload->equals, &upload->capacity,
                       upload->count, sizeof *larger);
        if (larger == NULL)
            return arena_status(&upload->made.arena, sizeof *larger, err);
        upload->equals = larger;
        *slot = (uint32_t)upload->count++;
        larger[*slot].last = 0;
        memcpy(larger[*slot].hash, hash, EXAMPLE_HASH_SIZE);
    }
    *out = &upload->equals[*slot];
    /* Another hash of the same key: what it is has to be found anew. */
    if (memcmp((*out)->hash, hash, EXAMPLE_HASH_SIZE) != 0) {
        memcpy((*out)->hash, hash, EXAMPLE_HASH_SIZE);
        (*out)->last = 0;
    }
    return PHX_OK;
}

/* The first living example of the hash that no item is yet; or DONE. */
static phx_status find_equal(struct upload *upload, const uint8_t *hash,
                             struct revision *out, phx_error *err)
{
    struct equals *equals = NULL;
    phx_status status = find_equals(upload, hash, &equals, err);

    while (status >= 0) {
        struct statement *read = sql(upload->made.writer, SQL_REVISION_OF_HASH);
        sql_bind_int(read, 1, upload->made.dataset.id);
        sql_bind_blob(read, 2, hash, EXAMPLE_HASH_SIZE);
        sql_bind_int(read, 3, equals->last);
        sql_bind_int(read, 4, upload->made.version.id);
        if ((status = sql_next(read, err)) == PHX_OK)
            status = edition_take(&upload->made, read, out, err);
        sql_end(read);
        if (status != PHX_OK)
            break;
        equals->last = out->example;
        if (map_find(&upload->named, (uint64_t)out->example) == NULL)
            return name_example(upload, out->example, BY_HASH, err);
    }
    return status;
}

/* DONE if none lives: then *example is one that ended, or 0. */
static phx_status find_example(struct upload *upload,
                               const struct store_example *item,
                               int64_t *example, struct revision *out,
                               phx_error *err)
{
    phx_status status = PHX_OK;

    *example = item->example;
    if (item->example == 0 && item->external_id.data == NULL)
        return find_equal(upload, item->hash, out, err);
    if (item->example == 0)
        status = find_external(upload, item->external_id, example, err);
    if (status != PHX_OK ||
        (status = name_example(upload, *example, BY_NAME, err)) < 0)
        return status;
    status = edition_living(&upload->made, *example, out, err);
    if (status == PHX_DONE && item->example != 0)
        return fail(err, PHX_NOT_FOUND, -1,
                    "example %lld does not live in the dataset",
                    (long long)item->example);
    return status;
}

/* --- writing ------------------------------------------------------------------- */

static phx_status insert_example(struct upload *upload, int64_t example,
                                 phx_text external_id, phx_error *err)
{
    struct statement *insert = sql(upload->made.writer, SQL_INSERT_EXAMPLE);
    int64_t dataset = upload->made.dataset.id;

    sql_bind_int(insert, 1, example);
    sql_bind_int(insert, 2, dataset);
    sql_bind_text(insert, 3, external_id);
    sql_bind_int(insert, 4,
                 (int64_t)example_sum(example, dataset, external_id));
    return sql_run(insert, err);
}

static phx_status create_example(struct upload *upload,
                                 const struct store_example *item,
                                 struct target *span, int64_t *out,
                                 phx_error *err)
{
    int64_t example = *out = ++upload->made.example;
    phx_status status;

    if ((status = insert_example(upload, example, item->external_id, err)) <
            0 ||
        (status = name_example(upload, example, BY_NAME, err)) < 0)
        return status;
    return span != NULL && span->number != 0
               ? example_span_put(upload->made.store, &upload->made.parts,
                                  example, span, err)
               : PHX_OK;
}

static phx_status put_item(struct upload *upload,
                           const struct store_example *item,
                           struct target *span, struct placed *placed,
                           phx_error *err)
{
    struct revision old;
    int64_t example;
    phx_status status = find_example(upload, item, &example, &old, err);

    if (status < 0)
        return status;
    placed->example = status == PHX_OK ? old.example : example;
    if (status == PHX_OK && memcmp(old.hash, item->hash, sizeof old.hash) == 0)
        return PHX_OK;
    placed->told = true;
    if (status == PHX_OK) {
        upload->made.change.updated++;
        status = edition_end(&upload->made, &old, err);
        return status < 0 ? status
                          : edition_put(&upload->made, old.example,
                                        old.external_id, item, err);
    }
    upload->made.change.created++;
    if (example == 0 && (status = create_example(upload, item, span,
                                                 &placed->example, err)) < 0)
        return status;
    return edition_put(&upload->made, placed->example, item->external_id, item,
                       err);
}

/* What lives and no item is ends. */
static phx_status end_unnamed(struct upload *upload, phx_error *err)
{
    struct revision *rows =
        arena_new(&upload->made.arena, ENDING * sizeof *rows);
    int64_t last = 0;
    phx_status status = PHX_OK;
    size_t count;

    if (rows == NULL)
        return arena_status(&upload->made.arena, ENDING * sizeof *rows, err);
    do {
        struct statement *read = sql(upload->made.writer, SQL_REVISIONS_LIVING);
        sql_bind_int(read, 1, upload->made.dataset.id);
        sql_bind_int(read, 2, last);
        sql_bind_int(read, 3, ENDING);
        for (count = 0; (status = sql_next(read, err)) == PHX_OK; count++) {
            if ((status =
                     edition_take(&upload->made, read, &rows[count], err)) < 0)
                break;
        }
        sql_end(read);
        for (size_t i = 0; i < count && status >= 0; i++) {
            last = rows[i].example;
            if (map_find(&upload->named, (uint64_t)last) != NULL)
                continue;
            upload->made.change.deleted++;
            if ((status = edition_end(&upload->made, &rows[i], err)) >= 0)
                status = splits_set(&upload->made.parts, rows[i].dataset,
                                    upload->made.version.id, last, NULL, 0,
                                    &(bool){false}, err);
        }
    } while (status >= 0 && count == ENDING);
    return status;
}

/* Puts the items into their splits, which makes no version. */
static phx_status place_items(struct upload *upload,
                              const struct store_example *items, size_t count,
                              phx_error *err)
{
    int64_t version = edition_is_new(&upload->made)
                          ? upload->made.version.id
                          : upload->made.dataset.version;
    phx_status status = PHX_OK;

    for (size_t i = 0; i < count && status >= 0; i++) {
        struct placed *placed = &upload->placed[i];
        bool changed = false;
        if (!items[i].placed)
            continue;
        status = splits_set(&upload->made.parts, upload->made.dataset.id,
                            version, placed->example, items[i].splits,
                            items[i].split_count, &changed, err);
        upload->moved += changed && !placed->told;
    }
    return status;
}

/* A failure is the item's. */
static phx_status blame(phx_status status, size_t item, phx_error *err)
{
    if ((status == PHX_NOT_FOUND || status == PHX_INVALID) && err != NULL)
        err->offset = (int64_t)item;
    return status;
}

static phx_status put_items(struct upload *upload, int32_t action,
                            const struct store_example *items, size_t count,
                            phx_error *err)
{
    struct placed none;
    phx_status status = PHX_OK;

    for (size_t i = 0; i < count && status >= 0; i++)
        status =
            blame(put_item(upload, &items[i],
                           upload->spans ? &upload->spans[i] : NULL,
                           upload->placed ? &upload->placed[i] : &none, err),
                  i, err);
    if (status >= 0 && action != PHX_DATASET_APPEND && !upload->made.fresh)
        status = end_unnamed(upload, err);
    if (status >= 0 && upload->placed != NULL)
        status = place_items(upload, items, count, err);
    return status < 0 ? status : edition_close(&upload->made, err);
}

/* What is known of the items before the writer's turn. */
static phx_status prepare(struct upload *upload,
                          const struct store_example *items, size_t count,
                          phx_error *err)
{
    bool placed = false;

    for (size_t i = 0; i < count; i++)
        placed |= items[i].placed;
    if (placed) {
        size_t size = size_mul(count, sizeof *upload->placed);
        if ((upload->placed = arena_new(&upload->made.arena, size)) == NULL)
            return arena_status(&upload->made.arena, size, err);
        memset(upload->placed, 0, size);
    }
    return example_spans_find(upload->made.store, items, count,
                              &upload->made.arena, &upload->spans, err);
}

static void upload_clear(struct upload *upload)
{
    map_clear(&upload->named);
    map_clear(&upload->hashes);
    edition_clear(&upload->made);
}

/* DONE if its spans are to be looked up again. */
static phx_status put_once(struct upload *upload, phx_text name, int32_t action,
                           phx_text description,
                           const struct store_example *examples, size_t count,
                           phx_error *err)
{
    struct store *store = upload->made.store;
    unsigned forgotten = atomic_load(&store->forgotten);
    struct counter *counter = &upload->made.counter;
    phx_status status = prepare(upload, examples, count, err);

    if (status < 0)
        return status;
    status = upload->spans != NULL
                 ? annotate_begin(store, counter, forgotten, err)
                 : store_change_begin(store, store->writer, counter, err);
    if (status != PHX_OK)
        return status;
    if ((status = edition_open_named(&upload->made, name, action, description,
                                     err)) >= 0)
        status = put_items(upload, action, examples, count, err);
    status = store_change_end(store, store->writer, status, counter, err);
    store_write_end(store);
    return status;
}

phx_status store_put_examples(struct store *store, phx_text name,
                              int32_t action, phx_text description,
                              const struct store_example *examples,
                              size_t count, phx_dataset_change *out,
                              phx_error *err)
{
    struct upload upload;
    phx_status status;

    do {
        upload = (struct upload){.moved = 0};
        edition_init(&upload.made, store);
        map_init(&upload.named);
        map_init(&upload.hashes);
        status =
            put_once(&upload, name, action, description, examples, count, err);
        upload_clear(&upload);
    } while (status == PHX_DONE);
    if (status < 0)
        return status;
    *out = upload.made.change;
    out->updated += upload.moved;
    out->dataset = upload.made.dataset.id;
    out->version = upload.made.dataset.version;
    store_keep_up(store);
    return PHX_OK;
}

static phx_status delete_rows(const struct change *change, int64_t dataset,
                              phx_error *err)
{
    static const enum sql deletes[] = {SQL_DELETE_CONTENTS, SQL_DELETE_EXAMPLES,
                                       SQL_DELETE_REVISIONS,
                                       SQL_DELETE_VERSIONS, SQL_DELETE_DATASET};
    struct statement *read;
    phx_status status =
        sql_find(change->writer, SQL_DATASET_BY_ID, dataset, &read, err);

    sql_end(read);
    if (status == PHX_DONE)
        return fail(err, PHX_NOT_FOUND, -1, "no dataset %lld",
                    (long long)dataset);
    if (status < 0 ||
        (status = parts_delete(change, SQL_DELETE_EXAMPLE_SPANS, dataset,
                               err)) < 0 ||
        (status = parts_delete(change, SQL_DELETE_MEMBERS, dataset, err)) < 0 ||
        (status = parts_delete(change, SQL_DELETE_LABELS_OF, dataset, err)) < 0)
        return status;
    status =
        experiment_remove_all(change->writer, change->counter, dataset, err);
    for (size_t i = 0; i < sizeof deletes / sizeof *deletes && status >= 0; i++)
        status = sql_run_with(change->writer, deletes[i], dataset, err);
    return status;
}

phx_status store_delete_dataset(struct store *store, int64_t dataset,
                                phx_error *err)
{
    struct counter counter;
    const struct change change = {store->writer, &counter};
    phx_status status = store_change_begin(store, store->writer, &counter, err);

    if (status < 0)
        return status;
    status = delete_rows(&change, dataset, err);
    status = store_change_end(store, store->writer, status, &counter, err);
    store_write_end(store);
    return status;
}

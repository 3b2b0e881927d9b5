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
    struct store *store;
    struct connection *writer;
    struct counter counter;
    struct change parts; /* of the two */
    struct arena arena;
    phx_dataset dataset;
    struct version_row version;
    bool fresh; /* the dataset is new */
    int64_t example;
    int64_t revision;  /* the last numbers */
    struct map named;  /* example -> BY_HASH or BY_NAME */
    struct map hashes; /* hash -> index into equals */
    struct equals *equals;
    size_t count, capacity;
    struct target *spans;  /* that the items are from; or NULL */
    struct placed *placed; /* [items]; or NULL if none has splits */
    phx_dataset_change change;
    int64_t moved; /* examples that changed in nothing but their splits */
};

/* --- the dataset and its newest version --------------------------------------- */

static phx_status begin_fresh(struct upload *upload, phx_text name,
                              phx_text description, int64_t number)
{
    upload->fresh = true;
    upload->dataset = (phx_dataset){
        .id = number,
        .created_at = ns_of(upload->version.created, 0),
        .first_version = upload->version.id,
        .name = name,
        .description = description,
        .metadata = text_of("{}"),
    };
    return PHX_OK;
}

static phx_status keep_dataset(struct upload *upload, struct statement *read,
                               phx_error *err)
{
    phx_dataset *dataset = &upload->dataset;
    phx_status status;
    int64_t sum;

    dataset_read(read, dataset, &sum);
    if (sum != (int64_t)dataset_sum(dataset))
        return fail(err, PHX_CORRUPT, -1, "dataset %lld is damaged",
                    (long long)dataset->id);
    if ((status = arena_keep(&upload->arena, &dataset->name, err)) < 0 ||
        (status = arena_keep(&upload->arena, &dataset->description, err)) < 0)
        return status;
    return arena_keep(&upload->arena, &dataset->metadata, err);
}

static phx_status read_newest(struct upload *upload, phx_error *err)
{
    struct version_row newest;
    struct statement *read;
    phx_status status = sql_find(upload->writer, SQL_VERSION_BY_ID,
                                 upload->dataset.version, &read, err);

    if (status == PHX_OK) {
        version_read(read, &newest);
        sql_end(read);
    }
    if (status == PHX_DONE ||
        (status == PHX_OK && newest.sum != (int64_t)version_sum(&newest)))
        return fail(err, PHX_CORRUPT, -1, "version %lld is lost or damaged",
                    (long long)upload->dataset.version);
    upload->version.state = newest.state;
    upload->version.last = newest.last;
    upload->version.examples = newest.examples;
    return status;
}

static phx_status begin(struct upload *upload, phx_text name, int32_t action,
                        phx_text description, phx_error *err)
{
    struct statement *read = sql(upload->writer, SQL_DATASET_NUMBERS);
    phx_status status = sql_next(read, err);

    if (status < 0)
        return status;
    int64_t dataset = sql_int(read, 0) + 1;
    upload->version.id = sql_int(read, 1) + 1;
    upload->example = sql_int(read, 2);
    upload->revision = sql_int(read, 3);
    sql_end(read);
    upload->version.created = (int64_t)(time_now() / 1000);
    upload->version.revision = upload->revision + 1;
    read = sql(upload->writer, SQL_DATASET_BY_NAME);
    sql_bind_text(read, 1, name);
    if ((status = sql_next(read, err)) == PHX_DONE)
        return begin_fresh(upload, name, description, dataset);
    if (status == PHX_OK && action == PHX_DATASET_CREATE)
        status = fail(err, PHX_CONFLICT, -1, "dataset '%.*s' exists",
                      name.size < 64 ? (int)name.size : 64, name.data);
    if (status == PHX_OK)
        status = keep_dataset(upload, read, err);
    sql_end(read);
    return status < 0 ? status : read_newest(upload, err);
}

/* --- which example an item is ------------------------------------------------- */

/* The row of a statement that has one, with its text in the arena. */
static phx_status take_revision(struct upload *upload, struct statement *read,
                                struct revision *out, phx_error *err)
{
    revision_read(read, out);
    return arena_keep(&upload->arena, &out->external_id, err);
}

/* Its living revision, or DONE. */
static phx_status find_living(struct upload *upload, int64_t example,
                              struct revision *out, phx_error *err)
{
    struct statement *read;
    phx_status status = revision_living(upload->writer, upload->dataset.id,
                                        example, &read, out, err);

    if (status == PHX_OK)
        status = arena_keep(&upload->arena, &out->external_id, err);
    sql_end(read);
    return status;
}

/* The example of an external id; DONE if there never was one. */
static phx_status find_external(struct upload *upload, phx_text external_id,
                                int64_t *out, phx_error *err)
{
    struct statement *read = sql(upload->writer, SQL_EXAMPLE_BY_EXTERNAL);
    phx_status status;

    sql_bind_int(read, 1, upload->dataset.id);
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
    uint64_t key = hash_bytes(hash, EXAMPLE_HASH_SIZE, upload->store->secret);
    bool fresh;
    uint32_t *slot = map_slot(&upload->hashes, key | 1, &fresh);

    if (slot == NULL)
        return fail_memory(err, sizeof *slot);
    if (fresh) {
        struct equals *larger =
            arena_grow(&upload->arena, upload->equals, &upload->capacity,
                       upload->count, sizeof *larger);
        if (larger == NULL)
            return arena_status(&upload->arena, sizeof *larger, err);
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
        struct statement *read = sql(upload->writer, SQL_REVISION_OF_HASH);
        sql_bind_int(read, 1, upload->dataset.id);
        sql_bind_blob(read, 2, hash, EXAMPLE_HASH_SIZE);
        sql_bind_int(read, 3, equals->last);
        sql_bind_int(read, 4, upload->version.id);
        if ((status = sql_next(read, err)) == PHX_OK)
            status = take_revision(upload, read, out, err);
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
    status = find_living(upload, *example, out, err);
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
    struct statement *insert = sql(upload->writer, SQL_INSERT_EXAMPLE);
    int64_t dataset = upload->dataset.id;

    sql_bind_int(insert, 1, example);
    sql_bind_int(insert, 2, dataset);
    sql_bind_text(insert, 3, external_id);
    sql_bind_int(insert, 4,
                 (int64_t)example_sum(example, dataset, external_id));
    return sql_run(insert, err);
}

static phx_status insert_content(struct upload *upload,
                                 const struct store_example *item,
                                 phx_error *err)
{
    struct statement *insert = sql(upload->writer, SQL_INSERT_CONTENT);

    sql_bind_int(insert, 1, upload->revision);
    sql_bind_text(insert, 2, item->input);
    sql_bind_text(insert, 3, item->output);
    sql_bind_text(insert, 4, item->metadata);
    sql_bind_int(insert, 5,
                 (int64_t)content_sum(upload->revision, item->input,
                                      item->output, item->metadata));
    return sql_run(insert, err);
}

/* From this version on the example is the item. */
static phx_status begin_revision(struct upload *upload, int64_t example,
                                 phx_text external_id,
                                 const struct store_example *item,
                                 phx_error *err)
{
    struct statement *insert = sql(upload->writer, SQL_INSERT_REVISION);
    struct revision revision = {.id = ++upload->revision,
                                .dataset = upload->dataset.id,
                                .example = example,
                                .version = upload->version.id,
                                .until = INT64_MAX,
                                .external_id = external_id};
    uint8_t added[SHA256_SIZE];
    phx_status status;

    memcpy(revision.hash, item->hash, sizeof revision.hash);
    memcpy(revision.strict, item->strict, sizeof revision.strict);
    revision_item(&revision, added);
    multiset_add(&upload->version.state, added);
    upload->version.examples++;
    sql_bind_int(insert, 1, revision.id);
    sql_bind_int(insert, 2, revision.dataset);
    sql_bind_int(insert, 3, revision.example);
    sql_bind_int(insert, 4, revision.version);
    sql_bind_int(insert, 5, revision.until);
    sql_bind_blob(insert, 6, revision.hash, sizeof revision.hash);
    sql_bind_blob(insert, 7, revision.strict, sizeof revision.strict);
    sql_bind_int(insert, 8, (int64_t)revision_sum(&revision));
    if ((status = sql_run(insert, err)) < 0)
        return status;
    return insert_content(upload, item, err);
}

static phx_status end_revision(struct upload *upload, struct revision *revision,
                               phx_error *err)
{
    struct statement *end = sql(upload->writer, SQL_END_REVISION);
    uint8_t taken[SHA256_SIZE];

    if (revision->sum != (int64_t)revision_sum(revision))
        return fail(err, PHX_CORRUPT, -1, "revision %lld is damaged",
                    (long long)revision->id);
    revision_item(revision, taken);
    multiset_take(&upload->version.state, taken);
    upload->version.examples--;
    revision->until = upload->version.id;
    sql_bind_int(end, 1, revision->id);
    sql_bind_int(end, 2, revision->until);
    sql_bind_int(end, 3, (int64_t)revision_sum(revision));
    return sql_run(end, err);
}

static phx_status create_example(struct upload *upload,
                                 const struct store_example *item,
                                 struct target *span, int64_t *out,
                                 phx_error *err)
{
    int64_t example = *out = ++upload->example;
    phx_status status;

    if ((status = insert_example(upload, example, item->external_id, err)) <
            0 ||
        (status = name_example(upload, example, BY_NAME, err)) < 0)
        return status;
    return span != NULL && span->number != 0
               ? example_span_put(upload->store, &upload->parts, example, span,
                                  err)
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
        upload->change.updated++;
        status = end_revision(upload, &old, err);
        return status < 0 ? status
                          : begin_revision(upload, old.example, old.external_id,
                                           item, err);
    }
    upload->change.created++;
    if (example == 0 && (status = create_example(upload, item, span,
                                                 &placed->example, err)) < 0)
        return status;
    return begin_revision(upload, placed->example, item->external_id, item,
                          err);
}

/* What lives and no item is ends. */
static phx_status end_unnamed(struct upload *upload, phx_error *err)
{
    struct revision *rows = arena_new(&upload->arena, ENDING * sizeof *rows);
    int64_t last = 0;
    phx_status status = PHX_OK;
    size_t count;

    if (rows == NULL)
        return arena_status(&upload->arena, ENDING * sizeof *rows, err);
    do {
        struct statement *read = sql(upload->writer, SQL_REVISIONS_LIVING);
        sql_bind_int(read, 1, upload->dataset.id);
        sql_bind_int(read, 2, last);
        sql_bind_int(read, 3, ENDING);
        for (count = 0; (status = sql_next(read, err)) == PHX_OK; count++) {
            if ((status = take_revision(upload, read, &rows[count], err)) < 0)
                break;
        }
        sql_end(read);
        for (size_t i = 0; i < count && status >= 0; i++) {
            last = rows[i].example;
            if (map_find(&upload->named, (uint64_t)last) != NULL)
                continue;
            upload->change.deleted++;
            if ((status = end_revision(upload, &rows[i], err)) >= 0)
                status = splits_set(&upload->parts, rows[i].dataset,
                                    upload->version.id, last, NULL, 0,
                                    &(bool){false}, err);
        }
    } while (status >= 0 && count == ENDING);
    return status;
}

static bool is_new(const struct upload *upload)
{
    const phx_dataset_change *change = &upload->change;

    return upload->fresh || change->created > 0 || change->updated > 0 ||
           change->deleted > 0;
}

/* Puts the items into their splits, which makes no version. */
static phx_status place_items(struct upload *upload,
                              const struct store_example *items, size_t count,
                              phx_error *err)
{
    int64_t version =
        is_new(upload) ? upload->version.id : upload->dataset.version;
    phx_status status = PHX_OK;

    for (size_t i = 0; i < count && status >= 0; i++) {
        struct placed *placed = &upload->placed[i];
        bool changed = false;
        if (!items[i].placed)
            continue;
        status = splits_set(&upload->parts, upload->dataset.id, version,
                            placed->example, items[i].splits,
                            items[i].split_count, &changed, err);
        upload->moved += changed && !placed->told;
    }
    return status;
}

/* Writes the version, if there is something new. */
static phx_status end(struct upload *upload, phx_error *err)
{
    struct version_row *version = &upload->version;
    const phx_dataset_change *change = &upload->change;
    phx_dataset *dataset = &upload->dataset;
    phx_status status;

    if (!is_new(upload))
        return PHX_OK;
    version->dataset = dataset->id;
    version->revisions = upload->revision + 1 - version->revision;
    if (upload->example > version->last && change->created > 0)
        version->last = upload->example;
    dataset->version = version->id;
    dataset->versions++;
    dataset->examples = version->examples;
    dataset->updated_at = ns_of(version->created, 0);
    if ((status = version_insert(upload->writer, version, err)) < 0)
        return status;
    return upload->fresh ? dataset_insert(upload->writer, dataset, err)
                         : dataset_update(upload->writer, dataset, err);
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
    if (status >= 0 && action != PHX_DATASET_APPEND && !upload->fresh)
        status = end_unnamed(upload, err);
    if (status >= 0 && upload->placed != NULL)
        status = place_items(upload, items, count, err);
    return status < 0 ? status : end(upload, err);
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
        if ((upload->placed = arena_new(&upload->arena, size)) == NULL)
            return arena_status(&upload->arena, size, err);
        memset(upload->placed, 0, size);
    }
    return example_spans_find(upload->store, items, count, &upload->arena,
                              &upload->spans, err);
}

static void upload_clear(struct upload *upload)
{
    map_clear(&upload->named);
    map_clear(&upload->hashes);
    arena_clear(&upload->arena);
}

/* DONE if its spans are to be looked up again. */
static phx_status put_once(struct upload *upload, phx_text name, int32_t action,
                           phx_text description,
                           const struct store_example *examples, size_t count,
                           phx_error *err)
{
    struct store *store = upload->store;
    unsigned forgotten = atomic_load(&store->forgotten);
    struct counter *counter = &upload->counter;
    phx_status status = prepare(upload, examples, count, err);

    if (status < 0)
        return status;
    status = upload->spans != NULL
                 ? annotate_begin(store, counter, forgotten, err)
                 : store_change_begin(store, store->writer, counter, err);
    if (status != PHX_OK)
        return status;
    if ((status = begin(upload, name, action, description, err)) >= 0)
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
        upload = (struct upload){.store = store, .writer = store->writer};
        upload.parts = (struct change){store->writer, &upload.counter};
        arena_init(&upload.arena, SIZE_MAX);
        map_init(&upload.named);
        map_init(&upload.hashes);
        status =
            put_once(&upload, name, action, description, examples, count, err);
        upload_clear(&upload);
    } while (status == PHX_DONE);
    if (status < 0)
        return status;
    *out = upload.change;
    out->updated += upload.moved;
    out->dataset = upload.dataset.id;
    out->version = upload.dataset.version;
    if (store->options.no_compact)
        store_bound_log(store);
    else
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

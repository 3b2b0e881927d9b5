/*
 * edition.c - a version of a dataset in the making: opened on the newest one,
 * told what begins and what ends, closed as a row. It costs what has changed.
 */
#include "base/base.h"

#include "store/dataset.h"

void edition_init(struct edition *edition, struct store *store)
{
    *edition = (struct edition){.store = store, .writer = store->writer};
    edition->parts = (struct change){store->writer, &edition->counter};
    arena_init(&edition->arena, SIZE_MAX);
}

void edition_clear(struct edition *edition)
{
    arena_clear(&edition->arena);
}

/* --- opening ------------------------------------------------------------------- */

static phx_status begin_fresh(struct edition *edition, phx_text name,
                              phx_text description, int64_t number)
{
    edition->fresh = true;
    edition->dataset = (phx_dataset){
        .id = number,
        .created_at = ns_of(edition->version.created, 0),
        .first_version = edition->version.id,
        .name = name,
        .description = description,
        .metadata = text_of("{}"),
    };
    return PHX_OK;
}

static phx_status keep_dataset(struct edition *edition, struct statement *read,
                               phx_error *err)
{
    phx_dataset *dataset = &edition->dataset;
    phx_status status;
    int64_t sum;

    dataset_read(read, dataset, &sum);
    if (sum != (int64_t)dataset_sum(dataset))
        return fail(err, PHX_CORRUPT, -1, "dataset %lld is damaged",
                    (long long)dataset->id);
    if ((status = arena_keep(&edition->arena, &dataset->name, err)) < 0 ||
        (status = arena_keep(&edition->arena, &dataset->description, err)) < 0)
        return status;
    return arena_keep(&edition->arena, &dataset->metadata, err);
}

static phx_status read_newest(struct edition *edition, phx_error *err)
{
    struct version_row newest;
    struct statement *read;
    phx_status status = sql_find(edition->writer, SQL_VERSION_BY_ID,
                                 edition->dataset.version, &read, err);

    if (status == PHX_OK) {
        version_read(read, &newest);
        sql_end(read);
    }
    if (status == PHX_DONE ||
        (status == PHX_OK && newest.sum != (int64_t)version_sum(&newest)))
        return fail(err, PHX_CORRUPT, -1, "version %lld is lost or damaged",
                    (long long)edition->dataset.version);
    edition->version.state = newest.state;
    edition->version.last = newest.last;
    edition->version.examples = newest.examples;
    return status;
}

/* The numbers that come next. */
static phx_status read_numbers(struct edition *edition, int64_t *dataset,
                               phx_error *err)
{
    struct statement *read = sql(edition->writer, SQL_DATASET_NUMBERS);
    phx_status status = sql_next(read, err);

    if (status < 0)
        return status;
    *dataset = sql_int(read, 0) + 1;
    edition->version.id = sql_int(read, 1) + 1;
    edition->example = sql_int(read, 2);
    edition->revision = sql_int(read, 3);
    sql_end(read);
    edition->version.created = (int64_t)(time_now() / 1000);
    edition->version.revision = edition->revision + 1;
    return PHX_OK;
}

phx_status edition_open(struct edition *edition, int64_t dataset,
                        phx_error *err)
{
    struct statement *read;
    int64_t fresh;
    phx_status status = read_numbers(edition, &fresh, err);

    if (status < 0)
        return status;
    status = sql_find(edition->writer, SQL_DATASET_BY_ID, dataset, &read, err);
    if (status == PHX_OK)
        status = keep_dataset(edition, read, err);
    sql_end(read);
    if (status == PHX_DONE)
        return fail(err, PHX_NOT_FOUND, -1, "no dataset %lld",
                    (long long)dataset);
    return status < 0 ? status : read_newest(edition, err);
}

phx_status edition_open_named(struct edition *edition, phx_text name,
                              int32_t action, phx_text description,
                              phx_error *err)
{
    int64_t dataset;
    phx_status status = read_numbers(edition, &dataset, err);

    if (status < 0)
        return status;
    struct statement *read = sql(edition->writer, SQL_DATASET_BY_NAME);
    sql_bind_text(read, 1, name);
    if ((status = sql_next(read, err)) == PHX_DONE)
        return begin_fresh(edition, name, description, dataset);
    if (status == PHX_OK && action == PHX_DATASET_CREATE)
        status = fail(err, PHX_CONFLICT, -1, "dataset '%.*s' exists",
                      name.size < 64 ? (int)name.size : 64, name.data);
    if (status == PHX_OK)
        status = keep_dataset(edition, read, err);
    sql_end(read);
    return status < 0 ? status : read_newest(edition, err);
}

/* --- what begins, what ends ----------------------------------------------------- */

phx_status edition_take(struct edition *edition, struct statement *read,
                        struct revision *out, phx_error *err)
{
    revision_read(read, out);
    return arena_keep(&edition->arena, &out->external_id, err);
}

phx_status edition_living(struct edition *edition, int64_t example,
                          struct revision *out, phx_error *err)
{
    struct statement *read;
    phx_status status = revision_living(edition->writer, edition->dataset.id,
                                        example, &read, out, err);

    if (status == PHX_OK)
        status = arena_keep(&edition->arena, &out->external_id, err);
    sql_end(read);
    return status;
}

static phx_status insert_content(struct edition *edition,
                                 const struct store_example *item,
                                 phx_error *err)
{
    struct statement *insert = sql(edition->writer, SQL_INSERT_CONTENT);

    sql_bind_int(insert, 1, edition->revision);
    sql_bind_text(insert, 2, item->input);
    sql_bind_text(insert, 3, item->output);
    sql_bind_text(insert, 4, item->metadata);
    sql_bind_int(insert, 5,
                 (int64_t)content_sum(edition->revision, item->input,
                                      item->output, item->metadata));
    return sql_run(insert, err);
}

phx_status edition_put(struct edition *edition, int64_t example,
                       phx_text external_id, const struct store_example *item,
                       phx_error *err)
{
    struct statement *insert = sql(edition->writer, SQL_INSERT_REVISION);
    struct revision revision = {.id = ++edition->revision,
                                .dataset = edition->dataset.id,
                                .example = example,
                                .version = edition->version.id,
                                .until = INT64_MAX,
                                .external_id = external_id};
    uint8_t added[SHA256_SIZE];
    phx_status status;

    memcpy(revision.hash, item->hash, sizeof revision.hash);
    memcpy(revision.strict, item->strict, sizeof revision.strict);
    revision_item(&revision, added);
    multiset_add(&edition->version.state, added);
    edition->version.examples++;
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
    return insert_content(edition, item, err);
}

phx_status edition_end(struct edition *edition, struct revision *revision,
                       phx_error *err)
{
    struct statement *end = sql(edition->writer, SQL_END_REVISION);
    uint8_t taken[SHA256_SIZE];

    if (revision->sum != (int64_t)revision_sum(revision))
        return fail(err, PHX_CORRUPT, -1, "revision %lld is damaged",
                    (long long)revision->id);
    revision_item(revision, taken);
    multiset_take(&edition->version.state, taken);
    edition->version.examples--;
    revision->until = edition->version.id;
    sql_bind_int(end, 1, revision->id);
    sql_bind_int(end, 2, revision->until);
    sql_bind_int(end, 3, (int64_t)revision_sum(revision));
    return sql_run(end, err);
}

bool edition_is_new(const struct edition *edition)
{
    const phx_dataset_change *change = &edition->change;

    return edition->fresh || change->created > 0 || change->updated > 0 ||
           change->deleted > 0;
}

phx_status edition_close(struct edition *edition, phx_error *err)
{
    struct version_row *version = &edition->version;
    const phx_dataset_change *change = &edition->change;
    phx_dataset *dataset = &edition->dataset;
    phx_status status;

    if (!edition_is_new(edition))
        return PHX_OK;
    version->dataset = dataset->id;
    version->revisions = edition->revision + 1 - version->revision;
    if (edition->example > version->last && change->created > 0)
        version->last = edition->example;
    dataset->version = version->id;
    dataset->versions++;
    dataset->examples = version->examples;
    dataset->updated_at = ns_of(version->created, 0);
    if ((status = version_insert(edition->writer, version, err)) < 0)
        return status;
    return edition->fresh ? dataset_insert(edition->writer, dataset, err)
                          : dataset_update(edition->writer, dataset, err);
}

/*
 * dataset.c - rows of datasets, versions, examples and their revisions, with
 * their checksums. Times in rows are us.
 */
#include "base/base.h"

#include "store/dataset.h"

/* --- datasets -------------------------------------------------------------- */

void dataset_read(struct statement *statement, phx_dataset *out, int64_t *sum)
{
    *out = (phx_dataset){
        .id = sql_int(statement, 0),
        .name = sql_text(statement, 1),
        .description = sql_text(statement, 2),
        .metadata = sql_text(statement, 3),
        .created_at = ns_of(sql_int(statement, 4), 0),
        .updated_at = ns_of(sql_int(statement, 5), 0),
        .first_version = sql_int(statement, 6),
        .version = sql_int(statement, 7),
        .versions = sql_int(statement, 8),
        .examples = sql_int(statement, 9),
    };
    *sum = ns_fits(out->created_at, sql_int(statement, 4), 0) &&
                   ns_fits(out->updated_at, sql_int(statement, 5), 0)
               ? sql_int(statement, 10)
               : -1;
}

uint32_t dataset_sum(const phx_dataset *dataset)
{
    const uint64_t values[] = {
        (uint64_t)dataset->id,
        dataset->created_at,
        dataset->updated_at,
        (uint64_t)dataset->first_version,
        (uint64_t)dataset->version,
        (uint64_t)dataset->versions,
        (uint64_t)dataset->examples,
        text_sum(dataset->name, 16),
        text_sum(dataset->description, 17),
        text_sum(dataset->metadata, 18),
    };

    return checksum32(values, sizeof values);
}

phx_status dataset_insert(struct connection *connection,
                          const phx_dataset *dataset, phx_error *err)
{
    struct statement *insert = sql(connection, SQL_INSERT_DATASET);

    sql_bind_int(insert, 1, dataset->id);
    sql_bind_text(insert, 2, dataset->name);
    sql_bind_text(insert, 3, dataset->description);
    sql_bind_text(insert, 4, dataset->metadata);
    sql_bind_int(insert, 5, (int64_t)(dataset->created_at / 1000));
    sql_bind_int(insert, 6, (int64_t)(dataset->updated_at / 1000));
    sql_bind_int(insert, 7, dataset->first_version);
    sql_bind_int(insert, 8, dataset->version);
    sql_bind_int(insert, 9, dataset->versions);
    sql_bind_int(insert, 10, dataset->examples);
    sql_bind_int(insert, 11, (int64_t)dataset_sum(dataset));
    return sql_run(insert, err);
}

phx_status dataset_update(struct connection *connection,
                          const phx_dataset *dataset, phx_error *err)
{
    struct statement *update = sql(connection, SQL_UPDATE_DATASET);

    sql_bind_int(update, 1, dataset->id);
    sql_bind_int(update, 2, (int64_t)(dataset->updated_at / 1000));
    sql_bind_int(update, 3, dataset->version);
    sql_bind_int(update, 4, dataset->versions);
    sql_bind_int(update, 5, dataset->examples);
    sql_bind_int(update, 6, (int64_t)dataset_sum(dataset));
    return sql_run(update, err);
}

/* --- versions -------------------------------------------------------------- */

void version_read(struct statement *statement, struct version_row *out)
{
    phx_text state = sql_text(statement, 7);

    *out = (struct version_row){
        .id = sql_int(statement, 0),
        .dataset = sql_int(statement, 1),
        .created = sql_int(statement, 2),
        .examples = sql_int(statement, 3),
        .last = sql_int(statement, 4),
        .revision = sql_int(statement, 5),
        .revisions = sql_int(statement, 6),
        .sum = -1,
    };
    if (state.size == MULTISET_SIZE) {
        multiset_read((const uint8_t *)state.data, &out->state);
        out->sum = sql_int(statement, 8);
    }
}

uint32_t version_sum(const struct version_row *version)
{
    const uint64_t values[] = {
        (uint64_t)version->id,
        (uint64_t)version->dataset,
        (uint64_t)version->created,
        (uint64_t)version->examples,
        (uint64_t)version->last,
        (uint64_t)version->revision,
        (uint64_t)version->revisions,
        hash_bytes(&version->state, sizeof version->state, 19),
    };

    return checksum32(values, sizeof values);
}

phx_status version_insert(struct connection *connection,
                          const struct version_row *version, phx_error *err)
{
    struct statement *insert = sql(connection, SQL_INSERT_VERSION);
    uint8_t state[MULTISET_SIZE];

    multiset_write(&version->state, state);
    sql_bind_int(insert, 1, version->id);
    sql_bind_int(insert, 2, version->dataset);
    sql_bind_int(insert, 3, version->created);
    sql_bind_int(insert, 4, version->examples);
    sql_bind_int(insert, 5, version->last);
    sql_bind_int(insert, 6, version->revision);
    sql_bind_int(insert, 7, version->revisions);
    sql_bind_blob(insert, 8, state, sizeof state);
    sql_bind_int(insert, 9, (int64_t)version_sum(version));
    return sql_run(insert, err);
}

/* --- examples -------------------------------------------------------------- */

uint32_t example_sum(int64_t id, int64_t dataset, phx_text external_id)
{
    const uint64_t values[] = {(uint64_t)id, (uint64_t)dataset,
                               text_sum(external_id, 20)};

    return checksum32(values, sizeof values);
}

void revision_read(struct statement *statement, struct revision *out)
{
    phx_text hash = sql_text(statement, 5), strict = sql_text(statement, 6);

    *out = (struct revision){
        .id = sql_int(statement, 0),
        .dataset = sql_int(statement, 1),
        .example = sql_int(statement, 2),
        .version = sql_int(statement, 3),
        .until = sql_int(statement, 4),
        .sum = sql_int(statement, 7),
        .external_id = sql_text(statement, 8),
    };
    if (hash.size == sizeof out->hash && strict.size == sizeof out->strict) {
        memcpy(out->hash, hash.data, hash.size);
        memcpy(out->strict, strict.data, strict.size);
    } else {
        out->sum = -1;
    }
}

uint32_t revision_sum(const struct revision *revision)
{
    const uint64_t values[] = {
        (uint64_t)revision->id,
        (uint64_t)revision->dataset,
        (uint64_t)revision->example,
        (uint64_t)revision->version,
        (uint64_t)revision->until,
        hash_bytes(revision->hash, sizeof revision->hash, 21),
        hash_bytes(revision->strict, sizeof revision->strict, 22),
    };

    return checksum32(values, sizeof values);
}

void revision_item(const struct revision *revision, uint8_t out[SHA256_SIZE])
{
    uint8_t bytes[2 * SHA256_SIZE] = {0};
    phx_text external_id = revision->external_id;

    memcpy(bytes, revision->strict, SHA256_SIZE);
    if (external_id.data != NULL)
        sha256(external_id.data, external_id.size, bytes + SHA256_SIZE);
    sha256(bytes, sizeof bytes, out);
}

phx_status dataset_newest(struct connection *connection, int64_t dataset,
                          int64_t *version, phx_error *err)
{
    struct statement *read;
    phx_dataset row = {.id = 0};
    phx_status status =
        sql_find(connection, SQL_DATASET_BY_ID, dataset, &read, err);
    int64_t sum = 0;

    if (status == PHX_OK) {
        dataset_read(read, &row, &sum);
        if (sum != (int64_t)dataset_sum(&row))
            status = fail(err, PHX_CORRUPT, -1, "dataset %lld is damaged",
                          (long long)dataset);
    }
    sql_end(read);
    *version = row.version;
    return status == PHX_DONE ? fail(err, PHX_NOT_FOUND, -1, "no dataset %lld",
                                     (long long)dataset)
                              : status;
}

phx_status revision_living(struct connection *connection, int64_t dataset,
                           int64_t example, struct statement **read,
                           struct revision *out, phx_error *err)
{
    phx_status status;

    *read = sql(connection, SQL_REVISION_OF_EXAMPLE);
    sql_bind_int(*read, 1, dataset);
    sql_bind_int(*read, 2, example);
    if ((status = sql_next(*read, err)) == PHX_OK)
        revision_read(*read, out);
    return status == PHX_OK && out->until != INT64_MAX ? PHX_DONE : status;
}

phx_status parts_insert(const struct change *change, struct statement *insert,
                        phx_error *err)
{
    phx_status status = sql_run(insert, err);

    if (status >= 0)
        change->counter->parts += sqlite3_changes(change->writer->db);
    return status;
}

phx_status parts_delete(const struct change *change, enum sql id, int64_t value,
                        phx_error *err)
{
    struct statement *remove = sql(change->writer, id);

    sql_bind_int(remove, 1, value);
    return sql_delete(remove, &change->counter->parts, err);
}

uint32_t content_sum(int64_t id, phx_text input, phx_text output,
                     phx_text metadata)
{
    const uint64_t values[] = {(uint64_t)id, text_sum(input, 23),
                               text_sum(output, 24), text_sum(metadata, 25)};

    return checksum32(values, sizeof values);
}

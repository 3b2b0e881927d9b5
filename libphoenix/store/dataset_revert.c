/*
 * dataset_revert.c - a new version with the examples of an old one. What has
 * changed since is changed back, under the numbers that it has; the versions
 * between stay.
 */
#include "base/base.h"

#include "store/dataset.h"

enum { CHANGES = SHRUNK(256, 2), SPLITS = 64 };

/* The revision as it is to be again, with its texts in the arena. */
static phx_status read_earlier(struct edition *edition, int64_t id,
                               struct revision *out, struct store_example *item,
                               phx_error *err)
{
    struct statement *read;
    phx_status status =
        sql_find(edition->writer, SQL_REVISION_CONTENT, id, &read, err);

    if (status == PHX_OK) {
        status = edition_take(edition, read, out, err);
        *item = (struct store_example){.input = sql_text(read, 10),
                                       .output = sql_text(read, 11),
                                       .metadata = sql_text(read, 12)};
        memcpy(item->hash, out->hash, sizeof item->hash);
        memcpy(item->strict, out->strict, sizeof item->strict);
        if (status >= 0 &&
            (out->sum != (int64_t)revision_sum(out) ||
             sql_int(read, 13) != (int64_t)content_sum(id, item->input,
                                                       item->output,
                                                       item->metadata)))
            status = fail(err, PHX_CORRUPT, -1, "revision %lld is damaged",
                          (long long)id);
        if (status >= 0)
            status = arena_keep(&edition->arena, &item->input, err);
        if (status >= 0)
            status = arena_keep(&edition->arena, &item->output, err);
        if (status >= 0)
            status = arena_keep(&edition->arena, &item->metadata, err);
    }
    sql_end(read);
    return status == PHX_DONE ? fail(err, PHX_CORRUPT, -1,
                                     "revision %lld is lost", (long long)id)
                              : status;
}

/* Into the splits that it was in when the version was the newest. */
static phx_status come_back(struct edition *edition, int64_t example,
                            int64_t version, phx_error *err)
{
    struct statement *read = sql(edition->writer, SQL_SPLITS_THEN);
    phx_text names[SPLITS];
    size_t count = 0;
    phx_status status = PHX_OK;

    sql_bind_int(read, 1, edition->dataset.id);
    sql_bind_int(read, 2, example);
    sql_bind_int(read, 3, version);
    while (count < SPLITS && (status = sql_next(read, err)) == PHX_OK) {
        names[count] = sql_text(read, 0);
        if ((status = arena_keep(&edition->arena, &names[count++], err)) < 0)
            break;
    }
    sql_end(read);
    return status < 0 ? status
                      : splits_set(&edition->parts, edition->dataset.id,
                                   edition->version.id, example, names, count,
                                   &(bool){false}, err);
}

/* Makes one example again what it was. */
static phx_status revert_one(struct edition *edition, int64_t version,
                             const struct changed *changed, phx_error *err)
{
    struct revision earlier = {.id = 0}, later = {.id = 0};
    struct store_example item, unused;
    phx_status status = PHX_OK;

    if (changed->later != 0 &&
        ((status = read_earlier(edition, changed->later, &later, &unused,
                                err)) < 0 ||
         (status = edition_end(edition, &later, err)) < 0))
        return status;
    if (changed->earlier == 0) {
        edition->change.deleted++;
        return splits_set(&edition->parts, edition->dataset.id,
                          edition->version.id, later.example, NULL, 0,
                          &(bool){false}, err);
    }
    if ((status = read_earlier(edition, changed->earlier, &earlier, &item,
                               err)) < 0 ||
        (status = edition_put(edition, earlier.example, earlier.external_id,
                              &item, err)) < 0)
        return status;
    if (changed->later != 0) {
        edition->change.updated++;
        return PHX_OK;
    }
    edition->change.created++;
    return come_back(edition, earlier.example, version, err);
}

/* The rows that tell what has changed stay as they are: what is written begins
 * with a later version. */
static phx_status revert(struct edition *edition, int64_t version,
                         phx_error *err)
{
    struct store_examples wanted = {.dataset = edition->dataset.id,
                                    .version = version};
    phx_status status = examples_find(edition->writer, &wanted, err);
    struct store_changes changes = {.dataset = edition->dataset.id,
                                    .before = wanted.version,
                                    .after = edition->dataset.version};
    struct changed *rows = arena_new(&edition->arena, CHANGES * sizeof *rows);
    size_t count = 1;

    if (rows == NULL)
        return arena_status(&edition->arena, CHANGES * sizeof *rows, err);
    while (status >= 0 && count > 0) {
        status =
            changes_read(edition->writer, &changes, rows, CHANGES, &count, err);
        for (size_t i = 0; i < count && status >= 0; i++)
            status = revert_one(edition, wanted.version, &rows[i], err);
    }
    return status < 0 ? status : edition_close(edition, err);
}

phx_status store_revert_dataset(struct store *store, int64_t dataset,
                                int64_t version, phx_dataset_change *out,
                                phx_error *err)
{
    struct edition edition;
    phx_status status;

    edition_init(&edition, store);
    if ((status = store_change_begin(store, store->writer, &edition.counter,
                                     err)) < 0)
        goto done;
    if ((status = edition_open(&edition, dataset, err)) >= 0)
        status = revert(&edition, version, err);
    status =
        store_change_end(store, store->writer, status, &edition.counter, err);
    store_write_end(store);
    if (status >= 0) {
        *out = edition.change;
        out->dataset = dataset;
        out->version = edition.dataset.version;
        store_keep_up(store);
    }
done:
    edition_clear(&edition);
    return status;
}

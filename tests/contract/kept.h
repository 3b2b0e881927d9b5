/*
 * kept.h - examples in a line: what is put into a dataset, and what lives in a
 * version as a text.
 */
#ifndef CONTRACT_KEPT_H
#define CONTRACT_KEPT_H

#include "contract/stored.h"

/* An item with its input, and perhaps the sender's id or a number. */
struct kept {
    const char *input, *external_id;
    phx_id example;
};

enum { KEPT_MOST = 8 }; /* up to one without input */
#define KEPT(...)                                                              \
    (const struct kept[])                                                      \
    {                                                                          \
        __VA_ARGS__,                                                           \
        {                                                                      \
            NULL                                                               \
        }                                                                      \
    }

static inline phx_text kept_text(const char *string)
{
    return (phx_text){string, string ? strlen(string) : 0};
}

static inline phx_status try_keep(phx_store *store, const char *name,
                                  int32_t action, const struct kept *kept,
                                  phx_dataset_change *out, phx_error *err)
{
    phx_example_item items[KEPT_MOST] = {{.example = 0}};
    size_t count = 0;

    for (; kept[count].input; count++) {
        items[count].input = kept_text(kept[count].input);
        items[count].external_id = kept_text(kept[count].external_id);
        items[count].example = kept[count].example;
    }
    return phx_dataset_put(store, name, action, NULL, items, count, out, err);
}

/* "dataset.version +created ~updated -deleted" */
static inline const char *keep(phx_store *store, const char *name,
                               int32_t action, const struct kept *kept)
{
    static char told[128];
    phx_dataset_change change = {.dataset = 0};

    succeeds(try_keep(store, name, action, kept, &change, err));
    snprintf(told, sizeof told, "%d.%d +%d ~%d -%d", (int)change.dataset,
             (int)change.version, (int)change.created, (int)change.updated,
             (int)change.deleted);
    return told;
}

/* "number:external=input " of all in a version. */
static inline const char *examples_of(phx_store *store, phx_id dataset,
                                      phx_id version)
{
    static char told[1024];
    const phx_example *row;
    phx_cursor *cursor = NULL;
    size_t used = 0;

    told[0] = '\0';
    succeeds(
        phx_store_find_examples(store, dataset, version, 0, 0, &cursor, err));
    while (phx_cursor_next_example(cursor, &row, NULL) == PHX_OK)
        used += (size_t)snprintf(
            told + used, sizeof told - used, "%d:%s=%s ", (int)row->id,
            row->external_id.data ? row->external_id.data : "",
            row->input.data);
    phx_cursor_close(cursor);
    return told;
}

/* The hash of the newest version. */
static inline const char *hash_of(phx_store *store, phx_id dataset)
{
    static char hashes[4][80];
    static int at;
    const phx_dataset_version *row;
    phx_cursor *cursor = NULL;
    char *out = hashes[at++ % 4];

    succeeds(phx_store_find_versions(store, dataset, 0, 1, &cursor, err));
    succeeds(phx_cursor_next_version(cursor, &row, err));
    assert_non_null(row);
    snprintf(out, sizeof hashes[0], "%s", row->hash.data);
    phx_cursor_close(cursor);
    return out;
}

/* An example is in a split, and a dataset has a label; both of one number. */
static inline void put_into_parts(phx_store *store, phx_id number)
{
    const phx_split split = {.name = kept_text("train")};
    const phx_dataset_label label = {.name = kept_text("gold")};
    phx_id id;

    succeeds(phx_split_create(store, &split, 1, &number, 1, &id, err));
    succeeds(phx_label_create(store, &label, &id, err));
    succeeds(phx_dataset_set_label(store, number, id, 1, err));
}

#endif

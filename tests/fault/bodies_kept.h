/*
 * bodies_kept.h - those of bodies.h that keep examples.
 */
#ifndef FAULT_BODIES_KEPT_H
#define FAULT_BODIES_KEPT_H

#include "fault/bodies.h"

/* Made, changed and, again, made. */
static phx_status put_examples(struct scene *scene, phx_error *err)
{
    const phx_example_item items[] = {
        {.input = text_of("{\"q\": [1, {\"b\": 1.5, \"a\": 2}]}")},
        {.input = text_of("{\"q\": 2}"), .external_id = text_of("x")},
        {.input = text_of("{\"q\": 3}"),
         .splits = text_of("[\"train\", \"test\"]")},
        {.input = text_of("{\"q\": 4}"), .external_id = text_of("x")},
    };
    phx_dataset_change change;
    phx_status status = phx_dataset_put(scene->store, "d", PHX_DATASET_APPEND,
                                        "about", items, 3, &change, err);

    return status < 0 ? status
                      : phx_dataset_put(scene->store, "d", PHX_DATASET_UPDATE,
                                        NULL, items + 2, 2, &change, err);
}

/* A split and a label, made and changed; what an earlier call has made stays.
 */
static phx_status put_splits(struct scene *scene, phx_error *err)
{
    phx_store *store = scene->store;
    phx_split split = {.name = text_of("mine"), .color = text_of("red")};
    phx_dataset_label label = {.name = text_of("gold")};
    const phx_id example = 3;
    phx_status status = put_examples(scene, err);

    if (status >= 0)
        status =
            phx_split_create(store, &split, 1, &example, 1, &split.id, err);
    if (status >= 0)
        status =
            phx_split_update(store, &split, 1, &example, 1, &example, 1, err);
    if (status >= 0 || status == PHX_CONFLICT)
        status = phx_label_create(store, &label, &label.id, err);
    if (status >= 0)
        status = phx_label_update(store, &label, err);
    if (status >= 0)
        status = phx_dataset_set_labels(store, 1, &label.id, 1, err);
    return status == PHX_CONFLICT ? PHX_OK : status;
}

static phx_status walk_splits(struct scene *scene, phx_error *err)
{
    phx_store *store = scene->store;
    const phx_dataset_label *label;
    const phx_example *example;
    const phx_split *split;
    phx_cursor *cursor = NULL;
    const phx_id train = 1;
    phx_status status = put_splits(scene, err);

    if (status >= 0)
        status = phx_store_find_split_examples(store, 1, 0, &train, 1, 0, 0, 0,
                                               &cursor, err);
    if (status >= 0)
        status = phx_cursor_next_example(cursor, &example, err);
    phx_cursor_close(cursor);
    cursor = NULL;
    if (status >= 0)
        status = phx_store_find_splits(store, 0, NULL, 1, &cursor, err);
    if (status >= 0)
        status = phx_cursor_next_split(cursor, &split, err);
    phx_cursor_close(cursor);
    cursor = NULL;
    if (status >= 0)
        status = phx_store_find_labels(store, 0, 1, 0, 0, &cursor, err);
    if (status >= 0)
        status = phx_cursor_next_label(cursor, &label, err);
    phx_cursor_close(cursor);
    if (status >= 0)
        status = phx_label_delete(store, 1, err);
    if (status >= 0 || status == PHX_NOT_FOUND)
        status = phx_split_delete(store, 1, err);
    if (status == PHX_NOT_FOUND)
        status = PHX_OK;
    return status < 0 ? status : phx_store_verify(store, NULL, NULL, err);
}

static phx_status walk_examples(struct scene *scene, phx_error *err)
{
    const phx_dataset *dataset;
    const phx_dataset_version *version;
    const phx_example *example;
    const phx_example_change *change;
    phx_dataset_change reverted;
    phx_cursor *cursor = NULL;
    phx_status status = put_examples(scene, err);

    if (status >= 0)
        status =
            phx_store_find_datasets(scene->store, 0, 0, NULL, 0, &cursor, err);
    if (status >= 0)
        status = phx_cursor_next_dataset(cursor, &dataset, err);
    phx_cursor_close(cursor);
    cursor = NULL;
    if (status >= 0)
        status = phx_store_find_versions(scene->store, 1, 0, 0, &cursor, err);
    if (status >= 0)
        status = phx_cursor_next_version(cursor, &version, err);
    phx_cursor_close(cursor);
    cursor = NULL;
    if (status >= 0)
        status =
            phx_store_find_examples(scene->store, 1, 1, 0, 0, &cursor, err);
    while (status == PHX_OK)
        status = phx_cursor_next_example(cursor, &example, err);
    phx_cursor_close(cursor);
    cursor = NULL;
    if (status >= 0)
        status = phx_dataset_revert(scene->store, 1, 1, &reverted, err);
    if (status >= 0)
        status = phx_store_find_changes(scene->store, 1, 1, 0, &cursor, err);
    while (status == PHX_OK)
        status = phx_cursor_next_change(cursor, &change, err);
    phx_cursor_close(cursor);
    return status < 0 ? status
                      : phx_store_verify(scene->store, NULL, NULL, err);
}

#endif

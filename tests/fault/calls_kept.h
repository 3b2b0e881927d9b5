/*
 * calls_kept.h - those of calls.h that keep examples, and move traces.
 */
#ifndef FAULT_CALLS_KEPT_H
#define FAULT_CALLS_KEPT_H

#include "fault/calls.h"

/* One stays, one changes, one is new; one of those before goes. */
static phx_status call_put_examples(phx_error *err)
{
    static const struct kept kept[] = {
        {"{\"q\":2}"}, {"{\"q\":9}"}, {"{\"q\":3}", "y"}, {NULL}};
    phx_dataset_change change;

    return try_keep(scene.place.store, "kept", PHX_DATASET_UPDATE, kept,
                    &change, err);
}

/* It may be gone by the call that failed. */
static phx_status call_delete_dataset(phx_error *err)
{
    phx_status status = phx_dataset_delete(scene.place.store, 1, err);

    return status == PHX_NOT_FOUND ? PHX_OK : status;
}

static phx_status call_datasets(phx_error *err)
{
    const phx_dataset *dataset;
    phx_cursor *cursor = NULL;
    phx_status status =
        phx_store_find_datasets(scene.place.store, 0, 0, NULL, 0, &cursor, err);

    while (status == PHX_OK)
        status = phx_cursor_next_dataset(cursor, &dataset, err);
    phx_cursor_close(cursor);
    return status;
}

static phx_status call_versions(phx_error *err)
{
    const phx_dataset_version *version;
    phx_cursor *cursor = NULL;
    phx_status status =
        phx_store_find_versions(scene.place.store, 1, 0, 0, &cursor, err);

    while (status == PHX_OK)
        status = phx_cursor_next_version(cursor, &version, err);
    phx_cursor_close(cursor);
    return status;
}

/* What a call that failed may have left is not made again. */
static phx_status call_split(phx_error *err)
{
    phx_store *store = scene.place.store;
    const phx_split split = {.name = text("mine")};
    const phx_id example = 1;
    phx_id id;
    phx_status status =
        phx_split_create(store, &split, 1, &example, 1, &id, err);

    return status == PHX_CONFLICT ? PHX_OK : status;
}

static phx_status call_change_split(phx_error *err)
{
    const phx_split split = {.id = 1, .color = text("red")};
    const phx_id example = 2;

    return phx_split_update(scene.place.store, &split, 1, &example, 1, &example,
                            1, err);
}

static phx_status call_delete_split(phx_error *err)
{
    phx_status status = phx_split_delete(scene.place.store, 1, err);

    return status == PHX_NOT_FOUND ? PHX_OK : status;
}

static phx_status call_splits(phx_error *err)
{
    const phx_split *split;
    phx_cursor *cursor = NULL;
    phx_status status =
        phx_store_find_splits(scene.place.store, 0, NULL, 1, &cursor, err);

    while (status == PHX_OK)
        status = phx_cursor_next_split(cursor, &split, err);
    phx_cursor_close(cursor);
    return status;
}

static phx_status call_split_examples(phx_error *err)
{
    const phx_example *example;
    phx_cursor *cursor = NULL;
    const phx_id split = 1;
    phx_status status = phx_store_find_split_examples(
        scene.place.store, 1, 0, &split, 1, 0, 0, 0, &cursor, err);

    while (status == PHX_OK)
        status = phx_cursor_next_example(cursor, &example, err);
    phx_cursor_close(cursor);
    return status;
}

static phx_status call_label(phx_error *err)
{
    const phx_dataset_label label = {.name = text("silver")};
    phx_id id;
    phx_status status = phx_label_create(scene.place.store, &label, &id, err);

    return status == PHX_CONFLICT ? PHX_OK : status;
}

static phx_status call_change_label(phx_error *err)
{
    const phx_dataset_label label = {.id = 1, .color = text("red")};

    return phx_label_update(scene.place.store, &label, err);
}

static phx_status call_delete_label(phx_error *err)
{
    phx_status status = phx_label_delete(scene.place.store, 1, err);

    return status == PHX_NOT_FOUND ? PHX_OK : status;
}

static phx_status call_set_labels(phx_error *err)
{
    const phx_id label = 1;

    return phx_dataset_set_labels(scene.place.store, 1, &label, 1, err);
}

static phx_status call_set_label(phx_error *err)
{
    return phx_dataset_set_label(scene.place.store, 1, 1, 0, err);
}

static phx_status call_labels(phx_error *err)
{
    const phx_dataset_label *label;
    phx_cursor *cursor = NULL;
    phx_status status =
        phx_store_find_labels(scene.place.store, 0, 0, 0, 0, &cursor, err);

    while (status == PHX_OK)
        status = phx_cursor_next_label(cursor, &label, err);
    phx_cursor_close(cursor);
    return status;
}

static phx_status call_find_examples(phx_error *err)
{
    phx_cursor *cursor = NULL;
    phx_status status =
        phx_store_find_examples(scene.place.store, 1, 0, 0, 0, &cursor, err);

    phx_cursor_close(cursor);
    return status;
}

/* To and fro, so that there always is something to do. */
static phx_status call_revert(phx_error *err)
{
    phx_dataset_change change;
    phx_status status =
        phx_dataset_revert(scene.place.store, 1, 1, &change, err);

    return status < 0 ? status
                      : phx_dataset_revert(scene.place.store, 1,
                                           change.version - 1, &change, err);
}

static phx_status call_find_changes(phx_error *err)
{
    phx_cursor *cursor = NULL;
    phx_status status =
        phx_store_find_changes(scene.place.store, 1, 1, 0, &cursor, err);

    phx_cursor_close(cursor);
    return status;
}

static phx_status call_changes(phx_error *err)
{
    const phx_example_change *change;
    phx_cursor *cursor = NULL;
    phx_status status =
        phx_store_find_changes(scene.place.store, 1, 1, 0, &cursor, err);

    while (status == PHX_OK)
        status = phx_cursor_next_change(cursor, &change, err);
    phx_cursor_close(cursor);
    return status;
}

static phx_status call_examples(phx_error *err)
{
    const phx_example *example;
    phx_cursor *cursor = NULL;
    phx_status status =
        phx_store_find_examples(scene.place.store, 1, 0, 0, 0, &cursor, err);

    while (status == PHX_OK)
        status = phx_cursor_next_example(cursor, &example, err);
    phx_cursor_close(cursor);
    return status;
}

/* Rows that were taken out of tables are not found; that is right. */
static phx_status call_transfer(phx_error *err)
{
    static const phx_id traces[] = {1, 3};
    int64_t moved;
    phx_status status =
        phx_store_transfer(scene.place.store, traces, 2, 2, &moved, err);

    return status == PHX_NOT_FOUND ? PHX_OK : status;
}

#endif

/*
 * calls_kept.h - those of calls.h that keep examples.
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

static phx_status call_find_examples(phx_error *err)
{
    phx_cursor *cursor = NULL;
    phx_status status =
        phx_store_find_examples(scene.place.store, 1, 0, 0, 0, &cursor, err);

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

#endif

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
        {.input = text_of("{\"q\": 3}")},
        {.input = text_of("{\"q\": 4}"), .external_id = text_of("x")},
    };
    phx_dataset_change change;
    phx_status status = phx_dataset_put(scene->store, "d", PHX_DATASET_APPEND,
                                        "about", items, 3, &change, err);

    return status < 0 ? status
                      : phx_dataset_put(scene->store, "d", PHX_DATASET_UPDATE,
                                        NULL, items + 2, 2, &change, err);
}

static phx_status walk_examples(struct scene *scene, phx_error *err)
{
    const phx_dataset *dataset;
    const phx_dataset_version *version;
    const phx_example *example;
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
    return status < 0 ? status
                      : phx_store_verify(scene->store, NULL, NULL, err);
}

#endif

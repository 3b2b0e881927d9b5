/*
 * said.h - bodies of the sweeps that are about annotations.
 */
#ifndef FAULT_SAID_H
#define FAULT_SAID_H

#include "fault/bodies.h"

/* Of each kind; once more, they are replaced. */
static phx_status annotate(struct scene *scene, phx_error *err)
{
    const phx_text name = text_of("tone");
    phx_annotation_item items[] = {
        {.kind = PHX_TRACE_ANNOTATION,
         .target_id = text_of("ab529ae3c1b694393cdaddd6a51b8e98"),
         .name = name},
        {.kind = PHX_SPAN_ANNOTATION,
         .target = 2,
         .name = name,
         .label = text_of("good"),
         .metadata = text_of("{\"a\": [1]}")},
        {.kind = PHX_TRACE_ANNOTATION, .target = 1, .name = name},
    };
    phx_id ids[3];

    return phx_store_annotate(scene->store, items, 3, ids, err);
}

/* One waits, and is dropped; or it was by a call before. */
static phx_status annotate_later(struct scene *scene, phx_error *err)
{
    const phx_annotation_item items[] = {
        {.kind = PHX_SPAN_ANNOTATION, .target = 2, .name = text_of("tone")},
        {.kind = PHX_SESSION_ANNOTATION,
         .target_id = text_of("never"),
         .name = text_of("tone"),
         .label = text_of("good"),
         .metadata = text_of("{\"a\": [1]}")},
    };
    phx_status status =
        phx_store_annotate_later(scene->store, items, 2, NULL, err);

    return status < 0 ? status
                      : phx_store_annotate_waiting(scene->store, UINT64_MAX,
                                                   NULL, err);
}

static phx_status walk_annotations(struct scene *scene, phx_error *err)
{
    const phx_text ids[] = {text_of("ab529ae3c1b694393cdaddd6a51b8e98")};
    phx_annotation_query query = PHX_ANNOTATION_QUERY_INIT;
    const phx_annotation *row;
    phx_cursor *cursor = NULL;
    phx_status status = annotate(scene, err);

    query.kind = PHX_TRACE_ANNOTATION;
    query.target_ids = ids;
    query.target_id_count = 1;
    if (status >= 0)
        status = phx_store_find_annotations(scene->store, &query, &cursor, err);
    while (status == PHX_OK)
        status = phx_cursor_next_annotation(cursor, &row, err);
    phx_cursor_close(cursor);
    return status;
}

static phx_status delete_annotations(struct scene *scene, phx_error *err)
{
    phx_status status = annotate(scene, err);

    return status < 0
               ? status
               : phx_store_delete_annotations(scene->store, NULL, NULL, err);
}

static phx_status walk_words(struct scene *scene, phx_error *err)
{
    static const char condition[] =
        "annotations['a'].score > 1 or a.b in ['x']";
    const phx_word *word;
    phx_buf out = PHX_BUF_INIT;
    phx_cursor *cursor = NULL;
    phx_status status = annotate(scene, err);

    if (status >= 0)
        status = phx_filter_check(PHX_FILTER_SPANS, condition,
                                  sizeof condition - 1, &out, err);
    phx_buf_free(&out);
    if (status >= 0)
        status = phx_filter_vocabulary(PHX_FILTER_SPANS, scene->store, 1, 4,
                                       &cursor, err);
    while (status == PHX_OK)
        status = phx_cursor_next_word(cursor, &word, err);
    phx_cursor_close(cursor);
    return status;
}

/* The second of the calls may have failed, the first one not. */
static phx_status change_configs(struct scene *scene, phx_error *err)
{
    phx_config_query query = PHX_CONFIG_QUERY_INIT;
    phx_annotation_config config = {.type = PHX_CATEGORICAL,
                                    .direction = PHX_MAXIMIZE,
                                    .name = text_of("tone"),
                                    .choices =
                                        text_of("[{\"label\": \"good\"}]")};
    const phx_annotation_config *row = NULL;
    phx_cursor *cursor = NULL;
    phx_status status =
        phx_config_create(scene->store, &config, &config.id, err);

    if (status == PHX_CONFLICT) {
        query.name = config.name;
        status = phx_store_find_configs(scene->store, &query, &cursor, err);
        if (status >= 0 &&
            (status = phx_cursor_next_config(cursor, &row, err)) == PHX_OK)
            config.id = row->id;
        phx_cursor_close(cursor);
    }
    if (status >= 0)
        status = phx_config_update(scene->store, &config, err);
    if (status >= 0)
        status = phx_project_set_configs(scene->store, 1, &config.id, 1, err);
    return status < 0 ? status
                      : phx_config_delete(scene->store, config.id, err);
}

#endif

/*
 * bodies_tried.h - those of bodies.h that try programs on examples.
 */
#ifndef FAULT_BODIES_TRIED_H
#define FAULT_BODIES_TRIED_H

#include "fault/bodies_kept.h"

/* An experiment of an example and a split, a run, evaluated twice, a tag. */
static phx_status make_runs(struct scene *scene, phx_id *out, phx_error *err)
{
    static const phx_id some[] = {1};
    phx_experiment_item item = PHX_EXPERIMENT_ITEM_INIT;
    phx_run_item run = {
        .example = 1, .repetition = 1, .output = text_of("[1, {\"b\": 1}]")};
    phx_evaluation_item said[] = {
        {.name = text_of("a"), .label = text_of("b")},
        {.name = text_of("a"), .metadata = text_of("{\"c\": 1}")},
    };
    phx_id id = 0, number = 0, tag;
    phx_status status = put_examples(scene, err);

    item.dataset = 1;
    item.version = 1;
    item.examples = some;
    item.example_count = 1;
    item.splits = some;
    item.split_count = 1;
    item.metadata = text_of("{\"a\": 1}");
    if (status >= 0)
        status = phx_experiment_create(scene->store, &item, &id, err);
    if (status >= 0)
        status =
            phx_experiment_put_runs(scene->store, id, &run, 1, &number, err);
    said[0].run = said[1].run = number;
    *out = id;
    if (status >= 0)
        status = phx_store_put_evaluations(scene->store, said, 2, NULL, err);
    if (status >= 0)
        status = phx_experiment_set_tag(scene->store, id, "t", NULL, &tag, err);
    if (status >= 0)
        status =
            phx_experiment_update(scene->store, id, "n", NULL, NULL, 0, err);
    return status;
}

static phx_status put_runs(struct scene *scene, phx_error *err)
{
    phx_id id;

    return make_runs(scene, &id, err);
}

static phx_status walk_runs(struct scene *scene, phx_error *err)
{
    phx_run_query query = PHX_RUN_QUERY_INIT;
    const phx_text names[] = {text_of("a"), text_of("z")};
    const phx_incomplete_run *left;
    const phx_experiment *experiment;
    const phx_experiment_tag *tag;
    const phx_run *run;
    phx_cursor *cursor = NULL;
    phx_id id = 0;
    phx_status status = make_runs(scene, &id, err);

    query.experiment = id;
    query.flags = PHX_RUN_CONTENT | PHX_RUN_EVALUATIONS;
    query.evaluators = names;
    query.evaluator_count = 2;
    if (status >= 0)
        status = phx_store_find_runs(scene->store, &query, &cursor, err);
    while (status == PHX_OK)
        status = phx_cursor_next_run(cursor, &run, err);
    phx_cursor_close(cursor);
    cursor = NULL;
    if (status >= 0)
        status = phx_store_find_incomplete_runs(scene->store, id, 0, 0, &cursor,
                                                err);
    while (status == PHX_OK)
        status = phx_cursor_next_incomplete_run(cursor, &left, err);
    phx_cursor_close(cursor);
    cursor = NULL;
    if (status >= 0)
        status = phx_store_find_experiments(scene->store, NULL, &cursor, err);
    if (status >= 0)
        status = phx_cursor_next_experiment(cursor, &experiment, err);
    phx_cursor_close(cursor);
    cursor = NULL;
    if (status >= 0)
        status = phx_store_find_tags(scene->store, 0, id, &cursor, err);
    if (status >= 0)
        status = phx_cursor_next_tag(cursor, &tag, err);
    phx_cursor_close(cursor);
    if (status >= 0)
        status = phx_experiment_delete(scene->store, id, 1, err);
    return status < 0 ? status
                      : phx_store_verify(scene->store, NULL, NULL, err);
}

#endif

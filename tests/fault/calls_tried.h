/*
 * calls_tried.h - those of calls.h that try programs on examples.
 */
#ifndef FAULT_CALLS_TRIED_H
#define FAULT_CALLS_TRIED_H

#include "fault/calls.h"

/* Of some examples, which are counted where they are chosen. */
static phx_status call_create_experiment(phx_error *err)
{
    static const phx_id some[] = {1};
    phx_experiment_item item = PHX_EXPERIMENT_ITEM_INIT;
    phx_id id;

    item.dataset = 1;
    item.examples = some;
    item.example_count = 1;
    return phx_experiment_create(scene.place.store, &item, &id, err);
}

static phx_status call_update_experiment(phx_error *err)
{
    return phx_experiment_update(scene.place.store, 1, "new", NULL, "{}",
                                 PHX_CLEAR_DESCRIPTION, err);
}

/* It may be gone by the call that failed. */
static phx_status call_delete_experiment(phx_error *err)
{
    phx_status status = phx_experiment_delete(scene.place.store, 1, 1, err);

    return status == PHX_NOT_FOUND ? PHX_OK : status;
}

/* Runs that failed give way to the same again. */
static phx_status call_put_runs(phx_error *err)
{
    const phx_run_item items[] = {
        {.example = 1, .repetition = 2, .error = kept_text("failed")},
        {.example = 2, .repetition = 1, .error = kept_text("failed")}};

    return phx_experiment_put_runs(scene.place.store, 1, items, 2, NULL, err);
}

/* One is there, of two experiments. */
static phx_status call_put_evaluations(phx_error *err)
{
    const phx_evaluation_item items[] = {
        {.run = 1, .name = kept_text("right"), .label = kept_text("no")},
        {.run = 2, .name = kept_text("new"), .label = kept_text("no")}};

    return phx_store_put_evaluations(scene.place.store, items, 2, NULL, err);
}

static phx_status call_set_tag(phx_error *err)
{
    phx_id id;

    return phx_experiment_set_tag(scene.place.store, 2, "best", "now", &id,
                                  err);
}

static phx_status call_delete_tag(phx_error *err)
{
    return phx_experiment_delete_tag(scene.place.store, 1, "best", err);
}

static phx_status call_experiments(phx_error *err)
{
    phx_cursor *cursor = NULL;
    phx_status status =
        phx_store_find_experiments(scene.place.store, NULL, &cursor, err);

    phx_cursor_close(cursor);
    return status;
}

static phx_status call_runs(phx_error *err)
{
    phx_run_query query = PHX_RUN_QUERY_INIT;
    const phx_text names[] = {kept_text("right"), kept_text("other")};
    const phx_run *run;
    phx_cursor *cursor = NULL;

    query.experiment = 1;
    query.flags = PHX_RUN_CONTENT | PHX_RUN_EVALUATIONS;
    query.evaluators = names;
    query.evaluator_count = 2;
    phx_status status =
        phx_store_find_runs(scene.place.store, &query, &cursor, err);
    while (status == PHX_OK)
        status = phx_cursor_next_run(cursor, &run, err);
    phx_cursor_close(cursor);
    return status;
}

static phx_status call_find_left(phx_error *err)
{
    phx_cursor *cursor = NULL;
    phx_status status = phx_store_find_incomplete_runs(scene.place.store, 1, 0,
                                                       0, &cursor, err);

    phx_cursor_close(cursor);
    return status;
}

static phx_status call_left(phx_error *err)
{
    const phx_incomplete_run *row;
    phx_cursor *cursor = NULL;
    phx_status status = phx_store_find_incomplete_runs(scene.place.store, 1, 0,
                                                       0, &cursor, err);

    while (status == PHX_OK)
        status = phx_cursor_next_incomplete_run(cursor, &row, err);
    phx_cursor_close(cursor);
    return status;
}

static phx_status call_tags(phx_error *err)
{
    phx_cursor *cursor = NULL;
    phx_status status =
        phx_store_find_tags(scene.place.store, 1, 0, &cursor, err);

    phx_cursor_close(cursor);
    return status;
}

#endif

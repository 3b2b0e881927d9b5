/*
 * tried.h - experiments in a line: runs that are written, and what there is of
 * an experiment as a text.
 */
#ifndef CONTRACT_TRIED_H
#define CONTRACT_TRIED_H

#include "contract/kept.h"

static inline phx_status try_make(phx_store *store, phx_id dataset,
                                  int64_t repetitions, phx_id *out,
                                  phx_error *err)
{
    phx_experiment_item item = PHX_EXPERIMENT_ITEM_INIT;

    item.dataset = dataset;
    item.repetitions = repetitions;
    return phx_experiment_create(store, &item, out, err);
}

static inline phx_id make_experiment(phx_store *store, phx_id dataset,
                                     int64_t repetitions)
{
    phx_id id = 0;

    succeeds(try_make(store, dataset, repetitions, &id, err));
    return id;
}

/* With an error if that is given. */
static inline phx_status try_run(phx_store *store, phx_id experiment,
                                 phx_id example, int64_t repetition,
                                 const char *output, const char *error,
                                 phx_id *out, phx_error *err)
{
    const phx_run_item item = {.example = example,
                               .repetition = repetition,
                               .start_time = 1700000000000001500u,
                               .end_time = 1700000001000002500u,
                               .output = kept_text(output),
                               .error = kept_text(error),
                               .trace_id = kept_text("0af7")};

    return phx_experiment_put_runs(store, experiment, &item, 1, out, err);
}

static inline phx_id put_run(phx_store *store, phx_id experiment,
                             phx_id example, int64_t repetition,
                             const char *output, const char *error)
{
    phx_id id = 0;

    succeeds(try_run(store, experiment, example, repetition, output, error, &id,
                     err));
    return id;
}

static inline phx_status try_judge(phx_store *store, phx_id run,
                                   const char *name, const char *label,
                                   const char *error, phx_id *out,
                                   phx_error *err)
{
    const phx_evaluation_item item = {.run = run,
                                      .start_time = 1700000002000000000u,
                                      .end_time = 1700000002500000000u,
                                      .annotator = PHX_ANNOTATOR_CODE,
                                      .score = 0.5,
                                      .has_score = label != NULL,
                                      .name = kept_text(name),
                                      .label = kept_text(label),
                                      .error = kept_text(error)};

    return phx_store_put_evaluations(store, &item, 1, out, err);
}

static inline phx_id judge(phx_store *store, phx_id run, const char *name,
                           const char *label, const char *error)
{
    phx_id id = 0;

    succeeds(try_judge(store, run, name, label, error, &id, err));
    return id;
}

/* "number:example.repetition=output!error[name=label ...] " of all runs. */
static inline const char *runs_of(phx_store *store, const phx_run_query *query)
{
    static char told[4096];
    const phx_run *run;
    phx_cursor *cursor = NULL;
    size_t used = 0;

    told[0] = '\0';
    succeeds(phx_store_find_runs(store, query, &cursor, err));
    while (phx_cursor_next_run(cursor, &run, NULL) == PHX_OK) {
        used += (size_t)snprintf(
            told + used, sizeof told - used, "%d:%d.%d=%s%s%s", (int)run->id,
            (int)run->example, (int)run->repetition, run->output.data,
            run->error.data ? "!" : "", run->error.data ? run->error.data : "");
        for (size_t i = 0; i < run->evaluation_count; i++)
            used += (size_t)snprintf(told + used, sizeof told - used, "[%s=%s]",
                                     run->evaluations[i].name.data,
                                     run->evaluations[i].label.data
                                         ? run->evaluations[i].label.data
                                         : "");
        for (size_t i = 0; i < run->missing_count; i++)
            used += (size_t)snprintf(told + used, sizeof told - used, "?%s",
                                     run->missing[i].data);
        used += (size_t)snprintf(told + used, sizeof told - used, " ");
        assert_true(used < sizeof told);
    }
    phx_cursor_close(cursor);
    return told;
}

/* "example=repetition,repetition, " of what is left to run. */
static inline const char *left_of(phx_store *store, phx_id experiment,
                                  phx_id from, int64_t limit)
{
    static char told[4096];
    const phx_incomplete_run *row;
    phx_cursor *cursor = NULL;
    size_t used = 0;

    told[0] = '\0';
    succeeds(phx_store_find_incomplete_runs(store, experiment, from, limit,
                                            &cursor, err));
    while (phx_cursor_next_incomplete_run(cursor, &row, NULL) == PHX_OK) {
        used += (size_t)snprintf(told + used, sizeof told - used,
                                 "%d:", (int)row->content->id);
        for (size_t i = 0; i < row->repetition_count; i++)
            used += (size_t)snprintf(told + used, sizeof told - used, "%d,",
                                     (int)row->repetitions[i]);
        used += (size_t)snprintf(told + used, sizeof told - used, " ");
        assert_true(used < sizeof told);
    }
    phx_cursor_close(cursor);
    return told;
}

/* "name=experiment(description) " */
static inline const char *tags_of(phx_store *store, phx_id dataset,
                                  phx_id experiment)
{
    static char told[1024];
    const phx_experiment_tag *tag;
    phx_cursor *cursor = NULL;
    size_t used = 0;

    told[0] = '\0';
    succeeds(phx_store_find_tags(store, dataset, experiment, &cursor, err));
    while (phx_cursor_next_tag(cursor, &tag, NULL) == PHX_OK)
        used += (size_t)snprintf(told + used, sizeof told - used, "%s=%d(%s) ",
                                 tag->name.data, (int)tag->experiment,
                                 tag->description.data ? tag->description.data
                                                       : "");
    phx_cursor_close(cursor);
    return told;
}

/* Two experiments with a run each, which is judged; the first has a tag. */
static inline void try_twice(phx_store *store)
{
    phx_id tag = 0;

    for (int i = 0; i < 2; i++) {
        phx_id run = put_run(store, make_experiment(store, 1, 2), 1, 1,
                             "{\"a\":1}", NULL);
        judge(store, run, "right", "yes", NULL);
    }
    succeeds(phx_experiment_set_tag(store, 1, "best", NULL, &tag, err));
}

#endif

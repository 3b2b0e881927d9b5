/*
 * experiment.h - programs that are tried on the examples of a version.
 *
 *     experiment.c       rows of experiments, runs, evaluations and tags
 *     experiment_make.c  experiments made, changed and deleted; their tags
 *     experiment_put.c   runs and evaluations, many in one commit
 *     experiment_find.c  all of it, read
 */
#ifndef STORE_EXPERIMENT_H
#define STORE_EXPERIMENT_H

#include "store/annotation.h"
#include "store/dataset.h"

/* An experiment as its row has it. */
struct experiment_row {
    phx_experiment row;
    int64_t chosen; /* examples that were; -1: all of the version */
    int64_t evaluations;
    int64_t sum; /* as read; -1 where a value is none that was written */
};

/* The texts are the statement's. */
void experiment_read(struct statement *statement, struct experiment_row *out);
uint32_t experiment_sum(const struct experiment_row *experiment);
/* OK, DONE or CORRUPT; the texts are in the arena. */
phx_status experiment_find(struct connection *connection, int64_t id,
                           struct arena *arena, struct experiment_row *out,
                           phx_error *err);
/* The same; NOT_FOUND if there is none. */
phx_status experiment_get(struct connection *connection, int64_t id,
                          struct arena *arena, struct experiment_row *out,
                          phx_error *err);
phx_status experiment_keep(struct arena *arena, phx_experiment *row,
                           phx_error *err);
phx_status experiment_put(struct connection *connection,
                          const struct experiment_row *experiment,
                          phx_error *err);
/* How many runs and evaluations there are. */
phx_status experiment_count(struct connection *connection,
                            const struct experiment_row *experiment,
                            phx_error *err);
/* Whether it is tried on the example: OK or DONE. */
phx_status experiment_has(struct connection *connection,
                          const struct experiment_row *experiment,
                          int64_t example, phx_error *err);

/* The last numbers that were given. */
struct experiment_numbers {
    int64_t experiment, run, evaluation, tag;
    int64_t chosen; /* row of an example that was */
};
phx_status experiment_numbers(struct connection *connection,
                              struct experiment_numbers *out, phx_error *err);

/* Of a row of experiment_example. */
uint32_t chosen_sum(int64_t id, int64_t experiment, int64_t example);

void experiment_run_read(struct statement *statement, phx_run *out,
                         int64_t *sum);
uint32_t experiment_run_sum(const phx_run *run);
phx_status experiment_run_put(struct connection *connection, const phx_run *run,
                              phx_error *err);

void evaluation_read(struct statement *statement, phx_evaluation *out,
                     int64_t *sum);
uint32_t evaluation_sum(const phx_evaluation *evaluation);
phx_status evaluation_put(struct connection *connection,
                          const phx_evaluation *evaluation, phx_error *err);

void experiment_tag_read(struct statement *statement, phx_experiment_tag *out,
                         int64_t *sum);
uint32_t experiment_tag_sum(const phx_experiment_tag *tag);
phx_status experiment_tag_put(struct connection *connection,
                              const phx_experiment_tag *tag, phx_error *err);

/* Its rows go, inside the caller's transaction. */
phx_status experiment_remove(struct connection *connection,
                             struct counter *counter, int64_t id,
                             phx_error *err);
/* All of a dataset's do. */
phx_status experiment_remove_all(struct connection *connection,
                                 struct counter *counter, int64_t dataset,
                                 phx_error *err);

#endif

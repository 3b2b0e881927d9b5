/*
 * experiment_put.c - runs, and what is said of them, many in one commit. Rows
 * have keys, so that who sends one again changes a row and adds none; how many
 * there are is kept in the row of their experiment.
 */
#include "base/base.h"

#include "store/experiment.h"

struct putting {
    struct store *store;
    struct connection *writer;
    struct counter counter;
    struct arena arena;
    struct arena texts; /* of the experiment at hand */
    struct experiment_row experiment;
    struct experiment_numbers numbers;
};

static phx_status begin(struct putting *putting, struct store *store,
                        phx_error *err)
{
    *putting = (struct putting){.store = store, .writer = store->writer};
    arena_init(&putting->arena, SIZE_MAX);
    arena_init(&putting->texts, SIZE_MAX);
    phx_status status =
        store_change_begin(store, store->writer, &putting->counter, err);

    if (status < 0)
        return status;
    if ((status = experiment_numbers(store->writer, &putting->numbers, err)) <
        0) {
        status = store_change_end(store, store->writer, status,
                                  &putting->counter, err);
        store_write_end(store);
    }
    return status;
}

/* The ids, where somebody wants them, once they are durable. */
static phx_status end(struct putting *putting, phx_status status,
                      const phx_id *made, phx_id *ids, size_t count,
                      phx_error *err)
{
    struct store *store = putting->store;

    if (status >= 0 && putting->experiment.row.id != 0)
        status = experiment_count(putting->writer, &putting->experiment, err);
    status = store_change_end(store, putting->writer, status, &putting->counter,
                              err);
    store_write_end(store);
    if (status >= 0 && ids != NULL && count > 0)
        memcpy(ids, made, count * sizeof *ids);
    arena_clear(&putting->texts);
    arena_clear(&putting->arena);
    if (status < 0)
        return status;
    store_keep_up(store);
    return PHX_OK;
}

/* --- runs ---------------------------------------------------------------------- */

/* The number for a run of this key; that of one that failed, if there is. */
static phx_status number_run(struct putting *putting, phx_run *run, size_t item,
                             phx_error *err)
{
    struct statement *find = sql(putting->writer, SQL_EXPERIMENT_RUN_BY_KEY);
    phx_experiment *row = &putting->experiment.row;

    sql_bind_int(find, 1, run->experiment);
    sql_bind_int(find, 2, run->example);
    sql_bind_int(find, 3, run->repetition);
    phx_status status = sql_next(find, err);
    if (status < 0)
        return status;
    bool failed = status == PHX_OK && sql_int(find, 1) != 0;
    if (status == PHX_OK)
        run->id = sql_int(find, 0);
    sql_end(find);
    if (status == PHX_OK && !failed)
        return fail(err, PHX_CONFLICT, (int64_t)item,
                    "repetition %lld of example %lld has a run",
                    (long long)run->repetition, (long long)run->example);
    if (status == PHX_DONE) {
        run->id = ++putting->numbers.run;
        row->runs++;
    }
    row->failed += (run->error.data != NULL) - failed;
    return PHX_OK;
}

static phx_status put_run(struct putting *putting, const phx_run_item *item,
                          size_t i, phx_id *id, phx_error *err)
{
    phx_run run = {
        .experiment = putting->experiment.row.id,
        .example = item->example,
        .repetition = item->repetition,
        .start_time = item->start_time / 1000 * 1000,
        .end_time = item->end_time / 1000 * 1000,
        .output = item->output.data ? item->output : text_of("null"),
        .error = item->error,
        .trace_id = item->trace_id,
    };
    phx_status status = experiment_has(putting->writer, &putting->experiment,
                                       item->example, err);

    if (status == PHX_DONE)
        return fail(err, PHX_NOT_FOUND, (int64_t)i,
                    "example %lld is not in experiment %lld",
                    (long long)item->example, (long long)run.experiment);
    if (status < 0 || (status = number_run(putting, &run, i, err)) < 0)
        return status;
    *id = run.id;
    return experiment_run_put(putting->writer, &run, err);
}

phx_status store_put_runs(struct store *store, int64_t experiment,
                          const phx_run_item *items, size_t count, phx_id *ids,
                          phx_error *err)
{
    size_t size = size_mul(count, sizeof *ids);
    struct putting putting;
    phx_status status = begin(&putting, store, err);

    if (status < 0)
        return status;
    phx_id *made = arena_new(&putting.arena, size);
    status = made == NULL
                 ? arena_status(&putting.arena, size, err)
                 : experiment_get(putting.writer, experiment, &putting.texts,
                                  &putting.experiment, err);
    for (size_t i = 0; i < count && status >= 0; i++)
        status = put_run(&putting, &items[i], i, &made[i], err);
    return end(&putting, status, made, ids, count, err);
}

/* --- evaluations --------------------------------------------------------------- */

/* The experiment of a run is at hand; that of the run before is written. */
static phx_status enter(struct putting *putting, int64_t run, size_t item,
                        phx_error *err)
{
    struct statement *read;
    phx_status status =
        sql_find(putting->writer, SQL_EXPERIMENT_RUN_BY_ID, run, &read, err);
    int64_t experiment = status == PHX_OK ? sql_int(read, 1) : 0;

    sql_end(read);
    if (status == PHX_DONE)
        return fail(err, PHX_NOT_FOUND, (int64_t)item, "no run %lld",
                    (long long)run);
    if (status < 0 || experiment == putting->experiment.row.id)
        return status;
    if (putting->experiment.row.id != 0 &&
        (status =
             experiment_count(putting->writer, &putting->experiment, err)) < 0)
        return status;
    arena_reset(&putting->texts);
    return experiment_get(putting->writer, experiment, &putting->texts,
                          &putting->experiment, err);
}

static phx_status put_evaluation(struct putting *putting,
                                 const phx_evaluation_item *item, size_t i,
                                 phx_id *id, phx_error *err)
{
    phx_evaluation row = {
        .run = item->run,
        .start_time = item->start_time / 1000 * 1000,
        .end_time = item->end_time / 1000 * 1000,
        .score = item->has_score ? item->score : 0,
        .has_score = item->has_score,
        .annotator = item->annotator,
        .name = item->name,
        .label = item->label,
        .explanation = item->explanation,
        .error = item->error,
        .trace_id = item->trace_id,
        .metadata = item->metadata.data ? item->metadata : text_of("{}"),
    };
    phx_status status = enter(putting, item->run, i, err);

    if (status < 0)
        return status;
    struct statement *find = sql(putting->writer, SQL_EVALUATION_BY_KEY);
    sql_bind_int(find, 1, row.run);
    sql_bind_text(find, 2, row.name);
    if ((status = sql_next(find, err)) < 0)
        return status;
    row.id =
        status == PHX_OK ? sql_int(find, 0) : ++putting->numbers.evaluation;
    putting->experiment.evaluations += status == PHX_DONE;
    sql_end(find);
    *id = row.id;
    return evaluation_put(putting->writer, &row, err);
}

phx_status store_put_evaluations(struct store *store,
                                 const phx_evaluation_item *items, size_t count,
                                 phx_id *ids, phx_error *err)
{
    size_t size = size_mul(count, sizeof *ids);
    struct putting putting;
    phx_status status = begin(&putting, store, err);

    if (status < 0)
        return status;
    phx_id *made = arena_new(&putting.arena, size);
    if (made == NULL)
        status = arena_status(&putting.arena, size, err);
    for (size_t i = 0; i < count && status >= 0; i++)
        status = put_evaluation(&putting, &items[i], i, &made[i], err);
    return end(&putting, status, made, ids, count, err);
}

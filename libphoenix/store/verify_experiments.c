/*
 * verify_experiments.c - experiments held against the versions they are of, and
 * against how many examples, runs and evaluations they say they have; these,
 * and tags, against their experiments.
 */
#include "base/base.h"

#include "store/experiment.h"
#include "store/verify.h"

/* A row whose checksum is right or not, and which is of another. */
static phx_status check_row(struct verify *verify, const char *noun, int64_t id,
                            bool whole, enum sql owner, int64_t of,
                            phx_error *err)
{
    bool there;
    phx_status status;

    if (!whole)
        return verify_fault(verify, "%s %lld: its row is damaged", noun,
                            (long long)id);
    if ((status = verify_exists(verify, owner, of, &there, err)) < 0 || there)
        return status;
    return verify_fault(verify, "%s %lld: what it is of is lost", noun,
                        (long long)id);
}

/* How many rows there are of an experiment, which its own must say. */
static phx_status check_counts(struct verify *verify,
                               const struct experiment_row *experiment,
                               phx_error *err)
{
    const phx_experiment *row = &experiment->row;
    struct statement *read;
    phx_status status = sql_find(verify->connection, SQL_RUNS_OF_EXPERIMENT,
                                 row->id, &read, err);

    if (status < 0)
        return status;
    bool right =
        sql_int(read, 0) == row->runs && sql_int(read, 1) == row->failed;
    sql_end(read);
    if ((status = sql_find(verify->connection, SQL_EVALUATIONS_OF_EXPERIMENT,
                           row->id, &read, err)) < 0)
        return status;
    right = right && sql_int(read, 0) == experiment->evaluations;
    sql_end(read);
    return right ? PHX_OK
                 : verify_fault(verify,
                                "experiment %lld: a run or evaluation is lost",
                                (long long)row->id);
}

static phx_status check_experiment(struct verify *verify,
                                   struct statement *read, phx_error *err)
{
    struct experiment_row row;
    phx_status status;

    experiment_read(read, &row);
    status = check_row(verify, "experiment", row.row.id,
                       row.sum == (int64_t)experiment_sum(&row),
                       SQL_VERSION_BY_ID, row.row.version, err);
    if (row.chosen > 0)
        verify->chosen += row.chosen;
    verify->runs += row.row.runs;
    verify->evaluations += row.evaluations;
    return status < 0 ? status : check_counts(verify, &row, err);
}

static phx_status check_chosen(struct verify *verify, struct statement *read,
                               phx_error *err)
{
    int64_t id = sql_int(read, 0), experiment = sql_int(read, 1);

    return check_row(verify, "example of an experiment", id,
                     sql_int(read, 3) ==
                         (int64_t)chosen_sum(id, experiment, sql_int(read, 2)),
                     SQL_EXPERIMENT_BY_ID, experiment, err);
}

static phx_status check_run(struct verify *verify, struct statement *read,
                            phx_error *err)
{
    phx_run row;
    int64_t sum;

    experiment_run_read(read, &row, &sum);
    return check_row(verify, "run", row.id,
                     sum == (int64_t)experiment_run_sum(&row),
                     SQL_EXPERIMENT_BY_ID, row.experiment, err);
}

static phx_status check_evaluation(struct verify *verify,
                                   struct statement *read, phx_error *err)
{
    phx_evaluation row;
    int64_t sum;

    evaluation_read(read, &row, &sum);
    return check_row(verify, "evaluation", row.id,
                     sum == (int64_t)evaluation_sum(&row),
                     SQL_EXPERIMENT_RUN_BY_ID, row.run, err);
}

static phx_status check_tag(struct verify *verify, struct statement *read,
                            phx_error *err)
{
    phx_experiment_tag row;
    int64_t sum;

    experiment_tag_read(read, &row, &sum);
    return check_row(verify, "experiment tag", row.id,
                     sum == (int64_t)experiment_tag_sum(&row),
                     SQL_EXPERIMENT_BY_ID, row.experiment, err);
}

phx_status verify_experiments(struct verify *verify, phx_error *err)
{
    const struct counter *counter = &verify->counter;
    int64_t rows;
    phx_status status;

    if ((status = verify_each(verify, SQL_EXPERIMENTS_ALL, check_experiment, 0,
                              &rows, err)) < 0 ||
        (status = verify_count(verify, "experiments", rows,
                               counter->experiments)) < 0 ||
        (status = verify_each(verify, SQL_EXPERIMENT_EXAMPLES_ALL, check_chosen,
                              0, &rows, err)) < 0 ||
        (status = verify_count(verify, "examples of experiments", rows,
                               verify->chosen)) < 0 ||
        (status = verify_each(verify, SQL_EXPERIMENT_RUNS_ALL, check_run, 0,
                              &rows, err)) < 0 ||
        (status = verify_count(verify, "runs", rows, verify->runs)) < 0 ||
        (status = verify_each(verify, SQL_EVALUATIONS_ALL, check_evaluation, 0,
                              &rows, err)) < 0 ||
        (status = verify_count(verify, "evaluations", rows,
                               verify->evaluations)) < 0 ||
        (status = verify_each(verify, SQL_EXPERIMENT_TAGS_ALL, check_tag, 0,
                              &rows, err)) < 0)
        return status;
    return verify_count(verify, "experiment tags", rows,
                        counter->experiment_tags);
}

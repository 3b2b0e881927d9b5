/*
 * experiment.c - rows of experiments, of the examples they chose, of their
 * runs, evaluations and tags, with their checksums. Times in rows are us.
 */
#include "base/base.h"

#include "store/experiment.h"

static int64_t us_of(uint64_t ns)
{
    return (int64_t)(ns / 1000);
}

/* --- experiments ----------------------------------------------------------- */

void experiment_read(struct statement *statement, struct experiment_row *out)
{
    *out = (struct experiment_row){
        .row = {.id = sql_int(statement, 0),
                .dataset = sql_int(statement, 1),
                .version = sql_int(statement, 2),
                .repetitions = sql_int(statement, 3),
                .examples = sql_int(statement, 4),
                .runs = sql_int(statement, 6),
                .failed = sql_int(statement, 7),
                .created_at = ns_of(sql_int(statement, 9), 0),
                .updated_at = ns_of(sql_int(statement, 10), 0),
                .name = sql_text(statement, 12),
                .description = sql_text(statement, 13),
                .project = sql_text(statement, 14),
                .metadata = sql_text(statement, 15),
                .parameters = sql_text(statement, 16),
                .evaluators = sql_text(statement, 17)},
        .chosen = sql_int(statement, 5),
        .evaluations = sql_int(statement, 8),
        .sum = sql_int(statement, 11),
    };
    if (!ns_fits(out->row.created_at, sql_int(statement, 9), 0) ||
        !ns_fits(out->row.updated_at, sql_int(statement, 10), 0))
        out->sum = -1;
}

uint32_t experiment_sum(const struct experiment_row *experiment)
{
    const phx_experiment *row = &experiment->row;
    const uint64_t values[] = {
        (uint64_t)row->id,
        (uint64_t)row->dataset,
        (uint64_t)row->version,
        (uint64_t)row->repetitions,
        (uint64_t)row->examples,
        (uint64_t)experiment->chosen,
        (uint64_t)row->runs,
        (uint64_t)row->failed,
        (uint64_t)experiment->evaluations,
        row->created_at,
        row->updated_at,
        text_sum(row->name, 34),
        text_sum(row->description, 35),
        text_sum(row->project, 36),
        text_sum(row->metadata, 37),
        text_sum(row->parameters, 38),
        text_sum(row->evaluators, 39),
    };

    return checksum32(values, sizeof values);
}

phx_status experiment_keep(struct arena *arena, phx_experiment *row,
                           phx_error *err)
{
    phx_text *const texts[] = {&row->name,       &row->description,
                               &row->project,    &row->metadata,
                               &row->parameters, &row->evaluators};
    phx_status status = PHX_OK;

    for (size_t i = 0; i < sizeof texts / sizeof *texts && status >= 0; i++)
        status = arena_keep(arena, texts[i], err);
    return status;
}

phx_status experiment_find(struct connection *connection, int64_t id,
                           struct arena *arena, struct experiment_row *out,
                           phx_error *err)
{
    struct statement *read;
    phx_status status =
        sql_find(connection, SQL_EXPERIMENT_BY_ID, id, &read, err);

    if (status != PHX_OK)
        return status;
    experiment_read(read, out);
    status = out->sum == (int64_t)experiment_sum(out)
                 ? experiment_keep(arena, &out->row, err)
                 : fail(err, PHX_CORRUPT, -1, "experiment %lld is damaged",
                        (long long)id);
    sql_end(read);
    return status;
}

phx_status experiment_get(struct connection *connection, int64_t id,
                          struct arena *arena, struct experiment_row *out,
                          phx_error *err)
{
    phx_status status = experiment_find(connection, id, arena, out, err);

    return status == PHX_DONE ? fail(err, PHX_NOT_FOUND, -1,
                                     "no experiment %lld", (long long)id)
                              : status;
}

phx_status experiment_put(struct connection *connection,
                          const struct experiment_row *experiment,
                          phx_error *err)
{
    const phx_experiment *row = &experiment->row;
    struct statement *put = sql(connection, SQL_PUT_EXPERIMENT);
    const int64_t numbers[] = {
        row->id,
        row->dataset,
        row->version,
        row->repetitions,
        row->examples,
        experiment->chosen,
        row->runs,
        row->failed,
        experiment->evaluations,
        us_of(row->created_at),
        us_of(row->updated_at),
        (int64_t)experiment_sum(experiment),
    };
    const phx_text texts[] = {row->name,     row->description, row->project,
                              row->metadata, row->parameters,  row->evaluators};
    int at = 1;

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        sql_bind_int(put, at++, numbers[i]);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        sql_bind_text(put, at++, texts[i]);
    return sql_run(put, err);
}

phx_status experiment_count(struct connection *connection,
                            const struct experiment_row *experiment,
                            phx_error *err)
{
    struct statement *count = sql(connection, SQL_COUNT_EXPERIMENT);

    sql_bind_int(count, 1, experiment->row.id);
    sql_bind_int(count, 2, experiment->row.runs);
    sql_bind_int(count, 3, experiment->row.failed);
    sql_bind_int(count, 4, experiment->evaluations);
    sql_bind_int(count, 5, (int64_t)experiment_sum(experiment));
    return sql_run(count, err);
}

phx_status experiment_has(struct connection *connection,
                          const struct experiment_row *experiment,
                          int64_t example, phx_error *err)
{
    struct statement *find = sql(connection, SQL_EXPERIMENT_HAS);

    sql_bind_int(find, 1, experiment->row.dataset);
    sql_bind_int(find, 2, example);
    sql_bind_int(find, 3, experiment->row.version);
    sql_bind_int(find, 4, experiment->chosen >= 0 ? experiment->row.id : 0);
    phx_status status = sql_next(find, err);
    sql_end(find);
    return status;
}

phx_status experiment_numbers(struct connection *connection,
                              struct experiment_numbers *out, phx_error *err)
{
    struct statement *read = sql(connection, SQL_EXPERIMENT_NUMBERS);
    phx_status status = sql_next(read, err);

    if (status < 0)
        return status;
    *out = (struct experiment_numbers){sql_int(read, 0), sql_int(read, 1),
                                       sql_int(read, 2), sql_int(read, 3),
                                       sql_int(read, 4)};
    sql_end(read);
    return PHX_OK;
}

uint32_t chosen_sum(int64_t id, int64_t experiment, int64_t example)
{
    const uint64_t values[] = {(uint64_t)id, (uint64_t)experiment,
                               (uint64_t)example};

    return checksum32(values, sizeof values);
}

/* --- runs ------------------------------------------------------------------ */

void experiment_run_read(struct statement *statement, phx_run *out,
                         int64_t *sum)
{
    *out = (phx_run){
        .id = sql_int(statement, 0),
        .experiment = sql_int(statement, 1),
        .example = sql_int(statement, 2),
        .repetition = sql_int(statement, 3),
        .start_time = ns_of(sql_int(statement, 4), 0),
        .end_time = ns_of(sql_int(statement, 5), 0),
        .output = sql_text(statement, 7),
        .error = sql_text(statement, 8),
        .trace_id = sql_text(statement, 9),
    };
    *sum = ns_fits(out->start_time, sql_int(statement, 4), 0) &&
                   ns_fits(out->end_time, sql_int(statement, 5), 0)
               ? sql_int(statement, 6)
               : -1;
}

uint32_t experiment_run_sum(const phx_run *run)
{
    const uint64_t values[] = {
        (uint64_t)run->id,
        (uint64_t)run->experiment,
        (uint64_t)run->example,
        (uint64_t)run->repetition,
        run->start_time,
        run->end_time,
        text_sum(run->output, 40),
        text_sum(run->error, 41),
        text_sum(run->trace_id, 42),
    };

    return checksum32(values, sizeof values);
}

phx_status experiment_run_put(struct connection *connection, const phx_run *run,
                              phx_error *err)
{
    struct statement *put = sql(connection, SQL_PUT_EXPERIMENT_RUN);

    sql_bind_int(put, 1, run->id);
    sql_bind_int(put, 2, run->experiment);
    sql_bind_int(put, 3, run->example);
    sql_bind_int(put, 4, run->repetition);
    sql_bind_int(put, 5, us_of(run->start_time));
    sql_bind_int(put, 6, us_of(run->end_time));
    sql_bind_int(put, 7, (int64_t)experiment_run_sum(run));
    sql_bind_text(put, 8, run->output);
    sql_bind_text(put, 9, run->error);
    sql_bind_text(put, 10, run->trace_id);
    return sql_run(put, err);
}

/* --- evaluations ----------------------------------------------------------- */

void evaluation_read(struct statement *statement, phx_evaluation *out,
                     int64_t *sum)
{
    *out = (phx_evaluation){
        .id = sql_int(statement, 0),
        .run = sql_int(statement, 1),
        .annotator = (int32_t)sql_int(statement, 2),
        .start_time = ns_of(sql_int(statement, 3), 0),
        .end_time = ns_of(sql_int(statement, 4), 0),
        .has_score = sql_has(statement, 6),
        .score = sql_real(statement, 6),
        .name = sql_text(statement, 7),
        .label = sql_text(statement, 8),
        .explanation = sql_text(statement, 9),
        .error = sql_text(statement, 10),
        .trace_id = sql_text(statement, 11),
        .metadata = sql_text(statement, 12),
    };
    *sum = out->annotator == sql_int(statement, 2) &&
                   ns_fits(out->start_time, sql_int(statement, 3), 0) &&
                   ns_fits(out->end_time, sql_int(statement, 4), 0)
               ? sql_int(statement, 5)
               : -1;
}

uint32_t evaluation_sum(const phx_evaluation *evaluation)
{
    const uint64_t values[] = {
        (uint64_t)evaluation->id,
        (uint64_t)evaluation->run,
        (uint64_t)evaluation->annotator,
        evaluation->start_time,
        evaluation->end_time,
        (uint64_t)evaluation->has_score,
        real_sum(evaluation->score),
        text_sum(evaluation->name, 43),
        text_sum(evaluation->label, 44),
        text_sum(evaluation->explanation, 45),
        text_sum(evaluation->error, 46),
        text_sum(evaluation->trace_id, 47),
        text_sum(evaluation->metadata, 48),
    };

    return checksum32(values, sizeof values);
}

phx_status evaluation_put(struct connection *connection,
                          const phx_evaluation *evaluation, phx_error *err)
{
    struct statement *put = sql(connection, SQL_PUT_EVALUATION);

    sql_bind_int(put, 1, evaluation->id);
    sql_bind_int(put, 2, evaluation->run);
    sql_bind_int(put, 3, evaluation->annotator);
    sql_bind_int(put, 4, us_of(evaluation->start_time));
    sql_bind_int(put, 5, us_of(evaluation->end_time));
    sql_bind_int(put, 6, (int64_t)evaluation_sum(evaluation));
    if (evaluation->has_score)
        sql_bind_real(put, 7, evaluation->score);
    else
        sql_bind_text(put, 7, (phx_text){NULL, 0});
    sql_bind_text(put, 8, evaluation->name);
    sql_bind_text(put, 9, evaluation->label);
    sql_bind_text(put, 10, evaluation->explanation);
    sql_bind_text(put, 11, evaluation->error);
    sql_bind_text(put, 12, evaluation->trace_id);
    sql_bind_text(put, 13, evaluation->metadata);
    return sql_run(put, err);
}

/* --- tags ------------------------------------------------------------------ */

void experiment_tag_read(struct statement *statement, phx_experiment_tag *out,
                         int64_t *sum)
{
    *out = (phx_experiment_tag){
        .id = sql_int(statement, 0),
        .dataset = sql_int(statement, 1),
        .experiment = sql_int(statement, 2),
        .name = sql_text(statement, 4),
        .description = sql_text(statement, 5),
    };
    *sum = sql_int(statement, 3);
}

uint32_t experiment_tag_sum(const phx_experiment_tag *tag)
{
    const uint64_t values[] = {
        (uint64_t)tag->id,
        (uint64_t)tag->dataset,
        (uint64_t)tag->experiment,
        text_sum(tag->name, 49),
        text_sum(tag->description, 50),
    };

    return checksum32(values, sizeof values);
}

phx_status experiment_tag_put(struct connection *connection,
                              const phx_experiment_tag *tag, phx_error *err)
{
    struct statement *put = sql(connection, SQL_PUT_EXPERIMENT_TAG);

    sql_bind_int(put, 1, tag->id);
    sql_bind_int(put, 2, tag->dataset);
    sql_bind_int(put, 3, tag->experiment);
    sql_bind_int(put, 4, (int64_t)experiment_tag_sum(tag));
    sql_bind_text(put, 5, tag->name);
    sql_bind_text(put, 6, tag->description);
    return sql_run(put, err);
}

/*
 * experiment_export.c - all runs of an experiment as a file, with their
 * examples and what is said of them: what its two forms share, and the JSON
 * array.
 */
#include "base/base.h"
#include "server/rest/inside.h"

phx_cursor *open_runs(struct request *request, phx_run_query *query,
                      phx_text *name)
{
    phx_cursor *experiments = NULL, *cursor = NULL;
    const phx_experiment *experiment;
    phx_error err = {0};
    phx_status status = PHX_OK;

    query->order = PHX_BY_EXAMPLE;
    query->flags = PHX_RUN_CONTENT | PHX_RUN_EVALUATIONS;
    if (!find_experiment(request, 422, &query->experiment) ||
        (experiment = open_experiment(request, query->experiment,
                                      &experiments)) == NULL) {
        phx_cursor_close(experiments);
        return NULL;
    }
    *name = experiment->name;
    if (experiment->runs == 0)
        answer_text(request, 404, "Experiment has no runs");
    else if (!keep_text(request_arena(request), name))
        answer_later(request, "no memory");
    else if ((status = phx_store_find_runs(request_service(request)->store,
                                           query, &cursor, &err)) < 0)
        answer_failure(request, status, &err);
    phx_cursor_close(experiments);
    return cursor;
}

double latency_ms(const phx_run *run)
{
    double us = run->end_time >= run->start_time
                    ? (double)((run->end_time - run->start_time) / 1000)
                    : -(double)((run->start_time - run->end_time) / 1000);

    return us / 1e6 * 1000;
}

static void write_raw(struct json_writer *json, const char *key, phx_text text)
{
    json_key(json, key);
    json_raw(json, text);
}

static void write_said(struct json_writer *json, const phx_evaluation *said)
{
    json_open_object(json);
    write_text(json, "name", said->name);
    json_key(json, "annotator_kind");
    json_string(json, annotator_names[said->annotator]);
    write_text(json, "label", said->label);
    json_key(json, "score");
    if (said->has_score)
        json_real(json, said->score);
    else
        json_null(json);
    write_text(json, "explanation", said->explanation);
    write_text(json, "trace_id", said->trace_id);
    write_text(json, "error", said->error);
    write_raw(json, "metadata", said->metadata);
    write_times(json, said->start_time, said->end_time);
    json_close_object(json);
}

static phx_status write_record(struct json_writer *json, struct arena *arena,
                               phx_cursor *cursor, void *ctx, phx_error *err)
{
    const phx_run *run;
    phx_status status = phx_cursor_next_run(cursor, &run, err);

    (void)arena;
    (void)ctx;
    if (status != PHX_OK)
        return status;
    json_open_object(json);
    write_id(json, "example_id", "DatasetExample", run->example);
    json_key(json, "repetition_number");
    json_int(json, run->repetition);
    write_raw(json, "input", run->content->input);
    write_raw(json, "reference_output", run->content->output);
    write_raw(json, "output", run->output);
    write_text(json, "error", run->error);
    json_key(json, "latency_ms");
    json_real(json, latency_ms(run));
    write_times(json, run->start_time, run->end_time);
    write_text(json, "trace_id", run->trace_id);
    json_key(json, "prompt_token_count");
    json_null(json);
    json_key(json, "completion_token_count");
    json_null(json);
    json_key(json, "annotations");
    json_open_array(json);
    for (size_t i = 0; i < run->evaluation_count; i++)
        write_said(json, &run->evaluations[i]);
    json_close_array(json);
    json_close_object(json);
    return PHX_OK;
}

static void end_array(struct json_writer *json, void *ctx)
{
    (void)ctx;
    json_close_array(json);
}

void experiment_json(struct request *request)
{
    phx_run_query query = PHX_RUN_QUERY_INIT;
    struct json_writer json;
    phx_text name;
    phx_cursor *cursor = open_runs(request, &query, &name);

    if (cursor == NULL)
        return;
    if (!answer_file(request, name, ".json")) {
        phx_cursor_close(cursor);
        return;
    }
    json_begin(&json, answer_buf(request));
    json_open_array(&json);
    send_rows(request, cursor, &json,
              &(struct row_form){"application/json", write_record, end_array,
                                 NULL, NULL});
}

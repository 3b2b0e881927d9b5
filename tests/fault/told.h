/*
 * told.h - all that a store tells of what is in it, as a text: two stores that
 * tell the same are the same to their users.
 */
#ifndef FAULT_TOLD_H
#define FAULT_TOLD_H

#include "t.h"

#include "contract/kept.h"
#include "contract/logged.h"

enum { TEXT = 1 << 20 };

static void tell(char *out, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static void tell(char *out, const char *format, ...)
{
    size_t used = strlen(out);
    va_list values;

    va_start(values, format);
    vsnprintf(out + used, TEXT - used, format, values);
    va_end(values);
    assert_true(strlen(out) < TEXT - 2);
}

static phx_status tell_spans(phx_store *store, char *out)
{
    const phx_span *span;
    phx_cursor *cursor = NULL;
    phx_status status = phx_store_find_spans(store, NULL, &cursor, NULL);

    while (status == PHX_OK &&
           (status = phx_cursor_next_span(cursor, &span, NULL)) == PHX_OK) {
        size_t used = strlen(out);
        snprintf(out + used, TEXT - used, "%d %d %d %s %s %s %d %s %s %llu\n",
                 (int)span->id, (int)span->trace, (int)span->session,
                 span->trace_id.data, span->span_id.data, span->name.data,
                 span->status, span->project.data ? span->project.data : "",
                 span->attributes.data, (unsigned long long)span->start_time);
    }
    phx_cursor_close(cursor);
    return status;
}

static phx_status tell_lists(phx_store *store, char *out)
{
    const phx_trace *trace;
    const phx_session *session;
    const phx_project *project;
    const phx_retention_policy *policy;
    phx_cursor *cursor = NULL;
    phx_status status = phx_store_find_traces(store, NULL, &cursor, NULL);

    while (status == PHX_OK &&
           (status = phx_cursor_next_trace(cursor, &trace, NULL)) == PHX_OK)
        tell(out, "%d %d %d %s %llu %llu %d %d\n", (int)trace->id,
             (int)trace->project, (int)trace->session, trace->trace_id.data,
             (unsigned long long)trace->start_time,
             (unsigned long long)trace->end_time, (int)trace->spans,
             (int)trace->prompt_tokens);
    phx_cursor_close(cursor);
    cursor = NULL;
    if (status >= 0)
        status = phx_store_find_sessions(store, NULL, &cursor, NULL);
    while (status == PHX_OK &&
           (status = phx_cursor_next_session(cursor, &session, NULL)) == PHX_OK)
        tell(out, "%d %d %s %llu %llu %d\n", (int)session->id,
             (int)session->project, session->session_id.data,
             (unsigned long long)session->start_time,
             (unsigned long long)session->end_time, (int)session->traces);
    phx_cursor_close(cursor);
    cursor = NULL;
    if (status >= 0)
        status = phx_store_find_projects(store, 0, 0, NULL, 0, &cursor, NULL);
    while (status == PHX_OK &&
           (status = phx_cursor_next_project(cursor, &project, NULL)) == PHX_OK)
        tell(out, "%d %s %s %llu %d\n", (int)project->id, project->name.data,
             project->description.data ? project->description.data : "",
             (unsigned long long)project->updated_at, (int)project->policy);
    phx_cursor_close(cursor);
    cursor = NULL;
    if (status >= 0)
        status = phx_store_find_policies(store, -1, &cursor, NULL);
    while (status == PHX_OK &&
           (status = phx_cursor_next_policy(cursor, &policy, NULL)) == PHX_OK)
        tell(out, "%d %s %s %d %g %d\n", (int)policy->id, policy->name.data,
             policy->cron.data, policy->rule.limits, policy->rule.max_days,
             (int)policy->rule.max_count);
    phx_cursor_close(cursor);
    return status;
}

static phx_status tell_logs(phx_store *store, char *out)
{
    const phx_log *log;
    phx_cursor *cursor = NULL;
    phx_status status = phx_store_find_logs(store, 0, 0, &cursor, NULL);

    while (status == PHX_OK &&
           (status = phx_cursor_next_log(cursor, &log, NULL)) == PHX_OK)
        tell(out, "%d %s %s %s\n", (int)log->id, log->trace_id.data,
             log->span_id.data, log->event.data);
    phx_cursor_close(cursor);
    return status;
}

static phx_status tell_annotations(phx_store *store, char *out)
{
    const phx_annotation *row;
    phx_status status = PHX_OK;

    for (int kind = 0; kind < 4 && status >= 0; kind++) {
        phx_annotation_query query = PHX_ANNOTATION_QUERY_INIT;
        phx_cursor *cursor = NULL;
        query.kind = kind;
        status = phx_store_find_annotations(store, &query, &cursor, NULL);
        while (status == PHX_OK && (status = phx_cursor_next_annotation(
                                        cursor, &row, NULL)) == PHX_OK)
            tell(out, "%d %d %s %s %s %g %s %s %llu\n", (int)row->id,
                 (int)row->target, row->target_id.data, row->name.data,
                 row->label.data ? row->label.data : "", row->score,
                 row->identifier.data, row->metadata.data,
                 (unsigned long long)row->created_at);
        phx_cursor_close(cursor);
    }
    return status;
}

static phx_status tell_examples(phx_store *store, phx_id dataset,
                                phx_id version, char *out)
{
    const phx_example *row;
    phx_cursor *cursor = NULL;
    phx_status status =
        phx_store_find_examples(store, dataset, version, 0, 0, &cursor, NULL);

    while (status == PHX_OK &&
           (status = phx_cursor_next_example(cursor, &row, NULL)) == PHX_OK)
        tell(out, "%d %d %s %s %s %s %s %s %d %llu\n", (int)row->id,
             (int)row->version, row->input.data, row->output.data,
             row->metadata.data, row->hash.data,
             row->external_id.data ? row->external_id.data : "",
             row->splits.data, (int)row->span,
             (unsigned long long)row->updated_at);
    phx_cursor_close(cursor);
    return status;
}

static phx_status tell_versions(phx_store *store, const phx_dataset *dataset,
                                char *out)
{
    const phx_dataset_version *row;
    phx_cursor *cursor = NULL;
    phx_status status =
        phx_store_find_versions(store, dataset->id, 0, 0, &cursor, NULL);

    tell(out, "%d %s %s %s %d %d %d %d %llu\n", (int)dataset->id,
         dataset->name.data,
         dataset->description.data ? dataset->description.data : "",
         dataset->metadata.data, (int)dataset->first_version,
         (int)dataset->version, (int)dataset->versions, (int)dataset->examples,
         (unsigned long long)dataset->created_at);
    while (status == PHX_OK &&
           (status = phx_cursor_next_version(cursor, &row, NULL)) == PHX_OK) {
        tell(out, "%d %s %d %llu\n", (int)row->id, row->hash.data,
             (int)row->examples, (unsigned long long)row->created_at);
        phx_status told = tell_examples(store, dataset->id, row->id, out);
        if (told < 0)
            status = told;
    }
    phx_cursor_close(cursor);
    return status;
}

static phx_status tell_parts(phx_store *store, char *out)
{
    const phx_split *split;
    const phx_dataset_label *label;
    phx_cursor *cursor = NULL;
    phx_status status = phx_store_find_splits(store, 0, NULL, 0, &cursor, NULL);

    while (status == PHX_OK &&
           (status = phx_cursor_next_split(cursor, &split, NULL)) == PHX_OK)
        tell(out, "%d %s %s %d\n", (int)split->id, split->name.data,
             split->color.data, (int)split->examples);
    phx_cursor_close(cursor);
    cursor = NULL;
    if (status >= 0)
        status = phx_store_find_labels(store, 0, 2, 0, 0, &cursor, NULL);
    while (status == PHX_OK &&
           (status = phx_cursor_next_label(cursor, &label, NULL)) == PHX_OK)
        tell(out, "%d %s\n", (int)label->id, label->name.data);
    phx_cursor_close(cursor);
    return status;
}

static phx_status tell_datasets(phx_store *store, char *out)
{
    const phx_dataset *row;
    phx_cursor *cursor = NULL;
    phx_status status =
        phx_store_find_datasets(store, 0, 0, NULL, 0, &cursor, NULL);

    while (status == PHX_OK &&
           (status = phx_cursor_next_dataset(cursor, &row, NULL)) == PHX_OK) {
        phx_status told = tell_versions(store, row, out);
        if (told < 0)
            status = told;
    }
    phx_cursor_close(cursor);
    return status;
}

static phx_status tell_versions_of_prompt(phx_store *store,
                                          const phx_prompt *prompt, char *out)
{
    phx_prompt_version_query query = PHX_PROMPT_VERSION_QUERY_INIT;
    const phx_prompt_version *row;
    phx_cursor *cursor = NULL;

    query.prompt = prompt->id;
    phx_status status =
        phx_store_find_prompt_versions(store, &query, &cursor, NULL);
    tell(out, "%d %s %s %s %d %d %d %llu\n", (int)prompt->id, prompt->name.data,
         prompt->description.data ? prompt->description.data : "",
         prompt->metadata.data, (int)prompt->source, (int)prompt->version,
         (int)prompt->versions, (unsigned long long)prompt->created_at);
    while (status == PHX_OK && (status = phx_cursor_next_prompt_version(
                                    cursor, &row, NULL)) == PHX_OK)
        tell(out, "%d %s %llu\n", (int)row->id, row->body.data,
             (unsigned long long)row->created_at);
    phx_cursor_close(cursor);
    return status;
}

static phx_status tell_tags(phx_store *store, phx_id prompt, char *out)
{
    const phx_prompt_tag *row;
    phx_cursor *cursor = NULL;
    phx_status status =
        phx_store_find_prompt_tags(store, prompt, 0, 0, 0, &cursor, NULL);

    while (status == PHX_OK &&
           (status = phx_cursor_next_prompt_tag(cursor, &row, NULL)) == PHX_OK)
        tell(out, "%d %s %d %s\n", (int)row->id, row->name.data,
             (int)row->version,
             row->description.data ? row->description.data : "");
    phx_cursor_close(cursor);
    return status;
}

static phx_status tell_prompts(phx_store *store, char *out)
{
    const phx_prompt *row;
    phx_cursor *cursor = NULL;
    phx_status status =
        phx_store_find_prompts(store, 0, 0, NULL, 0, &cursor, NULL);

    while (status == PHX_OK &&
           (status = phx_cursor_next_prompt(cursor, &row, NULL)) == PHX_OK) {
        phx_status told = tell_versions_of_prompt(store, row, out);
        if (told >= 0)
            told = tell_tags(store, row->id, out);
        if (told < 0)
            status = told;
    }
    phx_cursor_close(cursor);
    return status;
}

static phx_status tell_runs(phx_store *store, phx_id experiment, char *out)
{
    phx_run_query query = PHX_RUN_QUERY_INIT;
    const phx_run *row;
    phx_cursor *cursor = NULL;

    query.experiment = experiment;
    query.flags = PHX_RUN_EVALUATIONS;
    phx_status status = phx_store_find_runs(store, &query, &cursor, NULL);
    while (status == PHX_OK &&
           (status = phx_cursor_next_run(cursor, &row, NULL)) == PHX_OK) {
        tell(out, "%d %d %d %s %s %llu\n", (int)row->id, (int)row->example,
             (int)row->repetition, row->output.data,
             row->error.data ? row->error.data : "",
             (unsigned long long)row->start_time);
        for (size_t i = 0; i < row->evaluation_count; i++)
            tell(out, "%d %s %g\n", (int)row->evaluations[i].id,
                 row->evaluations[i].name.data, row->evaluations[i].score);
    }
    phx_cursor_close(cursor);
    return status;
}

static phx_status tell_experiments(phx_store *store, char *out)
{
    const phx_experiment *row;
    phx_cursor *cursor = NULL;
    phx_status status = phx_store_find_experiments(store, NULL, &cursor, NULL);

    while (status == PHX_OK && (status = phx_cursor_next_experiment(
                                    cursor, &row, NULL)) == PHX_OK) {
        tell(out, "%d %d %d %d %d %d %s %s %s\n", (int)row->id,
             (int)row->dataset, (int)row->version, (int)row->examples,
             (int)row->runs, (int)row->failed, row->name.data,
             row->project.data, row->metadata.data);
        phx_status told = tell_runs(store, row->id, out);
        if (told < 0)
            status = told;
    }
    phx_cursor_close(cursor);
    return status;
}

static phx_status tell_all(phx_store *store, char *out)
{
    out[0] = '\0';
    phx_status status = tell_spans(store, out);
    if (status >= 0)
        status = tell_annotations(store, out);
    if (status >= 0)
        status = tell_logs(store, out);
    if (status >= 0)
        status = tell_datasets(store, out);
    if (status >= 0)
        status = tell_parts(store, out);
    if (status >= 0)
        status = tell_prompts(store, out);
    if (status >= 0)
        status = tell_experiments(store, out);
    return status < 0 ? status : tell_lists(store, out);
}

#endif

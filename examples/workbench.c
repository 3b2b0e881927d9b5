/*
 * What makes traces useful: a span is judged, becomes an example of a dataset,
 * a program is tried on that, what it gives is judged, and the prompt that won
 * gets a tag. In memory, and with no model: the "program" shouts.
 */
#include <phoenix.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static phx_error err;

static void need(phx_status status)
{
    if (status >= 0)
        return;
    fprintf(stderr, "workbench: %s\n", err.message);
    exit(1);
}

static phx_text text(const char *string)
{
    return (phx_text){string, strlen(string)};
}

/* A program that is asked something, traced by itself; and a person's verdict.
 */
static void trace_and_judge(phx_store *store)
{
    phx_annotation_item verdict = {.kind = PHX_SPAN_ANNOTATION,
                                   .name = text("useful"),
                                   .label = text("yes"),
                                   .annotator = PHX_ANNOTATOR_HUMAN};
    phx_tracer *tracer = NULL;
    phx_live_span *span = NULL;

    need(phx_tracer_open(store, NULL, &tracer, &err));
    need(phx_span_start(tracer, "answer", NULL, &span, &err));
    need(phx_span_set_kind(span, "LLM", &err));
    need(phx_span_set_text(span, "input.value", "tides", 5, &err));
    need(phx_span_end(span, 0, &err));
    phx_tracer_close(tracer);
    verdict.target = 1; /* the store's first span */
    need(phx_store_annotate(store, &verdict, 1, NULL, &err));
}

/* What was found useful, as examples. */
static phx_id collect(phx_store *store)
{
    phx_span_query query = PHX_SPAN_QUERY_INIT;
    phx_dataset_change change = {0};
    phx_cursor *cursor = NULL;
    const phx_span *span;

    query.filter = text("annotations['useful'].label == 'yes'");
    need(phx_store_find_spans(store, &query, &cursor, &err));
    while (phx_cursor_next_span(cursor, &span, &err) == PHX_OK) {
        phx_example_item item = {.input = text("{\"q\": \"tides\"}"),
                                 .output = text("{\"a\": \"TIDES\"}"),
                                 .span_id = span->span_id};
        need(phx_dataset_put(store, "useful", PHX_DATASET_APPEND, NULL, &item,
                             1, &change, &err));
    }
    phx_cursor_close(cursor);
    return change.dataset;
}

/* A version of the prompt "answer". */
static phx_id put_prompt(phx_store *store, const char *says)
{
    const phx_prompt prompt = {.name = text("answer")};
    char json[512];
    phx_id id = 0;

    snprintf(json, sizeof json,
             "{\"model_provider\": \"OPENAI\", \"model_name\": \"none\","
             " \"template\": {\"type\": \"chat\", \"messages\":"
             " [{\"role\": \"user\", \"content\": \"%s\"}]},"
             " \"template_type\": \"CHAT\", \"template_format\": \"MUSTACHE\","
             " \"invocation_parameters\": {\"type\": \"openai\","
             " \"openai\": {}}}",
             says);
    need(phx_prompt_put(store, &prompt, json, strlen(json), &id, &err));
    return id;
}

/* The body of a version, filled: what a model would be sent. */
static phx_buf fill_prompt(phx_store *store, phx_id version,
                           const phx_text *variables)
{
    phx_prompt_version_query query = PHX_PROMPT_VERSION_QUERY_INIT;
    const phx_prompt_version *row = NULL;
    phx_cursor *cursor = NULL;
    phx_buf messages = PHX_BUF_INIT;

    query.only = version;
    need(phx_store_find_prompt_versions(store, &query, &cursor, &err));
    need(phx_cursor_next_prompt_version(cursor, &row, &err));
    need(phx_prompt_fill(row->body.data, row->body.size, variables->data,
                         variables->size, &messages, &err));
    phx_cursor_close(cursor);
    return messages;
}

/* In place of a model: it shouts if it is asked to. */
static const char *ask_model(const phx_buf *messages)
{
    return strstr(messages->data, "LOUD") ? "{\"a\": \"TIDES\"}"
                                          : "{\"a\": \"tides\"}";
}

/* A run for each example, and a score for each run; how many were right. */
static int try_version(phx_store *store, phx_id dataset, phx_id version)
{
    phx_experiment_item item = PHX_EXPERIMENT_ITEM_INIT;
    const phx_incomplete_run *left = NULL;
    phx_cursor *cursor = NULL;
    phx_id experiment = 0, run = 0;
    int right = 0;

    item.dataset = dataset;
    need(phx_experiment_create(store, &item, &experiment, &err));
    need(
        phx_store_find_incomplete_runs(store, experiment, 0, 0, &cursor, &err));
    while (phx_cursor_next_incomplete_run(cursor, &left, &err) == PHX_OK) {
        phx_buf messages = fill_prompt(store, version, &left->content->input);
        phx_run_item made = {.example = left->content->id,
                             .repetition = 1,
                             .output = text(ask_model(&messages))};
        phx_evaluation_item verdict = {.name = text("right"),
                                       .has_score = 1,
                                       .annotator = PHX_ANNOTATOR_CODE};
        need(phx_experiment_put_runs(store, experiment, &made, 1, &run, &err));
        verdict.run = run;
        verdict.score = left->content->output.size == made.output.size &&
                        memcmp(left->content->output.data, made.output.data,
                               made.output.size) == 0;
        right += verdict.score > 0;
        need(phx_store_put_evaluations(store, &verdict, 1, NULL, &err));
        printf("version %d: %.*s gives %.*s, right: %g\n", (int)version,
               (int)left->content->input.size, left->content->input.data,
               (int)made.output.size, made.output.data, verdict.score);
        phx_buf_free(&messages);
    }
    phx_cursor_close(cursor);
    return right;
}

int main(void)
{
    phx_store *store = NULL;
    phx_id dataset, best = 0;
    int most = -1;

    need(phx_store_open("sqlite::memory:", NULL, &store, &err));
    trace_and_judge(store);
    dataset = collect(store);
    const phx_id versions[] = {put_prompt(store, "Say {{q}}"),
                               put_prompt(store, "Say {{q}} LOUD")};
    for (int i = 0; i < 2; i++) {
        int right = try_version(store, dataset, versions[i]);
        if (right > most) {
            most = right;
            best = versions[i];
        }
    }
    need(phx_prompt_set_tag(store, best, "prod", NULL, &err));
    printf("version %d is \"prod\"\n", (int)best);
    phx_store_close(store);
    return 0;
}

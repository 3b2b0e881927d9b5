/*
 * experiment_run.c - runs of an experiment and what is said of them: one at a
 * time in, and out as they are read; and what is left to run and to say.
 */
#include "base/base.h"
#include "server/rest/inside.h"

enum {
    DEFAULT_LIMIT = 50,
    LONGEST_PAGE = 10000 /* a longer one ends here, with a cursor */
};

static const struct place in_body = {NULL, "body", 0};

static void answer_id(struct request *request, const char *type, phx_id id)
{
    struct json_writer json;

    data_begin(request, &json);
    json_open_object(&json);
    write_id(&json, "id", type, id);
    json_close_object(&json);
    data_end(request, &json);
}

/* --- runs in ------------------------------------------------------------------- */

/* The body's form; answered if false. */
static bool check_run(struct request *request, const struct value *body,
                      phx_run_item *out)
{
    struct place repetition = {&in_body, "repetition_number", 0};
    struct place trace = {&in_body, "trace_id", 0};
    struct place error = {&in_body, "error", 0};
    struct value zero = value_int(0);
    const struct value *number;
    struct check check;

    check_begin(&check, request);
    check_text_member(&check, &in_body, body, "dataset_example_id", true);
    check_member(&check, &in_body, body, "output", true);
    number = check_member(&check, &in_body, body, "repetition_number", true);
    out->repetition = 1;
    if (number != NULL)
        check_int_member(&check, &repetition, number, &out->repetition);
    if (out->repetition < 1)
        check_problem_with(&check, &repetition, "greater_than",
                           "Input should be greater than 0", number, "gt",
                           &zero);
    check_instant(&check, &in_body, body, "start_time", &out->start_time);
    check_instant(&check, &in_body, body, "end_time", &out->end_time);
    check_text(&check, &trace, check_optional(body, "trace_id"));
    check_text(&check, &error, check_optional(body, "error"));
    return check_end(&check);
}

void experiment_run_create(struct request *request)
{
    phx_run_item item = {.example = 0};
    struct value body;
    phx_error err = {0};
    phx_id experiment, id;

    if (!check_body(request, &body) || !check_run(request, &body, &item) ||
        !find_experiment(request, 404, &experiment) ||
        !find_member(request, &body, "dataset_example_id", "DatasetExample",
                     &item.example))
        return;
    item.error = member_text(&body, "error");
    item.trace_id = member_text(&body, "trace_id");
    if (!member_json(request_arena(request), &body, "output", &item.output)) {
        answer_later(request, "no memory");
        return;
    }
    phx_status status = phx_experiment_put_runs(
        request_service(request)->store, experiment, &item, 1, &id, &err);
    if (status == PHX_NOT_FOUND || status == PHX_CONFLICT)
        answer_text(request, status == PHX_CONFLICT ? 409 : 404, "%s",
                    err.message);
    else if (status < 0)
        answer_failure(request, status, &err);
    else
        answer_id(request, "ExperimentRun", id);
}

/* --- runs out ------------------------------------------------------------------ */

void write_run(struct json_writer *json, const phx_run *run)
{
    json_open_object(json);
    write_id(json, "dataset_example_id", "DatasetExample", run->example);
    json_key(json, "output");
    json_raw(json, run->output);
    json_key(json, "repetition_number");
    json_int(json, run->repetition);
    write_times(json, run->start_time, run->end_time);
    write_text(json, "trace_id", run->trace_id);
    write_text(json, "error", run->error);
    write_id(json, "id", "ExperimentRun", run->id);
    write_id(json, "experiment_id", "Experiment", run->experiment);
    json_close_object(json);
}

/* A list on its way. */
struct run_list {
    int64_t left;       /* rows; -1 for all */
    char next[ID_SIZE]; /* "" if there is no more */
};

static phx_status write_next(struct json_writer *json, struct arena *arena,
                             phx_cursor *cursor, void *ctx, phx_error *err)
{
    struct run_list *list = ctx;
    const phx_run *run;
    phx_status status = phx_cursor_next_run(cursor, &run, err);

    (void)arena;
    if (status != PHX_OK)
        return status;
    if (list->left == 0) {
        id_print("ExperimentRun", run->id, list->next);
        return PHX_DONE;
    }
    if (list->left > 0)
        list->left--;
    write_run(json, run);
    return PHX_OK;
}

static void write_end(struct json_writer *json, void *ctx)
{
    const struct run_list *list = ctx;

    json_close_array(json);
    json_key(json, "next_cursor");
    json_string(json, list->next[0] != '\0' ? list->next : NULL);
    json_close_object(json);
}

void experiment_runs(struct request *request)
{
    phx_run_query query = PHX_RUN_QUERY_INIT;
    struct run_list *list = arena_new(request_arena(request), sizeof *list);
    phx_cursor *cursor = NULL;
    struct json_writer json;
    struct check check;
    phx_error err = {0};

    check_begin(&check, request);
    int64_t limit = check_limit(&check, -1, INT64_MAX);
    if (!check_end(&check) ||
        !find_experiment(request, 404, &query.experiment) ||
        !find_cursor(request, &query.from))
        return;
    if (list == NULL) {
        answer_later(request, "no memory");
        return;
    }
    *list = (struct run_list){.left = query.from < 0 ? 0 : limit};
    if (query.from < 0)
        query.experiment = query.from = 0; /* behind the last: none */
    phx_status status = phx_store_find_runs(request_service(request)->store,
                                            &query, &cursor, &err);
    if (status < 0) {
        answer_failure(request, status, &err);
        return;
    }
    list_begin(request, &json);
    send_rows(request, cursor, &json,
              &(struct row_form){"application/json", write_next, write_end,
                                 NULL, list});
}

/* --- what is left -------------------------------------------------------------- */

static phx_status write_left(struct request *request, phx_id experiment,
                             phx_id from, int64_t limit,
                             struct json_writer *json, char next[ID_SIZE],
                             phx_error *err)
{
    const phx_incomplete_run *row;
    phx_cursor *cursor = NULL;
    phx_status status = phx_store_find_incomplete_runs(
        request_service(request)->store, experiment, from, limit + 1, &cursor,
        err);

    for (int64_t count = 0; status == PHX_OK; count++) {
        if ((status = phx_cursor_next_incomplete_run(cursor, &row, err)) !=
            PHX_OK)
            break;
        if (count == limit || answer_buf(request)->size > PAGE_BYTES) {
            id_print("DatasetExample", row->content->id, next);
            break;
        }
        json_open_object(json);
        json_key(json, "dataset_example");
        write_example(json, row->content, false);
        json_key(json, "repetition_numbers");
        json_open_array(json);
        for (size_t i = 0; i < row->repetition_count; i++)
            json_int(json, row->repetitions[i]);
        json_close_array(json);
        json_close_object(json);
    }
    phx_cursor_close(cursor);
    return status;
}

void experiment_runs_left(struct request *request)
{
    struct json_writer json;
    struct check check;
    char next[ID_SIZE] = "";
    phx_error err = {0};
    phx_id experiment, from;

    check_begin(&check, request);
    int64_t limit = check_limit(&check, DEFAULT_LIMIT, INT64_MAX);
    if (!check_end(&check) || !find_experiment(request, 404, &experiment) ||
        !find_cursor_of(request, "DatasetExample", &from))
        return;
    list_begin(request, &json);
    phx_status status = write_left(request, experiment, from,
                                   limit < LONGEST_PAGE ? limit : LONGEST_PAGE,
                                   &json, next, &err);
    if (status == PHX_NOT_FOUND)
        answer_text(request, 404, "Experiment with ID %lld does not exist",
                    (long long)experiment);
    else if (status < 0)
        answer_failure(request, status, &err);
    else
        list_end(request, &json, next);
}

static int compare_texts(const void *a, const void *b)
{
    const phx_text *x = a, *y = b;

    return text_compare(*x, *y);
}

/* The evaluators asked for, sorted, each once; NULL if it has been answered. */
static const phx_text *read_evaluators(struct request *request, size_t *count)
{
    phx_text *names = query_texts(request, "evaluation_name", count);
    size_t kept = 0;

    if (names == NULL) {
        answer_later(request, "no memory");
        return NULL;
    }
    for (size_t i = 0; i < *count; i++)
        names[i] = text_strip(names[i]);
    if (*count > 0)
        qsort(names, *count, sizeof *names, compare_texts);
    for (size_t i = 0; i < *count; i++) {
        if (names[i].size > 0 &&
            (kept == 0 || !text_equal(names[i], names[kept - 1])))
            names[kept++] = names[i];
    }
    *count = kept;
    if (kept > 0)
        return names;
    answer_text(request, 400, "at least one evaluation_name is required");
    return NULL;
}

static phx_status write_unsaid(struct request *request, phx_run_query *query,
                               struct json_writer *json, char next[ID_SIZE],
                               phx_error *err)
{
    const phx_run *row;
    phx_cursor *cursor = NULL;
    int64_t limit = query->limit++;
    phx_status status = phx_store_find_runs(request_service(request)->store,
                                            query, &cursor, err);

    for (int64_t count = 0; status == PHX_OK; count++) {
        if ((status = phx_cursor_next_run(cursor, &row, err)) != PHX_OK)
            break;
        if (count == limit || answer_buf(request)->size > PAGE_BYTES) {
            id_print("ExperimentRun", row->id, next);
            break;
        }
        json_open_object(json);
        json_key(json, "experiment_run");
        write_run(json, row);
        json_key(json, "dataset_example");
        write_example(json, row->content, false);
        json_key(json, "evaluation_names");
        json_open_array(json);
        for (size_t i = 0; i < row->missing_count; i++)
            json_text(json, row->missing[i]);
        json_close_array(json);
        json_close_object(json);
    }
    phx_cursor_close(cursor);
    return status;
}

void experiment_evaluations_left(struct request *request)
{
    phx_run_query query = PHX_RUN_QUERY_INIT;
    phx_cursor *experiments = NULL;
    struct json_writer json;
    struct check check;
    char next[ID_SIZE] = "";
    phx_error err = {0};

    check_begin(&check, request);
    query.limit = check_limit(&check, DEFAULT_LIMIT, INT64_MAX);
    query.order = PHX_OLDEST_FIRST;
    query.flags = PHX_RUN_CONTENT;
    if (!check_end(&check) ||
        !find_experiment(request, 404, &query.experiment) ||
        !find_cursor_of(request, "ExperimentRun", &query.from) ||
        (query.evaluators = read_evaluators(request, &query.evaluator_count)) ==
            NULL)
        return;
    bool found =
        open_experiment(request, query.experiment, &experiments) != NULL;
    phx_cursor_close(experiments);
    if (!found)
        return;
    if (query.limit > LONGEST_PAGE)
        query.limit = LONGEST_PAGE;
    if (query.from < 0)
        query.from = 0;
    list_begin(request, &json);
    phx_status status = write_unsaid(request, &query, &json, next, &err);
    if (status < 0)
        answer_failure(request, status, &err);
    else
        list_end(request, &json, next);
}

/* --- evaluations --------------------------------------------------------------- */

/* The body's form; answered if false. */
static bool check_evaluation(struct request *request, const struct value *body,
                             phx_evaluation_item *out)
{
    static const char *const texts[] = {"error", "trace_id"};
    const struct value *result = check_optional(body, "result");
    struct place in_result = {&in_body, "result", 0};
    struct place metadata = {&in_body, "metadata", 0};
    struct place kind = {&in_body, "annotator_kind", 0};
    const struct value *member;
    struct check check;

    check_begin(&check, request);
    check_text_member(&check, &in_body, body, "experiment_run_id", true);
    check_text_member(&check, &in_body, body, "name", true);
    member = check_member(&check, &in_body, body, "annotator_kind", true);
    if (member != NULL)
        out->annotator = check_word(&check, &kind, member, annotator_names, 3);
    check_instant(&check, &in_body, body, "start_time", &out->start_time);
    check_instant(&check, &in_body, body, "end_time", &out->end_time);
    if (result != NULL)
        out->has_score = check_result(&check, &in_result, result, &out->score);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct place here = {&in_body, texts[i], 0};
        check_text(&check, &here, check_optional(body, texts[i]));
    }
    check_object(&check, &metadata, check_optional(body, "metadata"));
    if (check.count == 0 && result == NULL &&
        check_optional(body, "error") == NULL)
        check_problem_with(&check, &in_body, "value_error",
                           "Value error, Either result or error must be "
                           "provided",
                           body, "error", &(struct value){.kind = JSON_OBJECT});
    return check_end(&check);
}

void experiment_evaluation_put(struct request *request)
{
    phx_evaluation_item item = {.run = 0};
    const struct value *result;
    struct value body;
    phx_error err = {0};
    phx_id id;

    if (!check_body(request, &body) ||
        !check_evaluation(request, &body, &item) ||
        !find_member(request, &body, "experiment_run_id", "ExperimentRun",
                     &item.run))
        return;
    result = check_optional(&body, "result");
    item.name = member_text(&body, "name");
    item.label = member_text(result, "label");
    item.explanation = member_text(result, "explanation");
    item.error = member_text(&body, "error");
    item.trace_id = member_text(&body, "trace_id");
    if (!member_json(request_arena(request), &body, "metadata",
                     &item.metadata)) {
        answer_later(request, "no memory");
        return;
    }
    phx_status status = phx_store_put_evaluations(
        request_service(request)->store, &item, 1, &id, &err);
    if (status == PHX_NOT_FOUND)
        answer_text(request, 404, "Experiment run with ID %lld not found",
                    (long long)item.run);
    else if (status < 0)
        answer_failure(request, status, &err);
    else
        answer_id(request, "ExperimentEvaluation", id);
}

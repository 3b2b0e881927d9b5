/*
 * transfer.c - POST /v1/traces/transfer: traces that move to another project.
 */
#include "base/base.h"
#include "server/rest/inside.h"

static const struct place in_body = {NULL, "body", 0};

/* "Should have one item at least", as pydantic says it. */
static void check_some(struct check *check, const struct place *place,
                       const struct value *list)
{
    struct member members[] = {
        {text_of("field_type"), value_text(text_of("List"))},
        {text_of("min_length"), value_int(1)},
        {text_of("actual_length"), value_int(0)}};
    const struct value context = {.kind = JSON_OBJECT,
                                  .count = sizeof members / sizeof *members,
                                  .members = members};

    if (list->count == 0)
        check_problem_in(
            check, place, "too_short",
            "List should have at least 1 item after validation, not 0", list,
            &context);
}

/* The checked list of identifiers; NULL if an answer has been given. */
static const struct value *read_body(struct request *request,
                                     const struct value *body,
                                     phx_text *destination)
{
    struct place list = {&in_body, "trace_identifiers", 0};
    const struct value *texts, *project;
    struct check check;

    check_begin(&check, request);
    texts = check_list(&check, &in_body, body, "trace_identifiers", true);
    for (uint32_t i = 0; texts != NULL && i < texts->count; i++) {
        struct place place = {&list, NULL, i};

        check_text(&check, &place, &texts->items[i]);
    }
    if (texts != NULL)
        check_some(&check, &list, texts);
    project = check_text_member(&check, &in_body, body,
                                "destination_project_identifier", true);
    if (!check_end(&check) || texts == NULL || project == NULL)
        return NULL;
    *destination = project->text;
    return texts;
}

/* The numbers of the traces; NULL if an answer has been given. */
static phx_id *find_traces(struct request *request, const struct value *texts)
{
    phx_id *ids =
        arena_new(request_arena(request), size_mul(texts->count, sizeof *ids));

    if (ids == NULL)
        answer_later(request, "no memory");
    for (uint32_t i = 0; ids != NULL && i < texts->count; i++) {
        if (!find_row(request, PHX_TRACE, texts->items[i].text, &ids[i]))
            return NULL;
    }
    return ids;
}

void trace_transfer(struct request *request)
{
    const struct service *service = request_service(request);
    const struct value *texts;
    struct json_writer json;
    phx_text destination;
    phx_id project, *ids;
    phx_error err = {0};
    struct value body;
    phx_status status;
    int64_t count;

    if (!check_body(request, &body) ||
        (texts = read_body(request, &body, &destination)) == NULL ||
        !find_project(request, destination, &project) ||
        (ids = find_traces(request, texts)) == NULL)
        return;
    status = phx_store_transfer(service->store, ids, texts->count, project,
                                &count, &err);
    if (status < 0) {
        answer_failure(request, status, &err);
        return;
    }
    data_begin(request, &json);
    json_open_object(&json);
    json_key(&json, "transferred_trace_count");
    json_int(&json, count);
    write_id(&json, "destination_project_id", "Project", project);
    json_close_object(&json);
    data_end(request, &json);
}

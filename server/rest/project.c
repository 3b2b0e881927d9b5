/*
 * project.c - projects: list, make, describe, delete.
 */
#include "base/base.h"
#include "server/rest/inside.h"

enum {
    DEFAULT_LIMIT = 100,
    LONGEST_PAGE = 100000, /* a longer one ends here, with a cursor */
    FEWEST = 1000          /* rows looked at together */
};

static void write_project(struct json_writer *json, const phx_project *project)
{
    json_open_object(json);
    write_text(json, "name", project->name);
    write_text(json, "description", project->description);
    write_id(json, "id", "Project", project->id);
    json_close_object(json);
}

static void answer_project(struct request *request, phx_id id)
{
    phx_cursor *cursor = NULL;
    const phx_project *project = open_project(request, id, &cursor);
    struct json_writer json;

    if (project != NULL) {
        data_begin(request, &json);
        write_project(&json, project);
        data_end(request, &json);
    }
    phx_cursor_close(cursor);
}

void project_get(struct request *request)
{
    phx_id id;

    if (find_project(request, request_param(request, 0), &id))
        answer_project(request, id);
}

/* Which projects a list has. */
struct project_list {
    const char *part; /* of the name, or NULL */
    int64_t limit;
    bool experiments; /* those for experiments, too */
};

/* Some rows from a number on; *from is then where to go on, or 0. *count goes
 * on. */
static phx_status write_some(struct request *request,
                             const struct project_list *list, phx_id *from,
                             int64_t *count, struct json_writer *json,
                             char next[ID_SIZE], phx_error *err)
{
    const struct service *service = request_service(request);
    phx_cursor *cursor = NULL;
    const phx_project *project;
    phx_status status = phx_store_find_projects(
        service->store, 0, *from, list->part,
        list->limit < FEWEST ? FEWEST : list->limit + 1, &cursor, err);

    *from = 0;
    while (status == PHX_OK && (status = phx_cursor_next_project(
                                    cursor, &project, err)) == PHX_OK) {
        *from = project->id - 1;
        if (project->experiment != 0 && !list->experiments)
            continue;
        if (*count == list->limit || answer_buf(request)->size > PAGE_BYTES) {
            id_print("Project", project->id, next);
            *from = 0;
            break;
        }
        write_project(json, project);
        ++*count;
    }
    phx_cursor_close(cursor);
    return status;
}

static void answer_list(struct request *request, phx_id from,
                        const struct project_list *list)
{
    struct json_writer json;
    char next[ID_SIZE] = "";
    phx_error err = {0};
    phx_status status = PHX_OK;
    int64_t count = 0;

    list_begin(request, &json);
    if (from >= 0) {
        do
            status =
                write_some(request, list, &from, &count, &json, next, &err);
        while (status >= 0 && from > 0);
    }
    if (status < 0)
        answer_failure(request, status, &err);
    else
        list_end(request, &json, next);
}

void project_list(struct request *request)
{
    phx_text part = request_query(request, "name_contains");
    struct project_list list = {NULL, DEFAULT_LIMIT, false};
    struct check check;
    phx_id from;

    check_begin(&check, request);
    list.limit = check_limit(&check, DEFAULT_LIMIT, INT64_MAX);
    list.experiments = check_bool(&check, "include_experiment_projects", false);
    check_bool(&check, "include_dataset_evaluator_projects", false);
    if (!check_end(&check) || !find_cursor(request, &from))
        return;
    if (part.size > 0 && (list.part = text_string(request, part)) == NULL)
        return;
    if (list.limit > LONGEST_PAGE)
        list.limit = LONGEST_PAGE;
    answer_list(request, from, &list);
}

static void check_description(struct check *check, const struct place *place,
                              const struct value *body)
{
    const struct value *description = value_member(body, "description");
    struct place here = {place, "description", 0};

    if (description != NULL && description->kind != JSON_NULL)
        check_text(check, &here, description);
}

/* The description of a checked body; NULL in *out if it has none. */
static bool read_description(struct request *request, const struct value *body,
                             const char **out)
{
    const struct value *description = value_member(body, "description");

    *out = NULL;
    if (description == NULL || description->kind == JSON_NULL)
        return true;
    *out = text_string(request, description->text);
    return *out != NULL;
}

static bool check_project(struct request *request, const struct value *body)
{
    static const struct place in_body = {NULL, "body", 0};
    struct place here = {&in_body, "name", 0};
    struct value least = value_int(1);
    const struct value *name;
    struct check check;

    check_begin(&check, request);
    name = check_member(&check, &in_body, body, "name", true);
    check_text(&check, &here, name);
    if (name != NULL && name->kind == JSON_TEXT && name->text.size == 0)
        check_problem_with(&check, &here, "string_too_short",
                           "String should have at least 1 character", name,
                           "min_length", &least);
    check_description(&check, &in_body, body);
    return check_end(&check);
}

void project_create(struct request *request)
{
    const struct service *service = request_service(request);
    const char *name, *description;
    struct value body;
    phx_error err = {0};
    phx_status status;
    phx_id id;

    if (!check_body(request, &body) || !check_project(request, &body) ||
        (name = text_string(request, value_member(&body, "name")->text)) ==
            NULL ||
        !read_description(request, &body, &description))
        return;
    status = phx_project_create(service->store, name, description, &id, &err);
    if (status < 0)
        answer_failure(request, status, &err);
    else
        answer_project(request, id);
}

void project_update(struct request *request)
{
    static const struct place in_body = {NULL, "body", 0};
    const struct service *service = request_service(request);
    const char *description;
    struct check check;
    struct value body;
    phx_error err = {0};
    phx_status status;
    phx_id id;

    if (!check_body(request, &body))
        return;
    check_begin(&check, request);
    check_description(&check, &in_body, &body);
    if (!check_end(&check) ||
        !find_project(request, request_param(request, 0), &id) ||
        !read_description(request, &body, &description))
        return;
    status = phx_project_update(service->store, id, description, &err);
    if (status < 0)
        answer_failure(request, status, &err);
    else
        answer_project(request, id);
}

void project_delete(struct request *request)
{
    const struct service *service = request_service(request);
    phx_error err = {0};
    phx_status status;
    phx_id id;

    if (!find_project(request, request_param(request, 0), &id))
        return;
    status = phx_store_delete(service->store, PHX_PROJECT, id, &err);
    if (status == PHX_CONFLICT)
        answer_text(request, 403, "The default project cannot be deleted");
    else if (status < 0)
        answer_failure(request, status, &err);
    else
        answer_empty(request, 204);
}

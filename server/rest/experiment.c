/*
 * experiment.c - experiments of a dataset and their tags: lists, make, change,
 * delete.
 */
#include "base/base.h"
#include "server/rest/inside.h"

enum {
    MOST_SPLITS = 1000,
    DEFAULT_LIMIT = 50,
    LONGEST_PAGE = 100000 /* a longer one ends here, with a cursor */
};

static const struct place in_body = {NULL, "body", 0};

/* --- which experiment ---------------------------------------------------------- */

bool find_experiment(struct request *request, unsigned status, phx_id *out)
{
    struct arena *arena = request_arena(request);
    phx_text id = request_param(request, 0), type, row;

    if (id_read(arena, id, "Experiment", out))
        return true;
    if (!id_split(arena, id, &type, &row))
        status = 422;
    answer_text(request, status, "Invalid experiment ID: %.*s", (int)id.size,
                id.data);
    return false;
}

static void answer_missing(struct request *request, phx_id experiment)
{
    answer_text(request, 404, "Experiment with ID %lld does not exist",
                (long long)experiment);
}

const phx_experiment *open_experiment(struct request *request,
                                      phx_id experiment, phx_cursor **cursor)
{
    phx_experiment_query query = PHX_EXPERIMENT_QUERY_INIT;
    const phx_experiment *found = NULL;
    phx_error err = {0};
    phx_status status = PHX_OK;

    query.only = experiment;
    if (experiment > 0 &&
        (status = phx_store_find_experiments(request_service(request)->store,
                                             &query, cursor, &err)) == PHX_OK)
        status = phx_cursor_next_experiment(*cursor, &found, &err);
    if (status < 0)
        answer_failure(request, status, &err);
    else if (found == NULL)
        answer_missing(request, experiment);
    return found;
}

bool find_member(struct request *request, const struct value *body,
                 const char *key, const char *type, phx_id *out)
{
    struct arena *arena = request_arena(request);
    phx_text id = member_text(body, key), other, row;

    if (id_read(arena, id, type, out))
        return true;
    answer_text(request, id_split(arena, id, &other, &row) ? 404 : 422,
                "Invalid %s: %.*s", key, (int)id.size, id.data);
    return false;
}

/* --- experiments --------------------------------------------------------------- */

static void write_count(struct json_writer *json, const char *key,
                        int64_t count)
{
    json_key(json, key);
    json_int(json, count);
}

static void write_experiment(struct json_writer *json,
                             const phx_experiment *row)
{
    json_open_object(json);
    write_id(json, "id", "Experiment", row->id);
    write_id(json, "dataset_id", "Dataset", row->dataset);
    write_id(json, "dataset_version_id", "DatasetVersion", row->version);
    write_text(json, "name", row->name);
    write_text(json, "description", row->description);
    write_count(json, "repetitions", row->repetitions);
    json_key(json, "metadata");
    json_raw(json, row->metadata);
    write_text(json, "project_name", row->project);
    write_time(json, "created_at", row->created_at);
    write_time(json, "updated_at", row->updated_at);
    write_count(json, "example_count", row->examples);
    write_count(json, "successful_run_count", row->runs - row->failed);
    write_count(json, "failed_run_count", row->failed);
    write_count(json, "missing_run_count",
                row->examples * row->repetitions - row->runs);
    json_close_object(json);
}

static void answer_experiment(struct request *request, phx_id id)
{
    phx_cursor *cursor = NULL;
    const phx_experiment *row = open_experiment(request, id, &cursor);
    struct json_writer json;

    if (row != NULL) {
        data_begin(request, &json);
        write_experiment(&json, row);
        data_end(request, &json);
    }
    phx_cursor_close(cursor);
}

void experiment_get(struct request *request)
{
    phx_id id;

    if (find_experiment(request, 404, &id))
        answer_experiment(request, id);
}

static phx_status write_experiments(struct request *request,
                                    phx_experiment_query *query,
                                    struct json_writer *json,
                                    char next[ID_SIZE], phx_error *err)
{
    const phx_experiment *row;
    phx_cursor *cursor = NULL;
    int64_t limit = query->limit++;
    phx_status status = phx_store_find_experiments(
        request_service(request)->store, query, &cursor, err);

    for (int64_t count = 0; status == PHX_OK; count++) {
        if ((status = phx_cursor_next_experiment(cursor, &row, err)) != PHX_OK)
            break;
        if (count == limit || answer_buf(request)->size > PAGE_BYTES) {
            id_print("Experiment", row->id, next);
            break;
        }
        write_experiment(json, row);
    }
    phx_cursor_close(cursor);
    return status;
}

void experiment_list(struct request *request)
{
    phx_experiment_query query = PHX_EXPERIMENT_QUERY_INIT;
    struct json_writer json;
    struct check check;
    char next[ID_SIZE] = "";
    phx_error err = {0};
    phx_status status = PHX_OK;

    check_begin(&check, request);
    query.limit = check_limit(&check, DEFAULT_LIMIT, INT64_MAX);
    if (!check_end(&check) || !find_dataset_typed(request, &query.dataset) ||
        !find_cursor_of(request, "Experiment", &query.from))
        return;
    if (query.limit > LONGEST_PAGE)
        query.limit = LONGEST_PAGE;
    list_begin(request, &json);
    if (query.from >= 0 && query.dataset > 0)
        status = write_experiments(request, &query, &json, next, &err);
    if (status < 0)
        answer_failure(request, status, &err);
    else
        list_end(request, &json, next);
}

/* --- making -------------------------------------------------------------------- */

/* The body's form; false if it has been answered. */
static bool check_created(struct request *request, const struct value *body,
                          int64_t *repetitions)
{
    static const char *const texts[] = {"name", "description", "version_id"};
    struct place metadata = {&in_body, "metadata", 0};
    struct place splits = {&in_body, "splits", 0};
    struct place times = {&in_body, "repetitions", 0};
    const struct value *list, *given = value_member(body, "repetitions");
    struct check check;

    check_begin(&check, request);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct place here = {&in_body, texts[i], 0};
        check_text(&check, &here, check_optional(body, texts[i]));
    }
    check_object(&check, &metadata, check_optional(body, "metadata"));
    if ((list = check_optional(body, "splits")) != NULL)
        list = check_list(&check, &in_body, body, "splits", false);
    for (uint32_t i = 0; list != NULL && i < list->count; i++) {
        struct place here = {&splits, NULL, i};
        check_text(&check, &here, &list->items[i]);
    }
    if (given != NULL)
        check_int_member(&check, &times, given, repetitions);
    return check_end(&check);
}

/* None are all; answered if false. */
static bool read_splits(struct request *request, const struct value *list,
                        phx_experiment_item *out)
{
    struct split_choice found;
    phx_text *texts;

    if (list == NULL || list->count == 0)
        return true;
    if (list->count > MOST_SPLITS) {
        answer_text(request, 422, "there are more than %d splits", MOST_SPLITS);
        return false;
    }
    texts =
        arena_new(request_arena(request), size_mul(list->count, sizeof *texts));
    for (uint32_t i = 0; texts != NULL && i < list->count; i++)
        texts[i] = list->items[i].text;
    if (!find_splits(request, texts, list->count, &found))
        return false;
    out->splits = found.ids;
    out->split_count = found.count;
    return true;
}

/* What the contract forbids beyond the form; answered if false. */
static bool read_created(struct request *request, const struct value *body,
                         phx_experiment_item *out)
{
    if (!check_created(request, body, &out->repetitions))
        return false;
    if (out->repetitions < 1 || out->repetitions > PHX_MOST_REPETITIONS) {
        answer_text(request, 422, "repetitions must be from 1 to %d",
                    PHX_MOST_REPETITIONS);
        return false;
    }
    if (!read_splits(request, check_optional(body, "splits"), out))
        return false;
    if (check_optional(body, "version_id") != NULL &&
        !find_member(request, body, "version_id", "DatasetVersion",
                     &out->version))
        return false;
    if (out->version <= 0 && check_optional(body, "version_id") != NULL)
        out->version = -1; /* no version, and not the newest either */
    out->name = member_text(body, "name");
    out->description = member_text(body, "description");
    if (member_json(request_arena(request), body, "metadata", &out->metadata))
        return true;
    answer_later(request, "no memory");
    return false;
}

void experiment_create(struct request *request)
{
    phx_store *store = request_service(request)->store;
    phx_experiment_item item = PHX_EXPERIMENT_ITEM_INIT;
    struct value body;
    phx_error err = {0};
    phx_id id;

    if (!check_body(request, &body) ||
        !find_dataset_typed(request, &item.dataset) ||
        !read_created(request, &body, &item))
        return;
    phx_status status = item.version < 0
                            ? PHX_NOT_FOUND
                            : phx_experiment_create(store, &item, &id, &err);
    if (status == PHX_NOT_FOUND)
        answer_text(request, 404,
                    "Dataset with ID %lld, or its version %lld, not found",
                    (long long)item.dataset, (long long)item.version);
    else if (status < 0)
        answer_failure(request, status, &err);
    else
        answer_experiment(request, id);
}

/* --- change and delete --------------------------------------------------------- */

struct change {
    const char *name, *description, *metadata; /* NULL to keep */
    int32_t flags;
};

/* The change a body asks for; answered if false. */
static bool read_change(struct request *request, const struct value *body,
                        struct change *out)
{
    const struct value *name = value_member(body, "name");
    const struct value *description = value_member(body, "description");
    const struct value *metadata = value_member(body, "metadata");
    struct place here = {&in_body, "name", 0};
    phx_text json = {NULL, 0};
    struct check check;

    *out = (struct change){NULL, NULL, NULL, 0};
    check_begin(&check, request);
    check_text(&check, &here, name);
    here.key = "description";
    check_text(&check, &here, check_optional(body, "description"));
    here.key = "metadata";
    check_object(&check, &here, metadata);
    if (!check_end(&check))
        return false;
    if (name == NULL && description == NULL && metadata == NULL) {
        answer_text(request, 422, "no field to update");
        return false;
    }
    if (description != NULL && description->kind == JSON_NULL)
        out->flags = PHX_CLEAR_DESCRIPTION;
    if (!member_json(request_arena(request), body, "metadata", &json)) {
        answer_later(request, "no memory");
        return false;
    }
    return (name == NULL ||
            (out->name = text_string(request, name->text)) != NULL) &&
           (description == NULL || out->flags != 0 ||
            (out->description = text_string(request, description->text)) !=
                NULL) &&
           (metadata == NULL ||
            (out->metadata = text_string(request, json)) != NULL);
}

void experiment_update(struct request *request)
{
    struct change change;
    struct value body;
    phx_error err = {0};
    phx_id id;

    if (!check_body(request, &body) || !find_experiment(request, 404, &id) ||
        !read_change(request, &body, &change))
        return;
    phx_status status = phx_experiment_update(
        request_service(request)->store, id, change.name, change.description,
        change.metadata, change.flags, &err);
    if (status == PHX_NOT_FOUND)
        answer_missing(request, id);
    else if (status < 0)
        answer_failure(request, status, &err);
    else
        answer_experiment(request, id);
}

void experiment_delete(struct request *request)
{
    struct check check;
    phx_error err = {0};
    phx_id id;

    check_begin(&check, request);
    bool with_project = check_bool(&check, "delete_project", false);
    if (!check_end(&check) || !find_experiment(request, 404, &id))
        return;
    phx_status status = phx_experiment_delete(request_service(request)->store,
                                              id, with_project, &err);
    if (status == PHX_NOT_FOUND)
        answer_missing(request, id);
    else if (status < 0)
        answer_failure(request, status, &err);
    else
        answer_empty(request, 204);
}

/* --- tags ---------------------------------------------------------------------- */

static void write_tag(struct json_writer *json, phx_id id, phx_text name,
                      phx_text description)
{
    json_open_object(json);
    write_id(json, "id", "ExperimentTag", id);
    write_text(json, "name", name);
    write_text(json, "description", description);
    json_close_object(json);
}

/* The experiment in the path, which must be there; answered if false. */
static bool need_experiment(struct request *request, phx_id *out)
{
    phx_cursor *cursor = NULL;
    bool found = find_experiment(request, 422, out) &&
                 open_experiment(request, *out, &cursor) != NULL;

    phx_cursor_close(cursor);
    return found;
}

void experiment_tags(struct request *request)
{
    const phx_experiment_tag *tag;
    phx_cursor *cursor = NULL;
    struct json_writer json;
    phx_error err = {0};
    phx_id id;

    if (!need_experiment(request, &id))
        return;
    data_begin(request, &json);
    json_open_array(&json);
    phx_status status = phx_store_find_tags(request_service(request)->store, 0,
                                            id, &cursor, &err);
    while (status == PHX_OK &&
           (status = phx_cursor_next_tag(cursor, &tag, &err)) == PHX_OK)
        write_tag(&json, tag->id, tag->name, tag->description);
    phx_cursor_close(cursor);
    json_close_array(&json);
    if (status < 0)
        answer_failure(request, status, &err);
    else
        data_end(request, &json);
}

/* The checked name of a tag in a body; absent if it has been answered. */
static phx_text check_tag(struct request *request, const struct value *body)
{
    static const char pattern[] = "^[a-z0-9]([_a-z0-9-]*[a-z0-9])?$";
    struct value expected = value_text(text_of(pattern));
    struct place here = {&in_body, "name", 0};
    const struct value *name;
    struct check check;

    check_begin(&check, request);
    name = check_text_member(&check, &in_body, body, "name", true);
    if (name != NULL && !is_identifier(name->text))
        check_problem_with(&check, &here, "string_pattern_mismatch",
                           "String should match pattern "
                           "'^[a-z0-9]([_a-z0-9-]*[a-z0-9])?$'",
                           name, "pattern", &expected);
    here.key = "description";
    check_text(&check, &here, check_optional(body, "description"));
    return check_end(&check) ? name->text : (phx_text){NULL, 0};
}

void experiment_tag_set(struct request *request)
{
    const char *name = NULL, *description = NULL;
    struct json_writer json;
    struct value body;
    phx_error err = {0};
    phx_text text, about;
    phx_id id, tag;

    if (!check_body(request, &body) ||
        (text = check_tag(request, &body)).data == NULL ||
        !find_experiment(request, 422, &id) ||
        (name = text_string(request, text)) == NULL)
        return;
    about = member_text(&body, "description");
    if (about.data != NULL &&
        (description = text_string(request, about)) == NULL)
        return;
    phx_status status = phx_experiment_set_tag(
        request_service(request)->store, id, name, description, &tag, &err);
    if (status == PHX_NOT_FOUND) {
        answer_missing(request, id);
    } else if (status < 0) {
        answer_failure(request, status, &err);
    } else {
        data_begin(request, &json);
        write_tag(&json, tag, text, about);
        data_end(request, &json);
    }
}

/* The name of a tag of the experiment, by its number; NULL if it has not such
 * a one, or if it has been answered. */
static const char *name_tag(struct request *request, phx_id experiment,
                            phx_id number, bool *answered)
{
    const phx_experiment_tag *tag;
    phx_cursor *cursor = NULL;
    const char *name = NULL;
    phx_error err = {0};
    phx_status status = phx_store_find_tags(request_service(request)->store, 0,
                                            experiment, &cursor, &err);

    while (status == PHX_OK && name == NULL &&
           (status = phx_cursor_next_tag(cursor, &tag, &err)) == PHX_OK) {
        if (tag->id == number) {
            name = text_string(request, tag->name);
            *answered = name == NULL;
        }
    }
    phx_cursor_close(cursor);
    if (status < 0) {
        answer_failure(request, status, &err);
        *answered = true;
    }
    return name;
}

void experiment_tag_delete(struct request *request)
{
    phx_text given = request_param(request, 1);
    phx_error err = {0};
    phx_status status = PHX_OK;
    const char *name = NULL;
    bool answered = false;
    phx_id id, tag;

    if (!need_experiment(request, &id))
        return;
    if (id_read(request_arena(request), given, "ExperimentTag", &tag)) {
        name = name_tag(request, id, tag, &answered);
    } else if (is_identifier(given)) {
        name = text_string(request, given);
        answered = name == NULL;
    } else {
        answer_text(request, 422, "Invalid tag name: %.*s", (int)given.size,
                    given.data);
        answered = true;
    }
    if (answered)
        return;
    if (name != NULL)
        status = phx_experiment_delete_tag(request_service(request)->store, id,
                                           name, &err);
    if (status < 0 && status != PHX_NOT_FOUND)
        answer_failure(request, status, &err);
    else
        answer_empty(request, 204);
}

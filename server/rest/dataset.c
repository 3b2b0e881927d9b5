/*
 * dataset.c - datasets, their versions and the examples of one: lists, and
 * delete. Examples have no pages: they are sent as they are read.
 */
#include "base/base.h"
#include "server/rest/inside.h"

enum {
    DEFAULT_LIMIT = 10,
    LONGEST_PAGE = 100000 /* a longer one ends here, with a cursor */
};

bool find_dataset(struct request *request, phx_id *out)
{
    phx_text id = request_param(request, 0);

    if (id_read(request_arena(request), id, "Dataset", out))
        return true;
    answer_text(request, 422, "Invalid dataset ID: %.*s", (int)id.size,
                id.data);
    return false;
}

bool find_dataset_typed(struct request *request, phx_id *out)
{
    struct arena *arena = request_arena(request);
    phx_text id = request_param(request, 0), type, row;

    if (!id_split(arena, id, &type, &row) || text_is(type, "Dataset"))
        return find_dataset(request, out);
    answer_text(request, 404, "Dataset with ID %.*s not found", (int)id.size,
                id.data);
    return false;
}

bool find_dataset_named(struct request *request, phx_id *out)
{
    phx_text given = request_param(request, 0);
    const phx_dataset *found = NULL;
    phx_cursor *cursor = NULL;
    const char *name = NULL;
    phx_error err = {0};
    phx_status status = PHX_DONE;
    phx_id id = 0;

    if (!id_read(request_arena(request), given, "Dataset", &id) &&
        (name = text_string(request, given)) == NULL)
        return false;
    if (id > 0 || name != NULL)
        status = phx_store_find_datasets(request_service(request)->store, id, 0,
                                         name, 1, &cursor, &err);
    if (status == PHX_OK)
        status = phx_cursor_next_dataset(cursor, &found, &err);
    if (status < 0)
        answer_failure(request, status, &err);
    else if (found == NULL)
        answer_text(request, 404, "Dataset '%.*s' not found", (int)given.size,
                    given.data);
    else
        *out = found->id;
    phx_cursor_close(cursor);
    return found != NULL;
}

/* --- datasets ---------------------------------------------------------------- */

static void write_dataset(struct json_writer *json, const phx_dataset *dataset)
{
    json_open_object(json);
    write_id(json, "id", "Dataset", dataset->id);
    write_text(json, "name", dataset->name);
    write_text(json, "description", dataset->description);
    json_key(json, "metadata");
    json_raw(json, dataset->metadata);
    write_time(json, "created_at", dataset->created_at);
    write_time(json, "updated_at", dataset->updated_at);
    json_key(json, "example_count");
    json_int(json, dataset->examples);
    json_close_object(json);
}

const phx_dataset *open_dataset(struct request *request, phx_id dataset,
                                phx_cursor **cursor)
{
    const struct service *service = request_service(request);
    const phx_dataset *found = NULL;
    phx_error err = {0};
    phx_status status = PHX_OK;

    if (dataset > 0 &&
        (status = phx_store_find_datasets(service->store, dataset, 0, NULL, 1,
                                          cursor, &err)) == PHX_OK)
        status = phx_cursor_next_dataset(*cursor, &found, &err);
    if (status < 0)
        answer_failure(request, status, &err);
    else if (found == NULL)
        answer_text(request, 404, "Dataset with ID %lld not found",
                    (long long)dataset);
    return found;
}

void dataset_get(struct request *request)
{
    phx_cursor *cursor = NULL;
    const phx_dataset *dataset;
    struct json_writer json;
    phx_id id;

    if (!find_dataset_typed(request, &id))
        return;
    if ((dataset = open_dataset(request, id, &cursor)) != NULL) {
        data_begin(request, &json);
        write_dataset(&json, dataset);
        data_end(request, &json);
    }
    phx_cursor_close(cursor);
}

static phx_status write_datasets(struct request *request, phx_id from,
                                 const char *name, int64_t limit,
                                 struct json_writer *json, char next[ID_SIZE],
                                 phx_error *err)
{
    const struct service *service = request_service(request);
    phx_cursor *cursor = NULL;
    const phx_dataset *dataset;
    phx_status status = phx_store_find_datasets(service->store, 0, from, name,
                                                limit + 1, &cursor, err);

    for (int64_t count = 0; status == PHX_OK; count++) {
        if ((status = phx_cursor_next_dataset(cursor, &dataset, err)) != PHX_OK)
            break;
        if (count == limit) {
            id_print("Dataset", dataset->id, next);
            break;
        }
        write_dataset(json, dataset);
    }
    phx_cursor_close(cursor);
    return status;
}

void dataset_list(struct request *request)
{
    phx_text name = request_query(request, "name");
    const char *string = NULL;
    struct json_writer json;
    struct check check;
    char next[ID_SIZE] = "";
    phx_error err = {0};
    phx_status status = PHX_OK;
    int64_t limit;
    phx_id from;

    check_begin(&check, request);
    limit = check_limit(&check, DEFAULT_LIMIT, INT64_MAX);
    if (!check_end(&check) || !find_cursor(request, &from) ||
        (name.data != NULL && (string = text_string(request, name)) == NULL))
        return;
    list_begin(request, &json);
    if (from >= 0)
        status = write_datasets(request, from, string,
                                limit < LONGEST_PAGE ? limit : LONGEST_PAGE,
                                &json, next, &err);
    if (status < 0)
        answer_failure(request, status, &err);
    else
        list_end(request, &json, next);
}

void dataset_delete(struct request *request)
{
    const struct service *service = request_service(request);
    phx_error err = {0};
    phx_id id;

    if (!find_dataset(request, &id))
        return;
    phx_status status = phx_dataset_delete(service->store, id, &err);
    if (status == PHX_NOT_FOUND)
        answer_text(request, 404, "Dataset with ID %lld not found",
                    (long long)id);
    else if (status < 0)
        answer_failure(request, status, &err);
    else
        answer_empty(request, 204);
}

/* --- versions ---------------------------------------------------------------- */

static void write_version(struct json_writer *json,
                          const phx_dataset_version *version)
{
    json_open_object(json);
    write_id(json, "version_id", "DatasetVersion", version->id);
    json_key(json, "description");
    json_null(json);
    json_key(json, "metadata");
    json_open_object(json);
    json_close_object(json);
    write_time(json, "created_at", version->created_at);
    json_close_object(json);
}

static phx_status write_versions(struct request *request, phx_id dataset,
                                 phx_id from, int64_t limit,
                                 struct json_writer *json, char next[ID_SIZE],
                                 phx_error *err)
{
    const struct service *service = request_service(request);
    phx_cursor *cursor = NULL;
    const phx_dataset_version *version;
    phx_status status = phx_store_find_versions(service->store, dataset, from,
                                                limit + 1, &cursor, err);

    for (int64_t count = 0; status == PHX_OK; count++) {
        if ((status = phx_cursor_next_version(cursor, &version, err)) != PHX_OK)
            break;
        if (count == limit) {
            id_print("DatasetVersion", version->id, next);
            break;
        }
        write_version(json, version);
    }
    phx_cursor_close(cursor);
    return status;
}

void dataset_versions(struct request *request)
{
    struct json_writer json;
    struct check check;
    char next[ID_SIZE] = "";
    phx_error err = {0};
    phx_status status = PHX_OK;
    int64_t limit;
    phx_id dataset, from;

    check_begin(&check, request);
    limit = check_limit(&check, DEFAULT_LIMIT, INT64_MAX);
    if (!check_end(&check) || !find_dataset(request, &dataset) ||
        !find_cursor_of(request, "DatasetVersion", &from))
        return;
    list_begin(request, &json);
    if (from >= 0)
        status = write_versions(request, dataset, from,
                                limit < LONGEST_PAGE ? limit : LONGEST_PAGE,
                                &json, next, &err);
    if (status < 0)
        answer_failure(request, status, &err);
    else
        list_end(request, &json, next);
}

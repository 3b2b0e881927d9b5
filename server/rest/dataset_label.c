/*
 * dataset_label.c - labels, and which datasets have them.
 */
#include "base/base.h"
#include "server/rest/inside.h"

enum { DEFAULT_LIMIT = 100, LONGEST_PAGE = 10000 };

static const struct place in_body = {NULL, "body", 0};

/* --- answers ------------------------------------------------------------------ */

static void write_label(struct json_writer *json,
                        const phx_dataset_label *label)
{
    json_open_object(json);
    write_id(json, "id", "DatasetLabel", label->id);
    write_text(json, "name", label->name);
    write_text(json, "description", label->description);
    write_text(json, "color", label->color);
    json_close_object(json);
}

/* Those from a number on, or of a dataset; next is "" if there is no more. */
static phx_status write_labels(struct request *request, phx_id only,
                               phx_id dataset, phx_id from, int64_t limit,
                               struct json_writer *json, char next[ID_SIZE],
                               int64_t *count, phx_error *err)
{
    const phx_dataset_label *label;
    phx_cursor *cursor = NULL;
    phx_status status =
        phx_store_find_labels(request_service(request)->store, only, dataset,
                              from, limit + (limit > 0), &cursor, err);

    for (*count = 0;
         status == PHX_OK &&
         (status = phx_cursor_next_label(cursor, &label, err)) == PHX_OK;
         ++*count) {
        if (limit > 0 && *count == limit) {
            id_print("DatasetLabel", label->id, next);
            break;
        }
        write_label(json, label);
    }
    phx_cursor_close(cursor);
    return status;
}

static void answer_missing(struct request *request, phx_id label)
{
    answer_text(request, 404, "Dataset label with ID %lld not found",
                (long long)label);
}

static void answer_label(struct request *request, phx_id label, unsigned status)
{
    struct json_writer json;
    char next[ID_SIZE] = "";
    phx_error err = {0};
    phx_status found = PHX_OK;
    int64_t count = 0;

    data_begin(request, &json);
    if (label > 0)
        found =
            write_labels(request, label, 0, 0, 1, &json, next, &count, &err);
    if (found < 0) {
        answer_failure(request, found, &err);
    } else if (count == 0) {
        answer_missing(request, label);
    } else {
        json_close_object(&json);
        answer_json(request, status);
    }
}

static void answer_labels_of(struct request *request, phx_id dataset)
{
    struct json_writer json;
    char next[ID_SIZE] = "";
    phx_error err = {0};
    int64_t count;

    list_begin(request, &json);
    phx_status status =
        write_labels(request, 0, dataset, 0, 0, &json, next, &count, &err);
    if (status < 0) {
        answer_failure(request, status, &err);
        return;
    }
    json_close_array(&json);
    data_end(request, &json);
}

static void answer_refusal(struct request *request, phx_status status,
                           const phx_error *err)
{
    if (status == PHX_NOT_FOUND)
        answer_text(request, 404, "%s", err->message);
    else if (status == PHX_CONFLICT)
        answer_text(request, 409, "%s", err->message);
    else if (status == PHX_INVALID || status == PHX_TOO_BIG)
        answer_text(request, 422, "%s", err->message);
    else
        answer_failure(request, status, err);
}

/* --- bodies -------------------------------------------------------------------- */

static void check_length(struct check *check, const struct value *name)
{
    struct place here = {&in_body, "name", 0};
    struct value least = value_int(1);

    if (name != NULL && name->kind == JSON_TEXT && name->text.size == 0)
        check_problem_with(check, &here, "string_too_short",
                           "String should have at least 1 character", name,
                           "min_length", &least);
}

static bool is_color(phx_text text)
{
    bool sound = text.size == 7 && text.data[0] == '#';

    for (size_t i = 1; i < 7 && sound; i++)
        sound = (text.data[i] >= '0' && text.data[i] <= '9') ||
                (text.data[i] >= 'a' && text.data[i] <= 'f');
    return sound;
}

static void check_color(struct check *check, const struct value *color)
{
    struct place here = {&in_body, "color", 0};
    struct value pattern = value_text(text_of("^#([0-9a-f]{6})$"));

    if (color != NULL && color->kind == JSON_TEXT && !is_color(color->text))
        check_problem_with(check, &here, "string_pattern_mismatch",
                           "String should match pattern '^#([0-9a-f]{6})$'",
                           color, "pattern", &pattern);
}

/* A member that is a text or null; *out is absent if it is neither. */
static const struct value *check_nullable(struct check *check,
                                          const struct value *body,
                                          const char *key, phx_text *out)
{
    const struct value *value = check_optional(body, key);
    struct place here = {&in_body, key, 0};

    check_text(check, &here, value);
    if (value != NULL && value->kind == JSON_TEXT)
        *out = value->text;
    return value;
}

/* Answered if false. */
static bool read_new(struct request *request, phx_dataset_label *out)
{
    const struct value *name, *color;
    struct value body;
    struct check check;

    *out = (phx_dataset_label){.id = 0};
    if (!check_body(request, &body))
        return false;
    check_begin(&check, request);
    name = check_text_member(&check, &in_body, &body, "name", true);
    check_length(&check, name);
    color = check_text_member(&check, &in_body, &body, "color", true);
    check_color(&check, color);
    check_nullable(&check, &body, "description", &out->description);
    if (!check_end(&check))
        return false;
    out->name = name->text;
    out->color = color->text;
    return true;
}

/* What is null of a name or color is as if it were not there. */
static bool read_change(struct request *request, phx_dataset_label *out)
{
    const struct value *description;
    struct value body;
    struct check check;

    if (!check_body(request, &body))
        return false;
    check_begin(&check, request);
    check_length(&check, check_nullable(&check, &body, "name", &out->name));
    check_color(&check, check_nullable(&check, &body, "color", &out->color));
    check_nullable(&check, &body, "description", &out->description);
    if (!check_end(&check))
        return false;
    description = value_member(&body, "description");
    if (description != NULL && description->kind == JSON_NULL)
        out->description = text_of("");
    if (out->name.data != NULL || out->color.data != NULL ||
        description != NULL)
        return true;
    answer_text(request, 422, "At least one field must be provided");
    return false;
}

/* --- labels -------------------------------------------------------------------- */

/* The n-th name of the path; answered if false. */
static bool read_label_id(struct request *request, size_t param, phx_id *out)
{
    phx_text id = request_param(request, param);

    if (id_read(request_arena(request), id, "DatasetLabel", out))
        return true;
    answer_text(request, 422, "Invalid dataset label ID: %.*s", (int)id.size,
                id.data);
    return false;
}

void dataset_label_list(struct request *request)
{
    phx_text cursor = request_query(request, "cursor");
    struct json_writer json;
    struct check check;
    char next[ID_SIZE] = "";
    phx_error err = {0};
    phx_status status = PHX_OK;
    int64_t limit, count;
    phx_id from = 0;

    check_begin(&check, request);
    limit = check_limit(&check, DEFAULT_LIMIT, INT64_MAX);
    if (!check_end(&check))
        return;
    if (cursor.size > 0 &&
        !id_read(request_arena(request), cursor, "DatasetLabel", &from)) {
        answer_text(request, 422, "Invalid cursor: %.*s", (int)cursor.size,
                    cursor.data);
        return;
    }
    list_begin(request, &json);
    if (cursor.size == 0 || from > 0)
        status = write_labels(request, 0, 0, from,
                              limit < LONGEST_PAGE ? limit : LONGEST_PAGE,
                              &json, next, &count, &err);
    if (status < 0)
        answer_failure(request, status, &err);
    else
        list_end(request, &json, next);
}

void dataset_label_create(struct request *request)
{
    const struct service *service = request_service(request);
    phx_dataset_label label;
    phx_error err = {0};
    phx_status status;
    phx_id id;

    if (!read_new(request, &label))
        return;
    status = phx_label_create(service->store, &label, &id, &err);
    if (status < 0)
        answer_refusal(request, status, &err);
    else
        answer_label(request, id, 201);
}

void dataset_label_get(struct request *request)
{
    phx_id label;

    if (read_label_id(request, 0, &label))
        answer_label(request, label, 200);
}

void dataset_label_update(struct request *request)
{
    const struct service *service = request_service(request);
    phx_dataset_label label = {.id = 0};
    phx_error err = {0};
    phx_status status;

    if (!read_change(request, &label) || !read_label_id(request, 0, &label.id))
        return;
    status = phx_label_update(service->store, &label, &err);
    if (status < 0)
        answer_refusal(request, status, &err);
    else
        answer_label(request, label.id, 200);
}

void dataset_label_delete(struct request *request)
{
    phx_error err = {0};
    phx_status status;
    phx_id label;

    if (!read_label_id(request, 0, &label))
        return;
    status = phx_label_delete(request_service(request)->store, label, &err);
    if (status < 0)
        answer_refusal(request, status, &err);
    else
        answer_empty(request, 204);
}

/* --- of a dataset -------------------------------------------------------------- */

void dataset_labels(struct request *request)
{
    phx_id dataset;

    if (find_dataset_named(request, &dataset))
        answer_labels_of(request, dataset);
}

/* The ids of a body; NULL if it has been answered. */
static phx_id *read_ids(struct request *request, size_t *count)
{
    struct place list = {&in_body, "dataset_label_ids", 0};
    const struct value *texts;
    struct check check;
    struct value body;
    phx_id *ids;

    if (!check_body(request, &body))
        return NULL;
    check_begin(&check, request);
    texts = check_list(&check, &in_body, &body, list.key, false);
    *count = texts ? texts->count : 0;
    for (uint32_t i = 0; i < *count; i++) {
        struct place place = {&list, NULL, i};
        check_text(&check, &place, &texts->items[i]);
    }
    if (!check_end(&check))
        return NULL;
    ids = arena_new(request_arena(request), size_mul(*count + 1, sizeof *ids));
    if (ids == NULL)
        answer_later(request, "no memory");
    for (uint32_t i = 0; ids != NULL && i < *count; i++) {
        phx_text text = texts->items[i].text;
        if (id_read(request_arena(request), text, "DatasetLabel", &ids[i]))
            continue;
        answer_text(request, 422, "Invalid dataset label ID: %.*s",
                    (int)text.size, text.data);
        return NULL;
    }
    return ids;
}

void dataset_labels_set(struct request *request)
{
    phx_error err = {0};
    phx_status status;
    phx_id dataset, *ids;
    size_t count;

    if ((ids = read_ids(request, &count)) == NULL ||
        !find_dataset_named(request, &dataset))
        return;
    status = phx_dataset_set_labels(request_service(request)->store, dataset,
                                    ids, count, &err);
    if (status < 0)
        answer_refusal(request, status, &err);
    else
        answer_labels_of(request, dataset);
}

static bool assign(struct request *request, bool assigned, phx_id *label)
{
    phx_error err = {0};
    phx_status status;
    phx_id dataset;

    if (!find_dataset_named(request, &dataset) ||
        !read_label_id(request, 1, label))
        return false;
    status = phx_dataset_set_label(request_service(request)->store, dataset,
                                   *label, assigned, &err);
    if (status < 0)
        answer_refusal(request, status, &err);
    return status >= 0;
}

void dataset_label_assign(struct request *request)
{
    phx_id label;

    if (assign(request, true, &label))
        answer_label(request, label, 200);
}

void dataset_label_leave(struct request *request)
{
    phx_id label;

    if (assign(request, false, &label))
        answer_empty(request, 204);
}

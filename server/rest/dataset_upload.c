/*
 * dataset_upload.c - POST /v1/datasets/upload: a body of JSON becomes a version
 * of a dataset. The body is read by hand, so that every fault of its form is a
 * text; a version is durable before it is told of.
 */
#include "base/base.h"
#include "server/rest/inside.h"

#include <strings.h>

struct upload {
    struct request *request;
    const char *name, *description;
    int32_t action;
    struct value body;
    const struct value *inputs;
    phx_example_item *items; /* in the arena */
};

/* The member of a name, or NULL if it is absent or null. */
static const struct value *given(const struct value *object, const char *key)
{
    const struct value *value = value_member(object, key);

    return value != NULL && value->kind != JSON_NULL ? value : NULL;
}

static bool refuse(struct upload *upload, const char *sentence)
{
    answer_text(upload->request, 422, "%s", sentence);
    return false;
}

static bool read_body(struct upload *upload)
{
    struct request *request = upload->request;
    phx_text type = request_header(request, "Content-Type");
    phx_error err = {0};

    if (type.size == 0) {
        answer_text(request, 400, "Missing content-type header");
        return false;
    }
    if (request_is_type(request, "multipart/form-data")) {
        answer_text(request, 501, "uploads of files are not here yet");
        return false;
    }
    if (!request_is_type(request, "application/json"))
        return refuse(upload, "Invalid content-type");
    phx_status status = json_read(request_arena(request), request_body(request),
                                  0, &upload->body, &err);
    if (status == PHX_NO_MEMORY) {
        answer_failure(request, status, &err);
        return false;
    }
    if (status < 0) {
        answer_text(request, 422, "the body is no JSON: %s", err.message);
        return false;
    }
    return upload->body.kind == JSON_OBJECT ||
           refuse(upload, "the body is no JSON object");
}

/* What clients look for in it is misspelt. */
static bool read_action(struct upload *upload)
{
    static const char *const names[] = {[PHX_DATASET_CREATE] = "create",
                                        [PHX_DATASET_APPEND] = "append",
                                        [PHX_DATASET_UPDATE] = "update"};
    const struct value *action = value_member(&upload->body, "action");

    upload->action = PHX_DATASET_CREATE;
    if (action == NULL)
        return true;
    for (int32_t i = 0; action->kind == JSON_TEXT && i < 3; i++) {
        if (action->text.size == strlen(names[i]) &&
            strncasecmp(action->text.data, names[i], action->text.size) == 0) {
            upload->action = i;
            return true;
        }
    }
    answer_text(upload->request, 422, "Invalid dateset action: %.*s",
                action->kind == JSON_TEXT ? (int)action->text.size : 0,
                action->kind == JSON_TEXT ? action->text.data : "");
    return false;
}

static bool read_texts(struct upload *upload)
{
    const struct value *name = value_member(&upload->body, "name");
    const struct value *about = given(&upload->body, "description");

    if (name == NULL || name->kind != JSON_TEXT || name->text.size == 0)
        return refuse(upload, "Dataset name must be a non-empty string");
    if (about != NULL && about->kind != JSON_TEXT)
        return refuse(upload, "Dataset description must be a string or null");
    upload->name = text_string(upload->request, name->text);
    upload->description =
        about ? text_string(upload->request, about->text) : "";
    return upload->name != NULL && upload->description != NULL;
}

/* A list as long as the inputs; *out is NULL if it is not given. */
static bool read_list(struct upload *upload, const char *key,
                      const struct value **out)
{
    const struct value *list = *out = given(&upload->body, key);

    if (list == NULL ||
        (list->kind == JSON_ARRAY && list->count == upload->inputs->count))
        return true;
    answer_text(upload->request, 422,
                "%s must be a list of the same length as inputs", key);
    return false;
}

static bool check_objects(struct upload *upload, const char *key,
                          const struct value *list)
{
    for (uint32_t i = 0; i < list->count; i++) {
        if (list->items[i].kind == JSON_OBJECT)
            continue;
        answer_text(upload->request, 422,
                    "%s must contain only objects, %u is"
                    " none",
                    key, (unsigned)i);
        return false;
    }
    return true;
}

/* What is empty counts as not given, as in Python. */
static bool read_objects(struct upload *upload, const char *key,
                         const struct value **out)
{
    const struct value *list = given(&upload->body, key);

    if (list != NULL && ((list->kind == JSON_ARRAY && list->count == 0) ||
                         ((list->kind == JSON_INT || list->kind == JSON_BOOL) &&
                          list->integer == 0) ||
                         value_is_text(list, ""))) {
        *out = NULL;
        return true;
    }
    return read_list(upload, key, out) &&
           (*out == NULL || check_objects(upload, key, *out));
}

/* --- items ------------------------------------------------------------------- */

/* Objects as texts, side by side in the buf; absent without a list. */
static bool write_objects(struct upload *upload, const struct value *list,
                          size_t member)
{
    struct buf text;
    bool written = true;

    if (list == NULL)
        return true;
    buf_init(&text, SIZE_MAX);
    for (uint32_t i = 0; i < list->count && written; i++) {
        buf_reset(&text);
        json_write_value(&text, &list->items[i], 0);
        const char *copy = text.status < 0
                               ? NULL
                               : arena_copy(request_arena(upload->request),
                                            text.data, text.size);
        phx_text written_text = text_span(copy, text.size);
        memcpy((char *)&upload->items[i] + member, &written_text,
               sizeof written_text);
        written = copy != NULL;
    }
    buf_clear(&text);
    if (!written)
        answer_later(upload->request, "no memory for the examples");
    return written;
}

/* An id that reads as one of ours is that example's, any other the sender's. */
static bool read_ids(struct upload *upload, const struct value *list)
{
    struct arena *arena = request_arena(upload->request);

    for (uint32_t i = 0; list != NULL && i < list->count; i++) {
        const struct value *id = &list->items[i];
        phx_example_item *item = &upload->items[i];
        if (id->kind == JSON_NULL)
            continue;
        if (id->kind != JSON_TEXT)
            return refuse(upload, "example_ids must be strings or null");
        if (!id_read(arena, id->text, "DatasetExample", &item->example))
            item->external_id = id->text;
        else if (item->example <= 0)
            item->example = INT64_MAX; /* none */
    }
    return true;
}

/* Form only, but for what would be lost. */
static bool check_unkept(struct upload *upload, const char *key,
                         const struct value *list, bool lists)
{
    bool is_kept = true;

    for (uint32_t i = 0; list != NULL && i < list->count; i++) {
        const struct value *value = &list->items[i];
        bool sound = value->kind == JSON_NULL || value->kind == JSON_TEXT ||
                     (lists && value->kind == JSON_ARRAY);
        for (uint32_t j = 0;
             sound && value->kind == JSON_ARRAY && j < value->count; j++)
            sound = value->items[j].kind == JSON_NULL ||
                    value->items[j].kind == JSON_TEXT;
        if (!sound) {
            answer_text(upload->request, 422,
                        "%s %u must be a string, list of"
                        " strings, or None",
                        key, (unsigned)i);
            return false;
        }
        is_kept = is_kept && value->kind == JSON_NULL;
    }
    if (!is_kept)
        answer_text(upload->request, 501, "%s are not here yet", key);
    return is_kept;
}

static bool read_items(struct upload *upload)
{
    const struct value *inputs = value_member(&upload->body, "inputs");
    const struct value *outputs, *metadata, *splits, *spans, *ids;

    if (inputs == NULL || inputs->kind != JSON_ARRAY)
        return refuse(upload, "inputs must be a list");
    upload->inputs = inputs;
    if (!check_objects(upload, "inputs", inputs) ||
        !read_objects(upload, "outputs", &outputs) ||
        !read_objects(upload, "metadata", &metadata) ||
        !read_list(upload, "splits", &splits) ||
        !read_list(upload, "span_ids", &spans) ||
        !read_list(upload, "example_ids", &ids))
        return false;
    size_t size = size_mul(inputs->count, sizeof *upload->items);
    upload->items = arena_new(request_arena(upload->request), size);
    if (upload->items == NULL) {
        answer_later(upload->request, "no memory for the examples");
        return false;
    }
    memset(upload->items, 0, size);
    return read_ids(upload, ids) &&
           check_unkept(upload, "splits", splits, true) &&
           check_unkept(upload, "span_ids", spans, false) &&
           write_objects(upload, inputs, offsetof(phx_example_item, input)) &&
           write_objects(upload, outputs, offsetof(phx_example_item, output)) &&
           write_objects(upload, metadata,
                         offsetof(phx_example_item, metadata));
}

/* --- the answer -------------------------------------------------------------- */

static void write_change(struct json_writer *json,
                         const phx_dataset_change *change, phx_id version)
{
    json_open_object(json);
    write_id(json, "dataset_id", "Dataset", change->dataset);
    write_id(json, "version_id", "DatasetVersion", version);
    json_key(json, "num_created_examples");
    json_int(json, change->created);
    json_key(json, "num_updated_examples");
    json_int(json, change->updated);
    json_key(json, "num_deleted_examples");
    json_int(json, change->deleted);
    json_close_object(json);
}

/* Where nothing has changed the reference tells the first version. */
static void answer_change(struct request *request,
                          const phx_dataset_change *change)
{
    phx_cursor *cursor = NULL;
    const phx_dataset *dataset =
        open_dataset(request, change->dataset, &cursor);
    struct json_writer json;

    if (dataset != NULL) {
        bool is_new = change->created + change->updated + change->deleted > 0;
        data_begin(request, &json);
        write_change(&json, change,
                     is_new ? change->version : dataset->first_version);
        data_end(request, &json);
    }
    phx_cursor_close(cursor);
}

static void answer_refused(struct request *request, phx_status status,
                           const phx_error *err)
{
    if (status == PHX_CONFLICT)
        answer_text(request, 409, "%s", err->message);
    else if (status == PHX_NOT_FOUND || status == PHX_INVALID ||
             status == PHX_TOO_BIG)
        answer_text(request, 422, "%s", err->message);
    else
        answer_failure(request, status, err);
}

void dataset_upload(struct request *request)
{
    const struct service *service = request_service(request);
    struct upload upload = {.request = request};
    phx_dataset_change change;
    struct check check;
    phx_error err = {0};
    phx_status status;

    check_begin(&check, request);
    bool sync = check_bool(&check, "sync", false);
    if (!check_end(&check) || !read_body(&upload) || !read_action(&upload) ||
        !read_texts(&upload) || !read_items(&upload))
        return;
    if ((status = writer_check(service->writer, &err)) >= 0)
        status = phx_dataset_put(service->store, upload.name, upload.action,
                                 upload.description, upload.items,
                                 upload.inputs->count, &change, &err);
    if (status < 0) {
        answer_refused(request, status, &err);
    } else if (sync) {
        answer_change(request, &change);
    } else {
        buf_add_string(answer_buf(request), "null");
        answer_json(request, 200);
    }
}

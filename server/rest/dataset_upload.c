/*
 * dataset_upload.c - POST /v1/datasets/upload: a body of JSON, or a form with a
 * file (dataset_file.c), becomes a version of a dataset. The body is read by
 * hand, so that every fault of its form is a text; a version is durable before
 * it is told of.
 */
#include "base/base.h"
#include "server/rest/dataset_upload.h"

#include <strings.h>

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
    phx_error err = {0};

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
bool upload_read_action(struct upload *upload, phx_text given)
{
    static const char *const names[] = {[PHX_DATASET_CREATE] = "create",
                                        [PHX_DATASET_APPEND] = "append",
                                        [PHX_DATASET_UPDATE] = "update"};

    for (int32_t i = 0; i < 3; i++) {
        if (given.size == strlen(names[i]) &&
            strncasecmp(given.data, names[i], given.size) == 0) {
            upload->action = i;
            return true;
        }
    }
    answer_text(upload->request, 422, "Invalid dateset action: %.*s",
                (int)given.size, given.data ? given.data : "");
    return false;
}

static bool read_action(struct upload *upload)
{
    const struct value *action = value_member(&upload->body, "action");
    phx_text none = {NULL, 0};

    upload->action = PHX_DATASET_CREATE;
    return action == NULL ||
           upload_read_action(upload,
                              action->kind == JSON_TEXT ? action->text : none);
}

bool upload_read_texts(struct upload *upload, phx_text name,
                       phx_text description)
{
    if (name.size == 0)
        return refuse(upload, "Dataset name must be a non-empty string");
    upload->name = text_string(upload->request, name);
    upload->description =
        upload->name == NULL ? NULL : text_string(upload->request, description);
    return upload->description != NULL;
}

static bool read_texts(struct upload *upload)
{
    const struct value *name = value_member(&upload->body, "name");
    const struct value *about = given(&upload->body, "description");

    if (name == NULL || name->kind != JSON_TEXT)
        return refuse(upload, "Dataset name must be a non-empty string");
    if (about != NULL && about->kind != JSON_TEXT)
        return refuse(upload, "Dataset description must be a string or null");
    return upload_read_texts(upload, name->text,
                             about ? about->text : text_of(""));
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

void upload_read_id(struct upload *upload, phx_text id, phx_example_item *item)
{
    struct arena *arena = request_arena(upload->request);

    if (!id_read(arena, id, "DatasetExample", &item->example))
        item->external_id = id;
    else if (item->example <= 0)
        item->example = INT64_MAX; /* none */
}

static bool read_ids(struct upload *upload, const struct value *list)
{
    for (uint32_t i = 0; list != NULL && i < list->count; i++) {
        const struct value *id = &list->items[i];
        if (id->kind == JSON_NULL)
            continue;
        if (id->kind != JSON_TEXT)
            return refuse(upload, "example_ids must be strings or null");
        upload_read_id(upload, id->text, &upload->items[i]);
    }
    return true;
}

bool upload_write_splits(struct json_writer *json, const struct value *given)
{
    const struct value *names =
        given->kind == JSON_ARRAY ? given->items : given;
    uint32_t count = given->kind == JSON_ARRAY ? given->count : 1;

    json_open_array(json);
    for (uint32_t i = 0; i < count; i++) {
        if (names[i].kind == JSON_NULL)
            continue;
        if (names[i].kind != JSON_TEXT)
            return false;
        if (text_strip(names[i].text).size > 0)
            json_text(json, text_strip(names[i].text));
    }
    json_close_array(json);
    return true;
}

/* All splits of every example are given, if any are. */
static bool read_splits(struct upload *upload, const struct value *list)
{
    struct arena *arena = request_arena(upload->request);
    struct json_writer json;
    struct buf text;
    bool sound = true;

    buf_init(&text, SIZE_MAX);
    for (uint32_t i = 0; list != NULL && i < list->count && sound; i++) {
        buf_reset(&text);
        json_begin(&json, &text);
        if (!upload_write_splits(&json, &list->items[i])) {
            answer_text(upload->request, 422,
                        "splits %u must be a string, list of"
                        " strings, or None",
                        (unsigned)i);
            sound = false;
            break;
        }
        upload->items[i].splits = text_span(text.data, text.size);
        if (text.status < 0 || !keep_text(arena, &upload->items[i].splits)) {
            answer_later(upload->request, "no memory for the examples");
            sound = false;
        }
    }
    buf_clear(&text);
    return sound;
}

static bool read_spans(struct upload *upload, const struct value *list)
{
    for (uint32_t i = 0; list != NULL && i < list->count; i++) {
        const struct value *id = &list->items[i];
        if (id->kind != JSON_NULL && id->kind != JSON_TEXT)
            return refuse(upload, "span_ids must be strings or null");
        if (id->kind == JSON_TEXT)
            upload->items[i].span_id = id->text;
    }
    return true;
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
    upload->count = inputs->count;
    return read_ids(upload, ids) && read_splits(upload, splits) &&
           read_spans(upload, spans) &&
           write_objects(upload, inputs, offsetof(phx_example_item, input)) &&
           write_objects(upload, outputs, offsetof(phx_example_item, output)) &&
           write_objects(upload, metadata,
                         offsetof(phx_example_item, metadata));
}

static bool read_json(struct upload *upload)
{
    return read_body(upload) && read_action(upload) && read_texts(upload) &&
           read_items(upload);
}

static bool read_upload(struct upload *upload)
{
    struct request *request = upload->request;

    if (request_is_type(request, "application/json"))
        return read_json(upload);
    if (request_is_type(request, "multipart/form-data"))
        return upload_read_form(upload);
    if (request_header(request, "Content-Type").size > 0)
        return refuse(upload, "Invalid content-type");
    answer_text(request, 400, "Missing content-type header");
    return false;
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
    if (!check_end(&check) || !read_upload(&upload))
        return;
    status = phx_dataset_put(service->store, upload.name, upload.action,
                             upload.description, upload.items, upload.count,
                             &change, &err);
    if (status < 0) {
        answer_refused(request, status, &err);
    } else if (sync) {
        answer_change(request, &change);
    } else {
        buf_add_string(answer_buf(request), "null");
        answer_json(request, 200);
    }
}

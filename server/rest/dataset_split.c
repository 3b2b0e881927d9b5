/*
 * dataset_split.c - splits: made, changed and deleted by way of a dataset. They
 * are of all datasets; their examples are the dataset's.
 */
#include "base/base.h"
#include "server/rest/inside.h"

static const struct place in_body = {NULL, "body", 0};

/* What a body says; NULL for what it does not have. */
struct split_body {
    struct value whole;
    const struct value *name, *description, *color, *metadata;
    const struct value *added, *removed;
};

/* --- answers ------------------------------------------------------------------ */

static void write_split(struct json_writer *json, const phx_split *split)
{
    json_open_object(json);
    write_id(json, "id", "DatasetSplit", split->id);
    write_text(json, "name", split->name);
    write_text(json, "description", split->description);
    write_text(json, "color", split->color);
    json_key(json, "metadata");
    json_raw(json, split->metadata);
    json_key(json, "example_count");
    json_int(json, split->examples);
    write_time(json, "created_at", split->created_at);
    write_time(json, "updated_at", split->updated_at);
    json_close_object(json);
}

static void answer_missing(struct request *request, phx_id split)
{
    answer_text(request, 404, "Dataset split with ID %lld not found",
                (long long)split);
}

static void answer_split(struct request *request, phx_id dataset, phx_id split,
                         unsigned status)
{
    phx_cursor *cursor = NULL;
    const phx_split *row = NULL;
    struct json_writer json;
    phx_error err = {0};
    phx_status found = phx_store_find_splits(
        request_service(request)->store, split, NULL, dataset, &cursor, &err);

    if (found == PHX_OK)
        found = phx_cursor_next_split(cursor, &row, &err);
    if (found < 0) {
        answer_failure(request, found, &err);
    } else if (row == NULL) {
        answer_missing(request, split);
    } else {
        data_begin(request, &json);
        write_split(&json, row);
        json_close_object(&json);
        answer_json(request, status);
    }
    phx_cursor_close(cursor);
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

/* A text or, if that may be, null. */
static const struct value *
check_nullable(struct check *check, const struct value *body, const char *key)
{
    const struct value *value = value_member(body, key);
    struct place here = {&in_body, key, 0};

    if (value != NULL && value->kind != JSON_NULL)
        check_text(check, &here, value);
    return value;
}

static const struct value *check_ids(struct check *check,
                                     const struct value *body, const char *key)
{
    const struct value *list = check_list(check, &in_body, body, key, false);
    struct place place = {&in_body, key, 0};

    for (uint32_t i = 0; list != NULL && i < list->count; i++) {
        struct place here = {&place, NULL, i};
        check_text(check, &here, &list->items[i]);
    }
    return list;
}

/* Answered if false. */
static bool read_body(struct request *request, bool is_new,
                      struct split_body *out)
{
    struct place metadata = {&in_body, "metadata", 0};
    struct value *body = &out->whole;
    struct check check;

    *out = (struct split_body){.name = NULL};
    if (!check_body(request, body))
        return false;
    check_begin(&check, request);
    out->name = is_new ? check_text_member(&check, &in_body, body, "name", true)
                       : check_nullable(&check, body, "name");
    out->description = check_nullable(&check, body, "description");
    out->color = check_nullable(&check, body, "color");
    out->metadata = value_member(body, "metadata");
    if (!is_new && out->metadata != NULL && out->metadata->kind == JSON_NULL)
        out->metadata = NULL;
    check_object(&check, &metadata, out->metadata);
    out->added =
        check_ids(&check, body, is_new ? "example_ids" : "add_example_ids");
    if (!is_new)
        out->removed = check_ids(&check, body, "remove_example_ids");
    return check_end(&check);
}

/* A member that is given is a text with more than blanks; answered if not. */
static bool read_filled(struct request *request, const struct value *given,
                        const char *what, phx_text *out)
{
    if (given == NULL)
        return true;
    if (given->kind == JSON_TEXT)
        *out = text_strip(given->text);
    if (out->size > 0)
        return true;
    answer_text(request, 422, "The %s of a split cannot be empty", what);
    return false;
}

/* The texts of the split; answered if false. */
static bool read_split(struct request *request, const struct split_body *body,
                       phx_split *out)
{
    struct buf text;
    bool written = true;

    if (!read_filled(request, body->name, "name", &out->name) ||
        !read_filled(request, body->color, "color", &out->color))
        return false;
    if (body->description != NULL)
        out->description = body->description->kind == JSON_TEXT
                               ? body->description->text
                               : text_of("");
    if (body->metadata == NULL)
        return true;
    buf_init(&text, SIZE_MAX);
    json_write_value(&text, body->metadata, 0);
    out->metadata = text_span(text.data, text.size);
    written =
        text.status >= 0 && keep_text(request_arena(request), &out->metadata);
    buf_clear(&text);
    if (!written)
        answer_later(request, "no memory");
    return written;
}

/* Numbers of examples; answered if false. */
static bool read_examples(struct request *request, const struct value *list,
                          phx_id **out, size_t *count)
{
    struct arena *arena = request_arena(request);

    *count = list ? list->count : 0;
    *out = arena_new(arena, size_mul(*count + 1, sizeof **out));
    if (*out == NULL) {
        answer_later(request, "no memory");
        return false;
    }
    for (size_t i = 0; i < *count; i++) {
        phx_text id = list->items[i].text;
        if (id_read(arena, id, "DatasetExample", &(*out)[i]))
            continue;
        answer_text(request, 422, "Invalid dataset example ID: %.*s",
                    (int)id.size, id.data);
        return false;
    }
    return true;
}

/* --- routes -------------------------------------------------------------------- */

void dataset_split_create(struct request *request)
{
    const struct service *service = request_service(request);
    phx_split split = {.color = text_of("#33c5e8")};
    struct split_body body;
    phx_error err = {0};
    phx_id dataset, id, *examples;
    size_t count;
    phx_status status;

    if (!read_body(request, true, &body) ||
        !find_dataset_named(request, &dataset))
        return;
    if (body.color != NULL && body.color->kind == JSON_NULL)
        body.color = NULL;
    if (!read_split(request, &body, &split) ||
        !read_examples(request, body.added, &examples, &count))
        return;
    if (body.description == NULL || body.description->kind == JSON_NULL)
        split.description = (phx_text){NULL, 0};
    status = phx_split_create(service->store, &split, dataset, examples, count,
                              &id, &err);
    if (status < 0)
        answer_refusal(request, status, &err);
    else
        answer_split(request, dataset, id, 201);
}

/* {split_id}, the second name of the path; answered if false. */
static bool read_split_id(struct request *request, phx_id *out)
{
    phx_text id = request_param(request, 1);

    if (id_read(request_arena(request), id, "DatasetSplit", out))
        return true;
    answer_text(request, 422, "Invalid dataset split ID: %.*s", (int)id.size,
                id.data);
    return false;
}

void dataset_split_update(struct request *request)
{
    const struct service *service = request_service(request);
    phx_split split = {.id = 0};
    struct split_body body;
    phx_error err = {0};
    phx_id dataset, *added, *removed;
    size_t added_count, removed_count;
    phx_status status;

    if (!read_body(request, false, &body) ||
        !find_dataset_named(request, &dataset) ||
        !read_split_id(request, &split.id) ||
        !read_split(request, &body, &split) ||
        !read_examples(request, body.added, &added, &added_count) ||
        !read_examples(request, body.removed, &removed, &removed_count))
        return;
    status = phx_split_update(service->store, &split, dataset, added,
                              added_count, removed, removed_count, &err);
    if (status < 0)
        answer_refusal(request, status, &err);
    else
        answer_split(request, dataset, split.id, 200);
}

void dataset_split_delete(struct request *request)
{
    phx_error err = {0};
    phx_id dataset, split;
    phx_status status;

    if (!find_dataset_named(request, &dataset) ||
        !read_split_id(request, &split))
        return;
    status = phx_split_delete(request_service(request)->store, split, &err);
    if (status < 0)
        answer_refusal(request, status, &err);
    else
        answer_empty(request, 204);
}

/* --- split= -------------------------------------------------------------------- */

static phx_status find_split(struct request *request, phx_text given,
                             phx_cursor **cursor, const phx_split **out,
                             phx_error *err)
{
    const char *name = NULL;
    phx_id id = 0;
    phx_status status;

    *out = NULL;
    if (!id_read(request_arena(request), given, "DatasetSplit", &id) &&
        (name = text_string(request, given)) == NULL)
        return PHX_INVALID;
    if (id < 0 || (id == 0 && name == NULL))
        return PHX_DONE;
    status = phx_store_find_splits(request_service(request)->store, id, name, 0,
                                   cursor, err);
    return status < 0 ? status : phx_cursor_next_split(*cursor, out, err);
}

bool find_splits(struct request *request, const phx_text *given, size_t count,
                 struct split_choice *out)
{
    struct arena *arena = request_arena(request);
    size_t size = size_mul(count + 1, sizeof *out->ids + sizeof *given);

    out->count = count;
    if (given == NULL || (out->ids = arena_new(arena, size)) == NULL) {
        answer_later(request, "no memory");
        return false;
    }
    out->names = (phx_text *)(void *)(out->ids + out->count + 1);
    for (size_t i = 0; i < out->count; i++) {
        phx_text text = text_strip(given[i]);
        phx_cursor *cursor = NULL;
        const phx_split *split = NULL;
        phx_error err = {0};
        phx_status status = PHX_INVALID;
        if (text.size == 0)
            answer_text(request, 422, "A split cannot be empty");
        else if ((status = find_split(request, text, &cursor, &split, &err)) ==
                 PHX_DONE)
            answer_text(request, 404, "Dataset split '%.*s' not found",
                        (int)text.size, text.data);
        else if (status < 0 && status != PHX_INVALID)
            answer_failure(request, status, &err);
        if (status == PHX_OK) {
            out->ids[i] = split->id;
            out->names[i] = split->name;
            if (!keep_text(arena, &out->names[i])) {
                answer_later(request, "no memory");
                status = PHX_NO_MEMORY;
            }
        }
        phx_cursor_close(cursor);
        if (status != PHX_OK)
            return false;
    }
    return true;
}

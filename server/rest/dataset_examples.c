/*
 * dataset_examples.c - the examples of a version: as one JSON document, or as a
 * file of JSON lines in one of three forms.
 */
#include "base/base.h"
#include "server/rest/inside.h"

/* The version asked for, or the newest; answered if false. */
static bool read_version(struct request *request, phx_id newest, phx_id *out)
{
    struct arena *arena = request_arena(request);
    phx_text id = request_query(request, "version_id"), type, row;

    *out = newest;
    if (id.data == NULL)
        return true;
    if (id_read(arena, id, "DatasetVersion", out)) {
        if (*out <= 0) /* no version, and not the newest either */
            *out = -1;
        return true;
    }
    answer_text(request, id_split(arena, id, &type, &row) ? 404 : 422,
                "Invalid dataset version ID: %.*s", (int)id.size, id.data);
    return false;
}

/* --- one document ------------------------------------------------------------ */

void write_example(struct json_writer *json, const phx_example *example,
                   bool whole)
{
    char id[ID_SIZE];

    id_print("DatasetExample", example->id, id);
    json_open_object(json);
    json_key(json, "id");
    if (whole && example->external_id.data != NULL)
        json_text(json, example->external_id);
    else
        json_string(json, id);
    json_key(json, "node_id");
    json_string(json, id);
    json_key(json, "input");
    json_raw(json, example->input);
    json_key(json, "output");
    json_raw(json, example->output);
    json_key(json, "metadata");
    json_raw(json, example->metadata);
    write_time(json, "updated_at", example->updated_at);
    json_key(json, "source");
    if (!whole || example->span == 0) {
        json_null(json);
    } else {
        json_open_object(json);
        write_text(json, "span_id", example->span_id);
        write_id(json, "span_node_id", "Span", example->span);
        json_close_object(json);
    }
    json_close_object(json);
}

static phx_status write_member(const struct example_form *form,
                               struct json_writer *json, struct arena *arena,
                               const phx_example *example, phx_error *err)
{
    (void)form;
    (void)arena;
    (void)err;
    write_example(json, example, true);
    return PHX_OK;
}

static void send_document(struct request *request, phx_id dataset,
                          phx_id version, const struct split_choice *splits,
                          phx_cursor *cursor)
{
    static const struct example_form form = {"application/json", NULL, "]}}",
                                             write_member, NULL};
    struct json_writer json;

    data_begin(request, &json);
    json_open_object(&json);
    write_id(&json, "dataset_id", "Dataset", dataset);
    write_id(&json, "version_id", "DatasetVersion", version);
    json_key(&json, "filtered_splits");
    json_open_array(&json);
    for (size_t i = 0; i < splits->count; i++)
        json_text(&json, splits->names[i]);
    json_close_array(&json);
    json_key(&json, "examples");
    json_open_array(&json);
    send_examples(request, cursor, &json, &form);
}

void dataset_examples(struct request *request)
{
    const struct service *service = request_service(request);
    phx_cursor *datasets = NULL, *cursor;
    const phx_dataset *dataset;
    struct split_choice splits;
    const phx_text *given;
    size_t count;
    phx_error err = {0};
    phx_id id, version = 0;
    phx_status status;

    if (!find_dataset_typed(request, &id))
        return;
    dataset = open_dataset(request, id, &datasets);
    bool found =
        dataset != NULL && read_version(request, dataset->version, &version);
    phx_cursor_close(datasets);
    if (!found)
        return;
    given = query_texts(request, "split", &count);
    if (!find_splits(request, given, count, &splits))
        return;
    if (splits.count > 0)
        status = phx_store_find_split_examples(service->store, id, version,
                                               splits.ids, splits.count, 0, 0,
                                               0, &cursor, &err);
    else
        status = phx_store_find_examples(service->store, id, version, 0, 0,
                                         &cursor, &err);
    if (status == PHX_NOT_FOUND)
        answer_text(request, 404, "Dataset version with ID %lld not found",
                    (long long)version);
    else if (status < 0)
        answer_failure(request, status, &err);
    else
        send_document(request, id, version, &splits, cursor);
}

/* --- lines ------------------------------------------------------------------- */

/* Objects that were stored are read again. */
static phx_status read_parts(struct arena *arena, const phx_example *example,
                             struct value *input, struct value *output,
                             phx_error *err)
{
    phx_status status = json_read(arena, example->input, 0, input, err);

    return status < 0 ? status
                      : json_read(arena, example->output, 0, output, err);
}

static void write_line(struct json_writer *json, struct member *members,
                       uint32_t count)
{
    const struct value line = {
        .kind = JSON_OBJECT, .count = count, .members = members};

    json_write_value(json->out, &line, JSON_SPACED);
    buf_add_byte(json->out, '\n');
}

static phx_status write_whole(const struct example_form *form,
                              struct json_writer *json, struct arena *arena,
                              const phx_example *example, phx_error *err)
{
    char id[ID_SIZE];
    struct member members[] = {
        {text_of("id"), value_text(example->external_id)},
        {text_of("node_id"), value_null()},
        {text_of("input"), value_null()},
        {text_of("output"), value_null()},
        {text_of("metadata"), value_null()},
        {text_of("splits"), value_null()}};
    phx_status status =
        read_parts(arena, example, &members[2].value, &members[3].value, err);

    (void)form;

    if (status < 0 ||
        (status = json_read(arena, example->metadata, 0, &members[4].value,
                            err)) < 0 ||
        (status =
             json_read(arena, example->splits, 0, &members[5].value, err)) < 0)
        return status;
    id_print("DatasetExample", example->id, id);
    members[1].value = value_text(text_of(id));
    if (example->external_id.data == NULL)
        members[0].value = members[1].value;
    write_line(json, members, 6);
    return PHX_OK;
}

static bool is_truthy(const struct value *value)
{
    if (value == NULL)
        return false;
    switch (value->kind) {
    case JSON_NULL:
        return false;
    case JSON_BOOL:
    case JSON_INT:
        return value->integer != 0;
    case JSON_REAL:
        return value->real < 0 || value->real > 0;
    case JSON_TEXT:
        return value->text.size > 0;
    case JSON_ARRAY:
    case JSON_OBJECT:
        return value->count > 0;
    default:
        return true;
    }
}

/* The messages of an object, an empty list if they are none. */
static struct value messages_of(const struct value *object)
{
    const struct value *messages = value_member(object, "messages");

    return messages != NULL && messages->kind == JSON_ARRAY
               ? *messages
               : (struct value){.kind = JSON_ARRAY};
}

/* Conversations to train on: the messages of both sides. */
static phx_status write_training(const struct example_form *form,
                                 struct json_writer *json, struct arena *arena,
                                 const phx_example *example, phx_error *err)
{
    struct value input, output, *items;
    phx_status status = read_parts(arena, example, &input, &output, err);

    (void)form;

    if (status < 0)
        return status;
    struct value asked = messages_of(&input), told = messages_of(&output);
    size_t size = size_mul(size_add(asked.count, told.count), sizeof *items);
    const struct value *tools = value_member(&input, "tools");
    if ((items = arena_new(arena, size)) == NULL)
        return arena_status(arena, size, err);
    if (asked.count > 0)
        memcpy(items, asked.items, asked.count * sizeof *items);
    if (told.count > 0)
        memcpy(items + asked.count, told.items, told.count * sizeof *items);
    struct member members[] = {{text_of("messages"),
                                {.kind = JSON_ARRAY,
                                 .count = asked.count + told.count,
                                 .items = items}},
                               {text_of("tools"), value_null()}};
    if (is_truthy(tools))
        members[1].value = *tools;
    write_line(json, members, is_truthy(tools) ? 2 : 1);
    return PHX_OK;
}

/* What is asked, and the ideal answer. */
static phx_status write_asking(const struct example_form *form,
                               struct json_writer *json, struct arena *arena,
                               const phx_example *example, phx_error *err)
{
    struct value input, output;
    phx_status status = read_parts(arena, example, &input, &output, err);

    (void)form;

    if (status < 0)
        return status;
    const struct value *asked = value_member(&input, "messages");
    struct value told = messages_of(&output);
    const struct value *ideal =
        told.count > 0 ? value_member(&told.items[told.count - 1], "content")
                       : NULL;
    struct member members[] = {{text_of("messages"), {.kind = JSON_ARRAY}},
                               {text_of("ideal"), value_text(text_of(""))}};
    if (is_truthy(asked))
        members[0].value = *asked;
    if (ideal != NULL && ideal->kind == JSON_TEXT)
        members[1].value = *ideal;
    write_line(json, members, 2);
    return PHX_OK;
}

bool find_file(struct request *request, const char *ending, phx_id *dataset,
               phx_id *version)
{
    const struct service *service = request_service(request);
    const phx_dataset *row = NULL;
    phx_cursor *cursor = NULL;
    phx_error err = {0};
    phx_status status;
    bool found = false;

    if (!find_dataset(request, dataset))
        return false;
    status = *dataset <= 0 ? PHX_DONE
                           : phx_store_find_datasets(service->store, *dataset,
                                                     0, NULL, 1, &cursor, &err);
    if (status == PHX_OK)
        status = phx_cursor_next_dataset(cursor, &row, &err);
    if (status < 0)
        answer_failure(request, status, &err);
    else if (row == NULL)
        answer_text(request, 422, "no dataset %lld", (long long)*dataset);
    else
        found = read_version(request, row->version, version) &&
                answer_file(request, row->name, ending);
    phx_cursor_close(cursor);
    return found;
}

/* Of a version of another dataset nothing. */
static void send_file(struct request *request, const struct example_form *form)
{
    struct json_writer json;
    phx_cursor *cursor;
    phx_error err = {0};
    phx_id dataset, version;
    phx_status status;

    if (!find_file(request, form->ending, &dataset, &version))
        return;
    status = phx_store_find_examples(request_service(request)->store, dataset,
                                     version, 0, 0, &cursor, &err);
    json_begin(&json, answer_buf(request));
    if (status == PHX_NOT_FOUND)
        answer_body(request, 200, form->type);
    else if (status < 0)
        answer_failure(request, status, &err);
    else
        send_examples(request, cursor, &json, form);
}

#define LINES "text/plain; charset=utf-8", ".jsonl", ""

void dataset_jsonl(struct request *request)
{
    static const struct example_form form = {LINES, write_whole, NULL};

    send_file(request, &form);
}

void dataset_openai_ft(struct request *request)
{
    static const struct example_form form = {LINES, write_training, NULL};

    send_file(request, &form);
}

void dataset_openai_evals(struct request *request)
{
    static const struct example_form form = {LINES, write_asking, NULL};

    send_file(request, &form);
}

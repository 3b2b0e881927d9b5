/*
 * annotation_config.c - annotation configs, and which projects have them. A
 * config's global id names its type; one of an earlier type finds it still.
 */
#include "base/base.h"
#include "server/rest/inside.h"

enum { DEFAULT_LIMIT = 100, LONGEST_PAGE = 10000 };

static const char *const type_names[] = {"CATEGORICAL", "CONTINUOUS",
                                         "FREEFORM"};
static const char *const id_types[] = {"CategoricalAnnotationConfig",
                                       "ContinuousAnnotationConfig",
                                       "FreeformAnnotationConfig"};
static const char *const directions[] = {"MINIMIZE", "MAXIMIZE", "NONE"};
static const struct place in_body = {NULL, "body", 0};

/* --- answers ------------------------------------------------------------------ */

static void write_bound(struct json_writer *json, const char *key,
                        const phx_annotation_config *config, int32_t bound,
                        double value)
{
    json_key(json, key);
    if (config->bounds & bound)
        json_real(json, value);
    else
        json_null(json);
}

static void write_config(struct json_writer *json,
                         const phx_annotation_config *config)
{
    json_open_object(json);
    write_text(json, "name", config->name);
    json_key(json, "type");
    json_string(json, type_names[config->type]);
    write_text(json, "description", config->description);
    json_key(json, "optimization_direction");
    json_string(json, config->direction == PHX_NO_DIRECTION
                          ? NULL
                          : directions[config->direction - PHX_MINIMIZE]);
    if (config->type == PHX_CATEGORICAL) {
        json_key(json, "values");
        json_raw(json, config->choices);
    } else {
        if (config->type == PHX_FREEFORM)
            write_bound(json, "threshold", config, PHX_THRESHOLD,
                        config->threshold);
        write_bound(json, "lower_bound", config, PHX_LOWER_BOUND,
                    config->lower_bound);
        write_bound(json, "upper_bound", config, PHX_UPPER_BOUND,
                    config->upper_bound);
    }
    write_id(json, "id", id_types[config->type], config->id);
    json_close_object(json);
}

/* The config with the id, or by name if that is 0; lent until the cursor is
 * closed. NULL if an answer has been given. */
static const phx_annotation_config *open_config(struct request *request,
                                                phx_id id, phx_text name,
                                                phx_cursor **cursor)
{
    phx_config_query query = PHX_CONFIG_QUERY_INIT;
    const phx_annotation_config *found = NULL;
    phx_error err = {0};
    phx_status status = PHX_DONE;

    query.only = id;
    query.limit = 1;
    if (id == 0)
        query.name = name;
    if (id >= 0 &&
        (status = phx_store_find_configs(request_service(request)->store,
                                         &query, cursor, &err)) == PHX_OK)
        status = phx_cursor_next_config(*cursor, &found, &err);
    if (status < 0)
        answer_failure(request, status, &err);
    else if (found == NULL)
        answer_text(request, 404, "Annotation configuration not found");
    return found;
}

static void answer_config(struct request *request, phx_id id)
{
    const phx_text none = {NULL, 0};
    phx_cursor *cursor = NULL;
    const phx_annotation_config *config =
        open_config(request, id, none, &cursor);
    struct json_writer json;

    if (config != NULL) {
        data_begin(request, &json);
        write_config(&json, config);
        data_end(request, &json);
    }
    phx_cursor_close(cursor);
}

/* --- ids ---------------------------------------------------------------------- */

/* The row of a global id of a config of any type: -1 for one below 1. */
static bool read_id(struct request *request, phx_text text, phx_id *out)
{
    for (size_t i = 0; i < 3; i++) {
        if (id_read(request_arena(request), text, id_types[i], out)) {
            *out = *out > 0 ? *out : -1;
            return true;
        }
    }
    return false;
}

/* {config_id}; answered if false. */
static bool read_config_id(struct request *request, phx_id *out)
{
    phx_text given = request_param(request, 0), type, row;
    struct arena *arena = request_arena(request);
    bool is_id =
        id_split(arena, given, &type, &row) && id_read_integer(row, out);

    if (read_id(request, given, out))
        return true;
    answer_text(request, is_id ? 400 : 422,
                is_id ? "'%.*s' is no id of an annotation configuration"
                      : "Invalid annotation configuration id '%.*s'",
                (int)given.size, given.data);
    return false;
}

/* {config_identifier}, the n-th name of the path; answered if false. */
static bool find_config(struct request *request, size_t param, phx_id *out)
{
    phx_text given = request_param(request, param);
    phx_cursor *cursor = NULL;
    const phx_annotation_config *config;
    phx_id id = 0;

    if (!read_id(request, given, &id))
        id = 0;
    config = open_config(request, id, given, &cursor);
    if (config != NULL)
        *out = config->id;
    phx_cursor_close(cursor);
    return config != NULL;
}

/* --- bodies -------------------------------------------------------------------- */

static void check_values(struct check *check, const struct place *place,
                         const struct value *body)
{
    const struct value *values = check_list(check, place, body, "values", true);
    struct place list = {place, "values", 0};

    for (uint32_t i = 0; values != NULL && i < values->count; i++) {
        struct place here = {&list, NULL, i};
        double score;

        if (!check_model(check, &here, &values->items[i]))
            continue;
        check_text_member(check, &here, &values->items[i], "label", true);
        check_number_member(check, &here, &values->items[i], "score", &score);
    }
}

static int32_t check_direction(struct check *check, const struct place *place,
                               const struct value *body, bool required)
{
    const char *key = "optimization_direction";
    struct place here = {place, key, 0};
    const struct value *given =
        required ? check_member(check, place, body, key, true)
                 : check_optional(body, key);

    return given == NULL
               ? PHX_NO_DIRECTION
               : PHX_MINIMIZE + check_enum(check, &here, given, directions, 3);
}

static void check_bound(struct check *check, const struct place *place,
                        const struct value *body, const char *key,
                        int32_t bound, double *value,
                        phx_annotation_config *out)
{
    if (check_number_member(check, place, body, key, value))
        out->bounds |= bound;
}

/* Which type the body is of; -1 if there is a problem. */
static int32_t check_type(struct check *check, const struct value *body)
{
    static const char tags[] = "'CATEGORICAL', 'CONTINUOUS', 'FREEFORM'";
    const struct value *type = value_member(body, "type");
    struct member context[3] = {
        {text_of("discriminator"), value_text(text_of("'type'"))},
        {text_of("tag"), type ? *type : value_null()},
        {text_of("expected_tags"), value_text(text_of(tags))}};
    struct value ctx = {.kind = JSON_OBJECT, .count = 3, .members = context};
    char message[256];

    for (int32_t i = 0; i < 3; i++) {
        if (type != NULL && value_is_text(type, type_names[i]))
            return i;
    }
    if (type == NULL || type->kind != JSON_TEXT) {
        ctx.count = 1;
        check_problem_in(check, &in_body, "union_tag_not_found",
                         "Unable to extract tag using discriminator 'type'",
                         body, &ctx);
        return -1;
    }
    snprintf(message, sizeof message,
             "Input tag '%.*s' found using 'type' does not match any of the "
             "expected tags: %s",
             type->text.size < 64 ? (int)type->text.size : 64, type->text.data,
             tags);
    check_problem_in(check, &in_body, "union_tag_invalid", message, body, &ctx);
    return -1;
}

static void check_config(struct check *check, const struct value *body,
                         phx_annotation_config *out)
{
    out->type = check_type(check, body);
    if (out->type < 0)
        return;
    struct place place = {&in_body, type_names[out->type], 0};
    const struct value *name =
        check_text_member(check, &place, body, "name", true);
    const struct value *description = check_optional(body, "description");

    if (description != NULL)
        description =
            check_text_member(check, &place, body, "description", false);
    out->name = name ? name->text : (phx_text){NULL, 0};
    out->description = description ? description->text : (phx_text){NULL, 0};
    out->direction =
        check_direction(check, &place, body, out->type != PHX_FREEFORM);
    if (out->type == PHX_CATEGORICAL) {
        check_values(check, &place, body);
        return;
    }
    if (out->type == PHX_FREEFORM)
        check_bound(check, &place, body, "threshold", PHX_THRESHOLD,
                    &out->threshold, out);
    check_bound(check, &place, body, "lower_bound", PHX_LOWER_BOUND,
                &out->lower_bound, out);
    check_bound(check, &place, body, "upper_bound", PHX_UPPER_BOUND,
                &out->upper_bound, out);
}

/* The library's choices: scores as numbers, however they came. False without
 * memory. */
static bool read_choices(struct request *request, const struct value *body,
                         phx_text *out)
{
    const struct value *values = value_member(body, "values");
    struct json_writer json;
    struct check check;
    struct buf text;

    check_begin(&check, request); /* finds no problem */
    buf_init(&text, SIZE_MAX);
    json_begin(&json, &text);
    json_open_array(&json);
    for (uint32_t i = 0; i < values->count; i++) {
        const struct value *value = &values->items[i];
        double score = 0;

        json_open_object(&json);
        write_text(&json, "label", value_member(value, "label")->text);
        json_key(&json, "score");
        if (check_number_member(&check, &in_body, value, "score", &score))
            json_real(&json, score);
        else
            json_null(&json);
        json_close_object(&json);
    }
    json_close_array(&json);
    *out = text_span(text.data, text.size);
    bool kept = text.size > 0 && keep_text(request_arena(request), out);
    buf_clear(&text);
    return kept;
}

/* Answered if false. */
static bool read_config(struct request *request, phx_annotation_config *out)
{
    struct value body;
    struct check check;

    *out = (phx_annotation_config){0};
    if (!check_body(request, &body))
        return false;
    check_begin(&check, request);
    check_config(&check, &body, out);
    if (!check_end(&check))
        return false;
    if (text_is(out->name, "note")) {
        answer_text(request, 409, "The name 'note' is reserved");
        return false;
    }
    if (out->type == PHX_CATEGORICAL &&
        !read_choices(request, &body, &out->choices)) {
        answer_later(request, "no memory");
        return false;
    }
    return true;
}

/* What a config breaks is 400 here. */
static void answer_refusal(struct request *request, phx_status status,
                           const phx_error *err)
{
    if (status == PHX_INVALID)
        answer_text(request, 400, "%s", err->message);
    else if (status == PHX_NOT_FOUND)
        answer_text(request, 404, "Annotation configuration not found");
    else
        answer_failure(request, status, err);
}

/* --- configs ------------------------------------------------------------------ */

void annotation_config_create(struct request *request)
{
    const struct service *service = request_service(request);
    phx_annotation_config config;
    phx_error err = {0};
    phx_status status;
    phx_id id;

    if (!read_config(request, &config))
        return;
    status = phx_config_create(service->store, &config, &id, &err);
    if (status < 0)
        answer_refusal(request, status, &err);
    else
        answer_config(request, id);
}

void annotation_config_update(struct request *request)
{
    const struct service *service = request_service(request);
    phx_annotation_config config;
    phx_error err = {0};
    phx_status status;
    phx_id id;

    if (!read_config(request, &config) || !read_config_id(request, &id))
        return;
    config.id = id;
    status = phx_config_update(service->store, &config, &err);
    if (status < 0)
        answer_refusal(request, status, &err);
    else
        answer_config(request, id);
}

void annotation_config_get(struct request *request)
{
    phx_id id;

    if (find_config(request, 0, &id))
        answer_config(request, id);
}

/* The answer is made before it is gone. */
void annotation_config_delete(struct request *request)
{
    const phx_text none = {NULL, 0};
    phx_cursor *cursor = NULL;
    const phx_annotation_config *config;
    struct json_writer json;
    phx_error err = {0};
    phx_id id;

    if (!read_config_id(request, &id) ||
        (config = open_config(request, id, none, &cursor)) == NULL) {
        phx_cursor_close(cursor);
        return;
    }
    data_begin(request, &json);
    write_config(&json, config);
    phx_cursor_close(cursor);
    phx_status status =
        phx_config_delete(request_service(request)->store, id, &err);
    if (status < 0)
        answer_refusal(request, status, &err);
    else
        data_end(request, &json);
}

/* --- lists -------------------------------------------------------------------- */

static phx_status write_page(struct request *request,
                             const phx_config_query *query,
                             struct json_writer *json, char next[ID_SIZE],
                             phx_error *err)
{
    phx_config_query wanted = *query;
    phx_cursor *cursor = NULL;
    const phx_annotation_config *config;
    phx_status status;

    wanted.limit += query->limit > 0;
    status = phx_store_find_configs(request_service(request)->store, &wanted,
                                    &cursor, err);
    for (int64_t count = 0;
         status == PHX_OK &&
         (status = phx_cursor_next_config(cursor, &config, err)) == PHX_OK;
         count++) {
        if (query->limit > 0 && count == query->limit) {
            id_print(id_types[config->type], config->id, next);
            break;
        }
        write_config(json, config);
    }
    phx_cursor_close(cursor);
    return status;
}

static void answer_list(struct request *request, const phx_config_query *query)
{
    struct json_writer json;
    char next[ID_SIZE] = "";
    phx_error err = {0};
    phx_status status = PHX_OK;

    list_begin(request, &json);
    if (query->from >= 0)
        status = write_page(request, query, &json, next, &err);
    if (status < 0)
        answer_failure(request, status, &err);
    else
        list_end(request, &json, next);
}

/* limit= and cursor=, then the project if there is one in the path. */
static void list_configs(struct request *request, bool of_project)
{
    phx_config_query query = PHX_CONFIG_QUERY_INIT;
    phx_text cursor = request_query(request, "cursor");
    struct check check;

    check_begin(&check, request);
    query.limit = check_limit(&check, DEFAULT_LIMIT, INT64_MAX);
    if (!check_end(&check) ||
        (of_project &&
         !find_project(request, request_param(request, 0), &query.project)))
        return;
    if (cursor.size > 0 && !read_id(request, cursor, &query.from)) {
        answer_text(request, 400, "Invalid cursor: %.*s", (int)cursor.size,
                    cursor.data);
        return;
    }
    if (query.limit > LONGEST_PAGE)
        query.limit = LONGEST_PAGE;
    answer_list(request, &query);
}

void annotation_config_list(struct request *request)
{
    list_configs(request, false);
}

void project_config_list(struct request *request)
{
    list_configs(request, true);
}

/* --- projects ------------------------------------------------------------------ */

/* The ids of a body; NULL if it has been answered. */
static phx_id *read_ids(struct request *request, size_t *count)
{
    struct place list = {&in_body, "annotation_config_ids", 0};
    const struct value *texts;
    struct check check;
    struct value body;
    phx_id *ids;

    if (!check_body(request, &body))
        return NULL;
    check_begin(&check, request);
    texts = check_list(&check, &in_body, &body, list.key, true);
    for (uint32_t i = 0; texts != NULL && i < texts->count; i++) {
        struct place place = {&list, NULL, i};

        check_text(&check, &place, &texts->items[i]);
    }
    if (!check_end(&check) || texts == NULL)
        return NULL;
    *count = texts->count;
    ids = arena_new(request_arena(request), size_mul(*count + 1, sizeof *ids));
    if (ids == NULL)
        answer_later(request, "no memory");
    for (uint32_t i = 0; ids != NULL && i < *count; i++) {
        phx_text text = texts->items[i].text;

        if (read_id(request, text, &ids[i]))
            continue;
        answer_text(request, 422, "Invalid annotation configuration id '%.*s'",
                    (int)text.size, text.data);
        return NULL;
    }
    return ids;
}

void project_config_set(struct request *request)
{
    const struct service *service = request_service(request);
    phx_config_query query = PHX_CONFIG_QUERY_INIT;
    phx_error err = {0};
    phx_status status;
    phx_id *ids;
    size_t count;

    if ((ids = read_ids(request, &count)) == NULL ||
        !find_project(request, request_param(request, 0), &query.project))
        return;
    status = phx_project_set_configs(service->store, query.project, ids, count,
                                     &err);
    if (status == PHX_NOT_FOUND && err.offset >= 0)
        answer_text(request, 422,
                    "Annotation configuration not found: %lld of the list",
                    (long long)err.offset + 1);
    else if (status < 0)
        answer_failure(request, status, &err);
    else
        answer_list(request, &query);
}

static bool assign(struct request *request, bool assigned, phx_id *config)
{
    phx_error err = {0};
    phx_status status;
    phx_id project;

    if (!find_project(request, request_param(request, 0), &project) ||
        !find_config(request, 1, config))
        return false;
    status = phx_project_set_config(request_service(request)->store, project,
                                    *config, assigned, &err);
    if (status < 0)
        answer_failure(request, status, &err);
    return status >= 0;
}

void project_config_assign(struct request *request)
{
    phx_id config;

    if (assign(request, true, &config))
        answer_config(request, config);
}

void project_config_leave(struct request *request)
{
    phx_id config;

    if (assign(request, false, &config))
        answer_empty(request, 204);
}

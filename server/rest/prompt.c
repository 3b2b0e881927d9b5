/*
 * prompt.c - prompts, their versions and the tags that point to them. A version
 * is kept as it is answered, but for its id.
 */
#include "base/base.h"
#include "server/rest/inside.h"

enum { DEFAULT_LIMIT = 100, LONGEST_PAGE = 10000 };

/* --- what is asked for ---------------------------------------------------------- */

/* {prompt_identifier}: *id, or 0 and the name. Answered if false. */
static bool read_identifier(struct request *request, phx_id *id,
                            const char **name)
{
    phx_text given = request_param(request, 0);

    *id = 0;
    *name = NULL;
    if (id_read(request_arena(request), given, "Prompt", id)) {
        *id = *id > 0 ? *id : -1;
        return true;
    }
    if (is_identifier(given))
        return (*name = text_string(request, given)) != NULL;
    answer_text(request, 422, "Invalid prompt identifier: %.*s",
                (int)given.size, given.data);
    return false;
}

/* Lent until the cursor is closed. NULL if there is none, or if an answer has
 * been given: then *answered is set. */
static const phx_prompt *open_prompt(struct request *request,
                                     phx_cursor **cursor, bool *answered)
{
    const phx_prompt *found = NULL;
    const char *name;
    phx_error err = {0};
    phx_status status = PHX_DONE;
    phx_id id;

    *answered = !read_identifier(request, &id, &name);
    if (*answered)
        return NULL;
    if (id >= 0 &&
        (status = phx_store_find_prompts(request_service(request)->store, id, 0,
                                         name, 1, cursor, &err)) == PHX_OK)
        status = phx_cursor_next_prompt(*cursor, &found, &err);
    if (status < 0) {
        answer_failure(request, status, &err);
        *answered = true;
    }
    return found;
}

/* The number of the prompt; 0 if there is none. Answered if false. */
static bool find_prompt(struct request *request, phx_id *out)
{
    phx_cursor *cursor = NULL;
    bool answered;
    const phx_prompt *prompt = open_prompt(request, &cursor, &answered);

    *out = prompt ? prompt->id : 0;
    phx_cursor_close(cursor);
    return !answered;
}

static void answer_missing(struct request *request)
{
    answer_text(request, 404, "Not Found");
}

/* {prompt_version_id}; answered if false. */
static bool read_version_id(struct request *request, phx_id *out)
{
    phx_text given = request_param(request, 0);

    if (id_read(request_arena(request), given, "PromptVersion", out)) {
        *out = *out > 0 ? *out : -1;
        return true;
    }
    answer_text(request, 422, "Invalid prompt version ID: %.*s",
                (int)given.size, given.data);
    return false;
}

/* {tag_name}; NULL if an answer has been given. */
static const char *read_tag_name(struct request *request)
{
    phx_text given = request_param(request, 1);

    if (is_identifier(given))
        return text_string(request, given);
    answer_text(request, 422, "Invalid tag name: %.*s", (int)given.size,
                given.data);
    return NULL;
}

/* --- prompts --------------------------------------------------------------------- */

/* Absent members are null, or left out. */
static void write_prompt(struct json_writer *json, const phx_prompt *prompt,
                         bool nulls)
{
    json_open_object(json);
    write_text(json, "name", prompt->name);
    if (nulls || prompt->description.data != NULL)
        write_text(json, "description", prompt->description);
    if (prompt->source != 0) {
        write_id(json, "source_prompt_id", "Prompt", prompt->source);
    } else if (nulls) {
        json_key(json, "source_prompt_id");
        json_null(json);
    }
    json_key(json, "metadata");
    json_raw(json, prompt->metadata);
    write_id(json, "id", "Prompt", prompt->id);
    json_close_object(json);
}

static phx_status write_prompts(struct request *request, phx_id from,
                                int64_t limit, struct json_writer *json,
                                char next[ID_SIZE], phx_error *err)
{
    const phx_prompt *prompt;
    phx_cursor *cursor = NULL;
    phx_status status =
        phx_store_find_prompts(request_service(request)->store, 0, from, NULL,
                               limit + 1, &cursor, err);

    for (int64_t count = 0; status == PHX_OK; count++) {
        if ((status = phx_cursor_next_prompt(cursor, &prompt, err)) != PHX_OK)
            break;
        if (count == limit) {
            id_print("Prompt", prompt->id, next);
            break;
        }
        write_prompt(json, prompt, true);
    }
    phx_cursor_close(cursor);
    return status;
}

/* limit= and cursor=; answered if false. */
static bool read_page(struct request *request, int64_t *limit, phx_id *from)
{
    struct check check;

    check_begin(&check, request);
    *limit = check_limit(&check, DEFAULT_LIMIT, INT64_MAX);
    if (*limit > LONGEST_PAGE)
        *limit = LONGEST_PAGE;
    return check_end(&check) && find_cursor(request, from);
}

void prompt_list(struct request *request)
{
    struct json_writer json;
    char next[ID_SIZE] = "";
    phx_error err = {0};
    phx_status status = PHX_OK;
    int64_t limit;
    phx_id from;

    if (!read_page(request, &limit, &from))
        return;
    list_begin(request, &json);
    if (from >= 0)
        status = write_prompts(request, from, limit, &json, next, &err);
    if (status < 0)
        answer_failure(request, status, &err);
    else
        list_end(request, &json, next);
}

void prompt_delete(struct request *request)
{
    const struct service *service = request_service(request);
    phx_error err = {0};
    phx_status status;
    phx_id id;

    if (!find_prompt(request, &id))
        return;
    status = phx_prompt_delete(service->store, id, &err);
    if (status == PHX_NOT_FOUND)
        answer_text(request, 404, "Prompt not found");
    else if (status < 0)
        answer_failure(request, status, &err);
    else
        answer_empty(request, 204);
}

void prompt_update(struct request *request)
{
    const struct service *service = request_service(request);
    const phx_prompt *prompt;
    phx_prompt change = {0};
    phx_cursor *cursor = NULL;
    struct json_writer json;
    phx_error err = {0};
    phx_status status = PHX_OK;
    int32_t changes;
    bool answered;

    if (!prompt_read_change(request, &change, &changes) ||
        !find_prompt(request, &change.id))
        return;
    status = phx_prompt_update(service->store, &change, changes, &err);
    if (status == PHX_NOT_FOUND) {
        answer_text(request, 404, "Prompt not found");
    } else if (status < 0) {
        answer_failure(request, status, &err);
    } else if ((prompt = open_prompt(request, &cursor, &answered)) != NULL) {
        data_begin(request, &json);
        write_prompt(&json, prompt, false);
        data_end(request, &json);
    } else if (!answered) {
        answer_text(request, 404, "Prompt not found");
    }
    phx_cursor_close(cursor);
}

/* --- versions -------------------------------------------------------------------- */

/* The body has members; the id is one more behind them. */
static void write_version(struct request *request, struct json_writer *json,
                          const phx_prompt_version *version)
{
    char id[ID_SIZE];

    id_print("PromptVersion", version->id, id);
    json_raw(json, text_span(version->body.data, version->body.size - 1));
    buf_add_format(answer_buf(request), ",\"id\":\"%s\"}", id);
}

/* The first version that there is, or 404. */
static void answer_version(struct request *request,
                           const phx_prompt_version_query *query)
{
    const phx_prompt_version *version = NULL;
    phx_cursor *cursor = NULL;
    struct json_writer json;
    phx_error err = {0};
    phx_status status = phx_store_find_prompt_versions(
        request_service(request)->store, query, &cursor, &err);

    if (status == PHX_OK)
        status = phx_cursor_next_prompt_version(cursor, &version, &err);
    if (status < 0) {
        answer_failure(request, status, &err);
    } else if (version == NULL) {
        answer_missing(request);
    } else {
        data_begin(request, &json);
        write_version(request, &json, version);
        data_end(request, &json);
    }
    phx_cursor_close(cursor);
}

void prompt_create(struct request *request)
{
    const struct service *service = request_service(request);
    phx_prompt_version_query query = PHX_PROMPT_VERSION_QUERY_INIT;
    phx_prompt prompt;
    phx_text version;
    phx_error err = {0};
    phx_status status;

    if (!prompt_read_body(request, &prompt, &version))
        return;
    status = phx_prompt_put(service->store, &prompt, version.data, version.size,
                            &query.only, &err);
    if (status == PHX_INVALID || status == PHX_TOO_BIG)
        answer_text(request, 422, "%s", err.message);
    else if (status < 0)
        answer_failure(request, status, &err);
    else
        answer_version(request, &query);
}

void prompt_version_get(struct request *request)
{
    phx_prompt_version_query query = PHX_PROMPT_VERSION_QUERY_INIT;

    if (read_version_id(request, &query.only))
        answer_version(request, &query);
}

void prompt_latest(struct request *request)
{
    phx_prompt_version_query query = PHX_PROMPT_VERSION_QUERY_INIT;

    query.limit = 1;
    if (find_prompt(request, &query.prompt))
        answer_version(request, &query);
}

void prompt_tagged(struct request *request)
{
    phx_prompt_version_query query = PHX_PROMPT_VERSION_QUERY_INIT;

    query.tag = request_param(request, 1);
    if (read_tag_name(request) != NULL && find_prompt(request, &query.prompt))
        answer_version(request, &query);
}

/* A page ends early when it is long. */
static phx_status write_versions(struct request *request,
                                 const phx_prompt_version_query *query,
                                 struct json_writer *json, char next[ID_SIZE],
                                 phx_error *err)
{
    phx_prompt_version_query wanted = *query;
    const phx_prompt_version *version;
    phx_cursor *cursor = NULL;

    wanted.limit++;
    phx_status status = phx_store_find_prompt_versions(
        request_service(request)->store, &wanted, &cursor, err);
    for (int64_t count = 0; status == PHX_OK; count++) {
        if ((status = phx_cursor_next_prompt_version(cursor, &version, err)) !=
            PHX_OK)
            break;
        if (count == query->limit || answer_buf(request)->size > PAGE_BYTES) {
            id_print("PromptVersion", version->id, next);
            break;
        }
        write_version(request, json, version);
    }
    phx_cursor_close(cursor);
    return status;
}

void prompt_versions(struct request *request)
{
    phx_prompt_version_query query = PHX_PROMPT_VERSION_QUERY_INIT;
    struct json_writer json;
    char next[ID_SIZE] = "";
    phx_error err = {0};
    phx_status status = PHX_OK;

    if (!read_page(request, &query.limit, &query.from) ||
        !find_prompt(request, &query.prompt))
        return;
    list_begin(request, &json);
    if (query.from >= 0 && query.prompt != 0)
        status = write_versions(request, &query, &json, next, &err);
    if (status < 0)
        answer_failure(request, status, &err);
    else
        list_end(request, &json, next);
}

/* --- tags ------------------------------------------------------------------------ */

/* The prompt of {prompt_version_id}; answered if false. */
static bool find_version(struct request *request, phx_id *version,
                         phx_id *prompt)
{
    phx_prompt_version_query query = PHX_PROMPT_VERSION_QUERY_INIT;
    const phx_prompt_version *found = NULL;
    phx_cursor *cursor = NULL;
    phx_error err = {0};
    phx_status status;

    if (!read_version_id(request, version))
        return false;
    query.only = *version;
    if ((status = phx_store_find_prompt_versions(
             request_service(request)->store, &query, &cursor, &err)) == PHX_OK)
        status = phx_cursor_next_prompt_version(cursor, &found, &err);
    if (found != NULL)
        *prompt = found->prompt;
    phx_cursor_close(cursor);
    if (status < 0)
        answer_failure(request, status, &err);
    else if (found == NULL)
        answer_missing(request);
    return found != NULL;
}

static void write_tag(struct json_writer *json, const phx_prompt_tag *tag)
{
    json_open_object(json);
    write_text(json, "name", tag->name);
    if (tag->description.data != NULL)
        write_text(json, "description", tag->description);
    write_id(json, "id", "PromptVersionTag", tag->id);
    json_close_object(json);
}

static phx_status write_tags(struct request *request, phx_id prompt,
                             phx_id version, phx_id from, int64_t limit,
                             struct json_writer *json, char next[ID_SIZE],
                             phx_error *err)
{
    const phx_prompt_tag *tag;
    phx_cursor *cursor = NULL;
    phx_status status =
        phx_store_find_prompt_tags(request_service(request)->store, prompt,
                                   version, from, limit + 1, &cursor, err);

    for (int64_t count = 0; status == PHX_OK; count++) {
        if ((status = phx_cursor_next_prompt_tag(cursor, &tag, err)) != PHX_OK)
            break;
        if (count == limit) {
            id_print("PromptVersionTag", tag->id, next);
            break;
        }
        write_tag(json, tag);
    }
    phx_cursor_close(cursor);
    return status;
}

void prompt_tag_list(struct request *request)
{
    struct json_writer json;
    char next[ID_SIZE] = "";
    phx_error err = {0};
    phx_status status = PHX_OK;
    phx_id version, prompt, from;
    int64_t limit;

    if (!read_page(request, &limit, &from) ||
        !find_version(request, &version, &prompt))
        return;
    list_begin(request, &json);
    if (from >= 0)
        status = write_tags(request, prompt, version, from, limit, &json, next,
                            &err);
    if (status < 0)
        answer_failure(request, status, &err);
    else
        list_end(request, &json, next);
}

void prompt_tag_create(struct request *request)
{
    const struct service *service = request_service(request);
    const char *name, *description;
    phx_error err = {0};
    phx_status status;
    phx_id version;

    if (!prompt_read_tag(request, &name, &description) ||
        !read_version_id(request, &version))
        return;
    status =
        phx_prompt_set_tag(service->store, version, name, description, &err);
    if (status == PHX_NOT_FOUND)
        answer_missing(request);
    else if (status == PHX_TOO_BIG)
        answer_text(request, 422, "%s", err.message);
    else if (status < 0)
        answer_failure(request, status, &err);
    else
        answer_empty(request, 204);
}

void prompt_tag_delete(struct request *request)
{
    const char *name = read_tag_name(request);
    phx_error err = {0};
    phx_id version, prompt;

    if (name == NULL || !find_version(request, &version, &prompt))
        return;
    phx_status status = phx_prompt_delete_tag(request_service(request)->store,
                                              prompt, name, &err);
    if (status == PHX_NOT_FOUND)
        answer_missing(request);
    else if (status < 0)
        answer_failure(request, status, &err);
    else
        answer_empty(request, 204);
}

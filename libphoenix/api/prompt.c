/*
 * prompt.c - prompts to keep, checked before the writer's turn; templates,
 * filled; how versions differ; and the cursor of versions.
 */
#include "base/base.h"

#include "api/inside.h"
#include "prompt/prompt.h"

enum { LONGEST_NAME = 4096, LONGEST_TEXT = 1 << 20, MOST_REPORT = 256 << 20 };

static bool is_misused(phx_text text)
{
    return text.data == NULL && text.size != 0;
}

/* --- versions as texts --------------------------------------------------------- */

/* INVALID if the JSON is none; its numbers keep their digits if `exact`. */
static phx_status read_json(struct arena *arena, const char *what,
                            const char *json, size_t size, int flags,
                            struct value *out, phx_error *err)
{
    phx_error why = {0};
    phx_text text = text_span(json, size);
    phx_status status = text_check(text, PROMPT_TEXT, what, -1, err);

    if (status < 0)
        return status;
    status = json_read(arena, text, flags, out, &why);
    if (status == PHX_NO_MEMORY)
        return fail_memory(err, size);
    return status >= 0 ? PHX_OK
                       : fail(err, PHX_INVALID, why.offset,
                              "the %s is no JSON: %.200s", what, why.message);
}

/* {...}, where it is one of variables or metadata. */
static phx_status read_object(struct arena *arena, const char *what,
                              const char *json, size_t size, int flags,
                              struct value *out, phx_error *err)
{
    phx_status status = read_json(arena, what, json, size, flags, out, err);

    return status < 0 || out->kind == JSON_OBJECT
               ? status
               : fail(err, PHX_INVALID, -1, "the %s is no JSON object", what);
}

/* Checks a version: its one form in the buf. */
static phx_status check_version(struct arena *arena, const char *json,
                                size_t size, struct buf *out,
                                struct buf *problems, phx_error *err)
{
    struct value version;
    phx_status status =
        read_json(arena, "version", json, size, JSON_DIGITS, &version, err);

    return status < 0 ? status : prompt_check(&version, out, problems, err);
}

/* The same as a value in the arena. */
static phx_status read_version(struct arena *arena, const char *json,
                               size_t size, struct value *out, phx_error *err)
{
    struct buf body;
    phx_status status;

    buf_init(&body, SIZE_MAX);
    if ((status = check_version(arena, json, size, &body, NULL, err)) >= 0) {
        phx_text text = text_span(body.data, body.size);
        if ((status = arena_keep(arena, &text, err)) >= 0)
            status = json_read(arena, text, JSON_DIGITS, out, err);
    }
    buf_clear(&body);
    return status;
}

phx_status phx_prompt_check(const char *json, size_t size, phx_buf *out,
                            phx_buf *report, phx_error *err)
{
    struct buf body, problems;
    struct arena arena;
    phx_status status;

    if (json == NULL && size != 0)
        return fail_argument(err);
    arena_init(&arena, SIZE_MAX);
    buf_init(&body, SIZE_MAX);
    buf_init(&problems, MOST_REPORT);
    buf_add_byte(&problems, '[');
    status = check_version(&arena, json, size, &body, &problems, err);
    buf_add_byte(&problems, ']');
    if (status == PHX_INVALID && report != NULL && problems.size > 2) {
        phx_status given = give_buf(&problems, "a report", report, err);
        status = given < 0 ? given : status;
    } else if (status >= 0 && out != NULL) {
        status = give_buf(&body, "a version", out, err);
    }
    buf_clear(&problems);
    buf_clear(&body);
    arena_clear(&arena);
    return status;
}

/* --- templates ----------------------------------------------------------------- */

static bool is_template(int32_t format, const char *text, size_t size)
{
    return (text != NULL || size == 0) && format >= PHX_MUSTACHE &&
           format <= PHX_NO_FORMAT;
}

phx_status phx_prompt_render(int32_t format, const char *template_,
                             size_t template_size, const char *variables,
                             size_t variables_size, phx_buf *out,
                             phx_error *err)
{
    phx_text text = text_span(template_, template_size);
    struct value values;
    struct arena arena;
    struct buf filled;
    phx_status status;

    if (!is_template(format, template_, template_size) || variables == NULL ||
        out == NULL)
        return fail_argument(err);
    arena_init(&arena, SIZE_MAX);
    buf_init(&filled, PROMPT_RENDERED);
    if ((status = text_check(text, PROMPT_TEXT, "template", -1, err)) >= 0 &&
        (status = read_object(&arena, "variables", variables, variables_size,
                              JSON_LENIENT, &values, err)) >= 0 &&
        (status = prompt_render(&arena, format, text, &values, &filled, err)) >=
            0)
        status = give_buf(&filled, "a filled template", out, err);
    buf_clear(&filled);
    arena_clear(&arena);
    return status;
}

phx_status phx_prompt_variables(int32_t format, const char *template_,
                                size_t template_size, phx_buf *out,
                                phx_error *err)
{
    phx_text text = text_span(template_, template_size);
    struct prompt_names names = {NULL, 0, 0};
    struct json_writer json;
    struct arena arena;
    struct buf list;
    phx_status status;

    if (!is_template(format, template_, template_size) || out == NULL)
        return fail_argument(err);
    arena_init(&arena, SIZE_MAX);
    buf_init(&list, PROMPT_RENDERED);
    if ((status = text_check(text, PROMPT_TEXT, "template", -1, err)) >= 0 &&
        (status = prompt_variables(&arena, format, text, &names, err)) >= 0) {
        json_begin(&json, &list);
        json_open_array(&json);
        for (size_t i = 0; i < names.count; i++)
            json_text(&json, names.items[i]);
        json_close_array(&json);
        status = give_buf(&list, "a list of variables", out, err);
    }
    buf_clear(&list);
    arena_clear(&arena);
    return status;
}

phx_status phx_prompt_fill(const char *json, size_t size, const char *variables,
                           size_t variables_size, phx_buf *out, phx_error *err)
{
    struct value version, values;
    struct arena arena;
    struct buf messages;
    phx_status status;

    if (json == NULL || variables == NULL || out == NULL)
        return fail_argument(err);
    arena_init(&arena, SIZE_MAX);
    buf_init(&messages, PROMPT_RENDERED);
    if ((status = read_version(&arena, json, size, &version, err)) >= 0 &&
        (status = read_object(&arena, "variables", variables, variables_size,
                              JSON_LENIENT, &values, err)) >= 0 &&
        (status = prompt_fill(&arena, &version, &values, &messages, err)) >= 0)
        status = give_buf(&messages, "messages", out, err);
    buf_clear(&messages);
    arena_clear(&arena);
    return status;
}

phx_status phx_prompt_diff(const char *before, size_t before_size,
                           const char *after, size_t after_size, phx_buf *out,
                           phx_error *err)
{
    struct value old, new;
    struct arena arena;
    struct buf diff;
    phx_status status;

    if (before == NULL || after == NULL || out == NULL)
        return fail_argument(err);
    arena_init(&arena, SIZE_MAX);
    buf_init(&diff, MOST_REPORT);
    if ((status = read_version(&arena, before, before_size, &old, err)) >= 0 &&
        (status = read_version(&arena, after, after_size, &new, err)) >= 0 &&
        (status = prompt_diff(&arena, &old, &new, &diff, err)) >= 0)
        status = give_buf(&diff, "a diff", out, err);
    buf_clear(&diff);
    arena_clear(&arena);
    return status;
}

/* --- the store ----------------------------------------------------------------- */

static phx_status check_name(phx_text name, const char *what, phx_error *err)
{
    phx_status status = text_check(name, LONGEST_NAME, what, -1, err);

    return status < 0 || prompt_is_name(name)
               ? status
               : fail(err, PHX_INVALID, -1,
                      "the %s is not of a-z and 0-9, and - or _ within", what);
}

static phx_status check_texts(struct arena *arena, phx_prompt *prompt,
                              phx_error *err)
{
    struct value metadata;
    phx_status status;

    if (prompt->metadata.data == NULL)
        prompt->metadata = text_of("{}");
    if ((status = text_check(prompt->description, LONGEST_TEXT, "description",
                             -1, err)) < 0 ||
        (status = text_check(prompt->metadata, LONGEST_TEXT, "metadata", -1,
                             err)) < 0)
        return status;
    return read_object(arena, "metadata", prompt->metadata.data,
                       prompt->metadata.size, 0, &metadata, err);
}

/* What is kept has messages. */
static phx_status check_kept(struct arena *arena, const char *json, size_t size,
                             struct buf *out, phx_error *err)
{
    struct value version;
    phx_status status = check_version(arena, json, size, out, NULL, err);

    if (status < 0 ||
        (status = read_json(arena, "version", (const char *)out->data,
                            out->size, 0, &version, err)) < 0)
        return status;
    return value_is_text(value_member(&version, "template_type"), "CHAT")
               ? PHX_OK
               : fail(err, PHX_INVALID, -1,
                      "the template must be one of messages");
}

phx_status phx_prompt_put(phx_store *store, const phx_prompt *prompt,
                          const char *json, size_t size, phx_id *out,
                          phx_error *err)
{
    struct arena arena;
    struct buf body;
    phx_status status;

    if (store == NULL || prompt == NULL || json == NULL || out == NULL ||
        is_misused(prompt->name) || is_misused(prompt->description) ||
        is_misused(prompt->metadata))
        return fail_argument(err);
    phx_prompt row = *prompt;
    arena_init(&arena, SIZE_MAX);
    buf_init(&body, SIZE_MAX);
    if ((status = check_name(row.name, "prompt's name", err)) >= 0 &&
        (status = check_texts(&arena, &row, err)) >= 0 &&
        (status = check_kept(&arena, json, size, &body, err)) >= 0)
        status = store_put_prompt(store->store, &row,
                                  text_span(body.data, body.size), out, err);
    buf_clear(&body);
    arena_clear(&arena);
    return status;
}

phx_status phx_prompt_update(phx_store *store, const phx_prompt *prompt,
                             int32_t changes, phx_error *err)
{
    struct arena arena;
    phx_status status;

    if (store == NULL || prompt == NULL || changes < 0 ||
        changes > (PHX_PROMPT_DESCRIPTION | PHX_PROMPT_METADATA) ||
        is_misused(prompt->description) || is_misused(prompt->metadata))
        return fail_argument(err);
    phx_prompt row = *prompt;
    arena_init(&arena, SIZE_MAX);
    if ((status = check_texts(&arena, &row, err)) >= 0)
        status = store_update_prompt(store->store, &row, changes, err);
    arena_clear(&arena);
    return status;
}

phx_status phx_prompt_delete(phx_store *store, phx_id prompt, phx_error *err)
{
    if (store == NULL)
        return fail_argument(err);
    return store_delete_prompt(store->store, prompt, err);
}

phx_status phx_prompt_set_tag(phx_store *store, phx_id version,
                              const char *name, const char *description,
                              phx_error *err)
{
    phx_status status;

    if (store == NULL || name == NULL)
        return fail_argument(err);
    if ((status = check_name(text_of(name), "tag's name", err)) < 0 ||
        (status = text_check(text_of(description), LONGEST_TEXT, "description",
                             -1, err)) < 0)
        return status;
    return store_set_prompt_tag(store->store, version, text_of(name),
                                text_of(description), err);
}

phx_status phx_prompt_delete_tag(phx_store *store, phx_id prompt,
                                 const char *name, phx_error *err)
{
    if (store == NULL || name == NULL)
        return fail_argument(err);
    return store_delete_prompt_tag(store->store, prompt, text_of(name), err);
}

/* --- the cursor ------------------------------------------------------------------ */

phx_status phx_store_find_prompt_versions(phx_store *store,
                                          const phx_prompt_version_query *query,
                                          phx_cursor **out, phx_error *err)
{
    phx_prompt_version_query wanted = PHX_PROMPT_VERSION_QUERY_INIT;
    phx_cursor *cursor;
    phx_status status;

    if (store == NULL || out == NULL ||
        !take_options(&wanted, sizeof wanted, query) || is_misused(wanted.tag))
        return fail_argument(err);
    if ((status = cursor_new(store, CURSOR_PROMPT_VERSIONS, &cursor, err)) < 0)
        return status;
    if ((status = arena_keep(&cursor->arena, &wanted.tag, err)) < 0) {
        phx_cursor_close(cursor);
        return status;
    }
    cursor->prompt_versions = wanted;
    *out = cursor;
    return PHX_OK;
}

static phx_status next_page(phx_cursor *cursor, phx_error *err)
{
    phx_prompt_version_query *query = &cursor->prompt_versions;
    phx_prompt_version *rows = NULL;

    arena_reset(&cursor->rows_arena);
    cursor->at = cursor->count = 0;
    phx_status status = store_read_prompt_versions(
        cursor->store, query, &cursor->rows_arena, &rows, &cursor->count, err);
    if (status < 0)
        return status;
    cursor->rows = rows;
    cursor->started = true;
    if (query->limit > 0 && (query->limit -= (int64_t)cursor->count) <= 0)
        query->from = 0;
    return PHX_OK;
}

phx_status phx_cursor_next_prompt_version(phx_cursor *cursor,
                                          const phx_prompt_version **out,
                                          phx_error *err)
{
    phx_status status;

    if (cursor == NULL || out == NULL || cursor->kind != CURSOR_PROMPT_VERSIONS)
        return fail_argument(err);
    if (cursor->at == cursor->count &&
        (!cursor->started || cursor->prompt_versions.from > 0) &&
        (status = next_page(cursor, err)) < 0)
        return status;
    *out = NULL;
    if (cursor->at == cursor->count)
        return PHX_DONE;
    *out = (const phx_prompt_version *)cursor->rows + cursor->at++;
    return PHX_OK;
}

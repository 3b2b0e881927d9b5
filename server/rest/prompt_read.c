/*
 * prompt_read.c - bodies about prompts. The library says what is wrong with a
 * version; the rest is said here.
 */
#include "base/base.h"
#include "server/rest/inside.h"

static const struct place in_body = {NULL, "body", 0};

bool is_identifier(phx_text text)
{
    static const char edge[] = "abcdefghijklmnopqrstuvwxyz0123456789";

    for (size_t i = 0; i < text.size; i++) {
        bool is_within = i > 0 && i < text.size - 1;
        char c = text.data[i];

        if (memchr(edge, c, sizeof edge - 1) == NULL &&
            !(is_within && (c == '-' || c == '_')))
            return false;
    }
    return text.size > 0;
}

/* A required member that is an identifier. */
static phx_text check_identifier(struct check *check, const struct place *place,
                                 const struct value *object, const char *key)
{
    static const char pattern[] = "^[a-z0-9]([_a-z0-9-]*[a-z0-9])?$";
    const struct value *given =
        check_text_member(check, place, object, key, true);
    struct value shown = value_text(text_of(pattern));
    struct place here = {place, key, 0};

    if (given == NULL)
        return text_of("");
    if (!is_identifier(given->text))
        check_problem_with(check, &here, "string_pattern_mismatch",
                           "String should match pattern "
                           "'^[a-z0-9]([_a-z0-9-]*[a-z0-9])?$'",
                           given, "pattern", &shown);
    return given->text;
}

/* A text, or absent: then null, too. */
static phx_text check_optional_text(struct check *check,
                                    const struct place *place,
                                    const struct value *object, const char *key)
{
    const struct value *given = check_optional(object, key);
    struct place here = {place, key, 0};

    check_text(check, &here, given);
    return given != NULL && given->kind == JSON_TEXT ? given->text
                                                     : (phx_text){NULL, 0};
}

/* --- a new version ----------------------------------------------------------------- */

static void check_prompt(struct check *check, const struct value *body,
                         phx_prompt *out, phx_text *source)
{
    const struct value *prompt =
        check_member(check, &in_body, body, "prompt", true);
    struct place place = {&in_body, "prompt", 0};
    struct place metadata = {&place, "metadata", 0};

    *source = (phx_text){NULL, 0};
    if (prompt == NULL || !check_model(check, &place, prompt))
        return;
    out->name = check_identifier(check, &place, prompt, "name");
    out->description =
        check_optional_text(check, &place, prompt, "description");
    *source = check_optional_text(check, &place, prompt, "source_prompt_id");
    check_object(check, &metadata, check_optional(prompt, "metadata"));
}

/* What the library finds wrong becomes part of the answer. False if the answer
 * has been given. */
static bool check_version(struct check *check, phx_text version)
{
    const struct place place = {&in_body, "version", 0};
    struct request *request = check->request;
    struct value problems;
    phx_buf report = {0};
    phx_error err = {0};
    phx_status status =
        phx_prompt_check(version.data, version.size, NULL, &report, &err);

    if (report.size > 0 &&
        (status = json_read(request_arena(request),
                            text_span(report.data, report.size), 0, &problems,
                            &err)) >= 0) {
        check_problems(check, &place, &problems);
        status = PHX_OK;
    }
    phx_buf_free(&report);
    if (status == PHX_TOO_BIG || status == PHX_INVALID)
        answer_text(request, 422, "%s", err.message);
    else if (status < 0)
        answer_failure(request, status, &err);
    return status >= 0;
}

/* The version with its numbers as they were sent; absent if there is none. */
static phx_text read_version(struct request *request)
{
    struct arena *arena = request_arena(request);
    phx_text text = {NULL, 0};
    struct value body;

    if (json_read(arena, request_body(request), JSON_LENIENT | JSON_DIGITS,
                  &body, NULL) >= 0 &&
        value_member(&body, "version") != NULL &&
        !value_json(arena, value_member(&body, "version"), &text))
        return (phx_text){NULL, 0};
    return text;
}

/* False without memory, which is answered. */
static bool read_metadata(struct request *request, const struct value *object,
                          phx_text *out)
{
    if (member_json(request_arena(request), object, "metadata", out))
        return true;
    answer_later(request, "no memory");
    return false;
}

static bool read_source(struct request *request, phx_text source, phx_id *out)
{
    if (source.data == NULL ||
        id_read(request_arena(request), source, "Prompt", out)) {
        *out = source.data == NULL || *out > 0 ? *out : -1;
        return true;
    }
    answer_text(request, 422, "Invalid source prompt ID: %.*s",
                (int)source.size, source.data);
    return false;
}

bool prompt_read_body(struct request *request, phx_prompt *out,
                      phx_text *version)
{
    struct value body;
    struct check check;
    phx_text source;

    *out = (phx_prompt){0};
    if (!check_body(request, &body))
        return false;
    check_begin(&check, request);
    check_prompt(&check, &body, out, &source);
    *version = read_version(request);
    if (value_member(&body, "version") == NULL) {
        check_member(&check, &in_body, &body, "version", true);
    } else if (version->data == NULL) {
        answer_later(request, "no memory");
        return false;
    } else if (!check_version(&check, *version)) {
        return false;
    }
    if (!check_end(&check) || !read_source(request, source, &out->source))
        return false;
    return read_metadata(request, value_member(&body, "prompt"),
                         &out->metadata);
}

/* --- changes ------------------------------------------------------------------------ */

bool prompt_read_change(struct request *request, phx_prompt *out,
                        int32_t *changes)
{
    struct place metadata = {&in_body, "metadata", 0};
    struct value body, none = {.kind = JSON_OBJECT};
    struct check check;

    if (!check_body(request, &body))
        return false;
    bool has_description = value_member(&body, "description") != NULL;
    bool has_metadata = value_member(&body, "metadata") != NULL;
    *changes = (has_description ? PHX_PROMPT_DESCRIPTION : 0) |
               (has_metadata ? PHX_PROMPT_METADATA : 0);
    check_begin(&check, request);
    out->description =
        check_optional_text(&check, &in_body, &body, "description");
    check_object(&check, &metadata, value_member(&body, "metadata"));
    if (*changes == 0)
        check_problem_with(&check, &in_body, "value_error",
                           "Value error, At least one field must be given",
                           &body, "error", &none);
    if (!check_end(&check))
        return false;
    if (out->description.data != NULL)
        out->description = text_strip(out->description);
    return read_metadata(request, &body, &out->metadata);
}

bool prompt_read_tag(struct request *request, const char **name,
                     const char **description)
{
    struct value body;
    struct check check;

    if (!check_body(request, &body))
        return false;
    check_begin(&check, request);
    phx_text given = check_identifier(&check, &in_body, &body, "name");
    phx_text about =
        check_optional_text(&check, &in_body, &body, "description");
    if (!check_end(&check))
        return false;
    *name = text_string(request, given);
    *description = NULL;
    return *name != NULL &&
           (about.data == NULL ||
            (*description = text_string(request, about)) != NULL);
}

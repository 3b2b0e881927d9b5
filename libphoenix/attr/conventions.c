/*
 * conventions.c - what known keys mean: which texts are JSON, and what kind,
 * session, token counts and input follow from a tree.
 *
 * Readers of a tree follow nested members only: under {"session": "x",
 * "session.id": "s"} there is no session.
 */
#include "base/base.h"
#include "attr/attr.h"

#include "attr/inside.h"

bool attr_is_json_text(phx_text key)
{
    static const char *const endings[] = {
        "metadata", /* and so document.metadata */
        "llm.prompt_template.variables",
        "tool.parameters",
    };

    if (key.size < 8)
        return false;
    char last = key.data[key.size - 1];
    if (last != 'a' && last != 's')
        return false;
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        if (text_ends(key, endings[i]))
            return true;
    }
    return false;
}

bool attr_is_token_count(phx_text key)
{
    static const char prefix[] = "llm.token_count.";
    enum { PREFIX = sizeof prefix - 1 };

    if (key.size < PREFIX || memcmp(key.data, prefix, PREFIX) != 0)
        return false;
    phx_text rest = text_span(key.data + PREFIX, key.size - PREFIX);
    return text_is(rest, "prompt") || text_is(rest, "completion") ||
           text_is(rest, "total");
}

void attr_set_kind(struct span *span)
{
    const struct value *kind = value_at(&span->tree, "openinference.span.kind");

    span->kind = KIND_UNKNOWN;
    if (kind != NULL && kind->kind == JSON_TEXT)
        span->kind = (uint8_t)span_kind_read(kind->text, false);
    span->status =
        span->otlp_status == STATUS_OK || span->otlp_status == STATUS_ERROR
            ? (uint8_t)span->otlp_status
            : STATUS_UNSET;
}

static phx_status set_session(struct arena *arena, struct span *span,
                              phx_error *err)
{
    const struct value *id = value_at(&span->tree, "session.id");
    phx_text name;
    phx_status status;

    span->session_name = (phx_text){NULL, 0};
    if (id == NULL || id->kind == JSON_NULL)
        return PHX_OK;
    if ((status = attr_print(arena, id, &name, err)) < 0)
        return status;
    name = attr_trim(name);
    if (name.size > 0)
        span->session_name = name;
    return PHX_OK;
}

/* A token count of the tree, within int64; 0 for what is no number. */
static phx_status read_tokens(struct arena *arena, const struct value *tree,
                              const char *path, int64_t *out, phx_error *err)
{
    const struct value *value = value_at(tree, path);
    struct value number;
    bool found;
    phx_status status;

    *out = 0;
    if (value == NULL)
        return PHX_OK;
    if ((status = attr_int(arena, value, &number, &found, err)) < 0 || !found)
        return status;
    if (number.kind == JSON_INT)
        *out = number.integer;
    else
        *out = number.text.data[0] == '-' ? INT64_MIN : INT64_MAX;
    return PHX_OK;
}

static phx_status set_tokens(struct arena *arena, struct span *span,
                             phx_error *err)
{
    phx_status status;

    span->prompt_tokens = -1;
    span->completion_tokens = -1;
    if (span->kind != KIND_LLM)
        return PHX_OK;
    if ((status = read_tokens(arena, &span->tree, "llm.token_count.prompt",
                              &span->prompt_tokens, err)) < 0)
        return status;
    return read_tokens(arena, &span->tree, "llm.token_count.completion",
                       &span->completion_tokens, err);
}

static void set_project(struct span *span)
{
    static const char key[] = "openinference.project.name";

    if (span->project_name.data != NULL)
        return;
    span->project_name = text_of("default");
    if (span->resource == NULL)
        return;
    const struct attributes *attributes = &span->resource->attributes;
    for (uint32_t i = 0; i < attributes->count; i++) {
        const struct value *value = &attributes->members[i].value;
        if (value->kind == JSON_TEXT && value->text.size > 0 &&
            text_is(attributes->members[i].key, key)) {
            span->project_name = value->text;
            return;
        }
    }
}

phx_status attr_derive(struct arena *arena, struct span *span, phx_error *err)
{
    phx_status status;

    set_project(span);
    if ((status = set_session(arena, span, err)) < 0)
        return status;
    return set_tokens(arena, span, err);
}

phx_status attr_set_member(struct arena *arena, struct value *object,
                           const char *key, struct value value, phx_error *err)
{
    size_t size = size_mul((size_t)object->count + 1, sizeof(struct member));
    struct member *members = arena_new(arena, size);
    uint32_t i = 0;

    if (members == NULL)
        return arena_status(arena, size, err);
    if (object->count > 0)
        memcpy(members, object->members, object->count * sizeof *members);
    while (i < object->count && !text_is(members[i].key, key))
        i++;
    members[i] = (struct member){.key = text_of(key), .value = value};
    object->count += i == object->count;
    object->members = members;
    return PHX_OK;
}

phx_status attr_settle_input(struct arena *arena, struct value *tree,
                             phx_error *err)
{
    struct value *input = value_member(tree, "input");
    struct value *value = input ? value_member(input, "value") : NULL;
    struct value text = value_text(text_of(""));
    phx_status status;

    if (value == NULL || value->kind == JSON_TEXT || !attr_is_truthy(value) ||
        attr_has_bytes(value))
        return PHX_OK;
    if ((status =
             attr_json(arena, value, JSON_SPACED | JSON_ASCII | JSON_NONFINITE,
                       &text.text, err)) < 0 ||
        (status = attr_set_member(arena, input, "value", text, err)) < 0)
        return status;
    return attr_set_member(arena, input, "mime_type",
                           value_text(text_of("application/json")), err);
}

phx_status attr_settle_event(struct arena *arena, struct span_event *event,
                             phx_error *err)
{
    static const char key[] = "exception.message";
    struct attributes *attributes = &event->attributes;
    struct value object = {.kind = JSON_OBJECT, .count = attributes->count};
    phx_status status;

    if (!text_is(event->name, "exception"))
        return PHX_OK;
    object.members = attributes->members;
    if (value_member(&object, key) != NULL)
        return PHX_OK;
    if ((status = attr_set_member(arena, &object, key, value_text(text_of("")),
                                  err)) < 0)
        return status;
    attributes->members = object.members;
    attributes->count = object.count;
    return PHX_OK;
}

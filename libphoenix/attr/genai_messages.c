/*
 * genai_messages.c - gen_ai messages, which are JSON text, -> flat
 * OpenInference messages.
 *
 *     [{"role", "parts": [{"type", ...} ...], "name"?, "finish_reason"} ...]
 *
 * One message that does not fit discards its list. A part that does not fit
 * its type, or is of an unknown type, is left out.
 */
#include "base/base.h"
#include "attr/attr.h"

#include <stdio.h>

#include "attr/inside.h"

#define TEXT(string) text_span(string, sizeof(string) - 1)

/* --- collecting ---------------------------------------------------------- */

static phx_text join(struct genai *genai, phx_text prefix, phx_text name)
{
    size_t size = prefix.size + name.size;
    char *joined = arena_new(genai->arena, size);

    if (joined == NULL) {
        genai->status = arena_status(genai->arena, size, genai->err);
        return prefix;
    }
    memcpy(joined, prefix.data, prefix.size);
    memcpy(joined + prefix.size, name.data, name.size);
    return text_span(joined, size);
}

void genai_put(struct genai *genai, phx_text prefix, const char *name,
               struct value value)
{
    if (genai->status < 0)
        return;
    phx_text key = join(genai, prefix, text_of(name));
    struct member *made =
        arena_grow(genai->arena, genai->made, &genai->capacity, genai->count,
                   sizeof *made);
    if (made == NULL)
        genai->status = arena_status(genai->arena, sizeof *made, genai->err);
    if (genai->status < 0)
        return;
    genai->made = made;
    made[genai->count++] = (struct member){.key = key, .value = value};
}

void genai_put_text(struct genai *genai, phx_text prefix, const char *name,
                    phx_text text)
{
    genai_put(genai, prefix, name, value_text(text));
}

void genai_put_json(struct genai *genai, phx_text prefix, const char *name,
                    const struct value *value)
{
    phx_text text;

    if (genai->status < 0)
        return;
    if (value->kind == JSON_TEXT) {
        genai_put(genai, prefix, name, *value);
        return;
    }
    genai->status = attr_json(genai->arena, value, JSON_SPACED | JSON_NONFINITE,
                              &text, genai->err);
    if (genai->status >= 0)
        genai_put_text(genai, prefix, name, text);
}

phx_text genai_under(struct genai *genai, phx_text prefix, const char *name,
                     size_t index)
{
    char segment[64];
    int size = snprintf(segment, sizeof segment, "%s%zu.", name, index);

    if (genai->status < 0)
        return prefix;
    return join(genai, prefix, text_span(segment, (size_t)size));
}

bool genai_read_list(struct genai *genai, const struct value *source,
                     struct value *out)
{
    bool found;

    if (source == NULL || source->kind != JSON_TEXT || genai->status < 0)
        return false;
    genai->status =
        attr_parse(genai->arena, source->text, out, &found, genai->err);
    return genai->status >= 0 && found && out->kind == JSON_ARRAY;
}

phx_text genai_optional(const struct value *object, const char *key, bool *fits)
{
    const struct value *value = value_member(object, key);

    if (value != NULL && value->kind == JSON_TEXT)
        return value->text;
    if (value != NULL && value->kind != JSON_NULL)
        *fits = false;
    return (phx_text){NULL, 0};
}

/* --- parts --------------------------------------------------------------- */

enum part_type {
    PART_OTHER, /* an unknown type, or not of the shape of its type */
    PART_TEXT,
    PART_REASONING,
    PART_URI,
    PART_BLOB,
    PART_CALL,
    PART_RESPONSE
};

static bool has_text(const struct value *object, const char *key)
{
    const struct value *value = value_member(object, key);

    return value != NULL && value->kind == JSON_TEXT;
}

static enum part_type part_type(const struct value *part)
{
    const struct value *type = value_member(part, "type");
    enum part_type found = PART_OTHER;
    bool fits = true;

    if (value_is_text(type, "text")) {
        fits = has_text(part, "content");
        found = PART_TEXT;
    } else if (value_is_text(type, "reasoning")) {
        fits = has_text(part, "content");
        found = PART_REASONING;
    } else if (value_is_text(type, "uri")) {
        fits = has_text(part, "modality") && has_text(part, "uri");
        genai_optional(part, "mime_type", &fits);
        found = PART_URI;
    } else if (value_is_text(type, "blob")) {
        fits = has_text(part, "modality") && has_text(part, "content");
        genai_optional(part, "mime_type", &fits);
        found = PART_BLOB;
    } else if (value_is_text(type, "tool_call")) {
        fits = has_text(part, "name");
        genai_optional(part, "id", &fits);
        found = PART_CALL;
    } else if (value_is_text(type, "tool_call_response")) {
        fits = value_member(part, "response") != NULL;
        genai_optional(part, "id", &fits);
        found = PART_RESPONSE;
    }
    return fits ? found : PART_OTHER;
}

static bool are_parts(const struct value *parts)
{
    if (parts == NULL || parts->kind != JSON_ARRAY)
        return false;
    for (uint32_t i = 0; i < parts->count; i++) {
        if (!has_text(&parts->items[i], "type"))
            return false;
    }
    return true;
}

/* "data:TYPE;base64,CONTENT" */
static phx_text data_url(struct genai *genai, const struct value *blob)
{
    bool fits = true;
    phx_text type = genai_optional(blob, "mime_type", &fits);
    phx_text content = genai_optional(blob, "content", &fits);

    if (type.size == 0)
        type = TEXT("application/octet-stream");
    phx_text url = join(genai, TEXT("data:"), type);
    if (genai->status >= 0)
        url = join(genai, url, TEXT(";base64,"));
    if (genai->status >= 0)
        url = join(genai, url, content);
    return url;
}

static void put_content(struct genai *genai, phx_text prefix,
                        const struct value *part, enum part_type type)
{
    const struct value *content = value_member(part, "content");

    switch (type) {
    case PART_TEXT:
    case PART_REASONING:
        genai_put_text(genai, prefix, "message_content.type",
                       type == PART_TEXT ? TEXT("text") : TEXT("reasoning"));
        genai_put(genai, prefix, "message_content.text", *content);
        break;
    case PART_URI:
        genai_put_text(genai, prefix, "message_content.type", TEXT("image"));
        genai_put(genai, prefix, "message_content.image.image.url",
                  *value_member(part, "uri"));
        break;
    case PART_BLOB:
        genai_put_text(genai, prefix, "message_content.type", TEXT("image"));
        genai_put_text(genai, prefix, "message_content.image.image.url",
                       data_url(genai, part));
        break;
    default:
        break;
    }
}

static void put_call(struct genai *genai, phx_text prefix,
                     const struct value *part)
{
    bool fits = true;
    phx_text id = genai_optional(part, "id", &fits);
    const struct value *arguments = value_member(part, "arguments");

    if (id.size > 0)
        genai_put_text(genai, prefix, "tool_call.id", id);
    genai_put(genai, prefix, "tool_call.function.name",
              *value_member(part, "name"));
    if (arguments != NULL && arguments->kind != JSON_NULL)
        genai_put_json(genai, prefix, "tool_call.function.arguments",
                       arguments);
}

static void put_response(struct genai *genai, phx_text prefix,
                         const struct value *part)
{
    bool fits = true;
    phx_text id = genai_optional(part, "id", &fits);
    const struct value *response = value_member(part, "response");

    if (id.size > 0)
        genai_put_text(genai, prefix, "message.tool_call_id", id);
    if (response->kind != JSON_NULL)
        genai_put_json(genai, prefix, "message.content", response);
}

/* The parts of one message. A tool's response takes the message over, of
 * several the last; one text alone is the content, else contents are a list. */
static void put_parts(struct genai *genai, phx_text prefix,
                      const struct value *parts)
{
    const struct value *response = NULL;
    const struct value *only = NULL;
    size_t contents = 0;
    size_t calls = 0;

    for (uint32_t i = 0; i < parts->count; i++) {
        enum part_type type = part_type(&parts->items[i]);
        if (type == PART_RESPONSE)
            response = &parts->items[i];
        if (type >= PART_TEXT && type <= PART_BLOB) {
            only = contents == 0 && type == PART_TEXT ? &parts->items[i] : NULL;
            contents++;
        }
    }
    if (response != NULL) {
        put_response(genai, prefix, response);
        return;
    }
    if (only != NULL)
        genai_put(genai, prefix, "message.content",
                  *value_member(only, "content"));
    contents = 0;
    for (uint32_t i = 0; i < parts->count; i++) {
        const struct value *part = &parts->items[i];
        enum part_type type = part_type(part);
        if (type == PART_CALL)
            put_call(genai,
                     genai_under(genai, prefix, "message.tool_calls.", calls++),
                     part);
        else if (type != PART_OTHER && only == NULL)
            put_content(
                genai,
                genai_under(genai, prefix, "message.contents.", contents++),
                part, type);
    }
}

/* --- messages ------------------------------------------------------------ */

static bool is_message(const struct value *message, bool is_output)
{
    bool fits = has_text(message, "role") &&
                are_parts(value_member(message, "parts")) &&
                (!is_output || has_text(message, "finish_reason"));

    genai_optional(message, "name", &fits);
    return fits;
}

static void put_list(struct genai *genai, const struct value *source,
                     const char *name, size_t first, bool is_output)
{
    struct value list;
    bool fits = true;

    if (!genai_read_list(genai, source, &list))
        return;
    for (uint32_t i = 0; i < list.count; i++) {
        if (!is_message(&list.items[i], is_output))
            return;
    }
    for (uint32_t i = 0; i < list.count && genai->status >= 0; i++) {
        const struct value *message = &list.items[i];
        phx_text prefix = genai_under(genai, TEXT("llm."), name, first + i);
        phx_text author = genai_optional(message, "name", &fits);
        phx_text reason = genai_optional(message, "finish_reason", &fits);
        genai_put(genai, prefix, "message.role",
                  *value_member(message, "role"));
        if (author.size > 0)
            genai_put_text(genai, prefix, "message.name", author);
        if (is_output && reason.size > 0)
            genai_put_text(genai, prefix, "message.finish_reason", reason);
        put_parts(genai, prefix, value_member(message, "parts"));
    }
}

void genai_put_messages(struct genai *genai, const struct value *system,
                        const struct value *input, const struct value *output)
{
    struct value instructions;
    size_t first = 0;

    if (genai_read_list(genai, system, &instructions) &&
        are_parts(&instructions) && instructions.count > 0) {
        phx_text prefix =
            genai_under(genai, TEXT("llm."), "input_messages.", first++);
        genai_put_text(genai, prefix, "message.role", TEXT("system"));
        put_parts(genai, prefix, &instructions);
    }
    put_list(genai, input, "input_messages.", first, false);
    put_list(genai, output, "output_messages.", 0, true);
}

/*
 * render.c - a template and its variables, in any of the formats; and the
 * messages of a whole version.
 */
#include "base/base.h"

#include "prompt/inside.h"

const struct value *member_of(const struct value *object, phx_text name)
{
    if (object->kind != JSON_OBJECT)
        return NULL;
    for (uint32_t i = 0; i < object->count; i++) {
        if (text_equal(object->members[i].key, name))
            return &object->members[i].value;
    }
    return NULL;
}

phx_text written(const struct buf *buf)
{
    return buf->size > 0 ? text_span(buf->data, buf->size) : text_of("");
}

void print_value(struct buf *out, const struct value *value)
{
    double real = value->kind == JSON_REAL ? value->real : 0;

    if (value->kind == JSON_TEXT)
        buf_add_text(out, value->text);
    else if (real - real != 0)
        buf_add_string(out, real != real ? "nan" : real > 0 ? "inf" : "-inf");
    else
        json_write_value(out, value, JSON_SPACED | JSON_NONFINITE);
}

phx_status names_add(struct arena *arena, struct prompt_names *names,
                     phx_text name, phx_error *err)
{
    for (size_t i = 0; i < names->count; i++) {
        if (text_equal(names->items[i], name))
            return PHX_OK;
    }
    phx_text *larger = arena_grow(arena, names->items, &names->capacity,
                                  names->count, sizeof *larger);
    if (larger == NULL)
        return arena_status(arena, sizeof *larger, err);
    names->items = larger;
    names->items[names->count++] = name;
    return PHX_OK;
}

phx_status prompt_render(struct arena *arena, int32_t format, phx_text template,
                         const struct value *variables, struct buf *out,
                         phx_error *err)
{
    phx_status status;

    if (format == PHX_MUSTACHE &&
        (status = mustache_render(arena, template, variables, out, err)) < 0)
        return status;
    if (format == PHX_F_STRING &&
        (status = f_string_render(arena, template, variables, out, err)) < 0)
        return status;
    if (format == PHX_NO_FORMAT)
        buf_add_text(out, template);
    return buf_status(out, "a filled template", err);
}

phx_status prompt_variables(struct arena *arena, int32_t format,
                            phx_text template, struct prompt_names *out,
                            phx_error *err)
{
    *out = (struct prompt_names){NULL, 0, 0};
    if (format == PHX_MUSTACHE)
        return mustache_variables(arena, template, out, err);
    if (format == PHX_F_STRING)
        return f_string_variables(arena, template, out, err);
    return PHX_OK;
}

/* --- messages ---------------------------------------------------------------- */

struct filling {
    struct arena *arena;
    const struct value *variables;
    int32_t format;
    struct buf text;
    struct json_writer json;
};

static phx_status fill_text(struct filling *filling, phx_text template,
                            phx_error *err)
{
    phx_status status;

    buf_reset(&filling->text);
    status = prompt_render(filling->arena, filling->format, template,
                           filling->variables, &filling->text, err);
    if (status >= 0)
        json_text(&filling->json, written(&filling->text));
    return status;
}

/* Texts of text parts are filled, all else is as it was. */
static phx_status fill_part(struct filling *filling, const struct value *part,
                            phx_error *err)
{
    phx_status status = PHX_OK;
    bool is_text = value_is_text(value_member(part, "type"), "text");

    json_open_object(&filling->json);
    for (uint32_t i = 0; i < part->count && status >= 0; i++) {
        const struct member *member = &part->members[i];

        json_key_text(&filling->json, member->key);
        if (is_text && text_is(member->key, "text"))
            status = fill_text(filling, member->value.text, err);
        else
            json_any(&filling->json, &member->value);
    }
    json_close_object(&filling->json);
    return status;
}

static phx_status fill_content(struct filling *filling,
                               const struct value *content, phx_error *err)
{
    phx_status status = PHX_OK;

    if (content->kind == JSON_TEXT)
        return fill_text(filling, content->text, err);
    json_open_array(&filling->json);
    for (uint32_t i = 0; i < content->count && status >= 0; i++)
        status = fill_part(filling, &content->items[i], err);
    json_close_array(&filling->json);
    return status;
}

static phx_status fill_messages(struct filling *filling,
                                const struct value *messages, phx_error *err)
{
    phx_status status = PHX_OK;

    json_open_array(&filling->json);
    for (uint32_t i = 0; i < messages->count && status >= 0; i++) {
        const struct value *message = &messages->items[i];

        json_open_object(&filling->json);
        json_key(&filling->json, "role");
        json_any(&filling->json, value_member(message, "role"));
        json_key(&filling->json, "content");
        status = fill_content(filling, value_member(message, "content"), err);
        json_close_object(&filling->json);
    }
    json_close_array(&filling->json);
    return status;
}

phx_status prompt_fill(struct arena *arena, const struct value *version,
                       const struct value *variables, struct buf *out,
                       phx_error *err)
{
    static const char *const formats[] = {[PHX_MUSTACHE] = "MUSTACHE",
                                          [PHX_F_STRING] = "F_STRING",
                                          [PHX_NO_FORMAT] = "NONE"};
    struct filling filling = {.arena = arena, .variables = variables};
    const struct value *format = value_member(version, "template_format");
    phx_status status;

    while (!value_is_text(format, formats[filling.format]))
        filling.format++;
    buf_init(&filling.text, PROMPT_RENDERED);
    json_begin(&filling.json, out);
    status =
        fill_messages(&filling, value_at(version, "template.messages"), err);
    buf_clear(&filling.text);
    return status < 0 ? status : buf_status(out, "the messages", err);
}

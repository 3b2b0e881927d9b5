/*
 * atif_said.c - the attributes of a span in the making, and what was said
 * before a step, which is part of the span of each step that follows.
 */
#include "base/base.h"

#include "api/atif.h"

/* --- attributes --------------------------------------------------------------- */

void maker_init(struct maker *maker, struct arena *arena)
{
    *maker = (struct maker){.arena = arena};
    buf_init(&maker->text, SIZE_MAX);
}

phx_text maker_keep(struct maker *maker, const void *bytes, size_t size)
{
    char *copy = arena_new(maker->arena, size + 1);

    maker->failed |= copy == NULL;
    if (copy == NULL)
        return text_of("");
    if (size > 0)
        memcpy(copy, bytes, size);
    copy[size] = '\0';
    return text_span(copy, size);
}

phx_text maker_take(struct maker *maker)
{
    maker->failed |= maker->text.status < 0;
    phx_text text = maker_keep(maker, maker->text.data, maker->text.size);
    buf_reset(&maker->text);
    return text;
}

phx_text maker_json(struct maker *maker, const struct value *value)
{
    json_write_value(&maker->text, value, JSON_SPACED | JSON_ASCII);
    return maker_take(maker);
}

void maker_put_key(struct maker *maker, phx_text key, struct value value)
{
    struct member *members =
        arena_grow(maker->arena, maker->members, &maker->capacity, maker->count,
                   sizeof *members);

    maker->failed |= members == NULL;
    if (members == NULL)
        return;
    maker->members = members;
    members[maker->count++] = (struct member){key, value};
}

void maker_put(struct maker *maker, const char *key, struct value value)
{
    maker_put_key(maker, text_of(key), value);
}

void maker_put_text(struct maker *maker, const char *key, phx_text text)
{
    maker_put(maker, key, value_text(text));
}

void maker_put_typed(struct maker *maker, const char *key, const char *type,
                     phx_text text, bool is_json)
{
    maker_put_text(maker, key, text);
    maker_put_text(maker, type,
                   text_of(is_json ? "application/json" : "text/plain"));
}

/* A copy of a number, if it is one. */
void maker_put_number(struct maker *maker, const char *key,
                      const struct value *value)
{
    if (value != NULL && value->kind != JSON_NULL)
        maker_put(maker, key, *value);
}

/* --- what was said ------------------------------------------------------------ */

/* A message or a result as one text: a line for each of its parts. */
static void write_content(struct buf *out, const struct value *content)
{
    if (content == NULL || content->kind == JSON_NULL)
        return;
    if (content->kind == JSON_TEXT) {
        buf_add_text(out, content->text);
        return;
    }
    for (uint32_t i = 0; content->kind == JSON_ARRAY && i < content->count;
         i++) {
        const struct value *part = &content->items[i];
        const struct value *text = value_member(part, "text");
        const struct value *path = value_at(part, "source.path");
        if (i > 0)
            buf_add_byte(out, '\n');
        if (text != NULL && text->kind == JSON_TEXT)
            buf_add_text(out, text->text);
        else if (path != NULL && path->kind == JSON_TEXT)
            buf_add_format(out, "[image: %.*s]", (int)path->text.size,
                           path->text.data);
    }
}

phx_text maker_content(struct maker *maker, const struct value *content)
{
    write_content(&maker->text, content);
    return maker_take(maker);
}

void maker_put_message(struct maker *maker, const char *list, uint32_t at,
                       const char *member, phx_text text)
{
    buf_add_format(&maker->text, "llm.%s.%u.message.%s", list, at, member);
    phx_text key = maker_take(maker);

    maker_put_key(maker, key, value_text(text));
}

void maker_put_calls(struct maker *maker, const char *list, uint32_t at,
                     const struct value *step)
{
    const struct value *calls = value_member(step, "tool_calls");
    static const struct value nothing = {.kind = JSON_OBJECT};
    char member[96];

    for (uint32_t i = 0;
         calls != NULL && calls->kind == JSON_ARRAY && i < calls->count; i++) {
        const struct value *call = &calls->items[i];
        const struct value *arguments = value_member(call, "arguments");
        snprintf(member, sizeof member, "tool_calls.%u.tool_call.id", i);
        maker_put_message(maker, list, at, member,
                          value_member(call, "tool_call_id")->text);
        snprintf(member, sizeof member, "tool_calls.%u.tool_call.function.name",
                 i);
        maker_put_message(maker, list, at, member,
                          value_member(call, "function_name")->text);
        snprintf(member, sizeof member,
                 "tool_calls.%u.tool_call.function.arguments", i);
        maker_put_message(maker, list, at, member,
                          maker_json(maker, arguments ? arguments : &nothing));
    }
}

static void write_pair(struct buf *out, const char *key, phx_text text)
{
    buf_add_format(out, ", \"%s\": ", key);
    json_write_text(out, text, JSON_ASCII);
}

static void write_calls(struct maker *maker, struct buf *out,
                        const struct value *step)
{
    const struct value *calls = value_member(step, "tool_calls");
    static const struct value nothing = {.kind = JSON_OBJECT};

    if (calls == NULL || calls->kind != JSON_ARRAY || calls->count == 0)
        return;
    buf_add_string(out, ", \"tool_calls\": [");
    for (uint32_t i = 0; i < calls->count; i++) {
        const struct value *call = &calls->items[i];
        const struct value *arguments = value_member(call, "arguments");
        buf_add_string(out, i > 0 ? ", {\"id\": " : "{\"id\": ");
        json_write_text(out, value_member(call, "tool_call_id")->text,
                        JSON_ASCII);
        buf_add_string(out, ", \"function\": {\"name\": ");
        json_write_text(out, value_member(call, "function_name")->text,
                        JSON_ASCII);
        write_pair(out, "arguments",
                   maker_json(maker, arguments ? arguments : &nothing));
        buf_add_string(out, "}}");
    }
    buf_add_byte(out, ']');
}

/* One message more; call is the tool call that it answers, or absent. */
static void say(struct context *context, const char *role, phx_text text,
                phx_text call, const struct value *step)
{
    struct maker *maker = &context->maker;
    struct buf *json = &context->json;
    uint32_t at = context->messages++;

    maker_put_message(maker, "input_messages", at, "role", text_of(role));
    buf_add_format(json, "%s{\"role\": \"%s\"", at > 0 ? ", " : "[", role);
    if (text.size > 0) {
        maker_put_message(maker, "input_messages", at, "content", text);
        write_pair(json, "content", text);
    }
    if (call.data != NULL) {
        maker_put_message(maker, "input_messages", at, "tool_call_id", call);
        write_pair(json, "tool_call_id", call);
    }
    if (step != NULL) {
        maker_put_calls(maker, "input_messages", at, step);
        write_calls(maker, json, step);
    }
    buf_add_byte(json, '}');
}

void context_say(struct context *context, const struct atif_step *step)
{
    static const char *const roles[] = {"", "user", "assistant", "system"};
    const phx_text none = {NULL, 0};
    const struct value *results = value_at(step->object, "observation.results");

    say(context, roles[step->source],
        maker_content(&context->maker, value_member(step->object, "message")),
        none, step->source == ATIF_AGENT ? step->object : NULL);
    for (uint32_t i = 0;
         results != NULL && results->kind == JSON_ARRAY && i < results->count;
         i++) {
        const struct value *call =
            value_member(&results->items[i], "source_call_id");
        if (call != NULL && call->kind == JSON_TEXT)
            say(context, "tool",
                maker_content(&context->maker,
                              value_member(&results->items[i], "content")),
                call->text, NULL);
    }
}

/*
 * log_messages.c - messages in log records of gen_ai instrumentations ->
 * OpenInference's, as members of "llm".
 *
 *     gen_ai.{system,user,assistant,tool}.message
 *         body {"role"?, "content"?, "tool_calls"?, "id"?}     an input
 *     gen_ai.choice
 *         body {"message": {...}, "finish_reason"?}            an output
 *     gen_ai.client.inference.operation.details
 *         attributes gen_ai.input.messages, gen_ai.output.messages,
 *         gen_ai.system_instructions, gen_ai.tool.definitions
 *
 * A record of the last kind holds whole lists, which win over single messages.
 */
#include "base/base.h"
#include "attr/attr.h"

#include "attr/inside.h"

#define TEXT(string) text_span(string, sizeof(string) - 1)

/* Of which of the lists there are whole ones. */
struct lists {
    const struct value *system, *input, *output, *tools; /* NULL for none */
};

/* --- single messages ------------------------------------------------------------- */

static void put_part(struct genai *genai, phx_text prefix,
                     const struct value *part)
{
    const struct value *type = value_member(part, "type");
    const struct value *text = value_member(part, "text");
    const struct value *url = value_at(part, "image_url.url");

    if (value_is_text(type, "text") && text != NULL) {
        genai_put(genai, prefix, "message_content.type", *type);
        genai_put_json(genai, prefix, "message_content.text", text);
    } else if (url != NULL && url->kind == JSON_TEXT) {
        genai_put_text(genai, prefix, "message_content.type", TEXT("image"));
        genai_put(genai, prefix, "message_content.image.image.url", *url);
    }
}

static void put_content(struct genai *genai, phx_text prefix,
                        const struct value *content)
{
    if (content == NULL || content->kind == JSON_NULL)
        return;
    if (content->kind != JSON_ARRAY) {
        genai_put_json(genai, prefix, "message.content", content);
        return;
    }
    for (uint32_t i = 0; i < content->count && genai->status >= 0; i++)
        put_part(genai, genai_under(genai, prefix, "message.contents.", i),
                 &content->items[i]);
}

static void put_calls(struct genai *genai, phx_text prefix,
                      const struct value *calls)
{
    if (calls == NULL || calls->kind != JSON_ARRAY)
        return;
    for (uint32_t i = 0; i < calls->count && genai->status >= 0; i++) {
        const struct value *call = &calls->items[i];
        const struct value *id = value_member(call, "id");
        const struct value *name = value_at(call, "function.name");
        const struct value *arguments = value_at(call, "function.arguments");
        phx_text under = genai_under(genai, prefix, "message.tool_calls.", i);
        if (id != NULL && id->kind == JSON_TEXT)
            genai_put(genai, under, "tool_call.id", *id);
        if (name != NULL && name->kind == JSON_TEXT)
            genai_put(genai, under, "tool_call.function.name", *name);
        if (arguments != NULL && arguments->kind != JSON_NULL)
            genai_put_json(genai, under, "tool_call.function.arguments",
                           arguments);
    }
}

/* message may be NULL: who spoke is known even where the text is not. */
static void put_message(struct genai *genai, phx_text prefix, const char *role,
                        const struct value *message)
{
    const struct value *given = value_member(message, "role");
    const struct value *id = value_member(message, "id");

    genai_put_text(genai, prefix, "message.role",
                   given != NULL && given->kind == JSON_TEXT ? given->text
                                                             : text_of(role));
    put_content(genai, prefix, value_member(message, "content"));
    put_calls(genai, prefix, value_member(message, "tool_calls"));
    if (id != NULL && id->kind == JSON_TEXT)
        genai_put(genai, prefix, "message.tool_call_id", *id);
}

static void put_choice(struct genai *genai, size_t index,
                       const struct value *body)
{
    phx_text prefix =
        genai_under(genai, TEXT("llm."), "output_messages.", index);
    const struct value *reason = value_member(body, "finish_reason");
    const struct value *message = value_member(body, "message");

    put_message(genai, prefix, "assistant", message ? message : body);
    if (reason != NULL && reason->kind == JSON_TEXT)
        genai_put(genai, prefix, "message.finish_reason", *reason);
}

/* --- events ---------------------------------------------------------------------- */

static const char *input_role(const struct span_event *event)
{
    static const struct {
        const char *event, *role;
    } inputs[] = {
        {"gen_ai.system.message", "system"},
        {"gen_ai.user.message", "user"},
        {"gen_ai.assistant.message", "assistant"},
        {"gen_ai.tool.message", "tool"},
    };

    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++) {
        if (text_is(event->name, inputs[i].event))
            return inputs[i].role;
    }
    return NULL;
}

static void put_events(struct genai *genai, const struct lists *lists,
                       const struct span_event *events, size_t count)
{
    bool inputs = lists->input == NULL && lists->system == NULL;
    size_t input = 0, output = 0;

    for (size_t i = 0; i < count && genai->status >= 0; i++) {
        const struct span_event *event = &events[i];
        const struct value *body;
        if (!text_starts(event->name, "gen_ai.") ||
            log_event_member(event, LOG_KEY "observed_time_unix_nano") == NULL)
            continue;
        body = log_event_member(event, LOG_KEY "body");
        const char *role = input_role(event);
        if (role != NULL && inputs)
            put_message(
                genai,
                genai_under(genai, TEXT("llm."), "input_messages.", input++),
                role, body);
        else if (text_is(event->name, "gen_ai.choice") && lists->output == NULL)
            put_choice(genai, output++, body);
    }
}

/* --- whole lists ------------------------------------------------------------------ */

static void take(const struct value **list, const struct span_event *event,
                 const char *key)
{
    const struct value *value = log_event_member(event, key);

    if (value != NULL && value->kind != JSON_NULL)
        *list = value;
}

static void find_lists(const struct span_event *events, size_t count,
                       struct lists *out)
{
    *out = (struct lists){0};
    for (size_t i = 0; i < count; i++) {
        const struct span_event *event = &events[i];
        if (!text_is(event->name, "gen_ai.client.inference.operation.details"))
            continue;
        take(&out->system, event, "gen_ai.system_instructions");
        take(&out->input, event, "gen_ai.input.messages");
        take(&out->output, event, "gen_ai.output.messages");
        take(&out->tools, event, "gen_ai.tool.definitions");
    }
}

/* As JSON text, which is how spans have them. */
static const struct value *as_text(struct genai *genai,
                                   const struct value *list, struct value *text)
{
    if (list == NULL || list->kind == JSON_TEXT || genai->status < 0)
        return list;
    *text = value_text((phx_text){NULL, 0});
    genai->status =
        attr_json(genai->arena, list, JSON_NONFINITE, &text->text, genai->err);
    return text;
}

static void put_lists(struct genai *genai, const struct lists *lists)
{
    struct value texts[4];
    const struct value *system = as_text(genai, lists->system, &texts[0]);
    const struct value *input = as_text(genai, lists->input, &texts[1]);
    const struct value *output = as_text(genai, lists->output, &texts[2]);
    const struct value *tools = as_text(genai, lists->tools, &texts[3]);

    genai_put_messages(genai, system, input, output);
    genai_put_definitions(genai, tools);
}

/* --- the door ---------------------------------------------------------------------- */

phx_status log_messages_read(struct arena *arena,
                             const struct span_event *events, size_t count,
                             struct value *out, phx_error *err)
{
    struct genai genai = {.arena = arena, .err = err};
    struct lists lists;
    struct value tree;
    phx_status status;

    *out = value_null();
    find_lists(events, count, &lists);
    put_lists(&genai, &lists);
    put_events(&genai, &lists, events, count);
    if (genai.status < 0 || genai.count == 0)
        return genai.status;
    if ((status = attr_unflatten(arena, genai.made, genai.count, NULL, &tree,
                                 err)) < 0)
        return status;
    const struct value *llm = value_member(&tree, "llm");
    if (llm != NULL)
        *out = *llm;
    return PHX_OK;
}

phx_status log_messages_put(struct arena *arena, const struct value *before,
                            const struct value *after, struct value *tree,
                            phx_error *err)
{
    static const char *const keys[] = {"input_messages", "output_messages",
                                       "tools"};
    const struct value *found = value_member(tree, "llm");
    struct value llm = {.kind = JSON_OBJECT};
    bool changed = false;
    phx_status status;

    if (found != NULL)
        llm = *found;
    if (llm.kind != JSON_OBJECT)
        return PHX_OK;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const struct value *own = value_member(&llm, keys[i]);
        const struct value *old = value_member(before, keys[i]);
        const struct value *new = value_member(after, keys[i]);
        if (new == NULL ||
            (own != NULL && (old == NULL || !value_equal(own, old))))
            continue;
        if ((status = attr_set_member(arena, &llm, keys[i], *new, err)) < 0)
            return status;
        changed = true;
    }
    return changed ? attr_set_member(arena, tree, "llm", llm, err) : PHX_OK;
}

/*
 * atif_spans.c - a trajectory as spans:
 *
 *     AGENT               the root; holds the whole trajectory, as it was
 *       AGENT turn_1      where the user speaks more than once
 *         LLM             a step of the agent, with all that was said before
 *         TOOL            a call of that step
 *
 * Ids are hashes of the session's name and the place, so that a trajectory
 * that is sent again is known.
 */
#include "base/base.h"

#include "api/atif.h"

enum {
    TRACE_ID = 16,
    SPAN_ID = 8,
    MILLISECOND = 1000000,
    CONTEXT_MEMBERS = 8192,  /* attributes of what was said before, a span */
    CONTEXT_BYTES = 64 << 20 /* of a document: later steps go without */
};

/* --- spans ---------------------------------------------------------------------- */

/* The first bytes of the hash of "KEY:PLACE". */
static phx_status hash_id(struct arena *arena, phx_text key, const char *place,
                          phx_text more, size_t size, phx_text *out,
                          phx_error *err)
{
    uint8_t sum[SHA256_SIZE];
    struct buf text;
    phx_status status;

    buf_init(&text, SIZE_MAX);
    buf_add_text(&text, key);
    buf_add_format(&text, ":%s", place);
    buf_add_text(&text, more);
    if ((status = buf_status(&text, "an id", err)) >= 0) {
        sha256(text.data, text.size, sum);
        *out = text_span(sum, size);
        status = arena_keep(arena, out, err);
    }
    buf_clear(&text);
    return status;
}

static phx_status place_id(struct arena *arena,
                           const struct trajectory *trajectory,
                           const char *place, int64_t number, phx_text *out,
                           phx_error *err)
{
    char name[40];

    snprintf(name, sizeof name, "%s:%lld", place, (long long)number);
    return hash_id(arena, trajectory->key, name, text_of(""), SPAN_ID, out,
                   err);
}

phx_status atif_tool_id(struct arena *arena,
                        const struct trajectory *trajectory, int64_t step,
                        phx_text call, phx_text *out, phx_error *err)
{
    char name[48];

    snprintf(name, sizeof name, "step:%lld:tool:", (long long)step);
    return hash_id(arena, trajectory->key, name, call, SPAN_ID, out, err);
}

/* What all spans of a trajectory share, and where the next ones hang. */
struct writer {
    struct atif *atif;
    const struct trajectory *trajectory;
    struct context context;
    phx_text trace_id, root_id, parent_id;
};

static void put_tokens(struct maker *maker, const struct value *prompt,
                       const struct value *completion)
{
    int64_t sum = 0;
    bool some = false;

    maker_put_number(maker, "llm.token_count.prompt", prompt);
    maker_put_number(maker, "llm.token_count.completion", completion);
    for (int i = 0; i < 2; i++) {
        const struct value *value = i == 0 ? prompt : completion;
        if (value == NULL || value->kind != JSON_INT || value->integer < 0)
            continue;
        some = true;
        sum =
            sum < INT64_MAX - value->integer ? sum + value->integer : INT64_MAX;
    }
    if (some)
        maker_put(maker, "llm.token_count.total", value_int(sum));
}

/* A span with what the maker holds, which is given back. */
static phx_status add_span(struct writer *writer, const char *kind,
                           phx_text name, phx_text id, phx_text parent,
                           uint64_t start, uint64_t end, struct maker *maker,
                           phx_error *err)
{
    struct arena *arena = writer->atif->arena;
    const struct trajectory *trajectory = writer->trajectory;
    struct span *span;

    maker_put_text(maker, "openinference.span.kind", text_of(kind));
    if (trajectory->session.size > 0)
        maker_put_text(maker, "session.id", trajectory->session);
    span = span_list_add(arena, writer->atif->out);
    buf_clear(&maker->text);
    if (span == NULL || maker->failed)
        return arena_status(arena, sizeof *span, err);
    if (maker->count > WIRE_ATTRIBUTES)
        return fail(err, PHX_TOO_BIG, -1,
                    "a step of a trajectory makes %zu attributes, limit is %d",
                    maker->count, (int)WIRE_ATTRIBUTES);
    span->name = name;
    span->trace_id = writer->trace_id;
    span->span_id = id;
    span->parent_id = parent;
    span->trace_state = span->status_message = text_of("");
    span->start_time = start;
    span->end_time = end > start ? end : start;
    span->otlp_status = PHX_SPAN_OK;
    span->status = (uint8_t)span->otlp_status;
    span->otlp_kind = 1;
    span->kind = (uint8_t)span_kind_read(text_of(kind), false);
    span->attributes.members = maker->members;
    span->attributes.count = (uint32_t)maker->count;
    return PHX_OK;
}

/* The first message of the user from a step on, and the last of the agent. */
static void put_exchange(struct maker *maker,
                         const struct trajectory *trajectory, uint32_t from,
                         uint32_t to)
{
    const struct value *input = NULL, *output = NULL;

    for (uint32_t i = from; i < to; i++) {
        const struct atif_step *step = &trajectory->list[i];
        if (step->source == ATIF_USER && input == NULL)
            input = value_member(step->object, "message");
        if (step->source == ATIF_AGENT)
            output = value_member(step->object, "message");
    }
    maker_put_typed(maker, "input.value", "input.mime_type",
                    maker_content(maker, input), false);
    maker_put_typed(maker, "output.value", "output.mime_type",
                    maker_content(maker, output), false);
}

/* "metadata" of what the maker of its members holds, unless that is nothing. */
static void put_metadata(struct maker *maker, struct maker *members)
{
    maker->failed |= members->failed;
    if (members->count > 0)
        maker_put(maker, "metadata",
                  (struct value){.kind = JSON_OBJECT,
                                 .count = (uint32_t)members->count,
                                 .members = members->members});
    buf_clear(&members->text);
}

static void put_agent(struct maker *maker, const struct trajectory *trajectory)
{
    const struct value *agent = trajectory->agent;
    const struct value *model = value_member(agent, "model_name");
    const struct value *extra = value_member(agent, "extra");
    struct maker members;
    size_t own;

    maker_init(&members, maker->arena);
    maker_put_text(&members, "agent_name", trajectory->name);
    maker_put(&members, "agent_version", *value_member(agent, "version"));
    if (model != NULL && model->kind == JSON_TEXT)
        maker_put(&members, "model_name", *model);
    if (trajectory->own_id.data != NULL)
        maker_put_text(&members, "trajectory_id", trajectory->own_id);
    if (trajectory->trace_key.size < trajectory->session.size)
        maker_put(&members, "is_continuation", value_bool(true));
    own = members.count;
    for (uint32_t i = 0; extra != NULL && extra->kind == JSON_OBJECT &&
                         i < extra->count && i < CONTEXT_MEMBERS;
         i++) {
        size_t j = 0;
        while (j < own &&
               !text_equal(members.members[j].key, extra->members[i].key))
            j++;
        if (j == own)
            maker_put_key(&members, extra->members[i].key,
                          extra->members[i].value);
    }
    put_metadata(maker, &members);
}

static phx_status write_root(struct writer *writer, phx_error *err)
{
    const struct trajectory *trajectory = writer->trajectory;
    const struct value *metrics =
        value_member(trajectory->object, "final_metrics");
    uint32_t last = trajectory->steps->count - 1;
    struct maker maker;

    maker_init(&maker, writer->atif->arena);
    put_exchange(&maker, trajectory, 0, last + 1);
    put_agent(&maker, trajectory);
    put_tokens(&maker, value_member(metrics, "total_prompt_tokens"),
               value_member(metrics, "total_completion_tokens"));
    maker_put_number(&maker, "llm.cost.total",
                     value_member(metrics, "total_cost_usd"));
    if (!trajectory->inside)
        maker_put_text(&maker, ATIF_ATTRIBUTE, trajectory->json);
    return add_span(writer, "AGENT", trajectory->name, writer->root_id,
                    trajectory->parent_id, trajectory->list[0].start,
                    trajectory->list[last].end, &maker, err);
}

/* A turn goes from a message of the user to the next. */
static phx_status write_turn(struct writer *writer, uint32_t number,
                             uint32_t from, phx_error *err)
{
    const struct trajectory *trajectory = writer->trajectory;
    uint32_t to = from, users = 0;
    struct maker maker;
    char name[32];
    phx_status status;

    if ((status = place_id(writer->atif->arena, trajectory, "turn", number,
                           &writer->parent_id, err)) < 0)
        return status;
    while (to < trajectory->steps->count) {
        users += trajectory->list[to].source == ATIF_USER;
        if (users > 1)
            break;
        to++;
    }
    maker_init(&maker, writer->atif->arena);
    put_exchange(&maker, trajectory, from, to);
    snprintf(name, sizeof name, "turn_%u", number + 1);
    return add_span(writer, "AGENT", maker_keep(&maker, name, strlen(name)),
                    writer->parent_id, writer->root_id,
                    trajectory->list[from].start, trajectory->list[to - 1].end,
                    &maker, err);
}

/* What was said before, unless that is too much. */
static void put_context(struct writer *writer, struct maker *maker)
{
    const struct context *context = &writer->context;
    size_t count = context->maker.count;
    size_t size = context->json.size + count * sizeof *maker->members;

    maker->failed |= context->maker.failed || context->json.status < 0;
    if (context->messages == 0 || count > CONTEXT_MEMBERS || maker->failed ||
        writer->atif->spent + size > CONTEXT_BYTES)
        return;
    writer->atif->spent += size;
    for (size_t i = 0; i < count; i++)
        maker_put_key(maker, context->maker.members[i].key,
                      context->maker.members[i].value);
    buf_add(&maker->text, context->json.data, context->json.size);
    buf_add_byte(&maker->text, ']');
    maker_put_typed(maker, "input.value", "input.mime_type", maker_take(maker),
                    true);
}

static void put_tools(struct writer *writer, struct maker *maker)
{
    const struct value *tools =
        value_member(writer->trajectory->agent, "tool_definitions");

    for (uint32_t i = 0;
         tools != NULL && tools->kind == JSON_ARRAY && i < tools->count &&
         i < CONTEXT_MEMBERS / 2 && writer->atif->spent < CONTEXT_BYTES;
         i++) {
        buf_add_format(&maker->text, "llm.tools.%u.tool.json_schema", i);
        phx_text key = maker_take(maker);
        phx_text schema = maker_json(maker, &tools->items[i]);
        writer->atif->spent += schema.size + sizeof *maker->members;
        maker_put_key(maker, key, value_text(schema));
    }
}

/* Parts of a message that is no text. */
static void put_parts(struct maker *maker, const struct value *parts)
{
    static const char begin[] = "contents";
    char member[64];

    for (uint32_t i = 0; i < parts->count && i < CONTEXT_MEMBERS / 4; i++) {
        const struct value *type = value_member(&parts->items[i], "type");
        const struct value *text = value_member(&parts->items[i], "text");
        const struct value *path = value_at(&parts->items[i], "source.path");
        snprintf(member, sizeof member, "%s.%u.message_content.type", begin, i);
        if (type != NULL && type->kind == JSON_TEXT)
            maker_put_message(maker, "output_messages", 0, member, type->text);
        snprintf(member, sizeof member, "%s.%u.message_content.text", begin, i);
        if (text != NULL && text->kind == JSON_TEXT)
            maker_put_message(maker, "output_messages", 0, member, text->text);
        snprintf(member, sizeof member, "%s.%u.message_content.image.image.url",
                 begin, i);
        if (path != NULL && path->kind == JSON_TEXT)
            maker_put_message(maker, "output_messages", 0, member, path->text);
    }
}

static void put_answer(struct maker *maker, const struct value *step)
{
    const struct value *message = value_member(step, "message");
    phx_text text = maker_content(maker, message);

    if (text.size > 0) {
        maker_put_typed(maker, "output.value", "output.mime_type", text, false);
        maker_put_message(maker, "output_messages", 0, "role",
                          text_of("assistant"));
    }
    if (message != NULL && message->kind == JSON_ARRAY)
        put_parts(maker, message);
    else if (text.size > 0)
        maker_put_message(maker, "output_messages", 0, "content", text);
    maker_put_calls(maker, "output_messages", 0, step);
}

static phx_status write_llm(struct writer *writer, const struct atif_step *step,
                            phx_text id, phx_error *err)
{
    const struct value *object = step->object;
    const struct value *metrics = value_member(object, "metrics");
    const struct value *model = value_member(object, "model_name");
    const struct value *thought = value_member(object, "reasoning_content");
    const struct value *calls = value_member(object, "llm_call_count");
    const struct value *message = value_member(object, "message");
    struct maker maker, members;

    maker_init(&maker, writer->atif->arena);
    maker_init(&members, writer->atif->arena);
    if (model == NULL)
        model = value_member(writer->trajectory->agent, "model_name");
    if (model != NULL && model->kind == JSON_TEXT)
        maker_put(&maker, "llm.model_name", *model);
    put_answer(&maker, object);
    maker_put_number(&members, "reasoning_content", thought);
    maker_put_number(&members, "llm_call_count", calls);
    if (message != NULL && message->kind == JSON_ARRAY)
        maker_put(&members, "has_multimodal_content", value_bool(true));
    put_metadata(&maker, &members);
    put_tokens(&maker, value_member(metrics, "prompt_tokens"),
               value_member(metrics, "completion_tokens"));
    maker_put_number(&maker, "llm.token_count.prompt_details.cache_read",
                     value_member(metrics, "cached_tokens"));
    maker_put_number(&maker, "llm.cost.total",
                     value_member(metrics, "cost_usd"));
    put_context(writer, &maker);
    put_tools(writer, &maker);
    return add_span(writer, "LLM", text_of("LLM"), id, writer->parent_id,
                    step->start, step->end, &maker, err);
}

/* The result of a call, or NULL. */
static const struct value *result_of(const struct value *step, phx_text call)
{
    const struct value *results = value_at(step, "observation.results");

    for (uint32_t i = 0;
         results != NULL && results->kind == JSON_ARRAY && i < results->count;
         i++) {
        const struct value *id =
            value_member(&results->items[i], "source_call_id");
        if (id != NULL && id->kind == JSON_TEXT && text_equal(id->text, call))
            return value_member(&results->items[i], "content");
    }
    return NULL;
}

static phx_status write_tool(struct writer *writer,
                             const struct atif_step *step, uint32_t index,
                             phx_error *err)
{
    static const struct value nothing = {.kind = JSON_OBJECT};
    const struct value *call =
        &value_member(step->object, "tool_calls")->items[index];
    const struct value *arguments = value_member(call, "arguments");
    const struct value *calls = value_member(step->object, "llm_call_count");
    phx_text name = value_member(call, "function_name")->text, id;
    phx_text call_id = value_member(call, "tool_call_id")->text;
    const struct value *result = result_of(step->object, call_id);
    uint64_t start = step->start + (uint64_t)(index + 1) * MILLISECOND;
    struct maker maker, members;
    phx_status status;

    if ((status = atif_tool_id(writer->atif->arena, writer->trajectory,
                               value_member(step->object, "step_id")->integer,
                               call_id, &id, err)) < 0)
        return status;
    maker_init(&maker, writer->atif->arena);
    maker_init(&members, writer->atif->arena);
    maker_put_text(&maker, "tool.name", name);
    maker_put_typed(&maker, "input.value", "input.mime_type",
                    maker_json(&maker, arguments ? arguments : &nothing), true);
    if (result != NULL && result->kind != JSON_NULL)
        maker_put_typed(&maker, "output.value", "output.mime_type",
                        maker_content(&maker, result), false);
    if (calls != NULL && calls->kind == JSON_INT && calls->integer == 0)
        maker_put(&members, "llm_call_count", *calls);
    put_metadata(&maker, &members);
    return add_span(writer, "TOOL", name, id, writer->parent_id,
                    start > step->start ? start : step->start, step->end,
                    &maker, err);
}

/* The agent's steps alone are spans; no model was asked in some. */
static phx_status write_step(struct writer *writer,
                             const struct atif_step *step, phx_error *err)
{
    const struct value *calls = value_member(step->object, "tool_calls");
    const struct value *asked = value_member(step->object, "llm_call_count");
    phx_text id;
    phx_status status = PHX_OK;

    if (step->source == ATIF_AGENT &&
        (asked == NULL || asked->kind != JSON_INT || asked->integer != 0)) {
        status =
            place_id(writer->atif->arena, writer->trajectory, "step",
                     value_member(step->object, "step_id")->integer, &id, err);
        if (status >= 0)
            status = write_llm(writer, step, id, err);
    }
    for (uint32_t i = 0;
         status >= 0 && step->source == ATIF_AGENT && calls != NULL &&
         calls->kind == JSON_ARRAY && i < calls->count;
         i++)
        status = write_tool(writer, step, i, err);
    return status;
}

static phx_status write_steps(struct writer *writer, phx_error *err)
{
    const struct trajectory *trajectory = writer->trajectory;
    uint32_t users = 0, turns = 0;
    phx_status status = PHX_OK;

    for (uint32_t i = 0; i < trajectory->steps->count; i++) {
        const struct atif_step *step = &trajectory->list[i];
        users += step->source == ATIF_USER;
        if (trajectory->users > 1 &&
            (i == 0 || (step->source == ATIF_USER && users > 1)) &&
            (status = write_turn(writer, turns++, i, err)) < 0)
            return status;
        if ((status = write_step(writer, step, err)) < 0)
            return status;
        context_say(&writer->context, step);
    }
    return status;
}

phx_status atif_write_spans(struct atif *atif,
                            const struct trajectory *trajectory,
                            const struct trajectory *top, phx_error *err)
{
    struct writer writer = {.atif = atif, .trajectory = trajectory};
    phx_status status;

    maker_init(&writer.context.maker, atif->arena);
    buf_init(&writer.context.json, SIZE_MAX);
    if ((status = hash_id(atif->arena, top->trace_key, "trace", text_of(""),
                          TRACE_ID, &writer.trace_id, err)) >= 0 &&
        (status = hash_id(atif->arena, trajectory->key, "root", text_of(""),
                          SPAN_ID, &writer.root_id, err)) >= 0 &&
        (status = write_root(&writer, err)) >= 0) {
        writer.parent_id = writer.root_id;
        status = write_steps(&writer, err);
    }
    if (status >= 0 && writer.context.maker.failed)
        status = arena_status(atif->arena, 0, err);
    if (status >= 0)
        status = buf_status(&writer.context.json, "what was said", err);
    buf_clear(&writer.context.maker.text);
    buf_clear(&writer.context.json);
    return status;
}

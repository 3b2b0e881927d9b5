/*
 * live.c - a span that has not ended. All that it is given is copied into an
 * arena of its own; when it ends, its attributes get the meaning that decoded
 * ones have.
 *
 * Times are read off the monotonic clock and counted from the wall clock of
 * the first span that this program starts in a trace, so that within a trace
 * no span ends before it starts, or starts before its parent.
 */
#include "base/base.h"
#include "trace/trace.h"

#include "attr/attr.h"
#include "wire/wire.h"

#include <stdio.h>

#include "trace/inside.h"

/* JSON of a few bytes can cost many, as a batch's can. */
enum { LIVE_MEMORY = 512 << 20 };
enum { SAMPLED = 1, REMOTE_IS_KNOWN = 0x100, PARENT_IS_REMOTE = 0x200 };
enum { INTERNAL = 1 }; /* SpanKind */

static uint64_t now_of(const phx_live_span *live)
{
    return live->wall + (time_monotonic() - live->monotonic);
}

/* --- what it is given ------------------------------------------------------- */

/* "" for the absent text. replaced: bytes that it takes the place of. */
static phx_status check_text(const phx_live_span *live, phx_text *text,
                             size_t replaced, phx_error *err)
{
    if (text->data == NULL)
        *text = text_of("");
    if (text->size > LIVE_SIZE - live->given + replaced)
        return fail(err, PHX_TOO_BIG, -1, "a span is given over %d bytes",
                    LIVE_SIZE);
    if (utf8_check(text->data, text->size) != text->size)
        return fail(err, PHX_INVALID, -1, "a text of a span is not UTF-8");
    return PHX_OK;
}

/* The text becomes a copy of the span's. */
static phx_status keep_text(phx_live_span *live, phx_text *text, phx_error *err)
{
    phx_status status = check_text(live, text, 0, err);

    if (status >= 0 && (status = arena_keep(&live->arena, text, err)) >= 0)
        live->given += text->size;
    return status;
}

static phx_status check_count(uint32_t count, const char *what, phx_error *err)
{
    if (count >= WIRE_ATTRIBUTES)
        return fail(err, PHX_TOO_BIG, -1,
                    "a span has %d %s, which is the limit",
                    (int)WIRE_ATTRIBUTES, what);
    return PHX_OK;
}

/* The index of a key's attribute, or their number. */
static uint32_t find_key(const struct attributes *attributes, phx_text key)
{
    uint32_t i = 0;

    while (i < attributes->count &&
           !text_equal(attributes->members[i].key, key))
        i++;
    return i;
}

static phx_status add_attribute(phx_live_span *live, phx_text key,
                                phx_error *err)
{
    struct attributes *attributes = &live->span.attributes;
    phx_status status;

    if ((status = check_count(attributes->count, "attributes", err)) < 0 ||
        (status = keep_text(live, &key, err)) < 0)
        return status;
    struct member *members =
        arena_grow(&live->arena, attributes->members, &live->attribute_room,
                   attributes->count, sizeof *members);
    if (members == NULL)
        return arena_status(&live->arena, sizeof *members, err);
    attributes->members = members;
    struct text_room *rooms =
        arena_grow(&live->arena, live->text_rooms, &live->text_room_count,
                   attributes->count, sizeof *rooms);
    if (rooms == NULL)
        return arena_status(&live->arena, sizeof *rooms, err);
    live->text_rooms = rooms;
    rooms[attributes->count] = (struct text_room){NULL, 0};
    members[attributes->count++] = (struct member){.key = key};
    return PHX_OK;
}

static phx_status set_value(phx_live_span *live, phx_text key,
                            struct value value, phx_error *err)
{
    struct attributes *attributes = &live->span.attributes;
    uint32_t i = find_key(attributes, key);
    phx_status status;

    if (i == attributes->count && (status = add_attribute(live, key, err)) < 0)
        return status;
    attributes->members[i].value = value;
    return PHX_OK;
}

/* A text that replaces another goes where there is room for twice as much: an
 * answer that comes word by word is set anew with each. */
static phx_status replace_text(phx_live_span *live, uint32_t index,
                               phx_text text, phx_error *err)
{
    struct value *value = &live->span.attributes.members[index].value;
    struct text_room *room = &live->text_rooms[index];
    size_t replaced = value->text.size;
    phx_status status = check_text(live, &text, replaced, err);

    if (status < 0)
        return status;
    if (text.size > room->size) {
        char *bytes = arena_new(&live->arena, text.size * 2);
        if (bytes == NULL)
            return arena_status(&live->arena, text.size * 2, err);
        *room = (struct text_room){bytes, text.size * 2};
    }
    if (text.size > 0)
        memcpy(room->bytes, text.data, text.size);
    value->text = text.size > 0 ? text_span(room->bytes, text.size) : text;
    live->given = live->given - replaced + text.size;
    return PHX_OK;
}

phx_status live_set(phx_live_span *live, phx_text key, struct value value,
                    phx_error *err)
{
    const struct attributes *attributes = &live->span.attributes;
    phx_status status;

    if (value.kind != JSON_TEXT)
        return set_value(live, key, value, err);
    uint32_t i = find_key(attributes, key);
    if (i < attributes->count && attributes->members[i].value.kind == JSON_TEXT)
        return replace_text(live, i, value.text, err);
    status = keep_text(live, &value.text, err);
    return status < 0 ? status : set_value(live, key, value, err);
}

/* The text is copied first: a value points into it. */
static phx_status read_json(phx_live_span *live, phx_text json,
                            struct value *out, phx_error *err)
{
    phx_status status = keep_text(live, &json, err);

    return status < 0 ? status : json_read(&live->arena, json, 0, out, err);
}

phx_status live_set_json(phx_live_span *live, phx_text key, phx_text json,
                         phx_error *err)
{
    struct value value;
    phx_status status = read_json(live, json, &value, err);

    return status < 0 ? status : set_value(live, key, value, err);
}

phx_status live_set_status(phx_live_span *live, int32_t code, phx_text message,
                           phx_error *err)
{
    phx_status status = keep_text(live, &message, err);

    if (status < 0)
        return status;
    live->span.otlp_status = code;
    live->span.status_message = message;
    return PHX_OK;
}

/* --- events, links, messages ------------------------------------------------- */

static phx_status read_attributes(phx_live_span *live, phx_text json,
                                  struct attributes *out, phx_error *err)
{
    struct value object;
    phx_status status;

    *out = (struct attributes){0};
    if (json.data == NULL)
        return PHX_OK;
    if ((status = read_json(live, json, &object, err)) < 0)
        return status;
    if (object.kind != JSON_OBJECT)
        return fail(err, PHX_INVALID, 0, "attributes are no JSON object");
    if (object.count > WIRE_ATTRIBUTES)
        return fail(err, PHX_TOO_BIG, -1, "%u attributes, limit is %d",
                    object.count, (int)WIRE_ATTRIBUTES);
    out->members = object.members;
    out->count = object.count;
    return PHX_OK;
}

static phx_status add_event(phx_live_span *live, phx_text name,
                            const struct attributes *attributes, phx_error *err)
{
    struct span *span = &live->span;
    phx_status status;

    if ((status = check_count(span->event_count, "events", err)) < 0 ||
        (status = keep_text(live, &name, err)) < 0)
        return status;
    struct span_event *events =
        arena_grow(&live->arena, span->events, &live->event_room,
                   span->event_count, sizeof *events);
    if (events == NULL)
        return arena_status(&live->arena, sizeof *events, err);
    span->events = events;
    events[span->event_count++] = (struct span_event){
        .time = now_of(live), .name = name, .attributes = *attributes};
    return PHX_OK;
}

phx_status live_add_event(phx_live_span *live, phx_text name, phx_text json,
                          phx_error *err)
{
    struct attributes attributes;
    phx_status status = read_attributes(live, json, &attributes, err);

    return status < 0 ? status : add_event(live, name, &attributes, err);
}

phx_status live_add_exception(phx_live_span *live, phx_text type,
                              phx_text message, phx_text stacktrace,
                              phx_error *err)
{
    const struct member given[] = {
        {text_of("exception.type"), value_text(type)},
        {text_of("exception.message"), value_text(message)},
        {text_of("exception.stacktrace"), value_text(stacktrace)},
    };
    struct attributes attributes = {0};
    phx_status status;

    attributes.members = arena_new(&live->arena, sizeof given);
    if (attributes.members == NULL)
        return arena_status(&live->arena, sizeof given, err);
    for (size_t i = 0; i < sizeof given / sizeof *given; i++) {
        struct member *member = &attributes.members[attributes.count];
        if (given[i].value.text.data == NULL)
            continue;
        *member = given[i];
        if ((status = keep_text(live, &member->value.text, err)) < 0)
            return status;
        attributes.count++;
    }
    return add_event(live, text_of("exception"), &attributes, err);
}

phx_status live_add_link(phx_live_span *live,
                         const struct trace_context *context, phx_text json,
                         phx_error *err)
{
    struct span *span = &live->span;
    struct attributes attributes;
    phx_status status;

    if ((status = check_count(span->link_count, "links", err)) < 0 ||
        (status = read_attributes(live, json, &attributes, err)) < 0)
        return status;
    struct trace_context *kept =
        arena_copy(&live->arena, context, sizeof *context);
    struct span_link *links =
        arena_grow(&live->arena, span->links, &live->link_room,
                   span->link_count, sizeof *links);
    if (kept == NULL || links == NULL)
        return arena_status(&live->arena, sizeof *links, err);
    span->links = links;
    links[span->link_count++] = (struct span_link){
        .trace_id = text_span(kept->trace_id, sizeof kept->trace_id),
        .span_id = text_span(kept->span_id, sizeof kept->span_id),
        .trace_state = text_of(""),
        .flags = kept->flags,
        .attributes = attributes};
    return PHX_OK;
}

phx_status live_add_message(phx_live_span *live, bool output, phx_text role,
                            phx_text content, phx_error *err)
{
    uint32_t number = live->messages[output];
    uint32_t before = live->span.attributes.count;
    char role_key[64], content_key[64];
    phx_status status;

    snprintf(role_key, sizeof role_key, "llm.%s_messages.%u.message.role",
             output ? "output" : "input", number);
    snprintf(content_key, sizeof content_key,
             "llm.%s_messages.%u.message.content", output ? "output" : "input",
             number);
    if ((status = live_set(live, text_of(role_key), value_text(role), err)) <
            0 ||
        (status = live_set(live, text_of(content_key), value_text(content),
                           err)) < 0) {
        live->span.attributes.count = before;
        return status;
    }
    live->messages[output]++;
    return PHX_OK;
}

/* --- begin and end ----------------------------------------------------------- */

/* Ids that are not zero. */
static phx_status make_ids(struct trace_context *context, bool new_trace,
                           phx_error *err)
{
    phx_status status = PHX_OK;

    if (new_trace) {
        status = random_bytes(context->trace_id, sizeof context->trace_id, err);
        context->trace_id[0] |= !context->trace_id[0];
        context->flags = SAMPLED;
    }
    if (status >= 0)
        status = random_bytes(context->span_id, sizeof context->span_id, err);
    context->span_id[0] |= !context->span_id[0];
    return status;
}

static phx_status begin(phx_live_span *live, phx_text name,
                        const phx_live_span *parent,
                        const struct trace_context *remote, phx_text state,
                        phx_error *err)
{
    const struct trace_context *above = parent ? &parent->context : remote;
    struct span *span = &live->span;
    phx_status status;

    if (above != NULL) {
        live->context = *above;
        span->parent_id = text_span(above->span_id, sizeof above->span_id);
        if ((status = arena_keep(&live->arena, &span->parent_id, err)) < 0)
            return status;
    }
    if ((status = make_ids(&live->context, above == NULL, err)) < 0)
        return status;
    span->trace_id =
        text_span(live->context.trace_id, sizeof live->context.trace_id);
    span->span_id =
        text_span(live->context.span_id, sizeof live->context.span_id);
    span->name = name;
    span->trace_state = parent ? parent->span.trace_state : state;
    span->flags = live->context.flags | REMOTE_IS_KNOWN |
                  (remote != NULL ? PARENT_IS_REMOTE : 0);
    context_print(&live->context, live->traceparent);
    live->is_root = parent == NULL;
    live->wall = parent ? parent->wall : time_now();
    live->monotonic = parent ? parent->monotonic : time_monotonic();
    span->start_time = now_of(live);
    if ((status = keep_text(live, &span->name, err)) < 0)
        return status;
    return keep_text(live, &span->trace_state, err);
}

phx_status live_start(phx_tracer *tracer, phx_text name,
                      const phx_live_span *parent,
                      const struct trace_context *remote, phx_text state,
                      phx_live_span **out, phx_error *err)
{
    phx_live_span *live = memory_new(sizeof *live);
    phx_status status;

    if (live == NULL)
        return fail_memory(err, sizeof *live);
    *live = (struct phx_live_span){
        .tracer = tracer,
        .span = {.parent_id = {"", 0},
                 .status_message = {"", 0},
                 .otlp_kind = INTERNAL,
                 .resource = tracer_resource(tracer),
                 .scope = tracer_scope(tracer)},
    };
    arena_init(&live->arena, LIVE_MEMORY);
    if ((status = begin(live, name, parent, remote, state, err)) < 0) {
        live_free(live);
        return status;
    }
    tracer_retain(tracer);
    *out = live;
    return PHX_OK;
}

void live_set_start(phx_live_span *live, uint64_t start)
{
    live->span.start_time = start;
}

const char *live_traceparent(const phx_live_span *live)
{
    return live->traceparent;
}

const char *live_tracestate(const phx_live_span *live)
{
    return live->span.trace_state.data;
}

void live_free(phx_live_span *live)
{
    arena_clear(&live->arena);
    memory_free(live);
}

void live_discard(phx_live_span *live)
{
    phx_tracer *tracer = live->tracer;

    live_free(live);
    tracer_release(tracer);
}

phx_status live_end(phx_live_span *live, uint64_t end, phx_error *err)
{
    phx_tracer *tracer = live->tracer;
    struct span *span = &live->span;

    span->end_time = end != 0 ? end : now_of(live);
    if (span->end_time < span->start_time)
        span->end_time = span->start_time;
    phx_status status = attr_interpret(&live->arena, span, err);
    if (status >= 0)
        status = tracer_take(tracer, live, err);
    else
        live_free(live);
    tracer_release(tracer);
    return status;
}

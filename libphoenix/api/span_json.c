/*
 * span_json.c - spans as REST shows them -> spans:
 *
 *     {"data": [{"name", "context": {"trace_id", "span_id"}, "span_kind",
 *                "parent_id", "start_time", "end_time", "status_code",
 *                "status_message", "attributes": {flat}, "events":
 *                [{"name", "timestamp", "attributes"}]}]}
 *
 * Ids are hex, times ISO-8601 with an offset. Unknown members are ignored.
 */
#include "base/base.h"

#include "api/inside.h"

static phx_status read_text(const struct value *object, const char *key,
                            bool needed, phx_text *out, phx_error *err)
{
    const struct value *value = value_member(object, key);

    *out = (phx_text){NULL, 0};
    if (value == NULL || value->kind == JSON_NULL)
        return needed ? fail(err, PHX_INVALID, -1, "a span has no '%s'", key)
                      : PHX_OK;
    if (value->kind != JSON_TEXT)
        return fail(err, PHX_INVALID, -1, "a span's '%s' is no text", key);
    *out = value->text;
    return PHX_OK;
}

static phx_status read_id(struct arena *arena, const struct value *object,
                          const char *key, bool needed, phx_text *out,
                          phx_error *err)
{
    phx_text hex;
    phx_status status;
    size_t size;

    *out = text_span("", 0);
    if ((status = read_text(object, key, needed, &hex, err)) < 0 ||
        hex.size == 0)
        return status < 0 || !needed
                   ? status
                   : fail(err, PHX_INVALID, -1, "a span's '%s' is empty", key);
    uint8_t *bytes = arena_new(arena, hex.size / 2 + 1);
    if (bytes == NULL)
        return arena_status(arena, hex.size / 2, err);
    if (hex_read(hex, bytes, &size, NULL) < 0)
        return fail(err, PHX_INVALID, -1, "a span's '%s' is not hex: '%.*s'",
                    key, hex.size < 64 ? (int)hex.size : 64, hex.data);
    *out = text_span(bytes, size);
    return PHX_OK;
}

static phx_status read_time(const struct value *object, const char *key,
                            uint64_t *out, phx_error *err)
{
    phx_text text;
    phx_status status = read_text(object, key, true, &text, err);

    return status < 0 ? status : time_read(text, TIME_NAIVE_REFUSED, out, err);
}

static phx_status read_attributes(struct arena *arena,
                                  const struct value *object,
                                  struct attributes *out, phx_error *err)
{
    const struct value *attributes = value_member(object, "attributes");

    *out = (struct attributes){0};
    if (attributes == NULL || attributes->kind == JSON_NULL)
        return PHX_OK;
    if (attributes->kind != JSON_OBJECT)
        return fail(err, PHX_INVALID, -1, "'attributes' is no object");
    if (attributes->count > WIRE_ATTRIBUTES)
        return fail(err, PHX_INVALID, -1, "%u attributes, limit is %d",
                    attributes->count, (int)WIRE_ATTRIBUTES);
    /* One more, for the kind. */
    size_t size = size_mul((size_t)attributes->count + 1, sizeof *out->members);
    if ((out->members = arena_new(arena, size)) == NULL)
        return arena_status(arena, size, err);
    if (attributes->count > 0)
        memcpy(out->members, attributes->members,
               attributes->count * sizeof *out->members);
    out->count = attributes->count;
    return PHX_OK;
}

static phx_status read_events(struct arena *arena, const struct value *object,
                              struct span *span, phx_error *err)
{
    const struct value *events = value_member(object, "events");
    phx_status status;

    if (events == NULL || events->kind == JSON_NULL)
        return PHX_OK;
    if (events->kind != JSON_ARRAY)
        return fail(err, PHX_INVALID, -1, "'events' is no array");
    if (events->count > WIRE_ATTRIBUTES)
        return fail(err, PHX_INVALID, -1, "%u events, limit is %d",
                    events->count, (int)WIRE_ATTRIBUTES);
    size_t size = size_mul(events->count, sizeof *span->events);
    if ((span->events = arena_new(arena, size)) == NULL)
        return arena_status(arena, size, err);
    for (uint32_t i = 0; i < events->count; i++) {
        const struct value *item = &events->items[i];
        struct span_event *event = &span->events[i];
        *event = (struct span_event){0};
        if ((status = read_text(item, "name", true, &event->name, err)) < 0 ||
            (status = read_time(item, "timestamp", &event->time, err)) < 0 ||
            (status = read_attributes(arena, item, &event->attributes, err)) <
                0)
            return status;
        span->event_count++;
    }
    return PHX_OK;
}

/* The caller's spelling of the kind becomes the attribute, as Phoenix has it.
 */
static phx_status set_kind(struct arena *arena, struct span *span,
                           phx_text kind, phx_error *err)
{
    if (span->attributes.members == NULL &&
        (span->attributes.members =
             arena_new(arena, sizeof *span->attributes.members)) == NULL)
        return arena_status(arena, sizeof *span->attributes.members, err);
    span->attributes.members[span->attributes.count++] =
        (struct member){text_of("openinference.span.kind"), value_text(kind)};
    span->kind = (uint8_t)span_kind_read(kind, false);
    return PHX_OK;
}

static phx_status read_span(struct arena *arena, const struct value *item,
                            struct span *span, phx_error *err)
{
    static const struct value nothing = {.kind = JSON_NULL};
    const struct value *context = value_member(item, "context");
    phx_text kind, code;
    phx_status status;

    if (item->kind != JSON_OBJECT)
        return fail(err, PHX_INVALID, -1, "a span is no object");
    if (context == NULL)
        context = &nothing;
    if ((status = read_text(item, "name", true, &span->name, err)) < 0 ||
        (status = read_id(arena, context, "trace_id", true, &span->trace_id,
                          err)) < 0 ||
        (status = read_id(arena, context, "span_id", true, &span->span_id,
                          err)) < 0 ||
        (status = read_id(arena, item, "parent_id", false, &span->parent_id,
                          err)) < 0 ||
        (status = read_text(item, "span_kind", true, &kind, err)) < 0 ||
        (status = read_time(item, "start_time", &span->start_time, err)) < 0 ||
        (status = read_time(item, "end_time", &span->end_time, err)) < 0 ||
        (status = read_text(item, "status_code", false, &code, err)) < 0 ||
        (status = read_text(item, "status_message", false,
                            &span->status_message, err)) < 0 ||
        (status = read_attributes(arena, item, &span->attributes, err)) < 0 ||
        (status = read_events(arena, item, span, err)) < 0)
        return status;
    span->trace_state = text_of("");
    if (span->status_message.data == NULL)
        span->status_message = text_of("");
    span->status =
        (uint8_t)span_status_read(code.data ? code : text_of("UNSET"), false);
    span->otlp_status = span->status;
    span->otlp_kind = 1;
    return set_kind(arena, span, kind, err);
}

phx_status span_json_read(struct arena *arena, phx_text json,
                          struct span_list *out, phx_error *err)
{
    struct value document;
    phx_status status;
    char *copy = arena_copy(arena, json.data, json.size);

    if (copy == NULL)
        return arena_status(arena, json.size, err);
    if ((status = json_read(arena, text_span(copy, json.size), 0, &document,
                            err)) < 0)
        return status;
    const struct value *data = value_member(&document, "data");
    if (data == NULL || data->kind != JSON_ARRAY)
        return fail(err, PHX_INVALID, 0, "the body has no array 'data'");
    for (uint32_t i = 0; i < data->count; i++) {
        struct span *span = span_list_add(arena, out);
        if (span == NULL)
            return arena_status(arena, sizeof *span, err);
        if ((status = read_span(arena, &data->items[i], span, err)) < 0) {
            if (err != NULL)
                err->offset = i;
            return status;
        }
    }
    return PHX_OK;
}

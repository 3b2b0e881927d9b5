/*
 * otlp_json.c - an ExportTraceServiceRequest in OTLP/JSON to spans. It has
 * the shape of the protobuf request; see otlp.c. The request is copied into
 * the arena once and texts without escapes point into that copy.
 */
#include "base/base.h"
#include "wire/wire.h"
#include "json/json.h"

#include "wire/inside.h"

static const struct enum_name span_kinds[] = {{"SPAN_KIND_UNSPECIFIED", 0},
                                              {"SPAN_KIND_INTERNAL", 1},
                                              {"SPAN_KIND_SERVER", 2},
                                              {"SPAN_KIND_CLIENT", 3},
                                              {"SPAN_KIND_PRODUCER", 4},
                                              {"SPAN_KIND_CONSUMER", 5},
                                              {NULL, 0}};

static const struct enum_name status_codes[] = {{"STATUS_CODE_UNSET", 0},
                                                {"STATUS_CODE_OK", 1},
                                                {"STATUS_CODE_ERROR", 2},
                                                {NULL, 0}};

static phx_status read_events(struct decoder *decoder, const struct value *span,
                              struct span *out)
{
    struct value list;
    phx_status status;

    if ((status = message_list(decoder, span, "events", &list)) < 0 ||
        (status = wire_check_count(&decoder->request, list.count, "events")) <
            0)
        return status;
    size_t size = size_mul(list.count, sizeof *out->events);
    if (list.count > 0 &&
        (out->events = arena_new(decoder->arena, size)) == NULL)
        return arena_status(decoder->arena, size, decoder->err);
    for (uint32_t i = 0; i < list.count; i++) {
        const struct value *object = &list.items[i];
        struct span_event *event = &out->events[i];
        if ((status = message_check(decoder, object, "event")) < 0 ||
            (status = message_u64(decoder, object, "timeUnixNano",
                                  &event->time)) < 0 ||
            (status = message_text(decoder, object, "name", &event->name)) <
                0 ||
            (status =
                 attributes_read_json(decoder, object, "attributes of an event",
                                      &event->attributes)) < 0)
            return status;
    }
    out->event_count = list.count;
    return PHX_OK;
}

static phx_status read_links(struct decoder *decoder, const struct value *span,
                             struct span *out)
{
    struct value list;
    phx_status status;

    if ((status = message_list(decoder, span, "links", &list)) < 0 ||
        (status = wire_check_count(&decoder->request, list.count, "links")) < 0)
        return status;
    size_t size = size_mul(list.count, sizeof *out->links);
    if (list.count > 0 &&
        (out->links = arena_new(decoder->arena, size)) == NULL)
        return arena_status(decoder->arena, size, decoder->err);
    for (uint32_t i = 0; i < list.count; i++) {
        const struct value *object = &list.items[i];
        struct span_link *link = &out->links[i];
        if ((status = message_check(decoder, object, "link")) < 0 ||
            (status = message_id(decoder, object, "traceId", &link->trace_id)) <
                0 ||
            (status = message_id(decoder, object, "spanId", &link->span_id)) <
                0 ||
            (status = message_text(decoder, object, "traceState",
                                   &link->trace_state)) < 0 ||
            (status = message_u32(decoder, object, "flags", &link->flags)) <
                0 ||
            (status =
                 attributes_read_json(decoder, object, "attributes of a link",
                                      &link->attributes)) < 0)
            return status;
    }
    out->link_count = list.count;
    return PHX_OK;
}

static phx_status read_span(struct decoder *decoder, const struct value *span,
                            struct span *out)
{
    struct value state;
    phx_status status;

    if ((status = message_check(decoder, span, "span")) < 0)
        return status;
    if (decoder->barred)
        return WIRE_REFUSED;
    if ((status = message_id(decoder, span, "traceId", &out->trace_id)) < 0 ||
        (status = message_id(decoder, span, "spanId", &out->span_id)) < 0 ||
        (status = message_id(decoder, span, "parentSpanId", &out->parent_id)) <
            0 ||
        (status = message_text(decoder, span, "traceState",
                               &out->trace_state)) < 0 ||
        (status = message_text(decoder, span, "name", &out->name)) < 0 ||
        (status = message_enum(decoder, span, "kind", span_kinds,
                               &out->otlp_kind)) < 0 ||
        (status = message_u64(decoder, span, "startTimeUnixNano",
                              &out->start_time)) < 0 ||
        (status = message_u64(decoder, span, "endTimeUnixNano",
                              &out->end_time)) < 0 ||
        (status = message_u32(decoder, span, "flags", &out->flags)) < 0 ||
        (status = message_u32(decoder, span, "droppedEventsCount",
                              &out->dropped_events)) < 0 ||
        (status = message_u32(decoder, span, "droppedLinksCount",
                              &out->dropped_links)) < 0 ||
        (status = message_part(decoder, span, "status", &state)) < 0 ||
        (status = message_text(decoder, &state, "message",
                               &out->status_message)) < 0 ||
        (status = message_enum(decoder, &state, "code", status_codes,
                               &out->otlp_status)) < 0 ||
        (status = attributes_read_json(decoder, span, "attributes",
                                       &out->attributes)) < 0 ||
        (status = read_events(decoder, span, out)) < 0)
        return status;
    return read_links(decoder, span, out);
}

static phx_status read_scope(struct decoder *decoder,
                             const struct value *scope_spans, struct scope *out)
{
    struct value scope;
    phx_status status;

    if ((status = message_text(decoder, scope_spans, "schemaUrl",
                               &out->schema_url)) < 0 ||
        (status = message_part(decoder, scope_spans, "scope", &scope)) < 0 ||
        (status = message_text(decoder, &scope, "name", &out->name)) < 0 ||
        (status = message_text(decoder, &scope, "version", &out->version)) < 0)
        return status;
    return attributes_read_json(decoder, &scope, "attributes of a scope",
                                &out->attributes);
}

static phx_status read_scope_spans(struct decoder *decoder,
                                   const struct value *scope_spans,
                                   const struct resource *resource)
{
    bool barred = decoder->barred;
    struct value list;
    phx_status status;

    struct scope *scope = arena_new(decoder->arena, sizeof *scope);
    if (scope == NULL)
        return arena_status(decoder->arena, sizeof *scope, decoder->err);
    if ((status = message_check(decoder, scope_spans, "scopeSpans")) < 0 ||
        (status = message_list(decoder, scope_spans, "spans", &list)) < 0)
        return status;
    status = read_scope(decoder, scope_spans, scope);
    if (status < 0 && status != WIRE_REFUSED)
        return status;
    decoder->barred = barred || status == WIRE_REFUSED;
    for (uint32_t i = 0; i < list.count; i++) {
        struct span *span = wire_add_span(decoder->arena, &decoder->request);
        if (span == NULL)
            return arena_status(decoder->arena, sizeof *span, decoder->err);
        span->resource = resource;
        span->scope = scope;
        status = wire_settle_span(&decoder->request,
                                  read_span(decoder, &list.items[i], span));
        if (status < 0)
            return status;
    }
    decoder->barred = barred;
    return PHX_OK;
}

static phx_status read_resource(struct decoder *decoder,
                                const struct value *resource_spans,
                                struct resource *out)
{
    struct value resource;
    phx_status status;

    if ((status = message_text(decoder, resource_spans, "schemaUrl",
                               &out->schema_url)) < 0 ||
        (status =
             message_part(decoder, resource_spans, "resource", &resource)) < 0)
        return status;
    return attributes_read_json(decoder, &resource, "attributes of a resource",
                                &out->attributes);
}

static phx_status read_resource_spans(struct decoder *decoder,
                                      const struct value *resource_spans)
{
    struct value list;
    phx_status status;

    struct resource *resource = arena_new(decoder->arena, sizeof *resource);
    if (resource == NULL)
        return arena_status(decoder->arena, sizeof *resource, decoder->err);
    if ((status = message_check(decoder, resource_spans, "resourceSpans")) <
            0 ||
        (status = message_list(decoder, resource_spans, "scopeSpans", &list)) <
            0)
        return status;
    status = read_resource(decoder, resource_spans, resource);
    if (status < 0 && status != WIRE_REFUSED)
        return status;
    decoder->barred = status == WIRE_REFUSED;
    for (uint32_t i = 0; i < list.count; i++) {
        if ((status = read_scope_spans(decoder, &list.items[i], resource)) < 0)
            return status;
    }
    return PHX_OK;
}

phx_status wire_read_json(struct arena *arena, const void *bytes, size_t size,
                          struct wire_request *out, phx_error *err)
{
    struct decoder decoder = {.arena = arena, .err = err};
    const uint8_t *copy;
    struct value request;
    struct value list;
    phx_status status;

    if ((status = wire_copy_request(arena, bytes, size, &copy, err)) < 0 ||
        (status = json_read(arena, text_span(copy, size), JSON_DEEP, &request,
                            err)) < 0 ||
        (status = message_check(&decoder, &request, "request")) < 0 ||
        (status = message_list(&decoder, &request, "resourceSpans", &list)) < 0)
        return status;
    for (uint32_t i = 0; i < list.count; i++) {
        if ((status = read_resource_spans(&decoder, &list.items[i])) < 0)
            return status;
    }
    wire_finish(&decoder.request, out);
    return PHX_OK;
}

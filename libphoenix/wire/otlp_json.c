/*
 * otlp_json.c - a span in OTLP/JSON. It has the shape of the protobuf span; see
 * otlp.c.
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

phx_status span_read_json(struct decoder *decoder, const struct value *item)
{
    struct span *span = NULL;
    phx_status status = wire_add_span(decoder, &span);

    if (status < 0)
        return status;
    return wire_settle_span(&decoder->request, read_span(decoder, item, span));
}

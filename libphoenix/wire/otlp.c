/*
 * otlp.c - a span in protobuf: ids, times, attributes, status, events, links.
 *
 * Lists are counted before room is made for them.
 */
#include "base/base.h"
#include "wire/wire.h"

#include "wire/inside.h"

static phx_status read_event(struct decoder *decoder, struct reader in,
                             struct span_event *out)
{
    uint32_t counts[FIELD_COUNTS];
    struct field field;
    phx_status status;

    *out = (struct span_event){.name = EMPTY};
    if ((status = field_count(decoder, in, counts)) < 0 ||
        (status =
             attributes_start(decoder, counts[EVENT_ATTRIBUTES >> 3],
                              "attributes of an event", &out->attributes)) < 0)
        return status;
    while (in.at < in.end) {
        if ((status = field_next(decoder, &in, &field)) < 0)
            return status;
        switch (field.tag) {
        case EVENT_TIME:
            out->time = field.number;
            break;
        case EVENT_NAME:
            status = field_text(decoder, &field, "event name", &out->name);
            break;
        case EVENT_ATTRIBUTES:
            status = attributes_add(decoder, &field, &out->attributes);
            break;
        case EVENT_DROPPED:
            out->attributes.dropped = (uint32_t)field.number;
            break;
        }
        if (status < 0)
            return status;
    }
    return PHX_OK;
}

static phx_status read_link(struct decoder *decoder, struct reader in,
                            struct span_link *out)
{
    uint32_t counts[FIELD_COUNTS];
    struct field field;
    phx_status status;

    *out = (struct span_link){
        .trace_id = EMPTY, .span_id = EMPTY, .trace_state = EMPTY};
    if ((status = field_count(decoder, in, counts)) < 0 ||
        (status = attributes_start(decoder, counts[LINK_ATTRIBUTES >> 3],
                                   "attributes of a link", &out->attributes)) <
            0)
        return status;
    while (in.at < in.end) {
        if ((status = field_next(decoder, &in, &field)) < 0)
            return status;
        switch (field.tag) {
        case LINK_TRACE_ID:
            out->trace_id = field.bytes;
            break;
        case LINK_SPAN_ID:
            out->span_id = field.bytes;
            break;
        case LINK_TRACE_STATE:
            status = field_text(decoder, &field, "trace state of a link",
                                &out->trace_state);
            break;
        case LINK_ATTRIBUTES:
            status = attributes_add(decoder, &field, &out->attributes);
            break;
        case LINK_DROPPED:
            out->attributes.dropped = (uint32_t)field.number;
            break;
        case LINK_FLAGS:
            out->flags = (uint32_t)field.number;
            break;
        }
        if (status < 0)
            return status;
    }
    return PHX_OK;
}

/* Pieces of one Status are merged by being read one after the other. */
static phx_status read_status(struct decoder *decoder, struct reader in,
                              struct span *out)
{
    struct field field;
    phx_status status;

    while (in.at < in.end) {
        if ((status = field_next(decoder, &in, &field)) < 0)
            return status;
        if (field.tag == STATUS_MESSAGE)
            status = field_text(decoder, &field, "status message",
                                &out->status_message);
        else if (field.tag == STATUS_CODE)
            out->otlp_status = (int32_t)(uint32_t)field.number;
        if (status < 0)
            return status;
    }
    return PHX_OK;
}

/* Room for all lists of a span. */
static phx_status start_lists(struct decoder *decoder, struct reader in,
                              struct span *out)
{
    struct wire_request *request = &decoder->request;
    uint32_t counts[FIELD_COUNTS];
    phx_status status;

    if ((status = field_count(decoder, in, counts)) < 0)
        return status;
    uint32_t events = counts[SPAN_EVENTS >> 3];
    uint32_t links = counts[SPAN_LINKS >> 3];
    if ((status = wire_check_count(request, events, "events")) < 0 ||
        (status = wire_check_count(request, links, "links")) < 0 ||
        (status = attributes_start(decoder, counts[SPAN_ATTRIBUTES >> 3],
                                   "attributes", &out->attributes)) < 0)
        return status;
    size_t events_size = events * sizeof *out->events;
    size_t links_size = links * sizeof *out->links;
    if (events > 0 &&
        (out->events = arena_new(decoder->arena, events_size)) == NULL)
        return arena_status(decoder->arena, events_size, decoder->err);
    if (links > 0 &&
        (out->links = arena_new(decoder->arena, links_size)) == NULL)
        return arena_status(decoder->arena, links_size, decoder->err);
    return PHX_OK;
}

static phx_status read_span_field(struct decoder *decoder,
                                  const struct field *field, struct span *out)
{
    switch (field->tag) {
    case SPAN_TRACE_ID:
        out->trace_id = field->bytes;
        return PHX_OK;
    case SPAN_SPAN_ID:
        out->span_id = field->bytes;
        return PHX_OK;
    case SPAN_TRACE_STATE:
        return field_text(decoder, field, "trace state", &out->trace_state);
    case SPAN_PARENT_ID:
        out->parent_id = field->bytes;
        return PHX_OK;
    case SPAN_NAME:
        return field_text(decoder, field, "span name", &out->name);
    case SPAN_KIND:
        out->otlp_kind = (int32_t)(uint32_t)field->number;
        return PHX_OK;
    case SPAN_START_TIME:
        out->start_time = field->number;
        return PHX_OK;
    case SPAN_END_TIME:
        out->end_time = field->number;
        return PHX_OK;
    case SPAN_ATTRIBUTES:
        return attributes_add(decoder, field, &out->attributes);
    case SPAN_DROPPED_ATTRIBUTES:
        out->attributes.dropped = (uint32_t)field->number;
        return PHX_OK;
    case SPAN_EVENTS:
        return read_event(decoder, reader_over(field->bytes),
                          &out->events[out->event_count++]);
    case SPAN_DROPPED_EVENTS:
        out->dropped_events = (uint32_t)field->number;
        return PHX_OK;
    case SPAN_LINKS:
        return read_link(decoder, reader_over(field->bytes),
                         &out->links[out->link_count++]);
    case SPAN_DROPPED_LINKS:
        out->dropped_links = (uint32_t)field->number;
        return PHX_OK;
    case SPAN_STATUS:
        return read_status(decoder, reader_over(field->bytes), out);
    case SPAN_FLAGS:
        out->flags = (uint32_t)field->number;
        return PHX_OK;
    default:
        return PHX_OK;
    }
}

static phx_status read_span(struct decoder *decoder, struct reader in,
                            struct span *out)
{
    struct field field;
    phx_status status;

    if (decoder->barred)
        return WIRE_REFUSED;
    if ((status = start_lists(decoder, in, out)) < 0)
        return status;
    while (in.at < in.end) {
        if ((status = field_next(decoder, &in, &field)) < 0)
            return status;
        if ((status = read_span_field(decoder, &field, out)) < 0)
            return status;
    }
    return PHX_OK;
}

phx_status span_read(struct decoder *decoder, struct reader item)
{
    struct span *span = NULL;
    phx_status status = wire_add_span(decoder, &span);

    if (status < 0)
        return status;
    return wire_settle_span(&decoder->request, read_span(decoder, item, span));
}

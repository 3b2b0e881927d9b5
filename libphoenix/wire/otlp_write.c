/*
 * otlp_write.c - spans to an ExportTraceServiceRequest in protobuf, a log
 * record to an ExportLogsServiceRequest, and the answer to one.
 *
 * A message is opened with one byte for its size and closed once the size is
 * known; what needs a longer one is moved up by a few bytes. Zeros and empty
 * texts are left out, as proto3 wants, but for the members of a one-of.
 */
#include "base/base.h"
#include "wire/wire.h"

#include "wire/inside.h"

static void put_number(struct buf *out, uint32_t tag, uint64_t number)
{
    buf_add_varint(out, tag);
    if ((tag & 7) == FIXED64)
        buf_add_u64(out, number);
    else if ((tag & 7) == FIXED32)
        buf_add_u32(out, (uint32_t)number);
    else
        buf_add_varint(out, number);
}

static void put_bytes(struct buf *out, uint32_t tag, phx_text bytes)
{
    buf_add_varint(out, tag);
    buf_add_varint(out, bytes.size);
    buf_add_text(out, bytes);
}

/* Those that leave out the default. */
static void put_number_field(struct buf *out, uint32_t tag, uint64_t number)
{
    if (number != 0)
        put_number(out, tag, number);
}

static void put_bytes_field(struct buf *out, uint32_t tag, phx_text bytes)
{
    if (bytes.size > 0)
        put_bytes(out, tag, bytes);
}

/* Begins a submessage; gives where its bytes start. */
static size_t open_message(struct buf *out, uint32_t tag)
{
    buf_add_varint(out, tag);
    buf_add_byte(out, 0);
    return out->size;
}

static void close_message(struct buf *out, size_t start)
{
    size_t size = out->size - start;
    size_t more = 0;

    if (out->status < 0)
        return;
    for (size_t left = size; left >= 0x80; left >>= 7)
        more++;
    if (more > 0) {
        if (buf_room(out, more) == NULL)
            return;
        memmove(out->data + start + more, out->data + start, size);
        buf_used(out, more);
    }
    uint8_t *at = out->data + start - 1;
    for (; size >= 0x80; size >>= 7)
        *at++ = (uint8_t)(size | 0x80);
    *at = (uint8_t)size;
}

/* An AnyValue, as deep as the value, which is JSON_DEPTH at most. */
static void put_value(struct buf *out, uint32_t tag, const struct value *value)
{
    size_t start = open_message(out, tag);
    size_t list;
    uint64_t bits;

    switch ((enum json_kind)value->kind) {
    case JSON_NULL:
        break;
    case JSON_BOOL:
        put_number(out, VALUE_BOOL, value->integer != 0);
        break;
    case JSON_INT:
        put_number(out, VALUE_INT, (uint64_t)value->integer);
        break;
    case JSON_REAL:
        memcpy(&bits, &value->real, sizeof bits);
        put_number(out, VALUE_DOUBLE, bits);
        break;
    case JSON_NUMBER:
    case JSON_TEXT:
        put_bytes(out, VALUE_STRING, value->text);
        break;
    case JSON_BYTES:
        put_bytes(out, VALUE_BYTES, value->text);
        break;
    case JSON_ARRAY:
        list = open_message(out, VALUE_ARRAY);
        for (uint32_t i = 0; i < value->count; i++)
            put_value(out, LIST_VALUES, &value->items[i]);
        close_message(out, list);
        break;
    case JSON_OBJECT:
        list = open_message(out, VALUE_KVLIST);
        for (uint32_t i = 0; i < value->count; i++) {
            size_t pair = open_message(out, LIST_VALUES);
            put_bytes_field(out, ATTRIBUTE_KEY, value->members[i].key);
            put_value(out, ATTRIBUTE_VALUE, &value->members[i].value);
            close_message(out, pair);
        }
        close_message(out, list);
        break;
    }
    close_message(out, start);
}

static void put_attributes(struct buf *out, uint32_t tag, uint32_t dropped_tag,
                           const struct attributes *attributes)
{
    for (uint32_t i = 0; i < attributes->count; i++) {
        size_t pair = open_message(out, tag);
        put_bytes_field(out, ATTRIBUTE_KEY, attributes->members[i].key);
        put_value(out, ATTRIBUTE_VALUE, &attributes->members[i].value);
        close_message(out, pair);
    }
    put_number_field(out, dropped_tag, attributes->dropped);
}

static void put_event(struct buf *out, const struct span_event *event)
{
    size_t start = open_message(out, SPAN_EVENTS);

    put_number_field(out, EVENT_TIME, event->time);
    put_bytes_field(out, EVENT_NAME, event->name);
    put_attributes(out, EVENT_ATTRIBUTES, EVENT_DROPPED, &event->attributes);
    close_message(out, start);
}

static void put_link(struct buf *out, const struct span_link *link)
{
    size_t start = open_message(out, SPAN_LINKS);

    put_bytes_field(out, LINK_TRACE_ID, link->trace_id);
    put_bytes_field(out, LINK_SPAN_ID, link->span_id);
    put_bytes_field(out, LINK_TRACE_STATE, link->trace_state);
    put_attributes(out, LINK_ATTRIBUTES, LINK_DROPPED, &link->attributes);
    put_number_field(out, LINK_FLAGS, link->flags);
    close_message(out, start);
}

/* An enum is an int32: one below zero takes ten bytes. */
static uint64_t enum_bits(int32_t number)
{
    return (uint64_t)(int64_t)number;
}

static void put_span(struct buf *out, const struct span *span)
{
    size_t start = open_message(out, SCOPES_ITEMS);

    put_bytes_field(out, SPAN_TRACE_ID, span->trace_id);
    put_bytes_field(out, SPAN_SPAN_ID, span->span_id);
    put_bytes_field(out, SPAN_TRACE_STATE, span->trace_state);
    put_bytes_field(out, SPAN_PARENT_ID, span->parent_id);
    put_bytes_field(out, SPAN_NAME, span->name);
    put_number_field(out, SPAN_KIND, enum_bits(span->otlp_kind));
    put_number_field(out, SPAN_START_TIME, span->start_time);
    put_number_field(out, SPAN_END_TIME, span->end_time);
    put_attributes(out, SPAN_ATTRIBUTES, SPAN_DROPPED_ATTRIBUTES,
                   &span->attributes);
    for (uint32_t i = 0; i < span->event_count; i++)
        put_event(out, &span->events[i]);
    put_number_field(out, SPAN_DROPPED_EVENTS, span->dropped_events);
    for (uint32_t i = 0; i < span->link_count; i++)
        put_link(out, &span->links[i]);
    put_number_field(out, SPAN_DROPPED_LINKS, span->dropped_links);
    if (span->status_message.size > 0 || span->otlp_status != 0) {
        size_t status = open_message(out, SPAN_STATUS);
        put_bytes_field(out, STATUS_MESSAGE, span->status_message);
        put_number_field(out, STATUS_CODE, enum_bits(span->otlp_status));
        close_message(out, status);
    }
    put_number_field(out, SPAN_FLAGS, span->flags);
    close_message(out, start);
}

static void put_resource(struct buf *out, const struct resource *resource)
{
    if (resource == NULL)
        return;
    size_t part = open_message(out, RESOURCES_RESOURCE);
    put_attributes(out, RESOURCE_ATTRIBUTES, RESOURCE_DROPPED,
                   &resource->attributes);
    close_message(out, part);
}

static void put_scope(struct buf *out, const struct scope *scope)
{
    if (scope == NULL)
        return;
    size_t part = open_message(out, SCOPES_SCOPE);
    put_bytes_field(out, SCOPE_NAME, scope->name);
    put_bytes_field(out, SCOPE_VERSION, scope->version);
    put_attributes(out, SCOPE_ATTRIBUTES, SCOPE_DROPPED, &scope->attributes);
    close_message(out, part);
}

/* The spans from first on that share resource and scope; gives the one after
 * them. */
static size_t put_scope_spans(struct buf *out, const struct span *const *spans,
                              size_t count, size_t first)
{
    const struct resource *resource = spans[first]->resource;
    const struct scope *scope = spans[first]->scope;
    size_t start = open_message(out, RESOURCES_SCOPES);
    size_t i = first;

    put_scope(out, scope);
    while (i < count && spans[i]->resource == resource &&
           spans[i]->scope == scope)
        put_span(out, spans[i++]);
    if (scope != NULL)
        put_bytes_field(out, SCOPES_SCHEMA_URL, scope->schema_url);
    close_message(out, start);
    return i;
}

static size_t put_resource_spans(struct buf *out,
                                 const struct span *const *spans, size_t count,
                                 size_t first)
{
    const struct resource *resource = spans[first]->resource;
    size_t start = open_message(out, REQUEST_RESOURCES);
    size_t i = first;

    put_resource(out, resource);
    while (i < count && spans[i]->resource == resource)
        i = put_scope_spans(out, spans, count, i);
    if (resource != NULL)
        put_bytes_field(out, RESOURCES_SCHEMA_URL, resource->schema_url);
    close_message(out, start);
    return i;
}

void wire_write_protobuf(struct buf *out, const struct span *const *spans,
                         size_t count)
{
    for (size_t i = 0; i < count;)
        i = put_resource_spans(out, spans, count, i);
}

static void put_record(struct buf *out, const struct log_record *record)
{
    size_t start = open_message(out, SCOPES_ITEMS);

    put_number_field(out, LOG_TIME, record->time);
    put_number_field(out, LOG_SEVERITY, enum_bits(record->severity));
    put_bytes_field(out, LOG_SEVERITY_TEXT, record->severity_text);
    if (record->body.kind != JSON_NULL)
        put_value(out, LOG_BODY, &record->body);
    put_attributes(out, LOG_ATTRIBUTES, LOG_DROPPED, &record->attributes);
    put_number_field(out, LOG_FLAGS, record->flags);
    put_bytes_field(out, LOG_TRACE_ID, record->trace_id);
    put_bytes_field(out, LOG_SPAN_ID, record->span_id);
    put_number_field(out, LOG_OBSERVED_TIME, record->observed_time);
    put_bytes_field(out, LOG_EVENT_NAME, record->event_name);
    close_message(out, start);
}

void wire_write_log(struct buf *out, const struct log_record *record)
{
    size_t resources = open_message(out, REQUEST_RESOURCES);

    put_resource(out, record->resource);
    size_t scopes = open_message(out, RESOURCES_SCOPES);
    put_scope(out, record->scope);
    put_record(out, record);
    if (record->scope != NULL)
        put_bytes_field(out, SCOPES_SCHEMA_URL, record->scope->schema_url);
    close_message(out, scopes);
    if (record->resource != NULL)
        put_bytes_field(out, RESOURCES_SCHEMA_URL,
                        record->resource->schema_url);
    close_message(out, resources);
}

void wire_write_answer_protobuf(struct buf *out, uint64_t rejected,
                                const char *reason)
{
    phx_text message = text_of(reason);

    if (rejected == 0 && message.size == 0)
        return;
    size_t start = open_message(out, ANSWER_PARTIAL_SUCCESS);
    put_number_field(out, PARTIAL_SUCCESS_REJECTED, rejected);
    put_bytes_field(out, PARTIAL_SUCCESS_MESSAGE, message);
    close_message(out, start);
}

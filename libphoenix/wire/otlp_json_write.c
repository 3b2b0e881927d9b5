/*
 * otlp_json_write.c - spans to an ExportTraceServiceRequest in OTLP/JSON, and
 * the answer to one.
 *
 * As proto3 writes JSON, 64-bit integers are texts and bytes are base64; as
 * OTLP has it, ids are hex and enums are numbers. NaN and the infinities are
 * texts, too. Zeros and empty texts are left out.
 */
#include "base/base.h"
#include "wire/wire.h"

#include "wire/inside.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

/* A 64-bit integer as text: "-12". */
static void put_int_text(struct json_writer *out, const char *key,
                         int64_t value)
{
    char digits[24];

    snprintf(digits, sizeof digits, "%" PRId64, value);
    json_key(out, key);
    json_string(out, digits);
}

static void put_uint_text(struct json_writer *out, const char *key,
                          uint64_t value)
{
    char digits[24];

    if (value == 0)
        return;
    snprintf(digits, sizeof digits, "%" PRIu64, value);
    json_key(out, key);
    json_string(out, digits);
}

static void put_int(struct json_writer *out, const char *key, int64_t value)
{
    if (value == 0)
        return;
    json_key(out, key);
    json_int(out, value);
}

static void put_text(struct json_writer *out, const char *key, phx_text text)
{
    if (text.size == 0)
        return;
    json_key(out, key);
    json_text(out, text);
}

static void put_id(struct json_writer *out, const char *key, phx_text id)
{
    if (id.size == 0)
        return;
    json_key(out, key);
    json_hex(out, id);
}

static void put_real(struct json_writer *out, double value)
{
    json_key(out, "doubleValue");
    if (isnan(value))
        json_string(out, "NaN");
    else if (isinf(value))
        json_string(out, value > 0 ? "Infinity" : "-Infinity");
    else
        json_real(out, value);
}

/* An AnyValue, as deep as the value, which is JSON_DEPTH at most. */
static void put_value(struct json_writer *out, const struct value *value)
{
    json_open_object(out);
    switch ((enum json_kind)value->kind) {
    case JSON_NULL:
        break;
    case JSON_BOOL:
        json_key(out, "boolValue");
        json_bool(out, value->integer != 0);
        break;
    case JSON_INT:
        put_int_text(out, "intValue", value->integer);
        break;
    case JSON_REAL:
        put_real(out, value->real);
        break;
    case JSON_NUMBER:
    case JSON_TEXT:
        json_key(out, "stringValue");
        json_text(out, value->text);
        break;
    case JSON_BYTES:
        json_key(out, "bytesValue");
        json_any(out, value);
        break;
    case JSON_ARRAY:
        json_key(out, "arrayValue");
        json_open_object(out);
        json_key(out, "values");
        json_open_array(out);
        for (uint32_t i = 0; i < value->count; i++)
            put_value(out, &value->items[i]);
        json_close_array(out);
        json_close_object(out);
        break;
    case JSON_OBJECT:
        json_key(out, "kvlistValue");
        json_open_object(out);
        json_key(out, "values");
        json_open_array(out);
        for (uint32_t i = 0; i < value->count; i++) {
            json_open_object(out);
            json_key(out, "key");
            json_text(out, value->members[i].key);
            json_key(out, "value");
            put_value(out, &value->members[i].value);
            json_close_object(out);
        }
        json_close_array(out);
        json_close_object(out);
        break;
    }
    json_close_object(out);
}

static void put_attributes(struct json_writer *out,
                           const struct attributes *attributes)
{
    if (attributes->count > 0) {
        json_key(out, "attributes");
        json_open_array(out);
        for (uint32_t i = 0; i < attributes->count; i++) {
            json_open_object(out);
            json_key(out, "key");
            json_text(out, attributes->members[i].key);
            json_key(out, "value");
            put_value(out, &attributes->members[i].value);
            json_close_object(out);
        }
        json_close_array(out);
    }
    put_int(out, "droppedAttributesCount", attributes->dropped);
}

static void put_events(struct json_writer *out, const struct span *span)
{
    if (span->event_count == 0)
        return;
    json_key(out, "events");
    json_open_array(out);
    for (uint32_t i = 0; i < span->event_count; i++) {
        const struct span_event *event = &span->events[i];
        json_open_object(out);
        put_uint_text(out, "timeUnixNano", event->time);
        put_text(out, "name", event->name);
        put_attributes(out, &event->attributes);
        json_close_object(out);
    }
    json_close_array(out);
}

static void put_links(struct json_writer *out, const struct span *span)
{
    if (span->link_count == 0)
        return;
    json_key(out, "links");
    json_open_array(out);
    for (uint32_t i = 0; i < span->link_count; i++) {
        const struct span_link *link = &span->links[i];
        json_open_object(out);
        put_id(out, "traceId", link->trace_id);
        put_id(out, "spanId", link->span_id);
        put_text(out, "traceState", link->trace_state);
        put_attributes(out, &link->attributes);
        put_int(out, "flags", link->flags);
        json_close_object(out);
    }
    json_close_array(out);
}

static void put_span(struct json_writer *out, const struct span *span)
{
    json_open_object(out);
    put_id(out, "traceId", span->trace_id);
    put_id(out, "spanId", span->span_id);
    put_text(out, "traceState", span->trace_state);
    put_id(out, "parentSpanId", span->parent_id);
    put_int(out, "flags", span->flags);
    put_text(out, "name", span->name);
    put_int(out, "kind", span->otlp_kind);
    put_uint_text(out, "startTimeUnixNano", span->start_time);
    put_uint_text(out, "endTimeUnixNano", span->end_time);
    put_attributes(out, &span->attributes);
    put_events(out, span);
    put_int(out, "droppedEventsCount", span->dropped_events);
    put_links(out, span);
    put_int(out, "droppedLinksCount", span->dropped_links);
    json_key(out, "status");
    json_open_object(out);
    put_text(out, "message", span->status_message);
    put_int(out, "code", span->otlp_status);
    json_close_object(out);
    json_close_object(out);
}

/* The spans from first on that share resource and scope; gives the one after
 * them. */
static size_t put_scope_spans(struct json_writer *out,
                              const struct span *const *spans, size_t count,
                              size_t first)
{
    const struct resource *resource = spans[first]->resource;
    const struct scope *scope = spans[first]->scope;
    size_t i = first;

    json_open_object(out);
    if (scope != NULL) {
        json_key(out, "scope");
        json_open_object(out);
        put_text(out, "name", scope->name);
        put_text(out, "version", scope->version);
        put_attributes(out, &scope->attributes);
        json_close_object(out);
    }
    json_key(out, "spans");
    json_open_array(out);
    while (i < count && spans[i]->resource == resource &&
           spans[i]->scope == scope)
        put_span(out, spans[i++]);
    json_close_array(out);
    if (scope != NULL)
        put_text(out, "schemaUrl", scope->schema_url);
    json_close_object(out);
    return i;
}

static size_t put_resource_spans(struct json_writer *out,
                                 const struct span *const *spans, size_t count,
                                 size_t first)
{
    const struct resource *resource = spans[first]->resource;
    size_t i = first;

    json_open_object(out);
    if (resource != NULL) {
        json_key(out, "resource");
        json_open_object(out);
        put_attributes(out, &resource->attributes);
        json_close_object(out);
    }
    json_key(out, "scopeSpans");
    json_open_array(out);
    while (i < count && spans[i]->resource == resource)
        i = put_scope_spans(out, spans, count, i);
    json_close_array(out);
    if (resource != NULL)
        put_text(out, "schemaUrl", resource->schema_url);
    json_close_object(out);
    return i;
}

void wire_write_json(struct buf *out, const struct span *const *spans,
                     size_t count)
{
    struct json_writer writer;

    json_begin(&writer, out);
    json_open_object(&writer);
    json_key(&writer, "resourceSpans");
    json_open_array(&writer);
    for (size_t i = 0; i < count;)
        i = put_resource_spans(&writer, spans, count, i);
    json_close_array(&writer);
    json_close_object(&writer);
}

void wire_write_answer_json(struct buf *out, enum wire_signal signal,
                            uint64_t rejected, const char *reason)
{
    static const char *const counts[] = {
        [WIRE_SPANS] = "rejectedSpans",
        [WIRE_LOGS] = "rejectedLogRecords",
        [WIRE_METRICS] = "rejectedDataPoints",
    };
    struct json_writer writer;
    phx_text message = text_of(reason);

    json_begin(&writer, out);
    json_open_object(&writer);
    if (rejected > 0 || message.size > 0) {
        json_key(&writer, "partialSuccess");
        json_open_object(&writer);
        put_uint_text(&writer, counts[signal], rejected);
        put_text(&writer, "errorMessage", message);
        json_close_object(&writer);
    }
    json_close_object(&writer);
}

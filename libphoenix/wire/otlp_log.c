/*
 * otlp_log.c - a log record, in protobuf and in OTLP/JSON.
 *
 *     LogRecord  times, severity, body (AnyValue), attributes, event name,
 *                ids of trace and span, which may be missing
 */
#include "base/base.h"
#include "wire/wire.h"

#include "wire/inside.h"

static const struct enum_name severities[] = {
    {"SEVERITY_NUMBER_UNSPECIFIED", 0}, {"SEVERITY_NUMBER_TRACE", 1},
    {"SEVERITY_NUMBER_TRACE2", 2},      {"SEVERITY_NUMBER_TRACE3", 3},
    {"SEVERITY_NUMBER_TRACE4", 4},      {"SEVERITY_NUMBER_DEBUG", 5},
    {"SEVERITY_NUMBER_DEBUG2", 6},      {"SEVERITY_NUMBER_DEBUG3", 7},
    {"SEVERITY_NUMBER_DEBUG4", 8},      {"SEVERITY_NUMBER_INFO", 9},
    {"SEVERITY_NUMBER_INFO2", 10},      {"SEVERITY_NUMBER_INFO3", 11},
    {"SEVERITY_NUMBER_INFO4", 12},      {"SEVERITY_NUMBER_WARN", 13},
    {"SEVERITY_NUMBER_WARN2", 14},      {"SEVERITY_NUMBER_WARN3", 15},
    {"SEVERITY_NUMBER_WARN4", 16},      {"SEVERITY_NUMBER_ERROR", 17},
    {"SEVERITY_NUMBER_ERROR2", 18},     {"SEVERITY_NUMBER_ERROR3", 19},
    {"SEVERITY_NUMBER_ERROR4", 20},     {"SEVERITY_NUMBER_FATAL", 21},
    {"SEVERITY_NUMBER_FATAL2", 22},     {"SEVERITY_NUMBER_FATAL3", 23},
    {"SEVERITY_NUMBER_FATAL4", 24},     {NULL, 0}};

static phx_status read_field(struct decoder *decoder, const struct field *field,
                             struct log_record *out)
{
    switch (field->tag) {
    case LOG_TIME:
        out->time = field->number;
        return PHX_OK;
    case LOG_SEVERITY:
        out->severity = (int32_t)(uint32_t)field->number;
        return PHX_OK;
    case LOG_SEVERITY_TEXT:
        return field_text(decoder, field, "severity text", &out->severity_text);
    case LOG_ATTRIBUTES:
        return attributes_add(decoder, field, &out->attributes);
    case LOG_DROPPED:
        out->attributes.dropped = (uint32_t)field->number;
        return PHX_OK;
    case LOG_FLAGS:
        out->flags = (uint32_t)field->number;
        return PHX_OK;
    case LOG_TRACE_ID:
        out->trace_id = field->bytes;
        return PHX_OK;
    case LOG_SPAN_ID:
        out->span_id = field->bytes;
        return PHX_OK;
    case LOG_OBSERVED_TIME:
        out->observed_time = field->number;
        return PHX_OK;
    case LOG_EVENT_NAME:
        return field_text(decoder, field, "event name", &out->event_name);
    default:
        return PHX_OK;
    }
}

static phx_status read_record(struct decoder *decoder, struct reader in,
                              struct log_record *out)
{
    uint32_t counts[FIELD_COUNTS];
    struct reader body;
    struct field field;
    phx_status status;

    if (decoder->barred)
        return WIRE_REFUSED;
    if ((status = field_count(decoder, in, counts)) < 0 ||
        (status = attributes_start(decoder, counts[LOG_ATTRIBUTES >> 3],
                                   "attributes", &out->attributes)) < 0 ||
        (status = field_part(decoder, in, LOG_BODY, &body)) < 0 ||
        (status = any_value_read(decoder, body, &out->body)) < 0)
        return status;
    while (in.at < in.end) {
        if ((status = field_next(decoder, &in, &field)) < 0)
            return status;
        if ((status = read_field(decoder, &field, out)) < 0)
            return status;
    }
    return PHX_OK;
}

phx_status log_read(struct decoder *decoder, struct reader item)
{
    struct wire_request *request = &decoder->request;
    struct log_record *record = NULL;
    phx_status status = wire_add_log(decoder, &record);

    if (status < 0)
        return status;
    return wire_settle(request, &request->logs.count,
                       read_record(decoder, item, record));
}

/* --- JSON -------------------------------------------------------------------- */

static phx_status read_record_json(struct decoder *decoder,
                                   const struct value *record,
                                   struct log_record *out)
{
    phx_status status;

    if ((status = message_check(decoder, record, "logRecord")) < 0)
        return status;
    if (decoder->barred)
        return WIRE_REFUSED;
    const struct value *body = message_find(record, "body");
    if (body != NULL &&
        (status = any_value_read_json(decoder, body, &out->body)) < 0)
        return status;
    if ((status = message_u64(decoder, record, "timeUnixNano", &out->time)) <
            0 ||
        (status = message_u64(decoder, record, "observedTimeUnixNano",
                              &out->observed_time)) < 0 ||
        (status = message_enum(decoder, record, "severityNumber", severities,
                               &out->severity)) < 0 ||
        (status = message_text(decoder, record, "severityText",
                               &out->severity_text)) < 0 ||
        (status = message_text(decoder, record, "eventName",
                               &out->event_name)) < 0 ||
        (status = message_u32(decoder, record, "flags", &out->flags)) < 0 ||
        (status = message_id(decoder, record, "traceId", &out->trace_id)) < 0 ||
        (status = message_id(decoder, record, "spanId", &out->span_id)) < 0)
        return status;
    return attributes_read_json(decoder, record, "attributes",
                                &out->attributes);
}

phx_status log_read_json(struct decoder *decoder, const struct value *item)
{
    struct wire_request *request = &decoder->request;
    struct log_record *record = NULL;
    phx_status status = wire_add_log(decoder, &record);

    if (status < 0)
        return status;
    return wire_settle(request, &request->logs.count,
                       read_record_json(decoder, item, record));
}

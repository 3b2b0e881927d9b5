/*
 * span_otlp.c - GET .../spans/otlpv1: the reference's own OTLP-like JSON. Keys
 * are snake_case and all there, ids are hex, times are numbers that went
 * through a double of seconds:
 *
 *     {"attributes": [{"key": "k", "value": {"array_value": null, ...,
 *      "int_value": 5, ...}}], ..., "kind": "SPAN_KIND_INTERNAL", ...}
 */
#include "base/base.h"
#include "server/rest/inside.h"

/* Nanoseconds as they are after a stay in seconds. */
static int64_t through_seconds(uint64_t ns)
{
    return (int64_t)((double)time_microseconds(ns) / 1e6 * 1e9);
}

/* The fields of an any-value; `set` is the one that has a value. */
static const char *const fields[] = {
    "array_value", "bool_value",   "bytes_value",  "double_value",
    "int_value",   "kvlist_value", "string_value", NULL};

static const char *field_of(const struct value *value)
{
    switch ((enum json_kind)value->kind) {
    case JSON_BOOL:
        return "bool_value";
    case JSON_INT:
        return "int_value";
    case JSON_REAL:
    case JSON_NUMBER:
        return "double_value";
    case JSON_TEXT:
    case JSON_BYTES:
        return "string_value";
    case JSON_ARRAY:
        return "array_value";
    case JSON_NULL:
    case JSON_OBJECT:
        break;
    }
    return "";
}

static void write_array(struct json_writer *json, const struct value *array);

static void write_any(struct json_writer *json, const struct value *value)
{
    const char *set = field_of(value);

    json_open_object(json);
    for (size_t i = 0; fields[i] != NULL; i++) {
        json_key(json, fields[i]);
        if (strcmp(fields[i], set) != 0)
            json_null(json);
        else if (value->kind == JSON_ARRAY)
            write_array(json, value);
        else
            json_any(json, value);
    }
    json_close_object(json);
}

/* A value as Python's str() has it; texts inside arrays are quoted. */
static void print_python(struct buf *out, const struct value *value,
                         bool inside)
{
    if (value->kind == JSON_TEXT && !inside) {
        buf_add_text(out, value->text);
    } else if (value->kind == JSON_TEXT) {
        buf_add_byte(out, '\'');
        buf_add_text(out, value->text);
        buf_add_byte(out, '\'');
    } else if (value->kind == JSON_BOOL) {
        buf_add_string(out, value->integer ? "True" : "False");
    } else if (value->kind == JSON_NULL) {
        buf_add_string(out, "None");
    } else if (value->kind == JSON_ARRAY) {
        buf_add_byte(out, '[');
        for (uint32_t i = 0; i < value->count; i++) {
            if (i > 0)
                buf_add_string(out, ", ");
            print_python(out, &value->items[i], true);
        }
        buf_add_byte(out, ']');
    } else {
        json_write_value(out, value, 0);
    }
}

/* Items of one scalar kind go out as they are, others as their texts. */
static bool is_plain(const struct value *array)
{
    for (uint32_t i = 0; i < array->count; i++) {
        if (array->items[i].kind != array->items[0].kind ||
            array->items[i].kind == JSON_ARRAY)
            return false;
    }
    return true;
}

static void write_array(struct json_writer *json, const struct value *array)
{
    bool plain = is_plain(array);

    json_open_object(json);
    json_key(json, "values");
    json_open_array(json);
    for (uint32_t i = 0; i < array->count; i++) {
        struct value item = array->items[i];
        struct buf text;

        buf_init(&text, json->out->limit);
        if (!plain) {
            print_python(&text, &item, false);
            item = value_text(text_span(
                text.data ? text.data : (const uint8_t *)"", text.size));
        }
        write_any(json, &item);
        buf_clear(&text);
    }
    json_close_array(json);
    json_close_object(json);
}

static void write_attribute(struct json_writer *json, phx_text key,
                            const struct value *value)
{
    json_open_object(json);
    write_text(json, "key", key);
    json_key(json, "value");
    write_any(json, value);
    json_close_object(json);
}

/* kind is that of the span, which its flat attributes leave out, or null. */
static void write_attributes(struct json_writer *json,
                             const struct value *object,
                             const struct value *kind)
{
    json_key(json, "attributes");
    json_open_array(json);
    if (kind->kind != JSON_NULL)
        write_attribute(json, text_of("openinference.span.kind"), kind);
    for (uint32_t i = 0;
         object != NULL && object->kind == JSON_OBJECT && i < object->count;
         i++)
        write_attribute(json, object->members[i].key,
                        &object->members[i].value);
    json_close_array(json);
}

static void write_events(struct json_writer *json, const struct value *events)
{
    const struct value none = value_null();

    json_key(json, "events");
    if (events->kind != JSON_ARRAY || events->count == 0) {
        json_null(json);
        return;
    }
    json_open_array(json);
    for (uint32_t i = 0; i < events->count; i++) {
        const struct value *event = &events->items[i];
        const struct value *name = value_member(event, "name");
        const struct value *time = value_member(event, "timestamp");
        uint64_t ns = 0;

        json_open_object(json);
        write_attributes(json, value_member(event, "attributes"), &none);
        json_key(json, "dropped_attributes_count");
        json_null(json);
        write_text(json, "name",
                   name && name->kind == JSON_TEXT ? name->text
                                                   : text_of(NULL));
        json_key(json, "time_unix_nano");
        if (time != NULL && time->kind == JSON_TEXT)
            time_read(time->text, TIME_NAIVE_UTC, &ns, NULL);
        json_int(json, through_seconds(ns));
        json_close_object(json);
    }
    json_close_array(json);
}

static void write_null(struct json_writer *json, const char *key)
{
    json_key(json, key);
    json_null(json);
}

static void write_span(struct request *request, struct json_writer *json,
                       const phx_span *span)
{
    struct arena arena;
    struct value attributes = value_null(), events = value_null(),
                 kind = value_null();

    (void)request;
    arena_init(&arena, SIZE_MAX);
    if (json_read(&arena, span->attributes, JSON_DEEP, &attributes, NULL) < 0 ||
        json_read(&arena, span->events, JSON_DEEP, &events, NULL) < 0 ||
        (span->kind_attribute.data != NULL &&
         json_read(&arena, span->kind_attribute, JSON_DEEP, &kind, NULL) < 0)) {
        json->out->status = PHX_NO_MEMORY; /* the store's JSON is sound */
        arena_clear(&arena);
        return;
    }
    json_open_object(json);
    write_attributes(json, &attributes, &kind);
    write_null(json, "dropped_attributes_count");
    write_null(json, "dropped_events_count");
    write_null(json, "dropped_links_count");
    json_key(json, "end_time_unix_nano");
    json_int(json, through_seconds(span->end_time));
    write_events(json, &events);
    write_null(json, "flags");
    json_key(json, "kind");
    json_string(json, "SPAN_KIND_INTERNAL");
    write_null(json, "links");
    write_text(json, "name", span->name);
    write_text(json, "parent_span_id", span->parent_id);
    write_text(json, "span_id", span->span_id);
    json_key(json, "start_time_unix_nano");
    json_int(json, through_seconds(span->start_time));
    json_key(json, "status");
    json_open_object(json);
    json_key(json, "code");
    json_int(json, span->status);
    write_text(json, "message",
               span->status_message.size > 0 ? span->status_message
                                             : text_of(NULL));
    json_close_object(json);
    write_text(json, "trace_id", span->trace_id);
    write_null(json, "trace_state");
    json_close_object(json);
    arena_clear(&arena);
}

void span_list_otlp(struct request *request)
{
    struct span_filter filter;

    if (!span_filter_read(request, 0, &filter))
        return;
    filter.query.attributes = PHX_ATTRIBUTES_FLAT;
    span_page(request, &filter, write_span);
}

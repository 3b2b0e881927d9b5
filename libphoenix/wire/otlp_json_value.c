/*
 * otlp_json_value.c - attributes of OTLP/JSON to values.
 *
 *     {"key": "k", "value": {"stringValue": "text"}}
 *     {"boolValue": true}  {"intValue": "7"}  {"doubleValue": 0.5}
 *     {"bytesValue": "base64"}  {"arrayValue": {"values": [AnyValue ...]}}
 *     {"kvlistValue": {"values": [{"key": "k", "value": AnyValue} ...]}}
 *
 * JavaScript writes int64 as a number, 0.0 as an integer and NaN as null;
 * others write int64 as text and NaN as "NaN". Bytes may be in either
 * alphabet of base64, padded or not.
 */
#include "base/base.h"
#include "wire/wire.h"
#include "json/json.h"

#include <math.h>

#include "wire/inside.h"

/* JavaScript takes any whole number for an integer; one over 64 bits is kept
 * as the double that it was. */
static phx_status read_int_value(struct decoder *decoder,
                                 const struct value *value, struct value *out)
{
    *out = value_int(0);
    if (message_int64(value, &out->integer))
        return PHX_OK;
    *out = value_real(value->kind == JSON_REAL ? value->real : 0);
    if (value->kind == JSON_NUMBER)
        return message_real(decoder, value->text, "intValue", &out->real);
    if (value->kind == JSON_REAL && out->real == floor(out->real))
        return PHX_OK;
    return message_wrong(decoder, "intValue", "a 64-bit integer");
}

static phx_status read_double_value(struct decoder *decoder,
                                    const struct value *value,
                                    struct value *out)
{
    *out = value_real(0);
    if (value->kind == JSON_REAL)
        out->real = value->real;
    else if (value->kind == JSON_INT)
        out->real = (double)value->integer;
    else if (value->kind == JSON_NUMBER)
        return message_real(decoder, value->text, "doubleValue", &out->real);
    else if (value->kind == JSON_NULL || value_is_text(value, "NaN"))
        out->real = (double)NAN;
    else if (value_is_text(value, "Infinity"))
        out->real = (double)INFINITY;
    else if (value_is_text(value, "-Infinity"))
        out->real = -(double)INFINITY;
    else
        return message_wrong(decoder, "doubleValue", "a number");
    return PHX_OK;
}

/* Base64 of either alphabet, brought to the standard one with padding. */
static phx_status read_bytes_value(struct decoder *decoder,
                                   const struct value *value, struct value *out)
{
    if (value->kind != JSON_TEXT)
        return message_wrong(decoder, "bytesValue", "base64 text");
    size_t padded = size_add(value->text.size, 3) / 4 * 4;
    char *digits = arena_new(decoder->arena, padded);
    uint8_t *bytes = arena_new(decoder->arena, padded / 4 * 3);
    size_t size = 0;
    if (digits == NULL || bytes == NULL)
        return arena_status(decoder->arena, padded, decoder->err);
    memset(digits, '=', padded);
    for (size_t i = 0; i < value->text.size; i++) {
        char c = value->text.data[i];
        digits[i] = (char)(c == '-' ? '+' : c == '_' ? '/' : c);
    }
    if (base64_read(text_span(digits, padded), bytes, &size, NULL) < 0)
        return message_wrong(decoder, "bytesValue", "base64 text");
    *out = value_text(text_span(bytes, size));
    out->kind = JSON_BYTES;
    return PHX_OK;
}

/* The entries of an array or a kvlist. */
static phx_status read_list(struct decoder *decoder, const struct value *value,
                            const char *name, struct value *list)
{
    phx_status status;

    if ((status = message_check(decoder, value, name)) < 0)
        return status;
    return message_list(decoder, value, "values", list);
}

/* Reads an AnyValue up to the inside of a list, which goes to *list. Of
 * several members the last counts. */
static phx_status read_shallow(struct decoder *decoder, const struct value *any,
                               struct value *out, struct value *list)
{
    phx_status status =
        any->kind == JSON_NULL ? PHX_OK : message_check(decoder, any, "value");

    *out = value_null();
    for (uint32_t i = 0;
         status == PHX_OK && any->kind == JSON_OBJECT && i < any->count; i++) {
        phx_text key = any->members[i].key;
        const struct value *value = &any->members[i].value;
        if (message_key_is(key, "doubleValue")) {
            status = read_double_value(decoder, value, out);
        } else if (value->kind == JSON_NULL) {
            continue;
        } else if (message_key_is(key, "stringValue")) {
            *out = *value;
            if (value->kind != JSON_TEXT)
                status = message_wrong(decoder, "stringValue", "text");
        } else if (message_key_is(key, "boolValue")) {
            *out = *value;
            if (value->kind != JSON_BOOL)
                status = message_wrong(decoder, "boolValue", "true or false");
        } else if (message_key_is(key, "intValue")) {
            status = read_int_value(decoder, value, out);
        } else if (message_key_is(key, "bytesValue")) {
            status = read_bytes_value(decoder, value, out);
        } else if (message_key_is(key, "arrayValue")) {
            out->kind = JSON_ARRAY;
            status = read_list(decoder, value, "arrayValue", list);
        } else if (message_key_is(key, "kvlistValue")) {
            out->kind = JSON_OBJECT;
            status = read_list(decoder, value, "kvlistValue", list);
        }
    }
    return status;
}

/* The key of a KeyValue, and its value, which is null if absent. */
static phx_status read_pair(struct decoder *decoder, const struct value *pair,
                            phx_text *key, const struct value **value)
{
    static const struct value absent = {.kind = JSON_NULL};
    phx_status status;

    if ((status = message_check(decoder, pair, "attribute")) < 0 ||
        (status = message_text(decoder, pair, "key", key)) < 0)
        return status;
    *value = message_find(pair, "value");
    if (*value == NULL)
        *value = &absent;
    return PHX_OK;
}

/* depth counts the lists around the value. */
static phx_status read_value(struct decoder *decoder, const struct value *any,
                             int depth, struct value *out)
{
    struct value list;
    phx_status status;

    if ((status = read_shallow(decoder, any, out, &list)) < 0 ||
        (out->kind != JSON_ARRAY && out->kind != JSON_OBJECT))
        return status;
    if (depth == WIRE_DEPTH)
        return wire_refuse(&decoder->request,
                           "attribute value is nested over %d levels",
                           (int)WIRE_DEPTH);
    if ((status = wire_new_list(decoder->arena, out->kind, list.count, out,
                                decoder->err)) < 0)
        return status;
    for (uint32_t i = 0; i < list.count; i++) {
        bool pairs = out->kind == JSON_OBJECT;
        struct value *value = pairs ? &out->members[i].value : &out->items[i];
        any = &list.items[i];
        if (pairs &&
            (status = read_pair(decoder, any, &out->members[i].key, &any)) < 0)
            return status;
        if ((status = read_value(decoder, any, depth + 1, value)) < 0)
            return status;
    }
    if (out->kind == JSON_OBJECT)
        return wire_unique_keys(out->members, &out->count, decoder->err);
    return PHX_OK;
}

phx_status attributes_read_json(struct decoder *decoder,
                                const struct value *object, const char *what,
                                struct attributes *out)
{
    struct value list;
    phx_status status;

    *out = (struct attributes){0};
    if ((status = message_list(decoder, object, "attributes", &list)) < 0 ||
        (status = wire_check_count(&decoder->request, list.count, what)) < 0 ||
        (status = wire_new_members(decoder->arena, list.count, &out->members,
                                   decoder->err)) < 0)
        return status;
    for (uint32_t i = 0; i < list.count; i++) {
        struct member *member = &out->members[i];
        const struct value *any;
        if ((status = read_pair(decoder, &list.items[i], &member->key, &any)) <
                0 ||
            (status = read_value(decoder, any, 0, &member->value)) < 0)
            return status;
    }
    out->count = list.count;
    return message_u32(decoder, object, "droppedAttributesCount",
                       &out->dropped);
}

phx_status any_value_read_json(struct decoder *decoder, const struct value *any,
                               struct value *out)
{
    return read_value(decoder, any, 0, out);
}

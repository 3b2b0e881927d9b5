/*
 * any_value.c - protobuf attributes to values.
 *
 *     KeyValue   1 key, 2 AnyValue
 *     AnyValue   one of 1 string, 2 bool, 3 int64, 4 double,
 *                5 {1 AnyValue ...}, 6 {1 KeyValue ...}, 7 bytes
 *
 * Of several members of the one-of the last wins, but for a list right after
 * a list of its kind, which goes on with it. A value that is absent, or is an
 * index into a table that traces do not have, is null.
 */
#include "base/base.h"
#include "wire/wire.h"

#include "wire/inside.h"

static double real_of(uint64_t bits)
{
    double real;

    memcpy(&real, &bits, sizeof real);
    return real;
}

/* Reads an AnyValue up to the inside of a list: *list is its tag, or 0, and
 * *pieces the fields from which it is made. */
static phx_status read_shallow(struct decoder *decoder, struct reader in,
                               struct value *out, uint32_t *list,
                               struct reader *pieces)
{
    struct reader before;
    struct field field;
    phx_status status;

    *out = value_null();
    *list = 0;
    while (in.at < in.end) {
        before = in;
        if ((status = field_next(decoder, &in, &field)) < 0)
            return status;
        switch (field.tag) {
        case VALUE_STRING:
            out->kind = JSON_TEXT;
            if ((status = field_text(decoder, &field, "attribute value",
                                     &out->text)) < 0)
                return status;
            break;
        case VALUE_BOOL:
            *out = value_bool(field.number != 0);
            break;
        case VALUE_INT:
            *out = value_int((int64_t)field.number);
            break;
        case VALUE_DOUBLE:
            *out = value_real(real_of(field.number));
            break;
        case VALUE_BYTES:
            out->kind = JSON_BYTES;
            out->text = field.bytes;
            break;
        case VALUE_ARRAY:
        case VALUE_KVLIST:
            if (*list != field.tag)
                *pieces = before;
            *list = field.tag;
            continue;
        case VALUE_STRING_INDEX:
            *out = value_null();
            break;
        default:
            continue;
        }
        *list = 0;
    }
    return PHX_OK;
}

/* The next entry of a list, from the piece being walked or the next one;
 * PHX_DONE after the last. */
static phx_status next_entry(struct decoder *decoder, uint32_t list,
                             struct reader *pieces, struct reader *piece,
                             phx_text *out)
{
    struct field field;
    phx_status status;

    for (;;) {
        while (piece->at < piece->end) {
            if ((status = field_next(decoder, piece, &field)) < 0)
                return status;
            if (field.tag == LIST_VALUES) {
                *out = field.bytes;
                return PHX_OK;
            }
        }
        if (pieces->at == pieces->end)
            return PHX_DONE;
        if ((status = field_next(decoder, pieces, &field)) < 0)
            return status;
        if (field.tag == list)
            reader_init(piece, field.bytes.data, field.bytes.size);
    }
}

/* Makes *out a list with room for its entries. */
static phx_status make_list(struct decoder *decoder, uint32_t list,
                            struct reader pieces, struct value *out)
{
    struct reader piece = {0};
    phx_text entry;
    size_t count = 0;
    phx_status status;

    while ((status = next_entry(decoder, list, &pieces, &piece, &entry)) ==
           PHX_OK)
        count++;
    if (status < 0)
        return status;
    return wire_new_list(decoder->arena,
                         list == VALUE_ARRAY ? JSON_ARRAY : JSON_OBJECT, count,
                         out, decoder->err);
}

/* The key of a KeyValue, and the bytes of its value. */
static phx_status read_pair(struct decoder *decoder, struct reader in,
                            phx_text *key, struct reader *value)
{
    struct reader whole = in;
    struct field field;
    size_t pieces = 0;
    phx_status status;

    *key = EMPTY;
    reader_init(value, in.at, 0);
    while (in.at < in.end) {
        if ((status = field_next(decoder, &in, &field)) < 0)
            return status;
        if (field.tag == ATTRIBUTE_KEY) {
            if ((status = field_text(decoder, &field, "attribute key", key)) <
                0)
                return status;
        } else if (field.tag == ATTRIBUTE_VALUE) {
            pieces++;
            reader_init(value, field.bytes.data, field.bytes.size);
        }
    }
    if (pieces <= 1)
        return PHX_OK;
    return field_part(decoder, whole, ATTRIBUTE_VALUE, value);
}

/* depth counts the lists around the value. */
static phx_status read_value(struct decoder *decoder, struct reader in,
                             int depth, struct value *out)
{
    struct reader pieces;
    struct reader piece = {0};
    uint32_t list;
    phx_text entry;
    phx_status status;

    if ((status = read_shallow(decoder, in, out, &list, &pieces)) < 0 ||
        list == 0)
        return status;
    if (depth == WIRE_DEPTH)
        return wire_refuse(&decoder->request,
                           "attribute value is nested over %d levels",
                           (int)WIRE_DEPTH);
    if ((status = make_list(decoder, list, pieces, out)) < 0)
        return status;
    for (uint32_t i = 0; i < out->count; i++) {
        struct value *value =
            list == VALUE_ARRAY ? &out->items[i] : &out->members[i].value;
        if ((status = next_entry(decoder, list, &pieces, &piece, &entry)) < 0)
            return status;
        reader_init(&in, entry.data, entry.size);
        if (list == VALUE_KVLIST &&
            (status = read_pair(decoder, in, &out->members[i].key, &in)) < 0)
            return status;
        if ((status = read_value(decoder, in, depth + 1, value)) < 0)
            return status;
    }
    if (list == VALUE_KVLIST)
        return wire_unique_keys(out->members, &out->count, decoder->err);
    return PHX_OK;
}

static phx_status read_attribute(struct decoder *decoder, phx_text bytes,
                                 struct member *out)
{
    struct reader in = reader_over(bytes);
    phx_status status;

    if ((status = read_pair(decoder, in, &out->key, &in)) < 0)
        return status;
    return read_value(decoder, in, 0, &out->value);
}

phx_status any_value_read(struct decoder *decoder, struct reader in,
                          struct value *out)
{
    return read_value(decoder, in, 0, out);
}

phx_status attributes_start(struct decoder *decoder, uint32_t count,
                            const char *what, struct attributes *out)
{
    phx_status status;

    if ((status = wire_check_count(&decoder->request, count, what)) < 0)
        return status;
    return wire_new_members(decoder->arena, count, &out->members, decoder->err);
}

phx_status attributes_add(struct decoder *decoder, const struct field *field,
                          struct attributes *out)
{
    return read_attribute(decoder, field->bytes, &out->members[out->count++]);
}

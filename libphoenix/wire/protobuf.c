/*
 * protobuf.c - the fields of a protobuf message, one after the other.
 *
 *     message  field ...
 *     field    tag (varint: number * 8 + wire type), then by wire type
 *              0 varint · 1 eight bytes · 2 varint size, bytes ·
 *              3 fields up to 4 with the same number · 5 four bytes
 *
 * Nothing is copied: fields lend the request's bytes.
 */
#include "base/base.h"
#include "wire/wire.h"

#include "wire/inside.h"

enum { GROUP_DEPTH = 64 };

/* One byte is the common case. */
static inline uint64_t read_varint(struct reader *in)
{
    if (in->at < in->end && *in->at < 0x80)
        return *in->at++;
    return reader_varint(in);
}

/* A tag, or 0 if it is none. */
static inline uint32_t read_tag(struct reader *in)
{
    uint64_t tag = read_varint(in);

    return tag >= 8 && tag <= UINT32_MAX ? (uint32_t)tag : 0;
}

/* The value of a field that is no group. */
static inline bool read_value(struct reader *in, struct field *out)
{
    switch (out->tag & 7) {
    case BYTES:
        out->number = read_varint(in);
        if (out->number > (size_t)(in->end - in->at))
            return false;
        out->bytes.data = (const char *)in->at;
        out->bytes.size = (size_t)out->number;
        in->at += out->bytes.size;
        break;
    case VARINT:
        out->number = read_varint(in);
        break;
    case FIXED64:
        out->number = reader_u64(in);
        break;
    case FIXED32:
        out->number = reader_u32(in);
        break;
    default:
        return false;
    }
    return !in->failed;
}

/* Skips the rest of a group; those inside it by recursion. */
static bool skip_group(struct reader *in, uint32_t number, int depth)
{
    struct field field;

    if (depth == GROUP_DEPTH)
        return false;
    while ((field.tag = read_tag(in)) != 0) {
        if ((field.tag & 7) == END_GROUP)
            return field.tag >> 3 == number;
        if ((field.tag & 7) == GROUP) {
            if (!skip_group(in, field.tag >> 3, depth + 1))
                return false;
        } else if (!read_value(in, &field)) {
            return false;
        }
    }
    return false;
}

/* Where in the request a byte is; -1 inside pieces that were joined. */
static int64_t offset_of(const struct decoder *decoder, const void *at)
{
    uintptr_t base = (uintptr_t)decoder->base;

    return (uintptr_t)at >= base && (uintptr_t)at - base <= decoder->size
               ? (int64_t)((uintptr_t)at - base)
               : -1;
}

phx_status field_next(struct decoder *decoder, struct reader *message,
                      struct field *out)
{
    const uint8_t *start = message->at;

    out->tag = read_tag(message);
    if (out->tag == 0 || (out->tag & 7) == END_GROUP)
        return fail(decoder->err, PHX_INVALID, offset_of(decoder, start),
                    "request is not protobuf: bad tag");
    if ((out->tag & 7) == GROUP ? skip_group(message, out->tag >> 3, 0)
                                : read_value(message, out))
        return PHX_OK;
    return fail(decoder->err, PHX_INVALID, offset_of(decoder, start),
                "request is not protobuf: field %u is cut short",
                out->tag >> 3);
}

phx_status field_text(struct decoder *decoder, const struct field *field,
                      const char *what, phx_text *out)
{
    size_t good = utf8_check(field->bytes.data, field->bytes.size);

    if (good < field->bytes.size)
        return fail(decoder->err, PHX_INVALID,
                    offset_of(decoder, field->bytes.data + good),
                    "%s is not UTF-8", what);
    *out = field->bytes;
    return PHX_OK;
}

phx_status field_count(struct decoder *decoder, struct reader message,
                       uint32_t counts[FIELD_COUNTS])
{
    struct field field;
    phx_status status;

    memset(counts, 0, FIELD_COUNTS * sizeof *counts);
    while (message.at < message.end) {
        if ((status = field_next(decoder, &message, &field)) < 0)
            return status;
        if ((field.tag & 7) == BYTES && field.tag >> 3 < FIELD_COUNTS)
            counts[field.tag >> 3]++;
    }
    return PHX_OK;
}

/* Joins the pieces, `size` bytes in all, in the arena. */
static phx_status join(struct decoder *decoder, struct reader message,
                       uint32_t tag, size_t size, struct reader *out)
{
    uint8_t *whole = arena_new(decoder->arena, size);
    struct field field;
    size_t used = 0;
    phx_status status;

    if (whole == NULL)
        return arena_status(decoder->arena, size, decoder->err);
    while (message.at < message.end) {
        if ((status = field_next(decoder, &message, &field)) < 0)
            return status;
        if (field.tag == tag) {
            memcpy(whole + used, field.bytes.data, field.bytes.size);
            used += field.bytes.size;
        }
    }
    reader_init(out, whole, size);
    return PHX_OK;
}

phx_status field_part(struct decoder *decoder, struct reader message,
                      uint32_t tag, struct reader *out)
{
    struct reader walk = message;
    struct field field;
    size_t pieces = 0;
    size_t size = 0;
    phx_status status;

    reader_init(out, decoder->base, 0);
    while (walk.at < walk.end) {
        if ((status = field_next(decoder, &walk, &field)) < 0)
            return status;
        if (field.tag == tag) {
            reader_init(out, field.bytes.data, field.bytes.size);
            size += field.bytes.size;
            pieces++;
        }
    }
    if (pieces <= 1)
        return PHX_OK;
    return join(decoder, message, tag, size, out);
}

/*
 * thrift.c - Thrift's compact protocol, written:
 *
 *     struct   field ..., 0
 *     field    u8 (number - last number) << 4 | kind, value
 *     list     u8 count << 4 | kind (15: a varint has the count), items
 *     i32, i64 zigzag varint       binary   varint size, bytes
 */
#include "base/base.h"

#include "arrow/thrift.h"

#include <assert.h>

enum { KIND_TRUE = 1, KIND_FALSE = 2, KIND_LIST = 9 };

static void add_field(struct thrift *thrift, uint8_t field, uint8_t kind)
{
    uint8_t *last = &thrift->last[thrift->depth];

    assert(field > *last && field - *last < 16);
    buf_add_byte(thrift->out, (uint8_t)((field - *last) << 4 | kind));
    *last = field;
}

static void add_zigzag(struct thrift *thrift, int64_t value)
{
    uint64_t doubled = (uint64_t)value << 1;

    buf_add_varint(thrift->out, value < 0 ? ~doubled : doubled);
}

void thrift_begin(struct thrift *thrift, struct buf *out)
{
    *thrift = (struct thrift){.out = out};
}

void thrift_end(struct thrift *thrift)
{
    assert(thrift->depth == 0);
    buf_add_byte(thrift->out, 0);
}

void thrift_bool(struct thrift *thrift, uint8_t field, bool value)
{
    add_field(thrift, field, value ? KIND_TRUE : KIND_FALSE);
}

void thrift_i32(struct thrift *thrift, uint8_t field, int32_t value)
{
    add_field(thrift, field, THRIFT_I32);
    add_zigzag(thrift, value);
}

void thrift_i64(struct thrift *thrift, uint8_t field, int64_t value)
{
    add_field(thrift, field, THRIFT_I64);
    add_zigzag(thrift, value);
}

void thrift_text(struct thrift *thrift, uint8_t field, phx_text value)
{
    add_field(thrift, field, THRIFT_BINARY);
    thrift_item_text(thrift, value);
}

void thrift_open(struct thrift *thrift, uint8_t field)
{
    add_field(thrift, field, THRIFT_STRUCT);
    thrift_open_item(thrift);
}

void thrift_open_item(struct thrift *thrift)
{
    assert(thrift->depth + 1 < THRIFT_DEPTH);
    thrift->last[++thrift->depth] = 0;
}

void thrift_close(struct thrift *thrift)
{
    buf_add_byte(thrift->out, 0);
    thrift->depth--;
}

void thrift_list(struct thrift *thrift, uint8_t field, uint8_t kind,
                 size_t count)
{
    add_field(thrift, field, KIND_LIST);
    buf_add_byte(thrift->out, (uint8_t)((count < 15 ? count : 15) << 4 | kind));
    if (count >= 15)
        buf_add_varint(thrift->out, count);
}

void thrift_item_i32(struct thrift *thrift, int32_t value)
{
    add_zigzag(thrift, value);
}

void thrift_item_text(struct thrift *thrift, phx_text value)
{
    buf_add_varint(thrift->out, value.size);
    buf_add_text(thrift->out, value);
}

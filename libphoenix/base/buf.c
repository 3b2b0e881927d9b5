/*
 * buf.c - bytes that grow up to a ceiling. A buf remembers its first failure
 * and adds nothing more; its owner asks once, at the end.
 */
#include "base/base.h"

#ifdef TEST_BUILD
enum { FIRST_SIZE = 1 };
#else
enum { FIRST_SIZE = 256 };
#endif

void buf_init(struct buf *buf, size_t limit)
{
    *buf = (struct buf){.limit = limit};
}

void buf_clear(struct buf *buf)
{
    memory_free(buf->data);
    buf_init(buf, buf->limit);
}

void buf_reset(struct buf *buf)
{
    buf->size = 0;
    buf->status = PHX_OK;
}

static bool grow(struct buf *buf, size_t needed)
{
    size_t capacity = buf->capacity ? buf->capacity : FIRST_SIZE;

    if (needed > buf->limit) {
        buf->status = PHX_TOO_BIG;
        return false;
    }
    while (capacity < needed)
        capacity = capacity > SIZE_MAX / 2 ? needed : capacity * 2;
    if (capacity > buf->limit)
        capacity = buf->limit;
    uint8_t *data = memory_resize(buf->data, capacity);
    if (data == NULL) {
        buf->status = PHX_NO_MEMORY;
        return false;
    }
    buf->data = data;
    buf->capacity = capacity;
    return true;
}

uint8_t *buf_room(struct buf *buf, size_t size)
{
    size_t needed = size_add(buf->size, size);

    if (buf->status < 0)
        return NULL;
    if ((needed > buf->capacity || buf->data == NULL) &&
        !grow(buf, needed == 0 ? 1 : needed))
        return NULL;
    return buf->data + buf->size;
}

void buf_used(struct buf *buf, size_t size)
{
    buf->size += size;
}

void buf_add(struct buf *buf, const void *bytes, size_t size)
{
    uint8_t *room = buf_room(buf, size);

    if (room != NULL && size > 0) {
        memcpy(room, bytes, size);
        buf->size += size;
    }
}

void buf_add_byte(struct buf *buf, uint8_t byte)
{
    buf_add(buf, &byte, 1);
}

void buf_add_text(struct buf *buf, phx_text text)
{
    buf_add(buf, text.data, text.size);
}

void buf_add_string(struct buf *buf, const char *string)
{
    buf_add(buf, string, strlen(string));
}

void buf_add_format(struct buf *buf, const char *format, ...)
{
    va_list values;
    va_list again;

    va_start(values, format);
    va_copy(again, values);
    int size = vsnprintf(NULL, 0, format, values);
    uint8_t *room = size < 0 ? NULL : buf_room(buf, (size_t)size + 1);
    if (room != NULL) {
        vsnprintf((char *)room, (size_t)size + 1, format, again);
        buf->size += (size_t)size;
    }
    va_end(again);
    va_end(values);
}

void buf_add_u16(struct buf *buf, uint16_t value)
{
    uint8_t bytes[2] = {(uint8_t)value, (uint8_t)(value >> 8)};

    buf_add(buf, bytes, sizeof bytes);
}

void buf_add_u32(struct buf *buf, uint32_t value)
{
    uint8_t bytes[4];

    for (int i = 0; i < 4; i++)
        bytes[i] = (uint8_t)(value >> (8 * i));
    buf_add(buf, bytes, sizeof bytes);
}

void buf_add_u64(struct buf *buf, uint64_t value)
{
    uint8_t bytes[8];

    for (int i = 0; i < 8; i++)
        bytes[i] = (uint8_t)(value >> (8 * i));
    buf_add(buf, bytes, sizeof bytes);
}

void buf_add_varint(struct buf *buf, uint64_t value)
{
    uint8_t bytes[10];
    size_t size = 0;

    while (value >= 0x80) {
        bytes[size++] = (uint8_t)(value | 0x80);
        value >>= 7;
    }
    bytes[size++] = (uint8_t)value;
    buf_add(buf, bytes, size);
}

phx_status buf_status(const struct buf *buf, const char *what, phx_error *err)
{
    if (buf->status == PHX_TOO_BIG)
        return fail(err, PHX_TOO_BIG, -1, "%s is over %zu bytes", what,
                    buf->limit);
    if (buf->status < 0)
        return fail(err, PHX_NO_MEMORY, -1, "no memory for %s", what);
    return PHX_OK;
}

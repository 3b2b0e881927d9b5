/*
 * reader.c - bytes taken from the front. A read past the end fails the reader
 * for good and gives zero, so that a parser may read a whole record and ask
 * once.
 */
#include "base/base.h"

void reader_init(struct reader *reader, const void *bytes, size_t size)
{
    reader->at = bytes;
    reader->end = reader->at + size;
    reader->failed = false;
}

size_t reader_left(const struct reader *reader)
{
    return (size_t)(reader->end - reader->at);
}

const uint8_t *reader_bytes(struct reader *reader, size_t size)
{
    const uint8_t *bytes = reader->at;

    if (reader->failed || size > reader_left(reader)) {
        reader->failed = true;
        return NULL;
    }
    reader->at += size;
    return bytes;
}

/* Written out byte by byte, compilers make one load of it. */
static uint32_t u32_of(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 |
           (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

uint8_t reader_u8(struct reader *reader)
{
    const uint8_t *bytes = reader_bytes(reader, 1);

    return bytes ? *bytes : 0;
}

uint16_t reader_u16(struct reader *reader)
{
    const uint8_t *bytes = reader_bytes(reader, 2);

    return bytes ? (uint16_t)(bytes[0] | bytes[1] << 8) : 0;
}

uint32_t reader_u32(struct reader *reader)
{
    const uint8_t *bytes = reader_bytes(reader, 4);

    return bytes ? u32_of(bytes) : 0;
}

uint64_t reader_u64(struct reader *reader)
{
    const uint8_t *bytes = reader_bytes(reader, 8);

    return bytes ? u32_of(bytes) | (uint64_t)u32_of(bytes + 4) << 32 : 0;
}

uint64_t reader_varint(struct reader *reader)
{
    uint64_t value = 0;

    for (int shift = 0; shift < 64; shift += 7) {
        uint8_t byte = reader_u8(reader);
        if (shift == 63 && byte > 1)
            break;
        value |= (uint64_t)(byte & 0x7F) << shift;
        if (byte < 0x80)
            return value;
    }
    reader->failed = true;
    return 0;
}

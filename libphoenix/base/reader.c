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

static uint64_t little_endian(struct reader *reader, size_t size)
{
    const uint8_t *bytes = reader_bytes(reader, size);
    uint64_t value = 0;

    for (size_t i = 0; bytes != NULL && i < size; i++)
        value |= (uint64_t)bytes[i] << (8 * i);
    return value;
}

uint8_t reader_u8(struct reader *reader)
{
    return (uint8_t)little_endian(reader, 1);
}

uint16_t reader_u16(struct reader *reader)
{
    return (uint16_t)little_endian(reader, 2);
}

uint32_t reader_u32(struct reader *reader)
{
    return (uint32_t)little_endian(reader, 4);
}

uint64_t reader_u64(struct reader *reader)
{
    return little_endian(reader, 8);
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

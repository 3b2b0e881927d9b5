/*
 * rle.c - small numbers as Parquet packs its levels and indexes:
 *
 *     run      varint count << 1, the number in as many bytes as it needs
 *     packed   varint groups << 1 | 1, eight numbers a group, `width` bits each
 *
 * Eight equal numbers or more make a run.
 */
#include "base/base.h"

#include "arrow/parquet.h"

enum { GROUP = 8 };

static size_t count_equal(const uint32_t *values, size_t count)
{
    size_t equal = 1;

    while (equal < count && values[equal] == values[0])
        equal++;
    return equal;
}

static bool begins_run(const uint32_t *values, size_t count)
{
    return count >= GROUP && count_equal(values, GROUP) == GROUP;
}

static void add_run(struct buf *out, uint32_t value, size_t count,
                    uint32_t width)
{
    buf_add_varint(out, (uint64_t)count << 1);
    buf_add(out, &value, (width + 7) / 8);
}

/* The last group is filled up with zeros. */
static void add_packed(struct buf *out, const uint32_t *values, size_t count,
                       uint32_t width)
{
    size_t groups = (count + GROUP - 1) / GROUP;
    uint64_t bits = 0;
    uint32_t held = 0;

    buf_add_varint(out, (uint64_t)groups << 1 | 1);
    uint8_t *room = buf_room(out, groups * width);
    if (room == NULL)
        return;
    for (size_t i = 0; i < groups * GROUP; i++) {
        bits |= (uint64_t)(i < count ? values[i] : 0) << held;
        held += width;
        for (; held >= 8; held -= 8, bits >>= 8)
            *room++ = (uint8_t)bits;
    }
    buf_used(out, groups * width);
}

void rle_add(struct buf *out, const uint32_t *values, size_t count,
             uint32_t width)
{
    size_t at = 0;

    while (at < count) {
        size_t end = at;
        while (end < count && !begins_run(values + end, count - end))
            end += GROUP;
        if (end > count)
            end = count;
        if (end > at)
            add_packed(out, values + at, end - at, width);
        at = end;
        if (at < count) {
            size_t equal = count_equal(values + at, count - at);
            add_run(out, values[at], equal, width);
            at += equal;
        }
    }
}

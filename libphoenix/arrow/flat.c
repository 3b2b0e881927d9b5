/*
 * flat.c - FlatBuffers written forwards into a buf.
 *
 *     table    int32 back to its vtable, then the slots that are there
 *     vtable   u16 its size, u16 the table's, u16 a slot: its place, 0: absent
 *     vector   u32 count, items          string   a vector of bytes, and a NUL
 *     pointer  u32 forward from itself
 */
#include "base/base.h"

#include "arrow/flat.h"

#include <assert.h>

static size_t align(size_t size, size_t width)
{
    return (size + width - 1) / width * width;
}

static void add_zeros(struct buf *out, size_t count)
{
    uint8_t *room = buf_room(out, count);

    if (room == NULL)
        return;
    memset(room, 0, count);
    buf_used(out, count);
}

void flat_put(struct buf *out, size_t place, uint64_t value, size_t width)
{
    if (out->status < 0)
        return;
    assert(place + width <= out->size);
    memcpy(out->data + place, &value, width);
}

static void point_here(struct buf *out, size_t pointer)
{
    flat_put(out, pointer, out->size - pointer, 4);
}

size_t flat_table(struct buf *out, size_t pointer,
                  const struct flat_layout *layout)
{
    size_t vtable_size = 4 + 2u * layout->count, size = 4;
    uint16_t vtable[2 + FLAT_SLOTS];

    for (uint32_t i = 0; i < layout->count; i++) {
        size_t width = layout->widths[i];
        vtable[2 + i] = 0;
        if (width > 0) {
            size = align(size, width);
            vtable[2 + i] = (uint16_t)size;
            size += width;
        }
    }
    vtable[0] = (uint16_t)vtable_size;
    vtable[1] = (uint16_t)size;
    add_zeros(out, align(out->size + vtable_size, 8) - out->size - vtable_size);
    buf_add(out, vtable, vtable_size);
    point_here(out, pointer);
    size_t table = out->size;
    add_zeros(out, size);
    flat_put(out, table, vtable_size, 4);
    return table;
}

size_t flat_slot(const struct buf *out, size_t table, uint32_t slot)
{
    int32_t back;
    uint16_t place;

    if (out->status < 0)
        return 0;
    memcpy(&back, out->data + table, sizeof back);
    memcpy(&place, out->data + table - back + 4 + 2 * slot, sizeof place);
    assert(place != 0);
    return table + place;
}

void flat_set(struct buf *out, size_t table, uint32_t slot,
              const struct flat_layout *layout, uint64_t value)
{
    flat_put(out, flat_slot(out, table, slot), value, layout->widths[slot]);
}

size_t flat_vector(struct buf *out, size_t pointer, size_t count, size_t size,
                   size_t width)
{
    add_zeros(out, align(out->size + 4, width) - out->size - 4);
    point_here(out, pointer);
    buf_add_u32(out, (uint32_t)count);
    size_t first = out->size;
    add_zeros(out, count * size);
    return first;
}

void flat_string(struct buf *out, size_t pointer, phx_text text)
{
    size_t first = flat_vector(out, pointer, text.size, 1, 4);

    if (out->status == PHX_OK && text.size > 0)
        memcpy(out->data + first, text.data, text.size);
    buf_add_byte(out, 0);
}

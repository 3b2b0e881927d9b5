/*
 * columns.c - columns -> bytes. Nothing is delta coded: any row of a column is
 * read without the others, and zstd finds what repeats.
 */
#include "base/base.h"

#include "block/block.h"
#include "block/write.h"

enum {
    RAW_LIMIT = FRAME_LIMIT + (64 << 20),
    FEW = 4, /* strings are not worth a dictionary */
    TRY = 32 /* strings before a dictionary is given up */
};

void column_maker_init(struct column_maker *maker, uint64_t seed)
{
    *maker = (struct column_maker){.seed = seed};
    buf_init(&maker->frame, RAW_LIMIT);
}

void column_maker_clear(struct column_maker *maker)
{
    buf_clear(&maker->frame);
    table_clear(&maker->table);
    memory_free(maker->ints);
    memory_free(maker->picks);
    memory_free(maker->strings);
    column_maker_init(maker, maker->seed);
}

void column_maker_begin_frame(struct column_maker *maker)
{
    buf_reset(&maker->frame);
    maker->next_list = 0;
    for (uint32_t i = 0; i < ROW_LISTS; i++)
        maker->lists[i].count = 0;
}

phx_status column_maker_reset(struct column_maker *maker, size_t rows,
                              phx_error *err)
{
    if (maker->frame.capacity > 64 * (size_t)COLUMN_FRAME)
        buf_clear(&maker->frame);
    column_maker_begin_frame(maker);
    if (rows <= maker->capacity)
        return PHX_OK;
    memory_free(maker->ints);
    memory_free(maker->picks);
    memory_free(maker->strings);
    maker->capacity = 0;
    maker->ints = memory_new(rows * sizeof *maker->ints);
    maker->picks = memory_new(rows * sizeof *maker->picks);
    maker->strings = memory_new(rows * sizeof *maker->strings);
    if (!maker->ints || !maker->picks || !maker->strings)
        return fail(err, PHX_NO_MEMORY, -1, "no memory for columns");
    maker->capacity = rows;
    return PHX_OK;
}

/* --- ints ------------------------------------------------------------------- */

/* Writes 8 bytes a value at steps of width: each overwrites what the one
 * before wrote too much. out has room for 8 bytes more. */
static void put_narrow(uint8_t *out, const int64_t *values, uint32_t count,
                       int64_t base, uint8_t width)
{
    for (uint32_t i = 0; i < count; i++) {
        uint64_t value = (uint64_t)values[i] - (uint64_t)base;
        memcpy(out + (size_t)i * width, &value, 8);
    }
}

void put_ints(struct buf *out, const int64_t *values, uint32_t count)
{
    int64_t least = count > 0 ? values[0] : 0, most = least;
    uint8_t width = 0;

    for (uint32_t i = 1; i < count; i++) {
        least = values[i] < least ? values[i] : least;
        most = values[i] > most ? values[i] : most;
    }
    for (uint64_t range = (uint64_t)most - (uint64_t)least; range > 0;
         range >>= 8)
        width++;
    buf_add_byte(out, width);
    buf_add_u64(out, (uint64_t)least);
    size_t size = (size_t)count * width;
    uint8_t *room = buf_room(out, size + 8);
    if (room && width > 0) {
        put_narrow(room, values, count, least, width);
        buf_used(out, size);
    }
}

/* --- strings ----------------------------------------------------------------- */

/* Numbers the distinct strings: ids to maker->ints, the first of each to
 * maker->picks. Returns how many, 0 if a dictionary is not worth it; false
 * without memory. */
static bool find_distinct(struct column_maker *maker, const phx_text *strings,
                          uint32_t count, uint32_t *distinct)
{
    uint32_t found = 0;

    *distinct = 0;
    if (!table_reset(&maker->table, count))
        return false;
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0 && same_text(strings[i], strings[i - 1])) {
            maker->ints[i] = maker->ints[i - 1];
            continue;
        }
        uint32_t hash =
            (uint32_t)hash_bytes(strings[i].data, strings[i].size, maker->seed);
        struct slot *slot = table_first(&maker->table, hash);
        while (
            slot->number != 0 &&
            (slot->hash != hash ||
             !same_text(strings[maker->picks[slot->number - 1]], strings[i])))
            slot = table_next(&maker->table, slot);
        if (slot->number != 0) {
            maker->ints[i] = slot->number - 1;
            continue;
        }
        if (i >= TRY && found >= count / 2)
            return true;
        if (!table_put(&maker->table, slot, hash, found))
            return false;
        maker->ints[i] = found;
        maker->picks[found++] = i;
    }
    *distinct = found;
    return true;
}

phx_status put_strings(struct column_maker *maker, const phx_text *strings,
                       uint32_t count, bool repeat, phx_error *err)
{
    struct buf *out = &maker->frame;
    uint32_t distinct = 0;

    if (repeat && count > FEW &&
        !find_distinct(maker, strings, count, &distinct))
        return fail(err, PHX_NO_MEMORY, -1, "no memory for a dictionary");
    buf_add_u32(out, distinct);
    if (distinct > 0)
        put_ints(out, maker->ints, count);
    uint32_t kept = distinct > 0 ? distinct : count;
    for (uint32_t i = 0; i < kept; i++)
        maker->ints[i] =
            (int64_t)strings[distinct > 0 ? maker->picks[i] : i].size;
    put_ints(out, maker->ints, kept);
    for (uint32_t i = 0; i < kept; i++)
        buf_add_text(out, strings[distinct > 0 ? maker->picks[i] : i]);
    return buf_status(out, "a block's column", err);
}

/* --- attribute columns --------------------------------------------------------- */

static bool is_string(uint8_t type)
{
    return type >= CELL_TEXT && type <= CELL_PACKED;
}

static uint8_t common_type(const struct column *column)
{
    uint8_t type = column->cells[0].type;

    for (uint32_t i = 1; i < column->count; i++)
        if (column->cells[i].type != type)
            return CELL_MIXED;
    return type;
}

static bool has_rows(const struct column_maker *maker,
                     const struct row_list *list, const struct column *column)
{
    const uint8_t *at = maker->frame.data + list->offset;

    for (uint32_t i = 0; i < column->count; i++)
        if (memcmp(at + (size_t)i * 2, &column->cells[i].row, 2) != 0)
            return false;
    return true;
}

/* Says where the column's row numbers stand: columns of the same spans share
 * one list, if it is in their frame. */
static void put_rows(struct column_maker *maker, const struct column *column)
{
    struct buf *out = &maker->frame;

    for (uint32_t i = 0; i < ROW_LISTS; i++) {
        const struct row_list *list =
            &maker->lists[(maker->next_list - 1 - i) % ROW_LISTS];
        if (list->count == column->count && has_rows(maker, list, column)) {
            buf_add_u32(out, (uint32_t)list->offset);
            return;
        }
    }
    buf_add_u32(out, (uint32_t)(out->size + 4));
    size_t size = (size_t)column->count * 2, offset = out->size;
    uint8_t *room = buf_room(out, size);
    if (!room)
        return;
    for (uint32_t i = 0; i < column->count; i++)
        memcpy(room + (size_t)i * 2, &column->cells[i].row, 2);
    buf_used(out, size);
    maker->lists[maker->next_list++ % ROW_LISTS] =
        (struct row_list){offset, column->count};
}

static void put_types(struct buf *out, const struct column *column)
{
    uint8_t *room = buf_room(out, column->count);

    if (!room)
        return;
    for (uint32_t i = 0; i < column->count; i++)
        room[i] = column->cells[i].type;
    buf_used(out, column->count);
}

static void put_reals(struct buf *out, const struct column *column)
{
    for (uint32_t i = 0; i < column->count; i++)
        if (column->cells[i].type == CELL_REAL)
            buf_add(out, &column->cells[i].real, sizeof(double));
}

/* Those ints of a column whose type is in [from, to]. */
static void put_family(struct column_maker *maker, const struct column *column,
                       uint8_t from, uint8_t to)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < column->count; i++)
        if (column->cells[i].type >= from && column->cells[i].type <= to)
            maker->ints[count++] = column->cells[i].integer;
    if (count > 0)
        put_ints(&maker->frame, maker->ints, count);
}

phx_status put_column(struct column_maker *maker, const struct column *column,
                      uint32_t rows, phx_error *err)
{
    struct buf *out = &maker->frame;
    uint8_t type = common_type(column);
    uint32_t strings = 0;

    buf_add_u16(out, (uint16_t)column->count);
    buf_add_byte(out, type);
    if (column->count < rows)
        put_rows(maker, column);
    if (type == CELL_MIXED)
        put_types(out, column);
    if (type == CELL_INT || type == CELL_MIXED)
        put_family(maker, column, CELL_INT, CELL_INT);
    if (type == CELL_REAL || type == CELL_MIXED)
        put_reals(out, column);
    for (uint32_t i = 0; i < column->count; i++) {
        const struct cell *cell = &column->cells[i];
        if (is_string(cell->type))
            maker->strings[strings++] = text_span(cell->data, cell->size);
    }
    phx_status status;
    if (strings > 0 &&
        (status = put_strings(maker, maker->strings, strings, true, err)) < 0)
        return status;
    if (type >= CELL_LONG)
        put_family(maker, column, CELL_LONG_TEXT, CELL_LONG_PACKED);
    return buf_status(out, "a block's column", err);
}

/*
 * attributes.c - attribute columns: which rows have a cell, and what is in it.
 */
#include "base/base.h"

#include "block/block.h"
#include "block/read.h"

/* Cells of each family, which stand together in the column. */
struct census {
    uint32_t ints, reals, strings, longs;
};

/* --- opening ------------------------------------------------------------------- */

static uint32_t *family_of(struct census *census, uint8_t type)
{
    static const uint32_t families[] = {
        [CELL_INT] = 1,        [CELL_REAL] = 2,       [CELL_TEXT] = 3,
        [CELL_BYTES] = 3,      [CELL_NUMBER] = 3,     [CELL_PACKED] = 3,
        [CELL_LONG_TEXT] = 4,  [CELL_LONG_BYTES] = 4, [CELL_LONG_NUMBER] = 4,
        [CELL_LONG_PACKED] = 4};

    switch (type > CELL_LONG_PACKED ? 0 : families[type]) {
    case 1:
        return &census->ints;
    case 2:
        return &census->reals;
    case 3:
        return &census->strings;
    case 4:
        return &census->longs;
    default:
        return NULL;
    }
}

static bool is_type(uint8_t type)
{
    return type <= CELL_PACKED ||
           (type >= CELL_LONG_TEXT && type <= CELL_LONG_PACKED);
}

static phx_status take_rows(struct block *block, const struct place *place,
                            struct reader *in, struct attribute *out,
                            phx_error *err)
{
    const struct frame *frame = &block->frames[place->frame - 1];
    uint32_t offset = reader_u32(in);

    if (in->failed || offset > frame->raw ||
        (size_t)out->count * 2 > frame->raw - offset)
        return fail_block(err, "row numbers outside their frame");
    out->rows = frame->bytes + offset;
    for (uint32_t i = 0; i < out->count; i++)
        if (row_at(out, i) >= block->rows ||
            (i > 0 && row_at(out, i) <= row_at(out, i - 1)))
            return fail_block(err, "row numbers out of order");
    if (in->at == out->rows)
        reader_bytes(in, (size_t)out->count * 2);
    return PHX_OK;
}

static phx_status take_types(struct block *block, struct reader *in,
                             struct attribute *out, struct census *census,
                             phx_error *err)
{
    size_t size = (size_t)out->count * sizeof(uint16_t);
    uint16_t *ranks = arena_new(&block->arena, size);

    if (!ranks)
        return arena_status(&block->arena, size, err);
    out->types = reader_bytes(in, out->count);
    if (!out->types)
        return fail_block(err, "a column cut short");
    for (uint32_t i = 0; i < out->count; i++) {
        if (!is_type(out->types[i]))
            return fail_block(err, "a value of unknown type");
        uint32_t *family = family_of(census, out->types[i]);
        ranks[i] = family ? (uint16_t)(*family)++ : 0;
    }
    out->ranks = ranks;
    return PHX_OK;
}

static phx_status take_cells(struct block *block, struct reader *in,
                             const struct census *census, struct attribute *out,
                             phx_error *err)
{
    phx_status status;

    if (census->ints > 0 &&
        (status = take_ints(in, census->ints, &out->ints, err)) < 0)
        return status;
    out->reals = reader_bytes(in, census->reals * sizeof(double));
    if (!out->reals)
        return fail_block(err, "a column cut short");
    if (census->strings > 0 &&
        (status = take_texts(block, in, census->strings, &out->texts, err)) < 0)
        return status;
    if (census->longs > 0)
        return take_ints(in, census->longs, &out->longs, err);
    return PHX_OK;
}

static phx_status open_attribute(struct block *block, const struct place *place,
                                 struct attribute *out, phx_error *err)
{
    struct census census = {0};
    const uint8_t *bytes;
    struct reader in;
    phx_status status;

    if ((status = block_frame_bytes(block, place->frame, &bytes, err)) < 0)
        return status;
    reader_init(&in, bytes + place->offset, place->size);
    out->count = reader_u16(&in);
    out->type = reader_u8(&in);
    if (in.failed || out->count == 0 || out->count > block->rows ||
        (!is_type(out->type) && out->type != CELL_MIXED))
        return fail_block(err, "a column that is none");
    if (out->count < block->rows &&
        (status = take_rows(block, place, &in, out, err)) < 0)
        return status;
    if (out->type == CELL_MIXED) {
        if ((status = take_types(block, &in, out, &census, err)) < 0)
            return status;
    } else {
        uint32_t *family = family_of(&census, out->type);
        if (family)
            *family = out->count;
    }
    return take_cells(block, &in, &census, out, err);
}

phx_status block_attribute(struct block *block, uint32_t column,
                           struct attribute **out, phx_error *err)
{
    struct directory_column *entry = &block->columns[column];

    if (!entry->opened) {
        struct attribute *made = arena_new(&block->arena, sizeof *made);
        if (!made)
            return arena_status(&block->arena, sizeof *made, err);
        *made = (struct attribute){0};
        phx_status status = open_attribute(block, &entry->place, made, err);
        if (status < 0)
            return status;
        entry->opened = made;
    }
    *out = entry->opened;
    return PHX_OK;
}

/* --- finding ---------------------------------------------------------------------- */

uint32_t attribute_seek(const struct attribute *attribute, uint32_t from,
                        uint32_t row)
{
    uint32_t low = from, high = attribute->count;

    if (!attribute->rows)
        return row > from ? row : from;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (row_at(attribute, middle) < row)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

uint32_t attribute_find(const struct attribute *attribute, uint32_t row)
{
    uint32_t cell = attribute_seek(attribute, 0, row);

    if (cell < attribute->count && row_at(attribute, cell) == row)
        return cell;
    return attribute->count;
}

uint32_t block_lower_bound(const struct block *block, phx_text path)
{
    uint32_t low = 0, high = block->column_count;

    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (path_compare(block->columns[middle].path, path) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

uint32_t block_find_column(const struct block *block, phx_text path)
{
    uint32_t at = block_lower_bound(block, path);

    if (at < block->column_count &&
        path_compare(block->columns[at].path, path) == 0)
        return at;
    return block->column_count;
}

/* --- values ------------------------------------------------------------------------- */

static phx_status copy_text(struct arena *arena, phx_text *text, phx_error *err)
{
    const void *copy = arena_copy(arena, text->data, text->size);

    if (!copy)
        return arena_status(arena, text->size, err);
    *text = text_span(copy, text->size);
    return PHX_OK;
}

/* A frame of texts in the lender's arena, decoded at its first use. */
static phx_status lend_frame(struct lender *lender, uint32_t number,
                             const uint8_t **out, phx_error *err)
{
    const struct frame *frame = &lender->block->frames[number - 1];
    const uint8_t **lent = &lender->frames[number - 1];

    if (!*lent) {
        uint8_t *bytes;
        phx_status status = PHX_OK;
        if (!frame->bytes)
            status =
                block_expand(lender->block, number, lender->arena, &bytes, err);
        else if (!(bytes = arena_copy(lender->arena, frame->bytes, frame->raw)))
            status = arena_status(lender->arena, frame->raw, err);
        if (status < 0)
            return status;
        *lent = bytes;
    }
    *out = *lent;
    return PHX_OK;
}

/* A text that is most of its frame moves with it: it is there once. */
static phx_status long_bytes(struct lender *lender, int64_t number,
                             phx_text *out, phx_error *err)
{
    struct text_spot spot;
    const uint8_t *bytes;
    phx_status status;

    if ((status = block_find_text(lender->block, number, &spot, err)) < 0)
        return status;
    bool copy = lender->how == LEND_COPY &&
                spot.size < lender->block->frames[spot.frame - 1].raw / 2;
    if (copy || lender->how == LEND_BLOCK)
        status = block_frame_bytes(lender->block, spot.frame, &bytes, err);
    else
        status = lend_frame(lender, spot.frame, &bytes, err);
    if (status < 0)
        return status;
    *out = text_span(bytes + spot.offset, spot.size);
    return copy ? copy_text(lender->arena, out, err) : PHX_OK;
}

phx_status lend_string(struct lender *lender, const struct block_texts *texts,
                       uint32_t index, const uint8_t **lent, phx_text *out,
                       phx_error *err)
{
    *out = text_at(texts, index);
    if (lender->how == LEND_BLOCK)
        return PHX_OK;
    if (lender->how == LEND_COPY)
        return copy_text(lender->arena, out, err);
    if (!*lent) {
        *lent = arena_copy(lender->arena, texts->bytes, texts->size);
        if (!*lent)
            return arena_status(lender->arena, texts->size, err);
    }
    size_t offset = (size_t)((const uint8_t *)out->data - texts->bytes);
    *out = text_span(*lent + offset, out->size);
    return PHX_OK;
}

phx_status cell_bytes(struct lender *lender, uint32_t column,
                      const struct attribute *attribute, uint32_t cell,
                      phx_text *out, phx_error *err)
{
    uint8_t type = type_at(attribute, cell);
    uint32_t rank = rank_at(attribute, cell);

    if (type > CELL_LONG)
        return long_bytes(lender, int_at(&attribute->longs, rank), out, err);
    if (type >= CELL_TEXT)
        return lend_string(lender, &attribute->texts, rank,
                           lender->strings ? &lender->strings[column] : NULL,
                           out, err);
    return fail_block(err, "a number where bytes should be");
}

static phx_status unpack(struct lender *lender, phx_text bytes,
                         struct value *out, phx_error *err)
{
    struct reader in;
    phx_status status;

    reader_init(&in, bytes.data, bytes.size);
    status = unpack_value(lender->arena, &in, out, err);
    if (status == PHX_OK && reader_left(&in) > 0)
        return fail_block(err, "a packed value too long");
    return status;
}

phx_status cell_value(struct lender *lender, uint32_t column,
                      const struct attribute *attribute, uint32_t cell,
                      struct value *out, phx_error *err)
{
    uint8_t type = type_at(attribute, cell);
    phx_status status;

    *out = (struct value){0};
    switch (type) {
    case CELL_NULL:
        return PHX_OK;
    case CELL_FALSE:
    case CELL_TRUE:
        *out = value_bool(type == CELL_TRUE);
        return PHX_OK;
    case CELL_INT:
        out->kind = JSON_INT;
        out->integer = int_at(&attribute->ints, rank_at(attribute, cell));
        return PHX_OK;
    case CELL_REAL:
        out->kind = JSON_REAL;
        memcpy(&out->real,
               attribute->reals + rank_at(attribute, cell) * sizeof(double),
               sizeof(double));
        return PHX_OK;
    default:
        break;
    }
    status = cell_bytes(lender, column, attribute, cell, &out->text, err);
    if (status < 0)
        return status;
    switch (type & ~CELL_LONG) {
    case CELL_BYTES:
        out->kind = JSON_BYTES;
        return PHX_OK;
    case CELL_NUMBER:
        out->kind = JSON_NUMBER;
        return PHX_OK;
    case CELL_PACKED:
        return unpack(lender, out->text, out, err);
    default:
        out->kind = JSON_TEXT;
        return PHX_OK;
    }
}

/*
 * match.c - which rows have an attribute equal to a scalar: a scan of one
 * column that compares each string of its dictionary once.
 */
#include "base/base.h"

#include "block/block.h"
#include "block/read.h"

struct match {
    struct block *block;
    const struct attribute *attribute;
    const struct value *want;
    bool types[CELL_LONG_PACKED + 1]; /* of cells that may be equal */
    uint8_t *strings;   /* [distinct] is it equal; NULL: no dictionary */
    int64_t equal_text; /* number of the long text that is equal; -1 */
};

/* --- equality ---------------------------------------------------------------------- */

/* True if they are the same number: exact, where a double cannot tell
 * neighbouring integers apart. */
static bool int_is_real(int64_t integer, double real)
{
    return real >= -9223372036854775808.0 && real < 9223372036854775808.0 &&
           (int64_t)real == integer && (double)(int64_t)real == real;
}

static bool value_matches(const struct value *want, uint32_t kinds,
                          const struct value *got)
{
    bool real = want->kind == JSON_REAL;

    if ((kinds >> got->kind & 1) == 0)
        return false;
    switch (got->kind) {
    case JSON_INT:
        return real ? int_is_real(got->integer, want->real)
                    : want->kind == JSON_INT && want->integer == got->integer;
    case JSON_REAL:
        return want->kind == JSON_INT ? int_is_real(want->integer, got->real)
                                      : real && want->real == got->real;
    case JSON_NULL:
        return want->kind == JSON_NULL;
    case JSON_BOOL:
        return want->kind == JSON_BOOL && want->integer == got->integer;
    case JSON_TEXT:
    case JSON_BYTES:
    case JSON_NUMBER:
        return want->kind == got->kind && same_text(want->text, got->text);
    default:
        return false;
    }
}

/* --- one column ------------------------------------------------------------------------ */

static bool is_string(uint8_t kind)
{
    return kind == JSON_TEXT || kind == JSON_BYTES || kind == JSON_NUMBER;
}

static void choose_types(struct match *match, uint32_t kinds)
{
    const struct value *want = match->want;
    bool number = want->kind == JSON_INT || want->kind == JSON_REAL;
    uint8_t type = want->kind == JSON_TEXT    ? CELL_TEXT
                   : want->kind == JSON_BYTES ? CELL_BYTES
                                              : CELL_NUMBER;

    memset(match->types, 0, sizeof match->types);
    match->types[CELL_INT] = number && (kinds >> JSON_INT & 1);
    match->types[CELL_REAL] = number && (kinds >> JSON_REAL & 1);
    if ((kinds >> want->kind & 1) == 0)
        return;
    if (want->kind == JSON_NULL)
        match->types[CELL_NULL] = true;
    if (want->kind == JSON_BOOL)
        match->types[want->integer ? CELL_TRUE : CELL_FALSE] = true;
    if (is_string(want->kind))
        match->types[want->text.size < LONG_TEXT ? type : type + CELL_LONG] =
            true;
}

/* DONE if no short text of the column is equal. */
static phx_status match_dictionary(struct match *match, phx_error *err)
{
    const struct block_texts *texts = &match->attribute->texts;
    const struct value *want = match->want;
    struct block_texts distinct = *texts;
    bool any = false;

    match->strings = NULL;
    if (texts->distinct == 0 || !is_string(want->kind) ||
        want->text.size >= LONG_TEXT)
        return PHX_OK;
    if ((match->strings = memory_new(texts->distinct)) == NULL)
        return fail_memory(err, texts->distinct);
    distinct.distinct = 0;
    for (uint32_t i = 0; i < texts->distinct; i++) {
        match->strings[i] = same_text(text_at(&distinct, i), want->text);
        any |= match->strings[i];
    }
    return any ? PHX_OK : PHX_DONE;
}

/* Texts are distinct in a block: once the equal one is found, numbers tell. */
static phx_status match_long(struct match *match, int64_t number, bool *hit,
                             phx_error *err)
{
    struct text_spot spot;
    const uint8_t *bytes;
    phx_status status;

    *hit = number == match->equal_text;
    if (match->equal_text >= 0)
        return PHX_OK;
    if ((status = block_find_text(match->block, number, &spot, err)) < 0 ||
        spot.size != match->want->text.size)
        return status;
    status = block_frame_bytes(match->block, spot.frame, &bytes, err);
    if (status == PHX_OK &&
        memcmp(bytes + spot.offset, match->want->text.data, spot.size) == 0) {
        match->equal_text = number;
        *hit = true;
    }
    return status;
}

static bool match_real(const struct match *match, uint32_t rank)
{
    struct value got = {.kind = JSON_REAL};

    memcpy(&got.real, match->attribute->reals + (size_t)rank * sizeof got.real,
           sizeof got.real);
    return value_matches(match->want, 1 << JSON_REAL, &got);
}

static bool match_int(const struct match *match, uint32_t rank)
{
    int64_t got = int_at(&match->attribute->ints, rank);

    return match->want->kind == JSON_INT ? got == match->want->integer
                                         : int_is_real(got, match->want->real);
}

static bool match_short(const struct match *match, uint32_t rank)
{
    const struct block_texts *texts = &match->attribute->texts;

    if (match->strings)
        return match->strings[int_at(&texts->ids, rank)];
    return same_text(text_at(texts, rank), match->want->text);
}

static phx_status match_cell(struct match *match, uint32_t cell, bool *hit,
                             phx_error *err)
{
    const struct attribute *attribute = match->attribute;
    uint8_t type = type_at(attribute, cell);
    uint32_t rank = rank_at(attribute, cell);

    *hit = match->types[type];
    if (!*hit || type < CELL_INT)
        return PHX_OK;
    if (type > CELL_LONG)
        return match_long(match, int_at(&attribute->longs, rank), hit, err);
    *hit = type == CELL_INT    ? match_int(match, rank)
           : type == CELL_REAL ? match_real(match, rank)
                               : match_short(match, rank);
    return PHX_OK;
}

static phx_status match_column(struct block *block, uint32_t column,
                               const struct value *want, uint32_t kinds,
                               uint8_t *hits, phx_error *err)
{
    struct match match = {.block = block, .want = want, .equal_text = -1};
    struct attribute *attribute;
    phx_status status;
    bool hit;

    if ((status = block_attribute(block, column, &attribute, err)) < 0)
        return status;
    match.attribute = attribute;
    choose_types(&match, kinds);
    if (!attribute->types && !match.types[attribute->type])
        return PHX_OK;
    if ((status = match_dictionary(&match, err)) < 0)
        return status;
    for (uint32_t i = 0; i < attribute->count && status == PHX_OK; i++) {
        if ((status = match_cell(&match, i, &hit, err)) < 0)
            break;
        uint32_t row = row_at(attribute, i);
        hits[row / 8] |= (uint8_t)(hit << row % 8);
    }
    memory_free(match.strings);
    return status < 0 ? status : PHX_OK;
}

/* --- packed ancestors -------------------------------------------------------------------- */

static phx_status match_packed(struct block_path *path, uint32_t column,
                               const struct value *want, uint32_t kinds,
                               const uint8_t *rows, uint8_t *hits,
                               phx_error *err)
{
    struct attribute *attribute;
    struct arena arena;
    phx_status status;

    if ((status = block_attribute(path->block, column, &attribute, err)) < 0)
        return status;
    arena_init(&arena, BLOCK_LIMIT);
    for (uint32_t i = 0; i < attribute->count; i++) {
        uint32_t row = row_at(attribute, i);
        struct value got;
        bool found;
        if ((rows[row / 8] >> row % 8 & 1) == 0 ||
            (type_at(attribute, i) & ~CELL_LONG) != CELL_PACKED)
            continue;
        if ((status = block_path_value(path, &arena, row, &got, &found, err)) <
            0)
            break;
        if (found && value_matches(want, kinds, &got))
            hits[row / 8] |= (uint8_t)(1 << row % 8);
        arena_reset(&arena);
    }
    arena_clear(&arena);
    return status;
}

phx_status block_path_filter(struct block_path *path, const struct value *want,
                             uint32_t kinds, uint8_t *rows, phx_error *err)
{
    struct block *block = path->block;
    size_t size = (block->rows + 7) / 8;
    uint8_t *hits = memory_new(size);
    phx_status status = PHX_OK;

    if (!hits)
        return fail_memory(err, size);
    memset(hits, 0, size);
    if (path->leaf < block->column_count &&
        (status = match_column(block, path->leaf, want, kinds, hits, err)) < 0)
        goto done;
    for (uint32_t i = 0; i < path->ancestor_count; i++)
        if ((status = match_packed(path, path->ancestors[i].column, want, kinds,
                                   rows, hits, err)) < 0)
            goto done;
    for (size_t i = 0; i < size; i++)
        rows[i] &= hits[i];
    status = PHX_OK;
done:
    memory_free(hits);
    return status;
}

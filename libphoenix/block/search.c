/*
 * search.c - the rows whose texts have some words, each word in any text of the
 * row, and where a row has one.
 *
 *     columns that are searched     which long texts rows still wanted have
 *     text frames                   each such text is looked at once, however
 *                                   many rows have it; a frame without one is
 *                                   not decoded, and none is kept
 *     the columns again             the words of a row are those of its texts
 *
 * Which words a text has is one bit a word.
 */
#include "base/base.h"

#include "block/block.h"
#include "block/read.h"

_Static_assert(BLOCK_WORDS <= 16, "the words of a text are 16 bits");

struct search {
    struct block *block;
    const struct needle *words;
    size_t count;
    struct arena *arena;
    const uint8_t *keep; /* the rows that are still wanted */
    uint16_t *rows;      /* [block->rows] words of each */
    uint16_t *texts;     /* [block->texts] words of each long text */
    uint8_t *wanted;     /* [block->texts] whether it is to be looked at */
    bool any_wanted;
};

static uint16_t words_of(const struct search *search, phx_text text)
{
    uint16_t words = 0;

    for (size_t i = 0; i < search->count; i++)
        words |= (uint16_t)(needle_find(&search->words[i], text, NULL) << i);
    return words;
}

static bool is_packed(uint8_t type)
{
    return (type & ~CELL_LONG) == CELL_PACKED;
}

/* A column with texts to look at, or with packed values that may have some. */
static bool is_searched(const struct block *block, uint32_t column,
                        bool *has_texts)
{
    phx_text path = block->columns[column].path;

    *has_texts = path_is_searched(path) ||
                 text_equal(path, reserved_key(RESERVED_STATUS_MESSAGE));
    return *has_texts || path_leads_to_searched(path);
}

static bool is_looked_at(uint8_t type, bool has_texts)
{
    return is_packed(type) || (has_texts && (type & ~CELL_LONG) == CELL_TEXT);
}

/* Each cell of the columns that are searched whose row is wanted. */
typedef phx_status (*cell_fn)(struct search *search, uint32_t column,
                              const struct attribute *attribute, uint32_t cell,
                              phx_error *err);

static phx_status each_cell(struct search *search, cell_fn look, phx_error *err)
{
    struct block *block = search->block;
    struct attribute *attribute;
    phx_status status = PHX_OK;
    bool has_texts;

    for (uint32_t i = 0; i < block->column_count && status >= 0; i++) {
        if (!is_searched(block, i, &has_texts))
            continue;
        if ((status = block_attribute(block, i, &attribute, err)) < 0)
            break;
        for (uint32_t j = 0; j < attribute->count && status >= 0; j++) {
            if (search->keep[row_at(attribute, j)] &&
                is_looked_at(type_at(attribute, j), has_texts))
                status = look(search, i, attribute, j, err);
        }
    }
    return status;
}

/* --- long texts ------------------------------------------------------------------ */

static phx_status want_long(struct search *search, uint32_t column,
                            const struct attribute *attribute, uint32_t cell,
                            phx_error *err)
{
    (void)column;
    if (type_at(attribute, cell) < CELL_LONG)
        return PHX_OK;
    int64_t number = int_at(&attribute->longs, rank_at(attribute, cell));
    if (number < 0 || number >= search->block->texts)
        return fail_block(err, "a reference to no text");
    search->wanted[number] = 1;
    search->any_wanted = true;
    return PHX_OK;
}

/* The bytes of a frame: the block's, or the arena's until it is reset. */
static phx_status frame_bytes(struct block *block, uint32_t number,
                              struct arena *arena, const uint8_t **out,
                              phx_error *err)
{
    uint8_t *bytes = block->frames[number - 1].bytes;
    phx_status status = PHX_OK;

    if (bytes == NULL) {
        arena_reset(arena);
        status = block_expand(block, number, arena, &bytes, err);
    }
    *out = bytes;
    return status;
}

static phx_status look_at_texts(struct search *search, phx_error *err)
{
    struct block *block = search->block;
    const uint8_t *bytes = NULL;
    uint32_t frame = 0;
    struct text_spot spot;
    struct arena arena;
    phx_status status = PHX_OK;

    arena_init(&arena, SIZE_MAX);
    for (uint32_t i = 0; i < block->texts && status >= 0; i++) {
        if (!search->wanted[i])
            continue;
        if ((status = block_find_text(block, i, &spot, err)) >= 0 &&
            spot.frame != frame)
            status = frame_bytes(block, spot.frame, &arena, &bytes, err);
        if (status < 0)
            break;
        frame = spot.frame;
        search->texts[i] =
            words_of(search, text_span(bytes + spot.offset, spot.size));
    }
    arena_clear(&arena);
    return status;
}

/* --- rows ------------------------------------------------------------------------- */

/* Words of the texts inside a packed value. */
struct packed_words {
    const struct search *search;
    uint16_t words;
};

static bool add_words(void *ctx, phx_text path, phx_text text)
{
    struct packed_words *packed = ctx;

    (void)path;
    packed->words |= words_of(packed->search, text);
    return false;
}

static phx_status look_inside(struct search *search, uint32_t column,
                              const struct attribute *attribute, uint32_t cell,
                              uint16_t *words, phx_error *err)
{
    struct packed_words packed = {.search = search};
    struct value value;
    struct arena arena;

    arena_init(&arena, SIZE_MAX);
    struct lender lender = {.block = search->block, .arena = &arena};
    phx_status status =
        cell_value(&lender, column, attribute, cell, &value, err);
    if (status >= 0)
        status = walk_searched(search->block->columns[column].path, &value,
                               add_words, &packed, err);
    arena_clear(&arena);
    *words = packed.words;
    return status;
}

/* A packed value holds its texts as they are: one whose bytes have no word
 * that is missing is not looked into. */
static phx_status add_cell(struct search *search, uint32_t column,
                           const struct attribute *attribute, uint32_t cell,
                           phx_error *err)
{
    uint16_t *row = &search->rows[row_at(attribute, cell)];
    uint32_t rank = rank_at(attribute, cell);
    uint8_t type = type_at(attribute, cell);
    phx_status status = PHX_OK;
    uint16_t words = type > CELL_LONG
                         ? search->texts[int_at(&attribute->longs, rank)]
                         : words_of(search, text_at(&attribute->texts, rank));

    if (is_packed(type) && (words & ~*row) != 0)
        status = look_inside(search, column, attribute, cell, &words, err);
    *row |= words;
    return status;
}

static phx_status add_names(struct search *search, phx_error *err)
{
    const struct block_texts *names;
    phx_status status =
        block_read_texts(search->block, COLUMN_NAME, &names, err);

    for (uint32_t i = 0; status >= 0 && i < search->block->rows; i++) {
        if (search->keep[i])
            search->rows[i] |= words_of(search, text_at(names, i));
    }
    return status;
}

static phx_status search_new(struct search *search, phx_error *err)
{
    size_t rows = search->block->rows * sizeof *search->rows;
    size_t texts = search->block->texts * sizeof *search->texts;

    search->rows = arena_new(search->arena, rows);
    search->texts = arena_new(search->arena, texts);
    search->wanted = arena_new(search->arena, search->block->texts);
    if (search->rows == NULL || search->texts == NULL || search->wanted == NULL)
        return arena_status(search->arena, rows + texts, err);
    memset(search->rows, 0, rows);
    memset(search->wanted, 0, search->block->texts);
    return PHX_OK;
}

phx_status block_search(struct block *block, const struct needle *words,
                        size_t count, struct arena *arena, uint8_t *keep,
                        phx_error *err)
{
    struct search search = {.block = block,
                            .words = words,
                            .count = count,
                            .arena = arena,
                            .keep = keep};
    uint16_t all = (uint16_t)((1u << count) - 1);
    phx_status status;

    if ((status = search_new(&search, err)) < 0 ||
        (status = add_names(&search, err)) < 0 ||
        (status = each_cell(&search, want_long, err)) < 0 ||
        (search.any_wanted && (status = look_at_texts(&search, err)) < 0) ||
        (status = each_cell(&search, add_cell, err)) < 0)
        return status;
    for (uint32_t i = 0; i < block->rows; i++)
        keep[i] &= search.rows[i] == all;
    return PHX_OK;
}

/* --- one row ------------------------------------------------------------------------ */

struct row_search {
    const struct needle *word;
    struct arena *arena;
    struct block_found *out;
    bool no_memory;
};

/* True if the text has the word. */
static bool take_found(void *ctx, phx_text path, phx_text text)
{
    struct row_search *search = ctx;
    phx_text word;

    if (!needle_find(search->word, text, &word))
        return false;
    const void *copy = arena_copy(search->arena, path.data, path.size);
    search->no_memory = copy == NULL;
    *search->out = (struct block_found){text_span(copy, path.size), text, word};
    return true;
}

static phx_status search_cell(struct row_search *search, struct block *block,
                              uint32_t column, uint32_t row, bool has_texts,
                              bool *found, phx_error *err)
{
    struct lender lender = {.block = block, .arena = search->arena};
    phx_text path = block->columns[column].path;
    struct attribute *attribute;
    struct value value;
    phx_status status = block_attribute(block, column, &attribute, err);

    if (status < 0)
        return status;
    uint32_t cell = attribute_find(attribute, row);
    if (cell == attribute->count ||
        !is_looked_at(type_at(attribute, cell), has_texts) ||
        (status = cell_value(&lender, column, attribute, cell, &value, err)) <
            0)
        return status;
    if (is_packed(type_at(attribute, cell)))
        status = walk_searched(path, &value, take_found, search, err);
    else
        take_found(search,
                   path_is_reserved(path) ? text_of("status_message") : path,
                   value.text);
    *found = search->out->word.data != NULL;
    return status;
}

phx_status block_search_row(struct block *block, const struct needle *word,
                            struct arena *arena, uint32_t row,
                            struct block_found *out, phx_error *err)
{
    struct row_search search = {word, arena, out, false};
    const struct block_texts *names;
    bool has_texts, found;
    phx_status status;

    *out = (struct block_found){.word = {NULL, 0}};
    if ((status = block_read_texts(block, COLUMN_NAME, &names, err)) < 0)
        return status;
    found = take_found(&search, text_of("name"), text_at(names, row));
    for (uint32_t i = 0; i < block->column_count && !found; i++) {
        if (is_searched(block, i, &has_texts) &&
            (status = search_cell(&search, block, i, row, has_texts, &found,
                                  err)) < 0)
            return status;
    }
    return search.no_memory ? arena_status(arena, out->path.size, err) : PHX_OK;
}

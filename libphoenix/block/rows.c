/*
 * rows.c - rows of a block -> spans. Every column has a cursor at its next
 * cell; a row takes the cells of the columns that are there, in order, and
 * makes its tree of them as they come.
 */
#include "base/base.h"

#include "block/block.h"
#include "block/read.h"

/* --- beginning ------------------------------------------------------------------- */

static bool is_texts(int column)
{
    return column == COLUMN_NAME || column == COLUMN_TRACE_ID ||
           column == COLUMN_SPAN_ID || column == COLUMN_OUTSIDE_PARENT;
}

static phx_status open_fixed(struct rows_reader *reader, phx_error *err)
{
    phx_status status;

    for (int i = 0; i < COLUMN_FIXED; i++) {
        enum block_column column = (enum block_column)i;
        if (is_texts(i))
            status =
                block_read_texts(reader->block, column, &reader->texts[i], err);
        else
            status =
                block_read_ints(reader->block, column, &reader->ints[i], err);
        if (status < 0)
            return status;
    }
    return PHX_OK;
}

static void rewind_column(struct rows_reader *reader, uint32_t column)
{
    const struct attribute *attribute = reader->attributes[column];

    reader->cells[column] = 0;
    reader->next[column] = attribute ? row_at(attribute, 0) : NO_ROW;
}

static bool is_bare(int reserved)
{
    return reserved >= RESERVED_TRACE_STATE && reserved < RESERVED_COUNT;
}

static bool leads_to(const struct block_path *path, uint32_t column)
{
    bool leads =
        column == path->leaf || (column >= path->below && column < path->end);

    for (uint32_t i = 0; i < path->ancestor_count && !leads; i++)
        leads = path->ancestors[i].column == column;
    return leads;
}

static bool is_read(const struct rows_reader *reader, uint32_t column)
{
    const struct block_choice *choice = reader->choice;
    int reserved = reader->reserved[column];
    bool is = is_bare(reserved);

    if (reader->json != NULL)
        return is || reserved == RESERVED_COUNT || reserved == RESERVED_REST ||
               reserved == RESERVED_EVENTS || reserved == RESERVED_LINKS;
    if (choice == NULL)
        return is || !reader->bare;
    is |= reserved == RESERVED_REST ||
          (reserved == RESERVED_EVENTS && choice->events);
    for (size_t i = 0; i < choice->count && !is; i++)
        is = leads_to(choice->paths[i], column);
    return is;
}

static phx_status open_columns(struct rows_reader *reader, phx_error *err)
{
    struct block *block = reader->block;
    phx_status status;

    memset(reader->reserved, RESERVED_COUNT, block->column_count);
    for (int i = 0; i < RESERVED_COUNT; i++) {
        uint32_t column =
            block_find_column(block, reserved_key((enum reserved)i));
        if (column < block->column_count)
            reader->reserved[column] = (uint8_t)i;
    }
    for (uint32_t i = 0; i < block->column_count; i++) {
        bool is_reserved =
            i >= block->reserved_begin && i < block->reserved_end;
        if (is_reserved && reader->reserved[i] == RESERVED_COUNT)
            return fail_block(err, "an unknown reserved column");
        reader->attributes[i] = NULL;
        if (is_read(reader, i) &&
            (status = block_attribute(block, i, &reader->attributes[i], err)) <
                0)
            return status;
        rewind_column(reader, i);
    }
    return reader->bare ? PHX_OK : block_share_segments(block, err);
}

/* One piece of memory for the tables of a reader. */
static phx_status new_tables(struct rows_reader *reader, void **out,
                             phx_error *err)
{
    size_t columns = reader->block->column_count;
    size_t frames = reader->block->frame_count;
    size_t pointers = (3 * columns + COLUMN_FIXED + frames) * sizeof(void *);
    size_t size = pointers + columns * (2 * sizeof(uint32_t) + 1);
    uint8_t *memory = memory_new(size);

    if (!memory)
        return fail_memory(err, size);
    memset(memory, 0, size);
    *out = memory;
    void *next = memory;
    reader->attributes = next;
    next = reader->attributes + columns;
    reader->segments = next;
    next = reader->segments + columns;
    reader->lender.strings = next;
    next = reader->lender.strings + columns + COLUMN_FIXED;
    reader->lender.frames = next;
    next = memory + pointers;
    reader->next = next;
    reader->cells = reader->next + columns;
    reader->reserved = (uint8_t *)(reader->cells + columns);
    return PHX_OK;
}

/* --- rows ------------------------------------------------------------------------------ */

static phx_status fixed_text(struct rows_reader *reader, int column,
                             uint32_t index, phx_text *out, phx_error *err)
{
    struct lender *lender = &reader->lender;

    return lend_string(
        lender, reader->texts[column], index,
        &lender->strings[reader->block->column_count + (uint32_t)column], out,
        err);
}

static int64_t fixed_int(const struct rows_reader *reader, int column,
                         uint32_t index)
{
    return int_at(&reader->ints[column], index);
}

static phx_status read_fixed(struct rows_reader *reader, uint32_t row,
                             struct span *span, phx_error *err)
{
    uint32_t trace = (uint32_t)fixed_int(reader, COLUMN_TRACE, row);
    uint32_t parent = (uint32_t)fixed_int(reader, COLUMN_PARENT, row);
    uint32_t rows = reader->block->rows;
    phx_status status = PHX_OK;

    *span = (struct span){
        .status_message = text_of(""),
        .trace_state = text_of(""),
        .start_time = (uint64_t)fixed_int(reader, COLUMN_START, row),
        .kind = (uint8_t)fixed_int(reader, COLUMN_KIND, row),
        .status = (uint8_t)fixed_int(reader, COLUMN_STATUS, row),
        .prompt_tokens = fixed_int(reader, COLUMN_PROMPT_TOKENS, row),
        .completion_tokens = fixed_int(reader, COLUMN_COMPLETION_TOKENS, row),
        .number = fixed_int(reader, COLUMN_NUMBER, row),
        .project = fixed_int(reader, COLUMN_PROJECT, row),
        .trace = fixed_int(reader, COLUMN_TRACE_NUMBER, trace),
        .session = fixed_int(reader, COLUMN_TRACE_SESSION, trace),
        .otlp_kind = USUAL_OTLP_KIND,
        .tree = {.kind = JSON_OBJECT}};
    span->end_time =
        span->start_time + (uint64_t)fixed_int(reader, COLUMN_DURATION, row);
    span->otlp_status = span->status;
    if (parent > rows)
        status = fixed_text(reader, COLUMN_OUTSIDE_PARENT, parent - rows - 1,
                            &span->parent_id, err);
    else if (parent > 0)
        status = fixed_text(reader, COLUMN_SPAN_ID, parent - 1,
                            &span->parent_id, err);
    if (status < 0 ||
        (status = fixed_text(reader, COLUMN_NAME, row, &span->name, err)) < 0 ||
        (status = fixed_text(reader, COLUMN_TRACE_ID, trace, &span->trace_id,
                             err)) < 0)
        return status;
    return fixed_text(reader, COLUMN_SPAN_ID, row, &span->span_id, err);
}

/* Moves a column's cursor to `row` or the next that has a cell. */
static void seek(struct rows_reader *reader, uint32_t column, uint32_t row)
{
    const struct attribute *attribute = reader->attributes[column];
    uint32_t cell = attribute_seek(attribute, reader->cells[column], row);

    reader->cells[column] = cell;
    reader->next[column] =
        cell < attribute->count ? row_at(attribute, cell) : NO_ROW;
}

uint32_t find_leaf(struct rows_reader *reader, uint32_t from, uint32_t row)
{
    const struct block *block = reader->block;

    for (uint32_t i = from; i < block->column_count; i++) {
        if (reader->next[i] > row ||
            (i >= block->reserved_begin && i < block->reserved_end))
            continue;
        if (reader->next[i] < row)
            seek(reader, i, row);
        if (reader->next[i] == row)
            return i;
    }
    return block->column_count;
}

uint32_t take_cell(struct rows_reader *reader, uint32_t column)
{
    const struct attribute *attribute = reader->attributes[column];
    uint32_t cell = reader->cells[column]++;

    reader->next[column] =
        cell + 1 < attribute->count ? row_at(attribute, cell + 1) : NO_ROW;
    return cell;
}

static phx_status read_parts(struct rows_reader *reader, uint32_t row,
                             struct span *span, struct value *rest,
                             phx_error *err)
{
    const struct block *block = reader->block;
    phx_status status;

    for (uint32_t i = block->reserved_begin; i < block->reserved_end; i++) {
        if (reader->next[i] < row)
            seek(reader, i, row);
        if (reader->next[i] == row &&
            (status = read_reserved(reader, i, take_cell(reader, i), span, rest,
                                    err)) < 0)
            return status;
    }
    return PHX_OK;
}

/* A column's path; unless the block's own is lent, its keys are in the arena.
 */
static phx_status path_of(struct rows_reader *reader, uint32_t column,
                          const struct segment **out, phx_error *err)
{
    const struct directory_column *from = &reader->block->columns[column];
    struct segment *path = reader->segments[column];
    struct arena *arena = reader->lender.arena;

    if (reader->lender.how == LEND_BLOCK)
        path = from->segments;
    if (path) {
        *out = path;
        return PHX_OK;
    }
    path = arena_copy(arena, from->segments, from->depth * sizeof *path);
    if (!path)
        return arena_status(arena, from->depth * sizeof *path, err);
    for (uint32_t i = 0; i < from->depth; i++) {
        if (!path[i].key.data)
            continue;
        path[i].key.data =
            arena_copy(arena, path[i].key.data, path[i].key.size);
        if (!path[i].key.data)
            return arena_status(arena, path[i].key.size, err);
    }
    *out = reader->segments[column] = path;
    return PHX_OK;
}

static phx_status read_tree(struct rows_reader *reader, uint32_t row,
                            struct span *span, phx_error *err)
{
    struct block *block = reader->block;
    const struct segment *path = NULL;
    uint32_t last = 0;
    struct value value;
    phx_status status;

    for (uint32_t i = find_leaf(reader, 0, row); i < block->column_count;
         i = find_leaf(reader, i + 1, row)) {
        uint32_t cell = take_cell(reader, i);
        if ((status = cell_value(&reader->lender, i, reader->attributes[i],
                                 cell, &value, err)) < 0 ||
            (status = path_of(reader, i, &path, err)) < 0 ||
            (status = tree_add(&reader->tree, path, block->columns[i].depth,
                               block_shared_segments(block, last, i), &value,
                               err)) < 0)
            return status;
        last = i;
    }
    return tree_end(&reader->tree, &span->tree, err);
}

static phx_status read_row(struct rows_reader *reader, uint32_t row,
                           struct span *span, phx_error *err)
{
    struct value rest = {0};
    phx_status status;

    if (row >= reader->block->rows)
        return fail(err, PHX_INVALID, row, "block has no row %u", row);
    if (reader->row != NO_ROW && row <= reader->row)
        for (uint32_t i = 0; i < reader->block->column_count; i++)
            rewind_column(reader, i);
    reader->row = row;
    if ((status = read_fixed(reader, row, span, err)) < 0 ||
        (status = read_parts(reader, row, span, &rest, err)) < 0)
        return status;
    if (reader->bare)
        return PHX_OK;
    if (reader->json && (status = tree_json_events(reader, span, err)) < 0)
        return status;
    if (reader->json && rest.count == 0)
        return tree_json_leaves(reader, row, span, err);
    if ((status = read_tree(reader, row, span, err)) < 0 ||
        (rest.count > 0 &&
         (status = add_tree_rest(reader->lender.arena, &span->tree, &rest,
                                 err)) < 0))
        return status;
    return reader->json ? tree_json_tree(reader, span, err) : PHX_OK;
}

static phx_status read_rows(struct block *block, struct arena *arena,
                            size_t most, const uint32_t *rows, size_t *count,
                            int parts, const struct block_choice *choice,
                            struct span *out, phx_error *err)
{
    struct rows_reader reader = {.block = block,
                                 .bare = (parts & BLOCK_BARE) != 0,
                                 .choice = choice,
                                 .row = NO_ROW,
                                 .lender = {.block = block, .arena = arena}};
    void *tables = NULL;
    size_t taken = 0;
    phx_status status;

    if ((parts & BLOCK_LENT) != 0)
        reader.lender.how = LEND_BLOCK;
    else
        reader.lender.how = *count * 4 >= block->rows ? LEND_FRAMES : LEND_COPY;
    tree_init(&reader.tree, arena, 0);
    if ((status = new_tables(&reader, &tables, err)) < 0 ||
        ((parts & BLOCK_JSON) != 0 &&
         (status = tree_json_new(&reader.json, err)) < 0) ||
        (status = open_fixed(&reader, err)) < 0 ||
        (status = open_columns(&reader, err)) < 0)
        goto done;
    while (taken < *count && (taken == 0 || arena->total <= most)) {
        if ((status = read_row(&reader, rows[taken], &out[taken], err)) < 0)
            goto done;
        taken++;
    }
    *count = taken;
    status = PHX_OK;
done:
    tree_clear(&reader.tree);
    tree_json_free(reader.json);
    memory_free(tables);
    return status;
}

phx_status block_read_spans(struct block *block, struct arena *arena,
                            const uint32_t *rows, size_t count, int parts,
                            struct span *out, phx_error *err)
{
    return read_rows(block, arena, SIZE_MAX, rows, &count, parts, NULL, out,
                     err);
}

phx_status block_read_some(struct block *block, struct arena *arena,
                           size_t most, const uint32_t *rows, size_t *count,
                           int parts, struct span *out, phx_error *err)
{
    return read_rows(block, arena, most, rows, count, parts, NULL, out, err);
}

phx_status block_read_chosen(struct block *block, struct arena *arena,
                             size_t most, const uint32_t *rows, size_t *count,
                             const struct block_choice *choice,
                             struct span *out, phx_error *err)
{
    bool bare = choice->count == 0 && !choice->events;

    return read_rows(block, arena, most, rows, count,
                     bare ? BLOCK_BARE : BLOCK_WHOLE, bare ? NULL : choice, out,
                     err);
}

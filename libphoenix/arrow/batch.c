/*
 * batch.c - columns filled row by row, laid out as Arrow has them in memory:
 * validity bits, offsets, values. A batch takes rows until it has so many, or
 * so many bytes; then it is written, or exported, and used again.
 */
#include "base/base.h"

#include "arrow/arrow.h"
#include "arrow/inside.h"

#include <assert.h>

enum { CELL = 8 }; /* what a value counts besides its text */

bool column_has_offsets(const struct column *column)
{
    enum column_type type = column->field->type;

    return type == ARROW_TEXT || type == ARROW_BYTES || type == ARROW_LIST;
}

bool column_has_values(const struct column *column)
{
    return column->field->type != ARROW_LIST &&
           column->field->type != ARROW_STRUCT;
}

/* --- life ------------------------------------------------------------------- */

static phx_status add_columns(struct column_batch *batch,
                              const struct column_field *fields, uint32_t count,
                              struct column **out, phx_error *err)
{
    static const struct column_field texts = {.type = ARROW_TEXT};
    size_t size = size_mul(count, sizeof **out);
    struct column *columns = arena_new(&batch->arena, size);
    phx_status status = PHX_OK;

    if (columns == NULL)
        return arena_status(&batch->arena, size, err);
    for (uint32_t i = 0; i < count; i++) {
        columns[i] =
            (struct column){.field = &fields[i], .bytes = &batch->bytes};
        buf_init(&columns[i].valid, INT32_MAX);
        buf_init(&columns[i].offsets, INT32_MAX);
        buf_init(&columns[i].values, INT32_MAX);
        map_init(&columns[i].places);
    }
    *out = columns;
    for (uint32_t i = 0; i < count && status == PHX_OK; i++) {
        if (fields[i].type == ARROW_WORD)
            status = add_columns(batch, &texts, 1, &columns[i].dictionary, err);
        else if (fields[i].child_count > 0)
            status =
                add_columns(batch, fields[i].children, fields[i].child_count,
                            &columns[i].children, err);
    }
    return status;
}

phx_status column_batch_new(const struct column_schema *schema,
                            struct column_batch **out, phx_error *err)
{
    struct column_batch *batch;
    phx_status status = schema_check(schema, err);

    if (status < 0)
        return status;
    if ((batch = memory_new(sizeof *batch)) == NULL)
        return fail_memory(err, sizeof *batch);
    *batch = (struct column_batch){.schema = schema, .limit = BATCH_BYTES};
    arena_init(&batch->arena, SIZE_MAX);
    if ((status = add_columns(batch, schema->fields, schema->count,
                              &batch->columns, err)) < 0) {
        arena_clear(&batch->arena);
        memory_free(batch);
        return status;
    }
    column_batch_reset(batch);
    *out = batch;
    return PHX_OK;
}

static void clear_columns(struct column *columns, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        struct column *column = &columns[i];
        clear_columns(column->children, column->field->child_count);
        clear_columns(column->dictionary, column->dictionary != NULL);
        map_clear(&column->places);
        buf_clear(&column->valid);
        buf_clear(&column->offsets);
        buf_clear(&column->values);
    }
}

void column_batch_free(struct column_batch *batch)
{
    if (batch == NULL)
        return;
    clear_columns(batch->columns, batch->schema->count);
    arena_clear(&batch->arena);
    memory_free(batch);
}

static void add_offset(struct column *column, size_t offset)
{
    int32_t value = (int32_t)offset;

    if (offset > INT32_MAX)
        column->offsets.status = PHX_TOO_BIG;
    buf_add(&column->offsets, &value, sizeof value);
}

static void reset_columns(struct column *columns, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        struct column *column = &columns[i];
        column->rows = column->nulls = 0;
        buf_reset(&column->valid);
        buf_reset(&column->offsets);
        buf_reset(&column->values);
        map_reset(&column->places);
        if (column_has_offsets(column))
            add_offset(column, 0);
        reset_columns(column->children, column->field->child_count);
        reset_columns(column->dictionary, column->dictionary != NULL);
    }
}

void column_batch_reset(struct column_batch *batch)
{
    batch->rows = batch->bytes = 0;
    reset_columns(batch->columns, batch->schema->count);
}

void column_batch_limit(struct column_batch *batch, size_t bytes)
{
    batch->limit = bytes;
}

/* --- values ----------------------------------------------------------------- */

static void add_bit(struct buf *bits, size_t index, bool bit)
{
    if (index % 8 == 0)
        buf_add_byte(bits, 0);
    if (bit && bits->status == PHX_OK)
        bits->data[index / 8] |= (uint8_t)(1u << index % 8);
}

/* The first null makes the bits of the rows before it. */
static void count_row(struct column *column, bool valid)
{
    if (!valid && column->nulls == 0)
        for (size_t i = 0; i < column->rows; i++)
            add_bit(&column->valid, i, true);
    column->nulls += !valid;
    if (column->nulls > 0)
        add_bit(&column->valid, column->rows, valid);
    column->rows++;
    *column->bytes += CELL;
}

void column_add_null(struct column *column)
{
    static const uint8_t zero[8];

    switch (column->field->type) {
    case ARROW_BOOL:
        add_bit(&column->values, column->rows, false);
        break;
    case ARROW_WORD:
        buf_add(&column->values, zero, sizeof(int32_t));
        break;
    case ARROW_TEXT:
    case ARROW_BYTES:
        add_offset(column, column->values.size);
        break;
    case ARROW_LIST:
        add_offset(column, column->children->rows);
        break;
    case ARROW_STRUCT:
        for (uint32_t i = 0; i < column->field->child_count; i++)
            column_add_null(&column->children[i]);
        break;
    default:
        buf_add(&column->values, zero, sizeof zero);
    }
    count_row(column, false);
}

void column_add_bool(struct column *column, bool value)
{
    assert(column->field->type == ARROW_BOOL);
    add_bit(&column->values, column->rows, value);
    count_row(column, true);
}

void column_add_int(struct column *column, int64_t value)
{
    assert(column->field->type == ARROW_INT ||
           column->field->type == ARROW_TIME_US ||
           column->field->type == ARROW_TIME_NS);
    buf_add(&column->values, &value, sizeof value);
    count_row(column, true);
}

void column_add_real(struct column *column, double value)
{
    assert(column->field->type == ARROW_REAL);
    buf_add(&column->values, &value, sizeof value);
    count_row(column, true);
}

static void add_bytes(struct column *column, phx_text value)
{
    buf_add(&column->values, value.data, value.size);
    add_offset(column, column->values.size);
    count_row(column, true);
    *column->bytes += value.size;
}

/* The index of a word. Of two that share a hash, the second is a new entry each
 * time it comes, which readers do not mind. */
static int32_t find_word(struct column *column, phx_text word)
{
    struct column *words = column->dictionary;
    bool fresh = false;
    uint32_t *place =
        map_slot(&column->places, hash_bytes(word.data, word.size, 0), &fresh);

    if (place == NULL) {
        column->values.status = PHX_NO_MEMORY;
        return 0;
    }
    if (!fresh && (words->values.status < 0 || words->offsets.status < 0 ||
                   text_equal(column_text(words, *place), word)))
        return (int32_t)*place;
    if (fresh)
        *place = (uint32_t)words->rows;
    add_bytes(words, word);
    return (int32_t)words->rows - 1;
}

void column_add_text(struct column *column, phx_text value)
{
    int32_t index;

    assert(column->field->type == ARROW_TEXT ||
           column->field->type == ARROW_WORD ||
           column->field->type == ARROW_BYTES);
    if (value.data == NULL) {
        column_add_null(column);
    } else if (column->field->type == ARROW_WORD) {
        index = find_word(column, value);
        buf_add(&column->values, &index, sizeof index);
        count_row(column, true);
    } else {
        add_bytes(column, value);
    }
}

void column_add_as_text(struct column *column, const struct value *value)
{
    size_t before = column->values.size;

    assert(column->field->type == ARROW_TEXT);
    if (value->kind == JSON_TEXT) {
        column_add_text(column, value->text);
        return;
    }
    json_write_value(&column->values, value, 0);
    add_offset(column, column->values.size);
    count_row(column, true);
    *column->bytes += column->values.size - before;
}

void column_add_list(struct column *column)
{
    assert(column->field->type == ARROW_LIST);
    add_offset(column, column->children->rows);
    count_row(column, true);
}

static void fill_columns(struct column *columns, uint32_t count, size_t rows)
{
    for (uint32_t i = 0; i < count; i++) {
        if (columns[i].rows < rows)
            column_add_null(&columns[i]);
        assert(columns[i].rows == rows);
    }
}

void column_add_struct(struct column *column)
{
    assert(column->field->type == ARROW_STRUCT);
    fill_columns(column->children, column->field->child_count,
                 column->rows + 1);
    count_row(column, true);
}

bool column_batch_end_row(struct column_batch *batch)
{
    batch->rows++;
    fill_columns(batch->columns, batch->schema->count, batch->rows);
    return batch->rows >= BATCH_ROWS || batch->bytes >= batch->limit;
}

/* --- reading ------------------------------------------------------------------ */

static phx_status columns_status(const struct column *columns, uint32_t count,
                                 phx_error *err)
{
    phx_status status = PHX_OK;
    char what[80];

    for (uint32_t i = 0; i < count && status == PHX_OK; i++) {
        const struct column *column = &columns[i];
        phx_text name = column->field->name;
        snprintf(what, sizeof what, "column '%.*s'",
                 name.size < 64 ? (int)name.size : 64,
                 name.size > 0 ? name.data : "");
        if ((status = buf_status(&column->valid, what, err)) < 0 ||
            (status = buf_status(&column->offsets, what, err)) < 0 ||
            (status = buf_status(&column->values, what, err)) < 0 ||
            (status = columns_status(column->dictionary,
                                     column->dictionary != NULL, err)) < 0)
            break;
        status =
            columns_status(column->children, column->field->child_count, err);
    }
    return status;
}

phx_status column_batch_status(const struct column_batch *batch, phx_error *err)
{
    return columns_status(batch->columns, batch->schema->count, err);
}

size_t column_batch_rows(const struct column_batch *batch)
{
    return batch->rows;
}

struct column *column_batch_at(struct column_batch *batch, uint32_t index)
{
    assert(index < batch->schema->count);
    return &batch->columns[index];
}

struct column *column_child(struct column *column, uint32_t index)
{
    assert(index < column->field->child_count);
    return &column->children[index];
}

int32_t column_offset(const struct column *column, size_t index)
{
    int32_t offset;

    memcpy(&offset, column->offsets.data + index * sizeof offset,
           sizeof offset);
    return offset;
}

phx_text column_text(const struct column *column, size_t index)
{
    int32_t begin = column_offset(column, index);
    int32_t end = column_offset(column, index + 1);

    return end == begin
               ? text_of("")
               : text_span(column->values.data + begin, (size_t)(end - begin));
}

bool column_is_valid(const struct column *column, size_t index)
{
    return column->nulls == 0 ||
           (column->valid.data[index / 8] >> index % 8 & 1) != 0;
}

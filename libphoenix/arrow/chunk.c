/*
 * chunk.c - one column of one row group of a Parquet file: pages of levels and
 * values, of words a page with the dictionary before them.
 *
 *     page     header, zstd{ repetition levels, definition levels, values }
 *     levels   u32 size, packed as in rle.c; none where there is one level only
 *     values   8 bytes, bits, or u32 size and bytes; of words u8 width and
 *              indexes packed as in rle.c
 *
 * A definition level says how much of the way to a value is there: one step for
 * each thing that may be null, one more for an item of a list. A repetition
 * level says which list goes on; 0 is a new row.
 * https://parquet.apache.org/docs/file-format/
 */
#include "base/base.h"

#include "arrow/parquet.h"

#include <zstd_errors.h>

enum { LEVEL = 1, PAGE_BYTES = SHRUNK(1 << 20, 256) };

/* --- life -------------------------------------------------------------------- */

phx_status chunk_writer_init(struct chunk_writer *chunk, phx_error *err)
{
    ZSTD_customMem memory = {memory_new_for, memory_free_for, NULL};

    *chunk = (struct chunk_writer){0};
    buf_init(&chunk->definitions, INT32_MAX);
    buf_init(&chunk->repetitions, INT32_MAX);
    buf_init(&chunk->indexes, INT32_MAX);
    buf_init(&chunk->values, INT32_MAX);
    buf_init(&chunk->page, INT32_MAX);
    buf_init(&chunk->packed, INT32_MAX);
    buf_init(&chunk->header, INT32_MAX);
    if ((chunk->zstd = ZSTD_createCCtx_advanced(memory)) == NULL)
        return fail(err, PHX_NO_MEMORY, -1, "no memory for compression");
    ZSTD_CCtx_setParameter(chunk->zstd, ZSTD_c_compressionLevel, LEVEL);
    return PHX_OK;
}

void chunk_writer_clear(struct chunk_writer *chunk)
{
    buf_clear(&chunk->definitions);
    buf_clear(&chunk->repetitions);
    buf_clear(&chunk->indexes);
    buf_clear(&chunk->values);
    buf_clear(&chunk->page);
    buf_clear(&chunk->packed);
    buf_clear(&chunk->header);
    ZSTD_freeCCtx(chunk->zstd);
}

/* --- pages ------------------------------------------------------------------- */

static uint32_t width_of(uint32_t most)
{
    uint32_t width = 0;

    for (; most > 0; most >>= 1)
        width++;
    return width;
}

static phx_status compress(struct chunk_writer *chunk, phx_error *err)
{
    size_t bound = ZSTD_compressBound(chunk->page.size);

    buf_reset(&chunk->packed);
    uint8_t *room = buf_room(&chunk->packed, bound);
    if (room == NULL)
        return buf_status(&chunk->packed, "a page", err);
    size_t size = ZSTD_compress2(chunk->zstd, room, bound, chunk->page.data,
                                 chunk->page.size);
    if (ZSTD_getErrorCode(size) == ZSTD_error_memory_allocation)
        return fail(err, PHX_NO_MEMORY, -1, "no memory for compression");
    if (ZSTD_isError(size))
        return fail(err, PHX_INTERNAL, -1, "cannot compress: %s",
                    ZSTD_getErrorName(size));
    buf_used(&chunk->packed, size);
    return PHX_OK;
}

static void add_header(struct chunk_writer *chunk, bool dictionary,
                       size_t count, int32_t encoding)
{
    struct thrift thrift;

    buf_reset(&chunk->header);
    thrift_begin(&thrift, &chunk->header);
    thrift_i32(&thrift, PAGE_TYPE, dictionary ? PAGE_DICTIONARY : PAGE_DATA);
    thrift_i32(&thrift, PAGE_UNCOMPRESSED_SIZE, (int32_t)chunk->page.size);
    thrift_i32(&thrift, PAGE_COMPRESSED_SIZE, (int32_t)chunk->packed.size);
    thrift_open(&thrift,
                dictionary ? PAGE_DICTIONARY_HEADER : PAGE_DATA_HEADER);
    thrift_i32(&thrift, PAGE_HEADER_VALUES, (int32_t)count);
    thrift_i32(&thrift, PAGE_HEADER_ENCODING, encoding);
    if (!dictionary) {
        thrift_i32(&thrift, PAGE_HEADER_DEFINITIONS, ENCODING_RLE);
        thrift_i32(&thrift, PAGE_HEADER_REPETITIONS, ENCODING_RLE);
    }
    thrift_close(&thrift);
    thrift_end(&thrift);
}

/* What is in chunk->page goes out. */
static phx_status write_page(struct chunk_writer *chunk,
                             struct arrow_writer *writer, bool dictionary,
                             size_t count, int32_t encoding, phx_error *err)
{
    struct chunk_facts *facts = &chunk->facts;
    phx_status status = buf_status(&chunk->page, "a page", err);

    if (status < 0 || (status = compress(chunk, err)) < 0)
        return status;
    add_header(chunk, dictionary, count, encoding);
    if ((status = buf_status(&chunk->header, "a page's header", err)) < 0)
        return status;
    facts->size += chunk->header.size + chunk->page.size;
    facts->packed_size += chunk->header.size + chunk->packed.size;
    if ((status = writer_write(writer, chunk->header.data, chunk->header.size,
                               err)) < 0)
        return status;
    return writer_write(writer, chunk->packed.data, chunk->packed.size, err);
}

static void add_levels(struct chunk_writer *chunk, const struct buf *levels,
                       uint32_t most)
{
    struct buf *page = &chunk->page;
    size_t begin = page->size;
    uint32_t size;

    if (most == 0)
        return;
    buf_add_u32(page, 0);
    rle_add(page, (const uint32_t *)(const void *)levels->data,
            levels->size / sizeof(uint32_t), width_of(most));
    size = (uint32_t)(page->size - begin - sizeof size);
    if (page->status == PHX_OK)
        memcpy(page->data + begin, &size, sizeof size);
}

static phx_status end_page(struct chunk_writer *chunk,
                           struct arrow_writer *writer, phx_error *err)
{
    const struct buf *indexes = &chunk->indexes;
    size_t count = chunk->definitions.size / sizeof(uint32_t);
    phx_status status;

    if ((status = buf_status(&chunk->definitions, "a page", err)) < 0 ||
        (status = buf_status(&chunk->repetitions, "a page", err)) < 0 ||
        (status = buf_status(indexes, "a page", err)) < 0 ||
        (status = buf_status(&chunk->values, "a page", err)) < 0)
        return status;
    buf_reset(&chunk->page);
    add_levels(chunk, &chunk->repetitions, chunk->leaf->repetition);
    add_levels(chunk, &chunk->definitions, chunk->leaf->definition);
    if (chunk->is_word) {
        buf_add_byte(&chunk->page, (uint8_t)chunk->index_width);
        rle_add(&chunk->page, (const uint32_t *)(const void *)indexes->data,
                indexes->size / sizeof(uint32_t), chunk->index_width);
    } else {
        buf_add(&chunk->page, chunk->values.data, chunk->values.size);
    }
    buf_reset(&chunk->definitions);
    buf_reset(&chunk->repetitions);
    buf_reset(&chunk->indexes);
    buf_reset(&chunk->values);
    chunk->facts.values += count;
    chunk->value_count = 0;
    return write_page(chunk, writer, false, count,
                      chunk->is_word ? ENCODING_RLE_DICTIONARY : ENCODING_PLAIN,
                      err);
}

static void add_bytes(struct buf *out, phx_text bytes)
{
    buf_add_u32(out, (uint32_t)bytes.size);
    buf_add_text(out, bytes);
}

static phx_status write_dictionary(struct chunk_writer *chunk,
                                   struct arrow_writer *writer,
                                   const struct column *words, phx_error *err)
{
    buf_reset(&chunk->page);
    for (size_t i = 0; i < words->rows; i++)
        add_bytes(&chunk->page, column_text(words, i));
    return write_page(chunk, writer, true, words->rows, ENCODING_PLAIN, err);
}

/* --- values -------------------------------------------------------------------- */

static void note_bounds(struct chunk_facts *facts, int64_t value)
{
    if (!facts->has_bounds || value < facts->least)
        facts->least = value;
    if (!facts->has_bounds || value > facts->most)
        facts->most = value;
    facts->has_bounds = true;
}

static void add_value(struct chunk_writer *chunk, const struct column *column,
                      size_t index)
{
    struct buf *out = &chunk->values;
    int64_t number;
    bool bit;

    switch (column->field->type) {
    case ARROW_BOOL:
        bit = column->values.data[index / 8] >> index % 8 & 1;
        if (chunk->value_count % 8 == 0)
            buf_add_byte(out, 0);
        if (bit && out->status == PHX_OK)
            out->data[out->size - 1] |= (uint8_t)(1u << chunk->value_count % 8);
        break;
    case ARROW_WORD:
        buf_add(&chunk->indexes, column->values.data + index * 4, 4);
        break;
    case ARROW_TEXT:
    case ARROW_BYTES:
        add_bytes(out, column_text(column, index));
        break;
    case ARROW_REAL:
        buf_add(out, column->values.data + index * 8, 8);
        break;
    default:
        memcpy(&number, column->values.data + index * 8, 8);
        note_bounds(&chunk->facts, number);
        buf_add(out, &number, sizeof number);
    }
    chunk->value_count++;
}

static void add_level_pair(struct chunk_writer *chunk, uint32_t repetition,
                           uint32_t definition)
{
    buf_add(&chunk->definitions, &definition, sizeof definition);
    if (chunk->leaf->repetition > 0)
        buf_add(&chunk->repetitions, &repetition, sizeof repetition);
    chunk->facts.nulls += definition < chunk->leaf->definition;
}

/* The values under row `index` of columns[0], which is at `definition`; lists
 * around it repeat at `lists`. */
static void add_values(struct chunk_writer *chunk,
                       const struct column *const *columns, size_t index,
                       uint32_t repetition, uint32_t definition, uint32_t lists)
{
    const struct column *column = columns[0];

    if (!column_is_valid(column, index)) {
        add_level_pair(chunk, repetition, definition);
    } else if (column->field->type == ARROW_STRUCT) {
        add_values(chunk, columns + 1, index, repetition, definition + 1,
                   lists);
    } else if (column->field->type == ARROW_LIST) {
        int32_t begin = column_offset(column, index);
        int32_t end = column_offset(column, index + 1);
        if (begin == end)
            add_level_pair(chunk, repetition, definition + 1);
        for (int32_t i = begin; i < end; i++)
            add_values(chunk, columns + 1, (size_t)i,
                       i == begin ? repetition : lists + 1, definition + 2,
                       lists + 1);
    } else {
        add_level_pair(chunk, repetition, definition + 1);
        add_value(chunk, column, index);
    }
}

/* A page ends with a row. Levels and indexes take little of one. */
static bool is_full(const struct chunk_writer *chunk)
{
    return chunk->values.size + chunk->definitions.size / 4 +
               chunk->indexes.size / 4 >=
           PAGE_BYTES;
}

phx_status chunk_write(struct chunk_writer *chunk, struct arrow_writer *writer,
                       const struct parquet_leaf *leaf,
                       const struct column_batch *batch, phx_error *err)
{
    const struct column *columns[COLUMN_DEPTH];
    phx_status status = PHX_OK;

    columns[0] = &batch->columns[leaf->path[0]];
    for (uint32_t i = 1; i < leaf->depth; i++)
        columns[i] = &columns[i - 1]->children[leaf->path[i]];
    const struct column *words = columns[leaf->depth - 1]->dictionary;
    chunk->leaf = leaf;
    chunk->is_word = words != NULL;
    chunk->facts = (struct chunk_facts){.first_page = writer->offset};
    if (words != NULL) {
        chunk->index_width =
            words->rows > 1 ? width_of((uint32_t)words->rows - 1) : 1;
        status = write_dictionary(chunk, writer, words, err);
    }
    chunk->facts.data_page = writer->offset;
    for (size_t i = 0; i < batch->rows && status == PHX_OK; i++) {
        add_values(chunk, columns, i, 0, 0, 0);
        if (is_full(chunk) && i + 1 < batch->rows)
            status = end_page(chunk, writer, err);
    }
    return status == PHX_OK ? end_page(chunk, writer, err) : status;
}

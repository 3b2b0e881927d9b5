/*
 * writer.c - the life of a block writer and of the images it fills. The writer
 * keeps its tables and contexts: making a block allocates little once it has
 * made some.
 */
#include "base/base.h"

#include "block/block.h"
#include "block/write.h"

enum { IMAGE_LIMIT = 1 << 30 };

phx_status block_writer_new(struct block_writer **out, phx_error *err)
{
    struct block_writer *writer = memory_new(sizeof *writer);
    phx_status status;
    uint64_t seed;

    if (!writer)
        return fail_memory(err, sizeof *writer);
    memset(writer, 0, sizeof *writer);
    if ((status = random_bytes(&seed, sizeof seed, err)) < 0 ||
        (status = compressor_init(&writer->compressor, err)) < 0) {
        memory_free(writer);
        return status;
    }
    shape_init(&writer->shape, seed);
    text_area_init(&writer->texts, seed);
    column_maker_init(&writer->maker, seed);
    buf_init(&writer->places, DIRECTORY_LIMIT);
    buf_init(&writer->directory, DIRECTORY_LIMIT);
    buf_init(&writer->packed, FRAME_LIMIT);
    arena_init(&writer->small, FRAME_LIMIT);
    *out = writer;
    return PHX_OK;
}

static void free_rows(struct block_writer *writer)
{
    for (int i = 0; i < COLUMN_NAME; i++) {
        memory_free(writer->fixed[i]);
        writer->fixed[i] = NULL;
    }
    memory_free(writer->texts_by_row);
    memory_free(writer->trace_rows);
    memory_free(writer->outside_rows);
    writer->texts_by_row = NULL;
    writer->trace_rows = writer->outside_rows = NULL;
    writer->row_capacity = 0;
}

void block_writer_free(struct block_writer *writer)
{
    if (!writer)
        return;
    gather_clear(writer);
    shape_clear(&writer->shape);
    text_area_clear(&writer->texts);
    column_maker_clear(&writer->maker);
    compressor_clear(&writer->compressor);
    memory_free(writer->frames.frames);
    buf_clear(&writer->places);
    buf_clear(&writer->directory);
    free_rows(writer);
    table_clear(&writer->ids);
    memory_free(writer);
}

void block_image_init(struct block_image *image)
{
    buf_init(&image->bytes, IMAGE_LIMIT);
    image->frame_count = 0;
}

void block_image_clear(struct block_image *image)
{
    buf_clear(&image->bytes);
    image->frame_count = 0;
}

phx_status writer_new_rows(struct block_writer *writer, size_t rows,
                           phx_error *err)
{
    bool made = true;

    free_rows(writer);
    for (int i = 0; i < COLUMN_NAME; i++)
        made &= (writer->fixed[i] = memory_new(rows * sizeof(int64_t))) != NULL;
    writer->texts_by_row = memory_new(rows * sizeof *writer->texts_by_row);
    writer->trace_rows = memory_new(rows * sizeof *writer->trace_rows);
    writer->outside_rows = memory_new(rows * sizeof *writer->outside_rows);
    if (!made || !writer->texts_by_row || !writer->trace_rows ||
        !writer->outside_rows)
        return fail(err, PHX_NO_MEMORY, -1, "no memory for %zu rows", rows);
    writer->row_capacity = rows;
    return PHX_OK;
}

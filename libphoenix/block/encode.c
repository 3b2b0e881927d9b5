/*
 * encode.c - spans -> a block: gathers cells row by row, then writes the fixed
 * columns, the attribute columns in order of their paths, and the directory.
 */
#include "base/base.h"

#include "block/block.h"
#include "block/write.h"

#include <stdlib.h>

enum { SOME = COLUMN_FRAME / 4 }; /* enough for a frame of its own */

static phx_status begin(struct block_writer *writer, size_t rows,
                        struct block_image *out, phx_error *err)
{
    phx_status status;

    buf_reset(&out->bytes);
    out->frame_count = 0;
    out->zone = (struct block_zone){0};
    writer->compressor.out = &out->bytes;
    writer->frames.count = 0;
    writer->begins_frame = true;
    writer->rows = writer->traces = writer->outside = 0;
    writer->kept = 0;
    buf_reset(&writer->places);
    buf_reset(&writer->directory);
    if (rows > writer->row_capacity &&
        (status = writer_new_rows(writer, rows, err)) < 0)
        return status;
    if ((status = column_maker_reset(&writer->maker, rows, err)) < 0)
        return status;
    return gather_begin(writer, err);
}

/* --- rows -------------------------------------------------------------------------- */

/* Asks for what the rows to come will need first: spans and their trees have
 * left the cache, and waiting for them would be a quarter of the time. */
__attribute__((always_inline)) static inline void
fetch_ahead(const struct span *const *spans, size_t row, size_t most)
{
    enum { LINE = 64, SPANS = 4, ROOTS = 2, ROOT_LINES = 4 };

    if (row + SPANS >= most)
        return;
    const char *span = (const char *)spans[row + SPANS];
    for (size_t i = 0; i < sizeof(struct span); i += LINE)
        __builtin_prefetch(span + i);
    const char *root = (const char *)spans[row + ROOTS]->tree.members;
    for (size_t i = 0; root && i < ROOT_LINES; i++)
        __builtin_prefetch(root + i * LINE);
}

static phx_status add_row(struct block_writer *writer, const struct span *span,
                          struct block_zone *zone, phx_error *err)
{
    phx_status status = gather_span(writer, span, err);
    uint32_t row = writer->rows;

    if (status != PHX_OK)
        return status;
    writer->fixed[COLUMN_NUMBER][row] = span->number;
    writer->fixed[COLUMN_START][row] = (int64_t)span->start_time;
    writer->fixed[COLUMN_DURATION][row] =
        (int64_t)(span->end_time - span->start_time);
    writer->fixed[COLUMN_KIND][row] = span->kind;
    writer->fixed[COLUMN_STATUS][row] = span->status;
    writer->fixed[COLUMN_PROJECT][row] = span->project;
    writer->fixed[COLUMN_PROMPT_TOKENS][row] = span->prompt_tokens;
    writer->fixed[COLUMN_COMPLETION_TOKENS][row] = span->completion_tokens;
    writer->kept += span->name.size + span->span_id.size +
                    span->parent_id.size + span->trace_id.size;
    zone_add(zone, span);
    writer->rows++;
    return PHX_OK;
}

/* --- frames --------------------------------------------------------------------------- */

static phx_status end_frame(struct block_writer *writer, size_t least,
                            phx_error *err)
{
    struct column_maker *maker = &writer->maker;
    phx_status status;

    if (maker->frame.status < 0)
        return buf_status(&maker->frame, "a block's columns", err);
    if (maker->frame.size < least || maker->frame.size == 0)
        return PHX_OK;
    status = make_frame(&writer->compressor, &writer->frames, maker->frame.data,
                        maker->frame.size, err);
    column_maker_begin_frame(maker);
    writer->begins_frame = true;
    return status;
}

/* Ends a column that began at `start` of the frame. */
static phx_status end_column(struct block_writer *writer, size_t start,
                             phx_error *err)
{
    uint64_t size = writer->maker.frame.size - start;

    buf_add_varint(&writer->places, size << 1 | writer->begins_frame);
    writer->begins_frame = false;
    return end_frame(writer, COLUMN_FRAME, err);
}

static phx_status write_ints(struct block_writer *writer, const int64_t *values,
                             uint32_t count, phx_error *err)
{
    size_t start = writer->maker.frame.size;

    put_ints(&writer->maker.frame, values, count);
    return end_column(writer, start, err);
}

static phx_status write_texts(struct block_writer *writer, uint32_t count,
                              bool repeat, phx_error *err)
{
    size_t start = writer->maker.frame.size;
    phx_status status =
        put_strings(&writer->maker, writer->texts_by_row, count, repeat, err);

    return status < 0 ? status : end_column(writer, start, err);
}

static phx_status write_names(struct block_writer *writer,
                              const struct span *const *spans, phx_error *err)
{
    for (uint32_t i = 0; i < writer->rows; i++)
        writer->texts_by_row[i] = spans[i]->name;
    return write_texts(writer, writer->rows, true, err);
}

static phx_status write_traces(struct block_writer *writer,
                               const struct span *const *spans, phx_error *err)
{
    int64_t *ints = writer->maker.ints;
    phx_status status;

    for (uint32_t i = 0; i < writer->traces; i++)
        ints[i] = spans[writer->trace_rows[i]]->trace;
    if ((status = write_ints(writer, ints, writer->traces, err)) < 0)
        return status;
    for (uint32_t i = 0; i < writer->traces; i++)
        ints[i] = spans[writer->trace_rows[i]]->session;
    return write_ints(writer, ints, writer->traces, err);
}

/* Ids do not compress: apart from the rest, so that a look-up by id reads
 * little else, and all else need not read them. */
static phx_status write_ids(struct block_writer *writer,
                            const struct span *const *spans, phx_error *err)
{
    phx_text *texts = writer->texts_by_row;
    phx_status status;

    if ((status = end_frame(writer, SOME, err)) < 0)
        return status;
    for (uint32_t i = 0; i < writer->traces; i++)
        texts[i] = spans[writer->trace_rows[i]]->trace_id;
    if ((status = write_texts(writer, writer->traces, false, err)) < 0)
        return status;
    for (uint32_t i = 0; i < writer->rows; i++)
        texts[i] = spans[i]->span_id;
    if ((status = write_texts(writer, writer->rows, false, err)) < 0)
        return status;
    for (uint32_t i = 0; i < writer->outside; i++)
        texts[i] = spans[writer->outside_rows[i]]->parent_id;
    if ((status = write_texts(writer, writer->outside, false, err)) < 0)
        return status;
    return end_frame(writer, SOME, err);
}

static phx_status write_text_sizes(struct block_writer *writer, phx_error *err)
{
    const struct text_area *area = &writer->texts;
    size_t size = size_mul(area->count, sizeof(int64_t));
    int64_t *sizes = area->count > 0 ? memory_new(size) : NULL;
    phx_status status;

    if (area->count > 0 && !sizes)
        return fail_memory(err, size);
    for (uint32_t i = 0; i < area->count; i++)
        sizes[i] = area->places[i].size;
    if ((status = write_ints(writer, sizes, area->count, err)) == PHX_OK)
        status = end_frame(writer, SOME, err);
    memory_free(sizes);
    return status;
}

/* --- attribute columns ------------------------------------------------------------------ */

static int by_path(const void *a, const void *b)
{
    const struct column *const *x = a, *const *y = b;

    return path_compare((*x)->path, (*y)->path);
}

static phx_status write_attribute(struct block_writer *writer,
                                  const struct column *column, phx_error *err)
{
    size_t start = writer->maker.frame.size;
    phx_status status = put_column(&writer->maker, column, writer->rows, err);

    if (status < 0 || (status = end_column(writer, start, err)) < 0)
        return status;
    buf_add_varint(&writer->places, column->path.size);
    buf_add_text(&writer->places, column->path);
    return PHX_OK;
}

static phx_status write_attributes(struct block_writer *writer, phx_error *err)
{
    const struct column **sorted;
    size_t count = writer->column_count, size = count * sizeof *sorted;
    phx_status status = PHX_OK;

    if (count == 0)
        return end_frame(writer, 1, err);
    if (!(sorted = memory_new(size)))
        return fail_memory(err, size);
    for (size_t i = 0; i < count; i++)
        sorted[i] = &writer->columns[i];
    qsort(sorted, count, sizeof *sorted, by_path);
    for (size_t i = 0; i < count && status >= 0; i++)
        status = write_attribute(writer, sorted[i], err);
    memory_free(sorted);
    return status < 0 ? status : end_frame(writer, 1, err);
}

/* --- the whole ---------------------------------------------------------------------------- */

static phx_status write_columns(struct block_writer *writer,
                                const struct span *const *spans, phx_error *err)
{
    phx_status status;

    for (int i = 0; i < COLUMN_NAME; i++)
        if ((status = write_ints(writer, writer->fixed[i], writer->rows, err)) <
            0)
            return status;
    if ((status = write_names(writer, spans, err)) < 0 ||
        (status = write_traces(writer, spans, err)) < 0 ||
        (status = write_ids(writer, spans, err)) < 0 ||
        (status = write_text_sizes(writer, err)) < 0)
        return status;
    return write_attributes(writer, err);
}

static phx_status write_directory(struct block_writer *writer,
                                  struct block_image *out, phx_error *err)
{
    const struct frame_list *columns = &writer->frames,
                            *texts = &writer->texts.frames;
    struct buf *directory = &writer->directory;
    size_t offset = out->bytes.size, made;
    phx_status status;

    buf_add_u32(directory, writer->rows);
    buf_add_u32(directory, writer->traces);
    buf_add_u32(directory, writer->outside);
    buf_add_u32(directory, writer->texts.count);
    buf_add_u32(directory, writer->column_count);
    buf_add_u32(directory, columns->count);
    buf_add_u32(directory, columns->count + texts->count);
    for (uint32_t i = 0; i < columns->count; i++)
        buf_add_u32(directory, columns->frames[i].raw);
    for (uint32_t i = 0; i < texts->count; i++)
        buf_add_u32(directory, texts->frames[i].raw);
    buf_add(directory, writer->places.data, writer->places.size);
    if ((status = buf_status(&writer->places, "a directory", err)) < 0 ||
        (status = buf_status(directory, "a directory", err)) < 0)
        return status;
    buf_add_byte(&out->bytes, BLOCK_VERSION);
    buf_add_u32(&out->bytes, (uint32_t)directory->size);
    if ((status = compress_bytes(&writer->compressor, directory->data,
                                 directory->size, &made, err)) < 0)
        return status;
    if (columns->count + texts->count >= BLOCK_FRAMES)
        return fail(err, PHX_TOO_BIG, -1, "block has over %d frames",
                    BLOCK_FRAMES);
    out->frames[out->frame_count++] =
        (struct block_frame){offset, out->bytes.size - offset};
    for (uint32_t i = 0; i < columns->count; i++)
        out->frames[out->frame_count++] = columns->frames[i].frame;
    for (uint32_t i = 0; i < texts->count; i++)
        out->frames[out->frame_count++] = texts->frames[i].frame;
    return PHX_OK;
}

phx_status block_encode(struct block_writer *writer,
                        const struct span *const *spans, size_t count,
                        struct block_image *out, size_t *taken, phx_error *err)
{
    size_t most = count < BLOCK_ROWS ? count : BLOCK_ROWS;
    phx_status status;

    if ((status = begin(writer, most, out, err)) < 0)
        return status;
    while (writer->rows < most) {
        fetch_ahead(spans, writer->rows, most);
        status = add_row(writer, spans[writer->rows], &out->zone, err);
        if (status < 0)
            return status;
        if (status == PHX_DONE)
            break;
    }
    if ((status = text_area_end(&writer->texts, &writer->compressor, err)) <
            0 ||
        (status = number_traces(writer, spans, err)) < 0 ||
        (status = number_parents(writer, spans, err)) < 0 ||
        (status = write_columns(writer, spans, err)) < 0 ||
        (status = write_directory(writer, out, err)) < 0)
        return status;
    *taken = writer->rows;
    return PHX_OK;
}

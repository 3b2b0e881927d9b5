/*
 * ipc.c - batches as an Arrow IPC stream:
 *
 *     schema, then for each batch its dictionaries and itself, then the end
 *     message   ffffffff, u32 size, flat buffer, padding, body
 *     body      the columns' buffers, each padded to eight bytes
 *
 * A batch's dictionaries replace those of the one before it, so that no memory
 * grows with the stream. https://arrow.apache.org/docs/format/Columnar.html
 */
#include "base/base.h"

#include "arrow/arrow.h"
#include "arrow/flat.h"
#include "arrow/inside.h"

static size_t padded(size_t size)
{
    return (size + 7) / 8 * 8;
}

/* How many columns there are, buffers of them, and bytes of those. */
struct body {
    size_t nodes, buffers, size;
};

/* The buffers of a column in the order of the format; how many. */
static uint32_t column_buffers(const struct column *column,
                               const struct buf *out[3])
{
    uint32_t count = 0;

    out[count++] = &column->valid;
    if (column_has_offsets(column))
        out[count++] = &column->offsets;
    if (column_has_values(column))
        out[count++] = &column->values;
    return count;
}

static void measure(const struct column *columns, uint32_t count,
                    struct body *body)
{
    const struct buf *buffers[3];

    for (uint32_t i = 0; i < count; i++) {
        uint32_t found = column_buffers(&columns[i], buffers);
        body->nodes++;
        body->buffers += found;
        for (uint32_t j = 0; j < found; j++)
            body->size += padded(buffers[j]->size);
        measure(columns[i].children, columns[i].field->child_count, body);
    }
}

/* As measured; *at has the places of the next node, buffer and body byte. */
static void describe(struct buf *out, const struct column *columns,
                     uint32_t count, struct body *at)
{
    const struct buf *buffers[3];

    for (uint32_t i = 0; i < count; i++) {
        uint32_t found = column_buffers(&columns[i], buffers);
        flat_put(out, at->nodes, columns[i].rows, 8);
        flat_put(out, at->nodes + 8, columns[i].nulls, 8);
        at->nodes += NODE_SIZE;
        for (uint32_t j = 0; j < found; j++) {
            flat_put(out, at->buffers, at->size, 8);
            flat_put(out, at->buffers + 8, buffers[j]->size, 8);
            at->buffers += BUFFER_SIZE;
            at->size += padded(buffers[j]->size);
        }
        describe(out, columns[i].children, columns[i].field->child_count, at);
    }
}

static phx_status write_body(struct arrow_writer *writer,
                             const struct column *columns, uint32_t count,
                             phx_error *err)
{
    static const uint8_t zeros[8];
    const struct buf *buffers[3];
    phx_status status = PHX_OK;

    for (uint32_t i = 0; i < count && status == PHX_OK; i++) {
        uint32_t found = column_buffers(&columns[i], buffers);
        for (uint32_t j = 0; j < found; j++) {
            size_t size = buffers[j]->size;
            if ((status = writer_write(writer, buffers[j]->data, size, err)) <
                    0 ||
                (status =
                     writer_write(writer, zeros, padded(size) - size, err)) < 0)
                return status;
        }
        status = write_body(writer, columns[i].children,
                            columns[i].field->child_count, err);
    }
    return status;
}

static phx_status write_metadata(struct arrow_writer *writer, phx_error *err)
{
    phx_status status = buf_status(&writer->metadata, "a message", err);

    if (status == PHX_OK)
        status = writer_write(writer, writer->metadata.data,
                              writer->metadata.size, err);
    return status;
}

/* A batch, or with a dictionary's id, that dictionary. */
static phx_status write_columns(struct arrow_writer *writer,
                                const struct column *columns, uint32_t count,
                                size_t rows, const uint64_t *dictionary,
                                phx_error *err)
{
    struct buf *out = &writer->metadata;
    struct body body = {0};
    size_t header;
    phx_status status;

    measure(columns, count, &body);
    buf_reset(out);
    ipc_begin_message(out, dictionary ? HEADER_DICTIONARY : HEADER_BATCH,
                      body.size, &header);
    if (dictionary != NULL) {
        size_t table = flat_table(out, header, &dictionary_layout);
        flat_set(out, table, DICTIONARY_ID, &dictionary_layout, *dictionary);
        header = flat_slot(out, table, DICTIONARY_DATA);
    }
    size_t table = flat_table(out, header, &batch_layout);
    flat_set(out, table, BATCH_LENGTH, &batch_layout, rows);
    struct body at = {0};
    at.nodes = flat_vector(out, flat_slot(out, table, BATCH_NODES), body.nodes,
                           NODE_SIZE, 8);
    at.buffers = flat_vector(out, flat_slot(out, table, BATCH_BUFFERS),
                             body.buffers, BUFFER_SIZE, 8);
    describe(out, columns, count, &at);
    ipc_end_message(out);
    if ((status = write_metadata(writer, err)) < 0)
        return status;
    return write_body(writer, columns, count, err);
}

static phx_status write_dictionaries(struct arrow_writer *writer,
                                     const struct column *columns,
                                     uint32_t count, uint64_t *next,
                                     phx_error *err)
{
    phx_status status = PHX_OK;

    for (uint32_t i = 0; i < count && status == PHX_OK; i++) {
        const struct column *words = columns[i].dictionary;
        if (words != NULL) {
            status = write_columns(writer, words, 1, words->rows, next, err);
            ++*next;
        } else {
            status =
                write_dictionaries(writer, columns[i].children,
                                   columns[i].field->child_count, next, err);
        }
    }
    return status;
}

phx_status ipc_begin(struct arrow_writer *writer, phx_error *err)
{
    ipc_add_schema(&writer->metadata, writer->schema);
    return write_metadata(writer, err);
}

phx_status ipc_put(struct arrow_writer *writer,
                   const struct column_batch *batch, phx_error *err)
{
    uint64_t dictionaries = 0;
    phx_status status = write_dictionaries(
        writer, batch->columns, batch->schema->count, &dictionaries, err);

    if (status < 0)
        return status;
    return write_columns(writer, batch->columns, batch->schema->count,
                         batch->rows, NULL, err);
}

phx_status ipc_end(struct arrow_writer *writer, phx_error *err)
{
    static const uint8_t end[8] = {0xff, 0xff, 0xff, 0xff};

    return writer_write(writer, end, sizeof end, err);
}

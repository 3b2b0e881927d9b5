/*
 * ids.c - ids -> indexes into the block: rows name their trace and their parent
 * by number, and each id is written once.
 */
#include "base/base.h"

#include "block/block.h"
#include "block/write.h"

static bool same_trace(const struct span *a, const struct span *b)
{
    return a->trace == b->trace && a->session == b->session &&
           same_text(a->trace_id, b->trace_id);
}

static uint32_t hash_id(const struct block_writer *writer, phx_text id)
{
    return (uint32_t)hash_bytes(id.data, id.size, writer->maker.seed);
}

static phx_status fail_ids(phx_error *err)
{
    return fail(err, PHX_NO_MEMORY, -1, "no memory for a table of ids");
}

phx_status number_traces(struct block_writer *writer,
                         const struct span *const *spans, phx_error *err)
{
    int64_t *traces = writer->fixed[COLUMN_TRACE];

    if (!table_reset(&writer->ids, writer->rows / 4))
        return fail_ids(err);
    for (uint32_t i = 0; i < writer->rows; i++) {
        if (i > 0 && same_trace(spans[i], spans[i - 1])) {
            traces[i] = traces[i - 1];
            continue;
        }
        uint32_t hash = hash_id(writer, spans[i]->trace_id);
        struct slot *slot = table_first(&writer->ids, hash);
        while (slot->number != 0 &&
               (slot->hash != hash ||
                !same_trace(spans[writer->trace_rows[slot->number - 1]],
                            spans[i])))
            slot = table_next(&writer->ids, slot);
        if (slot->number != 0) {
            traces[i] = slot->number - 1;
            continue;
        }
        if (!table_put(&writer->ids, slot, hash, writer->traces))
            return fail_ids(err);
        traces[i] = writer->traces;
        writer->trace_rows[writer->traces++] = i;
    }
    return PHX_OK;
}

/* The id a number in the table stands for: of a span, or past the rows of an
 * outside parent. */
static phx_text id_of(const struct block_writer *writer,
                      const struct span *const *spans, uint32_t number)
{
    if (number < writer->rows)
        return spans[number]->span_id;
    return spans[writer->outside_rows[number - writer->rows]]->parent_id;
}

/* The slot of an id, or the free one where it belongs. */
static struct slot *find_id(const struct block_writer *writer,
                            const struct span *const *spans, phx_text id,
                            uint32_t hash)
{
    struct slot *slot = table_first(&writer->ids, hash);

    while (slot->number != 0 &&
           (slot->hash != hash ||
            !same_text(id_of(writer, spans, slot->number - 1), id)))
        slot = table_next(&writer->ids, slot);
    return slot;
}

phx_status number_parents(struct block_writer *writer,
                          const struct span *const *spans, phx_error *err)
{
    int64_t *parents = writer->fixed[COLUMN_PARENT];

    if (!table_reset(&writer->ids, writer->rows))
        return fail_ids(err);
    for (uint32_t i = 0; i < writer->rows; i++) {
        uint32_t hash = hash_id(writer, spans[i]->span_id);
        struct slot *slot = find_id(writer, spans, spans[i]->span_id, hash);
        if (slot->number == 0 && !table_put(&writer->ids, slot, hash, i))
            return fail_ids(err);
    }
    for (uint32_t i = 0; i < writer->rows; i++) {
        phx_text parent = spans[i]->parent_id;
        parents[i] = 0;
        if (parent.size == 0)
            continue;
        if (i > 0 && same_text(parent, spans[i - 1]->parent_id)) {
            parents[i] = parents[i - 1];
            continue;
        }
        uint32_t hash = hash_id(writer, parent);
        struct slot *slot = find_id(writer, spans, parent, hash);
        if (slot->number != 0) {
            parents[i] = slot->number;
            continue;
        }
        uint32_t number = writer->rows + writer->outside;
        writer->outside_rows[writer->outside++] = i;
        parents[i] = (int64_t)number + 1;
        if (!table_put(&writer->ids, slot, hash, number))
            return fail_ids(err);
    }
    return PHX_OK;
}

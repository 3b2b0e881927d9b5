/*
 * json.c - leaves -> the JSON text of the tree that they were, without the
 * tree. Leaves come as for tree.c. What stands between two of them depends on
 * their columns alone, so it is made once, and copied from then on:
 *
 *     llm.model_name                     "m7"
 *                                             ,"token_count":{"prompt":
 *     llm.token_count.prompt             1993
 *                                             }},"output":{"value":
 *     output.value                       "text"
 */
#include "base/base.h"

#include "block/block.h"
#include "block/read.h"

enum { LEADS = SHRUNK(1024, 4), LEAD_BYTES = SHRUNK(256 << 10, 64) };

/* What leads from the value of a column to that of another. */
struct lead {
    uint32_t from, to;
    uint32_t offset, size; /* in `bytes`; size 0 for none yet */
};

struct tree_json {
    struct arena arena; /* of a row */
    struct buf out;     /* the same */
    struct buf bytes;
    struct lead leads[LEADS];
};

phx_status tree_json_new(struct tree_json **out, phx_error *err)
{
    struct tree_json *json = memory_new(sizeof *json);

    if (!json)
        return fail_memory(err, sizeof *json);
    arena_init(&json->arena, SIZE_MAX);
    buf_init(&json->out, SIZE_MAX);
    buf_init(&json->bytes, SIZE_MAX);
    memset(json->leads, 0, sizeof json->leads);
    *out = json;
    return PHX_OK;
}

void tree_json_free(struct tree_json *json)
{
    if (!json)
        return;
    arena_clear(&json->arena);
    buf_clear(&json->out);
    buf_clear(&json->bytes);
    memory_free(json);
}

/* --- between two leaves ----------------------------------------------------- */

static void add_key(struct buf *out, const struct segment *segment)
{
    if (segment->index >= 0)
        return;
    json_write_text(out, segment->key, 0);
    buf_add_byte(out, ':');
}

/* Opens the containers of a leaf, from a level on. */
static phx_status open_levels(struct buf *out,
                              const struct directory_column *leaf,
                              uint32_t level, phx_error *err)
{
    for (uint32_t i = level; i < leaf->depth; i++) {
        const struct segment *segment = &leaf->segments[i];
        if (segment->index > 0)
            return fail_block(err, "an array without one of its elements");
        buf_add_byte(out, segment->index == 0 ? '[' : '{');
        add_key(out, segment);
    }
    return PHX_OK;
}

static void close_levels(struct buf *out, const struct directory_column *leaf,
                         uint32_t level)
{
    for (uint32_t i = leaf->depth; i-- > level;)
        buf_add_byte(out, leaf->segments[i].index >= 0 ? ']' : '}');
}

static phx_status add_lead(struct buf *out, const struct block *block,
                           uint32_t from, uint32_t to, phx_error *err)
{
    const struct directory_column *last = &block->columns[from];
    const struct directory_column *next = &block->columns[to];
    uint32_t common;

    if (from == block->column_count)
        return open_levels(out, next, 0, err);
    if ((common = block_shared_segments(block, from, to)) >= last->depth)
        return fail_block(err, "an attribute that is value and container");
    close_levels(out, last, common + 1);
    int64_t before = last->segments[common].index;
    int64_t index = next->segments[common].index;
    if ((before >= 0) != (index >= 0))
        return fail_block(err, "an attribute that is object and array");
    if (index >= 0 && index != before + 1)
        return fail_block(err, "an array without one of its elements");
    buf_add_byte(out, ',');
    add_key(out, &next->segments[common]);
    return open_levels(out, next, common + 1, err);
}

static phx_status find_lead(struct tree_json *json, const struct block *block,
                            uint32_t from, uint32_t to, phx_text *out,
                            phx_error *err)
{
    uint32_t place = (from * BLOCK_COLUMNS + to) * 2654435761u >> 16;
    struct lead *lead = &json->leads[place % LEADS];
    phx_status status;

    if (lead->size == 0 || lead->from != from || lead->to != to) {
        if (json->bytes.size > LEAD_BYTES) {
            memset(json->leads, 0, sizeof json->leads);
            buf_reset(&json->bytes);
        }
        size_t offset = json->bytes.size;
        *lead = (struct lead){0};
        if ((status = add_lead(&json->bytes, block, from, to, err)) < 0 ||
            (status = buf_status(&json->bytes, "a block's keys", err)) < 0)
            return status;
        *lead = (struct lead){from, to, (uint32_t)offset,
                              (uint32_t)(json->bytes.size - offset)};
    }
    *out = text_span(json->bytes.data + lead->offset, lead->size);
    return PHX_OK;
}

/* --- rows ------------------------------------------------------------------- */

static phx_status add_leaves(struct rows_reader *reader, uint32_t row,
                             phx_error *err)
{
    struct tree_json *json = reader->json;
    struct block *block = reader->block;
    struct lender lender = {.block = block, .arena = &json->arena};
    uint32_t last = block->column_count;
    struct value value;
    phx_text lead;
    phx_status status;

    for (uint32_t i = find_leaf(reader, 0, row); i < block->column_count;
         i = find_leaf(reader, i + 1, row)) {
        uint32_t cell = take_cell(reader, i);
        if ((status = find_lead(json, block, last, i, &lead, err)) < 0 ||
            (status = cell_value(&lender, i, reader->attributes[i], cell,
                                 &value, err)) < 0)
            return status;
        buf_add_text(&json->out, lead);
        json_write_value(&json->out, &value, 0);
        last = i;
    }
    if (last == block->column_count)
        buf_add_string(&json->out, "{}");
    else
        close_levels(&json->out, &block->columns[last], 0);
    return PHX_OK;
}

/* What has been written moves to the reader's arena. */
static phx_status keep(struct rows_reader *reader, phx_text *out,
                       phx_error *err)
{
    struct buf *json = &reader->json->out;
    phx_status status = buf_status(json, "a span's JSON", err);

    if (status < 0)
        return status;
    *out = text_span(json->data, json->size);
    buf_reset(json);
    return arena_keep(reader->lender.arena, out, err);
}

phx_status tree_json_leaves(struct rows_reader *reader, uint32_t row,
                            struct span *span, phx_error *err)
{
    phx_status status;

    arena_reset(&reader->json->arena);
    status = add_leaves(reader, row, err);
    return status < 0 ? status : keep(reader, &span->tree_json, err);
}

phx_status tree_json_tree(struct rows_reader *reader, struct span *span,
                          phx_error *err)
{
    json_write_value(&reader->json->out, &span->tree, 0);
    return keep(reader, &span->tree_json, err);
}

phx_status tree_json_events(struct rows_reader *reader, struct span *span,
                            phx_error *err)
{
    if (span->event_count == 0) {
        span->events_json = text_of("[]");
        return PHX_OK;
    }
    span_write_events(span, time_print, &reader->json->out);
    return keep(reader, &span->events_json, err);
}

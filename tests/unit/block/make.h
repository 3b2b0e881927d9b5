/*
 * make.h: spans for the tests of blocks, and blocks in memory.
 */
#ifndef MAKE_H
#define MAKE_H

#include "base/base.h"

#include "block/block.h"
#include "json/json.h"

enum { MAKE_SPANS = 70000 };

struct made {
    struct arena arena;
    struct span *spans;
    const struct span **order; /* what is encoded */
    size_t count;
    struct block_writer *writer;
    struct block_reader *reader;
    struct block_image image;
    size_t taken;
};

static inline void made_init(struct made *made)
{
    arena_init(&made->arena, SIZE_MAX / 2);
    made->spans = arena_new(&made->arena, MAKE_SPANS * sizeof *made->spans);
    made->order = arena_new(&made->arena, MAKE_SPANS * sizeof *made->order);
    made->count = 0;
    succeeds(block_writer_new(&made->writer, err));
    succeeds(block_reader_new(&made->reader, err));
    block_image_init(&made->image);
}

static inline void made_clear(struct made *made)
{
    block_writer_free(made->writer);
    block_reader_free(made->reader);
    block_image_clear(&made->image);
    arena_clear(&made->arena);
}

static inline phx_text made_text(struct made *made, phx_text text)
{
    return text_span(arena_copy(&made->arena, text.data, text.size), text.size);
}

/* A text of size bytes that differs by number. */
static inline phx_text made_long(struct made *made, size_t size, int number)
{
    char *text = arena_new(&made->arena, size + 12);

    memset(text, 'x', size + 12);
    snprintf(text, 12, "%011d", number);
    return text_span(text, size);
}

/* A span with these attributes, a JSON object, and ids from its number. */
static inline struct span *made_span(struct made *made, const char *json)
{
    struct span *span = &made->spans[made->count];
    int64_t number = (int64_t)made->count + 1;
    uint64_t ids[2] = {(uint64_t)number * 0x9E3779B97F4A7C15u, 7};

    memset(span, 0, sizeof *span);
    made->order[made->count++] = span;
    span->span_id = made_text(made, text_span(&ids[0], 8));
    ids[0] = (uint64_t)(number / 4) + 1;
    span->trace_id = made_text(made, text_span(ids, 16));
    span->name = text_of("name");
    span->start_time = 1760000000000000000u + (uint64_t)number * 1000003;
    span->end_time = span->start_time + 5000000;
    span->number = number;
    span->trace = number / 4 + 1;
    span->project = 1;
    span->prompt_tokens = span->completion_tokens = -1;
    span->otlp_kind = 1;
    phx_text text = made_text(made, text_of(json));
    succeeds(json_read(&made->arena, text, 0, &span->tree, err));
    return span;
}

static inline phx_status made_fetch(void *ctx, uint32_t number, phx_text *out,
                                    phx_error *err)
{
    const struct block_image *image = ctx;

    (void)err;
    assert_true(number < image->frame_count);
    *out = text_span(image->bytes.data + image->frames[number].offset,
                     image->frames[number].size);
    return PHX_OK;
}

static inline void made_encode(struct made *made)
{
    succeeds(block_encode(made->writer, made->order, made->count, &made->image,
                          &made->taken, err));
}

static inline struct block *made_open(struct made *made)
{
    struct block *block = NULL;

    succeeds(block_open(made->reader, made_fetch, &made->image, &block, err));
    return block;
}

static inline bool same(phx_text a, phx_text b)
{
    return a.size == b.size &&
           (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

static inline bool same_attributes(const struct attributes *a,
                                   const struct attributes *b)
{
    if (a->count != b->count || a->dropped != b->dropped)
        return false;
    for (uint32_t i = 0; i < a->count; i++)
        if (!same(a->members[i].key, b->members[i].key) ||
            !value_equal(&a->members[i].value, &b->members[i].value))
            return false;
    return true;
}

static inline bool same_events(const struct span *a, const struct span *b)
{
    if (a->event_count != b->event_count || a->link_count != b->link_count)
        return false;
    for (uint32_t i = 0; i < a->event_count; i++)
        if (a->events[i].time != b->events[i].time ||
            !same(a->events[i].name, b->events[i].name) ||
            !same_attributes(&a->events[i].attributes,
                             &b->events[i].attributes))
            return false;
    for (uint32_t i = 0; i < a->link_count; i++)
        if (a->links[i].flags != b->links[i].flags ||
            !same(a->links[i].trace_id, b->links[i].trace_id) ||
            !same(a->links[i].span_id, b->links[i].span_id) ||
            !same(a->links[i].trace_state, b->links[i].trace_state) ||
            !same_attributes(&a->links[i].attributes, &b->links[i].attributes))
            return false;
    return true;
}

static inline bool same_sources(const struct span *a, const struct span *b)
{
    if (!a->resource != !b->resource || !a->scope != !b->scope)
        return false;
    return (!a->resource ||
            (same(a->resource->schema_url, b->resource->schema_url) &&
             same_attributes(&a->resource->attributes,
                             &b->resource->attributes))) &&
           (!a->scope ||
            (same(a->scope->name, b->scope->name) &&
             same(a->scope->version, b->scope->version) &&
             same(a->scope->schema_url, b->scope->schema_url) &&
             same_attributes(&a->scope->attributes, &b->scope->attributes)));
}

static inline bool same_span(const struct span *a, const struct span *b)
{
    return same(a->trace_id, b->trace_id) && same(a->span_id, b->span_id) &&
           same(a->parent_id, b->parent_id) &&
           same(a->trace_state, b->trace_state) && same(a->name, b->name) &&
           same(a->status_message, b->status_message) &&
           a->start_time == b->start_time && a->end_time == b->end_time &&
           a->flags == b->flags && a->otlp_kind == b->otlp_kind &&
           a->otlp_status == b->otlp_status &&
           a->attributes.dropped == b->attributes.dropped &&
           a->dropped_events == b->dropped_events &&
           a->dropped_links == b->dropped_links && same_events(a, b) &&
           same_sources(a, b) && value_equal(&a->tree, &b->tree) &&
           same_attributes(&a->raw, &b->raw) &&
           a->prompt_tokens == b->prompt_tokens &&
           a->completion_tokens == b->completion_tokens && a->kind == b->kind &&
           a->status == b->status && a->number == b->number &&
           a->trace == b->trace && a->session == b->session &&
           a->project == b->project;
}

/* What is read as JSON is what is written of the trees and events that are
 * read. */
static inline void made_check_json(struct block *block, const uint32_t *rows,
                                   size_t count)
{
    struct arena arena;
    struct buf tree, events;

    arena_init(&arena, SIZE_MAX / 2);
    buf_init(&tree, SIZE_MAX);
    buf_init(&events, SIZE_MAX);
    struct span *spans = arena_new(&arena, count * sizeof *spans);
    struct span *read = arena_new(&arena, count * sizeof *read);
    succeeds(
        block_read_spans(block, &arena, rows, count, BLOCK_WHOLE, spans, err));
    succeeds(
        block_read_spans(block, &arena, rows, count, BLOCK_JSON, read, err));
    for (size_t i = 0; i < count; i++) {
        buf_reset(&tree);
        buf_reset(&events);
        json_write_value(&tree, &spans[i].tree, 0);
        span_write_events(&spans[i], time_print, &events);
        ok(same(read[i].tree_json, text_span(tree.data, tree.size)));
        ok(same(read[i].events_json, text_span(events.data, events.size)));
        eq_int(read[i].tree_json.data[tree.size], 0);
        eq_int(read[i].events_json.data[events.size], 0);
        ok(same(read[i].status_message, spans[i].status_message));
        ok(same(read[i].span_id, spans[i].span_id));
    }
    buf_clear(&tree);
    buf_clear(&events);
    arena_clear(&arena);
}

/* Every row, read and compared after the block is closed; and verified. */
static inline void made_check(struct made *made)
{
    struct block *block = made_open(made);
    uint32_t rows = block_rows(block);
    struct arena arena;

    eq_int(rows, made->taken);
    succeeds(block_verify(block, &made->image.zone, err));
    block_close(block);
    arena_init(&arena, SIZE_MAX / 2);
    struct span *spans = arena_new(&arena, rows * sizeof *spans);
    uint32_t *all = arena_new(&arena, rows * sizeof *all);
    for (uint32_t i = 0; i < rows; i++)
        all[i] = i;
    block = made_open(made);
    succeeds(
        block_read_spans(block, &arena, all, rows, BLOCK_WHOLE, spans, err));
    block_close(block);
    for (uint32_t i = 0; i < rows; i++)
        ok(same_span(&spans[i], made->order[i]));
    block = made_open(made);
    made_check_json(block, all, rows);
    block_close(block);
    arena_clear(&arena);
}

static inline void made_round_trip(struct made *made)
{
    made_encode(made);
    eq_int(made->taken, made->count);
    made_check(made);
}

#endif

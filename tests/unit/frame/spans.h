/*
 * spans.h: spans in a line, and the frames that queries make of them.
 */
#ifndef SPANS_H
#define SPANS_H

#include "frame/frame.h"
#include "unit/freed.h"

enum { MOST_SPANS = 8 };

static struct {
    struct arena arena;
    struct span spans[MOST_SPANS];
    struct query_span rows[MOST_SPANS];
    size_t count;
} spans;

static inline int open_spans(void **state)
{
    (void)state;
    spans.count = 0;
    arena_init(&spans.arena, SIZE_MAX);
    return 0;
}

static inline int close_spans(void **state)
{
    arena_clear(&spans.arena);
    return all_freed(state);
}

/* A span with these attributes, as JSON; the n-th starts n s after 1970. */
static inline struct span *spans_add(const char *name, const char *tree)
{
    size_t n = spans.count++;
    struct span *span = &spans.spans[n];
    char *id = arena_new(&spans.arena, 1);

    *id = (char)n;
    *span = (struct span){.trace_id = text_span("\xab", 1),
                          .span_id = text_span(id, 1),
                          .name = text_of(name),
                          .status_message = text_of(""),
                          .start_time = n * 1000000000u,
                          .end_time = n * 1000000000u + 2000000u,
                          .prompt_tokens = -1,
                          .completion_tokens = -1};
    succeeds(json_read(&spans.arena, text_of(tree), 0, &span->tree, err));
    spans.rows[n] = (struct query_span){.span = span};
    return span;
}

/* The frame of all spans; lent until close_spans. */
static inline phx_status spans_frame(const char *json, enum frame_form_id form,
                                     phx_text *out, phx_error *err)
{
    struct frame_query query;
    struct frame *frame = NULL;
    struct buf text;
    phx_status status;

    buf_init(&text, SIZE_MAX);
    status = frame_query_read(&spans.arena, text_of(json), &query, err);
    if (status >= 0)
        status = frame_new(&query, form, &frame, err);
    for (size_t i = 0; i < spans.count && status >= 0; i++)
        status = frame_note(frame, &spans.rows[i], err);
    if (status >= 0)
        status = frame_begin(frame, &text, err);
    for (size_t i = 0; i < spans.count && status >= 0; i++)
        status = frame_write(frame, &spans.rows[i], &text, err);
    if (status >= 0)
        status = frame_end(frame, &text, err);
    frame_free(frame);
    if (status >= 0) {
        const char *copy = arena_copy(&spans.arena, text.data, text.size);
        *out = text_span(copy, text.size);
        if (copy == NULL)
            status = arena_status(&spans.arena, text.size, err);
    }
    buf_clear(&text);
    return status;
}

static inline phx_status spans_table(const char *json, phx_text *out,
                                     phx_error *err)
{
    return spans_frame(json, FRAME_TABLE, out, err);
}

#endif

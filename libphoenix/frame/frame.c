/*
 * frame.c - a frame's life: spans are noted, then they are written in one of
 * the forms.
 */
#include "base/base.h"
#include "frame/inside.h"

static const struct frame_form *const forms[FRAME_FORMS] = {
    [FRAME_TABLE] = &frame_table,
    [FRAME_ARROW] = &frame_arrow,
};

phx_status frame_new(const struct frame_query *query, enum frame_form_id form,
                     struct frame **out, phx_error *err)
{
    struct frame *frame = memory_new(sizeof *frame);
    phx_status status;

    if (frame == NULL)
        return fail_memory(err, sizeof *frame);
    *frame = (struct frame){.query = query, .form = forms[form]};
    arena_init(&frame->arena, SIZE_MAX);
    arena_init(&frame->scratch, SIZE_MAX);
    map_init(&frame->names);
    if ((status = columns_make(frame, err)) < 0 ||
        (frame->form->open && (status = frame->form->open(frame, err)) < 0))
        frame_free(frame);
    else
        *out = frame;
    return status;
}

void frame_free(struct frame *frame)
{
    if (frame == NULL)
        return;
    if (frame->form->close != NULL)
        frame->form->close(frame);
    arena_clear(&frame->arena);
    arena_clear(&frame->scratch);
    map_clear(&frame->names);
    memory_free(frame->columns);
    memory_free(frame->cells);
    memory_free(frame);
}

static phx_status note_row(struct frame *frame, void *ctx, phx_error *err)
{
    (void)ctx;
    frame->rows++;
    for (uint32_t i = 0; i < frame->count; i++) {
        uint8_t kind = frame->cells[i].kind;
        frame->columns[i].shape.kinds |= 1u << kind & ~(1u << JSON_NULL);
        frame->columns[i].filled += kind != JSON_NULL;
    }
    return frame->form->note ? frame->form->note(frame, err) : PHX_OK;
}

phx_status frame_note(struct frame *frame, const struct query_span *span,
                      phx_error *err)
{
    return frame_project(frame, span, note_row, NULL, err);
}

phx_status frame_begin(struct frame *frame, struct buf *out, phx_error *err)
{
    frame->written = true;
    return frame->form->begin(frame, out, err);
}

static phx_status put_row(struct frame *frame, void *ctx, phx_error *err)
{
    return frame->form->put(frame, ctx, err);
}

phx_status frame_write(struct frame *frame, const struct query_span *span,
                       struct buf *out, phx_error *err)
{
    return frame_project(frame, span, put_row, out, err);
}

phx_status frame_end(struct frame *frame, struct buf *out, phx_error *err)
{
    return frame->form->end(frame, out, err);
}

/*
 * dataset_send.c - the examples of a version on their way: read from the store
 * a piece ahead of the client, however many there are.
 */
#include "base/base.h"
#include "server/rest/inside.h"

enum { PIECE_BYTES = 1 << 18 };

struct sending {
    phx_cursor *cursor;
    struct json_writer json;
    const struct example_form *form;
    struct arena arena; /* of one example */
};

static void end_examples(void *ctx)
{
    struct sending *sending = ctx;

    phx_cursor_close(sending->cursor);
    arena_clear(&sending->arena);
    if (sending->form->clear != NULL)
        sending->form->clear(sending->form);
    memory_free(sending);
}

static phx_status next_examples(void *ctx, struct buf *out, phx_error *err)
{
    struct sending *sending = ctx;
    size_t enough = out->size + PIECE_BYTES;
    const phx_example *example;
    phx_status status = PHX_OK;

    sending->json.out = out;
    while (out->size < enough && out->status >= 0 &&
           (status = phx_cursor_next_example(sending->cursor, &example, err)) ==
               PHX_OK) {
        arena_reset(&sending->arena);
        status = sending->form->write(sending->form, &sending->json,
                                      &sending->arena, example, err);
        if (status < 0)
            break;
    }
    if (status == PHX_DONE)
        buf_add_string(out, sending->form->end);
    return status;
}

void send_examples(struct request *request, phx_cursor *cursor,
                   const struct json_writer *begun,
                   const struct example_form *form)
{
    struct answer_source source = {next_examples, end_examples, NULL};
    struct sending *sending = memory_new(sizeof *sending);
    phx_error err = {0};
    phx_status status;

    if (sending == NULL) {
        phx_cursor_close(cursor);
        if (form->clear != NULL)
            form->clear(form);
        answer_later(request, "no memory for the examples");
        return;
    }
    *sending = (struct sending){.cursor = cursor, .json = *begun, .form = form};
    arena_init(&sending->arena, SIZE_MAX);
    status = next_examples(sending, answer_buf(request), &err);
    if (status == PHX_OK) {
        source.ctx = sending;
        answer_stream(request, form->type, &source);
        return;
    }
    end_examples(sending);
    if (status < 0)
        answer_failure(request, status, &err);
    else
        answer_body(request, 200, form->type);
}

/*
 * send.c - the rows of a cursor on their way: read from the store a piece ahead
 * of the client, however many there are.
 */
#include "base/base.h"
#include "server/rest/inside.h"

enum { PIECE_BYTES = 1 << 18 };

struct sending {
    phx_cursor *cursor;
    struct json_writer json;
    struct row_form form;
    struct arena arena; /* of one row */
};

static void close_rows(phx_cursor *cursor, const struct row_form *form)
{
    phx_cursor_close(cursor);
    if (form->clear != NULL)
        form->clear(form->ctx);
}

static void end_rows(void *ctx)
{
    struct sending *sending = ctx;

    close_rows(sending->cursor, &sending->form);
    arena_clear(&sending->arena);
    memory_free(sending);
}

static phx_status next_rows(void *ctx, struct buf *out, phx_error *err)
{
    struct sending *sending = ctx;
    const struct row_form *form = &sending->form;
    size_t enough = out->size + PIECE_BYTES;
    phx_status status = PHX_OK;

    sending->json.out = out;
    while (out->size < enough && out->status >= 0 && status == PHX_OK) {
        arena_reset(&sending->arena);
        status = form->write(&sending->json, &sending->arena, sending->cursor,
                             form->ctx, err);
    }
    if (status == PHX_DONE)
        form->end(&sending->json, form->ctx);
    return status;
}

void send_rows(struct request *request, phx_cursor *cursor,
               const struct json_writer *begun, const struct row_form *form)
{
    struct answer_source source = {next_rows, end_rows, NULL};
    struct sending *sending = memory_new(sizeof *sending);
    phx_error err = {0};
    phx_status status;

    if (sending == NULL) {
        close_rows(cursor, form);
        answer_later(request, "no memory for the rows");
        return;
    }
    *sending =
        (struct sending){.cursor = cursor, .json = *begun, .form = *form};
    arena_init(&sending->arena, ROW_MEMORY);
    status = next_rows(sending, answer_buf(request), &err);
    if (status == PHX_OK) {
        source.ctx = sending;
        answer_stream(request, form->type, &source);
        return;
    }
    end_rows(sending);
    if (status < 0)
        answer_failure(request, status, &err);
    else
        answer_body(request, 200, form->type);
}

/*
 * dataset_send.c - the examples of a version, in one of the forms that files
 * and documents of them have.
 */
#include "base/base.h"
#include "server/rest/inside.h"

static phx_status write_next(struct json_writer *json, struct arena *arena,
                             phx_cursor *cursor, void *ctx, phx_error *err)
{
    const struct example_form *form = ctx;
    const phx_example *example;
    phx_status status = phx_cursor_next_example(cursor, &example, err);

    return status == PHX_OK ? form->write(form, json, arena, example, err)
                            : status;
}

static void write_end(struct json_writer *json, void *ctx)
{
    const struct example_form *form = ctx;

    buf_add_string(json->out, form->end);
}

static void clear_form(void *ctx)
{
    const struct example_form *form = ctx;

    if (form->clear != NULL)
        form->clear(form);
}

void send_examples(struct request *request, phx_cursor *cursor,
                   const struct json_writer *begun,
                   const struct example_form *form)
{
    send_rows(request, cursor, begun,
              &(struct row_form){form->type, write_next, write_end, clear_form,
                                 (void *)(uintptr_t)form});
}

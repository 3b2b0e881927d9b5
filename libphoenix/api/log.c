/*
 * log.c - log records that wait, one by one, as the events that they are to be.
 */
#include "base/base.h"

#include "api/inside.h"

phx_status phx_store_find_logs(phx_store *store, phx_id from, int64_t limit,
                               phx_cursor **out, phx_error *err)
{
    phx_cursor *cursor;
    phx_status status;

    if (store == NULL || out == NULL || from < 0 || limit < 0)
        return fail_argument(err);
    if ((status = cursor_new(store, CURSOR_LOGS, &cursor, err)) < 0)
        return status;
    if ((status = lent_span_new(&cursor->lent, err)) < 0) {
        phx_cursor_close(cursor);
        return status;
    }
    cursor->next = from > 0 ? from : INT64_MAX;
    cursor->left = limit > 0 ? limit : -1;
    *out = cursor;
    return PHX_OK;
}

/* Of a span that says nothing itself the record is the only event. */
static phx_status lend_log(phx_cursor *cursor, const struct waiting_log *log,
                           phx_error *err)
{
    struct lent_span *lent = cursor->lent;
    struct span span = {.trace_id = log->record.trace_id,
                        .span_id = log->record.span_id,
                        .tree = {.kind = JSON_OBJECT}};
    uint8_t fate;
    phx_status status;

    if ((status = attr_join(&cursor->rows_arena, &span, &log->record, 1, &fate,
                            err)) < 0 ||
        (status = lent_span_fill(lent, &span, (phx_text){NULL, 0},
                                 PHX_ATTRIBUTES_NONE, err)) < 0)
        return status;
    char *event = (char *)lent->events.data + 1; /* in an array */
    size_t size = lent->row.events.size - 2;
    event[size] = '\0';
    cursor->log = (phx_log){.id = log->id,
                            .received_at = log->received_at,
                            .trace_id = lent->row.trace_id,
                            .span_id = lent->row.span_id,
                            .event = text_span(event, size),
                            .held = log->held};
    return PHX_OK;
}

phx_status phx_cursor_next_log(phx_cursor *cursor, const phx_log **out,
                               phx_error *err)
{
    struct waiting_log log;
    phx_status status = PHX_DONE;

    if (cursor == NULL || out == NULL || cursor->kind != CURSOR_LOGS)
        return fail_argument(err);
    arena_reset(&cursor->rows_arena);
    if (cursor->left != 0)
        status = store_read_log(cursor->store, cursor->next,
                                &cursor->rows_arena, &log, err);
    if (status == PHX_OK)
        status = lend_log(cursor, &log, err);
    if (status < 0)
        return status;
    *out = status == PHX_OK ? &cursor->log : NULL;
    if (status == PHX_OK) {
        cursor->next = log.id - 1;
        cursor->left -= cursor->left > 0;
    }
    return status;
}

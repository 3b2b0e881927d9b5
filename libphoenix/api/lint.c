/*
 * lint.c - what the rules say of spans: of a batch at once, of a store page by
 * page.
 */
#include "base/base.h"

#include "api/inside.h"
#include "lint/lint.h"

enum { PAGE_ROWS = SHRUNK(1000, 7) };

const phx_lint_rule *phx_lint_rule_at(size_t index)
{
    return lint_rule_at(index);
}

static phx_status find_parent(struct store *store, const struct span *span,
                              bool *is_orphan, phx_error *err)
{
    int64_t number;
    phx_status status = PHX_OK;

    *is_orphan = false;
    if (store != NULL && span->parent_id.size > 0)
        status = store_find(store, PHX_SPAN, span->parent_id, &number, err);
    if (status == PHX_NOT_FOUND)
        *is_orphan = true;
    return status < 0 && !*is_orphan ? status : PHX_OK;
}

static phx_status print_id(struct arena *arena, phx_text id, phx_text *out,
                           phx_error *err)
{
    char *hex = arena_new(arena, size_add(size_mul(id.size, 2), 1));

    if (hex == NULL)
        return arena_status(arena, id.size, err);
    hex_print(id.data, id.size, hex);
    *out = text_span(hex, 2 * id.size);
    return PHX_OK;
}

/* Findings as they are lent; of one span they share its texts. */
static phx_status fill_rows(phx_cursor *cursor,
                            const struct lint_findings *found, phx_error *err)
{
    struct arena *arena = &cursor->rows_arena;
    size_t size = size_mul(found->count, sizeof(phx_finding));
    phx_finding *rows = arena_new(arena, size);
    phx_status status;

    if (rows == NULL)
        return arena_status(arena, size, err);
    for (size_t i = 0; i < found->count; i++) {
        const struct lint_finding *finding = &found->items[i];
        const struct span *span = finding->span;
        phx_finding *row = &rows[i];
        if (i > 0 && finding[-1].span == span)
            *row = rows[i - 1];
        else
            *row = (phx_finding){.span = span->number, .name = span->name};
        row->rule = finding->rule;
        row->path = finding->path;
        row->message = finding->message;
        if (row->trace_id.data != NULL)
            continue;
        if ((status = print_id(arena, span->trace_id, &row->trace_id, err)) <
                0 ||
            (status = print_id(arena, span->span_id, &row->span_id, err)) < 0 ||
            (status = arena_keep(arena, &row->name, err)) < 0)
            return status;
    }
    cursor->rows = rows;
    cursor->count = found->count;
    cursor->at = 0;
    return PHX_OK;
}

static phx_status look(phx_cursor *cursor, struct store *store,
                       const struct span *spans, size_t count, phx_error *err)
{
    struct lint_findings found = {0};
    phx_status status = PHX_OK;
    bool is_orphan;

    cursor->count = cursor->at = 0;
    arena_reset(&cursor->rows_arena);
    for (size_t i = 0; i < count && status >= 0; i++) {
        if ((status = find_parent(store, &spans[i], &is_orphan, err)) >= 0)
            status = lint_span(&cursor->rows_arena, &spans[i], is_orphan,
                               &found, err);
    }
    return status < 0 ? status : fill_rows(cursor, &found, err);
}

phx_status phx_batch_lint(phx_batch *batch, phx_store *store, phx_cursor **out,
                          phx_error *err)
{
    phx_cursor *cursor;
    phx_status status;

    if (batch == NULL || out == NULL)
        return fail_argument(err);
    if ((status = cursor_new(NULL, CURSOR_FINDINGS, &cursor, err)) < 0)
        return status;
    cursor->started = true;
    status = look(cursor, store != NULL ? store->store : NULL,
                  batch->put.spans.spans, batch->put.spans.count, err);
    if (status < 0)
        phx_cursor_close(cursor);
    else
        *out = cursor;
    return status;
}

phx_status phx_store_lint(phx_store *store, phx_cursor **out, phx_error *err)
{
    if (store == NULL || out == NULL)
        return fail_argument(err);
    return cursor_new(store, CURSOR_FINDINGS, out, err);
}

/* Pages until one has findings; DONE after the last. */
static phx_status next_page(phx_cursor *cursor, phx_error *err)
{
    phx_status status = PHX_OK;

    while (status >= 0 && cursor->at == cursor->count) {
        if (cursor->started && cursor->next == 0)
            return PHX_DONE;
        status = store_read_spans(cursor->store, &cursor->filter, cursor->next,
                                  true, false, PAGE_ROWS, &cursor->page, err);
        if (status >= 0)
            status = look(cursor, cursor->store, cursor->page.spans,
                          cursor->page.count, err);
        if (status >= 0) {
            cursor->started = true;
            cursor->next = cursor->page.next;
        }
    }
    return status < 0 ? status : PHX_OK;
}

phx_status phx_cursor_next_finding(phx_cursor *cursor, const phx_finding **out,
                                   phx_error *err)
{
    phx_status status;

    if (cursor == NULL || out == NULL || cursor->kind != CURSOR_FINDINGS)
        return fail_argument(err);
    if ((status = next_page(cursor, err)) == PHX_OK)
        *out = (const phx_finding *)cursor->rows + cursor->at++;
    else if (status == PHX_DONE)
        *out = NULL;
    return status;
}

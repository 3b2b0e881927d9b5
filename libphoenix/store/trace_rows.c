/*
 * trace_rows.c - the rows of a trace in open blocks. Where one that is open has
 * all of them, no posting need be asked: a statement that goes from trace to
 * trace finds most of them in the block of the one before.
 */
#include "base/base.h"

#include "store/find.h"

enum { BLOCKS_ASKED = 4 }; /* those used last */

/* Whether each trace's rows stand together, as they do in lasting blocks. */
static bool is_ordered(struct opened *opened, const struct block_ints *traces)
{
    uint32_t rows = block_rows(opened->stored.block), i = 1;

    if (!opened->order_looked_at) {
        while (i < rows && block_int(traces, i - 1) <= block_int(traces, i))
            i++;
        opened->ordered = i >= rows;
        opened->order_looked_at = true;
    }
    return opened->ordered;
}

/* The first row of ordered ones whose trace is not before this one. */
static uint32_t first_of(const struct block_ints *traces, uint32_t rows,
                         uint32_t trace)
{
    uint32_t low = 0, high = rows;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (block_int(traces, middle) < trace)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

phx_status trace_rows_range(struct opened *opened, uint32_t first,
                            uint32_t last, uint32_t *from, uint32_t *to,
                            phx_error *err)
{
    const struct block_ints *traces;
    uint32_t rows = block_rows(opened->stored.block);
    phx_status status = opened_ints(opened, COLUMN_TRACE, &traces, err);

    *from = *to = 0;
    if (status < 0 || first > last)
        return status;
    *to = rows;
    if (is_ordered(opened, traces)) {
        *from = first_of(traces, rows, first);
        *to = first_of(traces, rows, last + 1);
    }
    return PHX_OK;
}

/* How many living rows of a trace, which lives, a block has. */
static phx_status count_rows(struct opened *opened, const struct gone *gone,
                             int64_t trace, int64_t *count, phx_error *err)
{
    const struct block_ints *spans, *numbers, *traces;
    uint32_t from, to, index = 0;
    phx_status status;

    *count = 0;
    if ((status = opened_ints(opened, COLUMN_TRACE_NUMBER, &numbers, err)) <
            0 ||
        (status = opened_ints(opened, COLUMN_NUMBER, &spans, err)) < 0 ||
        (status = opened_ints(opened, COLUMN_TRACE, &traces, err)) < 0)
        return status;
    while (index < numbers->count && block_int(numbers, index) != trace)
        index++;
    if (index == numbers->count ||
        (status = trace_rows_range(opened, index, index, &from, &to, err)) < 0)
        return status;
    for (uint32_t i = from; i < to; i++)
        *count += block_int(traces, i) == index &&
                  !row_is_outgrown(&opened->stored, i) &&
                  !gone_has(gone, PHX_SPAN, block_int(spans, i));
    return PHX_OK;
}

phx_status trace_rows_find(struct snapshot *snapshot, int64_t trace,
                           int64_t spans, int64_t *block, phx_error *err)
{
    struct opened *opened = snapshot->opened;
    phx_status status = PHX_OK;
    int64_t count;

    for (int i = 0; opened != NULL && i < BLOCKS_ASKED && status >= 0; i++) {
        status = count_rows(opened, snapshot->gone, trace, &count, err);
        if (status >= 0 && count == spans) {
            *block = opened->stored.id;
            return PHX_OK;
        }
        opened = opened->next;
    }
    return status < 0 ? status : PHX_DONE;
}

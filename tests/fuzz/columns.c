/*
 * Columns made of the input through each way out.
 *
 *     u8 allocation that fails, 0 for none, then what columns/made.h reads
 *
 * Readers that know the formats alone see the rows that were made, and a failed
 * allocation is NO_MEMORY and nothing else.
 */
#include "columns/ways.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf made, seen;
    int64_t fail_at = size > 0 ? data[0] : 0;

    if (size < 2)
        return 0;
    buf_init(&made, SIZE_MAX);
    buf_init(&seen, SIZE_MAX);
    way_rows_made(data + 1, size - 1, &made);
    for (enum way way = 0; way < WAYS; way++) {
        buf_reset(&seen);
        phx_status status =
            way_rows_seen(way, data + 1, size - 1, fail_at, &seen);
        need(status == PHX_OK || (status == PHX_NO_MEMORY && fail_at > 0));
        if (status == PHX_OK)
            need(text_equal(text_span(made.data, made.size),
                            text_span(seen.data, seen.size)) ||
                 made.size + seen.size == 0);
    }
    buf_clear(&made);
    buf_clear(&seen);
    return 0;
}

/*
 * rollup_bins.c - the bins of a window of time: whole minutes, hours and so on
 * of a calendar, or one for all.
 */
#include "base/base.h"

#include "store/rollup.h"

static phx_status add_bin(struct bins *bins, struct arena *arena,
                          uint64_t start, uint64_t end, phx_error *err)
{
    phx_rollup *rows = arena_grow(arena, bins->rows, &bins->capacity,
                                  bins->count, sizeof *rows);

    if (rows == NULL)
        return arena_status(arena, sizeof *rows, err);
    if (bins->count == BINS)
        return fail(err, PHX_TOO_BIG, -1, "the window has over %d bins", BINS);
    bins->rows = rows;
    rows[bins->count++] = (phx_rollup){.start_time = start, .end_time = end};
    return PHX_OK;
}

phx_status bins_make(struct bins *bins, const phx_rollup_query *query,
                     struct arena *arena, phx_error *err)
{
    enum time_bin bin = (enum time_bin)query->bin;
    int offset = query->utc_offset * 60;
    uint64_t end = query->end_time > 0 ? query->end_time : UINT64_MAX;
    uint64_t at = time_bin_begin(query->start_time, bin, offset);
    phx_status status;

    if (bin == BIN_NONE)
        return add_bin(bins, arena, query->start_time, end, err);
    do {
        uint64_t next = time_bin_end(at, bin, offset);
        if ((status = add_bin(bins, arena, at, next, err)) < 0)
            return status;
        at = next;
    } while (at < end);
    return PHX_OK;
}

size_t bins_find(struct bins *bins, uint64_t at)
{
    const phx_rollup *last = &bins->rows[bins->last];
    size_t low = 0, high = bins->count;

    if (at >= last->start_time && at < last->end_time)
        return bins->last;
    while (low + 1 < high) {
        size_t middle = low + (high - low) / 2;
        if (bins->rows[middle].start_time <= at)
            low = middle;
        else
            high = middle;
    }
    return bins->last = low;
}

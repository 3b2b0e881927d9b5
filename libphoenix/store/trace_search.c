/*
 * trace_search.c - which traces have a span with all words.
 *
 * No span starts before its trace does. So what is known of a trace is final
 * once all blocks are looked at whose last span starts as late or later: a list
 * of traces by start, the latest first, looks at few, any other at all.
 */
#include "base/base.h"

#include "store/find.h"

phx_status trace_search_start(struct trace_search *search,
                              struct snapshot *snapshot,
                              const phx_trace_query *query,
                              const struct span_words *words, phx_error *err)
{
    search->search = (struct search){.filter = {.project = query->project,
                                                .start_time = query->start_time,
                                                .words = *words},
                                     .max_number = INT64_MAX};
    map_init(&search->found);
    return find_start(&search->find, snapshot, &search->search, FIND_BY_START,
                      true, err);
}

void trace_search_clear(struct trace_search *search)
{
    find_clear(&search->find);
    map_clear(&search->found);
}

static phx_status add_traces(struct trace_search *search, struct opened *opened,
                             const uint8_t *keep, phx_error *err)
{
    const struct block_ints *traces, *numbers;
    phx_status status;

    if ((status = opened_ints(opened, COLUMN_TRACE, &traces, err)) < 0 ||
        (status = opened_ints(opened, COLUMN_TRACE_NUMBER, &numbers, err)) < 0)
        return status;
    for (uint32_t i = 0; i < traces->count; i++) {
        uint32_t trace = (uint32_t)block_int(traces, i);
        bool fresh;
        if (keep[i] &&
            map_slot(&search->found, (uint64_t)block_int(numbers, trace),
                     &fresh) == NULL)
            return fail_memory(err, search->found.count);
    }
    return PHX_OK;
}

/* Whether the next block may have spans that start at `start` or later. */
static bool is_due(const struct find *find, uint64_t start)
{
    return find->more == PHX_OK &&
           (find->next.place ^ find->turn) >= start_key(start);
}

phx_status trace_search_has(struct trace_search *search,
                            const struct trace_row *trace, bool *out,
                            phx_error *err)
{
    struct find *find = &search->find;
    struct opened *opened;
    const uint8_t *keep;
    phx_status status;

    while (is_due(find, trace->start)) {
        if ((status = find_next_block(find, &opened, &keep, err)) < 0)
            return status;
        status = add_traces(search, opened, keep, err);
        snapshot_close(find->snapshot, opened);
        if (status < 0)
            return status;
    }
    *out = map_find(&search->found, (uint64_t)trace->id) != NULL;
    return PHX_OK;
}

/*
 * candidate.c - the blocks that may have rows of a page, in its order: by
 * posting where ids are asked for, else by zone map.
 */
#include "base/base.h"

#include "store/find.h"

#include <stdlib.h>

static bool zone_may(const struct find *find, const struct block_zone *zone)
{
    const struct span_filter *filter = find->filter;

    if (filter->project != 0 &&
        (zone->project == -1
             ? (zone->projects >> (filter->project & 63) & 1) == 0
             : zone->project != filter->project))
        return false;
    if (filter->start_time > 0 &&
        zone->max_time < (int64_t)(filter->start_time / 1000))
        return false;
    if (filter->end_time > 0 &&
        zone->min_time > (int64_t)(filter->end_time / 1000))
        return false;
    if (filter->kinds != 0 && (zone->kinds & filter->kinds) == 0)
        return false;
    return find_place(find, find->turn == 0 ? zone->max_number
                                            : zone->min_number) >= find->from;
}

static struct candidate candidate_of(const struct find *find,
                                     const struct block_row *row)
{
    int64_t first =
        find->turn == 0 ? row->zone.min_number : row->zone.max_number;

    return (struct candidate){row->id, find_place(find, first)};
}

/* --- by posting --------------------------------------------------------------- */

/* Postings of the spans asked for, else of the traces. */
static size_t id_count(const struct span_filter *filter)
{
    return filter->span_id_count > 0 ? filter->span_id_count
                                     : filter->trace_id_count;
}

static uint64_t id_hash(const struct find *find, size_t i)
{
    const struct span_filter *filter = find->filter;
    uint64_t secret = find->store->secret;

    return filter->span_id_count > 0
               ? posting_hash(secret, POSTING_SPAN, filter->span_ids[i])
               : posting_hash(secret, POSTING_TRACE, filter->trace_ids[i]);
}

phx_status candidates_hint(struct find *find, phx_error *err)
{
    size_t count = id_count(find->filter);
    phx_status status = PHX_OK;

    find->hints_complete = true;
    for (size_t i = 0; i < count && status >= 0; i++) {
        bool complete = true;
        status = lookup_hints(find->store, id_hash(find, i), &find->hinted,
                              &complete, err);
        find->hints_complete = find->hints_complete && complete;
    }
    return status;
}

static phx_status add_candidate(struct find *find, int64_t block,
                                phx_error *err)
{
    struct block_row row;
    phx_status status = block_row_find(find->connection, block, &row, err);

    if (status != PHX_OK || !zone_may(find, &row.zone))
        return status;
    struct candidate *candidates =
        memory_grow(find->candidates, &find->candidate_capacity,
                    find->candidate_count, sizeof *candidates, err);
    if (candidates == NULL)
        return PHX_NO_MEMORY;
    find->candidates = candidates;
    find->candidates[find->candidate_count++] = candidate_of(find, &row);
    return PHX_OK;
}

static int by_place(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;

    return (x->place > y->place) - (x->place < y->place);
}

/* Every block that can match: ids lead to few of them. */
static phx_status find_candidates(struct find *find, phx_error *err)
{
    size_t count = id_count(find->filter);
    phx_status status = PHX_OK;

    for (size_t i = 0; i < count && status >= 0; i++)
        status =
            lookup_blocks(find->connection, &find->counter, id_hash(find, i),
                          find->hints_complete, &find->hinted, err);
    for (size_t i = 0; i < find->hinted.count && status >= 0; i++)
        status = add_candidate(find, find->hinted.ids[i], err);
    if (status >= 0 && find->candidate_count > 0)
        qsort(find->candidates, find->candidate_count, sizeof *find->candidates,
              by_place);
    return status < 0 ? status : PHX_OK;
}

/* --- in order --------------------------------------------------------------- */

phx_status candidates_start(struct find *find, phx_error *err)
{
    int64_t project = find->filter->project;
    enum sql id = find->turn == 0
                      ? (project ? SQL_BLOCKS_UP : SQL_BLOCKS_UP_ALL)
                      : (project ? SQL_BLOCKS_DOWN : SQL_BLOCKS_DOWN_ALL);

    if (id_count(find->filter) > 0)
        return find_candidates(find, err);
    find->rows = sql(find->connection, id);
    sql_bind_int(find->rows, 1, project);
    sql_bind_int(find->rows, 2, find_place(find, find->from));
    return PHX_OK;
}

phx_status candidates_next(struct find *find, struct candidate *out,
                           phx_error *err)
{
    phx_status status;

    if (find->rows == NULL) {
        if (find->candidate_at == find->candidate_count)
            return PHX_DONE;
        *out = find->candidates[find->candidate_at++];
        return PHX_OK;
    }
    while ((status = sql_next(find->rows, err)) == PHX_OK) {
        struct block_row row;
        block_row_read(find->rows, &row);
        if (zone_may(find, &row.zone)) {
            *out = candidate_of(find, &row);
            return PHX_OK;
        }
    }
    return status;
}

void candidates_clear(struct find *find)
{
    block_set_clear(&find->hinted);
    memory_free(find->candidates);
    if (find->rows != NULL)
        sql_end(find->rows);
}

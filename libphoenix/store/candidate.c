/*
 * candidate.c - the blocks that may have rows of a search, in its order: by
 * posting where ids are asked for, else by zone map.
 */
#include "base/base.h"

#include "store/find.h"

#include <stdlib.h>

static bool has_number(const struct search *search,
                       const struct block_zone *zone)
{
    size_t at = search_number_from(search, zone->min_number);

    if (zone->max_number < search->min_number ||
        zone->min_number > search->max_number)
        return false;
    return search->number_count == 0 ||
           (at < search->number_count &&
            search->numbers[at] <= zone->max_number);
}

static bool zone_may(const struct search *search, const struct block_zone *zone)
{
    const struct span_filter *filter = &search->filter;

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
    return zone->max_latency >= (int64_t)(search->min_latency / 1000) &&
           has_number(search, zone);
}

/* The first ns, or the last, of a time in us. */
static uint64_t first_ns(int64_t us)
{
    return (uint64_t)us * 1000;
}

static uint64_t last_ns(int64_t us)
{
    return (uint64_t)us >= UINT64_MAX / 1000 ? UINT64_MAX : first_ns(us) + 999;
}

static struct candidate candidate_of(const struct find *find,
                                     const struct block_row *row)
{
    const struct block_zone *zone = &row->zone;
    bool down = find->turn != 0;
    uint64_t key = 0;

    if (find->order == FIND_BY_NUMBER)
        key = (uint64_t)(down ? zone->max_number : zone->min_number);
    if (find->order == FIND_BY_START)
        key = start_key(down ? last_ns(zone->max_time)
                             : first_ns(zone->min_time));
    return (struct candidate){row->id, key ^ find->turn};
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
    const struct span_filter *filter = &find->search->filter;
    uint64_t secret = find->snapshot->store->secret;

    return filter->span_id_count > 0
               ? posting_hash(secret, POSTING_SPAN, filter->span_ids[i])
               : posting_hash(secret, POSTING_TRACE, filter->trace_ids[i]);
}

static phx_status add_candidate(struct find *find, int64_t block,
                                phx_error *err)
{
    struct block_row row;
    phx_status status =
        block_row_find(find->snapshot->connection, block, &row, err);

    if (status != PHX_OK || !zone_may(find->search, &row.zone))
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
    struct snapshot *snapshot = find->snapshot;
    size_t count = id_count(&find->search->filter);
    struct block_set blocks = {0};
    int64_t block;
    phx_status status = PHX_DONE;

    if (find->search->only_trace != 0)
        status = trace_rows_find(snapshot, find->search->only_trace,
                                 find->search->only_spans, &block, err);
    if (status != PHX_DONE)
        return status < 0 ? status : add_candidate(find, block, err);
    for (size_t i = 0; i < count && status >= 0; i++)
        status =
            lookup_blocks(snapshot->store, snapshot->connection,
                          &snapshot->counter, id_hash(find, i), &blocks, err);
    for (size_t i = 0; i < blocks.count && status >= 0; i++)
        status = add_candidate(find, blocks.ids[i], err);
    block_set_clear(&blocks);
    if (status >= 0 && find->candidate_count > 0)
        qsort(find->candidates, find->candidate_count, sizeof *find->candidates,
              by_place);
    return status < 0 ? status : PHX_OK;
}

/* --- by zone map --------------------------------------------------------------- */

#define BLOCKS_BETWEEN                                                         \
    " AND max_no >= ?2 AND min_no <= ?3 AND max_t >= ?4 AND min_t <= ?5"

/* The statement is put together from fixed pieces; values are bound. With a
 * project its two halves come from an index each, row by row. */
static void blocks_sql(const struct find *find, char *out, size_t size)
{
    static const char *const orders[][2] = {
        [FIND_ANY] = {"id", "id"},
        [FIND_BY_NUMBER] = {"min_no", "max_no DESC"},
        [FIND_BY_START] = {"min_t", "max_t DESC"},
    };

    snprintf(out, size, "%s ORDER BY %s",
             find->search->filter.project != 0 ? BLOCK_ROW
                 " WHERE project = ?1" BLOCKS_BETWEEN " UNION ALL " BLOCK_ROW
                 " WHERE project = -1" BLOCKS_BETWEEN
                                               : BLOCK_ROW
                 " WHERE ?1 = 0" BLOCKS_BETWEEN,
             orders[find->order][find->turn != 0]);
}

/* Each search has a statement of its own: several may be going on. */
static phx_status start_rows(struct find *find, phx_error *err)
{
    const struct span_filter *filter = &find->search->filter;
    const int64_t values[] = {
        filter->project, find->search->min_number, find->search->max_number,
        (int64_t)(filter->start_time / 1000),
        filter->end_time > 0 ? (int64_t)(filter->end_time / 1000) : INT64_MAX};
    struct connection *connection = find->snapshot->connection;
    char text[768];

    blocks_sql(find, text, sizeof text);
    find->rows = (struct statement){.connection = connection};
    find->rows.code =
        sqlite3_prepare_v2(connection->db, text, -1, &find->rows.handle, NULL);
    for (int i = 0; i < (int)(sizeof values / sizeof *values); i++)
        sql_bind_int(&find->rows, i + 1, values[i]);
    return find->rows.code == SQLITE_OK
               ? PHX_OK
               : connection_fail(connection, find->rows.code, err);
}

phx_status candidates_start(struct find *find, phx_error *err)
{
    return id_count(&find->search->filter) > 0 ? find_candidates(find, err)
                                               : start_rows(find, err);
}

phx_status candidates_next(struct find *find, struct candidate *out,
                           phx_error *err)
{
    phx_status status;

    if (find->rows.handle == NULL) {
        if (find->candidate_at == find->candidate_count)
            return PHX_DONE;
        *out = find->candidates[find->candidate_at++];
        return PHX_OK;
    }
    while ((status = sql_next(&find->rows, err)) == PHX_OK) {
        struct block_row row;
        block_row_read(&find->rows, &row);
        if (zone_may(find->search, &row.zone)) {
            *out = candidate_of(find, &row);
            return PHX_OK;
        }
    }
    return status;
}

void candidates_clear(struct find *find)
{
    memory_free(find->candidates);
    sqlite3_finalize(find->rows.handle);
}

/*
 * find.c - the rows that match, in order.
 *
 *     candidate blocks   in order of the first row that each can have
 *     rows of a block    columns tested in turn, cheapest first
 *     heap               rows of the open blocks, the first in order on top
 *
 * A block is opened only when it can have the next row, so that the newest
 * hundred spans cost one or two blocks, and closed with its last row.
 */
#include "base/base.h"

#include "store/find.h"

/* --- the heap ----------------------------------------------------------------- */

/* Of equal starts the number decides. */
static bool comes_before(const struct find *find, const struct hit *a,
                         const struct hit *b)
{
    if (a->place != b->place)
        return a->place < b->place;
    return ((uint64_t)a->number ^ find->turn) <
           ((uint64_t)b->number ^ find->turn);
}

static void heap_put(struct find *find, const struct hit *hit)
{
    size_t at = find->hit_count++;

    while (at > 0 && comes_before(find, hit, &find->hits[(at - 1) / 2])) {
        find->hits[at] = find->hits[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    find->hits[at] = *hit;
}

static void heap_drop_first(struct find *find)
{
    const struct hit last = find->hits[--find->hit_count];
    size_t at = 0, child;

    while ((child = 2 * at + 1) < find->hit_count) {
        if (child + 1 < find->hit_count &&
            comes_before(find, &find->hits[child + 1], &find->hits[child]))
            child++;
        if (!comes_before(find, &find->hits[child], &last))
            break;
        find->hits[at] = find->hits[child];
        at = child;
    }
    find->hits[at] = last;
}

/* The next row of those that are open, which there must be. */
static struct hit *first_hit(const struct find *find)
{
    return &find->hits[find->order == FIND_ANY ? find->hit_count - 1 : 0];
}

static void drop_first(struct find *find)
{
    struct opened *opened = first_hit(find)->opened;

    if (find->order == FIND_ANY)
        find->hit_count--;
    else
        heap_drop_first(find);
    snapshot_close(find->snapshot, opened);
}

/* --- the blocks ----------------------------------------------------------------- */

static phx_status make_room(struct find *find, size_t count, phx_error *err)
{
    size_t needed = size_add(find->hit_count, count);

    if (needed <= find->hit_capacity)
        return PHX_OK;
    if (needed < find->hit_capacity * 2)
        needed = find->hit_capacity * 2;
    size_t size = size_mul(needed, sizeof *find->hits);
    struct hit *hits = memory_resize(find->hits, size);
    if (hits == NULL)
        return fail_memory(err, size);
    find->hits = hits;
    find->hit_capacity = needed;
    return PHX_OK;
}

/* From the last row to the first: a stack gives them back in order. */
static phx_status add_hits(struct find *find, const struct match *match,
                           phx_error *err)
{
    struct opened *opened = match->opened;
    const struct block_ints *numbers, *keys;
    uint32_t count = 0;
    phx_status status;

    for (uint32_t i = match->from; i < match->to; i++)
        count += match->keep[i];
    if (count == 0)
        return PHX_OK;
    if ((status = make_room(find, count, err)) < 0 ||
        (status = opened_ints(opened, COLUMN_NUMBER, &numbers, err)) < 0 ||
        (status = opened_ints(opened,
                              find->order == FIND_BY_START ? COLUMN_START
                                                           : COLUMN_NUMBER,
                              &keys, err)) < 0)
        return status;
    for (uint32_t i = match->to; i-- > match->from;) {
        if (!match->keep[i])
            continue;
        uint64_t key = (uint64_t)block_int(keys, i);
        if (find->order == FIND_BY_START)
            key = start_key(key);
        const struct hit hit = {.place = key ^ find->turn,
                                .number = block_int(numbers, i),
                                .opened = opened,
                                .row = i};
        if (find->order == FIND_ANY)
            find->hits[find->hit_count++] = hit;
        else
            heap_put(find, &hit);
    }
    opened->users += count;
    return PHX_OK;
}

/* Opens a block and matches its rows; the block is the caller's to close. */
static phx_status open_block(struct find *find, int64_t block,
                             struct match *out, phx_error *err)
{
    phx_status status;

    *out = (struct match){.scratch = &find->scratch};
    if ((status = snapshot_open(find->snapshot, block, &out->opened, err)) < 0)
        return status;
    out->to = block_rows(out->opened->stored.block);
    arena_reset(&find->scratch);
    if ((out->keep = arena_new(&find->scratch, out->to)) == NULL)
        status = arena_status(&find->scratch, out->to, err);
    else
        status = match_rows(find, out, err);
    if (status < 0)
        snapshot_close(find->snapshot, out->opened);
    return status;
}

static phx_status add_block(struct find *find, int64_t block, phx_error *err)
{
    struct match match;
    phx_status status = open_block(find, block, &match, err);

    if (status < 0)
        return status;
    status = add_hits(find, &match, err);
    snapshot_close(find->snapshot, match.opened);
    return status;
}

/* The candidate that is next, and the search moves past it. */
static phx_status take_candidate(struct find *find, int64_t *block,
                                 phx_error *err)
{
    phx_status status;

    *block = find->next.block;
    if ((status = candidates_next(find, &find->next, err)) >= 0)
        find->more = status;
    return status < 0 ? status : PHX_OK;
}

/* Whether the next candidate may have a row before all that are open. */
static bool candidate_is_due(const struct find *find)
{
    if (find->more != PHX_OK)
        return false;
    return find->hit_count == 0 ||
           (find->order != FIND_ANY && find->next.place <= find->hits[0].place);
}

phx_status find_start(struct find *find, struct snapshot *snapshot,
                      const struct search *search, enum find_order order,
                      bool down, phx_error *err)
{
    phx_status status;

    *find = (struct find){.snapshot = snapshot,
                          .search = search,
                          .order = order,
                          .turn = down ? UINT64_MAX : 0,
                          .more = PHX_DONE};
    arena_init(&find->scratch, SIZE_MAX);
    if (search->nothing)
        return PHX_OK;
    if ((status = candidates_start(find, err)) >= 0)
        status = find->more = candidates_next(find, &find->next, err);
    return status < 0 ? status : PHX_OK;
}

phx_status find_next(struct find *find, const struct hit **out, phx_error *err)
{
    phx_status status;

    if (find->given)
        drop_first(find);
    find->given = false;
    while (candidate_is_due(find)) {
        int64_t block;
        if ((status = take_candidate(find, &block, err)) < 0 ||
            (status = add_block(find, block, err)) < 0)
            return status;
    }
    if (find->hit_count == 0)
        return PHX_DONE;
    *out = first_hit(find);
    find->given = true;
    return PHX_OK;
}

phx_status find_next_block(struct find *find, struct opened **out,
                           const uint8_t **keep, phx_error *err)
{
    struct match match = {0};
    int64_t block;
    phx_status status;

    if (find->more != PHX_OK)
        return PHX_DONE;
    if ((status = take_candidate(find, &block, err)) >= 0)
        status = open_block(find, block, &match, err);
    *out = match.opened;
    *keep = match.keep;
    return status;
}

void find_clear(struct find *find)
{
    for (size_t i = 0; i < find->hit_count; i++)
        snapshot_close(find->snapshot, find->hits[i].opened);
    memory_free(find->hits);
    candidates_clear(find);
    arena_clear(&find->scratch);
    *find = (struct find){.more = PHX_DONE};
}

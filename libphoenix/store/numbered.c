/*
 * numbered.c - the spans of given numbers, in the order given. They are read
 * block by block, each block once, whatever that order is: whoever wants many
 * in an order that no block has asks for as many at once as memory allows.
 */
#include "base/base.h"

#include "store/find.h"

#include <stdlib.h>

enum { READ_ROWS = SHRUNK(64, 2) }; /* of a block, read together */

struct wanted {
    int64_t number;
    size_t place;
};

struct reading {
    struct snapshot *snapshot;
    int64_t project;             /* 0 for any */
    const struct wanted *wanted; /* by number */
    size_t count;
    const struct span_choice *choice; /* NULL for all */
    size_t most;                      /* bytes of the page */
    struct opened *opened;            /* the block of `rows`, or NULL */
    uint32_t rows[READ_ROWS];
    struct span spans[READ_ROWS];
    size_t row_count;
    struct span_page *out;
};

static int by_number(const void *a, const void *b)
{
    const struct wanted *x = a, *y = b;

    return (x->number > y->number) - (x->number < y->number);
}

static size_t place_of(const struct reading *reading, int64_t number)
{
    const struct wanted key = {.number = number};
    const struct wanted *found =
        bsearch(&key, reading->wanted, reading->count, sizeof key, by_number);

    return found->place;
}

static phx_status decode_rows(struct reading *reading, phx_error *err)
{
    const struct span_choice *choice = reading->choice;
    struct block *block = reading->opened->stored.block;
    struct arena *arena = &reading->out->arena;
    phx_status status = PHX_OK;

    if (choice == NULL)
        return block_read_some(block, arena, reading->most, reading->rows,
                               &reading->row_count, BLOCK_WHOLE, reading->spans,
                               err);
    size_t size = size_mul(choice->path_count, sizeof(struct block_path *));
    struct block_path **paths = arena_new(arena, size);
    if (paths == NULL)
        return arena_status(arena, size, err);
    for (size_t i = 0; i < choice->path_count && status >= 0; i++)
        status =
            attribute_open(reading->opened, choice->paths[i], &paths[i], err);
    const struct block_choice chosen = {paths, choice->path_count,
                                        choice->events};
    return status < 0 ? status
                      : block_read_chosen(block, arena, reading->most,
                                          reading->rows, &reading->row_count,
                                          &chosen, reading->spans, err);
}

/* Reads the rows that wait. DONE if the page is too large now. */
static phx_status read_rows(struct reading *reading, phx_error *err)
{
    struct span_page *out = reading->out;
    phx_status status;

    if (reading->opened == NULL)
        return PHX_OK;
    status = decode_rows(reading, err);
    for (size_t i = 0; status >= 0 && i < reading->row_count; i++)
        out->spans[place_of(reading, reading->spans[i].number)] =
            reading->spans[i];
    snapshot_close(reading->snapshot, reading->opened);
    reading->opened = NULL;
    reading->row_count = 0;
    if (status >= 0 && out->arena.total > reading->most)
        return PHX_DONE;
    return status;
}

static phx_status read_hits(struct reading *reading, struct find *find,
                            phx_error *err)
{
    const struct hit *hit;
    phx_status status;

    while ((status = find_next(find, &hit, err)) == PHX_OK) {
        if ((reading->opened != hit->opened ||
             reading->row_count == READ_ROWS) &&
            (status = read_rows(reading, err)) != PHX_OK)
            return status;
        if (reading->opened == NULL) {
            reading->opened = hit->opened;
            hit->opened->users++;
        }
        reading->rows[reading->row_count++] = hit->row;
    }
    return status < 0 ? status : read_rows(reading, err);
}

/* The first `count` of the numbers. DONE if they are too large together. */
static phx_status try_count(struct reading *reading, const int64_t *numbers,
                            size_t count, phx_error *err)
{
    struct arena *arena = &reading->out->arena;
    size_t size = size_mul(count, sizeof *reading->out->spans);
    struct wanted *wanted = arena_new(arena, size_mul(count, sizeof *wanted));
    int64_t *sorted = arena_new(arena, size_mul(count, sizeof *sorted));
    struct search search = {
        .max_number = INT64_MAX, .numbers = sorted, .number_count = count};
    struct find find;
    phx_status status;

    reading->out->spans = arena_new(arena, size);
    if (wanted == NULL || sorted == NULL || reading->out->spans == NULL)
        return arena_status(arena, size, err);
    memset(reading->out->spans, 0, size);
    for (size_t i = 0; i < count; i++)
        wanted[i] = (struct wanted){numbers[i], i};
    qsort(wanted, count, sizeof *wanted, by_number);
    for (size_t i = 0; i < count; i++)
        sorted[i] = wanted[i].number;
    reading->wanted = wanted;
    reading->count = count;
    status =
        find_start(&find, reading->snapshot, &search, FIND_ANY, false, err);
    if (status >= 0)
        status = read_hits(reading, &find, err);
    if (reading->opened != NULL)
        snapshot_close(reading->snapshot, reading->opened);
    reading->opened = NULL;
    find_clear(&find);
    return status;
}

static void leave_out_gone(struct span_page *page, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (page->spans[i].number != 0)
            page->spans[page->count++] = page->spans[i];
    }
}

phx_status store_read_numbered(struct store *store, int64_t project,
                               const int64_t *numbers, size_t count,
                               const struct span_choice *choice, size_t most,
                               struct span_page *out, size_t *taken,
                               phx_error *err)
{
    struct snapshot snapshot;
    struct reading reading = {.project = project,
                              .snapshot = &snapshot,
                              .choice = choice,
                              .most = most,
                              .out = out};
    phx_status status;

    span_page_clear(out);
    *taken = 0;
    if (count == 0)
        return PHX_OK;
    if ((status = snapshot_take(store, &snapshot, err)) < 0)
        return status;
    while ((status = try_count(&reading, numbers, count, err)) == PHX_DONE &&
           count > 1) {
        arena_reset(&out->arena);
        count /= 2;
    }
    snapshot_give(&snapshot);
    if (status < 0) {
        span_page_clear(out);
        return status;
    }
    leave_out_gone(out, count);
    *taken = count;
    return PHX_OK;
}

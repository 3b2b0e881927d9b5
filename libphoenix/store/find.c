/*
 * find.c - spans in order of number, a page at a time.
 *
 *     candidate blocks   by zone map in order of number, or by posting
 *     rows of a block    columns tested in turn, cheapest first
 *     merge              best row of the open blocks, until the page is full
 *     read               the rows' spans, block by block
 *
 * A block is opened only when its zone reaches the best row so far, so that
 * the newest hundred spans cost one or two blocks.
 */
#include "base/base.h"

#include "store/find.h"

#include <stdlib.h>

enum {
    PAGE_BYTES = SHRUNK(16 << 20, 8 << 10), /* a page closes past that */
    READ_ROWS = SHRUNK(64, 2)               /* rows read between looks at it */
};

struct hit {
    int64_t place;
    uint32_t row;
};

/* An open block and its rows that match, in the page's order. */
struct source {
    struct stored_block stored;
    struct hit *hits;
    size_t count, at;
};

void span_page_init(struct span_page *page)
{
    *page = (struct span_page){0};
    arena_init(&page->arena, SIZE_MAX);
}

void span_page_clear(struct span_page *page)
{
    arena_clear(&page->arena);
    span_page_init(page);
}

static int by_place(const void *a, const void *b)
{
    const struct hit *x = a, *y = b;

    return (x->place > y->place) - (x->place < y->place);
}

static phx_status collect_hits(struct find *find, struct source *source,
                               phx_error *err)
{
    struct block *block = source->stored.block;
    uint32_t rows = block_rows(block);
    struct block_ints numbers;
    uint8_t *keep;
    phx_status status;

    arena_reset(&find->scratch);
    if ((keep = arena_new(&find->scratch, rows)) == NULL)
        return arena_status(&find->scratch, rows, err);
    if ((status = match_rows(find, block, keep, err)) < 0 ||
        (status = block_read_ints(block, COLUMN_NUMBER, &numbers, err)) < 0)
        return status;
    for (uint32_t i = 0; i < rows; i++)
        source->count += keep[i];
    if (source->count == 0)
        return PHX_OK;
    source->hits = memory_new(size_mul(source->count, sizeof *source->hits));
    if (source->hits == NULL)
        return fail_memory(err, source->count * sizeof *source->hits);
    source->count = 0;
    for (uint32_t i = 0; i < rows; i++) {
        if (keep[i])
            source->hits[source->count++] =
                (struct hit){find_place(find, block_int(&numbers, i)), i};
    }
    qsort(source->hits, source->count, sizeof *source->hits, by_place);
    return PHX_OK;
}

static void source_clear(struct source *source)
{
    stored_block_close(&source->stored);
    memory_free(source->hits);
}

static phx_status add_source(struct find *find, int64_t block, phx_error *err)
{
    struct source **sources =
        memory_grow(find->sources, &find->source_capacity, find->source_count,
                    sizeof *sources, err);
    phx_status status;

    if (sources == NULL)
        return PHX_NO_MEMORY;
    find->sources = sources;
    struct source *source = memory_new(sizeof *source);
    if (source == NULL)
        return fail_memory(err, sizeof *source);
    *source = (struct source){0};
    if ((status = stored_block_open(find->connection, block, &source->stored,
                                    err)) < 0 ||
        (status = collect_hits(find, source, err)) < 0 || source->count == 0) {
        source_clear(source);
        memory_free(source);
        return status;
    }
    find->sources[find->source_count++] = source;
    return PHX_OK;
}

static struct source *best_source(const struct find *find)
{
    struct source *best = NULL;

    for (size_t i = 0; i < find->source_count; i++) {
        struct source *source = find->sources[i];
        if (source->at == source->count)
            continue;
        if (best == NULL ||
            source->hits[source->at].place < best->hits[best->at].place)
            best = source;
    }
    return best;
}

struct pick {
    struct source *source;
    struct hit hit;
};

/* The best `limit` rows, and one more that tells where the next page begins. */
static phx_status pick_rows(struct find *find, size_t limit, struct pick *picks,
                            size_t *count, int64_t *next, phx_error *err)
{
    struct candidate candidate;
    phx_status more = candidates_next(find, &candidate, err);
    phx_status status;

    *count = 0;
    *next = 0;
    while (more >= 0) {
        struct source *best = best_source(find);
        bool reached =
            more == PHX_OK &&
            (best == NULL || candidate.place <= best->hits[best->at].place);
        if (reached) {
            if ((status = store_check_interrupt(find->store, find->interrupts,
                                                err)) < 0 ||
                (status = add_source(find, candidate.block, err)) < 0)
                return status;
            more = candidates_next(find, &candidate, err);
            continue;
        }
        if (best == NULL)
            return PHX_OK;
        if (*count == limit) {
            *next = find_place(find, best->hits[best->at].place);
            return PHX_OK;
        }
        picks[(*count)++] = (struct pick){best, best->hits[best->at++]};
    }
    return more;
}

/* The spans of up to READ_ROWS picks, block by block, each to its place.
 * spans [READ_ROWS] is for the reading. */
static phx_status read_picks(struct find *find, const struct pick *picks,
                             size_t count, bool bare, struct span *spans,
                             struct span_page *out, phx_error *err)
{
    uint32_t rows[READ_ROWS];
    size_t places[READ_ROWS];
    phx_status status;

    for (size_t s = 0; s < find->source_count; s++) {
        struct source *source = find->sources[s];
        size_t found = 0;
        for (size_t i = 0; i < count; i++) {
            if (picks[i].source == source) {
                rows[found] = picks[i].hit.row;
                places[found++] = i;
            }
        }
        if (found == 0)
            continue;
        if ((status = block_read_spans(source->stored.block, &out->arena, rows,
                                       found, bare ? BLOCK_BARE : BLOCK_WHOLE,
                                       spans, err)) < 0)
            return status;
        for (size_t i = 0; i < found; i++)
            out->spans[out->count + places[i]] = spans[i];
    }
    out->count += count;
    return PHX_OK;
}

/* Compaction follows a trace's session later; its row has it now. */
static phx_status place_spans(struct find *find, struct span_page *page,
                              phx_error *err)
{
    struct trace_row row = {0};
    phx_status status;

    for (size_t i = 0; i < page->count; i++) {
        struct span *span = &page->spans[i];
        if (span->trace != row.id &&
            (status = trace_row_find(find->connection, span->trace, &row,
                                     err)) != PHX_OK)
            return status < 0 ? status
                              : fail(err, PHX_CORRUPT, -1,
                                     "the row of trace %lld is lost",
                                     (long long)span->trace);
        span->session = row.session;
    }
    return PHX_OK;
}

static phx_status read_page(struct find *find, size_t limit, bool bare,
                            struct span_page *out, phx_error *err)
{
    struct pick *picks = arena_new(&out->arena, size_mul(limit, sizeof *picks));
    size_t count, done = 0;
    phx_status status;

    if (picks == NULL)
        return arena_status(&out->arena, size_mul(limit, sizeof *picks), err);
    if ((status = pick_rows(find, limit, picks, &count, &out->next, err)) < 0)
        return status;
    out->spans = arena_new(&out->arena, size_mul(count, sizeof *out->spans));
    struct span *some_spans =
        arena_new(&out->arena, READ_ROWS * sizeof *some_spans);
    if (out->spans == NULL || some_spans == NULL)
        return arena_status(&out->arena, size_mul(count, sizeof *out->spans),
                            err);
    while (done < count) {
        size_t some = count - done < READ_ROWS ? count - done : READ_ROWS;
        if ((status = read_picks(find, picks + done, some, bare, some_spans,
                                 out, err)) < 0)
            return status;
        done += some;
        if (done < count && out->arena.total > PAGE_BYTES) {
            out->next = find_place(find, picks[done].hit.place);
            break;
        }
    }
    return place_spans(find, out, err);
}

static void find_clear(struct find *find)
{
    for (size_t i = 0; i < find->source_count; i++) {
        source_clear(find->sources[i]);
        memory_free(find->sources[i]);
    }
    memory_free(find->sources);
    candidates_clear(find);
    gone_clear(&find->gone);
    arena_clear(&find->scratch);
}

phx_status store_read_spans(struct store *store,
                            const struct span_filter *filter, int64_t from,
                            bool ascending, bool bare, size_t limit,
                            struct span_page *out, phx_error *err)
{
    struct find find = {.store = store,
                        .filter = filter,
                        .turn = ascending ? 0 : -1,
                        .interrupts = store_interrupts(store)};
    phx_status status;

    find.from = find_place(&find, from != 0 || ascending ? from : INT64_MAX);
    span_page_clear(out);
    arena_init(&find.scratch, SIZE_MAX);
    if ((status = candidates_hint(&find, err)) >= 0 &&
        (status = store_reader_take(store, &find.connection, &find.counter,
                                    err)) >= 0 &&
        (status = gone_read(find.connection, &find.gone, err)) >= 0 &&
        (status = candidates_start(&find, err)) >= 0)
        status = read_page(&find, limit, bare, out, err);
    find_clear(&find);
    if (find.connection != NULL)
        store_reader_give(store, find.connection);
    if (status < 0)
        span_page_clear(out);
    return status;
}

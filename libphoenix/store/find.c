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

#include "store/inside.h"

enum {
    PAGE_BYTES = SHRUNK(16 << 20, 8 << 10), /* a page closes past that */
    READ_ROWS = SHRUNK(64, 2)               /* rows read between looks at it */
};

struct hit {
    int64_t number;
    uint32_t row;
};

/* An open block and its rows that match, in the page's order. */
struct source {
    struct stored_block stored;
    struct hit *hits;
    size_t count, at;
};

struct find {
    struct store *store;
    struct connection *connection;
    const struct span_filter *filter;
    int64_t from; /* the first number that may come */
    bool ascending;
    struct gone gone;
    struct source **sources;
    size_t source_count, source_capacity;
    /* Blocks that ids lead to, in the page's order; or the rows of SQL. */
    struct block_row *candidates;
    size_t candidate_count, candidate_capacity, candidate_at;
    struct statement *rows;
    struct arena scratch;
    struct counter counter;
    unsigned interrupts;
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

/* --- rows of one block ------------------------------------------------------------ */

static bool in_texts(phx_text text, const phx_text *texts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (text_equal(text, texts[i]))
            return true;
    }
    return false;
}

static phx_status keep_ints(struct block *block, enum block_column column,
                            uint8_t *keep, uint32_t bits, phx_error *err)
{
    struct block_ints ints;
    phx_status status = block_read_ints(block, column, &ints, err);

    for (uint32_t i = 0; status >= 0 && i < block_rows(block); i++)
        keep[i] &= (uint8_t)(bits >> (block_int(&ints, i) & 31) & 1);
    return status;
}

static phx_status keep_texts(struct block *block, enum block_column column,
                             uint8_t *keep, const phx_text *texts, size_t count,
                             phx_error *err)
{
    const struct block_texts *values;
    phx_status status = block_read_texts(block, column, &values, err);

    for (uint32_t i = 0; status >= 0 && i < block_rows(block); i++) {
        if (keep[i])
            keep[i] = in_texts(block_text(values, i), texts, count);
    }
    return status;
}

/* Number, project, what is gone, traces asked for. */
static phx_status keep_places(struct find *find, struct block *block,
                              uint8_t *keep, phx_error *err)
{
    const struct span_filter *filter = find->filter;
    struct block_ints numbers, projects, traces, trace_numbers;
    const struct block_texts *trace_ids;
    phx_status status;

    if ((status = block_read_ints(block, COLUMN_NUMBER, &numbers, err)) < 0 ||
        (status = block_read_ints(block, COLUMN_PROJECT, &projects, err)) < 0 ||
        (status = block_read_ints(block, COLUMN_TRACE, &traces, err)) < 0 ||
        (status = block_read_ints(block, COLUMN_TRACE_NUMBER, &trace_numbers,
                                  err)) < 0 ||
        (status = block_read_texts(block, COLUMN_TRACE_ID, &trace_ids, err)) <
            0)
        return status;
    for (uint32_t i = 0; i < block_rows(block); i++) {
        int64_t number = block_int(&numbers, i);
        int64_t project = block_int(&projects, i);
        uint32_t trace = (uint32_t)block_int(&traces, i);
        if ((find->ascending ? number < find->from : number > find->from) ||
            (filter->project != 0 && project != filter->project)) {
            keep[i] = 0;
            continue;
        }
        if (find->gone.count > 0 &&
            (gone_has(&find->gone, PHX_PROJECT, project) ||
             gone_has(&find->gone, PHX_TRACE,
                      block_int(&trace_numbers, trace)) ||
             gone_has(&find->gone, PHX_SPAN, number)))
            keep[i] = 0;
        else if (filter->trace_id_count > 0 &&
                 !in_texts(block_text(trace_ids, trace), filter->trace_ids,
                           filter->trace_id_count))
            keep[i] = 0;
    }
    return PHX_OK;
}

static phx_status keep_times(const struct span_filter *filter,
                             struct block *block, uint8_t *keep, phx_error *err)
{
    struct block_ints starts;
    phx_status status = block_read_ints(block, COLUMN_START, &starts, err);

    for (uint32_t i = 0; status >= 0 && i < block_rows(block); i++) {
        uint64_t start = (uint64_t)block_int(&starts, i);
        keep[i] &= start >= filter->start_time &&
                   (filter->end_time == 0 || start < filter->end_time);
    }
    return status;
}

static phx_status keep_parents(const struct span_filter *filter,
                               struct block *block, uint8_t *keep,
                               phx_error *err)
{
    const struct block_texts *ids, *outside;
    struct block_ints parents;
    uint32_t rows = block_rows(block);
    phx_status status;

    if ((status = block_read_ints(block, COLUMN_PARENT, &parents, err)) < 0 ||
        (status = block_read_texts(block, COLUMN_SPAN_ID, &ids, err)) < 0 ||
        (status =
             block_read_texts(block, COLUMN_OUTSIDE_PARENT, &outside, err)) < 0)
        return status;
    for (uint32_t i = 0; i < rows; i++) {
        int64_t parent = block_int(&parents, i);
        if (!keep[i])
            continue;
        if (parent == 0)
            keep[i] = filter->parent_id_count == 0;
        else if (filter->roots_only)
            keep[i] = 0;
        else
            keep[i] = in_texts(
                parent <= rows
                    ? block_text(ids, (uint32_t)(parent - 1))
                    : block_text(outside, (uint32_t)(parent - 1 - rows)),
                filter->parent_ids, filter->parent_id_count);
    }
    return PHX_OK;
}

/* An integer asked for finds a float of its value; nothing else changes type.
 */
static phx_status keep_attribute(struct find *find, struct block *block,
                                 const struct attribute_test *test,
                                 uint8_t *keep, phx_error *err)
{
    uint32_t kinds = 1u << test->value.kind;
    size_t size = (block_rows(block) + 7) / 8;
    struct block_step *steps =
        arena_new(&find->scratch, size_mul(test->key_count, sizeof *steps));
    uint8_t *bits = arena_new(&find->scratch, size);
    struct block_path *path;
    phx_status status;

    if (steps == NULL || bits == NULL)
        return arena_status(&find->scratch, size, err);
    for (size_t i = 0; i < test->key_count; i++)
        steps[i] = (struct block_step){.key = test->keys[i]};
    if (test->value.kind == JSON_INT)
        kinds |= 1u << JSON_REAL;
    memset(bits, 0xFF, size);
    if ((status = block_path_open(block, &find->scratch, steps, test->key_count,
                                  &path, err)) < 0 ||
        (status = block_path_filter(path, &test->value, kinds, bits, err)) < 0)
        return status;
    for (uint32_t i = 0; i < block_rows(block); i++)
        keep[i] &= (uint8_t)(bits[i / 8] >> (i % 8) & 1);
    return PHX_OK;
}

static phx_status test_rows(struct find *find, struct block *block,
                            uint8_t *keep, phx_error *err)
{
    const struct span_filter *filter = find->filter;
    phx_status status = keep_places(find, block, keep, err);

    if (status >= 0 && (filter->start_time > 0 || filter->end_time > 0))
        status = keep_times(filter, block, keep, err);
    if (status >= 0 && filter->kinds != 0)
        status = keep_ints(block, COLUMN_KIND, keep, filter->kinds, err);
    if (status >= 0 && filter->statuses != 0)
        status = keep_ints(block, COLUMN_STATUS, keep, filter->statuses, err);
    if (status >= 0 && filter->span_id_count > 0)
        status = keep_texts(block, COLUMN_SPAN_ID, keep, filter->span_ids,
                            filter->span_id_count, err);
    if (status >= 0 && (filter->roots_only || filter->parent_id_count > 0))
        status = keep_parents(filter, block, keep, err);
    if (status >= 0 && filter->name_count > 0)
        status = keep_texts(block, COLUMN_NAME, keep, filter->names,
                            filter->name_count, err);
    for (size_t i = 0; i < filter->test_count && status >= 0; i++)
        status = keep_attribute(find, block, &filter->tests[i], keep, err);
    return status;
}

static int down(const void *a, const void *b)
{
    const struct hit *x = a, *y = b;

    return (x->number < y->number) - (x->number > y->number);
}

static int up(const void *a, const void *b)
{
    return down(b, a);
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
    memset(keep, 1, rows);
    if ((status = test_rows(find, block, keep, err)) < 0 ||
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
                (struct hit){block_int(&numbers, i), i};
    }
    qsort(source->hits, source->count, sizeof *source->hits,
          find->ascending ? up : down);
    return PHX_OK;
}

static void source_clear(struct source *source)
{
    stored_block_close(&source->stored);
    memory_free(source->hits);
}

/* --- candidate blocks ---------------------------------------------------------------- */

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
    return find->ascending ? zone->max_number >= find->from
                           : zone->min_number <= find->from;
}

static phx_status add_candidate(struct find *find, const struct block_row *row,
                                phx_error *err)
{
    if (!zone_may(find, &row->zone))
        return PHX_OK;
    if (find->candidate_count == find->candidate_capacity) {
        size_t capacity =
            find->candidate_capacity ? find->candidate_capacity * 2 : 64;
        size_t size = size_mul(capacity, sizeof *find->candidates);
        struct block_row *rows = memory_resize(find->candidates, size);
        if (rows == NULL)
            return fail_memory(err, size);
        find->candidates = rows;
        find->candidate_capacity = capacity;
    }
    find->candidates[find->candidate_count++] = *row;
    return PHX_OK;
}

static int64_t zone_best(const struct find *find, const struct block_row *row)
{
    return find->ascending ? row->zone.min_number : row->zone.max_number;
}

static int rows_down(const void *a, const void *b)
{
    const struct block_row *x = a, *y = b;

    return (x->zone.max_number < y->zone.max_number) -
           (x->zone.max_number > y->zone.max_number);
}

static int rows_up(const void *a, const void *b)
{
    const struct block_row *x = a, *y = b;

    return (x->zone.min_number > y->zone.min_number) -
           (x->zone.min_number < y->zone.min_number);
}

static void sort_candidates(struct find *find)
{
    if (find->candidate_count == 0)
        return;
    qsort(find->candidates, find->candidate_count, sizeof *find->candidates,
          find->ascending ? rows_up : rows_down);
}

/* Every block that can match, when ids lead to few of them. */
static phx_status candidates_by_id(struct find *find,
                                   const struct block_set *blocks,
                                   phx_error *err)
{
    phx_status status = PHX_OK;

    for (size_t i = 0; i < blocks->count && status >= 0; i++) {
        struct block_row row;
        status = block_row_find(find->connection, blocks->ids[i], &row, err);
        if (status == PHX_OK)
            status = add_candidate(find, &row, err);
    }
    sort_candidates(find);
    return status < 0 ? status : PHX_OK;
}

/* Postings of the spans asked for, else of the traces. Hints come first, then
 * the snapshot. */
static phx_status find_hints(struct find *find, struct block_set *blocks,
                             bool *complete, phx_error *err)
{
    const struct span_filter *filter = find->filter;
    bool spans = filter->span_id_count > 0;
    size_t count = spans ? filter->span_id_count : filter->trace_id_count;
    phx_status status = PHX_OK;

    *complete = true;
    for (size_t i = 0; i < count && status >= 0; i++) {
        bool all;
        status = lookup_hints(
            find->store,
            posting_hash(find->store->secret,
                         spans ? POSTING_SPAN : POSTING_TRACE,
                         spans ? filter->span_ids[i] : filter->trace_ids[i]),
            blocks, &all, err);
        *complete = *complete && all;
    }
    return status;
}

static phx_status find_blocks(struct find *find, struct block_set *blocks,
                              bool complete, phx_error *err)
{
    const struct span_filter *filter = find->filter;
    bool spans = filter->span_id_count > 0;
    size_t count = spans ? filter->span_id_count : filter->trace_id_count;
    phx_status status = PHX_OK;

    for (size_t i = 0; i < count && status >= 0; i++)
        status = lookup_blocks(
            find->connection, &find->counter,
            posting_hash(find->store->secret,
                         spans ? POSTING_SPAN : POSTING_TRACE,
                         spans ? filter->span_ids[i] : filter->trace_ids[i]),
            complete, blocks, err);
    return status < 0 ? status : candidates_by_id(find, blocks, err);
}

static void start_candidates(struct find *find)
{
    int64_t project = find->filter->project;
    enum sql id = find->ascending
                      ? (project ? SQL_BLOCKS_UP : SQL_BLOCKS_UP_ALL)
                      : (project ? SQL_BLOCKS_DOWN : SQL_BLOCKS_DOWN_ALL);

    find->rows = sql(find->connection, id);
    sql_bind_int(find->rows, 1, project);
    sql_bind_int(find->rows, 2, find->from);
}

/* The next candidate block in the page's order, or DONE. */
static phx_status next_candidate(struct find *find, struct block_row *out,
                                 phx_error *err)
{
    phx_status status = PHX_DONE;

    if (find->rows == NULL) {
        if (find->candidate_at == find->candidate_count)
            return PHX_DONE;
        *out = find->candidates[find->candidate_at++];
        return PHX_OK;
    }
    while ((status = sql_next(find->rows, err)) == PHX_OK) {
        block_row_read(find->rows, out);
        if (zone_may(find, &out->zone))
            return PHX_OK;
    }
    return status;
}

/* --- the page ------------------------------------------------------------------------- */

static phx_status add_source(struct find *find, int64_t block, phx_error *err)
{
    phx_status status;

    if (find->source_count == find->source_capacity) {
        size_t capacity = find->source_capacity ? find->source_capacity * 2 : 8;
        size_t size = size_mul(capacity, sizeof(struct source *));
        struct source **sources = memory_resize(find->sources, size);
        if (sources == NULL)
            return fail_memory(err, size);
        find->sources = sources;
        find->source_capacity = capacity;
    }
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
        if (best == NULL || (source->hits[source->at].number >
                             best->hits[best->at].number) != find->ascending)
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
    struct block_row candidate;
    phx_status more = next_candidate(find, &candidate, err);
    phx_status status;

    *count = 0;
    *next = 0;
    while (more >= 0) {
        struct source *best = best_source(find);
        bool reached = more == PHX_OK &&
                       (best == NULL ||
                        (find->ascending ? zone_best(find, &candidate) <=
                                               best->hits[best->at].number
                                         : zone_best(find, &candidate) >=
                                               best->hits[best->at].number));
        if (reached) {
            if ((status = store_check_interrupt(find->store, find->interrupts,
                                                err)) < 0 ||
                (status = add_source(find, candidate.id, err)) < 0)
                return status;
            more = next_candidate(find, &candidate, err);
            continue;
        }
        if (best == NULL)
            return PHX_OK;
        if (*count == limit) {
            *next = best->hits[best->at].number;
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
            out->next = picks[done].hit.number;
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
    memory_free(find->candidates);
    if (find->rows != NULL)
        sql_end(find->rows);
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
                        .from = from != 0 || ascending ? from : INT64_MAX,
                        .ascending = ascending,
                        .interrupts = store_interrupts(store)};
    bool by_id = filter->span_id_count > 0 || filter->trace_id_count > 0;
    struct block_set blocks = {0};
    bool complete = true;
    phx_status status;

    span_page_clear(out);
    arena_init(&find.scratch, SIZE_MAX);
    if ((by_id && (status = find_hints(&find, &blocks, &complete, err)) < 0) ||
        (status = store_reader_take(store, &find.connection, &find.counter,
                                    err)) < 0) {
        block_set_clear(&blocks);
        return status;
    }
    status = gone_read(find.connection, &find.gone, err);
    if (status >= 0 && by_id)
        status = find_blocks(&find, &blocks, complete, err);
    else if (status >= 0)
        start_candidates(&find);
    if (status >= 0)
        status = read_page(&find, limit, bare, out, err);
    find_clear(&find);
    store_reader_give(store, find.connection);
    block_set_clear(&blocks);
    if (status < 0)
        span_page_clear(out);
    return status;
}

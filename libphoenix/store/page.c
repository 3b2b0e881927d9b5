/*
 * page.c - spans in order of number, a page at a time, each of one snapshot.
 */
#include "base/base.h"

#include "store/span_table.h"

#include <stdlib.h>

enum {
    PAGE_BYTES = SHRUNK(16 << 20, 8 << 10), /* a page closes past that */
    READ_BYTES = PAGE_BYTES / 8,            /* read together, about */
    READ_ROWS = SHRUNK(1024, 2)             /* the same, at most */
};

/* Rows of a page, in its order; their blocks stay open with the snapshot. */
struct picks {
    struct snapshot *snapshot;
    struct hit *hits;
    size_t count;
    int64_t next; /* the number after them, 0 if there is none */
};

void span_page_init(struct span_page *page)
{
    *page = (struct span_page){0};
    arena_init(&page->arena, SIZE_MAX);
}

void span_page_clear(struct span_page *page)
{
    arena_clear(&page->arena);
    opened_clear(&page->kept);
    span_page_init(page);
}

/* Neighbours in number are often in the same few blocks: those that the page
 * before has decoded stay. */
static void next_page(struct span_page *page)
{
    struct opened *kept = page->kept;

    page->kept = NULL;
    span_page_clear(page);
    page->kept = kept;
}

/* --- which rows ----------------------------------------------------------------- */

/* The first `limit` rows, and one more that tells where the next page begins.
 */
static phx_status pick_rows(const struct search *search, bool down,
                            size_t limit, struct picks *out, phx_error *err)
{
    struct find find;
    const struct hit *hit;
    phx_status status =
        find_start(&find, out->snapshot, search, FIND_BY_NUMBER, down, err);

    while (status >= 0 && (status = find_next(&find, &hit, err)) == PHX_OK) {
        if (out->count == limit) {
            out->next = hit->number;
            break;
        }
        out->hits[out->count++] = *hit;
        hit->opened->users++;
    }
    find_clear(&find);
    return status < 0 ? status : PHX_OK;
}

static phx_status keep_row(struct picks *out, int64_t number, int64_t ref,
                           phx_error *err)
{
    struct hit *hit = &out->hits[out->count];
    phx_status status =
        snapshot_open(out->snapshot, ref_block(ref), &hit->opened, err);

    if (status < 0)
        return status;
    hit->number = number;
    hit->row = ref_row(ref);
    out->count++;
    return PHX_OK;
}

static phx_status start_condition(const struct search *search, bool down,
                                  struct snapshot *snapshot,
                                  struct statement *out, phx_error *err)
{
    const struct store_condition *condition = &search->filter.condition;
    struct buf text;
    phx_status status;

    buf_init(&text, SIZE_MAX);
    buf_add_string(&text, "SELECT r.no, r.ref FROM stored_span r"
                          " WHERE r.among = ?1");
    buf_add_text(&text, condition->sql);
    buf_add_string(&text, down ? " ORDER BY r.no DESC" : " ORDER BY r.no");
    if ((status = buf_status(&text, "a condition", err)) >= 0)
        status =
            rows_prepare(snapshot, text_span(text.data, text.size), out, err);
    buf_clear(&text);
    if (status < 0)
        return status;
    sqlite3_bind_pointer(out->handle, 1, (void *)(uintptr_t)search,
                         SEARCH_POINTER, NULL);
    rows_bind(out, condition);
    return PHX_OK;
}

/* The same, of the rows that a condition holds for. */
static phx_status pick_by_condition(const struct search *search, bool down,
                                    size_t limit, struct picks *out,
                                    phx_error *err)
{
    struct statement read = {0};
    phx_status status =
        start_condition(search, down, out->snapshot, &read, err);

    while (status >= 0 &&
           (status = rows_next(out->snapshot, &read, err)) == PHX_OK) {
        int64_t number = sql_int(&read, 0);
        if (out->count == limit) {
            out->next = number;
            break;
        }
        status = keep_row(out, number, sql_int(&read, 1), err);
    }
    sqlite3_finalize(read.handle);
    return status < 0 ? status : PHX_OK;
}

static phx_status pick(const struct search *search, bool down, size_t limit,
                       struct picks *out, phx_error *err)
{
    return search->filter.condition.sql.size > 0
               ? pick_by_condition(search, down, limit, out, err)
               : pick_rows(search, down, limit, out, err);
}

static phx_status pack_test(const struct attribute_test *test,
                            struct arena *arena, struct buf *packed,
                            phx_text *out, phx_error *err)
{
    size_t size = size_mul(test->key_count, sizeof(struct value));
    struct value *keys = arena_new(arena, size);
    struct value parts[] = {
        {.kind = JSON_ARRAY, .count = (uint32_t)test->key_count, .items = keys},
        test->value};
    const struct value whole = {.kind = JSON_ARRAY, .count = 2, .items = parts};
    phx_status status;

    if (keys == NULL)
        return arena_status(arena, size, err);
    for (size_t i = 0; i < test->key_count; i++)
        keys[i] = value_text(test->keys[i]);
    buf_reset(packed);
    pack_value(packed, &whole);
    if ((status = buf_status(packed, "an attribute test", err)) < 0)
        return status;
    const uint8_t *bytes = arena_copy(arena, packed->data, packed->size);
    *out = text_span(bytes, packed->size);
    return bytes != NULL ? PHX_OK : arena_status(arena, packed->size, err);
}

static phx_status pack_tests(const struct span_filter *filter,
                             struct arena *arena, struct search *out,
                             phx_error *err)
{
    size_t size = size_mul(filter->test_count, sizeof(phx_text));
    phx_text *tests = arena_new(arena, size);
    phx_status status = PHX_OK;
    struct buf packed;

    if (tests == NULL)
        return arena_status(arena, size, err);
    buf_init(&packed, SIZE_MAX);
    for (size_t i = 0; i < filter->test_count && status >= 0; i++)
        status = pack_test(&filter->tests[i], arena, &packed, &tests[i], err);
    buf_clear(&packed);
    out->tests = tests;
    out->test_count = filter->test_count;
    return status;
}

/* --- their spans ----------------------------------------------------------------- */

/* A row of a block, and where its span goes. */
struct pick {
    uint32_t row;
    size_t place;
};

/* Picks of one block, which are read together. */
struct reading {
    const struct picks *picks;
    enum span_parts parts;
    const struct needle *word; /* the first of a search; or NULL */
    bool *done;                /* [picks->count] */
    struct pick *chosen;       /* [READ_ROWS], as are the others */
    uint32_t *rows;
    struct span *spans;
    size_t count;
};

static phx_status reading_begin(struct reading *reading, struct span_page *out,
                                phx_error *err)
{
    size_t count = reading->picks->count;
    struct arena *arena = &out->arena;
    size_t size = size_mul(count, sizeof *out->spans);

    out->spans = arena_new(arena, size);
    out->matches = reading->word
                       ? arena_new(arena, size_mul(count, sizeof *out->matches))
                       : NULL;
    reading->done = arena_new(arena, count);
    reading->chosen = arena_new(arena, READ_ROWS * sizeof *reading->chosen);
    reading->rows = arena_new(arena, READ_ROWS * sizeof *reading->rows);
    reading->spans = arena_new(arena, READ_ROWS * sizeof *reading->spans);
    if (out->spans == NULL || (reading->word && out->matches == NULL) ||
        reading->done == NULL || reading->chosen == NULL ||
        reading->rows == NULL || reading->spans == NULL)
        return arena_status(arena, size, err);
    memset(reading->done, 0, count);
    return PHX_OK;
}

static int by_row(const void *a, const void *b)
{
    const struct pick *x = a, *y = b;

    return (x->row > y->row) - (x->row < y->row);
}

/* The pick and others of its block. A block is read from its first row to its
 * last, but the pick comes first, since it is read in any case. */
static void choose(struct reading *reading, size_t first)
{
    const struct picks *picks = reading->picks;
    const struct opened *opened = picks->hits[first].opened;
    const struct block *block = opened->stored.block;
    size_t most = READ_BYTES / (block_size(block) / block_rows(block) + 1);

    reading->count = 0;
    most = most < 1 ? 1 : most < READ_ROWS ? most : READ_ROWS;
    for (size_t i = first; i < picks->count && reading->count < most; i++) {
        if (picks->hits[i].opened == opened && !reading->done[i])
            reading->chosen[reading->count++] =
                (struct pick){picks->hits[i].row, i};
    }
    qsort(reading->chosen + 1, reading->count - 1, sizeof *reading->chosen,
          by_row);
    for (size_t i = 0; i < reading->count; i++)
        reading->rows[i] = reading->chosen[i].row;
}

/* Each span to its place; fewer once the page is large. */
static phx_status read_chosen(struct reading *reading, struct block *block,
                              struct span_page *out, phx_error *err)
{
    static const int parts[] = {[SPANS_WHOLE] = BLOCK_WHOLE,
                                [SPANS_BARE] = BLOCK_BARE,
                                [SPANS_AS_JSON] = BLOCK_JSON};
    size_t found = reading->count;
    phx_status status =
        block_read_some(block, &out->arena, PAGE_BYTES, reading->rows, &found,
                        parts[reading->parts], reading->spans, err);

    for (size_t i = 0; i < found && status >= 0; i++) {
        size_t place = reading->chosen[i].place;
        out->spans[place] = reading->spans[i];
        reading->done[place] = true;
        if (reading->word)
            status = snippet_read(block, reading->word, reading->rows[i],
                                  &out->arena, &out->matches[place], err);
    }
    return status;
}

/* Where the page has the first span of each trace. */
static phx_status find_traces(struct connection *connection, struct map *traces,
                              struct span_page *page, phx_error *err)
{
    struct trace_row row;
    phx_status status;
    bool fresh;

    for (size_t i = 0; i < page->count; i++) {
        struct span *span = &page->spans[i];
        uint64_t key = (uint64_t)span->trace * 0x9E3779B97F4A7C15u;
        uint32_t *first = map_slot(traces, key, &fresh); /* one to one */
        if (first == NULL)
            return fail_memory(err, page->count);
        if (!fresh) {
            span->session = page->spans[*first].session;
            continue;
        }
        *first = (uint32_t)i;
        if ((status = trace_row_get(connection, span->trace, &row, err)) < 0)
            return status;
        span->session = row.session;
    }
    return PHX_OK;
}

/* Compaction follows a trace's session later; its row has it now. */
static phx_status place_spans(struct connection *connection,
                              struct span_page *page, phx_error *err)
{
    struct map traces;

    map_init(&traces);
    phx_status status = find_traces(connection, &traces, page, err);
    map_clear(&traces);
    return status;
}

static phx_status read_page(const struct picks *picks, enum span_parts parts,
                            const struct span_words *words,
                            struct span_page *out, phx_error *err)
{
    struct reading reading = {.picks = picks,
                              .parts = parts,
                              .word = words->count > 0 ? words->items : NULL};
    phx_status status = reading_begin(&reading, out, err);

    for (; status >= 0 && out->count < picks->count; out->count++) {
        if (reading.done[out->count])
            continue;
        if (out->count > 0 && out->arena.total > PAGE_BYTES)
            break;
        choose(&reading, out->count);
        status = read_chosen(
            &reading, picks->hits[out->count].opened->stored.block, out, err);
    }
    if (status < 0)
        return status;
    out->next = out->count < picks->count ? picks->hits[out->count].number
                                          : picks->next;
    return place_spans(picks->snapshot->connection, out, err);
}

phx_status store_read_spans(struct store *store,
                            const struct span_filter *filter, int64_t from,
                            bool ascending, enum span_parts parts, size_t limit,
                            struct span_page *out, phx_error *err)
{
    struct search search = {.filter = *filter,
                            .min_number = ascending ? from : filter->until,
                            .max_number = ascending ? filter->until : from};
    struct snapshot snapshot;
    struct picks picks = {.snapshot = &snapshot};
    phx_status status;

    next_page(out);
    if (search.max_number == 0)
        search.max_number = INT64_MAX;
    if ((status = pack_tests(filter, &out->arena, &search, err)) < 0 ||
        (status = snapshot_take(store, &snapshot, err)) < 0)
        return status;
    snapshot.stop = filter->stop;
    snapshot.stop_ctx = filter->stop_ctx;
    snapshot.kept = &out->kept;
    picks.hits = arena_new(&out->arena, size_mul(limit, sizeof *picks.hits));
    if (picks.hits == NULL)
        status =
            arena_status(&out->arena, size_mul(limit, sizeof *picks.hits), err);
    else if ((status = pick(&search, !ascending, limit, &picks, err)) >= 0)
        status = read_page(&picks, parts, &filter->words, out, err);
    if (status >= 0 && out->next != 0)
        snapshot_keep(&snapshot);
    snapshot_give(&snapshot);
    if (status < 0)
        span_page_clear(out);
    return status;
}

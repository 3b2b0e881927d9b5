/*
 * rollup.c - sums over spans, or over traces with their spans, in the bins of
 * a window of time. No attribute and no row of SQL for a span is read, only
 * columns of the blocks that the window may have.
 *
 *     of spans    a span counts in the bin of its start
 *     of traces   the rows of `trace` say which traces there are, and a span
 *                 counts in the bin of its trace's start
 */
#include "base/base.h"

#include "store/rollup.h"

struct latencies {
    uint64_t *values; /* latency_key */
    size_t count, capacity;
};

/* What is added up for a bin besides its row. */
struct sums {
    int64_t kinds[KIND_COUNT], statuses[STATUS_COUNT];
    struct latencies latencies;
    struct cost_types costs;
    struct said said;
};

/* A trace whose spans are added up. */
struct summed_trace {
    uint32_t bin;
    bool error;
};

/* Pairs of trace and bin; neighbours mostly have the same. */
struct counted {
    struct map pairs;
    uint64_t last;
};

struct roll {
    const phx_rollup_query *query;
    struct snapshot snapshot;
    struct arena *arena; /* of what is returned */
    struct bins bins;
    struct sums *sums; /* [bins.count] */

    bool by_trace; /* only spans of these count */
    struct map by_number;
    struct summed_trace *traces;
    size_t trace_count, trace_capacity;
    struct counted seen, failed;
    struct arena scratch; /* of one span's cost, or events */
};

/* --- sums ----------------------------------------------------------------------- */

static phx_status add_latency(struct roll *roll, size_t bin, int64_t latency,
                              phx_error *err)
{
    struct latencies *list = &roll->sums[bin].latencies;
    phx_rollup *row = &roll->bins.rows[bin];

    if (latency > row->max_latency)
        row->max_latency = latency;
    if (roll->query->quantile_count == 0)
        return PHX_OK;
    uint64_t *values = memory_grow(list->values, &list->capacity, list->count,
                                   sizeof *values, err);
    if (values == NULL)
        return PHX_NO_MEMORY;
    list->values = values;
    list->values[list->count++] = latency_key(latency);
    return PHX_OK;
}

/* A host may send any number: the sum stops at the largest. */
static void add_tokens(int64_t *sum, int64_t tokens)
{
    if (tokens > 0 && __builtin_add_overflow(*sum, tokens, sum))
        *sum = INT64_MAX;
}

/* Counts a trace at the first of its spans in a bin. Keys differ where trace
 * and bin do, so that none is taken for another. */
static phx_status count_trace(struct counted *counted, int64_t trace,
                              size_t bin, int64_t *sum, phx_error *err)
{
    uint64_t key = ((uint64_t)trace << BIN_BITS | bin) * 0x9E3779B97F4A7C15u;
    bool fresh;

    if (key == counted->last)
        return PHX_OK;
    if (map_slot(&counted->pairs, key, &fresh) == NULL)
        return fail_memory(err, sizeof key);
    counted->last = key;
    *sum += fresh;
    return PHX_OK;
}

/* --- traces --------------------------------------------------------------------- */

static phx_status add_trace(struct roll *roll, const struct trace_row *row,
                            phx_error *err)
{
    size_t bin =
        roll->query->of == PHX_TRACE ? bins_find(&roll->bins, row->start) : 0;
    struct summed_trace *traces =
        memory_grow(roll->traces, &roll->trace_capacity, roll->trace_count,
                    sizeof *traces, err);
    bool fresh;

    if (traces == NULL)
        return PHX_NO_MEMORY;
    roll->traces = traces;
    uint32_t *index = map_slot(&roll->by_number, (uint64_t)row->id, &fresh);
    if (index == NULL)
        return fail_memory(err, sizeof *index);
    *index = (uint32_t)roll->trace_count;
    traces[roll->trace_count++] = (struct summed_trace){.bin = (uint32_t)bin};
    if (roll->query->of != PHX_TRACE)
        return PHX_OK;
    roll->bins.rows[bin].traces++;
    return add_latency(roll, bin, (int64_t)(row->end - row->start), err);
}

/* The traces that are asked for, and the window of their spans. */
static phx_status read_traces(struct roll *roll, struct span_filter *filter,
                              phx_error *err)
{
    const phx_rollup_query *query = roll->query;
    bool of_traces = query->of == PHX_TRACE;
    phx_trace_query wanted = PHX_TRACE_QUERY_INIT;
    uint64_t first = UINT64_MAX, last = 0;
    struct statement read;
    phx_status status;

    wanted.project = query->project;
    wanted.trace = query->trace;
    wanted.start_time = of_traces ? query->start_time : 0;
    wanted.end_time = of_traces ? query->end_time : 0;
    wanted.sessions = &query->session;
    wanted.session_count = query->session != 0;
    status =
        trace_rows_start(roll->snapshot.connection, &wanted, NULL, &read, err);
    while (status >= 0 && (status = sql_next(&read, err)) == PHX_OK) {
        struct trace_row row;
        trace_row_read(&read, &row);
        if (gone_has(roll->snapshot.gone, PHX_PROJECT, row.project))
            continue;
        first = row.start < first ? row.start : first;
        last = row.end > last ? row.end : last;
        status = add_trace(roll, &row, err);
    }
    sqlite3_finalize(read.handle);
    if (first > filter->start_time)
        filter->start_time = first;
    if (last < UINT64_MAX &&
        (filter->end_time == 0 || last < filter->end_time - 1))
        filter->end_time = last + 1;
    return status < 0 ? status : PHX_OK;
}

/* --- spans ---------------------------------------------------------------------- */

enum {
    TRACE,
    NUMBER,
    START,
    DURATION,
    KIND,
    STATUS,
    PROMPT,
    COMPLETION,
    SPAN,
    PARENT,
    COLUMNS
};

/* A span of a trace, which is NULL where any may come. */
static phx_status add_span(struct roll *roll, size_t bin, int64_t number,
                           struct summed_trace *trace, const int64_t *row,
                           phx_error *err)
{
    phx_rollup *sum = &roll->bins.rows[bin];
    bool error = row[STATUS] == STATUS_ERROR;
    phx_status status;

    if ((uint64_t)row[KIND] >= KIND_COUNT ||
        (uint64_t)row[STATUS] >= STATUS_COUNT)
        return fail(err, PHX_CORRUPT, -1, "a span of trace %lld has no kind",
                    (long long)number);
    sum->spans++;
    roll->sums[bin].kinds[row[KIND]]++;
    roll->sums[bin].statuses[row[STATUS]]++;
    if (row[KIND] == KIND_LLM) {
        add_tokens(&sum->prompt_tokens, row[PROMPT]);
        add_tokens(&sum->completion_tokens, row[COMPLETION]);
    }
    if (roll->query->of == PHX_TRACE) {
        sum->error_traces += error && !trace->error;
        trace->error |= error;
        return PHX_OK;
    }
    if ((status = count_trace(&roll->seen, number, bin, &sum->traces, err)) <
            0 ||
        (error && (status = count_trace(&roll->failed, number, bin,
                                        &sum->error_traces, err)) < 0))
        return status;
    return add_latency(roll, bin, row[DURATION], err);
}

static phx_status add_cost(struct roll *roll, struct opened *opened,
                           uint32_t row, size_t bin, phx_error *err)
{
    struct cost cost;
    phx_status status;

    arena_reset(&roll->scratch);
    if ((status = cost_of_row(&roll->snapshot, opened, row, &roll->scratch,
                              &cost, err)) < 0)
        return status;
    return cost_types_add(&roll->sums[bin].costs, roll->arena, &cost, err);
}

/* What only some ask for, as it costs more than columns. */
static phx_status add_more(struct roll *roll, struct opened *opened,
                           uint32_t row, size_t bin, const int64_t *columns,
                           phx_error *err)
{
    int32_t flags = roll->query->flags;
    struct said *said = &roll->sums[bin].said;
    phx_status status = PHX_OK;

    if ((flags & PHX_ROLLUP_TEXTS) != 0 && columns[PARENT] == 0)
        said_add_root(said, opened, row, (uint64_t)columns[START],
                      columns[SPAN]);
    if ((flags & PHX_ROLLUP_EXCEPTIONS) != 0 && columns[STATUS] == STATUS_ERROR)
        status =
            said_add_error(said, roll->arena, opened, row, &roll->scratch, err);
    return status >= 0 && roll->query->costs
               ? add_cost(roll, opened, row, bin, err)
               : status;
}

static phx_status add_block(struct roll *roll, struct opened *opened,
                            const uint8_t *keep, phx_error *err)
{
    static const enum block_column columns[COLUMNS] = {
        COLUMN_TRACE,         COLUMN_TRACE_NUMBER,
        COLUMN_START,         COLUMN_DURATION,
        COLUMN_KIND,          COLUMN_STATUS,
        COLUMN_PROMPT_TOKENS, COLUMN_COMPLETION_TOKENS,
        COLUMN_NUMBER,        COLUMN_PARENT};
    bool roots = (roll->query->flags & PHX_ROLLUP_TEXTS) != 0;
    const int count = roots ? COLUMNS : SPAN;
    const struct block_ints *ints[COLUMNS];
    phx_status status = PHX_OK;

    for (int c = 0; c < count && status >= 0; c++)
        status = opened_ints(opened, columns[c], &ints[c], err);
    for (uint32_t i = 0; status >= 0 && i < block_rows(opened->stored.block);
         i++) {
        int64_t row[COLUMNS] = {0};
        if (!keep[i])
            continue;
        int64_t number =
            block_int(ints[NUMBER], (uint32_t)block_int(ints[TRACE], i));
        const uint32_t *index =
            roll->by_trace ? map_find(&roll->by_number, (uint64_t)number)
                           : NULL;
        if (roll->by_trace && index == NULL)
            continue;
        for (int c = START; c < count; c++)
            row[c] = block_int(ints[c], i);
        struct summed_trace *trace = index ? &roll->traces[*index] : NULL;
        size_t bin = roll->query->of == PHX_TRACE
                         ? trace->bin
                         : bins_find(&roll->bins, (uint64_t)row[START]);
        if ((status = add_span(roll, bin, number, trace, row, err)) >= 0)
            status = add_more(roll, opened, i, bin, row, err);
    }
    return status;
}

static phx_status add_spans(struct roll *roll, phx_error *err)
{
    const phx_rollup_query *query = roll->query;
    struct search search = {.max_number = INT64_MAX};
    const uint8_t *keep;
    struct opened *opened;
    struct find find;
    phx_status status;

    search.filter = (struct span_filter){.project = query->project,
                                         .start_time = query->start_time,
                                         .end_time = query->end_time,
                                         .kinds = query->kinds};
    if (query->of == PHX_TRACE)
        search.filter.end_time = 0;
    roll->by_trace =
        query->of == PHX_TRACE || query->trace != 0 || query->session != 0;
    if (roll->by_trace && (status = read_traces(roll, &search.filter, err)) < 0)
        return status;
    search.nothing = roll->by_trace && roll->trace_count == 0;
    status = find_start(&find, &roll->snapshot, &search, FIND_ANY, false, err);
    while (status >= 0 &&
           (status = find_next_block(&find, &opened, &keep, err)) == PHX_OK) {
        status = add_block(roll, opened, keep, err);
        snapshot_close(&roll->snapshot, opened);
    }
    find_clear(&find);
    return status < 0 ? status : PHX_OK;
}

/* --- the whole -------------------------------------------------------------------- */

static phx_status finish_bin(struct roll *roll, size_t bin, phx_error *err)
{
    const phx_rollup_query *query = roll->query;
    struct sums *from = &roll->sums[bin];
    phx_rollup *row = &roll->bins.rows[bin];
    size_t size = size_mul(query->quantile_count, sizeof(double));
    double *quantiles = arena_new(roll->arena, size);
    int64_t *kinds = arena_copy(roll->arena, from->kinds, sizeof from->kinds);
    int64_t *statuses =
        arena_copy(roll->arena, from->statuses, sizeof from->statuses);

    if (quantiles == NULL || kinds == NULL || statuses == NULL)
        return arena_status(roll->arena, size, err);
    for (size_t i = 0; i < query->quantile_count; i++)
        quantiles[i] = quantile_of(from->latencies.values,
                                   from->latencies.count, query->quantiles[i]);
    row->error_spans = statuses[STATUS_ERROR];
    row->kinds = kinds;
    row->statuses = statuses;
    row->latencies = quantiles;
    phx_status status = cost_types_give(&from->costs, roll->arena, row, err);
    return status < 0
               ? status
               : said_give(&from->said, &roll->snapshot, roll->arena, row, err);
}

static phx_status roll_up(struct roll *roll, phx_error *err)
{
    phx_status status = bins_make(&roll->bins, roll->query, roll->arena, err);

    if (status < 0)
        return status;
    size_t size = size_mul(roll->bins.count, sizeof *roll->sums);
    if ((roll->sums = memory_new(size)) == NULL)
        return fail_memory(err, size);
    memset(roll->sums, 0, size);
    status = add_spans(roll, err);
    for (size_t i = 0; i < roll->bins.count && status >= 0; i++)
        status = finish_bin(roll, i, err);
    for (size_t i = 0; i < roll->bins.count; i++)
        memory_free(roll->sums[i].latencies.values);
    memory_free(roll->sums);
    return status;
}

phx_status store_roll_up(struct store *store, const phx_rollup_query *query,
                         struct arena *arena, phx_rollup **out, size_t *count,
                         phx_error *err)
{
    struct roll roll = {.query = query, .arena = arena};
    phx_status status = snapshot_take(store, &roll.snapshot, err);

    if (status < 0)
        return status;
    arena_init(&roll.scratch, SIZE_MAX);
    status = roll_up(&roll, err);
    snapshot_give(&roll.snapshot);
    map_clear(&roll.by_number);
    map_clear(&roll.seen.pairs);
    map_clear(&roll.failed.pairs);
    memory_free(roll.traces);
    arena_clear(&roll.scratch);
    if (status < 0)
        return status;
    *out = roll.bins.rows;
    *count = roll.bins.count;
    return PHX_OK;
}

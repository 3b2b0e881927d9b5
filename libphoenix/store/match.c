/*
 * match.c - the rows of a block that a filter lets through: column by column,
 * the cheapest first, each test on the rows that are left.
 */
#include "base/base.h"

#include "store/find.h"

static bool in_texts(phx_text text, const phx_text *texts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (text_equal(text, texts[i]))
            return true;
    }
    return false;
}

static phx_status keep_bits(struct match *match, enum block_column column,
                            uint32_t bits, phx_error *err)
{
    const struct block_ints *ints;
    phx_status status = opened_ints(match->opened, column, &ints, err);

    for (uint32_t i = match->from; status >= 0 && i < match->to; i++)
        match->keep[i] &= (uint8_t)(bits >> (block_int(ints, i) & 31) & 1);
    return status;
}

static phx_status keep_texts(struct match *match, enum block_column column,
                             const phx_text *texts, size_t count,
                             phx_error *err)
{
    struct block *block = match->opened->stored.block;
    const struct block_texts *values;
    phx_status status = block_read_texts(block, column, &values, err);

    for (uint32_t i = match->from; status >= 0 && i < match->to; i++) {
        if (match->keep[i])
            match->keep[i] = in_texts(block_text(values, i), texts, count);
    }
    return status;
}

static bool in_numbers(const struct search *search, int64_t number)
{
    size_t at = search_number_from(search, number);

    return search->number_count == 0 ||
           (at < search->number_count && search->numbers[at] == number);
}

static phx_status keep_numbers(const struct search *search, struct match *match,
                               phx_error *err)
{
    const struct block_ints *numbers;
    phx_status status =
        opened_ints(match->opened, COLUMN_NUMBER, &numbers, err);

    for (uint32_t i = match->from; status >= 0 && i < match->to; i++) {
        int64_t number = block_int(numbers, i);
        match->keep[i] &= number >= search->min_number &&
                          number <= search->max_number &&
                          in_numbers(search, number);
    }
    return status;
}

static phx_status keep_project(int64_t project, struct match *match,
                               phx_error *err)
{
    const struct block_ints *projects;
    phx_status status =
        opened_ints(match->opened, COLUMN_PROJECT, &projects, err);

    for (uint32_t i = match->from; status >= 0 && i < match->to; i++)
        match->keep[i] &= block_int(projects, i) == project;
    return status;
}

/* The rows that are not gone: span, trace and project. */
static phx_status keep_living(const struct gone *gone, struct match *match,
                              phx_error *err)
{
    const struct block_ints *numbers, *projects, *traces, *trace_numbers;
    phx_status status;

    if ((status = opened_ints(match->opened, COLUMN_NUMBER, &numbers, err)) <
            0 ||
        (status = opened_ints(match->opened, COLUMN_PROJECT, &projects, err)) <
            0 ||
        (status = opened_ints(match->opened, COLUMN_TRACE, &traces, err)) < 0 ||
        (status = opened_ints(match->opened, COLUMN_TRACE_NUMBER,
                              &trace_numbers, err)) < 0)
        return status;
    for (uint32_t i = match->from; i < match->to; i++) {
        if (!match->keep[i])
            continue;
        uint32_t trace = (uint32_t)block_int(traces, i);
        match->keep[i] =
            !gone_has(gone, PHX_PROJECT, block_int(projects, i)) &&
            !gone_has(gone, PHX_TRACE, block_int(trace_numbers, trace)) &&
            !gone_has(gone, PHX_SPAN, block_int(numbers, i));
    }
    return PHX_OK;
}

/* The rows of some traces, which mostly stand together. */
static phx_status keep_traces(const struct find *find, struct match *match,
                              phx_error *err)
{
    const struct span_filter *filter = &find->search->filter;
    const struct block_texts *ids;
    const struct block_ints *traces;
    phx_status status;

    if ((status = opened_ints(match->opened, COLUMN_TRACE, &traces, err)) < 0 ||
        (status = block_read_texts(match->opened->stored.block, COLUMN_TRACE_ID,
                                   &ids, err)) < 0)
        return status;
    uint32_t count = block_texts_count(ids), first = count, last = 0;
    uint8_t *wanted = arena_new(match->scratch, count);
    if (wanted == NULL)
        return arena_status(match->scratch, count, err);
    memset(wanted, 0, count);
    for (size_t i = 0; i < filter->trace_id_count; i++) {
        uint32_t at = 0;
        while ((at = block_texts_find(ids, filter->trace_ids[i], at)) < count) {
            first = at < first ? at : first;
            last = at > last ? at : last;
            wanted[at++] = 1;
        }
    }
    uint32_t rows = match->to;
    if ((status = trace_rows_range(match->opened, first, last, &match->from,
                                   &match->to, err)) < 0)
        return status;
    memset(match->keep, 0, match->from);
    memset(match->keep + match->to, 0, rows - match->to);
    for (uint32_t i = match->from; i < match->to; i++)
        match->keep[i] &= wanted[block_int(traces, i)];
    return PHX_OK;
}

static phx_status keep_times(const struct span_filter *filter,
                             struct match *match, phx_error *err)
{
    const struct block_ints *starts;
    phx_status status = opened_ints(match->opened, COLUMN_START, &starts, err);

    for (uint32_t i = match->from; status >= 0 && i < match->to; i++) {
        uint64_t start = (uint64_t)block_int(starts, i);
        match->keep[i] &= start >= filter->start_time &&
                          (filter->end_time == 0 || start < filter->end_time);
    }
    return status;
}

/* A span that ends before it starts stays, for whoever asked to test. */
static phx_status keep_latencies(uint64_t least, struct match *match,
                                 phx_error *err)
{
    const struct block_ints *durations;
    phx_status status =
        opened_ints(match->opened, COLUMN_DURATION, &durations, err);

    for (uint32_t i = match->from; status >= 0 && i < match->to; i++)
        match->keep[i] &= (uint64_t)block_int(durations, i) >= least;
    return status;
}

static phx_status keep_roots(struct match *match, phx_error *err)
{
    const struct block_ints *parents;
    phx_status status =
        opened_ints(match->opened, COLUMN_PARENT, &parents, err);

    for (uint32_t i = match->from; status >= 0 && i < match->to; i++)
        match->keep[i] &= block_int(parents, i) == 0;
    return status;
}

static phx_status keep_children(const struct span_filter *filter,
                                struct match *match, phx_error *err)
{
    struct block *block = match->opened->stored.block;
    const struct block_texts *ids, *outside;
    const struct block_ints *parents;
    uint32_t rows = block_rows(block);
    phx_status status;

    if ((status = opened_ints(match->opened, COLUMN_PARENT, &parents, err)) <
            0 ||
        (status = block_read_texts(block, COLUMN_SPAN_ID, &ids, err)) < 0 ||
        (status =
             block_read_texts(block, COLUMN_OUTSIDE_PARENT, &outside, err)) < 0)
        return status;
    for (uint32_t i = match->from; i < match->to; i++) {
        int64_t parent = block_int(parents, i);
        if (match->keep[i])
            match->keep[i] =
                parent > 0 &&
                in_texts(
                    parent <= rows
                        ? block_text(ids, (uint32_t)(parent - 1))
                        : block_text(outside, (uint32_t)(parent - 1 - rows)),
                    filter->parent_ids, filter->parent_id_count);
    }
    return PHX_OK;
}

/* Of a rare value most blocks have no row, and others few. */
static phx_status keep_tested(struct match *match, phx_text test,
                              phx_error *err)
{
    const uint8_t *rows;
    phx_status status = attribute_rows(match->opened, test, &rows, err);

    if (status < 0)
        return status;
    for (uint32_t i = match->from, next; i < match->to; i = next) {
        next = (i | 7) + 1 < match->to ? (i | 7) + 1 : match->to;
        if (rows[i / 8] == 0)
            memset(match->keep + i, 0, next - i);
        for (uint32_t j = i; rows[i / 8] != 0 && j < next; j++)
            match->keep[j] &= row_is_set(rows, j);
    }
    return PHX_OK;
}

static phx_status keep_words(const struct span_words *words,
                             struct match *match, phx_error *err)
{
    return block_search(match->opened->stored.block, words->items, words->count,
                        match->scratch, match->keep, err);
}

/* What a span's place says: its trace, number, project, and that it lives. */
static phx_status keep_places(const struct find *find, struct match *match,
                              phx_error *err)
{
    const struct search *search = find->search;
    const struct span_filter *filter = &search->filter;
    const struct gone *gone = find->snapshot->gone;
    phx_status status = PHX_OK;

    if (filter->trace_id_count > 0)
        status = keep_traces(find, match, err);
    if (status >= 0 &&
        (search->min_number > 0 || search->max_number < INT64_MAX ||
         search->number_count > 0))
        status = keep_numbers(search, match, err);
    if (status >= 0 && filter->project != 0)
        status = keep_project(filter->project, match, err);
    if (status >= 0 && gone->count > 0)
        status = keep_living(gone, match, err);
    return status;
}

static void keep_newest(struct match *match)
{
    for (uint32_t i = match->from; i < match->to; i++)
        match->keep[i] = !row_is_outgrown(&match->opened->stored, i);
}

phx_status match_rows(const struct find *find, struct match *match,
                      phx_error *err)
{
    const struct search *search = find->search;
    const struct span_filter *filter = &search->filter;
    phx_status status;

    memset(match->keep + match->from, 1, match->to - match->from);
    if (match->opened->stored.outgrown != NULL)
        keep_newest(match);
    status = keep_places(find, match, err);
    if (status >= 0 && (filter->start_time > 0 || filter->end_time > 0))
        status = keep_times(filter, match, err);
    if (status >= 0 && search->min_latency > 0)
        status = keep_latencies(search->min_latency, match, err);
    if (status >= 0 && filter->kinds != 0)
        status = keep_bits(match, COLUMN_KIND, filter->kinds, err);
    if (status >= 0 && filter->statuses != 0)
        status = keep_bits(match, COLUMN_STATUS, filter->statuses, err);
    if (status >= 0 && filter->roots_only)
        status = keep_roots(match, err);
    if (status >= 0 && filter->span_id_count > 0)
        status = keep_texts(match, COLUMN_SPAN_ID, filter->span_ids,
                            filter->span_id_count, err);
    if (status >= 0 && filter->parent_id_count > 0)
        status = keep_children(filter, match, err);
    if (status >= 0 && filter->name_count > 0)
        status = keep_texts(match, COLUMN_NAME, filter->names,
                            filter->name_count, err);
    for (size_t i = 0; i < search->test_count && status >= 0; i++)
        status = keep_tested(match, search->tests[i], err);
    if (status >= 0 && filter->words.count > 0)
        status = keep_words(&filter->words, match, err);
    return status;
}

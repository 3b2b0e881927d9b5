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
        if (find_place(find, number) < find->from ||
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

phx_status match_rows(struct find *find, struct block *block, uint8_t *keep,
                      phx_error *err)
{
    const struct span_filter *filter = find->filter;
    phx_status status;

    memset(keep, 1, block_rows(block));
    status = keep_places(find, block, keep, err);
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

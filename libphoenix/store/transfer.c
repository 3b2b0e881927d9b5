/*
 * transfer.c - traces that move to another project, in one commit. A span's
 * project is in its block, so the spans are written again, in newer blocks and
 * under their numbers, and their old rows are outgrown. What is said of them
 * follows; their sessions stay where they are.
 */
#include "base/base.h"

#include "store/annotation.h"
#include "store/commit.h"

#include <stdlib.h>

static int id_order(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

/* Each trace once. */
static size_t sort_ids(int64_t *ids, size_t count)
{
    size_t kept = 0;

    qsort(ids, count, sizeof *ids, id_order);
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || ids[i] != ids[kept - 1])
            ids[kept++] = ids[i];
    }
    return kept;
}

/* The trace's row, and its id in the commit's arena. */
static phx_status find_trace(struct commit *commit, int64_t id,
                             struct commit_trace *out, phx_error *err)
{
    struct store *store = commit->store;
    struct statement *read;
    phx_status status =
        sql_find(store->writer, SQL_TRACE_BY_ID, id, &read, err);

    *out = (struct commit_trace){0};
    if (status == PHX_OK) {
        trace_row_read(read, &out->row);
        out->trace_id = sql_text(read, 1);
        out->hash = posting_hash(store->secret, POSTING_TRACE, out->trace_id);
        status = arena_keep(&commit->arena, &out->trace_id, err);
        sql_end(read);
    }
    if (status == PHX_DONE ||
        (status == PHX_OK &&
         gone_has(&store->gone, PHX_PROJECT, out->row.project)))
        status = fail(err, PHX_NOT_FOUND, -1, "no trace %lld", (long long)id);
    return status;
}

/* All of them, of one project; those that are at home already are left out. */
static phx_status find_traces(struct commit *commit, const int64_t *ids,
                              size_t count, int64_t project, phx_error *err)
{
    size_t size = size_mul(count, sizeof *commit->traces);
    int64_t source = 0;
    phx_status status;

    if ((commit->traces = memory_new(size)) == NULL)
        return fail_memory(err, size);
    for (size_t i = 0; i < count; i++) {
        struct commit_trace trace;
        if ((status = find_trace(commit, ids[i], &trace, err)) < 0)
            return status;
        if (source != 0 && trace.row.project != source)
            return fail(err, PHX_INVALID, -1,
                        "the traces are of more than one project");
        source = trace.row.project;
        if (source != project)
            commit->traces[commit->trace_count++] = trace;
    }
    return PHX_OK;
}

/* The living rows of a trace in a block. */
static phx_status rows_of(struct slice *slice,
                          const struct stored_block *stored, int64_t trace,
                          uint32_t **out, size_t *count, phx_error *err)
{
    const struct gone *gone = &slice->commit->store->gone;
    struct block_ints numbers, traces, spans;
    uint32_t all = block_rows(stored->block);
    phx_status status;

    *count = 0;
    if ((status = block_read_ints(stored->block, COLUMN_TRACE_NUMBER, &numbers,
                                  err)) < 0 ||
        (status = block_read_ints(stored->block, COLUMN_TRACE, &traces, err)) <
            0 ||
        (status = block_read_ints(stored->block, COLUMN_NUMBER, &spans, err)) <
            0)
        return status;
    if ((*out = arena_new(&slice->arena, all * sizeof **out)) == NULL)
        return fail_memory(err, all * sizeof **out);
    for (uint32_t i = 0; i < all; i++) {
        if (block_int(&numbers, (uint32_t)block_int(&traces, i)) == trace &&
            !row_is_outgrown(stored, i) &&
            !gone_has(gone, PHX_SPAN, block_int(&spans, i)))
            (*out)[(*count)++] = i;
    }
    return PHX_OK;
}

/* *left are the trace's spans that no block had so far. */
static phx_status move_rows(struct slice *slice,
                            const struct stored_block *stored, int64_t trace,
                            int64_t project, int64_t *left, phx_error *err)
{
    struct span *spans;
    uint32_t *rows;
    size_t count;
    phx_status status = rows_of(slice, stored, trace, &rows, &count, err);

    *left -= (int64_t)count;
    if (status < 0 || count == 0 ||
        (status = slice_read(slice, stored, rows, count, &spans, err)) < 0)
        return status;
    for (size_t i = 0; i < count; i++) {
        spans[i].project = project;
        if ((status = slice_add(slice, &spans[i], err)) < 0)
            return status;
    }
    return outgrown_add(slice->commit->store->writer, stored->id,
                        block_rows(stored->block), rows, count, err);
}

static phx_status move_spans(struct slice *slice, struct commit_trace *trace,
                             int64_t project, phx_error *err)
{
    struct store *store = slice->commit->store;
    struct block_set blocks = {0};
    int64_t left = trace->row.spans;
    phx_status status = lookup_blocks(store, store->writer, &store->counter,
                                      trace->hash, &blocks, err);

    for (size_t i = 0; i < blocks.count && status >= 0; i++) {
        struct stored_block stored;
        struct block_row row;
        status = block_row_find(store->writer, blocks.ids[i], &row, err);
        if (status != PHX_OK)
            continue;
        if ((status = stored_block_open(store->writer, row.id, &stored, err)) <
            0)
            break;
        status = move_rows(slice, &stored, trace->row.id, project, &left, err);
        stored_block_close(&stored);
        if (status >= 0)
            status = slice_bound(slice, err);
    }
    block_set_clear(&blocks);
    if (status >= 0 && left != 0)
        return fail(err, PHX_CORRUPT, -1,
                    "trace %lld: its blocks do not have the spans of its row",
                    (long long)trace->row.id);
    return status < 0 ? status : PHX_OK;
}

static phx_status move_annotations(struct commit *commit, int64_t trace,
                                   int64_t project, phx_error *err)
{
    struct connection *writer = commit->store->writer;
    struct statement *read = sql(writer, SQL_ANNOTATION_ELSEWHERE);
    struct arena arena;
    phx_status status;

    arena_init(&arena, SIZE_MAX);
    sql_bind_int(read, 1, trace);
    sql_bind_int(read, 2, project);
    while ((status = sql_next(read, err)) == PHX_OK) {
        phx_annotation row;
        int64_t sum;
        annotation_read(read, &row, &sum);
        if (sum != (int64_t)annotation_sum(&row)) {
            status = fail(err, PHX_CORRUPT, -1, "annotation %lld is damaged",
                          (long long)sql_int(read, 0));
            break;
        }
        row.project = project;
        if ((status = annotation_keep(&arena, &row, err)) < 0 ||
            (status = arena_keep(&arena, &row.target_id, err)) < 0)
            break;
        sql_end(read);
        if ((status = annotation_put(writer, SQL_PUT_ANNOTATION, &row, err)) <
            0)
            break;
        arena_reset(&arena);
        sql_bind_int(read, 1, trace);
        sql_bind_int(read, 2, project);
    }
    sql_end(read);
    arena_clear(&arena);
    return status < 0 ? status : PHX_OK;
}

static phx_status move_all(struct commit *commit, int64_t project,
                           phx_error *err)
{
    struct connection *writer = commit->store->writer;
    struct slice slice;
    phx_status status = PHX_OK;

    slice_begin(&slice, commit);
    for (size_t i = 0; i < commit->trace_count && status >= 0; i++) {
        struct commit_trace *trace = &commit->traces[i];
        trace->row.project = project;
        if ((status = move_spans(&slice, trace, project, err)) >= 0 &&
            (status = move_annotations(commit, trace->row.id, project, err)) >=
                0)
            status = trace_row_write(writer, &trace->row, trace->trace_id,
                                     false, err);
    }
    return slice_end(&slice, status, err);
}

/* What is checked and moved is in the transaction. */
static phx_status transfer(struct commit *commit, int64_t *ids, size_t count,
                           int64_t project, phx_error *err)
{
    struct connection *writer = commit->store->writer;
    phx_status status;

    commit->outgrew = true;
    if ((status = sql_begin(writer, true, err)) < 0 ||
        (status = project_check(commit->store, project, err)) < 0 ||
        (status = find_traces(commit, ids, count, project, err)) < 0 ||
        (status = move_all(commit, project, err)) < 0 ||
        (status = counter_write(writer, &commit->counter, err)) < 0)
        return status;
    return sql_commit(writer, err);
}

phx_status store_transfer(struct store *store, const int64_t *traces,
                          size_t count, int64_t project, int64_t *out,
                          phx_error *err)
{
    struct commit commit;
    phx_status status = store_put_begin(store, err);

    if (status < 0)
        return status;
    if ((status = commit_begin(&commit, store, NULL, err)) >= 0) {
        size_t size = size_mul(count, sizeof *traces);
        int64_t *ids = arena_copy(&commit.arena, traces, size);
        if (ids == NULL)
            status = fail_memory(err, size);
        else
            status = transfer(&commit, ids, count = sort_ids(ids, count),
                              project, err);
    }
    commit_end(&commit, status);
    store_write_end(store);
    if (status < 0)
        return status;
    *out = (int64_t)count;
    store_keep_up(store);
    return PHX_OK;
}

/*
 * lookup.c - from an id or a name to its number. Of ids, postings lead to
 * blocks, and the block's own id column decides; names have an index.
 */
#include "base/base.h"

#include "store/inside.h"

phx_status lookup_young(struct connection *connection, int64_t upto,
                        struct block_set *out, phx_error *err)
{
    struct statement *young = sql(connection, SQL_BLOCKS_YOUNG);
    phx_status status;

    sql_bind_int(young, 1, upto);
    while ((status = sql_next(young, err)) == PHX_OK) {
        status = block_set_add(out, sql_int(young, 0), err);
        if (status < 0)
            break;
    }
    sql_end(young);
    return status < 0 ? status : PHX_OK;
}

phx_status lookup_blocks(struct store *store, struct connection *connection,
                         const struct counter *counter, uint64_t hash,
                         struct block_set *out, phx_error *err)
{
    const struct run_list *runs;
    int64_t forgotten;
    phx_status status = PHX_OK;

    pthread_mutex_lock(&store->memory_lock);
    forgotten = store->memtable_from;
    if (forgotten < INT64_MAX)
        status = memtable_find(store->memtable, hash, out, err);
    pthread_mutex_unlock(&store->memory_lock);
    if (status < 0 ||
        (status = lookup_young(connection, forgotten, out, err)) < 0 ||
        (status = run_list_read(connection, counter, &runs, err)) < 0)
        return status;
    return run_find(connection, runs, hash, out, err);
}

static bool row_is_gone(const struct gone *gone, int64_t project, int64_t trace,
                        int64_t span)
{
    return gone->count > 0 &&
           (gone_has(gone, PHX_PROJECT, project) ||
            gone_has(gone, PHX_TRACE, trace) || gone_has(gone, PHX_SPAN, span));
}

/* Numbers of a row, for the location and for what is gone. */
static phx_status locate_row(const struct stored_block *stored, uint32_t row,
                             const struct gone *gone, enum posting_kind kind,
                             struct location *out, phx_error *err)
{
    struct block *block = stored->block;
    struct block_ints numbers, traces, trace_numbers, projects;
    phx_status status;

    if ((status = block_read_ints(block, COLUMN_NUMBER, &numbers, err)) < 0 ||
        (status = block_read_ints(block, COLUMN_TRACE, &traces, err)) < 0 ||
        (status = block_read_ints(block, COLUMN_TRACE_NUMBER, &trace_numbers,
                                  err)) < 0 ||
        (status = block_read_ints(block, COLUMN_PROJECT, &projects, err)) < 0)
        return status;
    out->block = stored->id;
    out->row = row;
    out->trace = block_int(&trace_numbers, (uint32_t)block_int(&traces, row));
    out->number = kind == POSTING_SPAN ? block_int(&numbers, row) : out->trace;
    return row_is_gone(gone, block_int(&projects, row), out->trace,
                       kind == POSTING_SPAN ? out->number : 0)
               ? PHX_DONE
               : PHX_OK;
}

phx_status lookup_in_block(const struct stored_block *stored,
                           const struct gone *gone, enum posting_kind kind,
                           phx_text id, struct location *out, phx_error *err)
{
    struct block *block = stored->block;
    const struct block_texts *ids;
    struct block_ints traces = {0};
    uint32_t count, index = 0;
    phx_status status;

    if ((status = block_read_texts(
             block, kind == POSTING_SPAN ? COLUMN_SPAN_ID : COLUMN_TRACE_ID,
             &ids, err)) < 0 ||
        (kind == POSTING_TRACE &&
         (status = block_read_ints(block, COLUMN_TRACE, &traces, err)) < 0))
        return status;
    count = block_texts_count(ids);
    while ((index = block_texts_find(ids, id, index)) < count) {
        uint32_t row = index++;
        if (kind == POSTING_TRACE) {
            for (row = 0; row < traces.count; row++) {
                if (block_int(&traces, row) == (int64_t)index - 1 &&
                    !row_is_outgrown(stored, row))
                    break;
            }
        }
        if (row < block_rows(block) && !row_is_outgrown(stored, row) &&
            (status = locate_row(stored, row, gone, kind, out, err)) !=
                PHX_DONE)
            return status;
    }
    return PHX_DONE;
}

phx_status lookup_in_blocks(struct connection *connection,
                            const struct gone *gone, enum posting_kind kind,
                            phx_text id, const struct block_set *blocks,
                            struct location *out, phx_error *err)
{
    phx_status status = PHX_DONE;

    for (size_t i = 0; i < blocks->count && status == PHX_DONE; i++) {
        struct stored_block stored;
        struct block_row row;
        status = block_row_find(connection, blocks->ids[i], &row, err);
        if (status != PHX_OK)
            continue;
        if ((status = stored_block_open(connection, row.id, &stored, err)) < 0)
            return status;
        status = lookup_in_block(&stored, gone, kind, id, out, err);
        stored_block_close(&stored);
    }
    return status;
}

phx_status lookup_written(struct store *store, enum posting_kind kind,
                          phx_text id, uint64_t hash, struct location *out,
                          phx_error *err)
{
    struct block_set blocks = {0};
    phx_status status;

    if ((status = lookup_blocks(store, store->writer, &store->counter, hash,
                                &blocks, err)) >= 0)
        status = lookup_in_blocks(store->writer, &store->gone, kind, id,
                                  &blocks, out, err);
    block_set_clear(&blocks);
    return status;
}

phx_status lookup_name(struct connection *connection, enum sql id,
                       phx_text name, int64_t *out, phx_error *err)
{
    struct statement *find = sql(connection, id);
    phx_status status;

    sql_bind_text(find, 1, name);
    if ((status = sql_next(find, err)) == PHX_OK) {
        *out = sql_int(find, 0);
        sql_end(find);
    }
    return status;
}

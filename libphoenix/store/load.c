/*
 * load.c - what spans to come are held against, made from the store before the
 * first of them: the filter, the memtable, the traces written to lately.
 */
#include "base/base.h"

#include "store/inside.h"

enum { WARM_TRACES = SHRUNK(32768, 3) };

static phx_status load_block(struct store *store, struct block *block,
                             uint32_t id, phx_error *err)
{
    static const struct {
        enum posting_kind kind;
        enum block_column column;
    } ids[] = {{POSTING_SPAN, COLUMN_SPAN_ID},
               {POSTING_TRACE, COLUMN_TRACE_ID}};
    phx_status status;

    for (int i = 0; i < 2; i++) {
        const struct block_texts *texts;
        if ((status = block_read_texts(block, ids[i].column, &texts, err)) < 0)
            return status;
        for (uint32_t j = 0; j < block_texts_count(texts); j++) {
            uint64_t hash =
                posting_hash(store->secret, ids[i].kind, block_text(texts, j));
            if ((status = memtable_add(store->memtable, hash, id, err)) < 0 ||
                (status = filter_add(store->filter, hash, err)) < 0)
                return status;
        }
    }
    return PHX_OK;
}

/* The memtable is what is in no run yet: the ids of young blocks. */
static phx_status load_young(struct store *store, phx_error *err)
{
    struct block_set blocks = {0};
    phx_status status = lookup_young(store->writer, INT64_MAX, &blocks, err);

    for (size_t i = 0; i < blocks.count && status >= 0; i++) {
        struct stored_block stored;
        status = stored_block_open(store->writer, blocks.ids[i], &stored, err);
        if (status < 0)
            break;
        status = load_block(store, stored.block, (uint32_t)blocks.ids[i], err);
        stored_block_close(&stored);
    }
    block_set_clear(&blocks);
    return status;
}

static phx_status load_filter(struct store *store, phx_error *err)
{
    struct run_part *part = &store->writer->part;
    const struct run_list *runs;
    uint64_t keys = 0;
    phx_status status;

    if ((status = run_list_read(store->writer, &store->counter, &runs, err)) <
        0)
        return status;
    for (size_t i = 0; i < runs->count; i++)
        keys += (uint64_t)runs->runs[i].count;
    if ((status = filter_new(keys * 2, &store->filter, err)) < 0)
        return status;
    for (size_t i = 0; i < runs->count; i++) {
        const struct run *run = &runs->runs[i];
        for (uint32_t number = 0; number < run->parts; number++) {
            if ((status = run_read_part(store->writer, run->id, number, part,
                                        err)) < 0)
                return status;
            for (size_t j = 0; j < part->count; j++) {
                if ((status = filter_add(store->filter, part->postings[j].hash,
                                         err)) < 0)
                    return status;
            }
        }
    }
    return PHX_OK;
}

/* Spans that log records wait for are looked for as known ones are. */
static phx_status load_waiting(struct store *store, phx_error *err)
{
    struct statement *spans = sql(store->writer, SQL_LOG_SPANS);
    phx_status status;

    while ((status = sql_next(spans, err)) == PHX_OK) {
        status = filter_add(store->filter, (uint64_t)sql_int(spans, 0), err);
        if (status < 0)
            break;
    }
    sql_end(spans);
    return status < 0 ? status : PHX_OK;
}

static phx_status load_traces(struct store *store, phx_error *err)
{
    struct statement *last = sql(store->writer, SQL_TRACES_LAST);
    phx_status status;

    sql_bind_int(last, 1, WARM_TRACES);
    while ((status = sql_next(last, err)) == PHX_OK) {
        struct trace_row row;
        trace_row_read(last, &row);
        if (gone_has(&store->gone, PHX_PROJECT, row.project))
            continue;
        phx_text id = text_span(row.trace_id, row.trace_id_size);
        uint64_t hash = posting_hash(store->secret, POSTING_TRACE, id);
        if ((status = trace_cache_add(store->traces, hash, &row, err)) < 0)
            break;
    }
    sql_end(last);
    return status < 0 ? status : PHX_OK;
}

static phx_status load_all(struct store *store, phx_error *err)
{
    phx_status status;

    if (store->image == NULL) {
        if ((store->image = memory_new(sizeof *store->image)) == NULL)
            return fail_memory(err, sizeof *store->image);
        block_image_init(store->image);
    }
    if ((store->encoder == NULL &&
         (status = block_writer_new(&store->encoder, err)) < 0) ||
        (store->traces == NULL &&
         (status = trace_cache_new(&store->traces, err)) < 0) ||
        (status = load_filter(store, err)) < 0 ||
        (status = load_waiting(store, err)) < 0)
        return status;
    pthread_mutex_lock(&store->memory_lock);
    memtable_cut(store->memtable, 0);
    status = load_young(store, err);
    store->memtable_from = status < 0 ? INT64_MAX : 0;
    pthread_mutex_unlock(&store->memory_lock);
    return status < 0 ? status : load_traces(store, err);
}

/* In one transaction: SQLite takes its locks once, not once a row. */
phx_status load_for_putting(struct store *store, phx_error *err)
{
    phx_status status = sql_begin(store->writer, false, err);

    if (status >= 0)
        status = load_all(store, err);
    sql_rollback(store->writer);
    if (status < 0) { /* the next write begins anew */
        filter_free(store->filter);
        store->filter = NULL;
    }
    return status;
}

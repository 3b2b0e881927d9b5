/*
 * verify_blocks.c - every run and every block is read whole. A lasting block's
 * ids are held against its postings; what all blocks say of spans and traces is
 * noted for what follows.
 */
#include "base/base.h"

#include "store/verify.h"

enum { SOME_ROWS = 512 }; /* read at once */

uint64_t verify_trace_key(int64_t trace)
{
    return hash_bytes(&trace, sizeof trace, 7);
}

uint64_t verify_id_hash(phx_text trace_id)
{
    return hash_bytes(trace_id.data, trace_id.size, 9);
}

/* --- postings ------------------------------------------------------------------ */

static void sum_posting(struct posting_sum *sum, uint64_t hash)
{
    sum->sum += (hash ^ hash >> 31) * 0x9E3779B97F4A7C15u;
    sum->count++;
}

/* The sum of a block's postings in the runs, made at its first one. */
static phx_status posting_sum_of(struct verify *verify, uint32_t block,
                                 struct posting_sum **out, phx_error *err)
{
    bool fresh;
    uint32_t *index = map_slot(&verify->posting_index, block, &fresh);

    if (index == NULL)
        return fail_memory(err, sizeof *index);
    if (fresh) {
        struct posting_sum *postings =
            memory_grow(verify->postings, &verify->posting_capacity,
                        verify->posting_count, sizeof *postings, err);
        if (postings == NULL)
            return PHX_NO_MEMORY;
        verify->postings = postings;
        *index = (uint32_t)verify->posting_count++;
        verify->postings[*index] = (struct posting_sum){0};
    }
    *out = &verify->postings[*index];
    return PHX_OK;
}

static phx_status check_part(struct verify *verify, const struct run *run,
                             uint32_t number, uint64_t *last, bool *sorted,
                             phx_error *err)
{
    const struct run_part *part = &verify->connection->part;
    struct posting_sum *sum = NULL;
    phx_status status;

    *sorted = *sorted &&
              run->first[number] == (uint32_t)(part->postings[0].hash >> 32);
    for (size_t i = 0; i < part->count; i++) {
        const struct posting *posting = &part->postings[i];
        *sorted = *sorted && posting->hash >= *last;
        *last = posting->hash;
        status = posting_sum_of(verify, posting->block, &sum, err);
        if (status < 0)
            return status;
        sum_posting(sum, posting->hash);
    }
    return PHX_OK;
}

/* Every part of a run: checksum, order, count. */
static phx_status check_run(struct verify *verify, const struct run *run,
                            phx_error *err)
{
    struct run_part *part = &verify->connection->part;
    bool sorted = run->id < verify->counter.run;
    int64_t count = 0;
    uint64_t last = 0;
    phx_status status;

    for (uint32_t i = 0; i < run->parts; i++) {
        phx_error why = {0};
        status = run_read_part(verify->connection, run->id, i, part, &why);
        if (status >= 0) {
            status = check_part(verify, run, i, &last, &sorted, err);
            count += (int64_t)part->count;
        } else {
            status = verify_failure(verify, status, "run", run->id, &why, err);
        }
        if (status < 0)
            return status;
    }
    return sorted && count == run->count
               ? PHX_OK
               : verify_fault(verify, "run %lld: its head or order is damaged",
                              (long long)run->id);
}

phx_status verify_runs(struct verify *verify, const struct run_list *runs,
                       phx_error *err)
{
    phx_status status = PHX_OK;

    for (size_t i = 0; i < runs->count && status >= 0; i++)
        status = check_run(verify, &runs->runs[i], err);
    return status;
}

/* --- spans --------------------------------------------------------------------- */

static phx_status note_once(struct verify *verify, struct map *map,
                            uint64_t hash, const char *what, int64_t block,
                            phx_error *err)
{
    bool fresh;
    uint32_t *slot = map_slot(map, hash, &fresh);

    if (slot == NULL)
        return fail_memory(err, sizeof *slot);
    *slot = 1;
    return fresh ? PHX_OK
                 : verify_fault(verify, "block %lld: %s twice",
                                (long long)block, what);
}

static phx_status note_trace(struct verify *verify, const struct span *span,
                             int64_t block, phx_error *err)
{
    uint64_t id_hash = verify_id_hash(span->trace_id);
    bool fresh;
    uint32_t *index =
        map_slot(&verify->trace_index, verify_trace_key(span->trace), &fresh);

    if (index == NULL)
        return fail_memory(err, sizeof *index);
    if (fresh) {
        struct trace_sum *traces =
            memory_grow(verify->traces, &verify->trace_capacity,
                        verify->trace_count, sizeof *traces, err);
        if (traces == NULL)
            return PHX_NO_MEMORY;
        verify->traces = traces;
        *index = (uint32_t)verify->trace_count++;
        verify->traces[*index] = (struct trace_sum){.number = span->trace,
                                                    .project = span->project,
                                                    .start = span->start_time,
                                                    .end = span->end_time,
                                                    .id_hash = id_hash};
    }
    struct trace_sum *sum = &verify->traces[*index];
    if (gone_has(&verify->gone, PHX_PROJECT, span->project))
        sum->number = 0; /* its row may be swept */
    sum->spans++;
    if (span->start_time < sum->start)
        sum->start = span->start_time;
    if (span->end_time > sum->end)
        sum->end = span->end_time;
    if (sum->id_hash != id_hash)
        return verify_fault(verify, "block %lld: trace %lld has two ids",
                            (long long)block, (long long)span->trace);
    return PHX_OK;
}

/* Apart from its project, whose traces may still have their rows. */
static bool is_gone(const struct verify *verify, const struct span *span)
{
    return gone_has(&verify->gone, PHX_TRACE, span->trace) ||
           gone_has(&verify->gone, PHX_SPAN, span->number);
}

static phx_status check_span(struct verify *verify, const struct span *span,
                             const struct block_row *row, phx_error *err)
{
    phx_status status;

    if ((status = note_once(verify, &verify->span_numbers,
                            hash_bytes(&span->number, sizeof span->number, 8),
                            "a span number", row->id, err)) < 0)
        return status;
    if (span->number >= verify->counter.span ||
        span->trace >= verify->counter.trace)
        return verify_fault(verify, "block %lld: a number is above its counter",
                            (long long)row->id);
    if (is_gone(verify, span))
        return PHX_OK;
    if (!gone_has(&verify->gone, PHX_PROJECT, span->project) &&
        (status = note_once(
             verify, &verify->span_ids,
             posting_hash(verify->store->secret, POSTING_SPAN, span->span_id),
             "a span id", row->id, err)) < 0)
        return status;
    return note_trace(verify, span, row->id, err);
}

/* --- blocks -------------------------------------------------------------------- */

/* A walk over the rows of a block. */
struct block_walk {
    const struct stored_block *stored;
    const struct block_row *row;
    struct arena arena; /* of some rows */
    int64_t last_trace;
    struct posting_sum sum; /* of its ids: a span's, and a trace's once */
};

static phx_status check_rows(struct verify *verify, struct block_walk *walk,
                             uint32_t from, size_t count, phx_error *err)
{
    uint64_t secret = verify->store->secret;
    struct span *spans =
        arena_new(&walk->arena, size_mul(count, sizeof *spans));
    uint32_t *rows = arena_new(&walk->arena, count * sizeof *rows);
    phx_status status;

    if (spans == NULL || rows == NULL)
        return fail_memory(err, count * sizeof *spans);
    for (uint32_t i = 0; i < count; i++)
        rows[i] = from + i;
    status = block_read_spans(walk->stored->block, &walk->arena, rows, count,
                              BLOCK_BARE | BLOCK_LENT, spans, err);
    for (size_t i = 0; i < count && status >= 0; i++) {
        const struct span *span = &spans[i];
        sum_posting(&walk->sum,
                    posting_hash(secret, POSTING_SPAN, span->span_id));
        if (span->trace != walk->last_trace)
            sum_posting(&walk->sum,
                        posting_hash(secret, POSTING_TRACE, span->trace_id));
        walk->last_trace = span->trace;
        if (!row_is_outgrown(walk->stored, rows[i]))
            status = check_span(verify, span, walk->row, err);
    }
    return status;
}

static phx_status check_spans(struct verify *verify,
                              const struct stored_block *stored,
                              const struct block_row *row, phx_error *err)
{
    struct block_walk walk = {.stored = stored, .row = row};
    uint32_t rows = block_rows(stored->block);
    struct posting_sum *written = NULL;
    phx_status status = PHX_OK;

    arena_init(&walk.arena, SIZE_MAX);
    for (uint32_t at = 0; at < rows && status >= 0; at += SOME_ROWS) {
        uint32_t left = rows - at;
        arena_reset(&walk.arena);
        status = check_rows(verify, &walk, at,
                            left < SOME_ROWS ? left : SOME_ROWS, err);
    }
    arena_clear(&walk.arena);
    if (status < 0 || row->level < LEVEL_LASTING ||
        (status = posting_sum_of(verify, (uint32_t)row->id, &written, err)) < 0)
        return status;
    return written->sum == walk.sum.sum && written->count == walk.sum.count
               ? PHX_OK
               : verify_fault(verify,
                              "block %lld: the runs have %llu postings of it,"
                              " not those of its %llu ids",
                              (long long)row->id,
                              (unsigned long long)written->count,
                              (unsigned long long)walk.sum.count);
}

static phx_status check_block(struct verify *verify, struct statement *read,
                              phx_error *err)
{
    struct block_row row;
    struct stored_block stored;
    phx_error why = {0};
    phx_status status =
        store_check_interrupt(verify->store, verify->interrupts, err);

    if (status < 0)
        return status;
    block_row_read(read, &row);
    if (row.sum != (int64_t)block_row_sum(&row))
        return verify_fault(verify, "block %lld: its row is damaged",
                            (long long)row.id);
    if (row.id >= verify->counter.block)
        return verify_fault(verify, "block %lld: above its counter",
                            (long long)row.id);
    if ((status =
             stored_block_open(verify->connection, row.id, &stored, &why)) >= 0)
        status = block_verify(stored.block, &row.zone, &why);
    status = status < 0
                 ? verify_failure(verify, status, "block", row.id, &why, err)
                 : check_spans(verify, &stored, &row, err);
    stored_block_close(&stored);
    return status;
}

phx_status verify_blocks(struct verify *verify, phx_error *err)
{
    int64_t rows;

    return verify_each(verify, SQL_BLOCKS_ALL, check_block, 0, &rows, err);
}

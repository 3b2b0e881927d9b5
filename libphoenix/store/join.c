/*
 * join.c - which spans the log records of a commit belong to.
 *
 *     span in this commit      with what waited for it: written once, grown
 *     span in a block          read, grown, written again; the old row is
 *                              outgrown; or they are held (hold.c)
 *     no span yet, or none     rows of `log`, that wait
 *
 * grow.c writes them.
 */
#include "base/base.h"

#include "store/commit.h"

/* The new span of this commit with the id, or NULL. */
static const struct span *new_span(const struct commit *commit,
                                   const struct join *join)
{
    const uint32_t *index;

    for (uint64_t slot = join->key.span;
         (index = map_find(&commit->ids, slot)) != NULL; slot++) {
        const struct span *span = commit->seen[*index];
        if (text_equal(span->span_id, join->span_id))
            return span->number != 0 ? span : NULL;
    }
    return NULL;
}

/* Whether the row's span is of the join's trace. */
static phx_status has_trace(struct block *block, uint32_t row,
                            const struct join *join, bool *out, phx_error *err)
{
    const struct block_texts *ids;
    struct block_ints traces;
    phx_status status;

    if ((status = block_read_ints(block, COLUMN_TRACE, &traces, err)) < 0 ||
        (status = block_read_texts(block, COLUMN_TRACE_ID, &ids, err)) < 0)
        return status;
    *out = text_equal(block_text(ids, (uint32_t)block_int(&traces, row)),
                      join->trace_id);
    return PHX_OK;
}

static phx_status find_target(struct commit *commit, struct join *join,
                              phx_error *err)
{
    struct location location = {0};
    phx_status status;
    bool same;

    join->span = new_span(commit, join);
    if (join->span != NULL && !text_equal(join->span->trace_id, join->trace_id))
        join->span = NULL;
    if (join->span != NULL ||
        !filter_maybe(commit->store->filter, join->key.span))
        return PHX_OK;
    status = commit_find_stored(commit, join->span_id, join->key.span,
                                &location, err);
    if (status != PHX_OK)
        return status < 0 ? status : PHX_OK;
    if ((status = has_trace(commit->repeated.block, location.row, join, &same,
                            err)) >= 0 &&
        same) {
        join->block = location.block;
        join->row = location.row;
    }
    return status;
}

/* The slot of a span in the map of joins. */
static uint32_t *slot_of(struct commit *commit, const struct join *join,
                         bool *fresh)
{
    uint64_t slot = join->key.span ^ join->key.trace << 1;
    uint32_t *index;

    while ((index = map_slot(&commit->by_span, slot, fresh)) != NULL &&
           !*fresh) {
        const struct join *other = &commit->joins[*index];
        if (text_equal(other->span_id, join->span_id) &&
            text_equal(other->trace_id, join->trace_id))
            break;
        slot++;
    }
    return index;
}

phx_status join_of(struct commit *commit, const struct join *wanted,
                   struct join **out, phx_error *err)
{
    bool fresh;
    uint32_t *index = slot_of(commit, wanted, &fresh);
    phx_status status = PHX_OK;

    if (index == NULL)
        return fail_memory(err, sizeof *index);
    if (fresh) {
        struct join *joins =
            memory_grow(commit->joins, &commit->join_capacity,
                        commit->join_count, sizeof *joins, err);
        if (joins == NULL)
            return PHX_NO_MEMORY;
        commit->joins = joins;
        *index = (uint32_t)commit->join_count++;
        joins[*index] = *wanted;
        if (wanted->span == NULL)
            status = find_target(commit, &joins[*index], err);
    }
    *out = &commit->joins[*index];
    return status;
}

phx_status join_span(struct commit *commit, const struct span *span,
                     uint64_t hash, phx_error *err)
{
    uint64_t secret = commit->store->secret;
    const struct join wanted = {
        .key = {posting_hash(secret, POSTING_TRACE, span->trace_id), hash},
        .trace_id = span->trace_id,
        .span_id = span->span_id,
        .span = span,
    };
    struct join *join;
    phx_status status = log_waits(commit->store->writer, wanted.key, err);

    if (status != PHX_OK)
        return status < 0 ? status : PHX_OK;
    return join_of(commit, &wanted, &join, err);
}

phx_status join_record(struct commit *commit, const struct log_record *record,
                       phx_ingest_report *report, phx_error *err)
{
    const struct join wanted = {
        .key = log_key_of(commit->store->secret, record),
        .trace_id = record->trace_id,
        .span_id = record->span_id,
    };
    struct arrival *arrival = arena_new(&commit->arena, sizeof *arrival);
    struct join *join;
    phx_status status;

    if (arrival == NULL)
        return fail_memory(err, sizeof *arrival);
    *arrival = (struct arrival){record, report, NULL};
    if (!log_has_span(record)) {
        arrival->next = commit->loose;
        commit->loose = arrival;
        return PHX_OK;
    }
    if ((status = join_of(commit, &wanted, &join, err)) < 0)
        return status;
    if (join->last != NULL)
        join->last->next = arrival;
    else
        join->first = arrival;
    join->last = arrival;
    return PHX_OK;
}

void join_set_apart(struct commit *commit)
{
    int64_t first = commit->store->counter.span;
    size_t kept = 0;

    for (size_t i = 0; i < commit->join_count; i++) {
        if (commit->joins[i].span != NULL)
            commit->spans[commit->joins[i].span->number - first] = NULL;
    }
    for (size_t i = 0; i < commit->count; i++) {
        if (commit->spans[i] != NULL)
            commit->spans[kept++] = commit->spans[i];
    }
    commit->count = kept;
}

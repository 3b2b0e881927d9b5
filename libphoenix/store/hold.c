/*
 * hold.c - log records that are held: their span is stored, but spans have been
 * written again for enough of late. Such a record is a row of `log` until the
 * next of its span, once there is credit, or until the background has time; so
 * a sender of many small records costs no more than one of large spans.
 *
 * To grow one span is to unpack its block. Credit is the bytes of blocks that
 * may be unpacked for it: so many at once, and so many a second.
 */
#include "base/base.h"

#include "store/commit.h"

#define HOUR_US UINT64_C(3600000000)

enum {
    CREDIT_MOST = SHRUNK(256 << 20, 1 << 20),
    CREDIT_SECOND = SHRUNK(32 << 20, 0),
    HELD_ROWS = SHRUNK(1024, 4) /* looked at together */
};

void credit_take(struct commit *commit)
{
    struct store *store = commit->store;
    uint64_t now = time_monotonic(), passed = (now - store->grow_time) / 1000;

    if (passed > HOUR_US)
        passed = HOUR_US;
    store->grow_credit += (int64_t)(passed * CREDIT_SECOND / 1000000);
    if (store->grow_time == 0 || store->grow_credit > CREDIT_MOST)
        store->grow_credit = CREDIT_MOST;
    store->grow_time = now;
    commit->credit = store->grow_credit;
}

void credit_give(const struct commit *commit)
{
    commit->store->grow_credit = commit->credit;
}

/* The span that a row is held for. */
static phx_status join_row(struct commit *commit, int64_t id,
                           struct arena *scratch, phx_error *err)
{
    struct store *store = commit->store;
    struct log_record record;
    struct join *join;
    phx_status status =
        log_get(store->writer, scratch, store->secret, id, &record, err);

    if (status < 0)
        return status;
    struct join wanted = {.key = log_key_of(store->secret, &record),
                          .trace_id = record.trace_id,
                          .span_id = record.span_id,
                          .held = true};
    if ((status = arena_keep(&commit->arena, &wanted.trace_id, err)) < 0 ||
        (status = arena_keep(&commit->arena, &wanted.span_id, err)) < 0)
        return status;
    return join_of(commit, &wanted, &join, err);
}

phx_status join_held(struct commit *commit, phx_error *err)
{
    struct arena scratch;
    int64_t *ids = NULL;
    size_t count = 0;
    phx_status status = log_find_held(commit->store->writer, &commit->arena,
                                      HELD_ROWS, &ids, &count, err);

    arena_init(&scratch, SIZE_MAX);
    for (size_t i = 0; i < count && status >= 0; i++) {
        status = join_row(commit, ids[i], &scratch, err);
        arena_reset(&scratch);
    }
    arena_clear(&scratch);
    stored_block_close(&commit->repeated);
    commit->credit = CREDIT_MOST;
    return status < 0 ? status : count > 0 ? PHX_OK : PHX_DONE;
}

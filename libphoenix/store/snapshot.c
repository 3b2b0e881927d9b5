/*
 * snapshot.c - a reader's snapshot, what is gone in it, and its open blocks.
 *
 * A block is opened once, however many searches and functions of a statement
 * look at it, and the last few stay open when nobody does: a join that finds
 * its rows one by one finds them in the same blocks.
 */
#include "base/base.h"

#include "store/find.h"

enum {
    IDLE_BLOCKS = SHRUNK(16, 1),
    KEPT_BYTES = SHRUNK(16 << 20, 64 << 10), /* of decoded blocks */
    KEY_LIMIT = 1 << 20,
    STEPS_BETWEEN_LOOKS = 2000 /* of SQLite's machine */
};

phx_status snapshot_check(struct snapshot *snapshot, phx_error *err)
{
    if (snapshot->stop != NULL && snapshot->stop(snapshot->stop_ctx) != 0)
        return fail(err, PHX_INTERRUPTED, -1, "the call was stopped");
    return store_check_interrupt(snapshot->store, snapshot->interrupts, err);
}

static void opened_free(struct opened **link)
{
    struct opened *opened = *link;

    *link = opened->next;
    stored_block_close(&opened->stored);
    arena_clear(&opened->arena);
    memory_free(opened);
}

static struct opened **find_opened(struct opened **first, int64_t block)
{
    while (*first != NULL && (*first)->stored.id != block)
        first = &(*first)->next;
    return first;
}

static void move_first(struct opened **link, struct opened **first)
{
    struct opened *opened = *link;

    if (link == first)
        return;
    *link = opened->next;
    opened->next = *first;
    *first = opened;
}

static phx_status open_kept(struct snapshot *snapshot, struct opened **link,
                            phx_error *err)
{
    struct stored_block *stored = &(*link)->stored;
    phx_status status = snapshot_check(snapshot, err);

    if (status < 0)
        return status;
    if ((status = stored_block_join(stored, snapshot->connection, err)) < 0) {
        stored_block_leave(stored);
        return status;
    }
    move_first(link, &snapshot->opened);
    snapshot->opened_count++;
    return PHX_OK;
}

static phx_status open_block(struct snapshot *snapshot, int64_t block,
                             phx_error *err)
{
    struct opened *opened;
    phx_status status = snapshot_check(snapshot, err);

    if (status < 0)
        return status;
    if ((opened = memory_new(sizeof *opened)) == NULL)
        return fail_memory(err, sizeof *opened);
    *opened = (struct opened){0};
    if ((status = stored_block_open(snapshot->connection, block,
                                    &opened->stored, err)) < 0) {
        memory_free(opened);
        return status;
    }
    arena_init(&opened->arena, SIZE_MAX);
    opened->next = snapshot->opened;
    snapshot->opened = opened;
    snapshot->opened_count++;
    return PHX_OK;
}

phx_status snapshot_open(struct snapshot *snapshot, int64_t block,
                         struct opened **out, phx_error *err)
{
    struct opened **link = find_opened(&snapshot->opened, block);
    phx_status status = PHX_OK;

    if (*link != NULL)
        move_first(link, &snapshot->opened);
    else if (snapshot->kept != NULL &&
             *(link = find_opened(snapshot->kept, block)) != NULL)
        status = open_kept(snapshot, link, err);
    else
        status = open_block(snapshot, block, err);
    if (status < 0)
        return status;
    *out = snapshot->opened;
    (*out)->users++;
    return PHX_OK;
}

void snapshot_close(struct snapshot *snapshot, struct opened *opened)
{
    struct opened **link = &snapshot->opened;
    size_t idle = 0;

    if (--opened->users > 0)
        return;
    while (*link != NULL) {
        idle += (*link)->users == 0;
        if (idle > IDLE_BLOCKS) {
            opened_free(link);
            break;
        }
        link = &(*link)->next;
    }
}

void snapshot_keep(struct snapshot *snapshot)
{
    struct opened **link = &snapshot->opened;
    size_t held = 0;

    while (*link != NULL) {
        (*link)->users = 0;
        stored_block_leave(&(*link)->stored);
        link = &(*link)->next;
    }
    *link = *snapshot->kept;
    *snapshot->kept = snapshot->opened;
    snapshot->opened = NULL;
    for (link = snapshot->kept; *link != NULL;) {
        held += block_memory((*link)->stored.block) + (*link)->arena.total;
        if (held > KEPT_BYTES)
            opened_free(link);
        else
            link = &(*link)->next;
    }
}

void opened_clear(struct opened **first)
{
    while (*first != NULL)
        opened_free(first);
}

phx_status opened_ints(struct opened *opened, enum block_column column,
                       const struct block_ints **out, phx_error *err)
{
    struct block_ints *ints = &opened->ints[column];
    phx_status status;

    if ((opened->ints_read >> column & 1) == 0) {
        if ((status =
                 block_read_ints(opened->stored.block, column, ints, err)) < 0)
            return status;
        opened->ints_read |= 1u << column;
    }
    *out = ints;
    return PHX_OK;
}

/* Other connections take memory, too: the bound is near, not exact. */
static int look_around(void *ctx)
{
    struct snapshot *snapshot = ctx;

    if (snapshot->most_memory > 0 &&
        sqlite3_memory_used() > snapshot->most_memory)
        fail(&snapshot->failed, PHX_TOO_BIG, -1,
             "sql: the statement takes more memory than it may");
    return snapshot->failed.status < 0 || snapshot_check(snapshot, NULL) < 0;
}

void snapshot_init(struct snapshot *out, struct store *store)
{
    *out = (struct snapshot){.store = store,
                             .interrupts = store_interrupts(store)};
    arena_init(&out->scratch, SIZE_MAX);
    buf_init(&out->key, KEY_LIMIT);
}

void snapshot_clear(struct snapshot *snapshot)
{
    opened_clear(&snapshot->opened);
    buf_clear(&snapshot->key);
    arena_clear(&snapshot->scratch);
}

phx_status snapshot_take(struct store *store, struct snapshot *out,
                         phx_error *err)
{
    phx_status status;

    snapshot_init(out, store);
    status = store_reader_take(store, &out->connection, &out->counter, err);
    if (status < 0)
        return status;
    out->connection->snapshot = out;
    sqlite3_progress_handler(out->connection->db, STEPS_BETWEEN_LOOKS,
                             look_around, out);
    if ((status = gone_of(out->connection, &out->counter, &out->gone, err)) < 0)
        snapshot_give(out);
    return status;
}

void snapshot_give(struct snapshot *snapshot)
{
    snapshot_clear(snapshot);
    sqlite3_progress_handler(snapshot->connection->db, 0, NULL, NULL);
    snapshot->connection->snapshot = NULL;
    store_reader_give(snapshot->store, snapshot->connection);
}

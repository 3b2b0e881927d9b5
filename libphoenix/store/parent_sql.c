/*
 * parent_sql.c - the function of SQL that finds a span's parent.
 *
 *     parent_no(ref, within)   the number of the stored parent, NULL if there
 *                              is none; within 1: none of another trace
 *
 * Most parents are rows of the same block, which names them by their row; only
 * for others is there a look at the postings.
 */
#include "base/base.h"

#include "store/span_table.h"

/* A row whose parent is asked for. */
struct child {
    struct snapshot *snapshot;
    struct opened *opened;
    uint32_t row;
};

/* The trace and the number of a row of the same block. */
static phx_status read_row(const struct child *child, uint32_t row,
                           struct location *out, phx_error *err)
{
    const struct block_ints *numbers, *traces, *trace_numbers;
    phx_status status;

    if ((status = opened_ints(child->opened, COLUMN_NUMBER, &numbers, err)) <
            0 ||
        (status = opened_ints(child->opened, COLUMN_TRACE, &traces, err)) < 0 ||
        (status = opened_ints(child->opened, COLUMN_TRACE_NUMBER,
                              &trace_numbers, err)) < 0)
        return status;
    out->number = block_int(numbers, row);
    out->trace = block_int(trace_numbers, (uint32_t)block_int(traces, row));
    return PHX_OK;
}

static phx_status look_up(const struct child *child, enum block_column column,
                          uint32_t index, struct location *out, phx_error *err)
{
    struct snapshot *snapshot = child->snapshot;
    const struct block_texts *ids;
    struct block_set blocks = {0};
    phx_status status =
        block_read_texts(child->opened->stored.block, column, &ids, err);

    if (status < 0)
        return status;
    phx_text id = block_text(ids, index);
    uint64_t hash = posting_hash(snapshot->store->secret, POSTING_SPAN, id);
    if ((status = lookup_blocks(snapshot->store, snapshot->connection,
                                &snapshot->counter, hash, &blocks, err)) >= 0)
        status = lookup_in_blocks(snapshot->connection, snapshot->gone,
                                  POSTING_SPAN, id, &blocks, out, err);
    block_set_clear(&blocks);
    return status;
}

/* Whether a row of the same block is neither outgrown nor deleted. */
static phx_status is_living(const struct child *child, uint32_t row,
                            const struct location *found, bool *out,
                            phx_error *err)
{
    const struct gone *gone = child->snapshot->gone;
    const struct block_ints *projects;
    phx_status status;

    *out = !row_is_outgrown(&child->opened->stored, row);
    if (!*out || gone->count == 0)
        return PHX_OK;
    if ((status = opened_ints(child->opened, COLUMN_PROJECT, &projects, err)) <
        0)
        return status;
    *out = !gone_has(gone, PHX_PROJECT, block_int(projects, row)) &&
           !gone_has(gone, PHX_TRACE, found->trace) &&
           !gone_has(gone, PHX_SPAN, found->number);
    return PHX_OK;
}

/* DONE if no parent is stored. One in the same block that does not live may
 * have come again since. */
static phx_status find_parent(const struct child *child, struct location *out,
                              phx_error *err)
{
    const struct block_ints *parents;
    uint32_t rows = block_rows(child->opened->stored.block);
    bool living;
    phx_status status =
        opened_ints(child->opened, COLUMN_PARENT, &parents, err);

    if (status < 0)
        return status;
    int64_t parent = block_int(parents, child->row);
    if (parent == 0)
        return PHX_DONE;
    if (parent > rows)
        return look_up(child, COLUMN_OUTSIDE_PARENT,
                       (uint32_t)(parent - 1 - rows), out, err);
    uint32_t row = (uint32_t)(parent - 1);
    if ((status = read_row(child, row, out, err)) < 0 ||
        (status = is_living(child, row, out, &living, err)) < 0)
        return status;
    return living ? PHX_OK : look_up(child, COLUMN_SPAN_ID, row, out, err);
}

static phx_status answer(sqlite3_context *context, const struct child *child,
                         bool within, phx_error *err)
{
    struct location own, parent;
    phx_status status = find_parent(child, &parent, err);

    if (status != PHX_OK ||
        (status = read_row(child, child->row, &own, err)) < 0)
        return status;
    if (!within || parent.trace == own.trace)
        sqlite3_result_int64(context, parent.number);
    return PHX_OK;
}

static phx_status parent_of(sqlite3_context *context, struct snapshot *snapshot,
                            int count, sqlite3_value **values, int how,
                            phx_error *err)
{
    struct child child = {.snapshot = snapshot};
    phx_status status =
        ref_open(snapshot, values[0], &child.opened, &child.row, err);

    (void)count;
    (void)how;
    if (status != PHX_OK)
        return status;
    status = answer(context, &child, sqlite3_value_int(values[1]) != 0, err);
    snapshot_close(snapshot, child.opened);
    return status;
}

static void parent_no(sqlite3_context *context, int count,
                      sqlite3_value **values)
{
    function_of_row(context, count, values, 0, parent_of);
}

int parent_sql_register(struct connection *connection)
{
    int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;

    return sqlite3_create_function_v2(connection->db, "parent_no", 2, flags,
                                      connection, parent_no, NULL, NULL,
                                      foreign_hold(connection));
}

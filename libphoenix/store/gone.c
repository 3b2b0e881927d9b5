/*
 * gone.c - what is deleted and still in blocks. Readers skip its rows, ingest
 * takes its ids as new, and the sweep rewrites its blocks and forgets it.
 */
#include "base/base.h"

#include "store/inside.h"

phx_status gone_add(struct gone *gone, int64_t kind, int64_t id, uint64_t hash,
                    phx_error *err)
{
    struct gone_row *rows = memory_grow(gone->rows, &gone->capacity,
                                        gone->count, sizeof *rows, err);

    if (rows == NULL)
        return PHX_NO_MEMORY;
    gone->rows = rows;
    gone->rows[gone->count++] = (struct gone_row){kind, id, hash};
    return PHX_OK;
}

int64_t gone_row_sum(const struct gone_row *row)
{
    const uint64_t values[] = {(uint64_t)row->kind, (uint64_t)row->id,
                               row->hash};

    return (int64_t)hash_bytes(values, sizeof values, 4);
}

phx_status gone_hide(struct connection *connection, struct counter *counter,
                     const struct gone_row *row, phx_error *err)
{
    struct statement *insert = sql(connection, SQL_INSERT_GONE);

    sql_bind_int(insert, 1, row->kind);
    sql_bind_int(insert, 2, row->id);
    sql_bind_int(insert, 3, (int64_t)row->hash);
    counter->gone ^= gone_row_sum(row);
    return sql_run(insert, err);
}

phx_status gone_forget(struct connection *connection, struct counter *counter,
                       const struct gone_row *row, phx_error *err)
{
    struct statement *remove = sql(connection, SQL_DELETE_GONE);

    sql_bind_int(remove, 1, row->kind);
    sql_bind_int(remove, 2, row->id);
    counter->gone ^= gone_row_sum(row);
    return sql_run(remove, err);
}

phx_status gone_read(struct connection *connection, struct gone *out,
                     phx_error *err)
{
    struct statement *read = sql(connection, SQL_GONE);
    struct gone gone = {0};
    phx_status status;

    while ((status = sql_next(read, err)) == PHX_OK) {
        status = gone_add(&gone, sql_int(read, 0), sql_int(read, 1),
                          (uint64_t)sql_int(read, 2), err);
        if (status < 0)
            break;
    }
    sql_end(read);
    gone_clear(status < 0 ? &gone : out);
    if (status >= 0)
        *out = gone;
    return status < 0 ? status : PHX_OK;
}

void gone_clear(struct gone *gone)
{
    memory_free(gone->rows);
    *gone = (struct gone){0};
}

bool gone_has(const struct gone *gone, int32_t kind, int64_t id)
{
    size_t low = 0, high = gone->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct gone_row *row = &gone->rows[middle];
        if (row->kind < kind || (row->kind == kind && row->id < id))
            low = middle + 1;
        else
            high = middle;
    }
    return low < gone->count && gone->rows[low].kind == kind &&
           gone->rows[low].id == id;
}

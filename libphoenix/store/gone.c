/*
 * gone.c - what is deleted and still in blocks. Readers skip its rows, ingest
 * takes its ids as new, and the sweep rewrites its blocks and forgets it.
 */
#include "base/base.h"

#include "store/inside.h"

#include <stdlib.h>

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

static int gone_order(const void *a, const void *b)
{
    const struct gone_row *x = a, *y = b;

    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    return (x->id > y->id) - (x->id < y->id);
}

phx_status gone_join(const struct gone *gone, struct gone *added,
                     struct gone *out, phx_error *err)
{
    size_t count = gone->count + added->count, i = 0, j = 0;
    struct gone_row *rows = memory_new(size_mul(count, sizeof *rows));

    if (rows == NULL)
        return fail_memory(err, size_mul(count, sizeof *rows));
    if (added->count > 0)
        qsort(added->rows, added->count, sizeof *rows, gone_order);
    for (size_t at = 0; at < count; at++) {
        bool older = j == added->count ||
                     (i < gone->count &&
                      gone_order(&gone->rows[i], &added->rows[j]) < 0);
        rows[at] = older ? gone->rows[i++] : added->rows[j++];
    }
    *out = (struct gone){.rows = rows, .count = count, .capacity = count};
    return PHX_OK;
}

void gone_drop(struct gone *gone, const struct gone_row *rows, size_t count)
{
    size_t kept = 0, at = 0;

    for (size_t i = 0; i < gone->count; i++) {
        while (at < count && gone_order(&rows[at], &gone->rows[i]) < 0)
            at++;
        if (at == count || gone_order(&rows[at], &gone->rows[i]) != 0)
            gone->rows[kept++] = gone->rows[i];
    }
    gone->count = kept;
}

phx_status gone_of(struct connection *connection, const struct counter *counter,
                   const struct gone **out, phx_error *err)
{
    phx_status status;

    if (connection->gone_version != counter->gone) {
        if ((status = gone_read(connection, &connection->gone, err)) < 0)
            return status;
        connection->gone_version = counter->gone;
    }
    *out = &connection->gone;
    return PHX_OK;
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

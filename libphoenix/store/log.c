/*
 * log.c - log records that are of no span yet: each a row of `log`, as an OTLP
 * request of its own, under the hashes of its trace's and its span's id. When
 * the span comes the record becomes part of it, and the row goes.
 *
 * A record that names no span has 0 and its time there, so that what may come
 * in bulk is added at the end of the index. One that is held has its span
 * stored: hold.c.
 */
#include "base/base.h"

#include "store/inside.h"

#include "wire/wire.h"

#include <stdlib.h>

/* All zeros is OTLP's way of saying that there is none. */
static bool is_id(phx_text id)
{
    for (size_t i = 0; i < id.size; i++) {
        if (id.data[i] != 0)
            return true;
    }
    return false;
}

bool log_has_span(const struct log_record *record)
{
    return is_id(record->trace_id) && is_id(record->span_id);
}

struct log_key log_key_of(uint64_t secret, const struct log_record *record)
{
    uint64_t time = record->time ? record->time : record->observed_time;

    if (!log_has_span(record))
        return (struct log_key){.span = time};
    return (struct log_key){
        posting_hash(secret, POSTING_TRACE, record->trace_id),
        posting_hash(secret, POSTING_SPAN, record->span_id)};
}

/* A row as it is in the table. */
struct log_row {
    int64_t id;
    int64_t trace, span;
    int64_t hash; /* of the body */
    int64_t at;   /* us: when it came */
    int64_t held;
};

static struct log_row read_row(struct statement *read)
{
    return (struct log_row){sql_int(read, 0), sql_int(read, 1),
                            sql_int(read, 2), sql_int(read, 3),
                            sql_int(read, 4), sql_int(read, 5)};
}

static int64_t sum_of(const struct log_row *row)
{
    return (int64_t)checksum32(row, sizeof *row);
}

static phx_status insert(struct connection *connection,
                         const struct log_row *row, const struct buf *body,
                         phx_error *err)
{
    struct statement *statement = sql(connection, SQL_INSERT_LOG);

    sql_bind_int(statement, 1, row->id);
    sql_bind_int(statement, 2, row->trace);
    sql_bind_int(statement, 3, row->span);
    sql_bind_int(statement, 4, row->hash);
    sql_bind_int(statement, 5, row->at);
    sql_bind_int(statement, 6, row->held);
    sql_bind_int(statement, 7, sum_of(row));
    sql_bind_blob(statement, 8, body->data, body->size);
    return sql_run(statement, err);
}

phx_status log_add(struct connection *connection, struct counter *counter,
                   const struct log_record *record, bool held, phx_error *err)
{
    struct log_key key = log_key_of(counter->secret, record);
    struct log_row row = {.id = counter->log,
                          .trace = (int64_t)key.trace,
                          .span = (int64_t)key.span,
                          .at = (int64_t)(time_now() / 1000),
                          .held = held};
    struct buf body;
    phx_status status;

    buf_init(&body, INT32_MAX);
    wire_write_log(&body, record);
    if ((status = buf_status(&body, "a log record", err)) >= 0) {
        row.hash = (int64_t)hash_bytes(body.data, body.size, counter->secret);
        status = insert(connection, &row, &body, err);
    }
    buf_clear(&body);
    if (status < 0)
        return status;
    if (sqlite3_changes(connection->db) == 0)
        return PHX_DONE;
    counter->log++;
    counter->logs++;
    return PHX_OK;
}

phx_status log_release(struct connection *connection, int64_t id,
                       phx_error *err)
{
    struct statement *read, *write = sql(connection, SQL_RELEASE_LOG);
    phx_status status = sql_find(connection, SQL_LOG_BY_ID, id, &read, err);

    if (status != PHX_OK)
        return status < 0 ? status : PHX_OK;
    struct log_row row = read_row(read);
    sql_end(read);
    row.held = 0;
    sql_bind_int(write, 1, id);
    sql_bind_int(write, 2, sum_of(&row));
    return sql_run(write, err);
}

static phx_status remove_rows(struct connection *connection,
                              struct counter *counter, enum sql id,
                              int64_t value, phx_error *err)
{
    phx_status status = sql_run_with(connection, id, value, err);

    if (status >= 0)
        counter->logs -= sqlite3_changes(connection->db);
    return status;
}

phx_status log_remove(struct connection *connection, struct counter *counter,
                      int64_t id, phx_error *err)
{
    return remove_rows(connection, counter, SQL_DELETE_LOG, id, err);
}

phx_status log_remove_trace(struct connection *connection,
                            struct counter *counter, uint64_t trace,
                            phx_error *err)
{
    return remove_rows(connection, counter, SQL_DELETE_LOGS_OF_TRACE,
                       (int64_t)trace, err);
}

phx_status log_waits(struct connection *connection, struct log_key key,
                     phx_error *err)
{
    struct statement *first = sql(connection, SQL_LOGS_OF_SPAN);

    sql_bind_int(first, 1, (int64_t)key.trace);
    sql_bind_int(first, 2, (int64_t)key.span);
    sql_bind_int(first, 3, 0);
    phx_status status = sql_next(first, err);
    sql_end(first);
    return status;
}

static int id_order(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

/* The ids that a statement finds, in order. */
static phx_status find_ids(struct statement *find, struct arena *arena,
                           int64_t **out, size_t *count, phx_error *err)
{
    int64_t *ids = NULL;
    size_t found = 0, capacity = 0;
    phx_status status;

    while ((status = sql_next(find, err)) == PHX_OK) {
        int64_t *grown = arena_grow(arena, ids, &capacity, found, sizeof *ids);
        if (grown == NULL) {
            status = fail_memory(err, sizeof *ids);
            break;
        }
        ids = grown;
        ids[found++] = sql_int(find, 0);
    }
    sql_end(find);
    if (status < 0)
        return status;
    if (found > 0)
        qsort(ids, found, sizeof *ids, id_order);
    *out = ids;
    *count = found;
    return PHX_OK;
}

phx_status log_find(struct connection *connection, struct arena *arena,
                    struct log_key key, bool held, int64_t **out, size_t *count,
                    phx_error *err)
{
    struct statement *all = sql(connection, SQL_LOGS_OF_SPAN);

    sql_bind_int(all, 1, (int64_t)key.trace);
    sql_bind_int(all, 2, (int64_t)key.span);
    sql_bind_int(all, 3, held);
    return find_ids(all, arena, out, count, err);
}

phx_status log_find_held(struct connection *connection, struct arena *arena,
                         size_t most, int64_t **out, size_t *count,
                         phx_error *err)
{
    struct statement *held = sql(connection, SQL_LOGS_HELD);

    sql_bind_int(held, 1, (int64_t)most);
    return find_ids(held, arena, out, count, err);
}

phx_status log_row_read(struct statement *read, struct arena *arena,
                        uint64_t secret, struct log_record *out, phx_error *err)
{
    const struct log_row row = read_row(read);
    phx_text body = sql_text(read, 7);
    struct wire_request request = {0};
    phx_status status = PHX_INVALID;

    if (sum_of(&row) == sql_int(read, 6) &&
        row.hash == (int64_t)hash_bytes(body.data, body.size, secret))
        status = wire_read_protobuf(arena, WIRE_LOGS, body.data, body.size,
                                    &request, err);
    if (status == PHX_INVALID || (status >= 0 && request.logs.count != 1))
        return fail(err, PHX_CORRUPT, -1, "log record %lld is damaged",
                    (long long)row.id);
    if (status >= 0)
        *out = request.logs.records[0];
    return status;
}

phx_status log_get(struct connection *connection, struct arena *arena,
                   uint64_t secret, int64_t id, struct log_record *out,
                   phx_error *err)
{
    struct statement *read;
    phx_status status = sql_find(connection, SQL_LOG_BY_ID, id, &read, err);

    if (status < 0)
        return status;
    if (status == PHX_DONE)
        return fail(err, PHX_CORRUPT, -1, "log record %lld is lost",
                    (long long)id);
    status = log_row_read(read, arena, secret, out, err);
    sql_end(read);
    return status;
}

phx_status store_read_log(struct store *store, int64_t upto,
                          struct arena *arena, struct waiting_log *out,
                          phx_error *err)
{
    struct connection *connection;
    struct counter counter;
    struct statement *read;
    unsigned interrupts = store_interrupts(store);
    phx_status status = store_reader_take(store, &connection, &counter, err);

    if (status < 0)
        return status;
    if ((status = sql_find(connection, SQL_LOG_UPTO, upto, &read, err)) ==
        PHX_OK) {
        struct log_row row = read_row(read);
        out->id = row.id;
        out->received_at = (uint64_t)row.at * 1000;
        out->held = row.held != 0;
        status = log_row_read(read, arena, store->secret, &out->record, err);
        sql_end(read);
    }
    store_reader_give(store, connection);
    if (status >= 0 && store_check_interrupt(store, interrupts, err) < 0)
        return PHX_INTERRUPTED;
    return status;
}

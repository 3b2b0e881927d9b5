/*
 * foreign.c - the tables and functions of spans on a connection that somebody
 * else has opened, with the SQLite that is his: the loadable extension.
 *
 * Such a connection has no transaction of ours, and nobody tells when one of
 * its statements begins or ends. So a snapshot begins with the first cursor
 * that is open and ends with the last: SQLite keeps what they read the same for
 * as long. Between statements nothing of ours is left on the connection: a
 * statement of ours would keep it from being closed.
 */
#include "base/base.h"

#include "store/price.h"
#include "store/span_table.h"

/* No more of a store than reading takes: there is no memtable, and the lock
 * is nobody else's. */
struct foreign {
    struct connection connection;
    struct store store;
    struct snapshot snapshot;
    size_t users;
    int references; /* of the modules and functions on the connection */
};

static void release(void *ctx)
{
    struct connection *connection = ctx;
    struct foreign *foreign = connection->foreign;

    if (--foreign->references > 0)
        return;
    connection_forget(connection);
    gone_clear(&connection->gone);
    price_book_free(connection->prices);
    block_reader_free(connection->reader);
    pthread_mutex_destroy(&foreign->store.memory_lock);
    memory_free(foreign);
}

void (*foreign_hold(struct connection *connection))(void *connection)
{
    if (connection->foreign == NULL)
        return NULL;
    connection->foreign->references++;
    return release;
}

static phx_status begin(struct foreign *foreign, phx_error *err)
{
    struct connection *connection = &foreign->connection;
    struct snapshot *snapshot = &foreign->snapshot;
    phx_status status;

    snapshot_init(snapshot, &foreign->store);
    snapshot->connection = connection;
    if ((status = counter_read(connection, &snapshot->counter, err)) < 0 ||
        (status =
             gone_of(connection, &snapshot->counter, &snapshot->gone, err)) < 0)
        return status;
    foreign->store.counter = snapshot->counter;
    foreign->store.secret = snapshot->counter.secret;
    connection->snapshot = snapshot;
    return PHX_OK;
}

static void end(struct foreign *foreign)
{
    foreign->connection.snapshot = NULL;
    snapshot_clear(&foreign->snapshot);
    connection_forget(&foreign->connection);
}

phx_status snapshot_join(struct connection *connection, struct snapshot **out,
                         phx_error *err)
{
    struct foreign *foreign = connection->foreign;
    phx_status status;

    if (foreign != NULL && foreign->users == 0 &&
        (status = begin(foreign, err)) < 0) {
        end(foreign);
        return status;
    }
    if (foreign != NULL)
        foreign->users++;
    *out = connection->snapshot;
    return PHX_OK;
}

void snapshot_leave(struct connection *connection)
{
    struct foreign *foreign = connection->foreign;

    if (foreign != NULL && --foreign->users == 0)
        end(foreign);
}

double snapshot_rows(const struct connection *connection)
{
    const struct snapshot *snapshot = connection->snapshot;

    return (double)(snapshot ? snapshot->counter.span
                             : connection->foreign->store.counter.span);
}

phx_status foreign_check(struct connection *connection, phx_error *err)
{
    static const struct store_options reading = {.read_only = true};
    struct snapshot *snapshot;
    phx_status status;

    if (connection->foreign == NULL)
        return PHX_OK;
    if ((status = schema_prepare(connection, &reading, err)) < 0 ||
        (status = snapshot_join(connection, &snapshot, err)) < 0)
        return status;
    snapshot_leave(connection);
    return PHX_OK;
}

phx_status store_show(struct sqlite3 *db, phx_error *err)
{
    static const struct store_options plain = {0};
    struct foreign *foreign = memory_new(sizeof *foreign);
    phx_status status;

    if (foreign == NULL)
        return fail_memory(err, sizeof *foreign);
    *foreign = (struct foreign){
        .references = 1,
        .connection = {.db = db, .runs_version = -1, .foreign = foreign},
        .store = {.lock = -1, .memtable_from = INT64_MAX}};
    arena_init(&foreign->connection.runs.arena, SIZE_MAX);
    pthread_mutex_init(&foreign->store.memory_lock, NULL);
    if ((status = block_reader_new(&foreign->connection.reader, err)) >= 0)
        status = span_table_register(&foreign->connection, &plain, err);
    release(&foreign->connection);
    return status;
}

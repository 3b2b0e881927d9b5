/*
 * counter.c - one row holds the next number of every kind, so that a number
 * is never given twice, deletes or not; and how many rows the small tables
 * have, or what they are, so that a lost one is noticed.
 */
#include "base/base.h"

#include "store/inside.h"

static uint32_t sum_of(const struct counter *counter)
{
    return checksum32(counter, sizeof *counter);
}

phx_status counter_create(struct connection *connection, phx_error *err)
{
    struct counter counter = {.block = 1,
                              .run = 1,
                              .span = 1,
                              .trace = 1,
                              .session = 1,
                              .project = 1};
    phx_status status;
    uint8_t secret[8];

    if ((status = random_bytes(secret, sizeof secret, err)) < 0)
        return status;
    memcpy(&counter.secret, secret, sizeof counter.secret);
    struct statement *insert = sql(connection, SQL_INSERT_COUNTER);
    sql_bind_blob(insert, 1, secret, sizeof secret);
    if ((status = sql_run(insert, err)) < 0)
        return status;
    return counter_write(connection, &counter, err);
}

phx_status counter_read(struct connection *connection, struct counter *out,
                        phx_error *err)
{
    struct statement *read = sql(connection, SQL_READ_COUNTER);
    struct counter counter = {0};
    phx_status status = sql_next(read, err);

    if (status < 0)
        return status;
    if (status == PHX_DONE)
        return fail(err, PHX_CORRUPT, -1, "the store's counters are lost");
    counter.block = sql_int(read, 0);
    counter.run = sql_int(read, 1);
    counter.span = sql_int(read, 2);
    counter.trace = sql_int(read, 3);
    counter.session = sql_int(read, 4);
    counter.project = sql_int(read, 5);
    counter.runs = sql_int(read, 6);
    counter.gone = sql_int(read, 7);
    counter.traces = sql_int(read, 8);
    counter.sessions = sql_int(read, 9);
    counter.projects = sql_int(read, 10);
    phx_text secret = sql_text(read, 11);
    if (secret.size == sizeof counter.secret)
        memcpy(&counter.secret, secret.data, secret.size);
    bool right = (int64_t)sum_of(&counter) == sql_int(read, 12) &&
                 secret.size == sizeof counter.secret;
    sql_end(read);
    if (!right)
        return fail(err, PHX_CORRUPT, -1, "the store's counters are damaged");
    *out = counter;
    return PHX_OK;
}

phx_status counter_write(struct connection *connection,
                         const struct counter *counter, phx_error *err)
{
    struct statement *write = sql(connection, SQL_WRITE_COUNTER);
    const int64_t values[] = {
        counter->block,    counter->run,      counter->span,
        counter->trace,    counter->session,  counter->project,
        counter->runs,     counter->gone,     counter->traces,
        counter->sessions, counter->projects, (int64_t)sum_of(counter),
    };

    for (int i = 0; i < (int)(sizeof values / sizeof *values); i++)
        sql_bind_int(write, i + 1, values[i]);
    return sql_run(write, err);
}

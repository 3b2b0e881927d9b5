/*
 * counter.c - one row holds the next number of every kind, so that a number
 * is never given twice, deletes or not; and how many rows the small tables
 * have, or what they are, so that a lost one is noticed.
 */
#include "base/base.h"

#include "store/inside.h"

enum { NUMBERS = 22 + ANNOTATION_KINDS };

/* The numbers of the row in the order of its columns. */
static void list_numbers(struct counter *counter, int64_t *out[NUMBERS])
{
    int64_t *const first[] = {
        &counter->block,    &counter->run,      &counter->span,
        &counter->trace,    &counter->session,  &counter->project,
        &counter->runs,     &counter->gone,     &counter->traces,
        &counter->sessions, &counter->projects,
    };

    memcpy(out, first, sizeof first);
    out += sizeof first / sizeof *first;
    for (int i = 0; i < ANNOTATION_KINDS; i++)
        *out++ = &counter->annotation[i];
    *out++ = &counter->annotations;
    *out++ = &counter->dropped;
    *out++ = &counter->prices;
    *out++ = &counter->log;
    *out++ = &counter->logs;
    *out++ = &counter->waiting;
    *out++ = &counter->config;
    *out++ = &counter->configs;
    *out++ = &counter->parts;
    *out++ = &counter->experiments;
    *out = &counter->experiment_tags;
}

static phx_status read_row(struct connection *connection, struct counter *out,
                           int64_t *sum, phx_error *err)
{
    struct statement *read = sql(connection, SQL_READ_COUNTER);
    int64_t *numbers[NUMBERS];
    phx_status status = sql_next(read, err);

    if (status < 0)
        return status;
    if (status == PHX_DONE)
        return fail(err, PHX_CORRUPT, -1, "the store's counters are lost");
    *out = (struct counter){0};
    list_numbers(out, numbers);
    for (int i = 0; i < NUMBERS; i++)
        *numbers[i] = sql_int(read, i);
    *sum = sql_int(read, NUMBERS);
    phx_text secret = sql_text(read, NUMBERS + 1);
    if (secret.size == sizeof out->secret)
        memcpy(&out->secret, secret.data, secret.size);
    else
        *sum = -1;
    sql_end(read);
    return PHX_OK;
}

static phx_status check(const struct counter *counter, size_t size, int64_t sum,
                        phx_error *err)
{
    return (int64_t)checksum32(counter, size) == sum
               ? PHX_OK
               : fail(err, PHX_CORRUPT, -1, "the store's counters are damaged");
}

phx_status counter_read(struct connection *connection, struct counter *out,
                        phx_error *err)
{
    struct counter counter;
    int64_t sum;
    phx_status status = read_row(connection, &counter, &sum, err);

    if (status < 0 || (status = check(&counter, sizeof counter, sum, err)) < 0)
        return status;
    *out = counter;
    return PHX_OK;
}

phx_status counter_write(struct connection *connection,
                         const struct counter *counter, phx_error *err)
{
    struct statement *write = sql(connection, SQL_WRITE_COUNTER);
    struct counter copy = *counter;
    int64_t *numbers[NUMBERS];

    list_numbers(&copy, numbers);
    for (int i = 0; i < NUMBERS; i++)
        sql_bind_int(write, i + 1, *numbers[i]);
    sql_bind_int(write, NUMBERS + 1,
                 (int64_t)checksum32(counter, sizeof *counter));
    return sql_run(write, err);
}

phx_status counter_create(struct connection *connection, phx_error *err)
{
    struct counter counter = {.block = 1,
                              .run = 1,
                              .span = 1,
                              .trace = 1,
                              .session = 1,
                              .project = 1,
                              .annotation = {1, 1, 1, 1},
                              .log = 1,
                              .config = 1};
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

phx_status counter_migrate(struct connection *connection, int64_t format,
                           phx_error *err)
{
    static const size_t sizes[] = {
        [1] = offsetof(struct counter, annotation),
        [2] = offsetof(struct counter, prices),
        [3] = offsetof(struct counter, log),
        [4] = offsetof(struct counter, log),
        [5] = offsetof(struct counter, log),
        [6] = offsetof(struct counter, waiting),
        [7] = offsetof(struct counter, parts),
        [8] = offsetof(struct counter, parts),
    };
    struct counter counter;
    int64_t sum;
    phx_status status = read_row(connection, &counter, &sum, err);

    if (status < 0 || (status = check(&counter, sizes[format], sum, err)) < 0)
        return status;
    counter.dropped = 0;
    return counter_write(connection, &counter, err);
}

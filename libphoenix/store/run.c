/*
 * run.c - sorted postings on disk. A run is written once, in parts of one page:
 *
 *     part   u64 hash[n], ascending · u32 block[n] · u32 checksum
 *     head   u32 first[parts]: the top half of each part's first hash
 *
 * so that a look-up is one binary search in memory and one page a run.
 */
#include "base/base.h"

#include "store/inside.h"

enum { POSTING_SIZE = 12 };

static int64_t head_sum(int64_t id, int level, int64_t count,
                        const uint32_t *first, uint32_t parts)
{
    const uint64_t values[] = {(uint64_t)id, (uint64_t)level, (uint64_t)count,
                               hash_bytes(first, parts * sizeof *first, 5)};

    return (int64_t)hash_bytes(values, sizeof values, 6);
}

static phx_status add_head(struct run_list *list, struct statement *heads,
                           phx_error *err)
{
    phx_text first = sql_text(heads, 3);
    struct run run = {
        .id = sql_int(heads, 0),
        .count = sql_int(heads, 2),
        .parts = (uint32_t)(first.size / sizeof(uint32_t)),
        .level = (uint8_t)sql_int(heads, 1),
    };

    if (run.count <= 0 || run.level != sql_int(heads, 1) || run.parts == 0 ||
        first.size % sizeof(uint32_t) != 0)
        return fail(err, PHX_CORRUPT, -1, "the head of run %lld is damaged",
                    (long long)run.id);
    run.first = arena_copy(&list->arena, first.data, first.size);
    struct run *runs = arena_grow(&list->arena, list->runs, &list->capacity,
                                  list->count, sizeof run);
    if (run.first == NULL || runs == NULL)
        return arena_status(&list->arena, first.size, err);
    list->runs = runs;
    run.sum = head_sum(run.id, run.level, run.count, run.first, run.parts);
    list->sum ^= run.sum;
    list->runs[list->count++] = run;
    return PHX_OK;
}

phx_status run_list_read(struct connection *connection,
                         const struct counter *counter,
                         const struct run_list **out, phx_error *err)
{
    struct run_list *list = &connection->runs;
    phx_status status;

    *out = list;
    if (connection->runs_version == counter->runs)
        return PHX_OK;
    connection->runs_version = -1;
    arena_clear(&list->arena);
    *list = (struct run_list){.arena = list->arena};
    struct statement *heads = sql(connection, SQL_RUN_HEADS);
    while ((status = sql_next(heads, err)) == PHX_OK) {
        if ((status = add_head(list, heads, err)) < 0)
            break;
    }
    sql_end(heads);
    if (status < 0)
        return status;
    if (list->sum != counter->runs)
        return fail(err, PHX_CORRUPT, -1, "the head of a run is lost");
    connection->runs_version = counter->runs;
    return PHX_OK;
}

phx_status run_read_part(struct connection *connection, int64_t run,
                         uint32_t part, struct run_part *out, phx_error *err)
{
    struct statement *read;
    struct reader reader;
    phx_status status = sql_find(connection, SQL_RUN_PART,
                                 run << RUN_PART_BITS | part, &read, err);

    if (status < 0)
        return status;
    phx_text body = status == PHX_OK ? sql_text(read, 0) : (phx_text){0};
    size_t n = body.size < sizeof(uint32_t)
                   ? 0
                   : (body.size - sizeof(uint32_t)) / POSTING_SIZE;
    uint32_t sum = 0;
    if (n > 0 && n <= RUN_PART_MOST &&
        body.size == n * POSTING_SIZE + sizeof(uint32_t)) {
        reader_init(&reader, body.data + n * POSTING_SIZE, sizeof sum);
        sum = reader_u32(&reader);
    } else {
        n = 0;
    }
    if (n == 0 || sum != checksum32(body.data, n * POSTING_SIZE)) {
        sql_end(read);
        return fail(err, PHX_CORRUPT, -1, "part %u of run %lld is %s", part,
                    (long long)run, status == PHX_DONE ? "lost" : "damaged");
    }
    reader_init(&reader, body.data, body.size);
    for (size_t i = 0; i < n; i++)
        out->postings[i].hash = reader_u64(&reader);
    for (size_t i = 0; i < n; i++)
        out->postings[i].block = reader_u32(&reader);
    sql_end(read);
    out->count = n;
    return PHX_OK;
}

/* The first part that may hold a hash whose top half is top. */
static uint32_t part_of(const struct run *run, uint32_t top)
{
    uint32_t low = 0, high = run->parts;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (run->first[middle] < top)
            low = middle + 1;
        else
            high = middle;
    }
    return low > 0 ? low - 1 : 0;
}

static phx_status find_in_run(struct connection *connection,
                              const struct run *run, uint64_t hash,
                              struct block_set *out, phx_error *err)
{
    struct run_part *read = &connection->part;
    uint32_t top = (uint32_t)(hash >> 32);
    phx_status status;

    for (uint32_t part = part_of(run, top);
         part < run->parts && run->first[part] <= top; part++) {
        if ((status = run_read_part(connection, run->id, part, read, err)) < 0)
            return status;
        const struct posting *postings = read->postings;
        size_t count = read->count, low = 0, high = count;
        while (low < high) {
            size_t middle = low + (high - low) / 2;
            if (postings[middle].hash < hash)
                low = middle + 1;
            else
                high = middle;
        }
        for (; low < count && postings[low].hash == hash; low++) {
            if ((status = block_set_add(out, postings[low].block, err)) < 0)
                return status;
        }
    }
    return PHX_OK;
}

phx_status run_find(struct connection *connection, const struct run_list *list,
                    uint64_t hash, struct block_set *out, phx_error *err)
{
    phx_status status = PHX_OK;

    for (size_t i = 0; i < list->count && status >= 0; i++)
        status = find_in_run(connection, &list->runs[i], hash, out, err);
    return status;
}

/* --- writing ------------------------------------------------------------------ */

static phx_status write_part(struct connection *connection,
                             struct run_writer *writer, phx_error *err)
{
    const struct run_part *part = &writer->part;
    struct buf body = {.data = writer->bytes,
                       .capacity = sizeof writer->bytes,
                       .limit = sizeof writer->bytes};
    struct statement *insert = sql(connection, SQL_INSERT_RUN);

    for (size_t i = 0; i < part->count; i++)
        buf_add_u64(&body, part->postings[i].hash);
    for (size_t i = 0; i < part->count; i++)
        buf_add_u32(&body, part->postings[i].block);
    buf_add_u32(&body, checksum32(body.data, body.size));
    sql_bind_int(insert, 1, writer->id << RUN_PART_BITS | writer->parts);
    sql_bind_blob(insert, 2, body.data, body.size);
    return sql_run(insert, err);
}

void run_open(struct run_writer *writer, int64_t id, uint8_t level)
{
    writer->part.count = 0;
    writer->id = id;
    writer->count = 0;
    writer->parts = 0;
    writer->level = level;
    buf_init(&writer->first, SIZE_MAX);
}

void run_clear(struct run_writer *writer)
{
    buf_clear(&writer->first);
}

static phx_status flush_part(struct connection *connection,
                             struct run_writer *writer, phx_error *err)
{
    phx_status status;

    if (writer->part.count == 0)
        return PHX_OK;
    if (writer->parts >= (1u << RUN_PART_BITS) - 1)
        return fail(err, PHX_TOO_BIG, -1, "a run is over %d parts",
                    (1 << RUN_PART_BITS) - 1);
    uint32_t first = (uint32_t)(writer->part.postings[0].hash >> 32);
    buf_add(&writer->first, &first, sizeof first);
    if ((status = write_part(connection, writer, err)) < 0)
        return status;
    writer->parts++;
    writer->count += (int64_t)writer->part.count;
    writer->part.count = 0;
    return PHX_OK;
}

phx_status run_put(struct connection *connection, struct run_writer *writer,
                   const struct posting *posting, phx_error *err)
{
    writer->part.postings[writer->part.count++] = *posting;
    return writer->part.count == RUN_PART ? flush_part(connection, writer, err)
                                          : PHX_OK;
}

phx_status run_finish(struct connection *connection, struct run_writer *writer,
                      int64_t *sum, phx_error *err)
{
    struct statement *insert;
    phx_status status;

    *sum = 0;
    if ((status = flush_part(connection, writer, err)) < 0 ||
        (status = buf_status(&writer->first, "a run's head", err)) < 0 ||
        writer->count == 0)
        return status;
    *sum = head_sum(writer->id, writer->level, writer->count,
                    (const uint32_t *)(const void *)writer->first.data,
                    writer->parts);
    insert = sql(connection, SQL_INSERT_RUN_HEAD);
    sql_bind_int(insert, 1, writer->id);
    sql_bind_int(insert, 2, writer->level);
    sql_bind_int(insert, 3, writer->count);
    sql_bind_blob(insert, 4, writer->first.data, writer->first.size);
    return sql_run(insert, err);
}

phx_status run_write(struct connection *connection, struct counter *counter,
                     const struct posting_list *postings, phx_error *err)
{
    struct run_writer *writer;
    phx_status status = PHX_OK;
    int64_t sum = 0;

    if (postings->count == 0)
        return PHX_OK;
    if ((writer = memory_new(sizeof *writer)) == NULL)
        return fail_memory(err, sizeof *writer);
    run_open(writer, counter->run++, 0);
    for (size_t i = 0; i < postings->count && status >= 0; i++)
        status = run_put(connection, writer, &postings->items[i], err);
    if (status >= 0)
        status = run_finish(connection, writer, &sum, err);
    run_clear(writer);
    memory_free(writer);
    counter->runs ^= sum;
    return status;
}

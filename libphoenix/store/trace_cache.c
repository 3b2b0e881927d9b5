/*
 * trace_cache.c - the traces written to lately, so that most spans find theirs
 * without a look-up. Two generations: when the young one is full it becomes
 * the old one, and what is asked for in the old one moves back to the young.
 */
#include "base/base.h"

#include "store/inside.h"

enum { GENERATION = SHRUNK(32768, 4) };

struct generation {
    struct map map; /* hash -> index of row */
    struct trace_row *rows;
    size_t count, capacity;
};

struct trace_cache {
    struct generation young, old;
};

phx_status trace_cache_new(struct trace_cache **out, phx_error *err)
{
    struct trace_cache *cache = memory_new(sizeof *cache);

    if (cache == NULL)
        return fail_memory(err, sizeof *cache);
    *cache = (struct trace_cache){0};
    *out = cache;
    return PHX_OK;
}

static void generation_clear(struct generation *generation)
{
    map_clear(&generation->map);
    memory_free(generation->rows);
    *generation = (struct generation){0};
}

void trace_cache_empty(struct trace_cache *cache)
{
    if (cache == NULL)
        return;
    generation_clear(&cache->young);
    generation_clear(&cache->old);
}

void trace_cache_free(struct trace_cache *cache)
{
    trace_cache_empty(cache);
    memory_free(cache);
}

static struct trace_row *find_in(struct generation *generation, uint64_t hash,
                                 phx_text id)
{
    const uint32_t *index = map_find(&generation->map, hash);

    if (index == NULL)
        return NULL;
    struct trace_row *row = &generation->rows[*index];
    return row->trace_id_size == id.size &&
                   memcmp(row->trace_id, id.data, id.size) == 0
               ? row
               : NULL;
}

phx_status trace_cache_add(struct trace_cache *cache, uint64_t hash,
                           const struct trace_row *row, phx_error *err)
{
    struct generation *young = &cache->young;
    bool fresh;

    if (row->trace_id_size == 0)
        return PHX_OK;
    if (young->count >= GENERATION) {
        generation_clear(&cache->old);
        cache->old = *young;
        *young = (struct generation){0};
    }
    struct trace_row *rows = memory_grow(young->rows, &young->capacity,
                                         young->count, sizeof *rows, err);
    if (rows == NULL)
        return PHX_NO_MEMORY;
    young->rows = rows;
    uint32_t *index = map_slot(&young->map, hash, &fresh);
    if (index == NULL)
        return fail_memory(err, sizeof *index);
    if (fresh)
        *index = (uint32_t)young->count++;
    young->rows[*index] = *row;
    return PHX_OK;
}

static void forget_in(struct generation *generation, uint64_t hash,
                      int64_t trace)
{
    const uint32_t *index = map_find(&generation->map, hash);

    /* Nothing is asked for by an empty id. */
    if (index != NULL && generation->rows[*index].id == trace)
        generation->rows[*index].trace_id_size = 0;
}

void trace_cache_forget(struct trace_cache *cache, uint64_t hash, int64_t trace)
{
    if (cache == NULL)
        return;
    forget_in(&cache->young, hash, trace);
    forget_in(&cache->old, hash, trace);
}

struct trace_row *trace_cache_find(struct trace_cache *cache, uint64_t hash,
                                   phx_text trace_id)
{
    struct trace_row *row = find_in(&cache->young, hash, trace_id);

    if (row != NULL || (row = find_in(&cache->old, hash, trace_id)) == NULL)
        return row;
    struct trace_row copy = *row; /* a full young generation takes its place */
    return trace_cache_add(cache, hash, &copy, NULL) < 0
               ? NULL
               : find_in(&cache->young, hash, trace_id);
}

/* --- rows of the table ---------------------------------------------------------- */

uint64_t ns_of(int64_t us, int64_t rest)
{
    return (uint64_t)us * 1000 + (uint64_t)rest;
}

bool ns_fits(uint64_t ns, int64_t us, int64_t rest)
{
    return (int64_t)(ns / 1000) == us && (int64_t)(ns % 1000) == rest;
}

void trace_row_read(struct statement *statement, struct trace_row *out)
{
    phx_text id = sql_text(statement, 1);

    *out = (struct trace_row){
        .id = sql_int(statement, 0),
        .project = sql_int(statement, 2),
        .session = sql_int(statement, 3),
        .start = ns_of(sql_int(statement, 4), sql_int(statement, 5)),
        .end = ns_of(sql_int(statement, 6), sql_int(statement, 7)),
        .spans = sql_int(statement, 8),
        .sum = sql_int(statement, 9),
    };
    if (!ns_fits(out->start, sql_int(statement, 4), sql_int(statement, 5)) ||
        !ns_fits(out->end, sql_int(statement, 6), sql_int(statement, 7)))
        out->sum = -1;
    if (id.size > 0 && id.size <= sizeof out->trace_id) {
        memcpy(out->trace_id, id.data, id.size);
        out->trace_id_size = (uint8_t)id.size;
    }
}

/* The blocks say what the trace's id is. */
uint32_t trace_row_sum(const struct trace_row *row)
{
    const uint64_t values[] = {
        (uint64_t)row->id,
        (uint64_t)row->project,
        (uint64_t)row->session,
        row->start,
        row->end,
        (uint64_t)row->spans,
    };

    return checksum32(values, sizeof values);
}

phx_status trace_row_find(struct connection *connection, int64_t trace,
                          struct trace_row *out, phx_error *err)
{
    struct statement *read;
    phx_status status =
        sql_find(connection, SQL_TRACE_BY_ID, trace, &read, err);

    if (status == PHX_OK) {
        trace_row_read(read, out);
        sql_end(read);
    }
    return status;
}

phx_status trace_row_get(struct connection *connection, int64_t trace,
                         struct trace_row *out, phx_error *err)
{
    phx_status status = trace_row_find(connection, trace, out, err);

    return status == PHX_DONE
               ? fail(err, PHX_CORRUPT, -1, "the row of trace %lld is lost",
                      (long long)trace)
               : status;
}

phx_status trace_row_write(struct connection *connection,
                           const struct trace_row *row, phx_text trace_id,
                           bool fresh, phx_error *err)
{
    struct statement *write =
        sql(connection, fresh ? SQL_INSERT_TRACE : SQL_UPDATE_TRACE);
    int at = 1;

    sql_bind_int(write, at++, row->id);
    if (fresh)
        sql_bind_blob(write, at++, trace_id.data, trace_id.size);
    sql_bind_int(write, at++, row->project);
    if (row->session != 0)
        sql_bind_int(write, at, row->session);
    else
        sql_bind_text(write, at, (phx_text){NULL, 0});
    at++;
    sql_bind_int(write, at++, (int64_t)(row->start / 1000));
    sql_bind_int(write, at++, (int64_t)(row->start % 1000));
    sql_bind_int(write, at++, (int64_t)(row->end / 1000));
    sql_bind_int(write, at++, (int64_t)(row->end % 1000));
    sql_bind_int(write, at++, row->spans);
    sql_bind_int(write, at++, (int64_t)trace_row_sum(row));
    return sql_run(write, err);
}

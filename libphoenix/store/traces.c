/*
 * traces.c - lists of traces. Their windows are kept in the rows of `trace`;
 * what their spans add up to is read from the blocks of the rows that are
 * returned.
 */
#include "base/base.h"

#include "store/find.h"

/* What rows are in order of before their numbers: us, and the ns beyond. */
static const struct {
    const char *us, *rest;
} keys[] = {
    [PHX_BY_START] = {"start", "start_rest"},
    [PHX_BY_LATENCY] = {"end - start - (end_rest < start_rest)",
                        "(end_rest - start_rest + 1000) % 1000"},
};

/* The statement is put together from fixed pieces; values are bound. SQLite
 * enters the index at the first bound it is given, so the place, which is
 * the tightest, stands before the times. */
static void trace_sql(const phx_trace_query *query, phx_text condition,
                      struct buf *out)
{
    bool down = query->order == PHX_NEWEST_FIRST;
    const char *way = down ? "DESC" : "ASC", *on = down ? "<=" : ">=";
    const char *us = keys[query->sort].us, *rest = keys[query->sort].rest;

    buf_add_string(out, "SELECT id, trace_id, project, session, start,"
                        " start_rest, end, end_rest, n FROM trace r WHERE 1");
    if (query->project != 0)
        buf_add_string(out, " AND project = ?1");
    if (query->trace != 0)
        buf_add_string(out, " AND id = ?2");
    if (query->from != 0)
        buf_add_format(out, " AND id %s ?3", on);
    if (query->place != 0)
        buf_add_format(out, " AND (%s, %s, id) %s (?8, ?9, ?10)", us, rest, on);
    if (query->start_time != 0)
        buf_add_string(out, " AND (start, start_rest) >= (?4, ?5)");
    if (query->end_time != 0)
        buf_add_string(out, " AND (start, start_rest) < (?6, ?7)");
    for (size_t i = 0; i < query->session_count; i++)
        buf_add_format(out, "%s%lld", i == 0 ? " AND session IN (" : ", ",
                       (long long)query->sessions[i]);
    if (query->session_count > 0)
        buf_add_byte(out, ')');
    buf_add_text(out, condition);
    buf_add_string(out, " ORDER BY ");
    if (us != NULL)
        buf_add_format(out, "%s %s, %s %s, ", us, way, rest, way);
    buf_add_format(out, "id %s", way);
    buf_add_byte(out, 0);
}

/* A time as the columns have it, or what lies between two. */
struct moment {
    int64_t us, rest; /* 0 to 999 ns beyond */
};

static struct moment moment_of(uint64_t ns)
{
    return (struct moment){(int64_t)(ns / 1000), (int64_t)(ns % 1000)};
}

static struct moment place_key(const phx_trace_query *query)
{
    struct moment start = moment_of(query->place_start);
    struct moment end = moment_of(query->place_end);

    if (query->sort == PHX_BY_START)
        return start;
    return (struct moment){end.us - start.us - (end.rest < start.rest),
                           (end.rest - start.rest + 1000) % 1000};
}

phx_status trace_rows_start(struct connection *connection,
                            const phx_trace_query *query,
                            const struct store_condition *condition,
                            struct statement *out, phx_error *err)
{
    static const struct store_condition none = {{NULL, 0}, NULL, 0};
    struct moment start = moment_of(query->start_time);
    struct moment end = moment_of(query->end_time);
    struct moment place = place_key(query);
    const int64_t values[] = {
        query->project, query->trace, query->from, start.us,   start.rest,
        end.us,         end.rest,     place.us,    place.rest, query->place};
    struct buf text;

    condition = condition ? condition : &none;
    buf_init(&text, 32 << 20);
    trace_sql(query, condition->sql, &text);
    *out = (struct statement){.connection = connection};
    phx_status status = buf_status(&text, "a list of sessions", err);
    if (status >= 0)
        out->code = sqlite3_prepare_v2(connection->db, (const char *)text.data,
                                       -1, &out->handle, NULL);
    buf_clear(&text);
    int wanted = out->handle ? sqlite3_bind_parameter_count(out->handle) : 0;
    for (int i = 0; i < wanted && i < (int)(sizeof values / sizeof *values);
         i++)
        sql_bind_int(out, i + 1, values[i]);
    rows_bind(out, condition);
    return status;
}

struct trace_list {
    struct arena *arena;
    struct trace_search *search; /* NULL if all are wanted */
    phx_trace *rows;
    size_t count, capacity;
};

static phx_status list_add(struct trace_list *list, struct statement *read,
                           const struct gone *gone, phx_error *err)
{
    struct trace_row row;
    phx_text id = sql_text(read, 1);
    bool wanted = true;
    phx_status status = PHX_OK;

    trace_row_read(read, &row);
    if (gone_has(gone, PHX_PROJECT, row.project))
        return PHX_OK;
    if (list->search != NULL)
        status = trace_search_has(list->search, &row, &wanted, err);
    if (status < 0 || !wanted)
        return status;
    size_t size = size_add(size_mul(id.size, 3), 1);
    char *hex = arena_new(list->arena, size);
    phx_trace *rows = arena_grow(list->arena, list->rows, &list->capacity,
                                 list->count, sizeof *rows);
    if (hex == NULL || rows == NULL)
        return arena_status(list->arena, size_add(size, sizeof *rows), err);
    hex_print(id.data, id.size, hex);
    if (id.size > 0)
        memcpy(hex + 2 * id.size + 1, id.data, id.size);
    list->rows = rows;
    list->rows[list->count++] = (phx_trace){
        .id = row.id,
        .project = row.project,
        .session = row.session,
        .start_time = row.start,
        .end_time = row.end,
        .spans = row.spans,
        .trace_id = text_span(hex, id.size * 2),
    };
    return PHX_OK;
}

/* --- what the spans add up to --------------------------------------------------- */

/* The traces of a list by number, and the blocks that were read for them. */
struct totals {
    struct snapshot *snapshot;
    struct trace_list *list;
    struct map by_number; /* number -> index */
    struct block_set blocks;
    size_t blocks_read;
    int64_t *spans; /* found so far, of each trace */
};

/* A host may send any number: the sum stops at the largest. */
static void add_tokens(int64_t *sum, int64_t tokens)
{
    if (tokens > 0 && __builtin_add_overflow(*sum, tokens, sum))
        *sum = INT64_MAX;
}

static phx_status add_rows(struct totals *totals,
                           const struct stored_block *stored, phx_error *err)
{
    enum { TRACE, NUMBER, SPAN, KIND, STATUS, PROMPT, COMPLETION, COLUMNS };
    static const enum block_column columns[COLUMNS] = {
        COLUMN_TRACE,
        COLUMN_TRACE_NUMBER,
        COLUMN_NUMBER,
        COLUMN_KIND,
        COLUMN_STATUS,
        COLUMN_PROMPT_TOKENS,
        COLUMN_COMPLETION_TOKENS};
    struct block *block = stored->block;
    struct block_ints ints[COLUMNS];
    phx_status status;

    for (int i = 0; i < COLUMNS; i++) {
        if ((status = block_read_ints(block, columns[i], &ints[i], err)) < 0)
            return status;
    }
    for (uint32_t i = 0; i < block_rows(block); i++) {
        uint32_t in_block = (uint32_t)block_int(&ints[TRACE], i);
        const uint32_t *index = map_find(
            &totals->by_number, (uint64_t)block_int(&ints[NUMBER], in_block));
        if (index == NULL || row_is_outgrown(stored, i) ||
            gone_has(totals->snapshot->gone, PHX_SPAN,
                     block_int(&ints[SPAN], i)))
            continue;
        phx_trace *trace = &totals->list->rows[*index];
        totals->spans[*index]++;
        trace->errors += block_int(&ints[STATUS], i) == STATUS_ERROR;
        if (block_int(&ints[KIND], i) == KIND_LLM) {
            add_tokens(&trace->prompt_tokens, block_int(&ints[PROMPT], i));
            add_tokens(&trace->completion_tokens,
                       block_int(&ints[COMPLETION], i));
        }
    }
    return PHX_OK;
}

static phx_status add_blocks(struct totals *totals, phx_error *err)
{
    struct connection *connection = totals->snapshot->connection;
    phx_status status = PHX_OK;

    for (size_t i = totals->blocks_read;
         i < totals->blocks.count && status >= 0; i++) {
        struct stored_block stored;
        struct block_row row;
        status = block_row_find(connection, totals->blocks.ids[i], &row, err);
        if (status != PHX_OK)
            continue;
        if ((status = stored_block_open(connection, row.id, &stored, err)) < 0)
            return status;
        status = add_rows(totals, &stored, err);
        stored_block_close(&stored);
    }
    totals->blocks_read = totals->blocks.count;
    return status < 0 ? status : PHX_OK;
}

/* By the id itself, which stands behind its hex. */
static uint64_t hash_of(const struct store *store, const phx_trace *trace)
{
    phx_text hex = trace->trace_id;

    return posting_hash(store->secret, POSTING_TRACE,
                        text_span(hex.data + hex.size + 1, hex.size / 2));
}

/* Neighbours of a list mostly are in one block: postings are asked only for a
 * trace whose spans have not all been seen. */
static phx_status find_totals(struct totals *totals, phx_error *err)
{
    struct snapshot *snapshot = totals->snapshot;
    struct trace_list *list = totals->list;
    phx_status status = PHX_OK;

    for (size_t i = 0; i < list->count; i++) {
        bool fresh;
        uint32_t *index =
            map_slot(&totals->by_number, (uint64_t)list->rows[i].id, &fresh);
        if (index == NULL)
            return fail_memory(err, sizeof *index);
        *index = (uint32_t)i;
    }
    for (size_t i = 0; i < list->count && status >= 0; i++) {
        if (totals->spans[i] == list->rows[i].spans)
            continue;
        status = lookup_blocks(
            snapshot->store, snapshot->connection, &snapshot->counter,
            hash_of(snapshot->store, &list->rows[i]), &totals->blocks, err);
        if (status >= 0)
            status = add_blocks(totals, err);
    }
    return status;
}

static phx_status sum_up(struct snapshot *snapshot, struct trace_list *list,
                         phx_error *err)
{
    struct totals totals = {.snapshot = snapshot, .list = list};
    phx_status status;

    if (list->count == 0)
        return PHX_OK;
    size_t size = size_mul(list->count, sizeof *totals.spans);
    if ((totals.spans = arena_new(list->arena, size)) == NULL)
        return arena_status(list->arena, size, err);
    memset(totals.spans, 0, size);
    status = find_totals(&totals, err);
    map_clear(&totals.by_number);
    block_set_clear(&totals.blocks);
    return status;
}

phx_status store_read_traces(struct store *store, const phx_trace_query *query,
                             const struct store_condition *condition,
                             const struct span_words *words,
                             struct arena *arena, phx_trace **out,
                             size_t *count, phx_error *err)
{
    struct trace_list list = {.arena = arena};
    struct trace_search search = {.find = {.more = PHX_DONE}};
    struct statement read = {0};
    struct snapshot snapshot;
    phx_status status = snapshot_take(store, &snapshot, err);

    if (status < 0)
        return status;
    snapshot.stop = query->stop;
    snapshot.stop_ctx = query->stop_ctx;
    if (words->count > 0) {
        list.search = &search;
        status = trace_search_start(&search, &snapshot, query, words, err);
    }
    if (status >= 0)
        status =
            trace_rows_start(snapshot.connection, query, condition, &read, err);
    while (status >= 0 &&
           (query->limit == 0 || (int64_t)list.count < query->limit) &&
           (status = rows_next(&snapshot, &read, err)) == PHX_OK)
        status = list_add(&list, &read, snapshot.gone, err);
    sqlite3_finalize(read.handle);
    trace_search_clear(&search);
    if (status >= 0)
        status = sum_up(&snapshot, &list, err);
    snapshot_give(&snapshot);
    if (status < 0)
        return status;
    *out = list.rows;
    *count = list.count;
    return PHX_OK;
}

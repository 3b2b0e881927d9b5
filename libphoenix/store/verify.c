/*
 * verify.c - checks every invariant of a store in one snapshot, and says what
 * is wrong.
 *
 *     file      SQLite's own integrity check
 *     counters  their checksum; above every number in use; counts of rows
 *     blocks    row checksum, frames, everything block_verify knows, zone
 *     spans     number and id once; trace, project and session exist
 *     traces    as many living rows as n says, the window covers them
 *     postings  those of a lasting block are its ids, no more and no fewer
 *     rows      checksums of projects and sessions
 */
#include "base/base.h"

#include <stdlib.h>

#include "store/inside.h"

enum { FAULTS = 100 };

/* What the blocks say of a trace, against its row. */
struct trace_sum {
    int64_t number, project, spans;
    uint64_t start, end;
    uint64_t id_hash;
};

/* Open-addressed by trace number. */
struct trace_sums {
    struct map map;
    struct trace_sum *items;
    uint32_t count, capacity;
};

/* What the runs say of a block's ids: how many, and the sum of their hashes,
 * mixed. A lost, added or damaged posting changes it, so that no id needs a
 * look-up of its own. */
struct posting_sum {
    uint64_t sum;
    uint64_t count;
};

struct verify {
    struct store *store;
    struct connection *connection;
    struct counter counter;
    struct gone gone;
    struct trace_sums traces;
    struct map span_ids;     /* hash of id -> 1 */
    struct map span_numbers; /* hash of number -> 1 */
    const struct run_list *runs;
    struct map posting_blocks; /* block -> index into postings */
    struct posting_sum *postings;
    uint32_t posting_count, posting_capacity;
    phx_verify_fn found;
    void *ctx;
    phx_error first;
    int faults;
    unsigned interrupts;
};

/* Notes a fault. CORRUPT stops the walk: enough is known. */
static phx_status fault(struct verify *verify, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static phx_status fault(struct verify *verify, const char *format, ...)
{
    char message[400];
    va_list values;

    va_start(values, format);
    vsnprintf(message, sizeof message, format, values);
    va_end(values);
    if (verify->faults++ == 0)
        fail(&verify->first, PHX_CORRUPT, -1, "%s", message);
    if (verify->found != NULL)
        verify->found(verify->ctx, message);
    return verify->found == NULL || verify->faults >= FAULTS ? PHX_CORRUPT
                                                             : PHX_OK;
}

/* A failure that is a finding; anything else is passed on. */
static phx_status finding(struct verify *verify, phx_status status,
                          const char *what, int64_t id, const phx_error *err)
{
    return status == PHX_CORRUPT || status == PHX_TOO_BIG
               ? fault(verify, "%s %lld: %s", what, (long long)id, err->message)
               : status;
}

/* --- the file ------------------------------------------------------------------ */

/* Among the damage SQLite tells of pages that it could not read. */
static int page_code(const char *line)
{
    static const char words[] = "unable to get the page. error code=";
    const char *found = strstr(line, words);

    return found ? (int)strtol(found + sizeof words - 1, NULL, 10)
                 : SQLITE_CORRUPT;
}

static phx_status check_file(struct verify *verify, phx_error *err)
{
    sqlite3_stmt *check = NULL;
    phx_status status = PHX_OK;
    int code = sqlite3_prepare_v2(
        verify->connection->db, "PRAGMA integrity_check(20)", -1, &check, NULL);

    while (code == SQLITE_OK && status >= 0 &&
           sqlite3_step(check) == SQLITE_ROW) {
        const char *line = (const char *)sqlite3_column_text(check, 0);
        if (line == NULL || strcmp(line, "ok") == 0)
            continue;
        int page = page_code(line);
        status = page == SQLITE_CORRUPT ? fault(verify, "file: %s", line)
                                        : connection_fail(NULL, page, err);
    }
    if (code == SQLITE_OK)
        code = sqlite3_finalize(check);
    if (status >= 0 && code != SQLITE_OK) {
        phx_error why;
        status = connection_fail(verify->connection, code, &why);
        if (status == PHX_CORRUPT)
            return fault(verify, "file: %s", why.message);
        if (err != NULL)
            *err = why;
    }
    return status;
}

/* --- blocks ---------------------------------------------------------------------- */

static phx_status note_once(struct verify *verify, struct map *map,
                            uint64_t hash, const char *what, int64_t block,
                            phx_error *err)
{
    bool fresh;
    uint32_t *slot = map_slot(map, hash, &fresh);

    if (slot == NULL)
        return fail_memory(err, sizeof *slot);
    *slot = 1;
    return fresh
               ? PHX_OK
               : fault(verify, "block %lld: %s twice", (long long)block, what);
}

static phx_status note_trace(struct verify *verify, const struct span *span,
                             int64_t block, phx_error *err)
{
    struct trace_sums *traces = &verify->traces;
    uint64_t hash = hash_bytes(&span->trace, sizeof span->trace, 7);
    uint64_t id_hash = hash_bytes(span->trace_id.data, span->trace_id.size, 9);
    bool fresh;
    uint32_t *index = map_slot(&traces->map, hash, &fresh);

    if (index == NULL)
        return fail_memory(err, sizeof *index);
    if (fresh) {
        if (traces->count == traces->capacity) {
            uint32_t capacity = traces->capacity ? traces->capacity * 2 : 64;
            size_t size = size_mul(capacity, sizeof *traces->items);
            struct trace_sum *items = memory_resize(traces->items, size);
            if (items == NULL)
                return fail_memory(err, size);
            traces->items = items;
            traces->capacity = capacity;
        }
        *index = traces->count++;
        traces->items[*index] = (struct trace_sum){.number = span->trace,
                                                   .project = span->project,
                                                   .start = span->start_time,
                                                   .end = span->end_time,
                                                   .id_hash = id_hash};
    }
    struct trace_sum *sum = &traces->items[*index];
    if (gone_has(&verify->gone, PHX_PROJECT, span->project))
        sum->number = 0; /* its row may be swept */
    sum->spans++;
    if (span->start_time < sum->start)
        sum->start = span->start_time;
    if (span->end_time > sum->end)
        sum->end = span->end_time;
    if (sum->id_hash != id_hash)
        return fault(verify, "block %lld: trace %lld has two ids",
                     (long long)block, (long long)span->trace);
    return PHX_OK;
}

static void sum_posting(struct posting_sum *sum, uint64_t hash)
{
    sum->sum += (hash ^ hash >> 31) * 0x9E3779B97F4A7C15u;
    sum->count++;
}

/* The sum of a block's postings in the runs, made at its first one. */
static phx_status posting_sum_of(struct verify *verify, uint32_t block,
                                 struct posting_sum **out, phx_error *err)
{
    bool fresh;
    uint32_t *index = map_slot(&verify->posting_blocks, block, &fresh);

    if (index == NULL)
        return fail_memory(err, sizeof *index);
    if (fresh) {
        if (verify->posting_count == verify->posting_capacity) {
            uint32_t capacity =
                verify->posting_capacity ? verify->posting_capacity * 2 : 64;
            size_t size = size_mul(capacity, sizeof *verify->postings);
            struct posting_sum *postings =
                memory_resize(verify->postings, size);
            if (postings == NULL)
                return fail_memory(err, size);
            verify->postings = postings;
            verify->posting_capacity = capacity;
        }
        *index = verify->posting_count++;
        verify->postings[*index] = (struct posting_sum){0};
    }
    *out = &verify->postings[*index];
    return PHX_OK;
}

/* Apart from its project, whose traces may still have their rows. */
static bool is_gone(const struct verify *verify, const struct span *span)
{
    return gone_has(&verify->gone, PHX_TRACE, span->trace) ||
           gone_has(&verify->gone, PHX_SPAN, span->number);
}

static phx_status check_span(struct verify *verify, const struct span *span,
                             const struct block_row *row, phx_error *err)
{
    phx_status status;

    if ((status = note_once(verify, &verify->span_numbers,
                            hash_bytes(&span->number, sizeof span->number, 8),
                            "a span number", row->id, err)) < 0)
        return status;
    if (span->number >= verify->counter.span ||
        span->trace >= verify->counter.trace)
        return fault(verify, "block %lld: a number is above its counter",
                     (long long)row->id);
    if (is_gone(verify, span))
        return PHX_OK;
    if (!gone_has(&verify->gone, PHX_PROJECT, span->project) &&
        (status = note_once(
             verify, &verify->span_ids,
             posting_hash(verify->store->secret, POSTING_SPAN, span->span_id),
             "a span id", row->id, err)) < 0)
        return status;
    return note_trace(verify, span, row->id, err);
}

/* The postings a lasting block has: a span's, and a trace's once. */
static void sum_span(const struct verify *verify, const struct span *span,
                     bool first_of_trace, struct posting_sum *sum)
{
    uint64_t secret = verify->store->secret;

    sum_posting(sum, posting_hash(secret, POSTING_SPAN, span->span_id));
    if (first_of_trace)
        sum_posting(sum, posting_hash(secret, POSTING_TRACE, span->trace_id));
}

static phx_status check_rows(struct verify *verify, struct block *block,
                             const struct block_row *row, const uint32_t *rows,
                             size_t count, struct arena *arena,
                             int64_t *last_trace, struct posting_sum *sum,
                             phx_error *err)
{
    struct span *spans = arena_new(arena, size_mul(count, sizeof *spans));
    phx_status status;

    if (spans == NULL)
        return fail_memory(err, count * sizeof *spans);
    status = block_read_spans(block, arena, rows, count,
                              BLOCK_BARE | BLOCK_LENT, spans, err);
    for (size_t i = 0; i < count && status >= 0; i++) {
        sum_span(verify, &spans[i], spans[i].trace != *last_trace, sum);
        status = check_span(verify, &spans[i], row, err);
        *last_trace = spans[i].trace;
    }
    return status;
}

static phx_status check_spans(struct verify *verify, struct block *block,
                              const struct block_row *row, phx_error *err)
{
    enum { SOME = 512 };
    struct posting_sum sum = {0}, *written = NULL;
    struct arena arena;
    uint32_t rows[SOME];
    phx_status status = PHX_OK;
    int64_t last_trace = 0;

    arena_init(&arena, SIZE_MAX);
    for (uint32_t at = 0; at < block_rows(block) && status >= 0;) {
        size_t count = 0;
        while (count < SOME && at < block_rows(block))
            rows[count++] = at++;
        arena_reset(&arena);
        status = check_rows(verify, block, row, rows, count, &arena,
                            &last_trace, &sum, err);
    }
    arena_clear(&arena);
    if (status < 0 || row->level < LEVEL_LASTING ||
        (status = posting_sum_of(verify, (uint32_t)row->id, &written, err)) < 0)
        return status;
    return written->sum == sum.sum && written->count == sum.count
               ? PHX_OK
               : fault(verify,
                       "block %lld: the runs have %llu postings of it, not"
                       " those of its %llu ids",
                       (long long)row->id, (unsigned long long)written->count,
                       (unsigned long long)sum.count);
}

static phx_status check_block(struct verify *verify,
                              const struct block_row *row, phx_error *err)
{
    struct stored_block stored;
    phx_error why = {0};
    phx_status status;

    if (row->sum != (int64_t)block_row_sum(row))
        return fault(verify, "block %lld: its row is damaged",
                     (long long)row->id);
    if (row->id >= verify->counter.block)
        return fault(verify, "block %lld: above its counter",
                     (long long)row->id);
    if ((status = stored_block_open(verify->connection, row->id, &stored,
                                    &why)) >= 0)
        status = block_verify(stored.block, &row->zone, &why);
    bool sound = status >= 0;
    if (sound)
        status = check_spans(verify, stored.block, row, &why);
    if (status < 0 && err != NULL)
        *err = why;
    /* What check_spans finds it has told already. */
    if (!sound)
        status = finding(verify, status, "block", row->id, &why);
    stored_block_close(&stored);
    return status;
}

static phx_status check_blocks(struct verify *verify, phx_error *err)
{
    struct block_row row = {0};
    phx_status status;

    for (;;) {
        struct statement *next = sql(verify->connection, SQL_BLOCKS_ALL);
        sql_bind_int(next, 1, row.id);
        if ((status = sql_next(next, err)) != PHX_OK)
            return status < 0 ? status : PHX_OK;
        block_row_read(next, &row);
        sql_end(next);
        if ((status = store_check_interrupt(verify->store, verify->interrupts,
                                            err)) < 0 ||
            (status = check_block(verify, &row, err)) < 0)
            return status;
    }
}

/* --- rows --------------------------------------------------------------------------- */

static phx_status exists(struct verify *verify, enum sql id, int64_t value,
                         bool *out, phx_error *err)
{
    struct statement *read = sql(verify->connection, id);
    phx_status status;

    sql_bind_int(read, 1, value);
    status = sql_next(read, err);
    sql_end(read);
    *out = status == PHX_OK;
    return status < 0 ? status : PHX_OK;
}

static phx_status check_trace(struct verify *verify, struct statement *read,
                              phx_error *err)
{
    struct trace_row row;
    phx_text id = sql_text(read, 1);
    bool project, session = true;
    phx_status status;

    trace_row_read(read, &row);
    uint64_t id_hash = hash_bytes(id.data, id.size, 9);
    if (row.sum != (int64_t)trace_row_sum(&row))
        return fault(verify, "trace %lld: its row is damaged",
                     (long long)row.id);
    const uint32_t *index =
        map_find(&verify->traces.map, hash_bytes(&row.id, sizeof row.id, 7));
    if (index != NULL && verify->traces.items[*index].id_hash != id_hash)
        return fault(verify, "trace %lld: its row is another trace's",
                     (long long)row.id);
    if (gone_has(&verify->gone, PHX_PROJECT, row.project))
        return PHX_OK;
    if ((status = exists(verify, SQL_PROJECT_BY_ID, row.project, &project,
                         err)) < 0 ||
        (row.session != 0 && (status = exists(verify, SQL_SESSION_BY_ID,
                                              row.session, &session, err)) < 0))
        return status;
    if (!project || !session)
        return fault(verify, "trace %lld: its %s is lost", (long long)row.id,
                     project ? "session" : "project");
    if (index == NULL)
        return fault(verify, "trace %lld: no block has its spans",
                     (long long)row.id);
    struct trace_sum *sum = &verify->traces.items[*index];
    sum->number = 0; /* found */
    if (sum->spans != row.spans)
        return fault(verify, "trace %lld: %lld spans, its row says %lld",
                     (long long)row.id, (long long)sum->spans,
                     (long long)row.spans);
    if (sum->start < row.start || sum->end > row.end)
        return fault(verify, "trace %lld: a span is outside its window",
                     (long long)row.id);
    if (sum->project != row.project)
        return fault(verify, "trace %lld: its row has another project",
                     (long long)row.id);
    return PHX_OK;
}

static phx_status check_traces(struct verify *verify, phx_error *err)
{
    int64_t rows = 0, last = 0;
    phx_status status;

    for (;; rows++) {
        struct statement *next = sql(verify->connection, SQL_TRACES_ALL);
        sql_bind_int(next, 1, last);
        if ((status = sql_next(next, err)) != PHX_OK)
            break;
        last = sql_int(next, 0);
        status = check_trace(verify, next, err);
        sql_end(next);
        if (status < 0)
            break;
    }
    if (status < 0)
        return status;
    for (uint32_t i = 0; i < verify->traces.count; i++) {
        int64_t number = verify->traces.items[i].number;
        if (number != 0 &&
            (status = fault(verify, "trace %lld: its row is lost",
                            (long long)number)) < 0)
            return status;
    }
    return rows == verify->counter.traces
               ? PHX_OK
               : fault(verify, "%lld traces, the counters say %lld",
                       (long long)rows, (long long)verify->counter.traces);
}

static phx_status check_sessions(struct verify *verify, phx_error *err)
{
    struct session_row row = {0};
    int64_t rows = 0;
    phx_status status;

    for (;; rows++) {
        struct statement *next = sql(verify->connection, SQL_SESSIONS_ALL);
        sql_bind_int(next, 1, row.id);
        if ((status = sql_next(next, err)) != PHX_OK)
            break;
        session_read(next, &row);
        bool right = row.sum == (int64_t)session_sum(&row) &&
                     row.id < verify->counter.session;
        sql_end(next);
        if (!right && (status = fault(verify,
                                      "session %lld: its row is"
                                      " damaged",
                                      (long long)row.id)) < 0)
            break;
    }
    if (status < 0)
        return status;
    return rows == verify->counter.sessions
               ? PHX_OK
               : fault(verify, "%lld sessions, the counters say %lld",
                       (long long)rows, (long long)verify->counter.sessions);
}

static phx_status check_projects(struct verify *verify, phx_error *err)
{
    struct statement *next = sql(verify->connection, SQL_PROJECTS_DOWN);
    int64_t rows = 0;
    phx_status status;

    sql_bind_int(next, 1, INT64_MAX);
    for (; (status = sql_next(next, err)) == PHX_OK; rows++) {
        phx_project project;
        project_read(next, &project);
        if ((int64_t)project_sum(&project) != sql_int(next, 5) ||
            project.id >= verify->counter.project)
            status = fault(verify, "project %lld: its row is damaged",
                           (long long)project.id);
        if (status < 0)
            break;
    }
    sql_end(next);
    if (status < 0)
        return status;
    return rows == verify->counter.projects
               ? PHX_OK
               : fault(verify, "%lld projects, the counters say %lld",
                       (long long)rows, (long long)verify->counter.projects);
}

static phx_status check_part(struct verify *verify, const struct run *run,
                             uint32_t number, uint64_t *last, bool *sorted,
                             phx_error *err)
{
    const struct run_part *part = verify->connection->part;
    struct posting_sum *sum = NULL;
    phx_status status;

    *sorted = *sorted &&
              run->first[number] == (uint32_t)(part->postings[0].hash >> 32);
    for (size_t i = 0; i < part->count; i++) {
        const struct posting *posting = &part->postings[i];
        *sorted = *sorted && posting->hash >= *last;
        *last = posting->hash;
        status = posting_sum_of(verify, posting->block, &sum, err);
        if (status < 0)
            return status;
        sum_posting(sum, posting->hash);
    }
    return PHX_OK;
}

/* Every part of a run: checksum, order, count. */
static phx_status check_run(struct verify *verify, const struct run *run,
                            phx_error *err)
{
    struct run_part *part = verify->connection->part;
    bool sorted = run->id < verify->counter.run;
    int64_t count = 0;
    uint64_t last = 0;
    phx_status status;

    for (uint32_t i = 0; i < run->parts; i++) {
        phx_error why = {0};
        status = run_read_part(verify->connection, run->id, i, part, &why);
        if (status >= 0) {
            status = check_part(verify, run, i, &last, &sorted, err);
            count += (int64_t)part->count;
        } else {
            if (err != NULL)
                *err = why;
            status = finding(verify, status, "run", run->id, &why);
        }
        if (status < 0)
            return status;
    }
    return sorted && count == run->count
               ? PHX_OK
               : fault(verify, "run %lld: its head or order is damaged",
                       (long long)run->id);
}

static phx_status check_runs(struct verify *verify, phx_error *err)
{
    phx_status status = PHX_OK;

    for (size_t i = 0; i < verify->runs->count && status >= 0; i++)
        status = check_run(verify, &verify->runs->runs[i], err);
    return status;
}

/* What is deleted is what the counters say, of numbers that were given. */
static phx_status check_gone(struct verify *verify)
{
    int64_t sum = 0;
    phx_status status = PHX_OK;

    for (size_t i = 0; i < verify->gone.count && status >= 0; i++) {
        const struct gone_row *row = &verify->gone.rows[i];
        int64_t next = row->kind == PHX_PROJECT ? verify->counter.project
                       : row->kind == PHX_TRACE ? verify->counter.trace
                       : row->kind == PHX_SPAN  ? verify->counter.span
                                                : 0;
        sum ^= gone_row_sum(row);
        if (row->id <= 0 || row->id >= next)
            status = fault(verify,
                           "deleted row %lld of kind %lld is of no known"
                           " number",
                           (long long)row->id, (long long)row->kind);
    }
    if (status >= 0 && sum != verify->counter.gone)
        status = fault(verify, "a row of what is deleted is lost or damaged");
    return status;
}

static phx_status check_schema(struct verify *verify, phx_error *err)
{
    phx_error why = {0};
    phx_status status = schema_verify(verify->connection, &why);

    if (status == PHX_CORRUPT)
        return fault(verify, "file: %s", why.message);
    if (status < 0 && err != NULL)
        *err = why;
    return status;
}

/* Frames that no block has. */
static phx_status check_frames(struct verify *verify, phx_error *err)
{
    struct statement *orphan = sql(verify->connection, SQL_FRAME_ORPHAN);
    phx_status status;

    while ((status = sql_next(orphan, err)) == PHX_OK) {
        status = fault(verify, "frame %lld is of no block",
                       (long long)sql_int(orphan, 0));
        if (status < 0)
            break;
    }
    sql_end(orphan);
    return status < 0 ? status : PHX_OK;
}

static phx_status check_all(struct verify *verify, phx_error *err)
{
    phx_error why = {0};
    phx_status status;

    if ((status = check_file(verify, err)) < 0 ||
        (status = check_schema(verify, err)) < 0 ||
        (status = gone_read(verify->connection, &verify->gone, err)) < 0 ||
        (status = check_gone(verify)) < 0 ||
        (status = check_frames(verify, err)) < 0)
        return status;
    status = run_list_read(verify->connection, &verify->counter, &verify->runs,
                           &why);
    if (status < 0) {
        if (err != NULL)
            *err = why;
        return finding(verify, status, "runs of generation",
                       verify->counter.runs, &why);
    }
    if ((status = check_runs(verify, err)) < 0 ||
        (status = check_blocks(verify, err)) < 0 ||
        (status = check_traces(verify, err)) < 0 ||
        (status = check_sessions(verify, err)) < 0)
        return status;
    return check_projects(verify, err);
}

phx_status store_verify(struct store *store, phx_verify_fn found, void *ctx,
                        phx_error *err)
{
    struct verify verify = {.store = store,
                            .found = found,
                            .ctx = ctx,
                            .interrupts = store_interrupts(store)};
    phx_error why = {0};
    phx_status status =
        store_reader_take(store, &verify.connection, &verify.counter, &why);

    if (status < 0) {
        if (status == PHX_CORRUPT && found != NULL)
            found(ctx, why.message);
        if (err != NULL)
            *err = why;
        return status;
    }
    status = check_all(&verify, err);
    store_reader_give(store, verify.connection);
    gone_clear(&verify.gone);
    map_clear(&verify.traces.map);
    memory_free(verify.traces.items);
    map_clear(&verify.span_ids);
    map_clear(&verify.span_numbers);
    map_clear(&verify.posting_blocks);
    memory_free(verify.postings);
    if (verify.faults == 0)
        return status;
    if (err != NULL)
        *err = verify.first;
    return PHX_CORRUPT;
}

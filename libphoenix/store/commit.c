/*
 * commit.c - a group commit. All puts that wait share one: the first to come
 * leads, the others wait for it.
 *
 *     span id known?      filter, else memtable and runs, else the block
 *     trace, session,     cache, else table; new ones get the next number
 *     project
 *     sort, encode        one block, or a few
 *     log records         join.c, grow.c
 *     BEGIN .. COMMIT     rows of traces, blocks, frames, the counters
 *
 * Whatever memory learns before the commit is undone if it fails, but for the
 * filter, which only ever says "maybe".
 */
#include "base/base.h"

#include "store/commit.h"

/* Spans whose lines of the filter are asked for before the first is looked at.
 */
enum { HASHED_AHEAD = SHRUNK(64, 3) };

struct put_request {
    struct store_batch *const *batches;
    size_t count;
    struct put_request *next;
    phx_status status;
    phx_error error;
    bool done;
};

/* A request that comes again brings the spans of one block or a few, so the
 * block of the last find is asked first. */
phx_status commit_find_stored(struct commit *commit, phx_text id, uint64_t hash,
                              struct location *out, phx_error *err)
{
    struct store *store = commit->store;
    phx_status status = PHX_DONE;

    if (commit->repeated.block != NULL)
        status = lookup_in_block(&commit->repeated, &store->gone, POSTING_SPAN,
                                 id, out, err);
    if (status != PHX_DONE)
        return status;
    status = lookup_written(store, POSTING_SPAN, id, hash, out, err);
    if (status != PHX_OK)
        return status;
    stored_block_close(&commit->repeated);
    return stored_block_open(store->writer, out->block, &commit->repeated, err);
}

/* OK if the span is new, DONE if it is known. Of two ids of one hash the
 * second takes the next free slot. */
static phx_status check_new(struct commit *commit, const struct span *span,
                            uint64_t hash, bool maybe, phx_error *err)
{
    struct location location = {0};
    uint64_t slot = hash;
    uint32_t *index;
    phx_status status;
    bool fresh;

    while ((index = map_slot(&commit->ids, slot, &fresh)) != NULL && !fresh) {
        if (text_equal(commit->seen[*index]->span_id, span->span_id))
            return PHX_DONE;
        slot++;
    }
    if (index == NULL)
        return fail_memory(err, sizeof *index);
    *index = (uint32_t)commit->seen_count;
    commit->seen[commit->seen_count++] = span;
    if (!maybe)
        return PHX_OK;
    status = commit_find_stored(commit, span->span_id, hash, &location, err);
    if (status < 0)
        return status;
    return status == PHX_DONE ? PHX_OK : PHX_DONE;
}

static phx_status take_span(struct commit *commit, struct span *span,
                            uint64_t hash, phx_ingest_report *report,
                            phx_error *err)
{
    bool maybe = filter_maybe(commit->store->filter, hash);
    phx_status status = check_new(commit, span, hash, maybe, err);

    if (status < 0)
        return status;
    if (status == PHX_DONE) {
        report->duplicate++;
        return PHX_OK;
    }
    if ((status = resolve_span(commit, span, err)) < 0 ||
        (status = filter_add(commit->store->filter, hash, err)) < 0)
        return status;
    commit->spans[commit->count++] = span;
    report->accepted++;
    return maybe ? join_span(commit, span, hash, err) : PHX_OK;
}

/* --- blocks ------------------------------------------------------------------------- */

/* Project, session, trace, start, number. */
static int span_order(const void *a, const void *b)
{
    const struct span *x = *(const struct span *const *)a;
    const struct span *y = *(const struct span *const *)b;

    if (x->project != y->project)
        return x->project < y->project ? -1 : 1;
    if (x->session != y->session)
        return x->session < y->session ? -1 : 1;
    if (x->trace != y->trace)
        return x->trace < y->trace ? -1 : 1;
    if (x->start_time != y->start_time)
        return x->start_time < y->start_time ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

/* The ids of a new block, in order of rows; a trace's once. */
static phx_status remember_ids(struct commit *commit,
                               const struct span *const *spans, size_t count,
                               uint32_t block, phx_error *err)
{
    struct store *store = commit->store;
    uint64_t secret = store->secret;
    int64_t last = 0;
    phx_status status = PHX_OK;

    pthread_mutex_lock(&store->memory_lock);
    for (size_t i = 0; i < count && status >= 0; i++) {
        status = memtable_add(
            store->memtable,
            posting_hash(secret, POSTING_SPAN, spans[i]->span_id), block, err);
        if (status >= 0 && spans[i]->trace != last)
            status = memtable_add(
                store->memtable,
                posting_hash(secret, POSTING_TRACE, spans[i]->trace_id), block,
                err);
        last = spans[i]->trace;
    }
    pthread_mutex_unlock(&store->memory_lock);
    return status;
}

phx_status commit_write_spans(struct commit *commit, struct span **list,
                              size_t count, phx_error *err)
{
    struct store *store = commit->store;
    const struct span *const *spans =
        (const struct span *const *)(const void *)list;
    size_t done = 0;
    phx_status status = PHX_OK;

    qsort(list, count, sizeof *list, span_order);
    while (done < count) {
        size_t taken;
        int64_t id = commit->counter.block++;
        if ((status = block_encode(store->encoder, spans + done, count - done,
                                   store->image, &taken, err)) < 0 ||
            (status = block_write(store->writer, id, LEVEL_YOUNG, -1,
                                  store->image, err)) < 0 ||
            (status = remember_ids(commit, spans + done, taken, (uint32_t)id,
                                   err)) < 0)
            return status;
        done += taken;
        commit->rows += taken;
        commit->blocks++;
    }
    return status;
}

static phx_status write_names(struct commit *commit, phx_error *err)
{
    struct connection *writer = commit->store->writer;
    phx_status status = PHX_OK;

    for (size_t i = 0; i < commit->projects.count && status >= 0; i++) {
        const struct commit_name *name = &commit->projects.items[i];
        phx_project project = {
            .id = name->id, .name = name->name, .created_at = time_now()};
        project.updated_at = project.created_at;
        if (name->fresh)
            status = project_insert(writer, &project, err);
    }
    for (size_t i = 0; i < commit->sessions.count && status >= 0; i++) {
        const struct commit_name *name = &commit->sessions.items[i];
        if (name->fresh)
            status = session_insert(writer, name->id, name->name, name->project,
                                    err);
    }
    return status;
}

static phx_status write_all(struct commit *commit, phx_error *err)
{
    struct connection *writer = commit->store->writer;
    phx_status status;

    if ((status = sql_begin(writer, true, err)) < 0 ||
        (status = write_names(commit, err)) < 0)
        return status;
    for (size_t i = 0; i < commit->trace_count; i++) {
        const struct commit_trace *trace = &commit->traces[i];
        if ((status = trace_row_write(writer, &trace->row, trace->trace_id,
                                      trace->fresh, err)) < 0)
            return status;
    }
    join_set_apart(commit);
    if ((status = commit_write_spans(commit, commit->spans, commit->count,
                                     err)) < 0 ||
        (status = join_write(commit, err)) < 0 ||
        (status = counter_write(writer, &commit->counter, err)) < 0)
        return status;
    return sql_commit(writer, err);
}

/* --- the whole ------------------------------------------------------------------------ */

phx_status commit_begin(struct commit *commit, struct store *store,
                        const struct put_request *requests, phx_error *err)
{
    size_t spans = 0;

    *commit = (struct commit){
        .store = store,
        .counter = store->counter,
        .projects = {.find = SQL_PROJECT_BY_NAME,
                     .next = &commit->counter.project,
                     .rows = &commit->counter.projects},
        .sessions = {.find = SQL_SESSION_BY_NAME,
                     .next = &commit->counter.session,
                     .rows = &commit->counter.sessions},
    };
    arena_init(&commit->arena, SIZE_MAX);
    commit->memtable_before = memtable_count(store->memtable);
    for (const struct put_request *r = requests; r != NULL; r = r->next) {
        for (size_t i = 0; i < r->count; i++)
            spans = size_add(spans, r->batches[i]->spans.count);
    }
    size_t size = size_mul(spans, sizeof *commit->spans);
    commit->spans = arena_new(&commit->arena, size);
    commit->seen = arena_new(&commit->arena, size);
    if (commit->spans == NULL || commit->seen == NULL)
        return fail_memory(err, size);
    return PHX_OK;
}

static void commit_clear(struct commit *commit)
{
    arena_clear(&commit->arena);
    map_clear(&commit->ids);
    map_clear(&commit->by_id);
    map_clear(&commit->by_span);
    memory_free(commit->joins);
    memory_free(commit->traces);
    map_clear(&commit->projects.map);
    memory_free(commit->projects.items);
    map_clear(&commit->sessions.map);
    memory_free(commit->sessions.items);
}

/* Durable now: memory follows. What does not fit in the cache is looked up
 * again, so that a lack of memory is no failure here. */
static void commit_keep(struct commit *commit)
{
    struct store *store = commit->store;

    store->counter = commit->counter;
    for (size_t i = 0; i < commit->trace_count; i++) {
        const struct commit_trace *trace = &commit->traces[i];
        struct trace_row *cached =
            trace_cache_find(store->traces, trace->hash, trace->trace_id);
        if (cached != NULL)
            *cached = trace->row;
        else
            (void)trace_cache_add(store->traces, trace->hash, &trace->row,
                                  NULL);
    }
    atomic_fetch_add(&store->young_spans, (long long)commit->rows);
    atomic_fetch_add(&store->young_blocks, (long long)commit->blocks);
    if (commit->join_count > 0 || commit->outgrew)
        atomic_store(&store->outgrown_wanted, true);
}

static void commit_undo(struct commit *commit)
{
    struct store *store = commit->store;

    sql_rollback(store->writer);
    pthread_mutex_lock(&store->memory_lock);
    memtable_cut(store->memtable, commit->memtable_before);
    pthread_mutex_unlock(&store->memory_lock);
}

static phx_status take_batch(struct commit *commit, struct store_batch *batch,
                             phx_error *err)
{
    uint64_t hashes[HASHED_AHEAD];
    phx_status status = PHX_OK;

    batch->report.accepted = batch->report.duplicate = 0;
    for (size_t i = 0; i < batch->spans.count && status >= 0;) {
        size_t from = i, to = i + HASHED_AHEAD < batch->spans.count
                                  ? i + HASHED_AHEAD
                                  : batch->spans.count;
        for (size_t j = from; j < to; j++) {
            hashes[j - from] = posting_hash(commit->store->secret, POSTING_SPAN,
                                            batch->spans.spans[j].span_id);
            filter_prefetch(commit->store->filter, hashes[j - from]);
        }
        for (; i < to && status >= 0; i++)
            status = take_span(commit, &batch->spans.spans[i], hashes[i - from],
                               &batch->report, err);
    }
    return status;
}

static phx_status take_logs(struct commit *commit, struct store_batch *batch,
                            phx_error *err)
{
    phx_status status = PHX_OK;

    for (size_t i = 0; i < batch->logs.count && status >= 0; i++)
        status =
            join_record(commit, &batch->logs.records[i], &batch->report, err);
    return status;
}

/* Spans first: those that come with their log records are written once. */
static phx_status take_all(struct commit *commit,
                           const struct put_request *requests, phx_error *err)
{
    phx_status status = PHX_OK;

    for (const struct put_request *r = requests; r != NULL && status >= 0;
         r = r->next) {
        for (size_t i = 0; i < r->count && status >= 0; i++)
            status = take_batch(commit, r->batches[i], err);
    }
    for (const struct put_request *r = requests; r != NULL && status >= 0;
         r = r->next) {
        for (size_t i = 0; i < r->count && status >= 0; i++)
            status = take_logs(commit, r->batches[i], err);
    }
    /* An open block holds a snapshot, which no transaction may begin in. */
    stored_block_close(&commit->repeated);
    return status;
}

void commit_end(struct commit *commit, phx_status status)
{
    if (status < 0)
        commit_undo(commit);
    else
        commit_keep(commit);
    commit_clear(commit);
}

static phx_status commit_requests(struct store *store,
                                  struct put_request *requests, phx_error *err)
{
    struct commit commit;
    phx_status status = commit_begin(&commit, store, requests, err);

    if (status >= 0)
        status = take_all(&commit, requests, err);
    if (status >= 0 &&
        (commit.count > 0 || commit.join_count > 0 || commit.loose != NULL)) {
        credit_take(&commit);
        status = write_all(&commit, err);
        credit_give(&commit);
    }
    commit_end(&commit, status);
    return status;
}

phx_status store_join_held(struct store *store, phx_error *err)
{
    struct commit commit;
    phx_status status = store_put_begin(store, err);

    if (status < 0)
        return status;
    status = commit_begin(&commit, store, NULL, err);
    if (status >= 0 && (status = join_held(&commit, err)) == PHX_OK)
        status = write_all(&commit, err);
    commit_end(&commit, status);
    store_write_end(store);
    return status;
}

/* --- leading and following -------------------------------------------------------------- */

static void tell(struct put_request *requests, phx_status status,
                 const phx_error *error)
{
    for (struct put_request *r = requests; r != NULL;) {
        struct put_request *next = r->next;
        r->status = status;
        if (status < 0)
            r->error = *error;
        r->done = true;
        r = next;
    }
}

static void lead(struct store *store)
{
    struct put_request *requests = store->put_first;
    phx_error error = {0};

    store->put_first = store->put_last = NULL;
    pthread_mutex_unlock(&store->put_lock);
    phx_status status = store_put_begin(store, &error);
    if (status >= 0) {
        status = commit_requests(store, requests, &error);
        store_write_end(store);
    }
    pthread_mutex_lock(&store->put_lock);
    tell(requests, status, &error);
}

phx_status store_put(struct store *store, struct store_batch *const *batches,
                     size_t count, phx_error *err)
{
    struct put_request request = {.batches = batches, .count = count};

    pthread_mutex_lock(&store->put_lock);
    if (store->put_last != NULL)
        store->put_last->next = &request;
    else
        store->put_first = &request;
    store->put_last = &request;
    while (!request.done) {
        if (store->put_busy) {
            pthread_cond_wait(&store->put_done, &store->put_lock);
            continue;
        }
        store->put_busy = true;
        lead(store);
        store->put_busy = false;
        pthread_cond_broadcast(&store->put_done);
    }
    pthread_mutex_unlock(&store->put_lock);
    if (request.status < 0) {
        if (err != NULL)
            *err = request.error;
        return request.status;
    }
    store_keep_up(store);
    return PHX_OK;
}

/*
 * commit.c - a group commit. All puts that wait share one: the first to come
 * leads, the others wait for it.
 *
 *     span id known?      filter, else memtable and runs, else the block
 *     trace, session,     cache, else table; new ones get the next number
 *     project
 *     sort, encode        one block, or a few
 *     BEGIN .. COMMIT     rows of traces, blocks, frames, the counters
 *
 * Whatever memory learns before the commit is undone if it fails.
 */
#include "base/base.h"

#include "store/inside.h"

struct put_request {
    struct store_batch *const *batches;
    size_t count;
    struct put_request *next;
    phx_status status;
    phx_error error;
    bool done;
};

/* A trace this commit adds to. */
struct commit_trace {
    struct trace_row row;
    phx_text trace_id;
    uint64_t hash;
    bool fresh;
};

/* A project or session that spans of this commit name. */
struct commit_name {
    phx_text name;
    int64_t id;
    int64_t project; /* of a session */
    bool fresh;
};

struct name_list {
    struct map map; /* hash of the name -> index */
    struct commit_name *items;
    uint32_t count, capacity;
};

struct commit {
    struct store *store;
    struct arena arena;
    struct counter counter; /* as it will be */
    struct span **spans;    /* new ones */
    size_t count;
    const struct span **seen; /* every span looked at, known or new */
    size_t seen_count;
    struct map ids;   /* span hash -> index into seen */
    struct map by_id; /* trace hash -> index into traces */
    struct commit_trace *traces;
    uint32_t trace_count, trace_capacity;
    struct name_list projects, sessions;
    struct stored_block repeated; /* where the last known span was found */
    size_t memtable_before;
    uint64_t blocks; /* written */
};

/* --- spans known already ------------------------------------------------------ */

static phx_status find_stored(struct commit *commit, enum posting_kind kind,
                              phx_text id, uint64_t hash, struct location *out,
                              phx_error *err)
{
    struct store *store = commit->store;
    struct block_set blocks = {0};
    phx_status status;
    bool complete;

    if ((status = lookup_hints(store, hash, &blocks, &complete, err)) >= 0 &&
        (status = lookup_blocks(store->writer, &store->counter, hash, complete,
                                &blocks, err)) >= 0)
        status = lookup_in_blocks(store->writer, &store->gone, kind, id,
                                  &blocks, out, err);
    block_set_clear(&blocks);
    return status;
}

/* The same for a span. A request that comes again brings the spans of one
 * block or a few, so the block of the last find is asked first. */
static phx_status find_stored_span(struct commit *commit, phx_text id,
                                   uint64_t hash, phx_error *err)
{
    struct store *store = commit->store;
    struct location location = {0};
    phx_status status = PHX_DONE;

    if (commit->repeated.block != NULL)
        status = lookup_in_block(commit->repeated.block, &store->gone,
                                 POSTING_SPAN, id, &location, err);
    if (status != PHX_DONE)
        return status;
    status = find_stored(commit, POSTING_SPAN, id, hash, &location, err);
    if (status != PHX_OK)
        return status;
    stored_block_close(&commit->repeated);
    return stored_block_open(store->writer, location.block, &commit->repeated,
                             err);
}

/* OK if the span is new, DONE if it is known. Of two ids of one hash the
 * second takes the next free slot. */
static phx_status check_new(struct commit *commit, const struct span *span,
                            uint64_t hash, phx_error *err)
{
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
    if (!filter_maybe(commit->store->filter, hash))
        return PHX_OK;
    status = find_stored_span(commit, span->span_id, hash, err);
    if (status < 0)
        return status;
    return status == PHX_DONE ? PHX_OK : PHX_DONE;
}

/* --- projects and sessions ------------------------------------------------------ */

static phx_status name_slot(struct name_list *list, phx_text name,
                            struct commit_name **out, bool *fresh,
                            phx_error *err)
{
    uint64_t hash = hash_bytes(name.data, name.size, 0);
    uint32_t *index;

    /* Of two names of one hash the second takes the next free hash. */
    while ((index = map_slot(&list->map, hash, fresh)) != NULL && !*fresh &&
           !text_equal(list->items[*index].name, name))
        hash++;
    if (index == NULL)
        return fail_memory(err, sizeof *index);
    if (*fresh) {
        if (list->count == list->capacity) {
            uint32_t capacity = list->capacity ? list->capacity * 2 : 8;
            size_t size = size_mul(capacity, sizeof *list->items);
            struct commit_name *items = memory_resize(list->items, size);
            if (items == NULL)
                return fail_memory(err, size);
            list->items = items;
            list->capacity = capacity;
        }
        *index = list->count++;
        list->items[*index] = (struct commit_name){.name = name};
    }
    *out = &list->items[*index];
    return PHX_OK;
}

static phx_status resolve_project(struct commit *commit, phx_text name,
                                  int64_t *out, phx_error *err)
{
    struct commit_name *project;
    phx_status status;
    bool fresh;

    if ((status = name_slot(&commit->projects, name, &project, &fresh, err)) <
        0)
        return status;
    if (fresh) {
        status = project_find(commit->store->writer, name, &project->id, err);
        if (status < 0)
            return status;
        project->fresh = status == PHX_DONE;
        if (project->fresh) {
            project->id = commit->counter.project++;
            commit->counter.projects++;
        }
    }
    *out = project->id;
    return PHX_OK;
}

static phx_status resolve_session(struct commit *commit, phx_text name,
                                  int64_t project, int64_t *out, phx_error *err)
{
    struct commit_name *session;
    phx_status status;
    bool fresh;

    if ((status = name_slot(&commit->sessions, name, &session, &fresh, err)) <
        0)
        return status;
    if (fresh) {
        status = session_find(commit->store->writer, name, &session->id, err);
        if (status < 0)
            return status;
        session->fresh = status == PHX_DONE;
        session->project = project;
        if (session->fresh) {
            session->id = commit->counter.session++;
            commit->counter.sessions++;
        }
    }
    *out = session->id;
    return PHX_OK;
}

/* --- traces --------------------------------------------------------------------- */

/* The stored row of a trace, or DONE if it is new. */
static phx_status find_trace(struct commit *commit, phx_text id, uint64_t hash,
                             struct trace_row *out, phx_error *err)
{
    struct store *store = commit->store;
    struct trace_row *cached = trace_cache_find(store->traces, hash, id);
    struct location location;
    phx_status status;

    if (cached != NULL) {
        *out = *cached;
        return PHX_OK;
    }
    if (!filter_maybe(store->filter, hash))
        return PHX_DONE;
    status = find_stored(commit, POSTING_TRACE, id, hash, &location, err);
    if (status != PHX_OK)
        return status;
    return trace_row_find(store->writer, location.trace, out, err);
}

static phx_status new_trace(struct commit *commit, const struct span *span,
                            struct commit_trace *trace, phx_error *err)
{
    phx_status status;

    trace->fresh = true;
    trace->row = (struct trace_row){.id = commit->counter.trace++,
                                    .start = span->start_time,
                                    .end = span->end_time};
    commit->counter.traces++;
    if (span->trace_id.size <= sizeof trace->row.trace_id) {
        memcpy(trace->row.trace_id, span->trace_id.data, span->trace_id.size);
        trace->row.trace_id_size = (uint8_t)span->trace_id.size;
    }
    if ((status = resolve_project(commit, span->project_name,
                                  &trace->row.project, err)) < 0)
        return status;
    return filter_add(commit->store->filter, trace->hash, err);
}

static phx_status add_trace(struct commit *commit, const struct span *span,
                            uint64_t hash, uint32_t *index, phx_error *err)
{
    struct commit_trace trace = {.trace_id = span->trace_id, .hash = hash};
    phx_status status;

    status = find_trace(commit, span->trace_id, hash, &trace.row, err);
    if (status == PHX_DONE)
        status = new_trace(commit, span, &trace, err);
    if (status < 0)
        return status;
    if (commit->trace_count == commit->trace_capacity) {
        uint32_t capacity =
            commit->trace_capacity ? commit->trace_capacity * 2 : 64;
        size_t size = size_mul(capacity, sizeof *commit->traces);
        struct commit_trace *traces = memory_resize(commit->traces, size);
        if (traces == NULL)
            return fail_memory(err, size);
        commit->traces = traces;
        commit->trace_capacity = capacity;
    }
    *index = commit->trace_count;
    commit->traces[commit->trace_count++] = trace;
    return PHX_OK;
}

static phx_status resolve_trace(struct commit *commit, const struct span *span,
                                struct commit_trace **out, phx_error *err)
{
    uint64_t hash =
        posting_hash(commit->store->secret, POSTING_TRACE, span->trace_id);
    uint64_t slot = hash;
    uint32_t *index;
    phx_status status;
    bool fresh;

    while ((index = map_slot(&commit->by_id, slot, &fresh)) != NULL && !fresh &&
           !text_equal(commit->traces[*index].trace_id, span->trace_id))
        slot++;
    if (index == NULL)
        return fail_memory(err, sizeof *index);
    if (fresh && (status = add_trace(commit, span, hash, index, err)) < 0)
        return status;
    *out = &commit->traces[*index];
    return PHX_OK;
}

/* --- one span --------------------------------------------------------------------- */

static phx_status number_span(struct commit *commit, struct span *span,
                              phx_error *err)
{
    struct commit_trace *trace = NULL;
    phx_status status;

    if ((status = resolve_trace(commit, span, &trace, err)) < 0)
        return status;
    if (trace->row.session == 0 && span->session_name.size > 0 &&
        (status =
             resolve_session(commit, span->session_name, trace->row.project,
                             &trace->row.session, err)) < 0)
        return status;
    if (span->start_time < trace->row.start)
        trace->row.start = span->start_time;
    if (span->end_time > trace->row.end)
        trace->row.end = span->end_time;
    trace->row.spans++;
    span->number = commit->counter.span++;
    span->trace = trace->row.id;
    span->project = trace->row.project;
    span->session = trace->row.session;
    return PHX_OK;
}

static phx_status take_span(struct commit *commit, struct span *span,
                            phx_ingest_report *report, phx_error *err)
{
    uint64_t hash =
        posting_hash(commit->store->secret, POSTING_SPAN, span->span_id);
    phx_status status = check_new(commit, span, hash, err);

    if (status < 0)
        return status;
    if (status == PHX_DONE) {
        report->duplicate++;
        return PHX_OK;
    }
    if ((status = number_span(commit, span, err)) < 0 ||
        (status = filter_add(commit->store->filter, hash, err)) < 0)
        return status;
    commit->spans[commit->count++] = span;
    report->accepted++;
    return PHX_OK;
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

static phx_status write_blocks(struct commit *commit, phx_error *err)
{
    struct store *store = commit->store;
    const struct span *const *spans =
        (const struct span *const *)(const void *)commit->spans;
    size_t done = 0;
    phx_status status = PHX_OK;

    qsort(commit->spans, commit->count, sizeof *commit->spans, span_order);
    while (done < commit->count) {
        size_t taken;
        int64_t id = commit->counter.block++;
        if ((status = block_encode(store->encoder, spans + done,
                                   commit->count - done, store->image, &taken,
                                   err)) < 0 ||
            (status = block_write(store->writer, id, LEVEL_YOUNG, -1,
                                  store->image, err)) < 0 ||
            (status = remember_ids(commit, spans + done, taken, (uint32_t)id,
                                   err)) < 0)
            return status;
        done += taken;
        commit->blocks++;
    }
    return status;
}

static phx_status write_names(struct commit *commit, phx_error *err)
{
    struct connection *writer = commit->store->writer;
    phx_status status = PHX_OK;

    for (uint32_t i = 0; i < commit->projects.count && status >= 0; i++) {
        const struct commit_name *name = &commit->projects.items[i];
        phx_project project = {
            .id = name->id, .name = name->name, .created_at = time_now()};
        project.updated_at = project.created_at;
        if (name->fresh)
            status = project_insert(writer, &project, err);
    }
    for (uint32_t i = 0; i < commit->sessions.count && status >= 0; i++) {
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
    for (uint32_t i = 0; i < commit->trace_count; i++) {
        const struct commit_trace *trace = &commit->traces[i];
        if ((status = trace_row_write(writer, &trace->row, trace->trace_id,
                                      trace->fresh, err)) < 0)
            return status;
    }
    if ((status = write_blocks(commit, err)) < 0 ||
        (status = counter_write(writer, &commit->counter, err)) < 0)
        return status;
    return sql_commit(writer, err);
}

/* --- the whole ------------------------------------------------------------------------ */

static phx_status commit_begin(struct commit *commit, struct store *store,
                               const struct put_request *requests,
                               phx_error *err)
{
    size_t spans = 0;

    *commit = (struct commit){.store = store, .counter = store->counter};
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
    for (uint32_t i = 0; i < commit->trace_count; i++) {
        const struct commit_trace *trace = &commit->traces[i];
        struct trace_row *cached =
            trace_cache_find(store->traces, trace->hash, trace->trace_id);
        if (cached != NULL)
            *cached = trace->row;
        else
            (void)trace_cache_add(store->traces, trace->hash, &trace->row,
                                  NULL);
    }
    atomic_fetch_add(&store->young_spans, (long long)commit->count);
    atomic_fetch_add(&store->young_blocks, (long long)commit->blocks);
}

static void commit_undo(struct commit *commit)
{
    struct store *store = commit->store;

    sql_rollback(store->writer);
    pthread_mutex_lock(&store->memory_lock);
    memtable_cut(store->memtable, commit->memtable_before);
    pthread_mutex_unlock(&store->memory_lock);
}

static phx_status take_spans(struct commit *commit,
                             const struct put_request *requests, phx_error *err)
{
    phx_status status = PHX_OK;

    for (const struct put_request *r = requests; r != NULL && status >= 0;
         r = r->next) {
        for (size_t i = 0; i < r->count && status >= 0; i++) {
            struct store_batch *batch = r->batches[i];
            batch->report.accepted = batch->report.duplicate = 0;
            for (size_t j = 0; j < batch->spans.count && status >= 0; j++)
                status = take_span(commit, &batch->spans.spans[j],
                                   &batch->report, err);
        }
    }
    /* An open block holds a snapshot, which no transaction may begin in. */
    stored_block_close(&commit->repeated);
    return status;
}

static phx_status commit_requests(struct store *store,
                                  struct put_request *requests, phx_error *err)
{
    struct commit commit;
    phx_status status = commit_begin(&commit, store, requests, err);

    if (status >= 0)
        status = take_spans(&commit, requests, err);
    if (status >= 0 && commit.count > 0)
        status = write_all(&commit, err);
    if (status < 0)
        commit_undo(&commit);
    else
        commit_keep(&commit);
    commit_clear(&commit);
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
    phx_status status = store_write_begin(store, &error);
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
    if (!store->options.no_compact)
        store_keep_up(store);
    else
        store_bound_log(store);
    return PHX_OK;
}

/*
 * resolve.c - the places of a commit's spans: the numbers of span, trace,
 * session and project. What is known keeps its number, from the cache or the
 * table; what is new gets the next one.
 */
#include "base/base.h"

#include "store/commit.h"

/* --- projects and sessions ------------------------------------------------------ */

/* The name's item, perhaps made by this call; NULL and NO_MEMORY. */
static struct commit_name *name_slot(struct name_list *list, phx_text name,
                                     bool *fresh, phx_error *err)
{
    uint64_t hash = hash_bytes(name.data, name.size, 0);
    struct commit_name *items;
    uint32_t *index;

    /* Of two names of one hash the second takes the next free hash. */
    while ((index = map_slot(&list->map, hash, fresh)) != NULL && !*fresh &&
           !text_equal(list->items[*index].name, name))
        hash++;
    if (index == NULL) {
        fail_memory(err, sizeof *index);
        return NULL;
    }
    if (*fresh) {
        items = memory_grow(list->items, &list->capacity, list->count,
                            sizeof *items, err);
        if (items == NULL)
            return NULL;
        list->items = items;
        *index = (uint32_t)list->count++;
        list->items[*index] = (struct commit_name){.name = name};
    }
    return &list->items[*index];
}

/* The number of a name: known to this commit, or to the table, or the next. */
static phx_status resolve_name(struct commit *commit, struct name_list *list,
                               phx_text name, int64_t project, int64_t *out,
                               phx_error *err)
{
    bool fresh;
    struct commit_name *named = name_slot(list, name, &fresh, err);
    phx_status status;

    if (named == NULL)
        return PHX_NO_MEMORY;
    if (fresh) {
        status = lookup_name(commit->store->writer, list->find, name,
                             &named->id, err);
        if (status < 0)
            return status;
        named->project = project;
        named->fresh = status == PHX_DONE;
        if (named->fresh) {
            named->id = (*list->next)++;
            (*list->rows)++;
        }
    }
    *out = named->id;
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
    status = lookup_written(store, POSTING_TRACE, id, hash, &location, err);
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
    if ((status = resolve_name(commit, &commit->projects, span->project_name, 0,
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
    struct commit_trace *traces =
        memory_grow(commit->traces, &commit->trace_capacity,
                    commit->trace_count, sizeof *traces, err);
    if (traces == NULL)
        return PHX_NO_MEMORY;
    commit->traces = traces;
    *index = (uint32_t)commit->trace_count;
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

phx_status resolve_span(struct commit *commit, struct span *span,
                        phx_error *err)
{
    struct commit_trace *trace = NULL;
    phx_status status;

    if ((status = resolve_trace(commit, span, &trace, err)) < 0)
        return status;
    if (trace->row.session == 0 && span->session_name.size > 0 &&
        (status = resolve_name(commit, &commit->sessions, span->session_name,
                               trace->row.project, &trace->row.session, err)) <
            0)
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

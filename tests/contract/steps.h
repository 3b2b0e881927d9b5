/*
 * steps.h - random steps (requests with duplicates, deletes, compaction,
 * reopening) that are done to a store and to the model of it.
 *
 * MODEL_SEED and MODEL_STEPS repeat a run; SWEEP_ALL makes more of them.
 */
#ifndef CONTRACT_STEPS_H
#define CONTRACT_STEPS_H

#include "contract/model.h"

/* An empty store and its model. */
static void model_open(unsigned seed, int in_memory)
{
    memset(&m, 0, sizeof m);
    m.in_memory = in_memory;
    m.chance = seed;
    m.next_project = m.next_session = m.next_trace = m.next_span = 1;
    add_project(0);
    place_make(&m.place);
    if (in_memory)
        snprintf(m.place.url, sizeof m.place.url, "sqlite::memory:");
    place_open(&m.place, 0);
}

static uint64_t random_time(void)
{
    static const uint64_t odd[] = {
        0, 1, 999, 1000, UINT64_MAX, UINT64_MAX - 1, (uint64_t)INT64_MAX};

    if (dice(20) == 0)
        return odd[dice(7)];
    return 1772300000000000000u + (uint64_t)dice(4) * 43200000000000u +
           (uint64_t)dice(1000000) * 1001;
}

static void random_span(struct request *request, int project, int *fresh)
{
    char trace[84], id[84], parent[84], session[84];
    int trace_id = dice(TRACE_IDS);
    int session_name = dice(3) ? -1 : dice(SESSIONS);
    struct model_span span = {.id = dice(SPAN_IDS),
                              .parent = dice(3) ? dice(SPAN_IDS) : -1,
                              .name = dice(NAMES),
                              .kind = dice(3),
                              .status = dice(3),
                              .tokens = dice(100),
                              .start = random_time(),
                              .end = random_time(),
                              .n = request->count + 1};

    request_add(
        request,
        &(struct sent){
            .trace = id_text(trace_id, trace),
            .span = id_text(span.id, id),
            .parent = span.parent < 0 ? NULL : id_text(span.parent, parent),
            .name = names[span.name],
            .session =
                session_name < 0 ? NULL : session_text(session_name, session),
            .kind = kinds[span.kind],
            .start = span.start,
            .end = span.end,
            .status = span.status,
            .tokens = span.tokens});
    *fresh += model_put(&span, trace_id, project, session_name);
}

static void step_ingest(void)
{
    struct request request = {0};
    phx_ingest_report report = {0};
    int project = dice(PROJECTS), count = 1 + dice(6), fresh = 0;
    char name[84];

    for (int i = 0; i < count; i++)
        random_span(&request, project, &fresh);
    succeeds(request_ingest(&request, m.place.store,
                            project ? project_text(project, name) : NULL,
                            &report, err));
    is_equal(report.accepted, fresh);
    is_equal(report.duplicate, count - fresh);
}

static void step_delete(int32_t kind)
{
    phx_id number = 0;

    if (kind == PHX_SPAN) {
        struct model_span *span = span_called(dice(SPAN_IDS));
        if (!span)
            return;
        struct trace *trace = trace_numbered(span->trace);
        number = span->number;
        if (--trace->spans == 0)
            model_delete_trace(trace);
        span->number = 0;
    } else if (kind == PHX_TRACE) {
        struct trace *trace = trace_called(dice(TRACE_IDS));
        if (!trace)
            return;
        number = trace->number;
        model_delete_trace(trace);
    } else if (kind == PHX_SESSION) {
        struct session *session = session_named(dice(SESSIONS));
        if (!session)
            return;
        number = session->number;
        model_delete_session(session);
    } else {
        struct project *project = project_named(1 + dice(PROJECTS - 1));
        if (!project)
            return;
        number = project->number;
        model_delete_project(project);
    }
    delete_one(m.place.store, kind, number);
}

/* By start in us, the later number first of two. */
static int is_newer(const struct trace *a, const struct trace *b)
{
    return a->start / 1000 != b->start / 1000
               ? a->start / 1000 > b->start / 1000
               : a->number > b->number;
}

static int rank_of(const struct trace *trace)
{
    int rank = 0;

    for (int i = 0; i < m.trace_count; i++)
        rank += m.traces[i].number && m.traces[i].project == trace->project &&
                is_newer(&m.traces[i], trace);
    return rank;
}

static void step_retain(void)
{
    static uint8_t due[MOST];
    const struct project *only = project_named(dice(PROJECTS));
    uint64_t now = 1772300000000000000u + (uint64_t)dice(5) * 43200000000000u;
    phx_retention_rule rule = {
        .limits = 1 + dice(3), .max_days = dice(5) * 0.5, .max_count = dice(8)};
    int days = (rule.limits & PHX_MAX_DAYS) && rule.max_days > 0;
    int count = (rule.limits & PHX_MAX_COUNT) && rule.max_count > 0;
    uint64_t start = now - (uint64_t)(rule.max_days * 86400e9);
    int64_t removed = 0, expected = 0;

    for (int i = 0; i < m.trace_count; i++) {
        const struct trace *trace = &m.traces[i];
        due[i] = trace->number && (!only || trace->project == only->number) &&
                 ((days && trace->start / 1000 < start / 1000) ||
                  (count && rank_of(trace) >= rule.max_count));
    }
    for (int i = 0; i < m.trace_count; i++) {
        expected += due[i];
        if (due[i])
            model_delete_trace(&m.traces[i]);
    }
    is_equal(phx_store_retain(m.place.store, only ? only->number : 0, &rule,
                              now, 0, &removed, NULL),
             PHX_DONE);
    is_equal(removed, expected);
}

static void step_compact(void)
{
    static const uint32_t budgets[] = {0, 1, 1000};
    phx_error why = {0};
    phx_status status =
        phx_store_compact(m.place.store, budgets[dice(3)], &why);

    if (status < 0)
        wrong("step %d: compact: %s", m.step, why.message);
}

static void step_reopen(void)
{
    uint32_t flags = dice(2) ? PHX_OPEN_NO_COMPACT : 0;

    if (!m.in_memory)
        place_reopen(&m.place, flags);
}

/* Of a thousand steps so many are these. */
static void step_change(int chance)
{
    if (chance < 480)
        step_ingest();
    else if (chance < 580)
        step_delete(PHX_SPAN);
    else if (chance < 620)
        step_delete(PHX_TRACE);
    else if (chance < 635)
        step_delete(PHX_SESSION);
    else if (chance < 645)
        step_delete(PHX_PROJECT);
    else if (chance < 655)
        step_retain();
    else if (chance < 740)
        step_compact();
    else if (chance < CHANGES)
        step_reopen();
}

static int setting(const char *name, int otherwise)
{
    const char *text = getenv(name);

    return text ? atoi(text) : otherwise;
}

static void model_runs(void (*run)(unsigned seed, int steps, int in_memory),
                       int steps, int in_memory)
{
    int runs = setting("MODEL_RUNS", getenv("SWEEP_ALL") ? 20 : 1);
    unsigned seed = (unsigned)setting("MODEL_SEED", 1);

    for (int i = 0; i < runs; i++) {
        fprintf(stderr, "seed %u\n", seed + (unsigned)i);
        run(seed + (unsigned)i, setting("MODEL_STEPS", steps), in_memory);
    }
}

#endif

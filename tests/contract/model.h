/*
 * model.h - the model of a store: arrays that are searched from end to end.
 */
#ifndef CONTRACT_MODEL_H
#define CONTRACT_MODEL_H

#include "contract/stored.h"

enum {
    TRACE_IDS = 14,
    SPAN_IDS = 220,
    SESSIONS = 5,
    PROJECTS = 5,
    NAMES = 3,
    MOST = 40000,
    STEPS = 2000,
    CHECK_EVERY = 40,
    CHANGES = 760 /* of a thousand steps change the store */
};

/* Rows of the model; a number of 0 ends a row's life. `id`, `name` and the
 * like are indexes that stand for texts. */
struct project {
    phx_id number;
    int name;
};

struct session {
    phx_id number, project;
    int name;
    int has_window; /* of traces that are deleted */
    uint64_t start, end;
};

struct trace {
    phx_id number, project, session;
    int id, spans;
    uint64_t start, end;
};

struct model_span {
    phx_id number, trace;
    int id, parent, name, kind, status; /* parent -1: none */
    int n;                              /* its place in the request */
    int64_t tokens;
    uint64_t start, end;
};

static struct {
    struct project projects[MOST];
    struct session sessions[MOST];
    struct trace traces[MOST];
    struct model_span spans[MOST];
    phx_id next_project, next_session, next_trace, next_span;
    int project_count, session_count, trace_count, span_count;
    unsigned chance;
    int step;
    int in_memory;
    struct place place;
} m;

static const char *const kinds[] = {"LLM", "TOOL", "CHAIN"};
static const char *const names[NAMES] = {"call", "plan", "step"};

static int dice(int sides)
{
    return rand_r(&m.chance) % sides;
}

#define is_equal(actual, expected)                                             \
    do {                                                                       \
        int64_t t_actual = (int64_t)(actual),                                  \
                t_expected = (int64_t)(expected);                              \
        if (t_actual != t_expected)                                            \
            wrong("step %d: %s is %lld, not %lld", m.step, #actual,            \
                  (long long)t_actual, (long long)t_expected);                 \
    } while (0)

/* --- texts ------------------------------------------------------------------- */

/* 1 to 40 bytes, all zero for the first. */
static const char *id_text(int id, char out[84])
{
    int size = 1 + id * 13 % 40;

    for (int i = 0; i < size; i++)
        snprintf(out + 2 * i, 3, "%02x", i == size - 1 ? id : id ? i * 3 : 0);
    return out;
}

static const char *session_text(int name, char out[84])
{
    snprintf(out, 84, "session %d", name);
    return out;
}

static const char *project_text(int name, char out[84])
{
    snprintf(out, 84, name == 0 ? "default" : "project %d", name);
    return out;
}

/* --- the model ------------------------------------------------------------------ */

static struct project *project_named(int name)
{
    for (int i = 0; i < m.project_count; i++) {
        if (m.projects[i].number && m.projects[i].name == name)
            return &m.projects[i];
    }
    return NULL;
}

static struct session *session_named(int name)
{
    for (int i = 0; i < m.session_count; i++) {
        if (m.sessions[i].number && m.sessions[i].name == name)
            return &m.sessions[i];
    }
    return NULL;
}

static struct session *session_numbered(phx_id number)
{
    for (int i = 0; number && i < m.session_count; i++) {
        if (m.sessions[i].number == number)
            return &m.sessions[i];
    }
    return NULL;
}

static struct trace *trace_called(int id)
{
    for (int i = m.trace_count - 1; i >= 0; i--) {
        if (m.traces[i].number && m.traces[i].id == id)
            return &m.traces[i];
    }
    return NULL;
}

static struct trace *trace_numbered(phx_id number)
{
    for (int i = m.trace_count - 1; i >= 0; i--) {
        if (m.traces[i].number == number)
            return &m.traces[i];
    }
    return NULL;
}

static struct model_span *span_called(int id)
{
    for (int i = m.span_count - 1; i >= 0; i--) {
        if (m.spans[i].number && m.spans[i].id == id)
            return &m.spans[i];
    }
    return NULL;
}

static struct project *add_project(int name)
{
    struct project *project = &m.projects[m.project_count++];

    *project = (struct project){m.next_project++, name};
    return project;
}

static struct trace *add_trace(int id, int project_name)
{
    struct project *project = project_named(project_name);
    struct trace *trace = &m.traces[m.trace_count++];

    assert_true(m.trace_count < MOST && m.span_count < MOST - 20);
    if (!project)
        project = add_project(project_name);
    *trace = (struct trace){.number = m.next_trace++,
                            .project = project->number,
                            .id = id,
                            .start = UINT64_MAX};
    return trace;
}

static void join_session(struct trace *trace, int name)
{
    struct session *session = session_named(name);

    if (trace->session)
        return;
    if (!session) {
        session = &m.sessions[m.session_count++];
        *session = (struct session){.number = m.next_session++,
                                    .project = trace->project,
                                    .name = name};
    }
    trace->session = session->number;
}

/* What ingest does with a span; whether it is new. */
static int model_put(struct model_span *span, int trace_id, int project,
                     int session)
{
    struct trace *trace = trace_called(trace_id);

    if (span_called(span->id))
        return 0;
    if (!trace)
        trace = add_trace(trace_id, project);
    if (session >= 0)
        join_session(trace, session);
    trace->spans++;
    if (span->start < trace->start)
        trace->start = span->start;
    if (trace->spans == 1 && trace->end == 0)
        trace->end = span->end;
    if (span->end > trace->end)
        trace->end = span->end;
    span->number = m.next_span++;
    span->trace = trace->number;
    m.spans[m.span_count++] = *span;
    return 1;
}

static void model_delete_trace(struct trace *trace)
{
    struct session *session = session_numbered(trace->session);

    for (int i = 0; i < m.span_count; i++) {
        if (m.spans[i].trace == trace->number)
            m.spans[i].number = 0;
    }
    if (session) {
        if (!session->has_window || trace->start < session->start)
            session->start = trace->start;
        if (!session->has_window || trace->end > session->end)
            session->end = trace->end;
        session->has_window = 1;
    }
    trace->number = 0;
}

static void model_delete_session(struct session *session)
{
    phx_id number = session->number;

    session->number = 0;
    for (int i = 0; i < m.trace_count; i++) {
        if (m.traces[i].number && m.traces[i].session == number)
            model_delete_trace(&m.traces[i]);
    }
}

static void model_delete_project(struct project *project)
{
    phx_id number = project->number;

    project->number = 0;
    for (int i = 0; i < m.session_count; i++) {
        struct session *session = &m.sessions[i];
        if (session->number && session->project == number) {
            for (int j = 0; j < m.trace_count; j++) {
                if (m.traces[j].session == session->number)
                    m.traces[j].session = 0;
            }
            session->number = 0;
        }
    }
    for (int i = 0; i < m.trace_count; i++) {
        if (m.traces[i].number && m.traces[i].project == number)
            model_delete_trace(&m.traces[i]);
    }
}

#endif

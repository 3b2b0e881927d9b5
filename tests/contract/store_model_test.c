/*
 * store_model_test.c - a store against a model of it: arrays that are searched
 * from end to end. Some thousand random steps (requests with duplicates,
 * deletes, compaction, reopening, questions) are done to both, and now and
 * then everything the store tells must be what the model has.
 */
#include "t.h"

#include "contract/steps.h"

/* --- questions ---------------------------------------------------------------------- */

struct question {
    phx_span_query query;
    phx_text trace_ids[2], span_ids[3], parent_ids[2], names[1];
    int traces[2], spans[3], parents[2], name;
    phx_attribute_test test;
    int n; /* 0: no test */
    char texts[7][84];
    char json[16];
};

static void ask_ids(phx_text *texts, int *ids, size_t count, int ids_end,
                    char (*room)[84])
{
    for (size_t i = 0; i < count; i++) {
        ids[i] = dice(ids_end);
        texts[i].data = id_text(ids[i], room[i]);
        texts[i].size = strlen(texts[i].data);
    }
}

static void random_question(struct question *q)
{
    phx_span_query *query = &q->query;

    *q = (struct question){.query = PHX_SPAN_QUERY_INIT};
    query->order = dice(2);
    if (dice(2))
        query->project = 1 + dice((int)m.next_project);
    if (dice(3) == 0)
        query->from = 1 + dice((int)m.next_span + 10);
    if (dice(4) == 0)
        query->start_time = random_time();
    if (dice(4) == 0)
        query->end_time = random_time();
    if (dice(2) == 0)
        query->limit = 1 + dice(30);
    if (dice(4) == 0)
        query->statuses = (uint32_t)dice(8);
    for (int32_t i = 0; dice(4) == 0 && phx_kind_name(i); i++)
        query->kinds |= strcmp(phx_kind_name(i), kinds[0]) ? 0 : 1u << i;
    query->roots_only = dice(5) == 0;
    query->trace_id_count = dice(4) == 0 ? (size_t)dice(3) : 0;
    query->span_id_count = dice(4) == 0 ? (size_t)dice(4) : 0;
    query->parent_id_count = dice(6) == 0 ? (size_t)dice(3) : 0;
    query->name_count = dice(5) == 0;
    ask_ids(q->trace_ids, q->traces, query->trace_id_count, TRACE_IDS,
            q->texts);
    ask_ids(q->span_ids, q->spans, query->span_id_count, SPAN_IDS,
            q->texts + 2);
    ask_ids(q->parent_ids, q->parents, query->parent_id_count, SPAN_IDS,
            q->texts + 5);
    q->name = dice(NAMES);
    q->names[0] = (phx_text){names[q->name], strlen(names[q->name])};
    query->trace_ids = q->trace_ids;
    query->span_ids = q->span_ids;
    query->parent_ids = q->parent_ids;
    query->names = q->names;
    if (dice(5) == 0) {
        q->n = 1 + dice(4);
        snprintf(q->json, sizeof q->json, "%d", q->n);
        q->test = (phx_attribute_test){"n", {q->json, strlen(q->json)}};
        query->tests = &q->test;
        query->test_count = 1;
    }
}

static int is_among(int id, const int *ids, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (ids[i] == id)
            return 1;
    }
    return count == 0;
}

static int matches(const struct question *q, const struct model_span *span)
{
    const phx_span_query *query = &q->query;
    const struct trace *trace = trace_numbered(span->trace);
    int is_llm = span->kind == 0;

    return (!query->project || trace->project == query->project) &&
           (!query->from ||
            (query->order == PHX_OLDEST_FIRST ? span->number >= query->from
                                              : span->number <= query->from)) &&
           span->start >= query->start_time &&
           (!query->end_time || span->start < query->end_time) &&
           (!query->statuses || (query->statuses >> span->status & 1)) &&
           (!query->kinds || is_llm) &&
           (!query->roots_only || span->parent < 0) &&
           is_among(trace->id, q->traces, query->trace_id_count) &&
           is_among(span->id, q->spans, query->span_id_count) &&
           is_among(span->parent, q->parents, query->parent_id_count) &&
           (!query->name_count || span->name == q->name) &&
           (!q->n || span->n == q->n);
}

static void same_span(const phx_span *actual, const struct model_span *expected)
{
    const struct trace *trace = trace_numbered(expected->trace);
    char text[84];

    is_equal(actual->id, expected->number);
    is_equal(actual->trace, expected->trace);
    is_equal(actual->project_id, trace->project);
    is_equal(actual->session, trace->session);
    eq_text(actual->span_id, id_text(expected->id, text));
    eq_text(actual->trace_id, id_text(trace->id, text));
    if (expected->parent >= 0)
        eq_text(actual->parent_id, id_text(expected->parent, text));
    else
        assert_null(actual->parent_id.data);
    eq_text(actual->name, names[expected->name]);
    eq_text(actual->kind, kinds[expected->kind]);
    is_equal(actual->status, expected->status);
    is_equal(actual->start_time, expected->start);
    is_equal(actual->end_time, expected->end);
    if (expected->kind == 0)
        is_equal(actual->prompt_tokens, expected->tokens);
    snprintf(text, sizeof text, "\"n\": %d", expected->n);
    char other[84];
    snprintf(other, sizeof other, "\"n\":%d", expected->n);
    if (!strstr(actual->attributes.data, text) &&
        !strstr(actual->attributes.data, other))
        wrong("step %d: attributes are %s", m.step, actual->attributes.data);
}

static void ask(const struct question *q)
{
    int up = q->query.order == PHX_OLDEST_FIRST;
    const phx_span *span;
    phx_cursor *cursor;
    int64_t left = q->query.limit ? q->query.limit : INT64_MAX;

    succeeds(phx_store_find_spans(m.place.store, &q->query, &cursor, err));
    for (int k = 0; k < m.span_count && left > 0; k++) {
        const struct model_span *expected =
            &m.spans[up ? k : m.span_count - 1 - k];
        if (!expected->number || !matches(q, expected))
            continue;
        left--;
        succeeds(phx_cursor_next_span(cursor, &span, err));
        if (!span)
            wrong("step %d: span %lld does not come", m.step,
                  (long long)expected->number);
        same_span(span, expected);
    }
    succeeds(phx_cursor_next_span(cursor, &span, err));
    if (span)
        wrong("step %d: span %lld comes", m.step, (long long)span->id);
    phx_cursor_close(cursor);
}

static void step_ask(void)
{
    struct question question;

    random_question(&question);
    ask(&question);
}

static void step_find(void)
{
    phx_store *store = m.place.store;
    char text[84];
    int id = dice(SPAN_IDS);
    const struct model_span *span = span_called(id);
    is_equal(number_of(store, PHX_SPAN, id_text(id, text)),
             span ? span->number : 0);
    id = dice(TRACE_IDS);
    const struct trace *trace = trace_called(id);
    is_equal(number_of(store, PHX_TRACE, id_text(id, text)),
             trace ? trace->number : 0);
    id = dice(SESSIONS);
    const struct session *session = session_named(id);
    is_equal(number_of(store, PHX_SESSION, session_text(id, text)),
             session ? session->number : 0);
    id = dice(PROJECTS);
    const struct project *project = project_named(id);
    is_equal(number_of(store, PHX_PROJECT, project_text(id, text)),
             project ? project->number : 0);
}

/* --- everything --------------------------------------------------------------------- */

static void same_trace(const phx_trace *actual, const struct trace *expected)
{
    int64_t errors = 0, tokens = 0;
    char text[84];

    for (int i = 0; i < m.span_count; i++) {
        const struct model_span *span = &m.spans[i];
        if (span->number && span->trace == expected->number) {
            errors += span->status == PHX_SPAN_ERROR;
            tokens += span->kind == 0 ? span->tokens : 0;
        }
    }
    is_equal(actual->id, expected->number);
    is_equal(actual->project, expected->project);
    is_equal(actual->session, expected->session);
    is_equal(actual->start_time, expected->start);
    is_equal(actual->end_time, expected->end);
    is_equal(actual->spans, expected->spans);
    is_equal(actual->errors, errors);
    is_equal(actual->prompt_tokens, tokens);
    eq_text(actual->trace_id, id_text(expected->id, text));
}

static int check_traces(void)
{
    phx_trace_query query = PHX_TRACE_QUERY_INIT;
    const phx_trace *trace;
    phx_cursor *cursor;
    int count = 0;

    query.order = PHX_OLDEST_FIRST;
    succeeds(phx_store_find_traces(m.place.store, &query, &cursor, err));
    for (int i = 0; i < m.trace_count; i++) {
        if (!m.traces[i].number)
            continue;
        succeeds(phx_cursor_next_trace(cursor, &trace, err));
        if (!trace)
            wrong("step %d: trace %lld does not come", m.step,
                  (long long)m.traces[i].number);
        same_trace(trace, &m.traces[i]);
        count++;
    }
    is_equal(phx_cursor_next_trace(cursor, &trace, NULL), PHX_DONE);
    phx_cursor_close(cursor);
    return count;
}

static void same_session(const phx_session *actual,
                         const struct session *expected)
{
    uint64_t start = expected->start, end = expected->end;
    int has_window = expected->has_window, traces = 0;
    char text[84];

    for (int i = 0; i < m.trace_count; i++) {
        const struct trace *trace = &m.traces[i];
        if (!trace->number || trace->session != expected->number)
            continue;
        traces++;
        if (!has_window || trace->start < start)
            start = trace->start;
        if (!has_window || trace->end > end)
            end = trace->end;
        has_window = 1;
    }
    is_equal(actual->id, expected->number);
    is_equal(actual->project, expected->project);
    is_equal(actual->traces, traces);
    is_equal(actual->start_time, start);
    is_equal(actual->end_time, end);
    eq_text(actual->session_id, session_text(expected->name, text));
}

static int check_sessions(void)
{
    const phx_session *session;
    phx_cursor *cursor;
    int count = 0;

    phx_session_query query = PHX_SESSION_QUERY_INIT;
    query.order = PHX_OLDEST_FIRST;
    succeeds(phx_store_find_sessions(m.place.store, &query, &cursor, err));
    for (int i = 0; i < m.session_count; i++) {
        if (!m.sessions[i].number)
            continue;
        succeeds(phx_cursor_next_session(cursor, &session, err));
        if (!session)
            wrong("step %d: session %lld does not come", m.step,
                  (long long)m.sessions[i].number);
        same_session(session, &m.sessions[i]);
        count++;
    }
    is_equal(phx_cursor_next_session(cursor, &session, NULL), PHX_DONE);
    phx_cursor_close(cursor);
    return count;
}

static int check_projects(void)
{
    const phx_project *project;
    phx_cursor *cursor;
    char text[84];
    int count = 0;

    succeeds(
        phx_store_find_projects(m.place.store, 0, 0, NULL, 0, &cursor, err));
    for (int i = m.project_count - 1; i >= 0; i--) {
        if (!m.projects[i].number)
            continue;
        succeeds(phx_cursor_next_project(cursor, &project, err));
        assert_non_null(project);
        is_equal(project->id, m.projects[i].number);
        eq_text(project->name, project_text(m.projects[i].name, text));
        count++;
    }
    is_equal(phx_cursor_next_project(cursor, &project, NULL), PHX_DONE);
    phx_cursor_close(cursor);
    return count;
}

static void check_all(int settled)
{
    struct question everything = {.query = PHX_SPAN_QUERY_INIT};
    phx_error why = {0};
    int traces, sessions, projects, spans = 0;

    if (phx_store_verify(m.place.store, NULL, NULL, &why) < 0)
        wrong("step %d: verify: %s", m.step, why.message);
    everything.query.order = PHX_OLDEST_FIRST;
    ask(&everything);
    traces = check_traces();
    sessions = check_sessions();
    projects = check_projects();
    for (int i = 0; i < m.span_count; i++)
        spans += m.spans[i].number != 0;
    phx_store_stats stats = stats_of(m.place.store);
    is_equal(stats.sessions, sessions);
    is_equal(stats.projects, projects);
    if (settled) {
        is_equal(stats.spans, spans);
        is_equal(stats.traces, traces);
        is_equal(stats.deleted, 0);
        is_equal(stats.young_blocks, 0);
    }
}

static void one_step(void)
{
    int chance = dice(1000);

    if (chance < CHANGES)
        step_change(chance);
    else if (chance < 880)
        step_ask();
    else
        step_find();
}

static void run(unsigned seed, int steps, int in_memory)
{
    model_open(seed, in_memory);
    for (m.step = 1; m.step <= steps; m.step++) {
        one_step();
        if (m.step % CHECK_EVERY == 0) {
            int settled = m.step / CHECK_EVERY % 4 == 0;
            if (settled)
                compact_all(m.place.store);
            check_all(settled);
        }
    }
    place_remove(&m.place);
}

TEST(a_store_does_what_its_model_does)
{
    UNUSED_STATE;
    model_runs(run, STEPS, 0);
}

TEST(a_store_in_memory_does_what_its_model_does)
{
    UNUSED_STATE;
    model_runs(run, STEPS, 1);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_store_does_what_its_model_does),
        cmocka_unit_test(a_store_in_memory_does_what_its_model_does),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

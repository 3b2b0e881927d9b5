/*
 * agent_test.c - tests of an agent's spans, one a function. Built and run by
 * `make` here, and by CMakeLists.txt for CTest.
 */
#include <libphoenix-test.h>
#include <phoenix_openinference.h>

#include <time.h>

/* The code under test: an agent that asks a model, calls a tool, asks again. */
static phx_status take_step(phx_tracer *tracer, const phx_live_span *agent,
                            const char *name, const char *kind, const char *key,
                            const char *what)
{
    phx_live_span *step;
    phx_error err;

    if (phx_span_start(tracer, name, agent, &step, &err) < 0 ||
        phx_span_set_kind(step, kind, &err) < 0 ||
        phx_span_set_text(step, key, what, strlen(what), &err) < 0)
        return err.status;
    return phx_span_end(step, 0, &err);
}

static phx_status run_agent(phx_tracer *tracer)
{
    phx_live_span *agent;
    phx_error err;
    char session[32];

    snprintf(session, sizeof session, "session-%lld", (long long)time(NULL));
    if (phx_span_start(tracer, "agent", NULL, &agent, &err) < 0 ||
        phx_span_set_kind(agent, "AGENT", &err) < 0 ||
        phx_span_set_text(agent, PHX_SESSION_ID, session, strlen(session),
                          &err) < 0 ||
        take_step(tracer, agent, "plan", "LLM", PHX_LLM_MODEL_NAME, "m1") < 0 ||
        take_step(tracer, agent, "get_tide", "TOOL", PHX_TOOL_NAME, "tide") <
            0 ||
        take_step(tracer, agent, "answer", "LLM", PHX_LLM_MODEL_NAME, "m1") < 0)
        return err.status;
    return phx_span_end(agent, 0, &err);
}

static void calls_are_below_the_agent(phx_store *spans)
{
    PHX_TEST_TREE(spans, "agent\n"
                         "  llm\n"
                         "  tool\n"
                         "  llm\n");
    PHX_TEST_COUNT(spans, "span_kind == 'LLM'", 1, 3);
    PHX_TEST_ONE(spans, "name == 'get_tide'");
    PHX_TEST_NONE(spans, "status_code == 'ERROR'");
    PHX_TEST_ORDER(spans, "name == 'plan'", "name == 'answer'");
    PHX_TEST_BELOW(spans, "span_kind == 'TOOL'", "name == 'agent'");
}

static void an_answer_is_cheap(phx_store *spans)
{
    phx_budget most = PHX_BUDGET_INIT;

    most.llm_calls = 2;
    most.tokens = 0;
    PHX_TEST_BUDGET(spans, &most);
}

int main(int count, char **words)
{
    phx_capture spans;

    phx_test_begin(count, words);
    if (phx_capture_open(&spans)) {
        PHX_TEST(run_agent(spans.tracer) == PHX_OK);
        calls_are_below_the_agent(spans.store);
        an_answer_is_cheap(spans.store);
        PHX_TEST_GOLDEN_MASKED(spans.store, "agent.golden", "session.id");
        PHX_TEST_LINT(spans.store, PHX_LINT_WARNING);
        phx_capture_close(&spans);
    }
    return phx_test_end();
}

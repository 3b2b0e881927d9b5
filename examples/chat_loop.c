/*
 * chat_loop.c - a chat that traces itself: a span for each turn, below it one
 * for the call of the model. What you type is answered backwards.
 *
 *     cc chat_loop.c $(pkg-config --cflags --libs libphoenix)
 *     ./a.out sqlite:chat.db
 */
#include <phoenix.h>
#include <phoenix_openinference.h>

#include <stdio.h>
#include <string.h>

static phx_error err;

/* Tracing does not stop the chat: what fails is told, and it goes on. */
static void tell(phx_status status)
{
    if (status < 0)
        fprintf(stderr, "%s\n", err.message);
}

/* Stands for a model. */
static void answer(const char *said, char *out)
{
    size_t size = strlen(said), i;
    for (i = 0; i < size; i++)
        out[i] = said[size - 1 - i];
    out[size] = '\0';
}

static void call_model(phx_live_span *call, const char *said, char *out)
{
    tell(phx_span_set_kind(call, "LLM", &err));
    tell(phx_span_set_text(call, PHX_LLM_MODEL_NAME, "mirror", 6, &err));
    tell(phx_span_add_message(call, PHX_INPUT_MESSAGES, "user", said,
                              strlen(said), &err));
    answer(said, out);
    tell(phx_span_add_message(call, PHX_OUTPUT_MESSAGES, "assistant", out,
                              strlen(out), &err));
    tell(phx_span_set_int(call, PHX_LLM_TOKEN_COUNT_PROMPT,
                          (int64_t)strlen(said), &err));
    tell(phx_span_end(call, 0, &err));
}

static phx_status take_turn(phx_tracer *tracer, const char *said, char *out)
{
    phx_live_span *turn, *call;

    if (phx_span_start(tracer, "turn", NULL, &turn, &err) < 0)
        return err.status;
    tell(phx_span_set_kind(turn, "CHAIN", &err));
    tell(phx_span_set_text(turn, PHX_INPUT_VALUE, said, strlen(said), &err));
    if (phx_span_start(tracer, "complete", turn, &call, &err) == PHX_OK)
        call_model(call, said, out);
    tell(phx_span_set_text(turn, PHX_OUTPUT_VALUE, out, strlen(out), &err));
    return phx_span_end(turn, 0, &err); /* commits both */
}

int main(int argc, char **argv)
{
    const char *url = argc > 1 ? argv[1] : "sqlite::memory:";
    phx_tracer_options options = PHX_TRACER_OPTIONS_INIT;
    phx_store *store;
    phx_tracer *tracer;
    char said[256], out[256] = "";

    options.project = "chat";
    if (phx_store_open(url, NULL, &store, &err) < 0 ||
        phx_tracer_open(store, &options, &tracer, &err) < 0)
        return fprintf(stderr, "%s\n", err.message), 1;
    while (fgets(said, sizeof said, stdin)) {
        said[strcspn(said, "\n")] = '\0';
        tell(take_turn(tracer, said, out));
        printf("%s\n", out);
    }
    phx_tracer_close(tracer);
    phx_store_close(store);
}

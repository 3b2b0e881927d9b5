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

/* Stands for a model. */
static void answer(const char *said, char *out)
{
    size_t size = strlen(said), i;
    for (i = 0; i < size; i++)
        out[i] = said[size - 1 - i];
    out[size] = '\0';
}

static phx_status describe(phx_live_span *call, const char *said,
                           const char *out)
{
    size_t in_size = strlen(said), out_size = strlen(out);

    if (phx_span_set_kind(call, "LLM", &err) < 0 ||
        phx_span_set_text(call, PHX_LLM_MODEL_NAME, "mirror", 6, &err) < 0 ||
        phx_span_add_message(call, PHX_INPUT_MESSAGES, "user", said, in_size,
                             &err) < 0 ||
        phx_span_add_message(call, PHX_OUTPUT_MESSAGES, "assistant", out,
                             out_size, &err) < 0)
        return err.status;
    return phx_span_set_int(call, PHX_LLM_TOKEN_COUNT_PROMPT, (int64_t)in_size,
                            &err);
}

static phx_status take_turn(phx_tracer *tracer, const char *said, char *out)
{
    phx_live_span *turn, *call;

    if (phx_span_start(tracer, "turn", NULL, &turn, &err) < 0)
        return err.status;
    if (phx_span_start(tracer, "complete", turn, &call, &err) == PHX_OK) {
        answer(said, out);
        if (describe(call, said, out) < 0)
            fprintf(stderr, "%s\n", err.message);
        if (phx_span_end(call, 0, &err) < 0)
            fprintf(stderr, "%s\n", err.message);
    }
    return phx_span_end(turn, 0, &err); /* commits both */
}

int main(int argc, char **argv)
{
    phx_tracer_options options = PHX_TRACER_OPTIONS_INIT;
    phx_store *store;
    phx_tracer *tracer;
    char said[256], out[256] = "";

    options.project = "chat";
    if (phx_store_open(argc > 1 ? argv[1] : "sqlite::memory:", NULL, &store,
                       &err) < 0 ||
        phx_tracer_open(store, &options, &tracer, &err) < 0) {
        fprintf(stderr, "%s\n", err.message);
        return 1;
    }
    while (fgets(said, sizeof said, stdin)) {
        said[strcspn(said, "\n")] = '\0';
        if (take_turn(tracer, said, out) < 0)
            fprintf(stderr, "%s\n", err.message);
        printf("%s\n", out);
    }
    phx_tracer_close(tracer);
    phx_store_close(store);
}

/*
 * Headers of W3C trace context: one that is taken is written again with the
 * same ids, as version 00; one that is not is refused with a place in it.
 */
#include <stdio.h>
#include <stdlib.h>

#include "trace/trace.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool condition, const char *fact)
{
    if (!condition) {
        fprintf(stderr, "does not hold: %s\n", fact);
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    phx_text text = text_span(data, size);
    struct trace_context context, again;
    char printed[TRACEPARENT_SIZE + 1];
    phx_error err = {0};

    (void)context_is_state(text);
    phx_status status = context_read(text, &context, &err);
    if (status == PHX_OK) {
        context_print(&context, printed);
        check(memcmp(printed + 2, text.data + 2, 51) == 0,
              "the ids are written as they were read");
        check(context_read(text_of(printed), &again, NULL) == PHX_OK &&
                  memcmp(&context, &again, sizeof again) == 0,
              "what is written reads back");
    } else {
        check(status == PHX_INVALID && err.offset >= 0 &&
                  err.offset <= (int64_t)size,
              "a refusal has its place");
    }
    return 0;
}

/*
 * Spans as REST takes them (PHX_SPAN_JSON): any bytes are refused with a story
 * or give spans that can be looked at, whose times read back as they print.
 *
 *     byte 0       the allocation that fails, 0 for none
 *     the rest     a body
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "does not hold: %s\n", what);
        abort();
    }
}

/* Times print in microseconds, through a double as Phoenix does it: from 2116
 * on its steps are too wide for that to be stable. */
static void come_back(uint64_t ns)
{
    enum { STABLE_BITS = 62 };
    char text[40], again[40];
    uint64_t read;

    time_print(ns, text);
    must(time_read(text_of(text), TIME_NAIVE_REFUSED, &read, NULL) == PHX_OK,
         "a printed time is read");
    time_print(read, again);
    must(ns >> STABLE_BITS != 0 || strcmp(text, again) == 0,
         "it prints the same");
}

static void look_at(phx_batch *batch)
{
    size_t count = phx_batch_size(batch);

    must(phx_batch_rejected(batch, NULL) == 0, "it is all or nothing");
    for (size_t i = 0; i < count; i++) {
        const phx_span *span = phx_batch_span(batch, i);
        if (span == NULL)
            continue;
        must(span->span_id.size > 0 && span->trace_id.size > 0,
             "ids are there");
        come_back(span->start_time);
        come_back(span->end_time);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int64_t before = memory_faults.balance;
    phx_batch *batch = NULL;
    phx_error err = {0};

    if (size == 0)
        return 0;
    memory_faults.seen = 0;
    memory_faults.fail_at = data[0];
    phx_status status = phx_batch_decode(PHX_SPAN_JSON, data + 1, size - 1,
                                         "project", &batch, &err);
    bool met = memory_faults.fail_at > 0 &&
               memory_faults.seen >= memory_faults.fail_at;
    memory_faults.fail_at = 0;
    must(!met || status < 0, "a failed allocation is told");
    must(met || status != PHX_NO_MEMORY, "memory is not wanting");
    if (status < 0)
        must(batch == NULL && err.message[0] != '\0', "failures have a story");
    else
        look_at(batch);
    phx_batch_free(batch);
    must(memory_faults.balance == before, "all memory is given back");
    return 0;
}

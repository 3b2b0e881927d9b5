/*
 * Golden texts.
 *
 *     byte 0       the allocation that fails, 0 for none
 *     byte 1       of 256 parts, those that are the text that was kept
 *     the rest     that text, and the one of now
 *
 * A text is as itself; of two that differ a report is written, and the other
 * way round they differ, too, unless one leaves something open.
 */
#include <stdio.h>
#include <stdlib.h>

#include "expect/expect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool condition, const char *fact)
{
    if (!condition) {
        fprintf(stderr, "does not hold: %s\n", fact);
        abort();
    }
}

static phx_status compare(phx_text kept, phx_text now, bool *met,
                          phx_error *err)
{
    struct arena arena;
    struct buf report;

    arena_init(&arena, SIZE_MAX);
    buf_init(&report, SIZE_MAX);
    phx_status status = golden_compare(&arena, kept, now, met, &report, err);
    if (status >= 0)
        check(*met == (report.size == 0),
              "what differs is told, and only that");
    buf_clear(&report);
    arena_clear(&arena);
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    bool met = false, back = false, self = false;
    phx_error err = {0};

    if (size < 2)
        return 0;
    size_t part = (size - 2) * data[1] / 256;
    phx_text kept = text_span(data + 2, part);
    phx_text now = text_span(data + 2 + part, size - 2 - part);
    int64_t before = memory_faults.balance;
    memory_faults.seen = 0;
    memory_faults.fail_at = data[0];
    phx_status status = compare(kept, now, &met, &err);
    bool faulted = data[0] > 0 && memory_faults.seen >= data[0];
    memory_faults.fail_at = 0;
    check(faulted == (status == PHX_NO_MEMORY), "a failed allocation is told");
    check(status == PHX_OK || faulted, "no other failure comes");
    check(compare(now, now, &self, &err) == PHX_OK && self,
          "a text is as itself");
    check(compare(now, kept, &back, &err) == PHX_OK, "any text can be kept");
    if (status == PHX_OK && memchr(data + 2, '*', size - 2) == NULL)
        check(met == back, "they differ either way round");
    check(memory_faults.balance == before, "all memory is given back");
    return 0;
}

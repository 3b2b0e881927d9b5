/*
 * Patterns of trees, against a forest that is made up.
 *
 *     byte 0       the allocation that fails, 0 for none
 *     byte 1       spans
 *     byte 2       1: children come in any order
 *     2 a span     its parent's distance back, and its name "a" to "d"
 *     the rest     the pattern
 *
 * A pattern that is refused is refused with a place in it. One that is not is
 * met or not; if it is met in order it is met in any order, and a report is
 * written just if it is not met.
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

static phx_status plant(struct forest *forest, const uint8_t *data,
                        uint8_t count, phx_error *err)
{
    static const char names[] = "abcd";
    phx_status status = PHX_OK;

    for (uint8_t i = 0; i < count && status >= 0; i++) {
        uint8_t id = i, parent = (uint8_t)(i - data[2 * i]);
        struct span span = {
            .trace_id = {"t", 1},
            .span_id = text_span(&id, 1),
            .parent_id = text_span(&parent, data[2 * i] > 0),
            .name = text_span(names + data[2 * i + 1] % 4, 1),
            .kind = data[2 * i + 1] / 4 % KIND_COUNT,
            .start_time = data[2 * i + 1] / 16,
            .number = i + 1,
        };
        status = forest_add(forest, &span, err);
    }
    return status < 0 ? status : forest_link(forest, err);
}

static phx_status run(struct arena *arena, const uint8_t *data, size_t size,
                      phx_error *err)
{
    static const uint8_t holds[256] = {1, 0, 1, 1, 0, 1, 0, 1};
    phx_text text = text_span(data + 3 + 2 * data[1], size - 3 - 2 * data[1]);
    bool met = false, met_any = false;
    struct forest forest;
    struct pattern pattern;
    struct buf report;
    phx_status status;

    forest_init(&forest, arena);
    if ((status = plant(&forest, data + 3, data[1], err)) < 0)
        return status;
    if ((status = pattern_read(arena, text, &pattern, err)) < 0) {
        check(status == PHX_NO_MEMORY ||
                  (err->offset >= 0 && err->offset <= (int64_t)text.size),
              "a refusal has its place");
        return status;
    }
    for (size_t i = 0; i < pattern.condition_count; i++)
        pattern.conditions[i].holds = holds;
    buf_init(&report, EXPECT_REPORT_SIZE);
    status = expect_tree(&forest, &pattern, data[2] & 1, &met, &report, err);
    if (status >= 0)
        check(met == (report.size == 0), "what is not met is told");
    if (status >= 0 && met && !(data[2] & 1)) {
        status = expect_tree(&forest, &pattern, true, &met_any, &report, err);
        check(status < 0 || met_any, "in order is in any order, too");
    }
    buf_clear(&report);
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    phx_error err = {0};

    if (size < 3 || size < 3u + 2u * data[1])
        return 0;
    int64_t before = memory_faults.balance;
    arena_init(&arena, SIZE_MAX);
    memory_faults.seen = 0;
    memory_faults.fail_at = data[0];
    phx_status status = run(&arena, data, size, &err);
    bool met = data[0] > 0 && memory_faults.seen >= data[0];
    memory_faults.fail_at = 0;
    check(met == (status == PHX_NO_MEMORY), "a failed allocation is told");
    check(status == PHX_OK || status == PHX_NO_MEMORY ||
              status == PHX_INVALID || status == PHX_TOO_BIG,
          "no other failure comes");
    arena_clear(&arena);
    check(memory_faults.balance == before, "all memory is given back");
    return 0;
}

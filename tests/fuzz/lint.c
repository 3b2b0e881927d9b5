/*
 * Lint of any spans.
 *
 *     byte 0       the format, PHX_OTLP_PROTOBUF or PHX_OTLP_JSON
 *     byte 1       the allocation of lint that fails, 0 for none
 *     the rest     a request
 *
 * Of what decodes, the findings are those of rules that there are, in whole
 * texts, and the same each time; a span has a hundred at most.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/base.h"
#include "lint/lint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool condition, const char *fact)
{
    if (!condition) {
        fprintf(stderr, "does not hold: %s\n", fact);
        abort();
    }
}

static bool is_text(phx_text text)
{
    return text.data != NULL && text.data[text.size] == '\0' &&
           utf8_check(text.data, text.size) == text.size;
}

static void check_finding(const phx_finding *finding)
{
    size_t i = 0;

    while (phx_lint_rule_at(i) != NULL && phx_lint_rule_at(i) != finding->rule)
        i++;
    check(phx_lint_rule_at(i) != NULL, "a finding is of a rule");
    check(finding->message.size > 0 && is_text(finding->message),
          "a finding says what is wrong");
    check(finding->path.data == NULL || is_text(finding->path),
          "a path is a text");
}

/* How many findings there are; -1 if there was no memory. */
static int64_t lint(phx_batch *batch)
{
    const phx_finding *finding;
    phx_cursor *cursor;
    phx_status status;
    int64_t count = 0;

    if ((status = phx_batch_lint(batch, NULL, &cursor, NULL)) == PHX_OK) {
        while ((status = phx_cursor_next_finding(cursor, &finding, NULL)) ==
               PHX_OK) {
            check_finding(finding);
            count++;
        }
        phx_cursor_close(cursor);
    }
    check(status == PHX_DONE || status == PHX_NO_MEMORY, "no failure comes");
    return status == PHX_DONE ? count : -1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int64_t before = memory_faults.balance;
    phx_batch *batch;

    if (size < 2)
        return 0;
    if (phx_batch_decode(data[0] % 2, data + 2, size - 2, NULL, &batch, NULL) <
        0)
        return 0;
    memory_faults.seen = 0;
    memory_faults.fail_at = data[1];
    int64_t first = lint(batch);
    bool faulted = data[1] > 0 && memory_faults.seen >= data[1];
    memory_faults.fail_at = 0;
    int64_t again = lint(batch);
    check(faulted == (first < 0), "a failed allocation is told");
    check(faulted || first == again, "the findings are the same each time");
    check(again <= LINT_FINDINGS * (int64_t)phx_batch_size(batch),
          "a span has a hundred findings at most");
    phx_batch_free(batch);
    check(memory_faults.balance == before, "all memory is given back");
    return 0;
}

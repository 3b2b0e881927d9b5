/*
 * Templates, versions and diffs of any bytes.
 *
 *     byte 0       PHX_MUSTACHE ..., or 3 for a version
 *     byte 1       the allocation that fails, 0 for none
 *     the rest     a template, a NUL and its variables; or a version, a NUL and
 *                  another
 *
 * What fails has a reason, and a failed allocation is one; what is well formed
 * stays as it is when it is checked again, and differs in nothing from itself.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/base.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool condition, const char *fact)
{
    if (!condition) {
        fprintf(stderr, "does not hold: %s\n", fact);
        abort();
    }
}

struct input {
    const char *first, *second;
    size_t first_size, second_size;
};

static void check_status(phx_status status)
{
    check(status == PHX_OK || status == PHX_INVALID || status == PHX_TOO_BIG ||
              status == PHX_NO_MEMORY,
          "a failure is of the input, or of memory");
}

static void try_template(int32_t format, const struct input *input)
{
    phx_buf filled = PHX_BUF_INIT, names = PHX_BUF_INIT;

    check_status(phx_prompt_render(format, input->first, input->first_size,
                                   input->second, input->second_size, &filled,
                                   NULL));
    check(utf8_check(filled.data, filled.size) == filled.size,
          "what is filled is UTF-8");
    check_status(phx_prompt_variables(format, input->first, input->first_size,
                                      &names, NULL));
    phx_buf_free(&filled);
    phx_buf_free(&names);
}

static void try_versions(const struct input *input)
{
    phx_buf body = PHX_BUF_INIT, again = PHX_BUF_INIT, report = PHX_BUF_INIT;
    phx_buf diff = PHX_BUF_INIT;
    phx_status status =
        phx_prompt_check(input->first, input->first_size, &body, &report, NULL);

    check_status(status);
    check(report.size == 0 || status == PHX_INVALID,
          "there is a report only of what is wrong");
    if (status == PHX_OK) {
        const char *text = (const char *)body.data;
        status = phx_prompt_check(text, body.size, &again, NULL, NULL);
        check(status == PHX_NO_MEMORY ||
                  (status == PHX_OK && again.size == body.size &&
                   memcmp(again.data, body.data, body.size) == 0),
              "the form of a version is its own");
        check_status(phx_prompt_diff(text, body.size, input->second,
                                     input->second_size, &diff, NULL));
    }
    phx_buf_free(&diff);
    phx_buf_free(&body);
    phx_buf_free(&again);
    phx_buf_free(&report);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int64_t before = memory_faults.balance;
    struct input input;

    if (size < 2)
        return 0;
    const char *text = (const char *)data + 2;
    const char *end = (const char *)data + size;
    const char *nul = memchr(text, '\0', size - 2);
    input.first = text;
    input.first_size = (size_t)((nul ? nul : end) - text);
    input.second = nul ? nul + 1 : "{}";
    input.second_size = nul ? (size_t)(end - nul - 1) : 2;
    memory_faults.seen = 0;
    memory_faults.fail_at = data[1];
    if (data[0] % 4 == 3)
        try_versions(&input);
    else
        try_template(data[0] % 4, &input);
    memory_faults.fail_at = 0;
    check(memory_faults.balance == before, "all memory is given back");
    return 0;
}

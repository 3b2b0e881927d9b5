/*
 * checks.h - what the cases written in C are checked by. A case ends at the
 * first call with another status than expected; other checks only count.
 */
#ifndef CASES_CHECKS_H
#define CASES_CHECKS_H

#include <phoenix.h>

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "base/faults.h"

static int passed, failed, wrong;

static inline bool check(const char *where, bool holds)
{
    if (!holds) {
        wrong++;
        printf("%s: it is not as expected\n", where);
    }
    return holds;
}

static inline bool check_status(const char *where, phx_status status,
                                phx_status expected, const phx_error *err)
{
    if (status == expected)
        return true;
    wrong++;
    printf("%s: %s, not %s %s\n", where, phx_status_name(status),
           phx_status_name(expected), status < 0 ? err->message : "");
    return false;
}

static inline void check_int(const char *where, int64_t actual,
                             int64_t expected)
{
    if (actual != expected) {
        wrong++;
        printf("%s: %lld, not %lld\n", where, (long long)actual,
               (long long)expected);
    }
}

static inline void check_real(const char *where, double actual, double expected)
{
    if (fabs(actual - expected) > 1e-12 * fabs(expected)) {
        wrong++;
        printf("%s: %.17g, not %.17g\n", where, actual, expected);
    }
}

static inline size_t length(const char *text)
{
    return text ? strlen(text) : 0;
}

static inline void check_text(const char *where, const char *actual,
                              size_t size, const char *expected,
                              size_t expected_size)
{
    if (actual == NULL || size != expected_size ||
        memcmp(actual, expected, size) != 0) {
        wrong++;
        printf("%s: '%.*s', not '%s'\n", where, (int)size, actual ? actual : "",
               expected);
    }
}

static inline void check_has(const char *where, const char *actual, size_t size,
                             const char *part)
{
    size_t length = strlen(part), i = 0;

    while (actual && i + length <= size && memcmp(actual + i, part, length))
        i++;
    if (actual == NULL || i + length > size) {
        wrong++;
        printf("%s: no '%s' in '%.*s'\n", where, part, (int)size,
               actual ? actual : "");
    }
}

static inline void check_json(const char *where, const char *actual,
                              size_t size, const char *expected)
{
    cJSON *left = actual ? cJSON_ParseWithLength(actual, size) : NULL;
    cJSON *right = cJSON_Parse(expected);

    if (!cJSON_Compare(left, right, true)) {
        wrong++;
        printf("%s: '%.*s', not '%s'\n", where, (int)size, actual ? actual : "",
               expected);
    }
    cJSON_Delete(left);
    cJSON_Delete(right);
}

static inline void run(const char *name, void (*body)(void))
{
    wrong = 0;
    body();
    if (memory_faults.balance != 0) {
        wrong++;
        printf("%s: %lld blocks of memory are left\n", name,
               (long long)memory_faults.balance);
        memory_faults.balance = 0;
    }
    failed += wrong > 0;
    passed += wrong == 0;
}

static inline int tell(void)
{
    printf("%d passed, %d failed\n", passed, failed);
    return failed > 0;
}

#endif

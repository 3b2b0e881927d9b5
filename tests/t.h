/*
 * t.h: this field's assertions on cmocka.
 *
 *     TEST(arena_pieces_are_aligned) { ... eq_int(x % 8, 0); }
 *     RUN(arena_pieces_are_aligned, ...)      main() of the file
 */
#ifndef T_H
#define T_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* the name is base's */

#include "phoenix.h"

#define TEST(name) static void name(void **t_state)
#define UNUSED_STATE (void)t_state

#define eq_int(actual, expected)                                               \
    assert_int_equal((int64_t)(actual), (int64_t)(expected))
#define eq_string(actual, expected) assert_string_equal(actual, expected)
#define ok(condition) assert_true(condition)

/* Ends the test with a sentence, for loops over many cases. */
#define wrong(...)                                                             \
    do {                                                                       \
        fprintf(stderr, "%s:%d: ", __FILE__, __LINE__);                        \
        fprintf(stderr, __VA_ARGS__);                                          \
        fprintf(stderr, "\n");                                                 \
        _fail(__FILE__, __LINE__);                                             \
    } while (0)

/* A phx_text against a C string. */
#define eq_text(actual, expected)                                              \
    t_eq_text(actual, expected, strlen(expected), __FILE__, __LINE__)
static inline void t_eq_text(phx_text actual, const char *expected, size_t size,
                             const char *file, int line)
{
    if (actual.size != size || memcmp(actual.data, expected, size) != 0) {
        fprintf(stderr, "%s:%d: '%.*s' is not '%s'\n", file, line,
                (int)actual.size, actual.data ? actual.data : "", expected);
        _fail(file, line);
    }
}

/* A call that must succeed; its story is printed if it does not. */
#define succeeds(call)                                                         \
    do {                                                                       \
        phx_error t_err = {0};                                                 \
        phx_error *err = &t_err;                                               \
        phx_status t_status = (call);                                          \
        if (t_status < 0) {                                                    \
            fprintf(stderr, "%s:%d: status %d: %s\n", __FILE__, __LINE__,      \
                    (int)t_status, t_err.message);                             \
            _fail(__FILE__, __LINE__);                                         \
        }                                                                      \
    } while (0)

/* A call that must fail with a status and a message that holds a part. The
 * call names its error argument `err`. */
#define fails_with(status, part, call)                                         \
    do {                                                                       \
        phx_error t_err = {0};                                                 \
        phx_error *err = &t_err;                                               \
        phx_status t_status = (call);                                          \
        if (t_status != (status) || !strstr(t_err.message, part)) {            \
            fprintf(stderr, "%s:%d: status %d: '%s'\n", __FILE__, __LINE__,    \
                    (int)t_status, t_err.message);                             \
            _fail(__FILE__, __LINE__);                                         \
        }                                                                      \
    } while (0)

#endif

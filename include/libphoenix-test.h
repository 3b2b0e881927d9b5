/*
 * libphoenix-test.h - what a test in C says of the spans that a program made.
 *
 *     phx_capture spans;
 *
 *     phx_capture_open(&spans);
 *     run_agent(spans.tracer);
 *     PHX_TEST_ONE(spans.store, "span_kind == 'LLM'");
 *     PHX_TEST_TREE(spans.store, "agent\n  llm\n  tool*\n");
 *     phx_capture_close(&spans);
 *     return phx_test_end();
 *
 * Each PHX_TEST is a line of output, "ok N" or "not ok N", with its file, its
 * line and, if the spans are not as expected, the report of phoenix.h behind
 * "#": TAP, which CTest, prove and a reader take alike. The test goes on; what
 * main returns says whether all held. docs/testing.md has the whole of it.
 *
 * There is nothing to link but libphoenix. The counts are those of the source
 * file that includes this one: a program of several files ends each of them.
 */
#ifndef LIBPHOENIX_TEST_H
#define LIBPHOENIX_TEST_H

#include <phoenix.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__GNUC__)
#  define PHX_TEST_UNUSED __attribute__((unused))
#else
#  define PHX_TEST_UNUSED
#endif
#define PHX_TEST_FUNCTION PHX_TEST_UNUSED static

/* --- what is said --------------------------------------------------------- */

/* A store has what its tracer has handed in: with a root still open, call
 * phx_tracer_flush first. */

/* Any condition. */
#define PHX_TEST(condition) \
    phx_test_tell(__FILE__, __LINE__, "", #condition, (condition) != 0, NULL)

/* So many spans are chosen by a condition of the filter language: one, none,
 * or from least to most of them, -1 for no bound. */
#define PHX_TEST_ONE(store, filter) \
    phx_test_count(__FILE__, __LINE__, "one ", store, filter, 1, 1)
#define PHX_TEST_NONE(store, filter) \
    phx_test_count(__FILE__, __LINE__, "none ", store, filter, 0, 0)
#define PHX_TEST_COUNT(store, filter, least, most) \
    phx_test_count(__FILE__, __LINE__, "count ", store, filter, least, most)

/* The trees are those of a pattern; with children in any order. */
#define PHX_TEST_TREE(store, pattern) \
    phx_test_tree(__FILE__, __LINE__, store, pattern, 0)
#define PHX_TEST_TREE_ANY_ORDER(store, pattern) \
    phx_test_tree(__FILE__, __LINE__, store, pattern, PHX_TREE_ANY_ORDER)

/* Spans that conditions choose start one after the other: up to 32 of them. */
#define PHX_TEST_ORDER(store, ...) \
    phx_test_order(__FILE__, __LINE__, store, __VA_ARGS__, (char *)NULL)

/* Each span that a condition chooses is below one that another chooses. */
#define PHX_TEST_BELOW(store, filter, parent) \
    phx_test_below(__FILE__, __LINE__, store, filter, parent)

/* Each span that a condition chooses, at least one, meets another condition;
 * or has attributes that a JSON object names by flat keys. */
#define PHX_TEST_EVERY(store, filter, condition) \
    phx_test_pair(__FILE__, __LINE__, "every ", phx_expect_every, store, \
                  filter, condition)
#define PHX_TEST_ATTRIBUTES(store, filter, expected) \
    phx_test_pair(__FILE__, __LINE__, "attributes ", phx_expect_attributes, \
                  store, filter, expected)

/* All spans together take at most what a phx_budget says. */
#define PHX_TEST_BUDGET(store, most) \
    phx_test_budget(__FILE__, __LINE__, store, most)

/* The spans are those of a file that phx_golden_write wrote. With
 * UPDATE_GOLDENS=1 in the environment, or --update-goldens among the words
 * that phx_test_begin was given, the file is written anew. */
#define PHX_TEST_GOLDEN(store, path) \
    phx_test_golden(__FILE__, __LINE__, store, path, (char *)NULL)

/* The same of a file that is written with * for the values of up to 32 keys. */
#define PHX_TEST_GOLDEN_MASKED(store, path, ...) \
    phx_test_golden(__FILE__, __LINE__, store, path, __VA_ARGS__, (char *)NULL)

/* Lint finds nothing of a severity, PHX_LINT_..., or a higher one. */
#define PHX_TEST_LINT(store, severity) \
    phx_test_lint(__FILE__, __LINE__, store, severity)

/* --- how it is told ------------------------------------------------------- */

static struct {
    int told, failed, updates;
} phx_tests;

/* Takes what main was given, of a program that has options. */
PHX_TEST_FUNCTION void phx_test_begin(int count, char **words)
{
    int i;

    for (i = 1; i < count; i++) {
        if (strcmp(words[i], "--update-goldens") == 0)
            phx_tests.updates = 1;
    }
}

/* Says how one went; report: lines behind a failure, or NULL. */
PHX_TEST_FUNCTION int phx_test_tell(const char *file, int line,
                                    const char *kind, const char *what,
                                    int holds, const char *report)
{
    size_t size;

    phx_tests.told++;
    phx_tests.failed += !holds;
    printf("%sok %d - %s:%d: %s%.*s\n", holds ? "" : "not ", phx_tests.told,
           file, line, kind, (int)strcspn(what, "\n"), what);
    while (!holds && report != NULL && *report != '\0') {
        size = strcspn(report, "\n");
        printf("# %.*s\n", (int)size, report);
        report += size + (report[size] == '\n');
    }
    return holds;
}

/* What an expectation returned, its report or its error. */
PHX_TEST_FUNCTION int phx_test_status(const char *file, int line,
                                      const char *kind, const char *what,
                                      phx_status status, phx_buf *report,
                                      const phx_error *err)
{
    int holds = phx_test_tell(file, line, kind, what, status == PHX_OK,
                              status < 0 ? err->message : report->data);

    phx_buf_free(report);
    return holds;
}

/* The plan, how many failed, and the status for main. */
PHX_TEST_FUNCTION int phx_test_end(void)
{
    printf("1..%d\n# %d passed, %d failed\n", phx_tests.told,
           phx_tests.told - phx_tests.failed, phx_tests.failed);
    return phx_tests.failed > 0;
}

/* --- spans of a test ------------------------------------------------------ */

/* A store in memory, and a tracer whose spans go there. */
typedef struct phx_capture {
    phx_store *store;
    phx_tracer *tracer;
} phx_capture;

/* Tells a failure as a test that does not hold; both are NULL then. */
PHX_TEST_FUNCTION int phx_capture_open(phx_capture *capture)
{
    phx_error err;

    capture->store = NULL;
    capture->tracer = NULL;
    if (phx_store_open("sqlite::memory:", NULL, &capture->store, &err) >= 0 &&
        phx_tracer_open(capture->store, NULL, &capture->tracer, &err) >= 0)
        return 1;
    phx_store_close(capture->store);
    capture->store = NULL;
    return phx_test_tell(__FILE__, __LINE__, "capture", "", 0, err.message);
}

PHX_TEST_FUNCTION void phx_capture_close(phx_capture *capture)
{
    phx_tracer_close(capture->tracer);
    phx_store_close(capture->store);
}

/* --- what the macros call ------------------------------------------------- */

PHX_TEST_FUNCTION int phx_test_count(const char *file, int line,
                                     const char *kind, phx_store *store,
                                     const char *filter, int64_t least,
                                     int64_t most)
{
    phx_buf report = PHX_BUF_INIT;
    phx_error err;
    phx_status status = phx_expect_count(store, filter, strlen(filter), least,
                                         most, &report, &err);

    return phx_test_status(file, line, kind, filter, status, &report, &err);
}

PHX_TEST_FUNCTION int phx_test_tree(const char *file, int line,
                                    phx_store *store, const char *pattern,
                                    int32_t flags)
{
    phx_buf report = PHX_BUF_INIT;
    phx_error err;
    phx_status status = phx_expect_tree(store, pattern, strlen(pattern), flags,
                                        &report, &err);

    return phx_test_status(file, line, "tree ", pattern, status, &report, &err);
}

/* A list of texts that ends with NULL, from its first one on; over 32 are told
 * as a failure, and 0 returned. */
PHX_TEST_FUNCTION int phx_test_list(const char *file, int line,
                                    const char *kind, const char *first,
                                    va_list more, phx_text out[32],
                                    size_t *count)
{
    const char *text;

    for (text = first; text != NULL && *count < 32; *count += 1) {
        out[*count].data = text;
        out[*count].size = strlen(text);
        text = va_arg(more, const char *);
    }
    return text == NULL || phx_test_tell(file, line, kind, first, 0,
                                         "there are over 32 of them");
}

PHX_TEST_FUNCTION int phx_test_order(const char *file, int line,
                                     phx_store *store, const char *first, ...)
{
    phx_buf report = PHX_BUF_INIT;
    phx_text filters[32];
    phx_status status;
    phx_error err;
    size_t count = 0;
    va_list more;
    int listed;

    va_start(more, first);
    listed = phx_test_list(file, line, "order ", first, more, filters, &count);
    va_end(more);
    if (!listed)
        return 0;
    status = phx_expect_order(store, filters, count, &report, &err);
    return phx_test_status(file, line, "order ", first, status, &report, &err);
}

PHX_TEST_FUNCTION int phx_test_below(const char *file, int line,
                                     phx_store *store, const char *filter,
                                     const char *parent)
{
    phx_buf report = PHX_BUF_INIT;
    phx_error err;
    phx_status status =
        phx_expect_below(store, filter, strlen(filter), parent, strlen(parent),
                         0, &report, &err);

    return phx_test_status(file, line, "below ", filter, status, &report, &err);
}

/* An expectation of what a condition chooses: of it and another text. */
typedef phx_status phx_test_pair_fn(phx_store *, const char *, size_t,
                                    const char *, size_t, phx_buf *,
                                    phx_error *);

PHX_TEST_FUNCTION int phx_test_pair(const char *file, int line,
                                    const char *kind, phx_test_pair_fn *expect,
                                    phx_store *store, const char *filter,
                                    const char *other)
{
    phx_buf report = PHX_BUF_INIT;
    phx_error err;
    phx_status status = expect(store, filter, strlen(filter), other,
                               strlen(other), &report, &err);

    return phx_test_status(file, line, kind, filter, status, &report, &err);
}

PHX_TEST_FUNCTION int phx_test_budget(const char *file, int line,
                                      phx_store *store, const phx_budget *most)
{
    phx_buf report = PHX_BUF_INIT;
    phx_error err;
    phx_status status = phx_expect_budget(store, most, &report, &err);

    return phx_test_status(file, line, "budget", "", status, &report, &err);
}

/* All of a file, which the caller frees; NULL if it cannot be read, or is over
 * 16 MiB. */
PHX_TEST_FUNCTION char *phx_test_read(const char *path, size_t *size)
{
    size_t most = (size_t)16 << 20;
    FILE *file = fopen(path, "rb");
    char *text = file != NULL ? (char *)malloc(most + 1) : NULL;

    *size = text != NULL ? fread(text, 1, most + 1, file) : 0;
    if (text != NULL && (ferror(file) || *size > most)) {
        free(text);
        text = NULL;
    }
    if (file != NULL)
        fclose(file);
    return text;
}

PHX_TEST_FUNCTION int phx_test_write(const char *path, const phx_buf *text)
{
    FILE *file = fopen(path, "wb");
    size_t size = file != NULL ? fwrite(text->data, 1, text->size, file) : 0;

    return file != NULL && fclose(file) == 0 && size == text->size;
}

PHX_TEST_FUNCTION int phx_test_update(const char *file, int line,
                                      phx_store *store, const char *path,
                                      const phx_golden_options *options)
{
    phx_buf report = PHX_BUF_INIT;
    phx_error err;
    phx_status status = phx_golden_write(store, options, &report, &err);

    if (status == PHX_OK && !phx_test_write(path, &report)) {
        phx_buf_free(&report);
        return phx_test_tell(file, line, "golden ", path, 0,
                             "it cannot be written");
    }
    return phx_test_status(file, line, "golden ", path, status, &report, &err);
}

PHX_TEST_FUNCTION int phx_test_golden(const char *file, int line,
                                      phx_store *store, const char *path,
                                      const char *first, ...)
{
    const char *update = getenv("UPDATE_GOLDENS");
    phx_golden_options options = PHX_GOLDEN_OPTIONS_INIT;
    phx_buf report = PHX_BUF_INIT;
    phx_text masked[32];
    phx_status status;
    phx_error err;
    size_t size;
    char *kept;
    va_list more;
    int listed;

    va_start(more, first);
    listed = phx_test_list(file, line, "golden, masked ", first, more, masked,
                           &options.masked_count);
    va_end(more);
    options.masked = masked;
    if (!listed)
        return 0;
    if (phx_tests.updates || (update != NULL && strcmp(update, "1") == 0))
        return phx_test_update(file, line, store, path, &options);
    kept = phx_test_read(path, &size);
    if (kept == NULL)
        return phx_test_tell(file, line, "golden ", path, 0,
                             "it cannot be read: UPDATE_GOLDENS=1 writes it");
    status = phx_golden_compare(store, kept, size, &report, &err);
    free(kept);
    return phx_test_status(file, line, "golden ", path, status, &report, &err);
}

PHX_TEST_FUNCTION int phx_test_lint(const char *file, int line,
                                    phx_store *store, int32_t severity)
{
    const phx_finding *found = NULL;
    phx_cursor *cursor = NULL;
    char report[1024] = "";
    phx_error err;
    phx_status status = phx_store_lint(store, &cursor, &err);

    while (status == PHX_OK &&
           (status = phx_cursor_next_finding(cursor, &found, &err)) == PHX_OK)
        if (found->rule->severity >= severity && report[0] == '\0')
            snprintf(report, sizeof report, "%.200s: %.64s: %.400s",
                     found->name.data, found->rule->id, found->message.data);
    phx_cursor_close(cursor);
    return phx_test_tell(file, line, "lint", "",
                         status == PHX_DONE && report[0] == '\0',
                         status < 0 ? err.message : report);
}

#endif /* LIBPHOENIX_TEST_H */

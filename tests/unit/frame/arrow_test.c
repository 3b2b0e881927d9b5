/* arrow_test.c - frames as Arrow streams, read back by the reader of
 * tests/columns. */
#include "t.h"

#include <stdlib.h>

#include "base/base.h"
#include "unit/frame/spans.h"

#include "columns/seen_ipc.h"

/* Rows as JSON lines. The index comes first, and is left out in `rows`. */
static void eq_rows(const char *query, const char *const *rows, size_t count)
{
    phx_text stream = {NULL, 0};
    struct arena arena;
    struct buf bytes, json;
    char wanted[4096] = "";

    succeeds(spans_frame(query, FRAME_ARROW, &stream, err));
    arena_init(&arena, SIZE_MAX);
    buf_init(&bytes, SIZE_MAX);
    buf_init(&json, SIZE_MAX);
    buf_add(&bytes, stream.data, stream.size);
    ipc_rows(&arena, &bytes, &json);
    for (size_t i = 0; i < count; i++)
        snprintf(wanted + strlen(wanted), sizeof wanted - strlen(wanted),
                 "{\"__index_level_0__\":\"%02zx\",%s}\n", i, rows[i]);
    eq_text(text_span(json.data, json.size), wanted);
    buf_clear(&json);
    buf_clear(&bytes);
    arena_clear(&arena);
}

#define SELECT(name) "{\"select\":{\"" name "\":{\"key\":\"" name "\"}}}"

static void eq_cells(const char *first, const char *second, const char *one,
                     const char *two)
{
    const char *rows[] = {one, two};

    spans.count = 0;
    spans_add("x", first);
    spans_add("y", second);
    eq_rows(SELECT("a"), rows, 2);
}

TEST(cells_that_are_alike_have_a_type)
{
    UNUSED_STATE;
    eq_cells("{\"a\":1}", "{\"a\":-9223372036854775808}", "\"a\":1",
             "\"a\":-9223372036854775808");
    eq_cells("{\"a\":1}", "{}", "\"a\":1", "\"a\":null");
    eq_cells("{\"a\":1}", "{\"a\":2.5}", "\"a\":1.0", "\"a\":2.5");
    eq_cells("{\"a\":\"x\"}", "{\"a\":\"\"}", "\"a\":\"x\"", "\"a\":\"\"");
    eq_cells("{}", "{}", "\"a\":null", "\"a\":null");
    eq_cells("{\"a\":[0.5,-1]}", "{\"a\":[]}", "\"a\":[0.5,-1.0]", "\"a\":[]");
    eq_cells("{\"a\":[[\"x\"],null]}", "{\"a\":[]}", "\"a\":[[\"x\"],null]",
             "\"a\":[]");
    eq_cells("{\"a\":[{\"k\":true},{}]}", "{\"a\":[{\"k\":null,\"l\":\"y\"}]}",
             "\"a\":[{\"k\":true,\"l\":null},{\"k\":null,\"l\":null}]",
             "\"a\":[{\"k\":null,\"l\":\"y\"}]");
}

TEST(others_are_texts)
{
    UNUSED_STATE;
    eq_cells("{\"a\":1}", "{\"a\":\"1\"}", "\"a\":\"1\"", "\"a\":\"1\"");
    eq_cells("{\"a\":[1]}", "{\"a\":\"x\"}", "\"a\":\"[1]\"", "\"a\":\"x\"");
    eq_cells("{\"a\":{}}", "{}", "\"a\":\"{}\"", "\"a\":null");
    eq_cells("{\"a\":[1,{\"b\":2}]}", "{\"a\":[]}",
             "\"a\":[\"1\",\"{\\u0022b\\u0022:2}\"]", "\"a\":[]");
    eq_cells("{\"a\":123456789012345678901234567890}", "{\"a\":1}",
             "\"a\":\"123456789012345678901234567890\"", "\"a\":\"1\"");
    eq_cells("{\"a\":[[[[[[[1]]]]]]]}", "{}", "\"a\":[[[[[[\"[1]\"]]]]]]",
             "\"a\":null");
}

TEST(a_nul_in_a_name_makes_no_member)
{
    UNUSED_STATE;
    eq_cells("{\"a\":{\"k\\u0000\":1}}", "{}",
             "\"a\":\"{\\u0022k\\u005cu0000\\u0022:1}\"", "\"a\":null");
}

/* With SHAPES of 8: the later columns are texts. */
TEST(too_many_shapes_are_texts)
{
    static const char *const row[] = {
        "\"a\":{\"1\":1,\"2\":2,\"3\":3,\"4\":4,\"5\":5,\"6\":6,\"7\":7,"
        "\"8\":8},\"b\":\"{\\u0022x\\u0022:1}\""};

    UNUSED_STATE;
    spans_add("x", "{\"a\":{\"1\":1,\"2\":2,\"3\":3,\"4\":4,\"5\":5,\"6\":6,"
                   "\"7\":7,\"8\":8},\"b\":{\"x\":1}}");
    eq_rows("{\"select\":{\"a\":{\"key\":\"a\"},\"b\":{\"key\":\"b\"}}}", row,
            1);
}

TEST(a_whole_span_has_times_and_events)
{
    static const char *const row[] = {"\"t\":1772359200123457,\"n\":\"x\""};

    UNUSED_STATE;
    spans_add("x", "{}")->start_time = 1772359200123456789u;
    eq_rows("{\"select\":{\"t\":{\"key\":\"start_time\"},\"n\":{\"key\":"
            "\"name\"}}}",
            row, 1);
}

TEST(no_memory_is_told)
{
    phx_status status = PHX_NO_MEMORY;
    phx_text stream;

    for (int64_t i = 1; status == PHX_NO_MEMORY; i++) {
        close_spans(t_state);
        open_spans(t_state);
        spans_add("x", "{\"l\":[{\"d\":1,\"e\":{\"f\":2}}],\"llm\":{"
                       "\"model_name\":\"m\",\"z\":[{\"y\":1},2]}}");
        memory_faults.seen = 0;
        memory_faults.fail_at = i;
        status = spans_frame("{}", FRAME_ARROW, &stream, NULL);
        memory_faults.fail_at = 0;
    }
    eq_int(status, PHX_OK);
}

int main(void)
{
#define RUN(test) cmocka_unit_test_setup_teardown(test, open_spans, close_spans)
    static const struct CMUnitTest tests[] = {
        RUN(cells_that_are_alike_have_a_type),  RUN(others_are_texts),
        RUN(a_nul_in_a_name_makes_no_member),   RUN(too_many_shapes_are_texts),
        RUN(a_whole_span_has_times_and_events), RUN(no_memory_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* table_test.c - frames of a few spans, byte for byte; tests/clients holds what
 * they are to a client. */
#include "t.h"

#include <stdlib.h>

#include "base/base.h"
#include "unit/frame/spans.h"

#define INDEX "{\"name\":\"0_context.span_id\",\"type\":\"string\"}"
#define KEY                                                                    \
    "\"primaryKey\":[\"0_context.span_id\"],\"pandas_version\":\"1.4.0\"}"

/* The fields after the index, and the rows. */
static void eq_table(const char *query, const char *fields, const char *rows)
{
    char wanted[4096];
    phx_text table = {NULL, 0};

    succeeds(spans_table(query, &table, err));
    snprintf(wanted, sizeof wanted,
             "{\"schema\":{\"fields\":[" INDEX "%s]," KEY ",\"data\":[%s]}",
             fields, rows);
    eq_text(table, wanted);
}

#define SELECT_A "{\"select\":{\"a\":{\"key\":\"a\"}}}"

static void eq_type(const char *type, const char *first, const char *second)
{
    char fields[64];
    phx_text table = {NULL, 0};

    spans.count = 0;
    spans_add("x", first);
    spans_add("y", second);
    snprintf(fields, sizeof fields, "{\"name\":\"1_a\",\"type\":\"%s\"}", type);
    succeeds(spans_table(SELECT_A, &table, err));
    if (strstr(table.data, fields) == NULL)
        wrong("%s, %s: %.*s", first, second, (int)table.size, table.data);
}

TEST(a_type_is_what_all_cells_have)
{
    UNUSED_STATE;
    eq_type("integer", "{\"a\":1}", "{\"a\":-2}");
    eq_type("number", "{\"a\":1}", "{}");
    eq_type("number", "{\"a\":1}", "{\"a\":2.5}");
    eq_type("number", "{\"a\":0.5}", "{}");
    eq_type("integer", "{\"a\":true}", "{\"a\":false}");
    eq_type("string", "{\"a\":1}", "{\"a\":\"1\"}");
    eq_type("string", "{\"a\":\"x\"}", "{}");
    eq_type("string", "{\"a\":[1]}", "{\"a\":[2]}");
    eq_type("string", "{}", "{\"a\":null}");
    eq_type("string", "{\"a\":123456789012345678901234567890}", "{\"a\":1}");
}

TEST(cells_are_exact)
{
    UNUSED_STATE;
    spans_add("a\"b\\\n", "{\"n\":9223372036854775807,\"r\":0.1,"
                          "\"z\":\"\\u0000\"}");
    spans_add("\xC3\xA9", "{\"n\":123456789012345678901234567890,"
                          "\"r\":[1e400],\"z\":{\"k\":-0.0}}");
    eq_table("{\"select\":{\"name\":{\"key\":\"name\"},\"n\":{\"key\":\"n\"},"
             "\"r\":{\"key\":\"r\"},\"z\":{\"key\":\"z\"}}}",
             ",{\"name\":\"1_name\",\"type\":\"string\"}"
             ",{\"name\":\"2_n\",\"type\":\"string\"}"
             ",{\"name\":\"3_r\",\"type\":\"string\"}"
             ",{\"name\":\"4_z\",\"type\":\"string\"}",
             "{\"0_context.span_id\":\"00\",\"1_name\":\"a\\\"b\\\\\\n\","
             "\"2_n\":9223372036854775807,\"3_r\":0.1,\"4_z\":\"\\u0000\"},"
             "{\"0_context.span_id\":\"01\",\"1_name\":\"\xC3\xA9\","
             "\"2_n\":\"123456789012345678901234567890\",\"3_r\":[\"1e400\"],"
             "\"4_z\":{\"k\":-0.0}}");
}

TEST(times_have_nine_digits)
{
    UNUSED_STATE;
    spans_add("x", "{}")->start_time = 1772359200123456789u;
    eq_table("{\"select\":{\"t\":{\"key\":\"start_time\"},"
             "\"latency_ms\":{\"key\":\"latency_ms\"}}}",
             ",{\"name\":\"1_t\",\"type\":\"datetime\",\"tz\":\"UTC\"}"
             ",{\"name\":\"2_latency_ms\",\"type\":\"number\"}",
             "{\"0_context.span_id\":\"00\","
             "\"1_t\":\"2026-03-01T10:00:00.123457000Z\","
             "\"2_latency_ms\":-1772359200121.0}");
}

TEST(without_rows_the_columns_that_are_named_are_there)
{
    UNUSED_STATE;
    eq_table("{\"select\":{\"name\":{\"key\":\"name\"}},\"concat\":{\"key\":"
             "\"l\",\"kwargs\":{\"c\":\"d\"}}}",
             ",{\"name\":\"1_name\",\"type\":\"string\"}"
             ",{\"name\":\"2_c\",\"type\":\"string\"}",
             "");
}

TEST(a_part_that_no_element_has_is_no_column)
{
    UNUSED_STATE;
    spans_add("x", "{\"l\":[{\"d\":\"a\"},{\"d\":null},{\"d\":2},7,"
                   "{\"d\":[true,{\"e\":1}]},{\"d\":false}]}");
    spans_add("y", "{\"l\":\"no list\"}");
    spans_add("z", "{\"l\":[]}");
    eq_table("{\"concat\":{\"key\":\"l\",\"kwargs\":{\"c\":\"d\",\"n\":\"o\"},"
             "\"separator\":\"|\"}}",
             ",{\"name\":\"1_c\",\"type\":\"string\"}",
             "{\"0_context.span_id\":\"00\","
             "\"1_c\":\"a|2|[true, {\\\"e\\\": 1}]|False\"},"
             "{\"0_context.span_id\":\"02\",\"1_c\":null}");
}

TEST(elements_that_are_no_objects_keep_their_place)
{
    phx_text table = {NULL, 0};

    UNUSED_STATE;
    spans_add("x", "{\"l\":[{\"d\":{\"e\":1}},5,{\"f\":\"b\"}]}");
    succeeds(spans_table("{\"explode\":{\"key\":\"l\"}}", &table, err));
    eq_text(table,
            "{\"schema\":{\"fields\":[" INDEX
            ",{\"name\":\"1_position\",\"type\":\"integer\"}"
            ",{\"name\":\"2_d.e\",\"type\":\"number\"}"
            ",{\"name\":\"3_f\",\"type\":\"string\"}],\"primaryKey\":["
            "\"0_context.span_id\",\"1_position\"],\"pandas_version\":"
            "\"1.4.0\"},\"data\":[{\"0_context.span_id\":\"00\",\"1_position\":"
            "0,\"2_d.e\":1,\"3_f\":null},{\"0_context.span_id\":\"00\","
            "\"1_position\":2,\"2_d.e\":null,\"3_f\":\"b\"}]}");
}

TEST(a_selected_column_hides_one_that_elements_bring)
{
    phx_text table = {NULL, 0};

    UNUSED_STATE;
    spans_add("x", "{\"l\":[{\"d\":1,\"e\":2}]}");
    succeeds(
        spans_table("{\"select\":{\"d\":{\"key\":\"name\"}},"
                    "\"explode\":{\"key\":\"l\"},\"rename\":{\"e\":\"f\"}}",
                    &table, err));
    ok(strstr(table.data, "\"2_d\":\"x\",\"3_f\":2}]") != NULL);
}

TEST(too_many_columns_are_refused)
{
    struct value *tree = &spans_add("x", "{}")->tree;
    char key[8];

    UNUSED_STATE;
    tree->members =
        arena_new(&spans.arena, FRAME_COLUMNS * sizeof(struct member));
    for (tree->count = 0; tree->count < FRAME_COLUMNS; tree->count++) {
        snprintf(key, sizeof key, "k%u", (unsigned)tree->count);
        tree->members[tree->count] = (struct member){
            text_of(arena_copy(&spans.arena, key, sizeof key)), value_int(1)};
    }
    phx_text table;
    fails_with(PHX_TOO_BIG, "over 32 columns", spans_table("{}", &table, err));
    succeeds(spans_table(SELECT_A, &table, err));
}

TEST(no_memory_is_told)
{
    static const char query[] =
        "{\"select\":{\"name\":{\"key\":\"name\"}},\"filter\":{\"condition\":"
        "\"name == 'x'\"},\"explode\":{\"key\":\"l\"},\"concat\":{\"key\":"
        "\"l\",\"kwargs\":{\"c\":\"d\"}}}";

    for (int whole = 0; whole < 2; whole++) {
        phx_status status = PHX_NO_MEMORY;
        for (int64_t i = 1; status == PHX_NO_MEMORY; i++) {
            phx_text table;
            close_spans(t_state);
            open_spans(t_state);
            struct span *span =
                spans_add("x", "{\"l\":[{\"d\":1,\"e\":{\"f\":2}}],\"llm\":{"
                               "\"model_name\":\"m\",\"z\":[{\"y\":1}]}}");
            span->events =
                &(struct span_event){.time = 1, .name = text_of("e")};
            span->event_count = 1;
            memory_faults.seen = 0;
            memory_faults.fail_at = i;
            status = spans_table(whole ? "{}" : query, &table, NULL);
            memory_faults.fail_at = 0;
        }
        eq_int(status, PHX_OK);
    }
}

int main(void)
{
#define RUN(test) cmocka_unit_test_setup_teardown(test, open_spans, close_spans)
    static const struct CMUnitTest tests[] = {
        RUN(a_type_is_what_all_cells_have),
        RUN(cells_are_exact),
        RUN(times_have_nine_digits),
        RUN(without_rows_the_columns_that_are_named_are_there),
        RUN(a_part_that_no_element_has_is_no_column),
        RUN(elements_that_are_no_objects_keep_their_place),
        RUN(a_selected_column_hides_one_that_elements_bring),
        RUN(too_many_columns_are_refused),
        RUN(no_memory_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

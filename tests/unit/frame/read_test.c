/* read_test.c - queries that are refused, and where they say it is. */
#include "t.h"

#include <stdlib.h>

#include "base/base.h"
#include "frame/frame.h"

static phx_status read_query(const char *json, phx_error *err)
{
    struct frame_query query;
    struct arena arena;

    arena_init(&arena, SIZE_MAX);
    phx_status status = frame_query_read(&arena, text_of(json), &query, err);
    arena_clear(&arena);
    return status;
}

TEST(a_refusal_begins_with_the_path_of_the_member)
{
    static const struct {
        const char *json, *message;
    } cases[] = {
        {"[]", "a query is an object"},
        {"{\"select\":5}", "select: an object is needed"},
        {"{\"select\":{\"a\":1}}", "select.a: an object with a key"},
        {"{\"select\":{\"a\":{}}}", "select.a: the key is missing"},
        {"{\"select\":{\"a\":{\"key\":\"\"}}}", "select.a: the key is miss"},
        {"{\"select\":{\"a\":{\"key\":5}}}", "select.a: the key is not a te"},
        {"{\"select\":{\"a\":{\"key\":\"len(name)\"}}}", "select.a: 'len(na"},
        {"{\"select\":{\"a\":{\"key\":\"a + b\"}}}", "select.a: 'a + b' is"},
        {"{\"select\":{\"a\":{\"key\":\"'text'\"}}}", "select.a: "},
        {"{\"select\":{\"a\":{\"key\":\"annotations['q'].score\"}}}",
         "select.a: "},
        {"{\"select\":{\"a\":{\"key\":\"parent_span\"}}}", "select.a: "},
        {"{\"filter\":\"x\"}", "filter: an object is needed"},
        {"{\"filter\":{\"condition\":5}}", "filter.condition: a text is"},
        {"{\"filter\":{\"condition\":\"name ==\"}}", "filter.condition: "},
        {"{\"explode\":{\"key\":\"a b\"}}", "explode: "},
        {"{\"explode\":{\"key\":\"a\",\"kwargs\":{\"x\":5}}}",
         "explode.kwargs.x: a path is needed"},
        {"{\"explode\":{\"key\":\"a\",\"primary_index_key\":5}}",
         "explode.primary_index_key: a path"},
        {"{\"concat\":{\"key\":\"a\",\"kwargs\":5}}", "concat.kwargs: an obj"},
        {"{\"concat\":{\"key\":\"a\",\"separator\":5}}",
         "concat.separator: a text is needed"},
        {"{\"rename\":5}", "rename: an object is needed"},
        {"{\"index\":{\"key\":\"a b\"}}", "index: "},
    };

    UNUSED_STATE;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        fails_with(PHX_INVALID, cases[i].message,
                   read_query(cases[i].json, err));
}

TEST(an_offset_is_that_of_the_inner_text)
{
    phx_error why = {0};

    UNUSED_STATE;
    eq_int(read_query("{\"filter\":{\"condition\":\"name = 'x'\"}}", &why),
           PHX_INVALID);
    eq_int(why.offset, 5);
    eq_int(read_query("{\"filter\": ", &why), PHX_INVALID);
}

TEST(what_is_missing_or_null_is_nothing)
{
    UNUSED_STATE;
    succeeds(read_query("{}", err));
    succeeds(read_query("{\"select\":null,\"filter\":null,\"explode\":null,"
                        "\"concat\":null,\"rename\":null,\"index\":null}",
                        err));
    succeeds(read_query("{\"select\":{},\"filter\":{},\"explode\":{},"
                        "\"concat\":{\"separator\":null},\"rename\":{\"a\":5},"
                        "\"index\":{},\"more\":[]}",
                        err));
    succeeds(read_query("{\"explode\":{\"key\":\"\",\"kwargs\":null}}", err));
}

TEST(what_is_too_large_is_refused)
{
    struct buf json;
    phx_error why = {0};

    UNUSED_STATE;
    buf_init(&json, SIZE_MAX);
    buf_add_string(&json, "{\"rename\":{\"a\":\"b\"");
    for (int i = 0; i < FRAME_NAMES; i++)
        buf_add_format(&json, ",\"c%d\":\"d\"", i);
    buf_add(&json, "}}", 3);
    eq_int(read_query((char *)json.data, &why), PHX_TOO_BIG);
    eq_string(why.message, "rename has 513 members, limit is 512");
    buf_reset(&json);
    while (json.size <= FRAME_QUERY_SIZE)
        buf_add_string(&json, "                                ");
    buf_add_byte(&json, 0);
    eq_int(read_query((char *)json.data, &why), PHX_TOO_BIG);
    buf_clear(&json);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_refusal_begins_with_the_path_of_the_member),
        cmocka_unit_test(an_offset_is_that_of_the_inner_text),
        cmocka_unit_test(what_is_missing_or_null_is_nothing),
        cmocka_unit_test(what_is_too_large_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

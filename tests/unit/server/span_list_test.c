/* The kind is cut out of flat attributes without reading them. */
#include "t.h"

#include "server/rest/inside.h"

static void cuts(const char *attributes, const char *rest, const char *kind)
{
    struct kind_cut cut;
    char joined[256];

    kind_cut(text_of(attributes), &cut);
    snprintf(joined, sizeof joined, "%.*s%.*s", (int)cut.before.size,
             cut.before.data, (int)cut.after.size, cut.after.data);
    eq_string(joined, rest);
    if (kind == NULL)
        ok(cut.kind.data == NULL);
    else
        eq_text(cut.kind, kind);
}

#define KEY "\"openinference.span.kind\":"

TEST(kind_is_cut_wherever_it_stands)
{
    UNUSED_STATE;
    cuts("{" KEY "\"LLM\"}", "{}", "\"LLM\"");
    cuts("{" KEY "\"LLM\",\"a\":1}", "{\"a\":1}", "\"LLM\"");
    cuts("{\"a\":1," KEY "\"LLM\"}", "{\"a\":1}", "\"LLM\"");
    cuts("{\"a\":1," KEY "\"L,}\\\"M\",\"b\":[1,2]}", "{\"a\":1,\"b\":[1,2]}",
         "\"L,}\\\"M\"");
}

TEST(kind_may_be_no_text)
{
    UNUSED_STATE;
    cuts("{" KEY "5,\"a\":1}", "{\"a\":1}", "5");
    cuts("{\"a\":1," KEY "[1,{\"b\":\"]\"}]}", "{\"a\":1}",
         "[1,{\"b\":\"]\"}]");
    cuts("{" KEY "null}", "{}", "null");
}

TEST(texts_that_hold_the_key_are_left_alone)
{
    UNUSED_STATE;
    cuts("{}", "{}", NULL);
    cuts("{\"a\":\"\\\"openinference.span.kind\\\":1\"}",
         "{\"a\":\"\\\"openinference.span.kind\\\":1\"}", NULL);
    cuts("{\"a\":\"openinference.span.kind\"}",
         "{\"a\":\"openinference.span.kind\"}", NULL);
    cuts("{\"openinference.span.kind.x\":1}",
         "{\"openinference.span.kind.x\":1}", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kind_is_cut_wherever_it_stands),
        cmocka_unit_test(kind_may_be_no_text),
        cmocka_unit_test(texts_that_hold_the_key_are_left_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

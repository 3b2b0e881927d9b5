/* Patterns of the route table. */
#include "t.h"

#include "server/http/inside.h"

static bool fits(const char *pattern, const char *path, phx_text *params)
{
    return route_match(pattern, text_of(path), params);
}

TEST(names_match_one_segment_each)
{
    phx_text params[HTTP_PATH_PARAMS];

    UNUSED_STATE;
    ok(fits("/v1/projects/{p}/spans", "/v1/projects/a b/spans", params));
    eq_text(params[0], "a b");
    ok(fits("/a/{x}/b/{y}/{z}", "/a/1/b/2/3", params));
    eq_text(params[2], "3");
    ok(fits("/healthz", "/healthz", params));
}

TEST(other_paths_do_not_match)
{
    static const char *const paths[] = {"/v1/projects",
                                        "/v1/projects/",
                                        "/v1/projects//spans",
                                        "/v1/projects/a/spans/",
                                        "/v1/projects/a/span",
                                        "/v1/projects/a/spans/otlpv1",
                                        "v1/projects/a/spans",
                                        "",
                                        "/"};
    phx_text params[HTTP_PATH_PARAMS];

    UNUSED_STATE;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        ok(!fits("/v1/projects/{p}/spans", paths[i], params));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_match_one_segment_each),
        cmocka_unit_test(other_paths_do_not_match),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

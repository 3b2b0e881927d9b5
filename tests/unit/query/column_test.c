/* column_test.c - columns by the path that conditions name them by. */
#include "t.h"

#include "base/base.h"
#include "query/query.h"

static struct arena arena;

static struct value value_of(const char *path)
{
    static struct span span;
    const struct query_span row = {.span = &span, .cumulative_prompt = 7};
    struct query_column column;

    span = (struct span){.span_id = text_of("\x01\x02"),
                         .name = text_of("n"),
                         .start_time = 5000,
                         .prompt_tokens = -1};
    succeeds(json_read(&arena,
                       text_of("{\"llm\":{\"token_count\":{\"prompt\":\"5\"}},"
                               "\"metadata\":{\"a.b\":[1,true]},\"name\":0}"),
                       0, &span.tree, err));
    succeeds(query_column_compile(&arena, text_of(path), &column, err));
    return query_column_value(&column, &row);
}

TEST(a_name_is_a_field_before_it_is_an_attribute)
{
    UNUSED_STATE;
    eq_text(value_of("name").text, "n");
    eq_int(value_of("attributes['name']").kind, JSON_INT);
    eq_int(value_of("context.span_id").kind, JSON_BYTES);
    eq_int(value_of("start_time").integer, 5);
    eq_int(value_of("cumulative_token_count.prompt").integer, 7);
    eq_int(value_of("parent_id").kind, JSON_NULL);
}

TEST(an_attribute_keeps_its_type)
{
    UNUSED_STATE;
    eq_text(value_of("llm.token_count.prompt").text, "5");
    eq_int(value_of("metadata['a.b'][1]").kind, JSON_BOOL);
    eq_int(value_of("attributes['metadata']['a.b']").kind, JSON_ARRAY);
    eq_int(value_of("metadata.a.b").kind, JSON_NULL);
    eq_int(value_of("no.such").kind, JSON_NULL);
}

TEST(what_is_no_path_is_refused)
{
    static const char *const texts[] = {
        "",
        "1",
        "'x'",
        "name == 'x'",
        "a + b",
        "-a",
        "len(name)",
        "float(a)",
        "[a]",
        "parent_span",
        "a['b']",
        "annotations['q']",
        "evals['q'].score",
        "a.",
    };
    struct query_column column;

    UNUSED_STATE;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        fails_with(
            PHX_INVALID, "",
            query_column_compile(&arena, text_of(texts[i]), &column, err));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_is_a_field_before_it_is_an_attribute),
        cmocka_unit_test(an_attribute_keeps_its_type),
        cmocka_unit_test(what_is_no_path_is_refused),
    };
    arena_init(&arena, SIZE_MAX);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_clear(&arena);
    return failed;
}

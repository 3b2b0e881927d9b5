/*
 * Trees that keys can and cannot say, as attributes again.
 */
#include "t.h"

#include "base/base.h"
#include "attr/attr.h"
#include "unit/attr/sample.h"

static struct arena arena;

/* The attributes that a tree, given as one, is restored to; they lead to the
 * same tree. */
static void eq_restored(const char *tree, const char *flat)
{
    struct span span = {.tree = sample(&arena, tree)};
    struct value expected = span.tree;

    succeeds(attr_restore(&arena, &span, err));
    struct value object = sample_object(&span.attributes);
    eq_json(&object, flat);
    succeeds(attr_interpret(&arena, &span, err));
    ok(value_equal(&span.tree, &expected));
}

TEST(what_keys_can_say_becomes_keys)
{
    UNUSED_STATE;
    eq_restored("{\"llm\":{\"m\":[{\"message\":{\"role\":\"u\"}},"
                "{\"message\":{\"c\":[1,2]}}],\"n\":1.5}}",
                "{\"llm.m.0.message.role\":\"u\",\"llm.m.1.message.c\":[1,2],"
                "\"llm.n\":1.5}");
    eq_restored("{\"tags\":{\"0\":\"x\",\"1\":\"y\"}}",
                "{\"tags.0\":\"x\",\"tags.1\":\"y\"}");
    eq_restored("{\"a\":{\"k\":1,\"k.x\":2,\"k.x.y\":{\"z\":3}}}",
                "{\"a.k\":1,\"a.k.x\":2,\"a.k.x.y.z\":3}");
    eq_restored("{\"a\":[{\"x\":1}],\"a.size\":2}",
                "{\"a.0.x\":1,\"a.size\":2}");
}

TEST(what_keys_cannot_say_stays_a_value)
{
    UNUSED_STATE;
    eq_restored("{\"a\":{\"b\":{\"c\":null,\"d\":1}}}",
                "{\"a.b\":{\"c\":null,\"d\":1}}");
    eq_restored("{\"a\":{},\"b\":[],\"c\":{\"d\":{}}}",
                "{\"a\":{},\"b\":[],\"c.d\":{}}");
    eq_restored("{\"a\":[{\"x\":1},7]}", "{\"a\":[{\"x\":1},7]}");
    eq_restored("{\"a\":[{\"x\":1},{}]}", "{\"a\":[{\"x\":1},{}]}");
    eq_restored("{\"a\":{\"1\":{\"b\":1}}}", "{\"a.1\":{\"b\":1}}");
    eq_restored("{\"a\":{\"01\":1}}", "{\"a\":{\"01\":1}}");
    eq_restored("{\"a\":{\" b\":1}}", "{\"a\":{\" b\":1}}");
    eq_restored("{\"a\":{\"b.c\":1}}", "{\"a\":{\"b.c\":1}}");
    eq_restored("{\"a\":{\"\":1}}", "{\"a\":{\"\":1}}");
    eq_restored("{\"\":{\"a\":1}}", "{\"\":{\"a\":1}}");
    eq_restored("{\"a\":1,\"a.\":{\"b\":2}}", "{\"a\":1,\"a..\":{\"b\":2}}");
}

TEST(what_a_dotted_key_stands_beside_stays_whole)
{
    UNUSED_STATE;
    eq_restored("{\"a\":{\"x\":1},\"a.x\":2}", "{\"a\":{\"x\":1},\"a.x\":2}");
    eq_restored("{\"a\":[{\"x\":2}],\"a.0\":\"s\",\"a.0.x\":1}",
                "{\"a\":[{\"x\":2}],\"a.0\":\"s\",\"a.0.x\":1}");
    eq_restored("{\"k\":1,\"k.0\":[{\"y\":2}]}",
                "{\"k\":1,\"k.0\":[{\"y\":2}]}");
}

TEST(json_texts_are_written_where_they_are_read)
{
    UNUSED_STATE;
    eq_restored("{\"metadata\":{\"b\":[1,null],\"a\":\"\xC3\xA9\"}}",
                "{\"metadata\":\"{\\\"b\\\": [1, null], "
                "\\\"a\\\": \\\"\\\\u00e9\\\"}\"}");
    eq_restored("{\"tool\":{\"parameters\":\"12\"},\"a\":{\"metadata\":7}}",
                "{\"tool.parameters\":\"\\\"12\\\"\",\"a.metadata\":7}");
    eq_restored("{\"metadata\":\"text\",\"x_metadata\":[{\"a\":1}]}",
                "{\"metadata\":\"text\",\"x_metadata.0.a\":1}");
}

TEST(raw_texts_come_back_byte_for_byte)
{
    UNUSED_STATE;
    const char *pairs = "[[\"n.metadata\",\"null\"],"
                        "[\"metadata\",\"{\\\"b\\\":1,\\\"a\\\":2}\"],"
                        "[\"d.0.metadata\",\" [1]\"],"
                        "[\"tool.parameters\",\"\\\"12\\\"\"]]";
    struct span span = {.attributes = sample_list(&arena, pairs)};
    struct value before = sample_object(&span.attributes);

    succeeds(attr_interpret(&arena, &span, err));
    span.attributes = (struct attributes){0};
    succeeds(attr_restore(&arena, &span, err));
    struct value after = sample_object(&span.attributes);
    ok(value_equal(&before, &after));
}

TEST(raw_texts_of_another_value_are_left_out)
{
    UNUSED_STATE;
    struct span span = {.tree = sample(&arena, "{\"metadata\":{\"a\":1}}")};

    span.raw = sample_list(&arena, "[[\"metadata\",\"{\\\"a\\\":2}\"]]");
    succeeds(attr_restore(&arena, &span, err));
    struct value object = sample_object(&span.attributes);
    eq_json(&object, "{\"metadata\":\"{\\\"a\\\": 1}\"}");
}

TEST(bytes_stay_bytes)
{
    UNUSED_STATE;
    struct value blob = value_text(text_span("\xFF\x00", 2));
    struct member inner = {.key = text_of("blob"), .value = blob};
    struct member outer = {.key = text_of("metadata")};
    struct span span = {.tree = {.kind = JSON_OBJECT, .count = 1}};

    inner.value.kind = JSON_BYTES;
    outer.value = (struct value){.kind = JSON_OBJECT, .count = 1};
    outer.value.members = &inner;
    span.tree.members = &outer;
    struct value expected = span.tree;
    succeeds(attr_restore(&arena, &span, err));
    succeeds(attr_interpret(&arena, &span, err));
    ok(value_equal(&span.tree, &expected));
}

TEST(long_paths_are_not_repeated)
{
    UNUSED_STATE;
    char name[2000];
    struct member leaves[3];
    struct member outer = {.key = {name, sizeof name}};
    struct span span = {.tree = {.kind = JSON_OBJECT, .count = 1}};

    memset(name, 'n', sizeof name);
    for (size_t i = 0; i < 3; i++) {
        leaves[i].key = text_span(&"abc"[i], 1);
        leaves[i].value = value_int((int64_t)i);
    }
    outer.value = (struct value){.kind = JSON_OBJECT, .count = 3};
    outer.value.members = leaves;
    span.tree.members = &outer;
    succeeds(attr_restore(&arena, &span, err));
    eq_int(span.attributes.count, 1);
}

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, SIZE_MAX);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_clear(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_keys_can_say_becomes_keys),
        cmocka_unit_test(what_keys_cannot_say_stays_a_value),
        cmocka_unit_test(what_a_dotted_key_stands_beside_stays_whole),
        cmocka_unit_test(json_texts_are_written_where_they_are_read),
        cmocka_unit_test(raw_texts_come_back_byte_for_byte),
        cmocka_unit_test(raw_texts_of_another_value_are_left_out),
        cmocka_unit_test(bytes_stay_bytes),
        cmocka_unit_test(long_paths_are_not_repeated),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}

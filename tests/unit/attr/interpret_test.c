/*
 * What a span means beyond the vectors: repeated keys, raw texts, sessions.
 */
#include "t.h"

#include "base/base.h"
#include "attr/attr.h"
#include "unit/attr/sample.h"

static struct arena arena;

static struct span interpreted(const char *pairs)
{
    struct span span = {.attributes = sample_list(&arena, pairs)};

    succeeds(attr_interpret(&arena, &span, err));
    return span;
}

static void eq_tree(const char *pairs, const char *tree)
{
    struct span span = interpreted(pairs);

    eq_json(&span.tree, tree);
}

TEST(a_null_that_comes_last_deletes)
{
    UNUSED_STATE;
    eq_tree("[[\"a\",1],[\"b\",2],[\"a\",null]]", "{\"b\":2}");
    eq_tree("[[\"a\",null],[\"b\",2],[\"a\",1]]", "{\"a\":1,\"b\":2}");
    eq_tree("[[\"metadata\",\"{}\"],[\"metadata\",\" null \"]]", "{}");
    eq_tree("[[\"metadata\",\"null\"],[\"metadata\",\"{}\"]]",
            "{\"metadata\":{}}");
}

TEST(keys_that_differ_only_in_spelling_are_one_node)
{
    UNUSED_STATE;
    eq_tree("[[\"a.0\",1],[\"a.00\",2],[\"a.0\",3]]", "{\"a\":{\"0\":2}}");
}

TEST(the_senders_attributes_stay_as_they_were)
{
    UNUSED_STATE;
    struct span span = interpreted(
        "[[\"input\",{\"value\":5,\"mime_type\":\"x\"}],[\"metadata\",\"{}\"],"
        "[\"llm.token_count.prompt\",\"7\"],[\"gen_ai.system\",\"openai\"]]");
    struct value flat = sample_object(&span.attributes);

    eq_json(&flat, "{\"input\":{\"value\":5,\"mime_type\":\"x\"},"
                   "\"metadata\":\"{}\",\"llm.token_count.prompt\":\"7\","
                   "\"gen_ai.system\":\"openai\"}");
    eq_json(&span.tree,
            "{\"input\":{\"value\":\"5\",\"mime_type\":\"application/json\"},"
            "\"metadata\":{},\"llm\":{\"token_count\":{\"prompt\":7},"
            "\"provider\":\"openai\",\"system\":\"openai\"},"
            "\"gen_ai\":{\"system\":\"openai\"}}");
}

TEST(raw_texts_are_kept_where_writing_would_change_them)
{
    UNUSED_STATE;
    struct span span = interpreted(
        "[[\"metadata\",\"{\\\"a\\\": 1, \\\"b\\\": \\\"\\\\u00e9\\\"}\"],"
        "[\"b.metadata\",\"{\\\"b\\\": 1, \\\"a\\\": 1}\"],"
        "[\"c_metadata\",\"{\\\"a\\\":1}\"],"
        "[\"d. 7 .document.metadata\",\"[1]\"],"
        "[\"d.3.document.metadata\",\"{\\\"a\\\": 1.0}\"],"
        "[\"e.metadata\",\"no JSON\"],"
        "[\"f.metadata\",\"null\"],"
        "[\"g.metadata\",\"{\\\"a\\\": 1, \\\"a-\\\": 2}\"]]");
    struct value raw = sample_object(&span.raw);

    eq_json(&raw, "{\"b.metadata\":\"{\\\"b\\\": 1, \\\"a\\\": 1}\","
                  "\"c_metadata\":\"{\\\"a\\\":1}\","
                  "\"d.1.document.metadata\":\"[1]\","
                  "\"f.metadata\":\"null\","
                  "\"g.metadata\":\"{\\\"a\\\": 1, \\\"a-\\\": 2}\"}");
}

TEST(json_texts_nest_no_deeper_than_a_tree)
{
    UNUSED_STATE;
    char text[600] = "";
    struct span span = {0};
    struct member flat = {.key = text_of("x.metadata"),
                          .value = value_text(text_of(text))};

    span.attributes = (struct attributes){.members = &flat, .count = 1};
    for (int depth = 253; depth <= 256; depth++) {
        memset(text, '[', (size_t)depth);
        memset(text + depth, ']', (size_t)depth);
        flat.value.text.data = text;
        flat.value.text.size = (size_t)depth * 2;
        succeeds(attr_interpret(&arena, &span, err));
        eq_int(value_at(&span.tree, "x.metadata")->kind,
               depth == 253 ? JSON_ARRAY : JSON_TEXT);
    }
}

static void eq_session(const char *value, const char *expected)
{
    char pairs[128];
    struct span span;

    snprintf(pairs, sizeof pairs, "[[\"session.id\",%s]]", value);
    span = interpreted(pairs);
    if (expected)
        eq_text(span.session_name, expected);
    else
        ok(span.session_name.data == NULL);
}

TEST(session_is_the_trimmed_text_of_any_value)
{
    UNUSED_STATE;
    eq_session("\"\\u2003 s 1\\u001f\\n\"", "s 1");
    eq_session("42", "42");
    eq_session("0", "0");
    eq_session("true", "True");
    eq_session("1.0", "1.0");
    eq_session("1e22", "1e+22");
    eq_session("NaN", "nan");
    eq_session("-Infinity", "-inf");
    eq_session("\" \"", NULL);
    eq_session("null", NULL);
}

TEST(tokens_count_for_llm_spans_only)
{
    UNUSED_STATE;
    struct span span = interpreted("[[\"openinference.span.kind\",\"llm\"],"
                                   "[\"llm.token_count.prompt\",\" 1_2 \"],"
                                   "[\"llm.token_count.completion\",\"x\"]]");

    eq_int(span.kind, KIND_LLM);
    eq_int(span.prompt_tokens, 12);
    eq_int(span.completion_tokens, 0);
    span = interpreted("[[\"llm.token_count.prompt\",12]]");
    eq_int(span.prompt_tokens, -1);
    eq_int(span.completion_tokens, -1);
    span = interpreted("[[\"openinference.span.kind\",\"LLM\"],"
                       "[\"llm.token_count.prompt\",1e300],"
                       "[\"llm.token_count.completion\","
                       "\"-99999999999999999999\"]]");
    eq_int(span.prompt_tokens, INT64_MAX);
    eq_int(span.completion_tokens, INT64_MIN);
}

TEST(project_is_the_first_text_of_the_resource)
{
    UNUSED_STATE;
    struct resource resource = {
        .attributes =
            sample_list(&arena, "[[\"openinference.project.name\",\"\"],"
                                "[\"openinference.project.name\",5],"
                                "[\"openinference.project.name\",\" p\"],"
                                "[\"openinference.project.name\",\"q\"]]")};
    struct span span = {.resource = &resource};

    succeeds(attr_interpret(&arena, &span, err));
    eq_text(span.project_name, " p");
    span.project_name = text_of("");
    succeeds(attr_interpret(&arena, &span, err));
    eq_text(span.project_name, "");
    span = (struct span){0};
    succeeds(attr_interpret(&arena, &span, err));
    eq_text(span.project_name, "default");
}

TEST(inputs_that_hold_bytes_stay)
{
    UNUSED_STATE;
    struct value items[2] = {value_int(1), value_text(text_of("\xFF"))};
    struct member flat = {.key = text_of("input.value")};
    struct span span = {.attributes = {.members = &flat, .count = 1}};

    items[1].kind = JSON_BYTES;
    flat.value = (struct value){.kind = JSON_ARRAY, .count = 2};
    flat.value.items = items;
    succeeds(attr_interpret(&arena, &span, err));
    eq_int(value_at(&span.tree, "input.value")->kind, JSON_ARRAY);
    ok(value_at(&span.tree, "input.mime_type") == NULL);
}

TEST(adopting_builds_the_tree_and_nothing_else)
{
    UNUSED_STATE;
    struct span span = {
        .attributes = sample_list(
            &arena, "[[\"metadata\",\"{}\"],[\"input.value\",5],"
                    "[\"gen_ai.request.model\",\"m\"],[\"session.id\",\"s\"],"
                    "[\"llm.token_count.prompt\",\"7\"]]"),
        .kind = KIND_LLM,
        .status = STATUS_ERROR};

    succeeds(attr_adopt(&arena, &span, err));
    eq_json(&span.tree, "{\"metadata\":\"{}\",\"input\":{\"value\":5},"
                        "\"gen_ai\":{\"request\":{\"model\":\"m\"}},"
                        "\"session\":{\"id\":\"s\"},"
                        "\"llm\":{\"token_count\":{\"prompt\":\"7\"}}}");
    eq_int(span.kind, KIND_LLM);
    eq_int(span.status, STATUS_ERROR);
    eq_int(span.prompt_tokens, 7);
    eq_text(span.session_name, "s");
    eq_text(span.project_name, "default");
}

TEST(running_out_of_memory_is_said)
{
    UNUSED_STATE;
    struct span_event event = {.name = text_of("exception")};
    struct span given = {
        .attributes = sample_list(
            &arena,
            "[[\"metadata\",\"{\\\"b\\\": 1, \\\"a\\\": [1]}\"],[\"a\",1],"
            "[\"a\",2],[\"a.b\",3],[\"input.value\",[1]],"
            "[\"x.metadata\",\"{\\\"a\\\": 1}\"],"
            "[\"session.id\",42],[\"llm.token_count.total\",\"7\"],"
            "[\"gen_ai.input.messages\",\"[{\\\"role\\\":\\\"u\\\","
            "\\\"parts\\\":[{\\\"type\\\":\\\"blob\\\",\\\"modality\\\":"
            "\\\"image\\\",\\\"content\\\":\\\"AA==\\\"}]}]\"],"
            "[\"gen_ai.request.top_p\",0.5],[\"gen_ai.system\",\"OpenAI\"],"
            "[\"q\",{\"a\":{\"b\":1},\"a.b\":2}]]"),
        .events = &event,
        .event_count = 1};
    phx_error err;

    for (int64_t at = 1;; at++) {
        struct span span = given;
        struct arena small;
        int64_t before = memory_faults.balance;
        event.attributes = (struct attributes){0};
        arena_init(&small, SIZE_MAX);
        memory_faults.seen = 0;
        memory_faults.fail_at = at;
        phx_status status = attr_interpret(&small, &span, &err);
        if (status == PHX_OK)
            status = attr_restore(&small, &span, &err);
        memory_faults.fail_at = 0;
        ok(status == PHX_OK || status == PHX_NO_MEMORY);
        arena_clear(&small);
        eq_int(memory_faults.balance, before);
        if (memory_faults.seen < at) {
            eq_int(status, PHX_OK);
            break;
        }
    }
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
        cmocka_unit_test(a_null_that_comes_last_deletes),
        cmocka_unit_test(keys_that_differ_only_in_spelling_are_one_node),
        cmocka_unit_test(the_senders_attributes_stay_as_they_were),
        cmocka_unit_test(raw_texts_are_kept_where_writing_would_change_them),
        cmocka_unit_test(json_texts_nest_no_deeper_than_a_tree),
        cmocka_unit_test(session_is_the_trimmed_text_of_any_value),
        cmocka_unit_test(tokens_count_for_llm_spans_only),
        cmocka_unit_test(project_is_the_first_text_of_the_resource),
        cmocka_unit_test(inputs_that_hold_bytes_stay),
        cmocka_unit_test(adopting_builds_the_tree_and_nothing_else),
        cmocka_unit_test(running_out_of_memory_is_said),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}

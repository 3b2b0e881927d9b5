/* Log records as events and messages of their span. */
#include "t.h"

#include "base/base.h"
#include "attr/attr.h"
#include "unit/attr/sample.h"

static struct arena arena;

static int set_up(void **t_state)
{
    UNUSED_STATE;
    arena_init(&arena, SIZE_MAX);
    return 0;
}

static int tear_down(void **t_state)
{
    UNUSED_STATE;
    arena_clear(&arena);
    return 0;
}

/* body and attributes as JSON; NULL for none. */
static struct log_record record_of(const char *event, uint64_t time,
                                   const char *body, const char *attributes)
{
    struct log_record record = {.event_name = text_of(event), .time = time};

    if (body)
        record.body = sample(&arena, body);
    if (attributes)
        record.attributes = sample_list(&arena, attributes);
    return record;
}

static size_t join(struct span *span, const struct log_record *records,
                   size_t count)
{
    uint8_t fates[16];
    size_t added = 0;

    assert_true(count <= sizeof fates);
    succeeds(attr_join(&arena, span, records, count, fates, err));
    for (size_t i = 0; i < count; i++)
        added += fates[i] == JOIN_ADDED;
    return added;
}

static struct span empty_span(void)
{
    return (struct span){.tree = {.kind = JSON_OBJECT}};
}

static void eq_messages(const struct log_record *records, size_t count,
                        const char *llm)
{
    struct span span = empty_span();
    const struct value *found;

    eq_int(join(&span, records, count), count);
    found = value_member(&span.tree, "llm");
    if (found == NULL)
        eq_string("none", llm);
    else
        eq_json(found, llm);
}

TEST(single_messages_become_a_conversation)
{
    const struct log_record records[] = {
        record_of("gen_ai.choice", 5,
                  "{\"index\":0,\"finish_reason\":\"stop\",\"message\":"
                  "{\"role\":\"assistant\",\"content\":\"sunny\"}}",
                  NULL),
        record_of("gen_ai.system.message", 1, "{\"content\":\"be kind\"}",
                  NULL),
        record_of("gen_ai.user.message", 2,
                  "{\"role\":\"customer\",\"content\":\"weather?\"}", NULL),
        record_of("gen_ai.assistant.message", 3,
                  "{\"tool_calls\":[{\"id\":\"c1\",\"type\":\"function\","
                  "\"function\":{\"name\":\"look\",\"arguments\":{\"x\":1}}}]}",
                  NULL),
        record_of("gen_ai.tool.message", 4,
                  "{\"id\":\"c1\",\"content\":{\"sky\":\"blue\"}}", NULL),
    };

    UNUSED_STATE;
    eq_messages(
        records, 5,
        "{\"input_messages\":["
        "{\"message\":{\"role\":\"system\",\"content\":\"be kind\"}},"
        "{\"message\":{\"role\":\"customer\",\"content\":\"weather?\"}},"
        "{\"message\":{\"role\":\"assistant\",\"tool_calls\":[{\"tool_call\":"
        "{\"id\":\"c1\",\"function\":{\"name\":\"look\",\"arguments\":"
        "\"{\\\"x\\\": 1}\"}}}]}},"
        "{\"message\":{\"role\":\"tool\",\"content\":\"{\\\"sky\\\": "
        "\\\"blue\\\"}\",\"tool_call_id\":\"c1\"}}],"
        "\"output_messages\":[{\"message\":{\"role\":\"assistant\","
        "\"content\":\"sunny\",\"finish_reason\":\"stop\"}}]}");
}

TEST(a_message_without_its_text_still_has_its_role)
{
    const struct log_record records[] = {
        record_of("gen_ai.user.message", 1, NULL, NULL),
        record_of("gen_ai.choice", 2, "{\"finish_reason\":\"length\"}", NULL),
    };

    UNUSED_STATE;
    eq_messages(records, 2,
                "{\"input_messages\":[{\"message\":{\"role\":\"user\"}}],"
                "\"output_messages\":[{\"message\":{\"role\":\"assistant\","
                "\"finish_reason\":\"length\"}}]}");
}

TEST(contents_may_have_parts)
{
    const struct log_record record = record_of(
        "gen_ai.user.message", 1,
        "{\"content\":[{\"type\":\"text\",\"text\":\"what?\"},5,"
        "{\"type\":\"image_url\",\"image_url\":{\"url\":\"http://x\"}}]}",
        NULL);

    UNUSED_STATE;
    eq_messages(
        &record, 1,
        "{\"input_messages\":[{\"message\":{\"role\":\"user\",\"contents\":["
        "{\"message_content\":{\"type\":\"text\",\"text\":\"what?\"}},"
        "{\"message_content\":{\"type\":\"image\",\"image\":{\"image\":"
        "{\"url\":\"http://x\"}}}}]}}]}");
}

#define PART(text) "[{\"type\":\"text\",\"content\":\"" text "\"}]"

TEST(whole_lists_win_over_single_messages)
{
    const struct log_record records[] = {
        record_of("gen_ai.user.message", 1, "{\"content\":\"old\"}", NULL),
        record_of("gen_ai.choice", 2, "{\"message\":{\"content\":\"kept\"}}",
                  NULL),
        record_of("gen_ai.client.inference.operation.details", 3, NULL,
                  "[[\"gen_ai.system_instructions\"," PART(
                      "be kind") "],[\"gen_ai.input.messages\",[{\"role\":"
                                 "\"user\",\"parts\":" PART("hi") "}]]]"),
    };

    UNUSED_STATE;
    eq_messages(records, 3,
                "{\"input_messages\":["
                "{\"message\":{\"role\":\"system\",\"content\":\"be kind\"}},"
                "{\"message\":{\"role\":\"user\",\"content\":\"hi\"}}],"
                "\"output_messages\":[{\"message\":{\"role\":\"assistant\","
                "\"content\":\"kept\"}}]}");
}

TEST(lists_may_come_as_text)
{
    const struct log_record record = record_of(
        "gen_ai.client.inference.operation.details", 3, NULL,
        "[[\"gen_ai.output.messages\",\"[{\\\"role\\\":\\\"assistant\\\","
        "\\\"finish_reason\\\":\\\"stop\\\",\\\"parts\\\":[]}]\"]]");

    UNUSED_STATE;
    eq_messages(&record, 1,
                "{\"output_messages\":[{\"message\":{\"role\":\"assistant\","
                "\"finish_reason\":\"stop\"}}]}");
}

TEST(other_records_are_events_only)
{
    const struct log_record records[] = {
        record_of("gen_ai.user.message ", 1, "{\"content\":\"x\"}", NULL),
        record_of("", 1, "\"plain\"", NULL),
    };

    UNUSED_STATE;
    eq_messages(records, 2, "none");
}

TEST(records_that_come_apart_make_one_conversation)
{
    const struct log_record records[] = {
        record_of("gen_ai.user.message", 2, "{\"content\":\"b\"}", NULL),
        record_of("gen_ai.user.message", 1, "{\"content\":\"a\"}", NULL),
    };
    struct span span = empty_span();

    UNUSED_STATE;
    eq_int(join(&span, &records[0], 1), 1);
    eq_int(join(&span, records, 2), 1);
    eq_int(join(&span, records, 2), 0);
    eq_json(&span.tree,
            "{\"llm\":{\"input_messages\":[{\"message\":{\"role\":\"user\","
            "\"content\":\"a\"}},{\"message\":{\"role\":\"user\",\"content\":"
            "\"b\"}}]}}");
    eq_int(span.event_count, 2);
    ok(span.events[0].time == 1 && span.events[1].time == 2);
}

TEST(what_the_span_says_itself_stays)
{
    const struct log_record records[] = {
        record_of("gen_ai.user.message", 2, "{\"content\":\"b\"}", NULL),
        record_of("gen_ai.choice", 3, "{\"message\":{\"content\":\"c\"}}",
                  NULL),
    };
    struct span span = empty_span();

    UNUSED_STATE;
    span.tree = sample(&arena, "{\"llm\":{\"model_name\":\"m\","
                               "\"input_messages\":[{\"own\":1}]}}");
    join(&span, records, 2);
    eq_json(&span.tree,
            "{\"llm\":{\"model_name\":\"m\",\"input_messages\":[{\"own\":1}],"
            "\"output_messages\":[{\"message\":{\"role\":\"assistant\","
            "\"content\":\"c\"}}]}}");
    span = empty_span();
    span.tree = sample(&arena, "{\"llm\":5}");
    join(&span, records, 2);
    eq_json(&span.tree, "{\"llm\":5}");
}

TEST(events_of_the_span_itself_come_first)
{
    struct span_event own = {.time = 99, .name = text_of("own")};
    const struct log_record record = record_of("", 1, NULL, NULL);
    struct span span = empty_span();

    UNUSED_STATE;
    span.events = &own;
    span.event_count = 1;
    join(&span, &record, 1);
    eq_int(span.event_count, 2);
    ok(text_is(span.events[0].name, "own"));
    ok(text_is(span.events[1].name, "log"));
}

TEST(names_and_times_are_found_where_senders_put_them)
{
    struct log_record records[] = {
        record_of("", 0, NULL, "[[\"event.name\",\"older\"]]"),
        record_of("", 2, NULL, "[[\"exception.message\",\"no\"]]"),
    };
    struct span span = empty_span();

    UNUSED_STATE;
    records[0].observed_time = 1;
    join(&span, records, 2);
    ok(text_is(span.events[0].name, "older") && span.events[0].time == 1);
    ok(text_is(span.events[1].name, "exception"));
}

TEST(what_is_not_the_spans_is_kept_with_the_event)
{
    struct resource mine = {.schema_url = text_of("")}, other = mine;
    struct scope scope = {.name = text_of("lib"),
                          .version = text_of("2"),
                          .schema_url = text_of("")};
    struct log_record record = record_of("x", 1, NULL, NULL);
    struct span span = empty_span();

    UNUSED_STATE;
    mine.attributes = sample_list(&arena, "[[\"a\",1],[\"b\",2]]");
    other.attributes = sample_list(&arena, "[[\"b\",2],[\"a\",1]]");
    span.resource = &mine;
    record.resource = &other;
    record.scope = &scope;
    join(&span, &record, 1);
    struct value attributes = sample_object(&span.events[0].attributes);
    eq_json(&attributes, "{\"log.record.observed_time_unix_nano\":0,"
                         "\"log.record.scope.name\":\"lib\","
                         "\"log.record.scope.version\":\"2\"}");
    other.attributes = sample_list(&arena, "[[\"a\",3]]");
    join(&span, &record, 1);
    attributes = sample_object(&span.events[1].attributes);
    eq_json(&attributes, "{\"log.record.observed_time_unix_nano\":0,"
                         "\"log.record.resource.a\":3,"
                         "\"log.record.scope.name\":\"lib\","
                         "\"log.record.scope.version\":\"2\"}");
}

TEST(a_span_has_room_for_so_many_events)
{
    size_t size = JOIN_EVENTS * sizeof(struct span_event);
    const struct log_record records[] = {record_of("", 1, NULL, NULL),
                                         record_of("", 2, NULL, NULL)};
    struct span span = empty_span();
    uint8_t fates[2];

    UNUSED_STATE;
    span.events = arena_new(&arena, size);
    memset(span.events, 0, size);
    span.event_count = JOIN_EVENTS - 1;
    for (uint32_t i = 0; i < span.event_count; i++) {
        span.events[i].time = i;
        span.events[i].name = text_of("");
    }
    succeeds(attr_join(&arena, &span, records, 2, fates, err));
    eq_int(fates[0], JOIN_ADDED);
    eq_int(fates[1], JOIN_NO_ROOM);
    eq_int(span.event_count, JOIN_EVENTS);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CASE(single_messages_become_a_conversation),
        CASE(a_message_without_its_text_still_has_its_role),
        CASE(contents_may_have_parts),
        CASE(whole_lists_win_over_single_messages),
        CASE(lists_may_come_as_text),
        CASE(other_records_are_events_only),
        CASE(records_that_come_apart_make_one_conversation),
        CASE(what_the_span_says_itself_stays),
        CASE(events_of_the_span_itself_come_first),
        CASE(names_and_times_are_found_where_senders_put_them),
        CASE(what_is_not_the_spans_is_kept_with_the_event),
        CASE(a_span_has_room_for_so_many_events),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

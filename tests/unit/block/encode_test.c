/* Spans -> block -> spans: what goes in comes out, whatever it is. */
#include "t.h"

#include "make.h"

#include <math.h>

static struct made made;

TEST(a_span_comes_back)
{
    UNUSED_STATE;
    made_init(&made);
    made_span(&made, "{\"llm\":{\"model_name\":\"m\",\"token_count\":"
                     "{\"prompt\":3}},\"user\":{\"id\":\"u\"}}");
    made_round_trip(&made);
    made_clear(&made);
}

TEST(every_kind_of_value_comes_back)
{
    UNUSED_STATE;
    made_init(&made);
    const char *values[] = {"null",
                            "true",
                            "false",
                            "0",
                            "-1",
                            "9223372036854775807",
                            "-9223372036854775808",
                            "0.5",
                            "1e300",
                            "1e400",
                            "9007199254740993",
                            "\"\"",
                            "\"short\"",
                            "\"a\\u0000b\"",
                            "[]",
                            "{}",
                            "[1,\"a\",null]",
                            "[[{}]]",
                            "[{}]",
                            "[{\"a\":1},{\"b\":2}]",
                            "[{\"a\":1},2]",
                            "{\"b\":{\"c\":[{\"d\":{}}]}}",
                            "[0.5,0.25]"};
    char json[200];
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        snprintf(json, sizeof json, "{\"a\":%s,\"z\":%s}", values[i],
                 values[sizeof values / sizeof *values - 1 - i]);
        made_span(&made, json);
    }
    struct span *span = made_span(&made, "{\"a\":0.5}");
    span->tree.members[0].value.real = -0.0;
    span = made_span(&made, "{\"a\":0.5}");
    span->tree.members[0].value.real = (double)NAN;
    span = made_span(&made, "{\"a\":\"bytes\"}");
    span->tree.members[0].value.kind = JSON_BYTES;
    span = made_span(&made, "{\"a\":\"bytes\"}");
    span->tree.members[0].value =
        (struct value){.kind = JSON_BYTES, .text = made_long(&made, 100, 1)};
    span = made_span(&made, "{}");
    span->tree = value_null();
    made_encode(&made);
    span->tree = (struct value){.kind = JSON_OBJECT};
    made_check(&made);
    made_clear(&made);
}

TEST(keys_of_every_kind_come_back)
{
    UNUSED_STATE;
    made_init(&made);
    made_span(&made, "{\"\":1,\".\":2,\"a.b\":3,\"a\":{\"b\":4},\"[0]\":5,"
                     "\"a[0]\":6,\"\\\\\":7,\"\\u0000\":8,\"[rest\":9}");
    made_span(&made, "{\"\":{\"\":{\"\":1}},\"a\":[{\"b\":4},{\"\":5}],"
                     "\"a-x\":1,\"a0\":2}");
    made_span(&made, "{\"a\":{\"-\":1,\"0\":{\"1\":2}},\".\":{\".\":1}}");
    made_span(&made, "{\"a\":1,\"a-\":2,\"a.\":3}");
    made_span(&made, "{\"\":[{\"a\":1},{\"\":[{\"\":{}}]}],\"z\":1}")->flags =
        1;
    made_round_trip(&made);
    made_clear(&made);
}

TEST(long_arrays_keep_their_order)
{
    UNUSED_STATE;
    made_init(&made);
    char json[40000] = "{\"a\":[";
    for (int i = 0; i < 300; i++)
        snprintf(json + strlen(json), 100, "%s{\"role\":\"user\",\"n\":%d}",
                 i ? "," : "", i);
    strncat(json, "]}", 3);
    made_span(&made, json);
    made_span(&made, "{\"a\":[{\"role\":\"x\"}]}");
    made_round_trip(&made);
    made_clear(&made);
}

TEST(deep_and_wide_trees_come_back)
{
    UNUSED_STATE;
    made_init(&made);
    struct buf json;
    buf_init(&json, 1 << 24);
    for (int depth = 30; depth < 36; depth++) {
        buf_reset(&json);
        for (int i = 0; i < depth; i++)
            buf_add_string(&json, "{\"k\":");
        buf_add_string(&json, "[{\"x\":1}]");
        for (int i = 0; i < depth; i++)
            buf_add_byte(&json, '}');
        buf_add_byte(&json, 0);
        made_span(&made, (const char *)json.data);
    }
    for (int width = BLOCK_LEAVES - 1; width <= BLOCK_LEAVES + 2; width++) {
        buf_reset(&json);
        buf_add_string(&json, "{\"a\":{\"x\":1},\"many\":{\"k\":1");
        for (int i = 0; i < width; i++)
            buf_add_format(&json, ",\"k%d\":%d", i, i);
        buf_add_string(&json, "},\"z\":[{\"x\":1},{\"x\":2}]");
        for (int i = 0; i < width; i++)
            buf_add_format(&json, ",\"r%d\":%d", i, i);
        buf_add_string(&json, "}");
        buf_add_byte(&json, 0);
        made_span(&made, (const char *)json.data);
    }
    buf_clear(&json);
    size_t done = 0;
    while (done < made.count) {
        const struct span **all = made.order;
        size_t count = made.count;
        made.order += done;
        made.count -= done;
        made_encode(&made);
        made_check(&made);
        done += made.taken;
        made.order = all;
        made.count = count;
    }
    made_clear(&made);
}

TEST(keys_too_long_for_a_column_come_back)
{
    UNUSED_STATE;
    made_init(&made);
    phx_text key = made_long(&made, 5000, 1);
    struct span *span = made_span(&made, "{\"b\":{\"c\":1},\"x\":2,\"a\":3}");
    span->tree.members[1].key = key;
    span = made_span(&made, "{\"b\":{\"c\":1,\"d\":{\"e\":1}},\"x\":2}");
    span->tree.members[0].value.members[1].value.members[0].key = key;
    made_round_trip(&made);
    made_clear(&made);
}

TEST(parts_seldom_there_come_back)
{
    UNUSED_STATE;
    made_init(&made);
    struct member members[2] = {
        {text_of("service.name"), value_text(text_of("svc"))},
        {text_of("null"), value_null()}};
    struct resource resource = {.attributes = {members, 2, 3},
                                .schema_url = text_of("url")};
    struct scope scope = {.name = text_of("scope"),
                          .attributes = {members, 1, 0}};
    struct span_event events[2] = {{.time = UINT64_MAX,
                                    .name = text_of("exception"),
                                    .attributes = {members, 2, 1}},
                                   {.time = 0}};
    struct span_link link = {.trace_id = text_of("0123456789abcdef"),
                             .span_id = text_of("01234567"),
                             .trace_state = text_of("a=b"),
                             .flags = UINT32_MAX,
                             .attributes = {members, 1, 0}};
    for (int i = 0; i < 6; i++) {
        struct span *span = made_span(&made, "{\"a\":1}");
        span->resource = i % 2 ? &resource : NULL;
        span->scope = i % 3 ? &scope : NULL;
        if (i == 3) {
            span->events = events;
            span->event_count = 2;
            span->links = &link;
            span->link_count = 1;
            span->raw = (struct attributes){members, 2, 0};
        }
        if (i == 4) {
            span->flags = 257;
            span->otlp_kind = -5;
            span->otlp_status = 77;
            span->status = STATUS_ERROR;
            span->kind = KIND_LLM;
            span->attributes.dropped = UINT32_MAX;
            span->dropped_events = 1;
            span->dropped_links = 2;
            span->trace_state = text_of("k=v");
            span->status_message = made_long(&made, 300, 2);
            span->prompt_tokens = INT64_MAX;
            span->completion_tokens = INT64_MAX;
        }
    }
    made_round_trip(&made);
    eq_int(made.image.zone.max_tokens, INT64_MAX);
    made_clear(&made);
}

TEST(odd_ids_and_times_come_back)
{
    UNUSED_STATE;
    made_init(&made);
    for (int i = 0; i < 12; i++) {
        struct span *span = made_span(&made, "{}");
        span->number = i == 3 ? INT64_MAX : i;
        span->session = i % 5;
        if (i == 2)
            span->span_id = text_of("s");
        if (i == 4)
            span->trace_id = made_long(&made, 700, 1);
        if (i == 5)
            span->start_time = UINT64_MAX;
        if (i == 6)
            span->end_time = 0;
        if (i == 7)
            span->name = made_long(&made, 100000, 3);
        if (i == 8)
            span->name = text_of("");
        if (i > 0)
            span->parent_id = made.spans[i / 2].span_id;
        if (i == 9)
            span->parent_id = span->span_id;
        if (i >= 10)
            span->parent_id = text_of("elsewhere");
    }
    made_round_trip(&made);
    made_clear(&made);
}

TEST(a_text_is_kept_once_in_a_block)
{
    UNUSED_STATE;
    made_init(&made);
    phx_text text = made_long(&made, 5000, 1);
    for (int i = 0; i < 100; i++) {
        struct span *span = made_span(&made, "{\"a\":1,\"b\":2}");
        span->tree.members[0].value = value_text(made_text(&made, text));
        span->tree.members[1].value = value_text(made_text(&made, text));
    }
    made_round_trip(&made);
    ok(made.image.bytes.size < 5000);
    made_clear(&made);
}

TEST(a_block_ends_at_its_limits)
{
    UNUSED_STATE;
    made_init(&made);
    char json[40];
    for (int i = 0; i < BLOCK_COLUMNS + 10; i++) {
        snprintf(json, sizeof json, "{\"key%d\":1}", i);
        made_span(&made, json);
    }
    made_encode(&made);
    eq_int(made.taken, BLOCK_COLUMNS);
    made.count = 0;
    for (int i = 0; i < 5; i++) {
        struct span *span = made_span(&made, "{\"a\":1}");
        span->tree.members[0].value =
            value_text(made_long(&made, BLOCK_TEXTS / 2 + 1, i));
    }
    made_encode(&made);
    eq_int(made.taken, 2);
    made_check(&made);
    made.count = 0;
    for (int i = 0; i < BLOCK_ROWS + 5; i++)
        made_span(&made, "{}");
    made_encode(&made);
    eq_int(made.taken, BLOCK_ROWS);
    made_check(&made);
    made_clear(&made);
}

TEST(a_block_of_one_huge_text_is_made)
{
    UNUSED_STATE;
    made_init(&made);
    struct span *span = made_span(&made, "{\"a\":1}");
    span->tree.members[0].value = value_text(made_long(&made, 20 << 20, 1));
    made_span(&made, "{\"a\":1}");
    made_encode(&made);
    eq_int(made.taken, 1);
    made_check(&made);
    made_clear(&made);
}

TEST(the_zone_tells_what_is_in_the_block)
{
    UNUSED_STATE;
    made_init(&made);
    struct span *span = made_span(&made, "{}");
    span->start_time = 5000999;
    span->end_time = 7000999;
    span->kind = KIND_TOOL;
    span->project = 65;
    span->prompt_tokens = 4;
    span = made_span(&made, "{}");
    span->start_time = 3000000;
    span->end_time = 1000;
    span->kind = KIND_LLM;
    span->project = 65;
    made_encode(&made);
    const struct block_zone *zone = &made.image.zone;
    eq_int(zone->project, 65);
    eq_int(zone->min_time, 3000);
    eq_int(zone->max_time, 5000);
    eq_int(zone->min_number, 1);
    eq_int(zone->max_number, 2);
    eq_int(zone->max_latency, 2000);
    eq_int(zone->max_tokens, 4);
    eq_int(zone->kinds, 1 << KIND_TOOL | 1 << KIND_LLM);
    eq_int(zone->projects, 2);
    eq_int(zone->rows, 2);
    span->project = 2;
    made_encode(&made);
    eq_int(zone->project, -1);
    eq_int(zone->projects, 2 | 4);
    made_clear(&made);
}

/* Keys that make nodes and no columns, because a key beside them is too long
 * for any: without end they would fill the memory. */
TEST(a_writer_forgets_hostile_shapes)
{
    UNUSED_STATE;
    made_init(&made);
    phx_text long_key = made_long(&made, 2000, 1);
    char json[100];
    for (int i = 0; i < BLOCK_ROWS; i++) {
        snprintf(json, sizeof json, "{\"a\":{\"b%d\":{\"c\":1},\"d\":2}}", i);
        struct span *span = made_span(&made, json);
        span->tree.members[0].value.members[1].key = long_key;
    }
    made_encode(&made);
    ok(made.taken < made.count);
    made_check(&made);
    made_encode(&made);
    made_check(&made);
    made_clear(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_span_comes_back),
        cmocka_unit_test(every_kind_of_value_comes_back),
        cmocka_unit_test(keys_of_every_kind_come_back),
        cmocka_unit_test(long_arrays_keep_their_order),
        cmocka_unit_test(deep_and_wide_trees_come_back),
        cmocka_unit_test(keys_too_long_for_a_column_come_back),
        cmocka_unit_test(parts_seldom_there_come_back),
        cmocka_unit_test(odd_ids_and_times_come_back),
        cmocka_unit_test(a_text_is_kept_once_in_a_block),
        cmocka_unit_test(a_block_ends_at_its_limits),
        cmocka_unit_test(a_block_of_one_huge_text_is_made),
        cmocka_unit_test(the_zone_tells_what_is_in_the_block),
        cmocka_unit_test(a_writer_forgets_hostile_shapes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

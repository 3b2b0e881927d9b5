/*
 * What the reader of OTLP/JSON makes of what senders write.
 */
#include "t.h"

#include <math.h>

#include "base/base.h"
#include "wire/wire.h"

static struct arena arena;
static struct wire_request request;

static int set_up(void **t_state)
{
    UNUSED_STATE;
    arena_init(&arena, 64 << 20);
    request = (struct wire_request){0};
    return 0;
}

static int tear_down(void **t_state)
{
    UNUSED_STATE;
    arena_clear(&arena);
    return 0;
}

static phx_status read_json(const char *json, phx_error *err)
{
    return wire_read_json(&arena, WIRE_SPANS, json, strlen(json), &request,
                          err);
}

#define IDS "\"traceId\":\"00ff\",\"spanId\":\"01\""

/* Reads a request of one span with ids and these members. */
static phx_status read_members(const char *members, phx_error *err)
{
    static char json[4096];

    snprintf(json, sizeof json,
             "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{" IDS
             ",%s}]}]}]}",
             members);
    return read_json(json, err);
}

static const struct span *read_span(const char *members)
{
    succeeds(read_members(members, err));
    eq_int(request.spans.count, 1);
    return &request.spans.spans[0];
}

static phx_status read_any_status(const char *any, phx_error *err)
{
    static char members[2048];

    snprintf(members, sizeof members,
             "\"attributes\":[{\"key\":\"k\",\"value\":%s}]", any);
    return read_members(members, err);
}

static const struct value *read_any(const char *any)
{
    succeeds(read_any_status(any, err));
    eq_int(request.spans.count, 1);
    return &request.spans.spans[0].attributes.members[0].value;
}

TEST(request_without_spans_has_none)
{
    UNUSED_STATE;
    succeeds(read_json("{}", err));
    succeeds(read_json("{\"resourceSpans\":[]}", err));
    succeeds(read_json("{\"resourceSpans\":null}", err));
    succeeds(read_json("{\"resourceSpans\":[{\"scopeSpans\":[{}]}]}", err));
    eq_int(request.spans.count, 0);
    eq_int(request.rejected, 0);
}

static const char camel[] =
    "{\"resourceSpans\":[{\"resource\":{\"attributes\":[{\"key\":\"host\","
    "\"value\":{\"stringValue\":\"h\"}}],\"droppedAttributesCount\":1},"
    "\"schemaUrl\":\"rs\",\"scopeSpans\":[{\"scope\":{\"name\":\"lib\","
    "\"version\":\"2\",\"attributes\":[{\"key\":\"s\",\"value\":{\"boolValue\":"
    "true}}],\"droppedAttributesCount\":2},\"schemaUrl\":\"ss\",\"spans\":[{"
    "\"traceId\":\"1d8eD83a\",\"spanId\":\"017D\",\"parentSpanId\":\"0713\","
    "\"traceState\":\"a=b\",\"flags\":257,\"name\":\"na\\u00efve\",\"kind\":3,"
    "\"startTimeUnixNano\":\"1795350754295000000\","
    "\"endTimeUnixNano\":1795350754295431700,"
    "\"attributes\":[{\"key\":\"a\",\"value\":{\"intValue\":\"1\"}}],"
    "\"droppedAttributesCount\":3,\"events\":[{\"timeUnixNano\":\"5\","
    "\"name\":\"e\",\"attributes\":[{\"key\":\"b\",\"value\":{\"intValue\":2}}]"
    ","
    "\"droppedAttributesCount\":4}],\"droppedEventsCount\":5,\"links\":[{"
    "\"traceId\":\"aa\",\"spanId\":\"bb\",\"traceState\":\"c=d\","
    "\"attributes\":"
    "[],\"droppedAttributesCount\":6,\"flags\":7}],\"droppedLinksCount\":8,"
    "\"status\":{\"message\":\"bad\",\"code\":2}}]}]}]}";

static void check_full_span(void)
{
    eq_int(request.spans.count, 1);
    const struct span *span = &request.spans.spans[0];
    eq_int(span->trace_id.size, 4);
    ok(memcmp(span->trace_id.data, "\x1D\x8E\xD8\x3A", 4) == 0);
    ok(memcmp(span->span_id.data, "\x01\x7D", 2) == 0);
    ok(memcmp(span->parent_id.data, "\x07\x13", 2) == 0);
    eq_text(span->trace_state, "a=b");
    eq_int(span->flags, 257);
    eq_text(span->name, "na\xC3\xAFve");
    eq_int(span->otlp_kind, 3);
    eq_int(span->start_time, 1795350754295000000);
    eq_int(span->end_time, 1795350754295431700);
    eq_text(span->attributes.members[0].key, "a");
    eq_int(span->attributes.members[0].value.integer, 1);
    eq_int(span->attributes.dropped, 3);
    eq_int(span->event_count, 1);
    eq_int(span->events[0].time, 5);
    eq_text(span->events[0].name, "e");
    eq_int(span->events[0].attributes.members[0].value.integer, 2);
    eq_int(span->events[0].attributes.dropped, 4);
    eq_int(span->dropped_events, 5);
    eq_int(span->link_count, 1);
    eq_text(span->links[0].trace_id, "\xAA");
    eq_text(span->links[0].span_id, "\xBB");
    eq_text(span->links[0].trace_state, "c=d");
    eq_int(span->links[0].attributes.dropped, 6);
    eq_int(span->links[0].flags, 7);
    eq_int(span->dropped_links, 8);
    eq_text(span->status_message, "bad");
    eq_int(span->otlp_status, 2);
    eq_text(span->resource->schema_url, "rs");
    eq_text(span->resource->attributes.members[0].value.text, "h");
    eq_int(span->resource->attributes.dropped, 1);
    eq_text(span->scope->schema_url, "ss");
    eq_text(span->scope->name, "lib");
    eq_text(span->scope->version, "2");
    eq_int(span->scope->attributes.members[0].value.integer, 1);
    eq_int(span->scope->attributes.dropped, 2);
}

TEST(every_field_is_read)
{
    UNUSED_STATE;
    succeeds(read_json(camel, err));
    check_full_span();
}

/* camelCase keys become snake_case, the content of texts stays: no text of
 * the request has a capital but for hex. */
TEST(names_of_the_proto_file_are_read_too)
{
    UNUSED_STATE;
    char snake[2 * sizeof camel];
    size_t size = 0;

    for (const char *at = camel; *at != '\0'; at++) {
        if (*at >= 'A' && *at <= 'Z' && *at != 'D') {
            snake[size++] = '_';
            snake[size++] = (char)(*at - 'A' + 'a');
        } else {
            snake[size++] = *at;
        }
    }
    snake[size] = '\0';
    ok(strstr(snake, "start_time_unix_nano") != NULL);
    succeeds(read_json(snake, err));
    check_full_span();
}

TEST(values_are_read_as_javascript_writes_them)
{
    UNUSED_STATE;
    const struct value *value = read_any("{\"intValue\":9007199254740993}");
    eq_int(value->kind, JSON_INT);
    ok(value->integer == 9007199254740993);
    value = read_any("{\"doubleValue\":null}");
    eq_int(value->kind, JSON_REAL);
    ok(isnan(value->real));
    eq_int(read_any("{}")->kind, JSON_NULL);
    eq_int(read_any("null")->kind, JSON_NULL);
    value = read_any("{\"doubleValue\":3}");
    eq_int(value->kind, JSON_REAL);
    ok(value->real == 3);
    eq_int(read_any("{\"intValue\":5.0}")->integer, 5);
    value = read_any("{\"intValue\":123456789012345680000}");
    eq_int(value->kind, JSON_REAL);
    ok(value->real == 123456789012345680000.0);
    value = read_any("{\"intValue\":1e+21}");
    ok(value->kind == JSON_REAL && value->real == 1e21);
}

TEST(values_are_read_as_the_collector_writes_them)
{
    UNUSED_STATE;
    ok(read_any("{\"intValue\":\"-9223372036854775808\"}")->integer ==
       INT64_MIN);
    ok(isnan(read_any("{\"doubleValue\":\"NaN\"}")->real));
    ok(read_any("{\"doubleValue\":\"Infinity\"}")->real == (double)INFINITY);
    ok(read_any("{\"doubleValue\":\"-Infinity\"}")->real == -(double)INFINITY);
    ok(signbit(read_any("{\"doubleValue\":-0.0}")->real));
    const struct value *value = read_any("{\"bytesValue\":\"AP8Q\"}");
    eq_int(value->kind, JSON_BYTES);
    ok(value->text.size == 3 &&
       memcmp(value->text.data, "\x00\xFF\x10", 3) == 0);
    eq_text(read_any("{\"stringValue\":\"\"}")->text, "");
    eq_int(read_any("{\"boolValue\":false}")->kind, JSON_BOOL);
    ok(read_any("{\"doubleValue\":18446744073709551616}")->real == 0x1p64);
}

TEST(bytes_are_base64_of_either_alphabet)
{
    UNUSED_STATE;
    static const char *const texts[] = {
        "{\"bytesValue\":\"-_8=\"}", "{\"bytesValue\":\"-_8\"}",
        "{\"bytesValue\":\"+/8=\"}", "{\"bytes_value\":\"+/8\"}"};

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        eq_text(read_any(texts[i])->text, "\xFB\xFF");
    eq_int(read_any("{\"bytesValue\":\"\"}")->text.size, 0);
}

TEST(lists_are_read_and_their_keys_made_distinct)
{
    UNUSED_STATE;
    const struct value *value =
        read_any("{\"arrayValue\":{\"values\":[{\"intValue\":1},{},null,"
                 "{\"arrayValue\":{}}]}}");
    eq_int(value->kind, JSON_ARRAY);
    eq_int(value->count, 4);
    eq_int(value->items[1].kind, JSON_NULL);
    eq_int(value->items[2].kind, JSON_NULL);
    eq_int(value->items[3].kind, JSON_ARRAY);

    value = read_any("{\"kvlistValue\":{\"values\":["
                     "{\"key\":\"a\",\"value\":{\"intValue\":1}},"
                     "{\"key\":\"b\"},"
                     "{\"key\":\"a\",\"value\":{\"intValue\":2}}]}}");
    eq_int(value->kind, JSON_OBJECT);
    eq_int(value->count, 2);
    eq_int(value->members[0].value.integer, 2);
    eq_int(value->members[1].value.kind, JSON_NULL);
}

TEST(last_member_of_a_one_of_wins)
{
    UNUSED_STATE;
    eq_int(read_any("{\"stringValue\":\"a\",\"intValue\":7}")->integer, 7);
    eq_text(read_any("{\"arrayValue\":{},\"stringValue\":\"a\"}")->text, "a");
    eq_text(read_any("{\"stringValue\":\"a\",\"intValue\":null}")->text, "a");
}

TEST(enums_are_numbers_or_names)
{
    UNUSED_STATE;
    const struct span *span =
        read_span("\"kind\":\"SPAN_KIND_CONSUMER\","
                  "\"status\":{\"code\":\"STATUS_CODE_ERROR\"}");
    eq_int(span->otlp_kind, 5);
    eq_int(span->otlp_status, 2);
    span = read_span("\"kind\":-2,\"status\":{\"code\":99}");
    eq_int(span->otlp_kind, -2);
    eq_int(span->otlp_status, 99);
}

TEST(times_have_all_64_bits)
{
    UNUSED_STATE;
    const struct span *span =
        read_span("\"startTimeUnixNano\":18446744073709551615,"
                  "\"endTimeUnixNano\":\"18446744073709551615\"");
    ok(span->start_time == UINT64_MAX);
    ok(span->end_time == UINT64_MAX);
    ok(read_span("\"startTimeUnixNano\":1.5e18")->start_time ==
       1500000000000000000u);
}

TEST(null_is_absent_and_the_unknown_is_skipped)
{
    UNUSED_STATE;
    const struct span *span = read_span(
        "\"name\":null,\"kind\":null,\"attributes\":null,\"events\":null,"
        "\"status\":null,\"parentSpanId\":null,\"flags\":null,"
        "\"colour\":{\"is\":[\"blue\"]},\"NAME\":\"no\",\"trace_ID\":1");
    eq_text(span->name, "");
    ok(span->name.data != NULL);
    eq_int(span->parent_id.size, 0);
    eq_int(span->attributes.count, 0);
}

TEST(members_of_a_wrong_kind_fail_the_request)
{
    UNUSED_STATE;
    static const struct {
        const char *members;
        const char *story;
    } cases[] = {
        {"\"parentSpanId\":\"abc\"", "'parentSpanId' is not hex"},
        {"\"parentSpanId\":\"0g\"", "'parentSpanId' is not hex"},
        {"\"parentSpanId\":7", "'parentSpanId' is not text"},
        {"\"name\":7", "'name' is not text"},
        {"\"kind\":\"SERVER\"", "'kind' is not a known name"},
        {"\"kind\":2147483648", "'kind' is not"},
        {"\"kind\":1.5", "'kind' is not"},
        {"\"startTimeUnixNano\":-1", "'startTimeUnixNano' is not an unsigned"},
        {"\"startTimeUnixNano\":\"1s\"", "'startTimeUnixNano' is not"},
        {"\"startTimeUnixNano\":\"\"", "'startTimeUnixNano' is not"},
        {"\"endTimeUnixNano\":18446744073709551616", "'endTimeUnixNano'"},
        {"\"endTimeUnixNano\":1e400", "'endTimeUnixNano'"},
        {"\"flags\":4294967296", "'flags' is not an unsigned 32-bit"},
        {"\"flags\":true", "'flags' is not"},
        {"\"attributes\":{}", "'attributes' is not an array"},
        {"\"attributes\":[7]", "'attribute' is not an object"},
        {"\"attributes\":[{\"key\":7}]", "'key' is not text"},
        {"\"events\":[[]]", "'event' is not an object"},
        {"\"links\":[\"a\"]", "'link' is not an object"},
        {"\"links\":[{\"traceId\":\"x\"}]", "'traceId' is not hex"},
        {"\"status\":2", "'status' is not an object"},
        {"\"status\":{\"message\":2}", "'message' is not text"}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        fails_with(PHX_INVALID, cases[i].story,
                   read_members(cases[i].members, err));
}

TEST(values_of_a_wrong_kind_fail_the_request)
{
    UNUSED_STATE;
    static const struct {
        const char *any;
        const char *story;
    } cases[] = {
        {"7", "'value' is not an object"},
        {"{\"stringValue\":7}", "'stringValue' is not text"},
        {"{\"boolValue\":\"true\"}", "'boolValue' is not true or false"},
        {"{\"intValue\":1.5}", "'intValue' is not a 64-bit integer"},
        {"{\"intValue\":\"9223372036854775808\"}", "'intValue' is not"},
        {"{\"intValue\":\"-9223372036854775809\"}", "'intValue' is not"},
        {"{\"intValue\":\"-\"}", "'intValue' is not"},
        {"{\"intValue\":true}", "'intValue' is not"},
        {"{\"doubleValue\":\"nan\"}", "'doubleValue' is not a number"},
        {"{\"doubleValue\":1e400}", "'doubleValue' is not within the range"},
        {"{\"bytesValue\":\"A\"}", "'bytesValue' is not base64"},
        {"{\"bytesValue\":\"A*==\"}", "'bytesValue' is not base64"},
        {"{\"bytesValue\":[1]}", "'bytesValue' is not base64"},
        {"{\"arrayValue\":[]}", "'arrayValue' is not an object"},
        {"{\"kvlistValue\":{\"values\":{}}}", "'values' is not an array"},
        {"{\"kvlistValue\":{\"values\":[1]}}", "'attribute' is not an object"}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        fails_with(PHX_INVALID, cases[i].story,
                   read_any_status(cases[i].any, err));
}

TEST(what_is_no_request_is_refused)
{
    UNUSED_STATE;
    fails_with(PHX_INVALID, "", read_json("", err));
    fails_with(PHX_INVALID, "", read_json("{\"resourceSpans\":[}", err));
    fails_with(PHX_INVALID, "'request' is not an object", read_json("[]", err));
    fails_with(PHX_INVALID, "'resourceSpans' is not an array",
               read_json("{\"resourceSpans\":{}}", err));
    fails_with(PHX_INVALID, "'resourceSpans' is not an object",
               read_json("{\"resourceSpans\":[1]}", err));
    fails_with(PHX_INVALID, "'scopeSpans' is not an object",
               read_json("{\"resourceSpans\":[{\"scopeSpans\":[1]}]}", err));
    fails_with(PHX_INVALID, "'span' is not an object",
               read_json("{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[1]}"
                         "]}]}",
                         err));
}

TEST(span_without_an_id_is_left_out_and_its_neighbours_stay)
{
    UNUSED_STATE;
    succeeds(read_json("{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{" IDS
                       "},{\"traceId\":\"00\"},{\"spanId\":\"00\"},"
                       "{" IDS ",\"name\":\"after\"}]}]}]}",
                       err));
    eq_int(request.spans.count, 2);
    eq_text(request.spans.spans[1].name, "after");
    eq_int(request.rejected, 2);
    eq_string(request.reason, "span has no span id");
}

/* A request of three spans, the second with a value in `depth` lists. */
static void read_deep(int depth, const char *open, const char *close)
{
    struct buf json;

    buf_init(&json, 1 << 24);
    buf_add_string(&json,
                   "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{" IDS
                   "},{" IDS ",\"attributes\":[{\"key\":\"k\",\"value\":");
    for (int i = 0; i < depth; i++)
        buf_add_string(&json, open);
    buf_add_string(&json, "{}");
    for (int i = 0; i < depth; i++)
        buf_add_string(&json, close);
    buf_add_string(&json, "}]},{" IDS "}]}]}]}");
    succeeds(buf_status(&json, "request", err));
    succeeds(wire_read_json(&arena, WIRE_SPANS, json.data, json.size, &request,
                            err));
    buf_clear(&json);
}

TEST(value_of_255_levels_is_kept_and_one_of_more_left_out)
{
    UNUSED_STATE;
    static const char *const lists[2][2] = {
        {"{\"arrayValue\":{\"values\":[", "]}}"},
        {"{\"kvlistValue\":{\"values\":[{\"key\":\"\",\"value\":", "}]}}"}};

    for (int i = 0; i < 2; i++) {
        read_deep(255, lists[i][0], lists[i][1]);
        eq_int(request.spans.count, 3);
        eq_int(request.rejected, 0);
        for (int depth = 256; depth < 100000; depth = 7 * depth + 1) {
            read_deep(depth, lists[i][0], lists[i][1]);
            eq_int(request.spans.count, 2);
            eq_int(request.rejected, 1);
            eq_string(request.reason,
                      "attribute value is nested over 255 levels");
        }
    }
}

TEST(unknown_members_of_any_depth_are_ignored)
{
    UNUSED_STATE;
    struct buf json;

    buf_init(&json, 1 << 20);
    buf_add_string(&json,
                   "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{" IDS
                   ",\"later\":");
    for (int i = 0; i < 100000; i++)
        buf_add_string(&json, "[");
    for (int i = 0; i < 100000; i++)
        buf_add_string(&json, "]");
    buf_add_string(&json, "}]}]}]}");
    succeeds(buf_status(&json, "request", err));
    succeeds(wire_read_json(&arena, WIRE_SPANS, json.data, json.size, &request,
                            err));
    eq_int(request.spans.count, 1);
    eq_int(request.rejected, 0);
    buf_clear(&json);
}

/* A request of a span with this many attributes, and of its neighbour; the
 * attributes may be the resource's. */
static void read_many(int count, bool of_resource)
{
    struct buf json;

    buf_init(&json, 1 << 20);
    buf_add_string(&json, "{\"resourceSpans\":[{\"resource\":{");
    if (!of_resource)
        buf_add_string(&json, "},\"scopeSpans\":[{\"spans\":[{" IDS ",");
    buf_add_string(&json, "\"attributes\":[");
    for (int i = 0; i < count; i++)
        buf_add_string(&json, i == 0 ? "{}" : ",{}");
    buf_add_string(&json, of_resource ? "]},\"scopeSpans\":[{\"spans\":[{" IDS
                                        "}]}]}"
                                      : "]}]}]}");
    buf_add_string(&json, ",{\"scopeSpans\":[{\"spans\":[{" IDS "}]}]}]}");
    succeeds(wire_read_json(&arena, WIRE_SPANS, json.data, json.size, &request,
                            err));
    buf_clear(&json);
}

TEST(span_of_too_many_attributes_is_left_out)
{
    UNUSED_STATE;
    read_many(16384, false);
    eq_int(request.spans.count, 2);
    read_many(16385, false);
    eq_int(request.spans.count, 1);
    eq_int(request.rejected, 1);
    eq_string(request.reason, "16385 attributes, limit is 16384");
    read_many(16385, true);
    eq_int(request.spans.count, 1);
    eq_int(request.rejected, 1);
    eq_string(request.reason, "16385 attributes of a resource, limit is 16384");
}

TEST(spans_point_into_the_arena_only)
{
    UNUSED_STATE;
    char json[] = "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{" IDS
                  ",\"name\":\"plain\"}]}]}]}";

    succeeds(wire_read_json(&arena, WIRE_SPANS, json, sizeof json - 1, &request,
                            err));
    memset(json, 'x', sizeof json);
    eq_text(request.spans.spans[0].name, "plain");
}

TEST(memory_that_runs_out_is_said_so_and_given_back)
{
    UNUSED_STATE;
    phx_status status = PHX_NO_MEMORY;
    int faults = 0;

    int64_t balance = memory_faults.balance;
    for (int n = 1; status != PHX_OK; n++) {
        memory_faults.seen = 0;
        memory_faults.fail_at = n;
        status = read_json(camel, NULL);
        memory_faults.fail_at = 0;
        arena_clear(&arena);
        eq_int(memory_faults.balance, balance);
        if (status != PHX_OK) {
            eq_int(status, PHX_NO_MEMORY);
            faults++;
        }
    }
    ok(faults > 3);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(request_without_spans_has_none),
        CASE(every_field_is_read),
        CASE(names_of_the_proto_file_are_read_too),
        CASE(values_are_read_as_javascript_writes_them),
        CASE(values_are_read_as_the_collector_writes_them),
        CASE(bytes_are_base64_of_either_alphabet),
        CASE(lists_are_read_and_their_keys_made_distinct),
        CASE(last_member_of_a_one_of_wins),
        CASE(enums_are_numbers_or_names),
        CASE(times_have_all_64_bits),
        CASE(null_is_absent_and_the_unknown_is_skipped),
        CASE(members_of_a_wrong_kind_fail_the_request),
        CASE(values_of_a_wrong_kind_fail_the_request),
        CASE(what_is_no_request_is_refused),
        CASE(span_without_an_id_is_left_out_and_its_neighbours_stay),
        CASE(value_of_255_levels_is_kept_and_one_of_more_left_out),
        CASE(unknown_members_of_any_depth_are_ignored),
        CASE(span_of_too_many_attributes_is_left_out),
        CASE(spans_point_into_the_arena_only),
        CASE(memory_that_runs_out_is_said_so_and_given_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

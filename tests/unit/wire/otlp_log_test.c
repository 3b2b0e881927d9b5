/* Log records and metrics from requests in both forms, and written again. */
#include "t.h"

#include "unit/wire/build.h"

static phx_status read_logs(const struct piece *piece, phx_error *err)
{
    return wire_read_protobuf(&arena, WIRE_LOGS, piece->data, piece->size,
                              &request, err);
}

static phx_status read_json(const char *json, phx_error *err)
{
    return wire_read_json(&arena, WIRE_LOGS, json, strlen(json), &request, err);
}

static const struct log_record *only_record(void)
{
    eq_int(request.logs.count, 1);
    eq_int(request.spans.count, 0);
    return &request.logs.records[0];
}

static void add_record(struct piece *record)
{
    struct piece text = {.size = 0};

    add_string(&text, 1, "hello");
    add_int_attribute(record, 6, "n", -5);
    add_fixed64(record, 1, 7);
    add_varint(record, 2, 17);
    add_string(record, 3, "ERROR");
    add_message(record, 5, &text);
    add_varint(record, 7, 3);
    add_fixed32(record, 8, 0x101);
    add_bytes(record, 9, "0123456789abcdef", 16);
    add_bytes(record, 10, "12345678", 8);
    add_fixed64(record, 11, UINT64_MAX);
    add_string(record, 12, "said");
    add_varint(record, 99, 1);
}

static void eq_record(const struct log_record *record)
{
    ok(record->time == 7 && record->observed_time == UINT64_MAX);
    eq_int(record->severity, 17);
    eq_int(record->flags, 0x101);
    ok(text_is(record->severity_text, "ERROR"));
    ok(text_is(record->event_name, "said"));
    ok(text_is(record->trace_id, "0123456789abcdef"));
    ok(text_is(record->span_id, "12345678"));
    ok(value_is_text(&record->body, "hello"));
    eq_int(record->attributes.count, 1);
    eq_int(record->attributes.dropped, 3);
    eq_int(record->attributes.members[0].value.integer, -5);
}

TEST(every_field_of_a_record_is_read_and_written)
{
    struct piece record = {.size = 0}, whole = {.size = 0};
    struct wire_request first;
    struct buf out;

    UNUSED_STATE;
    add_record(&record);
    add_request(&whole, &record, NULL, NULL);
    succeeds(read_logs(&whole, err));
    eq_record(only_record());
    ok(only_record()->resource != NULL && only_record()->scope != NULL);
    first = request;
    buf_init(&out, 1 << 20);
    wire_write_log(&out, &first.logs.records[0]);
    succeeds(wire_read_protobuf(&arena, WIRE_LOGS, out.data, out.size, &request,
                                err));
    eq_record(only_record());
    buf_clear(&out);
}

TEST(the_same_record_comes_as_json)
{
    UNUSED_STATE;
    succeeds(read_json(
        "{\"resourceLogs\":[{\"resource\":{},\"scopeLogs\":[{\"scope\":{"
        "\"name\":\"lib\"},\"logRecords\":[{\"timeUnixNano\":\"7\","
        "\"observed_time_unix_nano\":\"18446744073709551615\","
        "\"severityNumber\":\"SEVERITY_NUMBER_ERROR\","
        "\"severityText\":\"ERROR\",\"body\":{\"stringValue\":\"hello\"},"
        "\"attributes\":[{\"key\":\"n\",\"value\":{\"intValue\":\"-5\"}}],"
        "\"droppedAttributesCount\":3,\"flags\":257,"
        "\"traceId\":\"30313233343536373839616263646566\","
        "\"spanId\":\"3132333435363738\",\"eventName\":\"said\"}]}]}]}",
        err));
    eq_record(only_record());
    ok(text_is(only_record()->scope->name, "lib"));
}

TEST(what_is_not_sent_is_empty)
{
    struct piece record = {.size = 0}, whole = {.size = 0};

    UNUSED_STATE;
    add_request(&whole, &record, NULL, NULL);
    succeeds(read_logs(&whole, err));
    const struct log_record *found = only_record();
    eq_int(found->trace_id.size + found->span_id.size, 0);
    ok(found->event_name.data != NULL && found->severity_text.data != NULL);
    eq_int(found->body.kind, JSON_NULL);
    succeeds(read_json("{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{"
                       "\"body\":null}]}]}]}",
                       err));
    eq_int(only_record()->body.kind, JSON_NULL);
}

TEST(a_body_in_pieces_is_one_body)
{
    struct piece record = {.size = 0}, whole = {.size = 0};
    struct piece one = {.size = 0}, list = {.size = 0}, any = {.size = 0};

    UNUSED_STATE;
    add_string(&one, 1, "a");
    add_message(&list, 1, &one);
    add_message(&any, 5, &list);
    add_message(&record, 5, &any);
    add_message(&record, 5, &any);
    add_request(&whole, &record, NULL, NULL);
    succeeds(read_logs(&whole, err));
    eq_int(only_record()->body.kind, JSON_ARRAY);
    eq_int(only_record()->body.count, 2);
}

TEST(a_record_nested_too_deep_is_left_out_alone)
{
    static char text[40000];
    size_t size = 0;

    UNUSED_STATE;
    size += (size_t)snprintf(text, sizeof text,
                             "{\"resourceLogs\":[{\"scopeLogs\":[{"
                             "\"logRecords\":[{},{\"body\":");
    for (int i = 0; i < WIRE_DEPTH + 1; i++)
        size += (size_t)snprintf(text + size, sizeof text - size,
                                 "{\"arrayValue\":{\"values\":[");
    size += (size_t)snprintf(text + size, sizeof text - size, "{}");
    for (int i = 0; i < WIRE_DEPTH + 1; i++)
        size += (size_t)snprintf(text + size, sizeof text - size, "]}}");
    snprintf(text + size, sizeof text - size, "},{}]}]}]}");
    succeeds(read_json(text, err));
    eq_int(request.logs.count, 2);
    eq_int(request.rejected, 1);
    ok(strstr(request.reason, "nested") != NULL);
}

TEST(bytes_that_are_no_records_fail)
{
    struct piece record = {.size = 0}, whole = {.size = 0};

    UNUSED_STATE;
    add_bytes(&record, 12, "\xff", 1);
    add_request(&whole, &record, NULL, NULL);
    fails_with(PHX_INVALID, "event name", read_logs(&whole, err));
    fails_with(PHX_INVALID, "severityNumber",
               read_json("{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":["
                         "{\"severityNumber\":\"LOUD\"}]}]}]}",
                         err));
    fails_with(PHX_INVALID, "logRecord",
               read_json("{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":["
                         "1]}]}]}",
                         err));
}

TEST(points_of_every_kind_of_metric_are_counted)
{
    static const unsigned kinds[] = {5, 7, 9, 10, 11};
    static const char bad[] =
        "{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":["
        "{\"sum\":{\"dataPoints\":1}}]}]}]}";
    struct piece metric = {.size = 0}, whole = {.size = 0};
    struct piece points = {.size = 0};

    UNUSED_STATE;
    add_string(&points, 1, "");
    add_string(&points, 1, "");
    add_varint(&points, 2, 1);
    add_string(&metric, 1, "name");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        add_message(&metric, kinds[i], &points);
    add_request(&whole, &metric, NULL, NULL);
    succeeds(wire_read_protobuf(&arena, WIRE_METRICS, whole.data, whole.size,
                                &request, err));
    eq_int(request.rejected, 10);
    eq_int(request.spans.count + request.logs.count, 0);
    fails_with(PHX_INVALID, "dataPoints",
               wire_read_json(&arena, WIRE_METRICS, bad, sizeof bad - 1,
                              &request, err));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CASE(every_field_of_a_record_is_read_and_written),
        CASE(the_same_record_comes_as_json),
        CASE(what_is_not_sent_is_empty),
        CASE(a_body_in_pieces_is_one_body),
        CASE(a_record_nested_too_deep_is_left_out_alone),
        CASE(bytes_that_are_no_records_fail),
        CASE(points_of_every_kind_of_metric_are_counted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

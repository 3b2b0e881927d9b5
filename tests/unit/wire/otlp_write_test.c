/*
 * Requests written in both forms, and read back.
 */
#include "t.h"

#include <math.h>

#include "base/base.h"
#include "wire/wire.h"

static struct arena arena;
static struct buf out;

static int set_up(void **t_state)
{
    UNUSED_STATE;
    arena_init(&arena, 64 << 20);
    buf_init(&out, 16 << 20);
    return 0;
}

static int tear_down(void **t_state)
{
    UNUSED_STATE;
    buf_clear(&out);
    arena_clear(&arena);
    return 0;
}

static void write_spans(const struct span *const *spans, size_t count,
                        bool json)
{
    buf_reset(&out);
    if (json)
        wire_write_json(&out, spans, count);
    else
        wire_write_protobuf(&out, spans, count);
    succeeds(buf_status(&out, "request", err));
}

static struct wire_request read_back(bool json)
{
    struct wire_request request;

    succeeds(json ? wire_read_json(&arena, WIRE_SPANS, out.data, out.size,
                                   &request, err)
                  : wire_read_protobuf(&arena, WIRE_SPANS, out.data, out.size,
                                       &request, err));
    return request;
}

static void eq_texts(phx_text a, phx_text b)
{
    ok(a.size == b.size && memcmp(a.data, b.data, a.size) == 0);
}

static void eq_attributes(const struct attributes *a,
                          const struct attributes *b)
{
    eq_int(a->count, b->count);
    eq_int(a->dropped, b->dropped);
    for (uint32_t i = 0; i < a->count; i++) {
        eq_texts(a->members[i].key, b->members[i].key);
        ok(value_equal(&a->members[i].value, &b->members[i].value));
        eq_int(a->members[i].value.kind, b->members[i].value.kind);
    }
}

static void eq_spans(const struct span *a, const struct span *b)
{
    eq_texts(a->trace_id, b->trace_id);
    eq_texts(a->span_id, b->span_id);
    eq_texts(a->parent_id, b->parent_id);
    eq_texts(a->trace_state, b->trace_state);
    eq_texts(a->name, b->name);
    eq_texts(a->status_message, b->status_message);
    ok(a->start_time == b->start_time && a->end_time == b->end_time);
    eq_int(a->flags, b->flags);
    eq_int(a->otlp_kind, b->otlp_kind);
    eq_int(a->otlp_status, b->otlp_status);
    eq_int(a->dropped_events, b->dropped_events);
    eq_int(a->dropped_links, b->dropped_links);
    eq_attributes(&a->attributes, &b->attributes);
    eq_int(a->event_count, b->event_count);
    for (uint32_t i = 0; i < a->event_count; i++) {
        ok(a->events[i].time == b->events[i].time);
        eq_texts(a->events[i].name, b->events[i].name);
        eq_attributes(&a->events[i].attributes, &b->events[i].attributes);
    }
    eq_int(a->link_count, b->link_count);
    for (uint32_t i = 0; i < a->link_count; i++) {
        eq_texts(a->links[i].trace_id, b->links[i].trace_id);
        eq_texts(a->links[i].span_id, b->links[i].span_id);
        eq_texts(a->links[i].trace_state, b->links[i].trace_state);
        eq_int(a->links[i].flags, b->links[i].flags);
        eq_attributes(&a->links[i].attributes, &b->links[i].attributes);
    }
    eq_attributes(&a->resource->attributes, &b->resource->attributes);
    eq_texts(a->resource->schema_url, b->resource->schema_url);
    eq_texts(a->scope->name, b->scope->name);
    eq_texts(a->scope->version, b->scope->version);
    eq_texts(a->scope->schema_url, b->scope->schema_url);
    eq_attributes(&a->scope->attributes, &b->scope->attributes);
}

#define TEXT(string)                                                           \
    {                                                                          \
        string, sizeof string - 1                                              \
    }
#define INT(number)                                                            \
    {                                                                          \
        .kind = JSON_INT, .integer = number                                    \
    }
#define REAL(number)                                                           \
    {                                                                          \
        .kind = JSON_REAL, .real = number                                      \
    }

static struct value items[] = {INT(1),
                               {.kind = JSON_NULL},
                               REAL(-0.0),
                               {.kind = JSON_ARRAY},
                               {.kind = JSON_OBJECT}};
static struct member members[] = {
    {TEXT("a.b"), {.kind = JSON_ARRAY, .count = 5, .items = items}},
    {TEXT(""),
     {.kind = JSON_TEXT, .text = TEXT("nul \0 and \xF0\x9F\x90\xA6")}},
};
static struct member flat[] = {
    {TEXT("null"), {.kind = JSON_NULL}},
    {TEXT("true"), {.kind = JSON_BOOL, .integer = 1}},
    {TEXT("false"), {.kind = JSON_BOOL, .integer = 0}},
    {TEXT("least"), INT(INT64_MIN)},
    {TEXT("most"), INT(INT64_MAX)},
    {TEXT("zero"), INT(0)},
    {TEXT("real"), REAL(0.1)},
    {TEXT("whole"), REAL(3)},
    {TEXT("small"), REAL(5e-324)},
    {TEXT("large"), REAL(1.7976931348623157e308)},
    {TEXT("nan"), REAL((double)NAN)},
    {TEXT("up"), REAL((double)INFINITY)},
    {TEXT("down"), REAL(-(double)INFINITY)},
    {TEXT("empty"), {.kind = JSON_TEXT, .text = TEXT("")}},
    {TEXT("bytes"), {.kind = JSON_BYTES, .text = TEXT("\x00\xFF\xFE")}},
    {TEXT("tree"), {.kind = JSON_OBJECT, .count = 2, .members = members}},
    {TEXT("tree"), {.kind = JSON_BYTES, .text = TEXT("")}},
    {TEXT(""), INT(-1)},
};
static struct span_event events[] = {
    {.time = UINT64_MAX,
     .name = TEXT("first"),
     .attributes = {.members = flat, .count = 3, .dropped = 2}},
    {.name = TEXT("")}};
static struct span_link links[] = {
    {.trace_id = TEXT("0123456789abcdef"),
     .span_id = TEXT("01234567"),
     .trace_state = TEXT("a=b"),
     .flags = UINT32_MAX,
     .attributes = {.members = flat, .count = 1, .dropped = UINT32_MAX}},
    {.trace_id = TEXT(""), .span_id = TEXT(""), .trace_state = TEXT("")}};
static const struct resource one_resource = {
    .attributes = {.members = flat, .count = 5, .dropped = 7},
    .schema_url = TEXT("https://schema")};
static const struct resource other_resource = {.schema_url = TEXT("")};
static const struct scope one_scope = {
    .name = TEXT("lib"),
    .version = TEXT("1.0"),
    .attributes = {.members = flat, .count = 2, .dropped = 8},
    .schema_url = TEXT("https://scope")};
static const struct scope other_scope = {
    .name = TEXT(""), .version = TEXT(""), .schema_url = TEXT("")};

static const struct span full = {
    .trace_id = TEXT("\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xAA\xBB\xCC"),
    .span_id = TEXT("\xFF"),
    .parent_id = TEXT("a parent whose id is longer than any, and than 32"),
    .trace_state = TEXT("k=v"),
    .name = TEXT("na\xC3\xAFve \"name\"\n"),
    .status_message = TEXT("why"),
    .start_time = UINT64_MAX,
    .end_time = 1,
    .flags = 0x301,
    .otlp_kind = -5,
    .otlp_status = INT32_MAX,
    .dropped_events = 1,
    .dropped_links = 2,
    .attributes = {.members = flat, .count = 18, .dropped = 3},
    .events = events,
    .event_count = 2,
    .links = links,
    .link_count = 2,
    .resource = &one_resource,
    .scope = &one_scope};

static const struct span bare = {.trace_id = TEXT("t"),
                                 .span_id = TEXT("s"),
                                 .parent_id = TEXT(""),
                                 .trace_state = TEXT(""),
                                 .name = TEXT(""),
                                 .status_message = TEXT(""),
                                 .resource = &other_resource,
                                 .scope = &other_scope};

TEST(spans_come_back_as_they_were_in_both_forms)
{
    UNUSED_STATE;
    const struct span *spans[] = {&full, &bare};

    for (int json = 0; json < 2; json++) {
        write_spans(spans, 2, json);
        struct wire_request request = read_back(json);
        eq_int(request.spans.count, 2);
        eq_int(request.rejected, 0);
        eq_spans(&request.spans.spans[0], &full);
        eq_spans(&request.spans.spans[1], &bare);
        ok(signbit(request.spans.spans[0]
                       .attributes.members[15]
                       .value.members[0]
                       .value.items[2]
                       .real));
    }
}

TEST(spans_of_one_resource_and_scope_share_them)
{
    UNUSED_STATE;
    struct span other = full;
    struct span third = full;

    other.scope = &other_scope;
    third.resource = &other_resource;
    const struct span *spans[] = {&full, &full, &other, &third, &full};
    for (int json = 0; json < 2; json++) {
        write_spans(spans, 5, json);
        struct wire_request request = read_back(json);
        const struct span *got = request.spans.spans;
        eq_int(request.spans.count, 5);
        for (int i = 0; i < 5; i++)
            eq_spans(&got[i], spans[i]);
        ok(got[0].resource == got[1].resource && got[0].scope == got[1].scope);
        ok(got[1].resource == got[2].resource && got[1].scope != got[2].scope);
        ok(got[2].resource != got[3].resource);
        ok(got[3].resource != got[4].resource);
    }
}

TEST(span_without_resource_and_scope_is_written)
{
    UNUSED_STATE;
    struct span lone = bare;
    const struct span *spans[] = {&lone};

    lone.resource = NULL;
    lone.scope = NULL;
    write_spans(spans, 1, false);
    eq_int(read_back(false).spans.count, 1);
    write_spans(spans, 1, true);
    eq_text(text_span(out.data, out.size),
            "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"traceId\":"
            "\"74\",\"spanId\":\"73\",\"status\":{}}]}]}]}");
}

TEST(no_spans_are_an_empty_request)
{
    UNUSED_STATE;
    write_spans(NULL, 0, false);
    eq_int(out.size, 0);
    write_spans(NULL, 0, true);
    eq_text(text_span(out.data, out.size), "{\"resourceSpans\":[]}");
}

TEST(protobuf_is_what_others_write)
{
    UNUSED_STATE;
    struct member attribute = {TEXT("k"), INT(-1)};
    struct span span = bare;
    const struct span *spans[] = {&span};

    span.attributes = (struct attributes){.members = &attribute, .count = 1};
    span.end_time = 1;
    span.otlp_status = 2;
    write_spans(spans, 1, false);
    static const char expected[] =
        "\x0A\x2D\x0A\x00\x12\x29\x0A\x00\x12\x25\x0A\x01t\x12\x01s"
        "\x41\x01\x00\x00\x00\x00\x00\x00\x00"
        "\x4A\x10\x0A\x01k\x12\x0B\x18\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"
        "\x7A\x02\x18\x02";
    eq_int(out.size, sizeof expected - 1);
    ok(memcmp(out.data, expected, out.size) == 0);
}

TEST(json_is_what_others_write)
{
    UNUSED_STATE;
    struct member attributes[] = {
        {TEXT("i"), INT(-1)},
        {TEXT("d"), REAL((double)NAN)},
        {TEXT("b"), {.kind = JSON_BYTES, .text = TEXT("\xFB\xFF")}},
        {TEXT("a"), {.kind = JSON_ARRAY, .count = 1, .items = items + 2}},
        {TEXT("u"), {.kind = JSON_NULL}}};
    struct span span = bare;
    const struct span *spans[] = {&span};

    span.attributes = (struct attributes){.members = attributes, .count = 5};
    span.end_time = 18446744073709551615u;
    span.otlp_kind = 3;
    write_spans(spans, 1, true);
    eq_text(text_span(out.data, out.size),
            "{\"resourceSpans\":[{\"resource\":{},\"scopeSpans\":[{\"scope\":"
            "{},\"spans\":[{\"traceId\":\"74\",\"spanId\":\"73\",\"kind\":3,"
            "\"endTimeUnixNano\":\"18446744073709551615\",\"attributes\":["
            "{\"key\":\"i\",\"value\":{\"intValue\":\"-1\"}},"
            "{\"key\":\"d\",\"value\":{\"doubleValue\":\"NaN\"}},"
            "{\"key\":\"b\",\"value\":{\"bytesValue\":\"+/8=\"}},"
            "{\"key\":\"a\",\"value\":{\"arrayValue\":{\"values\":"
            "[{\"doubleValue\":-0.0}]}}},"
            "{\"key\":\"u\",\"value\":{}}],\"status\":{}}]}]}]}");
}

TEST(sizes_of_one_two_and_three_bytes_are_put_right)
{
    UNUSED_STATE;
    static char text[20000];
    struct span span = bare;
    const struct span *spans[] = {&span, &span};

    memset(text, 'x', sizeof text);
    for (size_t size = 60; size < 20000; size += size < 300 ? 1 : 97) {
        span.name = (phx_text){text, size};
        write_spans(spans, 2, false);
        struct wire_request request = read_back(false);
        eq_int(request.spans.count, 2);
        eq_int(request.spans.spans[1].name.size, size);
        arena_reset(&arena);
    }
}

TEST(value_of_255_levels_comes_back_in_both_forms)
{
    UNUSED_STATE;
    struct value levels[256] = {{.kind = JSON_NULL}};
    struct member attribute = {.key = TEXT("deep")};
    struct span span = bare;
    const struct span *spans[] = {&span};

    for (int i = 1; i < 256; i++)
        levels[i] = (struct value){
            .kind = JSON_ARRAY, .count = 1, .items = &levels[i - 1]};
    attribute.value = levels[255];
    span.attributes = (struct attributes){.members = &attribute, .count = 1};
    for (int json = 0; json < 2; json++) {
        write_spans(spans, 1, json);
        struct wire_request request = read_back(json);
        eq_int(request.spans.count, 1);
        eq_spans(&request.spans.spans[0], &span);
    }
}

TEST(number_past_every_kind_is_written_as_text)
{
    UNUSED_STATE;
    struct member attribute = {TEXT("n"),
                               {.kind = JSON_NUMBER, .text = TEXT("1e400")}};
    struct span span = bare;
    const struct span *spans[] = {&span};

    span.attributes = (struct attributes){.members = &attribute, .count = 1};
    for (int json = 0; json < 2; json++) {
        write_spans(spans, 1, json);
        struct wire_request request = read_back(json);
        const struct value *value =
            &request.spans.spans[0].attributes.members[0].value;
        eq_int(value->kind, JSON_TEXT);
        eq_text(value->text, "1e400");
    }
}

TEST(buf_that_is_full_is_remembered)
{
    UNUSED_STATE;
    const struct span *spans[] = {&full};

    for (int json = 0; json < 2; json++) {
        write_spans(spans, 1, json);
        for (size_t limit = 0; limit < out.size; limit += 3) {
            struct buf small;
            buf_init(&small, limit);
            if (json)
                wire_write_json(&small, spans, 1);
            else
                wire_write_protobuf(&small, spans, 1);
            eq_int(small.status, PHX_TOO_BIG);
            ok(small.size <= limit);
            buf_clear(&small);
        }
    }
}

TEST(memory_that_runs_out_is_remembered)
{
    UNUSED_STATE;
    const struct span *spans[] = {&full};
    phx_status status = PHX_NO_MEMORY;

    for (int n = 1; status != PHX_OK; n++) {
        memory_faults.seen = 0;
        memory_faults.fail_at = n;
        wire_write_protobuf(&out, spans, 1);
        memory_faults.fail_at = 0;
        status = out.status;
        ok(status == PHX_OK || status == PHX_NO_MEMORY);
        buf_clear(&out);
    }
}

TEST(answer_of_full_success_is_empty)
{
    UNUSED_STATE;
    wire_write_answer_protobuf(&out, 0, NULL);
    wire_write_answer_protobuf(&out, 0, "");
    eq_int(out.size, 0);
    wire_write_answer_json(&out, WIRE_SPANS, 0, NULL);
    eq_text(text_span(out.data, out.size), "{}");
}

TEST(answer_tells_how_many_spans_were_left_out_and_why)
{
    UNUSED_STATE;
    wire_write_answer_protobuf(&out, 300, "no id");
    eq_text(text_span(out.data, out.size), "\x0A\x0A\x08\xAC\x02\x12\x05no id");
    buf_reset(&out);
    wire_write_answer_json(&out, WIRE_SPANS, 3, "no \"id\"");
    eq_text(text_span(out.data, out.size),
            "{\"partialSuccess\":{\"rejectedSpans\":\"3\","
            "\"errorMessage\":\"no \\\"id\\\"\"}}");
    buf_reset(&out);
    wire_write_answer_json(&out, WIRE_SPANS, 0, "slow down");
    eq_text(text_span(out.data, out.size),
            "{\"partialSuccess\":{\"errorMessage\":\"slow down\"}}");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(spans_come_back_as_they_were_in_both_forms),
        CASE(spans_of_one_resource_and_scope_share_them),
        CASE(span_without_resource_and_scope_is_written),
        CASE(no_spans_are_an_empty_request),
        CASE(protobuf_is_what_others_write),
        CASE(json_is_what_others_write),
        CASE(sizes_of_one_two_and_three_bytes_are_put_right),
        CASE(value_of_255_levels_comes_back_in_both_forms),
        CASE(number_past_every_kind_is_written_as_text),
        CASE(buf_that_is_full_is_remembered),
        CASE(memory_that_runs_out_is_remembered),
        CASE(answer_of_full_success_is_empty),
        CASE(answer_tells_how_many_spans_were_left_out_and_why),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

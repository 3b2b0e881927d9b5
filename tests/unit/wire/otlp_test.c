/*
 * What the protobuf reader makes of requests, well made and ill.
 */
#include "t.h"

#include "base/base.h"
#include "wire/wire.h"

#include "build.h"

TEST(request_of_no_bytes_has_no_spans)
{
    UNUSED_STATE;
    succeeds(wire_read_protobuf(&arena, WIRE_SPANS, NULL, 0, &request, err));
    eq_int(request.spans.count, 0);
    eq_int(request.rejected, 0);
    eq_string(request.reason, "");
}

static void fill_event(struct piece *out)
{
    add_fixed64(out, 1, 77);
    add_string(out, 2, "exception");
    add_int_attribute(out, 3, "line", 3);
    add_int_attribute(out, 3, "line", 4);
    add_varint(out, 4, 9);
}

static void fill_link(struct piece *out)
{
    add_bytes(out, 1, "linked trace", 12);
    add_bytes(out, 2, "linked", 6);
    add_string(out, 3, "x=y");
    add_int_attribute(out, 4, "n", -1);
    add_varint(out, 5, 8);
    add_fixed32(out, 6, 257);
}

TEST(span_keeps_every_field)
{
    UNUSED_STATE;
    struct piece span = {.size = 0};
    struct piece event = {.size = 0};
    struct piece link = {.size = 0};
    struct piece state = {.size = 0};

    add_ids(&span);
    add_string(&span, 3, "k=v");
    add_bytes(&span, 4, "parent!!", 8);
    add_string(&span, 5, "chat \xC3\xA9");
    add_varint(&span, 6, 3);
    add_fixed64(&span, 7, 1795350754295000000u);
    add_fixed64(&span, 8, UINT64_MAX);
    add_int_attribute(&span, 9, "one", 1);
    add_int_attribute(&span, 9, "two", 2);
    add_varint(&span, 10, 5);
    fill_event(&event);
    add_message(&span, 11, &event);
    add_varint(&span, 12, 6);
    fill_link(&link);
    add_message(&span, 13, &link);
    add_varint(&span, 14, 7);
    add_string(&state, 2, "it broke");
    add_varint(&state, 3, 2);
    add_message(&span, 15, &state);
    add_fixed32(&span, 16, 0x301);

    const struct span *got = read_span(&span);
    eq_text(got->trace_id, "0123456789abcdef");
    eq_text(got->span_id, "12345678");
    eq_text(got->trace_state, "k=v");
    eq_text(got->parent_id, "parent!!");
    eq_text(got->name, "chat \xC3\xA9");
    eq_int(got->otlp_kind, 3);
    ok(got->start_time == 1795350754295000000u);
    ok(got->end_time == UINT64_MAX);
    eq_int(got->attributes.count, 2);
    eq_text(got->attributes.members[1].key, "two");
    eq_int(got->attributes.members[1].value.integer, 2);
    eq_int(got->attributes.dropped, 5);
    eq_int(got->dropped_events, 6);
    eq_int(got->dropped_links, 7);
    eq_text(got->status_message, "it broke");
    eq_int(got->otlp_status, 2);
    eq_int(got->flags, 0x301);

    eq_int(got->event_count, 1);
    eq_int(got->events[0].time, 77);
    eq_text(got->events[0].name, "exception");
    eq_int(got->events[0].attributes.count, 2);
    eq_int(got->events[0].attributes.members[1].value.integer, 4);
    eq_int(got->events[0].attributes.dropped, 9);
    eq_int(got->link_count, 1);
    eq_text(got->links[0].trace_id, "linked trace");
    eq_text(got->links[0].span_id, "linked");
    eq_text(got->links[0].trace_state, "x=y");
    eq_int(got->links[0].attributes.members[0].value.integer, -1);
    eq_int(got->links[0].attributes.dropped, 8);
    eq_int(got->links[0].flags, 257);
}

TEST(absent_texts_are_empty_and_what_others_fill_is_zero)
{
    UNUSED_STATE;
    struct piece span = {.size = 0};

    add_ids(&span);
    const struct span *got = read_span(&span);
    eq_text(got->name, "");
    ok(got->name.data != NULL && got->status_message.data != NULL);
    eq_int(got->parent_id.size, 0);
    eq_int(got->attributes.count, 0);
    eq_int(got->kind, KIND_UNKNOWN);
    eq_int(got->number, 0);
    ok(got->session_name.data == NULL);
}

TEST(resource_and_scope_are_shared_and_keep_every_field)
{
    UNUSED_STATE;
    struct piece resource = {.size = 0};
    struct piece scope = {.size = 0};
    struct piece scope_spans = {.size = 0};
    struct piece resource_spans = {.size = 0};
    struct piece span = {.size = 0};
    struct piece whole = {.size = 0};

    add_int_attribute(&resource, 1, "host", 1);
    add_varint(&resource, 2, 3);
    add_string(&scope, 1, "lib.x");
    add_string(&scope, 2, "1.2");
    add_int_attribute(&scope, 3, "sa", 1);
    add_varint(&scope, 4, 4);
    add_ids(&span);
    add_message(&scope_spans, 2, &span);
    add_message(&scope_spans, 2, &span);
    add_string(&scope_spans, 3, "scope schema");
    add_message(&scope_spans, 1, &scope);
    add_message(&resource_spans, 2, &scope_spans);
    add_string(&resource_spans, 3, "resource schema");
    add_message(&resource_spans, 1, &resource);
    add_message(&whole, 1, &resource_spans);

    succeeds(read_piece(&whole, err));
    eq_int(request.spans.count, 2);
    const struct span *spans = request.spans.spans;
    ok(spans[0].resource == spans[1].resource);
    ok(spans[0].scope == spans[1].scope);
    eq_text(spans[0].resource->schema_url, "resource schema");
    eq_text(spans[0].resource->attributes.members[0].key, "host");
    eq_int(spans[0].resource->attributes.dropped, 3);
    eq_text(spans[0].scope->name, "lib.x");
    eq_text(spans[0].scope->version, "1.2");
    eq_text(spans[0].scope->schema_url, "scope schema");
    eq_int(spans[0].scope->attributes.count, 1);
    eq_int(spans[0].scope->attributes.dropped, 4);
}

TEST(messages_in_pieces_are_merged)
{
    UNUSED_STATE;
    struct piece span = {.size = 0};
    struct piece half = {.size = 0};
    struct piece rest = {.size = 0};
    struct piece fields = {.size = 0};
    struct piece whole = {.size = 0};

    add_ids(&span);
    add_string(&half, 2, "why");
    add_message(&span, 15, &half);
    add_varint(&rest, 3, 2);
    add_message(&span, 15, &rest);
    half.size = rest.size = 0;
    add_int_attribute(&half, 1, "a", 1);
    add_message(&fields, 1, &half);
    add_int_attribute(&rest, 1, "b", 2);
    add_message(&fields, 1, &rest);
    add_request(&whole, &span, NULL, &fields);

    succeeds(read_piece(&whole, err));
    const struct span *got = &request.spans.spans[0];
    eq_text(got->status_message, "why");
    eq_int(got->otlp_status, 2);
    eq_int(got->resource->attributes.count, 2);
    eq_text(got->resource->attributes.members[1].key, "b");
}

TEST(last_of_a_repeated_scalar_wins)
{
    UNUSED_STATE;
    struct piece span = {.size = 0};

    add_ids(&span);
    add_string(&span, 5, "two");
    add_string(&span, 5, "three");
    eq_text(read_span(&span)->name, "three");
}

TEST(known_field_of_another_wire_type_is_skipped)
{
    UNUSED_STATE;
    struct piece span = {.size = 0};

    add_ids(&span);
    add_varint(&span, 5, 5);
    add_varint(&span, 7, 1);
    add_string(&span, 8, "later");
    add_varint(&span, 9, 1);
    add_fixed32(&span, 15, 1);
    const struct span *got = read_span(&span);
    eq_text(got->name, "");
    eq_int(got->start_time, 0);
    eq_int(got->attributes.count, 0);
}

TEST(unknown_fields_and_groups_are_skipped)
{
    UNUSED_STATE;
    struct piece span = {.size = 0};

    add_varint(&span, 127, 42);
    add_fixed64(&span, 127, 42);
    add_fixed32(&span, 127, 42);
    add_string(&span, 127, "abc");
    add_bare(&span, 200 << 3 | 3);
    add_string(&span, 5, "not the name");
    add_bare(&span, 5 << 3 | 3);
    add_bare(&span, 5 << 3 | 4);
    add_bare(&span, 200 << 3 | 4);
    add_ids(&span);
    const struct span *got = read_span(&span);
    eq_text(got->name, "");
    eq_text(got->span_id, "12345678");
}

TEST(negative_enums_of_ten_bytes_are_kept)
{
    UNUSED_STATE;
    struct piece span = {.size = 0};
    struct piece state = {.size = 0};

    add_ids(&span);
    add_varint(&span, 6, (uint64_t)-2);
    add_varint(&state, 3, (uint64_t)-1);
    add_message(&span, 15, &state);
    const struct span *got = read_span(&span);
    eq_int(got->otlp_kind, -2);
    eq_int(got->otlp_status, -1);
}

TEST(request_cut_anywhere_is_refused)
{
    UNUSED_STATE;
    struct piece span = {.size = 0};
    struct piece event = {.size = 0};
    struct piece link = {.size = 0};
    struct piece whole = {.size = 0};

    add_ids(&span);
    fill_event(&event);
    add_message(&span, 11, &event);
    fill_link(&link);
    add_message(&span, 13, &link);
    add_request(&whole, &span, NULL, NULL);
    for (size_t size = 1; size < whole.size; size++)
        fails_with(PHX_INVALID, "not protobuf",
                   wire_read_protobuf(&arena, WIRE_SPANS, whole.data, size,
                                      &request, err));
    /* A message cut inside is caught however its size is given. */
    for (size_t size = 1; size < event.size; size++) {
        struct piece cut = event;
        struct piece outer = {.size = 0};
        struct piece both = {.size = 0};
        cut.size = size;
        add_ids(&outer);
        add_message(&outer, 11, &cut);
        add_request(&both, &outer, NULL, NULL);
        phx_status status = read_piece(&both, NULL);
        ok(status == PHX_OK || status == PHX_INVALID);
    }
}

TEST(what_is_no_protobuf_is_refused)
{
    UNUSED_STATE;
    static const struct {
        const char *bytes;
        size_t size;
    } cases[] = {{"{\"resourceSpans\":[]}", 20},
                 {"\x02\x00", 2},                     /* field zero */
                 {"\x0E\x00", 2},                     /* wire type 6 */
                 {"\x0F\x00", 2},                     /* wire type 7 */
                 {"\x0C", 1},                         /* no group to end */
                 {"\x0B", 1},                         /* group not ended */
                 {"\x0B\x14", 2},                     /* ended by another */
                 {"\x80\x80\x80\x80\x80\x01\x00", 7}, /* tag over 32 bits */
                 {"\x10\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F", 11},
                 {"\x0A\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01", 11},
                 {"\x0A\x03\x12\x7F\x00", 5}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        fails_with(PHX_INVALID, "not protobuf",
                   wire_read_protobuf(&arena, WIRE_SPANS, cases[i].bytes,
                                      cases[i].size, &request, err));
}

TEST(offset_of_a_failure_is_where_decoding_stopped)
{
    UNUSED_STATE;
    phx_error err;

    eq_int(wire_read_protobuf(&arena, WIRE_SPANS, "\x10\x01\x0A\x05z", 5,
                              &request, &err),
           PHX_INVALID);
    eq_int(err.offset, 2);
}

TEST(groups_nested_without_end_are_refused)
{
    UNUSED_STATE;
    static uint8_t bytes[100000];

    memset(bytes, 0x0B, sizeof bytes);
    fails_with(PHX_INVALID, "not protobuf",
               wire_read_protobuf(&arena, WIRE_SPANS, bytes, sizeof bytes,
                                  &request, err));
}

/* A request with one text that is not UTF-8, in the field of this number of
 * the message called `where`. */
static void add_bad_text(struct piece *out, char where, unsigned number)
{
    struct piece inner = {.size = 0};
    struct piece span = {.size = 0};
    struct piece scope = {.size = 0};
    struct piece scopes = {.size = 0};
    struct piece resources = {.size = 0};

    if (where == 'p') {
        add_string(&inner, number, "a\xFF");
        add_message(&span, 9, &inner);
    }
    if (where == 'v') {
        add_string(&inner, number, "a\xFF");
        add_attribute(&span, 9, "k", &inner);
    }
    if (where == 'e' || where == 'l' || where == 't') {
        add_string(&inner, number, "a\xFF");
        add_message(&span, where == 'e' ? 11 : where == 'l' ? 13 : 15, &inner);
    }
    if (where == 's')
        add_string(&span, number, "a\xFF");
    if (where == 'c') {
        add_string(&scope, number, "a\xFF");
        add_message(&scopes, 1, &scope);
    }
    if (where == 'S')
        add_string(&scopes, number, "a\xFF");
    if (where == 'R')
        add_string(&resources, number, "a\xFF");
    add_ids(&span);
    add_request(out, &span, &scopes, &resources);
}

TEST(text_that_is_not_utf8_fails_the_request_where_it_is)
{
    UNUSED_STATE;
    static const struct {
        const char *fields; /* message, number */
        const char *what;
    } cases[] = {{"p\1", "attribute key"},  {"v\1", "attribute value"},
                 {"s\3", "trace state"},    {"s\5", "span name"},
                 {"e\2", "event name"},     {"l\3", "trace state of a link"},
                 {"t\2", "status message"}, {"c\1", "scope name"},
                 {"c\2", "scope version"},  {"S\3", "schema url"},
                 {"R\3", "schema url"}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct piece whole = {.size = 0};
        phx_error err = {0};
        add_bad_text(&whole, cases[i].fields[0], (unsigned)cases[i].fields[1]);
        eq_int(read_piece(&whole, &err), PHX_INVALID);
        ok(strstr(err.message, cases[i].what) != NULL);
        eq_int(whole.data[err.offset], 0xFF);
    }
}

TEST(ids_and_bytes_need_not_be_utf8)
{
    UNUSED_STATE;
    struct piece span = {.size = 0};

    add_bytes(&span, 1, "\xFF\xFE", 2);
    add_bytes(&span, 2, "\x00", 1);
    const struct span *got = read_span(&span);
    eq_int(got->trace_id.size, 2);
    eq_int(got->span_id.size, 1);
}

TEST(span_without_an_id_is_left_out_and_its_neighbours_stay)
{
    UNUSED_STATE;
    struct piece span = {.size = 0};
    struct piece whole = {.size = 0};

    add_ids(&span);
    add_string(&span, 5, "before");
    add_request(&whole, &span, NULL, NULL);
    span.size = 0;
    add_bytes(&span, 2, "12345678", 8);
    add_request(&whole, &span, NULL, NULL);
    span.size = 0;
    add_bytes(&span, 1, "1", 1);
    add_request(&whole, &span, NULL, NULL);
    span.size = 0;
    add_ids(&span);
    add_string(&span, 5, "after");
    add_request(&whole, &span, NULL, NULL);

    succeeds(read_piece(&whole, err));
    eq_int(request.spans.count, 2);
    eq_text(request.spans.spans[0].name, "before");
    eq_text(request.spans.spans[1].name, "after");
    eq_int(request.rejected, 2);
    eq_string(request.reason, "span has no trace id");
}

static void read_many(size_t attributes, unsigned number)
{
    struct buf bytes;
    size_t field = 4;
    size_t ids = 28;
    size_t span = ids + attributes * field;

    buf_init(&bytes, 64 << 20);
    buf_add_byte(&bytes, 0x0A);
    buf_add_varint(&bytes, span + 8);
    buf_add_byte(&bytes, 0x12);
    buf_add(&bytes,
            (uint8_t[]){(uint8_t)((span + 4) & 0x7F) | 0x80,
                        (uint8_t)((span + 4) >> 7 & 0x7F) | 0x80,
                        (uint8_t)((span + 4) >> 14)},
            3);
    buf_add_byte(&bytes, 0x12);
    buf_add(&bytes,
            (uint8_t[]){(uint8_t)(span & 0x7F) | 0x80,
                        (uint8_t)(span >> 7 & 0x7F) | 0x80,
                        (uint8_t)(span >> 14)},
            3);
    buf_add_string(&bytes, "\x0A\x10"
                           "0123456789abcdef\x12\x08"
                           "12345678");
    for (size_t i = 0; i < attributes; i++)
        buf_add(&bytes, (uint8_t[]){(uint8_t)(number << 3 | 2), 2, 0x0A, 0},
                field);
    succeeds(wire_read_protobuf(&arena, WIRE_SPANS, bytes.data, bytes.size,
                                &request, err));
    buf_clear(&bytes);
}

TEST(span_of_too_many_attributes_events_or_links_is_left_out)
{
    UNUSED_STATE;
    static const char *const reasons[] = {"16385 attributes, limit is 16384",
                                          "16385 events, limit is 16384",
                                          "16385 links, limit is 16384"};

    for (unsigned i = 0; i < 3; i++) {
        read_many(16384, 9 + 2 * i);
        eq_int(request.spans.count, 1);
        read_many(16385, 9 + 2 * i);
        eq_int(request.spans.count, 0);
        eq_int(request.rejected, 1);
        eq_string(request.reason, reasons[i]);
    }
}

TEST(many_attributes_take_no_memory)
{
    UNUSED_STATE;
    read_many(500000, 9);
    eq_int(request.rejected, 1);
    ok(arena.total < 4000000);
}

TEST(spans_of_a_resource_that_cannot_be_kept_are_left_out)
{
    UNUSED_STATE;
    struct buf bytes;
    struct piece span = {.size = 0};
    struct piece neighbour = {.size = 0};
    struct piece spans = {.size = 0};
    size_t count = 16385;

    add_ids(&span);
    add_request(&neighbour, &span, NULL, NULL);
    add_message(&spans, 2, &span);
    add_message(&spans, 2, &span);
    buf_init(&bytes, 1 << 20);
    buf_add_byte(&bytes, 0x0A);
    buf_add_varint(&bytes, 4 + count * 2 + 2 + spans.size);
    buf_add_byte(&bytes, 0x12);
    buf_add_varint(&bytes, spans.size);
    buf_add(&bytes, spans.data, spans.size);
    buf_add_byte(&bytes, 0x0A);
    buf_add_varint(&bytes, count * 2);
    for (size_t i = 0; i < count; i++)
        buf_add(&bytes, "\x0A\x00", 2);
    buf_add(&bytes, neighbour.data, neighbour.size);

    succeeds(wire_read_protobuf(&arena, WIRE_SPANS, bytes.data, bytes.size,
                                &request, err));
    buf_clear(&bytes);
    eq_int(request.spans.count, 1);
    eq_int(request.rejected, 2);
    eq_string(request.reason, "16385 attributes of a resource, limit is 16384");
}

TEST(spans_point_into_the_arena_only)
{
    UNUSED_STATE;
    struct piece span = {.size = 0};
    struct piece whole = {.size = 0};
    struct piece any = {.size = 0};

    add_ids(&span);
    add_string(&span, 5, "name");
    add_string(&any, 1, "value");
    add_attribute(&span, 9, "key", &any);
    add_request(&whole, &span, NULL, NULL);
    succeeds(read_piece(&whole, err));
    memset(whole.data, 'x', whole.size);
    const struct span *got = &request.spans.spans[0];
    eq_text(got->span_id, "12345678");
    eq_text(got->name, "name");
    eq_text(got->attributes.members[0].key, "key");
    eq_text(got->attributes.members[0].value.text, "value");
}

static void add_full_request(struct piece *out)
{
    struct piece span = {.size = 0};
    struct piece event = {.size = 0};
    struct piece link = {.size = 0};
    struct piece pairs = {.size = 0};
    struct piece any = {.size = 0};
    char key[16];

    add_ids(&span);
    for (int i = 0; i < 20; i++) {
        snprintf(key, sizeof key, "k%d", i);
        add_int_attribute(&pairs, 1, key, i);
    }
    add_message(&any, 6, &pairs);
    add_message(&any, 6, &pairs);
    add_attribute(&span, 9, "o", &any);
    fill_event(&event);
    add_message(&span, 11, &event);
    fill_link(&link);
    add_message(&span, 13, &link);
    add_request(out, &span, NULL, NULL);
    add_request(out, &span, NULL, NULL);
}

TEST(memory_that_runs_out_is_said_so_and_given_back)
{
    UNUSED_STATE;
    struct piece whole = {.size = 0};
    phx_status status = PHX_NO_MEMORY;
    int faults = 0;

    add_full_request(&whole);
    int64_t balance = memory_faults.balance;
    for (int n = 1; status != PHX_OK; n++) {
        phx_error err = {0};
        memory_faults.seen = 0;
        memory_faults.fail_at = n;
        status = read_piece(&whole, &err);
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

TEST(arena_that_is_full_is_said_so_and_leaves_the_output_alone)
{
    UNUSED_STATE;
    struct piece whole = {.size = 0};

    add_full_request(&whole);
    request.rejected = 99;
    arena_clear(&arena);
    arena_init(&arena, whole.size + 200);
    fails_with(PHX_TOO_BIG, "memory", read_piece(&whole, err));
    eq_int(request.rejected, 99);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(request_of_no_bytes_has_no_spans),
        CASE(span_keeps_every_field),
        CASE(absent_texts_are_empty_and_what_others_fill_is_zero),
        CASE(resource_and_scope_are_shared_and_keep_every_field),
        CASE(messages_in_pieces_are_merged),
        CASE(last_of_a_repeated_scalar_wins),
        CASE(known_field_of_another_wire_type_is_skipped),
        CASE(unknown_fields_and_groups_are_skipped),
        CASE(negative_enums_of_ten_bytes_are_kept),
        CASE(request_cut_anywhere_is_refused),
        CASE(what_is_no_protobuf_is_refused),
        CASE(offset_of_a_failure_is_where_decoding_stopped),
        CASE(groups_nested_without_end_are_refused),
        CASE(text_that_is_not_utf8_fails_the_request_where_it_is),
        CASE(ids_and_bytes_need_not_be_utf8),
        CASE(span_without_an_id_is_left_out_and_its_neighbours_stay),
        CASE(span_of_too_many_attributes_events_or_links_is_left_out),
        CASE(many_attributes_take_no_memory),
        CASE(spans_of_a_resource_that_cannot_be_kept_are_left_out),
        CASE(spans_point_into_the_arena_only),
        CASE(memory_that_runs_out_is_said_so_and_given_back),
        CASE(arena_that_is_full_is_said_so_and_leaves_the_output_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

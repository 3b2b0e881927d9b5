/* Packed values come back as they were; other bytes are refused. */
#include "t.h"

#include "base/base.h"

#include "model/model.h"

#include <math.h>

static struct arena arena;
static struct buf packed;

static void begin(void)
{
    arena_init(&arena, 1 << 28);
    buf_init(&packed, 1 << 28);
}

static void end(void)
{
    arena_clear(&arena);
    buf_clear(&packed);
}

static struct value come_back(const struct value *value)
{
    struct value out;
    struct reader in;

    buf_reset(&packed);
    pack_value(&packed, value);
    eq_int(packed.status, PHX_OK);
    reader_init(&in, packed.data, packed.size);
    succeeds(unpack_value(&arena, &in, &out, err));
    eq_int(reader_left(&in), 0);
    return out;
}

TEST(scalars_come_back)
{
    UNUSED_STATE;
    begin();
    struct value values[] = {
        value_null(),
        value_bool(true),
        value_bool(false),
        value_int(0),
        value_int(-1),
        value_int(INT64_MIN),
        value_int(INT64_MAX),
        value_real(-0.0),
        value_real((double)NAN),
        value_real((double)INFINITY),
        value_text(text_of("")),
        value_text(text_span("a\0b", 3)),
        {.kind = JSON_BYTES, .text = text_span("\xff\x00", 2)},
        {.kind = JSON_NUMBER, .text = text_of("1e400")}};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        struct value out = come_back(&values[i]);
        eq_int(out.kind, values[i].kind);
        ok(value_equal(&out, &values[i]));
        if (out.kind == JSON_REAL)
            ok(memcmp(&out.real, &values[i].real, sizeof out.real) == 0);
    }
    end();
}

TEST(documents_come_back)
{
    UNUSED_STATE;
    begin();
    static const char *const texts[] = {
        "[]",
        "{}",
        "[[],[[]],{}]",
        "[0.5,1.5]",
        "[0.5,1]",
        "[[0.5],[1.5]]",
        "{\"a\":{\"b\":[1,{\"c\":null}],\"\":2},\"d\":[true,\"x\"]}"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct value value;
        succeeds(json_read(&arena, text_of(texts[i]), 0, &value, err));
        struct value out = come_back(&value);
        ok(value_equal(&out, &value));
    }
    end();
}

TEST(nesting_has_no_limit)
{
    UNUSED_STATE;
    begin();
    enum { DEPTH = 100000 };
    struct value *levels = arena_new(&arena, DEPTH * sizeof *levels);
    levels[0] = value_int(7);
    for (int i = 1; i < DEPTH; i++)
        levels[i] = (struct value){
            .kind = JSON_ARRAY, .count = 1, .items = &levels[i - 1]};
    struct value out = come_back(&levels[DEPTH - 1]);
    for (int i = 1; i < DEPTH; i++) {
        eq_int(out.kind, JSON_ARRAY);
        out = out.items[0];
    }
    eq_int(out.integer, 7);
    end();
}

TEST(an_array_of_reals_takes_eight_bytes_each)
{
    UNUSED_STATE;
    begin();
    struct value items[100];
    for (int i = 0; i < 100; i++)
        items[i] = value_real(i);
    struct value array = {.kind = JSON_ARRAY, .count = 100, .items = items};
    struct value out = come_back(&array);
    ok(value_equal(&out, &array));
    eq_int(packed.size, 802);
    end();
}

TEST(absent_and_empty_texts_differ)
{
    UNUSED_STATE;
    begin();
    struct scope scope = {.name = text_of(""), .version = {NULL, 0}}, out;
    struct reader in;
    pack_scope(&packed, &scope);
    reader_init(&in, packed.data, packed.size);
    succeeds(unpack_scope(&arena, &in, &out, err));
    ok(out.name.data != NULL && out.name.size == 0);
    ok(out.version.data == NULL);
    end();
}

TEST(parts_of_a_span_come_back)
{
    UNUSED_STATE;
    begin();
    struct member member = {text_of("k"), value_int(5)};
    struct span_event event = {.time = UINT64_MAX,
                               .name = text_of("e"),
                               .attributes = {&member, 1, 9}};
    struct span_link link = {.trace_id = text_of("t"),
                             .span_id = text_of("s"),
                             .flags = 3,
                             .attributes = {&member, 1, 0}};
    struct resource resource = {.attributes = {&member, 1, 2},
                                .schema_url = text_of("u")};
    struct span span = {
        .events = &event, .event_count = 1, .links = &link, .link_count = 1};
    struct span out = {0};
    struct resource resource_out;
    struct reader in;
    pack_events(&packed, &span);
    pack_links(&packed, &span);
    pack_resource(&packed, &resource);
    reader_init(&in, packed.data, packed.size);
    succeeds(unpack_events(&arena, &in, &out, err));
    succeeds(unpack_links(&arena, &in, &out, err));
    succeeds(unpack_resource(&arena, &in, &resource_out, err));
    eq_int(reader_left(&in), 0);
    eq_int(out.event_count, 1);
    ok(out.events[0].time == UINT64_MAX);
    eq_text(out.events[0].name, "e");
    eq_int(out.events[0].attributes.dropped, 9);
    eq_int(out.events[0].attributes.members[0].value.integer, 5);
    eq_int(out.link_count, 1);
    eq_text(out.links[0].span_id, "s");
    eq_int(out.links[0].flags, 3);
    eq_text(resource_out.schema_url, "u");
    eq_int(resource_out.attributes.count, 1);
    end();
}

TEST(bytes_cut_short_are_refused)
{
    UNUSED_STATE;
    begin();
    struct value value, out;
    struct reader in;
    succeeds(json_read(&arena,
                       text_of("{\"a\":[1,0.5,\"x\",true],\"b\":[0.5]}"), 0,
                       &value, err));
    pack_value(&packed, &value);
    for (size_t size = 0; size < packed.size; size++) {
        reader_init(&in, packed.data, size);
        fails_with(PHX_CORRUPT, "too soon",
                   unpack_value(&arena, &in, &out, err));
    }
    end();
}

TEST(bytes_that_are_no_value_are_refused)
{
    UNUSED_STATE;
    begin();
    struct value out;
    struct reader in;
    reader_init(&in, "\x0a", 1);
    fails_with(PHX_CORRUPT, "kind 10", unpack_value(&arena, &in, &out, err));
    reader_init(&in, "\x01\x02", 2);
    fails_with(PHX_CORRUPT, "boolean", unpack_value(&arena, &in, &out, err));
    reader_init(&in, "\x07\xff\xff\xff\xff\x0f", 6);
    fails_with(PHX_CORRUPT, "too soon", unpack_value(&arena, &in, &out, err));
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scalars_come_back),
        cmocka_unit_test(documents_come_back),
        cmocka_unit_test(nesting_has_no_limit),
        cmocka_unit_test(an_array_of_reals_takes_eight_bytes_each),
        cmocka_unit_test(absent_and_empty_texts_differ),
        cmocka_unit_test(parts_of_a_span_come_back),
        cmocka_unit_test(bytes_cut_short_are_refused),
        cmocka_unit_test(bytes_that_are_no_value_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Attribute values in protobuf: kinds, lists, pieces and depth.
 */
#include "t.h"

#include "base/base.h"
#include "wire/wire.h"

#include "build.h"

/* Reads an attribute whose value has this AnyValue. */
static const struct value *read_any(const struct piece *any)
{
    struct piece span = {.size = 0};

    add_ids(&span);
    add_attribute(&span, 9, "k", any);
    const struct span *got = read_span(&span);
    eq_int(got->attributes.count, 1);
    eq_text(got->attributes.members[0].key, "k");
    return &got->attributes.members[0].value;
}

TEST(attribute_values_keep_their_kind)
{
    UNUSED_STATE;
    struct piece any = {.size = 0};

    eq_int(read_any(NULL)->kind, JSON_NULL);
    eq_int(read_any(&any)->kind, JSON_NULL);
    add_varint(&any, 8, 3);
    eq_int(read_any(&any)->kind, JSON_NULL);

    any.size = 0;
    add_bytes(&any, 1, "a\0b", 3);
    const struct value *value = read_any(&any);
    eq_int(value->kind, JSON_TEXT);
    eq_int(value->text.size, 3);

    any.size = 0;
    add_varint(&any, 2, 7);
    value = read_any(&any);
    eq_int(value->kind, JSON_BOOL);
    eq_int(value->integer, 1);

    any.size = 0;
    add_varint(&any, 3, (uint64_t)INT64_MIN);
    value = read_any(&any);
    eq_int(value->kind, JSON_INT);
    ok(value->integer == INT64_MIN);

    any.size = 0;
    add_fixed64(&any, 4, 0x8000000000000000u);
    value = read_any(&any);
    eq_int(value->kind, JSON_REAL);
    ok(value->real == 0 && 1 / value->real < 0);

    any.size = 0;
    add_bytes(&any, 7, "\x00\xFF", 2);
    value = read_any(&any);
    eq_int(value->kind, JSON_BYTES);
    eq_int(value->text.size, 2);
}

TEST(lists_keep_order_and_kinds)
{
    UNUSED_STATE;
    struct piece one = {.size = 0};
    struct piece none = {.size = 0};
    struct piece pairs = {.size = 0};
    struct piece object = {.size = 0};
    struct piece entries = {.size = 0};
    struct piece array = {.size = 0};

    add_varint(&one, 3, 1);
    add_attribute(&pairs, 1, "a.b", &one);
    add_attribute(&pairs, 1, "c", NULL);
    add_message(&object, 6, &pairs);
    add_message(&entries, 1, &one);
    add_message(&entries, 1, &none);
    add_message(&entries, 1, &object);
    add_message(&array, 5, &entries);

    const struct value *value = read_any(&array);
    eq_int(value->kind, JSON_ARRAY);
    eq_int(value->count, 3);
    eq_int(value->items[0].integer, 1);
    eq_int(value->items[1].kind, JSON_NULL);
    eq_int(value->items[2].kind, JSON_OBJECT);
    eq_int(value->items[2].count, 2);
    eq_text(value->items[2].members[0].key, "a.b");
    eq_int(value->items[2].members[1].value.kind, JSON_NULL);

    array.size = 0;
    add_message(&array, 5, &none);
    value = read_any(&array);
    eq_int(value->kind, JSON_ARRAY);
    eq_int(value->count, 0);
    array.size = 0;
    add_message(&array, 6, &none);
    eq_int(read_any(&array)->kind, JSON_OBJECT);
}

/* An object of `count` keys of which the first comes again at the end. */
static const struct value *read_repeated(int count)
{
    struct piece pairs = {.size = 0};
    struct piece any = {.size = 0};
    char key[16];

    for (int i = 0; i <= count; i++) {
        snprintf(key, sizeof key, "key %d", i % count);
        add_int_attribute(&pairs, 1, key, i);
    }
    add_message(&any, 6, &pairs);
    return read_any(&any);
}

TEST(repeated_key_keeps_the_last_value_at_the_first_place)
{
    UNUSED_STATE;
    for (int count = 1; count < 60; count += 19) {
        const struct value *value = read_repeated(count);
        eq_int(value->count, count);
        for (int i = 0; i < count; i++)
            eq_int(value->members[i].value.integer, i == 0 ? count : i);
        eq_text(value->members[0].key, "key 0");
    }
}

TEST(last_member_of_a_one_of_wins)
{
    UNUSED_STATE;
    struct piece any = {.size = 0};
    struct piece one = {.size = 0};
    struct piece list = {.size = 0};

    add_string(&any, 1, "text");
    add_varint(&any, 3, 7);
    eq_int(read_any(&any)->integer, 7);

    add_varint(&one, 3, 1);
    add_message(&list, 1, &one);
    add_message(&any, 5, &list);
    add_string(&any, 1, "last");
    eq_text(read_any(&any)->text, "last");

    add_message(&any, 5, &list);
    eq_int(read_any(&any)->count, 1);
}

TEST(lists_in_pieces_are_joined)
{
    UNUSED_STATE;
    struct piece one = {.size = 0};
    struct piece list = {.size = 0};
    struct piece any = {.size = 0};
    struct piece pair = {.size = 0};
    struct piece span = {.size = 0};

    add_varint(&one, 3, 1);
    add_message(&list, 1, &one);
    add_message(&any, 5, &list);
    add_varint(&any, 99, 1);
    add_message(&any, 5, &list);
    eq_int(read_any(&any)->count, 2);

    add_string(&pair, 1, "k");
    add_message(&pair, 2, &any);
    add_message(&pair, 2, &any);
    add_ids(&span);
    add_message(&span, 9, &pair);
    const struct span *got = read_span(&span);
    eq_int(got->attributes.members[0].value.kind, JSON_ARRAY);
    eq_int(got->attributes.members[0].value.count, 4);
}

/* A request of three spans, the second with a value in `depth` arrays: each
 * level is two fields around what is in it, so it is built from within. */
static void add_deep_request(struct buf *out, size_t depth)
{
    struct piece span = {.size = 0};
    size_t *sizes = memory_new((depth * 2 + 6) * sizeof *sizes);
    static const uint8_t tags[] = {0x2A, 0x0A};
    size_t count = 0;
    size_t size = 0;

    assert_non_null(sizes);
    for (size_t i = 0; i < depth * 2; i++) {
        sizes[count++] = size;
        for (size_t left = size; left >= 0x80; left >>= 7)
            size++;
        size += 2;
    }
    add_ids(&span);
    /* ResourceSpans, ScopeSpans, span: ids, attribute; the rest is size. */
    uint8_t levels[] = {0x12, 0x4A, 0x12, 0x12, 0x0A};
    for (size_t i = 0; i < sizeof levels; i++) {
        if (i == 2)
            size += span.size;
        sizes[count++] = size;
        for (size_t left = size; left >= 0x80; left >>= 7)
            size++;
        size += 2;
    }
    for (size_t i = sizeof levels; i-- > 0;) {
        if (i == 1)
            buf_add(out, span.data, span.size);
        buf_add_byte(out, levels[i]);
        buf_add_varint(out, sizes[--count]);
    }
    while (count-- > 0) {
        buf_add_byte(out, tags[(count + 1) % 2]);
        buf_add_varint(out, sizes[count]);
    }
    memory_free(sizes);
}

static void read_deep(size_t depth)
{
    struct buf bytes;
    struct piece span = {.size = 0};
    struct piece neighbour = {.size = 0};

    add_ids(&span);
    add_request(&neighbour, &span, NULL, NULL);
    buf_init(&bytes, 64 << 20);
    buf_add(&bytes, neighbour.data, neighbour.size);
    add_deep_request(&bytes, depth);
    buf_add(&bytes, neighbour.data, neighbour.size);
    succeeds(buf_status(&bytes, "request", err));
    succeeds(wire_read_protobuf(&arena, WIRE_SPANS, bytes.data, bytes.size,
                                &request, err));
    buf_clear(&bytes);
}

TEST(value_of_255_levels_is_kept)
{
    UNUSED_STATE;
    read_deep(255);
    eq_int(request.spans.count, 3);
    const struct value *value =
        &request.spans.spans[1].attributes.members[0].value;
    int depth = 0;
    for (; value->kind == JSON_ARRAY && value->count == 1; depth++)
        value = &value->items[0];
    eq_int(depth, 255);
    eq_int(value->kind, JSON_NULL);
}

TEST(value_of_more_levels_leaves_the_span_out)
{
    UNUSED_STATE;
    read_deep(256);
    eq_int(request.spans.count, 2);
    eq_int(request.rejected, 1);
    eq_string(request.reason, "attribute value is nested over 255 levels");
}

TEST(value_of_100000_levels_takes_no_stack_and_little_memory)
{
    UNUSED_STATE;
    read_deep(100000);
    eq_int(request.spans.count, 2);
    eq_int(request.rejected, 1);
    ok(arena.total < 2 << 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(attribute_values_keep_their_kind),
        CASE(lists_keep_order_and_kinds),
        CASE(repeated_key_keeps_the_last_value_at_the_first_place),
        CASE(last_member_of_a_one_of_wins),
        CASE(lists_in_pieces_are_joined),
        CASE(value_of_255_levels_is_kept),
        CASE(value_of_more_levels_leaves_the_span_out),
        CASE(value_of_100000_levels_takes_no_stack_and_little_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

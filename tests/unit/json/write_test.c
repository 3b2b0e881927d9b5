/*
 * Values as JSON text.
 */
#include "t.h"

#include <math.h>

#include "base/base.h"
#include "json/json.h"
#include "unit/freed.h"

static struct buf buf;

static int open_buf(void **state)
{
    (void)state;
    buf_init(&buf, 1 << 20);
    return 0;
}

static int close_buf(void **state)
{
    buf_clear(&buf);
    return all_freed(state);
}

static void writes_text(phx_text text, int flags, const char *expected)
{
    buf_reset(&buf);
    json_write_text(&buf, text, flags);
    eq_text(text_span(buf.data, buf.size), expected);
}

static void writes(const struct value *value, int flags, const char *expected)
{
    buf_reset(&buf);
    json_write_value(&buf, value, flags);
    eq_text(text_span(buf.data, buf.size), expected);
}

TEST(only_what_must_be_is_escaped)
{
    UNUSED_STATE;
    writes_text(text_of("plain"), 0, "\"plain\"");
    writes_text(text_of(""), 0, "\"\"");
    writes_text(text_of(NULL), 0, "\"\"");
    writes_text(text_of("\"\\/\b\f\n\r\t"), 0, "\"\\\"\\\\/\\b\\f\\n\\r\\t\"");
    writes_text(text_span("\0\x01\x1F\x7F", 4), 0,
                "\"\\u0000\\u0001\\u001f\x7F\"");
    writes_text(text_of("\xC3\xA9\xE2\x80\xA8\xF0\x9F\x98\x80"), 0,
                "\"\xC3\xA9\xE2\x80\xA8\xF0\x9F\x98\x80\"");
}

TEST(ascii_is_that_of_json_dumps)
{
    UNUSED_STATE;
    writes_text(text_of("a\x7F\xC3\xA9\xE2\x80\xA8\xF0\x9F\x98\x80\n/"),
                JSON_ASCII, "\"a\\u007f\\u00e9\\u2028\\ud83d\\ude00\\n/\"");
    writes_text(text_of("\xEF\xBF\xBF\xF0\x90\x80\x80\xF4\x8F\xBF\xBF"),
                JSON_ASCII, "\"\\uffff\\ud800\\udc00\\udbff\\udfff\"");
}

/* A special byte at each place of those that are looked at together. */
TEST(no_place_in_a_word_is_overlooked)
{
    UNUSED_STATE;
    static const char special[] = "\"\\\n\x01";

    for (size_t i = 0; i < 53; i++) {
        for (size_t j = 0; j < sizeof special - 1; j++) {
            char text[53];
            memset(text, j % 2 ? 'x' : (char)0xBF, sizeof text);
            text[i] = special[j];
            buf_reset(&buf);
            json_write_text(&buf, text_span(text, sizeof text), 0);
            eq_int(buf.size, 2 + 53 + (special[j] == 1 ? 5 : 1));
            eq_int(buf.data[1 + i], '\\');
        }
    }
}

/* In a buf that has grown already, and in one that may not grow further than it
 * must. */
TEST(the_room_in_the_buf_does_not_matter)
{
    UNUSED_STATE;
    char text[100], expected[603];

    for (size_t every = 1; every < 40; every++) {
        size_t size = 0;
        struct buf small;
        expected[size++] = '"';
        for (size_t i = 0; i < sizeof text; i++) {
            text[i] = i % every == 0 ? (i % 2 ? '\x02' : '"') : 'y';
            if (i % every == 0)
                size += (size_t)snprintf(expected + size, 7,
                                         i % 2 ? "\\u0002" : "\\\"");
            else
                expected[size++] = 'y';
        }
        expected[size++] = '"';
        expected[size] = '\0';
        writes_text(text_span(text, sizeof text), 0, expected);
        writes_text(text_span(text, sizeof text), JSON_ASCII, expected);
        buf_init(&small, size);
        json_write_text(&small, text_span(text, sizeof text), 0);
        eq_text(text_span(small.data, small.size), expected);
        buf_clear(&small);
        buf_init(&small, size - 1);
        json_write_text(&small, text_span(text, sizeof text), 0);
        eq_int(small.status, PHX_TOO_BIG);
        buf_clear(&small);
    }
}

static struct value sample(void)
{
    static struct value items[5];
    static struct member members[3];

    items[0] = value_null();
    items[1] = value_bool(true);
    items[2] = value_real((double)NAN);
    items[3] = value_real((double)-INFINITY);
    items[4] = (struct value){.kind = JSON_BYTES,
                              .text = {.data = "\xFF\x00\x01z", .size = 4}};
    members[0].key = text_of("a");
    members[0].value =
        (struct value){.kind = JSON_ARRAY, .count = 5, .items = items};
    members[1].key = text_of("\xC3\xA9");
    members[1].value =
        (struct value){.kind = JSON_NUMBER, .text = {.data = "-0", .size = 2}};
    members[2].key = text_of("e");
    members[2].value = (struct value){.kind = JSON_OBJECT};
    return (struct value){.kind = JSON_OBJECT, .count = 3, .members = members};
}

TEST(values_are_compact_unless_spaced)
{
    UNUSED_STATE;
    struct value value = sample();

    writes(&value, 0,
           "{\"a\":[null,true,null,null,\"/wABeg==\"],\"\xC3\xA9\":-0,"
           "\"e\":{}}");
    writes(&value, JSON_SPACED | JSON_ASCII | JSON_NONFINITE,
           "{\"a\": [null, true, NaN, -Infinity, \"/wABeg==\"], "
           "\"\\u00e9\": -0, \"e\": {}}");
}

TEST(what_is_nested_too_deep_fails)
{
    UNUSED_STATE;
    struct value levels[JSON_DEPTH_DEEP + 2];

    levels[0] = value_null();
    for (int i = 1; i < JSON_DEPTH_DEEP + 2; i++)
        levels[i] = (struct value){
            .kind = JSON_ARRAY, .count = 1, .items = &levels[i - 1]};
    buf_reset(&buf);
    json_write_value(&buf, &levels[JSON_DEPTH_DEEP], 0);
    succeeds(buf_status(&buf, "JSON", err));
    json_write_value(&buf, &levels[JSON_DEPTH_DEEP + 1], 0);
    fails_with(PHX_TOO_BIG, "JSON", buf_status(&buf, "JSON", err));
}

TEST(the_stream_puts_commas_and_colons)
{
    UNUSED_STATE;
    struct value value = sample();
    struct json_writer writer;

    buf_reset(&buf);
    json_begin(&writer, &buf);
    json_open_object(&writer);
    json_key(&writer, "data");
    json_open_array(&writer);
    json_open_object(&writer);
    json_close_object(&writer);
    json_open_array(&writer);
    json_close_array(&writer);
    json_null(&writer);
    json_bool(&writer, false);
    json_int(&writer, -7);
    json_real(&writer, 2.0);
    json_string(&writer, "x\n");
    json_string(&writer, NULL);
    json_text(&writer, text_of(""));
    json_text(&writer, text_of(NULL));
    json_raw(&writer, text_of("{\"raw\": 1}"));
    json_any(&writer, &value.members[2].value);
    json_hex(&writer, text_of("\x01\xAF"));
    json_close_array(&writer);
    json_key_text(&writer, text_of("next\""));
    json_null(&writer);
    json_close_object(&writer);
    eq_text(text_span(buf.data, buf.size),
            "{\"data\":[{},[],null,false,-7,2.0,\"x\\n\",null,\"\",null,"
            "{\"raw\": 1},{},\"01af\"],\"next\\\"\":null}");
}

TEST(a_full_buffer_stops_the_writer)
{
    UNUSED_STATE;
    struct value value = sample();

    for (size_t limit = 0; limit < 60; limit++) {
        struct buf small;
        buf_init(&small, limit);
        json_write_value(&small, &value, 0);
        ok(small.size <= limit);
        if (small.status == PHX_OK)
            ok(limit >= 52);
        else
            eq_int(small.status, PHX_TOO_BIG);
        buf_clear(&small);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_must_be_is_escaped),
        cmocka_unit_test(ascii_is_that_of_json_dumps),
        cmocka_unit_test(no_place_in_a_word_is_overlooked),
        cmocka_unit_test(the_room_in_the_buf_does_not_matter),
        cmocka_unit_test(values_are_compact_unless_spaced),
        cmocka_unit_test(what_is_nested_too_deep_fails),
        cmocka_unit_test(the_stream_puts_commas_and_colons),
        cmocka_unit_test(a_full_buffer_stops_the_writer),
    };
    return cmocka_run_group_tests(tests, open_buf, close_buf);
}

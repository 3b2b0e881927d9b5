/*
 * JSON text into values: what is taken, what is refused and where.
 */
#include "t.h"

#include "base/base.h"
#include "json/json.h"
#include "unit/arena.h"

static struct value read_sized(const char *bytes, size_t size, int flags)
{
    struct value value = {0};

    succeeds(json_read(&arena, text_span(bytes, size), flags, &value, err));
    return value;
}

static struct value read_string(const char *string)
{
    return read_sized(string, strlen(string), 0);
}

static void refused(const char *string, int64_t offset, const char *message)
{
    struct value value = value_int(77);
    phx_error err = {0};
    phx_status status = json_read(&arena, text_of(string), 0, &value, &err);

    if (status != PHX_INVALID || err.offset != offset ||
        strcmp(err.message, message) != 0)
        wrong("'%s': status %d at %lld: %s", string, status,
              (long long)err.offset, err.message);
    eq_int(value.integer, 77);
}

TEST(words_are_read)
{
    UNUSED_STATE;
    eq_int(read_string("null").kind, JSON_NULL);
    eq_int(read_string(" true\t").integer, 1);
    eq_int(read_string("\r\nfalse").kind, JSON_BOOL);
    eq_int(read_string("false").integer, 0);
}

TEST(digits_are_kept_where_they_are_asked_for)
{
    UNUSED_STATE;
    struct value list = read_sized("[1.50,-0.0,1E2 ,7,1e400]", 24, JSON_DIGITS);
    static const char *const texts[] = {"1.50", "-0.0", "1E2"};

    for (int i = 0; i < 3; i++) {
        eq_int(list.items[i].kind, JSON_NUMBER);
        eq_text(list.items[i].text, texts[i]);
    }
    eq_int(list.items[3].kind, JSON_INT);
    eq_text(list.items[4].text, "1e400");
}

TEST(nesting_is_kept_in_order)
{
    UNUSED_STATE;
    struct value value =
        read_string("{\"a\": [1, {\"b\": []}, [2, [3], 4]], \"c\": {}}");

    eq_int(value.count, 2);
    eq_text(value.members[0].key, "a");
    eq_text(value.members[1].key, "c");
    eq_int(value.members[1].value.kind, JSON_OBJECT);
    eq_int(value.members[1].value.count, 0);
    const struct value *array = &value.members[0].value;
    eq_int(array->count, 3);
    eq_int(array->items[0].integer, 1);
    eq_int(array->items[1].members[0].value.kind, JSON_ARRAY);
    eq_int(array->items[2].items[1].items[0].integer, 3);
    eq_int(array->items[2].items[2].integer, 4);
}

TEST(plain_texts_point_into_the_input)
{
    UNUSED_STATE;
    static const char text[] =
        "[\"abc\", \"\", \"a long text of many letters\"]";
    struct value value = read_string(text);

    ok(read_sized(text, sizeof text - 1, 0).items[0].text.data == text + 2);
    eq_text(value.items[0].text, "abc");
    assert_non_null(value.items[1].text.data);
    eq_int(value.items[1].text.size, 0);
    eq_text(value.items[2].text, "a long text of many letters");
}

TEST(escapes_are_undone)
{
    UNUSED_STATE;
    eq_text(read_string("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"").text,
            "\"\\/\b\f\n\r\t");
    eq_text(read_string("\"\\u00e9\\u00E9 \\u65e5\"").text,
            "\xC3\xA9\xC3\xA9 \xE6\x97\xA5");
    eq_text(read_string("\"x\\ud83d\\ude00y\"").text, "x\xF0\x9F\x98\x80y");
    struct value zero = read_string("\"a\\u0000b\"");
    eq_int(zero.text.size, 3);
    assert_memory_equal(zero.text.data, "a\0b", 3);
}

TEST(half_a_surrogate_pair_becomes_FFFD)
{
    UNUSED_STATE;
    eq_text(read_string("\"\\ud83d\"").text, "\xEF\xBF\xBD");
    eq_text(read_string("\"\\ude00x\"").text, "\xEF\xBF\xBDx");
    eq_text(read_string("\"\\ud83d\\n\"").text, "\xEF\xBF\xBD\n");
    eq_text(read_string("\"\\ud83d\\u0041\"").text, "\xEF\xBF\xBD"
                                                    "A");
    eq_text(read_string("\"\\ud83d\\ud83d\\ude00\"").text,
            "\xEF\xBF\xBD\xF0\x9F\x98\x80");
}

TEST(of_equal_keys_the_last_value_wins_at_the_first_place)
{
    UNUSED_STATE;
    struct value value = read_string("{\"a\":1,\"b\":2,\"\\u0061\":3,\"b\":4}");

    eq_int(value.count, 2);
    eq_text(value.members[0].key, "a");
    eq_int(value.members[0].value.integer, 3);
    eq_int(value.members[1].value.integer, 4);
}

TEST(large_objects_drop_repeated_keys_too)
{
    UNUSED_STATE;
    struct buf buf;

    buf_init(&buf, 1 << 20);
    buf_add_byte(&buf, '{');
    for (int i = 0; i < 6000; i++)
        buf_add_format(&buf, "%s\"key %d\":%d", i > 0 ? "," : "", i % 4000, i);
    buf_add_byte(&buf, '}');
    struct value value = read_sized((const char *)buf.data, buf.size, 0);
    eq_int(value.count, 4000);
    for (uint32_t i = 0; i < 4000; i++) {
        char key[20];
        snprintf(key, sizeof key, "key %u", i);
        eq_text(value.members[i].key, key);
        eq_int(value.members[i].value.integer, i < 2000 ? i + 4000 : i);
    }
    buf_clear(&buf);
}

/* Each member is told from each other by comparison, or this would take
 * minutes. */
TEST(a_million_members_are_read_at_once)
{
    UNUSED_STATE;
    struct buf buf;
    uint64_t start = time_monotonic();

    buf_init(&buf, 1 << 26);
    buf_add_byte(&buf, '{');
    for (uint32_t i = 0; i < 1000000; i++)
        buf_add_format(&buf, "%s\"%u\":0", i > 0 ? "," : "", i);
    buf_add_byte(&buf, '}');
    eq_int(read_sized((const char *)buf.data, buf.size, 0).count, 1000000);
    ok(time_monotonic() - start < 20000000000u);
    buf_clear(&buf);
    arena_clear(&arena);
}

TEST(refusals_stand_where_python_puts_them)
{
    UNUSED_STATE;
    refused("", 0, "expecting value");
    refused("  ", 2, "expecting value");
    refused("{\"data\": [}", 10, "expecting value");
    refused("[1,]", 3, "expecting value");
    refused("[1 2]", 3, "expecting ',' delimiter");
    refused("[1", 2, "expecting ',' delimiter");
    refused("{\"a\" 1}", 5, "expecting ':' delimiter");
    refused("{\"a\":1,}", 7,
            "expecting property name enclosed in double quotes");
    refused("{a:1}", 1, "expecting property name enclosed in double quotes");
    refused("{\"a\":1 \"b\":2}", 7, "expecting ',' delimiter");
    refused("1 2", 2, "extra data");
    refused("nul", 0, "expecting value");
    refused("nulll", 4, "extra data");
    refused("'a'", 0, "expecting value");
    refused("[\"abc", 1, "unterminated string starting at");
    refused("\"abc\\", 0, "unterminated string starting at");
    refused("\"a\\q\"", 2, "invalid \\escape");
    refused("\"a\\u12g4\"", 3, "invalid \\uXXXX escape");
    refused("\"a\\u12\"", 3, "invalid \\uXXXX escape");
    refused("\"a\nb\"", 2, "invalid control character at");
    refused("[/* no */ 1]", 1, "expecting value");
    refused("\xEF\xBB\xBF{}", 0, "expecting value");
    refused("]", 0, "expecting value");
}

TEST(numbers_have_the_grammar_of_json)
{
    UNUSED_STATE;
    refused("01", 1, "extra data");
    refused("+1", 0, "expecting value");
    refused("-", 0, "expecting value");
    refused("1.", 1, "extra data");
    refused(".5", 0, "expecting value");
    refused("1e", 1, "extra data");
    refused("1e+", 1, "extra data");
    refused("0x10", 1, "extra data");
    refused("1_000", 1, "extra data");
    refused("--1", 0, "expecting value");
    refused("\xEF\xBC\x91", 0, "expecting value"); /* fullwidth one */
}

TEST(text_must_be_utf8)
{
    UNUSED_STATE;
    refused("[\"a\xFF\"]", 3, "text is not UTF-8");
    refused("[\"\xED\xA0\x80\"]", 2, "text is not UTF-8");
    refused("\xC3", 0, "text is not UTF-8");
    eq_text(read_string("\"\xC3\xA9\x7F\"").text, "\xC3\xA9\x7F");
}

TEST(the_lenient_take_what_python_writes)
{
    UNUSED_STATE;
    struct value value =
        read_sized("[NaN, Infinity, -Infinity]", 26, JSON_LENIENT);

    ok(value.items[0].kind == JSON_REAL &&
       value.items[0].real != value.items[0].real);
    ok(value.items[1].real > 1e308);
    ok(value.items[2].real < -1e308);
    refused("NaN", 0, "expecting value");
    refused("[Infinity]", 1, "expecting value");
    refused("-Infinity", 0, "expecting value");
}

static void nest(struct buf *buf, int levels, const char *open,
                 const char *inner, const char *close)
{
    buf_reset(buf);
    for (int i = 0; i < levels; i++)
        buf_add_string(buf, open);
    buf_add_string(buf, inner);
    for (int i = 0; i < levels; i++)
        buf_add_string(buf, close);
}

TEST(what_is_too_deep_is_read_past_if_asked_for)
{
    UNUSED_STATE;
    static const char *const whole[] = {"[]",
                                        "{}",
                                        "[1,[2,{}],\"]\"]",
                                        "{\"a\":[],\"b\":{\"]\":{}},\"c\":1}",
                                        " [ ] ",
                                        "[ 1 , { \"a\" : null } ] "};
    static const char *const broken[] = {
        "[",         "{",     "[1,]", "{\"a\":1,}",  "[1 2]",
        "{\"a\" 1}", "{1:2}", "[[]",  "[}",          "{]",
        "{\"a\":}",  "[,1]",  "[1}",  "{\"a\":[1,}}"};
    struct value value;
    struct buf buf;

    buf_init(&buf, 1 << 24);
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) {
        nest(&buf, JSON_DEPTH_DEEP, "[", whole[i], "]");
        succeeds(json_read(&arena, text_span(buf.data, buf.size), JSON_DEEP,
                           &value, err));
        for (int depth = 0; depth < JSON_DEPTH_DEEP; depth++) {
            eq_int(value.count, 1);
            value = value.items[0];
        }
        eq_int(value.kind, JSON_NULL);
    }
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        nest(&buf, JSON_DEPTH_DEEP, "[", broken[i], "]");
        eq_int(json_read(&arena, text_span(buf.data, buf.size), JSON_DEEP,
                         &value, NULL),
               PHX_INVALID);
    }
    nest(&buf, 1000000, "{\"a\":", "1", "}");
    succeeds(json_read(&arena, text_span(buf.data, buf.size), JSON_DEEP, &value,
                       err));
    buf_clear(&buf);
}

TEST(nesting_ends_at_255_levels)
{
    UNUSED_STATE;
    struct buf buf;
    struct value value;
    phx_error error = {0};

    buf_init(&buf, 1 << 24);
    nest(&buf, 255, "[", "1", "]");
    read_sized((const char *)buf.data, buf.size, 0);
    nest(&buf, 256, "[", "1", "]");
    eq_int(json_read(&arena, text_span(buf.data, buf.size), 0, &value, &error),
           PHX_TOO_BIG);
    eq_int(error.offset, 255);
    nest(&buf, 255, "{\"a\":", "1", "}");
    read_sized((const char *)buf.data, buf.size, 0);
    nest(&buf, 1000000, "[", "1", "");
    fails_with(
        PHX_TOO_BIG, "255 levels",
        json_read(&arena, text_span(buf.data, buf.size), 0, &value, err));
    buf_clear(&buf);
}

TEST(the_arenas_limit_holds)
{
    UNUSED_STATE;
    struct arena small;
    struct value value;

    arena_init(&small, 200);
    succeeds(json_read(&small, text_of("[1,2,3,4]"), 0, &value, err));
    arena_clear(&small);
    fails_with(
        PHX_TOO_BIG, "100 bytes", /* what is open may have half of it */
        json_read(&small, text_of("[1,2,3,4,5,6,7,8,9,0]"), 0, &value, err));
    fails_with(
        PHX_TOO_BIG, "200 bytes",
        json_read(&small, text_of("[[1,2],[1,2],[1,2]]"), 0, &value, err));
    arena_clear(&small);
}

TEST(any_allocation_may_fail)
{
    UNUSED_STATE;
    static const char text[] =
        "{\"a\":[1,2.5,\"\\n\",{\"b\":[[],{}]}],\"0\":0,\"1\":0,\"2\":0,"
        "\"3\":0,\"4\":0,\"5\":0,\"6\":0,\"7\":0,\"8\":0,\"9\":0,\"c\":0,"
        "\"d\":0,\"e\":0,\"f\":0,\"g\":0,\"h\":0,\"i\":0,\"h\":1}";
    int64_t before = memory_faults.balance;

    for (int for_good = 0; for_good < 2; for_good++) {
        for (int64_t at = 1;; at++) {
            struct arena inner;
            struct value value;
            arena_init(&inner, 1 << 20);
            memory_faults.seen = 0;
            memory_faults.for_good = for_good;
            memory_faults.fail_at = at;
            phx_status status =
                json_read(&inner, text_of(text), 0, &value, NULL);
            memory_faults.fail_at = 0;
            bool met = memory_faults.seen >= at;
            arena_clear(&inner);
            eq_int(memory_faults.balance, before);
            eq_int(status, met ? PHX_NO_MEMORY : PHX_OK);
            if (!met) {
                ok(at > 5);
                break;
            }
        }
    }
    memory_faults.for_good = false;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_read),
        cmocka_unit_test(digits_are_kept_where_they_are_asked_for),
        cmocka_unit_test(nesting_is_kept_in_order),
        cmocka_unit_test(plain_texts_point_into_the_input),
        cmocka_unit_test(escapes_are_undone),
        cmocka_unit_test(half_a_surrogate_pair_becomes_FFFD),
        cmocka_unit_test(of_equal_keys_the_last_value_wins_at_the_first_place),
        cmocka_unit_test(large_objects_drop_repeated_keys_too),
        cmocka_unit_test(a_million_members_are_read_at_once),
        cmocka_unit_test(refusals_stand_where_python_puts_them),
        cmocka_unit_test(numbers_have_the_grammar_of_json),
        cmocka_unit_test(text_must_be_utf8),
        cmocka_unit_test(the_lenient_take_what_python_writes),
        cmocka_unit_test(nesting_ends_at_255_levels),
        cmocka_unit_test(what_is_too_deep_is_read_past_if_asked_for),
        cmocka_unit_test(the_arenas_limit_holds),
        cmocka_unit_test(any_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}

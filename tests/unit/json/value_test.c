/*
 * Finding and comparing values.
 */
#include "t.h"

#include "base/base.h"
#include "json/json.h"
#include "unit/arena.h"

static struct value read_string(const char *string)
{
    struct value value = {0};

    succeeds(json_read(&arena, text_of(string), JSON_LENIENT, &value, err));
    return value;
}

TEST(members_are_found_by_name_and_path)
{
    UNUSED_STATE;
    struct value value =
        read_string("{\"llm\":{\"token_count\":{\"prompt\":7},\"\":3},"
                    "\"a.b\":1,\"list\":[1]}");

    eq_int(value_at(&value, "llm.token_count.prompt")->integer, 7);
    eq_int(value_at(&value, "llm.")->integer, 3);
    assert_null(value_at(&value, "llm.token_count.prompt.x"));
    assert_null(value_at(&value, "a.b"));
    eq_int(value_member(&value, "a.b")->integer, 1);
    assert_null(value_at(&value, "list.0"));
    assert_null(value_at(&value, "lis"));
    assert_null(value_member(&value.members[2].value, "x"));
    assert_null(value_member(NULL, "x"));
    assert_null(value_at(NULL, "x.y"));
}

TEST(texts_are_compared_with_strings)
{
    UNUSED_STATE;
    struct value text = value_text(text_of("abc"));
    struct value number = value_int(3);

    ok(value_is_text(&text, "abc"));
    ok(!value_is_text(&text, "ab"));
    ok(!value_is_text(&number, "3"));
    ok(!value_is_text(NULL, "abc"));
}

static bool same(const char *left, const char *right)
{
    struct value a = read_string(left);
    struct value b = read_string(right);

    eq_int(value_equal(&a, &b), value_equal(&b, &a));
    return value_equal(&a, &b);
}

TEST(equal_is_what_comes_back_the_same)
{
    UNUSED_STATE;
    ok(same("[1,\"a\",null,true,2.5,{}]",
            "[1, \"\\u0061\",null,true,25e-1,{}]"));
    ok(!same("1", "1.0"));
    ok(!same("0.0", "-0.0"));
    ok(same("NaN", "NaN"));
    ok(!same("[1]", "[1,2]"));
    ok(!same("null", "false"));
    ok(!same("\"1\"", "1"));
    ok(!same("18446744073709551616", "18446744073709551617"));
}

TEST(members_may_come_in_any_order)
{
    UNUSED_STATE;
    ok(same("{\"a\":1,\"b\":[2]}", "{\"b\":[2],\"a\":1}"));
    ok(!same("{\"a\":1,\"b\":2}", "{\"b\":1,\"a\":2}"));
    ok(!same("{\"a\":1}", "{\"b\":1}"));
    ok(!same("{\"a\":1}", "{\"a\":1,\"b\":2}"));
    ok(same("{}", "{}"));
}

static struct value large_object(struct buf *buf, int count, bool reversed,
                                 int changed)
{
    struct value value = {0};

    buf_reset(buf);
    for (int i = 0; i < count; i++) {
        int key = reversed ? count - 1 - i : i;
        buf_add_format(buf, "%s\"k%d\":%d", i > 0 ? "," : "{", key,
                       key == changed ? -1 : key);
    }
    buf_add_byte(buf, '}');
    succeeds(
        json_read(&arena, text_span(buf->data, buf->size), 0, &value, err));
    return value;
}

TEST(large_objects_of_another_order_are_equal)
{
    UNUSED_STATE;
    struct buf here, there;

    buf_init(&here, 1 << 24);
    buf_init(&there, 1 << 24);
    struct value a = large_object(&here, 100000, false, -1);
    struct value b = large_object(&there, 100000, true, -1);
    ok(value_equal(&a, &b));
    b = large_object(&there, 100000, true, 5);
    ok(!value_equal(&a, &b));
    a = large_object(&here, 100, false, -1);
    b = large_object(&there, 100, true, -1);
    memory_faults.seen = 0;
    memory_faults.fail_at = 1; /* without memory it is slow, not wrong */
    ok(value_equal(&a, &b));
    memory_faults.fail_at = 0;
    buf_clear(&here);
    buf_clear(&there);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_are_found_by_name_and_path),
        cmocka_unit_test(texts_are_compared_with_strings),
        cmocka_unit_test(equal_is_what_comes_back_the_same),
        cmocka_unit_test(members_may_come_in_any_order),
        cmocka_unit_test(large_objects_of_another_order_are_equal),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}

/*
 * Bytes that grow up to a ceiling.
 */
#include "t.h"

#include "unit/freed.h"

TEST(pieces_follow_one_another)
{
    UNUSED_STATE;
    struct buf buf;

    buf_init(&buf, 1000);
    buf_add(&buf, "ab", 2);
    buf_add(&buf, NULL, 0);
    buf_add_byte(&buf, 'c');
    buf_add_text(&buf, text_of("de"));
    buf_add_string(&buf, "f");
    buf_add_format(&buf, "%d-%s", 7, "g");
    eq_text(text_span(buf.data, buf.size), "abcdef7-g");
    succeeds(buf_status(&buf, "text", err));
    buf_clear(&buf);
}

TEST(numbers_are_little_endian)
{
    UNUSED_STATE;
    struct buf buf;

    buf_init(&buf, 1000);
    buf_add_u16(&buf, 0x0102);
    buf_add_u32(&buf, 0x03040506);
    buf_add_u64(&buf, 0x0708090A0B0C0D0E);
    assert_memory_equal(buf.data, "\2\1\6\5\4\3\x0E\x0D\x0C\x0B\x0A\x09\x08\7",
                        14);
    buf_clear(&buf);
}

TEST(varints_are_protobufs)
{
    UNUSED_STATE;
    struct buf buf;

    buf_init(&buf, 1000);
    buf_add_varint(&buf, 0);
    buf_add_varint(&buf, 127);
    buf_add_varint(&buf, 300);
    eq_int(buf.size, 4);
    assert_memory_equal(buf.data, "\x00\x7F\xAC\x02", 4);
    buf_reset(&buf);
    buf_add_varint(&buf, UINT64_MAX);
    eq_int(buf.size, 10);
    eq_int(buf.data[9], 1);
    buf_clear(&buf);
}

TEST(the_first_failure_is_remembered)
{
    UNUSED_STATE;
    struct buf buf;

    buf_init(&buf, 4);
    buf_add_string(&buf, "abc");
    buf_add_string(&buf, "de");
    buf_add_string(&buf, "f");
    eq_int(buf.size, 3);
    assert_null(buf_room(&buf, 1));
    fails_with(PHX_TOO_BIG, "answer is over 4 bytes",
               buf_status(&buf, "answer", err));
    buf_reset(&buf);
    buf_add_string(&buf, "abcd");
    succeeds(buf_status(&buf, "answer", err));
    buf_clear(&buf);
}

TEST(want_of_memory_is_told)
{
    UNUSED_STATE;
    struct buf buf;

    buf_init(&buf, 100);
    memory_faults.fail_at = memory_faults.seen + 1;
    buf_add_string(&buf, "abc");
    memory_faults.fail_at = 0;
    fails_with(PHX_NO_MEMORY, "answer", buf_status(&buf, "answer", err));
    buf_clear(&buf);
}

TEST(room_is_filled_and_counted_by_hand)
{
    UNUSED_STATE;
    struct buf buf;

    buf_init(&buf, 100);
    uint8_t *room = buf_room(&buf, 50);
    assert_non_null(room);
    memcpy(room, "xyz", 3);
    buf_used(&buf, 3);
    eq_text(text_span(buf.data, buf.size), "xyz");
    assert_null(buf_room(&buf, SIZE_MAX));
    buf_clear(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_follow_one_another),
        cmocka_unit_test(numbers_are_little_endian),
        cmocka_unit_test(varints_are_protobufs),
        cmocka_unit_test(the_first_failure_is_remembered),
        cmocka_unit_test(want_of_memory_is_told),
        cmocka_unit_test(room_is_filled_and_counted_by_hand),
    };
    return cmocka_run_group_tests(tests, NULL, all_freed);
}

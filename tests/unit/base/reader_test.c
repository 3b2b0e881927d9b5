/*
 * Bytes taken from the front.
 */
#include "t.h"

#include "base/base.h"

TEST(numbers_come_back_as_written)
{
    UNUSED_STATE;
    static const uint64_t varints[] = {0,   1,        127,       128,
                                       300, 1u << 31, INT64_MAX, UINT64_MAX};
    struct reader reader;
    struct buf buf;

    buf_init(&buf, 1000);
    buf_add_byte(&buf, 0xFE);
    buf_add_u16(&buf, 0xFEDC);
    buf_add_u32(&buf, 0xFEDCBA98);
    buf_add_u64(&buf, 0xFEDCBA9876543210);
    for (size_t i = 0; i < sizeof varints / sizeof varints[0]; i++)
        buf_add_varint(&buf, varints[i]);
    reader_init(&reader, buf.data, buf.size);
    eq_int(reader_u8(&reader), 0xFE);
    eq_int(reader_u16(&reader), 0xFEDC);
    eq_int(reader_u32(&reader), 0xFEDCBA98);
    ok(reader_u64(&reader) == 0xFEDCBA9876543210);
    for (size_t i = 0; i < sizeof varints / sizeof varints[0]; i++)
        ok(reader_varint(&reader) == varints[i]);
    eq_int(reader_left(&reader), 0);
    ok(!reader.failed);
    buf_clear(&buf);
}

TEST(a_read_past_the_end_fails_for_good)
{
    UNUSED_STATE;
    struct reader reader;

    reader_init(&reader, "\1\2\3", 3);
    eq_int(reader_u32(&reader), 0);
    ok(reader.failed);
    eq_int(reader_u8(&reader), 0);
    assert_null(reader_bytes(&reader, 1));
}

TEST(huge_sizes_do_not_wrap)
{
    UNUSED_STATE;
    struct reader reader;

    reader_init(&reader, "abc", 3);
    assert_null(reader_bytes(&reader, SIZE_MAX));
    ok(reader.failed);
}

TEST(endless_varints_fail)
{
    UNUSED_STATE;
    struct reader reader;

    reader_init(&reader, "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x02", 10);
    reader_varint(&reader);
    ok(reader.failed);
    reader_init(&reader, "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", 11);
    reader_varint(&reader);
    ok(reader.failed);
    reader_init(&reader, "\x80", 1);
    reader_varint(&reader);
    ok(reader.failed);
}

TEST(bytes_are_lent_in_place)
{
    UNUSED_STATE;
    static const char bytes[] = "abcd";
    struct reader reader;

    reader_init(&reader, bytes, 4);
    ok(reader_bytes(&reader, 3) == (const uint8_t *)bytes);
    eq_int(reader_left(&reader), 1);
    assert_non_null(reader_bytes(&reader, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_come_back_as_written),
        cmocka_unit_test(a_read_past_the_end_fails_for_good),
        cmocka_unit_test(huge_sizes_do_not_wrap),
        cmocka_unit_test(endless_varints_fail),
        cmocka_unit_test(bytes_are_lent_in_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Sums of hashes are stored on disk, so their values may never change.
 */
#include "t.h"

#include "base/base.h"

/* The first numbers of the stream are those of RFC 8439, 2.4.2's cipher with
 * the key of zeros, nonce 0 and block 0. */
TEST(the_stream_is_chacha20)
{
    static const uint8_t expected[] = {0x76, 0xb8, 0xe0, 0xad, 0xa0, 0xf1,
                                       0x3d, 0x90, 0x40, 0x5d, 0x6a, 0xe5,
                                       0x53, 0x86, 0xbd, 0x28};
    const uint8_t zeros[SHA256_SIZE] = {0};
    struct multiset sum = {{0}};
    uint8_t bytes[MULTISET_SIZE];

    UNUSED_STATE;
    multiset_add(&sum, zeros);
    multiset_write(&sum, bytes);
    assert_memory_equal(bytes, expected, sizeof expected);
}

/* FIPS 180-4, at the edge of a block. */
TEST(items_are_named_by_sha256)
{
    const char *text =
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    uint8_t sum[SHA256_SIZE];
    char hex[2 * SHA256_SIZE + 1];

    UNUSED_STATE;
    sha256(text, strlen(text), sum);
    hex_print(sum, sizeof sum, hex);
    eq_string(hex, "248d6a61d20638b8e5c026930c3e6039"
                   "a33ce45964ff2167f6ecedd419db06c1");
}

TEST(order_and_what_has_gone_do_not_matter)
{
    struct multiset one = {{0}}, other = {{0}}, read;
    uint8_t a[SHA256_SIZE], b[SHA256_SIZE], bytes[MULTISET_SIZE];

    UNUSED_STATE;
    sha256("a", 1, a);
    sha256("b", 1, b);
    multiset_add(&one, a);
    multiset_add(&one, b);
    multiset_add(&other, b);
    multiset_add(&other, b);
    multiset_add(&other, a);
    assert_memory_not_equal(&one, &other, sizeof one);
    multiset_take(&other, b);
    assert_memory_equal(&one, &other, sizeof one);
    multiset_write(&one, bytes);
    multiset_read(bytes, &read);
    assert_memory_equal(&one, &read, sizeof one);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_stream_is_chacha20),
        cmocka_unit_test(items_are_named_by_sha256),
        cmocka_unit_test(order_and_what_has_gone_do_not_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Packing and unpacking: limits, broken bodies, and memory that runs out. */
#include "t.h"

#include "../../../server/encoding.c"

enum { TEXT_SIZE = 3000 };

/* Text that packs, but not to nothing. */
static void make_text(uint8_t out[TEXT_SIZE])
{
    for (size_t i = 0; i < TEXT_SIZE; i++)
        out[i] = (uint8_t)('a' + i * i % 23);
}

/* One packed form of the text of each kind. */
static size_t pack(enum encoding encoding, int window, const uint8_t *bytes,
                   size_t size, uint8_t *out, size_t room)
{
    z_stream zlib = {0};

    if (encoding == ENCODING_ZSTD)
        return ZSTD_compress(out, room, bytes, size, 1);
    deflateInit2(&zlib, 6, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY);
    zlib.next_in = bytes;
    zlib.avail_in = (uInt)size;
    zlib.next_out = out;
    zlib.avail_out = (uInt)room;
    deflate(&zlib, Z_FINISH);
    deflateEnd(&zlib);
    return room - zlib.avail_out;
}

static const struct {
    enum encoding encoding;
    int window;
} FORMS[] = {{ENCODING_GZIP, WINDOW_GZIP},
             {ENCODING_DEFLATE, WINDOW_ZLIB},
             {ENCODING_DEFLATE, WINDOW_BARE},
             {ENCODING_ZSTD, 0}};
enum { FORM_COUNT = sizeof FORMS / sizeof *FORMS };

TEST(names_are_found_in_any_case)
{
    enum encoding encoding = ENCODING_ZSTD;

    UNUSED_STATE;
    ok(encoding_find(text_of("GZip"), &encoding));
    eq_int(encoding, ENCODING_GZIP);
    ok(encoding_find(text_of("zstd"), &encoding));
    eq_int(encoding, ENCODING_ZSTD);
    ok(encoding_find(text_of("deflate"), &encoding));
    eq_int(encoding, ENCODING_DEFLATE);
    ok(encoding_find(text_of(NULL), &encoding));
    eq_int(encoding, ENCODING_IDENTITY);
    ok(!encoding_find(text_of("snappy"), &encoding));
    ok(!encoding_find(text_of("gzi"), &encoding));
}

TEST(what_is_packed_comes_back)
{
    uint8_t text[TEXT_SIZE], packed[2 * TEXT_SIZE];
    struct buf out;

    UNUSED_STATE;
    make_text(text);
    buf_init(&out, TEXT_SIZE); /* exactly as large as it must be */
    for (size_t i = 0; i < FORM_COUNT; i++) {
        size_t size = pack(FORMS[i].encoding, FORMS[i].window, text,
                           sizeof text, packed, sizeof packed);
        buf_reset(&out);
        succeeds(encoding_inflate(FORMS[i].encoding, packed, size, &out, err));
        eq_int(out.size, sizeof text);
        assert_memory_equal(out.data, text, sizeof text);
    }
    buf_clear(&out);
}

TEST(one_byte_over_the_limit_is_too_big)
{
    uint8_t text[TEXT_SIZE], packed[2 * TEXT_SIZE];
    struct buf out;

    UNUSED_STATE;
    make_text(text);
    buf_init(&out, TEXT_SIZE - 1);
    for (size_t i = 0; i < FORM_COUNT; i++) {
        size_t size = pack(FORMS[i].encoding, FORMS[i].window, text,
                           sizeof text, packed, sizeof packed);
        buf_reset(&out);
        fails_with(
            PHX_TOO_BIG, "over 2999 bytes",
            encoding_inflate(FORMS[i].encoding, packed, size, &out, err));
    }
    buf_clear(&out);
}

TEST(bodies_that_are_cut_short_or_go_on_are_invalid)
{
    uint8_t text[TEXT_SIZE], packed[2 * TEXT_SIZE];
    struct buf out;

    UNUSED_STATE;
    make_text(text);
    buf_init(&out, TEXT_SIZE);
    for (size_t i = 0; i < FORM_COUNT; i++) {
        size_t size = pack(FORMS[i].encoding, FORMS[i].window, text,
                           sizeof text, packed, sizeof packed - 1);
        for (size_t cut = 0; cut < size; cut += 7) {
            phx_error err;
            buf_reset(&out);
            eq_int(encoding_inflate(FORMS[i].encoding, packed, cut, &out, &err),
                   PHX_INVALID);
        }
        packed[size] = 'x';
        buf_reset(&out);
        phx_error err;
        eq_int(
            encoding_inflate(FORMS[i].encoding, packed, size + 1, &out, &err),
            PHX_INVALID);
    }
    buf_clear(&out);
}

TEST(several_members_are_one_body)
{
    uint8_t packed[64];
    struct buf out;

    UNUSED_STATE;
    for (size_t i = 0; i < FORM_COUNT; i += 3) {
        size_t size = pack(FORMS[i].encoding, FORMS[i].window,
                           (const uint8_t *)"one ", 4, packed, 32);
        size += pack(FORMS[i].encoding, FORMS[i].window, (const uint8_t *)"two",
                     3, packed + size, 32);
        buf_init(&out, 100);
        succeeds(encoding_inflate(FORMS[i].encoding, packed, size, &out, err));
        eq_text(text_span(out.data, out.size), "one two");
        buf_clear(&out);
    }
}

TEST(a_bomb_costs_no_more_than_the_limit)
{
    static uint8_t zeros[1 << 20];
    static uint8_t packed[8192];
    struct buf out;

    UNUSED_STATE;
    buf_init(&out, 50000);
    for (size_t i = 0; i < FORM_COUNT; i++) {
        size_t size = pack(FORMS[i].encoding, FORMS[i].window, zeros,
                           sizeof zeros, packed, sizeof packed);
        buf_reset(&out);
        fails_with(
            PHX_TOO_BIG, "50000",
            encoding_inflate(FORMS[i].encoding, packed, size, &out, err));
        ok(out.capacity <= 50000);
    }
    buf_clear(&out);
}

TEST(what_we_pack_unpacks)
{
    uint8_t text[TEXT_SIZE];
    struct buf packed, out;

    UNUSED_STATE;
    make_text(text);
    buf_init(&packed, SIZE_MAX);
    buf_init(&out, TEXT_SIZE);
    succeeds(encoding_gzip(text, sizeof text, &packed, err));
    ok(packed.size < sizeof text);
    succeeds(
        encoding_inflate(ENCODING_GZIP, packed.data, packed.size, &out, err));
    assert_memory_equal(out.data, text, sizeof text);
    buf_clear(&packed);
    packed.limit = 10;
    fails_with(PHX_TOO_BIG, "over 10 bytes",
               encoding_gzip(text, sizeof text, &packed, err));
    buf_clear(&packed);
    buf_clear(&out);
}

TEST(pieces_pack_to_one_member)
{
    static const size_t sizes[] = {0, 1, 999, 0, 2000, 0};
    uint8_t text[TEXT_SIZE];
    struct packer *packer;
    struct buf packed, out;
    size_t at = 0;

    UNUSED_STATE;
    make_text(text);
    buf_init(&packed, SIZE_MAX);
    buf_init(&out, TEXT_SIZE);
    succeeds(packer_new(&packer, err));
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        succeeds(packer_add(packer, text + at, sizes[i], i == 5, &packed, err));
        at += sizes[i];
    }
    packer_free(packer);
    packer_free(NULL);
    eq_int(at, TEXT_SIZE);
    succeeds(
        encoding_inflate(ENCODING_GZIP, packed.data, packed.size, &out, err));
    assert_memory_equal(out.data, text, sizeof text);
    buf_clear(&packed);
    buf_clear(&out);
}

TEST(any_allocation_may_fail)
{
    uint8_t text[TEXT_SIZE], packed[2 * TEXT_SIZE];
    struct buf out;

    UNUSED_STATE;
    make_text(text);
    for (size_t i = 0; i < FORM_COUNT; i++) {
        size_t size = pack(FORMS[i].encoding, FORMS[i].window, text,
                           sizeof text, packed, sizeof packed);
        phx_status status = PHX_NO_MEMORY;
        for (int64_t nth = 1; status == PHX_NO_MEMORY; nth++) {
            phx_error err;
            int64_t balance = memory_faults.balance;
            buf_init(&out, TEXT_SIZE);
            memory_faults.seen = 0;
            memory_faults.fail_at = nth;
            status =
                encoding_inflate(FORMS[i].encoding, packed, size, &out, &err);
            memory_faults.fail_at = 0;
            buf_clear(&out);
            eq_int(memory_faults.balance, balance);
        }
        eq_int(status, PHX_OK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_found_in_any_case),
        cmocka_unit_test(what_is_packed_comes_back),
        cmocka_unit_test(one_byte_over_the_limit_is_too_big),
        cmocka_unit_test(bodies_that_are_cut_short_or_go_on_are_invalid),
        cmocka_unit_test(several_members_are_one_body),
        cmocka_unit_test(a_bomb_costs_no_more_than_the_limit),
        cmocka_unit_test(what_we_pack_unpacks),
        cmocka_unit_test(pieces_pack_to_one_member),
        cmocka_unit_test(any_allocation_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

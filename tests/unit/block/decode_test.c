/* Blocks that are damaged, of another version, or cut short; and what is left
 * when memory runs out. */
#include "t.h"

#include "make.h"

static struct made made;

static void make_block(void)
{
    char json[300];

    made_init(&made);
    for (int i = 0; i < 12; i++) {
        snprintf(json, sizeof json,
                 "{\"a\":{\"b\":%d,\"c\":[{\"d\":\"%s\"},{\"d\":%s}]},"
                 "\"text\":\"%s number %d is long enough for the text area, "
                 "which begins at sixty-four\",\"list\":[1,2.5,{}]}",
                 i, i % 2 ? "x" : "yy", i % 3 ? "1.5" : "\"z\"", "text", i % 5);
        struct span *span = made_span(&made, json);
        if (i > 4)
            span->parent_id = made.spans[i - 4].span_id;
        span->flags = (uint32_t)i;
    }
    made_encode(&made);
}

static uint8_t *frame_bytes(uint32_t number)
{
    return made.image.bytes.data + made.image.frames[number].offset;
}

/* Opens, reads and verifies; what it comes to. What is read is right. */
static phx_status read_all(phx_error *err)
{
    struct block *block = NULL;
    struct arena arena;
    struct span spans[12];
    uint32_t rows[12];
    phx_status status;

    for (uint32_t i = 0; i < 12; i++)
        rows[i] = i;
    arena_init(&arena, 1 << 26);
    status = block_open(made.reader, made_fetch, &made.image, &block, err);
    if (status == PHX_OK && block_rows(block) == 12)
        status = block_read_spans(block, &arena, rows, 12, 0, spans, err);
    for (int i = 0; i < 12 && status == PHX_OK; i++)
        ok(same_span(&spans[i], &made.spans[i]));
    if (status == PHX_OK)
        status = block_verify(block, &made.image.zone, err);
    block_close(block);
    arena_clear(&arena);
    return status;
}

/* A few bits of zstd's headers mean nothing; all others are noticed. */
TEST(any_damaged_byte_is_noticed_or_means_nothing)
{
    UNUSED_STATE;
    phx_error error;
    uint32_t harmless = 0;
    make_block();
    eq_int(read_all(&error), PHX_OK);
    for (size_t i = 0; i < made.image.bytes.size; i++) {
        made.image.bytes.data[i] ^= 0x41;
        harmless += read_all(&error) == PHX_OK;
        made.image.bytes.data[i] ^= 0x41;
    }
    eq_int(read_all(&error), PHX_OK);
    ok(harmless <= 2 * made.image.frame_count);
    made_clear(&made);
}

TEST(a_frame_cut_short_is_noticed)
{
    UNUSED_STATE;
    phx_error error;
    make_block();
    for (uint32_t i = 0; i < made.image.frame_count; i++) {
        size_t size = made.image.frames[i].size;
        for (size_t left = 0; left < size; left++) {
            made.image.frames[i].size = left;
            eq_int(read_all(&error), PHX_CORRUPT);
        }
        made.image.frames[i].size = size;
    }
    made_clear(&made);
}

TEST(a_newer_version_is_refused)
{
    UNUSED_STATE;
    phx_error error;
    make_block();
    frame_bytes(0)[0] = 2;
    eq_int(read_all(&error), PHX_UNSUPPORTED);
    ok(strstr(error.message, "version 2") != NULL);
    made_clear(&made);
}

TEST(a_directory_too_large_is_refused)
{
    UNUSED_STATE;
    phx_error error;
    make_block();
    memset(frame_bytes(0) + 1, 255, 4);
    eq_int(read_all(&error), PHX_CORRUPT);
    made_clear(&made);
}

TEST(another_zone_is_noticed)
{
    UNUSED_STATE;
    phx_error error;
    make_block();
    made.image.zone.max_latency++;
    eq_int(read_all(&error), PHX_CORRUPT);
    ok(strstr(error.message, "zone") != NULL);
    made_clear(&made);
}

static phx_status no_frame(void *ctx, uint32_t number, phx_text *out,
                           phx_error *err)
{
    (void)ctx;
    (void)number;
    (void)out;
    return fail(err, PHX_INTERRUPTED, -1, "interrupted");
}

TEST(a_failing_fetch_stops_the_read)
{
    UNUSED_STATE;
    make_block();
    struct block *block;
    fails_with(PHX_INTERRUPTED, "interrupted",
               block_open(made.reader, no_frame, NULL, &block, err));
    made_clear(&made);
}

/* A writer and a reader from nothing, a block, and all that is asked of it. */
static phx_status whole_life(phx_error *err)
{
    struct block_writer *writer = NULL;
    struct block_reader *reader = NULL;
    struct block_image image;
    struct block *block = NULL;
    struct arena arena;
    struct span spans[12];
    const uint32_t rows[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
    const struct block_step steps[] = {{text_of("a"), 0}, {text_of("c"), 0}};
    struct block_path *path;
    struct value value, want = value_int(1);
    size_t taken;
    uint8_t bits[2] = {255, 255};
    bool found;
    phx_status status;

    arena_init(&arena, 1 << 26);
    block_image_init(&image);
    if ((status = block_writer_new(&writer, err)) < 0 ||
        (status = block_reader_new(&reader, err)) < 0 ||
        (status = block_encode(writer, made.order, made.count, &image, &taken,
                               err)) < 0 ||
        (status = block_encode(writer, made.order, made.count, &image, &taken,
                               err)) < 0 ||
        (status = block_open(reader, made_fetch, &image, &block, err)) < 0 ||
        (status = block_path_open(block, &arena, steps, 2, &path, err)) < 0 ||
        (status = block_path_value(path, &arena, 1, &value, &found, err)) < 0 ||
        (status = block_path_filter(path, &want, 4, bits, err)) < 0 ||
        (status = block_read_spans(block, &arena, rows, 2, 0, spans, err)) <
            0 ||
        (status = block_read_spans(block, &arena, rows, 12, 0, spans, err)) < 0)
        goto done;
    ok(found);
    for (int i = 0; i < 12; i++)
        ok(same_span(&spans[i], &made.spans[i]));
    status = block_verify(block, &image.zone, err);
done:
    block_close(block);
    block_image_clear(&image);
    block_writer_free(writer);
    block_reader_free(reader);
    arena_clear(&arena);
    return status;
}

static void sweep(bool for_good)
{
    make_block();
    int64_t balance = memory_faults.balance;
    phx_status status = PHX_NO_MEMORY;
    phx_error error;

    for (int64_t at = 1; status < 0; at++) {
        memory_faults = (struct memory_faults){
            .fail_at = at, .for_good = for_good, .balance = balance};
        status = whole_life(&error);
        int64_t seen = memory_faults.seen, left = memory_faults.balance;
        memory_faults = (struct memory_faults){.balance = left};
        eq_int(left, balance);
        if (seen >= at)
            eq_int(status, PHX_NO_MEMORY);
    }
    made_clear(&made);
}

TEST(any_allocation_may_fail)
{
    UNUSED_STATE;
    sweep(false);
    sweep(true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_damaged_byte_is_noticed_or_means_nothing),
        cmocka_unit_test(a_frame_cut_short_is_noticed),
        cmocka_unit_test(a_newer_version_is_refused),
        cmocka_unit_test(a_directory_too_large_is_refused),
        cmocka_unit_test(another_zone_is_noticed),
        cmocka_unit_test(a_failing_fetch_stops_the_read),
        cmocka_unit_test(any_allocation_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

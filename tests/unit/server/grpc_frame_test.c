/*
 * What gRPC adds to HTTP/2: prefixes, timeouts, messages and details.
 * nghttp2.h comes first: it names members `malloc`, which base.h poisons.
 */
#include <nghttp2/nghttp2.h>

#include "t.h"

#include "../../../server/grpc/frame.c"

struct body {
    struct frame frame;
    struct buf bytes;
    struct verdict verdict;
};

static void body_init(struct body *body)
{
    *body = (struct body){0};
    buf_init(&body->bytes, MESSAGE_MAX);
}

static bool body_add(struct body *body, const void *bytes, size_t size)
{
    return frame_add(&body->frame, bytes, size, &body->bytes, &body->verdict);
}

static bool body_end(struct body *body)
{
    return frame_end(&body->frame, &body->bytes, &body->verdict);
}

TEST(a_message_may_come_in_any_pieces)
{
    static const char stream[] = "\1\0\0\0\11some data";
    struct body body;

    UNUSED_STATE;
    for (size_t first = 0; first <= 14; first++) {
        for (size_t second = first; second <= 14; second++) {
            body_init(&body);
            ok(body_add(&body, stream, first));
            ok(body_add(&body, stream + first, second - first));
            eq_int(body_end(&body), second == 14);
            ok(body_add(&body, stream + second, 14 - second));
            ok(body_end(&body));
            ok(body.frame.packed);
            eq_text(text_span(body.bytes.data, body.bytes.size), "some data");
            buf_clear(&body.bytes);
        }
    }
}

TEST(an_empty_message_is_a_message)
{
    struct body body;

    UNUSED_STATE;
    body_init(&body);
    ok(body_add(&body, "\0\0\0\0\0", 5));
    ok(body_end(&body));
    ok(!body.frame.packed);
    buf_clear(&body.bytes);
}

TEST(a_unary_call_has_one_message)
{
    struct body body;

    UNUSED_STATE;
    body_init(&body);
    ok(!body_end(&body));
    eq_int(body.verdict.code, GRPC_UNIMPLEMENTED);
    body_init(&body);
    ok(!body_add(&body, "\0\0\0\0\1ab", 7));
    eq_int(body.verdict.code, GRPC_UNIMPLEMENTED);
    buf_clear(&body.bytes);
}

TEST(bad_frames_are_refused)
{
    struct body body;

    UNUSED_STATE;
    body_init(&body);
    ok(!body_add(&body, "\2\0\0\0\1a", 6));
    eq_int(body.verdict.code, GRPC_INTERNAL);
    body_init(&body);
    ok(!body_add(&body, "\0\4\0\0\1a", 6));
    eq_int(body.verdict.code, GRPC_RESOURCE_EXHAUSTED);
    eq_string(body.verdict.message,
              "message is 67108865 bytes, limit is 67108864");
    body_init(&body);
    ok(body_add(&body, "\0\0\0", 3));
    ok(!body_end(&body));
    eq_int(body.verdict.code, GRPC_INTERNAL);
}

TEST(a_claimed_size_is_not_believed)
{
    struct body body;

    UNUSED_STATE;
    body_init(&body);
    ok(body_add(&body, "\0\4\0\0\0some", 9));
    ok(body.bytes.capacity < 100);
    buf_clear(&body.bytes);
}

TEST(timeouts_are_read)
{
    static const struct {
        const char *text;
        uint64_t ns;
    } good[] = {{"1n", 1},
                {"250m", 250000000},
                {"4999960u", 4999960000},
                {"10S", 10000000000},
                {"2M", 120000000000},
                {"1H", 3600000000000},
                {"0S", 1},
                {"24H", 86400000000000},
                {"25H", 0},
                {"99999999H", 0}};
    static const char *const bad[] = {"",    "1",    "S",          "1s",
                                      "-1S", "1.5S", "123456789S", "1 S"};
    uint64_t ns;

    UNUSED_STATE;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        ok(timeout_read(text_of(good[i].text), &ns));
        eq_int(ns, good[i].ns);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ok(!timeout_read(text_of(bad[i]), &ns));
}

TEST(messages_are_percent_encoded)
{
    struct buf out;

    UNUSED_STATE;
    buf_init(&out, 100);
    message_print(&out, "100% of \xC3\xA9\n");
    eq_text(text_span(out.data, out.size), "100%25 of %C3%A9%0A");
    buf_clear(&out);
}

/* As google.golang.org/genproto prints it. */
TEST(retry_details_are_a_status_with_retry_info)
{
    struct verdict verdict;
    struct buf out;
    char padded[128];
    uint8_t bytes[96];
    size_t size = 0;

    UNUSED_STATE;
    refuse(&verdict, GRPC_RESOURCE_EXHAUSTED, "full");
    buf_init(&out, 100);
    retry_print(&out, &verdict);
    eq_int(out.status, PHX_OK);
    snprintf(padded, sizeof padded, "%.*s%.*s", (int)out.size, out.data,
             (int)(-out.size & 3), "===");
    succeeds(base64_read(text_of(padded), bytes, &size, err));
    eq_text(text_span(bytes, size),
            "\x08\x08\x12\x04"
            "full\x1A\x30\x0A\x28type.googleapis.com/google.rpc.RetryInfo"
            "\x12\x04\x0A\x02\x08\x01");
    buf_clear(&out);
}

TEST(the_prefix_of_an_answer_has_its_size)
{
    uint8_t prefix[5];

    UNUSED_STATE;
    frame_print(prefix, 0x01020304);
    assert_memory_equal(prefix, "\0\1\2\3\4", 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_may_come_in_any_pieces),
        cmocka_unit_test(an_empty_message_is_a_message),
        cmocka_unit_test(a_unary_call_has_one_message),
        cmocka_unit_test(bad_frames_are_refused),
        cmocka_unit_test(a_claimed_size_is_not_believed),
        cmocka_unit_test(timeouts_are_read),
        cmocka_unit_test(messages_are_percent_encoded),
        cmocka_unit_test(retry_details_are_a_status_with_retry_info),
        cmocka_unit_test(the_prefix_of_an_answer_has_its_size),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * grpc_frame.c - the bytes of a gRPC stream, in one piece and in pieces of
 * all sizes: the message and the verdict are the same. Then the message is
 * unpacked as its first byte says, and its text read as a timeout.
 */
#include <nghttp2/nghttp2.h>

#include "../../server/encoding.c"
#include "../../server/grpc/frame.c"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { UNPACKED_MAX = 1 << 20 };

struct stream {
    struct frame frame;
    struct buf body;
    struct verdict verdict;
    bool good;
};

static void read_stream(struct stream *stream, const uint8_t *data, size_t size,
                        size_t step)
{
    *stream = (struct stream){.good = true};
    buf_init(&stream->body, MESSAGE_MAX);
    for (size_t at = 0; at < size && stream->good; at += step) {
        size_t piece = size - at < step ? size - at : step;
        stream->good = frame_add(&stream->frame, data + at, piece,
                                 &stream->body, &stream->verdict);
    }
    stream->good = stream->good &&
                   frame_end(&stream->frame, &stream->body, &stream->verdict);
}

static void check(bool condition)
{
    if (!condition)
        abort();
}

static void unpack(const uint8_t *data, size_t size)
{
    struct buf out;
    phx_error err;

    buf_init(&out, UNPACKED_MAX);
    phx_status status = encoding_inflate((enum encoding)(data[0] % 4), data + 1,
                                         size - 1, &out, &err);
    check(status == PHX_OK || status == PHX_INVALID || status == PHX_TOO_BIG);
    check(out.size <= UNPACKED_MAX);
    buf_clear(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct stream whole, pieces;
    uint64_t ns = 0;

    read_stream(&whole, data, size, size > 0 ? size : 1);
    read_stream(&pieces, data, size, 1 + size % 7);
    check(whole.good == pieces.good);
    if (whole.good) {
        check(whole.body.size == pieces.body.size);
        check(memcmp(whole.frame.prefix, pieces.frame.prefix, 5) == 0);
        if (whole.body.size > 0)
            unpack(whole.body.data, whole.body.size);
        timeout_read(text_span(whole.body.data, whole.body.size), &ns);
        check(ns <= UINT64_C(86400000000000));
    }
    buf_clear(&whole.body);
    buf_clear(&pieces.body);
    return 0;
}

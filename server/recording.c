/*
 * recording.c - files of recorded OTLP requests. A file may be
 *
 *     protobuf   one request, or many in a row: that is one long request
 *     JSON       one request, or many, with or without line breaks between
 *                or trajectories, where that is asked for
 *     .grpc      frames of 1 flag byte, 4 length bytes, a message
 *
 * and packed as gzip, zlib or zstd, which its first bytes tell. Long files are
 * cut between ResourceSpans, so that no piece is over what a request may be.
 */
#include "base/base.h"
#include "server/encoding.h"
#include "server/recording.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    PIECE = 8 << 20, /* of a long protobuf file, about */
    PACKED_TWICE = 3 /* layers of packing that are undone */
};

static const size_t unpacked_limit = (size_t)4 << 30;

struct recording {
    recording_fn each;
    void *ctx;
};

/* Whole records of field 1 from the front: at most about PIECE, at least
 * one. 0 if there is none, and the decoder shall say what it is instead. */
static size_t protobuf_piece(const uint8_t *bytes, size_t size)
{
    struct reader reader;
    size_t taken = 0;

    reader_init(&reader, bytes, size);
    while (reader_left(&reader) > 0 && reader_varint(&reader) == 0x0A) {
        uint64_t length = reader_varint(&reader);

        if (reader.failed || length > reader_left(&reader))
            break;
        size_t end = size - reader_left(&reader) + (size_t)length;
        if (taken > 0 && end > PIECE)
            break;
        taken = end;
        reader_bytes(&reader, (size_t)length);
    }
    return taken;
}

static phx_status add_protobuf(const struct recording *recording,
                               const uint8_t *bytes, size_t size,
                               phx_error *err)
{
    phx_status status = PHX_OK;

    do {
        size_t piece = protobuf_piece(bytes, size);

        if (piece == 0)
            piece = size;
        status = recording->each(recording->ctx, PHX_OTLP_PROTOBUF, bytes,
                                 piece, err);
        bytes += piece;
        size -= piece;
    } while (status == PHX_OK && size > 0);
    return status;
}

/* The end of the first JSON value; what is malformed goes to the decoder. */
static size_t json_piece(const uint8_t *bytes, size_t size)
{
    size_t depth = 0;
    bool in_text = false;

    for (size_t i = 0; i < size; i++) {
        if (in_text) {
            if (bytes[i] == '\\')
                i++;
            else
                in_text = bytes[i] != '"';
        } else if (bytes[i] == '"') {
            in_text = true;
        } else if (bytes[i] == '{' || bytes[i] == '[') {
            depth++;
        } else if (bytes[i] == '}' || bytes[i] == ']') {
            if (depth <= 1)
                return i + 1;
            depth--;
        }
    }
    return size;
}

static size_t blanks(const uint8_t *bytes, size_t size)
{
    size_t i = 0;

    while (i < size && (bytes[i] == ' ' || bytes[i] == '\n' ||
                        bytes[i] == '\r' || bytes[i] == '\t'))
        i++;
    return i;
}

static phx_status add_json(const struct recording *recording,
                           const uint8_t *bytes, size_t size, phx_error *err)
{
    phx_status status = PHX_OK;
    size_t skipped;

    while (status == PHX_OK && (skipped = blanks(bytes, size)) < size) {
        size_t piece = json_piece(bytes + skipped, size - skipped);

        status = recording->each(recording->ctx, PHX_OTLP_JSON, bytes + skipped,
                                 piece, err);
        bytes += skipped + piece;
        size -= skipped + piece;
    }
    return status;
}

/* Trajectories in a row are one document, in which they may refer to each
 * other. */
static phx_status add_trajectories(const struct recording *recording,
                                   const uint8_t *bytes, size_t size,
                                   phx_error *err)
{
    struct buf list;
    phx_status status = PHX_OK;
    size_t skipped;

    buf_init(&list, unpacked_limit);
    while (status == PHX_OK && (skipped = blanks(bytes, size)) < size) {
        size_t piece = json_piece(bytes + skipped, size - skipped);

        if (bytes[skipped] == '[') {
            status = recording->each(recording->ctx, PHX_ATIF, bytes + skipped,
                                     piece, err);
        } else {
            buf_add_byte(&list, list.size == 0 ? '[' : ',');
            buf_add(&list, bytes + skipped, piece);
        }
        bytes += skipped + piece;
        size -= skipped + piece;
    }
    buf_add_byte(&list, ']');
    if (status == PHX_OK && list.size > 1 &&
        (status = buf_status(&list, "a file of trajectories", err)) == PHX_OK)
        status = recording->each(recording->ctx, PHX_ATIF, list.data, list.size,
                                 err);
    buf_clear(&list);
    return status;
}

/* What the first bytes say of the packing; no OTLP request begins so. */
static enum encoding encoding_of(const uint8_t *bytes, size_t size)
{
    if (size >= 2 && bytes[0] == 0x1F && bytes[1] == 0x8B)
        return ENCODING_GZIP;
    if (size >= 4 && memcmp(bytes, "\x28\xB5\x2F\xFD", 4) == 0)
        return ENCODING_ZSTD;
    if (size >= 2 && bytes[0] == 0x78 && (bytes[0] << 8 | bytes[1]) % 31 == 0)
        return ENCODING_DEFLATE;
    return ENCODING_IDENTITY;
}

static phx_status add_frames(const struct recording *recording,
                             const uint8_t *bytes, size_t size, phx_error *err)
{
    while (size > 0) {
        struct buf message;
        phx_status status;

        if (size < 5)
            return fail(err, PHX_INVALID, -1, "gRPC frame is cut short");
        uint32_t length = (uint32_t)bytes[1] << 24 | (uint32_t)bytes[2] << 16 |
                          (uint32_t)bytes[3] << 8 | bytes[4];
        if (length > size - 5)
            return fail(err, PHX_INVALID, -1, "gRPC frame is cut short");
        enum encoding encoding =
            bytes[0] ? encoding_of(bytes + 5, length) : ENCODING_IDENTITY;
        if (bytes[0] && encoding == ENCODING_IDENTITY)
            return fail(err, PHX_UNSUPPORTED, -1,
                        "compression of a gRPC frame is not known");
        buf_init(&message, unpacked_limit);
        status = encoding_inflate(encoding, bytes + 5, length, &message, err);
        if (status == PHX_OK)
            status = add_protobuf(recording, message.data, message.size, err);
        buf_clear(&message);
        if (status < 0)
            return status;
        bytes += 5 + length;
        size -= 5 + length;
    }
    return PHX_OK;
}

static phx_status read_file(const char *path, struct buf *out, phx_error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    phx_status status = PHX_OK;

    if (fd < 0)
        return fail_os(err, PHX_IO, errno, "cannot open the file: %s",
                       strerror(errno));
    for (;;) {
        uint8_t *room = buf_room(out, 1 << 16);
        ssize_t size = room ? read(fd, room, 1 << 16) : 0;

        if (size < 0)
            status = fail_os(err, PHX_IO, errno, "cannot read the file: %s",
                             strerror(errno));
        if (size <= 0)
            break;
        buf_used(out, (size_t)size);
    }
    close(fd);
    return status < 0 ? status : buf_status(out, path, err);
}

/* Undoes the packing of a file's bytes. */
static phx_status unpack(struct buf *bytes, phx_error *err)
{
    phx_status status = PHX_OK;

    for (int i = 0; i < PACKED_TWICE && status == PHX_OK; i++) {
        enum encoding encoding = encoding_of(bytes->data, bytes->size);
        struct buf unpacked;

        if (encoding == ENCODING_IDENTITY)
            break;
        buf_init(&unpacked, unpacked_limit);
        status = encoding_inflate(encoding, bytes->data, bytes->size, &unpacked,
                                  err);
        buf_clear(bytes);
        *bytes = unpacked;
    }
    return status;
}

phx_status recording_read(const char *path, bool trajectories,
                          recording_fn each, void *ctx, phx_error *err)
{
    const struct recording recording = {each, ctx};
    bool is_frames = strstr(path, ".grpc") != NULL;
    phx_status status;
    struct buf bytes;

    buf_init(&bytes, unpacked_limit);
    if ((status = read_file(path, &bytes, err)) < 0 ||
        (status = unpack(&bytes, err)) < 0)
        goto done;
    size_t start = blanks(bytes.data, bytes.size);
    if (trajectories)
        status = add_trajectories(&recording, bytes.data, bytes.size, err);
    else if (is_frames)
        status = add_frames(&recording, bytes.data, bytes.size, err);
    else if (start < bytes.size && bytes.data[start] == '{')
        status = add_json(&recording, bytes.data, bytes.size, err);
    else
        status = add_protobuf(&recording, bytes.data, bytes.size, err);
done:
    buf_clear(&bytes);
    return status;
}

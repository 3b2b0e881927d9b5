/*
 * encoding.c - gzip, deflate and zstd, streamed into a buf whose limit bounds
 * the result. A step asks the buf for a little room, lets the library fill it
 * and goes round again, so a small body that claims or unpacks to gigabytes
 * costs no more than the limit.
 */
#include "base/base.h"
#include "server/encoding.h"

#include <limits.h>
#include <strings.h>

#define ZLIB_CONST
#include <zlib.h>

/* Decoders with our allocator are in zstd's "static" part. */
#define ZSTD_STATIC_LINKING_ONLY
#include <zstd.h>
#include <zstd_errors.h>

enum { STEP = SHRUNK(64 << 10, 7) };

/* Go's zstd writes windows of 32 MiB at its best level; more is refused. */
enum { ZSTD_WINDOW_LOG = 25 };

/* zlib's windowBits: 15 for zlib's header, +16 for gzip's, negative for none */
enum { WINDOW_ZLIB = 15, WINDOW_GZIP = 15 + 16, WINDOW_BARE = -15 };

bool encoding_find(phx_text name, enum encoding *out)
{
    static const struct {
        const char *name;
        enum encoding encoding;
    } table[] = {
        {"", ENCODING_IDENTITY},       {"identity", ENCODING_IDENTITY},
        {"gzip", ENCODING_GZIP},       {"x-gzip", ENCODING_GZIP},
        {"deflate", ENCODING_DEFLATE}, {"zstd", ENCODING_ZSTD},
    };

    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        if (strlen(table[i].name) == name.size &&
            (name.size == 0 ||
             strncasecmp(table[i].name, name.data, name.size) == 0)) {
            *out = table[i].encoding;
            return true;
        }
    }
    return false;
}

/*
 * Where the next step may write: the buf's free room, or, when it is full to
 * its limit, one spare byte. If that byte is then used, adding it makes the
 * buf TOO_BIG.
 */
struct room {
    uint8_t *data;
    size_t size;
    uint8_t spare;
};

static bool room_find(struct room *room, struct buf *out)
{
    size_t left = out->limit - out->size;

    if (left == 0) {
        room->data = &room->spare;
        room->size = 1;
        return true;
    }
    room->size = out->capacity - out->size;
    if (room->size == 0)
        room->size = left < STEP ? left : STEP;
    room->data = buf_room(out, room->size);
    return room->data != NULL;
}

static void room_used(struct room *room, struct buf *out, size_t size)
{
    if (room->data == &room->spare)
        buf_add(out, room->data, size);
    else
        buf_used(out, size);
}

static void *zlib_new(void *ctx, uInt count, uInt size)
{
    (void)ctx;
    return memory_new(size_mul(count, size));
}

static void zlib_free(void *ctx, void *memory)
{
    (void)ctx;
    memory_free(memory);
}

static uInt zlib_size(size_t size)
{
    return size > UINT_MAX ? UINT_MAX : (uInt)size;
}

/* One member or stream: PHX_DONE at its end, PHX_OK if its bytes run out. */
static phx_status inflate_member(z_stream *zlib, size_t *left, struct buf *out,
                                 phx_error *err)
{
    for (;;) {
        struct room room;

        if (!room_find(&room, out))
            return buf_status(out, "unpacked body", err);
        uInt input = zlib_size(*left);
        zlib->avail_in = input;
        zlib->next_out = room.data;
        zlib->avail_out = zlib_size(room.size);
        uInt offered = zlib->avail_out;

        int result = inflate(zlib, Z_NO_FLUSH);
        *left -= input - zlib->avail_in;
        room_used(&room, out, offered - zlib->avail_out);
        if (out->status < 0)
            return buf_status(out, "unpacked body", err);
        if (result == Z_STREAM_END)
            return PHX_DONE;
        if (result == Z_MEM_ERROR)
            return fail(err, PHX_NO_MEMORY, -1, "no memory to unpack");
        if (result != Z_OK && result != Z_BUF_ERROR)
            return fail(err, PHX_INVALID, -1, "corrupt compressed body: %s",
                        zlib->msg ? zlib->msg : "not the format it names");
        if (*left == 0 && zlib->avail_out > 0)
            return PHX_OK;
    }
}

static bool has_zlib_header(const uint8_t *bytes, size_t size)
{
    return size >= 2 && (bytes[0] & 15) == Z_DEFLATED &&
           (bytes[0] << 8 | bytes[1]) % 31 == 0;
}

/* gzip allows any number of members; zlib's form is one. */
static phx_status inflate_zlib(bool gzip, const uint8_t *bytes, size_t size,
                               struct buf *out, phx_error *err)
{
    z_stream zlib = {.zalloc = zlib_new, .zfree = zlib_free, .next_in = bytes};
    int window = gzip                           ? WINDOW_GZIP
                 : has_zlib_header(bytes, size) ? WINDOW_ZLIB
                                                : WINDOW_BARE;
    size_t left = size;
    phx_status status;

    if (inflateInit2(&zlib, window) != Z_OK)
        return fail(err, PHX_NO_MEMORY, -1, "no memory to unpack");
    while ((status = inflate_member(&zlib, &left, out, err)) == PHX_DONE &&
           gzip && left > 0)
        inflateReset(&zlib);
    if (status == PHX_DONE && left > 0)
        status = fail(err, PHX_INVALID, (int64_t)(size - left),
                      "bytes follow the compressed body");
    else if (status == PHX_OK)
        status =
            fail(err, PHX_INVALID, (int64_t)size, "compressed body ends early");
    inflateEnd(&zlib);
    return status < 0 ? status : PHX_OK;
}

static phx_status zstd_failed(size_t result, phx_error *err)
{
    const char *name = ZSTD_getErrorName(result);

    if (ZSTD_getErrorCode(result) == ZSTD_error_memory_allocation)
        return fail(err, PHX_NO_MEMORY, -1, "no memory to unpack");
    return fail(err, PHX_INVALID, -1, "corrupt zstd body: %s", name);
}

/* Any number of frames, each of them complete. */
static phx_status inflate_zstd(const void *bytes, size_t size, struct buf *out,
                               phx_error *err)
{
    ZSTD_customMem memory = {memory_new_for, memory_free_for, NULL};
    ZSTD_DCtx *zstd = ZSTD_createDCtx_advanced(memory);
    ZSTD_inBuffer input = {bytes, size, 0};
    phx_status status = PHX_OK;
    bool more = true; /* a frame is open, or none has been seen */

    if (zstd == NULL)
        return fail(err, PHX_NO_MEMORY, -1, "no memory to unpack");
    ZSTD_DCtx_setParameter(zstd, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG);
    for (;;) {
        struct room room;

        if (!room_find(&room, out))
            break;
        ZSTD_outBuffer output = {room.data, room.size, 0};
        size_t result = ZSTD_decompressStream(zstd, &output, &input);
        room_used(&room, out, output.pos);
        if (ZSTD_isError(result)) {
            status = zstd_failed(result, err);
            break;
        }
        more = result > 0;
        if (out->status < 0 ||
            (input.pos == size && (!more || output.pos < output.size)))
            break;
    }
    ZSTD_freeDCtx(zstd);
    if (status < 0 || out->status < 0)
        return status < 0 ? status : buf_status(out, "unpacked body", err);
    if (more)
        return fail(err, PHX_INVALID, (int64_t)size, "zstd body ends early");
    return PHX_OK;
}

phx_status encoding_inflate(enum encoding encoding, const void *bytes,
                            size_t size, struct buf *out, phx_error *err)
{
    switch (encoding) {
    case ENCODING_GZIP:
        return inflate_zlib(true, bytes, size, out, err);
    case ENCODING_DEFLATE:
        return inflate_zlib(false, bytes, size, out, err);
    case ENCODING_ZSTD:
        return inflate_zstd(bytes, size, out, err);
    case ENCODING_IDENTITY:
        break;
    }
    buf_add(out, bytes, size);
    return buf_status(out, "body", err);
}

/* --- packing ------------------------------------------------------------- */

struct packer {
    z_stream zlib;
};

phx_status packer_new(struct packer **out, phx_error *err)
{
    struct packer *packer = memory_new(sizeof *packer);

    if (packer == NULL)
        return fail_memory(err, sizeof *packer);
    *packer = (struct packer){.zlib = {.zalloc = zlib_new, .zfree = zlib_free}};
    if (deflateInit2(&packer->zlib, 1, Z_DEFLATED, WINDOW_GZIP, 8,
                     Z_DEFAULT_STRATEGY) != Z_OK) {
        memory_free(packer);
        return fail(err, PHX_NO_MEMORY, -1, "no memory to pack");
    }
    *out = packer;
    return PHX_OK;
}

void packer_free(struct packer *packer)
{
    if (packer == NULL)
        return;
    deflateEnd(&packer->zlib);
    memory_free(packer);
}

phx_status packer_add(struct packer *packer, const void *bytes, size_t size,
                      bool last, struct buf *out, phx_error *err)
{
    z_stream *zlib = &packer->zlib;
    size_t left = size;
    int result = Z_OK;

    zlib->next_in = bytes;
    do {
        struct room room;
        uInt input = zlib_size(left);
        bool ends = last && input == left;

        if (!room_find(&room, out))
            break;
        zlib->avail_in = input;
        zlib->next_out = room.data;
        zlib->avail_out = zlib_size(room.size);
        uInt offered = zlib->avail_out;
        result = deflate(zlib, ends ? Z_FINISH : Z_NO_FLUSH);
        if (result == Z_STREAM_ERROR)
            return fail(err, PHX_INTERNAL, -1, "zlib cannot pack");
        left -= input - zlib->avail_in;
        room_used(&room, out, offered - zlib->avail_out);
    } while (out->status >= 0 && (left > 0 || zlib->avail_out == 0 ||
                                  (last && result != Z_STREAM_END)));
    return buf_status(out, "packed body", err);
}

phx_status encoding_gzip(const void *bytes, size_t size, struct buf *out,
                         phx_error *err)
{
    struct packer *packer;
    phx_status status = packer_new(&packer, err);

    if (status < 0)
        return status;
    buf_room(out, deflateBound(&packer->zlib, size));
    status = packer_add(packer, bytes, size, true, out, err);
    packer_free(packer);
    return status;
}

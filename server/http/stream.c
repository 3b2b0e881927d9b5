/*
 * stream.c - answers that are made as they are sent, a piece at a time: no
 * piece is made before the one in front of it is sent, so that a slow client
 * costs one piece of memory.
 *
 *     libmicrohttpd wants bytes    take_bytes: from the piece at hand; if it
 *                                  is sent, the connection sleeps and
 *     a worker                     stream_continue: makes the next piece and
 *                                  wakes the connection
 */
#include "base/base.h"
#include "server/http/inside.h"
#include "server/log.h"

enum { BLOCK = 64 << 10 };

struct stream {
    struct answer_source source;
    struct packer *packer; /* NULL if the bytes go out as they are */
    struct buf plain;      /* of a piece that is packed */
    size_t sent;           /* of the piece in the answer's buf */
    bool done;             /* it is the last one */
    bool failed;
};

void answer_stream(struct request *request, const char *type,
                   const struct answer_source *source)
{
    struct stream *stream = memory_new(sizeof *stream);

    if (stream == NULL) {
        source->end(source->ctx);
        answer_later(request, "no memory for the answer");
        return;
    }
    *stream = (struct stream){.source = *source};
    buf_init(&stream->plain, request->answer.body.limit);
    request->answer.stream = stream;
    request->answer.status = 200;
    request->answer.type = type;
}

void stream_free(struct stream *stream)
{
    if (stream == NULL)
        return;
    stream->source.end(stream->source.ctx);
    packer_free(stream->packer);
    buf_clear(&stream->plain);
    memory_free(stream);
}

static void stream_fail(struct request *request, const phx_error *err)
{
    request->answer.stream->failed = true;
    log_event(LOG_ERROR, "answer cut off", "route", request->route->pattern,
              "error", err->message, NULL);
}

/* The plain bytes as the next ones of the packed answer. */
static phx_status pack_piece(struct request *request, phx_error *err)
{
    struct stream *stream = request->answer.stream;

    return packer_add(stream->packer, stream->plain.data, stream->plain.size,
                      stream->done, &request->answer.body, err);
}

bool stream_pack(struct request *request)
{
    struct stream *stream = request->answer.stream;
    struct buf *body = &request->answer.body;
    phx_error err = {0};

    if (packer_new(&stream->packer, NULL) < 0)
        return false; /* it goes out as it is */
    buf_clear(&stream->plain);
    stream->plain = *body;
    buf_init(body, body->limit);
    if (pack_piece(request, &err) < 0)
        stream_fail(request, &err);
    return true;
}

static void make_piece(struct request *request)
{
    struct stream *stream = request->answer.stream;
    struct buf *body = &request->answer.body;
    struct buf *piece = stream->packer != NULL ? &stream->plain : body;
    phx_error err = {0};
    phx_status status;

    buf_reset(body);
    buf_reset(piece);
    stream->sent = 0;
    status = stream->source.next(stream->source.ctx, piece, &err);
    stream->done = status == PHX_DONE;
    if (status >= 0)
        status = buf_status(piece, "a piece of the answer", &err);
    if (status >= 0 && stream->packer != NULL)
        status = pack_piece(request, &err);
    if (status < 0)
        stream_fail(request, &err);
}

void stream_continue(struct request *request)
{
    struct http *http = request->http;
    struct MHD_Connection *connection = request->connection;

    make_piece(request);
    MHD_resume_connection(connection); /* the request may be gone after it */
    atomic_fetch_sub(&http->suspended, 1);
}

static ssize_t take_bytes(void *ctx, uint64_t at, char *out, size_t most)
{
    struct request *request = ctx;
    struct stream *stream = request->answer.stream;
    const struct buf *body = &request->answer.body;
    size_t left = body->size - stream->sent;

    (void)at;
    if (stream->failed)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    if (left > 0) {
        size_t size = left < most ? left : most;
        memcpy(out, body->data + stream->sent, size);
        stream->sent += size;
        return (ssize_t)size;
    }
    if (stream->done)
        return MHD_CONTENT_READER_END_OF_STREAM;
    atomic_fetch_add(&request->http->suspended, 1);
    if (atomic_load(&request->http->closed)) {
        atomic_fetch_sub(&request->http->suspended, 1);
        return MHD_CONTENT_READER_END_WITH_ERROR;
    }
    MHD_suspend_connection(request->connection);
    workers_add(&request->http->workers, request);
    return 0;
}

struct MHD_Response *stream_response(struct request *request)
{
    return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK,
                                             take_bytes, request, NULL);
}

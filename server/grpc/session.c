/*
 * session.c - the HTTP/2 of one connection. nghttp2 does the protocol; here
 * are the answers it is given, its callbacks and what it is allowed.
 */
#include "server/grpc/inside.h"

#include "server/metrics.h"

#include <stdio.h>

#define SECOND UINT64_C(1000000000)

enum {
    STREAMS = 128, /* a connection, at once */
    STREAM_WINDOW = 256 << 10,
    CONNECTION_WINDOW = 1 << 20,
    HEADER_LIST = 16 << 10,
    RESETS = 256, /* streams reset within RESET_SECONDS */
    RESET_SECONDS = 4
};

/* --- answers -------------------------------------------------------------- */

/* nghttp2 copies both, although its struct does not say const. */
static nghttp2_nv header(const char *name, const char *value, size_t size)
{
    return (nghttp2_nv){(uint8_t *)(uintptr_t)name, (uint8_t *)(uintptr_t)value,
                        strlen(name), size, NGHTTP2_NV_FLAG_NONE};
}

static nghttp2_nv header_string(const char *name, const char *value)
{
    return header(name, value, strlen(value));
}

/* The prefix and the answer; then the trailers end the stream. */
static ssize_t read_answer(nghttp2_session *session, int32_t stream,
                           uint8_t *out, size_t size, uint32_t *flags,
                           nghttp2_data_source *source, void *user)
{
    struct call *call = source->ptr;
    uint8_t prefix[5];
    size_t total = sizeof prefix + call->answer.size;
    size_t count = 0;

    (void)user;
    frame_print(prefix, call->answer.size);
    for (; count < size && call->answer_sent < total; count++) {
        size_t at = call->answer_sent++;
        out[count] = at < sizeof prefix
                         ? prefix[at]
                         : (uint8_t)call->answer.data[at - sizeof prefix];
    }
    if (call->answer_sent == total) {
        nghttp2_nv trailers[] = {header_string("grpc-status", "0")};
        *flags |= NGHTTP2_DATA_FLAG_EOF | NGHTTP2_DATA_FLAG_NO_END_STREAM;
        if (nghttp2_submit_trailer(session, stream, trailers, 1) != 0)
            return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    }
    return (ssize_t)count;
}

static int answer_ok(struct call *call)
{
    nghttp2_nv headers[] = {header_string(":status", "200"),
                            header_string("content-type", "application/grpc")};
    nghttp2_data_provider provider = {{.ptr = call}, read_answer};

    return nghttp2_submit_response(call->connection->session, call->stream,
                                   headers, 2, &provider);
}

/* A refusal is one HEADERS frame, the "trailers-only" form. */
static int answer_refusal(nghttp2_session *session, int32_t stream,
                          const struct verdict *verdict)
{
    nghttp2_nv headers[6];
    size_t count = 0;
    char code[8];
    struct buf message;
    struct buf details;

    buf_init(&message, 4096);
    buf_init(&details, 4096);
    snprintf(code, sizeof code, "%d", verdict->code);
    message_print(&message, verdict->message);
    headers[count++] = header_string(":status", "200");
    headers[count++] = header_string("content-type", "application/grpc");
    headers[count++] = header_string("grpc-status", code);
    if (message.size > 0)
        headers[count++] =
            header("grpc-message", (const char *)message.data, message.size);
    if (verdict->retry) {
        retry_print(&details, verdict);
        headers[count++] = header(
            "grpc-status-details-bin",
            details.size > 0 ? (const char *)details.data : "", details.size);
    }
    if (verdict->encodings)
        headers[count++] =
            header_string("grpc-accept-encoding", "identity,gzip,zstd");
    int result = nghttp2_submit_response(session, stream, headers, count, NULL);
    buf_clear(&details);
    buf_clear(&message);
    return result;
}

/* For who does not speak gRPC: a status and a sentence. */
static ssize_t read_sentence(nghttp2_session *session, int32_t stream,
                             uint8_t *out, size_t size, uint32_t *flags,
                             nghttp2_data_source *source, void *user)
{
    struct call *call = source->ptr;
    const char *sentence = call->verdict.message;
    size_t left = strlen(sentence) - call->answer_sent;

    (void)session;
    (void)stream;
    (void)user;
    if (size > left)
        size = left;
    memcpy(out, sentence + call->answer_sent, size);
    call->answer_sent += size;
    if (size == left)
        *flags |= NGHTTP2_DATA_FLAG_EOF;
    return (ssize_t)size;
}

static int answer_http(struct call *call)
{
    char status[8];
    nghttp2_nv headers[2];
    nghttp2_data_provider provider = {{.ptr = call}, read_sentence};

    snprintf(status, sizeof status, "%d", call->verdict.http);
    headers[0] = header_string(":status", status);
    headers[1] = header_string("content-type", "text/plain");
    return nghttp2_submit_response(call->connection->session, call->stream,
                                   headers, 2, &provider);
}

void session_answer(struct call *call)
{
    struct connection *connection = call->connection;
    int result;

    call->state = CALL_ANSWERED;
    metrics_add(METRIC_GRPC_REQUESTS, 1);
    if (call->verdict.code == GRPC_OK)
        result = answer_ok(call);
    else if (call->verdict.http != 200)
        result = answer_http(call);
    else
        result =
            answer_refusal(connection->session, call->stream, &call->verdict);
    if (result != 0)
        nghttp2_submit_rst_stream(connection->session, NGHTTP2_FLAG_NONE,
                                  call->stream, NGHTTP2_INTERNAL_ERROR);
    grpc_touch(connection);
}

void session_grant(struct call *call, size_t size)
{
    struct connection *connection = call->connection;

    nghttp2_session_consume_stream(connection->session, call->stream, size);
    grpc_touch(connection);
}

/* Whoever has the call goes on with it; its stream is told now. */
void session_expire(struct call *call)
{
    struct connection *connection = call->connection;
    int32_t stream = call->stream;
    struct verdict verdict;

    refuse(&verdict, GRPC_DEADLINE_EXCEEDED,
           call->state == CALL_BUSY ? "not stored in time; it may yet be"
                                    : "not received in time");
    if (call->state != CALL_BUSY) {
        call->verdict = verdict;
        session_answer(call);
        return;
    }
    nghttp2_session_set_stream_user_data(connection->session, stream, NULL);
    call_gone(call);
    metrics_add(METRIC_GRPC_REQUESTS, 1);
    answer_refusal(connection->session, stream, &verdict);
    grpc_touch(connection);
}

/* --- callbacks of nghttp2 ------------------------------------------------- */

/* Streams that end in a reset, by either side, are the cheap way to keep a
 * server busy: too many and the client is asked to calm down. */
static void count_reset(struct connection *connection)
{
    uint64_t now = connection->grpc->now;

    if (now - connection->resets_since > RESET_SECONDS * SECOND) {
        connection->resets_since = now;
        connection->resets = 0;
    }
    if (++connection->resets == RESETS)
        nghttp2_session_terminate_session(connection->session,
                                          NGHTTP2_ENHANCE_YOUR_CALM);
}

/* nghttp2 lets pass the HEADERS of a stream that was skipped; RFC 9113 5.1.1
 * does not. The last streams closed are known to it, which is enough, as our
 * clients send no trailers. */
static int on_begin_frame(nghttp2_session *session,
                          const nghttp2_frame_hd *head, void *user)
{
    struct connection *connection = user;

    if (head->type != NGHTTP2_HEADERS)
        return 0;
    if (head->stream_id > connection->last_stream)
        connection->last_stream = head->stream_id;
    else if (nghttp2_session_find_stream(session, head->stream_id) == NULL)
        nghttp2_session_terminate_session(session, NGHTTP2_PROTOCOL_ERROR);
    return 0;
}

static int on_begin_headers(nghttp2_session *session,
                            const nghttp2_frame *frame, void *user)
{
    struct connection *connection = user;

    if (frame->headers.cat != NGHTTP2_HCAT_REQUEST)
        return 0;
    struct call *call = call_new(connection, frame->hd.stream_id);
    if (call == NULL)
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    nghttp2_session_set_stream_user_data(session, frame->hd.stream_id, call);
    return 0;
}

static int on_header(nghttp2_session *session, const nghttp2_frame *frame,
                     const uint8_t *name, size_t name_size,
                     const uint8_t *value, size_t value_size, uint8_t flags,
                     void *user)
{
    struct call *call =
        nghttp2_session_get_stream_user_data(session, frame->hd.stream_id);

    (void)flags;
    (void)user;
    if (call == NULL || call->state != CALL_RECEIVING)
        return 0;
    call_header(call, text_span(name, name_size), text_span(value, value_size));
    return 0;
}

static int on_data(nghttp2_session *session, uint8_t flags, int32_t stream,
                   const uint8_t *bytes, size_t size, void *user)
{
    struct call *call = nghttp2_session_get_stream_user_data(session, stream);

    (void)flags;
    (void)user;
    nghttp2_session_consume_connection(session, size);
    if (call != NULL)
        call_receive(call, bytes, size);
    else
        nghttp2_session_consume_stream(session, stream, size);
    return 0;
}

static int on_frame_recv(nghttp2_session *session, const nghttp2_frame *frame,
                         void *user)
{
    struct connection *connection = user;
    struct call *call;

    switch (frame->hd.type) {
    case NGHTTP2_SETTINGS:
        if (connection->state == CONNECTION_NEW)
            connection->state = CONNECTION_OPEN;
        return 0;
    case NGHTTP2_RST_STREAM:
        count_reset(connection);
        return 0;
    case NGHTTP2_HEADERS:
    case NGHTTP2_DATA:
        break;
    default:
        return 0;
    }
    call = nghttp2_session_get_stream_user_data(session, frame->hd.stream_id);
    if (call == NULL)
        return 0;
    if (frame->hd.type == NGHTTP2_HEADERS &&
        frame->headers.cat == NGHTTP2_HCAT_REQUEST)
        call_start(call);
    if (frame->hd.flags & NGHTTP2_FLAG_END_STREAM)
        call_end(call);
    return 0;
}

/* A stream answered before the client has sent all is reset, without blame. */
static int on_frame_send(nghttp2_session *session, const nghttp2_frame *frame,
                         void *user)
{
    int32_t stream = frame->hd.stream_id;
    bool ends =
        (frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA) &&
        (frame->hd.flags & NGHTTP2_FLAG_END_STREAM);

    if (frame->hd.type == NGHTTP2_RST_STREAM &&
        frame->rst_stream.error_code != NGHTTP2_NO_ERROR)
        count_reset(user);
    if (ends && nghttp2_session_get_stream_remote_close(session, stream) == 0)
        nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, stream,
                                  NGHTTP2_NO_ERROR);
    return 0;
}

static int on_stream_close(nghttp2_session *session, int32_t stream,
                           uint32_t error_code, void *user)
{
    struct call *call = nghttp2_session_get_stream_user_data(session, stream);

    (void)error_code;
    (void)user;
    if (call != NULL)
        call_gone(call);
    return 0;
}

/* --- memory and options of all sessions ----------------------------------- */

static void *session_new(size_t size, void *ctx)
{
    (void)ctx;
    return memory_new(size);
}

static void session_free(void *memory, void *ctx)
{
    (void)ctx;
    memory_free(memory);
}

static void *session_new_cleared(size_t count, size_t size, void *ctx)
{
    size_t total = size_mul(count, size);
    void *memory = memory_new(total);

    (void)ctx;
    return memory != NULL ? memset(memory, 0, total) : NULL;
}

static void *session_resize(void *old, size_t size, void *ctx)
{
    (void)ctx;
    return memory_resize(old, size);
}

phx_status sessions_init(struct grpc *grpc, phx_error *err)
{
    nghttp2_session_callbacks *callbacks;

    grpc->memory = (nghttp2_mem){NULL, session_new, session_free,
                                 session_new_cleared, session_resize};
    if (nghttp2_session_callbacks_new(&grpc->callbacks) != 0 ||
        nghttp2_option_new(&grpc->options) != 0)
        return fail(err, PHX_NO_MEMORY, -1, "no memory for HTTP/2");
    callbacks = grpc->callbacks;
    nghttp2_session_callbacks_set_on_begin_frame_callback(callbacks,
                                                          on_begin_frame);
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks,
                                                            on_begin_headers);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks,
                                                              on_data);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks,
                                                         on_frame_recv);
    nghttp2_session_callbacks_set_on_frame_send_callback(callbacks,
                                                         on_frame_send);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks,
                                                           on_stream_close);
    nghttp2_option_set_no_auto_window_update(grpc->options, 1);
    /* count_reset is stricter, and says why */
    nghttp2_option_set_stream_reset_rate_limit(grpc->options, 4 * RESETS,
                                               4 * RESETS);
    return PHX_OK;
}

void sessions_clear(struct grpc *grpc)
{
    nghttp2_session_callbacks_del(grpc->callbacks);
    nghttp2_option_del(grpc->options);
}

phx_status session_open(struct connection *connection)
{
    static const nghttp2_settings_entry settings[] = {
        {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, STREAMS},
        {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, STREAM_WINDOW},
        {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, HEADER_LIST}};
    struct grpc *grpc = connection->grpc;

    if (nghttp2_session_server_new3(&connection->session, grpc->callbacks,
                                    connection, grpc->options,
                                    &grpc->memory) != 0 ||
        nghttp2_submit_settings(connection->session, NGHTTP2_FLAG_NONE,
                                settings,
                                sizeof settings / sizeof *settings) != 0 ||
        nghttp2_session_set_local_window_size(
            connection->session, NGHTTP2_FLAG_NONE, 0, CONNECTION_WINDOW) != 0)
        return PHX_NO_MEMORY;
    return PHX_OK;
}

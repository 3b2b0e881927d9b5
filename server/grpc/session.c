/*
 * session.c - the HTTP/2 of one connection. nghttp2 does the protocol; here
 * are its callbacks, the reading and writing of the socket, and the limits on
 * what a client may cost.
 *
 *     NEW --SETTINGS--> OPEN --nothing left to say--> LEAVING --EOF--> DEAD
 *
 * A connection in LEAVING has shut its sending half and discards what comes,
 * so that the client reads our last frames instead of a reset.
 */
#include "server/grpc/inside.h"

#include "server/metrics.h"

#include <errno.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define SECOND UINT64_C(1000000000)

enum {
    STREAMS = 128, /* a connection, at once */
    STREAM_WINDOW = 256 << 10,
    CONNECTION_WINDOW = 1 << 20,
    HEADER_LIST = 16 << 10,
    FRAME_SPACE = 17 << 10, /* the largest frame we send fits */
    READS = 4,              /* a round, so that others have their turn */
    RESETS = 256,           /* streams reset within RESET_SECONDS */
    RESET_SECONDS = 4
};

enum {
    HELLO_SECONDS = 10,   /* to send the preface and SETTINGS */
    LEAVE_SECONDS = 2,    /* to close after our last word */
    BLOCKED_SECONDS = 30, /* to read what we send */
    STALL_SECONDS = 60,   /* between bytes of a body */
    FAVOUR_SECONDS = 5,   /* the same for the favourite, when others wait */
    BODY_SECONDS = 600    /* for all of it */
};

/* --- answers -----------------------------------------------------------------
 */

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
static void expire(struct call *call)
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

/* --- callbacks of nghttp2
 * ----------------------------------------------------- */

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

/* --- memory and options of all sessions
 * ------------------------------------------ */

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

/* --- the socket
 * --------------------------------------------------------------------- */

static void watch(struct connection *connection, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.ptr = connection};

    if (events == connection->events)
        return;
    epoll_ctl(connection->grpc->epoll, EPOLL_CTL_MOD, connection->fd, &event);
    connection->events = events;
}

void connection_kill(struct connection *connection)
{
    connection->state = CONNECTION_DEAD;
    grpc_touch(connection);
}

static void leave(struct connection *connection)
{
    if (connection->state >= CONNECTION_LEAVING)
        return;
    shutdown(connection->fd, SHUT_WR);
    connection->state = CONNECTION_LEAVING;
    connection->opened = connection->grpc->now;
    watch(connection, EPOLLIN);
}

static void connection_free(struct connection *connection)
{
    struct grpc *grpc = connection->grpc;

    while (connection->calls != NULL)
        call_gone(connection->calls);
    nghttp2_session_del(connection->session);
    close(connection->fd);
    buf_clear(&connection->unsent);
    if (connection->previous != NULL)
        connection->previous->next = connection->next;
    else
        grpc->connections = connection->next;
    if (connection->next != NULL)
        connection->next->previous = connection->previous;
    grpc->connection_count--;
    memory_free(connection);
}

/* Sends; what the socket does not take waits in `unsent`. */
static bool send_bytes(struct connection *connection, const uint8_t *bytes,
                       size_t size)
{
    while (size > 0) {
        ssize_t sent = send(connection->fd, bytes, size, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0 && errno != EAGAIN && errno != EWOULDBLOCK)
            return false;
        if (sent < 0)
            break;
        bytes += sent;
        size -= (size_t)sent;
    }
    if (size > 0) {
        buf_add(&connection->unsent, bytes, size);
        connection->blocked = connection->grpc->now;
    }
    return connection->unsent.status >= 0;
}

/* Gathers frames, so that the answers of one commit leave in one piece.
 * Returns how many bytes, or a negative error. */
static ssize_t gather(struct connection *connection)
{
    uint8_t *output = connection->grpc->output;
    size_t size = 0;

    while (size <= OUTPUT_SIZE - FRAME_SPACE) {
        const uint8_t *bytes;
        ssize_t count = nghttp2_session_mem_send(connection->session, &bytes);
        if (count < 0)
            return count;
        if (count == 0)
            break;
        if ((size_t)count > OUTPUT_SIZE - size)
            return NGHTTP2_ERR_INVALID_STATE;
        memcpy(output + size, bytes, (size_t)count);
        size += (size_t)count;
    }
    return (ssize_t)size;
}

/* False if the connection is lost. */
static bool send_unsent(struct connection *connection)
{
    struct buf unsent = connection->unsent;

    if (unsent.size == 0)
        return true;
    buf_init(&connection->unsent, OUTPUT_SIZE);
    connection->blocked = 0;
    bool alive = send_bytes(connection, unsent.data, unsent.size);
    buf_clear(&unsent);
    return alive;
}

/* False if the connection is lost. */
static bool send_all(struct connection *connection)
{
    ssize_t size = 1;

    if (!send_unsent(connection))
        return false;
    while (connection->unsent.size == 0 && (size = gather(connection)) > 0) {
        if (!send_bytes(connection, connection->grpc->output, (size_t)size))
            return false;
    }
    if (size < 0)
        return false;
    if (connection->unsent.size > 0) /* who does not read is not read from */
        watch(connection, EPOLLOUT);
    else if (!nghttp2_session_want_read(connection->session))
        leave(connection);
    else
        watch(connection, EPOLLIN);
    return true;
}

/* It stays `touched` until here: what sending touches is sent by the way. */
void connection_settle(struct connection *connection)
{
    if (connection->state < CONNECTION_LEAVING && !send_all(connection))
        connection->state = CONNECTION_DEAD;
    if (connection->state == CONNECTION_DEAD)
        connection_free(connection);
    else
        connection->touched = false;
}

/* nghttp2 has said GOAWAY by itself for most errors; a preface that is none
 * has to be told. */
static void receive(struct connection *connection, size_t size)
{
    ssize_t taken = nghttp2_session_mem_recv(connection->session,
                                             connection->grpc->input, size);

    if (taken == NGHTTP2_ERR_NOMEM || taken == NGHTTP2_ERR_CALLBACK_FAILURE)
        connection_kill(connection);
    else if (taken < 0)
        nghttp2_session_terminate_session(connection->session,
                                          taken == NGHTTP2_ERR_FLOODED
                                              ? NGHTTP2_ENHANCE_YOUR_CALM
                                              : NGHTTP2_PROTOCOL_ERROR);
    grpc_touch(connection);
}

static void read_socket(struct connection *connection)
{
    for (int i = 0; i < READS && connection->state != CONNECTION_DEAD; i++) {
        ssize_t size =
            recv(connection->fd, connection->grpc->input, INPUT_SIZE, 0);
        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            return;
        if (size <= 0)
            connection_kill(connection);
        else if (connection->state != CONNECTION_LEAVING)
            receive(connection, (size_t)size);
        if (size < INPUT_SIZE)
            return;
    }
}

void connection_event(struct connection *connection, uint32_t events)
{
    if (connection->state == CONNECTION_DEAD)
        return;
    if (events & (EPOLLERR | EPOLLHUP))
        connection_kill(connection);
    else if (events & EPOLLIN)
        read_socket(connection);
    else
        grpc_touch(connection);
}

/* --- birth and end
 * --------------------------------------------------------------------- */

void connection_new(struct grpc *grpc, int fd)
{
    static const nghttp2_settings_entry settings[] = {
        {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, STREAMS},
        {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, STREAM_WINDOW},
        {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, HEADER_LIST}};
    struct connection *connection = memory_new(sizeof *connection);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};

    if (connection == NULL) {
        close(fd);
        return;
    }
    *connection = (struct connection){.source = SOURCE_CONNECTION,
                                      .fd = fd,
                                      .events = EPOLLIN,
                                      .grpc = grpc,
                                      .next = grpc->connections,
                                      .opened = grpc->now};
    buf_init(&connection->unsent, OUTPUT_SIZE);
    if (connection->next != NULL)
        connection->next->previous = connection;
    grpc->connections = connection;
    grpc->connection_count++;
    if (nghttp2_session_server_new3(&connection->session, grpc->callbacks,
                                    connection, grpc->options,
                                    &grpc->memory) != 0 ||
        nghttp2_submit_settings(connection->session, NGHTTP2_FLAG_NONE,
                                settings,
                                sizeof settings / sizeof *settings) != 0 ||
        nghttp2_session_set_local_window_size(connection->session,
                                              NGHTTP2_FLAG_NONE, 0,
                                              CONNECTION_WINDOW) != 0 ||
        epoll_ctl(grpc->epoll, EPOLL_CTL_ADD, fd, &event) != 0)
        connection_kill(connection);
    grpc_touch(connection);
}

void connection_shut(struct connection *connection)
{
    nghttp2_session *session = connection->session;

    if (connection->state >= CONNECTION_LEAVING)
        return;
    nghttp2_submit_goaway(session, NGHTTP2_FLAG_NONE,
                          nghttp2_session_get_last_proc_stream_id(session),
                          NGHTTP2_NO_ERROR, NULL, 0);
    grpc_touch(connection);
}

static bool call_is_late(const struct call *call, uint64_t now)
{
    if (call->state == CALL_ANSWERED)
        return false;
    if (call->deadline > 0 && now > call->deadline)
        return true;
    if (call->state == CALL_BUSY)
        return false;
    return (call->withheld == 0 &&
            now > call->heard + STALL_SECONDS * SECOND) ||
           now > call->started + BODY_SECONDS * SECOND;
}

void connection_sweep(struct connection *connection)
{
    struct grpc *grpc = connection->grpc;
    uint64_t age = grpc->now - connection->opened;
    uint64_t leave_time = (grpc->stopping ? 1 : LEAVE_SECONDS) * SECOND;
    struct call *next;

    if ((connection->state == CONNECTION_NEW && age > HELLO_SECONDS * SECOND) ||
        (connection->state == CONNECTION_LEAVING && age > leave_time) ||
        (connection->blocked > 0 &&
         grpc->now > connection->blocked + BLOCKED_SECONDS * SECOND)) {
        connection_kill(connection);
        return;
    }
    if (connection->state >= CONNECTION_LEAVING)
        return;
    for (struct call *call = connection->calls; call != NULL; call = next) {
        next = call->next;
        if (call == grpc->favourite &&
            grpc->now > call->heard + FAVOUR_SECONDS * SECOND)
            grpc->favourite = NULL;
        if (call_is_late(call, grpc->now))
            expire(call);
    }
}

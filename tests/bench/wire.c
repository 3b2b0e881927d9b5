/*
 * wire.c - the client's side. Over HTTP a request is one piece of memory and
 * the answer a status line, a length and a body that is skipped; over gRPC
 * nghttp2 does the work.
 */
#define _GNU_SOURCE /* for memmem */
#include "wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <nghttp2/nghttp2.h>

enum { OUTPUT_SIZE = 256 << 10, INPUT_SIZE = 16 << 10, FRAME_SPACE = 17 << 10 };
enum { EXCHANGES = 128 };

struct wire {
    int fd;
    int epoll;
    bool writing; /* epoll waits for room, too */
    bool grpc;
    wire_done done;
    void *ctx;
    struct exchange *exchanges[EXCHANGES]; /* under way */
    size_t exchange_count;

    size_t input_size; /* HTTP */
    size_t skip;       /* bytes of a body still to come */
    bool skipping;
    char input[INPUT_SIZE];

    nghttp2_session *session; /* gRPC */
    size_t output_sent;
    size_t output_size;
    uint8_t output[OUTPUT_SIZE];
};

static void finish(struct exchange *exchange, int status)
{
    struct wire *wire = exchange->wire;

    for (size_t i = 0; i < wire->exchange_count; i++) {
        if (wire->exchanges[i] == exchange)
            wire->exchanges[i] = wire->exchanges[--wire->exchange_count];
    }
    exchange->is_busy = false;
    wire->done(wire->ctx, exchange, status);
}

/* Bytes taken by the socket; 0 if it is full, -1 if it is gone. */
static ssize_t put(int fd, const uint8_t *bytes, size_t size)
{
    ssize_t sent;

    do
        sent = send(fd, bytes, size, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return 0;
    return sent;
}

/* --- HTTP ----------------------------------------------------------------- */

static void write_head(struct exchange *exchange)
{
    char head[HEAD_ROOM];
    int size =
        snprintf(head, sizeof head,
                 "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: %s\r\n"
                 "Content-Length: %zu\r\n%s%s%s\r\n",
                 exchange->path, exchange->content_type, exchange->size,
                 exchange->encoding ? "Content-Encoding: " : "",
                 exchange->encoding ? exchange->encoding : "",
                 exchange->encoding ? "\r\n" : "");

    if (size < 0 || size >= HEAD_ROOM) {
        fprintf(stderr, "load: request head too long\n");
        exit(2);
    }
    exchange->begin = HEAD_ROOM - (size_t)size;
    memcpy(exchange->memory + exchange->begin, head, (size_t)size);
}

static bool http_send(struct wire *wire)
{
    for (size_t i = 0; i < wire->exchange_count; i++) {
        struct exchange *exchange = wire->exchanges[i];
        size_t total = HEAD_ROOM - exchange->begin + exchange->size;
        while (exchange->sent < total) {
            ssize_t sent = put(
                wire->fd, exchange->memory + exchange->begin + exchange->sent,
                total - exchange->sent);
            if (sent < 0)
                return false;
            if (sent == 0)
                break;
            exchange->sent += (size_t)sent;
        }
        wire->writing = exchange->sent < total;
    }
    return true;
}

/* The answer's head, if it is whole: its size, else 0. */
static size_t read_head(struct wire *wire, int *status, size_t *body)
{
    char *end = memmem(wire->input, wire->input_size, "\r\n\r\n", 4);
    const char *line;

    if (end == NULL)
        return 0;
    *end = '\0';
    *status = wire->input_size > 12 ? atoi(wire->input + 9) : 0;
    *body = 0;
    for (line = wire->input; line != NULL; line = strchr(line + 1, '\n')) {
        if (strncasecmp(line, "\nContent-Length:", 16) == 0)
            *body = strtoul(line + 16, NULL, 10);
    }
    return (size_t)(end - wire->input) + 4;
}

static void http_read(struct wire *wire)
{
    for (;;) {
        if (!wire->skipping) {
            int status;
            size_t head = read_head(wire, &status, &wire->skip);
            if (head == 0 || wire->exchange_count == 0)
                return;
            wire->exchanges[0]->status = status;
            wire->skipping = true;
            wire->input_size -= head;
            memmove(wire->input, wire->input + head, wire->input_size);
        }
        size_t size =
            wire->skip < wire->input_size ? wire->skip : wire->input_size;
        wire->skip -= size;
        wire->input_size -= size;
        memmove(wire->input, wire->input + size, wire->input_size);
        if (wire->skip > 0)
            return;
        wire->skipping = false;
        finish(wire->exchanges[0], wire->exchanges[0]->status);
    }
}

/* --- gRPC ----------------------------------------------------------------- */

static ssize_t read_body(nghttp2_session *session, int32_t stream, uint8_t *out,
                         size_t size, uint32_t *flags,
                         nghttp2_data_source *source, void *user)
{
    struct exchange *exchange = source->ptr;
    size_t left = HEAD_ROOM - exchange->begin + exchange->size - exchange->sent;

    (void)session;
    (void)stream;
    (void)user;
    if (size > left)
        size = left;
    memcpy(out, exchange->memory + exchange->begin + exchange->sent, size);
    exchange->sent += size;
    if (size == left)
        *flags |= NGHTTP2_DATA_FLAG_EOF;
    return (ssize_t)size;
}

static int on_header(nghttp2_session *session, const nghttp2_frame *frame,
                     const uint8_t *name, size_t name_size,
                     const uint8_t *value, size_t value_size, uint8_t flags,
                     void *user)
{
    struct exchange *exchange =
        nghttp2_session_get_stream_user_data(session, frame->hd.stream_id);

    (void)flags;
    (void)user;
    (void)value_size;
    if (exchange != NULL && name_size == 11 &&
        memcmp(name, "grpc-status", 11) == 0)
        exchange->status = atoi((const char *)value);
    return 0;
}

static int on_stream_close(nghttp2_session *session, int32_t stream,
                           uint32_t error_code, void *user)
{
    struct exchange *exchange =
        nghttp2_session_get_stream_user_data(session, stream);

    (void)error_code;
    (void)user;
    if (exchange != NULL)
        finish(exchange, exchange->status);
    return 0;
}

static nghttp2_nv header(const char *name, const char *value)
{
    return (nghttp2_nv){(uint8_t *)(uintptr_t)name, (uint8_t *)(uintptr_t)value,
                        strlen(name), strlen(value), NGHTTP2_NV_FLAG_NONE};
}

static void grpc_start_call(struct wire *wire, struct exchange *exchange)
{
    nghttp2_nv headers[] = {
        header(":method", "POST"),
        header(":scheme", "http"),
        header(":path",
               "/opentelemetry.proto.collector.trace.v1.TraceService/Export"),
        header(":authority", "127.0.0.1"),
        header("content-type", "application/grpc"),
        header("te", "trailers"),
        header("grpc-timeout", "30S"),
        header("grpc-encoding",
               exchange->encoding ? exchange->encoding : "identity")};
    nghttp2_data_provider body = {{.ptr = exchange}, read_body};
    uint8_t *prefix = exchange->memory + HEAD_ROOM - 5;

    prefix[0] = exchange->encoding != NULL;
    for (int i = 0; i < 4; i++)
        prefix[1 + i] = (uint8_t)(exchange->size >> (24 - 8 * i));
    exchange->begin = HEAD_ROOM - 5;
    exchange->status = WIRE_LOST; /* until the trailers */
    exchange->stream = nghttp2_submit_request(wire->session, NULL, headers,
                                              sizeof headers / sizeof *headers,
                                              &body, exchange);
}

static bool grpc_send(struct wire *wire)
{
    for (;;) {
        while (wire->output_sent < wire->output_size) {
            ssize_t sent = put(wire->fd, wire->output + wire->output_sent,
                               wire->output_size - wire->output_sent);
            if (sent < 0)
                return false;
            wire->writing = sent == 0;
            if (sent == 0)
                return true;
            wire->output_sent += (size_t)sent;
        }
        wire->output_sent = wire->output_size = 0;
        while (wire->output_size < OUTPUT_SIZE - FRAME_SPACE) {
            const uint8_t *bytes;
            ssize_t size = nghttp2_session_mem_send(wire->session, &bytes);
            if (size < 0)
                return false;
            if (size == 0)
                break;
            memcpy(wire->output + wire->output_size, bytes, (size_t)size);
            wire->output_size += (size_t)size;
        }
        if (wire->output_size == 0)
            return true;
    }
}

static bool grpc_init(struct wire *wire)
{
    nghttp2_session_callbacks *callbacks;

    if (nghttp2_session_callbacks_new(&callbacks) != 0)
        return false;
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks,
                                                           on_stream_close);
    int result = nghttp2_session_client_new(&wire->session, callbacks, wire);
    nghttp2_session_callbacks_del(callbacks);
    return result == 0 && nghttp2_submit_settings(
                              wire->session, NGHTTP2_FLAG_NONE, NULL, 0) == 0;
}

/* --- both ----------------------------------------------------------------- */

static bool send_all(struct wire *wire)
{
    bool was_writing = wire->writing;

    wire->writing = false;
    bool alive = wire->grpc ? grpc_send(wire) : http_send(wire);
    if (alive && wire->writing != was_writing) {
        struct epoll_event event = {.events = EPOLLIN |
                                              (wire->writing ? EPOLLOUT : 0U),
                                    .data.ptr = wire};
        epoll_ctl(wire->epoll, EPOLL_CTL_MOD, wire->fd, &event);
    }
    return alive;
}

static bool receive(struct wire *wire)
{
    ssize_t size = recv(wire->fd, wire->input + wire->input_size,
                        INPUT_SIZE - wire->input_size, 0);

    if (size < 0)
        return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
    if (size == 0)
        return false;
    if (wire->grpc)
        return nghttp2_session_mem_recv(wire->session,
                                        (const uint8_t *)wire->input,
                                        (size_t)size) >= 0 &&
               nghttp2_session_want_read(wire->session) != 0;
    wire->input_size += (size_t)size;
    http_read(wire);
    return wire->input_size < INPUT_SIZE;
}

static bool lose(struct wire *wire)
{
    while (wire->exchange_count > 0)
        finish(wire->exchanges[0], WIRE_LOST);
    return false;
}

bool wire_event(struct wire *wire, uint32_t events)
{
    if ((events & (EPOLLIN | EPOLLERR | EPOLLHUP)) && !receive(wire))
        return lose(wire);
    return send_all(wire) || lose(wire);
}

/* A failure to send is met again, and told, by the next event. */
void wire_start(struct wire *wire, struct exchange *exchange)
{
    exchange->wire = wire;
    exchange->is_busy = true;
    exchange->sent = 0;
    exchange->status = 0;
    wire->exchanges[wire->exchange_count++] = exchange;
    if (wire->grpc)
        grpc_start_call(wire, exchange);
    else
        write_head(exchange);
    if (!send_all(wire))
        shutdown(wire->fd, SHUT_RDWR);
}

struct wire *wire_open(bool grpc, uint16_t port, int epoll, wire_done done,
                       void *ctx)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct wire *wire = calloc(1, sizeof *wire);
    int on = 1;

    if (wire == NULL)
        return NULL;
    wire->fd = socket(AF_INET, SOCK_STREAM, 0);
    wire->epoll = epoll;
    wire->grpc = grpc;
    wire->done = done;
    wire->ctx = ctx;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = wire};
    if (connect(wire->fd, (const struct sockaddr *)&address, sizeof address) !=
            0 ||
        fcntl(wire->fd, F_SETFL, O_NONBLOCK) != 0 ||
        epoll_ctl(epoll, EPOLL_CTL_ADD, wire->fd, &event) != 0 ||
        (grpc && (!grpc_init(wire) || !send_all(wire)))) {
        wire_close(wire);
        return NULL;
    }
    setsockopt(wire->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return wire;
}

void wire_close(struct wire *wire)
{
    if (wire == NULL)
        return;
    nghttp2_session_del(wire->session);
    if (wire->fd >= 0)
        close(wire->fd);
    free(wire);
}

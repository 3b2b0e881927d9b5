/*
 * connection.c - the socket of one connection: reads it into its session,
 * writes what the session has to say, and ends what takes too long.
 *
 *     NEW --SETTINGS--> OPEN --nothing left to say--> LEAVING --EOF--> DEAD
 *
 * A connection in LEAVING has shut its sending half and discards what comes,
 * so that the client reads our last frames instead of a reset.
 */
#include "server/grpc/inside.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define SECOND UINT64_C(1000000000)

enum {
    FRAME_SPACE = 17 << 10, /* the largest frame we send fits */
    READS = 4               /* a round, so that others have their turn */
};

enum {
    HELLO_SECONDS = 10,   /* to send the preface and SETTINGS */
    LEAVE_SECONDS = 2,    /* to close after our last word */
    BLOCKED_SECONDS = 30, /* to read what we send */
    STALL_SECONDS = 60,   /* between bytes of a body */
    FAVOUR_SECONDS = 5,   /* the same for the favourite, when others wait */
    BODY_SECONDS = 600    /* for all of it */
};

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

/* --- birth and end -------------------------------------------------------- */

void connection_new(struct grpc *grpc, int fd)
{
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
    if (session_open(connection) < 0 ||
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
            session_expire(call);
    }
}

/*
 * listener.c - the loop and its life. A round of the loop waits for
 * events, reads what has come, answers the calls that were stored meanwhile
 * and at its end sends everything to each connection at once:
 *
 *     epoll_wait -> accept, read -> answered -> sweep -> grant -> settle
 *
 * Other threads reach the loop only through the list of answered calls and
 * the eventfd that wakes it.
 */
#include "server/grpc/inside.h"

#include "server/log.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define SECOND UINT64_C(1000000000)

enum {
    EVENTS = 256,
    ACCEPTS = 64,   /* a round */
    SWEEP_MS = 100, /* with calls under way; else ten times that */
    STOP_SECONDS = 5,
    INLINE_UNPACKED = 128 << 10
};

static void watch_listeners(struct grpc *grpc, bool on)
{
    for (size_t i = 0; i < grpc->listener_count; i++) {
        struct epoll_event event = {.events = EPOLLIN,
                                    .data.ptr = &grpc->listeners[i]};
        epoll_ctl(grpc->epoll, on ? EPOLL_CTL_ADD : EPOLL_CTL_DEL,
                  grpc->listeners[i].fd, &event);
    }
    grpc->listening = on;
}

static void close_listeners(struct grpc *grpc)
{
    for (size_t i = 0; i < grpc->listener_count; i++)
        close(grpc->listeners[i].fd);
    grpc->listener_count = 0;
    grpc->listening = false;
}

/* Out of descriptors the listeners rest for a second: the clients wait in
 * the backlog and the loop does not spin. */
static void accept_some(struct grpc *grpc, int listener)
{
    for (int i = 0; i < ACCEPTS; i++) {
        int fd = socket_accept(grpc, listener);
        if (fd >= 0) {
            connection_new(grpc, fd);
            continue;
        }
        if (errno == EINTR || errno == ECONNABORTED)
            continue;
        if (errno == EAGAIN || errno == EWOULDBLOCK)
            return;
        log_event(LOG_WARN, "gRPC cannot accept", "error", strerror(errno),
                  NULL);
        watch_listeners(grpc, false);
        grpc->listen_again = grpc->now + SECOND;
        return;
    }
}

/* --- the loop ------------------------------------------------------------- */

void grpc_touch(struct connection *connection)
{
    if (connection->touched)
        return;
    connection->touched = true;
    connection->next_touched = connection->grpc->touched;
    connection->grpc->touched = connection;
}

static void wake(struct grpc *grpc)
{
    uint64_t one = 1;

    while (write(grpc->wake, &one, sizeof one) < 0 && errno == EINTR)
        ;
}

/* Only who finds the list empty wakes the loop: the others come along. */
void grpc_answered(struct call *call)
{
    struct grpc *grpc = call->grpc;
    struct call *first = atomic_load(&grpc->answered);

    do
        call->following = first;
    while (!atomic_compare_exchange_weak(&grpc->answered, &first, call));
    if (first == NULL)
        wake(grpc);
}

static void take_answered(struct grpc *grpc)
{
    struct call *call = atomic_exchange(&grpc->answered, NULL);
    struct call *oldest = NULL;

    while (call != NULL) {
        struct call *next = call->following;
        call->following = oldest;
        oldest = call;
        call = next;
    }
    while (oldest != NULL) {
        call = oldest;
        oldest = call->following;
        grpc->busy--;
        if (call->connection != NULL) {
            session_answer(call);
        } else {
            call->state = CALL_ANSWERED;
            call_free(call);
        }
    }
}

static void handle_event(struct grpc *grpc, const struct epoll_event *event)
{
    enum source *source = event->data.ptr;
    uint64_t count;

    switch (*source) {
    case SOURCE_CONNECTION:
        connection_event(event->data.ptr, event->events);
        break;
    case SOURCE_LISTENER:
        if (grpc->listening)
            accept_some(grpc, ((struct listener *)event->data.ptr)->fd);
        break;
    case SOURCE_WAKE:
        if (read(grpc->wake, &count, sizeof count) < 0)
            break; /* nothing was written: nothing to do */
        break;
    }
}

static void settle_all(struct grpc *grpc)
{
    while (grpc->touched != NULL) {
        struct connection *connection = grpc->touched;
        grpc->touched = connection->next_touched;
        connection_settle(connection);
    }
}

static void sweep(struct grpc *grpc)
{
    if (!grpc->listening && grpc->listener_count > 0 &&
        grpc->now > grpc->listen_again)
        watch_listeners(grpc, true);
    for (struct connection *connection = grpc->connections; connection != NULL;
         connection = connection->next)
        connection_sweep(connection);
}

static int sweep_ms(const struct grpc *grpc)
{
    if (grpc->call_count > 0 || grpc->stopping)
        return SWEEP_MS;
    return grpc->connection_count > 0 || !grpc->listening ? 10 * SWEEP_MS : -1;
}

static void round_of_loop(struct grpc *grpc, uint64_t *swept)
{
    struct epoll_event events[EVENTS];
    int ms = sweep_ms(grpc);
    int count = epoll_wait(grpc->epoll, events, EVENTS, ms);

    grpc->now = time_monotonic();
    for (int i = 0; i < count; i++)
        handle_event(grpc, &events[i]);
    take_answered(grpc);
    if (ms > 0 && grpc->now - *swept >= (uint64_t)ms * 1000000) {
        *swept = grpc->now;
        sweep(grpc);
    }
    calls_grant(grpc);
    settle_all(grpc);
}

/* Connections end as their calls do; after a time, at once. Calls that are
 * BUSY are waited for in any case: the writer has them. */
static void drain(struct grpc *grpc, uint64_t *swept)
{
    uint64_t end = time_monotonic() + STOP_SECONDS * SECOND;

    close_listeners(grpc);
    for (struct connection *connection = grpc->connections; connection != NULL;
         connection = connection->next)
        connection_shut(connection);
    settle_all(grpc);
    while (grpc->connection_count > 0 || grpc->busy > 0) {
        round_of_loop(grpc, swept);
        for (struct connection *connection = grpc->connections;
             connection != NULL && grpc->now > end;
             connection = connection->next)
            connection_kill(connection);
    }
}

static void *serve(void *ctx)
{
    struct grpc *grpc = ctx;
    uint64_t swept = time_monotonic();

    grpc->now = swept;
    while (!atomic_load(&grpc->stopping))
        round_of_loop(grpc, &swept);
    drain(grpc, &swept);
    return NULL;
}

/* --- the door ------------------------------------------------------------- */

static void free_grpc(struct grpc *grpc)
{
    if (grpc->decoders.count > 0)
        decoders_stop(&grpc->decoders);
    while (grpc->spare != NULL) {
        struct call *call = grpc->spare;
        grpc->spare = call->next;
        buf_clear(&call->body);
        memory_free(call);
    }
    close_listeners(grpc);
    if (grpc->epoll >= 0)
        close(grpc->epoll);
    if (grpc->wake >= 0)
        close(grpc->wake);
    sessions_clear(grpc);
    buf_clear(&grpc->scratch);
    memory_free(grpc);
}

static phx_status open_loop(struct grpc *grpc, phx_error *err)
{
    struct epoll_event event = {.events = EPOLLIN,
                                .data.ptr = &grpc->wake_source};

    grpc->epoll = epoll_create1(EPOLL_CLOEXEC);
    grpc->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (grpc->epoll < 0 || grpc->wake < 0 ||
        epoll_ctl(grpc->epoll, EPOLL_CTL_ADD, grpc->wake, &event) != 0)
        return fail_os(err, PHX_IO, errno, "cannot make an event loop: %s",
                       strerror(errno));
    watch_listeners(grpc, true);
    return PHX_OK;
}

static phx_status start_thread(struct grpc *grpc, phx_error *err)
{
    int code = pthread_create(&grpc->thread, NULL, serve, grpc);

    if (code != 0)
        return fail_os(err, PHX_IO, code, "cannot start a thread: %s",
                       strerror(code));
    return PHX_OK;
}

phx_status grpc_start(const struct config *config, struct writer *writer,
                      struct lane *lane, struct grpc **out, phx_error *err)
{
    struct grpc *grpc = memory_new(sizeof *grpc);
    phx_status status;

    if (grpc == NULL)
        return fail_memory(err, sizeof *grpc);
    memset(grpc, 0, sizeof *grpc);
    grpc->writer = writer;
    grpc->lane = lane;
    grpc->budget = config->queue_bytes;
    grpc->epoll = grpc->wake = -1;
    grpc->wake_source = SOURCE_WAKE;
    buf_init(&grpc->scratch, INLINE_UNPACKED);
    if ((status = sessions_init(grpc, err)) < 0 ||
        (status = socket_listen(grpc, config->host, config->grpc_port, err)) <
            0 ||
        (status = open_loop(grpc, err)) < 0 ||
        (status = decoders_start(&grpc->decoders, err)) < 0 ||
        (status = start_thread(grpc, err)) < 0) {
        free_grpc(grpc);
        return status;
    }
    *out = grpc;
    return PHX_OK;
}

uint16_t grpc_port(const struct grpc *grpc)
{
    return grpc->port;
}

void grpc_stop(struct grpc *grpc)
{
    if (grpc == NULL)
        return;
    atomic_store(&grpc->stopping, true);
    wake(grpc);
    pthread_join(grpc->thread, NULL);
    free_grpc(grpc);
}

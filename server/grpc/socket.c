/*
 * socket.c - listening and accepting: all addresses of the host on one port,
 * and connections that notice when their peer is gone.
 */
#include "server/grpc/inside.h"

#include "server/address.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

enum { CONNECTIONS = 16384 };

phx_status socket_listen(struct grpc *grpc, const char *host, uint16_t port,
                         phx_error *err)
{
    int fds[LISTENERS];
    phx_status status;

    grpc->port = port;
    if ((status = address_listen(host, &grpc->port, fds, LISTENERS,
                                 &grpc->listener_count, err)) < 0)
        return status;
    for (size_t i = 0; i < grpc->listener_count; i++)
        grpc->listeners[i] = (struct listener){SOURCE_LISTENER, fds[i]};
    return PHX_OK;
}

/* Keepalive finds the half-open within two minutes; TCP_USER_TIMEOUT those
 * that vanish while we speak. */
static void set_options(int fd)
{
    static const struct {
        int level;
        int name;
        int value;
    } table[] = {{IPPROTO_TCP, TCP_NODELAY, 1},
                 {SOL_SOCKET, SO_KEEPALIVE, 1},
                 {IPPROTO_TCP, TCP_KEEPIDLE, 60},
                 {IPPROTO_TCP, TCP_KEEPINTVL, 15},
                 {IPPROTO_TCP, TCP_KEEPCNT, 4},
                 {IPPROTO_TCP, TCP_USER_TIMEOUT, 30000}};

    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        setsockopt(fd, table[i].level, table[i].name, &table[i].value,
                   sizeof table[i].value);
}

int socket_accept(struct grpc *grpc, int listener)
{
    if (grpc->connection_count >= CONNECTIONS) {
        errno = EMFILE;
        return -1;
    }
    int fd = accept(listener, NULL, NULL);
    if (fd >= 0) {
        fcntl(fd, F_SETFL, O_NONBLOCK);
        fcntl(fd, F_SETFD, FD_CLOEXEC);
        set_options(fd);
    }
    return fd;
}

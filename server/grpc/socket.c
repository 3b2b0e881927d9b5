/*
 * socket.c - listening and accepting: all addresses of the host on one port,
 * and connections that notice when their peer is gone.
 */
#include "server/grpc/inside.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 1024, CONNECTIONS = 16384 };

static phx_status no_listener(const char *host, uint16_t port, int code,
                              phx_error *err)
{
    return fail_os(err, PHX_IO, code, "cannot listen on %.64s port %u: %s",
                   host, port, strerror(code));
}

static bool is_any(const char *host)
{
    return host[0] == '\0' || strcmp(host, "::") == 0;
}

/* A socket that listens on one address, or -1 and errno. Only the address
 * "::" takes IPv4, too. */
static int open_socket(const struct addrinfo *address, bool dual)
{
    int on = 1;
    int v6_only = !dual;
    int fd = socket(address->ai_family,
                    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (address->ai_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &v6_only, sizeof v6_only);
    if (bind(fd, address->ai_addr, address->ai_addrlen) == 0 &&
        listen(fd, BACKLOG) == 0)
        return fd;
    int code = errno;
    close(fd);
    errno = code;
    return -1;
}

static uint16_t port_of(int fd)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } address = {0};
    socklen_t size = sizeof address;

    getsockname(fd, &address.any, &size);
    return ntohs(address.any.sa_family == AF_INET6 ? address.v6.sin6_port
                                                   : address.v4.sin_port);
}

static void set_port(struct addrinfo *address, uint16_t port)
{
    /* both families keep the port at the same place */
    struct sockaddr_in in;

    memcpy(&in, address->ai_addr, sizeof in);
    in.sin_port = htons(port);
    memcpy(address->ai_addr, &in, sizeof in);
}

/* All addresses of the host share one port; families that this machine has
 * not are passed over. */
phx_status socket_listen(struct grpc *grpc, const char *host, uint16_t port,
                         phx_error *err)
{
    struct addrinfo hints = {.ai_family = AF_UNSPEC,
                             .ai_socktype = SOCK_STREAM,
                             .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    struct addrinfo *addresses = NULL;
    phx_status status = PHX_OK;
    int code = getaddrinfo(is_any(host) ? "::" : host, "0", &hints, &addresses);

    if (code != 0)
        return fail(err, PHX_INVALID, -1, "cannot find host %.64s: %s", host,
                    gai_strerror(code));
    grpc->port = port;
    code = EADDRNOTAVAIL;
    for (struct addrinfo *at = addresses;
         at != NULL && grpc->listener_count < LISTENERS; at = at->ai_next) {
        set_port(at, grpc->port);
        int fd = open_socket(at, is_any(host));
        if (fd < 0) {
            code = errno;
            if (code == EAFNOSUPPORT || code == EADDRNOTAVAIL)
                continue;
            status = no_listener(host, grpc->port, code, err);
            break;
        }
        grpc->port = port_of(fd);
        grpc->listeners[grpc->listener_count++] =
            (struct listener){SOURCE_LISTENER, fd};
    }
    freeaddrinfo(addresses);
    if (status >= 0 && grpc->listener_count == 0 && is_any(host))
        return socket_listen(grpc, "0.0.0.0", port, err);
    if (status >= 0 && grpc->listener_count == 0)
        return no_listener(host, port, code, err);
    return status;
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

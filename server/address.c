/*
 * address.c - listening sockets for a host and a port.
 */
#include "base/base.h"
#include "server/address.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 1024 };

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
    int os_code = errno;
    close(fd);
    errno = os_code;
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

/* This machine has no such addresses. */
static bool is_absent(int os_code)
{
    return os_code == EAFNOSUPPORT || os_code == EADDRNOTAVAIL;
}

/* Fills fds; returns 0, or the errno of the address that failed. */
static int open_all(struct addrinfo *addresses, bool dual, uint16_t *port,
                    int *fds, size_t most, size_t *count)
{
    int os_code = EADDRNOTAVAIL;

    for (struct addrinfo *at = addresses; at != NULL && *count < most;
         at = at->ai_next) {
        set_port(at, *port);
        int fd = open_socket(at, dual);
        if (fd >= 0) {
            *port = port_of(fd);
            fds[(*count)++] = fd;
            continue;
        }
        os_code = errno;
        if (!is_absent(os_code))
            return os_code;
    }
    return *count > 0 ? 0 : os_code;
}

phx_status address_listen(const char *host, uint16_t *port, int *fds,
                          size_t most, size_t *count, phx_error *err)
{
    struct addrinfo hints = {.ai_family = AF_UNSPEC,
                             .ai_socktype = SOCK_STREAM,
                             .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    struct addrinfo *addresses = NULL;
    bool any = is_any(host);
    uint16_t chosen = *port;
    size_t opened = 0;
    int code = getaddrinfo(any ? "::" : host, "0", &hints, &addresses);

    if (code != 0)
        return fail(err, PHX_INVALID, -1, "cannot find host '%.64s': %s", host,
                    gai_strerror(code));
    code = open_all(addresses, any, &chosen, fds, most, &opened);
    freeaddrinfo(addresses);
    if (is_absent(code) && any)
        return address_listen("0.0.0.0", port, fds, most, count, err);
    if (code != 0) {
        while (opened > 0)
            close(fds[--opened]);
        return fail_os(err, PHX_IO, code, "cannot listen on %.64s port %u: %s",
                       host, (unsigned)chosen, strerror(code));
    }
    *port = chosen;
    *count = opened;
    return PHX_OK;
}

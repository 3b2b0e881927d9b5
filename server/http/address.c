/*
 * address.c - a listening socket for a host and port. "::" takes IPv4, too;
 * "0.0.0.0" takes IPv4 alone, as it says.
 */
#include "base/base.h"
#include "server/http/inside.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 1024 };

static int listen_on(const struct addrinfo *address)
{
    int on = 1, off = 0;
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (address->ai_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
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
    struct sockaddr_storage address = {0};
    socklen_t size = sizeof address;

    if (getsockname(fd, (struct sockaddr *)&address, &size) != 0)
        return 0;
    if (address.ss_family == AF_INET6)
        return ntohs(((struct sockaddr_in6 *)&address)->sin6_port);
    return ntohs(((struct sockaddr_in *)&address)->sin_port);
}

phx_status address_listen(const char *host, uint16_t *port, int *out,
                          phx_error *err)
{
    struct addrinfo hints = {.ai_family = AF_UNSPEC,
                             .ai_socktype = SOCK_STREAM,
                             .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    char service[8];
    int fd = -1;

    snprintf(service, sizeof service, "%u", (unsigned)*port);
    int code = getaddrinfo(host, service, &hints, &found);
    if (code != 0)
        return fail(err, PHX_INVALID, -1, "cannot listen on host '%.64s': %s",
                    host, gai_strerror(code));
    for (struct addrinfo *at = found; at != NULL && fd < 0; at = at->ai_next)
        fd = listen_on(at);
    int os_code = errno;
    freeaddrinfo(found);
    if (fd < 0)
        return fail_os(err, PHX_IO, os_code, "cannot listen on %.64s port %u",
                       host, (unsigned)*port);
    *port = port_of(fd);
    *out = fd;
    return PHX_OK;
}

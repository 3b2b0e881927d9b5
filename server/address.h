/*
 * address: sockets that listen on a host and a port.
 */
#ifndef SERVER_ADDRESS_H
#define SERVER_ADDRESS_H

#include "base/base.h"

/*
 * Listens on the addresses of a host, the first `most` of them, all on one
 * port. Families that this machine has not are passed over. No socket blocks.
 *
 * host    a name or address; "" and "::" are every address, of IPv4, too
 * port    0 picks a free one; becomes the one it is
 * fds     [most] sockets, *count of them
 * Errors: INVALID (host), IO.
 */
phx_status address_listen(const char *host, uint16_t *port, int *fds,
                          size_t most, size_t *count, phx_error *err);

#endif

/*
 * random.c - bytes nobody can guess, from the operating system.
 */
#include "base/base.h"

#include <errno.h>
#include <sys/random.h>

phx_status random_bytes(void *out, size_t size, phx_error *err)
{
    uint8_t *bytes = out;

    while (size > 0) {
        ssize_t got = getrandom(bytes, size, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail_os(err, PHX_IO, errno, "no random bytes: %s",
                           strerror(errno));
        bytes += got;
        size -= (size_t)got;
    }
    return PHX_OK;
}

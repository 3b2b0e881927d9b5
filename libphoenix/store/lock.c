/*
 * lock.c - one process writes a store at a time, from open to close. The lock
 * is the operating system's, on a file beside the store, so that a dead
 * process holds nothing; the file names the process that has it.
 */
#include "base/base.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "store/inside.h"

static phx_status told_busy(int file, const char *path, phx_error *err)
{
    char holder[32] = "";
    ssize_t size = pread(file, holder, sizeof holder - 1, 0);

    holder[size > 0 ? strcspn(holder, "\n") : 0] = '\0';
    return fail(err, PHX_BUSY, -1, "process %s writes the store '%.200s'",
                holder, path);
}

phx_status lock_take(const char *path, int *out, phx_error *err)
{
    char name[4096 + 8];
    char holder[32];
    phx_status status = PHX_OK;

    if ((size_t)snprintf(name, sizeof name, "%s-lock", path) >= sizeof name)
        return fail(err, PHX_INVALID, -1, "the path is over 4096 bytes");
    int file = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (file < 0)
        return fail_os(err, PHX_IO, errno, "cannot open '%.200s': %s", name,
                       strerror(errno));
    if (flock(file, LOCK_EX | LOCK_NB) != 0) {
        status = errno == EWOULDBLOCK
                     ? told_busy(file, path, err)
                     : fail_os(err, PHX_IO, errno, "cannot lock '%.200s': %s",
                               name, strerror(errno));
        close(file);
        return status;
    }
    int size = snprintf(holder, sizeof holder, "%ld\n", (long)getpid());
    if (ftruncate(file, 0) != 0 || pwrite(file, holder, (size_t)size, 0) < 0) {
        status = fail_os(err, PHX_IO, errno, "cannot write '%.200s': %s", name,
                         strerror(errno));
        close(file);
        return status;
    }
    *out = file;
    return PHX_OK;
}

void lock_release(int lock)
{
    if (lock >= 0)
        close(lock);
}

/*
 * lock.c - one process writes a store at a time, from open to close. The lock
 * is the operating system's, on a file beside the store, so that a dead
 * process holds nothing; the file names the process that has it.
 */
#include "base/base.h"

#include "store/inside.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    PATH_MOST = 4096,
    NAME_SIZE = PATH_MOST + sizeof "-lock",
    HOLDER_SIZE = 32
};

static phx_status told_busy(int file, const char *path, phx_error *err)
{
    char holder[HOLDER_SIZE] = "";
    ssize_t size = pread(file, holder, sizeof holder - 1, 0);

    holder[size > 0 ? strcspn(holder, "\n") : 0] = '\0';
    return fail(err, PHX_BUSY, -1, "process %s writes the store '%.200s'",
                holder, path);
}

/* "PATH-lock", with the path that SQLite makes of the one given: whoever comes
 * by a symbolic link meets the same lock. name [NAME_SIZE] */
static phx_status name_lock(const char *path, const char *vfs_name, char *name,
                            phx_error *err)
{
    sqlite3_vfs *vfs = sqlite3_vfs_find(vfs_name);

    if (vfs == NULL)
        return fail(err, PHX_INVALID, -1, "no SQLite VFS is named '%.64s'",
                    vfs_name ? vfs_name : "");
    if (strlen(path) > PATH_MOST)
        return fail(err, PHX_INVALID, -1, "the path is over %d bytes",
                    PATH_MOST);
    int code = vfs->xFullPathname(vfs, path, PATH_MOST, name) & 0xFF;
    if (code != SQLITE_OK)
        return fail_os(err, PHX_IO, code, "cannot find '%.200s': %s", path,
                       sqlite3_errstr(code));
    memcpy(name + strlen(name), "-lock", sizeof "-lock");
    return PHX_OK;
}

/* The file, locked and with our process in it. */
static phx_status hold(const char *path, const char *name, int *out,
                       phx_error *err)
{
    char holder[HOLDER_SIZE];
    struct stat found;
    phx_status status;
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
    /* Whoever ends an archive removes its lock: this one locks nothing. */
    if (fstat(file, &found) == 0 && found.st_nlink == 0) {
        status = told_busy(file, path, err);
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

phx_status lock_take(const char *path, const char *vfs, int *out,
                     phx_error *err)
{
    char *name = memory_new(NAME_SIZE);
    phx_status status;

    if (name == NULL)
        return fail_memory(err, NAME_SIZE);
    if ((status = name_lock(path, vfs, name, err)) >= 0)
        status = hold(path, name, out, err);
    memory_free(name);
    return status;
}

/* Children that were forked have the file open, too, and a lock lasts until all
 * have closed it, or one gives it up: that is for the process that took it. */
void lock_release(int lock)
{
    char holder[HOLDER_SIZE] = "", own[HOLDER_SIZE];

    if (lock < 0)
        return;
    snprintf(own, sizeof own, "%ld\n", (long)getpid());
    if (pread(lock, holder, sizeof holder - 1, 0) > 0 &&
        strcmp(holder, own) == 0)
        flock(lock, LOCK_UN);
    close(lock);
}

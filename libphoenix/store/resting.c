/*
 * resting.c - a store in a folder that may not be written to, as on a medium
 * that is only read. SQLite keeps what readers share in a file beside it, and
 * without that file opens nothing, unless it is told that nobody writes: which
 * holds where no log lies there either.
 */
#include "base/base.h"

#include "store/inside.h"

#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

/* path [PATH_MAX], without its links; changed and restored. */
static bool is_resting(char *path)
{
    size_t size = strlen(path);
    char *slash = strrchr(path, '/');

    if (size + sizeof "-wal" > PATH_MAX || slash == NULL)
        return false;
    memcpy(path + size, "-wal", sizeof "-wal");
    bool has_log = access(path, F_OK) == 0;
    path[size] = '\0';
    if (has_log || access(path, R_OK) != 0)
        return false;
    *slash = '\0';
    bool is_closed = access(slash > path ? path : "/", W_OK) != 0;
    *slash = '/';
    return is_closed;
}

static void write_uri(const char *path, struct buf *out)
{
    buf_add_string(out, "file://");
    for (; *path != '\0'; path++) {
        if (strchr("%?#", *path) != NULL)
            buf_add_format(out, "%%%02x", (unsigned)*path);
        else
            buf_add_byte(out, (uint8_t)*path);
    }
    buf_add_string(out, "?immutable=1");
    buf_add_byte(out, 0);
}

phx_status resting_uri(const char *path, struct buf *out, phx_error *err)
{
    char *whole = memory_new(PATH_MAX);

    if (whole == NULL)
        return fail_memory(err, PATH_MAX);
    if (realpath(path, whole) != NULL && is_resting(whole))
        write_uri(whole, out);
    memory_free(whole);
    return buf_status(out, "a path", err);
}

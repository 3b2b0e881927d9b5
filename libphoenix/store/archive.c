/*
 * archive.c - a store that becomes one new file. It is made beside its path,
 * and gets its name when all of it is on the disk.
 */
#include "base/base.h"

#include "store/inside.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define MARK "-begun"

enum { NAME_SIZE = 4096 };

/* "PATH-new". name [NAME_SIZE] */
static phx_status name_new(const char *path, char *name, phx_error *err)
{
    int size = snprintf(name, NAME_SIZE, "%s-new", path);

    return size < NAME_SIZE - (int)sizeof "-journal"
               ? PHX_OK
               : fail(err, PHX_INVALID, -1, "the path is over %d bytes",
                      NAME_SIZE - (int)sizeof "-new-journal");
}

static void remove_beside(const char *name, const char *end)
{
    char beside[NAME_SIZE];

    if (snprintf(beside, sizeof beside, "%s%s", name, end) < NAME_SIZE)
        unlink(beside);
}

static void clear(const char *path)
{
    remove_beside(path, "-wal");
    remove_beside(path, "-shm");
    unlink(path);
}

static phx_status fail_file(const char *path, phx_error *err)
{
    return fail_os(err, errno == EEXIST ? PHX_CONFLICT : PHX_IO, errno,
                   "cannot create '%.200s': %s", path, strerror(errno));
}

static phx_status check_absent(const char *path, phx_error *err)
{
    if (access(path, F_OK) == 0)
        errno = EEXIST;
    return errno == ENOENT ? PHX_OK : fail_file(path, err);
}

static bool is_begun(const char *name)
{
    char mark[NAME_SIZE + sizeof MARK];

    snprintf(mark, sizeof mark, "%s" MARK, name);
    return access(mark, F_OK) == 0;
}

/* The mark says that what is called so is an archive that was begun: anything
 * else of that name is somebody's. */
phx_status archive_claim(const char *name, phx_error *err)
{
    char mark[NAME_SIZE + sizeof MARK];

    if (access(name, F_OK) == 0 && !is_begun(name)) {
        errno = EEXIST;
        return fail_file(name, err);
    }
    snprintf(mark, sizeof mark, "%s" MARK, name);
    int file = open(mark, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    if (file < 0)
        return fail_file(mark, err);
    close(file);
    clear(name);
    return PHX_OK;
}

/* The lock goes last: what lies there is of whoever has it. */
static void give_up(const char *name, int lock)
{
    if (is_begun(name)) {
        clear(name);
        remove_beside(name, MARK);
        remove_beside(name, "-lock");
    }
    lock_release(lock);
}

phx_status store_archive_begin(const struct store *like, const char *path,
                               struct store **out, phx_error *err)
{
    struct store_options options = like->options;
    struct store *archive;
    char name[NAME_SIZE];
    phx_status status;

    options.read_only = false;
    options.no_compact = true;
    options.anew = true;
    options.retention_days = 0;
    if ((status = name_new(path, name, err)) < 0 ||
        (status = check_absent(path, err)) < 0)
        return status;
    if ((status = store_open(name, &options, &archive, err)) < 0) {
        if (status != PHX_BUSY)
            give_up(name, -1);
        return status;
    }
    *out = archive;
    return PHX_OK;
}

/* The names of a folder last as its files do. */
static phx_status sync_folder(const char *path, phx_error *err)
{
    const char *slash = strrchr(path, '/');
    char folder[NAME_SIZE] = ".";
    int file;

    if (slash != NULL)
        snprintf(folder, sizeof folder, "%.*s/", (int)(slash - path), path);
    if ((file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
        return fail_file(folder, err);
    int code = fsync(file);
    close(file);
    return code == 0 ? PHX_OK : fail_file(folder, err);
}

static phx_status give_name(const char *name, const char *path, phx_error *err)
{
    phx_status status = check_absent(path, err);

    if (status >= 0 && rename(name, path) != 0)
        status = fail_file(path, err);
    return status < 0 ? status : sync_folder(path, err);
}

static phx_status empty_log(struct store *archive, phx_error *err)
{
    int code = sqlite3_wal_checkpoint_v2(
        archive->writer->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);

    return code == SQLITE_OK ? PHX_OK
                             : connection_fail(archive->writer, code, err);
}

phx_status store_archive_end(struct store *archive, const char *path,
                             phx_status status, phx_error *err)
{
    int lock = archive->lock;
    char name[NAME_SIZE];

    archive->lock = -1;
    (void)name_new(path, name, NULL);
    if (status >= 0)
        status = empty_log(archive, err);
    store_release(archive);
    if (status >= 0)
        status = give_name(name, path, err);
    give_up(name, lock);
    return status;
}

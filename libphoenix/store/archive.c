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

enum { NAME_SIZE = 4096 };

/* "PATH-new" and what belongs to it. name [NAME_SIZE] */
static phx_status name_new(const char *path, const char *end, char *name,
                           phx_error *err)
{
    int size = snprintf(name, NAME_SIZE, "%s-new%s", path, end);

    return size < NAME_SIZE
               ? PHX_OK
               : fail(err, PHX_INVALID, -1, "the path is over %d bytes",
                      NAME_SIZE - (int)sizeof "-new-journal");
}

static void remove_new(const char *path, bool all)
{
    static const char *const ends[] = {"-wal", "-shm", "-lock", ""};
    char name[NAME_SIZE];

    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        if ((all || *ends[i] != '\0') &&
            name_new(path, ends[i], name, NULL) >= 0)
            unlink(name);
    }
}

static phx_status fail_file(const char *path, phx_error *err)
{
    return fail_os(err, errno == EEXIST ? PHX_CONFLICT : PHX_IO, errno,
                   "cannot create '%.200s': %s", path, strerror(errno));
}

static phx_status create(const char *path, phx_error *err)
{
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

    if (file < 0)
        return fail_file(path, err);
    close(file);
    return PHX_OK;
}

phx_status store_archive_begin(const struct store *like, const char *path,
                               struct store **out, phx_error *err)
{
    struct store_options options = like->options;
    char name[NAME_SIZE];
    phx_status status;

    options.read_only = false;
    options.no_compact = true;
    options.retention_days = 0;
    if ((status = name_new(path, "", name, err)) < 0 ||
        (status = create(path, err)) < 0)
        return status;
    if ((status = create(name, err)) < 0) {
        unlink(path);
        return status;
    }
    if ((status = store_open(name, &options, out, err)) < 0) {
        remove_new(path, true);
        unlink(path);
    }
    return status;
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

static phx_status give_name(const char *path, phx_error *err)
{
    char name[NAME_SIZE];
    phx_status status = name_new(path, "", name, err);

    if (status < 0)
        return status;
    remove_new(path, false);
    return rename(name, path) == 0 ? sync_folder(path, err)
                                   : fail_file(path, err);
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
    if (status >= 0)
        status = empty_log(archive, err);
    store_release(archive);
    if (status < 0 || (status = give_name(path, err)) < 0) {
        remove_new(path, true);
        unlink(path);
    }
    return status;
}

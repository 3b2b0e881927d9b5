/*
 * backup.c - a copy of the store as it is at one instant, while others read
 * and write: one step of SQLite's backup over one snapshot. In several steps
 * it would begin again at every commit.
 */
#include "base/base.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "store/inside.h"

static phx_status copy_pages(struct connection *from, sqlite3 *to,
                             phx_error *err)
{
    sqlite3_backup *backup = sqlite3_backup_init(to, "main", from->db, "main");
    int code;

    if (backup == NULL)
        return fail_os(err, PHX_IO, sqlite3_errcode(to), "backup: %s",
                       sqlite3_errmsg(to));
    code = sqlite3_backup_step(backup, -1);
    sqlite3_backup_finish(backup);
    return code == SQLITE_DONE
               ? PHX_OK
               : connection_fail(NULL, code, err);
}

phx_status store_backup(struct store *store, const char *path, phx_error *err)
{
    struct connection *connection = NULL;
    struct counter counter;
    sqlite3 *copy = NULL;
    phx_status status;
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

    if (file < 0)
        return fail_os(err, errno == EEXIST ? PHX_CONFLICT : PHX_IO, errno,
                       "cannot create '%.200s': %s", path, strerror(errno));
    close(file);
    if ((status = store_reader_take(store, &connection, &counter, err)) < 0)
        goto done;
    if (sqlite3_open_v2(path, &copy, SQLITE_OPEN_READWRITE, store->vfs) !=
        SQLITE_OK)
        status = fail_os(err, PHX_IO, sqlite3_errcode(copy),
                         "cannot open '%.200s': %s", path,
                         sqlite3_errmsg(copy));
    else
        status = copy_pages(connection, copy, err);
    store_reader_give(store, connection);
    if (sqlite3_close(copy) != SQLITE_OK && status >= 0)
        status = fail(err, PHX_IO, -1, "cannot finish '%.200s'", path);
done:
    if (status < 0)
        unlink(path);
    return status;
}

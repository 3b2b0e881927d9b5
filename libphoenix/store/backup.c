/*
 * backup.c - a copy of the store as it is at one instant, while others read
 * and write: some pages at a time, all of one snapshot. Without the snapshot
 * SQLite would begin again at every commit.
 */
#include "base/base.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "store/inside.h"

enum { PAGES_AT_ONCE = SHRUNK(1024, 8) };

static phx_status copy_pages(struct store *store, struct connection *from,
                             sqlite3 *to, phx_error *err)
{
    unsigned interrupts = store_interrupts(store);
    sqlite3_backup *backup = sqlite3_backup_init(to, "main", from->db, "main");
    phx_status status = PHX_OK;
    int code = SQLITE_OK;

    if (backup == NULL)
        return connection_fail(NULL, sqlite3_errcode(to), err);
    while (code == SQLITE_OK &&
           (status = store_check_interrupt(store, interrupts, err)) >= 0)
        code = sqlite3_backup_step(backup, PAGES_AT_ONCE);
    sqlite3_backup_finish(backup);
    if (status < 0 || code == SQLITE_DONE)
        return status;
    return connection_fail(NULL, code, err);
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
        status = connection_fail(NULL, sqlite3_errcode(copy), err);
    else
        status = copy_pages(store, connection, copy, err);
    store_reader_give(store, connection);
    if (sqlite3_close(copy) != SQLITE_OK && status >= 0)
        status = fail(err, PHX_IO, -1, "cannot finish '%.200s'", path);
done:
    if (status < 0)
        unlink(path);
    return status;
}

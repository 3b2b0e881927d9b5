/*
 * disk.c - wraps SQLite's own VFS.
 *
 *     write ─▶ the real file, and the list of writes since the last sync
 *     sync  ─▶ the list is applied to an image of the file, and emptied
 *     cut   ─▶ every file becomes its image, plus some of the list
 */
#include "fault/disk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pthread.h>
#include <sqlite3.h>

struct write {
    struct write *next;
    int64_t offset; /* -1: truncate to size */
    size_t size;
    char bytes[];
};

/* What is known of a path, for as long as the program lives. */
struct record {
    struct record *next;
    char path[512];
    char *image; /* as last synced */
    size_t image_size;
    struct write *first, **last; /* since then, in order */
    bool is_deleted;
};

struct file {
    sqlite3_file base;
    struct record *record; /* NULL if nothing is remembered */
    sqlite3_file *real;    /* right behind this struct */
};

struct disk_faults disk_faults;
static sqlite3_vfs disk;
static sqlite3_vfs *real_disk;
static struct record *records;
static pthread_mutex_t records_lock = PTHREAD_MUTEX_INITIALIZER;
static bool is_cut;

static void *must(void *memory)
{
    if (!memory)
        abort();
    return memory;
}

static bool fails(enum disk_operation operation)
{
    int64_t at = disk_faults.fail_at;
    int64_t seen;

    if (!(disk_faults.operations & operation))
        return false;
    seen = __atomic_add_fetch(&disk_faults.seen, 1, __ATOMIC_RELAXED);
    if (seen == disk_faults.cut_at)
        is_cut = true;
    if (seen == disk_faults.call_at)
        disk_faults.call(disk_faults.ctx);
    return at > 0 && (seen == at || (disk_faults.for_good && seen > at));
}

/* --- records -------------------------------------------------------------- */

static struct record *record_of(const char *path)
{
    struct record *record;

    for (record = records; record; record = record->next) {
        if (strcmp(record->path, path) == 0)
            return record;
    }
    record = must(calloc(1, sizeof *record));
    snprintf(record->path, sizeof record->path, "%s", path);
    record->last = &record->first;
    record->next = records;
    records = record;
    return record;
}

static void record_write(struct record *record, int64_t offset,
                         const void *bytes, size_t size)
{
    struct write *write = must(malloc(sizeof *write + (bytes ? size : 0)));

    write->next = NULL;
    write->offset = offset;
    write->size = size;
    if (bytes)
        memcpy(write->bytes, bytes, size);
    *record->last = write;
    record->last = &write->next;
}

static void image_resize(struct record *record, size_t size)
{
    if (size > record->image_size) {
        record->image = must(realloc(record->image, size));
        memset(record->image + record->image_size, 0,
               size - record->image_size);
    }
    record->image_size = size;
}

static void image_apply(struct record *record, const struct write *write)
{
    size_t end;

    if (write->offset < 0) {
        image_resize(record, write->size);
        return;
    }
    end = (size_t)write->offset + write->size;
    if (end > record->image_size)
        image_resize(record, end);
    memcpy(record->image + write->offset, write->bytes, write->size);
}

/* Empties the list; chance 0 applies all of it, else every other write or
 * so, the last one perhaps in part. */
static void record_settle(struct record *record, unsigned *chance)
{
    struct write *write;

    while ((write = record->first)) {
        record->first = write->next;
        if (!chance || rand_r(chance) % 2) {
            if (chance && write->offset >= 0 && rand_r(chance) % 4 == 0)
                write->size = write->size / 1024 * 512;
            image_apply(record, write);
        }
        free(write);
    }
    record->last = &record->first;
}

/* --- files ---------------------------------------------------------------- */

static sqlite3_file *real_of(sqlite3_file *file)
{
    return ((struct file *)file)->real;
}

static int file_close(sqlite3_file *file)
{
    return real_of(file)->pMethods->xClose(real_of(file));
}

static int file_read(sqlite3_file *file, void *bytes, int size,
                     sqlite3_int64 offset)
{
    if (fails(DISK_READ))
        return disk_faults.code;
    return real_of(file)->pMethods->xRead(real_of(file), bytes, size, offset);
}

static int file_write(sqlite3_file *file, const void *bytes, int size,
                      sqlite3_int64 offset)
{
    struct record *record = ((struct file *)file)->record;

    if (fails(DISK_WRITE))
        return disk_faults.code;
    if (is_cut)
        return SQLITE_IOERR_WRITE;
    if (record) {
        pthread_mutex_lock(&records_lock);
        record_write(record, offset, bytes, (size_t)size);
        pthread_mutex_unlock(&records_lock);
    }
    return real_of(file)->pMethods->xWrite(real_of(file), bytes, size, offset);
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    struct record *record = ((struct file *)file)->record;

    if (fails(DISK_TRUNCATE))
        return disk_faults.code;
    if (is_cut)
        return SQLITE_IOERR_TRUNCATE;
    if (record) {
        pthread_mutex_lock(&records_lock);
        record_write(record, -1, NULL, (size_t)size);
        pthread_mutex_unlock(&records_lock);
    }
    return real_of(file)->pMethods->xTruncate(real_of(file), size);
}

static int file_sync(sqlite3_file *file, int flags)
{
    struct record *record = ((struct file *)file)->record;

    (void)flags;
    if (fails(DISK_SYNC))
        return disk_faults.code;
    if (is_cut)
        return SQLITE_IOERR_FSYNC;
    if (record) {
        pthread_mutex_lock(&records_lock);
        record_settle(record, NULL);
        pthread_mutex_unlock(&records_lock);
    }
    return SQLITE_OK; /* only this program looks at the file */
}

static int file_size(sqlite3_file *file, sqlite3_int64 *size)
{
    return real_of(file)->pMethods->xFileSize(real_of(file), size);
}

static int file_lock(sqlite3_file *file, int level)
{
    return real_of(file)->pMethods->xLock(real_of(file), level);
}

static int file_unlock(sqlite3_file *file, int level)
{
    return real_of(file)->pMethods->xUnlock(real_of(file), level);
}

static int file_is_reserved(sqlite3_file *file, int *out)
{
    return real_of(file)->pMethods->xCheckReservedLock(real_of(file), out);
}

static int file_control(sqlite3_file *file, int what, void *argument)
{
    return real_of(file)->pMethods->xFileControl(real_of(file), what, argument);
}

static int file_sector_size(sqlite3_file *file)
{
    return real_of(file)->pMethods->xSectorSize(real_of(file));
}

static int file_characteristics(sqlite3_file *file)
{
    (void)file;
    return 0; /* it promises nothing */
}

static int file_shm_map(sqlite3_file *file, int page, int size, int extend,
                        void volatile **out)
{
    return real_of(file)->pMethods->xShmMap(real_of(file), page, size, extend,
                                            out);
}

static int file_shm_lock(sqlite3_file *file, int offset, int count, int flags)
{
    if (flags & SQLITE_SHM_LOCK && fails(DISK_LOCK))
        return disk_faults.code;
    return real_of(file)->pMethods->xShmLock(real_of(file), offset, count,
                                             flags);
}

static void file_shm_barrier(sqlite3_file *file)
{
    real_of(file)->pMethods->xShmBarrier(real_of(file));
}

static int file_shm_unmap(sqlite3_file *file, int delete_it)
{
    return real_of(file)->pMethods->xShmUnmap(real_of(file), delete_it);
}

static const sqlite3_io_methods file_methods = {
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_is_reserved,
    .xFileControl = file_control,
    .xSectorSize = file_sector_size,
    .xDeviceCharacteristics = file_characteristics,
    .xShmMap = file_shm_map,
    .xShmLock = file_shm_lock,
    .xShmBarrier = file_shm_barrier,
    .xShmUnmap = file_shm_unmap,
};

/* --- the disk ------------------------------------------------------------- */

static int disk_open(sqlite3_vfs *vfs, sqlite3_filename path,
                     sqlite3_file *base, int flags, int *out_flags)
{
    struct file *file = (struct file *)base;
    int code;

    (void)vfs;
    base->pMethods = NULL;
    if (is_cut)
        return SQLITE_CANTOPEN;
    if (fails(DISK_OPEN))
        return disk_faults.code;
    file->real = (sqlite3_file *)(file + 1);
    code = real_disk->xOpen(real_disk, path, file->real, flags, out_flags);
    if (code != SQLITE_OK)
        return code;
    file->record = NULL;
    if (path && disk_faults.remember) {
        pthread_mutex_lock(&records_lock);
        file->record = record_of(path);
        file->record->is_deleted = false;
        pthread_mutex_unlock(&records_lock);
    }
    base->pMethods = &file_methods;
    return SQLITE_OK;
}

static int disk_delete(sqlite3_vfs *vfs, const char *path, int sync)
{
    (void)vfs;
    if (is_cut)
        return SQLITE_IOERR_DELETE;
    if (disk_faults.remember) {
        pthread_mutex_lock(&records_lock);
        struct record *record = record_of(path);

        record_settle(record, NULL);
        record->image_size = 0;
        record->is_deleted = true;
        pthread_mutex_unlock(&records_lock);
    }
    return real_disk->xDelete(real_disk, path, sync);
}

void disk_register(void)
{
    real_disk = sqlite3_vfs_find(NULL);
    disk = *real_disk;
    disk.zName = DISK_NAME;
    disk.szOsFile = (int)sizeof(struct file) + real_disk->szOsFile;
    disk.xOpen = disk_open;
    disk.xDelete = disk_delete;
    sqlite3_vfs_register(&disk, 0);
}

void disk_cut(void)
{
    is_cut = true;
}

void disk_restore(unsigned chance)
{
    struct record *record;

    for (record = records; record; record = record->next) {
        FILE *file;

        record_settle(record, &chance);
        if (record->is_deleted || record->image_size == 0)
            continue;
        file = must(fopen(record->path, "wb"));
        if (fwrite(record->image, 1, record->image_size, file) !=
            record->image_size)
            abort();
        fclose(file);
    }
    is_cut = false;
}

void disk_forget(void)
{
    struct record *record;

    while ((record = records)) {
        records = record->next;
        record_settle(record, NULL);
        free(record->image);
        free(record);
    }
}

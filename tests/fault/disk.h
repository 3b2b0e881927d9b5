/*
 * disk: an SQLite VFS whose disk fails when told to, and forgets what was not
 * synced when its power is cut.
 */
#ifndef FAULT_DISK_H
#define FAULT_DISK_H

#include <stdbool.h>
#include <stdint.h>

#define DISK_NAME "faulty"

enum disk_operation {
    DISK_WRITE = 1,
    DISK_SYNC = 2,
    DISK_READ = 4,
    DISK_OPEN = 8,
    DISK_TRUNCATE = 16,
    DISK_LOCK = 32 /* of memory shared with other programs */
};

/* The fail_at-th of the operations chosen fails with an SQLite code. */
struct disk_faults {
    unsigned operations; /* DISK_..., or-ed */
    int code;            /* SQLITE_FULL, SQLITE_IOERR_WRITE ... */
    int64_t fail_at;     /* 0 for none */
    bool for_good;       /* and all after it */
    int64_t cut_at;      /* the power is cut at this one; 0 for never */
    int64_t call_at;     /* call(ctx) is called at this one; 0 for never */
    void (*call)(void *ctx);
    void *ctx;
    bool remember; /* keeps what a power cut needs */
    int64_t seen;  /* operations since it was last set to 0 */
};
extern struct disk_faults disk_faults;

/* Makes the VFS known to SQLite; once. */
void disk_register(void);

/* From now on nothing reaches the files. */
void disk_cut(void);

/* After a cut, with all files closed: each holds what was synced, and of the
 * writes after that some, as chance (a seed) has it. Then all is well again. */
void disk_restore(unsigned chance);

/* Forgets all files; none may be open. */
void disk_forget(void);

#endif

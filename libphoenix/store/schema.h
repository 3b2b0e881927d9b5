/*
 * schema.h - the tables of a store, without its rows.
 */
#ifndef STORE_SCHEMA_H
#define STORE_SCHEMA_H

#include <sqlite3.h>
#include <stddef.h>
#include <stdint.h>

int schema_newest(void);

/* Into an empty database (0), or a store of an earlier format. Returns the code
 * of SQLite. */
int schema_make(sqlite3 *db, int64_t format);

/* A database with the newest tables alone, which the build makes: its size, and
 * the runs of its bytes that are not 0, one after another. */
struct schema_run {
    uint32_t at, size;
};
extern const uint32_t schema_image_size, schema_image_run_count;
extern const struct schema_run schema_image_runs[];
extern const uint8_t schema_image_bytes[];

#endif

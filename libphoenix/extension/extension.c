/*
 * extension.c - where the sqlite3 shell, Python's sqlite3 and other programs
 * enter when they load libphoenix_sqlite.so: spans on a connection of theirs.
 *
 * All of the store room that is in this library calls SQLite by the table of
 * functions that is handed in here, so that it speaks to the program's own copy
 * of SQLite and none is linked.
 */
#include "base/base.h"

#include "extension/inside.h"
#include "store/store.h"

enum { OLDEST_SQLITE = 3038000 };

const sqlite3_api_routines *sqlite3_api;

/* Named after the file, as SQLite looks for it. */
PHX_API int sqlite3_phoenixsqlite_init(sqlite3 *db, char **message,
                                       const sqlite3_api_routines *api);

int sqlite3_phoenixsqlite_init(sqlite3 *db, char **message,
                               const sqlite3_api_routines *api)
{
    phx_error err = {0};

    if (api->libversion_number() < OLDEST_SQLITE) {
        *message = api->mprintf("libphoenix_sqlite needs SQLite 3.38 or newer,"
                                " this is %s",
                                api->libversion());
        return SQLITE_ERROR;
    }
    if (sqlite3_api != NULL && sqlite3_api != api) {
        *message = api->mprintf("another copy of SQLite in this process has"
                                " loaded libphoenix_sqlite");
        return SQLITE_ERROR;
    }
    sqlite3_api = api;
    if (store_show(db, &err) >= 0)
        return SQLITE_OK;
    *message = api->mprintf("%s", err.message);
    return SQLITE_ERROR;
}

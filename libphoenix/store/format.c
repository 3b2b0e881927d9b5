/*
 * format.c - brings a store to the newest format: forward only, all that it
 * lacks in one transaction. user_version is a store's format; application_id
 * tells it from any other SQLite file.
 */
#include "base/base.h"

#include "store/inside.h"
#include "store/schema.h"

enum { APPLICATION_ID = 0x50485831 /* "PHX1" */ };
enum { POLICIES = 4 }; /* the format that brings the default one */

static phx_status pragma_int(struct connection *connection, const char *text,
                             int64_t *out, phx_error *err)
{
    sqlite3_stmt *handle = NULL;
    int code = sqlite3_prepare_v2(connection->db, text, -1, &handle, NULL);
    phx_status status = PHX_OK;

    if (code == SQLITE_OK)
        code = sqlite3_step(handle);
    if (code == SQLITE_ROW)
        *out = sqlite3_column_int64(handle, 0);
    else if (code == SQLITE_NOTADB)
        status = fail_os(err, PHX_CORRUPT, code, "the file is no store");
    else
        status = connection_fail(connection, code, err);
    sqlite3_finalize(handle);
    return status;
}

static phx_status seed(struct connection *connection, phx_error *err)
{
    phx_status status;
    struct counter counter;

    if ((status = counter_create(connection, err)) < 0 ||
        (status = counter_read(connection, &counter, err)) < 0)
        return status;
    phx_project project = {
        .id = counter.project++,
        .created_at = time_now(),
        .name = text_of("default"),
        .description = text_of("Default project"),
    };
    project.updated_at = project.created_at;
    counter.projects++;
    if ((status = project_insert(connection, &project, err)) < 0)
        return status;
    return counter_write(connection, &counter, err);
}

static int copy_pages(sqlite3 *from, sqlite3 *to)
{
    sqlite3_backup *copy = sqlite3_backup_init(to, "main", from, "main");

    if (copy == NULL)
        return sqlite3_errcode(to);
    sqlite3_backup_step(copy, -1);
    return sqlite3_backup_finish(copy);
}

/* SQLite takes five times as long to make tables as to read how they were made.
 * In memory, where stores come and go, their pages are copied. */
static phx_status copy_tables(struct connection *connection, phx_error *err)
{
    uint8_t *pages = memory_new(schema_image_size);
    const uint8_t *next = schema_image_bytes;
    sqlite3 *image = NULL;
    int code;

    if (pages == NULL)
        return fail_memory(err, schema_image_size);
    memset(pages, 0, schema_image_size);
    for (uint32_t i = 0; i < schema_image_run_count; i++) {
        const struct schema_run *run = &schema_image_runs[i];
        memcpy(pages + run->at, next, run->size);
        next += run->size;
    }
    if ((code = sqlite3_open(":memory:", &image)) == SQLITE_OK)
        code =
            sqlite3_deserialize(image, "main", pages, schema_image_size,
                                schema_image_size, SQLITE_DESERIALIZE_READONLY);
    if (code == SQLITE_OK)
        code = copy_pages(image, connection->db);
    sqlite3_close(image);
    memory_free(pages);
    return code == SQLITE_OK ? PHX_OK : connection_fail(connection, code, err);
}

/* Rows are written when the tables are as now. */
static phx_status make_rows(struct connection *connection, int64_t from,
                            int64_t retention_days, phx_error *err)
{
    char text[96];
    phx_status status = from == 0 ? seed(connection, err)
                                  : counter_migrate(connection, from, err);

    if (status >= 0 && from < POLICIES)
        status = policy_seed(connection, retention_days, err);
    snprintf(text, sizeof text,
             "PRAGMA application_id = %d; PRAGMA user_version = %d",
             APPLICATION_ID, schema_newest());
    return status < 0 ? status : connection_execute(connection, text, err);
}

static phx_status migrate(struct connection *connection, int64_t from,
                          int64_t retention_days, phx_error *err)
{
    bool copied = from == 0 && connection_in_memory(connection);
    phx_status status = copied ? copy_tables(connection, err) : PHX_OK;
    int code = SQLITE_OK;

    if (status < 0 || (status = sql_begin(connection, true, err)) < 0)
        return status;
    if (!copied)
        code = schema_make(connection->db, from);
    if (code != SQLITE_OK)
        status = connection_fail(connection, code, err);
    if (status < 0 ||
        (status = make_rows(connection, from, retention_days, err)) < 0 ||
        (status = sql_commit(connection, err)) < 0)
        sql_rollback(connection);
    return status;
}

/* The format of the store, 0 of an empty file. */
static phx_status read_version(struct connection *connection, int64_t *out,
                               phx_error *err)
{
    int64_t version = 0, application = 0, tables = 0;
    phx_status status;

    if ((status = pragma_int(connection, "PRAGMA user_version", &version,
                             err)) < 0 ||
        (status = pragma_int(connection, "PRAGMA application_id", &application,
                             err)) < 0 ||
        (status = pragma_int(connection, "SELECT count(*) FROM sqlite_schema",
                             &tables, err)) < 0)
        return status;
    if (application != APPLICATION_ID && (tables > 0 || version != 0))
        return fail(err, PHX_CORRUPT, -1,
                    "the file is a database, but no store of libphoenix");
    if (version > schema_newest())
        return fail(err, PHX_UNSUPPORTED, -1,
                    "the store has format %lld, this build knows up to %d",
                    (long long)version, schema_newest());
    *out = version;
    return PHX_OK;
}

phx_status schema_prepare(struct connection *connection,
                          const struct store_options *options, phx_error *err)
{
    int64_t version = 0;
    phx_status status = read_version(connection, &version, err);

    if (status < 0)
        return status;
    if (version < schema_newest() &&
        (options->read_only || (options->no_migrate && version > 0)))
        return fail(
            err, PHX_UNSUPPORTED, -1,
            version == 0
                ? "there is no store yet: it has format %lld, not %d"
                : "the store has format %lld and is to be brought to %d",
            (long long)version, schema_newest());
    if (options->read_only || (status = connection_own(connection, err)) < 0)
        return status;
    return version < schema_newest()
               ? migrate(connection, version, options->retention_days, err)
               : PHX_OK;
}

/* --- what the tables should be ---------------------------------------------- */

static phx_status compare(struct connection *connection, sqlite3 *wanted,
                          phx_error *err)
{
    static const char list[] =
        "SELECT type, name, tbl_name, ifnull(sql, '') FROM sqlite_schema";
    sqlite3_stmt *all = NULL;
    phx_status status = PHX_OK;
    int code = sqlite3_prepare_v2(wanted, list, -1, &all, NULL);

    while (code == SQLITE_OK && (code = sqlite3_step(all)) == SQLITE_ROW) {
        struct statement *find = sql(connection, SQL_SCHEMA_HAS);
        for (int i = 0; i < 4; i++)
            sql_bind_text(find, i + 1,
                          text_of((const char *)sqlite3_column_text(all, i)));
        if ((status = sql_next(find, err)) == PHX_DONE)
            status =
                fail(err, PHX_CORRUPT, -1, "the %s '%s' is lost or changed",
                     (const char *)sqlite3_column_text(all, 0),
                     (const char *)sqlite3_column_text(all, 1));
        sql_end(find);
        if (status < 0)
            break;
        code = SQLITE_OK;
    }
    sqlite3_finalize(all);
    if (status >= 0 && code != SQLITE_DONE)
        status = fail_os(err, PHX_NO_MEMORY, code, "store: %s",
                         sqlite3_errmsg(wanted));
    return status;
}

phx_status schema_verify(struct connection *connection, phx_error *err)
{
    int64_t version = 0;
    sqlite3 *wanted = NULL;
    phx_status status = read_version(connection, &version, err);
    int code = status < 0 ? SQLITE_OK : sqlite3_open(":memory:", &wanted);

    if (status >= 0 && code == SQLITE_OK)
        code = schema_make(wanted, 0);
    if (status >= 0 && code != SQLITE_OK)
        status = fail_os(err, PHX_NO_MEMORY, code, "store: %s",
                         sqlite3_errstr(code));
    if (status >= 0 && version != schema_newest())
        status = fail(err, PHX_CORRUPT, -1, "the store's format is lost");
    if (status >= 0)
        status = compare(connection, wanted, err);
    sqlite3_close(wanted);
    return status;
}

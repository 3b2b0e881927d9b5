/*
 * number.c - the numbers that ids and names stand for, in a snapshot of their
 * own.
 */
#include "base/base.h"

#include "store/find.h"

static phx_status find_id(struct store *store, enum posting_kind kind,
                          phx_text id, int64_t *out, phx_error *err)
{
    uint64_t hash = posting_hash(store->secret, kind, id);
    struct location location = {0};
    struct block_set blocks = {0};
    struct snapshot snapshot;
    phx_status status = snapshot_take(store, &snapshot, err);

    if (status < 0)
        return status;
    if ((status = lookup_blocks(store, snapshot.connection, &snapshot.counter,
                                hash, &blocks, err)) >= 0)
        status = lookup_in_blocks(snapshot.connection, snapshot.gone, kind, id,
                                  &blocks, &location, err);
    snapshot_give(&snapshot);
    block_set_clear(&blocks);
    if (status == PHX_OK)
        *out = location.number;
    return status;
}

static phx_status find_name(struct store *store, int32_t kind, phx_text name,
                            int64_t *out, phx_error *err)
{
    struct connection *connection;
    struct counter counter;
    phx_status status = store_reader_take(store, &connection, &counter, err);

    if (status < 0)
        return status;
    status = lookup_name(connection,
                         kind == PHX_PROJECT ? SQL_PROJECT_BY_NAME
                                             : SQL_SESSION_BY_NAME,
                         name, out, err);
    store_reader_give(store, connection);
    return status;
}

static phx_status no_such(int32_t kind, phx_text name, phx_error *err)
{
    static const char *const nouns[] = {"", "project", "trace", "session",
                                        "span"};
    int size = name.size < 64 ? (int)name.size : 64;
    char hex[65];

    if (kind == PHX_TRACE || kind == PHX_SPAN) {
        hex_print(name.data, name.size < 32 ? name.size : 32, hex);
        return fail(err, PHX_NOT_FOUND, -1, "no %s '%s'", nouns[kind], hex);
    }
    return fail(err, PHX_NOT_FOUND, -1, "no %s '%.*s'", nouns[kind], size,
                name.data);
}

phx_status store_find(struct store *store, int32_t kind, phx_text name,
                      int64_t *out, phx_error *err)
{
    int64_t found = 0;
    phx_status status =
        kind == PHX_TRACE  ? find_id(store, POSTING_TRACE, name, &found, err)
        : kind == PHX_SPAN ? find_id(store, POSTING_SPAN, name, &found, err)
                           : find_name(store, kind, name, &found, err);

    if (status == PHX_OK)
        *out = found;
    return status == PHX_DONE ? no_such(kind, name, err) : status;
}

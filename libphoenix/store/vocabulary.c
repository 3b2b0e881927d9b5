/*
 * vocabulary.c - names that there are: of annotations by an index, a step for
 * each, however many rows have it; of attributes by the directories of blocks,
 * without their columns.
 */
#include "base/base.h"

#include "store/find.h"

#include <stdlib.h>

/* --- annotations ------------------------------------------------------------ */

phx_status store_read_annotation_names(struct store *store, int32_t kind,
                                       int64_t project, size_t limit,
                                       struct arena *arena, phx_text **out,
                                       size_t *count, phx_error *err)
{
    phx_text *names = NULL, last = text_of("");
    size_t used = 0, capacity = 0;
    struct snapshot snapshot;
    phx_status status = snapshot_take(store, &snapshot, err);

    if (status < 0)
        return status;
    struct statement *read = sql(snapshot.connection, SQL_ANNOTATION_NAME);
    while (used < limit && !gone_has(snapshot.gone, PHX_PROJECT, project)) {
        sql_bind_int(read, 1, kind);
        sql_bind_int(read, 2, project);
        sql_bind_text(read, 3, last);
        if ((status = sql_next(read, err)) != PHX_OK)
            break;
        last = sql_text(read, 0);
        phx_text *larger =
            arena_grow(arena, names, &capacity, used, sizeof *names);
        status = larger != NULL ? arena_keep(arena, &last, err)
                                : arena_status(arena, sizeof *names, err);
        sql_end(read);
        if (status < 0)
            break;
        names = larger;
        names[used++] = last;
    }
    sql_end(read);
    snapshot_give(&snapshot);
    if (status < 0)
        return status;
    *out = names;
    *count = used;
    return PHX_OK;
}

/* --- attributes ------------------------------------------------------------- */

struct path_list {
    struct arena *arena;
    struct map seen; /* hash of a path -> index */
    phx_text *paths; /* as blocks write them */
    size_t count, capacity, limit;
};

/* An array's elements but for the first say nothing new. */
static bool is_later_element(phx_text path)
{
    for (size_t i = 0; i + 1 < path.size; i++) {
        if (path.data[i] == '\\')
            i++;
        else if (path.data[i] == '[' && path.data[i + 1] != '0')
            return true;
    }
    return false;
}

static phx_status add_path(struct path_list *list, phx_text path,
                           phx_error *err)
{
    uint64_t hash = hash_bytes(path.data, path.size, 0);
    uint32_t *index;
    phx_status status;
    bool fresh;

    /* Of two paths of one hash the second takes the next free hash. */
    while ((index = map_slot(&list->seen, hash, &fresh)) != NULL && !fresh &&
           !text_equal(list->paths[*index], path))
        hash++;
    if (index == NULL)
        return fail_memory(err, sizeof *index);
    if (!fresh)
        return PHX_OK;
    phx_text *paths = arena_grow(list->arena, list->paths, &list->capacity,
                                 list->count, sizeof *paths);
    if (paths == NULL)
        return arena_status(list->arena, sizeof *paths, err);
    list->paths = paths;
    if ((status = arena_keep(list->arena, &path, err)) < 0)
        return status;
    *index = (uint32_t)list->count;
    list->paths[list->count++] = path;
    return PHX_OK;
}

static phx_status add_block(struct path_list *list, struct snapshot *snapshot,
                            int64_t id, phx_error *err)
{
    struct opened *opened;
    phx_status status = snapshot_open(snapshot, id, &opened, err);

    if (status < 0)
        return status;
    struct block *block = opened->stored.block;
    for (uint32_t i = 0; i < block_path_count(block) && status >= 0 &&
                         list->count < list->limit;
         i++) {
        phx_text path = block_path_text(block, i);
        if (!is_later_element(path))
            status = add_path(list, path, err);
    }
    snapshot_close(snapshot, opened);
    return status;
}

static phx_status add_blocks(struct path_list *list, struct snapshot *snapshot,
                             int64_t project, phx_error *err)
{
    struct statement *blocks = sql(snapshot->connection, SQL_BLOCKS_LAST);
    phx_status status = PHX_OK;

    sql_bind_int(blocks, 1, project);
    sql_bind_int(blocks, 2, VOCABULARY_BLOCKS);
    while (list->count < list->limit &&
           (status = sql_next(blocks, err)) == PHX_OK) {
        if ((status = add_block(list, snapshot, sql_int(blocks, 0), err)) < 0)
            break;
    }
    sql_end(blocks);
    return status < 0 ? status : PHX_OK;
}

static phx_status read_path(struct arena *arena, phx_text path,
                            struct value *out, phx_error *err)
{
    const struct block_step *steps;
    size_t count;
    phx_status status = block_path_read(arena, path, &steps, &count, err);

    if (status < 0)
        return status;
    struct value *items = arena_new(arena, size_mul(count, sizeof *items));
    if (items == NULL)
        return arena_status(arena, count * sizeof *items, err);
    for (size_t i = 0; i < count; i++)
        items[i] = steps[i].key.data != NULL ? value_text(steps[i].key)
                                             : value_int(steps[i].index);
    *out = (struct value){
        .kind = JSON_ARRAY, .count = (uint32_t)count, .items = items};
    return PHX_OK;
}

static int by_bytes(const void *a, const void *b)
{
    const phx_text *x = a, *y = b;

    return text_compare(*x, *y);
}

phx_status store_read_attribute_paths(struct store *store, int64_t project,
                                      size_t limit, struct arena *arena,
                                      struct value **out, size_t *count,
                                      phx_error *err)
{
    struct path_list list = {.arena = arena, .limit = limit};
    struct snapshot snapshot;
    phx_status status = snapshot_take(store, &snapshot, err);

    if (status < 0)
        return status;
    status = add_blocks(&list, &snapshot, project, err);
    snapshot_give(&snapshot);
    map_clear(&list.seen);
    if (status < 0)
        return status;
    size_t size = size_mul(list.count, sizeof **out);
    struct value *paths = arena_new(arena, size);
    if (paths == NULL)
        return arena_status(arena, size, err);
    if (list.count > 0)
        qsort(list.paths, list.count, sizeof *list.paths, by_bytes);
    for (size_t i = 0; i < list.count && status >= 0; i++)
        status = read_path(arena, list.paths[i], &paths[i], err);
    if (status < 0)
        return status;
    *out = paths;
    *count = list.count;
    return PHX_OK;
}

/*
 * dataset_diff.c - what has changed between two versions, in pages:
 *
 *     earlier                      later
 *     ──●───────────────────────────●──▶
 *       [ ··· )[ ··················       begun between, lives: changed
 *               [ ·················       begun between, lives: added
 *       [ ········ )                      ended between, nothing lives: deleted
 *                [ ··· )                  neither: not told
 *
 * Revisions that begin with a version have numbers in a row, those that end
 * have an index; no other is read.
 */
#include "base/base.h"

#include "store/dataset.h"

enum { PAGE_BYTES = SHRUNK(1 << 20, 300) };

phx_status store_find_changes(struct store *store, int64_t dataset,
                              int64_t before, int64_t after,
                              struct store_changes *out, phx_error *err)
{
    struct store_examples left = {.dataset = dataset, .version = before};
    struct store_examples right = {.dataset = dataset, .version = after};
    struct connection *connection;
    struct counter counter;
    phx_status status = store_reader_take(store, &connection, &counter, err);

    if (status < 0)
        return status;
    if ((status = examples_find(connection, &left, err)) >= 0)
        status = examples_find(connection, &right, err);
    store_reader_give(store, connection);
    if (status < 0)
        return status;
    *out = (struct store_changes){
        .dataset = dataset, .before = left.version, .after = right.version};
    return PHX_OK;
}

/* What began between the two, or what ended; DONE if that is all. */
static phx_status read_half(struct connection *connection,
                            struct store_changes *changes, struct changed *rows,
                            size_t limit, size_t *count, phx_error *err)
{
    int64_t before = changes->before, after = changes->after;
    struct statement *read =
        sql(connection, changes->ends ? SQL_CHANGES_ENDED : SQL_CHANGES_BEGUN);
    phx_status status = PHX_OK;

    sql_bind_int(read, 1, changes->dataset);
    sql_bind_int(read, 2, before < after ? before : after);
    sql_bind_int(read, 3, before < after ? after : before);
    sql_bind_int(read, 4, changes->revision);
    if (changes->ends)
        sql_bind_int(read, 5, changes->until);
    while (*count < limit && (status = sql_next(read, err)) == PHX_OK) {
        struct changed *row = &rows[(*count)++];
        row->earlier = sql_int(read, 0);
        row->later = sql_int(read, 1);
        changes->until = sql_int(read, 2);
        changes->revision = changes->ends ? row->earlier : row->later;
        row->at = *changes;
    }
    sql_end(read);
    return status;
}

phx_status changes_read(struct connection *connection,
                        struct store_changes *changes, struct changed *rows,
                        size_t limit, size_t *count, phx_error *err)
{
    phx_status status = PHX_OK;

    for (*count = 0; status == PHX_OK && !changes->done && *count < limit;) {
        if ((status = read_half(connection, changes, rows, limit, count,
                                err)) == PHX_DONE) {
            changes->done = changes->ends;
            changes->ends = true;
            changes->until = changes->revision = 0;
            status = PHX_OK;
        }
    }
    return status;
}

/* --- with what the examples were -------------------------------------------------- */

/* The example as a revision has it; none for 0. */
static phx_status take_side(struct connection *connection, struct list *list,
                            int64_t dataset, int64_t revision, phx_error *err)
{
    struct statement *read;

    if (revision == 0)
        return PHX_OK;
    read = sql(connection, SQL_EXAMPLE_AS);
    sql_bind_int(read, 1, dataset);
    sql_bind_int(read, 2, revision);
    phx_status status = sql_next(read, err);
    if (status == PHX_OK)
        status = example_take(list, read, err);
    else if (status == PHX_DONE)
        status = fail(err, PHX_CORRUPT, -1, "revision %lld is lost",
                      (long long)revision);
    sql_end(read);
    return status;
}

/* As many of the rows as a page may be large; *count of them. */
static phx_status take_sides(struct connection *connection,
                             const struct store_changes *changes,
                             struct list *list, const struct changed *rows,
                             size_t *count, phx_error *err)
{
    bool forwards = changes->before <= changes->after;
    phx_status status = PHX_OK;
    size_t i = 0;

    while (i < *count && status >= 0 &&
           (i == 0 || list->arena->total <= PAGE_BYTES)) {
        const struct changed *row = &rows[i++];
        status = take_side(connection, list, changes->dataset,
                           forwards ? row->earlier : row->later, err);
        if (status >= 0)
            status = take_side(connection, list, changes->dataset,
                               forwards ? row->later : row->earlier, err);
    }
    *count = i;
    return status;
}

/* When all examples are there, which move as they grow in number. */
static phx_status set_sides(const struct list *list, bool forwards,
                            const struct changed *rows, size_t count,
                            phx_example_change **out, phx_error *err)
{
    size_t size = size_mul(count, sizeof **out);
    phx_example_change *made = arena_new(list->arena, size);
    const phx_example *next = list->rows;

    if (made == NULL)
        return arena_status(list->arena, size, err);
    for (size_t i = 0; i < count; i++) {
        bool before = (forwards ? rows[i].earlier : rows[i].later) != 0;
        bool after = (forwards ? rows[i].later : rows[i].earlier) != 0;
        made[i].before = before ? next++ : NULL;
        made[i].after = after ? next++ : NULL;
    }
    *out = made;
    return PHX_OK;
}

phx_status store_read_changes(struct store *store,
                              struct store_changes *changes, size_t limit,
                              struct arena *arena, phx_example_change **out,
                              size_t *count, phx_error *err)
{
    size_t size = size_mul(limit, sizeof(struct changed));
    struct changed *rows = arena_new(arena, size);
    struct store_changes next = *changes;
    struct list list = {.arena = arena};
    struct connection *connection;
    struct counter counter;
    size_t read, taken;

    if (rows == NULL)
        return arena_status(arena, size, err);
    phx_status status = store_reader_take(store, &connection, &counter, err);
    if (status < 0)
        return status;
    if ((status = gone_of(connection, &counter, &list.gone, err)) >= 0 &&
        (status = changes_read(connection, &next, rows, limit, &read, err)) >=
            0) {
        taken = read;
        status = take_sides(connection, &next, &list, rows, &taken, err);
    }
    store_reader_give(store, connection);
    if (status < 0 || (status = set_sides(&list, next.before <= next.after,
                                          rows, taken, out, err)) < 0)
        return status;
    *changes = taken < read ? rows[taken - 1].at : next;
    *count = taken;
    return PHX_OK;
}

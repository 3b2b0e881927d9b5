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

/* What is read in one page: rows, whose sides are set when all their examples
 * are there, which move as they grow in number. */
struct page {
    struct list changes, examples;
    struct connection *connection;
    size_t limit;
};

/* The example as a revision has it; none for 0. */
static phx_status take_side(struct page *page, int64_t dataset,
                            int64_t revision, phx_error *err)
{
    struct statement *read;

    if (revision == 0)
        return PHX_OK;
    read = sql(page->connection, SQL_EXAMPLE_AS);
    sql_bind_int(read, 1, dataset);
    sql_bind_int(read, 2, revision);
    phx_status status = sql_next(read, err);
    if (status == PHX_OK)
        status = example_take(&page->examples, read, err);
    else if (status == PHX_DONE)
        status = fail(err, PHX_CORRUPT, -1, "revision %lld is lost",
                      (long long)revision);
    sql_end(read);
    return status;
}

/* A side that is there is any address, until set_sides. */
static phx_status take_change(struct page *page, struct store_changes *changes,
                              struct statement *read, phx_error *err)
{
    static const phx_example there;
    int64_t older = sql_int(read, 0), newer = sql_int(read, 1);
    bool forwards = changes->before <= changes->after;
    int64_t before = forwards ? older : newer, after = forwards ? newer : older;
    phx_example_change *row = list_add(&page->changes, sizeof *row, err);
    phx_status status;

    if (row == NULL)
        return PHX_NO_MEMORY;
    *row = (phx_example_change){.before = before ? &there : NULL,
                                .after = after ? &there : NULL};
    changes->until = sql_int(read, 2);
    changes->revision = changes->ends ? older : newer;
    status = take_side(page, changes->dataset, before, err);
    return status < 0 ? status : take_side(page, changes->dataset, after, err);
}

static bool is_full(const struct page *page)
{
    return page->changes.count == page->limit ||
           (page->changes.count > 0 && page->changes.arena->total > PAGE_BYTES);
}

/* What began between the two, or what ended; DONE if that is all. */
static phx_status take_half(struct page *page, struct store_changes *changes,
                            phx_error *err)
{
    int64_t before = changes->before, after = changes->after;
    struct statement *read =
        sql(page->connection,
            changes->ends ? SQL_CHANGES_ENDED : SQL_CHANGES_BEGUN);
    phx_status status = PHX_OK;

    sql_bind_int(read, 1, changes->dataset);
    sql_bind_int(read, 2, before < after ? before : after);
    sql_bind_int(read, 3, before < after ? after : before);
    sql_bind_int(read, 4, changes->revision);
    if (changes->ends)
        sql_bind_int(read, 5, changes->until);
    while (status == PHX_OK && !is_full(page) &&
           (status = sql_next(read, err)) == PHX_OK)
        status = take_change(page, changes, read, err);
    sql_end(read);
    return status;
}

static void set_sides(const struct page *page)
{
    phx_example_change *rows = page->changes.rows;
    const phx_example *next = page->examples.rows;

    for (size_t i = 0; i < page->changes.count; i++) {
        if (rows[i].before != NULL)
            rows[i].before = next++;
        if (rows[i].after != NULL)
            rows[i].after = next++;
    }
}

phx_status store_read_changes(struct store *store,
                              struct store_changes *changes, size_t limit,
                              struct arena *arena, phx_example_change **out,
                              size_t *count, phx_error *err)
{
    struct page page = {.changes = {.arena = arena},
                        .examples = {.arena = arena},
                        .limit = limit};
    struct store_changes next = *changes;
    struct counter counter;
    phx_status status =
        store_reader_take(store, &page.connection, &counter, err);

    if (status < 0)
        return status;
    status = gone_of(page.connection, &counter, &page.examples.gone, err);
    while (status == PHX_OK && !next.done && !is_full(&page)) {
        if ((status = take_half(&page, &next, err)) == PHX_DONE) {
            next.done = next.ends;
            next.ends = true;
            next.until = next.revision = 0;
            status = PHX_OK;
        }
    }
    store_reader_give(store, page.connection);
    if (status < 0)
        return status;
    set_sides(&page);
    *changes = next;
    *out = page.changes.rows;
    *count = page.changes.count;
    return PHX_OK;
}

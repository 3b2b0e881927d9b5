/*
 * world_store.h: the spans, annotations and costs of a world in a store of its
 * own, and what conditions choose there by SQL.
 */
#ifndef WORLD_STORE_H
#define WORLD_STORE_H

#include "unit/query/world.h"

#include "store/store.h"

#include <math.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <unistd.h>

struct world_store {
    char folder[64];
    char path[96];
    struct store *store;
};

static inline void world_store_open(struct world_store *in)
{
    struct store_options options = {.no_compact = true};

    options.functions = query_functions(&options.function_count);
    succeeds(store_open(in->path, &options, &in->store, err));
}

static inline void world_annotate(struct world_store *in, int32_t kind,
                                  int64_t target,
                                  const struct query_annotation *all,
                                  size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char identifier[24];
        snprintf(identifier, sizeof identifier, "%zu", i);
        const phx_annotation_item item = {
            .kind = kind,
            .target = target,
            .name = all[i].name,
            .label = all[i].label,
            .explanation = all[i].explanation,
            .identifier = text_of(identifier),
            .metadata = text_of("{}"),
            .score = isnan(all[i].score) ? 0 : all[i].score,
            .has_score = !isnan(all[i].score)};
        succeeds(store_annotate(in->store, &item, NULL, 1, NULL, err));
    }
}

/* By the numbers that the store has given. */
static inline void world_put_annotations(struct world_store *in,
                                         const struct world *world)
{
    for (size_t i = 0; i < world->span_count; i++)
        world_annotate(in, PHX_SPAN_ANNOTATION, world->spans[i].span->number,
                       world->spans[i].annotations,
                       world->spans[i].annotation_count);
    for (size_t i = 0; i < world->trace_count; i++)
        world_annotate(in, PHX_TRACE_ANNOTATION, world->traces[i].number,
                       world->traces[i].annotations,
                       world->traces[i].annotation_count);
    for (size_t i = 0; i < world->session_count; i++)
        world_annotate(in, PHX_SESSION_ANNOTATION, (int64_t)i + 1,
                       world->sessions[i].annotations,
                       world->sessions[i].annotation_count);
}

/* Where the row of a span is, for as long as nothing is compacted. */
static inline int64_t world_ref(struct world_store *in, int64_t number)
{
    const struct value wanted = value_int(number), *row;
    const struct store_query query = {
        .sql = text_of("SELECT ref FROM stored_span WHERE no = ?1"),
        .values = &wanted,
        .count = 1};
    struct store_rows *rows;

    succeeds(store_rows_open(in->store, &query, &rows, err));
    succeeds(store_rows_next(rows, &row, err));
    int64_t ref = row[0].integer;
    store_rows_close(rows);
    return ref;
}

/* Costs are what the world has, whatever prices would make them: a table of
 * this name goes before the one that computes them. */
static inline void world_put_costs(struct world_store *in,
                                   const struct world *world)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *insert = NULL;

    eq_int(sqlite3_open(in->path, &db), SQLITE_OK);
    sqlite3_exec(db,
                 "CREATE TABLE span_cost (ref INT, token_type TEXT,"
                 " is_prompt INT, tokens INT, cost REAL)",
                 NULL, NULL, NULL);
    sqlite3_prepare_v2(db, "INSERT INTO span_cost VALUES (?, ?, ?, ?, ?)", -1,
                       &insert, NULL);
    for (size_t i = 0; i < world->span_count; i++) {
        const struct query_span *span = &world->spans[i];
        for (size_t j = 0; j < span->cost_count; j++) {
            const struct query_cost *cost = &span->costs[j];
            sqlite3_bind_int64(insert, 1, world_ref(in, span->span->number));
            sqlite3_bind_text(insert, 2, cost->token_type.data,
                              (int)cost->token_type.size, SQLITE_STATIC);
            sqlite3_bind_int(insert, 3, cost->is_prompt);
            sqlite3_bind_int64(insert, 4, cost->tokens);
            sqlite3_bind_double(insert, 5, cost->cost);
            eq_int(sqlite3_step(insert), SQLITE_DONE);
            sqlite3_reset(insert);
        }
    }
    sqlite3_finalize(insert);
    sqlite3_close(db);
}

/* The same numbers of spans, traces and sessions as the world has; so many
 * spans a block. */
static inline void world_store_make(struct world_store *in, struct world *world,
                                    size_t rows)
{
    const struct span_list *all = &world->request.spans;

    *in = (struct world_store){0};
    snprintf(in->folder, sizeof in->folder, "%s/phoenix-XXXXXX",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    ok(mkdtemp(in->folder) != NULL);
    snprintf(in->path, sizeof in->path, "%s/store", in->folder);
    world_store_open(in);
    for (size_t i = 0; i < all->count; i += rows) {
        size_t left = all->count - i;
        struct store_batch batch = {
            .spans = {.spans = all->spans + i,
                      .count = left < rows ? left : rows}};
        struct store_batch *batches[] = {&batch};
        succeeds(store_put(in->store, batches, 1, err));
    }
    world_put_annotations(in, world);
    world_put_costs(in, world);
    store_release(in->store);
    world_store_open(in);
}

static inline void world_store_remove(struct world_store *in)
{
    static const char *const ends[] = {"", "-wal", "-shm", "-lock"};
    char name[128];

    store_release(in->store);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        snprintf(name, sizeof name, "%s%s", in->path, ends[i]);
        unlink(name);
    }
    rmdir(in->folder);
}

/* The rows that a condition chooses, in order. */
struct world_answer {
    int64_t numbers[64];
    struct query_place last;
    size_t count;
    size_t blocks; /* that were opened */
};
static inline phx_status world_ask(struct world_store *in,
                                   const struct query *query,
                                   const struct query_scope *scope,
                                   struct world_answer *out, phx_error *err)
{
    struct store_rows *rows = NULL;
    const struct value *row;
    struct store_query statement;
    struct arena arena;
    phx_status status;

    *out = (struct world_answer){0};
    arena_init(&arena, SIZE_MAX);
    if ((status = query_sql(query, scope, &arena, &statement, err)) >= 0 &&
        (status = store_rows_open(in->store, &statement, &rows, err)) < 0)
        fprintf(stderr, "%.*s\n", (int)statement.sql.size, statement.sql.data);
    while (status >= 0 &&
           (status = store_rows_next(rows, &row, err)) == PHX_OK) {
        ok(out->count < 64 && row[0].kind == JSON_INT);
        out->numbers[out->count++] = row[0].integer;
        out->last = (struct query_place){
            row[0].integer, row[3].kind == JSON_INT ? (uint64_t)row[3].integer
                                                    : (uint64_t)row[3].real};
    }
    if (rows != NULL)
        out->blocks = store_rows_blocks(rows);
    store_rows_close(rows);
    arena_clear(&arena);
    return status < 0 ? status : PHX_OK;
}

#endif

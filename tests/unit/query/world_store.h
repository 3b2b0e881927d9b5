/*
 * world_store.h: the spans, annotations and costs of a world in a store of its
 * own, and what conditions choose there by SQL.
 */
#ifndef WORLD_STORE_H
#define WORLD_STORE_H

#include "unit/query/world.h"

#include "store/store.h"

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

static inline void world_bind_text(sqlite3_stmt *insert, int at, phx_text text)
{
    if (text.data != NULL)
        sqlite3_bind_text(insert, at, text.data, (int)text.size, SQLITE_STATIC);
    else
        sqlite3_bind_null(insert, at);
}

static inline void world_run(sqlite3_stmt *insert)
{
    eq_int(sqlite3_step(insert), SQLITE_DONE);
    sqlite3_reset(insert);
}

static inline void world_put_annotations(sqlite3_stmt *insert, int kind,
                                         int64_t target, int64_t trace,
                                         const struct query_annotation *all,
                                         size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char identifier[24];
        snprintf(identifier, sizeof identifier, "%zu", i);
        sqlite3_bind_int(insert, 1, kind);
        sqlite3_bind_int64(insert, 2, target);
        sqlite3_bind_int64(insert, 3, trace);
        world_bind_text(insert, 4, all[i].name);
        world_bind_text(insert, 5, all[i].label);
        sqlite3_bind_double(insert, 6, all[i].score);
        world_bind_text(insert, 7, all[i].explanation);
        sqlite3_bind_text(insert, 8, identifier, -1, SQLITE_STATIC);
        world_run(insert);
    }
}

static inline void world_put_costs(sqlite3_stmt *insert,
                                   const struct query_span *span)
{
    for (size_t i = 0; i < span->cost_count; i++) {
        const struct query_cost *cost = &span->costs[i];
        sqlite3_bind_int64(insert, 1, span->trace->number);
        sqlite3_bind_int64(insert, 2, span->span->number);
        world_bind_text(insert, 3, cost->token_type);
        sqlite3_bind_int(insert, 4, cost->is_prompt);
        sqlite3_bind_int64(insert, 5, cost->tokens);
        sqlite3_bind_double(insert, 6, cost->cost);
        world_run(insert);
    }
}

/* Annotations and costs, by the numbers that the store has given. */
static inline void world_put_judgements(struct world_store *in,
                                        const struct world *world)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *annotation = NULL, *cost = NULL;

    eq_int(sqlite3_open(in->path, &db), SQLITE_OK);
    sqlite3_prepare_v2(db,
                       "INSERT INTO annotation (kind, target, trace, name,"
                       " label, score, explanation, identifier, position,"
                       " project, annotator, source, author, created, updated,"
                       " sum, target_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, -1, 1,"
                       " 0, 0, 0, 0, 0, 0, x'')",
                       -1, &annotation, NULL);
    sqlite3_prepare_v2(db,
                       "INSERT INTO cost_detail (trace, span, token_type,"
                       " is_prompt, tokens, cost, sum)"
                       " VALUES (?, ?, ?, ?, ?, ?, 0)",
                       -1, &cost, NULL);
    for (size_t i = 0; i < world->span_count; i++) {
        const struct query_span *span = &world->spans[i];
        world_put_annotations(annotation, 0, span->span->number,
                              span->trace->number, span->annotations,
                              span->annotation_count);
        world_put_costs(cost, span);
    }
    for (size_t i = 0; i < world->trace_count; i++)
        world_put_annotations(
            annotation, 1, world->traces[i].number, world->traces[i].number,
            world->traces[i].annotations, world->traces[i].annotation_count);
    for (size_t i = 0; i < world->session_count; i++)
        world_put_annotations(annotation, 2, (int64_t)i + 1, 0,
                              world->sessions[i].annotations,
                              world->sessions[i].annotation_count);
    sqlite3_finalize(annotation);
    sqlite3_finalize(cost);
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
    store_release(in->store);
    world_put_judgements(in, world);
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

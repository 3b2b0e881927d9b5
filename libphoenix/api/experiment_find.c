/*
 * experiment_find.c - cursors of experiments and their tags, read whole, and of
 * runs and what is left to run, read ahead in pages.
 */
#include "base/base.h"

#include "api/inside.h"

enum { PAGE_ROWS = SHRUNK(1000, 3) };

/* --- lists --------------------------------------------------------------------- */

phx_status phx_store_find_experiments(phx_store *store,
                                      const phx_experiment_query *query,
                                      phx_cursor **out, phx_error *err)
{
    phx_experiment_query wanted = PHX_EXPERIMENT_QUERY_INIT;
    phx_cursor *cursor;
    phx_experiment *rows = NULL;
    phx_status status;

    if (store == NULL || out == NULL ||
        !take_options(&wanted, sizeof wanted, query))
        return fail_argument(err);
    if ((status = cursor_new(store, CURSOR_EXPERIMENTS, &cursor, err)) < 0)
        return status;
    status = store_read_experiments(cursor->store, &wanted, &cursor->arena,
                                    &rows, &cursor->count, err);
    return cursor_give_list(cursor, rows, status, out);
}

phx_status phx_cursor_next_experiment(phx_cursor *cursor,
                                      const phx_experiment **out,
                                      phx_error *err)
{
    if (cursor == NULL || out == NULL || cursor->kind != CURSOR_EXPERIMENTS)
        return fail_argument(err);
    *out = cursor_next_row(cursor, sizeof **out);
    return *out ? PHX_OK : PHX_DONE;
}

phx_status phx_store_find_tags(phx_store *store, phx_id dataset,
                               phx_id experiment, phx_cursor **out,
                               phx_error *err)
{
    phx_cursor *cursor;
    phx_experiment_tag *rows = NULL;
    phx_status status;

    if (store == NULL || out == NULL)
        return fail_argument(err);
    if ((status = cursor_new(store, CURSOR_TAGS, &cursor, err)) < 0)
        return status;
    status = store_read_tags(cursor->store, dataset, experiment, &cursor->arena,
                             &rows, &cursor->count, err);
    return cursor_give_list(cursor, rows, status, out);
}

phx_status phx_cursor_next_tag(phx_cursor *cursor,
                               const phx_experiment_tag **out, phx_error *err)
{
    if (cursor == NULL || out == NULL || cursor->kind != CURSOR_TAGS)
        return fail_argument(err);
    *out = cursor_next_row(cursor, sizeof **out);
    return *out ? PHX_OK : PHX_DONE;
}

/* --- pages --------------------------------------------------------------------- */

static phx_status read_page(phx_cursor *cursor, size_t limit, phx_error *err)
{
    struct arena *arena = &cursor->rows_arena;
    phx_incomplete_run *left = NULL;
    phx_run *runs = NULL;
    phx_status status;

    if (cursor->kind == CURSOR_RUNS) {
        status = store_read_runs(cursor->store, &cursor->runs, limit, arena,
                                 &runs, &cursor->count, err);
        cursor->rows = runs;
    } else {
        status =
            store_read_incomplete(cursor->store, &cursor->incomplete, limit,
                                  arena, &left, &cursor->count, err);
        cursor->rows = left;
    }
    return status;
}

/* The next row of a page, or of the next page; NULL and DONE at the end. */
static phx_status next_row(phx_cursor *cursor, size_t size, const void **out,
                           phx_error *err)
{
    const bool *ended = cursor->kind == CURSOR_RUNS ? &cursor->runs.ended
                                                    : &cursor->incomplete.ended;
    size_t limit = cursor->left > 0 && cursor->left < PAGE_ROWS
                       ? (size_t)cursor->left
                       : PAGE_ROWS;
    phx_status status;

    if (cursor->left != 0 && cursor->at == cursor->count && !*ended) {
        arena_reset(&cursor->rows_arena);
        cursor->at = cursor->count = 0;
        if ((status = read_page(cursor, limit, err)) < 0)
            return status;
    }
    *out = cursor->left == 0 ? NULL : cursor_next_row(cursor, size);
    if (*out != NULL && cursor->left > 0)
        cursor->left--;
    return *out ? PHX_OK : PHX_DONE;
}

static phx_status copy_evaluators(struct arena *arena, phx_run_query *query,
                                  phx_error *err)
{
    size_t size = size_mul(query->evaluator_count, sizeof(phx_text));
    phx_text *names = arena_new(arena, size);
    phx_status status = PHX_OK;

    if (names == NULL)
        return arena_status(arena, size, err);
    for (size_t i = 0; i < query->evaluator_count && status >= 0; i++) {
        names[i] = query->evaluators[i];
        status = arena_keep(arena, &names[i], err);
    }
    query->evaluators = names;
    return status;
}

phx_status phx_store_find_runs(phx_store *store, const phx_run_query *query,
                               phx_cursor **out, phx_error *err)
{
    phx_run_query wanted = PHX_RUN_QUERY_INIT;
    phx_cursor *cursor;
    phx_status status;

    if (store == NULL || query == NULL || out == NULL ||
        !take_options(&wanted, sizeof wanted, query) || wanted.order < 0 ||
        wanted.order > PHX_BY_EXAMPLE || wanted.from < 0 ||
        (wanted.order == PHX_BY_EXAMPLE && wanted.from != 0) ||
        (wanted.flags & ~(PHX_RUN_CONTENT | PHX_RUN_EVALUATIONS)) != 0 ||
        (wanted.evaluators == NULL && wanted.evaluator_count != 0))
        return fail_argument(err);
    if ((status = cursor_new(store, CURSOR_RUNS, &cursor, err)) < 0)
        return status;
    if ((status = copy_evaluators(&cursor->arena, &wanted, err)) < 0) {
        phx_cursor_close(cursor);
        return status;
    }
    cursor->runs.query = wanted;
    if (wanted.limit > 0)
        cursor->left = wanted.limit;
    *out = cursor;
    return PHX_OK;
}

phx_status phx_cursor_next_run(phx_cursor *cursor, const phx_run **out,
                               phx_error *err)
{
    const void *row = NULL;
    phx_status status;

    if (cursor == NULL || out == NULL || cursor->kind != CURSOR_RUNS)
        return fail_argument(err);
    if ((status = next_row(cursor, sizeof **out, &row, err)) >= 0)
        *out = row;
    return status;
}

phx_status phx_store_find_incomplete_runs(phx_store *store, phx_id experiment,
                                          phx_id from, int64_t limit,
                                          phx_cursor **out, phx_error *err)
{
    phx_cursor *cursor;
    phx_status status;

    if (store == NULL || out == NULL)
        return fail_argument(err);
    if ((status = store_check_experiment(store->store, experiment, err)) < 0 ||
        (status = cursor_new(store, CURSOR_INCOMPLETE_RUNS, &cursor, err)) < 0)
        return status;
    cursor->incomplete.experiment = experiment;
    cursor->incomplete.from = from;
    if (limit > 0)
        cursor->left = limit;
    *out = cursor;
    return PHX_OK;
}

phx_status phx_cursor_next_incomplete_run(phx_cursor *cursor,
                                          const phx_incomplete_run **out,
                                          phx_error *err)
{
    const void *row = NULL;
    phx_status status;

    if (cursor == NULL || out == NULL || cursor->kind != CURSOR_INCOMPLETE_RUNS)
        return fail_argument(err);
    if ((status = next_row(cursor, sizeof **out, &row, err)) >= 0)
        *out = row;
    return status;
}

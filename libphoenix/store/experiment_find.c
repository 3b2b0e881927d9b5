/*
 * experiment_find.c - experiments and their tags, read whole; their runs, and
 * what is left to run, in pages of one snapshot each. With a run comes, where
 * that is asked for, its example as it was and what was said of it.
 */
#include "base/base.h"

#include "store/experiment.h"

enum { PAGE_BYTES = SHRUNK(1 << 20, 300) };

/* --- lists --------------------------------------------------------------------- */

static phx_status take_experiment(struct list *list, struct statement *read,
                                  phx_error *err)
{
    phx_experiment *row = list_add(list, sizeof *row, err);
    struct experiment_row experiment;

    if (row == NULL)
        return PHX_NO_MEMORY;
    experiment_read(read, &experiment);
    if (experiment.sum != (int64_t)experiment_sum(&experiment))
        return fail(err, PHX_CORRUPT, -1, "experiment %lld is damaged",
                    (long long)experiment.row.id);
    *row = experiment.row;
    return experiment_keep(list->arena, row, err);
}

phx_status store_read_experiments(struct store *store,
                                  const phx_experiment_query *query,
                                  struct arena *arena, phx_experiment **out,
                                  size_t *count, phx_error *err)
{
    struct list list = {.arena = arena};
    struct connection *connection;
    struct counter counter;
    phx_status status = store_reader_take(store, &connection, &counter, err);

    if (status < 0)
        return status;
    struct statement *read =
        sql(connection,
            query->only != 0 ? SQL_EXPERIMENT_BY_ID : SQL_EXPERIMENTS_DOWN);
    sql_bind_int(read, 1, query->only != 0 ? query->only : query->dataset);
    if (query->only == 0)
        sql_bind_int(read, 2, query->from > 0 ? query->from : INT64_MAX);
    status = list_take(&list, read, query->limit, take_experiment, err);
    store_reader_give(store, connection);
    if (status < 0)
        return status;
    *out = list.rows;
    *count = list.count;
    return PHX_OK;
}

static phx_status take_tag(struct list *list, struct statement *read,
                           phx_error *err)
{
    phx_experiment_tag *row = list_add(list, sizeof *row, err);
    phx_status status;
    int64_t sum;

    if (row == NULL)
        return PHX_NO_MEMORY;
    experiment_tag_read(read, row, &sum);
    if (sum != (int64_t)experiment_tag_sum(row))
        return fail(err, PHX_CORRUPT, -1, "experiment tag %lld is damaged",
                    (long long)row->id);
    status = arena_keep(list->arena, &row->name, err);
    return status < 0 ? status
                      : arena_keep(list->arena, &row->description, err);
}

phx_status store_read_tags(struct store *store, int64_t dataset,
                           int64_t experiment, struct arena *arena,
                           phx_experiment_tag **out, size_t *count,
                           phx_error *err)
{
    struct list list = {.arena = arena};
    struct connection *connection;
    struct counter counter;
    phx_status status = store_reader_take(store, &connection, &counter, err);

    if (status < 0)
        return status;
    struct statement *read = sql(connection, SQL_EXPERIMENT_TAGS);
    sql_bind_int(read, 1, dataset);
    sql_bind_int(read, 2, experiment);
    status = list_take(&list, read, 0, take_tag, err);
    store_reader_give(store, connection);
    if (status < 0)
        return status;
    *out = list.rows;
    *count = list.count;
    return PHX_OK;
}

/* --- runs ---------------------------------------------------------------------- */

struct page {
    struct connection *connection;
    const phx_run_query *query;
    struct experiment_row experiment; /* where contents are asked for */
    struct list list;
};

/* The example of a run as it was in the version. */
static phx_status read_content(struct page *page, phx_run *run, phx_error *err)
{
    struct statement *read = sql(page->connection, SQL_EXAMPLES);
    struct list list = {.arena = page->list.arena, .gone = page->list.gone};

    sql_bind_int(read, 1, page->experiment.row.dataset);
    sql_bind_int(read, 2, run->example);
    sql_bind_int(read, 3, run->example);
    sql_bind_int(read, 4, page->experiment.row.version);
    phx_status status = list_take(&list, read, 1, example_take, err);
    if (status >= 0 && list.count == 0)
        status = fail(err, PHX_CORRUPT, -1, "the example of run %lld is lost",
                      (long long)run->id);
    run->content = list.rows;
    return status;
}

static phx_status take_evaluation(struct list *list, struct statement *read,
                                  phx_error *err)
{
    phx_evaluation *row = list_add(list, sizeof *row, err);
    phx_status status = PHX_OK;
    int64_t sum;

    if (row == NULL)
        return PHX_NO_MEMORY;
    evaluation_read(read, row, &sum);
    if (sum != (int64_t)evaluation_sum(row))
        return fail(err, PHX_CORRUPT, -1, "evaluation %lld is damaged",
                    (long long)row->id);
    phx_text *const texts[] = {&row->name,  &row->label,    &row->explanation,
                               &row->error, &row->trace_id, &row->metadata};
    for (size_t i = 0; i < sizeof texts / sizeof *texts && status >= 0; i++)
        status = arena_keep(list->arena, texts[i], err);
    return status;
}

static phx_status read_evaluations(struct page *page, phx_run *run,
                                   phx_error *err)
{
    struct statement *read = sql(page->connection, SQL_EVALUATIONS_OF_RUN);
    struct list list = {.arena = page->list.arena};

    sql_bind_int(read, 1, run->id);
    phx_status status = list_take(&list, read, 0, take_evaluation, err);
    run->evaluations = list.rows;
    run->evaluation_count = list.count;
    return status;
}

/* The evaluators that have not said anything, or failed to. */
static phx_status find_missing(struct page *page, phx_run *run, phx_error *err)
{
    const phx_run_query *query = page->query;
    struct list list = {.arena = page->list.arena};
    phx_status status = PHX_OK;

    for (size_t i = 0; i < query->evaluator_count && status >= 0; i++) {
        struct statement *find = sql(page->connection, SQL_EVALUATION_BY_KEY);
        sql_bind_int(find, 1, run->id);
        sql_bind_text(find, 2, query->evaluators[i]);
        if ((status = sql_next(find, err)) < 0)
            return status;
        bool missing = status == PHX_DONE || sql_int(find, 1) != 0;
        sql_end(find);
        phx_text *name = missing ? list_add(&list, sizeof *name, err) : NULL;
        if (missing && name == NULL)
            return PHX_NO_MEMORY;
        if (missing)
            *name = query->evaluators[i];
    }
    run->missing = list.rows;
    run->missing_count = list.count;
    return PHX_OK;
}

static phx_status keep_run(struct page *page, phx_run *run, phx_error *err)
{
    struct arena *arena = page->list.arena;
    phx_status status;

    if ((status = arena_keep(arena, &run->output, err)) < 0 ||
        (status = arena_keep(arena, &run->error, err)) < 0 ||
        (status = arena_keep(arena, &run->trace_id, err)) < 0 ||
        ((page->query->flags & PHX_RUN_CONTENT) != 0 &&
         (status = read_content(page, run, err)) < 0) ||
        (page->query->flags & PHX_RUN_EVALUATIONS) == 0)
        return status;
    return read_evaluations(page, run, err);
}

/* The row of a statement, unless nothing is missing where something is to be.
 */
static phx_status take_run(struct page *page, const phx_run *read,
                           phx_error *err)
{
    phx_run run = *read;
    phx_status status;

    if (page->query->evaluator_count > 0) {
        if (run.error.data != NULL)
            return PHX_OK;
        if ((status = find_missing(page, &run, err)) < 0 ||
            run.missing_count == 0)
            return status;
    }
    if ((status = keep_run(page, &run, err)) < 0)
        return status;
    phx_run *row = list_add(&page->list, sizeof *row, err);
    if (row == NULL)
        return PHX_NO_MEMORY;
    *row = run;
    return PHX_OK;
}

static struct statement *ask_runs(const struct page *page,
                                  const struct store_runs *runs)
{
    static const enum sql orders[] = {
        [PHX_NEWEST_FIRST] = SQL_EXPERIMENT_RUNS_DOWN,
        [PHX_OLDEST_FIRST] = SQL_EXPERIMENT_RUNS_UP,
        [PHX_BY_EXAMPLE] = SQL_EXPERIMENT_RUNS_BY_EXAMPLE};
    const phx_run_query *query = &runs->query;
    struct statement *read = sql(page->connection, orders[query->order]);

    sql_bind_int(read, 1, query->experiment);
    if (query->order == PHX_BY_EXAMPLE) {
        sql_bind_int(read, 2, runs->example);
        sql_bind_int(read, 3, runs->repetition);
    } else {
        sql_bind_int(read, 2,
                     query->from == 0 && query->order == PHX_NEWEST_FIRST
                         ? INT64_MAX
                         : query->from);
    }
    return read;
}

/* Where the next page goes on. */
static void pass_run(struct store_runs *runs, const phx_run *run)
{
    runs->example = run->example;
    runs->repetition = run->repetition;
    if (runs->query.order == PHX_OLDEST_FIRST) {
        runs->query.from = run->id + 1;
    } else if (runs->query.order == PHX_NEWEST_FIRST) {
        runs->query.from = run->id - 1;
        runs->ended = run->id == 1;
    }
}

static phx_status read_runs(struct page *page, struct store_runs *runs,
                            size_t limit, phx_error *err)
{
    struct statement *read = ask_runs(page, runs);
    phx_status status = PHX_OK;
    phx_run run;
    int64_t sum;

    while (page->list.count < limit &&
           (page->list.count == 0 || page->list.arena->total <= PAGE_BYTES) &&
           (status = sql_next(read, err)) == PHX_OK) {
        experiment_run_read(read, &run, &sum);
        if (sum != (int64_t)experiment_run_sum(&run))
            status = fail(err, PHX_CORRUPT, -1, "run %lld is damaged",
                          (long long)run.id);
        if (status < 0 || (status = take_run(page, &run, err)) < 0)
            break;
        pass_run(runs, &run);
    }
    sql_end(read);
    runs->ended |= status == PHX_DONE;
    return status < 0 ? status : PHX_OK;
}

phx_status store_read_runs(struct store *store, struct store_runs *runs,
                           size_t limit, struct arena *arena, phx_run **out,
                           size_t *count, phx_error *err)
{
    struct page page = {.query = &runs->query, .list = {.arena = arena}};
    struct store_runs passed = *runs;
    struct counter counter;
    phx_status status =
        store_reader_take(store, &page.connection, &counter, err);

    if (status < 0)
        return status;
    if ((status = gone_of(page.connection, &counter, &page.list.gone, err)) >=
        0)
        status = experiment_find(page.connection, runs->query.experiment, arena,
                                 &page.experiment, err);
    passed.ended = status == PHX_DONE;
    if (status == PHX_OK)
        status = read_runs(&page, &passed, limit, err);
    store_reader_give(store, page.connection);
    if (status < 0)
        return status;
    *runs = passed;
    *out = page.list.rows;
    *count = page.list.count;
    return PHX_OK;
}

/* --- what is left to run ------------------------------------------------------- */

phx_status store_check_experiment(struct store *store, int64_t experiment,
                                  phx_error *err)
{
    struct experiment_row found;
    struct connection *connection;
    struct counter counter;
    struct arena arena;
    phx_status status = store_reader_take(store, &connection, &counter, err);

    if (status < 0)
        return status;
    arena_init(&arena, SIZE_MAX);
    status = experiment_get(connection, experiment, &arena, &found, err);
    store_reader_give(store, connection);
    arena_clear(&arena);
    return status;
}

static phx_status add_repetition(struct list *list, int64_t repetition,
                                 phx_error *err)
{
    int64_t *row = list_add(list, sizeof *row, err);

    if (row == NULL)
        return PHX_NO_MEMORY;
    *row = repetition;
    return PHX_OK;
}

/* Those of an example that no run has done. */
static phx_status read_left(struct page *page, int64_t example,
                            struct list *left, phx_error *err)
{
    struct statement *read = sql(page->connection, SQL_RUNS_DONE);
    int64_t wanted = page->experiment.row.repetitions, next = 1;
    phx_status status;

    sql_bind_int(read, 1, page->experiment.row.id);
    sql_bind_int(read, 2, example);
    while ((status = sql_next(read, err)) == PHX_OK) {
        int64_t done = sql_int(read, 0);
        for (; next < done && next <= wanted && status >= 0; next++)
            status = add_repetition(left, next, err);
        if (status < 0 || done >= wanted)
            break;
        next = done + 1;
    }
    sql_end(read);
    if (status == PHX_OK) /* one past the last that is wanted, or that */
        return PHX_OK;
    for (; next <= wanted && status >= 0; next++)
        status = add_repetition(left, next, err);
    return status < 0 ? status : PHX_OK;
}

static phx_status take_incomplete(struct page *page, struct statement *read,
                                  phx_error *err)
{
    struct list left = {.arena = page->list.arena};
    struct list content = {.arena = page->list.arena, .gone = page->list.gone};
    phx_status status = read_left(page, sql_int(read, 0), &left, err);

    if (status < 0 || left.count == 0 ||
        (status = example_take(&content, read, err)) < 0)
        return status;
    phx_incomplete_run *row = list_add(&page->list, sizeof *row, err);
    if (row == NULL)
        return PHX_NO_MEMORY;
    *row = (phx_incomplete_run){content.rows, left.rows, left.count};
    return PHX_OK;
}

static phx_status read_incomplete(struct page *page,
                                  struct store_incomplete *walk, size_t limit,
                                  phx_error *err)
{
    const struct experiment_row *experiment = &page->experiment;
    struct store_examples examples = {.dataset = experiment->row.dataset,
                                      .version = experiment->row.version};
    phx_status status = examples_find(page->connection, &examples, err);

    if (status == PHX_NOT_FOUND)
        return fail(err, PHX_CORRUPT, -1,
                    "the version of experiment %lld is "
                    "lost",
                    (long long)experiment->row.id);
    if (status < 0)
        return status;
    struct statement *read = sql(page->connection, SQL_EXPERIMENT_EXAMPLES);
    sql_bind_int(read, 1, examples.dataset);
    sql_bind_int(read, 2, walk->from);
    sql_bind_int(read, 3, examples.last);
    sql_bind_int(read, 4, examples.version);
    sql_bind_int(read, 5, experiment->chosen >= 0 ? experiment->row.id : 0);
    while (page->list.count < limit &&
           (page->list.count == 0 || page->list.arena->total <= PAGE_BYTES) &&
           (status = sql_next(read, err)) == PHX_OK) {
        walk->from = sql_int(read, 0) + 1;
        if ((status = take_incomplete(page, read, err)) < 0)
            break;
    }
    sql_end(read);
    walk->ended |= status == PHX_DONE;
    return status < 0 ? status : PHX_OK;
}

phx_status store_read_incomplete(struct store *store,
                                 struct store_incomplete *walk, size_t limit,
                                 struct arena *arena, phx_incomplete_run **out,
                                 size_t *count, phx_error *err)
{
    struct page page = {.list = {.arena = arena}};
    struct store_incomplete passed = *walk;
    struct counter counter;
    phx_status status =
        store_reader_take(store, &page.connection, &counter, err);

    if (status < 0)
        return status;
    if ((status = gone_of(page.connection, &counter, &page.list.gone, err)) >=
        0)
        status = experiment_find(page.connection, walk->experiment, arena,
                                 &page.experiment, err);
    passed.ended = status == PHX_DONE;
    if (status == PHX_OK)
        status = read_incomplete(&page, &passed, limit, err);
    store_reader_give(store, page.connection);
    if (status < 0)
        return status;
    *walk = passed;
    *out = page.list.rows;
    *count = page.list.count;
    return PHX_OK;
}

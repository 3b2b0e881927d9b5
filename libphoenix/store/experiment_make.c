/*
 * experiment_make.c - experiments are made, changed and deleted, and get tags.
 * To make one costs the same however many examples its version has: a version
 * never changes, so that its number is all that is to be kept of it, unless
 * some of its examples are chosen.
 */
#include "base/base.h"

#include "store/experiment.h"

enum { HEX_OF_PROJECT = 12, HEX_OF_NAME = 4, NAME_LETTERS = 8, ID = 64 };

/* --- making -------------------------------------------------------------------- */

struct making {
    struct connection *writer;
    struct counter counter;
    struct arena arena;
    struct experiment_numbers numbers;
    struct experiment_row experiment;
};

static phx_status print_random(char *out, size_t size, phx_error *err)
{
    uint8_t bytes[HEX_OF_PROJECT];
    phx_status status = random_bytes(bytes, size, err);

    if (status >= 0)
        hex_print(bytes, size, out);
    return status;
}

/* The first letters of the dataset's name, blanks as dashes, and some digits.
 */
static phx_status make_name(struct making *making, phx_text dataset,
                            phx_error *err)
{
    const uint8_t *at = (const uint8_t *)dataset.data;
    const uint8_t *end = at + dataset.size;
    char digits[2 * HEX_OF_NAME + 1];
    phx_status status = print_random(digits, HEX_OF_NAME, err);

    for (int i = 0; i < NAME_LETTERS && at < end; i++)
        utf8_next(&at, end);
    size_t size = (size_t)(at - (const uint8_t *)dataset.data);
    char *name = arena_new(&making->arena, size + sizeof digits + 1);
    if (status < 0 || name == NULL)
        return status < 0 ? status : fail_memory(err, size);
    for (size_t i = 0; i < size; i++)
        name[i] = dataset.data[i] == ' ' ? '-' : dataset.data[i];
    name[size] = '-';
    memcpy(name + size + 1, digits, sizeof digits);
    making->experiment.row.name = text_of(name);
    return PHX_OK;
}

static phx_status name_experiment(struct making *making, phx_text name,
                                  phx_error *err)
{
    struct statement *read;
    phx_status status;

    making->experiment.row.name = name;
    if (name.size > 0)
        return PHX_OK;
    if ((status = sql_find(making->writer, SQL_DATASET_BY_ID,
                           making->experiment.row.dataset, &read, err)) < 0)
        return status;
    status = status == PHX_DONE
                 ? fail(err, PHX_CORRUPT, -1, "a dataset is lost")
                 : make_name(making, sql_text(read, 1), err);
    sql_end(read);
    return status;
}

static void print_id(const char *type, int64_t number, char out[ID])
{
    char text[40];

    snprintf(text, sizeof text, "%s:%lld", type, (long long)number);
    base64_print(text, strlen(text), out);
}

/* The project for the traces of its runs. */
static phx_status make_project(struct making *making, phx_error *err)
{
    static const char front[] = "Experiment-";
    struct counter *counter = &making->counter;
    phx_experiment *row = &making->experiment.row;
    size_t size = sizeof front + 2 * HEX_OF_PROJECT;
    char dataset[ID], version[ID], about[3 * ID];
    char *name = arena_new(&making->arena, size);
    phx_status status;

    if (name == NULL)
        return arena_status(&making->arena, size, err);
    memcpy(name, front, sizeof front);
    if ((status = print_random(name + sizeof front - 1, HEX_OF_PROJECT, err)) <
        0)
        return status;
    print_id("Dataset", row->dataset, dataset);
    print_id("DatasetVersion", row->version, version);
    snprintf(about, sizeof about, "dataset_id: %s\ndataset_version_id: %s",
             dataset, version);
    row->project = text_of(name);
    const phx_project project = {.id = counter->project++,
                                 .name = row->project,
                                 .description = text_of(about),
                                 .created_at = row->created_at,
                                 .updated_at = row->created_at};
    counter->projects++;
    return project_insert(making->writer, &project, err);
}

/* One that may have been chosen already: then *fresh is false. */
static phx_status choose(struct making *making, phx_id example, bool *fresh,
                         phx_error *err)
{
    struct experiment_row *experiment = &making->experiment;
    struct statement *insert =
        sql(making->writer, SQL_INSERT_EXPERIMENT_EXAMPLE);
    int64_t id = ++making->numbers.chosen;

    sql_bind_int(insert, 1, id);
    sql_bind_int(insert, 2, experiment->row.id);
    sql_bind_int(insert, 3, example);
    sql_bind_int(insert, 4,
                 (int64_t)chosen_sum(id, experiment->row.id, example));
    phx_status status = sql_run(insert, err);
    *fresh = status >= 0 && sqlite3_changes(making->writer->db) > 0;
    experiment->row.examples += *fresh;
    return status;
}

static phx_status choose_examples(struct making *making,
                                  const phx_experiment_item *item,
                                  phx_error *err)
{
    struct experiment_row all = {.row = making->experiment.row, .chosen = -1};
    phx_status status = PHX_OK;
    bool fresh;

    for (size_t i = 0; i < item->example_count && status >= 0; i++) {
        phx_id example = item->examples[i];
        status = experiment_has(making->writer, &all, example, err);
        if (status == PHX_DONE)
            return fail(err, PHX_NOT_FOUND, (int64_t)i,
                        "example %lld is not in version %lld",
                        (long long)example, (long long)all.row.version);
        if (status < 0 || (status = choose(making, example, &fresh, err)) < 0)
            return status;
        if (!fresh)
            return fail(err, PHX_INVALID, (int64_t)i,
                        "example %lld is given twice", (long long)example);
    }
    return status;
}

/* Those of the version that are in a split now. */
static phx_status choose_split(struct making *making, phx_id split,
                               int64_t offset, phx_error *err)
{
    struct statement *read = sql(making->writer, SQL_SPLIT_BY_ID);
    phx_status status;
    bool fresh;

    sql_bind_int(read, 1, making->experiment.row.dataset);
    sql_bind_int(read, 2, split);
    status = sql_next(read, err);
    sql_end(read);
    if (status == PHX_DONE)
        return fail(err, PHX_NOT_FOUND, offset, "no split %lld",
                    (long long)split);
    if (status < 0)
        return status;
    read = sql(making->writer, SQL_EXAMPLES_OF_SPLIT);
    sql_bind_int(read, 1, making->experiment.row.dataset);
    sql_bind_int(read, 2, split);
    sql_bind_int(read, 3, making->experiment.row.version);
    while ((status = sql_next(read, err)) == PHX_OK) {
        if ((status = choose(making, sql_int(read, 0), &fresh, err)) < 0)
            break;
    }
    sql_end(read);
    return status < 0 ? status : PHX_OK;
}

/* Some examples, if they are given, instead of all. */
static phx_status choose_some(struct making *making,
                              const phx_experiment_item *item, phx_error *err)
{
    phx_status status;

    making->experiment.chosen = -1;
    if (item->examples == NULL && item->splits == NULL)
        return PHX_OK;
    making->experiment.row.examples = 0;
    status = choose_examples(making, item, err);
    for (size_t i = 0; i < item->split_count && status >= 0; i++) {
        size_t first = 0;
        while (item->splits[first] != item->splits[i])
            first++;
        if (first == i)
            status = choose_split(making, item->splits[i],
                                  (int64_t)(item->example_count + i), err);
    }
    making->experiment.chosen = making->experiment.row.examples;
    return status;
}

static phx_status make(struct making *making, const phx_experiment_item *item,
                       phx_error *err)
{
    struct store_examples examples = {.dataset = item->dataset,
                                      .version = item->version};
    phx_status status;

    if ((status = examples_find(making->writer, &examples, err)) < 0 ||
        (status = experiment_numbers(making->writer, &making->numbers, err)) <
            0)
        return status;
    uint64_t now = time_now() / 1000 * 1000;
    making->experiment.row = (phx_experiment){
        .id = ++making->numbers.experiment,
        .dataset = item->dataset,
        .version = examples.version,
        .repetitions = item->repetitions,
        .examples = examples.count,
        .created_at = now,
        .updated_at = now,
        .description = item->description,
        .metadata = item->metadata,
        .parameters = item->parameters,
        .evaluators = item->evaluators,
    };
    if ((status = name_experiment(making, item->name, err)) < 0 ||
        (status = choose_some(making, item, err)) < 0 ||
        (status = make_project(making, err)) < 0)
        return status;
    making->counter.experiments++;
    return experiment_put(making->writer, &making->experiment, err);
}

phx_status store_create_experiment(struct store *store,
                                   const phx_experiment_item *item,
                                   int64_t *out, phx_error *err)
{
    struct making making = {.writer = store->writer};
    phx_status status =
        store_change_begin(store, store->writer, &making.counter, err);

    if (status < 0)
        return status;
    arena_init(&making.arena, SIZE_MAX);
    status = make(&making, item, err);
    status =
        store_change_end(store, store->writer, status, &making.counter, err);
    if (status >= 0)
        *out = making.experiment.row.id;
    store_write_end(store);
    arena_clear(&making.arena);
    return status;
}

/* --- changes ------------------------------------------------------------------- */

phx_status store_update_experiment(struct store *store, int64_t experiment,
                                   phx_text name, phx_text description,
                                   phx_text metadata, bool clear_description,
                                   phx_error *err)
{
    struct experiment_row found;
    struct counter counter;
    struct arena arena;
    phx_status status = store_change_begin(store, store->writer, &counter, err);

    if (status < 0)
        return status;
    arena_init(&arena, SIZE_MAX);
    status = experiment_get(store->writer, experiment, &arena, &found, err);
    if (status >= 0) {
        if (name.data != NULL)
            found.row.name = name;
        if (description.data != NULL || clear_description)
            found.row.description = description;
        if (metadata.data != NULL)
            found.row.metadata = metadata;
        found.row.updated_at = time_now() / 1000 * 1000;
        status = experiment_put(store->writer, &found, err);
    }
    status = store_change_end(store, store->writer, status, &counter, err);
    store_write_end(store);
    arena_clear(&arena);
    return status;
}

phx_status experiment_remove(struct connection *connection,
                             struct counter *counter, int64_t id,
                             phx_error *err)
{
    static const enum sql deletes[] = {SQL_DELETE_EVALUATIONS,
                                       SQL_DELETE_EXPERIMENT_RUNS,
                                       SQL_DELETE_EXPERIMENT_EXAMPLES};
    struct statement *tags = sql(connection, SQL_DELETE_EXPERIMENT_TAGS);
    phx_status status = PHX_OK;

    for (size_t i = 0; i < sizeof deletes / sizeof *deletes && status >= 0; i++)
        status = sql_run_with(connection, deletes[i], id, err);
    sql_bind_int(tags, 1, id);
    if (status < 0 ||
        (status = sql_delete(tags, &counter->experiment_tags, err)) < 0)
        return status;
    counter->experiments--;
    return sql_run_with(connection, SQL_DELETE_EXPERIMENT, id, err);
}

phx_status experiment_remove_all(struct connection *connection,
                                 struct counter *counter, int64_t dataset,
                                 phx_error *err)
{
    struct statement *read;
    phx_status status;

    while ((status = sql_find(connection, SQL_EXPERIMENT_OF_DATASET, dataset,
                              &read, err)) == PHX_OK) {
        int64_t id = sql_int(read, 0);
        sql_end(read);
        if ((status = experiment_remove(connection, counter, id, err)) < 0)
            break;
    }
    return status < 0 ? status : PHX_OK;
}

/* The project may be gone already. */
static phx_status remove_project(struct removal *removal, phx_text name,
                                 phx_error *err)
{
    int64_t project = 0;
    phx_status status = lookup_name(removal->connection, SQL_PROJECT_BY_NAME,
                                    name, &project, err);

    return status == PHX_OK ? removal_project(removal, project, err) : status;
}

phx_status store_delete_experiment(struct store *store, int64_t experiment,
                                   bool with_project, phx_error *err)
{
    struct experiment_row found;
    struct removal removal;
    struct arena arena;
    phx_status status = removal_begin(&removal, store, store->writer, err);

    if (status < 0)
        return status;
    arena_init(&arena, SIZE_MAX);
    if ((status = experiment_get(store->writer, experiment, &arena, &found,
                                 err)) >= 0)
        status =
            experiment_remove(store->writer, &removal.counter, experiment, err);
    if (status >= 0 && with_project)
        status = remove_project(&removal, found.row.project, err);
    status = removal_end(&removal, status, err);
    /* Cached rows may be of traces that went. */
    if (status >= 0 && with_project)
        trace_cache_empty(store->traces);
    store_write_end(store);
    arena_clear(&arena);
    return status < 0 ? status : PHX_OK;
}

/* --- tags ---------------------------------------------------------------------- */

static phx_status set_tag(struct connection *writer, struct counter *counter,
                          struct arena *arena, phx_experiment_tag *tag,
                          phx_error *err)
{
    struct experiment_row found;
    struct experiment_numbers numbers;
    struct statement *read;
    phx_status status;

    if ((status = experiment_get(writer, tag->experiment, arena, &found, err)) <
            0 ||
        (status = experiment_numbers(writer, &numbers, err)) < 0)
        return status;
    tag->dataset = found.row.dataset;
    tag->id = numbers.tag + 1;
    read = sql(writer, SQL_EXPERIMENT_TAG_BY_KEY);
    sql_bind_int(read, 1, tag->dataset);
    sql_bind_text(read, 2, tag->name);
    if ((status = sql_next(read, err)) == PHX_OK)
        tag->id = sql_int(read, 0);
    else if (status == PHX_DONE)
        counter->experiment_tags++;
    sql_end(read);
    return status < 0 ? status : experiment_tag_put(writer, tag, err);
}

phx_status store_set_tag(struct store *store, int64_t experiment, phx_text name,
                         phx_text description, int64_t *out, phx_error *err)
{
    phx_experiment_tag tag = {
        .experiment = experiment, .name = name, .description = description};
    struct counter counter;
    struct arena arena;
    phx_status status = store_change_begin(store, store->writer, &counter, err);

    if (status < 0)
        return status;
    arena_init(&arena, SIZE_MAX);
    status = set_tag(store->writer, &counter, &arena, &tag, err);
    status = store_change_end(store, store->writer, status, &counter, err);
    if (status >= 0)
        *out = tag.id;
    store_write_end(store);
    arena_clear(&arena);
    return status;
}

phx_status store_delete_tag(struct store *store, int64_t experiment,
                            phx_text name, phx_error *err)
{
    struct experiment_row found;
    struct counter counter;
    struct arena arena;
    phx_status status = store_change_begin(store, store->writer, &counter, err);

    if (status < 0)
        return status;
    arena_init(&arena, SIZE_MAX);
    if ((status = experiment_get(store->writer, experiment, &arena, &found,
                                 err)) >= 0) {
        struct statement *remove =
            sql(store->writer, SQL_DELETE_EXPERIMENT_TAG);
        sql_bind_int(remove, 1, experiment);
        sql_bind_text(remove, 2, name);
        status = sql_delete(remove, &counter.experiment_tags, err);
    }
    status = store_change_end(store, store->writer, status, &counter, err);
    store_write_end(store);
    arena_clear(&arena);
    return status;
}

/*
 * label.c - labels, and which datasets have them.
 */
#include "base/base.h"

#include "store/dataset.h"

/* --- rows ------------------------------------------------------------------- */

void label_read(struct statement *statement, phx_dataset_label *out,
                int64_t *sum)
{
    *out = (phx_dataset_label){
        .id = sql_int(statement, 0),
        .name = sql_text(statement, 1),
        .description = sql_text(statement, 2),
        .color = sql_text(statement, 3),
    };
    *sum = sql_int(statement, 4);
}

uint32_t label_sum(const phx_dataset_label *label)
{
    const uint64_t values[] = {
        (uint64_t)label->id,
        text_sum(label->name, 31),
        text_sum(label->description, 32),
        text_sum(label->color, 33),
    };

    return checksum32(values, sizeof values);
}

uint32_t labelled_sum(int64_t id, int64_t dataset, int64_t label)
{
    const uint64_t values[] = {(uint64_t)id, (uint64_t)dataset,
                               (uint64_t)label};

    return checksum32(values, sizeof values);
}

static phx_status check_label(const phx_dataset_label *label, int64_t sum,
                              phx_error *err)
{
    return sum == (int64_t)label_sum(label)
               ? PHX_OK
               : fail(err, PHX_CORRUPT, -1, "label %lld is damaged",
                      (long long)label->id);
}

static phx_status put_label(struct connection *writer,
                            const phx_dataset_label *label, phx_error *err)
{
    struct statement *put = sql(writer, SQL_PUT_LABEL);

    sql_bind_int(put, 1, label->id);
    sql_bind_text(put, 2, label->name);
    sql_bind_text(put, 3, label->description);
    sql_bind_text(put, 4, label->color);
    sql_bind_int(put, 5, (int64_t)label_sum(label));
    return sql_run(put, err);
}

static phx_status keep_label(struct arena *arena, phx_dataset_label *label,
                             phx_error *err)
{
    phx_status status;

    if ((status = arena_keep(arena, &label->name, err)) < 0 ||
        (status = arena_keep(arena, &label->description, err)) < 0)
        return status;
    return arena_keep(arena, &label->color, err);
}

/* A row that there must be, in the arena. */
static phx_status get_label(struct connection *writer, int64_t id,
                            struct arena *arena, phx_dataset_label *out,
                            phx_error *err)
{
    struct statement *read;
    phx_status status = sql_find(writer, SQL_LABEL_BY_ID, id, &read, err);
    int64_t sum;

    if (status == PHX_OK) {
        label_read(read, out, &sum);
        if ((status = check_label(out, sum, err)) >= 0)
            status = keep_label(arena, out, err);
    }
    sql_end(read);
    return status == PHX_DONE
               ? fail(err, PHX_NOT_FOUND, -1, "no label %lld", (long long)id)
               : status;
}

/* CONFLICT if another label has the name. */
static phx_status check_name(struct connection *writer, phx_text name,
                             int64_t id, phx_error *err)
{
    int64_t known = 0;
    phx_status status =
        lookup_name(writer, SQL_LABEL_BY_NAME, name, &known, err);

    if (status == PHX_OK && known != id)
        return fail(err, PHX_CONFLICT, -1, "label '%.*s' exists",
                    name.size < 64 ? (int)name.size : 64, name.data);
    return status < 0 ? status : PHX_OK;
}

/* --- changes ---------------------------------------------------------------- */

static phx_status change_end(struct store *store, phx_status status,
                             const struct counter *counter, phx_error *err)
{
    status = store_change_end(store, store->writer, status, counter, err);
    store_write_end(store);
    return status;
}

phx_status store_create_label(struct store *store,
                              const phx_dataset_label *label, int64_t *out,
                              phx_error *err)
{
    phx_dataset_label row = *label;
    struct counter counter;
    const struct change change = {store->writer, &counter};
    phx_status status = store_change_begin(store, store->writer, &counter, err);

    if (status < 0)
        return status;
    struct statement *last = sql(change.writer, SQL_LABEL_LAST);
    if ((status = sql_next(last, err)) >= 0)
        row.id = sql_int(last, 0) + 1;
    counter.parts++;
    sql_end(last);
    if (status >= 0 &&
        (status = check_name(change.writer, row.name, 0, err)) >= 0)
        status = put_label(change.writer, &row, err);
    if ((status = change_end(store, status, &counter, err)) >= 0)
        *out = row.id;
    return status;
}

phx_status store_update_label(struct store *store,
                              const phx_dataset_label *label, phx_error *err)
{
    phx_dataset_label row;
    struct counter counter;
    const struct change change = {store->writer, &counter};
    struct arena arena;
    phx_status status = store_change_begin(store, store->writer, &counter, err);

    if (status < 0)
        return status;
    arena_init(&arena, SIZE_MAX);
    if ((status = get_label(change.writer, label->id, &arena, &row, err)) >=
        0) {
        if (label->name.data != NULL)
            row.name = label->name;
        if (label->description.data != NULL)
            row.description = label->description.size > 0 ? label->description
                                                          : (phx_text){NULL, 0};
        if (label->color.data != NULL)
            row.color = label->color;
        if ((status = check_name(change.writer, row.name, row.id, err)) >= 0)
            status = put_label(change.writer, &row, err);
    }
    arena_clear(&arena);
    return change_end(store, status, &counter, err);
}

phx_status store_delete_label(struct store *store, int64_t id, phx_error *err)
{
    phx_dataset_label row;
    struct counter counter;
    const struct change change = {store->writer, &counter};
    struct arena arena;
    phx_status status = store_change_begin(store, store->writer, &counter, err);

    if (status < 0)
        return status;
    arena_init(&arena, SIZE_MAX);
    if ((status = get_label(change.writer, id, &arena, &row, err)) >= 0 &&
        (status =
             parts_delete(&change, SQL_DELETE_LABELLED_OF_LABEL, id, err)) >= 0)
        status = parts_delete(&change, SQL_DELETE_LABEL, id, err);
    arena_clear(&arena);
    return change_end(store, status, &counter, err);
}

/* --- datasets ----------------------------------------------------------------- */

static phx_status leave(const struct change *change, int64_t dataset,
                        int64_t label, phx_error *err)
{
    struct statement *remove = sql(change->writer, SQL_DELETE_LABELLED);

    sql_bind_int(remove, 1, dataset);
    sql_bind_int(remove, 2, label);
    return sql_delete(remove, &change->counter->parts, err);
}

static phx_status join(const struct change *change, int64_t dataset,
                       int64_t label, phx_error *err)
{
    struct statement *read, *insert;
    phx_status status =
        sql_find(change->writer, SQL_LABEL_BY_ID, label, &read, err);

    sql_end(read);
    if (status == PHX_DONE)
        return fail(err, PHX_NOT_FOUND, 0, "no label %lld", (long long)label);
    if (status < 0)
        return status;
    read = sql(change->writer, SQL_LABELLED_NEXT);
    sql_bind_int(read, 1, dataset);
    sql_bind_int(read, 2, label);
    status = sql_next(read, err);
    int64_t id = status == PHX_OK ? sql_int(read, 0) : 0;
    sql_end(read);
    if (status != PHX_OK) /* it has the label */
        return status < 0 ? status : PHX_OK;
    insert = sql(change->writer, SQL_INSERT_LABELLED);
    sql_bind_int(insert, 1, id);
    sql_bind_int(insert, 2, dataset);
    sql_bind_int(insert, 3, label);
    sql_bind_int(insert, 4, (int64_t)labelled_sum(id, dataset, label));
    return parts_insert(change, insert, err);
}

phx_status store_assign_labels(struct store *store, int64_t dataset,
                               const phx_id *labels, size_t count,
                               enum assignment how, phx_error *err)
{
    struct counter counter;
    const struct change change = {store->writer, &counter};
    int64_t version;
    phx_status status = store_change_begin(store, store->writer, &counter, err);

    if (status < 0)
        return status;
    status = dataset_newest(change.writer, dataset, &version, err);
    if (status >= 0 && how == CONFIGS_ARE)
        status = parts_delete(&change, SQL_DELETE_LABELS_OF, dataset, err);
    for (size_t i = 0; i < count && status >= 0; i++) {
        status = how == CONFIGS_LEAVE ? leave(&change, dataset, labels[i], err)
                                      : join(&change, dataset, labels[i], err);
        if (status == PHX_NOT_FOUND && err != NULL)
            err->offset = (int64_t)i;
    }
    return change_end(store, status, &counter, err);
}

/* --- reading ------------------------------------------------------------------ */

static phx_status take_label(struct list *list, struct statement *read,
                             phx_error *err)
{
    phx_dataset_label *row = list_add(list, sizeof *row, err);
    phx_status status;
    int64_t sum;

    if (row == NULL)
        return PHX_NO_MEMORY;
    label_read(read, row, &sum);
    status = check_label(row, sum, err);
    return status < 0 ? status : keep_label(list->arena, row, err);
}

phx_status store_read_labels(struct store *store, int64_t only, int64_t dataset,
                             int64_t from, int64_t limit, struct arena *arena,
                             phx_dataset_label **out, size_t *count,
                             phx_error *err)
{
    struct list list = {.arena = arena};
    struct connection *connection;
    struct counter counter;
    phx_status status = store_reader_take(store, &connection, &counter, err);

    if (status < 0)
        return status;
    struct statement *read = sql(connection, SQL_LABELS);
    sql_bind_int(read, 1, from > 0 ? from : INT64_MAX);
    sql_bind_int(read, 2, only);
    sql_bind_int(read, 3, dataset);
    sql_bind_int(read, 4, limit > 0 ? limit : -1);
    status = list_take(&list, read, limit, take_label, err);
    store_reader_give(store, connection);
    if (status < 0)
        return status;
    *out = list.rows;
    *count = list.count;
    return PHX_OK;
}

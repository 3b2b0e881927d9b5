/*
 * split.c - splits, and which examples are in them. A member is a row with the
 * versions that it was one in, as a revision is; one that comes and goes while
 * a version is the newest leaves none.
 */
#include "base/base.h"

#include "store/dataset.h"

/* --- rows ------------------------------------------------------------------- */

void split_read(struct statement *statement, phx_split *out, int64_t *sum)
{
    *out = (phx_split){
        .id = sql_int(statement, 0),
        .name = sql_text(statement, 1),
        .description = sql_text(statement, 2),
        .color = sql_text(statement, 3),
        .metadata = sql_text(statement, 4),
        .created_at = ns_of(sql_int(statement, 5), 0),
        .updated_at = ns_of(sql_int(statement, 6), 0),
        .examples = sql_int(statement, 8),
    };
    *sum = ns_fits(out->created_at, sql_int(statement, 5), 0) &&
                   ns_fits(out->updated_at, sql_int(statement, 6), 0)
               ? sql_int(statement, 7)
               : -1;
}

uint32_t split_sum(const phx_split *split)
{
    const uint64_t values[] = {
        (uint64_t)split->id,
        split->created_at,
        split->updated_at,
        text_sum(split->name, 27),
        text_sum(split->description, 28),
        text_sum(split->color, 29),
        text_sum(split->metadata, 30),
    };

    return checksum32(values, sizeof values);
}

static phx_status check_split(const phx_split *split, int64_t sum,
                              phx_error *err)
{
    return sum == (int64_t)split_sum(split)
               ? PHX_OK
               : fail(err, PHX_CORRUPT, -1, "split %lld is damaged",
                      (long long)split->id);
}

static phx_status put_split(const struct change *change, const phx_split *split,
                            phx_error *err)
{
    struct statement *put = sql(change->writer, SQL_PUT_SPLIT);

    sql_bind_int(put, 1, split->id);
    sql_bind_text(put, 2, split->name);
    sql_bind_text(put, 3, split->description);
    sql_bind_text(put, 4, split->color);
    sql_bind_text(put, 5, split->metadata);
    sql_bind_int(put, 6, (int64_t)(split->created_at / 1000));
    sql_bind_int(put, 7, (int64_t)(split->updated_at / 1000));
    sql_bind_int(put, 8, (int64_t)split_sum(split));
    return sql_run(put, err);
}

static phx_status last_number(const struct change *change, enum sql id,
                              int64_t *out, phx_error *err)
{
    struct statement *read = sql(change->writer, id);
    phx_status status = sql_next(read, err);

    if (status == PHX_OK)
        *out = sql_int(read, 0);
    sql_end(read);
    return status;
}

/* A new row, with times of now. */
static phx_status insert_split(const struct change *change, phx_split *split,
                               phx_error *err)
{
    phx_status status = last_number(change, SQL_SPLIT_LAST, &split->id, err);

    if (status < 0)
        return status;
    split->id++;
    change->counter->parts++;
    split->created_at = split->updated_at = time_now() / 1000 * 1000;
    return put_split(change, split, err);
}

static phx_status keep_split(struct arena *arena, phx_split *split,
                             phx_error *err)
{
    phx_status status;

    if ((status = arena_keep(arena, &split->name, err)) < 0 ||
        (status = arena_keep(arena, &split->description, err)) < 0 ||
        (status = arena_keep(arena, &split->color, err)) < 0)
        return status;
    return arena_keep(arena, &split->metadata, err);
}

/* A row that there must be, in the arena. */
static phx_status get_split(const struct change *change, int64_t id,
                            struct arena *arena, phx_split *out, phx_error *err)
{
    struct statement *read = sql(change->writer, SQL_SPLIT_BY_ID);
    phx_status status;
    int64_t sum;

    sql_bind_int(read, 1, 0);
    sql_bind_int(read, 2, id);
    if ((status = sql_next(read, err)) == PHX_OK) {
        split_read(read, out, &sum);
        if ((status = check_split(out, sum, err)) >= 0)
            status = keep_split(arena, out, err);
    }
    sql_end(read);
    return status == PHX_DONE
               ? fail(err, PHX_NOT_FOUND, -1, "no split %lld", (long long)id)
               : status;
}

/* CONFLICT if another split has the name. */
static phx_status check_name(const struct change *change, phx_text name,
                             int64_t id, phx_error *err)
{
    int64_t known = 0;
    phx_status status =
        lookup_name(change->writer, SQL_SPLIT_BY_NAME, name, &known, err);

    if (status == PHX_OK && known != id)
        return fail(err, PHX_CONFLICT, -1, "split '%.*s' exists",
                    name.size < 64 ? (int)name.size : 64, name.data);
    return status < 0 ? status : PHX_OK;
}

/* --- members ---------------------------------------------------------------- */

void member_read(struct statement *statement, struct split_member *out)
{
    *out = (struct split_member){
        .id = sql_int(statement, 0),
        .dataset = sql_int(statement, 1),
        .example = sql_int(statement, 2),
        .split = sql_int(statement, 3),
        .version = sql_int(statement, 4),
        .until = sql_int(statement, 5),
        .sum = sql_int(statement, 6),
    };
}

uint32_t member_sum(const struct split_member *member)
{
    const uint64_t values[] = {
        (uint64_t)member->id,      (uint64_t)member->dataset,
        (uint64_t)member->example, (uint64_t)member->split,
        (uint64_t)member->version, (uint64_t)member->until,
    };

    return checksum32(values, sizeof values);
}

static phx_status put_member(const struct change *change,
                             const struct split_member *member, phx_error *err)
{
    struct statement *put = sql(change->writer, SQL_INSERT_MEMBER);

    sql_bind_int(put, 1, member->id);
    sql_bind_int(put, 2, member->dataset);
    sql_bind_int(put, 3, member->example);
    sql_bind_int(put, 4, member->split);
    sql_bind_int(put, 5, member->version);
    sql_bind_int(put, 6, member->until);
    sql_bind_int(put, 7, (int64_t)member_sum(member));
    return sql_run(put, err);
}

static phx_status begin_member(const struct change *change, int64_t dataset,
                               int64_t version, int64_t example, int64_t split,
                               phx_error *err)
{
    struct split_member member = {.dataset = dataset,
                                  .example = example,
                                  .split = split,
                                  .version = version,
                                  .until = INT64_MAX};
    phx_status status = last_number(change, SQL_MEMBER_LAST, &member.id, err);

    if (status < 0)
        return status;
    member.id++;
    change->counter->parts++;
    return put_member(change, &member, err);
}

static phx_status end_member(const struct change *change,
                             struct split_member *member, int64_t version,
                             phx_error *err)
{
    if (member->sum != (int64_t)member_sum(member))
        return fail(err, PHX_CORRUPT, -1, "member %lld is damaged",
                    (long long)member->id);
    if (member->version == version) {
        change->counter->parts--;
        return sql_run_with(change->writer, SQL_DELETE_MEMBER, member->id, err);
    }
    member->until = version;
    return put_member(change, member, err);
}

/* The splits that an example is in; more than those that any program has are
 * told, not lost. */
struct memberships {
    struct split_member rows[64];
    size_t count;
};

static phx_status read_members(const struct change *change, int64_t dataset,
                               int64_t example, struct memberships *out,
                               phx_error *err)
{
    struct statement *read = sql(change->writer, SQL_MEMBERS_OF_EXAMPLE);
    size_t most = sizeof out->rows / sizeof *out->rows;
    phx_status status;

    out->count = 0;
    sql_bind_int(read, 1, dataset);
    sql_bind_int(read, 2, example);
    while ((status = sql_next(read, err)) == PHX_OK) {
        if (out->count == most) {
            status = fail(err, PHX_TOO_BIG, -1,
                          "example %lld is in more than %d splits",
                          (long long)example, (int)most);
            break;
        }
        member_read(read, &out->rows[out->count++]);
    }
    sql_end(read);
    return status < 0 ? status : PHX_OK;
}

/* Puts the example in, or takes it out. */
static phx_status set_member(const struct change *change, int64_t dataset,
                             int64_t version, int64_t example, int64_t split,
                             bool in, phx_error *err)
{
    struct memberships members;
    phx_status status = read_members(change, dataset, example, &members, err);

    for (size_t i = 0; i < members.count && status >= 0; i++) {
        if (members.rows[i].split == split)
            return in ? PHX_OK
                      : end_member(change, &members.rows[i], version, err);
    }
    if (status >= 0 && in &&
        members.count == sizeof members.rows / sizeof *members.rows)
        return fail(err, PHX_TOO_BIG, -1, "example %lld is in %d splits",
                    (long long)example, (int)members.count);
    return status < 0 || !in
               ? status
               : begin_member(change, dataset, version, example, split, err);
}

static phx_status find_or_make(const struct change *change, phx_text name,
                               int64_t *out, phx_error *err)
{
    phx_split split = {
        .name = name, .color = text_of("#808080"), .metadata = text_of("{}")};
    phx_status status =
        lookup_name(change->writer, SQL_SPLIT_BY_NAME, name, out, err);

    if (status != PHX_DONE)
        return status;
    status = insert_split(change, &split, err);
    *out = split.id;
    return status;
}

phx_status splits_set(const struct change *change, int64_t dataset,
                      int64_t version, int64_t example, const phx_text *names,
                      size_t count, bool *changed, phx_error *err)
{
    struct memberships members;
    phx_status status = read_members(change, dataset, example, &members, err);
    size_t before = members.count;
    uint64_t stays = 0;

    *changed = false;
    for (size_t i = 0; i < count && status >= 0; i++) {
        int64_t split = 0;
        size_t at = 0;
        if ((status = find_or_make(change, names[i], &split, err)) < 0)
            break;
        while (at < before && members.rows[at].split != split)
            at++;
        if (at < before) {
            stays |= UINT64_C(1) << at;
            continue;
        }
        *changed = true;
        status =
            set_member(change, dataset, version, example, split, true, err);
    }
    for (size_t i = 0; i < before && status >= 0; i++) {
        if (stays >> i & 1)
            continue;
        *changed = true;
        status = end_member(change, &members.rows[i], version, err);
    }
    return status;
}

/* --- changes ---------------------------------------------------------------- */

/* Puts examples that live in, or takes them out; a failure's offset counts from
 * `first`. */
static phx_status set_members(const struct change *change, int64_t dataset,
                              int64_t version, int64_t split,
                              const phx_id *examples, size_t count, bool in,
                              size_t first, phx_error *err)
{
    phx_status status = PHX_OK;

    for (size_t i = 0; i < count && status >= 0; i++) {
        struct statement *read;
        struct revision living;
        status = revision_living(change->writer, dataset, examples[i], &read,
                                 &living, err);
        sql_end(read);
        if (status == PHX_DONE)
            return fail(err, PHX_NOT_FOUND, (int64_t)(first + i),
                        "example %lld does not live in dataset %lld",
                        (long long)examples[i], (long long)dataset);
        if (status >= 0)
            status = set_member(change, dataset, version, examples[i], split,
                                in, err);
    }
    return status;
}

static phx_status change_end(struct store *store, phx_status status,
                             const struct counter *counter, phx_error *err)
{
    status = store_change_end(store, store->writer, status, counter, err);
    store_write_end(store);
    return status;
}

phx_status store_create_split(struct store *store, const phx_split *split,
                              int64_t dataset, const phx_id *examples,
                              size_t count, int64_t *out, phx_error *err)
{
    phx_split row = *split;
    struct counter counter;
    const struct change change = {store->writer, &counter};
    int64_t version = 0;
    phx_status status = store_change_begin(store, store->writer, &counter, err);

    if (status < 0)
        return status;
    if (dataset != 0)
        status = dataset_newest(change.writer, dataset, &version, err);
    if (status >= 0 && (status = check_name(&change, row.name, 0, err)) >= 0 &&
        (status = insert_split(&change, &row, err)) >= 0)
        status = set_members(&change, dataset, version, row.id, examples, count,
                             true, 0, err);
    if ((status = change_end(store, status, &counter, err)) >= 0)
        *out = row.id;
    return status;
}

/* The row with the texts that are not absent. */
static phx_status change_split(const struct change *change,
                               const phx_split *split, struct arena *arena,
                               phx_error *err)
{
    phx_split row;
    phx_status status = get_split(change, split->id, arena, &row, err);

    if (status < 0)
        return status;
    if (split->name.data != NULL) {
        row.name = split->name;
        if ((status = check_name(change, row.name, row.id, err)) < 0)
            return status;
    }
    if (split->description.data != NULL)
        row.description = split->description.size > 0 ? split->description
                                                      : (phx_text){NULL, 0};
    if (split->color.data != NULL)
        row.color = split->color;
    if (split->metadata.data != NULL)
        row.metadata = split->metadata;
    row.updated_at = time_now() / 1000 * 1000;
    return put_split(change, &row, err);
}

phx_status store_update_split(struct store *store, const phx_split *split,
                              int64_t dataset, const phx_id *added,
                              size_t added_count, const phx_id *removed,
                              size_t removed_count, phx_error *err)
{
    struct counter counter;
    const struct change change = {store->writer, &counter};
    struct arena arena;
    int64_t version = 0;
    phx_status status = store_change_begin(store, store->writer, &counter, err);

    if (status < 0)
        return status;
    arena_init(&arena, SIZE_MAX);
    if (dataset != 0)
        status = dataset_newest(change.writer, dataset, &version, err);
    if (status >= 0 &&
        (status = change_split(&change, split, &arena, err)) >= 0 &&
        (status = set_members(&change, dataset, version, split->id, added,
                              added_count, true, 0, err)) >= 0)
        status = set_members(&change, dataset, version, split->id, removed,
                             removed_count, false, added_count, err);
    arena_clear(&arena);
    return change_end(store, status, &counter, err);
}

phx_status store_delete_split(struct store *store, int64_t id, phx_error *err)
{
    struct counter counter;
    const struct change change = {store->writer, &counter};
    struct arena arena;
    phx_split row;
    phx_status status = store_change_begin(store, store->writer, &counter, err);

    if (status < 0)
        return status;
    arena_init(&arena, SIZE_MAX);
    if ((status = get_split(&change, id, &arena, &row, err)) >= 0 &&
        (status =
             parts_delete(&change, SQL_DELETE_MEMBERS_OF_SPLIT, id, err)) >= 0)
        status = parts_delete(&change, SQL_DELETE_SPLIT, id, err);
    arena_clear(&arena);
    return change_end(store, status, &counter, err);
}

/* --- reading ------------------------------------------------------------------ */

static phx_status take_split(struct list *list, struct statement *read,
                             phx_error *err)
{
    phx_split *row = list_add(list, sizeof *row, err);
    phx_status status;
    int64_t sum;

    if (row == NULL)
        return PHX_NO_MEMORY;
    split_read(read, row, &sum);
    status = check_split(row, sum, err);
    return status < 0 ? status : keep_split(list->arena, row, err);
}

phx_status store_read_splits(struct store *store, int64_t only, phx_text name,
                             int64_t dataset, struct arena *arena,
                             phx_split **out, size_t *count, phx_error *err)
{
    struct list list = {.arena = arena};
    struct connection *connection;
    struct counter counter;
    phx_status status = store_reader_take(store, &connection, &counter, err);

    if (status < 0)
        return status;
    struct statement *read = sql(connection, SQL_SPLITS);
    sql_bind_int(read, 1, dataset);
    sql_bind_int(read, 2, only);
    sql_bind_text(read, 3, name);
    status = list_take(&list, read, 0, take_split, err);
    store_reader_give(store, connection);
    if (status < 0)
        return status;
    *out = list.rows;
    *count = list.count;
    return PHX_OK;
}

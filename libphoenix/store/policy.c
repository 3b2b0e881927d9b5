/*
 * policy.c - retention policies: their rows, and which projects have them.
 * Policy 0 is the default one, which every
 * store has, and which is that of a project without another.
 */
#include "base/base.h"

#include "store/inside.h"

enum { DEFAULT_POLICY = 0 };

uint32_t policy_sum(const phx_retention_policy *policy)
{
    uint64_t days;

    memcpy(&days, &policy->rule.max_days, sizeof days);
    const uint64_t values[] = {
        (uint64_t)policy->id,
        hash_bytes(policy->name.data, policy->name.size, 5),
        hash_bytes(policy->cron.data, policy->cron.size, 6),
        (uint64_t)policy->rule.limits,
        days,
        (uint64_t)policy->rule.max_count,
    };

    return checksum32(values, sizeof values);
}

/* The sum cannot be right where the limits do not fit their place. */
void policy_read(struct statement *statement, phx_retention_policy *out)
{
    int64_t limits = sql_int(statement, 3);

    *out = (phx_retention_policy){
        .id = sql_int(statement, 0),
        .name = sql_text(statement, 1),
        .cron = sql_text(statement, 2),
        .rule = {.limits = limits == (int32_t)limits ? (int32_t)limits : -1,
                 .max_days = sqlite3_column_double(statement->handle, 4),
                 .max_count = sql_int(statement, 5)},
        .projects = sql_int(statement, 7),
    };
}

static phx_status write_row(struct connection *connection, enum sql id,
                            const phx_retention_policy *policy, phx_error *err)
{
    struct statement *write = sql(connection, id);

    sql_bind_int(write, 1, policy->id);
    sql_bind_text(write, 2, policy->name);
    sql_bind_text(write, 3, policy->cron);
    sql_bind_int(write, 4, policy->rule.limits);
    sql_bind_real(write, 5, policy->rule.max_days);
    sql_bind_int(write, 6, policy->rule.max_count);
    sql_bind_int(write, 7, (int64_t)policy_sum(policy));
    return sql_run(write, err);
}

phx_status policy_seed(struct connection *connection, int64_t max_days,
                       phx_error *err)
{
    const phx_retention_policy policy = {
        .id = DEFAULT_POLICY,
        .name = text_of("Default"),
        .cron = text_of("0 0 * * 0"),
        .rule = {.limits = PHX_MAX_DAYS, .max_days = (double)max_days},
    };

    return write_row(connection, SQL_INSERT_POLICY, &policy, err);
}

/* Lends the row of a policy that there must be. */
static phx_status need_policy(struct connection *connection, int64_t policy,
                              struct statement **out, phx_error *err)
{
    phx_status status =
        sql_find(connection, SQL_POLICY_BY_ID, policy, out, err);

    return status == PHX_DONE
               ? fail(err, PHX_NOT_FOUND, -1, "no retention policy %lld",
                      (long long)policy)
               : status;
}

/* --- changes --------------------------------------------------------------- */

/* The number after the last one that was given. */
static phx_status create(struct connection *connection,
                         phx_retention_policy *policy, phx_error *err)
{
    struct statement *last = sql(connection, SQL_POLICY_LAST);
    phx_status status = sql_next(last, err);

    if (status < 0)
        return status;
    policy->id = status == PHX_OK ? sql_int(last, 0) + 1 : 1;
    sql_end(last);
    return write_row(connection, SQL_INSERT_POLICY, policy, err);
}

static phx_status update(struct connection *connection,
                         const phx_retention_policy *policy, phx_error *err)
{
    phx_retention_policy row;
    struct statement *read;
    phx_status status = need_policy(connection, policy->id, &read, err);

    if (status < 0)
        return status;
    policy_read(read, &row);
    if (policy->name.data != NULL)
        row.name = policy->name;
    if (policy->cron.data != NULL)
        row.cron = policy->cron;
    if (policy->rule.limits != 0)
        row.rule = policy->rule;
    /* The texts that stay are lent by the statement. */
    status = write_row(connection, SQL_UPDATE_POLICY, &row, err);
    sql_end(read);
    return status;
}

static phx_status set_policy(struct connection *connection, int64_t project,
                             int64_t policy, phx_error *err)
{
    struct statement *read, *set;
    phx_project row;
    phx_status status =
        sql_find(connection, SQL_PROJECT_BY_ID, project, &read, err);

    if (status != PHX_OK)
        return status < 0 ? status
                          : fail(err, PHX_NOT_FOUND, -1, "no project %lld",
                                 (long long)project);
    project_read(read, &row);
    row.policy = policy;
    uint32_t sum = project_sum(&row);
    sql_end(read);
    set = sql(connection, SQL_SET_PROJECT_POLICY);
    sql_bind_int(set, 1, project);
    sql_bind_int(set, 2, policy);
    sql_bind_int(set, 3, (int64_t)sum);
    return sql_run(set, err);
}

/* Its projects have the default one from now on. */
static phx_status delete (struct connection *connection, int64_t policy,
                          phx_error *err)
{
    struct statement *read;
    phx_status status = need_policy(connection, policy, &read, err);

    if (status < 0)
        return status;
    sql_end(read);
    if (policy == DEFAULT_POLICY)
        return fail(err, PHX_CONFLICT, -1,
                    "the default retention policy cannot be deleted");
    while ((status = sql_find(connection, SQL_PROJECT_OF_POLICY, policy, &read,
                              err)) == PHX_OK) {
        int64_t project = sql_int(read, 0);
        sql_end(read);
        if ((status = set_policy(connection, project, DEFAULT_POLICY, err)) < 0)
            break;
    }
    return status < 0
               ? status
               : sql_run_with(connection, SQL_DELETE_POLICY, policy, err);
}

static phx_status change_end(struct store *store, phx_status status,
                             const struct counter *counter, phx_error *err)
{
    status = store_change_end(store, store->writer, status, counter, err);
    store_write_end(store);
    return status;
}

phx_status store_create_policy(struct store *store,
                               const phx_retention_policy *policy, int64_t *out,
                               phx_error *err)
{
    phx_retention_policy row = *policy;
    struct counter counter;
    struct cron cron;
    phx_status status = cron_read(policy->cron, &cron, err);

    if (status < 0 ||
        (status = store_change_begin(store, store->writer, &counter, err)) < 0)
        return status;
    status = create(store->writer, &row, err);
    if ((status = change_end(store, status, &counter, err)) >= 0)
        *out = row.id;
    return status;
}

phx_status store_update_policy(struct store *store,
                               const phx_retention_policy *policy,
                               phx_error *err)
{
    struct counter counter;
    struct cron cron;
    phx_status status = PHX_OK;

    if (policy->cron.data != NULL &&
        (status = cron_read(policy->cron, &cron, err)) < 0)
        return status;
    if ((status = store_change_begin(store, store->writer, &counter, err)) < 0)
        return status;
    status = update(store->writer, policy, err);
    return change_end(store, status, &counter, err);
}

phx_status store_delete_policy(struct store *store, int64_t policy,
                               phx_error *err)
{
    struct counter counter;
    phx_status status = store_change_begin(store, store->writer, &counter, err);

    if (status < 0)
        return status;
    status = delete (store->writer, policy, err);
    return change_end(store, status, &counter, err);
}

phx_status store_set_policy(struct store *store, int64_t project,
                            int64_t policy, phx_error *err)
{
    struct counter counter;
    struct statement *read;
    phx_status status = store_change_begin(store, store->writer, &counter, err);

    if (status < 0)
        return status;
    if ((status = need_policy(store->writer, policy, &read, err)) >= 0) {
        sql_end(read);
        status = set_policy(store->writer, project, policy, err);
    }
    return change_end(store, status, &counter, err);
}

/* --- reading --------------------------------------------------------------- */

static phx_status add_row(struct arena *arena, struct statement *read,
                          phx_retention_policy **rows, size_t *count,
                          size_t *capacity, phx_error *err)
{
    phx_retention_policy row;
    phx_retention_policy *larger =
        arena_grow(arena, *rows, capacity, *count, sizeof *larger);
    phx_status status;

    if (larger == NULL)
        return arena_status(arena, sizeof *larger, err);
    *rows = larger;
    policy_read(read, &row);
    if ((int64_t)policy_sum(&row) != sql_int(read, 6))
        return fail(err, PHX_CORRUPT, -1, "retention policy %lld is damaged",
                    (long long)row.id);
    if ((status = arena_keep(arena, &row.name, err)) < 0 ||
        (status = arena_keep(arena, &row.cron, err)) < 0)
        return status;
    larger[(*count)++] = row;
    return PHX_OK;
}

phx_status store_read_policies(struct store *store, int64_t only,
                               struct arena *arena, phx_retention_policy **out,
                               size_t *count, phx_error *err)
{
    phx_retention_policy *rows = NULL;
    size_t used = 0, capacity = 0;
    struct connection *connection;
    struct counter counter;
    phx_status status = store_reader_take(store, &connection, &counter, err);

    if (status < 0)
        return status;
    struct statement *read =
        sql(connection, only < 0 ? SQL_POLICIES_ALL : SQL_POLICY_BY_ID);
    sql_bind_int(read, 1, only);
    while ((status = sql_next(read, err)) == PHX_OK) {
        if ((status = add_row(arena, read, &rows, &used, &capacity, err)) < 0)
            break;
    }
    sql_end(read);
    store_reader_give(store, connection);
    if (status < 0)
        return status;
    *out = rows;
    *count = used;
    return PHX_OK;
}

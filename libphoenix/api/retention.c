/*
 * retention.c - retention's part of phoenix.h: arguments are checked.
 */
#include "base/base.h"

#include "api/inside.h"

#include <math.h>

static phx_status check_rule(const phx_retention_rule *rule, phx_error *err)
{
    if (rule->limits < PHX_MAX_DAYS ||
        rule->limits > (PHX_MAX_DAYS | PHX_MAX_COUNT))
        return fail(err, PHX_INVALID, -1, "a retention rule has no limit %d",
                    rule->limits);
    if (!isfinite(rule->max_days) || rule->max_days < 0)
        return fail(err, PHX_INVALID, -1,
                    "max_days of a retention rule is %g, but must be 0 or more",
                    rule->max_days);
    if (rule->max_count < 0)
        return fail(err, PHX_INVALID, -1,
                    "max_count of a retention rule is %lld, but must be 0 or "
                    "more",
                    (long long)rule->max_count);
    return PHX_OK;
}

static phx_status check_policy(const char *name, const phx_retention_rule *rule,
                               phx_error *err)
{
    phx_text text = text_of(name);

    if (name != NULL && text.size == 0)
        return fail(err, PHX_INVALID, -1,
                    "the retention policy's name is empty");
    if (utf8_check(text.data, text.size) != text.size)
        return fail(err, PHX_INVALID, -1,
                    "the retention policy's name is not UTF-8");
    return rule != NULL ? check_rule(rule, err) : PHX_OK;
}

phx_status phx_store_retain(phx_store *store, phx_id project,
                            const phx_retention_rule *rule, uint64_t now,
                            uint32_t budget, int64_t *removed, phx_error *err)
{
    int64_t count = 0;
    phx_status status;

    if (store == NULL || rule == NULL)
        return fail_argument(err);
    if ((status = check_rule(rule, err)) >= 0)
        status =
            store_expire(store->store, project, rule, now, budget, &count, err);
    if (removed != NULL)
        *removed = count;
    return status;
}

phx_status phx_store_retain_due(phx_store *store, uint64_t now, uint32_t budget,
                                int64_t *removed, phx_error *err)
{
    int64_t count = 0;

    if (store == NULL)
        return fail_argument(err);
    phx_status status =
        store_expire_due(store->store, now, budget, &count, err);
    if (removed != NULL)
        *removed = count;
    return status;
}

phx_status phx_store_shrink(phx_store *store, int64_t bytes, uint32_t budget,
                            int64_t *removed, phx_error *err)
{
    int64_t count = 0;

    if (store == NULL)
        return fail_argument(err);
    if (bytes < 0)
        return fail(err, PHX_INVALID, -1, "a store cannot use %lld bytes",
                    (long long)bytes);
    phx_status status = store_shrink(store->store, bytes, budget, &count, err);
    if (removed != NULL)
        *removed = count;
    return status;
}

phx_status phx_policy_create(phx_store *store, const char *name,
                             const char *cron, const phx_retention_rule *rule,
                             phx_id *out, phx_error *err)
{
    phx_status status;

    if (store == NULL || name == NULL || cron == NULL || rule == NULL ||
        out == NULL)
        return fail_argument(err);
    if ((status = check_policy(name, rule, err)) < 0)
        return status;
    const phx_retention_policy policy = {
        .name = text_of(name), .cron = text_of(cron), .rule = *rule};
    return store_create_policy(store->store, &policy, out, err);
}

phx_status phx_policy_update(phx_store *store, phx_id policy, const char *name,
                             const char *cron, const phx_retention_rule *rule,
                             phx_error *err)
{
    phx_retention_policy row = {
        .id = policy, .name = text_of(name), .cron = text_of(cron)};
    phx_status status;

    if (store == NULL)
        return fail_argument(err);
    if ((status = check_policy(name, rule, err)) < 0)
        return status;
    if (rule != NULL)
        row.rule = *rule;
    return store_update_policy(store->store, &row, err);
}

phx_status phx_policy_delete(phx_store *store, phx_id policy, phx_error *err)
{
    if (store == NULL)
        return fail_argument(err);
    return store_delete_policy(store->store, policy, err);
}

phx_status phx_project_set_policy(phx_store *store, phx_id project,
                                  phx_id policy, phx_error *err)
{
    if (store == NULL)
        return fail_argument(err);
    return store_set_policy(store->store, project, policy, err);
}

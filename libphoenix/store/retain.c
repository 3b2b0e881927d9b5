/*
 * retain.c - retention as a host asks for it: by a rule, or by the policies
 * whose hour it is; then sessions that lost all their traces.
 */
#include "base/base.h"

#include "store/inside.h"

#define HOUR_US INT64_C(3600000000)

enum { SLICE_SESSIONS = SHRUNK(400, 2) };

/* --- sessions -------------------------------------------------------------- */

static phx_status read_idle(struct store *store, uint64_t now, int64_t *ids,
                            size_t *count, phx_error *err)
{
    struct statement *idle = sql(store->background, SQL_SESSIONS_IDLE);
    phx_status status;

    *count = 0;
    sql_bind_int(idle, 1, (int64_t)(now / 1000) - HOUR_US);
    sql_bind_int(idle, 2, SLICE_SESSIONS);
    while ((status = sql_next(idle, err)) == PHX_OK)
        ids[(*count)++] = sql_int(idle, 0);
    return status < 0 ? status : PHX_OK;
}

/* One that has got a trace since it was read stays. */
static phx_status remove_idle(struct store *store, const int64_t *ids,
                              size_t count, phx_error *err)
{
    struct counter counter;
    phx_status status =
        store_change_begin(store, store->background, &counter, err);

    if (status < 0)
        return status;
    for (size_t i = 0; i < count && status >= 0; i++) {
        status = sql_run_with(store->background, SQL_DELETE_SESSION_EMPTY,
                              ids[i], err);
        counter.sessions -= sqlite3_changes(store->background->db);
    }
    status = store_change_end(store, store->background, status, &counter, err);
    store_write_end(store);
    return status;
}

static phx_status remove_sessions(struct store *store, uint64_t now,
                                  const struct slice_limits *limits,
                                  phx_error *err)
{
    int64_t ids[SLICE_SESSIONS];
    size_t count = 0;
    bool more = true;
    phx_status status = PHX_OK;

    while (status == PHX_OK && more) {
        if ((status = slice_read_begin(store, err)) >= 0) {
            status = read_idle(store, now, ids, &count, err);
            slice_read_end(store);
        }
        if (status >= 0 && count > 0)
            status = remove_idle(store, ids, count, err);
        else if (status >= 0)
            status = PHX_DONE;
        if (status == PHX_OK)
            status = slice_go_on(store, limits, &more, err);
    }
    return status;
}

/* --- policies -------------------------------------------------------------- */

/* The projects to look at, and when to end. */
struct round {
    struct store *store;
    struct arena arena;
    bool all; /* projects */
    phx_project *projects;
    size_t project_count;
    uint64_t now;
    struct slice_limits limits;
};

static phx_status round_begin(struct round *round, struct store *store,
                              int64_t project, uint64_t now, uint32_t budget_ms,
                              phx_error *err)
{
    phx_status status;

    *round = (struct round){.store = store, .now = now, .all = project == 0};
    if ((status = slices_begin(store, budget_ms, &round->limits, err)) < 0)
        return status;
    arena_init(&round->arena, SIZE_MAX);
    status = store_read_projects(store, project, 0, (phx_text){NULL, 0}, 0,
                                 &round->arena, &round->projects,
                                 &round->project_count, err);
    if (status < 0) {
        arena_clear(&round->arena);
        slices_end(store);
    }
    return status;
}

static void round_end(struct round *round)
{
    arena_clear(&round->arena);
    slices_end(round->store);
}

/* Projects with the policy, or any if it is NULL; DONE if nothing is left. Log
 * records that wait are of none, and go with the default policy, or with all
 * projects. */
static phx_status apply(struct round *round, const phx_retention_rule *rule,
                        const int64_t *policy, int64_t *removed, phx_error *err)
{
    phx_status status = PHX_DONE;

    for (size_t i = 0; i < round->project_count && status == PHX_DONE; i++) {
        const phx_project *project = &round->projects[i];
        if (policy == NULL || project->policy == *policy)
            status = expire_project(round->store, project->id, rule, round->now,
                                    &round->limits, removed, err);
    }
    if (status == PHX_DONE && (policy == NULL ? round->all : *policy == 0))
        status =
            expire_logs(round->store, rule, round->now, &round->limits, err);
    return status;
}

static phx_status apply_due(struct round *round, int64_t *removed,
                            phx_error *err)
{
    phx_retention_policy *policies;
    size_t count = 0;
    phx_status status = store_read_policies(round->store, -1, &round->arena,
                                            &policies, &count, err);

    if (status >= 0)
        status = PHX_DONE;
    for (size_t i = 0; i < count && status == PHX_DONE; i++) {
        struct cron cron;
        if ((status = cron_read(policies[i].cron, &cron, err)) >= 0)
            status = cron_has(&cron, round->now)
                         ? apply(round, &policies[i].rule, &policies[i].id,
                                 removed, err)
                         : PHX_DONE;
    }
    return status;
}

phx_status store_expire(struct store *store, int64_t project,
                        const phx_retention_rule *rule, uint64_t now,
                        uint32_t budget_ms, int64_t *removed, phx_error *err)
{
    struct round round;
    phx_status status =
        round_begin(&round, store, project, now, budget_ms, err);

    if (status < 0)
        return status;
    status = project != 0 && round.project_count == 0
                 ? fail(err, PHX_NOT_FOUND, -1, "no project %lld",
                        (long long)project)
                 : apply(&round, rule, NULL, removed, err);
    round_end(&round);
    return status;
}

phx_status store_expire_due(struct store *store, uint64_t now,
                            uint32_t budget_ms, int64_t *removed,
                            phx_error *err)
{
    struct round round;
    phx_status status = round_begin(&round, store, 0, now, budget_ms, err);

    if (status < 0)
        return status;
    if ((status = apply_due(&round, removed, err)) == PHX_DONE)
        status = remove_sessions(store, now, &round.limits, err);
    round_end(&round);
    return status;
}

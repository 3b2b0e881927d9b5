/*
 * list.c - cursors over what is read whole: the small tables, and roll-ups.
 */
#include "base/base.h"

#include "api/inside.h"

phx_status cursor_give_list(phx_cursor *cursor, const void *rows,
                            phx_status status, phx_cursor **out)
{
    if (status < 0) {
        phx_cursor_close(cursor);
        return status;
    }
    cursor->rows = rows;
    *out = cursor;
    return PHX_OK;
}

const void *cursor_next_row(phx_cursor *cursor, size_t size)
{
    if (cursor->at == cursor->count)
        return NULL;
    return (const char *)cursor->rows + cursor->at++ * size;
}

phx_status phx_store_find_traces(phx_store *store, const phx_trace_query *query,
                                 phx_cursor **out, phx_error *err)
{
    phx_trace_query wanted = PHX_TRACE_QUERY_INIT;
    struct store_condition condition;
    struct span_words words;
    phx_cursor *cursor;
    phx_trace *rows = NULL;
    phx_status status;

    if (store == NULL || out == NULL ||
        !take_options(&wanted, sizeof wanted, query) || wanted.order < 0 ||
        wanted.order > PHX_OLDEST_FIRST || wanted.sort < 0 ||
        wanted.sort > PHX_BY_LATENCY ||
        (wanted.sessions == NULL && wanted.session_count != 0))
        return fail_argument(err);
    if (wanted.place != 0 && wanted.sort == PHX_BY_NUMBER)
        return fail(err, PHX_INVALID, -1,
                    "a place is by start or latency, not by number");
    if ((status = cursor_new(store, CURSOR_TRACES, &cursor, err)) < 0)
        return status;
    status = condition_read(&cursor->arena, PHX_FILTER_TRACES, wanted.filter,
                            &condition, err);
    if (status >= 0)
        status = search_read(&cursor->arena, wanted.search, &words, err);
    if (status >= 0)
        status = store_read_traces(cursor->store, &wanted, &condition, &words,
                                   &cursor->arena, &rows, &cursor->count, err);
    return cursor_give_list(cursor, rows, status, out);
}

phx_status phx_cursor_next_trace(phx_cursor *cursor, const phx_trace **out,
                                 phx_error *err)
{
    if (cursor == NULL || out == NULL || cursor->kind != CURSOR_TRACES)
        return fail_argument(err);
    *out = cursor_next_row(cursor, sizeof **out);
    return *out ? PHX_OK : PHX_DONE;
}

phx_status phx_store_find_sessions(phx_store *store,
                                   const phx_session_query *query,
                                   phx_cursor **out, phx_error *err)
{
    phx_session_query wanted = PHX_SESSION_QUERY_INIT;
    struct store_condition condition;
    phx_cursor *cursor;
    phx_session *rows = NULL;
    phx_status status;

    if (store == NULL || out == NULL ||
        !take_options(&wanted, sizeof wanted, query) || wanted.order < 0 ||
        wanted.order > PHX_OLDEST_FIRST)
        return fail_argument(err);
    if ((status = cursor_new(store, CURSOR_SESSIONS, &cursor, err)) < 0)
        return status;
    status = condition_read(&cursor->arena, PHX_FILTER_SESSIONS, wanted.filter,
                            &condition, err);
    if (status >= 0)
        status =
            store_read_sessions(cursor->store, &wanted, &condition,
                                &cursor->arena, &rows, &cursor->count, err);
    return cursor_give_list(cursor, rows, status, out);
}

phx_status phx_cursor_next_session(phx_cursor *cursor, const phx_session **out,
                                   phx_error *err)
{
    if (cursor == NULL || out == NULL || cursor->kind != CURSOR_SESSIONS)
        return fail_argument(err);
    *out = cursor_next_row(cursor, sizeof **out);
    return *out ? PHX_OK : PHX_DONE;
}

phx_status phx_store_find_projects(phx_store *store, phx_id only, phx_id from,
                                   const char *name_contains, int64_t limit,
                                   phx_cursor **out, phx_error *err)
{
    phx_cursor *cursor;
    phx_project *rows = NULL;
    phx_status status;

    if (store == NULL || out == NULL)
        return fail_argument(err);
    if ((status = cursor_new(store, CURSOR_PROJECTS, &cursor, err)) < 0)
        return status;
    status =
        store_read_projects(cursor->store, only, from, text_of(name_contains),
                            limit, &cursor->arena, &rows, &cursor->count, err);
    return cursor_give_list(cursor, rows, status, out);
}

phx_status phx_cursor_next_project(phx_cursor *cursor, const phx_project **out,
                                   phx_error *err)
{
    if (cursor == NULL || out == NULL || cursor->kind != CURSOR_PROJECTS)
        return fail_argument(err);
    *out = cursor_next_row(cursor, sizeof **out);
    return *out ? PHX_OK : PHX_DONE;
}

static bool rollup_is_sound(const phx_rollup_query *query)
{
    bool sound = (query->of == PHX_SPAN ||
                  (query->of == PHX_TRACE && query->kinds == 0)) &&
                 query->bin >= 0 && query->bin <= PHX_BIN_YEAR &&
                 query->utc_offset >= -1440 && query->utc_offset <= 1440 &&
                 query->quantile_count <= 16 && query->flags >= 0 &&
                 query->flags <= (PHX_ROLLUP_TEXTS | PHX_ROLLUP_EXCEPTIONS) &&
                 (query->quantiles != NULL || query->quantile_count == 0);

    for (size_t i = 0; sound && i < query->quantile_count; i++)
        sound = query->quantiles[i] >= 0 && query->quantiles[i] <= 1;
    return sound;
}

phx_status phx_store_roll_up(phx_store *store, const phx_rollup_query *query,
                             phx_cursor **out, phx_error *err)
{
    phx_rollup_query wanted = PHX_ROLLUP_QUERY_INIT;
    phx_cursor *cursor;
    phx_rollup *rows = NULL;
    phx_status status;

    if (store == NULL || out == NULL ||
        !take_options(&wanted, sizeof wanted, query) ||
        !rollup_is_sound(&wanted))
        return fail_argument(err);
    if (wanted.bin != PHX_BIN_NONE && wanted.start_time == 0)
        return fail(err, PHX_INVALID, -1, "bins need a start time");
    if (wanted.bin != PHX_BIN_NONE && wanted.end_time == 0)
        wanted.end_time = time_now();
    if ((status = cursor_new(store, CURSOR_ROLLUPS, &cursor, err)) < 0)
        return status;
    status = store_roll_up(cursor->store, &wanted, &cursor->arena, &rows,
                           &cursor->count, err);
    return cursor_give_list(cursor, rows, status, out);
}

phx_status phx_cursor_next_rollup(phx_cursor *cursor, const phx_rollup **out,
                                  phx_error *err)
{
    if (cursor == NULL || out == NULL || cursor->kind != CURSOR_ROLLUPS)
        return fail_argument(err);
    *out = cursor_next_row(cursor, sizeof **out);
    return *out ? PHX_OK : PHX_DONE;
}

phx_status phx_store_find_costs(phx_store *store, phx_id span, phx_cursor **out,
                                phx_error *err)
{
    phx_cursor *cursor;
    phx_cost *rows = NULL;
    phx_status status;

    if (store == NULL || out == NULL)
        return fail_argument(err);
    if ((status = cursor_new(store, CURSOR_COSTS, &cursor, err)) < 0)
        return status;
    status = store_read_costs(cursor->store, span, &cursor->arena, &rows,
                              &cursor->count, err);
    return cursor_give_list(cursor, rows, status, out);
}

phx_status phx_cursor_next_cost(phx_cursor *cursor, const phx_cost **out,
                                phx_error *err)
{
    if (cursor == NULL || out == NULL || cursor->kind != CURSOR_COSTS)
        return fail_argument(err);
    *out = cursor_next_row(cursor, sizeof **out);
    return *out ? PHX_OK : PHX_DONE;
}

phx_status phx_store_find_policies(phx_store *store, phx_id only,
                                   phx_cursor **out, phx_error *err)
{
    phx_cursor *cursor;
    phx_retention_policy *rows = NULL;
    phx_status status;

    if (store == NULL || out == NULL)
        return fail_argument(err);
    if ((status = cursor_new(store, CURSOR_POLICIES, &cursor, err)) < 0)
        return status;
    status = store_read_policies(cursor->store, only, &cursor->arena, &rows,
                                 &cursor->count, err);
    return cursor_give_list(cursor, rows, status, out);
}

phx_status phx_cursor_next_policy(phx_cursor *cursor,
                                  const phx_retention_policy **out,
                                  phx_error *err)
{
    if (cursor == NULL || out == NULL || cursor->kind != CURSOR_POLICIES)
        return fail_argument(err);
    *out = cursor_next_row(cursor, sizeof **out);
    return *out ? PHX_OK : PHX_DONE;
}

phx_status phx_store_find_configs(phx_store *store,
                                  const phx_config_query *query,
                                  phx_cursor **out, phx_error *err)
{
    phx_config_query wanted = PHX_CONFIG_QUERY_INIT;
    phx_cursor *cursor;
    phx_annotation_config *rows = NULL;
    phx_status status;

    if (store == NULL || out == NULL ||
        !take_options(&wanted, sizeof wanted, query) ||
        (wanted.name.data == NULL && wanted.name.size != 0))
        return fail_argument(err);
    if ((status = cursor_new(store, CURSOR_CONFIGS, &cursor, err)) < 0)
        return status;
    status = store_read_configs(cursor->store, &wanted, &cursor->arena, &rows,
                                &cursor->count, err);
    return cursor_give_list(cursor, rows, status, out);
}

phx_status phx_cursor_next_config(phx_cursor *cursor,
                                  const phx_annotation_config **out,
                                  phx_error *err)
{
    if (cursor == NULL || out == NULL || cursor->kind != CURSOR_CONFIGS)
        return fail_argument(err);
    *out = cursor_next_row(cursor, sizeof **out);
    return *out ? PHX_OK : PHX_DONE;
}

phx_status phx_store_find_datasets(phx_store *store, phx_id only, phx_id from,
                                   const char *name, int64_t limit,
                                   phx_cursor **out, phx_error *err)
{
    phx_cursor *cursor;
    phx_dataset *rows = NULL;
    phx_status status;

    if (store == NULL || out == NULL)
        return fail_argument(err);
    if ((status = cursor_new(store, CURSOR_DATASETS, &cursor, err)) < 0)
        return status;
    status =
        store_read_datasets(cursor->store, only, from, text_of(name), limit,
                            &cursor->arena, &rows, &cursor->count, err);
    return cursor_give_list(cursor, rows, status, out);
}

phx_status phx_cursor_next_dataset(phx_cursor *cursor, const phx_dataset **out,
                                   phx_error *err)
{
    if (cursor == NULL || out == NULL || cursor->kind != CURSOR_DATASETS)
        return fail_argument(err);
    *out = cursor_next_row(cursor, sizeof **out);
    return *out ? PHX_OK : PHX_DONE;
}

phx_status phx_store_find_versions(phx_store *store, phx_id dataset,
                                   phx_id from, int64_t limit, phx_cursor **out,
                                   phx_error *err)
{
    phx_cursor *cursor;
    phx_dataset_version *rows = NULL;
    phx_status status;

    if (store == NULL || out == NULL)
        return fail_argument(err);
    if ((status = cursor_new(store, CURSOR_VERSIONS, &cursor, err)) < 0)
        return status;
    status = store_read_versions(cursor->store, dataset, from, limit,
                                 &cursor->arena, &rows, &cursor->count, err);
    return cursor_give_list(cursor, rows, status, out);
}

phx_status phx_cursor_next_version(phx_cursor *cursor,
                                   const phx_dataset_version **out,
                                   phx_error *err)
{
    if (cursor == NULL || out == NULL || cursor->kind != CURSOR_VERSIONS)
        return fail_argument(err);
    *out = cursor_next_row(cursor, sizeof **out);
    return *out ? PHX_OK : PHX_DONE;
}

phx_status phx_store_find_splits(phx_store *store, phx_id only,
                                 const char *name, phx_id dataset,
                                 phx_cursor **out, phx_error *err)
{
    phx_cursor *cursor;
    phx_split *rows = NULL;
    phx_status status;

    if (store == NULL || out == NULL)
        return fail_argument(err);
    if ((status = cursor_new(store, CURSOR_SPLITS, &cursor, err)) < 0)
        return status;
    status = store_read_splits(cursor->store, only, text_of(name), dataset,
                               &cursor->arena, &rows, &cursor->count, err);
    return cursor_give_list(cursor, rows, status, out);
}

phx_status phx_cursor_next_split(phx_cursor *cursor, const phx_split **out,
                                 phx_error *err)
{
    if (cursor == NULL || out == NULL || cursor->kind != CURSOR_SPLITS)
        return fail_argument(err);
    *out = cursor_next_row(cursor, sizeof **out);
    return *out ? PHX_OK : PHX_DONE;
}

phx_status phx_store_find_labels(phx_store *store, phx_id only, phx_id dataset,
                                 phx_id from, int64_t limit, phx_cursor **out,
                                 phx_error *err)
{
    phx_cursor *cursor;
    phx_dataset_label *rows = NULL;
    phx_status status;

    if (store == NULL || out == NULL)
        return fail_argument(err);
    if ((status = cursor_new(store, CURSOR_LABELS, &cursor, err)) < 0)
        return status;
    status = store_read_labels(cursor->store, only, dataset, from, limit,
                               &cursor->arena, &rows, &cursor->count, err);
    return cursor_give_list(cursor, rows, status, out);
}

phx_status phx_cursor_next_label(phx_cursor *cursor,
                                 const phx_dataset_label **out, phx_error *err)
{
    if (cursor == NULL || out == NULL || cursor->kind != CURSOR_LABELS)
        return fail_argument(err);
    *out = cursor_next_row(cursor, sizeof **out);
    return *out ? PHX_OK : PHX_DONE;
}

phx_status phx_store_find_prompts(phx_store *store, phx_id only, phx_id from,
                                  const char *name, int64_t limit,
                                  phx_cursor **out, phx_error *err)
{
    phx_cursor *cursor;
    phx_prompt *rows = NULL;
    phx_status status;

    if (store == NULL || out == NULL)
        return fail_argument(err);
    if ((status = cursor_new(store, CURSOR_PROMPTS, &cursor, err)) < 0)
        return status;
    status = store_read_prompts(cursor->store, only, from, text_of(name), limit,
                                &cursor->arena, &rows, &cursor->count, err);
    return cursor_give_list(cursor, rows, status, out);
}

phx_status phx_cursor_next_prompt(phx_cursor *cursor, const phx_prompt **out,
                                  phx_error *err)
{
    if (cursor == NULL || out == NULL || cursor->kind != CURSOR_PROMPTS)
        return fail_argument(err);
    *out = cursor_next_row(cursor, sizeof **out);
    return *out ? PHX_OK : PHX_DONE;
}

phx_status phx_store_find_prompt_tags(phx_store *store, phx_id prompt,
                                      phx_id version, phx_id from,
                                      int64_t limit, phx_cursor **out,
                                      phx_error *err)
{
    phx_cursor *cursor;
    phx_prompt_tag *rows = NULL;
    phx_status status;

    if (store == NULL || out == NULL)
        return fail_argument(err);
    if ((status = cursor_new(store, CURSOR_PROMPT_TAGS, &cursor, err)) < 0)
        return status;
    status = store_read_prompt_tags(cursor->store, prompt, version, from, limit,
                                    &cursor->arena, &rows, &cursor->count, err);
    return cursor_give_list(cursor, rows, status, out);
}

phx_status phx_cursor_next_prompt_tag(phx_cursor *cursor,
                                      const phx_prompt_tag **out,
                                      phx_error *err)
{
    if (cursor == NULL || out == NULL || cursor->kind != CURSOR_PROMPT_TAGS)
        return fail_argument(err);
    *out = cursor_next_row(cursor, sizeof **out);
    return *out ? PHX_OK : PHX_DONE;
}

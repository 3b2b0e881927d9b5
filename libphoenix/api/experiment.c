/*
 * experiment.c - experiments, their runs, evaluations and tags: arguments are
 * checked, texts within their bounds and JSON where they are to be.
 */
#include "base/base.h"

#include "api/inside.h"

#include <math.h>

enum { SHORT_TEXT = 4096, LONG_TEXT = 1 << 20, JSON_SIZE = 16 << 20 };

/* --- texts --------------------------------------------------------------------- */

enum wanted { ANY_JSON, AN_OBJECT, AN_ARRAY };

/* A text that is JSON; item -1 for none. */
static phx_status check_json(struct arena *arena, phx_text text, size_t limit,
                             enum wanted wanted, const char *what, int64_t item,
                             phx_error *err)
{
    static const char *const kinds[] = {"JSON", "JSON object", "JSON array"};
    struct value value = value_null();
    phx_error why = {0};
    phx_status status;

    if (text.data == NULL)
        return PHX_OK;
    if ((status = text_check(text, limit, what, item, err)) < 0)
        return status;
    arena_reset(arena);
    status = json_read(arena, text, 0, &value, &why);
    if (status == PHX_NO_MEMORY)
        return fail_memory(err, text.size);
    if (status >= 0 && (wanted == ANY_JSON ||
                        (wanted == AN_OBJECT && value.kind == JSON_OBJECT) ||
                        (wanted == AN_ARRAY && value.kind == JSON_ARRAY)))
        return PHX_OK;
    return fail(err, PHX_INVALID, item, "the %s is no %s%s%s", what,
                kinds[wanted], status < 0 ? ": " : "",
                status < 0 ? why.message : "");
}

/* Whether one has no bytes, but a size. */
static bool texts_are_misused(const phx_text *texts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (texts[i].data == NULL && texts[i].size != 0)
            return true;
    }
    return false;
}

/* --- experiments --------------------------------------------------------------- */

static bool experiment_is_misused(const phx_experiment_item *item)
{
    const phx_text texts[] = {item->name, item->description, item->metadata,
                              item->parameters, item->evaluators};

    return texts_are_misused(texts, sizeof texts / sizeof *texts) ||
           item->version < 0 ||
           (item->examples == NULL && item->example_count != 0) ||
           (item->splits == NULL && item->split_count != 0);
}

static phx_status check_told(struct arena *arena, phx_text name,
                             phx_text description, phx_text metadata,
                             phx_error *err)
{
    phx_status status;

    if ((status = text_check(name, SHORT_TEXT, "name", -1, err)) < 0 ||
        (status = text_check(description, JSON_SIZE, "description", -1, err)) <
            0)
        return status;
    return check_json(arena, metadata, JSON_SIZE, AN_OBJECT, "metadata", -1,
                      err);
}

static phx_status check_experiment(struct arena *arena,
                                   phx_experiment_item *item, phx_error *err)
{
    phx_status status;

    if (item->repetitions < 1)
        return fail(err, PHX_INVALID, -1, "%lld repetitions are none",
                    (long long)item->repetitions);
    if (item->repetitions > PHX_MOST_REPETITIONS)
        return fail(err, PHX_TOO_BIG, -1, "%lld repetitions, the limit is %d",
                    (long long)item->repetitions, PHX_MOST_REPETITIONS);
    if ((status = check_told(arena, item->name, item->description,
                             item->metadata, err)) < 0 ||
        (status = check_json(arena, item->parameters, JSON_SIZE, AN_OBJECT,
                             "parameters", -1, err)) < 0 ||
        (status = check_json(arena, item->evaluators, JSON_SIZE, AN_ARRAY,
                             "list of evaluators", -1, err)) < 0)
        return status;
    if (item->metadata.data == NULL)
        item->metadata = text_of("{}");
    if (item->parameters.data == NULL)
        item->parameters = text_of("{}");
    if (item->evaluators.data == NULL)
        item->evaluators = text_of("[]");
    return PHX_OK;
}

phx_status phx_experiment_create(phx_store *store,
                                 const phx_experiment_item *item, phx_id *out,
                                 phx_error *err)
{
    phx_experiment_item wanted = PHX_EXPERIMENT_ITEM_INIT;
    struct arena arena;
    phx_status status;

    if (store == NULL || item == NULL || out == NULL ||
        !take_options(&wanted, sizeof wanted, item) ||
        experiment_is_misused(&wanted))
        return fail_argument(err);
    arena_init(&arena, SIZE_MAX);
    if ((status = check_experiment(&arena, &wanted, err)) >= 0)
        status = store_create_experiment(store->store, &wanted, out, err);
    arena_clear(&arena);
    return status;
}

phx_status phx_experiment_update(phx_store *store, phx_id experiment,
                                 const char *name, const char *description,
                                 const char *metadata, int32_t flags,
                                 phx_error *err)
{
    phx_text told[] = {text_of(name), text_of(description), text_of(metadata)};
    bool clear = flags == PHX_CLEAR_DESCRIPTION;
    struct arena arena;
    phx_status status;

    if (store == NULL || flags < 0 || flags > PHX_CLEAR_DESCRIPTION ||
        (clear && description != NULL))
        return fail_argument(err);
    arena_init(&arena, SIZE_MAX);
    if ((status = check_told(&arena, told[0], told[1], told[2], err)) >= 0)
        status = store_update_experiment(store->store, experiment, told[0],
                                         told[1], told[2], clear, err);
    arena_clear(&arena);
    return status;
}

phx_status phx_experiment_delete(phx_store *store, phx_id experiment,
                                 int32_t with_project, phx_error *err)
{
    if (store == NULL || with_project < 0 || with_project > 1)
        return fail_argument(err);
    return store_delete_experiment(store->store, experiment, with_project, err);
}

/* --- runs ---------------------------------------------------------------------- */

static phx_status check_run(struct arena *arena, const phx_run_item *item,
                            size_t i, phx_error *err)
{
    const phx_text texts[] = {item->output, item->error, item->trace_id};
    int64_t at = (int64_t)i;
    phx_status status;

    if (texts_are_misused(texts, sizeof texts / sizeof *texts))
        return fail_argument(err);
    if (item->repetition < 1)
        return fail(err, PHX_INVALID, at, "the repetition %lld is below 1",
                    (long long)item->repetition);
    if ((status = text_check(item->error, LONG_TEXT, "error", at, err)) < 0 ||
        (status = text_check(item->trace_id, SHORT_TEXT, "trace id", at, err)) <
            0)
        return status;
    return check_json(arena, item->output, JSON_SIZE, ANY_JSON, "output", at,
                      err);
}

phx_status phx_experiment_put_runs(phx_store *store, phx_id experiment,
                                   const phx_run_item *items, size_t count,
                                   phx_id *ids, phx_error *err)
{
    struct arena arena;
    phx_status status = PHX_OK;

    if (store == NULL || (items == NULL && count != 0))
        return fail_argument(err);
    arena_init(&arena, SIZE_MAX);
    for (size_t i = 0; i < count && status >= 0; i++)
        status = check_run(&arena, &items[i], i, err);
    arena_clear(&arena);
    return status < 0 ? status
                      : store_put_runs(store->store, experiment, items, count,
                                       ids, err);
}

/* --- evaluations --------------------------------------------------------------- */

static bool evaluation_is_misused(const phx_evaluation_item *item)
{
    const phx_text texts[] = {item->name,  item->label,    item->explanation,
                              item->error, item->trace_id, item->metadata};

    return texts_are_misused(texts, sizeof texts / sizeof *texts) ||
           item->annotator < PHX_ANNOTATOR_LLM ||
           item->annotator > PHX_ANNOTATOR_HUMAN || item->has_score < 0 ||
           item->has_score > 1;
}

static phx_status check_evaluation(struct arena *arena,
                                   const phx_evaluation_item *item, size_t i,
                                   phx_error *err)
{
    int64_t at = (int64_t)i;
    phx_status status;

    if (evaluation_is_misused(item))
        return fail_argument(err);
    if (item->name.size == 0)
        return fail(err, PHX_INVALID, at, "the name is empty");
    if (item->has_score && !isfinite(item->score))
        return fail(err, PHX_INVALID, at, "the score is not finite");
    if ((status = text_check(item->name, SHORT_TEXT, "name", at, err)) < 0 ||
        (status = text_check(item->label, SHORT_TEXT, "label", at, err)) < 0 ||
        (status = text_check(item->explanation, LONG_TEXT, "explanation", at,
                             err)) < 0 ||
        (status = text_check(item->error, LONG_TEXT, "error", at, err)) < 0 ||
        (status = text_check(item->trace_id, SHORT_TEXT, "trace id", at, err)) <
            0)
        return status;
    return check_json(arena, item->metadata, LONG_TEXT, AN_OBJECT, "metadata",
                      at, err);
}

phx_status phx_store_put_evaluations(phx_store *store,
                                     const phx_evaluation_item *items,
                                     size_t count, phx_id *ids, phx_error *err)
{
    struct arena arena;
    phx_status status = PHX_OK;

    if (store == NULL || (items == NULL && count != 0))
        return fail_argument(err);
    arena_init(&arena, SIZE_MAX);
    for (size_t i = 0; i < count && status >= 0; i++)
        status = check_evaluation(&arena, &items[i], i, err);
    arena_clear(&arena);
    return status < 0
               ? status
               : store_put_evaluations(store->store, items, count, ids, err);
}

/* --- tags ---------------------------------------------------------------------- */

phx_status phx_experiment_set_tag(phx_store *store, phx_id experiment,
                                  const char *name, const char *description,
                                  phx_id *out, phx_error *err)
{
    phx_text text = text_of(name), about = text_of(description);
    phx_status status;

    if (store == NULL || name == NULL || out == NULL)
        return fail_argument(err);
    if (text.size == 0)
        return fail(err, PHX_INVALID, -1, "the tag's name is empty");
    if ((status = text_check(text, SHORT_TEXT, "tag's name", -1, err)) < 0 ||
        (status = text_check(about, JSON_SIZE, "description", -1, err)) < 0)
        return status;
    return store_set_tag(store->store, experiment, text, about, out, err);
}

phx_status phx_experiment_delete_tag(phx_store *store, phx_id experiment,
                                     const char *name, phx_error *err)
{
    if (store == NULL || name == NULL)
        return fail_argument(err);
    return store_delete_tag(store->store, experiment, text_of(name), err);
}

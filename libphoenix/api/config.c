/*
 * config.c - annotation configs' part of phoenix.h: arguments are checked, and
 * choices brought to one form.
 */
#include "base/base.h"

#include "api/inside.h"

#include "json/json.h"

#include <math.h>

enum { LONGEST_NAME = 4096, LONGEST_TEXT = 1 << 20 };

static bool is_misused(const phx_annotation_config *config)
{
    const phx_text texts[] = {config->name, config->description,
                              config->choices};
    int32_t may = config->type == PHX_FREEFORM
                      ? PHX_LOWER_BOUND | PHX_UPPER_BOUND | PHX_THRESHOLD
                  : config->type == PHX_CONTINUOUS
                      ? PHX_LOWER_BOUND | PHX_UPPER_BOUND
                      : 0;

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (texts[i].data == NULL && texts[i].size != 0)
            return true;
    }
    return config->type < PHX_CATEGORICAL || config->type > PHX_FREEFORM ||
           config->direction < PHX_NO_DIRECTION ||
           config->direction > PHX_NEITHER ||
           (config->direction == PHX_NO_DIRECTION &&
            config->type != PHX_FREEFORM) ||
           (config->bounds & ~may) != 0 ||
           (config->choices.data != NULL) != (config->type == PHX_CATEGORICAL);
}

static phx_status check_bounds(const phx_annotation_config *config,
                               phx_error *err)
{
    const double values[] = {config->lower_bound, config->upper_bound,
                             config->threshold};

    for (int i = 0; i < 3; i++) {
        if ((config->bounds & 1 << i) && !isfinite(values[i]))
            return fail(err, PHX_INVALID, -1, "a bound is not finite");
    }
    if ((config->bounds & PHX_LOWER_BOUND) &&
        (config->bounds & PHX_UPPER_BOUND) &&
        config->lower_bound >= config->upper_bound)
        return fail(err, PHX_INVALID, -1,
                    "the lower bound must be below the upper bound");
    return PHX_OK;
}

/* --- choices -------------------------------------------------------------------- */

static phx_status check_choice(const struct value *choice,
                               struct json_writer *json, phx_error *err)
{
    const struct value *label = value_member(choice, "label");
    const struct value *score = value_member(choice, "score");
    bool scored = score != NULL && score->kind != JSON_NULL;

    if (label == NULL || label->kind != JSON_TEXT || label->text.size == 0)
        return fail(err, PHX_INVALID, -1, "a choice's label must be a text");
    if (scored && score->kind != JSON_INT &&
        (score->kind != JSON_REAL || !isfinite(score->real)))
        return fail(err, PHX_INVALID, -1,
                    "a choice's score must be a finite number");
    json_open_object(json);
    json_key(json, "label");
    json_text(json, label->text);
    json_key(json, "score");
    if (scored)
        json_real(json, score->kind == JSON_INT ? (double)score->integer
                                                : score->real);
    else
        json_null(json);
    json_close_object(json);
    return PHX_OK;
}

/* Labels are told apart by their first places. */
static phx_status check_labels(const struct value *list, phx_error *err)
{
    for (uint32_t i = 1; i < list->count; i++) {
        phx_text label = value_member(&list->items[i], "label")->text;
        for (uint32_t j = 0; j < i; j++) {
            if (text_equal(value_member(&list->items[j], "label")->text, label))
                return fail(err, PHX_INVALID, -1,
                            "the label '%.*s' is there twice",
                            label.size < 64 ? (int)label.size : 64, label.data);
        }
    }
    return PHX_OK;
}

static phx_status write_choices(const struct value *list, struct buf *out,
                                phx_error *err)
{
    struct json_writer json;
    phx_status status = PHX_OK;

    if (list->kind != JSON_ARRAY || list->count == 0)
        return fail(err, PHX_INVALID, -1,
                    "a categorical config needs at least one choice");
    if (list->count > PHX_MOST_CHOICES)
        return fail(err, PHX_TOO_BIG, -1, "%u choices, the limit is %d",
                    (unsigned)list->count, PHX_MOST_CHOICES);
    json_begin(&json, out);
    json_open_array(&json);
    for (uint32_t i = 0; i < list->count && status >= 0; i++)
        status = check_choice(&list->items[i], &json, err);
    json_close_array(&json);
    if (status < 0 || (status = check_labels(list, err)) < 0)
        return status;
    return buf_status(out, "a config's choices", err);
}

/* The same in one form, in the arena. */
static phx_status read_choices(struct arena *arena, phx_text *choices,
                               phx_error *err)
{
    struct value list;
    struct buf out;
    phx_status status;

    if (choices->data == NULL)
        return PHX_OK;
    if ((status = json_read(arena, *choices, 0, &list, err)) < 0)
        return status == PHX_NO_MEMORY
                   ? status
                   : fail(err, PHX_INVALID, -1, "the choices are no JSON");
    buf_init(&out, 4 * LONGEST_TEXT);
    if ((status = write_choices(&list, &out, err)) >= 0) {
        *choices = text_span(out.data, out.size);
        status = arena_keep(arena, choices, err);
    }
    buf_clear(&out);
    return status;
}

/* A checked copy, as the store takes it. */
static phx_status copy_config(struct arena *arena,
                              const phx_annotation_config *config,
                              phx_annotation_config *out, phx_error *err)
{
    phx_status status;

    if (config == NULL || is_misused(config))
        return fail_argument(err);
    if (config->name.size == 0)
        return fail(err, PHX_INVALID, -1, "the config's name is empty");
    if ((status = text_check(config->name, LONGEST_NAME, "name", -1, err)) <
            0 ||
        (status = text_check(config->description, LONGEST_TEXT, "description",
                             -1, err)) < 0 ||
        (status = text_check(config->choices, LONGEST_TEXT, "choices", -1,
                             err)) < 0 ||
        (status = check_bounds(config, err)) < 0)
        return status;
    *out = *config;
    if (!(config->bounds & PHX_LOWER_BOUND))
        out->lower_bound = 0;
    if (!(config->bounds & PHX_UPPER_BOUND))
        out->upper_bound = 0;
    if (!(config->bounds & PHX_THRESHOLD))
        out->threshold = 0;
    return read_choices(arena, &out->choices, err);
}

/* --- calls ---------------------------------------------------------------------- */

phx_status phx_config_create(phx_store *store,
                             const phx_annotation_config *config, phx_id *out,
                             phx_error *err)
{
    phx_annotation_config row;
    struct arena arena;
    phx_status status;

    if (store == NULL || out == NULL)
        return fail_argument(err);
    arena_init(&arena, SIZE_MAX);
    if ((status = copy_config(&arena, config, &row, err)) >= 0)
        status = store_create_config(store->store, &row, out, err);
    arena_clear(&arena);
    return status;
}

phx_status phx_config_update(phx_store *store,
                             const phx_annotation_config *config,
                             phx_error *err)
{
    phx_annotation_config row;
    struct arena arena;
    phx_status status;

    if (store == NULL)
        return fail_argument(err);
    arena_init(&arena, SIZE_MAX);
    if ((status = copy_config(&arena, config, &row, err)) >= 0)
        status = store_update_config(store->store, &row, err);
    arena_clear(&arena);
    return status;
}

phx_status phx_config_delete(phx_store *store, phx_id config, phx_error *err)
{
    if (store == NULL)
        return fail_argument(err);
    return store_delete_config(store->store, config, err);
}

phx_status phx_project_set_configs(phx_store *store, phx_id project,
                                   const phx_id *configs, size_t count,
                                   phx_error *err)
{
    if (store == NULL || (configs == NULL && count != 0))
        return fail_argument(err);
    return store_assign_configs(store->store, project, configs, count,
                                CONFIGS_ARE, err);
}

phx_status phx_project_set_config(phx_store *store, phx_id project,
                                  phx_id config, int32_t assigned,
                                  phx_error *err)
{
    if (store == NULL || assigned < 0 || assigned > 1)
        return fail_argument(err);
    return store_assign_configs(store->store, project, &config, 1,
                                assigned ? CONFIGS_JOIN : CONFIGS_LEAVE, err);
}

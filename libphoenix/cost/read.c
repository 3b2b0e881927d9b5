/*
 * read.c - a price list as JSON. What is wrong is told with its place,
 * "models[3].prices[1].rate is not a number", and refused rather than guessed
 * at: a misspelt member would be a price that is silently not applied.
 */
#include "base/base.h"
#include "cost/cost.h"
#include "json/json.h"

#include <stdio.h>

#include "cost/inside.h"

enum { JSON_BYTES_LIMIT = 64 << 20, PLACE = 64 };

/* The object that is being read, and where it stands. */
struct object {
    const struct value *value;
    char place[PLACE];
    struct arena *arena;
    phx_error *err;
};

static phx_status wrong(const struct object *object, const char *key,
                        const char *what)
{
    return fail(object->err, PHX_INVALID, -1, "%s.%s %s", object->place, key,
                what);
}

/* Opens a value as an object with none but these members. */
static phx_status open_object(struct object *object, const struct value *value,
                              const char *const *members, size_t count)
{
    object->value = value;
    if (value->kind != JSON_OBJECT)
        return fail(object->err, PHX_INVALID, -1, "%s is not an object",
                    object->place);
    for (uint32_t i = 0; i < value->count; i++) {
        phx_text key = value->members[i].key;
        size_t known = 0;
        while (known < count && !text_is(key, members[known]))
            known++;
        if (known == count)
            return fail(object->err, PHX_INVALID, -1,
                        "%s has an unknown member '%.*s'", object->place,
                        (int)(key.size < PLACE ? key.size : PLACE), key.data);
    }
    return PHX_OK;
}

/* NULL for what is absent or null. */
static const struct value *member(const struct object *object, const char *key)
{
    const struct value *value = value_member(object->value, key);

    return value != NULL && value->kind != JSON_NULL ? value : NULL;
}

static phx_status read_text(const struct object *object, const char *key,
                            phx_text *out)
{
    const struct value *value = member(object, key);

    if (value == NULL || value->kind != JSON_TEXT)
        return wrong(object, key, "is not a text");
    *out = value->text;
    return PHX_OK;
}

static phx_status read_optional_text(const struct object *object,
                                     const char *key, phx_text *out)
{
    *out = text_of("");
    return member(object, key) == NULL ? PHX_OK : read_text(object, key, out);
}

static phx_status read_number(const struct object *object, const char *key,
                              double *out)
{
    const struct value *value = member(object, key);

    if (value != NULL && value->kind == JSON_INT)
        *out = (double)value->integer;
    else if (value != NULL && value->kind == JSON_REAL)
        *out = value->real;
    else
        return wrong(object, key, "is not a number");
    return PHX_OK;
}

static phx_status read_bool(const struct object *object, const char *key,
                            bool *out)
{
    const struct value *value = member(object, key);

    if (value == NULL || value->kind != JSON_BOOL)
        return wrong(object, key, "is not true or false");
    *out = value->integer != 0;
    return PHX_OK;
}

static phx_status read_optional_bool(const struct object *object,
                                     const char *key, bool *out)
{
    *out = false;
    return member(object, key) == NULL ? PHX_OK : read_bool(object, key, out);
}

static phx_status read_time(const struct object *object, const char *key,
                            uint64_t *out)
{
    phx_text text = {NULL, 0};
    phx_error why = {0};
    phx_status status;

    *out = 0;
    if (member(object, key) == NULL)
        return PHX_OK;
    if ((status = read_text(object, key, &text)) < 0)
        return status;
    if (time_read(text, TIME_NAIVE_UTC, out, &why) == PHX_OK)
        return PHX_OK;
    return fail(object->err, PHX_INVALID, -1, "%s.%s is not a time: %s",
                object->place, key, why.message);
}

static phx_status read_string(const struct object *object, const char *key,
                              const char **out)
{
    phx_text text = {NULL, 0};
    phx_status status = read_text(object, key, &text);

    if (status < 0)
        return status;
    if (text.size == 0 || memchr(text.data, '\0', text.size) != NULL)
        return wrong(object, key, "is empty or has a NUL");
    char *copy = arena_new(object->arena, size_add(text.size, 1));
    if (copy == NULL)
        return arena_status(object->arena, text.size, object->err);
    memcpy(copy, text.data, text.size);
    copy[text.size] = '\0';
    *out = copy;
    return PHX_OK;
}

static phx_status read_threshold(const struct object *price,
                                 struct price_rate *out)
{
    static const char *const members[] = {"type", "key", "threshold",
                                          "new_rate"};
    struct object threshold = *price;
    const struct value *value = member(price, "threshold");
    phx_status status;

    if (value == NULL)
        return PHX_OK;
    snprintf(threshold.place, PLACE, "%.40s.threshold", price->place);
    if ((status = open_object(&threshold, value, members, 4)) < 0)
        return status;
    value = member(&threshold, "type");
    if (value != NULL && !value_is_text(value, "threshold_based"))
        return wrong(&threshold, "type", "is not 'threshold_based'");
    if ((status = read_string(&threshold, "key", &out->threshold_key)) < 0 ||
        (status = read_number(&threshold, "threshold", &out->threshold)) < 0)
        return status;
    return read_number(&threshold, "new_rate", &out->rate_above);
}

static phx_status read_rate(struct object *price, const struct value *value,
                            struct price_rate *out)
{
    static const char *const members[] = {"token_type", "is_prompt", "rate",
                                          "threshold"};
    phx_status status;

    *out = (struct price_rate){.threshold_key = NULL};
    if ((status = open_object(price, value, members, 4)) < 0 ||
        (status = read_text(price, "token_type", &out->token_type)) < 0 ||
        (status = read_bool(price, "is_prompt", &out->is_prompt)) < 0 ||
        (status = read_number(price, "rate", &out->rate)) < 0)
        return status;
    return read_threshold(price, out);
}

static phx_status read_rates(const struct object *model,
                             struct price_model *out)
{
    const struct value *prices = member(model, "prices");
    struct object price = *model;
    phx_status status;

    if (prices == NULL || prices->kind != JSON_ARRAY)
        return wrong(model, "prices", "is not an array");
    size_t size = size_mul(prices->count, sizeof *out->rates);
    struct price_rate *rates = arena_new(model->arena, size);
    if (rates == NULL)
        return arena_status(model->arena, size, model->err);
    for (uint32_t i = 0; i < prices->count; i++) {
        snprintf(price.place, PLACE, "%.30s.prices[%u]", model->place, i);
        if ((status = read_rate(&price, &prices->items[i], &rates[i])) < 0)
            return status;
    }
    out->rates = rates;
    out->rate_count = prices->count;
    return PHX_OK;
}

static phx_status read_model(struct object *model, const struct value *value,
                             struct price_model *out)
{
    static const char *const members[] = {
        "id",          "name",       "name_pattern", "provider",
        "is_built_in", "start_time", "deleted",      "prices",
    };
    phx_status status;

    *out = (struct price_model){.id = 0};
    if ((status = open_object(model, value, members, 8)) < 0 ||
        (status = read_text(model, "name", &out->name)) < 0 ||
        (status = read_text(model, "name_pattern", &out->pattern)) < 0 ||
        (status = read_optional_text(model, "provider", &out->provider)) < 0 ||
        (status = read_optional_bool(model, "is_built_in", &out->is_built_in)) <
            0 ||
        (status = read_optional_bool(model, "deleted", &out->is_deleted)) < 0 ||
        (status = read_time(model, "start_time", &out->start_time)) < 0)
        return status;
    const struct value *id = member(model, "id");
    if (id == NULL || id->kind != JSON_INT)
        return wrong(model, "id", "is not an integer");
    out->id = id->integer;
    return read_rates(model, out);
}

/* The same failure, told with the place of the model. */
static phx_status add_model(struct price_list *list, const struct object *from,
                            const struct price_model *model)
{
    phx_error why = {0};
    phx_status status = price_list_add(list, model, &why);

    if (status < 0)
        return fail(from->err, status, why.offset, "%s: %s", from->place,
                    why.message);
    return PHX_OK;
}

static phx_status read_models(struct price_list *list, struct arena *arena,
                              const struct value *models, phx_error *err)
{
    struct object object = {.arena = arena, .err = err};
    struct price_model model;
    phx_status status;

    if (models->kind != JSON_ARRAY)
        return fail(err, PHX_INVALID, -1, "price list is not an array");
    for (uint32_t i = 0; i < models->count; i++) {
        snprintf(object.place, PLACE, "models[%u]", i);
        if ((status = read_model(&object, &models->items[i], &model)) < 0 ||
            (status = add_model(list, &object, &model)) < 0)
            return status;
    }
    return PHX_OK;
}

phx_status price_list_read(struct price_list *list, phx_text json,
                           phx_error *err)
{
    struct arena arena;
    struct value models;
    phx_status status;

    arena_init(&arena, JSON_BYTES_LIMIT);
    if ((status = json_read(&arena, json, 0, &models, err)) == PHX_OK)
        status = read_models(list, &arena, &models, err);
    arena_clear(&arena);
    return status;
}

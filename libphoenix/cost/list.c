/*
 * list.c - models and their rates, checked, copied and kept in the order in
 * which they are preferred, so that the first that matches a span is the one.
 */
#include "base/base.h"
#include "cost/cost.h"

#include <math.h>

#include "cost/inside.h"

enum { LIST_BYTES = 64 << 20, MOST_RATE = 1000000 };

phx_status price_list_init(struct price_list *list, phx_error *err)
{
    *list = (struct price_list){.rules = pattern_rules_new()};
    arena_init(&list->arena, LIST_BYTES);
    if (list->rules == NULL)
        return fail(err, PHX_NO_MEMORY, -1, "no memory for a list of prices");
    return PHX_OK;
}

void price_list_clear(struct price_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        pattern_free(list->entries[i]->pattern);
    memory_free(list->entries);
    memory_free(list->starts);
    pattern_rules_free(list->rules);
    arena_clear(&list->arena);
    *list = (struct price_list){.rules = NULL};
}

/* --- what a model must be ------------------------------------------------- */

static phx_status check_text(const char *what, phx_text text, bool may_be_empty,
                             phx_error *err)
{
    if (text.size > PRICE_TEXT)
        return fail(err, PHX_INVALID, -1, "%s is %zu bytes, limit is %d", what,
                    text.size, PRICE_TEXT);
    if (text.size == 0 && !may_be_empty)
        return fail(err, PHX_INVALID, -1, "%s is empty", what);
    return PHX_OK;
}

static phx_status check_rate(const struct price_model *model, size_t at,
                             phx_error *err)
{
    const struct price_rate *rate = &model->rates[at];
    bool switches = rate->threshold_key != NULL;
    phx_status status;

    if ((status = check_text("token type", rate->token_type, false, err)) < 0)
        return status;
    if (!(rate->rate >= 0 && rate->rate <= MOST_RATE) ||
        (switches && !(rate->rate_above >= 0 && rate->rate_above <= MOST_RATE)))
        return fail(err, PHX_INVALID, -1,
                    "rate of a token is not between 0 and %d", MOST_RATE);
    if (switches && !isfinite(rate->threshold))
        return fail(err, PHX_INVALID, -1, "threshold is not finite");
    for (size_t i = 0; i < at; i++) {
        if (model->rates[i].is_prompt == rate->is_prompt &&
            text_equal(model->rates[i].token_type, rate->token_type))
            return fail(err, PHX_INVALID, -1, "a token type comes twice");
    }
    return PHX_OK;
}

static phx_status check_model(const struct price_list *list,
                              const struct price_model *model, phx_error *err)
{
    phx_status status;

    if ((status = check_text("name", model->name, false, err)) < 0 ||
        (status = check_text("provider", model->provider, true, err)) < 0)
        return status;
    if (model->rate_count > PRICE_RATES)
        return fail(err, PHX_INVALID, -1, "model has %zu prices, limit is %d",
                    model->rate_count, PRICE_RATES);
    if (list->count >= PRICE_MODELS)
        return fail(err, PHX_TOO_BIG, -1, "over %d models", PRICE_MODELS);
    if (price_list_find(list, model->id) != NULL)
        return fail(err, PHX_INVALID, -1, "id %lld comes twice",
                    (long long)model->id);
    for (size_t i = 0; i < model->rate_count; i++) {
        if ((status = check_rate(model, i, err)) < 0)
            return status;
    }
    return PHX_OK;
}

/* --- copying it ----------------------------------------------------------- */

/* False: out of memory, as told by arena_status. */
static bool copy_text(struct arena *arena, phx_text *text)
{
    text->data = arena_copy(arena, text->data, text->size);
    return text->data != NULL;
}

static bool copy_rates(struct arena *arena, struct price_model *model)
{
    size_t size = model->rate_count * sizeof *model->rates;
    struct price_rate *rates = arena_copy(arena, model->rates, size);

    for (size_t i = 0; rates != NULL && i < model->rate_count; i++) {
        const char *key = rates[i].threshold_key;
        if (!copy_text(arena, &rates[i].token_type))
            return false;
        if (key == NULL)
            continue;
        rates[i].threshold_key = arena_copy(arena, key, strlen(key) + 1);
        if (rates[i].threshold_key == NULL)
            return false;
    }
    model->rates = rates;
    return rates != NULL;
}

static phx_status copy_model(struct price_list *list,
                             const struct price_model *model,
                             struct price_entry **out, phx_error *err)
{
    struct arena *arena = &list->arena;
    struct price_entry *entry = arena_new(arena, sizeof *entry);

    if (entry != NULL) {
        *entry = (struct price_entry){.model = *model};
        entry->specificity = price_specificity(model->pattern);
    }
    if (entry == NULL || !copy_text(arena, &entry->model.name) ||
        !copy_text(arena, &entry->model.pattern) ||
        !copy_text(arena, &entry->model.provider) ||
        !copy_rates(arena, &entry->model))
        return arena_status(arena, sizeof *entry, err);
    *out = entry;
    return PHX_OK;
}

/* --- putting it where it belongs ------------------------------------------ */

static bool is_preferred(const struct price_entry *a,
                         const struct price_entry *b)
{
    if (a->model.is_built_in != b->model.is_built_in)
        return b->model.is_built_in;
    if (a->specificity != b->specificity)
        return a->specificity > b->specificity;
    if (a->model.start_time != b->model.start_time)
        return a->model.start_time > b->model.start_time;
    return a->model.is_built_in ? a->model.id < b->model.id
                                : a->model.id > b->model.id;
}

size_t price_list_era(const struct price_list *list, uint64_t time)
{
    size_t low = 0, high = list->start_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (list->starts[middle] <= time)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static phx_status add_start(struct price_list *list, uint64_t start,
                            phx_error *err)
{
    size_t at = price_list_era(list, start);

    if (at > 0 && list->starts[at - 1] == start)
        return PHX_OK;
    uint64_t *starts = memory_grow(list->starts, &list->start_capacity,
                                   list->start_count, sizeof *starts, err);
    if (starts == NULL)
        return PHX_NO_MEMORY;
    list->starts = starts;
    memmove(starts + at + 1, starts + at,
            (list->start_count++ - at) * sizeof *starts);
    starts[at] = start;
    return PHX_OK;
}

static void insert(struct price_list *list, struct price_entry *entry)
{
    size_t at = list->count++;

    for (; at > 0 && is_preferred(entry, list->entries[at - 1]); at--)
        list->entries[at] = list->entries[at - 1];
    list->entries[at] = entry;
}

phx_status price_list_add(struct price_list *list,
                          const struct price_model *model, phx_error *err)
{
    struct price_entry *entry = NULL;
    phx_status status;

    if ((status = check_model(list, model, err)) < 0)
        return status;
    struct price_entry **entries = memory_grow(
        list->entries, &list->capacity, list->count, sizeof *entries, err);
    if (entries == NULL)
        return PHX_NO_MEMORY;
    list->entries = entries;
    if ((status = copy_model(list, model, &entry, err)) < 0 ||
        (status = add_start(list, model->start_time, err)) < 0 ||
        (status = pattern_new(list->rules, model->pattern, &entry->pattern,
                              err)) < 0)
        return status;
    insert(list, entry);
    return PHX_OK;
}

const struct price_model *price_list_find(const struct price_list *list,
                                          int64_t id)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->entries[i]->model.id == id)
            return &list->entries[i]->model;
    }
    return NULL;
}

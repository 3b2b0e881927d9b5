/*
 * prices.h: a price list from JSON and the model it has for a name.
 */
#ifndef PRICES_H
#define PRICES_H

#include "base/base.h"
#include "cost/cost.h"

static inline void prices_open(struct price_list *list, const char *json)
{
    succeeds(price_list_init(list, err));
    succeeds(price_list_read(list, text_of(json), err));
}

/* Of a matcher made for this question alone. */
static inline const struct price_model *
prices_match(const struct price_list *list, const char *name,
             const char *provider, uint64_t start_time)
{
    struct price_matcher matcher;
    const struct price_model *model;

    succeeds(price_matcher_init(&matcher, list, err));
    succeeds(price_match(&matcher, text_of(name), text_of(provider), start_time,
                         &model, err));
    price_matcher_clear(&matcher);
    return model;
}

#endif

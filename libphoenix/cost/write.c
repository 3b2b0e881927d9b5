/*
 * write.c - the built-in prices as the JSON that read.c takes, so that a store
 * can keep the prices of its day.
 */
#include "base/base.h"
#include "cost/cost.h"
#include "json/json.h"

static void write_rate(struct json_writer *json, const struct price_rate *rate)
{
    json_open_object(json);
    json_key(json, "token_type");
    json_text(json, rate->token_type);
    json_key(json, "is_prompt");
    json_bool(json, rate->is_prompt);
    json_key(json, "rate");
    json_real(json, rate->rate);
    if (rate->threshold_key != NULL) {
        json_key(json, "threshold");
        json_open_object(json);
        json_key(json, "key");
        json_string(json, rate->threshold_key);
        json_key(json, "threshold");
        json_real(json, rate->threshold);
        json_key(json, "new_rate");
        json_real(json, rate->rate_above);
        json_close_object(json);
    }
    json_close_object(json);
}

void built_in_write(size_t i, struct json_writer *json)
{
    struct built_in_price price;
    char time[40];

    built_in_get(i, &price);
    const struct price_model *model = &price.model;
    json_open_object(json);
    json_key(json, "id");
    json_int(json, BUILT_IN_ID + (int64_t)i);
    json_key(json, "name");
    json_text(json, model->name);
    json_key(json, "name_pattern");
    json_text(json, model->pattern);
    json_key(json, "provider");
    json_text(json, model->provider);
    json_key(json, "is_built_in");
    json_bool(json, true);
    if (model->start_time > 0) {
        time_print(model->start_time, time);
        json_key(json, "start_time");
        json_string(json, time);
    }
    json_key(json, "prices");
    json_open_array(json);
    for (size_t j = 0; j < model->rate_count; j++)
        write_rate(json, &model->rates[j]);
    json_close_array(json);
    json_close_object(json);
}

/*
 * The prices that come with the library: well-formed, and found by the names
 * that senders write.
 */
#include "t.h"

#include <math.h>

#include "unit/cost/prices.h"

static struct price_list list;

static int open_list(void **state)
{
    struct built_in_price price;

    (void)state;
    succeeds(price_list_init(&list, err));
    for (size_t i = 0; i < built_in_count(); i++) {
        built_in_get(i, &price);
        price.model.id = (int64_t)i + 1;
        succeeds(price_list_add(&list, &price.model, err));
    }
    return 0;
}

static int close_list(void **state)
{
    (void)state;
    price_list_clear(&list);
    return 0;
}

TEST(rows_say_what_they_must)
{
    UNUSED_STATE;
    struct built_in_price price;
    uint64_t seen;

    ok(built_in_count() >= 80);
    for (size_t i = 0; i < built_in_count(); i++) {
        built_in_get(i, &price);
        ok(price.model.is_built_in && price.model.id == 0);
        ok(strncmp(price.source, "https://", 8) == 0);
        eq_int(strlen(price.seen), 10);
        succeeds(time_read(text_of(price.seen), TIME_NAIVE_UTC, &seen, err));
        ok(price.model.start_time <= seen);
        ok(price.model.rate_count >= 2);
        for (size_t j = 0; j < price.model.rate_count; j++) {
            const struct price_rate *rate = &price.model.rates[j];
            ok(isfinite(rate->rate) && rate->rate > 0);
            ok(rate->rate < 1e-3); /* a thousand dollars a million */
            ok(rate->threshold_key == NULL ||
               (rate->threshold > 0 && rate->rate_above > rate->rate));
        }
    }
}

TEST(a_row_prices_its_own_name)
{
    UNUSED_STATE;
    struct built_in_price price;
    char name[64], provider[16];

    for (size_t i = 0; i < built_in_count(); i++) {
        built_in_get(i, &price);
        snprintf(name, sizeof name, "%.*s", (int)price.model.name.size,
                 price.model.name.data);
        snprintf(provider, sizeof provider, "%.*s",
                 (int)price.model.provider.size, price.model.provider.data);
        const struct price_model *found =
            prices_match(&list, name, provider, price.model.start_time);
        if (found == NULL || found->id != (int64_t)i + 1)
            wrong("%s is priced by %s", name,
                  found ? found->name.data : "nothing");
    }
}

/* The names under which clouds and gateways have them, and dated ones. */
TEST(other_names_find_their_row)
{
    UNUSED_STATE;
    static const struct {
        const char *asked, *found;
    } names[] = {
        {"gpt-4o-2024-11-20", "gpt-4o"},
        {"openai/gpt-4o", "gpt-4o"},
        {"openai:gpt-5-mini-2025-08-07", "gpt-5-mini"},
        {"gpt-4o-2024-05-13", "gpt-4o-2024-05-13"},
        {"gpt-4o-mini-2024-07-18", "gpt-4o-mini"},
        {"gpt-35-turbo", "gpt-3.5-turbo"},
        {"o3-mini-2025-01-31", "o3-mini"},
        {"claude-sonnet-4-20250514", "claude-sonnet-4"},
        {"claude-sonnet-4-5-20250929", "claude-sonnet-4-5"},
        {"claude-3-5-sonnet-latest", "claude-3-5-sonnet"},
        {"claude-3-5-sonnet-v2@20241022", "claude-3-5-sonnet"},
        {"anthropic.claude-3-haiku-20240307-v1:0", "claude-3-haiku"},
        {"us.anthropic.claude-opus-4-1-20250805-v1:0", "claude-opus-4-1"},
        {"arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-v2:1",
         "claude-2"},
        {"models/gemini-2.5-pro", "gemini-2.5-pro"},
        {"google/gemini-2.5-flash-lite", "gemini-2.5-flash-lite"},
        {"gemini-1.5-pro-002", "gemini-1.5-pro"},
        {"us.amazon.nova-pro-v1:0", "nova-pro"},
        {"grok-4-1-fast-non-reasoning", "grok-4-fast"},
        {"mistral-large-latest", "mistral-large-latest"},
        {"command-a-vision-07-2025", "command-a-03-2025"},
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct price_model *model =
            prices_match(&list, names[i].asked, NULL, UINT64_MAX);
        if (model == NULL || !text_is(model->name, names[i].found))
            wrong("%s is priced by %s", names[i].asked,
                  model ? model->name.data : "nothing");
    }
}

TEST(names_that_only_look_alike_have_no_price)
{
    UNUSED_STATE;
    static const char *const names[] = {
        "gpt-4o-next",       "my-gpt-4o",      "foo-o1-bar",
        "ft:gpt-4o-mini:me", "gpt-4o-mini-x",  "claude-sonnet-4-55",
        "gemini-2.5-pro-x",  "gpt-4xx1",       "GPT-4O",
        "claude-opus-4-51",  "llama-3.3-70bn", "gemini-2x5-pro",
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct price_model *model =
            prices_match(&list, names[i], NULL, UINT64_MAX);
        if (model != NULL)
            wrong("%s is priced by %s", names[i], model->name.data);
    }
}

TEST(rates_are_the_decimal_ones)
{
    UNUSED_STATE;
    const struct price_model *model =
        prices_match(&list, "gpt-4.1-nano", NULL, 1);

    eq_int(model->rate_count, 3);
    ok(model->rates[0].rate == 1e-07);
    ok(model->rates[1].rate == 4e-07);
    ok(model->rates[2].rate == 2.5e-08);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_say_what_they_must),
        cmocka_unit_test(a_row_prices_its_own_name),
        cmocka_unit_test(other_names_find_their_row),
        cmocka_unit_test(names_that_only_look_alike_have_no_price),
        cmocka_unit_test(rates_are_the_decimal_ones),
    };

    return cmocka_run_group_tests(tests, open_list, close_list);
}

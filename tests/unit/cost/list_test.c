/*
 * What a model of a price list must be, and in which order models stand.
 */
#include "t.h"

#include <math.h>

#include "unit/cost/prices.h"

static const struct price_rate INPUT = {
    .token_type = {"input", 5}, .is_prompt = true, .rate = 1e-6};

static struct price_model model_of(int64_t id, const struct price_rate *rates,
                                   size_t count)
{
    struct price_model model = {.id = id, .rates = rates, .rate_count = count};

    model.name = text_of("m");
    model.pattern = text_of("m");
    return model;
}

static phx_status add_rate(struct price_list *list, struct price_rate rate,
                           phx_error *err)
{
    struct price_model model = model_of(7, &rate, 1);

    return price_list_add(list, &model, err);
}

TEST(a_rate_is_finite_and_not_negative)
{
    UNUSED_STATE;
    const double wrong_rates[] = {-1e-9, (double)NAN, (double)INFINITY, 1e7};
    struct price_list list;
    struct price_rate rate;

    succeeds(price_list_init(&list, err));
    for (size_t i = 0; i < sizeof wrong_rates / sizeof *wrong_rates; i++) {
        rate = INPUT;
        rate.rate = wrong_rates[i];
        fails_with(PHX_INVALID, "between 0 and", add_rate(&list, rate, err));
        rate = INPUT;
        rate.threshold_key = "a";
        rate.rate_above = wrong_rates[i];
        fails_with(PHX_INVALID, "between 0 and", add_rate(&list, rate, err));
    }
    rate = INPUT;
    rate.threshold_key = "a";
    rate.threshold = (double)INFINITY;
    fails_with(PHX_INVALID, "threshold", add_rate(&list, rate, err));
    rate = INPUT;
    rate.token_type = text_of("");
    fails_with(PHX_INVALID, "token type is empty", add_rate(&list, rate, err));
    rate = INPUT;
    rate.rate = 1e6;
    succeeds(add_rate(&list, rate, err));
    price_list_clear(&list);
}

TEST(token_types_and_ids_come_once)
{
    UNUSED_STATE;
    struct price_list list;
    struct price_rate rates[2] = {INPUT, INPUT};
    struct price_model model = model_of(7, rates, 2);

    succeeds(price_list_init(&list, err));
    fails_with(PHX_INVALID, "type comes twice",
               price_list_add(&list, &model, err));
    rates[1].is_prompt = false;
    succeeds(price_list_add(&list, &model, err));
    fails_with(PHX_INVALID, "id 7 comes twice",
               price_list_add(&list, &model, err));
    price_list_clear(&list);
}

TEST(sizes_are_bounded)
{
    UNUSED_STATE;
    struct price_list list;
    static char huge[PRICE_TEXT + 1];
    struct price_model model = model_of(1, NULL, 0);

    memset(huge, 'a', sizeof huge);
    succeeds(price_list_init(&list, err));
    model.name = text_span(huge, sizeof huge);
    fails_with(PHX_INVALID, "name is 513 bytes, limit is 512",
               price_list_add(&list, &model, err));
    model.name = text_of("");
    fails_with(PHX_INVALID, "name is empty",
               price_list_add(&list, &model, err));
    model = model_of(1, NULL, 0);
    model.provider = text_span(huge, sizeof huge);
    fails_with(PHX_INVALID, "provider is 513",
               price_list_add(&list, &model, err));
    model = model_of(1, NULL, PRICE_RATES + 1);
    fails_with(PHX_INVALID, "65 prices", price_list_add(&list, &model, err));
    price_list_clear(&list);
}

TEST(a_list_has_an_end)
{
    UNUSED_STATE;
    struct price_list list;
    struct price_model model = model_of(0, NULL, 0);

    succeeds(price_list_init(&list, err));
    list.count = PRICE_MODELS; /* as if it were full */
    fails_with(PHX_TOO_BIG, "over 10000 models",
               price_list_add(&list, &model, err));
    list.count = 0;
    price_list_clear(&list);
}

TEST(models_are_copied_and_found_by_id)
{
    UNUSED_STATE;
    struct price_list list;
    char name[] = "model", key[] = "llm.token_count.prompt";
    struct price_rate rate = INPUT;
    struct price_model model = model_of(5, &rate, 1);

    rate.threshold_key = key;
    model.name = text_of(name);
    model.is_deleted = true;
    succeeds(price_list_init(&list, err));
    succeeds(price_list_add(&list, &model, err));
    name[0] = key[0] = 'X';
    rate.rate = 9;
    const struct price_model *found = price_list_find(&list, 5);
    eq_text(found->name, "model");
    eq_text(found->rates[0].token_type, "input");
    eq_string(found->rates[0].threshold_key, "llm.token_count.prompt");
    ok(found->rates[0].rate == 1e-6);
    ok(found->is_deleted);
    assert_null(price_list_find(&list, 6));
    price_list_clear(&list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rate_is_finite_and_not_negative),
        cmocka_unit_test(token_types_and_ids_come_once),
        cmocka_unit_test(sizes_are_bounded),
        cmocka_unit_test(a_list_has_an_end),
        cmocka_unit_test(models_are_copied_and_found_by_id),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

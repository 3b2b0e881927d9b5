/*
 * Price lists as JSON: what is read, and what is refused, with its place.
 */
#include "t.h"

#include "unit/cost/prices.h"

static phx_status read(const char *json, phx_error *err)
{
    struct price_list list;
    phx_status status = price_list_init(&list, err);

    if (status == PHX_OK)
        status = price_list_read(&list, text_of(json), err);
    price_list_clear(&list);
    return status;
}

/* A model with more members, and one with one price with more members. */
#define MODEL(more) "{\"id\":1,\"name\":\"m\",\"name_pattern\":\"m\"," more "}"
#define PRICE(more) "[" MODEL("\"prices\":[{" more "}]") "]"
#define INPUT "\"token_type\":\"input\",\"is_prompt\":true,"

TEST(a_model_is_read_whole)
{
    UNUSED_STATE;
    struct price_list list;

    prices_open(&list,
                "[{\"id\": -3, \"name\": \"n\", \"name_pattern\": \"^p\","
                "  \"provider\": \"acme\", \"is_built_in\": true,"
                "  \"start_time\": \"2026-03-01T10:00:00+00:00\","
                "  \"deleted\": true, \"prices\":"
                "   [{\"token_type\": \"input\", \"is_prompt\": true,"
                "     \"rate\": 2, \"threshold\": {\"type\":"
                "     \"threshold_based\", \"key\": \"a.b\","
                "     \"threshold\": 5, \"new_rate\": 2.5}}]}]");
    const struct price_model *model = price_list_find(&list, -3);
    eq_text(model->name, "n");
    eq_text(model->pattern, "^p");
    eq_text(model->provider, "acme");
    ok(model->is_built_in && model->is_deleted);
    eq_int(model->start_time, UINT64_C(1772359200000000000));
    eq_int(model->rate_count, 1);
    const struct price_rate *rate = model->rates;
    eq_text(rate->token_type, "input");
    ok(rate->is_prompt && rate->rate == 2.0);
    eq_string(rate->threshold_key, "a.b");
    ok(rate->threshold == 5.0 && rate->rate_above == 2.5);
    price_list_clear(&list);
}

TEST(what_may_be_absent_may_be_null)
{
    UNUSED_STATE;
    succeeds(read("[]", err));
    succeeds(read("[" MODEL("\"prices\":[]") "]", err));
    succeeds(read("[" MODEL("\"prices\":[],\"provider\":null,"
                            "\"is_built_in\":null,\"deleted\":null,"
                            "\"start_time\":null") "]",
                  err));
    succeeds(read(PRICE(INPUT "\"rate\":0,\"threshold\":null"), err));
}

TEST(what_is_not_json_is_refused_at_its_byte)
{
    UNUSED_STATE;
    phx_error err;

    eq_int(read("[{\"id\": 1,}]", &err), PHX_INVALID);
    eq_int(err.offset, 10);
    eq_int(read("", &err), PHX_INVALID);
    eq_int(read("[] []", &err), PHX_INVALID);
}

TEST(what_is_wrong_is_told_with_its_place)
{
    UNUSED_STATE;
    static const struct {
        const char *json, *told;
    } cases[] = {
        {"{}", "price list is not an array"},
        {"[1]", "models[0] is not an object"},
        {"[{}]", "models[0].name is not a text"},
        {"[" MODEL("\"prices\":[]") ",7]", "models[1] is not an object"},
        {"[" MODEL("\"prices\":[],\"nmae\":1") "]",
         "models[0] has an unknown member 'nmae'"},
        {"[" MODEL("\"prices\":{}") "]", "models[0].prices is not an array"},
        {"[" MODEL("\"provider\":1,\"prices\":[]") "]",
         "models[0].provider is not a text"},
        {"[" MODEL("\"deleted\":0,\"prices\":[]") "]",
         "models[0].deleted is not true or false"},
        {"[" MODEL("\"start_time\":\"noon\",\"prices\":[]") "]",
         "models[0].start_time is not a time: "},
        {"[" MODEL("\"start_time\":\"1066-10-14\",\"prices\":[]") "]",
         "models[0].start_time is not a time: "},
        {"[{\"id\":1.5,\"name\":\"m\",\"name_pattern\":\"m\"}]",
         "models[0].id is not an integer"},
        {"[{\"id\":1,\"name\":\"m\",\"name_pattern\":\"(\",\"prices\":[]}]",
         "models[0]: pattern is wrong at byte 1"},
        {"[" MODEL("\"prices\":[]") "," MODEL("\"prices\":[]") "]",
         "models[1]: id 1 comes twice"},
        {"[" MODEL("\"prices\":[0]") "]",
         "models[0].prices[0] is not an object"},
        {PRICE("\"rate\":1"), "models[0].prices[0].token_type is not a text"},
        {PRICE("\"token_type\":\"a\",\"rate\":1"),
         "models[0].prices[0].is_prompt is not true or false"},
        {PRICE(INPUT "\"rate\":\"1\""),
         "models[0].prices[0].rate is not a number"},
        {PRICE(INPUT "\"rate\":1e999"),
         "models[0].prices[0].rate is not a number"},
        {PRICE(INPUT "\"rate\":-1"), "models[0]: rate of a token"},
        {PRICE(INPUT "\"rate\":1,\"threshold\":{}"),
         "models[0].prices[0].threshold.key is not a text"},
        {PRICE(INPUT "\"rate\":1,\"threshold\":{\"type\":\"tiers\"}"),
         "threshold.type is not 'threshold_based'"},
        {PRICE(INPUT "\"rate\":1,\"threshold\":{\"key\":\"a\\u0000b\"}"),
         "threshold.key is empty or has a NUL"},
        {PRICE(INPUT "\"rate\":1,\"threshold\":{\"key\":\"a\","
                     "\"threshold\":1}"),
         "threshold.new_rate is not a number"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        fails_with(PHX_INVALID, cases[i].told, read(cases[i].json, err));
}

TEST(every_allocation_may_fail)
{
    UNUSED_STATE;
    static const char json[] =
        PRICE(INPUT "\"rate\":1,\"threshold\":{\"key\":\"a\",\"threshold\":1,"
                    "\"new_rate\":2}");

    for (int for_good = 0; for_good < 2; for_good++) {
        phx_status status = PHX_NO_MEMORY;
        for (int64_t at = 1; status != PHX_OK; at++) {
            int64_t before = memory_faults.balance;
            phx_error err = {0};
            memory_faults = (struct memory_faults){
                .fail_at = at, .for_good = for_good, .balance = before};
            status = read(json, &err);
            memory_faults.fail_at = 0;
            ok(status == PHX_OK || status == PHX_NO_MEMORY);
            eq_int(memory_faults.balance, before);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_model_is_read_whole),
        cmocka_unit_test(what_may_be_absent_may_be_null),
        cmocka_unit_test(what_is_not_json_is_refused_at_its_byte),
        cmocka_unit_test(what_is_wrong_is_told_with_its_place),
        cmocka_unit_test(every_allocation_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

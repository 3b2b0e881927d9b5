/*
 * Which model prices a span, asked once and again.
 */
#include "t.h"

#include "libphoenix/cost/match.c"
#include "unit/cost/prices.h"

#define TEXT(string)                                                           \
    {                                                                          \
        string, sizeof string - 1                                              \
    }

static void open_models(struct price_list *list,
                        const struct price_model *models, size_t count)
{
    succeeds(price_list_init(list, err));
    for (size_t i = 0; i < count; i++) {
        struct price_model model = models[i];
        model.name = text_of("m");
        succeeds(price_list_add(list, &model, err));
    }
}

static void open_one(struct price_list *list, const char *pattern)
{
    struct price_model model = {.id = 1, .pattern = text_of(pattern)};

    open_models(list, &model, 1);
}

static int64_t id_of(struct price_matcher *matcher, const char *name,
                     const char *provider, uint64_t start)
{
    const struct price_model *model;

    succeeds(price_match(matcher, text_of(name), text_of(provider), start,
                         &model, err));
    return model ? model->id : 0;
}

/* The same, twice, so that the second is what was remembered. */
#define eq_match(matcher, name, provider, start, id)                           \
    do {                                                                       \
        eq_int(id_of(matcher, name, provider, start), id);                     \
        eq_int(id_of(matcher, name, provider, start), id);                     \
    } while (0)

TEST(the_order_of_preference_holds)
{
    UNUSED_STATE;
    static const struct price_model models[] = {
        {.id = 1, .pattern = TEXT("^abc$"), .is_built_in = true},
        {.id = 2, .pattern = TEXT("^abc$"), .is_built_in = true},
        {.id = 3,
         .pattern = TEXT("^a"),
         .provider = TEXT("p"),
         .is_built_in = true},
        {.id = 4,
         .pattern = TEXT("^abcd$"),
         .provider = TEXT("q"),
         .is_built_in = true},
        {.id = 5, .pattern = TEXT("bcd")},
        {.id = 6, .pattern = TEXT("cde")},
        {.id = 7, .pattern = TEXT("cde")},
        {.id = 8, .pattern = TEXT("^gone$"), .is_deleted = true},
    };
    struct price_list list;
    struct price_matcher matcher;

    open_models(&list, models, sizeof models / sizeof *models);
    succeeds(price_matcher_init(&matcher, &list, err));
    eq_match(&matcher, "abc", NULL, 0, 1); /* the first built-in one */
    eq_match(&matcher, "abc", "", 0, 1);
    eq_match(&matcher, "abc", "p", 0, 3);  /* the provider's */
    eq_match(&matcher, "abc", "r", 0, 1);  /* nobody's: as without */
    eq_match(&matcher, "abcd", "q", 0, 5); /* a user's before all */
    eq_match(&matcher, "cde", NULL, 0, 7); /* a user's last one */
    eq_match(&matcher, " abc\n", NULL, 0, 1);
    eq_match(&matcher, "gone", NULL, 0, 0);
    eq_match(&matcher, "", NULL, 0, 0);
    eq_match(&matcher, NULL, NULL, 0, 0);
    price_matcher_clear(&matcher);
    price_list_clear(&list);
}

TEST(a_price_holds_from_its_start)
{
    UNUSED_STATE;
    static const struct price_model models[] = {
        {.id = 1, .pattern = TEXT("a")},
        {.id = 2, .pattern = TEXT("a"), .start_time = 10},
        {.id = 3, .pattern = TEXT("a"), .start_time = 20},
        {.id = 4, .pattern = TEXT("b"), .start_time = 20},
    };
    struct price_list list;
    struct price_matcher matcher;

    open_models(&list, models, sizeof models / sizeof *models);
    eq_int(list.start_count, 3);
    succeeds(price_matcher_init(&matcher, &list, err));
    eq_match(&matcher, "a", NULL, 0, 1);
    eq_match(&matcher, "a", NULL, 9, 1);
    eq_match(&matcher, "a", NULL, 10, 2);
    eq_match(&matcher, "a", NULL, 19, 2);
    eq_match(&matcher, "a", NULL, 20, 3);
    eq_match(&matcher, "a", NULL, UINT64_MAX, 3);
    eq_match(&matcher, "b", NULL, 19, 0);
    eq_match(&matcher, "b", NULL, 20, 4);
    price_matcher_clear(&matcher);
    price_list_clear(&list);
}

TEST(answers_are_right_however_many_are_asked_for)
{
    UNUSED_STATE;
    static const struct price_model models[] = {
        {.id = 1, .pattern = TEXT("[02468]$")},
        {.id = 2, .pattern = TEXT("[13579]$")},
    };
    struct price_list list;
    struct price_matcher matcher;
    char name[16];

    open_models(&list, models, sizeof models / sizeof *models);
    succeeds(price_matcher_init(&matcher, &list, err));
    for (int i = 0; i < 1000; i++) {
        snprintf(name, sizeof name, "m%d", i % 13);
        eq_int(id_of(&matcher, name, i % 3 ? "p" : NULL, 0), i % 13 % 2 + 1);
        ok(matcher.found_count <= ANSWERS);
    }
    price_matcher_clear(&matcher);
    price_list_clear(&list);
}

TEST(an_answer_to_a_question_of_the_same_hash_is_not_taken)
{
    UNUSED_STATE;
    struct price_list list;
    struct price_matcher matcher;
    struct price_found asked = {.name = text_of("a"), .provider = text_of("")};
    struct price_found other = {.name = text_of("b"), .provider = text_of("")};

    open_one(&list, "a");
    asked.era = other.era = price_list_era(&list, 0);
    succeeds(price_matcher_init(&matcher, &list, err));
    succeeds(remember(&matcher, hash_question(&asked), other, err));
    eq_match(&matcher, "a", NULL, 0, 1);
    price_matcher_clear(&matcher);
    price_list_clear(&list);
}

TEST(names_and_providers_without_end_are_not_looked_at)
{
    UNUSED_STATE;
    static char huge[PRICE_TEXT + 2];
    struct price_list list;
    struct price_matcher matcher;

    memset(huge, 'a', PRICE_TEXT);
    open_one(&list, "a");
    succeeds(price_matcher_init(&matcher, &list, err));
    eq_match(&matcher, huge, NULL, 0, 1);
    huge[PRICE_TEXT] = 'a';
    eq_match(&matcher, huge, NULL, 0, 0);
    eq_match(&matcher, "a", huge, 0, 1);
    price_matcher_clear(&matcher);
    price_list_clear(&list);
}

/* Asks until a question meets no fault. */
static phx_status ask_all(const struct price_list *list, phx_error *err)
{
    struct price_matcher matcher;
    const struct price_model *model;
    char name[3] = "a0";
    phx_status status = price_matcher_init(&matcher, list, err);

    for (; status == PHX_OK && name[1] < '9'; name[1]++) {
        status =
            price_match(&matcher, text_of(name), text_of("p"), 0, &model, err);
        ok(status < 0 || model->id == 1);
    }
    price_matcher_clear(&matcher);
    return status;
}

TEST(every_allocation_may_fail)
{
    UNUSED_STATE;
    struct price_list list;
    phx_status status = PHX_NO_MEMORY;

    open_one(&list, "^(a|b)+[0-9]");
    for (int64_t at = 1; status != PHX_OK; at++) {
        int64_t before = memory_faults.balance;
        phx_error err = {0};
        memory_faults =
            (struct memory_faults){.fail_at = at, .balance = before};
        status = ask_all(&list, &err);
        memory_faults.fail_at = 0;
        ok(status == PHX_OK || status == PHX_NO_MEMORY);
        eq_int(memory_faults.balance, before);
    }
    price_list_clear(&list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_order_of_preference_holds),
        cmocka_unit_test(a_price_holds_from_its_start),
        cmocka_unit_test(answers_are_right_however_many_are_asked_for),
        cmocka_unit_test(an_answer_to_a_question_of_the_same_hash_is_not_taken),
        cmocka_unit_test(names_and_providers_without_end_are_not_looked_at),
        cmocka_unit_test(every_allocation_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

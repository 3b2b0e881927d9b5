/*
 * Patterns of users on names of senders: what is found, and that none takes
 * for ever.
 */
#include "t.h"

#include "unit/cost/prices.h"

static phx_status add(struct price_list *list, int64_t id, const char *pattern,
                      phx_error *err)
{
    struct price_model model = {.id = id, .name = text_of("m")};

    model.pattern = text_of(pattern);
    return price_list_add(list, &model, err);
}

static bool matches(const char *pattern, const char *name)
{
    struct price_list list;

    succeeds(price_list_init(&list, err));
    succeeds(add(&list, 1, pattern, err));
    bool found = prices_match(&list, name, NULL, 0) != NULL;
    price_list_clear(&list);
    return found;
}

TEST(a_pattern_is_searched_anywhere_in_either_case_as_written)
{
    UNUSED_STATE;
    ok(matches("o1", "foo-o1-bar"));
    ok(matches("", "anything"));
    ok(matches("(?i)gpt", "GPT-4"));
    ok(!matches("gpt", "GPT-4"));
    ok(matches("^a.c$", "a\xC3\xA9"
                        "c"));
    ok(matches("\\d$", "v\xD9\xA3")); /* a digit of another script */
    ok(matches("(?P<x>a)(?P=x)", "aa"));
}

TEST(a_wrong_pattern_is_told_with_its_place)
{
    UNUSED_STATE;
    struct price_list list;
    char huge[2000] = "";

    succeeds(price_list_init(&list, err));
    fails_with(PHX_INVALID, "wrong at byte 2", add(&list, 1, "[a", err));
    fails_with(PHX_INVALID, "parenthes", add(&list, 1, "(", err));
    fails_with(PHX_INVALID, "UTF-8", add(&list, 1, "a\xFF", err));
    fails_with(PHX_INVALID, "\\C", add(&list, 1, "a\\Cb", err));
    memset(huge, '(', 300);
    memset(huge + 300, ')', 300);
    fails_with(PHX_INVALID, "nested", add(&list, 1, huge, err));
    memset(huge, 'a', sizeof huge - 1);
    fails_with(PHX_INVALID, "1999 bytes", add(&list, 1, huge, err));
    fails_with(PHX_INVALID, "too large",
               add(&list, 1, "((a{999}){999}){999}", err));
    eq_int(list.count, 0);
    price_list_clear(&list);
}

TEST(a_name_that_is_not_utf8_matches_nothing)
{
    UNUSED_STATE;
    ok(!matches("a", "a\xFF"));
}

/* Each has more ways to go through a name than there are nanoseconds in a
 * year, but for the last, whose million ways end in a match. */
TEST(a_bomb_ends_soon_and_does_not_match)
{
    UNUSED_STATE;
    static const char *const bombs[] = {
        "(a+)+[b-c]",
        "(a|aa)+[b-c]",
        "((a*)*)*[b-c]",
        "(a|a|b?)*[b-c]",
        "((a{1,9}){1,9}){1,9}[b-c]",
        "(a+)\\1+\\1+[b-c]",
        "^(([a-z])+.)+[A-Z]([a-z])+$",
        "(?=(a+)+[b-c])",
        "(a|(?1)[b-c])+[d-e]",
        "(?:(?R)|a)+[b-c]",
        "(?:a?){13}[b-c]",
        "(\\w+\\s?)*[!-#]$",
        "^(?:a?){20}a{512}$",
    };
    char name[PRICE_TEXT + 1];

    memset(name, 'a', PRICE_TEXT);
    name[PRICE_TEXT] = '\0';
    for (size_t i = 0; i < sizeof bombs / sizeof *bombs; i++) {
        if (matches(bombs[i], name))
            wrong("%s matches", bombs[i]);
    }
}

TEST(a_bomb_leaves_other_patterns_their_names)
{
    UNUSED_STATE;
    struct price_list list;
    char name[101];

    memset(name, 'a', 99);
    memcpy(name + 99, "-", 2);
    succeeds(price_list_init(&list, err));
    succeeds(add(&list, 1, "^(a+)+[b-c]$", err));
    succeeds(add(&list, 2, "a-", err));
    eq_int(prices_match(&list, name, NULL, 0)->id, 2);
    price_list_clear(&list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            a_pattern_is_searched_anywhere_in_either_case_as_written),
        cmocka_unit_test(a_wrong_pattern_is_told_with_its_place),
        cmocka_unit_test(a_name_that_is_not_utf8_matches_nothing),
        cmocka_unit_test(a_bomb_ends_soon_and_does_not_match),
        cmocka_unit_test(a_bomb_leaves_other_patterns_their_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

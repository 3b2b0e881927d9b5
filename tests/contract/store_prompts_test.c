/*
 * store_prompts_test.c - prompts through phoenix.h: versions are added, tags
 * moved, templates filled, versions compared, and what is refused.
 */
#include "t.h"

#include "contract/prompted.h"
#include "contract/stored.h"

static void set_up(struct place *place)
{
    place_make(place);
    place_open(place, 0);
}

static phx_prompt_version_query of_prompt(phx_id prompt_id)
{
    phx_prompt_version_query query = PHX_PROMPT_VERSION_QUERY_INIT;

    query.prompt = prompt_id;
    return query;
}

TEST(a_prompt_has_versions)
{
    struct place place;

    UNUSED_STATE;
    set_up(&place);
    eq_int(prompt(place.store, "a", "m1"), 1);
    eq_int(prompt(place.store, "b", "m2"), 2);
    eq_int(prompt(place.store, "a", "m3"), 3);
    eq_string(prompts_of(place.store), "2=b/1<0 - 1=a/2<0 - ");
    phx_prompt_version_query query = of_prompt(1);
    eq_string(model_of(place.store, &query), "m3");
    query.from = 2;
    eq_string(model_of(place.store, &query), "m1");
    query = of_prompt(0);
    query.only = 2;
    eq_string(model_of(place.store, &query), "m2");
    query.only = 9;
    eq_string(model_of(place.store, &query), "");
    verify_clean(place.store);
    place_remove(&place);
}

TEST(many_versions_come_in_pages)
{
    phx_prompt_version_query query = of_prompt(1);
    const phx_prompt_version *row;
    phx_cursor *cursor;
    struct place place;

    UNUSED_STATE;
    set_up(&place);
    for (int i = 1; i <= 10; i++)
        eq_int(prompt(place.store, "a", "m"), i);
    query.limit = 7;
    query.from = 9;
    succeeds(phx_store_find_prompt_versions(place.store, &query, &cursor, err));
    for (int i = 9; i >= 3; i--) {
        succeeds(phx_cursor_next_prompt_version(cursor, &row, err));
        eq_int(row->id, i);
        eq_int(row->prompt, 1);
    }
    eq_int(phx_cursor_next_prompt_version(cursor, &row, NULL), PHX_DONE);
    ok(row == NULL);
    phx_cursor_close(cursor);
    place_remove(&place);
}

TEST(a_prompt_is_found_and_changed)
{
    phx_prompt given = {.name = prompt_text("b"),
                        .description = prompt_text("one"),
                        .metadata = prompt_text("{\"k\": 1}"),
                        .source = 1};
    const phx_prompt *row;
    phx_cursor *cursor;
    struct place place;
    phx_id id;

    UNUSED_STATE;
    set_up(&place);
    prompt(place.store, "a", "m");
    succeeds(try_prompt(place.store, &given, "m", &id, err));
    succeeds(phx_store_find_prompts(place.store, 0, 0, "b", 0, &cursor, err));
    succeeds(phx_cursor_next_prompt(cursor, &row, err));
    eq_text(row->metadata, "{\"k\": 1}");
    eq_int(row->version, 2);
    phx_cursor_close(cursor);
    given.id = 2;
    given.description = prompt_text(NULL);
    given.metadata = prompt_text(NULL);
    succeeds(phx_prompt_update(place.store, &given, 0, err));
    eq_string(prompts_of(place.store), "2=b/1<1 one 1=a/1<0 - ");
    succeeds(
        phx_prompt_update(place.store, &given, PHX_PROMPT_DESCRIPTION, err));
    eq_string(prompts_of(place.store), "2=b/1<1 - 1=a/1<0 - ");
    given.id = 3;
    fails_with(
        PHX_NOT_FOUND, "prompt 3",
        phx_prompt_update(place.store, &given, PHX_PROMPT_METADATA, err));
    verify_clean(place.store);
    place_remove(&place);
}

TEST(a_tag_moves_within_its_prompt)
{
    struct place place;
    phx_prompt_version_query query = of_prompt(1);

    UNUSED_STATE;
    set_up(&place);
    prompt(place.store, "a", "m1");
    prompt(place.store, "b", "m2");
    prompt(place.store, "a", "m3");
    for (int version = 1; version <= 3; version++)
        succeeds(phx_prompt_set_tag(place.store, version, "prod", "d", err));
    succeeds(phx_prompt_set_tag(place.store, 1, "old", NULL, err));
    eq_string(prompt_tags_of(place.store, 1), "old>1 prod>3 ");
    eq_string(prompt_tags_of(place.store, 2), "prod>2 ");
    query.tag = prompt_text("prod");
    eq_string(model_of(place.store, &query), "m3");
    succeeds(phx_prompt_delete_tag(place.store, 1, "prod", err));
    eq_string(model_of(place.store, &query), "");
    fails_with(PHX_NOT_FOUND, "no tag 'prod'",
               phx_prompt_delete_tag(place.store, 1, "prod", err));
    fails_with(PHX_NOT_FOUND, "no prompt 9",
               phx_prompt_delete_tag(place.store, 9, "prod", err));
    fails_with(PHX_NOT_FOUND, "version 9",
               phx_prompt_set_tag(place.store, 9, "x", NULL, err));
    verify_clean(place.store);
    place_remove(&place);
}

TEST(a_deleted_prompt_leaves_nothing)
{
    phx_prompt from_a = {.name = prompt_text("c"), .source = 1};
    struct place place;
    phx_id id;

    UNUSED_STATE;
    set_up(&place);
    prompt(place.store, "a", "m1");
    prompt(place.store, "b", "m2");
    succeeds(try_prompt(place.store, &from_a, "m3", &id, err));
    succeeds(phx_prompt_set_tag(place.store, 1, "prod", NULL, err));
    succeeds(phx_prompt_delete(place.store, 1, err));
    eq_string(prompts_of(place.store), "3=c/1<0 - 2=b/1<0 - ");
    eq_string(prompt_tags_of(place.store, 1), "");
    fails_with(PHX_NOT_FOUND, "no prompt 1",
               phx_prompt_delete(place.store, 1, err));
    fails_with(PHX_NOT_FOUND, "no prompt 1",
               try_prompt(place.store,
                          &(phx_prompt){.name = prompt_text("d"), .source = 1},
                          "m", &id, err));
    eq_int(prompt(place.store, "a", "m4"), 4); /* numbers are given once */
    verify_clean(place.store);
    place_reopen(&place, 0);
    eq_string(prompts_of(place.store), "4=a/1<0 - 3=c/1<0 - 2=b/1<0 - ");
    place_remove(&place);
}

TEST(what_is_no_prompt_is_refused)
{
    static const char string[] =
        "{\"model_provider\":\"AWS\",\"model_name\":\"m\",\"template\":"
        "{\"type\":\"string\",\"template\":\"x\"},\"template_type\":\"STR\","
        "\"template_format\":\"NONE\",\"invocation_parameters\":{\"type\":"
        "\"aws\",\"aws\":{}}}";
    phx_prompt given = {.name = prompt_text("A")};
    struct place place;
    phx_id id;

    UNUSED_STATE;
    set_up(&place);
    fails_with(PHX_INVALID, "prompt's name",
               try_prompt(place.store, &given, "m", &id, err));
    given.name = prompt_text("a");
    fails_with(
        PHX_INVALID, "messages",
        phx_prompt_put(place.store, &given, string, strlen(string), &id, err));
    fails_with(PHX_INVALID, "model_provider: Field required",
               phx_prompt_put(place.store, &given, "{}", 2, &id, err));
    given.metadata = prompt_text("[]");
    fails_with(PHX_INVALID, "metadata is no JSON object",
               try_prompt(place.store, &given, "m", &id, err));
    given.metadata = prompt_text(NULL);
    given.description = prompt_text("\xff");
    fails_with(PHX_INVALID, "description is not UTF-8",
               try_prompt(place.store, &given, "m", &id, err));
    fails_with(
        PHX_INVALID, "description is not UTF-8",
        phx_prompt_update(place.store, &given, PHX_PROMPT_DESCRIPTION, err));
    fails_with(PHX_INVALID, "tag's name",
               phx_prompt_set_tag(place.store, 1, "a b", NULL, err));
    fails_with(PHX_MISUSE, "", phx_prompt_update(place.store, &given, 4, err));
    fails_with(PHX_MISUSE, "", phx_prompt_render(3, "", 0, "{}", 2, NULL, err));
    eq_string(prompts_of(place.store), "");
    place_remove(&place);
}

TEST(what_is_too_big_is_refused)
{
    enum { BIG = (16 << 20) + 1 };
    static char big[BIG + 1];
    phx_prompt given = {.name = prompt_text("a")};
    phx_buf out = PHX_BUF_INIT;
    struct place place;
    phx_id id;

    UNUSED_STATE;
    set_up(&place);
    memset(big, 'a', BIG);
    fails_with(PHX_TOO_BIG, "version",
               phx_prompt_check(big, BIG, NULL, NULL, err));
    fails_with(PHX_TOO_BIG, "version",
               phx_prompt_put(place.store, &given, big, BIG, &id, err));
    fails_with(PHX_TOO_BIG, "version",
               phx_prompt_diff(big, BIG, "{}", 2, &out, err));
    fails_with(PHX_TOO_BIG, "version",
               phx_prompt_fill(big, BIG, "{}", 2, &out, err));
    fails_with(PHX_TOO_BIG, "template",
               phx_prompt_render(PHX_MUSTACHE, big, BIG, "{}", 2, &out, err));
    fails_with(PHX_TOO_BIG, "template",
               phx_prompt_variables(PHX_F_STRING, big, BIG, &out, err));
    fails_with(PHX_TOO_BIG, "tag's name",
               phx_prompt_set_tag(place.store, 1, big, NULL, err));
    given.description = prompt_text(big);
    fails_with(PHX_TOO_BIG, "description",
               phx_prompt_update(place.store, &given, 0, err));
    place_remove(&place);
}

static void eq_buf(phx_buf *out, const char *expected)
{
    eq_text(((phx_text){(const char *)out->data, out->size}), expected);
    phx_buf_free(out);
}

TEST(a_version_is_filled_and_compared)
{
    static const char variables[] = "{\"x\":\"\\\"Ann\\\"\"}";
    static const char bare[] =
        "{\"model_provider\":\"AWS\",\"model_name\":\"\"}";
    char before[1024];
    const char *after;
    phx_buf out = PHX_BUF_INIT;

    UNUSED_STATE;
    snprintf(before, sizeof before, "%s", version_saying("m1", "Hi {{x}}"));
    succeeds(phx_prompt_fill(before, strlen(before), variables,
                             sizeof variables - 1, &out, err));
    eq_buf(&out, "[{\"role\":\"user\",\"content\":\"Hi \\\"Ann\\\"\"}]");
    after = version_saying("m2", "Hi {{x}}");
    succeeds(phx_prompt_diff(before, strlen(before), after, strlen(after), &out,
                             err));
    eq_buf(&out, "{\"fields\":[{\"path\":[\"model_name\"],\"before\":\"m1\","
                 "\"after\":\"m2\"}],\"messages\":[{\"change\":\"same\","
                 "\"before\":0,\"after\":0}]}");
    succeeds(phx_prompt_check(after, strlen(after), &out, NULL, err));
    eq_buf(&out, after);
    fails_with(PHX_INVALID, "x' is missing",
               phx_prompt_fill(before, strlen(before), "{}", 2, &out, err));
    fails_with(PHX_INVALID, "variables is no JSON",
               phx_prompt_fill(before, strlen(before), "x", 1, &out, err));
    fails_with(PHX_INVALID, "template: Field required",
               phx_prompt_diff(before, strlen(before), bare, sizeof bare - 1,
                               &out, err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_prompt_has_versions),
        cmocka_unit_test(many_versions_come_in_pages),
        cmocka_unit_test(a_prompt_is_found_and_changed),
        cmocka_unit_test(a_tag_moves_within_its_prompt),
        cmocka_unit_test(a_deleted_prompt_leaves_nothing),
        cmocka_unit_test(what_is_no_prompt_is_refused),
        cmocka_unit_test(what_is_too_big_is_refused),
        cmocka_unit_test(a_version_is_filled_and_compared),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

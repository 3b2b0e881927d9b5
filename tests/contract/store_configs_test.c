/*
 * store_configs_test.c - annotation configs through phoenix.h: made, replaced,
 * deleted, given to projects, and refused.
 */
#include "t.h"

#include "contract/annotated.h"

#include <math.h>

static phx_annotation_config freeform(const char *name)
{
    return (phx_annotation_config){.type = PHX_FREEFORM, .name = text(name)};
}

static phx_annotation_config categorical(const char *name, const char *choices)
{
    return (phx_annotation_config){.type = PHX_CATEGORICAL,
                                   .direction = PHX_MAXIMIZE,
                                   .name = text(name),
                                   .choices = text(choices)};
}

static phx_id make(struct place *place, const char *name)
{
    phx_annotation_config config = freeform(name);
    phx_id id = 0;

    succeeds(phx_config_create(place->store, &config, &id, err));
    return id;
}

/* "number=name " in the order they come. */
static void list_configs(struct place *place, const phx_config_query *query,
                         char *out, size_t size)
{
    const phx_annotation_config *row;
    phx_cursor *cursor;
    size_t used = 0;

    out[0] = '\0';
    succeeds(phx_store_find_configs(place->store, query, &cursor, err));
    while (phx_cursor_next_config(cursor, &row, NULL) == PHX_OK)
        used += (size_t)snprintf(out + used, size - used, "%d=%s ",
                                 (int)row->id, row->name.data);
    phx_cursor_close(cursor);
}

#define eq_configs(place, query, expected)                                     \
    do {                                                                       \
        char t_list[256];                                                      \
        list_configs(place, query, t_list, sizeof t_list);                     \
        eq_string(t_list, expected);                                           \
    } while (0)

static phx_config_query of_project(phx_id project)
{
    phx_config_query query = PHX_CONFIG_QUERY_INIT;

    query.project = project;
    return query;
}

TEST(all_of_a_config_comes_back)
{
    struct place place;
    phx_annotation_config config = categorical(
        "tone", " [{\"score\": 1, \"more\": 2, \"label\": \"good\"},"
                " {\"label\": \"bad\", \"score\": null}] ");
    const phx_annotation_config *row;
    phx_cursor *cursor;
    phx_id id = 0;

    UNUSED_STATE;
    set_up(&place);
    config.description = text("how it sounds");
    config.lower_bound = NAN; /* it has none */
    succeeds(phx_config_create(place.store, &config, &id, err));
    eq_int(id, 1);
    config = freeform("grade");
    config.bounds = PHX_LOWER_BOUND | PHX_UPPER_BOUND | PHX_THRESHOLD;
    config.lower_bound = -1;
    config.upper_bound = 0.5;
    config.threshold = -0.0;
    config.id = id;
    config.direction = PHX_NEITHER;
    succeeds(phx_config_create(place.store, &config, &id, err));
    place_reopen(&place, 0);
    verify_clean(place.store);
    succeeds(phx_store_find_configs(place.store, NULL, &cursor, err));
    succeeds(phx_cursor_next_config(cursor, &row, err));
    ok(row->id == 2 && row->type == PHX_FREEFORM);
    ok(row->direction == PHX_NEITHER && row->bounds == 7);
    ok(row->lower_bound == -1 && row->upper_bound == 0.5);
    ok(row->threshold == 0 && row->description.data == NULL);
    ok(row->choices.data == NULL);
    succeeds(phx_cursor_next_config(cursor, &row, err));
    ok(row->id == 1 && row->bounds == 0 && row->lower_bound == 0);
    eq_string(row->description.data, "how it sounds");
    eq_string(row->choices.data, "[{\"label\":\"good\",\"score\":1.0},"
                                 "{\"label\":\"bad\",\"score\":null}]");
    eq_int(phx_cursor_next_config(cursor, &row, NULL), PHX_DONE);
    assert_null(row);
    phx_cursor_close(cursor);
    place_remove(&place);
}

TEST(a_config_is_replaced_or_deleted)
{
    struct place place;
    phx_annotation_config config = freeform("b");
    phx_config_query query = PHX_CONFIG_QUERY_INIT;

    UNUSED_STATE;
    set_up(&place);
    make(&place, "a");
    config.id = make(&place, "c");
    make(&place, "d");
    succeeds(phx_project_set_config(place.store, 2, config.id, 1, err));
    succeeds(phx_config_update(place.store, &config, err));
    succeeds(phx_config_update(place.store, &config, err)); /* its own name */
    eq_configs(&place, NULL, "3=d 2=b 1=a ");
    query = of_project(2);
    eq_configs(&place, &query, "2=b ");
    config.name = text("d");
    fails_with(PHX_CONFLICT, "'d' exists",
               phx_config_update(place.store, &config, err));
    succeeds(phx_config_delete(place.store, 3, err));
    fails_with(PHX_NOT_FOUND, "no annotation config 3",
               phx_config_delete(place.store, 3, err));
    config.id = 3;
    fails_with(PHX_NOT_FOUND, "no annotation config 3",
               phx_config_update(place.store, &config, err));
    eq_int(make(&place, "d"), 4);
    fails_with(PHX_CONFLICT, "'d' exists",
               phx_config_create(place.store, &config, &config.id, err));
    eq_int(make(&place, "e"), 5); /* a failure takes no number */
    verify_clean(place.store);
    place_remove(&place);
}

TEST(a_query_chooses_configs)
{
    struct place place;
    phx_config_query query = PHX_CONFIG_QUERY_INIT;

    UNUSED_STATE;
    set_up(&place);
    make(&place, "a");
    make(&place, "b");
    make(&place, "c");
    query.from = 2;
    eq_configs(&place, &query, "2=b 1=a ");
    query.limit = 1;
    eq_configs(&place, &query, "2=b ");
    query = (phx_config_query)PHX_CONFIG_QUERY_INIT;
    query.only = 3;
    eq_configs(&place, &query, "3=c ");
    query.name = text("a");
    eq_configs(&place, &query, "");
    query.only = 0;
    eq_configs(&place, &query, "1=a ");
    place_remove(&place);
}

TEST(projects_have_configs)
{
    struct place place;
    phx_id ids[] = {1, 3, 1};
    phx_config_query p = of_project(2), q = of_project(3);
    phx_error why = {0};

    UNUSED_STATE;
    set_up(&place);
    make(&place, "a");
    make(&place, "b");
    make(&place, "c");
    succeeds(phx_project_set_config(place.store, 2, 2, 1, err));
    succeeds(phx_project_set_config(place.store, 2, 2, 1, err));
    succeeds(phx_project_set_config(place.store, 3, 2, 1, err));
    succeeds(phx_project_set_configs(place.store, 2, ids, 3, err));
    eq_configs(&place, &p, "3=c 1=a ");
    eq_configs(&place, &q, "2=b ");
    succeeds(phx_project_set_config(place.store, 2, 1, 0, err));
    succeeds(phx_project_set_config(place.store, 2, 1, 0, err));
    eq_configs(&place, &p, "3=c ");
    ids[1] = 9;
    eq_int(phx_project_set_configs(place.store, 2, ids, 2, &why),
           PHX_NOT_FOUND);
    eq_int(why.offset, 1);
    fails_with(PHX_NOT_FOUND, "no annotation config 9",
               phx_project_set_config(place.store, 2, 9, 0, err));
    fails_with(PHX_NOT_FOUND, "no project 9",
               phx_project_set_config(place.store, 9, 1, 1, err));
    eq_configs(&place, &p, "3=c ");
    succeeds(phx_project_set_configs(place.store, 2, NULL, 0, err));
    eq_configs(&place, &p, "");
    delete_one(place.store, PHX_PROJECT, 3);
    fails_with(PHX_NOT_FOUND, "no project 3",
               phx_project_set_configs(place.store, 3, ids, 1, err));
    verify_clean(place.store);
    compact_all(place.store);
    send_to(place.store, "q", &(struct sent){"af", "0f"});
    q.project = project_of(&place, "q");
    eq_configs(&place, &q, "");
    eq_configs(&place, NULL, "3=c 2=b 1=a ");
    place_remove(&place);
}

static void refuse(struct place *place, const phx_annotation_config *config,
                   phx_status status, const char *word)
{
    phx_id id = 0;

    fails_with(status, word, phx_config_create(place->store, config, &id, err));
    eq_int(id, 0);
}

TEST(choices_that_are_none_are_refused)
{
    static const char *const choices[] = {
        "[]",
        "{}",
        "[1]",
        "[{}]",
        "[{\"label\": 1}]",
        "[{\"label\": \"\"}]",
        "[{\"label\": \"a\", \"score\": \"1\"}]",
        "[{\"label\": \"a\"}, {\"label\": \"b\"}, {\"label\": \"a\"}]",
        "["};
    struct place place;
    static char many[1 << 15] = "[";

    UNUSED_STATE;
    set_up(&place);
    for (size_t i = 0; i < sizeof choices / sizeof *choices; i++) {
        phx_annotation_config config = categorical("x", choices[i]);
        refuse(&place, &config, PHX_INVALID, "");
    }
    for (int i = 0; i <= PHX_MOST_CHOICES; i++)
        snprintf(many + strlen(many), sizeof many - strlen(many),
                 "%s{\"label\":\"%d\"}", i ? "," : "", i);
    snprintf(many + strlen(many), sizeof many - strlen(many), "]");
    phx_annotation_config config = categorical("x", many);
    refuse(&place, &config, PHX_TOO_BIG, "1001 choices");
    place_remove(&place);
}

TEST(what_is_no_config_is_refused)
{
    static char long_text[(1 << 20) + 2];
    struct place place;
    phx_annotation_config config = freeform("");
    phx_id id = 0;

    UNUSED_STATE;
    set_up(&place);
    refuse(&place, &config, PHX_INVALID, "name is empty");
    memset(long_text, 'x', sizeof long_text - 1);
    config.name = (phx_text){long_text, 4097};
    refuse(&place, &config, PHX_TOO_BIG, "4097");
    config.name = text("\xFF");
    refuse(&place, &config, PHX_INVALID, "UTF-8");
    config.name = text("x");
    config.description = text(long_text);
    refuse(&place, &config, PHX_TOO_BIG, "description");
    config = freeform("x");
    config.bounds = PHX_LOWER_BOUND | PHX_UPPER_BOUND;
    refuse(&place, &config, PHX_INVALID, "below");
    config.upper_bound = INFINITY;
    refuse(&place, &config, PHX_INVALID, "finite");
    config = freeform("x");
    config.type = PHX_CONTINUOUS;
    refuse(&place, &config, PHX_MISUSE, "");
    config.direction = PHX_MINIMIZE;
    config.bounds = PHX_THRESHOLD;
    refuse(&place, &config, PHX_MISUSE, "");
    config = freeform("x");
    config.choices = text("[]");
    refuse(&place, &config, PHX_MISUSE, "");
    config = categorical("x", NULL);
    refuse(&place, &config, PHX_MISUSE, "");
    refuse(&place, NULL, PHX_MISUSE, "");
    fails_with(PHX_MISUSE, "", phx_config_create(NULL, &config, &id, err));
    fails_with(PHX_MISUSE, "", phx_config_update(NULL, &config, err));
    fails_with(PHX_MISUSE, "", phx_config_delete(NULL, 1, err));
    fails_with(PHX_MISUSE, "",
               phx_project_set_configs(place.store, 1, NULL, 1, err));
    fails_with(PHX_MISUSE, "",
               phx_project_set_config(place.store, 1, 1, 2, err));
    fails_with(PHX_MISUSE, "", phx_store_find_configs(NULL, NULL, NULL, err));
    fails_with(PHX_MISUSE, "", phx_cursor_next_config(NULL, NULL, err));
    place_remove(&place);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_of_a_config_comes_back),
        cmocka_unit_test(a_config_is_replaced_or_deleted),
        cmocka_unit_test(a_query_chooses_configs),
        cmocka_unit_test(projects_have_configs),
        cmocka_unit_test(choices_that_are_none_are_refused),
        cmocka_unit_test(what_is_no_config_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

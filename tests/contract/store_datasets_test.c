/*
 * store_datasets_test.c - datasets through phoenix.h: which example an item is,
 * what a version has for ever, and what tells two of them apart.
 */
#include "t.h"

#include "contract/kept.h"

enum {
    CREATE = PHX_DATASET_CREATE,
    APPEND = PHX_DATASET_APPEND,
    UPDATE = PHX_DATASET_UPDATE
};

static void set_up(struct place *place)
{
    place_make(place);
    place_open(place, 0);
}

TEST(all_that_is_put_comes_back)
{
    struct place place;
    const phx_dataset *dataset;
    const phx_dataset_version *version;
    const phx_example *example;
    phx_dataset_change change;
    phx_cursor *cursor;
    const phx_example_item item = {
        .input = kept_text("{\"n\": 9007199254740993, \"n2\": 1e2}"),
        .output = kept_text("{\"a\": [1, \"\xC3\xA9\"]}"),
        .external_id = kept_text("mine"),
    };

    UNUSED_STATE;
    set_up(&place);
    succeeds(phx_dataset_put(place.store, "d", CREATE, "about", &item, 1,
                             &change, err));
    place_reopen(&place, 0);
    succeeds(phx_store_find_datasets(place.store, 0, 0, "d", 0, &cursor, err));
    succeeds(phx_cursor_next_dataset(cursor, &dataset, err));
    eq_int(dataset->id, change.dataset);
    ok(dataset->first_version == 1 && dataset->version == 1);
    ok(dataset->versions == 1 && dataset->examples == 1);
    ok(dataset->created_at > 1600000000000000000u);
    ok(dataset->created_at == dataset->updated_at);
    eq_text(dataset->name, "d");
    eq_text(dataset->description, "about");
    eq_text(dataset->metadata, "{}");
    eq_int(phx_cursor_next_dataset(cursor, &dataset, NULL), PHX_DONE);
    phx_cursor_close(cursor);
    succeeds(phx_store_find_versions(place.store, 1, 0, 0, &cursor, err));
    succeeds(phx_cursor_next_version(cursor, &version, err));
    ok(version->id == 1 && version->dataset == 1 && version->examples == 1);
    eq_int(version->hash.size, 64);
    eq_int(phx_cursor_next_version(cursor, &version, NULL), PHX_DONE);
    phx_cursor_close(cursor);
    succeeds(phx_store_find_examples(place.store, 1, 0, 0, 0, &cursor, err));
    succeeds(phx_cursor_next_example(cursor, &example, err));
    ok(example->id == 1 && example->version == 1);
    eq_text(example->external_id, "mine");
    eq_text(example->input, "{\"n\": 9007199254740993, \"n2\": 1e2}");
    eq_text(example->output, "{\"a\": [1, \"\xC3\xA9\"]}");
    eq_text(example->metadata, "{}");
    eq_int(example->hash.size, 32);
    eq_int(example->strict_hash.size, 64);
    eq_int(phx_cursor_next_example(cursor, &example, NULL), PHX_DONE);
    phx_cursor_close(cursor);
    place_remove(&place);
}

/* The value is known from the reference. */
TEST(the_hash_of_content_is_phoenix_s)
{
    struct place place;
    const phx_example *example;
    phx_dataset_change change;
    phx_cursor *cursor;
    const phx_example_item item = {.input = kept_text("{\"q\":\"hi\"}"),
                                   .output = kept_text("{\"a\":1.0}")};

    UNUSED_STATE;
    set_up(&place);
    succeeds(phx_dataset_put(place.store, "d", CREATE, NULL, &item, 1, &change,
                             err));
    succeeds(phx_store_find_examples(place.store, 1, 0, 0, 0, &cursor, err));
    succeeds(phx_cursor_next_example(cursor, &example, err));
    eq_text(example->hash, "41861aed29517f95543801dee27c1a85");
    phx_cursor_close(cursor);
    place_remove(&place);
}

TEST(a_version_stays_as_it_was)
{
    struct place place;
    phx_store *store;

    UNUSED_STATE;
    set_up(&place);
    store = place.store;
    eq_string(keep(store, "d", CREATE,
                   KEPT({"{\"q\":1}"}, {"{\"q\":2}", "b"}, {"{\"q\":3}"})),
              "1.1 +3 ~0 -0");
    eq_string(keep(store, "d", APPEND, KEPT({"{\"q\":4}"})), "1.2 +1 ~0 -0");
    eq_string(keep(store, "d", UPDATE, KEPT({"{\"q\":3}"}, {"{\"q\":9}", "b"})),
              "1.3 +0 ~1 -2");
    eq_string(keep(store, "d", APPEND, KEPT({"{\"q\":1}"})), "1.4 +1 ~0 -0");
    eq_string(examples_of(store, 1, 1),
              "1:={\"q\":1} 2:b={\"q\":2} 3:={\"q\":3} ");
    eq_string(examples_of(store, 1, 2),
              "1:={\"q\":1} 2:b={\"q\":2} 3:={\"q\":3} 4:={\"q\":4} ");
    eq_string(examples_of(store, 1, 3), "2:b={\"q\":9} 3:={\"q\":3} ");
    eq_string(examples_of(store, 1, 0),
              "2:b={\"q\":9} 3:={\"q\":3} 5:={\"q\":1} ");
    verify_clean(store);
    place_remove(&place);
}

TEST(equal_examples_are_a_multiset)
{
    struct place place;
    phx_store *store;

    UNUSED_STATE;
    set_up(&place);
    store = place.store;
    keep(store, "d", UPDATE, KEPT({"{\"q\":1}"}, {"{\"q\":1}"}, {"{\"q\":1}"}));
    eq_string(keep(store, "d", UPDATE, KEPT({"{\"q\":1}"}, {"{\"q\":1.0}"})),
              "1.2 +0 ~0 -1");
    eq_string(keep(store, "d", APPEND,
                   KEPT({"{\"q\":1}"}, {"{\"q\":1}"}, {"{\"q\":1}"})),
              "1.3 +1 ~0 -0");
    /* One that is named is no longer there to be equal. */
    eq_string(keep(store, "d", UPDATE,
                   KEPT({"{\"q\":1}", NULL, 1}, {"{\"q\":1}"}, {"{\"q\":1}"})),
              "1.3 +0 ~0 -0");
    eq_string(keep(store, "d", UPDATE,
                   KEPT({"{\"q\":2}", NULL, 2}, {"{\"q\":1}"}, {"{\"q\":1}"})),
              "1.4 +0 ~1 -0");
    verify_clean(store);
    place_remove(&place);
}

TEST(an_external_id_comes_back_to_its_example)
{
    struct place place;
    phx_store *store;

    UNUSED_STATE;
    set_up(&place);
    store = place.store;
    keep(store, "d", UPDATE, KEPT({"{\"q\":1}", "x"}, {"{\"q\":2}"}));
    keep(store, "d", UPDATE, KEPT({"{\"q\":2}"}));
    eq_string(keep(store, "d", APPEND, KEPT({"{\"q\":2}", "x"})),
              "1.3 +1 ~0 -0");
    eq_string(examples_of(store, 1, 0), "1:x={\"q\":2} 2:={\"q\":2} ");
    eq_string(keep(store, "e", APPEND, KEPT({"{\"q\":2}", "x"})),
              "2.4 +1 ~0 -0");
    verify_clean(store);
    place_remove(&place);
}

TEST(what_is_refused_leaves_nothing)
{
    struct place place;
    phx_store *store;
    phx_dataset_change change;

    UNUSED_STATE;
    set_up(&place);
    store = place.store;
    keep(store, "d", CREATE, KEPT({"{\"q\":1}", "x"}));
    keep(store, "e", CREATE, KEPT({"{\"q\":1}"}));
    fails_with(PHX_CONFLICT, "'d' exists",
               try_keep(store, "d", CREATE, KEPT({"{}"}), &change, err));
    fails_with(PHX_INVALID, "name is empty",
               try_keep(store, "", CREATE, KEPT({"{}"}), &change, err));
    fails_with(PHX_INVALID, "not UTF-8",
               try_keep(store, "\xFF", CREATE, KEPT({"{}"}), &change, err));
    fails_with(PHX_NOT_FOUND, "example 2",
               try_keep(store, "d", APPEND,
                        KEPT({"{\"q\":5}"}, {"{}", NULL, 2}), &change, err));
    fails_with(PHX_INVALID, "given twice",
               try_keep(store, "d", APPEND, KEPT({"{}", "y"}, {"{}", "y"}),
                        &change, err));
    fails_with(PHX_INVALID, "given twice",
               try_keep(store, "d", APPEND, KEPT({"{}", "x"}, {"{}", NULL, 1}),
                        &change, err));
    fails_with(PHX_INVALID, "no JSON object",
               try_keep(store, "d", APPEND, KEPT({"[]"}), &change, err));
    fails_with(
        PHX_INVALID, "no JSON object",
        try_keep(store, "d", APPEND, KEPT({"{\"a\":NaN}"}), &change, err));
    fails_with(PHX_INVALID, "is empty",
               try_keep(store, "d", APPEND, KEPT({"{}", ""}), &change, err));
    eq_string(examples_of(store, 1, 0), "1:x={\"q\":1} ");
    verify_clean(store);
    place_remove(&place);
}

TEST(large_texts_are_refused)
{
    static char name[5000];
    struct place place;
    phx_dataset_change change;

    UNUSED_STATE;
    set_up(&place);
    memset(name, 'n', sizeof name - 1);
    fails_with(PHX_TOO_BIG, "4999 bytes",
               try_keep(place.store, name, CREATE, KEPT({"{}"}), &change, err));
    fails_with(
        PHX_TOO_BIG, "external id",
        try_keep(place.store, "d", CREATE, KEPT({"{}", name}), &change, err));
    place_remove(&place);
}

TEST(equal_content_has_an_equal_hash_in_any_store)
{
    struct place one;
    phx_store *other;
    const char *hash;

    UNUSED_STATE;
    set_up(&one);
    succeeds(phx_store_open("sqlite::memory:", NULL, &other, err));
    keep(one.store, "d", CREATE,
         KEPT({"{\"a\":1,\"b\":2}"}, {"{\"q\":2}", "x"}));
    hash = hash_of(one.store, 1);
    keep(other, "first", CREATE, KEPT({"{\"q\":7}"}));
    keep(other, "d", CREATE, KEPT({"{\"q\":2}", "x"}, {"{\"q\":7}"}));
    keep(other, "d", UPDATE,
         KEPT({"{\"b\": 2, \"a\": 1}"}, {"{\"q\":2}", "x"}));
    eq_string(hash_of(other, 2), hash);
    keep(other, "d", UPDATE,
         KEPT({"{\"b\": 2, \"a\": 1}"}, {"{\"q\":2}", "y"}));
    ok(strcmp(hash_of(other, 2), hash) != 0);
    phx_store_close(other);
    place_remove(&one);
}

TEST(the_hash_tells_every_digit)
{
    struct place place;

    UNUSED_STATE;
    set_up(&place);
    keep(place.store, "a", CREATE, KEPT({"{\"n\":9007199254740992}"}));
    keep(place.store, "b", CREATE, KEPT({"{\"n\":9007199254740993}"}));
    ok(strcmp(hash_of(place.store, 1), hash_of(place.store, 2)) != 0);
    place_remove(&place);
}

TEST(lists_go_on_from_a_number)
{
    struct place place;
    const phx_dataset *dataset;
    const phx_dataset_version *version;
    const phx_example *example;
    phx_cursor *cursor;

    UNUSED_STATE;
    set_up(&place);
    keep(place.store, "d", CREATE,
         KEPT({"{\"q\":1}"}, {"{\"q\":2}"}, {"{\"q\":3}"}, {"{\"q\":4}"},
              {"{\"q\":5}"}));
    keep(place.store, "d", APPEND, KEPT({"{\"q\":6}"}));
    keep(place.store, "e", CREATE, KEPT({"{\"q\":1}"}));
    succeeds(phx_store_find_datasets(place.store, 0, 1, NULL, 0, &cursor, err));
    succeeds(phx_cursor_next_dataset(cursor, &dataset, err));
    eq_int(dataset->id, 1);
    phx_cursor_close(cursor);
    succeeds(phx_store_find_versions(place.store, 1, 1, 0, &cursor, err));
    succeeds(phx_cursor_next_version(cursor, &version, err));
    eq_int(version->id, 1);
    phx_cursor_close(cursor);
    succeeds(phx_store_find_examples(place.store, 1, 1, 2, 4, &cursor, err));
    for (int i = 2; i <= 5; i++) {
        succeeds(phx_cursor_next_example(cursor, &example, err));
        eq_int(example->id, i);
    }
    eq_int(phx_cursor_next_example(cursor, &example, NULL), PHX_DONE);
    phx_cursor_close(cursor);
    fails_with(PHX_NOT_FOUND, "no version 3",
               phx_store_find_examples(place.store, 1, 3, 0, 0, &cursor, err));
    fails_with(PHX_NOT_FOUND, "no dataset 9",
               phx_store_find_examples(place.store, 9, 0, 0, 0, &cursor, err));
    place_remove(&place);
}

TEST(a_deleted_dataset_is_gone_and_its_numbers_too)
{
    struct place place;
    const phx_dataset_version *version;
    phx_cursor *cursor;

    UNUSED_STATE;
    set_up(&place);
    keep(place.store, "d", CREATE, KEPT({"{\"q\":1}", "x"}));
    keep(place.store, "e", CREATE, KEPT({"{\"q\":1}"}));
    succeeds(phx_dataset_delete(place.store, 2, err));
    fails_with(PHX_NOT_FOUND, "no dataset 2",
               phx_dataset_delete(place.store, 2, err));
    place_reopen(&place, 0);
    eq_string(keep(place.store, "e", CREATE, KEPT({"{\"q\":1}"})),
              "3.3 +1 ~0 -0");
    eq_string(examples_of(place.store, 3, 0), "3:={\"q\":1} ");
    eq_string(examples_of(place.store, 1, 0), "1:x={\"q\":1} ");
    succeeds(phx_store_find_versions(place.store, 2, 0, 0, &cursor, err));
    eq_int(phx_cursor_next_version(cursor, &version, NULL), PHX_DONE);
    phx_cursor_close(cursor);
    verify_clean(place.store);
    place_remove(&place);
}

TEST(misuse_is_told)
{
    struct place place;
    const phx_example_item bad = {.input = {NULL, 1}};
    const phx_example *example;
    const phx_dataset *dataset;
    const phx_dataset_version *version;
    phx_dataset_change change;
    phx_cursor *cursor;

    UNUSED_STATE;
    set_up(&place);
    eq_int(phx_dataset_put(place.store, "d", 3, NULL, NULL, 0, &change, NULL),
           PHX_MISUSE);
    eq_int(phx_dataset_put(place.store, "d", 0, NULL, NULL, 1, &change, NULL),
           PHX_MISUSE);
    eq_int(phx_dataset_put(place.store, "d", 0, NULL, &bad, 1, &change, NULL),
           PHX_MISUSE);
    eq_int(phx_dataset_delete(NULL, 1, NULL), PHX_MISUSE);
    eq_int(phx_store_find_examples(NULL, 1, 0, 0, 0, &cursor, NULL),
           PHX_MISUSE);
    eq_int(phx_store_find_datasets(place.store, 0, 0, NULL, 0, NULL, NULL),
           PHX_MISUSE);
    eq_int(phx_store_find_versions(place.store, 0, 0, 0, NULL, NULL),
           PHX_MISUSE);
    succeeds(phx_store_find_projects(place.store, 0, 0, NULL, 0, &cursor, err));
    eq_int(phx_cursor_next_example(cursor, &example, NULL), PHX_MISUSE);
    eq_int(phx_cursor_next_dataset(cursor, &dataset, NULL), PHX_MISUSE);
    eq_int(phx_cursor_next_version(cursor, &version, NULL), PHX_MISUSE);
    phx_cursor_close(cursor);
    place_remove(&place);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_that_is_put_comes_back),
        cmocka_unit_test(the_hash_of_content_is_phoenix_s),
        cmocka_unit_test(a_version_stays_as_it_was),
        cmocka_unit_test(equal_examples_are_a_multiset),
        cmocka_unit_test(an_external_id_comes_back_to_its_example),
        cmocka_unit_test(what_is_refused_leaves_nothing),
        cmocka_unit_test(large_texts_are_refused),
        cmocka_unit_test(equal_content_has_an_equal_hash_in_any_store),
        cmocka_unit_test(the_hash_tells_every_digit),
        cmocka_unit_test(lists_go_on_from_a_number),
        cmocka_unit_test(a_deleted_dataset_is_gone_and_its_numbers_too),
        cmocka_unit_test(misuse_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

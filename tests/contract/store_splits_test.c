/*
 * store_splits_test.c - splits and labels through phoenix.h: what is in them
 * now, what was in them at a version, and what goes with what; and the spans
 * that examples are from.
 */
#include "t.h"

#include "contract/tried.h"

enum { APPEND = PHX_DATASET_APPEND, UPDATE = PHX_DATASET_UPDATE };

/* An item with its input and splits. */
struct split_item {
    const char *input, *splits;
};

static phx_dataset_change change;

static phx_status try_put(phx_store *store, int32_t action,
                          const struct split_item *given, phx_error *error)
{
    phx_example_item items[KEPT_MOST] = {{.example = 0}};
    size_t count = 0;

    for (; given[count].input; count++) {
        items[count].input = kept_text(given[count].input);
        items[count].splits = kept_text(given[count].splits);
    }
    return phx_dataset_put(store, "d", action, NULL, items, count, &change,
                           error);
}

/* "version ~updated: number number" of those in a split, now or at a version.
 */
static const char *in_split(phx_store *store, phx_id version, phx_id split,
                            bool then)
{
    static char told[256];
    const phx_example *row;
    phx_cursor *cursor = NULL;
    size_t used = 0;

    told[0] = '\0';
    succeeds(phx_store_find_split_examples(store, 1, version, &split, 1, then,
                                           0, 0, &cursor, err));
    while (phx_cursor_next_example(cursor, &row, NULL) == PHX_OK)
        used += (size_t)snprintf(told + used, sizeof told - used, "%d%s ",
                                 (int)row->id, row->splits.data);
    phx_cursor_close(cursor);
    return told;
}

#define ITEMS(...)                                                             \
    (const struct split_item[])                                                \
    {                                                                          \
        __VA_ARGS__,                                                           \
        {                                                                      \
            NULL, NULL                                                         \
        }                                                                      \
    }

static phx_store *set_up(struct place *place)
{
    place_make(place);
    place_open(place, 0);
    succeeds(try_put(place->store, UPDATE,
                     ITEMS({"{\"q\":1}", "[\"train\"]"},
                           {"{\"q\":2}", "[\"train\", \"test\", \"train\"]"},
                           {"{\"q\":3}", "[]"}, {"{\"q\":4}", NULL}),
                     err));
    return place->store;
}

TEST(an_upload_puts_examples_into_splits)
{
    struct place place;
    phx_store *store = set_up(&place);
    const phx_split *split;
    phx_cursor *cursor;

    UNUSED_STATE;
    eq_string(in_split(store, 0, 1, false),
              "1[\"train\"] 2[\"test\",\"train\"] ");
    eq_string(in_split(store, 0, 2, false), "2[\"test\",\"train\"] ");
    succeeds(phx_store_find_splits(store, 0, NULL, 1, &cursor, err));
    succeeds(phx_cursor_next_split(cursor, &split, err));
    eq_text(split->name, "test");
    succeeds(phx_cursor_next_split(cursor, &split, err));
    eq_text(split->name, "train");
    eq_text(split->color, "#808080");
    eq_text(split->metadata, "{}");
    ok(split->description.data == NULL && split->examples == 2);
    ok(split->created_at == split->updated_at && split->created_at > 0);
    eq_int(phx_cursor_next_split(cursor, &split, NULL), PHX_DONE);
    phx_cursor_close(cursor);
    verify_clean(store);
    place_remove(&place);
}

/* Of the examples, if there are some, and of the splits. */
static phx_status try_experiment(phx_store *store, const phx_id *examples,
                                 size_t example_count, const phx_id *splits,
                                 size_t split_count, phx_id *out,
                                 phx_error *error)
{
    phx_experiment_item item = PHX_EXPERIMENT_ITEM_INIT;

    item.dataset = 1;
    item.examples = examples;
    item.example_count = example_count;
    item.splits = splits;
    item.split_count = split_count;
    return phx_experiment_create(store, &item, out, error);
}

TEST(an_experiment_of_splits_is_of_those_in_them_then)
{
    struct place place;
    phx_store *store = set_up(&place);
    const phx_split none = {.name = kept_text("none")};
    const phx_id splits[] = {1, 2, 3}, some[] = {4, 1};
    phx_id id = 0;

    UNUSED_STATE;
    succeeds(phx_split_create(store, &none, 0, NULL, 0, &id, err));
    eq_int(id, 3);
    succeeds(try_experiment(store, NULL, 0, splits, 3, &id, err));
    succeeds(try_experiment(store, NULL, 0, splits + 2, 1, &id, err));
    succeeds(try_experiment(store, some, 2, splits + 1, 1, &id, err));
    succeeds(try_put(store, UPDATE, ITEMS({"{\"q\":2}", "[]"}), err));
    succeeds(try_experiment(store, NULL, 0, splits, 2, &id, err));
    succeeds(phx_split_delete(store, 1, err));
    eq_string(left_of(store, 1, 0, 0), "1:1, 2:1, ");
    eq_string(left_of(store, 2, 0, 0), "");
    eq_string(left_of(store, 3, 0, 0), "1:1, 2:1, 4:1, ");
    eq_string(left_of(store, 4, 0, 0), "");
    fails_with(PHX_NOT_FOUND, "example 1",
               try_run(store, 2, 1, 1, NULL, NULL, NULL, err));
    fails_with(PHX_NOT_FOUND, "no split 1",
               try_experiment(store, some, 0, splits, 1, &id, err));
    verify_clean(store);
    place_remove(&place);
}

TEST(splits_that_are_not_given_stay)
{
    struct place place;
    phx_store *store = set_up(&place);

    UNUSED_STATE;
    succeeds(try_put(store, APPEND,
                     ITEMS({"{\"q\":1}", NULL}, {"{\"q\":2}", "[]"}), err));
    ok(change.updated == 1 && change.created == 0 && change.version == 1);
    eq_string(in_split(store, 0, 1, false), "1[\"train\"] ");
    eq_string(in_split(store, 0, 2, false), "");
    verify_clean(store);
    place_remove(&place);
}

TEST(an_example_is_in_64_splits_at_most)
{
    struct place place;
    phx_store *store = set_up(&place);
    const phx_id fourth = 4;
    phx_id last = 0;
    char name[8];

    UNUSED_STATE;
    for (int i = 0; i < 64; i++) {
        snprintf(name, sizeof name, "s%d", i);
        const phx_split split = {.name = kept_text(name)};
        succeeds(phx_split_create(store, &split, 1, &fourth, 1, &last, err));
    }
    const phx_split more = {.name = kept_text("more")};
    fails_with(PHX_TOO_BIG, "example 4 is in 64 splits",
               phx_split_create(store, &more, 1, &fourth, 1, &last, err));
    const phx_split is = {.id = last};
    succeeds(phx_split_update(store, &is, 1, NULL, 0, &fourth, 1, err));
    verify_clean(store);
    place_remove(&place);
}

TEST(a_version_keeps_its_splits)
{
    struct place place;
    phx_store *store = set_up(&place);
    const phx_id two = 2, three = 3;
    const phx_split train = {.id = 1};

    UNUSED_STATE;
    succeeds(try_put(store, APPEND, ITEMS({"{\"q\":5}", "[\"train\"]"}), err));
    succeeds(phx_split_update(store, &train, 1, &three, 1, &two, 1, err));
    eq_string(in_split(store, 1, 1, true), "1[\"train\"] 2[\"test\"] ");
    eq_string(in_split(store, 2, 1, true),
              "1[\"train\"] 3[\"train\"] 5[\"train\"] ");
    eq_string(in_split(store, 1, 1, false), "1[\"train\"] 3[\"train\"] ");
    succeeds(try_put(store, UPDATE, ITEMS({"{\"q\":3}", NULL}), err));
    eq_int(change.version, 3);
    eq_string(in_split(store, 0, 1, false), "3[\"train\"] ");
    eq_string(in_split(store, 2, 1, true), "1[] 3[\"train\"] 5[] ");
    place_reopen(&place, 0);
    verify_clean(place.store);
    place_remove(&place);
}

TEST(what_comes_and_goes_in_a_version_leaves_nothing)
{
    struct place place;
    phx_store *store = set_up(&place);
    const phx_id three = 3;
    const phx_split train = {.id = 1};

    UNUSED_STATE;
    for (int i = 0; i < 3; i++) {
        succeeds(phx_split_update(store, &train, 1, &three, 1, NULL, 0, err));
        succeeds(phx_split_update(store, &train, 1, &three, 1, &three, 1, err));
    }
    eq_string(in_split(store, 1, 1, true),
              "1[\"train\"] 2[\"test\",\"train\"] ");
    verify_clean(store);
    place_remove(&place);
}

TEST(a_split_is_made_changed_and_deleted)
{
    struct place place;
    phx_store *store = set_up(&place);
    const phx_id some[] = {1, 3};
    phx_split split = {.name = kept_text("mine"),
                       .description = kept_text("about"),
                       .metadata = kept_text("{\"a\":1}")};
    const phx_split *found;
    phx_cursor *cursor;

    UNUSED_STATE;
    succeeds(phx_split_create(store, &split, 1, some, 2, &split.id, err));
    eq_string(in_split(store, 0, split.id, false),
              "1[\"mine\",\"train\"] 3[\"mine\"] ");
    split.name = kept_text("yours");
    split.description = kept_text("");
    split.metadata = kept_text(NULL);
    split.color = kept_text("#ffffff");
    succeeds(phx_split_update(store, &split, 0, NULL, 0, NULL, 0, err));
    succeeds(phx_store_find_splits(store, 0, "yours", 0, &cursor, err));
    succeeds(phx_cursor_next_split(cursor, &found, err));
    eq_int(found->id, split.id);
    eq_text(found->metadata, "{\"a\":1}");
    eq_text(found->color, "#ffffff");
    ok(found->description.data == NULL && found->examples == 2);
    phx_cursor_close(cursor);
    succeeds(phx_split_delete(store, split.id, err));
    eq_string(in_split(store, 0, split.id, false), "");
    succeeds(phx_split_create(store, &split, 0, NULL, 0, &split.id, err));
    eq_int(split.id, 4);
    verify_clean(store);
    place_remove(&place);
}

TEST(splits_are_refused_whole)
{
    struct place place;
    phx_store *store = set_up(&place);
    const phx_id some[] = {1, 9};
    phx_split split = {.id = 1, .name = kept_text("test")};
    phx_id id = 0;
    phx_error why = {0};

    UNUSED_STATE;
    fails_with(PHX_CONFLICT, "'test' exists",
               phx_split_create(store, &split, 0, NULL, 0, &id, err));
    fails_with(PHX_CONFLICT, "'test' exists",
               phx_split_update(store, &split, 0, NULL, 0, NULL, 0, err));
    split.name = kept_text("new");
    eq_int(phx_split_create(store, &split, 1, some, 2, &id, &why),
           PHX_NOT_FOUND);
    eq_int(why.offset, 1);
    eq_int(phx_split_update(store, &split, 1, some, 1, some, 2, &why),
           PHX_NOT_FOUND);
    eq_int(why.offset, 2);
    fails_with(PHX_NOT_FOUND, "no dataset 7",
               phx_split_create(store, &split, 7, NULL, 0, &id, err));
    split.id = 7;
    eq_int(phx_split_update(store, &split, 1, NULL, 0, NULL, 0, &why),
           PHX_NOT_FOUND);
    eq_int(why.offset, -1);
    fails_with(PHX_NOT_FOUND, "no split 7", phx_split_delete(store, 7, err));
    split.metadata = kept_text("[]");
    fails_with(PHX_INVALID, "no JSON object",
               phx_split_create(store, &split, 0, NULL, 0, &id, err));
    split.metadata = kept_text(NULL);
    split.name = kept_text("");
    fails_with(PHX_INVALID, "name is empty",
               phx_split_create(store, &split, 0, NULL, 0, &id, err));
    split.name = kept_text("\xff");
    fails_with(PHX_INVALID, "not UTF-8",
               phx_split_update(store, &split, 0, NULL, 0, NULL, 0, err));
    for (int i = 0; i < 3; i++) {
        static const char *const wrong[] = {"{}", "[1]", "[\"\"]"};
        fails_with(PHX_INVALID, i ? "name must be" : "no JSON array",
                   try_put(store, APPEND, ITEMS({"{\"q\":8}", wrong[i]}), err));
    }
    eq_string(in_split(store, 0, 1, false),
              "1[\"train\"] 2[\"test\",\"train\"] ");
    verify_clean(store);
    place_remove(&place);
}

/* --- labels ------------------------------------------------------------------- */

/* The names of a dataset's labels. */
static const char *labels_of(phx_store *store, phx_id dataset)
{
    static char told[128];
    const phx_dataset_label *row;
    phx_cursor *cursor = NULL;

    told[0] = '\0';
    succeeds(phx_store_find_labels(store, 0, dataset, 0, 0, &cursor, err));
    while (phx_cursor_next_label(cursor, &row, NULL) == PHX_OK)
        strncat(told, row->name.data, sizeof told - strlen(told) - 1);
    phx_cursor_close(cursor);
    return told;
}

TEST(datasets_have_labels)
{
    struct place place;
    phx_store *store = set_up(&place);
    phx_dataset_label label = {.description = kept_text("about"),
                               .color = kept_text("#010203")};
    const phx_dataset_label *found;
    phx_cursor *cursor;
    phx_id ids[3];

    UNUSED_STATE;
    for (int i = 0; i < 3; i++) {
        label.name = kept_text((const char *[]){"a", "b", "c"}[i]);
        succeeds(phx_label_create(store, &label, &ids[i], err));
    }
    succeeds(phx_dataset_set_labels(store, 1, ids, 2, err));
    eq_string(labels_of(store, 1), "ba");
    succeeds(phx_dataset_set_label(store, 1, ids[2], 1, err));
    succeeds(phx_dataset_set_label(store, 1, ids[2], 1, err));
    succeeds(phx_dataset_set_label(store, 1, ids[0], 0, err));
    succeeds(phx_dataset_set_label(store, 1, 99, 0, err));
    succeeds(phx_dataset_set_label(store, 1, 0, 0, err));
    eq_string(labels_of(store, 1), "cb");
    label = (phx_dataset_label){
        .id = ids[1], .name = kept_text("B"), .description = kept_text("")};
    succeeds(phx_label_update(store, &label, err));
    succeeds(phx_store_find_labels(store, ids[1], 0, 0, 0, &cursor, err));
    succeeds(phx_cursor_next_label(cursor, &found, err));
    eq_text(found->name, "B");
    eq_text(found->color, "#010203");
    ok(found->description.data == NULL);
    phx_cursor_close(cursor);
    succeeds(phx_label_delete(store, ids[2], err));
    eq_string(labels_of(store, 1), "B");
    verify_clean(store);
    succeeds(phx_dataset_delete(store, 1, err));
    eq_string(labels_of(store, 0), "Ba");
    verify_clean(store);
    place_remove(&place);
}

TEST(labels_are_refused_whole)
{
    struct place place;
    phx_store *store = set_up(&place);
    phx_dataset_label label = {.name = kept_text("a")};
    phx_id ids[2] = {1, 9}, id;
    phx_error why = {0};

    UNUSED_STATE;
    succeeds(phx_label_create(store, &label, &id, err));
    fails_with(PHX_CONFLICT, "'a' exists",
               phx_label_create(store, &label, &id, err));
    label.name = kept_text("b");
    succeeds(phx_label_create(store, &label, &label.id, err));
    label.name = kept_text("a");
    fails_with(PHX_CONFLICT, "'a' exists",
               phx_label_update(store, &label, err));
    label.name = kept_text("");
    fails_with(PHX_INVALID, "name is empty",
               phx_label_create(store, &label, &id, err));
    label.id = 9;
    label.name = kept_text("c");
    fails_with(PHX_NOT_FOUND, "no label 9",
               phx_label_update(store, &label, err));
    fails_with(PHX_NOT_FOUND, "no label 9", phx_label_delete(store, 9, err));
    eq_int(phx_dataset_set_labels(store, 1, ids, 2, &why), PHX_NOT_FOUND);
    eq_int(why.offset, 1);
    eq_string(labels_of(store, 1), "");
    fails_with(PHX_NOT_FOUND, "no label 9",
               phx_dataset_set_label(store, 1, 9, 1, err));
    fails_with(PHX_NOT_FOUND, "no dataset 9",
               phx_dataset_set_label(store, 9, 1, 1, err));
    place_remove(&place);
}

/* --- spans -------------------------------------------------------------------- */

/* The spans of all examples. */
static const char *spans_of(phx_store *store)
{
    static char told[128];
    const phx_example *row;
    phx_cursor *cursor = NULL;
    size_t used = 0;

    told[0] = '\0';
    succeeds(phx_store_find_examples(store, 1, 0, 0, 0, &cursor, err));
    while (phx_cursor_next_example(cursor, &row, NULL) == PHX_OK)
        used += (size_t)snprintf(told + used, sizeof told - used, "%d:%s ",
                                 row->span != 0,
                                 row->span_id.data ? row->span_id.data : "");
    phx_cursor_close(cursor);
    return told;
}

static void put_from(phx_store *store, int32_t action)
{
    static const char *const spans[] = {"a1", "a2", "b1", "c1", "dd", "xyz"};
    phx_example_item items[6] = {{.example = 0}};
    char input[6][16];

    for (int i = 0; i < 6; i++) {
        snprintf(input[i], sizeof input[i], "{\"q\":%d}", i);
        items[i].input = kept_text(input[i]);
        items[i].span_id = kept_text(spans[i]);
    }
    succeeds(phx_dataset_put(store, "d", action, NULL, items, 6, &change, err));
}

TEST(examples_are_from_spans_till_those_go)
{
    struct place place;
    phx_store *store;

    UNUSED_STATE;
    place_make(&place);
    place_open(&place, 0);
    store = place.store;
    ok(send(&place, &(struct sent){"0a", "a1"}));
    ok(send(&place, &(struct sent){"0a", "a2"}));
    ok(send(&place, &(struct sent){"0b", "b1"}));
    ok(send_to(store, "p", &(struct sent){"0c", "c1"}));
    put_from(store, UPDATE);
    eq_string(spans_of(store), "1:a1 1:a2 1:b1 1:c1 0: 0: ");
    put_from(store, UPDATE);
    eq_int(change.version, 1);
    verify_clean(store);
    delete_one(store, PHX_SPAN, span_of(&place, "a1"));
    eq_string(spans_of(store), "0: 1:a2 1:b1 1:c1 0: 0: ");
    delete_one(store, PHX_TRACE, trace_of(&place, "0b"));
    delete_one(store, PHX_PROJECT, number_of(store, PHX_PROJECT, "p"));
    eq_string(spans_of(store), "0: 1:a2 0: 0: 0: 0: ");
    verify_clean(store);
    compact_all(store);
    eq_string(spans_of(store), "0: 1:a2 0: 0: 0: 0: ");
    verify_clean(store);
    succeeds(phx_dataset_delete(store, 1, err));
    verify_clean(store);
    place_remove(&place);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_upload_puts_examples_into_splits),
        cmocka_unit_test(an_experiment_of_splits_is_of_those_in_them_then),
        cmocka_unit_test(splits_that_are_not_given_stay),
        cmocka_unit_test(an_example_is_in_64_splits_at_most),
        cmocka_unit_test(a_version_keeps_its_splits),
        cmocka_unit_test(what_comes_and_goes_in_a_version_leaves_nothing),
        cmocka_unit_test(a_split_is_made_changed_and_deleted),
        cmocka_unit_test(splits_are_refused_whole),
        cmocka_unit_test(datasets_have_labels),
        cmocka_unit_test(labels_are_refused_whole),
        cmocka_unit_test(examples_are_from_spans_till_those_go),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

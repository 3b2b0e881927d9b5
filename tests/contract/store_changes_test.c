/*
 * store_changes_test.c - what has changed between two versions of a dataset,
 * held against what reading both of them tells.
 */
#include "t.h"

#include "contract/kept.h"
#include "contract/logged.h"

enum { APPEND = PHX_DATASET_APPEND, UPDATE = PHX_DATASET_UPDATE };

static void set_up(struct place *place)
{
    place_make(place);
    place_open(place, 0);
}

/* "+4={"q":4} ~2={"q":2}>{"q":9} -1={"q":1} " in the order of the cursor. */
static const char *changes_of(phx_store *store, phx_id dataset, phx_id before,
                              phx_id after)
{
    static char told[2048];
    const phx_example_change *row;
    phx_cursor *cursor = NULL;
    phx_status status;
    size_t used = 0;

    told[0] = '\0';
    succeeds(
        phx_store_find_changes(store, dataset, before, after, &cursor, err));
    while ((status = phx_cursor_next_change(cursor, &row, NULL)) == PHX_OK) {
        const phx_example *any = row->after ? row->after : row->before;

        used += (size_t)snprintf(
            told + used, sizeof told - used, "%c%d=%s%s%s ",
            !row->before  ? '+'
            : !row->after ? '-'
                          : '~',
            (int)any->id, row->before ? row->before->input.data : "",
            row->before && row->after ? ">" : "",
            row->after ? row->after->input.data : "");
    }
    eq_int(status, PHX_DONE);
    eq_int(phx_cursor_next_change(cursor, &row, NULL), PHX_DONE);
    phx_cursor_close(cursor);
    return told;
}

TEST(what_has_changed_is_told_both_ways)
{
    struct place place;

    UNUSED_STATE;
    set_up(&place);
    keep(place.store, "d", APPEND,
         KEPT({"{\"q\":1}", NULL, 0}, {"{\"q\":2}", "b", 0},
              {"{\"q\":3}", NULL, 0}));
    keep(place.store, "other", APPEND, KEPT({"{\"o\":1}", "b", 0}));
    keep(place.store, "d", UPDATE,
         KEPT({"{\"q\":9}", "b", 0}, {"{\"q\":3}", NULL, 0},
              {"{\"q\":4}", NULL, 0}));
    eq_string(changes_of(place.store, 1, 1, 3),
              "~2={\"q\":2}>{\"q\":9} +5={\"q\":4} -1={\"q\":1} ");
    eq_string(changes_of(place.store, 1, 3, 1),
              "~2={\"q\":9}>{\"q\":2} -5={\"q\":4} +1={\"q\":1} ");
    eq_string(changes_of(place.store, 1, 1, 0),
              changes_of(place.store, 1, 1, 3));
    eq_string(changes_of(place.store, 1, 3, 0), "");
    eq_string(changes_of(place.store, 2, 2, 2), "");
    place_remove(&place);
}

TEST(what_is_again_as_it_was_is_no_change)
{
    struct place place;

    UNUSED_STATE;
    set_up(&place);
    keep(place.store, "d", UPDATE, KEPT({"{\"q\":1}", "a", 0}));
    keep(place.store, "d", UPDATE,
         KEPT({"{\"q\":2}", "a", 0}, {"{\"q\":5}", "b", 0}));
    keep(place.store, "d", UPDATE, KEPT({"{\"q\":1}", "a", 0}));
    eq_string(changes_of(place.store, 1, 1, 3), "");
    eq_string(changes_of(place.store, 1, 2, 3),
              "~1={\"q\":2}>{\"q\":1} -2={\"q\":5} ");
    place_remove(&place);
}

/* --- the model: two versions, read whole ---------------------------------------- */

enum { VERSIONS = 24, NAMES = 6 };

/* The input of each living example of a version, by number. */
static void read_version(phx_store *store, phx_id version,
                         char inputs[NAMES + 1][32])
{
    const phx_example *row;
    phx_cursor *cursor = NULL;

    memset(inputs, 0, sizeof(char[NAMES + 1][32]));
    succeeds(phx_store_find_examples(store, 1, version, 0, 0, &cursor, err));
    while (phx_cursor_next_example(cursor, &row, NULL) == PHX_OK) {
        assert_in_range(row->id, 1, NAMES);
        snprintf(inputs[row->id], 32, "%s", row->input.data);
    }
    phx_cursor_close(cursor);
}

static void fits_the_model(phx_store *store, phx_id before, phx_id after)
{
    char then[NAMES + 1][32], now[NAMES + 1][32];
    const phx_example_change *row;
    phx_cursor *cursor = NULL;

    read_version(store, before, then);
    read_version(store, after, now);
    succeeds(phx_store_find_changes(store, 1, before, after, &cursor, err));
    while (phx_cursor_next_change(cursor, &row, NULL) == PHX_OK) {
        phx_id id = row->after ? row->after->id : row->before->id;

        ok(row->before == NULL || row->before->id == id);
        assert_in_range(id, 1, NAMES);
        assert_string_equal(then[id],
                            row->before ? row->before->input.data : "");
        assert_string_equal(now[id], row->after ? row->after->input.data : "");
        assert_string_not_equal(then[id], now[id]);
        snprintf(then[id], sizeof then[id], "%s", now[id]);
    }
    phx_cursor_close(cursor);
    for (int id = 1; id <= NAMES; id++)
        assert_string_equal(then[id], now[id]);
}

TEST(any_two_versions_differ_as_reading_them_tells)
{
    struct place place;
    char names[NAMES][2], inputs[NAMES][16];
    uint32_t random = 7;

    UNUSED_STATE;
    set_up(&place);
    for (int version = 0; version < VERSIONS; version++) {
        struct kept kept[NAMES + 1] = {{NULL}};
        size_t count = 0;

        for (int i = 0; i < NAMES; i++) {
            random = random * 1664525u + 1013904223u;
            if (version > 0 && (random >> 28) % 3 == 0)
                continue;
            snprintf(names[i], sizeof names[i], "%c", 'a' + i);
            snprintf(inputs[i], sizeof inputs[i], "{\"q\":%d}",
                     (int)(random >> 24) % 3);
            kept[count++] = (struct kept){inputs[i], names[i], 0};
        }
        keep(place.store, "d", UPDATE, kept);
    }
    phx_id newest = 0;
    const phx_dataset *dataset;
    phx_cursor *cursor = NULL;
    succeeds(phx_store_find_datasets(place.store, 1, 0, NULL, 0, &cursor, err));
    succeeds(phx_cursor_next_dataset(cursor, &dataset, err));
    newest = dataset->version;
    phx_cursor_close(cursor);
    assert_in_range(newest, VERSIONS / 2, VERSIONS);
    for (phx_id before = 1; before <= newest; before++) {
        for (phx_id after = 1; after <= newest; after++)
            fits_the_model(place.store, before, after);
    }
    place_remove(&place);
}

/* --- back to what was -------------------------------------------------------------- */

static const char *revert(phx_store *store, phx_id dataset, phx_id version)
{
    static char told[128];
    phx_dataset_change change = {.dataset = 0};

    succeeds(phx_dataset_revert(store, dataset, version, &change, err));
    snprintf(told, sizeof told, "%d.%d +%d ~%d -%d", (int)change.dataset,
             (int)change.version, (int)change.created, (int)change.updated,
             (int)change.deleted);
    return told;
}

TEST(an_old_version_comes_back_as_a_new_one)
{
    struct place place;

    UNUSED_STATE;
    set_up(&place);
    keep(place.store, "d", APPEND,
         KEPT({"{\"q\":1}", NULL, 0}, {"{\"q\":2}", "b", 0},
              {"{\"q\":3}", NULL, 0}));
    put_into_parts(place.store, 1);
    const char *hash = hash_of(place.store, 1);
    keep(place.store, "d", UPDATE,
         KEPT({"{\"q\":9}", "b", 0}, {"{\"q\":3}", NULL, 0},
              {"{\"q\":4}", NULL, 0}));
    assert_string_not_equal(hash, hash_of(place.store, 1));
    eq_string(revert(place.store, 1, 1), "1.3 +1 ~1 -1");
    eq_string(hash, hash_of(place.store, 1));
    eq_string(examples_of(place.store, 1, 0),
              "1:={\"q\":1} 2:b={\"q\":2} 3:={\"q\":3} ");
    eq_string(examples_of(place.store, 1, 2),
              "2:b={\"q\":9} 3:={\"q\":3} 4:={\"q\":4} ");
    eq_string(revert(place.store, 1, 1), "1.3 +0 ~0 -0");
    eq_string(revert(place.store, 1, 0), "1.3 +0 ~0 -0");
    eq_string(revert(place.store, 1, 2), "1.4 +1 ~1 -1");
    eq_string(changes_of(place.store, 1, 2, 4), "");
    verify_clean(place.store);
    place_reopen(&place, 0);
    verify_clean(place.store);
    place_remove(&place);
}

TEST(who_comes_back_is_in_its_splits_again)
{
    struct place place;
    const phx_split *split;
    phx_cursor *cursor = NULL;

    UNUSED_STATE;
    set_up(&place);
    keep(place.store, "d", APPEND, KEPT({"{\"q\":1}", "a", 0}));
    put_into_parts(place.store, 1);
    keep(place.store, "d", UPDATE, KEPT({"{\"q\":2}", "b", 0}));
    eq_string(revert(place.store, 1, 1), "1.3 +1 ~0 -1");
    succeeds(phx_store_find_splits(place.store, 0, "train", 1, &cursor, err));
    succeeds(phx_cursor_next_split(cursor, &split, err));
    eq_int(split->examples, 1);
    phx_cursor_close(cursor);
    verify_clean(place.store);
    place_remove(&place);
}

TEST(what_cannot_come_back_changes_nothing)
{
    struct place place;
    phx_dataset_change change = {.version = 7};

    UNUSED_STATE;
    set_up(&place);
    keep(place.store, "d", UPDATE, KEPT({"{\"q\":1}", "a", 0}));
    keep(place.store, "d", UPDATE, KEPT({"{\"q\":2}", "a", 0}));
    fails_with(PHX_NOT_FOUND, "no dataset 9",
               phx_dataset_revert(place.store, 9, 1, &change, err));
    fails_with(PHX_NOT_FOUND, "dataset 1 has no version 5",
               phx_dataset_revert(place.store, 1, 5, &change, err));
    eq_int(phx_dataset_revert(NULL, 1, 1, &change, NULL), PHX_MISUSE);
    eq_int(phx_dataset_revert(place.store, 1, 1, NULL, NULL), PHX_MISUSE);
    change_rows(&place, "UPDATE content SET input = '{}' WHERE id = 1");
    fails_with(PHX_CORRUPT, "revision 1 is damaged",
               phx_dataset_revert(place.store, 1, 1, &change, err));
    eq_int(change.version, 7);
    eq_string(examples_of(place.store, 1, 0), "1:a={\"q\":2} ");
    place_remove(&place);
}

/* --- what is not there ------------------------------------------------------------ */

TEST(what_is_not_there_is_told)
{
    struct place place;
    const phx_example_change *row;
    const phx_example *example;
    phx_cursor *cursor = NULL;

    UNUSED_STATE;
    set_up(&place);
    keep(place.store, "d", UPDATE, KEPT({"{\"q\":1}", "a", 0}));
    keep(place.store, "other", UPDATE, KEPT({"{\"q\":1}", "a", 0}));
    fails_with(PHX_NOT_FOUND, "no dataset 9",
               phx_store_find_changes(place.store, 9, 0, 0, &cursor, err));
    fails_with(PHX_NOT_FOUND, "dataset 1 has no version 2",
               phx_store_find_changes(place.store, 1, 2, 0, &cursor, err));
    fails_with(PHX_NOT_FOUND, "dataset 1 has no version 7",
               phx_store_find_changes(place.store, 1, 0, 7, &cursor, err));
    eq_int(phx_store_find_changes(NULL, 1, 0, 0, &cursor, NULL), PHX_MISUSE);
    eq_int(phx_store_find_changes(place.store, 1, 0, 0, NULL, NULL),
           PHX_MISUSE);
    assert_null(cursor);
    succeeds(phx_store_find_changes(place.store, 1, 0, 0, &cursor, err));
    eq_int(phx_cursor_next_change(NULL, &row, NULL), PHX_MISUSE);
    eq_int(phx_cursor_next_change(cursor, NULL, NULL), PHX_MISUSE);
    eq_int(phx_cursor_next_example(cursor, &example, NULL), PHX_MISUSE);
    phx_cursor_close(cursor);
    place_remove(&place);
}

TEST(a_lost_content_is_told)
{
    struct place place;
    const phx_example_change *row;
    phx_cursor *cursor = NULL;

    UNUSED_STATE;
    set_up(&place);
    keep(place.store, "d", UPDATE, KEPT({"{\"q\":1}", "a", 0}));
    keep(place.store, "d", UPDATE, KEPT({"{\"q\":2}", "a", 0}));
    change_rows(&place, "DELETE FROM content WHERE id = 1");
    succeeds(phx_store_find_changes(place.store, 1, 1, 2, &cursor, err));
    fails_with(PHX_CORRUPT, "what example 1 was at version 1 is lost",
               phx_cursor_next_change(cursor, &row, err));
    phx_cursor_close(cursor);
    place_remove(&place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_has_changed_is_told_both_ways),
        cmocka_unit_test(what_is_again_as_it_was_is_no_change),
        cmocka_unit_test(any_two_versions_differ_as_reading_them_tells),
        cmocka_unit_test(an_old_version_comes_back_as_a_new_one),
        cmocka_unit_test(who_comes_back_is_in_its_splits_again),
        cmocka_unit_test(what_cannot_come_back_changes_nothing),
        cmocka_unit_test(what_is_not_there_is_told),
        cmocka_unit_test(a_lost_content_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

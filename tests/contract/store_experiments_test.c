/*
 * store_experiments_test.c - experiments: what they freeze, runs and
 * evaluations that are written again, what is left to do, tags, and what goes
 * with them.
 */
#include "t.h"

#include "contract/tried.h"

#include <math.h>
#include <pthread.h>

#include "api/inside.h"

/* A dataset of three examples, changed and cut by its second version. */
static void set_up(struct place *place)
{
    place_make(place);
    place_open(place, 0);
    keep(place->store, "my data \xC3\xA9t", PHX_DATASET_CREATE,
         KEPT({"{\"q\":1}", "a"}, {"{\"q\":2}"}, {"{\"q\":3}"}));
}

static phx_run_query all_of(phx_id experiment)
{
    phx_run_query query = PHX_RUN_QUERY_INIT;

    query.experiment = experiment;
    query.order = PHX_OLDEST_FIRST;
    return query;
}

static const phx_experiment *one(phx_store *store, phx_id id,
                                 phx_cursor **cursor)
{
    phx_experiment_query query = PHX_EXPERIMENT_QUERY_INIT;
    const phx_experiment *row = NULL;

    query.only = id;
    succeeds(phx_store_find_experiments(store, &query, cursor, err));
    ok(phx_cursor_next_experiment(*cursor, &row, NULL) >= 0);
    return row;
}

/* "examples runs failed" */
static const char *counts_of(phx_store *store, phx_id id)
{
    static char told[64];
    phx_cursor *cursor;
    const phx_experiment *row = one(store, id, &cursor);

    assert_non_null(row);
    snprintf(told, sizeof told, "%d %d %d", (int)row->examples, (int)row->runs,
             (int)row->failed);
    phx_cursor_close(cursor);
    return told;
}

TEST(all_that_is_made_comes_back)
{
    struct place place;
    phx_experiment_item item = PHX_EXPERIMENT_ITEM_INIT;
    const phx_project *project;
    const phx_experiment *row;
    phx_cursor *cursor;
    phx_id id = 0;

    UNUSED_STATE;
    set_up(&place);
    item.dataset = 1;
    item.repetitions = 2;
    item.name = kept_text("try");
    item.description = kept_text("once");
    item.metadata = kept_text("{\"n\": 9007199254740993}");
    item.parameters = kept_text("{\"temperature\": 0}");
    item.evaluators = kept_text("[{\"name\": \"exact\"}]");
    succeeds(phx_experiment_create(place.store, &item, &id, err));
    place_reopen(&place, 0);
    row = one(place.store, id, &cursor);
    ok(row->id == 1 && row->dataset == 1 && row->version == 1);
    ok(row->repetitions == 2 && row->examples == 3 && row->runs == 0);
    ok(row->created_at > 1600000000000000000u);
    eq_text(row->name, "try");
    eq_text(row->description, "once");
    eq_text(row->metadata, "{\"n\": 9007199254740993}");
    eq_text(row->parameters, "{\"temperature\": 0}");
    eq_text(row->evaluators, "[{\"name\": \"exact\"}]");
    eq_int(row->project.size, strlen("Experiment-") + 24);
    phx_cursor_close(cursor);
    succeeds(phx_store_find_projects(place.store, 0, 0, "Experiment-", 0,
                                     &cursor, err));
    succeeds(phx_cursor_next_project(cursor, &project, err));
    eq_int(project->experiment, 1);
    eq_text(project->description,
            "dataset_id: RGF0YXNldDox\n"
            "dataset_version_id: RGF0YXNldFZlcnNpb246MQ==");
    phx_cursor_close(cursor);
    verify_clean(place.store);
    place_remove(&place);
}

TEST(a_name_is_made_of_the_dataset_s)
{
    struct place place;
    phx_cursor *cursor;
    const phx_experiment *row;

    UNUSED_STATE;
    set_up(&place);
    row = one(place.store, make_experiment(place.store, 1, 1), &cursor);
    ok(row->name.size == 17 && memcmp(row->name.data, "my-data-", 8) == 0);
    ok(row->name.data[8] == '-');
    eq_text(row->metadata, "{}");
    eq_text(row->evaluators, "[]");
    phx_cursor_close(cursor);
    place_remove(&place);
}

TEST(an_experiment_is_of_its_version_for_ever)
{
    struct place place;
    phx_run_query query;
    phx_store *store;
    const phx_run *run;
    phx_cursor *cursor;

    UNUSED_STATE;
    set_up(&place);
    store = place.store;
    make_experiment(store, 1, 1);
    keep(store, "my data \xC3\xA9t", PHX_DATASET_UPDATE,
         KEPT({"{\"q\":9}", "a"}, {"{\"q\":4}"}));
    make_experiment(store, 1, 1);
    eq_string(left_of(store, 1, 0, 0), "1:1, 2:1, 3:1, ");
    eq_string(left_of(store, 2, 0, 0), "1:1, 4:1, ");
    put_run(store, 1, 1, 1, "0", NULL);
    query = all_of(1);
    query.flags = PHX_RUN_CONTENT;
    succeeds(phx_store_find_runs(store, &query, &cursor, err));
    succeeds(phx_cursor_next_run(cursor, &run, err));
    eq_text(run->content->input, "{\"q\":1}");
    eq_text(run->content->external_id, "a");
    phx_cursor_close(cursor);
    verify_clean(store);
    place_remove(&place);
}

TEST(some_examples_can_be_chosen)
{
    struct place place;
    phx_experiment_item item = PHX_EXPERIMENT_ITEM_INIT;
    phx_id id = 0;
    const phx_id some[] = {3, 1}, twice[] = {1, 1}, others[] = {1, 7};

    UNUSED_STATE;
    set_up(&place);
    item.dataset = 1;
    item.examples = some;
    item.example_count = 2;
    succeeds(phx_experiment_create(place.store, &item, &id, err));
    eq_string(left_of(place.store, id, 0, 0), "1:1, 3:1, ");
    eq_string(counts_of(place.store, id), "2 0 0");
    fails_with(PHX_NOT_FOUND, "example 2 is not in experiment 1",
               try_run(place.store, id, 2, 1, "0", NULL, NULL, err));
    item.examples = twice;
    fails_with(PHX_INVALID, "example 1 is given twice",
               phx_experiment_create(place.store, &item, &id, err));
    item.examples = others;
    fails_with(PHX_NOT_FOUND, "example 7",
               phx_experiment_create(place.store, &item, &id, err));
    eq_int(id, 1);
    verify_clean(place.store);
    place_remove(&place);
}

TEST(what_cannot_be_made_leaves_nothing)
{
    static char large[5000];
    struct place place;
    phx_experiment_item item = PHX_EXPERIMENT_ITEM_INIT;
    const phx_experiment *row;
    phx_cursor *cursor;
    phx_id id = 0, split = 1;

    UNUSED_STATE;
    set_up(&place);
    memset(large, 'n', sizeof large - 1);
    fails_with(PHX_NOT_FOUND, "no dataset 7",
               try_make(place.store, 7, 1, &id, err));
    fails_with(PHX_INVALID, "0 repetitions",
               try_make(place.store, 1, 0, &id, err));
    fails_with(PHX_TOO_BIG, "the limit is 10000",
               try_make(place.store, 1, 10001, &id, err));
    item.dataset = 1;
    item.version = 2;
    fails_with(PHX_NOT_FOUND, "no version 2",
               phx_experiment_create(place.store, &item, &id, err));
    item.version = 0;
    item.splits = &split;
    item.split_count = 1;
    fails_with(PHX_NOT_FOUND, "no split 1",
               phx_experiment_create(place.store, &item, &id, err));
    item.splits = NULL;
    item.split_count = 0;
    item.name = kept_text(large);
    fails_with(PHX_TOO_BIG, "4999 bytes",
               phx_experiment_create(place.store, &item, &id, err));
    item.name = kept_text("\xFF");
    fails_with(PHX_INVALID, "not UTF-8",
               phx_experiment_create(place.store, &item, &id, err));
    item.name = kept_text("n");
    item.metadata = kept_text("[]");
    fails_with(PHX_INVALID, "metadata is no JSON object",
               phx_experiment_create(place.store, &item, &id, err));
    item.metadata = kept_text("{}");
    item.evaluators = kept_text("{}");
    fails_with(PHX_INVALID, "evaluators is no JSON array",
               phx_experiment_create(place.store, &item, &id, err));
    eq_int(id, 0);
    succeeds(phx_store_find_experiments(place.store, NULL, &cursor, err));
    eq_int(phx_cursor_next_experiment(cursor, &row, NULL), PHX_DONE);
    phx_cursor_close(cursor);
    verify_clean(place.store);
    place_remove(&place);
}

TEST(what_is_told_of_an_experiment_changes)
{
    struct place place;
    const phx_experiment *row;
    phx_cursor *cursor;

    UNUSED_STATE;
    set_up(&place);
    make_experiment(place.store, 1, 1);
    succeeds(phx_experiment_update(place.store, 1, "new", "about", "{\"m\":1}",
                                   0, err));
    succeeds(phx_experiment_update(place.store, 1, NULL, NULL, NULL, 0, err));
    row = one(place.store, 1, &cursor);
    eq_text(row->name, "new");
    eq_text(row->description, "about");
    eq_text(row->metadata, "{\"m\":1}");
    phx_cursor_close(cursor);
    succeeds(phx_experiment_update(place.store, 1, NULL, NULL, NULL,
                                   PHX_CLEAR_DESCRIPTION, err));
    row = one(place.store, 1, &cursor);
    ok(row->description.data == NULL);
    phx_cursor_close(cursor);
    fails_with(PHX_INVALID, "metadata",
               phx_experiment_update(place.store, 1, NULL, NULL, "1", 0, err));
    fails_with(PHX_NOT_FOUND, "no experiment 2",
               phx_experiment_update(place.store, 2, "n", NULL, NULL, 0, err));
    verify_clean(place.store);
    place_remove(&place);
}

TEST(a_run_that_failed_gives_way)
{
    struct place place;
    phx_run_query query = all_of(1);
    phx_store *store;
    const phx_run *run;
    phx_cursor *cursor;

    UNUSED_STATE;
    set_up(&place);
    store = place.store;
    make_experiment(store, 1, 2);
    eq_int(put_run(store, 1, 1, 1, "{\"n\": 9007199254740993}", NULL), 1);
    eq_int(put_run(store, 1, 2, 1, NULL, ""), 2);
    eq_int(put_run(store, 1, 2, 1, NULL, "again"), 2);
    eq_string(counts_of(store, 1), "3 2 1");
    eq_string(left_of(store, 1, 0, 0), "1:2, 2:1,2, 3:1,2, ");
    eq_int(put_run(store, 1, 2, 1, "[1]", NULL), 2);
    eq_int(put_run(store, 1, 3, 7, "true", NULL), 3);
    eq_string(counts_of(store, 1), "3 3 0");
    fails_with(PHX_CONFLICT, "repetition 1 of example 1 has a run",
               try_run(store, 1, 1, 1, "2", NULL, NULL, err));
    eq_string(runs_of(store, &query), "1:1.1={\"n\": 9007199254740993} "
                                      "2:2.1=[1] 3:3.7=true ");
    eq_string(left_of(store, 1, 0, 0), "1:2, 2:2, 3:1,2, ");
    succeeds(phx_store_find_runs(store, &query, &cursor, err));
    succeeds(phx_cursor_next_run(cursor, &run, err));
    ok(run->start_time == 1700000000000001000u);
    ok(run->end_time == 1700000001000002000u);
    ok(run->experiment == 1 && run->content == NULL);
    eq_text(run->trace_id, "0af7");
    phx_cursor_close(cursor);
    verify_clean(store);
    place_remove(&place);
}

TEST(runs_are_written_together_or_not)
{
    struct place place;
    phx_run_query query = all_of(1);
    phx_run_item items[3] = {{.example = 1, .repetition = 1},
                             {.example = 2, .repetition = 1},
                             {.example = 3, .repetition = 1}};
    phx_id ids[3] = {0};
    phx_error why = {0};

    UNUSED_STATE;
    set_up(&place);
    make_experiment(place.store, 1, 1);
    items[2].example = 9;
    eq_int(phx_experiment_put_runs(place.store, 1, items, 3, ids, &why),
           PHX_NOT_FOUND);
    ok(why.offset == 2 && ids[0] == 0);
    items[2] = items[1];
    eq_int(phx_experiment_put_runs(place.store, 1, items, 3, ids, &why),
           PHX_CONFLICT);
    eq_int(why.offset, 2);
    items[2].example = 3;
    items[2].repetition = 0;
    fails_with(PHX_INVALID, "below 1",
               phx_experiment_put_runs(place.store, 1, items, 3, ids, err));
    items[2].repetition = 1;
    items[2].output = kept_text("{]");
    fails_with(PHX_INVALID, "the output is no JSON",
               phx_experiment_put_runs(place.store, 1, items, 3, ids, err));
    items[2].output = kept_text("1");
    items[2].error = kept_text("\xFF");
    fails_with(PHX_INVALID, "not UTF-8",
               phx_experiment_put_runs(place.store, 1, items, 3, ids, err));
    items[2].error = (phx_text){NULL, 0};
    items[2].trace_id = (phx_text){"", 5000};
    fails_with(PHX_TOO_BIG, "trace id",
               phx_experiment_put_runs(place.store, 1, items, 3, ids, err));
    items[2].trace_id = (phx_text){NULL, 0};
    fails_with(PHX_NOT_FOUND, "no experiment 4",
               phx_experiment_put_runs(place.store, 4, items, 3, ids, err));
    eq_string(runs_of(place.store, &query), "");
    succeeds(phx_experiment_put_runs(place.store, 1, items, 3, ids, err));
    ok(ids[0] == 1 && ids[1] == 2 && ids[2] == 3);
    succeeds(phx_experiment_put_runs(place.store, 1, NULL, 0, NULL, err));
    eq_string(runs_of(place.store, &query), "1:1.1=null 2:2.1=null 3:3.1=1 ");
    verify_clean(place.store);
    place_remove(&place);
}

TEST(runs_come_in_three_orders)
{
    struct place place;
    phx_run_query query = all_of(1);

    UNUSED_STATE;
    set_up(&place);
    make_experiment(place.store, 1, 2);
    for (int64_t repetition = 2; repetition > 0; repetition--) {
        for (phx_id example = 3; example > 0; example--)
            put_run(place.store, 1, example, repetition, "0", NULL);
    }
    eq_string(runs_of(place.store, &query),
              "1:3.2=0 2:2.2=0 3:1.2=0 4:3.1=0 5:2.1=0 6:1.1=0 ");
    query.from = 5;
    eq_string(runs_of(place.store, &query), "5:2.1=0 6:1.1=0 ");
    query.order = PHX_NEWEST_FIRST;
    query.limit = 4;
    eq_string(runs_of(place.store, &query), "5:2.1=0 4:3.1=0 3:1.2=0 2:2.2=0 ");
    query.from = query.limit = 0;
    query.order = PHX_BY_EXAMPLE;
    eq_string(runs_of(place.store, &query),
              "6:1.1=0 3:1.2=0 5:2.1=0 2:2.2=0 4:3.1=0 1:3.2=0 ");
    query.experiment = 2;
    eq_string(runs_of(place.store, &query), "");
    place_remove(&place);
}

/* In every order the first run is one among others. */
TEST(pages_of_runs_go_on)
{
    static const char *const wanted[] = {
        [PHX_NEWEST_FIRST] = "5:2.2=0 4:1.2=0 3:3.1=0 2:2.1=0 1:1.1=0 ",
        [PHX_OLDEST_FIRST] = "1:1.1=0 2:2.1=0 3:3.1=0 4:1.2=0 5:2.2=0 ",
        [PHX_BY_EXAMPLE] = "1:1.1=0 4:1.2=0 2:2.1=0 5:2.2=0 3:3.1=0 "};
    struct place place;
    phx_run_query query = all_of(1);

    UNUSED_STATE;
    set_up(&place);
    make_experiment(place.store, 1, 2);
    for (int i = 0; i < 5; i++)
        put_run(place.store, 1, 1 + i % 3, 1 + i / 3, "0", NULL);
    query.flags = PHX_RUN_CONTENT;
    for (query.order = 0; query.order <= PHX_BY_EXAMPLE; query.order++)
        eq_string(runs_of(place.store, &query), wanted[query.order]);
    place_remove(&place);
}

TEST(what_is_left_goes_on_from_an_example)
{
    struct place place;

    UNUSED_STATE;
    set_up(&place);
    make_experiment(place.store, 1, 3);
    put_run(place.store, 1, 2, 2, "0", NULL);
    eq_string(left_of(place.store, 1, 2, 0), "2:1,3, 3:1,2,3, ");
    eq_string(left_of(place.store, 1, 0, 2), "1:1,2,3, 2:1,3, ");
    eq_string(left_of(place.store, 1, 4, 0), "");
    put_run(place.store, 1, 2, INT64_MAX, "0", NULL);
    put_run(place.store, 1, 3, 4, "0", NULL);
    eq_string(left_of(place.store, 1, 2, 0), "2:1,3, 3:1,2,3, ");
    phx_cursor *cursor = NULL;
    fails_with(
        PHX_NOT_FOUND, "no experiment 2",
        phx_store_find_incomplete_runs(place.store, 2, 0, 0, &cursor, err));
    place_remove(&place);
}

TEST(an_evaluation_is_written_again)
{
    struct place place;
    phx_run_query query = all_of(1);
    const phx_text names[] = {kept_text("one"), kept_text("two")};
    const phx_run *run;
    phx_cursor *cursor;
    phx_store *store;

    UNUSED_STATE;
    set_up(&place);
    store = place.store;
    make_experiment(store, 1, 1);
    make_experiment(store, 1, 1);
    put_run(store, 1, 1, 1, "0", NULL);
    put_run(store, 1, 2, 1, "0", NULL);
    put_run(store, 1, 3, 1, NULL, "failed");
    put_run(store, 2, 1, 1, "0", NULL);
    eq_int(judge(store, 1, "two", "b", NULL), 1);
    eq_int(judge(store, 1, "one", NULL, "broke"), 2);
    eq_int(judge(store, 2, "two", "c", NULL), 3);
    eq_int(judge(store, 4, "two", "d", NULL), 4);
    query.evaluators = names;
    query.evaluator_count = 2;
    eq_string(runs_of(store, &query), "1:1.1=0?one 2:2.1=0?one ");
    eq_int(judge(store, 1, "one", "a", NULL), 2);
    eq_string(runs_of(store, &query), "2:2.1=0?one ");
    query.evaluator_count = 0;
    query.flags = PHX_RUN_EVALUATIONS;
    eq_string(runs_of(store, &query), "1:1.1=0[two=b][one=a] 2:2.1=0[two=c] "
                                      "3:3.1=null!failed ");
    succeeds(phx_store_find_runs(store, &query, &cursor, err));
    succeeds(phx_cursor_next_run(cursor, &run, err));
    ok(run->evaluations[0].run == 1 && run->evaluations[0].has_score);
    ok(run->evaluations[0].score > 0.4);
    ok(run->evaluations[0].annotator == PHX_ANNOTATOR_CODE);
    eq_text(run->evaluations[0].metadata, "{}");
    phx_cursor_close(cursor);
    verify_clean(store);
    place_remove(&place);
}

TEST(evaluations_are_written_together_or_not)
{
    struct place place;
    phx_run_query query = all_of(1);
    phx_evaluation_item items[2] = {{.run = 1, .name = kept_text("a")},
                                    {.run = 2, .name = kept_text("a")}};
    phx_id ids[2] = {0};
    phx_error why = {0};

    UNUSED_STATE;
    set_up(&place);
    make_experiment(place.store, 1, 1);
    make_experiment(place.store, 1, 1);
    put_run(place.store, 1, 1, 1, "0", NULL);
    eq_int(phx_store_put_evaluations(place.store, items, 2, ids, &why),
           PHX_NOT_FOUND);
    eq_int(why.offset, 1);
    put_run(place.store, 2, 1, 1, "0", NULL);
    items[1].name = kept_text("");
    fails_with(PHX_INVALID, "name is empty",
               phx_store_put_evaluations(place.store, items, 2, ids, err));
    items[1].name = kept_text("a");
    items[1].score = NAN;
    items[1].has_score = 1;
    fails_with(PHX_INVALID, "not finite",
               phx_store_put_evaluations(place.store, items, 2, ids, err));
    items[1].has_score = 0;
    items[1].metadata = kept_text("1");
    fails_with(PHX_INVALID, "metadata",
               phx_store_put_evaluations(place.store, items, 2, ids, err));
    items[1].metadata = kept_text("{\"a\":1}");
    items[1].label = (phx_text){"", 5000};
    fails_with(PHX_TOO_BIG, "label",
               phx_store_put_evaluations(place.store, items, 2, ids, err));
    items[1].label = kept_text("\xFF");
    fails_with(PHX_INVALID, "not UTF-8",
               phx_store_put_evaluations(place.store, items, 2, ids, err));
    items[1].label = kept_text("b");
    query.flags = PHX_RUN_EVALUATIONS;
    eq_string(runs_of(place.store, &query), "1:1.1=0 ");
    succeeds(phx_store_put_evaluations(place.store, items, 2, ids, err));
    ok(ids[0] == 1 && ids[1] == 2);
    succeeds(phx_store_put_evaluations(place.store, NULL, 0, NULL, err));
    verify_clean(place.store);
    place_remove(&place);
}

TEST(a_tag_moves_within_a_dataset)
{
    struct place place;
    phx_store *store;
    phx_id id = 0;

    UNUSED_STATE;
    set_up(&place);
    store = place.store;
    keep(store, "other", PHX_DATASET_CREATE, KEPT({"{\"q\":1}"}));
    make_experiment(store, 1, 1);
    make_experiment(store, 1, 1);
    make_experiment(store, 2, 1);
    succeeds(phx_experiment_set_tag(store, 1, "best", "so far", &id, err));
    succeeds(phx_experiment_set_tag(store, 1, "a", NULL, &id, err));
    succeeds(phx_experiment_set_tag(store, 3, "best", NULL, &id, err));
    eq_string(tags_of(store, 0, 1), "a=1() best=1(so far) ");
    succeeds(phx_experiment_set_tag(store, 2, "best", NULL, &id, err));
    eq_int(id, 1);
    eq_string(tags_of(store, 1, 0), "a=1() best=2() ");
    eq_string(tags_of(store, 2, 0), "best=3() ");
    succeeds(phx_experiment_delete_tag(store, 1, "best", err));
    eq_string(tags_of(store, 0, 2), "best=2() ");
    succeeds(phx_experiment_delete_tag(store, 2, "best", err));
    eq_string(tags_of(store, 0, 0), "a=1() best=3() ");
    fails_with(PHX_NOT_FOUND, "no experiment 7",
               phx_experiment_set_tag(store, 7, "a", NULL, &id, err));
    fails_with(PHX_NOT_FOUND, "no experiment 7",
               phx_experiment_delete_tag(store, 7, "a", err));
    fails_with(PHX_INVALID, "empty",
               phx_experiment_set_tag(store, 1, "", NULL, &id, err));
    verify_clean(store);
    place_remove(&place);
}

TEST(lists_go_on_from_a_number)
{
    struct place place;
    phx_experiment_query query = PHX_EXPERIMENT_QUERY_INIT;
    const phx_experiment *row;
    phx_cursor *cursor;

    UNUSED_STATE;
    set_up(&place);
    keep(place.store, "other", PHX_DATASET_CREATE, KEPT({"{\"q\":1}"}));
    for (int i = 0; i < 4; i++)
        make_experiment(place.store, 1 + i % 2, 1);
    query.dataset = 1;
    query.from = 3;
    query.limit = 1;
    succeeds(phx_store_find_experiments(place.store, &query, &cursor, err));
    succeeds(phx_cursor_next_experiment(cursor, &row, err));
    eq_int(row->id, 3);
    eq_int(phx_cursor_next_experiment(cursor, &row, NULL), PHX_DONE);
    phx_cursor_close(cursor);
    query.from = 2;
    succeeds(phx_store_find_experiments(place.store, &query, &cursor, err));
    succeeds(phx_cursor_next_experiment(cursor, &row, err));
    eq_int(row->id, 1);
    phx_cursor_close(cursor);
    place_remove(&place);
}

static int64_t projects_of(phx_store *store)
{
    const phx_project *project;
    phx_cursor *cursor;
    int64_t count = 0;

    succeeds(phx_store_find_projects(store, 0, 0, NULL, 0, &cursor, err));
    for (; phx_cursor_next_project(cursor, &project, NULL) == PHX_OK; count++)
        ;
    phx_cursor_close(cursor);
    return count;
}

/* An experiment of the dataset with a run, an evaluation and a tag. */
static phx_id make_full(phx_store *store)
{
    phx_id id = make_experiment(store, 1, 1), tag = 0;

    judge(store, put_run(store, id, 1, 1, "0", NULL), "a", "b", NULL);
    succeeds(phx_experiment_set_tag(store, id, "t", NULL, &tag, err));
    return id;
}

TEST(what_belongs_to_an_experiment_goes_with_it)
{
    struct place place;
    phx_store *store;
    phx_run_query query = all_of(1);
    phx_cursor *cursor;

    UNUSED_STATE;
    set_up(&place);
    store = place.store;
    make_full(store);
    make_full(store);
    make_full(store);
    eq_int(projects_of(store), 4);
    succeeds(phx_experiment_delete(store, 1, 0, err));
    eq_int(projects_of(store), 4);
    succeeds(phx_experiment_delete(store, 2, 1, err));
    eq_int(projects_of(store), 3);
    fails_with(PHX_NOT_FOUND, "no experiment 2",
               phx_experiment_delete(store, 2, 1, err));
    fails_with(PHX_NOT_FOUND, "no run 1",
               try_judge(store, 1, "a", "b", NULL, NULL, err));
    eq_string(runs_of(store, &query), "");
    verify_clean(store);
    succeeds(phx_dataset_delete(store, 1, err));
    ok(one(store, 3, &cursor) == NULL);
    phx_cursor_close(cursor);
    eq_string(tags_of(store, 0, 0), "");
    eq_int(projects_of(store), 3);
    place_reopen(&place, 0);
    keep(place.store, "d", PHX_DATASET_CREATE, KEPT({"{\"q\":1}"}));
    eq_int(make_experiment(place.store, 2, 1), 4);
    verify_clean(place.store);
    place_remove(&place);
}

/* --- many writers ---------------------------------------------------------------- */

enum { CLIENTS = 32, EXAMPLES = 3 };

struct client {
    pthread_t thread;
    phx_store *store;
    int number;
    int64_t written, refused;
    phx_status status;
};

/* All want the same runs and evaluations. */
static void *write_all(void *ctx)
{
    struct client *client = ctx;
    phx_error why;

    for (int i = 0; i < EXAMPLES && client->status >= 0; i++) {
        phx_id id = 0;
        phx_status status =
            try_run(client->store, 1, i + 1, 1, "0",
                    client->number % 2 ? "failed" : NULL, &id, &why);
        client->written += status == PHX_OK;
        client->refused += status == PHX_CONFLICT;
        if (status == PHX_OK)
            status =
                try_judge(client->store, id, "same", "x", NULL, NULL, &why);
        client->status = status == PHX_CONFLICT ? PHX_OK : status;
    }
    return NULL;
}

TEST(clients_that_write_the_same_make_no_duplicate)
{
    struct client clients[CLIENTS] = {{.number = 0}};
    struct place place;
    phx_run_query query = all_of(1);
    const phx_run *run;
    phx_cursor *cursor;
    int64_t written = 0, refused = 0;

    UNUSED_STATE;
    set_up(&place);
    make_experiment(place.store, 1, 1);
    for (int i = 0; i < CLIENTS; i++) {
        clients[i].store = place.store;
        clients[i].number = i;
        assert_int_equal(
            pthread_create(&clients[i].thread, NULL, write_all, &clients[i]),
            0);
    }
    for (int i = 0; i < CLIENTS; i++) {
        pthread_join(clients[i].thread, NULL);
        eq_int(clients[i].status, PHX_OK);
        written += clients[i].written;
        refused += clients[i].refused;
    }
    eq_int(written + refused, CLIENTS * EXAMPLES);
    eq_string(counts_of(place.store, 1), "3 3 0");
    query.flags = PHX_RUN_EVALUATIONS;
    succeeds(phx_store_find_runs(place.store, &query, &cursor, err));
    for (int i = 0; i < EXAMPLES; i++) {
        succeeds(phx_cursor_next_run(cursor, &run, err));
        ok(run->error.data == NULL && run->evaluation_count == 1);
    }
    eq_int(phx_cursor_next_run(cursor, &run, NULL), PHX_DONE);
    phx_cursor_close(cursor);
    verify_clean(place.store);
    place_remove(&place);
}

TEST(misuse_is_told)
{
    struct place place;
    phx_experiment_item item = PHX_EXPERIMENT_ITEM_INIT;
    phx_run_query query = PHX_RUN_QUERY_INIT;
    const phx_run_item run = {.output = {NULL, 1}};
    const phx_evaluation_item said = {.annotator = 9};
    const phx_experiment *row;
    const phx_run *lent;
    const phx_incomplete_run *left;
    const phx_experiment_tag *tag;
    phx_cursor *cursor;
    phx_id id = 0;

    UNUSED_STATE;
    set_up(&place);
    item.name = (phx_text){NULL, 1};
    eq_int(phx_experiment_create(place.store, &item, &id, NULL), PHX_MISUSE);
    eq_int(phx_experiment_create(place.store, NULL, &id, NULL), PHX_MISUSE);
    eq_int(phx_experiment_update(place.store, 1, NULL, NULL, NULL, 2, NULL),
           PHX_MISUSE);
    eq_int(phx_experiment_delete(place.store, 1, 2, NULL), PHX_MISUSE);
    eq_int(phx_experiment_put_runs(place.store, 1, &run, 1, NULL, NULL),
           PHX_MISUSE);
    eq_int(phx_experiment_put_runs(place.store, 1, NULL, 1, NULL, NULL),
           PHX_MISUSE);
    eq_int(phx_store_put_evaluations(place.store, &said, 1, NULL, NULL),
           PHX_MISUSE);
    eq_int(phx_experiment_set_tag(place.store, 1, NULL, NULL, &id, NULL),
           PHX_MISUSE);
    eq_int(phx_experiment_delete_tag(place.store, 1, NULL, NULL), PHX_MISUSE);
    query.order = 3;
    eq_int(phx_store_find_runs(place.store, &query, &cursor, NULL), PHX_MISUSE);
    eq_int(phx_store_find_runs(place.store, NULL, &cursor, NULL), PHX_MISUSE);
    eq_int(phx_store_find_incomplete_runs(NULL, 1, 0, 0, &cursor, NULL),
           PHX_MISUSE);
    eq_int(phx_store_find_experiments(place.store, NULL, NULL, NULL),
           PHX_MISUSE);
    eq_int(phx_store_find_tags(place.store, 0, 0, NULL, NULL), PHX_MISUSE);
    succeeds(phx_store_find_projects(place.store, 0, 0, NULL, 0, &cursor, err));
    eq_int(phx_cursor_next_experiment(cursor, &row, NULL), PHX_MISUSE);
    eq_int(phx_cursor_next_run(cursor, &lent, NULL), PHX_MISUSE);
    eq_int(phx_cursor_next_incomplete_run(cursor, &left, NULL), PHX_MISUSE);
    eq_int(phx_cursor_next_tag(cursor, &tag, NULL), PHX_MISUSE);
    phx_cursor_close(cursor);
    place_remove(&place);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_that_is_made_comes_back),
        cmocka_unit_test(a_name_is_made_of_the_dataset_s),
        cmocka_unit_test(an_experiment_is_of_its_version_for_ever),
        cmocka_unit_test(some_examples_can_be_chosen),
        cmocka_unit_test(what_cannot_be_made_leaves_nothing),
        cmocka_unit_test(what_is_told_of_an_experiment_changes),
        cmocka_unit_test(a_run_that_failed_gives_way),
        cmocka_unit_test(runs_are_written_together_or_not),
        cmocka_unit_test(runs_come_in_three_orders),
        cmocka_unit_test(pages_of_runs_go_on),
        cmocka_unit_test(what_is_left_goes_on_from_an_example),
        cmocka_unit_test(an_evaluation_is_written_again),
        cmocka_unit_test(evaluations_are_written_together_or_not),
        cmocka_unit_test(a_tag_moves_within_a_dataset),
        cmocka_unit_test(lists_go_on_from_a_number),
        cmocka_unit_test(what_belongs_to_an_experiment_goes_with_it),
        cmocka_unit_test(clients_that_write_the_same_make_no_duplicate),
        cmocka_unit_test(misuse_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * store_migrate_test.c - stores of every format before this build's, kept as
 * the SQL that makes them: each opens, tells what it told, and goes on.
 *
 * STORE_MAKE=PATH in the environment makes such a store of the format of this
 * build; "sqlite3 PATH .dump" and the pragmas at the top make the SQL of it.
 * The build had a page of the built-in prices only, which keeps the SQL short;
 * so opening one changes its prices, too.
 */
#include "t.h"

#include "contract/annotated.h"
#include "contract/logged.h"
#include "contract/prompted.h"
#include "contract/tried.h"

#include <sqlite3.h>

#include "api/inside.h"

static const char *const formats[] = {
    "tests/contract/store_v1.sql", "tests/contract/store_v2.sql",
    "tests/contract/store_v3.sql", "tests/contract/store_v4.sql",
    "tests/contract/store_v5.sql", "tests/contract/store_v6.sql",
    "tests/contract/store_v7.sql", "tests/contract/store_v8.sql"};
enum { FORMATS = sizeof formats / sizeof *formats };

/* Lasting and young blocks, merged runs, a description, a session in two
 * traces and something deleted; spans 1 to 14 but for 3 and 9 are left. */
static void fill(phx_store *store)
{
    static const struct sent rows[] = {
        {"01", "01", NULL, "root", "s1", "CHAIN", 1000, 9000, 1},
        {"01", "02", "01", "call", NULL, "LLM", 2000, 3000, 2, 7, "metadata",
         "{\"stringValue\":\"{\\\"tier\\\":\\\"gold\\\"}\"}"},
        {"01", "03", "02", "gone", NULL, "TOOL", 2100, 2200},
        {"02", "04", NULL, "root", "s2", "AGENT", UINT64_MAX, 0},
        {"02", "05", "04", "call", NULL, "LLM", 0, UINT64_MAX, 0, 3,
         "llm.model_name", "{\"stringValue\":\"mine-1\"}"},
        {"03", "06", "ee", "lost", "s1", "LLM", 7000, 8000, 0, 0, "data",
         "{\"bytesValue\":\"AAEC\"}"},
        {"03", "07", "07", "self", NULL, "LLM", 1500, 1400},
        {"04", "08", NULL, "root", NULL, "CHAIN", 1, 2},
        {"05", "09", NULL, "gone", "s3", "CHAIN", 1, 2},
        {"04", "0a", NULL, "more", NULL, "CHAIN", 3, 4},
        {"06", "0b", NULL, "more", "s2", "CHAIN", 5, 6},
        {"06", "0c", NULL, "more", NULL, "CHAIN", 7, 8},
        {"07", "0d", NULL, "young", NULL, "CHAIN", 9, 10},
        {"07", "0e", NULL, "young", "late", "CHAIN", 9, 11},
    };
    enum { ROWS = sizeof rows / sizeof *rows };

    for (int i = 0; i < ROWS; i++) {
        ok(send_to(store, i % 3 == 0 ? "p" : NULL, &rows[i]));
        if (i < 12 && i % 3 == 2)
            compact_all(store);
    }
    delete_one(store, PHX_SPAN, 3);
    delete_one(store, PHX_TRACE, number_of(store, PHX_TRACE, "05"));
    succeeds(phx_project_update(store, 2, "of p", err));
}

/* Since format 2; of each kind the first number is gone. */
static void say_things(phx_store *store)
{
    for (int i = 0; i < 2; i++) {
        say(store, PHX_SPAN_ANNOTATION, "02", "tone", "good");
        say(store, PHX_TRACE_ANNOTATION, "01", "helpful", NULL);
        say(store, PHX_SESSION_ANNOTATION, "s1", "csat", "4");
        for (int kind = 0; i == 0 && kind < 3; kind++) {
            phx_annotation_query all = PHX_ANNOTATION_QUERY_INIT;
            all.kind = kind;
            succeeds(phx_store_delete_annotations(store, &all, NULL, err));
        }
    }
}

/* Since format 3: spans from 5 on cost less than those to come. */
static void set_prices(phx_store *store)
{
    static const char *const models[] = {
        "{\"name\": \"mine\", \"name_pattern\": \"^mine-\", \"prices\": ["
        "{\"token_type\": \"input\", \"is_prompt\": true, \"rate\": 0.25}]}",
        "{\"name\": \"mine\", \"name_pattern\": \"^mine-\", \"prices\": ["
        "{\"token_type\": \"input\", \"is_prompt\": true, \"rate\": 0.5}]}"};
    phx_id id = 0;

    succeeds(phx_price_put(store, models[0], strlen(models[0]), &id, err));
    succeeds(phx_prices_apply(store, 5, err));
    succeeds(phx_price_put(store, models[1], strlen(models[1]), &id, err));
}

/* Since format 4. */
static void set_policies(phx_store *store)
{
    const phx_retention_rule few = {PHX_MAX_COUNT, 0, 1000};
    const phx_retention_rule days = {PHX_MAX_DAYS, 2.5, 0};
    phx_id id = 0;

    succeeds(phx_policy_create(store, "few", "0 1 * * *", &few, &id, err));
    succeeds(phx_project_set_policy(store, 2, id, err));
    succeeds(phx_policy_update(store, 0, NULL, NULL, &days, err));
}

/* Since format 6: one record waits. */
static void send_logs(struct place *place)
{
    eq_int(send_log(place, &(struct logged){"ff", "ff", "waits", 1}), 1);
}

/* Since format 7: an annotation waits, and a project has a config. */
static void say_how(phx_store *store)
{
    const phx_annotation_config tone = {.type = PHX_FREEFORM,
                                        .name = text("tone")};
    phx_annotation_item item =
        item_of(PHX_TRACE_ANNOTATION, "ff", "helpful", "yes");
    phx_id id = 0;

    succeeds(phx_store_annotate_later(store, &item, 1, NULL, err));
    succeeds(phx_config_create(store, &tone, &id, err));
    succeeds(phx_project_set_config(store, 2, id, 1, err));
}

/* Since format 8: a dataset with two versions. */
static void keep_examples(phx_store *store)
{
    keep(store, "old", PHX_DATASET_CREATE,
         (const struct kept[]){{"{\"q\":1}", "x"}, {"{\"q\":2}"}, {NULL}});
    keep(store, "old", PHX_DATASET_UPDATE,
         (const struct kept[]){{"{\"q\":3}", "x"}, {"{\"q\":2}"}, {NULL}});
}

/* Since format 9. */
static void keep_prompts(phx_store *store)
{
    phx_id version = prompt(store, "p", "m");

    eq_int(version, 1);
    succeeds(phx_prompt_set_tag(store, version, "prod", NULL, err));
}

/* Since format 9: a run of an experiment has been evaluated. */
static void try_examples(phx_store *store)
{
    phx_id id = make_experiment(store, 1, 1), tag = 0;

    judge(store, put_run(store, id, 1, 1, "{\"a\":1}", NULL), "right", "no",
          NULL);
    put_run(store, id, 2, 1, NULL, "failed");
    succeeds(phx_experiment_set_tag(store, id, "baseline", NULL, &tag, err));
}

static void make_if_asked(void)
{
    const char *path = getenv("STORE_MAKE");
    struct place place = {0};

    if (!path)
        return;
    snprintf(place.url, sizeof place.url, "sqlite:%s", path);
    succeeds(open_url(place.url, PHX_OPEN_NO_COMPACT, &place.store, err));
    fill(place.store);
    say_things(place.store);
    set_prices(place.store);
    set_policies(place.store);
    send_logs(&place);
    say_how(place.store);
    keep_examples(place.store);
    keep_prompts(place.store);
    try_examples(place.store);
    phx_store_close(place.store);
}

static void make_from(const char *path, const char *sql_path)
{
    static char text[1 << 20];
    FILE *file = fopen(sql_path, "rb");
    sqlite3 *db;

    assert_non_null(file);
    size_t size = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[size] = '\0';
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    if (sqlite3_exec(db, text, NULL, NULL, NULL) != SQLITE_OK)
        wrong("%s: %s", sql_path, sqlite3_errmsg(db));
    sqlite3_close(db);
}

/* All tables and indexes, a line each, blanks left out. */
static void list_tables(const char *path, char *out, size_t size)
{
    static const char query[] =
        "SELECT type || ' ' || name || ' ' || tbl_name || ' ' ||"
        " replace(replace(ifnull(sql, ''), ' ', ''), char(10), '')"
        " FROM sqlite_schema ORDER BY type, name";
    sqlite3 *db;
    sqlite3_stmt *rows = NULL;
    size_t used = 0;

    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, query, -1, &rows, NULL), SQLITE_OK);
    while (sqlite3_step(rows) == SQLITE_ROW)
        used += (size_t)snprintf(out + used, size - used, "%s\n",
                                 (const char *)sqlite3_column_text(rows, 0));
    sqlite3_finalize(rows);
    sqlite3_close(db);
    ok(used > 0 && used < size);
}

static void check_trace(phx_store *store, phx_id number, uint64_t start,
                        uint64_t end, int spans, int64_t tokens)
{
    phx_trace_query query = PHX_TRACE_QUERY_INIT;
    const phx_trace *trace;
    phx_cursor *cursor;

    query.trace = number;
    succeeds(phx_store_find_traces(store, &query, &cursor, err));
    succeeds(phx_cursor_next_trace(cursor, &trace, err));
    assert_non_null(trace);
    ok(trace->start_time == start && trace->end_time == end);
    eq_int(trace->spans, spans);
    eq_int(trace->prompt_tokens, tokens);
    phx_cursor_close(cursor);
}

static void check_content(phx_store *store)
{
    phx_span_query query = PHX_SPAN_QUERY_INIT;
    phx_attribute_test test = {"metadata.tier", {"\"gold\"", 6}};

    verify_clean(store);
    eq_spans(store, NULL, "0e 0d 0c 0b 0a 08 07 06 05 04 02 01 ");
    eq_int(number_of(store, PHX_SPAN, "0a"), 10);
    eq_int(number_of(store, PHX_SPAN, "09"), 0);
    eq_int(number_of(store, PHX_TRACE, "07"), 7);
    eq_int(number_of(store, PHX_SESSION, "late"), 4);
    eq_int(number_of(store, PHX_PROJECT, "p"), 2);
    check_trace(store, 1, 1000, 9000, 2, 7);
    check_trace(store, 2, 0, UINT64_MAX, 2, 3);
    query.tests = &test;
    query.test_count = 1;
    eq_spans(store, &query, "02 ");
    query.test_count = 0;
    query.project = 2;
    eq_spans(store, &query, "0e 0d 05 04 02 01 ");
}

/* What a store of this format had, and what it has not had. */
static void check_annotations(phx_store *store, int format)
{
    phx_annotation_query query = PHX_ANNOTATION_QUERY_INIT;

    if (format >= 2)
        eq_annotations(store, NULL, "2:02:tone=good ");
    else
        eq_int(say(store, PHX_SPAN_ANNOTATION, "02", "tone", "good"), 1);
    query.kind = PHX_SESSION_ANNOTATION;
    eq_annotations(store, &query, format >= 2 ? "2:s1:csat=4 " : "");
    eq_int(say(store, PHX_SPAN_ANNOTATION, "01", "tone", "good"),
           format >= 2 ? 3 : 2);
}

/* What a span cost; -1 if it has no costs. */
static double cost_of(phx_store *store, phx_id span)
{
    const phx_cost *cost;
    phx_cursor *cursor;
    double dollars = -1;

    succeeds(phx_store_find_costs(store, span, &cursor, err));
    if (phx_cursor_next_cost(cursor, &cost, NULL) == PHX_OK)
        dollars = cost->cost;
    phx_cursor_close(cursor);
    return dollars;
}

/* Older stores get the built-in prices for all that they have. */
static void check_prices(phx_store *store, int format)
{
    phx_buf models = PHX_BUF_INIT;

    ok(cost_of(store, 5) == (format >= 3 ? 0.75 : -1));
    succeeds(phx_prices_read(store, &models, err));
    ok((strstr((const char *)models.data, "0.5") != NULL) == (format >= 3));
    ok(strstr((const char *)models.data, "gpt-4o-mini") != NULL);
    phx_buf_free(&models);
}

static void check_policies(phx_store *store, int format)
{
    const phx_retention_policy *policy;
    phx_cursor *cursor;

    succeeds(phx_store_find_policies(store, -1, &cursor, err));
    succeeds(phx_cursor_next_policy(cursor, &policy, err));
    eq_int(policy->id, 0);
    eq_text(policy->name, "Default");
    ok(policy->rule.max_days == (format >= 4 ? 2.5 : 0));
    eq_int(phx_cursor_next_policy(cursor, &policy, NULL),
           format >= 4 ? PHX_OK : PHX_DONE);
    if (format >= 4) {
        eq_text(policy->name, "few");
        eq_int(policy->rule.max_count, 1000);
        eq_int(policy->projects, 1);
    }
    phx_cursor_close(cursor);
}

static void check_logs(phx_store *store, int format)
{
    const phx_log *log;
    phx_cursor *cursor;

    succeeds(phx_store_find_logs(store, 0, 0, &cursor, err));
    eq_int(phx_cursor_next_log(cursor, &log, NULL),
           format >= 6 ? PHX_OK : PHX_DONE);
    phx_cursor_close(cursor);
}

static void check_configs(phx_store *store, int format)
{
    phx_config_query of_project = PHX_CONFIG_QUERY_INIT;
    phx_annotate_report report = {0};
    const phx_annotation_config *config;
    phx_cursor *cursor;

    succeeds(phx_store_annotate_waiting(store, 0, &report, err));
    eq_int(report.waiting, format >= 7);
    of_project.project = 2;
    succeeds(phx_store_find_configs(store, &of_project, &cursor, err));
    eq_int(phx_cursor_next_config(cursor, &config, NULL),
           format >= 7 ? PHX_OK : PHX_DONE);
    if (format >= 7)
        eq_text(config->name, "tone");
    phx_cursor_close(cursor);
}

static void check_datasets(phx_store *store, int format)
{
    if (format < 8)
        keep_examples(store);
    eq_string(examples_of(store, 1, 1), "1:x={\"q\":1} 2:={\"q\":2} ");
    eq_string(keep(store, "d", PHX_DATASET_CREATE,
                   (const struct kept[]){{"{\"q\":1}"}, {NULL}}),
              "2.3 +1 ~0 -0");
}

/* Since format 9. */
static void check_splits(phx_store *store)
{
    const phx_split split = {.name = text("train")};
    const phx_dataset_label label = {.name = text("gold")};
    const phx_id first = 1;
    phx_id id;

    succeeds(phx_split_create(store, &split, 1, &first, 1, &id, err));
    succeeds(phx_label_create(store, &label, &id, err));
    succeeds(phx_dataset_set_label(store, 1, id, 1, err));
}

/* Since format 9. */
static void check_experiments(phx_store *store)
{
    phx_run_query query = PHX_RUN_QUERY_INIT;

    try_examples(store);
    query.experiment = 1;
    query.flags = PHX_RUN_EVALUATIONS;
    eq_string(runs_of(store, &query),
              "2:2.1=null!failed 1:1.1={\"a\":1}[right=no] ");
}

static void check_growth(phx_store *store)
{
    ok(!send_to(store, NULL, &(struct sent){"01", "01"}));
    ok(send_to(store, NULL, &(struct sent){"01", "0f", .session = "s9"}));
    ok(send_to(store, NULL, &(struct sent){"05", "09"}));
    eq_int(number_of(store, PHX_SPAN, "0f"), 15);
    eq_int(number_of(store, PHX_TRACE, "01"), 1);
    eq_int(number_of(store, PHX_TRACE, "05"), 8);
    eq_int(number_of(store, PHX_SESSION, "s9"), 0);
    compact_all(store);
    verify_clean(store);
    eq_int(stats_of(store).spans, 14);
    eq_int(stats_of(store).deleted, 0);
}

TEST(a_store_of_any_format_opens_and_goes_on)
{
    UNUSED_STATE;
    for (int i = 0; i < FORMATS; i++) {
        struct place place;
        place_make(&place);
        make_from(place.path, formats[i]);
        place_open(&place, PHX_OPEN_NO_COMPACT);
        check_content(place.store);
        place_reopen(&place, PHX_OPEN_READ_ONLY); /* now of this format */
        check_content(place.store);
        place_reopen(&place, PHX_OPEN_NO_COMPACT | PHX_OPEN_NO_MIGRATE);
        check_annotations(place.store, i + 1);
        check_prices(place.store, i + 1);
        check_policies(place.store, i + 1);
        check_logs(place.store, i + 1);
        check_configs(place.store, i + 1);
        check_datasets(place.store, i + 1);
        check_splits(place.store);
        keep_prompts(place.store);
        check_experiments(place.store);
        check_growth(place.store);
        place_remove(&place);
    }
}

TEST(a_migrated_store_has_the_tables_of_a_new_one)
{
    static char fresh[1 << 14], migrated[1 << 14];
    struct place place;

    UNUSED_STATE;
    place_make(&place);
    place_open(&place, 0);
    place_close(&place);
    list_tables(place.path, fresh, sizeof fresh);
    place_remove(&place);
    for (int i = 0; i < FORMATS; i++) {
        place_make(&place);
        make_from(place.path, formats[i]);
        place_open(&place, 0);
        place_close(&place);
        list_tables(place.path, migrated, sizeof migrated);
        eq_string(migrated, fresh);
        place_remove(&place);
    }
}

TEST(an_older_store_is_left_alone_if_asked)
{
    UNUSED_STATE;
    for (int i = 0; i < FORMATS; i++) {
        struct place place;
        place_make(&place);
        make_from(place.path, formats[i]);
        fails_with(PHX_UNSUPPORTED, "format",
                   open_url(place.url, PHX_OPEN_READ_ONLY, &place.store, err));
        fails_with(PHX_UNSUPPORTED, "format",
                   open_url(place.url, PHX_OPEN_NO_MIGRATE, &place.store, err));
        place_open(&place, 0);
        check_content(place.store);
        place_remove(&place);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_store_of_any_format_opens_and_goes_on),
        cmocka_unit_test(a_migrated_store_has_the_tables_of_a_new_one),
        cmocka_unit_test(an_older_store_is_left_alone_if_asked),
    };

    make_if_asked();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

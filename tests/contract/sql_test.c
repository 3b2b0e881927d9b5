/*
 * sql_test.c - statements of SQL through phoenix.h: values both ways, what ends
 * a statement, and what is refused.
 */
#include "t.h"

#include "contract/stored.h"

static struct place place;

static void stand(int spans)
{
    char id[16];

    place_make(&place);
    place_open(&place, 0);
    for (int i = 1; i <= spans; i++) {
        snprintf(id, sizeof id, "%04x", (unsigned)i);
        send(&place, &(struct sent){.trace = id, .span = id});
    }
}

static phx_status open_sql(const char *sql, const phx_sql_options *options,
                           phx_rows **out, phx_error *err)
{
    return phx_store_sql(place.store, sql, strlen(sql), NULL, 0, options, out,
                         err);
}

/* The status of a statement once it has ended. */
static phx_status run(const char *sql, const phx_sql_options *options,
                      phx_error *err)
{
    const phx_value *row;
    phx_rows *rows = NULL;
    phx_status status = open_sql(sql, options, &rows, err);

    while (status == PHX_OK)
        status = phx_rows_next(rows, &row, err);
    phx_rows_close(rows);
    return status;
}

TEST(values_go_in_and_come_out)
{
    static const char bytes[] = {'a', '\0', 'b'};
    const phx_value values[] = {
        {.type = PHX_NULL},
        {.type = PHX_INTEGER, .integer = INT64_MIN},
        {.type = PHX_REAL, .real = 0.1},
        {.type = PHX_TEXT, .text = {bytes, 3}},
        {.type = PHX_BYTES, .text = {bytes, 3}},
        {.type = PHX_TEXT, .text = {NULL, 0}},
    };
    char sql[] = "SELECT ?1 AS none, ?2, ?3, ?4, ?5 AS b, ?6, CAST(x'ff' AS"
                 " TEXT), 'text' WHERE 1";
    const phx_value *row;
    phx_rows *rows = NULL;

    UNUSED_STATE;
    stand(1);
    succeeds(phx_store_sql(place.store, sql, strlen(sql), values, 6, NULL,
                           &rows, err));
    memset(sql, 'x', sizeof sql); /* it was copied */
    place_close(&place);          /* the store lives as long as its rows */
    eq_int(phx_rows_columns(rows), 8);
    eq_string(phx_rows_name(rows, 0), "none");
    eq_string(phx_rows_name(rows, 4), "b");
    assert_null(phx_rows_name(rows, 8));
    succeeds(phx_rows_next(rows, &row, err));
    eq_int(row[0].type, PHX_NULL);
    eq_int(row[1].type, PHX_INTEGER);
    ok(row[1].integer == INT64_MIN);
    eq_int(row[2].type, PHX_REAL);
    ok(row[2].real == 0.1);
    eq_int(row[3].type, PHX_TEXT);
    t_eq_text(row[3].text, bytes, 3, __FILE__, __LINE__);
    eq_int(row[4].type, PHX_BYTES);
    t_eq_text(row[4].text, bytes, 3, __FILE__, __LINE__);
    eq_int(row[5].type, PHX_TEXT);
    eq_int(row[5].text.size, 0);
    eq_int(row[6].type, PHX_BYTES); /* no UTF-8 */
    eq_string(row[7].text.data, "text");
    eq_int(phx_rows_next(rows, &row, NULL), PHX_DONE);
    assert_null(row);
    phx_rows_close(rows);
    place_remove(&place);
}

TEST(what_is_wrong_with_a_statement_is_told_with_its_place)
{
    static const struct {
        const char *sql;
        int64_t offset;
        const char *part;
    } cases[] = {
        {"SELECT nmae FROM spans", 7, "no such column: nmae"},
        {"SELECT id FROM spans WHERE (", -1, "incomplete input"},
        {"SELECT id FROM span", -1, "no such table: span"},
        {"SELECT 1; SELECT 2", 0, "one statement"},
        {"SELECT 1; /* x */ DELETE FROM trace", 0, "one statement"},
        {"SELECT 1; -- x\nSELECT (", 0, "one statement"},
        {"SELECT 1; 'x", 0, "one statement"},
        {"", 0, "one statement"},
        {";-- x", 0, "one statement"},
        {"DELETE FROM trace", -1, "can only read"},
        {"PRAGMA user_version = 9", -1, "can only read"},
        {"ATTACH 'x' AS x", -1, "can only read"},
        {"SELECT secret FROM counter", -1, "counter.secret"},
        {"CREATE TEMP VIEW v AS SELECT 1", -1, "can only read"},
        {"SELECT ?1", -1, "takes 1 values, 0 are given"},
        {"SELECT \xff", 7, "not UTF-8"},
    };
    phx_rows *rows = NULL;

    UNUSED_STATE;
    stand(1);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        phx_error why = {0};
        phx_status status = run(cases[i].sql, NULL, &why);
        if (status != PHX_INVALID || why.offset != cases[i].offset ||
            !strstr(why.message, cases[i].part))
            wrong("%s: %d at %lld: %s", cases[i].sql, status,
                  (long long)why.offset, why.message);
    }
    fails_with(PHX_INVALID, "one statement",
               phx_store_sql(place.store, "SELECT 1;\0SELECT 2", 18, NULL, 0,
                             NULL, &rows, err));
    fails_with(PHX_INVALID, "integer overflow",
               run("SELECT abs(-9223372036854775808)", NULL, err));
    place_remove(&place);
}

TEST(blanks_and_comments_may_follow_a_statement)
{
    static const char *const texts[] = {
        "SELECT 1; -- x",           "SELECT 1 -- x",
        "SELECT 1;\n/* x; */ ;;\t", "SELECT 1; /* SELECT 2;",
        "-- x\n;SELECT 1;--",       "SELECT 1;\f ",
    };

    UNUSED_STATE;
    stand(1);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        succeeds(run(texts[i], NULL, err));
    place_remove(&place);
}

TEST(json_is_taken_apart_as_tables)
{
    static const char *const named[] = {
        "SELECT value FROM json_each('[1, 2]')",
        "SELECT fullkey FROM json_tree('{\"a\": [1]}')",
        "SELECT j.key FROM spans, json_each(spans.attributes) AS j",
    };

    UNUSED_STATE;
    for (size_t i = 0; i < sizeof named / sizeof *named; i++) {
        stand(1); /* connections that have named nothing yet */
        phx_error err = {0};
        phx_status status = run(named[i], NULL, &err);
        if (status != PHX_DONE)
            wrong("%s: %d %s", named[i], status, err.message);
        place_remove(&place);
    }
}

TEST(arguments_are_checked)
{
    const phx_value wrong_type = {.type = 9};
    const phx_value no_text = {.type = PHX_TEXT, .text = {NULL, 4}};
    const phx_sql_options small = {.size = 1};
    const phx_value *row;
    phx_rows *rows;

    UNUSED_STATE;
    stand(1);
    fails_with(PHX_MISUSE, "",
               phx_store_sql(NULL, "", 0, NULL, 0, NULL, &rows, err));
    fails_with(PHX_MISUSE, "",
               phx_store_sql(place.store, NULL, 1, NULL, 0, NULL, &rows, err));
    fails_with(PHX_MISUSE, "",
               phx_store_sql(place.store, "x", 1, NULL, 1, NULL, &rows, err));
    fails_with(PHX_MISUSE, "",
               phx_store_sql(place.store, "x", 1, NULL, 0, NULL, NULL, err));
    fails_with(PHX_MISUSE, "", open_sql("SELECT 1", &small, &rows, err));
    fails_with(PHX_MISUSE, "",
               phx_store_sql(place.store, "SELECT ?1", 9, &wrong_type, 1, NULL,
                             &rows, err));
    fails_with(PHX_MISUSE, "",
               phx_store_sql(place.store, "SELECT ?1", 9, &no_text, 1, NULL,
                             &rows, err));
    fails_with(PHX_MISUSE, "", phx_rows_next(NULL, &row, err));
    eq_int(phx_rows_columns(NULL), 0);
    assert_null(phx_rows_name(NULL, 0));
    phx_rows_close(NULL);
    place_remove(&place);
}

/* --- what ends it -------------------------------------------------------------------- */

#define ENDLESS(union)                                                         \
    "WITH RECURSIVE n(i) AS (SELECT 1 " union " SELECT i + 1 FROM n) "

static int32_t stop_later(void *ctx)
{
    return --*(int *)ctx < 0;
}

TEST(a_statement_without_end_is_stopped)
{
    phx_sql_options options = PHX_SQL_OPTIONS_INIT;
    int turns = 5;

    UNUSED_STATE;
    stand(3);
    options.timeout = 20;
    fails_with(
        PHX_INTERRUPTED, "ran for over 20 ms",
        run(ENDLESS("UNION ALL") "SELECT count(*) FROM n", &options, err));
    fails_with(PHX_INTERRUPTED, "ran for over 20 ms",
               run(ENDLESS("UNION ALL") "SELECT i FROM n", &options, err));
    options.timeout = 0;
    options.stop = stop_later;
    options.stop_ctx = &turns;
    fails_with(
        PHX_INTERRUPTED, "",
        run(ENDLESS("UNION ALL") "SELECT count(*) FROM n", &options, err));
    succeeds(run("SELECT count(*) FROM spans", NULL, err));
    place_remove(&place);
}

TEST(memory_is_bounded)
{
    phx_sql_options options = PHX_SQL_OPTIONS_INIT;

    UNUSED_STATE;
    stand(3);
    options.memory = 1 << 20;
    fails_with(PHX_TOO_BIG, "memory",
               run(ENDLESS("UNION ALL") "SELECT i FROM n ORDER BY i DESC",
                   &options, err));
    fails_with(PHX_TOO_BIG, "memory",
               run(ENDLESS("UNION ALL") "SELECT json_group_array(i) FROM n",
                   &options, err));
    fails_with(PHX_TOO_BIG, "too big",
               run("SELECT zeroblob(2000000)", &options, err));
    fails_with(
        PHX_TOO_BIG, "too big",
        run("SELECT replace(hex(zeroblob(400000)), '0', '00')", &options, err));
    succeeds(run("SELECT zeroblob(2000000)", NULL, err));
    succeeds(run("SELECT * FROM spans, traces", &options, err));
    place_remove(&place);
}

/* Text that is long, nested or strange, in bounded time. */
TEST(hostile_text_is_refused)
{
    static char sql[1200000];

    UNUSED_STATE;
    stand(1);
    memset(sql, '(', 10000);
    fails_with(PHX_INVALID, "", run(sql, NULL, err));
    memcpy(sql, "SELECT 1", 8);
    for (size_t i = 8; i + 2 < sizeof sql; i += 2)
        memcpy(sql + i, "+1", 2);
    fails_with(PHX_INVALID, "depth", run(sql, NULL, err));
    memcpy(sql, "SELECT '", 8);
    fails_with(PHX_INVALID, "unrecognized token", run(sql, NULL, err));
    fails_with(PHX_INVALID, "",
               phx_store_sql(place.store, "SELECT 1\0, 2", 12, NULL, 0, NULL,
                             &(phx_rows *){NULL}, err));
    place_remove(&place);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_go_in_and_come_out),
        cmocka_unit_test(what_is_wrong_with_a_statement_is_told_with_its_place),
        cmocka_unit_test(blanks_and_comments_may_follow_a_statement),
        cmocka_unit_test(json_is_taken_apart_as_tables),
        cmocka_unit_test(arguments_are_checked),
        cmocka_unit_test(a_statement_without_end_is_stopped),
        cmocka_unit_test(memory_is_bounded),
        cmocka_unit_test(hostile_text_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * store_sql_test.c - statements of SQL on a store: what the planner uses, which
 * blocks are opened, attributes by path, and what a statement may not do.
 */
#include "t.h"

#include "contract/asked.h"

static struct place place;

#define eq_answer(sql, expected) eq_string(answer(place.store, sql), expected)

/* --- what the planner is told ------------------------------------------------------- */

static void stand(int spans)
{
    char id[16];

    place_make(&place);
    place_open(&place, PHX_OPEN_NO_COMPACT);
    for (int i = 1; i <= spans; i++) {
        snprintf(id, sizeof id, "%08x", (unsigned)i);
        send(&place, &(struct sent){.trace = i % 2 ? "01" : "02",
                                    .span = id,
                                    .kind = "LLM",
                                    .start = (uint64_t)i * 1000000,
                                    .end = (uint64_t)i * 1000000 + 500});
    }
}

#define plan_has(sql, part)                                                    \
    do {                                                                       \
        const char *t_plan = answer(place.store, "EXPLAIN QUERY PLAN " sql);   \
        if (!strstr(t_plan, part))                                             \
            wrong("'%s' is not in '%s'", part, t_plan);                        \
    } while (0)

TEST(the_planner_uses_what_the_table_takes_over)
{
    UNUSED_STATE;
    stand(3);
    plan_has("SELECT 1 FROM stored_span WHERE no = 3", "INDEX 0:a=");
    plan_has("SELECT 1 FROM stored_span WHERE no IN (1, 2)", "INDEX 0:ai");
    plan_has("SELECT 1 FROM stored_span WHERE span_id IN ('01', '02')",
             "INDEX 0:di");
    plan_has("SELECT 1 FROM stored_span WHERE start >= 5 ORDER BY start DESC",
             "INDEX 5:l]");
    plan_has("SELECT 1 FROM stored_span ORDER BY no", "INDEX 2:");
    plan_has("SELECT 1 FROM stored_span ORDER BY start, no", "INDEX 4:");
    plan_has("SELECT 1 FROM stored_span ORDER BY start, no DESC",
             "TEMP B-TREE");
    plan_has("SELECT 1 FROM stored_span WHERE attr_is(ref, attr_test(1, 'n'))",
             "INDEX 0:rt");
    plan_has("SELECT 1 FROM stored_span WHERE span_id = 'AA' COLLATE NOCASE",
             "INDEX 0:");
    plan_has("SELECT 1 FROM stored_span WHERE name = 'step'", "INDEX 0:h=");
    place_remove(&place);
}

static size_t blocks_of(const char *sql)
{
    struct asked asked = {0};

    ask_text(&asked, sql);
    struct store_rows *rows = open_rows(place.store, &asked);
    while (next_row(rows, &asked) != NULL)
        ;
    size_t blocks = store_rows_blocks(rows);
    store_rows_close(rows);
    return blocks;
}

TEST(the_newest_spans_cost_the_blocks_they_are_in)
{
    UNUSED_STATE;
    stand(60); /* a block each */
    eq_int(blocks_of("SELECT no FROM stored_span ORDER BY start DESC LIMIT 5"),
           5);
    eq_int(blocks_of("SELECT no FROM stored_span ORDER BY no LIMIT 5"), 5);
    eq_int(blocks_of("SELECT no FROM stored_span WHERE span_id = '00000007'"),
           1);
    eq_int(blocks_of("SELECT no FROM stored_span WHERE start < 4000000"), 4);
    eq_int(blocks_of("SELECT no FROM stored_span WHERE latency > 999999"), 0);
    eq_int(blocks_of("SELECT no FROM stored_span WHERE project = 2"), 0);
    eq_int(blocks_of("SELECT attr(ref, 'n') FROM (SELECT ref FROM stored_span"
                     " ORDER BY name, no DESC LIMIT 3)") < 66,
           1);
    place_remove(&place);
}

/* The tests of SQL's own comparisons stay: 3.7 is no project. */
TEST(a_value_of_another_type_is_left_to_sql)
{
    UNUSED_STATE;
    stand(4);
    eq_answer("SELECT count(*) FROM stored_span WHERE no = 3.7", "0");
    eq_answer("SELECT count(*) FROM stored_span WHERE no = '3'", "1");
    eq_answer("SELECT count(*) FROM stored_span WHERE no IN (1.0, '2', 'x')",
              "2");
    eq_answer("SELECT count(*) FROM stored_span WHERE project = 1.2", "0");
    eq_answer("SELECT count(*) FROM stored_span WHERE project = NULL", "0");
    eq_answer("SELECT count(*) FROM stored_span WHERE no > NULL", "0");
    eq_answer("SELECT count(*) FROM stored_span WHERE start > 1.5e6", "3");
    eq_answer("SELECT count(*) FROM stored_span WHERE span_id = X'00000001'",
              "0");
    eq_answer("SELECT count(*) FROM stored_span WHERE span_id = 'zz'", "0");
    eq_answer("SELECT count(*) FROM stored_span WHERE trace_id IN ('01', NULL)",
              "2");
    eq_answer("SELECT count(*) FROM stored_span WHERE kind IN (3, 300, -1)",
              "4");
    place_remove(&place);
}

/* --- attributes --------------------------------------------------------------------- */

#define METADATA                                                               \
    "{\"stringValue\":\"{\\\"big\\\": 18446744073709551616, \\\"no\\\": "      \
    "false,"                                                                   \
    " \\\"none\\\": null, \\\"list\\\": [1, {\\\"x\\\": 2.5}], \\\"a.b\\\":"   \
    " \\\"dot\\\"}\"}"

static void stand_attributes(void)
{
    place_make(&place);
    place_open(&place, 0);
    send(&place, &(struct sent){.trace = "01",
                                .span = "a1",
                                .key = "metadata",
                                .value = METADATA});
    send(&place, &(struct sent){.trace = "01",
                                .span = "a2",
                                .key = "x",
                                .value = "{\"bytesValue\":\"AAE=\"}"});
    send(&place, &(struct sent){.trace = "01",
                                .span = "a3",
                                .key = "x",
                                .value = "{\"doubleValue\":2.0}"});
    send(&place, &(struct sent){.trace = "01",
                                .span = "a4",
                                .key = "x",
                                .value = "{\"intValue\":\"2\"}"});
}

#define METADATA_OF(how, path)                                                 \
    "SELECT " how "(ref, 'metadata'" path ") FROM stored_span WHERE no = 1"

TEST(attributes_are_read_by_their_path)
{
    UNUSED_STATE;
    stand_attributes();
    eq_answer(METADATA_OF("attr", ", 'big'"), "1.84467e+19");
    eq_answer(METADATA_OF("attr_json", ", 'big'"), "18446744073709551616");
    eq_answer(METADATA_OF("attr_kind", ", 'big'"), "number");
    eq_answer(METADATA_OF("attr", ", 'no'"), "0");
    eq_answer(METADATA_OF("attr_kind", ", 'no'"), "boolean");
    eq_answer(METADATA_OF("attr_json", ", 'no'"), "false");
    eq_answer(METADATA_OF("attr", ", 'none'"), "-");
    eq_answer(METADATA_OF("attr_kind", ", 'none'"), "null");
    eq_answer(METADATA_OF("attr_kind", ", 'other'"), "-");
    eq_answer(METADATA_OF("attr_json", ", 'other'"), "-");
    eq_answer(METADATA_OF("attr", ", 'list'"), "[1,{\"x\":2.5}]");
    eq_answer(METADATA_OF("attr", ", 'list', 1, 'x'"), "2.5");
    eq_answer(METADATA_OF("attr_kind", ", 'list', 1"), "object");
    eq_answer(METADATA_OF("attr_kind", ", 'list'"), "array");
    eq_answer(METADATA_OF("attr", ", 'a.b'"), "dot");
    eq_answer(METADATA_OF("attr_kind", ", 'a.b'"), "text");
    eq_answer(METADATA_OF("json_array_length(attr", ", 'list'"
                                                    ")"),
              "2");
    eq_answer("SELECT hex(attr(ref, 'x')), attr_kind(ref, 'x') FROM stored_span"
              " ORDER BY no",
              "|- 0001|bytes 322E30|real 32|integer");
    place_remove(&place);
}

TEST(attributes_are_found_by_their_value)
{
    UNUSED_STATE;
    stand_attributes();
    eq_answer("SELECT no FROM stored_span WHERE attr_is(ref, attr_test(2, 'x'))"
              " ORDER BY no",
              "3 4");
    eq_answer("SELECT no FROM stored_span WHERE attr_is(ref, attr_test(2.0,"
              " 'x')) ORDER BY no",
              "3 4");
    eq_answer("SELECT no FROM stored_span WHERE attr_is(ref, attr_test(X'0001',"
              " 'x')) OR attr_is(ref, attr_test('dot', 'metadata', 'a.b'))"
              " ORDER BY no",
              "1 2");
    eq_answer("SELECT no FROM stored_span WHERE attr_is(ref, attr_test(2.5,"
              " 'metadata', 'list', 1, 'x'))",
              "1");
    eq_answer("SELECT no FROM stored_span WHERE attr_is(ref, attr_test(NULL,"
              " 'metadata', 'none'))",
              "1");
    eq_answer("SELECT attr_is(ref, attr_test(2, 'x')) FROM stored_span"
              " ORDER BY latency, no",
              "0 0 1 1");
    place_remove(&place);
}

/* --- what may not be ------------------------------------------------------------------ */

static phx_status try(const char *sql, phx_error *err)
{
    const struct store_query query = {.sql = text_of(sql)};
    const struct value *row;
    struct store_rows *rows = NULL;
    phx_status status = store_rows_open(place.store->store, &query, &rows, err);

    while (status == PHX_OK)
        status = store_rows_next(rows, &row, err);
    store_rows_close(rows);
    return status;
}

TEST(a_statement_can_only_read)
{
    static const char *const refused[] = {
        "DELETE FROM trace",
        "INSERT INTO gone VALUES (1, 1, 1)",
        "UPDATE trace SET n = 0",
        "CREATE TABLE x (y)",
        "CREATE TEMP TABLE x (y)",
        "DROP TABLE frame",
        "PRAGMA journal_mode = DELETE",
        "ATTACH ':memory:' AS other",
        "BEGIN IMMEDIATE",
        "ROLLBACK",
        "VACUUM",
        "EXPLAIN DELETE FROM trace",
        "SELECT secret FROM counter",
        "SELECT rowid FROM counter",
        "SELECT load_extension('x')",
        "SELECT fts3_tokenizer('simple', X'00')",
        "DELETE FROM stored_span",
        "SELECT 1; SELECT 2",
        "",
        " ;",
        "SELECT",
        "SELECT x FROM stored_span",
        "SELECT attr()",
        "SELECT attr_test()",
        "SELECT attr(ref) FROM stored_span",
        "SELECT attr(ref, 1.5) FROM stored_span",
        "SELECT attr(ref, X'00') FROM stored_span",
        "SELECT attr(ref, X'') FROM stored_span",
        "SELECT attr(ref, X'ffffffffff') FROM stored_span",
        "SELECT attr(77 << 16, 'x')",
        "SELECT attr(ref + 9, 'x') FROM stored_span",
        "SELECT attr('x', 'x') FROM stored_span",
        "SELECT attr_is(ref, 5) FROM stored_span",
        "SELECT no FROM stored_span WHERE attr_is(ref, X'01')",
        "SELECT abs(-9223372036854775808)",
        "SELECT ?1",
    };

    UNUSED_STATE;
    stand(3);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        phx_error err = {0};
        phx_status status = try(refused[i], &err);
        if (status != PHX_INVALID || err.status != status)
            wrong("%s: %d %s", refused[i], status, err.message);
    }
    fails_with(PHX_INVALID, "near \"x\"", try("SELECT no FORM x y", err));
    succeeds(try("SELECT 1 ; \n", err));
    succeeds(try("SELECT attr(NULL, 'x')", err));
    verify_clean(place.store);
    place_remove(&place);
}

static int32_t stop_later(void *ctx)
{
    return --*(int *)ctx < 0;
}

static int32_t interrupt(void *ctx)
{
    store_interrupt(ctx);
    return false;
}

TEST(a_statement_ends_when_it_is_told_to)
{
    static const char endless[] =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
        " SELECT count(*) FROM n";
    struct store_query query = {.sql = text_of(endless), .stop = stop_later};
    const struct value *row;
    struct store_rows *rows;
    int turns = 3;

    UNUSED_STATE;
    stand(9);
    query.stop_ctx = &turns;
    succeeds(store_rows_open(place.store->store, &query, &rows, err));
    fails_with(PHX_INTERRUPTED, "", store_rows_next(rows, &row, err));
    store_rows_close(rows);
    turns = 3;
    query.sql = text_of("SELECT max(attr(ref, 'n')) FROM stored_span");
    succeeds(store_rows_open(place.store->store, &query, &rows, err));
    fails_with(PHX_INTERRUPTED, "stopped", store_rows_next(rows, &row, err));
    store_rows_close(rows);
    query = (struct store_query){.sql = text_of(endless),
                                 .stop = interrupt,
                                 .stop_ctx = place.store->store};
    succeeds(store_rows_open(place.store->store, &query, &rows, err));
    fails_with(PHX_INTERRUPTED, "", store_rows_next(rows, &row, err));
    store_rows_close(rows);
    eq_answer("SELECT count(*) FROM stored_span", "9");
    place_remove(&place);
}

/* Two statements at once, each with its snapshot. */
TEST(statements_have_snapshots_of_their_own)
{
    struct asked asked = {0};
    int before = 0, after = 0;

    UNUSED_STATE;
    stand(5);
    ask_text(&asked, "SELECT no FROM stored_span ORDER BY no");
    struct store_rows *first = open_rows(place.store, &asked);
    assert_non_null(next_row(first, &asked));
    send(&place, &(struct sent){.trace = "03", .span = "ff"});
    delete_one(place.store, PHX_SPAN, 2);
    struct store_rows *second = open_rows(place.store, &asked);
    compact_all(place.store);
    while (next_row(second, &asked) != NULL)
        after++;
    while (next_row(first, &asked) != NULL)
        before++;
    eq_int(before, 4);
    eq_int(after, 5);
    store_rows_close(first);
    store_rows_close(second);
    place_remove(&place);
}

/* --- parents --------------------------------------------------------------------------- */

#define PARENTS(within)                                                        \
    "SELECT no, parent_no(ref, " #within ") FROM stored_span ORDER BY no"

TEST(parents_are_found_wherever_they_are)
{
    struct request request = {0};

    UNUSED_STATE;
    place_make(&place);
    place_open(&place, PHX_OPEN_NO_COMPACT);
    /* In one block: a root, its child, itself its parent, of another trace. */
    request_add(&request, &(struct sent){.trace = "01", .span = "a1"});
    request_add(&request,
                &(struct sent){.trace = "01", .span = "a2", .parent = "a1"});
    request_add(&request,
                &(struct sent){.trace = "01", .span = "a3", .parent = "a3"});
    request_add(&request,
                &(struct sent){.trace = "02", .span = "a4", .parent = "a1"});
    succeeds(request_ingest(&request, place.store, NULL, NULL, err));
    /* In another: of the first block, of nowhere. */
    send(&place, &(struct sent){.trace = "01", .span = "a5", .parent = "a2"});
    send(&place, &(struct sent){.trace = "01", .span = "a6", .parent = "ff"});
    eq_answer(PARENTS(0), "1|- 2|1 3|3 4|1 5|2 6|-");
    eq_answer(PARENTS(1), "1|- 2|1 3|3 4|- 5|2 6|-");
    delete_one(place.store, PHX_SPAN, 1);
    eq_answer(PARENTS(0), "2|- 3|3 4|- 5|2 6|-");
    send(&place, &(struct sent){.trace = "02", .span = "a1"});
    eq_answer(PARENTS(1), "2|- 3|3 4|7 5|2 6|- 7|-");
    compact_all(place.store);
    eq_answer(PARENTS(0), "2|7 3|3 4|7 5|2 6|- 7|-");
    eq_answer("SELECT parent_no(NULL, 0)", "-");
    place_remove(&place);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_planner_uses_what_the_table_takes_over),
        cmocka_unit_test(the_newest_spans_cost_the_blocks_they_are_in),
        cmocka_unit_test(a_value_of_another_type_is_left_to_sql),
        cmocka_unit_test(attributes_are_read_by_their_path),
        cmocka_unit_test(attributes_are_found_by_their_value),
        cmocka_unit_test(a_statement_can_only_read),
        cmocka_unit_test(a_statement_ends_when_it_is_told_to),
        cmocka_unit_test(statements_have_snapshots_of_their_own),
        cmocka_unit_test(parents_are_found_wherever_they_are),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * page_test.c - rows by the page: each kind has its members, pages end, and
 * what JSON has no word for is an object.
 */
#include "t.h"

#include "contract/annotated.h"

static struct place place;

static void stand(void)
{
    place_make(&place);
    place_open(&place, 0);
    send(&place, &(struct sent){.trace = "0a",
                                .span = "01",
                                .name = "caf\xc3\xa9",
                                .kind = "LLM",
                                .session = "s1",
                                .start = 1,
                                .end = UINT64_MAX,
                                .tokens = 7});
    send(&place, &(struct sent){.trace = "0a", .span = "02", .parent = "01"});
    send(&place, &(struct sent){.trace = "0b", .span = "03", .parent = "ff"});
}

/* All pages, each with a line feed behind it; the cursor is closed. */
static void eq_pages(phx_cursor *cursor, size_t count, const char *expected)
{
    phx_buf out = PHX_BUF_INIT;
    phx_error why = {0};
    phx_status status;
    char all[8192];
    size_t used = 0;

    while ((status = phx_cursor_next_json(cursor, count, &out, &why)) == PHX_OK)
        used +=
            (size_t)snprintf(all + used, sizeof all - used, "%s\n", out.data);
    eq_int(status, PHX_DONE);
    eq_int(phx_cursor_next_json(cursor, count, &out, &why), PHX_DONE);
    eq_string(all, expected);
    phx_buf_free(&out);
    phx_cursor_close(cursor);
}

TEST(a_span_has_its_members)
{
    static const char search[] = "caf\xc3\xa9";
    phx_span_query query = PHX_SPAN_QUERY_INIT;
    phx_cursor *cursor = NULL;

    UNUSED_STATE;
    stand();
    query.search = text(search);
    query.flags = PHX_SPAN_TOTALS;
    succeeds(phx_store_find_spans(place.store, &query, &cursor, err));
    eq_pages(cursor, 10,
             "[{\"id\":1,\"trace\":1,\"session\":1,\"project_id\":1,"
             "\"start_time\":\"1\",\"end_time\":\"18446744073709551615\","
             "\"prompt_tokens\":7,\"completion_tokens\":0,\"status\":0,"
             "\"flags\":0,\"trace_id\":\"0a\",\"span_id\":\"01\",\"project\":"
             "\"default\",\"name\":\"caf\xc3\xa9\",\"kind\":\"LLM\","
             "\"status_message\":\"\",\"trace_state\":\"\",\"attributes\":"
             "{\"llm\":{\"token_count\":{\"prompt\":7}},\"n\":1,"
             "\"openinference\":{\"span\":{\"kind\":\"LLM\"}},\"session\":"
             "{\"id\":\"s1\"}},\"events\":[],\"links\":[],\"match\":{\"path\":"
             "\"name\",\"offset\":0,\"size\":5,\"snippet\":\"caf\xc3\xa9\","
             "\"mark\":0},\"cumulative_prompt_tokens\":7,"
             "\"cumulative_completion_tokens\":0}]\n");
    place_remove(&place);
}

TEST(pages_end_where_they_should)
{
    phx_span_query query = PHX_SPAN_QUERY_INIT;
    phx_buf out = PHX_BUF_INIT;
    phx_cursor *cursor = NULL;
    int pages = 0;

    UNUSED_STATE;
    stand();
    query.attributes = PHX_ATTRIBUTES_NONE;
    succeeds(phx_store_find_spans(place.store, &query, &cursor, err));
    place_close(&place); /* the store lives as long as its cursors */
    while (phx_cursor_next_json(cursor, 2, &out, NULL) == PHX_OK)
        pages++;
    eq_int(pages, 3); /* a page of a test's build has 256 bytes at most */
    phx_cursor_close(cursor);
    phx_buf_free(&out);
    place_open(&place, 0);
    query.limit = 1;
    succeeds(phx_store_find_spans(place.store, &query, &cursor, err));
    eq_int(phx_cursor_next_json(cursor, 2, &out, NULL), PHX_OK);
    eq_int(phx_cursor_next_json(cursor, 2, &out, NULL), PHX_DONE);
    phx_cursor_close(cursor);
    phx_buf_free(&out);
    place_remove(&place);
}

TEST(other_rows_have_theirs)
{
    phx_annotation_item item = item_of(SPAN, "01", "good", NULL);
    phx_annotation_query notes = PHX_ANNOTATION_QUERY_INIT;
    phx_buf out = PHX_BUF_INIT;
    phx_cursor *cursor = NULL;

    UNUSED_STATE;
    stand();
    succeeds(phx_store_find_traces(place.store, NULL, &cursor, err));
    eq_pages(cursor, 1,
             "[{\"id\":2,\"project\":1,\"session\":0,\"start_time\":\"0\","
             "\"end_time\":\"0\",\"spans\":1,"
             "\"errors\":0,\"prompt_tokens\":0,\"completion_tokens\":0,"
             "\"trace_id\":\"0b\"}]\n"
             "[{\"id\":1,\"project\":1,\"session\":1,\"start_time\":\"0\","
             "\"end_time\":"
             "\"18446744073709551615\",\"spans\":2,\"errors\":0,"
             "\"prompt_tokens\":7,\"completion_tokens\":0,\"trace_id\":"
             "\"0a\"}]\n");
    succeeds(phx_store_find_sessions(place.store, NULL, &cursor, err));
    eq_pages(cursor, 9,
             "[{\"id\":1,\"project\":1,\"start_time\":\"0\",\"end_time\":"
             "\"18446744073709551615\",\"traces\":1,\"session_id\":\"s1\"}]\n");
    succeeds(phx_store_find_projects(place.store, 0, 0, NULL, 0, &cursor, err));
    succeeds(phx_cursor_next_json(cursor, 1, &out, err));
    ok(strstr(out.data, ",\"name\":\"default\"") != NULL);
    phx_cursor_close(cursor);
    item.has_score = 1;
    item.score = 0.5;
    item.metadata = text("{\"by\": \"me\"}");
    annotate(place.store, &item);
    succeeds(phx_store_find_annotations(place.store, &notes, &cursor, err));
    succeeds(phx_cursor_next_json(cursor, 1, &out, err));
    ok(strstr(out.data,
              "\"score\":0.5,\"has_score\":1,\"kind\":0,\"position\":-1,"
              "\"annotator\":0,\"source\":0,\"target_id\":\"01\",\"name\":"
              "\"good\",\"identifier\":\"\",\"metadata\":{\"by\": \"me\"}}]"));
    phx_cursor_close(cursor);
    phx_buf_free(&out);
    place_remove(&place);
}

TEST(findings_name_their_rule)
{
    phx_buf out = PHX_BUF_INIT;
    phx_cursor *cursor = NULL;

    UNUSED_STATE;
    stand();
    succeeds(phx_store_lint(place.store, &cursor, err));
    succeeds(phx_cursor_next_json(cursor, 1, &out, err));
    ok(strstr(out.data, "[{\"rule\":{\"id\":\"") != NULL);
    ok(strstr(out.data, "\"trace_id\":\"0a\",\"span_id\":\"01\"") != NULL);
    phx_cursor_close(cursor);
    phx_buf_free(&out);
    place_remove(&place);
}

TEST(wrong_cursors_are_refused)
{
    phx_buf out = PHX_BUF_INIT;
    phx_cursor *cursor = NULL;

    UNUSED_STATE;
    stand();
    fails_with(PHX_MISUSE, "", phx_cursor_next_json(NULL, 1, &out, err));
    succeeds(phx_filter_vocabulary(PHX_FILTER_SPANS, NULL, 0, 0, &cursor, err));
    fails_with(PHX_MISUSE, "", phx_cursor_next_json(cursor, 1, &out, err));
    phx_cursor_close(cursor);
    succeeds(phx_store_find_spans(place.store, NULL, &cursor, err));
    fails_with(PHX_MISUSE, "", phx_cursor_next_json(cursor, 0, &out, err));
    fails_with(PHX_MISUSE, "", phx_cursor_next_json(cursor, 1, NULL, err));
    phx_cursor_close(cursor);
    place_remove(&place);
}

/* --- SQL ------------------------------------------------------------------ */

static phx_rows *ask(const char *sql, const phx_sql_options *options)
{
    phx_rows *rows = NULL;

    succeeds(phx_store_sql(place.store, sql, strlen(sql), NULL, 0, options,
                           &rows, err));
    return rows;
}

TEST(values_keep_what_they_are)
{
    phx_rows *rows;
    phx_buf out = PHX_BUF_INIT;

    UNUSED_STATE;
    stand();
    rows = ask("SELECT NULL, 1, 0.5, 'a' || char(0), x'00ff', x'', 1e999,"
               " -1e999, 9007199254740991, 9007199254740992,"
               " -9223372036854775807 - 1, ''",
               NULL);
    succeeds(phx_rows_next_json(rows, 9, &out, err));
    eq_string(out.data,
              "[[null,1,0.5,\"a\\u0000\",{\"bytes\":\"00ff\"},{\"bytes\":\"\"},"
              "{\"real\":\"Infinity\"},{\"real\":\"-Infinity\"},"
              "9007199254740991,{\"integer\":\"9007199254740992\"},"
              "{\"integer\":\"-9223372036854775808\"},\"\"]]");
    eq_int(phx_rows_next_json(rows, 9, &out, NULL), PHX_DONE);
    eq_int(phx_rows_next_json(rows, 9, &out, NULL), PHX_DONE);
    phx_rows_close(rows);
    rows = ask("SELECT span_id FROM spans ORDER BY 1", NULL);
    succeeds(phx_rows_next_json(rows, 2, &out, err));
    eq_string(out.data, "[[\"01\"],[\"02\"]]");
    succeeds(phx_rows_next_json(rows, 2, &out, err));
    eq_string(out.data, "[[\"03\"]]");
    eq_int(phx_rows_next_json(rows, 2, &out, NULL), PHX_DONE);
    fails_with(PHX_MISUSE, "", phx_rows_next_json(rows, 0, &out, err));
    fails_with(PHX_MISUSE, "", phx_rows_next_json(NULL, 1, &out, err));
    phx_rows_close(rows);
    phx_buf_free(&out);
    place_remove(&place);
}

TEST(a_statement_fails_where_it_would)
{
    static const char endless[] = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL"
                                  " SELECT i + 1 FROM n) SELECT sum(i) FROM n";
    phx_sql_options options = PHX_SQL_OPTIONS_INIT;
    phx_buf out = PHX_BUF_INIT;
    phx_rows *rows;

    UNUSED_STATE;
    stand();
    rows = ask("SELECT abs(-9223372036854775807 - 1)", NULL);
    fails_with(PHX_INVALID, "overflow", phx_rows_next_json(rows, 1, &out, err));
    phx_rows_close(rows);
    options.memory = 1 << 20;
    rows = ask("SELECT zeroblob(1 << 26)", &options);
    fails_with(PHX_TOO_BIG, "", phx_rows_next_json(rows, 1, &out, err));
    phx_rows_close(rows);
    options.timeout = 1;
    rows = ask(endless, &options);
    fails_with(PHX_INTERRUPTED, "", phx_rows_next_json(rows, 1, &out, err));
    phx_rows_close(rows);
    phx_buf_free(&out);
    place_remove(&place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_span_has_its_members),
        cmocka_unit_test(pages_end_where_they_should),
        cmocka_unit_test(other_rows_have_theirs),
        cmocka_unit_test(findings_name_their_rule),
        cmocka_unit_test(wrong_cursors_are_refused),
        cmocka_unit_test(values_keep_what_they_are),
        cmocka_unit_test(a_statement_fails_where_it_would),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

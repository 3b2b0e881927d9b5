/*
 * store_views_test.c - what SQL for people sees: `spans`, `span_attributes` and
 * the views. What the tables take over of a statement is held against the same
 * statement over a copy of the rows, where SQLite tests alone.
 */
#include "t.h"

#include "contract/annotated.h"
#include "contract/asked.h"

static struct place place;

#define eq_answer(sql, expected) eq_string(answer(place.store, sql), expected)

static void put(const char *project, const char *json)
{
    phx_ingest_report report = {0};

    succeeds(phx_store_ingest(place.store, project, PHX_OTLP_JSON, json,
                              strlen(json), &report, err));
    assert_int_equal(report.rejected, 0);
}

#define SPAN(ids, rest)                                                        \
    "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{" ids "," rest "}]}]}]" \
    "}"

/* 2024-01-02 03:04:05.000006789 to 0.25 s later. */
static void stand_one(void)
{
    place_make(&place);
    place_open(&place, 0);
    put("p",
        SPAN("\"traceId\":\"0a\",\"spanId\":\"0b\",\"parentSpanId\":"
             "\"0C\"",
             "\"name\":\"step\",\"startTimeUnixNano\":"
             "\"1704164645000006789\",\"endTimeUnixNano\":"
             "\"1704164645250006789\",\"status\":{\"code\":2,\"message\":"
             "\"no\"},\"events\":[{\"name\":\"e\",\"timeUnixNano\":"
             "\"1704164645000000000\",\"attributes\":[{\"key\":\"k.k\","
             "\"value\":{\"intValue\":\"7\"}}]},{\"name\":\"f\"}],"
             "\"attributes\":[{\"key\":\"session.id\",\"value\":"
             "{\"stringValue\":\"s\"}},{\"key\":\"llm.token_count.prompt\","
             "\"value\":{\"intValue\":\"3\"}},{\"key\":"
             "\"openinference.span.kind\",\"value\":{\"stringValue\":"
             "\"LLM\"}}]"));
}

TEST(a_span_has_names_for_what_it_is)
{
    UNUSED_STATE;
    stand_one();
    eq_answer("SELECT id, span_id, trace_id, parent_id, project, session_id,"
              " name, span_kind, status_code, status_message FROM spans",
              "1|0b|0a|0c|p|s|step|LLM|ERROR|no");
    eq_answer("SELECT start_time, end_time, latency_ms, start_ns, end_ns,"
              " prompt_tokens, completion_tokens FROM spans",
              "2024-01-02 03:04:05.000007|2024-01-02 03:04:05.250007|250|"
              "1704164645000006789|1704164645250006789|3|0");
    eq_answer("SELECT attributes ->> '$.llm.token_count.prompt',"
              " json_array_length(events) FROM spans",
              "3|2");
    eq_answer("SELECT position, name, time, attributes FROM events",
              "0|e|2024-01-02 03:04:05.000000|{\"k.k\":7} "
              "1|f|1970-01-01 00:00:00.000000|{}");
    eq_answer("SELECT * FROM traces",
              "1|0a|p|s|2024-01-02 03:04:05.000007|2024-01-02 03:04:05.250007|"
              "250|1|1|3|0");
    eq_answer("SELECT * FROM sessions",
              "1|s|p|2024-01-02 03:04:05.000007|2024-01-02 03:04:05.250007|"
              "1|1|3|0");
    eq_answer("SELECT id, name, created_at > '2024' FROM projects",
              "1|default|1 2|p|1");
    eq_answer("SELECT attr(ref, 'llm', 'token_count', 'prompt') FROM spans",
              "3");
    place_remove(&place);
}

TEST(a_span_without_events_has_an_empty_array)
{
    UNUSED_STATE;
    place_make(&place);
    place_open(&place, 0);
    put("p", SPAN("\"traceId\":\"0a\",\"spanId\":\"0b\"", "\"name\":\"x\""));
    eq_answer("SELECT attributes, events FROM spans", "{}|[]");
    eq_answer("SELECT count(*) FROM events", "0");
    place_remove(&place);
}

/* --- attributes as rows ------------------------------------------------------------ */

#define VALUES                                                                 \
    "{\"stringValue\":\"{\\\"t\\\": \\\"x\\\", \\\"e\\\": \\\"\\\","           \
    " \\\"one\\\": 1, \\\"real\\\": 1.0, \\\"half\\\": 0.5, \\\"yes\\\":"      \
    " true, \\\"none\\\": null, \\\"big\\\": 18446744073709551616,"            \
    " \\\"list\\\": [1, 2], \\\"text\\\": \\\"[1,2]\\\", \\\"items\\\":"       \
    " [{\\\"a\\\": 1}, {\\\"b\\\": \\\"x\\\"}], \\\"2\\\": 5}\"}"

static void stand_attributes(void)
{
    place_make(&place);
    place_open(&place, 0);
    for (int i = 1; i <= 2; i++)
        send(&place,
             &(struct sent){.trace = "01",
                            .span = i == 1 ? "a1" : "a2",
                            .key = i == 1 ? "metadata" : "x",
                            .value = i == 1 ? VALUES : "{\"intValue\":\"2\"}"});
}

TEST(an_attribute_is_a_row)
{
    UNUSED_STATE;
    stand_attributes();
    eq_answer(
        "SELECT span_id, value, type FROM span_attributes('metadata.one')",
        "a1|1|integer");
    eq_answer("SELECT value, type FROM span_attributes('metadata.items')",
              "[{\"a\":1},{\"b\":\"x\"}]|array");
    eq_answer("SELECT value FROM span_attributes('metadata.items.1.b')", "x");
    eq_answer("SELECT count(*) FROM span_attributes('metadata.none')", "0");
    eq_answer("SELECT count(*) FROM span_attributes('')", "0");
    eq_answer("SELECT count(*) FROM span_attributes('.....')", "0");
    eq_answer("SELECT count(*) FROM span_attributes(NULL)", "0");
    eq_answer("SELECT count(*) FROM span_attributes(X'6e')", "0");
    eq_answer(
        "SELECT span_id, value FROM span_attributes('n') ORDER BY id DESC",
        "a2|1 a1|1");
    eq_answer("SELECT span_id, key, value FROM span_attributes"
              " WHERE key IN ('x', 'metadata.t') ORDER BY key",
              "a1|metadata.t|x a2|x|2");
    eq_answer("SELECT key FROM span_attributes WHERE key = 'x'"
              " OR key = 'metadata.t' OR key = 'n' ORDER BY key",
              "metadata.t n n x");
    eq_answer("SELECT a.span_id, k.column1 FROM (VALUES ('x'), ('n')) k,"
              " span_attributes(k.column1) a ORDER BY 1, 2",
              "a1|n a2|n a2|x");
    eq_answer("SELECT key, count(*) FROM span_attributes WHERE span_id = 'a2'"
              " GROUP BY key",
              "n|1 x|1");
    place_remove(&place);
}

/* Every leaf is found by its key, and by its value there. */
TEST(leaves_are_found_by_their_keys_and_values)
{
    UNUSED_STATE;
    stand_attributes();
    eq_answer("SELECT count(*), count(DISTINCT key) FROM span_attributes",
              "15|14");
    eq_answer("SELECT count(*) FROM span_attributes l, span_attributes(l.key) a"
              " WHERE l.span_id = a.span_id AND l.value IS a.value"
              " AND l.type = a.type AND l.key <> 'metadata.2'",
              "14");
    eq_answer("SELECT group_concat(substr(key, 10), ' ') FROM (SELECT l.key"
              " FROM span_attributes l, span_attributes(l.key) a WHERE"
              " a.value = l.value AND l.span_id = 'a1' AND a.id = l.id"
              " ORDER BY l.key)",
              "big e half items.0.a items.1.b list one real t text yes ");
    eq_answer("SELECT count(*) FROM span_attributes('metadata.yes')"
              " WHERE value = 1.0",
              "1");
    eq_answer("SELECT count(*) FROM span_attributes('metadata.text')"
              " WHERE value = '[1,2]'",
              "1");
    eq_answer("SELECT count(*) FROM span_attributes('metadata.list')"
              " WHERE value = '[1,2]'",
              "1");
    eq_answer("SELECT count(*) FROM span_attributes('metadata.one')"
              " WHERE value = '1'",
              "0");
    eq_answer("SELECT count(*) FROM span_attributes('metadata.one')"
              " WHERE value = NULL OR value = X'31'",
              "0");
    place_remove(&place);
}

/* --- what is taken over -------------------------------------------------------------- */

static const char *const kinds[] = {"LLM", "TOOL", "nonsense"};
static const char *const projects[] = {"p", "q", "\xc3\xbc"};
static const char *const sessions[] = {"s", "t", NULL};

/* A block each; starts around every unit that a time's text ends in, and some
 * that only reals can tell. */
static void stand_many(void)
{
    static const uint64_t starts[] = {0,
                                      999,
                                      1704067199999999999,
                                      1704067200000000000,
                                      1704067200000000999,
                                      1704067200000001000,
                                      1706745599999999999,
                                      1706745600000000000,
                                      1704164645250006789,
                                      1709251199000000000,
                                      INT64_MAX,
                                      (uint64_t)INT64_MAX + 1,
                                      (uint64_t)INT64_MAX + 1025,
                                      UINT64_MAX - 5000};
    char id[16];

    place_make(&place);
    place_open(&place, PHX_OPEN_NO_COMPACT);
    for (int i = 0; i < 42; i++) {
        uint64_t start = starts[(size_t)i % (sizeof starts / sizeof *starts)];
        snprintf(id, sizeof id, "%08x", i + 1);
        send_to(place.store, projects[i % 3],
                &(struct sent){.trace = sessions[i / 3 % 3] ? id : "01",
                               .span = id,
                               .name = i % 5 ? "step" : "other",
                               .kind = kinds[i / 2 % 3],
                               .session = sessions[i / 3 % 3],
                               .status = i % 3,
                               .start = start,
                               .end = start + (uint64_t)(i % 4) * 1500000});
    }
}

static void same(const char *columns, const char *column, const char *term)
{
    char sql[600], wanted[4096];

    snprintf(sql, sizeof sql,
             "WITH s AS MATERIALIZED (SELECT * FROM spans)"
             " SELECT %s FROM s WHERE %s %s ORDER BY id",
             columns, column, term);
    snprintf(wanted, sizeof wanted, "%s", answer(place.store, sql));
    snprintf(sql, sizeof sql, "SELECT %s FROM spans WHERE %s %s ORDER BY id",
             columns, column, term);
    eq_string(answer(place.store, sql), wanted);
}

TEST(texts_of_times_bound_the_same_spans)
{
    static const char *const texts[] = {
        "",
        "1",
        "197",
        "1969",
        "1970",
        "2024",
        "2024-",
        "2024-01",
        "2024-01-01",
        "2024-01-01 ",
        "2024-01-01 00:00",
        "2024-01-01T00:00:00",
        "2024-01-01 00:00:00",
        "2024-01-01 00:00:00.000001",
        "2024-01-01 00:00:00.000001 and more",
        "2023-12-31 23:59:59.999999",
        "2024-01-31 23:59:59.9",
        "2024-02-30",
        "2024-02-29 23:59:59",
        "2024-13-01",
        "2024-01-02 03:04:05.250006",
        "2024-01-02 03:04:05.250007",
        "2024-01-02 03:04:05.25000",
        "2024-01-02 3:04",
        "2262-04-11 23:47:16.854775",
        "2262-04-11 23:47:16.854776",
        "2554-07-21 23:34:33.709553",
        "2555",
        "9999-12-31",
        "today",
        "2024\xff",
    };
    static const char *const operators[] = {"<", "<=", "=", ">=", ">", "IS"};
    char term[100];

    UNUSED_STATE;
    stand_many();
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        for (size_t j = 0; j < sizeof operators / sizeof *operators; j++) {
            snprintf(term, sizeof term, "%s '%s'", operators[j], texts[i]);
            same("id, start_time", "start_time", term);
        }
    }
    same("id", "start_time", "> datetime('2024-01-31', '+1 day')");
    same("id", "start_time", "> 5");
    same("id", "start_time", "> NULL");
    same("id", "start_time", "> X'32'");
    eq_answer("SELECT count(*) FROM spans a, spans b WHERE (a.start_time <"
              " b.start_time) > (a.start_ns < b.start_ns)",
              "0");
    eq_answer("SELECT group_concat(start_time) = (SELECT"
              " group_concat(start_time) FROM (SELECT +start_time AS start_time"
              " FROM spans ORDER BY 1)) FROM (SELECT start_time FROM spans"
              " ORDER BY start_time)",
              "1");
    place_remove(&place);
}

TEST(names_find_what_they_find_row_by_row)
{
    static const char *const terms[][2] = {
        {"project", "= 'p'"},
        {"project", "= '\xc3\xbc'"},
        {"project", "= 'none'"},
        {"project", "= 7"},
        {"project", "= NULL"},
        {"project", "= 'P' COLLATE NOCASE"},
        {"project", "IN ('p', 'q', NULL)"},
        {"project", "= 'p' AND project = 'q'"},
        {"session_id", "= 's'"},
        {"session_id", "= 'none'"},
        {"session_id", "IN ('s', 't')"},
        {"session_id", "IS NULL"},
        {"session_id", "= 's' AND session_id = 't'"},
        {"session_id", "= 's' AND trace_id = '01'"},
        {"name", "= 'step'"},
        {"name", "IN ('other', 'none', NULL)"},
        {"name", "= 'STEP' COLLATE NOCASE"},
        {"name", "= 5"},
        {"span_kind", "= 'LLM'"},
        {"span_kind", "= 'llm'"},
        {"span_kind", "IN ('TOOL', 'UNKNOWN')"},
        {"span_kind", "IN ('TOOL', 3)"},
        {"span_kind", "= 'nonsense'"},
        {"status_code", "= 'OK'"},
        {"status_code", "IN ('ERROR', 'UNSET', NULL)"},
        {"latency_ms", "> 1.5"},
        {"latency_ms", ">= 1.5"},
        {"latency_ms", "= 3"},
        {"latency_ms", "= 4.5"},
        {"latency_ms", "> '1'"},
        {"latency_ms", "> 1e300"},
        {"latency_ms", "> -1e300"},
        {"latency_ms", "> NULL"},
        {"id", "IN (3, 5) AND span_kind = 'LLM'"},
        {"span_id", "= '00000003'"},
        {"parent_id", "IS NULL AND project = 'p'"},
    };

    UNUSED_STATE;
    stand_many();
    for (size_t i = 0; i < sizeof terms / sizeof *terms; i++)
        same("id", terms[i][0], terms[i][1]);
    eq_answer("SELECT count(*) FROM spans WHERE session_id = 's'", "15");
    compact_all(place.store);
    for (size_t i = 0; i < sizeof terms / sizeof *terms; i++)
        same("id", terms[i][0], terms[i][1]);
    place_remove(&place);
}

/* --- blocks ---------------------------------------------------------------------------- */

static size_t blocks_of(const char *sql, size_t *count)
{
    struct asked asked = {0};

    ask_text(&asked, sql);
    struct store_rows *rows = open_rows(place.store, &asked);
    for (*count = 0; next_row(rows, &asked) != NULL; ++*count)
        ;
    size_t blocks = store_rows_blocks(rows);
    store_rows_close(rows);
    return blocks;
}

/* There is a block for each span. */
TEST(names_choose_blocks)
{
    static const struct {
        const char *sql;
        size_t rows, blocks;
    } cases[] = {
        {"SELECT 1 FROM spans WHERE project = 'p'", 22, 22},
        {"SELECT 1 FROM spans WHERE project = 'none'", 0, 0},
        {"SELECT 1 FROM spans WHERE start_time < '1971'", 6, 6},
        {"SELECT 1 FROM spans WHERE start_time = '2024-01-02 03:04:05.250007'",
         3, 3},
        {"SELECT 1 FROM spans WHERE start_time >= '2024-02-01'", 21, 21},
        {"SELECT 1 FROM spans WHERE session_id = 's'", 15, 15},
        {"SELECT 1 FROM spans WHERE latency_ms > 4.6", 0, 0},
        {"SELECT 1 FROM spans ORDER BY id DESC LIMIT 5", 5, 5},
        {"SELECT value FROM span_attributes('n') WHERE project = 'q'"
         " ORDER BY id LIMIT 3",
         3, 3},
        {"SELECT s.name FROM traces t LEFT JOIN spans s"
         " ON s.trace_id = t.trace_id WHERE t.id = 3",
         1, 1},
        {"SELECT name FROM events WHERE span_id = '00000003'", 0, 1},
        {"SELECT trace_id, span_count, start_time FROM traces", 31, 0},
        {"SELECT error_count FROM traces ORDER BY id LIMIT 1", 1, 1},
        {"SELECT session_id, trace_count FROM sessions", 2, 0},
    };
    size_t rows;

    UNUSED_STATE;
    stand_many();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t blocks = blocks_of(cases[i].sql, &rows);
        if (blocks != cases[i].blocks || rows != cases[i].rows)
            wrong("%s: %zu blocks, %zu rows", cases[i].sql, blocks, rows);
    }
    eq_int(
        blocks_of("SELECT 1 FROM spans ORDER BY start_time LIMIT 7", &rows),
        blocks_of("SELECT 1 FROM stored_span ORDER BY start LIMIT 7", &rows));
    place_remove(&place);
}

/* --- rows that come after the spans ------------------------------------------------------- */

TEST(annotations_have_names)
{
    phx_annotation_item item = item_of(SPAN, "0b", "quality", "good");

    UNUSED_STATE;
    stand_one();
    item.identifier = text("id");
    item.explanation = text("why");
    item.annotator = PHX_ANNOTATOR_HUMAN;
    item.source = PHX_SOURCE_APP;
    item.has_score = 1;
    item.score = 0.5;
    (void)annotate(place.store, &item);
    (void)say(place.store, SPAN, "0b", "other", NULL);
    (void)say(place.store, TRACE, "0A", "n", NULL);
    (void)say(place.store, SESSION, "s", "n", NULL);
    eq_answer("SELECT id, target, target_id, position, project, name, label,"
              " score, explanation, metadata, identifier, annotator_kind,"
              " source FROM annotations ORDER BY target, id",
              "1|session|s|-|p|n|-|-|-|{}||LLM|API "
              "1|span|0b|-|p|quality|good|0.5|why|{}|id|HUMAN|APP "
              "2|span|0b|-|p|other|-|-|-|{}||LLM|API "
              "1|trace|0a|-|p|n|-|-|-|{}||LLM|API");
    eq_answer("SELECT count(*) FROM annotations WHERE created_at > '2024'"
              " AND created_at = updated_at",
              "4");
    eq_answer("SELECT s.name, a.name FROM spans s JOIN annotations a"
              " ON a.target_id = s.span_id AND a.target = 'span'"
              " WHERE a.score > 0.4",
              "step|quality");
    place_remove(&place);
}

TEST(costs_are_those_of_the_price_list)
{
    UNUSED_STATE;
    stand_one();
    put("p",
        SPAN("\"traceId\":\"0a\",\"spanId\":\"0d\"",
             "\"name\":\"a\",\"startTimeUnixNano\":\"1704164645000006789\","
             "\"attributes\":[{\"key\":\"openinference.span.kind\","
             "\"value\":{\"stringValue\":\"LLM\"}},{\"key\":"
             "\"llm.model_name\",\"value\":{\"stringValue\":\"gpt-4o\"}},"
             "{\"key\":\"llm.token_count.prompt\",\"value\":"
             "{\"intValue\":\"1000000\"}},{\"key\":"
             "\"llm.token_count.completion\",\"value\":{\"intValue\":"
             "\"0\"}}]"));
    eq_answer("SELECT span_id, cost > 0, cost < 100 FROM spans ORDER BY id",
              "0b|-|- 0d|1|1");
    eq_answer("SELECT c.span_id, part, token_type, tokens, c.cost = s.cost"
              " FROM costs c JOIN spans s USING (span_id)",
              "0d|prompt|input|1000000|1");
    place_remove(&place);
}

/* --- what is deleted ---------------------------------------------------------------------- */

/* Spans that all views have something of, each in a trace and a session. */
static void stand_related(int count)
{
    char body[1024], id[8];

    place_make(&place);
    place_open(&place, PHX_OPEN_NO_COMPACT);
    for (int i = 1; i <= count; i++) {
        snprintf(id, sizeof id, "%02x", i);
        snprintf(body, sizeof body,
                 SPAN("\"traceId\":\"%s\",\"spanId\":\"%s\"",
                      "\"name\":\"a\",\"events\":[{\"name\":\"e\"}],"
                      "\"attributes\":[{\"key\":\"session.id\",\"value\":"
                      "{\"stringValue\":\"s%s\"}},{\"key\":"
                      "\"openinference.span.kind\",\"value\":"
                      "{\"stringValue\":\"LLM\"}},{\"key\":"
                      "\"llm.model_name\",\"value\":{\"stringValue\":"
                      "\"gpt-4o\"}},{\"key\":\"llm.token_count.prompt\","
                      "\"value\":{\"intValue\":\"5\"}}]"),
                 i == 1 ? "02" : id, id, i == 1 ? "02" : id);
        put(i == 1 || i % 2 == 0 ? "even" : "odd", body);
        (void)say(place.store, SPAN, id, "n", NULL);
    }
    for (int i = 2; i <= count; i++) {
        snprintf(id, sizeof id, "%02x", i);
        (void)say(place.store, TRACE, id, "n", NULL);
    }
    for (int i = 2; i <= count; i++) {
        snprintf(id, sizeof id, "s%02x", i);
        (void)say(place.store, SESSION, id, "n", NULL);
    }
}

/* The ids that each of the views has left. */
static void left(const char *spans, const char *traces, const char *names)
{
    static const char *const of_spans[] = {
        "SELECT span_id FROM spans ORDER BY 1",
        "SELECT span_id FROM events ORDER BY 1",
        "SELECT span_id FROM costs ORDER BY 1",
        "SELECT span_id FROM span_attributes('llm.model_name') ORDER BY 1",
        "SELECT DISTINCT span_id FROM span_attributes ORDER BY 1",
        "SELECT target_id FROM annotations WHERE target = 'span' ORDER BY 1",
    };

    for (size_t i = 0; i < sizeof of_spans / sizeof *of_spans; i++)
        eq_answer(of_spans[i], spans);
    eq_answer("SELECT trace_id FROM traces ORDER BY 1", traces);
    eq_answer("SELECT target_id FROM annotations WHERE target = 'trace'"
              " ORDER BY 1",
              traces);
    eq_answer("SELECT session_id FROM sessions ORDER BY 1", names);
    eq_answer("SELECT target_id FROM annotations WHERE target = 'session'"
              " ORDER BY 1",
              names);
    eq_answer(
        "SELECT sum(span_count), sum(prompt_tokens) FROM traces",
        answer(place.store, "SELECT count(*), sum(prompt_tokens) FROM spans"));
}

TEST(what_is_deleted_is_in_no_view)
{
    UNUSED_STATE;
    stand_related(6);
    left("01 02 03 04 05 06", "02 03 04 05 06", "s02 s03 s04 s05 s06");
    delete_one(place.store, PHX_SPAN, number_of(place.store, PHX_SPAN, "02"));
    left("01 03 04 05 06", "02 03 04 05 06", "s02 s03 s04 s05 s06");
    delete_one(place.store, PHX_TRACE, number_of(place.store, PHX_TRACE, "03"));
    left("01 04 05 06", "02 04 05 06", "s02 s03 s04 s05 s06");
    delete_one(place.store, PHX_SESSION,
               number_of(place.store, PHX_SESSION, "s04"));
    left("01 05 06", "02 05 06", "s02 s03 s05 s06");
    delete_one(place.store, PHX_PROJECT,
               number_of(place.store, PHX_PROJECT, "even"));
    for (int i = 0; i < 2; i++) {
        left("05", "05", "s03 s05");
        eq_answer("SELECT name FROM projects", "default odd");
        compact_all(place.store);
    }
    place_remove(&place);
}

TEST(a_deleted_project_is_in_no_sum)
{
    UNUSED_STATE;
    stand_many();
    delete_one(place.store, PHX_PROJECT,
               number_of(place.store, PHX_PROJECT, "q"));
    for (int i = 0; i < 2; i++) {
        eq_answer("SELECT count(*) FROM spans WHERE project = 'q'", "0");
        eq_answer("SELECT count(*) FROM traces WHERE project = 'q'", "0");
        eq_answer("SELECT count(*) FROM projects WHERE name = 'q'", "0");
        eq_answer("SELECT count(*) FROM sessions WHERE project = 'q'", "0");
        eq_answer("SELECT count(*), sum(span_count) FROM traces",
                  answer(place.store, "SELECT count(DISTINCT trace_id),"
                                      " count(*) FROM spans"));
        eq_answer("SELECT session_id, trace_count FROM sessions ORDER BY 1",
                  answer(place.store, "SELECT session_id,"
                                      " count(DISTINCT trace_id) FROM spans"
                                      " WHERE session_id IS NOT NULL"
                                      " GROUP BY 1"));
        compact_all(place.store);
    }
    place_remove(&place);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_span_has_names_for_what_it_is),
        cmocka_unit_test(a_span_without_events_has_an_empty_array),
        cmocka_unit_test(an_attribute_is_a_row),
        cmocka_unit_test(leaves_are_found_by_their_keys_and_values),
        cmocka_unit_test(texts_of_times_bound_the_same_spans),
        cmocka_unit_test(names_find_what_they_find_row_by_row),
        cmocka_unit_test(names_choose_blocks),
        cmocka_unit_test(annotations_have_names),
        cmocka_unit_test(costs_are_those_of_the_price_list),
        cmocka_unit_test(what_is_deleted_is_in_no_view),
        cmocka_unit_test(a_deleted_project_is_in_no_sum),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

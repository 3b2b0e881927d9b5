/*
 * bodies.h - calls that take memory, each on a store of its own: what
 * memory_test.c runs while allocations fail.
 */
#ifndef FAULT_BODIES_H
#define FAULT_BODIES_H

#include <errno.h>
#include <stdlib.h>

#include "api/inside.h"
#include "query/query.h"
#include "store/inside.h"

/* Of memory_test.c. */
static void faults_set(int64_t fail_at, bool for_good);

static const char FIRST[] = "tests/golden/openai-agents/003.pb";
static const char SECOND[] = "tests/golden/openai-agents/002.pb";
static const char AS_JSON[] = "tests/golden/js-sdk-json/002.json";

/* What a body works on; made anew for every run. */
struct scene {
    phx_store *store;
    char folder[64];
    char path[96];
    char url[128];
    char copy[96];
};

typedef phx_status (*body)(struct scene *scene, phx_error *err);

static struct {
    char bytes[1 << 16];
    size_t size;
} first, second, as_json;

static size_t load(const char *path, char *bytes, size_t most)
{
    FILE *file = fopen(path, "rb");
    size_t size;

    assert_non_null(file);
    size = fread(bytes, 1, most, file);
    fclose(file);
    assert_in_range(size, 1, most - 1);
    return size;
}

static phx_status decode(int32_t format, const char *bytes, size_t size,
                         phx_error *err)
{
    phx_batch *batch = NULL;
    phx_status status =
        phx_batch_decode(format, bytes, size, NULL, &batch, err);

    if (status < 0)
        return status;
    for (size_t i = 0; i < phx_batch_size(batch); i++) {
        if (!phx_batch_span(batch, i))
            status = fail(err, PHX_NO_MEMORY, -1, "no span");
    }
    phx_batch_free(batch);
    return status;
}

static phx_status decode_protobuf(struct scene *scene, phx_error *err)
{
    (void)scene;
    return decode(PHX_OTLP_PROTOBUF, first.bytes, first.size, err);
}

static phx_status decode_json(struct scene *scene, phx_error *err)
{
    (void)scene;
    return decode(PHX_OTLP_JSON, as_json.bytes, as_json.size, err);
}

static phx_status ingest(struct scene *scene, phx_error *err)
{
    phx_ingest_report report;

    return phx_store_ingest(scene->store, "other", PHX_OTLP_PROTOBUF,
                            second.bytes, second.size, &report, err);
}

static const char LOGS[] =
    "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":["
    "{\"traceId\":\"ab529ae3c1b694393cdaddd6a51b8e98\",\"spanId\":\"%s\","
    "\"eventName\":\"gen_ai.choice\",\"body\":{\"kvlistValue\":{\"values\":["
    "{\"key\":\"content\",\"value\":{\"stringValue\":\"yes\"}}]}}},"
    "{\"traceId\":\"ab529ae3c1b694393cdaddd6a51b8e98\",\"spanId\":\"ee\"},"
    "{\"eventName\":\"loose\"}]}]}]}";

static phx_status send_logs(struct scene *scene, const char *span,
                            phx_error *err)
{
    char text[1024];
    phx_ingest_report report;
    int size = snprintf(text, sizeof text, LOGS, span);

    return phx_store_ingest(scene->store, NULL, PHX_LOGS_JSON, text,
                            (size_t)size, &report, err);
}

/* For a span that is stored, one that is not, and none. */
static phx_status ingest_logs(struct scene *scene, phx_error *err)
{
    return send_logs(scene, "96bc762dab6ff77e", err);
}

/* Without credit the first of them is held, until compaction. */
static phx_status hold_logs(struct scene *scene, phx_error *err)
{
    struct store *store = scene->store->store;

    store->grow_credit = 0;
    store->grow_time = 1;
    phx_status status = ingest_logs(scene, err);
    while (status == PHX_OK)
        status = phx_store_compact(scene->store, 1000, err);
    return status;
}

/* The span that records wait for. */
static phx_status ingest_waited_for(struct scene *scene, phx_error *err)
{
    static const char text[] =
        "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"traceId\":"
        "\"ab529ae3c1b694393cdaddd6a51b8e98\",\"spanId\":\"ee\"}]}]}]}";
    phx_ingest_report report;
    phx_status status = send_logs(scene, "ed", err);

    return status < 0 ? status
                      : phx_store_ingest(scene->store, NULL, PHX_OTLP_JSON,
                                         text, sizeof text - 1, &report, err);
}

static phx_status trace_call(phx_tracer *tracer, const phx_live_span *root,
                             phx_error *err)
{
    phx_live_span *call;
    phx_status status = phx_span_start(tracer, "call", root, &call, err);

    if (status < 0)
        return status;
    if ((status = phx_span_set_kind(call, "LLM", err)) < 0 ||
        (status = phx_span_set_int(call, "llm.token_count.prompt", 1, err)) <
            0 ||
        (status = phx_span_set_json(call, "a.b", "[{\"c\": 1}]", 10, err)) <
            0 ||
        (status = phx_span_add_message(call, PHX_INPUT_MESSAGES, "user", "hi",
                                       2, err)) < 0 ||
        (status = phx_span_add_event(call, "e", "{\"k\": 1}", 8, err)) < 0 ||
        (status = phx_span_add_link(call, phx_span_traceparent(root), NULL, 0,
                                    err)) < 0 ||
        (status = phx_span_record_exception(call, "T", "m", NULL, err)) < 0) {
        phx_error ignored;
        phx_status ended = phx_span_end(call, 0, &ignored);
        return ended < 0 ? ended : status;
    }
    return phx_span_end(call, 0, err);
}

static phx_status trace_spans(struct scene *scene, phx_error *err)
{
    phx_tracer_options options = PHX_TRACER_OPTIONS_INIT;
    phx_tracer *tracer;
    phx_live_span *root;
    phx_error ignored;
    phx_status status, ended;

    options.project = "traced";
    status = phx_tracer_open(scene->store, &options, &tracer, err);
    if (status < 0)
        return status;
    if ((status = phx_span_start(tracer, "root", NULL, &root, err)) >= 0) {
        status = trace_call(tracer, root, err);
        ended = phx_span_end(root, 0, status < 0 ? &ignored : err);
        status = status < 0 ? status : ended;
    }
    phx_tracer_close(tracer);
    return status;
}

/* Met, and not met in either order. */
static phx_status expect_spans(struct scene *scene, phx_error *err)
{
    const phx_text bad = text_of("agent\n  llm+ [latency_ms > 0]");
    const phx_text filter = text_of("name == 'no such span'");
    const phx_budget budget = {sizeof budget, 0, 0, 0, 0, 0};
    phx_buf report = PHX_BUF_INIT;
    phx_status status = phx_expect_count(scene->store, "span_kind == 'LLM'", 18,
                                         99, -1, &report, err);

    if (status >= 0)
        status = phx_expect_tree(scene->store, "...", 3, 0, NULL, err);
    for (int32_t flags = 0; flags <= PHX_TREE_ANY_ORDER && status >= 0; flags++)
        status = phx_expect_tree(scene->store, bad.data, bad.size, flags,
                                 &report, err);
    if (status >= 0 &&
        (status = phx_expect_order(scene->store, &filter, 1, &report, err)) >=
            0 &&
        (status = phx_expect_below(scene->store, filter.data, filter.size, "",
                                   0, 0, &report, err)) >= 0 &&
        (status = phx_expect_every(scene->store, "", 0, filter.data,
                                   filter.size, &report, err)) >= 0 &&
        (status = phx_expect_attributes(scene->store, "", 0, "{\"a\": null}",
                                        11, &report, err)) >= 0)
        status = phx_expect_budget(scene->store, &budget, &report, err);
    phx_buf_free(&report);
    return status;
}

static phx_status lint_spans(struct scene *scene, phx_error *err)
{
    const phx_finding *finding;
    phx_cursor *cursor = NULL;
    phx_batch *batch = NULL;
    phx_status status = phx_batch_decode(PHX_OTLP_JSON, as_json.bytes,
                                         as_json.size, NULL, &batch, err);

    if (status >= 0)
        status = phx_batch_lint(batch, scene->store, &cursor, err);
    phx_cursor_close(cursor);
    phx_batch_free(batch);
    if (status >= 0)
        status = phx_store_lint(scene->store, &cursor, err);
    if (status < 0)
        return status;
    while ((status = phx_cursor_next_finding(cursor, &finding, err)) == PHX_OK)
        ;
    phx_cursor_close(cursor);
    return status;
}

static phx_status keep_golden(struct scene *scene, phx_error *err)
{
    const phx_text masked[] = {text_of("metadata*")};
    const phx_golden_options options = {sizeof options, masked, 1};
    phx_buf text = PHX_BUF_INIT, report = PHX_BUF_INIT;
    phx_status status = phx_golden_write(scene->store, &options, &text, err);

    if (status >= 0)
        status = phx_golden_compare(scene->store, text.data, text.size / 2,
                                    &report, err);
    phx_buf_free(&text);
    phx_buf_free(&report);
    return status;
}

static void open_without_faults(struct scene *scene)
{
    faults_set(0, false);
    succeeds(phx_store_open(scene->url, NULL, &scene->store, err));
}

static phx_status open_again(struct scene *scene, phx_error *err)
{
    phx_store *store = NULL;
    phx_status status;

    phx_store_close(scene->store);
    scene->store = NULL;
    status = phx_store_open(scene->url, NULL, &store, err);
    if (status < 0) {
        open_without_faults(scene);
        return status;
    }
    scene->store = store;
    return PHX_OK;
}

static phx_status walk_spans(struct scene *scene, phx_error *err)
{
    const phx_span *span;
    phx_cursor *cursor = NULL;
    phx_status status = phx_store_find_spans(scene->store, NULL, &cursor, err);
    int count = 0;

    while (status == PHX_OK &&
           (status = phx_cursor_next_span(cursor, &span, err)) == PHX_OK)
        count++;
    phx_cursor_close(cursor);
    if (status == PHX_DONE)
        eq_int(count, 13);
    return status;
}

/* Words in short and long texts, and in what is packed. */
static phx_status search_texts(struct scene *scene, phx_error *err)
{
    phx_span_query query = PHX_SPAN_QUERY_INIT;
    phx_trace_query traces = PHX_TRACE_QUERY_INIT;
    const phx_span *span;
    const phx_trace *trace;
    phx_cursor *cursor = NULL;

    query.search = traces.search = (phx_text){"A \"e\"", 5};
    traces.filter = text_of("num_spans > 0");
    phx_status status = phx_search_check("a b", 3, err);
    if (status == PHX_OK)
        status = phx_store_find_spans(scene->store, &query, &cursor, err);
    while (status == PHX_OK)
        status = phx_cursor_next_span(cursor, &span, err);
    phx_cursor_close(cursor);
    cursor = NULL;
    if (status >= 0)
        status = phx_store_find_traces(scene->store, &traces, &cursor, err);
    while (status == PHX_OK)
        status = phx_cursor_next_trace(cursor, &trace, err);
    phx_cursor_close(cursor);
    return status;
}

static phx_status read_rows(struct scene *scene,
                            const struct store_query *query, phx_error *err)
{
    const struct value *row;
    struct store_rows *rows = NULL;
    phx_status status = store_rows_open(scene->store->store, query, &rows, err);

    while (status == PHX_OK)
        status = store_rows_next(rows, &row, err);
    store_rows_close(rows);
    return status;
}

/* Lists that SQL finds, two cursors at once, attributes, tests, a sort. */
static phx_status select_spans(struct scene *scene, phx_error *err)
{
    static const char text[] =
        "SELECT a.name, a.trace_id, a.session, b.span_id, b.start, b.parent_id,"
        " attr(a.ref, 'llm'), attr_json(b.ref, 'input', 'value'),"
        " attr_kind(a.ref, 'llm', 'model_name'), b.status_message"
        " FROM stored_span a JOIN stored_span b"
        " ON b.trace = a.trace AND b.no IN (SELECT no FROM stored_span"
        " WHERE trace_id = ?1 AND NOT attr_is(ref, attr_test(?2, 'x')))"
        " WHERE a.start > 0 AND a.span_id > '' ORDER BY b.latency, a.no";
    const struct value values[] = {
        value_text(text_of("ab529ae3c1b694393cdaddd6a51b8e98")),
        value_text(text_of("none"))};
    const struct store_query query = {
        .sql = text_of(text), .values = values, .count = 2};

    return read_rows(scene, &query, err);
}

/* A condition on traces: functions, loops, roots, parents, annotations. */
static phx_status filter_traces(struct scene *scene, phx_error *err)
{
    static const char text[] =
        "any('a' in s.name and s.parent_span is not None and"
        " s.cumulative_llm_token_count_total >= 0 for s in spans) and"
        " ('e' in input or attributes['a.b'] is None) and total_cost >= 0 and"
        " trace_annotations['q'].score is None and latency_ms != 0.5";
    const struct query_scope scope = {.order = QUERY_BY_START};
    struct store_query statement;
    struct query query;
    struct arena arena;
    phx_status status;

    arena_init(&arena, SIZE_MAX);
    if ((status = query_compile(&arena, QUERY_TRACE, text_of(text), &query,
                                err)) >= 0 &&
        (status = query_sql(&query, &scope, &arena, &statement, err)) >= 0)
        status = read_rows(scene, &statement, err);
    arena_clear(&arena);
    return status;
}

/* What SQL for people names: every column, every way to find. */
static phx_status ask_named(struct scene *scene, phx_error *err)
{
    static const char joined[] =
        "SELECT s.*, attr(s.ref, 'llm') FROM spans s, span_attributes a"
        " WHERE a.id = s.id AND s.project = 'default'"
        " AND s.start_time > '2020' AND s.span_kind IN ('LLM', 'AGENT')"
        " ORDER BY s.name";
    static const char viewed[] =
        "SELECT e.*, t.*, a.value, a.type, s.*, p.* FROM traces t"
        " LEFT JOIN events e ON e.trace_id = t.trace_id"
        " LEFT JOIN sessions s ON s.session_id = t.session_id"
        " LEFT JOIN projects p ON p.name = t.project,"
        " span_attributes('llm.model_name') a WHERE a.trace_id = t.trace_id"
        " AND a.value > '' AND t.session_id IS NULL";
    static const char bound[] = "SELECT 1 FROM span_attributes('x')"
                                " WHERE value = 1 AND session_id = ?1";
    static const char *const texts[] = {joined, viewed, bound};
    const phx_value value = {.type = PHX_TEXT, .text = {"s", 1}};
    phx_buf out = PHX_BUF_INIT;
    phx_status status = PHX_DONE;

    for (int i = 0; i < 3 && status >= 0; i++) {
        const phx_value *row;
        phx_rows *rows = NULL;
        status = phx_store_sql(scene->store, texts[i], strlen(texts[i]), &value,
                               i == 2, NULL, &rows, err);
        while (status == PHX_OK)
            status = i == 0 ? phx_rows_next_json(rows, 3, &out, err)
                            : phx_rows_next(rows, &row, err);
        phx_rows_close(rows);
    }
    phx_buf_free(&out);
    return status;
}

/* The same tables on a connection that is not the store's. */
static phx_status ask_foreign(struct scene *scene, phx_error *err)
{
    static const char text[] =
        "SELECT name, attr(ref, 'llm'), attr_is(ref, attr_test(1, 'x')),"
        " attributes, parent_no(ref, 0) FROM spans WHERE span_id > ''"
        " ORDER BY name; SELECT count(*) FROM span_attributes;"
        " SELECT * FROM traces; SELECT * FROM annotations, costs";
    sqlite3 *db = NULL;
    phx_status status = PHX_OK;
    int code = sqlite3_open_v2(scene->path, &db, SQLITE_OPEN_READONLY, NULL);

    if (code == SQLITE_OK)
        status = store_show(db, err);
    if (code == SQLITE_OK && status == PHX_OK)
        code = sqlite3_exec(db, text, NULL, NULL, NULL);
    if (code == SQLITE_NOMEM)
        status = fail_memory(err, 0);
    else if (code != SQLITE_OK)
        status = fail(err, PHX_INTERNAL, -1, "%s", sqlite3_errmsg(db));
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    return status;
}

static phx_status roll_up(struct scene *scene, phx_error *err)
{
    static const double half = 0.5;
    phx_rollup_query query = PHX_ROLLUP_QUERY_INIT;
    const phx_rollup *rollup;
    phx_cursor *cursor = NULL;
    phx_status status = PHX_OK;

    query.quantiles = &half;
    query.quantile_count = 1;
    query.costs = 1;
    query.flags = PHX_ROLLUP_TEXTS | PHX_ROLLUP_EXCEPTIONS;
    for (int i = 0; i < 2 && status >= 0; i++) {
        query.of = i == 0 ? PHX_SPAN : PHX_TRACE;
        status = phx_store_roll_up(scene->store, &query, &cursor, err);
        while (status == PHX_OK)
            status = phx_cursor_next_rollup(cursor, &rollup, err);
        phx_cursor_close(cursor);
        cursor = NULL;
    }
    return status;
}

static phx_status change_prices(struct scene *scene, phx_error *err)
{
    static const char json[] =
        "{\"name\": \"m\", \"name_pattern\": \"^m\", \"prices\": []}";
    phx_buf out = PHX_BUF_INIT;
    phx_id id = 0;
    phx_status status =
        phx_price_put(scene->store, json, sizeof json - 1, &id, err);

    if (status >= 0)
        status = phx_price_delete(scene->store, id, err);
    if (status >= 0)
        status = phx_prices_read(scene->store, &out, err);
    phx_buf_free(&out);
    return status;
}

/* The whole spans, then parts of them under a condition. */
static phx_status read_frames(struct scene *scene, phx_error *err)
{
    static const char json[] =
        "{\"select\":{\"t\":{\"key\":\"cumulative_token_count.total\"},"
        "\"m\":{\"key\":\"llm.model_name\"}},\"filter\":{\"condition\":"
        "\"parent_span is not None or span_kind == 'LLM'\"},"
        "\"concat\":{\"key\":\"llm.input_messages\",\"kwargs\":{\"c\":"
        "\"message.content\"}},\"explode\":{\"key\":"
        "\"llm.output_messages\"}}";
    phx_frame_query query = PHX_FRAME_QUERY_INIT;
    phx_buf piece = PHX_BUF_INIT;
    phx_status status = PHX_DONE;

    for (int i = 0; i < 2 && status == PHX_DONE; i++) {
        phx_frame *frame = NULL;
        status = phx_store_open_frame(scene->store, &query, &frame, err);
        while (status == PHX_OK)
            status = phx_frame_next(frame, &piece, err);
        phx_frame_close(frame);
        query.json = (phx_text){json, sizeof json - 1};
    }
    phx_buf_free(&piece);
    return status;
}

static phx_status walk_lists(struct scene *scene, phx_error *err)
{
    const phx_trace *trace;
    const phx_session *session;
    const phx_project *project;
    const phx_log *log;
    phx_cursor *cursor = NULL;
    phx_status status = phx_store_find_traces(scene->store, NULL, &cursor, err);

    while (status == PHX_OK)
        status = phx_cursor_next_trace(cursor, &trace, err);
    phx_cursor_close(cursor);
    cursor = NULL;
    if (status >= 0)
        status = phx_store_find_sessions(scene->store, NULL, &cursor, err);
    while (status == PHX_OK)
        status = phx_cursor_next_session(cursor, &session, err);
    phx_cursor_close(cursor);
    cursor = NULL;
    if (status >= 0)
        status =
            phx_store_find_projects(scene->store, 0, 0, NULL, 0, &cursor, err);
    while (status == PHX_OK)
        status = phx_cursor_next_project(cursor, &project, err);
    phx_cursor_close(cursor);
    cursor = NULL;
    if (status >= 0 && (status = send_logs(scene, "ee", err)) >= 0)
        status = phx_store_find_logs(scene->store, 0, 0, &cursor, err);
    while (status == PHX_OK)
        status = phx_cursor_next_log(cursor, &log, err);
    phx_cursor_close(cursor);
    return status;
}

/* Lists with a condition, with all that it can need. */
static phx_status walk_filtered(struct scene *scene, phx_error *err)
{
    static const char on_span[] = "parent_id is None or annotations['q'].score"
                                  " > 1 or 'x' in input.value";
    static const char on_trace[] = "any(s.name == 'x' for s in spans) or"
                                   " total_cost >= 0";
    static const char on_session[] = "'x' in any_input or num_traces > 0";
    phx_span_query spans = PHX_SPAN_QUERY_INIT;
    phx_trace_query traces = PHX_TRACE_QUERY_INIT;
    phx_session_query sessions = PHX_SESSION_QUERY_INIT;
    const phx_span *span;
    phx_cursor *cursor = NULL;
    phx_status status;

    spans.filter = (phx_text){on_span, sizeof on_span - 1};
    spans.flags = PHX_SPAN_TOTALS;
    traces.filter = (phx_text){on_trace, sizeof on_trace - 1};
    sessions.filter = (phx_text){on_session, sizeof on_session - 1};
    status = phx_store_find_spans(scene->store, &spans, &cursor, err);
    while (status == PHX_OK)
        status = phx_cursor_next_span(cursor, &span, err);
    phx_cursor_close(cursor);
    cursor = NULL;
    if (status >= 0)
        status = phx_store_find_traces(scene->store, &traces, &cursor, err);
    phx_cursor_close(cursor);
    cursor = NULL;
    if (status >= 0)
        status = phx_store_find_sessions(scene->store, &sessions, &cursor, err);
    phx_cursor_close(cursor);
    return status;
}

static phx_status write_otlp(struct scene *scene, phx_error *err)
{
    phx_buf out = PHX_BUF_INIT;
    phx_cursor *cursor = NULL;
    phx_status status = phx_store_find_spans(scene->store, NULL, &cursor, err);

    if (status == PHX_OK)
        status = phx_cursor_next_json(cursor, 1, &out, err);
    if (status == PHX_OK)
        status =
            phx_cursor_next_otlp(cursor, PHX_OTLP_PROTOBUF, 100, &out, err);
    if (status == PHX_OK)
        status = decode(PHX_OTLP_PROTOBUF, out.data, out.size, err);
    phx_cursor_close(cursor);
    phx_buf_free(&out);
    return status;
}

static phx_status write_columns(struct scene *scene, phx_error *err)
{
    static const phx_attribute_column column = {"llm", PHX_COLUMN_TEXT, 0};
    phx_buf out = PHX_BUF_INIT;
    phx_status status = PHX_OK;

    for (int32_t format = 0; format <= PHX_CSV && status >= 0; format++) {
        phx_export *export = NULL;
        status = phx_export_open(scene->store, NULL, &column, 1, format,
                                 &export, err);
        while (status == PHX_OK)
            status = phx_export_next(export, &out, err);
        phx_export_close(export);
    }
    phx_buf_free(&out);
    return status;
}

/* The stream tells nothing but a code. */
static phx_status stream_columns(struct scene *scene, phx_error *err)
{
    struct ArrowArrayStream stream;
    struct ArrowArray array = {0};
    phx_status status =
        phx_store_export_arrow(scene->store, NULL, NULL, 0, &stream, err);

    if (status < 0)
        return status;
    int code = stream.get_next(&stream, &array);
    if (code != 0)
        status = fail(err, PHX_NO_MEMORY, -1, "code %d", code);
    stream.release(&stream);
    if (array.release != NULL)
        array.release(&array);
    return code == 0 || code == ENOMEM ? status : PHX_INTERNAL;
}

static phx_status compact(struct scene *scene, phx_error *err)
{
    phx_status status = phx_store_compact(scene->store, 1000, err);

    return status == PHX_DONE ? PHX_OK : status;
}

static phx_status verify(struct scene *scene, phx_error *err)
{
    return phx_store_verify(scene->store, NULL, NULL, err);
}

static phx_status backup(struct scene *scene, phx_error *err)
{
    return phx_store_backup(scene->store, scene->copy, err);
}

static phx_status save(struct scene *scene, phx_error *err)
{
    phx_span_query query = PHX_SPAN_QUERY_INIT;

    query.roots_only = 1;
    return phx_store_save(scene->store, &query, scene->copy, err);
}

static phx_status merge(struct scene *scene, phx_error *err)
{
    return phx_store_merge(scene->store, scene->path, NULL, err);
}

static phx_status delete_trace(struct scene *scene, phx_error *err)
{
    static const char id[] = "ab529ae3c1b694393cdaddd6a51b8e98";
    phx_id trace;
    phx_status status =
        phx_store_find(scene->store, PHX_TRACE, id, 32, &trace, err);

    return status < 0 ? status
                      : phx_store_delete(scene->store, PHX_TRACE, trace, err);
}

/* The second of the calls may have failed, the first one not. */
static phx_status create_project(struct scene *scene, phx_error *err)
{
    phx_id id;
    phx_status status =
        phx_project_create(scene->store, "made", "by hand", &id, err);

    if (status == PHX_CONFLICT)
        status = phx_store_find(scene->store, PHX_PROJECT, "made", 4, &id, err);
    return status < 0 ? status
                      : phx_project_update(scene->store, id, "again", err);
}

/* The scene's traces are of days after 1970. */
static phx_status retain(struct scene *scene, phx_error *err)
{
    const phx_retention_rule rule = {PHX_MAX_DAYS | PHX_MAX_COUNT, 1, 1};
    phx_status status = send_logs(scene, "ee", err);

    if (status >= 0)
        status = phx_store_compact(scene->store, 1000, err);
    if (status >= 0)
        status =
            phx_store_retain(scene->store, 0, &rule, UINT64_MAX, 0, NULL, err);
    if (status >= 0)
        status = phx_store_shrink(scene->store, 0, 0, NULL, err);
    return status < 0 ? status : PHX_OK;
}

static phx_status change_policies(struct scene *scene, phx_error *err)
{
    const uint64_t sunday = UINT64_C(3) * 86400 * 1000000000;
    const phx_retention_rule rule = {PHX_MAX_COUNT, 0, 1};
    const phx_retention_policy *policy;
    phx_cursor *cursor = NULL;
    phx_id id = 0;
    phx_status status;

    if ((status = phx_policy_create(scene->store, "few", "0 0 * * 0", &rule,
                                    &id, err)) < 0 ||
        (status = phx_project_set_policy(scene->store, 1, id, err)) < 0 ||
        (status = phx_store_retain_due(scene->store, sunday, 0, NULL, err)) <
            0 ||
        (status = phx_policy_update(scene->store, id, "some", NULL, NULL,
                                    err)) < 0 ||
        (status = phx_store_find_policies(scene->store, -1, &cursor, err)) < 0)
        return status;
    while (status == PHX_OK)
        status = phx_cursor_next_policy(cursor, &policy, err);
    phx_cursor_close(cursor);
    return status < 0 ? status : phx_policy_delete(scene->store, id, err);
}

static phx_status unflatten(struct scene *scene, phx_error *err)
{
    static const char flat[] = "{\"a.0.b\": 1, \"a.1.b\": [1, {\"x\": null}]}";
    phx_buf tree = PHX_BUF_INIT, back = PHX_BUF_INIT;
    phx_status status =
        phx_attributes_unflatten(flat, sizeof flat - 1, &tree, err);

    (void)scene;
    if (status == PHX_OK)
        status = phx_attributes_flatten(tree.data, tree.size, &back, err);
    phx_buf_free(&tree);
    phx_buf_free(&back);
    return status;
}

#endif

/*
 * calls.h - every call on a store, and the store that they are made on: what
 * call_test.c runs while something fails.
 */
#ifndef FAULT_CALLS_H
#define FAULT_CALLS_H

#include "contract/annotated.h"
#include "contract/logged.h"
#include "contract/prompted.h"
#include "contract/tried.h"

#include "fault/disk.h"

enum { FIRST_SPANS = 40, STAYING = 30 };

/* A Sunday's first hour; what started over a day before is due. */
#define NOW (UINT64_C(3) * 86400 * 1000000000)
static const phx_retention_rule one_day = {PHX_MAX_DAYS, 1, 0};

struct scene {
    struct place place;
    char bytes[1 << 21]; /* of the store that every run begins with */
    size_t size;
    int64_t used; /* of them, by what is not free */
};
static struct scene scene;

static phx_status open_scene(phx_error *err)
{
    phx_store_options options = PHX_STORE_OPTIONS_INIT;

    options.sqlite_vfs = DISK_NAME;
    options.flags = PHX_OPEN_NO_COMPACT;
    options.busy_timeout = 1;
    return phx_store_open(scene.place.url, &options, &scene.place.store, err);
}

/* A trace that is due and gets a lasting block of its own, of whole pages. */
static void send_large(phx_store *store)
{
    static char value[16384] = "{\"stringValue\":\"";
    unsigned chance = 1;

    for (size_t i = strlen(value); i < sizeof value - 3; i++)
        value[i] = (char)('?' + rand_r(&chance) % 28); /* to Z */
    memcpy(value + sizeof value - 3, "\"}", 3);
    send_to(store, "old",
            &(struct sent){"f3", "f3", .key = "text", .value = value});
}

/* Lasting and young blocks, runs to be merged, something deleted of each
 * kind, traces that are due: whatever a call reads or writes is there. */
static int make_scene(void **state)
{
    struct place *place = &scene.place;
    char trace[8], span[8];
    phx_id policy = 0;

    (void)state;
    place_make(place);
    place_open(place, PHX_OPEN_NO_COMPACT);
    for (int i = 0; i < FIRST_SPANS; i++) {
        snprintf(trace, sizeof trace, "%02x", i / 3);
        snprintf(span, sizeof span, "%04x", i);
        send_to(place->store, i % 2 ? "p" : NULL,
                &(struct sent){trace, span, .session = trace, .kind = "LLM",
                               .start = i < STAYING ? NOW - 1 : 1,
                               .tokens = 3});
        if (i == 30)
            send_large(place->store);
        if (i == 10 || i == 20)
            succeeds(phx_store_compact(place->store, 0, err));
        if (i == 30)
            compact_all(place->store);
    }
    for (int i = 0; i < 4; i++)
        say(place->store, PHX_SPAN_ANNOTATION, "0002", "tone", "good");
    say(place->store, PHX_SESSION_ANNOTATION, "00", "csat", NULL);
    phx_annotation_item never =
        item_of(PHX_SPAN_ANNOTATION, "ffff", "tone", NULL);
    succeeds(phx_store_annotate_later(place->store, &never, 1, NULL, err));
    const phx_annotation_config words = {.type = PHX_FREEFORM,
                                         .name = text("words")};
    phx_id config = 0;
    succeeds(phx_config_create(place->store, &words, &config, err));
    eq_int(config, 1);
    send_to(place->store, "q", &(struct sent){"f1", "f1"});
    send_to(place->store, NULL, &(struct sent){"f2", "f2"});
    delete_one(place->store, PHX_PROJECT,
               number_of(place->store, PHX_PROJECT, "q"));
    delete_one(place->store, PHX_TRACE, trace_of(place, "f2"));
    for (int i = 0; i < 2; i++)
        keep(place->store, "kept", PHX_DATASET_UPDATE,
             (const struct kept[]){
                 {i ? "{\"q\":1}" : "{\"q\":0}", "x"}, {"{\"q\":2}"}, {NULL}});
    put_into_parts(place->store, 1);
    prompt(place->store, "p", "m");
    prompt(place->store, "p", "m");
    succeeds(phx_prompt_set_tag(place->store, 2, "prod", NULL, err));
    try_twice(place->store);
    ok(send_log(place, &(struct logged){"02", "ee01", "waits", 1}));
    ok(send_log(place, &(struct logged){.event = "loose"}));
    succeeds(phx_policy_update(place->store, 0, NULL, NULL, &one_day, err));
    succeeds(phx_policy_create(place->store, "once", "0 0 * * 1", &one_day,
                               &policy, err));
    eq_int(policy, 1);
    eq_int(number_of(place->store, PHX_PROJECT, "old"), 3);
    phx_store_stats stats = stats_of(place->store);
    scene.used = stats.bytes - stats.log_bytes - stats.free_bytes;
    place_close(place);
    FILE *file = fopen(place->path, "rb");
    scene.size = fread(scene.bytes, 1, sizeof scene.bytes, file);
    fclose(file);
    return 0;
}

static int remove_scene(void **state)
{
    (void)state;
    place_remove(&scene.place);
    return 0;
}

/* --- calls ---------------------------------------------------------------------- */

static phx_status call_open(phx_error *err)
{
    place_close(&scene.place);
    return open_scene(err);
}

/* A span that is there, one of a trace that is there, and a new trace. */
static phx_status call_ingest(phx_error *err)
{
    struct request request = {0};
    phx_ingest_report report;

    request_add(&request, &(struct sent){"00", "0000"});
    request_add(&request, &(struct sent){"02", "ee01", .session = "new"});
    request_add(&request, &(struct sent){"ee", "ee02", .session = "new"});
    return request_ingest(&request, scene.place.store, "new", &report, err);
}

/* For a lasting span, a young one and one that is not there. */
static phx_status call_ingest_logs(phx_error *err)
{
    static const char *const traces[] = {"00", "0c", "ee"};
    static const char *const spans[] = {"0001", "0026", "ee03"};
    phx_status status = PHX_OK;

    for (int i = 0; i < 3 && status >= 0; i++) {
        char text[1024];
        phx_ingest_report report;
        log_text(&(struct logged){traces[i], spans[i], "said", 2}, text,
                 sizeof text);
        status = phx_store_ingest(scene.place.store, NULL, PHX_LOGS_JSON, text,
                                  strlen(text), &report, err);
    }
    return status;
}

static phx_status call_logs(phx_error *err)
{
    const phx_log *log;
    phx_cursor *cursor = NULL;
    phx_status status =
        phx_store_find_logs(scene.place.store, 0, 0, &cursor, err);

    while (status == PHX_OK)
        status = phx_cursor_next_log(cursor, &log, err);
    phx_cursor_close(cursor);
    return status;
}

static phx_batch *decode_two(void)
{
    struct request request = {0};
    phx_batch *batch = NULL;

    request_add(&request, &(struct sent){"00", "0000"});
    request_add(&request, &(struct sent){"ed", "ed01"});
    request_end(&request);
    succeeds(phx_batch_decode(PHX_OTLP_JSON, request.text, request.size, NULL,
                              &batch, err));
    free(request.text);
    return batch;
}

static phx_status call_put(phx_error *err)
{
    phx_batch *batch = decode_two();
    phx_status status = phx_store_put(scene.place.store, &batch, 1, NULL, err);

    phx_batch_free(batch);
    return status;
}

static phx_tracer *begin_tracer(void)
{
    phx_tracer *tracer;

    succeeds(phx_tracer_open(scene.place.store, NULL, &tracer, err));
    return tracer;
}

static phx_live_span *begin_span(phx_tracer *tracer,
                                 const phx_live_span *parent)
{
    phx_live_span *span;

    succeeds(phx_span_start(tracer, "traced", parent, &span, err));
    return span;
}

static phx_status call_end(phx_error *err)
{
    phx_tracer *tracer = begin_tracer();
    phx_status status = phx_span_end(begin_span(tracer, NULL), 0, err);

    phx_tracer_close(tracer);
    return status;
}

/* A span that waits, for its parent is live. */
static phx_status call_flush(phx_error *err)
{
    phx_tracer *tracer = begin_tracer();
    phx_live_span *root = begin_span(tracer, NULL);
    phx_status status = phx_span_end(begin_span(tracer, root), 0, err);

    if (status >= 0)
        status = phx_tracer_flush(tracer, err);
    phx_status ended = phx_span_end(root, 0, status < 0 ? NULL : err);
    phx_tracer_close(tracer);
    return status < 0 ? status : ended;
}

static phx_status call_expect_count(phx_error *err)
{
    return phx_expect_count(scene.place.store, "span_kind == 'LLM'", 18, 1, -1,
                            NULL, err);
}

static phx_status call_expect_tree(phx_error *err)
{
    static const char pattern[] = "llm* [name == 'step']\n...";

    return phx_expect_tree(scene.place.store, pattern, sizeof pattern - 1,
                           PHX_TREE_ANY_ORDER, NULL, err);
}

static phx_status call_expect_order(phx_error *err)
{
    return phx_expect_order(scene.place.store, (phx_text[]){{"", 0}, {"", 0}},
                            2, NULL, err);
}

static phx_status call_expect_below(phx_error *err)
{
    return phx_expect_below(scene.place.store, "", 0, "", 0, 0, NULL, err);
}

static phx_status call_expect_every(phx_error *err)
{
    return phx_expect_every(scene.place.store, "", 0, "", 0, NULL, err);
}

static phx_status call_expect_attributes(phx_error *err)
{
    return phx_expect_attributes(scene.place.store, "", 0, "{}", 2, NULL, err);
}

static phx_status call_expect_budget(phx_error *err)
{
    return phx_expect_budget(scene.place.store, NULL, NULL, err);
}

static phx_status call_lint(phx_error *err)
{
    const phx_finding *finding;
    phx_cursor *cursor = NULL;
    phx_status status = phx_store_lint(scene.place.store, &cursor, err);

    while (status == PHX_OK)
        status = phx_cursor_next_finding(cursor, &finding, err);
    phx_cursor_close(cursor);
    return status;
}

static phx_status call_lint_batch(phx_error *err)
{
    static const char text[] =
        "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"traceId\":\"01\","
        "\"spanId\":\"f7\",\"parentSpanId\":\"0001\"}]}]}]}";
    phx_cursor *cursor = NULL;
    phx_batch *batch = NULL;
    phx_status status = phx_batch_decode(PHX_OTLP_JSON, text, sizeof text - 1,
                                         NULL, &batch, err);

    if (status >= 0)
        status = phx_batch_lint(batch, scene.place.store, &cursor, err);
    phx_cursor_close(cursor);
    phx_batch_free(batch);
    return status;
}

static phx_status call_golden(phx_error *err)
{
    phx_buf text = PHX_BUF_INIT;
    phx_status status = phx_golden_write(scene.place.store, NULL, &text, err);

    phx_buf_free(&text);
    return status;
}

static phx_status call_golden_compare(phx_error *err)
{
    return phx_golden_compare(scene.place.store, "", 0, NULL, err);
}

static phx_status call_compact(phx_error *err)
{
    phx_status status;

    while ((status = phx_store_compact(scene.place.store, 1000, err)) == PHX_OK)
        ;
    return status;
}

static phx_status call_verify(phx_error *err)
{
    return phx_store_verify(scene.place.store, NULL, NULL, err);
}

static phx_status call_backup(phx_error *err)
{
    phx_status status =
        phx_store_backup(scene.place.store, scene.place.copy, err);

    if (status < 0) /* nothing is left of a copy that failed */
        assert_int_equal(access(scene.place.copy, F_OK), -1);
    unlink(scene.place.copy);
    return status;
}

static phx_status call_save(phx_error *err)
{
    phx_status status =
        phx_store_save(scene.place.store, NULL, scene.place.copy, err);

    if (status < 0)
        assert_int_equal(access(scene.place.copy, F_OK), -1);
    unlink(scene.place.copy);
    return status;
}

/* Of itself: all of it is known. */
static phx_status call_merge(phx_error *err)
{
    return phx_store_merge(scene.place.store, scene.place.path, NULL, err);
}

static phx_status call_stat(phx_error *err)
{
    phx_store_stats stats;

    return phx_store_stat(scene.place.store, &stats, err);
}

static phx_status call_create(phx_error *err)
{
    phx_id id;
    phx_status status =
        phx_project_create(scene.place.store, "made", "by hand", &id, err);

    /* It was made before the fault, which came later in the same run. */
    return status == PHX_CONFLICT ? PHX_OK : status;
}

static phx_status call_update(phx_error *err)
{
    return phx_project_update(scene.place.store, 1, "again", err);
}

static phx_status call_find(phx_error *err)
{
    phx_id id;
    phx_status status =
        phx_store_find(scene.place.store, PHX_SPAN, "0005", 4, &id, err);

    if (status == PHX_OK)
        status =
            phx_store_find(scene.place.store, PHX_TRACE, "05", 2, &id, err);
    return status < 0 ? status
                      : phx_store_find(scene.place.store, PHX_SESSION, "05", 2,
                                       &id, err);
}

/* What an earlier call of the run has deleted is not found; that is right. */
static phx_status delete_number(int32_t kind, phx_id id, phx_error *err)
{
    phx_status status = phx_store_delete(scene.place.store, kind, id, err);

    return status == PHX_NOT_FOUND ? PHX_OK : status;
}

static phx_status call_delete(phx_error *err)
{
    phx_status status;

    /* Lasting spans, and a young one: none of those that must stay. */
    if ((status = delete_number(PHX_SPAN, FIRST_SPANS, err)) < 0 ||
        (status = delete_number(PHX_TRACE, 12, err)) < 0 ||
        (status = delete_number(PHX_SESSION, 11, err)) < 0)
        return status;
    return PHX_OK;
}

/* That of the large trace. */
static phx_status call_delete_project(phx_error *err)
{
    return delete_number(PHX_PROJECT, 3, err);
}

static phx_status call_spans(phx_error *err)
{
    const phx_span *span;
    phx_cursor *cursor = NULL;
    phx_status status =
        phx_store_find_spans(scene.place.store, NULL, &cursor, err);

    while (status == PHX_OK)
        status = phx_cursor_next_span(cursor, &span, err);
    phx_cursor_close(cursor);
    return status;
}

static phx_status call_spans_by_id(phx_error *err)
{
    static const phx_text ids[] = {{"0001", 4}, {"0022", 4}};
    phx_span_query query = PHX_SPAN_QUERY_INIT;
    const phx_span *span;
    phx_cursor *cursor = NULL;

    query.span_ids = ids;
    query.span_id_count = 2;
    query.filter = (phx_text){"n > 0", 5};
    phx_status status =
        phx_store_find_spans(scene.place.store, &query, &cursor, err);
    while (status == PHX_OK)
        status = phx_cursor_next_span(cursor, &span, err);
    phx_cursor_close(cursor);
    return status;
}

static phx_status call_otlp(phx_error *err)
{
    phx_buf out = PHX_BUF_INIT;
    phx_cursor *cursor = NULL;
    phx_status status =
        phx_store_find_spans(scene.place.store, NULL, &cursor, err);

    while (status == PHX_OK)
        status = phx_cursor_next_otlp(cursor, PHX_OTLP_JSON, 5, &out, err);
    phx_cursor_close(cursor);
    phx_buf_free(&out);
    return status;
}

static phx_status call_pages(phx_error *err)
{
    phx_buf out = PHX_BUF_INIT;
    phx_cursor *cursor = NULL;
    phx_status status =
        phx_store_find_spans(scene.place.store, NULL, &cursor, err);

    while (status == PHX_OK)
        status = phx_cursor_next_json(cursor, 5, &out, err);
    phx_cursor_close(cursor);
    phx_buf_free(&out);
    return status;
}

static phx_status call_traces(phx_error *err)
{
    phx_trace_query query = PHX_TRACE_QUERY_INIT;
    const phx_trace *trace;
    phx_cursor *cursor = NULL;

    query.search = (phx_text){"step", 4};
    phx_status status =
        phx_store_find_traces(scene.place.store, &query, &cursor, err);

    while (status == PHX_OK)
        status = phx_cursor_next_trace(cursor, &trace, err);
    phx_cursor_close(cursor);
    return status;
}

/* Of spans, then of traces. */
static phx_status call_roll_up(phx_error *err)
{
    static const double half = 0.5;
    phx_rollup_query query = PHX_ROLLUP_QUERY_INIT;
    const phx_rollup *rollup;
    phx_cursor *cursor = NULL;
    phx_status status =
        phx_store_roll_up(scene.place.store, NULL, &cursor, err);

    while (status == PHX_OK)
        status = phx_cursor_next_rollup(cursor, &rollup, err);
    phx_cursor_close(cursor);
    cursor = NULL;
    query.of = PHX_TRACE;
    query.costs = 1;
    query.quantiles = &half;
    query.quantile_count = 1;
    if (status >= 0)
        status = phx_store_roll_up(scene.place.store, &query, &cursor, err);
    while (status == PHX_OK)
        status = phx_cursor_next_rollup(cursor, &rollup, err);
    phx_cursor_close(cursor);
    return status;
}

static const char PRICE[] =
    "{\"name\": \"m\", \"name_pattern\": \"^m\", \"prices\": []}";

static phx_status call_put_price(phx_error *err)
{
    phx_id id = 0;

    return phx_price_put(scene.place.store, PRICE, strlen(PRICE), &id, err);
}

static phx_status call_apply_prices(phx_error *err)
{
    phx_id id = 0;
    phx_status status =
        phx_price_put(scene.place.store, PRICE, strlen(PRICE), &id, err);

    return status < 0 ? status : phx_prices_apply(scene.place.store, 0, err);
}

static phx_status call_read_prices(phx_error *err)
{
    phx_buf out = PHX_BUF_INIT;
    phx_status status = phx_prices_read(scene.place.store, &out, err);

    phx_buf_free(&out);
    return status;
}

static phx_status call_sql(phx_error *err)
{
    static const char text[] =
        "SELECT s.*, a.value, t.start_time FROM spans s"
        " JOIN traces t ON t.trace_id = s.trace_id"
        " JOIN span_attributes('session.id') a ON a.span_id = s.span_id"
        " WHERE s.project = 'p'";
    const phx_value *row;
    phx_buf out = PHX_BUF_INIT;
    phx_rows *rows = NULL;
    phx_status status = phx_store_sql(scene.place.store, text, strlen(text),
                                      NULL, 0, NULL, &rows, err);

    if (status == PHX_OK)
        status = phx_rows_next(rows, &row, err);
    while (status == PHX_OK)
        status = phx_rows_next_json(rows, 5, &out, err);
    phx_rows_close(rows);
    phx_buf_free(&out);
    return status;
}

static phx_status call_sessions(phx_error *err)
{
    static const char filter[] = "num_traces > 0";
    phx_session_query query = PHX_SESSION_QUERY_INIT;
    const phx_session *session;
    phx_cursor *cursor = NULL;

    query.filter = (phx_text){filter, sizeof filter - 1};
    phx_status status =
        phx_store_find_sessions(scene.place.store, &query, &cursor, err);

    while (status == PHX_OK)
        status = phx_cursor_next_session(cursor, &session, err);
    phx_cursor_close(cursor);
    return status;
}

static phx_status call_projects(phx_error *err)
{
    const phx_project *project;
    phx_cursor *cursor = NULL;
    phx_status status =
        phx_store_find_projects(scene.place.store, 0, 0, NULL, 0, &cursor, err);

    while (status == PHX_OK)
        status = phx_cursor_next_project(cursor, &project, err);
    phx_cursor_close(cursor);
    return status;
}

/* One is replaced; targets by id in blocks of both kinds, and by number. */
static phx_status call_annotate(phx_error *err)
{
    phx_annotation_item items[] = {
        item_of(PHX_SPAN_ANNOTATION, "0002", "tone", "bad"),
        item_of(PHX_SPAN_ANNOTATION, "0027", "tone", "bad"),
        item_of(PHX_TRACE_ANNOTATION, "01", "tone", NULL),
        item_of(PHX_SPAN_ANNOTATION, NULL, "tone", NULL),
    };

    items[3].target = 5;
    return phx_store_annotate(scene.place.store, items, 4, NULL, err);
}

/* One finds its target, one waits. */
static phx_status call_annotate_later(phx_error *err)
{
    const phx_annotation_item items[] = {
        item_of(PHX_SPAN_ANNOTATION, "0002", "tone", "bad"),
        item_of(PHX_SPAN_ANNOTATION, "fffe", "tone", "bad"),
    };

    return phx_store_annotate_later(scene.place.store, items, 2, NULL, err);
}

/* What the scene has wait is dropped. */
static phx_status call_annotate_waiting(phx_error *err)
{
    return phx_store_annotate_waiting(scene.place.store, UINT64_MAX, NULL, err);
}

static phx_status call_annotations(phx_error *err)
{
    const phx_annotation *row;
    phx_cursor *cursor = NULL;
    phx_status status =
        phx_store_find_annotations(scene.place.store, NULL, &cursor, err);

    while (status == PHX_OK)
        status = phx_cursor_next_annotation(cursor, &row, err);
    phx_cursor_close(cursor);
    return status;
}

static phx_status call_delete_annotations(phx_error *err)
{
    return phx_store_delete_annotations(scene.place.store, NULL, NULL, err);
}

/* Names by the index, attributes by the directories of blocks. */
static phx_status call_vocabulary(phx_error *err)
{
    const phx_word *word;
    phx_cursor *cursor = NULL;
    phx_status status = phx_filter_vocabulary(
        PHX_FILTER_SPANS, scene.place.store, 1, 0, &cursor, err);

    while (status == PHX_OK)
        status = phx_cursor_next_word(cursor, &word, err);
    phx_cursor_close(cursor);
    return status;
}

static phx_status call_names(phx_error *err)
{
    phx_cursor *cursor = NULL;
    phx_status status = phx_store_annotation_names(
        scene.place.store, PHX_SPAN_ANNOTATION, 1, 0, &cursor, err);

    phx_cursor_close(cursor);
    return status;
}

static phx_status call_retain(phx_error *err)
{
    return phx_store_retain(scene.place.store, 0, &one_day, NOW, 0, NULL, err);
}

static phx_status call_retain_due(phx_error *err)
{
    return phx_store_retain_due(scene.place.store, NOW, 0, NULL, err);
}

/* The one block that is older than the others goes. */
static phx_status call_shrink(phx_error *err)
{
    return phx_store_shrink(scene.place.store, scene.used - 1, 0, NULL, err);
}

static phx_status call_create_policy(phx_error *err)
{
    phx_id id;

    return phx_policy_create(scene.place.store, "made", "0 1 * * 1", &one_day,
                             &id, err);
}

static phx_status call_update_policy(phx_error *err)
{
    return phx_policy_update(scene.place.store, 0, "again", NULL, NULL, err);
}

static phx_status call_set_policy(phx_error *err)
{
    return phx_project_set_policy(scene.place.store, 1, 0, err);
}

/* The fault came later in the run if it is gone already. */
static phx_status call_delete_policy(phx_error *err)
{
    phx_status status = phx_policy_delete(scene.place.store, 1, err);

    return status == PHX_NOT_FOUND ? PHX_OK : status;
}

static phx_status call_policies(phx_error *err)
{
    const phx_retention_policy *policy;
    phx_cursor *cursor = NULL;
    phx_status status =
        phx_store_find_policies(scene.place.store, -1, &cursor, err);

    while (status == PHX_OK)
        status = phx_cursor_next_policy(cursor, &policy, err);
    phx_cursor_close(cursor);
    return status;
}

static const phx_annotation_config tone = {
    .id = 1,
    .type = PHX_CATEGORICAL,
    .direction = PHX_MAXIMIZE,
    .name = {"tone", 4},
    .choices = {"[{\"label\": \"good\"}]", 19}};

static phx_status call_create_config(phx_error *err)
{
    phx_id id;
    phx_status status = phx_config_create(scene.place.store, &tone, &id, err);

    return status == PHX_CONFLICT ? PHX_OK : status;
}

static phx_status call_update_config(phx_error *err)
{
    return phx_config_update(scene.place.store, &tone, err);
}

/* The fault came later in the run if it is gone already. */
static phx_status call_delete_config(phx_error *err)
{
    phx_status status = phx_config_delete(scene.place.store, 1, err);

    return status == PHX_NOT_FOUND ? PHX_OK : status;
}

static phx_status call_set_configs(phx_error *err)
{
    const phx_id ids[] = {1};

    return phx_project_set_configs(scene.place.store, 1, ids, 1, err);
}

static phx_status call_set_config(phx_error *err)
{
    return phx_project_set_config(scene.place.store, 1, 1, 1, err);
}

static phx_status call_configs(phx_error *err)
{
    const phx_annotation_config *config;
    phx_cursor *cursor = NULL;
    phx_status status =
        phx_store_find_configs(scene.place.store, NULL, &cursor, err);

    while (status == PHX_OK)
        status = phx_cursor_next_config(cursor, &config, err);
    phx_cursor_close(cursor);
    return status;
}

#endif

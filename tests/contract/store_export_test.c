/*
 * Spans as columns, by the Arrow C stream and in every format of a file.
 */
#include "contract/stored.h"

#include "columns/seen_c.h"
#include "columns/seen_ipc.h"
#include "columns/seen_parquet.h"

enum { SECOND = 1000000000 };

static void fill(struct place *place)
{
    place_make(place);
    place_open(place, 0);
    send(place, &(struct sent){.trace = "0a",
                               .span = "a1",
                               .name = "ask, \\\"twice\\\"",
                               .kind = "LLM",
                               .session = "s",
                               .start = SECOND,
                               .end = 3 * (uint64_t)SECOND + 1,
                               .status = PHX_SPAN_OK,
                               .tokens = 7,
                               .key = "llm.temperature",
                               .value = "{\"doubleValue\":0.5}"});
    send(place,
         &(struct sent){
             .trace = "0a", .span = "a2", .parent = "a1", .end = UINT64_MAX});
}

static const phx_attribute_column chosen[] = {
    {"session.id", PHX_COLUMN_TEXT, 0},
    {"n", PHX_COLUMN_TEXT, 0},
    {"llm", PHX_COLUMN_TEXT, 0},
    {"n", PHX_COLUMN_INT, 0},
    {"llm.temperature", PHX_COLUMN_REAL, 0},
    {"n", PHX_COLUMN_REAL, 0},
    {"n", PHX_COLUMN_BOOL, 0},
    {"not.there", PHX_COLUMN_INT, 0},
};
enum { CHOSEN = sizeof chosen / sizeof *chosen };

static const phx_span_query oldest_first = {
    .size = sizeof oldest_first,
    .order = PHX_OLDEST_FIRST,
    .attributes = PHX_ATTRIBUTES_NONE,
};

/* Times in ns, as readers of Arrow tell them here. */
static const char rows[] =
    "{\"span_id\":\"a1\",\"trace_id\":\"0a\",\"parent_id\":null,"
    "\"project\":\"default\",\"session_id\":\"s\","
    "\"name\":\"ask, \\u0022twice\\u0022\",\"span_kind\":\"LLM\","
    "\"status_code\":\"OK\",\"status_message\":\"\","
    "\"start_time\":1000000000,\"end_time\":3000000001,"
    "\"latency_ms\":2000.0000010000001,\"prompt_tokens\":7,"
    "\"completion_tokens\":0,"
    "\"attributes.session.id\":\"s\",\"attributes.n\":\"1\","
    "\"attributes.llm\":\"{\\u0022temperature\\u0022:0.5,"
    "\\u0022token_count\\u0022:{\\u0022prompt\\u0022:7}}\","
    "\"attributes.n\":1,\"attributes.llm.temperature\":0.5,"
    "\"attributes.n\":1.0,\"attributes.n\":null,"
    "\"attributes.not.there\":null}\n"
    "{\"span_id\":\"a2\",\"trace_id\":\"0a\",\"parent_id\":\"a1\","
    "\"project\":\"default\",\"session_id\":\"s\",\"name\":\"step\","
    "\"span_kind\":\"UNKNOWN\",\"status_code\":\"UNSET\","
    "\"status_message\":\"\",\"start_time\":0,\"end_time\":null,"
    "\"latency_ms\":-9.9999999999999995e-07,\"prompt_tokens\":null,"
    "\"completion_tokens\":null,\"attributes.session.id\":null,"
    "\"attributes.n\":\"1\",\"attributes.llm\":null,\"attributes.n\":1,"
    "\"attributes.llm.temperature\":null,\"attributes.n\":1.0,"
    "\"attributes.n\":null,\"attributes.not.there\":null}\n";

static void eq_rows(struct buf *json)
{
    buf_add_byte(json, 0);
    eq_string((const char *)json->data, rows);
    buf_clear(json);
}

static void export_all(phx_store *store, const phx_span_query *query,
                       const phx_attribute_column *columns, size_t count,
                       int32_t format, struct buf *out)
{
    phx_buf piece = PHX_BUF_INIT;
    phx_export *export;
    phx_error why = {0};
    phx_status status;

    buf_init(out, SIZE_MAX);
    succeeds(
        phx_export_open(store, query, columns, count, format, &export, err));
    while ((status = phx_export_next(export, &piece, &why)) == PHX_OK)
        buf_add(out, piece.data, piece.size);
    if (status != PHX_DONE)
        wrong("export: %s", why.message);
    eq_int(phx_export_next(export, &piece, NULL), PHX_DONE);
    phx_export_close(export);
    phx_buf_free(&piece);
}

TEST(a_c_stream_has_the_spans)
{
    UNUSED_STATE;
    struct ArrowArrayStream stream;
    struct place place;
    struct arena arena;
    struct buf json;

    fill(&place);
    arena_init(&arena, SIZE_MAX);
    buf_init(&json, SIZE_MAX);
    succeeds(phx_store_export_arrow(place.store, &oldest_first, chosen, CHOSEN,
                                    &stream, err));
    eq_int(c_rows(&arena, &stream, &json, 0), 0);
    stream.release(&stream);
    eq_rows(&json);
    arena_clear(&arena);
    place_remove(&place);
}

TEST(arrow_and_parquet_files_have_the_spans)
{
    UNUSED_STATE;
    struct place place;
    struct arena arena;
    struct buf file, json;

    fill(&place);
    arena_init(&arena, SIZE_MAX);
    buf_init(&json, SIZE_MAX);
    export_all(place.store, &oldest_first, chosen, CHOSEN, PHX_ARROW_STREAM,
               &file);
    eq_int(ipc_rows(&arena, &file, &json), 1);
    eq_rows(&json);
    buf_clear(&file);
    export_all(place.store, &oldest_first, chosen, CHOSEN, PHX_PARQUET, &file);
    eq_int(parquet_rows(&arena, &file, &json), 1);
    eq_rows(&json);
    buf_clear(&file);
    arena_clear(&arena);
    place_remove(&place);
}

TEST(json_lines_have_attributes_as_json)
{
    UNUSED_STATE;
    phx_span_query query = PHX_SPAN_QUERY_INIT;
    struct place place;
    struct buf file;

    fill(&place);
    query.limit = 1;
    export_all(place.store, &query, NULL, 0, PHX_JSON_LINES, &file);
    buf_add_byte(&file, 0);
    eq_string((const char *)file.data,
              "{\"span_id\":\"a2\",\"trace_id\":\"0a\",\"parent_id\":\"a1\","
              "\"project\":\"default\",\"session_id\":\"s\",\"name\":\"step\","
              "\"span_kind\":\"UNKNOWN\",\"status_code\":\"UNSET\","
              "\"status_message\":\"\","
              "\"start_time\":\"1970-01-01T00:00:00.000000000Z\","
              "\"end_time\":null,\"latency_ms\":-1e-06,"
              "\"prompt_tokens\":null,\"completion_tokens\":null,"
              "\"attributes\":{\"n\":1},\"events\":[]}\n");
    buf_clear(&file);
    place_remove(&place);
}

TEST(csv_has_a_line_of_names_and_quotes_what_must_be)
{
    UNUSED_STATE;
    struct place place;
    struct buf file;

    fill(&place);
    export_all(place.store, &oldest_first, &chosen[2], 2, PHX_CSV, &file);
    buf_add_byte(&file, 0);
    eq_string((const char *)file.data,
              "span_id,trace_id,parent_id,project,session_id,name,span_kind,"
              "status_code,status_message,start_time,end_time,latency_ms,"
              "prompt_tokens,completion_tokens,attributes.llm,attributes.n\r\n"
              "a1,0a,,default,s,\"ask, \"\"twice\"\"\",LLM,OK,\"\","
              "1970-01-01T00:00:01.000000000Z,1970-01-01T00:00:03.000000001Z,"
              "2000.000001,7,0,\"{\"\"temperature\"\":0.5,\"\"token_count\"\":"
              "{\"\"prompt\"\":7}}\",1\r\n"
              "a2,0a,a1,default,s,step,UNKNOWN,UNSET,\"\","
              "1970-01-01T00:00:00.000000000Z,,-1e-06,,,,1\r\n");
    buf_clear(&file);
    place_remove(&place);
}

TEST(an_empty_store_gives_whole_files)
{
    UNUSED_STATE;
    struct place place;
    struct arena arena;
    struct buf file, json;

    place_make(&place);
    place_open(&place, 0);
    arena_init(&arena, SIZE_MAX);
    buf_init(&json, SIZE_MAX);
    export_all(place.store, NULL, NULL, 0, PHX_ARROW_STREAM, &file);
    eq_int(ipc_rows(&arena, &file, &json), 0);
    buf_clear(&file);
    export_all(place.store, NULL, NULL, 0, PHX_PARQUET, &file);
    eq_int(parquet_rows(&arena, &file, &json), 0);
    buf_clear(&file);
    export_all(place.store, NULL, NULL, 0, PHX_JSON_LINES, &file);
    eq_int(file.size, 0);
    buf_clear(&file);
    export_all(place.store, NULL, NULL, 0, PHX_CSV, &file);
    assert_in_range(file.size, 100, 300);
    buf_clear(&file);
    eq_int(json.size, 0);
    arena_clear(&arena);
    place_remove(&place);
}

TEST(a_stream_outlives_the_store_s_close)
{
    UNUSED_STATE;
    struct ArrowArrayStream stream;
    struct ArrowArray array;
    struct place place;

    fill(&place);
    succeeds(phx_store_export_arrow(place.store, NULL, NULL, 0, &stream, err));
    place_close(&place);
    eq_int(stream.get_next(&stream, &array), 0);
    eq_int(array.length, 2);
    stream.release(&stream);
    array.release(&array);
    place_remove(&place);
}

TEST(what_cannot_be_a_column_is_refused)
{
    UNUSED_STATE;
    const phx_attribute_column no_type = {"n", 4, 0};
    const phx_attribute_column no_path = {NULL, PHX_COLUMN_INT, 0};
    const phx_attribute_column no_text = {"\xff", PHX_COLUMN_INT, 0};
    static phx_attribute_column many[4001];
    phx_span_query query = PHX_SPAN_QUERY_INIT;
    phx_attribute_test test = {"a", {"{}", 2}};
    struct ArrowArrayStream stream;
    phx_export *export;
    struct place place;

    fill(&place);
    phx_store *store = place.store;
    fails_with(PHX_MISUSE, "argument",
               phx_store_export_arrow(store, NULL, &no_type, 1, &stream, err));
    fails_with(PHX_MISUSE, "argument",
               phx_store_export_arrow(store, NULL, &no_path, 1, &stream, err));
    fails_with(PHX_MISUSE, "argument",
               phx_store_export_arrow(store, NULL, NULL, 1, &stream, err));
    fails_with(PHX_MISUSE, "argument",
               phx_export_open(store, NULL, NULL, 0, 4, &export, err));
    fails_with(PHX_INVALID, "UTF-8",
               phx_store_export_arrow(store, NULL, &no_text, 1, &stream, err));
    fails_with(
        PHX_INVALID, "UTF-8",
        phx_export_open(store, NULL, &no_text, 1, PHX_CSV, &export, err));
    query.tests = &test;
    query.test_count = 1;
    fails_with(PHX_INVALID, "tested against",
               phx_store_export_arrow(store, &query, NULL, 0, &stream, err));
    for (int i = 0; i < 4001; i++)
        many[i] = chosen[0];
    fails_with(PHX_TOO_BIG, "4001 columns, limit is 4000",
               phx_store_export_arrow(store, NULL, many, 4001, &stream, err));
    fails_with(PHX_TOO_BIG, "4001 columns, limit is 4000",
               phx_export_open(store, NULL, many, 4001, PHX_CSV, &export, err));
    succeeds(phx_export_open(store, NULL, many, 4000, PHX_CSV, &export, err));
    phx_export_close(export);
    phx_export_close(NULL);
    place_remove(&place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_c_stream_has_the_spans),
        cmocka_unit_test(arrow_and_parquet_files_have_the_spans),
        cmocka_unit_test(json_lines_have_attributes_as_json),
        cmocka_unit_test(csv_has_a_line_of_names_and_quotes_what_must_be),
        cmocka_unit_test(an_empty_store_gives_whole_files),
        cmocka_unit_test(a_stream_outlives_the_store_s_close),
        cmocka_unit_test(what_cannot_be_a_column_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

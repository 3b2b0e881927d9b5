/*
 * store_frame_test.c - tables of spans: which spans, in which order, in pieces
 * that together are JSON, whatever happens to the store meanwhile.
 */
#include "t.h"

#include "contract/annotated.h"

#include <cjson/cJSON.h>

/* All pieces of a frame, and how many there were. */
struct table {
    char *text;
    size_t size;
    int pieces;
};

static phx_status table_read(phx_store *store, const phx_frame_query *query,
                             struct table *out, phx_error *err)
{
    phx_buf piece = PHX_BUF_INIT;
    phx_frame *frame = NULL;
    phx_status status = phx_store_open_frame(store, query, &frame, err);

    *out = (struct table){NULL};
    while (status == PHX_OK &&
           (status = phx_frame_next(frame, &piece, err)) == PHX_OK) {
        out->text = realloc(out->text, out->size + piece.size + 1);
        assert_non_null(out->text);
        memcpy(out->text + out->size, piece.data, piece.size + 1);
        out->size += piece.size;
        out->pieces++;
    }
    phx_frame_close(frame);
    phx_buf_free(&piece);
    return status;
}

static cJSON *read_json(phx_store *store, const phx_frame_query *query,
                        int *pieces)
{
    struct table table;
    cJSON *json;

    succeeds(table_read(store, query, &table, err));
    json = cJSON_Parse(table.text);
    if (json == NULL)
        wrong("no JSON: %s", table.text);
    free(table.text);
    if (pieces != NULL)
        *pieces = table.pieces;
    return json;
}

/* The cells of the column at an index, in order: "a b ". */
static void eq_column(phx_store *store, const phx_frame_query *query, int index,
                      const char *expected)
{
    cJSON *json = read_json(store, query, NULL), *row;
    char list[4096] = "";

    cJSON_ArrayForEach(row, cJSON_GetObjectItem(json, "data"))
    {
        const cJSON *cell = cJSON_GetArrayItem(row, index);
        size_t size = strlen(list), room = sizeof list - size;
        if (cJSON_IsNumber(cell))
            snprintf(list + size, room, "%g ", cell->valuedouble);
        else
            snprintf(list + size, room, "%s ",
                     cJSON_IsString(cell) ? cell->valuestring : "-");
    }
    cJSON_Delete(json);
    eq_string(list, expected);
}

static phx_frame_query names(const char *rest)
{
    static char json[512];
    phx_frame_query query = PHX_FRAME_QUERY_INIT;

    snprintf(json, sizeof json, "{\"select\":{\"name\":{\"key\":\"name\"}}%s}",
             rest);
    query.json.data = json;
    query.json.size = strlen(json);
    return query;
}

/* A trace of three, an orphan, and a span of another project. */
static void fill(struct place *place)
{
    place_make(place);
    place_open(place, PHX_OPEN_NO_COMPACT);
    send_to(place->store, "p",
            &(struct sent){"01", "a1", .name = "a", .kind = "CHAIN",
                           .start = 1000000, .end = 9000000});
    send_to(place->store, "p",
            &(struct sent){"01", "a2", "a1", "b", .kind = "LLM", .tokens = 5,
                           .start = 3000000, .end = 9000000});
    send_to(place->store, "p",
            &(struct sent){"01", "a3", "a2", "c", .kind = "LLM", .tokens = 7,
                           .start = 2000000, .end = 4000000, .key = "k",
                           .value = "{\"stringValue\":\"v\"}"});
    send_to(place->store, "p",
            &(struct sent){"02", "a4", "ff", "d", .start = 3000000});
    send_to(place->store, "q", &(struct sent){"03", "a5", .name = "e"});
}

TEST(a_frame_is_of_a_project_and_a_time)
{
    struct place place;
    phx_frame_query query = names("");

    UNUSED_STATE;
    fill(&place);
    eq_column(place.store, &query, 1, "a b c d e ");
    query.project = number_of(place.store, PHX_PROJECT, "p");
    eq_column(place.store, &query, 1, "a b c d ");
    query.start_time = 2000000;
    eq_column(place.store, &query, 1, "b c d ");
    query.end_time = 3000000;
    eq_column(place.store, &query, 1, "c ");
    query.end_time = 3000001;
    eq_column(place.store, &query, 1, "b c d ");
    query.limit = 0;
    eq_column(place.store, &query, 1, "");
    place_remove(&place);
}

TEST(the_limit_keeps_those_that_start_last)
{
    struct place place;
    phx_frame_query query = names("");
    phx_frame_query whole = PHX_FRAME_QUERY_INIT;

    UNUSED_STATE;
    fill(&place);
    query.limit = 2;
    eq_column(place.store, &query, 1, "b d ");
    whole.limit = 3;
    eq_column(place.store, &whole, 1, "d b c ");
    query = names(",\"filter\":{\"condition\":\"span_kind == 'LLM'\"}");
    query.limit = 1;
    eq_column(place.store, &query, 1, "b ");
    place_remove(&place);
}

TEST(roots_are_strict_or_not)
{
    struct place place;
    phx_frame_query query = names("");

    UNUSED_STATE;
    fill(&place);
    query.project = number_of(place.store, PHX_PROJECT, "p");
    query.roots = PHX_ROOTS;
    eq_column(place.store, &query, 1, "a d ");
    query.roots = PHX_STRICT_ROOTS;
    eq_column(place.store, &query, 1, "a ");
    query = names(",\"filter\":{\"condition\":\"parent_span is None\"}");
    eq_column(place.store, &query, 1, "a d e ");
    query = names(",\"filter\":{\"condition\":\"parent_span is not None\"}");
    eq_column(place.store, &query, 1, "b c ");
    place_remove(&place);
}

TEST(tokens_add_up_along_a_trace)
{
    static const char json[] =
        "{\"select\":{\"t\":{\"key\":\"cumulative_token_count.total\"}}}";
    struct place place;
    phx_frame_query query = PHX_FRAME_QUERY_INIT;

    UNUSED_STATE;
    fill(&place);
    query.json = (phx_text){json, strlen(json)};
    eq_column(place.store, &query, 1, "12 12 7 0 0 ");
    query = names(",\"filter\":{\"condition\":"
                  "\"cumulative_llm_token_count_total > 7\"}");
    eq_column(place.store, &query, 1, "a b ");
    /* b becomes the parent of its parent */
    send_to(place.store, "p",
            &(struct sent){"04", "b1", "b2", "x", .kind = "LLM", .tokens = 1});
    send_to(place.store, "p",
            &(struct sent){"04", "b2", "b1", "y", .kind = "LLM", .tokens = 2});
    query.json = (phx_text){json, strlen(json)};
    eq_column(place.store, &query, 1, "12 12 7 0 0 1 2 ");
    place_remove(&place);
}

TEST(conditions_see_annotations)
{
    struct place place;
    phx_frame_query query =
        names(",\"filter\":{\"condition\":\"annotations['q']\"}");

    UNUSED_STATE;
    fill(&place);
    eq_column(place.store, &query, 1, "");
    say(place.store, SPAN, "a3", "q", "good");
    eq_column(place.store, &query, 1, "c ");
    query = names(",\"filter\":{\"condition\":\"evals['q'].label != 'good'\"}");
    eq_column(place.store, &query, 1, "");
    place_remove(&place);
}

/* More spans than are held at a time, of traces that come mixed. */
static void fill_many(struct place *place, int count)
{
    char trace[8], span[8], name[8], value[48];

    place_make(place);
    place_open(place, PHX_OPEN_NO_COMPACT);
    for (int i = 0; i < count; i++) {
        snprintf(trace, sizeof trace, "%02x", i % 7 + 1);
        snprintf(span, sizeof span, "%04x", i + 1);
        snprintf(name, sizeof name, "s%d", i);
        snprintf(value, sizeof value, "{\"stringValue\":\"%s\"}", name);
        send_to(place->store, "p",
                &(struct sent){trace, span, .name = name, .key = "label",
                               .value = value,
                               .start = (uint64_t)(i * 37 % count + 1) * 1000});
    }
}

static void same_rows(const cJSON *json, int count)
{
    const cJSON *row;
    int next = count;

    cJSON_ArrayForEach(row, cJSON_GetObjectItem(json, "data"))
    {
        const char *name = cJSON_GetArrayItem(row, 1)->valuestring;
        assert_int_equal(atoi(name + 1) * 37 % count + 1, next--);
        eq_string(cJSON_GetObjectItem(row, "11_attributes.label")->valuestring,
                  name);
    }
    assert_int_equal(next, 0);
}

TEST(many_spans_come_in_order_and_in_pieces)
{
    enum { COUNT = 60 };
    phx_frame_query query = PHX_FRAME_QUERY_INIT;
    struct place place;
    int pieces;
    cJSON *json;

    UNUSED_STATE;
    fill_many(&place, COUNT);
    for (int compacted = 0; compacted < 2; compacted++) {
        json = read_json(place.store, &query, &pieces);
        same_rows(json, COUNT);
        ok(pieces > 10);
        cJSON_Delete(json);
        compact_all(place.store);
    }
    place_remove(&place);
}

TEST(what_is_deleted_meanwhile_is_left_out)
{
    struct place place;
    phx_frame_query query = names("");
    phx_buf piece = PHX_BUF_INIT;
    phx_frame *frame;
    size_t pieces = 1;

    UNUSED_STATE;
    fill_many(&place, 60);
    succeeds(phx_store_open_frame(place.store, &query, &frame, err));
    succeeds(phx_frame_next(frame, &piece, err));
    delete_one(place.store, PHX_PROJECT,
               number_of(place.store, PHX_PROJECT, "p"));
    send_to(place.store, "p", &(struct sent){"0a", "0a", .name = "late"});
    phx_store_close(place.store); /* the frame holds it */
    place.store = NULL;
    while (phx_frame_next(frame, &piece, NULL) == PHX_OK) {
        ok(strstr(piece.data, "late") == NULL);
        pieces++;
    }
    ok(pieces < 5);
    eq_int(phx_frame_next(frame, &piece, NULL), PHX_DONE);
    phx_frame_close(frame);
    phx_buf_free(&piece);
    place_remove(&place);
}

TEST(a_bad_query_is_refused_at_once)
{
    static const char broken[] = "{\"select\":";
    phx_frame_query query = names(",\"filter\":{\"condition\":\"name = 1\"}");
    struct place place;
    struct table table;
    char *large;

    UNUSED_STATE;
    fill(&place);
    fails_with(PHX_INVALID, "filter.condition: ",
               table_read(place.store, &query, &table, err));
    query.json = (phx_text){broken, strlen(broken)};
    fails_with(PHX_INVALID, "", table_read(place.store, &query, &table, err));
    large = malloc((1 << 20) + 1);
    memset(large, ' ', (1 << 20) + 1);
    query.json = (phx_text){large, (1 << 20) + 1};
    fails_with(PHX_TOO_BIG, "limit is 1048576",
               table_read(place.store, &query, &table, err));
    free(large);
    place_remove(&place);
}

TEST(too_many_columns_end_a_frame)
{
    phx_frame_query query = PHX_FRAME_QUERY_INIT;
    phx_buf piece = PHX_BUF_INIT;
    phx_frame *frame;
    struct place place;
    char id[8], key[8];

    UNUSED_STATE;
    place_make(&place);
    place_open(&place, PHX_OPEN_NO_COMPACT);
    for (int i = 0; i < 32; i++) {
        snprintf(id, sizeof id, "%02x", i + 1);
        snprintf(key, sizeof key, "k%d", i);
        send(&place, &(struct sent){id, id, .key = key,
                                    .value = "{\"boolValue\":true}"});
    }
    succeeds(phx_store_open_frame(place.store, &query, &frame, err));
    fails_with(PHX_TOO_BIG, "columns", phx_frame_next(frame, &piece, err));
    fails_with(PHX_MISUSE, "", phx_frame_next(frame, &piece, err));
    phx_frame_close(frame);
    place_remove(&place);
}

TEST(arguments_are_checked)
{
    phx_frame_query query = PHX_FRAME_QUERY_INIT;
    phx_buf piece = PHX_BUF_INIT;
    phx_frame *frame = NULL;
    struct place place;

    UNUSED_STATE;
    fill(&place);
    eq_int(phx_store_open_frame(NULL, NULL, &frame, NULL), PHX_MISUSE);
    eq_int(phx_store_open_frame(place.store, NULL, NULL, NULL), PHX_MISUSE);
    query.limit = -2;
    eq_int(phx_store_open_frame(place.store, &query, &frame, NULL), PHX_MISUSE);
    query.limit = -1;
    query.roots = 3;
    eq_int(phx_store_open_frame(place.store, &query, &frame, NULL), PHX_MISUSE);
    query.roots = 0;
    query.json.size = 1;
    eq_int(phx_store_open_frame(place.store, &query, &frame, NULL), PHX_MISUSE);
    succeeds(phx_store_open_frame(place.store, NULL, &frame, err));
    eq_int(phx_frame_next(frame, NULL, NULL), PHX_MISUSE);
    eq_int(phx_frame_next(NULL, &piece, NULL), PHX_MISUSE);
    succeeds(phx_frame_next(frame, &piece, err));
    phx_frame_close(frame);
    phx_frame_close(NULL);
    phx_buf_free(&piece);
    place_remove(&place);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_frame_is_of_a_project_and_a_time),
        cmocka_unit_test(the_limit_keeps_those_that_start_last),
        cmocka_unit_test(roots_are_strict_or_not),
        cmocka_unit_test(tokens_add_up_along_a_trace),
        cmocka_unit_test(conditions_see_annotations),
        cmocka_unit_test(many_spans_come_in_order_and_in_pieces),
        cmocka_unit_test(what_is_deleted_meanwhile_is_left_out),
        cmocka_unit_test(a_bad_query_is_refused_at_once),
        cmocka_unit_test(too_many_columns_end_a_frame),
        cmocka_unit_test(arguments_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

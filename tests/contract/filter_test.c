/*
 * filter_test.c - conditions are checked through phoenix.h, and every word of a
 * vocabulary is one that a condition can have.
 */
#include "t.h"

#include "contract/annotated.h"

static const char *canonical(int32_t grain, const char *condition)
{
    static char text[1024];
    phx_buf out = PHX_BUF_INIT;

    succeeds(phx_filter_check(grain, condition, strlen(condition), &out, err));
    snprintf(text, sizeof text, "%s", out.data);
    assert_int_equal(strlen(out.data), out.size);
    phx_buf_free(&out);
    return text;
}

TEST(a_condition_is_checked_and_printed)
{
    UNUSED_STATE;
    eq_string(canonical(PHX_FILTER_SPANS, " span_kind  == 'llm' # any"),
              "span_kind == 'LLM'");
    eq_string(canonical(PHX_FILTER_SPANS, "llm.model_name is None"),
              "attributes['llm']['model_name'] is None");
    eq_string(canonical(PHX_FILTER_TRACES, "((num_spans)) > 4"),
              "num_spans > 4");
    eq_string(
        canonical(PHX_FILTER_SESSIONS, "session_annotations['a'].score > 1"),
        "session_annotations['a'].score > 1");
    eq_string(canonical(PHX_FILTER_SPANS, "  "), "");
    succeeds(phx_filter_check(PHX_FILTER_SPANS, NULL, 0, NULL, err));
}

TEST(a_wrong_condition_is_told_with_its_byte)
{
    static const struct {
        int32_t grain;
        const char *condition;
        int offset;
        const char *message;
    } cases[] = {
        {PHX_FILTER_SPANS, "latency_ms > '100'", 11,
         "cannot compare number with text"},
        {PHX_FILTER_TRACES, "num_spam > 1", 0,
         "unknown name 'num_spam'; did you mean 'num_spans'"},
        {PHX_FILTER_SPANS, "name == 'agent", 8, "text literal is not closed"},
        {PHX_FILTER_SPANS, "name == '\xC3\xA9\xE9'", 11,
         "condition is not UTF-8"},
        {PHX_FILTER_TRACES, "\xED\xA0\x80", 0, "condition is not UTF-8"},
    };
    phx_buf out = PHX_BUF_INIT;
    phx_error why;

    UNUSED_STATE;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        eq_int(phx_filter_check(cases[i].grain, cases[i].condition,
                                strlen(cases[i].condition), &out, &why),
               PHX_INVALID);
        eq_int(why.offset, cases[i].offset);
        eq_string(why.message, cases[i].message);
        assert_null(out.data);
    }
    eq_int(phx_filter_check(PHX_FILTER_SPANS, "name\0", 5, NULL, &why),
           PHX_INVALID);
    eq_int(phx_filter_check(3, "", 0, NULL, NULL), PHX_MISUSE);
    eq_int(phx_filter_check(-1, "", 0, NULL, NULL), PHX_MISUSE);
    eq_int(phx_filter_check(0, NULL, 1, NULL, NULL), PHX_MISUSE);
}

/* --- vocabulary --------------------------------------------------------------- */

static const phx_word *next(phx_cursor *cursor)
{
    const phx_word *word = NULL;

    assert_true(phx_cursor_next_word(cursor, &word, NULL) >= 0);
    return word;
}

/* Where elements of a kind are found in a condition of a grain. */
static const char *iterable_of(int32_t grain, const char *of)
{
    return strcmp(of, "span") == 0          ? "spans"
           : strcmp(of, "trace") == 0       ? "traces"
           : strcmp(of, "annotation") == 0  ? "span_annotations"
           : strcmp(of, "cost detail") == 0 ? "span_cost_details"
           : grain == PHX_FILTER_SPANS      ? "annotations"
           : grain == PHX_FILTER_TRACES     ? "trace_annotations"
                                            : "session_annotations";
}

/* What a function is called with. */
static const char *arguments_of(const char *function)
{
    return strcmp(function, "len") == 0   ? "([x for x in spans]) > 0"
           : strcmp(function, "str") == 0 ? "(attributes['a']) == '1'"
           : strcmp(function, "any") == 0 || strcmp(function, "all") == 0
               ? "(x.name == 'a' for x in spans)"
           : strcmp(function, "float") == 0 || strcmp(function, "int") == 0
               ? "(attributes['a']) > 1"
               : "(x.latency_ms for x in spans) > 1";
}

static void print_condition(int32_t grain, const phx_word *word, char *out,
                            size_t size)
{
    const char *text = word->text.data;
    const char *of = word->of.data;

    if (word->kind == PHX_WORD_FUNCTION)
        snprintf(out, size, "%s%s", text, arguments_of(text));
    else if (word->kind == PHX_WORD_ITERABLE && of == NULL)
        snprintf(out, size, "len([x for x in %s]) > 0", text);
    else if (word->kind == PHX_WORD_ITERABLE)
        snprintf(out, size, "any(len([x for x in y.%s]) > 0 for y in %s)", text,
                 iterable_of(grain, of));
    else if (word->type == PHX_TYPE_TEXTS)
        snprintf(out, size, "'a' in %s", text);
    else if (of == NULL)
        snprintf(out, size, "%s is None", text);
    else if (strcmp(of, "named annotation") == 0)
        snprintf(out, size, "%s['n'].%s is None", iterable_of(grain, of), text);
    else
        snprintf(out, size, "any(x.%s is None for x in %s)", text,
                 iterable_of(grain, of));
}

static int count_words(int32_t grain, phx_store *store, phx_id project)
{
    phx_cursor *cursor;
    const phx_word *word;
    int count = 0;

    succeeds(phx_filter_vocabulary(grain, store, project, 0, &cursor, err));
    while ((word = next(cursor)) != NULL) {
        char condition[512];
        phx_error why;
        print_condition(grain, word, condition, sizeof condition);
        if (phx_filter_check(grain, condition, strlen(condition), NULL, &why))
            wrong("%s: %s", condition, why.message);
        ok(word->text.size > 0 && word->name.size > 0);
        eq_int(word->kind == PHX_WORD_ITERABLE, word->element.data != NULL);
        count++;
    }
    phx_cursor_close(cursor);
    return count;
}

TEST(every_word_stands_in_a_condition)
{
    UNUSED_STATE;
    ok(count_words(PHX_FILTER_SPANS, NULL, 0) > 20);
    ok(count_words(PHX_FILTER_TRACES, NULL, 0) > 40);
    ok(count_words(PHX_FILTER_SESSIONS, NULL, 0) > 40);
}

/* The words of a kind, each with a space behind it. */
static void eq_words(phx_store *store, int32_t grain, phx_id project,
                     size_t limit, int32_t kind, const char *expected)
{
    phx_cursor *cursor;
    const phx_word *word;
    char list[2048] = "";

    succeeds(phx_filter_vocabulary(grain, store, project, limit, &cursor, err));
    while ((word = next(cursor)) != NULL) {
        if (word->kind == kind)
            snprintf(list + strlen(list), sizeof list - strlen(list), "%s ",
                     word->text.data);
    }
    phx_cursor_close(cursor);
    eq_string(list, expected);
}

static void send_attributes(struct place *place, const char *project,
                            const char *span, const char *attributes)
{
    struct request request = {0};
    phx_ingest_report report;

    request_print(&request,
                  "{\"data\":[{\"name\":\"r\",\"context\":{\"trace_id\":\"%s\","
                  "\"span_id\":\"%s\"},\"span_kind\":\"LLM\","
                  "\"start_time\":\"2026-03-01T10:00:00Z\","
                  "\"end_time\":\"2026-03-01T10:00:01Z\",\"attributes\":%s}]}",
                  span, span, attributes);
    succeeds(phx_store_ingest(place->store, project, PHX_SPAN_JSON,
                              request.text, request.size, &report, err));
    eq_int(report.accepted, 1);
    free(request.text);
}

static void set_up_words(struct place *place)
{
    place_make(place);
    place_open(place, PHX_OPEN_NO_COMPACT);
    send_attributes(place, "p", "01",
                    "{\"llm.model_name\":\"m\",\"metadata\":{\"a b\":1,"
                    "\"it's\":2},\"llm.input_messages.0.message.role\":\"u\","
                    "\"llm.input_messages.1.message.role\":\"u\","
                    "\"name\":\"x\",\"llm.token_count.prompt\":3}");
    send_attributes(place, "q", "02", "{\"other\":1,\"class.x\":1}");
}

TEST(attributes_that_there_are_are_told)
{
    struct place place;

    UNUSED_STATE;
    set_up_words(&place);
    phx_id p = number_of(place.store, PHX_PROJECT, "p");
    for (int young = 1; young >= 0; young--) {
        eq_words(
            place.store, PHX_FILTER_SPANS, p, 0, PHX_WORD_ATTRIBUTE,
            "attributes['llm']['input_messages'][0]['message']['role'] "
            "llm.model_name "
            "attributes['metadata']['a b'] attributes['metadata']['it\\'s'] "
            "attributes['name'] openinference.span.kind ");
        eq_words(
            place.store, PHX_FILTER_TRACES,
            number_of(place.store, PHX_PROJECT, "q"), 0, PHX_WORD_ATTRIBUTE,
            "attributes['class']['x'] "
            "attributes['openinference']['span']['kind'] attributes['other'] ");
        eq_words(place.store, PHX_FILTER_SPANS, p, 2, PHX_WORD_ATTRIBUTE,
                 "attributes['llm']['input_messages'][0]['message']['role'] "
                 "llm.model_name ");
        ok(count_words(PHX_FILTER_SPANS, place.store, 0) > 30);
        ok(count_words(PHX_FILTER_TRACES, place.store, p) > 40);
        ok(count_words(PHX_FILTER_SESSIONS, place.store, p) > 40);
        compact_all(place.store);
    }
    eq_words(place.store, PHX_FILTER_SPANS, 99, 0, PHX_WORD_ATTRIBUTE, "");
    place_remove(&place);
}

/* Of a test build's stores the two blocks written last are looked at. */
TEST(attributes_are_those_of_the_last_blocks)
{
    struct place place;

    UNUSED_STATE;
    place_make(&place);
    place_open(&place, PHX_OPEN_NO_COMPACT);
    send_attributes(&place, "p", "01", "{\"first\":1}");
    send_attributes(&place, "p", "02", "{\"second\":1}");
    send_attributes(&place, "p", "03", "{\"third\":1}");
    send_attributes(&place, "q", "04", "{\"other\":1}");
    eq_words(place.store, PHX_FILTER_TRACES,
             number_of(place.store, PHX_PROJECT, "p"), 0, PHX_WORD_ATTRIBUTE,
             "attributes['openinference']['span']['kind'] attributes['second'] "
             "attributes['third'] ");
    place_remove(&place);
}

TEST(names_of_annotations_are_told)
{
    struct place place;

    UNUSED_STATE;
    set_up(&place);
    phx_id p = number_of(place.store, PHX_PROJECT, "p");
    say(place.store, PHX_SPAN_ANNOTATION, "01", "tone", NULL);
    say(place.store, PHX_SPAN_ANNOTATION, "02", "tone", NULL);
    say(place.store, PHX_SPAN_ANNOTATION, "02", "it's", NULL);
    say(place.store, PHX_SPAN_ANNOTATION, "03", "of q", NULL);
    say(place.store, PHX_TRACE_ANNOTATION, "a1", "helpful", NULL);
    say(place.store, PHX_SESSION_ANNOTATION, "s1", "csat", NULL);
    eq_words(place.store, PHX_FILTER_SPANS, p, 0, PHX_WORD_ANNOTATION,
             "annotations['it\\'s'] annotations['tone'] "
             "trace_annotations['helpful'] ");
    eq_words(place.store, PHX_FILTER_SPANS, p, 1, PHX_WORD_ANNOTATION,
             "annotations['it\\'s'] trace_annotations['helpful'] ");
    eq_words(place.store, PHX_FILTER_TRACES, p, 0, PHX_WORD_ANNOTATION,
             "trace_annotations['helpful'] ");
    eq_words(place.store, PHX_FILTER_SESSIONS, p, 0, PHX_WORD_ANNOTATION,
             "session_annotations['csat'] ");
    eq_words(place.store, PHX_FILTER_SPANS, 0, 0, PHX_WORD_ANNOTATION, "");
    ok(count_words(PHX_FILTER_SPANS, place.store, p) > 30);
    place_remove(&place);
}

TEST(names_of_a_kind_are_listed)
{
    struct place place;
    phx_cursor *cursor;
    const phx_word *word;

    UNUSED_STATE;
    set_up(&place);
    send_documents(&place);
    phx_id p = number_of(place.store, PHX_PROJECT, "p");
    phx_annotation_item item =
        item_of(PHX_DOCUMENT_ANNOTATION, "d1", "relevance", NULL);
    annotate(place.store, &item);
    item.position = 1;
    annotate(place.store, &item);
    item.name = (phx_text){"a\0b", 3};
    annotate(place.store, &item);
    succeeds(phx_store_annotation_names(place.store, PHX_DOCUMENT_ANNOTATION, p,
                                        0, &cursor, err));
    word = next(cursor);
    ok(word->name.size == 3 && memcmp(word->name.data, "a\0b", 4) == 0);
    ok(word->kind == PHX_WORD_ANNOTATION && word->text.data == NULL);
    eq_string(next(cursor)->name.data, "relevance");
    assert_null(next(cursor));
    phx_cursor_close(cursor);
    eq_int(phx_store_annotation_names(place.store, 4, p, 0, &cursor, NULL),
           PHX_MISUSE);
    delete_one(place.store, PHX_PROJECT, p);
    succeeds(phx_store_annotation_names(place.store, PHX_DOCUMENT_ANNOTATION, p,
                                        0, &cursor, err));
    assert_null(next(cursor));
    phx_cursor_close(cursor);
    place_remove(&place);
}

TEST(misuse_of_a_vocabulary_is_told)
{
    phx_cursor *cursor = NULL;
    const phx_word *word;
    struct place place;

    UNUSED_STATE;
    eq_int(phx_filter_vocabulary(3, NULL, 0, 0, &cursor, NULL), PHX_MISUSE);
    eq_int(phx_filter_vocabulary(0, NULL, 0, 0, NULL, NULL), PHX_MISUSE);
    eq_int(phx_cursor_next_word(NULL, &word, NULL), PHX_MISUSE);
    place_make(&place);
    place_open(&place, 0);
    succeeds(phx_store_find_traces(place.store, NULL, &cursor, err));
    eq_int(phx_cursor_next_word(cursor, &word, NULL), PHX_MISUSE);
    phx_cursor_close(cursor);
    place_remove(&place);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_condition_is_checked_and_printed),
        cmocka_unit_test(a_wrong_condition_is_told_with_its_byte),
        cmocka_unit_test(every_word_stands_in_a_condition),
        cmocka_unit_test(attributes_that_there_are_are_told),
        cmocka_unit_test(attributes_are_those_of_the_last_blocks),
        cmocka_unit_test(names_of_annotations_are_told),
        cmocka_unit_test(names_of_a_kind_are_listed),
        cmocka_unit_test(misuse_of_a_vocabulary_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

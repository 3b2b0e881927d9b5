/*
 * store_search_test.c - spans and traces by words: which texts are searched,
 * what a search means, where the words are said to be, and that pages have
 * each span once, whatever is filtered, young, compacted, outgrown or deleted.
 */
#include "t.h"

#include "contract/logged.h"

static struct place place;

static void set_up(void)
{
    place_make(&place);
    place_open(&place, PHX_OPEN_NO_COMPACT);
}

/* A span; members are more members of OTLP/JSON, with a comma behind each. */
static void put(const char *trace, const char *span, const char *name,
                const char *members, const char *attributes)
{
    struct request request = {0};
    phx_ingest_report report;

    request_print(&request,
                  "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{"
                  "\"traceId\":\"%s\",\"spanId\":\"%s\",\"name\":\"%s\",%s"
                  "\"attributes\":[%s]}]}]}]}",
                  trace, span, name, members, attributes);
    succeeds(phx_store_ingest(place.store, NULL, PHX_OTLP_JSON, request.text,
                              request.size, &report, err));
    eq_int(report.accepted, 1);
    free(request.text);
}

#define TEXT(key, value)                                                       \
    "{\"key\":\"" key "\",\"value\":{\"stringValue\":\"" value "\"}}"
#define LONG_TAIL                                                              \
    ", and so on until the text is long enough to be kept among the long ones"

static phx_text text(const char *chars)
{
    return (phx_text){chars, strlen(chars)};
}

static phx_span_query query_of(const char *search)
{
    phx_span_query query = PHX_SPAN_QUERY_INIT;

    query.search = text(search);
    return query;
}

#define eq_found(search, expected)                                             \
    do {                                                                       \
        phx_span_query t_query = query_of(search);                             \
        eq_spans(place.store, &t_query, expected);                             \
    } while (0)

/* --- what is searched ------------------------------------------------------------ */

#define MESSAGE "llm.input_messages.0.message."
#define PART MESSAGE "contents.0.message_content."
#define CALL MESSAGE "tool_calls.0.tool_call."
#define AND ","

static void fill(int part)
{
    static const struct {
        const char *id, *name, *members, *attributes;
    } rows[] = {
        {"a1", "Agent run", "", TEXT("metadata", "hidden words")},
        {"a2", "step", "\"status\":{\"code\":2,\"message\":\"Timed OUT\"},",
         TEXT("input.value", "Where is Paris?")
             AND TEXT("output.value", "In France" LONG_TAIL)},
        {"a3", "step", "",
         TEXT(MESSAGE "content", "a question" LONG_TAIL)
             AND TEXT(MESSAGE "role", "user") AND TEXT("input.value", "Lyon")},
        {"a4", "step", "",
         TEXT(PART "text", "look at this") AND TEXT(PART "type", "texttype")},
        {"a5", "call", "",
         TEXT(CALL "function.name", "find_city")
             AND TEXT(CALL "function.arguments", "{\\\"city\\\": \\\"Rome\\\"}")
                 AND TEXT(CALL "id", "call_77")},
        {"a6", "step", "",
         "{\"key\":\"llm.output_messages.0.message.content\",\"value\":"
         "{\"arrayValue\":{\"values\":[{\"stringValue\":\"listed\"}]}}}"},
        {"a7", "\xC3\x89t\xC3\xA9 \xE6\x9D\xB1\xE4\xBA\xAC", "", ""},
    };
    enum { COUNT = sizeof rows / sizeof *rows };

    for (int i = 0; i < COUNT; i++) {
        if (i == COUNT - part)
            compact_all(place.store);
        put(i < 3 ? "01" : "02", rows[i].id, rows[i].name, rows[i].members,
            rows[i].attributes);
    }
    if (part == 0)
        compact_all(place.store);
}

static void check_searches(void)
{
    eq_found("agent", "a1 ");
    eq_found("PARIS", "a2 ");
    eq_found("france", "a2 ");
    eq_found("\"timed out\"", "a2 ");
    eq_found("question", "a3 ");
    eq_found("look", "a4 ");
    eq_found("find_CITY", "a5 ");
    eq_found("rome", "a5 ");
    eq_found("listed", "a6 ");
    eq_found("hidden", "");
    eq_found("user", "");
    eq_found("texttype", "");
    eq_found("call_77", "");
    eq_found("\xC3\xA9T\xC3\x89", "a7 ");
    eq_found("\xE6\x9D\xB1", "a7 ");
    /* All words, each in any text; a part of a word is found, too. */
    eq_found("step", "a6 a4 a3 a2 ");
    eq_found("step lyon question", "a3 ");
    eq_found("step rome", "");
    eq_found("par", "a2 ");
    eq_found("\"until the text\"", "a3 a2 ");
    eq_found("the until", "a3 a2 ");
    eq_found("\"the until\"", "");
    eq_found(" \"long enough", "a3 a2 ");
    eq_found("\"\\\"city\\\": \\\"rome\\\"\"", "a5 ");
    eq_found("a \"\" agent", "a1 ");
}

TEST(words_are_found_in_names_inputs_outputs_and_messages)
{
    UNUSED_STATE;
    for (int part = 0; part <= 7; part++) {
        set_up();
        fill(part);
        check_searches();
        place_reopen(&place, PHX_OPEN_READ_ONLY);
        check_searches();
        place_remove(&place);
    }
}

TEST(a_search_narrows_a_query)
{
    phx_span_query query = query_of("step");
    const phx_text trace = {"01", 2};

    UNUSED_STATE;
    set_up();
    fill(3);
    query.trace_ids = &trace;
    query.trace_id_count = 1;
    eq_spans(place.store, &query, "a3 a2 ");
    query.statuses = 1u << PHX_SPAN_ERROR;
    eq_spans(place.store, &query, "a2 ");
    query = query_of("step");
    query.limit = 2;
    eq_spans(place.store, &query, "a6 a4 ");
    query.order = PHX_OLDEST_FIRST;
    eq_spans(place.store, &query, "a2 a3 ");
    query.from = span_of(&place, "a3");
    query.until = span_of(&place, "a4");
    query.limit = 0;
    eq_spans(place.store, &query, "a3 a4 ");
    query.order = PHX_NEWEST_FIRST;
    query.from = span_of(&place, "a4");
    query.until = span_of(&place, "a3");
    eq_spans(place.store, &query, "a4 a3 ");
    query.search = (phx_text){NULL, 0};
    eq_spans(place.store, &query, "a4 a3 ");
    delete_one(place.store, PHX_SPAN, span_of(&place, "a4"));
    eq_found("step", "a6 a3 a2 ");
    delete_one(place.store, PHX_TRACE, trace_of(&place, "01"));
    eq_found("step", "a6 ");
    place_remove(&place);
}

TEST(a_search_and_a_filter_both_hold)
{
    phx_span_query query = query_of("step");
    phx_trace_query traces = PHX_TRACE_QUERY_INIT;

    UNUSED_STATE;
    set_up();
    fill(3);
    query.filter = text("status_code == 'ERROR' or span_id == 'a6'");
    eq_spans(place.store, &query, "a6 a2 ");
    query.search = text("step paris");
    eq_spans(place.store, &query, "a2 ");
    query.search = text("agent");
    eq_spans(place.store, &query, "");
    traces.search = text("step");
    traces.sort = PHX_BY_NUMBER;
    traces.order = PHX_OLDEST_FIRST;
    eq_traces(place.store, &traces, "01 02 ");
    traces.filter = text("error_count > 0");
    eq_traces(place.store, &traces, "01 ");
    traces.search = text("rome");
    eq_traces(place.store, &traces, "");
    place_remove(&place);
}

/* What does not become columns is searched, too: messages past the 3,000
 * columns of a span, and keys longer than a column's. */
TEST(packed_messages_are_searched)
{
    struct request request = {0};
    char key[1400];

    UNUSED_STATE;
    set_up();
    for (int i = 0; i < 1600; i++)
        request_print(&request,
                      "%s{\"key\":\"llm.input_messages.%d.message.content\","
                      "\"value\":{\"stringValue\":\"word%d.\"}},"
                      "{\"key\":\"llm.input_messages.%d.message.role\","
                      "\"value\":{\"stringValue\":\"role%d.\"}}",
                      i ? "," : "", i, i, i, i);
    put("01", "a1", "step", "", request.text);
    free(request.text);
    memset(key, 'k', sizeof key);
    request = (struct request){0};
    request_print(&request,
                  "{\"key\":\"input.value.%.*s\",\"value\":{\"stringValue\":"
                  "\"deep\"}}",
                  (int)sizeof key, key);
    put("01", "a2", "step", "", request.text);
    free(request.text);
    for (int i = 0; i < 2; i++) {
        eq_found("word0.", "a1 ");
        eq_found("word1599.", "a1 ");
        eq_found("word3 word1500.", "a1 ");
        eq_found("role1599.", "");
        eq_found("word1600.", "");
        eq_found("deep", "a2 ");
        compact_all(place.store);
    }
    place_remove(&place);
}

/* --- where it is ------------------------------------------------------------------ */

/* "path@offset+size [before|word|after]" of the only span. */
static const char *match_of(const char *search)
{
    static char out[1024];
    phx_span_query query = query_of(search);
    phx_cursor *cursor = NULL;
    const phx_span *span;

    succeeds(phx_store_find_spans(place.store, &query, &cursor, err));
    succeeds(phx_cursor_next_span(cursor, &span, err));
    const phx_match *match = span->match;
    const char *word = match->snippet.data + match->mark;
    snprintf(out, sizeof out, "%s@%d+%d [%.*s|%.*s|%s]", match->path.data,
             (int)match->offset, (int)match->size, (int)match->mark,
             match->snippet.data, (int)match->size, word, word + match->size);
    phx_cursor_close(cursor);
    return out;
}

TEST(a_match_says_where_the_first_word_is)
{
    UNUSED_STATE;
    for (int i = 0; i < 2; i++) {
        set_up();
        put("01", "a1", "run", "\"status\":{\"code\":2,\"message\":\"Gone\"},",
            TEXT("input.value",
                 "x\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9"
                 "\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9"
                 "\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9"
                 "\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9"
                 "\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9! ZEBRA!"
                 "\xE6\x9D\xB1\xE6\x9D\xB1\xE6\x9D\xB1\xE6\x9D\xB1\xE6\x9D\xB1"
                 "\xE6\x9D\xB1\xE6\x9D\xB1\xE6\x9D\xB1\xE6\x9D\xB1\xE6\x9D\xB1"
                 "\xE6\x9D\xB1\xE6\x9D\xB1\xE6\x9D\xB1\xE6\x9D\xB1\xE6\x9D\xB1"
                 "\xE6\x9D\xB1\xE6\x9D\xB1\xE6\x9D\xB1\xE6\x9D\xB1\xE6\x9D\xB1"
                 "\xE6\x9D\xB1\xE6\x9D\xB1")
                AND TEXT(MESSAGE "content", "zebra? No, a gnu"));
        if (i == 1)
            compact_all(place.store);
        eq_string(match_of("RU"), "name@0+2 [|ru|n]");
        eq_string(match_of("gone"), "status_message@0+4 [|Gone|]");
        eq_string(match_of("gnu zebra"),
                  "llm.input_messages[0].message.content@13+3 "
                  "[zebra? No, a |gnu|]");
        eq_string(match_of("zebra"),
                  "input.value@67+5 ["
                  "\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9"
                  "\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9"
                  "\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9"
                  "\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9"
                  "\xC3\xA9\xC3\xA9\xC3\xA9! |ZEBRA|!"
                  "\xE6\x9D\xB1\xE6\x9D\xB1\xE6\x9D\xB1\xE6\x9D\xB1\xE6\x9D\xB1"
                  "\xE6\x9D\xB1\xE6\x9D\xB1\xE6\x9D\xB1\xE6\x9D\xB1\xE6\x9D\xB1"
                  "\xE6\x9D\xB1\xE6\x9D\xB1\xE6\x9D\xB1\xE6\x9D\xB1\xE6\x9D\xB1"
                  "\xE6\x9D\xB1\xE6\x9D\xB1\xE6\x9D\xB1\xE6\x9D\xB1\xE6\x9D\xB1"
                  "\xE6\x9D\xB1]");
        place_remove(&place);
    }
}

/* The rows of a span that was written again for its records, old and new. */
static void check_grown(const char *spans, const char *trace)
{
    phx_trace_query traces = PHX_TRACE_QUERY_INIT;
    phx_span_query query = query_of("because chat");

    eq_found("chat", spans);
    query.filter = text("'why?' in llm.input_messages");
    eq_spans(place.store, &query, *trace ? "a1 " : "");
    traces.search = text("why?");
    eq_traces(place.store, &traces, trace);
    traces.filter = text("num_spans == 2");
    eq_traces(place.store, &traces, trace);
}

TEST(outgrown_and_deleted_rows_are_not_found)
{
    struct logged question = {
        "0a", "a1", "gen_ai.user.message", 1, CONTENT("why?"), NULL};
    struct logged answer = {
        "0a", "a1", "gen_ai.assistant.message", 2, CONTENT("because"), NULL};

    UNUSED_STATE;
    for (int i = 0; i < 3; i++) {
        set_up();
        put("0a", "a1", "chat", "", "");
        put("0a", "a2", "chat", "", "");
        compact_all(place.store);
        send_log(&place, &question);
        eq_found("because", "");
        send_log(&place, &answer);
        ok(count_rows(&place, "outgrown") > 0);
        eq_string(match_of("why?"),
                  "llm.input_messages[0].message.content@0+4 [|why?|]");
        check_grown("a2 a1 ", "0a ");
        if (i == 1)
            compact_all(place.store);
        if (i == 2)
            place_reopen(&place, PHX_OPEN_NO_COMPACT);
        check_grown("a2 a1 ", "0a ");
        delete_one(place.store, PHX_SPAN, span_of(&place, "a1"));
        check_grown("a2 ", "");
        send_to(place.store, "p", &(struct sent){"0b", "b1", .name = "chat"});
        delete_one(place.store, PHX_TRACE, trace_of(&place, "0a"));
        check_grown("b1 ", "");
        delete_one(place.store, PHX_PROJECT,
                   number_of(place.store, PHX_PROJECT, "p"));
        check_grown("", "");
        compact_all(place.store);
        check_grown("", "");
        place_remove(&place);
    }
}

/* --- what is refused ---------------------------------------------------------------- */

static void refused(phx_text search, phx_status status, int64_t offset,
                    const char *part)
{
    phx_span_query query = PHX_SPAN_QUERY_INIT;
    phx_trace_query traces = PHX_TRACE_QUERY_INIT;
    phx_cursor *cursor = NULL;
    phx_error why = {0};

    query.search = traces.search = search;
    eq_int(phx_search_check(search.data, search.size, &why), status);
    eq_int(why.offset, offset);
    ok(strstr(why.message, part) != NULL);
    eq_int(phx_store_find_spans(place.store, &query, &cursor, &why), status);
    eq_int(why.offset, offset);
    eq_int(phx_store_find_traces(place.store, &traces, &cursor, &why), status);
    eq_int(why.offset, offset);
}

#define REFUSED(text, ...)                                                     \
    refused((phx_text){text, sizeof text - 1}, __VA_ARGS__)

TEST(bad_searches_are_refused_with_their_bound)
{
    static char large[1 << 20];
    phx_span_query query = PHX_SPAN_QUERY_INIT;
    phx_cursor *cursor = NULL;

    UNUSED_STATE;
    set_up();
    REFUSED("", PHX_INVALID, 0, "no word");
    REFUSED(" \t\xE3\x80\x80 ", PHX_INVALID, 0, "no word");
    REFUSED("\"\" \"", PHX_INVALID, 0, "no word");
    REFUSED("ab\0c", PHX_INVALID, 2, "NUL");
    REFUSED("ab\xFF", PHX_INVALID, 2, "not UTF-8");
    REFUSED("a b c d e f g h i j k l m n o p q", PHX_TOO_BIG, -1, "16 words");
    memset(large, 'a', sizeof large);
    refused((phx_text){large, sizeof large}, PHX_TOO_BIG, -1,
            "1048576 bytes, limit is 1024");
    succeeds(phx_search_check(large, 1024, err));
    succeeds(phx_search_check("a b c d e f g h i j k l m n o p", 31, err));
    fails_with(PHX_MISUSE, "", phx_search_check(NULL, 0, err));
    query.search = (phx_text){NULL, 1};
    fails_with(PHX_MISUSE, "",
               phx_store_find_spans(place.store, &query, &cursor, err));
    place_remove(&place);
}

/* --- it ends when it is told to ---------------------------------------------------- */

static int32_t stop_later(void *ctx)
{
    return --*(int *)ctx < 0;
}

static int32_t interrupt(void *ctx)
{
    (void)ctx;
    phx_store_interrupt(place.store);
    return 0;
}

static void check_stopped_spans(phx_span_query query)
{
    phx_cursor *cursor = NULL;
    const phx_span *span;
    int turns = 2;

    query.stop = stop_later;
    query.stop_ctx = &turns;
    succeeds(phx_store_find_spans(place.store, &query, &cursor, err));
    fails_with(PHX_INTERRUPTED, "stopped",
               phx_cursor_next_span(cursor, &span, err));
    turns = 100; /* the same page again, all of it */
    eq_int(phx_cursor_next_span(cursor, &span, NULL), PHX_DONE);
    phx_cursor_close(cursor);
    query.stop = interrupt;
    succeeds(phx_store_find_spans(place.store, &query, &cursor, err));
    fails_with(PHX_INTERRUPTED, "", phx_cursor_next_span(cursor, &span, err));
    phx_cursor_close(cursor);
}

static void check_stopped_traces(phx_trace_query query)
{
    phx_cursor *cursor = NULL;
    int turns = 2;

    query.stop = stop_later;
    query.stop_ctx = &turns;
    fails_with(PHX_INTERRUPTED, "stopped",
               phx_store_find_traces(place.store, &query, &cursor, err));
    turns = 100;
    eq_traces(place.store, &query, "");
}

TEST(searches_and_filters_end_when_they_are_told_to)
{
    phx_span_query spans = query_of("not there");
    phx_trace_query traces = PHX_TRACE_QUERY_INIT;
    phx_session_query sessions = PHX_SESSION_QUERY_INIT;
    phx_cursor *cursor = NULL;
    int turns = 0;

    UNUSED_STATE;
    set_up();
    fill(7);
    check_stopped_spans(spans);
    traces.search = spans.search;
    check_stopped_traces(traces);
    spans.search = traces.search = (phx_text){NULL, 0};
    spans.filter = text("name == 'not there'");
    check_stopped_spans(spans);
    traces.filter = text("'not there' in input");
    check_stopped_traces(traces);
    send_to(place.store, NULL, &(struct sent){"03", "a8", .session = "s"});
    sessions.filter = text("'not there' in any_input");
    sessions.stop = stop_later;
    sessions.stop_ctx = &turns;
    fails_with(PHX_INTERRUPTED, "stopped",
               phx_store_find_sessions(place.store, &sessions, &cursor, err));
    place_remove(&place);
}

/* --- random spans against a search that is too simple to be wrong ------------------- */

enum { SPANS = 90, TRACES = 24 };

static const char *const words[] = {"alpha", "BETA", "gamma", "Delta",
                                    "eps",   "zeta", "theta", "iota"};
enum { WORDS = sizeof words / sizeof *words };

static struct {
    int trace; /* 0: deleted */
    const char *name;
    uint32_t words; /* a bit each */
    uint64_t start;
} made[SPANS];

static uint32_t chance = 7;

static int dice(int sides)
{
    chance = chance * 1664525 + 1013904223;
    return (int)(chance >> 8) % sides;
}

static void make_span(int i)
{
    char trace[8], id[8], members[64];
    struct request texts = {0};

    made[i].trace = 1 + dice(TRACES);
    made[i].name = dice(2) ? "step" : "call";
    made[i].start = (uint64_t)(made[i].trace * 1000 + dice(3000));
    for (int j = 0; j < 3; j++) {
        int count = dice(4) ? 1 + dice(2) : 20;
        request_print(&texts, "%s{\"key\":\"%s\",\"value\":{\"stringValue\":\"",
                      j ? "," : "",
                      j == 0   ? "input.value"
                      : j == 1 ? "output.value"
                               : MESSAGE "content");
        for (int k = 0; k < count; k++) {
            int word = dice(dice(3) ? 3 : WORDS);
            made[i].words |= 1u << word;
            request_print(&texts, "%s ", words[word]);
        }
        request_print(&texts, "\"}}");
    }
    snprintf(trace, sizeof trace, "%04x", made[i].trace);
    snprintf(id, sizeof id, "%04x", i + 1);
    snprintf(members, sizeof members,
             "\"startTimeUnixNano\":\"%d\",\"endTimeUnixNano\":\"%d\",",
             (int)made[i].start, (int)made[i].start + dice(5000));
    put(trace, id, made[i].name, members, texts.text);
    free(texts.text);
}

static void search_of(uint32_t wanted, char out[128])
{
    size_t used = 0;

    for (int i = 0; i < WORDS; i++) {
        if (wanted >> i & 1)
            used += (size_t)snprintf(out + used, 128 - used, "%s ", words[i]);
    }
}

static int has_words(int i, uint32_t wanted)
{
    return made[i].trace != 0 && (made[i].words & wanted) == wanted;
}

/* Pages of so many, by numbers of the page before; of calls, or of all. */
static void check_span_pages(uint32_t wanted, int32_t order, int calls)
{
    char expected[1024] = "", got[1024] = "", search[128];
    size_t used = 0;
    phx_span_query query;
    const phx_span *span;
    phx_cursor *cursor = NULL;

    for (int i = 0; i < SPANS; i++) {
        int at = order == PHX_OLDEST_FIRST ? i : SPANS - 1 - i;
        if (has_words(at, wanted) && (!calls || *made[at].name == 'c'))
            used += (size_t)snprintf(expected + used, sizeof expected - used,
                                     "%04x ", at + 1);
    }
    search_of(wanted, search);
    query = query_of(search);
    query.filter = text(calls ? "name == 'call'" : "");
    query.order = order;
    query.limit = 1 + dice(12);
    used = 0;
    do {
        int count = 0;
        succeeds(phx_store_find_spans(place.store, &query, &cursor, err));
        while (phx_cursor_next_span(cursor, &span, NULL) == PHX_OK) {
            used += (size_t)snprintf(got + used, sizeof got - used, "%s ",
                                     span->span_id.data);
            query.from = span->id + (order == PHX_OLDEST_FIRST ? 1 : -1);
            ok(span->match != NULL && span->match->path.size > 0);
            count++;
        }
        phx_cursor_close(cursor);
        if (count < query.limit)
            break;
    } while (query.from > 0);
    eq_string(got, expected);
}

static int trace_has(int trace, uint32_t wanted)
{
    for (int i = 0; i < SPANS; i++) {
        if (made[i].trace == trace && has_words(i, wanted))
            return 1;
    }
    return 0;
}

/* All traces of a query, page by page: the row behind one begins the next. */
static void page_traces(phx_trace_query query, char *out, size_t size)
{
    const phx_trace *trace;
    phx_cursor *cursor = NULL;
    int64_t left, page = 1 + dice(5);
    size_t used = 0;

    query.limit = page + 1;
    out[0] = '\0';
    do {
        left = page;
        succeeds(phx_store_find_traces(place.store, &query, &cursor, err));
        while (phx_cursor_next_trace(cursor, &trace, NULL) == PHX_OK) {
            query.from = query.sort == PHX_BY_NUMBER ? trace->id : 0;
            query.place = query.sort == PHX_BY_NUMBER ? 0 : trace->id;
            query.place_start = trace->start_time;
            query.place_end = trace->end_time;
            if (left-- > 0)
                used += (size_t)snprintf(out + used, size - used, "%s ",
                                         trace->trace_id.data);
        }
        phx_cursor_close(cursor);
    } while (left < 0);
}

/* The same traces in the same order as without a search, but for those that
 * lack the words. */
static void check_traces(uint32_t wanted, int32_t sort, int32_t order,
                         const char *filter)
{
    phx_trace_query query = PHX_TRACE_QUERY_INIT;
    char expected[1024] = "", search[128], got[1024];
    phx_cursor *cursor = NULL;
    const phx_trace *trace;
    size_t used = 0;

    query.sort = sort;
    query.order = order;
    query.filter = text(filter);
    succeeds(phx_store_find_traces(place.store, &query, &cursor, err));
    while (phx_cursor_next_trace(cursor, &trace, NULL) == PHX_OK) {
        if (trace_has((int)strtol(trace->trace_id.data, NULL, 16), wanted))
            used += (size_t)snprintf(expected + used, sizeof expected - used,
                                     "%s ", trace->trace_id.data);
    }
    phx_cursor_close(cursor);
    search_of(wanted, search);
    query.search = text(search);
    eq_traces(place.store, &query, expected);
    page_traces(query, got, sizeof got);
    eq_string(got, expected);
}

static void check_random(void)
{
    for (int i = 0; i < 12; i++) {
        uint32_t wanted = 1u << dice(WORDS);
        if (dice(2))
            wanted |= 1u << dice(WORDS);
        check_span_pages(wanted, i % 2, i / 2 % 2);
        check_traces(wanted, i % 3, i / 3 % 2,
                     i % 4 == 0 ? "num_spans > 3" : "");
    }
}

TEST(random_spans_are_found_once_each)
{
    UNUSED_STATE;
    for (int run = 0; run < 3; run++) {
        set_up();
        memset(made, 0, sizeof made);
        for (int i = 0; i < SPANS; i++) {
            make_span(i);
            if (i == SPANS / 3 || i == SPANS / 2)
                compact_all(place.store);
        }
        check_random();
        for (int i = 0; i < 10; i++) {
            int gone = dice(SPANS);
            char id[8];
            snprintf(id, sizeof id, "%04x", gone + 1);
            if (made[gone].trace != 0)
                delete_one(place.store, PHX_SPAN, span_of(&place, id));
            made[gone].trace = 0;
        }
        check_random();
        compact_all(place.store);
        check_random();
        verify_clean(place.store);
        place_remove(&place);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_found_in_names_inputs_outputs_and_messages),
        cmocka_unit_test(a_search_narrows_a_query),
        cmocka_unit_test(a_search_and_a_filter_both_hold),
        cmocka_unit_test(packed_messages_are_searched),
        cmocka_unit_test(a_match_says_where_the_first_word_is),
        cmocka_unit_test(outgrown_and_deleted_rows_are_not_found),
        cmocka_unit_test(bad_searches_are_refused_with_their_bound),
        cmocka_unit_test(searches_and_filters_end_when_they_are_told_to),
        cmocka_unit_test(random_spans_are_found_once_each),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

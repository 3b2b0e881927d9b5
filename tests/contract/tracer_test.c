/*
 * tracer_test.c - a program that traces itself: what it starts and ends is in
 * the store with the meaning that the same spans have as OTLP; what goes wrong
 * is told, and loses nothing that was not told of.
 */
#include "t.h"

#include "contract/stored.h"
#include "phoenix_openinference.h"

#include <pthread.h>

struct traced {
    struct place place;
    phx_tracer *tracer;
};

static void traced_open(struct traced *traced, size_t waiting)
{
    phx_tracer_options options = PHX_TRACER_OPTIONS_INIT;

    place_make(&traced->place);
    place_open(&traced->place, PHX_OPEN_NO_COMPACT);
    options.project = "mine";
    options.service = "a program";
    options.scope = "hand";
    options.scope_version = "1";
    options.waiting = waiting;
    succeeds(
        phx_tracer_open(traced->place.store, &options, &traced->tracer, err));
}

static void traced_close(struct traced *traced)
{
    phx_tracer_close(traced->tracer);
    verify_clean(traced->place.store);
    place_remove(&traced->place);
}

static phx_live_span *start(struct traced *traced, const char *name,
                            const phx_live_span *parent)
{
    phx_live_span *span = NULL;

    succeeds(phx_span_start(traced->tracer, name, parent, &span, err));
    return span;
}

static void end(phx_live_span *span)
{
    succeeds(phx_span_end(span, 0, err));
}

static int64_t stored(struct traced *traced)
{
    return stats_of(traced->place.store).spans;
}

/* The only span of the store, or that of a name; its cursor is left open. */
static const phx_span *find(phx_store *store, const char *name,
                            phx_cursor **cursor)
{
    phx_span_query query = PHX_SPAN_QUERY_INIT;
    phx_text wanted = {name, name ? strlen(name) : 0};
    const phx_span *span = NULL;

    query.names = &wanted;
    query.name_count = name != NULL;
    succeeds(phx_store_find_spans(store, &query, cursor, err));
    succeeds(phx_cursor_next_span(*cursor, &span, err));
    assert_non_null(span);
    return span;
}

/* --- what comes in ------------------------------------------------------------- */

static void describe(phx_live_span *span)
{
    static const char metadata[] = "{\"a\": [1, {\"b\": null}]}";
    static const char list[] = "[1, 2.5, \"x\", {\"y\": true}]";
    static const char event[] = "{\"k\": 1, \"l\": [\"m\"]}";

    succeeds(phx_span_set_kind(span, "llm", err));
    succeeds(phx_span_set_text(span, PHX_LLM_MODEL_NAME, "old", 3, err));
    succeeds(phx_span_set_text(span, PHX_LLM_MODEL_NAME, "gpt-4o", 6, err));
    succeeds(phx_span_set_text(span, PHX_SESSION_ID, "s1", 2, err));
    succeeds(phx_span_set_text(span, "metadata", metadata, sizeof metadata - 1,
                               err));
    succeeds(phx_span_set_text(span, "empty", NULL, 0, err));
    succeeds(phx_span_set_int(span, PHX_LLM_TOKEN_COUNT_PROMPT, 7, err));
    succeeds(phx_span_set_real(span, "share", 0.5, err));
    succeeds(phx_span_set_bool(span, "stream", 2, err));
    succeeds(phx_span_set_json(span, "list", list, sizeof list - 1, err));
    succeeds(phx_span_set_int(span, "gone", 1, err));
    succeeds(phx_span_set_json(span, "gone", "null", 4, err));
    succeeds(
        phx_span_add_message(span, PHX_INPUT_MESSAGES, "user", "hi", 2, err));
    succeeds(phx_span_add_message(span, PHX_INPUT_MESSAGES, "user", "there", 5,
                                  err));
    succeeds(phx_span_add_message(span, PHX_OUTPUT_MESSAGES, "assistant", "yo",
                                  2, err));
    succeeds(phx_span_add_event(span, "said", event, sizeof event - 1, err));
    succeeds(phx_span_add_event(span, "bare", NULL, 0, err));
    succeeds(phx_span_record_exception(span, "Oops", NULL, "at line 1", err));
    succeeds(phx_span_set_status(span, PHX_SPAN_ERROR, "broke", err));
}

/* The same span as OTLP/JSON, with the ids and times that it got. */
static const char SAME[] =
    "{\"resourceSpans\":[{\"resource\":{\"attributes\":["
    "{\"key\":\"service.name\",\"value\":{\"stringValue\":\"a program\"}},"
    "{\"key\":\"openinference.project.name\",\"value\":{\"stringValue\":"
    "\"mine\"}}]},\"scopeSpans\":[{\"scope\":{\"name\":\"hand\",\"version\":"
    "\"1\"},\"spans\":[{\"traceId\":\"%s\",\"spanId\":\"%s\",\"name\":\"one\","
    "\"kind\":1,\"flags\":257,\"startTimeUnixNano\":\"%" PRIu64 "\","
    "\"endTimeUnixNano\":\"%" PRIu64 "\",\"status\":{\"code\":2,\"message\":"
    "\"broke\"},\"attributes\":["
    "{\"key\":\"openinference.span.kind\",\"value\":{\"stringValue\":\"LLM\"}},"
    "{\"key\":\"llm.model_name\",\"value\":{\"stringValue\":\"gpt-4o\"}},"
    "{\"key\":\"session.id\",\"value\":{\"stringValue\":\"s1\"}},"
    "{\"key\":\"metadata\",\"value\":{\"stringValue\":"
    "\"{\\\"a\\\": [1, {\\\"b\\\": null}]}\"}},"
    "{\"key\":\"empty\",\"value\":{\"stringValue\":\"\"}},"
    "{\"key\":\"llm.token_count.prompt\",\"value\":{\"intValue\":\"7\"}},"
    "{\"key\":\"share\",\"value\":{\"doubleValue\":0.5}},"
    "{\"key\":\"stream\",\"value\":{\"boolValue\":true}},"
    "{\"key\":\"list\",\"value\":{\"arrayValue\":{\"values\":["
    "{\"intValue\":\"1\"},{\"doubleValue\":2.5},{\"stringValue\":\"x\"},"
    "{\"kvlistValue\":{\"values\":[{\"key\":\"y\",\"value\":{\"boolValue\":"
    "true}}]}}]}}},"
    "{\"key\":\"llm.input_messages.0.message.role\",\"value\":{\"stringValue\":"
    "\"user\"}},"
    "{\"key\":\"llm.input_messages.0.message.content\",\"value\":"
    "{\"stringValue\":\"hi\"}},"
    "{\"key\":\"llm.input_messages.1.message.role\",\"value\":{\"stringValue\":"
    "\"user\"}},"
    "{\"key\":\"llm.input_messages.1.message.content\",\"value\":"
    "{\"stringValue\":\"there\"}},"
    "{\"key\":\"llm.output_messages.0.message.role\",\"value\":"
    "{\"stringValue\":\"assistant\"}},"
    "{\"key\":\"llm.output_messages.0.message.content\",\"value\":"
    "{\"stringValue\":\"yo\"}}]}]}]}]}";

static void eq_texts(phx_text a, phx_text b)
{
    if (a.size != b.size || (a.size > 0 && memcmp(a.data, b.data, a.size) != 0))
        wrong("'%.*s' is not '%.*s'", (int)a.size, a.data, (int)b.size, b.data);
}

TEST(a_traced_span_is_what_it_is_as_otlp)
{
    char text[4096];
    struct traced traced;
    phx_cursor *mine, *its;
    phx_store *other;

    UNUSED_STATE;
    traced_open(&traced, 0);
    phx_live_span *live = start(&traced, "one", NULL);
    describe(live);
    end(live);
    const phx_span *span = find(traced.place.store, NULL, &mine);
    snprintf(text, sizeof text, SAME, span->trace_id.data, span->span_id.data,
             span->start_time, span->end_time);
    succeeds(phx_store_open("sqlite::memory:", NULL, &other, err));
    succeeds(phx_store_ingest(other, NULL, PHX_OTLP_JSON, text, strlen(text),
                              NULL, err));
    const phx_span *same = find(other, NULL, &its);
    eq_texts(span->attributes, same->attributes);
    eq_texts(span->kind, same->kind);
    eq_texts(span->session_id, same->session_id);
    eq_texts(span->project, same->project);
    eq_texts(span->status_message, same->status_message);
    eq_texts(span->trace_id, same->trace_id);
    eq_int(span->status, same->status);
    eq_int(span->flags, same->flags);
    eq_int(span->prompt_tokens, same->prompt_tokens);
    eq_int(span->completion_tokens, same->completion_tokens);
    ok(span->start_time <= span->end_time);
    ok(span->parent_id.data == NULL);
    ok(strstr(span->events.data, "\"name\":\"said\"") != NULL);
    ok(strstr(span->events.data, "\"attributes\":{\"k\":1,\"l\":[\"m\"]}"));
    ok(strstr(span->events.data, "\"attributes\":{\"exception.type\":\"Oops\","
                                 "\"exception.stacktrace\":\"at line 1\","
                                 "\"exception.message\":\"\"}") != NULL);
    phx_cursor_close(mine);
    phx_cursor_close(its);
    phx_store_close(other);
    traced_close(&traced);
}

/* Links, scope and resource are seen when the span goes out as OTLP. */
TEST(a_traced_span_goes_out_whole)
{
    struct traced traced;
    phx_buf out = PHX_BUF_INIT;
    phx_cursor *cursor;

    UNUSED_STATE;
    traced_open(&traced, 0);
    phx_live_span *live = start(&traced, "one", NULL);
    succeeds(phx_span_add_link(
        live, "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "{\"why\": 1}", 10, err));
    end(live);
    succeeds(phx_store_find_spans(traced.place.store, NULL, &cursor, err));
    succeeds(phx_cursor_next_otlp(cursor, PHX_OTLP_JSON, 1, &out, err));
    ok(strstr(out.data, "\"traceId\":\"4bf92f3577b34da6a3ce929d0e0e4736\""));
    ok(strstr(out.data, "\"why\""));
    ok(strstr(out.data, "\"name\":\"hand\",\"version\":\"1\""));
    ok(strstr(out.data, "\"stringValue\":\"a program\""));
    phx_buf_free(&out);
    phx_cursor_close(cursor);
    traced_close(&traced);
}

/* --- traces -------------------------------------------------------------------- */

TEST(children_are_of_their_parents_trace)
{
    struct traced traced;
    char parent_id[32], trace_id[64];
    phx_cursor *cursor;

    UNUSED_STATE;
    traced_open(&traced, 0);
    phx_live_span *root = start(&traced, "root", NULL);
    phx_live_span *child = start(&traced, "child", root);
    eq_int(strlen(phx_span_traceparent(child)), 55);
    eq_string(phx_span_tracestate(child), "");
    ok(strncmp(phx_span_traceparent(root), phx_span_traceparent(child), 36) ==
       0);
    end(child);
    eq_int(stored(&traced), 0);
    end(root);
    eq_int(stored(&traced), 2);
    const phx_span *span = find(traced.place.store, "root", &cursor);
    uint64_t started = span->start_time;
    snprintf(parent_id, sizeof parent_id, "%s", span->span_id.data);
    snprintf(trace_id, sizeof trace_id, "%s", span->trace_id.data);
    phx_cursor_close(cursor);
    span = find(traced.place.store, "child", &cursor);
    eq_text(span->parent_id, parent_id);
    eq_text(span->trace_id, trace_id);
    ok(span->start_time >= started);
    phx_cursor_close(cursor);
    traced_close(&traced);
}

TEST(a_remote_parent_is_taken_and_told_on)
{
    static const char above[] =
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    struct traced traced;
    phx_live_span *live, *below;
    phx_cursor *cursor;

    UNUSED_STATE;
    traced_open(&traced, 0);
    succeeds(phx_span_start_remote(traced.tracer, "served", above, "a=b", &live,
                                   err));
    eq_int(strncmp(phx_span_traceparent(live), above, 36), 0);
    ok(strcmp(phx_span_traceparent(live), above) != 0);
    below = start(&traced, "below", live);
    eq_string(phx_span_tracestate(below), "a=b");
    end(below);
    end(live);
    const phx_span *span = find(traced.place.store, "served", &cursor);
    eq_text(span->parent_id, "00f067aa0ba902b7");
    eq_text(span->trace_state, "a=b");
    eq_int(span->flags, 0x301);
    phx_cursor_close(cursor);
    succeeds(
        phx_span_start_remote(traced.tracer, "odd", above, "a=\n", &live, err));
    eq_string(phx_span_tracestate(live), "");
    end(live);
    succeeds(
        phx_span_start_remote(traced.tracer, "none", above, NULL, &live, err));
    end(live);
    traced_close(&traced);
}

TEST(no_span_ends_before_it_starts)
{
    struct traced traced;
    phx_cursor *cursor;

    UNUSED_STATE;
    traced_open(&traced, 0);
    succeeds(phx_span_end(start(&traced, "early", NULL), 1, err));
    const phx_span *span = find(traced.place.store, "early", &cursor);
    eq_int(span->end_time, span->start_time);
    uint64_t later = span->start_time + 1000000000000;
    phx_cursor_close(cursor);
    succeeds(phx_span_end(start(&traced, "late", NULL), later, err));
    span = find(traced.place.store, "late", &cursor);
    eq_int(span->end_time, later);
    phx_cursor_close(cursor);
    traced_close(&traced);
}

/* --- waiting ------------------------------------------------------------------- */

TEST(spans_wait_for_a_root_a_number_or_a_flush)
{
    struct traced traced;

    UNUSED_STATE;
    traced_open(&traced, 3);
    phx_live_span *root = start(&traced, "root", NULL);
    end(start(&traced, "a", root));
    end(start(&traced, "b", root));
    eq_int(stored(&traced), 0);
    end(start(&traced, "c", root));
    eq_int(stored(&traced), 3);
    end(start(&traced, "d", root));
    eq_int(stored(&traced), 3);
    succeeds(phx_tracer_flush(traced.tracer, err));
    succeeds(phx_tracer_flush(traced.tracer, err));
    eq_int(stored(&traced), 4);
    end(start(&traced, "e", root));
    end(root);
    eq_int(stored(&traced), 6);
    traced_close(&traced);
}

TEST(what_is_closed_first_makes_no_difference)
{
    struct traced traced;
    phx_store *reader;

    UNUSED_STATE;
    traced_open(&traced, 0);
    phx_live_span *root = start(&traced, "root", NULL);
    phx_live_span *child = start(&traced, "child", root);
    end(start(&traced, "waits", root));
    place_close(&traced.place);
    phx_tracer_close(traced.tracer);
    end(root);
    end(child);
    succeeds(open_url(traced.place.url, PHX_OPEN_READ_ONLY, &reader, err));
    eq_int(stats_of(reader).spans, 3);
    phx_store_close(reader);
    place_remove(&traced.place);
}

/* A store that is read only takes none; what waits is bounded. */
TEST(what_the_store_does_not_take_waits_and_is_told)
{
    struct place place;
    phx_tracer *tracer;
    phx_live_span *span;
    static char text[65536];
    int64_t dropped = 0;
    phx_error why;

    UNUSED_STATE;
    place_make(&place);
    place_open(&place, 0);
    place_reopen(&place, PHX_OPEN_READ_ONLY);
    succeeds(phx_tracer_open(place.store, NULL, &tracer, err));
    for (int i = 0; i < 40; i++) {
        int64_t before = memory_faults.balance;
        succeeds(phx_span_start(tracer, "s", NULL, &span, err));
        succeeds(phx_span_set_text(span, "k", text, sizeof text, err));
        eq_int(phx_span_end(span, 0, &why), PHX_MISUSE);
        ok(why.message[0] != '\0');
        dropped += memory_faults.balance == before;
    }
    ok(dropped > 10 && dropped < 40);
    phx_tracer_close(tracer);
    place_remove(&place);
}

/* Of work that is told of afterwards both times are given. */
TEST(a_start_may_be_given)
{
    const phx_span *span;
    struct traced traced;
    phx_cursor *cursor;

    UNUSED_STATE;
    traced_open(&traced, 0);
    phx_live_span *root = start(&traced, "root", NULL);
    phx_live_span *child = start(&traced, "child", root);
    succeeds(phx_span_set_start(root, 5000, err));
    succeeds(phx_span_end(root, 9000, err));
    eq_int(phx_span_set_start(child, 0, NULL), PHX_MISUSE);
    eq_int(phx_span_set_start(NULL, 1, NULL), PHX_MISUSE);
    succeeds(phx_span_set_start(child, 7000, err));
    succeeds(phx_span_end(child, 6000, err));
    span = find(traced.place.store, "root", &cursor);
    eq_int(span->start_time, 5000);
    eq_int(span->end_time, 9000);
    phx_cursor_close(cursor);
    succeeds(phx_tracer_flush(traced.tracer, err));
    span = find(traced.place.store, "child", &cursor);
    eq_int(span->start_time, 7000);
    eq_int(span->end_time, 7000);
    phx_cursor_close(cursor);
    traced_close(&traced);
}

enum { THREADS = 4, TURNS = 50 };

static void *take_turns(void *ctx)
{
    struct traced *traced = ctx;

    for (int i = 0; i < TURNS; i++) {
        phx_live_span *root = NULL, *child = NULL;
        if (phx_span_start(traced->tracer, "root", NULL, &root, NULL) < 0 ||
            phx_span_start(traced->tracer, "child", root, &child, NULL) < 0 ||
            phx_span_end(root, 0, NULL) < 0 || phx_span_end(child, 0, NULL) < 0)
            return ctx;
    }
    return NULL;
}

TEST(threads_share_a_tracer)
{
    pthread_t threads[THREADS];
    struct traced traced;
    void *failed;

    UNUSED_STATE;
    traced_open(&traced, 8);
    for (int i = 0; i < THREADS; i++)
        eq_int(pthread_create(&threads[i], NULL, take_turns, &traced), 0);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], &failed);
        ok(failed == NULL);
    }
    succeeds(phx_tracer_flush(traced.tracer, err));
    eq_int(stored(&traced), 2 * THREADS * TURNS);
    traced_close(&traced);
}

/* --- bounds and refusals --------------------------------------------------------- */

TEST(bad_texts_are_refused)
{
    static const char above[] =
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    phx_tracer_options options = PHX_TRACER_OPTIONS_INIT;
    struct traced traced;
    phx_live_span *none = NULL;
    phx_tracer *other = NULL;

    UNUSED_STATE;
    traced_open(&traced, 0);
    phx_live_span *live = start(&traced, "one", NULL);
    options.scope = "\xff";
    fails_with(PHX_INVALID, "UTF-8",
               phx_tracer_open(traced.place.store, &options, &other, err));
    fails_with(PHX_INVALID, "UTF-8",
               phx_span_start(traced.tracer, "\xff", NULL, &none, err));
    fails_with(
        PHX_INVALID, "UTF-8",
        phx_span_start_remote(traced.tracer, "\xff", above, NULL, &none, err));
    fails_with(
        PHX_INVALID, "shorter",
        phx_span_start_remote(traced.tracer, "a", "00-", NULL, &none, err));
    fails_with(PHX_INVALID, "UTF-8",
               phx_span_set_text(live, "k", "\xff", 1, err));
    fails_with(PHX_INVALID, "UTF-8", phx_span_set_int(live, "\xff", 1, err));
    fails_with(PHX_INVALID, "UTF-8", phx_span_set_real(live, "\xff", 1, err));
    fails_with(PHX_INVALID, "UTF-8", phx_span_set_bool(live, "\xff", 1, err));
    fails_with(PHX_INVALID, "", phx_span_set_json(live, "k", "[1", 2, err));
    fails_with(PHX_INVALID, "'CHAT' is no kind",
               phx_span_set_kind(live, "CHAT", err));
    fails_with(PHX_INVALID, "UTF-8",
               phx_span_set_status(live, PHX_SPAN_OK, "\xff", err));
    fails_with(PHX_INVALID, "UTF-8",
               phx_span_add_message(live, 0, "user", "\xff", 1, err));
    fails_with(PHX_INVALID, "UTF-8",
               phx_span_add_event(live, "\xff", NULL, 0, err));
    fails_with(PHX_INVALID, "no JSON object",
               phx_span_add_event(live, "e", "[]", 2, err));
    fails_with(PHX_INVALID, "", phx_span_add_event(live, "e", "{", 1, err));
    fails_with(PHX_INVALID, "", phx_span_add_link(live, above, "{", 1, err));
    fails_with(PHX_INVALID, "shorter",
               phx_span_add_link(live, "00", NULL, 0, err));
    fails_with(PHX_INVALID, "UTF-8",
               phx_span_record_exception(live, "\xff", NULL, NULL, err));
    succeeds(phx_span_add_message(live, 0, "user", "after all", 9, err));
    ok(none == NULL && other == NULL);
    end(live);
    phx_cursor *cursor;
    eq_text(find(traced.place.store, NULL, &cursor)->attributes,
            "{\"llm\":{\"input_messages\":[{\"message\":{\"content\":"
            "\"after all\",\"role\":\"user\"}}]}}");
    phx_cursor_close(cursor);
    traced_close(&traced);
}

TEST(a_span_is_bounded)
{
    enum { MOST = 16384, BYTES = 64 << 20 };
    static const char above[] =
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    struct traced traced;
    char key[32];

    UNUSED_STATE;
    traced_open(&traced, 0);
    char *large = calloc(1, BYTES + 2), *json = calloc(1, 1024);
    assert_non_null(large);
    assert_non_null(json);
    memset(large, 'x', BYTES + 1);
    memset(json, '[', 512);
    phx_live_span *live = start(&traced, "one", NULL), *none = NULL;
    fails_with(PHX_TOO_BIG, "67108864",
               phx_span_start(traced.tracer, large, NULL, &none, err));
    fails_with(
        PHX_TOO_BIG, "67108864",
        phx_span_start_remote(traced.tracer, large, above, NULL, &none, err));
    fails_with(PHX_TOO_BIG, "67108864",
               phx_span_set_text(live, "k", large, BYTES, err));
    fails_with(PHX_TOO_BIG, "67108864",
               phx_span_set_status(live, 0, large, err));
    fails_with(PHX_TOO_BIG, "67108864",
               phx_span_add_message(live, 0, "user", large, BYTES, err));
    fails_with(PHX_TOO_BIG, "67108864",
               phx_span_record_exception(live, large, NULL, NULL, err));
    fails_with(PHX_TOO_BIG, "nest",
               phx_span_set_json(live, "k", json, 512, err));
    for (int i = 0; i < MOST; i++) {
        snprintf(key, sizeof key, "k%d", i);
        succeeds(phx_span_set_int(live, key, i, err));
        succeeds(phx_span_add_event(live, "e", NULL, 0, err));
        succeeds(phx_span_add_link(live, above, NULL, 0, err));
    }
    succeeds(phx_span_set_int(live, key, 0, err));
    fails_with(PHX_TOO_BIG, "16384 attributes",
               phx_span_set_int(live, "one more", 0, err));
    fails_with(PHX_TOO_BIG, "", phx_span_set_real(live, "one more", 0, err));
    fails_with(PHX_TOO_BIG, "", phx_span_set_bool(live, "one more", 0, err));
    fails_with(PHX_TOO_BIG, "", phx_span_set_kind(live, "LLM", err));
    fails_with(PHX_TOO_BIG, "16384 events",
               phx_span_add_event(live, "e", NULL, 0, err));
    fails_with(PHX_TOO_BIG, "16384 links",
               phx_span_add_link(live, above, NULL, 0, err));
    end(live);
    eq_int(stored(&traced), 1);
    free(large);
    free(json);
    traced_close(&traced);
}

/* Each wrong argument of each call. */
/* An answer that comes word by word. */
TEST(a_text_that_grows_may_be_set_again_and_again)
{
    enum { WORDS = 20000, WORD = 5 };
    struct traced traced;
    char *answer = calloc(WORDS, WORD);
    const phx_span *span;
    phx_cursor *cursor;

    UNUSED_STATE;
    assert_non_null(answer);
    traced_open(&traced, 0);
    phx_live_span *live = start(&traced, "one", NULL);
    for (size_t i = 0; i < WORDS; i++) {
        memcpy(answer + i * WORD, "word ", WORD);
        succeeds(phx_span_set_text(live, "output.value", answer, (i + 1) * WORD,
                                   err));
    }
    succeeds(phx_span_set_text(live, "a", "", 0, err));
    succeeds(phx_span_set_text(live, "a", "b", 1, err));
    succeeds(phx_span_set_text(live, "a", NULL, 0, err));
    succeeds(phx_span_set_text(live, "c", "text", 4, err));
    succeeds(phx_span_set_int(live, "c", 7, err));
    succeeds(phx_span_set_text(live, "c", "text again", 10, err));
    succeeds(phx_span_set_json(live, "d", "\"x\"", 3, err));
    succeeds(phx_span_set_text(live, "d", "y", 1, err));
    end(live);
    span = find(traced.place.store, "one", &cursor);
    assert_non_null(
        strstr(span->attributes.data, "\"a\":\"\",\"c\":\"text again\""));
    assert_non_null(strstr(span->attributes.data, "\"d\":\"y\""));
    ok(span->attributes.size > WORDS * WORD);
    phx_cursor_close(cursor);
    free(answer);
    traced_close(&traced);
}

TEST(a_span_may_be_discarded)
{
    struct traced traced;

    UNUSED_STATE;
    traced_open(&traced, 0);
    phx_live_span *root = start(&traced, "root", NULL);
    phx_live_span *child = start(&traced, "child", root);
    phx_span_discard(child);
    phx_span_discard(NULL);
    end(root);
    eq_int(stored(&traced), 1);
    child = start(&traced, "after the tracer", NULL);
    phx_tracer_close(traced.tracer);
    traced.tracer = NULL;
    phx_span_discard(child);
    eq_int(stored(&traced), 1);
    traced_close(&traced);
}

TEST(misuse_is_told)
{
    static const char above[] =
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    phx_tracer_options small = {.size = 1};
    struct traced traced;
    phx_live_span *out = NULL;
    phx_tracer *tracer = NULL;

    UNUSED_STATE;
    traced_open(&traced, 0);
    phx_live_span *live = start(&traced, "one", NULL);
    const phx_status statuses[] = {
        phx_tracer_open(NULL, NULL, &tracer, NULL),
        phx_tracer_open(traced.place.store, NULL, NULL, NULL),
        phx_tracer_open(traced.place.store, &small, &tracer, NULL),
        phx_tracer_flush(NULL, NULL),
        phx_span_start(NULL, "a", NULL, &out, NULL),
        phx_span_start(traced.tracer, NULL, NULL, &out, NULL),
        phx_span_start(traced.tracer, "", NULL, &out, NULL),
        phx_span_start(traced.tracer, "a", NULL, NULL, NULL),
        phx_span_start_remote(NULL, "a", above, NULL, &out, NULL),
        phx_span_start_remote(traced.tracer, "a", NULL, NULL, &out, NULL),
        phx_span_set_text(NULL, "k", "v", 1, NULL),
        phx_span_set_text(live, "", "v", 1, NULL),
        phx_span_set_text(live, "k", NULL, 1, NULL),
        phx_span_set_int(NULL, "k", 1, NULL),
        phx_span_set_json(live, "k", NULL, 0, NULL),
        phx_span_set_json(live, NULL, "1", 1, NULL),
        phx_span_set_kind(NULL, "LLM", NULL),
        phx_span_set_kind(live, NULL, NULL),
        phx_span_set_status(NULL, 0, NULL, NULL),
        phx_span_set_status(live, 3, NULL, NULL),
        phx_span_add_message(live, 2, "user", "", 0, NULL),
        phx_span_add_message(live, 0, NULL, "", 0, NULL),
        phx_span_add_event(live, NULL, NULL, 0, NULL),
        phx_span_add_event(live, "e", NULL, 1, NULL),
        phx_span_add_link(live, NULL, NULL, 0, NULL),
        phx_span_record_exception(NULL, NULL, NULL, NULL, NULL),
        phx_span_end(NULL, 0, NULL),
    };
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        if (statuses[i] != PHX_MISUSE)
            wrong("call %zu returned %d", i, (int)statuses[i]);
    }
    ok(phx_span_traceparent(NULL) == NULL && phx_span_tracestate(NULL) == NULL);
    phx_tracer_close(NULL);
    end(live);
    traced_close(&traced);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_traced_span_is_what_it_is_as_otlp),
        cmocka_unit_test(a_traced_span_goes_out_whole),
        cmocka_unit_test(children_are_of_their_parents_trace),
        cmocka_unit_test(a_remote_parent_is_taken_and_told_on),
        cmocka_unit_test(no_span_ends_before_it_starts),
        cmocka_unit_test(spans_wait_for_a_root_a_number_or_a_flush),
        cmocka_unit_test(what_is_closed_first_makes_no_difference),
        cmocka_unit_test(what_the_store_does_not_take_waits_and_is_told),
        cmocka_unit_test(a_start_may_be_given),
        cmocka_unit_test(threads_share_a_tracer),
        cmocka_unit_test(bad_texts_are_refused),
        cmocka_unit_test(a_span_is_bounded),
        cmocka_unit_test(a_text_that_grows_may_be_set_again_and_again),
        cmocka_unit_test(a_span_may_be_discarded),
        cmocka_unit_test(misuse_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

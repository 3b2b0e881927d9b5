/*
 * library_test.c - what of phoenix.h needs no store: versions and names,
 * requests decoded and refused, answers, attributes.
 */
#include "t.h"

#include <stdlib.h>

#define NESTED 300

/* `open` NESTED times, then `middle`, then `close` NESTED times. */
static char *nested(const char *open, const char *middle, const char *close)
{
    size_t size = NESTED * (strlen(open) + strlen(close)) + strlen(middle) + 1;
    char *text = malloc(size), *at = text;

    assert_non_null(text);
    for (int i = 0; i < NESTED; i++)
        at = stpcpy(at, open);
    at = stpcpy(at, middle);
    for (int i = 0; i < NESTED; i++)
        at = stpcpy(at, close);
    return text;
}

TEST(versions_agree)
{
    char text[32];

    UNUSED_STATE;
    eq_int(phx_version(), PHX_VERSION);
    snprintf(text, sizeof text, "%d.%d.%d", PHX_VERSION_MAJOR,
             PHX_VERSION_MINOR, PHX_VERSION_PATCH);
    eq_string(phx_version_text(), text);
    eq_int(phx_has_feature("sqlite"), 1);
    eq_int(phx_has_feature("postgres"), 0);
    eq_int(phx_has_feature(NULL), 0);
}

TEST(statuses_have_names)
{
    UNUSED_STATE;
    eq_int(sizeof(phx_error), 512);
    eq_string(phx_status_name(PHX_OK), "PHX_OK");
    eq_string(phx_status_name(PHX_DONE), "PHX_DONE");
    eq_string(phx_status_name(PHX_UNMET), "PHX_UNMET");
    for (phx_status status = PHX_NO_MEMORY; status > PHX_INTERNAL; status--) {
        const char *name = phx_status_name(status);
        ok(strncmp(name, "PHX_", 4) == 0);
        ok(strcmp(name, "PHX_INTERNAL") != 0);
        ok(strcmp(name, phx_status_name(status - 1)) != 0);
    }
    eq_string(phx_status_name(PHX_INTERNAL), "PHX_INTERNAL");
    eq_string(phx_status_name(-99), "PHX_INTERNAL");
}

TEST(kinds_have_names)
{
    int32_t count = 0;

    UNUSED_STATE;
    eq_string(phx_kind_name(0), "UNKNOWN");
    while (phx_kind_name(count))
        count++;
    eq_int(count, 11);
    assert_null(phx_kind_name(-1));
    assert_null(phx_kind_name(INT32_MAX));
}

/* --- requests ------------------------------------------------------------------ */

TEST(malformed_requests_are_told_with_their_place)
{
    static const struct {
        int32_t format;
        const char *bytes;
        size_t size;
        int64_t offset;
    } cases[] = {
        {PHX_OTLP_PROTOBUF, "\xff", 1, 0},
        {PHX_OTLP_PROTOBUF, "\x0a\x05\x01", 3, 0},
        {PHX_OTLP_JSON, "", 0, 0},
        {PHX_OTLP_JSON, "{\"resourceSpans\": 7}", 20, -1},
        {PHX_OTLP_JSON, "[1, x]", 6, 0},
        {PHX_SPAN_JSON, "{}", 2, 0},
        {PHX_SPAN_JSON, "{\"data\": [7]}", 13, 0}, /* the index of the span */
    };
    phx_batch *batch = NULL;
    phx_error why;

    UNUSED_STATE;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        why = (phx_error){0};
        if (phx_batch_decode(cases[i].format, cases[i].bytes, cases[i].size,
                             NULL, &batch, &why) != PHX_INVALID ||
            why.offset < cases[i].offset || why.message[0] == '\0')
            wrong("case %zu: %s at %d: %s", i, phx_status_name(why.status),
                  (int)why.offset, why.message);
        assert_null(batch);
    }
    fails_with(PHX_TOO_BIG, "67108864",
               phx_batch_decode(PHX_OTLP_JSON, "", ((size_t)64 << 20) + 1, NULL,
                                &batch, err));
    fails_with(PHX_INVALID, "UTF-8",
               phx_batch_decode(PHX_OTLP_JSON, "{}", 2, "\xff", &batch, err));
    fails_with(PHX_MISUSE, "format",
               phx_batch_decode(9, "", 0, NULL, &batch, err));
    fails_with(PHX_MISUSE, "NULL",
               phx_batch_decode(PHX_OTLP_JSON, NULL, 1, NULL, &batch, err));
    fails_with(PHX_MISUSE, "NULL",
               phx_batch_decode(PHX_OTLP_JSON, "{}", 2, NULL, NULL, err));
}

TEST(a_batch_lends_its_spans)
{
    static const char text[] =
        "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":["
        "{\"traceId\":\"0A\",\"spanId\":\"0b\",\"name\":\"n\","
        "\"startTimeUnixNano\":\"1\",\"endTimeUnixNano\":\"2\"},"
        "{\"traceId\":\"\",\"spanId\":\"0b\",\"name\":\"n\"}]}]}]}";
    phx_batch *batch = NULL;
    const char *reason = NULL;

    UNUSED_STATE;
    succeeds(phx_batch_decode(PHX_OTLP_JSON, text, sizeof text - 1, "p", &batch,
                              err));
    eq_int(phx_batch_size(batch), 1);
    ok(phx_batch_memory(batch) > sizeof text);
    eq_int(phx_batch_rejected(batch, &reason), 1);
    ok(reason && reason[0]);
    const phx_span *span = phx_batch_span(batch, 0);
    assert_non_null(span);
    eq_int(span->id, 0);
    eq_text(span->trace_id, "0a");
    eq_text(span->span_id, "0b");
    assert_null(span->parent_id.data);
    eq_text(span->project, "p");
    eq_int(span->end_time, 2);
    assert_null(phx_batch_span(batch, 1));
    phx_batch_free(batch);
    phx_batch_free(NULL);
    eq_int(phx_batch_size(NULL), 0);
    eq_int(phx_batch_memory(NULL), 0);
    eq_int(phx_batch_rejected(NULL, &reason), 0);
    eq_string(reason, "");
    assert_null(phx_batch_span(NULL, 0));
}

TEST(a_span_of_json_has_as_many_attributes_as_one_of_otlp)
{
    static const char start[] =
        "{\"data\": [{\"name\": \"n\", \"span_kind\": \"LLM\","
        " \"context\": {\"trace_id\": \"0a\", \"span_id\": \"0b\"},"
        " \"start_time\": \"2026-03-01T10:00:00Z\","
        " \"end_time\": \"2026-03-01T10:00:00Z\","
        " \"attributes\": {\"k\": 1";
    static char json[1 << 20];
    phx_error why = {0};

    UNUSED_STATE;
    for (int count = 16384; count <= 16385; count++) {
        phx_batch *batch = NULL;
        int size = snprintf(json, sizeof json, "%s", start);
        for (int i = 1; i < count; i++)
            size += snprintf(json + size, 32, ", \"k%d\": 1", i);
        size += snprintf(json + size, 32, "}}]}");
        eq_int(phx_batch_decode(PHX_SPAN_JSON, json, (size_t)size, NULL, &batch,
                                &why),
               count == 16384 ? PHX_OK : PHX_INVALID);
        phx_batch_free(batch);
    }
    ok(strstr(why.message, "limit is 16384") != NULL);
    eq_int(why.offset, 0);
}

TEST(answers_tell_what_was_rejected)
{
    phx_buf out = PHX_BUF_INIT;

    UNUSED_STATE;
    succeeds(phx_otlp_answer(PHX_OTLP_PROTOBUF, 0, NULL, &out, err));
    eq_int(out.size, 0);
    succeeds(phx_otlp_answer(PHX_OTLP_PROTOBUF, 3, "why", &out, err));
    assert_memory_equal(out.data, "\x0a\x07\x08\x03\x12\x03why", 9);
    succeeds(phx_otlp_answer(PHX_OTLP_JSON, 3, "why", &out, err));
    ok(strstr(out.data, "rejectedSpans") && strstr(out.data, "why"));
    fails_with(PHX_MISUSE, "",
               phx_otlp_answer(PHX_SPAN_JSON, 0, NULL, &out, err));
    fails_with(PHX_MISUSE, "",
               phx_otlp_answer(PHX_OTLP_JSON, 0, NULL, NULL, err));
    phx_buf_free(&out);
    phx_buf_free(&out);
    phx_buf_free(NULL);
}

/* --- attributes ----------------------------------------------------------------- */

TEST(attributes_nest_and_come_back)
{
    static const char flat[] = "{\"a.b\":1,\"c.0.d\":\"x\"}";
    phx_buf tree = PHX_BUF_INIT, back = PHX_BUF_INIT;

    UNUSED_STATE;
    succeeds(phx_attributes_unflatten(flat, sizeof flat - 1, &tree, err));
    succeeds(phx_attributes_flatten(tree.data, tree.size, &back, err));
    size_t to = 0;
    for (size_t i = 0; i < back.size; i++) {
        if (back.data[i] != ' ')
            back.data[to++] = back.data[i];
    }
    back.data[to] = '\0';
    eq_string(back.data, flat);
    phx_buf_free(&tree);
    phx_buf_free(&back);
}

TEST(attributes_that_are_none_are_refused)
{
    static const char *const texts[] = {"", "{", "7", "[]", "{\"a\":}"};
    phx_buf out = PHX_BUF_INIT;

    UNUSED_STATE;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        fails_with(
            PHX_INVALID, "",
            phx_attributes_unflatten(texts[i], strlen(texts[i]), &out, err));
        fails_with(
            PHX_INVALID, "",
            phx_attributes_flatten(texts[i], strlen(texts[i]), &out, err));
    }
    char *deep = nested("{\"a\":", "1", "}");
    fails_with(PHX_TOO_BIG, "255",
               phx_attributes_unflatten(deep, strlen(deep), &out, err));
    fails_with(PHX_TOO_BIG, "255",
               phx_attributes_flatten(deep, strlen(deep), &out, err));
    free(deep);
    assert_null(out.data);
    fails_with(PHX_MISUSE, "", phx_attributes_flatten(NULL, 0, &out, err));
    fails_with(PHX_MISUSE, "", phx_attributes_unflatten("{}", 2, NULL, err));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(versions_agree),
        cmocka_unit_test(statuses_have_names),
        cmocka_unit_test(kinds_have_names),
        cmocka_unit_test(malformed_requests_are_told_with_their_place),
        cmocka_unit_test(a_batch_lends_its_spans),
        cmocka_unit_test(a_span_of_json_has_as_many_attributes_as_one_of_otlp),
        cmocka_unit_test(answers_tell_what_was_rejected),
        cmocka_unit_test(attributes_nest_and_come_back),
        cmocka_unit_test(attributes_that_are_none_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

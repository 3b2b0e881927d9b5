/*
 * Every vector of tests/vectors/otlp_decode.json: request bytes -> spans and
 * what they mean, and back to bytes that mean the same; and in a block, whose
 * JSON is that of their trees.
 */
#include "t.h"

#include "base/base.h"
#include "attr/attr.h"
#include "wire/wire.h"
#include "unit/attr/vectors.h"
#include "unit/block/make.h"

static struct made made; /* the spans of all vectors */

static struct value object_of(const struct attributes *list)
{
    struct value object = {.kind = JSON_OBJECT, .count = list->count};

    object.members = list->members;
    return object;
}

static bool same_text(phx_text id, const char *what, phx_text actual,
                      const struct value *expected)
{
    struct value text = value_text(actual);

    if (actual.data == NULL ||
        (actual.size == 0 && expected && expected->kind == JSON_NULL))
        text = value_null();
    return !expected || vectors_same(id, what, &text, expected);
}

static bool same_hex(phx_text id, const char *what, phx_text bytes,
                     const struct value *expected)
{
    char hex[256];

    ok(bytes.size * 2 < sizeof hex);
    hex_print(bytes.data, bytes.size, hex);
    return same_text(id, what, text_of(hex), expected);
}

static bool same_time(phx_text id, const char *what, uint64_t time,
                      const struct value *expected)
{
    char text[40];

    time_print(time, text);
    return same_text(id, what, text_of(text), expected);
}

/* What is kept is JSON, in which there is no NaN. */
static bool same_stored(struct arena *arena, phx_text id,
                        const struct value *tree, const struct value *expected)
{
    struct buf buf;
    struct value stored;

    if (expected->kind == JSON_NULL)
        return true;
    buf_init(&buf, SIZE_MAX / 2);
    json_write_value(&buf, tree, 0);
    phx_text text = text_span(arena_copy(arena, buf.data, buf.size), buf.size);
    buf_clear(&buf);
    succeeds(json_read(arena, text, 0, &stored, err));
    return vectors_same(id, "stored attributes", &stored, expected);
}

/* A lone surrogate may be anything: only the rest is compared. */
static struct value tree_of(const struct span *span, phx_text id)
{
    struct value tree = span->tree;
    static struct member rest[2];

    if (!text_is(id, "json_metadata_lone_surrogate"))
        return tree;
    tree.count = 0;
    for (uint32_t i = 0; i < span->tree.count && tree.count < 2; i++) {
        if (!text_is(span->tree.members[i].key, "metadata"))
            rest[tree.count++] = span->tree.members[i];
    }
    tree.members = rest;
    return tree;
}

static bool check_events(struct arena *arena, phx_text id,
                         const struct span *span, const struct value *expect)
{
    struct value events = vectors_member(arena, expect, "events");
    bool holds = events.count == span->event_count;

    for (uint32_t i = 0; holds && i < events.count; i++) {
        const struct span_event *event = &span->events[i];
        struct value attributes = object_of(&event->attributes);
        holds = same_text(id, "event", event->name,
                          value_member(&events.items[i], "name")) &&
                same_time(id, "event time", event->time,
                          value_member(&events.items[i], "timestamp")) &&
                vectors_same(id, "event attributes", &attributes,
                             value_member(&events.items[i], "attributes"));
    }
    return holds;
}

static bool check_span(struct arena *arena, phx_text id,
                       const struct span *span, const struct value *expect)
{
    struct value tree = tree_of(span, id);
    struct value nested = vectors_member(arena, expect, "attributes");
    struct value stored = vectors_member(arena, expect, "stored_attributes");
    struct value name = vectors_member(arena, expect, "name");
    struct value message = vectors_member(arena, expect, "status_message");
    struct value project = vectors_member(arena, expect, "project");

    return same_hex(id, "trace id", span->trace_id,
                    value_member(expect, "trace_id")) &&
           same_hex(id, "span id", span->span_id,
                    value_member(expect, "span_id")) &&
           same_hex(id, "parent id", span->parent_id,
                    value_member(expect, "parent_id")) &&
           same_text(id, "name", span->name, &name) &&
           same_text(id, "status message", span->status_message, &message) &&
           same_text(id, "project", span->project_name, &project) &&
           same_text(id, "kind", text_of(span_kind_name(span->kind)),
                     value_member(expect, "span_kind")) &&
           same_text(id, "status", text_of(span_status_name(span->status)),
                     value_member(expect, "status_code")) &&
           same_time(id, "start", span->start_time,
                     value_member(expect, "start_time")) &&
           same_time(id, "end", span->end_time,
                     value_member(expect, "end_time")) &&
           vectors_same(id, "attributes", &tree, &nested) &&
           same_stored(arena, id, &tree, &stored) &&
           check_events(arena, id, span, expect);
}

/* Written from its tree and read again, the span means the same. */
static bool check_again(struct arena *arena, phx_text id,
                        const struct span *span)
{
    struct span copy = *span;
    const struct span *spans[] = {&copy};
    struct wire_request request;
    struct buf buf;

    copy.attributes = (struct attributes){0};
    succeeds(attr_restore(arena, &copy, err));
    buf_init(&buf, SIZE_MAX / 2);
    wire_write_protobuf(&buf, spans, 1);
    succeeds(buf_status(&buf, "request", err));
    phx_text bytes = text_span(arena_copy(arena, buf.data, buf.size), buf.size);
    buf_clear(&buf);
    succeeds(wire_read_protobuf(arena, WIRE_SPANS, bytes.data, bytes.size,
                                &request, err));
    if (request.spans.count != 1) {
        fprintf(stderr, "%.*s: not read again: %s\n", (int)id.size, id.data,
                request.reason);
        return false;
    }
    succeeds(attr_interpret(arena, request.spans.spans, err));
    return vectors_same(id, "attributes, written and read",
                        &request.spans.spans->tree, &span->tree);
}

static bool check_vector(struct arena *arena, const struct value *vector)
{
    phx_text id = value_member(vector, "id")->text;
    phx_text bytes =
        vectors_base64(arena, value_at(vector, "in.otlp_b64")->text);
    const struct value *expected = value_at(vector, "expect.spans");
    struct wire_request request;
    phx_error story;
    phx_status status = wire_read_protobuf(arena, WIRE_SPANS, bytes.data,
                                           bytes.size, &request, &story);
    bool holds = true;
    size_t next = 0;

    if (expected == NULL)
        return status == PHX_INVALID;
    if (status < 0) {
        fprintf(stderr, "%.*s: %s\n", (int)id.size, id.data, story.message);
        return false;
    }
    for (uint32_t i = 0; i < expected->count; i++) {
        const struct value *expect = &expected->items[i];
        phx_text trace_id = value_member(expect, "trace_id")->text;
        if (trace_id.size == 0)
            continue;
        if (next == request.spans.count)
            return false;
        struct span *span = &request.spans.spans[next++];
        succeeds(attr_interpret(arena, span, err));
        made.spans[made.count] = *span;
        made.order[made.count] = &made.spans[made.count];
        made.count++;
        holds = check_span(arena, id, span, expect) &&
                check_again(arena, id, span) && holds;
    }
    return holds && next == request.spans.count &&
           request.rejected == expected->count - next;
}

TEST(every_vector_of_otlp_decode_holds)
{
    UNUSED_STATE;
    struct arena arena;
    uint32_t passed = 0;

    arena_init(&arena, SIZE_MAX);
    made_init(&made);
    struct value vectors =
        vectors_read(&arena, "tests/vectors/otlp_decode.json");
    for (uint32_t i = 0; i < vectors.count; i++) {
        bool holds = check_vector(&arena, &vectors.items[i]);
        if (!holds) {
            phx_text id = value_member(&vectors.items[i], "id")->text;
            fprintf(stderr, "%.*s does not hold\n", (int)id.size, id.data);
        }
        passed += holds;
    }
    eq_int(vectors.count, 134);
    eq_int(passed, vectors.count);
    made_encode(&made);
    struct block *block = made_open(&made);
    uint32_t *rows = arena_new(&arena, made.count * sizeof *rows);
    for (uint32_t i = 0; i < made.count; i++)
        rows[i] = i;
    made_check_json(block, rows, made.count);
    block_close(block);
    made_clear(&made);
    arena_clear(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_vector_of_otlp_decode_holds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

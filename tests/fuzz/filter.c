/*
 * Conditions of filters, against themselves and over a few spans.
 *
 *     byte 0       bits 0-1: the grain; bits 2-7: the allocation that fails,
 *                  0 for none
 *     the rest     a condition
 *
 * What compiles, prints to a text that compiles and prints the same; what is
 * refused, is refused with a place in the text and a sentence. Evaluated over
 * fixed spans both mean the same, within the bounds that were told. As SQL it
 * is made of fixed pieces: no quote, no letter past ASCII.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/base.h"
#include "json/json.h"
#include "query/query.h"
#include "store/store.h"

enum { LIMIT = 1 << 26, LONGEST_MESSAGE = 300, SPANS = 5, TRACES = 2 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool condition, const char *fact)
{
    if (!condition) {
        fprintf(stderr, "does not hold: %s\n", fact);
        abort();
    }
}

/* --- the spans ------------------------------------------------------------ */

static struct span spans[SPANS];
static struct query_span rows[SPANS];
static struct query_trace traces[TRACES];
static struct query_session session;

static const struct query_annotation annotations[] = {
    {{"q", 1}, {"good", 4}, {NULL, 0}, 0.5},
    {{"q", 1}, {"bad", 3}, {"why", 3}, -1},
    {{"t", 1}, {NULL, 0}, {NULL, 0}, (double)NAN},
};
static const struct query_cost costs[] = {
    {{"input", 5}, true, 100, 0.001},
    {{"output", 6}, false, 0, (double)NAN},
};
static const char *const trees[SPANS] = {
    "{\"a\":{\"b\":[1,2.5,\"x\"],\"c\":\"7\"},\"n\":3,\"metadata\":{\"k\":1}}",
    "{\"a.b\":true,\"input\":{\"value\":\"Hello\"},\"n\":\"3\"}",
    "{\"llm\":{\"token_count\":{\"prompt\":5}},\"user\":{\"id\":\"u\"}}",
    "{\"user.id\":\"u\",\"n\":-0.0,\"input\":{\"value\":{\"o\":[]}}}",
    "{}",
};

/* Two traces: a root with two children, and an orphan with a child. */
static void make_spans(struct arena *arena)
{
    static const int parents[SPANS] = {-1, 0, 0, -2, 3};
    static const char ids[] = "abcdez";

    for (int i = 0; i < SPANS; i++) {
        struct span *span = &spans[i];
        int parent = parents[i] == -2 ? SPANS : parents[i];
        span->trace_id = text_span(i < 3 ? "t" : "u", 1);
        span->span_id = text_span(ids + i, 1);
        span->parent_id =
            text_span(parent < 0 ? "" : ids + parent, parent >= 0);
        span->name = text_of(i % 2 ? "odd" : "Even");
        span->start_time = 1700000000000000000u + (uint64_t)i * 1500000;
        span->end_time = span->start_time + (uint64_t)i * 2000000;
        span->prompt_tokens = span->completion_tokens = i % 2 ? 10 : -1;
        span->kind = (uint8_t)(i % 2 ? KIND_LLM : KIND_TOOL);
        span->status = (uint8_t)(i % STATUS_COUNT);
        span->number = i + 1;
        check(json_read(arena, text_of(trees[i]), 0, &span->tree, NULL) == 0,
              "the trees are JSON");
        rows[i] = (struct query_span){.span = span,
                                      .trace = &traces[i >= 3],
                                      .annotations = annotations,
                                      .annotation_count = (size_t)i % 4,
                                      .costs = costs,
                                      .cost_count = (size_t)i % 3};
        if (parents[i] >= 0)
            rows[i].parent = &rows[parents[i]];
    }
    for (int i = 0; i < TRACES; i++)
        traces[i] = (struct query_trace){.id = text_span(i ? "u" : "t", 1),
                                         .number = i + 1,
                                         .start_time = spans[i * 3].start_time,
                                         .end_time = spans[i * 3].end_time,
                                         .spans = rows + i * 3,
                                         .span_count = i ? 2 : 3,
                                         .annotations = annotations,
                                         .annotation_count = (size_t)i * 3};
    session = (struct query_session){.id = text_of("s"),
                                     .start_time = traces[0].start_time,
                                     .end_time = traces[1].end_time,
                                     .traces = traces,
                                     .trace_count = TRACES,
                                     .annotations = annotations,
                                     .annotation_count = 3};
}

/* --- what holds ----------------------------------------------------------- */

static const void *row_of(enum query_grain grain, size_t i)
{
    if (grain == QUERY_SPAN)
        return i < SPANS ? &rows[i] : NULL;
    if (grain == QUERY_TRACE)
        return i < TRACES ? &traces[i] : NULL;
    return i < 1 ? &session : NULL;
}

static void check_bounds(const struct query *query, size_t i)
{
    const struct query_bounds *bounds = &query->bounds;

    if (query->grain != QUERY_SPAN)
        return;
    check(spans[i].start_time >= bounds->start_from &&
              spans[i].start_time <= bounds->start_to,
          "what matches is within the times");
    check(bounds->kinds >> spans[i].kind & 1, "and of the kinds");
    check(bounds->statuses >> spans[i].status & 1, "and of the statuses");
    check(query->roots != QUERY_STRICT || spans[i].parent_id.size == 0,
          "and a root");
    check(query->roots != QUERY_ORPHAN_AWARE || rows[i].parent == NULL,
          "or an orphan");
}

static void evaluate(const struct query *first, const struct query *second)
{
    enum query_grain grain = (enum query_grain)first->grain;
    const void *row;
    phx_error err;

    for (size_t i = 0; (row = row_of(grain, i)) != NULL; i++) {
        bool one = false, other = false;
        phx_status status = query_matches(first, row, &one, &err);
        check(status == PHX_OK || status == PHX_TOO_BIG, "it has a meaning");
        check(query_matches(second, row, &other, &err) == status,
              "printed it has one, too");
        check(one == other, "printed it means the same");
        if (one)
            check_bounds(first, i);
    }
}

static void become_sql(struct arena *arena, const struct query *query)
{
    const struct query_scope scope = {.order = QUERY_BY_START};
    struct store_query statement;

    check(query_sql(query, &scope, arena, &statement, NULL) == PHX_OK,
          "what compiles is SQL");
    for (size_t i = 0; i < statement.sql.size; i++) {
        char c = statement.sql.data[i];
        check(c >= ' ' && c <= '~' && strchr("';\\`", c) == NULL,
              "and nothing but its own");
    }
}

static void come_back(struct arena *arena, const struct query *query)
{
    struct buf first, second;
    struct query again;
    phx_error err = {0};

    buf_init(&first, LIMIT);
    buf_init(&second, LIMIT);
    query_print(query, &first);
    check(first.status == PHX_OK, "what compiles can be printed");
    phx_text text = text_span(first.data, first.size);
    if (text.size <= QUERY_TEXT_SIZE) {
        phx_status status = query_compile(arena, (enum query_grain)query->grain,
                                          text, &again, &err);
        if (status < 0)
            fprintf(stderr, "%.*s\n%s\n", (int)text.size, text.data,
                    err.message);
        check(status == PHX_OK, "what is printed compiles");
        query_print(&again, &second);
        check(text_equal(text, text_span(second.data, second.size)),
              "and prints the same");
        check(query->roots == again.roots && query->fields == again.fields,
              "and is about the same");
        evaluate(query, &again);
    }
    buf_clear(&first);
    buf_clear(&second);
}

static void check_story(phx_status status, const phx_error *err, size_t size)
{
    check(status == PHX_INVALID, "what is refused is the condition");
    check(err->offset >= 0 && (size_t)err->offset <= size,
          "the offset lies in the text");
    check(err->message[0] != '\0' && strlen(err->message) <= LONGEST_MESSAGE &&
              utf8_check(err->message, strlen(err->message)) ==
                  strlen(err->message) &&
              strpbrk(err->message, "\r\n") == NULL,
          "the message is one line");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena fixed;
    struct arena arena;
    struct query query;
    phx_error err = {0};

    if (size == 0)
        return 0;
    if (fixed.chunk == NULL) {
        arena_init(&fixed, LIMIT);
        make_spans(&fixed);
    }
    int64_t before = memory_faults.balance;
    enum query_grain grain = (enum query_grain)((data[0] & 3) % QUERY_GRAINS);
    phx_text text = text_span(data + 1, size - 1);
    arena_init(&arena, LIMIT);
    memory_faults.seen = 0;
    memory_faults.fail_at = data[0] >> 2;
    phx_status status = query_compile(&arena, grain, text, &query, &err);
    bool met = memory_faults.fail_at > 0 &&
               memory_faults.seen >= memory_faults.fail_at;
    memory_faults.fail_at = 0;
    check(!met || status < 0, "a failed allocation is told");
    check(met || status != PHX_NO_MEMORY, "memory is not wanting");
    if (status == PHX_OK) {
        become_sql(&arena, &query);
        come_back(&arena, &query);
    } else if (status != PHX_NO_MEMORY) {
        check_story(status, &err, text.size);
    }
    arena_clear(&arena);
    check(memory_faults.balance == before, "all memory is given back");
    return 0;
}

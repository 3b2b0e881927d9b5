/*
 * world.h: the store of the filter vectors, in memory: its spans decoded, its
 * annotations and costs as listed, traces and sessions put together.
 */
#ifndef WORLD_H
#define WORLD_H

#include "attr/attr.h"
#include "query/query.h"
#include "unit/attr/vectors.h"
#include "wire/wire.h"

struct world {
    struct arena arena;
    struct wire_request request;
    struct query_span *spans; /* of a trace one after another */
    struct query_trace *traces;
    struct query_session *sessions;
    size_t span_count, trace_count, session_count;
};

/* The span of this number, from 0, in the order in which they came. */
static inline struct query_span *world_span(struct world *world, size_t number)
{
    size_t i = 0;

    while (i < world->span_count &&
           world->spans[i].span->number != (int64_t)number + 1)
        i++;
    ok(i < world->span_count);
    return &world->spans[i];
}

static inline struct query_span *world_find(struct world *world, phx_text id)
{
    for (size_t i = 0; id.size > 0 && i < world->span_count; i++) {
        if (text_equal(world->spans[i].span->span_id, id))
            return &world->spans[i];
    }
    return NULL;
}

static inline void world_put_span(struct world *world,
                                  struct query_trace *trace,
                                  const struct span *span)
{
    world->spans[world->span_count++] = (struct query_span){.span = span};
    trace->span_count++;
    if (span->start_time < trace->start_time)
        trace->start_time = span->start_time;
    if (span->end_time > trace->end_time)
        trace->end_time = span->end_time;
}

/* Traces in the order of their first spans. */
static inline void world_add_traces(struct world *world)
{
    struct span_list *list = &world->request.spans;

    for (size_t i = 0; i < list->count; i++) {
        phx_text id = list->spans[i].trace_id;
        size_t j = 0;
        while (j < world->trace_count && !text_equal(world->traces[j].id, id))
            j++;
        if (j < world->trace_count)
            continue;
        struct query_trace *trace = &world->traces[world->trace_count++];
        *trace =
            (struct query_trace){.id = id,
                                 .number = (int64_t)j + 1,
                                 .start_time = UINT64_MAX,
                                 .spans = world->spans + world->span_count};
        for (j = i; j < list->count; j++) {
            if (text_equal(list->spans[j].trace_id, id))
                world_put_span(world, trace, &list->spans[j]);
        }
    }
}

static inline void world_add_tokens(int64_t *sum, int64_t tokens)
{
    if (tokens > 0 && __builtin_add_overflow(*sum, tokens, sum))
        *sum = INT64_MAX;
}

/* A span's tokens count for itself and all that is above it in its trace,
 * once each where they go round in circles. */
static inline void world_count_tokens(struct world *world,
                                      struct query_span *span)
{
    const struct query_trace *trace = span->trace;
    const struct span *own = span->span;
    size_t size = world->span_count + 1;
    uint8_t *seen = arena_new(&world->arena, size);

    memset(seen, 0, size);
    for (; span != NULL && span->trace == trace;
         span = world_find(world, span->span->parent_id)) {
        if (seen[span - world->spans]++)
            break;
        world_add_tokens(&span->cumulative_prompt, own->prompt_tokens);
        world_add_tokens(&span->cumulative_completion, own->completion_tokens);
    }
}

/* Parents, whatever the trace, and sums over what is below in the trace. */
static inline void world_link_spans(struct world *world)
{
    for (size_t i = 0; i < world->trace_count; i++) {
        const struct query_trace *trace = &world->traces[i];
        size_t first = (size_t)(trace->spans - world->spans);
        for (size_t j = 0; j < trace->span_count; j++) {
            struct query_span *span = &world->spans[first + j];
            span->trace = trace;
            span->parent = world_find(world, span->span->parent_id);
        }
    }
    for (size_t i = 0; i < world->span_count; i++)
        world_count_tokens(world, &world->spans[i]);
}

/* Sessions in the order of their first traces, which they hold copies of. */
static inline phx_text world_session_of(const struct query_trace *trace)
{
    for (size_t i = 0; i < trace->span_count; i++) {
        if (trace->spans[i].span->session_name.data != NULL)
            return trace->spans[i].span->session_name;
    }
    return (phx_text){NULL, 0};
}

static inline void world_add_sessions(struct world *world)
{
    size_t count = world->trace_count;
    struct query_trace *copies =
        arena_new(&world->arena, (count + 1) * sizeof *copies);

    for (size_t i = 0; i < count; i++) {
        phx_text id = world_session_of(&world->traces[i]);
        size_t j = 0;
        while (j < world->session_count &&
               !text_equal(world->sessions[j].id, id))
            j++;
        if (id.data == NULL || j < world->session_count)
            continue;
        struct query_session session = {
            .id = id, .traces = copies, .start_time = UINT64_MAX};
        for (j = i; j < count; j++) {
            const struct query_trace *trace = &world->traces[j];
            if (!text_equal(world_session_of(trace), id))
                continue;
            *copies++ = *trace;
            session.trace_count++;
            if (trace->start_time < session.start_time)
                session.start_time = trace->start_time;
            if (trace->end_time > session.end_time)
                session.end_time = trace->end_time;
        }
        world->sessions[world->session_count++] = session;
    }
}

static inline phx_text world_text(const struct value *object, const char *key)
{
    const struct value *value = value_member(object, key);

    return value && value->kind == JSON_TEXT ? value->text
                                             : (phx_text){NULL, 0};
}

static inline double world_number(struct arena *arena,
                                  const struct value *object, const char *key)
{
    struct value value = vectors_member(arena, object, key);

    return value.kind == JSON_INT    ? (double)value.integer
           : value.kind == JSON_REAL ? value.real
                                     : (double)NAN;
}

/* Those of a list whose `key` is this id. */
static inline struct query_annotation *
world_annotations(struct world *world, const struct value *list,
                  const char *key, phx_text id, size_t *count)
{
    struct query_annotation *all =
        arena_new(&world->arena, (list->count + 1) * sizeof *all);

    *count = 0;
    for (uint32_t i = 0; i < list->count; i++) {
        const struct value *row = &list->items[i];
        if (!text_equal(world_text(row, key), id))
            continue;
        all[(*count)++] = (struct query_annotation){
            .name = world_text(row, "name"),
            .label = world_text(row, "label"),
            .explanation = world_text(row, "explanation"),
            .score = world_number(&world->arena, row, "score")};
    }
    return all;
}

static inline void world_add_costs(struct world *world, struct query_span *span,
                                   const struct value *details)
{
    struct query_cost *costs =
        arena_new(&world->arena, (details->count + 1) * sizeof *costs);

    for (uint32_t i = 0; i < details->count; i++) {
        const struct value *row = &details->items[i];
        costs[i] = (struct query_cost){
            .token_type = world_text(row, "token_type"),
            .is_prompt = value_member(row, "is_prompt")->integer != 0,
            .tokens = value_member(row, "tokens")->integer,
            .cost = world_number(&world->arena, row, "cost")};
    }
    span->costs = costs;
    span->cost_count = details->count;
}

static inline phx_text world_hex(struct world *world, phx_text id)
{
    char *hex = arena_new(&world->arena, id.size * 2 + 1);

    hex_print(id.data, id.size, hex);
    return text_of(hex);
}

static inline void world_add_judgements(struct world *world,
                                        const struct value *store)
{
    const struct value *spans = value_member(store, "span_annotations");
    const struct value *traces = value_member(store, "trace_annotations");
    const struct value *sessions = value_member(store, "session_annotations");
    const struct value *costs = value_member(store, "span_costs");

    for (size_t i = 0; i < world->span_count; i++) {
        struct query_span *span = &world->spans[i];
        phx_text id = world_hex(world, span->span->span_id);
        span->annotations = world_annotations(world, spans, "span_id", id,
                                              &span->annotation_count);
        for (uint32_t j = 0; j < costs->count; j++) {
            const struct value *row = &costs->items[j];
            if (text_equal(world_text(row, "span_id"), id))
                world_add_costs(world, span, value_member(row, "details"));
        }
    }
    for (size_t i = 0; i < world->trace_count; i++) {
        struct query_trace *trace = &world->traces[i];
        trace->annotations = world_annotations(world, traces, "trace_id",
                                               world_hex(world, trace->id),
                                               &trace->annotation_count);
    }
    for (size_t i = 0; i < world->session_count; i++) {
        struct query_session *session = &world->sessions[i];
        session->annotations =
            world_annotations(world, sessions, "session_id", session->id,
                              &session->annotation_count);
    }
}

/* What follows from the spans that the request has. */
static inline void world_build(struct world *world)
{
    size_t count = world->request.spans.count;

    world->spans = arena_new(&world->arena, count * sizeof *world->spans);
    world->traces = arena_new(&world->arena, count * sizeof *world->traces);
    world->sessions = arena_new(&world->arena, count * sizeof *world->sessions);
    for (size_t i = 0; i < count; i++) {
        struct span *span = &world->request.spans.spans[i];
        succeeds(attr_interpret(&world->arena, span, err));
        span->number = (int64_t)i + 1;
    }
    world_add_traces(world);
    world_link_spans(world);
    world_add_sessions(world);
}

static inline void world_open(struct world *world)
{
    struct value whole;

    *world = (struct world){0};
    arena_init(&world->arena, SIZE_MAX);
    succeeds(
        json_read(&world->arena,
                  vectors_file(&world->arena, "tests/vectors/span_filter.json"),
                  0, &whole, err));
    const struct value *store = value_member(&whole, "store");
    phx_text otlp =
        vectors_base64(&world->arena, world_text(store, "otlp_b64"));
    succeeds(wire_read_protobuf(&world->arena, WIRE_SPANS, otlp.data, otlp.size,
                                &world->request, err));
    world_build(world);
    world_add_judgements(world, store);
}

#endif

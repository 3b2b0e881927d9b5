/*
 * walk.c - from a row down to its elements, one after another.
 *
 *     session -> traces -> spans -> annotations, cost details
 *
 * A walk goes down that line as far as what it hands out.
 */
#include "base/base.h"
#include "query/inside.h"

static void walk_traces(struct walk *walk, const struct query_trace *first,
                        size_t count)
{
    walk->trace = first;
    walk->trace_end = first + count;
}

/* Down from a trace or session, or within the trace of a span. */
struct walk walk_rows(enum query_grain grain, const void *row,
                      const struct query_span *span)
{
    const struct query_session *session = row;
    struct walk walk = {0};

    if (span != NULL)
        walk_traces(&walk, span->trace, 1);
    else if (grain == QUERY_TRACE)
        walk_traces(&walk, row, 1);
    else
        walk_traces(&walk, session->traces, session->trace_count);
    return walk;
}

static void walk_annotations(struct walk *walk,
                             const struct query_annotation *first, size_t count)
{
    *walk = (struct walk){.item_size = sizeof *first};
    walk->item = (const char *)first;
    walk->item_end = (const char *)(first + count);
}

static void walk_costs(struct walk *walk, const struct query_span *span)
{
    walk->item_size = sizeof *span->costs;
    walk->item = (const char *)span->costs;
    walk->item_end = (const char *)(span->costs + span->cost_count);
}

void walk_start(struct walk *walk, const struct query_loop *loop,
                enum query_grain grain, const void *row, const void *outer)
{
    const struct query_trace *trace = row;
    const struct query_session *session = row;
    const struct query_span *span = outer;

    *walk = (struct walk){0};
    switch (loop->iterable) {
    case ITERABLE_TRACE_ANNOTATIONS:
        walk_annotations(walk, trace->annotations, trace->annotation_count);
        break;
    case ITERABLE_SESSION_ANNOTATIONS:
        walk_annotations(walk, session->annotations, session->annotation_count);
        break;
    case ITERABLE_ANNOTATIONS:
        walk_annotations(walk, span->annotations, span->annotation_count);
        break;
    case ITERABLE_OWN_COST_DETAILS:
        walk_costs(walk, span);
        break;
    case ITERABLE_CHILDREN:
    case ITERABLE_SIBLINGS:
        *walk = walk_rows(grain, row, span);
        walk->self = span;
        break;
    case ITERABLE_OWN_SPANS:
        *walk = walk_rows(QUERY_TRACE, outer, NULL);
        break;
    default:
        *walk = walk_rows(grain, row, NULL);
        break;
    }
    walk->iterable = loop->iterable;
    walk->element = loop->element;
}

static bool is_related(const struct walk *walk, const struct query_span *span)
{
    const struct query_span *self = walk->self;

    if (self == NULL)
        return true;
    if (span->span->parent_id.size == 0)
        return false;
    if (walk->iterable == ITERABLE_CHILDREN)
        return text_equal(span->span->parent_id, self->span->span_id);
    return span != self &&
           text_equal(span->span->parent_id, self->span->parent_id);
}

const struct query_span *walk_next_span(struct walk *walk)
{
    for (;;) {
        while (walk->span == walk->span_end) {
            if (walk->trace == walk->trace_end)
                return NULL;
            walk->span = walk->trace->spans;
            walk->span_end = walk->span + walk->trace->span_count;
            walk->trace++;
        }
        const struct query_span *span = walk->span++;
        if (is_related(walk, span))
            return span;
    }
}

static const void *next_item(struct walk *walk)
{
    while (walk->item == walk->item_end) {
        const struct query_span *span = walk_next_span(walk);
        if (span == NULL)
            return NULL;
        if (walk->element == QUERY_COST_DETAIL) {
            walk_costs(walk, span);
            continue;
        }
        walk->item_size = sizeof *span->annotations;
        walk->item = (const char *)span->annotations;
        walk->item_end =
            (const char *)(span->annotations + span->annotation_count);
    }
    const void *item = walk->item;
    walk->item += walk->item_size;
    return item;
}

const void *walk_next(struct walk *walk)
{
    switch (walk->element) {
    case QUERY_TRACE_OF_SESSION:
        return walk->trace < walk->trace_end ? walk->trace++ : NULL;
    case QUERY_ANNOTATION:
    case QUERY_COST_DETAIL:
        return next_item(walk);
    default:
        return walk_next_span(walk);
    }
}

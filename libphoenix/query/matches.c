/*
 * matches.c - whether a condition holds for a row.
 *
 * Annotations are joined: each name of the condition stands for one of the
 * row's annotations of that name at a time, or for none if there is none, and
 * the condition holds if it does for any choice. So annotations['q'] means
 * the same annotation wherever it stands.
 */
#include "base/base.h"
#include "query/inside.h"

enum { MEMORY = 64 << 20 };

/* The annotations a name is looked for in. */
static const struct query_annotation *
annotations_of(const struct evaluation *evaluation, int owner, size_t *count)
{
    const struct query_span *span = evaluation->row;
    const struct query_trace *trace = evaluation->row;
    const struct query_session *session = evaluation->row;

    if (owner == QUERY_SPAN_ROW) {
        *count = span->annotation_count;
        return span->annotations;
    }
    if (owner == QUERY_SESSION_ROW) {
        *count = session->annotation_count;
        return session->annotations;
    }
    if (evaluation->query->grain == QUERY_SPAN)
        trace = span->trace;
    *count = trace->annotation_count;
    return trace->annotations;
}

/* Whether the condition holds for any choice of annotations for the names
 * from the i-th on. */
static bool holds(struct evaluation *evaluation, uint32_t i)
{
    const struct query *query = evaluation->query;
    bool named = false;
    size_t count;

    if (i == query->note_count) {
        struct value value = node_evaluate(evaluation, query->condition);
        return value.kind == JSON_BOOL && value.integer;
    }
    const struct query_annotation *all =
        annotations_of(evaluation, query->notes[i].owner, &count);
    for (size_t j = 0; j < count && evaluation->status >= 0; j++) {
        if (!text_equal(all[j].name, query->notes[i].name))
            continue;
        named = true;
        evaluation->chosen[i] = &all[j];
        if (holds(evaluation, i + 1))
            return true;
    }
    evaluation->chosen[i] = NULL;
    return !named && holds(evaluation, i + 1);
}

phx_status query_matches(const struct query *query, const void *row, bool *out,
                         phx_error *err)
{
    struct evaluation evaluation = {.query = query, .row = row, .err = err};

    arena_init(&evaluation.arena, MEMORY);
    bool matches = query->condition == NULL || holds(&evaluation, 0);
    arena_clear(&evaluation.arena);
    if (evaluation.status < 0)
        return evaluation.status;
    *out = matches;
    return PHX_OK;
}

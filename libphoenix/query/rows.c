/*
 * rows.c - what rows and the elements of loops show of themselves: columns,
 * totals over what is below them, roots. Nothing is kept: a total is a walk.
 */
#include "base/base.h"
#include "query/inside.h"

#include <math.h>

/* --- roots ---------------------------------------------------------------- */

const struct query_span *span_parent(const struct query_span *span)
{
    const struct query_span *parent = span->parent;

    return parent != NULL &&
                   text_equal(parent->span->trace_id, span->span->trace_id)
               ? parent
               : NULL;
}

/* Of the roots and orphans of a trace the one that starts first, and of
 * several the one with the highest number. */
static const struct query_span *root_of_trace(const struct query_trace *trace)
{
    const struct query_span *root = NULL;

    for (size_t i = 0; i < trace->span_count; i++) {
        const struct query_span *span = &trace->spans[i];
        const struct span *own = span->span;
        if (own->parent_id.size > 0 && span_parent(span) != NULL)
            continue;
        if (root == NULL || own->start_time < root->span->start_time ||
            (own->start_time == root->span->start_time &&
             own->number > root->span->number))
            root = span;
    }
    return root;
}

/* By start and number of the trace, then number of the span. */
static bool is_before(const struct query_span *a, const struct query_span *b)
{
    if (a->trace->start_time != b->trace->start_time)
        return a->trace->start_time < b->trace->start_time;
    if (a->trace->number != b->trace->number)
        return a->trace->number < b->trace->number;
    return a->span->number < b->span->number;
}

/* The first or last span without a parent id. */
static const struct query_span *
root_of_session(const struct query_session *session, bool last)
{
    struct walk walk = walk_rows(QUERY_SESSION, session, NULL);
    const struct query_span *root = NULL;
    const struct query_span *span;

    while ((span = walk_next_span(&walk)) != NULL) {
        if (span->span->parent_id.size == 0 &&
            (root == NULL || is_before(span, root) != last))
            root = span;
    }
    return root;
}

const struct value *row_attributes(enum query_grain grain, const void *row)
{
    const struct query_span *root = row;

    if (grain == QUERY_TRACE)
        root = root_of_trace(row);
    else if (grain == QUERY_SESSION)
        root = root_of_session(row, false);
    return root != NULL ? &root->span->tree : NULL;
}

static struct value input_or_output(const struct query_span *root, bool input)
{
    const struct value *value =
        root == NULL ? NULL
                     : value_at(&root->span->tree,
                                input ? "input.value" : "output.value");

    return value != NULL && !value_is_missing(value) ? *value : value_null();
}

struct value row_next_root_text(struct walk *roots, int field, bool *found)
{
    const struct query_span *span;

    while ((span = walk_next_span(roots)) != NULL &&
           span->span->parent_id.size > 0)
        ;
    *found = span != NULL;
    return input_or_output(span, field == FIELD_ANY_INPUT);
}

/* --- totals --------------------------------------------------------------- */

static struct value total_cost(struct walk walk, int field)
{
    const struct query_cost *cost;
    struct total total = {0};

    walk.element = QUERY_COST_DETAIL;
    while ((cost = walk_next(&walk)) != NULL) {
        bool counts = field == FIELD_SUM_TOTAL_COST ||
                      cost->is_prompt == (field == FIELD_SUM_PROMPT_COST);
        if (counts && !isnan(cost->cost))
            total_add(&total, cost->cost);
    }
    return value_real(total_get(&total));
}

static int64_t add_up(int64_t a, int64_t b)
{
    int64_t sum;

    return __builtin_add_overflow(a, b, &sum) ? INT64_MAX : sum;
}

/* Null unless they are known, of an LLM span. */
static struct value tokens_of(const struct span *span, int field)
{
    int64_t prompt = span->prompt_tokens;
    int64_t completion = span->completion_tokens;
    int64_t tokens;

    if (field == FIELD_PROMPT_TOKENS || field == FIELD_SUM_PROMPT_TOKENS)
        tokens = prompt;
    else if (field == FIELD_COMPLETION_TOKENS ||
             field == FIELD_SUM_COMPLETION_TOKENS)
        tokens = completion;
    else
        tokens = prompt < 0 || completion < 0 ? -1 : add_up(prompt, completion);
    return tokens < 0 ? value_null() : value_int(tokens);
}

static int64_t known_tokens(const struct span *span, int field)
{
    struct value tokens = tokens_of(span, field);

    return tokens.kind == JSON_INT ? tokens.integer : 0;
}

/* What a span adds to a count or sum of its trace or session. */
static int64_t counts_for(const struct span *span, int field)
{
    switch (field) {
    case FIELD_SPAN_COUNT:
        return 1;
    case FIELD_ERROR_COUNT:
        return span->status == STATUS_ERROR;
    case FIELD_TOOL_COUNT:
        return span->kind == KIND_TOOL;
    case FIELD_LLM_COUNT:
        return span->kind == KIND_LLM;
    default:
        return known_tokens(span, field);
    }
}

static struct value total_count(struct walk walk, int field)
{
    const struct query_span *span;
    int64_t sum = 0;

    while ((span = walk_next_span(&walk)) != NULL)
        sum = add_up(sum, counts_for(span->span, field));
    return value_int(sum);
}

static struct value failed_traces(const struct query_session *session)
{
    int64_t count = 0;

    for (size_t i = 0; i < session->trace_count; i++) {
        struct walk walk = walk_rows(QUERY_TRACE, &session->traces[i], NULL);
        count += total_count(walk, FIELD_ERROR_COUNT).integer > 0;
    }
    return value_int(count);
}

/* --- columns -------------------------------------------------------------- */

static struct value time_value(uint64_t ns)
{
    return value_int(time_microseconds(ns));
}

int64_t latency_ms(uint64_t start, uint64_t end)
{
    return (time_microseconds(end) + 500) / 1000 -
           (time_microseconds(start) + 500) / 1000;
}

static struct value latency(uint64_t start, uint64_t end)
{
    return value_int(latency_ms(start, end));
}

static struct value id_value(phx_text id)
{
    struct value value = value_text(id);

    value.kind = JSON_BYTES;
    return id.size > 0 ? value : value_null();
}

static struct value text_or_null(phx_text text)
{
    return text.data != NULL ? value_text(text) : value_null();
}

static struct value real_or_null(double real)
{
    return isfinite(real) ? value_real(real) : value_null();
}

static struct value span_field(enum query_owner owner,
                               const struct query_span *row, int field)
{
    const struct span *span = row->span;
    const struct query_span *parent =
        owner == QUERY_SPAN_ROW ? row->parent : span_parent(row);

    switch (field) {
    case FIELD_SPAN_ID:
        return id_value(span->span_id);
    case FIELD_TRACE_ID:
        return id_value(span->trace_id);
    case FIELD_PARENT_ID:
        return id_value(span->parent_id);
    case FIELD_PARENT_SPAN:
        return parent != NULL ? value_bool(true) : value_null();
    case FIELD_SPAN_KIND:
        return value_text(text_of(span_kind_name(span->kind)));
    case FIELD_STATUS_CODE:
        return value_text(text_of(span_status_name(span->status)));
    case FIELD_NAME:
        return text_or_null(span->name);
    case FIELD_STATUS_MESSAGE:
        return text_or_null(span->status_message);
    case FIELD_START_TIME:
        return time_value(span->start_time);
    case FIELD_END_TIME:
        return time_value(span->end_time);
    case FIELD_LATENCY:
        return latency(span->start_time, span->end_time);
    case FIELD_CUMULATIVE_PROMPT:
        return value_int(row->cumulative_prompt);
    case FIELD_CUMULATIVE_COMPLETION:
        return value_int(row->cumulative_completion);
    case FIELD_CUMULATIVE_TOTAL:
        return value_int(
            add_up(row->cumulative_prompt, row->cumulative_completion));
    default:
        return tokens_of(span, field);
    }
}

static struct value trace_field(const struct query_trace *trace, int field)
{
    struct walk walk = walk_rows(QUERY_TRACE, trace, NULL);

    switch (field) {
    case FIELD_TRACE_ID:
        return id_value(trace->id);
    case FIELD_START_TIME:
        return time_value(trace->start_time);
    case FIELD_END_TIME:
        return time_value(trace->end_time);
    case FIELD_LATENCY:
        return latency(trace->start_time, trace->end_time);
    case FIELD_INPUT:
    case FIELD_OUTPUT:
        return input_or_output(root_of_trace(trace), field == FIELD_INPUT);
    case FIELD_SUM_PROMPT_COST:
    case FIELD_SUM_COMPLETION_COST:
    case FIELD_SUM_TOTAL_COST:
        return total_cost(walk, field);
    default:
        return total_count(walk, field);
    }
}

static struct value session_field(const struct query_session *session,
                                  int field)
{
    struct walk walk = walk_rows(QUERY_SESSION, session, NULL);

    switch (field) {
    case FIELD_SESSION_ID:
        return text_or_null(session->id);
    case FIELD_START_TIME:
        return time_value(session->start_time);
    case FIELD_END_TIME:
        return time_value(session->end_time);
    case FIELD_LATENCY:
        return latency(session->start_time, session->end_time);
    case FIELD_FIRST_INPUT:
        return input_or_output(root_of_session(session, false), true);
    case FIELD_LAST_OUTPUT:
        return input_or_output(root_of_session(session, true), false);
    case FIELD_TRACE_COUNT:
        return value_int((int64_t)session->trace_count);
    case FIELD_TRACE_ERROR_COUNT:
        return failed_traces(session);
    case FIELD_SUM_PROMPT_COST:
    case FIELD_SUM_COMPLETION_COST:
    case FIELD_SUM_TOTAL_COST:
        return total_cost(walk, field);
    default:
        return total_count(walk, field);
    }
}

static struct value annotation_field(const struct query_annotation *annotation,
                                     int field)
{
    switch (field) {
    case FIELD_NAME:
        return text_or_null(annotation->name);
    case FIELD_LABEL:
        return text_or_null(annotation->label);
    case FIELD_EXPLANATION:
        return text_or_null(annotation->explanation);
    default:
        return real_or_null(annotation->score);
    }
}

static struct value cost_field(const struct query_cost *cost, int field)
{
    switch (field) {
    case FIELD_TOKEN_TYPE:
        return text_or_null(cost->token_type);
    case FIELD_IS_PROMPT:
        return value_bool(cost->is_prompt);
    case FIELD_COST:
        return real_or_null(cost->cost);
    case FIELD_TOKENS:
        return value_int(cost->tokens);
    default:
        return cost->tokens == 0
                   ? value_null()
                   : real_or_null(cost->cost / (double)cost->tokens);
    }
}

struct value row_field(enum query_owner owner, const void *row, int field)
{
    switch (owner) {
    case QUERY_TRACE_ROW:
    case QUERY_TRACE_OF_SESSION:
        return trace_field(row, field);
    case QUERY_SESSION_ROW:
        return session_field(row, field);
    case QUERY_ANNOTATION:
    case QUERY_NOTE_MEMBER:
        return annotation_field(row, field);
    case QUERY_COST_DETAIL:
        return cost_field(row, field);
    default:
        return span_field(owner, row, field);
    }
}

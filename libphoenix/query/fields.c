/*
 * fields.c - the names of the language: fields, functions and what loops run
 * over, a row each; and which of them a misspelt name is like.
 */
#include "base/base.h"
#include "query/inside.h"

#define OF(owner) (1u << (owner))

enum {
    SPAN = OF(QUERY_SPAN_ROW),
    TRACE = OF(QUERY_TRACE_ROW),
    SESSION = OF(QUERY_SESSION_ROW),
    LOOP_SPAN = OF(QUERY_SPAN_OF_TRACE),
    LOOP_TRACE = OF(QUERY_TRACE_OF_SESSION),
    ANY_LOOP_SPAN = LOOP_SPAN | OF(QUERY_SPAN_OF_SESSION),
    ANY_SPAN = SPAN | ANY_LOOP_SPAN,
    TOTALS = TRACE | SESSION,
    ANNOTATION = OF(QUERY_ANNOTATION),
    MEMBER = OF(QUERY_NOTE_MEMBER),
    DETAIL = OF(QUERY_COST_DETAIL)
};

/* Of several names of a field the first is the one that is printed. */
static const struct query_field fields[] = {
    {"span_id", FIELD_SPAN_ID, QUERY_TEXT, false, SPAN},
    {"context.span_id", FIELD_SPAN_ID, QUERY_TEXT, false, SPAN},
    {"trace_id", FIELD_TRACE_ID, QUERY_TEXT, false, SPAN | TRACE},
    {"context.trace_id", FIELD_TRACE_ID, QUERY_TEXT, false, SPAN},
    {"session_id", FIELD_SESSION_ID, QUERY_TEXT, false, SESSION},
    {"parent_id", FIELD_PARENT_ID, QUERY_TEXT, false, SPAN | LOOP_SPAN},
    {"parent_span", FIELD_PARENT_SPAN, QUERY_THING, false, SPAN | LOOP_SPAN},
    {"name", FIELD_NAME, QUERY_TEXT, false, ANY_SPAN | ANNOTATION},
    {"span_kind", FIELD_SPAN_KIND, QUERY_TEXT, true, ANY_SPAN},
    {"status_code", FIELD_STATUS_CODE, QUERY_TEXT, true, ANY_SPAN},
    {"status_message", FIELD_STATUS_MESSAGE, QUERY_TEXT, false, SPAN},
    {"start_time", FIELD_START_TIME, QUERY_TIME, false,
     SPAN | TOTALS | LOOP_SPAN | LOOP_TRACE},
    {"end_time", FIELD_END_TIME, QUERY_TIME, false,
     SPAN | TOTALS | LOOP_SPAN | LOOP_TRACE},
    {"latency_ms", FIELD_LATENCY, QUERY_NUMBER, false,
     ANY_SPAN | TRACE | LOOP_TRACE},
    {"duration_ms", FIELD_LATENCY, QUERY_NUMBER, false, SESSION},
    {"llm_token_count_prompt", FIELD_PROMPT_TOKENS, QUERY_NUMBER, false,
     ANY_LOOP_SPAN},
    {"llm_token_count_completion", FIELD_COMPLETION_TOKENS, QUERY_NUMBER, false,
     ANY_LOOP_SPAN},
    {"llm_token_count_total", FIELD_TOTAL_TOKENS, QUERY_NUMBER, false,
     ANY_LOOP_SPAN},
    {"cumulative_llm_token_count_prompt", FIELD_CUMULATIVE_PROMPT, QUERY_NUMBER,
     false, SPAN | LOOP_SPAN},
    {"cumulative_llm_token_count_completion", FIELD_CUMULATIVE_COMPLETION,
     QUERY_NUMBER, false, SPAN | LOOP_SPAN},
    {"cumulative_llm_token_count_total", FIELD_CUMULATIVE_TOTAL, QUERY_NUMBER,
     false, SPAN | LOOP_SPAN},
    {"cumulative_token_count.prompt", FIELD_CUMULATIVE_PROMPT, QUERY_NUMBER,
     false, SPAN},
    {"cumulative_token_count.completion", FIELD_CUMULATIVE_COMPLETION,
     QUERY_NUMBER, false, SPAN},
    {"cumulative_token_count.total", FIELD_CUMULATIVE_TOTAL, QUERY_NUMBER,
     false, SPAN},
    {"llm.token_count.prompt", FIELD_ATTRIBUTE, QUERY_NUMBER, false, SPAN},
    {"llm.token_count.completion", FIELD_ATTRIBUTE, QUERY_NUMBER, false, SPAN},
    {"llm.token_count.total", FIELD_ATTRIBUTE, QUERY_NUMBER, false, SPAN},
    {"num_spans", FIELD_SPAN_COUNT, QUERY_NUMBER, false, TRACE},
    {"error_count", FIELD_ERROR_COUNT, QUERY_NUMBER, false, TRACE},
    {"num_traces", FIELD_TRACE_COUNT, QUERY_NUMBER, false, SESSION},
    {"num_traces_with_error", FIELD_TRACE_ERROR_COUNT, QUERY_NUMBER, false,
     SESSION},
    {"token_count_prompt", FIELD_SUM_PROMPT_TOKENS, QUERY_NUMBER, false,
     TOTALS},
    {"token_count_completion", FIELD_SUM_COMPLETION_TOKENS, QUERY_NUMBER, false,
     TOTALS},
    {"token_count_total", FIELD_SUM_TOTAL_TOKENS, QUERY_NUMBER, false, TOTALS},
    {"prompt_cost", FIELD_SUM_PROMPT_COST, QUERY_NUMBER, false, TOTALS},
    {"completion_cost", FIELD_SUM_COMPLETION_COST, QUERY_NUMBER, false, TOTALS},
    {"total_cost", FIELD_SUM_TOTAL_COST, QUERY_NUMBER, false, TOTALS},
    {"tool_span_count", FIELD_TOOL_COUNT, QUERY_NUMBER, false, TOTALS},
    {"llm_span_count", FIELD_LLM_COUNT, QUERY_NUMBER, false, TOTALS},
    {"input", FIELD_INPUT, QUERY_TEXT, false, TRACE},
    {"output", FIELD_OUTPUT, QUERY_TEXT, false, TRACE},
    {"first_input", FIELD_FIRST_INPUT, QUERY_TEXT, false, SESSION},
    {"last_output", FIELD_LAST_OUTPUT, QUERY_TEXT, false, SESSION},
    {"any_input", FIELD_ANY_INPUT, QUERY_TEXTS, false, SESSION},
    {"any_output", FIELD_ANY_OUTPUT, QUERY_TEXTS, false, SESSION},
    {"user.id", FIELD_ATTRIBUTE, QUERY_UNKNOWN, false, TOTALS},
    {"label", FIELD_LABEL, QUERY_TEXT, false, ANNOTATION | MEMBER},
    {"score", FIELD_SCORE, QUERY_NUMBER, false, ANNOTATION | MEMBER},
    {"explanation", FIELD_EXPLANATION, QUERY_TEXT, false, MEMBER},
    {"token_type", FIELD_TOKEN_TYPE, QUERY_TEXT, false, DETAIL},
    {"is_prompt", FIELD_IS_PROMPT, QUERY_BOOLEAN, false, DETAIL},
    {"cost", FIELD_COST, QUERY_NUMBER, false, DETAIL},
    {"tokens", FIELD_TOKENS, QUERY_NUMBER, false, DETAIL},
    {"cost_per_token", FIELD_COST_PER_TOKEN, QUERY_NUMBER, false, DETAIL},
};

static const struct query_function functions[] = {
    {"str", QUERY_TO_TEXT, QUERY_TEXT, SPAN | TRACE | SESSION},
    {"float", QUERY_TO_NUMBER, QUERY_NUMBER, SPAN | TRACE | SESSION},
    {"int", QUERY_TO_NUMBER, QUERY_NUMBER, SPAN},
    {"any", QUERY_ANY, QUERY_BOOLEAN, TRACE | SESSION},
    {"all", QUERY_ALL, QUERY_BOOLEAN, TRACE | SESSION},
    {"sum", QUERY_SUM, QUERY_NUMBER, TRACE | SESSION},
    {"max", QUERY_MAX, QUERY_NUMBER, TRACE | SESSION},
    {"min", QUERY_MIN, QUERY_NUMBER, TRACE | SESSION},
    {"len", QUERY_LEN, QUERY_NUMBER, TRACE | SESSION},
};

static const struct query_source sources[] = {
    {"spans", ITERABLE_SPANS, QUERY_SPAN_OF_TRACE, TRACE},
    {"spans", ITERABLE_SPANS, QUERY_SPAN_OF_SESSION, SESSION},
    {"traces", ITERABLE_TRACES, QUERY_TRACE_OF_SESSION, SESSION},
    {"trace_annotations", ITERABLE_TRACE_ANNOTATIONS, QUERY_ANNOTATION, TRACE},
    {"session_annotations", ITERABLE_SESSION_ANNOTATIONS, QUERY_ANNOTATION,
     SESSION},
    {"span_annotations", ITERABLE_SPAN_ANNOTATIONS, QUERY_ANNOTATION, TOTALS},
    {"span_cost_details", ITERABLE_COST_DETAILS, QUERY_COST_DETAIL, TOTALS},
    {"children", ITERABLE_CHILDREN, QUERY_SPAN_OF_TRACE, LOOP_SPAN},
    {"siblings", ITERABLE_SIBLINGS, QUERY_SPAN_OF_TRACE, LOOP_SPAN},
    {"annotations", ITERABLE_ANNOTATIONS, QUERY_ANNOTATION, LOOP_SPAN},
    {"cost_details", ITERABLE_OWN_COST_DETAILS, QUERY_COST_DETAIL, LOOP_SPAN},
    {"spans", ITERABLE_OWN_SPANS, QUERY_SPAN_OF_SESSION, LOOP_TRACE},
};

enum {
    FIELDS = sizeof fields / sizeof *fields,
    FUNCTIONS = sizeof functions / sizeof *functions,
    SOURCES = sizeof sources / sizeof *sources
};

const struct query_field *query_field_next(enum query_owner owner,
                                           size_t *index)
{
    while (*index < FIELDS) {
        const struct query_field *field = &fields[(*index)++];
        if (field->owners & OF(owner))
            return field;
    }
    return NULL;
}

/* Whose words a condition can have: those of its rows, of the elements that
 * loops lead to, and of an annotation that is named. */
static uint32_t owners_of(enum query_grain grain)
{
    uint32_t owners = OF(grain), before;

    do {
        before = owners;
        for (size_t i = 0; i < SOURCES; i++) {
            if (sources[i].owners & owners)
                owners |= OF(sources[i].element);
        }
    } while (owners != before);
    return owners | MEMBER;
}

bool query_word_next(enum query_grain grain, size_t *index,
                     struct query_word *out)
{
    enum { ROWS = FIELDS + FUNCTIONS + SOURCES };
    uint32_t owners = owners_of(grain);

    while (*index < (QUERY_COST_DETAIL + 1) * ROWS) {
        size_t row = *index % ROWS;
        uint8_t owner = (uint8_t)(*index / ROWS);
        ++*index;
        if ((owners & OF(owner)) == 0)
            continue;
        if (row < FIELDS) {
            const struct query_field *field = &fields[row];
            *out = (struct query_word){field->name, QUERY_WORD_FIELD,
                                       field->type, owner, 0};
            if (field->owners & OF(owner))
                return true;
        } else if ((row -= FIELDS) < FUNCTIONS) {
            const struct query_function *function = &functions[row];
            *out = (struct query_word){function->name, QUERY_WORD_FUNCTION,
                                       function->type, owner, 0};
            if (owner == (uint8_t)grain && function->grains & OF(owner))
                return true;
        } else {
            const struct query_source *source = &sources[row - FUNCTIONS];
            *out = (struct query_word){source->name, QUERY_WORD_ITERABLE, 0,
                                       owner, source->element};
            if (source->owners & OF(owner))
                return true;
        }
    }
    return false;
}

const struct query_field *field_find(enum query_owner owner, phx_text name)
{
    const struct query_field *field;
    size_t index = 0;

    do {
        field = query_field_next(owner, &index);
    } while (field != NULL && !text_is(name, field->name));
    return field;
}

const char *field_name(enum query_owner owner, int id)
{
    const struct query_field *field;
    size_t index = 0;

    do {
        field = query_field_next(owner, &index);
    } while (field != NULL && field->id != id);
    return field != NULL ? field->name : "";
}

const struct query_function *function_find(enum query_grain grain,
                                           phx_text name)
{
    for (size_t i = 0; i < FUNCTIONS; i++) {
        if (functions[i].grains & OF(grain) && text_is(name, functions[i].name))
            return &functions[i];
    }
    return NULL;
}

const char *function_name(int op)
{
    size_t i = 0;

    while (i + 1 < FUNCTIONS && functions[i].op != op)
        i++;
    return functions[i].name;
}

const struct query_source *source_find(enum query_owner owner, phx_text name)
{
    for (size_t i = 0; i < SOURCES; i++) {
        if (sources[i].owners & OF(owner) && text_is(name, sources[i].name))
            return &sources[i];
    }
    return NULL;
}

const struct query_source *source_of(enum query_iterable iterable)
{
    size_t i = 0;

    while (i + 1 < SOURCES && sources[i].iterable != iterable)
        i++;
    return &sources[i];
}

/* --- likeness ------------------------------------------------------------- */

enum { LONGEST = 64 }; /* bytes of a name that is compared */

/* Twice the letters two names have in common, in order, by all they have. */
static double likeness(phx_text a, phx_text b)
{
    uint8_t common[LONGEST + 1] = {0}; /* of a's front and b's first j bytes */

    if (a.size == 0 || a.size > LONGEST || b.size > LONGEST)
        return 0;
    for (size_t i = 0; i < a.size; i++) {
        uint8_t above_left = 0;
        for (size_t j = 0; j < b.size; j++) {
            uint8_t above = common[j + 1];
            if (a.data[i] == b.data[j])
                common[j + 1] = (uint8_t)(above_left + 1);
            else if (common[j] > above)
                common[j + 1] = common[j];
            above_left = above;
        }
    }
    return 2.0 * common[b.size] / (double)(a.size + b.size);
}

void suggestion_try(struct suggestion *suggestion, phx_text name,
                    const char *known)
{
    static const double least = 0.75;
    double found = likeness(name, text_of(known));

    if (found <= least || found == 1 || found <= suggestion->likeness)
        return;
    suggestion->likeness = found;
    snprintf(suggestion->text, sizeof suggestion->text, "; did you mean '%s'",
             known);
}

void suggestion_try_fields(struct suggestion *suggestion,
                           enum query_owner owner, phx_text name)
{
    const struct query_field *field;
    size_t index = 0;

    while ((field = query_field_next(owner, &index)) != NULL)
        suggestion_try(suggestion, name, field->name);
}

void suggestion_try_functions(struct suggestion *suggestion,
                              enum query_grain grain, phx_text name)
{
    for (size_t i = 0; i < FUNCTIONS; i++) {
        if (functions[i].grains & OF(grain))
            suggestion_try(suggestion, name, functions[i].name);
    }
}

void suggestion_try_sources(struct suggestion *suggestion,
                            enum query_owner owner, phx_text name)
{
    for (size_t i = 0; i < SOURCES; i++) {
        if (sources[i].owners & OF(owner))
            suggestion_try(suggestion, name, sources[i].name);
    }
}

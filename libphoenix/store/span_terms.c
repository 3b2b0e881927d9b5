/*
 * span_terms.c - the terms that a plan took over, with their values, as a
 * search. A value that is not of its column's type changes nothing: SQLite
 * tests all terms anyway.
 */
#include "base/base.h"

#include "store/span_table.h"

#include <stdlib.h>

/* --- columns -------------------------------------------------------------------- */

/* A first list of texts; of a second one SQLite takes care. */
static void want_texts(struct search *search, const struct items *items,
                       const phx_text **texts, size_t *count)
{
    if (!items->typed || *count > 0)
        return;
    search->nothing |= items->count == 0;
    *texts = items->texts;
    *count = items->count;
}

static phx_status take_texts(const struct term *term, phx_error *err)
{
    struct search *search = &term->plan->search;
    struct span_filter *filter = &search->filter;
    bool is_name = term->column == SPAN_NAME;
    struct items texts = {.term = term,
                          .add = is_name ? items_take_text : items_take_hex,
                          .type = SQLITE_TEXT};
    phx_status status = items_read(&texts, err);

    if (status < 0)
        return status;
    if (term->column == SPAN_NAME)
        want_texts(search, &texts, &filter->names, &filter->name_count);
    else if (term->column == SPAN_SPAN_ID)
        want_texts(search, &texts, &filter->span_ids, &filter->span_id_count);
    else if (term->column == SPAN_TRACE_ID)
        want_texts(search, &texts, &filter->trace_ids, &filter->trace_id_count);
    else
        want_texts(search, &texts, &filter->parent_ids,
                   &filter->parent_id_count);
    return PHX_OK;
}

/* Traces by number: the rows tell their ids. */
static phx_status take_traces(const struct term *term, phx_error *err)
{
    struct search *search = &term->plan->search;
    struct items numbers = {
        .term = term, .add = items_take_int, .type = SQLITE_INTEGER};
    struct items ids = {.term = term, .typed = true};
    phx_status status = items_read(&numbers, err);

    if (!numbers.typed)
        return status;
    for (size_t i = 0; i < numbers.count && status >= 0; i++) {
        struct statement *row;
        status = sql_find(term->snapshot->connection, SQL_TRACE_BY_ID,
                          numbers.ints[i], &row, err);
        if (status != PHX_OK)
            continue;
        search->only_trace = numbers.count == 1 ? numbers.ints[0] : 0;
        search->only_spans = sql_int(row, 8);
        status = items_add_text(&ids, sql_text(row, 1), err);
        sql_end(row);
    }
    if (status >= 0)
        want_texts(search, &ids, &search->filter.trace_ids,
                   &search->filter.trace_id_count);
    return status < 0 ? status : PHX_OK;
}

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

static void take_numbers(struct search *search, struct items *items)
{
    if (items->count == 0) {
        search->nothing = true;
        return;
    }
    qsort(items->ints, items->count, sizeof *items->ints, by_value);
    if (items->ints[0] > search->min_number)
        search->min_number = items->ints[0];
    if (items->ints[items->count - 1] < search->max_number)
        search->max_number = items->ints[items->count - 1];
    if (search->number_count > 0 || items->count == 1)
        return;
    search->numbers = items->ints;
    search->number_count = items->count;
}

static void take_bits(struct search *search, const struct items *items,
                      uint32_t *bits)
{
    uint32_t wanted = 0;

    for (size_t i = 0; i < items->count; i++) {
        if (items->ints[i] >= 0 && items->ints[i] < 32)
            wanted |= 1u << items->ints[i];
    }
    *bits = *bits == 0 ? wanted : *bits & wanted;
    search->nothing |= *bits == 0;
}

static void take_project(struct search *search, const struct items *items)
{
    int64_t project = items->count > 0 ? items->ints[0] : 0;

    search->nothing |= project <= 0 || (search->filter.project != 0 &&
                                        search->filter.project != project);
    search->filter.project = project;
}

/* The values that a comparison leaves over, both ends among them. False if
 * there are none. */
static bool bounds_of(char letter, int64_t value, int64_t *low, int64_t *high)
{
    *low = INT64_MIN;
    *high = INT64_MAX;
    switch (letter) {
    case TERM_LESS:
        *high = value == INT64_MIN ? value : value - 1;
        return value != INT64_MIN;
    case TERM_GREATER:
        *low = value == INT64_MAX ? value : value + 1;
        return value != INT64_MAX;
    case TERM_LESS_EQUAL:
        *high = value;
        return true;
    case TERM_GREATER_EQUAL:
        *low = value;
        return true;
    default:
        *low = *high = value;
        return true;
    }
}

static void take_start(struct search *search, char letter, int64_t value)
{
    struct span_filter *filter = &search->filter;
    int64_t low, high;

    /* Starts past INT64_MAX are reals in SQL, larger than any integer. */
    if (letter == TERM_GREATER && value == INT64_MAX) {
        filter->start_time = (uint64_t)value + 1;
        return;
    }
    if (!bounds_of(letter, value, &low, &high) || high < 0) {
        search->nothing = true;
        return;
    }
    if (low > 0 && (uint64_t)low > filter->start_time)
        filter->start_time = (uint64_t)low;
    if (letter == TERM_GREATER || letter == TERM_GREATER_EQUAL)
        return;
    if (filter->end_time == 0 || (uint64_t)high + 1 < filter->end_time)
        filter->end_time = (uint64_t)high + 1;
}

static void take_range(struct search *search, const struct term *term,
                       int64_t value)
{
    int64_t low, high;

    if (term->column == SPAN_START) {
        take_start(search, term->letter, value);
    } else if (term->column == SPAN_LATENCY) {
        (void)bounds_of(term->letter, value, &low, &high);
        if (low > 0 && (uint64_t)low > search->min_latency)
            search->min_latency = (uint64_t)low;
    } else if (!bounds_of(term->letter, value, &low, &high)) {
        search->nothing = true;
    } else {
        if (low > search->min_number)
            search->min_number = low;
        if (high < search->max_number)
            search->max_number = high;
    }
}

static phx_status take_ints(const struct term *term, phx_error *err)
{
    struct search *search = &term->plan->search;
    struct items ints = {
        .term = term, .add = items_take_int, .type = SQLITE_INTEGER};
    phx_status status = items_read(&ints, err);

    if (status < 0 || !ints.typed)
        return status;
    if (term->column == SPAN_KIND)
        take_bits(search, &ints, &search->filter.kinds);
    else if (term->column == SPAN_STATUS)
        take_bits(search, &ints, &search->filter.statuses);
    else if (term->column == SPAN_PROJECT)
        take_project(search, &ints);
    else if (term->column == SPAN_NO && strchr("=i", term->letter))
        take_numbers(search, &ints);
    else if (ints.count == 0) /* nothing compares with NULL */
        search->nothing = true;
    else if (term->column == SPAN_ROOT)
        search->filter.roots_only |= ints.ints[0] == 1;
    else
        take_range(search, term, ints.ints[0]);
    return PHX_OK;
}

/* --- columns for people ------------------------------------------------------------ */

static phx_status take_kinds(const struct term *term, phx_error *err)
{
    struct search *search = &term->plan->search;
    bool is_kind = term->column == SPAN_KIND_NAME;
    struct items names = {.term = term,
                          .add = is_kind ? items_take_kind : items_take_status,
                          .type = SQLITE_TEXT};
    phx_status status = items_read(&names, err);

    if (status >= 0 && names.typed)
        take_bits(search, &names,
                  is_kind ? &search->filter.kinds : &search->filter.statuses);
    return status;
}

static phx_status take_project_name(const struct term *term, phx_error *err)
{
    int64_t number = 0;
    struct items numbers = {.term = term, .ints = &number, .count = 1};
    phx_status status =
        lookup_name(term->snapshot->connection, SQL_PROJECT_BY_NAME,
                    text_of_value(term->value), &number, err);

    if (status >= 0)
        take_project(&term->plan->search, &numbers);
    return status < 0 ? status : PHX_OK;
}

/* A session's spans are those of its traces. */
static phx_status take_session(const struct term *term, phx_error *err)
{
    struct connection *connection = term->snapshot->connection;
    struct search *search = &term->plan->search;
    struct items ids = {.term = term, .typed = true};
    struct statement *traces;
    int64_t session = 0;
    phx_status status = lookup_name(connection, SQL_SESSION_BY_NAME,
                                    text_of_value(term->value), &session, err);

    if (status == PHX_OK)
        status =
            sql_find(connection, SQL_TRACES_OF_SESSION, session, &traces, err);
    while (status == PHX_OK) {
        if ((status = items_add_text(&ids, sql_text(traces, 1), err)) >= 0)
            status = sql_next(traces, err);
    }
    if (session != 0)
        sql_end(traces);
    if (status < 0)
        return status;
    want_texts(search, &ids, &search->filter.trace_ids,
               &search->filter.trace_id_count);
    return PHX_OK;
}

static void take_start_text(const struct term *term)
{
    struct span_filter *filter = &term->plan->search.filter;
    uint64_t low, high;

    if (!time_bounds_sql(text_of_value(term->value), &low, &high))
        return;
    if (term->letter != TERM_LESS && term->letter != TERM_LESS_EQUAL &&
        low > filter->start_time)
        filter->start_time = low;
    if (term->letter != TERM_GREATER && term->letter != TERM_GREATER_EQUAL &&
        high < UINT64_MAX && (filter->end_time == 0 || high < filter->end_time))
        filter->end_time = high;
}

static void take_latency_ms(const struct term *term)
{
    struct search *search = &term->plan->search;
    double ns = sqlite3_value_double(term->value) * 1e6 - 2048;

    if (ns > (double)search->min_latency)
        search->min_latency = ns < 1e18 ? (uint64_t)ns : (uint64_t)1e18;
}

/* A named column's value, if it is of the column's type. */
static phx_status take_named(const struct term *term, phx_error *err)
{
    int type = sqlite3_value_type(term->value);
    bool is_number = type == SQLITE_INTEGER || type == SQLITE_FLOAT;

    if (type == SQLITE_NULL) {
        term->plan->search.nothing = true;
    } else if (term->column == SPAN_LATENCY_MS) {
        if (is_number)
            take_latency_ms(term);
    } else if (type != SQLITE_TEXT) {
        return PHX_OK;
    } else if (term->column == SPAN_PROJECT_NAME) {
        return take_project_name(term, err);
    } else if (term->column == SPAN_SESSION_NAME) {
        return take_session(term, err);
    } else {
        take_start_text(term);
    }
    return PHX_OK;
}

/* --- attributes ---------------------------------------------------------------------- */

phx_status span_plan_add_test(struct span_plan *plan, phx_text test,
                              phx_error *err)
{
    struct search *search = &plan->search;
    size_t size = size_mul(search->test_count + 1, sizeof *search->tests);
    phx_text *tests = arena_new(&plan->arena, size);
    const void *bytes = arena_copy(&plan->arena, test.data, test.size);

    if (tests == NULL || bytes == NULL)
        return arena_status(&plan->arena, size_add(size, test.size), err);
    for (size_t i = 0; i < search->test_count; i++)
        tests[i] = search->tests[i];
    tests[search->test_count++] = text_span(bytes, test.size);
    search->tests = tests;
    return PHX_OK;
}

/* The search as it was given: the terms narrow it further, or have. What is no
 * pointer to one equals nothing. */
static void take_search(const struct term *term)
{
    const struct search *given =
        sqlite3_value_pointer(term->value, SEARCH_POINTER);

    if (given != NULL)
        term->plan->search = *given;
    else
        term->plan->search.nothing = true;
}

static phx_status take_test(const struct term *term, phx_error *err)
{
    phx_text test = text_of_value(term->value);

    if (sqlite3_value_type(term->value) != SQLITE_BLOB || test.size == 0)
        return PHX_OK; /* attr_is refuses it */
    return span_plan_add_test(term->plan, test, err);
}

static phx_status take_key(const struct term *term, phx_error *err)
{
    struct span_plan *plan = term->plan;
    phx_text key = text_of_value(term->value);

    if (sqlite3_value_type(term->value) != SQLITE_TEXT ||
        (plan->key.data != NULL && !text_equal(plan->key, key))) {
        plan->search.nothing = true;
        return PHX_OK;
    }
    plan->key.data = arena_copy(&plan->arena, key.data, key.size);
    plan->key.size = key.size;
    return plan->key.data != NULL ? PHX_OK
                                  : arena_status(&plan->arena, key.size, err);
}

static phx_status take_term(const struct term *term, phx_error *err)
{
    switch (term->column) {
    case SPAN_PARENT_ID:
        if (term->letter == TERM_NULL) {
            term->plan->search.filter.roots_only = true;
            return PHX_OK;
        }
        return take_texts(term, err);
    case SPAN_TRACE_ID:
    case SPAN_SPAN_ID:
    case SPAN_NAME:
        return take_texts(term, err);
    case SPAN_TRACE:
        return take_traces(term, err);
    case SPAN_REF:
        return take_test(term, err);
    case SPAN_AMONG:
        take_search(term);
        return PHX_OK;
    case SPAN_KIND_NAME:
    case SPAN_STATUS_NAME:
        return take_kinds(term, err);
    case SPAN_PROJECT_NAME:
    case SPAN_SESSION_NAME:
    case SPAN_START_TEXT:
    case SPAN_LATENCY_MS:
        return take_named(term, err);
    case SPAN_KEY:
        return take_key(term, err);
    case SPAN_VALUE:
        term->plan->equal_to = term->value;
        return PHX_OK;
    default:
        return take_ints(term, err);
    }
}

phx_status span_plan_fill(struct span_plan *plan, struct snapshot *snapshot,
                          int order, const char *terms, sqlite3_value **values,
                          phx_error *err)
{
    phx_status status = PHX_OK;

    arena_reset(&plan->arena);
    plan->search =
        (struct search){.min_number = INT64_MIN, .max_number = INT64_MAX};
    plan->key = (phx_text){NULL, 0};
    plan->equal_to = NULL;
    plan->order = (enum find_order)(order >> 1);
    plan->down = order & 1;
    for (size_t i = 0; terms[2 * i] != '\0' && status >= 0; i++) {
        const struct term term = {.plan = plan,
                                  .snapshot = snapshot,
                                  .column = terms[2 * i] - 'a',
                                  .letter = terms[2 * i + 1],
                                  .value = values[i]};
        status = take_term(&term, err);
    }
    if (status >= 0 && plan->key.data != NULL)
        status = leaf_plan_fill(plan, &snapshot->key, err);
    plan->search.nothing |= plan->search.min_number > plan->search.max_number;
    return status;
}

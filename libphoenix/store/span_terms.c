/*
 * span_terms.c - the terms that a plan took over, with their values, as a
 * search. A value that is not of its column's type changes nothing: SQLite
 * tests all terms anyway.
 */
#include "base/base.h"

#include "store/span_table.h"

#include <stdlib.h>

/* A term of the plan that is filled in. */
struct term {
    struct span_plan *plan;
    struct snapshot *snapshot;
    int column;
    char letter; /* enum span_term */
    sqlite3_value *value;
};

/* --- the values of a term ------------------------------------------------------ */

/* The term's value, or those of its list, one by one. */
static int next_item(const struct term *term, bool first, sqlite3_value **out)
{
    if (term->letter != TERM_AMONG) {
        *out = term->value;
        return first ? SQLITE_OK : SQLITE_DONE;
    }
    return first ? sqlite3_vtab_in_first(term->value, out)
                 : sqlite3_vtab_in_next(term->value, out);
}

/* The values that a term has: all of one type, or it is left to SQLite. NULL,
 * which equals nothing, is none of them. */
struct items {
    const struct term *term;
    phx_status (*add)(struct items *items, sqlite3_value *value,
                      phx_error *err);
    int type;
    bool typed;
    int64_t *ints;   /* [count] */
    phx_text *texts; /* [count] */
    size_t count, capacity;
};

static phx_status read_items(struct items *items, phx_error *err)
{
    const struct term *term = items->term;
    sqlite3_value *value;
    phx_status status = PHX_OK;
    int code;

    items->typed = true;
    for (code = next_item(term, true, &value);
         code == SQLITE_OK && status >= 0 && items->typed;
         code = next_item(term, false, &value)) {
        int type = sqlite3_value_type(value);
        if (type == items->type)
            status = items->add(items, value, err);
        else
            items->typed = type == SQLITE_NULL;
    }
    if (status >= 0 && code != SQLITE_OK && code != SQLITE_DONE)
        status = connection_fail(term->snapshot->connection, code, err);
    return status;
}

static phx_status add_int(struct items *items, sqlite3_value *value,
                          phx_error *err)
{
    struct arena *arena = &items->term->plan->arena;
    int64_t *ints = arena_grow(arena, items->ints, &items->capacity,
                               items->count, sizeof *ints);

    if (ints == NULL)
        return arena_status(arena, sizeof *ints, err);
    items->ints = ints;
    items->ints[items->count++] = sqlite3_value_int64(value);
    return PHX_OK;
}

static phx_status keep_text(struct items *items, phx_text text, phx_error *err)
{
    struct arena *arena = &items->term->plan->arena;
    phx_text *texts = arena_grow(arena, items->texts, &items->capacity,
                                 items->count, sizeof *texts);
    const void *bytes = arena_copy(arena, text.data, text.size);

    if (texts == NULL || bytes == NULL)
        return arena_status(arena, size_add(text.size, sizeof *texts), err);
    items->texts = texts;
    items->texts[items->count++] = text_span(bytes, text.size);
    return PHX_OK;
}

static phx_status add_text(struct items *items, sqlite3_value *value,
                           phx_error *err)
{
    const void *text = sqlite3_value_text(value);

    if (text == NULL)
        return fail_memory(err, 0);
    return keep_text(items, text_span(text, (size_t)sqlite3_value_bytes(value)),
                     err);
}

/* What is not hex is no row's id. */
static phx_status add_hex(struct items *items, sqlite3_value *value,
                          phx_error *err)
{
    struct arena *arena = &items->term->plan->arena;
    const void *text = sqlite3_value_text(value);
    size_t size = (size_t)sqlite3_value_bytes(value);
    uint8_t *bytes = arena_new(arena, size);

    if (text == NULL || bytes == NULL)
        return arena_status(arena, size, err);
    if (hex_read(text_span(text, size), bytes, &size, NULL) < 0)
        return PHX_OK;
    return keep_text(items, text_span(bytes, size), err);
}

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
    struct items texts = {.term = term,
                          .add = term->column == SPAN_NAME ? add_text : add_hex,
                          .type = SQLITE_TEXT};
    phx_status status = read_items(&texts, err);

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
        .term = term, .add = add_int, .type = SQLITE_INTEGER};
    struct items ids = {.term = term, .typed = true};
    phx_status status = read_items(&numbers, err);

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
        status = keep_text(&ids, sql_text(row, 1), err);
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
    struct items ints = {.term = term, .add = add_int, .type = SQLITE_INTEGER};
    phx_status status = read_items(&ints, err);

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

static phx_status take_test(const struct term *term, phx_error *err)
{
    struct search *search = &term->plan->search;
    struct arena *arena = &term->plan->arena;
    size_t size = (size_t)sqlite3_value_bytes(term->value);

    if (sqlite3_value_type(term->value) != SQLITE_BLOB || size == 0)
        return PHX_OK; /* attr_is refuses it */
    phx_text *tests = arena_new(
        arena, size_mul(search->test_count + 1, sizeof *search->tests));
    const void *bytes =
        arena_copy(arena, sqlite3_value_blob(term->value), size);
    if (tests == NULL || bytes == NULL)
        return arena_status(arena, size_add(size, sizeof *tests), err);
    for (size_t i = 0; i < search->test_count; i++)
        tests[i] = search->tests[i];
    tests[search->test_count++] = text_span(bytes, size);
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
    plan->search.nothing |= plan->search.min_number > plan->search.max_number;
    return status;
}

/*
 * store_table_test.c - the table `stored_span` against the model: random terms
 * and orders over random spans, deletes and compaction, and a plain scan of
 * the model in C.
 */
#include "t.h"

#include "contract/asked.h"
#include "contract/steps.h"

static char *ask_string(struct asked *asked)
{
    char *text = asked->texts[asked->count];

    ask_value(asked, value_null());
    return text;
}

static void ask_id(struct asked *asked, int id)
{
    const char *text = id_text(id, ask_string(asked));

    asked->values[asked->count - 1] = value_text(text_of(text));
}

/* --- terms ------------------------------------------------------------------------- */

enum column {
    C_NO,
    C_TRACE,
    C_TRACE_ID,
    C_SPAN_ID,
    C_PARENT_ID,
    C_PROJECT,
    C_KIND,
    C_STATUS,
    C_START,
    C_LATENCY,
    C_ROOT,
    C_NAME,
    C_N,
    C_COUNT
};

static const char *const column_names[] = {
    "no",      "trace", "trace_id",      "span_id", "parent_id",
    "project", "kind",  "status",        "start",   "latency",
    "root",    "name",  "attr(ref, 'n')"};

/* As SQL numbers them. */
static const int kind_numbers[] = {KIND_LLM, KIND_TOOL, KIND_CHAIN};

struct term {
    enum column column;
    char how; /* = < [ > ] i(n) t(est) 0 (is null) */
    int64_t values[4];
    int count;
};

/* A number as SQL has it: those past int64 are reals. */
static double real_of(uint64_t ns)
{
    return (double)ns;
}

/* Of a column the integer, or whether it is larger than all of them. */
static int64_t int_of(const struct model_span *span, enum column column,
                      int *past, int *below)
{
    const struct trace *trace = trace_numbered(span->trace);

    *past = *below = 0;
    switch (column) {
    case C_NO:
        return span->number;
    case C_TRACE:
        return span->trace;
    case C_TRACE_ID:
        return trace->id;
    case C_SPAN_ID:
        return span->id;
    case C_PARENT_ID:
        return span->parent;
    case C_PROJECT:
        return trace->project;
    case C_KIND:
        return kind_numbers[span->kind];
    case C_STATUS:
        return span->status;
    case C_START:
        *past = span->start > INT64_MAX;
        return (int64_t)span->start;
    case C_LATENCY:
        *past = span->end > span->start && span->end - span->start > INT64_MAX;
        *below = span->start > span->end && span->start - span->end > INT64_MAX;
        return (int64_t)(span->end - span->start);
    case C_ROOT:
        return span->parent < 0;
    case C_NAME:
        return span->name;
    case C_N:
        return span->n;
    default:
        return 0;
    }
}

static int holds(const struct term *term, const struct model_span *span)
{
    int past, below, order;
    int64_t value = int_of(span, term->column, &past, &below);

    if (term->column == C_PARENT_ID && value < 0)
        return term->how == '0';
    for (int i = 0; i < term->count; i++) {
        int64_t other = term->values[i];
        order = past ? 1 : below ? -1 : (value > other) - (value < other);
        if (strchr("=it", term->how) ? order == 0
            : term->how == '<'       ? order < 0
            : term->how == '['       ? order <= 0
            : term->how == '>'       ? order > 0
            : term->how == ']'       ? order >= 0
                                     : 0)
            return 1;
    }
    return 0;
}

static int64_t random_value(enum column column)
{
    switch (column) {
    case C_NO:
        return dice((int)m.next_span + 5) - 2;
    case C_TRACE:
        return dice((int)m.next_trace + 2);
    case C_TRACE_ID:
        return dice(TRACE_IDS);
    case C_SPAN_ID:
    case C_PARENT_ID:
        return dice(SPAN_IDS);
    case C_PROJECT:
        return dice((int)m.next_project + 1);
    case C_KIND:
        return kind_numbers[dice(3)];
    case C_STATUS:
        return dice(4);
    case C_START:
        return dice(30)  ? (int64_t)(random_time() & INT64_MAX)
               : dice(2) ? INT64_MAX
                         : -dice(3);
    case C_LATENCY:
        return dice(2) ? dice(1000000) * 1000 : -dice(1000);
    case C_ROOT:
        return dice(2);
    case C_NAME:
        return dice(NAMES);
    default:
        return 1 + dice(6);
    }
}

static void random_term(struct term *term)
{
    static const char *const hows[] = {"=<[>]ii", "=i", "=i", "=ii",   "=i0",
                                       "==i",     "=i", "=i", "<[>]]", "=<[>]]",
                                       "=",       "=i", "=t"};
    const char *how;

    term->column = (enum column)dice(C_COUNT);
    how = hows[term->column];
    term->how = how[dice((int)strlen(how))];
    term->count = term->how == 'i' ? dice(5) : term->how != '0';
    for (int i = 0; i < term->count; i++)
        term->values[i] = random_value(term->column);
}

static void ask_item(struct asked *asked, enum column column, int64_t value)
{
    if (column == C_TRACE_ID || column == C_SPAN_ID || column == C_PARENT_ID)
        ask_id(asked, (int)value);
    else if (column == C_NAME)
        ask_value(asked, value_text(text_of(names[value])));
    else
        ask_int(asked, value);
}

static void ask_term(struct asked *asked, const struct term *term)
{
    if (term->how == 't') {
        ask_text(asked, "attr_is(ref, attr_test(");
        ask_int(asked, term->values[0]);
        ask_text(asked, ", 'n'))");
        return;
    }
    ask_text(asked, column_names[term->column]);
    if (term->how == 'i') {
        ask_text(asked, " IN (");
        for (int i = 0; i < term->count; i++) {
            ask_text(asked, i > 0 ? ", " : "");
            ask_item(asked, term->column, term->values[i]);
        }
        ask_text(asked, ")");
        return;
    }
    ask_text(asked, term->how == '='   ? " = "
                    : term->how == '<' ? " < "
                    : term->how == '[' ? " <= "
                    : term->how == '>' ? " > "
                    : term->how == ']' ? " >= "
                                       : " IS NULL");
    if (term->how != '0')
        ask_item(asked, term->column, term->values[0]);
}

/* --- orders ------------------------------------------------------------------------ */

enum order { ANY, NO_UP, NO_DOWN, START_UP, START_DOWN, ORDERS };

static const char *const orders[] = {"", " ORDER BY no", " ORDER BY no DESC",
                                     " ORDER BY start, no",
                                     " ORDER BY start DESC, no DESC"};

static int by_no(const void *a, const void *b)
{
    const struct model_span *x = *(struct model_span *const *)a,
                            *y = *(struct model_span *const *)b;

    return (x->number > y->number) - (x->number < y->number);
}

static int by_start(const void *a, const void *b)
{
    const struct model_span *x = *(struct model_span *const *)a,
                            *y = *(struct model_span *const *)b;

    if (x->start <= INT64_MAX || y->start <= INT64_MAX)
        return x->start != y->start ? (x->start > y->start ? 1 : -1)
                                    : by_no(a, b);
    return real_of(x->start) != real_of(y->start)
               ? (x->start > y->start ? 1 : -1)
               : by_no(a, b);
}

/* Terms that must hold, and behind them two of which one must if `either`;
 * and the place the rows are behind, if there is a key. */
struct condition {
    struct term terms[5];
    int count;
    int either;
    enum order order;
    const struct model_span *key;
};

static int is_behind(const struct condition *condition,
                     const struct model_span *span)
{
    const struct model_span *key = condition->key;
    int order =
        key->start != span->start
            ? (span->start > key->start) - (span->start < key->start)
            : (span->number > key->number) - (span->number < key->number);

    return condition->order == START_UP ? order > 0 : order < 0;
}

static int meets(const struct condition *condition,
                 const struct model_span *span)
{
    const struct term *terms = condition->terms;

    if (span->number == 0 || (condition->key && !is_behind(condition, span)))
        return 0;
    for (int i = 0; i < condition->count; i++) {
        if (!holds(&terms[i], span))
            return 0;
    }
    return !condition->either || holds(&terms[condition->count], span) ||
           holds(&terms[condition->count + 1], span);
}

static struct model_span *expected[MOST];

/* What a scan finds, in order. */
static int scan(const struct condition *condition)
{
    enum order order = condition->order;
    int found = 0;

    for (int i = 0; i < m.span_count; i++) {
        if (meets(condition, &m.spans[i]))
            expected[found++] = &m.spans[i];
    }
    if (found > 0)
        qsort(expected, (size_t)found, sizeof *expected,
              order >= START_UP ? by_start : by_no);
    for (int i = 0; (order == NO_DOWN || order == START_DOWN) && i < found / 2;
         i++) {
        struct model_span *other = expected[i];
        expected[i] = expected[found - 1 - i];
        expected[found - 1 - i] = other;
    }
    return found;
}

/* --- rows -------------------------------------------------------------------------- */

#define COLUMNS                                                                \
    "no, trace, trace_id, span_id, parent_id, project, session, name, kind,"   \
    " status, start, \"end\", latency, prompt_tokens, root, attr(ref, 'n'),"   \
    " status_message"

static void is_time(const struct value *value, uint64_t ns)
{
    if (ns > INT64_MAX)
        assert_true(value->kind == JSON_REAL && value->real == real_of(ns));
    else
        is_equal(value->integer, ns);
}

static void is_id(const struct value *value, int id)
{
    char text[84];

    if (id < 0)
        is_equal(value->kind, JSON_NULL);
    else
        eq_text(value->text, id_text(id, text));
}

static void same_row(const struct value *row, const struct model_span *span)
{
    const struct trace *trace = trace_numbered(span->trace);

    is_equal(row[0].integer, span->number);
    is_equal(row[1].integer, span->trace);
    is_id(&row[2], trace->id);
    is_id(&row[3], span->id);
    is_id(&row[4], span->parent);
    is_equal(row[5].integer, trace->project);
    is_equal(row[6].kind, trace->session ? JSON_INT : JSON_NULL);
    if (trace->session)
        is_equal(row[6].integer, trace->session);
    eq_text(row[7].text, names[span->name]);
    is_equal(row[8].integer, kind_numbers[span->kind]);
    is_equal(row[9].integer, span->status);
    is_time(&row[10], span->start);
    is_time(&row[11], span->end);
    if (span->end >= span->start)
        is_time(&row[12], span->end - span->start);
    else if (span->start - span->end <= INT64_MAX)
        is_equal(row[12].integer, span->end - span->start);
    is_equal(row[13].kind, span->kind == 0 ? JSON_INT : JSON_NULL);
    if (span->kind == 0)
        is_equal(row[13].integer, span->tokens);
    is_equal(row[14].integer, span->parent < 0);
    is_equal(row[15].integer, span->n);
    is_equal(row[16].text.size, 0);
}

static int by_first(const void *a, const void *b)
{
    const struct value *x = a, *y = b;

    return (x->integer > y->integer) - (x->integer < y->integer);
}

/* Rows in any order: their numbers. */
static void same_numbers(struct store_rows *rows, struct asked *asked,
                         int count)
{
    static struct value numbers[MOST];
    const struct value *row;
    int found = 0;

    while ((row = next_row(rows, asked)) != NULL)
        numbers[found++] = row[0];
    if (found != count)
        wrong("step %d: %s: %d rows, not %d", m.step, asked->sql, found, count);
    qsort(numbers, (size_t)found, sizeof *numbers, by_first);
    for (int i = 0; i < found; i++)
        is_equal(numbers[i].integer, expected[i]->number);
}

/* A key is that of a span whose start is an integer of SQL. */
static void random_condition(struct condition *condition)
{
    *condition = (struct condition){.count = dice(4),
                                    .either = dice(4) == 0,
                                    .order = (enum order)dice(ORDERS)};
    for (int i = 0; i < condition->count + 2; i++)
        random_term(&condition->terms[i]);
    if (condition->order >= START_UP && m.span_count > 0 && dice(3) == 0)
        condition->key = &m.spans[dice(m.span_count)];
    if (condition->key &&
        (condition->key->start > INT64_MAX || condition->key->number == 0))
        condition->key = NULL;
}

static void ask_condition(struct asked *asked,
                          const struct condition *condition)
{
    for (int i = 0; i < condition->count; i++) {
        ask_text(asked, " AND ");
        ask_term(asked, &condition->terms[i]);
    }
    if (condition->either) {
        ask_text(asked, " AND (");
        ask_term(asked, &condition->terms[condition->count]);
        ask_text(asked, " OR ");
        ask_term(asked, &condition->terms[condition->count + 1]);
        ask_text(asked, ")");
    }
    if (condition->key) {
        ask_text(asked, condition->order == START_UP ? " AND (start, no) > ("
                                                     : " AND (start, no) < (");
        ask_int(asked, (int64_t)condition->key->start);
        ask_text(asked, ", ");
        ask_int(asked, condition->key->number);
        ask_text(asked, ")");
    }
    ask_text(asked, orders[condition->order]);
}

static void same_rows(struct store_rows *rows, struct asked *asked, int count)
{
    for (int i = 0; i < count; i++) {
        const struct value *row = next_row(rows, asked);
        if (row == NULL || row[0].integer != expected[i]->number)
            wrong("step %d: %s: row %d of %d is %lld, not %lld", m.step,
                  asked->sql, i, count, row ? (long long)row[0].integer : -1LL,
                  (long long)expected[i]->number);
        same_row(row, expected[i]);
    }
    assert_null(next_row(rows, asked));
}

static void step_select(void)
{
    struct asked asked = {0};
    struct condition condition;
    int limit = dice(3) ? 0 : 1 + dice(20);

    random_condition(&condition);
    ask_text(&asked, "SELECT " COLUMNS " FROM stored_span WHERE 1");
    ask_condition(&asked, &condition);
    if (condition.order != ANY && limit > 0) {
        ask_text(&asked, " LIMIT ");
        ask_int(&asked, limit);
    }
    int found = scan(&condition);
    struct store_rows *rows = open_rows(m.place.store, &asked);
    if (condition.order == ANY)
        same_numbers(rows, &asked, found);
    else
        same_rows(rows, &asked, limit > 0 && limit < found ? limit : found);
    store_rows_close(rows);
}

/* Parents and children of one trace, by a table that is joined to itself, and
 * those of any, by the function that finds parents. */
static void step_join(void)
{
    int64_t pairs = 0, parents = 0;

    for (int i = 0; i < m.span_count; i++) {
        const struct model_span *child = &m.spans[i];
        if (!child->number || child->parent < 0)
            continue;
        const struct model_span *parent = span_called(child->parent);
        pairs += parent && parent->trace == child->trace;
        parents += parent != NULL;
    }
    struct asked asked = {0}, other = {0};
    ask_text(&asked, "SELECT count(*), sum(attr(p.ref, 'n')), sum(attr(c.ref,"
                     " 'n') = c.no) FROM stored_span p JOIN stored_span c"
                     " ON c.trace = p.trace AND c.parent_id = p.span_id");
    struct store_rows *rows = open_rows(m.place.store, &asked);
    is_equal(next_row(rows, &asked)->integer, pairs);
    store_rows_close(rows);
    ask_text(&other, "SELECT count(parent_no(ref, 1)), count(parent_no(ref, 0))"
                     " FROM stored_span");
    rows = open_rows(m.place.store, &other);
    const struct value *row = next_row(rows, &other);
    is_equal(row[0].integer, pairs);
    is_equal(row[1].integer, parents);
    store_rows_close(rows);
}

/* A session's spans by a list that SQL finds, and a page behind a key. */
static void step_list(void)
{
    struct asked asked = {0};
    int64_t spans = 0;

    for (int i = 0; i < m.span_count; i++) {
        const struct model_span *span = &m.spans[i];
        spans += span->number && trace_numbered(span->trace)->session != 0;
    }
    ask_text(&asked,
             "SELECT count(*) FROM stored_span WHERE no IN (SELECT no FROM"
             " stored_span WHERE trace IN (SELECT id FROM trace WHERE session"
             " IS NOT NULL))");
    struct store_rows *rows = open_rows(m.place.store, &asked);
    is_equal(next_row(rows, &asked)->integer, spans);
    store_rows_close(rows);
}

static void run(unsigned seed, int steps, int in_memory)
{
    model_open(seed, in_memory);
    for (m.step = 1; m.step <= steps; m.step++) {
        step_change(dice(CHANGES));
        for (int i = 0; i < 3; i++)
            step_select();
        if (m.step % 20 == 0) {
            step_join();
            step_list();
        }
    }
    place_remove(&m.place);
}

TEST(the_table_has_what_a_scan_of_the_model_finds)
{
    UNUSED_STATE;
    model_runs(run, 600, 0);
}

TEST(in_memory_the_table_has_what_a_scan_finds)
{
    UNUSED_STATE;
    model_runs(run, 600, 1);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_has_what_a_scan_of_the_model_finds),
        cmocka_unit_test(in_memory_the_table_has_what_a_scan_finds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

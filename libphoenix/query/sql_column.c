/*
 * sql_column.c - what rows and the elements of loops show of themselves, as
 * pieces of SQL: a row a field. rows.c has the same of decoded spans.
 *
 *     r       the row of the condition          e1, e2  elements of its loops
 *     p       the parent of a span              n0 ...  annotations by name
 *     x, y, z spans and traces within a piece, c costs
 */
#include "base/base.h"
#include "query/sql.h"

_Static_assert(PHX_PROJECT == 1, "the kind of a project in `gone`");
_Static_assert(PHX_SPAN_ANNOTATION == 0 && PHX_TRACE_ANNOTATION == 1 &&
                   PHX_SESSION_ANNOTATION == 2,
               "the kinds of annotations");
_Static_assert(STATUS_ERROR == 2 && KIND_TOOL == 1 && KIND_LLM == 3,
               "numbers that stand in the pieces below");

/* clang-format off */
#define LIVING(trace)                                                          \
    trace ".project NOT IN (SELECT id FROM gone WHERE kind = 1)"
#define OF_TRACE " FROM stored_span x WHERE x.trace = @.id"
#define TRACES_OF_SESSION " FROM trace y WHERE y.session = @.id AND " LIVING("y")
#define OF_SESSION                                                             \
    " FROM trace y CROSS JOIN stored_span x WHERE y.session = @.id"            \
    " AND " LIVING("y") " AND x.trace = y.id"

/* Of roots and orphans the one that starts first, and of several the last. */
#define TRACE_ROOT                                                             \
    "(SELECT x.ref" OF_TRACE " AND parent_no(x.ref, 1) IS NULL"                \
    " ORDER BY x.start, x.no DESC LIMIT 1)"
#define FIRST_ROOT                                                             \
    "(SELECT x.ref" OF_SESSION " AND x.parent_id IS NULL"                      \
    " ORDER BY y.start, y.start_rest, y.id, x.no LIMIT 1)"
#define LAST_ROOT                                                              \
    "(SELECT x.ref" OF_SESSION " AND x.parent_id IS NULL ORDER BY"             \
    " y.start DESC, y.start_rest DESC, y.id DESC, x.no DESC LIMIT 1)"

#define TRACE_START "(@.start * 1000 + @.start_rest)"
#define TRACE_END "(@.\"end\" * 1000 + @.end_rest)"
#define SESSION_TIME(which, us, rest)                                          \
    "ifnull((SELECT " which "(v) FROM (SELECT y." us " * 1000 + y." rest " AS v" \
    " FROM trace y WHERE y.session = @.id"                                     \
    " UNION ALL SELECT @." us " * 1000 + @." rest ")), 0)"
#define SESSION_START SESSION_TIME("min", "start", "start_rest")
#define SESSION_END SESSION_TIME("max", "\"end\"", "end_rest")

#define COUNT(from, of) "(SELECT count(*)" from of ")"
#define TOKENS(from, column) "(SELECT filter_tokens(" column ")" from ")"
#define BOTH_TOKENS(x)                                                         \
    "iif(" x ".prompt_tokens > 9223372036854775807 - " x ".completion_tokens," \
    " 9223372036854775807, " x ".prompt_tokens + " x ".completion_tokens)"
#define COSTS(spans, which)                                                    \
    "(SELECT filter_cost(c.cost)" spans " AND c.ref = x.ref" which ")"
#define COSTS_OF_TRACE(which)                                                  \
    COSTS(" FROM stored_span x CROSS JOIN span_cost c WHERE x.trace = @.id",   \
          which)
#define COSTS_OF_SESSION(which)                                                \
    COSTS(" FROM trace y CROSS JOIN stored_span x CROSS JOIN span_cost c"      \
          " WHERE y.session = @.id AND " LIVING("y") " AND x.trace = y.id",    \
          which)

/* A span with all that is below it in its trace. */
#define BELOW(from)                                                            \
    "(WITH RECURSIVE below AS (SELECT @.span_id AS id, @.prompt_tokens AS"     \
    " prompt, @.completion_tokens AS completion UNION SELECT z.span_id,"       \
    " z.prompt_tokens, z.completion_tokens FROM below CROSS JOIN stored_span z"\
    " WHERE z.trace = @.trace AND z.parent_id = below.id)"               \
    " SELECT filter_tokens(v) FROM " from ")"
#define PARENT " FROM stored_span p WHERE p.trace_id = @.trace_id"             \
    " AND p.span_id = @.parent_id"

#define OF(owner) (1u << (owner))
enum {
    SPAN = OF(QUERY_SPAN_ROW),
    LOOP_SPAN = OF(QUERY_SPAN_OF_TRACE) | OF(QUERY_SPAN_OF_SESSION),
    ANY_SPAN = SPAN | LOOP_SPAN,
    TRACE = OF(QUERY_TRACE_ROW) | OF(QUERY_TRACE_OF_SESSION),
    SESSION = OF(QUERY_SESSION_ROW),
    NOTE = OF(QUERY_ANNOTATION) | OF(QUERY_NOTE_MEMBER),
    DETAIL = OF(QUERY_COST_DETAIL),
    ANY = UINT16_MAX
};

static const struct column {
    uint8_t field; /* enum query_field_id */
    uint16_t owners;
    const char *piece;
} columns[] = {
    {FIELD_SPAN_ID, SPAN, "@.span_id"},
    {FIELD_TRACE_ID, SPAN, "@.trace_id"},
    {FIELD_TRACE_ID, TRACE, "lower(hex(@.trace_id))"},
    {FIELD_SESSION_ID, SESSION, "@.name"},
    {FIELD_PARENT_ID, ANY_SPAN, "@.parent_id"},
    {FIELD_PARENT_SPAN, SPAN, "parent_no(@.ref, 0)"},
    {FIELD_PARENT_SPAN, LOOP_SPAN, "parent_no(@.ref, 1)"},
    {FIELD_SPAN_KIND, ANY_SPAN, "filter_kind(@.kind)"},
    {FIELD_STATUS_CODE, ANY_SPAN, "filter_status(@.status)"},
    {FIELD_STATUS_MESSAGE, SPAN, "@.status_message"},
    {FIELD_LATENCY, ANY_SPAN, "filter_latency(@.start, @.\"end\")"},
    {FIELD_LATENCY, TRACE, "filter_latency(" TRACE_START ", " TRACE_END ")"},
    {FIELD_LATENCY, SESSION,
     "filter_latency(" SESSION_START ", " SESSION_END ")"},
    {FIELD_START_TIME, ANY_SPAN, "filter_time(@.start)"},
    {FIELD_START_TIME, TRACE, "filter_time(" TRACE_START ")"},
    {FIELD_START_TIME, SESSION, "filter_time(" SESSION_START ")"},
    {FIELD_END_TIME, ANY_SPAN, "filter_time(@.\"end\")"},
    {FIELD_END_TIME, TRACE, "filter_time(" TRACE_END ")"},
    {FIELD_END_TIME, SESSION, "filter_time(" SESSION_END ")"},
    {FIELD_PROMPT_TOKENS, LOOP_SPAN, "@.prompt_tokens"},
    {FIELD_COMPLETION_TOKENS, LOOP_SPAN, "@.completion_tokens"},
    {FIELD_TOTAL_TOKENS, LOOP_SPAN, BOTH_TOKENS("@")},
    {FIELD_CUMULATIVE_PROMPT, ANY_SPAN, BELOW("(SELECT prompt AS v FROM below)")},
    {FIELD_CUMULATIVE_COMPLETION, ANY_SPAN,
     BELOW("(SELECT completion AS v FROM below)")},
    {FIELD_CUMULATIVE_TOTAL, ANY_SPAN,
     BELOW("(SELECT prompt AS v FROM below UNION ALL"
           " SELECT completion FROM below)")},
    {FIELD_SPAN_COUNT, TRACE, "@.n"},
    {FIELD_ERROR_COUNT, TRACE, COUNT(OF_TRACE, " AND x.status = 2")},
    {FIELD_TRACE_COUNT, SESSION, COUNT(TRACES_OF_SESSION, "")},
    {FIELD_TRACE_ERROR_COUNT, SESSION,
     COUNT(TRACES_OF_SESSION, " AND EXISTS (SELECT 1 FROM stored_span x"
                              " WHERE x.trace = y.id AND x.status = 2)")},
    {FIELD_SUM_PROMPT_TOKENS, TRACE, TOKENS(OF_TRACE, "x.prompt_tokens")},
    {FIELD_SUM_PROMPT_TOKENS, SESSION, TOKENS(OF_SESSION, "x.prompt_tokens")},
    {FIELD_SUM_COMPLETION_TOKENS, TRACE,
     TOKENS(OF_TRACE, "x.completion_tokens")},
    {FIELD_SUM_COMPLETION_TOKENS, SESSION,
     TOKENS(OF_SESSION, "x.completion_tokens")},
    {FIELD_SUM_TOTAL_TOKENS, TRACE, TOKENS(OF_TRACE, BOTH_TOKENS("x"))},
    {FIELD_SUM_TOTAL_TOKENS, SESSION, TOKENS(OF_SESSION, BOTH_TOKENS("x"))},
    {FIELD_SUM_PROMPT_COST, TRACE, COSTS_OF_TRACE(" AND c.is_prompt = 1")},
    {FIELD_SUM_PROMPT_COST, SESSION, COSTS_OF_SESSION(" AND c.is_prompt = 1")},
    {FIELD_SUM_COMPLETION_COST, TRACE, COSTS_OF_TRACE(" AND c.is_prompt = 0")},
    {FIELD_SUM_COMPLETION_COST, SESSION,
     COSTS_OF_SESSION(" AND c.is_prompt = 0")},
    {FIELD_SUM_TOTAL_COST, TRACE, COSTS_OF_TRACE("")},
    {FIELD_SUM_TOTAL_COST, SESSION, COSTS_OF_SESSION("")},
    {FIELD_TOOL_COUNT, TRACE, COUNT(OF_TRACE, " AND x.kind = 1")},
    {FIELD_TOOL_COUNT, SESSION, COUNT(OF_SESSION, " AND x.kind = 1")},
    {FIELD_LLM_COUNT, TRACE, COUNT(OF_TRACE, " AND x.kind = 3")},
    {FIELD_LLM_COUNT, SESSION, COUNT(OF_SESSION, " AND x.kind = 3")},
    {FIELD_INPUT, TRACE, TRACE_ROOT},
    {FIELD_OUTPUT, TRACE, TRACE_ROOT},
    {FIELD_FIRST_INPUT, SESSION, FIRST_ROOT},
    {FIELD_LAST_OUTPUT, SESSION, LAST_ROOT},
    {FIELD_TOKEN_TYPE, DETAIL, "@.token_type"},
    {FIELD_IS_PROMPT, DETAIL, "@.is_prompt"},
    {FIELD_COST, DETAIL, "@.cost"},
    {FIELD_TOKENS, DETAIL, "@.tokens"},
    {FIELD_COST_PER_TOKEN, DETAIL, "(@.cost / CAST(@.tokens AS REAL))"},
    {FIELD_NAME, ANY, "@.name"},
    {FIELD_LABEL, NOTE, "@.label"},
    {FIELD_SCORE, NOTE, "@.score"},
    {FIELD_EXPLANATION, NOTE, "@.explanation"},
};

/* What a loop runs over, of a trace and of a session. */
static const char *const iterables[][2] = {
    [ITERABLE_SPANS] = {
        " FROM stored_span e# WHERE e#.trace = r.id",
        " FROM trace y# CROSS JOIN stored_span e# WHERE y#.session = r.id"
        " AND " LIVING("y#") " AND e#.trace = y#.id"},
    [ITERABLE_TRACES] = {
        NULL,
        " FROM trace e# WHERE e#.session = r.id AND " LIVING("e#")},
    [ITERABLE_TRACE_ANNOTATIONS] = {
        " FROM annotation e# WHERE e#.trace = r.id AND e#.kind = 1", NULL},
    [ITERABLE_SESSION_ANNOTATIONS] = {
        NULL, " FROM annotation e# WHERE e#.kind = 2 AND e#.target = r.id"},
    [ITERABLE_SPAN_ANNOTATIONS] = {
        " FROM annotation e# WHERE e#.trace = r.id AND e#.kind = 0",
        " FROM trace y# CROSS JOIN annotation e# WHERE y#.session = r.id"
        " AND " LIVING("y#") " AND e#.trace = y#.id AND e#.kind = 0"},
    [ITERABLE_COST_DETAILS] = {
        " FROM stored_span x# CROSS JOIN span_cost e# WHERE x#.trace = r.id"
        " AND e#.ref = x#.ref",
        " FROM trace y# CROSS JOIN stored_span x# CROSS JOIN span_cost e#"
        " WHERE y#.session = r.id AND " LIVING("y#") " AND x#.trace = y#.id"
        " AND e#.ref = x#.ref"},
    [ITERABLE_CHILDREN] = {
        " FROM stored_span e# WHERE e#.trace = r.id"
        " AND e#.parent_id = e$.span_id", NULL},
    [ITERABLE_SIBLINGS] = {
        " FROM stored_span e# WHERE e#.trace = r.id"
        " AND e#.parent_id = e$.parent_id AND e#.no <> e$.no", NULL},
    [ITERABLE_ANNOTATIONS] = {
        " FROM annotation e# WHERE e#.kind = 0 AND e#.target = e$.no", NULL},
    [ITERABLE_OWN_COST_DETAILS] = {
        " FROM span_cost e# WHERE e#.ref = e$.ref", NULL},
    [ITERABLE_OWN_SPANS] = {
        NULL, " FROM stored_span e# WHERE e#.trace = e$.id"},
};
/* clang-format on */

static const char *piece_of(int owner, int field)
{
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        if (columns[i].field == field && columns[i].owners >> owner & 1)
            return columns[i].piece;
    }
    return "NULL";
}

static const struct alias row_alias = {.row = "r"};

/* The input or output of a root, as a text. */
static void add_root_text(struct sql *sql, const char *root, int field)
{
    bool input = field == FIELD_INPUT || field == FIELD_FIRST_INPUT ||
                 field == FIELD_ANY_INPUT;
    const struct query_step steps[] = {
        {.key = text_of(input ? "input" : "output")},
        {.key = text_of("value")}};
    const struct query_path path = {.steps = steps, .count = 2};
    struct value value = sql_path_value(sql, &path, 1);

    sql_add(sql, "filter_text(");
    sql_add_as(sql, root, row_alias);
    sql_add(sql, ", ");
    if (sql->status >= 0)
        sql_add_packed(sql, &value);
    sql_add(sql, ")");
}

void sql_add_field(struct sql *sql, const struct query_node *node)
{
    static const char *const elements[] = {"r", "e1", "e2"};
    int field = node->field->id;
    int owner = node->level > 0 ? node->loop->element : sql->query->grain;
    const char *piece = piece_of(owner, field);
    struct alias alias = {.row = elements[node->level]};

    if (field >= FIELD_INPUT && field <= FIELD_LAST_OUTPUT) {
        add_root_text(sql, piece, field);
    } else if (field == FIELD_ANY_INPUT || field == FIELD_ANY_OUTPUT) {
        add_root_text(sql, "x.ref", field);
    } else if (node->of_parent) {
        sql_add(sql, "(SELECT ");
        sql_add_as(sql, piece, (struct alias){.row = "p"});
        sql_add_as(sql, PARENT ")", alias);
    } else {
        sql_add_as(sql, piece, alias);
    }
}

void sql_add_note_field(struct sql *sql, int field, const char *note)
{
    sql_add_as(sql, piece_of(QUERY_NOTE_MEMBER, field),
               (struct alias){.row = note});
}

void sql_add_ref(struct sql *sql)
{
    static const char *const refs[QUERY_GRAINS] = {
        [QUERY_SPAN] = "@.ref",
        [QUERY_TRACE] = TRACE_ROOT,
        [QUERY_SESSION] = FIRST_ROOT,
    };

    sql_add_as(sql, refs[sql->query->grain], row_alias);
}

void sql_add_elements(struct sql *sql, const struct query_loop *loop)
{
    struct alias alias = {.row = "r", .level = loop->level};

    sql_add_as(sql,
               iterables[loop->iterable][sql->query->grain == QUERY_SESSION],
               alias);
}

void sql_add_session_roots(struct sql *sql)
{
    sql_add_as(sql, OF_SESSION " AND x.parent_id IS NULL", row_alias);
}

void sql_add_start(struct sql *sql)
{
    static const char *const starts[QUERY_GRAINS] = {
        [QUERY_SPAN] = "@.start",
        [QUERY_TRACE] = TRACE_START,
        [QUERY_SESSION] = SESSION_START,
    };

    sql_add_as(sql, starts[sql->query->grain], row_alias);
}

void sql_add_session_end(struct sql *sql)
{
    sql_add_as(sql, SESSION_END, row_alias);
}

void sql_add_living(struct sql *sql)
{
    sql_add_as(sql, LIVING("@"), row_alias);
}

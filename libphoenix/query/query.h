/*
 * query: the filter language, from text to a checked tree, and what the tree
 * means for decoded spans. docs/filters.md describes the language.
 *
 *     text --lex--> tokens --parse--> syntax --check--> checked tree
 *                                                        |- print
 *                                                        |- evaluate
 *                                                        |- SQL
 *
 * The room runs nothing: SQL is text and values, which the store takes. A
 * checked tree has no untyped corners: what an attribute is taken for stands
 * in it as a conversion.
 */
#ifndef QUERY_QUERY_H
#define QUERY_QUERY_H

#include "base/base.h"
#include "json/json.h"
#include "model/model.h"

enum {
    QUERY_TEXT_SIZE = 64 << 10, /* bytes of a condition */
    QUERY_SYNTAX_DEPTH = 200,   /* open brackets, operators within operators */
    QUERY_DEPTH = 60,           /* levels of a checked tree, as SQL has them */
    QUERY_PARTS = 16384,        /* names, values and operators in all */
    QUERY_PATHS = 256,          /* different attributes */
    QUERY_STEPS = 100,          /* keys and indexes of an attribute */
    QUERY_NAMES = 16,           /* different annotation names */
    QUERY_LOOPS = 2             /* a loop and one inside it */
};

/* What a condition chooses. */
enum query_grain { QUERY_SPAN = 0, QUERY_TRACE, QUERY_SESSION, QUERY_GRAINS };

enum query_type {
    QUERY_BOOLEAN = 0,
    QUERY_NUMBER,
    QUERY_TEXT,
    QUERY_TIME,
    QUERY_NULL,    /* None */
    QUERY_UNKNOWN, /* an attribute: each span has its own */
    QUERY_TEXTS,   /* any_input, any_output: stand right of `in` only */
    QUERY_THING    /* parent_span: is tested against None only */
};

/* --- fields --------------------------------------------------------------- */

/* What has fields. The first three are the rows of the grains, the others the
 * elements of loops; the grain says which fields a span has in a loop. */
enum query_owner {
    QUERY_SPAN_ROW = QUERY_SPAN,
    QUERY_TRACE_ROW = QUERY_TRACE,
    QUERY_SESSION_ROW = QUERY_SESSION,
    QUERY_SPAN_OF_TRACE,
    QUERY_SPAN_OF_SESSION,
    QUERY_TRACE_OF_SESSION,
    QUERY_ANNOTATION,  /* an element of span_annotations and their like */
    QUERY_NOTE_MEMBER, /* annotations['name'].member */
    QUERY_COST_DETAIL
};

/* Below 64: a query tells its fields as a set of bits. */
enum query_field_id {
    FIELD_SPAN_ID = 0,
    FIELD_TRACE_ID,
    FIELD_PARENT_ID,
    FIELD_PARENT_SPAN,
    FIELD_SPAN_KIND,
    FIELD_NAME,
    FIELD_STATUS_CODE,
    FIELD_STATUS_MESSAGE,
    FIELD_LATENCY, /* whole ms: both ends rounded to a ms, then subtracted */
    FIELD_START_TIME,
    FIELD_END_TIME,
    FIELD_PROMPT_TOKENS, /* of a span; missing unless it is an LLM span */
    FIELD_COMPLETION_TOKENS,
    FIELD_TOTAL_TOKENS,
    FIELD_CUMULATIVE_PROMPT, /* with those below it in its trace */
    FIELD_CUMULATIVE_COMPLETION,
    FIELD_CUMULATIVE_TOTAL,
    FIELD_SESSION_ID,
    FIELD_SPAN_COUNT,
    FIELD_ERROR_COUNT, /* spans with status ERROR */
    FIELD_TRACE_COUNT,
    FIELD_TRACE_ERROR_COUNT, /* traces with such a span */
    FIELD_SUM_PROMPT_TOKENS, /* of a trace or session; 0 for none */
    FIELD_SUM_COMPLETION_TOKENS,
    FIELD_SUM_TOTAL_TOKENS,
    FIELD_SUM_PROMPT_COST,
    FIELD_SUM_COMPLETION_COST,
    FIELD_SUM_TOTAL_COST,
    FIELD_TOOL_COUNT,
    FIELD_LLM_COUNT,
    FIELD_INPUT, /* of the representative root */
    FIELD_OUTPUT,
    FIELD_FIRST_INPUT, /* of the first strict root */
    FIELD_LAST_OUTPUT, /* of the last one */
    FIELD_ANY_INPUT,   /* of every strict root */
    FIELD_ANY_OUTPUT,
    FIELD_LABEL,
    FIELD_SCORE,
    FIELD_EXPLANATION,
    FIELD_TOKEN_TYPE,
    FIELD_IS_PROMPT,
    FIELD_COST,
    FIELD_TOKENS,
    FIELD_COST_PER_TOKEN,
    FIELD_ATTRIBUTE, /* not a column: the name of a typed attribute */
    FIELD_COUNT
};
_Static_assert(FIELD_COUNT <= 64, "a set of fields is 64 bits");

struct query_field {
    const char *name; /* as written, "llm.token_count.prompt" */
    uint8_t id;       /* enum query_field_id; the first row names it best */
    uint8_t type;     /* enum query_type */
    bool upper;       /* texts it is compared with are upper-cased */
    uint16_t owners;  /* bits of enum query_owner */
};

/* The fields of an owner, in the order of the table: the first at or after
 * *index, which moves past it; NULL after the last. */
const struct query_field *query_field_next(enum query_owner owner,
                                           size_t *index);

/* A word of the language: for who writes a condition. */
enum query_word_kind {
    QUERY_WORD_FIELD = 0,
    QUERY_WORD_FUNCTION,
    QUERY_WORD_ITERABLE
};

struct query_word {
    const char *name;
    uint8_t kind;    /* enum query_word_kind */
    uint8_t type;    /* enum query_type of its value; not of an iterable */
    uint8_t owner;   /* enum query_owner: whose field or iterable */
    uint8_t element; /* enum query_owner: what an iterable consists of */
};

/* All words of conditions of a grain, owner by owner; false after the last. */
bool query_word_next(enum query_grain grain, size_t *index,
                     struct query_word *out);

/* --- the checked tree ----------------------------------------------------- */

enum query_op {
    QUERY_CONSTANT = 0, /* constant: bool, int, real, text, null; time: us */
    QUERY_FIELD,        /* field, level, of_parent */
    QUERY_ATTRIBUTE,    /* path, in the attributes of the span, or the root */
    QUERY_NOTE,         /* note, field; field NULL: there is such a row */

    QUERY_TO_NUMBER,  /* of an attribute: a number, or text that is one */
    QUERY_TO_TEXT,    /* of an attribute: text; a number or boolean printed,
                         arrays and objects as JSON */
    QUERY_TO_BOOLEAN, /* of an attribute: true, "true", 1 and counterparts */
    QUERY_NEGATE,
    QUERY_NOT,
    QUERY_IS_NULL,

    QUERY_ADD,
    QUERY_SUBTRACT,
    QUERY_MULTIPLY,
    QUERY_DIVIDE,    /* a real; by 0 NULL */
    QUERY_REMAINDER, /* of whole parts, sign of the left; by 0 NULL */
    QUERY_CONCAT,

    QUERY_EQUAL,
    QUERY_UNEQUAL,
    QUERY_LESS,
    QUERY_LESS_EQUAL,
    QUERY_GREATER,
    QUERY_GREATER_EQUAL,
    QUERY_CONTAINS, /* needle, text: both in lower case */

    QUERY_IN,  /* value, then constants of its type; with none false */
    QUERY_AND, /* two or more */
    QUERY_OR,

    QUERY_ANY, /* args: body, condition or none; NULL counts as false */
    QUERY_ALL,
    QUERY_SUM, /* skips NULL; of nothing 0 */
    QUERY_MAX, /* skips NULL; of nothing NULL */
    QUERY_MIN,
    QUERY_LEN, /* args: condition or none */
    QUERY_OPS
};

/* Where a loop takes its elements from. */
enum query_iterable {
    ITERABLE_SPANS = 0, /* of the trace or session */
    ITERABLE_TRACES,    /* of the session */
    ITERABLE_TRACE_ANNOTATIONS,
    ITERABLE_SESSION_ANNOTATIONS,
    ITERABLE_SPAN_ANNOTATIONS, /* of all spans */
    ITERABLE_COST_DETAILS,     /* of all spans */
    ITERABLE_CHILDREN,         /* from here on: of the outer loop's element */
    ITERABLE_SIBLINGS,         /* same parent id and trace, without itself */
    ITERABLE_ANNOTATIONS,
    ITERABLE_OWN_COST_DETAILS,
    ITERABLE_OWN_SPANS /* of the outer loop's trace */
};

struct query_loop {
    phx_text name;    /* of the variable */
    uint8_t iterable; /* enum query_iterable */
    uint8_t element;  /* enum query_owner */
    uint8_t level;    /* of its elements: 1, or 2 inside another loop */
    phx_text outer;   /* the outer loop's variable, if it is of its element */
};

/* A step is a key or, where key.data is NULL, an index into an array. */
struct query_step {
    phx_text key;
    uint32_t index;
};

/* Traces and sessions read a path as a wire key: the nested member, or else
 * the first of these whose value is not missing: the last two keys joined by
 * a dot, the last three and so on. */
struct query_path {
    const struct query_step *steps;
    uint32_t count;
};

struct query_note {
    uint8_t owner; /* QUERY_SPAN_ROW, TRACE_ROW or SESSION_ROW: whose */
    phx_text name;
};

struct query_node {
    uint8_t op;      /* enum query_op */
    uint8_t type;    /* enum query_type, never UNKNOWN but for an attribute */
    uint8_t height;  /* in levels of SQL */
    uint8_t level;   /* FIELD: 0 of the row, n of the n-th loop's element */
    bool of_parent;  /* FIELD: of the element's parent in its trace */
    uint32_t offset; /* byte of the text */
    uint32_t count;  /* of args */
    struct query_node **args;
    const struct query_field *field; /* TO_NUMBER: of a typed attribute */
    union {
        struct value constant;
        const struct query_path *path;
        const struct query_loop *loop; /* FIELD: whose element, if level > 0 */
        uint32_t note;                 /* index into the query's notes */
    };
    phx_text written; /* the text of a time */
};

/* Which spans the text alone leaves over. */
enum query_roots {
    QUERY_ALL_SPANS = 0,
    QUERY_ORPHAN_AWARE, /* those without a stored parent */
    QUERY_STRICT        /* those without a parent id */
};

/* Bounds that hold wherever the condition does, for choosing blocks; the
 * condition must still be tested. Times are of the row, in ns, widened by what
 * rounding to microseconds may move. */
struct query_bounds {
    uint64_t start_from, start_to; /* inclusive */
    int64_t latency_from;          /* ns; of spans */
    uint32_t kinds;                /* bits of enum span_kind */
    uint32_t statuses;             /* bits of enum span_status */
};

struct query {
    uint8_t grain;                      /* enum query_grain */
    uint8_t roots;                      /* enum query_roots */
    const struct query_node *condition; /* NULL: everything */
    struct query_bounds bounds;
    uint64_t fields;                 /* bits of enum query_field_id */
    const struct query_path **paths; /* attributes that are read */
    const struct query_note *notes;  /* annotation names, one row of each
                                        (or none) at a time */
    uint32_t path_count, note_count;
};

/*
 * Compiles a condition; blank text means everything. The text must outlive
 * the query, which lies in the arena.
 *
 * Errors: INVALID (offset is the byte at fault; the message is one line of at
 * most 300 characters), for text past the bounds above too.
 */
phx_status query_compile(struct arena *arena, enum query_grain grain,
                         phx_text text, struct query *out, phx_error *err);

/* The condition in canonical form, which compiles to the same tree; and parts
 * of one. */
void query_print(const struct query *query, struct buf *out);
void query_print_path(const struct query_path *path, struct buf *out);
void query_print_note(const struct query_note *note, struct buf *out);

/* --- numbers -------------------------------------------------------------- */

bool value_is_number(const struct value *value); /* INT or REAL */

/* -1, 0 or 1 for two of INT or REAL but NaN, exact: 2^53 + 1 is over 2^53 as a
 * double. */
int number_compare(const struct value *a, const struct value *b);

/* --- slips ---------------------------------------------------------------- */

/* A kind or status that a field of them is compared with is one that there is.
 * Errors: INVALID (offset is where). */
phx_status query_check_words(const struct query *query, phx_error *err);

/* An attribute that is called much as a field of a span is. */
struct query_slip {
    const struct query_path *path; /* one step */
    char suggestion[96];           /* "; did you mean 'status_code'" */
};

/* The next one of a condition on spans; false after the last. */
bool query_slip_next(const struct query *query, size_t *index,
                     struct query_slip *out);

/* --- evaluation ----------------------------------------------------------- */

struct query_annotation {
    phx_text name;
    phx_text label;       /* absent: NULL */
    phx_text explanation; /* absent: NULL */
    double score;         /* NaN: NULL */
};

struct query_cost {
    phx_text token_type;
    bool is_prompt;
    int64_t tokens;
    double cost; /* NaN: NULL */
};

struct query_trace;

/* A span and what is known of it besides; its lists are the caller's. */
struct query_span {
    const struct span *span;
    const struct query_trace *trace;
    const struct query_span *parent; /* the stored one, of any trace */
    int64_t cumulative_prompt;
    int64_t cumulative_completion;
    const struct query_annotation *annotations;
    const struct query_cost *costs;
    size_t annotation_count, cost_count;
};

struct query_trace {
    phx_text id; /* raw bytes */
    int64_t number;
    uint64_t start_time, end_time; /* ns */
    const struct query_span *spans;
    const struct query_annotation *annotations;
    size_t span_count, annotation_count;
};

struct query_session {
    phx_text id;
    uint64_t start_time, end_time; /* ns */
    const struct query_trace *traces;
    const struct query_annotation *annotations;
    size_t trace_count, annotation_count;
};

/*
 * Whether the condition is true for a row: a struct query_span, query_trace
 * or query_session, as the grain is. Stores are asked in SQL; this is the same
 * meaning in C, which tests hold the SQL against, and nothing else calls.
 *
 * Errors: TOO_BIG (texts over 64 MiB).
 */
phx_status query_matches(const struct query *query, const void *row, bool *out,
                         phx_error *err);

/* --- column.c ------------------------------------------------------------- */

/* A field of a span, or an attribute. */
struct query_column {
    const struct query_field *field;
    const struct query_path *path; /* if field is NULL */
};

/* The text must outlive the column, which lies in the arena. Errors: INVALID
 * (offset is the byte at fault). */
phx_status query_column_compile(struct arena *arena, phx_text text,
                                struct query_column *out, phx_error *err);

/* Lent by the span: ids as bytes, times in us, null for what is missing. */
struct value query_column_value(const struct query_column *column,
                                const struct query_span *span);

/* --- SQL ------------------------------------------------------------------ */

enum query_order { QUERY_BY_NUMBER = 0, QUERY_BY_START /* then number */ };

/* Where a list goes on: behind this row. */
struct query_place {
    int64_t number;
    uint64_t start; /* ns */
};

/* What is listed of that which a condition chooses. */
struct query_scope {
    int64_t project;               /* 0 for all */
    uint64_t start_time, end_time; /* ns; end 0 for no bound: spans and traces
                                      that start, sessions that are within */
    uint8_t roots;                 /* enum query_roots, of spans */
    uint8_t order;                 /* enum query_order */
    bool ascending;
    const struct query_place *after; /* NULL for the first rows */
    int64_t limit;                   /* 0 for all */
};

/*
 * The rows as a statement for store_rows_open, of a store that was opened with
 * query_functions. Each row is four numbers: its own, of its trace, of its
 * session, and its start in ns; NULL for what it has none of.
 *
 * What is behind a place stays there: as long as no row's start changes, pages
 * that go on from the last row of one another show no row twice, and all that
 * were there. Spans never change; a trace and a session may come to begin
 * earlier.
 *
 * The query lends its texts; all else lies in the arena.
 */
struct store_query;
phx_status query_sql(const struct query *query, const struct query_scope *scope,
                     struct arena *arena, struct store_query *out,
                     phx_error *err);

/* The condition alone, for lists that the store makes of rows of its grain;
 * the query lends its texts. */
struct store_condition;
phx_status query_terms(const struct query *query, struct arena *arena,
                       struct store_condition *out, phx_error *err);

/* What the statements call, for struct store_options. */
struct store_function;
const struct store_function *query_functions(size_t *count);

/* --- words.c -------------------------------------------------------------- */

enum { QUERY_SEARCH_SIZE = 1024, QUERY_WORDS = 16 };

/* The words of a search, in the arena. Errors: INVALID (offset is the byte at
 * fault: not UTF-8, a NUL, no word), TOO_BIG. */
struct span_words;
phx_status query_words(struct arena *arena, phx_text text,
                       struct span_words *out, phx_error *err);

#endif

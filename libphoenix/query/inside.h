/*
 * inside.h - what the files of the query room share: tokens, the syntax that is
 * parsed from them, the tables of names, and how a refusal quotes the text.
 */
#ifndef QUERY_INSIDE_H
#define QUERY_INSIDE_H

#include "query/query.h"

/* A piece of the user's text as messages show it: one line, cut. */
struct fragment {
    char text[64];
};
struct fragment fragment_of(phx_text text);

/* --- lex.c ---------------------------------------------------------------- */

enum token_kind {
    TOKEN_END = 0,
    TOKEN_NAME,
    TOKEN_NUMBER,
    TOKEN_TEXT,
    TOKEN_TRUE,
    TOKEN_FALSE,
    TOKEN_NONE,
    TOKEN_FOR,
    TOKEN_IF,
    TOKEN_OPEN, /* ( */
    TOKEN_CLOSE,
    TOKEN_OPEN_LIST, /* [ */
    TOKEN_CLOSE_LIST,
    TOKEN_COMMA,
    TOKEN_DOT,
    /* operators, those that bind least first */
    TOKEN_OR,
    TOKEN_AND,
    TOKEN_NOT,
    TOKEN_IN,
    TOKEN_NOT_IN, /* made of two tokens by the parser */
    TOKEN_IS,
    TOKEN_IS_NOT, /* the same */
    TOKEN_EQUAL,
    TOKEN_UNEQUAL,
    TOKEN_LESS,
    TOKEN_LESS_EQUAL,
    TOKEN_GREATER,
    TOKEN_GREATER_EQUAL,
    TOKEN_PLUS,
    TOKEN_MINUS,
    TOKEN_TIMES,
    TOKEN_DIVIDE,
    TOKEN_REMAINDER
};

struct token {
    uint8_t kind;
    uint32_t offset;
    phx_text source;    /* as written */
    struct value value; /* NUMBER, TEXT */
};

struct lexer {
    struct arena *arena;
    phx_error *err;
    phx_text text; /* valid UTF-8 without U+0000 */
    size_t at;
    size_t end;    /* of what is not blank */
    int brackets;  /* that are open */
    char *decoded; /* room for the largest text; NULL until the first */
};

phx_status lexer_init(struct lexer *lexer, struct arena *arena, phx_text text,
                      phx_error *err);
phx_status lexer_next(struct lexer *lexer, struct token *out);

/* Moves over blanks, comments and, in brackets, line breaks. */
void lexer_skip(struct lexer *lexer);

/* --- literal.c ------------------------------------------------------------ */

/* The text literals from lexer->at on, which stands on a prefix or a quote:
 * neighbours are one. *found is false where there is none. */
phx_status literal_text(struct lexer *lexer, bool *found, struct value *out);

/* --- number.c ------------------------------------------------------------- */

/* A number literal, from its first to its last character. */
phx_status literal_number(struct lexer *lexer, phx_text source,
                          struct value *out);

/* [+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?  to an integer or a finite real. */
bool number_from_text(phx_text text, struct value *out);

double number_real(const struct value *number);

/* For ADD to REMAINDER; null where there is no result. */
struct value number_compute(int op, const struct value *a,
                            const struct value *b);
struct value number_negate(const struct value *number);

/* --- parse.c -------------------------------------------------------------- */

enum syntax_kind {
    SYNTAX_CONSTANT, /* value */
    SYNTAX_PATH,     /* parts: NAME, then NAME or INDEX */
    SYNTAX_NAME,     /* value: text */
    SYNTAX_INDEX,    /* parts: what stands in the brackets */
    SYNTAX_CALL,     /* parts: PATH, arguments */
    SYNTAX_LIST,     /* parts: items; op tells [ or ( */
    SYNTAX_LOOP,     /* parts: body, iterable, conditions; value: the name;
                        op tells [ or ( */
    SYNTAX_UNARY,    /* op; parts: operand */
    SYNTAX_BINARY,   /* op; parts: both */
    SYNTAX_COMPARE,  /* parts: operand, then TAILs */
    SYNTAX_TAIL,     /* op; parts: right operand */
    SYNTAX_MANY      /* op AND or OR; parts: two operands or more */
};

struct syntax {
    uint8_t kind;
    uint8_t op; /* enum token_kind */
    uint8_t height;
    uint32_t offset;
    uint32_t count;
    struct syntax **parts;
    struct value value;
};

struct parser {
    struct lexer lexer;
    struct token token; /* the next one */
    int depth;          /* brackets, calls and signs that are open */
    uint32_t count;     /* of parts */
};

/* Parts being collected. */
struct parts {
    struct syntax **items;
    size_t room;
    uint32_t count;
};

phx_status parser_advance(struct parser *parser);
bool parser_at(const struct parser *parser, int kind);
/* Moves past a token that must be there. */
phx_status parser_take(struct parser *parser, int kind, const char *expected);

/* Opens a level, which the caller closes: parser->depth--. */
phx_status parser_enter(struct parser *parser);
phx_status parser_add(struct parser *parser, struct parts *parts,
                      struct syntax *part);

/* `like` with parts, if any; or with one part, or two. */
phx_status parser_make(struct parser *parser, struct syntax like,
                       const struct parts *parts, struct syntax **out);
phx_status parser_make_over(struct parser *parser, struct syntax like,
                            struct syntax *first, struct syntax *second,
                            struct syntax **out);

/* How strongly an operator binds; 0 is none. */
enum {
    BIND_OR = 1,
    BIND_AND,
    BIND_NOT,
    BIND_COMPARE,
    BIND_SUM,
    BIND_TERM,
    BIND_UNARY
};

/* An operand and all that follows it and binds at least so strongly. */
phx_status parser_level(struct parser *parser, int level, struct syntax **out);

/* operand.c: the operand alone. */
phx_status parser_operand(struct parser *parser, int level,
                          struct syntax **out);

/* *out is NULL for blank text. */
phx_status syntax_read(struct arena *arena, phx_text text, struct syntax **out,
                       phx_error *err);

/* --- fields.c ------------------------------------------------------------- */

/* A function. Casts turn attributes into their type, the others reduce. */
struct query_function {
    const char *name;
    uint8_t op;
    uint8_t type;   /* of the result */
    uint8_t grains; /* bits of enum query_grain */
};

struct query_source {
    const char *name;
    uint8_t iterable;
    uint8_t element;
    uint16_t owners; /* of which it is a member, or the rows that have it */
};

const struct query_field *field_find(enum query_owner owner, phx_text name);
const struct query_function *function_find(enum query_grain grain,
                                           phx_text name);
const struct query_source *source_find(enum query_owner owner, phx_text name);
const struct query_source *source_of(enum query_iterable iterable);

/* The name under which a field, a function or the like is printed. */
const char *field_name(enum query_owner owner, int id);
const char *function_name(int op);

/* "; did you mean 'x'", or nothing: the known name most like this one. */
struct suggestion {
    char text[96];
    double likeness;
};
void suggestion_try(struct suggestion *suggestion, phx_text name,
                    const char *known);
void suggestion_try_fields(struct suggestion *suggestion,
                           enum query_owner owner, phx_text name);
void suggestion_try_functions(struct suggestion *suggestion,
                              enum query_grain grain, phx_text name);
void suggestion_try_sources(struct suggestion *suggestion,
                            enum query_owner owner, phx_text name);

/* Longer lists of operands are lists of lists to SQL. */
enum { OPERAND_GROUP = 64 };

/* --- check.c -------------------------------------------------------------- */

struct checker {
    struct arena *arena;
    struct query *query;
    phx_error *err;
    const struct query_path **paths;
    struct query_note *notes;
    size_t path_room, note_room;
    const struct query_loop *loops[QUERY_LOOPS]; /* those that are open */
    int loop_count;
};

bool checker_is_strict(const struct checker *checker); /* trace, session */
const char *type_name(int type);

/* A node with copies of its arguments; `like` has all else. */
phx_status node_new(struct checker *checker, struct query_node like,
                    struct query_node *const *args, uint32_t count,
                    struct query_node **out);

/* The same with one argument, or two. */
phx_status node_over(struct checker *checker, int op, int type,
                     struct query_node *first, struct query_node *second,
                     uint32_t offset, struct query_node **out);
phx_status node_not(struct checker *checker, struct query_node *node,
                    struct query_node **out);
bool node_is_constant(const struct query_node *node, enum query_type type);

phx_status check_constant(struct checker *checker, const struct syntax *syntax,
                          struct query_node **out);
phx_status check_expression(struct checker *checker,
                            const struct syntax *syntax,
                            struct query_node **out);

/* The same, of booleans; `what` needs one. */
phx_status check_boolean(struct checker *checker, const struct syntax *syntax,
                         const char *what, struct query_node **out);

/* An attribute taken for a number, text or boolean; what has a type stays as
 * it is. */
phx_status check_coerce(struct checker *checker, struct query_node *node,
                        int type, struct query_node **out);

/* --- compare.c, loop.c, attribute.c, resolve.c: a kind of syntax each ----- */

phx_status check_compare(struct checker *checker, const struct syntax *compare,
                         struct query_node **out);
phx_status check_call(struct checker *checker, const struct syntax *call,
                      struct query_node **out);

/* attributes[...] or metadata[...], and a bare or dotted name. */
phx_status check_subscripts(struct checker *checker, const struct syntax *path,
                            struct query_node **out);
phx_status check_dotted(struct checker *checker, const struct syntax *path,
                        struct query_node **out);

phx_status check_path(struct checker *checker, const struct syntax *path,
                      struct query_node **out);

/* The i-th step, absent if it is in brackets; the names from the i-th on. */
phx_text path_name(const struct syntax *path, uint32_t i);
struct fragment path_dotted(const struct syntax *path, uint32_t from);
bool path_has_index(const struct syntax *path);

/* The level of a variable's loop, 0 if it is none. */
int checker_find_variable(const struct checker *checker, phx_text name);

/* --- bounds.c ------------------------------------------------------------- */

/* Root scope, bounds and fields of a checked tree. */
void query_derive(struct query *query);

/* --- convert.c ------------------------------------------------------------ */

/* A key on the wire is stored nested, or with a tail that is one key. The keys
 * of the longest such tail; the shortest that leads to a value wins. */
uint32_t path_ways(const struct query_path *path, bool is_wire_key);

/* The value at the end of a path; null for what is missing or not finite. */
struct value path_find(const struct query_path *path, const struct value *tree,
                       bool is_wire_key);

/* Null for what cannot be taken so. true and false are 1 and 0 as texts, as
 * SQLite has them. */
struct value value_to_number(struct value value);
struct value value_to_boolean(struct value value);
phx_status value_to_text(struct arena *arena, struct value value,
                         struct value *out, phx_error *err);

/* --- reduce.c ------------------------------------------------------------- */

/* A sum of doubles that keeps what rounding loses. */
struct total {
    double sum;
    double lost;
};
void total_add(struct total *total, double value);
double total_get(const struct total *total);

/* What is known of the elements so far. */
struct reduction {
    int64_t count;
    int64_t whole; /* the sum while it is whole */
    bool is_real;
    struct total total;
    struct value best;
    bool decided; /* any, all: the rest does not matter */
};
void reduction_add(struct reduction *reduction, int op,
                   const struct value *value);
struct value reduction_get(const struct reduction *reduction, int op);

/* --- walk.c --------------------------------------------------------------- */

/* From a row to elements below it. */
struct walk {
    const struct query_trace *trace, *trace_end; /* still to come */
    const struct query_span *span, *span_end;
    const char *item, *item_end;
    size_t item_size;
    const struct query_span *self; /* whose children or siblings, or NULL */
    uint8_t element;               /* what is handed out */
    uint8_t iterable;
};

/* All spans of a trace or session, or those of the trace of a span. */
struct walk walk_rows(enum query_grain grain, const void *row,
                      const struct query_span *span);
const struct query_span *walk_next_span(struct walk *walk);

/* The elements of a loop. */
void walk_start(struct walk *walk, const struct query_loop *loop,
                enum query_grain grain, const void *row, const void *outer);
const void *walk_next(struct walk *walk);

/* --- rows.c --------------------------------------------------------------- */

/* A column; ids are bytes. */
struct value row_field(enum query_owner owner, const void *row, int field);

/* The attributes that a row shows: its own, or those of its root; or NULL. */
const struct value *row_attributes(enum query_grain grain, const void *row);

/* The input or output of the next strict root of a walk. */
struct value row_next_root_text(struct walk *roots, int field, bool *found);

/* Both ends rounded to a millisecond, then subtracted. */
int64_t latency_ms(uint64_t start, uint64_t end);

/* The stored parent in the same trace, or NULL. */
const struct query_span *span_parent(const struct query_span *span);

/* --- evaluate.c ----------------------------------------------------------- */

struct evaluation {
    const struct query *query;
    const void *row;
    struct arena arena;
    phx_error *err;
    phx_status status; /* the first failure; then values are null */
    const void *elements[QUERY_LOOPS];
    const struct query_annotation *chosen[QUERY_NAMES];
};

struct value node_evaluate(struct evaluation *evaluation,
                           const struct query_node *node);

#endif

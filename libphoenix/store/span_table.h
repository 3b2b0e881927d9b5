/*
 * span_table.h - spans as tables of SQL: `stored_span`, whose columns are
 * numbers, and `spans` and `span_attributes`, whose columns are for people. All
 * are one table in different shapes.
 *
 *     span_plan.c       which terms and orders a search takes over
 *     span_terms.c      those terms as a search; span_items.c: their values
 *     span_table.c      the tables and their cursors; span_column.c: columns
 *     span_json.c       columns that are put together
 *     span_leaf.c       the attributes that rows of span_attributes are
 *     attribute_sql.c   attr() and its like: attributes of a row by its ref
 *     parent_sql.c      parent_no(): a row's parent
 *     cost_sql.c        what a row cost, as the table `span_cost`
 *     function_sql.c    functions that the store is opened with
 *     views.c           what else is named for people
 *     foreign.c         all of that on a connection of somebody else
 *     rows.c            a statement on a snapshot, and its rows
 */
#ifndef STORE_SPAN_TABLE_H
#define STORE_SPAN_TABLE_H

#include "store/find.h"

/* --- span_plan.c, span_terms.c ---------------------------------------------- */

enum span_column {
    SPAN_NO = 0,
    SPAN_TRACE,
    SPAN_TRACE_ID,
    SPAN_SPAN_ID,
    SPAN_PARENT_ID,
    SPAN_PROJECT,
    SPAN_SESSION,
    SPAN_NAME,
    SPAN_KIND,
    SPAN_STATUS,
    SPAN_STATUS_MESSAGE,
    SPAN_START,
    SPAN_END,
    SPAN_LATENCY,
    SPAN_PROMPT_TOKENS,
    SPAN_COMPLETION_TOKENS,
    SPAN_ROOT,
    SPAN_REF,
    SPAN_AMONG,

    /* the same for people */
    SPAN_PROJECT_NAME,
    SPAN_SESSION_NAME,
    SPAN_KIND_NAME,
    SPAN_STATUS_NAME,
    SPAN_START_TEXT,
    SPAN_END_TEXT,
    SPAN_LATENCY_MS,
    SPAN_ATTRIBUTES,
    SPAN_EVENTS,

    /* of span_attributes */
    SPAN_KEY,
    SPAN_VALUE,
    SPAN_TYPE,

    /* what no term is on */
    SPAN_COST,
    SPAN_COSTS
};

/* A table by its name and statement; columns are enum span_column. */
struct span_shape {
    const char *name;
    const char *sql;
    const uint8_t *columns;
    bool leaves; /* a row is an attribute */
};

/* -1 is SQLite's rowid. */
static inline int shape_column(const struct span_shape *shape, int column)
{
    return column < 0 ? -1 : shape->columns[column];
}

/* How a term compares its column with its value. */
enum span_term {
    TERM_EQUAL = '=',
    TERM_AMONG = 'i', /* one of a list, taken whole */
    TERM_LESS = '<',
    TERM_LESS_EQUAL = '[',
    TERM_GREATER = '>',
    TERM_GREATER_EQUAL = ']',
    TERM_NULL = '0',
    TERM_TEST = 't' /* attr_is(ref, value) */
};

/* What a statement of the store's own binds as a pointer, to say `among = ?`: a
 * struct search, which the rows are those of. */
#define SEARCH_POINTER "search"

/* What attr_is is to SQLite's planner: an operator on SPAN_REF. */
enum { PASSES_TEST = SQLITE_INDEX_CONSTRAINT_FUNCTION };

/* The search of a cursor, with the memory of its values. */
struct span_plan {
    struct search search;
    struct arena arena;
    enum find_order order;
    bool down;
    phx_text key;            /* of the attributes that are rows; or absent */
    phx_text packed;         /* its path */
    sqlite3_value *equal_to; /* the attribute's value; or NULL */
};

/* An SQLite code. The plan is two letters a term: its column, counted from
 * 'a', and its operator. stored: how many rows there are, about. */
int span_plan_choose(const struct span_shape *shape, double stored,
                     sqlite3_index_info *info);
phx_status span_plan_fill(struct span_plan *plan, struct snapshot *snapshot,
                          int order, const char *terms, sqlite3_value **values,
                          phx_error *err);
phx_status span_plan_add_test(struct span_plan *plan, phx_text test,
                              phx_error *err);

/* --- span_items.c ------------------------------------------------------------- */

/* A term of the plan that is filled in. */
struct term {
    struct span_plan *plan;
    struct snapshot *snapshot;
    int column;
    char letter; /* enum span_term */
    sqlite3_value *value;
};

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

phx_status items_read(struct items *items, phx_error *err);
phx_status items_add_text(struct items *items, phx_text text, phx_error *err);

/* For `add`. What names nothing, or is not hex, is no row's. */
phx_status items_take_int(struct items *items, sqlite3_value *value,
                          phx_error *err);
phx_status items_take_text(struct items *items, sqlite3_value *value,
                           phx_error *err);
phx_status items_take_hex(struct items *items, sqlite3_value *value,
                          phx_error *err);
phx_status items_take_kind(struct items *items, sqlite3_value *value,
                           phx_error *err);
phx_status items_take_status(struct items *items, sqlite3_value *value,
                             phx_error *err);

static inline phx_text text_of_value(sqlite3_value *value)
{
    const void *bytes = sqlite3_value_blob(value);

    return text_span(bytes ? bytes : "", (size_t)sqlite3_value_bytes(value));
}

/* --- span_column.c ----------------------------------------------------------- */

/* The attributes of a row, one of which is a row of span_attributes. */
struct span_leaves {
    struct arena arena;
    struct attributes flat; /* all, where no key is asked for */
    uint32_t at;
    phx_text key;
    uint8_t kind;
    const struct value *value; /* NULL where the path leads to it */
    struct block_path *path;
};

/* A cursor's row. */
struct span_row {
    struct snapshot *snapshot;
    const struct span_plan *plan;
    const struct hit *hit;   /* NULL past the last */
    struct trace_row trace;  /* of the session that was asked for last */
    int64_t project;         /* the one that was asked for last */
    struct buf project_name; /* its name */
    struct span_leaves leaves;
};
/* A time as time_print_sql does. */
void result_time_text(sqlite3_context *context, uint64_t ns);
phx_status span_column_result(sqlite3_context *context, struct span_row *row,
                              enum span_column column, phx_error *err);

/* --- span_json.c --------------------------------------------------------------- */

phx_status result_attributes(sqlite3_context *context,
                             const struct span_row *row, phx_error *err);
phx_status result_events(sqlite3_context *context, const struct span_row *row,
                         phx_error *err);
/* Dollars; by_type: of each type of token, as JSON. */
phx_status result_cost(sqlite3_context *context, const struct span_row *row,
                       bool by_type, phx_error *err);

/* --- span_leaf.c --------------------------------------------------------------- */

/* The path of the plan's key, and a test of the value it is to be equal to. */
phx_status leaf_plan_fill(struct span_plan *plan, struct buf *packed,
                          phx_error *err);
/* The first attribute of a row, or DONE; the next one. */
phx_status leaves_first(struct span_row *row, phx_error *err);
phx_status leaves_next(struct span_row *row);
phx_status leaf_result(sqlite3_context *context, struct span_row *row,
                       enum span_column column, phx_error *err);

enum { ROW_BITS = 16 };
static inline int64_t hit_ref(const struct hit *hit)
{
    return hit->opened->stored.id << ROW_BITS | hit->row;
}
static inline int64_t ref_block(int64_t ref)
{
    return ref >> ROW_BITS;
}
static inline uint32_t ref_row(int64_t ref)
{
    return (uint32_t)(ref & ((1 << ROW_BITS) - 1));
}

/* --- span_table.c ------------------------------------------------------------ */

/* The table, its functions, and those of the options. */
phx_status span_table_register(struct connection *connection,
                               const struct store_options *options,
                               phx_error *err);
/* What a table that connects is: for both tables. */
int table_declare(sqlite3 *db, struct connection *connection,
                  const char *columns);
/* A failure for SQLite; its story waits in the snapshot. */
int snapshot_fail(struct snapshot *snapshot, phx_status status,
                  const phx_error *err);

/* --- attribute_sql.c ---------------------------------------------------------- */

typedef void (*sql_function)(sqlite3_context *context, int count,
                             sqlite3_value **values);
int attribute_sql_register(struct connection *connection);
sql_function attribute_sql_is(void);

/* A row by its ref, and its block for one user more; it may be closed by now,
 * as behind a sort. DONE for a ref that is NULL. */
phx_status ref_open(struct snapshot *snapshot, sqlite3_value *value,
                    struct opened **out, uint32_t *row, phx_error *err);
/* An argument's value, whose text is lent until the call ends. */
phx_status argument_read(sqlite3_value *value, struct value *out,
                         phx_error *err);
phx_status result_value(sqlite3_context *context, const struct value *value,
                        phx_error *err);
void result_failure(sqlite3_context *context, struct snapshot *snapshot,
                    phx_status status, const phx_error *err);
/* A function of SQL that looks at a row by its ref: `of` with the snapshot of
 * the statement. how: for `of`. */
typedef phx_status row_function(sqlite3_context *context,
                                struct snapshot *snapshot, int count,
                                sqlite3_value **values, int how,
                                phx_error *err);
void function_of_row(sqlite3_context *context, int count,
                     sqlite3_value **values, int how, row_function *of);
/* The bytes become SQLite's. */
phx_status result_json(sqlite3_context *context, struct buf *json,
                       phx_error *err);
void attribute_result_kind(sqlite3_context *context, uint8_t kind);
/* A real without a fraction is tested as the integer, which finds both. */
struct value attribute_real(double real);

/* --- parent_sql.c -------------------------------------------------------------- */

int parent_sql_register(struct connection *connection);

/* --- cost_sql.c ---------------------------------------------------------------- */

int cost_sql_register(struct connection *connection);

/* --- function_sql.c ------------------------------------------------------------ */

phx_status function_sql_register(struct connection *connection,
                                 const struct store_options *options,
                                 phx_error *err);

/* --- views.c -------------------------------------------------------------------- */

phx_status views_create(struct connection *connection, phx_error *err);

#endif

/*
 * span_table.h - spans as the table `stored_span` of SQL.
 *
 *     span_plan.c       which terms and orders a search takes over
 *     span_terms.c      those terms, with their values, as a search
 *     span_table.c      the table and its cursors; span_column.c: columns
 *     attribute_sql.c   attr() and its like: attributes of a row by its ref
 *     parent_sql.c      parent_no(): a row's parent
 *     cost_sql.c        what a row cost, as the table `span_cost`
 *     function_sql.c    functions that the store is opened with
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
    SPAN_AMONG
};

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
};

/* An SQLite code. The plan is two letters a term: its column, counted from
 * 'a', and its operator. */
int span_plan_choose(const struct snapshot *snapshot, sqlite3_index_info *info);
phx_status span_plan_fill(struct span_plan *plan, struct snapshot *snapshot,
                          int order, const char *terms, sqlite3_value **values,
                          phx_error *err);

/* --- span_column.c ----------------------------------------------------------- */

/* A cursor's row. */
struct span_row {
    struct snapshot *snapshot;
    const struct hit *hit;  /* NULL past the last */
    struct trace_row trace; /* of the session that was asked for last */
};
phx_status span_column_result(sqlite3_context *context, struct span_row *row,
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

/* --- parent_sql.c -------------------------------------------------------------- */

int parent_sql_register(struct connection *connection);

/* --- cost_sql.c ---------------------------------------------------------------- */

int cost_sql_register(struct connection *connection);

/* --- function_sql.c ------------------------------------------------------------ */

phx_status function_sql_register(struct connection *connection,
                                 const struct store_options *options,
                                 phx_error *err);

#endif

/*
 * sql.h - a checked tree as one statement of SQL over the store's tables.
 *
 *     sql.c            the statement: what is left over, in which order
 *     sql_node.c       the condition, node by node
 *     sql_column.c     fields and iterables, as pieces of SQL
 *     sql_equal.c      tests of attributes that a block's dictionary decides
 *     sql_write.c      pieces of SQL and the values that they name
 *     functions.c      functions that SQLite lacks
 *
 * The text is made of fixed pieces alone: whatever comes from a user is a
 * value, named by its number.
 */
#ifndef QUERY_SQL_H
#define QUERY_SQL_H

#include "query/inside.h"
#include "store/store.h"

/* --- sql_write.c ------------------------------------------------------------- */

/* The names that a piece of SQL has for rows. */
struct alias {
    const char *row; /* '@': the row whose columns these are */
    int level;       /* '#': of a loop; '$': of the one around it */
};

/* Does nothing after its first failure; asked once, at the end. */
struct sql {
    const struct query *query;
    struct arena *arena;
    struct buf text;
    struct value *values;
    size_t value_count, value_capacity;
    uint32_t first;        /* the number of its first value */
    uint32_t *path_values; /* [path_count] number of a path's first value */
    phx_status status;
    phx_error *err;
};

phx_status sql_init(struct sql *sql, const struct query *query, uint32_t first,
                    struct arena *arena, phx_error *err);
void sql_fail(struct sql *sql, phx_status status);
void sql_add(struct sql *sql, const char *piece);
void sql_add_as(struct sql *sql, const char *piece, struct alias alias);

/* The value's name; texts are lent by the query, or the arena. */
void sql_add_value(struct sql *sql, struct value value);
void sql_add_int(struct sql *sql, int64_t value);
void sql_add_ns(struct sql *sql, uint64_t ns); /* a real past int64 */

/* A value of packed bytes. */
void sql_add_packed(struct sql *sql, const struct value *value);

/* ", path ...": the ways in which a path of the query may be stored. */
void sql_add_paths(struct sql *sql, const struct query_path *path);
struct value sql_path_value(struct sql *sql, const struct query_path *path,
                            uint32_t joined);

/* --- sql_column.c ------------------------------------------------------------- */

/* A field of a node; the ref of the row whose attributes are meant. */
void sql_add_field(struct sql *sql, const struct query_node *node);
void sql_add_ref(struct sql *sql);
void sql_add_note_field(struct sql *sql, int field, const char *note);

/* "FROM ... WHERE ...": the elements of a loop. */
void sql_add_elements(struct sql *sql, const struct query_loop *loop);

/* The same, of all strict roots of a session, each called x. */
void sql_add_session_roots(struct sql *sql);

/* When the row began, in ns; and a session ended; that a trace's project is
 * not deleted. */
void sql_add_start(struct sql *sql);
void sql_add_session_end(struct sql *sql);
void sql_add_living(struct sql *sql);

/* --- sql_equal.c --------------------------------------------------------------- */

/* What a condition says of one attribute, as a test that is true wherever the
 * condition is. */
enum test_result { TEST_NONE, TEST_WIDER, TEST_SAME };
enum test_result sql_add_test(struct sql *sql, const struct query_node *node);

/* --- sql_node.c ----------------------------------------------------------------- */

/* `asked` where only what is true counts, so that false may stand for NULL. */
void sql_add_node(struct sql *sql, const struct query_node *node, bool asked);

#endif

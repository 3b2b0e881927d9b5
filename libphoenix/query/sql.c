/*
 * sql.c - the statement of a condition: the rows of its grain that are in the
 * scope and that it holds for, in order, from a place on.
 *
 *     SELECT ... FROM stored_span r
 *      WHERE scope AND bounds AND terms without annotations
 *        AND EXISTS (SELECT 1 FROM (SELECT 1)
 *              LEFT JOIN annotation n0 ON ... WHERE terms with annotations)
 *      ORDER BY ... LIMIT ...
 *
 * A term is what `and` joins at the top. Plain terms on start, kind and the
 * like are there for the store and for indexes, which choose rows by them.
 */
#include "base/base.h"
#include "query/sql.h"

/* " AND r.start >= value": in the unit of the column, us for traces. */
static void add_start_term(struct sql *sql, const char *between, uint64_t ns)
{
    sql_add(sql, " AND r.start");
    sql_add(sql, between);
    sql_add_ns(sql, sql->query->grain == QUERY_TRACE ? ns / 1000 : ns);
}

static void add_number(struct sql *sql)
{
    sql_add(sql, sql->query->grain == QUERY_SPAN ? "r.no" : "r.id");
}

/* --- the scope -------------------------------------------------------------------- */

static void add_range(struct sql *sql, const struct query_scope *scope)
{
    bool session = sql->query->grain == QUERY_SESSION;

    if (scope->start_time > 0) {
        sql_add(sql, " AND ");
        if (session)
            sql_add_session_end(sql);
        else
            sql_add_start(sql);
        sql_add(sql, " >= ");
        sql_add_ns(sql, scope->start_time);
        if (sql->query->grain == QUERY_TRACE)
            add_start_term(sql, " >= ", scope->start_time);
    }
    if (scope->end_time > 0) {
        sql_add(sql, " AND ");
        sql_add_start(sql);
        sql_add(sql, " < ");
        sql_add_ns(sql, scope->end_time);
        if (sql->query->grain == QUERY_TRACE)
            add_start_term(sql, " <= ", scope->end_time);
    }
}

static void add_place(struct sql *sql, const struct query_scope *scope)
{
    const struct query_place *after = scope->after;

    if (after == NULL)
        return;
    if (scope->order == QUERY_BY_START && sql->query->grain != QUERY_SESSION)
        add_start_term(sql, scope->ascending ? " >= " : " <= ", after->start);
    sql_add(sql, " AND (");
    if (scope->order == QUERY_BY_START) {
        sql_add_start(sql);
        sql_add(sql, ", ");
    }
    add_number(sql);
    sql_add(sql, scope->ascending ? ") > (" : ") < (");
    if (scope->order == QUERY_BY_START) {
        sql_add_ns(sql, after->start);
        sql_add(sql, ", ");
    }
    sql_add_int(sql, after->number);
    sql_add(sql, ")");
}

static void add_scope(struct sql *sql, const struct query_scope *scope)
{
    if (scope->project != 0) {
        sql_add(sql, " AND r.project = ");
        sql_add_int(sql, scope->project);
    }
    if (sql->query->grain == QUERY_TRACE) {
        sql_add(sql, " AND ");
        sql_add_living(sql);
    }
    if (scope->roots != QUERY_ALL_SPANS && sql->query->grain == QUERY_SPAN)
        sql_add(sql, scope->roots == QUERY_STRICT
                         ? " AND r.parent_id IS NULL"
                         : " AND parent_no(r.ref, 0) IS NULL");
    add_range(sql, scope);
    add_place(sql, scope);
}

static void add_order(struct sql *sql, const struct query_scope *scope)
{
    const char *way = scope->ascending ? "" : " DESC";

    sql_add(sql, " ORDER BY ");
    if (scope->order == QUERY_BY_START) {
        if (sql->query->grain == QUERY_SESSION)
            sql_add_start(sql);
        else
            sql_add(sql, "r.start");
        sql_add(sql, way);
        if (sql->query->grain == QUERY_TRACE) {
            sql_add(sql, ", r.start_rest");
            sql_add(sql, way);
        }
        sql_add(sql, ", ");
    }
    add_number(sql);
    sql_add(sql, way);
    if (scope->limit > 0) {
        sql_add(sql, " LIMIT ");
        sql_add_int(sql, scope->limit);
    }
}

/* --- bounds ------------------------------------------------------------------------ */

/* " AND column IN (...)": the numbers of the set, if it leaves any out. */
static void add_set(struct sql *sql, const char *column, uint32_t set,
                    int count)
{
    uint32_t all = ((uint32_t)1 << count) - 1;
    bool first = true;

    if ((set & all) == all)
        return;
    sql_add(sql, " AND ");
    sql_add(sql, column);
    sql_add(sql, " IN (");
    for (int i = 0; i < count; i++) {
        if ((set >> i & 1) == 0)
            continue;
        if (!first)
            sql_add(sql, ", ");
        first = false;
        sql_add_int(sql, i);
    }
    sql_add(sql, ")");
}

static void add_bounds(struct sql *sql)
{
    const struct query_bounds *bounds = &sql->query->bounds;

    if (sql->query->grain == QUERY_SESSION)
        return;
    if (bounds->start_from > 0)
        add_start_term(sql, " >= ",
                       bounds->start_from < INT64_MAX ? bounds->start_from
                                                      : INT64_MAX);
    if (bounds->start_to < INT64_MAX)
        add_start_term(sql, " <= ", bounds->start_to);
    if (sql->query->grain == QUERY_TRACE)
        return;
    if (bounds->latency_from > 0) {
        sql_add(sql, " AND r.latency >= ");
        sql_add_int(sql, bounds->latency_from);
    }
    add_set(sql, "r.kind", bounds->kinds, KIND_COUNT);
    add_set(sql, "r.status", bounds->statuses, STATUS_COUNT);
}

/* --- the condition ------------------------------------------------------------------ */

static bool has_note(const struct query_node *node)
{
    bool has = node->op == QUERY_NOTE;

    for (uint32_t i = 0; i < node->count && !has; i++)
        has = has_note(node->args[i]);
    return has;
}

static uint32_t count_terms(const struct query_node *node)
{
    uint32_t count = 0;

    if (node->op != QUERY_AND)
        return 1;
    for (uint32_t i = 0; i < node->count; i++)
        count += count_terms(node->args[i]);
    return count;
}

/* The terms that have annotations, or those that have none. Too many of them
 * are one. */
static void add_terms(struct sql *sql, const struct query_node *node,
                      bool noted)
{
    if (node->op == QUERY_AND && count_terms(node) <= OPERAND_GROUP) {
        for (uint32_t i = 0; i < node->count; i++)
            add_terms(sql, node->args[i], noted);
    } else if (has_note(node) == noted) {
        sql_add(sql, " AND ");
        sql_add_node(sql, node, true);
    }
}

/* One annotation of each name at a time, or none if there is none. */
static void add_notes(struct sql *sql)
{
    static const char *const targets[QUERY_GRAINS][QUERY_GRAINS] = {
        [QUERY_SPAN] = {"0 AND @.target = r.no", "1 AND @.target = r.trace"},
        [QUERY_TRACE] = {[QUERY_TRACE] = "1 AND @.target = r.id"},
        [QUERY_SESSION] = {[QUERY_SESSION] = "2 AND @.target = r.id"},
    };
    const struct query *query = sql->query;

    sql_add(sql, " AND EXISTS (SELECT 1 FROM (SELECT 1)");
    for (uint32_t i = 0; i < query->note_count; i++) {
        const struct query_note *note = &query->notes[i];
        char name[16];
        struct alias alias = {.row = name};
        snprintf(name, sizeof name, "n%u", i);
        sql_add_as(sql, " LEFT JOIN annotation @ ON @.kind = ", alias);
        sql_add_as(sql, targets[query->grain][note->owner], alias);
        sql_add_as(sql, " AND @.position = -1 AND @.name = ", alias);
        sql_add_value(sql, value_text(note->name));
    }
    sql_add(sql, " WHERE 1");
    add_terms(sql, query->condition, true);
    sql_add(sql, ")");
}

static void add_condition(struct sql *sql)
{
    if (sql->query->condition == NULL)
        return;
    add_bounds(sql);
    add_terms(sql, sql->query->condition, false);
    if (sql->query->note_count > 0)
        add_notes(sql);
}

/* The text goes to the arena. */
static phx_status take_text(struct sql *sql, phx_text *out)
{
    phx_status status = sql->status;

    if (status >= 0)
        status = buf_status(&sql->text, "a condition as SQL", sql->err);
    if (status >= 0) {
        *out = text_span(arena_copy(sql->arena, sql->text.data, sql->text.size),
                         sql->text.size);
        if (out->data == NULL)
            status = arena_status(sql->arena, sql->text.size, sql->err);
    }
    buf_clear(&sql->text);
    return status;
}

phx_status query_terms(const struct query *query, struct arena *arena,
                       struct store_condition *out, phx_error *err)
{
    struct sql sql;
    phx_text text;
    phx_status status = sql_init(&sql, query, CONDITION_VALUE, arena, err);

    if (status < 0)
        return status;
    add_condition(&sql);
    if ((status = take_text(&sql, &text)) >= 0)
        *out = (struct store_condition){text, sql.values, sql.value_count};
    return status;
}

phx_status query_sql(const struct query *query, const struct query_scope *scope,
                     struct arena *arena, struct store_query *out,
                     phx_error *err)
{
    static const char *const rows[QUERY_GRAINS] = {
        [QUERY_SPAN] = "r.no, r.trace, r.session, ",
        [QUERY_TRACE] = "r.id, r.id, r.session, ",
        [QUERY_SESSION] = "r.id, NULL, r.id, ",
    };
    static const char *const tables[QUERY_GRAINS] = {"stored_span", "trace",
                                                     "session"};
    struct sql sql;
    phx_text text;
    phx_status status = sql_init(&sql, query, 1, arena, err);

    if (status < 0)
        return status;
    sql_add(&sql, "SELECT ");
    sql_add(&sql, rows[query->grain]);
    sql_add_start(&sql);
    sql_add(&sql, " FROM ");
    sql_add(&sql, tables[query->grain]);
    sql_add(&sql, " r WHERE 1");
    add_scope(&sql, scope);
    add_condition(&sql);
    add_order(&sql, scope);
    if ((status = take_text(&sql, &text)) >= 0)
        *out = (struct store_query){
            .sql = text, .values = sql.values, .count = sql.value_count};
    return status;
}

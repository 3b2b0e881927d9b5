/*
 * views.c - what SQL for people sees besides spans: projects, traces, sessions
 * and so on as views, which a connection has for itself, in `temp`: nothing of
 * them is in the store's file.
 */
#include "base/base.h"

#include "store/span_table.h"

/* Times of rows are us, and the ns beyond. What spans add up to is looked up in
 * their blocks if it is asked for; a session's window is that of the traces it
 * has and had. */
/* clang-format off */
static const struct {
    const char *name, *sql;
} views[] = {
    {"projects",
     "SELECT id, name, description, time_text(created) AS created_at,"
     " time_text(updated) AS updated_at FROM main.project"},
    {"traces",
     "SELECT t.id, lower(hex(t.trace_id)) AS trace_id, p.name AS project,"
     " n.name AS session_id,"
     " time_text(t.start * 1000 + t.start_rest) AS start_time,"
     " time_text(t.end * 1000 + t.end_rest) AS end_time,"
     " (t.end * 1000 + t.end_rest - t.start * 1000 - t.start_rest) / 1e6"
     " AS latency_ms,"
     " t.n AS span_count,"
     " (SELECT count(*) FROM stored_span s WHERE s.trace = t.id"
     " AND s.status = 2) AS error_count,"
     " (SELECT ifnull(sum(s.prompt_tokens), 0) FROM stored_span s"
     " WHERE s.trace = t.id) AS prompt_tokens,"
     " (SELECT ifnull(sum(s.completion_tokens), 0) FROM stored_span s"
     " WHERE s.trace = t.id) AS completion_tokens"
     " FROM main.trace t JOIN main.project p ON p.id = t.project"
     " LEFT JOIN main.session n ON n.id = t.session"},
    {"sessions",
     "SELECT n.id, n.name AS session_id, p.name AS project,"
     " time_text((SELECT min(ns) FROM"
     " (SELECT min(t.start * 1000 + t.start_rest) AS ns FROM main.trace t"
     " WHERE t.session = n.id"
     " UNION ALL SELECT n.start * 1000 + n.start_rest))) AS start_time,"
     " time_text((SELECT max(ns) FROM"
     " (SELECT max(t.end * 1000 + t.end_rest) AS ns FROM main.trace t"
     " WHERE t.session = n.id"
     " UNION ALL SELECT n.end * 1000 + n.end_rest))) AS end_time,"
     " (SELECT count(*) FROM main.trace t WHERE t.session = n.id"
     " AND t.project IN (SELECT id FROM main.project)) AS trace_count,"
     " (SELECT ifnull(sum(t.n), 0) FROM main.trace t WHERE t.session = n.id"
     " AND t.project IN (SELECT id FROM main.project)) AS span_count,"
     " (SELECT ifnull(sum(s.prompt_tokens), 0) FROM stored_span s"
     " WHERE s.trace IN (SELECT t.id FROM main.trace t"
     " WHERE t.session = n.id)) AS prompt_tokens,"
     " (SELECT ifnull(sum(s.completion_tokens), 0) FROM stored_span s"
     " WHERE s.trace IN (SELECT t.id FROM main.trace t"
     " WHERE t.session = n.id)) AS completion_tokens"
     " FROM main.session n JOIN main.project p ON p.id = n.project"},
    {"events",
     "SELECT s.id, s.span_id, s.trace_id, s.project, e.key AS position,"
     " json_extract(e.value, '$.name') AS name,"
     " json_extract(e.value, '$.timestamp') AS time,"
     " json_extract(e.value, '$.attributes') AS attributes"
     " FROM spans s, json_each(s.events) e"},
    {"costs",
     "SELECT s.id, s.span_id, s.trace_id, s.project,"
     " json_extract(c.value, '$.part') AS part,"
     " json_extract(c.value, '$.token_type') AS token_type,"
     " json_extract(c.value, '$.tokens') AS tokens,"
     " json_extract(c.value, '$.cost') AS cost"
     " FROM spans s, json_each(s.costs) c"},
    {"annotations",
     "SELECT a.id / 4 AS id, CASE a.kind WHEN 0 THEN 'span'"
     " WHEN 1 THEN 'trace' WHEN 2 THEN 'session' ELSE 'document' END"
     " AS target, iif(a.kind = 2, CAST(a.target_id AS TEXT),"
     " lower(hex(a.target_id))) AS target_id,"
     " iif(a.kind = 3, a.position, NULL) AS position, p.name AS project,"
     " a.name, a.label, a.score, a.explanation, a.metadata, a.identifier,"
     " CASE a.annotator WHEN 0 THEN 'LLM' WHEN 1 THEN 'CODE' ELSE 'HUMAN' END"
     " AS annotator_kind, iif(a.source = 0, 'API', 'APP') AS source,"
     " time_text(a.created * 1000) AS created_at,"
     " time_text(a.updated * 1000) AS updated_at"
     " FROM main.annotation a JOIN main.project p ON p.id = a.project"},
};
/* clang-format on */

/* time_text(ns): NULL for what is no time. */
static void time_text(sqlite3_context *context, int count,
                      sqlite3_value **values)
{
    double real = sqlite3_value_double(values[0]);
    int64_t whole = sqlite3_value_int64(values[0]);

    (void)count;
    switch (sqlite3_value_type(values[0])) {
    case SQLITE_INTEGER:
        if (whole >= 0)
            result_time_text(context, (uint64_t)whole);
        break;
    case SQLITE_FLOAT:
        if (real >= 0 && real < 18446744073709551616.0)
            result_time_text(context, (uint64_t)real);
        break;
    default:
        break;
    }
}

/* A module declares its table when the first statement that names it is
 * prepared, which is refused to a host's (authorize). The tables of JSON are
 * for hosts, too, so they are named here; others stay out of reach. */
static phx_status declare_json(struct connection *connection, phx_error *err)
{
    return connection->foreign != NULL
               ? PHX_OK
               : connection_execute(
                     connection,
                     "SELECT 1 FROM json_each('[]'), json_tree('[]')", err);
}

static phx_status create(struct connection *connection, phx_error *err)
{
    struct buf text;
    phx_status status;

    buf_init(&text, SIZE_MAX);
    for (size_t i = 0; i < sizeof views / sizeof *views; i++)
        buf_add_format(&text, "CREATE TEMP VIEW IF NOT EXISTS %s AS %s;",
                       views[i].name, views[i].sql);
    buf_add_byte(&text, 0);
    if ((status = buf_status(&text, "the views", err)) >= 0)
        status = connection_execute(connection, (const char *)text.data, err);
    if (status >= 0)
        status = declare_json(connection, err);
    buf_clear(&text);
    return status;
}

phx_status views_create(struct connection *connection, phx_error *err)
{
    int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
    int code = sqlite3_create_function_v2(connection->db, "time_text", 1, flags,
                                          connection, time_text, NULL, NULL,
                                          foreign_hold(connection));

    return code == SQLITE_OK ? create(connection, err)
                             : connection_fail(connection, code, err);
}

/*
 * span_column.c - the columns of a row of spans, from its open block.
 */
#include "base/base.h"

#include "store/span_table.h"

/* One integer of a column. */
static phx_status int_at(struct opened *opened, enum block_column column,
                         uint32_t index, int64_t *out, phx_error *err)
{
    const struct block_ints *ints;
    phx_status status = opened_ints(opened, column, &ints, err);

    if (status >= 0)
        *out = block_int(ints, index);
    return status;
}

static phx_status text_at(struct opened *opened, enum block_column column,
                          uint32_t index, phx_text *out, phx_error *err)
{
    const struct block_texts *texts;
    phx_status status =
        block_read_texts(opened->stored.block, column, &texts, err);

    if (status >= 0)
        *out = block_text(texts, index);
    return status;
}

static phx_status result_int(sqlite3_context *context, struct opened *opened,
                             enum block_column column, uint32_t index,
                             phx_error *err)
{
    int64_t value;
    phx_status status = int_at(opened, column, index, &value, err);

    if (status >= 0)
        sqlite3_result_int64(context, value);
    return status;
}

static void result_text(sqlite3_context *context, phx_text text)
{
    sqlite3_result_text64(context, text.size > 0 ? text.data : "", text.size,
                          SQLITE_TRANSIENT, SQLITE_UTF8);
}

static phx_status result_name(sqlite3_context *context, const struct hit *hit,
                              phx_error *err)
{
    phx_text name;
    phx_status status = text_at(hit->opened, COLUMN_NAME, hit->row, &name, err);

    if (status >= 0)
        result_text(context, name);
    return status;
}

static phx_status result_id(sqlite3_context *context, struct opened *opened,
                            enum block_column column, uint32_t index,
                            phx_error *err)
{
    phx_text id;
    phx_status status = text_at(opened, column, index, &id, err);

    if (status < 0)
        return status;
    size_t size = size_add(size_mul(id.size, 2), 1);
    char *hex = memory_new(size);
    if (hex == NULL)
        return fail_memory(err, size);
    hex_print(id.data, id.size, hex);
    sqlite3_result_text64(context, hex, size - 1, memory_free, SQLITE_UTF8);
    return PHX_OK;
}

/* --- times and tokens ------------------------------------------------------------- */

/* Nanoseconds past what an integer holds are a real. */
static void result_ns(sqlite3_context *context, uint64_t ns, bool negative)
{
    if (ns > INT64_MAX)
        sqlite3_result_double(context, negative ? -(double)ns : (double)ns);
    else
        sqlite3_result_int64(context, negative ? -(int64_t)ns : (int64_t)ns);
}

/* In the order of the numbers that times are, see start_key. */
void result_time_text(sqlite3_context *context, uint64_t ns)
{
    char text[40];

    time_print_sql(start_key(ns), text);
    sqlite3_result_text(context, text, -1, SQLITE_TRANSIENT);
}

static phx_status result_time(sqlite3_context *context, const struct hit *hit,
                              enum span_column column, phx_error *err)
{
    int64_t begin, duration;
    phx_status status;

    if ((status = int_at(hit->opened, COLUMN_START, hit->row, &begin, err)) <
            0 ||
        (status = int_at(hit->opened, COLUMN_DURATION, hit->row, &duration,
                         err)) < 0)
        return status;
    uint64_t start = (uint64_t)begin, end = start + (uint64_t)duration;
    uint64_t latency = end >= start ? end - start : start - end;
    switch (column) {
    case SPAN_LATENCY:
        result_ns(context, latency, end < start);
        break;
    case SPAN_LATENCY_MS:
        sqlite3_result_double(context,
                              (double)latency / (end < start ? -1e6 : 1e6));
        break;
    case SPAN_START_TEXT:
    case SPAN_END_TEXT:
        result_time_text(context, column == SPAN_START_TEXT ? start : end);
        break;
    default:
        result_ns(context, column == SPAN_START ? start : end, false);
    }
    return PHX_OK;
}

/* An LLM span's; -1 stands for none. */
static phx_status result_tokens(sqlite3_context *context, const struct hit *hit,
                                enum block_column column, phx_error *err)
{
    int64_t tokens;
    phx_status status = int_at(hit->opened, column, hit->row, &tokens, err);

    if (status >= 0 && tokens >= 0)
        sqlite3_result_int64(context, tokens);
    return status;
}

/* --- parent and trace --------------------------------------------------------------- */

static phx_status result_parent(sqlite3_context *context, const struct hit *hit,
                                bool only_root, phx_error *err)
{
    int64_t rows = block_rows(hit->opened->stored.block), parent;
    phx_status status =
        int_at(hit->opened, COLUMN_PARENT, hit->row, &parent, err);

    if (status < 0)
        return status;
    if (only_root)
        sqlite3_result_int(context, parent == 0);
    if (only_root || parent == 0)
        return PHX_OK;
    return parent <= rows
               ? result_id(context, hit->opened, COLUMN_SPAN_ID,
                           (uint32_t)(parent - 1), err)
               : result_id(context, hit->opened, COLUMN_OUTSIDE_PARENT,
                           (uint32_t)(parent - 1 - rows), err);
}

static phx_status result_session_name(sqlite3_context *context,
                                      struct connection *connection,
                                      int64_t session, phx_error *err)
{
    struct statement *read;
    phx_status status =
        sql_find(connection, SQL_SESSION_BY_ID, session, &read, err);

    if (status != PHX_OK)
        return status;
    result_text(context, sql_text(read, 1));
    sql_end(read);
    return PHX_OK;
}

/* Compaction follows a trace's session later; its row has it now. */
static phx_status result_session(sqlite3_context *context, struct span_row *row,
                                 int64_t number, bool named, phx_error *err)
{
    struct connection *connection = row->snapshot->connection;
    struct trace_row *trace = &row->trace;
    phx_status status = PHX_OK;

    if (trace->id != number)
        status = trace_row_get(connection, number, trace, err);
    if (status < 0)
        trace->id = 0;
    else if (trace->session != 0 && named)
        status = result_session_name(context, connection, trace->session, err);
    else if (trace->session != 0)
        sqlite3_result_int64(context, trace->session);
    return status;
}

static phx_status result_of_trace(sqlite3_context *context,
                                  struct span_row *row, enum span_column column,
                                  phx_error *err)
{
    struct opened *opened = row->hit->opened;
    int64_t index, number;
    phx_status status =
        int_at(opened, COLUMN_TRACE, row->hit->row, &index, err);

    if (status >= 0 && column == SPAN_TRACE_ID)
        return result_id(context, opened, COLUMN_TRACE_ID, (uint32_t)index,
                         err);
    if (status < 0 || (status = int_at(opened, COLUMN_TRACE_NUMBER,
                                       (uint32_t)index, &number, err)) < 0)
        return status;
    if (column != SPAN_TRACE)
        return result_session(context, row, number, column == SPAN_SESSION_NAME,
                              err);
    sqlite3_result_int64(context, number);
    return PHX_OK;
}

/* --- project, kind and status by name ------------------------------------------------ */

static phx_status result_project_name(sqlite3_context *context,
                                      struct span_row *row, phx_error *err)
{
    struct buf *name = &row->project_name;
    struct statement *read;
    int64_t project;
    phx_status status =
        int_at(row->hit->opened, COLUMN_PROJECT, row->hit->row, &project, err);

    if (status >= 0 && project != row->project) {
        row->project = 0;
        status = sql_find(row->snapshot->connection, SQL_PROJECT_BY_ID, project,
                          &read, err);
        if (status != PHX_OK)
            return status;
        buf_reset(name);
        buf_add_text(name, sql_text(read, 1));
        sql_end(read);
        status = buf_status(name, "a project's name", err);
    }
    if (status < 0)
        return status;
    row->project = project;
    result_text(context, text_span(name->data, name->size));
    return PHX_OK;
}

static phx_status result_enum(sqlite3_context *context, const struct hit *hit,
                              enum block_column column, phx_error *err)
{
    int64_t value;
    phx_status status = int_at(hit->opened, column, hit->row, &value, err);

    if (status >= 0)
        sqlite3_result_text(context,
                            column == COLUMN_KIND
                                ? span_kind_name((int)value)
                                : span_status_name((int)value),
                            -1, SQLITE_STATIC);
    return status;
}

/* --- all ------------------------------------------------------------------------------ */

static phx_status result_message(sqlite3_context *context,
                                 const struct span_row *row, phx_error *err)
{
    struct arena *scratch = &row->snapshot->scratch;
    phx_text message;

    arena_reset(scratch);
    phx_status status = block_read_status_message(
        row->hit->opened->stored.block, scratch, row->hit->row, &message, err);
    if (status >= 0)
        result_text(context, message);
    return status;
}

phx_status span_column_result(sqlite3_context *context, struct span_row *row,
                              enum span_column column, phx_error *err)
{
    const struct hit *hit = row->hit;

    switch (column) {
    case SPAN_NO:
        sqlite3_result_int64(context, hit->number);
        return PHX_OK;
    case SPAN_TRACE:
    case SPAN_TRACE_ID:
    case SPAN_SESSION:
    case SPAN_SESSION_NAME:
        return result_of_trace(context, row, column, err);
    case SPAN_SPAN_ID:
        return result_id(context, hit->opened, COLUMN_SPAN_ID, hit->row, err);
    case SPAN_PARENT_ID:
    case SPAN_ROOT:
        return result_parent(context, hit, column == SPAN_ROOT, err);
    case SPAN_PROJECT:
        return result_int(context, hit->opened, COLUMN_PROJECT, hit->row, err);
    case SPAN_NAME:
        return result_name(context, hit, err);
    case SPAN_KIND:
        return result_int(context, hit->opened, COLUMN_KIND, hit->row, err);
    case SPAN_STATUS:
        return result_int(context, hit->opened, COLUMN_STATUS, hit->row, err);
    case SPAN_STATUS_MESSAGE:
        return result_message(context, row, err);
    case SPAN_START:
    case SPAN_END:
    case SPAN_LATENCY:
    case SPAN_START_TEXT:
    case SPAN_END_TEXT:
    case SPAN_LATENCY_MS:
        return result_time(context, hit, column, err);
    case SPAN_PROMPT_TOKENS:
        return result_tokens(context, hit, COLUMN_PROMPT_TOKENS, err);
    case SPAN_COMPLETION_TOKENS:
        return result_tokens(context, hit, COLUMN_COMPLETION_TOKENS, err);
    case SPAN_REF:
        sqlite3_result_int64(context, hit_ref(hit));
        return PHX_OK;
    case SPAN_AMONG:
        return PHX_OK;
    case SPAN_PROJECT_NAME:
        return result_project_name(context, row, err);
    case SPAN_KIND_NAME:
        return result_enum(context, hit, COLUMN_KIND, err);
    case SPAN_STATUS_NAME:
        return result_enum(context, hit, COLUMN_STATUS, err);
    case SPAN_ATTRIBUTES:
        return result_attributes(context, row, err);
    case SPAN_EVENTS:
        return result_events(context, row, err);
    case SPAN_COST:
    case SPAN_COSTS:
        return result_cost(context, row, column == SPAN_COSTS, err);
    case SPAN_KEY:
    case SPAN_VALUE:
    case SPAN_TYPE:
        return leaf_result(context, row, column, err);
    }
    return PHX_OK;
}

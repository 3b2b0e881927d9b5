/*
 * page.c - rows by the page, as JSON, for languages in which each call and each
 * field of a struct is dear. What a row has is in a table: a member a field, by
 * the name that it has in phoenix.h.
 */
#include "base/base.h"

#include "api/inside.h"

#include <inttypes.h>
#include <math.h>

enum { PAGE_BYTES = SHRUNK(1 << 20, 256) }; /* a page that has so many ends */

enum cell {
    CELL_INT,   /* int64_t */
    CELL_TIME,  /* uint64_t, as a text */
    CELL_SMALL, /* int32_t */
    CELL_REAL,  /* double; without a value, absent */
    CELL_TEXT,  /* or absent */
    CELL_JSON,  /* a text that is JSON, or absent */
    CELL_MATCH, /* const phx_match *, or NULL */
    CELL_RULE   /* const phx_lint_rule * */
};

struct field {
    const char *name;
    enum cell cell;
    size_t offset;
};

#define FIELD(type, name, cell)                                                \
    {                                                                          \
#name, CELL_##cell, offsetof(type, name)                               \
    }

static const struct field SPAN[] = {
    FIELD(phx_span, id, INT),
    FIELD(phx_span, trace, INT),
    FIELD(phx_span, session, INT),
    FIELD(phx_span, project_id, INT),
    FIELD(phx_span, start_time, TIME),
    FIELD(phx_span, end_time, TIME),
    FIELD(phx_span, prompt_tokens, INT),
    FIELD(phx_span, completion_tokens, INT),
    FIELD(phx_span, status, SMALL),
    FIELD(phx_span, flags, SMALL),
    FIELD(phx_span, trace_id, TEXT),
    FIELD(phx_span, span_id, TEXT),
    FIELD(phx_span, parent_id, TEXT),
    FIELD(phx_span, project, TEXT),
    FIELD(phx_span, session_id, TEXT),
    FIELD(phx_span, name, TEXT),
    FIELD(phx_span, kind, TEXT),
    FIELD(phx_span, status_message, TEXT),
    FIELD(phx_span, trace_state, TEXT),
    FIELD(phx_span, attributes, JSON),
    FIELD(phx_span, events, JSON),
    FIELD(phx_span, kind_attribute, JSON),
    FIELD(phx_span, links, JSON),
    FIELD(phx_span, match, MATCH),
    {NULL, CELL_INT, 0},
};

/* Of spans that were asked for with PHX_SPAN_TOTALS. */
static const struct field TOTALS[] = {
    FIELD(phx_span, cumulative_prompt_tokens, INT),
    FIELD(phx_span, cumulative_completion_tokens, INT),
    FIELD(phx_span, cumulative_cost, REAL),
    {NULL, CELL_INT, 0},
};

static const struct field TRACE[] = {
    FIELD(phx_trace, id, INT),
    FIELD(phx_trace, project, INT),
    FIELD(phx_trace, session, INT),
    FIELD(phx_trace, start_time, TIME),
    FIELD(phx_trace, end_time, TIME),
    FIELD(phx_trace, spans, INT),
    FIELD(phx_trace, errors, INT),
    FIELD(phx_trace, prompt_tokens, INT),
    FIELD(phx_trace, completion_tokens, INT),
    FIELD(phx_trace, trace_id, TEXT),
    {NULL, CELL_INT, 0},
};

static const struct field SESSION[] = {
    FIELD(phx_session, id, INT),
    FIELD(phx_session, project, INT),
    FIELD(phx_session, start_time, TIME),
    FIELD(phx_session, end_time, TIME),
    FIELD(phx_session, traces, INT),
    FIELD(phx_session, session_id, TEXT),
    {NULL, CELL_INT, 0},
};

static const struct field PROJECT[] = {
    FIELD(phx_project, id, INT),           FIELD(phx_project, created_at, TIME),
    FIELD(phx_project, updated_at, TIME),  FIELD(phx_project, name, TEXT),
    FIELD(phx_project, description, TEXT), FIELD(phx_project, policy, INT),
    FIELD(phx_project, experiment, INT),   {NULL, CELL_INT, 0},
};

static const struct field ANNOTATION[] = {
    FIELD(phx_annotation, id, INT),
    FIELD(phx_annotation, target, INT),
    FIELD(phx_annotation, trace, INT),
    FIELD(phx_annotation, project, INT),
    FIELD(phx_annotation, author, INT),
    FIELD(phx_annotation, created_at, TIME),
    FIELD(phx_annotation, updated_at, TIME),
    FIELD(phx_annotation, score, REAL),
    FIELD(phx_annotation, has_score, SMALL),
    FIELD(phx_annotation, kind, SMALL),
    FIELD(phx_annotation, position, SMALL),
    FIELD(phx_annotation, annotator, SMALL),
    FIELD(phx_annotation, source, SMALL),
    FIELD(phx_annotation, target_id, TEXT),
    FIELD(phx_annotation, name, TEXT),
    FIELD(phx_annotation, identifier, TEXT),
    FIELD(phx_annotation, label, TEXT),
    FIELD(phx_annotation, explanation, TEXT),
    FIELD(phx_annotation, metadata, JSON),
    {NULL, CELL_INT, 0},
};

static const struct field FINDING[] = {
    FIELD(phx_finding, rule, RULE),     FIELD(phx_finding, span, INT),
    FIELD(phx_finding, trace_id, TEXT), FIELD(phx_finding, span_id, TEXT),
    FIELD(phx_finding, name, TEXT),     FIELD(phx_finding, path, TEXT),
    FIELD(phx_finding, message, TEXT),  {NULL, CELL_INT, 0},
};

static const struct field *fields_of(enum cursor_kind kind)
{
    static const struct field *const fields[] = {
        [CURSOR_SPANS] = SPAN,
        [CURSOR_TRACES] = TRACE,
        [CURSOR_SESSIONS] = SESSION,
        [CURSOR_PROJECTS] = PROJECT,
        [CURSOR_ANNOTATIONS] = ANNOTATION,
        [CURSOR_FINDINGS] = FINDING,
    };

    return kind < sizeof fields / sizeof *fields ? fields[kind] : NULL;
}

/* --- writing ------------------------------------------------------------------ */

static void write_match(struct json_writer *writer, const phx_match *match)
{
    json_open_object(writer);
    json_key(writer, "path");
    json_text(writer, match->path);
    json_key(writer, "offset");
    json_uint(writer, match->offset);
    json_key(writer, "size");
    json_uint(writer, match->size);
    json_key(writer, "snippet");
    json_text(writer, match->snippet);
    json_key(writer, "mark");
    json_uint(writer, match->mark);
    json_close_object(writer);
}

static void write_rule(struct json_writer *writer, const phx_lint_rule *rule)
{
    json_open_object(writer);
    json_key(writer, "id");
    json_string(writer, rule->id);
    json_key(writer, "severity");
    json_int(writer, rule->severity);
    json_key(writer, "reason");
    json_string(writer, rule->reason);
    json_close_object(writer);
}

static bool is_absent(const struct field *field, const void *cell)
{
    switch (field->cell) {
    case CELL_TEXT:
    case CELL_JSON:
        return ((const phx_text *)cell)->data == NULL;
    case CELL_MATCH:
        return *(const phx_match *const *)cell == NULL;
    case CELL_REAL:
        return isnan(*(const double *)cell);
    default:
        return false;
    }
}

static void write_cell(struct json_writer *writer, const struct field *field,
                       const void *cell)
{
    char digits[24];

    json_key(writer, field->name);
    switch (field->cell) {
    case CELL_INT:
        json_int(writer, *(const int64_t *)cell);
        break;
    case CELL_TIME:
        snprintf(digits, sizeof digits, "%" PRIu64, *(const uint64_t *)cell);
        json_string(writer, digits);
        break;
    case CELL_SMALL:
        json_int(writer, *(const int32_t *)cell);
        break;
    case CELL_REAL:
        json_real(writer, *(const double *)cell);
        break;
    case CELL_TEXT:
        json_text(writer, *(const phx_text *)cell);
        break;
    case CELL_JSON:
        json_raw(writer, *(const phx_text *)cell);
        break;
    case CELL_MATCH:
        write_match(writer, *(const phx_match *const *)cell);
        break;
    case CELL_RULE:
        write_rule(writer, *(const phx_lint_rule *const *)cell);
        break;
    }
}

static void write_fields(struct json_writer *writer, const struct field *field,
                         const void *row)
{
    for (; field->name != NULL; field++) {
        const void *cell = (const char *)row + field->offset;
        if (!is_absent(field, cell))
            write_cell(writer, field, cell);
    }
}

static void write_row(struct json_writer *writer, const phx_cursor *cursor,
                      const void *row)
{
    json_open_object(writer);
    write_fields(writer, fields_of(cursor->kind), row);
    if (cursor->totalled)
        write_fields(writer, TOTALS, row);
    json_close_object(writer);
}

static void write_begin(struct json_writer *writer, struct buf *text)
{
    buf_init(text, 1 << 30);
    json_begin(writer, text);
    json_open_array(writer);
}

/* Gives the page, if it has rows; returns the status. */
static phx_status write_end(struct json_writer *writer, size_t rows,
                            phx_status status, phx_buf *out, phx_error *err)
{
    json_close_array(writer);
    if (status >= 0 && rows > 0)
        status = give_buf(writer->out, "a page of rows", out, err);
    buf_clear(writer->out);
    return status;
}

/* --- reading ------------------------------------------------------------------- */

/* The rows of a cursor, whatever they are. */
static phx_status next_row(phx_cursor *cursor, const void **out, phx_error *err)
{
    const phx_span *span = NULL;
    const phx_trace *trace = NULL;
    const phx_session *session = NULL;
    const phx_project *project = NULL;
    const phx_annotation *annotation = NULL;
    const phx_finding *finding = NULL;
    phx_status status;

    switch (cursor->kind) {
    case CURSOR_SPANS:
        status = phx_cursor_next_span(cursor, &span, err);
        *out = span;
        break;
    case CURSOR_TRACES:
        status = phx_cursor_next_trace(cursor, &trace, err);
        *out = trace;
        break;
    case CURSOR_SESSIONS:
        status = phx_cursor_next_session(cursor, &session, err);
        *out = session;
        break;
    case CURSOR_PROJECTS:
        status = phx_cursor_next_project(cursor, &project, err);
        *out = project;
        break;
    case CURSOR_ANNOTATIONS:
        status = phx_cursor_next_annotation(cursor, &annotation, err);
        *out = annotation;
        break;
    default:
        status = phx_cursor_next_finding(cursor, &finding, err);
        *out = finding;
        break;
    }
    return status;
}

phx_status phx_cursor_next_json(phx_cursor *cursor, size_t count, phx_buf *out,
                                phx_error *err)
{
    const void *row;
    struct json_writer writer;
    struct buf text;
    phx_status status = PHX_OK;
    size_t found = 0;

    if (cursor == NULL || out == NULL || count == 0 ||
        fields_of(cursor->kind) == NULL)
        return fail_argument(err);
    write_begin(&writer, &text);
    while (found < count && text.size < PAGE_BYTES &&
           (status = next_row(cursor, &row, err)) == PHX_OK) {
        write_row(&writer, cursor, row);
        found++;
    }
    return write_end(&writer, found, status, out, err);
}

/* --- rows of SQL ------------------------------------------------------------- */

#define EXACT (INT64_C(1) << 53) /* what a double counts to */

/* What JSON has no word for, or other languages would round, is an object. */
static void write_value(struct json_writer *writer, const phx_value *value)
{
    char digits[24];

    switch (value->type) {
    case PHX_NULL:
        json_null(writer);
        break;
    case PHX_INTEGER:
        if (value->integer > -EXACT && value->integer < EXACT) {
            json_int(writer, value->integer);
            break;
        }
        snprintf(digits, sizeof digits, "%" PRId64, value->integer);
        json_open_object(writer);
        json_key(writer, "integer");
        json_string(writer, digits);
        json_close_object(writer);
        break;
    case PHX_REAL:
        if (isfinite(value->real)) {
            json_real(writer, value->real);
            break;
        }
        json_open_object(writer);
        json_key(writer, "real");
        json_string(writer, value->real > 0 ? "Infinity" : "-Infinity");
        json_close_object(writer);
        break;
    case PHX_TEXT:
        json_text(writer, value->text);
        break;
    default:
        json_open_object(writer);
        json_key(writer, "bytes");
        json_hex(writer, value->text);
        json_close_object(writer);
        break;
    }
}

phx_status phx_rows_next_json(phx_rows *rows, size_t count, phx_buf *out,
                              phx_error *err)
{
    const phx_value *row;
    struct json_writer writer;
    struct buf text;
    phx_status status = PHX_OK;
    size_t found = 0;

    if (rows == NULL || out == NULL || count == 0)
        return fail_argument(err);
    write_begin(&writer, &text);
    while (found < count && text.size < PAGE_BYTES &&
           (status = phx_rows_next(rows, &row, err)) == PHX_OK) {
        json_open_array(&writer);
        for (size_t i = 0; i < phx_rows_columns(rows); i++)
            write_value(&writer, &row[i]);
        json_close_array(&writer);
        found++;
    }
    return write_end(&writer, found, status, out, err);
}

/*
 * span_export.c - GET .../spans/export: the spans that the filters of the list
 * leave, the oldest first, as the columns of a file. It is made as it is sent.
 */
#include "base/base.h"
#include "server/rest/inside.h"

#include <stdatomic.h>

enum { MOST_EXPORTS = 4 }; /* at once: each holds some 50 MiB */

static atomic_int exports;

static const struct format {
    const char *name;
    int32_t number;
    const char *type;
} formats[] = {
    {"arrow", PHX_ARROW_STREAM, "application/vnd.apache.arrow.stream"},
    {"parquet", PHX_PARQUET, "application/vnd.apache.parquet"},
    {"jsonl", PHX_JSON_LINES, "application/jsonl"},
    {"csv", PHX_CSV, "text/csv; charset=utf-8"},
};

static const char *const types[] = {
    [PHX_COLUMN_TEXT] = "text",
    [PHX_COLUMN_INT] = "int",
    [PHX_COLUMN_REAL] = "real",
    [PHX_COLUMN_BOOL] = "bool",
};
enum { TYPES = sizeof types / sizeof *types };

/* --- the request -------------------------------------------------------------- */

/* NULL if it has been answered. */
static const struct format *read_format(struct request *request)
{
    phx_text given = request_query(request, "format");

    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (text_is(given, formats[i].name))
            return &formats[i];
    answer_text(request, 422, "format is arrow, parquet, jsonl or csv");
    return NULL;
}

/* column=PATH:TYPE */
static bool read_column(struct request *request, phx_text text,
                        phx_attribute_column *out)
{
    size_t colon = text.size;

    while (colon > 0 && text.data[colon - 1] != ':')
        colon--;
    phx_text type = {text.data + colon, text.size - colon};
    for (int32_t i = 0; i < TYPES && colon > 1; i++) {
        if (text_is(type, types[i])) {
            *out = (phx_attribute_column){
                text_string(request, (phx_text){text.data, colon - 1}), i, 0};
            return out->path != NULL;
        }
    }
    answer_text(request, 422,
                "Invalid column '%.*s': it must be path:type, the type text, "
                "int, real or bool",
                text.size < 64 ? (int)text.size : 64, text.data);
    return false;
}

/* NULL if it has been answered. */
static phx_attribute_column *read_columns(struct request *request,
                                          size_t *count)
{
    phx_text *texts = query_texts(request, "column", count);
    phx_attribute_column *columns =
        arena_new(request_arena(request), size_mul(*count, sizeof *columns));

    if (columns == NULL)
        answer_later(request, "no memory for the columns");
    for (size_t i = 0; columns != NULL && i < *count; i++)
        if (!read_column(request, texts[i], &columns[i]))
            return NULL;
    return columns;
}

/* --- the answer --------------------------------------------------------------- */

static void end_export(void *ctx)
{
    phx_export_close(ctx);
    atomic_fetch_sub(&exports, 1);
}

static phx_status next_piece(void *ctx, struct buf *out, phx_error *err)
{
    phx_buf piece = PHX_BUF_INIT;
    phx_status status = phx_export_next(ctx, &piece, err);

    if (status == PHX_OK)
        buf_add(out, piece.data, piece.size);
    phx_buf_free(&piece);
    return status;
}

/* The first piece is made before the answer begins: a failure has a status of
 * its own. */
static phx_status begin_export(struct request *request,
                               const phx_span_query *query,
                               const phx_attribute_column *columns,
                               size_t count, const struct format *format,
                               phx_error *err)
{
    struct answer_source source = {next_piece, end_export, NULL};
    phx_export *file = NULL;
    phx_status status =
        phx_export_open(request_service(request)->store, query, columns, count,
                        format->number, &file, err);

    if (status >= 0)
        status = next_piece(file, answer_buf(request), err);
    if (status < 0) {
        end_export(file);
        return status;
    }
    source.ctx = file;
    answer_stream(request, format->type, &source);
    return PHX_OK;
}

void span_export(struct request *request)
{
    const struct format *format;
    const phx_attribute_column *columns;
    struct span_filter filter;
    phx_error err = {0};
    size_t count;

    if (!span_filter_read(request, SPAN_FILTER_KINDS | SPAN_FILTER_NO_LIMIT,
                          &filter) ||
        (format = read_format(request)) == NULL ||
        (columns = read_columns(request, &count)) == NULL)
        return;
    filter.query.order = PHX_OLDEST_FIRST;
    if (filter.nothing) {
        filter.query.start_time = UINT64_MAX;
        filter.query.end_time = 1;
    }
    if (atomic_fetch_add(&exports, 1) >= MOST_EXPORTS) {
        atomic_fetch_sub(&exports, 1);
        answer_later(request, "too many exports are being read");
        return;
    }
    phx_status status =
        begin_export(request, &filter.query, columns, count, format, &err);
    if (status == PHX_TOO_BIG)
        answer_text(request, 422, "%s", err.message);
    else if (status < 0)
        answer_failure(request, status, &err);
}

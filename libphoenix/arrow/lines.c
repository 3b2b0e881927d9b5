/*
 * lines.c - batches as text, a row a line: JSON, or CSV as RFC 4180 has it,
 * with a line of names first.
 *
 * Times are ISO-8601 in UTC with all their digits, bytes are base64, and NaN is
 * null. In CSV a null is an empty field, an empty text is "", and lists and
 * structs are JSON.
 */
#include "base/base.h"

#include "arrow/arrow.h"
#include "arrow/inside.h"
#include "json/json.h"

#include <math.h>

enum { PIECE = 64 << 10 }; /* what is written at once */

/* --- values -------------------------------------------------------------------- */

static int64_t number_at(const struct column *column, size_t index)
{
    int64_t number;

    memcpy(&number, column->values.data + index * sizeof number, sizeof number);
    return number;
}

static double real_at(const struct column *column, size_t index)
{
    double real;

    memcpy(&real, column->values.data + index * sizeof real, sizeof real);
    return real;
}

static phx_text word_at(const struct column *column, size_t index)
{
    int32_t word;

    memcpy(&word, column->values.data + index * sizeof word, sizeof word);
    return column_text(column->dictionary, (size_t)word);
}

static void set_digits(char *end, int count, int64_t value)
{
    for (; count > 0; count--, value /= 10)
        *--end = (char)('0' + value % 10);
}

/* "2024-01-02T03:04:05.000000006Z", of any year. */
static void add_time(struct buf *out, int64_t time, bool ns)
{
    enum { ERA = 146097, ERAS = 1000 }; /* 400 years each, for the past */
    int64_t second = ns ? 1000000000 : 1000000;
    int64_t fraction = (time % second + second) % second;
    int64_t seconds =
        time / second - (time % second < 0) + (int64_t)ERAS * ERA * 86400;
    int64_t clock = seconds % 86400;
    char text[] = "0000-00-00T00:00:00.000000000";
    int year, month, day, digits = ns ? 9 : 6;

    time_date(seconds / 86400, &year, &month, &day);
    year -= ERAS * 400;
    set_digits(text + 4, 4, year);
    set_digits(text + 7, 2, month);
    set_digits(text + 10, 2, day);
    set_digits(text + 13, 2, clock / 3600);
    set_digits(text + 16, 2, clock / 60 % 60);
    set_digits(text + 19, 2, clock % 60);
    set_digits(text + 20 + digits, digits, fraction);
    bool usual = year >= 0 && year <= 9999;
    if (!usual)
        buf_add_format(out, "%04d", year);
    buf_add(out, usual ? text : text + 4, (size_t)((usual ? 20 : 16) + digits));
    buf_add_byte(out, 'Z');
}

static void add_base64(struct buf *out, phx_text bytes)
{
    size_t size = base64_size(bytes.size);
    uint8_t *room = buf_room(out, size + 1);

    if (room == NULL)
        return;
    base64_print(bytes.data, bytes.size, (char *)room);
    buf_used(out, size);
}

static bool is_text(const struct column *column)
{
    enum column_type type = column->field->type;

    return type == ARROW_TEXT || type == ARROW_WORD;
}

static phx_text text_at(const struct column *column, size_t index)
{
    return column->field->type == ARROW_WORD ? word_at(column, index)
                                             : column_text(column, index);
}

/* What is no text, list or struct, and needs no quotes in CSV. */
static void add_plain(struct buf *out, const struct column *column,
                      size_t index)
{
    switch (column->field->type) {
    case ARROW_BOOL:
        buf_add_string(out, column->values.data[index / 8] >> index % 8 & 1
                                ? "true"
                                : "false");
        break;
    case ARROW_REAL:
        json_write_real(out, real_at(column, index));
        break;
    case ARROW_BYTES:
        add_base64(out, column_text(column, index));
        break;
    case ARROW_TIME_US:
    case ARROW_TIME_NS:
        add_time(out, number_at(column, index),
                 column->field->type == ARROW_TIME_NS);
        break;
    default:
        json_write_int(out, number_at(column, index));
    }
}

/* --- JSON --------------------------------------------------------------------- */

static void add_json(struct buf *out, const struct column *column,
                     size_t index);

static void add_object(struct buf *out, const struct column *columns,
                       uint32_t count, size_t index)
{
    for (uint32_t i = 0; i < count; i++) {
        buf_add_byte(out, i == 0 ? '{' : ',');
        json_write_text(out, columns[i].field->name, 0);
        buf_add_byte(out, ':');
        add_json(out, &columns[i], index);
    }
    buf_add_byte(out, '}');
}

static void add_array(struct buf *out, const struct column *column,
                      size_t index)
{
    int32_t begin = column_offset(column, index);
    int32_t end = column_offset(column, index + 1);

    buf_add_byte(out, '[');
    for (int32_t i = begin; i < end; i++) {
        if (i > begin)
            buf_add_byte(out, ',');
        add_json(out, column->children, (size_t)i);
    }
    buf_add_byte(out, ']');
}

static void add_json(struct buf *out, const struct column *column, size_t index)
{
    enum column_type type = column->field->type;
    bool quoted =
        type == ARROW_BYTES || type == ARROW_TIME_US || type == ARROW_TIME_NS;

    if (!column_is_valid(column, index)) {
        buf_add_string(out, "null");
    } else if (type == ARROW_STRUCT) {
        add_object(out, column->children, column->field->child_count, index);
    } else if (type == ARROW_LIST) {
        add_array(out, column, index);
    } else if (column->field->is_json) {
        buf_add_text(out, text_at(column, index));
    } else if (is_text(column)) {
        json_write_text(out, text_at(column, index), 0);
    } else {
        if (quoted)
            buf_add_byte(out, '"');
        add_plain(out, column, index);
        if (quoted)
            buf_add_byte(out, '"');
    }
}

/* --- CSV ------------------------------------------------------------------------ */

/* In quotes where it must be, and where it would be taken for a null. */
static void add_csv_text(struct buf *out, phx_text text)
{
    bool quoted = text.size == 0;

    for (size_t i = 0; i < text.size && !quoted; i++)
        quoted = strchr("\",\r\n", text.data[i]) != NULL;
    if (!quoted) {
        buf_add_text(out, text);
        return;
    }
    buf_add_byte(out, '"');
    while (text.size > 0) {
        const char *quote = memchr(text.data, '"', text.size);
        size_t size = quote ? (size_t)(quote - text.data) + 1 : text.size;
        buf_add(out, text.data, size);
        if (quote != NULL)
            buf_add_byte(out, '"');
        text.data += size;
        text.size -= size;
    }
    buf_add_byte(out, '"');
}

static void add_csv(struct buf *out, struct buf *json,
                    const struct column *column, size_t index)
{
    if (!column_is_valid(column, index) || (column->field->type == ARROW_REAL &&
                                            !isfinite(real_at(column, index))))
        return;
    if (is_text(column)) {
        add_csv_text(out, text_at(column, index));
    } else if (column_has_values(column)) {
        add_plain(out, column, index);
    } else {
        buf_reset(json);
        add_json(json, column, index);
        add_csv_text(out, text_span(json->data, json->size));
        if (json->status < 0)
            out->status = json->status;
    }
}

/* --- the formats -------------------------------------------------------------------- */

static phx_status flush(struct arrow_writer *writer, size_t least,
                        phx_error *err)
{
    struct buf *out = &writer->metadata;
    phx_status status = buf_status(out, "a line", err);

    if (status < 0 || out->size < least)
        return status;
    status = writer_write(writer, out->data, out->size, err);
    buf_reset(out);
    return status;
}

phx_status lines_begin(struct arrow_writer *writer, phx_error *err)
{
    (void)writer;
    (void)err;
    return PHX_OK;
}

phx_status lines_put(struct arrow_writer *writer,
                     const struct column_batch *batch, phx_error *err)
{
    phx_status status = PHX_OK;

    for (size_t i = 0; i < batch->rows && status == PHX_OK; i++) {
        add_object(&writer->metadata, batch->columns, batch->schema->count, i);
        buf_add_byte(&writer->metadata, '\n');
        status = flush(writer, PIECE, err);
    }
    return status == PHX_OK ? flush(writer, 0, err) : status;
}

phx_status lines_end(struct arrow_writer *writer, phx_error *err)
{
    (void)writer;
    (void)err;
    return PHX_OK;
}

phx_status csv_begin(struct arrow_writer *writer, phx_error *err)
{
    const struct column_schema *schema = writer->schema;

    for (uint32_t i = 0; i < schema->count; i++) {
        if (i > 0)
            buf_add_byte(&writer->metadata, ',');
        add_csv_text(&writer->metadata, schema->fields[i].name);
    }
    buf_add_string(&writer->metadata, "\r\n");
    return flush(writer, 0, err);
}

phx_status csv_put(struct arrow_writer *writer,
                   const struct column_batch *batch, phx_error *err)
{
    struct buf json;
    phx_status status = PHX_OK;

    buf_init(&json, INT32_MAX);
    for (size_t i = 0; i < batch->rows && status == PHX_OK; i++) {
        for (uint32_t j = 0; j < batch->schema->count; j++) {
            if (j > 0)
                buf_add_byte(&writer->metadata, ',');
            add_csv(&writer->metadata, &json, &batch->columns[j], i);
        }
        buf_add_string(&writer->metadata, "\r\n");
        status = flush(writer, PIECE, err);
    }
    if (status == PHX_OK)
        status = flush(writer, 0, err);
    buf_clear(&json);
    return status;
}

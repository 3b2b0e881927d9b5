/*
 * print.c - rows of SQL as a table for people, JSON or CSV. What a terminal
 * could take for a command is never printed to a table as it is.
 */
#include "base/base.h"
#include "server/print.h"

#include "json/json.h"

#include <errno.h>
#include <math.h>

enum { PAGE_ROWS = 1000, MOST_WIDTH = 60 };

struct printer {
    const struct print_form *form;
    const phx_rows *rows;
    size_t columns;
    FILE *file;
    struct buf text; /* that waits to be written */
    size_t count;    /* rows */

    /* of a table */
    struct arena arena;
    phx_text *cells; /* of a page, row by row */
    size_t cell_count, cell_capacity;
    size_t *widths; /* [columns]; NULL before the first page */
};

struct print_form {
    const char *name;
    phx_status (*begin)(struct printer *printer, phx_error *err);
    phx_status (*row)(struct printer *printer, const phx_value *values,
                      phx_error *err);
    phx_status (*end)(struct printer *printer, phx_error *err);
};

static phx_status flush(struct printer *printer, phx_error *err)
{
    phx_status status = buf_status(&printer->text, "a row", err);

    if (status < 0)
        return status;
    if (printer->text.size > 0 &&
        fwrite(printer->text.data, 1, printer->text.size, printer->file) !=
            printer->text.size)
        return fail_os(err, PHX_IO, errno, "cannot write: %s", strerror(errno));
    buf_reset(&printer->text);
    return PHX_OK;
}

static phx_text name_of(const struct printer *printer, size_t column)
{
    return text_of(phx_rows_name(printer->rows, column));
}

/* A real so that it reads back as the same. */
static void add_number(struct buf *out, const phx_value *value)
{
    if (value->type == PHX_INTEGER)
        json_write_int(out, value->integer);
    else if (isfinite(value->real))
        json_write_real(out, value->real);
    else
        buf_add_string(out, value->real > 0 ? "Infinity" : "-Infinity");
}

/* --- table ---------------------------------------------------------------------- */

/* A NUL, a line break, an escape sequence: "\x1b". */
static void add_visible(struct buf *out, phx_text text)
{
    const uint8_t *at = (const uint8_t *)text.data, *end = at + text.size;
    uint8_t bytes[4];

    for (size_t width = 0; at < end; width++) {
        if (width == MOST_WIDTH - 1) {
            buf_add_string(out, "\xe2\x80\xa6"); /* ... */
            return;
        }
        uint32_t point = utf8_next(&at, end);
        if (point == '\n')
            buf_add_string(out, "\\n");
        else if (point < ' ' || (point >= 0x7F && point < 0xA0))
            buf_add_format(out, "\\x%02x", (unsigned)point);
        else
            buf_add(out, bytes, utf8_put(bytes, point));
    }
}

static void add_cell(struct buf *out, const phx_value *value)
{
    switch (value->type) {
    case PHX_INTEGER:
    case PHX_REAL:
        add_number(out, value);
        break;
    case PHX_TEXT:
        add_visible(out, value->text);
        break;
    case PHX_BYTES:
        buf_add_format(out, "<%zu bytes>", value->text.size);
        break;
    default:
        break;
    }
}

static size_t width_of(phx_text cell)
{
    size_t width = 0;

    for (size_t i = 0; i < cell.size; i++)
        width += ((uint8_t)cell.data[i] & 0xC0) != 0x80;
    return width;
}

static phx_status keep_cell(struct printer *printer, phx_error *err)
{
    struct buf *text = &printer->text;
    phx_status status = buf_status(text, "a row", err);
    phx_text *cells =
        arena_grow(&printer->arena, printer->cells, &printer->cell_capacity,
                   printer->cell_count, sizeof *cells);
    const void *copy = arena_copy(
        &printer->arena, text->size ? (void *)text->data : "", text->size);

    if (status < 0)
        return status;
    if (cells == NULL || copy == NULL)
        return arena_status(&printer->arena, text->size, err);
    printer->cells = cells;
    cells[printer->cell_count++] = text_span(copy, text->size);
    buf_reset(text);
    return PHX_OK;
}

static phx_status keep_names(struct printer *printer, phx_error *err)
{
    phx_status status = PHX_OK;

    for (size_t i = 0; i < printer->columns && status >= 0; i++) {
        add_visible(&printer->text, name_of(printer, i));
        status = keep_cell(printer, err);
    }
    return status;
}

static phx_status set_widths(struct printer *printer, phx_error *err)
{
    size_t size = size_mul(printer->columns, sizeof *printer->widths);

    if ((printer->widths = memory_new(size)) == NULL)
        return fail_memory(err, size);
    memset(printer->widths, 0, size);
    for (size_t i = 0; i < printer->cell_count; i++) {
        size_t *width = &printer->widths[i % printer->columns];
        if (width_of(printer->cells[i]) > *width)
            *width = width_of(printer->cells[i]);
    }
    return PHX_OK;
}

static void add_padded(struct printer *printer, size_t column, phx_text cell)
{
    struct buf *text = &printer->text;

    if (column > 0)
        buf_add_string(text, "  ");
    buf_add_text(text, cell);
    if (column + 1 == printer->columns) {
        buf_add_byte(text, '\n');
        return;
    }
    for (size_t i = width_of(cell); i < printer->widths[column]; i++)
        buf_add_byte(text, ' ');
}

static void add_rule(struct printer *printer)
{
    for (size_t i = 0; i < printer->columns; i++) {
        if (i > 0)
            buf_add_string(&printer->text, "  ");
        for (size_t j = 0; j < printer->widths[i]; j++)
            buf_add_byte(&printer->text, '-');
    }
    buf_add_byte(&printer->text, '\n');
}

static phx_status write_page(struct printer *printer, phx_error *err)
{
    bool is_first = printer->widths == NULL;
    phx_status status = is_first ? set_widths(printer, err) : PHX_OK;

    if (status < 0)
        return status;
    for (size_t i = 0; i < printer->cell_count; i++) {
        if (is_first && i == printer->columns)
            add_rule(printer);
        add_padded(printer, i % printer->columns, printer->cells[i]);
    }
    if (is_first && printer->cell_count == printer->columns)
        add_rule(printer);
    arena_reset(&printer->arena);
    printer->cells = NULL;
    printer->cell_count = printer->cell_capacity = 0;
    return flush(printer, err);
}

static phx_status table_row(struct printer *printer, const phx_value *values,
                            phx_error *err)
{
    phx_status status = PHX_OK;

    for (size_t i = 0; i < printer->columns && status >= 0; i++) {
        add_cell(&printer->text, &values[i]);
        status = keep_cell(printer, err);
    }
    if (status >= 0 && printer->count % PAGE_ROWS == 0)
        status = write_page(printer, err);
    return status;
}

/* --- JSON ------------------------------------------------------------------------- */

static void add_json(struct json_writer *json, const phx_value *value)
{
    struct value bytes = {.kind = JSON_BYTES, .text = value->text};

    switch (value->type) {
    case PHX_INTEGER:
        json_int(json, value->integer);
        break;
    case PHX_REAL:
        json_real(json, value->real);
        break;
    case PHX_TEXT:
        json_text(json, value->text);
        break;
    case PHX_BYTES:
        json_any(json, &bytes);
        break;
    default:
        json_null(json);
    }
}

static phx_status json_row(struct printer *printer, const phx_value *values,
                           phx_error *err)
{
    struct json_writer json;

    buf_add_string(&printer->text, printer->count == 1 ? "[" : ",\n");
    json_begin(&json, &printer->text);
    json_open_object(&json);
    for (size_t i = 0; i < printer->columns; i++) {
        json_key_text(&json, name_of(printer, i));
        add_json(&json, &values[i]);
    }
    json_close_object(&json);
    return flush(printer, err);
}

static phx_status json_end(struct printer *printer, phx_error *err)
{
    buf_add_string(&printer->text, printer->count == 0 ? "[]\n" : "]\n");
    return flush(printer, err);
}

/* --- CSV -------------------------------------------------------------------------- */

static void add_quoted(struct buf *out, phx_text text)
{
    bool plain = text.size > 0;

    for (size_t i = 0; i < text.size && plain; i++)
        plain = strchr(",\"\r\n", text.data[i]) == NULL || text.data[i] == 0;
    if (plain) {
        buf_add_text(out, text);
        return;
    }
    buf_add_byte(out, '"');
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == '"')
            buf_add_byte(out, '"');
        buf_add_byte(out, (uint8_t)text.data[i]);
    }
    buf_add_byte(out, '"');
}

static void add_hex(struct buf *out, phx_text bytes)
{
    char hex[3];

    for (size_t i = 0; i < bytes.size; i++) {
        hex_print(bytes.data + i, 1, hex);
        buf_add(out, hex, 2);
    }
}

static phx_status csv_begin(struct printer *printer, phx_error *err)
{
    for (size_t i = 0; i < printer->columns; i++) {
        if (i > 0)
            buf_add_byte(&printer->text, ',');
        add_quoted(&printer->text, name_of(printer, i));
    }
    buf_add_string(&printer->text, "\r\n");
    return flush(printer, err);
}

static phx_status csv_row(struct printer *printer, const phx_value *values,
                          phx_error *err)
{
    struct buf *text = &printer->text;

    for (size_t i = 0; i < printer->columns; i++) {
        if (i > 0)
            buf_add_byte(text, ',');
        if (values[i].type == PHX_INTEGER || values[i].type == PHX_REAL)
            add_number(text, &values[i]);
        else if (values[i].type == PHX_TEXT)
            add_quoted(text, values[i].text);
        else if (values[i].type == PHX_BYTES)
            add_hex(text, values[i].text);
    }
    buf_add_string(text, "\r\n");
    return flush(printer, err);
}

/* --- all ---------------------------------------------------------------------------- */

static const struct print_form forms[] = {
    {"table", keep_names, table_row, write_page},
    {"json", NULL, json_row, json_end},
    {"csv", csv_begin, csv_row, NULL},
};

const struct print_form *print_form_find(const char *name)
{
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (strcmp(forms[i].name, name) == 0)
            return &forms[i];
    }
    return NULL;
}

bool print_form_is_table(const struct print_form *form)
{
    return form == &forms[0];
}

phx_status printer_new(const struct print_form *form, const phx_rows *rows,
                       FILE *file, struct printer **out, phx_error *err)
{
    struct printer *printer = memory_new(sizeof *printer);

    if (printer == NULL)
        return fail_memory(err, sizeof *printer);
    *printer = (struct printer){.form = form,
                                .rows = rows,
                                .columns = phx_rows_columns(rows),
                                .file = file};
    arena_init(&printer->arena, SIZE_MAX);
    buf_init(&printer->text, SIZE_MAX);
    *out = printer;
    return form->begin != NULL ? form->begin(printer, err) : PHX_OK;
}

phx_status printer_add(struct printer *printer, const phx_value *values,
                       phx_error *err)
{
    printer->count++;
    return printer->form->row(printer, values, err);
}

phx_status printer_end(struct printer *printer, phx_error *err)
{
    phx_status status = PHX_OK;

    if (printer->form->end != NULL)
        status = printer->form->end(printer, err);
    if (status >= 0 && fflush(printer->file) != 0)
        status =
            fail_os(err, PHX_IO, errno, "cannot write: %s", strerror(errno));
    return status;
}

void printer_free(struct printer *printer)
{
    if (printer == NULL)
        return;
    arena_clear(&printer->arena);
    buf_clear(&printer->text);
    memory_free(printer->widths);
    memory_free(printer);
}

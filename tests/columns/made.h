/*
 * made.h: columns of every type, made of bytes that mean nothing, and the rows
 * as JSON, a line each, for those who read the columns back.
 *
 *     u8 columns, then each: u8 type, of a struct u8 children
 *     then row by row: u8 what comes (0 in 32: a batch ends), values
 *
 * Times are integers in JSON, bytes are hex, doubles have 17 digits.
 */
#ifndef COLUMNS_MADE_H
#define COLUMNS_MADE_H

#include "base/base.h"

#include "arrow/arrow.h"

#include "columns/told.h"

enum {
    MADE_COLUMNS = 12,
    MADE_CHILDREN = 3,
    MADE_DEPTH = 4,
    MADE_LONG = SHRUNK(70000, 700)
};

struct made {
    struct arena arena;
    struct reader in;
    struct column_schema schema;
    struct buf json; /* takes nothing once its status is a failure */
};

/* --- schema -------------------------------------------------------------------- */

static void made_fields(struct made *made, struct column_field *fields,
                        uint32_t count, int depth)
{
    for (uint32_t i = 0; i < count; i++) {
        struct column_field *field = &fields[i];
        uint8_t type = reader_u8(&made->in) % ARROW_TYPES;
        char *name = arena_new(&made->arena, 16);
        if (depth == MADE_DEPTH && type >= ARROW_LIST)
            type = ARROW_TEXT;
        int size = snprintf(name, 16, "%c\xc3\xa9%u", 'a' + depth, i);
        *field = (struct column_field){.name = text_span(name, (size_t)size),
                                       .type = (enum column_type)type};
        if (type < ARROW_LIST)
            continue;
        field->child_count =
            type == ARROW_LIST ? 1 : 1u + reader_u8(&made->in) % MADE_CHILDREN;
        struct column_field *children =
            arena_new(&made->arena, field->child_count * sizeof *children);
        field->children = children;
        made_fields(made, children, field->child_count, depth + 1);
    }
}

static void made_begin(struct made *made, const uint8_t *bytes, size_t size)
{
    static const struct column_note note = {{"made of", 7}, {"bytes\n", 6}};

    *made = (struct made){0};
    arena_init(&made->arena, SIZE_MAX);
    buf_init(&made->json, SIZE_MAX);
    reader_init(&made->in, bytes, size);
    uint8_t bits = reader_u8(&made->in);
    made->schema.count = 1u + bits / 2 % MADE_COLUMNS;
    made->schema.note_count = bits & 1;
    made->schema.notes = &note;
    struct column_field *fields =
        arena_new(&made->arena, made->schema.count * sizeof *fields);
    made->schema.fields = fields;
    made_fields(made, fields, made->schema.count, 0);
}

static void made_end(struct made *made)
{
    arena_clear(&made->arena);
    buf_clear(&made->json);
}

/* --- values ---------------------------------------------------------------------- */

static int64_t made_int(struct reader *in)
{
    switch (reader_u8(in) % 4) {
    case 0:
        return INT64_MAX;
    case 1:
        return INT64_MIN;
    case 2:
        return (int64_t)reader_u64(in);
    default:
        return (int8_t)reader_u8(in);
    }
}

/* No reader knows a time of more than 292 years of nanoseconds, nor INT64_MIN.
 */
static int64_t made_time(struct reader *in, bool ns)
{
    int64_t time = (int64_t)reader_u64(in);

    return ns ? time / 2 : time / (1 << 8);
}

static double made_real(struct reader *in)
{
    static const double some[] = {0.0, -0.0, 1e308, 5e-324, 0.1, 3.0};
    uint8_t bits = reader_u8(in);
    uint64_t all;
    double value;

    if (bits % 4 == 0)
        return some[bits / 4 % 6];
    if (bits % 4 == 1)
        return bits & 4 ? (double)NAN
                        : (bits & 8 ? (double)INFINITY : (double)-INFINITY);
    all = reader_u64(in);
    memcpy(&value, &all, sizeof value);
    return value;
}

static phx_text made_text(struct made *made)
{
    static const char nul[] = "a\0b";
    static char text[MADE_LONG];
    uint8_t bits = reader_u8(&made->in);

    if (bits == 255) {
        memset(text, 'x', sizeof text);
        return text_span(text, sizeof text);
    }
    switch (bits % 8) {
    case 0:
        return text_of("");
    case 1:
        return text_span(nul, 3);
    case 2:
        return text_of("\xc3\xa9\xe2\x82\xac\xf0\x9d\x84\x9e \"quoted\"\n");
    default:
        break;
    }
    size_t size = bits / 8;
    for (size_t i = 0; i < size; i++)
        text[i] = (char)(' ' + reader_u8(&made->in) % 95);
    return text_span(text, size);
}

static phx_text made_bytes(struct made *made)
{
    size_t size = reader_u8(&made->in) % 20;
    const uint8_t *bytes = reader_bytes(&made->in, size);

    return bytes ? text_span(bytes, size) : text_of("");
}

static void made_value(struct made *made, struct column *column,
                       const struct column_field *field);

static void made_list(struct made *made, struct column *column,
                      const struct column_field *field)
{
    uint8_t count = reader_u8(&made->in) % 6;

    buf_add_byte(&made->json, '[');
    for (int i = 0; i < count; i++) {
        if (i > 0)
            buf_add_byte(&made->json, ',');
        made_value(made, column_child(column, 0), field->children);
    }
    buf_add_byte(&made->json, ']');
    column_add_list(column);
}

static void made_struct(struct made *made, struct column *column,
                        const struct column_field *field)
{
    buf_add_byte(&made->json, '{');
    for (uint32_t i = 0; i < field->child_count; i++) {
        if (i > 0)
            buf_add_byte(&made->json, ',');
        told_text(&made->json, field->children[i].name);
        buf_add_byte(&made->json, ':');
        made_value(made, column_child(column, i), &field->children[i]);
    }
    buf_add_byte(&made->json, '}');
    column_add_struct(column);
}

static void made_plain(struct made *made, struct column *column,
                       enum column_type type)
{
    struct buf *json = &made->json;
    int64_t number;
    phx_text text;
    double real;

    switch (type) {
    case ARROW_BOOL:
        number = reader_u8(&made->in) & 1;
        buf_add_string(json, number ? "true" : "false");
        column_add_bool(column, number != 0);
        break;
    case ARROW_REAL:
        real = made_real(&made->in);
        told_real(json, real);
        column_add_real(column, real);
        break;
    case ARROW_TEXT:
    case ARROW_WORD:
        text = made_text(made);
        told_text(json, text);
        column_add_text(column, text);
        break;
    case ARROW_BYTES:
        text = made_bytes(made);
        told_hex(json, text);
        column_add_text(column, text);
        break;
    default:
        number = type == ARROW_INT
                     ? made_int(&made->in)
                     : made_time(&made->in, type == ARROW_TIME_NS);
        buf_add_format(json, "%lld", (long long)number);
        column_add_int(column, number);
    }
}

static void made_value(struct made *made, struct column *column,
                       const struct column_field *field)
{
    if (reader_u8(&made->in) % 6 == 0) {
        buf_add_string(&made->json, "null");
        column_add_null(column);
    } else if (field->type == ARROW_LIST) {
        made_list(made, column, field);
    } else if (field->type == ARROW_STRUCT) {
        made_struct(made, column, field);
    } else {
        made_plain(made, column, field->type);
    }
}

static bool made_is_over(const struct made *made)
{
    return made->in.failed || reader_left(&made->in) == 0;
}

/* Rows of the next batch: none when the bytes have run out, or by chance. */
static void made_batch(struct made *made, struct column_batch *batch)
{
    bool full = false;

    while (!full && !made_is_over(made) && reader_u8(&made->in) % 32 != 0) {
        buf_add_byte(&made->json, '{');
        for (uint32_t i = 0; i < made->schema.count; i++) {
            if (i > 0)
                buf_add_byte(&made->json, ',');
            told_text(&made->json, made->schema.fields[i].name);
            buf_add_byte(&made->json, ':');
            made_value(made, column_batch_at(batch, i),
                       &made->schema.fields[i]);
        }
        buf_add_string(&made->json, "}\n");
        full = column_batch_end_row(batch);
    }
}

#endif

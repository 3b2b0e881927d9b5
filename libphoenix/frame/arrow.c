/*
 * arrow.c - a frame as an Arrow IPC stream. Cells that are alike, lists and
 * objects included, have a type; texts among others are texts, and those others
 * their JSON. What pandas needs to make the index again is in the schema's
 * metadata: https://pandas.pydata.org/docs/development/developer.html
 */
#include "base/base.h"
#include "frame/inside.h"

#include "arrow/arrow.h"

#include <stdio.h>

enum { BATCH_LIMIT = 2 << 20 }; /* bytes of columns */

struct arrow_frame {
    struct shapes all;
    struct column_schema schema;
    struct column_field *fields; /* its own */
    struct column_note pandas;
    const struct shape **types; /* of each of its fields; NULL: texts */
    uint32_t *cells;            /* of each of its fields */
    struct column_batch *batch;
    struct arrow_writer *writer;
    struct buf *out; /* of the call under way */
    struct buf json; /* what pandas reads */
};

static phx_status open_arrow(struct frame *frame, phx_error *err)
{
    struct arrow_frame *arrow = arena_new(&frame->arena, sizeof *arrow);

    if (arrow == NULL)
        return arena_status(&frame->arena, sizeof *arrow, err);
    *arrow = (struct arrow_frame){.all = {&frame->arena, 0}};
    buf_init(&arrow->json, INT32_MAX);
    frame->arrow = arrow;
    return PHX_OK;
}

static void close_arrow(struct frame *frame)
{
    struct arrow_frame *arrow = frame->arrow;

    if (arrow == NULL)
        return;
    arrow_writer_free(arrow->writer);
    column_batch_free(arrow->batch);
    buf_clear(&arrow->json);
}

/* --- noting ---------------------------------------------------------------------- */

static phx_status note_cells(struct frame *frame, phx_error *err)
{
    struct arrow_frame *arrow = frame->arrow;
    phx_status status = PHX_OK;

    for (uint32_t i = 0; i < frame->count && status >= 0; i++)
        status = shape_note(&arrow->all, &frame->columns[i].shape,
                            &frame->cells[i], err);
    return status;
}

/* --- the schema ------------------------------------------------------------------ */

static enum column_type type_of(const struct shape *shape)
{
    const uint32_t integer = 1u << JSON_INT, real = 1u << JSON_REAL;

    if (shape == NULL || shape->is_wild)
        return ARROW_TEXT;
    switch (shape->kinds) {
    case 1u << JSON_BOOL:
        return ARROW_BOOL;
    case 1u << JSON_INT:
        return ARROW_INT;
    case 1u << JSON_BYTES:
        return ARROW_BYTES;
    case 1u << CELL_TIME:
        return ARROW_TIME_US;
    case 1u << JSON_ARRAY:
        return ARROW_LIST;
    case 1u << JSON_OBJECT:
        return shape->member_count > 0 ? ARROW_STRUCT : ARROW_TEXT;
    default:
        return shape->kinds == real || shape->kinds == (integer | real)
                   ? ARROW_REAL
                   : ARROW_TEXT;
    }
}

static phx_status fill_field(struct arena *arena, const struct shape *shape,
                             phx_text name, struct column_field *out,
                             phx_error *err)
{
    enum column_type type = type_of(shape);
    uint32_t count = type == ARROW_LIST     ? 1
                     : type == ARROW_STRUCT ? shape->member_count
                                            : 0;
    struct column_field *children =
        arena_new(arena, size_mul(count, sizeof *children));
    phx_status status = PHX_OK;

    if (children == NULL)
        return arena_status(arena, sizeof *children, err);
    *out = (struct column_field){
        .name = name, .type = type, .child_count = count, .children = children};
    if (type == ARROW_LIST)
        return fill_field(arena, shape->item, text_of("item"), children, err);
    for (uint32_t i = 0; i < count && status >= 0; i++)
        status = fill_field(arena, &shape->members[i].shape,
                            shape->members[i].name, &children[i], err);
    return status;
}

/* Names of columns hold no U+0000. */
static phx_status name_field(struct frame *frame, uint32_t i, phx_text *out,
                             phx_error *err)
{
    static const char level[] = "__index_level_%u__";
    phx_text shown = frame->columns[i].shown;
    size_t size = frame->columns[i].is_index ? sizeof level + 10 : shown.size;
    char *name = arena_new(&frame->arena, size_add(size, 1));

    if (name == NULL)
        return arena_status(&frame->arena, size, err);
    if (frame->columns[i].is_index)
        size = (size_t)snprintf(name, size, level, (unsigned)i);
    for (size_t at = 0; !frame->columns[i].is_index && at < size; at++)
        name[at] = shown.data[at] == '\0' ? ' ' : shown.data[at];
    *out = text_span(name, size);
    return PHX_OK;
}

static phx_status add_field(struct frame *frame, uint32_t i, bool nested,
                            phx_error *err)
{
    struct arrow_frame *arrow = frame->arrow;
    uint32_t count = arrow->schema.count;
    const struct shape *shape = &frame->columns[i].shape;
    phx_text name;
    phx_status status;

    if (!nested && shape->kinds >= 1u << JSON_ARRAY &&
        shape->kinds != 1u << CELL_TIME)
        shape = NULL;
    if ((status = name_field(frame, i, &name, err)) < 0 ||
        (status = fill_field(&frame->arena, shape, name, &arrow->fields[count],
                             err)) < 0)
        return status;
    arrow->types[count] = shape;
    arrow->cells[count] = i;
    arrow->schema.count++;
    return PHX_OK;
}

static phx_status add_fields(struct frame *frame, phx_error *err)
{
    struct arrow_frame *arrow = frame->arrow;
    bool nested = frame->count + arrow->all.count <= COLUMN_COUNT;
    size_t count = frame->count;
    phx_status status = PHX_OK;

    arrow->fields =
        arena_new(&frame->arena, size_mul(count, sizeof *arrow->fields));
    arrow->types =
        arena_new(&frame->arena, size_mul(count, sizeof *arrow->types));
    arrow->cells =
        arena_new(&frame->arena, size_mul(count, sizeof *arrow->cells));
    if (arrow->fields == NULL || arrow->types == NULL || arrow->cells == NULL)
        return arena_status(&frame->arena, count, err);
    arrow->schema.fields = arrow->fields;
    for (uint32_t i = 0; i < frame->count && status >= 0; i++)
        if (column_is_shown(frame, &frame->columns[i]))
            status = add_field(frame, i, nested, err);
    return status;
}

/* --- what pandas reads ------------------------------------------------------------ */

static void write_names(const struct frame *frame, struct json_writer *json)
{
    static const struct {
        const char *pandas, *numpy;
    } types[ARROW_TYPES] = {
        [ARROW_BOOL] = {"bool", "bool"},
        [ARROW_INT] = {"int64", "int64"},
        [ARROW_REAL] = {"float64", "float64"},
        [ARROW_TEXT] = {"unicode", "object"},
        [ARROW_BYTES] = {"bytes", "object"},
        [ARROW_TIME_US] = {"datetimetz", "datetime64[us]"},
        [ARROW_LIST] = {"list", "object"},
        [ARROW_STRUCT] = {"object", "object"},
    };
    const struct arrow_frame *arrow = frame->arrow;

    json_key(json, "columns");
    json_open_array(json);
    for (uint32_t i = 0; i < arrow->schema.count; i++) {
        const struct frame_column *column = &frame->columns[arrow->cells[i]];
        const struct column_field *field = &arrow->schema.fields[i];
        if (!column->is_index)
            continue;
        json_open_object(json);
        json_key(json, "name");
        json_text(json, column->shown);
        json_key(json, "field_name");
        json_text(json, field->name);
        json_key(json, "pandas_type");
        json_string(json, types[field->type].pandas);
        json_key(json, "numpy_type");
        json_string(json, types[field->type].numpy);
        json_key(json, "metadata");
        json_null(json);
        json_close_object(json);
    }
    json_close_array(json);
}

static phx_status note_pandas(struct frame *frame, phx_error *err)
{
    struct arrow_frame *arrow = frame->arrow;
    struct json_writer json;
    phx_status status;

    buf_reset(&arrow->json);
    json_begin(&json, &arrow->json);
    json_open_object(&json);
    json_key(&json, "index_columns");
    json_open_array(&json);
    for (uint32_t i = 0; i < arrow->schema.count; i++)
        if (frame->columns[arrow->cells[i]].is_index)
            json_text(&json, arrow->schema.fields[i].name);
    json_close_array(&json);
    json_key(&json, "column_indexes");
    json_open_array(&json);
    json_close_array(&json);
    write_names(frame, &json);
    json_key(&json, "pandas_version");
    json_string(&json, "1.4.0");
    json_close_object(&json);
    if ((status = buf_status(&arrow->json, "the metadata", err)) < 0)
        return status;
    const char *copy =
        arena_copy(&frame->arena, arrow->json.data, arrow->json.size);
    if (copy == NULL)
        return arena_status(&frame->arena, arrow->json.size, err);
    arrow->pandas = (struct column_note){text_of("pandas"),
                                         text_span(copy, arrow->json.size)};
    arrow->schema.notes = &arrow->pandas;
    arrow->schema.note_count = 1;
    return PHX_OK;
}

static phx_status take(void *ctx, const void *bytes, size_t size,
                       phx_error *err)
{
    struct arrow_frame *arrow = ctx;

    buf_add(arrow->out, bytes, size);
    return buf_status(arrow->out, "a piece of a frame", err);
}

static phx_status begin_arrow(struct frame *frame, struct buf *out,
                              phx_error *err)
{
    struct arrow_frame *arrow = frame->arrow;
    struct arrow_sink sink = {take, arrow};
    phx_status status;

    arrow->out = out;
    if ((status = add_fields(frame, err)) < 0 ||
        (status = note_pandas(frame, err)) < 0 ||
        (status = column_batch_new(&arrow->schema, &arrow->batch, err)) < 0 ||
        (status = arrow_writer_new(ARROW_IPC, &arrow->schema, &sink,
                                   &arrow->writer, err)) < 0)
        return status;
    column_batch_limit(arrow->batch, BATCH_LIMIT);
    return PHX_OK;
}

/* --- rows -------------------------------------------------------------------------- */

static void add_value(struct column *column, const struct shape *shape,
                      const struct value *value);

static void add_list(struct column *column, const struct shape *shape,
                     const struct value *list)
{
    for (uint32_t i = 0; i < list->count; i++)
        add_value(column_child(column, 0), shape->item, &list->items[i]);
    column_add_list(column);
}

static void add_object(struct column *column, const struct shape *shape,
                       const struct value *object)
{
    for (uint32_t i = 0; i < shape->member_count; i++) {
        const struct value *member = shape_member_of(shape, i, object);
        if (member != NULL)
            add_value(column_child(column, i), &shape->members[i].shape,
                      member);
    }
    column_add_struct(column);
}

static void add_value(struct column *column, const struct shape *shape,
                      const struct value *value)
{
    if (value->kind == JSON_NULL) {
        column_add_null(column);
        return;
    }
    switch (type_of(shape)) {
    case ARROW_BOOL:
        column_add_bool(column, value->integer != 0);
        break;
    case ARROW_INT:
    case ARROW_TIME_US:
        column_add_int(column, value->integer);
        break;
    case ARROW_REAL:
        column_add_real(column, value->kind == JSON_INT ? (double)value->integer
                                                        : value->real);
        break;
    case ARROW_BYTES:
        column_add_text(column, value->text);
        break;
    case ARROW_LIST:
        add_list(column, shape, value);
        break;
    case ARROW_STRUCT:
        add_object(column, shape, value);
        break;
    default:
        column_add_as_text(column, value);
    }
}

static phx_status put_batch(struct arrow_frame *arrow, phx_error *err)
{
    phx_status status = arrow_writer_put(arrow->writer, arrow->batch, err);

    column_batch_reset(arrow->batch);
    return status;
}

static phx_status put_row(struct frame *frame, struct buf *out, phx_error *err)
{
    struct arrow_frame *arrow = frame->arrow;
    bool full;

    arrow->out = out;
    for (uint32_t i = 0; i < arrow->schema.count; i++)
        add_value(column_batch_at(arrow->batch, i), arrow->types[i],
                  &frame->cells[arrow->cells[i]]);
    full = column_batch_end_row(arrow->batch);
    return full ? put_batch(arrow, err) : PHX_OK;
}

static phx_status end_arrow(struct frame *frame, struct buf *out,
                            phx_error *err)
{
    struct arrow_frame *arrow = frame->arrow;
    phx_status status = PHX_OK;

    arrow->out = out;
    if (column_batch_rows(arrow->batch) > 0)
        status = put_batch(arrow, err);
    return status < 0 ? status : arrow_writer_end(arrow->writer, err);
}

const struct frame_form frame_arrow = {open_arrow, note_cells, begin_arrow,
                                       put_row,    end_arrow,  close_arrow};

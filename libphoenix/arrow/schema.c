/*
 * schema.c - what is asked of a schema, and the message that tells Arrow of it:
 * the first of an IPC stream, and metadata of a Parquet file.
 */
#include "base/base.h"

#include "arrow/arrow.h"
#include "arrow/flat.h"
#include "arrow/inside.h"

/* --- checks ------------------------------------------------------------------ */

static phx_status check_name(phx_text name, phx_error *err)
{
    int shown = name.size < 64 ? (int)name.size : 64;

    if (utf8_check(name.data, name.size) < name.size)
        return fail(err, PHX_INVALID, -1, "a column's name is not UTF-8");
    if (name.size > 0 && memchr(name.data, 0, name.size) != NULL)
        return fail(err, PHX_INVALID, -1, "column name '%.*s' has U+0000",
                    shown, name.data);
    return PHX_OK;
}

static phx_status check_fields(const struct column_field *fields,
                               uint32_t count, int depth, uint32_t *columns,
                               phx_error *err)
{
    phx_status status;

    if (count > 0 && depth > COLUMN_DEPTH)
        return fail(err, PHX_TOO_BIG, -1, "columns are nested over %d deep",
                    COLUMN_DEPTH);
    if (count > COLUMN_COUNT - *columns)
        return fail(err, PHX_TOO_BIG, -1, "over %d columns", COLUMN_COUNT);
    *columns += count;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t children = fields[i].child_count;
        bool right = fields[i].type == ARROW_LIST     ? children == 1
                     : fields[i].type == ARROW_STRUCT ? children > 0
                                                      : children == 0;
        if ((status = check_name(fields[i].name, err)) < 0)
            return status;
        if ((unsigned)fields[i].type >= ARROW_TYPES || !right)
            return fail(err, PHX_INVALID, i,
                        "column %u has a wrong type or wrong children", i);
        if ((status = check_fields(fields[i].children, children, depth + 1,
                                   columns, err)) < 0)
            return status;
    }
    return PHX_OK;
}

phx_status schema_check(const struct column_schema *schema, phx_error *err)
{
    uint32_t columns = 0;

    if (schema->count == 0)
        return fail(err, PHX_INVALID, -1, "no columns");
    return check_fields(schema->fields, schema->count, 1, &columns, err);
}

static uint32_t count_fields(const struct column_field *fields, uint32_t count,
                             uint32_t *words)
{
    uint32_t all = count;

    for (uint32_t i = 0; i < count; i++) {
        *words += fields[i].type == ARROW_WORD;
        all += count_fields(fields[i].children, fields[i].child_count, words);
    }
    return all;
}

uint32_t schema_columns(const struct column_schema *schema, uint32_t *words)
{
    *words = 0;
    return count_fields(schema->fields, schema->count, words);
}

/* --- the message ---------------------------------------------------------------- */

/* Four bytes say that a message comes, four how long it is, then a flat buffer
 * begins with the pointer to its root. */
enum { PREFIX = 8 };

void ipc_begin_message(struct buf *out, uint8_t type, uint64_t body_size,
                       size_t *header)
{
    buf_add_u32(out, UINT32_MAX);
    buf_add_u32(out, 0);
    buf_add_u32(out, 0);
    size_t message = flat_table(out, PREFIX, &message_layout);
    flat_set(out, message, MESSAGE_VERSION, &message_layout, METADATA_VERSION);
    flat_set(out, message, MESSAGE_TYPE, &message_layout, type);
    flat_set(out, message, MESSAGE_BODY_SIZE, &message_layout, body_size);
    *header = flat_slot(out, message, MESSAGE_HEADER);
}

void ipc_end_message(struct buf *out)
{
    while (out->status == PHX_OK && out->size % 8 != 0)
        buf_add_byte(out, 0);
    flat_put(out, 4, out->size - PREFIX, 4);
}

static void add_int(struct buf *out, size_t pointer, uint32_t bits)
{
    size_t table = flat_table(out, pointer, &int_layout);

    flat_set(out, table, INT_BITS, &int_layout, bits);
    flat_set(out, table, INT_SIGNED, &int_layout, true);
}

static void add_type(struct buf *out, size_t pointer, enum column_type type)
{
    size_t table;

    switch (type) {
    case ARROW_INT:
        add_int(out, pointer, 64);
        break;
    case ARROW_REAL:
        table = flat_table(out, pointer, &float_layout);
        flat_set(out, table, FLOAT_PRECISION, &float_layout, PRECISION_DOUBLE);
        break;
    case ARROW_TIME_US:
    case ARROW_TIME_NS:
        table = flat_table(out, pointer, &timestamp_layout);
        flat_set(out, table, TIMESTAMP_UNIT, &timestamp_layout,
                 type == ARROW_TIME_US ? UNIT_MICROSECOND : UNIT_NANOSECOND);
        flat_string(out, flat_slot(out, table, TIMESTAMP_ZONE), text_of("UTC"));
        break;
    default:
        flat_table(out, pointer, &empty_layout);
    }
}

static void add_fields(struct buf *out, size_t pointer,
                       const struct column_field *fields, uint32_t count,
                       uint64_t *dictionaries);

static void add_field(struct buf *out, size_t pointer,
                      const struct column_field *field, uint64_t *dictionaries)
{
    static const uint8_t types[ARROW_TYPES] = {
        [ARROW_BOOL] = TYPE_BOOL,           [ARROW_INT] = TYPE_INT,
        [ARROW_REAL] = TYPE_FLOATING_POINT, [ARROW_TEXT] = TYPE_UTF8,
        [ARROW_WORD] = TYPE_UTF8,           [ARROW_BYTES] = TYPE_BINARY,
        [ARROW_TIME_US] = TYPE_TIMESTAMP,   [ARROW_TIME_NS] = TYPE_TIMESTAMP,
        [ARROW_LIST] = TYPE_LIST,           [ARROW_STRUCT] = TYPE_STRUCT,
    };
    bool word = field->type == ARROW_WORD;
    const struct flat_layout *layout =
        word ? &word_field_layout : &field_layout;
    size_t table = flat_table(out, pointer, layout);

    flat_set(out, table, FIELD_NULLABLE, layout, true);
    flat_set(out, table, FIELD_TYPE, layout, types[field->type]);
    flat_string(out, flat_slot(out, table, FIELD_NAME), field->name);
    add_type(out, flat_slot(out, table, FIELD_TYPE_TABLE), field->type);
    if (word) {
        size_t encoding = flat_table(
            out, flat_slot(out, table, FIELD_DICTIONARY), &encoding_layout);
        flat_set(out, encoding, ENCODING_ID, &encoding_layout,
                 (*dictionaries)++);
        add_int(out, flat_slot(out, encoding, ENCODING_INDEX), 32);
    }
    add_fields(out, flat_slot(out, table, FIELD_CHILDREN), field->children,
               field->child_count, dictionaries);
}

static void add_fields(struct buf *out, size_t pointer,
                       const struct column_field *fields, uint32_t count,
                       uint64_t *dictionaries)
{
    size_t first = flat_vector(out, pointer, count, 4, 4);

    for (uint32_t i = 0; i < count; i++)
        add_field(out, first + 4 * (size_t)i, &fields[i], dictionaries);
}

static void add_notes(struct buf *out, size_t pointer,
                      const struct column_schema *schema)
{
    const struct flat_layout *layout = &key_value_layout;
    size_t first = flat_vector(out, pointer, schema->note_count, 4, 4);

    for (uint32_t i = 0; i < schema->note_count; i++) {
        size_t table = flat_table(out, first + 4 * (size_t)i, layout);
        flat_string(out, flat_slot(out, table, KEY_VALUE_KEY),
                    schema->notes[i].key);
        flat_string(out, flat_slot(out, table, KEY_VALUE_VALUE),
                    schema->notes[i].value);
    }
}

void ipc_add_schema(struct buf *out, const struct column_schema *schema)
{
    bool noted = schema->note_count > 0;
    uint64_t dictionaries = 0;
    size_t header;

    ipc_begin_message(out, HEADER_SCHEMA, 0, &header);
    size_t table =
        flat_table(out, header, noted ? &noted_schema_layout : &schema_layout);
    add_fields(out, flat_slot(out, table, SCHEMA_FIELDS), schema->fields,
               schema->count, &dictionaries);
    if (noted)
        add_notes(out, flat_slot(out, table, SCHEMA_METADATA), schema);
    ipc_end_message(out);
}

/*
 * export.c - a schema and a batch over the Arrow C data interface. Nothing is
 * copied: the bufs of a batch become the buffers of the arrays. Every array
 * owns what is its own, since a consumer may take a child from its parent and
 * keep it longer.
 */
#include "base/base.h"

#include "arrow/arrow.h"
#include "arrow/inside.h"

/* --- schema ------------------------------------------------------------------ */

struct schema_part {
    struct ArrowSchema *children; /* [child_count] */
    struct ArrowSchema **pointers;
    struct ArrowSchema *dictionary;
    struct buf name, metadata;
};

static void release_schema(struct ArrowSchema *schema)
{
    struct schema_part *part = schema->private_data;

    for (int64_t i = 0; i < schema->n_children; i++)
        if (schema->children[i]->release != NULL)
            schema->children[i]->release(schema->children[i]);
    if (schema->dictionary != NULL && schema->dictionary->release != NULL)
        schema->dictionary->release(schema->dictionary);
    memory_free(part->children);
    memory_free(part->pointers);
    memory_free(part->dictionary);
    buf_clear(&part->name);
    buf_clear(&part->metadata);
    memory_free(part);
    schema->release = NULL;
}

/* Room for children, none of which is there yet. */
static phx_status new_schema(const char *format, phx_text name,
                             uint32_t child_count, bool word,
                             struct ArrowSchema *out, phx_error *err)
{
    struct schema_part *part = memory_new(sizeof *part);

    if (part == NULL)
        return fail_memory(err, sizeof *part);
    *part = (struct schema_part){0};
    buf_init(&part->name, SIZE_MAX);
    buf_init(&part->metadata, INT32_MAX);
    *out = (struct ArrowSchema){.format = format,
                                .flags = ARROW_FLAG_NULLABLE,
                                .release = release_schema,
                                .private_data = part};
    buf_add_text(&part->name, name);
    buf_add_byte(&part->name, 0);
    out->name = (const char *)part->name.data;
    if (child_count > 0) {
        part->children = memory_new(child_count * sizeof *part->children);
        part->pointers = memory_new(child_count * sizeof *part->pointers);
    }
    if (word)
        part->dictionary = memory_new(sizeof *part->dictionary);
    if (part->name.status < 0 ||
        (child_count > 0 &&
         (part->children == NULL || part->pointers == NULL)) ||
        (word && part->dictionary == NULL)) {
        release_schema(out);
        return fail(err, PHX_NO_MEMORY, -1, "no memory for a schema");
    }
    out->children = part->pointers;
    return PHX_OK;
}

static phx_status export_fields(const struct column_field *fields,
                                uint32_t count, struct ArrowSchema *parent,
                                phx_error *err);

static phx_status export_field(const struct column_field *field,
                               struct ArrowSchema *out, phx_error *err)
{
    static const char *const formats[ARROW_TYPES] = {
        [ARROW_BOOL] = "b",          [ARROW_INT] = "l",
        [ARROW_REAL] = "g",          [ARROW_TEXT] = "u",
        [ARROW_WORD] = "i",          [ARROW_BYTES] = "z",
        [ARROW_TIME_US] = "tsu:UTC", [ARROW_TIME_NS] = "tsn:UTC",
        [ARROW_LIST] = "+l",         [ARROW_STRUCT] = "+s",
    };
    bool word = field->type == ARROW_WORD;
    phx_status status = new_schema(formats[field->type], field->name,
                                   field->child_count, word, out, err);

    if (status < 0)
        return status;
    struct schema_part *part = out->private_data;
    if (word) {
        status = new_schema("u", text_of(""), 0, false, part->dictionary, err);
        if (status == PHX_OK)
            out->dictionary = part->dictionary;
    }
    if (status == PHX_OK)
        status = export_fields(field->children, field->child_count, out, err);
    if (status < 0)
        release_schema(out);
    return status;
}

static phx_status export_fields(const struct column_field *fields,
                                uint32_t count, struct ArrowSchema *parent,
                                phx_error *err)
{
    struct schema_part *part = parent->private_data;
    phx_status status;

    for (uint32_t i = 0; i < count; i++) {
        if ((status = export_field(&fields[i], &part->children[i], err)) < 0)
            return status;
        part->pointers[i] = &part->children[i];
        parent->n_children++;
    }
    return PHX_OK;
}

/* int32 count, then of each key and value int32 size and bytes. */
static phx_status export_notes(const struct column_schema *schema,
                               struct ArrowSchema *out, phx_error *err)
{
    struct schema_part *part = out->private_data;
    struct buf *notes = &part->metadata;

    if (schema->note_count == 0)
        return PHX_OK;
    buf_add_u32(notes, schema->note_count);
    for (uint32_t i = 0; i < schema->note_count; i++) {
        buf_add_u32(notes, (uint32_t)schema->notes[i].key.size);
        buf_add_text(notes, schema->notes[i].key);
        buf_add_u32(notes, (uint32_t)schema->notes[i].value.size);
        buf_add_text(notes, schema->notes[i].value);
    }
    out->metadata = (const char *)notes->data;
    return buf_status(notes, "a schema's metadata", err);
}

phx_status arrow_export_schema(const struct column_schema *schema,
                               struct ArrowSchema *out, phx_error *err)
{
    phx_status status = schema_check(schema, err);

    if (status < 0 || (status = new_schema("+s", text_of(""), schema->count,
                                           false, out, err)) < 0)
        return status;
    out->flags = 0; /* a row is never null */
    if ((status = export_fields(schema->fields, schema->count, out, err)) < 0 ||
        (status = export_notes(schema, out, err)) < 0)
        release_schema(out);
    return status;
}

/* --- arrays ------------------------------------------------------------------- */

struct array_part {
    struct ArrowArray *children;
    struct ArrowArray **pointers;
    struct ArrowArray *dictionary;
    const void *buffers[3];
    void *owned[3];
};

static void release_array(struct ArrowArray *array)
{
    struct array_part *part = array->private_data;

    for (int64_t i = 0; i < array->n_children; i++)
        if (array->children[i]->release != NULL)
            array->children[i]->release(array->children[i]);
    if (array->dictionary != NULL && array->dictionary->release != NULL)
        array->dictionary->release(array->dictionary);
    for (int i = 0; i < 3; i++)
        memory_free(part->owned[i]);
    memory_free(part->children);
    memory_free(part->pointers);
    memory_free(part->dictionary);
    memory_free(part);
    array->release = NULL;
}

static phx_status new_array(uint32_t child_count, bool word,
                            struct ArrowArray *out, phx_error *err)
{
    struct array_part *part = memory_new(sizeof *part);

    if (part == NULL)
        return fail_memory(err, sizeof *part);
    *part = (struct array_part){0};
    *out = (struct ArrowArray){.buffers = part->buffers,
                               .release = release_array,
                               .private_data = part};
    if (child_count > 0) {
        part->children = memory_new(child_count * sizeof *part->children);
        part->pointers = memory_new(child_count * sizeof *part->pointers);
    }
    if (word)
        part->dictionary = memory_new(sizeof *part->dictionary);
    if ((child_count > 0 &&
         (part->children == NULL || part->pointers == NULL)) ||
        (word && part->dictionary == NULL)) {
        release_array(out);
        return fail(err, PHX_NO_MEMORY, -1, "no memory for an array");
    }
    out->children = part->pointers;
    return PHX_OK;
}

/* The memory of the whole tree, before any buffer moves: an export is whole or
 * changes nothing. */
static phx_status new_arrays(const struct column *columns, uint32_t count,
                             struct ArrowArray *parent, phx_error *err)
{
    struct array_part *part = parent->private_data;
    phx_status status = PHX_OK;

    for (uint32_t i = 0; i < count && status == PHX_OK; i++) {
        const struct column *column = &columns[i];
        struct ArrowArray *array = &part->children[i];
        uint32_t children = column->field->child_count;
        if ((status = new_array(children, column->dictionary != NULL, array,
                                err)) < 0)
            return status;
        part->pointers[i] = array;
        parent->n_children++;
        struct array_part *own = array->private_data;
        if (column->dictionary != NULL &&
            (status = new_array(0, false, own->dictionary, err)) == PHX_OK)
            array->dictionary = own->dictionary;
        if (status == PHX_OK)
            status = new_arrays(column->children, children, array, err);
    }
    return status;
}

static void move_buffer(struct ArrowArray *array, struct buf *buffer)
{
    struct array_part *part = array->private_data;

    part->owned[array->n_buffers] = buffer->data;
    part->buffers[array->n_buffers] = buffer->size > 0 ? buffer->data : NULL;
    array->n_buffers++;
    buffer->data = NULL;
    buffer->capacity = 0;
    buf_reset(buffer);
}

static void move_column(struct column *column, struct ArrowArray *array)
{
    array->length = (int64_t)column->rows;
    array->null_count = (int64_t)column->nulls;
    move_buffer(array, &column->valid);
    if (column_has_offsets(column))
        move_buffer(array, &column->offsets);
    if (column_has_values(column))
        move_buffer(array, &column->values);
    if (column->dictionary != NULL)
        move_column(column->dictionary, array->dictionary);
    for (uint32_t i = 0; i < column->field->child_count; i++)
        move_column(&column->children[i], array->children[i]);
}

phx_status arrow_export_batch(struct column_batch *batch,
                              struct ArrowArray *out, phx_error *err)
{
    uint32_t count = batch->schema->count;
    phx_status status = column_batch_status(batch, err);

    if (status < 0 || (status = new_array(count, false, out, err)) < 0)
        return status;
    if ((status = new_arrays(batch->columns, count, out, err)) < 0) {
        release_array(out);
        return status;
    }
    out->length = (int64_t)batch->rows;
    out->n_buffers = 1; /* no row is null */
    for (uint32_t i = 0; i < count; i++)
        move_column(&batch->columns[i], out->children[i]);
    column_batch_reset(batch);
    return PHX_OK;
}

/*
 * seen_c.h: the rows of an ArrowArrayStream. Buffers have no sizes there, so
 * that only a sanitizer sees reads past them.
 */
#ifndef COLUMNS_SEEN_C_H
#define COLUMNS_SEEN_C_H

#include "columns/seen.h"

static struct seen *c_fields(struct arena *arena,
                             struct ArrowSchema *const *fields, int64_t count)
{
    struct seen *out = arena_new(arena, (size_t)count * sizeof *out);

    for (int64_t i = 0; i < count; i++) {
        const struct ArrowSchema *field = fields[i];
        need(field->release != NULL && field->flags == ARROW_FLAG_NULLABLE);
        out[i] = (struct seen){
            .type = (enum seen_type)field->format[0],
            .name =
                text_span(arena_copy(arena, field->name, strlen(field->name)),
                          strlen(field->name)),
            .child_count = (size_t)field->n_children,
            .children = c_fields(arena, field->children, field->n_children),
        };
        if (strcmp(field->format, "+s") == 0)
            out[i].type = SEEN_STRUCT;
        need((field->dictionary != NULL) == (out[i].type == SEEN_WORD));
        if (field->dictionary != NULL)
            out[i].dictionary = c_fields(arena, &field->dictionary, 1);
    }
    return out;
}

static phx_text c_buffer(const struct ArrowArray *array, int64_t *index)
{
    need(*index < array->n_buffers);
    return text_span(array->buffers[(*index)++], PTRDIFF_MAX);
}

static void c_columns(struct seen *columns, struct ArrowArray *const *arrays,
                      int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        struct seen *column = &columns[i];
        const struct ArrowArray *array = arrays[i];
        int64_t buffer = 0;
        column->rows = array->length;
        column->nulls = array->null_count;
        column->valid = c_buffer(array, &buffer);
        if (column->type == SEEN_LIST || column->type == SEEN_TEXT ||
            column->type == SEEN_BYTES)
            column->offsets = c_buffer(array, &buffer);
        if (column->type != SEEN_LIST && column->type != SEEN_STRUCT)
            column->values = c_buffer(array, &buffer);
        need(buffer == array->n_buffers && array->offset == 0);
        need((size_t)array->n_children == column->child_count);
        c_columns(column->children, array->children, array->n_children);
        if (column->type == SEEN_WORD)
            c_columns(column->dictionary, &array->dictionary, 1);
    }
}

/* Allocations of the stream's own are those that fail. */
static int c_next(struct ArrowArrayStream *stream, struct ArrowArray *out,
                  int64_t fail_at)
{
    memory_faults.fail_at = fail_at;
    int code = stream->get_next(stream, out);
    memory_faults.fail_at = 0;
    return code;
}

/* 0 and the stream's rows, or the code it failed with. A first child is taken
 * from its parent, and released after it. */
static int c_rows(struct arena *arena, struct ArrowArrayStream *stream,
                  struct buf *json, int64_t fail_at)
{
    struct ArrowSchema schema;
    struct ArrowArray array, child;

    memory_faults.fail_at = fail_at;
    int code = stream->get_schema(stream, &schema);
    memory_faults.fail_at = 0;
    if (code != 0)
        return code;
    need(strcmp(schema.format, "+s") == 0);
    size_t count = (size_t)schema.n_children;
    struct seen *columns = c_fields(arena, schema.children, schema.n_children);
    schema.release(&schema);
    need(schema.release == NULL);
    while ((code = c_next(stream, &array, fail_at)) == 0 &&
           array.release != NULL) {
        need((size_t)array.n_children == count && array.n_buffers == 1);
        c_columns(columns, array.children, array.n_children);
        seen_rows(json, columns, count, array.length);
        child = *array.children[0];
        array.children[0]->release = NULL;
        array.release(&array);
        need(array.release == NULL);
        child.release(&child);
    }
    return code;
}

#endif

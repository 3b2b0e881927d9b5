/*
 * seen.h: columns as a reader of Arrow sees them, and their rows as JSON. What
 * is out of bounds ends the program: these readers know nothing of the writer
 * but the formats.
 */
#ifndef COLUMNS_SEEN_H
#define COLUMNS_SEEN_H

#include "base/base.h"

#include "columns/told.h"

#include <stdlib.h>

#define need(fact)                                                             \
    do {                                                                       \
        if (!(fact)) {                                                         \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #fact); \
            abort();                                                           \
        }                                                                      \
    } while (0)

enum seen_type {
    SEEN_BOOL = 'b',
    SEEN_INT = 'l',
    SEEN_REAL = 'g',
    SEEN_TEXT = 'u',
    SEEN_WORD = 'i',
    SEEN_BYTES = 'z',
    SEEN_TIME = 't',
    SEEN_LIST = '+',
    SEEN_STRUCT = 's'
};

struct seen {
    enum seen_type type;
    phx_text name;
    int64_t rows, nulls;
    phx_text valid, offsets, values; /* buffers */
    struct seen *children;
    size_t child_count;
    struct seen *dictionary;
    int64_t dictionary_id;
};

static int64_t seen_number(phx_text bytes, int64_t index, size_t width)
{
    int64_t value = 0;

    need(index >= 0 && ((size_t)index + 1) * width <= bytes.size);
    memcpy(&value, bytes.data + (size_t)index * width, width);
    return value;
}

static bool seen_bit(phx_text bytes, int64_t index)
{
    return seen_number(bytes, index / 8, 1) >> index % 8 & 1;
}

static bool seen_is_null(const struct seen *seen, int64_t index)
{
    need(index >= 0 && index < seen->rows);
    return seen->nulls > 0 && !seen_bit(seen->valid, index);
}

static void seen_range(const struct seen *seen, int64_t index, int64_t most,
                       int64_t *begin, int64_t *end)
{
    *begin = seen_number(seen->offsets, index, 4);
    *end = seen_number(seen->offsets, index + 1, 4);
    need(*begin <= *end && *end <= most);
}

static phx_text seen_text(const struct seen *seen, int64_t index)
{
    int64_t begin, end;

    seen_range(seen, index, (int64_t)seen->values.size, &begin, &end);
    return end == begin
               ? text_of("")
               : text_span(seen->values.data + begin, (size_t)(end - begin));
}

static void seen_tell(struct buf *json, const struct seen *seen, int64_t index);

static void seen_tell_list(struct buf *json, const struct seen *seen,
                           int64_t index)
{
    int64_t begin, end;

    need(seen->child_count == 1);
    seen_range(seen, index, seen->children->rows, &begin, &end);
    buf_add_byte(json, '[');
    for (int64_t i = begin; i < end; i++) {
        if (i > begin)
            buf_add_byte(json, ',');
        seen_tell(json, seen->children, i);
    }
    buf_add_byte(json, ']');
}

static void seen_tell_members(struct buf *json, const struct seen *seen,
                              size_t count, int64_t index)
{
    buf_add_byte(json, '{');
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_add_byte(json, ',');
        told_text(json, seen[i].name);
        buf_add_byte(json, ':');
        seen_tell(json, &seen[i], index);
    }
    buf_add_byte(json, '}');
}

static void seen_tell(struct buf *json, const struct seen *seen, int64_t index)
{
    int64_t bits;
    double real;

    if (seen_is_null(seen, index)) {
        buf_add_string(json, "null");
        return;
    }
    switch (seen->type) {
    case SEEN_BOOL:
        buf_add_string(json, seen_bit(seen->values, index) ? "true" : "false");
        break;
    case SEEN_REAL:
        bits = seen_number(seen->values, index, 8);
        memcpy(&real, &bits, sizeof real);
        told_real(json, real);
        break;
    case SEEN_TEXT:
        told_text(json, seen_text(seen, index));
        break;
    case SEEN_BYTES:
        told_hex(json, seen_text(seen, index));
        break;
    case SEEN_WORD:
        seen_tell(json, seen->dictionary, seen_number(seen->values, index, 4));
        break;
    case SEEN_LIST:
        seen_tell_list(json, seen, index);
        break;
    case SEEN_STRUCT:
        seen_tell_members(json, seen->children, seen->child_count, index);
        break;
    default:
        buf_add_format(json, "%lld",
                       (long long)seen_number(seen->values, index, 8));
    }
}

/* How long a column must be, and that it has as many nulls as it says. */
static void seen_check(const struct seen *seen, int64_t rows)
{
    int64_t nulls = 0;

    need(seen->rows == rows);
    for (int64_t i = 0; seen->nulls > 0 && i < rows; i++)
        nulls += !seen_bit(seen->valid, i);
    need(nulls == seen->nulls);
    if (seen->type == SEEN_TEXT || seen->type == SEEN_LIST)
        need(seen_number(seen->offsets, 0, 4) == 0);
    for (size_t i = 0; seen->type == SEEN_STRUCT && i < seen->child_count; i++)
        seen_check(&seen->children[i], rows);
    if (seen->type == SEEN_LIST)
        seen_check(seen->children, seen_number(seen->offsets, rows, 4));
}

static void seen_rows(struct buf *json, const struct seen *columns,
                      size_t count, int64_t rows)
{
    for (size_t i = 0; i < count; i++)
        seen_check(&columns[i], rows);
    for (int64_t i = 0; i < rows; i++) {
        seen_tell_members(json, columns, count, i);
        buf_add_byte(json, '\n');
    }
}

#endif

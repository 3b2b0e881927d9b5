/*
 * seen_parquet.h: the rows of a Parquet file.
 */
#ifndef COLUMNS_SEEN_PARQUET_H
#define COLUMNS_SEEN_PARQUET_H

#include "columns/seen.h"

#include <zstd.h>

/* --- Thrift ------------------------------------------------------------------------ */

/* A field, or an item, of any kind. */
struct node {
    int id;
    int kind;
    int64_t number;
    phx_text text;
    struct node *items; /* fields of a struct, items of a list */
    size_t count;
};

static int64_t node_number(struct reader *in)
{
    uint64_t value = reader_varint(in);

    return (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
}

static struct node node_read(struct arena *arena, struct reader *in, int kind);

static void node_fields(struct arena *arena, struct reader *in,
                        struct node *out)
{
    size_t capacity = 0;
    uint8_t head;
    int id = 0;

    while ((head = reader_u8(in)) != 0) {
        need(head >> 4 != 0 && !in->failed);
        id += head >> 4;
        out->items = arena_grow(arena, out->items, &capacity, out->count,
                                sizeof *out->items);
        out->items[out->count] = node_read(arena, in, head & 15);
        out->items[out->count++].id = id;
    }
}

static struct node node_read(struct arena *arena, struct reader *in, int kind)
{
    struct node node = {.kind = kind};
    uint8_t head;

    switch (kind) {
    case 1:
    case 2:
        node.number = kind == 1;
        break;
    case 5:
    case 6:
        node.number = node_number(in);
        break;
    case 8:
        node.text.size = reader_varint(in);
        node.text.data = (const char *)reader_bytes(in, node.text.size);
        break;
    case 9:
        head = reader_u8(in);
        node.count = head >> 4 == 15 ? reader_varint(in) : head >> 4;
        need(node.count <= reader_left(in));
        node.items = arena_new(arena, node.count * sizeof *node.items);
        for (size_t i = 0; i < node.count; i++)
            node.items[i] = node_read(arena, in, head & 15);
        break;
    default:
        need(kind == 12);
        node_fields(arena, in, &node);
    }
    need(!in->failed);
    return node;
}

static const struct node *node_find(const struct node *node, int id)
{
    for (size_t i = 0; i < node->count; i++)
        if (node->items[i].id == id)
            return &node->items[i];
    return NULL;
}

static const struct node *node_get(const struct node *node, int id)
{
    const struct node *found = node_find(node, id);

    need(found != NULL);
    return found;
}

/* --- schema ------------------------------------------------------------------------ */

struct element {
    phx_text name;
    int64_t type; /* -1 for a group */
    bool is_text, is_list;
    uint32_t definition, repetition;
    struct element *children;
    size_t child_count;

    /* of a leaf, in the row group that is read */
    uint32_t *definitions, *repetitions;
    phx_text *values;
    size_t count, at, value_count, value_at;
    bool bits; /* values are bits of values[0] */
};

static const struct node *element_read(struct arena *arena,
                                       const struct node *from,
                                       const struct node *end,
                                       const struct element *parent,
                                       struct element *out)
{
    const struct node *type = node_find(from, 1), *how = node_find(from, 3);
    const struct node *children = node_find(from, 5);
    const struct node *kind = node_find(from, 6);
    const struct node *next = from + 1;

    need(from < end);
    *out = (struct element){.name = node_get(from, 4)->text,
                            .type = type ? type->number : -1,
                            .is_text = kind && kind->number == 0,
                            .is_list = kind && kind->number == 3};
    if (parent != NULL) {
        out->definition = parent->definition + (how->number != 0);
        out->repetition = parent->repetition + (how->number == 2);
    }
    need((type == NULL) == (children != NULL));
    out->child_count = children ? (size_t)children->number : 0;
    out->children = arena_new(arena, out->child_count * sizeof *out);
    for (size_t i = 0; i < out->child_count; i++)
        next = element_read(arena, next, end, out, &out->children[i]);
    if (out->is_list)
        need(out->child_count == 1 && out->children->child_count == 1);
    return next;
}

/* --- pages ------------------------------------------------------------------------- */

static uint32_t bits_for(uint32_t most)
{
    return most == 0 ? 0 : 1 + bits_for(most >> 1);
}

static void rle_read(struct reader *in, uint32_t width, uint32_t *out,
                     size_t count)
{
    size_t done = 0;

    while (done < count) {
        uint64_t head = reader_varint(in);
        size_t size = head & 1 ? (head >> 1) * width : (width + 7) / 8;
        const uint8_t *bytes = reader_bytes(in, size);
        size_t run = head & 1 ? (head >> 1) * 8 : head >> 1;
        need(bytes != NULL && run > 0);
        for (size_t i = 0; i < run && done < count; i++) {
            uint32_t value = 0;
            if (head & 1)
                for (size_t j = 0; j < width; j++)
                    value |=
                        (bytes[(i * width + j) / 8] >> (i * width + j) % 8 & 1u)
                        << j;
            else
                memcpy(&value, bytes, size);
            out[done++] = value;
        }
    }
}

static void levels_read(struct reader *in, uint32_t most, uint32_t *out,
                        size_t count)
{
    struct reader levels;

    memset(out, 0, count * sizeof *out);
    if (most == 0)
        return;
    size_t size = reader_u32(in);
    const uint8_t *bytes = reader_bytes(in, size);
    need(bytes != NULL);
    reader_init(&levels, bytes, size);
    rle_read(&levels, bits_for(most), out, count);
    need(reader_left(&levels) == 0);
}

static phx_text plain_read(struct reader *in, int64_t type)
{
    size_t size = type == 6 ? reader_u32(in) : 8;
    const uint8_t *bytes = reader_bytes(in, size);

    need(bytes != NULL);
    return text_span(bytes, size);
}

/* The uncompressed page at the front. */
static struct node page_read(struct arena *arena, struct reader *in,
                             struct reader *out)
{
    struct node header = node_read(arena, in, 12);
    size_t size = (size_t)node_get(&header, 2)->number;
    size_t packed = (size_t)node_get(&header, 3)->number;
    const uint8_t *bytes = reader_bytes(in, packed);
    uint8_t *page = arena_new(arena, size);

    need(bytes != NULL);
    need(ZSTD_decompress(page, size, bytes, packed) == size);
    reader_init(out, page, size);
    return header;
}

static void values_read(struct element *leaf, struct reader *page,
                        int64_t encoding, const phx_text *words, size_t count)
{
    uint32_t *indexes = NULL;
    struct arena arena;

    arena_init(&arena, SIZE_MAX);
    if (encoding == 8) {
        uint32_t width = reader_u8(page);
        indexes = arena_new(&arena, count * sizeof *indexes);
        need(words != NULL && width > 0 && width <= 32);
        rle_read(page, width, indexes, count);
    }
    for (size_t i = 0; i < count; i++) {
        phx_text *out = &leaf->values[leaf->value_count++];
        if (encoding == 8)
            *out = words[indexes[i]];
        else if (leaf->type != 0)
            *out = plain_read(page, leaf->type);
        else
            *out = page->at[i / 8] >> i % 8 & 1 ? text_of("true")
                                                : text_of("false");
    }
    if (leaf->type == 0)
        reader_bytes(page, (count + 7) / 8);
    need(reader_left(page) == 0 && !page->failed);
    arena_clear(&arena);
}

static void check_bounds(const struct element *leaf, const struct node *facts)
{
    const struct node *most = node_find(facts, 5), *least = node_find(facts, 6);
    int64_t high = INT64_MIN, low = INT64_MAX, value;

    need((most != NULL) == (leaf->type == 2 && leaf->value_count > 0));
    if (most == NULL)
        return;
    for (size_t i = 0; i < leaf->value_count; i++) {
        memcpy(&value, leaf->values[i].data, 8);
        high = value > high ? value : high;
        low = value < low ? value : low;
    }
    need(memcmp(most->text.data, &high, 8) == 0);
    need(memcmp(least->text.data, &low, 8) == 0);
}

static void chunk_read(struct arena *arena, const struct buf *file,
                       const struct node *chunk, struct element *leaf)
{
    const struct node *facts = node_get(chunk, 3);
    const struct node *dictionary = node_find(facts, 11);
    size_t count = (size_t)node_get(facts, 5)->number, done = 0;
    size_t start =
        (size_t)(dictionary ? dictionary : node_get(facts, 9))->number;
    size_t size = (size_t)node_get(facts, 7)->number;
    phx_text *words = NULL;
    struct reader in, page;

    need(start <= file->size && size <= file->size - start);
    need(node_get(facts, 1)->number == leaf->type);
    need(node_get(facts, 4)->number == 6);
    reader_init(&in, file->data + start, size);
    leaf->definitions = arena_new(arena, count * sizeof(uint32_t));
    leaf->repetitions = arena_new(arena, count * sizeof(uint32_t));
    leaf->values = arena_new(arena, count * sizeof *leaf->values);
    leaf->count = count;
    leaf->at = leaf->value_at = leaf->value_count = 0;
    if (dictionary != NULL) {
        struct node header = page_read(arena, &in, &page);
        need(node_get(&header, 1)->number == 2);
        size_t entries = (size_t)node_get(node_get(&header, 7), 1)->number;
        words = arena_new(arena, entries * sizeof *words);
        for (size_t i = 0; i < entries; i++)
            words[i] = plain_read(&page, 6);
        need(reader_left(&page) == 0);
        need((size_t)(in.at - file->data) ==
             (size_t)node_get(facts, 9)->number);
    }
    while (done < count) {
        struct node header = page_read(arena, &in, &page);
        const struct node *data = node_get(&header, 5);
        size_t here = (size_t)node_get(data, 1)->number, values = 0;
        need(node_get(&header, 1)->number == 0 && here <= count - done);
        levels_read(&page, leaf->repetition, leaf->repetitions + done, here);
        levels_read(&page, leaf->definition, leaf->definitions + done, here);
        for (size_t i = 0; i < here; i++)
            values += leaf->definitions[done + i] == leaf->definition;
        need(here == 0 || leaf->repetitions[done] == 0);
        values_read(leaf, &page, node_get(data, 2)->number, words, values);
        done += here;
    }
    need(reader_left(&in) == 0);
    need((size_t)node_get(node_get(facts, 12), 3)->number ==
         count - leaf->value_count);
    check_bounds(leaf, node_get(facts, 12));
}

/* --- rows -------------------------------------------------------------------------- */

static struct element *first_leaf(struct element *element)
{
    return element->child_count == 0 ? element : first_leaf(element->children);
}

/* One level of each leaf has been told. */
static void pass(struct element *element)
{
    if (element->child_count == 0)
        element->at++;
    for (size_t i = 0; i < element->child_count; i++)
        pass(&element->children[i]);
}

static void element_tell(struct buf *json, struct element *element);

static void element_tell_list(struct buf *json, struct element *element)
{
    struct element *group = element->children;
    struct element *leaf = first_leaf(element);
    bool more = leaf->definitions[leaf->at] >= group->definition;

    buf_add_byte(json, '[');
    if (!more)
        pass(element);
    while (more) {
        element_tell(json, group->children);
        more = leaf->at < leaf->count &&
               leaf->repetitions[leaf->at] == group->repetition;
        if (more)
            buf_add_byte(json, ',');
    }
    buf_add_byte(json, ']');
}

static void element_tell_value(struct buf *json, struct element *leaf)
{
    phx_text value = leaf->values[leaf->value_at++];
    int64_t number;
    double real;

    switch (leaf->type) {
    case 0:
        buf_add_text(json, value);
        break;
    case 2:
        memcpy(&number, value.data, sizeof number);
        buf_add_format(json, "%lld", (long long)number);
        break;
    case 5:
        memcpy(&real, value.data, sizeof real);
        told_real(json, real);
        break;
    default:
        need(leaf->type == 6);
        (leaf->is_text ? told_text : told_hex)(json, value);
    }
    leaf->at++;
}

static void element_tell_members(struct buf *json, struct element *element)
{
    buf_add_byte(json, '{');
    for (size_t i = 0; i < element->child_count; i++) {
        if (i > 0)
            buf_add_byte(json, ',');
        told_text(json, element->children[i].name);
        buf_add_byte(json, ':');
        element_tell(json, &element->children[i]);
    }
    buf_add_byte(json, '}');
}

static void element_tell(struct buf *json, struct element *element)
{
    struct element *leaf = first_leaf(element);

    need(leaf->at < leaf->count);
    if (leaf->definitions[leaf->at] < element->definition) {
        buf_add_string(json, "null");
        pass(element);
    } else if (element->is_list) {
        element_tell_list(json, element);
    } else if (element->child_count > 0) {
        element_tell_members(json, element);
    } else {
        element_tell_value(json, element);
    }
}

static void leaves_read(struct arena *arena, const struct buf *file,
                        const struct node *chunks, size_t *next,
                        struct element *element)
{
    if (element->child_count == 0) {
        need(*next < chunks->count);
        chunk_read(arena, file, &chunks->items[(*next)++], element);
    }
    for (size_t i = 0; i < element->child_count; i++)
        leaves_read(arena, file, chunks, next, &element->children[i]);
}

static void leaves_are_told(const struct element *element)
{
    need(element->at == element->count);
    need(element->value_at == element->value_count);
    for (size_t i = 0; i < element->child_count; i++)
        leaves_are_told(&element->children[i]);
}

/* The file's rows, and how many row groups of them. */
static size_t parquet_rows(struct arena *arena, const struct buf *file,
                           struct buf *json)
{
    struct element root;
    struct reader in;
    uint32_t size;
    int64_t rows = 0;

    need(file->size >= 12 && memcmp(file->data, "PAR1", 4) == 0);
    need(memcmp(file->data + file->size - 4, "PAR1", 4) == 0);
    memcpy(&size, file->data + file->size - 8, 4);
    need(size <= file->size - 12);
    reader_init(&in, file->data + file->size - 8 - size, size);
    struct node footer = node_read(arena, &in, 12);
    need(reader_left(&in) == 0);
    const struct node *schema = node_get(&footer, 2);
    const struct node *end = schema->items + schema->count;
    need(element_read(arena, schema->items, end, NULL, &root) == end);
    const struct node *groups = node_get(&footer, 4);
    for (size_t i = 0; i < groups->count; i++) {
        const struct node *chunks = node_get(&groups->items[i], 1);
        int64_t here = node_get(&groups->items[i], 3)->number;
        size_t next = 0;
        leaves_read(arena, file, chunks, &next, &root);
        need(next == chunks->count);
        for (int64_t j = 0; j < here; j++) {
            element_tell_members(json, &root);
            buf_add_byte(json, '\n');
        }
        leaves_are_told(&root);
        rows += here;
    }
    need(rows == node_get(&footer, 3)->number);
    need(node_get(&footer, 7)->count ==
         (groups->count ? node_get(&groups->items[0], 1)->count
                        : node_get(&footer, 7)->count));
    return groups->count;
}

#endif

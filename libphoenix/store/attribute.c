/*
 * attribute.c - attributes of an open block by their packed paths, and rows by
 * packed tests. What a path leads to in a block, and which rows pass a test, is
 * found out once and stays known as long as the block is open.
 */
#include "base/base.h"

#include "store/find.h"

struct attribute {
    struct attribute *next;
    phx_text packed;
    struct block_path *path;
    uint8_t *rows; /* that pass; NULL for a path */
};

static struct attribute *known(const struct opened *opened, phx_text packed)
{
    struct attribute *attribute = opened->attributes;

    while (attribute != NULL && !text_equal(attribute->packed, packed))
        attribute = attribute->next;
    return attribute;
}

static phx_status fail_packed(phx_error *err)
{
    return fail(err, PHX_INVALID, -1,
                "an attribute's path is not a packed array of keys and"
                " indexes");
}

static phx_status open_path(struct opened *opened, const struct value *path,
                            struct block_path **out, phx_error *err)
{
    size_t size = size_mul(path->count, sizeof(struct block_step));
    struct block_step *steps;

    if (path->kind != JSON_ARRAY || path->count == 0)
        return fail_packed(err);
    if ((steps = arena_new(&opened->arena, size)) == NULL)
        return arena_status(&opened->arena, size, err);
    for (uint32_t i = 0; i < path->count; i++) {
        const struct value *step = &path->items[i];
        if (step->kind == JSON_TEXT)
            steps[i] = (struct block_step){.key = step->text};
        else if (step->kind == JSON_INT)
            steps[i] = (struct block_step){.index = step->integer};
        else
            return fail_packed(err);
    }
    return block_path_open(opened->stored.block, &opened->arena, steps,
                           path->count, out, err);
}

/* An integer asked for finds a real of its value; nothing else changes type.
 */
static phx_status add_rows(struct opened *opened, struct attribute *attribute,
                           const struct value *value, phx_error *err)
{
    size_t size = (block_rows(opened->stored.block) + 7) / 8;
    uint32_t kinds = 1u << value->kind;
    uint8_t *rows = memory_new(size);
    phx_status status;

    if (rows == NULL)
        return fail_memory(err, size);
    if (value->kind == JSON_INT)
        kinds |= 1u << JSON_REAL;
    memset(rows, 0xFF, size);
    status = block_path_filter(attribute->path, value, kinds, rows, err);
    for (size_t i = 0; i < size && status >= 0; i++)
        attribute->rows[i] |= rows[i];
    memory_free(rows);
    return status;
}

static phx_status open_test(struct opened *opened, const struct value *test,
                            struct attribute *out, phx_error *err)
{
    size_t size = (block_rows(opened->stored.block) + 7) / 8;
    phx_status status;

    if (test->kind != JSON_ARRAY || test->count == 0)
        return fail_packed(err);
    if ((out->rows = arena_new(&opened->arena, size)) == NULL)
        return arena_status(&opened->arena, size, err);
    memset(out->rows, 0, size);
    status = open_path(opened, &test->items[0], &out->path, err);
    for (uint32_t i = 1; i < test->count && status >= 0; i++) {
        if (test->items[i].kind >= JSON_ARRAY)
            return fail(err, PHX_INVALID, -1,
                        "an attribute is tested against an array or object");
        status = add_rows(opened, out, &test->items[i], err);
    }
    return status;
}

/* Opens a path or a test that is not known yet. */
static phx_status add_attribute(struct opened *opened, phx_text packed,
                                bool tested, struct attribute **out,
                                phx_error *err)
{
    struct attribute *attribute = arena_new(&opened->arena, sizeof *attribute);
    const void *copy = arena_copy(&opened->arena, packed.data, packed.size);
    struct reader reader;
    struct value value;
    phx_status status;

    if (attribute == NULL || copy == NULL)
        return arena_status(&opened->arena, packed.size, err);
    *attribute = (struct attribute){.packed = text_span(copy, packed.size),
                                    .next = opened->attributes};
    reader_init(&reader, copy, packed.size);
    status = unpack_value(&opened->arena, &reader, &value, err);
    if (status == PHX_CORRUPT)
        return fail_packed(err);
    if (status < 0 ||
        (status = tested
                      ? open_test(opened, &value, attribute, err)
                      : open_path(opened, &value, &attribute->path, err)) < 0)
        return status;
    opened->attributes = *out = attribute;
    return PHX_OK;
}

phx_status attribute_open(struct opened *opened, phx_text packed,
                          struct block_path **out, phx_error *err)
{
    struct attribute *attribute = known(opened, packed);
    phx_status status = PHX_OK;

    if (attribute == NULL)
        status = add_attribute(opened, packed, false, &attribute, err);
    if (status >= 0)
        *out = attribute->path;
    return status;
}

phx_status attribute_rows(struct opened *opened, phx_text packed,
                          const uint8_t **rows, phx_error *err)
{
    struct attribute *attribute = known(opened, packed);
    phx_status status = PHX_OK;

    if (attribute == NULL)
        status = add_attribute(opened, packed, true, &attribute, err);
    if (status >= 0)
        *rows = attribute->rows;
    return status;
}

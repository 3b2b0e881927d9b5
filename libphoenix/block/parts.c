/*
 * parts.c - the parts of a span that are seldom there, or shared by many: kept
 * as attributes under reserved keys.
 */
#include "base/base.h"

#include "block/block.h"
#include "block/read.h"

#include <stdlib.h>

static phx_status read_number(const struct attribute *attribute, uint32_t cell,
                              int64_t least, int64_t most, int64_t *out,
                              phx_error *err)
{
    if (type_at(attribute, cell) != CELL_INT)
        return fail_block(err, "a span's number that is none");
    *out = int_at(&attribute->ints, rank_at(attribute, cell));
    if (*out < least || *out > most)
        return fail_block(err, "a span's number out of range");
    return PHX_OK;
}

static phx_status read_string(struct rows_reader *reader, uint32_t column,
                              uint32_t cell, uint8_t type, phx_text *out,
                              phx_error *err)
{
    const struct attribute *attribute = reader->attributes[column];

    if ((type_at(attribute, cell) & ~CELL_LONG) != type)
        return fail_block(err, "a span's part of another type");
    return cell_bytes(&reader->lender, column, attribute, cell, out, err);
}

/* Which string of its column a cell is. */
static uint64_t string_of(const struct attribute *attribute, uint32_t cell)
{
    uint32_t rank = rank_at(attribute, cell);

    if (type_at(attribute, cell) > CELL_LONG)
        return (uint64_t)int_at(&attribute->longs, rank) << 1;
    if (attribute->texts.distinct > 0)
        rank = (uint32_t)int_at(&attribute->texts.ids, rank);
    return (uint64_t)rank << 1 | 1;
}

static phx_status read_resource(struct rows_reader *reader, struct reader *in,
                                struct last_part *last, phx_error *err)
{
    struct arena *arena = reader->lender.arena;
    struct resource *resource = arena_new(arena, sizeof *resource);

    if (!resource)
        return arena_status(arena, sizeof *resource, err);
    last->part = resource;
    return unpack_resource(arena, in, resource, err);
}

static phx_status read_scope(struct rows_reader *reader, struct reader *in,
                             struct last_part *last, phx_error *err)
{
    struct arena *arena = reader->lender.arena;
    struct scope *scope = arena_new(arena, sizeof *scope);

    if (!scope)
        return arena_status(arena, sizeof *scope, err);
    last->part = scope;
    return unpack_scope(arena, in, scope, err);
}

static phx_status read_packed(struct rows_reader *reader, uint32_t column,
                              uint32_t cell, struct span *span,
                              struct value *rest, phx_error *err)
{
    struct arena *arena = reader->lender.arena;
    struct last_part *last = NULL;
    phx_text bytes;
    struct reader in;
    phx_status status;

    if (type_at(reader->attributes[column], cell) < CELL_TEXT)
        return fail_block(err, "a span's part of another type");
    uint64_t string = string_of(reader->attributes[column], cell);
    if (reader->reserved[column] == RESERVED_RESOURCE)
        last = &reader->last_resource;
    if (reader->reserved[column] == RESERVED_SCOPE)
        last = &reader->last_scope;
    if (last && last->part && last->string == string)
        return PHX_OK;
    if ((status = read_string(reader, column, cell, CELL_PACKED, &bytes, err)) <
        0)
        return status;
    reader_init(&in, bytes.data, bytes.size);
    switch (reader->reserved[column]) {
    case RESERVED_RAW:
        status = unpack_attributes(arena, &in, &span->raw, err);
        break;
    case RESERVED_EVENTS:
        status = unpack_events(arena, &in, span, err);
        break;
    case RESERVED_LINKS:
        status = unpack_links(arena, &in, span, err);
        break;
    case RESERVED_RESOURCE:
        status = read_resource(reader, &in, last, err);
        break;
    case RESERVED_SCOPE:
        status = read_scope(reader, &in, last, err);
        break;
    default:
        status = unpack_value(arena, &in, rest, err);
        if (status == PHX_OK && rest->kind != JSON_OBJECT)
            return fail_block(err, "a rest of a tree that is no object");
    }
    if (last)
        last->string = string;
    if (status == PHX_OK && reader_left(&in) > 0)
        return fail_block(err, "a packed part too long");
    return status;
}

phx_status read_reserved(struct rows_reader *reader, uint32_t column,
                         uint32_t cell, struct span *span, struct value *rest,
                         phx_error *err)
{
    const struct attribute *attribute = reader->attributes[column];
    phx_status status;
    int64_t number = 0;

    switch (reader->reserved[column]) {
    case RESERVED_TRACE_STATE:
        return read_string(reader, column, cell, CELL_TEXT, &span->trace_state,
                           err);
    case RESERVED_STATUS_MESSAGE:
        return read_string(reader, column, cell, CELL_TEXT,
                           &span->status_message, err);
    case RESERVED_OTLP_KIND:
        status =
            read_number(attribute, cell, INT32_MIN, INT32_MAX, &number, err);
        span->otlp_kind = (int32_t)number;
        return status;
    case RESERVED_OTLP_STATUS:
        status =
            read_number(attribute, cell, INT32_MIN, INT32_MAX, &number, err);
        span->otlp_status = (int32_t)number;
        return status;
    case RESERVED_FLAGS:
        status = read_number(attribute, cell, 0, UINT32_MAX, &number, err);
        span->flags = (uint32_t)number;
        return status;
    case RESERVED_DROPPED_ATTRIBUTES:
        status = read_number(attribute, cell, 0, UINT32_MAX, &number, err);
        span->attributes.dropped = (uint32_t)number;
        return status;
    case RESERVED_DROPPED_EVENTS:
        status = read_number(attribute, cell, 0, UINT32_MAX, &number, err);
        span->dropped_events = (uint32_t)number;
        return status;
    case RESERVED_DROPPED_LINKS:
        status = read_number(attribute, cell, 0, UINT32_MAX, &number, err);
        span->dropped_links = (uint32_t)number;
        return status;
    default:
        break;
    }
    status = read_packed(reader, column, cell, span, rest, err);
    if (reader->reserved[column] == RESERVED_RESOURCE)
        span->resource = reader->last_resource.part;
    if (reader->reserved[column] == RESERVED_SCOPE)
        span->scope = reader->last_scope.part;
    return status;
}

static int by_key(const void *a, const void *b)
{
    const struct member *left = a, *right = b;

    return text_compare(left->key, right->key);
}

/* Adds members that were no columns. */
phx_status add_tree_rest(struct arena *arena, struct value *tree,
                         const struct value *rest, phx_error *err)
{
    uint32_t count = tree->count + rest->count;
    size_t size = size_mul(count, sizeof(struct member));
    struct member *members = arena_new(arena, size);

    if (!members)
        return arena_status(arena, size, err);
    if (tree->count > 0)
        memcpy(members, tree->members, tree->count * sizeof *members);
    if (rest->count > 0)
        memcpy(members + tree->count, rest->members,
               rest->count * sizeof *members);
    qsort(members, count, sizeof *members, by_key);
    for (uint32_t i = 1; i < count; i++)
        if (text_equal(members[i].key, members[i - 1].key))
            return fail_block(err, "an attribute twice");
    tree->members = members;
    tree->count = count;
    return PHX_OK;
}

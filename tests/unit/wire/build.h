/*
 * build.h: protobuf messages put together by hand, so that tests of the
 * reader do not lean on the writer; and the request that they read into.
 */
#ifndef BUILD_H
#define BUILD_H

#include "base/base.h"
#include "wire/wire.h"

enum { PIECE_SIZE = 3000 };

struct piece {
    uint8_t data[PIECE_SIZE];
    size_t size;
};

static inline void add_byte(struct piece *out, unsigned byte)
{
    assert_true(out->size < PIECE_SIZE);
    out->data[out->size++] = (uint8_t)byte;
}

static inline void add_raw(struct piece *out, const void *bytes, size_t size)
{
    assert_true(size <= PIECE_SIZE - out->size);
    memcpy(out->data + out->size, bytes, size);
    out->size += size;
}

static inline void add_bare(struct piece *out, uint64_t varint)
{
    for (; varint >= 0x80; varint >>= 7)
        add_byte(out, (unsigned)(varint & 0x7F) | 0x80);
    add_byte(out, (unsigned)varint);
}

static inline void add_varint(struct piece *out, unsigned number,
                              uint64_t value)
{
    add_bare(out, number << 3);
    add_bare(out, value);
}

static inline void add_fixed64(struct piece *out, unsigned number,
                               uint64_t value)
{
    add_bare(out, number << 3 | 1);
    for (int i = 0; i < 8; i++)
        add_byte(out, (unsigned)(value >> (8 * i)) & 0xFF);
}

static inline void add_fixed32(struct piece *out, unsigned number,
                               uint32_t value)
{
    add_bare(out, number << 3 | 5);
    for (int i = 0; i < 4; i++)
        add_byte(out, (value >> (8 * i)) & 0xFF);
}

static inline void add_bytes(struct piece *out, unsigned number,
                             const void *bytes, size_t size)
{
    add_bare(out, number << 3 | 2);
    add_bare(out, size);
    add_raw(out, bytes, size);
}

static inline void add_string(struct piece *out, unsigned number,
                              const char *string)
{
    add_bytes(out, number, string, strlen(string));
}

static inline void add_message(struct piece *out, unsigned number,
                               const struct piece *message)
{
    add_bytes(out, number, message->data, message->size);
}

/* A KeyValue field; no value at all if it is NULL. */
static inline void add_attribute(struct piece *out, unsigned number,
                                 const char *key, const struct piece *value)
{
    struct piece pair = {.size = 0};

    add_string(&pair, 1, key);
    if (value != NULL)
        add_message(&pair, 2, value);
    add_message(out, number, &pair);
}

static inline void add_int_attribute(struct piece *out, unsigned number,
                                     const char *key, int64_t number_value)
{
    struct piece value = {.size = 0};

    add_varint(&value, 3, (uint64_t)number_value);
    add_attribute(out, number, key, &value);
}

/* The two ids without which no span is kept. */
static inline void add_ids(struct piece *span)
{
    add_bytes(span, 1, "0123456789abcdef", 16);
    add_bytes(span, 2, "12345678", 8);
}

/* A request of one span; further fields of scope_spans and resource_spans
 * may be NULL. */
static inline void add_request(struct piece *out, const struct piece *span,
                               const struct piece *scope_spans_fields,
                               const struct piece *resource_spans_fields)
{
    struct piece scope_spans = {.size = 0};
    struct piece resource_spans = {.size = 0};

    if (scope_spans_fields != NULL)
        add_raw(&scope_spans, scope_spans_fields->data,
                scope_spans_fields->size);
    add_message(&scope_spans, 2, span);
    if (resource_spans_fields != NULL)
        add_raw(&resource_spans, resource_spans_fields->data,
                resource_spans_fields->size);
    add_message(&resource_spans, 2, &scope_spans);
    add_message(out, 1, &resource_spans);
}

/* What each test reads into. */
static struct arena arena;
static struct wire_request request;

static inline int set_up(void **t_state)
{
    UNUSED_STATE;
    arena_init(&arena, 64 << 20);
    request = (struct wire_request){0};
    return 0;
}

static inline int tear_down(void **t_state)
{
    UNUSED_STATE;
    arena_clear(&arena);
    return 0;
}

static inline phx_status read_piece(const struct piece *piece, phx_error *err)
{
    return wire_read_protobuf(&arena, WIRE_SPANS, piece->data, piece->size,
                              &request, err);
}

/* Reads a request of this one span, and gives it. */
static inline const struct span *read_span(const struct piece *span)
{
    struct piece whole = {.size = 0};

    add_request(&whole, span, NULL, NULL);
    succeeds(read_piece(&whole, err));
    eq_int(request.spans.count, 1);
    return &request.spans.spans[0];
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif

/*
 * Spans made of the input, into a block and back.
 *
 *     u8 allocation that fails, 0 for none, then a program that makes spans:
 *     a byte tells what comes next, the bytes after it what it is
 *
 * Every span comes back as it went in, and as the JSON that its tree is written
 * as, the block passes its own checks, and a failed allocation is NO_MEMORY and
 * nothing else.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/base.h"

#include "block/block.h"
#include "model/model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SPANS = 64, DEPTH = 40, WIDTH = 12 };

static struct arena arena;

static phx_text make_text(struct reader *in)
{
    static const char filler[] = "a text that is long enough to be kept with "
                                 "the long ones, and to be met again later";
    uint8_t size = reader_u8(in);

    if (size >= 128)
        return text_span(filler, sizeof filler - 1 - size % 16);
    size = size % 8;
    const uint8_t *bytes = reader_bytes(in, size);
    return bytes ? text_span(bytes, size) : text_of("");
}

static struct value make_value(struct reader *in, int depth);

static bool has_key(const struct value *object, phx_text key)
{
    for (uint32_t i = 0; i < object->count; i++)
        if (text_equal(object->members[i].key, key))
            return true;
    return false;
}

static struct value make_object(struct reader *in, int depth)
{
    struct value object = {.kind = JSON_OBJECT};
    uint8_t count = reader_u8(in) % WIDTH;

    object.members = arena_new(&arena, WIDTH * sizeof(struct member));
    for (int i = 0; i < count && !in->failed; i++) {
        phx_text key = make_text(in);
        struct value value = make_value(in, depth + 1);
        if (!has_key(&object, key))
            object.members[object.count++] = (struct member){key, value};
    }
    return object;
}

static struct value make_array(struct reader *in, int depth, bool objects)
{
    struct value array = {.kind = JSON_ARRAY};

    array.count = reader_u8(in) % WIDTH;
    array.items = arena_new(&arena, WIDTH * sizeof(struct value));
    for (uint32_t i = 0; i < array.count; i++)
        array.items[i] =
            objects ? make_object(in, depth + 1) : make_value(in, depth + 1);
    return array;
}

static struct value make_value(struct reader *in, int depth)
{
    struct value value = {0};
    uint64_t bits;

    switch (depth > DEPTH ? 0 : reader_u8(in) % 10) {
    case 0:
        return value_null();
    case 1:
        return value_bool(reader_u8(in) & 1);
    case 2:
        return value_int((int64_t)reader_varint(in));
    case 3:
        bits = reader_u64(in);
        value.kind = JSON_REAL;
        memcpy(&value.real, &bits, sizeof bits);
        return value;
    case 4:
        value = value_text(make_text(in));
        value.kind = JSON_NUMBER;
        return value;
    case 5:
        value = value_text(make_text(in));
        value.kind = JSON_BYTES;
        return value;
    case 6:
        return make_array(in, depth, false);
    case 7:
        return make_array(in, depth, true);
    case 8:
        return make_object(in, depth);
    default:
        return value_text(make_text(in));
    }
}

static void make_span(struct reader *in, struct span *spans, uint32_t number)
{
    struct span *span = &spans[number];
    uint8_t bits = reader_u8(in);
    char *id = arena_new(&arena, 24);

    *span = (struct span){.name = make_text(in), .otlp_kind = 1};
    snprintf(id, 24, "%08u", number);
    span->span_id = text_span(id, bits & 1 ? 8 : 16);
    span->trace_id = text_span("0123456789abcdefghij", bits & 2 ? 16 : 20);
    span->trace = bits & 2;
    span->parent_id = bits & 4 ? make_text(in)
                      : bits & 8 && number > 0
                          ? spans[reader_u8(in) % number].span_id
                          : text_span(NULL, 0);
    span->number = (int64_t)reader_varint(in);
    span->start_time = bits & 16 ? reader_u64(in) : number;
    span->end_time = bits & 32 ? reader_u64(in) : number * 1000u;
    span->project = reader_u8(in);
    span->kind = reader_u8(in) % KIND_COUNT;
    span->status = reader_u8(in) % STATUS_COUNT;
    span->otlp_status = bits & 64 ? reader_u8(in) : span->status;
    span->flags = bits & 128 ? reader_u32(in) : 0;
    span->status_message = make_text(in);
    span->tree = make_object(in, 0);
}

static bool same_text_as(phx_text a, phx_text b)
{
    return a.size == b.size &&
           (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

static bool same_span(const struct span *a, const struct span *b)
{
    return same_text_as(a->name, b->name) &&
           same_text_as(a->span_id, b->span_id) &&
           same_text_as(a->trace_id, b->trace_id) &&
           same_text_as(a->parent_id, b->parent_id) &&
           same_text_as(a->status_message, b->status_message) &&
           a->number == b->number && a->trace == b->trace &&
           a->project == b->project && a->kind == b->kind &&
           a->status == b->status && a->start_time == b->start_time &&
           a->end_time == b->end_time && a->otlp_status == b->otlp_status &&
           a->flags == b->flags && value_equal(&a->tree, &b->tree);
}

/* What is read as JSON is what is written of a tree that was read. Writing it
 * is no part of what allocations fail in. */
static void check_json(const struct span *read, const struct span *spans,
                       size_t count)
{
    const struct memory_faults faults = memory_faults;
    struct buf json;

    memory_faults.fail_at = 0;
    buf_init(&json, SIZE_MAX);
    for (size_t i = 0; i < count; i++) {
        buf_reset(&json);
        json_write_value(&json, &spans[i].tree, 0);
        if (!same_text_as(read[i].tree_json, text_span(json.data, json.size)))
            abort();
    }
    buf_clear(&json);
    memory_faults.fail_at = faults.fail_at;
    memory_faults.seen = faults.seen;
}

static phx_status fetch(void *ctx, uint32_t number, phx_text *out,
                        phx_error *err)
{
    const struct block_image *image = ctx;

    (void)err;
    *out = text_span(image->bytes.data + image->frames[number].offset,
                     image->frames[number].size);
    return PHX_OK;
}

static phx_status read_back(struct block_reader *reader,
                            struct block_image *image, const struct span *spans,
                            size_t count)
{
    struct block *block = NULL;
    struct span out[SPANS], written[SPANS];
    uint32_t rows[SPANS];
    struct arena copies;
    phx_status status;

    for (uint32_t i = 0; i < count; i++)
        rows[i] = i;
    arena_init(&copies, 256 << 20);
    if ((status = block_open(reader, fetch, image, &block, NULL)) < 0 ||
        (status = block_verify(block, &image->zone, NULL)) < 0 ||
        (status = block_read_spans(block, &copies, rows, count, 0, out, NULL)) <
            0)
        goto done;
    for (size_t i = 0; i < count; i++)
        if (!same_span(&out[i], &spans[i]))
            abort();
    if ((status = block_read_spans(block, &copies, rows, count, BLOCK_JSON,
                                   written, NULL)) == PHX_OK)
        check_json(written, out, count);
done:
    block_close(block);
    arena_clear(&copies);
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct span spans[SPANS];
    static struct block_image image;
    const struct span *order[SPANS];
    struct block_writer *writer = NULL;
    struct block_reader *reader = NULL;
    struct reader in;
    size_t count = 0, taken = 0;
    phx_status status;

    arena_init(&arena, 256 << 20);
    reader_init(&in, data, size);
    int64_t fail_at = reader_u8(&in);
    while (count < SPANS && reader_left(&in) > 0) {
        make_span(&in, spans, (uint32_t)count);
        order[count] = &spans[count];
        count++;
    }
    if (count == 0)
        goto done;
    block_image_init(&image);
    memory_faults.seen = 0;
    memory_faults.fail_at = fail_at;
    if ((status = block_writer_new(&writer, NULL)) == PHX_OK &&
        (status = block_reader_new(&reader, NULL)) == PHX_OK &&
        (status = block_encode(writer, order, count, &image, &taken, NULL)) ==
            PHX_OK &&
        taken == count)
        status = read_back(reader, &image, spans, count);
    memory_faults.fail_at = 0;
    if (status < 0 && (fail_at == 0 || status != PHX_NO_MEMORY))
        abort();
    block_writer_free(writer);
    block_reader_free(reader);
    block_image_clear(&image);
done:
    arena_clear(&arena);
    return 0;
}

/*
 * Packed values and parts of spans.
 *
 *     byte 0       which part
 *     the rest     its bytes
 *
 * Any bytes are refused or read; what was read packs to bytes that read and
 * pack to the same again.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/base.h"

#include "model/model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PARTS = 6 };

static phx_status unpack(int part, struct arena *arena, struct reader *in,
                         struct span *span, phx_error *err)
{
    struct resource *resource = arena_new(arena, sizeof *resource);
    struct scope *scope = arena_new(arena, sizeof *scope);

    *span = (struct span){.resource = resource, .scope = scope};
    switch (part) {
    case 0:
        return unpack_value(arena, in, &span->tree, err);
    case 1:
        return unpack_attributes(arena, in, &span->attributes, err);
    case 2:
        return unpack_events(arena, in, span, err);
    case 3:
        return unpack_links(arena, in, span, err);
    case 4:
        return unpack_resource(arena, in, resource, err);
    default:
        return unpack_scope(arena, in, scope, err);
    }
}

static void pack(int part, const struct span *span, struct buf *out)
{
    switch (part) {
    case 0:
        pack_value(out, &span->tree);
        break;
    case 1:
        pack_attributes(out, &span->attributes);
        break;
    case 2:
        pack_events(out, span);
        break;
    case 3:
        pack_links(out, span);
        break;
    case 4:
        pack_resource(out, span->resource);
        break;
    default:
        pack_scope(out, span->scope);
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf once, twice;
    struct arena arena;
    struct reader in;
    struct span span;

    if (size == 0)
        return 0;
    arena_init(&arena, 64 << 20);
    buf_init(&once, 64 << 20);
    buf_init(&twice, 64 << 20);
    int part = data[0] % PARTS;
    reader_init(&in, data + 1, size - 1);
    if (unpack(part, &arena, &in, &span, NULL) == PHX_OK) {
        pack(part, &span, &once);
        reader_init(&in, once.data, once.size);
        if (once.status < 0 ||
            unpack(part, &arena, &in, &span, NULL) != PHX_OK ||
            reader_left(&in) != 0)
            abort();
        pack(part, &span, &twice);
        if (once.size != twice.size ||
            memcmp(once.data, twice.data, once.size) != 0)
            abort();
    }
    buf_clear(&once);
    buf_clear(&twice);
    arena_clear(&arena);
    return 0;
}

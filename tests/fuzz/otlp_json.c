/*
 * Any bytes as a request in OTLP/JSON. What is read and written in protobuf
 * must read as the same.
 */
#include <stdlib.h>

#include "base/base.h"
#include "wire/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Writes the spans of a request in one form. */
static void write_request(struct arena *arena, struct buf *out,
                          const struct wire_request *request, bool protobuf)
{
    size_t count = request->spans.count;
    const struct span **spans = arena_new(arena, count * sizeof *spans);

    if (spans == NULL)
        abort();
    for (size_t i = 0; i < count; i++)
        spans[i] = &request->spans.spans[i];
    if (protobuf)
        wire_write_protobuf(out, spans, count);
    else
        wire_write_json(out, spans, count);
    if (buf_status(out, "request", NULL) < 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct wire_request request;
    struct wire_request again;
    struct buf first;
    struct buf second;
    struct buf protobuf;

    arena_init(&arena, 1 << 28);
    buf_init(&first, 1 << 28);
    buf_init(&second, 1 << 28);
    buf_init(&protobuf, 1 << 28);
    if (wire_read_json(&arena, WIRE_SPANS, data, size, &request, NULL) ==
        PHX_OK) {
        write_request(&arena, &first, &request, false);
        write_request(&arena, &protobuf, &request, true);
        if (wire_read_protobuf(&arena, WIRE_SPANS, protobuf.data, protobuf.size,
                               &again, NULL) < 0 ||
            again.rejected != 0)
            abort();
        write_request(&arena, &second, &again, false);
        if (first.size != second.size ||
            memcmp(first.data, second.data, first.size) != 0)
            abort();
    }
    buf_clear(&first);
    buf_clear(&second);
    buf_clear(&protobuf);
    arena_clear(&arena);
    return 0;
}

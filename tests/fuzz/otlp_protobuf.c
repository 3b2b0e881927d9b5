/*
 * Any bytes as a protobuf request. What is read and written again must read
 * as the same, by way of JSON, too.
 */
#include <stdlib.h>

#include "base/base.h"
#include "wire/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Writes the spans of a request in one form. */
static void write_request(struct arena *arena, struct buf *out,
                          const struct wire_request *request, bool json)
{
    size_t count = request->spans.count;
    const struct span **spans = arena_new(arena, count * sizeof *spans);

    if (spans == NULL)
        abort();
    for (size_t i = 0; i < count; i++)
        spans[i] = &request->spans.spans[i];
    buf_reset(out);
    if (json)
        wire_write_json(out, spans, count);
    else
        wire_write_protobuf(out, spans, count);
    if (buf_status(out, "request", NULL) < 0)
        abort();
}

static void check_same(const struct buf *a, const struct buf *b)
{
    if (a->size != b->size ||
        (a->size > 0 && memcmp(a->data, b->data, a->size) != 0))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct wire_request request;
    struct wire_request again;
    struct buf first;
    struct buf second;
    struct buf json;

    arena_init(&arena, 1 << 28);
    buf_init(&first, 1 << 28);
    buf_init(&second, 1 << 28);
    buf_init(&json, 1 << 28);
    if (wire_read_protobuf(&arena, WIRE_SPANS, data, size, &request, NULL) ==
        PHX_OK) {
        write_request(&arena, &first, &request, false);
        if (wire_read_protobuf(&arena, WIRE_SPANS, first.data, first.size,
                               &again, NULL) < 0 ||
            again.rejected != 0)
            abort();
        write_request(&arena, &second, &again, false);
        check_same(&first, &second);

        write_request(&arena, &json, &request, true);
        if (wire_read_json(&arena, WIRE_SPANS, json.data, json.size, &again,
                           NULL) < 0 ||
            again.rejected != 0)
            abort();
        write_request(&arena, &first, &again, true);
        check_same(&first, &json);
    }
    buf_clear(&first);
    buf_clear(&second);
    buf_clear(&json);
    arena_clear(&arena);
    return 0;
}

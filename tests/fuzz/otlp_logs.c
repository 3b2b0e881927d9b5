/*
 * Any bytes as a request of log records, in protobuf or JSON by the first byte.
 * Each record that is read and written alone must read and be written as the
 * same; and as events of a span they are known when they come again.
 */
#include <stdlib.h>

#include "attr/attr.h"
#include "base/base.h"
#include "wire/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_alone(struct arena *arena, const struct log_record *record)
{
    struct wire_request again;
    struct buf first, second;

    buf_init(&first, 1 << 28);
    buf_init(&second, 1 << 28);
    wire_write_log(&first, record);
    if (buf_status(&first, "record", NULL) < 0 ||
        wire_read_protobuf(arena, WIRE_LOGS, first.data, first.size, &again,
                           NULL) < 0 ||
        again.rejected != 0 || again.logs.count != 1)
        abort();
    wire_write_log(&second, &again.logs.records[0]);
    if (first.size != second.size ||
        memcmp(first.data, second.data, first.size) != 0)
        abort();
    buf_clear(&first);
    buf_clear(&second);
}

/* Twice: nothing is added the second time. */
static void check_joined(struct arena *arena, const struct log_list *logs)
{
    struct span span = {.tree = {.kind = JSON_OBJECT}};
    uint8_t *fates = arena_new(arena, logs->count);
    size_t added = 0;

    if (fates == NULL ||
        attr_join(arena, &span, logs->records, logs->count, fates, NULL) < 0)
        abort();
    for (size_t i = 0; i < logs->count; i++)
        added += fates[i] == JOIN_ADDED;
    if (added != span.event_count ||
        attr_join(arena, &span, logs->records, logs->count, fates, NULL) < 0)
        abort();
    for (size_t i = 0; i < logs->count; i++) {
        if (fates[i] == JOIN_ADDED)
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct wire_request request;
    phx_status status;

    if (size == 0)
        return 0;
    arena_init(&arena, 1 << 28);
    status =
        data[0] == '{'
            ? wire_read_json(&arena, WIRE_LOGS, data, size, &request, NULL)
            : wire_read_protobuf(&arena, WIRE_LOGS, data, size, &request, NULL);
    if (status == PHX_OK) {
        for (size_t i = 0; i < request.logs.count; i++)
            check_alone(&arena, &request.logs.records[i]);
        if (request.logs.count > 0)
            check_joined(&arena, &request.logs);
    }
    (void)(data[0] == '{' ? wire_read_json(&arena, WIRE_METRICS, data, size,
                                           &request, NULL)
                          : wire_read_protobuf(&arena, WIRE_METRICS, data, size,
                                               &request, NULL));
    arena_clear(&arena);
    return 0;
}

/*
 * intake.c - what both readers of requests do alike: add spans and records,
 * leave out those that cannot be kept, make the keys of an object distinct.
 */
#include "base/base.h"
#include "wire/wire.h"

#include <stdio.h>

#include "wire/inside.h"

phx_status wire_copy_request(struct arena *arena, const void *bytes,
                             size_t size, const uint8_t **out, phx_error *err)
{
    if (size > INT32_MAX)
        return fail(err, PHX_TOO_BIG, -1, "request is %zu bytes, limit is %d",
                    size, INT32_MAX);
    *out = arena_copy(arena, bytes, size);
    return *out != NULL ? PHX_OK : arena_status(arena, size, err);
}

void wire_finish(const struct wire_request *request, struct wire_request *out)
{
    *out = *request;
    if (out->rejected == 0)
        out->reason[0] = '\0';
}

phx_status wire_refuse(struct wire_request *request, const char *format, ...)
{
    va_list values;

    if (request->reason[0] == '\0') {
        va_start(values, format);
        vsnprintf(request->reason, sizeof request->reason, format, values);
        va_end(values);
    }
    return WIRE_REFUSED;
}

phx_status wire_check_count(struct wire_request *request, size_t count,
                            const char *what)
{
    if (count > WIRE_ATTRIBUTES)
        return wire_refuse(request, "%zu %s, limit is %d", count, what,
                           (int)WIRE_ATTRIBUTES);
    return PHX_OK;
}

phx_status wire_new_members(struct arena *arena, size_t count,
                            struct member **out, phx_error *err)
{
    size_t size = size_mul(count, sizeof **out);

    *out = count > 0 ? arena_new(arena, size) : NULL;
    if (count > 0 && *out == NULL)
        return arena_status(arena, size, err);
    return PHX_OK;
}

phx_status wire_new_list(struct arena *arena, uint8_t kind, size_t count,
                         struct value *out, phx_error *err)
{
    size_t size = size_mul(count, sizeof *out->items);

    out->kind = kind;
    out->count = (uint32_t)count;
    if (kind == JSON_OBJECT)
        return wire_new_members(arena, count, &out->members, err);
    out->items = count > 0 ? arena_new(arena, size) : NULL;
    if (count > 0 && out->items == NULL)
        return arena_status(arena, size, err);
    return PHX_OK;
}

const struct signal *wire_signal(enum wire_signal signal)
{
    static const struct signal signals[] = {
        [WIRE_SPANS] = {"resourceSpans", "scopeSpans", "spans", span_read,
                        span_read_json},
        [WIRE_LOGS] = {"resourceLogs", "scopeLogs", "logRecords", log_read,
                       log_read_json},
        [WIRE_METRICS] = {"resourceMetrics", "scopeMetrics", "metrics",
                          metric_read, metric_read_json},
    };

    return &signals[signal];
}

phx_status wire_settle(struct wire_request *request, size_t *count,
                       phx_status status)
{
    if (status != WIRE_REFUSED)
        return status;
    --*count;
    request->rejected++;
    return PHX_OK;
}

phx_status wire_add_span(struct decoder *decoder, struct span **out)
{
    struct span *span = span_list_add(decoder->arena, &decoder->request.spans);

    if (span == NULL)
        return arena_status(decoder->arena, sizeof *span, decoder->err);
    span->trace_id = span->span_id = span->parent_id = EMPTY;
    span->trace_state = span->name = span->status_message = EMPTY;
    span->resource = decoder->resource;
    span->scope = decoder->scope;
    *out = span;
    return PHX_OK;
}

phx_status wire_settle_span(struct wire_request *request, phx_status status)
{
    const struct span *span = &request->spans.spans[request->spans.count - 1];

    if (status == PHX_OK && span->trace_id.size == 0)
        status = wire_refuse(request, "span has no trace id");
    if (status == PHX_OK && span->span_id.size == 0)
        status = wire_refuse(request, "span has no span id");
    return wire_settle(request, &request->spans.count, status);
}

phx_status wire_add_log(struct decoder *decoder, struct log_record **out)
{
    struct log_record *record =
        log_list_add(decoder->arena, &decoder->request.logs);

    if (record == NULL)
        return arena_status(decoder->arena, sizeof *record, decoder->err);
    record->severity_text = record->event_name = EMPTY;
    record->trace_id = record->span_id = EMPTY;
    record->resource = decoder->resource;
    record->scope = decoder->scope;
    *out = record;
    return PHX_OK;
}

/* Where the key of members[at] came before, or `at`. Few keys are compared
 * one by one. */
static uint32_t place_among_few(const struct member *members, uint32_t at)
{
    uint32_t place = 0;

    while (place < at && !text_equal(members[place].key, members[at].key))
        place++;
    return place;
}

/* The same through a map of hashes. Two keys with one hash are told apart by
 * hashing the second again with the next seed. */
static bool place_among_many(struct map *places, uint64_t seed,
                             const struct member *members, uint32_t at,
                             uint32_t *out)
{
    phx_text key = members[at].key;

    for (;; seed++) {
        bool fresh;
        uint32_t *place =
            map_slot(places, hash_bytes(key.data, key.size, seed), &fresh);
        if (place == NULL)
            return false;
        if (fresh)
            *place = at;
        if (fresh || text_equal(members[*place].key, key)) {
            *out = *place;
            return true;
        }
    }
}

phx_status wire_unique_keys(struct member *members, uint32_t *count,
                            phx_error *err)
{
    enum { FEW = 16 };
    bool many = *count > FEW;
    struct map places;
    uint64_t seed = 0;
    uint32_t kept = 0;
    phx_status status = PHX_OK;

    map_init(&places);
    /* At random, so that no sender can pick keys that meet in the map. */
    if (many && (status = random_bytes(&seed, sizeof seed, err)) < 0)
        goto done;
    for (uint32_t i = 0; i < *count; i++) {
        uint32_t place;
        members[kept] = members[i];
        if (!many)
            place = place_among_few(members, kept);
        else if (!place_among_many(&places, seed, members, kept, &place)) {
            status = fail_memory(err, size_mul(*count, sizeof(uint64_t)));
            goto done;
        }
        if (place < kept)
            members[place].value = members[kept].value;
        else
            kept++;
    }
    *count = kept;
done:
    map_clear(&places);
    return status;
}

/*
 * otlp_request.c - a request in protobuf, of any signal, down to its spans, log
 * records or metrics.
 *
 *     request  ResourceSpans, ResourceLogs, ResourceMetrics ...
 *              ├ resource, schema url
 *              └ ScopeSpans, ScopeLogs, ScopeMetrics ...
 *                ├ scope, schema url
 *                └ Span, LogRecord, Metric ...
 *
 * The request is copied into the arena once and what is read points into that
 * copy.
 *
 * libprotobuf-c is not used: it refuses a request for a known field of another
 * wire type, recurses without bound, and takes longer to copy every text than
 * all of this takes.
 */
#include "base/base.h"
#include "wire/wire.h"

#include "wire/inside.h"

static phx_status read_resource(struct decoder *decoder, struct reader in,
                                struct resource *out)
{
    uint32_t counts[FIELD_COUNTS];
    struct field field;
    phx_status status;

    if ((status = field_count(decoder, in, counts)) < 0 ||
        (status = attributes_start(decoder, counts[RESOURCE_ATTRIBUTES >> 3],
                                   "attributes of a resource",
                                   &out->attributes)) < 0)
        return status;
    while (in.at < in.end) {
        if ((status = field_next(decoder, &in, &field)) < 0)
            return status;
        if (field.tag == RESOURCE_ATTRIBUTES)
            status = attributes_add(decoder, &field, &out->attributes);
        else if (field.tag == RESOURCE_DROPPED)
            out->attributes.dropped = (uint32_t)field.number;
        if (status < 0)
            return status;
    }
    return PHX_OK;
}

static phx_status read_scope(struct decoder *decoder, struct reader in,
                             struct scope *out)
{
    uint32_t counts[FIELD_COUNTS];
    struct field field;
    phx_status status;

    if ((status = field_count(decoder, in, counts)) < 0 ||
        (status = attributes_start(decoder, counts[SCOPE_ATTRIBUTES >> 3],
                                   "attributes of a scope", &out->attributes)) <
            0)
        return status;
    while (in.at < in.end) {
        if ((status = field_next(decoder, &in, &field)) < 0)
            return status;
        switch (field.tag) {
        case SCOPE_NAME:
            status = field_text(decoder, &field, "scope name", &out->name);
            break;
        case SCOPE_VERSION:
            status =
                field_text(decoder, &field, "scope version", &out->version);
            break;
        case SCOPE_ATTRIBUTES:
            status = attributes_add(decoder, &field, &out->attributes);
            break;
        case SCOPE_DROPPED:
            out->attributes.dropped = (uint32_t)field.number;
            break;
        }
        if (status < 0)
            return status;
    }
    return PHX_OK;
}

static phx_status read_scopes(struct decoder *decoder,
                              const struct signal *signal, struct reader in)
{
    bool barred = decoder->barred;
    struct reader part;
    struct field field;
    phx_status status;

    struct scope *scope = arena_new(decoder->arena, sizeof *scope);
    if (scope == NULL)
        return arena_status(decoder->arena, sizeof *scope, decoder->err);
    *scope =
        (struct scope){.name = EMPTY, .version = EMPTY, .schema_url = EMPTY};
    if ((status = field_part(decoder, in, SCOPES_SCOPE, &part)) < 0)
        return status;
    status = read_scope(decoder, part, scope);
    if (status < 0 && status != WIRE_REFUSED)
        return status;
    decoder->barred = barred || status == WIRE_REFUSED;
    decoder->scope = scope;
    while (in.at < in.end) {
        if ((status = field_next(decoder, &in, &field)) < 0)
            return status;
        if (field.tag == SCOPES_ITEMS)
            status = signal->read(decoder, reader_over(field.bytes));
        else if (field.tag == SCOPES_SCHEMA_URL)
            status =
                field_text(decoder, &field, "schema url", &scope->schema_url);
        if (status < 0)
            return status;
    }
    decoder->barred = barred;
    return PHX_OK;
}

static phx_status read_resources(struct decoder *decoder,
                                 const struct signal *signal, struct reader in)
{
    struct reader part;
    struct field field;
    phx_status status;

    struct resource *resource = arena_new(decoder->arena, sizeof *resource);
    if (resource == NULL)
        return arena_status(decoder->arena, sizeof *resource, decoder->err);
    *resource = (struct resource){.schema_url = EMPTY};
    if ((status = field_part(decoder, in, RESOURCES_RESOURCE, &part)) < 0)
        return status;
    status = read_resource(decoder, part, resource);
    if (status < 0 && status != WIRE_REFUSED)
        return status;
    decoder->barred = status == WIRE_REFUSED;
    decoder->resource = resource;
    while (in.at < in.end) {
        if ((status = field_next(decoder, &in, &field)) < 0)
            return status;
        if (field.tag == RESOURCES_SCOPES)
            status = read_scopes(decoder, signal, reader_over(field.bytes));
        else if (field.tag == RESOURCES_SCHEMA_URL)
            status = field_text(decoder, &field, "schema url",
                                &resource->schema_url);
        if (status < 0)
            return status;
    }
    return PHX_OK;
}

phx_status wire_read_protobuf(struct arena *arena, enum wire_signal signal,
                              const void *bytes, size_t size,
                              struct wire_request *out, phx_error *err)
{
    struct decoder decoder = {.arena = arena, .size = size, .err = err};
    struct reader in;
    struct field field;
    phx_status status;

    if ((status = wire_copy_request(arena, bytes, size, &decoder.base, err)) <
        0)
        return status;
    reader_init(&in, decoder.base, size);
    while (in.at < in.end) {
        if ((status = field_next(&decoder, &in, &field)) < 0)
            return status;
        if (field.tag == REQUEST_RESOURCES &&
            (status = read_resources(&decoder, wire_signal(signal),
                                     reader_over(field.bytes))) < 0)
            return status;
    }
    wire_finish(&decoder.request, out);
    return PHX_OK;
}

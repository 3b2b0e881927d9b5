/*
 * otlp_json_request.c - a request in OTLP/JSON, of any signal, down to its
 * spans, log records or metrics. It has the shape of the protobuf request; see
 * otlp_request.c. The request is copied into the arena once and texts without
 * escapes point into that copy.
 */
#include "base/base.h"
#include "wire/wire.h"
#include "json/json.h"

#include "wire/inside.h"

static phx_status read_scope(struct decoder *decoder,
                             const struct value *scopes, struct scope *out)
{
    struct value scope;
    phx_status status;

    if ((status = message_text(decoder, scopes, "schemaUrl",
                               &out->schema_url)) < 0 ||
        (status = message_part(decoder, scopes, "scope", &scope)) < 0 ||
        (status = message_text(decoder, &scope, "name", &out->name)) < 0 ||
        (status = message_text(decoder, &scope, "version", &out->version)) < 0)
        return status;
    return attributes_read_json(decoder, &scope, "attributes of a scope",
                                &out->attributes);
}

static phx_status read_scopes(struct decoder *decoder,
                              const struct signal *signal,
                              const struct value *scopes)
{
    bool barred = decoder->barred;
    struct value list;
    phx_status status;

    struct scope *scope = arena_new(decoder->arena, sizeof *scope);
    if (scope == NULL)
        return arena_status(decoder->arena, sizeof *scope, decoder->err);
    if ((status = message_check(decoder, scopes, signal->scopes)) < 0 ||
        (status = message_list(decoder, scopes, signal->items, &list)) < 0)
        return status;
    status = read_scope(decoder, scopes, scope);
    if (status < 0 && status != WIRE_REFUSED)
        return status;
    decoder->barred = barred || status == WIRE_REFUSED;
    decoder->scope = scope;
    for (uint32_t i = 0; i < list.count; i++) {
        if ((status = signal->read_json(decoder, &list.items[i])) < 0)
            return status;
    }
    decoder->barred = barred;
    return PHX_OK;
}

static phx_status read_resource(struct decoder *decoder,
                                const struct value *resources,
                                struct resource *out)
{
    struct value resource;
    phx_status status;

    if ((status = message_text(decoder, resources, "schemaUrl",
                               &out->schema_url)) < 0 ||
        (status = message_part(decoder, resources, "resource", &resource)) < 0)
        return status;
    return attributes_read_json(decoder, &resource, "attributes of a resource",
                                &out->attributes);
}

static phx_status read_resources(struct decoder *decoder,
                                 const struct signal *signal,
                                 const struct value *resources)
{
    struct value list;
    phx_status status;

    struct resource *resource = arena_new(decoder->arena, sizeof *resource);
    if (resource == NULL)
        return arena_status(decoder->arena, sizeof *resource, decoder->err);
    if ((status = message_check(decoder, resources, signal->resources)) < 0 ||
        (status = message_list(decoder, resources, signal->scopes, &list)) < 0)
        return status;
    status = read_resource(decoder, resources, resource);
    if (status < 0 && status != WIRE_REFUSED)
        return status;
    decoder->barred = status == WIRE_REFUSED;
    decoder->resource = resource;
    for (uint32_t i = 0; i < list.count; i++) {
        if ((status = read_scopes(decoder, signal, &list.items[i])) < 0)
            return status;
    }
    return PHX_OK;
}

phx_status wire_read_json(struct arena *arena, enum wire_signal signal,
                          const void *bytes, size_t size,
                          struct wire_request *out, phx_error *err)
{
    const struct signal *of = wire_signal(signal);
    struct decoder decoder = {.arena = arena, .err = err};
    const uint8_t *copy;
    struct value request;
    struct value list;
    phx_status status;

    if ((status = wire_copy_request(arena, bytes, size, &copy, err)) < 0 ||
        (status = json_read(arena, text_span(copy, size), JSON_DEEP, &request,
                            err)) < 0 ||
        (status = message_check(&decoder, &request, "request")) < 0 ||
        (status = message_list(&decoder, &request, of->resources, &list)) < 0)
        return status;
    for (uint32_t i = 0; i < list.count; i++) {
        if ((status = read_resources(&decoder, of, &list.items[i])) < 0)
            return status;
    }
    wire_finish(&decoder.request, out);
    return PHX_OK;
}

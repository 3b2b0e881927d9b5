/*
 * span_list.c - GET .../spans: spans as REST shows them, and DELETE of one.
 * Attributes go out as the store has them, but for the kind, which stands
 * beside them as the sender wrote it.
 */
#include "base/base.h"
#include "server/rest/inside.h"

void write_time(struct json_writer *json, uint64_t ns)
{
    char text[40];

    time_print(ns, text);
    json_string(json, text);
}

/* The kind as the sender gave it; a number or word becomes its text. */
static void write_kind(struct json_writer *json, phx_text kind)
{
    if (kind.data == NULL)
        json_string(json, "UNKNOWN");
    else if (kind.size > 0 && kind.data[0] == '"')
        json_raw(json, kind);
    else
        json_text(json, kind);
}

static void write_span(struct request *request, struct json_writer *json,
                       const phx_span *span)
{
    (void)request;
    json_open_object(json);
    json_key(json, "id");
    id_write(json, "Span", span->id);
    json_key(json, "name");
    json_text(json, span->name);
    json_key(json, "context");
    json_open_object(json);
    json_key(json, "trace_id");
    json_text(json, span->trace_id);
    json_key(json, "span_id");
    json_text(json, span->span_id);
    json_close_object(json);
    json_key(json, "span_kind");
    write_kind(json, span->kind_attribute);
    json_key(json, "parent_id");
    json_text(json, span->parent_id);
    json_key(json, "start_time");
    write_time(json, span->start_time);
    json_key(json, "end_time");
    write_time(json, span->end_time);
    json_key(json, "status_code");
    json_string(json, status_code_name(span->status));
    json_key(json, "status_message");
    json_text(json,
              span->status_message.data ? span->status_message : text_of(""));
    json_key(json, "attributes");
    json_raw(json, span->attributes);
    json_key(json, "events");
    json_raw(json, span->events);
    json_close_object(json);
}

void span_list(struct request *request)
{
    struct span_filter filter;

    if (!span_filter_read(request, true, &filter))
        return;
    filter.query.attributes = PHX_ATTRIBUTES_FLAT;
    span_page(request, &filter, write_span);
}

void span_delete(struct request *request)
{
    const struct service *service = request_service(request);
    phx_error err = {0};
    phx_status status;
    phx_id span;

    if (!find_row(request, PHX_SPAN, request_param(request, 0), &span))
        return;
    status = phx_store_delete(service->store, PHX_SPAN, span, &err);
    if (status < 0)
        answer_failure(request, status, &err);
    else
        answer_empty(request, 204);
}

/*
 * span_list.c - GET .../spans: spans as REST shows them. Attributes go out as
 * the store has them, but for the kind, which stands beside them as the sender
 * wrote it.
 */
#include "base/base.h"
#include "server/rest/inside.h"

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
    write_id(json, "id", "Span", span->id);
    write_text(json, "name", span->name);
    json_key(json, "context");
    json_open_object(json);
    write_text(json, "trace_id", span->trace_id);
    write_text(json, "span_id", span->span_id);
    json_close_object(json);
    json_key(json, "span_kind");
    write_kind(json, span->kind_attribute);
    write_text(json, "parent_id", span->parent_id);
    write_times(json, span->start_time, span->end_time);
    json_key(json, "status_code");
    json_string(json, status_code_name(span->status));
    write_text(json, "status_message",
               span->status_message.data ? span->status_message : text_of(""));
    json_key(json, "attributes");
    json_raw(json, span->attributes);
    json_key(json, "events");
    json_raw(json, span->events);
    if (span->match != NULL)
        write_match(json, (phx_text){NULL, 0}, span->match);
    json_close_object(json);
}

void span_list(struct request *request)
{
    struct span_filter filter;

    if (!span_filter_read(request, SPAN_FILTER_KINDS, &filter))
        return;
    filter.query.attributes = PHX_ATTRIBUTES_FLAT;
    span_page(request, &filter, write_span);
}

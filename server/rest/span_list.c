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

static const char kind_key[] = "\"openinference.span.kind\":";

/* The end of the JSON value at `at`, in an object of texts, numbers, words
 * and arrays of such. */
static const char *value_end(const char *at, const char *end)
{
    int depth = 0;
    bool in_text = false;

    for (; at < end; at++) {
        if (in_text) {
            if (*at == '\\')
                at++;
            else if (*at == '"')
                in_text = false;
        } else if (*at == '"') {
            in_text = true;
        } else if (*at == '[' || *at == '{') {
            depth++;
        } else if (depth == 0 && (*at == ',' || *at == '}')) {
            return at;
        } else if (*at == ']' || *at == '}') {
            depth--;
        }
    }
    return end;
}

/* The key with its quotes and colon: inside a text its quotes would be
 * escaped, so a plain search finds nothing but the member. */
static const char *find_key(phx_text text)
{
    size_t size = sizeof kind_key - 1;
    const char *at = text.data, *end = text.data + text.size;

    while (at != NULL && (size_t)(end - at) >= size) {
        at = memchr(at, '"', (size_t)(end - at) - size + 1);
        if (at != NULL && memcmp(at, kind_key, size) == 0)
            return at;
        at = at ? at + 1 : NULL;
    }
    return NULL;
}

void kind_cut(phx_text attributes, struct kind_cut *out)
{
    const char *end = attributes.data + attributes.size;
    const char *key = find_key(attributes);

    *out = (struct kind_cut){.before = attributes, .after = {end, 0}};
    if (key == NULL)
        return;
    const char *value = key + sizeof kind_key - 1;
    const char *rest = value_end(value, end);
    out->kind = text_span(value, (size_t)(rest - value));
    out->before.size = (size_t)(key - attributes.data);
    if (rest < end && *rest == ',')
        rest++;
    else if (out->before.size > 0 && key[-1] == ',')
        out->before.size--;
    out->after = text_span(rest, (size_t)(end - rest));
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
    struct kind_cut cut;

    (void)request;
    kind_cut(span->attributes, &cut);
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
    write_kind(json, cut.kind);
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
    json_raw(json, cut.before);
    buf_add_text(json->out, cut.after);
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

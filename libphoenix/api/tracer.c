/*
 * tracer.c - the tracing part of phoenix.h: arguments are checked, the rest is
 * the room of traces.
 */
#include "base/base.h"

#include "api/inside.h"
#include "trace/trace.h"

phx_status phx_tracer_open(phx_store *store, const phx_tracer_options *options,
                           phx_tracer **out, phx_error *err)
{
    phx_tracer_options wanted = PHX_TRACER_OPTIONS_INIT;

    if (store == NULL || out == NULL ||
        !take_options(&wanted, sizeof wanted, options))
        return fail_argument(err);
    const phx_text texts[] = {text_of(wanted.project), text_of(wanted.service),
                              text_of(wanted.scope),
                              text_of(wanted.scope_version)};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (utf8_check(texts[i].data, texts[i].size) != texts[i].size)
            return fail(err, PHX_INVALID, -1,
                        "a text of the tracer is not UTF-8");
    }
    return tracer_open(store->store, &wanted, out, err);
}

phx_status phx_tracer_flush(phx_tracer *tracer, phx_error *err)
{
    if (tracer == NULL)
        return fail_argument(err);
    return tracer_flush(tracer, err);
}

void phx_tracer_close(phx_tracer *tracer)
{
    if (tracer != NULL)
        tracer_close(tracer);
}

phx_status phx_span_start(phx_tracer *tracer, const char *name,
                          const phx_live_span *parent, phx_live_span **out,
                          phx_error *err)
{
    if (tracer == NULL || name == NULL || name[0] == '\0' || out == NULL)
        return fail_argument(err);
    return live_start(tracer, text_of(name), parent, NULL, text_of(""), out,
                      err);
}

phx_status phx_span_start_remote(phx_tracer *tracer, const char *name,
                                 const char *traceparent,
                                 const char *tracestate, phx_live_span **out,
                                 phx_error *err)
{
    phx_text state = text_of(tracestate);
    struct trace_context context;
    phx_status status;

    if (tracer == NULL || name == NULL || name[0] == '\0' ||
        traceparent == NULL || out == NULL)
        return fail_argument(err);
    if ((status = context_read(text_of(traceparent), &context, err)) < 0)
        return status;
    if (!context_is_state(state))
        state = text_of("");
    return live_start(tracer, text_of(name), NULL, &context, state, out, err);
}

phx_status phx_span_set_start(phx_live_span *span, uint64_t start_time,
                              phx_error *err)
{
    if (span == NULL || start_time == 0)
        return fail_argument(err);
    live_set_start(span, start_time);
    return PHX_OK;
}

const char *phx_span_traceparent(const phx_live_span *span)
{
    return span == NULL ? NULL : live_traceparent(span);
}

const char *phx_span_tracestate(const phx_live_span *span)
{
    return span == NULL ? NULL : live_tracestate(span);
}

/* --- attributes -------------------------------------------------------------- */

static phx_status set(phx_live_span *span, const char *key, struct value value,
                      phx_error *err)
{
    if (span == NULL || key == NULL || key[0] == '\0')
        return fail_argument(err);
    return live_set(span, text_of(key), value, err);
}

phx_status phx_span_set_text(phx_live_span *span, const char *key,
                             const char *value, size_t size, phx_error *err)
{
    if (value == NULL && size != 0)
        return fail_argument(err);
    return set(span, key, value_text(text_span(value, size)), err);
}

phx_status phx_span_set_int(phx_live_span *span, const char *key, int64_t value,
                            phx_error *err)
{
    return set(span, key, value_int(value), err);
}

phx_status phx_span_set_real(phx_live_span *span, const char *key, double value,
                             phx_error *err)
{
    return set(span, key, value_real(value), err);
}

phx_status phx_span_set_bool(phx_live_span *span, const char *key,
                             int32_t value, phx_error *err)
{
    return set(span, key, value_bool(value != 0), err);
}

phx_status phx_span_set_json(phx_live_span *span, const char *key,
                             const char *json, size_t size, phx_error *err)
{
    if (span == NULL || key == NULL || key[0] == '\0' || json == NULL)
        return fail_argument(err);
    return live_set_json(span, text_of(key), text_span(json, size), err);
}

phx_status phx_span_set_kind(phx_live_span *span, const char *kind,
                             phx_error *err)
{
    int known = kind ? span_kind_read(text_of(kind), true) : -1;

    if (span == NULL || kind == NULL)
        return fail_argument(err);
    if (known < 0)
        return fail(err, PHX_INVALID, -1, "'%.64s' is no kind of span", kind);
    return live_set(span, text_of("openinference.span.kind"),
                    value_text(text_of(span_kind_name(known))), err);
}

phx_status phx_span_set_status(phx_live_span *span, int32_t status,
                               const char *message, phx_error *err)
{
    if (span == NULL || status < PHX_SPAN_UNSET || status > PHX_SPAN_ERROR)
        return fail_argument(err);
    return live_set_status(span, status, text_of(message), err);
}

phx_status phx_span_add_message(phx_live_span *span, int32_t list,
                                const char *role, const char *content,
                                size_t size, phx_error *err)
{
    if (span == NULL || role == NULL || (content == NULL && size != 0) ||
        (list != PHX_INPUT_MESSAGES && list != PHX_OUTPUT_MESSAGES))
        return fail_argument(err);
    return live_add_message(span, list == PHX_OUTPUT_MESSAGES, text_of(role),
                            text_span(content, size), err);
}

/* --- events and links ---------------------------------------------------------- */

phx_status phx_span_add_event(phx_live_span *span, const char *name,
                              const char *json, size_t size, phx_error *err)
{
    if (span == NULL || name == NULL || (json == NULL && size != 0))
        return fail_argument(err);
    return live_add_event(span, text_of(name), text_span(json, size), err);
}

phx_status phx_span_add_link(phx_live_span *span, const char *traceparent,
                             const char *json, size_t size, phx_error *err)
{
    struct trace_context context;
    phx_status status;

    if (span == NULL || traceparent == NULL || (json == NULL && size != 0))
        return fail_argument(err);
    if ((status = context_read(text_of(traceparent), &context, err)) < 0)
        return status;
    return live_add_link(span, &context, text_span(json, size), err);
}

phx_status phx_span_record_exception(phx_live_span *span, const char *type,
                                     const char *message,
                                     const char *stacktrace, phx_error *err)
{
    if (span == NULL)
        return fail_argument(err);
    return live_add_exception(span, text_of(type), text_of(message),
                              text_of(stacktrace), err);
}

phx_status phx_span_end(phx_live_span *span, uint64_t end_time, phx_error *err)
{
    if (span == NULL)
        return fail_argument(err);
    return live_end(span, end_time, err);
}

void phx_span_discard(phx_live_span *span)
{
    if (span != NULL)
        live_discard(span);
}

/*
 * trace: spans that a program makes of itself, without OTLP in between.
 *
 *     live_start  an id, a parent, a time      live_set ...  what was done
 *     live_end    what attributes mean, as of decoded spans; then it waits
 *     tracer_flush  those that wait, in one commit
 */
#ifndef TRACE_TRACE_H
#define TRACE_TRACE_H

#include "base/base.h"
#include "json/json.h"

struct store;

/* --- context.c: W3C trace context, level 1 ----------------------------------- */

struct trace_context {
    uint8_t trace_id[16];
    uint8_t span_id[8];
    uint8_t flags; /* 1: sampled */
};
enum { TRACEPARENT_SIZE = 55 };

/* "00-TRACE-SPAN-FLAGS" and what later versions make of it. Errors: INVALID
 * (offset is the byte at fault). */
phx_status context_read(phx_text text, struct trace_context *out,
                        phx_error *err);
void context_print(const struct trace_context *context,
                   char out[TRACEPARENT_SIZE + 1]);

/* Whether a tracestate may be sent on as it is. */
bool context_is_state(phx_text text);

/* --- tracer.c ---------------------------------------------------------------- */

/* Texts of the options are copied; they are UTF-8. */
phx_status tracer_open(struct store *store, const phx_tracer_options *options,
                       phx_tracer **out, phx_error *err);
phx_status tracer_flush(phx_tracer *tracer, phx_error *err);
void tracer_close(phx_tracer *tracer);

/* --- live.c: a span that has not ended --------------------------------------- */

enum { LIVE_SIZE = 64 << 20 }; /* bytes a span may be given */

/* Below the parent, or else below `remote`; both NULL for a new trace. Texts
 * are checked by all of these. */
phx_status live_start(phx_tracer *tracer, phx_text name,
                      const phx_live_span *parent,
                      const struct trace_context *remote, phx_text state,
                      phx_live_span **out, phx_error *err);

void live_set_start(phx_live_span *live, uint64_t start);

/* The value is copied; it is a scalar. */
phx_status live_set(phx_live_span *live, phx_text key, struct value value,
                    phx_error *err);
phx_status live_set_json(phx_live_span *live, phx_text key, phx_text json,
                         phx_error *err);
phx_status live_set_status(phx_live_span *live, int32_t code, phx_text message,
                           phx_error *err);

/* json: an object, or absent. */
phx_status live_add_event(phx_live_span *live, phx_text name, phx_text json,
                          phx_error *err);
phx_status live_add_link(phx_live_span *live,
                         const struct trace_context *context, phx_text json,
                         phx_error *err);

/* The event "exception"; what is absent is left out. */
phx_status live_add_exception(phx_live_span *live, phx_text type,
                              phx_text message, phx_text stacktrace,
                              phx_error *err);

/* The next of llm.input_messages, or of llm.output_messages. */
phx_status live_add_message(phx_live_span *live, bool output, phx_text role,
                            phx_text content, phx_error *err);

const char *live_traceparent(const phx_live_span *live);
const char *live_tracestate(const phx_live_span *live);

/* The span is gone, whatever is returned. end 0: now. */
phx_status live_end(phx_live_span *live, uint64_t end, phx_error *err);
/* The same without a trace. */
void live_discard(phx_live_span *live);

#endif

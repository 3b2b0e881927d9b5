/*
 * context.c - the headers of W3C trace context, level 1:
 *
 *     traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01
 *                  |  trace id, 32 hex                 |               |
 *                  version                             span id, 16     flags
 *
 * A later version may go on behind the flags, after another dash. Upper-case
 * hex and ids of zeros are refused, as is version ff.
 */
#include "base/base.h"
#include "trace/trace.h"

#include <stdio.h>

enum { STATE_SIZE = 8192, VERSION_AT = 0, TRACE_AT = 3, SPAN_AT = 36 };
enum { FLAGS_AT = 53, SAMPLED = 1 };

/* Lower-case hex of `size` bytes; the offset of what is none, or -1. */
static int64_t read_hex(phx_text text, size_t at, size_t size, uint8_t *out)
{
    for (size_t i = 0; i < 2 * size; i++) {
        char c = text.data[at + i];
        if (hex_digit(c) < 0 || (c >= 'A' && c <= 'F'))
            return (int64_t)(at + i);
        out[i / 2] = (uint8_t)((i % 2 ? out[i / 2] << 4 : 0) | hex_digit(c));
    }
    return -1;
}

static bool is_zero(const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] != 0)
            return false;
    }
    return true;
}

phx_status context_read(phx_text text, struct trace_context *out,
                        phx_error *err)
{
    struct trace_context read;
    uint8_t version;
    int64_t bad;

    if (text.size < TRACEPARENT_SIZE)
        return fail(err, PHX_INVALID, (int64_t)text.size,
                    "the traceparent is shorter than %d bytes",
                    TRACEPARENT_SIZE);
    if ((bad = read_hex(text, VERSION_AT, 1, &version)) >= 0 ||
        (bad = read_hex(text, TRACE_AT, 16, read.trace_id)) >= 0 ||
        (bad = read_hex(text, SPAN_AT, 8, read.span_id)) >= 0 ||
        (bad = read_hex(text, FLAGS_AT, 1, &read.flags)) >= 0)
        return fail(err, PHX_INVALID, bad,
                    "the traceparent has no lower-case hex digit here");
    static const size_t dashes[] = {TRACE_AT - 1, SPAN_AT - 1, FLAGS_AT - 1,
                                    TRACEPARENT_SIZE};
    for (size_t i = 0; i < sizeof dashes / sizeof *dashes; i++) {
        if (dashes[i] < text.size && text.data[dashes[i]] != '-')
            return fail(err, PHX_INVALID, (int64_t)dashes[i],
                        "the traceparent has no '-' here");
    }
    if (version == 0xff)
        return fail(err, PHX_INVALID, VERSION_AT,
                    "the traceparent is of version ff");
    if (version == 0 && text.size > TRACEPARENT_SIZE)
        return fail(err, PHX_INVALID, TRACEPARENT_SIZE,
                    "the traceparent is over %d bytes", TRACEPARENT_SIZE);
    if (is_zero(read.trace_id, sizeof read.trace_id))
        return fail(err, PHX_INVALID, TRACE_AT, "the trace id is zero");
    if (is_zero(read.span_id, sizeof read.span_id))
        return fail(err, PHX_INVALID, SPAN_AT, "the span id is zero");
    read.flags &= SAMPLED;
    *out = read;
    return PHX_OK;
}

void context_print(const struct trace_context *context,
                   char out[TRACEPARENT_SIZE + 1])
{
    memcpy(out, "00-", TRACE_AT);
    hex_print(context->trace_id, sizeof context->trace_id, out + TRACE_AT);
    out[SPAN_AT - 1] = '-';
    hex_print(context->span_id, sizeof context->span_id, out + SPAN_AT);
    snprintf(out + FLAGS_AT - 1, 4, "-%02x", context->flags);
}

bool context_is_state(phx_text text)
{
    for (size_t i = 0; i < text.size; i++) {
        if ((text.data[i] < ' ' && text.data[i] != '\t') || text.data[i] > '~')
            return false;
    }
    return text.size <= STATE_SIZE;
}

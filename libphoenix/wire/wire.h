/*
 * wire: OTLP requests <-> spans with flat attributes, and log records.
 *
 * Reading is whole or not at all: bytes that are no request fail. A span that
 * cannot be kept (no id, nested too deep, too many attributes) is left out
 * and counted, and its neighbours stay; so is a log record. Of metrics nothing
 * is kept: their data points are counted.
 */
#ifndef WIRE_WIRE_H
#define WIRE_WIRE_H

#include "base/base.h"
#include "model/model.h"

enum {
    WIRE_DEPTH = 255,       /* levels an attribute value may nest */
    WIRE_ATTRIBUTES = 16384 /* a span's, an event's, a link's, a resource's;
                                  also events and links of a span */
};

enum wire_signal { WIRE_SPANS, WIRE_LOGS, WIRE_METRICS };

struct wire_request {
    struct span_list spans; /* in wire order */
    struct log_list logs;   /* the same */
    uint64_t rejected;      /* spans, records or data points left out */
    char reason[160];       /* why the first of them was; "" if none */
};

/* Errors: INVALID (malformed, not UTF-8; offset where decoding stopped, -1 if
 * it is the meaning of a JSON member that is wrong), TOO_BIG (over 2 GiB or the
 * arena's limit). Spans and records point into the arena only. Texts that are
 * not sent are empty, and resource and scope are always there. */
phx_status wire_read_protobuf(struct arena *arena, enum wire_signal signal,
                              const void *bytes, size_t size,
                              struct wire_request *out, phx_error *err);
phx_status wire_read_json(struct arena *arena, enum wire_signal signal,
                          const void *bytes, size_t size,
                          struct wire_request *out, phx_error *err);

/* One ExportTraceServiceRequest of the spans' wire parts; neighbours of equal
 * resource and scope (by pointer) share theirs. Both forms give back what was
 * put in, but for a JSON_NUMBER, which is written as text, and for the bits of
 * a NaN, which JSON does not have. */
void wire_write_protobuf(struct buf *out, const struct span *const *spans,
                         size_t count);
void wire_write_json(struct buf *out, const struct span *const *spans,
                     size_t count);

/* One ExportLogsServiceRequest of a record, which reads back as it was. */
void wire_write_log(struct buf *out, const struct log_record *record);

/* The response to an export: empty, or with its partial_success. Protobuf has
 * one for all signals. */
void wire_write_answer_protobuf(struct buf *out, uint64_t rejected,
                                const char *reason);
void wire_write_answer_json(struct buf *out, enum wire_signal signal,
                            uint64_t rejected, const char *reason);

#endif

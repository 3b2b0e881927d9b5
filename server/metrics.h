/*
 * metrics: counters that any thread may add to, and their Prometheus text.
 * One row of METRICS a figure.
 */
#ifndef SERVER_METRICS_H
#define SERVER_METRICS_H

#include "base/base.h"

/* id, name, labels or "", type, help */
#define METRICS(X)                                                             \
    X(HTTP_REQUESTS, "phoenix_http_requests_total", "", counter,               \
      "HTTP requests answered")                                                \
    X(GRPC_REQUESTS, "phoenix_grpc_requests_total", "", counter,               \
      "gRPC calls answered")                                                   \
    X(SPANS_ACCEPTED, "phoenix_spans_accepted_total", "", counter,             \
      "spans stored")                                                          \
    X(SPANS_DUPLICATE, "phoenix_spans_duplicate_total", "", counter,           \
      "spans whose id was known")                                              \
    X(SPANS_REJECTED, "phoenix_spans_rejected_total", "", counter,             \
      "spans left out of an accepted request")                                 \
    X(LOGS_ACCEPTED, "phoenix_log_records_accepted_total", "", counter,        \
      "log records stored")                                                    \
    X(LOGS_DUPLICATE, "phoenix_log_records_duplicate_total", "", counter,      \
      "log records that were there")                                           \
    X(LOGS_REJECTED, "phoenix_log_records_rejected_total", "", counter,        \
      "log records left out of an accepted request")                           \
    X(POINTS_REJECTED, "phoenix_metric_points_rejected_total", "", counter,    \
      "data points of metrics, of which none is kept")                         \
    X(REJECTED_QUEUE, "phoenix_requests_rejected_total", "reason=\"queue\"",   \
      counter, "requests refused, by reason")                                  \
    X(REJECTED_INVALID, "phoenix_requests_rejected_total",                     \
      "reason=\"invalid\"", counter, "requests refused, by reason")            \
    X(REJECTED_SIZE, "phoenix_requests_rejected_total", "reason=\"size\"",     \
      counter, "requests refused, by reason")                                  \
    X(REJECTED_STORE, "phoenix_requests_rejected_total", "reason=\"store\"",   \
      counter, "requests refused, by reason")                                  \
    X(QUEUE_SPANS, "phoenix_span_queue_size", "", gauge,                       \
      "spans waiting for a commit")                                            \
    X(QUEUE_BYTES, "phoenix_queue_bytes", "", gauge,                           \
      "bytes of memory that spans waiting for a commit hold")                  \
    X(DELETED_BY_POLICY, "phoenix_traces_deleted_total", "reason=\"policy\"",  \
      counter, "traces deleted by the server itself, by reason")               \
    X(DELETED_FOR_DISK, "phoenix_traces_deleted_total", "reason=\"disk\"",     \
      counter, "traces deleted by the server itself, by reason")               \
    X(ANNOTATIONS_JOINED, "phoenix_waiting_annotations_total",                 \
      "end=\"joined\"", counter,                                               \
      "annotations that waited for their targets, by how that ended")          \
    X(ANNOTATIONS_DROPPED, "phoenix_waiting_annotations_total",                \
      "end=\"dropped\"", counter,                                              \
      "annotations that waited for their targets, by how that ended")          \
    X(ANNOTATIONS_WAITING, "phoenix_annotations_waiting", "", gauge,           \
      "annotations that wait for their targets")                               \
    X(RETENTION_LAST, "phoenix_retention_sweeper_last_run_seconds", "", gauge, \
      "when retention policies were last looked at")                           \
    X(BLOCKED, "database_insertions_blocked", "", gauge,                       \
      "1 while the store is past its threshold and nothing is taken in")

enum metric {
#define X(id, name, labels, type, help) METRIC_##id,
    METRICS(X)
#undef X
        METRIC_COUNT
};

void metrics_add(enum metric metric, int64_t value);
void metrics_set(enum metric metric, int64_t value);

/* What became of a batch: of its report, or, if there is none because nothing
 * was to be stored, what was left out. */
void metrics_batch(const phx_batch *batch, const phx_ingest_report *report);

/* The commit latency histogram. */
void metrics_commit(double seconds);

/* Everything as Prometheus text, the store's figures included. */
void metrics_write(phx_store *store, struct buf *out);

#endif

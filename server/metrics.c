/*
 * metrics.c - counters, the commit latency histogram and the store's figures
 * as Prometheus text (version 0.0.4). A few figures go out under the
 * reference's names too, so that its dashboards keep working.
 */
#include "base/base.h"
#include "server/metrics.h"

#include <stdatomic.h>

static _Atomic int64_t counters[METRIC_COUNT];

/* Upper bounds of the histogram's buckets, in seconds. */
static const double bounds[] = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                0.25,  0.5,    1,     2.5,  5,     10};
enum { BUCKETS = sizeof bounds / sizeof *bounds };

static _Atomic int64_t buckets[BUCKETS + 1]; /* the last is beyond all */
static _Atomic int64_t commit_ns;
static _Atomic int64_t last_commit; /* ns since 1970 */

static const struct {
    const char *name;
    const char *labels;
    const char *type;
    const char *help;
} table[] = {
#define X(id, name, labels, type, help) {name, labels, #type, help},
    METRICS(X)
#undef X
};

void metrics_add(enum metric metric, int64_t value)
{
    atomic_fetch_add_explicit(&counters[metric], value, memory_order_relaxed);
}

void metrics_set(enum metric metric, int64_t value)
{
    atomic_store_explicit(&counters[metric], value, memory_order_relaxed);
}

static int64_t metrics_get(enum metric metric)
{
    return atomic_load_explicit(&counters[metric], memory_order_relaxed);
}

void metrics_batch(const phx_batch *batch, const phx_ingest_report *report)
{
    static const enum metric rejected[] = {
        [PHX_OTLP_PROTOBUF] = METRIC_SPANS_REJECTED,
        [PHX_OTLP_JSON] = METRIC_SPANS_REJECTED,
        [PHX_SPAN_JSON] = METRIC_SPANS_REJECTED,
        [PHX_LOGS_PROTOBUF] = METRIC_LOGS_REJECTED,
        [PHX_LOGS_JSON] = METRIC_LOGS_REJECTED,
        [PHX_METRICS_PROTOBUF] = METRIC_POINTS_REJECTED,
        [PHX_METRICS_JSON] = METRIC_POINTS_REJECTED,
        [PHX_ATIF] = METRIC_SPANS_REJECTED,
    };
    enum metric metric = rejected[phx_batch_format(batch)];
    bool logs = metric == METRIC_LOGS_REJECTED;

    metrics_add(metric, (int64_t)phx_batch_rejected(batch, NULL));
    if (report == NULL)
        return;
    metrics_add(logs ? METRIC_LOGS_ACCEPTED : METRIC_SPANS_ACCEPTED,
                report->accepted);
    metrics_add(logs ? METRIC_LOGS_DUPLICATE : METRIC_SPANS_DUPLICATE,
                report->duplicate);
}

void metrics_commit(double seconds)
{
    size_t i = 0;

    while (i < BUCKETS && seconds > bounds[i])
        i++;
    atomic_fetch_add_explicit(&buckets[i], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&commit_ns, (int64_t)(seconds * 1e9),
                              memory_order_relaxed);
    atomic_store_explicit(&last_commit, (int64_t)time_now(),
                          memory_order_relaxed);
}

static void add_head(struct buf *out, const char *name, const char *type,
                     const char *help)
{
    buf_add_format(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void add_figure(struct buf *out, const char *name, const char *type,
                       const char *help, int64_t value)
{
    add_head(out, name, type, help);
    buf_add_format(out, "%s %lld\n", name, (long long)value);
}

static void add_counters(struct buf *out)
{
    const char *previous = "";

    for (size_t i = 0; i < METRIC_COUNT; i++) {
        if (strcmp(table[i].name, previous) != 0)
            add_head(out, table[i].name, table[i].type, table[i].help);
        previous = table[i].name;
        if (table[i].labels[0] != '\0')
            buf_add_format(out, "%s{%s} %lld\n", table[i].name, table[i].labels,
                           (long long)metrics_get((enum metric)i));
        else
            buf_add_format(out, "%s %lld\n", table[i].name,
                           (long long)metrics_get((enum metric)i));
    }
    add_figure(out, "phoenix_span_queue_rejections_total", "counter",
               "requests refused because the queue was full",
               metrics_get(METRIC_REJECTED_QUEUE));
}

static void add_histogram(struct buf *out)
{
    int64_t count = 0;

    add_head(out, "phoenix_commit_seconds", "histogram",
             "time from taking a group of batches to its durable commit");
    for (size_t i = 0; i < BUCKETS; i++) {
        count += atomic_load(&buckets[i]);
        buf_add_format(out, "phoenix_commit_seconds_bucket{le=\"%g\"} %lld\n",
                       bounds[i], (long long)count);
    }
    count += atomic_load(&buckets[BUCKETS]);
    buf_add_format(out, "phoenix_commit_seconds_bucket{le=\"+Inf\"} %lld\n",
                   (long long)count);
    buf_add_format(out, "phoenix_commit_seconds_sum %.9f\n",
                   (double)atomic_load(&commit_ns) / 1e9);
    buf_add_format(out, "phoenix_commit_seconds_count %lld\n",
                   (long long)count);
    add_figure(out, "phoenix_bulk_loader_last_activity_timestamp_seconds",
               "gauge", "when spans were last stored",
               atomic_load(&last_commit) / 1000000000);
}

static void add_store(struct buf *out, phx_store *store)
{
    phx_store_stats stats = {0};

    if (store == NULL || phx_store_stat(store, &stats, NULL) < 0)
        return; /* figures that are missing are noticed, zeros are not */
    add_figure(out, "phoenix_store_spans", "gauge", "spans in the store",
               stats.spans);
    add_figure(out, "phoenix_store_traces", "gauge", "traces in the store",
               stats.traces);
    add_figure(out, "phoenix_store_sessions", "gauge", "sessions in the store",
               stats.sessions);
    add_figure(out, "phoenix_store_projects", "gauge", "projects in the store",
               stats.projects);
    add_figure(out, "phoenix_store_blocks", "gauge", "blocks of spans",
               stats.blocks);
    add_figure(out, "phoenix_store_young_blocks", "gauge",
               "blocks that wait for compaction", stats.young_blocks);
    add_figure(out, "phoenix_store_free_bytes", "gauge",
               "bytes of the store's file for use again", stats.free_bytes);
    add_figure(out, "database_disk_usage_bytes", "gauge",
               "bytes of the store's file and its log", stats.bytes);
}

void metrics_write(phx_store *store, struct buf *out)
{
    add_counters(out);
    add_histogram(out);
    add_store(out, store);
}

/*
 * keeper.c - the limits of a store, and annotations that wait in it, looked at
 * once a second.
 *
 *     disk   |..... used .....|low|high|....|max
 *
 * Once more than `high` is used, the oldest blocks go until it is `low`: so
 * there are pages to write to for a while, and the file does not grow. What is
 * between `high` and the maximum is the log, and what comes in before the next
 * look.
 *
 * All of it works in slices that commits go between; compaction goes on
 * between calls of a second, in which more goes than a compaction brings.
 */
#include "base/base.h"
#include "server/keeper.h"

#include "server/log.h"
#include "server/metrics.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

enum { BUDGET_MS = 1000, LOG_ROOM = 64 << 20, PARTS = 32 };

#define SECOND_NS UINT64_C(1000000000)
#define HOUR_NS (3600 * SECOND_NS)
#define PATIENCE_NS (600 * SECOND_NS) /* of annotations with no target */

struct keeper {
    phx_store *store;
    struct writer *writer;
    double blocked_above; /* bytes; 0: never */
    int64_t high, low;    /* bytes; 0: no bound */
    uint64_t hour;        /* whose policies ran last, counted since 1970 */
    uint64_t next_join;   /* ns: when waiting annotations are looked at */
    bool blocked;
    bool held;    /* the bound; it is said once if it is not */
    bool failing; /* the same of failures */

    atomic_bool stopping;
    pthread_mutex_t mutex;
    pthread_cond_t stopped;
    pthread_t thread;
};

static void log_failure(struct keeper *keeper, phx_status status,
                        const phx_error *err)
{
    if (status < 0 && !keeper->failing)
        log_event(LOG_WARN, "the store's limits cannot be kept", "status",
                  phx_status_name(status), "error", err->message, NULL);
    keeper->failing = status < 0;
}

/* The compactor sweeps what they leave, and gives pages back. */
static void tell_deleted(struct keeper *keeper, const char *reason,
                         int64_t traces)
{
    char count[24];

    if (traces == 0)
        return;
    snprintf(count, sizeof count, "%lld", (long long)traces);
    log_event(LOG_INFO, "traces deleted", "reason", reason, "traces", count,
              NULL);
    writer_wake(keeper->writer);
}

/* --- policies -------------------------------------------------------------- */

static void run_policies(struct keeper *keeper, uint64_t now)
{
    int64_t all = 0, removed;
    phx_error err = {0};
    phx_status status;

    do {
        removed = 0;
        status =
            phx_store_retain_due(keeper->store, now, BUDGET_MS, &removed, &err);
        metrics_add(METRIC_DELETED_BY_POLICY, removed);
        all += removed;
    } while (status == PHX_OK && !atomic_load(&keeper->stopping));
    metrics_set(METRIC_RETENTION_LAST, (int64_t)(now / SECOND_NS));
    tell_deleted(keeper, "policy", all);
    log_failure(keeper, status, &err);
}

/* --- the disk -------------------------------------------------------------- */

/* As the reference counts: the file without its free pages. */
static int64_t used_of(const phx_store_stats *stats)
{
    return stats->bytes - stats->log_bytes - stats->free_bytes;
}

static phx_status shrink(struct keeper *keeper, phx_error *err)
{
    int64_t all = 0, removed;
    phx_status status;

    do {
        removed = 0;
        status = phx_store_shrink(keeper->store, keeper->low, BUDGET_MS,
                                  &removed, err);
        metrics_add(METRIC_DELETED_FOR_DISK, removed);
        all += removed;
    } while (status == PHX_OK && !atomic_load(&keeper->stopping));
    tell_deleted(keeper, "disk", all);
    return status;
}

static phx_status make_room(struct keeper *keeper, phx_store_stats *stats,
                            phx_error *err)
{
    phx_status status = shrink(keeper, err);

    return status >= 0 ? phx_store_stat(keeper->store, stats, err) : status;
}

/* Young blocks stay, and some hundreds of large requests may be young: where
 * nothing else is left, they are made lasting before their turn. What the file
 * is too large by after that is free pages. */
static phx_status hold(struct keeper *keeper, phx_store_stats *stats,
                       phx_error *err)
{
    phx_status status = PHX_OK;

    if (used_of(stats) > keeper->high &&
        (status = make_room(keeper, stats, err)) < 0)
        return status;
    if (used_of(stats) > keeper->high && stats->young_blocks > 0 &&
        ((status = phx_store_compact(keeper->store, BUDGET_MS, err)) < 0 ||
         (status = make_room(keeper, stats, err)) < 0))
        return status;
    if (stats->bytes - stats->log_bytes > keeper->high && stats->free_bytes > 0)
        status = phx_store_compact(keeper->store, BUDGET_MS, err);
    bool held = used_of(stats) <= keeper->high;
    if (!held && keeper->held)
        log_event(LOG_WARN, "the store is over --max-disk with what came last",
                  NULL);
    keeper->held = held;
    return status;
}

static void block(struct keeper *keeper, int64_t used)
{
    bool blocked =
        keeper->blocked_above > 0 && (double)used > keeper->blocked_above;

    if (blocked) /* what clients delete must be swept without a commit */
        writer_wake(keeper->writer);
    if (blocked == keeper->blocked)
        return;
    keeper->blocked = blocked;
    writer_block(keeper->writer, blocked);
    metrics_set(METRIC_BLOCKED, blocked);
    if (blocked)
        log_event(LOG_WARN,
                  "the store is past its threshold: nothing is taken "
                  "in",
                  NULL);
    else
        log_event(LOG_INFO, "the store is below its threshold again", NULL);
}

static void check_disk(struct keeper *keeper)
{
    phx_store_stats stats;
    phx_error err = {0};
    phx_status status;

    if (keeper->high == 0 && !(keeper->blocked_above > 0))
        return;
    status = phx_store_stat(keeper->store, &stats, &err);
    if (status >= 0 && keeper->high > 0)
        status = hold(keeper, &stats, &err);
    if (status >= 0)
        block(keeper, used_of(&stats));
    log_failure(keeper, status, &err);
}

/* --- annotations ------------------------------------------------------------ */

/* Looking for their targets takes a tenth of the time at most. */
static void join_annotations(struct keeper *keeper, uint64_t now)
{
    uint64_t before = now > PATIENCE_NS ? now - PATIENCE_NS : 0;
    uint64_t began = time_now();
    phx_annotate_report report = {0};
    phx_error err = {0};
    phx_status status;
    char count[24];

    if (now < keeper->next_join && keeper->next_join - now < HOUR_NS)
        return;
    status = phx_store_annotate_waiting(keeper->store, before, &report, &err);
    metrics_add(METRIC_ANNOTATIONS_JOINED, report.written);
    metrics_add(METRIC_ANNOTATIONS_DROPPED, report.dropped);
    if (status >= 0)
        metrics_set(METRIC_ANNOTATIONS_WAITING, report.waiting);
    if (report.dropped > 0) {
        snprintf(count, sizeof count, "%lld", (long long)report.dropped);
        log_event(LOG_WARN, "annotations dropped whose targets never came",
                  "annotations", count, NULL);
    }
    if (status < 0)
        log_failure(keeper, status, &err);
    uint64_t ended = time_now();
    keeper->next_join = now + (ended > began ? 9 * (ended - began) : 0);
}

/* --- the thread ------------------------------------------------------------ */

/* Hours that have gone by, that of the start too, are not made up for. */
static void take_turn(struct keeper *keeper, uint64_t now)
{
    if (now / HOUR_NS > keeper->hour) {
        keeper->hour = now / HOUR_NS;
        run_policies(keeper, now);
    }
    check_disk(keeper);
    join_annotations(keeper, now);
}

static void *keep(void *ctx)
{
    struct keeper *keeper = ctx;
    struct timespec next;

    while (!atomic_load(&keeper->stopping)) {
        take_turn(keeper, time_now());
        clock_gettime(CLOCK_REALTIME, &next);
        next.tv_sec++;
        pthread_mutex_lock(&keeper->mutex);
        if (!atomic_load(&keeper->stopping))
            pthread_cond_timedwait(&keeper->stopped, &keeper->mutex, &next);
        pthread_mutex_unlock(&keeper->mutex);
    }
    return NULL;
}

static void keeper_init(struct keeper *keeper, const struct config *config,
                        phx_store *store, struct writer *writer, uint64_t now)
{
    int64_t part = config->max_disk / PARTS;

    *keeper = (struct keeper){
        .store = store,
        .writer = writer,
        .blocked_above =
            config->capacity_gib * (1 << 30) * config->blocking_percent / 100,
        .hour = now / HOUR_NS,
        .held = true,
    };
    if (config->max_disk > 0) {
        keeper->high = config->max_disk - LOG_ROOM - part;
        keeper->low = keeper->high - part;
    }
    pthread_mutex_init(&keeper->mutex, NULL);
    pthread_cond_init(&keeper->stopped, NULL);
}

static void keeper_free(struct keeper *keeper)
{
    pthread_cond_destroy(&keeper->stopped);
    pthread_mutex_destroy(&keeper->mutex);
    memory_free(keeper);
}

phx_status keeper_start(const struct config *config, phx_store *store,
                        struct writer *writer, struct keeper **out,
                        phx_error *err)
{
    struct keeper *keeper = memory_new(sizeof *keeper);

    if (keeper == NULL)
        return fail_memory(err, sizeof *keeper);
    keeper_init(keeper, config, store, writer, time_now());
    int code = pthread_create(&keeper->thread, NULL, keep, keeper);
    if (code != 0) {
        keeper_free(keeper);
        return fail_os(err, PHX_IO, code, "cannot start a thread: %s",
                       strerror(code));
    }
    *out = keeper;
    return PHX_OK;
}

void keeper_stop(struct keeper *keeper)
{
    if (keeper == NULL)
        return;
    pthread_mutex_lock(&keeper->mutex);
    atomic_store(&keeper->stopping, true);
    pthread_cond_signal(&keeper->stopped);
    pthread_mutex_unlock(&keeper->mutex);
    pthread_join(keeper->thread, NULL);
    keeper_free(keeper);
}

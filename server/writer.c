/*
 * writer.c - group commit. Submitters append to one array under a mutex; the
 * writer's thread takes the whole array, leaves them its own empty one, and
 * stores what it took in commits of bounded size:
 *
 *     submit ... submit --> waiting --(swap)--> taken --> put, done, done ...
 *
 * So a submit costs no allocation once the arrays have grown, everything that
 * arrives during a commit shares the next, and the thread is woken only when
 * it sleeps. A second thread compacts the store after commits.
 */
#include "base/base.h"
#include "server/writer.h"

#include "server/log.h"
#include "server/metrics.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

/* A commit ends before it passes these, unless one batch alone does. */
enum { COMMIT_SPANS = 4096, COMMIT_BYTES = 24 << 20, COMMIT_BATCHES = 1024 };

enum {
    COMPACT_BUDGET_MS = 50,
    COMPACT_WAIT_MS = 1000 /* before a retry, and until it is quiet */
};

struct item {
    phx_batch *batch;
    writer_done done;
    void *ctx;
    int64_t spans;
    int64_t bytes;
};

struct queue {
    struct item *items;
    size_t count;
    size_t capacity;
};

struct writer {
    phx_store *store;
    int64_t max_spans;
    int64_t max_bytes;
    atomic_bool blocked;

    pthread_mutex_t mutex;    /* guards what follows, up to the threads */
    pthread_cond_t submitted; /* the writer sleeps on it */
    pthread_cond_t committed; /* the compactor sleeps on it */
    struct queue waiting;
    int64_t spans; /* waiting or being stored */
    int64_t bytes;
    bool asleep; /* the writer */
    bool grown;  /* the store, since the compactor last looked */
    bool stopping;

    pthread_t thread;
    pthread_t compactor;

    struct queue taken; /* the rest is the writer's thread's own */
    phx_status last;    /* of the last commit: a failure is logged once */
    phx_batch *batches[COMMIT_BATCHES];
    phx_ingest_report reports[COMMIT_BATCHES];
};

static bool queue_add(struct queue *queue, const struct item *item)
{
    struct item *items = memory_grow(queue->items, &queue->capacity,
                                     queue->count, sizeof *items, NULL);

    if (items == NULL)
        return false;
    queue->items = items;
    queue->items[queue->count++] = *item;
    return true;
}

/* --- the writer's thread -------------------------------------------------- */

/* How many of the items, one at least, make the next commit. */
static size_t commit_size(const struct item *items, size_t count)
{
    int64_t spans = items[0].spans;
    int64_t bytes = items[0].bytes;
    size_t size = 1;

    while (size < count && size < COMMIT_BATCHES) {
        spans += items[size].spans;
        bytes += items[size].bytes;
        if (spans > COMMIT_SPANS || bytes > COMMIT_BYTES)
            break;
        size++;
    }
    return size;
}

static void log_change(struct writer *writer, phx_status status,
                       const phx_error *err)
{
    if (status < 0 && writer->last >= 0)
        log_event(LOG_ERROR, "commit failed", "status", phx_status_name(status),
                  "error", err->message, NULL);
    else if (status >= 0 && writer->last < 0)
        log_event(LOG_INFO, "commits succeed again", NULL);
    writer->last = status;
}

/* Gives the queue's room back before anyone is told, so that who is told and
 * submits again finds it. */
static void release(struct writer *writer, const struct item *items,
                    size_t count, bool grown)
{
    int64_t spans = 0;
    int64_t bytes = 0;

    for (size_t i = 0; i < count; i++) {
        spans += items[i].spans;
        bytes += items[i].bytes;
    }
    pthread_mutex_lock(&writer->mutex);
    writer->spans -= spans;
    writer->bytes -= bytes;
    if (grown && !writer->grown) {
        writer->grown = true;
        pthread_cond_signal(&writer->committed);
    }
    pthread_mutex_unlock(&writer->mutex);
    metrics_add(METRIC_QUEUE_SPANS, -spans);
    metrics_add(METRIC_QUEUE_BYTES, -bytes);
}

/* What makes a put fail is no batch's own fault, and batches cannot be put
 * twice: all of them are told. */
static void commit(struct writer *writer, const struct item *items,
                   size_t count)
{
    phx_error err = {0};
    uint64_t start = time_monotonic();

    for (size_t i = 0; i < count; i++)
        writer->batches[i] = items[i].batch;
    memset(writer->reports, 0, count * sizeof *writer->reports);
    phx_status status = phx_store_put(writer->store, writer->batches, count,
                                      writer->reports, &err);
    metrics_commit((double)(time_monotonic() - start) / 1e9);
    log_change(writer, status, &err);
    release(writer, items, count, status >= 0);
    for (size_t i = 0; i < count; i++) {
        if (status < 0)
            metrics_add(METRIC_REJECTED_STORE, 1);
        else
            metrics_batch(items[i].batch, &writer->reports[i]);
        items[i].done(items[i].ctx, status, &writer->reports[i], &err);
    }
    for (size_t i = 0; i < count; i++)
        phx_batch_free(items[i].batch);
}

/* Swaps the arrays once something waits; false when all is stored and the
 * writer is to stop. */
static bool take_all(struct writer *writer)
{
    struct queue empty = writer->taken;

    empty.count = 0;
    pthread_mutex_lock(&writer->mutex);
    while (writer->waiting.count == 0 && !writer->stopping) {
        writer->asleep = true;
        pthread_cond_wait(&writer->submitted, &writer->mutex);
    }
    writer->asleep = false;
    writer->taken = writer->waiting;
    writer->waiting = empty;
    pthread_mutex_unlock(&writer->mutex);
    return writer->taken.count > 0;
}

static void *write_all(void *ctx)
{
    struct writer *writer = ctx;

    while (take_all(writer)) {
        const struct item *items = writer->taken.items;
        size_t left = writer->taken.count;

        while (left > 0) {
            size_t size = commit_size(items, left);
            commit(writer, items, size);
            items += size;
            left -= size;
        }
    }
    return NULL;
}

/* --- the compactor's thread ----------------------------------------------- */

static struct timespec time_in(int64_t ms)
{
    struct timespec time;

    clock_gettime(CLOCK_REALTIME, &time);
    int64_t ns = time.tv_nsec + ms * 1000000;
    time.tv_sec += ns / 1000000000;
    time.tv_nsec = ns % 1000000000;
    return time;
}

/* Sleeps until the store has grown, or for a while after a failure or growth:
 * *quiet if nothing grew meanwhile. False when it is time to stop. */
static bool wait_for_work(struct writer *writer, phx_status last, bool *quiet)
{
    struct timespec end = time_in(COMPACT_WAIT_MS);
    int code = 0;

    pthread_mutex_lock(&writer->mutex);
    while (!writer->stopping && code == 0 && last != PHX_OK &&
           (last < 0 || !writer->grown)) {
        if (*quiet && last == PHX_DONE)
            pthread_cond_wait(&writer->committed, &writer->mutex);
        else
            code = pthread_cond_timedwait(&writer->committed, &writer->mutex,
                                          &end);
    }
    *quiet = !writer->grown && (code != 0 || *quiet);
    writer->grown = false;
    bool more = !writer->stopping;
    pthread_mutex_unlock(&writer->mutex);
    return more;
}

/* The first round finishes what an earlier process left. While spans come in
 * only what is due is done; the rest would be done again with the next ones. */
static void *compact(void *ctx)
{
    struct writer *writer = ctx;
    phx_status status = PHX_OK;
    bool failing = false;
    bool quiet = true;

    while (wait_for_work(writer, status, &quiet)) {
        phx_error err = {0};
        status = phx_store_compact(writer->store, quiet ? COMPACT_BUDGET_MS : 0,
                                   &err);
        if (status < 0 && !failing)
            log_event(LOG_WARN, "compaction failed", "status",
                      phx_status_name(status), "error", err.message, NULL);
        failing = status < 0;
    }
    return NULL;
}

/* --- the door ------------------------------------------------------------- */

void writer_block(struct writer *writer, bool blocked)
{
    atomic_store(&writer->blocked, blocked);
}

phx_status writer_check(const struct writer *writer, phx_error *err)
{
    if (!atomic_load(&writer->blocked))
        return PHX_OK;
    return fail_os(err, PHX_IO, ENOSPC,
                   "the store has used up its room: delete traces or raise "
                   "the limit");
}

void writer_wake(struct writer *writer)
{
    pthread_mutex_lock(&writer->mutex);
    writer->grown = true;
    pthread_cond_signal(&writer->committed);
    pthread_mutex_unlock(&writer->mutex);
}

phx_status writer_submit(struct writer *writer, phx_batch **batch,
                         writer_done done, void *ctx, phx_error *err)
{
    struct item item = {*batch, done, ctx, (int64_t)phx_batch_size(*batch),
                        (int64_t)phx_batch_memory(*batch)};
    phx_status status = writer_check(writer, err);
    bool wake = false;

    if (status < 0)
        return status;
    pthread_mutex_lock(&writer->mutex);
    if ((writer->spans > 0 || writer->bytes > 0) &&
        (writer->spans + item.spans > writer->max_spans ||
         writer->bytes + item.bytes > writer->max_bytes)) {
        status =
            fail(err, PHX_BUSY, -1,
                 "the queue holds %lld spans, %lld bytes; limits are "
                 "%lld, %lld",
                 (long long)writer->spans, (long long)writer->bytes,
                 (long long)writer->max_spans, (long long)writer->max_bytes);
    } else if (!queue_add(&writer->waiting, &item)) {
        status = fail(err, PHX_NO_MEMORY, -1, "no memory for the queue");
    } else {
        *batch = NULL;
        writer->spans += item.spans;
        writer->bytes += item.bytes;
        wake = writer->asleep;
        writer->asleep = false;
    }
    pthread_mutex_unlock(&writer->mutex);
    if (wake)
        pthread_cond_signal(&writer->submitted);
    if (status == PHX_BUSY)
        metrics_add(METRIC_REJECTED_QUEUE, 1);
    if (status < 0)
        return status;
    metrics_add(METRIC_QUEUE_SPANS, item.spans);
    metrics_add(METRIC_QUEUE_BYTES, item.bytes);
    return PHX_OK;
}

/* One who waits for his commit. */
struct waiter {
    pthread_mutex_t mutex;
    pthread_cond_t answered;
    bool done;
    phx_status status;
    phx_ingest_report *report;
    phx_error *err;
};

static void answer_waiter(void *ctx, phx_status status,
                          const phx_ingest_report *report, const phx_error *err)
{
    struct waiter *waiter = ctx;

    pthread_mutex_lock(&waiter->mutex);
    waiter->status = status;
    if (status >= 0)
        *waiter->report = *report;
    else if (waiter->err != NULL)
        *waiter->err = *err;
    waiter->done = true;
    pthread_cond_signal(&waiter->answered);
    pthread_mutex_unlock(&waiter->mutex);
}

phx_status writer_put(struct writer *writer, phx_batch **batch,
                      phx_ingest_report *out, phx_error *err)
{
    struct waiter waiter = {.report = out, .err = err};
    phx_status status;

    pthread_mutex_init(&waiter.mutex, NULL);
    pthread_cond_init(&waiter.answered, NULL);
    status = writer_submit(writer, batch, answer_waiter, &waiter, err);
    if (status >= 0) {
        pthread_mutex_lock(&waiter.mutex);
        while (!waiter.done)
            pthread_cond_wait(&waiter.answered, &waiter.mutex);
        pthread_mutex_unlock(&waiter.mutex);
        status = waiter.status;
    }
    pthread_cond_destroy(&waiter.answered);
    pthread_mutex_destroy(&waiter.mutex);
    return status;
}

/* Asks the threads that run to end, and waits for them. */
static void end_threads(struct writer *writer, int running)
{
    pthread_mutex_lock(&writer->mutex);
    writer->stopping = true;
    pthread_cond_signal(&writer->submitted);
    pthread_cond_signal(&writer->committed);
    pthread_mutex_unlock(&writer->mutex);
    if (running > 0)
        pthread_join(writer->thread, NULL);
    if (running > 1)
        pthread_join(writer->compactor, NULL);
}

static void free_writer(struct writer *writer)
{
    memory_free(writer->waiting.items);
    memory_free(writer->taken.items);
    pthread_cond_destroy(&writer->committed);
    pthread_cond_destroy(&writer->submitted);
    pthread_mutex_destroy(&writer->mutex);
    memory_free(writer);
}

phx_status writer_start(phx_store *store, int64_t max_spans, int64_t max_bytes,
                        struct writer **out, phx_error *err)
{
    struct writer *writer = memory_new(sizeof *writer);
    int running = 0;
    int code;

    if (writer == NULL)
        return fail_memory(err, sizeof *writer);
    memset(writer, 0, sizeof *writer);
    writer->store = store;
    writer->max_spans = max_spans;
    writer->max_bytes = max_bytes;
    pthread_mutex_init(&writer->mutex, NULL);
    pthread_cond_init(&writer->submitted, NULL);
    pthread_cond_init(&writer->committed, NULL);
    if ((code = pthread_create(&writer->thread, NULL, write_all, writer)) != 0)
        goto done;
    running = 1;
    if ((code = pthread_create(&writer->compactor, NULL, compact, writer)) != 0)
        goto done;
    *out = writer;
    return PHX_OK;
done:
    end_threads(writer, running);
    free_writer(writer);
    return fail_os(err, PHX_IO, code, "cannot start a thread: %s",
                   strerror(code));
}

void writer_stop(struct writer *writer)
{
    if (writer == NULL)
        return;
    end_threads(writer, 2);
    free_writer(writer);
}

/*
 * A host program that traces itself: four threads write spans into one store,
 * and those that wait for a commit at the same time share it.
 *
 *     four_threads [STORE]
 */
#include <phoenix.h>
#include <pthread.h>
#include <stdio.h>

enum { THREADS = 4, REQUESTS = 100 };

struct worker {
    phx_store *store;
    int number;
    int64_t accepted;
    phx_error err;
};

static const char SPAN[] =
    "{\"resourceSpans\": [{\"scopeSpans\": [{\"spans\": [{"
    "\"traceId\": \"%032x\", \"spanId\": \"%016x\", \"name\": \"step %d\","
    "\"startTimeUnixNano\": \"%d000000000\","
    "\"endTimeUnixNano\": \"%d500000000\", \"attributes\": [{\"key\":"
    "\"openinference.span.kind\", \"value\": {\"stringValue\": \"TOOL\"}}]"
    "}]}]}]}";

static void *work(void *argument)
{
    struct worker *worker = argument;
    phx_ingest_report report;
    char body[1024];
    int i, second, size;

    for (i = 0; i < REQUESTS; i++) {
        second = 1772359200 + i;
        size = snprintf(body, sizeof body, SPAN, (unsigned)worker->number + 1,
                        (unsigned)(worker->number * REQUESTS + i + 1), i,
                        second, second);
        if (phx_store_ingest(worker->store, "four threads", PHX_OTLP_JSON, body,
                             (size_t)size, &report, &worker->err) < 0)
            break;
        worker->accepted += report.accepted;
    }
    return NULL;
}

int main(int argc, char **argv)
{
    struct worker workers[THREADS] = {0};
    pthread_t threads[THREADS];
    phx_store_stats stats;
    phx_store *store;
    phx_error err;
    int i;

    if (phx_store_open(argc > 1 ? argv[1] : "sqlite::memory:", NULL, &store,
                       &err) < 0) {
        fprintf(stderr, "%s\n", err.message);
        return 1;
    }
    for (i = 0; i < THREADS; i++) {
        workers[i].store = store;
        workers[i].number = i;
        if (pthread_create(&threads[i], NULL, work, &workers[i]) != 0)
            return 1;
    }
    for (i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        printf("thread %d stored %d spans%s\n", i, (int)workers[i].accepted,
               workers[i].err.message);
    }
    if (phx_store_stat(store, &stats, &err) < 0)
        return 1;
    printf("%d spans in %d traces\n", (int)stats.spans, (int)stats.traces);
    phx_store_close(store);
}

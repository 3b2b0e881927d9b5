/*
 * workers.c - the threads on which handlers may wait for the store. Requests
 * queue in order; their connections are suspended meanwhile, so the queue is
 * never longer than the number of connections.
 */
#include "base/base.h"
#include "server/http/inside.h"

static struct request *take(struct workers *workers)
{
    struct request *request;

    pthread_mutex_lock(&workers->mutex);
    while (workers->first == NULL && !workers->stop)
        pthread_cond_wait(&workers->wake, &workers->mutex);
    request = workers->first;
    if (request != NULL) {
        workers->first = request->next;
        if (workers->first == NULL)
            workers->last = &workers->first;
    }
    pthread_mutex_unlock(&workers->mutex);
    return request;
}

static void *work(void *ctx)
{
    struct workers *workers = ctx;
    struct request *request;

    while ((request = take(workers)) != NULL) {
        if (request->answer.stream != NULL)
            stream_continue(request);
        else
            request_run(request);
    }
    return NULL;
}

void workers_add(struct workers *workers, struct request *request)
{
    request->next = NULL;
    pthread_mutex_lock(&workers->mutex);
    *workers->last = request;
    workers->last = &request->next;
    pthread_cond_signal(&workers->wake);
    pthread_mutex_unlock(&workers->mutex);
}

phx_status workers_start(struct workers *workers, unsigned count,
                         phx_error *err)
{
    *workers = (struct workers){.count = 0};
    workers->last = &workers->first;
    pthread_mutex_init(&workers->mutex, NULL);
    pthread_cond_init(&workers->wake, NULL);
    workers->threads = memory_new(size_mul(count, sizeof(pthread_t)));
    if (workers->threads == NULL)
        return fail_memory(err, size_mul(count, sizeof(pthread_t)));
    while (workers->count < count) {
        int os_code = pthread_create(&workers->threads[workers->count], NULL,
                                     work, workers);

        if (os_code != 0)
            return fail_os(err, PHX_NO_MEMORY, os_code,
                           "cannot start a thread: %s", strerror(os_code));
        workers->count++;
    }
    return PHX_OK;
}

void workers_stop(struct workers *workers)
{
    pthread_mutex_lock(&workers->mutex);
    workers->stop = true;
    pthread_cond_broadcast(&workers->wake);
    pthread_mutex_unlock(&workers->mutex);
    for (unsigned i = 0; i < workers->count; i++)
        pthread_join(workers->threads[i], NULL);
    memory_free(workers->threads);
    pthread_cond_destroy(&workers->wake);
    pthread_mutex_destroy(&workers->mutex);
}

/*
 * lane.c - a ring of places in front of one thread.
 */
#include "base/base.h"
#include "server/lane.h"

#include <pthread.h>

enum { PLACES = 16 };

struct place {
    void (*run)(void *ctx);
    void *ctx;
};

struct lane {
    pthread_mutex_t mutex;
    pthread_cond_t added;
    struct place places[PLACES];
    size_t first, count;
    bool stopping;
    pthread_t thread;
};

static bool take(struct lane *lane, struct place *out)
{
    pthread_mutex_lock(&lane->mutex);
    while (lane->count == 0 && !lane->stopping)
        pthread_cond_wait(&lane->added, &lane->mutex);
    bool taken = lane->count > 0;
    if (taken) {
        *out = lane->places[lane->first];
        lane->first = (lane->first + 1) % PLACES;
        lane->count--;
    }
    pthread_mutex_unlock(&lane->mutex);
    return taken;
}

static void *run_all(void *ctx)
{
    struct lane *lane = ctx;
    struct place place;

    while (take(lane, &place))
        place.run(place.ctx);
    return NULL;
}

bool lane_add(struct lane *lane, void (*run)(void *ctx), void *ctx)
{
    pthread_mutex_lock(&lane->mutex);
    bool added = lane->count < PLACES;
    if (added) {
        lane->places[(lane->first + lane->count) % PLACES] =
            (struct place){run, ctx};
        lane->count++;
        pthread_cond_signal(&lane->added);
    }
    pthread_mutex_unlock(&lane->mutex);
    return added;
}

static void lane_free(struct lane *lane)
{
    pthread_cond_destroy(&lane->added);
    pthread_mutex_destroy(&lane->mutex);
    memory_free(lane);
}

phx_status lane_start(struct lane **out, phx_error *err)
{
    struct lane *lane = memory_new(sizeof *lane);

    if (lane == NULL)
        return fail_memory(err, sizeof *lane);
    memset(lane, 0, sizeof *lane);
    pthread_mutex_init(&lane->mutex, NULL);
    pthread_cond_init(&lane->added, NULL);
    int os_code = pthread_create(&lane->thread, NULL, run_all, lane);
    if (os_code != 0) {
        lane_free(lane);
        return fail_os(err, PHX_IO, os_code, "cannot start a thread: %s",
                       strerror(os_code));
    }
    *out = lane;
    return PHX_OK;
}

void lane_stop(struct lane *lane)
{
    if (lane == NULL)
        return;
    pthread_mutex_lock(&lane->mutex);
    lane->stopping = true;
    pthread_cond_signal(&lane->added);
    pthread_mutex_unlock(&lane->mutex);
    pthread_join(lane->thread, NULL);
    lane_free(lane);
}

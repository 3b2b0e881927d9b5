/*
 * decode.c - two threads that decode what would keep the loop from its other
 * connections. Small bodies do not come here: handing one over costs more
 * than decoding it.
 */
#include "server/grpc/inside.h"

#include "server/lane.h"

static struct call *next_call(struct decoders *decoders)
{
    pthread_mutex_lock(&decoders->mutex);
    while (decoders->first == NULL && !decoders->stopping)
        pthread_cond_wait(&decoders->added, &decoders->mutex);
    struct call *call = decoders->first;
    if (call != NULL)
        decoders->first = call->following;
    pthread_mutex_unlock(&decoders->mutex);
    return call;
}

/* In the lane. */
static void decode_large(void *ctx)
{
    struct call *call = ctx;
    struct buf scratch;

    if (atomic_load(&call->grpc->stopping)) {
        call_refuse(call, "shutting down");
        return;
    }
    buf_init(&scratch, MESSAGE_MAX);
    call_decode(call, &scratch);
    buf_clear(&scratch);
}

static void *decode_all(void *ctx)
{
    struct decoders *decoders = ctx;
    struct call *call;

    while ((call = next_call(decoders)) != NULL) {
        struct buf scratch;

        buf_init(&scratch, LANE_BODY);
        bool is_large =
            call->body.size > LANE_BODY || !call_decode(call, &scratch);
        buf_clear(&scratch);
        if (is_large && !lane_add(call->grpc->lane, decode_large, call))
            call_refuse(call, "too many large messages are waiting");
    }
    return NULL;
}

void decoders_add(struct decoders *decoders, struct call *call)
{
    call->following = NULL;
    pthread_mutex_lock(&decoders->mutex);
    if (decoders->first == NULL)
        decoders->first = call;
    else
        decoders->last->following = call;
    decoders->last = call;
    pthread_cond_signal(&decoders->added);
    pthread_mutex_unlock(&decoders->mutex);
}

phx_status decoders_start(struct decoders *decoders, phx_error *err)
{
    pthread_mutex_init(&decoders->mutex, NULL);
    pthread_cond_init(&decoders->added, NULL);
    for (int i = 0; i < DECODERS; i++) {
        int code =
            pthread_create(&decoders->threads[i], NULL, decode_all, decoders);
        if (code != 0) {
            decoders_stop(decoders);
            return fail_os(err, PHX_IO, code, "cannot start a thread: %s",
                           strerror(code));
        }
        decoders->count++;
    }
    return PHX_OK;
}

void decoders_stop(struct decoders *decoders)
{
    pthread_mutex_lock(&decoders->mutex);
    decoders->stopping = true;
    pthread_cond_broadcast(&decoders->added);
    pthread_mutex_unlock(&decoders->mutex);
    for (int i = 0; i < decoders->count; i++)
        pthread_join(decoders->threads[i], NULL);
    pthread_cond_destroy(&decoders->added);
    pthread_mutex_destroy(&decoders->mutex);
}

/*
 * turn.c - one lock for the whole process, since memory is one.
 */
#include "base/base.h"
#include "server/turn.h"

#include <pthread.h>

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

void turn_begin(void)
{
    pthread_mutex_lock(&turn);
}

void turn_end(void)
{
    pthread_mutex_unlock(&turn);
}

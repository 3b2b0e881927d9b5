/*
 * turn.c - one lock for the whole process, since memory is one.
 */
#include "base/base.h"
#include "server/turn.h"

#include <pthread.h>

/* A decoded body takes twenty times its bytes at worst. */
enum { LARGE = SHRUNK(4 << 20, 4 << 10) };

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

void turn_begin(size_t size)
{
    if (size > LARGE)
        pthread_mutex_lock(&turn);
}

void turn_end(size_t size)
{
    if (size > LARGE)
        pthread_mutex_unlock(&turn);
}

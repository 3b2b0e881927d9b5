/*
 * turn: a body that may take much memory, over TURN_SIZE bytes unpacked, waits
 * for those before it, of HTTP and of gRPC: many at once cost the memory of
 * one. Whether it is such a body is found by unpacking that much of it.
 */
#ifndef SERVER_TURN_H
#define SERVER_TURN_H

#include "base/base.h"

enum { TURN_SIZE = SHRUNK(4 << 20, 4 << 10) };

/* Around the unpacking, and all that is made of the body. */
void turn_begin(void);
void turn_end(void);

#endif

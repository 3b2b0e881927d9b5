/*
 * turn: a body whose decoding may take much memory waits for those before it,
 * of HTTP and of gRPC: many at once cost the memory of one.
 */
#ifndef SERVER_TURN_H
#define SERVER_TURN_H

#include <stddef.h>

/* Around all that is made of a body of so many bytes, unpacked. A small one
 * does not wait. */
void turn_begin(size_t size);
void turn_end(size_t size);

#endif

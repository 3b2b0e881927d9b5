/*
 * lane: one thread for bodies that may take much memory, those over LANE_BODY
 * bytes unpacked, of HTTP and of gRPC: many at once cost the memory of one
 * and hold up nobody else. Who unpacks that much of a body and sees that there
 * is more hands it over.
 */
#ifndef SERVER_LANE_H
#define SERVER_LANE_H

#include "base/base.h"

enum { LANE_BODY = 4 << 20 };

struct lane;

/* Errors: IO (no thread). */
phx_status lane_start(struct lane **out, phx_error *err);

/* run(ctx) in the lane's thread, in its turn. False if the lane is full: a
 * client that waits longer than a few seconds has given up. */
bool lane_add(struct lane *lane, void (*run)(void *ctx), void *ctx);

/* Runs what waits and ends the thread. NULL allowed. */
void lane_stop(struct lane *lane);

#endif

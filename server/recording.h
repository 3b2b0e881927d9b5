/*
 * recording: files of recorded OTLP requests, request by request.
 */
#ifndef SERVER_RECORDING_H
#define SERVER_RECORDING_H

#include "base/base.h"

/* Given one request after the other; bytes are lent for the call. A failure
 * ends the reading. */
typedef phx_status (*recording_fn)(void *ctx, int32_t format,
                                   const uint8_t *bytes, size_t size,
                                   phx_error *err);

/* trajectories: the file is of those, as JSON. Errors: IO, INVALID, UNSUPPORTED
 * (of the file), and those of `each`. */
phx_status recording_read(const char *path, bool trajectories,
                          recording_fn each, void *ctx, phx_error *err);

#endif

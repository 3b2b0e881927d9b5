/*
 * grpc: OTLP over gRPC. One thread serves all connections: HTTP/2 without
 * TLS, of which only TraceService/Export is answered. Memory is bounded by
 * the configuration, whatever clients do.
 */
#ifndef SERVER_GRPC_GRPC_H
#define SERVER_GRPC_GRPC_H

#include "base/base.h"
#include "server/config.h"
#include "server/writer.h"

struct grpc;
struct lane;

/* Binds config->host and grpc_port and starts serving.
 * Errors: INVALID (host), IO, NO_MEMORY. */
phx_status grpc_start(const struct config *config, struct writer *writer,
                      struct lane *lane, struct grpc **out, phx_error *err);

/* The port bound, which is of interest if 0 was asked for. */
uint16_t grpc_port(const struct grpc *grpc);

/* Says GOAWAY, answers the calls under way, ends the threads and frees. The
 * writer must still be running. NULL allowed. */
void grpc_stop(struct grpc *grpc);

#endif

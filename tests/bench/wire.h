/*
 * wire: one client connection, HTTP/1.1 or gRPC, that does not block. The
 * owner starts exchanges, tells of epoll's events and is told of each answer.
 */
#ifndef BENCH_WIRE_H
#define BENCH_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HEAD_ROOM = 512 };

/* Statuses of answers: HTTP's, or those of gRPC; and this: */
enum { WIRE_LOST = -1 };

/* One request. Its body lies HEAD_ROOM bytes into memory, so that a head can
 * be written in front of it. */
struct exchange {
    uint8_t *memory;
    size_t size;              /* of the body */
    const char *path;         /* HTTP only */
    const char *content_type; /* HTTP only */
    const char *encoding;     /* or NULL */

    struct wire *wire; /* the wire's own, from here */
    bool is_busy;
    size_t begin; /* of head and body in memory */
    size_t sent;
    int status;
    int32_t stream;
};

typedef void (*wire_done)(void *ctx, struct exchange *exchange, int status);

struct wire;

/* Connects to 127.0.0.1; NULL if there is nobody. epoll events carry the
 * wire. */
struct wire *wire_open(bool grpc, uint16_t port, int epoll, wire_done done,
                       void *ctx);
void wire_close(struct wire *wire);

/* Over HTTP one exchange at a time. */
void wire_start(struct wire *wire, struct exchange *exchange);

/* Handles what epoll told; false when the connection is lost: its exchanges
 * were then done with WIRE_LOST. */
bool wire_event(struct wire *wire, uint32_t events);

#endif

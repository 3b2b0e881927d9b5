/*
 * agents: spans as agents make them, one after the other, encoded as the
 * field of ScopeSpans that they are.
 */
#ifndef BENCH_AGENTS_H
#define BENCH_AGENTS_H

#include <stddef.h>
#include <stdint.h>

enum { SPAN_STEP_NS = 2000000 }; /* between arrivals in a project */

/* Its bytes, and where the parts lie that differ from use to use. */
struct made_span {
    const uint8_t *bytes; /* good as long as the agents */
    uint32_t size;
    uint32_t session; /* number */
    uint16_t trace_at;
    uint16_t span_at;
    uint16_t parent_at; /* 0 for a root */
    uint16_t start_at;
    uint16_t end_at;
    uint16_t session_at; /* 12 hex digits */
    uint64_t start;
    uint64_t end;
};

struct agents;
struct session;

struct agents *agents_new(uint64_t seed);
void agents_free(struct agents *agents);

/* Sessions begun so far. */
uint32_t agents_sessions(const struct agents *agents);

/* Sessions that go on side by side; good as long as the agents. */
struct session *agents_start(struct agents *agents, size_t count);

/* The next span, of any of the sessions, the n-th of them all. */
void agents_next(struct agents *agents, struct session *sessions, size_t count,
                 uint64_t n, struct made_span *out);

/* The field `resource` of a ResourceSpans; returns its size. */
size_t agents_resource(const char *project, uint8_t out[128]);

/* --- for who writes and changes such bytes -------------------------------- */

uint64_t mix(uint64_t x); /* as random as x is not */
size_t varint_size(uint64_t value);
uint8_t *put_varint(uint8_t *out, uint64_t value); /* returns its end */
void put_fixed(uint8_t *out, uint64_t value);

#endif

/*
 * generate: agent traces as OTLP requests, made from a pool of spans that is
 * encoded once. A request is a copy of consecutive spans of the pool with
 * fresh ids, times and session names, which costs well under a microsecond a
 * span, so that the generator leaves the machine to the server.
 */
#ifndef BENCH_GENERATE_H
#define BENCH_GENERATE_H

#include <stddef.h>
#include <stdint.h>

enum { PROJECTS = 8, SPAN_ID_SIZE = 8 };

struct generate_options {
    size_t pool;     /* spans */
    size_t sessions; /* interleaved */
    uint64_t seed;
    size_t giant; /* spans of one trace among the first; 0 for none */
};

struct generator;

struct generator *generator_new(const struct generate_options *options);
void generator_free(struct generator *generator);

/* The most bytes a request of so many spans can take. */
size_t generator_bound(const struct generator *generator, size_t spans);

/* The next request: an ExportTraceServiceRequest of one project. Returns its
 * size; ids, if not NULL, gets the span ids [spans][SPAN_ID_SIZE]. */
size_t generator_next(struct generator *generator, size_t spans, uint8_t *out,
                      uint8_t *ids);

#endif

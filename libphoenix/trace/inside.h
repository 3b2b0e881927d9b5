/*
 * inside.h - what the files of the trace room share.
 */
#ifndef TRACE_INSIDE_H
#define TRACE_INSIDE_H

#include "model/model.h"
#include "trace/trace.h"

#include <pthread.h>

/* Where texts are put that take each other's place; none before the second. */
struct text_room {
    char *bytes;
    size_t size;
};

struct phx_live_span {
    phx_tracer *tracer;
    phx_live_span *next; /* of those that wait */
    struct arena arena;  /* all that the span was given */
    struct span span;
    size_t attribute_room, event_room, link_room;
    struct text_room *text_rooms; /* [attributes] */
    size_t text_room_count;       /* of them that there is memory for */
    size_t given;                 /* bytes */
    uint32_t messages[2];         /* input, output */
    bool is_root;                 /* of what this program does in the trace */
    uint64_t wall; /* ns, when that root started, by either clock */
    uint64_t monotonic;
    struct trace_context context;
    char traceparent[TRACEPARENT_SIZE + 1];
};

/* A span in a list of its own memory: it is freed. */
void live_free(phx_live_span *live);

/* A reference for a live span, which keeps the tracer from going away. */
void tracer_retain(phx_tracer *tracer);
void tracer_release(phx_tracer *tracer);

const struct resource *tracer_resource(const phx_tracer *tracer);
const struct scope *tracer_scope(const phx_tracer *tracer);

/* The ended span becomes the tracer's, perhaps to be stored at once. */
phx_status tracer_take(phx_tracer *tracer, phx_live_span *live, phx_error *err);

#endif

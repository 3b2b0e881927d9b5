/*
 * atif.h - trajectories on their way to spans: atif.c reads and checks them,
 * atif_spans.c writes the spans, atif_said.c what they are made of.
 */
#ifndef API_ATIF_H
#define API_ATIF_H

#include "api/inside.h"

#define ATIF_SECOND                                                            \
    UINT64_C(1000000000) /* what a step takes, if it is open                   \
                          */
#define ATIF_ATTRIBUTE                                                         \
    "atif.trajectory" /* of a root: its trajectory, whole                      \
                       */

enum atif_source { ATIF_NONE, ATIF_USER, ATIF_AGENT, ATIF_SYSTEM };

struct atif_step {
    const struct value *object;
    enum atif_source source;
    bool timed;          /* by itself */
    uint64_t start, end; /* ns */
};

struct trajectory {
    const struct value *object, *agent, *steps;
    struct atif_step *list; /* [steps->count] */
    uint32_t users;         /* steps of theirs: over one is turns */
    int version;            /* 0 of ATIF-v1.0 ... */
    phx_text name;          /* of the agent */
    phx_text session, own_id;
    phx_text key, trace_key; /* what ids are the hashes of */
    phx_text json;           /* the whole of it, unless it is inside */
    phx_text parent_id;      /* the span of the tool call that it is under */
    size_t top;              /* index of one above it, or its own */
    bool inside;             /* of another, which holds its text */
};

struct atif {
    struct arena *arena;
    struct span_list *out;
    struct trajectory *list;
    size_t count, capacity;
    struct map by_name;
    size_t spent; /* bytes of contexts, so far */
};

/* The id of a tool call's span. */
phx_status atif_tool_id(struct arena *arena,
                        const struct trajectory *trajectory, int64_t step,
                        phx_text call, phx_text *out, phx_error *err);

/* In the trace of `top`. */
phx_status atif_write_spans(struct atif *atif,
                            const struct trajectory *trajectory,
                            const struct trajectory *top, phx_error *err);

/* --- atif_said.c ---------------------------------------------------------- */

/* A span in the making. Adding remembers a lack of memory. */
struct maker {
    struct arena *arena;
    struct member *members;
    size_t count, capacity;
    struct buf text; /* of the attribute that is being made */
    bool failed;
};

/* What was said before a step, as attributes and as JSON; it only grows. */
struct context {
    struct maker maker;
    struct buf json;
    uint32_t messages;
};

void maker_init(struct maker *maker, struct arena *arena);
/* A copy that ends in a NUL. */
phx_text maker_keep(struct maker *maker, const void *bytes, size_t size);
/* What the buf holds; it is empty afterwards. */
phx_text maker_take(struct maker *maker);
/* As Python writes JSON. */
phx_text maker_json(struct maker *maker, const struct value *value);
/* A message or a result as one text: a line for each of its parts. */
phx_text maker_content(struct maker *maker, const struct value *content);

void maker_put_key(struct maker *maker, phx_text key, struct value value);
void maker_put(struct maker *maker, const char *key, struct value value);
void maker_put_text(struct maker *maker, const char *key, phx_text text);
void maker_put_typed(struct maker *maker, const char *key, const char *type,
                     phx_text text, bool is_json);
/* Unless it is NULL or null. */
void maker_put_number(struct maker *maker, const char *key,
                      const struct value *value);
/* "llm.input_messages.3.message.role" and the like. */
void maker_put_message(struct maker *maker, const char *list, uint32_t at,
                       const char *member, phx_text text);
void maker_put_calls(struct maker *maker, const char *list, uint32_t at,
                     const struct value *step);

/* What a step adds, its message and what its calls gave. */
void context_say(struct context *context, const struct atif_step *step);

#endif
